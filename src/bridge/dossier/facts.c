/* Rows of facts become facts in memory. */
#include "dossier_int.h"

enum column {
    PREMISES,
    ID,
    KIND,
    SOURCE_CLASS,
    CLIENT,
    TENANCY,
    OCCURRED_ON,
    RECEIVED_AT,
    ORIGIN,
    REPORT,
    BASED_ON,
    PAYLOAD
};

bool dossier_read_fact(struct pw_arena *arena, const struct pw_kind *kind, const struct pw_rows *rows,
    size_t row, struct pw_parties *parties, struct pw_fact *ret, struct pw_err *err)
{
    *ret = (struct pw_fact){
        .id = pw_cell_uuid(rows, row, ID),
        .kind = kind,
        .source_class = (enum pw_source_class)pw_cell_i64(rows, row, SOURCE_CLASS),
        .occurred_on = pw_cell_date(rows, row, OCCURRED_ON),
        .received_at = pw_cell_time(rows, row, RECEIVED_AT),
        .client = pw_cell_uuid(rows, row, CLIENT),
        .tenancy = pw_cell_uuid(rows, row, TENANCY),
        .origin = pw_cell_uuid(rows, row, ORIGIN),
        .report = pw_cell_uuid(rows, row, REPORT),
    };
    ret->based_on = pw_cell_uuids(rows, row, BASED_ON, arena, &ret->based_on_count);
    return pw_facts_decode(
        kind, pw_cell_bytea(rows, row, PAYLOAD), ret->occurred_on, arena, parties, &ret->record, err);
}

bool dossier_read_facts(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_rows *rows,
    size_t first, size_t count, struct pw_dossier *dossier, struct pw_err *err)
{
    struct pw_fact *facts = PW_NEW_ARRAY(arena, count, struct pw_fact);
    size_t n = 0;
    for (size_t row = first; row < first + count; row++) {
        const struct pw_kind *kind = pw_facts_kind(model, pw_cell_text(rows, row, KIND));
        if (kind == NULL)
            continue;
        if (!dossier_read_fact(arena, kind, rows, row, &dossier->parties, &facts[n], err))
            return false;
        n++;
    }
    dossier->view.facts = facts;
    dossier->view.fact_count = n;
    return true;
}

void dossier_find_tenancies(
    struct pw_arena *arena, const struct pw_fact_model *model, struct pw_dossier *dossier)
{
    struct pw_dossier_view *view = &dossier->view;
    view->tenancies = pw_score_tenancies(arena, model, view->facts, view->fact_count, &view->tenancy_count);
}
