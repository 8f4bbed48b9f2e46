/*
 * cost.c: the static worst-case cost of an expression, in the steps that evaluation counts.
 *
 * Every node costs one; a macro costs its body times the most elements its range can have, which
 * the host declared (cel_cell.max_count) or limits.list_max assumes. Both branches of ?: and all
 * operands of && and || count. Sums saturate.
 */
#include "cel_int.h"

static uint64_t plus(uint64_t a, uint64_t b)
{
    return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t cell_max(const struct cel_env *env, const struct cel_cell *cell)
{
    if (cell->type == CEL_HOST_ENUM_SET)
        return cel_domain_get(env, cell->ref)->count;
    return cell->max_count > 0 ? cell->max_count : env->options.limits.list_max;
}

/* The most elements a list or map can have. */
static uint64_t elements(const struct cel_env *env, const struct cel_node *node)
{
    switch (node->kind) {
    case CEL_NODE_VAR:
        return node->var != NULL ? cell_max(env, &node->var->cell) : env->options.limits.list_max;
    case CEL_NODE_FIELD:
        return node->member != NULL ? cell_max(env, &node->member->field.cell) : env->options.limits.list_max;
    case CEL_NODE_LIST:
        return node->count;
    case CEL_NODE_MAP:
        return node->count / 2;
    case CEL_NODE_ADD:
        return plus(elements(env, node->kids[0]), elements(env, node->kids[1]));
    case CEL_NODE_COND: {
        uint64_t yes = elements(env, node->kids[1]), no = elements(env, node->kids[2]);
        return yes > no ? yes : no;
    }
    case CEL_NODE_MACRO:
        return elements(env, node->kids[0]);
    case CEL_NODE_BIND:
        return elements(env, node->kids[1]);
    default:
        return env->options.limits.list_max;
    }
}

static uint64_t call_cost(const struct cel_node *node)
{
    uint64_t most = 1;
    if (node->overload != NULL)
        return node->overload->cost;
    for (uint32_t i = 0; node->group != NULL && i < node->group->count; i++)
        most = node->group->items[i]->cost > most ? node->group->items[i]->cost : most;
    return most;
}

uint64_t cel_cost_tree(const struct cel_env *env, struct cel_node *node)
{
    uint64_t cost = 1, body = 0;
    for (uint32_t i = 0; i < node->count; i++) {
        uint64_t kid = cel_cost_tree(env, node->kids[i]);
        if (node->kind == CEL_NODE_MACRO && i > 0)
            body = plus(body, kid);
        else
            cost = plus(cost, kid);
    }
    if (node->kind == CEL_NODE_MACRO)
        cost = plus(cost, times(plus(body, 1), elements(env, node->kids[0])));
    else if (node->kind == CEL_NODE_CALL)
        cost = plus(cost, call_cost(node));
    else if (node->kind == CEL_NODE_IN)
        cost = plus(cost, elements(env, node->kids[1]));
    node->cost = cost;
    return cost;
}
