/* Whole histories: every fact with when it was learnt and when it ended, attributes, decisions. */
#include "dossier_int.h"

#include <stdlib.h>

enum fact_column { PREMISES, ID, KIND, ENDED_AT = 12, ERASED };
enum decision_column { D_PREMISES, D_TENANCY, D_VERDICT, D_FACTS, D_FROZEN_UNTIL, D_DECIDED_AT };

void pw_past_page_add(struct pw_tx *tx, const struct pw_uuid *after, const struct pw_uuid *until, size_t most,
    struct pw_past_read *ret)
{
    ret->premises =
        pw_tx_add(tx, PW_SQL_DOSSIER_PAST_PREMISES, PW_P_UUID(after), PW_P_UUID(until), PW_P_I64(most));
}

size_t pw_past_page_ids(
    struct pw_arena *arena, const struct pw_tx *tx, const struct pw_past_read *read, struct pw_uuid **ret)
{
    const struct pw_rows *rows = pw_tx_rows(tx, read->premises);
    size_t count = pw_rows_count(rows);
    *ret = PW_NEW_ARRAY(arena, count, struct pw_uuid);
    for (size_t i = 0; i < count; i++)
        (*ret)[i] = pw_cell_uuid(rows, i, 0);
    return count;
}

void pw_past_read_add(
    struct pw_tx *tx, const struct pw_uuid *premises, size_t count, struct pw_past_read *ret)
{
    struct pw_param ids = PW_P_UUIDS(premises, count);
    ret->facts = pw_tx_add(tx, PW_SQL_DOSSIER_PAST_FACTS, ids);
    ret->attributes = pw_tx_add(tx, PW_SQL_DOSSIER_PAST_ATTRIBUTES, ids);
    ret->decisions = pw_tx_add(tx, PW_SQL_DOSSIER_DECISIONS, ids);
}

/* The rows from *at that are of these premises: rows come in order of premises, and so do the premises. */
static size_t rows_of(const struct pw_rows *rows, const struct pw_uuid *premises, size_t *at)
{
    size_t first = *at;
    for (; *at < pw_rows_count(rows); ++*at) {
        struct pw_uuid id = pw_cell_uuid(rows, *at, 0);
        if (!pw_uuid_eq(&id, premises))
            break;
    }
    return *at - first;
}

static bool build_facts(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_rows *rows,
    size_t first, size_t count, struct pw_parties *parties, struct pw_past *ret, struct pw_err *err)
{
    struct pw_fact *facts = PW_NEW_ARRAY(arena, count, struct pw_fact);
    pw_usec *ended_at = PW_NEW_ARRAY(arena, count, pw_usec);
    ret->facts = facts;
    ret->ended_at = ended_at;
    for (size_t row = first; row < first + count; row++) {
        const struct pw_kind *kind = pw_facts_kind(model, pw_cell_text(rows, row, KIND));
        bool erased = pw_cell_bool(rows, row, ERASED);
        ret->erased += erased;
        if (kind == NULL || erased)
            continue;
        if (!dossier_read_fact(arena, kind, rows, row, parties, &facts[ret->fact_count], err))
            return false;
        ended_at[ret->fact_count++] = pw_cell_time(rows, row, ENDED_AT);
    }
    return true;
}

static bool build_attributes(struct pw_arena *arena, const struct pw_fact_model *model,
    const struct pw_rows *rows, size_t first, size_t count, struct pw_parties *parties, struct pw_past *ret,
    struct pw_err *err)
{
    struct pw_past_attributes *list = PW_NEW_ARRAY(arena, count, struct pw_past_attributes);
    for (size_t i = 0; i < count; i++) {
        list[i].known_at = pw_cell_time(rows, first + i, 2);
        if (!pw_facts_decode(
                model->premises, pw_cell_bytea(rows, first + i, 1), 0, arena, parties, &list[i].record, err))
            return false;
    }
    ret->attributes = list;
    ret->attribute_count = count;
    return true;
}

static void build_decisions(
    struct pw_arena *arena, const struct pw_rows *rows, size_t first, size_t count, struct pw_past *ret)
{
    struct pw_past_decision *list = PW_NEW_ARRAY(arena, count, struct pw_past_decision);
    for (size_t i = 0; i < count; i++) {
        size_t row = first + i;
        struct pw_str verdict = pw_cell_text(rows, row, D_VERDICT);
        list[i] = (struct pw_past_decision){.decided_at = pw_cell_time(rows, row, D_DECIDED_AT),
            .tenancy = pw_cell_uuid(rows, row, D_TENANCY),
            .unfounded = pw_str_is(verdict, "unfounded"),
            .frozen_until =
                pw_str_is(verdict, "unclear") ? pw_cell_date(rows, row, D_FROZEN_UNTIL) : PW_DAY_NONE};
        list[i].facts = pw_cell_uuids(rows, row, D_FACTS, arena, &list[i].fact_count);
    }
    ret->decisions = list;
    ret->decision_count = count;
}

void pw_past_build_begin(const struct pw_tx *tx, const struct pw_past_read *read, struct pw_past_cursor *ret)
{
    *ret = (struct pw_past_cursor){.tx = tx, .read = *read};
}

bool pw_past_build(struct pw_arena *arena, const struct pw_fact_model *model, struct pw_past_cursor *at,
    const struct pw_uuid *premises, struct pw_past *ret, struct pw_err *err)
{
    const struct pw_rows *facts = pw_tx_rows(at->tx, at->read.facts);
    const struct pw_rows *attributes = pw_tx_rows(at->tx, at->read.attributes);
    const struct pw_rows *decisions = pw_tx_rows(at->tx, at->read.decisions);
    size_t first_fact = at->fact, first_attribute = at->attribute, first_decision = at->decision;
    struct pw_parties parties;
    pw_parties_init(&parties, arena);
    *ret = (struct pw_past){.premises = *premises};
    size_t fact_count = rows_of(facts, premises, &at->fact);
    size_t attribute_count = rows_of(attributes, premises, &at->attribute);
    size_t decision_count = rows_of(decisions, premises, &at->decision);
    build_decisions(arena, decisions, first_decision, decision_count, ret);
    return build_facts(arena, model, facts, first_fact, fact_count, &parties, ret, err) &&
           build_attributes(arena, model, attributes, first_attribute, attribute_count, &parties, ret, err);
}

bool pw_past_try(struct pw_arena *arena, struct pw_trial *trial, struct pw_past_cursor *at,
    const struct pw_uuid *premises, struct pw_err *err)
{
    struct pw_past_cursor again = *at;
    struct pw_past before, after;
    if (!pw_past_build(arena, trial->before.set->model, at, premises, &before, err))
        return false;
    if (pw_trial_one_model(trial))
        return pw_trial_add(trial, &before, &before, err);
    return pw_past_build(arena, trial->after.set->model, &again, premises, &after, err) &&
           pw_trial_add(trial, &before, &after, err);
}
