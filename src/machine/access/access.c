/* Making and freeing, and the small questions about a caller. */
#include <stdlib.h>

#include "access_int.h"

static int64_t or_default(int64_t value, int64_t standard)
{
    return value == 0 ? standard : value;
}

void pw_access_configure(struct pw_access *access, const struct pw_access_options *options)
{
    struct pw_access_options *o = &access->options;

    *o = *options;
    o->cache_ms = or_default(o->cache_ms, 5000);
    o->cache_max = (size_t)or_default((int64_t)o->cache_max, 4096);
    o->session_ms = or_default(o->session_ms, INT64_C(8) * 3600 * 1000);
    o->session_idle_ms = or_default(o->session_idle_ms, INT64_C(30) * 60 * 1000);
    o->session_rotate_ms = or_default(o->session_rotate_ms, INT64_C(15) * 60 * 1000);
    o->session_grace_ms = or_default(o->session_grace_ms, 30000);
    o->password_ms = or_default(o->password_ms, 5000);
    o->login_failures = (unsigned)or_default(o->login_failures, 5);
    o->login_wait_ms = or_default(o->login_wait_ms, INT64_C(15) * 60 * 1000);
    for (size_t i = 0; i < PW_BUDGETS; i++) {
        o->budgets[i].per_day = or_default(o->budgets[i].per_day, INT64_C(600) * 24 * 60);
        o->budgets[i].burst = or_default(o->budgets[i].burst, 200);
    }
}

struct pw_access *pw_access_new(const struct pw_access_options *options)
{
    struct pw_access *access = pw_xcalloc(1, sizeof *access);

    pw_access_configure(access, options);
    pw_crypto_random(access->salt, sizeof access->salt);
    return access;
}

/* Also called after the connection was made anew: something may have been missed. */
static void on_changed(void *arg, struct pw_str payload)
{
    (void)payload;
    pw_access_forget(arg);
}

void pw_access_start(struct pw_access *access)
{
    access->listener = pw_db_listen(access->options.db, "access", on_changed, access);
}

void pw_access_stop(struct pw_access *access)
{
    if (access == NULL)
        return;
    pw_db_unlisten(access->listener);
    access->listener = NULL;
}

void pw_access_free(struct pw_access *access)
{
    if (access == NULL)
        return;
    pw_access_forget(access);
    access_budget_free(access);
    free(access);
}

const struct pw_caller *pw_caller_of(const struct pw_request *req)
{
    return req->caller;
}

bool pw_caller_has(const struct pw_caller *caller, enum pw_role role)
{
    return caller != NULL && (caller->roles & UINT32_C(1) << role) != 0;
}

struct pw_actor pw_caller_actor(const struct pw_caller *caller)
{
    return (struct pw_actor){
        .kind = caller->kind == PW_CALLER_CLIENT ? PW_ACTOR_CLIENT : PW_ACTOR_ACCOUNT, .id = caller->id};
}

bool pw_caller_in_region(const struct pw_caller *caller, struct pw_str municipality)
{
    if (caller->everywhere)
        return true;
    for (size_t i = 0; i < caller->municipality_count; i++)
        if (pw_str_eq(caller->municipalities[i], municipality))
            return true;
    return false;
}
