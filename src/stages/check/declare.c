/*
 * Premises that a landlord says he lets, and what the municipal contact point says of that. Declaring tells
 * the landlord nothing but that it was received; what he reports about declared premises goes on by itself.
 */
#include "check_int.h"

struct declaration {
    struct pw_str source_id, role, evidence;
    struct pw_premises_ref premises;
    pw_day since;
};

static const char *const roles[] = {"owner", "agent", "manager", NULL};

/* ---- declaring ---- */

static bool read_declaration(struct check_call *call, const struct pw_json **ret)
{
    static const char *const members[] = {"sourceId", "premises", "role", "since", "evidence", NULL};
    struct declaration *d = call->own;
    struct pw_faults faults;
    if (!pw_body_object(call->req, &faults, ret))
        return false;
    check_known(call->checks, *ret, members, &faults);
    check_source_id(*ret, &d->source_id, &faults);
    (void)!check_read_premises(call->req, *ret, &d->premises, &faults);
    check_word(*ret, "role", true, roles, &d->role, &faults);
    check_day(*ret, "since", true, pw_day_in_netherlands(call->now), &d->since, &faults);
    if (!pw_json_member_str(*ret, NULL, "evidence", false, 1, 200, &d->evidence, &faults) ||
        d->evidence.len == 0)
        d->evidence = (struct pw_str){NULL, 0};
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

static void on_declared(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct pw_buf out;
    struct pw_jsonw w;
    char id[PW_UUID_TEXT];
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, call->before);
    if (!check_same(call, rows, PW_ERR_FORBIDDEN))
        return;
    struct pw_str status = pw_cell_text(rows, 0, pw_rows_column(rows, "status"));
    check_answer_begin(&out, &w, &call->id, pw_str_dup(call->req->arena, status).data);
    pw_reply_header(call->req, "Location",
        pw_str_printf(call->req->arena, "/v1/premises-declarations/%s", pw_uuid_format(&call->id, id)));
    check_answer_end(call->req, 202, &out, &w);
}

void pw_check_declare(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct declaration *d = PW_NEW(req->arena, struct declaration);
    const struct pw_json *body;
    call->own = d;
    if (check_landlord(req) == NULL || !read_declaration(call, &body) ||
        !check_content_mac(call->checks, req, "premises-declaration", body, call->mac))
        return;
    const struct pw_uuid *landlord = &call->caller->client;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "premises-declared",
        .object_kind = "premises-declaration",
        .object = call->id};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: declare", 0);
    pw_tx_add(tx, PW_SQL_CHECK_DECLARATION_ADD, PW_P_UUID(&call->id), PW_P_UUID(landlord),
        PW_P_TEXT(d->source_id), PW_P_BYTES(call->mac, sizeof call->mac),
        PW_P_JSON(check_named(req->arena, &d->premises)),
        PW_P_TEXT(pw_ledger_alias(req->arena, &d->premises)), PW_P_TEXT(d->role), PW_P_DATE(d->since),
        PW_P_TEXT(d->evidence), PW_P_TEXT(d->premises.address.municipality), PW_P_TIME(call->now));
    call->before =
        pw_tx_add(tx, PW_SQL_CHECK_DECLARATION_BY_SOURCE, PW_P_UUID(landlord), PW_P_TEXT(d->source_id));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_declared, call);
}

/* ---- deciding ---- */

struct decision {
    struct pw_str answer, reason;
    struct pw_ledger_premises premises;
    struct pw_tx *tx;
};

static const char *const answers[] = {"confirmed", "refused", NULL};

bool check_read_decision(struct check_call *call, struct pw_str *ret_answer, struct pw_str *ret_reason)
{
    static const char *const members[] = {"answer", "reason", NULL};
    const struct pw_json *body;
    struct pw_faults faults;
    if (!pw_body_object(call->req, &faults, &body))
        return false;
    pw_json_known(body, NULL, members, &faults);
    check_word(body, "answer", true, answers, ret_answer, &faults);
    if (!pw_json_member_str(body, NULL, "reason", false, 1, 1000, ret_reason, &faults) ||
        ret_reason->len == 0)
        *ret_reason = (struct pw_str){NULL, 0};
    if (pw_str_is(*ret_answer, "refused") && ret_reason->len == 0)
        pw_fault_member(&faults, NULL, "reason", PW_FAULT_REQUIRED, "Zeg waarom niet", "Say why not");
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

static void on_decided(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    const struct decision *d = call->own;
    struct pw_buf out;
    struct pw_jsonw w;
    (void)tx;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    check_answer_begin(&out, &w, &call->id, d->answer.data);
    check_answer_end(call->req, 201, &out, &w);
}

static void decide(struct check_call *call)
{
    struct decision *d = call->own;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = pw_str_is(d->answer, "confirmed") ? "declaration-confirmed" : "declaration-refused",
        .object_kind = "premises-declaration",
        .object = call->id,
        .premises = d->premises.resolved};
    pw_tx_add(d->tx, PW_SQL_CHECK_DECLARATION_DECIDE, PW_P_UUID(&call->id), PW_P_TEXT(d->answer),
        PW_P_UUID_OPT(&d->premises.resolved), PW_P_TEXT(d->reason), PW_P_UUID(&call->caller->id),
        PW_P_TIME(call->now));
    pw_audit_add(d->tx, call->now, &record, 1);
    pw_tx_add(d->tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(CHECK_CHANNEL)));
    pw_tx_commit(d->tx, on_decided, call);
}

static void on_resolved(void *arg, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct decision *d = call->own;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    if (!pw_uuid_is_nil(&d->premises.resolved)) {
        decide(call);
        return;
    }
    pw_tx_abort(d->tx);
    pw_reply_problem(
        call->req, &(struct pw_problem){.code = PW_ERR_TRANSITION,
                       .detail = call->req->lang == PW_LANG_NL ? PW_STR("Deze panden zijn niet bekend.")
                                                               : PW_STR("These premises are not known.")});
}

static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct decision *d = call->own;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, call->statement);
    bool there = pw_rows_count(rows) > 0;
    if (!there || !pw_str_is(pw_cell_text(rows, 0, pw_rows_column(rows, "status")), "pending")) {
        pw_tx_abort(tx);
        pw_reply_code(call->req, there ? PW_ERR_TRANSITION : PW_ERR_NOT_FOUND);
        return;
    }
    if (pw_str_is(d->answer, "refused")) {
        decide(call);
    } else if (check_named_read(call->req->arena, pw_cell_text(rows, 0, pw_rows_column(rows, "named")),
                   &d->premises.ref)) {
        pw_ledger_premises_resolve(
            call->checks->options.ledger, tx, call->req->arena, &d->premises, 1, on_resolved, call);
    } else {
        pw_tx_abort(tx);
        pw_reply_code(call->req, PW_ERR_INTERNAL);
    }
}

void pw_check_decide(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct decision *d = PW_NEW(req->arena, struct decision);
    call->own = d;
    if (!check_path_id(req, &call->id) || !check_read_decision(call, &d->answer, &d->reason))
        return;
    d->tx = pw_db_begin(call->checks->options.db, "check: decide", 0);
    call->statement = pw_tx_add(d->tx, PW_SQL_CHECK_DECLARATION_LOCK, PW_P_UUID(&call->id),
        PW_P_BOOL(call->caller->everywhere),
        PW_P_TEXTS(call->caller->municipalities, call->caller->municipality_count));
    pw_tx_send(d->tx, on_locked, call);
}

/* ---- ending ---- */

static void on_ended(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    if (!ok)
        pw_reply_err(call->req, err);
    else if (pw_rows_affected(pw_tx_rows(tx, call->statement)) == 0)
        pw_reply_code(call->req, PW_ERR_NOT_FOUND);
    else
        pw_reply_empty(call->req, 204);
}

void pw_check_end_declaration(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    if (!check_path_id(req, &call->id))
        return;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "declaration-ended",
        .object_kind = "premises-declaration",
        .object = call->id};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: end declaration", 0);
    call->statement =
        pw_tx_add(tx, PW_SQL_CHECK_DECLARATION_END, PW_P_UUID(&call->caller->client), PW_P_UUID(&call->id));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_ended, call);
}

/* ---- lists ---- */

static void write_declaration(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    static const char *const texts[][2] = {{"sourceId", "source_id"}, {"role", "role"}, {"status", "status"},
        {"municipality", "municipality"}, {"evidence", "evidence"}, {"reason", "reason"}};
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    pw_jsonw_key(w, "premises");
    pw_jsonw_raw(w, pw_cell_text(rows, row, pw_rows_column(rows, "named")));
    pw_jsonw_key(w, "since");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "since")));
    pw_jsonw_key(w, "declaredAt");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "declared_at")));
    for (size_t i = 0; i < PW_COUNT(texts); i++) {
        int column = pw_rows_column(rows, texts[i][1]);
        if (pw_cell_is_null(rows, row, column))
            continue;
        pw_jsonw_key(w, texts[i][0]);
        pw_jsonw_str(w, pw_cell_text(rows, row, column));
    }
    pw_jsonw_end_object(w);
}

void pw_check_list_declarations(struct pw_request *req, void *stage)
{
    struct check_list *list = check_list_new(req, stage, "declared_at", write_declaration);
    if (list == NULL)
        return;
    const struct pw_caller *caller = pw_caller_of(req);
    bool own = pw_caller_has(caller, PW_ROLE_LANDLORD);
    struct pw_tx *tx = pw_db_begin(list->checks->options.db, "check: declarations", PW_DB_READ_ONLY);
    list->statement =
        pw_tx_add(tx, PW_SQL_CHECK_DECLARATION_LIST, own ? PW_P_UUID(&caller->client) : PW_P_NULL,
            PW_P_BOOL(caller->everywhere), PW_P_TEXTS(caller->municipalities, caller->municipality_count),
            PW_P_TIME(list->after_at), PW_P_UUID_OPT(&list->after_id), PW_P_I64(list->most + 1));
    check_list_send(list, tx);
}
