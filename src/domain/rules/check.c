/*
 * What must hold once the whole set is known: ids, actions, grades, windows against retention,
 * mitigation, replaced rules. A rule that breaks one of these would load and do harm quietly.
 */
#include <stdlib.h>
#include <string.h>

#include "rules_int.h"

static const int64_t grade_limit[] = {40000, 30000, 15000, 8000}; /* A B C E */

static void check_points(struct loader *l, const struct rule_draft *d)
{
    const struct pw_rule *rule = &d->rule;
    bool mitigates = rule->theme->role == PW_THEME_MITIGATION;

    for (size_t c = 0; c < PW_SOURCE_CLASSES; c++) {
        if (rule->points[c] > grade_limit[rule->grade] || rule->points[c] < -grade_limit[PW_GRADE_A]) {
            loader_fault(l, pw_yaml_get(d->node, "points"),
                "grade %s carries at most %d points; lower them or give a better source",
                pw_grade_words[rule->grade], (int)(grade_limit[rule->grade] / 1000));
            return;
        }
        if (mitigates ? rule->points[c] > 0 : rule->points[c] < 0) {
            loader_fault(l, pw_yaml_get(d->node, "points"), "%s",
                mitigates ? "mitigating rules have negative points or 0"
                          : "only the mitigation theme has negative points");
            return;
        }
    }
}

/* A window may not be longer than the facts of its kind are kept. */
static void check_window(
    struct loader *l, const struct rule_draft *d, const struct pw_look *look, const char *key)
{
    const struct pw_fact_model *model = l->set->model;

    if (look->within == PW_NO_WINDOW)
        return;
    for (size_t i = 0; i < model->kind_count; i++) {
        const struct pw_retention *kept;
        if (!(look->kinds & (UINT64_C(1) << i)))
            continue;
        kept = pw_facts_retention(model, &model->kinds[i], PW_STR("none"));
        if (look->within > kept->days) {
            loader_fault(l, pw_yaml_get(d->node, key),
                "the window of %d days is longer than facts of kind %.*s are kept (%d days); shorten "
                "'within'",
                (int)look->within, PW_STR_ARG(model->kinds[i].name), (int)kept->days);
            return;
        }
    }
}

static void check_actions(struct loader *l, struct rule_draft *d)
{
    uint32_t *actions;
    size_t n = 0;

    if (!d->actions)
        return;
    actions = PW_NEW_ARRAY(l->arena, d->actions->count, uint32_t);
    for (size_t i = 0; i < d->actions->count; i++) {
        const struct pw_action *action = pw_rules_action(l->set, d->actions->items[i]->text);
        if (!action)
            loader_fault(l, d->actions->items[i], "no action '%.*s' in actions.yaml",
                PW_STR_ARG(d->actions->items[i]->text));
        else
            actions[n++] = (uint32_t)(action - l->set->actions);
    }
    d->rule.actions = actions;
    d->rule.action_count = n;
}

static void check_offsets(struct loader *l, struct rule_draft *d)
{
    if (!d->offsets) {
        for (size_t i = 0; i < l->theme_count; i++)
            if (l->themes[i].role == PW_THEME_PLAIN || l->themes[i].role == PW_THEME_LANDLORD)
                d->rule.offsets |= UINT32_C(1) << i;
        return;
    }
    if (d->rule.theme->role != PW_THEME_MITIGATION || d->offsets->kind != PW_YAML_LIST) {
        loader_fault(l, d->offsets, "'offsets' is a list of themes, for mitigating rules");
        return;
    }
    for (size_t i = 0; i < d->offsets->count; i++) {
        const struct pw_theme *theme = pw_rules_theme(l->set, d->offsets->items[i]->text);
        if (theme)
            d->rule.offsets |= UINT32_C(1) << theme->nr;
        else
            loader_fault(l, d->offsets->items[i], "no theme '%.*s'", PW_STR_ARG(d->offsets->items[i]->text));
    }
}

/* By `where` or `same`; a date alone (`since`) every witness has. */
static bool parts_read_witness(const struct pw_rule *rule)
{
    bool reads = rule->missing.reads_witness || rule->join.reads_witness;

    for (size_t i = 0; i < rule->without_count; i++)
        reads |= rule->without[i].reads_witness || rule->without[i].same != PW_NO_EXPR;
    return reads;
}

static void check_shape(struct loader *l, const struct rule_draft *d)
{
    const struct pw_rule *rule = &d->rule;

    if (rule->stratum == 2 && rule->each.kinds)
        loader_fault(l, d->node, "rules of stratum 2 have 'when', not 'each'");
    if (rule->acute && !rule->each.kinds)
        loader_fault(l, d->node, "an acute rule needs 'each': its witnesses are reported");
    if (rule->distinct == PW_DISTINCT_ORIGIN && rule->each.as != l->set->model->sighting && rule->each.as &&
        !pw_str_is(rule->each.as->name, "tip"))
        loader_fault(l, pw_yaml_get(d->node, "distinct"), "only tips and sightings have an origin");
    if ((rule->distinct || rule->distinct_days || rule->same != PW_NO_EXPR) && rule->at_least == 1)
        loader_fault(l, d->node, "'distinct' and 'same' count; say how many by 'at-least: 2' or more");
    if (rule->same != PW_NO_EXPR && rule->also_count)
        loader_fault(l, pw_yaml_get(d->node, "same"), "'same' reads one kind; it does not go with 'also'");
    if (rule->also_count && parts_read_witness(rule))
        loader_fault(l, d->node,
            "with 'also' the other conditions cannot read the witness: it may be of several kinds");
    if (rule->theme->role == PW_THEME_MITIGATION && rule->stands_alone)
        loader_fault(l, d->node, "mitigation cannot stand alone");
}

static void check_replaces(struct loader *l, const struct rule_draft *d, struct pw_rule *rule)
{
    uint32_t *list;

    if (!d->replaces)
        return;
    if (d->replaces->kind != PW_YAML_LIST) {
        loader_fault(l, d->replaces, "'replaces' is a list of rule ids");
        return;
    }
    list = PW_NEW_ARRAY(l->arena, d->replaces->count, uint32_t);
    for (size_t i = 0; i < d->replaces->count; i++) {
        const struct pw_rule *other = pw_rules_find(l->set, d->replaces->items[i]->text);
        if (!other || other->nr == rule->nr)
            loader_fault(
                l, d->replaces->items[i], "no other rule '%.*s'", PW_STR_ARG(d->replaces->items[i]->text));
        else
            list[rule->replaces_count++] = other->nr;
    }
    rule->replaces = list;
}

static int by_id(const void *a, const void *b)
{
    const struct rule_draft *const *x = a, *const *y = b;

    int order = pw_str_cmp((*x)->rule.id, (*y)->rule.id);

    if (order == 0)
        order = strcmp((*x)->rule.file, (*y)->rule.file);
    return order ? order : (*x)->rule.line < (*y)->rule.line ? -1 : 1;
}

/* Rules sorted by id, in one array; doubled ids are told at the second. */
static void settle_rules(struct loader *l)
{
    struct rule_draft **order = PW_NEW_ARRAY(l->arena, l->rule_count + 1, struct rule_draft *);
    struct pw_rule *rules = PW_NEW_ARRAY(l->arena, l->rule_count + 1, struct pw_rule);
    size_t n = 0;

    for (struct rule_draft *d = l->rules; d; d = d->next)
        order[n++] = d;
    qsort(order, n, sizeof *order, by_id);
    for (size_t i = 0; i < n; i++) {
        order[i]->rule.nr = (uint32_t)i;
        rules[i] = order[i]->rule;
        if (i && pw_str_eq(rules[i - 1].id, rules[i].id))
            loader_fault(l, order[i]->node, "rule '%.*s' is declared twice (also in %s:%u)",
                PW_STR_ARG(rules[i].id), rules[i - 1].file, rules[i - 1].line);
    }
    l->set->rules = rules;
    l->set->rule_count = n;
    for (size_t i = 0; i < n; i++)
        check_replaces(l, order[i], &rules[i]);
}

static void check_left_out(struct loader *l)
{
    for (size_t i = 0; i < l->set->left_out_count; i++)
        if (pw_rules_find(l->set, l->set->left_out[i].id))
            loader_fault(l, NULL, "ruleset.yaml says that rule '%.*s' is left out, and it is there",
                PW_STR_ARG(l->set->left_out[i].id));
}

void check_set(struct loader *loader)
{
    for (struct rule_draft *d = loader->rules; d; d = d->next) {
        check_points(loader, d);
        check_window(loader, d, &d->rule.each, pw_yaml_get(d->node, "within") ? "within" : "half-life");
        for (size_t i = 0; i < d->rule.without_count; i++)
            check_window(loader, d, &d->rule.without[i], "without");
        check_window(loader, d, &d->rule.join, "join");
        check_actions(loader, d);
        check_offsets(loader, d);
        check_shape(loader, d);
    }
    settle_rules(loader);
    check_left_out(loader);
    if (loader->rule_count == 0)
        loader_fault(loader, NULL, "no rules: premises-risk/<theme>.yaml is missing");
}
