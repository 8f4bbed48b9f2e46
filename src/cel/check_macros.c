/*
 * check_macros.c: types of comprehensions and of binds, and the numbers of their variables.
 *
 * A macro's variable is a numbered local: its number is how many are in scope around it, so
 * siblings share numbers and evaluation needs one flat array.
 */
#include "cel_int.h"

static void enter(struct cel_check *c, struct cel_scope *scope, const char *name, const struct cel_type *type)
{
    *scope = (struct cel_scope){.name = name, .type = type, .local = c->locals, .outer = c->scope};
    c->scope = scope;
    if (++c->locals > c->locals_max)
        c->locals_max = c->locals;
}

static void leave(struct cel_check *c)
{
    c->scope = c->scope->outer;
    c->locals--;
}

static const struct cel_type *make(
    struct cel_check *c, uint8_t kind, const struct cel_type *a, const struct cel_type *b)
{
    return cel_type_make(c->arena, kind, 0, a, b);
}

/* What the macro's variables stand for, by the range's type. False: not a range. */
static bool range_types(
    struct cel_check *c, struct cel_node *node, const struct cel_type **key, const struct cel_type **value)
{
    bool two = node->name2[0] != '\0';
    const struct cel_type *range = cel_type_apply(&c->subst, node->kids[0]->type, false);
    bool optional = node->macro == CEL_MACRO_OPT_MAP || node->macro == CEL_MACRO_OPT_FLAT_MAP;
    *key = *value = &cel_t_dyn;
    if (range->kind == CEL_T_DYN || range->kind == CEL_T_PARAM || range->kind == CEL_ERROR)
        return true;
    if (optional) {
        *key = range->a;
        return range->kind == CEL_OPTIONAL;
    }
    if (range->kind == CEL_LIST) {
        *key = two ? &cel_t_int : range->a;
        *value = range->a;
        return true;
    }
    *key = range->a;
    *value = range->b;
    return range->kind == CEL_MAP && node->macro != CEL_MACRO_SORT_BY;
}

static void require_bool(struct cel_check *c, struct cel_node *predicate)
{
    if (!cel_type_fits(&c->subst, &cel_t_bool, predicate->type))
        cel_diag_text(cel_check_fail(c, predicate, CEL_DIAG_TYPE, predicate->start, predicate->end,
                          "a macro's predicate must be a condition")
                          ->expected,
            96, "bool");
}

static const struct cel_type *require_kind(
    struct cel_check *c, struct cel_node *node, const struct cel_type *wanted, const char *message)
{
    if (cel_type_fits(&c->subst, wanted, node->type))
        return cel_type_apply(&c->subst, node->type, false);
    cel_check_fail(c, node, CEL_DIAG_TYPE, node->start, node->end, "%s", message);
    return &cel_t_error;
}

static const struct cel_type *result_type(
    struct cel_check *c, struct cel_node *node, const struct cel_type *key)
{
    struct cel_node *body = node->kids[node->count - 1];
    switch (node->macro) {
    case CEL_MACRO_FILTER:
        require_bool(c, body);
        return make(c, CEL_LIST, key, NULL);
    case CEL_MACRO_MAP:
    case CEL_MACRO_TRANSFORM_LIST:
        return make(c, CEL_LIST, body->type, NULL);
    case CEL_MACRO_TRANSFORM_MAP:
        return make(c, CEL_MAP, key, body->type);
    case CEL_MACRO_TRANSFORM_ENTRY:
        return require_kind(c, body, make(c, CEL_MAP, &cel_t_dyn, &cel_t_dyn),
            "transformMapEntry needs a map with one entry");
    case CEL_MACRO_SORT_BY:
        return make(c, CEL_LIST, key, NULL);
    case CEL_MACRO_OPT_MAP:
        return make(c, CEL_OPTIONAL, body->type, NULL);
    case CEL_MACRO_OPT_FLAT_MAP:
        return require_kind(c, body, make(c, CEL_OPTIONAL, &cel_t_dyn, NULL), "optFlatMap needs an optional");
    default:
        require_bool(c, body);
        return &cel_t_bool;
    }
}

const struct cel_type *cel_check_macro(struct cel_check *c, struct cel_node *node)
{
    const struct cel_type *key, *value;
    struct cel_scope scopes[2];
    bool two = node->name2[0] != '\0';
    cel_check_node(c, node->kids[0]);
    bool good = range_types(c, node, &key, &value);
    if (!good)
        cel_check_fail(c, node->kids[0], CEL_DIAG_TYPE, node->kids[0]->start, node->kids[0]->end,
            "a macro needs a list or a map to go through");
    enter(c, &scopes[0], node->name, key);
    node->local = scopes[0].local;
    if (two) {
        enter(c, &scopes[1], node->name2, value);
        node->local2 = scopes[1].local;
    }
    for (uint32_t i = 1; i < node->count; i++)
        cel_check_node(c, node->kids[i]);
    if ((node->flags & CEL_F_PREDICATE) != 0)
        require_bool(c, node->kids[1]);
    if (two)
        leave(c);
    leave(c);
    return good ? result_type(c, node, key) : &cel_t_error;
}

const struct cel_type *cel_check_bind(struct cel_check *c, struct cel_node *node)
{
    struct cel_scope scope;
    const struct cel_type *value = cel_check_node(c, node->kids[0]);
    enter(c, &scope, node->name, value);
    node->local = scope.local;
    const struct cel_type *body = cel_check_node(c, node->kids[1]);
    leave(c);
    return body;
}
