/* Which fields a rule reads: for the proofs as printed, and for whoever must account for a rule. */
#include <stdlib.h>
#include <string.h>

#include "rules_int.h"

void each_expr(const struct pw_rule *rule, void (*visit)(void *user, int32_t expr), void *user)
{
    const int32_t own[] = {rule->each.where, rule->when, rule->suffices, rule->same, rule->distinct_expr,
        rule->stands_alone_if, rule->missing.where, rule->missing.same, rule->join.where, rule->join.same};

    for (size_t i = 0; i < PW_COUNT(own); i++)
        if (own[i] != PW_NO_EXPR)
            visit(user, own[i]);
    for (size_t i = 0; i < rule->also_count + rule->without_count; i++) {
        const struct pw_look *look =
            i < rule->also_count ? &rule->also[i] : &rule->without[i - rule->also_count];
        const int32_t parts[] = {look->where, look->same, look->suffices};
        for (size_t k = 0; k < PW_COUNT(parts); k++)
            if (parts[k] != PW_NO_EXPR)
                visit(user, parts[k]);
    }
}

struct collecting {
    struct pw_arena *arena;
    const struct cel_program *program;
    struct pw_str *items;
    size_t count, room;
};

static bool on_read(void *user, const struct cel_read *read)
{
    struct collecting *c = user;
    struct pw_str path;

    if (read->structure && read->field)
        path = pw_str_printf(c->arena, "%s.%s", read->variable, read->field);
    else
        path = pw_str_dup(c->arena, pw_str_z(read->variable));
    for (size_t i = 0; i < c->count; i++)
        if (pw_str_eq(c->items[i], path))
            return true;
    if (c->count == c->room) {
        struct pw_str *more = PW_NEW_ARRAY(c->arena, c->room * 2 + 16, struct pw_str);
        if (c->count)
            memcpy(more, c->items, c->count * sizeof *more);
        c->items = more;
        c->room = c->room * 2 + 16;
    }
    c->items[c->count++] = path;
    return true;
}

static void on_expr(void *user, int32_t expr)
{
    struct collecting *c = user;

    cel_expr_reads(c->program, expr, on_read, c);
}

static int by_text(const void *a, const void *b)
{
    return pw_str_cmp(*(const struct pw_str *)a, *(const struct pw_str *)b);
}

size_t pw_rules_reads(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_rule *rule,
    const struct pw_str **ret)
{
    struct collecting c = {.arena = arena, .program = set->program};

    each_expr(rule, on_expr, &c);
    if (c.count)
        qsort(c.items, c.count, sizeof *c.items, by_text);
    *ret = c.items;
    return c.count;
}
