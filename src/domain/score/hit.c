/*
 * A rule that fired: its class for the caps, the classes it counts for at the gates, its witnesses,
 * whether it stands alone, and what decided.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

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

bool add_hit(struct engine *e, const struct pw_rule *rule, size_t count, struct tally *tally)
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
