/* Records: making them, looking into them, filling them from rule files and tests. */
#include "facts_int.h"

#include <string.h>

#include <cel/cel.h>

double pw_cell_double(uint64_t cell)
{
    double value;
    memcpy(&value, &cell, sizeof value);
    return value;
}

uint64_t pw_double_cell(double value)
{
    uint64_t cell;
    memcpy(&cell, &value, sizeof cell);
    return cell;
}

uint64_t *pw_record_new(struct pw_arena *arena, const struct pw_kind *kind)
{
    uint64_t *record = PW_NEW_ARRAY(arena, kind->cells, uint64_t);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct pw_field *field = &kind->fields[i];
        if (field->type == PW_TYPE_ENUM)
            record[field->cell] = field->value_count;
        if (field->type == PW_TYPE_STRING) {
            struct cel_str empty = {"", 0, 0};
            memcpy(&record[field->cell], &empty, sizeof empty);
        }
    }
    if (kind->official_cell)
        record[kind->official_cell] = kind->official;
    return record;
}

void pw_record_set_occurred_on(uint64_t *record, pw_day day)
{
    record[PW_CELL_OCCURRED] = (uint64_t)pw_day_seconds(day);
}

bool pw_record_has(const uint64_t *record, const struct pw_field *field)
{
    return record[0] >> field->index & 1;
}

const char *pw_record_enum(const uint64_t *record, const struct pw_field *field)
{
    uint64_t value = record[field->cell];
    return value < field->value_count ? field->values[value] : "";
}

void pw_parties_init(struct pw_parties *parties, struct pw_arena *arena)
{
    *parties = (struct pw_parties){.arena = arena};
}

uint64_t pw_parties_ordinal(struct pw_parties *parties, enum pw_scheme scheme, const struct pw_uuid *id)
{
    for (size_t i = 0; i < parties->count; i++)
        if (pw_uuid_eq(&parties->items[i].id, id))
            return i + 1;
    if (parties->count == parties->cap) {
        parties->cap = parties->cap ? parties->cap * 2 : 8;
        struct pw_party *items = PW_NEW_ARRAY(parties->arena, parties->cap, struct pw_party);
        if (parties->count)
            memcpy(items, parties->items, parties->count * sizeof *items);
        parties->items = items;
    }
    parties->items[parties->count++] = (struct pw_party){*id, scheme};
    return parties->count;
}

/* ---- from YAML ---- */

static bool yaml_day(const struct pw_yaml *value, bool month, uint64_t *ret, struct pw_err *err)
{
    pw_day day;
    if (month && !(value->kind == PW_YAML_SCALAR && pw_month_parse(value->text, &day)))
        return pw_yaml_fail(value, err, "a month as 2026-03 was expected");
    if (!month && !pw_yaml_day(value, &day, err))
        return false;
    *ret = (uint64_t)pw_day_seconds(day);
    return true;
}

static bool yaml_number(
    const struct pw_field *field, const struct pw_yaml *value, uint64_t *ret, struct pw_err *err)
{
    int64_t whole;
    double number;
    if (field->type == PW_TYPE_INTEGER) {
        if (!pw_yaml_i64(value, field->min, field->max, &whole, err))
            return false;
        *ret = (uint64_t)whole;
        return true;
    }
    if (!pw_yaml_double(value, &number, err))
        return false;
    *ret = pw_double_cell(number);
    return true;
}

/* Any text stands for a party: the same text is the same one. */
static bool yaml_party(const struct pw_field *field, const struct pw_yaml *value, struct pw_parties *parties,
    uint64_t *ret, struct pw_err *err)
{
    struct pw_str text;
    if (!pw_yaml_str(value, &text, err))
        return false;
    enum pw_scheme scheme = 0;
    while (!(field->schemes >> scheme & 1))
        scheme++;
    struct pw_uuid id = pw_uuid_v8(text);
    *ret = pw_parties_ordinal(parties, scheme, &id);
    return true;
}

static bool yaml_coded(
    const struct pw_field *field, const struct pw_yaml *value, uint64_t *ret, struct pw_err *err)
{
    size_t choice;
    bool yes;
    if (field->type == PW_TYPE_ENUM_SET)
        return pw_facts_parse_mask(value, field->values, ret, err);
    if (field->type == PW_TYPE_BOOL) {
        if (!pw_yaml_bool(value, &yes, err))
            return false;
        *ret = yes;
        return true;
    }
    if (!pw_yaml_choice(value, pw_facts_words(field), &choice, err))
        return false;
    if (!(field->allowed & field->only & UINT64_C(1) << choice))
        return pw_yaml_fail(value, err, "this kind does not take this value");
    *ret = choice;
    return true;
}

bool pw_record_set_yaml(struct pw_arena *arena, const struct pw_kind *kind, uint64_t *record,
    const struct pw_field *field, const struct pw_yaml *value, struct pw_parties *parties, struct pw_err *err)
{
    (void)kind;
    uint64_t cell = 0;
    struct pw_str text;
    bool good = false;
    switch (field->type) {
    case PW_TYPE_DATE:
    case PW_TYPE_MONTH:
        good = yaml_day(value, field->type == PW_TYPE_MONTH, &cell, err);
        break;
    case PW_TYPE_INTEGER:
    case PW_TYPE_NUMBER:
    case PW_TYPE_MONEY:
        good = yaml_number(field, value, &cell, err);
        break;
    case PW_TYPE_PARTY:
        good = yaml_party(field, value, parties, &cell, err);
        break;
    case PW_TYPE_STRING:
    case PW_TYPE_TEXT:
        good = pw_yaml_str(value, &text, err);
        break;
    default:
        good = yaml_coded(field, value, &cell, err);
        break;
    }
    if (!good)
        return false;
    record[0] |= UINT64_C(1) << field->index;
    if (field->type == PW_TYPE_STRING) {
        text = pw_str_dup(arena, text);
        struct cel_str string = {text.data, (uint32_t)text.len, 0};
        memcpy(&record[field->cell], &string, sizeof string);
    } else if (field->cell) {
        record[field->cell] = cell;
    }
    return true;
}
