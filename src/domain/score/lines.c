/* From a tally to what is shown and stored: lines that add up to the score, sums, gates, actions. */
#include <stdlib.h>
#include <string.h>

#include "score_int.h"

#define POINTS_FIRST INT64_MAX /* before any weight */

struct draft_lines {
    struct tally *tally;
    struct sheet gross;
    struct pw_line *lines;
    size_t count;
    int64_t *theme_weight; /* gross points by theme, for the order */
    int64_t mitigated;     /* what mitigation takes away today */
};

/* ---- rule lines ---- */

static void put_rule(struct draft_lines *d, const struct hit *hit, int64_t points)
{
    const struct engine *e = d->tally->e;
    struct pw_line *line = &d->lines[d->count++];
    size_t skip = hit->witness_count > PW_WITNESSES_MAX ? hit->witness_count - PW_WITNESSES_MAX : 0;
    struct pw_uuid *ids = PW_NEW_ARRAY(e->arena, hit->witness_count - skip + 1, struct pw_uuid);

    for (size_t i = skip; i < hit->witness_count; i++)
        ids[i - skip] = e->facts[hit->witnesses[i]].fact->id;
    *line = (struct pw_line){.kind = PW_LINE_RULE,
        .id = hit->rule->id,
        .theme = hit->rule->theme->id,
        .points = points,
        .full_points = hit->full,
        .draft = hit->rule->draft,
        .class = hit->class,
        .classes = hit->witness_classes,
        .newest = hit->newest,
        .witnesses = ids,
        .witness_count = hit->witness_count - skip,
        .witnesses_in_all = hit->witness_count,
        .decided_count = hit->decided_count,
        .decided_look = hit->decided_look};
    memcpy(line->decided, hit->decided, sizeof line->decided);
}

static void put_hits(struct draft_lines *d)
{
    const struct tally *tally = d->tally;

    for (size_t i = 0; i < tally->count; i++) {
        struct hit *hit = &tally->hits[i];
        if (hit->rule->theme->role == PW_THEME_MITIGATION)
            continue;
        hit->now = counts(hit)
                       ? pw_score_decay(hit->full, (int64_t)tally->e->day - hit->newest, hit->rule->half_life)
                       : 0;
        d->theme_weight[hit->rule->theme->nr] += hit->now;
        put_rule(d, hit, hit->now);
    }
}

/* What one mitigating hit takes away on the assessment's day. */
static int64_t offset_now(const struct tally *tally, uint32_t by)
{
    int64_t sum = 0;

    for (size_t i = 0; i < tally->offset_count; i++) {
        const struct offset *o = &tally->offsets[i];
        if (o->by == by)
            sum += pw_score_decay(
                o->amount, (int64_t)tally->e->day - o->day, tally->hits[o->of].rule->half_life);
    }
    return sum;
}

static void put_mitigation(struct draft_lines *d)
{
    const struct tally *tally = d->tally;
    int64_t left = d->mitigated;
    struct pw_line *last = NULL;
    struct hit *last_hit = NULL;

    for (uint32_t i = 0; i < tally->count; i++) {
        struct hit *hit = &tally->hits[i];
        int64_t taken;
        if (hit->rule->theme->role != PW_THEME_MITIGATION)
            continue;
        taken = counts(hit) ? offset_now(tally, i) : 0;
        taken = taken < left ? taken : left;
        left -= taken;
        hit->now = -taken;
        put_rule(d, hit, -taken);
        if (taken > 0) {
            last = &d->lines[d->count - 1];
            last_hit = hit;
        }
    }
    if (last && left) { /* lowered caps take more than the decayed parts alone */
        last->points -= left;
        last_hit->now -= left;
    }
}

/* ---- cap lines ---- */

static void put_cap(
    struct draft_lines *d, enum pw_cap_scope scope, struct pw_str id, int64_t limit, int64_t cut)
{
    if (cut > 0)
        d->lines[d->count++] =
            (struct pw_line){.kind = PW_LINE_CAP, .scope = scope, .id = id, .limit = limit, .points = -cut};
}

static void put_caps(struct draft_lines *d)
{
    const struct tally *tally = d->tally;
    const struct pw_ruleset *set = tally->e->set;

    for (size_t t = 0; t < set->theme_count; t++)
        put_cap(d, PW_CAP_THEME, set->themes[t].id, tally->theme_cap[t], d->gross.theme_cut[t]);
    for (size_t c = 0; c < PW_SOURCE_CLASSES; c++)
        put_cap(
            d, PW_CAP_CLASS, pw_str_z(pw_source_class_words[c]), tally->class_cap[c], d->gross.class_cut[c]);
}

/* Themes by weight, lines by points: what matters most comes first. */
static int by_weight(const void *a, const void *b, void *arg)
{
    const struct draft_lines *d = arg;
    const struct pw_line *x = a, *y = b;
    const struct pw_theme *tx, *ty;

    tx = pw_rules_theme(d->tally->e->set, x->theme);
    ty = pw_rules_theme(d->tally->e->set, y->theme);
    if (tx != ty && d->theme_weight[tx->nr] != d->theme_weight[ty->nr])
        return d->theme_weight[tx->nr] > d->theme_weight[ty->nr] ? -1 : 1;
    if (tx != ty)
        return tx->nr < ty->nr ? -1 : 1;
    if (x->points != y->points)
        return x->points > y->points ? -1 : 1;
    return pw_str_cmp(x->id, y->id);
}

/* ---- sums ---- */

static void put_sums(struct draft_lines *d, struct pw_period *ret)
{
    const struct tally *tally = d->tally;
    const struct pw_ruleset *set = tally->e->set;
    struct pw_sum *themes = PW_NEW_ARRAY(tally->e->arena, set->theme_count + 1, struct pw_sum);
    struct pw_sum *classes = PW_NEW_ARRAY(tally->e->arena, PW_SOURCE_CLASSES, struct pw_sum);
    int64_t by_class[PW_SOURCE_CLASSES] = {0};

    for (size_t t = 0; t < set->theme_count; t++) {
        int64_t sum = 0;
        for (int c = 0; c < PW_SOURCE_CLASSES; c++) {
            sum += d->gross.cells[t * PW_SOURCE_CLASSES + (size_t)c];
            by_class[c] += d->gross.cells[t * PW_SOURCE_CLASSES + (size_t)c];
        }
        for (size_t i = 0; i < tally->count; i++)
            if (tally->hits[i].rule->theme->nr == t &&
                tally->hits[i].rule->theme->role == PW_THEME_MITIGATION) {
                sum += tally->hits[i].now;
                by_class[tally->hits[i].class] += tally->hits[i].now;
            }
        if (sum)
            themes[ret->theme_count++] = (struct pw_sum){set->themes[t].id, sum};
    }
    for (int c = 0; c < PW_SOURCE_CLASSES; c++)
        if (by_class[c])
            classes[ret->class_count++] = (struct pw_sum){pw_str_z(pw_source_class_words[c]), by_class[c]};
    ret->themes = themes;
    ret->classes = classes;
}

/* ---- gates and actions ---- */

static void put_gate(struct pw_period *p, enum pw_gate gate, enum pw_gate_result result, uint32_t classes)
{
    struct pw_gate_line *list = (struct pw_gate_line *)(uintptr_t)p->gates;

    list[p->gate_count++] = (struct pw_gate_line){gate, result, classes};
}

static bool has_background(const struct tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        const struct pw_rule *rule = tally->hits[i].rule;
        if (!rule->draft && (rule->theme->role == PW_THEME_LOCATION || rule->theme->role == PW_THEME_HISTORY))
            return true;
    }
    return false;
}

static void put_gates(const struct tally *tally, struct pw_period *ret)
{
    const struct engine *e = tally->e;
    bool two = (tally->counted & (tally->counted - 1)) != 0;

    ret->gates = PW_NEW_ARRAY(e->arena, PW_GATES, struct pw_gate_line);
    if (has_background(tally))
        put_gate(ret, PW_GATE_NEVER_ALONE, tally->beside ? PW_GATE_PASSED : PW_GATE_HELD, 0);
    if (tally->full_level > PW_RISK_WATCH)
        put_gate(ret, PW_GATE_TWO_CLASSES, two ? PW_GATE_PASSED : PW_GATE_HELD, tally->counted);
    if (tally->visited_clear && (tally->full_level > PW_RISK_WATCH || ret->latched))
        put_gate(ret, PW_GATE_VISITED_CLEAR, PW_GATE_HELD, 0);
    if (tally->one_class)
        put_gate(ret, PW_GATE_ONE_CLASS, PW_GATE_HELD, UINT32_C(1) << e->set->gates.one_class);
    if (tally->stands_alone)
        put_gate(ret, PW_GATE_STANDS_ALONE, PW_GATE_LIFTED, 0);
    if (ret->computed == PW_RISK_NONE && pw_score_level(e->set, ret->score) >= PW_RISK_WATCH)
        put_gate(ret, PW_GATE_WATCH_ENDED, PW_GATE_HELD, 0);
}

struct weighed_action {
    uint32_t nr;
    char group; /* A before M before L */
    int64_t weight;
};

static int by_group_and_weight(const void *a, const void *b)
{
    const struct weighed_action *x = a, *y = b;
    const char *order = "AML";
    const char *gx = strchr(order, x->group), *gy = strchr(order, y->group);

    if (gx != gy)
        return gx < gy ? -1 : 1;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->nr < y->nr ? -1 : x->nr > y->nr;
}

static void put_actions(const struct tally *tally, struct pw_period *ret)
{
    const struct pw_ruleset *set = tally->e->set;
    struct weighed_action *all = PW_NEW_ARRAY(tally->e->arena, set->action_count + 1, struct weighed_action);
    struct pw_str *out = PW_NEW_ARRAY(tally->e->arena, set->action_count + 1, struct pw_str);

    for (uint32_t i = 0; i < set->action_count; i++)
        all[i] = (struct weighed_action){i, set->actions[i].id.data[0], -1};
    for (size_t i = 0; i < tally->count; i++) {
        const struct hit *hit = &tally->hits[i];
        if (!counts(hit) || hit->rule->theme->role == PW_THEME_MITIGATION)
            continue;
        for (size_t k = 0; k < hit->rule->action_count; k++) {
            struct weighed_action *action = &all[hit->rule->actions[k]];
            action->weight = (action->weight < 0 ? 0 : action->weight) + hit->full;
        }
    }
    for (uint32_t i = 0; i < set->action_count; i++)
        if ((tally->one_class && pw_str_is(set->actions[i].id, "A2")) ||
            (ret->propose_closing && pw_str_is(set->actions[i].id, "A7")))
            all[i].weight = POINTS_FIRST;
    qsort(all, set->action_count, sizeof *all, by_group_and_weight);
    for (size_t i = 0; i < set->action_count; i++)
        if (all[i].weight >= 0)
            out[ret->action_count++] = set->actions[all[i].nr].id;
    ret->actions = out;
}

void write_period(struct tally *tally, struct pw_period *ret)
{
    const struct engine *e = tally->e;
    struct draft_lines d = {.tally = tally};
    size_t rules;

    sheet_init(tally, &d.gross);
    fill_sheet(tally, e->day, false, &d.gross);
    d.mitigated = d.gross.total - ret->score;
    d.lines =
        PW_NEW_ARRAY(e->arena, tally->count + e->set->theme_count + PW_SOURCE_CLASSES + 1, struct pw_line);
    d.theme_weight = PW_NEW_ARRAY(e->arena, e->set->theme_count + 1, int64_t);
    put_hits(&d);
    put_mitigation(&d);
    rules = d.count;
    put_caps(&d);
    qsort_r(d.lines, rules, sizeof *d.lines, by_weight, &d);
    ret->lines = d.lines;
    ret->line_count = d.count;
    put_sums(&d, ret);
    put_gates(tally, ret);
    if (ret->level > PW_RISK_NONE)
        put_actions(tally, ret);
}
