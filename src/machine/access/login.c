/*
 * POST /v1/sessions. Budget first, then the account, then the password in a worker, then, where the account
 * asks for one, the one-time code; then one transaction. An unknown name, a disabled account, a wrong
 * password and a wrong code get the same answer, after the same work.
 *
 * Codes have a budget of their own, by account: it is spent only by who knows the password, so that no
 * stranger can lock anybody out with it, and nobody can try codes from many addresses.
 */
#include <string.h>

#include "access_int.h"

#define NAME_MAX_CHARACTERS 200

struct login {
    struct pw_access *access;
    struct pw_request *req;
    struct pw_str name, password, code;
    bool cookie;
    uint8_t budget[KEY_SIZE], code_budget[KEY_SIZE];
    size_t s_budget, s_account;
    struct pw_uuid account; /* nil: there is none */
    struct pw_str totp_key; /* sealed; "" = the account asks for no code */
    int64_t totp_step;      /* of the code that was right; 0 = none */
    uint32_t roles;
    struct opening opening;
};

static void reply_wrong(struct pw_request *req)
{
    pw_reply_problem(req,
        &(struct pw_problem){.code = PW_ERR_UNAUTHENTICATED,
            .detail = req->lang == PW_LANG_NL ? PW_STR("Gebruiker, wachtwoord of eenmalige code klopt niet.")
                                              : PW_STR("User, password or one-time code is not right.")});
}

static void on_refused(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)tx;
    if (ok)
        reply_wrong(arg);
    else
        pw_reply_err(arg, err);
}

static void reply_session(const struct login *login, const uint8_t seed[KEY_SIZE])
{
    struct pw_request *req = login->req;
    char csrf[PW_TOKEN_TEXT];
    struct pw_buf json;
    struct pw_jsonw w;

    pw_buf_init(&json, 8192);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    access_write_user(&w, login->name, login->roles);
    pw_jsonw_key(&w, login->cookie ? "csrfToken" : "accessToken");
    pw_jsonw_z(&w, login->cookie ? access_csrf_of(seed, csrf) : login->opening.token);
    if (!login->cookie) {
        pw_jsonw_key(&w, "tokenType");
        pw_jsonw_z(&w, "Bearer");
    }
    pw_jsonw_key(&w, "expiresAt");
    pw_jsonw_instant(&w, login->opening.expires_at);
    pw_jsonw_end_object(&w);
    if (login->cookie)
        access_set_cookie(req, login->opening.token);
    pw_reply_header(req, "Location", PW_STR("/v1/sessions/current"));
    pw_reply_header(req, "Cache-Control", PW_STR("no-store"));
    pw_reply_json(req, 201, &json);
    pw_buf_release(&json);
}

static void refuse(struct login *login)
{
    struct pw_access *access = login->access;
    const struct pw_audit record = {.actor = PW_AUDIT_SYSTEM,
        .action = "sign-in-refused",
        .object_kind = "account",
        .object = login->account};
    struct pw_tx *tx = pw_db_begin(access->options.db, "access: refuse a sign-in", 0);

    pw_audit_add(tx, pw_loop_wall(access->options.loop), &record, 1);
    pw_tx_commit(tx, on_refused, login->req);
}

static void on_signed_in(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct login *login = arg;

    if (ok)
        reply_session(
            login, (const uint8_t *)pw_cell_bytea(pw_tx_rows(tx, login->opening.statement), 0, 0).data);
    else
        pw_reply_err(login->req, err);
}

/* No row: the code was used before, or the account was disabled in between. */
static void on_opened(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct login *login = arg;
    const struct pw_audit record = {.actor = {PW_ACTOR_ACCOUNT, login->account},
        .action = "signed-in",
        .object_kind = "account",
        .object = login->account};

    if (!ok) {
        pw_reply_err(login->req, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, login->opening.statement)) == 0) {
        pw_tx_abort(tx);
        refuse(login);
        return;
    }
    pw_audit_add(tx, pw_loop_wall(login->access->options.loop), &record, 1);
    pw_tx_commit(tx, on_signed_in, login);
}

/* One transaction: the session, the end of the one before, the budgets given back, the record. */
static void open_session(struct login *login)
{
    struct pw_tx *tx = pw_db_begin(login->access->options.db, "access: sign in", 0);

    pw_tx_add(tx, PW_SQL_ACCESS_LOGIN_FORGET, PW_P_BYTES(login->budget, KEY_SIZE));
    if (login->totp_step > 0)
        pw_tx_add(tx, PW_SQL_ACCESS_LOGIN_FORGET, PW_P_BYTES(login->code_budget, KEY_SIZE));
    login->opening =
        (struct opening){.account = login->account, .cookie = login->cookie, .totp_step = login->totp_step};
    access_session_open(login->access, login->req, tx, &login->opening);
    pw_tx_send(tx, on_opened, login);
}

static void on_code_budget(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct login *login = arg;
    const struct pw_access_options *options = &login->access->options;
    const struct pw_rows *budget;

    if (!ok) {
        pw_reply_err(login->req, err);
        return;
    }
    budget = pw_tx_rows(tx, login->s_budget);
    if (!pw_cell_bool(budget, 0, pw_rows_column(budget, "refused")) && options->keys != NULL)
        login->totp_step = access_totp_step(options->keys, login->req->arena, &login->account,
            login->totp_key, login->code, pw_loop_wall(options->loop));
    if (login->totp_step > 0)
        open_session(login);
    else
        refuse(login);
}

static size_t add_attempt(struct login *login, struct pw_tx *tx, const uint8_t key[KEY_SIZE])
{
    const struct pw_access_options *options = &login->access->options;

    return pw_tx_add(tx, PW_SQL_ACCESS_LOGIN_ATTEMPT, PW_P_BYTES(key, KEY_SIZE),
        PW_P_I32(options->login_failures), PW_P_I64(options->login_wait_ms / 1000));
}

static void ask_code(struct login *login)
{
    struct pw_tx *tx = pw_db_begin(login->access->options.db, "access: one-time code", 0);
    struct pw_sha256 ctx;

    pw_sha256_init(&ctx);
    pw_sha256_update(&ctx, "code:", 5);
    pw_sha256_update(&ctx, login->account.b, sizeof login->account.b);
    pw_sha256_final(&ctx, login->code_budget);
    login->s_budget = add_attempt(login, tx, login->code_budget);
    pw_tx_commit(tx, on_code_budget, login);
}

static void on_checked(void *arg, struct pw_str answer, const struct pw_err *err)
{
    struct login *login = arg;

    if (err != NULL)
        pw_reply_code(login->req, PW_ERR_UNAVAILABLE);
    else if (!pw_str_is(answer, "1") || pw_uuid_is_nil(&login->account))
        refuse(login);
    else if (login->totp_key.len > 0)
        ask_code(login);
    else
        open_session(login);
}

/* The account's hash, or "" for no account: the worker then does the same work for nothing. */
static struct pw_str read_account(struct login *login, struct pw_tx *tx)
{
    const struct pw_rows *rows = pw_tx_rows(tx, login->s_account);
    struct pw_arena *arena = login->req->arena;
    struct pw_str *words;
    size_t count;

    if (pw_rows_count(rows) == 0)
        return PW_STR("");
    login->account = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    words = pw_cell_texts(rows, 0, pw_rows_column(rows, "roles"), arena, &count);
    login->roles = access_role_bits(words, count);
    login->totp_key = pw_str_dup(arena, pw_cell_bytea(rows, 0, pw_rows_column(rows, "totp_key")));
    return pw_str_dup(arena, pw_cell_text(rows, 0, pw_rows_column(rows, "password_hash")));
}

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct login *login = arg;
    const struct pw_rows *budget;
    struct pw_str stored;

    if (!ok) {
        pw_reply_err(login->req, err);
        return;
    }
    budget = pw_tx_rows(tx, login->s_budget);
    if (pw_cell_bool(budget, 0, pw_rows_column(budget, "refused"))) {
        pw_reply_problem(
            login->req, &(struct pw_problem){.code = PW_ERR_RATE,
                            .retry_after_s = 1 + pw_cell_i64(budget, 0, pw_rows_column(budget, "wait"))});
        return;
    }
    stored = read_account(login, tx);
    if (!pw_worker_submit(login->access->options.worker, &pw_access_password_job,
            access_password_request(login->req->arena, stored, login->password),
            login->access->options.password_ms, on_checked, login, NULL))
        pw_reply_problem(login->req, &(struct pw_problem){.code = PW_ERR_UNAVAILABLE, .retry_after_s = 5});
}

/* All faults of the body at once. */
static bool read_body(struct login *login, const struct pw_json *body, struct pw_faults *faults)
{
    static const char *const members[] = {"user", "password", "totp", "kind", NULL};
    struct pw_str kind;
    bool ok = pw_json_known(body, NULL, members, faults);

    ok &= pw_json_member_str(body, NULL, "user", true, 1, NAME_MAX_CHARACTERS, &login->name, faults);
    ok &= pw_json_member_str(body, NULL, "password", true, 1, PW_PASSWORD_MAX, &login->password, faults);
    ok &= pw_json_member_str(body, NULL, "totp", false, 6, 8, &login->code, faults);
    ok &= pw_json_member_str(body, NULL, "kind", false, 1, 10, &kind, faults);
    login->cookie = kind.len == 0 || pw_str_is(kind, "cookie");
    if (!login->cookie && !pw_str_is(kind, "bearer"))
        ok = pw_fault_member(faults, NULL, "kind", PW_FAULT_ENUM, "cookie of bearer", "cookie or bearer");
    if (login->password.len > PW_PASSWORD_MAX)
        ok = pw_fault_member(faults, NULL, "password", PW_FAULT_LENGTH, "te lang", "too long");
    return ok;
}

/* Account name and address together: nobody spends somebody else's budget from elsewhere. */
static void budget_key(struct login *login)
{
    const char *address = login->req->peer == NULL ? "" : login->req->peer->address;
    struct pw_sha256 ctx;

    pw_sha256_init(&ctx);
    pw_sha256_update(&ctx, address, strlen(address) + 1);
    pw_sha256_update(&ctx, login->name.data, login->name.len);
    pw_sha256_final(&ctx, login->budget);
}

void pw_access_sign_in(struct pw_request *req, void *stage)
{
    struct pw_access *access = stage;
    struct login *login = PW_NEW(req->arena, struct login);
    struct pw_faults faults;
    const struct pw_json *body;
    struct pw_tx *tx;

    login->access = access;
    login->req = req;
    if (!pw_body_object(req, &faults, &body))
        return;
    if (!read_body(login, body, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    budget_key(login);
    tx = pw_db_begin(access->options.db, "access: account", 0);
    login->s_budget = add_attempt(login, tx, login->budget);
    login->s_account = pw_tx_add(tx, PW_SQL_ACCESS_LOGIN_ACCOUNT, PW_P_TEXT(login->name));
    pw_tx_commit(tx, on_found, login);
}
