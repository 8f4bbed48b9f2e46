/*
 * Signed documents: the receipt of one check. What is signed is the RFC 8785 form of the document without
 * its member `signature`, and that form is what goes out, so that whoever has the published key can verify
 * it with openssl alone, without us and years later.
 */
#include "check_int.h"

#include <pandwacht/base/sha256.h>

static struct pw_str canonical(struct pw_arena *arena, struct pw_str object)
{
    const struct pw_json *json;
    struct pw_buf out;
    if (!pw_json_parse(arena, object, NULL, &json, NULL))
        return PW_STR("");
    pw_buf_init(&out, CHECK_CANONICAL_MAX);
    pw_json_canonical(json, &out);
    struct pw_str text = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

/* The object with one more member at its end. */
static struct pw_str with_member(
    struct pw_arena *arena, struct pw_str object, const char *name, struct pw_str value)
{
    return pw_str_printf(
        arena, "%.*s,\"%s\":%.*s}", (int)object.len - 1, object.data, name, PW_STR_ARG(value));
}

bool check_sign(struct pw_tenant_checks *checks, struct pw_arena *arena, struct pw_str object,
    struct pw_str *ret, struct pw_err *err)
{
    char hex[PW_SHA256_TEXT], value[4 * ((PW_SIGNATURE_SIZE + 2) / 3) + 1];
    uint8_t hash[PW_SHA256_SIZE];
    struct pw_signature signature;
    struct pw_str text = canonical(arena, object);
    pw_sha256_of(text.data, text.len, hash);
    text = canonical(arena,
        with_member(arena, text, "sha256", pw_str_printf(arena, "\"%s\"", pw_hex(hash, sizeof hash, hex))));
    if (!pw_crypto_sign(checks->options.keys, text, &signature, err))
        return false;
    text = with_member(arena, text, "signature",
        pw_str_printf(arena, "{\"alg\":\"ed25519\",\"keyId\":\"%s\",\"value\":\"%s\"}", signature.key_id,
            pw_crypto_base64(signature.octets, sizeof signature.octets, value)));
    *ret = canonical(arena, text);
    return true;
}

void check_write_entry(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "at");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "created_at")));
    pw_jsonw_key(w, "stage");
    pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, "stage")));
    pw_jsonw_key(w, "findings");
    pw_jsonw_raw(w, pw_cell_text(rows, row, pw_rows_column(rows, "findings")));
    pw_jsonw_end_object(w);
}

static struct pw_str receipt(const struct check_call *call, const struct pw_rows *rows)
{
    struct pw_buf out;
    struct pw_jsonw w;
    struct pw_uuid premises = pw_cell_uuid(rows, 0, pw_rows_column(rows, "premises"));
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "checkId");
    pw_jsonw_uuid(&w, &call->id);
    pw_jsonw_key(&w, "landlord");
    pw_jsonw_uuid(&w, &call->caller->client);
    pw_jsonw_key(&w, "premisesId");
    pw_jsonw_uuid(&w, &premises);
    pw_jsonw_key(&w, "entries");
    pw_jsonw_array(&w);
    check_write_entry(&w, rows, 0);
    pw_jsonw_end_array(&w);
    pw_jsonw_end_object(&w);
    struct pw_str text = pw_str_dup(call->req->arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    const struct pw_rows *rows = ok ? pw_tx_rows(tx, call->statement) : NULL;
    struct pw_err failed;
    struct pw_str text;
    if (!ok)
        pw_reply_err(call->req, err);
    else if (pw_rows_count(rows) == 0)
        pw_reply_code(call->req, PW_ERR_NOT_FOUND);
    else if (!check_sign(call->checks, call->req->arena, receipt(call, rows), &text, &failed))
        pw_reply_err(call->req, &failed);
    else
        pw_reply(call->req, 200, "application/json", text);
}

void pw_check_receipt(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    if (!check_path_id(req, &call->id))
        return;
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: receipt", PW_DB_READ_ONLY);
    call->statement =
        pw_tx_add(tx, PW_SQL_CHECK_CHECK_BY_ID, PW_P_UUID(&call->caller->client), PW_P_UUID(&call->id));
    pw_tx_commit(tx, on_found, call);
}
