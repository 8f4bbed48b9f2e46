/*
 * macros.c: calls that are macros become nodes of their own, while parsing.
 *
 * A macro is recognised by its name, its number of arguments and plain names where it declares
 * variables; whatever does not fit stays a call and is refused by the checker. A macro keeps
 * its shape (CEL_NODE_MACRO, CEL_NODE_BIND): compiling and explaining need "exists", not the
 * fold it stands for.
 */
#include "cel_int.h"

#include <stdio.h>

/* e.name(var [, var2] [, predicate], body). */
static const struct shape {
    const char *name;
    uint8_t variables, arguments;
    enum cel_macro macro;
    bool predicate; /* a predicate stands before the transformation */
    uint32_t lib;
} shapes[] = {
    {"all", 1, 2, CEL_MACRO_ALL, false, 0},
    {"exists", 1, 2, CEL_MACRO_EXISTS, false, 0},
    {"exists_one", 1, 2, CEL_MACRO_EXISTS_ONE, false, 0},
    {"existsOne", 1, 2, CEL_MACRO_EXISTS_ONE, false, CEL_LIB_TWO_VARS},
    {"filter", 1, 2, CEL_MACRO_FILTER, false, 0},
    {"map", 1, 2, CEL_MACRO_MAP, false, 0},
    {"map", 1, 3, CEL_MACRO_MAP, true, 0},
    {"sortBy", 1, 2, CEL_MACRO_SORT_BY, false, CEL_LIB_LISTS},
    {"all", 2, 3, CEL_MACRO_ALL, false, CEL_LIB_TWO_VARS},
    {"exists", 2, 3, CEL_MACRO_EXISTS, false, CEL_LIB_TWO_VARS},
    {"exists_one", 2, 3, CEL_MACRO_EXISTS_ONE, false, CEL_LIB_TWO_VARS},
    {"existsOne", 2, 3, CEL_MACRO_EXISTS_ONE, false, CEL_LIB_TWO_VARS},
    {"transformList", 2, 3, CEL_MACRO_TRANSFORM_LIST, false, CEL_LIB_TWO_VARS},
    {"transformList", 2, 4, CEL_MACRO_TRANSFORM_LIST, true, CEL_LIB_TWO_VARS},
    {"transformMap", 2, 3, CEL_MACRO_TRANSFORM_MAP, false, CEL_LIB_TWO_VARS},
    {"transformMap", 2, 4, CEL_MACRO_TRANSFORM_MAP, true, CEL_LIB_TWO_VARS},
    {"transformMapEntry", 2, 3, CEL_MACRO_TRANSFORM_ENTRY, false, CEL_LIB_TWO_VARS},
    {"transformMapEntry", 2, 4, CEL_MACRO_TRANSFORM_ENTRY, true, CEL_LIB_TWO_VARS},
};

static struct cel_node *refuse(struct cel_parse *p, const struct cel_node *at, const char *message)
{
    cel_diag_add(&p->text, CEL_DIAG_SYNTAX, at->start, at->end, "%s", message);
    p->failed = true;
    return NULL;
}

static bool is_plain_name(const struct cel_node *node)
{
    return node->kind == CEL_NODE_VAR && node->flags == 0;
}

/* The call's node itself becomes the macro; its kids without the variables' names. */
static struct cel_node *become_macro(struct cel_parse *p, struct cel_node *call, const struct shape *shape)
{
    struct cel_node **variables = call->kids + 1;
    for (uint32_t i = 0; i < shape->variables; i++)
        if (!is_plain_name(variables[i]))
            return refuse(p, variables[i], "a macro's variable must be a plain name");
    if (shape->variables == 2 && strcmp(variables[0]->name, variables[1]->name) == 0)
        return refuse(p, variables[1], "a macro's two variables must differ");
    call->kind = CEL_NODE_MACRO;
    call->macro = (uint8_t)shape->macro;
    call->flags |= shape->predicate ? CEL_F_PREDICATE : 0;
    call->name = variables[0]->name;
    call->name2 = shape->variables == 2 ? variables[1]->name : "";
    call->count = (uint32_t)(1 + shape->arguments - shape->variables);
    memmove(call->kids + 1, call->kids + 1 + shape->variables, (call->count - 1) * sizeof(*call->kids));
    return call;
}

static struct cel_node *become_has(struct cel_parse *p, struct cel_node *call)
{
    struct cel_node *field = call->kids[0];
    if (field->kind != CEL_NODE_FIELD || (field->flags & CEL_F_OPTIONAL) != 0)
        return refuse(p, field, "has() takes a field, as in has(a.b)");
    field->kind = CEL_NODE_HAS;
    field->start = call->start;
    field->end = call->end;
    return field;
}

static struct cel_node *make_bind(struct cel_parse *p, const struct cel_node *span, const char *name,
    struct cel_node *value, struct cel_node *body)
{
    struct cel_node *bind = cel_node_new(p, CEL_NODE_BIND, span->start, span->end, 2);
    bind->name = name;
    bind->name_start = span->name_start;
    bind->kids[0] = value;
    bind->kids[1] = body;
    return cel_node_close(p, bind);
}

static const char *index_name(struct cel_parse *p, int64_t i)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "@index%lld", (long long)i);
    return cel_arena_text(p->arena, text, (size_t)len);
}

/* cel.block([a, b], e): a bind for every element around e, the first outermost. */
static struct cel_node *make_block(struct cel_parse *p, struct cel_node *call)
{
    const struct cel_node *list = call->kids[1];
    if (list->kind != CEL_NODE_LIST)
        return refuse(p, list, "cel.block takes a list of expressions first");
    struct cel_node *body = call->kids[2];
    for (uint32_t i = list->count; i > 0 && body != NULL; i--)
        body = make_bind(p, call, index_name(p, i - 1), list->kids[i - 1], body);
    return body;
}

/* cel.iterVar(n, m) and cel.accuVar(n, m) are names that optimisers make; cel.index(n) refers to a block. */
static struct cel_node *make_generated_name(struct cel_parse *p, struct cel_node *call)
{
    char text[64];
    for (uint32_t i = 1; i < call->count; i++)
        if (call->kids[i]->kind != CEL_NODE_LITERAL || call->kids[i]->value.kind != CEL_INT)
            return refuse(p, call->kids[i], "a number literal is needed here");
    int64_t n = call->kids[1]->value.as.i;
    struct cel_node *var = cel_node_new(p, CEL_NODE_VAR, call->start, call->end, 0);
    if (call->count == 2) {
        var->name = index_name(p, n);
        return var;
    }
    int len = snprintf(
        text, sizeof(text), "@%s:%lld:%lld", call->name, (long long)n, (long long)call->kids[2]->value.as.i);
    var->name = cel_arena_text(p->arena, text, (size_t)len);
    return var;
}

/* cel.bind, cel.block and what block needs; NULL: another method. */
static struct cel_node *expand_cel(struct cel_parse *p, struct cel_node *call)
{
    uint32_t arguments = call->count - 1;
    if (strcmp(call->name, "bind") == 0 && arguments == 3) {
        if (!is_plain_name(call->kids[1]))
            return refuse(p, call->kids[1], "cel.bind takes a plain name first");
        return make_bind(p, call, call->kids[1]->name, call->kids[2], call->kids[3]);
    }
    if (strcmp(call->name, "block") == 0 && arguments == 2)
        return make_block(p, call);
    if ((strcmp(call->name, "index") == 0 && arguments == 1) ||
        ((strcmp(call->name, "iterVar") == 0 || strcmp(call->name, "accuVar") == 0) && arguments == 2))
        return make_generated_name(p, call);
    return NULL;
}

/* o.optMap(x, t), o.optFlatMap(x, t): a bind of the value inside, if there is one. */
static struct cel_node *expand_optional(struct cel_parse *p, struct cel_node *call)
{
    bool flat = strcmp(call->name, "optFlatMap") == 0;
    if ((!flat && strcmp(call->name, "optMap") != 0) || call->count != 3)
        return NULL;
    if (!is_plain_name(call->kids[1]))
        return refuse(p, call->kids[1], "a macro's variable must be a plain name");
    call->kind = CEL_NODE_MACRO;
    call->macro = (uint8_t)(flat ? CEL_MACRO_OPT_FLAT_MAP : CEL_MACRO_OPT_MAP);
    call->name = call->kids[1]->name;
    call->kids[1] = call->kids[2];
    call->count = 2;
    return call;
}

struct cel_node *cel_macro_expand(struct cel_parse *p, struct cel_node *call)
{
    uint32_t libs = p->env->options.libs;
    if ((call->flags & CEL_F_MEMBER) == 0)
        return strcmp(call->name, "has") == 0 && call->count == 1 ? become_has(p, call) : NULL;
    for (size_t i = 0; i < CEL_COUNT(shapes); i++)
        if (shapes[i].arguments == call->count - 1 && (shapes[i].lib & ~libs) == 0 &&
            strcmp(shapes[i].name, call->name) == 0)
            return become_macro(p, call, &shapes[i]);
    if ((libs & CEL_LIB_BINDINGS) != 0 && is_plain_name(call->kids[0]) &&
        strcmp(call->kids[0]->name, "cel") == 0)
        return expand_cel(p, call);
    return (libs & CEL_LIB_OPTIONALS) != 0 ? expand_optional(p, call) : NULL;
}
