/* Inside of oidc: what is known of the provider, and who waits for that. */
#ifndef PANDWACHT_OIDC_INT_H
#define PANDWACHT_OIDC_INT_H

#include <pandwacht/base.h>
#include <pandwacht/client.h>
#include <pandwacht/jose.h>
#include <pandwacht/json.h>
#include <pandwacht/loop.h>
#include <pandwacht/oidc.h>

/* The provider as its metadata (RFC 8414) and key set said it is. Replaced as a whole; never held across a
 * wait. */
struct provider {
    struct pw_arena *arena; /* owns it */
    const char *authorization, *token, *key_set;
    bool names_itself; /* its answers say iss */
    const struct pw_jose_keys *keys;
};

/* Somebody who needs the provider; of the arena of its request. */
struct waiter {
    struct waiter *next;
    /* `err` NULL: oidc->provider is there. */
    void (*then)(void *arg, const struct pw_err *err);
    void *arg;
};

enum fetch_state { FETCH_IDLE, FETCH_METADATA, FETCH_KEYS };

struct pw_oidc {
    struct pw_oidc_options options;
    struct provider *provider; /* NULL: not known yet */
    int64_t known_until_ms;
    int64_t keys_again_ms; /* newer keys are not looked for before */
    enum fetch_state state;
    struct provider *coming; /* while fetching */
    struct pw_client_call *call;
    struct waiter *waiters;
};

/* provider.c: calls `then` when the provider is known, or cannot be. */
void oidc_await_provider(struct pw_oidc *oidc, struct waiter *waiter);
/* The same, with keys looked for anew, unless that was just done. */
void oidc_await_newer_keys(struct pw_oidc *oidc, struct waiter *waiter);
/* A call to the provider: POST with a body, GET without. False: `done` will not be called. */
bool oidc_call(struct pw_oidc *oidc, const char *url, const char *header, struct pw_str body,
    pw_client_done done, void *arg, struct pw_client_call **ret_call, struct pw_err *err) PW_MUST_CHECK;
/* The answer as a JSON object; reports trouble and fails with PW_ERR_UNAVAILABLE when it is none with 200. */
bool oidc_read(struct pw_oidc *oidc, struct pw_arena *arena, const struct pw_client_answer *answer,
    const struct pw_json **ret, struct pw_err *err) PW_MUST_CHECK;

#endif
