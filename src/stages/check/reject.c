/*
 * Fairness: that a landlord turned an applicant away, by the codes of findings and nothing else, and what an
 * auditor sees of all landlords: counts, no premises and no person.
 */
#include "check_int.h"

#include <stdio.h>

#define KEEP_DAYS     365
#define LANDLORDS_MAX INT64_C(1000)

struct rejection {
    struct pw_str findings[PW_FINDINGS];
    size_t count;
};

static bool is_finding(struct pw_str text)
{
    char id[16];
    for (int i = 1; i <= PW_FINDINGS; i++) {
        snprintf(id, sizeof id, "T%02d", i);
        if (pw_str_is(text, id))
            return true;
    }
    return false;
}

static bool said_before(const struct rejection *r, struct pw_str text)
{
    for (size_t i = 0; i < r->count; i++)
        if (pw_str_eq(r->findings[i], text))
            return true;
    return false;
}

static void read_findings(const struct pw_json *body, struct rejection *r, struct pw_faults *faults)
{
    const struct pw_at at = {.name = "findings"};
    const struct pw_json *list = pw_json_get(body, "findings");
    if (list == NULL) {
        pw_fault(faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
        return;
    }
    if (!pw_json_is_array(list)) {
        pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_at here = {.up = &at, .index = i};
        const struct pw_json *item = pw_json_item(list, i);
        if (!pw_json_is_string(item))
            pw_fault(faults, &here, PW_FAULT_TYPE, NULL, NULL);
        else if (!is_finding(pw_json_str(item)) || said_before(r, pw_json_str(item)))
            pw_fault(faults, &here, PW_FAULT_ENUM, NULL, NULL);
        else
            r->findings[r->count++] = pw_json_str(item);
    }
}

static bool read_rejection(struct check_call *call)
{
    static const char *const members[] = {"findings", "motivated", NULL};
    const struct pw_json *body;
    struct pw_faults faults;
    bool motivated = true;
    if (!pw_body_object(call->req, &faults, &body))
        return false;
    check_known(call->checks, body, members, &faults);
    read_findings(body, call->own, &faults);
    check_bool(body, "motivated", true, &motivated, &faults);
    if (!motivated)
        pw_fault_member(&faults, NULL, "motivated", PW_FAULT_NOT_ALLOWED,
            "Motiveer een afwijzing eerst schriftelijk (Wet goed verhuurderschap artikel 2)",
            "First give the reasons for a refusal in writing (Wet goed verhuurderschap article 2)");
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

static void on_noted(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct pw_buf out;
    struct pw_jsonw w;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, call->before)) == 0) {
        pw_reply_code(call->req, PW_ERR_NOT_FOUND);
        return;
    }
    bool added = pw_rows_affected(pw_tx_rows(tx, call->statement)) > 0;
    check_answer_begin(&out, &w, &call->id, "noted");
    check_answer_end(call->req, added ? 201 : 200, &out, &w);
}

void pw_check_reject(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct rejection *r = PW_NEW(req->arena, struct rejection);
    pw_day today = pw_day_in_netherlands(call->now);
    call->own = r;
    if (check_landlord(req) == NULL || !check_path_id(req, &call->id) || !read_rejection(call))
        return;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "applicant-rejected",
        .object_kind = "tenant-check",
        .object = call->id};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: rejection", 0);
    call->statement =
        pw_tx_add(tx, PW_SQL_CHECK_REJECTION_ADD, PW_P_UUID(&call->caller->client), PW_P_UUID(&call->id),
            PW_P_TEXTS(r->findings, r->count), PW_P_DATE(today), PW_P_DATE(today + KEEP_DAYS));
    call->before =
        pw_tx_add(tx, PW_SQL_CHECK_REJECTION_FIND, PW_P_UUID(&call->caller->client), PW_P_UUID(&call->id));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_noted, call);
}

/* ---- the auditor's view ---- */

static void write_landlord(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    static const char *const counts[] = {"checks", "rejections", "unexplained"};
    struct pw_uuid client = pw_cell_uuid(rows, row, pw_rows_column(rows, "client"));
    int by_finding = pw_rows_column(rows, "by_finding");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "landlord");
    pw_jsonw_uuid(w, &client);
    for (size_t i = 0; i < PW_COUNT(counts); i++) {
        pw_jsonw_key(w, counts[i]);
        pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, counts[i])));
    }
    pw_jsonw_key(w, "byFinding");
    pw_jsonw_raw(
        w, pw_cell_is_null(rows, row, by_finding) ? PW_STR("{}") : pw_cell_text(rows, row, by_finding));
    pw_jsonw_end_object(w);
}

static void on_audited(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct pw_buf out;
    struct pw_jsonw w;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, call->statement);
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < pw_rows_count(rows); i++)
        write_landlord(&w, rows, i);
    pw_jsonw_end_array(&w);
    pw_list_links(call->req, PW_STR(""), &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(call->req, 200, &out);
    pw_buf_release(&out);
}

void pw_check_audit_rejections(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: rejections", PW_DB_READ_ONLY);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_REJECTION_AUDIT, PW_P_I64(LANDLORDS_MAX));
    pw_tx_commit(tx, on_audited, call);
}
