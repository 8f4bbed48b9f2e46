/* What the command line asks of privacy: a look ahead, holds, and the export of a request. Each runs the
 * loop. */
#include "privacy_int.h"

/* ---- a look ahead ---- */

bool pw_privacy_preview(
    struct pw_privacy *privacy, pw_day today, bool json, struct pw_buf *out, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: preview", 0);

    /* Terms are applied, counted with, and rolled back. */
    (void)privacy_terms_add(privacy, tx);
    size_t statement = pw_tx_add(tx, PW_SQL_PRIVACY_EXPIRED_COUNT, PW_P_DATE(today));
    bool ok = pw_tx_run_step(tx, err);
    for (size_t i = 0; ok && i < pw_rows_count(pw_tx_rows(tx, statement)); i++) {
        const struct pw_rows *rows = pw_tx_rows(tx, statement);

        pw_buf_printf(out,
            json ? "{\"kind\":\"%.*s\",\"due\":%lld,\"held\":%lld}\n" : "%-20.*s %lld due, %lld held\n",
            PW_STR_ARG(pw_cell_text(rows, i, 0)), (long long)pw_cell_i64(rows, i, 1),
            (long long)pw_cell_i64(rows, i, 2));
    }
    pw_tx_close(tx);
    return ok;
}

/* ---- holds ---- */

static void audit(
    struct pw_privacy *privacy, struct pw_tx *tx, const char *action, const struct pw_uuid *premises)
{
    pw_audit_add(tx, privacy_now(privacy),
        &(struct pw_audit){
            .actor = PW_AUDIT_OPERATOR, .action = action, .object_kind = "premises", .premises = *premises},
        1);
}

bool pw_privacy_hold(
    struct pw_privacy *privacy, const struct pw_uuid *premises, const char *reason, struct pw_err *err)
{
    struct pw_uuid id = pw_uuid_v7(privacy_now(privacy));
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: hold", 0);
    pw_tx_add_plain(tx, PW_SQL_PRIVACY_HOLDS_BEGIN);
    size_t statement =
        pw_tx_add(tx, PW_SQL_PRIVACY_HOLD_ADD, PW_P_UUID(premises), PW_P_UUID(&id), PW_P_TEXT_Z(reason));
    bool ok = pw_tx_run_step(tx, err);

    if (ok && pw_rows_count(pw_tx_rows(tx, statement)) == 0)
        ok = pw_fail(err, PW_ERR_NOT_FOUND, "nobody knows premises of this id");
    if (ok) {
        audit(privacy, tx, "hold-placed", premises);
        ok = pw_tx_run(tx, err);
    }
    pw_tx_close(tx);
    return ok;
}

bool pw_privacy_release(struct pw_privacy *privacy, const struct pw_uuid *premises, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: release", 0);
    size_t statement = pw_tx_add(tx, PW_SQL_PRIVACY_HOLD_RELEASE, PW_P_UUID(premises));
    bool ok = pw_tx_run_step(tx, err);

    if (ok && pw_rows_affected(pw_tx_rows(tx, statement)) == 0)
        ok = pw_fail(err, PW_ERR_NOT_FOUND, "no hold stands on these premises");
    if (ok) {
        audit(privacy, tx, "hold-released", premises);
        ok = pw_tx_run(tx, err);
    }
    pw_tx_close(tx);
    return ok;
}

/* ---- export ---- */

static bool write_export(const struct pw_privacy *privacy, struct pw_arena *arena,
    const struct pw_rows *request, const struct pw_rows *items, struct pw_buf *out, struct pw_err *err)
{
    struct pw_uuid id = pw_cell_uuid(request, 0, pw_rows_column(request, "id"));
    struct pw_jsonw w;

    pw_jsonw_init(&w, out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "request");
    pw_jsonw_uuid(&w, &id);
    pw_jsonw_key(&w, "receivedOn");
    pw_jsonw_day(&w, pw_cell_date(request, 0, pw_rows_column(request, "received_on")));
    pw_jsonw_key(&w, "facts");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < pw_rows_count(items); i++)
        if (!privacy_told_write(privacy, arena, items, i, true, &w, err))
            return false;
    pw_jsonw_end_array(&w);
    pw_jsonw_end_object(&w);
    if (privacy_told_leaks(pw_buf_str(out), items))
        return pw_fail(
            err, PW_ERR_INTERNAL, "the export would tell who said what it tells; it is not given out");
    return true;
}

static bool may_export(const struct pw_rows *request, struct pw_err *err)
{
    if (pw_rows_count(request) == 0)
        return pw_fail(err, PW_ERR_NOT_FOUND, "there is no request of this id");
    struct pw_str status = pw_cell_text(request, 0, pw_rows_column(request, "status"));
    return pw_str_is(status, "approved") || pw_str_is(status, "answered") ||
           pw_fail(err, PW_ERR_TRANSITION, "this request was not approved yet by a second person");
}

bool pw_privacy_export(
    struct pw_privacy *privacy, const struct pw_uuid *request, struct pw_buf *out, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: export", 0);
    size_t s_request = pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_GET, PW_P_UUID(request));
    size_t s_items = pw_tx_add(tx, PW_SQL_PRIVACY_ITEMS_RELEASED, PW_P_UUID(request));
    bool ok =
        pw_tx_run_step(tx, err) && may_export(pw_tx_rows(tx, s_request), err) &&
        write_export(privacy, pw_tx_arena(tx), pw_tx_rows(tx, s_request), pw_tx_rows(tx, s_items), out, err);

    if (ok) {
        pw_audit_add(tx, privacy_now(privacy),
            &(struct pw_audit){.actor = PW_AUDIT_OPERATOR,
                .action = "subject-exported",
                .object_kind = "subject-request",
                .object = *request},
            1);
        ok = pw_tx_run(tx, err);
    }
    pw_tx_close(tx);
    return ok;
}
