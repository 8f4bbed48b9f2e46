/* json.c: JSON values as CEL values, plain and tagged. */
#include "tool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct block {
    struct block *next;
    _Alignas(16) char data[];
};

void *pool_get(struct pool *pool, size_t size)
{
    struct block *block = calloc(1, sizeof(*block) + size);
    if (block == NULL)
        abort();
    block->next = pool->head;
    pool->head = block;
    return block->data;
}

void pool_release(struct pool *pool)
{
    while (pool->head != NULL) {
        struct block *next = pool->head->next;
        free(pool->head);
        pool->head = next;
    }
}

static struct cel_value make_list(struct pool *pool, struct cel_value *items, size_t count)
{
    struct cel_list *list = pool_get(pool, sizeof(*list));
    *list = (struct cel_list){count, items};
    return cel_list_of(list);
}

static struct cel_value make_map(struct pool *pool, struct cel_value *pairs, size_t count)
{
    struct cel_map *map = pool_get(pool, sizeof(*map));
    *map = (struct cel_map){count, pairs};
    return cel_map_of(map);
}

static struct cel_value list_with(
    struct pool *pool, const json_t *json, struct cel_value (*convert)(struct pool *, const json_t *))
{
    size_t count = json_array_size(json);
    struct cel_value *items = pool_get(pool, count * sizeof(*items));
    for (size_t i = 0; i < count; i++)
        items[i] = convert(pool, json_array_get(json, i));
    return make_list(pool, items, count);
}

struct cel_value value_plain(struct pool *pool, const json_t *json)
{
    if (json_is_boolean(json))
        return cel_bool(json_is_true(json));
    if (json_is_integer(json))
        return cel_int(json_integer_value(json));
    if (json_is_real(json))
        return cel_double(json_real_value(json));
    if (json_is_string(json))
        return cel_string(json_string_value(json), json_string_length(json));
    if (json_is_array(json))
        return list_with(pool, json, value_plain);
    if (!json_is_object(json))
        return cel_null();
    size_t count = 0;
    struct cel_value *pairs = pool_get(pool, 2 * json_object_size(json) * sizeof(*pairs));
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)json, key, member)
    {
        pairs[2 * count] = cel_string(key, strlen(key));
        pairs[2 * count++ + 1] = value_plain(pool, member);
    }
    return make_map(pool, pairs, count);
}

/* ---- tagged ---- */

static const char *text(const json_t *json)
{
    return json_is_string(json) ? json_string_value(json) : "";
}

static struct cel_value tagged_double(const json_t *json)
{
    if (json_is_number(json))
        return cel_double(json_number_value(json));
    const char *name = text(json);
    return cel_double(strcmp(name, "Infinity") == 0    ? INFINITY
                      : strcmp(name, "-Infinity") == 0 ? -INFINITY
                                                       : NAN);
}

static struct cel_value tagged_bytes(struct pool *pool, const json_t *json)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t len = 0;
    unsigned bits = 0, held = 0;
    char *out = pool_get(pool, json_string_length(json) + 1);
    for (const char *at = text(json); *at != '\0' && *at != '='; at++) {
        const char *digit = strchr(digits, *at);
        if (digit == NULL)
            return cel_error("bad base64");
        bits = bits << 6 | (unsigned)(digit - digits);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[len++] = (char)(bits >> held & 0xFF);
        }
    }
    return cel_bytes(out, len);
}

static struct cel_value tagged_map(struct pool *pool, const json_t *json)
{
    size_t count = json_array_size(json);
    struct cel_value *pairs = pool_get(pool, 2 * count * sizeof(*pairs));
    for (size_t i = 0; i < count; i++) {
        const json_t *entry = json_array_get(json, i);
        pairs[2 * i] = value_tagged(pool, json_array_get(entry, 0));
        pairs[2 * i + 1] = value_tagged(pool, json_array_get(entry, 1));
    }
    return make_map(pool, pairs, count);
}

struct cel_value value_tagged(struct pool *pool, const json_t *json)
{
    void *iter = json_object_iter((json_t *)(uintptr_t)json);
    if (iter == NULL)
        return cel_error("not a tagged value");
    const char *tag = json_object_iter_key(iter);
    const json_t *inner = json_object_iter_value(iter);
    if (strcmp(tag, "int") == 0)
        return cel_int(
            json_is_number(inner) ? (int64_t)json_number_value(inner) : strtoll(text(inner), NULL, 10));
    if (strcmp(tag, "uint") == 0)
        return cel_uint(
            json_is_number(inner) ? (uint64_t)json_number_value(inner) : strtoull(text(inner), NULL, 10));
    if (strcmp(tag, "double") == 0)
        return tagged_double(inner);
    if (strcmp(tag, "string") == 0)
        return cel_string(text(inner), json_string_length(inner));
    if (strcmp(tag, "bytes") == 0)
        return tagged_bytes(pool, inner);
    if (strcmp(tag, "bool") == 0)
        return cel_bool(json_is_true(inner));
    if (strcmp(tag, "null") == 0)
        return cel_null();
    if (strcmp(tag, "list") == 0)
        return list_with(pool, inner, value_tagged);
    if (strcmp(tag, "map") == 0)
        return tagged_map(pool, inner);
    if (strcmp(tag, "timestamp") == 0)
        return cel_parse_timestamp(text(inner), json_string_length(inner));
    if (strcmp(tag, "duration") == 0)
        return cel_parse_duration(text(inner), json_string_length(inner));
    if (strcmp(tag, "type") == 0)
        return cel_type_of(strcmp(text(inner), "timestamp") == 0  ? "google.protobuf.Timestamp"
                           : strcmp(text(inner), "duration") == 0 ? "google.protobuf.Duration"
                                                                  : text(inner));
    return cel_error("not a tagged value");
}
