/*
 * The alert of a premises follows its assessment. The system raises, lifts the level, and after a
 * retraction, correction or erasure withdraws an alert that nobody has passed on yet; everything else
 * is for people. After a closing it raises again only on a witness that was not known when they decided.
 */
#include "assess_int.h"

#include <stdlib.h>

#define WORKING_DAYS_ALERT  5
#define WORKING_DAYS_URGENT 1
#define CLOSING_HOUR        17 /* Dutch civil time */

/* Everything about one alert that the functions below hand on. */
struct change {
    struct pw_assess *assess;
    const struct subject *subject;
    const struct context *context;
    const struct pw_assessment *assessment;
    struct pw_uuid assessment_id;
    struct pw_uuid alert;
    struct pw_str status;
    pw_usec due_at;
    const struct pw_uuid *ended; /* facts that ended */
    size_t ended_count;
    struct pw_str reason;
};

static bool due_at(
    const struct pw_assess *assess, enum pw_level_of_risk level, pw_usec *ret, struct pw_err *err)
{
    pw_day day;
    int days = level == PW_RISK_URGENT ? WORKING_DAYS_URGENT : WORKING_DAYS_ALERT;
    if (!pw_working_day_add(assess->options.holidays, assess->batch.today, days, &day))
        return pw_fail(err, PW_ERR_USAGE, "the calendar of holidays has ended; add the next years");
    *ret = pw_instant_in_netherlands(day, CLOSING_HOUR);
    return true;
}

static bool brings_points(const struct pw_line *line)
{
    return line->kind == PW_LINE_RULE && line->points > 0;
}

/* The themes whose rules bring points, once each. */
static struct pw_param themes(struct pw_arena *arena, const struct pw_period *period)
{
    struct pw_str *list = PW_NEW_ARRAY(arena, period->line_count, struct pw_str);
    size_t n = 0;
    for (size_t i = 0; i < period->line_count; i++) {
        const struct pw_line *line = &period->lines[i];
        bool seen = !brings_points(line);
        for (size_t j = 0; j < n && !seen; j++)
            seen = pw_str_eq(list[j], line->theme);
        if (!seen)
            list[n++] = line->theme;
    }
    return PW_P_TEXTS(list, n);
}

/* The rules that bring points: what is decided about the alert is measured against them. */
static struct pw_param rules(struct pw_arena *arena, const struct pw_period *period)
{
    struct pw_str *list = PW_NEW_ARRAY(arena, period->line_count, struct pw_str);
    size_t n = 0;
    for (size_t i = 0; i < period->line_count; i++)
        if (brings_points(&period->lines[i]))
            list[n++] = period->lines[i].id;
    return PW_P_TEXTS(list, n);
}

static void add_entry(const struct change *change, const char *kind)
{
    struct batch *batch = &change->assess->batch;
    struct pw_uuid id = pw_uuid_v7(batch->now);
    struct pw_str body = pw_str_printf(batch->arena, "{\"level\":\"%s\",\"score\":%lld.%03lld}",
        pw_risk_words[change->assessment->shown->level], (long long)(change->assessment->shown->score / 1000),
        (long long)llabs(change->assessment->shown->score % 1000));
    pw_tx_add(batch->tx, PW_SQL_ASSESS_ENTRY_ADD, PW_P_UUID(&change->subject->premises),
        PW_P_UUID(&change->alert), PW_P_UUID(&id), PW_P_TEXT_Z(kind), PW_P_JSON(body));
}

static void add_audit(const struct change *change, const char *action)
{
    struct batch *batch = &change->assess->batch;
    const struct pw_audit record = {.actor = PW_AUDIT_SYSTEM,
        .action = action,
        .object_kind = "alert",
        .object = change->alert,
        .premises = change->subject->premises};
    pw_audit_add(batch->tx, batch->now, &record, 1);
}

static bool tell_desks(const struct change *change, enum pw_event_type type, struct pw_err *err)
{
    struct batch *batch = &change->assess->batch;
    const struct pw_event_head head = {.oin = change->assess->options.oin,
        .type = type,
        .cause = change->subject->cause,
        .time = batch->now};
    for (size_t i = 0; i < batch->desk_count; i++) {
        const struct receiver *desk = &batch->desks[i];
        struct pw_uuid event;
        struct pw_str body;
        struct pw_event_alert alert = {0};
        if (!assess_hears(desk, change->context->municipality))
            continue;
        pw_event_alert_fill(batch->arena, batch->set, change->assessment, &desk->release, &alert);
        alert.id = change->alert;
        alert.premises = change->context->where;
        alert.status = change->status;
        alert.due_at = change->due_at;
        alert.reason = change->reason;
        alert.facts = change->ended;
        alert.fact_count = change->ended_count;
        if (!pw_event_alert_render(
                batch->arena, &head, &desk->id, &desk->release, &alert, &event, &body, err))
            return false;
        pw_ledger_outbox_add(batch->tx, &change->subject->premises, &desk->id, &event,
            pw_event_type_name(type), &change->alert, body);
    }
    return true;
}

/* ---- raising ---- */

static bool known(const struct context *context, const struct pw_uuid *fact)
{
    for (size_t i = 0; i < context->known_count; i++)
        if (pw_uuid_eq(&context->known_at_decision[i], fact))
            return true;
    return false;
}

/* A hit that brings points has a witness that nobody knew at the last decision. */
static bool has_news(const struct context *context, const struct pw_period *period)
{
    if (pw_uuid_is_nil(&context->closed))
        return true;
    for (size_t i = 0; i < period->line_count; i++) {
        const struct pw_line *line = &period->lines[i];
        for (size_t j = 0; line->kind == PW_LINE_RULE && line->points > 0 && j < line->witness_count; j++)
            if (!known(context, &line->witnesses[j]))
                return true;
    }
    return false;
}

static bool raise_alert(struct change *change, struct pw_err *err)
{
    struct batch *batch = &change->assess->batch;
    const struct pw_period *shown = change->assessment->shown;
    char premises[PW_UUID_TEXT], cause[PW_UUID_TEXT];
    if (!has_news(change->context, shown))
        return true;
    if (!due_at(change->assess, shown->level, &change->due_at, err))
        return false;
    /* Derived, so that the same cause after a restore raises the same alert. */
    change->alert = pw_uuid_v8(
        pw_str_printf(batch->arena, "alert:%s:%s", pw_uuid_format(&change->subject->premises, premises),
            pw_uuid_format(&change->subject->cause, cause)));
    change->status = PW_STR("new");
    pw_tx_add(batch->tx, PW_SQL_ASSESS_ALERT_RAISE, PW_P_UUID(&change->subject->premises),
        PW_P_UUID(&change->alert), PW_P_UUID_OPT(&shown->tenancy), PW_P_I16(shown->level),
        PW_P_I64(shown->score), PW_P_UUID(&change->assessment_id), themes(batch->arena, shown),
        change->context->municipality.len == 0 ? PW_P_NULL : PW_P_TEXT(change->context->municipality),
        PW_P_TIME(batch->now), PW_P_TIME(change->due_at), PW_P_UUID_OPT(&change->context->closed),
        rules(batch->arena, shown));
    add_entry(change, "raised");
    add_audit(change, "alert-raised");
    pw_count(PW_M_ALERTS_RAISED, 1);
    return tell_desks(change, PW_EVENT_ALERT_RAISED, err);
}

/* ---- following ---- */

static void update(const struct change *change)
{
    struct batch *batch = &change->assess->batch;
    const struct pw_period *shown = change->assessment->shown;
    pw_tx_add(batch->tx, PW_SQL_ASSESS_ALERT_UPDATE, PW_P_UUID(&change->subject->premises),
        PW_P_UUID(&change->alert), PW_P_I16(shown->level), PW_P_I64(shown->score),
        PW_P_UUID(&change->assessment_id), themes(batch->arena, shown), PW_P_TEXT(change->status),
        PW_P_TIME(change->due_at), PW_P_BOOL(change->subject->new_fact), PW_P_UUID_OPT(&shown->tenancy),
        rules(batch->arena, shown));
}

static bool escalate(struct change *change, struct pw_err *err)
{
    pw_usec sooner;
    if (!due_at(change->assess, change->assessment->shown->level, &sooner, err))
        return false;
    if (sooner < change->due_at)
        change->due_at = sooner;
    update(change);
    add_entry(change, "escalated");
    add_audit(change, "alert-escalated");
    return tell_desks(change, PW_EVENT_ALERT_ESCALATED, err);
}

/* Nobody outside has been told yet. */
static bool still_inside(struct pw_str status)
{
    return pw_str_is(status, "new") || pw_str_is(status, "claimed") || pw_str_is(status, "weighing");
}

static bool lower(struct change *change, struct pw_err *err)
{
    bool lost = change->assessment->shown->level < PW_RISK_ALERT;
    if (change->ended_count > 0 && lost && still_inside(change->context->open_status)) {
        change->status = PW_STR("withdrawn");
        update(change);
        add_entry(change, "withdrawn");
        add_audit(change, "alert-withdrawn");
        return tell_desks(change, PW_EVENT_ALERT_WITHDRAWN, err);
    }
    update(change);
    if (change->ended_count > 0) {
        add_entry(change, "corrected");
        add_audit(change, "alert-corrected");
        return tell_desks(change, PW_EVENT_ALERT_CORRECTED, err);
    }
    add_entry(change, "eased");
    add_audit(change, "alert-eased");
    return tell_desks(change, PW_EVENT_ALERT_EASED, err);
}

static bool follow(struct change *change, struct pw_err *err)
{
    enum pw_level_of_risk level = change->assessment->shown->level;
    change->alert = change->context->open;
    change->status = change->context->open_status;
    change->due_at = change->context->open_due_at;
    if (level > change->context->open_level && level >= PW_RISK_ALERT)
        return escalate(change, err);
    /* An alert that a person opened at watch is not withdrawn by what it never had. */
    if (level < change->context->open_level)
        return lower(change, err);
    update(change);
    return true;
}

/* A closed alert whose ground was taken away: its receivers learn of it. */
static bool correct_closed(struct change *change, struct pw_err *err)
{
    change->alert = change->context->closed;
    change->status = PW_STR("closed");
    add_entry(change, "corrected");
    add_audit(change, "alert-corrected");
    return tell_desks(change, PW_EVENT_ALERT_CORRECTED, err);
}

bool assess_alert(struct pw_assess *assess, const struct subject *subject, const struct pw_dossier *dossier,
    const struct context *context, const struct pw_assessment *assessment, const struct pw_uuid *id,
    bool changed, struct pw_err *err)
{
    enum pw_level_of_risk level = assessment->shown->level;
    struct change change = {.assess = assess,
        .subject = subject,
        .context = context,
        .assessment = assessment,
        .assessment_id = *id};
    if (dossier->ended_since)
        change.ended_count = assess_ended(&assess->batch, &subject->premises, &change.ended, &change.reason);
    if (!pw_uuid_is_nil(&context->open))
        return !changed && !subject->new_fact ? true : follow(&change, err);
    if (level >= PW_RISK_ALERT)
        return raise_alert(&change, err);
    if (change.ended_count > 0 && dossier->last.level >= PW_RISK_ALERT && !pw_uuid_is_nil(&context->closed))
        return correct_closed(&change, err);
    return true;
}
