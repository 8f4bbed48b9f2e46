/* Tenancies as the live registrations tell them: one that started, one that ended, or both. */
#include <string.h>

#include "score_int.h"

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

const struct pw_tenancy *pw_score_tenancies(struct pw_arena *arena, const struct pw_fact_model *model,
    const struct pw_fact *facts, size_t fact_count, size_t *ret_count)
{
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("registration"));
    size_t registrations = 0;
    *ret_count = 0;
    for (size_t i = 0; kind != NULL && i < fact_count; i++)
        registrations += facts[i].kind->nr == kind->nr;
    if (registrations == 0)
        return NULL;
    const struct pw_field *event = pw_kind_field(kind, PW_STR("event"));
    const struct pw_field *start = pw_kind_field(kind, PW_STR("startOn"));
    const struct pw_field *end = pw_kind_field(kind, PW_STR("endOn"));
    struct pw_tenancy *tenancies = PW_NEW_ARRAY(arena, registrations, struct pw_tenancy);
    for (size_t i = 0; i < fact_count; i++) {
        const struct pw_fact *fact = &facts[i];
        if (fact->kind->nr != kind->nr || pw_uuid_is_nil(&fact->tenancy))
            continue;
        struct pw_tenancy *tenancy = find_tenancy(tenancies, ret_count, &fact->tenancy);
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
    return tenancies;
}
