/* What rules see of records: a CEL struct a kind, straight over the cells. */
#include "facts_int.h"

#include <stdio.h>
#include <string.h>

#include <cel/cel.h>

#define TAG_OCCURRED_ON 0
#define TAG_OFFICIAL    UINT32_MAX

struct declaring {
    struct cel_env *env;
    struct pw_err *err;
    uint32_t shared_domains[PW_FIELDS_MAX + 1]; /* of the sighting fields, by index: declared once */
};

static bool fail(struct declaring *d)
{
    return pw_fail(d->err, PW_ERR_SYNTAX, "facts do not fit CEL: %s", cel_env_error(d->env));
}

/* The declared values, and '' last for "not stated" where a single value is stored. */
static uint32_t declare_domain(struct declaring *d, const struct pw_kind *kind, const struct pw_field *field)
{
    const char *values[PW_VALUES_MAX + 1];
    size_t count = field->value_count;
    memcpy(values, field->values, count * sizeof *values);
    if (field->type == PW_TYPE_ENUM)
        values[count++] = "";
    char name[160];
    snprintf(name, sizeof name, "%s.%s", kind->variable.data, field->name.data);
    return cel_env_domain(d->env, name, values, count);
}

static uint32_t domain_of(struct declaring *d, const struct pw_kind *kind, const struct pw_field *field)
{
    bool shared = kind->official_cell && field->cell < kind->official_cell;
    if (!shared)
        return declare_domain(d, kind, field);
    uint32_t *domain = &d->shared_domains[field->index];
    if (!*domain)
        *domain = declare_domain(d, kind, field);
    return *domain;
}

/* Values of different schemes must not be compared, so each set of schemes is a type of its own. */
static uint32_t party_type(struct declaring *d, unsigned schemes)
{
    char name[128] = "party<";
    size_t n = strlen(name);
    for (int i = 0; i < PW_SCHEMES; i++)
        if (schemes >> i & 1)
            n += (size_t)snprintf(
                name + n, sizeof name - n, "%s%s", name[n - 1] == '<' ? "" : "|", pw_scheme_words[i]);
    snprintf(name + n, sizeof name - n, ">");
    return cel_env_opaque(d->env, name);
}

static struct cel_cell cell_of(
    struct declaring *d, const struct pw_kind *kind, const struct pw_field *field, uint32_t relations)
{
    switch (field->type) {
    case PW_TYPE_BOOL:
        return (struct cel_cell){.type = CEL_HOST_BOOL};
    case PW_TYPE_INTEGER:
        return (struct cel_cell){.type = CEL_HOST_INT};
    case PW_TYPE_NUMBER:
    case PW_TYPE_MONEY:
        return (struct cel_cell){.type = CEL_HOST_DOUBLE};
    case PW_TYPE_DATE:
    case PW_TYPE_MONTH:
        return (struct cel_cell){.type = CEL_HOST_TIMESTAMP};
    case PW_TYPE_RELATION:
        return (struct cel_cell){.type = CEL_HOST_ENUM, .ref = relations};
    case PW_TYPE_ENUM:
        return (struct cel_cell){.type = CEL_HOST_ENUM, .ref = domain_of(d, kind, field)};
    case PW_TYPE_ENUM_SET:
        return (struct cel_cell){.type = CEL_HOST_ENUM_SET, .ref = domain_of(d, kind, field)};
    case PW_TYPE_PARTY:
        return (struct cel_cell){.type = CEL_HOST_OPAQUE, .ref = party_type(d, field->schemes)};
    default:
        return (struct cel_cell){.type = CEL_HOST_STRING};
    }
}

static bool declare_cell(struct declaring *d, uint32_t structure, const char *name, enum cel_host type,
    unsigned cell, uint32_t tag)
{
    struct cel_field field = {.name = name, .cell = {.type = type}, .offset = cell * 8, .tag = tag};
    return cel_env_field(d->env, structure, &field) || fail(d);
}

static bool declare_field(struct declaring *d, uint32_t structure, const struct pw_kind *kind,
    const struct pw_field *field, uint32_t relations)
{
    if (!field->cell || field->class > PW_RESTRICTED)
        return true;
    struct cel_field declared = {
        .name = field->name.data,
        .cell = cell_of(d, kind, field, relations),
        .offset = field->cell * 8,
        .optional = true,
        .presence_bit = (uint8_t)field->index,
        .presence_offset = 0,
        .tag = field->index + 1,
    };
    return cel_env_field(d->env, structure, &declared) || fail(d);
}

static bool declare_kind(struct declaring *d, const struct pw_kind *kind, uint32_t relations, uint32_t *ret)
{
    *ret = cel_env_struct(d->env, kind->variable.data, kind->cells * sizeof(uint64_t));
    if (!*ret)
        return fail(d);
    for (size_t i = 0; i < kind->field_count; i++)
        if (!declare_field(d, *ret, kind, &kind->fields[i], relations))
            return false;
    bool dated = !pw_str_is(kind->name, "premises");
    if (dated && !declare_cell(d, *ret, "occurredOn", CEL_HOST_TIMESTAMP, PW_CELL_OCCURRED, TAG_OCCURRED_ON))
        return false;
    return !kind->official_cell ||
           declare_cell(d, *ret, "official", CEL_HOST_BOOL, kind->official_cell, TAG_OFFICIAL);
}

bool pw_facts_cel_schema(const struct pw_fact_model *model, struct cel_env *env, struct pw_arena *arena,
    struct pw_facts_cel *ret, struct pw_err *err)
{
    struct declaring d = {.env = env, .err = err};
    uint32_t relations = cel_env_domain(env, "relation", pw_relation_words, 3);
    if (!relations)
        return fail(&d);
    ret->kinds = PW_NEW_ARRAY(arena, model->kind_count + 1, uint32_t);
    if (!declare_kind(&d, model->sighting, relations, &ret->sighting))
        return false;
    for (size_t i = 0; i < model->kind_count; i++)
        if (!declare_kind(&d, &model->kinds[i], relations, &ret->kinds[i]))
            return false;
    return declare_kind(&d, model->premises, relations, &ret->premises);
}
