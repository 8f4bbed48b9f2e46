/*
 * Referrals: proposed by who holds the alert, approved by another, answered by the receiver. What a
 * receiver sees carries no score, no level and no names of the desk's people.
 */
#include <string.h>

#include "desk_int.h"

#define PURPOSE_MAX 2000
#define NOTE_MAX    2000
#define RELEASE_MAX 200
#define ACTIONS_MAX 20
#define RESPOND_MAX 366 /* days ahead */
#define ACK_DAYS    5   /* working days to acknowledge */

static struct pw_str text(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_text(rows, row, pw_rows_column(rows, column));
}

/* ---- as JSON ---- */

static void write_text(struct pw_jsonw *w, const char *name, struct pw_str value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_str(w, value);
}

static void write_second(struct pw_jsonw *w, const char *name, pw_usec at)
{
    pw_jsonw_key(w, name);
    pw_jsonw_instant(w, at == PW_TIME_NONE ? at : at / PW_USEC_PER_SEC * PW_USEC_PER_SEC);
}

static void write_desk_part(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid alert = pw_cell_uuid(rows, row, pw_rows_column(rows, "alert"));

    pw_jsonw_key(w, "alertId");
    pw_jsonw_uuid(w, &alert);
    write_text(w, "proposedBy", text(rows, row, "proposed_by"));
    pw_jsonw_key(w, "approvedBy");
    if (text(rows, row, "approved_by").len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, text(rows, row, "approved_by"));
}

static void write_lists(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_arena *arena = pw_arena_new();
    size_t count;
    struct pw_str *actions = pw_cell_texts(rows, row, pw_rows_column(rows, "actions"), arena, &count);
    struct pw_uuid *release;

    pw_jsonw_key(w, "actions");
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_str(w, actions[i]);
    pw_jsonw_end_array(w);
    release = pw_cell_uuids(rows, row, pw_rows_column(rows, "release"), arena, &count);
    pw_jsonw_key(w, "release");
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_uuid(w, &release[i]);
    pw_jsonw_end_array(w);
    pw_arena_free(arena);
}

void desk_write_referral(const struct pw_rows *rows, size_t row, bool desk, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_uuid premises = pw_cell_uuid(rows, row, pw_rows_column(rows, "premises"));

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    write_text(w, "status", text(rows, row, "status"));
    desk_write_premises(rows, row, &premises, w);
    write_text(w, "to", text(rows, row, "receiver_oin"));
    write_text(w, "purpose", text(rows, row, "purpose"));
    write_text(w, "ground", text(rows, row, "ground"));
    write_text(w, "question", text(rows, row, "question"));
    write_lists(rows, row, w);
    pw_jsonw_key(w, "acknowledgeBy");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "acknowledge_by")));
    pw_jsonw_key(w, "respondBy");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "respond_by")));
    write_second(w, "proposedAt", pw_cell_time(rows, row, pw_rows_column(rows, "proposed_at")));
    write_second(w, "approvedAt", pw_cell_time(rows, row, pw_rows_column(rows, "approved_at")));
    if (desk)
        write_desk_part(rows, row, w);
    desk_write_self("/v1/referrals/", &id, w);
    pw_jsonw_end_object(w);
}

struct pw_str desk_receiver_oin(const struct pw_caller *caller)
{
    if (pw_caller_has(caller, PW_ROLE_ANALYST) || pw_caller_has(caller, PW_ROLE_CASE_LEAD))
        return (struct pw_str){NULL, 0};
    return pw_str_z(caller->controller);
}

static void reply_referral(struct pw_request *req, int status, const struct pw_rows *rows)
{
    struct pw_uuid id = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    char out[PW_UUID_TEXT];
    struct pw_buf json;
    struct pw_jsonw w;

    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    desk_write_referral(rows, 0, desk_receiver_oin(pw_caller_of(req)).data == NULL, &w);
    desk_etag(req, 'r', pw_cell_i64(rows, 0, pw_rows_column(rows, "version")));
    if (status == 201)
        pw_reply_header(
            req, "Location", pw_str_printf(req->arena, "/v1/referrals/%s", pw_uuid_format(&id, out)));
    pw_reply_json(req, status, &json);
    pw_buf_release(&json);
}

/* ---- proposing ---- */

struct proposal {
    struct pw_str to, purpose, question;
    int ground;
    struct pw_uuid *release;
    size_t release_count;
    struct pw_str *actions;
    size_t action_count;
    pw_day respond_by;
    size_t s_receiver, s_known, s_under_way, s_get;
};

static bool read_actions(
    struct pw_request *req, const struct pw_json *body, struct proposal *p, struct pw_faults *faults)
{
    const struct pw_json *list = pw_json_get(body, "actions");
    const struct pw_at at = {.name = "actions"};
    bool ok = true;

    p->actions = PW_NEW_ARRAY(req->arena, ACTIONS_MAX + 1, struct pw_str);
    if (list == NULL)
        return pw_fault(faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    if (!pw_json_is_array(list))
        return pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
    if (pw_json_count(list) > ACTIONS_MAX)
        return pw_fault(faults, &at, PW_FAULT_LENGTH, NULL, NULL);
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_json *item = pw_json_item(list, i);
        const struct pw_at place = {.up = &at, .index = i};

        if (!pw_json_is_string(item))
            ok = pw_fault(faults, &place, PW_FAULT_TYPE, NULL, NULL);
        else if (pw_json_str(item).len < 1 || pw_json_str(item).len > 40)
            ok = pw_fault(faults, &place, PW_FAULT_LENGTH, NULL, NULL);
        else
            p->actions[p->action_count++] = pw_json_str(item);
    }
    return ok;
}

static bool read_proposal(struct pw_request *req, pw_day today, const struct pw_json *body,
    struct proposal *p, struct pw_faults *faults)
{
    static const char *const members[] = {
        "to", "purpose", "ground", "release", "question", "actions", "respondBy", NULL};
    bool ok = pw_json_known(body, NULL, members, faults);

    if (!pw_json_member_str(body, NULL, "to", true, 1, 100, &p->to, faults))
        ok = false;
    else if (p->to.len != 20 || strspn(p->to.data, "0123456789") != 20)
        ok = pw_fault_member(
            faults, NULL, "to", PW_FAULT_PATTERN, "een OIN van 20 cijfers", "an OIN of 20 digits");
    ok &= pw_json_member_str(body, NULL, "purpose", true, 1, PURPOSE_MAX, &p->purpose, faults);
    ok &= pw_body_word(body, NULL, "ground", true, pw_ground_words, &p->ground, faults);
    ok &= desk_member_ids(
        body, "release", true, RELEASE_MAX, req->arena, &p->release, &p->release_count, faults);
    ok &= pw_json_member_str(body, NULL, "question", true, 1, PURPOSE_MAX, &p->question, faults);
    ok &= read_actions(req, body, p, faults);
    if (!desk_member_day(body, "respondBy", true, &p->respond_by, faults))
        ok = false;
    else if (p->respond_by <= today || p->respond_by > today + RESPOND_MAX)
        ok = pw_fault_member(faults, NULL, "respondBy", PW_FAULT_RANGE,
            "een dag na vandaag, hooguit een jaar vooruit", "a day after today, at most a year ahead");
    return ok;
}

static void prepare_proposal(struct act *act, struct pw_tx *tx)
{
    struct proposal *p = act->own;

    p->s_receiver = pw_tx_add(tx, PW_SQL_DESK_REFERRAL_RECEIVER, DESK_REGION(act->caller), PW_P_TEXT(p->to));
    p->s_known = pw_tx_add(tx, PW_SQL_DESK_FACTS_LIVE, DESK_REGION(act->caller), PW_P_UUID(&act->id),
        PW_P_UUIDS(p->release, p->release_count));
    p->s_under_way =
        pw_tx_add(tx, PW_SQL_DESK_REFERRAL_UNDER_WAY, DESK_REGION(act->caller), PW_P_UUID(&act->id));
}

static bool in_rows(const struct pw_rows *rows, const struct pw_uuid *id)
{
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid known = pw_cell_uuid(rows, i, 0);

        if (pw_uuid_eq(&known, id))
            return true;
    }
    return false;
}

static bool check_proposal(struct act *act, struct pw_tx *tx)
{
    struct proposal *p = act->own;
    const struct pw_at list = {.name = "release"};
    struct pw_faults faults;

    pw_faults_init(&faults, act->req->arena);
    if (pw_rows_count(pw_tx_rows(tx, p->s_receiver)) == 0)
        (void)pw_fault_member(&faults, NULL, "to", PW_FAULT_REFERENCE, "geen ontvanger met dit OIN",
            "no receiver has this OIN");
    for (size_t i = 0; i < p->release_count; i++)
        if (!in_rows(pw_tx_rows(tx, p->s_known), &p->release[i]))
            (void)pw_fault(&faults, &(struct pw_at){.up = &list, .index = i}, PW_FAULT_REFERENCE,
                "geen feit van dit object", "no fact of these premises");
    if (faults.count > 0) {
        desk_act_faults(act, &faults);
        return false;
    }
    if (pw_rows_count(pw_tx_rows(tx, p->s_under_way)) > 0) {
        desk_act_refuse(
            act, PW_ERR_TRANSITION, "Er loopt al een doorverwijzing.", "A referral is under way already.");
        return false;
    }
    return true;
}

static bool apply_proposal(struct act *act, struct pw_tx *tx)
{
    struct proposal *p = act->own;
    struct pw_uuid receiver;

    if (!check_proposal(act, tx))
        return false;
    receiver = pw_cell_uuid(pw_tx_rows(tx, p->s_receiver), 0, 0);
    pw_tx_add(tx, PW_SQL_DESK_REFERRAL_ADD, DESK_REGION(act->caller), PW_P_UUID(&act->id),
        PW_P_UUID(&act->entry_id), PW_P_UUID(&receiver), PW_P_TEXT(p->purpose),
        PW_P_TEXT_Z(pw_ground_words[p->ground]), PW_P_UUIDS(p->release, p->release_count),
        PW_P_TEXT(p->question), PW_P_TEXTS(p->actions, p->action_count), PW_P_DATE(p->respond_by),
        PW_P_UUID(&act->caller->id));
    p->s_get = pw_tx_add(
        tx, PW_SQL_DESK_REFERRAL_GET, DESK_REGION(act->caller), PW_P_NULL, PW_P_UUID(&act->entry_id));
    return true;
}

static void answer_proposal(struct act *act, struct pw_tx *tx)
{
    const struct proposal *p = act->own;

    reply_referral(act->req, 201, pw_tx_rows(tx, p->s_get));
}

void pw_desk_refer(struct pw_request *req, void *stage)
{
    struct act *act = desk_act(req, stage, EVENT_PROPOSE_REFERRAL, "referral-proposed", "referral-proposed");
    const struct pw_json *body;
    struct pw_faults faults;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    act->own = PW_NEW(req->arena, struct proposal);
    if (!read_proposal(req, desk_today(stage), body, act->own, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    act->note = pw_str_dup(req->arena, req->body);
    act->prepare = prepare_proposal;
    act->apply = apply_proposal;
    act->answer = answer_proposal;
    desk_act_run(act);
}

/* ---- any write on a referral ---- */

struct act *desk_referral_act(
    struct pw_request *req, struct pw_desk *desk, const char *entry, const char *audit)
{
    struct act *act = desk_act(req, desk, EVENT_NOTE, entry, audit);
    struct referral_act *r;

    if (act == NULL)
        return NULL;
    r = act->own = PW_NEW(req->arena, struct referral_act);
    r->id = act->id; /* the route's id is the referral's */
    r->acknowledge_by = PW_DAY_NONE;
    return act;
}

static void answer_referral(struct act *act, struct pw_tx *tx)
{
    const struct referral_act *r = act->own;

    reply_referral(act->req, 201, pw_tx_rows(tx, r->s_get));
}

static bool apply_referral(struct act *act, struct pw_tx *tx)
{
    struct referral_act *r = act->own;

    if (!pw_str_is(pw_cell_text(r->rows, 0, pw_rows_column(r->rows, "referral_status")), r->status_needed)) {
        desk_act_refuse(act, PW_ERR_TRANSITION, "De status van de doorverwijzing laat deze stap niet toe.",
            "The status of the referral does not allow this step.");
        return false;
    }
    pw_tx_add(tx, PW_SQL_DESK_REFERRAL_SET, PW_P_BOOL(true), PW_P_TEXTS(NULL, 0), PW_P_UUID(&act->premises),
        PW_P_UUID(&r->id), PW_P_TEXT_Z(r->new_status), PW_P_UUID_OPT(&r->approved_by),
        PW_P_DATE(r->acknowledge_by));
    r->s_get = pw_tx_add(
        tx, PW_SQL_DESK_REFERRAL_GET, PW_P_BOOL(true), PW_P_TEXTS(NULL, 0), PW_P_NULL, PW_P_UUID(&r->id));
    return r->apply == NULL || r->apply(act, tx);
}

static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct act *act = arg;
    struct referral_act *r = act->own;

    if (!ok) {
        pw_reply_err(act->req, err);
        return;
    }
    act->tx = tx;
    r->rows = pw_tx_rows(tx, act->s_lock);
    if (pw_rows_count(r->rows) == 0) {
        pw_tx_abort(tx);
        desk_reply_not_found(act->req);
        return;
    }
    /* The desk may have seen the referral or its alert; either says that nothing has changed since. */
    if (!desk_if_match(act->req, 'r', pw_cell_i64(r->rows, 0, pw_rows_column(r->rows, "referral_version"))) &&
        !desk_if_match(act->req, 'a', pw_cell_i64(r->rows, 0, pw_rows_column(r->rows, "version")))) {
        desk_act_refuse(act, PW_ERR_PRECONDITION,
            "De doorverwijzing is intussen gewijzigd; haal haar opnieuw op.",
            "The referral has changed meanwhile; get it again.");
        return;
    }
    r->proposed_by = pw_cell_uuid(r->rows, 0, pw_rows_column(r->rows, "proposed_by"));
    r->receiver = pw_cell_uuid(r->rows, 0, pw_rows_column(r->rows, "receiver"));
    desk_act_locked(act, tx, r->rows);
}

void desk_referral_run(struct act *act)
{
    struct referral_act *r = act->own;
    struct pw_str oin = desk_receiver_oin(act->caller);
    struct pw_tx *tx = pw_db_begin(act->desk->options.db, "desk: write on a referral", 0);

    act->apply = apply_referral;
    if (act->answer == NULL)
        act->answer = answer_referral;
    act->s_lock =
        pw_tx_add(tx, PW_SQL_DESK_REFERRAL_LOCK, DESK_REGION(act->caller), PW_P_TEXT(oin), PW_P_UUID(&r->id));
    if (act->prepare != NULL)
        act->prepare(act, tx);
    pw_tx_send(tx, on_locked, act);
}

/* ---- approving ---- */

static void prepare_approval(struct act *act, struct pw_tx *tx)
{
    struct referral_act *r = act->own;

    r->s_facts = pw_tx_add(tx, PW_SQL_DESK_REFERRAL_FACTS, DESK_REGION(act->caller), PW_P_UUID(&r->id));
}

static bool apply_approval(struct act *act, struct pw_tx *tx)
{
    struct referral_act *r = act->own;
    struct pw_err err = {0};

    if (pw_uuid_eq(&r->proposed_by, &act->caller->id)) {
        desk_act_refuse(act, PW_ERR_FORBIDDEN, "Een ander dan de indiener keurt goed.",
            "Somebody else than who proposed it approves.");
        return false;
    }
    if (act->event == EVENT_REFUSE_REFERRAL || desk_events_referral(act, tx, &err))
        return true;
    pw_tx_abort(tx);
    pw_reply_err(act->req, &err);
    return false;
}

void pw_desk_approve_referral(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"approve", "note", NULL};
    struct act *act = desk_referral_act(req, stage, "referral-decided", "referral-decided");
    struct referral_act *r;
    const struct pw_json *body, *approve;
    struct pw_faults faults;
    struct pw_str note;
    bool ok;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    approve = pw_json_get(body, "approve");
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= pw_json_member_str(body, NULL, "note", false, 0, NOTE_MAX, &note, &faults);
    if (approve == NULL)
        ok = pw_fault_member(&faults, NULL, "approve", PW_FAULT_REQUIRED, NULL, NULL);
    else if (!pw_json_is_bool(approve))
        ok = pw_fault_member(&faults, NULL, "approve", PW_FAULT_TYPE, NULL, NULL);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    r = act->own;
    act->event = pw_json_bool(approve) ? EVENT_APPROVE_REFERRAL : EVENT_REFUSE_REFERRAL;
    act->note = pw_str_dup(req->arena, req->body);
    r->status_needed = "proposed";
    r->new_status = pw_json_bool(approve) ? "approved" : "refused";
    r->approved_by = act->caller->id;
    if (pw_json_bool(approve))
        r->acknowledge_by = desk_working_days(stage, ACK_DAYS);
    r->apply = apply_approval;
    act->prepare = prepare_approval;
    desk_referral_run(act);
}
