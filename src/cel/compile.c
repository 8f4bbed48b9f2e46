/*
 * compile.c: a checked condition to the vm's branches.
 *
 * Each condition is told where to go when it is true and when it is false, so && || ! ?: cost no
 * instruction. A condition that is out of the vm's reach becomes one WALK instruction, with the
 * places of the loop variables it may read; if the whole expression is such, it has no code.
 */
#include "vm_int.h"

/* ---- leaving it to the reference interpreter ---- */

static void walk(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    uint32_t count = 0, locals = c->program->locals_max;
    for (uint32_t i = 0; i < locals; i++)
        count += c->in_scope[i];
    struct cel_site *site =
        cel_arena_get(&c->program->arena, sizeof(*site) + count * sizeof(site->bounds[0]));
    site->node = node;
    for (uint32_t i = 0; i < locals; i++)
        if (c->in_scope[i])
            site->bounds[site->count++] = (struct cel_bound){i, c->locals[i]};
    cel_emit(c, (struct cel_ins){.op = CEL_OP_WALK, .p = site}, yes, no);
}

/* ---- conditions ---- */

/* && when decider is false, || when it is true: each operand but the last goes on to the next. */
static void logic(struct cel_compile *c, const struct cel_node *node, bool decider, uint32_t yes, uint32_t no)
{
    for (uint32_t i = 0; i + 1 < node->count; i++) {
        uint32_t next = cel_label_new(c);
        cel_compile_branch(c, node->kids[i], decider ? yes : next, decider ? next : no);
        cel_label_here(c, next);
    }
    cel_compile_branch(c, node->kids[node->count - 1], yes, no);
}

static void choice(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    uint32_t first = cel_label_new(c), second = cel_label_new(c);
    cel_compile_branch(c, node->kids[0], first, second);
    cel_label_here(c, first);
    cel_compile_branch(c, node->kids[1], yes, no);
    cel_label_here(c, second);
    cel_compile_branch(c, node->kids[2], yes, no);
}

static bool test_value(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    struct cel_operand x;
    if (!cel_compile_operand(c, node, &x) || (x.cell.type != CEL_HOST_BOOL && x.cell.type != CEL_HOST_BOOL8))
        return false;
    uint16_t op = x.cell.type == CEL_HOST_BOOL ? CEL_OP_TEST : CEL_OP_TEST8;
    cel_emit(c, (struct cel_ins){.op = op, .a = x.base, .a_offset = x.offset}, yes, no);
    return true;
}

static bool test_presence(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    struct cel_node as_field = *node; /* has(a.b) addresses b as a.b does */
    struct cel_operand x;
    as_field.kind = CEL_NODE_FIELD;
    if (node->member == NULL || !cel_compile_operand(c, &as_field, &x))
        return false;
    const struct cel_field *f = &node->member->field;
    struct cel_ins ins = {.op = CEL_OP_TEST, .a = x.base, .a_offset = x.offset};
    if (f->optional) {
        ins.op = CEL_OP_TEST_MASK;
        ins.a_offset = x.offset - f->offset + f->presence_offset;
        ins.k = (int64_t)((uint64_t)1 << f->presence_bit);
    } else if (f->cell.type == CEL_HOST_LIST) {
        ins.a_offset = x.count_offset;
    } else if (f->cell.type != CEL_HOST_ENUM_SET && f->cell.type != CEL_HOST_STRUCT) {
        ins.op = CEL_OP_JUMP;
        no = yes;
    }
    cel_emit(c, ins, yes, no);
    return true;
}

/* cel.bind(x, value, body): the value stays where it lies, the body reads it there. */
static bool bind(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    struct cel_operand x;
    if (!cel_compile_operand(c, node->kids[0], &x) || !cel_operand_place(c, &x) ||
        x.cell.type == CEL_HOST_LIST)
        return false;
    c->locals[node->local] = x;
    c->in_scope[node->local] = true;
    cel_compile_branch(c, node->kids[1], yes, no);
    c->in_scope[node->local] = false;
    return true;
}

static bool branch(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    switch (node->kind) {
    case CEL_NODE_LITERAL:
        cel_emit(
            c, (struct cel_ins){.op = CEL_OP_JUMP}, node->value.as.b ? yes : no, node->value.as.b ? yes : no);
        return node->value.kind == CEL_BOOL;
    case CEL_NODE_AND:
        logic(c, node, false, yes, no);
        return true;
    case CEL_NODE_OR:
        logic(c, node, true, yes, no);
        return true;
    case CEL_NODE_NOT:
        cel_compile_branch(c, node->kids[0], no, yes);
        return true;
    case CEL_NODE_COND:
        choice(c, node, yes, no);
        return true;
    case CEL_NODE_VAR:
    case CEL_NODE_FIELD:
        return test_value(c, node, yes, no);
    case CEL_NODE_HAS:
        return test_presence(c, node, yes, no);
    case CEL_NODE_IN:
        return cel_compile_in(c, node, yes, no);
    case CEL_NODE_CALL:
        return cel_compile_text_test(c, node, yes, no);
    case CEL_NODE_MACRO:
        return cel_compile_quantifier(c, node, yes, no);
    case CEL_NODE_BIND:
        return bind(c, node, yes, no);
    case CEL_NODE_EQ:
    case CEL_NODE_NE:
    case CEL_NODE_LT:
    case CEL_NODE_LE:
    case CEL_NODE_GT:
    case CEL_NODE_GE:
        return cel_compile_compare(c, node, yes, no);
    default:
        return false;
    }
}

void cel_compile_branch(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    uint32_t mark = c->program->code_count;
    if (node->type->kind == CEL_BOOL && branch(c, node, yes, no))
        return;
    cel_code_rewind(c, mark);
    walk(c, node, yes, no);
}

void cel_compile(struct cel_program *program, struct cel_expr *expr)
{
    struct cel_compile c = {.program = program};
    struct cel_arena *arena = &program->arena;
    if (program->code_count == 0)
        cel_emit(&c, (struct cel_ins){.op = CEL_OP_BAIL}, 0, 0);
    expr->entry = expr->code_end = 0;
    if (expr->root->type->kind != CEL_BOOL || program->env->options.unchecked)
        return;
    c.first = program->code_count;
    c.locals = cel_arena_get(arena, (program->locals_max + 1) * sizeof(*c.locals));
    c.in_scope = cel_arena_get(arena, (program->locals_max + 1) * sizeof(*c.in_scope));
    c.reg = c.regs = CEL_REG_SLOTS + program->env->slot_count;
    uint32_t yes = cel_label_new(&c), no = cel_label_new(&c);
    cel_compile_branch(&c, expr->root, yes, no);
    if (c.failed || program->code[c.first].op == CEL_OP_WALK) {
        cel_code_rewind(&c, c.first);
        return;
    }
    cel_label_here(&c, yes);
    cel_emit(&c, (struct cel_ins){.op = CEL_OP_RETURN, .k = 1}, 0, 0);
    cel_label_here(&c, no);
    cel_emit(&c, (struct cel_ins){.op = CEL_OP_RETURN, .k = 0}, 0, 0);
    cel_compile_finish(&c);
    expr->entry = c.first;
    expr->code_end = program->code_count;
    expr->used = c.used;
    expr->used_count = c.used_count;
}
