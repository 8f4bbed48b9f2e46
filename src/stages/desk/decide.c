/*
 * Verdicts. Unfounded retires the facts it names, unclear freezes them until a date, founded stands
 * beside the alert; each becomes a row that assessing reads, so the premises are due at once.
 */
#include <string.h>

#include "desk_int.h"

#define REASON_MIN 10
#define REASON_MAX 4000
#define FACTS_MAX  1000

static const char *const verdicts[] = {"founded", "unfounded", "unclear", NULL};
static const enum alert_event events[] = {EVENT_DECIDE_FOUNDED, EVENT_DECIDE_UNFOUNDED, EVENT_DECIDE_UNCLEAR};

struct decision {
    int verdict;
    struct pw_str reason;
    struct pw_uuid *facts; /* as given; later those weighed */
    size_t fact_count;
    bool given;
    pw_day until;
    size_t s_known, s_receivers;
};

static bool read_decision(struct pw_request *req, pw_day today, const struct pw_json *body,
    struct decision *d, struct pw_faults *faults)
{
    static const char *const members[] = {"verdict", "reason", "facts", "until", NULL};
    bool ok = pw_json_known(body, NULL, members, faults);

    ok &= pw_body_word(body, NULL, "verdict", true, verdicts, &d->verdict, faults);
    ok &= pw_json_member_str(body, NULL, "reason", true, REASON_MIN, REASON_MAX, &d->reason, faults);
    ok &= desk_member_ids(body, "facts", false, FACTS_MAX, req->arena, &d->facts, &d->fact_count, faults);
    d->given = pw_json_get(body, "facts") != NULL;
    if (!desk_member_day(body, "until", d->verdict == 2, &d->until, faults))
        return false;
    if (d->until != PW_DAY_NONE && d->verdict != 2)
        ok = pw_fault_member(
            faults, NULL, "until", PW_FAULT_NOT_ALLOWED, "alleen bij unclear", "only with unclear");
    if (d->until != PW_DAY_NONE && d->until <= today)
        ok =
            pw_fault_member(faults, NULL, "until", PW_FAULT_RANGE, "een dag na vandaag", "a day after today");
    return ok;
}

static void prepare(struct act *act, struct pw_tx *tx)
{
    struct decision *d = act->own;

    d->s_known = pw_tx_add(tx, PW_SQL_DESK_FACTS_LIVE, DESK_REGION(act->caller), PW_P_UUID(&act->id),
        PW_P_UUIDS(d->facts, d->fact_count));
    desk_events_prepare(act, tx, &d->s_receivers);
}

static bool is_known(const struct pw_rows *rows, const struct pw_uuid *id)
{
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid known = pw_cell_uuid(rows, i, 0);

        if (pw_uuid_eq(&known, id))
            return true;
    }
    return false;
}

/* The facts named must be live facts of these premises. */
static bool check_facts(struct act *act, const struct pw_rows *known)
{
    struct decision *d = act->own;
    struct pw_faults faults;
    const struct pw_at list = {.name = "facts"};

    pw_faults_init(&faults, act->req->arena);
    for (size_t i = 0; i < d->fact_count; i++)
        if (!is_known(known, &d->facts[i]))
            (void)pw_fault(&faults, &(struct pw_at){.up = &list, .index = i}, PW_FAULT_REFERENCE,
                "geen feit van dit object", "no fact of these premises");
    if (faults.count == 0)
        return true;
    desk_act_faults(act, &faults);
    return false;
}

static void add_fact(struct decision *d, const struct pw_uuid *id)
{
    for (size_t i = 0; i < d->fact_count; i++)
        if (pw_uuid_eq(&d->facts[i], id))
            return;
    d->facts[d->fact_count++] = *id;
}

/* Without `facts`: all witnesses of what was shown. */
static bool take_witnesses(struct act *act)
{
    struct decision *d = act->own;
    struct pw_assessment assessment;
    struct pw_err err = {0};
    size_t most = 0;

    if (!pw_score_decode(act->req->arena, act->result, &assessment, &err)) {
        desk_act_refuse(act, PW_ERR_INTERNAL, "", "");
        return false;
    }
    for (size_t i = 0; i < assessment.shown->line_count; i++)
        most += assessment.shown->lines[i].witness_count;
    d->facts = PW_NEW_ARRAY(act->req->arena, most + 1, struct pw_uuid);
    for (size_t i = 0; i < assessment.shown->line_count; i++)
        for (size_t k = 0; k < assessment.shown->lines[i].witness_count; k++)
            add_fact(d, &assessment.shown->lines[i].witnesses[k]);
    return true;
}

static bool apply(struct act *act, struct pw_tx *tx)
{
    struct decision *d = act->own;

    if (d->given ? !check_facts(act, pw_tx_rows(tx, d->s_known)) : !take_witnesses(act))
        return false;
    act->new_verdict = pw_str_z(verdicts[d->verdict]);
    act->new_decided_at = desk_now(act->desk);
    pw_tx_add(tx, PW_SQL_DESK_DECISION_ADD, PW_P_BOOL(true), PW_P_TEXTS(NULL, 0), PW_P_UUID(&act->id),
        PW_P_UUID(&act->entry_id), PW_P_TEXT(act->new_verdict), PW_P_TEXT(d->reason),
        PW_P_UUIDS(d->facts, d->fact_count), PW_P_DATE(d->until), PW_P_UUID(&act->caller->id));
    if (act->to == ALERT_CLOSED)
        desk_events_closed(act, tx, d->s_receivers, act->new_verdict);
    desk_act_due(act, tx, "decision");
    return true;
}

static void finish(struct act *act, struct pw_jsonw *w)
{
    const struct decision *d = act->own;

    pw_jsonw_key(w, "verdict");
    pw_jsonw_str(w, act->new_verdict);
    pw_jsonw_key(w, "facts");
    pw_jsonw_array(w);
    for (size_t i = 0; i < d->fact_count; i++)
        pw_jsonw_uuid(w, &d->facts[i]);
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "until");
    pw_jsonw_day(w, d->until);
    pw_jsonw_key(w, "decidedBy");
    pw_jsonw_str(w, act->caller->name);
    pw_jsonw_key(w, "decidedOn");
    pw_jsonw_day(w, pw_day_in_netherlands(act->new_decided_at));
}

void pw_desk_decide(struct pw_request *req, void *stage)
{
    struct act *act = desk_act(req, stage, EVENT_DECIDE_FOUNDED, "decided", "alert-decided");
    struct decision *d;
    const struct pw_json *body;
    struct pw_faults faults;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    d = act->own = PW_NEW(req->arena, struct decision);
    if (!read_decision(req, desk_today(stage), body, d, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    act->event = events[d->verdict];
    act->note = pw_str_dup(req->arena, req->body);
    act->prepare = prepare;
    act->apply = apply;
    act->finish = finish;
    desk_act_run(act);
}
