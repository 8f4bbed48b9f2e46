/*
 * compile_operand.c: values for the vm: where a field lies, arithmetic, sizes, choices.
 *
 * Timestamps and durations are whole seconds here, because host cells are. A constant with a
 * fraction of a second can be compared (compile_compare.c) but not computed with.
 */
#include "vm_int.h"

static struct cel_operand temporary(uint16_t reg, enum cel_host type, uint32_t ref)
{
    return (struct cel_operand){.cell = {.type = type, .ref = ref},
        .base = CEL_REG_SELF,
        .offset = (uint32_t)reg * sizeof(union cel_slot)};
}

/* ---- variables and fields ---- */

static void use_slot(struct cel_compile *c, uint32_t slot)
{
    for (uint32_t i = 0; i < c->used_count; i++)
        if (c->used[i] == slot)
            return;
    c->used = cel_arena_grow(&c->program->arena, c->used, c->used_count, sizeof(*c->used));
    c->used[c->used_count++] = slot;
}

static bool variable(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    if (node->local != CEL_LOCAL) {
        *ret = c->locals[node->local];
        return true;
    }
    const struct cel_var *var = node->var;
    uint32_t reg = CEL_REG_SLOTS + var->slot;
    use_slot(c, var->slot);
    switch (var->cell.type) {
    case CEL_HOST_VALUE:
        return false;
    case CEL_HOST_LIST:
        *ret = (struct cel_operand){.cell = var->cell,
            .base = (uint16_t)reg,
            .count_base = (uint16_t)reg,
            .offset = offsetof(struct cel_span, items),
            .count_offset = offsetof(struct cel_span, count)};
        return true;
    case CEL_HOST_STRUCT:
    case CEL_HOST_INLINE:
    case CEL_HOST_STRING:
        *ret = (struct cel_operand){.cell = var->cell, .base = (uint16_t)reg};
        ret->cell.type = var->cell.type == CEL_HOST_STRING ? CEL_HOST_STRING : CEL_HOST_INLINE;
        return true;
    default: /* in the slot itself */
        *ret = temporary(
            (uint16_t)reg, var->cell.type == CEL_HOST_BOOL8 ? CEL_HOST_BOOL : var->cell.type, var->cell.ref);
        return true;
    }
}

/* Follows a pointer, so that the struct's fields can be addressed. */
static bool enter_struct(struct cel_compile *c, struct cel_operand *operand)
{
    if (operand->cell.type == CEL_HOST_INLINE)
        return true;
    if (operand->cell.type != CEL_HOST_STRUCT)
        return false;
    uint16_t reg = cel_reg_new(c, 1);
    cel_emit_value(
        c, (struct cel_ins){.op = CEL_OP_LOAD, .a = operand->base, .a_offset = operand->offset, .c = reg});
    operand->cell.type = CEL_HOST_INLINE;
    operand->base = reg;
    operand->offset = 0;
    return true;
}

static bool field(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    struct cel_operand from;
    if (node->member == NULL || (node->flags & CEL_F_OPTIONAL) != 0 ||
        !cel_compile_operand(c, node->kids[0], &from) || !enter_struct(c, &from))
        return false;
    const struct cel_field *f = &node->member->field;
    *ret = (struct cel_operand){.cell = f->cell,
        .base = from.base,
        .count_base = from.base,
        .offset = from.offset + f->offset,
        .count_offset = from.offset + f->count_offset};
    return true;
}

/* ---- constants ---- */

bool cel_operand_place(struct cel_compile *c, struct cel_operand *operand)
{
    const struct cel_value *v = operand->constant;
    if (v == NULL)
        return true;
    static const enum cel_host types[CEL_DURATION + 1] = {[CEL_BOOL] = CEL_HOST_BOOL,
        [CEL_INT] = CEL_HOST_INT,
        [CEL_UINT] = CEL_HOST_UINT,
        [CEL_DOUBLE] = CEL_HOST_DOUBLE,
        [CEL_STRING] = CEL_HOST_STRING,
        [CEL_TIMESTAMP] = CEL_HOST_TIMESTAMP,
        [CEL_DURATION] = CEL_HOST_DURATION};
    enum cel_host type = v->kind <= CEL_DURATION ? types[v->kind] : 0;
    int64_t bits = v->kind == CEL_BOOL ? v->as.b : v->as.i;
    if (type == 0 || (v->kind == CEL_TIMESTAMP && v->aux != 0) ||
        (v->kind == CEL_DURATION && bits % CEL_NS != 0))
        return false;
    if (v->kind == CEL_DURATION)
        bits /= CEL_NS;
    struct cel_program *p = c->program;
    uint32_t offset = type == CEL_HOST_STRING
                          ? cel_pool_put(p, cel_literal_text(p, v), sizeof(struct cel_str))
                          : cel_pool_put(p, &bits, sizeof(bits));
    *operand = (struct cel_operand){.cell = {.type = type}, .base = CEL_REG_POOL, .offset = offset};
    return true;
}

/* ---- arithmetic ---- */

/* Which instruction adds, subtracts ... cells of these types, and what comes out. */
static const struct {
    uint8_t node;
    uint8_t a, b, result;
    uint8_t op;
} arithmetic[] = {
    {CEL_NODE_ADD, CEL_HOST_INT, CEL_HOST_INT, CEL_HOST_INT, CEL_OP_ADD},
    {CEL_NODE_SUB, CEL_HOST_INT, CEL_HOST_INT, CEL_HOST_INT, CEL_OP_SUB},
    {CEL_NODE_MUL, CEL_HOST_INT, CEL_HOST_INT, CEL_HOST_INT, CEL_OP_MUL},
    {CEL_NODE_DIV, CEL_HOST_INT, CEL_HOST_INT, CEL_HOST_INT, CEL_OP_DIV},
    {CEL_NODE_MOD, CEL_HOST_INT, CEL_HOST_INT, CEL_HOST_INT, CEL_OP_MOD},
    {CEL_NODE_ADD, CEL_HOST_UINT, CEL_HOST_UINT, CEL_HOST_UINT, CEL_OP_UADD},
    {CEL_NODE_SUB, CEL_HOST_UINT, CEL_HOST_UINT, CEL_HOST_UINT, CEL_OP_USUB},
    {CEL_NODE_MUL, CEL_HOST_UINT, CEL_HOST_UINT, CEL_HOST_UINT, CEL_OP_UMUL},
    {CEL_NODE_ADD, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_OP_DADD},
    {CEL_NODE_SUB, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_OP_DSUB},
    {CEL_NODE_MUL, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_OP_DMUL},
    {CEL_NODE_DIV, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_HOST_DOUBLE, CEL_OP_DDIV},
    {CEL_NODE_ADD, CEL_HOST_TIMESTAMP, CEL_HOST_DURATION, CEL_HOST_TIMESTAMP, CEL_OP_TIME_ADD},
    {CEL_NODE_ADD, CEL_HOST_DURATION, CEL_HOST_TIMESTAMP, CEL_HOST_TIMESTAMP, CEL_OP_TIME_ADD},
    {CEL_NODE_SUB, CEL_HOST_TIMESTAMP, CEL_HOST_DURATION, CEL_HOST_TIMESTAMP, CEL_OP_TIME_SUB},
    {CEL_NODE_SUB, CEL_HOST_TIMESTAMP, CEL_HOST_TIMESTAMP, CEL_HOST_DURATION, CEL_OP_SPAN_SUB},
    {CEL_NODE_ADD, CEL_HOST_DURATION, CEL_HOST_DURATION, CEL_HOST_DURATION, CEL_OP_SPAN_ADD},
    {CEL_NODE_SUB, CEL_HOST_DURATION, CEL_HOST_DURATION, CEL_HOST_DURATION, CEL_OP_SPAN_SUB},
};

static bool arith(struct cel_compile *c, uint8_t node_kind, struct cel_operand *x, struct cel_operand *y,
    struct cel_operand *ret)
{
    if (!cel_operand_place(c, x) || !cel_operand_place(c, y))
        return false;
    for (size_t i = 0; i < CEL_COUNT(arithmetic); i++) {
        if (arithmetic[i].node != node_kind || arithmetic[i].a != x->cell.type ||
            arithmetic[i].b != y->cell.type)
            continue;
        uint16_t reg = cel_reg_new(c, 1);
        cel_emit_value(c, (struct cel_ins){.op = arithmetic[i].op,
                              .a = x->base,
                              .a_offset = x->offset,
                              .b = y->base,
                              .b_offset = y->offset,
                              .c = reg});
        *ret = temporary(reg, arithmetic[i].result, 0);
        return true;
    }
    return false;
}

static bool negation(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    static const struct cel_value zero_int = {.kind = CEL_INT},
                                  minus_one = {.kind = CEL_DOUBLE, .as.d = -1.0};
    struct cel_operand x;
    if (!cel_compile_operand(c, node->kids[0], &x) || x.constant != NULL)
        return false;
    if (x.cell.type == CEL_HOST_DOUBLE) /* 0 - x would lose the sign of zero */
        return arith(c, CEL_NODE_MUL, &(struct cel_operand){.constant = &minus_one}, &x, ret);
    return arith(c, CEL_NODE_SUB, &(struct cel_operand){.constant = &zero_int}, &x, ret);
}

static bool binary(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    struct cel_operand x, y;
    return cel_compile_operand(c, node->kids[0], &x) && cel_compile_operand(c, node->kids[1], &y) &&
           arith(c, node->kind, &x, &y, ret);
}

/* ---- sizes and choices ---- */

static bool size_of(struct cel_compile *c, const struct cel_node *list, struct cel_operand *ret)
{
    struct cel_operand x;
    if (list->kind == CEL_NODE_MACRO)
        return list->macro == CEL_MACRO_FILTER && cel_compile_count(c, list, ret);
    if (!cel_compile_operand(c, list, &x) || x.constant != NULL)
        return false;
    if (x.cell.type == CEL_HOST_LIST) {
        *ret = (struct cel_operand){
            .cell = {.type = CEL_HOST_INT}, .base = x.count_base, .offset = x.count_offset};
        return true;
    }
    if (x.cell.type != CEL_HOST_STRING && x.cell.type != CEL_HOST_ENUM_SET)
        return false;
    uint16_t reg = cel_reg_new(c, 1);
    enum cel_op op = x.cell.type == CEL_HOST_STRING ? CEL_OP_TEXT_SIZE : CEL_OP_BITS_SIZE;
    cel_emit_value(c, (struct cel_ins){.op = (uint16_t)op, .a = x.base, .a_offset = x.offset, .c = reg});
    *ret = temporary(reg, CEL_HOST_INT, 0);
    return true;
}

static bool call(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    bool is_size = strcmp(node->name, "size") == 0 && node->count == 1 && node->overload != NULL &&
                   node->overload->fn != NULL;
    return is_size && size_of(c, node->kids[0], ret);
}

static bool move(struct cel_compile *c, const struct cel_node *node, uint16_t reg, enum cel_host *type)
{
    struct cel_operand x;
    if (!cel_compile_operand(c, node, &x) || !cel_operand_place(c, &x))
        return false;
    bool movable = x.cell.type == CEL_HOST_INT || x.cell.type == CEL_HOST_UINT ||
                   x.cell.type == CEL_HOST_DOUBLE || x.cell.type == CEL_HOST_TIMESTAMP ||
                   x.cell.type == CEL_HOST_DURATION;
    if (!movable || (*type != 0 && *type != x.cell.type))
        return false;
    *type = x.cell.type;
    cel_emit_value(c, (struct cel_ins){.op = CEL_OP_MOVE, .a = x.base, .a_offset = x.offset, .c = reg});
    return true;
}

static bool choice(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    uint32_t yes = cel_label_new(c), no = cel_label_new(c), done = cel_label_new(c);
    uint16_t reg = cel_reg_new(c, 1);
    enum cel_host type = 0;
    cel_compile_branch(c, node->kids[0], yes, no);
    cel_label_here(c, yes);
    if (!move(c, node->kids[1], reg, &type))
        return false;
    cel_emit(c, (struct cel_ins){.op = CEL_OP_JUMP}, done, done);
    cel_label_here(c, no);
    if (!move(c, node->kids[2], reg, &type))
        return false;
    cel_label_here(c, done);
    *ret = temporary(reg, type, 0);
    return true;
}

static bool operand(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    switch (node->kind) {
    case CEL_NODE_LITERAL:
        *ret = (struct cel_operand){.constant = &node->value};
        return true;
    case CEL_NODE_VAR:
        return variable(c, node, ret);
    case CEL_NODE_FIELD:
        return field(c, node, ret);
    case CEL_NODE_NEG:
        return negation(c, node, ret);
    case CEL_NODE_ADD:
    case CEL_NODE_SUB:
    case CEL_NODE_MUL:
    case CEL_NODE_DIV:
    case CEL_NODE_MOD:
        return binary(c, node, ret);
    case CEL_NODE_CALL:
        return call(c, node, ret);
    case CEL_NODE_COND:
        return choice(c, node, ret);
    default:
        return false;
    }
}

bool cel_compile_operand(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret)
{
    uint32_t mark = c->program->code_count;
    if (operand(c, node, ret))
        return true;
    cel_code_rewind(c, mark);
    return false;
}
