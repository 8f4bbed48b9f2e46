/*
 * Asking for a check, and reading it again. The findings come from the request alone: this file reads
 * and writes the landlord's own rows and no others. Next steps are not stored: they are told in the
 * language asked for, and follow from the results.
 */
#include "check_int.h"

/* Rejected applicants are forgotten within four weeks; who becomes a tenant, two years later. */
#define KEEP_APPLICANT_DAYS 28
#define KEEP_TENANT_DAYS    731

/* One check on its way in. */
struct asking {
    struct pw_str source_id;
    struct pw_premises_ref premises;
    struct pw_check check;
    struct pw_finding findings[PW_FINDINGS];
};

/* ---- showing ---- */

static const struct pw_json *stored(struct pw_request *req, struct pw_str text)
{
    const struct pw_json *json = NULL;
    return pw_json_parse(req->arena, text, NULL, &json, NULL) ? json : NULL;
}

static void write_check(const struct pw_tenant_checks *checks, struct pw_request *req,
    const struct pw_rows *rows, struct pw_jsonw *w)
{
    struct pw_finding findings[PW_FINDINGS];
    bool dutch = req->lang == PW_LANG_NL;
    struct pw_uuid id = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    pw_findings_recall(checks->options.catalogue, pw_cell_text(rows, 0, pw_rows_column(rows, "letting_type")),
        stored(req, pw_cell_text(rows, 0, pw_rows_column(rows, "findings"))),
        stored(req, pw_cell_text(rows, 0, pw_rows_column(rows, "due"))), findings);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    pw_jsonw_key(w, "sourceId");
    pw_jsonw_str(w, pw_cell_text(rows, 0, pw_rows_column(rows, "source_id")));
    pw_jsonw_key(w, "stage");
    pw_jsonw_str(w, pw_cell_text(rows, 0, pw_rows_column(rows, "stage")));
    pw_jsonw_key(w, "createdAt");
    pw_jsonw_instant(w, pw_cell_time(rows, 0, pw_rows_column(rows, "created_at")));
    pw_jsonw_key(w, "findings");
    pw_findings_write(findings, dutch, w);
    pw_findings_write_more(findings, dutch, w);
    pw_jsonw_key(w, "notice");
    pw_jsonw_str(w, pw_findings_notice(checks->options.catalogue, dutch));
    pw_jsonw_key(w, "destroyOn");
    pw_jsonw_day(w, pw_cell_date(rows, 0, pw_rows_column(rows, "destroy_on")));
    pw_jsonw_end_object(w);
}

/* A check as row 0 of one of the statements that read it. */
static void show(
    const struct pw_tenant_checks *checks, struct pw_request *req, const struct pw_rows *rows, int status)
{
    struct pw_buf out;
    struct pw_jsonw w;
    char text[PW_UUID_TEXT];
    struct pw_uuid id = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_jsonw_init(&w, &out);
    write_check(checks, req, rows, &w);
    if (req->method == PW_HTTP_POST)
        pw_reply_header(
            req, "Location", pw_str_printf(req->arena, "/v1/tenant-checks/%s", pw_uuid_format(&id, text)));
    pw_reply_json(req, status, &out);
    pw_buf_release(&out);
}

/* ---- POST ---- */

static void on_added(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, call->before);
    if (check_same(call, rows, PW_ERR_INTERNAL))
        show(
            call->checks, call->req, rows, pw_rows_affected(pw_tx_rows(tx, call->statement)) > 0 ? 201 : 200);
}

/* What one of the writers of findings writes, as text in the request's arena. */
static struct pw_str text_of(struct pw_request *req, const struct pw_finding *findings,
    void (*write)(const struct pw_finding *findings, struct pw_jsonw *w))
{
    struct pw_buf out;
    struct pw_jsonw w;
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_jsonw_init(&w, &out);
    write(findings, &w);
    struct pw_str text = pw_str_dup(req->arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static struct pw_str items_text(struct pw_request *req, const struct pw_json *items)
{
    struct pw_buf out;
    if (items == NULL)
        return PW_STR("{}");
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_json_canonical(items, &out);
    struct pw_str text = pw_str_dup(req->arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static void add(struct check_call *call)
{
    const struct asking *asking = call->own;
    struct pw_request *req = call->req;
    const struct pw_uuid *landlord = &call->caller->client;
    struct pw_uuid premises = check_premises_id(req->arena, landlord, &asking->premises);
    bool tenant = asking->check.stage >= PW_STAGE_SIGNING;
    pw_day destroy_on = pw_day_in_netherlands(call->now) + (tenant ? KEEP_TENANT_DAYS : KEEP_APPLICANT_DAYS);
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "tenant-checked",
        .object_kind = "tenant-check",
        .object = call->id,
        .premises = premises};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: tenant check", 0);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_CHECK_ADD, PW_P_UUID(&premises), PW_P_UUID(&call->id),
        PW_P_UUID(landlord), PW_P_TEXT(asking->source_id), PW_P_BYTES(call->mac, sizeof call->mac),
        PW_P_TEXT_Z(pw_check_stage_words[asking->check.stage]), PW_P_TEXT(asking->check.letting_type),
        PW_P_JSON(check_named(req->arena, &asking->premises)),
        PW_P_JSON(items_text(req, asking->check.items)),
        PW_P_JSON(text_of(req, asking->findings, pw_findings_write_results)),
        PW_P_JSON(text_of(req, asking->findings, pw_findings_write_dates)), PW_P_TIME(call->now),
        PW_P_DATE(destroy_on), PW_P_TEXT(pw_ledger_alias(req->arena, &asking->premises)));
    call->before =
        pw_tx_add(tx, PW_SQL_CHECK_CHECK_BY_SOURCE, PW_P_UUID(landlord), PW_P_TEXT(asking->source_id));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_added, call);
}

/* Reads the whole body; false when it was refused, and then nothing of it is kept anywhere. */
static bool read_body(struct check_call *call, const struct pw_json **ret)
{
    struct asking *asking = call->own;
    struct pw_request *req = call->req;
    struct pw_faults faults;
    if (!pw_body_object(req, &faults, ret))
        return false;
    check_source_id(*ret, &asking->source_id, &faults);
    (void)!check_read_premises(req, *ret, &asking->premises, &faults);
    (void)!pw_findings_read(
        call->checks->options.catalogue, *ret, pw_day_in_netherlands(call->now), &asking->check, &faults);
    if (faults.count > 0)
        pw_reply_faults(req, &faults);
    return faults.count == 0;
}

void pw_check_post(struct pw_request *req, void *stage)
{
    struct pw_tenant_checks *checks = stage;
    struct check_call *call = check_call_new(req, checks);
    struct asking *asking = PW_NEW(req->arena, struct asking);
    const struct pw_json *body;
    call->own = asking;
    /* An instant is told in whole seconds, now and whenever it is read again. */
    call->now = call->now / PW_USEC_PER_SEC * PW_USEC_PER_SEC;
    if (check_landlord(req) == NULL || !read_body(call, &body) ||
        !check_content_mac(checks, req, "tenant-check", body, call->mac))
        return;
    pw_findings_check(
        checks->options.catalogue, &asking->check, pw_day_in_netherlands(call->now), asking->findings);
    add(call);
}

/* ---- GET ---- */

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    if (!ok)
        pw_reply_err(call->req, err);
    else if (pw_rows_count(pw_tx_rows(tx, call->statement)) == 0)
        pw_reply_code(call->req, PW_ERR_NOT_FOUND);
    else
        show(call->checks, call->req, pw_tx_rows(tx, call->statement), 200);
}

void pw_check_get(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    if (!check_path_id(req, &call->id))
        return;
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: read", PW_DB_READ_ONLY);
    call->statement =
        pw_tx_add(tx, PW_SQL_CHECK_CHECK_BY_ID, PW_P_UUID(&call->caller->client), PW_P_UUID(&call->id));
    pw_tx_commit(tx, on_found, call);
}
