/*
 * compile_compare.c: comparisons, membership and text tests as branches.
 *
 * A constant goes to the right. Constants with a fraction of a second are rounded so that
 * comparing whole seconds gives the same answer. NaN is never on the yes side of == < <= > >=,
 * so doubles are compared by swapping operands, never by swapping successors.
 */
#include "vm_int.h"

#include <stdlib.h>

struct comparison {
    enum cel_node_kind kind;
    struct cel_operand x, y;
    uint32_t yes, no;
};

static enum cel_node_kind mirrored(enum cel_node_kind kind)
{
    switch (kind) {
    case CEL_NODE_LT:
        return CEL_NODE_GT;
    case CEL_NODE_LE:
        return CEL_NODE_GE;
    case CEL_NODE_GT:
        return CEL_NODE_LT;
    case CEL_NODE_GE:
        return CEL_NODE_LE;
    default:
        return kind;
    }
}

static void swap_operands(struct comparison *q)
{
    struct cel_operand x = q->x;
    q->x = q->y;
    q->y = x;
    q->kind = mirrored(q->kind);
}

static void swap_successors(struct comparison *q)
{
    uint32_t yes = q->yes;
    q->yes = q->no;
    q->no = yes;
}

static void jump(struct cel_compile *c, uint32_t label)
{
    cel_emit(c, (struct cel_ins){.op = CEL_OP_JUMP}, label, label);
}

/* ---- against a constant integer ---- */

static void emit_k(struct cel_compile *c, enum cel_op op, const struct comparison *q, int64_t k)
{
    cel_emit(c, (struct cel_ins){.op = (uint16_t)op, .a = q->x.base, .a_offset = q->x.offset, .k = k}, q->yes,
        q->no);
}

/* x (kind) k, in a total order: > is "not <=", >= is "not <". */
static void compare_k(struct cel_compile *c, struct comparison *q, int64_t k)
{
    switch (q->kind) {
    case CEL_NODE_NE:
        swap_successors(q); /* fall through */
    case CEL_NODE_EQ:
        emit_k(c, CEL_OP_EQ_K, q, k);
        return;
    case CEL_NODE_GE:
        swap_successors(q); /* fall through */
    case CEL_NODE_LT:
        emit_k(c, CEL_OP_LT_K, q, k);
        return;
    case CEL_NODE_GT:
        swap_successors(q); /* fall through */
    default:
        emit_k(c, CEL_OP_LE_K, q, k);
    }
}

/* whole + fraction, 0 <= fraction < 1, against whole seconds. */
static void compare_seconds(struct cel_compile *c, struct comparison *q, int64_t whole, bool fraction)
{
    if (fraction && (q->kind == CEL_NODE_EQ || q->kind == CEL_NODE_NE)) {
        jump(c, q->kind == CEL_NODE_EQ ? q->no : q->yes);
        return;
    }
    if (fraction && q->kind == CEL_NODE_LT)
        q->kind = CEL_NODE_LE;
    if (fraction && q->kind == CEL_NODE_GE)
        q->kind = CEL_NODE_GT;
    compare_k(c, q, whole);
}

static bool compare_constant(struct cel_compile *c, struct comparison *q)
{
    const struct cel_value *v = q->y.constant;
    int64_t seconds;
    switch (q->x.cell.type) {
    case CEL_HOST_INT:
        if (v->kind != CEL_INT)
            return false;
        compare_k(c, q, v->as.i);
        return true;
    case CEL_HOST_TIMESTAMP:
        if (v->kind != CEL_TIMESTAMP)
            return false;
        compare_seconds(c, q, v->as.i, v->aux != 0);
        return true;
    case CEL_HOST_DURATION:
        if (v->kind != CEL_DURATION)
            return false;
        seconds = v->as.i / CEL_NS - (v->as.i % CEL_NS < 0);
        compare_seconds(c, q, seconds, v->as.i % CEL_NS != 0);
        return true;
    default:
        return false;
    }
}

/* ---- between two places ---- */

static void emit_ab(struct cel_compile *c, enum cel_op op, const struct comparison *q)
{
    cel_emit(c,
        (struct cel_ins){.op = (uint16_t)op,
            .a = q->x.base,
            .a_offset = q->x.offset,
            .b = q->y.base,
            .b_offset = q->y.offset},
        q->yes, q->no);
}

/* Instructions for == < <= by cell type; 0 (RETURN) where there is no order. */
static const struct {
    uint8_t type, equal, less, less_equal;
} comparisons[] = {
    {CEL_HOST_INT, CEL_OP_EQ, CEL_OP_LT, CEL_OP_LE},
    {CEL_HOST_TIMESTAMP, CEL_OP_EQ, CEL_OP_LT, CEL_OP_LE},
    {CEL_HOST_DURATION, CEL_OP_EQ, CEL_OP_LT, CEL_OP_LE},
    {CEL_HOST_ENUM, CEL_OP_EQ, 0, 0},
    {CEL_HOST_OPAQUE, CEL_OP_EQ, 0, 0},
    {CEL_HOST_UINT, CEL_OP_EQ, CEL_OP_ULT, CEL_OP_ULE},
    {CEL_HOST_DOUBLE, CEL_OP_DEQ, CEL_OP_DLT, CEL_OP_DLE},
    {CEL_HOST_STRING, CEL_OP_SEQ, CEL_OP_SLT, CEL_OP_SLE},
};

static bool compare_places(struct cel_compile *c, struct comparison *q)
{
    if (!cel_operand_place(c, &q->x) || !cel_operand_place(c, &q->y) || q->x.cell.type != q->y.cell.type)
        return false;
    if (q->kind == CEL_NODE_GT || q->kind == CEL_NODE_GE)
        swap_operands(q);
    if (q->kind == CEL_NODE_NE) {
        swap_successors(q);
        q->kind = CEL_NODE_EQ;
    }
    for (size_t i = 0; i < CEL_COUNT(comparisons); i++) {
        if (comparisons[i].type != q->x.cell.type)
            continue;
        uint8_t op = q->kind == CEL_NODE_EQ   ? comparisons[i].equal
                     : q->kind == CEL_NODE_LT ? comparisons[i].less
                                              : comparisons[i].less_equal;
        if (op != 0)
            emit_ab(c, op, q);
        return op != 0;
    }
    return false;
}

/* ---- bools, enums, texts against literals ---- */

/* x == true is x; x == false is !x; other comparisons of bools are rare. */
static bool compare_bool(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    const struct cel_node *x = node->kids[0], *y = node->kids[1];
    if (x->kind == CEL_NODE_LITERAL) {
        x = node->kids[1];
        y = node->kids[0];
    }
    if (y->kind != CEL_NODE_LITERAL || y->value.kind != CEL_BOOL || x->type->kind != CEL_BOOL ||
        (node->kind != CEL_NODE_EQ && node->kind != CEL_NODE_NE))
        return false;
    bool same = y->value.as.b == (node->kind == CEL_NODE_EQ);
    cel_compile_branch(c, x, same ? yes : no, same ? no : yes);
    return true;
}

static bool compare_enum(struct cel_compile *c, struct comparison *q, const struct cel_node *literal)
{
    if (literal->kind != CEL_NODE_LITERAL || literal->enum_index < 0 ||
        (q->kind != CEL_NODE_EQ && q->kind != CEL_NODE_NE))
        return false;
    compare_k(c, q, literal->enum_index);
    return true;
}

static bool compare_text(struct cel_compile *c, struct comparison *q)
{
    if (q->y.constant->kind != CEL_STRING || (q->kind != CEL_NODE_EQ && q->kind != CEL_NODE_NE))
        return false;
    if (q->kind == CEL_NODE_NE)
        swap_successors(q);
    const struct cel_str *text = cel_literal_text(c->program, q->y.constant);
    cel_emit(c,
        (struct cel_ins){
            .op = CEL_OP_SEQ_K, .a = q->x.base, .a_offset = q->x.offset, .id = text->id, .p = text},
        q->yes, q->no);
    return true;
}

/* x - y < k and its kin, for ints, in one instruction. */
static bool compare_difference(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    const struct cel_node *minus = node->kids[0], *k = node->kids[1];
    struct comparison q = {.kind = node->kind, .yes = yes, .no = no};
    if (minus->kind != CEL_NODE_SUB || k->kind != CEL_NODE_LITERAL || k->value.kind != CEL_INT ||
        !cel_compile_operand(c, minus->kids[0], &q.x) || !cel_compile_operand(c, minus->kids[1], &q.y) ||
        !cel_operand_place(c, &q.x) || !cel_operand_place(c, &q.y) || q.x.cell.type != CEL_HOST_INT ||
        q.y.cell.type != CEL_HOST_INT)
        return false;
    struct cel_ins ins = {
        .a = q.x.base, .a_offset = q.x.offset, .b = q.y.base, .b_offset = q.y.offset, .k = k->value.as.i};
    if (q.kind == CEL_NODE_GE || q.kind == CEL_NODE_GT)
        swap_successors(&q);
    if (q.kind == CEL_NODE_LT || q.kind == CEL_NODE_GE)
        ins.op = CEL_OP_DIFF_LT_K;
    else if (q.kind == CEL_NODE_LE || q.kind == CEL_NODE_GT)
        ins.op = CEL_OP_DIFF_LE_K;
    else
        return false;
    cel_emit(c, ins, q.yes, q.no);
    return true;
}

static bool compare(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    struct comparison q = {.kind = node->kind, .yes = yes, .no = no};
    if (!cel_compile_operand(c, node->kids[0], &q.x) || !cel_compile_operand(c, node->kids[1], &q.y))
        return false;
    if (q.x.constant != NULL && q.y.constant == NULL)
        swap_operands(&q);
    if (q.x.constant != NULL)
        return false;
    const struct cel_node *right = node->kids[1]->kind == CEL_NODE_LITERAL ? node->kids[1] : node->kids[0];
    if (q.x.cell.type == CEL_HOST_ENUM && q.y.constant != NULL)
        return compare_enum(c, &q, right);
    if (q.x.cell.type == CEL_HOST_STRING && q.y.constant != NULL && compare_text(c, &q))
        return true;
    return (q.y.constant != NULL && compare_constant(c, &q)) || compare_places(c, &q);
}

/* Emits, or leaves the code as it was. */
static bool attempt(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no,
    bool (*emit)(struct cel_compile *, const struct cel_node *, uint32_t, uint32_t))
{
    uint32_t mark = c->program->code_count;
    if (emit(c, node, yes, no))
        return true;
    cel_code_rewind(c, mark);
    return false;
}

bool cel_compile_compare(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    return attempt(c, node, yes, no, compare_bool) || attempt(c, node, yes, no, compare_difference) ||
           attempt(c, node, yes, no, cel_compile_count_test) || attempt(c, node, yes, no, compare);
}

/* ---- in ---- */

static bool all_literals(const struct cel_node *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        if (list->kids[i]->kind != CEL_NODE_LITERAL || (list->kids[i]->flags & CEL_F_ENTRY) != 0)
            return false;
    return list->kind == CEL_NODE_LIST && list->count > 0;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static const struct cel_int_set *make_int_set(struct cel_compile *c, const struct cel_node *list, bool enums)
{
    struct cel_int_set *set = cel_arena_get(&c->program->arena, sizeof(*set));
    int64_t *items = cel_arena_get(&c->program->arena, list->count * sizeof(*items));
    for (uint32_t i = 0; i < list->count; i++)
        items[i] = enums ? list->kids[i]->enum_index : list->kids[i]->value.as.i;
    qsort(items, list->count, sizeof(*items), by_value);
    *set = (struct cel_int_set){list->count, items};
    return set;
}

static const struct cel_text_set *make_text_set(
    struct cel_compile *c, const struct cel_node *list, uint32_t *ret_least)
{
    struct cel_arena *arena = &c->program->arena;
    struct cel_str *items = cel_arena_get(arena, list->count * sizeof(*items));
    uint32_t least = UINT32_MAX, most = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        items[i] = *cel_literal_text(c->program, &list->kids[i]->value);
        least = items[i].id < least ? items[i].id : least;
        most = items[i].id > most ? items[i].id : most;
    }
    uint32_t range = most - least + 1;
    struct cel_text_set *set =
        cel_arena_get(arena, sizeof(*set) + ((size_t)range + 63) / 64 * sizeof(set->bits[0]));
    *set = (struct cel_text_set){.count = list->count, .items = items, .range = range};
    for (uint32_t i = 0; i < list->count; i++)
        set->bits[(items[i].id - least) / 64] |= (uint64_t)1 << ((items[i].id - least) % 64);
    *ret_least = least;
    return set;
}

static uint64_t enum_mask(const struct cel_node *list)
{
    uint64_t mask = 0;
    for (uint32_t i = 0; i < list->count; i++)
        mask |= list->kids[i]->enum_index < 64 ? (uint64_t)1 << list->kids[i]->enum_index : 0;
    return mask;
}

static bool in_literals(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    const struct cel_node *list = node->kids[1];
    struct cel_operand x;
    if (!all_literals(list) || !cel_compile_operand(c, node->kids[0], &x) || x.constant != NULL)
        return false;
    uint8_t kind = list->kids[0]->value.kind;
    for (uint32_t i = 1; i < list->count; i++)
        if (list->kids[i]->value.kind != kind)
            return false;
    struct cel_ins ins = {.a = x.base, .a_offset = x.offset};
    if (x.cell.type == CEL_HOST_ENUM && cel_domain_get(c->program->env, x.cell.ref)->count <= 64) {
        ins.op = CEL_OP_IN_MASK;
        ins.k = (int64_t)enum_mask(list);
    } else if (x.cell.type == CEL_HOST_ENUM || (x.cell.type == CEL_HOST_INT && kind == CEL_INT)) {
        ins.op = CEL_OP_IN_SET;
        ins.p = make_int_set(c, list, x.cell.type == CEL_HOST_ENUM);
    } else if (x.cell.type == CEL_HOST_STRING && kind == CEL_STRING) {
        ins.op = CEL_OP_SIN_SET;
        ins.p = make_text_set(c, list, &ins.id);
    } else {
        return false;
    }
    cel_emit(c, ins, yes, no);
    return true;
}

/* 'x' in a set of enum values; a constant in a list of ints or of enum values. */
static bool in_cell(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    const struct cel_node *x = node->kids[0];
    struct cel_operand list;
    if (x->kind != CEL_NODE_LITERAL || !cel_compile_operand(c, node->kids[1], &list) || list.constant != NULL)
        return false;
    struct cel_ins ins = {
        .a = list.base, .a_offset = list.offset, .b = list.count_base, .b_offset = list.count_offset};
    if (list.cell.type == CEL_HOST_ENUM_SET && x->enum_index >= 0) {
        ins.op = CEL_OP_TEST_MASK;
        ins.k = (int64_t)((uint64_t)1 << x->enum_index);
    } else if (list.cell.type == CEL_HOST_LIST && list.cell.elem == CEL_HOST_ENUM && x->enum_index >= 0) {
        ins.op = CEL_OP_SCAN;
        ins.k = x->enum_index;
    } else if (list.cell.type == CEL_HOST_LIST && list.cell.elem == CEL_HOST_INT &&
               x->value.kind == CEL_INT) {
        ins.op = CEL_OP_SCAN;
        ins.k = x->value.as.i;
    } else {
        return false;
    }
    cel_emit(c, ins, yes, no);
    return true;
}

bool cel_compile_in(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    return attempt(c, node, yes, no, in_literals) || attempt(c, node, yes, no, in_cell);
}

/* ---- startsWith and its kin ---- */

static bool text_test(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    static const struct {
        const char *name;
        enum cel_op op;
    } tests[] = {{"startsWith", CEL_OP_STARTS}, {"endsWith", CEL_OP_ENDS}, {"contains", CEL_OP_CONTAINS}};
    struct cel_operand x, y;
    if (node->overload == NULL || node->overload->fn == NULL || node->count != 2 ||
        !cel_compile_operand(c, node->kids[0], &x) || !cel_operand_place(c, &x) ||
        x.cell.type != CEL_HOST_STRING)
        return false;
    if (node->extra != NULL) {
        cel_emit(c,
            (struct cel_ins){.op = CEL_OP_MATCHES, .a = x.base, .a_offset = x.offset, .p = node->extra}, yes,
            no);
        return true;
    }
    if (!cel_compile_operand(c, node->kids[1], &y) || !cel_operand_place(c, &y) ||
        y.cell.type != CEL_HOST_STRING)
        return false;
    for (size_t i = 0; i < CEL_COUNT(tests); i++) {
        if (strcmp(tests[i].name, node->name) != 0)
            continue;
        cel_emit(c,
            (struct cel_ins){.op = (uint16_t)tests[i].op,
                .a = x.base,
                .a_offset = x.offset,
                .b = y.base,
                .b_offset = y.offset},
            yes, no);
        return true;
    }
    return false;
}

bool cel_compile_text_test(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no)
{
    return attempt(c, node, yes, no, text_test);
}
