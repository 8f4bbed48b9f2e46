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

/* What a caller may still ask: thousandths of a request. */
struct bucket {
    struct bucket *next;
    struct pw_uuid id;
    int64_t milli;
    int64_t at_ms;
};

#define CACHE_SLOTS  1024
#define BUCKET_SLOTS 1024

struct pw_access {
    struct pw_access_options options;
    struct cached *cache[CACHE_SLOTS];
    size_t cache_count;
    struct bucket *buckets[BUCKET_SLOTS];
    size_t bucket_count;
};

/* cache.c */
const struct pw_caller *access_cache_find(struct pw_access *access, const uint8_t key[KEY_SIZE]);
/* A new entry, its caller to be filled with texts of its arena. An older one of the key goes. */
struct cached *access_cache_add(struct pw_access *access, const uint8_t key[KEY_SIZE]);
void access_cache_drop(struct pw_access *access, const uint8_t key[KEY_SIZE]);

/* budget.c: takes one request; false with the seconds to wait. */
bool access_budget_take(struct pw_access *access, const struct pw_uuid *id, int64_t *ret_wait_s);
void access_budget_free(struct pw_access *access);

/* words.c */
uint32_t access_role_bits(const struct pw_str *words, size_t count);
uint32_t access_class_bits(const struct pw_str *words, size_t count);
bool access_is_class(struct pw_str word);

/* session.c: the CSRF token that goes with a session's token. */
const char *access_csrf_of(struct pw_str token, char out[PW_TOKEN_TEXT]);
/* Writes `"user":...,"roles":[...]`. */
void access_write_user(struct pw_jsonw *w, struct pw_str name, uint32_t roles);

/* password.c: a request for the worker, in `arena`. */
struct pw_str access_password_request(struct pw_arena *arena, struct pw_str stored, struct pw_str password);

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
