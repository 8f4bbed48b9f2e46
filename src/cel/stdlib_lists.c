/*
 * stdlib_lists.c: the lists and sets extensions; sortBy is a macro (walk_macros.c).
 *
 * What compares elements pairwise pays for it in steps before it starts.
 */
#include "cel_int.h"

#include <stdlib.h>

static struct cel_value *items_new(struct cel_ctx *ctx, uint64_t count)
{
    if (count > SIZE_MAX / sizeof(struct cel_value) / 2 || !cel_step(ctx, count))
        return NULL;
    return cel_ctx_get(ctx, count * sizeof(struct cel_value));
}

/* ---- lists ---- */

static struct cel_value slice(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const struct cel_list *list = a->as.list;
    int64_t from = a[1].as.i, to = a[2].as.i;
    (void)n;
    if (from < 0 || to < from || (uint64_t)to > list->count)
        return cel_error(cel_e_index);
    return cel_make_list(ctx, list->items + from, (uint64_t)(to - from));
}

/* How many elements flattening gives. */
static uint64_t flat_count(const struct cel_list *list, int64_t depth)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < list->count; i++)
        count +=
            depth > 0 && list->items[i].kind == CEL_LIST ? flat_count(list->items[i].as.list, depth - 1) : 1;
    return count;
}

static struct cel_value *flatten_into(struct cel_value *out, const struct cel_list *list, int64_t depth)
{
    for (uint64_t i = 0; i < list->count; i++) {
        if (depth > 0 && list->items[i].kind == CEL_LIST)
            out = flatten_into(out, list->items[i].as.list, depth - 1);
        else
            *out++ = list->items[i];
    }
    return out;
}

static struct cel_value flatten(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    int64_t depth = n == 2 ? a[1].as.i : 1;
    if (depth < 0)
        return cel_error("flatten: the depth is negative");
    if (depth > CEL_DEPTH_MAX)
        depth = CEL_DEPTH_MAX;
    if (!cel_step(ctx, cel_weight(a)))
        return cel_error(cel_e_steps);
    uint64_t count = flat_count(a->as.list, depth);
    struct cel_value *items = items_new(ctx, count);
    if (items == NULL)
        return cel_error(cel_spent(ctx));
    flatten_into(items, a->as.list, depth);
    return cel_make_list(ctx, items, count);
}

static struct cel_value range(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    uint64_t count = a->as.i > 0 ? a->as.u : 0;
    struct cel_value *items = items_new(ctx, count);
    (void)n;
    if (items == NULL)
        return cel_error(cel_spent(ctx));
    for (uint64_t i = 0; i < count; i++)
        items[i] = cel_int((int64_t)i);
    return cel_make_list(ctx, items, count);
}

static bool holds(const struct cel_value *items, uint64_t count, const struct cel_value *v)
{
    for (uint64_t i = 0; i < count; i++)
        if (cel_value_equal(&items[i], v))
            return true;
    return false;
}

/* Comparing each element of one list with each of another; false: not within the budget. */
static bool pairs_step(struct cel_ctx *ctx, const struct cel_value *a, const struct cel_value *b)
{
    uint64_t x, y;
    if (__builtin_mul_overflow(a->as.list->count, cel_weight(b), &x) ||
        __builtin_mul_overflow(b->as.list->count, cel_weight(a), &y))
        return cel_step(ctx, UINT32_MAX);
    return cel_step(ctx, x < y ? x : y);
}

static struct cel_value distinct(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const struct cel_list *list = a->as.list;
    uint64_t kept = 0;
    (void)n;
    struct cel_value *items = pairs_step(ctx, a, a) ? items_new(ctx, list->count) : NULL;
    if (items == NULL)
        return cel_error(cel_spent(ctx));
    for (uint64_t i = 0; i < list->count; i++)
        if (!holds(items, kept, &list->items[i]))
            items[kept++] = list->items[i];
    return cel_make_list(ctx, items, kept);
}

static int in_order(const void *a, const void *b)
{
    int order = cel_value_compare(a, b);
    return order == 1 || order == -1 ? order : 0; /* NaN: anywhere */
}

static struct cel_value sort(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const struct cel_list *list = a->as.list;
    struct cel_value *items = cel_step(ctx, cel_weight(a) * 8) ? items_new(ctx, list->count) : NULL;
    (void)n;
    if (items == NULL)
        return cel_error(cel_spent(ctx));
    for (uint64_t i = 0; i < list->count; i++) {
        items[i] = list->items[i];
        if (items[i].kind != items[0].kind || cel_value_compare(&items[i], &items[0]) == 3)
            return cel_error("sort: the elements are not of one ordered type");
    }
    if (list->count > 1)
        qsort(items, list->count, sizeof(*items), in_order);
    return cel_make_list(ctx, items, list->count);
}

static struct cel_value reverse(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const struct cel_list *list = a->as.list;
    struct cel_value *items = items_new(ctx, list->count);
    (void)n;
    if (items == NULL)
        return cel_error(cel_spent(ctx));
    for (uint64_t i = 0; i < list->count; i++)
        items[i] = list->items[list->count - 1 - i];
    return cel_make_list(ctx, items, list->count);
}

static struct cel_value first(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    return cel_optional(ctx, a->as.list->count > 0 ? &a->as.list->items[0] : NULL);
}

static struct cel_value last(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const struct cel_list *list = a->as.list;
    (void)n;
    return cel_optional(ctx, list->count > 0 ? &list->items[list->count - 1] : NULL);
}

/* ---- sets ---- */

/* Does a hold everything that b does? */
static bool covers(const struct cel_list *a, const struct cel_list *b)
{
    for (uint64_t i = 0; i < b->count; i++)
        if (!holds(a->items, a->count, &b->items[i]))
            return false;
    return true;
}

static struct cel_value contains(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    if (!pairs_step(ctx, &a[0], &a[1]))
        return cel_error(cel_e_steps);
    return cel_bool(covers(a[0].as.list, a[1].as.list));
}

static struct cel_value equivalent(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    if (!pairs_step(ctx, &a[0], &a[1]) || !pairs_step(ctx, &a[0], &a[1]))
        return cel_error(cel_e_steps);
    return cel_bool(covers(a[0].as.list, a[1].as.list) && covers(a[1].as.list, a[0].as.list));
}

static struct cel_value intersects(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const struct cel_list *x = a[0].as.list, *y = a[1].as.list;
    (void)n;
    if (!pairs_step(ctx, &a[0], &a[1]))
        return cel_error(cel_e_steps);
    for (uint64_t i = 0; i < y->count; i++)
        if (holds(x->items, x->count, &y->items[i]))
            return cel_bool(true);
    return cel_bool(false);
}

const struct cel_def cel_defs_lists[] = {
    {"list(A).slice(int, int) -> list(A)", slice, CEL_LIB_LISTS, 1},
    {"list(list(A)).flatten() -> list(A)", flatten, CEL_LIB_LISTS, CEL_COST_TEXT},
    {"list(dyn).flatten(int) -> list(dyn)", flatten, CEL_LIB_LISTS, CEL_COST_TEXT},
    {"lists.range(int) -> list(int)", range, CEL_LIB_LISTS, CEL_COST_TEXT},
    {"list(A).distinct() -> list(A)", distinct, CEL_LIB_LISTS, CEL_COST_TEXT},
    {"list(A).sort() -> list(A)", sort, CEL_LIB_LISTS, CEL_COST_TEXT},
    {"list(A).reverse() -> list(A)", reverse, CEL_LIB_LISTS, CEL_COST_TEXT},
    {"list(A).first() -> optional_type(A)", first, CEL_LIB_LISTS, 1},
    {"list(A).last() -> optional_type(A)", last, CEL_LIB_LISTS, 1},
    {"sets.contains(list(A), list(A)) -> bool", contains, CEL_LIB_SETS, CEL_COST_TEXT},
    {"sets.equivalent(list(A), list(A)) -> bool", equivalent, CEL_LIB_SETS, CEL_COST_TEXT},
    {"sets.intersects(list(A), list(A)) -> bool", intersects, CEL_LIB_SETS, CEL_COST_TEXT},
    {NULL, NULL, 0, 0},
};
