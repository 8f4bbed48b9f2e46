/* `client add|list|revoke`: source systems, landlords, municipalities, partners. */
#include <string.h>

#include "access_int.h"

#define TOKEN_DAYS 365

static bool check_roles(const struct pw_client_new *client, struct pw_err *err)
{
    bool source = false;

    if (client->role_count == 0)
        return pw_fail(err, PW_ERR_INVALID, "roles: at least one of source, landlord, municipality, partner");
    for (size_t i = 0; i < client->role_count; i++) {
        enum pw_role role = pw_role_of(pw_str_z(client->roles[i]));

        if (role == PW_ROLE_COUNT || (PW_CLIENT_ROLES & UINT32_C(1) << role) == 0)
            return pw_fail(
                err, PW_ERR_INVALID, "roles: a client is source, landlord, municipality or partner");
        source = source || role == PW_ROLE_SOURCE;
    }
    for (size_t i = 0; i < client->source_class_count; i++)
        if (!access_is_class(pw_str_z(client->source_classes[i])))
            return pw_fail(err, PW_ERR_INVALID, "source classes: not one of those that facts have");
    if (source && client->source_class_count == 0)
        return pw_fail(err, PW_ERR_INVALID, "source classes: a source needs at least one");
    return true;
}

static bool check_client(const struct pw_client_new *client, struct pw_err *err)
{
    if (!access_name_ok(client->name, err) || !check_roles(client, err))
        return false;
    if (client->oin != NULL && !access_is_oin(client->oin))
        return pw_fail(err, PW_ERR_INVALID, "oin: 20 digits");
    if (!access_is_oin(client->controller))
        return pw_fail(err, PW_ERR_INVALID, "controller: 20 digits");
    if (client->token != NULL && (strlen(client->token) < 32 || strlen(client->token) > 63))
        return pw_fail(err, PW_ERR_INVALID, "token: 32 to 63 characters of random text");
    return true;
}

static void add_token(struct pw_tx *tx, pw_usec now, const struct pw_client_new *client,
    const struct pw_uuid *id, char ret_token[64])
{
    int days = client->token_days == 0 ? TOKEN_DAYS : client->token_days;
    uint8_t hash[KEY_SIZE];

    ret_token[0] = '\0';
    if (client->token != NULL)
        strcpy(ret_token, client->token);
    else if (client->with_token)
        pw_crypto_token_new(ret_token);
    if (ret_token[0] == '\0')
        return;
    pw_crypto_token_hash(pw_str_z(ret_token), hash);
    pw_tx_add(tx, PW_SQL_ACCESS_CLIENT_TOKEN_ADD, PW_P_BYTES(hash, KEY_SIZE), PW_P_UUID(id),
        PW_P_TIME(now + days * PW_USEC_PER_DAY));
}

bool pw_access_client_add(struct pw_db *db, pw_usec now, const struct pw_client_new *client,
    struct pw_uuid *ret_id, char ret_token[64], struct pw_err *err)
{
    struct pw_uuid id = pw_uuid_v7(now);
    const struct pw_audit record = {
        .actor = PW_AUDIT_OPERATOR, .action = "client-added", .object_kind = "client", .object = id};
    struct pw_arena *arena;
    struct pw_str *places;
    struct pw_tx *tx;

    if (!check_client(client, err))
        return false;
    tx = pw_db_begin(db, "access: add client", 0);
    arena = pw_tx_arena(tx);
    places = access_strings(arena, client->municipalities, client->municipality_count);
    if (!access_check_municipalities(db, places, client->municipality_count, err)) {
        pw_tx_abort(tx);
        return false;
    }
    pw_tx_add(tx, PW_SQL_ACCESS_CLIENT_ADD, PW_P_UUID(&id), PW_P_TEXT_Z(client->name),
        PW_P_TEXT_Z(client->oin), PW_P_TEXT_Z(client->controller),
        PW_P_TEXTS(access_strings(arena, client->roles, client->role_count), client->role_count),
        PW_P_TEXTS(access_strings(arena, client->source_classes, client->source_class_count),
            client->source_class_count),
        PW_P_TEXTS(places, client->municipality_count), PW_P_BOOL(client->wwft_liable));
    add_token(tx, now, client, &id, ret_token);
    pw_audit_add(tx, now, &record, 1);
    *ret_id = id;
    return access_run(tx, "a client with this name, OIN or token is there already", err);
}

bool pw_access_client_revoke(struct pw_db *db, pw_usec now, const char *name, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "access: revoke client", 0);
    size_t ended = pw_tx_add(tx, PW_SQL_ACCESS_CLIENT_REVOKE, PW_P_TEXT_Z(name));
    const struct pw_rows *rows;

    if (!pw_tx_run_step(tx, err)) {
        pw_tx_close(tx);
        return false;
    }
    rows = pw_tx_rows(tx, ended);
    if (pw_rows_count(rows) == 0) {
        pw_tx_close(tx);
        return pw_fail(
            err, PW_ERR_NOT_FOUND, "no client in force has this name; `pandwacht client list` shows them");
    }
    pw_audit_add(tx, now,
        &(struct pw_audit){.actor = PW_AUDIT_OPERATOR,
            .action = "client-revoked",
            .object_kind = "client",
            .object = pw_cell_uuid(rows, 0, 0)},
        1);
    return access_run(tx, "", err);
}

static void write_client(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    static const char *const texts[] = {"name", "oin", "controller"};
    static const char *const lists[] = {"roles", "source_classes", "municipalities"};
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    for (size_t i = 0; i < PW_COUNT(texts); i++) {
        pw_jsonw_key(w, texts[i]);
        pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, texts[i])));
    }
    for (size_t i = 0; i < PW_COUNT(lists); i++)
        access_write_words(w, lists[i], rows, row);
    pw_jsonw_key(w, "tokens");
    pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, "tokens")));
    pw_jsonw_key(w, "revoked_at");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "revoked_at")));
    pw_jsonw_end_object(w);
}

bool pw_access_client_list(struct pw_db *db, struct pw_buf *out, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "access: list clients", PW_DB_READ_ONLY);
    size_t list = pw_tx_add_plain(tx, PW_SQL_ACCESS_CLIENT_LIST);
    struct pw_jsonw w;
    bool ok = pw_tx_run(tx, err);

    if (ok) {
        pw_jsonw_init(&w, out);
        pw_jsonw_object(&w);
        pw_jsonw_key(&w, "items");
        pw_jsonw_array(&w);
        for (size_t i = 0; i < pw_rows_count(pw_tx_rows(tx, list)); i++)
            write_client(&w, pw_tx_rows(tx, list), i);
        pw_jsonw_end_array(&w);
        pw_jsonw_end_object(&w);
    }
    pw_tx_close(tx);
    return ok;
}
