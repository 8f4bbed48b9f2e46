/* One field of a declaration: its type, limits and words. */
#include "facts_int.h"

#include <stdlib.h>
#include <string.h>

static const char *const type_words[] = {"bool", "integer", "count", "number", "money", "date", "month",
    "relation", "enum", "enums", "party", "string", "text", NULL};
static const enum pw_field_type types[] = {PW_TYPE_BOOL, PW_TYPE_INTEGER, PW_TYPE_INTEGER, PW_TYPE_NUMBER,
    PW_TYPE_MONEY, PW_TYPE_DATE, PW_TYPE_MONTH, PW_TYPE_RELATION, PW_TYPE_ENUM, PW_TYPE_ENUM_SET,
    PW_TYPE_PARTY, PW_TYPE_STRING, PW_TYPE_TEXT};
static const char *const class_words[] = {"public", "internal", "restricted", "personal", "sealed", NULL};
static const char *const keys[] = {"nr", "type", "title", "values", "required", "required-if", "class", "min",
    "max", "decimals", "ahead", "not-before", "schemes", "only", "except", "set-at-intake", NULL};

static bool parse_values(
    struct pw_arena *arena, const struct pw_yaml *node, struct pw_field *field, struct pw_err *err)
{
    if (!pw_yaml_need_list(node, err))
        return false;
    if (node->count == 0 || node->count > PW_VALUES_MAX)
        return pw_yaml_fail(node, err, "1 to %d values were expected", PW_VALUES_MAX);
    const char **values = PW_NEW_ARRAY(arena, node->count + 1, const char *);
    for (size_t i = 0; i < node->count; i++) {
        struct pw_str word;
        if (!pw_yaml_str(node->items[i], &word, err))
            return false;
        for (size_t k = 0; k < i; k++)
            if (pw_str_is(word, values[k]))
                return pw_yaml_fail(node->items[i], err, "this value stands twice");
        if (word.len == 0)
            return pw_yaml_fail(node->items[i], err, "a value may not be empty");
        values[i] = word.data;
    }
    field->values = values;
    field->value_count = node->count;
    return true;
}

bool pw_facts_parse_mask(
    const struct pw_yaml *node, const char *const *values, uint64_t *ret, struct pw_err *err)
{
    *ret = 0;
    size_t count = node->kind == PW_YAML_LIST ? node->count : 1;
    for (size_t i = 0; i < count; i++) {
        size_t choice;
        if (!pw_yaml_choice(node->kind == PW_YAML_LIST ? node->items[i] : node, values, &choice, err))
            return false;
        *ret |= UINT64_C(1) << choice;
    }
    return true;
}

static void set_defaults(struct pw_field *field, size_t type)
{
    field->type = types[type];
    field->class = field->type == PW_TYPE_TEXT ? PW_SEALED : PW_INTERNAL;
    field->allowed = field->only = ~UINT64_C(0);
    switch (field->type) {
    case PW_TYPE_INTEGER:
        field->max = PW_COUNT_MAX;
        break;
    case PW_TYPE_MONEY:
        field->max = PW_MONEY_MAX;
        field->decimals = 2;
        break;
    case PW_TYPE_ENUM_SET:
        field->max = PW_LIST_MAX;
        break;
    case PW_TYPE_STRING:
        field->min = 1;
        field->max = 200;
        break;
    case PW_TYPE_TEXT:
        field->max = 1000;
        break;
    default:
        break;
    }
}

/* Limits are written in the unit a reader thinks in and kept in units of the last decimal. */
static bool parse_limits(const struct pw_yaml *node, struct pw_field *field, struct pw_err *err)
{
    int64_t decimals = field->decimals;
    if (!pw_yaml_opt_i64(node, "decimals", 0, 6, &decimals, err))
        return false;
    field->decimals = (int)decimals;
    int64_t scale = 1;
    for (int i = 0; i < field->decimals; i++)
        scale *= 10;
    int64_t min = INT64_MIN, max = INT64_MIN;
    int64_t bound = INT64_C(1) << 40;
    if (!pw_yaml_opt_i64(node, "min", -bound, bound, &min, err) ||
        !pw_yaml_opt_i64(node, "max", -bound, bound, &max, err) ||
        !pw_yaml_opt_i64(node, "ahead", 0, 36525, &field->ahead_days, err))
        return false;
    if (min != INT64_MIN)
        field->min = min * scale;
    if (max != INT64_MIN)
        field->max = max * scale;
    return field->min <= field->max || pw_yaml_fail(node, err, "min is above max");
}

static bool parse_schemes(const struct pw_yaml *node, struct pw_field *field, struct pw_err *err)
{
    const struct pw_yaml *schemes = pw_yaml_get(node, "schemes");
    uint64_t mask = 0;
    if (field->type != PW_TYPE_PARTY)
        return !schemes || pw_yaml_fail(schemes, err, "only a party has schemes");
    if (!pw_yaml_need(node, "schemes", &schemes, err) ||
        !pw_facts_parse_mask(schemes, pw_scheme_words, &mask, err))
        return false;
    field->schemes = (unsigned)mask;
    return true;
}

static bool parse_words(
    struct pw_arena *arena, const struct pw_yaml *node, struct pw_field *field, struct pw_err *err)
{
    bool coded = field->type == PW_TYPE_ENUM || field->type == PW_TYPE_ENUM_SET;
    const struct pw_yaml *values = pw_yaml_get(node, "values");
    if (values && !coded)
        return pw_yaml_fail(values, err, "only enum and enums have values");
    if (coded && (!pw_yaml_need(node, "values", &values, err) || !parse_values(arena, values, field, err)))
        return false;
    const struct pw_yaml *only = pw_yaml_get(node, "only");
    if (only && !pw_facts_words(field))
        return pw_yaml_fail(only, err, "only coded fields can be limited to some values");
    return !only || pw_facts_parse_mask(only, pw_facts_words(field), &field->only, err);
}

static bool parse_class(const struct pw_yaml *node, struct pw_field *field, struct pw_err *err)
{
    const struct pw_yaml *class = pw_yaml_get(node, "class");
    size_t choice = field->class;
    if (class && !pw_yaml_choice(class, class_words, &choice, err))
        return false;
    field->class = (enum pw_field_class)choice;
    bool sealed = field->class == PW_SEALED;
    if (sealed != (field->type == PW_TYPE_TEXT))
        return pw_yaml_fail(node, err, "a text is sealed, and nothing else is");
    return true;
}

static bool is_field_name(struct pw_str name)
{
    if (name.len == 0 || name.len > 64 || name.data[0] < 'a' || name.data[0] > 'z')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')))
            return false;
    }
    return true;
}

static bool parse_field(
    struct pw_arena *arena, const struct pw_yaml_pair *pair, struct pw_field *field, struct pw_err *err)
{
    const struct pw_yaml *node = pair->value, *nr_node, *type_node;
    size_t type;
    int64_t nr;
    if (!is_field_name(pair->key->text))
        return pw_yaml_fail(pair->key, err, "a field name is camelCase: letters and digits");
    if (!pw_yaml_known(node, keys, err) || !pw_yaml_need(node, "nr", &nr_node, err) ||
        !pw_yaml_i64(nr_node, 1, 65535, &nr, err) || !pw_yaml_need(node, "type", &type_node, err) ||
        !pw_yaml_choice(type_node, type_words, &type, err))
        return false;
    field->name = pair->key->text;
    field->nr = (unsigned)nr;
    set_defaults(field, type);
    const struct pw_yaml *title = pw_yaml_get(node, "title");
    return parse_limits(node, field, err) && parse_schemes(node, field, err) &&
           parse_words(arena, node, field, err) && parse_class(node, field, err) &&
           pw_yaml_opt_bool(node, "required", &field->required, err) &&
           pw_yaml_opt_bool(node, "set-at-intake", &field->set_at_intake, err) &&
           (!title || pw_yaml_text(title, &field->title, err));
}

bool pw_facts_parse_fields(
    struct pw_arena *arena, const struct pw_yaml *node, struct pw_field_list *ret, struct pw_err *err)
{
    if (!pw_yaml_need_map(node, err))
        return false;
    ret->items = PW_NEW_ARRAY(arena, node->count + 1, struct pw_field);
    ret->specs = PW_NEW_ARRAY(arena, node->count + 1, const struct pw_yaml *);
    ret->count = node->count;
    for (size_t i = 0; i < node->count; i++) {
        if (!parse_field(arena, &node->pairs[i], &ret->items[i], err))
            return false;
        ret->specs[i] = node->pairs[i].value;
    }
    return true;
}

bool pw_facts_parse_condition(struct pw_arena *arena, const struct pw_kind *kind, const struct pw_yaml *node,
    struct pw_condition *ret, struct pw_err *err)
{
    if (!pw_yaml_need_map(node, err))
        return false;
    struct pw_condition_term *terms = PW_NEW_ARRAY(arena, node->count + 1, struct pw_condition_term);
    for (size_t i = 0; i < node->count; i++) {
        const struct pw_field *field = pw_kind_field(kind, node->pairs[i].key->text);
        if (!field)
            return pw_yaml_fail(node->pairs[i].key, err, "this kind has no such field");
        if (!pw_facts_is_coded(field) || field->type == PW_TYPE_ENUM_SET)
            return pw_yaml_fail(node->pairs[i].key, err, "a condition reads enum, relation and bool only");
        terms[i].field = field;
        if (!pw_facts_parse_mask(node->pairs[i].value, pw_facts_words(field), &terms[i].mask, err))
            return false;
    }
    *ret = (struct pw_condition){terms, node->count};
    return true;
}
