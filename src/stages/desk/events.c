/*
 * What the desk's decisions tell receivers: alert.closed to every desk receiver of the municipality,
 * referral.created to the one receiver it names. Rendered per receiver and queued in the transaction of the
 * decision.
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

/* ---- referral.created ---- */

static struct pw_str text(const struct pw_rows *rows, const char *column)
{
    return pw_cell_text(rows, 0, pw_rows_column(rows, column));
}

/* A released fact: what its class allows outside the desk. Of a tip no more than its category, its
 * month and that there may be several; who could have seen it must not be told by the details. */
static bool release_fact(
    struct act *act, const struct pw_rows *rows, size_t row, struct pw_event_fact *ret, struct pw_err *err)
{
    struct pw_arena *arena = act->req->arena;
    const struct pw_kind *kind = pw_facts_kind(act->desk->options.model, pw_cell_text(rows, row, 0));
    pw_day day = pw_cell_date(rows, row, 1);
    struct pw_parties parties;
    const uint64_t *record;
    struct pw_buf json;
    struct pw_jsonw w;

    *ret = (struct pw_event_fact){.occurred_on = day, .origins = PW_STR(""), .fields = PW_STR("")};
    if (kind == NULL)
        return pw_fail(err, PW_ERR_INTERNAL, "a fact to be released has a kind that is declared no more");
    pw_parties_init(&parties, arena);
    if (!pw_facts_decode(kind, pw_cell_bytea(rows, row, 2), day, arena, &parties, &record, err))
        return false;
    ret->kind = kind->name;
    if (kind->source_class == PW_CLASS_CITIZEN_TIP) {
        ret->origins = PW_STR("several");
        if (kind->category != NULL)
            ret->fields = pw_str_printf(arena, "\"category\":\"%s\"", pw_record_enum(record, kind->category));
        return true;
    }
    pw_buf_init(&json, 65536);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_facts_write_fields(kind, record, PW_INTERNAL, &parties, &w);
    pw_jsonw_end_object(&w);
    ret->fields = pw_str_dup(arena, (struct pw_str){json.data + 1, json.len - 2});
    pw_buf_release(&json);
    return true;
}

static bool fill_referral(
    struct act *act, struct pw_tx *tx, struct pw_event_referral *event, struct pw_err *err)
{
    const struct referral_act *r = act->own;
    const struct pw_rows *facts = pw_tx_rows(tx, r->s_facts);
    struct pw_event_fact *list =
        PW_NEW_ARRAY(act->req->arena, pw_rows_count(facts) + 1, struct pw_event_fact);
    struct pw_address address = desk_address(r->rows, 0);

    for (size_t i = 0; i < pw_rows_count(facts); i++)
        if (!release_fact(act, facts, i, &list[i], err))
            return false;
    *event = (struct pw_event_referral){.id = r->id,
        .premises = {.id = act->premises,
            .bag_id = text(r->rows, "bag_id"),
            .postcode = address.postcode,
            .house_number = address.house_number,
            .house_letter = address.letter,
            .addition = address.addition,
            .municipality = address.municipality},
        .purpose = text(r->rows, "purpose"),
        .ground = text(r->rows, "ground"),
        .question = text(r->rows, "question"),
        .acknowledge_by = r->acknowledge_by,
        .respond_by = pw_cell_date(r->rows, 0, pw_rows_column(r->rows, "respond_by")),
        .facts = list,
        .fact_count = pw_rows_count(facts),
        .weighed = true};
    event->actions =
        pw_cell_texts(r->rows, 0, pw_rows_column(r->rows, "actions"), act->req->arena, &event->action_count);
    return true;
}

bool desk_events_referral(struct act *act, struct pw_tx *tx, struct pw_err *err)
{
    const struct referral_act *r = act->own;
    const struct pw_event_head head = {.oin = pw_str_z(act->desk->options.oin),
        .base_url = PW_STR(""),
        .type = PW_EVENT_REFERRAL_CREATED,
        .cause = r->id,
        .time = desk_now(act->desk)};
    struct pw_event_referral event;
    struct pw_release release;
    struct pw_uuid id;
    struct pw_str json;

    if (!fill_referral(act, tx, &event, err) ||
        !pw_release_parse(act->req->arena, text(r->rows, "kind"), text(r->rows, "language"),
            text(r->rows, "release"), &release, err) ||
        !pw_event_referral_render(act->req->arena, &head, &r->receiver, &release, &event, &id, &json, err))
        return false;
    pw_ledger_outbox_add(tx, &act->premises, &r->receiver, &id, pw_event_type_name(head.type), &r->id, json);
    return true;
}
