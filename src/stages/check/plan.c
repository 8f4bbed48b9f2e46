/*
 * Plans: what a landlord looks at again and again during a tenancy, and when. Business premises, boxes and
 * barns every quarter; a home only as agreed in the lease. Dates are rows, so that no restart loses one; the
 * reminding is done in remind.c.
 */
#include "check_int.h"

#include <string.h>

#include <pandwacht/mail.h>

#define QUARTER_DAYS 92
#define MONTH_DAYS   31
#define KEEP_DAYS    731 /* of what was done */
#define URL_MAX      500

struct plan {
    struct pw_str source_id, subject, object, remind_by, to, language;
    struct pw_premises_ref premises;
    int64_t every_days;
    pw_day next_on;
    bool agreed;
};

static const char *const subjects[] = {"inspection", "payments", "locks", "registration", NULL};
static const char *const objects[] = {
    "home", "room", "business-unit", "garage-box", "barn", "holiday-unit", NULL};
static const char *const channels[] = {"none", "mail", "webhook", NULL};

static bool lived_in(const struct plan *plan)
{
    return pw_str_is(plan->object, "home") || pw_str_is(plan->object, "room");
}

static void read_every(const struct pw_json *body, struct plan *plan, struct pw_faults *faults)
{
    const struct pw_json *node = pw_json_get(body, "everyDays");
    plan->every_days = pw_str_is(plan->subject, "payments") ? MONTH_DAYS : QUARTER_DAYS;
    if (node != NULL && !pw_json_is_number(node))
        pw_fault_member(faults, NULL, "everyDays", PW_FAULT_TYPE, NULL, NULL);
    else if (node != NULL && (!pw_json_to_i64(node, &plan->every_days) || plan->every_days < 7 ||
                                 plan->every_days > KEEP_DAYS))
        pw_fault_member(faults, NULL, "everyDays", PW_FAULT_RANGE, "7 tot 731 dagen", "7 to 731 days");
}

static bool is_https(struct pw_str url)
{
    return pw_str_has_prefix(url, PW_STR("https://")) && url.len > 12 &&
           memchr(url.data, ' ', url.len) == NULL;
}

static void read_channel(const struct pw_json *body, struct plan *plan, struct pw_faults *faults)
{
    check_word(body, "remindBy", false, channels, &plan->remind_by, faults);
    if (plan->remind_by.len == 0)
        plan->remind_by = PW_STR("none");
    bool mail = pw_str_is(plan->remind_by, "mail"), hook = pw_str_is(plan->remind_by, "webhook");
    plan->to = (struct pw_str){NULL, 0};
    if ((mail || hook) && pw_json_member_str(body, NULL, "remindTo", true, 1, URL_MAX, &plan->to, faults) &&
        !(mail ? pw_mail_is_address(plan->to) : is_https(plan->to)))
        pw_fault_member(faults, NULL, "remindTo", PW_FAULT_PATTERN,
            "Een mailadres, of een adres met https://", "A mail address, or one with https://");
}

static bool read_plan(struct check_call *call, const struct pw_json **ret)
{
    static const char *const members[] = {"sourceId", "premises", "subject", "object", "agreed", "everyDays",
        "nextOn", "remindBy", "remindTo", NULL};
    struct plan *plan = call->own;
    struct pw_faults faults;
    pw_day today = pw_day_in_netherlands(call->now);
    if (!pw_body_object(call->req, &faults, ret))
        return false;
    check_known(call->checks, *ret, members, &faults);
    check_source_id(*ret, &plan->source_id, &faults);
    (void)!check_read_premises(call->req, *ret, &plan->premises, &faults);
    check_word(*ret, "subject", true, subjects, &plan->subject, &faults);
    check_word(*ret, "object", true, objects, &plan->object, &faults);
    check_bool(*ret, "agreed", false, &plan->agreed, &faults);
    read_every(*ret, plan, &faults);
    check_day(*ret, "nextOn", false, today + KEEP_DAYS, &plan->next_on, &faults);
    read_channel(*ret, plan, &faults);
    if (lived_in(plan) && pw_str_is(plan->subject, "inspection") && !plan->agreed)
        pw_fault_member(&faults, NULL, "agreed", PW_FAULT_NOT_ALLOWED,
            "Een woning wordt alleen gecontroleerd zoals in het contract is afgesproken (Grondwet artikel "
            "12)",
            "A home is inspected only as the lease provides (Constitution article 12)");
    if (plan->next_on == PW_DAY_NONE)
        plan->next_on = today + (pw_day)plan->every_days;
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

struct pw_str check_plan_place(struct pw_arena *arena, const struct pw_uuid *id)
{
    char text[PW_UUID_TEXT];
    return pw_str_printf(arena, "care_plan/%s", pw_uuid_format(id, text));
}

static void reply_plan(struct check_call *call, const char *status, int code, pw_day next_on)
{
    struct pw_buf out;
    struct pw_jsonw w;
    check_answer_begin(&out, &w, &call->id, status);
    pw_jsonw_key(&w, "nextOn");
    pw_jsonw_day(&w, next_on);
    check_answer_end(call->req, code, &out, &w);
}

static void on_planned(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, call->before);
    bool added = pw_rows_affected(pw_tx_rows(tx, call->statement)) > 0;
    if (check_same(call, rows, PW_ERR_INTERNAL))
        reply_plan(
            call, "planned", added ? 201 : 200, pw_cell_date(rows, 0, pw_rows_column(rows, "next_on")));
}

void pw_check_plan(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct plan *plan = PW_NEW(req->arena, struct plan);
    const struct pw_uuid *landlord = check_landlord(req);
    struct pw_str sealed = {NULL, 0};
    const struct pw_json *body;
    struct pw_err err;
    call->own = plan;
    if (landlord == NULL || !read_plan(call, &body) ||
        !check_content_mac(call->checks, req, "care-plan", body, call->mac))
        return;
    if (plan->to.len > 0 && !pw_crypto_seal(call->checks->options.keys, req->arena, plan->to,
                                check_plan_place(req->arena, &call->id), &sealed, &err)) {
        pw_reply_err(req, &err);
        return;
    }
    struct pw_uuid premises = check_premises_id(req->arena, landlord, &plan->premises);
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "care-planned",
        .object_kind = "care-plan",
        .object = call->id};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: plan", 0);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_PLAN_ADD, PW_P_UUID(&call->id), PW_P_UUID(landlord),
        PW_P_TEXT(plan->source_id), PW_P_BYTES(call->mac, sizeof call->mac), PW_P_UUID(&premises),
        PW_P_JSON(check_named(req->arena, &plan->premises)), PW_P_TEXT(plan->subject),
        PW_P_TEXT(plan->object), PW_P_I32(plan->every_days), PW_P_DATE(plan->next_on),
        PW_P_TEXT(plan->remind_by), PW_P_BYTEA(sealed), PW_P_TEXT_Z(req->lang == PW_LANG_NL ? "nl" : "en"),
        PW_P_TIME(call->now));
    call->before =
        pw_tx_add(tx, PW_SQL_CHECK_PLAN_BY_SOURCE, PW_P_UUID(landlord), PW_P_TEXT(plan->source_id));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_planned, call);
}

/* ---- done ---- */

struct held {
    struct pw_str source_id, result;
    pw_day held_on;
};

static const char *const held_results[] = {"as-agreed", "to-follow-up", "not-admitted", NULL};

static bool read_held(struct check_call *call, const struct pw_json **ret)
{
    static const char *const members[] = {"sourceId", "heldOn", "result", NULL};
    struct held *held = call->own;
    struct pw_faults faults;
    if (!pw_body_object(call->req, &faults, ret))
        return false;
    check_known(call->checks, *ret, members, &faults);
    check_source_id(*ret, &held->source_id, &faults);
    check_day(*ret, "heldOn", true, pw_day_in_netherlands(call->now), &held->held_on, &faults);
    check_word(*ret, "result", true, held_results, &held->result, &faults);
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

static void on_held(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *moved = pw_tx_rows(tx, call->statement);
    if (pw_rows_count(moved) > 0)
        reply_plan(call, "kept", 201, pw_cell_date(moved, 0, 0));
    else if (check_same(call, pw_tx_rows(tx, call->before), PW_ERR_NOT_FOUND)) {
        struct pw_buf out;
        struct pw_jsonw w;
        check_answer_begin(&out, &w, &call->id, "kept");
        check_answer_end(call->req, 200, &out, &w);
    }
}

void pw_check_plan_held(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct held *held = PW_NEW(req->arena, struct held);
    const struct pw_uuid *landlord = check_landlord(req);
    struct pw_uuid plan;
    const struct pw_json *body;
    char day[PW_DATE_TEXT];
    call->own = held;
    if (landlord == NULL || !check_path_id(req, &plan) || !read_held(call, &body) ||
        !check_content_mac(call->checks, req, "care-held", body, call->mac))
        return;
    struct pw_str what = pw_str_printf(req->arena, "{\"heldOn\":\"%s\",\"result\":\"%.*s\"}",
        pw_day_format(held->held_on, day), PW_STR_ARG(held->result));
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "care-held",
        .object_kind = "care-plan",
        .object = plan};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: held", 0);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_PLAN_HELD, PW_P_UUID(landlord), PW_P_UUID(&plan),
        PW_P_UUID(&call->id), PW_P_TEXT(held->source_id), PW_P_BYTES(call->mac, sizeof call->mac),
        PW_P_JSON(what), PW_P_DATE(held->held_on), PW_P_TIME(call->now),
        PW_P_DATE(pw_day_in_netherlands(call->now) + KEEP_DAYS));
    call->before =
        pw_tx_add(tx, PW_SQL_CHECK_CARE_BY_SOURCE, PW_P_UUID(landlord), PW_P_TEXT(held->source_id));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_held, call);
}

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

void pw_check_end_plan(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    if (!check_path_id(req, &call->id))
        return;
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: end plan", 0);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_PLAN_END, PW_P_UUID(&call->caller->client),
        PW_P_UUID(&call->id), PW_P_TIME(call->now));
    pw_tx_commit(tx, on_ended, call);
}

/* ---- lists ---- */

static void write_text(
    struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row, const char *column)
{
    pw_jsonw_key(w, name);
    pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, column)));
}

static void write_id(
    struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row, const char *column)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, column));
    pw_jsonw_key(w, name);
    pw_jsonw_uuid(w, &id);
}

static void write_plan(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    pw_jsonw_object(w);
    write_id(w, "id", rows, row, "id");
    write_text(w, "sourceId", rows, row, "source_id");
    pw_jsonw_key(w, "premises");
    pw_jsonw_raw(w, pw_cell_text(rows, row, pw_rows_column(rows, "named")));
    write_text(w, "subject", rows, row, "subject");
    write_text(w, "object", rows, row, "object");
    pw_jsonw_key(w, "everyDays");
    pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, "every_days")));
    pw_jsonw_key(w, "nextOn");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "next_on")));
    write_text(w, "remindBy", rows, row, "remind_by");
    pw_jsonw_end_object(w);
}

static void write_reminder(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    pw_jsonw_object(w);
    write_id(w, "id", rows, row, "id");
    write_id(w, "plan", rows, row, "plan");
    write_text(w, "subject", rows, row, "subject");
    write_text(w, "object", rows, row, "object");
    pw_jsonw_key(w, "dueOn");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "due_on")));
    write_text(w, "state", rows, row, "state");
    pw_jsonw_end_object(w);
}

static void list_own(struct pw_request *req, void *stage, enum pw_sql sql,
    void (*write)(struct pw_jsonw *w, const struct pw_rows *rows, size_t row))
{
    struct check_list *list = check_list_new(req, stage, "made_at", write);
    if (list == NULL)
        return;
    struct pw_tx *tx = pw_db_begin(list->checks->options.db, "check: list", PW_DB_READ_ONLY);
    list->statement = pw_tx_add(tx, sql, PW_P_UUID(&pw_caller_of(req)->client), PW_P_TIME(list->after_at),
        PW_P_UUID_OPT(&list->after_id), PW_P_I64(list->most + 1));
    check_list_send(list, tx);
}

void pw_check_list_plans(struct pw_request *req, void *stage)
{
    list_own(req, stage, PW_SQL_CHECK_PLAN_LIST, write_plan);
}

void pw_check_list_reminders(struct pw_request *req, void *stage)
{
    list_own(req, stage, PW_SQL_CHECK_REMIND_LIST, write_reminder);
}
