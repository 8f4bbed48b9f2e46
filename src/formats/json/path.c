/*
 * From an octet position to a JSON Pointer. jansson's errors give a position only; the text is
 * well-formed up to there, so a light pass over its tokens finds where in the document that is.
 */
#include "json_int.h"

#include <stdlib.h>
#include <string.h>

#define LEVELS_MAX      64 /* deeper places are named by their first 64 steps */
#define NAME_MAX_OCTETS 100

struct level {
    bool object;
    bool want_key;
    size_t index;      /* of the current item */
    struct pw_str key; /* raw, as in the text; data NULL = none yet */
};

struct scan {
    struct pw_str text;
    size_t at, end;
    struct level levels[LEVELS_MAX];
    unsigned depth;
};

static struct level *top(struct scan *scan)
{
    return scan->depth && scan->depth <= LEVELS_MAX ? &scan->levels[scan->depth - 1] : NULL;
}

/* scan->at is behind the opening quote; leaves it behind the closing one (or at the end). */
static struct pw_str skip_string(struct scan *scan)
{
    size_t start = scan->at;
    while (scan->at < scan->end && scan->text.data[scan->at] != '"')
        scan->at += scan->text.data[scan->at] == '\\' ? 2 : 1;
    size_t stop = scan->at < scan->end ? scan->at : scan->end;
    scan->at = stop + 1;
    return (struct pw_str){scan->text.data + start, stop - start};
}

static void on_string(struct scan *scan)
{
    struct pw_str raw = skip_string(scan);
    struct level *level = top(scan);
    if (level && level->object && level->want_key) {
        level->key = raw;
        level->want_key = false;
    }
}

static void on_open(struct scan *scan, bool object)
{
    if (scan->depth < LEVELS_MAX)
        scan->levels[scan->depth] = (struct level){.object = object, .want_key = object};
    scan->depth++;
}

static void on_comma(struct scan *scan)
{
    struct level *level = top(scan);
    if (level && level->object)
        level->want_key = true;
    else if (level)
        level->index++;
}

static void scan_prefix(struct scan *scan)
{
    while (scan->at < scan->end) {
        char c = scan->text.data[scan->at++];
        if (c == '"')
            on_string(scan);
        else if (c == '{' || c == '[')
            on_open(scan, c == '{');
        else if (c == '}' || c == ']')
            scan->depth -= scan->depth > 0;
        else if (c == ',')
            on_comma(scan);
    }
}

void pw_json_pointer_token(struct pw_buf *out, struct pw_str name)
{
    size_t len = name.len;
    if (len > NAME_MAX_OCTETS) {
        len = NAME_MAX_OCTETS;
        while (len && ((unsigned char)name.data[len] & 0xC0) == 0x80)
            len--;
    }
    pw_buf_putc(out, '/');
    for (size_t i = 0; i < len; i++) {
        if (name.data[i] == '~')
            pw_buf_puts(out, "~0");
        else if (name.data[i] == '/')
            pw_buf_puts(out, "~1");
        else
            pw_buf_putc(out, name.data[i]);
    }
}

/* A raw key with escapes is decoded by jansson; one that it refuses is shown as it stands. */
static void put_raw_key(struct pw_buf *out, struct pw_str raw)
{
    json_t *decoded = NULL;
    if (memchr(raw.data, '\\', raw.len))
        decoded = json_loadb(raw.data - 1, raw.len + 2, JSON_DECODE_ANY, NULL);
    if (decoded)
        raw = (struct pw_str){json_string_value(decoded), json_string_length(decoded)};
    pw_json_pointer_token(out, raw);
    json_decref(decoded);
}

struct pw_str pw_json_pointer_at(struct pw_arena *arena, struct pw_str text, size_t end)
{
    struct scan scan = {.text = text, .end = end < text.len ? end : text.len};
    scan_prefix(&scan);

    struct pw_buf out;
    pw_buf_init(&out, (size_t)LEVELS_MAX * (NAME_MAX_OCTETS * 2 + 1));
    for (unsigned i = 0; i < scan.depth && i < LEVELS_MAX; i++) {
        const struct level *level = &scan.levels[i];
        if (!level->object)
            pw_buf_printf(&out, "/%zu", level->index);
        else if (level->key.data)
            put_raw_key(&out, level->key);
    }
    struct pw_str pointer = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return pointer;
}

/* ---- places on the stack ---- */

static void put_place(struct pw_buf *out, const struct pw_at *at)
{
    if (!at)
        return;
    put_place(out, at->up);
    if (at->name)
        pw_json_pointer_token(out, pw_str_z(at->name));
    else
        pw_buf_printf(out, "/%zu", at->index);
}

struct pw_str pw_at_pointer(struct pw_arena *arena, const struct pw_at *at)
{
    struct pw_buf out;
    pw_buf_init(&out, (size_t)LEVELS_MAX * (NAME_MAX_OCTETS * 2 + 1));
    put_place(&out, at);
    struct pw_str pointer = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return pointer;
}
