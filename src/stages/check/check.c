/*
 * The two handlers of the tenant check. A check is one transaction: the premises is resolved (or made:
 * known and unknown ones cost the same), the check written, its audit record beside it. The findings
 * come from the request alone. Next steps are not stored: they are told in the language asked for, and
 * follow from the results.
 */
#include <pandwacht/check.h>

#include <stdlib.h>
#include <string.h>

#include <pandwacht/access.h>
#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/facts.h>
#include <pandwacht/findings.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>

/* Rejected applicants are forgotten within four weeks; what a landlord keeps longer is in his own file. */
#define KEEP_DAYS     28
#define DOCUMENT_MAX  (256u << 10)
#define CANONICAL_MAX (1u << 20)

struct pw_tenant_checks {
    struct pw_tenant_check_options options;
};

/* One request under way; lives in the request's arena. */
struct job {
    struct pw_tenant_checks *checks;
    struct pw_request *req;
    struct pw_tx *tx;
    struct pw_str source_id;
    struct pw_ledger_premises premises;
    struct pw_check check;
    struct pw_finding findings[PW_FINDINGS];
    uint8_t mac[PW_MAC_SIZE];
    struct pw_uuid id;
    pw_usec now;
    size_t statement, before;
};

static void refuse(struct pw_request *req, const struct pw_faults *faults)
{
    bool dutch = req->lang == PW_LANG_NL;
    struct pw_invalid_param *params = PW_NEW_ARRAY(req->arena, faults->count, struct pw_invalid_param);
    for (size_t i = 0; i < faults->count; i++)
        params[i] = (struct pw_invalid_param){.name = faults->items[i].name,
            .code = pw_str_z(pw_fault_word(faults->items[i].code)),
            .reason = pw_str_z(dutch ? faults->items[i].reason_nl : faults->items[i].reason_en)};
    const struct pw_problem problem = {
        .code = PW_ERR_INVALID, .invalid = params, .invalid_count = faults->count};
    pw_reply_problem(req, &problem);
}

/* ---- showing ---- */

/* The stored result of a finding: {"T01":"ok",...}. */
static void read_results(const struct pw_tenant_checks *checks, struct pw_arena *arena, struct pw_str stored,
    struct pw_finding findings[PW_FINDINGS])
{
    const struct pw_json *results = NULL;
    const struct pw_check nothing = {.stage = PW_STAGE_END};
    if (!pw_json_parse(arena, stored, NULL, &results, NULL))
        return;
    /* All open gives every id, code and next step; the stored results then say which apply. */
    pw_findings_check(checks->options.catalogue, &nothing, 0, findings);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        const struct pw_json *result = pw_json_get(results, findings[i].id.data);
        for (int r = 0; result != NULL && pw_finding_result_words[r] != NULL; r++)
            if (pw_str_is(pw_json_str(result), pw_finding_result_words[r]))
                findings[i].result = (enum pw_finding_result)r;
        if (findings[i].result != PW_FINDING_OPEN && findings[i].result != PW_FINDING_INCONSISTENT)
            findings[i].next_step = (struct pw_text){PW_STR(""), PW_STR("")};
    }
}

/* A check as row 0 of one of the statements that read it. */
static void show(
    const struct pw_tenant_checks *checks, struct pw_request *req, const struct pw_rows *rows, int status)
{
    struct pw_buf out;
    struct pw_jsonw w;
    struct pw_finding findings[PW_FINDINGS];
    char text[PW_UUID_TEXT];
    bool dutch = req->lang == PW_LANG_NL;
    struct pw_uuid id = pw_cell_uuid(rows, 0, 0);
    read_results(checks, req->arena, pw_cell_text(rows, 0, 3), findings);
    pw_buf_init(&out, DOCUMENT_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "id");
    pw_jsonw_uuid(&w, &id);
    pw_jsonw_key(&w, "sourceId");
    pw_jsonw_str(&w, pw_cell_text(rows, 0, 1));
    pw_jsonw_key(&w, "stage");
    pw_jsonw_str(&w, pw_cell_text(rows, 0, 2));
    pw_jsonw_key(&w, "createdAt");
    pw_jsonw_instant(&w, pw_cell_time(rows, 0, 4) / PW_USEC_PER_SEC * PW_USEC_PER_SEC);
    pw_jsonw_key(&w, "findings");
    pw_findings_write(findings, dutch, &w);
    pw_jsonw_key(&w, "notice");
    pw_jsonw_str(&w, pw_findings_notice(checks->options.catalogue, dutch));
    pw_jsonw_key(&w, "destroyOn");
    pw_jsonw_day(&w, pw_cell_date(rows, 0, 5));
    pw_jsonw_end_object(&w);
    if (status != 200 || req->method == PW_HTTP_POST)
        pw_reply_header(
            req, "Location", pw_str_printf(req->arena, "/v1/tenant-checks/%s", pw_uuid_format(&id, text)));
    pw_reply_json(req, status, &out);
    pw_buf_release(&out);
}

/* ---- POST ---- */

static void on_added(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct job *job = arg;
    if (!ok) {
        pw_reply_err(job->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, job->before);
    struct pw_str mac = pw_cell_bytea(rows, 0, 6);
    if (!pw_str_eq(mac, (struct pw_str){(const char *)job->mac, sizeof job->mac}))
        pw_reply_code(job->req, PW_ERR_CONFLICT);
    else
        show(job->checks, job->req, rows, pw_rows_affected(pw_tx_rows(tx, job->statement)) > 0 ? 201 : 200);
}

static struct pw_str stored_findings(struct job *job)
{
    struct pw_buf out;
    struct pw_jsonw w;
    pw_buf_init(&out, DOCUMENT_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        pw_jsonw_key_str(&w, job->findings[i].id);
        pw_jsonw_z(&w, pw_finding_result_words[job->findings[i].result]);
    }
    pw_jsonw_end_object(&w);
    struct pw_str text = pw_str_dup(job->req->arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static struct pw_str stored_items(struct job *job)
{
    struct pw_buf out;
    struct pw_jsonw w;
    if (job->check.items == NULL)
        return PW_STR("{}");
    pw_buf_init(&out, DOCUMENT_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_node(&w, job->check.items);
    struct pw_str text = pw_str_dup(job->req->arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static void on_resolved(void *arg, bool ok, const struct pw_err *err)
{
    struct job *job = arg;
    if (!ok) {
        pw_reply_err(job->req, err);
        return;
    }
    if (pw_uuid_is_nil(&job->premises.resolved)) {
        /* A premises id that nobody gave out. */
        pw_tx_abort(job->tx);
        pw_reply_code(job->req, PW_ERR_NOT_FOUND);
        return;
    }
    const struct pw_caller *caller = pw_caller_of(job->req);
    job->statement = pw_tx_add(job->tx, PW_SQL_CHECK_CHECK_ADD, PW_P_UUID(&job->premises.resolved),
        PW_P_UUID(&job->id), PW_P_UUID(&caller->client), PW_P_TEXT(job->source_id),
        PW_P_BYTES(job->mac, sizeof job->mac), PW_P_TEXT_Z(pw_check_stage_words[job->check.stage]),
        PW_P_JSON(stored_items(job)), PW_P_JSON(stored_findings(job)), PW_P_TIME(job->now),
        PW_P_DATE(pw_day_in_netherlands(job->now) + KEEP_DAYS));
    job->before = pw_tx_add(
        job->tx, PW_SQL_CHECK_CHECK_BY_SOURCE, PW_P_UUID(&caller->client), PW_P_TEXT(job->source_id));
    const struct pw_audit record = {.actor = pw_caller_actor(caller),
        .action = "tenant-checked",
        .object_kind = "tenant-check",
        .object = job->id,
        .premises = job->premises.resolved};
    pw_audit_add(job->tx, job->now, &record, 1);
    pw_tx_commit(job->tx, on_added, job);
}

static void read_source_id(const struct pw_json *body, struct pw_str *ret, struct pw_faults *faults)
{
    (void)!pw_json_member_str(body, NULL, "sourceId", true, 1, 64, ret, faults);
}

/* Reads the whole body; false when it was refused. */
static bool read_body(struct job *job, const struct pw_json **ret)
{
    static const char *const members[] = {
        "sourceId", "premises", "stage", "lettingType", "purpose", "noticeGiven", "items", NULL};
    struct pw_request *req = job->req;
    struct pw_faults faults;
    pw_faults_init(&faults, req->arena);
    if (!pw_json_read(req->arena, req->body, NULL, ret, &faults)) {
        refuse(req, &faults);
        return false;
    }
    if (!pw_json_is_object(*ret)) {
        pw_fault(&faults, NULL, PW_FAULT_TYPE, NULL, NULL);
        refuse(req, &faults);
        return false;
    }
    const struct pw_at at = {.name = "premises"};
    const struct pw_json *premises = pw_json_get(*ret, "premises");
    read_source_id(*ret, &job->source_id, &faults);
    if (premises == NULL)
        pw_fault(&faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    else
        (void)!pw_premises_read_ref(req->arena, premises, &at, &job->premises.ref, &faults);
    (void)!pw_findings_read(
        job->checks->options.catalogue, *ret, pw_day_in_netherlands(job->now), &job->check, &faults);
    struct pw_json_iter it = pw_json_members(*ret);
    while (pw_json_next(&it)) {
        const struct pw_at here = {.name = it.name};
        bool known = pw_facts_denied(job->checks->options.model, pw_str_z(it.name)) != NULL;
        for (size_t i = 0; members[i] != NULL && !known; i++)
            known = strcmp(members[i], it.name) == 0;
        if (!known)
            pw_fault(&faults, &here, PW_FAULT_UNKNOWN_FIELD, NULL, NULL);
    }
    if (faults.count > 0)
        refuse(req, &faults);
    return faults.count == 0;
}

static bool make_mac(struct job *job, const struct pw_json *body, struct pw_err *err)
{
    struct pw_buf canonical;
    pw_buf_init(&canonical, CANONICAL_MAX);
    pw_buf_puts(&canonical, "tenant-check\n");
    pw_json_canonical(body, &canonical);
    bool ok = pw_crypto_content_mac(job->checks->options.keys, pw_buf_str(&canonical), job->mac, err);
    pw_buf_release(&canonical);
    return ok;
}

void pw_check_post(struct pw_request *req, void *stage)
{
    struct pw_tenant_checks *checks = stage;
    struct job *job = PW_NEW(req->arena, struct job);
    const struct pw_json *body;
    struct pw_err err;
    pw_usec now = pw_loop_wall(checks->options.loop);
    *job = (struct job){.checks = checks, .req = req, .now = now};
    if (pw_uuid_is_nil(&pw_caller_of(req)->client)) {
        pw_reply_code(req, PW_ERR_FORBIDDEN);
        return;
    }
    if (!read_body(job, &body))
        return;
    if (!make_mac(job, body, &err)) {
        pw_reply_err(req, &err);
        return;
    }
    job->id = pw_uuid_v7(now);
    pw_findings_check(checks->options.catalogue, &job->check, pw_day_in_netherlands(now), job->findings);
    job->tx = pw_db_begin(checks->options.db, "check: tenant check", 0);
    pw_ledger_premises_resolve(
        checks->options.ledger, job->tx, req->arena, &job->premises, 1, on_resolved, job);
}

/* ---- GET ---- */

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct job *job = arg;
    if (!ok)
        pw_reply_err(job->req, err);
    else if (pw_rows_count(pw_tx_rows(tx, job->statement)) == 0)
        pw_reply_code(job->req, PW_ERR_NOT_FOUND);
    else
        show(job->checks, job->req, pw_tx_rows(tx, job->statement), 200);
}

void pw_check_get(struct pw_request *req, void *stage)
{
    struct pw_tenant_checks *checks = stage;
    struct job *job = PW_NEW(req->arena, struct job);
    *job = (struct job){.checks = checks, .req = req};
    if (!pw_uuid_parse(pw_request_param(req, "id"), &job->id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    struct pw_tx *tx = pw_db_begin(checks->options.db, "check: read", PW_DB_READ_ONLY);
    job->statement =
        pw_tx_add(tx, PW_SQL_CHECK_CHECK_BY_ID, PW_P_UUID(&pw_caller_of(req)->client), PW_P_UUID(&job->id));
    pw_tx_commit(tx, on_found, job);
}

/* ---- life ---- */

struct pw_tenant_checks *pw_tenant_checks_new(const struct pw_tenant_check_options *options)
{
    struct pw_tenant_checks *checks = pw_xcalloc(1, sizeof *checks);
    checks->options = *options;
    return checks;
}

void pw_tenant_checks_free(struct pw_tenant_checks *checks)
{
    free(checks);
}
