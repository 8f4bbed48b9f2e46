/*
 * Small changes to rules, for asking whether their tests would notice: an operator for its neighbour, a
 * threshold one step up or down, a condition left out, a window a day longer. Each changed condition is
 * compiled once into a program that also holds the originals, so that trying one is swapping an index.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "rules_int.h"

#define SOURCE_MAX 4096

struct owned_mutants {
    struct pw_mutants mutants; /* first: the public face */
    struct pw_ruleset set;
    struct pw_arena *arena;
    struct cel_program *program;
};

struct mutating {
    const struct pw_ruleset *original;
    struct owned_mutants *owned;
    struct pw_arena *arena;
    struct pw_mutant *items;
    size_t count, room;
    /* the expression in hand */
    const struct pw_rule *rule;
    int32_t expr;
    struct cel_str source;
};

/* ---- keeping ---- */

static struct pw_mutant *push(struct mutating *m, struct pw_place place, struct pw_str what)
{
    if (m->count == m->room) {
        struct pw_mutant *more = PW_NEW_ARRAY(m->arena, m->room * 2 + 256, struct pw_mutant);
        if (m->count)
            memcpy(more, m->items, m->count * sizeof *more);
        m->items = more;
        m->room = m->room * 2 + 256;
    }
    m->items[m->count] = (struct pw_mutant){m->rule, *m->rule, place, what};
    return &m->items[m->count++];
}

/* ---- a changed expression takes the place of the original ---- */

static void swap_in(int32_t *slot, int32_t from, int32_t to)
{
    if (*slot == from)
        *slot = to;
}

static void swap_look(struct pw_look *look, int32_t from, int32_t to)
{
    swap_in(&look->where, from, to);
    swap_in(&look->same, from, to);
    swap_in(&look->suffices, from, to);
}

static const struct pw_look *swap_looks(
    struct pw_arena *arena, const struct pw_look *looks, size_t count, int32_t from, int32_t to)
{
    struct pw_look *own = PW_NEW_ARRAY(arena, count + 1, struct pw_look);

    for (size_t i = 0; i < count; i++) {
        own[i] = looks[i];
        swap_look(&own[i], from, to);
    }
    return own;
}

static void swap_expr(struct pw_arena *arena, struct pw_rule *rule, int32_t from, int32_t to)
{
    swap_in(&rule->when, from, to);
    swap_in(&rule->suffices, from, to);
    swap_in(&rule->stands_alone_if, from, to);
    swap_look(&rule->each, from, to);
    swap_look(&rule->missing, from, to);
    swap_look(&rule->join, from, to);
    rule->also = swap_looks(arena, rule->also, rule->also_count, from, to);
    rule->without = swap_looks(arena, rule->without, rule->without_count, from, to);
}

/* The source with [start, end) replaced. What does not compile is no mutant. */
static void change(struct mutating *m, uint32_t start, uint32_t end, const char *text)
{
    struct cel_source source = {.id = m->rule->id.data};
    struct cel_diags diags;
    char changed[SOURCE_MAX];
    int length = snprintf(changed, sizeof changed, "%.*s%s%.*s", (int)start, m->source.ptr, text,
        (int)(m->source.len - end), m->source.ptr + end);
    int32_t index;

    if (length < 0 || (size_t)length >= sizeof changed)
        return;
    source.text = changed;
    source.text_len = (size_t)length;
    index = cel_program_add(m->owned->program, &source, &diags);
    if (index < 0)
        return;
    swap_expr(m->arena,
        &push(m, pw_rules_place(m->original, m->expr, start),
            pw_str_printf(m->arena, "'%.*s' becomes '%s'", (int)(end - start), m->source.ptr + start, text))
             ->changed,
        m->expr, index);
}

/* ---- what is changed ---- */

static const char *neighbour(enum cel_node_kind op, const char **ret_token)
{
    static const struct {
        enum cel_node_kind op;
        const char *token, *other;
    } table[] = {{CEL_NODE_EQ, "==", "!="}, {CEL_NODE_NE, "!=", "=="}, {CEL_NODE_LT, "<", "<="},
        {CEL_NODE_LE, "<=", "<"}, {CEL_NODE_GT, ">", ">="}, {CEL_NODE_GE, ">=", ">"}};

    for (size_t i = 0; i < PW_COUNT(table); i++)
        if (table[i].op == op) {
            *ret_token = table[i].token;
            return table[i].other;
        }
    return NULL;
}

static void change_operator(struct mutating *m, struct cel_view view, const struct cel_node *node)
{
    const char *token, *other = neighbour(view.kind, &token), *at;
    uint32_t from, to;

    if (!other)
        return;
    from = cel_node_view(cel_node_operand(node, 0)).end;
    to = cel_node_view(cel_node_operand(node, 1)).start;
    at = memmem(m->source.ptr + from, to - from, token, strlen(token));
    if (at)
        change(m, (uint32_t)(at - m->source.ptr), (uint32_t)(at - m->source.ptr) + (uint32_t)strlen(token),
            other);
}

/* A number one step up and down: 1, or a cent, or a day. */
static void change_number(struct mutating *m, struct cel_view view)
{
    char text[64];

    for (int step = -1; step <= 1; step += 2) {
        if (view.value.kind == CEL_INT)
            snprintf(text, sizeof text, "%lld", (long long)view.value.as.i + step);
        else if (view.value.kind == CEL_DOUBLE)
            snprintf(text, sizeof text, "%.2f", view.value.as.d + step / 100.0);
        else if (view.value.kind == CEL_DURATION)
            snprintf(text, sizeof text, "duration('%lldh')",
                (long long)(view.value.as.i / INT64_C(3600000000000)) + step * 24);
        else
            return;
        change(m, view.start, view.end, text);
    }
}

/* Each operand of an and or an or, left out. */
static void drop_operands(struct mutating *m, struct cel_view view, const struct cel_node *node)
{
    for (uint32_t i = 0; i < view.operands; i++) {
        struct cel_view operand = cel_node_view(cel_node_operand(node, i));
        change(m, operand.start, operand.end, view.kind == CEL_NODE_AND ? "true" : "false");
    }
}

static void change_node(struct mutating *m, const struct cel_node *node)
{
    struct cel_view view = cel_node_view(node);

    if (view.kind == CEL_NODE_AND || view.kind == CEL_NODE_OR)
        drop_operands(m, view, node);
    change_operator(m, view, node);
    if (view.kind == CEL_NODE_LITERAL)
        change_number(m, view);
    for (uint32_t i = 0; i < view.operands; i++)
        change_node(m, cel_node_operand(node, i));
}

static void on_expr(void *user, int32_t expr)
{
    struct mutating *m = user;

    if (expr == m->rule->same || expr == m->rule->distinct_expr)
        return; /* values, not conditions */
    m->expr = expr;
    m->source = cel_expr_source(m->original->program, expr);
    change_node(m, cel_expr_root(m->original->program, expr));
}

/* A count or a number of days, one up and down; `at` is where it stands in the rule. */
static void change_count(struct mutating *m, const struct pw_yaml *map, const char *key, size_t at)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);
    int32_t value;

    memcpy(&value, (const char *)m->rule + at, sizeof value);
    for (int step = -1; node && step <= 1; step += 2) {
        int32_t changed = value + step;
        struct pw_place place = {node->file, node->line, node->column, m->rule->id};
        if (changed < 0)
            continue;
        memcpy((char *)&push(
                   m, place, pw_str_printf(m->arena, "'%s: %d' becomes %d", key, (int)value, (int)changed))
                       ->changed +
                   at,
            &changed, sizeof changed);
    }
}

static void change_counts(struct mutating *m)
{
    const struct pw_yaml *map = m->rule->node, *cycle = pw_yaml_get(map, "cycle");

    change_count(m, map, "at-least", offsetof(struct pw_rule, at_least));
    change_count(m, map, "within", offsetof(struct pw_rule, each.within));
    change_count(m, map, "after", offsetof(struct pw_rule, after));
    change_count(m, map, "days-apart", offsetof(struct pw_rule, days_apart));
    change_count(m, map, "days-together", offsetof(struct pw_rule, days_together));
    if (cycle) {
        change_count(m, cycle, "from", offsetof(struct pw_rule, cycle_from));
        change_count(m, cycle, "to", offsetof(struct pw_rule, cycle_to));
    }
}

/* ---- all of it ---- */

/* The originals first, so that their indexes stay. */
static void add_originals(struct mutating *m)
{
    for (uint32_t i = 0; i < cel_program_count(m->original->program); i++) {
        struct cel_str text = cel_expr_source(m->original->program, (int32_t)i);
        struct cel_source source = {.text = text.ptr, .text_len = text.len};
        struct cel_diags diags;
        int32_t index = cel_program_add(m->owned->program, &source, &diags);
        (void)index; /* it compiled once */
    }
}

const struct pw_mutants *pw_rules_mutate(const struct pw_ruleset *set)
{
    const struct owned_set *source = (const struct owned_set *)(const void *)set;
    struct pw_arena *arena = pw_arena_new();
    struct owned_mutants *owned = PW_NEW(arena, struct owned_mutants);
    struct mutating m = {.original = set, .owned = owned, .arena = arena};

    owned->arena = arena;
    owned->program = cel_program_new(source->env);
    add_originals(&m);
    for (size_t i = 0; i < set->rule_count; i++) {
        m.rule = &set->rules[i];
        each_expr(m.rule, on_expr, &m);
        change_counts(&m);
    }
    cel_program_seal(owned->program);
    owned->set = *set;
    owned->set.program = owned->program;
    owned->set.ctx = cel_ctx_new(owned->program);
    owned->mutants = (struct pw_mutants){&owned->set, m.items, m.count};
    return &owned->mutants;
}

void pw_rules_mutants_free(const struct pw_mutants *mutants)
{
    struct owned_mutants *owned = (struct owned_mutants *)(uintptr_t)mutants;

    cel_ctx_free(owned->set.ctx);
    cel_program_free(owned->program);
    pw_arena_free(owned->arena);
}
