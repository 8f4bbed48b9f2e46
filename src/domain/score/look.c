/*
 * Looking through facts: which are in scope and window, whether one meets a condition, and what
 * stands beside a witness (`without`, `missing`, `join`).
 */
#include "score_int.h"

bool score_fail(struct engine *e, const struct pw_rule *rule)
{
    return pw_fail(e->err, PW_ERR_INTERNAL, "rule %.*s: %s", rule ? (int)rule->id.len : 4,
        rule ? rule->id.data : "gate", cel_ctx_error(e->set->ctx));
}

enum cel_truth ask(struct engine *e, int32_t expr)
{
    if (e->probe)
        e->probe->on_ask(e->probe, expr, e->slots);
    return cel_eval_bool(e->set->ctx, expr, e->slots);
}

bool match_look(struct engine *e, const struct pw_look *look, int32_t expr, uint32_t fact, bool *ret)
{
    enum cel_truth truth;

    if (expr == PW_NO_EXPR) {
        *ret = true;
        return true;
    }
    e->slots[look->slot].p = e->facts[fact].fact->record;
    truth = ask(e, expr);
    *ret = truth == CEL_IS_TRUE;
    return truth != CEL_IS_ERROR;
}

bool key_of(struct engine *e, const struct pw_look *look, int32_t expr, uint32_t fact, int64_t *ret)
{
    struct cel_value value;

    e->slots[look->slot].p = e->facts[fact].fact->record;
    value = cel_eval(e->set->ctx, expr, e->slots);
    if (value.kind == CEL_ERROR)
        return false;
    if (value.kind == CEL_STRING)
        *ret = (int64_t)(pw_str_hash((struct pw_str){value.as.s, value.aux}) >> 1 | 1);
    else
        *ret = value.as.i;
    return true;
}

/* Of the time without a tenancy, what came after the one before this. */
static bool just_before(const struct engine *e, pw_day day, uint32_t period)
{
    const struct pw_tenancy *own = e->periods[period].tenancy;

    if (!own || day >= own->from)
        return false;
    for (uint32_t i = 0; i + 1 < e->period_count; i++)
        if (e->periods[i].tenancy->from > day && e->periods[i].tenancy->from < own->from)
            return false;
    return true;
}

bool in_scope(const struct engine *e, enum pw_rule_scope scope, uint32_t fact, uint32_t period)
{
    const struct seen *s = &e->facts[fact];

    if (scope == PW_SCOPE_PREMISES || s->period == period)
        return true;
    return scope == PW_SCOPE_RUN_UP && s->period + 1 == e->period_count &&
           just_before(e, s->fact->occurred_on, period);
}

bool in_window(const struct engine *e, pw_day day, int32_t within)
{
    return day <= e->day && (within == PW_NO_WINDOW || (int64_t)e->day - day <= within);
}

void note_end(struct engine *e, pw_day day, int32_t within)
{
    if (within != PW_NO_WINDOW)
        note_change(e, (int64_t)day + within + 1);
}

/* ---- what stands beside a witness ---- */

struct beside_search {
    const struct pw_look *look;
    uint32_t period;
    pw_day since;
    int64_t same; /* the witness's value of look->same */
};

static bool is_beside(struct engine *e, const struct beside_search *s, uint32_t fact, bool *ret)
{
    const struct pw_look *look = s->look;
    pw_day day = e->facts[fact].fact->occurred_on;
    int64_t same = s->same;

    *ret = false;
    if (day < s->since || !in_scope(e, look->scope, fact, s->period) || !in_window(e, day, look->within))
        return true;
    if (!match_look(e, look, look->where, fact, ret))
        return false;
    if (*ret && look->same != PW_NO_EXPR && !key_of(e, look, look->same, fact, &same))
        return false;
    *ret = *ret && same == s->same;
    return true;
}

static void take_beside(struct engine *e, const struct pw_look *look, uint32_t fact, struct beside *ret)
{
    ret->caps |= UINT32_C(1) << e->facts[fact].fact->source_class;
    ret->gates |= UINT32_C(1) << e->facts[fact].gate_class;
    if (!ret->found)
        ret->first = fact;
    ret->found = true;
    note_end(e, e->facts[fact].fact->occurred_on, look->within);
}

static bool search_beside(struct engine *e, const struct beside_search *s, bool all, struct beside *ret)
{
    for (size_t kind = 0; kind < e->set->model->kind_count; kind++) {
        if (!(s->look->kinds & (UINT64_C(1) << kind)))
            continue;
        for (size_t i = e->kind_start[kind]; i < e->kind_start[kind + 1]; i++) {
            bool match;
            if (!is_beside(e, s, (uint32_t)i, &match))
                return false;
            if (!match)
                continue;
            take_beside(e, s->look, (uint32_t)i, ret);
            if (!all)
                return true;
        }
    }
    return true;
}

bool look_beside(struct engine *e, const struct pw_look *look, uint32_t period, uint32_t witness,
    pw_day since, bool all, struct beside *ret)
{
    const union cel_slot kept = e->slots[look->slot];
    struct beside_search s = {.look = look, .period = period, .since = since};
    bool ok = true;

    *ret = (struct beside){.first = ANY_PERIOD};
    if (look->since_witness && e->facts[witness].fact->occurred_on > since)
        s.since = e->facts[witness].fact->occurred_on;
    if (look->same != PW_NO_EXPR)
        ok = key_of(e, look, look->same, witness, &s.same);
    ok = ok && search_beside(e, &s, all, ret);
    e->slots[look->slot] = kept;
    return ok;
}
