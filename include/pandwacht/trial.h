/*
 * trial: what a rule set would have done. Walks the whole history of premises under one set or under
 * two (baseline and candidate), counts what each would have raised, and tells the differences; compares
 * two sets rule by rule; looks for the facts whose absence would change a level; puts intervals on what
 * was measured.
 *
 * Pure: no clock, no database. Callers: the bridge dossier (makes histories of rows), the stages lab
 * and desk, the command line. One thread; several processes can each walk a part and be merged.
 */
#ifndef PANDWACHT_TRIAL_H
#define PANDWACHT_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>
#include <pandwacht/facts.h>
#include <pandwacht/json.h>
#include <pandwacht/rules.h>
#include <pandwacht/score.h>

/* ------------------------------------------------------------------------------------------
 * The history of one premises
 */

struct pw_past_attributes {
    pw_usec known_at;
    const uint64_t *record;
};

/* A verdict that set facts aside or let a level fall. */
struct pw_past_decision {
    pw_usec decided_at;
    struct pw_uuid tenancy;
    bool unfounded;      /* its facts count no more */
    pw_day frozen_until; /* unclear: they count again from this day on; PW_DAY_NONE = not frozen */
    const struct pw_uuid *facts;
    size_t fact_count;
};

/* Everything ever known of one premises, in the order in which it was learnt. All borrowed. */
struct pw_past {
    struct pw_uuid premises;
    const struct pw_fact *facts; /* ended ones included */
    const pw_usec *ended_at;     /* beside `facts`; PW_TIME_NONE = live */
    size_t fact_count;
    const struct pw_past_attributes *attributes;
    size_t attribute_count;
    const struct pw_past_decision *decisions;
    size_t decision_count;
    size_t erased; /* facts that were destroyed: they are in no history any more */
};

/* What was known at the instant `known`, as a view to be assessed on `day`. No latches. In the arena. */
void pw_past_view(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_past *past,
    pw_usec known, pw_day day, struct pw_dossier_view *ret);

/* ------------------------------------------------------------------------------------------
 * A trial: two sets over many histories
 */

/* From which day a fact counts. */
enum pw_history {
    PW_HISTORY_HAPPENED, /* what is known today, each fact from the day it happened: for imported years */
    PW_HISTORY_LEARNT,   /* each fact from the day it was learnt until the day it was taken back */
};

extern const char *const pw_history_words[]; /* "happened", "learnt", NULL */

#define PW_TRIAL_RULES_MAX 512 /* rules of one set */
#define PW_TRIAL_ITEMS     1000

struct pw_trial_options {
    const struct pw_ruleset *baseline, *candidate; /* referenced */
    enum pw_history history;
    pw_day since, until; /* both included; what was raised before `since` is not counted */
    size_t items_max;    /* changed premises that are named; 0 = PW_TRIAL_ITEMS */
};

/* A set of rules, by rule->nr. */
struct pw_rule_set_mask {
    uint64_t bits[PW_TRIAL_RULES_MAX / 64];
};

/* What one set does to one premises. */
struct pw_walk {
    enum pw_level_of_risk level;   /* on the last day */
    enum pw_level_of_risk highest; /* since `since` */
    pw_day raised_on;              /* first alert since `since`; PW_DAY_NONE = none */
    struct pw_rule_set_mask rules; /* with points when it was raised */
};

/* Totals of one set. */
struct pw_trial_side {
    const struct pw_ruleset *set;
    uint64_t levels[PW_RISKS]; /* premises by level on the last day */
    uint64_t alerts;           /* raised since `since` */
    uint64_t alerts_last_year; /* of these, in the last 52 weeks */
    uint64_t *by_rule;         /* alerts in which a rule had points, by rule->nr */
    uint64_t *by_month;        /* alerts, by month from that of `since` */
    uint64_t assessments;
};

enum pw_change { PW_CHANGE_NONE, PW_CHANGE_GAINED, PW_CHANGE_LOST, PW_CHANGE_OTHER, PW_CHANGES };

extern const char *const pw_change_words[]; /* "same", "gained", "lost", "other-reasons", NULL */

/* One premises that the two sets treat differently. */
struct pw_trial_item {
    struct pw_uuid premises;
    enum pw_change change;
    struct pw_walk before, after;
};

struct pw_trial {
    struct pw_trial_options options;
    struct pw_arena *arena;   /* of the trial */
    struct pw_arena *scratch; /* of one premises */
    struct pw_trial_side before, after;
    uint32_t *counterpart; /* candidate's rule->nr -> baseline's; UINT32_MAX = it is new */
    size_t months;
    uint64_t premises, facts, erased;
    pw_day oldest; /* day of the oldest fact; PW_DAY_NONE = no facts */
    uint64_t changes[PW_CHANGES];
    uint64_t would_raise, would_withdraw; /* on the last day: what publishing would do at once */
    struct pw_trial_item *items;          /* in order of premises */
    size_t item_count;
};

/* Fails (PW_ERR_LIMIT) when a set has more than PW_TRIAL_RULES_MAX rules, (PW_ERR_USAGE) when `until` is
 * before `since`. The caller frees. */
bool pw_trial_new(
    const struct pw_trial_options *options, struct pw_trial **ret, struct pw_err *err) PW_MUST_CHECK;
void pw_trial_free(struct pw_trial *trial); /* NULL is accepted */
/* Whether both sets read facts by the same declarations, so that one history does for both. */
bool pw_trial_one_model(const struct pw_trial *trial);
/* Walks one premises under both sets. Its history is read by the declarations of the baseline and once more
 * by those of the candidate (the same one where pw_trial_one_model). Fails when a rule cannot be evaluated.
 */
bool pw_trial_add(struct pw_trial *trial, const struct pw_past *past, const struct pw_past *past_after,
    struct pw_err *err) PW_MUST_CHECK;
/* Puts what another process of the same program counted (by the same options) into this one. */
void pw_trial_save(const struct pw_trial *trial, struct pw_buf *out);
bool pw_trial_merge(struct pw_trial *trial, struct pw_str saved, struct pw_err *err) PW_MUST_CHECK;

/* Walks one premises under one set; `arena` is reset again and again. For tests and for pw_trial_add. */
bool pw_trial_walk(struct pw_arena *arena, const struct pw_trial_options *options, const struct pw_past *past,
    struct pw_trial_side *side, struct pw_walk *ret, struct pw_err *err) PW_MUST_CHECK;

/* ---- showing it ---- */

/* One JSON object: sets, period, levels, alerts, a week, changes, rules, months, premises. */
void pw_trial_write_json(const struct pw_trial *trial, struct pw_jsonw *w);
/* Lines for a terminal of 100 columns; at most `items` premises. */
void pw_trial_write_text(const struct pw_trial *trial, size_t items, struct pw_buf *out);

/* ------------------------------------------------------------------------------------------
 * New versions
 */

/* The bundle of a version of `set` in which these rules are drafts, one patch version higher; in the arena.
 * Fails when what comes out would not load. */
bool pw_trial_set_aside(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_str *rules,
    size_t count, struct pw_str *ret_bundle, struct pw_err *err) PW_MUST_CHECK;

/* ------------------------------------------------------------------------------------------
 * Intervals (95 %)
 */

struct pw_interval {
    double estimate, low, high;
};

/* Wilson's score interval of a proportion; n = 0 gives estimate 0, 0 to 1. */
struct pw_interval pw_interval_wilson(uint64_t successes, uint64_t n);
/* Of a rate: `count` events in `units` (> 0), each counted as independent (Byar's approximation). */
struct pw_interval pw_interval_rate(uint64_t count, double units);
/* A double as JSON with at most three decimals. */
void pw_interval_write(struct pw_jsonw *w, const struct pw_interval *interval);

#endif
