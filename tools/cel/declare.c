/* declare.c: variables, functions and types that JSON declares. */
#include "tool.h"

const char *member_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

/* Functions are declared for checking alone. */
static bool no_function(
    struct cel_ctx *ctx, void *host, const struct cel_value *args, struct cel_value *ret, const char **error)
{
    (void)ctx, (void)host, (void)args, (void)ret;
    *error = "the function has no body";
    return false;
}

bool declare_entry(struct cel_env *env, const json_t *entry, uint32_t *slot)
{
    if (json_object_get(entry, "abstract") != NULL)
        return cel_env_opaque(env, member_text(entry, "abstract")) != 0;
    if (json_object_get(entry, "function") != NULL)
        return cel_env_function(env, member_text(entry, "function"), 0, no_function, 1);
    return cel_env_dyn_var(env, member_text(entry, "name"), member_text(entry, "type"), (*slot)++);
}

union cel_slot *bind_members(struct cel_env *env, struct pool *pool, const json_t *object,
    struct cel_value (*convert)(struct pool *, const json_t *))
{
    uint32_t slot = 0;
    size_t count = json_object_size(object);
    union cel_slot *slots = pool_get(pool, (count + 1) * sizeof(*slots));
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)object, name, member)
    {
        struct cel_value *value = pool_get(pool, sizeof(*value));
        *value = convert(pool, member);
        slots[slot].v = value;
        if (cel_env_dyn_var(env, name, "dyn", slot)) /* else the name is none, and no expression can say it */
            slot++;
    }
    return slots;
}
