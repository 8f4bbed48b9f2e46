/* The closed word lists of rule files; order is the order of the enums and masks. */
#include "rules_int.h"

const char *const pw_risk_words[] = {"none", "watch", "alert", "urgent", NULL};
const char *const pw_grade_words[] = {"A", "B", "C", "E", NULL};
const char *const pw_phenomenon_words[] = {"cannabis", "synthetic-lab", "drug-storage", "cutting", "goods",
    "weapons", "trafficking", "prostitution", "housing-fraud", "front", "vehicle", "hiding", "any", NULL};

struct pw_str pw_text_in(const struct pw_text *text, bool dutch)
{
    return dutch ? text->nl : text->en;
}
