/*
 * One premises under one rule set, from its first fact to the last day. It is assessed on every day on
 * which something was learnt, taken back or decided, and on each date on which the outcome can change
 * by itself; between these nothing changes. As in the house, a level of alert or higher stands until
 * a person has decided about it, and falls at once with the facts that it stood on.
 */
#include "trial_int.h"

const char *const pw_history_words[] = {"happened", "learnt", NULL};

/* A fact and the days on which it counts: [from, until). */
struct timed {
    struct pw_fact fact;
    pw_day from, until;
};

struct walker {
    struct pw_arena *kept;    /* of this premises */
    struct pw_arena *scratch; /* of one assessment */
    const struct pw_trial_options *options;
    const struct pw_past *past;
    struct pw_trial_side *side;
    struct timed *facts; /* those that ever count */
    size_t fact_count;
    struct pw_latch *latches; /* [fact_count + 1]: at most one a tenancy, and one without */
    pw_day *reached;          /* beside: when that level was reached */
    size_t latch_count;
    enum pw_level_of_risk level; /* of yesterday */
};

#define NEVER INT32_MAX

/* ---- when facts count ---- */

static void time_facts(struct walker *w)
{
    const struct pw_past *past = w->past;
    w->facts = PW_NEW_ARRAY(w->kept, past->fact_count, struct timed);
    for (size_t i = 0; i < past->fact_count; i++) {
        struct timed *t = &w->facts[w->fact_count];
        *t = (struct timed){.fact = past->facts[i], .from = INT32_MIN, .until = NEVER};
        if (w->options->history == PW_HISTORY_HAPPENED) {
            if (past->ended_at[i] != PW_TIME_NONE)
                continue;
            /* It was learnt at noon of its day; the order in which facts arrived is kept. */
            t->fact.received_at = pw_instant_in_netherlands(t->fact.occurred_on, 12) + (pw_usec)i;
        } else {
            t->from = pw_day_in_netherlands(t->fact.received_at);
            if (past->ended_at[i] != PW_TIME_NONE)
                t->until = pw_day_in_netherlands(past->ended_at[i]);
        }
        w->fact_count++;
    }
}

static void earlier(pw_day day, pw_day after, pw_day *next)
{
    if (day > after && day < *next)
        *next = day;
}

/* The first day after `day` on which facts come or go, or a person decides. Facts that lie ahead, tenancies
 * and windows are the assessment's own dates. */
static pw_day next_event(const struct walker *w, pw_day day)
{
    pw_day next = NEVER;
    for (size_t i = 0; i < w->fact_count; i++) {
        earlier(w->facts[i].from, day, &next);
        earlier(w->facts[i].until, day, &next);
    }
    for (size_t i = 0; i < w->past->decision_count; i++) {
        earlier(pw_day_in_netherlands(w->past->decisions[i].decided_at), day, &next);
        earlier(w->past->decisions[i].frozen_until, day, &next);
    }
    for (size_t i = 0; i < w->past->attribute_count; i++)
        earlier(pw_day_in_netherlands(w->past->attributes[i].known_at), day, &next);
    return next;
}

static pw_day first_day(const struct walker *w)
{
    pw_day first = NEVER;
    for (size_t i = 0; i < w->fact_count; i++) {
        pw_day day = w->facts[i].fact.occurred_on;
        if (w->facts[i].from > day)
            day = w->facts[i].from;
        first = day < first ? day : first;
    }
    return first;
}

/* ---- what is known on a day ---- */

static const uint64_t *attributes_on(const struct walker *w, pw_day day)
{
    const uint64_t *record = NULL;
    for (size_t i = 0; i < w->past->attribute_count; i++) {
        const struct pw_past_attributes *a = &w->past->attributes[i];
        if (w->options->history == PW_HISTORY_HAPPENED || pw_day_in_netherlands(a->known_at) <= day)
            record = a->record;
    }
    return record;
}

static void set_aside_on(const struct walker *w, pw_day day, struct pw_dossier_view *view)
{
    size_t most = 0;
    for (size_t i = 0; i < w->past->decision_count; i++)
        most += w->past->decisions[i].fact_count;
    struct pw_uuid *retired = PW_NEW_ARRAY(w->scratch, most, struct pw_uuid);
    for (size_t i = 0; i < w->past->decision_count; i++) {
        const struct pw_past_decision *d = &w->past->decisions[i];
        bool frozen = d->frozen_until != PW_DAY_NONE && d->frozen_until > day;
        if (pw_day_in_netherlands(d->decided_at) > day || (!d->unfounded && !frozen))
            continue;
        for (size_t j = 0; j < d->fact_count; j++)
            retired[view->retired_count++] = d->facts[j];
    }
    view->retired = retired;
}

/* The facts that count on `day` and came by `known_by`. */
static struct pw_dossier_view view_on(const struct walker *w, pw_day day, pw_day known_by)
{
    struct pw_fact *facts = PW_NEW_ARRAY(w->scratch, w->fact_count, struct pw_fact);
    struct pw_dossier_view view = {.facts = facts, .premises = attributes_on(w, day)};
    for (size_t i = 0; i < w->fact_count; i++)
        if (w->facts[i].from <= known_by && w->facts[i].until > day)
            facts[view.fact_count++] = w->facts[i].fact;
    view.tenancies =
        pw_score_tenancies(w->scratch, w->side->set->model, facts, view.fact_count, &view.tenancy_count);
    set_aside_on(w, day, &view);
    return view;
}

/* ---- levels that stand ---- */

static enum pw_level_of_risk level_of(const struct pw_assessment *assessment, const struct pw_uuid *tenancy)
{
    for (size_t i = 0; i < assessment->period_count; i++)
        if (pw_uuid_eq(&assessment->periods[i].tenancy, tenancy))
            return assessment->periods[i].computed;
    return PW_RISK_NONE;
}

static bool lost_facts(const struct walker *w, pw_day day)
{
    for (size_t i = 0; i < w->fact_count; i++)
        if (w->facts[i].until == day)
            return true;
    return false;
}

/* After facts were taken back: a level stands no higher than what is left would have reached then. */
static bool settle(struct walker *w, pw_day day, struct pw_err *err)
{
    if (w->latch_count == 0 || !lost_facts(w, day))
        return true;
    for (size_t i = 0; i < w->latch_count; i++) {
        struct pw_dossier_view view = view_on(w, day, w->reached[i]);
        struct pw_assessment then;
        if (!pw_score_assess(w->scratch, w->side->set, &view, w->reached[i], &then, err))
            return false;
        enum pw_level_of_risk left = level_of(&then, &w->latches[i].tenancy);
        if (left < w->latches[i].level)
            w->latches[i].level = left;
    }
    return true;
}

static bool decided_between(const struct walker *w, const struct pw_uuid *tenancy, pw_day from, pw_day to)
{
    for (size_t i = 0; i < w->past->decision_count; i++) {
        pw_day day = pw_day_in_netherlands(w->past->decisions[i].decided_at);
        if (pw_uuid_eq(&w->past->decisions[i].tenancy, tenancy) && day >= from && day <= to)
            return true;
    }
    return false;
}

static pw_day reached_on(const struct walker *w, const struct pw_period *period, pw_day today)
{
    for (size_t i = 0; i < w->latch_count; i++)
        if (pw_uuid_eq(&w->latches[i].tenancy, &period->tenancy) && w->latches[i].level == period->level)
            return w->reached[i];
    return today;
}

/* The latches for the next assessment, on `next`. */
static void carry_latches(struct walker *w, const struct pw_assessment *a, pw_day next)
{
    struct pw_latch *latches = PW_NEW_ARRAY(w->kept, a->period_count, struct pw_latch);
    pw_day *reached = PW_NEW_ARRAY(w->kept, a->period_count, pw_day);
    size_t n = 0;
    for (size_t i = 0; i < a->period_count; i++) {
        const struct pw_period *period = &a->periods[i];
        if (period->level < PW_RISK_ALERT)
            continue;
        reached[n] = reached_on(w, period, a->day);
        latches[n] = (struct pw_latch){
            period->tenancy, period->level, decided_between(w, &period->tenancy, reached[n], next)};
        n++;
    }
    w->latches = latches;
    w->reached = reached;
    w->latch_count = n;
}

/* ---- counting ---- */

static void note_rules(
    const struct pw_ruleset *set, const struct pw_period *shown, struct pw_rule_set_mask *ret)
{
    *ret = (struct pw_rule_set_mask){0};
    for (size_t i = 0; i < shown->line_count; i++) {
        const struct pw_line *line = &shown->lines[i];
        if (line->kind == PW_LINE_RULE && line->points > 0)
            mask_add(ret, pw_rules_find(set, line->id)->nr);
    }
}

static void count_alert(struct walker *w, const struct pw_assessment *a, struct pw_walk *ret)
{
    struct pw_trial_side *side = w->side;
    const struct pw_trial_options *options = w->options;
    struct pw_rule_set_mask rules;
    note_rules(side->set, a->shown, &rules);
    if (ret->raised_on == PW_DAY_NONE) {
        ret->raised_on = a->day;
        ret->rules = rules;
    }
    side->alerts++;
    side->alerts_last_year += (int64_t)options->until - a->day < WEEKS_OF_A_YEAR * 7;
    side->by_month[month_of(a->day) - month_of(options->since)]++;
    for (uint32_t nr = 0; nr < side->set->rule_count; nr++)
        side->by_rule[nr] += mask_has(&rules, nr);
}

static void count_day(struct walker *w, const struct pw_assessment *a, struct pw_walk *ret)
{
    enum pw_level_of_risk level = a->shown->level;
    w->side->assessments++;
    if (a->day >= w->options->since) {
        if (level >= PW_RISK_ALERT && w->level < PW_RISK_ALERT)
            count_alert(w, a, ret);
        if (level > ret->highest)
            ret->highest = level;
    }
    w->level = level;
    ret->level = level;
}

/* ---- the walk ---- */

static bool walk_days(struct walker *w, struct pw_walk *ret, struct pw_err *err)
{
    pw_day day = first_day(w);
    while (day <= w->options->until) {
        struct pw_assessment assessment;
        pw_arena_reset(w->scratch);
        if (!settle(w, day, err))
            return false;
        struct pw_dossier_view view = view_on(w, day, day);
        view.latches = w->latches;
        view.latch_count = w->latch_count;
        if (!pw_score_assess(w->scratch, w->side->set, &view, day, &assessment, err))
            return false;
        count_day(w, &assessment, ret);
        pw_day next = next_event(w, day);
        if (assessment.next_change_on != PW_DAY_NONE)
            earlier(assessment.next_change_on, day, &next);
        carry_latches(w, &assessment, next);
        day = next;
    }
    return true;
}

bool pw_trial_walk(struct pw_arena *arena, const struct pw_trial_options *options, const struct pw_past *past,
    struct pw_trial_side *side, struct pw_walk *ret, struct pw_err *err)
{
    struct walker w = {
        .kept = pw_arena_new(), .scratch = arena, .options = options, .past = past, .side = side};
    *ret = (struct pw_walk){.raised_on = PW_DAY_NONE};
    time_facts(&w);
    bool ok = walk_days(&w, ret, err);
    /* A level reached before `since` that still stands is one of the period too. */
    if (ret->level > ret->highest)
        ret->highest = ret->level;
    pw_arena_free(w.kept);
    return ok;
}
