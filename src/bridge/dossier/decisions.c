/*
 * What people decided, and the levels that stand. A verdict `unfounded` sets its facts aside for
 * good, `unclear` until its date. A latch is the level a period showed in the last assessment, with
 * the moment it was reached; a decision about the period after that moment lets it fall.
 */
#include "dossier_int.h"

#include <string.h>

enum column { PREMISES, TENANCY, VERDICT, FACTS, FROZEN_UNTIL, DECIDED_AT };

static void set_aside(struct pw_arena *arena, const struct pw_rows *rows, size_t first, size_t count,
    pw_day day, struct pw_dossier *dossier)
{
    size_t total = 0, n = 0;
    struct pw_uuid **lists = PW_NEW_ARRAY(arena, count, struct pw_uuid *);
    size_t *counts = PW_NEW_ARRAY(arena, count, size_t);
    for (size_t i = 0; i < count; i++) {
        struct pw_str verdict = pw_cell_text(rows, first + i, VERDICT);
        bool frozen = pw_str_is(verdict, "unclear") && pw_cell_date(rows, first + i, FROZEN_UNTIL) > day;
        if (!frozen && !pw_str_is(verdict, "unfounded"))
            continue;
        lists[i] = pw_cell_uuids(rows, first + i, FACTS, arena, &counts[i]);
        total += counts[i];
    }
    struct pw_uuid *retired = PW_NEW_ARRAY(arena, total, struct pw_uuid);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < counts[i]; j++)
            retired[n++] = lists[i][j];
    dossier->view.retired = retired;
    dossier->view.retired_count = n;
}

/* Whether somebody decided about this period after `reached`. */
static bool decided_since(
    const struct pw_rows *rows, size_t first, size_t count, const struct pw_uuid *tenancy, pw_usec reached)
{
    for (size_t row = first; row < first + count; row++) {
        struct pw_uuid about = pw_cell_uuid(rows, row, TENANCY);
        if (pw_uuid_eq(&about, tenancy) && pw_cell_time(rows, row, DECIDED_AT) > reached)
            return true;
    }
    return false;
}

/* When the level that this period shows was reached: what the last inputs say of the same level, else the
 * last assessment itself reached it. */
static pw_usec reached_at(
    const struct pw_dossier *before, const struct pw_period *period, pw_usec assessed_at)
{
    for (size_t i = 0; i < before->view.latch_count; i++) {
        const struct pw_latch *latch = &before->view.latches[i];
        if (pw_uuid_eq(&latch->tenancy, &period->tenancy) && latch->level == period->level && !latch->decided)
            return before->reached[i];
    }
    return assessed_at;
}

static void carry_latches(struct pw_arena *arena, const struct pw_rows *rows, size_t first, size_t count,
    struct pw_dossier *dossier)
{
    struct pw_err err;
    struct pw_assessment last;
    struct pw_dossier before = {0};
    if (pw_uuid_is_nil(&dossier->last.id))
        return;
    /* A result or inputs that cannot be read carry nothing over: the level is then computed anew. */
    if (!pw_score_decode(arena, dossier->last.result, &last, &err) ||
        !pw_dossier_inputs_decode(arena, dossier->last.inputs, &before, &err))
        return;
    struct pw_latch *latches = PW_NEW_ARRAY(arena, last.period_count, struct pw_latch);
    pw_usec *reached = PW_NEW_ARRAY(arena, last.period_count, pw_usec);
    size_t n = 0;
    for (size_t i = 0; i < last.period_count; i++) {
        const struct pw_period *period = &last.periods[i];
        if (period->level < PW_RISK_ALERT)
            continue;
        reached[n] = reached_at(&before, period, dossier->last.assessed_at);
        latches[n] = (struct pw_latch){
            .tenancy = period->tenancy,
            .level = period->level,
            .decided = decided_since(rows, first, count, &period->tenancy, reached[n]),
        };
        n++;
    }
    dossier->view.latches = latches;
    dossier->view.latch_count = n;
    dossier->reached = reached;
}

void dossier_read_decisions(struct pw_arena *arena, const struct pw_rows *rows, size_t first, size_t count,
    pw_day day, struct pw_dossier *dossier)
{
    set_aside(arena, rows, first, count, day, dossier);
    carry_latches(arena, rows, first, count, dossier);
}

/* The view without what was learnt after `reached`, and without latches. */
static struct pw_dossier_view known_at(
    struct pw_arena *arena, const struct pw_dossier_view *view, pw_usec reached)
{
    struct pw_fact *facts = PW_NEW_ARRAY(arena, view->fact_count, struct pw_fact);
    struct pw_dossier_view past = *view;
    past.facts = facts;
    past.fact_count = 0;
    past.latches = NULL;
    past.latch_count = 0;
    for (size_t i = 0; i < view->fact_count; i++)
        if (view->facts[i].received_at <= reached)
            facts[past.fact_count++] = view->facts[i];
    return past;
}

static enum pw_level_of_risk level_of(const struct pw_assessment *assessment, const struct pw_uuid *tenancy)
{
    for (size_t i = 0; i < assessment->period_count; i++)
        if (pw_uuid_eq(&assessment->periods[i].tenancy, tenancy))
            return assessment->periods[i].computed;
    return PW_RISK_NONE;
}

bool pw_dossier_settle(
    struct pw_arena *arena, const struct pw_ruleset *set, struct pw_dossier *dossier, struct pw_err *err)
{
    if (!dossier->ended_since)
        return true;
    struct pw_latch *latches = PW_NEW_ARRAY(arena, dossier->view.latch_count, struct pw_latch);
    for (size_t i = 0; i < dossier->view.latch_count; i++) {
        struct pw_assessment then;
        pw_usec reached = dossier->reached[i];
        struct pw_dossier_view view = known_at(arena, &dossier->view, reached);
        if (!pw_score_assess(arena, set, &view, pw_day_in_netherlands(reached), &then, err))
            return false;
        latches[i] = dossier->view.latches[i];
        enum pw_level_of_risk left = level_of(&then, &latches[i].tenancy);
        if (left < latches[i].level)
            latches[i].level = left;
    }
    dossier->view.latches = latches;
    return true;
}
