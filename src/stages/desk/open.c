/*
 * POST /v1/alerts: a person opens an alert on premises at level watch or higher. It begins as theirs.
 */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

#define REASON_MIN 10
#define REASON_MAX 4000
#define DUE_DAYS   5  /* working days */
#define DUE_HOUR   17 /* on the civil clock */

struct opening {
    struct pw_desk *desk;
    struct pw_request *req;
    const struct pw_caller *caller;
    struct pw_uuid premises, id;
    size_t statement;
};

static void on_opened(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct opening *o = arg;
    char out[PW_UUID_TEXT];

    if (!ok && strcmp(pw_tx_constraint(tx), "alert_one_open") == 0) {
        desk_reply(o->req, PW_ERR_CONFLICT, "Er is al een open melding over dit object.",
            "There is an open alert on these premises already.");
        return;
    }
    if (!ok) {
        pw_reply_err(o->req, err);
        return;
    }
    pw_reply_header(
        o->req, "Location", pw_str_printf(o->req->arena, "/v1/alerts/%s", pw_uuid_format(&o->id, out)));
    desk_reply_alert(o->desk, o->req, 201, pw_tx_rows(tx, o->statement));
}

/* Themes of the lines that were shown, each once. */
static struct pw_str *themes_of(
    struct pw_arena *arena, const struct pw_assessment *assessment, size_t *ret_count)
{
    const struct pw_period *shown = assessment->shown;
    struct pw_str *themes = PW_NEW_ARRAY(arena, shown->theme_count + 1, struct pw_str);

    for (size_t i = 0; i < shown->theme_count; i++)
        themes[i] = shown->themes[i].id;
    *ret_count = shown->theme_count;
    return themes;
}

static void write_opening(struct opening *o, struct pw_tx *tx, const struct pw_assessment *assessment)
{
    pw_usec now = desk_now(o->desk);
    struct pw_uuid entry = pw_uuid_v7(now);
    struct pw_str *themes;
    size_t count;

    themes = themes_of(o->req->arena, assessment, &count);
    pw_tx_add(tx, PW_SQL_DESK_ALERT_OPEN, DESK_REGION(o->caller), PW_P_UUID(&o->premises), PW_P_UUID(&o->id),
        PW_P_UUID(&o->caller->id), PW_P_TIME(now),
        PW_P_TIME(pw_instant_in_netherlands(desk_working_days(o->desk, DUE_DAYS), DUE_HOUR)),
        PW_P_TEXTS(themes, count));
    pw_tx_add(tx, PW_SQL_DESK_ENTRY_ADD, DESK_REGION(o->caller), PW_P_UUID(&o->id), PW_P_UUID(&entry),
        PW_P_TEXT_Z("opened"), PW_P_UUID(&o->caller->id), PW_P_JSON(o->req->body));
    pw_audit_add(tx, now,
        &(struct pw_audit){.actor = pw_caller_actor(o->caller),
            .action = "alert-opened",
            .object_kind = "alert",
            .object = o->id,
            .premises = o->premises,
            .detail = o->req->body},
        1);
    o->statement = pw_tx_add(tx, PW_SQL_DESK_ALERT_GET, DESK_REGION(o->caller), PW_P_UUID(&o->id));
    pw_tx_commit(tx, on_opened, o);
}

static void on_assessed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct opening *o = arg;
    const struct pw_rows *rows;
    struct pw_assessment assessment;
    struct pw_err why = {0};

    if (!ok) {
        pw_reply_err(o->req, err);
        return;
    }
    rows = pw_tx_rows(tx, o->statement);
    if (pw_rows_count(rows) == 0) {
        pw_tx_abort(tx);
        desk_reply_not_found(o->req);
    } else if (pw_cell_is_null(rows, 0, pw_rows_column(rows, "result")) ||
               pw_cell_i64(rows, 0, pw_rows_column(rows, "level")) < PW_RISK_WATCH) {
        pw_tx_abort(tx);
        desk_reply(
            o->req, PW_ERR_TRANSITION, "Openen kan vanaf niveau watch.", "Opening starts at level watch.");
    } else if (!pw_score_decode(o->req->arena, pw_cell_bytea(rows, 0, pw_rows_column(rows, "result")),
                   &assessment, &why)) {
        pw_tx_abort(tx);
        pw_reply_err(o->req, &why);
    } else {
        write_opening(o, tx, &assessment);
    }
}

static bool read_opening(const struct pw_json *body, struct opening *o, struct pw_faults *faults)
{
    static const char *const members[] = {"premisesId", "reason", NULL};
    bool ok = pw_json_known(body, NULL, members, faults);
    struct pw_str id, reason;

    if (!pw_json_member_str(body, NULL, "premisesId", true, 1, 100, &id, faults))
        ok = false;
    else if (!pw_uuid_parse(id, &o->premises))
        ok = pw_fault_member(faults, NULL, "premisesId", PW_FAULT_PATTERN, NULL, NULL);
    ok &= pw_json_member_str(body, NULL, "reason", true, REASON_MIN, REASON_MAX, &reason, faults);
    return ok;
}

void pw_desk_open_alert(struct pw_request *req, void *stage)
{
    struct pw_desk *desk = stage;
    struct opening *o = PW_NEW(req->arena, struct opening);
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_tx *tx;

    *o = (struct opening){
        .desk = desk, .req = req, .caller = pw_caller_of(req), .id = pw_uuid_v7(desk_now(desk))};
    if (!desk_body(req, false, &faults, &body))
        return;
    if (!read_opening(body, o, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    tx = pw_db_begin(desk->options.db, "desk: open alert", 0);
    o->statement =
        pw_tx_add(tx, PW_SQL_DESK_PREMISES_ASSESSED, DESK_REGION(o->caller), PW_P_UUID(&o->premises));
    pw_tx_send(tx, on_assessed, o);
}
