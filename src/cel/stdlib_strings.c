/*
 * stdlib_strings.c: the strings extension, but format(). Indexes count code points.
 */
#include "cel_int.h"

#define OUT_OF_RANGE cel_error("string index out of range")

/* The byte offset of code point i, 0 <= i <= size; -1: outside. */
static int64_t byte_at(const struct cel_value *text, int64_t i)
{
    const char *at = text->as.s, *end = at + text->aux;
    for (; i > 0 && at < end; i--)
        cel_utf8_next(&at, end);
    return i == 0 ? at - text->as.s : -1;
}

static struct cel_value char_at(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    int64_t from = a[1].as.i < 0 ? -1 : byte_at(&a[0], a[1].as.i);
    if (from < 0)
        return OUT_OF_RANGE;
    const char *at = a->as.s + from, *end = a->as.s + a->aux, *start = at;
    if (at < end)
        cel_utf8_next(&at, end);
    return cel_string(start, (size_t)(at - start));
}

static struct cel_value index_of(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    int64_t start = n == 3 ? a[2].as.i : 0, from = start < 0 ? -1 : byte_at(&a[0], start);
    if (from < 0)
        return OUT_OF_RANGE;
    if (!cel_step(ctx, a[0].aux / 16))
        return cel_error(cel_e_steps);
    if (a[1].aux == 0)
        return cel_int(start);
    const char *found = memmem(a[0].as.s + from, a[0].aux - (size_t)from, a[1].as.s, a[1].aux);
    return cel_int(found != NULL ? (int64_t)cel_utf8_count(a[0].as.s, (size_t)(found - a[0].as.s)) : -1);
}

static struct cel_value last_index_of(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    int64_t last = n == 3 ? (a[2].as.i < 0 ? -1 : byte_at(&a[0], a[2].as.i)) : (int64_t)a[0].aux;
    if (last < 0)
        return OUT_OF_RANGE;
    if (!cel_step(ctx, a[0].aux / 4))
        return cel_error(cel_e_steps);
    if (last > (int64_t)a[0].aux - (int64_t)a[1].aux)
        last = (int64_t)a[0].aux - (int64_t)a[1].aux;
    for (; last >= 0; last--)
        if (a[1].aux == 0 || memcmp(a[0].as.s + last, a[1].as.s, a[1].aux) == 0)
            return cel_int((int64_t)cel_utf8_count(a[0].as.s, (size_t)last));
    return cel_int(-1);
}

static struct cel_value substring(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx;
    int64_t from = a[1].as.i < 0 ? -1 : byte_at(&a[0], a[1].as.i), to = a[0].aux;
    if (n == 3)
        to = a[2].as.i < 0 ? -1 : byte_at(&a[0], a[2].as.i);
    return from < 0 || to < from ? OUT_OF_RANGE : cel_string(a->as.s + from, (size_t)(to - from));
}

static struct cel_value change_case(struct cel_ctx *ctx, const struct cel_value *a, char first, char last)
{
    struct cel_buf out = {.ctx = ctx};
    for (uint32_t i = 0; i < a->aux; i++)
        cel_buf_char(
            &out, a->as.s[i] >= first && a->as.s[i] <= last ? (char)(a->as.s[i] ^ 0x20) : a->as.s[i]);
    return cel_buf_string(&out);
}

static struct cel_value lower_ascii(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    return change_case(ctx, a, 'A', 'Z');
}

static struct cel_value upper_ascii(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    return change_case(ctx, a, 'a', 'z');
}

static struct cel_value replace(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_buf out = {.ctx = ctx};
    int64_t left = n == 4 && a[3].as.i >= 0 ? a[3].as.i : INT64_MAX;
    const char *at = a[0].as.s, *end = at + a[0].aux;
    while (left > 0 && !out.failed) {
        const char *found = a[1].aux == 0 ? at : memmem(at, (size_t)(end - at), a[1].as.s, a[1].aux);
        if (found == NULL)
            break;
        cel_buf_put(&out, at, (size_t)(found - at));
        cel_buf_put(&out, a[2].as.s, a[2].aux);
        at = found + a[1].aux;
        left--;
        if (a[1].aux > 0)
            continue;
        if (at == end)
            break;
        const char *start = at; /* nothing stands between all code points */
        cel_utf8_next(&at, end);
        cel_buf_put(&out, start, (size_t)(at - start));
    }
    cel_buf_put(&out, at, (size_t)(end - at));
    return cel_buf_string(&out);
}

/* The next part behind *at, up to the separator; false: that was the last. */
static bool next_part(
    const char **at, const char *end, const struct cel_value *separator, struct cel_value *part)
{
    const char *start = *at, *found;
    if (separator->aux > 0) {
        found = memmem(start, (size_t)(end - start), separator->as.s, separator->aux);
    } else {
        found = start;
        if (found < end)
            cel_utf8_next(&found, end);
        found = found < end ? found : NULL;
    }
    *part = cel_string(start, (size_t)((found != NULL ? found : end) - start));
    *at = found != NULL ? found + separator->aux : end;
    return found != NULL;
}

static struct cel_value split(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    int64_t limit = n == 3 && a[2].as.i >= 0 ? a[2].as.i : INT64_MAX;
    const char *at = a[0].as.s, *end = at + a[0].aux;
    if (limit == 0 || (a[0].aux == 0 && a[1].aux == 0))
        return cel_make_list(ctx, NULL, 0);
    uint64_t most = (uint64_t)a[0].aux + 1, count = 0;
    struct cel_value *parts = cel_step(ctx, most) ? cel_ctx_get(ctx, most * sizeof(*parts)) : NULL;
    if (parts == NULL)
        return cel_error(cel_e_memory);
    bool more = true;
    while (more && (int64_t)count + 1 < limit)
        more = next_part(&at, end, &a[1], &parts[count++]);
    if (more)
        parts[count++] = cel_string(at, (size_t)(end - at));
    return cel_make_list(ctx, parts, count);
}

static struct cel_value join(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_buf out = {.ctx = ctx};
    for (uint64_t i = 0; i < a->as.list->count; i++) {
        const struct cel_value *item = &a->as.list->items[i];
        if (item->kind != CEL_STRING)
            return cel_error(cel_e_overload);
        if (i > 0 && n == 2)
            cel_buf_put(&out, a[1].as.s, a[1].aux);
        cel_buf_put(&out, item->as.s, item->aux);
    }
    return cel_buf_string(&out);
}

static bool is_space(int32_t cp)
{
    return (cp >= 9 && cp <= 13) || cp == 32 || cp == 0x85 || cp == 0xA0 || cp == 0x1680 ||
           (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F || cp == 0x205F ||
           cp == 0x3000;
}

static struct cel_value trim(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    const char *at = a->as.s, *end = at + a->aux, *first = NULL, *last = at;
    while (at < end) {
        const char *start = at;
        if (is_space(cel_utf8_next(&at, end)))
            continue;
        first = first != NULL ? first : start;
        last = at;
    }
    return first != NULL ? cel_string(first, (size_t)(last - first)) : cel_string("", 0);
}

static struct cel_value reverse(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    char *out = cel_ctx_get(ctx, (size_t)a->aux + 1);
    const char *at = a->as.s, *end = at + a->aux;
    (void)n;
    if (out == NULL)
        return cel_error(cel_e_memory);
    for (size_t left = a->aux; at < end;) {
        const char *start = at;
        cel_utf8_next(&at, end);
        left -= (size_t)(at - start);
        memcpy(out + left, start, (size_t)(at - start));
    }
    return cel_string(out, a->aux);
}

static struct cel_value quote(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    static const char from[] = "\a\b\f\n\r\t\v\\\"", to[] = "abfnrtv\\\"";
    struct cel_buf out = {.ctx = ctx};
    (void)n;
    cel_buf_char(&out, '"');
    for (const char *at = a->as.s, *end = at + a->aux; at < end;) {
        int32_t cp = cel_utf8_next(&at, end);
        const char *escape = cp > 0 && cp < 0x80 ? strchr(from, cp) : NULL;
        if (escape != NULL) {
            cel_buf_char(&out, '\\');
            cel_buf_char(&out, to[escape - from]);
        } else {
            cel_buf_code_point(&out, cp < 0 ? 0xFFFD : (uint32_t)cp);
        }
    }
    cel_buf_char(&out, '"');
    return cel_buf_string(&out);
}

#define S CEL_LIB_STRINGS

const struct cel_def cel_defs_strings[] = {
    {"string.charAt(int) -> string", char_at, S, CEL_COST_TEXT},
    {"string.indexOf(string) -> int", index_of, S, CEL_COST_TEXT},
    {"string.indexOf(string, int) -> int", index_of, S, CEL_COST_TEXT},
    {"string.lastIndexOf(string) -> int", last_index_of, S, CEL_COST_TEXT},
    {"string.lastIndexOf(string, int) -> int", last_index_of, S, CEL_COST_TEXT},
    {"string.substring(int) -> string", substring, S, CEL_COST_TEXT},
    {"string.substring(int, int) -> string", substring, S, CEL_COST_TEXT},
    {"string.lowerAscii() -> string", lower_ascii, S, CEL_COST_TEXT},
    {"string.upperAscii() -> string", upper_ascii, S, CEL_COST_TEXT},
    {"string.replace(string, string) -> string", replace, S, CEL_COST_TEXT},
    {"string.replace(string, string, int) -> string", replace, S, CEL_COST_TEXT},
    {"string.split(string) -> list(string)", split, S, CEL_COST_TEXT},
    {"string.split(string, int) -> list(string)", split, S, CEL_COST_TEXT},
    {"list(string).join() -> string", join, S, CEL_COST_TEXT},
    {"list(string).join(string) -> string", join, S, CEL_COST_TEXT},
    {"string.trim() -> string", trim, S, CEL_COST_TEXT},
    {"string.reverse() -> string", reverse, S, CEL_COST_TEXT},
    {"strings.quote(string) -> string", quote, S, CEL_COST_TEXT},
    {NULL, NULL, 0, 0},
};
