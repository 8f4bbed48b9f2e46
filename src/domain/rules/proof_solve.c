/*
 * Can these conditions come out so? A search over the branches of and and or: each branch narrows
 * what the fields can be, until nothing is left to ask or nothing is possible.
 */
#include "proof_int.h"

#define STEPS_MAX 20000

/* What remains to be shown: a node, from one of its operands on. */
struct todo {
    struct cel_str source;
    const struct cel_node *node;
    bool holds;
    uint32_t from; /* and, or: operands before it are done */
    const struct todo *next;
};

struct search {
    const struct cast *cast;
    unsigned steps;
};

static enum answer solve(struct search *search, struct store *store, const struct todo *todo);

static enum answer better(enum answer a, enum answer b)
{
    if (a == ANSWER_YES || b == ANSWER_YES)
        return ANSWER_YES;
    return a == ANSWER_OPEN || b == ANSWER_OPEN ? ANSWER_OPEN : ANSWER_NO;
}

/* All operands come out alike. */
static enum answer solve_all(
    struct search *search, struct store *store, const struct todo *todo, struct cel_view view, bool holds)
{
    struct todo rest = *todo, first = {todo->source, NULL, holds, 0, &rest};

    first.node = cel_node_operand(todo->node, todo->from);
    rest.from++;
    if (rest.from == view.operands)
        first.next = todo->next;
    return solve(search, store, &first);
}

/* One operand does. */
static enum answer solve_any(struct search *search, const struct store *store, const struct todo *todo,
    struct cel_view view, bool holds)
{
    enum answer best = ANSWER_NO;

    for (uint32_t i = 0; i < view.operands && best != ANSWER_YES; i++) {
        struct store branch = *store;
        struct todo one = {todo->source, cel_node_operand(todo->node, i), holds, 0, todo->next};
        best = better(best, solve(search, &branch, &one));
    }
    return best;
}

/* c ? a : b */
static enum answer solve_choice(struct search *search, const struct store *store, const struct todo *todo)
{
    enum answer best = ANSWER_NO;

    for (uint32_t i = 1; i <= 2 && best != ANSWER_YES; i++) {
        struct store branch = *store;
        struct todo taken = {todo->source, cel_node_operand(todo->node, i), todo->holds, 0, todo->next};
        struct todo asked = {todo->source, cel_node_operand(todo->node, 0), i == 1, 0, &taken};
        best = better(best, solve(search, &branch, &asked));
    }
    return best;
}

static enum answer solve(struct search *search, struct store *store, const struct todo *todo)
{
    struct cel_view view;

    if (search->steps++ > STEPS_MAX)
        return ANSWER_OPEN;
    if (!todo)
        return !is_consistent(store) ? ANSWER_NO : store->open ? ANSWER_OPEN : ANSWER_YES;
    view = cel_node_view(todo->node);
    if (view.kind == CEL_NODE_AND || view.kind == CEL_NODE_OR)
        return (view.kind == CEL_NODE_AND) == todo->holds ? solve_all(search, store, todo, view, todo->holds)
                                                          : solve_any(search, store, todo, view, todo->holds);
    if (view.kind == CEL_NODE_NOT) {
        struct todo inner = {todo->source, cel_node_operand(todo->node, 0), !todo->holds, 0, todo->next};
        return solve(search, store, &inner);
    }
    if (view.kind == CEL_NODE_COND)
        return solve_choice(search, store, todo);
    if (view.kind == CEL_NODE_LITERAL && view.value.kind == CEL_BOOL)
        return view.value.as.b == todo->holds ? solve(search, store, todo->next) : ANSWER_NO;
    if (!constrain(search->cast, store, todo->source, todo->node, todo->holds))
        return ANSWER_NO;
    return solve(search, store, todo->next);
}

enum answer can_all(const struct cast *cast, const struct claim *claims, size_t count)
{
    struct search search = {.cast = cast};
    struct store store = {.open = false};
    struct todo todos[8];
    const struct todo *first = NULL;

    for (size_t i = 0; i < count && i < PW_COUNT(todos); i++) {
        if (claims[i].expr == PW_NO_EXPR && !claims[i].holds)
            return ANSWER_NO;
        if (claims[i].expr == PW_NO_EXPR)
            continue;
        todos[i] = (struct todo){cel_expr_source(cast->set->program, claims[i].expr),
            cel_expr_root(cast->set->program, claims[i].expr), claims[i].holds, 0, first};
        first = &todos[i];
    }
    return solve(&search, &store, first);
}
