/*
 * What the desk's decisions tell receivers: alert.closed to every desk receiver of the municipality.
 * Rendered per receiver and queued in the transaction of the decision.
 */
#include <string.h>

#include "desk_int.h"

void desk_events_prepare(struct act *act, struct pw_tx *tx, size_t *ret_statement)
{
    *ret_statement = pw_tx_add(tx, PW_SQL_DESK_RECEIVERS, DESK_REGION(act->caller), PW_P_UUID(&act->id));
}

static void tell_one(
    struct act *act, struct pw_tx *tx, const struct pw_rows *rows, size_t row, struct pw_str reason)
{
    struct pw_arena *arena = act->req->arena;
    struct pw_uuid receiver = pw_cell_uuid(rows, row, pw_rows_column(rows, "id")), event;
    const struct pw_event_head head = {.oin = pw_str_z(act->desk->options.oin),
        .base_url = PW_STR(""),
        .type = PW_EVENT_ALERT_CLOSED,
        .cause = act->entry_id,
        .time = desk_now(act->desk)};
    const struct pw_event_alert alert = {.id = act->id,
        .premises = {.id = act->premises},
        .level = pw_str_z(pw_risk_words[act->level]),
        .status = PW_STR("closed"),
        .reason = reason};
    struct pw_release release;
    struct pw_str json;
    struct pw_err err = {0};

    if (!pw_release_parse(arena, pw_cell_text(rows, row, pw_rows_column(rows, "kind")),
            pw_cell_text(rows, row, pw_rows_column(rows, "language")),
            pw_cell_text(rows, row, pw_rows_column(rows, "release")), &release, &err) ||
        !pw_event_alert_render(arena, &head, &receiver, &release, &alert, &event, &json, &err))
        return; /* a receiver's row is checked where it is added; what is wrong with it must not stop the desk
                 */
    pw_ledger_outbox_add(
        tx, &act->premises, &receiver, &event, pw_event_type_name(head.type), &act->id, json);
}

void desk_events_closed(struct act *act, struct pw_tx *tx, size_t statement, struct pw_str reason)
{
    const struct pw_rows *rows = pw_tx_rows(tx, statement);

    for (size_t i = 0; i < pw_rows_count(rows); i++)
        tell_one(act, tx, rows, i, reason);
}
