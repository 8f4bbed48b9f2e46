/* Rows of facts become facts in memory, and registrations among them tenancies. */
#include "dossier_int.h"

#include <string.h>

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

static bool read_fact(struct pw_arena *arena, const struct pw_kind *kind, const struct pw_rows *rows,
    size_t row, struct pw_dossier *dossier, struct pw_fact *ret, struct pw_err *err)
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
    return pw_facts_decode(kind, pw_cell_bytea(rows, row, PAYLOAD), ret->occurred_on, arena,
        &dossier->parties, &ret->record, err);
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
        if (!read_fact(arena, kind, rows, row, dossier, &facts[n], err))
            return false;
        n++;
    }
    dossier->view.facts = facts;
    dossier->view.fact_count = n;
    return true;
}

/* A date cell in days, or PW_DAY_NONE when it was not stated. */
static pw_day date_of(const struct pw_fact *fact, const struct pw_field *field)
{
    if (field == NULL || !pw_record_has(fact->record, field))
        return PW_DAY_NONE;
    return (pw_day)((int64_t)fact->record[field->cell] / 86400);
}

static struct pw_tenancy *find_tenancy(struct pw_tenancy *tenancies, size_t *count, const struct pw_uuid *id)
{
    for (size_t i = 0; i < *count; i++)
        if (pw_uuid_eq(&tenancies[i].id, id))
            return &tenancies[i];
    tenancies[*count] = (struct pw_tenancy){.id = *id, .from = PW_DAY_NONE, .until = PW_DAY_NONE};
    return &tenancies[(*count)++];
}

void dossier_find_tenancies(
    struct pw_arena *arena, const struct pw_fact_model *model, struct pw_dossier *dossier)
{
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("registration"));
    size_t registrations = 0, count = 0;
    for (size_t i = 0; i < dossier->view.fact_count; i++)
        registrations += dossier->view.facts[i].kind == kind;
    if (kind == NULL || registrations == 0)
        return;
    const struct pw_field *event = pw_kind_field(kind, PW_STR("event"));
    const struct pw_field *start = pw_kind_field(kind, PW_STR("startOn"));
    const struct pw_field *end = pw_kind_field(kind, PW_STR("endOn"));
    struct pw_tenancy *tenancies = PW_NEW_ARRAY(arena, registrations, struct pw_tenancy);
    for (size_t i = 0; i < dossier->view.fact_count; i++) {
        const struct pw_fact *fact = &dossier->view.facts[i];
        if (fact->kind != kind || pw_uuid_is_nil(&fact->tenancy))
            continue;
        struct pw_tenancy *tenancy = find_tenancy(tenancies, &count, &fact->tenancy);
        const char *what = pw_record_enum(fact->record, event);
        if (strcmp(what, "started") == 0) {
            pw_day from = date_of(fact, start);
            tenancy->from = from == PW_DAY_NONE ? fact->occurred_on : from;
        } else if (strcmp(what, "ended") == 0) {
            pw_day until = date_of(fact, end);
            tenancy->until = until == PW_DAY_NONE ? fact->occurred_on : until;
        }
        /* An end whose start has not arrived: it began at the latest when it was spoken of. */
        if (tenancy->from == PW_DAY_NONE)
            tenancy->from = fact->occurred_on;
    }
    dossier->view.tenancies = tenancies;
    dossier->view.tenancy_count = count;
}
