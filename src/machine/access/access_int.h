/* Inside of access: cached callers, budgets, and what files share. */
#ifndef PANDWACHT_ACCESS_INT_H
#define PANDWACHT_ACCESS_INT_H

#include <pandwacht/access.h>
#include <pandwacht/base.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>
#include <pandwacht/loop.h>
#include <pandwacht/oidc.h>
#include <pandwacht/worker.h>

#define SESSION_COOKIE "__Host-session"
#define KEY_SIZE       32 /* SHA-256: of a token, or of "oin:" and the OIN */
#define TOKEN_MAX      256

/* A caller as the database said it was, for a few seconds. */
struct cached {
    struct cached *next;
    uint8_t key[KEY_SIZE];
    int64_t until_ms;
    struct pw_arena *arena; /* owns this entry and the caller's texts */
    struct pw_caller caller;
};

/* What is left of one key's budget: thousandths of a request. */
struct bucket {
    struct bucket *next;
    uint8_t key[KEY_SIZE];
    enum pw_budget plan;
    int64_t milli;
    int64_t at_ms;
};

#define CACHE_SLOTS  1024
#define BUCKET_SLOTS 1024

struct pw_access {
    struct pw_access_options options;
    struct pw_db_listener *listener;
    struct cached *cache[CACHE_SLOTS];
    size_t cache_count;
    uint64_t forgotten; /* times the cache was dropped: what was read before that is not kept */
    struct bucket *buckets[BUCKET_SLOTS];
    size_t bucket_count;
    int64_t swept_ms;
    uint8_t salt[KEY_SIZE]; /* of the buckets' keys */
};

/* cache.c */
const struct pw_caller *access_cache_find(struct pw_access *access, const uint8_t key[KEY_SIZE]);
/* A new entry, its caller to be filled with texts of its arena. An older one of the key goes. */
struct cached *access_cache_add(struct pw_access *access, const uint8_t key[KEY_SIZE]);
void access_cache_drop(struct pw_access *access, const uint8_t key[KEY_SIZE]);

/* budget.c */
void access_budget_free(struct pw_access *access);

/* words.c */
uint32_t access_role_bits(const struct pw_str *words, size_t count);
uint32_t access_class_bits(const struct pw_str *words, size_t count);
bool access_is_class(struct pw_str word);

/* session.c: a session being opened: queues it, and the end of the one whose cookie came along. When its
 * statement gives no row (its seed) the account may not have one now. */
struct opening {
    struct pw_uuid account;
    bool cookie;       /* else bearer */
    int64_t totp_step; /* of the one-time code that was right; 0 = none */
    char token[PW_TOKEN_TEXT];
    pw_usec expires_at;
    size_t statement;
};
void access_session_open(
    struct pw_access *access, struct pw_request *req, struct pw_tx *tx, struct opening *opening);

/* The CSRF token that goes with a session. */
const char *access_csrf_of(const uint8_t seed[KEY_SIZE], char out[PW_TOKEN_TEXT]);
/* The cookie that carries a session's token. */
void access_set_cookie(struct pw_request *req, const char *token);
/* A cookie's session is due for a new token: gives it one, then calls `then` (whether it did or not). */
void access_session_rotate(struct pw_access *access, struct pw_request *req, const uint8_t hash[KEY_SIZE],
    void (*then)(void *arg), void *arg);
/* Writes `"roles":[...]`. */
void access_write_roles(struct pw_jsonw *w, uint32_t roles);
/* Writes `"user":...,"roles":[...]`. */
void access_write_user(struct pw_jsonw *w, struct pw_str name, uint32_t roles);

/* password.c: a request for the worker, in `arena`. */
struct pw_str access_password_request(struct pw_arena *arena, struct pw_str stored, struct pw_str password);

/* totp.c: a new key for one-time codes, sealed for this account, and its otpauth:// URI. */
bool access_totp_new(const struct pw_keys *keys, struct pw_arena *arena, const struct pw_uuid *account,
    struct pw_str name, struct pw_str *ret_sealed, struct pw_buf *uri, struct pw_err *err) PW_MUST_CHECK;
/* The step whose code this is, now or one step to either side; 0 = none. */
int64_t access_totp_step(const struct pw_keys *keys, struct pw_arena *arena, const struct pw_uuid *account,
    struct pw_str sealed, struct pw_str code, pw_usec now);

/* admin.c: checks shared by the commands. */
struct pw_str *access_strings(struct pw_arena *arena, const char *const *items, size_t count);
bool access_is_oin(const char *text);
bool access_name_ok(const char *name, struct pw_err *err);
/* Runs to COMMIT; what a unique constraint refuses becomes PW_ERR_CONFLICT with `taken`. Closes. */
bool access_run(struct pw_tx *tx, const char *taken, struct pw_err *err);
/* Fails when a code is not a municipality of this installation. */
bool access_check_municipalities(
    struct pw_db *db, const struct pw_str *codes, size_t count, struct pw_err *err);
void access_write_words(struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row);

#endif
