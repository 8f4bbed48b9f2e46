/*
 * Rules that can never fire, that always do, or that fire only where another does: each is a mistake
 * that tests of single rules do not show. Refuted refuses; what could not be decided is kept for
 * `rules check` to print.
 */
#include <string.h>

#include "proof_int.h"

/* ---- the place of a part ---- */

/* The node under `key` of the rule, or of the nth of a list there. */
static const struct pw_yaml *part_node(const struct pw_rule *rule, const char *key, size_t n)
{
    const struct pw_yaml *node = pw_yaml_get(rule->node, key);

    return node && node->kind == PW_YAML_LIST && n < node->count ? node->items[n] : node;
}

static const struct pw_yaml *where_node(const struct pw_yaml *part)
{
    const struct pw_yaml *where = part ? pw_yaml_get(part, "where") : NULL;

    return where ? where : part;
}

/* ---- can a look ever match? ---- */

static enum answer can_match(const struct loader *l, const struct pw_look *look, int32_t also, bool holds)
{
    enum answer best = ANSWER_NO;

    for (size_t k = 0; k < l->set->model->kind_count; k++) {
        struct cast cast = {l->set, &l->set->model->kinds[k], -1};
        struct claim claims[] = {{look->where, holds}, {also, true}};
        enum answer one;
        if (!(look->kinds & (UINT64_C(1) << k)))
            continue;
        one = can_all(&cast, claims, PW_COUNT(claims));
        if (one == ANSWER_YES)
            return one;
        best = one == ANSWER_OPEN ? one : best;
    }
    return best;
}

static void note_open(struct loader *l, const struct pw_rule *rule, const char *what)
{
    struct pw_undecided *item;

    if (l->undecided_count == UNDECIDED_MAX)
        return;
    item = &l->undecided[l->undecided_count++];
    *item = (struct pw_undecided){rule->id, pw_str_z(what)};
}

/* Refuses a part that can never hold, or always does. */
static void judge_look(struct loader *l, const struct pw_rule *rule, const struct pw_look *look,
    const struct pw_yaml *node, const char *what)
{
    enum answer never = can_match(l, look, PW_NO_EXPR, true), always;

    if (never == ANSWER_NO) {
        loader_fault(l, node, "%s of rule %.*s can never hold: no such fact can exist; correct or remove it",
            what, PW_STR_ARG(rule->id));
        return;
    }
    if (look->where == PW_NO_EXPR)
        return;
    always = can_match(l, look, PW_NO_EXPR, false);
    if (always == ANSWER_NO)
        loader_fault(l, node,
            "%s of rule %.*s always holds: it tells no fact from another; leave it out or narrow it", what,
            PW_STR_ARG(rule->id));
    if (never == ANSWER_OPEN || always == ANSWER_OPEN)
        note_open(l, rule, what);
}

static void judge_extra(struct loader *l, const struct pw_rule *rule, const struct pw_look *look,
    int32_t expr, const struct pw_yaml *node, const char *what)
{
    if (expr != PW_NO_EXPR && can_match(l, look, expr, true) == ANSWER_NO)
        loader_fault(l, node, "'%s' of rule %.*s can never hold beside its 'where'; correct or remove it",
            what, PW_STR_ARG(rule->id));
}

static void judge_when(struct loader *l, const struct pw_rule *rule)
{
    struct cast cast = {l->set, NULL, -1};
    struct claim holds = {rule->when, true}, fails = {rule->when, false};
    const struct pw_yaml *node = pw_yaml_get(rule->node, "when");
    enum answer never = can_all(&cast, &holds, 1), always = can_all(&cast, &fails, 1);

    if (never == ANSWER_NO)
        loader_fault(l, node, "rule %.*s can never fire; correct its 'when'", PW_STR_ARG(rule->id));
    if (always == ANSWER_NO)
        loader_fault(l, node, "rule %.*s fires for every premises; narrow its 'when'", PW_STR_ARG(rule->id));
    if (rule->stratum == 1 && (never == ANSWER_OPEN || always == ANSWER_OPEN))
        note_open(l, rule, "when");
}

/* A rule without any condition fires on every fact of its kind. */
static void judge_bare(struct loader *l, const struct pw_rule *rule)
{
    if (rule->each.where == PW_NO_EXPR && rule->at_least == 1 && !rule->without_count &&
        !rule->missing.kinds && !rule->join.kinds)
        loader_fault(l, pw_yaml_get(rule->node, "each"),
            "rule %.*s fires on every fact of its kind; give it a 'where'", PW_STR_ARG(rule->id));
}

/* Counts and days that exclude each other. */
static void judge_counts(struct loader *l, const struct pw_rule *rule)
{
    int32_t span = rule->each.within;

    if (rule->days_together && rule->days_together < span)
        span = rule->days_together;
    if (rule->days_apart > span)
        loader_fault(l, pw_yaml_get(rule->node, "days-apart"),
            "rule %.*s can never fire: its facts lie at most %d days apart", PW_STR_ARG(rule->id), (int)span);
    if (rule->cycle_from > span)
        loader_fault(l, pw_yaml_get(rule->node, "cycle"),
            "rule %.*s can never fire: its facts lie at most %d days apart", PW_STR_ARG(rule->id), (int)span);
    if (rule->distinct_days && span != PW_NO_WINDOW && rule->at_least > span + 1)
        loader_fault(l, pw_yaml_get(rule->node, "at-least"),
            "rule %.*s can never fire: there are %d days to count", PW_STR_ARG(rule->id), (int)span + 1);
}

static void judge_each(struct loader *l, const struct pw_rule *rule)
{
    const struct pw_yaml *where = pw_yaml_get(rule->node, "where");

    judge_look(l, rule, &rule->each, where ? where : rule->node, "where");
    judge_extra(l, rule, &rule->each, rule->suffices, pw_yaml_get(rule->node, "suffices"), "suffices");
    judge_extra(
        l, rule, &rule->each, rule->stands_alone_if, pw_yaml_get(rule->node, "stands-alone"), "stands-alone");
    for (size_t i = 0; i < rule->also_count; i++) {
        const struct pw_yaml *node = part_node(rule, "also", i);
        judge_look(l, rule, &rule->also[i], where_node(node), "also");
        judge_extra(
            l, rule, &rule->also[i], rule->also[i].suffices, pw_yaml_get(node, "suffices"), "suffices");
    }
    for (size_t i = 0; i < rule->without_count; i++)
        judge_look(l, rule, &rule->without[i], where_node(part_node(rule, "without", i)), "without");
    if (rule->missing.kinds)
        judge_look(l, rule, &rule->missing, where_node(part_node(rule, "missing", 0)), "missing");
    if (rule->join.kinds)
        judge_look(l, rule, &rule->join, where_node(part_node(rule, "join", 0)), "join");
    judge_bare(l, rule);
    judge_counts(l, rule);
}

/* ---- implied by another ---- */

/* Fires on any one fact that meets a condition, and nothing else. */
static bool is_plain(const struct pw_rule *rule)
{
    return rule->each.kinds && rule->at_least == 1 && !rule->days_apart && !rule->cycle_from &&
           !rule->without_count && !rule->missing.kinds && !rule->join.kinds;
}

/* Whether each fact of kind k that meets `where` makes the plain rule `by` fire. */
static bool is_met(const struct loader *l, const struct pw_rule *by, int32_t where, uint32_t k)
{
    struct cast cast = {l->set, &l->set->model->kinds[k], -1};
    struct claim claims[8] = {{where, true}};
    size_t n = 1;

    for (size_t i = 0; i <= by->also_count && n < PW_COUNT(claims); i++) {
        const struct pw_look *look = i ? &by->also[i - 1] : &by->each;
        if (look->kinds & (UINT64_C(1) << k))
            claims[n++] = (struct claim){look->where, false};
    }
    return n > 1 && can_all(&cast, claims, n) == ANSWER_NO;
}

static bool is_implied(const struct loader *l, const struct pw_rule *rule, const struct pw_rule *by)
{
    if (by == rule || !is_plain(by) || by->each.within < rule->each.within ||
        (by->scope == PW_SCOPE_TENANCY && rule->scope != PW_SCOPE_TENANCY))
        return false;
    for (size_t i = 0; i <= rule->also_count; i++) {
        const struct pw_look *look = i ? &rule->also[i - 1] : &rule->each;
        for (uint32_t k = 0; k < l->set->model->kind_count; k++)
            if ((look->kinds & (UINT64_C(1) << k)) && !is_met(l, by, look->where, k))
                return false;
    }
    return true;
}

static bool replaces(const struct pw_rule *rule, const struct pw_rule *other)
{
    for (size_t i = 0; i < rule->replaces_count; i++)
        if (rule->replaces[i] == other->nr)
            return true;
    return false;
}

static bool has_points(const struct pw_rule *rule)
{
    bool any = false;

    for (size_t c = 0; c < PW_SOURCE_CLASSES; c++)
        any |= rule->points[c] != 0;
    return any && !rule->draft && rule->stratum == 1 && rule->each.kinds;
}

/* Corroboration is meant to come on top of the rules it corroborates. */
static void judge_implied(struct loader *l, const struct pw_rule *rule)
{
    if (!has_points(rule) || rule->missing.kinds || rule->theme->role == PW_THEME_CORROBORATION)
        return;
    for (size_t i = 0; i < l->set->rule_count; i++) {
        const struct pw_rule *by = &l->set->rules[i];
        if (!has_points(by) || (rule->points[0] < 0) != (by->points[0] < 0) || replaces(rule, by) ||
            replaces(by, rule) || by->theme->role == PW_THEME_CORROBORATION || !is_implied(l, rule, by))
            continue;
        loader_fault(l, rule->node,
            "whenever %.*s fires, %.*s (%s:%u) fires too: one fact counts twice; narrow one, or add "
            "'replaces: [%.*s]'",
            PW_STR_ARG(rule->id), PW_STR_ARG(by->id), by->file, by->line, PW_STR_ARG(by->id));
    }
}

void prove_rules(struct loader *loader)
{
    for (size_t i = 0; i < loader->set->rule_count; i++) {
        const struct pw_rule *rule = &loader->set->rules[i];
        if (!rule->each.kinds)
            judge_when(loader, rule);
        else
            judge_each(loader, rule);
        judge_implied(loader, rule);
    }
}
