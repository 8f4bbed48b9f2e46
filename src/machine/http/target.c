/*
 * Decoding request targets: path segments and query pairs. Pure. Called by conn.c once a
 * head, and by the fuzz target.
 *
 * A path is decoded once, segment by segment, and refused when the decoded form could mean
 * something else to whoever reads it next: NUL and control characters, an encoded slash or
 * backslash, dot segments (encoded or not), octets that are not UTF-8. Nothing is
 * normalised: a doubled or trailing slash is another path, which nobody serves.
 */
#include "http_int.h"

#include <string.h>

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool bad(struct pw_err *err, const char *reason)
{
    return pw_fail(err, PW_ERR_INVALID, "%s", reason);
}

/* Percent-decoding into the arena; false when malformed or the result has control characters. */
static bool decode(struct pw_arena *arena, struct pw_str text, bool plus, struct pw_str *ret)
{
    char *out = pw_arena_alloc(arena, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.data[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (unsigned char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c < 0x20 || c == 0x7f)
            return false;
        out[len++] = (char)c;
    }
    *ret = (struct pw_str){out, len};
    return pw_utf8_valid(*ret);
}

static bool read_segment(struct pw_arena *arena, struct pw_str text, struct pw_str *ret, struct pw_err *err)
{
    if (!decode(arena, text, false, ret))
        return bad(err, "the path is not well encoded");
    if (pw_str_is(*ret, ".") || pw_str_is(*ret, ".."))
        return bad(err, "the path has dot segments");
    if (memchr(ret->data, '/', ret->len) != NULL || memchr(ret->data, '\\', ret->len) != NULL)
        return bad(err, "the path has an encoded slash or a backslash");
    return true;
}

/* The decoded path as one text, for those who want it whole. */
static struct pw_str join(struct pw_arena *arena, const struct http_path *path)
{
    size_t len = 0;
    for (size_t i = 0; i < path->count; i++)
        len += 1 + path->segments[i].len;
    char *out = pw_arena_alloc(arena, len + 1), *at = out;
    for (size_t i = 0; i < path->count; i++) {
        *at++ = '/';
        memcpy(at, path->segments[i].data, path->segments[i].len);
        at += path->segments[i].len;
    }
    return len > 0 ? (struct pw_str){out, len} : PW_STR("/");
}

bool http_path_read(struct pw_arena *arena, struct pw_str text, struct http_path *ret, struct pw_err *err)
{
    struct pw_str item, rest;
    bool more = text.len > 1;
    *ret = (struct http_path){.text = PW_STR("/")};
    text = (struct pw_str){text.data + 1, text.len - 1};
    while (more) {
        struct pw_str segment;
        more = pw_str_cut(text, '/', &item, &rest);
        text = rest;
        if (!read_segment(arena, item, &segment, err))
            return false;
        if (segment.len == 0 || ret->count == HTTP_SEGMENTS_MAX)
            ret->no_route = true; /* the rest is still checked: a fault is a fault behind it too */
        else
            ret->segments[ret->count++] = segment;
    }
    ret->text = join(arena, ret);
    return true;
}

static bool add_pair(struct pw_arena *arena, struct pw_str item, struct http_query *query, struct pw_err *err)
{
    struct pw_str key, value;
    if (!pw_str_cut(item, '=', &key, &value))
        value = PW_STR("");
    if (query->count == HTTP_QUERY_MAX)
        return bad(err, "the query has too many keys");
    struct pw_str *name = &query->keys[query->count];
    if (!decode(arena, key, true, name) || !decode(arena, value, true, &query->values[query->count]))
        return bad(err, "the query is not well encoded");
    for (size_t i = 0; i < query->count; i++)
        if (pw_str_eq(query->keys[i], *name))
            return bad(err, "the query gives a key twice");
    query->count++;
    return true;
}

bool http_query_read(struct pw_arena *arena, struct pw_str text, struct http_query **ret, struct pw_err *err)
{
    struct http_query *query = PW_NEW(arena, struct http_query);
    struct pw_str item, rest;
    bool more = text.len > 0;
    while (more) {
        more = pw_str_cut(text, '&', &item, &rest);
        text = rest;
        if (item.len > 0 && !add_pair(arena, item, query, err))
            return false;
    }
    *ret = query;
    return true;
}
