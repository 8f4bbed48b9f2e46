/*
 * Unmasking: the one way in which a clear identifier comes out. Who asks names a case and a legal ground of
 * the configured ones; the answer leaves after the record of it was committed.
 */
#include <string.h>

#include "privacy_int.h"

struct unmasking {
    struct pw_privacy *privacy;
    struct pw_request *req;
    struct pw_uuid party;
    struct pw_str case_, ground, value, scheme;
    size_t statement;
};

static void on_recorded(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct unmasking *unmasking = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    (void)tx;
    if (!ok) {
        pw_reply_err(unmasking->req, err);
        return;
    }
    pw_buf_init(&json, 8192);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "id");
    pw_jsonw_uuid(&w, &unmasking->party);
    pw_jsonw_key(&w, "scheme");
    pw_jsonw_str(&w, unmasking->scheme);
    pw_jsonw_key(&w, "value");
    pw_jsonw_str(&w, unmasking->value);
    pw_jsonw_end_object(&w);
    pw_reply_json(unmasking->req, 201, &json);
    pw_buf_release(&json);
}

static struct pw_str detail(struct unmasking *unmasking)
{
    struct pw_buf json;
    struct pw_jsonw w;

    pw_buf_init(&json, 4096);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "case");
    pw_jsonw_str(&w, unmasking->case_);
    pw_jsonw_key(&w, "ground");
    pw_jsonw_str(&w, unmasking->ground);
    pw_jsonw_end_object(&w);
    struct pw_str text = pw_str_dup(unmasking->req->arena, pw_buf_str(&json));
    pw_buf_release(&json);
    return text;
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct unmasking *unmasking = arg;
    struct pw_request *req = unmasking->req;
    struct pw_err why;

    if (!ok) {
        pw_reply_err(req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, unmasking->statement);
    if (pw_rows_count(rows) == 0 || pw_cell_is_null(rows, 0, 1)) { /* nobody, or nothing was kept of them */
        pw_tx_abort(tx);
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    unmasking->scheme = pw_str_dup(req->arena, pw_cell_text(rows, 0, 0));
    if (!pw_ledger_party_open(unmasking->privacy->options.keys, req->arena, &unmasking->party,
            pw_cell_bytea(rows, 0, 1), NULL, &unmasking->value, &why)) {
        pw_tx_abort(tx);
        pw_reply_err(req, &why);
        return;
    }
    pw_audit_add(tx, privacy_now(unmasking->privacy),
        &(struct pw_audit){.actor = pw_caller_actor(pw_caller_of(req)),
            .action = "party-unmasked",
            .object_kind = "party",
            .object = unmasking->party,
            .detail = detail(unmasking)},
        1);
    pw_tx_commit(tx, on_recorded, unmasking);
}

void pw_privacy_unmask(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"case", "ground", "note", NULL};
    struct pw_privacy *privacy = stage;
    struct unmasking *unmasking = PW_NEW(req->arena, struct unmasking);
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_str note;

    *unmasking = (struct unmasking){.privacy = privacy, .req = req};
    if (!pw_uuid_parse(pw_request_param(req, "id"), &unmasking->party)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    if (req->body.len == 0)
        req->body = PW_STR("{}");
    if (!pw_body_object(req, &faults, &body))
        return;
    (void)pw_json_known(body, NULL, members, &faults);
    (void)!pw_json_member_str(body, NULL, "case", false, 1, 64, &unmasking->case_, &faults);
    (void)!pw_json_member_str(body, NULL, "ground", false, 1, 64, &unmasking->ground, &faults);
    (void)!pw_json_member_str(body, NULL, "note", false, 0, 1000, &note, &faults);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    if (!pw_purpose_given(&privacy->options.purposes, unmasking->case_, unmasking->ground)) {
        pw_purpose_refuse(req, &privacy->options.purposes, true);
        return;
    }
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: unmask", 0);
    unmasking->statement = pw_tx_add(tx, PW_SQL_PRIVACY_PARTY_READ, PW_P_UUID(&unmasking->party));
    pw_tx_send(tx, on_read, unmasking);
}
