/* A record as JSON, for the API: present fields up to a class; parties by letter only. */
#include "facts_int.h"

#include <math.h>
#include <string.h>

#include <cel/cel.h>

const char *pw_party_letter(uint64_t ordinal, char out[8])
{
    char reversed[8];
    size_t n = 0;
    while (ordinal > 0 && n < sizeof reversed - 1) {
        ordinal--;
        reversed[n++] = (char)('a' + ordinal % 26);
        ordinal /= 26;
    }
    for (size_t i = 0; i < n; i++)
        out[i] = reversed[n - 1 - i];
    out[n] = 0;
    return out;
}

static void write_party(uint64_t ordinal, const struct pw_parties *parties, struct pw_jsonw *w)
{
    char letter[8];
    pw_jsonw_object(w);
    pw_jsonw_key(w, "scheme");
    pw_jsonw_z(w, pw_scheme_words[parties->items[ordinal - 1].scheme]);
    pw_jsonw_key(w, "same");
    pw_jsonw_z(w, pw_party_letter(ordinal, letter));
    pw_jsonw_end_object(w);
}

static void write_set(const struct pw_field *field, uint64_t mask, struct pw_jsonw *w)
{
    pw_jsonw_array(w);
    for (size_t i = 0; i < field->value_count; i++)
        if (mask >> i & 1)
            pw_jsonw_z(w, field->values[i]);
    pw_jsonw_end_array(w);
}

static void write_day(int64_t seconds, bool month, struct pw_jsonw *w)
{
    char text[PW_DATE_TEXT];
    pw_day_format((pw_day)(seconds / PW_SECONDS_A_DAY), text);
    if (month)
        text[7] = 0;
    pw_jsonw_z(w, text);
}

static void write_value(const struct pw_field *field, const uint64_t *record,
    const struct pw_parties *parties, struct pw_jsonw *w)
{
    uint64_t cell = record[field->cell];
    struct cel_str text;
    switch (field->type) {
    case PW_TYPE_BOOL:
        pw_jsonw_bool(w, cell != 0);
        break;
    case PW_TYPE_INTEGER:
        pw_jsonw_i64(w, (int64_t)cell);
        break;
    case PW_TYPE_NUMBER:
        pw_jsonw_double(w, pw_cell_double(cell));
        break;
    case PW_TYPE_MONEY:
        pw_jsonw_cents(w, llround(pw_cell_double(cell) * 100));
        break;
    case PW_TYPE_DATE:
    case PW_TYPE_MONTH:
        write_day((int64_t)cell, field->type == PW_TYPE_MONTH, w);
        break;
    case PW_TYPE_RELATION:
        pw_jsonw_z(w, pw_relation_words[cell]);
        break;
    case PW_TYPE_ENUM:
        pw_jsonw_z(w, pw_record_enum(record, field));
        break;
    case PW_TYPE_ENUM_SET:
        write_set(field, cell, w);
        break;
    case PW_TYPE_PARTY:
        write_party(cell, parties, w);
        break;
    case PW_TYPE_STRING:
        memcpy(&text, &record[field->cell], sizeof text);
        pw_jsonw_str(w, (struct pw_str){text.ptr, text.len});
        break;
    case PW_TYPE_TEXT:
    case PW_TYPES:
        pw_jsonw_null(w);
        break;
    }
}

void pw_facts_write_fields(const struct pw_kind *kind, const uint64_t *record, enum pw_field_class max,
    const struct pw_parties *parties, struct pw_jsonw *w)
{
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct pw_field *field = &kind->fields[i];
        bool shown = field->cell && field->class <= max && pw_record_has(record, field);
        if (!shown || (field->type == PW_TYPE_PARTY && record[field->cell] == 0))
            continue;
        pw_jsonw_key_str(w, field->name);
        write_value(field, record, parties, w);
    }
}
