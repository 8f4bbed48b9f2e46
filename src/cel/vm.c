/*
 * vm.c: runs a condition's instructions over host memory. Nothing is boxed or allocated here.
 *
 * The layout of host cells is the host's promise (cel.h); a run reads them and writes registers.
 * A run that cannot go on (an error, a spent budget) gives -1 and has changed nothing outside.
 */
#include "vm_int.h"

#define SPAN_MAX 9223372036 /* seconds of the longest duration */

static const struct cel_str *text_at(const char *place)
{
    return (const struct cel_str *)(const void *)place;
}

static bool same_text(const struct cel_str *a, const struct cel_str *b)
{
    if (a->id != 0 && b->id != 0 && (a->id > 1 || b->id > 1)) /* 1: equals no literal */
        return a->id == b->id;
    return a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

static bool in_text_set(const struct cel_str *text, const struct cel_text_set *set)
{
    if (text->id != 0) {
        uint32_t bit = text->id - set->first; /* wraps to far outside for smaller ids */
        return bit / 64 < set->words && (set->bits[bit / 64] >> bit % 64 & 1) != 0;
    }
    for (uint32_t i = 0; i < set->count; i++)
        if (set->items[i].len == text->len && memcmp(set->items[i].ptr, text->ptr, text->len) == 0)
            return true;
    return false;
}

static bool in_int_set(int64_t value, const struct cel_int_set *set)
{
    uint32_t low = 0, high = set->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (set->items[middle] == value)
            return true;
        if (set->items[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static bool scan(const int64_t *items, uint64_t count, int64_t value)
{
    for (uint64_t i = 0; i < count; i++)
        if (items[i] == value)
            return true;
    return false;
}

static bool starts(const struct cel_str *a, const struct cel_str *b)
{
    return b->len == 0 || (a->len >= b->len && memcmp(a->ptr, b->ptr, b->len) == 0);
}

static bool ends(const struct cel_str *a, const struct cel_str *b)
{
    return b->len == 0 || (a->len >= b->len && memcmp(a->ptr + (a->len - b->len), b->ptr, b->len) == 0);
}

static bool contains(const struct cel_str *a, const struct cel_str *b)
{
    return b->len == 0 || (a->len >= b->len && memmem(a->ptr, a->len, b->ptr, b->len) != NULL);
}

static int compare_text(const struct cel_str *a, const struct cel_str *b)
{
    return cel_bytes_compare(a->ptr, a->len, b->ptr, b->len);
}

/* Boxes the loop variables and asks the reference interpreter: 1, 0, or -1 for an error. */
static int walk_site(struct cel_ctx *ctx, const union cel_slot *regs, const struct cel_site *site)
{
    for (uint32_t i = 0; i < site->count; i++) {
        const struct cel_operand *x = &site->bounds[i].operand;
        const char *base = regs[x->base].p, *count_base = regs[x->count_base].p;
        ctx->locals[site->bounds[i].local] =
            cel_cell_read(ctx, &x->cell, base + x->offset, count_base + x->count_offset);
    }
    struct cel_value v = cel_walk(ctx, site->node);
    return v.kind == CEL_BOOL ? v.as.b : -1;
}

/* One operation on ints; false: overflow or division by zero. */
static bool int_arith(uint16_t op, int64_t a, int64_t b, int64_t *ret)
{
    switch (op) {
    case CEL_OP_ADD:
        return !__builtin_add_overflow(a, b, ret);
    case CEL_OP_SUB:
        return !__builtin_sub_overflow(a, b, ret);
    case CEL_OP_MUL:
        return !__builtin_mul_overflow(a, b, ret);
    default:
        if (b == 0 || (a == INT64_MIN && b == -1))
            return false;
        *ret = op == CEL_OP_DIV ? a / b : a % b;
        return true;
    }
}

static bool uint_arith(uint16_t op, uint64_t a, uint64_t b, uint64_t *ret)
{
    if (op == CEL_OP_UADD)
        return !__builtin_add_overflow(a, b, ret);
    return op == CEL_OP_USUB ? !__builtin_sub_overflow(a, b, ret) : !__builtin_mul_overflow(a, b, ret);
}

static double double_arith(uint16_t op, double a, double b)
{
    switch (op) {
    case CEL_OP_DADD:
        return a + b;
    case CEL_OP_DSUB:
        return a - b;
    case CEL_OP_DMUL:
        return a * b;
    default:
        return a / b;
    }
}

/* Seconds in range; host cells and constants are far from the limits of int64. */
static bool time_arith(uint16_t op, int64_t a, int64_t b, int64_t *ret)
{
    bool minus = op == CEL_OP_TIME_SUB || op == CEL_OP_SPAN_SUB;
    if (minus ? __builtin_sub_overflow(a, b, ret) : __builtin_add_overflow(a, b, ret))
        return false;
    if (op == CEL_OP_TIME_ADD || op == CEL_OP_TIME_SUB)
        return *ret >= CEL_TIME_MIN && *ret <= CEL_TIME_MAX;
    return *ret >= -SPAN_MAX && *ret <= SPAN_MAX;
}

#define A         ((const char *)regs[ip->a].p + ip->a_offset)
#define B         ((const char *)regs[ip->b].p + ip->b_offset)
#define INT(x)    (*(const int64_t *)(const void *)(x))
#define UINT(x)   (*(const uint64_t *)(const void *)(x))
#define DOUBLE(x) (*(const double *)(const void *)(x))
#define BRANCH(condition)                                                                                    \
    ip = code + ((condition) ? ip->yes : ip->no);                                                            \
    continue
#define VALUE_OR_BAIL(good)                                                                                  \
    if (!(good))                                                                                             \
        return -1;                                                                                           \
    ip = code + ip->yes;                                                                                     \
    continue

static int run(
    struct cel_ctx *ctx, const struct cel_ins *code, const struct cel_ins *ip, union cel_slot *regs)
{
    bool failed;
    int truth;
    for (;;) {
        switch (ip->op) {
        case CEL_OP_RETURN:
            return (int)ip->k;
        case CEL_OP_JUMP:
            BRANCH(true);
        case CEL_OP_TEST:
            BRANCH(INT(A) != 0);
        case CEL_OP_TEST8:
            BRANCH(*A != 0);
        case CEL_OP_TEST_MASK:
            BRANCH((INT(A) & ip->k) != 0);
        case CEL_OP_EQ_K:
            BRANCH(INT(A) == ip->k);
        case CEL_OP_LT_K:
            BRANCH(INT(A) < ip->k);
        case CEL_OP_LE_K:
            BRANCH(INT(A) <= ip->k);
        case CEL_OP_EQ:
            BRANCH(INT(A) == INT(B));
        case CEL_OP_LT:
            BRANCH(INT(A) < INT(B));
        case CEL_OP_LE:
            BRANCH(INT(A) <= INT(B));
        case CEL_OP_ULT:
            BRANCH(UINT(A) < UINT(B));
        case CEL_OP_ULE:
            BRANCH(UINT(A) <= UINT(B));
        case CEL_OP_DEQ:
            BRANCH(DOUBLE(A) == DOUBLE(B));
        case CEL_OP_DLT:
            BRANCH(DOUBLE(A) < DOUBLE(B));
        case CEL_OP_DLE:
            BRANCH(DOUBLE(A) <= DOUBLE(B));
        case CEL_OP_IN_MASK:
            BRANCH(UINT(A) < 64 && ((uint64_t)ip->k >> UINT(A) & 1) != 0);
        case CEL_OP_IN_SET:
            BRANCH(in_int_set(INT(A), ip->p));
        case CEL_OP_SCAN:
            BRANCH(scan(*(const int64_t *const *)(const void *)A, UINT(B), ip->k));
        case CEL_OP_SEQ_K:
            BRANCH(same_text(text_at(A), ip->p));
        case CEL_OP_SIN_SET:
            BRANCH(in_text_set(text_at(A), ip->p));
        case CEL_OP_SEQ:
            BRANCH(same_text(text_at(A), text_at(B)));
        case CEL_OP_SLT:
            BRANCH(compare_text(text_at(A), text_at(B)) < 0);
        case CEL_OP_SLE:
            BRANCH(compare_text(text_at(A), text_at(B)) <= 0);
        case CEL_OP_STARTS:
            BRANCH(starts(text_at(A), text_at(B)));
        case CEL_OP_ENDS:
            BRANCH(ends(text_at(A), text_at(B)));
        case CEL_OP_CONTAINS:
            BRANCH(contains(text_at(A), text_at(B)));
        case CEL_OP_MATCHES:
            truth = cel_regex_search(ctx, ip->p, text_at(A)->ptr, text_at(A)->len, &failed);
            if (failed)
                return -1;
            BRANCH(truth);
        case CEL_OP_MOVE:
            regs[ip->c].i = INT(A);
            VALUE_OR_BAIL(true);
        case CEL_OP_LOAD:
            regs[ip->c].p = *(const void *const *)(const void *)A;
            VALUE_OR_BAIL(regs[ip->c].p != NULL);
        case CEL_OP_ADD:
        case CEL_OP_SUB:
        case CEL_OP_MUL:
        case CEL_OP_DIV:
        case CEL_OP_MOD:
            VALUE_OR_BAIL(int_arith(ip->op, INT(A), INT(B), &regs[ip->c].i));
        case CEL_OP_UADD:
        case CEL_OP_USUB:
        case CEL_OP_UMUL:
            VALUE_OR_BAIL(uint_arith(ip->op, UINT(A), UINT(B), &regs[ip->c].u));
        case CEL_OP_DADD:
        case CEL_OP_DSUB:
        case CEL_OP_DMUL:
        case CEL_OP_DDIV:
            regs[ip->c].d = double_arith(ip->op, DOUBLE(A), DOUBLE(B));
            VALUE_OR_BAIL(true);
        case CEL_OP_TIME_ADD:
        case CEL_OP_TIME_SUB:
        case CEL_OP_SPAN_ADD:
        case CEL_OP_SPAN_SUB:
            VALUE_OR_BAIL(time_arith(ip->op, INT(A), INT(B), &regs[ip->c].i));
        case CEL_OP_TEXT_SIZE:
            regs[ip->c].u = cel_utf8_count(text_at(A)->ptr, text_at(A)->len);
            VALUE_OR_BAIL(true);
        case CEL_OP_BITS_SIZE:
            regs[ip->c].i = __builtin_popcountll(UINT(A));
            VALUE_OR_BAIL(true);
        case CEL_OP_ZERO:
            regs[ip->c].i = 0;
            VALUE_OR_BAIL(true);
        case CEL_OP_INCREMENT:
            regs[ip->c].i++;
            VALUE_OR_BAIL(true);
        case CEL_OP_LOOP:
            regs[ip->c].p = *(const void *const *)(const void *)A;
            regs[ip->c + 1].u = UINT(B); /* how many are left */
            BRANCH(UINT(B) != 0);
        case CEL_OP_LOOP_P:
            regs[ip->c].p = *(const void *const *)(const void *)A;
            regs[ip->c + 1].u = UINT(B);
            if (UINT(B) != 0)
                regs[ip->c + 2].p = *(const void *const *)regs[ip->c].p;
            BRANCH(regs[ip->c + 1].u != 0);
        case CEL_OP_NEXT:
            regs[ip->c].p = (const char *)regs[ip->c].p + ip->k;
            if (++ctx->steps > ctx->steps_max)
                return -1;
            BRANCH(--regs[ip->c + 1].u != 0);
        case CEL_OP_NEXT_P:
            regs[ip->c].p = (const char *)regs[ip->c].p + ip->k;
            if (++ctx->steps > ctx->steps_max)
                return -1;
            if (--regs[ip->c + 1].u != 0)
                regs[ip->c + 2].p = *(const void *const *)regs[ip->c].p;
            BRANCH(regs[ip->c + 1].u != 0);
        default: /* WALK */
            truth = walk_site(ctx, regs, ip->p);
            if (truth < 0)
                return -1;
            BRANCH(truth);
        }
    }
}

int cel_vm_run(struct cel_ctx *ctx, const struct cel_expr *expr)
{
    union cel_slot *regs = ctx->regs;
    for (uint32_t i = 0; i < expr->used_count; i++)
        regs[CEL_REG_SLOTS + expr->used[i]] = ctx->slots[expr->used[i]];
    const struct cel_ins *code = ctx->program->code;
    return run(ctx, code, code + expr->entry, regs);
}

void cel_vm_prepare(struct cel_ctx *ctx)
{
    ctx->regs[CEL_REG_SELF].p = ctx->regs;
    ctx->regs[CEL_REG_POOL].p = ctx->program->pool;
}
