/*
 * Before any rule runs: which facts count, to which period each belongs, which are one report, who
 * is an independent origin. Everything is sorted by values of the facts themselves, so that the
 * order in which a caller lists them changes nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

void note_change(struct engine *e, int64_t day)
{
    if (day > e->day && day <= INT32_MAX && (e->next == PW_DAY_NONE || day < e->next))
        e->next = (pw_day)day;
}

/* ---- facts that count ---- */

static bool is_retired(const struct pw_dossier_view *view, const struct pw_uuid *id)
{
    for (size_t i = 0; i < view->retired_count; i++)
        if (pw_uuid_eq(&view->retired[i], id))
            return true;
    return false;
}

static int by_kind_and_day(const void *a, const void *b)
{
    const struct pw_fact *x = ((const struct seen *)a)->fact, *y = ((const struct seen *)b)->fact;

    if (x->kind->nr != y->kind->nr)
        return x->kind->nr < y->kind->nr ? -1 : 1;
    if (x->occurred_on != y->occurred_on)
        return x->occurred_on < y->occurred_on ? -1 : 1;
    if (x->received_at != y->received_at)
        return x->received_at < y->received_at ? -1 : 1;
    return pw_uuid_cmp(&x->id, &y->id);
}

static void choose_facts(struct engine *e)
{
    const struct pw_dossier_view *view = e->view;
    size_t kinds = e->set->model->kind_count;

    e->facts = PW_NEW_ARRAY(e->arena, view->fact_count + 1, struct seen);
    for (size_t i = 0; i < view->fact_count; i++) {
        const struct pw_fact *fact = &view->facts[i];
        if (fact->occurred_on > e->day)
            note_change(e, fact->occurred_on);
        else if (!is_retired(view, &fact->id))
            e->facts[e->fact_count++].fact = fact;
    }
    qsort(e->facts, e->fact_count, sizeof *e->facts, by_kind_and_day);
    e->kind_start = PW_NEW_ARRAY(e->arena, kinds + 1, size_t);
    for (size_t i = 0, kind = 0; kind <= kinds; kind++) {
        while (i < e->fact_count && e->facts[i].fact->kind->nr < kind)
            i++;
        e->kind_start[kind] = i;
    }
    e->scratch = PW_NEW_ARRAY(e->arena, e->fact_count + 1, struct match);
}

/* ---- periods ---- */

static int newest_tenancy_first(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;

    if (!x->tenancy || !y->tenancy)
        return x->tenancy ? -1 : y->tenancy ? 1 : 0;
    if (x->tenancy->from != y->tenancy->from)
        return x->tenancy->from > y->tenancy->from ? -1 : 1;
    return pw_uuid_cmp(&x->tenancy->id, &y->tenancy->id);
}

static bool in_force(const struct pw_tenancy *t, pw_day day)
{
    return t->from <= day && (t->until == PW_DAY_NONE || t->until >= day);
}

static const struct pw_latch *latch_of(const struct pw_dossier_view *view, const struct pw_tenancy *tenancy)
{
    for (size_t i = 0; i < view->latch_count; i++) {
        const struct pw_latch *latch = &view->latches[i];
        bool same = tenancy ? pw_uuid_eq(&latch->tenancy, &tenancy->id) : pw_uuid_is_nil(&latch->tenancy);
        if (same && latch->level >= PW_RISK_ALERT)
            return latch;
    }
    return NULL;
}

static void make_periods(struct engine *e)
{
    const struct pw_dossier_view *view = e->view;
    bool let = false; /* a tenancy is in force */

    e->periods = PW_NEW_ARRAY(e->arena, view->tenancy_count + 1, struct stretch);
    for (size_t i = 0; i < view->tenancy_count; i++) {
        const struct pw_tenancy *t = &view->tenancies[i];
        struct stretch *s = &e->periods[e->period_count++];
        s->tenancy = t;
        s->latch = latch_of(view, t);
        s->open = s->latch || t->until == PW_DAY_NONE || t->until >= e->day;
        let |= in_force(t, e->day);
        note_change(e, t->from);
        if (t->until != PW_DAY_NONE)
            note_change(e, (int64_t)t->until + 1);
    }
    e->periods[e->period_count].latch = latch_of(view, NULL);
    e->periods[e->period_count].open = !let || e->periods[e->period_count].latch;
    e->period_count++;
    qsort(e->periods, e->period_count, sizeof *e->periods, newest_tenancy_first);
    for (size_t i = 0; i < e->period_count; i++)
        e->periods[i].newest = PW_DAY_NONE;
}

/* By its own word, else by its date; the newest tenancy where several are in force. */
static uint32_t period_of(const struct engine *e, const struct pw_fact *fact)
{
    uint32_t none = (uint32_t)e->period_count - 1;

    if (!pw_uuid_is_nil(&fact->tenancy)) {
        for (uint32_t i = 0; i < none; i++)
            if (pw_uuid_eq(&e->periods[i].tenancy->id, &fact->tenancy))
                return i;
    }
    for (uint32_t i = 0; i < none; i++)
        if (in_force(e->periods[i].tenancy, fact->occurred_on))
            return i;
    return none;
}

static void assign_periods(struct engine *e)
{
    for (size_t i = 0; i < e->fact_count; i++) {
        struct seen *s = &e->facts[i];
        struct stretch *p;
        pw_day known = s->fact->occurred_on;
        s->period = period_of(e, s->fact);
        p = &e->periods[s->period];
        if (s->fact->received_at > 0 && pw_day_in_netherlands(s->fact->received_at) > known)
            known = pw_day_in_netherlands(s->fact->received_at);
        if (known > e->day)
            known = e->day;
        if (p->newest == PW_DAY_NONE || known > p->newest)
            p->newest = known;
    }
}

/* ---- reports and origins: disjoint sets ---- */

struct named {
    struct pw_uuid id;
    uint32_t at;
};

static int by_name(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    int order = pw_uuid_cmp(&x->id, &y->id);

    return order ? order : x->at < y->at ? -1 : x->at > y->at;
}

static uint32_t root(uint32_t *up, uint32_t i)
{
    while (up[i] != i) {
        up[i] = up[up[i]];
        i = up[i];
    }
    return i;
}

static void join(uint32_t *up, uint32_t a, uint32_t b)
{
    a = root(up, a);
    b = root(up, b);
    if (a < b)
        up[b] = a;
    else
        up[a] = b;
}

/* Joins all facts that carry the same name. */
static void join_equal(struct named *names, size_t count, uint32_t *up)
{
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 1; i < count; i++)
        if (pw_uuid_eq(&names[i - 1].id, &names[i].id))
            join(up, names[i - 1].at, names[i].at);
}

static void join_based_on(struct engine *e, struct named *names, uint32_t *up)
{
    bool any = false;

    for (size_t i = 0; i < e->fact_count; i++)
        any |= e->facts[i].fact->based_on_count > 0;
    if (!any)
        return;
    for (uint32_t i = 0; i < e->fact_count; i++)
        names[i] = (struct named){e->facts[i].fact->id, i};
    qsort(names, e->fact_count, sizeof *names, by_name);
    for (uint32_t i = 0; i < e->fact_count; i++) {
        const struct pw_fact *fact = e->facts[i].fact;
        for (size_t k = 0; k < fact->based_on_count; k++) {
            struct named key = {fact->based_on[k], 0};
            size_t low = 0, high = e->fact_count;
            while (low < high) {
                size_t mid = (low + high) / 2;
                if (pw_uuid_cmp(&names[mid].id, &key.id) < 0)
                    low = mid + 1;
                else
                    high = mid;
            }
            if (low < e->fact_count && pw_uuid_eq(&names[low].id, &key.id))
                join(up, i, names[low].at);
        }
    }
}

static void group_facts(struct engine *e, struct named *names, uint32_t *up)
{
    const uint8_t *strength = e->set->strength;
    size_t n = 0;

    for (uint32_t i = 0; i < e->fact_count; i++)
        up[i] = i;
    for (uint32_t i = 0; i < e->fact_count; i++)
        if (!pw_uuid_is_nil(&e->facts[i].fact->report))
            names[n++] = (struct named){e->facts[i].fact->report, i};
    join_equal(names, n, up);
    join_based_on(e, names, up);
    for (uint32_t i = 0; i < e->fact_count; i++) {
        e->facts[i].group = root(up, i);
        e->facts[i].gate_class = (uint8_t)e->facts[i].fact->source_class;
    }
    for (uint32_t i = 0; i < e->fact_count; i++) {
        struct seen *head = &e->facts[e->facts[i].group];
        if (strength[e->facts[i].fact->source_class] > strength[head->gate_class])
            head->gate_class = (uint8_t)e->facts[i].fact->source_class;
    }
    for (uint32_t i = 0; i < e->fact_count; i++)
        e->facts[i].gate_class = e->facts[e->facts[i].group].gate_class;
}

/* Who a fact comes from: a tip's stated origin, else the client that delivered it. */
static struct pw_uuid origin_of(const struct pw_fact *fact)
{
    return fact->source_class == PW_CLASS_CITIZEN_TIP ? fact->origin : fact->client;
}

static void find_origins(struct engine *e, struct named *names, uint32_t *up)
{
    size_t n = 0;

    for (uint32_t i = 0; i < e->fact_count; i++) {
        struct pw_uuid origin = origin_of(e->facts[i].fact);
        if (!pw_uuid_is_nil(&origin))
            names[n++] = (struct named){origin, i};
    }
    join_equal(names, n, up);
    for (uint32_t i = 0; i < e->fact_count; i++)
        e->facts[i].origin = 0;
    for (size_t i = 0; i < n; i++)
        e->facts[root(up, names[i].at)].origin = 1; /* this set has a name */
    for (uint32_t i = (uint32_t)e->fact_count; i-- > 0;) {
        uint32_t head = root(up, i);
        e->facts[i].origin = e->facts[head].origin ? head + 1 : 0;
    }
}

void prepare(struct engine *e)
{
    struct named *names;
    uint32_t *up;

    e->next = PW_DAY_NONE;
    choose_facts(e);
    make_periods(e);
    assign_periods(e);
    names = PW_NEW_ARRAY(e->arena, e->fact_count + 1, struct named);
    up = PW_NEW_ARRAY(e->arena, e->fact_count + 1, uint32_t);
    group_facts(e, names, up);
    find_origins(e, names, up);
    e->slots = PW_NEW_ARRAY(e->arena, e->set->slot_count, union cel_slot);
    e->slots[e->set->slot_premises].p = e->view->premises
                                            ? (const void *)e->view->premises
                                            : (const void *)pw_record_new(e->arena, e->set->model->premises);
}
