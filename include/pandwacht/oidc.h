/*
 * oidc: signing in with a provider of OpenID Connect, as its relying party. Knows nothing of accounts: it
 * sends a browser to the provider, and says who came back.
 *
 * Authorization code with PKCE (S256), state and nonce; what the provider needs not know of an attempt lies
 * sealed in a cookie of the browser that began it, so that any process can end what another began, and
 * nobody can end it in another browser. Discovery and key set are fetched with the first attempt and kept for
 * an hour; a token that names a key we do not know makes us look for newer ones, at most once in five
 * seconds.
 *
 * Checked are: the issuer of the metadata, the answer (RFC 9207) and the token; signature and algorithm
 * (jose); aud and azp; exp, nbf and iat, with a minute's leniency; nonce; acr, where one is asked for.
 *
 * A client proves itself by certificate (tls_client_auth), by secret (client_secret_basic), or by PKCE alone.
 */
#ifndef PANDWACHT_OIDC_H
#define PANDWACHT_OIDC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>

struct pw_arena;
struct pw_client;
struct pw_json;
struct pw_keys;
struct pw_loop;
struct pw_oidc;

#define PW_OIDC_ATTEMPT_S 600 /* how long a sign-in with the provider may take */

/* Everything is borrowed and outlives the object. Texts that are "" or lists that are NULL or empty mean:
 * not. */
struct pw_oidc_options {
    struct pw_loop *loop;
    struct pw_client *client;
    const struct pw_keys *keys; /* seal attempts */
    const char *issuer;         /* https://..., exactly as the provider writes it */
    const char *client_id;
    const char *secret_file;
    const char *cert_file, *key_file;
    const char *ca_file;           /* who may have issued the provider's certificate */
    const char *redirect_uri;      /* where the provider sends the browser back to */
    const char *const *scopes;     /* beside openid */
    const char *const *algorithms; /* of pw_jose_knows */
    const char *const *acr;        /* levels of assurance, one of which is needed */
    int64_t deadline_ms;           /* of one call; 0 = 5000 */
    void (*on_trouble)(void *trouble_arg, const struct pw_err *err); /* the provider failed us; may be NULL */
    void *trouble_arg;
};

struct pw_oidc *pw_oidc_new(const struct pw_oidc_options *options);
/* Nobody who waits is called any more. NULL is accepted. */
void pw_oidc_free(struct pw_oidc *oidc);
/* Forgets metadata and keys (after a reload). */
void pw_oidc_forget(struct pw_oidc *oidc);

/* Called once, perhaps before pw_oidc_begin returns. `location`: where to send the browser; `attempt`: for
 * its cookie; both borrowed. PW_ERR_UNAVAILABLE when the provider cannot be reached or is not what it should.
 */
typedef void (*pw_oidc_begun)(
    void *arg, struct pw_str location, struct pw_str attempt, const struct pw_err *err);
void pw_oidc_begin(struct pw_oidc *oidc, struct pw_arena *arena, pw_oidc_begun begun, void *arg);

/* With what the browser came back: the parameters of the answer, and its cookie. */
struct pw_oidc_answer {
    struct pw_str code, state, iss, error, attempt;
};

/* Called once, perhaps before pw_oidc_complete returns. `subject` and `claims` live in the arena given.
 * Errors: PW_ERR_CSRF: nobody began this here, or too long ago; PW_ERR_FORBIDDEN: the provider said no;
 * PW_ERR_UNAUTHENTICATED: its token is not acceptable; PW_ERR_UNAVAILABLE: it failed. */
typedef void (*pw_oidc_done)(
    void *arg, struct pw_str subject, const struct pw_json *claims, const struct pw_err *err);
void pw_oidc_complete(struct pw_oidc *oidc, struct pw_arena *arena, const struct pw_oidc_answer *answer,
    pw_oidc_done done, void *arg);

/* ---- what an ID token says: pure ---- */

struct pw_oidc_expected {
    const char *issuer, *client_id;
    struct pw_str nonce;
    const char *const *acr;
    pw_usec now;
};

/* PW_ERR_UNAUTHENTICATED naming the claim; never its value. The subject is borrowed from the claims. */
bool pw_oidc_claims_check(const struct pw_json *claims, const struct pw_oidc_expected *expected,
    struct pw_str *ret_subject, struct pw_err *err) PW_MUST_CHECK;

#endif
