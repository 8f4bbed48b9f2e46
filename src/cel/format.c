/*
 * format.c: values as text in CEL notation, and text under construction in a ctx's arena.
 */
#include "cel_int.h"

#include <math.h>
#include <stdio.h>

struct out {
    char *buffer;
    size_t size, len;
};

static void put(struct out *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++, out->len++)
        if (out->len + 1 < out->size)
            out->buffer[out->len] = text[i];
}

static void put_text(struct out *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_quoted(struct out *out, const struct cel_value *v)
{
    char escaped[8];
    put_text(out, v->kind == CEL_BYTES ? "b\"" : "\"");
    for (uint32_t i = 0; i < v->aux; i++) {
        unsigned char c = (unsigned char)v->as.s[i];
        if (c == '"' || c == '\\')
            put(out, escaped, (size_t)snprintf(escaped, sizeof(escaped), "\\%c", c));
        else if (c == '\n')
            put_text(out, "\\n");
        else if (c < 0x20 || c == 0x7F || (v->kind == CEL_BYTES && c >= 0x80))
            put(out, escaped,
                (size_t)snprintf(escaped, sizeof(escaped), v->kind == CEL_BYTES ? "\\x%02x" : "\\u%04x", c));
        else
            put(out, (const char *)&v->as.s[i], 1);
    }
    put_text(out, "\"");
}

static void put_value(struct out *out, const struct cel_value *v);

static void put_double(struct out *out, double d)
{
    char text[40];
    size_t len = cel_double_text(d, text, sizeof(text));
    put(out, text, len);
    if (isfinite(d) && strpbrk(text, ".e") == NULL)
        put_text(out, ".0");
}

static void put_items(struct out *out, const struct cel_value *items, uint64_t count, unsigned stride)
{
    for (uint64_t i = 0; i < count; i++) {
        if (i > 0)
            put_text(out, ", ");
        put_value(out, &items[i * stride]);
        if (stride == 2) {
            put_text(out, ": ");
            put_value(out, &items[i * 2 + 1]);
        }
    }
}

static void put_called(struct out *out, const char *function, const char *text)
{
    put_text(out, function);
    put_text(out, "(\"");
    put_text(out, text);
    put_text(out, "\")");
}

static void put_value(struct out *out, const struct cel_value *v)
{
    char text[80];
    switch (v->kind) {
    case CEL_ERROR:
        put_text(out, "error: ");
        put_text(out, v->as.s);
        return;
    case CEL_NULL:
        put_text(out, "null");
        return;
    case CEL_BOOL:
        put_text(out, v->as.b ? "true" : "false");
        return;
    case CEL_INT:
        put(out, text, (size_t)snprintf(text, sizeof(text), "%lld", (long long)v->as.i));
        return;
    case CEL_UINT:
        put(out, text, (size_t)snprintf(text, sizeof(text), "%lluu", (unsigned long long)v->as.u));
        return;
    case CEL_DOUBLE:
        put_double(out, v->as.d);
        return;
    case CEL_STRING:
    case CEL_BYTES:
        put_quoted(out, v);
        return;
    case CEL_TIMESTAMP:
        cel_timestamp_text(v->as.i, v->aux, text, sizeof(text));
        put_called(out, "timestamp", text);
        return;
    case CEL_DURATION:
        cel_duration_text(v->as.i, text, sizeof(text));
        put_called(out, "duration", text);
        return;
    case CEL_LIST:
        put_text(out, "[");
        put_items(out, v->as.list->items, v->as.list->count, 1);
        put_text(out, "]");
        return;
    case CEL_MAP:
        put_text(out, "{");
        put_items(out, v->as.map->pairs, v->as.map->count, 2);
        put_text(out, "}");
        return;
    case CEL_TYPE:
        put(out, v->as.s, v->aux);
        return;
    case CEL_OPTIONAL:
        put_text(out, v->as.opt != NULL ? "optional.of(" : "optional.none()");
        if (v->as.opt != NULL) {
            put_value(out, v->as.opt);
            put_text(out, ")");
        }
        return;
    case CEL_IP:
    case CEL_CIDR:
        cel_addr_text(v->as.addr, text, sizeof(text));
        put_called(out, v->kind == CEL_IP ? "ip" : "cidr", text);
        return;
    default:
        put_text(out, v->kind == CEL_STRUCT ? "struct" : "opaque");
    }
}

size_t cel_value_format(const struct cel_value *value, char *buffer, size_t size)
{
    struct out out = {buffer, size, 0};
    put_value(&out, value);
    if (size > 0)
        buffer[out.len < size ? out.len : size - 1] = '\0';
    return out.len;
}

/* ---- text under construction ---- */

void cel_buf_put(struct cel_buf *buf, const char *ptr, size_t len)
{
    if (buf->failed || len == 0)
        return;
    if (len > buf->room - buf->len) {
        size_t room = buf->room * 2 > buf->len + len ? buf->room * 2 : buf->len + len + 64;
        char *larger = cel_step(buf->ctx, room / 64) ? cel_ctx_get(buf->ctx, room) : NULL;
        if (larger == NULL) {
            buf->failed = true;
            return;
        }
        if (buf->len > 0)
            memcpy(larger, buf->ptr, buf->len);
        buf->ptr = larger;
        buf->room = room;
    }
    memcpy(buf->ptr + buf->len, ptr, len);
    buf->len += len;
}

void cel_buf_char(struct cel_buf *buf, char c)
{
    cel_buf_put(buf, &c, 1);
}

void cel_buf_code_point(struct cel_buf *buf, uint32_t cp)
{
    char bytes[4];
    cel_buf_put(buf, bytes, cel_utf8_put(bytes, cp));
}

struct cel_value cel_buf_string(struct cel_buf *buf)
{
    if (buf->failed || buf->len > UINT32_MAX)
        return cel_error(cel_e_memory);
    return cel_string(buf->ptr != NULL ? buf->ptr : "", buf->len);
}
