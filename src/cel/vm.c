/*
 * vm.c: runs conditions' instructions over host memory. Nothing is boxed or allocated here.
 *
 * The layout of host cells is the host's promise (cel.h); a run reads them and writes registers.
 * A condition that cannot go on (an error, a spent budget) bails and has changed nothing outside.
 * Each instruction ends with its own jump to the next one's code, so that the processor learns
 * what follows what; that needs addresses of labels, which both gcc and clang have.
 */
#include "vm_int.h"

#define SPAN_MAX   9223372036 /* seconds of the longest duration */
#define SHORT_TEXT 256u

static const struct cel_str *text_at(const char *place)
{
    return (const struct cel_str *)(const void *)place;
}

static bool same_bytes(const struct cel_str *a, const struct cel_str *b)
{
    return a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0);
}

static bool same_text(const struct cel_str *a, const struct cel_str *b)
{
    if (a->id != 0 && b->id != 0 && (a->id > 1 || b->id > 1)) /* 1: equals no literal */
        return a->id == b->id;
    return same_bytes(a, b);
}

static inline bool in_text_set(const struct cel_str *text, const struct cel_text_set *set, uint32_t least)
{
    if (text->id != 0) {
        uint32_t bit = text->id - least; /* wraps to far outside for smaller ids */
        return bit < set->range && (set->bits[bit / 64] >> bit % 64 & 1) != 0;
    }
    for (uint32_t i = 0; i < set->count; i++)
        if (same_bytes(&set->items[i], text))
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

/* Most texts differ in the byte looked at first, which saves the call. */
static bool starts(const struct cel_str *a, const struct cel_str *b)
{
    return b->len == 0 || (a->len >= b->len && a->ptr[0] == b->ptr[0] && memcmp(a->ptr, b->ptr, b->len) == 0);
}

static bool ends(const struct cel_str *a, const struct cel_str *b)
{
    return b->len == 0 || (a->len >= b->len && a->ptr[a->len - 1] == b->ptr[b->len - 1] &&
                              memcmp(a->ptr + (a->len - b->len), b->ptr, b->len) == 0);
}

/* memmem() takes longer to prepare than a short text takes to be looked through. */
static bool contains(const struct cel_str *a, const struct cel_str *b)
{
    if (b->len == 0 || a->len < b->len)
        return b->len == 0;
    if (a->len > SHORT_TEXT)
        return memmem(a->ptr, a->len, b->ptr, b->len) != NULL;
    const char *at = a->ptr, *last = a->ptr + (a->len - b->len);
    while (at <= last && (at = memchr(at, b->ptr[0], (size_t)(last - at) + 1)) != NULL) {
        if (memcmp(at, b->ptr, b->len) == 0)
            return true;
        at++;
    }
    return false;
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

/* False: division by zero, or overflow. */
static bool divide(uint16_t op, int64_t a, int64_t b, int64_t *ret)
{
    if (b == 0 || (a == INT64_MIN && b == -1))
        return false;
    *ret = op == CEL_OP_DIV ? a / b : a % b;
    return true;
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

static bool within_budget(struct cel_ctx *ctx, uint64_t steps)
{
    return !__builtin_add_overflow(ctx->steps, steps, &ctx->steps) && ctx->steps <= ctx->steps_max;
}

#define A         ((const char *)regs[ip->a].p + ip->a_offset)
#define B         ((const char *)regs[ip->b].p + ip->b_offset)
#define INT(x)    (*(const int64_t *)(const void *)(x))
#define UINT(x)   (*(const uint64_t *)(const void *)(x))
#define DOUBLE(x) (*(const double *)(const void *)(x))
#define ITEMS(x)  (*(const void *const *)(const void *)(x))

#define DISPATCH() goto *code_of[ip->op]
#define BRANCH(condition)                                                                                    \
    ip = code + ((condition) ? ip->yes : ip->no);                                                            \
    DISPATCH()
#define NEXT_INS()                                                                                           \
    ip++;                                                                                                    \
    DISPATCH()
#define NEXT_OR_BAIL(good)                                                                                   \
    if (!(good))                                                                                             \
        goto bail;                                                                                           \
    NEXT_INS()

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic" /* addresses of labels */

void cel_vm_run(struct cel_ctx *ctx, struct cel_run *job)
{
    static const void *const code_of[] = {
#define CEL_OP_LABEL(name, bails) &&op_##name,
        CEL_OPS(CEL_OP_LABEL)
#undef CEL_OP_LABEL
    };
    const struct cel_ins *const code = ctx->program->code, *ip;
    union cel_slot *const regs = ctx->regs;
    uint64_t word = 0;
    uint32_t at = 0;
    bool failed;
    int truth;

begin:
    ctx->steps = 0;
    ip = code + job->entries[at];
    DISPATCH();
bail:
    job->bailed[at / 64] |= (uint64_t)1 << at % 64;
    goto next;
op_RETURN:
    word |= (uint64_t)ip->k << at % 64;
next:
    at++;
    if (at % 64 == 0 || at == job->count) {
        job->fired[(at - 1) / 64] = word;
        word = 0;
        if (at == job->count)
            return;
    }
    goto begin;

op_BAIL:
    goto bail;
op_JUMP:
    BRANCH(true);
op_TEST:
    BRANCH(INT(A) != 0);
op_TEST8:
    BRANCH(*A != 0);
op_TEST_MASK:
    BRANCH((INT(A) & ip->k) != 0);
op_EQ_K:
    BRANCH(INT(A) == ip->k);
op_LT_K:
    BRANCH(INT(A) < ip->k);
op_LE_K:
    BRANCH(INT(A) <= ip->k);
op_EQ:
    BRANCH(INT(A) == INT(B));
op_LT:
    BRANCH(INT(A) < INT(B));
op_LE:
    BRANCH(INT(A) <= INT(B));
op_DIFF_LT_K : {
    int64_t difference;
    if (__builtin_sub_overflow(INT(A), INT(B), &difference))
        goto bail;
    BRANCH(difference < ip->k);
}
op_DIFF_LE_K : {
    int64_t difference;
    if (__builtin_sub_overflow(INT(A), INT(B), &difference))
        goto bail;
    BRANCH(difference <= ip->k);
}
op_ULT:
    BRANCH(UINT(A) < UINT(B));
op_ULE:
    BRANCH(UINT(A) <= UINT(B));
op_DEQ:
    BRANCH(DOUBLE(A) == DOUBLE(B));
op_DLT:
    BRANCH(DOUBLE(A) < DOUBLE(B));
op_DLE:
    BRANCH(DOUBLE(A) <= DOUBLE(B));
op_IN_MASK:
    BRANCH(UINT(A) < 64 && ((uint64_t)ip->k >> UINT(A) & 1) != 0);
op_IN_SET:
    BRANCH(in_int_set(INT(A), ip->p));
op_SCAN:
    BRANCH(scan(ITEMS(A), UINT(B), ip->k));
op_SEQ_K : {
    uint32_t id = text_at(A)->id;
    BRANCH(id != 0 ? id == ip->id : same_bytes(text_at(A), ip->p));
}
op_SIN_SET:
    BRANCH(in_text_set(text_at(A), ip->p, ip->id));
op_SEQ:
    BRANCH(same_text(text_at(A), text_at(B)));
op_SLT:
    BRANCH(compare_text(text_at(A), text_at(B)) < 0);
op_SLE:
    BRANCH(compare_text(text_at(A), text_at(B)) <= 0);
op_STARTS:
    BRANCH(starts(text_at(A), text_at(B)));
op_ENDS:
    BRANCH(ends(text_at(A), text_at(B)));
op_CONTAINS:
    BRANCH(contains(text_at(A), text_at(B)));
op_MATCHES:
    truth = cel_regex_search(ctx, ip->p, text_at(A)->ptr, text_at(A)->len, &failed);
    if (failed)
        goto bail;
    BRANCH(truth);
op_MOVE:
    regs[ip->c].i = INT(A);
    NEXT_INS();
op_LOAD:
    regs[ip->c].p = ITEMS(A);
    NEXT_OR_BAIL(regs[ip->c].p != NULL);
op_ADD:
    NEXT_OR_BAIL(!__builtin_add_overflow(INT(A), INT(B), &regs[ip->c].i));
op_SUB:
    NEXT_OR_BAIL(!__builtin_sub_overflow(INT(A), INT(B), &regs[ip->c].i));
op_MUL:
    NEXT_OR_BAIL(!__builtin_mul_overflow(INT(A), INT(B), &regs[ip->c].i));
op_DIV:
op_MOD:
    NEXT_OR_BAIL(divide(ip->op, INT(A), INT(B), &regs[ip->c].i));
op_UADD:
    NEXT_OR_BAIL(!__builtin_add_overflow(UINT(A), UINT(B), &regs[ip->c].u));
op_USUB:
    NEXT_OR_BAIL(!__builtin_sub_overflow(UINT(A), UINT(B), &regs[ip->c].u));
op_UMUL:
    NEXT_OR_BAIL(!__builtin_mul_overflow(UINT(A), UINT(B), &regs[ip->c].u));
op_DADD:
    regs[ip->c].d = DOUBLE(A) + DOUBLE(B);
    NEXT_INS();
op_DSUB:
    regs[ip->c].d = DOUBLE(A) - DOUBLE(B);
    NEXT_INS();
op_DMUL:
    regs[ip->c].d = DOUBLE(A) * DOUBLE(B);
    NEXT_INS();
op_DDIV:
    regs[ip->c].d = DOUBLE(A) / DOUBLE(B);
    NEXT_INS();
op_TIME_ADD:
op_TIME_SUB:
op_SPAN_ADD:
op_SPAN_SUB:
    NEXT_OR_BAIL(time_arith(ip->op, INT(A), INT(B), &regs[ip->c].i));
op_TEXT_SIZE:
    regs[ip->c].u = cel_utf8_count(text_at(A)->ptr, text_at(A)->len);
    NEXT_INS();
op_BITS_SIZE:
    regs[ip->c].i = __builtin_popcountll(UINT(A));
    NEXT_INS();
op_ZERO:
    regs[ip->c].i = 0;
    NEXT_INS();
op_INCREMENT:
    regs[ip->c].i++;
    BRANCH(true);
op_COUNT_TO:
    BRANCH(++regs[ip->c].i == ip->k);
op_LOOP: /* the whole list is charged at once: what that refuses, the reference interpreter judges */
    regs[ip->c].p = ITEMS(A);
    regs[ip->c + 1].u = UINT(B);
    if (!within_budget(ctx, UINT(B)))
        goto bail;
    BRANCH(UINT(B) != 0);
op_LOOP_P:
    regs[ip->c].p = ITEMS(A);
    regs[ip->c + 1].u = UINT(B);
    if (!within_budget(ctx, UINT(B)))
        goto bail;
    if (UINT(B) != 0)
        regs[ip->c + 2].p = ITEMS(regs[ip->c].p);
    BRANCH(regs[ip->c + 1].u != 0);
op_NEXT:
    regs[ip->c].p = (const char *)regs[ip->c].p + ip->k;
    BRANCH(--regs[ip->c + 1].u != 0);
op_NEXT_P:
    regs[ip->c].p = (const char *)regs[ip->c].p + ip->k;
    if (--regs[ip->c + 1].u != 0)
        regs[ip->c + 2].p = ITEMS(regs[ip->c].p);
    BRANCH(regs[ip->c + 1].u != 0);
op_WALK:
    truth = walk_site(ctx, regs, ip->p);
    if (truth < 0)
        goto bail;
    BRANCH(truth);
}

#pragma GCC diagnostic pop

void cel_vm_prepare(struct cel_ctx *ctx)
{
    ctx->regs[CEL_REG_SELF].p = ctx->regs;
    ctx->regs[CEL_REG_POOL].p = ctx->program->pool;
}
