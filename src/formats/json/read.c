/*
 * Reading: jansson parses, then one walk over the tree refuses what jansson lets through
 * (U+0000, nesting beyond our limit). What jansson refuses although it is JSON (numbers beyond
 * a double, lone surrogates) gets its own code, never `json-syntax`.
 *
 * Texts of jansson's errors quote the input, so they are never passed on.
 */
#include "json_int.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_DEFAULT ((size_t)16 * 1024 * 1024)

static void release(void *object)
{
    json_decref(object);
}

/* jansson calls a lone surrogate a syntax error; only its text tells it from one. */
static bool is_lone_surrogate(const json_error_t *error)
{
    static const char prefix[] = "invalid Unicode '\\u";
    return strncmp(error->text, prefix, sizeof prefix - 1) == 0;
}

static enum pw_fault_code code_of(const json_error_t *error)
{
    switch (json_error_code(error)) {
    case json_error_stack_overflow:
        return PW_FAULT_DEPTH;
    case json_error_null_byte_in_key:
    case json_error_null_character:
        return PW_FAULT_CHARACTER_NOT_ALLOWED;
    case json_error_duplicate_key:
        return PW_FAULT_DUPLICATE_MEMBER;
    case json_error_numeric_overflow:
        return PW_FAULT_RANGE;
    case json_error_out_of_memory:
        abort();
    default:
        return is_lone_surrogate(error) ? PW_FAULT_CHARACTER_NOT_ALLOWED : PW_FAULT_JSON_SYNTAX;
    }
}

static bool fail(struct pw_json_error *ret, struct pw_json_error error)
{
    if (ret)
        *ret = error;
    return false;
}

/* Places found by the walk have a pointer but no line: the tree keeps none. */
struct walk {
    struct pw_arena *arena;
    unsigned depth_max;
    struct pw_json_error *error;
};

static bool walk_node(const struct walk *walk, const json_t *node, const struct pw_at *at, unsigned depth);

static bool refuse(const struct walk *walk, const struct pw_at *at, enum pw_fault_code code)
{
    return fail(walk->error, (struct pw_json_error){code, pw_at_pointer(walk->arena, at), 0, 0, 0});
}

static bool walk_children(const struct walk *walk, const json_t *node, const struct pw_at *at, unsigned depth)
{
    struct pw_json_iter it = pw_json_members(pw_json_outer(node));
    while (pw_json_next(&it)) {
        struct pw_at here = {.up = at, .name = it.name};
        if (!walk_node(walk, pw_json_inner(it.value), &here, depth))
            return false;
    }
    for (size_t i = 0; i < json_array_size(node); i++) {
        struct pw_at here = {.up = at, .index = i};
        if (!walk_node(walk, json_array_get(node, i), &here, depth))
            return false;
    }
    return true;
}

static bool walk_node(const struct walk *walk, const json_t *node, const struct pw_at *at, unsigned depth)
{
    if (json_is_string(node)) {
        bool clean = memchr(json_string_value(node), 0, json_string_length(node)) == NULL;
        return clean || refuse(walk, at, PW_FAULT_CHARACTER_NOT_ALLOWED);
    }
    if (!json_is_object(node) && !json_is_array(node))
        return true;
    if (depth == walk->depth_max)
        return refuse(walk, at, PW_FAULT_DEPTH);
    return walk_children(walk, node, at, depth + 1);
}

static unsigned positive(int n)
{
    return n > 0 ? (unsigned)n : 0;
}

/* jansson takes a NUL octet behind the value for the end of the text. */
static struct pw_json_error error_at(struct pw_str text, size_t byte)
{
    struct pw_json_error error = {PW_FAULT_JSON_SYNTAX, PW_STR(""), 1, 1, byte};
    for (size_t i = 0; i < byte; i++) {
        bool newline = text.data[i] == '\n';
        error.line += newline;
        error.column = newline ? 1 : error.column + (((unsigned char)text.data[i] & 0xC0) != 0x80);
    }
    return error;
}

bool pw_json_parse(struct pw_arena *arena, struct pw_str text, const struct pw_json_limits *limits,
    const struct pw_json **ret, struct pw_json_error *ret_error)
{
    size_t max_size = limits && limits->max_size ? limits->max_size : SIZE_DEFAULT;
    unsigned depth = limits && limits->depth ? limits->depth : PW_JSON_DEPTH;
    if (text.len > max_size)
        return fail(ret_error, (struct pw_json_error){PW_FAULT_LENGTH, PW_STR(""), 0, 0, max_size});

    const char *nul = memchr(text.data, 0, text.len);
    if (nul)
        return fail(ret_error, error_at(text, (size_t)(nul - text.data)));

    json_error_t error;
    json_t *root = json_loadb(text.data, text.len,
        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    if (!root) {
        enum pw_fault_code code = code_of(&error);
        size_t at = positive(error.position);
        bool follow = code != PW_FAULT_JSON_SYNTAX && code != PW_FAULT_DEPTH;
        struct pw_str pointer = follow ? pw_json_pointer_at(arena, text, at) : PW_STR("");
        return fail(ret_error,
            (struct pw_json_error){code, pointer, positive(error.line), positive(error.column), at});
    }
    pw_arena_defer(arena, release, root);
    struct walk walk = {arena, depth, ret_error};
    if (!walk_node(&walk, root, NULL, 0))
        return false;
    *ret = pw_json_outer(root);
    return true;
}

static const char *syntax_reason(struct pw_arena *arena, const struct pw_json_error *error, bool dutch)
{
    const char *not_json = dutch ? "Geen geldige JSON: regel" : "Not valid JSON: line";
    const char *column = dutch ? "kolom" : "column";
    return pw_str_printf(arena, "%s %u, %s %u.", not_json, error->line, column, error->column).data;
}

bool pw_json_read(struct pw_arena *arena, struct pw_str text, const struct pw_json_limits *limits,
    const struct pw_json **ret, struct pw_faults *faults)
{
    struct pw_json_error error;
    if (pw_json_parse(arena, text, limits, ret, &error))
        return true;
    if (error.code != PW_FAULT_JSON_SYNTAX)
        return pw_fault_pointer(faults, error.pointer, error.code, NULL, NULL);
    return pw_fault_pointer(faults, error.pointer, error.code, syntax_reason(arena, &error, true),
        syntax_reason(arena, &error, false));
}
