/*
 * stdlib_math.c: math.*: extremes, rounding, signs, bits.
 */
#include "cel_int.h"

#include <math.h>

static bool is_number(const struct cel_value *v)
{
    return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

/* The greatest (wanted 1) or least (-1) of values, or of the one list given. */
static struct cel_value extreme(const struct cel_value *a, uint64_t n, int wanted)
{
    if (n == 1 && a->kind == CEL_LIST) {
        n = a->as.list->count;
        a = a->as.list->items;
    }
    if (n == 0)
        return cel_error("no numbers to compare");
    const struct cel_value *best = a;
    for (uint64_t i = 0; i < n; i++) {
        if (!is_number(&a[i]))
            return cel_error(cel_e_overload);
        if (cel_number_compare(&a[i], best) == wanted)
            best = &a[i];
    }
    return *best;
}

static struct cel_value greatest(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx;
    return extreme(a, n, 1);
}

static struct cel_value least(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx;
    return extreme(a, n, -1);
}

#define DOUBLE_FUNCTION(name, expression)                                                                    \
    static struct cel_value name(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)                 \
    {                                                                                                        \
        (void)ctx, (void)n;                                                                                  \
        return expression;                                                                                   \
    }

DOUBLE_FUNCTION(m_ceil, cel_double(ceil(a->as.d)))
DOUBLE_FUNCTION(m_floor, cel_double(floor(a->as.d)))
DOUBLE_FUNCTION(m_round, cel_double(round(a->as.d)))
DOUBLE_FUNCTION(m_trunc, cel_double(trunc(a->as.d)))
DOUBLE_FUNCTION(is_nan, cel_bool(isnan(a->as.d)))
DOUBLE_FUNCTION(is_inf, cel_bool(isinf(a->as.d)))
DOUBLE_FUNCTION(is_finite, cel_bool(isfinite(a->as.d)))

static struct cel_value absolute(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    if (a->kind == CEL_DOUBLE)
        return cel_double(fabs(a->as.d));
    return a->kind == CEL_INT && a->as.i < 0 ? cel_negate(a) : *a;
}

static struct cel_value sign(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    if (a->kind == CEL_INT)
        return cel_int((a->as.i > 0) - (a->as.i < 0));
    if (a->kind == CEL_UINT)
        return cel_uint(a->as.u > 0);
    return isnan(a->as.d) ? *a : cel_double((a->as.d > 0) - (a->as.d < 0));
}

static struct cel_value square_root(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_double(sqrt(a->kind == CEL_INT    ? (double)a->as.i
                           : a->kind == CEL_UINT ? (double)a->as.u
                                                 : a->as.d));
}

/* The result has the kind of the first operand; its bits are what was computed. */
static struct cel_value bits(const struct cel_value *a, uint64_t u)
{
    return a->kind == CEL_UINT ? cel_uint(u) : cel_int((int64_t)u);
}

DOUBLE_FUNCTION(bit_and, bits(a, a[0].as.u &a[1].as.u))
DOUBLE_FUNCTION(bit_or, bits(a, a[0].as.u | a[1].as.u))
DOUBLE_FUNCTION(bit_xor, bits(a, a[0].as.u ^ a[1].as.u))
DOUBLE_FUNCTION(bit_not, bits(a, ~a[0].as.u))

static struct cel_value shift(const struct cel_value *a, bool left)
{
    if (a[1].as.i < 0)
        return cel_error("shift by a negative number");
    if (a[1].as.i > 63)
        return bits(a, 0);
    return bits(a, left ? a[0].as.u << a[1].as.i : a[0].as.u >> a[1].as.i);
}

DOUBLE_FUNCTION(shift_left, shift(a, true))
DOUBLE_FUNCTION(shift_right, shift(a, false))

#define M CEL_LIB_MATH
#define EXTREMES(name, fn)                                                                                   \
    {"math." name "(int) -> int", fn, M, 1}, {"math." name "(uint) -> uint", fn, M, 1},                      \
        {"math." name "(double) -> double", fn, M, 1}, {"math." name "(int, int) -> int", fn, M, 1},         \
        {"math." name "(uint, uint) -> uint", fn, M, 1},                                                     \
        {"math." name "(double, double) -> double", fn, M, 1},                                               \
        {"math." name "(list(int)) -> int", fn, M, 8}, {"math." name "(list(uint)) -> uint", fn, M, 8},      \
        {"math." name "(list(double)) -> double", fn, M, 8}, {"math." name "(list(dyn)) -> dyn", fn, M, 8},  \
        {"math." name "(int, int, int ...) -> int", fn, M, 4},                                               \
        {"math." name "(double, double, double ...) -> double", fn, M, 4}, MIXED(name, fn)
#define MIXED(name, fn)                                                                                      \
    {"math." name "(dyn, dyn) -> dyn", fn, M, 1},                                                            \
    {                                                                                                        \
        "math." name "(dyn, dyn, dyn ...) -> dyn", fn, M, 4                                                  \
    }
#define ROUNDING(name, fn)                                                                                   \
    {                                                                                                        \
        "math." name "(double) -> double", fn, M, 1                                                          \
    }
#define TEST(name, fn)                                                                                       \
    {                                                                                                        \
        "math." name "(double) -> bool", fn, M, 1                                                            \
    }
#define NUMBERS(name, fn)                                                                                    \
    {"math." name "(int) -> int", fn, M, 1}, {"math." name "(uint) -> uint", fn, M, 1}, ROUNDING(name, fn)
#define BITS(name, fn)                                                                                       \
    {"math." name "(int, int) -> int", fn, M, 1},                                                            \
    {                                                                                                        \
        "math." name "(uint, uint) -> uint", fn, M, 1                                                        \
    }
#define SHIFT(name, fn)                                                                                      \
    {"math." name "(int, int) -> int", fn, M, 1},                                                            \
    {                                                                                                        \
        "math." name "(uint, int) -> uint", fn, M, 1                                                         \
    }

const struct cel_def cel_defs_math[] = {
    EXTREMES("greatest", greatest),
    EXTREMES("least", least),
    ROUNDING("ceil", m_ceil),
    ROUNDING("floor", m_floor),
    ROUNDING("round", m_round),
    ROUNDING("trunc", m_trunc),
    TEST("isNaN", is_nan),
    TEST("isInf", is_inf),
    TEST("isFinite", is_finite),
    NUMBERS("abs", absolute),
    NUMBERS("sign", sign),
    {"math.sqrt(int) -> double", square_root, M, 1},
    {"math.sqrt(uint) -> double", square_root, M, 1},
    {"math.sqrt(double) -> double", square_root, M, 1},
    BITS("bitAnd", bit_and),
    BITS("bitOr", bit_or),
    BITS("bitXor", bit_xor),
    {"math.bitNot(int) -> int", bit_not, M, 1},
    {"math.bitNot(uint) -> uint", bit_not, M, 1},
    SHIFT("bitShiftLeft", shift_left),
    SHIFT("bitShiftRight", shift_right),
    {NULL, NULL, 0, 0},
};
