/* The session a person has: looking at it, changing its token, ending it. */
#include <string.h>

#include "access_int.h"

/* Not from the token, which changes while the session lives: the console keeps the one it has. */
const char *access_csrf_of(const uint8_t seed[KEY_SIZE], char out[PW_TOKEN_TEXT])
{
    struct pw_sha256 ctx;
    uint8_t hash[PW_SHA256_SIZE];

    pw_sha256_init(&ctx);
    pw_sha256_update(&ctx, "csrf:", 5);
    pw_sha256_update(&ctx, seed, KEY_SIZE);
    pw_sha256_final(&ctx, hash);
    return pw_crypto_base64url(hash, sizeof hash, out);
}

void access_set_cookie(struct pw_request *req, const char *token)
{
    pw_reply_header(req, "Set-Cookie",
        pw_str_printf(req->arena, SESSION_COOKIE "=%s; Secure; HttpOnly; SameSite=Strict; Path=/", token));
}

/* Who signs in anew leaves what was there before. */
static void end_former(struct pw_access *access, struct pw_request *req, struct pw_tx *tx)
{
    struct pw_str cookie = pw_request_cookie(req, SESSION_COOKIE);
    uint8_t hash[KEY_SIZE];

    if (cookie.len == 0 || cookie.len > TOKEN_MAX)
        return;
    pw_crypto_token_hash(cookie, hash);
    access_cache_drop(access, hash);
    pw_tx_add(tx, PW_SQL_ACCESS_SESSION_END, PW_P_BYTES(hash, KEY_SIZE));
}

void access_session_open(
    struct pw_access *access, struct pw_request *req, struct pw_tx *tx, struct opening *opening)
{
    int64_t life_s = access->options.session_ms / 1000;
    uint8_t hash[KEY_SIZE];

    pw_crypto_token_new(opening->token);
    pw_crypto_token_hash(pw_str_z(opening->token), hash);
    opening->expires_at = (pw_loop_wall(access->options.loop) / PW_USEC_PER_SEC + life_s) * PW_USEC_PER_SEC;
    end_former(access, req, tx);
    opening->statement = pw_tx_add(tx, PW_SQL_ACCESS_SESSION_ADD, PW_P_BYTES(hash, KEY_SIZE),
        PW_P_UUID(&opening->account), PW_P_TEXT_Z(opening->cookie ? "cookie" : "bearer"),
        PW_P_TIME(opening->expires_at), opening->totp_step > 0 ? PW_P_I64(opening->totp_step) : PW_P_NULL);
}

/* A session on its way to a new token. */
struct rotation {
    struct pw_request *req;
    size_t statement;
    char token[PW_TOKEN_TEXT];
    void (*then)(void *arg);
    void *arg;
};

/* When it failed the old token still works: no reason to refuse the request. */
static void on_rotated(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct rotation *rotation = arg;

    (void)err;
    if (ok && pw_rows_affected(pw_tx_rows(tx, rotation->statement)) > 0)
        access_set_cookie(rotation->req, rotation->token);
    rotation->then(rotation->arg);
}

void access_session_rotate(struct pw_access *access, struct pw_request *req, const uint8_t hash[KEY_SIZE],
    void (*then)(void *arg), void *arg)
{
    struct rotation *rotation = PW_NEW(req->arena, struct rotation);
    struct pw_tx *tx = pw_db_begin(access->options.db, "access: new token for a session", 0);
    uint8_t new_hash[KEY_SIZE];

    *rotation = (struct rotation){.req = req, .then = then, .arg = arg};
    pw_crypto_token_new(rotation->token);
    pw_crypto_token_hash(pw_str_z(rotation->token), new_hash);
    rotation->statement = pw_tx_add(tx, PW_SQL_ACCESS_SESSION_ROTATE, PW_P_BYTES(hash, KEY_SIZE),
        PW_P_BYTES(new_hash, KEY_SIZE), PW_P_I64(access->options.session_grace_ms / 1000));
    pw_tx_commit(tx, on_rotated, rotation);
}

void access_write_roles(struct pw_jsonw *w, uint32_t roles)
{
    pw_jsonw_key(w, "roles");
    pw_jsonw_array(w);
    for (int role = 0; role < PW_ROLE_COUNT; role++)
        if ((roles & UINT32_C(1) << role) != 0)
            pw_jsonw_z(w, pw_role_word((enum pw_role)role));
    pw_jsonw_end_array(w);
}

void access_write_user(struct pw_jsonw *w, struct pw_str name, uint32_t roles)
{
    pw_jsonw_key(w, "user");
    pw_jsonw_str(w, name);
    access_write_roles(w, roles);
}

void pw_access_session(struct pw_request *req, void *stage)
{
    const struct pw_caller *caller = pw_caller_of(req);
    char csrf[PW_TOKEN_TEXT];
    struct pw_buf json;
    struct pw_jsonw w;

    (void)stage;
    if (caller->kind != PW_CALLER_ACCOUNT) { /* a client's own token is no session */
        pw_reply_code(req, PW_ERR_FORBIDDEN);
        return;
    }
    pw_buf_init(&json, 4096);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    access_write_user(&w, caller->name, caller->roles);
    if (caller->via == PW_VIA_SESSION_COOKIE) {
        pw_jsonw_key(&w, "csrfToken");
        pw_jsonw_z(&w, access_csrf_of(caller->seed, csrf));
    }
    pw_jsonw_key(&w, "expiresAt");
    pw_jsonw_instant(&w, caller->expires_at / PW_USEC_PER_SEC * PW_USEC_PER_SEC);
    pw_jsonw_end_object(&w);
    pw_reply_header(req, "Cache-Control", PW_STR("no-store"));
    pw_reply_json(req, 200, &json);
    pw_buf_release(&json);
}

static void on_ended(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_request *req = arg;

    (void)tx;
    if (!ok) {
        pw_reply_err(req, err);
        return;
    }
    if (pw_caller_of(req)->via == PW_VIA_SESSION_COOKIE)
        pw_reply_header(req, "Set-Cookie",
            PW_STR(SESSION_COOKIE "=; Secure; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"));
    pw_reply_empty(req, 204);
}

void pw_access_sign_out(struct pw_request *req, void *stage)
{
    struct pw_access *access = stage;
    const struct pw_caller *caller = pw_caller_of(req);
    const struct pw_audit record = {.actor = pw_caller_actor(caller),
        .action = "signed-out",
        .object_kind = "account",
        .object = caller->id};
    struct pw_tx *tx = pw_db_begin(access->options.db, "access: sign out", 0);

    access_cache_drop(access, caller->session);
    pw_tx_add(tx, PW_SQL_ACCESS_SESSION_END, PW_P_BYTES(caller->session, KEY_SIZE));
    pw_audit_add(tx, pw_loop_wall(access->options.loop), &record, 1);
    pw_tx_commit(tx, on_ended, req);
}
