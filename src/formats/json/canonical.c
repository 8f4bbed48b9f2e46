/* Parsed values written again: as they were, or in the canonical form of RFC 8785. */
#include "json_int.h"

#include <stdlib.h>
#include <string.h>

static void put_scalar(const struct pw_json *node, struct pw_buf *out)
{
    switch (pw_json_type(node)) {
    case PW_JSON_BOOL:
        pw_buf_puts(out, pw_json_bool(node) ? "true" : "false");
        break;
    case PW_JSON_NUMBER:
        pw_json_put_double(out, pw_json_number(node));
        break;
    case PW_JSON_STRING:
        pw_json_put_string(out, pw_json_str(node));
        break;
    default:
        pw_buf_puts(out, "null");
        break;
    }
}

struct member {
    const char *name;
    const struct pw_json *value;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static void put_node(const struct pw_json *node, bool sorted, struct pw_buf *out);

static void put_object(const struct pw_json *node, bool sorted, const char *without, struct pw_buf *out)
{
    size_t count = pw_json_count(node), n = 0;
    struct member *members = pw_xcalloc(count + 1, sizeof *members);
    struct pw_json_iter it = pw_json_members(node);
    while (pw_json_next(&it))
        if (!without || strcmp(it.name, without) != 0)
            members[n++] = (struct member){it.name, it.value};
    if (sorted)
        qsort(members, n, sizeof *members, by_name);
    pw_buf_putc(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (i)
            pw_buf_putc(out, ',');
        pw_json_put_string(out, pw_str_z(members[i].name));
        pw_buf_putc(out, ':');
        put_node(members[i].value, sorted, out);
    }
    pw_buf_putc(out, '}');
    free(members);
}

static void put_node(const struct pw_json *node, bool sorted, struct pw_buf *out)
{
    if (pw_json_is_object(node)) {
        put_object(node, sorted, NULL, out);
    } else if (pw_json_is_array(node)) {
        pw_buf_putc(out, '[');
        for (size_t i = 0; i < pw_json_count(node); i++) {
            if (i)
                pw_buf_putc(out, ',');
            put_node(pw_json_item(node, i), sorted, out);
        }
        pw_buf_putc(out, ']');
    } else {
        put_scalar(node, out);
    }
}

void pw_json_canonical(const struct pw_json *node, struct pw_buf *out)
{
    put_node(node, true, out);
}

void pw_json_canonical_without(const struct pw_json *node, const char *member, struct pw_buf *out)
{
    put_object(node, true, member, out);
}

void pw_jsonw_node(struct pw_jsonw *w, const struct pw_json *node)
{
    pw_jsonw_raw(w, PW_STR(""));
    put_node(node, false, w->buf);
}
