/*
 * The receiver's side of referrals: its list, acknowledging, and what was found. An outcome is a fact
 * of the log like any other; it alone confirms.
 */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

#define NOTE_MAX 2000

/* ---- reading ---- */

struct listing {
    struct pw_request *req;
    size_t limit, statement;
};

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct listing *list = arg;
    struct pw_request *req = list->req;
    const struct pw_rows *rows;
    struct pw_str cursor = PW_STR("");
    struct pw_buf json;
    struct pw_jsonw w;
    size_t count;

    if (!ok) {
        pw_reply_err(req, err);
        return;
    }
    rows = pw_tx_rows(tx, list->statement);
    count = pw_rows_count(rows);
    if (count > list->limit) {
        struct pw_uuid id;
        char out[PW_UUID_TEXT];

        count = list->limit;
        id = pw_cell_uuid(rows, count - 1, pw_rows_column(rows, "id"));
        cursor = pw_list_cursor(
            req->arena, pw_str_printf(req->arena, "%lld %s",
                            (long long)pw_cell_time(rows, count - 1, pw_rows_column(rows, "proposed_at")),
                            pw_uuid_format(&id, out)));
    }
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < count; i++)
        desk_write_referral(rows, i, desk_receiver_oin(pw_caller_of(list->req)).data == NULL, &w);
    pw_jsonw_end_array(&w);
    pw_list_links(req, cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(req, 200, &json);
    pw_buf_release(&json);
}

static bool read_status(const struct pw_request *req, struct pw_str *ret, struct pw_faults *faults)
{
    static const char *const words[] = {
        "proposed", "approved", "refused", "acknowledged", "returned", "closed", NULL};

    if (!pw_request_query(req, "status", ret))
        return false;
    for (size_t i = 0; words[i] != NULL; i++)
        if (pw_str_is(*ret, words[i]))
            return true;
    (void)pw_fault_pointer(faults, PW_STR("/status"), PW_FAULT_ENUM, NULL, NULL);
    return false;
}

void pw_desk_list_referrals(struct pw_request *req, void *stage)
{
    static const char *const keys[] = {"status", "cursor", "limit", NULL};
    struct pw_desk *desk = stage;
    const struct pw_caller *caller = pw_caller_of(req);
    struct listing *list = PW_NEW(req->arena, struct listing);
    struct pw_faults faults;
    struct pw_str cursor, at, status, oin = desk_receiver_oin(caller);
    struct pw_uuid id = {0};
    pw_usec before = PW_TIME_NONE;
    bool by_status;
    struct pw_tx *tx;

    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    by_status = read_status(req, &status, &faults);
    list->req = req;
    list->limit = pw_query_limit(req, &faults);
    cursor = pw_query_cursor(req, &faults);
    if (cursor.len > 0 &&
        !(pw_str_cut(cursor, ' ', &at, &cursor) && pw_str_to_i64(at, &before) && pw_uuid_parse(cursor, &id)))
        (void)pw_fault_pointer(&faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    tx = pw_db_begin(desk->options.db, "desk: referrals", PW_DB_READ_ONLY);
    list->statement = pw_tx_add(tx, PW_SQL_DESK_REFERRAL_LIST, DESK_REGION(caller), PW_P_TEXT(oin),
        PW_P_TEXTS(&status, by_status ? 1 : 0), PW_P_TIME(before), PW_P_UUID_OPT(&id),
        PW_P_I32(list->limit + 1));
    pw_tx_commit(tx, on_listed, list);
}

static void on_got(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct listing *one = arg;
    const struct pw_rows *rows;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(one->req, err);
        return;
    }
    rows = pw_tx_rows(tx, one->statement);
    if (pw_rows_count(rows) == 0) {
        desk_reply_not_found(one->req);
        return;
    }
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    desk_write_referral(rows, 0, desk_receiver_oin(pw_caller_of(one->req)).data == NULL, &w);
    desk_etag(one->req, 'r', pw_cell_i64(rows, 0, pw_rows_column(rows, "version")));
    pw_reply_json(one->req, 200, &json);
    pw_buf_release(&json);
}

void pw_desk_get_referral(struct pw_request *req, void *stage)
{
    struct pw_desk *desk = stage;
    const struct pw_caller *caller = pw_caller_of(req);
    struct listing *one = PW_NEW(req->arena, struct listing);
    struct pw_str oin = desk_receiver_oin(caller);
    struct pw_uuid id;
    struct pw_tx *tx;

    if (!desk_id(req, &id))
        return;
    one->req = req;
    tx = pw_db_begin(desk->options.db, "desk: referral", PW_DB_READ_ONLY);
    one->statement =
        pw_tx_add(tx, PW_SQL_DESK_REFERRAL_GET, DESK_REGION(caller), PW_P_TEXT(oin), PW_P_UUID(&id));
    pw_tx_commit(tx, on_got, one);
}

/* ---- acknowledging ---- */

void pw_desk_acknowledge_referral(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"answer", "note", NULL};
    static const char *const answers[] = {"accepted", "not-competent", "more-information", NULL};
    static const enum alert_event events[] = {EVENT_ACCEPTED, EVENT_NOT_COMPETENT, EVENT_MORE_INFORMATION};
    struct act *act = desk_referral_act(req, stage, "referral-answered", "referral-answered");
    struct referral_act *r;
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_str note;
    int answer;
    bool ok;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= pw_body_word(body, NULL, "answer", true, answers, &answer, &faults);
    ok &= pw_json_member_str(body, NULL, "note", false, 0, NOTE_MAX, &note, &faults);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    r = act->own;
    act->event = events[answer];
    act->note = pw_str_dup(req->arena, req->body);
    r->status_needed = "approved";
    r->new_status = answer == 0 ? "acknowledged" : "returned";
    desk_referral_run(act);
}

/* ---- outcomes ---- */

static void prepare_outcome(struct act *act, struct pw_tx *tx)
{
    struct referral_act *r = act->own;
    /* The alert's own receivers: by the referral's premises, whose alert is locked in this transaction. */
    r->s_receivers = pw_tx_add(tx, PW_SQL_DESK_REFERRAL_DESKS, DESK_REGION(act->caller),
        PW_P_TEXT(desk_receiver_oin(act->caller)), PW_P_UUID(&r->id));
}

static void on_fact(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct act *act = arg;
    struct referral_act *r = act->own;

    if (!ok) {
        pw_reply_err(act->req, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, r->s_fact)) == 0) {
        desk_act_refuse(
            act, PW_ERR_CONFLICT, "Dit sourceId is al gebruikt.", "This sourceId was used before.");
        return;
    }
    if (act->to == ALERT_CLOSED)
        desk_events_closed(
            act, tx, r->s_receivers, act->event == EVENT_FOUND ? PW_STR("found") : PW_STR("nothing-found"));
    desk_act_due(act, tx, "outcome");
    desk_act_write(act, tx);
}

static bool apply_outcome(struct act *act, struct pw_tx *tx)
{
    struct referral_act *r = act->own;
    struct pw_ledger_item *item = r->more;

    item->premises = act->premises;
    item->tenancy = act->tenancy;
    r->s_fact = pw_ledger_fact_add(act->desk->options.ledger, tx, act->req->arena, item);
    pw_tx_send(tx, on_fact, act);
    return false; /* on_fact goes on */
}

static void answer_outcome(struct act *act, struct pw_tx *tx)
{
    const struct referral_act *r = act->own;
    const struct pw_ledger_item *item = r->more;
    struct pw_buf json;
    struct pw_jsonw w;
    char out[PW_UUID_TEXT];

    (void)tx;
    pw_buf_init(&json, 4096);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "id");
    pw_jsonw_uuid(&w, &item->id);
    pw_jsonw_key(&w, "sourceId");
    pw_jsonw_str(&w, item->draft->source_id);
    pw_jsonw_key(&w, "kind");
    pw_jsonw_z(&w, "outcome");
    pw_jsonw_key(&w, "premisesId");
    pw_jsonw_uuid(&w, &item->premises);
    pw_jsonw_key(&w, "tenancyId");
    pw_jsonw_uuid(&w, &item->tenancy);
    pw_jsonw_key(&w, "receivedAt");
    pw_jsonw_instant(&w, item->received_at);
    pw_jsonw_key(&w, "result");
    pw_jsonw_z(&w, "created");
    pw_jsonw_key(&w, "guidance");
    pw_jsonw_null(&w);
    pw_jsonw_end_object(&w);
    pw_reply_header(act->req, "Location",
        pw_str_printf(act->req->arena, "/v1/referrals/%s", pw_uuid_format(&r->id, out)));
    pw_reply_json(act->req, 201, &json);
    pw_buf_release(&json);
}

static struct pw_ledger_item *outcome_item(struct pw_request *req, const struct pw_kind *kind,
    const struct pw_json *body, const struct pw_draft *draft)
{
    const struct pw_caller *caller = pw_caller_of(req);
    struct pw_ledger_item *item = PW_NEW(req->arena, struct pw_ledger_item);
    struct pw_buf canonical;

    pw_buf_init(&canonical, DESK_ANSWER_MAX);
    pw_facts_canonical(kind, body, &canonical);
    *item = (struct pw_ledger_item){.op = PW_LEDGER_FACT,
        .draft = draft,
        .client = caller->client,
        .controller = pw_str_z(caller->controller),
        .received_at = req->received_at,
        .source_classes = 1u << PW_CLASS_ENFORCEMENT,
        .canonical = pw_str_dup(req->arena, pw_buf_str(&canonical))};
    pw_buf_release(&canonical);
    return item;
}

static void set_result(struct act *act, const struct pw_draft *draft)
{
    struct referral_act *r = act->own;
    const char *result = pw_record_enum(draft->record, pw_kind_field(draft->kind, PW_STR("result")));

    act->event = strcmp(result, "found") == 0           ? EVENT_FOUND
                 : strcmp(result, "nothing-found") == 0 ? EVENT_NOTHING_FOUND
                                                        : EVENT_NOT_POSSIBLE;
    r->status_needed = "acknowledged";
    r->new_status = act->event == EVENT_NOT_POSSIBLE ? "returned" : "closed";
}

/* The history says what was found, not the note: that is sealed with the fact. */
static struct pw_str outcome_note(struct act *act, const struct pw_draft *draft)
{
    return pw_str_printf(act->req->arena, "{\"result\":\"%s\"}",
        pw_record_enum(draft->record, pw_kind_field(draft->kind, PW_STR("result"))));
}

void pw_desk_outcome(struct pw_request *req, void *stage)
{
    struct pw_desk *desk = stage;
    const struct pw_kind *kind = pw_facts_kind(desk->options.model, PW_STR("outcome"));
    const struct pw_read_options how = {.today = desk_today(desk), .kind = kind, .no_premises = true};
    struct act *act = desk_referral_act(req, desk, "outcome", "outcome-reported");
    struct pw_draft *draft = PW_NEW(req->arena, struct pw_draft);
    const struct pw_json *body;
    struct pw_faults faults;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    if (!pw_facts_read_json(desk->options.model, body, &how, req->arena, draft, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    if (pw_uuid_is_nil(&act->caller->client)) {
        desk_reply(req, PW_ERR_FORBIDDEN, "Dit account hoort bij geen gemeente.",
            "This account belongs to no municipality.");
        return;
    }
    set_result(act, draft);
    act->note = outcome_note(act, draft);
    act->prepare = prepare_outcome;
    act->answer = answer_outcome;
    ((struct referral_act *)act->own)->apply = apply_outcome;
    ((struct referral_act *)act->own)->more = outcome_item(req, kind, body, draft);
    desk_referral_run(act);
}
