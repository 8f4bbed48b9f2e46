/* `user add|list|reset`: people's accounts. */
#include <string.h>

#include "access_int.h"

#define PASSWORD_MIN 12

static bool check_user(const struct pw_user_new *user, struct pw_err *err)
{
    uint32_t bits = 0;
    const char *why;

    if (!access_name_ok(user->name, err))
        return false;
    if (user->role_count == 0)
        return pw_fail(err, PW_ERR_INVALID, "roles: at least one");
    for (size_t i = 0; i < user->role_count; i++) {
        enum pw_role role = pw_role_of(pw_str_z(user->roles[i]));

        if (role == PW_ROLE_COUNT || (PW_ACCOUNT_ROLES & UINT32_C(1) << role) == 0)
            return pw_fail(err, PW_ERR_INVALID,
                "roles: analyst, case-lead, policy-owner, auditor, privacy-officer, administrator, "
                "municipal-user "
                "or landlord");
        bits |= UINT32_C(1) << role;
    }
    why = pw_roles_apart(bits);
    return why == NULL || pw_fail(err, PW_ERR_INVALID, "roles: not together on one account: %s", why);
}

static bool hash_password(const char *password, char out[PW_PASSWORD_TEXT], struct pw_err *err)
{
    struct pw_str text = pw_str_z(password);

    if (!pw_utf8_valid(text) || pw_utf8_length(text) < PASSWORD_MIN)
        return pw_fail(err, PW_ERR_INVALID, "password: at least %d characters", PASSWORD_MIN);
    return pw_crypto_password_hash(text, out, err);
}

/* The client an account belongs to; nil when it belongs to none. */
static bool find_client(struct pw_db *db, const char *name, struct pw_uuid *ret, struct pw_err *err)
{
    struct pw_tx *tx;
    size_t found;
    bool ok;

    memset(ret, 0, sizeof *ret);
    if (name == NULL)
        return true;
    tx = pw_db_begin(db, "access: find client", PW_DB_READ_ONLY);
    found = pw_tx_add(tx, PW_SQL_ACCESS_CLIENT_FIND, PW_P_TEXT_Z(name));
    ok = pw_tx_run(tx, err);
    if (ok && pw_rows_count(pw_tx_rows(tx, found)) == 0)
        ok = pw_fail(err, PW_ERR_INVALID, "client: no client in force has this name");
    if (ok)
        *ret = pw_cell_uuid(pw_tx_rows(tx, found), 0, 0);
    pw_tx_close(tx);
    return ok;
}

bool pw_access_user_add(struct pw_db *db, pw_usec now, const struct pw_user_new *user, struct pw_uuid *ret_id,
    struct pw_buf *totp_uri, struct pw_err *err)
{
    struct pw_uuid id = pw_uuid_v7(now), client;
    const struct pw_audit record = {
        .actor = PW_AUDIT_OPERATOR, .action = "account-added", .object_kind = "account", .object = id};
    struct pw_str *places, totp_key = {NULL, 0};
    char hash[PW_PASSWORD_TEXT];
    struct pw_tx *tx;

    if (!check_user(user, err) || !hash_password(user->password, hash, err) ||
        !find_client(db, user->client, &client, err))
        return false;
    tx = pw_db_begin(db, "access: add account", 0);
    places = access_strings(pw_tx_arena(tx), user->municipalities, user->municipality_count);
    if (!access_check_municipalities(db, places, user->municipality_count, err) ||
        (user->totp_keys != NULL && !access_totp_new(user->totp_keys, pw_tx_arena(tx), &id,
                                        pw_str_z(user->name), &totp_key, totp_uri, err))) {
        pw_tx_abort(tx);
        return false;
    }
    pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_ADD, PW_P_UUID(&id), PW_P_TEXT_Z(user->name), PW_P_TEXT_Z(hash),
        PW_P_TEXTS(access_strings(pw_tx_arena(tx), user->roles, user->role_count), user->role_count),
        PW_P_TEXTS(places, user->municipality_count), PW_P_UUID_OPT(&client), PW_P_BYTEA(totp_key));
    pw_audit_add(tx, now, &record, 1);
    *ret_id = id;
    return access_run(tx, "an account with this name is there already", err);
}

/* The id of an account by name. */
static bool find_account(struct pw_db *db, const char *name, struct pw_uuid *ret, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "access: find account", PW_DB_READ_ONLY);
    size_t found = pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_FIND, PW_P_TEXT_Z(name));
    bool ok = pw_tx_run(tx, err);

    if (ok && pw_rows_count(pw_tx_rows(tx, found)) == 0)
        ok = pw_fail(err, PW_ERR_NOT_FOUND, "no account has this name; `pandwacht user list` shows them");
    if (ok)
        *ret = pw_cell_uuid(pw_tx_rows(tx, found), 0, 0);
    pw_tx_close(tx);
    return ok;
}

bool pw_access_user_reset(struct pw_db *db, pw_usec now, const char *name, const char *password,
    const struct pw_keys *totp_keys, struct pw_buf *totp_uri, struct pw_err *err)
{
    struct pw_audit record = {
        .actor = PW_AUDIT_OPERATOR, .action = "account-reset", .object_kind = "account"};
    struct pw_str totp_key = {NULL, 0};
    char hash[PW_PASSWORD_TEXT];
    struct pw_tx *tx;

    if (!hash_password(password, hash, err) || !find_account(db, name, &record.object, err))
        return false;
    tx = pw_db_begin(db, "access: reset account", 0);
    if (totp_keys != NULL && !access_totp_new(totp_keys, pw_tx_arena(tx), &record.object, pw_str_z(name),
                                 &totp_key, totp_uri, err)) {
        pw_tx_abort(tx);
        return false;
    }
    pw_tx_add(
        tx, PW_SQL_ACCESS_ACCOUNT_RESET, PW_P_UUID(&record.object), PW_P_TEXT_Z(hash), PW_P_BYTEA(totp_key));
    pw_audit_add(tx, now, &record, 1);
    return access_run(tx, "", err);
}

static void write_account(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    pw_jsonw_key(w, "name");
    pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, "name")));
    access_write_words(w, "roles", rows, row);
    access_write_words(w, "municipalities", rows, row);
    pw_jsonw_key(w, "client");
    pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, "client")));
    pw_jsonw_key(w, "disabled_at");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "disabled_at")));
    pw_jsonw_end_object(w);
}

bool pw_access_user_list(struct pw_db *db, struct pw_buf *out, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "access: list accounts", PW_DB_READ_ONLY);
    size_t list = pw_tx_add_plain(tx, PW_SQL_ACCESS_ACCOUNT_LIST);
    struct pw_jsonw w;
    bool ok = pw_tx_run(tx, err);

    if (ok) {
        pw_jsonw_init(&w, out);
        pw_jsonw_object(&w);
        pw_jsonw_key(&w, "items");
        pw_jsonw_array(&w);
        for (size_t i = 0; i < pw_rows_count(pw_tx_rows(tx, list)); i++)
            write_account(&w, pw_tx_rows(tx, list), i);
        pw_jsonw_end_array(&w);
        pw_jsonw_end_object(&w);
    }
    pw_tx_close(tx);
    return ok;
}
