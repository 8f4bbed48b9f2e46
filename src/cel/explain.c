/*
 * explain.c: which sub-expressions decided an outcome, and which list elements.
 *
 * Walks the tree beside the reference interpreter: every operand that matters is evaluated again,
 * so this is for the few conditions that fired, not for all that were tried.
 */
#include "cel_int.h"

struct explain {
    struct cel_ctx *ctx;
    struct cel_reason *reasons;
    size_t max, count;
};

static void explain(struct explain *e, const struct cel_node *node, uint32_t depth, bool value);

static void add(struct explain *e, const struct cel_node *node, uint32_t depth, uint32_t element, bool value)
{
    if (e->count < e->max)
        e->reasons[e->count] = (struct cel_reason){.node = node,
            .start = node->start,
            .end = node->end,
            .depth = depth,
            .element = element,
            .value = value};
    e->count++;
}

/* Evaluates to a bool; false: an error, or no bool. */
static bool truth(struct explain *e, const struct cel_node *node, bool *value)
{
    struct cel_value v = cel_walk(e->ctx, node);
    *value = v.kind == CEL_BOOL && v.as.b;
    return v.kind == CEL_BOOL;
}

/* && that is false, || that is true: the first operand that decided. Otherwise all of them. */
static void explain_logic(struct explain *e, const struct cel_node *node, uint32_t depth, bool value)
{
    bool decider = node->kind == CEL_NODE_OR, one;
    for (uint32_t i = 0; i < node->count; i++) {
        if (!truth(e, node->kids[i], &one))
            continue;
        if (value == decider && one != decider)
            continue;
        explain(e, node->kids[i], depth, one);
        if (value == decider)
            return;
    }
}

static void explain_choice(struct explain *e, const struct cel_node *node, uint32_t depth, bool value)
{
    bool condition;
    if (!truth(e, node->kids[0], &condition))
        return;
    explain(e, node->kids[0], depth, condition);
    explain(e, node->kids[condition ? 1 : 2], depth, value);
}

static void set_variables(
    struct explain *e, const struct cel_node *node, const struct cel_value *range, uint64_t i)
{
    const struct cel_value *first, *second;
    struct cel_value index = cel_int((int64_t)i);
    if (range->kind == CEL_MAP) {
        first = &range->as.map->pairs[2 * i];
        second = &range->as.map->pairs[2 * i + 1];
    } else {
        second = &range->as.list->items[i];
        first = node->local2 != CEL_LOCAL ? &index : second;
    }
    e->ctx->locals[node->local] = *first;
    if (node->local2 != CEL_LOCAL)
        e->ctx->locals[node->local2] = *second;
}

/* The first element that makes exists or exists_one true, or all false, and why. */
static void explain_macro(struct explain *e, const struct cel_node *node, uint32_t depth, bool value)
{
    bool wanted = node->macro != CEL_MACRO_ALL, one;
    if (value != wanted || (node->macro != CEL_MACRO_ALL && node->macro != CEL_MACRO_EXISTS &&
                               node->macro != CEL_MACRO_EXISTS_ONE)) {
        add(e, node, depth, CEL_NO_ELEMENT, value);
        return;
    }
    struct cel_value range = cel_walk(e->ctx, node->kids[0]);
    uint64_t count = range.kind == CEL_LIST  ? range.as.list->count
                     : range.kind == CEL_MAP ? range.as.map->count
                                             : 0;
    for (uint64_t i = 0; i < count && !e->ctx->exhausted; i++) {
        set_variables(e, node, &range, i);
        if (!truth(e, node->kids[1], &one) || one != wanted)
            continue;
        add(e, node, depth, (uint32_t)i, value);
        explain(e, node->kids[1], depth + 1, one);
        return;
    }
}

static void explain(struct explain *e, const struct cel_node *node, uint32_t depth, bool value)
{
    switch (node->kind) {
    case CEL_NODE_AND:
    case CEL_NODE_OR:
        explain_logic(e, node, depth, value);
        return;
    case CEL_NODE_NOT:
        explain(e, node->kids[0], depth, !value);
        return;
    case CEL_NODE_COND:
        explain_choice(e, node, depth, value);
        return;
    case CEL_NODE_MACRO:
        explain_macro(e, node, depth, value);
        return;
    case CEL_NODE_BIND:
        e->ctx->locals[node->local] = cel_walk(e->ctx, node->kids[0]);
        explain(e, node->kids[1], depth, value);
        return;
    default:
        add(e, node, depth, CEL_NO_ELEMENT, value);
    }
}

size_t cel_explain(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots, struct cel_reason *ret,
    size_t max, enum cel_truth *truth_ret)
{
    struct explain e = {.ctx = ctx, .reasons = ret, .max = max};
    struct cel_value v = cel_eval_reference(ctx, index, slots);
    *truth_ret = v.kind != CEL_BOOL ? CEL_IS_ERROR : v.as.b ? CEL_IS_TRUE : CEL_IS_FALSE;
    if (v.kind != CEL_BOOL)
        return 0;
    explain(&e, ctx->program->exprs[index].root, 0, v.as.b);
    return e.count;
}
