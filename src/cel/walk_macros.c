/*
 * walk_macros.c: comprehensions in the reference interpreter.
 *
 * A range is a list (elements, or index and element) or a map (keys, or key and value). all and
 * exists fold like && and ||: an element that decides outweighs errors of others. exists_one,
 * filter, map and the transformations pass the first error on.
 */
#include "cel_int.h"

#include <stdlib.h>

/* One walk over a range. */
struct loop {
    struct cel_ctx *ctx;
    const struct cel_node *node;
    struct cel_value range;
    uint64_t count, at;
    struct cel_value *out; /* results: items, or pairs */
    uint64_t out_count;
};

static struct cel_value fail(struct loop *loop, const char *text)
{
    loop->ctx->error_text = text;
    loop->ctx->error_at = loop->node->start;
    return cel_error(text);
}

/* Sets the variables to the element at loop->at. */
static void set_variables(struct loop *loop)
{
    struct cel_value *first = &loop->ctx->locals[loop->node->local], value;
    bool two = loop->node->name2[0] != '\0';
    if (loop->range.kind == CEL_LIST) {
        value = loop->range.as.list->items[loop->at];
        *first = two ? cel_int((int64_t)loop->at) : value;
    } else {
        *first = loop->range.as.map->pairs[2 * loop->at];
        value = loop->range.as.map->pairs[2 * loop->at + 1];
    }
    if (two)
        loop->ctx->locals[loop->node->local2] = value;
}

static bool next(struct loop *loop)
{
    if (loop->at >= loop->count || loop->ctx->exhausted)
        return false;
    set_variables(loop);
    loop->at++;
    return true;
}

/* ---- conditions over all elements ---- */

static struct cel_value fold_logic(struct loop *loop, bool decider)
{
    struct cel_value result = cel_bool(!decider);
    while (next(loop)) {
        struct cel_value v = cel_walk(loop->ctx, loop->node->kids[1]);
        if (v.kind == CEL_BOOL) {
            if (v.as.b == decider && !loop->ctx->exhausted)
                return v;
        } else if (!cel_is_error(&result)) {
            result = cel_is_error(&v) ? v : fail(loop, cel_e_bool);
        }
    }
    return result;
}

/* The predicate's value as yes or no; false: *error. */
static bool test(struct loop *loop, const struct cel_node *predicate, bool *yes, struct cel_value *error)
{
    *error = cel_walk(loop->ctx, predicate);
    *yes = error->kind == CEL_BOOL && error->as.b;
    if (error->kind == CEL_BOOL)
        return true;
    if (!cel_is_error(error))
        *error = fail(loop, cel_e_bool);
    return false;
}

static struct cel_value exists_one(struct loop *loop)
{
    uint64_t found = 0;
    struct cel_value error;
    bool yes;
    while (next(loop)) {
        if (!test(loop, loop->node->kids[1], &yes, &error))
            return error;
        found += yes;
    }
    return cel_bool(found == 1);
}

/* ---- new lists and maps ---- */

static bool room(struct loop *loop, uint64_t per_element)
{
    size_t size =
        loop->count < SIZE_MAX / 64 ? loop->count * per_element * sizeof(struct cel_value) : SIZE_MAX;
    loop->out = cel_ctx_get(loop->ctx, size);
    return loop->out != NULL;
}

static struct cel_value filter(struct loop *loop)
{
    struct cel_value error;
    bool yes;
    if (!room(loop, 1))
        return fail(loop, cel_e_memory);
    while (next(loop)) {
        struct cel_value element = loop->ctx->locals[loop->node->local];
        if (!test(loop, loop->node->kids[1], &yes, &error))
            return error;
        if (yes)
            loop->out[loop->out_count++] = element;
    }
    return cel_make_list(loop->ctx, loop->out, loop->out_count);
}

/* Adds what the transformation gives to the results; an error stops. */
static bool add_entry(struct loop *loop, const struct cel_value *key, const struct cel_value *v)
{
    if (loop->node->macro == CEL_MACRO_MAP || loop->node->macro == CEL_MACRO_TRANSFORM_LIST) {
        loop->out[loop->out_count++] = *v;
    } else if (loop->node->macro == CEL_MACRO_TRANSFORM_MAP) {
        loop->out[2 * loop->out_count] = *key;
        loop->out[2 * loop->out_count++ + 1] = *v;
    } else {
        if (v->kind != CEL_MAP || v->as.map->count != 1)
            return false;
        memcpy(&loop->out[2 * loop->out_count++], v->as.map->pairs, 2 * sizeof(*v));
    }
    return true;
}

static struct cel_value transform(struct loop *loop)
{
    bool list = loop->node->macro == CEL_MACRO_MAP || loop->node->macro == CEL_MACRO_TRANSFORM_LIST;
    bool predicate = (loop->node->flags & CEL_F_PREDICATE) != 0, yes;
    struct cel_value error;
    if (!room(loop, list ? 1 : 2))
        return fail(loop, cel_e_memory);
    while (next(loop)) {
        struct cel_value key = loop->ctx->locals[loop->node->local];
        if (predicate && !test(loop, loop->node->kids[1], &yes, &error))
            return error;
        if (predicate && !yes)
            continue;
        struct cel_value v = cel_walk(loop->ctx, loop->node->kids[loop->node->count - 1]);
        if (cel_is_error(&v))
            return v;
        if (!add_entry(loop, &key, &v))
            return fail(loop, "an entry must be a map with one key");
    }
    return list ? cel_make_list(loop->ctx, loop->out, loop->out_count)
                : cel_make_map(loop->ctx, loop->out, loop->out_count);
}

static int order_by_key(const void *a, const void *b)
{
    const struct cel_value *x = a, *y = b;
    int order = cel_value_compare(x, y);
    if (order == -1 || order == 1)
        return order;
    return x[1].aux < y[1].aux ? -1 : x[1].aux > y[1].aux; /* the position: stable */
}

static struct cel_value sort_by(struct loop *loop)
{
    if (!room(loop, 2))
        return fail(loop, cel_e_memory);
    while (next(loop)) {
        struct cel_value key = cel_walk(loop->ctx, loop->node->kids[1]);
        if (cel_is_error(&key))
            return key;
        if (cel_value_compare(loop->out_count > 0 ? &loop->out[0] : &key, &key) == 3)
            return fail(loop, "sortBy needs keys of one ordered type");
        loop->out[2 * loop->out_count] = key;
        loop->out[2 * loop->out_count + 1] = (struct cel_value){.aux = (uint32_t)loop->out_count};
        loop->out_count++;
    }
    const struct cel_value *items = loop->range.as.list->items;
    struct cel_value *sorted = cel_ctx_get(loop->ctx, loop->out_count * sizeof(*sorted));
    if (sorted == NULL)
        return fail(loop, cel_e_memory);
    if (loop->out_count > 1)
        qsort(loop->out, loop->out_count, 2 * sizeof(*loop->out), order_by_key);
    for (uint64_t i = 0; i < loop->out_count; i++)
        sorted[i] = items[loop->out[2 * i + 1].aux];
    return cel_make_list(loop->ctx, sorted, loop->out_count);
}

/* ---- optionals ---- */

static struct cel_value walk_optional(struct loop *loop)
{
    if (loop->range.kind != CEL_OPTIONAL)
        return fail(loop, cel_e_overload);
    if (loop->range.as.opt == NULL)
        return loop->range;
    loop->ctx->locals[loop->node->local] = *loop->range.as.opt;
    struct cel_value v = cel_walk(loop->ctx, loop->node->kids[1]);
    if (cel_is_error(&v))
        return v;
    if (loop->node->macro == CEL_MACRO_OPT_MAP)
        return cel_optional(loop->ctx, &v);
    return v.kind == CEL_OPTIONAL ? v : fail(loop, cel_e_overload);
}

static struct cel_value run(struct loop *loop)
{
    switch (loop->node->macro) {
    case CEL_MACRO_ALL:
        return fold_logic(loop, false);
    case CEL_MACRO_EXISTS:
        return fold_logic(loop, true);
    case CEL_MACRO_EXISTS_ONE:
        return exists_one(loop);
    case CEL_MACRO_FILTER:
        return filter(loop);
    case CEL_MACRO_SORT_BY:
        return loop->range.kind == CEL_LIST ? sort_by(loop) : fail(loop, cel_e_overload);
    default:
        return transform(loop);
    }
}

struct cel_value cel_walk_macro(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct loop loop = {.ctx = ctx, .node = node, .range = cel_walk(ctx, node->kids[0])};
    if (cel_is_error(&loop.range))
        return loop.range;
    if (node->macro == CEL_MACRO_OPT_MAP || node->macro == CEL_MACRO_OPT_FLAT_MAP)
        return walk_optional(&loop);
    if (loop.range.kind == CEL_LIST)
        loop.count = loop.range.as.list->count;
    else if (loop.range.kind == CEL_MAP)
        loop.count = loop.range.as.map->count;
    else
        return fail(&loop, cel_e_overload);
    struct cel_value v = run(&loop);
    return ctx->exhausted && !cel_is_error(&v) ? fail(&loop, cel_spent(ctx)) : v;
}
