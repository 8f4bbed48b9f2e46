/*
 * Branch coverage of the rules' own tests. A branch is the smallest part of a condition that can decide
 * it; it is covered when in the tests of its rule it decided once by being true and once by being false.
 */
#include <stdlib.h>
#include <string.h>

#include "testing_int.h"

#define REASONS_MAX 64

struct branch {
    const struct cel_node *node;
    int32_t expr;
    bool seen[2];
};

struct coverage {
    struct probe probe; /* first */
    const struct pw_ruleset *set;
    struct pw_arena *arena;
    struct branch *branches; /* by expression */
    size_t count, room;
    size_t *first;          /* of expression n; first[n + 1] = its end */
    struct pw_str watching; /* the rule whose tests run */
};

/* ---- the branches ---- */

static void add_branches(struct coverage *c, int32_t expr, const struct cel_node *node)
{
    struct cel_view view = cel_node_view(node);

    if (view.kind == CEL_NODE_AND || view.kind == CEL_NODE_OR || view.kind == CEL_NODE_NOT ||
        view.kind == CEL_NODE_COND) {
        for (uint32_t i = 0; i < view.operands; i++)
            add_branches(c, expr, cel_node_operand(node, i));
        return;
    }
    if (view.kind == CEL_NODE_LITERAL)
        return;
    if (c->count == c->room) {
        struct branch *more = PW_NEW_ARRAY(c->arena, c->room * 2 + 1024, struct branch);
        if (c->count)
            memcpy(more, c->branches, c->count * sizeof *more);
        c->branches = more;
        c->room = c->room * 2 + 1024;
    }
    c->branches[c->count++] = (struct branch){.node = node, .expr = expr};
}

static void list_branches(struct coverage *c)
{
    uint32_t exprs = cel_program_count(c->set->program);

    c->first = PW_NEW_ARRAY(c->arena, exprs + 1, size_t);
    for (uint32_t i = 0; i < exprs; i++) {
        c->first[i] = c->count;
        if (strcmp(cel_expr_type(c->set->program, (int32_t)i), "bool") == 0)
            add_branches(c, (int32_t)i, cel_expr_root(c->set->program, (int32_t)i));
    }
    c->first[exprs] = c->count;
}

/* ---- watching ---- */

static void on_ask(struct probe *probe, int32_t expr, const union cel_slot *slots)
{
    struct coverage *c = (struct coverage *)probe;
    struct cel_reason reasons[REASONS_MAX];
    struct pw_str owner = pw_rules_place(c->set, expr, 0).rule;
    enum cel_truth truth;
    size_t count;

    if (owner.len && !pw_str_eq(owner, c->watching))
        return;
    count = cel_explain(c->set->ctx, expr, slots, reasons, REASONS_MAX, &truth);
    for (size_t i = 0; i < count && i < REASONS_MAX; i++)
        for (size_t b = c->first[expr]; reasons[i].depth == 0 && b < c->first[expr + 1]; b++)
            if (c->branches[b].node == reasons[i].node)
                c->branches[b].seen[reasons[i].value] = true;
}

static void watch_tests(struct coverage *c, pw_day today)
{
    for (size_t r = 0; r < c->set->rule_count; r++) {
        const struct pw_rule *rule = &c->set->rules[r];
        c->watching = rule->id;
        for (size_t i = 0; i < rule->tests->count; i++) {
            const char *why;
            char text[160];
            struct pw_err err = {0};
            bool ran = try_test(c->set, rule, rule->tests->items[i], today, &c->probe, &why, text, &err);
            (void)ran; /* whether it passes was told before */
        }
    }
}

/* ---- telling ---- */

static void tell_branch(const struct coverage *c, const struct branch *branch, struct pw_rules_report *report)
{
    struct cel_view view = cel_node_view(branch->node);
    struct pw_place place = pw_rules_place(c->set, branch->expr, view.start);
    const char *text = cel_expr_source(c->set->program, branch->expr).ptr;

    pw_buf_printf(&report->text, "%s:%u:%u: %.*s: no test in which '%.*s' decides by being %s\n", place.file,
        place.line, place.column, PW_STR_ARG(place.rule), (int)(view.end - view.start), text + view.start,
        branch->seen[0]   ? "true"
        : branch->seen[1] ? "false"
                          : "true, nor by being false");
}

void measure_coverage(const struct pw_ruleset *set, pw_day today, struct pw_rules_report *report)
{
    struct pw_arena *arena = pw_arena_new();
    struct coverage c = {.probe = {on_ask}, .set = set, .arena = arena};
    size_t covered = 0;

    list_branches(&c);
    watch_tests(&c, today);
    for (size_t i = 0; i < c.count; i++) {
        covered += c.branches[i].seen[0];
        covered += c.branches[i].seen[1];
        if (!c.branches[i].seen[0] || !c.branches[i].seen[1])
            tell_branch(&c, &c.branches[i], report);
    }
    report->branches = 2 * c.count;
    report->covered = covered;
    if (covered == report->branches)
        report->passed++;
    else
        report->failed++;
    pw_buf_printf(&report->text, "branches: %zu of %zu covered\n", covered, report->branches);
    pw_arena_free(arena);
}
