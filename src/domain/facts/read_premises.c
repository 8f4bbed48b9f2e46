/* The attributes of a premises: the declared record, and what stands beside it (unit, parent, address, date,
 * ground). */
#include "facts_int.h"

#include <string.h>

static const char *const beside[] = {"unit", "parent", "address", "asOf", "ground", NULL};

static bool is_known(const struct pw_reading *reading, const char *name)
{
    if (pw_kind_field(reading->kind, pw_str_z(name)))
        return true;
    for (size_t i = 0; beside[i]; i++)
        if (strcmp(beside[i], name) == 0)
            return true;
    return false;
}

static void read_parent(struct pw_reading *reading, const struct pw_json *body, struct pw_uuid *ret)
{
    struct pw_str text = pw_reading_str(reading, body, "parent", false, 0, 64);
    if (text.len && !pw_uuid_parse(text, ret))
        pw_reading_fault(reading, "parent", PW_FAULT_PATTERN, "Een UUID.", "A UUID.");
}

/* A new premises without BAG object is found by its address or lies in another one; one that is known
 * may be told its address, which then is another name of it. */
static void read_place(
    struct pw_reading *reading, const struct pw_json *body, bool creating, struct pw_premises_draft *draft)
{
    const struct pw_json *address = pw_json_get(body, "address");
    struct pw_at at = {.up = reading->at, .name = "address"};
    if (creating && !address && !pw_json_get(body, "parent"))
        reading->good = pw_fault(reading->faults, reading->at, PW_FAULT_ONE_OF, "Geef address of parent.",
            "Give address or parent.");
    if (address && !pw_premises_read_address(reading->arena, address, &at, &draft->address, reading->faults))
        reading->good = false;
}

bool pw_facts_read_premises(const struct pw_fact_model *model, const struct pw_json *json, pw_day today,
    bool creating, struct pw_arena *arena, struct pw_premises_draft *ret, struct pw_faults *faults)
{
    struct pw_reading reading = {.model = model,
        .kind = model->premises,
        .arena = arena,
        .faults = faults,
        .today = today,
        .good = true};
    struct pw_premises_draft draft = {.address = {.postcode = PW_STR("")}};
    if (!pw_json_is_object(json))
        return pw_fault(faults, NULL, PW_FAULT_TYPE, "Een JSON-object.", "A JSON object.");
    reading.record = pw_record_new(arena, model->premises);
    struct pw_json_iter it = pw_json_members(json);
    while (pw_json_next(&it))
        if (!is_known(&reading, it.name))
            pw_reading_unknown(&reading, it.name);
    draft.unit = pw_reading_str(&reading, json, "unit", false, 1, 40);
    read_parent(&reading, json, &draft.parent);
    draft.as_of = pw_reading_date(&reading, json, "asOf", true, 0);
    draft.ground = pw_reading_ground(&reading, json);
    read_place(&reading, json, creating, &draft);
    pw_facts_read_fields(&reading, json);
    pw_facts_check_record(&reading, false);
    if (!reading.good)
        return false;
    draft.record = reading.record;
    *ret = draft;
    return true;
}
