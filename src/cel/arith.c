/*
 * arith.c: + - * / % and unary minus on boxed values. Overflow and division by zero are errors;
 * doubles follow IEEE 754. `+` also joins strings, bytes and lists, and moves timestamps.
 */
#include "cel_int.h"

static struct cel_value int_arith(enum cel_node_kind op, int64_t a, int64_t b)
{
    int64_t r = 0;
    bool overflow = false;
    switch (op) {
    case CEL_NODE_ADD:
        overflow = __builtin_add_overflow(a, b, &r);
        break;
    case CEL_NODE_SUB:
        overflow = __builtin_sub_overflow(a, b, &r);
        break;
    case CEL_NODE_MUL:
        overflow = __builtin_mul_overflow(a, b, &r);
        break;
    default:
        if (b == 0)
            return cel_error(op == CEL_NODE_DIV ? cel_e_div_zero : cel_e_mod_zero);
        if (a == INT64_MIN && b == -1)
            return cel_error(cel_e_overflow);
        r = op == CEL_NODE_DIV ? a / b : a % b;
    }
    return overflow ? cel_error(cel_e_overflow) : cel_int(r);
}

static struct cel_value uint_arith(enum cel_node_kind op, uint64_t a, uint64_t b)
{
    uint64_t r = 0;
    bool overflow = false;
    switch (op) {
    case CEL_NODE_ADD:
        overflow = __builtin_add_overflow(a, b, &r);
        break;
    case CEL_NODE_SUB:
        overflow = __builtin_sub_overflow(a, b, &r);
        break;
    case CEL_NODE_MUL:
        overflow = __builtin_mul_overflow(a, b, &r);
        break;
    default:
        if (b == 0)
            return cel_error(op == CEL_NODE_DIV ? cel_e_div_zero : cel_e_mod_zero);
        r = op == CEL_NODE_DIV ? a / b : a % b;
    }
    return overflow ? cel_error(cel_e_overflow) : cel_uint(r);
}

static struct cel_value double_arith(enum cel_node_kind op, double a, double b)
{
    switch (op) {
    case CEL_NODE_ADD:
        return cel_double(a + b);
    case CEL_NODE_SUB:
        return cel_double(a - b);
    case CEL_NODE_MUL:
        return cel_double(a * b);
    case CEL_NODE_DIV:
        return cel_double(a / b);
    default:
        return cel_error(cel_e_overload);
    }
}

/* ---- time ---- */

static struct cel_value move_timestamp(const struct cel_value *t, int64_t nanos, bool back)
{
    int64_t seconds = nanos / CEL_NS, rest = nanos % CEL_NS;
    if (back) {
        seconds = -seconds;
        rest = -rest;
    }
    rest += t->aux;
    seconds += t->as.i; /* both far from the limits of int64 */
    if (rest < 0) {
        rest += CEL_NS;
        seconds--;
    } else if (rest >= CEL_NS) {
        rest -= CEL_NS;
        seconds++;
    }
    if (seconds < CEL_TIME_MIN || seconds > CEL_TIME_MAX)
        return cel_error("timestamp out of range");
    return cel_timestamp(seconds, (uint32_t)rest);
}

static struct cel_value between(const struct cel_value *a, const struct cel_value *b)
{
    int64_t nanos;
    if (__builtin_mul_overflow(a->as.i - b->as.i, (int64_t)CEL_NS, &nanos) ||
        __builtin_add_overflow(nanos, (int64_t)a->aux - (int64_t)b->aux, &nanos))
        return cel_error("duration out of range");
    return cel_duration(nanos);
}

static struct cel_value time_arith(
    enum cel_node_kind op, const struct cel_value *a, const struct cel_value *b)
{
    int64_t r;
    bool minus = op == CEL_NODE_SUB;
    if (a->kind == CEL_TIMESTAMP && b->kind == CEL_DURATION)
        return move_timestamp(a, b->as.i, minus);
    if (a->kind == CEL_DURATION && b->kind == CEL_TIMESTAMP && !minus)
        return move_timestamp(b, a->as.i, false);
    if (a->kind == CEL_TIMESTAMP && b->kind == CEL_TIMESTAMP && minus)
        return between(a, b);
    if (a->kind != CEL_DURATION || b->kind != CEL_DURATION)
        return cel_error(cel_e_overload);
    bool overflow =
        minus ? __builtin_sub_overflow(a->as.i, b->as.i, &r) : __builtin_add_overflow(a->as.i, b->as.i, &r);
    return overflow ? cel_error("duration out of range") : cel_duration(r);
}

/* ---- joining ---- */

static struct cel_value join_bytes(struct cel_ctx *ctx, const struct cel_value *a, const struct cel_value *b)
{
    size_t len = (size_t)a->aux + b->aux;
    char *joined = len <= UINT32_MAX ? cel_ctx_get(ctx, len + 1) : NULL;
    if (joined == NULL)
        return cel_error(cel_e_memory);
    if (a->aux > 0)
        memcpy(joined, a->as.s, a->aux);
    if (b->aux > 0)
        memcpy(joined + a->aux, b->as.s, b->aux);
    return a->kind == CEL_STRING ? cel_string(joined, len) : cel_bytes(joined, len);
}

static struct cel_value join_lists(struct cel_ctx *ctx, const struct cel_list *a, const struct cel_list *b)
{
    uint64_t count = a->count + b->count;
    struct cel_value *items = cel_ctx_get(ctx, count * sizeof(*items));
    if (items == NULL)
        return cel_error(cel_e_memory);
    if (a->count > 0)
        memcpy(items, a->items, a->count * sizeof(*items));
    if (b->count > 0)
        memcpy(items + a->count, b->items, b->count * sizeof(*items));
    return cel_make_list(ctx, items, count);
}

struct cel_value cel_arith(
    struct cel_ctx *ctx, enum cel_node_kind op, const struct cel_value *a, const struct cel_value *b)
{
    bool time = a->kind == CEL_TIMESTAMP || a->kind == CEL_DURATION;
    if (time && (op == CEL_NODE_ADD || op == CEL_NODE_SUB))
        return time_arith(op, a, b);
    if (a->kind != b->kind)
        return cel_error(cel_e_overload);
    switch (a->kind) {
    case CEL_INT:
        return int_arith(op, a->as.i, b->as.i);
    case CEL_UINT:
        return uint_arith(op, a->as.u, b->as.u);
    case CEL_DOUBLE:
        return double_arith(op, a->as.d, b->as.d);
    case CEL_STRING:
    case CEL_BYTES:
        return op == CEL_NODE_ADD ? join_bytes(ctx, a, b) : cel_error(cel_e_overload);
    case CEL_LIST:
        return op == CEL_NODE_ADD ? join_lists(ctx, a->as.list, b->as.list) : cel_error(cel_e_overload);
    default:
        return cel_error(cel_e_overload);
    }
}

struct cel_value cel_negate(const struct cel_value *a)
{
    if (a->kind == CEL_DOUBLE)
        return cel_double(-a->as.d);
    if (a->kind != CEL_INT)
        return cel_error(cel_e_overload);
    return a->as.i == INT64_MIN ? cel_error(cel_e_overflow) : cel_int(-a->as.i);
}
