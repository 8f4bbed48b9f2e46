/* The declarations as JSON Schema (2020-12, the dialect of OpenAPI 3.1), for /v1/openapi.json. */
#include "facts_int.h"

#include <stdio.h>

struct writer {
    struct pw_jsonw *w;
    bool dutch;
};

static void member_z(struct pw_jsonw *w, const char *name, const char *value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_z(w, value);
}

static void member_i64(struct pw_jsonw *w, const char *name, int64_t value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_i64(w, value);
}

static void write_words(struct pw_jsonw *w, const char *const *words, uint64_t allowed)
{
    pw_jsonw_key(w, "enum");
    pw_jsonw_array(w);
    for (size_t i = 0; words[i]; i++)
        if (allowed >> i & 1)
            pw_jsonw_z(w, words[i]);
    pw_jsonw_end_array(w);
}

static void write_decimal_limit(struct pw_jsonw *w, const char *name, int64_t units, int decimals)
{
    pw_jsonw_key(w, name);
    while (decimals++ < 3)
        units *= 10;
    pw_jsonw_milli(w, units);
}

static void write_number(struct pw_jsonw *w, const struct pw_field *field)
{
    bool whole = field->type == PW_TYPE_INTEGER;
    member_z(w, "type", whole ? "integer" : "number");
    write_decimal_limit(w, "minimum", field->min, field->decimals);
    write_decimal_limit(w, "maximum", field->max, field->decimals);
    if (whole)
        return;
    pw_jsonw_key(w, "multipleOf");
    pw_jsonw_raw(w, field->decimals == 2   ? PW_STR("0.01")
                    : field->decimals == 1 ? PW_STR("0.1")
                                           : PW_STR("1"));
}

static void write_set(struct pw_jsonw *w, const struct pw_field *field)
{
    member_z(w, "type", "array");
    member_i64(w, "maxItems", field->max);
    pw_jsonw_key(w, "uniqueItems");
    pw_jsonw_bool(w, true);
    pw_jsonw_key(w, "items");
    pw_jsonw_object(w);
    member_z(w, "type", "string");
    write_words(w, field->values, field->allowed & field->only);
    pw_jsonw_end_object(w);
}

static void write_party(struct pw_jsonw *w, const struct pw_field *field)
{
    member_z(w, "type", "object");
    pw_jsonw_key(w, "additionalProperties");
    pw_jsonw_bool(w, false);
    pw_jsonw_key(w, "required");
    pw_jsonw_raw(w, PW_STR("[\"scheme\",\"value\"]"));
    pw_jsonw_key(w, "properties");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "scheme");
    pw_jsonw_object(w);
    member_z(w, "type", "string");
    write_words(w, pw_scheme_words, field->schemes);
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "value");
    pw_jsonw_raw(w, PW_STR("{\"type\":\"string\",\"minLength\":1,\"maxLength\":300}"));
    pw_jsonw_end_object(w);
}

static void write_type(struct pw_jsonw *w, const struct pw_field *field)
{
    switch (field->type) {
    case PW_TYPE_BOOL:
        member_z(w, "type", "boolean");
        break;
    case PW_TYPE_INTEGER:
    case PW_TYPE_NUMBER:
    case PW_TYPE_MONEY:
        write_number(w, field);
        break;
    case PW_TYPE_DATE:
        member_z(w, "type", "string");
        member_z(w, "format", "date");
        break;
    case PW_TYPE_MONTH:
        member_z(w, "type", "string");
        member_z(w, "pattern", "^[0-9]{4}-(0[1-9]|1[0-2])$");
        break;
    case PW_TYPE_ENUM_SET:
        write_set(w, field);
        break;
    case PW_TYPE_PARTY:
        write_party(w, field);
        break;
    case PW_TYPE_STRING:
    case PW_TYPE_TEXT:
        member_z(w, "type", "string");
        member_i64(w, "minLength", field->min);
        member_i64(w, "maxLength", field->max);
        break;
    default:
        member_z(w, "type", "string");
        write_words(w, pw_facts_words(field), field->allowed & field->only);
        break;
    }
}

static void write_field(const struct writer *s, const struct pw_field *field)
{
    struct pw_str title = s->dutch ? field->title.nl : field->title.en;
    pw_jsonw_key_str(s->w, field->name);
    pw_jsonw_object(s->w);
    if (title.len) {
        pw_jsonw_key(s->w, "title");
        pw_jsonw_str(s->w, title);
    }
    write_type(s->w, field);
    pw_jsonw_end_object(s->w);
}

/* ---- kinds ---- */

static void write_envelope(struct pw_jsonw *w)
{
    static const struct {
        const char *name, *schema;
    } members[] = {
        {"sourceId", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}"},
        {"premises", "{\"$ref\":\"#/components/schemas/PremisesRef\"}"},
        {"tenancy", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}"},
        {"occurredOn", "{\"type\":\"string\",\"format\":\"date\"}"},
        {"receivedBy", "{\"type\":\"string\",\"maxLength\":200}"},
        {"relayOf", "{\"type\":\"string\",\"maxLength\":200}"},
        {"basedOn", "{\"type\":\"array\",\"maxItems\":20,\"uniqueItems\":true,"
                    "\"items\":{\"type\":\"string\",\"format\":\"uuid\"}}"},
        {"reportRef", "{\"type\":\"string\",\"minLength\":1,\"maxLength\":64}"},
        {"ground", "{\"$ref\":\"#/components/schemas/Ground\"}"},
    };
    for (size_t i = 0; i < PW_COUNT(members); i++) {
        pw_jsonw_key(w, members[i].name);
        pw_jsonw_raw(w, pw_str_z(members[i].schema));
    }
}

static void write_required(struct pw_jsonw *w, const struct pw_kind *kind, bool fact)
{
    pw_jsonw_key(w, "required");
    pw_jsonw_array(w);
    if (fact) {
        pw_jsonw_z(w, "sourceId");
        pw_jsonw_z(w, "premises");
        pw_jsonw_z(w, "occurredOn");
        if (kind->tenancy == PW_TENANCY_REQUIRED)
            pw_jsonw_z(w, "tenancy");
    } else {
        pw_jsonw_z(w, "asOf");
    }
    pw_jsonw_z(w, "ground");
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].required)
            pw_jsonw_str(w, kind->fields[i].name);
    pw_jsonw_end_array(w);
}

/* if {each term} then {required: [name]}, as one entry of allOf. */
static void write_condition(struct pw_jsonw *w, const struct pw_condition *condition, struct pw_str name)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "if");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "properties");
    pw_jsonw_object(w);
    for (size_t i = 0; i < condition->count; i++) {
        const struct pw_condition_term *term = &condition->terms[i];
        pw_jsonw_key_str(w, term->field->name);
        pw_jsonw_object(w);
        if (term->field->type == PW_TYPE_BOOL) {
            pw_jsonw_key(w, "const");
            pw_jsonw_bool(w, term->mask & 2);
        } else {
            write_words(w, pw_facts_words(term->field), term->mask);
        }
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "required");
    pw_jsonw_array(w);
    for (size_t i = 0; i < condition->count; i++)
        pw_jsonw_str(w, condition->terms[i].field->name);
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "then");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "required");
    pw_jsonw_array(w);
    pw_jsonw_str(w, name);
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
    pw_jsonw_end_object(w);
}

static void write_conditions(struct pw_jsonw *w, const struct pw_kind *kind)
{
    size_t conditional = kind->tenancy == PW_TENANCY_CONDITIONAL;
    for (size_t i = 0; i < kind->field_count; i++)
        conditional += kind->fields[i].required_if.count > 0;
    if (conditional == 0)
        return;
    pw_jsonw_key(w, "allOf");
    pw_jsonw_array(w);
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].required_if.count)
            write_condition(w, &kind->fields[i].required_if, kind->fields[i].name);
    if (kind->tenancy == PW_TENANCY_CONDITIONAL)
        write_condition(w, &kind->tenancy_if, PW_STR("tenancy"));
    pw_jsonw_end_array(w);
}

static void write_kind(const struct writer *s, const struct pw_kind *kind, bool fact)
{
    char key[96];
    struct pw_arena *arena = pw_arena_new();
    snprintf(key, sizeof key, "%sBody", pw_facts_camel(arena, kind->name, true).data);
    pw_arena_free(arena);
    pw_jsonw_key(s->w, key);
    pw_jsonw_object(s->w);
    pw_jsonw_key(s->w, "title");
    pw_jsonw_str(s->w, s->dutch ? kind->title.nl : kind->title.en);
    member_z(s->w, "type", "object");
    pw_jsonw_key(s->w, "additionalProperties");
    pw_jsonw_bool(s->w, false);
    write_required(s->w, kind, fact);
    write_conditions(s->w, kind);
    pw_jsonw_key(s->w, "properties");
    pw_jsonw_object(s->w);
    if (fact)
        write_envelope(s->w);
    for (size_t i = 0; i < kind->field_count; i++)
        if (!kind->fields[i].set_at_intake)
            write_field(s, &kind->fields[i]);
    if (!fact) {
        pw_jsonw_key(s->w, "unit");
        pw_jsonw_raw(s->w, PW_STR("{\"type\":\"string\",\"minLength\":1,\"maxLength\":40}"));
        pw_jsonw_key(s->w, "parent");
        pw_jsonw_raw(s->w, PW_STR("{\"type\":\"string\",\"format\":\"uuid\"}"));
        pw_jsonw_key(s->w, "asOf");
        pw_jsonw_raw(s->w, PW_STR("{\"type\":\"string\",\"format\":\"date\"}"));
        pw_jsonw_key(s->w, "ground");
        pw_jsonw_raw(s->w, PW_STR("{\"$ref\":\"#/components/schemas/Ground\"}"));
        pw_jsonw_key(s->w, "address");
        pw_jsonw_raw(s->w, PW_STR("{\"$ref\":\"#/components/schemas/Address\"}"));
    }
    pw_jsonw_end_object(s->w);
    pw_jsonw_end_object(s->w);
}

static void write_shared(struct pw_jsonw *w)
{
    pw_jsonw_key(w, "Ground");
    pw_jsonw_object(w);
    member_z(w, "type", "string");
    write_words(w, pw_ground_words, ~UINT64_C(0));
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "FactAnswer");
    pw_jsonw_raw(w,
        PW_STR("{\"type\":\"object\",\"required\":[\"id\",\"sourceId\",\"kind\",\"premisesId\",\"tenancyId\","
               "\"receivedAt\",\"result\",\"guidance\"],\"properties\":{"
               "\"id\":{\"type\":\"string\",\"format\":\"uuid\"},\"sourceId\":{\"type\":\"string\"},"
               "\"kind\":{\"type\":\"string\"},\"premisesId\":{\"type\":\"string\",\"format\":\"uuid\"},"
               "\"tenancyId\":{\"type\":[\"string\",\"null\"],\"format\":\"uuid\"},"
               "\"receivedAt\":{\"type\":\"string\",\"format\":\"date-time\"},"
               "\"result\":{\"type\":\"string\",\"enum\":[\"created\",\"duplicate\"]},"
               "\"guidance\":{\"type\":[\"string\",\"null\"]},"
               "\"status\":{\"type\":\"string\",\"enum\":[\"live\",\"retracted\",\"corrected\",\"erased\"]},"
               "\"replacedBy\":{\"type\":\"string\",\"format\":\"uuid\"},\"fact\":{\"type\":\"object\"}}}"));
    pw_premises_write_schemas(w);
}

void pw_facts_write_schemas(const struct pw_fact_model *model, bool dutch, struct pw_jsonw *w)
{
    struct writer s = {w, dutch};
    write_shared(w);
    for (size_t i = 0; i < model->kind_count; i++)
        if (!model->kinds[i].by_route)
            write_kind(&s, &model->kinds[i], true);
    write_kind(&s, model->premises, false);
}
