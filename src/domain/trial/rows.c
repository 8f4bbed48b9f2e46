/* What the three renderings share: rules of either set in one list, months as text. */
#include "trial_int.h"

#include <stdlib.h>

const char *month_format(int month, char out[PW_DATE_TEXT])
{
    pw_day_format(pw_day_from_date((struct pw_date){month / 12, month % 12 + 1, 1}), out);
    out[7] = '\0';
    return out;
}

static int by_id(const void *a, const void *b)
{
    return pw_str_cmp(((const struct rule_row *)a)->id, ((const struct rule_row *)b)->id);
}

struct rule_row *rule_rows(struct pw_arena *arena, const struct pw_trial *trial, size_t *ret_count)
{
    const struct pw_ruleset *before = trial->before.set, *after = trial->after.set;
    struct rule_row *rows = PW_NEW_ARRAY(arena, before->rule_count + after->rule_count, struct rule_row);
    size_t n = before->rule_count;
    for (size_t i = 0; i < before->rule_count; i++)
        rows[i] = (struct rule_row){
            .id = before->rules[i].id, .in_before = true, .before = trial->before.by_rule[i]};
    for (size_t i = 0; i < after->rule_count; i++) {
        uint32_t at = trial->counterpart[i];
        struct rule_row *row = at == UINT32_MAX ? &rows[n++] : &rows[at];
        row->id = after->rules[i].id;
        row->in_after = true;
        row->after = trial->after.by_rule[i];
    }
    qsort(rows, n, sizeof *rows, by_id);
    *ret_count = n;
    return rows;
}
