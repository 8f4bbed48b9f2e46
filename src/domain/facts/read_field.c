/*
 * The fields of a body, one by one: each value is checked against its declaration and put into the
 * record. Everything wrong is reported; nothing that was refused is repeated.
 */
#include "facts_int.h"

#include <string.h>

#include <cel/cel.h>

struct value {
    struct pw_reading *reading;
    const struct pw_field *field;
    const struct pw_json *json;
    struct pw_at at;
};

static void fault(const struct value *v, enum pw_fault_code code, const char *nl, const char *en)
{
    v->reading->good = pw_fault(v->reading->faults, &v->at, code, nl, en);
}

static void store(const struct value *v, uint64_t cell)
{
    v->reading->record[v->field->cell] = cell;
    v->reading->record[0] |= UINT64_C(1) << v->field->index;
}

static bool is_string(const struct value *v)
{
    if (pw_json_is_string(v->json))
        return true;
    fault(v, PW_FAULT_TYPE, "Een tekst.", "A string.");
    return false;
}

static void range_fault(const struct value *v, int64_t scale)
{
    struct pw_arena *arena = v->reading->arena;
    long long min = v->field->min / scale, max = v->field->max / scale;
    fault(v, PW_FAULT_RANGE, pw_str_printf(arena, "Van %lld tot en met %lld.", min, max).data,
        pw_str_printf(arena, "From %lld to %lld.", min, max).data);
}

static void read_bool(const struct value *v)
{
    if (pw_json_is_bool(v->json))
        store(v, pw_json_bool(v->json));
    else
        fault(v, PW_FAULT_TYPE, "true of false.", "true or false.");
}

static void read_integer(const struct value *v)
{
    int64_t number;
    double value = pw_json_is_number(v->json) ? pw_json_number(v->json) : 0;
    if (!pw_json_is_number(v->json))
        fault(v, PW_FAULT_TYPE, "Een geheel getal.", "A whole number.");
    else if (value < (double)v->field->min || value > (double)v->field->max)
        range_fault(v, 1);
    else if (!pw_json_to_i64(v->json, &number))
        fault(v, PW_FAULT_TYPE, "Een geheel getal.", "A whole number.");
    else
        store(v, (uint64_t)number);
}

static int64_t scale_of(const struct pw_field *field)
{
    int64_t scale = 1;
    for (int i = 0; i < field->decimals; i++)
        scale *= 10;
    return scale;
}

static void read_decimal(const struct value *v)
{
    int64_t scale = scale_of(v->field), units;
    if (!pw_json_is_number(v->json)) {
        fault(v, PW_FAULT_TYPE, "Een getal.", "A number.");
        return;
    }
    double value = pw_json_number(v->json);
    if (value < (double)v->field->min / (double)scale || value > (double)v->field->max / (double)scale)
        range_fault(v, scale);
    else if (!pw_json_to_scaled(v->json, scale, &units))
        fault(v, PW_FAULT_PRECISION, NULL, NULL);
    else
        store(v, pw_double_cell(value == 0 ? 0.0 : value));
}

static void read_day(const struct value *v)
{
    bool month = v->field->type == PW_TYPE_MONTH;
    pw_day day;
    if (!is_string(v))
        return;
    struct pw_str text = pw_json_str(v->json);
    bool good = month ? pw_month_parse(text, &day) : pw_day_parse(text, &day);
    if (!good)
        fault(v, PW_FAULT_PATTERN, month ? "Een maand zoals 2026-03." : "Een datum zoals 2026-03-01.",
            month ? "A month such as 2026-03." : "A date such as 2026-03-01.");
    else if (day > v->reading->today + v->field->ahead_days)
        fault(v, PW_FAULT_FUTURE_DATE, v->field->ahead_days ? "Ligt te ver in de toekomst." : NULL,
            v->field->ahead_days ? "Lies too far in the future." : NULL);
    else
        store(v, (uint64_t)pw_day_seconds(day));
}

/* The position of the word among those that may be sent; -1 with a fault. */
static int read_word(const struct value *v, const struct pw_json *json, const struct pw_at *at)
{
    struct pw_reading *reading = v->reading;
    if (!pw_json_is_string(json)) {
        reading->good = pw_fault(reading->faults, at, PW_FAULT_TYPE, "Een tekst.", "A string.");
        return -1;
    }
    const char *const *words = pw_facts_words(v->field);
    for (int i = 0; words[i]; i++) {
        uint64_t bit = UINT64_C(1) << i;
        if (!pw_str_is(pw_json_str(json), words[i]) || !(v->field->allowed & bit))
            continue;
        if (v->field->only & bit)
            return i;
        reading->good = pw_fault(reading->faults, at, PW_FAULT_NOT_ALLOWED, NULL, NULL);
        return -1;
    }
    reading->good = pw_fault(reading->faults, at, PW_FAULT_ENUM, NULL, NULL);
    return -1;
}

static void read_coded(const struct value *v)
{
    int word = read_word(v, v->json, &v->at);
    if (word >= 0)
        store(v, (uint64_t)word);
}

static void read_set(const struct value *v)
{
    uint64_t mask = 0;
    if (!pw_json_is_array(v->json)) {
        fault(v, PW_FAULT_TYPE, "Een lijst.", "A list.");
        return;
    }
    if (pw_json_count(v->json) > (size_t)v->field->max) {
        fault(v, PW_FAULT_LENGTH, NULL, NULL);
        return;
    }
    for (size_t i = 0; i < pw_json_count(v->json); i++) {
        struct pw_at at = {.up = &v->at, .index = i};
        int word = read_word(v, pw_json_item(v->json, i), &at);
        uint64_t bit = word >= 0 ? UINT64_C(1) << word : 0;
        if (mask & bit)
            v->reading->good = pw_fault(v->reading->faults, &at, PW_FAULT_DUPLICATE_MEMBER, NULL, NULL);
        mask |= bit;
    }
    store(v, mask);
}

/* Checks a text's length and form; false with a fault. */
static bool read_text(const struct value *v, struct pw_str *ret)
{
    if (!is_string(v))
        return false;
    *ret = pw_json_str(v->json);
    size_t length = pw_utf8_length(*ret);
    if (length < (size_t)v->field->min || length > (size_t)v->field->max) {
        struct pw_arena *arena = v->reading->arena;
        long long min = v->field->min, max = v->field->max;
        fault(v, PW_FAULT_LENGTH, pw_str_printf(arena, "Van %lld tot en met %lld tekens.", min, max).data,
            pw_str_printf(arena, "From %lld to %lld characters.", min, max).data);
        return false;
    }
    if (pw_text_is_nfc(*ret))
        return true;
    fault(v, PW_FAULT_CHARACTER_NOT_ALLOWED, NULL, NULL);
    return false;
}

static void read_string(const struct value *v)
{
    struct pw_str text;
    if (!read_text(v, &text))
        return;
    text = pw_str_dup(v->reading->arena, text);
    struct cel_str cell = {text.data, (uint32_t)text.len, 0};
    store(v, 0);
    memcpy(&v->reading->record[v->field->cell], &cell, sizeof cell);
}

static void read_sealed(const struct value *v)
{
    struct pw_reading *reading = v->reading;
    struct pw_str text;
    if (!read_text(v, &text) || text.len == 0)
        return;
    reading->record[0] |= UINT64_C(1) << v->field->index;
    reading->sealed[reading->sealed_count++] =
        (struct pw_sealed_text){v->field, pw_str_dup(reading->arena, text)};
}

static void read_party(const struct value *v)
{
    struct pw_reading *reading = v->reading;
    struct pw_party_ref ref;
    if (!pw_facts_read_party(reading->arena, v->json, &v->at, v->field->schemes, &ref, reading->faults)) {
        reading->good = false;
        return;
    }
    ref.field = v->field;
    size_t i = 0;
    while (i < reading->party_count &&
           (reading->parties[i].scheme != ref.scheme || !pw_str_eq(reading->parties[i].value, ref.value)))
        i++;
    if (i == reading->party_count)
        reading->parties[reading->party_count++] = ref;
    store(v, i + 1);
}

static void (*const readers[PW_TYPES])(const struct value *v) = {
    [PW_TYPE_BOOL] = read_bool,
    [PW_TYPE_INTEGER] = read_integer,
    [PW_TYPE_NUMBER] = read_decimal,
    [PW_TYPE_MONEY] = read_decimal,
    [PW_TYPE_DATE] = read_day,
    [PW_TYPE_MONTH] = read_day,
    [PW_TYPE_RELATION] = read_coded,
    [PW_TYPE_ENUM] = read_coded,
    [PW_TYPE_ENUM_SET] = read_set,
    [PW_TYPE_PARTY] = read_party,
    [PW_TYPE_STRING] = read_string,
    [PW_TYPE_TEXT] = read_sealed,
};

void pw_facts_read_fields(struct pw_reading *reading, const struct pw_json *body)
{
    for (size_t i = 0; i < reading->kind->field_count; i++) {
        const struct pw_field *field = &reading->kind->fields[i];
        const struct pw_json *json = pw_json_get(body, field->name.data);
        if (!json)
            continue;
        struct value v = {reading, field, json, {.up = reading->at, .name = field->name.data}};
        reading->stated |= UINT64_C(1) << field->index;
        if (field->set_at_intake)
            fault(&v, PW_FAULT_NOT_ALLOWED, "Wordt bij ontvangst bepaald; laat dit veld weg.",
                "Is determined at intake; leave this field out.");
        else
            readers[field->type](&v);
    }
}
