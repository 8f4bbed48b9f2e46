/*
 * compile_loop.c: all, exists, exists_one and counted filters over lists of the host.
 *
 * A loop sets a register to the current element; the predicate's branches lead to the next round
 * or out. A range may itself be a filter, or several: an element that a filter drops goes on to
 * the next round. That changes nothing as long as the filter's predicate cannot fail, because the
 * language evaluates a filter wholly before what stands behind it; else the loop is left alone.
 */
#include "vm_int.h"

struct loop {
    const struct cel_node *node;
    uint16_t reg;
    bool pointers;
    int64_t stride;
    uint32_t body, next;
};

static bool is_filter(const struct cel_node *node)
{
    return node->kind == CEL_NODE_MACRO && node->macro == CEL_MACRO_FILTER && node->local2 == CEL_LOCAL;
}

static void set_local(
    struct cel_compile *c, const struct loop *loop, const struct cel_operand *list, uint32_t local)
{
    struct cel_operand element = {
        .cell = {.type = list->cell.elem, .ref = list->cell.ref}, .base = loop->reg};
    if (loop->pointers) {
        element.cell.type = CEL_HOST_INLINE;
        element.base = (uint16_t)(loop->reg + 2);
    }
    c->locals[local] = element;
    c->in_scope[local] = true;
}

/* The loop's head; the code that follows is the body. done: the list is empty. */
static bool begin(struct cel_compile *c, struct loop *loop, const struct cel_node *range, uint32_t done,
    struct cel_operand *list)
{
    if (!cel_compile_operand(c, range, list) || list->constant != NULL || list->cell.type != CEL_HOST_LIST)
        return false;
    loop->pointers = list->cell.elem == CEL_HOST_STRUCT;
    loop->stride = (int64_t)cel_host_size(c->program->env, list->cell.elem, list->cell.ref);
    loop->reg = cel_reg_new(c, 3);
    loop->body = cel_label_new(c);
    loop->next = cel_label_new(c);
    cel_emit(c,
        (struct cel_ins){.op = loop->pointers ? CEL_OP_LOOP_P : CEL_OP_LOOP,
            .a = list->base,
            .a_offset = list->offset,
            .b = list->count_base,
            .b_offset = list->count_offset,
            .c = loop->reg,
            .k = loop->stride},
        loop->body, done);
    cel_label_here(c, loop->body);
    return true;
}

static void finish(struct cel_compile *c, const struct loop *loop, uint32_t done)
{
    cel_label_here(c, loop->next);
    cel_emit(c,
        (struct cel_ins){
            .op = loop->pointers ? CEL_OP_NEXT_P : CEL_OP_NEXT, .c = loop->reg, .k = loop->stride},
        loop->body, done);
}

/* Tests the filters between the list and the macro, innermost first. */
static bool pass_filters(struct cel_compile *c, const struct loop *loop, const struct cel_operand *list,
    const struct cel_node *range)
{
    if (!is_filter(range))
        return true;
    if (!pass_filters(c, loop, list, range->kids[0]))
        return false;
    uint32_t mark = c->program->code_count, passed = cel_label_new(c);
    set_local(c, loop, list, range->local);
    cel_compile_branch(c, range->kids[1], passed, loop->next);
    c->in_scope[range->local] = false;
    cel_label_here(c, passed);
    return !cel_code_bails(c, mark);
}

static const struct cel_node *innermost(const struct cel_node *range)
{
    while (is_filter(range))
        range = range->kids[0];
    return range;
}

/* Everything up to the macro's own predicate, whose variable is set. */
static bool open_loop(struct cel_compile *c, struct loop *loop, const struct cel_node *node, uint32_t done)
{
    struct cel_operand list;
    loop->node = node;
    if (node->local2 != CEL_LOCAL || !begin(c, loop, innermost(node->kids[0]), done, &list) ||
        !pass_filters(c, loop, &list, node->kids[0]))
        return false;
    set_local(c, loop, &list, node->local);
    return true;
}

/* Counts the elements for which the macro's predicate holds. */
static bool count(struct cel_compile *c, const struct cel_node *node, uint16_t counter)
{
    struct loop loop;
    uint32_t hit = cel_label_new(c), done = cel_label_new(c);
    cel_emit_value(c, (struct cel_ins){.op = CEL_OP_ZERO, .c = counter});
    if (!open_loop(c, &loop, node, done))
        return false;
    cel_compile_branch(c, node->kids[1], hit, loop.next);
    cel_label_here(c, hit);
    cel_emit(c, (struct cel_ins){.op = CEL_OP_INCREMENT, .c = counter}, loop.next, loop.next);
    finish(c, &loop, done);
    cel_label_here(c, done);
    c->in_scope[node->local] = false;
    return true;
}

bool cel_compile_count(struct cel_compile *c, const struct cel_node *filter, struct cel_operand *ret)
{
    uint16_t counter = cel_reg_new(c, 1);
    if (!is_filter(filter) || !count(c, filter, counter))
        return false;
    *ret = (struct cel_operand){.cell = {.type = CEL_HOST_INT},
        .base = CEL_REG_SELF,
        .offset = (uint32_t)counter * sizeof(union cel_slot)};
    return true;
}

/* The filter whose size a node is; NULL: it is none. */
static const struct cel_node *counted_filter(const struct cel_node *node)
{
    bool size = node->kind == CEL_NODE_CALL && node->count == 1 && node->overload != NULL &&
                node->overload->fn != NULL && strcmp(node->name, "size") == 0;
    return size && is_filter(node->kids[0]) ? node->kids[0] : NULL;
}

/* Are there at least n > 0? The predicate must not be able to fail, because counting stops at n. */
static bool at_least(
    struct cel_compile *c, const struct cel_node *filter, int64_t n, uint32_t yes, uint32_t no)
{
    struct loop loop;
    uint16_t counter = cel_reg_new(c, 1);
    uint32_t hit = cel_label_new(c), mark = c->program->code_count;
    if (n > 1)
        cel_emit_value(c, (struct cel_ins){.op = CEL_OP_ZERO, .c = counter});
    if (!open_loop(c, &loop, filter, no))
        return false;
    cel_compile_branch(c, filter->kids[1], n > 1 ? hit : yes, loop.next);
    cel_label_here(c, hit);
    if (n > 1)
        cel_emit(c, (struct cel_ins){.op = CEL_OP_COUNT_TO, .c = counter, .k = n}, yes, loop.next);
    finish(c, &loop, no);
    c->in_scope[filter->local] = false;
    return !cel_code_bails(c, mark);
}

bool cel_compile_count_test(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    const struct cel_node *filter = counted_filter(node->kids[0]), *n = node->kids[1];
    if (filter == NULL || n->kind != CEL_NODE_LITERAL || n->value.kind != CEL_INT)
        return false;
    bool above = node->kind == CEL_NODE_GT || node->kind == CEL_NODE_LE;
    bool below = node->kind == CEL_NODE_LT || node->kind == CEL_NODE_LE;
    if ((!above && !below && node->kind != CEL_NODE_GE) || n->value.as.i <= 0 - (int64_t)above ||
        n->value.as.i == INT64_MAX)
        return false;
    uint32_t reg = c->reg;
    bool good = at_least(c, filter, n->value.as.i + above, below ? no : yes, below ? yes : no);
    c->reg = reg; /* the loop's registers are free again behind it */
    return good;
}

static bool exists_one(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    uint16_t counter = cel_reg_new(c, 1);
    if (!count(c, node, counter))
        return false;
    cel_emit(c,
        (struct cel_ins){.op = CEL_OP_EQ_K,
            .a = CEL_REG_SELF,
            .a_offset = (uint32_t)counter * sizeof(union cel_slot),
            .k = 1},
        yes, no);
    return true;
}

static bool quantifier(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    struct loop loop;
    bool all = node->macro == CEL_MACRO_ALL;
    uint32_t done = all ? yes : no;
    if (!open_loop(c, &loop, node, done))
        return false;
    cel_compile_branch(c, node->kids[1], all ? loop.next : yes, all ? no : loop.next);
    finish(c, &loop, done);
    c->in_scope[node->local] = false;
    return true;
}

bool cel_compile_quantifier(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    uint32_t mark = c->program->code_count, reg = c->reg;
    bool good = false;
    if (node->macro == CEL_MACRO_ALL || node->macro == CEL_MACRO_EXISTS)
        good = quantifier(c, node, yes, no);
    else if (node->macro == CEL_MACRO_EXISTS_ONE)
        good = exists_one(c, node, yes, no);
    if (!good)
        cel_code_rewind(c, mark);
    c->reg = reg; /* the loop's registers are free again behind it */
    return good;
}
