/*
 * check.c: names and types. Every node gets a type; what does not fit becomes a finding.
 *
 * Types flow from the leaves up; type parameters of overloads and of empty literals are unified
 * on the way (types.c) and what stays free becomes dyn in the end. After a finding the node's
 * type is "error", which fits everywhere, so that one mistake gives one finding. Unchecked mode
 * resolves names alone: every type is dyn, and what is unknown fails when it is evaluated.
 */
#include "cel_int.h"

#include <stdio.h>

/* ---- findings ---- */

struct cel_diag *cel_check_fail(struct cel_check *c, struct cel_node *node, enum cel_diag_code code,
    uint32_t start, uint32_t end, const char *format, ...)
{
    char message[sizeof(c->ignored.message)];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    node->type = &cel_t_error;
    if (c->env->options.unchecked) {
        node->flags |= CEL_F_BAD;
        return &c->ignored; /* the fault shows when it is evaluated */
    }
    c->failed = true;
    struct cel_diag *diag = cel_diag_add(c->text, code, start, end, "%s", message);
    cel_diag_text(diag->found, sizeof(diag->found), "%.*s", (int)(end - start), c->text->ptr + start);
    return diag;
}

static void write_type(struct cel_check *c, const struct cel_type *type, char *buffer, size_t size)
{
    cel_type_format(c->env, cel_type_apply(&c->subst, type, true), buffer, size);
}

/* The operand must have that type. */
static bool require(
    struct cel_check *c, struct cel_node *node, const struct cel_type *wanted, const char *what)
{
    if (cel_type_fits(&c->subst, wanted, node->type))
        return true;
    char found[96], expected[96];
    write_type(c, node->type, found, sizeof(found));
    write_type(c, wanted, expected, sizeof(expected));
    struct cel_diag *diag = cel_check_fail(
        c, node, CEL_DIAG_TYPE, node->start, node->end, "%s is %s, not %s", what, found, expected);
    cel_diag_text(diag->expected, sizeof(diag->expected), "%s", expected);
    return false;
}

/* ---- literals and aggregates ---- */

static const struct cel_type *literal_type(struct cel_check *c, const struct cel_node *node)
{
    static const struct cel_type *const plain[] = {[CEL_NULL] = &cel_t_null,
        [CEL_BOOL] = &cel_t_bool,
        [CEL_INT] = &cel_t_int,
        [CEL_UINT] = &cel_t_uint,
        [CEL_DOUBLE] = &cel_t_double,
        [CEL_STRING] = &cel_t_string,
        [CEL_BYTES] = &cel_t_bytes};
    if (node->value.kind < CEL_COUNT(plain))
        return plain[node->value.kind];
    return node->type != NULL ? node->type : cel_type_make(c->arena, CEL_TYPE, 0, &cel_t_dyn, NULL);
}

static const struct cel_type *fresh_param(struct cel_check *c)
{
    return cel_type_make(c->arena, CEL_T_PARAM, cel_subst_fresh(&c->subst), NULL, NULL);
}

/* What an element contributes: itself, or with `?` what its optional holds. */
static const struct cel_type *entry_type(struct cel_check *c, struct cel_node *node, bool optional)
{
    const struct cel_type *type = cel_check_node(c, node);
    if (!optional)
        return type;
    const struct cel_type *inner = fresh_param(c);
    if (!require(c, node, cel_type_make(c->arena, CEL_OPTIONAL, 0, inner, NULL), "an entry with ?"))
        return &cel_t_error;
    return inner;
}

/* The common type of the elements first, first + stride, ...; dyn elements only where the env allows. */
static const struct cel_type *common_type(
    struct cel_check *c, struct cel_node *node, uint32_t first, uint32_t stride)
{
    const struct cel_type *common = NULL;
    for (uint32_t i = first; i < node->count; i += stride) {
        struct cel_node *kid = node->kids[i];
        bool optional = (stride == 1 || first == 1) && (node->kids[i - first]->flags & CEL_F_ENTRY) != 0;
        const struct cel_type *type = entry_type(c, kid, optional);
        if (common == NULL) {
            common = type;
            continue;
        }
        const struct cel_type *joined = cel_type_join(&c->subst, common, type);
        type = cel_type_apply(&c->subst, type, false);
        if (joined->kind == CEL_T_DYN && type->kind != CEL_T_DYN && common->kind != CEL_T_DYN &&
            !c->env->options.mixed_literals) {
            char have[96];
            write_type(c, common, have, sizeof(have));
            struct cel_diag *diag = cel_check_fail(
                c, kid, CEL_DIAG_TYPE, kid->start, kid->end, "elements of one literal differ in type");
            cel_diag_text(diag->expected, sizeof(diag->expected), "%s", have);
            return &cel_t_error;
        }
        common = joined;
    }
    return common != NULL ? common : fresh_param(c);
}

static const struct cel_type *list_type(struct cel_check *c, struct cel_node *node)
{
    return cel_type_make(c->arena, CEL_LIST, 0, common_type(c, node, 0, 1), NULL);
}

static bool may_be_key(const struct cel_type *type)
{
    return type->kind == CEL_INT || type->kind == CEL_UINT || type->kind == CEL_BOOL ||
           type->kind == CEL_STRING || type->kind == CEL_T_DYN || type->kind == CEL_T_PARAM ||
           type->kind == CEL_ERROR;
}

static const struct cel_type *map_type(struct cel_check *c, struct cel_node *node)
{
    const struct cel_type *key = common_type(c, node, 0, 2);
    const struct cel_type *value = common_type(c, node, 1, 2);
    for (uint32_t i = 0; i < node->count; i += 2) {
        struct cel_node *kid = node->kids[i];
        if (!may_be_key(cel_type_apply(&c->subst, kid->type, false)))
            cel_diag_text(cel_check_fail(
                              c, kid, CEL_DIAG_TYPE, kid->start, kid->end, "a map key cannot be of this type")
                              ->expected,
                96, "int, uint, bool or string");
    }
    return cel_type_make(c->arena, CEL_MAP, 0, key, value);
}

/* ---- fields and indexes ---- */

static const struct cel_type *member_type(struct cel_check *c, struct cel_node *node, uint32_t struct_id)
{
    const struct cel_record *record = cel_record_get(c->env, struct_id);
    node->member = cel_member_find(record, node->name, strlen(node->name));
    node->struct_id = struct_id;
    if (node->member != NULL) {
        node->member_index = (uint32_t)(node->member - record->fields);
        return node->member->type;
    }
    struct cel_diag *diag = cel_check_fail(c, node, CEL_DIAG_FIELD, node->name_start,
        node->name_start + (uint32_t)strlen(node->name), "no field '%s' in %s", node->name, record->name);
    struct cel_suggest suggest;
    cel_suggest_init(&suggest, node->name, strlen(node->name));
    for (uint32_t i = 0; i < record->count; i++)
        cel_suggest_try(&suggest, record->fields[i].field.name);
    cel_suggest_into(&suggest, diag);
    return &cel_t_error;
}

/* The type behind ".name" on a value of type `from`. */
static const struct cel_type *field_of(
    struct cel_check *c, struct cel_node *node, const struct cel_type *from)
{
    char found[96];
    from = cel_type_apply(&c->subst, from, false);
    switch (from->kind) {
    case CEL_MAP:
        if (cel_type_fits(&c->subst, from->a, &cel_t_string))
            return from->b;
        break;
    case CEL_STRUCT:
        return member_type(c, node, from->ref);
    case CEL_T_DYN:
    case CEL_T_PARAM:
        return &cel_t_dyn;
    case CEL_ERROR:
        return from;
    default:
        break;
    }
    write_type(c, from, found, sizeof(found));
    cel_check_fail(c, node, CEL_DIAG_TYPE, node->name_start, node->end, "%s has no fields", found);
    return &cel_t_error;
}

static const struct cel_type *element_of(
    struct cel_check *c, struct cel_node *node, const struct cel_type *from)
{
    char found[96];
    struct cel_node *key = node->kids[1];
    from = cel_type_apply(&c->subst, from, false);
    switch (from->kind) {
    case CEL_LIST:
        return require(c, key, &cel_t_int, "a list index") ? from->a : &cel_t_error;
    case CEL_MAP:
        return require(c, key, from->a, "the map key") ? from->b : &cel_t_error;
    case CEL_T_DYN:
    case CEL_T_PARAM:
        return &cel_t_dyn;
    case CEL_ERROR:
        return from;
    default:
        write_type(c, from, found, sizeof(found));
        cel_check_fail(c, node, CEL_DIAG_TYPE, node->start, node->end, "%s cannot be indexed", found);
        return &cel_t_error;
    }
}

/* Selecting from an optional, or by .? and [?], gives an optional; never one in another. */
static const struct cel_type *check_access(struct cel_check *c, struct cel_node *node)
{
    const struct cel_type *from = cel_type_apply(&c->subst, cel_check_node(c, node->kids[0]), false);
    bool optional = (node->flags & CEL_F_OPTIONAL) != 0;
    if (node->kind == CEL_NODE_INDEX)
        cel_check_node(c, node->kids[1]);
    if (from->kind == CEL_OPTIONAL) {
        optional = true;
        from = from->a;
    }
    const struct cel_type *type =
        node->kind == CEL_NODE_INDEX ? element_of(c, node, from) : field_of(c, node, from);
    if (node->kind == CEL_NODE_HAS)
        return type->kind == CEL_ERROR ? type : &cel_t_bool;
    type = cel_type_apply(&c->subst, type, false);
    return optional && type->kind != CEL_OPTIONAL && type->kind != CEL_ERROR
               ? cel_type_make(c->arena, CEL_OPTIONAL, 0, type, NULL)
               : type;
}

/* ---- logic ---- */

static const struct cel_type *check_logic(struct cel_check *c, struct cel_node *node)
{
    static const char *const what[] = {[CEL_NODE_NOT] = "the operand of !",
        [CEL_NODE_AND] = "an operand of &&",
        [CEL_NODE_OR] = "an operand of ||"};
    for (uint32_t i = 0; i < node->count; i++) {
        cel_check_node(c, node->kids[i]);
        require(c, node->kids[i], &cel_t_bool, what[node->kind]);
    }
    return &cel_t_bool;
}

static const struct cel_type *check_choice(struct cel_check *c, struct cel_node *node)
{
    cel_check_node(c, node->kids[0]);
    require(c, node->kids[0], &cel_t_bool, "the condition of ?:");
    const struct cel_type *yes = cel_check_node(c, node->kids[1]), *no = cel_check_node(c, node->kids[2]);
    const struct cel_type *joined = cel_type_join(&c->subst, yes, no);
    if (joined->kind == CEL_T_DYN && cel_type_apply(&c->subst, yes, false)->kind != CEL_T_DYN &&
        !require(c, node->kids[2], yes, "the second branch of ?:"))
        return &cel_t_error;
    return joined;
}

static const struct cel_type *check_message(struct cel_check *c, struct cel_node *node)
{
    struct cel_diag *diag = cel_check_fail(
        c, node, CEL_DIAG_NAME, node->start, node->end, "messages cannot be made: no type '%s'", node->name);
    cel_diag_text(diag->remedy, sizeof(diag->remedy), "write a map: {'field': value}");
    return &cel_t_error;
}

static const struct cel_type *type_of(struct cel_check *c, struct cel_node *node)
{
    switch (node->kind) {
    case CEL_NODE_LITERAL:
        return literal_type(c, node);
    case CEL_NODE_VAR:
        return cel_check_var(c, node);
    case CEL_NODE_FIELD:
    case CEL_NODE_HAS:
    case CEL_NODE_INDEX:
        return node->kind == CEL_NODE_FIELD && cel_check_dotted(c, node) ? node->type : check_access(c, node);
    case CEL_NODE_NOT:
    case CEL_NODE_AND:
    case CEL_NODE_OR:
        return check_logic(c, node);
    case CEL_NODE_COND:
        return check_choice(c, node);
    case CEL_NODE_CALL:
        return cel_check_call(c, node);
    case CEL_NODE_LIST:
        return list_type(c, node);
    case CEL_NODE_MAP:
        return map_type(c, node);
    case CEL_NODE_STRUCT:
        return check_message(c, node);
    case CEL_NODE_MACRO:
        return cel_check_macro(c, node);
    case CEL_NODE_BIND:
        return cel_check_bind(c, node);
    default:
        return cel_check_operator(c, node);
    }
}

const struct cel_type *cel_check_node(struct cel_check *c, struct cel_node *node)
{
    const struct cel_type *type = type_of(c, node);
    node->type = c->env->options.unchecked ? &cel_t_dyn : type;
    return node->type;
}

/* Free parameters become dyn everywhere; then enum domains are compared. */
static void finish(struct cel_check *c, struct cel_node *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        finish(c, node->kids[i]);
    node->type = cel_type_apply(&c->subst, node->type, true);
    if (node->kind == CEL_NODE_EQ || node->kind == CEL_NODE_NE || node->kind == CEL_NODE_IN)
        cel_check_domains(c, node);
    else if (node->kind == CEL_NODE_CALL)
        cel_check_domain_args(c, node);
}

bool cel_check_tree(struct cel_check *c, struct cel_node *root, const struct cel_type *expected)
{
    cel_check_node(c, root);
    if (expected != NULL && !c->failed && !c->env->options.unchecked)
        require(c, root, expected, "the result");
    finish(c, root);
    return !c->failed;
}
