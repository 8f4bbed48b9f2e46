/*
 * access: who is calling, and what they may do. Denies unless something says yes.
 *
 * A caller is a client (its certificate's OIN, or a bearer token of its own) or a person (a
 * session: cookie, or bearer). Roles are one bit each (defs/roles.def); a scope is a named set of
 * roles, for a caller without any the empty set refuses (defs/scopes.def). Every route names a
 * scope, and http starts with none that does not.
 *
 * Order of looking: `Authorization: Bearer`, then the session cookie, then the client certificate.
 * Only one is used; a bad token is 401 even when a good certificate is there. Writes with the cookie
 * need X-CSRF-Token (403 `csrf`). Unknown, expired, revoked: 401, one text for all. Known but not
 * allowed: 403.
 *
 * Callers are cached for a few seconds (options.cache_ms). Whatever ends or changes one, in this process
 * or another, the database tells everyone at once, and the cache is dropped.
 *
 * A session by cookie goes on under a new token now and then (options.session_rotate_ms); the old one
 * works a moment longer, for requests that are under way. Its CSRF token stays. Signing in ends the
 * session whose cookie came along.
 *
 * People may also sign in with their organisation's provider of OpenID Connect (room oidc). Who they are,
 * what roles they have and where is then what its token says, each time anew; their accounts have no
 * password. An administrator may end such an account for good, and gives it nothing.
 *
 * Budgets are token buckets in this process: for each caller, landlord, source of tips, origin of a tip, and
 * for each address as long as it is nobody known (429 with Retry-After; RateLimit headers on every answer to
 * a caller). The login budget lies in the database: after five failures an account waits, at most 15
 * minutes, but only for the address that failed; a good password from elsewhere is not locked out.
 */
#ifndef PANDWACHT_ACCESS_H
#define PANDWACHT_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/audit.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

struct pw_access;
struct pw_arena;
struct pw_buf;
struct pw_db;
struct pw_keys;
struct pw_loop;
struct pw_oidc;
struct pw_request;
struct pw_worker;
struct pw_worker_job;

/* ---- roles and scopes ---- */

enum pw_role {
#define PW_ROLE(name, word) PW_ROLE_##name,
#include <pandwacht/defs/roles.def>
#undef PW_ROLE
    PW_ROLE_COUNT
};

#define PW_ROLE_BIT(name) (UINT32_C(1) << PW_ROLE_##name)
/* The roles an account can have; a landlord's and a municipality's own people sign in too. */
#define PW_ACCOUNT_ROLES                                                                                     \
    (PW_ROLE_BIT(LANDLORD) | PW_ROLE_BIT(ANALYST) | PW_ROLE_BIT(CASE_LEAD) | PW_ROLE_BIT(POLICY_OWNER) |     \
        PW_ROLE_BIT(AUDITOR) | PW_ROLE_BIT(PRIVACY_OFFICER) | PW_ROLE_BIT(ADMINISTRATOR) |                   \
        PW_ROLE_BIT(MUNICIPAL_USER))

/* The roles a client can have. */
#define PW_CLIENT_ROLES                                                                                      \
    (PW_ROLE_BIT(SOURCE) | PW_ROLE_BIT(LANDLORD) | PW_ROLE_BIT(MUNICIPALITY) | PW_ROLE_BIT(PARTNER))

struct pw_scope {
    const char *name;
    uint32_t roles; /* any of these; 0 with `open` false = nobody */
    bool open;      /* no caller is needed (sign in, the OpenAPI document) */
    bool any;       /* any caller that is known */
};

/* pw_scope_desk, pw_scope_source, ...: what the routes table names. */
#define PW_SCOPE(name, roles_, open_, any_) extern const struct pw_scope pw_scope_##name;
#include <pandwacht/defs/scopes.def>
#undef PW_SCOPE

/* The word of a role (contract.md), and back: PW_ROLE_COUNT when unknown. */
const char *pw_role_word(enum pw_role role);
enum pw_role pw_role_of(struct pw_str word);

/* Why these roles may not be one person's (defs/duties.def); NULL when they may. */
const char *pw_roles_apart(uint32_t roles);

/* ---- the caller ---- */

enum pw_caller_kind { PW_CALLER_CLIENT, PW_CALLER_ACCOUNT };
enum pw_caller_via { PW_VIA_CERTIFICATE, PW_VIA_TOKEN, PW_VIA_SESSION_BEARER, PW_VIA_SESSION_COOKIE };

struct pw_caller {
    enum pw_caller_kind kind;
    enum pw_caller_via via;
    struct pw_uuid id;       /* of the client or the account */
    struct pw_uuid client;   /* the client on whose behalf: its own, or the account's; nil = none */
    struct pw_str name;      /* for the person itself; never logged */
    char controller[21];     /* OIN of whose data the client sends; "" for accounts without client */
    uint32_t roles;          /* bits */
    uint32_t source_classes; /* bits by enum of facts: what a source may send */
    bool wwft_liable;
    bool everywhere;                     /* all municipalities of this installation */
    const struct pw_str *municipalities; /* codes; meaningless when everywhere */
    size_t municipality_count;
    uint8_t session[32]; /* hash of the session token, for accounts */
    uint8_t seed[32];    /* what its CSRF token is made from */
    pw_usec expires_at;
};

/* The caller that the authorise hook found; NULL on open routes. Lives as long as the request. */
const struct pw_caller *pw_caller_of(const struct pw_request *req);
bool pw_caller_has(const struct pw_caller *caller, enum pw_role role);
struct pw_actor pw_caller_actor(const struct pw_caller *caller);
/* Whether the caller's region holds the municipality ("" = not known yet: only for those everywhere). */
bool pw_caller_in_region(const struct pw_caller *caller, struct pw_str municipality);

/* ---- bodies ---- */

struct pw_at;
struct pw_faults;
struct pw_json;
struct pw_jsonw;

/* Reads the request's body as one JSON object and prepares `faults` for what the caller finds wrong
 * with it. False: already answered (400). */
bool pw_body_object(
    struct pw_request *req, struct pw_faults *faults, const struct pw_json **ret) PW_MUST_CHECK;
/* Answers 400 with all faults as invalidParams. */
void pw_reply_faults(struct pw_request *req, const struct pw_faults *faults);

/* A member that is one of `words` (NULL-terminated): its index, -1 when absent. */
bool pw_body_word(const struct pw_json *body, const struct pw_at *at, const char *name, bool required,
    const char *const *words, int *ret, struct pw_faults *faults);

/* ---- purposes ---- */

/* What may be named as the case and the legal ground of opening a dossier, unmasking or exporting; lists of
 * words, NULL-terminated. A case may end in a star: "RIEC-*" fits every number behind it. */
struct pw_purposes {
    const char *const *cases, *const *grounds;
};

/* Whether both are named, and configured. */
bool pw_purpose_given(const struct pw_purposes *purposes, struct pw_str case_, struct pw_str ground);
/* 403 that says how: in the headers, or in the body. */
void pw_purpose_refuse(struct pw_request *req, const struct pw_purposes *purposes, bool in_body);

/* ---- lists ---- */

#define PW_LIST_DEFAULT 20
#define PW_LIST_MAX     100

/* Query keys; faults are added under the key's name. `keys` is NULL-terminated. */
bool pw_query_known(const struct pw_request *req, const char *const *keys, struct pw_faults *faults);
size_t pw_query_limit(const struct pw_request *req, struct pw_faults *faults);
/* An opaque cursor, made of and giving back a line of text; "" when absent. */
struct pw_str pw_query_cursor(const struct pw_request *req, struct pw_faults *faults);
struct pw_str pw_list_cursor(struct pw_arena *arena, struct pw_str text);
/* "_links": self, and next when `cursor` has text. */
void pw_list_links(const struct pw_request *req, struct pw_str cursor, struct pw_jsonw *w);

/* ---- the hook and the budgets ---- */

enum pw_budget {
    PW_BUDGET_CALLER,   /* requests of one client or account */
    PW_BUDGET_LANDLORD, /* requests of one landlord, whoever of his asks */
    PW_BUDGET_TIPS,     /* tips of one client */
    PW_BUDGET_ORIGIN,   /* tips of one origin, whatever client sends them */
    PW_BUDGET_ADDRESS,  /* requests from one address (IPv6: its /64) by nobody known */
    PW_BUDGETS
};

struct pw_budget_plan {
    int64_t per_day; /* how fast it fills; at least 1 */
    int64_t burst;   /* how much it holds; at least 1 */
};

/* What the claims of a provider's token mean. */
struct pw_access_claims {
    const char *issuer;
    const char *name;           /* the claim that names the person */
    const char *roles;          /* the claim with its roles or groups; dots lead into objects */
    const char *municipalities; /* the claim with codes; "" = everybody is for everywhere */
    /* "word of the provider=role", NULL-terminated; empty: its words are our roles. A word that is not there
     * gives nothing. */
    const char *const *role_map;
};

/* Whether every entry of the map names a role that a provider may give: not landlord, who belongs to a
 * client. */
bool pw_access_claims_check(const struct pw_access_claims *claims, struct pw_err *err) PW_MUST_CHECK;

struct pw_access_options {
    struct pw_loop *loop;
    struct pw_db *db;
    const struct pw_keys *keys; /* for one-time codes; NULL = accounts that need them stay closed */
    struct pw_oidc *oidc;       /* NULL = nobody signs in with a provider */
    struct pw_access_claims claims;
    struct pw_worker *worker;                  /* must know pw_access_password_job */
    int64_t cache_ms;                          /* 0 = 5000 */
    size_t cache_max;                          /* callers; 0 = 4096 */
    int64_t session_ms;                        /* life of a session; 0 = 8 h */
    int64_t session_idle_ms;                   /* unused for so long it ends; 0 = 30 min */
    int64_t session_rotate_ms;                 /* a cookie's token is changed after; 0 = 15 min */
    int64_t session_grace_ms;                  /* how long the old token works then; 0 = 30 s */
    int64_t password_ms;                       /* deadline of checking a password; 0 = 5000 */
    unsigned login_failures;                   /* then the budget bites; 0 = 5 */
    int64_t login_wait_ms;                     /* longest wait; 0 = 15 min */
    struct pw_budget_plan budgets[PW_BUDGETS]; /* zeros = 600 a minute, 200 at once */
};

/* The jobs that check and make password hashes; the app lists them in the worker's options. */
extern const struct pw_worker_job pw_access_password_job, pw_access_hash_job;

/* Never fails; caller frees after the http server. */
struct pw_access *pw_access_new(const struct pw_access_options *options);
/* New limits and lives, from now on; sessions and budgets that are there go on under them. */
void pw_access_configure(struct pw_access *access, const struct pw_access_options *options);
/* Listens to what changes callers; stop before the database pool is freed. */
void pw_access_start(struct pw_access *access);
void pw_access_stop(struct pw_access *access);
void pw_access_free(struct pw_access *access);
/* For struct pw_http_options.authorise; `access` is a struct pw_access. */
void pw_access_authorise(struct pw_request *req, void *access);
/* What is left of a budget after something was taken from it, or not. */
struct pw_budget_state {
    enum pw_budget which;
    int64_t remaining; /* whole ones left */
    int64_t full_s;    /* until it is full again */
    int64_t wait_s;    /* until one more can be taken; 0 = this one was */
};

/* Takes one from the budget of `name`; false: there is none left. */
bool pw_budget_take(struct pw_access *access, enum pw_budget which, struct pw_str name,
    struct pw_budget_state *ret) PW_MUST_CHECK;
/* RateLimit and RateLimit-Policy on the coming reply. */
void pw_budget_headers(
    const struct pw_access *access, struct pw_request *req, const struct pw_budget_state *state);
/* Answers 429 with Retry-After and both headers. */
void pw_budget_refuse(
    const struct pw_access *access, struct pw_request *req, const struct pw_budget_state *state);

/* Forgets all callers (after a reload). */
void pw_access_forget(struct pw_access *access);

/* ---- handlers: `stage` is a struct pw_access ---- */

void pw_access_sign_in(struct pw_request *req, void *stage);  /* POST /v1/sessions */
void pw_access_session(struct pw_request *req, void *stage);  /* GET /v1/sessions/current */
void pw_access_sign_out(struct pw_request *req, void *stage); /* DELETE /v1/sessions/current */

void pw_access_begin_oidc(struct pw_request *req, void *stage); /* GET /v1/sessions/oidc */
void pw_access_end_oidc(struct pw_request *req, void *stage);   /* GET /v1/sessions/oidc/callback */

/* Administration. Accounts that may read dossiers, and receivers, wait for a second administrator. */
void pw_access_list_clients(struct pw_request *req, void *stage);  /* GET /v1/clients */
void pw_access_get_client(struct pw_request *req, void *stage);    /* GET /v1/clients/{id} */
void pw_access_post_client(struct pw_request *req, void *stage);   /* POST /v1/clients */
void pw_access_delete_client(struct pw_request *req, void *stage); /* DELETE /v1/clients/{id} */
void pw_access_post_token(struct pw_request *req, void *stage);    /* POST /v1/clients/{id}/tokens */
void pw_access_delete_token(struct pw_request *req, void *stage); /* DELETE /v1/clients/{id}/tokens/{token} */
void pw_access_list_users(struct pw_request *req, void *stage);   /* GET /v1/users */
void pw_access_get_user(struct pw_request *req, void *stage);     /* GET /v1/users/{id} */
void pw_access_post_user(struct pw_request *req, void *stage);    /* POST /v1/users */
void pw_access_approve_user(struct pw_request *req, void *stage); /* POST /v1/users/{id}/approvals */
void pw_access_reset_user(struct pw_request *req, void *stage);   /* POST /v1/users/{id}/resets */
void pw_access_delete_user(struct pw_request *req, void *stage);  /* DELETE /v1/users/{id} */
void pw_access_list_partners(struct pw_request *req, void *stage);   /* GET /v1/partners */
void pw_access_get_partner(struct pw_request *req, void *stage);     /* GET /v1/partners/{id} */
void pw_access_post_partner(struct pw_request *req, void *stage);    /* POST /v1/partners */
void pw_access_approve_partner(struct pw_request *req, void *stage); /* POST /v1/partners/{id}/approvals */
void pw_access_pause_partner(struct pw_request *req, void *stage);   /* POST /v1/partners/{id}/pauses */
void pw_access_resume_partner(struct pw_request *req, void *stage);  /* DELETE .../pauses/current */
void pw_access_list_duties(struct pw_request *req, void *stage);     /* GET /v1/duty-lists */
void pw_access_put_duty(struct pw_request *req, void *stage);        /* PUT /v1/duty-lists/{code} */

/* ---- for the command line: these run the loop until PostgreSQL answered ---- */

struct pw_client_new {
    const char *name;         /* unique, 1-200 characters */
    const char *oin;          /* 20 digits; NULL = token only */
    const char *controller;   /* 20 digits */
    const char *const *roles; /* words: source landlord municipality partner */
    size_t role_count;
    const char *const *source_classes; /* words: lease-admin ... */
    size_t source_class_count;
    const char *const *municipalities; /* GM codes; none = all */
    size_t municipality_count;
    bool wwft_liable;
    bool with_token;
    int token_days;    /* 0 = 365 */
    const char *token; /* a given one (32 octets base64url) instead of a new one; NULL */
};

/* Adds a client; `ret_token` is "" without token. PW_ERR_CONFLICT when the name or OIN is taken,
 * PW_ERR_INVALID naming the member when a value is not acceptable. */
bool pw_access_client_add(struct pw_db *db, pw_usec now, const struct pw_client_new *client,
    struct pw_uuid *ret_id, char ret_token[64], struct pw_err *err) PW_MUST_CHECK;
/* Ends a client by name: its tokens and certificate are refused from then on. */
bool pw_access_client_revoke(
    struct pw_db *db, pw_usec now, const char *name, struct pw_err *err) PW_MUST_CHECK;
/* JSON list {"items":[...]} of clients (no tokens). */
bool pw_access_client_list(struct pw_db *db, struct pw_buf *out, struct pw_err *err) PW_MUST_CHECK;

struct pw_user_new {
    const char *name;
    const char *password;     /* at least 12 characters */
    const char *const *roles; /* words: analyst case-lead ... */
    size_t role_count;
    const char *const *municipalities; /* none = all */
    size_t municipality_count;
    const char *client; /* name of the client it belongs to; NULL = none */
    const struct pw_keys
        *totp_keys; /* one-time codes are asked for, their key sealed by these; NULL = none */
};

/* Adds an account (scrypt is computed here, on the command line). `totp_uri` (may be NULL) gets the
 * otpauth:// URI for an authenticator app, shown this once. Errors as for clients. */
bool pw_access_user_add(struct pw_db *db, pw_usec now, const struct pw_user_new *user, struct pw_uuid *ret_id,
    struct pw_buf *totp_uri, struct pw_err *err) PW_MUST_CHECK;
/* New password, and with keys a new key for one-time codes (without: those it had are no longer asked for);
 * ends the sessions. */
bool pw_access_user_reset(struct pw_db *db, pw_usec now, const char *name, const char *password,
    const struct pw_keys *totp_keys, struct pw_buf *totp_uri, struct pw_err *err) PW_MUST_CHECK;
bool pw_access_user_list(struct pw_db *db, struct pw_buf *out, struct pw_err *err) PW_MUST_CHECK;

struct pw_partner_new {
    const char *name, *kind; /* kind: desk municipality partner duty */
    const char *oin, *url, *ca_file, *expected_name;
    const char *certificate, *private_key; /* files; NULL = the house's own */
    const char *language;                  /* NULL = nl */
    const char *const *municipalities;
    size_t municipality_count;
    const char *release; /* JSON release matrix; NULL = {} */
    bool private_range;  /* may resolve to a private or loopback address */
};

/* Adds a receiver of events. An entry that asks for more than its kind may have is refused
 * (alert.* go to `desk` only). */
bool pw_access_partner_add(struct pw_db *db, pw_usec now, const struct pw_partner_new *partner,
    struct pw_uuid *ret_id, struct pw_err *err) PW_MUST_CHECK;
bool pw_access_partner_list(struct pw_db *db, struct pw_buf *out, struct pw_err *err) PW_MUST_CHECK;
/* Pauses (reason: a word of our own) or resumes (NULL) a receiver by name. */
bool pw_access_partner_pause(
    struct pw_db *db, pw_usec now, const char *name, const char *reason, struct pw_err *err) PW_MUST_CHECK;

#endif
