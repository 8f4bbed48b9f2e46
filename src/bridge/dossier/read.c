/* Reading dossiers: the statements, and their rows dealt out over the premises asked for. */
#include "dossier_int.h"

#include <string.h>

#define REPLAY_FACTS_MAX 1000000

void pw_dossier_read_add(struct pw_tx *tx, const struct pw_uuid *premises, size_t count,
    const struct pw_position *known, size_t facts_max, struct pw_dossier_read *ret)
{
    struct pw_param ids = PW_P_UUIDS(premises, count);
    struct pw_param generation = PW_P_I32(known->generation), xact = PW_P_XID(known->xact);
    ret->premises = pw_tx_add(tx, PW_SQL_DOSSIER_PREMISES, ids, generation, xact);
    /* One more than the maximum tells whether there was more. */
    ret->facts = pw_tx_add(tx, PW_SQL_DOSSIER_FACTS, ids, generation, xact, PW_P_I64(facts_max + 1));
    ret->decisions = pw_tx_add(tx, PW_SQL_DOSSIER_DECISIONS, ids);
    ret->last = pw_tx_add(tx, PW_SQL_DOSSIER_LAST_ASSESSMENT, ids, generation, xact);
    ret->facts_max = facts_max;
}

/* The rows [*ret_first, + return value) whose column 0 is `premises`; they lie together. */
static size_t rows_of(const struct pw_rows *rows, const struct pw_uuid *premises, size_t *ret_first)
{
    size_t total = pw_rows_count(rows), first = 0, n = 0;
    for (; first < total; first++) {
        struct pw_uuid id = pw_cell_uuid(rows, first, 0);
        if (pw_uuid_eq(&id, premises))
            break;
    }
    while (first + n < total) {
        struct pw_uuid id = pw_cell_uuid(rows, first + n, 0);
        if (!pw_uuid_eq(&id, premises))
            break;
        n++;
    }
    *ret_first = first;
    return n;
}

/* Where each premises' facts begin: rows come in the order asked for, so one pass finds all. */
static size_t next_facts(const struct pw_rows *rows, const struct pw_uuid *premises, size_t *at)
{
    size_t first = *at;
    while (*at < pw_rows_count(rows)) {
        struct pw_uuid id = pw_cell_uuid(rows, *at, 0);
        if (!pw_uuid_eq(&id, premises))
            break;
        ++*at;
    }
    return *at - first;
}

static bool read_premises(struct pw_arena *arena, const struct pw_fact_model *model,
    const struct pw_rows *rows, size_t row, struct pw_dossier *dossier, struct pw_err *err)
{
    dossier->found = true;
    dossier->merged_into = pw_cell_uuid(rows, row, 2);
    if (pw_cell_is_null(rows, row, 1))
        return true;
    return pw_facts_decode(model->premises, pw_cell_bytea(rows, row, 1), 0, arena, &dossier->parties,
        &dossier->view.premises, err);
}

static void read_last(const struct pw_rows *rows, size_t row, struct pw_dossier *dossier)
{
    struct pw_str hash = pw_cell_bytea(rows, row, 7);
    dossier->last = (struct pw_last_assessment){
        .id = pw_cell_uuid(rows, row, 1),
        .assessed_on = pw_cell_date(rows, row, 2),
        .assessed_at = pw_cell_time(rows, row, 3),
        .known = {.generation = (int32_t)pw_cell_i64(rows, row, 4),
            .xact = pw_cell_xid(rows, row, 5),
            .fact = pw_cell_uuid(rows, row, 6)},
        .level = (enum pw_level_of_risk)pw_cell_i64(rows, row, 8),
        .score = pw_cell_i64(rows, row, 9),
        .result = pw_cell_bytea(rows, row, 10),
        .inputs = pw_cell_bytea(rows, row, 11),
        .next_change_on = pw_cell_date(rows, row, 12),
    };
    if (hash.len == PW_SHA256_SIZE)
        memcpy(dossier->last.ruleset, hash.data, hash.len);
    dossier->ended_since = pw_cell_bool(rows, row, 13);
}

static bool build_one(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_tx *tx,
    const struct pw_dossier_read *read, size_t first_fact, size_t fact_count, pw_day day,
    struct pw_dossier *dossier)
{
    const struct pw_rows *premises = pw_tx_rows(tx, read->premises), *last = pw_tx_rows(tx, read->last);
    const struct pw_rows *decisions = pw_tx_rows(tx, read->decisions);
    size_t row;
    if (rows_of(premises, &dossier->premises, &row) == 0)
        return true;
    if (!read_premises(arena, model, premises, row, dossier, &dossier->err))
        return false;
    /* Rows come oldest first: what is over the maximum stands in front. */
    dossier->cut = fact_count > read->facts_max;
    size_t dropped = dossier->cut ? fact_count - read->facts_max : 0;
    if (!dossier_read_facts(arena, model, pw_tx_rows(tx, read->facts), first_fact + dropped,
            fact_count - dropped, dossier, &dossier->err))
        return false;
    dossier_find_tenancies(arena, model, dossier);
    if (rows_of(last, &dossier->premises, &row) > 0)
        read_last(last, row, dossier);
    size_t count = rows_of(decisions, &dossier->premises, &row);
    dossier_read_decisions(arena, decisions, row, count, day, dossier);
    return true;
}

void pw_dossier_build(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_tx *tx,
    const struct pw_dossier_read *read, const struct pw_uuid *premises, size_t count, pw_day day,
    struct pw_dossier *ret)
{
    const struct pw_rows *facts = pw_tx_rows(tx, read->facts);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t first = at;
        size_t fact_count = next_facts(facts, &premises[i], &at);
        ret[i] = (struct pw_dossier){.premises = premises[i]};
        pw_parties_init(&ret[i].parties, arena);
        if (!build_one(arena, model, tx, read, first, fact_count, day, &ret[i]) &&
            ret[i].err.code == PW_ERR_NONE)
            ret[i].err.code = PW_ERR_INTERNAL;
    }
}

void pw_dossier_known_add(struct pw_tx *tx, const struct pw_uuid *premises, const struct pw_position *known,
    struct pw_dossier_read *ret)
{
    struct pw_param ids = PW_P_UUIDS(premises, 1);
    struct pw_param generation = PW_P_I32(known->generation), xact = PW_P_XID(known->xact);
    *ret = (struct pw_dossier_read){.facts_max = REPLAY_FACTS_MAX};
    ret->premises = pw_tx_add(tx, PW_SQL_DOSSIER_PREMISES, ids, generation, xact);
    ret->facts = pw_tx_add(tx, PW_SQL_DOSSIER_FACTS, ids, generation, xact, PW_P_I64(REPLAY_FACTS_MAX));
}

bool pw_dossier_known_build(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_tx *tx,
    const struct pw_dossier_read *read, const struct pw_uuid *premises, struct pw_str inputs,
    struct pw_dossier *ret, struct pw_err *err)
{
    const struct pw_rows *rows = pw_tx_rows(tx, read->premises), *facts = pw_tx_rows(tx, read->facts);
    *ret = (struct pw_dossier){.premises = *premises};
    pw_parties_init(&ret->parties, arena);
    if (pw_rows_count(rows) == 0)
        return pw_fail(err, PW_ERR_NOT_FOUND, "the premises of an assessment are gone");
    if (!read_premises(arena, model, rows, 0, ret, err) ||
        !dossier_read_facts(arena, model, facts, 0, pw_rows_count(facts), ret, err))
        return false;
    dossier_find_tenancies(arena, model, ret);
    return pw_dossier_inputs_decode(arena, inputs, ret, err);
}
