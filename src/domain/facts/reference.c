/*
 * Reference rents (reference-rents.yaml): what is usual nationwide for a kind of letting and a size. Resolved
 * once, when a registration is taken in, and stored in it with the table's version, so that a later table
 * changes no assessment of the past.
 */
#include "facts_int.h"

#include <string.h>

#include <cel/cel.h>

#define ROWS_MAX 200

static bool parse_row(const struct pw_yaml *row, bool last, struct pw_reference_rent *ret, struct pw_err *err)
{
    static const char *const keys[] = {"up-to-m2", "rentEur", NULL};
    const struct pw_yaml *rent, *size = pw_yaml_get(row, "up-to-m2");
    int64_t metres = INT32_MAX, milli;
    if (!pw_yaml_known(row, keys, err) || !pw_yaml_need(row, "rentEur", &rent, err) ||
        !pw_yaml_milli(rent, 1000, INT64_C(100000000), &milli, err) ||
        (size && !pw_yaml_i64(size, 1, 1000000, &metres, err)))
        return false;
    if (!size != last)
        return pw_yaml_fail(
            row, err, "each row but the last has up-to-m2; the last holds for all that is larger");
    ret->up_to_m2 = (int32_t)metres;
    ret->rent = milli;
    return true;
}

static bool parse_letting(const struct pw_yaml_pair *pair, struct pw_fact_model *model,
    struct pw_reference_rent *rows, struct pw_err *err)
{
    int32_t before = 0;
    if (!pw_yaml_need_list(pair->value, err))
        return false;
    for (size_t i = 0; i < pair->value->count; i++) {
        const struct pw_yaml *row = pair->value->items[i];
        struct pw_reference_rent *ret = &rows[model->reference_count];
        if (model->reference_count == ROWS_MAX)
            return pw_yaml_fail(row, err, "more than %d rows", ROWS_MAX);
        if (!parse_row(row, i + 1 == pair->value->count, ret, err))
            return false;
        if (ret->up_to_m2 <= before)
            return pw_yaml_fail(row, err, "sizes must rise from row to row");
        before = ret->up_to_m2;
        ret->letting = pair->key->text;
        model->reference_count++;
    }
    return true;
}

bool pw_facts_parse_reference(
    struct pw_arena *arena, const struct pw_yaml *root, struct pw_fact_model *model, struct pw_err *err)
{
    static const char *const keys[] = {"version", "source", "rents", NULL};
    const struct pw_yaml *version, *source, *rents;
    struct pw_reference_rent *rows = PW_NEW_ARRAY(arena, ROWS_MAX, struct pw_reference_rent);
    struct pw_str origin;
    if (!pw_yaml_known(root, keys, err) || !pw_yaml_need(root, "version", &version, err) ||
        !pw_yaml_str(version, &model->reference_version, err) ||
        !pw_yaml_need(root, "source", &source, err) || !pw_yaml_str(source, &origin, err) ||
        !pw_yaml_need(root, "rents", &rents, err) || !pw_yaml_need_map(rents, err))
        return false;
    model->references = rows;
    for (size_t i = 0; i < rents->count; i++)
        if (!parse_letting(&rents->pairs[i], model, rows, err))
            return false;
    return true;
}

/* Floor area in m2; INT32_MAX when it is not known: then the last row counts. */
static int64_t area_of(const struct pw_fact_model *model, const uint64_t *premises)
{
    const struct pw_field *area = pw_kind_field(model->premises, PW_STR("floorAreaM2"));
    bool known = premises && area && pw_record_has(premises, area);
    return known ? (int64_t)premises[area->cell] : INT32_MAX;
}

static const struct pw_reference_rent *find_row(
    const struct pw_fact_model *model, const char *letting, int64_t area)
{
    for (size_t i = 0; i < model->reference_count; i++)
        if (pw_str_is(model->references[i].letting, letting) && area <= model->references[i].up_to_m2)
            return &model->references[i];
    return NULL;
}

void pw_facts_fill_reference(
    const struct pw_fact_model *model, const struct pw_kind *kind, const uint64_t *premises, uint64_t *record)
{
    const struct pw_field *rent = pw_kind_field(kind, PW_STR("referenceRentEur"));
    const struct pw_field *version = pw_kind_field(kind, PW_STR("referenceVersion"));
    const struct pw_field *letting = pw_kind_field(kind, PW_STR("lettingType"));
    const struct pw_reference_rent *row;
    struct cel_str text = {model->reference_version.data, (uint32_t)model->reference_version.len, 0};
    if (!rent || !version || !letting || !rent->set_at_intake || !pw_record_has(record, letting))
        return;
    row = find_row(model, pw_record_enum(record, letting), area_of(model, premises));
    if (!row)
        return;
    record[rent->cell] = pw_double_cell((double)row->rent / 1000.0);
    memcpy(&record[version->cell], &text, sizeof text);
    record[0] |= UINT64_C(1) << rent->index | UINT64_C(1) << version->index;
}
