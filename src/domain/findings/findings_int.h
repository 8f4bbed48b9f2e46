/* Private to findings: the catalogue as loaded. */
#ifndef PANDWACHT_FINDINGS_INT_H
#define PANDWACHT_FINDINGS_INT_H

#include <pandwacht/findings.h>

#define FINDINGS_ITEMS_MAX    64
#define FINDINGS_CLAUSES_MAX  16
#define FINDINGS_KINDS_MAX    8  /* kinds of object with a next step of their own */
#define FINDINGS_SPELLING_MAX 65 /* of a name that is looked into, with its end */

enum item_type { ITEM_RELATION, ITEM_DATE, ITEM_NUMBER, ITEM_MONEY, ITEM_CLAUSES };
enum check_kind { CHECK_GOOD, CHECK_BAD, CHECK_FRESH, CHECK_MOST, CHECK_ALL, CHECK_ABOVE };

struct item {
    const char *name;
    enum pw_check_stage stage;
    enum item_type type;
};

struct finding {
    struct pw_str id, code;
    struct pw_text next, innocent;
    struct {
        struct pw_str letting_type;
        struct pw_text next;
    } kinds[FINDINGS_KINDS_MAX];
    size_t kind_count;
    enum check_kind check;
    const struct item *item;
    const struct item *also; /* NULL = none */
    int64_t number;          /* days, most (thousandths) or euros */
    int64_t within;          /* days from the check to when a step should be done */
    bool repeat;             /* FRESH: due again `number` days after the date */
};

struct pw_check_catalogue {
    struct pw_arena *arena;
    unsigned references;
    const struct pw_fact_model *model;
    struct pw_text notice, too_early[PW_CHECK_STAGES];
    const char *clauses[FINDINGS_CLAUSES_MAX + 1]; /* NULL-ended */
    size_t clause_count;
    struct item items[FINDINGS_ITEMS_MAX];
    size_t item_count;
    struct finding findings[PW_FINDINGS];
    struct pw_map never; /* spelling -> struct pw_denied: the model's, and those of this catalogue */
};

/* The letters of a name, in lower case; false when there are none, or too many. */
bool findings_spelling(struct pw_str name, char ret[FINDINGS_SPELLING_MAX]);
const struct item *findings_item(const struct pw_check_catalogue *catalogue, struct pw_str name);
/* The next step of a finding for this kind of object. */
struct pw_text findings_next(const struct finding *finding, struct pw_str letting_type);

#endif
