/*
 * check_names.c: which variable, type or function a name means.
 *
 * `a.b.c` may be a variable called "a.b.c", field c of "a.b", or field b.c of "a": the longest
 * declared name wins. Names are tried inside the container, from its full name outwards, unless
 * written with a leading dot. A macro's own variable hides everything of the same first name.
 */
#include "cel_int.h"

#include <stdio.h>

#define NAME_MAX_LEN 512

static const struct cel_scope *find_local(const struct cel_check *c, const char *name)
{
    for (const struct cel_scope *s = c->scope; s != NULL; s = s->outer)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

/* Writes "a.b.c" if the node is a plain chain of names; *root is its first. */
static bool write_chain(const struct cel_node *node, char *name, size_t size, const struct cel_node **root)
{
    if (node->kind == CEL_NODE_VAR) {
        *root = node;
        return snprintf(name, size, "%s", node->name) < (int)size;
    }
    if (node->kind != CEL_NODE_FIELD || (node->flags & (CEL_F_OPTIONAL | CEL_F_QUOTED)) != 0 ||
        !write_chain(node->kids[0], name, size, root))
        return false;
    size_t len = strlen(name);
    return snprintf(name + len, size - len, ".%s", node->name) < (int)(size - len);
}

/* Calls found() with the name inside the container, then outside step by step, until it is not NULL. */
static const void *in_container(const struct cel_check *c, const char *name, bool rooted,
    const void *(*found)(const struct cel_check *, const char *))
{
    char candidate[2 * NAME_MAX_LEN];
    const char *container = rooted ? "" : c->env->options.container;
    for (size_t len = strlen(container); len > 0;) {
        snprintf(candidate, sizeof(candidate), "%.*s.%s", (int)len, container, name);
        const void *it = found(c, candidate);
        if (it != NULL)
            return it;
        while (len > 0 && container[len - 1] != '.')
            len--;
        len -= len > 0;
    }
    return found(c, name);
}

static const void *find_var(const struct cel_check *c, const char *name)
{
    return cel_var_find(c->env, name, strlen(name));
}

static const void *find_function(const struct cel_check *c, const char *name)
{
    return cel_group_find(c->env, name);
}

/* A type's name is a value of type `type`. */
static const void *find_type(const struct cel_check *c, const char *name)
{
    static const char *const names[] = {"bool", "bytes", "double", "int", "list", "map", "null_type",
        "string", "type", "uint", "google.protobuf.Timestamp", "google.protobuf.Duration", "optional_type",
        "net.IP", "net.CIDR"};
    for (size_t i = 0; i < CEL_COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return names[i];
    for (uint32_t i = 0; i < c->env->record_count; i++)
        if (strcmp(c->env->records[i].name, name) == 0)
            return c->env->records[i].name;
    return NULL;
}

/* ---- variables ---- */

static bool is_visible(const struct cel_check *c, const char *name)
{
    for (size_t i = 0; i < c->source->visible_count; i++)
        if (strcmp(c->source->visible[i], name) == 0)
            return true;
    return c->source->visible == NULL;
}

static const struct cel_type *use_var(struct cel_check *c, struct cel_node *node, const struct cel_var *var)
{
    node->var = var;
    if (is_visible(c, var->name))
        return var->type;
    struct cel_diag *diag = cel_check_fail(
        c, node, CEL_DIAG_NAME, node->start, node->end, "variable '%s' cannot be used here", var->name);
    for (size_t i = 0, at = 0; i < c->source->visible_count && at + 2 < sizeof(diag->expected);
         i++, at = strlen(diag->expected))
        cel_diag_text(diag->expected + at, sizeof(diag->expected) - at, "%s%s", i > 0 ? ", " : "",
            c->source->visible[i]);
    return &cel_t_error;
}

/* Turns the node into what the name stands for; false: nothing declared. */
static bool resolve(struct cel_check *c, struct cel_node *node, const char *name, bool rooted)
{
    const struct cel_var *var = in_container(c, name, rooted, find_var);
    if (var == NULL) {
        const char *type = in_container(c, name, rooted, find_type);
        if (type == NULL)
            return false;
        const char *at = type;
        const struct cel_type *named =
            cel_type_parse((struct cel_env *)(uintptr_t)c->env, c->arena, &at, type + strlen(type), false);
        node->kind = CEL_NODE_LITERAL;
        node->value = cel_type_of(type);
        node->type = cel_type_make(c->arena, CEL_TYPE, 0, named != NULL ? named : &cel_t_dyn, NULL);
    } else {
        node->kind = CEL_NODE_VAR;
        node->type = use_var(c, node, var);
        node->name = var->name;
    }
    node->count = 0;
    return true;
}

bool cel_check_dotted(struct cel_check *c, struct cel_node *node)
{
    char name[NAME_MAX_LEN];
    const struct cel_node *root;
    if (!write_chain(node, name, sizeof(name), &root))
        return false;
    bool rooted = (root->flags & CEL_F_ROOTED) != 0;
    if (!rooted && find_local(c, root->name) != NULL)
        return false;
    return resolve(c, node, name, rooted);
}

static const struct cel_type *unknown_name(struct cel_check *c, struct cel_node *node)
{
    struct cel_diag *diag =
        cel_check_fail(c, node, CEL_DIAG_NAME, node->start, node->end, "no variable '%s'", node->name);
    struct cel_suggest suggest;
    cel_suggest_init(&suggest, node->name, strlen(node->name));
    for (const struct cel_scope *s = c->scope; s != NULL; s = s->outer)
        cel_suggest_try(&suggest, s->name);
    for (uint32_t i = 0; i < c->env->var_count; i++)
        if (is_visible(c, c->env->vars[i].name))
            cel_suggest_try(&suggest, c->env->vars[i].name);
    cel_suggest_into(&suggest, diag);
    return &cel_t_error;
}

const struct cel_type *cel_check_var(struct cel_check *c, struct cel_node *node)
{
    bool rooted = (node->flags & CEL_F_ROOTED) != 0;
    const struct cel_scope *local = rooted ? NULL : find_local(c, node->name);
    if (local != NULL) {
        node->local = local->local;
        return local->type;
    }
    return resolve(c, node, node->name, rooted) ? node->type : unknown_name(c, node);
}

/* ---- functions ---- */

/* a.b.f(x): if "a.b.f" is a function, the receiver is only part of its name. */
static const struct cel_group *find_qualified(struct cel_check *c, struct cel_node *call)
{
    char name[NAME_MAX_LEN];
    const struct cel_node *root;
    if ((call->flags & CEL_F_MEMBER) == 0 || !write_chain(call->kids[0], name, sizeof(name), &root))
        return NULL;
    bool rooted = (root->flags & CEL_F_ROOTED) != 0;
    size_t len = strlen(name);
    if ((!rooted && find_local(c, root->name) != NULL) ||
        snprintf(name + len, sizeof(name) - len, ".%s", call->name) >= (int)(sizeof(name) - len))
        return NULL;
    const struct cel_group *group = in_container(c, name, rooted, find_function);
    if (group == NULL)
        return NULL;
    call->flags &= (uint8_t)~CEL_F_MEMBER;
    call->name = group->name;
    call->kids++;
    call->count--;
    return group;
}

const struct cel_group *cel_check_function(struct cel_check *c, struct cel_node *call)
{
    const struct cel_group *group = find_qualified(c, call);
    if (group != NULL)
        return group;
    if ((call->flags & CEL_F_MEMBER) != 0)
        return cel_group_find(c->env, call->name);
    return in_container(c, call->name, (call->flags & CEL_F_ROOTED) != 0, find_function);
}
