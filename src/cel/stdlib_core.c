/*
 * stdlib_core.c: the standard functions but time: operators' signatures, size, text tests,
 * conversions. Operators themselves are evaluated by walk.c; here stand the types they take.
 */
#include "cel_int.h"

#include <math.h>
#include <stdio.h>

/* ---- size and text ---- */

static struct cel_value size(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    switch (a->kind) {
    case CEL_STRING:
        return cel_step(ctx, a->aux / 64) ? cel_int((int64_t)cel_utf8_count(a->as.s, a->aux))
                                          : cel_error(cel_e_steps);
    case CEL_BYTES:
        return cel_int(a->aux);
    case CEL_LIST:
        return cel_int((int64_t)a->as.list->count);
    default:
        return cel_int((int64_t)a->as.map->count);
    }
}

static struct cel_value contains(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    if (!cel_step(ctx, a[0].aux / 16))
        return cel_error(cel_e_steps);
    return cel_bool(
        a[1].aux == 0 || (a[0].aux > 0 && memmem(a[0].as.s, a[0].aux, a[1].as.s, a[1].aux) != NULL));
}

static struct cel_value starts_with(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_bool(a[1].aux == 0 || (a[0].aux >= a[1].aux && memcmp(a[0].as.s, a[1].as.s, a[1].aux) == 0));
}

static struct cel_value ends_with(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    if (a[1].aux == 0)
        return cel_bool(true);
    return cel_bool(
        a[0].aux >= a[1].aux && memcmp(a[0].as.s + (a[0].aux - a[1].aux), a[1].as.s, a[1].aux) == 0);
}

struct cel_value cel_call_matches(
    struct cel_ctx *ctx, const struct cel_value *text, const struct cel_regex *regex)
{
    bool failed = false;
    if (text->kind != CEL_STRING)
        return cel_error(cel_e_overload);
    bool found = cel_regex_search(ctx, regex, text->as.s, text->aux, &failed);
    return failed ? cel_error(cel_spent(ctx)) : cel_bool(found);
}

/* A pattern that is only known now is compiled each time. */
static struct cel_value matches(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const char *error;
    uint32_t at;
    (void)n;
    if (!cel_step(ctx, (uint64_t)a[1].aux * 8))
        return cel_error(cel_e_steps);
    const struct cel_regex *regex = cel_regex_compile(&ctx->arena, a[1].as.s, a[1].aux, &error, &at);
    return regex != NULL ? cel_call_matches(ctx, &a[0], regex) : cel_error(error);
}

/* ---- conversions ---- */

static struct cel_value same(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return *a;
}

static struct cel_value int_from_double(double d)
{
    if (!(d > -9223372036854775808.0 && d < 9223372036854775808.0))
        return cel_error(cel_e_range);
    return cel_int((int64_t)d);
}

/* Decimal digits with an optional sign; false: anything else, or too large. */
static bool read_decimal(const struct cel_value *text, bool *minus, uint64_t *ret)
{
    const char *at = text->as.s, *end = at + text->aux;
    *minus = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end)
        return false;
    for (*ret = 0; at < end; at++)
        if (*at < '0' || *at > '9' || __builtin_mul_overflow(*ret, 10u, ret) ||
            __builtin_add_overflow(*ret, (uint64_t)(*at - '0'), ret))
            return false;
    return true;
}

static struct cel_value int_from_string(const struct cel_value *a)
{
    bool minus;
    uint64_t magnitude;
    if (!read_decimal(a, &minus, &magnitude) || magnitude > (uint64_t)INT64_MAX + minus)
        return cel_error("text is not an int");
    return cel_int(minus ? (int64_t)(0 - magnitude) : (int64_t)magnitude);
}

static struct cel_value to_int(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    switch (a->kind) {
    case CEL_UINT:
        return a->as.u > INT64_MAX ? cel_error(cel_e_range) : cel_int(a->as.i);
    case CEL_DOUBLE:
        return int_from_double(a->as.d);
    case CEL_STRING:
        return int_from_string(a);
    default: /* INT, TIMESTAMP: its seconds */
        return cel_int(a->as.i);
    }
}

static struct cel_value to_uint(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    bool minus;
    uint64_t magnitude;
    (void)ctx, (void)n;
    switch (a->kind) {
    case CEL_INT:
        return a->as.i < 0 ? cel_error(cel_e_range) : cel_uint(a->as.u);
    case CEL_DOUBLE:
        if (!(a->as.d >= 0 && a->as.d < 18446744073709551616.0))
            return cel_error(cel_e_range);
        return cel_uint((uint64_t)a->as.d);
    case CEL_STRING:
        if (!read_decimal(a, &minus, &magnitude) || minus)
            return cel_error("text is not a uint");
        return cel_uint(magnitude);
    default:
        return *a;
    }
}

static struct cel_value to_double(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    double d;
    (void)ctx, (void)n;
    switch (a->kind) {
    case CEL_INT:
        return cel_double((double)a->as.i);
    case CEL_UINT:
        return cel_double((double)a->as.u);
    case CEL_STRING:
        return cel_read_double(a->as.s, a->aux, &d) ? cel_double(d) : cel_error("text is not a double");
    default:
        return *a;
    }
}

static struct cel_value to_bool(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    static const struct {
        const char *text;
        bool value;
    } words[] = {{"1", true}, {"t", true}, {"true", true}, {"TRUE", true}, {"True", true}, {"0", false},
        {"f", false}, {"false", false}, {"FALSE", false}, {"False", false}};
    (void)ctx, (void)n;
    if (a->kind == CEL_BOOL)
        return *a;
    for (size_t i = 0; i < CEL_COUNT(words); i++)
        if (strlen(words[i].text) == a->aux && memcmp(words[i].text, a->as.s, a->aux) == 0)
            return cel_bool(words[i].value);
    return cel_error("text is not a bool");
}

static struct cel_value to_bytes(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_bytes(a->as.s, a->aux);
}

static struct cel_value to_string(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    char text[64];
    size_t len;
    (void)n;
    switch (a->kind) {
    case CEL_BOOL:
        return cel_make_string(ctx, a->as.b ? "true" : "false", a->as.b ? 4 : 5);
    case CEL_INT:
        len = (size_t)snprintf(text, sizeof(text), "%lld", (long long)a->as.i);
        break;
    case CEL_UINT:
        len = (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)a->as.u);
        break;
    case CEL_DOUBLE:
        len = cel_double_text(a->as.d, text, sizeof(text));
        break;
    case CEL_BYTES:
        return cel_utf8_valid(a->as.s, a->aux) ? cel_string(a->as.s, a->aux)
                                               : cel_error("bytes are not UTF-8");
    case CEL_TIMESTAMP:
        len = cel_timestamp_text(a->as.i, a->aux, text, sizeof(text));
        break;
    case CEL_DURATION:
        len = cel_duration_text(a->as.i, text, sizeof(text));
        break;
    default:
        return *a;
    }
    return cel_make_string(ctx, text, len);
}

static struct cel_value to_type(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    if (a->kind == CEL_STRUCT)
        return cel_type_of(cel_record_get(ctx->program->env, a->ref)->name);
    if (a->kind == CEL_OPAQUE)
        return cel_type_of(ctx->program->env->opaques[a->ref - 1]);
    return cel_type_of(cel_kind_name(a->kind));
}

static struct cel_value to_timestamp(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    if (a->kind == CEL_STRING)
        return cel_parse_timestamp(a->as.s, a->aux);
    if (a->kind == CEL_INT && (a->as.i < CEL_TIME_MIN || a->as.i > CEL_TIME_MAX))
        return cel_error("timestamp out of range");
    return a->kind == CEL_INT ? cel_timestamp(a->as.i, 0) : *a;
}

static struct cel_value to_duration(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    if (a->kind == CEL_STRING)
        return cel_parse_duration(a->as.s, a->aux);
    return a->kind == CEL_INT ? cel_duration(a->as.i) : *a;
}

#define COMPARISON(op)                                                                                       \
    {"_" op "_(bool, bool) -> bool", NULL, 0, 1}, {"_" op "_(int, int) -> bool", NULL, 0, 1},                \
        {"_" op "_(uint, uint) -> bool", NULL, 0, 1}, {"_" op "_(double, double) -> bool", NULL, 0, 1},      \
        {"_" op "_(string, string) -> bool", NULL, 0, 1}, {"_" op "_(bytes, bytes) -> bool", NULL, 0, 1},    \
        {"_" op "_(timestamp, timestamp) -> bool", NULL, 0, 1},                                              \
    {                                                                                                        \
        "_" op "_(duration, duration) -> bool", NULL, 0, 1                                                   \
    }

#define ARITHMETIC(op)                                                                                       \
    {"_" op "_(int, int) -> int", NULL, 0, 1}, {"_" op "_(uint, uint) -> uint", NULL, 0, 1},                 \
    {                                                                                                        \
        "_" op "_(double, double) -> double", NULL, 0, 1                                                     \
    }

const struct cel_def cel_defs_core[] = {
    {"_==_(A, A) -> bool", NULL, 0, 1},
    {"_!=_(A, A) -> bool", NULL, 0, 1},
    COMPARISON("<"),
    COMPARISON("<="),
    COMPARISON(">"),
    COMPARISON(">="),
    {"_in_(A, list(A)) -> bool", NULL, 0, 1},
    {"_in_(A, map(A, B)) -> bool", NULL, 0, 1},
    ARITHMETIC("+"),
    {"_+_(string, string) -> string", NULL, 0, 1},
    {"_+_(bytes, bytes) -> bytes", NULL, 0, 1},
    {"_+_(list(A), list(A)) -> list(A)", NULL, 0, 1},
    {"_+_(timestamp, duration) -> timestamp", NULL, 0, 1},
    {"_+_(duration, timestamp) -> timestamp", NULL, 0, 1},
    {"_+_(duration, duration) -> duration", NULL, 0, 1},
    ARITHMETIC("-"),
    {"_-_(timestamp, timestamp) -> duration", NULL, 0, 1},
    {"_-_(timestamp, duration) -> timestamp", NULL, 0, 1},
    {"_-_(duration, duration) -> duration", NULL, 0, 1},
    ARITHMETIC("*"),
    ARITHMETIC("/"),
    {"_%_(int, int) -> int", NULL, 0, 1},
    {"_%_(uint, uint) -> uint", NULL, 0, 1},
    {"-_(int) -> int", NULL, 0, 1},
    {"-_(double) -> double", NULL, 0, 1},

    {"size(string) -> int", size, 0, 1},
    {"size(bytes) -> int", size, 0, 1},
    {"size(list(A)) -> int", size, 0, 1},
    {"size(map(A, B)) -> int", size, 0, 1},
    {"string.size() -> int", size, 0, 1},
    {"bytes.size() -> int", size, 0, 1},
    {"list(A).size() -> int", size, 0, 1},
    {"map(A, B).size() -> int", size, 0, 1},
    {"string.contains(string) -> bool", contains, 0, CEL_COST_TEXT},
    {"string.startsWith(string) -> bool", starts_with, 0, 1},
    {"string.endsWith(string) -> bool", ends_with, 0, 1},
    {"string.matches(string) -> bool", matches, 0, CEL_COST_TEXT},
    {"matches(string, string) -> bool", matches, 0, CEL_COST_TEXT},

    {"bool(bool) -> bool", to_bool, 0, 1},
    {"bool(string) -> bool", to_bool, 0, 1},
    {"bytes(bytes) -> bytes", to_bytes, 0, 1},
    {"bytes(string) -> bytes", to_bytes, 0, 1},
    {"double(double) -> double", to_double, 0, 1},
    {"double(int) -> double", to_double, 0, 1},
    {"double(uint) -> double", to_double, 0, 1},
    {"double(string) -> double", to_double, 0, 1},
    {"duration(duration) -> duration", to_duration, 0, 1},
    {"duration(int) -> duration", to_duration, 0, 1},
    {"duration(string) -> duration", to_duration, 0, 1},
    {"dyn(A) -> dyn", same, 0, 1},
    {"int(int) -> int", to_int, 0, 1},
    {"int(uint) -> int", to_int, 0, 1},
    {"int(double) -> int", to_int, 0, 1},
    {"int(string) -> int", to_int, 0, 1},
    {"int(timestamp) -> int", to_int, 0, 1},
    {"string(string) -> string", to_string, 0, 1},
    {"string(bool) -> string", to_string, 0, 1},
    {"string(int) -> string", to_string, 0, 1},
    {"string(uint) -> string", to_string, 0, 1},
    {"string(double) -> string", to_string, 0, 1},
    {"string(bytes) -> string", to_string, 0, 1},
    {"string(timestamp) -> string", to_string, 0, 1},
    {"string(duration) -> string", to_string, 0, 1},
    {"timestamp(timestamp) -> timestamp", to_timestamp, 0, 1},
    {"timestamp(int) -> timestamp", to_timestamp, 0, 1},
    {"timestamp(string) -> timestamp", to_timestamp, 0, 1},
    {"type(A) -> type(A)", to_type, 0, 1},
    {"uint(uint) -> uint", to_uint, 0, 1},
    {"uint(int) -> uint", to_uint, 0, 1},
    {"uint(double) -> uint", to_uint, 0, 1},
    {"uint(string) -> uint", to_uint, 0, 1},
    {NULL, NULL, 0, 0},
};
