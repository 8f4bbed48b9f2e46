/*
 * One sign-in: out to the provider with state, nonce and PKCE challenge, back with a code, the code changed
 * for an ID token, the token judged. What must be known again when the browser comes back is in its cookie,
 * sealed.
 */
#include <string.h>

#include <pandwacht/crypto.h>

#include "oidc_int.h"

#define SEALED_MAX 1024
#define SECRET_MAX 512

static const struct pw_str place = {"oidc: an attempt", sizeof "oidc: an attempt" - 1};

/* What the sealed cookie holds. */
struct attempt {
    int64_t until_s;
    struct pw_str state, nonce, verifier;
};

/* ---- beginning ---- */

struct beginning {
    struct pw_oidc *oidc;
    struct pw_arena *arena;
    pw_oidc_begun begun;
    void *arg;
    struct waiter waiter;
};

static struct pw_str fresh(struct pw_arena *arena)
{
    char text[PW_TOKEN_TEXT];
    return pw_str_dup(arena, pw_str_z(pw_crypto_token_new(text)));
}

static struct pw_str in_base64url(struct pw_arena *arena, const void *data, size_t len)
{
    char *out = pw_arena_alloc(arena, 4 * ((len + 2) / 3) + 1);
    return pw_str_z(pw_crypto_base64url(data, len, out));
}

static bool seal(const struct pw_keys *keys, struct pw_arena *arena, const struct attempt *attempt,
    struct pw_str *ret, struct pw_err *err)
{
    struct pw_str sealed,
        plain = pw_str_printf(arena, "%lld.%.*s.%.*s.%.*s", (long long)attempt->until_s,
            PW_STR_ARG(attempt->state), PW_STR_ARG(attempt->nonce), PW_STR_ARG(attempt->verifier));
    if (!pw_crypto_seal(keys, arena, plain, place, &sealed, err))
        return false;
    *ret = in_base64url(arena, sealed.data, sealed.len);
    return true;
}

static void put_pair(struct pw_buf *out, const char *name, struct pw_str value)
{
    pw_buf_printf(out, "&%s=", name);
    pw_buf_put_encoded(out, value);
}

/* "openid profile", or the levels of assurance: words apart by blanks. */
static void put_words(struct pw_buf *out, const char *name, const char *first, const char *const *words)
{
    const char *between = first[0] == '\0' ? "" : "%20";
    pw_buf_printf(out, "&%s=%s", name, first);
    for (size_t i = 0; words != NULL && words[i] != NULL; i++) {
        pw_buf_puts(out, between);
        pw_buf_put_encoded(out, pw_str_z(words[i]));
        between = "%20";
    }
}

static struct pw_str location_of(
    const struct pw_oidc *oidc, struct pw_arena *arena, const struct attempt *attempt)
{
    const struct pw_oidc_options *o = &oidc->options;
    uint8_t challenge[PW_SHA256_SIZE];
    struct pw_buf out;
    pw_sha256_of(attempt->verifier.data, attempt->verifier.len, challenge);
    pw_buf_init(&out, 8192);
    pw_buf_puts(&out, oidc->provider->authorization);
    pw_buf_printf(
        &out, "%cresponse_type=code", strchr(oidc->provider->authorization, '?') == NULL ? '?' : '&');
    put_pair(&out, "client_id", pw_str_z(o->client_id));
    put_pair(&out, "redirect_uri", pw_str_z(o->redirect_uri));
    put_words(&out, "scope", "openid", o->scopes);
    if (o->acr != NULL && o->acr[0] != NULL)
        put_words(&out, "acr_values", "", o->acr);
    put_pair(&out, "state", attempt->state);
    put_pair(&out, "nonce", attempt->nonce);
    put_pair(&out, "code_challenge", in_base64url(arena, challenge, sizeof challenge));
    pw_buf_puts(&out, "&code_challenge_method=S256");
    struct pw_str location = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return location;
}

static void begin(void *arg, const struct pw_err *err)
{
    struct beginning *b = arg;
    const struct pw_oidc_options *o = &b->oidc->options;
    struct pw_str sealed = PW_STR("");
    struct pw_err own;
    if (err != NULL) {
        b->begun(b->arg, PW_STR(""), PW_STR(""), err);
        return;
    }
    const struct attempt attempt = {.until_s = pw_loop_wall(o->loop) / PW_USEC_PER_SEC + PW_OIDC_ATTEMPT_S,
        .state = fresh(b->arena),
        .nonce = fresh(b->arena),
        .verifier = fresh(b->arena)};
    if (seal(o->keys, b->arena, &attempt, &sealed, &own))
        b->begun(b->arg, location_of(b->oidc, b->arena, &attempt), sealed, NULL);
    else
        b->begun(b->arg, PW_STR(""), PW_STR(""), &own);
}

void pw_oidc_begin(struct pw_oidc *oidc, struct pw_arena *arena, pw_oidc_begun begun, void *arg)
{
    struct beginning *b = PW_NEW(arena, struct beginning);
    *b = (struct beginning){.oidc = oidc, .arena = arena, .begun = begun, .arg = arg};
    b->waiter = (struct waiter){.then = begin, .arg = b};
    oidc_await_provider(oidc, &b->waiter);
}

/* ---- ending ---- */

struct ending {
    struct pw_oidc *oidc;
    struct pw_arena *arena;
    struct pw_oidc_answer answer;
    struct attempt attempt;
    struct pw_str token; /* the ID token */
    pw_oidc_done done;
    void *arg;
    struct waiter known, newer; /* waiting for the provider; for newer keys of it */
};

static void fail(struct ending *e, const struct pw_err *err)
{
    e->done(e->arg, PW_STR(""), NULL, err);
}

static void fail_as(struct ending *e, enum pw_err_code code, const char *why)
{
    struct pw_err err;
    (void)pw_fail(&err, code, "%s", why);
    fail(e, &err);
}

static bool judge(struct ending *e, struct pw_str payload, struct pw_str *ret_subject,
    const struct pw_json **ret_claims, struct pw_err *err)
{
    const struct pw_oidc_options *o = &e->oidc->options;
    const struct pw_oidc_expected expected = {.issuer = o->issuer,
        .client_id = o->client_id,
        .nonce = e->attempt.nonce,
        .acr = o->acr,
        .now = pw_loop_wall(o->loop)};
    if (!pw_json_parse(e->arena, payload, NULL, ret_claims, NULL))
        return pw_fail(err, PW_ERR_UNAUTHENTICATED, "the token's claims are no JSON");
    return pw_oidc_claims_check(*ret_claims, &expected, ret_subject, err);
}

static bool verify(struct ending *e, struct pw_str *ret_payload, struct pw_err *err)
{
    return pw_jose_verify(
        e->arena, e->oidc->provider->keys, e->oidc->options.algorithms, e->token, ret_payload, err);
}

static void finish(struct ending *e, struct pw_str payload)
{
    const struct pw_json *claims = NULL;
    struct pw_str subject;
    struct pw_err err;
    if (judge(e, payload, &subject, &claims, &err))
        e->done(e->arg, subject, claims, NULL);
    else
        fail(e, &err);
}

static void on_newer_keys(void *arg, const struct pw_err *trouble)
{
    struct ending *e = arg;
    struct pw_str payload;
    struct pw_err err;
    if (trouble != NULL)
        fail(e, trouble);
    else if (verify(e, &payload, &err))
        finish(e, payload);
    else
        fail_as(e, PW_ERR_UNAUTHENTICATED, err.text);
}

static void on_token(void *arg, const struct pw_client_answer *answer)
{
    struct ending *e = arg;
    const struct pw_json *object = NULL;
    struct pw_str payload;
    struct pw_err err;
    if (answer->end == PW_CLIENT_ANSWERED && answer->status >= 400 && answer->status < 500) {
        fail_as(e, PW_ERR_FORBIDDEN, "the provider did not take the code");
        return;
    }
    if (!oidc_read(e->oidc, e->arena, answer, &object, &err)) {
        fail(e, &err);
        return;
    }
    if (!pw_json_is_string(pw_json_get(object, "id_token"))) {
        fail_as(e, PW_ERR_UNAUTHENTICATED, "the provider gave no ID token");
        return;
    }
    e->token = pw_json_str(pw_json_get(object, "id_token"));
    if (verify(e, &payload, &err))
        finish(e, payload);
    else if (err.code == PW_ERR_NOT_FOUND)
        oidc_await_newer_keys(e->oidc, &e->newer);
    else
        fail_as(e, PW_ERR_UNAUTHENTICATED, err.text);
}

/* "Authorization: Basic ..." with id and secret encoded as a form has them (RFC 6749 section 2.3.1); NULL
 * without a secret. */
static const char *credentials(const struct pw_oidc_options *o, struct pw_arena *arena)
{
    char secret[SECRET_MAX];
    struct pw_buf pair;
    if (pw_crypto_secret_read(o->secret_file, secret, sizeof secret) == NULL)
        return NULL;
    pw_buf_init(&pair, 4096);
    pw_buf_put_encoded(&pair, pw_str_z(o->client_id));
    pw_buf_putc(&pair, ':');
    pw_buf_put_encoded(&pair, pw_str_z(secret));
    pw_crypto_wipe(secret, sizeof secret);
    char *text = pw_arena_alloc(arena, 4 * ((pair.len + 2) / 3) + 1);
    const char *header =
        pw_str_printf(arena, "Authorization: Basic %s", pw_crypto_base64(pair.data, pair.len, text)).data;
    pw_crypto_wipe(pair.data, pair.len);
    pw_buf_release(&pair);
    return header;
}

static void change_code(void *arg, const struct pw_err *trouble)
{
    struct ending *e = arg;
    const struct pw_oidc_options *o = &e->oidc->options;
    const struct provider *provider = e->oidc->provider;
    struct pw_buf form;
    struct pw_err err;
    if (trouble != NULL) {
        fail(e, trouble);
        return;
    }
    if (e->answer.iss.len > 0 ? !pw_str_is(e->answer.iss, o->issuer) : provider->names_itself) {
        fail_as(e, PW_ERR_UNAUTHENTICATED, "the answer is not from our provider");
        return;
    }
    pw_buf_init(&form, 16384);
    pw_buf_puts(&form, "grant_type=authorization_code");
    put_pair(&form, "code", e->answer.code);
    put_pair(&form, "redirect_uri", pw_str_z(o->redirect_uri));
    put_pair(&form, "client_id", pw_str_z(o->client_id));
    put_pair(&form, "code_verifier", e->attempt.verifier);
    if (!oidc_call(
            e->oidc, provider->token, credentials(o, e->arena), pw_buf_str(&form), on_token, e, NULL, &err))
        fail_as(e, PW_ERR_UNAVAILABLE, err.text);
    pw_buf_release(&form);
}

static bool unseal(
    const struct pw_keys *keys, struct pw_arena *arena, struct pw_str text, struct attempt *ret)
{
    uint8_t octets[SEALED_MAX];
    struct pw_str plain, until;
    size_t len;
    return pw_crypto_base64url_read(text, octets, sizeof octets, &len) &&
           pw_crypto_open(keys, arena, (struct pw_str){(const char *)octets, len}, place, &plain, NULL) &&
           pw_str_cut(plain, '.', &until, &plain) && pw_str_to_i64(until, &ret->until_s) &&
           pw_str_cut(plain, '.', &ret->state, &plain) && pw_str_cut(plain, '.', &ret->nonce, &ret->verifier);
}

/* The browser that comes back is the one that went, and has not been away too long. */
static bool is_ours(const struct ending *e)
{
    const struct pw_str state = e->answer.state;
    return state.len == e->attempt.state.len &&
           pw_crypto_equal(state.data, e->attempt.state.data, state.len) &&
           pw_loop_wall(e->oidc->options.loop) / PW_USEC_PER_SEC <= e->attempt.until_s;
}

void pw_oidc_complete(struct pw_oidc *oidc, struct pw_arena *arena, const struct pw_oidc_answer *answer,
    pw_oidc_done done, void *arg)
{
    struct ending *e = PW_NEW(arena, struct ending);
    *e = (struct ending){.oidc = oidc, .arena = arena, .answer = *answer, .done = done, .arg = arg};
    if (!unseal(oidc->options.keys, arena, answer->attempt, &e->attempt) || !is_ours(e)) {
        fail_as(e, PW_ERR_CSRF, "no sign-in was begun in this browser, or too long ago");
        return;
    }
    if (answer->error.len > 0 || answer->code.len == 0) {
        fail_as(e, PW_ERR_FORBIDDEN, "the provider did not sign this person in");
        return;
    }
    e->known = (struct waiter){.then = change_code, .arg = e};
    e->newer = (struct waiter){.then = on_newer_keys, .arg = e};
    oidc_await_provider(oidc, &e->known);
}
