/* A whole body: the envelope that every fact has, then its kind's fields. */
#include "facts_int.h"

#include <string.h>

#define SOURCE_ID_MAX 64
#define REFERENCE_MAX 200
#define BASED_ON_MAX  20

static const char *const envelope[] = {
    "sourceId", "occurredOn", "receivedBy", "relayOf", "basedOn", "reportRef", "ground", NULL};
static const char *const placing[] = {"premises", "tenancy", NULL};

/* ---- shared with the attributes of premises ---- */

void pw_reading_fault(
    struct pw_reading *reading, const char *name, enum pw_fault_code code, const char *nl, const char *en)
{
    reading->good = pw_fault_member(reading->faults, reading->at, name, code, nl, en);
}

void pw_reading_unknown(struct pw_reading *reading, const char *name)
{
    const struct pw_denied *denied = pw_facts_denied(reading->model, pw_str_z(name));
    pw_reading_fault(reading, name, PW_FAULT_UNKNOWN_FIELD, denied ? denied->reason.nl.data : NULL,
        denied ? denied->reason.en.data : NULL);
}

struct pw_str pw_reading_str(struct pw_reading *reading, const struct pw_json *body, const char *name,
    bool required, size_t min, size_t max)
{
    struct pw_str text;
    if (!pw_json_member_str(body, reading->at, name, required, min, max, &text, reading->faults)) {
        reading->good = false;
        return PW_STR("");
    }
    return pw_str_dup(reading->arena, text);
}

pw_day pw_reading_date(
    struct pw_reading *reading, const struct pw_json *body, const char *name, bool required, int64_t ahead)
{
    const struct pw_json *json = pw_json_get(body, name);
    pw_day day;
    if (!json && required)
        pw_reading_fault(reading, name, PW_FAULT_REQUIRED, NULL, NULL);
    else if (json && !pw_json_is_string(json))
        pw_reading_fault(reading, name, PW_FAULT_TYPE, "Een tekst.", "A string.");
    else if (json && !pw_day_parse(pw_json_str(json), &day))
        pw_reading_fault(
            reading, name, PW_FAULT_PATTERN, "Een datum zoals 2026-03-01.", "A date such as 2026-03-01.");
    else if (json && day > reading->today + ahead)
        pw_reading_fault(reading, name, PW_FAULT_FUTURE_DATE, NULL, NULL);
    else if (json)
        return day;
    return PW_DAY_NONE;
}

enum pw_ground pw_reading_ground(struct pw_reading *reading, const struct pw_json *body)
{
    const struct pw_json *json = pw_json_get(body, "ground");
    if (!json) {
        pw_reading_fault(reading, "ground", PW_FAULT_REQUIRED, NULL, NULL);
    } else if (!pw_json_is_string(json)) {
        pw_reading_fault(reading, "ground", PW_FAULT_TYPE, "Een tekst.", "A string.");
    } else {
        for (int i = 0; i < PW_GROUNDS; i++)
            if (pw_str_is(pw_json_str(json), pw_ground_words[i]))
                return (enum pw_ground)i;
        pw_reading_fault(reading, "ground", PW_FAULT_ENUM, NULL, NULL);
    }
    return PW_GROUNDS;
}

/* ---- the envelope ---- */

static bool listed(const char *const *names, const char *name)
{
    for (size_t i = 0; names && names[i]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static bool is_known(
    const struct pw_reading *reading, const struct pw_read_options *options, const char *name)
{
    if (pw_kind_field(reading->kind, pw_str_z(name)) || listed(options->also, name))
        return true;
    if (strcmp(name, "kind") == 0)
        return options->kind == NULL;
    if (strcmp(name, "sourceId") == 0 && options->source_id.len)
        return false;
    return listed(envelope, name) || (!options->no_premises && listed(placing, name));
}

static void read_premises(struct pw_reading *reading, const struct pw_json *body, struct pw_premises_ref *ret)
{
    const struct pw_json *json = pw_json_get(body, "premises");
    struct pw_at at = {.up = reading->at, .name = "premises"};
    if (!json)
        pw_reading_fault(reading, "premises", PW_FAULT_REQUIRED, NULL, NULL);
    else if (!pw_premises_read_ref(reading->arena, json, &at, ret, reading->faults))
        reading->good = false;
}

static bool read_fact_id(struct pw_reading *reading, const struct pw_json *json, const struct pw_at *at,
    const struct pw_uuid *before, size_t count, struct pw_uuid *ret)
{
    if (!pw_json_is_string(json))
        return pw_fault(reading->faults, at, PW_FAULT_TYPE, "Een tekst.", "A string.");
    if (!pw_uuid_parse(pw_json_str(json), ret))
        return pw_fault(reading->faults, at, PW_FAULT_PATTERN, "Een UUID.", "A UUID.");
    for (size_t i = 0; i < count; i++)
        if (pw_uuid_eq(&before[i], ret))
            return pw_fault(reading->faults, at, PW_FAULT_DUPLICATE_MEMBER, NULL, NULL);
    return true;
}

static void read_based_on(struct pw_reading *reading, const struct pw_json *body, struct pw_draft *draft)
{
    const struct pw_json *json = pw_json_get(body, "basedOn");
    struct pw_at list = {.up = reading->at, .name = "basedOn"};
    if (!json)
        return;
    if (!pw_json_is_array(json) || pw_json_count(json) > BASED_ON_MAX) {
        enum pw_fault_code code = pw_json_is_array(json) ? PW_FAULT_LENGTH : PW_FAULT_TYPE;
        reading->good = pw_fault(reading->faults, &list, code, NULL, NULL);
        return;
    }
    size_t count = pw_json_count(json);
    struct pw_uuid *ids = PW_NEW_ARRAY(reading->arena, count + 1, struct pw_uuid);
    for (size_t i = 0; i < count; i++) {
        struct pw_at at = {.up = &list, .index = i};
        if (!read_fact_id(reading, pw_json_item(json, i), &at, ids, i, &ids[i]))
            reading->good = false;
    }
    draft->based_on = ids;
    draft->based_on_count = count;
}

static void read_envelope(struct pw_reading *reading, const struct pw_json *body,
    const struct pw_read_options *options, struct pw_draft *draft)
{
    draft->source_id = options->source_id.len
                           ? pw_str_dup(reading->arena, options->source_id)
                           : pw_reading_str(reading, body, "sourceId", true, 1, SOURCE_ID_MAX);
    draft->tenancy = PW_STR("");
    if (!options->no_premises) {
        read_premises(reading, body, &draft->premises);
        draft->tenancy = pw_reading_str(reading, body, "tenancy", false, 1, SOURCE_ID_MAX);
    }
    draft->occurred_on = pw_reading_date(reading, body, "occurredOn", true, 0);
    if (draft->occurred_on != PW_DAY_NONE)
        pw_record_set_occurred_on(reading->record, draft->occurred_on);
    draft->received_by = pw_reading_str(reading, body, "receivedBy", false, 0, REFERENCE_MAX);
    draft->relay_of = pw_reading_str(reading, body, "relayOf", false, 0, REFERENCE_MAX);
    draft->report_ref = pw_reading_str(reading, body, "reportRef", false, 1, SOURCE_ID_MAX);
    read_based_on(reading, body, draft);
    draft->ground = pw_reading_ground(reading, body);
}

static void check_tenancy(
    struct pw_reading *reading, const struct pw_json *body, const struct pw_read_options *options)
{
    const struct pw_kind *kind = reading->kind;
    if (options->no_premises || pw_json_get(body, "tenancy"))
        return;
    if (kind->tenancy == PW_TENANCY_REQUIRED || pw_condition_holds(&kind->tenancy_if, reading->record))
        pw_reading_fault(reading, "tenancy", PW_FAULT_REQUIRED, NULL, NULL);
}

/* The kind a batch line names. */
static const struct pw_kind *read_kind(struct pw_reading *reading, const struct pw_json *body)
{
    const struct pw_json *json = pw_json_get(body, "kind");
    const struct pw_kind *kind =
        pw_json_is_string(json) ? pw_facts_kind(reading->model, pw_json_str(json)) : NULL;
    if (!json)
        pw_reading_fault(reading, "kind", PW_FAULT_REQUIRED, NULL, NULL);
    else if (!pw_json_is_string(json))
        pw_reading_fault(reading, "kind", PW_FAULT_TYPE, "Een tekst.", "A string.");
    else if (!kind || kind->by_route)
        pw_reading_fault(reading, "kind", PW_FAULT_ENUM, NULL, NULL);
    return kind && !kind->by_route ? kind : NULL;
}

static void take_lists(struct pw_reading *reading, struct pw_draft *draft)
{
    draft->record = reading->record;
    struct pw_party_ref *parties =
        PW_NEW_ARRAY(reading->arena, reading->party_count + 1, struct pw_party_ref);
    memcpy(parties, reading->parties, reading->party_count * sizeof *parties);
    struct pw_sealed_text *sealed =
        PW_NEW_ARRAY(reading->arena, reading->sealed_count + 1, struct pw_sealed_text);
    memcpy(sealed, reading->sealed, reading->sealed_count * sizeof *sealed);
    draft->parties = parties;
    draft->party_count = reading->party_count;
    draft->sealed = sealed;
    draft->sealed_count = reading->sealed_count;
    const struct pw_field *danger = reading->kind->danger;
    draft->danger = danger && reading->record[danger->cell];
}

bool pw_facts_read_json(const struct pw_fact_model *model, const struct pw_json *json,
    const struct pw_read_options *options, struct pw_arena *arena, struct pw_draft *ret,
    struct pw_faults *faults)
{
    struct pw_reading reading = {.model = model,
        .kind = options->kind,
        .arena = arena,
        .faults = faults,
        .at = options->at,
        .today = options->today,
        .good = true};
    struct pw_draft draft = {0};
    if (!pw_json_is_object(json))
        return pw_fault(faults, options->at, PW_FAULT_TYPE, "Een JSON-object.", "A JSON object.");
    if (!reading.kind && !(reading.kind = read_kind(&reading, json)))
        return false;
    reading.record = pw_record_new(arena, reading.kind);
    struct pw_json_iter it = pw_json_members(json);
    while (pw_json_next(&it))
        if (!is_known(&reading, options, it.name))
            pw_reading_unknown(&reading, it.name);
    read_envelope(&reading, json, options, &draft);
    pw_facts_read_fields(&reading, json);
    pw_facts_check_record(&reading, options->wwft_liable);
    check_tenancy(&reading, json, options);
    if (!reading.good)
        return false;
    draft.kind = reading.kind;
    take_lists(&reading, &draft);
    *ret = draft;
    return true;
}

void pw_facts_canonical(const struct pw_kind *kind, const struct pw_json *json, struct pw_buf *out)
{
    pw_buf_put_str(out, kind->name);
    pw_buf_putc(out, '\n');
    pw_json_canonical_without(json, "kind", out);
}
