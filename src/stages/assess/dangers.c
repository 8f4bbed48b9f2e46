/*
 * Notices of acute danger. They bypass score and gates and change neither: at most one is open a
 * premises, each fact gives one notice at most (its id is derived from the fact), and the duty
 * officers of the municipality are told at once.
 */
#include "assess_int.h"

#define ACKNOWLEDGE_WITHIN (15 * 60 * PW_USEC_PER_SEC)

static struct pw_uuid notice_id(struct pw_arena *arena, const struct pw_uuid *fact)
{
    char text[PW_UUID_TEXT];
    return pw_uuid_v8(pw_str_printf(arena, "danger-notice:%s", pw_uuid_format(fact, text)));
}

/* Whether the premises has an open notice, or had this one. */
static bool noticed(const struct batch *batch, const struct pw_uuid *premises, const struct pw_uuid *notice)
{
    const struct pw_rows *rows = pw_tx_rows(batch->tx, batch->danger_rows);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid where = pw_cell_uuid(rows, i, 0), id = pw_cell_uuid(rows, i, 1);
        if (pw_uuid_eq(&where, premises) && (pw_cell_bool(rows, i, 2) || pw_uuid_eq(&id, notice)))
            return true;
    }
    return false;
}

static bool tell(struct pw_assess *assess, const struct context *context, const struct pw_acute *acute,
    const struct pw_event_danger *danger, struct pw_err *err)
{
    struct batch *batch = &assess->batch;
    const struct pw_event_head head = {.oin = assess->options.oin,
        .type = PW_EVENT_DANGER_REPORTED,
        .cause = acute->fact,
        .time = batch->now};
    for (size_t i = 0; i < batch->duty_count; i++) {
        struct pw_uuid event;
        struct pw_str body;
        const struct receiver *duty = &batch->duties[i];
        if (!assess_hears(duty, context->municipality))
            continue;
        if (!pw_event_danger_render(
                batch->arena, &head, &duty->id, &duty->release, danger, &event, &body, err))
            return false;
        pw_ledger_outbox_add(batch->tx, &context->where.id, &duty->id, &event, pw_event_type_name(head.type),
            &danger->id, body);
    }
    return true;
}

static bool notice(struct pw_assess *assess, const struct context *context, const struct pw_acute *acute,
    const struct pw_uuid *id, struct pw_err *err)
{
    struct batch *batch = &assess->batch;
    const struct pw_uuid *premises = &context->where.id;
    const struct pw_event_danger danger = {
        .id = *id,
        .premises = context->where,
        .danger_kind = acute->danger,
        .category = acute->category,
        .verified = acute->verified,
        .reported_at = acute->received_at,
        .acknowledge_by = acute->received_at + ACKNOWLEDGE_WITHIN,
    };
    pw_tx_add(batch->tx, PW_SQL_ASSESS_DANGER_ADD, PW_P_UUID(premises), PW_P_UUID(id),
        PW_P_UUID(&acute->fact), PW_P_TEXT(acute->rule), PW_P_TEXT(acute->danger), PW_P_TEXT(acute->category),
        PW_P_BOOL(acute->verified),
        context->municipality.len == 0 ? PW_P_NULL : PW_P_TEXT(context->municipality),
        PW_P_TIME(danger.reported_at), PW_P_TIME(danger.acknowledge_by));
    const struct pw_audit record = {.actor = PW_AUDIT_SYSTEM,
        .action = "danger-noticed",
        .object_kind = "danger-notice",
        .object = *id,
        .premises = *premises};
    pw_audit_add(batch->tx, batch->now, &record, 1);
    return tell(assess, context, acute, &danger, err);
}

bool assess_dangers(struct pw_assess *assess, const struct subject *subject, const struct context *context,
    const struct pw_assessment *assessment, struct pw_err *err)
{
    struct batch *batch = &assess->batch;
    for (size_t i = 0; i < assessment->acute_count; i++) {
        struct pw_uuid id = notice_id(batch->arena, &assessment->acute[i].fact);
        if (noticed(batch, &subject->premises, &id))
            continue;
        /* One open notice a premises: the rest waits for the next look after it was acknowledged. */
        return notice(assess, context, &assessment->acute[i], &id, err);
    }
    return true;
}
