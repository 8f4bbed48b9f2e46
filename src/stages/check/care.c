/*
 * The duty-of-care file: a landlord's checks at one premises and what stands beside them. It only grows;
 * evidence is kept as its hash, the document itself is never asked for.
 */
#include "check_int.h"

#define ENTRIES_MAX INT64_C(1000)

/* ---- evidence ---- */

struct evidence {
    struct pw_str source_id, kind, sha256;
    pw_day taken_on;
};

static const char *const evidence_kinds[] = {
    "lease", "inspection-report", "key-receipt", "correspondence", "payment-record", "other", NULL};

static bool is_hash(struct pw_str text)
{
    if (text.len != PW_SHA256_TEXT - 1)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!((text.data[i] >= '0' && text.data[i] <= '9') || (text.data[i] >= 'a' && text.data[i] <= 'f')))
            return false;
    return true;
}

static bool read_evidence(struct check_call *call, const struct pw_json **ret)
{
    static const char *const members[] = {"sourceId", "kind", "sha256", "takenOn", NULL};
    struct evidence *evidence = call->own;
    struct pw_faults faults;
    if (!pw_body_object(call->req, &faults, ret))
        return false;
    check_known(call->checks, *ret, members, &faults);
    check_source_id(*ret, &evidence->source_id, &faults);
    check_word(*ret, "kind", true, evidence_kinds, &evidence->kind, &faults);
    if (pw_json_member_str(*ret, NULL, "sha256", true, 1, 200, &evidence->sha256, &faults) &&
        !is_hash(evidence->sha256))
        pw_fault_member(&faults, NULL, "sha256", PW_FAULT_PATTERN,
            "De SHA-256 van het document, 64 tekens 0-9 en a-f", "The document's SHA-256, 64 of 0-9 and a-f");
    check_day(*ret, "takenOn", false, pw_day_in_netherlands(call->now), &evidence->taken_on, &faults);
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

static struct pw_str evidence_text(struct pw_arena *arena, const struct evidence *evidence)
{
    char day[PW_DATE_TEXT];
    struct pw_str taken = PW_STR("");
    if (evidence->taken_on != PW_DAY_NONE)
        taken = pw_str_printf(arena, ",\"takenOn\":\"%s\"", pw_day_format(evidence->taken_on, day));
    return pw_str_printf(arena, "{\"kind\":\"%.*s\",\"sha256\":\"%.*s\"%.*s}", PW_STR_ARG(evidence->kind),
        PW_STR_ARG(evidence->sha256), PW_STR_ARG(taken));
}

static void on_kept(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct pw_buf out;
    struct pw_jsonw w;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    bool added = pw_rows_affected(pw_tx_rows(tx, call->statement)) > 0;
    if (!check_same(call, pw_tx_rows(tx, call->before), PW_ERR_NOT_FOUND))
        return;
    check_answer_begin(&out, &w, &call->id, "kept");
    check_answer_end(call->req, added ? 201 : 200, &out, &w);
}

void pw_check_post_evidence(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct evidence *evidence = PW_NEW(req->arena, struct evidence);
    struct pw_uuid check;
    const struct pw_json *body;
    *evidence = (struct evidence){.taken_on = PW_DAY_NONE};
    call->own = evidence;
    if (!check_path_id(req, &check) || check_landlord(req) == NULL || !read_evidence(call, &body) ||
        !check_content_mac(call->checks, req, "evidence", body, call->mac))
        return;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "evidence-kept",
        .object_kind = "tenant-check",
        .object = check};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: evidence", 0);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_CARE_ADD, PW_P_UUID(&call->caller->client),
        PW_P_UUID(&call->id), PW_P_UUID(&check), PW_P_TEXT(evidence->source_id),
        PW_P_BYTES(call->mac, sizeof call->mac), PW_P_TEXT(PW_STR("evidence")),
        PW_P_JSON(evidence_text(req->arena, evidence)), PW_P_TIME(call->now));
    call->before = pw_tx_add(
        tx, PW_SQL_CHECK_CARE_BY_SOURCE, PW_P_UUID(&call->caller->client), PW_P_TEXT(evidence->source_id));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_kept, call);
}

/* ---- the file ---- */

/* What becomes of the signed file: JSON as it is, or pages of it. */
struct file {
    void (*on_signed)(struct check_call *call, struct pw_str text);
};

static void write_entries(struct pw_jsonw *w, const struct pw_rows *checks, const struct pw_rows *entries)
{
    pw_jsonw_key(w, "entries");
    pw_jsonw_array(w);
    for (size_t i = 0; i < pw_rows_count(checks); i++)
        check_write_entry(w, checks, i);
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "more");
    pw_jsonw_array(w);
    for (size_t i = 0; i < pw_rows_count(entries); i++) {
        pw_jsonw_object(w);
        pw_jsonw_key(w, "at");
        pw_jsonw_instant(w, pw_cell_time(entries, i, pw_rows_column(entries, "at")));
        pw_jsonw_key(w, "kind");
        pw_jsonw_str(w, pw_cell_text(entries, i, pw_rows_column(entries, "kind")));
        pw_jsonw_key(w, "what");
        pw_jsonw_raw(w, pw_cell_text(entries, i, pw_rows_column(entries, "body")));
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

static struct pw_str file_text(
    const struct check_call *call, const struct pw_rows *checks, const struct pw_rows *entries)
{
    struct pw_buf out;
    struct pw_jsonw w;
    pw_buf_init(&out, CHECK_CANONICAL_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "landlord");
    pw_jsonw_uuid(&w, &call->caller->client);
    pw_jsonw_key(&w, "premisesId");
    pw_jsonw_uuid(&w, &call->id);
    pw_jsonw_key(&w, "madeAt");
    pw_jsonw_instant(&w, call->now / PW_USEC_PER_SEC * PW_USEC_PER_SEC);
    write_entries(&w, checks, entries);
    pw_jsonw_end_object(&w);
    struct pw_str text = pw_str_dup(call->req->arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static void on_file(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct pw_err failed;
    struct pw_str text;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *checks = pw_tx_rows(tx, call->statement), *entries = pw_tx_rows(tx, call->before);
    if (pw_rows_count(checks) + pw_rows_count(entries) == 0)
        pw_reply_code(call->req, PW_ERR_NOT_FOUND);
    else if (!check_sign(call->checks, call->req->arena, file_text(call, checks, entries), &text, &failed))
        pw_reply_err(call->req, &failed);
    else
        ((const struct file *)call->own)->on_signed(call, text);
}

static void read_file(
    struct pw_request *req, void *stage, void (*on_signed)(struct check_call *call, struct pw_str text))
{
    struct check_call *call = check_call_new(req, stage);
    struct file *file = PW_NEW(req->arena, struct file);
    file->on_signed = on_signed;
    call->own = file;
    if (!check_path_id(req, &call->id))
        return;
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: file", PW_DB_READ_ONLY);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_FILE_CHECKS, PW_P_UUID(&call->caller->client),
        PW_P_UUID(&call->id), PW_P_I64(ENTRIES_MAX));
    call->before = pw_tx_add(tx, PW_SQL_CHECK_FILE_ENTRIES, PW_P_UUID(&call->caller->client),
        PW_P_UUID(&call->id), PW_P_I64(ENTRIES_MAX));
    pw_tx_commit(tx, on_file, call);
}

static void reply_file(struct check_call *call, struct pw_str text)
{
    pw_reply(call->req, 200, "application/json", text);
}

void pw_check_get_file(struct pw_request *req, void *stage)
{
    read_file(req, stage, reply_file);
}
