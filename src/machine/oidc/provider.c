/*
 * What is known of the provider: fetched with the first attempt, metadata first, then the key set, and kept
 * for an hour. Whoever needs it meanwhile waits in one list; one fetch serves all.
 */
#include <stdlib.h>
#include <string.h>

#include "oidc_int.h"

#define KEPT_MS     (INT64_C(3600) * 1000)
#define KEYS_AGAIN  5000
#define DEADLINE_MS 5000
#define ANSWER_MAX  ((size_t)256 * 1024)

bool oidc_call(struct pw_oidc *oidc, const char *url, const char *header, struct pw_str body,
    pw_client_done done, void *arg, struct pw_client_call **ret_call, struct pw_err *err)
{
    const struct pw_oidc_options *o = &oidc->options;
    const char *headers[] = {"Accept: application/json", header};
    bool certified = o->cert_file != NULL && o->cert_file[0] != '\0';
    const struct pw_client_request request = {.url = url,
        .headers = headers,
        .header_count = header == NULL ? 1 : 2,
        .body = body,
        .cert_file = certified ? o->cert_file : NULL,
        .key_file = certified ? o->key_file : NULL,
        .ca_file = o->ca_file,
        .tls_min = PW_CLIENT_TLS_1_2,
        .deadline_ms = o->deadline_ms > 0 ? o->deadline_ms : DEADLINE_MS,
        .response_max = ANSWER_MAX,
        .allow_private = true}; /* the operator named it */
    return pw_client_send(o->client, &request, done, arg, ret_call, err);
}

static bool trouble(struct pw_oidc *oidc, struct pw_err *err, const char *what, const char *why)
{
    (void)pw_fail(err, PW_ERR_UNAVAILABLE, "the sign-in provider: %s: %s", what, why);
    if (oidc->options.on_trouble != NULL)
        oidc->options.on_trouble(oidc->options.trouble_arg, err);
    return false;
}

bool oidc_read(struct pw_oidc *oidc, struct pw_arena *arena, const struct pw_client_answer *answer,
    const struct pw_json **ret, struct pw_err *err)
{
    if (answer->end != PW_CLIENT_ANSWERED)
        return trouble(oidc, err, "no answer", pw_client_end_word(answer->end));
    if (answer->status != 200)
        return trouble(oidc, err, "refused", answer->status < 500 ? "status 4xx" : "status 5xx");
    if (!pw_json_parse(arena, answer->body, NULL, ret, NULL) || !pw_json_is_object(*ret))
        return trouble(oidc, err, "answered", "no JSON object");
    return true;
}

/* ---- who waits ---- */

static void release(struct provider *provider)
{
    if (provider != NULL)
        pw_arena_free(provider->arena);
}

static void wake(struct pw_oidc *oidc, const struct pw_err *err)
{
    struct waiter *waiter = oidc->waiters;
    oidc->state = FETCH_IDLE;
    oidc->waiters = NULL;
    while (waiter != NULL) {
        struct waiter *next = waiter->next; /* it goes with its request */
        waiter->then(waiter->arg, err);
        waiter = next;
    }
}

static void fail(struct pw_oidc *oidc, const struct pw_err *err)
{
    release(oidc->coming);
    oidc->coming = NULL;
    wake(oidc, err);
}

static void add(struct pw_oidc *oidc, struct waiter *waiter)
{
    waiter->next = oidc->waiters;
    oidc->waiters = waiter;
}

/* ---- fetching ---- */

static void on_keys(void *arg, const struct pw_client_answer *answer)
{
    struct pw_oidc *oidc = arg;
    struct provider *coming = oidc->coming;
    int64_t now = pw_loop_now_ms(oidc->options.loop);
    const struct pw_json *document = NULL;
    struct pw_err err;
    oidc->call = NULL;
    if (!oidc_read(oidc, coming->arena, answer, &document, &err) ||
        (!pw_jose_keys_read(coming->arena, answer->body, &coming->keys, &err) &&
            !trouble(oidc, &err, "key set", "malformed"))) {
        fail(oidc, &err);
        return;
    }
    release(oidc->provider);
    oidc->provider = coming;
    oidc->coming = NULL;
    oidc->known_until_ms = now + KEPT_MS;
    oidc->keys_again_ms = now + KEYS_AGAIN;
    wake(oidc, NULL);
}

static void fetch_keys(struct pw_oidc *oidc)
{
    struct pw_err err;
    oidc->state = FETCH_KEYS;
    if (!oidc_call(oidc, oidc->coming->key_set, NULL, PW_STR(""), on_keys, oidc, &oidc->call, &err)) {
        (void)trouble(oidc, &err, "key set", "its address cannot be called");
        fail(oidc, &err);
    }
}

/* An address of the metadata, in the provider's arena; NULL when it is none we would go to. */
static const char *address(struct provider *provider, const struct pw_json *metadata, const char *name)
{
    const struct pw_json *member = pw_json_get(metadata, name);
    if (!pw_json_is_string(member) || !pw_str_has_prefix(pw_json_str(member), PW_STR("https://")))
        return NULL;
    return pw_str_dup(provider->arena, pw_json_str(member)).data;
}

static bool says(const struct pw_json *metadata, const char *name, const char *value)
{
    const struct pw_json *list = pw_json_get(metadata, name);
    for (size_t i = 0; pw_json_is_array(list) && i < pw_json_count(list); i++)
        if (pw_json_is_string(pw_json_item(list, i)) && pw_str_is(pw_json_str(pw_json_item(list, i)), value))
            return true;
    return list == NULL;
}

static bool read_metadata(struct pw_oidc *oidc, const struct pw_json *metadata, struct pw_err *err)
{
    struct provider *coming = oidc->coming;
    const struct pw_json *issuer = pw_json_get(metadata, "issuer"),
                         *names_itself =
                             pw_json_get(metadata, "authorization_response_iss_parameter_supported");
    if (!pw_json_is_string(issuer) || !pw_str_is(pw_json_str(issuer), oidc->options.issuer))
        return trouble(oidc, err, "metadata", "of another issuer");
    if (!says(metadata, "code_challenge_methods_supported", "S256"))
        return trouble(oidc, err, "metadata", "without PKCE by S256");
    coming->authorization = address(coming, metadata, "authorization_endpoint");
    coming->token = address(coming, metadata, "token_endpoint");
    coming->key_set = address(coming, metadata, "jwks_uri");
    coming->names_itself = pw_json_is_bool(names_itself) && pw_json_bool(names_itself);
    if (coming->authorization == NULL || coming->token == NULL || coming->key_set == NULL)
        return trouble(oidc, err, "metadata", "an endpoint is missing or not https");
    return true;
}

static void on_metadata(void *arg, const struct pw_client_answer *answer)
{
    struct pw_oidc *oidc = arg;
    const struct pw_json *metadata = NULL;
    struct pw_err err;
    oidc->call = NULL;
    if (oidc_read(oidc, oidc->coming->arena, answer, &metadata, &err) && read_metadata(oidc, metadata, &err))
        fetch_keys(oidc);
    else
        fail(oidc, &err);
}

static void begin_fetch(struct pw_oidc *oidc)
{
    struct pw_arena *arena = pw_arena_new();
    oidc->coming = PW_NEW(arena, struct provider);
    oidc->coming->arena = arena;
}

static void fetch(struct pw_oidc *oidc)
{
    struct pw_err err;
    size_t len = strlen(oidc->options.issuer);
    begin_fetch(oidc);
    const char *slash = len > 0 && oidc->options.issuer[len - 1] == '/' ? "" : "/";
    struct pw_str url = pw_str_printf(
        oidc->coming->arena, "%s%s.well-known/openid-configuration", oidc->options.issuer, slash);
    oidc->state = FETCH_METADATA;
    if (!oidc_call(oidc, url.data, NULL, PW_STR(""), on_metadata, oidc, &oidc->call, &err)) {
        (void)trouble(oidc, &err, "metadata", "its address cannot be called");
        fail(oidc, &err);
    }
}

/* The same provider, with its key set to be read anew. */
static void fetch_newer_keys(struct pw_oidc *oidc)
{
    const struct provider *old = oidc->provider;
    begin_fetch(oidc);
    struct provider *coming = oidc->coming;
    coming->authorization = pw_str_dup(coming->arena, pw_str_z(old->authorization)).data;
    coming->token = pw_str_dup(coming->arena, pw_str_z(old->token)).data;
    coming->key_set = pw_str_dup(coming->arena, pw_str_z(old->key_set)).data;
    coming->names_itself = old->names_itself;
    fetch_keys(oidc);
}

void oidc_await_provider(struct pw_oidc *oidc, struct waiter *waiter)
{
    if (oidc->provider != NULL && oidc->known_until_ms > pw_loop_now_ms(oidc->options.loop)) {
        waiter->then(waiter->arg, NULL);
        return;
    }
    add(oidc, waiter);
    if (oidc->state == FETCH_IDLE)
        fetch(oidc);
}

void oidc_await_newer_keys(struct pw_oidc *oidc, struct waiter *waiter)
{
    bool just_done = oidc->keys_again_ms > pw_loop_now_ms(oidc->options.loop);
    if (oidc->state == FETCH_IDLE && (just_done || oidc->provider == NULL)) {
        oidc_await_provider(oidc, waiter);
        return;
    }
    add(oidc, waiter);
    if (oidc->state == FETCH_IDLE)
        fetch_newer_keys(oidc);
}

/* ---- the object ---- */

struct pw_oidc *pw_oidc_new(const struct pw_oidc_options *options)
{
    struct pw_oidc *oidc = pw_xcalloc(1, sizeof *oidc);
    oidc->options = *options;
    return oidc;
}

void pw_oidc_forget(struct pw_oidc *oidc)
{
    oidc->known_until_ms = 0;
}

void pw_oidc_free(struct pw_oidc *oidc)
{
    if (oidc == NULL)
        return;
    if (oidc->call != NULL)
        pw_client_cancel(oidc->call);
    release(oidc->provider);
    release(oidc->coming);
    free(oidc);
}
