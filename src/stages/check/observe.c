/*
 * What a landlord reports about premises of a check: a fact of a closed list of kinds, with its ground. It is
 * checked as any fact is, sealed, and kept beside; the answer is the same for premises that are declared,
 * that are not, and that are watched. What becomes of it is settled later (settle.c).
 */
#include "check_int.h"

#include <string.h>

/* Undeclared premises wait so long for a municipal check, and then nothing is left of the report. */
#define KEEP_WAITING_DAYS 28

static const char *const kinds[] = {"identity-check", "document-check", "payment", "tenancy-event",
    "landlord-check", "meter-reading", "application", NULL};

struct observation {
    const struct pw_kind *kind;
    struct pw_draft draft;
    bool named; /* the body names premises too: they must be those of the check */
    struct pw_premises_ref premises;
    struct pw_uuid check;
    size_t s_check;
};

bool check_read_observation(struct pw_tenant_checks *checks, const struct pw_json *body, pw_day today,
    bool wwft_liable, struct pw_arena *arena, struct pw_draft *ret, struct pw_faults *faults)
{
    static const char *const also[] = {"tenancy", "premises", NULL};
    const struct pw_read_options options = {
        .today = today, .wwft_liable = wwft_liable, .no_premises = true, .also = also};
    struct pw_str tenancy = PW_STR("");
    bool ok = pw_facts_read_json(checks->options.model, body, &options, arena, ret, faults);
    if (!pw_json_member_str(body, NULL, "tenancy", false, 1, 64, &tenancy, faults))
        return false;
    if (ok)
        ret->tenancy = tenancy;
    return ok;
}

/* What may never be asked is refused as such, before the fact's own faults. */
static bool refuse_denied(
    struct check_call *call, const struct pw_json *body, const struct pw_kind *kind, struct pw_faults *faults)
{
    const struct pw_check_catalogue *catalogue = call->checks->options.catalogue;
    struct pw_json_iter it = pw_json_members(body);
    size_t before = faults->count;
    while (pw_json_next(&it)) {
        const struct pw_at at = {.name = it.name};
        if (pw_kind_field(kind, pw_str_z(it.name)) == NULL)
            (void)pw_findings_refuse(catalogue, it.name, &at, faults);
        if (strcmp(it.name, "premises") != 0)
            pw_findings_refuse_below(catalogue, it.value, &at, faults);
    }
    return faults->count == before;
}

static bool read_kind(struct check_call *call, const struct pw_json *body, struct pw_faults *faults)
{
    struct observation *o = call->own;
    struct pw_str word;
    size_t before = faults->count;
    check_word(body, "kind", true, kinds, &word, faults);
    o->kind = faults->count == before ? pw_facts_kind(call->checks->options.model, word) : NULL;
    return o->kind != NULL;
}

static bool read_body(struct check_call *call, const struct pw_json **ret)
{
    struct observation *o = call->own;
    struct pw_faults faults;
    if (!pw_body_object(call->req, &faults, ret))
        return false;
    o->named = pw_json_get(*ret, "premises") != NULL;
    if (read_kind(call, *ret, &faults) && refuse_denied(call, *ret, o->kind, &faults)) {
        (void)!check_read_observation(call->checks, *ret, pw_day_in_netherlands(call->now),
            call->caller->wwft_liable, call->req->arena, &o->draft, &faults);
        check_no_bsn(o->draft.source_id, "sourceId", &faults);
        for (size_t i = 0; i < o->draft.sealed_count; i++)
            check_no_bsn(o->draft.sealed[i].text, o->draft.sealed[i].field->name.data, &faults);
        if (o->named)
            (void)!check_read_premises(call->req, *ret, &o->premises, &faults);
    }
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

/* ---- keeping it ---- */

struct pw_str check_observation_place(struct pw_arena *arena, const struct pw_uuid *id)
{
    char text[PW_UUID_TEXT];
    return pw_str_printf(arena, "observation/%s", pw_uuid_format(id, text));
}

static void refuse_premises(struct check_call *call)
{
    struct pw_faults faults;
    pw_faults_init(&faults, call->req->arena);
    pw_fault_member(&faults, NULL, "premises", PW_FAULT_REFERENCE, "Dit zijn niet de panden van de controle",
        "These are not the premises of the check");
    pw_reply_faults(call->req, &faults);
}

static void on_received(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct observation *o = call->own;
    struct pw_buf out;
    struct pw_jsonw w;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    bool there = pw_rows_count(pw_tx_rows(tx, o->s_check)) > 0;
    const struct pw_rows *rows = pw_tx_rows(tx, call->before);
    if (there && pw_rows_count(rows) == 0 && o->named) {
        refuse_premises(call);
        return;
    }
    if (!check_same(call, rows, there ? PW_ERR_CONFLICT : PW_ERR_NOT_FOUND))
        return;
    check_answer_begin(&out, &w, &call->id, "received");
    if (o->draft.danger) {
        pw_jsonw_key(&w, "guidance");
        pw_jsonw_z(&w, call->req->lang == PW_LANG_NL ? "Bel 112" : "Call 112");
    }
    check_answer_end(call->req, 202, &out, &w);
}

static bool seal(struct check_call *call, const struct pw_json *body, struct pw_str *ret)
{
    struct pw_buf plain;
    struct pw_err err;
    pw_buf_init(&plain, CHECK_CANONICAL_MAX);
    pw_json_canonical(body, &plain);
    bool ok = pw_crypto_seal(call->checks->options.keys, call->req->arena, pw_buf_str(&plain),
        check_observation_place(call->req->arena, &call->id), ret, &err);
    pw_crypto_wipe(plain.data, plain.len);
    pw_buf_release(&plain);
    if (!ok)
        pw_reply_err(call->req, &err);
    return ok;
}

void pw_check_post_observation(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct observation *o = PW_NEW(req->arena, struct observation);
    const struct pw_uuid *landlord = check_landlord(req);
    const struct pw_json *body;
    struct pw_str sealed;
    call->own = o;
    if (landlord == NULL || !check_path_id(req, &o->check) || !read_body(call, &body) ||
        !check_content_mac(call->checks, req, "observation", body, call->mac) || !seal(call, body, &sealed))
        return;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "observation-received",
        .object_kind = "observation",
        .object = call->id};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: observation", 0);
    pw_tx_add(tx, PW_SQL_CHECK_OBSERVATION_ADD, PW_P_UUID(landlord), PW_P_UUID(&call->id),
        PW_P_UUID(&o->check), PW_P_TEXT(o->draft.source_id), PW_P_BYTES(call->mac, sizeof call->mac),
        PW_P_TEXT(o->kind->name), PW_P_TEXT_Z(call->caller->controller), PW_P_BOOL(call->caller->wwft_liable),
        PW_P_BYTEA(sealed), PW_P_TIME(call->now),
        PW_P_DATE(pw_day_in_netherlands(call->now) + KEEP_WAITING_DAYS),
        o->named ? PW_P_JSON(check_named(req->arena, &o->premises)) : PW_P_NULL);
    o->s_check = pw_tx_add(tx, PW_SQL_CHECK_CHECK_BY_ID, PW_P_UUID(landlord), PW_P_UUID(&o->check));
    call->before = pw_tx_add(tx, PW_SQL_CHECK_OBSERVATION_BY_SOURCE, PW_P_UUID(landlord),
        PW_P_TEXT(o->draft.source_id), PW_P_UUID(&o->check));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_add(tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(CHECK_CHANNEL)));
    pw_tx_commit(tx, on_received, call);
}

/* ---- the municipal check of what nobody declared ---- */

static void write_waiting(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_uuid client = pw_cell_uuid(rows, row, pw_rows_column(rows, "client"));
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    pw_jsonw_key(w, "landlord");
    pw_jsonw_uuid(w, &client);
    pw_jsonw_key(w, "kind");
    pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, "kind")));
    pw_jsonw_key(w, "premises");
    pw_jsonw_raw(w, pw_cell_text(rows, row, pw_rows_column(rows, "named")));
    pw_jsonw_key(w, "receivedAt");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "received_at")));
    pw_jsonw_end_object(w);
}

void pw_check_list_observations(struct pw_request *req, void *stage)
{
    struct check_list *list = check_list_new(req, stage, "received_at", write_waiting);
    if (list == NULL)
        return;
    const struct pw_caller *caller = pw_caller_of(req);
    struct pw_tx *tx = pw_db_begin(list->checks->options.db, "check: observations", PW_DB_READ_ONLY);
    list->statement = pw_tx_add(tx, PW_SQL_CHECK_OBSERVATION_LIST, PW_P_BOOL(caller->everywhere),
        PW_P_TEXTS(caller->municipalities, caller->municipality_count), PW_P_TIME(list->after_at),
        PW_P_UUID_OPT(&list->after_id), PW_P_I64(list->most + 1));
    check_list_send(list, tx);
}

struct verdict {
    struct pw_str answer, reason;
};

static void on_checked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct pw_buf out;
    struct pw_jsonw w;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, call->statement)) == 0) {
        pw_reply_code(call->req, PW_ERR_NOT_FOUND);
        return;
    }
    check_answer_begin(&out, &w, &call->id, ((const struct verdict *)call->own)->answer.data);
    check_answer_end(call->req, 201, &out, &w);
}

void pw_check_decide_observation(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct verdict *verdict = PW_NEW(req->arena, struct verdict);
    call->own = verdict;
    if (!check_path_id(req, &call->id) || !check_read_decision(call, &verdict->answer, &verdict->reason))
        return;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "observation-checked",
        .object_kind = "observation",
        .object = call->id};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: municipal check", 0);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_OBSERVATION_CHECK, PW_P_UUID(&call->id),
        PW_P_BOOL(call->caller->everywhere),
        PW_P_TEXTS(call->caller->municipalities, call->caller->municipality_count),
        PW_P_BOOL(pw_str_is(verdict->answer, "confirmed")), PW_P_UUID(&call->caller->id),
        PW_P_TIME(call->now));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_add(tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(CHECK_CHANNEL)));
    pw_tx_commit(tx, on_checked, call);
}
