/*
 * One write on an alert, always in the same steps: If-Match there (428), alert found within the
 * region and locked (404), as the caller saw it (412), the table has the step (409), the caller may
 * take it (403), then what is particular to it, the new state, the line of history, the audit record,
 * and COMMIT.
 */
#include <string.h>

#include "desk_int.h"

struct act *desk_act(struct pw_request *req, struct pw_desk *desk, enum alert_event event, const char *entry,
    const char *audit)
{
    struct act *act = PW_NEW(req->arena, struct act);

    *act = (struct act){.desk = desk,
        .req = req,
        .caller = pw_caller_of(req),
        .event = event,
        .entry = entry,
        .audit = audit,
        .status = 201};
    act->entry_id = pw_uuid_v7(desk_now(desk));
    if (!desk_id(req, &act->id) || !desk_has_if_match(req))
        return NULL;
    return act;
}

static void end(struct act *act)
{
    pw_tx_abort(act->tx);
    act->tx = NULL;
}

void desk_act_refuse(struct act *act, enum pw_err_code code, const char *nl, const char *en)
{
    end(act);
    desk_reply(act->req, code, nl, en);
}

void desk_act_faults(struct act *act, const struct pw_faults *faults)
{
    end(act);
    pw_reply_faults(act->req, faults);
}

/* ---- the alert, as locked ---- */

static void read_alert(struct act *act, const struct pw_rows *rows)
{
    struct pw_arena *arena = act->req->arena;

    act->id = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    act->premises = pw_cell_uuid(rows, 0, pw_rows_column(rows, "premises"));
    act->tenancy = pw_cell_uuid(rows, 0, pw_rows_column(rows, "tenancy"));
    act->assignee = pw_cell_uuid(rows, 0, pw_rows_column(rows, "assignee"));
    act->from = desk_status_of(pw_cell_text(rows, 0, pw_rows_column(rows, "status")));
    act->level = pw_cell_i64(rows, 0, pw_rows_column(rows, "level"));
    act->version = pw_cell_i64(rows, 0, pw_rows_column(rows, "version"));
    act->snoozed_until = pw_cell_date(rows, 0, pw_rows_column(rows, "snoozed_until"));
    act->decided_at = pw_cell_time(rows, 0, pw_rows_column(rows, "decided_at"));
    act->verdict = pw_str_dup(arena, pw_cell_text(rows, 0, pw_rows_column(rows, "verdict")));
    act->result = pw_str_dup(arena, pw_cell_bytea(rows, 0, pw_rows_column(rows, "result")));
    act->new_assignee = act->assignee;
    act->new_snoozed = act->snoozed_until;
    act->new_verdict = act->verdict;
    act->new_decided_at = act->decided_at;
}

static bool allowed(const struct act *act, enum alert_actor actor)
{
    bool assignee = pw_uuid_eq(&act->assignee, &act->caller->id);
    bool lead = pw_caller_has(act->caller, PW_ROLE_CASE_LEAD);

    switch (actor) {
    case ACTOR_DESK:
    case ACTOR_OTHER:    /* who proposed is known to the verb */
    case ACTOR_RECEIVER: /* the verb's own statement finds only the receiver's */
        return true;
    case ACTOR_ASSIGNEE:
        return assignee;
    case ACTOR_ASSIGNEE_LEAD:
        return assignee || lead;
    case ACTOR_LEAD:
        return lead;
    case ACTOR_THE_SYSTEM:
        break;
    }
    return false;
}

static bool check(struct act *act)
{
    struct transition transition;

    if (!desk_transition(act->from, act->event, pw_str_is(act->verdict, "founded"), &transition)) {
        desk_act_refuse(act, PW_ERR_TRANSITION, "De status van de melding laat deze stap niet toe.",
            "The status of the alert does not allow this step.");
        return false;
    }
    if (!allowed(act, transition.actor)) {
        desk_act_refuse(act, PW_ERR_FORBIDDEN,
            transition.actor == ACTOR_LEAD ? "Alleen een casusleider mag dit."
                                           : "Alleen wie de melding heeft mag dit.",
            transition.actor == ACTOR_LEAD ? "Only a case lead may do this."
                                           : "Only who holds the alert may do this.");
        return false;
    }
    act->to = transition.to;
    return true;
}

/* ---- writing ---- */

static void write_answer(struct act *act, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &act->entry_id);
    pw_jsonw_key(w, "alertId");
    pw_jsonw_uuid(w, &act->id);
    pw_jsonw_key(w, "alertStatus");
    pw_jsonw_z(w, desk_status_word(act->to));
    if (act->finish != NULL)
        act->finish(act, w);
    pw_jsonw_end_object(w);
}

static void on_written(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct act *act = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(act->req, err);
        return;
    }
    if (act->answer != NULL) {
        act->answer(act, tx);
        return;
    }
    if (act->answer_alert) {
        desk_reply_alert(act->desk, act->req, act->status, pw_tx_rows(tx, act->s_get));
        return;
    }
    desk_etag(act->req, 'a', act->version + 1);
    if (act->status == 204) {
        pw_reply_empty(act->req, 204);
        return;
    }
    pw_buf_init(&json, 65536);
    pw_jsonw_init(&w, &json);
    write_answer(act, &w);
    pw_reply_json(act->req, act->status, &json);
    pw_buf_release(&json);
}

void desk_act_write(struct act *act, struct pw_tx *tx)
{
    const struct pw_caller *caller = act->caller;
    struct pw_str body = act->note.len == 0 ? PW_STR("{}") : act->note;
    /* A municipality's caller is no account of the desk: the line then names nobody, audit does. */
    const struct pw_uuid *account = caller->kind == PW_CALLER_ACCOUNT ? &caller->id : NULL;
    const struct pw_param everywhere = PW_P_BOOL(true), nowhere = PW_P_TEXTS(NULL, 0);

    /* The lock was taken within the region (or as the receiver): what is locked may be written. */
    act->s_set = pw_tx_add(tx, PW_SQL_DESK_ALERT_SET, everywhere, nowhere, PW_P_UUID(&act->premises),
        PW_P_UUID(&act->id), PW_P_TEXT_Z(desk_status_word(act->to)), PW_P_UUID_OPT(&act->new_assignee),
        PW_P_DATE(act->new_snoozed), act->new_verdict.len == 0 ? PW_P_NULL : PW_P_TEXT(act->new_verdict),
        PW_P_TIME(act->new_decided_at));
    pw_tx_add(tx, PW_SQL_DESK_ENTRY_ADD, everywhere, nowhere, PW_P_UUID(&act->id), PW_P_UUID(&act->entry_id),
        PW_P_TEXT_Z(act->entry), PW_P_UUID(account), PW_P_JSON(body));
    pw_audit_add(tx, desk_now(act->desk),
        &(struct pw_audit){.actor = pw_caller_actor(caller),
            .action = act->audit,
            .object_kind = "alert",
            .object = act->id,
            .premises = act->premises,
            .detail = body},
        1);
    if (act->answer_alert)
        act->s_get = pw_tx_add(tx, PW_SQL_DESK_ALERT_GET, everywhere, nowhere, PW_P_UUID(&act->id));
    pw_tx_commit(tx, on_written, act);
}

void desk_act_due(struct act *act, struct pw_tx *tx, const char *reason)
{
    pw_tx_add(tx, PW_SQL_DESK_DUE_NOW, PW_P_BOOL(true), PW_P_TEXTS(NULL, 0), PW_P_UUID(&act->premises),
        PW_P_DATE(desk_today(act->desk)), PW_P_TEXT_Z(reason));
}

void desk_act_locked(struct act *act, struct pw_tx *tx, const struct pw_rows *rows)
{
    act->tx = tx;
    read_alert(act, rows);
    if (!check(act))
        return;
    if (act->apply == NULL || act->apply(act, tx))
        desk_act_write(act, tx);
}

static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct act *act = arg;
    const struct pw_rows *rows;

    if (!ok) {
        pw_reply_err(act->req, err);
        return;
    }
    act->tx = tx;
    rows = pw_tx_rows(tx, act->s_lock);
    if (pw_rows_count(rows) == 0) {
        end(act);
        desk_reply_not_found(act->req);
        return;
    }
    if (!desk_if_match(act->req, 'a', pw_cell_i64(rows, 0, pw_rows_column(rows, "version")))) {
        desk_act_refuse(act, PW_ERR_PRECONDITION, "De melding is intussen gewijzigd; haal haar opnieuw op.",
            "The alert has changed meanwhile; get it again.");
        return;
    }
    desk_act_locked(act, tx, rows);
}

void desk_act_run(struct act *act)
{
    struct pw_tx *tx = pw_db_begin(act->desk->options.db, "desk: write on an alert", 0);

    act->s_lock = pw_tx_add(tx, PW_SQL_DESK_ALERT_LOCK, DESK_REGION(act->caller), PW_P_UUID(&act->id));
    if (act->prepare != NULL)
        act->prepare(act, tx);
    pw_tx_send(tx, on_locked, act);
}
