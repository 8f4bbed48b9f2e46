/*
 * Stratum 2: rules over what stratum 1 found. They read no draft rules; classes are counted as the
 * gate counts them; points are full points, so that decay alone switches none of them off.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

struct second {
    struct tally *tally;
    size_t first_count; /* hits of stratum 1 */
    int64_t *list;      /* hits, as indexes of rules */
    struct cel_span span;
    struct pw_first_stratum first;
    int64_t *themes;
    uint32_t about; /* phenomena that the counted classes speak of */
};

static bool is_considered(const struct second *s, const struct hit *hit, int32_t within)
{
    return !hit->rule->draft && hit->full >= 0 &&
           (within == PW_NO_WINDOW || (int64_t)s->tally->e->day - hit->newest <= within);
}

static bool on_read(void *user, const struct cel_read *read)
{
    const uint32_t *slot = user;

    return read->slot != *slot;
}

static bool reads_classes(const struct engine *e, int32_t expr)
{
    uint32_t slot = e->set->slot_classes;

    return !cel_expr_reads(e->set->program, expr, on_read, &slot);
}

/* Sources corroborate each other only about one thing: the most classes that any one phenomenon has. */
static uint32_t agreeing_classes(struct second *s, int32_t within)
{
    const uint32_t any = UINT32_C(1) << PW_PHENOMENON_ANY;
    uint32_t about = 0, best = 0;

    for (size_t i = 0; i < s->first_count; i++)
        about |= s->tally->hits[i].rule->indicates;
    s->about = any;
    for (uint32_t left = about; left; left &= left - 1) {
        uint32_t one = (left & -left) | any, counted = count_classes(s->tally, within, one);
        if (count_bits(counted) > count_bits(best)) {
            best = counted;
            s->about = one;
        }
    }
    return best;
}

/* Fills what the conditions read, for hits at most `within` days old. */
static void fill_first(struct second *s, int32_t within, bool classes)
{
    struct engine *e = s->tally->e;

    memset(s->themes, 0, e->set->theme_count * sizeof *s->themes);
    memset(s->first.phases, 0, sizeof s->first.phases);
    s->span.count = 0;
    for (size_t i = 0; i < s->first_count; i++) {
        const struct hit *hit = &s->tally->hits[i];
        if (!is_considered(s, hit, within))
            continue;
        s->list[s->span.count++] = hit->rule->nr;
        s->themes[hit->rule->theme->nr] += hit->full;
        if (hit->rule->corroborates)
            s->first.phases[hit->rule->phase] += hit->full;
        if (within != PW_NO_WINDOW)
            note_change(e, (int64_t)hit->newest + within + 1);
    }
    s->span.items = s->list;
    s->about = ALL_THINGS;
    e->slots[e->set->slot_hits].list = &s->span;
    e->slots[e->set->slot_classes].u = classes ? agreeing_classes(s, within) : 0;
}

/* The hit that speaks loudest for a class. */
static const struct hit *best_of_class(const struct second *s, int class, int32_t within)
{
    const struct hit *best = NULL;

    for (size_t i = 0; i < s->first_count; i++) {
        const struct hit *hit = &s->tally->hits[i];
        if (is_considered(s, hit, within) && hit->rule->corroborates && (hit->rule->indicates & s->about) &&
            (hit->gate_classes & (UINT32_C(1) << class)) && (!best || hit->full > best->full))
            best = hit;
    }
    return best;
}

static void add_behind(const struct hit *behind, struct hit *hit, uint32_t *list, bool *tips_only)
{
    for (size_t i = 0; i < behind->witness_count; i++) {
        bool known = false;
        for (size_t k = 0; k < hit->witness_count && !known; k++)
            known = list[k] == behind->witnesses[i];
        if (!known)
            list[hit->witness_count++] = behind->witnesses[i];
    }
    hit->witness_classes |= behind->witness_classes;
    *tips_only &= behind->class == PW_CLASS_CITIZEN_TIP;
    if (behind->newest > hit->newest ||
        (behind->newest == hit->newest && behind->newest_received > hit->newest_received)) {
        hit->newest = behind->newest;
        hit->newest_received = behind->newest_received;
    }
}

static void gather_behind(struct second *s, struct hit *hit)
{
    struct engine *e = s->tally->e;
    int32_t within = hit->rule->each.within;
    uint32_t *list = PW_NEW_ARRAY(e->arena, e->fact_count + 1, uint32_t);
    uint32_t counted = (uint32_t)e->slots[e->set->slot_classes].u;
    bool tips_only = true, by_class = reads_classes(e, hit->rule->when);

    hit->newest = INT32_MIN;
    for (int c = 0; by_class && c < PW_CLASS_DERIVED; c++) {
        const struct hit *best = counted & (UINT32_C(1) << c) ? best_of_class(s, c, within) : NULL;
        if (best)
            add_behind(best, hit, list, &tips_only);
    }
    for (size_t i = 0; !by_class && i < s->first_count; i++)
        if (is_considered(s, &s->tally->hits[i], within) && s->tally->hits[i].rule->corroborates)
            add_behind(&s->tally->hits[i], hit, list, &tips_only);
    if (hit->newest == INT32_MIN)
        hit->newest = e->day;
    hit->witnesses = list;
    hit->class = tips_only && hit->witness_count ? PW_CLASS_CITIZEN_TIP : PW_CLASS_DERIVED;
    hit->full = hit->rule->points[hit->class];
}

static void explain(struct engine *e, struct hit *hit)
{
    struct cel_reason reasons[PW_LINE_SPANS];
    enum cel_truth truth;
    size_t n = cel_explain(e->set->ctx, hit->rule->when, e->slots, reasons, PW_LINE_SPANS, &truth);

    for (size_t i = 0; i < n && i < PW_LINE_SPANS; i++)
        if (reasons[i].depth == 0 && reasons[i].end <= UINT16_MAX)
            hit->decided[hit->decided_count++] =
                (struct pw_line_span){(uint16_t)reasons[i].start, (uint16_t)reasons[i].end};
}

/* Hits that another hit replaces are taken out. */
static void drop_replaced(struct tally *tally)
{
    size_t kept = 0;

    for (size_t i = 0; i < tally->count; i++) {
        bool replaced = false;
        for (size_t k = 0; k < tally->count && !replaced; k++) {
            const struct pw_rule *by = tally->hits[k].rule;
            for (size_t r = 0; r < by->replaces_count && !by->draft; r++)
                replaced |= by->replaces[r] == tally->hits[i].rule->nr;
        }
        if (!replaced)
            tally->hits[kept++] = tally->hits[i];
    }
    tally->count = kept;
}

static int by_rule(const void *a, const void *b)
{
    const struct hit *x = a, *y = b;

    return x->rule->nr < y->rule->nr ? -1 : x->rule->nr > y->rule->nr;
}

bool find_derived(struct tally *tally)
{
    struct engine *e = tally->e;
    struct second s = {.tally = tally};

    drop_replaced(tally);
    s.first_count = tally->count;
    s.list = PW_NEW_ARRAY(e->arena, e->set->rule_count + 1, int64_t);
    s.themes = PW_NEW_ARRAY(e->arena, e->set->theme_count + 1, int64_t);
    s.first = (struct pw_first_stratum){.set = e->set, .themes = s.themes};
    cel_ctx_set_host(e->set->ctx, &s.first);
    for (size_t r = 0; r < e->set->rule_count; r++) {
        const struct pw_rule *rule = &e->set->rules[r];
        enum cel_truth truth;
        if (rule->stratum != 2)
            continue;
        fill_first(&s, rule->each.within, reads_classes(e, rule->when));
        truth = ask(e, rule->when);
        if (truth == CEL_IS_ERROR)
            return score_fail(e, rule);
        if (truth != CEL_IS_TRUE)
            continue;
        tally->hits[tally->count] = (struct hit){.rule = rule};
        gather_behind(&s, &tally->hits[tally->count]);
        explain(e, &tally->hits[tally->count++]);
    }
    cel_ctx_set_host(e->set->ctx, NULL);
    qsort(tally->hits, tally->count, sizeof *tally->hits, by_rule);
    drop_replaced(tally);
    return true;
}
