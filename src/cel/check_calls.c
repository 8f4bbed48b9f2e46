/*
 * check_calls.c: which overload a call or an operator means.
 *
 * Every overload of the name whose parameters the arguments fit is a candidate. One candidate
 * gives its result type; several (some argument is dyn) give the common result, else dyn, and the
 * values decide when the call is evaluated.
 */
#include "cel_int.h"

#include <stdio.h>

static const char *const operator_names[] = {[CEL_NODE_NEG] = "-_",
    [CEL_NODE_EQ] = "_==_",
    [CEL_NODE_NE] = "_!=_",
    [CEL_NODE_LT] = "_<_",
    [CEL_NODE_LE] = "_<=_",
    [CEL_NODE_GT] = "_>_",
    [CEL_NODE_GE] = "_>=_",
    [CEL_NODE_IN] = "_in_",
    [CEL_NODE_ADD] = "_+_",
    [CEL_NODE_SUB] = "_-_",
    [CEL_NODE_MUL] = "_*_",
    [CEL_NODE_DIV] = "_/_",
    [CEL_NODE_MOD] = "_%_"};

/* The parameter type with this use's own type variables. */
static const struct cel_type *instance(struct cel_check *c, const struct cel_type *type, uint32_t base)
{
    if (type->kind == CEL_T_PARAM)
        return cel_type_make(c->arena, CEL_T_PARAM, base + type->ref, NULL, NULL);
    if (type->a == NULL)
        return type;
    const struct cel_type *b = type->b != NULL ? instance(c, type->b, base) : NULL;
    return cel_type_make(c->arena, type->kind, type->ref, instance(c, type->a, base), b);
}

static bool takes(const struct cel_overload *overload, const struct cel_node *call, bool member)
{
    if (overload->member != member)
        return false;
    return overload->count == call->count || (overload->variadic && call->count >= overload->count);
}

static bool fits_each(struct cel_check *c, const struct cel_overload *overload, const struct cel_node *call,
    const struct cel_type **result)
{
    uint32_t base = c->subst.count;
    for (uint32_t i = 0; i < overload->type_params; i++)
        cel_subst_fresh(&c->subst);
    for (uint32_t i = 0; i < call->count; i++) {
        const struct cel_type *param = overload->params[i < overload->count ? i : overload->count - 1];
        if (!cel_type_fits(&c->subst, instance(c, param, base), call->kids[i]->type))
            return false;
    }
    *result = instance(c, overload->result, base);
    return true;
}

/* Do the arguments fit? Then their parameters are bound and *result is the result type; else nothing is. */
static bool fits(struct cel_check *c, const struct cel_overload *overload, const struct cel_node *call,
    const struct cel_type **result)
{
    uint32_t count = c->subst.count;
    const struct cel_type **kept = cel_arena_get(c->arena, count * sizeof(*kept));
    if (count > 0)
        memcpy(kept, c->subst.bound, count * sizeof(*kept));
    if (fits_each(c, overload, call, result))
        return true;
    if (count > 0)
        memcpy(c->subst.bound, kept, count * sizeof(*kept));
    return false;
}

/* ---- what is wrong with a call ---- */

static bool has_error_operand(const struct cel_node *call)
{
    for (uint32_t i = 0; i < call->count; i++)
        if (call->kids[i]->type->kind == CEL_ERROR)
            return true;
    return false;
}

/* "(int, string)" behind what the buffer holds; what does not fit is cut. */
static void append_types(
    struct cel_check *c, const struct cel_type *const *types, uint32_t count, char *buffer, size_t size)
{
    size_t at = strlen(buffer);
    for (uint32_t i = 0; i < count && at + 3 < size; i++) {
        at += (size_t)snprintf(buffer + at, size - at, "%s", i == 0 ? "(" : ", ");
        at += cel_type_format(c->env, types[i], buffer + at, size - at);
    }
    if (at + 3 < size)
        snprintf(buffer + at, size - at, "%s", count == 0 ? "()" : ")");
}

static void describe_arguments(struct cel_check *c, const struct cel_node *call, char *buffer, size_t size)
{
    const struct cel_type *types[CEL_ARGS_MAX];
    uint32_t count = call->count < CEL_ARGS_MAX ? call->count : CEL_ARGS_MAX;
    for (uint32_t i = 0; i < count; i++)
        types[i] = cel_type_apply(&c->subst, call->kids[i]->type, true);
    append_types(c, types, count, buffer, size);
}

/* "(int, int) or (string, string)": all that the name takes, as far as there is room. */
static void describe_overloads(
    struct cel_check *c, const struct cel_group *group, bool member, char *buffer, size_t size)
{
    for (uint32_t i = 0; i < group->count; i++) {
        const struct cel_overload *overload = group->items[i];
        size_t at = strlen(buffer);
        if (overload->member != member)
            continue;
        if (at + 32 > size) {
            snprintf(buffer + at, size - at, " ...");
            return;
        }
        snprintf(buffer + at, size - at, "%s", at > 0 ? " or " : "");
        append_types(c, overload->params, overload->count, buffer, size);
    }
}

/* Which side of an operator to convert, and with what; the first row that holds counts. */
static const struct {
    uint8_t one, other;
    const char *name, *with;
} conversions[] = {{CEL_UINT, CEL_INT, "uint", "int"}, {CEL_INT, CEL_DOUBLE, "int", "double"},
    {CEL_UINT, CEL_DOUBLE, "uint", "double"}, {CEL_STRING, CEL_TIMESTAMP, "string", "timestamp"},
    {CEL_STRING, CEL_DURATION, "string", "duration"}, {CEL_INT, CEL_STRING, "int", "string"},
    {CEL_UINT, CEL_STRING, "uint", "string"}, {CEL_DOUBLE, CEL_STRING, "double", "string"},
    {CEL_BOOL, CEL_STRING, "bool", "string"}};

static void propose_conversion(struct cel_check *c, const struct cel_node *node, struct cel_diag *diag)
{
    uint8_t left = cel_type_apply(&c->subst, node->kids[0]->type, true)->kind;
    uint8_t right = cel_type_apply(&c->subst, node->kids[1]->type, true)->kind;
    for (size_t i = 0; i < CEL_COUNT(conversions); i++) {
        uint8_t one = conversions[i].one, other = conversions[i].other;
        if ((left == one && right == other) || (left == other && right == one)) {
            cel_diag_text(diag->remedy, sizeof(diag->remedy), "convert the %s: %s(...)", conversions[i].name,
                conversions[i].with);
            return;
        }
    }
}

static const struct cel_type *no_overload(
    struct cel_check *c, struct cel_node *node, const struct cel_group *group, bool member, const char *shown)
{
    if (has_error_operand(node))
        return &cel_t_error;
    char found[96] = "";
    describe_arguments(c, node, found, sizeof(found));
    struct cel_diag *diag =
        cel_check_fail(c, node, CEL_DIAG_TYPE, node->start, node->end, "%s does not take %s", shown, found);
    cel_diag_text(diag->found, sizeof(diag->found), "%s", found);
    describe_overloads(c, group, member, diag->expected, sizeof(diag->expected));
    if (node->count == 2 && cel_type_apply(&c->subst, node->kids[0]->type, true)->kind == CEL_OPAQUE &&
        node->kids[1]->type->kind == CEL_OPAQUE) {
        diag->code = CEL_DIAG_DOMAIN;
        cel_diag_text(diag->remedy, sizeof(diag->remedy), "only values of one kind can be compared");
    } else if (node->kind != CEL_NODE_CALL && node->count == 2) {
        propose_conversion(c, node, diag);
    }
    return &cel_t_error;
}

/* The result type of the candidates; NULL: none. *only: the one that fits, if it is one. */
static const struct cel_type *resolve(struct cel_check *c, const struct cel_group *group,
    struct cel_node *node, bool member, const struct cel_overload **only)
{
    const struct cel_type *result = NULL;
    uint32_t fitting = 0;
    for (uint32_t i = 0; i < group->count; i++) {
        const struct cel_type *one;
        if (!takes(group->items[i], node, member) || !fits(c, group->items[i], node, &one))
            continue;
        one = cel_type_apply(&c->subst, one, false);
        *only = ++fitting == 1 ? group->items[i] : NULL;
        result = result == NULL || cel_type_same(result, one) ? one : &cel_t_dyn;
    }
    return result;
}

const struct cel_type *cel_check_operator(struct cel_check *c, struct cel_node *node)
{
    const char *name = operator_names[node->kind];
    const struct cel_overload *only = NULL;
    for (uint32_t i = 0; i < node->count; i++)
        cel_check_node(c, node->kids[i]);
    if (c->env->options.unchecked)
        return &cel_t_dyn;
    const struct cel_group *group = cel_group_find(c->env, name);
    const struct cel_type *result = resolve(c, group, node, false, &only);
    if (result != NULL)
        return result;
    char shown[8] = ""; /* "_==_" as it is written: "==" */
    for (const char *from = name; *from != '\0'; from++)
        if (*from != '_')
            strncat(shown, from, 1);
    return no_overload(c, node, group, false, shown);
}

static const struct cel_type *unknown_function(struct cel_check *c, struct cel_node *call)
{
    struct cel_diag *diag = cel_check_fail(c, call, CEL_DIAG_NAME, call->name_start,
        call->name_start + (uint32_t)strlen(call->name), "no function '%s'", call->name);
    struct cel_suggest suggest;
    cel_suggest_init(&suggest, call->name, strlen(call->name));
    for (uint32_t i = 0; i < c->env->group_count; i++)
        if (cel_is_identifier(c->env->groups[i].name, 1))
            cel_suggest_try(&suggest, c->env->groups[i].name);
    cel_suggest_into(&suggest, diag);
    return &cel_t_error;
}

const struct cel_type *cel_check_call(struct cel_check *c, struct cel_node *call)
{
    call->group = cel_check_function(c, call);
    bool member = (call->flags & CEL_F_MEMBER) != 0;
    for (uint32_t i = 0; i < call->count; i++)
        cel_check_node(c, call->kids[i]);
    if (call->group == NULL)
        return unknown_function(c, call);
    if (c->env->options.unchecked)
        return &cel_t_dyn;
    const struct cel_type *result = resolve(c, call->group, call, member, &call->overload);
    if (result != NULL)
        return result;
    char shown[80];
    snprintf(shown, sizeof(shown), "%s%s()", member ? "method " : "", call->name);
    return no_overload(c, call, call->group, member, shown);
}
