/*
 * walk.c: the reference interpreter: evaluates the checked tree, one node at a time.
 *
 * It knows the whole language and is the meaning of it: the vm (vm.c) leaves every error and
 * everything it cannot do to this file, and tests compare the two. Errors are values that strict
 * operations pass on; && and || absorb them when the other operand decides, except when the
 * budget of steps or memory has run out. Recursion is bounded by the height of the tree.
 */
#include "cel_int.h"

void *cel_ctx_get(struct cel_ctx *ctx, size_t size)
{
    void *piece = cel_arena_try(&ctx->arena, size);
    ctx->exhausted |= piece == NULL;
    return piece;
}

const char *cel_spent(const struct cel_ctx *ctx)
{
    return ctx->steps > ctx->steps_max ? cel_e_steps : cel_e_memory;
}

/* The innermost place of the first error stays; an operator that absorbs it clears nothing, because a
 * later error overwrites the place only if the evaluation as a whole fails (cel_eval). */
static struct cel_value fail_at(struct cel_ctx *ctx, const struct cel_node *node, struct cel_value error)
{
    if (ctx->error_text != error.as.s) {
        ctx->error_text = error.as.s;
        ctx->error_at = node->start;
    }
    return error;
}

/* ---- names and access ---- */

static struct cel_value walk_var(struct cel_ctx *ctx, const struct cel_node *node)
{
    if (node->local != CEL_LOCAL)
        return ctx->locals[node->local];
    return cel_slot_read(ctx, node->var);
}

static const struct cel_member *member_of(
    struct cel_ctx *ctx, const struct cel_node *node, const struct cel_value *from)
{
    if (node->member != NULL && node->struct_id == from->ref)
        return node->member;
    return cel_member_find(cel_record_get(ctx->program->env, from->ref), node->name, strlen(node->name));
}

/* a.b on a map or struct; *present tells has(). */
static struct cel_value select_field(
    struct cel_ctx *ctx, const struct cel_node *node, const struct cel_value *from, bool *present)
{
    *present = false;
    if (from->kind == CEL_MAP) {
        struct cel_value key = cel_string(node->name, strlen(node->name));
        const struct cel_value *found = cel_map_find(from, &key);
        *present = found != NULL;
        return found != NULL ? *found : cel_error(cel_e_key);
    }
    if (from->kind != CEL_STRUCT)
        return cel_error(cel_e_field);
    const struct cel_member *member = member_of(ctx, node, from);
    if (member == NULL)
        return cel_error(cel_e_field);
    *present = cel_member_present(member, from->as.p);
    return node->kind == CEL_NODE_HAS ? cel_bool(*present) : cel_member_read(ctx, member, from->as.p);
}

static bool selectable(const struct cel_value *from)
{
    return from->kind == CEL_MAP || from->kind == CEL_STRUCT;
}

static struct cel_value none(void)
{
    return (struct cel_value){.kind = CEL_OPTIONAL};
}

/* The value as an optional that is not one already. */
static struct cel_value some(struct cel_ctx *ctx, const struct cel_value *v)
{
    return v->kind == CEL_OPTIONAL || cel_is_error(v) ? *v : cel_optional(ctx, v);
}

static struct cel_value walk_field(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value from = cel_walk(ctx, node->kids[0]);
    bool optional = (node->flags & CEL_F_OPTIONAL) != 0, present;
    if (cel_is_error(&from))
        return from;
    if (from.kind == CEL_OPTIONAL) {
        if (from.as.opt == NULL)
            return none();
        from = *from.as.opt;
        optional = true;
    }
    struct cel_value v = select_field(ctx, node, &from, &present);
    if (!optional)
        return cel_is_error(&v) ? fail_at(ctx, node, v) : v;
    if (!selectable(&from))
        return fail_at(ctx, node, cel_error(cel_e_overload));
    return present ? some(ctx, &v) : none();
}

static struct cel_value walk_has(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value from = cel_walk(ctx, node->kids[0]);
    bool present;
    if (from.kind == CEL_OPTIONAL) {
        if (from.as.opt == NULL)
            return cel_bool(false);
        from = *from.as.opt;
    }
    if (cel_is_error(&from))
        return from;
    struct cel_value v = select_field(ctx, node, &from, &present);
    if (!selectable(&from) || (from.kind == CEL_STRUCT && cel_is_error(&v)))
        return fail_at(ctx, node, cel_error(selectable(&from) ? cel_e_field : cel_e_overload));
    return cel_bool(present);
}

static struct cel_value walk_index(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value from = cel_walk(ctx, node->kids[0]);
    if (cel_is_error(&from))
        return from;
    struct cel_value key = cel_walk(ctx, node->kids[1]);
    bool optional = (node->flags & CEL_F_OPTIONAL) != 0;
    if (cel_is_error(&key))
        return key;
    if (from.kind == CEL_OPTIONAL) {
        if (from.as.opt == NULL)
            return none();
        from = *from.as.opt;
        optional = true;
    }
    struct cel_value v = cel_value_index(&from, &key);
    if (optional && cel_is_error(&v) && (v.as.s == cel_e_key || v.as.s == cel_e_index))
        return none();
    if (cel_is_error(&v))
        return fail_at(ctx, node, v);
    return optional ? some(ctx, &v) : v;
}

/* ---- operators ---- */

static struct cel_value walk_not(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value v = cel_walk(ctx, node->kids[0]);
    if (cel_is_error(&v))
        return v;
    return v.kind == CEL_BOOL ? cel_bool(!v.as.b) : fail_at(ctx, node, cel_error(cel_e_overload));
}

/* && when decider is false, || when it is true: the decider wins over everything, then an error. */
static struct cel_value walk_logic(struct cel_ctx *ctx, const struct cel_node *node, bool decider)
{
    struct cel_value result = cel_bool(!decider);
    for (uint32_t i = 0; i < node->count; i++) {
        struct cel_value v = cel_walk(ctx, node->kids[i]);
        if (v.kind == CEL_BOOL) {
            if (v.as.b == decider && !ctx->exhausted)
                return v;
        } else if (!cel_is_error(&result)) {
            result = cel_is_error(&v) ? v : fail_at(ctx, node->kids[i], cel_error(cel_e_bool));
        }
    }
    return result;
}

static struct cel_value walk_choice(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value v = cel_walk(ctx, node->kids[0]);
    if (cel_is_error(&v))
        return v;
    if (v.kind != CEL_BOOL)
        return fail_at(ctx, node, cel_error(cel_e_bool));
    return cel_walk(ctx, node->kids[v.as.b ? 1 : 2]);
}

static struct cel_value compare(enum cel_node_kind kind, const struct cel_value *a, const struct cel_value *b)
{
    int order = cel_value_compare(a, b);
    if (order == 3)
        return cel_error(cel_e_overload);
    switch (kind) {
    case CEL_NODE_LT:
        return cel_bool(order == -1);
    case CEL_NODE_LE:
        return cel_bool(order == -1 || order == 0);
    case CEL_NODE_GT:
        return cel_bool(order == 1);
    default:
        return cel_bool(order == 1 || order == 0);
    }
}

/* What copying costs beyond one step. */
static uint64_t length(const struct cel_value *v)
{
    switch (v->kind) {
    case CEL_STRING:
    case CEL_BYTES:
        return v->aux / 64;
    case CEL_LIST:
        return v->as.list->count;
    case CEL_MAP:
        return v->as.map->count * 4;
    default:
        return 0;
    }
}

static uint64_t binary_cost(enum cel_node_kind kind, const struct cel_value *a, const struct cel_value *b)
{
    uint64_t x = cel_weight(a), y = cel_weight(b);
    if (kind == CEL_NODE_EQ || kind == CEL_NODE_NE)
        return x < y ? x : y;
    return kind == CEL_NODE_IN && b->kind == CEL_LIST ? y : length(a) + length(b);
}

static struct cel_value walk_binary(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value a = cel_walk(ctx, node->kids[0]);
    if (cel_is_error(&a))
        return a;
    struct cel_value b = cel_walk(ctx, node->kids[1]), v;
    if (cel_is_error(&b))
        return b;
    if (!cel_step(ctx, binary_cost(node->kind, &a, &b)))
        return cel_error(cel_e_steps);
    switch (node->kind) {
    case CEL_NODE_EQ:
        return cel_bool(cel_value_equal(&a, &b));
    case CEL_NODE_NE:
        return cel_bool(!cel_value_equal(&a, &b));
    case CEL_NODE_IN:
        v = cel_value_in(&a, &b);
        break;
    case CEL_NODE_LT:
    case CEL_NODE_LE:
    case CEL_NODE_GT:
    case CEL_NODE_GE:
        v = compare(node->kind, &a, &b);
        break;
    default:
        v = cel_arith(ctx, node->kind, &a, &b);
    }
    return cel_is_error(&v) ? fail_at(ctx, node, v) : v;
}

/* ---- calls ---- */

static bool kind_fits(const struct cel_type *param, const struct cel_value *v)
{
    return param->kind == CEL_T_DYN || param->kind == CEL_T_PARAM || param->kind == v->kind ||
           (param->kind == CEL_STRUCT && v->kind == CEL_STRUCT && param->ref == v->ref);
}

static bool overload_fits(
    const struct cel_overload *overload, const struct cel_value *args, uint32_t count, bool member)
{
    if (overload->member != member ||
        (overload->variadic ? count < overload->count : count != overload->count))
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (!kind_fits(overload->params[i < overload->count ? i : overload->count - 1], &args[i]))
            return false;
    return true;
}

static struct cel_value call_overload(
    struct cel_ctx *ctx, const struct cel_overload *overload, const struct cel_value *args, uint32_t count)
{
    uint64_t cost = overload->cost;
    for (uint32_t i = 0; i < count; i++)
        cost += args[i].kind == CEL_STRING || args[i].kind == CEL_BYTES ? args[i].aux / 64 : 0;
    if (!cel_step(ctx, cost))
        return cel_error(cel_e_steps);
    if (overload->host == NULL)
        return overload->fn != NULL ? overload->fn(ctx, args, count) : cel_error(cel_e_overload);
    if (ctx->folding)
        return cel_error("not a constant");
    struct cel_value ret = cel_null();
    const char *error = "host function failed";
    return overload->host(ctx, ctx->host, args, &ret, &error) ? ret : cel_error(error);
}

static struct cel_value walk_call(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value few[4], *args = few;
    if (node->count > CEL_COUNT(few))
        args = cel_ctx_get(ctx, node->count * sizeof(*args));
    if (args == NULL)
        return cel_error(cel_e_memory);
    for (uint32_t i = 0; i < node->count; i++) {
        args[i] = cel_walk(ctx, node->kids[i]);
        if (cel_is_error(&args[i]))
            return args[i];
    }
    if (node->extra != NULL) /* matches() with a constant pattern */
        return cel_call_matches(ctx, &args[0], node->extra);
    bool member = (node->flags & CEL_F_MEMBER) != 0;
    for (uint32_t i = 0; i < node->group->count; i++) {
        const struct cel_overload *overload = node->group->items[i];
        if (!overload_fits(overload, args, node->count, member))
            continue;
        struct cel_value v = call_overload(ctx, overload, args, node->count);
        return cel_is_error(&v) ? fail_at(ctx, node, v) : v;
    }
    return fail_at(ctx, node, cel_error(cel_e_overload));
}

/* ---- literals ---- */

static struct cel_value walk_list(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value *items = cel_ctx_get(ctx, node->count * sizeof(*items));
    uint64_t count = 0;
    if (items == NULL)
        return cel_error(cel_e_memory);
    for (uint32_t i = 0; i < node->count; i++) {
        struct cel_value v = cel_walk(ctx, node->kids[i]);
        if (cel_is_error(&v))
            return v;
        if ((node->kids[i]->flags & CEL_F_ENTRY) == 0) {
            items[count++] = v;
            continue;
        }
        if (v.kind != CEL_OPTIONAL)
            return fail_at(ctx, node, cel_error(cel_e_overload));
        if (v.as.opt != NULL)
            items[count++] = *v.as.opt;
    }
    return cel_make_list(ctx, items, count);
}

static struct cel_value walk_map(struct cel_ctx *ctx, const struct cel_node *node)
{
    struct cel_value *pairs = cel_ctx_get(ctx, node->count * sizeof(*pairs));
    uint64_t count = 0;
    if (pairs == NULL)
        return cel_error(cel_e_memory);
    for (uint32_t i = 0; i < node->count; i += 2) {
        struct cel_value key = cel_walk(ctx, node->kids[i]);
        if (cel_is_error(&key))
            return key;
        struct cel_value v = cel_walk(ctx, node->kids[i + 1]);
        if (cel_is_error(&v))
            return v;
        if ((node->kids[i]->flags & CEL_F_ENTRY) != 0) {
            if (v.kind != CEL_OPTIONAL)
                return fail_at(ctx, node, cel_error(cel_e_overload));
            if (v.as.opt == NULL)
                continue;
            v = *v.as.opt;
        }
        pairs[2 * count] = key;
        pairs[2 * count++ + 1] = v;
    }
    struct cel_value map = cel_make_map(ctx, pairs, count);
    return cel_is_error(&map) ? fail_at(ctx, node, map) : map;
}

static struct cel_value walk_bind(struct cel_ctx *ctx, const struct cel_node *node)
{
    ctx->locals[node->local] = cel_walk(ctx, node->kids[0]);
    return cel_walk(ctx, node->kids[1]);
}

struct cel_value cel_walk(struct cel_ctx *ctx, const struct cel_node *node)
{
    if (!cel_step(ctx, 1))
        return fail_at(ctx, node, cel_error(cel_e_steps));
    if ((node->flags & CEL_F_BAD) != 0)
        return fail_at(ctx, node, cel_error("undeclared reference"));
    switch (node->kind) {
    case CEL_NODE_LITERAL:
        return node->value;
    case CEL_NODE_VAR:
        return walk_var(ctx, node);
    case CEL_NODE_FIELD:
        return walk_field(ctx, node);
    case CEL_NODE_HAS:
        return walk_has(ctx, node);
    case CEL_NODE_INDEX:
        return walk_index(ctx, node);
    case CEL_NODE_NOT:
        return walk_not(ctx, node);
    case CEL_NODE_NEG: {
        struct cel_value v = cel_walk(ctx, node->kids[0]);
        struct cel_value n = cel_is_error(&v) ? v : cel_negate(&v);
        return cel_is_error(&n) ? fail_at(ctx, node, n) : n;
    }
    case CEL_NODE_AND:
        return walk_logic(ctx, node, false);
    case CEL_NODE_OR:
        return walk_logic(ctx, node, true);
    case CEL_NODE_COND:
        return walk_choice(ctx, node);
    case CEL_NODE_CALL:
        return walk_call(ctx, node);
    case CEL_NODE_LIST:
        return walk_list(ctx, node);
    case CEL_NODE_MAP:
        return walk_map(ctx, node);
    case CEL_NODE_MACRO:
        return cel_walk_macro(ctx, node);
    case CEL_NODE_BIND:
        return walk_bind(ctx, node);
    case CEL_NODE_STRUCT:
        return fail_at(ctx, node, cel_error(cel_e_overload));
    default:
        return walk_binary(ctx, node);
    }
}
