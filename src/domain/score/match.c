/*
 * Stratum 1: each rule over the facts of one period. Per fact nothing is allocated: a condition is
 * evaluated straight over the fact's record, and what matches goes to the engine's scratch.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

/* ---- one witness ---- */

/* What `distinct` counts, for one fact; facts of other kinds (`also`) have no value of it. */
static bool distinct_key(
    struct engine *e, const struct pw_rule *rule, uint32_t look, uint32_t fact, int64_t *ret)
{
    if (rule->distinct == PW_DISTINCT_ORIGIN)
        *ret = e->facts[fact].origin;
    if (rule->distinct != PW_DISTINCT_EXPR || look > 0)
        return true;
    return key_of(e, &rule->each, rule->distinct_expr, fact, ret);
}

static bool is_ruled_out(
    struct engine *e, const struct pw_rule *rule, uint32_t period, const struct match *m, bool *ret)
{
    struct beside other = {.found = false};

    for (size_t i = 0; i < rule->without_count && !other.found; i++)
        if (!look_beside(e, &rule->without[i], period, m->fact, INT32_MIN, false, &other))
            return false;
    if (!other.found && rule->missing.kinds &&
        !look_beside(e, &rule->missing, period, m->fact, e->facts[m->fact].fact->occurred_on, false, &other))
        return false;
    *ret = other.found;
    if (!other.found && m->day > e->day) {
        note_change(e, m->day); /* the term of `missing` runs */
        *ret = true;
    }
    return true;
}

/* Completes a match whose `where` held; *ret tells whether it counts. */
static bool complete_match(
    struct engine *e, const struct pw_rule *rule, uint32_t period, struct match *m, bool *ret)
{
    struct beside other;

    m->join_caps = m->join_gates = ALL_CLASSES;
    m->joined = ANY_PERIOD;
    if (!is_ruled_out(e, rule, period, m, ret))
        return false;
    *ret = !*ret;
    if (*ret && rule->join.kinds) {
        if (!look_beside(e, &rule->join, period, m->fact, INT32_MIN, true, &other))
            return false;
        *ret = other.found || m->suffices;
        m->join_caps = other.caps;
        m->join_gates = other.gates;
        m->joined = other.first;
    }
    if (!*ret)
        return true;
    if (rule->same != PW_NO_EXPR && !key_of(e, &rule->each, rule->same, m->fact, &m->group))
        return false;
    return distinct_key(e, rule, m->look, m->fact, &m->key);
}

/* From which day the fact counts: its own, or the end of the term in which something was missed. */
static bool date_match(struct engine *e, const struct pw_rule *rule, struct match *m)
{
    const struct pw_look *look = m->look ? &rule->also[m->look - 1] : &rule->each;
    int32_t suffices = m->look ? look->suffices : rule->suffices;

    if (suffices != PW_NO_EXPR && !match_look(e, look, suffices, m->fact, &m->suffices))
        return false;
    if (rule->missing.kinds && !m->suffices)
        m->day += rule->after;
    return true;
}

static bool try_fact(struct engine *e, const struct pw_rule *rule, uint32_t look_nr, uint32_t period,
    uint32_t fact, size_t *count)
{
    const struct pw_look *look = look_nr ? &rule->also[look_nr - 1] : &rule->each;
    const struct pw_fact *f = e->facts[fact].fact;
    struct match m = {.fact = fact, .look = look_nr, .day = f->occurred_on};
    bool match;

    if (!in_scope(e, rule->scope, fact, period) ||
        (!rule->missing.kinds && !in_window(e, m.day, rule->each.within)))
        return true;
    if (!match_look(e, look, look->where, fact, &match))
        return score_fail(e, rule);
    if (!match)
        return true;
    e->slots[look->slot].p = f->record;
    if (!date_match(e, rule, &m))
        return score_fail(e, rule);
    if (m.day <= e->day && !in_window(e, m.day, rule->each.within))
        return true;
    if (!complete_match(e, rule, period, &m, &match))
        return score_fail(e, rule);
    if (match)
        e->scratch[(*count)++] = m;
    return true;
}

/* ---- one rule ---- */

/* A rule over the premises alone. */
static bool try_when(struct engine *e, const struct pw_rule *rule, struct tally *tally)
{
    enum cel_truth truth = ask(e, rule->when);
    struct hit *hit;

    if (truth == CEL_IS_ERROR)
        return score_fail(e, rule);
    if (truth != CEL_IS_TRUE)
        return true;
    hit = &tally->hits[tally->count++];
    *hit = (struct hit){.rule = rule, .class = PW_CLASS_BASE_REGISTER, .newest = e->day};
    hit->witness_classes = UINT32_C(1) << PW_CLASS_BASE_REGISTER;
    hit->full = rule->points[hit->class];
    return true;
}

static bool try_look(
    struct engine *e, const struct pw_rule *rule, uint32_t look_nr, uint32_t period, size_t *count)
{
    uint64_t kinds = look_nr ? rule->also[look_nr - 1].kinds : rule->each.kinds;

    for (size_t kind = 0; kind < e->set->model->kind_count; kind++) {
        if (!(kinds & (UINT64_C(1) << kind)))
            continue;
        for (size_t i = e->kind_start[kind]; i < e->kind_start[kind + 1]; i++)
            if (!try_fact(e, rule, look_nr, period, (uint32_t)i, count))
                return false;
    }
    return true;
}

static bool try_rule(struct engine *e, const struct pw_rule *rule, uint32_t period, struct tally *tally)
{
    size_t count = 0;

    if (!rule->each.kinds)
        return try_when(e, rule, tally);
    for (uint32_t look = 0; look <= rule->also_count; look++)
        if (!try_look(e, rule, look, period, &count))
            return false;
    if (count == 0 || !fires_on(e, rule, e->scratch, count, ALL_CLASSES, ALL_CLASSES))
        return true;
    return add_hit(e, rule, count, tally);
}

/* ---- all rules ---- */

/* The variable `lease`: the newest registration that says when the period's lease started, else the newest.
 */
static const uint64_t *find_lease(const struct engine *e, uint32_t period)
{
    const struct pw_kind *kind = e->set->lease;
    const struct pw_field *event = kind ? pw_kind_field(kind, PW_STR("event")) : NULL;
    const uint64_t *found = NULL;
    bool started = false;

    for (size_t i = event ? e->kind_start[kind->nr + 1] : 0; i > 0 && i > e->kind_start[kind->nr] && !started;
         i--) {
        const struct seen *s = &e->facts[i - 1];
        if (s->period != period)
            continue;
        started = strcmp(pw_record_enum(s->fact->record, event), "started") == 0;
        if (started || !found)
            found = s->fact->record;
    }
    return found ? found : kind ? pw_record_new(e->arena, kind) : NULL;
}

bool find_hits(struct engine *e, uint32_t period, struct tally *tally)
{
    const struct pw_ruleset *set = e->set;

    e->slots[set->slot_lease].p = find_lease(e, period);
    for (size_t r = 0; r < set->rule_count; r++)
        if (set->rules[r].stratum == 1 && !try_rule(e, &set->rules[r], period, tally))
            return false;
    return true;
}
