/*
 * One assessment from end to end: prepare, then for each open period hits, derived hits, gates,
 * mitigation, score, level; then danger, and the next date on which anything can change by itself.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

const char *const pw_gate_words[] = {
    "never-alone", "two-classes", "visited-clear", "one-class", "stands-alone", "watch-ended", NULL};
const char *const pw_gate_result_words[] = {"passed", "held", "lifted", NULL};

/* ---- the level's next change ---- */

/* With the hits fixed the score never rises, so the first day on which the level differs can be
 * searched by halving; a property test compares with walking day by day. */
static void find_level_change(
    struct tally *tally, const struct pw_period *period, bool decided, struct sheet *scratch)
{
    struct engine *e = tally->e;
    int64_t low = e->day, high = e->next == PW_DAY_NONE ? (int64_t)e->day + HORIZON_DAYS : e->next;
    enum pw_level_of_risk latch = period->level >= PW_RISK_ALERT ? period->level : PW_RISK_NONE;

    if (high > (int64_t)e->day + HORIZON_DAYS)
        high = (int64_t)e->day + HORIZON_DAYS;
    if (final_level(tally, score_on(tally, (pw_day)high, scratch), (pw_day)high, latch, decided) ==
        period->level)
        return;
    while (high - low > 1) {
        pw_day mid = (pw_day)((low + high) / 2);
        if (final_level(tally, score_on(tally, mid, scratch), mid, latch, decided) == period->level)
            low = mid;
        else
            high = mid;
    }
    note_change(e, high);
}

/* ---- one period ---- */

static bool assess_period(struct engine *e, uint32_t nr, struct tally *tally, struct pw_period *ret)
{
    const struct stretch *stretch = &e->periods[nr];
    enum pw_level_of_risk latch = stretch->latch ? stretch->latch->level : PW_RISK_NONE;
    bool decided = stretch->latch && stretch->latch->decided;
    struct sheet scratch;

    *tally = (struct tally){.e = e, .period = nr};
    tally->hits = PW_NEW_ARRAY(e->arena, e->set->rule_count + 1, struct hit);
    if (!find_hits(e, nr, tally) || !find_derived(tally))
        return false;
    weigh_gates(tally);
    settle_mitigation(tally);
    sheet_init(tally, &scratch);
    ret->tenancy = stretch->tenancy ? stretch->tenancy->id : (struct pw_uuid){{0}};
    ret->open = stretch->open;
    ret->score = score_on(tally, e->day, &scratch);
    ret->computed = computed_level(tally, ret->score, e->day);
    ret->level = final_level(tally, ret->score, e->day, latch, decided);
    ret->latched = ret->level > ret->computed;
    ret->propose_closing = ret->latched && tally->visited_clear;
    tally->full_level = pw_score_level(e->set, full_score(tally, &scratch));
    write_period(tally, ret);
    return true;
}

/* ---- danger ---- */

static void put_acute(const struct pw_fact *fact, struct pw_str rule, struct pw_acute *list, size_t *count)
{
    const struct pw_kind *kind = fact->kind;
    struct pw_acute acute = {.fact = fact->id, .rule = rule, .danger = PW_STR(""), .category = PW_STR("")};

    for (size_t i = 0; i < *count; i++)
        if (pw_uuid_eq(&list[i].fact, &fact->id))
            return;
    if (kind->danger_kind)
        acute.danger = pw_str_z(pw_record_enum(fact->record, kind->danger_kind));
    if (kind->category)
        acute.category = pw_str_z(pw_record_enum(fact->record, kind->category));
    acute.verified = fact->source_class == PW_CLASS_FIELD_INSPECTION ||
                     fact->source_class == PW_CLASS_UTILITY_SAFETY ||
                     fact->source_class == PW_CLASS_ENFORCEMENT;
    acute.received_at = fact->received_at;
    list[(*count)++] = acute;
}

static bool is_recent(const struct engine *e, const struct pw_fact *fact)
{
    return (int64_t)e->day - fact->occurred_on <= e->set->danger_within;
}

static bool says_danger(const struct pw_fact *fact)
{
    return fact->kind->danger && fact->record[fact->kind->danger->cell] != 0;
}

static int by_received(const void *a, const void *b)
{
    const struct pw_acute *x = a, *y = b;

    if (x->received_at != y->received_at)
        return x->received_at < y->received_at ? -1 : 1;
    return pw_uuid_cmp(&x->fact, &y->fact);
}

static void find_acute(struct engine *e, const struct tally *tallies, size_t count, struct pw_assessment *ret)
{
    struct pw_acute *list = PW_NEW_ARRAY(e->arena, e->fact_count + 1, struct pw_acute);
    size_t n = 0;

    for (size_t i = 0; i < e->fact_count; i++)
        if (says_danger(e->facts[i].fact) && is_recent(e, e->facts[i].fact))
            put_acute(e->facts[i].fact, PW_STR(""), list, &n);
    for (size_t t = 0; t < count; t++)
        for (size_t i = 0; i < tallies[t].count; i++) {
            const struct hit *hit = &tallies[t].hits[i];
            for (size_t k = 0; hit->rule->acute && k < hit->witness_count; k++)
                if (is_recent(e, e->facts[hit->witnesses[k]].fact))
                    put_acute(e->facts[hit->witnesses[k]].fact, hit->rule->id, list, &n);
        }
    qsort(list, n, sizeof *list, by_received);
    ret->acute = list;
    ret->acute_count = n;
}

/* ---- all of it ---- */

static const struct pw_period *highest(const struct pw_period *periods, size_t count)
{
    const struct pw_period *best = &periods[0];

    for (size_t i = 1; i < count; i++)
        if (periods[i].level > best->level ||
            (periods[i].level == best->level && periods[i].score > best->score))
            best = &periods[i];
    return best;
}

static void find_changes(
    struct engine *e, struct tally *tallies, const struct pw_period *periods, size_t count)
{
    struct sheet scratch;

    for (size_t i = 0; i < count; i++) {
        const struct stretch *stretch = &e->periods[tallies[i].period];
        sheet_init(&tallies[i], &scratch);
        find_level_change(&tallies[i], &periods[i], stretch->latch && stretch->latch->decided, &scratch);
    }
}

bool assess_watched(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_dossier_view *view,
    pw_day day, struct probe *probe, struct pw_assessment *ret, struct pw_err *err)
{
    struct engine e = {.probe = probe, .arena = arena, .set = set, .view = view, .err = err, .day = day};
    struct pw_period *periods;
    struct tally *tallies;
    size_t count = 0;

    prepare(&e);
    periods = PW_NEW_ARRAY(arena, e.period_count, struct pw_period);
    tallies = PW_NEW_ARRAY(arena, e.period_count, struct tally);
    for (uint32_t i = 0; i < e.period_count; i++) {
        if (!e.periods[i].open)
            continue;
        if (!assess_period(&e, i, &tallies[count], &periods[count]))
            return false;
        count++;
    }
    *ret = (struct pw_assessment){
        .day = day, .engine = PW_SCORE_ENGINE, .periods = periods, .period_count = count};
    memcpy(ret->ruleset, set->hash, sizeof ret->ruleset);
    ret->shown = highest(periods, count);
    find_acute(&e, tallies, count, ret);
    find_changes(&e, tallies, periods, count);
    ret->next_change_on = e.next;
    return true;
}

bool pw_score_assess(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_dossier_view *view,
    pw_day day, struct pw_assessment *ret, struct pw_err *err)
{
    return assess_watched(arena, set, view, day, NULL, ret, err);
}
