/*
 * stdlib_format.c: string.format(list): %s %d %f %e %b %o %x %X and %%; .n is the precision of %f, %e.
 *
 * Each clause takes the next element. %s writes any plain value, lists and maps with all that is in
 * them, a map's entries in the order of their keys as text.
 */
#include "cel_int.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define PRECISION_MAX     1000
#define PRECISION_DEFAULT 6
#define DEPTH_MAX         250 /* of lists in lists that %s writes */

static const char e_clause[] = "format: no such clause";
static const char e_count[] = "format: fewer values than clauses";
static const char e_kind[] = "format: the clause does not take such a value";

/* ---- %s ---- */

static const char *put_text(struct cel_buf *out, const struct cel_value *v, unsigned depth);

struct entry {
    struct cel_value key; /* as text */
    const struct cel_value *value;
};

static int by_key(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return cel_bytes_compare(x->key.as.s, x->key.aux, y->key.as.s, y->key.aux);
}

static const char *put_map(struct cel_buf *out, const struct cel_map *map, unsigned depth)
{
    struct entry *entries = cel_ctx_get(out->ctx, map->count * sizeof(*entries));
    const char *error = entries == NULL ? cel_e_memory : NULL;
    for (uint64_t i = 0; i < map->count && error == NULL; i++) {
        struct cel_buf key = {.ctx = out->ctx};
        error = put_text(&key, &map->pairs[2 * i], depth + 1);
        entries[i] = (struct entry){cel_buf_string(&key), &map->pairs[2 * i + 1]};
        error = key.failed ? cel_e_memory : error;
    }
    if (error != NULL)
        return error;
    if (map->count > 1)
        qsort(entries, map->count, sizeof(*entries), by_key);
    cel_buf_char(out, '{');
    for (uint64_t i = 0; i < map->count && error == NULL; i++) {
        cel_buf_put(out, ", ", i > 0 ? 2 : 0);
        cel_buf_put(out, entries[i].key.as.s, entries[i].key.aux);
        cel_buf_put(out, ": ", 2);
        error = put_text(out, entries[i].value, depth + 1);
    }
    cel_buf_char(out, '}');
    return error;
}

static const char *put_list(struct cel_buf *out, const struct cel_list *list, unsigned depth)
{
    const char *error = NULL;
    cel_buf_char(out, '[');
    for (uint64_t i = 0; i < list->count && error == NULL; i++) {
        cel_buf_put(out, ", ", i > 0 ? 2 : 0);
        error = put_text(out, &list->items[i], depth + 1);
    }
    cel_buf_char(out, ']');
    return error;
}

/* NULL, or why not. */
static const char *put_text(struct cel_buf *out, const struct cel_value *v, unsigned depth)
{
    char text[80];
    size_t len;
    if (depth > DEPTH_MAX)
        return e_kind;
    switch (v->kind) {
    case CEL_NULL:
    case CEL_BOOL:
    case CEL_INT:
        len = cel_value_format(v, text, sizeof(text));
        break;
    case CEL_UINT:
        len = (size_t)snprintf(text, sizeof(text), "%llu", (unsigned long long)v->as.u);
        break;
    case CEL_DOUBLE:
        len = cel_double_text(v->as.d, text, sizeof(text));
        break;
    case CEL_TIMESTAMP:
        len = cel_timestamp_text(v->as.i, v->aux, text, sizeof(text));
        break;
    case CEL_DURATION:
        len = cel_duration_text(v->as.i, text, sizeof(text));
        break;
    case CEL_IP:
    case CEL_CIDR:
        len = cel_addr_text(v->as.addr, text, sizeof(text));
        break;
    case CEL_STRING:
    case CEL_BYTES:
    case CEL_TYPE:
        cel_buf_put(out, v->as.s, v->aux);
        return NULL;
    case CEL_LIST:
        return put_list(out, v->as.list, depth);
    case CEL_MAP:
        return put_map(out, v->as.map, depth);
    default:
        return e_kind;
    }
    cel_buf_put(out, text, len);
    return NULL;
}

/* ---- numbers ---- */

/* The digits of a whole number in base 2, 8, 10 or 16, with its sign. */
static void put_number(struct cel_buf *out, const struct cel_value *v, unsigned base, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    bool minus = v->kind == CEL_INT && v->as.i < 0;
    uint64_t left = minus ? 0 - v->as.u : v->kind == CEL_BOOL ? v->as.b : v->as.u;
    char text[65], *at = text + sizeof(text);
    do {
        *--at = digits[left % base];
        left /= base;
    } while (left > 0);
    if (minus)
        *--at = '-';
    cel_buf_put(out, at, (size_t)(text + sizeof(text) - at));
}

static void put_octets(struct cel_buf *out, const struct cel_value *v, bool upper)
{
    const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    for (uint32_t i = 0; i < v->aux && !out->failed; i++) {
        unsigned char c = (unsigned char)v->as.s[i];
        cel_buf_char(out, digits[c >> 4]);
        cel_buf_char(out, digits[c & 15]);
    }
}

static void put_double(struct cel_buf *out, double d, char clause, int precision)
{
    char text[PRECISION_MAX + 400];
    size_t len = !isfinite(d)
                     ? cel_double_text(d, text, sizeof(text))
                     : cel_print_double(text, sizeof(text), clause == 'f' ? "%.*f" : "%.*e", precision, d);
    cel_buf_put(out, text, len);
}

/* ---- clauses ---- */

static bool is_whole(const struct cel_value *v)
{
    return v->kind == CEL_INT || v->kind == CEL_UINT;
}

/* NULL, or why not. */
static const char *put_clause(struct cel_buf *out, char clause, int precision, const struct cel_value *v)
{
    switch (clause) {
    case 's':
        return put_text(out, v, 0);
    case 'd':
        if (is_whole(v) || v->kind == CEL_DOUBLE)
            return put_text(out, v, 0);
        return e_kind;
    case 'f':
    case 'e':
        if (v->kind != CEL_DOUBLE)
            return e_kind;
        put_double(out, v->as.d, clause, precision);
        return NULL;
    case 'b':
        if (!is_whole(v) && v->kind != CEL_BOOL)
            return e_kind;
        put_number(out, v, 2, false);
        return NULL;
    case 'o':
        if (!is_whole(v))
            return e_kind;
        put_number(out, v, 8, false);
        return NULL;
    case 'x':
    case 'X':
        if (v->kind == CEL_STRING || v->kind == CEL_BYTES)
            put_octets(out, v, clause == 'X');
        else if (is_whole(v))
            put_number(out, v, 16, clause == 'X');
        else
            return e_kind;
        return NULL;
    default:
        return e_clause;
    }
}

/* Reads ".n", if it stands there; false: too large. */
static bool read_precision(const char **at, const char *end, int *ret)
{
    *ret = PRECISION_DEFAULT;
    if (*at >= end || **at != '.')
        return true;
    (*at)++;
    for (*ret = 0; *at < end && **at >= '0' && **at <= '9'; (*at)++)
        if ((*ret = *ret * 10 + (**at - '0')) > PRECISION_MAX)
            return false;
    return true;
}

static struct cel_value format(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_buf out = {.ctx = ctx};
    const char *at = a[0].as.s, *end = at + a[0].aux, *error = NULL;
    const struct cel_list *values = a[1].as.list;
    uint64_t used = 0;
    int precision;
    (void)n;
    while (at < end && error == NULL && !out.failed) {
        const char *start = at;
        at = memchr(at, '%', (size_t)(end - at));
        at = at != NULL ? at : end;
        cel_buf_put(&out, start, (size_t)(at - start));
        if (at == end)
            break;
        at++;
        if (!read_precision(&at, end, &precision) || at == end)
            return cel_error(e_clause);
        char clause = *at++;
        if (clause == '%')
            cel_buf_char(&out, '%');
        else if (used >= values->count)
            error = strchr("sdfeboxX", clause) != NULL ? e_count : e_clause;
        else
            error = put_clause(&out, clause, precision, &values->items[used++]);
    }
    return error != NULL ? cel_error(error) : cel_buf_string(&out);
}

const struct cel_def cel_defs_format[] = {
    {"string.format(list(dyn)) -> string", format, CEL_LIB_STRINGS, CEL_COST_TEXT},
    {NULL, NULL, 0, 0},
};
