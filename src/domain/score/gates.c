/*
 * Levels and gates. Gates read full, undecayed, uncapped points of facts inside their windows: they
 * change with facts and windows only, never by decay, so that nothing flickers.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

static bool is_background(const struct pw_rule *rule)
{
    return rule->theme->role == PW_THEME_LOCATION || rule->theme->role == PW_THEME_HISTORY;
}

/* Whether the hit can count for a class at all. */
static bool corroborates(const struct hit *hit)
{
    return hit->rule->stratum == 1 && hit->rule->corroborates && !hit->rule->draft && hit->full > 0;
}

/* Independent origins among the tips that witness for hits which count for the class of tips. */
static int32_t tip_origins(const struct tally *tally, int32_t within, uint32_t about)
{
    const struct engine *e = tally->e;
    bool *seen = PW_NEW_ARRAY(e->arena, e->fact_count + 2, bool);
    int32_t named = 0;
    bool anonymous = false;

    for (size_t i = 0; i < tally->count; i++) {
        const struct hit *hit = &tally->hits[i];
        if (!corroborates(hit) || !(hit->rule->indicates & about) ||
            !(hit->gate_classes & (UINT32_C(1) << PW_CLASS_CITIZEN_TIP)) ||
            (within != PW_NO_WINDOW && (int64_t)e->day - hit->newest > within))
            continue;
        for (size_t k = 0; k < hit->witness_count; k++) {
            const struct seen *s = &e->facts[hit->witnesses[k]];
            if (s->gate_class != PW_CLASS_CITIZEN_TIP)
                continue;
            anonymous |= s->origin == 0;
            named += s->origin != 0 && !seen[s->origin];
            seen[s->origin] = true;
        }
    }
    return named == 0 && anonymous ? 1 : named;
}

uint32_t count_classes(const struct tally *tally, int32_t within, uint32_t about)
{
    const struct pw_ruleset *set = tally->e->set;
    int64_t points[PW_SOURCE_CLASSES] = {0};
    uint32_t counted = 0;

    for (size_t i = 0; i < tally->count; i++) {
        const struct hit *hit = &tally->hits[i];
        if (!corroborates(hit) || !(hit->rule->indicates & about) ||
            (within != PW_NO_WINDOW && (int64_t)tally->e->day - hit->newest > within))
            continue;
        for (int c = 0; c < PW_CLASS_DERIVED; c++)
            if (hit->gate_classes & (UINT32_C(1) << c))
                points[c] += hit->full;
    }
    for (int c = 0; c < PW_CLASS_DERIVED; c++)
        if (points[c] >= set->gates.second_class && points[c] > 0)
            counted |= UINT32_C(1) << c;
    if ((counted & (UINT32_C(1) << PW_CLASS_CITIZEN_TIP)) &&
        tip_origins(tally, within, about) < set->gates.tip_origins)
        counted &= ~(UINT32_C(1) << PW_CLASS_CITIZEN_TIP);
    return counted;
}

int count_bits(uint32_t mask)
{
    int n = 0;

    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

/* ---- never-alone ---- */

static void weigh_never_alone(struct tally *tally)
{
    int64_t beside = 0;

    for (size_t i = 0; i < tally->count; i++)
        if (corroborates(&tally->hits[i]) && !is_background(tally->hits[i].rule))
            beside += tally->hits[i].full;
    tally->beside = beside >= tally->e->set->gates.beside;
    for (size_t i = 0; i < tally->count; i++)
        if (is_background(tally->hits[i].rule))
            tally->hits[i].suppressed = !tally->beside;
}

/* ---- visited-clear ---- */

/* The last official visit without finding, as (day, received). */
static bool last_visit(const struct tally *tally, pw_day *ret_day, pw_usec *ret_received)
{
    struct engine *e = tally->e;
    const struct pw_look *look = &e->set->gates.visit;
    bool found = false, match;

    for (size_t i = 0; i < e->fact_count; i++) {
        const struct pw_fact *fact = e->facts[i].fact;
        if (!(look->kinds & (UINT64_C(1) << fact->kind->nr)) || e->facts[i].period != tally->period)
            continue;
        if (look->within != PW_NO_WINDOW && (int64_t)e->day - fact->occurred_on > look->within)
            continue;
        if (!match_look(e, look, look->where, (uint32_t)i, &match) || !match)
            continue;
        if (look->within != PW_NO_WINDOW)
            note_change(e, (int64_t)fact->occurred_on + look->within + 1);
        if (!found || fact->occurred_on > *ret_day ||
            (fact->occurred_on == *ret_day && fact->received_at > *ret_received)) {
            *ret_day = fact->occurred_on;
            *ret_received = fact->received_at;
        }
        found = true;
    }
    return found;
}

static void weigh_visit(struct tally *tally)
{
    pw_day day = 0;
    pw_usec received = 0;
    bool any = false;

    if (!last_visit(tally, &day, &received))
        return;
    for (size_t i = 0; i < tally->count; i++) {
        const struct hit *hit = &tally->hits[i];
        if (hit->rule->theme->role == PW_THEME_LOCATION || hit->rule->theme->role == PW_THEME_MITIGATION ||
            hit->rule->draft)
            continue;
        any = true;
        if (hit->newest > day || (hit->newest == day && hit->newest_received >= received))
            return;
    }
    tally->visited_clear = any;
}

/* ---- one-class ---- */

static void weigh_one_class(struct tally *tally)
{
    const struct engine *e = tally->e;
    const struct pw_gates *gates = &e->set->gates;
    struct pw_uuid reporters[8];
    int64_t points = 0;
    int32_t n = 0;

    for (size_t i = 0; i < tally->count; i++) {
        const struct hit *hit = &tally->hits[i];
        if (!corroborates(hit) || !(hit->gate_classes & (UINT32_C(1) << gates->one_class)))
            continue;
        points += hit->full;
        for (size_t k = 0; k < hit->witness_count; k++) {
            const struct seen *s = &e->facts[hit->witnesses[k]];
            bool known = false;
            for (int32_t r = 0; r < n; r++)
                known |= pw_uuid_eq(&reporters[r], &s->fact->client);
            if (!known && s->gate_class == gates->one_class && n < (int32_t)PW_COUNT(reporters))
                reporters[n++] = s->fact->client;
        }
    }
    tally->one_class = count_bits(tally->counted) < 2 && points >= gates->one_class_points &&
                       n >= gates->one_class_reporters;
}

void weigh_gates(struct tally *tally)
{
    weigh_never_alone(tally);
    tally->counted = count_classes(tally, PW_NO_WINDOW, ALL_THINGS);
    weigh_visit(tally);
    weigh_one_class(tally);
    for (size_t i = 0; i < tally->count; i++)
        tally->stands_alone |= tally->hits[i].stands_alone;
}

/* ---- the level ---- */

enum pw_level_of_risk computed_level(const struct tally *tally, int64_t score, pw_day day)
{
    const struct pw_ruleset *set = tally->e->set;
    const struct stretch *period = &tally->e->periods[tally->period];
    enum pw_level_of_risk level = pw_score_level(set, score);

    if (level > PW_RISK_WATCH && count_bits(tally->counted) < 2)
        level = PW_RISK_WATCH;
    if (level > PW_RISK_WATCH && tally->visited_clear)
        level = PW_RISK_WATCH;
    if (tally->stands_alone && level < set->gates.stands_alone_level)
        level = set->gates.stands_alone_level;
    if (level == PW_RISK_WATCH && period->newest != PW_DAY_NONE &&
        (int64_t)day - period->newest > set->watch_ends)
        level = PW_RISK_NONE;
    return level;
}

/* A latched level stays until a person decides; then it falls only by the hysteresis. */
enum pw_level_of_risk final_level(
    const struct tally *tally, int64_t score, pw_day day, enum pw_level_of_risk latch, bool decided)
{
    enum pw_level_of_risk level = computed_level(tally, score, day), near;

    if (latch < PW_RISK_ALERT || level >= latch)
        return level;
    if (!decided)
        return latch;
    near = computed_level(tally, score + tally->e->set->hysteresis - 1, day);
    near = near < latch ? near : latch;
    return near >= PW_RISK_ALERT ? near : level;
}
