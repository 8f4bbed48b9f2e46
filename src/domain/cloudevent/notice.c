/*
 * referral.* and danger.reported: what people decided to pass on, and what cannot wait for them.
 * Neither carries a score or a level.
 */
#include "cloudevent_int.h"

/* Tips are told by month and "one" or "several" origins, so that no neighbour can be made out. */
static void write_fact(struct pw_jsonw *w, const struct pw_event_fact *fact)
{
    char date[PW_DATE_TEXT];

    pw_jsonw_object(w);
    pw_jsonw_key(w, "kind");
    pw_jsonw_str(w, fact->kind);
    if (pw_str_is(fact->kind, "tip")) {
        pw_day_format(fact->occurred_on, date);
        pw_jsonw_key(w, "month");
        pw_jsonw_str(w, (struct pw_str){date, 7});
        event_write_str_if(w, "origins", fact->origins);
    } else {
        event_write_day_if(w, "occurredOn", fact->occurred_on);
    }
    if (fact->fields.len > 0) {
        /* ready members follow the ones above; kind is always there, so a comma is always right */
        pw_buf_putc(w->buf, ',');
        pw_buf_put_str(w->buf, fact->fields);
    }
    pw_jsonw_end_object(w);
}

static void write_facts(struct pw_jsonw *w, const struct pw_event_referral *referral)
{
    pw_jsonw_key(w, "facts");
    pw_jsonw_array(w);
    for (size_t i = 0; i < referral->fact_count; i++) {
        write_fact(w, &referral->facts[i]);
    }
    pw_jsonw_end_array(w);
}

static bool render_referral(struct pw_arena *arena, const struct pw_event_head *head,
    const struct pw_uuid *id, const struct pw_event_referral *referral, bool with_facts, struct pw_str *ret)
{
    struct pw_buf buf;
    struct pw_jsonw w;

    pw_buf_init(&buf, PW_CLOUDEVENT_MAX);
    pw_jsonw_init(&w, &buf);
    event_frame_open(&w, head, id, &referral->premises, with_facts ? NULL : "/v1/referrals/", &referral->id);
    pw_jsonw_key(&w, "referralId");
    pw_jsonw_uuid(&w, &referral->id);
    event_write_premises(&w, &referral->premises, true);
    event_write_str_if(&w, "purpose", referral->purpose);
    event_write_str_if(&w, "ground", referral->ground);
    event_write_str_if(&w, "question", referral->question);
    pw_jsonw_key(&w, "actions");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < referral->action_count; i++) {
        pw_jsonw_str(&w, referral->actions[i]);
    }
    pw_jsonw_end_array(&w);
    event_write_day_if(&w, "acknowledgeBy", referral->acknowledge_by);
    event_write_day_if(&w, "respondBy", referral->respond_by);
    if (with_facts) {
        write_facts(&w, referral);
    }
    pw_jsonw_key(&w, "weighed");
    pw_jsonw_bool(&w, referral->weighed);
    event_write_str_if(&w, "reason", referral->reason);
    event_frame_close(&w);
    return event_take_text(arena, &buf, ret);
}

bool pw_event_referral_render(struct pw_arena *arena, const struct pw_event_head *head,
    const struct pw_uuid *receiver, const struct pw_release *release,
    const struct pw_event_referral *referral, struct pw_uuid *ret_id, struct pw_str *ret_json,
    struct pw_err *err)
{
    if (!event_check_type(head, release, PW_EVENT_REFERRAL_CREATED, PW_EVENT_REFERRAL_CORRECTED, err)) {
        return false;
    }
    *ret_id = pw_event_id(head, &referral->premises.id, receiver);
    if (render_referral(arena, head, ret_id, referral, true, ret_json) ||
        render_referral(arena, head, ret_id, referral, false, ret_json)) {
        return true;
    }
    return pw_fail(
        err, PW_ERR_LIMIT, "a referral is larger than %d octets even without its facts", PW_CLOUDEVENT_MAX);
}

bool pw_event_danger_render(struct pw_arena *arena, const struct pw_event_head *head,
    const struct pw_uuid *receiver, const struct pw_release *release, const struct pw_event_danger *danger,
    struct pw_uuid *ret_id, struct pw_str *ret_json, struct pw_err *err)
{
    struct pw_buf buf;
    struct pw_jsonw w;

    if (!event_check_type(head, release, PW_EVENT_DANGER_REPORTED, PW_EVENT_DANGER_REPORTED, err)) {
        return false;
    }
    *ret_id = pw_event_id(head, &danger->premises.id, receiver);
    pw_buf_init(&buf, PW_CLOUDEVENT_MAX);
    pw_jsonw_init(&w, &buf);
    event_frame_open(&w, head, ret_id, &danger->premises, NULL, NULL);
    pw_jsonw_key(&w, "noticeId");
    pw_jsonw_uuid(&w, &danger->id);
    event_write_premises(&w, &danger->premises, true);
    event_write_str_if(&w, "dangerKind", danger->danger_kind);
    event_write_str_if(&w, "category", danger->category);
    pw_jsonw_key(&w, "verified");
    pw_jsonw_bool(&w, danger->verified);
    pw_jsonw_key(&w, "reportedAt");
    pw_jsonw_instant(&w, danger->reported_at);
    pw_jsonw_key(&w, "acknowledgeBy");
    pw_jsonw_instant(&w, danger->acknowledge_by);
    pw_jsonw_key(&w, "guidance");
    pw_jsonw_z(&w, release->dutch ? "Bel 112" : "Call 112");
    event_frame_close(&w);
    if (event_take_text(arena, &buf, ret_json)) {
        return true;
    }
    return pw_fail(err, PW_ERR_LIMIT, "a danger notice is larger than %d octets", PW_CLOUDEVENT_MAX);
}
