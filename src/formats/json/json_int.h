/* json, inside: the one place where jansson is seen. A struct pw_json is a json_t by another name. */
#ifndef PANDWACHT_JSON_INT_H
#define PANDWACHT_JSON_INT_H

#include <jansson.h>

#include <pandwacht/json.h>

static inline const json_t *pw_json_inner(const struct pw_json *node)
{
    return (const json_t *)(const void *)node;
}

static inline const struct pw_json *pw_json_outer(const json_t *value)
{
    return (const struct pw_json *)(const void *)value;
}

/* The JSON Pointer of what is being read at octet `end` of a text that is well-formed up to there. */
struct pw_str pw_json_pointer_at(struct pw_arena *arena, struct pw_str text, size_t end);

/* One reference token of a JSON Pointer: '/' and the name with ~ and / escaped; long names are cut. */
void pw_json_pointer_token(struct pw_buf *out, struct pw_str name);

/* A string with quotes and the escapes that RFC 8785 asks for. */
void pw_json_put_string(struct pw_buf *out, struct pw_str value);

/* A finite double as ECMAScript writes it. */
void pw_json_put_double(struct pw_buf *out, double value);

#endif
