/*
 * Points on a day: decay, theme caps (tips are cut first, then the weaker classes), class caps,
 * mitigation.
 *
 * Mitigation works after the caps and decays with what it offsets. So that no score rises without a
 * new fact, it is not subtracted day by day: each hit keeps what mitigation left of it (`net`), the
 * caps are lowered by what was taken away, and the score is the capped sum of the nets. Every term
 * of that falls with time, so the sum does.
 */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

static int64_t gross_on(const struct hit *hit, pw_day day)
{
    return pw_score_decay(hit->full, (int64_t)day - hit->newest, hit->rule->half_life);
}

static int64_t net_on(const struct hit *hit, pw_day day)
{
    int64_t gross = gross_on(hit, day);
    int64_t net = pw_score_decay(hit->net, (int64_t)day - hit->net_day, hit->rule->half_life);

    return net < gross ? net : gross;
}

static bool is_positive(const struct hit *hit)
{
    return counts(hit) && hit->rule->theme->role != PW_THEME_MITIGATION && hit->full > 0;
}

/* ---- mitigation: once for the hits as they are ---- */

static bool may_offset(const struct engine *e, const struct hit *by, const struct hit *of)
{
    const uint32_t any = UINT32_C(1) << PW_PHENOMENON_ANY;
    bool same =
        (by->rule->indicates & of->rule->indicates) || ((by->rule->indicates | of->rule->indicates) & any);
    bool older =
        of->newest < by->newest || (of->newest == by->newest && of->newest_received < by->newest_received);

    return is_positive(of) && same && older && of->rule->half_life >= 0 &&
           (by->rule->offsets & (UINT32_C(1) << of->rule->theme->nr)) &&
           !(e->set->never_mitigated & (UINT32_C(1) << of->class));
}

static void offset_one(struct tally *tally, uint32_t by, int64_t *budget)
{
    const struct hit *m = &tally->hits[by];

    for (uint32_t i = 0; i<tally->count && * budget> 0; i++) {
        struct hit *of = &tally->hits[i];
        pw_day from;
        int64_t left, taken;
        if (!may_offset(tally->e, m, of))
            continue;
        from = m->newest > of->net_day ? m->newest : of->net_day;
        left = pw_score_decay(of->net, (int64_t)from - of->net_day, of->rule->half_life);
        taken = left < *budget ? left : *budget;
        if (taken <= 0)
            continue;
        of->net = left - taken;
        of->net_day = from;
        *budget -= taken;
        tally->offsets[tally->offset_count++] = (struct offset){by, i, taken, from};
        if (tally->theme_cap_net[of->rule->theme->nr] != INT64_MAX)
            tally->theme_cap_net[of->rule->theme->nr] -= taken;
        if (tally->class_cap_net[of->class] != INT64_MAX)
            tally->class_cap_net[of->class] -= taken;
    }
}

/* Caps hold what full points could reach: never more than the full sum of what they bind. */
static void settle_caps(struct tally *tally)
{
    const struct pw_ruleset *set = tally->e->set;
    int64_t *sums = PW_NEW_ARRAY(tally->e->arena, set->theme_count + 1, int64_t);
    int64_t class_sums[PW_SOURCE_CLASSES] = {0};

    tally->theme_cap = PW_NEW_ARRAY(tally->e->arena, set->theme_count + 1, int64_t);
    tally->theme_cap_net = PW_NEW_ARRAY(tally->e->arena, set->theme_count + 1, int64_t);
    for (size_t i = 0; i < tally->count; i++)
        if (is_positive(&tally->hits[i])) {
            sums[tally->hits[i].rule->theme->nr] += tally->hits[i].full;
            class_sums[tally->hits[i].class] += tally->hits[i].full;
        }
    for (size_t t = 0; t < set->theme_count; t++) {
        int64_t cap = set->themes[t].cap ? set->themes[t].cap : INT64_MAX;
        tally->theme_cap[t] = cap;
        tally->theme_cap_net[t] = cap < sums[t] ? cap : INT64_MAX;
    }
    for (size_t c = 0; c < PW_SOURCE_CLASSES; c++) {
        int64_t cap = set->class_cap[c] ? set->class_cap[c] : INT64_MAX;
        tally->class_cap[c] = cap;
        tally->class_cap_net[c] = cap < class_sums[c] ? cap : INT64_MAX;
    }
}

void settle_mitigation(struct tally *tally)
{
    int64_t lease = tally->e->set->lease_mitigation;

    settle_caps(tally);
    tally->offsets = PW_NEW_ARRAY(tally->e->arena, tally->count * tally->count + 1, struct offset);
    for (size_t i = 0; i < tally->count; i++) {
        tally->hits[i].net = tally->hits[i].full;
        tally->hits[i].net_day = tally->hits[i].newest;
    }
    for (uint32_t i = 0; i < tally->count; i++) {
        const struct hit *hit = &tally->hits[i];
        int64_t budget = -hit->full, all;
        if (!counts(hit) || hit->rule->theme->role != PW_THEME_MITIGATION)
            continue;
        if (hit->class == PW_CLASS_LEASE_ADMIN && budget > lease)
            budget = lease;
        all = budget;
        offset_one(tally, i, &budget);
        if (hit->class == PW_CLASS_LEASE_ADMIN)
            lease -= all - budget;
    }
    for (size_t t = 0; t < tally->e->set->theme_count; t++)
        if (tally->theme_cap_net[t] < 0)
            tally->theme_cap_net[t] = 0;
    for (size_t c = 0; c < PW_SOURCE_CLASSES; c++)
        if (tally->class_cap_net[c] < 0)
            tally->class_cap_net[c] = 0;
}

/* ---- the sheet of one day ---- */

void sheet_init(const struct tally *tally, struct sheet *ret)
{
    size_t themes = tally->e->set->theme_count;

    ret->cells = PW_NEW_ARRAY(tally->e->arena, themes * PW_SOURCE_CLASSES + 1, int64_t);
    ret->theme_cut = PW_NEW_ARRAY(tally->e->arena, themes + 1, int64_t);
}

/* Takes `over` out of one theme: tips first, then from the weakest class up. */
static void cut_theme(const struct pw_ruleset *set, int64_t *row, int64_t over)
{
    while (over > 0) {
        int at = -1, rank = 1000;
        int64_t taken;
        for (int c = 0; c < PW_SOURCE_CLASSES; c++) {
            int r = c == PW_CLASS_CITIZEN_TIP ? -1 : c == PW_CLASS_DERIVED ? 100 : set->strength[c];
            if (row[c] > 0 && r < rank) {
                at = c;
                rank = r;
            }
        }
        if (at < 0)
            return;
        taken = row[at] < over ? row[at] : over;
        row[at] -= taken;
        over -= taken;
    }
}

static void cap_themes(const struct tally *tally, const int64_t *caps, struct sheet *sheet)
{
    const struct pw_ruleset *set = tally->e->set;

    for (size_t t = 0; t < set->theme_count; t++) {
        int64_t *row = &sheet->cells[t * PW_SOURCE_CLASSES], sum = 0;
        for (int c = 0; c < PW_SOURCE_CLASSES; c++)
            sum += row[c];
        sheet->theme_cut[t] = caps[t] != INT64_MAX && sum > caps[t] ? sum - caps[t] : 0;
        cut_theme(set, row, sheet->theme_cut[t]);
    }
}

static void cap_classes(const struct tally *tally, const int64_t *caps, struct sheet *sheet)
{
    size_t themes = tally->e->set->theme_count;

    for (int c = 0; c < PW_SOURCE_CLASSES; c++) {
        int64_t sum = 0, over;
        for (size_t t = 0; t < themes; t++)
            sum += sheet->cells[t * PW_SOURCE_CLASSES + (size_t)c];
        over = caps[c] != INT64_MAX && sum > caps[c] ? sum - caps[c] : 0;
        sheet->class_cut[c] = over;
        for (size_t t = themes; t-- > 0 && over > 0;) {
            int64_t *cell = &sheet->cells[t * PW_SOURCE_CLASSES + (size_t)c];
            int64_t taken = *cell < over ? *cell : over;
            *cell -= taken;
            over -= taken;
        }
    }
}

void fill_sheet(const struct tally *tally, pw_day day, bool net, struct sheet *ret)
{
    size_t cells = tally->e->set->theme_count * PW_SOURCE_CLASSES;

    memset(ret->cells, 0, cells * sizeof *ret->cells);
    for (size_t i = 0; i < tally->count; i++) {
        const struct hit *hit = &tally->hits[i];
        if (is_positive(hit))
            ret->cells[hit->rule->theme->nr * PW_SOURCE_CLASSES + hit->class] +=
                net ? net_on(hit, day) : gross_on(hit, day);
    }
    cap_themes(tally, tally->theme_cap, ret);
    if (net)
        cap_themes(tally, tally->theme_cap_net, ret);
    cap_classes(tally, tally->class_cap, ret);
    if (net)
        cap_classes(tally, tally->class_cap_net, ret);
    ret->total = 0;
    for (size_t i = 0; i < cells; i++)
        ret->total += ret->cells[i];
}

int64_t score_on(const struct tally *tally, pw_day day, struct sheet *scratch)
{
    fill_sheet(tally, day, tally->offset_count > 0, scratch);
    return scratch->total;
}

/* The score without decay and mitigation: what the facts could bring at most. */
int64_t full_score(const struct tally *tally, struct sheet *scratch)
{
    fill_sheet(tally, INT32_MIN, false, scratch);
    return scratch->total;
}
