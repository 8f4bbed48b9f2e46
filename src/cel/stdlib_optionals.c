/*
 * stdlib_optionals.c: optional.of, optional.none, value, orValue and their kin. The syntax (.? and [?])
 * is evaluated by walk.c, optMap and optFlatMap by walk_macros.c.
 */
#include "cel_int.h"

static struct cel_value of(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    return cel_optional(ctx, a);
}

static struct cel_value none(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)a, (void)n;
    return cel_optional(ctx, NULL);
}

static struct cel_value of_non_zero(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)n;
    return cel_optional(ctx, cel_is_zero_value(a) ? NULL : a);
}

static struct cel_value has_value(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_bool(a->as.opt != NULL);
}

static struct cel_value value(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return a->as.opt != NULL ? *a->as.opt : cel_error("optional without a value");
}

static struct cel_value or_value(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return a->as.opt != NULL ? *a->as.opt : a[1];
}

static struct cel_value or_optional(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return a->as.opt != NULL ? a[0] : a[1];
}

static struct cel_value unwrap(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    const struct cel_list *list = a->as.list;
    uint64_t count = 0;
    (void)n;
    struct cel_value *items =
        cel_step(ctx, list->count) ? cel_ctx_get(ctx, list->count * sizeof(*items)) : NULL;
    if (items == NULL)
        return cel_error(cel_spent(ctx));
    for (uint64_t i = 0; i < list->count; i++) {
        if (list->items[i].kind != CEL_OPTIONAL)
            return cel_error(cel_e_overload);
        if (list->items[i].as.opt != NULL)
            items[count++] = *list->items[i].as.opt;
    }
    return cel_make_list(ctx, items, count);
}

const struct cel_def cel_defs_optionals[] = {
    {"optional.of(A) -> optional_type(A)", of, CEL_LIB_OPTIONALS, 1},
    {"optional.none() -> optional_type(A)", none, CEL_LIB_OPTIONALS, 1},
    {"optional.ofNonZeroValue(A) -> optional_type(A)", of_non_zero, CEL_LIB_OPTIONALS, 1},
    {"optional_type(A).hasValue() -> bool", has_value, CEL_LIB_OPTIONALS, 1},
    {"optional_type(A).value() -> A", value, CEL_LIB_OPTIONALS, 1},
    {"optional_type(A).orValue(A) -> A", or_value, CEL_LIB_OPTIONALS, 1},
    {"optional_type(A).or(optional_type(A)) -> optional_type(A)", or_optional, CEL_LIB_OPTIONALS, 1},
    {"optional.unwrap(list(optional_type(A))) -> list(A)", unwrap, CEL_LIB_OPTIONALS, 1},
    {"list(optional_type(A)).unwrapOpt() -> list(A)", unwrap, CEL_LIB_OPTIONALS, 1},
    {NULL, NULL, 0, 0},
};
