/*
 * The ledger itself, looking one fact up, and what others queue within transactions of their own.
 */
#include <stdlib.h>

#include "ledger_int.h"

struct pw_ledger *pw_ledger_new(const struct pw_ledger_options *options)
{
    struct pw_ledger *ledger = pw_xcalloc(1, sizeof(*ledger));

    ledger->options = *options;
    return ledger;
}

void pw_ledger_free(struct pw_ledger *ledger)
{
    free(ledger);
}

void pw_ledger_set_model(struct pw_ledger *ledger, const struct pw_fact_model *model)
{
    ledger->options.model = model;
}

size_t pw_ledger_busy(const struct pw_ledger *ledger)
{
    return ledger->busy;
}

/* ---- one fact ---- */

struct find {
    struct pw_ledger *ledger;
    struct pw_arena *arena;
    size_t read;
    pw_ledger_found on_found;
    void *arg;
};

static struct pw_ledger_fact *read_fact(struct pw_arena *arena, const struct pw_rows *rows)
{
    struct pw_ledger_fact *fact = PW_NEW(arena, struct pw_ledger_fact);
    size_t count;
    struct pw_uuid *ended = pw_cell_uuids(rows, 0, 13, arena, &count);

    fact->id = pw_cell_uuid(rows, 0, 0);
    fact->premises = pw_cell_uuid(rows, 0, 1);
    fact->kind = pw_str_dup(arena, pw_cell_text(rows, 0, 2));
    fact->source_id = pw_str_dup(arena, pw_cell_text(rows, 0, 3));
    fact->tenancy = pw_cell_uuid(rows, 0, 4);
    fact->client = pw_cell_uuid(rows, 0, 5);
    fact->ground = pw_str_dup(arena, pw_cell_text(rows, 0, 6));
    fact->occurred_on = pw_cell_date(rows, 0, 7);
    fact->received_at = pw_cell_time(rows, 0, 8);
    fact->danger = pw_cell_bool(rows, 0, 9);
    fact->payload = pw_str_dup(arena, pw_cell_bytea(rows, 0, 10));
    fact->status = pw_str_dup(arena, pw_cell_text(rows, 0, 11));
    fact->ended_by = pw_cell_uuid(rows, 0, 12);
    fact->municipality = pw_str_dup(arena, pw_cell_text(rows, 0, 14));
    if (count >= 2 && pw_str_is(fact->status, "corrected")) {
        fact->replaced_by = ended[1];
    }
    return fact;
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct find *find = arg;
    const struct pw_ledger_fact *fact = NULL;
    struct pw_err missing = {.code = PW_ERR_NOT_FOUND};

    if (ok) {
        const struct pw_rows *rows = pw_tx_rows(tx, find->read);
        if (pw_rows_count(rows) > 0) {
            fact = read_fact(find->arena, rows);
        } else {
            err = &missing;
        }
    }
    find->on_found(find->arg, fact, fact != NULL ? NULL : err);
}

void pw_ledger_find(struct pw_ledger *ledger, struct pw_arena *arena, const struct pw_uuid *id,
    struct pw_str kind, pw_ledger_found on_found, void *arg)
{
    struct find *find = PW_NEW(arena, struct find);
    struct pw_tx *tx = pw_db_begin(ledger->options.db, "ledger: find", PW_DB_READ_ONLY);

    *find = (struct find){.ledger = ledger, .arena = arena, .on_found = on_found, .arg = arg};
    find->read = pw_tx_add(tx, PW_SQL_LEDGER_FACT_READ, PW_P_UUID(id), PW_P_TEXT(kind));
    pw_tx_commit(tx, on_read, find);
}

/* ---- within the caller's transaction ---- */

static void add_texts(
    struct pw_ledger *ledger, struct pw_tx *tx, struct pw_arena *arena, const struct pw_ledger_item *item)
{
    const struct pw_draft *draft = item->draft;
    struct pw_err err;

    for (size_t i = 0; i < draft->sealed_count; i++) {
        int64_t field = (int64_t)draft->sealed[i].field->nr;
        struct pw_str place = pw_ledger_sealed_place(arena, &item->id, field), sealed;
        if (pw_crypto_seal(ledger->options.keys, arena, draft->sealed[i].text, place, &sealed, &err)) {
            pw_tx_add(tx, PW_SQL_LEDGER_SEALED_INSERT, PW_P_UUIDS(&item->premises, 1),
                PW_P_UUIDS(&item->id, 1), PW_P_I64S(&field, 1), PW_P_BYTEAS(&sealed, 1));
        }
    }
}

size_t pw_ledger_fact_add(
    struct pw_ledger *ledger, struct pw_tx *tx, struct pw_arena *arena, struct pw_ledger_item *item)
{
    const struct pw_draft *draft = item->draft;
    uint8_t mac[PW_MAC_SIZE] = {0};
    struct pw_err err;
    struct pw_parties none;
    struct pw_buf payload;
    pw_day destroy_on;

    item->id = pw_uuid_v7(pw_loop_wall(ledger->options.loop));
    item->first_received_at = item->received_at;
    item->tenancy = ledger_rows_tenancy(draft, &item->client, draft->source_id);
    item->danger = draft->danger;
    if (!pw_crypto_content_mac(ledger->options.keys, item->canonical, mac, &err)) {
        pw_crypto_random(mac, sizeof(mac)); /* then no repetition is recognised: it conflicts instead */
    }
    size_t claimed = pw_tx_add(tx, PW_SQL_LEDGER_FACT_ADD_KEY, PW_P_UUID(&item->client),
        PW_P_TEXT(draft->source_id), PW_P_UUID(&item->id), PW_P_UUID(&item->premises),
        PW_P_TEXT(draft->kind->name), PW_P_BYTES(mac, sizeof(mac)), PW_P_TIME(item->received_at));
    pw_parties_init(&none, arena);
    pw_buf_init(&payload, 64 * 1024);
    pw_facts_encode(draft->kind, draft->record, &none, &payload);
    struct pw_str retention = ledger_rows_retention(
        ledger->options.model, draft->kind, draft->occurred_on, item->received_at, &destroy_on);
    struct pw_uuid report = ledger_rows_report(draft, &item->client);
    int class = pw_facts_source_class(draft->kind, item->source_classes);
    pw_tx_add(tx, PW_SQL_LEDGER_FACT_ADD, PW_P_UUID(&item->premises), PW_P_UUID(&item->id),
        PW_P_TEXT(retention), PW_P_TIME(item->received_at), PW_P_TEXT(draft->kind->name),
        PW_P_I64(class >= 0 ? class : (int)draft->kind->source_class), PW_P_UUID(&item->client),
        PW_P_TEXT(item->controller), PW_P_TEXT_Z(pw_ground_words[draft->ground]), PW_P_TEXT(draft->source_id),
        PW_P_UUID_OPT(&item->tenancy), PW_P_DATE(draft->occurred_on), PW_P_UUID_OPT(&report),
        PW_P_UUIDS(draft->based_on, draft->based_on_count), PW_P_BOOL(draft->danger),
        PW_P_BYTEA(pw_buf_str(&payload)), PW_P_DATE(destroy_on));
    pw_buf_release(&payload);
    add_texts(ledger, tx, arena, item);
    pw_tx_add(tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(PW_LEDGER_CHANNEL_FACT)));
    return claimed;
}

void pw_ledger_outbox_add(struct pw_tx *tx, const struct pw_uuid *premises, const struct pw_uuid *receiver,
    const struct pw_uuid *event, struct pw_str type, const struct pw_uuid *subject, struct pw_str body)
{
    pw_tx_add(tx, PW_SQL_LEDGER_OUTBOX_ADD, PW_P_UUID(premises), PW_P_UUID(receiver), PW_P_UUID(event),
        PW_P_TEXT(type), PW_P_UUID(subject), PW_P_JSON(body));
    pw_tx_add(tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(PW_LEDGER_CHANNEL_OUTBOX)));
}
