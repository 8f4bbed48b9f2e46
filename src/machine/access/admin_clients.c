/*
 * /v1/clients: systems that call the API, and their tokens. A token is shown once, when it is made; it may be
 * narrower than its client, it expires, and what ends it counts at once in every process.
 */
#include <string.h>

#include "admin_int.h"

#define TOKEN_DAYS     365
#define TOKEN_DAYS_MAX 1825

static const struct column columns[] = {
    {"id", "id", CELL_ID},
    {"name", "name", CELL_TEXT},
    {"oin", "oin", CELL_TEXT},
    {"controller", "controller", CELL_TEXT},
    {"roles", "roles", CELL_WORDS},
    {"source_classes", "sourceClasses", CELL_WORDS},
    {"municipalities", "municipalities", CELL_WORDS},
    {"wwft_liable", "wwftLiable", CELL_BOOL},
    {"tokens", "tokens", CELL_IDS},
    {"created_at", "createdAt", CELL_TIME},
    {"revoked_at", "revokedAt", CELL_TIME},
};
static const struct listing clients = {
    PW_SQL_ACCESS_CLIENT_PAGE, "access: clients", "name", columns, PW_COUNT(columns)};

void pw_access_list_clients(struct pw_request *req, void *stage)
{
    admin_list(stage, req, &clients);
}

void pw_access_get_client(struct pw_request *req, void *stage)
{
    admin_get(stage, req, &clients);
}

/* ---- adding ---- */

struct client_write {
    struct admin admin;
    struct pw_str name, oin, controller;
    const struct pw_str *roles, *classes;
    size_t role_count, class_count;
    bool wwft_liable, with_token;
    int64_t days;
    char token[PW_TOKEN_TEXT];
    pw_usec expires_at;
    size_t s_token;
};

static bool is_client_role(struct pw_str word)
{
    enum pw_role role = pw_role_of(word);

    return role != PW_ROLE_COUNT && (PW_CLIENT_ROLES & UINT32_C(1) << role) != 0;
}

static void make_token(struct client_write *w, struct pw_tx *tx)
{
    pw_usec now = pw_loop_wall(w->admin.access->options.loop);
    uint8_t hash[KEY_SIZE];

    pw_crypto_token_new(w->token);
    pw_crypto_token_hash(pw_str_z(w->token), hash);
    w->expires_at = (now / PW_USEC_PER_SEC) * PW_USEC_PER_SEC + w->days * PW_USEC_PER_DAY;
    w->s_token = pw_tx_add(tx, PW_SQL_ACCESS_TOKEN_ADD, PW_P_BYTES(hash, KEY_SIZE), PW_P_UUID(&w->admin.id),
        PW_P_TIME(w->expires_at),
        PW_P_TEXTS(w->with_token ? NULL : w->roles, w->with_token ? 0 : w->role_count),
        PW_P_TEXTS(w->with_token ? NULL : w->classes, w->with_token ? 0 : w->class_count));
}

static void write_token(struct client_write *w, const struct pw_rows *rows, struct pw_jsonw *json)
{
    struct pw_uuid id = pw_cell_uuid(rows, 0, 0);

    pw_jsonw_key(json, "tokenId");
    pw_jsonw_uuid(json, &id);
    pw_jsonw_key(json, "token");
    pw_jsonw_z(json, w->token);
    pw_jsonw_key(json, "expiresAt");
    pw_jsonw_instant(json, w->expires_at);
}

static void queue_client(struct admin *admin, struct pw_tx *tx)
{
    struct client_write *w = (struct client_write *)admin;

    pw_tx_add(tx, PW_SQL_ACCESS_CLIENT_ADD, PW_P_UUID(&admin->id), PW_P_TEXT(w->name),
        w->oin.len == 0 ? PW_P_NULL : PW_P_TEXT(w->oin), PW_P_TEXT(w->controller),
        PW_P_TEXTS(w->roles, w->role_count), PW_P_TEXTS(w->classes, w->class_count),
        PW_P_TEXTS(admin->places, admin->place_count), PW_P_BOOL(w->wwft_liable));
    if (w->with_token)
        make_token(w, tx);
}

static void reply_made(struct client_write *w, struct pw_tx *tx, const char *path, bool token)
{
    struct pw_request *req = w->admin.req;
    char id[PW_UUID_TEXT];
    struct pw_buf out;
    struct pw_jsonw json;

    pw_buf_init(&out, 4096);
    pw_jsonw_init(&json, &out);
    pw_jsonw_object(&json);
    pw_jsonw_key(&json, "id");
    pw_jsonw_uuid(&json, &w->admin.id);
    if (token)
        write_token(w, pw_tx_rows(tx, w->s_token), &json);
    pw_jsonw_end_object(&json);
    pw_reply_header(
        req, "Location", pw_str_printf(req->arena, "%s/%s", path, pw_uuid_format(&w->admin.id, id)));
    pw_reply_json(req, 201, &out);
    pw_buf_release(&out);
}

static void reply_client(struct admin *admin, struct pw_tx *tx)
{
    struct client_write *w = (struct client_write *)admin;

    reply_made(w, tx, "/v1/clients", w->with_token);
}

void pw_access_post_client(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"name", "oin", "controller", "roles", "sourceClasses",
        "municipalities", "wwftLiable", "withToken", "validDays", NULL};
    struct client_write *w = PW_NEW(req->arena, struct client_write);
    struct admin *admin = &w->admin;

    if (!admin_open(admin, stage, req, known))
        return;
    admin_text(admin, "name", true, 200, &w->name);
    admin_digits(admin, "oin", false, 20, &w->oin);
    admin_digits(admin, "controller", true, 20, &w->controller);
    admin_words(admin, "roles", true, 4, is_client_role, &w->roles, &w->role_count);
    admin_words(admin, "sourceClasses",
        (access_role_bits(w->roles, w->role_count) & PW_ROLE_BIT(SOURCE)) != 0, 7, access_is_class,
        &w->classes, &w->class_count);
    admin_places(admin);
    w->wwft_liable = admin_bool(admin, "wwftLiable");
    w->with_token = admin_bool(admin, "withToken");
    w->days = admin_number(admin, "validDays", TOKEN_DAYS, 1, TOKEN_DAYS_MAX);
    admin->label = "access: add client";
    admin->action = "client-added";
    admin->object_kind = "client";
    admin->queue = queue_client;
    admin->reply = reply_client;
    admin_run(admin);
}

/* ---- a further token ---- */

static void look_token(struct admin *admin, struct pw_tx *tx)
{
    struct client_write *w = (struct client_write *)admin;

    make_token(w, tx);
    admin->s_write = w->s_token;
}

static void reply_token(struct admin *admin, struct pw_tx *tx)
{
    reply_made((struct client_write *)admin, tx, "/v1/clients", true);
}

void pw_access_post_token(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"roles", "sourceClasses", "validDays", NULL};
    struct client_write *w = PW_NEW(req->arena, struct client_write);
    struct admin *admin = &w->admin;

    if (!admin_open(admin, stage, req, known))
        return;
    if (!pw_uuid_parse(pw_request_param(req, "id"), &admin->id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    admin_words(admin, "roles", false, 4, is_client_role, &w->roles, &w->role_count);
    admin_words(admin, "sourceClasses", false, 7, access_is_class, &w->classes, &w->class_count);
    w->days = admin_number(admin, "validDays", TOKEN_DAYS, 1, TOKEN_DAYS_MAX);
    admin->label = "access: add token";
    admin->action = "client-token-added";
    admin->object_kind = "client";
    admin->look = look_token;
    admin->judge = admin_found; /* also for what the client itself may not */
    admin->reply = reply_token;
    admin_run(admin);
}

/* ---- ending ---- */

static void look_end_client(struct admin *admin, struct pw_tx *tx)
{
    admin->s_write = pw_tx_add(tx, PW_SQL_ACCESS_CLIENT_END, PW_P_UUID(&admin->id));
}

void pw_access_delete_client(struct pw_request *req, void *stage)
{
    struct admin *admin = PW_NEW(req->arena, struct admin);

    if (!admin_open_id(admin, stage, req))
        return;
    admin->label = "access: revoke client";
    admin->action = "client-revoked";
    admin->object_kind = "client";
    admin->look = look_end_client;
    admin->judge = admin_found;
    admin->reply = admin_reply_done;
    admin_run(admin);
}

struct token_end {
    struct admin admin;
    struct pw_uuid token;
};

static void look_end_token(struct admin *admin, struct pw_tx *tx)
{
    admin->s_write = pw_tx_add(
        tx, PW_SQL_ACCESS_TOKEN_END, PW_P_UUID(&admin->id), PW_P_UUID(&((struct token_end *)admin)->token));
}

void pw_access_delete_token(struct pw_request *req, void *stage)
{
    struct token_end *end = PW_NEW(req->arena, struct token_end);
    struct admin *admin = &end->admin;

    if (!admin_open_id(admin, stage, req))
        return;
    if (!pw_uuid_parse(pw_request_param(req, "token"), &end->token)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    admin->label = "access: revoke token";
    admin->action = "client-token-revoked";
    admin->object_kind = "client";
    admin->look = look_end_token;
    admin->judge = admin_found;
    admin->reply = admin_reply_done;
    admin_run(admin);
}
