/*
 * Stratum 1: each rule over the facts of one period. Per fact nothing is allocated: a condition is
 * evaluated straight over the fact's record, and what matches goes to the engine's scratch.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

bool score_fail(struct engine *e, const struct pw_rule *rule)
{
    return pw_fail(e->err, PW_ERR_INTERNAL, "rule %.*s: %s", rule ? (int)rule->id.len : 4,
        rule ? rule->id.data : "gate", cel_ctx_error(e->set->ctx));
}

/* `expr` over one fact, read as `look` says. PW_NO_EXPR holds for every fact. */
bool match_look(struct engine *e, const struct pw_look *look, int32_t expr, uint32_t fact, bool *ret)
{
    enum cel_truth truth;

    if (expr == PW_NO_EXPR) {
        *ret = true;
        return true;
    }
    e->slots[look->slot].p = e->facts[fact].fact->record;
    truth = cel_eval_bool(e->set->ctx, expr, e->slots);
    *ret = truth == CEL_IS_TRUE;
    return truth != CEL_IS_ERROR;
}

static bool in_scope(const struct engine *e, enum pw_rule_scope scope, uint32_t fact, uint32_t period)
{
    return scope == PW_SCOPE_PREMISES || e->facts[fact].period == period;
}

static bool in_window(const struct engine *e, pw_day day, int32_t within)
{
    return day <= e->day && (within == PW_NO_WINDOW || (int64_t)e->day - day <= within);
}

static void note_end(struct engine *e, pw_day day, int32_t within)
{
    if (within != PW_NO_WINDOW)
        note_change(e, (int64_t)day + within + 1);
}

/* ---- the other facts that a witness is looked at beside ---- */

struct beside {
    bool found;
    uint32_t caps, gates; /* classes of those found */
    uint32_t first;
};

/* Looks for facts of `look`, not before `since`. Stops at the first unless `all`. */
static bool look_beside(
    struct engine *e, const struct pw_look *look, uint32_t period, pw_day since, bool all, struct beside *ret)
{
    const union cel_slot kept = e->slots[look->slot];
    bool ok = true, match;

    *ret = (struct beside){.first = ANY_PERIOD};
    for (size_t kind = 0; kind < e->set->model->kind_count && ok; kind++) {
        if (!(look->kinds & (UINT64_C(1) << kind)))
            continue;
        for (size_t i = e->kind_start[kind]; i < e->kind_start[kind + 1] && ok; i++) {
            const struct pw_fact *fact = e->facts[i].fact;
            if (fact->occurred_on < since || !in_scope(e, look->scope, (uint32_t)i, period) ||
                !in_window(e, fact->occurred_on, look->within))
                continue;
            ok = match_look(e, look, look->where, (uint32_t)i, &match);
            if (!ok || !match)
                continue;
            ret->caps |= UINT32_C(1) << fact->source_class;
            ret->gates |= UINT32_C(1) << e->facts[i].gate_class;
            if (!ret->found)
                ret->first = (uint32_t)i;
            ret->found = true;
            note_end(e, fact->occurred_on, look->within);
            if (!all)
                break;
        }
        if (ret->found && !all)
            break;
    }
    e->slots[look->slot] = kept;
    return ok;
}

/* ---- one witness ---- */

/* What `distinct` counts, for one fact; facts of other kinds (`also`) have no value of it. */
static bool distinct_key(
    struct engine *e, const struct pw_rule *rule, uint32_t look, uint32_t fact, int64_t *ret)
{
    struct cel_value value;

    if (rule->distinct == PW_DISTINCT_ORIGIN) {
        *ret = e->facts[fact].origin;
        return true;
    }
    if (rule->distinct == PW_DISTINCT_NONE || look > 0)
        return true;
    e->slots[rule->each.slot].p = e->facts[fact].fact->record;
    value = cel_eval(e->set->ctx, rule->distinct_expr, e->slots);
    if (value.kind == CEL_ERROR)
        return false;
    if (value.kind == CEL_STRING)
        *ret = (int64_t)(pw_str_hash((struct pw_str){value.as.s, value.aux}) >> 1 | 1);
    else
        *ret = value.as.i;
    return true;
}

/* Completes a match whose `where` held; *ret tells whether it counts. */
static bool complete_match(
    struct engine *e, const struct pw_rule *rule, uint32_t period, struct match *m, bool *ret)
{
    struct beside other;
    pw_day occurred = e->facts[m->fact].fact->occurred_on;

    *ret = false;
    m->join_caps = m->join_gates = ALL_CLASSES;
    m->joined = ANY_PERIOD;
    if (rule->without.kinds) {
        if (!look_beside(e, &rule->without, period, INT32_MIN, false, &other))
            return false;
        if (other.found)
            return true;
    }
    if (rule->missing.kinds) {
        if (!look_beside(e, &rule->missing, period, occurred, false, &other))
            return false;
        if (other.found)
            return true;
        if (m->day > e->day) {
            note_change(e, m->day);
            return true;
        }
    }
    if (rule->join.kinds) {
        if (!look_beside(e, &rule->join, period, INT32_MIN, true, &other))
            return false;
        if (!other.found)
            return true;
        m->join_caps = other.caps;
        m->join_gates = other.gates;
        m->joined = other.first;
    }
    *ret = true;
    return distinct_key(e, rule, m->look, m->fact, &m->key);
}

/* From which day the fact counts: its own, or the end of the term in which something was missed. */
static bool date_match(struct engine *e, const struct pw_rule *rule, struct match *m)
{
    if (m->look == 0 && rule->suffices != PW_NO_EXPR &&
        !match_look(e, &rule->each, rule->suffices, m->fact, &m->suffices))
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

/* ---- counting ---- */

static int by_key(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Distinct values; 0 stands for "not known" and is one value only when there is no other. */
static int32_t count_keys(int64_t *keys, size_t count)
{
    int32_t n = 0;

    qsort(keys, count, sizeof *keys, by_key);
    for (size_t i = 0; i < count; i++)
        if (keys[i] != 0 && (i == 0 || keys[i] != keys[i - 1]))
            n++;
    return n == 0 && count > 0 ? 1 : n;
}

/* Whether the matches let through fulfil the counts; with days_together those of [from, to] alone. */
static bool fires_within(const struct engine *e, const struct pw_rule *rule, const struct match *matches,
    size_t count, uint32_t caps, uint32_t gates, int64_t from, int64_t to)
{
    int64_t *keys = NULL;
    pw_day first = INT32_MAX, last = INT32_MIN;
    size_t n = 0;
    int32_t counted;

    if (rule->distinct || rule->distinct_days)
        keys = PW_NEW_ARRAY(e->arena, count + 1, int64_t);
    for (size_t i = 0; i < count; i++) {
        const struct match *m = &matches[i];
        const struct seen *s = &e->facts[m->fact];
        if (!(caps & (UINT32_C(1) << s->fact->source_class)) || !(gates & (UINT32_C(1) << s->gate_class)) ||
            !(caps & m->join_caps) || !(gates & m->join_gates) || m->day < from || m->day > to)
            continue;
        if (m->suffices)
            return true;
        if (keys)
            keys[n] = rule->distinct_days ? (int64_t)m->day + INT64_C(1000000000) : m->key;
        n++;
        first = m->day < first ? m->day : first;
        last = m->day > last ? m->day : last;
    }
    counted = keys ? count_keys(keys, n) : (int32_t)n;
    return n > 0 && counted >= rule->at_least && (!rule->days_apart || last - first >= rule->days_apart);
}

bool fires_on(const struct engine *e, const struct pw_rule *rule, const struct match *matches, size_t count,
    uint32_t caps, uint32_t gates)
{
    if (!rule->days_together)
        return fires_within(e, rule, matches, count, caps, gates, INT32_MIN, INT32_MAX);
    for (size_t i = 0; i < count; i++)
        if (fires_within(e, rule, matches, count, caps, gates, (int64_t)matches[i].day - rule->days_together,
                matches[i].day))
            return true;
    return false;
}

/* ---- a rule that fired ---- */

static enum pw_source_class strongest(const struct engine *e, uint32_t classes)
{
    enum pw_source_class best = PW_CLASS_CITIZEN_TIP;
    int rank = -1;

    for (int c = 0; c < PW_CLASS_DERIVED; c++)
        if (c != PW_CLASS_CITIZEN_TIP && (classes & (UINT32_C(1) << c)) && e->set->strength[c] > rank) {
            best = (enum pw_source_class)c;
            rank = e->set->strength[c];
        }
    return best;
}

static void classify(struct engine *e, struct hit *hit)
{
    const uint32_t tips = UINT32_C(1) << PW_CLASS_CITIZEN_TIP;
    const struct pw_rule *rule = hit->rule;

    for (size_t i = 0; i < hit->match_count; i++) {
        const struct match *m = &hit->matches[i];
        hit->witness_classes |= UINT32_C(1) << e->facts[m->fact].fact->source_class;
        if (m->joined != ANY_PERIOD)
            hit->witness_classes |= UINT32_C(1) << e->facts[m->joined].fact->source_class;
    }
    hit->class = PW_CLASS_CITIZEN_TIP;
    if (fires_on(e, rule, hit->matches, hit->match_count, ~tips, ALL_CLASSES))
        hit->class = strongest(e, hit->witness_classes);
    for (int c = 0; c < PW_CLASS_DERIVED; c++)
        if (fires_on(e, rule, hit->matches, hit->match_count, ALL_CLASSES, UINT32_C(1) << c))
            hit->gate_classes |= UINT32_C(1) << c;
    hit->full = rule->points[hit->class];
}

static int by_age(const void *a, const void *b, void *arg)
{
    const struct engine *e = arg;
    const struct pw_fact *x = e->facts[*(const uint32_t *)a].fact, *y = e->facts[*(const uint32_t *)b].fact;

    if (x->occurred_on != y->occurred_on)
        return x->occurred_on < y->occurred_on ? -1 : 1;
    if (x->received_at != y->received_at)
        return x->received_at < y->received_at ? -1 : 1;
    return pw_uuid_cmp(&x->id, &y->id);
}

static void list_witnesses(struct engine *e, struct hit *hit)
{
    uint32_t *list = PW_NEW_ARRAY(e->arena, 2 * hit->match_count + 1, uint32_t);
    size_t n = 0, kept = 0;

    hit->newest = INT32_MIN;
    for (size_t i = 0; i < hit->match_count; i++) {
        const struct match *m = &hit->matches[i];
        const struct pw_fact *fact = e->facts[m->fact].fact;
        list[n++] = m->fact;
        if (m->joined != ANY_PERIOD)
            list[n++] = m->joined;
        if (m->day > hit->newest || (m->day == hit->newest && fact->received_at > hit->newest_received)) {
            hit->newest = m->day;
            hit->newest_received = fact->received_at;
        }
    }
    qsort_r(list, n, sizeof *list, by_age, e);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || list[kept - 1] != list[i])
            list[kept++] = list[i];
    hit->witnesses = list;
    hit->witness_count = kept;
}

static bool find_stands_alone(struct engine *e, struct hit *hit)
{
    const struct pw_rule *rule = hit->rule;
    bool match;

    if (!rule->stands_alone || rule->draft)
        return true;
    for (size_t i = 0; i < hit->match_count && !hit->stands_alone; i++) {
        if (hit->matches[i].look > 0 && rule->stands_alone_if != PW_NO_EXPR)
            continue;
        if (!match_look(e, &rule->each, rule->stands_alone_if, hit->matches[i].fact, &match))
            return score_fail(e, rule);
        hit->stands_alone = match;
    }
    return true;
}

/* Which sub-expressions decided, for the newest witness. */
static void explain(struct engine *e, struct hit *hit)
{
    struct cel_reason reasons[PW_LINE_SPANS];
    const struct pw_rule *rule = hit->rule;
    enum cel_truth truth;
    const struct match *newest = NULL;
    const struct pw_look *look;
    size_t n;

    for (size_t i = 0; i < hit->match_count; i++)
        if (!newest || hit->matches[i].day >= newest->day)
            newest = &hit->matches[i];
    look = newest->look ? &rule->also[newest->look - 1] : &rule->each;
    hit->decided_look = newest->look;
    if (look->where == PW_NO_EXPR)
        return;
    e->slots[look->slot].p = e->facts[newest->fact].fact->record;
    n = cel_explain(e->set->ctx, look->where, e->slots, reasons, PW_LINE_SPANS, &truth);
    for (size_t i = 0; i < n && i < PW_LINE_SPANS; i++)
        if (reasons[i].depth == 0 && reasons[i].end <= UINT16_MAX)
            hit->decided[hit->decided_count++] =
                (struct pw_line_span){(uint16_t)reasons[i].start, (uint16_t)reasons[i].end};
}

static bool add_hit(struct engine *e, const struct pw_rule *rule, size_t count, struct tally *tally)
{
    struct hit *hit = &tally->hits[tally->count++];
    struct match *kept = PW_NEW_ARRAY(e->arena, count, struct match);

    memcpy(kept, e->scratch, count * sizeof *kept);
    *hit = (struct hit){.rule = rule, .matches = kept, .match_count = count};
    classify(e, hit);
    list_witnesses(e, hit);
    for (size_t i = 0; i < count; i++)
        note_end(e, kept[i].day, rule->each.within);
    explain(e, hit);
    return find_stands_alone(e, hit);
}

/* A rule over the premises alone. */
static bool try_when(struct engine *e, const struct pw_rule *rule, struct tally *tally)
{
    enum cel_truth truth = cel_eval_bool(e->set->ctx, rule->when, e->slots);
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

bool find_hits(struct engine *e, uint32_t period, struct tally *tally)
{
    const struct pw_ruleset *set = e->set;

    for (size_t r = 0; r < set->rule_count; r++) {
        const struct pw_rule *rule = &set->rules[r];
        size_t count = 0;
        if (rule->stratum != 1)
            continue;
        if (!rule->each.kinds) {
            if (!try_when(e, rule, tally))
                return false;
            continue;
        }
        for (uint32_t look = 0; look <= rule->also_count; look++)
            if (!try_look(e, rule, look, period, &count))
                return false;
        if (count && fires_on(e, rule, e->scratch, count, ALL_CLASSES, ALL_CLASSES) &&
            !add_hit(e, rule, count, tally))
            return false;
    }
    return true;
}
