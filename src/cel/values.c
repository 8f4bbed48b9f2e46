/*
 * values.c: boxed values: making them, equality, order, membership, maps.
 *
 * int and uint stand on one number line and compare exactly; with a double they compare as doubles.
 * Values of different kinds are unequal, not an error; NaN equals nothing. Order exists within one
 * kind (and among numbers).
 */
#include "cel_int.h"

#include <math.h>
#include <stdlib.h>

const char cel_e_overload[] = "no such overload", cel_e_overflow[] = "integer overflow",
           cel_e_div_zero[] = "division by zero", cel_e_mod_zero[] = "modulus by zero",
           cel_e_range[] = "value out of range", cel_e_key[] = "no such key", cel_e_field[] = "no such field",
           cel_e_index[] = "index out of range", cel_e_steps[] = "step budget exceeded",
           cel_e_memory[] = "memory limit exceeded", cel_e_bool[] = "operand is not a bool",
           cel_e_null_struct[] = "field of an absent struct";

/* ---- making ---- */

struct cel_value cel_null(void)
{
    return (struct cel_value){.kind = CEL_NULL};
}

struct cel_value cel_bool(bool b)
{
    return (struct cel_value){.kind = CEL_BOOL, .as.b = b};
}

struct cel_value cel_int(int64_t i)
{
    return (struct cel_value){.kind = CEL_INT, .as.i = i};
}

struct cel_value cel_uint(uint64_t u)
{
    return (struct cel_value){.kind = CEL_UINT, .as.u = u};
}

struct cel_value cel_double(double d)
{
    return (struct cel_value){.kind = CEL_DOUBLE, .as.d = d};
}

struct cel_value cel_string(const char *ptr, size_t len)
{
    return (struct cel_value){.kind = CEL_STRING, .aux = (uint32_t)len, .as.s = ptr};
}

struct cel_value cel_bytes(const void *ptr, size_t len)
{
    return (struct cel_value){.kind = CEL_BYTES, .aux = (uint32_t)len, .as.s = ptr};
}

struct cel_value cel_timestamp(int64_t seconds, uint32_t nanos)
{
    return (struct cel_value){.kind = CEL_TIMESTAMP, .aux = nanos, .as.i = seconds};
}

struct cel_value cel_duration(int64_t nanos)
{
    return (struct cel_value){.kind = CEL_DURATION, .as.i = nanos};
}

/* ---- weight and height: of LIST, MAP and OPTIONAL kept in aux and ref, so that what goes through all of
 * a value knows beforehand how much that is, though its parts are shared ---- */

uint64_t cel_weight(const struct cel_value *v)
{
    switch (v->kind) {
    case CEL_STRING:
    case CEL_BYTES:
        return 1 + v->aux / 64;
    case CEL_LIST:
    case CEL_MAP:
    case CEL_OPTIONAL:
        return v->aux > 0 ? v->aux : 1;
    default:
        return 1;
    }
}

static uint32_t height(const struct cel_value *v)
{
    return v->kind == CEL_LIST || v->kind == CEL_MAP || v->kind == CEL_OPTIONAL ? v->ref : 0;
}

/* The value, with the weight and height that these parts give it; an error if it is too high. */
static struct cel_value weighed(struct cel_value value, const struct cel_value *parts, uint64_t count)
{
    uint64_t weight = 1;
    uint32_t highest = 0;
    for (uint64_t i = 0; i < count; i++) {
        weight += cel_weight(&parts[i]);
        highest = height(&parts[i]) > highest ? height(&parts[i]) : highest;
    }
    if (highest >= CEL_DEPTH_MAX)
        return cel_error("value nests too deep");
    value.aux = weight < UINT32_MAX ? (uint32_t)weight : UINT32_MAX;
    value.ref = (uint16_t)(highest + 1);
    return value;
}

/* No value may be larger than memory could hold it, were nothing in it shared. */
static struct cel_value within_limit(struct cel_ctx *ctx, struct cel_value value)
{
    size_t limit = ctx->arena.limit != 0 ? ctx->arena.limit : (size_t)16 << 20;
    if (cel_is_error(&value) || cel_weight(&value) <= limit / sizeof(value))
        return value;
    ctx->exhausted = true;
    return cel_error(cel_e_memory);
}

struct cel_value cel_list_of(const struct cel_list *list)
{
    return weighed((struct cel_value){.kind = CEL_LIST, .as.list = list}, list->items, list->count);
}

struct cel_value cel_map_of(const struct cel_map *map)
{
    return weighed((struct cel_value){.kind = CEL_MAP, .as.map = map}, map->pairs, 2 * map->count);
}

struct cel_value cel_type_of(const char *name)
{
    return (struct cel_value){.kind = CEL_TYPE, .aux = (uint32_t)strlen(name), .as.s = name};
}

struct cel_value cel_error(const char *text)
{
    return (struct cel_value){.kind = CEL_ERROR, .as.s = text};
}

struct cel_value cel_make_list(struct cel_ctx *ctx, const struct cel_value *items, uint64_t count)
{
    struct cel_list *list = cel_ctx_get(ctx, sizeof(*list));
    if (list == NULL)
        return cel_error(cel_e_memory);
    *list = (struct cel_list){count, items};
    return within_limit(ctx, cel_list_of(list));
}

struct cel_value cel_make_string(struct cel_ctx *ctx, const char *ptr, size_t len)
{
    char *copy = len <= UINT32_MAX ? cel_ctx_get(ctx, len + 1) : NULL;
    if (copy == NULL)
        return cel_error(cel_e_memory);
    if (len > 0)
        memcpy(copy, ptr, len);
    return cel_string(copy, len);
}

struct cel_value cel_optional(struct cel_ctx *ctx, const struct cel_value *value)
{
    struct cel_value *copy = NULL;
    if (value != NULL) {
        copy = cel_ctx_get(ctx, sizeof(*copy));
        if (copy == NULL)
            return cel_error(cel_e_memory);
        *copy = *value;
    }
    struct cel_value optional = {.kind = CEL_OPTIONAL, .as.opt = copy};
    return within_limit(ctx, weighed(optional, copy, copy != NULL));
}

/* ---- numbers on one line ---- */

static bool is_number(const struct cel_value *v)
{
    return v->kind == CEL_INT || v->kind == CEL_UINT || v->kind == CEL_DOUBLE;
}

#define ORDER(x, y) ((x) < (y) ? -1 : (x) > (y) ? 1 : 0)

/* An integer and a double compare as doubles, as the conformance suite has it. */
static int compare_double(double x, double d)
{
    return isnan(d) ? 2 : ORDER(x, d);
}

static int flip(int order)
{
    return order == 2 ? 2 : -order;
}

int cel_number_compare(const struct cel_value *a, const struct cel_value *b)
{
    if (a->kind == CEL_DOUBLE && b->kind == CEL_DOUBLE)
        return isnan(a->as.d) || isnan(b->as.d) ? 2 : ORDER(a->as.d, b->as.d);
    if (a->kind == CEL_DOUBLE)
        return flip(cel_number_compare(b, a));
    if (b->kind == CEL_DOUBLE)
        return compare_double(a->kind == CEL_INT ? (double)a->as.i : (double)a->as.u, b->as.d);
    if (a->kind == CEL_INT && (b->kind == CEL_INT || a->as.i < 0))
        return b->kind == CEL_INT ? ORDER(a->as.i, b->as.i) : -1;
    if (b->kind == CEL_INT && b->as.i < 0)
        return 1;
    return ORDER(a->as.u, b->as.u);
}

int cel_bytes_compare(const char *a, size_t alen, const char *b, size_t blen)
{
    size_t shorter = alen < blen ? alen : blen;
    int order = shorter > 0 ? memcmp(a, b, shorter) : 0;
    return order != 0 ? ORDER(order, 0) : ORDER(alen, blen);
}

int cel_value_compare(const struct cel_value *a, const struct cel_value *b)
{
    if (is_number(a) && is_number(b))
        return cel_number_compare(a, b);
    if (a->kind != b->kind)
        return 3;
    switch (a->kind) {
    case CEL_BOOL:
        return ORDER(a->as.b, b->as.b);
    case CEL_DURATION:
        return ORDER(a->as.i, b->as.i);
    case CEL_STRING:
    case CEL_BYTES:
        return cel_bytes_compare(a->as.s, a->aux, b->as.s, b->aux);
    case CEL_TIMESTAMP:
        return a->as.i != b->as.i ? ORDER(a->as.i, b->as.i) : ORDER(a->aux, b->aux);
    default:
        return 3;
    }
}

/* ---- equality ---- */

static bool lists_equal(const struct cel_list *a, const struct cel_list *b)
{
    if (a->count != b->count)
        return false;
    for (uint64_t i = 0; i < a->count; i++)
        if (!cel_value_equal(&a->items[i], &b->items[i]))
            return false;
    return true;
}

static bool maps_equal(const struct cel_value *a, const struct cel_value *b)
{
    const struct cel_map *map = a->as.map;
    if (map->count != b->as.map->count)
        return false;
    for (uint64_t i = 0; i < map->count; i++) {
        const struct cel_value *other = cel_map_find(b, &map->pairs[2 * i]);
        if (other == NULL || !cel_value_equal(&map->pairs[2 * i + 1], other))
            return false;
    }
    return true;
}

bool cel_value_equal(const struct cel_value *a, const struct cel_value *b)
{
    if (is_number(a) && is_number(b))
        return cel_number_compare(a, b) == 0;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case CEL_NULL:
        return true;
    case CEL_TYPE:
        return a->aux == b->aux && memcmp(a->as.s, b->as.s, a->aux) == 0;
    case CEL_LIST:
        return lists_equal(a->as.list, b->as.list);
    case CEL_MAP:
        return maps_equal(a, b);
    case CEL_OPTIONAL:
        if (a->as.opt == NULL || b->as.opt == NULL)
            return a->as.opt == b->as.opt;
        return cel_value_equal(a->as.opt, b->as.opt);
    case CEL_STRUCT:
        return a->ref == b->ref && a->as.p == b->as.p;
    case CEL_OPAQUE:
        return a->ref == b->ref && a->as.i == b->as.i;
    case CEL_IP:
    case CEL_CIDR:
        return cel_addr_equal(a->as.addr, b->as.addr);
    default:
        return cel_value_compare(a, b) == 0;
    }
}

/* ---- maps, membership, indexing ---- */

bool cel_may_be_key(const struct cel_value *key)
{
    return key->kind == CEL_INT || key->kind == CEL_UINT || key->kind == CEL_BOOL || key->kind == CEL_STRING;
}

/* A total order over what can be a key or be looked up as one: bools, numbers, strings. */
static int key_order(const struct cel_value *a, const struct cel_value *b)
{
    static const uint8_t class_of[CEL_STRING + 1] = {
        [CEL_BOOL] = 1, [CEL_INT] = 2, [CEL_UINT] = 2, [CEL_DOUBLE] = 2, [CEL_STRING] = 3};
    int order = ORDER(class_of[a->kind], class_of[b->kind]);
    return order != 0 ? order : cel_value_compare(a, b);
}

static int order_pairs(const void *a, const void *b)
{
    return key_order(a, b);
}

struct cel_value cel_make_map(struct cel_ctx *ctx, struct cel_value *pairs, uint64_t count)
{
    struct cel_map *map = cel_ctx_get(ctx, sizeof(*map));
    if (map == NULL)
        return cel_error(cel_e_memory);
    for (uint64_t i = 0; i < count; i++)
        if (!cel_may_be_key(&pairs[2 * i]))
            return cel_error("unsupported key type");
    if (count > 1)
        qsort(pairs, count, 2 * sizeof(*pairs), order_pairs);
    for (uint64_t i = 1; i < count; i++)
        if (key_order(&pairs[2 * i - 2], &pairs[2 * i]) == 0)
            return cel_error("map key given twice");
    *map = (struct cel_map){count, pairs};
    struct cel_value value = cel_map_of(map);
    value.flags = CEL_V_SORTED;
    return within_limit(ctx, value);
}

const struct cel_value *cel_map_find(const struct cel_value *value, const struct cel_value *key)
{
    const struct cel_map *map = value->as.map;
    if (!cel_may_be_key(key) && key->kind != CEL_DOUBLE)
        return NULL;
    if ((value->flags & CEL_V_SORTED) == 0) {
        for (uint64_t i = 0; i < map->count; i++)
            if (cel_value_equal(&map->pairs[2 * i], key))
                return &map->pairs[2 * i + 1];
        return NULL;
    }
    uint64_t low = 0, high = map->count;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        int order = key_order(&map->pairs[2 * middle], key);
        if (order == 0)
            return &map->pairs[2 * middle + 1];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

struct cel_value cel_value_in(const struct cel_value *v, const struct cel_value *in)
{
    if (in->kind == CEL_MAP)
        return cel_bool(cel_map_find(in, v) != NULL);
    if (in->kind != CEL_LIST)
        return cel_error(cel_e_overload);
    for (uint64_t i = 0; i < in->as.list->count; i++)
        if (cel_value_equal(v, &in->as.list->items[i]))
            return cel_bool(true);
    return cel_bool(false);
}

/* A list index: an int, or a number that is one. */
static bool index_of(const struct cel_value *key, int64_t *ret)
{
    switch (key->kind) {
    case CEL_INT:
        *ret = key->as.i;
        return true;
    case CEL_UINT:
        *ret = key->as.u <= INT64_MAX ? key->as.i : -1;
        return true;
    case CEL_DOUBLE:
        *ret = key->as.d >= 0 && key->as.d < 9e15 ? (int64_t)key->as.d : -1;
        return (double)*ret == key->as.d;
    default:
        return false;
    }
}

struct cel_value cel_value_index(const struct cel_value *from, const struct cel_value *key)
{
    int64_t i;
    if (from->kind == CEL_MAP) {
        const struct cel_value *found = cel_map_find(from, key);
        if (found == NULL && !cel_may_be_key(key) && key->kind != CEL_DOUBLE)
            return cel_error(cel_e_overload);
        return found != NULL ? *found : cel_error(cel_e_key);
    }
    if (from->kind != CEL_LIST || !index_of(key, &i))
        return cel_error(from->kind == CEL_LIST && key->kind == CEL_DOUBLE ? cel_e_index : cel_e_overload);
    if (i < 0 || (uint64_t)i >= from->as.list->count)
        return cel_error(cel_e_index);
    return from->as.list->items[i];
}

bool cel_is_zero_value(const struct cel_value *v)
{
    switch (v->kind) {
    case CEL_NULL:
        return true;
    case CEL_BOOL:
        return !v->as.b;
    case CEL_STRING:
    case CEL_BYTES:
        return v->aux == 0;
    case CEL_DOUBLE:
        return v->as.d == 0;
    case CEL_LIST:
        return v->as.list->count == 0;
    case CEL_MAP:
        return v->as.map->count == 0;
    case CEL_OPTIONAL:
        return v->as.opt == NULL;
    case CEL_TIMESTAMP:
        return v->as.i == 0 && v->aux == 0;
    case CEL_TYPE:
    case CEL_STRUCT:
        return false;
    default:
        return v->as.i == 0;
    }
}
