/*
 * /v1/users: people's accounts. One that may read dossiers waits for a second administrator, when it is made
 * and when its password is set anew: nobody lets himself, under whatever name, into what he may not see. The
 * password's hash is made by a worker.
 */
#include <string.h>

#include "admin_int.h"

#define PASSWORD_MIN 12
/* What an administrator does not give alone. */
#define WAITING_ROLES                                                                                        \
    (PW_ROLE_BIT(ANALYST) | PW_ROLE_BIT(CASE_LEAD) | PW_ROLE_BIT(PRIVACY_OFFICER) |                          \
        PW_ROLE_BIT(MUNICIPAL_USER) | PW_ROLE_BIT(ADMINISTRATOR))

static const struct column columns[] = {
    {"id", "id", CELL_ID},
    {"name", "name", CELL_TEXT},
    {"roles", "roles", CELL_WORDS},
    {"municipalities", "municipalities", CELL_WORDS},
    {"client", "client", CELL_TEXT},
    {"totp", "totp", CELL_BOOL},
    {"status", "status", CELL_TEXT},
    {"created_at", "createdAt", CELL_TIME},
};
static const struct listing accounts = {
    PW_SQL_ACCESS_ACCOUNT_PAGE, "access: accounts", "name", columns, PW_COUNT(columns)};

void pw_access_list_users(struct pw_request *req, void *stage)
{
    admin_list(stage, req, &accounts);
}

void pw_access_get_user(struct pw_request *req, void *stage)
{
    admin_get(stage, req, &accounts);
}

struct user_write {
    struct admin admin;
    struct pw_str name, password, client, hash, totp_key;
    const struct pw_str *roles;
    size_t role_count;
    struct pw_uuid client_id;
    bool totp, waits;
    struct pw_str totp_uri; /* "" = none */
};

static bool is_account_role(struct pw_str word)
{
    enum pw_role role = pw_role_of(word);

    return role != PW_ROLE_COUNT && (PW_ACCOUNT_ROLES & UINT32_C(1) << role) != 0;
}

static void read_password(struct user_write *w)
{
    if (!pw_json_member_str(w->admin.body, NULL, "password", true, PASSWORD_MIN, PW_PASSWORD_MAX,
            &w->password, &w->admin.faults))
        return;
    if (w->password.len > PW_PASSWORD_MAX)
        (void)pw_fault_member(&w->admin.faults, NULL, "password", PW_FAULT_LENGTH, NULL, NULL);
}

/* A key for one-time codes, where they are asked for. False: it has replied. */
static bool make_totp(struct user_write *w)
{
    const struct pw_keys *keys = w->admin.access->options.keys;
    struct pw_buf uri;
    bool ok = true;

    if (!w->totp)
        return true;
    pw_buf_init(&uri, 1024);
    ok = keys != NULL &&
         access_totp_new(keys, w->admin.req->arena, &w->admin.id, w->name, &w->totp_key, &uri, NULL);
    w->totp_uri = pw_str_dup(w->admin.req->arena, pw_buf_str(&uri));
    pw_buf_release(&uri);
    if (!ok)
        pw_reply_code(w->admin.req, PW_ERR_CRYPTO);
    return ok;
}

static void on_hashed(void *arg, struct pw_str answer, const struct pw_err *err)
{
    struct user_write *w = arg;

    if (err != NULL) {
        pw_reply_code(w->admin.req, PW_ERR_UNAVAILABLE);
        return;
    }
    w->hash = pw_str_dup(w->admin.req->arena, answer);
    if (make_totp(w))
        admin_run(&w->admin);
}

/* Hashes the password, then runs the write. */
static void run_hashed(struct user_write *w)
{
    const struct pw_access_options *options = &w->admin.access->options;

    if (w->admin.faults.count > 0)
        pw_reply_faults(w->admin.req, &w->admin.faults);
    else if (!pw_worker_submit(
                 options->worker, &pw_access_hash_job, w->password, options->password_ms, on_hashed, w, NULL))
        pw_reply_problem(w->admin.req, &(struct pw_problem){.code = PW_ERR_UNAVAILABLE, .retry_after_s = 5});
}

static void look_client(struct admin *admin, struct pw_tx *tx)
{
    admin->s_look = pw_tx_add(tx, PW_SQL_ACCESS_CLIENT_FIND, PW_P_TEXT(((struct user_write *)admin)->client));
}

static bool judge_client(struct admin *admin, struct pw_tx *tx)
{
    if (pw_rows_count(pw_tx_rows(tx, admin->s_look)) > 0) {
        ((struct user_write *)admin)->client_id = pw_cell_uuid(pw_tx_rows(tx, admin->s_look), 0, 0);
        return true;
    }
    (void)pw_fault_member(&admin->faults, NULL, "client", PW_FAULT_REFERENCE, NULL, NULL);
    pw_reply_faults(admin->req, &admin->faults);
    return false;
}

static void queue_account(struct admin *admin, struct pw_tx *tx)
{
    struct user_write *w = (struct user_write *)admin;

    pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_PROPOSE, PW_P_UUID(&admin->id), PW_P_TEXT(w->name),
        PW_P_TEXT(w->hash), PW_P_TEXTS(w->roles, w->role_count),
        PW_P_TEXTS(admin->places, admin->place_count), PW_P_UUID_OPT(&w->client_id),
        w->totp ? PW_P_BYTEA(w->totp_key) : PW_P_NULL, PW_P_UUID(&pw_caller_of(admin->req)->id),
        PW_P_BOOL(w->waits));
}

static void reply_account(struct admin *admin, struct pw_tx *tx)
{
    struct user_write *w = (struct user_write *)admin;
    struct pw_request *req = admin->req;
    char id[PW_UUID_TEXT];
    struct pw_buf out;
    struct pw_jsonw json;

    (void)tx;
    pw_buf_init(&out, 4096);
    pw_jsonw_init(&json, &out);
    pw_jsonw_object(&json);
    pw_jsonw_key(&json, "id");
    pw_jsonw_uuid(&json, &admin->id);
    pw_jsonw_key(&json, "status");
    pw_jsonw_z(&json, w->waits ? "proposed" : "active");
    if (w->totp_uri.len > 0) {
        pw_jsonw_key(&json, "totpUri");
        pw_jsonw_str(&json, w->totp_uri);
    }
    pw_jsonw_end_object(&json);
    pw_reply_header(
        req, "Location", pw_str_printf(req->arena, "/v1/users/%s", pw_uuid_format(&admin->id, id)));
    pw_reply_json(req, 201, &out);
    pw_buf_release(&out);
}

/* Roles that one person may not have together, all at once. */
static void check_apart(struct user_write *w)
{
    const char *why = pw_roles_apart(access_role_bits(w->roles, w->role_count));

    if (why != NULL)
        (void)pw_fault_member(&w->admin.faults, NULL, "roles", PW_FAULT_NOT_ALLOWED,
            "deze rollen gaan niet samen in een account", why);
}

void pw_access_post_user(struct pw_request *req, void *stage)
{
    static const char *const known[] = {
        "name", "password", "roles", "municipalities", "client", "totp", NULL};
    struct user_write *w = PW_NEW(req->arena, struct user_write);
    struct admin *admin = &w->admin;

    if (!admin_open(admin, stage, req, known))
        return;
    admin_text(admin, "name", true, 200, &w->name);
    admin_text(admin, "client", false, 200, &w->client);
    admin_words(admin, "roles", true, 8, is_account_role, &w->roles, &w->role_count);
    admin_places(admin);
    read_password(w);
    check_apart(w);
    w->totp = admin_bool(admin, "totp");
    w->waits = (access_role_bits(w->roles, w->role_count) & WAITING_ROLES) != 0;
    admin->label = "access: add account";
    admin->action = w->waits ? "account-proposed" : "account-added";
    admin->object_kind = "account";
    if (w->client.len > 0) {
        admin->look = look_client;
        admin->judge = judge_client;
    }
    admin->queue = queue_account;
    admin->reply = reply_account;
    run_hashed(w);
}

/* ---- the second person ---- */

static void look_waits(struct admin *admin, struct pw_tx *tx)
{
    admin->s_look = pw_tx_add(
        tx, PW_SQL_ACCESS_ACCOUNT_WAITS, PW_P_UUID(&admin->id), PW_P_UUID(&pw_caller_of(admin->req)->id));
}

static void queue_approval(struct admin *admin, struct pw_tx *tx)
{
    pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_APPROVE, PW_P_UUID(&admin->id),
        PW_P_UUID(&pw_caller_of(admin->req)->id), PW_P_BOOL(((struct approval *)admin)->approve));
}

void pw_access_approve_user(struct pw_request *req, void *stage)
{
    struct approval *approval = admin_approval(req, stage);

    if (approval == NULL)
        return;
    approval->admin.label = "access: approve account";
    approval->admin.action = approval->approve ? "account-approved" : "account-refused";
    approval->admin.object_kind = "account";
    approval->admin.look = look_waits;
    approval->admin.queue = queue_approval;
    admin_run(&approval->admin);
}

/* ---- reset, end ---- */

static void look_account(struct admin *admin, struct pw_tx *tx)
{
    admin->s_look =
        pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_PAGE, PW_P_TEXT(PW_STR("")), PW_P_I64(1), PW_P_UUID(&admin->id));
}

static bool judge_account(struct admin *admin, struct pw_tx *tx)
{
    const struct pw_rows *rows = pw_tx_rows(tx, admin->s_look);
    struct pw_str *roles;
    size_t count;

    if (pw_rows_count(rows) == 0) {
        pw_reply_code(admin->req, PW_ERR_NOT_FOUND);
        return false;
    }
    if (pw_cell_bool(rows, 0, pw_rows_column(rows, "provided"))) { /* its provider keeps the password */
        pw_reply_code(admin->req, PW_ERR_TRANSITION);
        return false;
    }
    roles = pw_cell_texts(rows, 0, pw_rows_column(rows, "roles"), admin->req->arena, &count);
    ((struct user_write *)admin)->waits = (access_role_bits(roles, count) & WAITING_ROLES) != 0;
    return true;
}

static void queue_reset(struct admin *admin, struct pw_tx *tx)
{
    struct user_write *w = (struct user_write *)admin;

    pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_RESET, PW_P_UUID(&admin->id), PW_P_TEXT(w->hash),
        w->totp ? PW_P_BYTEA(w->totp_key) : PW_P_NULL);
    if (w->waits)
        pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_RESET_WAITS, PW_P_UUID(&admin->id),
            PW_P_UUID(&pw_caller_of(admin->req)->id));
}

void pw_access_reset_user(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"password", "totp", NULL};
    struct user_write *w = PW_NEW(req->arena, struct user_write);
    struct admin *admin = &w->admin;

    if (!admin_open(admin, stage, req, known))
        return;
    if (!pw_uuid_parse(pw_request_param(req, "id"), &admin->id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    read_password(w);
    w->totp = admin_bool(admin, "totp");
    w->name = PW_STR("account");
    admin->label = "access: reset account";
    admin->action = "account-reset";
    admin->object_kind = "account";
    admin->look = look_account;
    admin->judge = judge_account;
    admin->queue = queue_reset;
    admin->reply = reply_account;
    run_hashed(w);
}

static void look_disable(struct admin *admin, struct pw_tx *tx)
{
    admin->s_write = pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_DISABLE, PW_P_UUID(&admin->id));
}

void pw_access_delete_user(struct pw_request *req, void *stage)
{
    struct admin *admin = PW_NEW(req->arena, struct admin);

    if (!admin_open_id(admin, stage, req))
        return;
    admin->label = "access: disable account";
    admin->action = "account-disabled";
    admin->object_kind = "account";
    admin->look = look_disable;
    admin->judge = admin_found;
    admin->reply = admin_reply_done;
    admin_run(admin);
}
