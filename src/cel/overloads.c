/*
 * overloads.c: functions by name and signature.
 *
 * The stdlib_*.c tables and the host declare functions as text, "string.contains(string) -> bool":
 * a type before the dot makes it a method, capital letters are type parameters, and " ..." behind
 * the last parameter lets it repeat. Groups of one name are kept sorted for look-up.
 */
#include "cel_int.h"

/* ---- look-up ---- */

static uint32_t lower_bound(const struct cel_env *env, const char *name)
{
    uint32_t low = 0, high = env->group_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (strcmp(env->groups[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct cel_group *cel_group_find(const struct cel_env *env, const char *name)
{
    uint32_t at = lower_bound(env, name);
    return at < env->group_count && strcmp(env->groups[at].name, name) == 0 ? &env->groups[at] : NULL;
}

static struct cel_group *group_for(struct cel_env *env, const char *name)
{
    uint32_t at = lower_bound(env, name);
    if (at < env->group_count && strcmp(env->groups[at].name, name) == 0)
        return &env->groups[at];
    env->groups = cel_arena_grow(&env->arena, env->groups, env->group_count, sizeof(*env->groups));
    memmove(&env->groups[at + 1], &env->groups[at], (env->group_count - at) * sizeof(*env->groups));
    env->group_count++;
    env->groups[at] = (struct cel_group){.name = name};
    return &env->groups[at];
}

/* ---- signatures ---- */

static bool skip(const char **at, const char *text)
{
    while (**at == ' ')
        (*at)++;
    if (strncmp(*at, text, strlen(text)) != 0)
        return false;
    *at += strlen(text);
    return true;
}

static uint32_t count_params(const struct cel_type *type)
{
    uint32_t most = type->kind == CEL_T_PARAM ? type->ref + 1 : 0;
    for (unsigned i = 0; i < 2; i++) {
        const struct cel_type *part = i == 0 ? type->a : type->b;
        uint32_t inner = part != NULL ? count_params(part) : 0;
        most = inner > most ? inner : most;
    }
    return most;
}

static bool add_param(struct cel_overload *overload, const struct cel_type *type)
{
    if (type == NULL || overload->count == CEL_ARGS_MAX)
        return false;
    uint32_t params = count_params(type);
    overload->type_params = params > overload->type_params ? params : overload->type_params;
    overload->params[overload->count++] = type;
    return true;
}

/* Where the function's name starts: behind the last dot before '(' if what precedes is a type. */
static const char *name_start(struct cel_env *env, struct cel_overload *overload, const char *signature)
{
    const char *at = signature;
    const struct cel_type *receiver = NULL;
    const char *open = strchr(signature, '('), *dot = NULL;
    /* The receiver's type may itself hold parentheses: list(A).first() */
    for (const char *c = signature; *c != '\0' && strncmp(c, " ->", 3) != 0; c++)
        if (*c == '.' && c > signature && (c < open || c[-1] == ')'))
            dot = c;
    if (dot != NULL)
        receiver = cel_type_parse(env, &env->arena, &at, dot, true);
    if (receiver == NULL || at != dot)
        return signature;
    overload->member = true;
    return add_param(overload, receiver) ? dot + 1 : NULL;
}

static bool parse_signature(struct cel_env *env, struct cel_overload *overload, const char *signature)
{
    const char *end = signature + strlen(signature);
    const char *at = name_start(env, overload, signature);
    if (at == NULL)
        return false;
    size_t len = strcspn(at, "(");
    overload->name = cel_arena_text(&env->arena, at, len);
    at += len;
    if (len == 0 || !skip(&at, "("))
        return false;
    while (!skip(&at, ")")) {
        if (overload->count > (overload->member ? 1u : 0u) && !skip(&at, ","))
            return false;
        if (!add_param(overload, cel_type_parse(env, &env->arena, &at, end, true)))
            return false;
        overload->variadic = skip(&at, "...");
    }
    if (!skip(&at, "->"))
        return false;
    overload->result = cel_type_parse(env, &env->arena, &at, end, true);
    if (overload->result == NULL || at != end)
        return false;
    uint32_t params = count_params(overload->result);
    overload->type_params = params > overload->type_params ? params : overload->type_params;
    return true;
}

bool cel_overload_add(
    struct cel_env *env, const char *signature, cel_fn *fn, cel_host_fn *host, uint32_t domain, uint64_t cost)
{
    struct cel_overload *overload = cel_arena_get(&env->arena, sizeof(*overload));
    overload->fn = fn;
    overload->host = host;
    overload->domain = domain;
    overload->cost = cost > 0 ? cost : 1;
    if (!parse_signature(env, overload, signature)) {
        env->error = "the signature does not parse";
        return false;
    }
    struct cel_group *group = group_for(env, overload->name);
    for (uint32_t i = 0; i < group->count; i++) {
        const struct cel_overload *other = group->items[i];
        bool same = other->count == overload->count && other->member == overload->member;
        for (uint32_t j = 0; same && j < overload->count; j++)
            same = cel_type_same(other->params[j], overload->params[j]);
        if (same) {
            env->error = "the function is declared already";
            return false;
        }
    }
    group->items = cel_arena_grow(&env->arena, group->items, group->count, sizeof(struct cel_overload *));
    group->items[group->count++] = overload;
    return true;
}

bool cel_overloads_load(struct cel_env *env, const struct cel_def *defs)
{
    bool good = true;
    for (; defs->signature != NULL; defs++)
        if ((defs->lib & ~env->options.libs) == 0)
            good &= cel_overload_add(env, defs->signature, defs->fn, NULL, 0, defs->cost);
    return good;
}

bool cel_env_function(
    struct cel_env *env, const char *signature, uint32_t domain, cel_host_fn *call, uint64_t cost)
{
    if (domain != 0 && cel_domain_get(env, domain) == NULL) {
        env->error = "no such enum domain";
        return false;
    }
    return cel_overload_add(env, signature, NULL, call, domain, cost);
}
