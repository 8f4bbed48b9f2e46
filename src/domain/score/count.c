/*
 * Counting witnesses: how many, how many different ones, over how many days, in one cluster or in a
 * cycle. Asked once for all witnesses, and again for those of some classes only: does the rule fire
 * without its tips, does it fire on inspections alone?
 */
#include <stdlib.h>

#include "score_int.h"

/* The witnesses that count together. */
struct frame {
    int64_t from, to; /* days */
    bool grouped;
    int64_t group; /* value of the rule's `same` */
};

/* Those let through, counted. */
struct counted {
    int64_t *keys; /* values of `distinct`, or days; NULL = not needed */
    size_t count;
    pw_day first, last;
};

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

/* Whether two runs of days begin so far apart. A run ends where nothing was seen for half a cycle. */
static bool has_cycle(const struct pw_rule *rule, int64_t *days, size_t count)
{
    int64_t begin;

    qsort(days, count, sizeof *days, by_key);
    begin = count ? days[0] : 0;
    for (size_t i = 1; i < count; i++) {
        if (days[i] - days[i - 1] <= rule->cycle_from / 2)
            continue;
        if (days[i] - begin >= rule->cycle_from && days[i] - begin <= rule->cycle_to)
            return true;
        begin = days[i];
    }
    return false;
}

static bool is_let_through(
    const struct engine *e, const struct match *m, uint32_t caps, uint32_t gates, const struct frame *frame)
{
    const struct seen *s = &e->facts[m->fact];

    return (caps & (UINT32_C(1) << s->fact->source_class)) && (gates & (UINT32_C(1) << s->gate_class)) &&
           (m->suffices || ((caps & m->join_caps) && (gates & m->join_gates))) &&
           (m->suffices || (m->day >= frame->from && m->day <= frame->to)) &&
           (m->suffices || !frame->grouped || m->group == frame->group);
}

static bool is_enough(const struct pw_rule *rule, struct counted *c)
{
    int32_t n = c->keys && !rule->cycle_from ? count_keys(c->keys, c->count) : (int32_t)c->count;

    return c->count > 0 && n >= rule->at_least &&
           (!rule->days_apart || c->last - c->first >= rule->days_apart) &&
           (!rule->cycle_from || has_cycle(rule, c->keys, c->count));
}

static bool fires_in(const struct engine *e, const struct pw_rule *rule, const struct match *matches,
    size_t count, uint32_t caps, uint32_t gates, const struct frame *frame)
{
    struct counted c = {.first = INT32_MAX, .last = INT32_MIN};
    bool days = rule->distinct_days || rule->cycle_from;

    if (rule->distinct || days)
        c.keys = PW_NEW_ARRAY(e->arena, count + 1, int64_t);
    for (size_t i = 0; i < count; i++) {
        const struct match *m = &matches[i];
        if (!is_let_through(e, m, caps, gates, frame))
            continue;
        if (m->suffices)
            return true;
        if (c.keys)
            c.keys[c.count] = days ? (int64_t)m->day + INT64_C(1000000000) : m->key;
        c.count++;
        c.first = m->day < c.first ? m->day : c.first;
        c.last = m->day > c.last ? m->day : c.last;
    }
    return is_enough(rule, &c);
}

bool fires_on(const struct engine *e, const struct pw_rule *rule, const struct match *matches, size_t count,
    uint32_t caps, uint32_t gates)
{
    struct frame frame = {.from = INT32_MIN, .to = INT32_MAX, .grouped = rule->same != PW_NO_EXPR};

    if (!rule->days_together && !frame.grouped)
        return fires_in(e, rule, matches, count, caps, gates, &frame);
    for (size_t i = 0; i < count; i++) {
        frame.group = matches[i].group;
        if (rule->days_together) {
            frame.from = (int64_t)matches[i].day - rule->days_together;
            frame.to = matches[i].day;
        }
        if (fires_in(e, rule, matches, count, caps, gates, &frame))
            return true;
    }
    return false;
}
