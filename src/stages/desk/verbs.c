/* Claiming, releasing, notes, weighings, snoozes, closing: the short verbs on an alert. */
#include <string.h>

#include "desk_int.h"

#define REASON_MIN  10
#define REASON_MAX  4000
#define WEIGH_MAX   2000
#define SNOOZE_DAYS 90

static bool no_members(struct pw_request *req)
{
    static const char *const none[] = {NULL};
    const struct pw_json *body;
    struct pw_faults faults;

    if (!desk_body(req, true, &faults, &body))
        return false;
    if (pw_json_known(body, NULL, none, &faults))
        return true;
    pw_reply_faults(req, &faults);
    return false;
}

/* The body as the history keeps it. */
static struct pw_str note_of(struct pw_request *req)
{
    return pw_str_dup(req->arena, req->body);
}

/* ---- claims ---- */

static bool apply_claim(struct act *act, struct pw_tx *tx)
{
    (void)tx;
    act->new_assignee = act->caller->id;
    return true;
}

void pw_desk_claim(struct pw_request *req, void *stage)
{
    struct act *act = desk_act(req, stage, EVENT_CLAIM, "claimed", "alert-claimed");

    if (act == NULL || !no_members(req))
        return;
    act->apply = apply_claim;
    act->answer_alert = true;
    desk_act_run(act);
}

static bool apply_release(struct act *act, struct pw_tx *tx)
{
    (void)tx;
    memset(&act->new_assignee, 0, sizeof act->new_assignee);
    return true;
}

void pw_desk_release(struct pw_request *req, void *stage)
{
    struct act *act = desk_act(req, stage, EVENT_RELEASE, "released", "alert-released");

    if (act == NULL)
        return;
    act->apply = apply_release;
    act->status = 204;
    desk_act_run(act);
}

/* ---- notes ---- */

void pw_desk_note(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"text", NULL};
    struct act *act = desk_act(req, stage, EVENT_NOTE, "note", "alert-noted");
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_str text;
    bool ok;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= pw_json_member_str(body, NULL, "text", true, 1, REASON_MAX, &text, &faults);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    act->note = note_of(req);
    desk_act_run(act);
}

/* ---- weighings ---- */

static const char *const questions[] = {
    "concrete", "recent", "fitsPhenomenon", "proportionate", "subsidiary", NULL};

static bool read_weighing(const struct pw_json *body, struct pw_faults *faults)
{
    static const char *const members[] = {"answer", "reason", NULL}, *const answers[] = {
                                                                         "yes", "no", "partly", NULL};
    bool ok = pw_json_known(body, NULL, questions, faults);
    struct pw_str reason;
    int answer;

    for (size_t i = 0; questions[i] != NULL; i++) {
        const struct pw_json *one = pw_json_get(body, questions[i]);
        const struct pw_at at = {.name = questions[i]};

        if (one == NULL) {
            ok = pw_fault(faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
        } else if (!pw_json_is_object(one)) {
            ok = pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
        } else {
            ok &= pw_json_known(one, &at, members, faults);
            ok &= pw_body_word(one, &at, "answer", true, answers, &answer, faults);
            ok &= pw_json_member_str(one, &at, "reason", true, REASON_MIN, WEIGH_MAX, &reason, faults);
        }
    }
    return ok;
}

void pw_desk_weigh(struct pw_request *req, void *stage)
{
    struct act *act = desk_act(req, stage, EVENT_WEIGH, "weighed", "alert-weighed");
    const struct pw_json *body;
    struct pw_faults faults;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    if (!read_weighing(body, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    act->note = note_of(req);
    desk_act_run(act);
}

/* ---- snoozes ---- */

static bool apply_snooze(struct act *act, struct pw_tx *tx)
{
    (void)tx;
    act->new_snoozed = *(pw_day *)act->own;
    return true;
}

void pw_desk_snooze(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"until", "reason", NULL};
    struct act *act = desk_act(req, stage, EVENT_SNOOZE, "snoozed", "alert-snoozed");
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_str reason;
    pw_day *until, today;
    bool ok;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    until = PW_NEW(req->arena, pw_day);
    today = desk_today(stage);
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= pw_json_member_str(body, NULL, "reason", true, 1, WEIGH_MAX, &reason, &faults);
    if (!desk_member_day(body, "until", true, until, &faults))
        ok = false;
    else if (*until <= today || *until > today + SNOOZE_DAYS)
        ok = pw_fault_member(
            &faults, NULL, "until", PW_FAULT_RANGE, "1 tot 90 dagen vooruit", "1 to 90 days ahead");
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    act->note = note_of(req);
    act->own = until;
    act->apply = apply_snooze;
    desk_act_run(act);
}

static bool apply_unsnooze(struct act *act, struct pw_tx *tx)
{
    (void)tx;
    if (act->snoozed_until == PW_DAY_NONE) {
        desk_act_refuse(
            act, PW_ERR_TRANSITION, "De melding is niet uitgesteld.", "The alert is not snoozed.");
        return false;
    }
    act->new_snoozed = PW_DAY_NONE;
    return true;
}

void pw_desk_unsnooze(struct pw_request *req, void *stage)
{
    struct act *act = desk_act(req, stage, EVENT_UNSNOOZE, "unsnoozed", "alert-unsnoozed");

    if (act == NULL)
        return;
    act->apply = apply_unsnooze;
    act->status = 204;
    desk_act_run(act);
}

/* ---- closures ---- */

static void prepare_closure(struct act *act, struct pw_tx *tx)
{
    desk_events_prepare(act, tx, act->own);
}

static bool apply_closure(struct act *act, struct pw_tx *tx)
{
    desk_events_closed(act, tx, *(size_t *)act->own, PW_STR("founded"));
    desk_act_due(act, tx, "decision");
    return true;
}

void pw_desk_close(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"reason", NULL};
    struct act *act = desk_act(req, stage, EVENT_CLOSE, "closed", "alert-closed");
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_str reason;
    bool ok;

    if (act == NULL || !desk_body(req, false, &faults, &body))
        return;
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= pw_json_member_str(body, NULL, "reason", true, REASON_MIN, REASON_MAX, &reason, &faults);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    act->note = note_of(req);
    act->own = PW_NEW(req->arena, size_t);
    act->prepare = prepare_closure;
    act->apply = apply_closure;
    desk_act_run(act);
}
