/*
 * libyaml's events become a tree of nodes; what we do not want to see in our files (anchors,
 * aliases, tags, directives, doubled keys, several documents) is refused at its place.
 */
#include "yaml_int.h"

#include <string.h>

#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one, owned */
    bool have_event;
    struct pw_arena *arena;
    const char *file;
    unsigned depth_max;
    size_t nodes_left;
    struct pw_err *err;
};

static bool fail_mark(struct reader *r, yaml_mark_t mark, enum pw_err_code code, const char *text)
{
    return pw_fail_at(r->err, code, r->file, (unsigned)mark.line + 1, (unsigned)mark.column + 1, "%s", text);
}

static bool fail_here(struct reader *r, const char *text)
{
    return fail_mark(r, r->event.start_mark, PW_ERR_SYNTAX, text);
}

static void drop_event(struct reader *r)
{
    if (r->have_event)
        yaml_event_delete(&r->event);
    r->have_event = false;
}

/* Moves to the next event. libyaml's problem texts are fixed ones and quote nothing. */
static bool next(struct reader *r)
{
    drop_event(r);
    if (yaml_parser_parse(&r->parser, &r->event)) {
        r->have_event = true;
        return true;
    }
    const char *problem = r->parser.problem ? r->parser.problem : "not YAML";
    return fail_mark(r, r->parser.problem_mark, PW_ERR_SYNTAX, problem);
}

static struct pw_yaml *new_node(struct reader *r, enum pw_yaml_kind kind)
{
    if (r->nodes_left == 0) {
        fail_mark(r, r->event.start_mark, PW_ERR_LIMIT, "too many values in one file; split it");
        return NULL;
    }
    r->nodes_left--;
    struct pw_yaml *node = PW_NEW(r->arena, struct pw_yaml);
    node->kind = kind;
    node->file = r->file;
    node->line = (unsigned)r->event.start_mark.line + 1;
    node->column = (unsigned)r->event.start_mark.column + 1;
    node->text = PW_STR("");
    return node;
}

/* What may stand before any node. */
static bool check_decoration(struct reader *r, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    if (anchor)
        return fail_here(r, "anchors are not accepted; write the value out");
    if (tag)
        return fail_here(r, "tags are not accepted; leave it out");
    return true;
}

static bool read_node(struct reader *r, unsigned depth, const struct pw_yaml **ret);

static bool read_scalar(struct reader *r, const struct pw_yaml **ret)
{
    if (!check_decoration(r, r->event.data.scalar.anchor, r->event.data.scalar.tag))
        return false;
    struct pw_str text = {(const char *)r->event.data.scalar.value, r->event.data.scalar.length};
    if (memchr(text.data, 0, text.len))
        return fail_here(r, "U+0000 is not accepted in a text");
    struct pw_yaml *node = new_node(r, PW_YAML_SCALAR);
    if (!node)
        return false;
    node->plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = pw_str_dup(r->arena, text);
    *ret = node;
    return true;
}

/* A growing array in the arena; what it outgrows stays behind, as in any arena. */
struct list {
    const struct pw_yaml **items;
    size_t count, cap;
};

static void push(struct pw_arena *arena, struct list *list, const struct pw_yaml *item)
{
    if (list->count == list->cap) {
        list->cap = list->cap ? list->cap * 2 : 8;
        const struct pw_yaml **items = PW_NEW_ARRAY(arena, list->cap, const struct pw_yaml *);
        if (list->count)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
    }
    list->items[list->count++] = item;
}

static bool read_list(struct reader *r, unsigned depth, const struct pw_yaml **ret)
{
    if (!check_decoration(r, r->event.data.sequence_start.anchor, r->event.data.sequence_start.tag))
        return false;
    struct pw_yaml *node = new_node(r, PW_YAML_LIST);
    struct list list = {0};
    if (!node)
        return false;
    for (;;) {
        if (!next(r))
            return false;
        if (r->event.type == YAML_SEQUENCE_END_EVENT)
            break;
        const struct pw_yaml *item;
        if (!read_node(r, depth, &item))
            return false;
        push(r->arena, &list, item);
    }
    node->items = list.items;
    node->count = list.count;
    *ret = node;
    return true;
}

static bool read_key(struct reader *r, struct pw_map *seen, const struct pw_yaml **ret)
{
    if (r->event.type != YAML_SCALAR_EVENT)
        return fail_here(r, "a key must be a single word or text");
    if (!read_scalar(r, ret))
        return false;
    if (pw_map_put(seen, (*ret)->text, (void *)(uintptr_t)*ret))
        return true;
    return fail_here(r, "this key stands twice in the same map; keep one");
}

static bool read_map(struct reader *r, unsigned depth, const struct pw_yaml **ret)
{
    if (!check_decoration(r, r->event.data.mapping_start.anchor, r->event.data.mapping_start.tag))
        return false;
    struct pw_yaml *node = new_node(r, PW_YAML_MAP);
    struct list list = {0};
    struct pw_map seen;
    if (!node)
        return false;
    pw_map_init(&seen, r->arena);
    for (;;) {
        const struct pw_yaml *key, *value;
        if (!next(r))
            return false;
        if (r->event.type == YAML_MAPPING_END_EVENT)
            break;
        if (!read_key(r, &seen, &key) || !next(r) || !read_node(r, depth, &value))
            return false;
        push(r->arena, &list, key);
        push(r->arena, &list, value);
    }
    struct pw_yaml_pair *pairs = PW_NEW_ARRAY(r->arena, list.count / 2 + 1, struct pw_yaml_pair);
    for (size_t i = 0; i < list.count / 2; i++)
        pairs[i] = (struct pw_yaml_pair){list.items[2 * i], list.items[2 * i + 1]};
    node->pairs = pairs;
    node->count = list.count / 2;
    *ret = node;
    return true;
}

/* Reads the node that the current event begins. `depth` counts the containers around it. */
static bool read_node(struct reader *r, unsigned depth, const struct pw_yaml **ret)
{
    bool container = r->event.type == YAML_SEQUENCE_START_EVENT || r->event.type == YAML_MAPPING_START_EVENT;
    if (container && depth == r->depth_max)
        return fail_mark(r, r->event.start_mark, PW_ERR_LIMIT, "nested too deeply");
    switch (r->event.type) {
    case YAML_SCALAR_EVENT:
        return read_scalar(r, ret);
    case YAML_SEQUENCE_START_EVENT:
        return read_list(r, depth + 1, ret);
    case YAML_MAPPING_START_EVENT:
        return read_map(r, depth + 1, ret);
    case YAML_ALIAS_EVENT:
        return fail_here(r, "aliases are not accepted; write the value out");
    default:
        return fail_here(r, "a value was expected here");
    }
}

static bool check_document_start(struct reader *r)
{
    bool directive =
        r->event.data.document_start.version_directive != NULL ||
        r->event.data.document_start.tag_directives.start != r->event.data.document_start.tag_directives.end;
    return !directive || fail_here(r, "directives are not accepted; leave the % lines out");
}

/* STREAM-START, one document or none, STREAM-END. */
static bool read_stream(struct reader *r, const struct pw_yaml **ret)
{
    if (!next(r) || !next(r))
        return false;
    if (r->event.type == YAML_STREAM_END_EVENT) {
        *ret = new_node(r, PW_YAML_MAP);
        return *ret != NULL;
    }
    if (!check_document_start(r) || !next(r) || !read_node(r, 0, ret) || !next(r) || !next(r))
        return false;
    if (r->event.type == YAML_STREAM_END_EVENT)
        return true;
    return fail_here(r, "a second document begins here; one file holds one document");
}

bool pw_yaml_parse(struct pw_arena *arena, struct pw_str text, const char *file,
    const struct pw_yaml_limits *limits, const struct pw_yaml **ret, struct pw_err *err)
{
    size_t max = limits && limits->max_size ? limits->max_size : PW_YAML_SIZE_DEFAULT;
    if (text.len > max)
        return pw_fail_at(err, PW_ERR_LIMIT, file, 0, 0, "larger than %zu octets", max);
    struct reader r = {
        .arena = arena,
        .file = pw_str_dup(arena, pw_str_z(file)).data,
        .depth_max = limits && limits->depth ? limits->depth : PW_YAML_DEPTH_DEFAULT,
        .nodes_left = limits && limits->nodes ? limits->nodes : PW_YAML_NODES_DEFAULT,
        .err = err,
    };
    if (!yaml_parser_initialize(&r.parser))
        return pw_fail(err, PW_ERR_LIMIT, "no memory for a YAML parser");
    yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.data, text.len);
    const struct pw_yaml *root = NULL;
    bool good = read_stream(&r, &root);
    drop_event(&r);
    yaml_parser_delete(&r.parser);
    if (good)
        *ret = root;
    return good;
}
