/* Private to the room trial. */
#ifndef PANDWACHT_TRIAL_INT_H
#define PANDWACHT_TRIAL_INT_H

#include <pandwacht/trial.h>

#define WEEKS_OF_A_YEAR 52

static inline bool mask_has(const struct pw_rule_set_mask *mask, uint32_t nr)
{
    return mask->bits[nr / 64] >> (nr % 64) & 1;
}

static inline void mask_add(struct pw_rule_set_mask *mask, uint32_t nr)
{
    mask->bits[nr / 64] |= UINT64_C(1) << (nr % 64);
}

/* Months since year 0, of a day. */
int month_of(pw_day day);
/* "2026-03" of such a number. */
const char *month_format(int month, char out[PW_DATE_TEXT]);
/* First month of the trial, as such a number. */
int first_month(const struct pw_trial *trial);
/* Expected alerts a week: those of the last 52 weeks, or of as many as the trial has. */
struct pw_interval alerts_a_week(const struct pw_trial *trial, const struct pw_trial_side *side);

/* One rule of either set, with its alerts before and after; sorted by id. */
struct rule_row {
    struct pw_str id;
    bool in_before, in_after;
    uint64_t before, after;
};
struct rule_row *rule_rows(struct pw_arena *arena, const struct pw_trial *trial, size_t *ret_count);

#endif
