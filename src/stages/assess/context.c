/* Rows that stand beside the dossiers: where a premises lies, its alerts, and who is told. */
#include "assess_int.h"

enum context_column {
    C_PREMISES,
    C_BAG_ID,
    C_POSTCODE,
    C_HOUSE_NUMBER,
    C_HOUSE_LETTER,
    C_ADDITION,
    C_MUNICIPALITY,
    C_MUNICIPALITY_NAME,
    C_VERSION,
    C_OPEN_ID,
    C_OPEN_STATUS,
    C_OPEN_LEVEL,
    C_OPEN_DUE_AT,
    C_OPEN_TENANCY,
    C_CLOSED_ID,
    C_CLOSED_STATUS,
    C_KNOWN
};

void assess_read_context(const struct batch *batch, const struct pw_uuid *premises, struct context *ret)
{
    const struct pw_rows *rows = pw_tx_rows(batch->tx, batch->context_rows);
    *ret = (struct context){0};
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid id = pw_cell_uuid(rows, i, C_PREMISES);
        if (!pw_uuid_eq(&id, premises))
            continue;
        ret->found = true;
        ret->where = (struct pw_event_premises){
            .id = id,
            .bag_id = pw_cell_text(rows, i, C_BAG_ID),
            .postcode = pw_cell_text(rows, i, C_POSTCODE),
            .house_number = (int32_t)pw_cell_i64(rows, i, C_HOUSE_NUMBER),
            .house_letter = pw_cell_text(rows, i, C_HOUSE_LETTER),
            .addition = pw_cell_text(rows, i, C_ADDITION),
            .municipality = pw_cell_text(rows, i, C_MUNICIPALITY_NAME),
        };
        ret->municipality = pw_cell_text(rows, i, C_MUNICIPALITY);
        ret->open = pw_cell_uuid(rows, i, C_OPEN_ID);
        ret->open_status = pw_cell_text(rows, i, C_OPEN_STATUS);
        ret->open_level = (enum pw_level_of_risk)pw_cell_i64(rows, i, C_OPEN_LEVEL);
        ret->open_due_at = pw_cell_time(rows, i, C_OPEN_DUE_AT);
        ret->closed = pw_cell_uuid(rows, i, C_CLOSED_ID);
        ret->known_at_decision = pw_cell_uuids(rows, i, C_KNOWN, batch->arena, &ret->known_count);
        return;
    }
}

bool assess_read_receivers(struct batch *batch, struct pw_err *err)
{
    const struct pw_rows *rows = pw_tx_rows(batch->tx, batch->receiver_rows);
    size_t count = pw_rows_count(rows);
    batch->desks = PW_NEW_ARRAY(batch->arena, count, struct receiver);
    batch->duties = PW_NEW_ARRAY(batch->arena, count, struct receiver);
    for (size_t i = 0; i < count; i++) {
        struct receiver receiver = {.id = pw_cell_uuid(rows, i, 0)};
        if (!pw_release_parse(batch->arena, pw_cell_text(rows, i, 1), pw_cell_text(rows, i, 2),
                pw_cell_text(rows, i, 3), &receiver.release, err))
            return false;
        receiver.municipalities = pw_cell_texts(rows, i, 4, batch->arena, &receiver.municipality_count);
        if (receiver.release.kind == PW_RECEIVER_DESK)
            batch->desks[batch->desk_count++] = receiver;
        else
            batch->duties[batch->duty_count++] = receiver;
    }
    return true;
}

/* Where the municipality is not known yet everyone hears: better twice than not at all. */
bool assess_hears(const struct receiver *receiver, struct pw_str municipality)
{
    if (receiver->municipality_count == 0 || municipality.len == 0)
        return true;
    for (size_t i = 0; i < receiver->municipality_count; i++)
        if (pw_str_eq(receiver->municipalities[i], municipality))
            return true;
    return false;
}

size_t assess_ended(const struct batch *batch, const struct pw_uuid *premises, const struct pw_uuid **ret,
    struct pw_str *ret_reason)
{
    const struct pw_rows *rows = pw_tx_rows(batch->tx, batch->ended_rows);
    struct pw_uuid *facts = PW_NEW_ARRAY(batch->arena, pw_rows_count(rows), struct pw_uuid);
    size_t n = 0;
    *ret_reason = PW_STR("retraction");
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid id = pw_cell_uuid(rows, i, 0);
        if (!pw_uuid_eq(&id, premises))
            continue;
        struct pw_str status = pw_cell_text(rows, i, 2);
        if (pw_str_is(status, "corrected"))
            *ret_reason = PW_STR("correction");
        else if (pw_str_is(status, "erased"))
            *ret_reason = PW_STR("erasure");
        facts[n++] = pw_cell_uuid(rows, i, 1);
    }
    *ret = facts;
    return n;
}
