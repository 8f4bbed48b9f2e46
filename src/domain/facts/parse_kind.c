/*
 * One declaration file: a kind or a record. Fields get their places here (presence bit, cell), and
 * what refers to other fields of the kind (conditions, orders, groups) is resolved in a second pass.
 */
#include "facts_int.h"

#include <string.h>

static const char *const kind_keys[] = {"kind", "collection", "title", "source-class", "tenancy", "official",
    "sighting", "made-by", "fields", "one-of", "refuse", NULL};
static const char *const record_keys[] = {"record", "title", "fields", NULL};

/* Fields of a kind while it is being put together. */
struct building {
    struct pw_arena *arena;
    struct pw_kind *kind;
    struct pw_field *fields;
    const struct pw_yaml *specs[PW_FIELDS_MAX];
    size_t count;
    struct pw_err *err;
};

static bool add_field(struct building *b, const struct pw_field *field, const struct pw_yaml *spec)
{
    if (b->count == PW_FIELDS_MAX)
        return pw_yaml_fail(spec, b->err, "a kind has at most %d fields", PW_FIELDS_MAX);
    for (size_t i = 0; i < b->count; i++)
        if (b->fields[i].nr == field->nr)
            return pw_yaml_fail(spec, b->err,
                "number %u is taken by '%s'; numbers are permanent, choose a new one", field->nr,
                b->fields[i].name.data);
    struct pw_field *here = &b->fields[b->count];
    *here = *field;
    here->index = (unsigned)b->count;
    if (field->type != PW_TYPE_TEXT) {
        here->cell = b->kind->cells;
        b->kind->cells += field->type == PW_TYPE_STRING ? 2 : 1;
    }
    if (!pw_map_put(&b->kind->by_name, here->name, here))
        return pw_yaml_fail(spec, b->err, "'%s' is a shared field already", here->name.data);
    b->specs[b->count++] = spec;
    return true;
}

static bool add_fields(struct building *b, const struct pw_field_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (!add_field(b, &list->items[i], list->specs[i]))
            return false;
    return true;
}

static struct building start(struct pw_arena *arena, struct pw_kind *kind, struct pw_err *err)
{
    kind->cells = PW_CELL_FIRST;
    pw_map_init(&kind->by_name, arena);
    return (struct building){.arena = arena,
        .kind = kind,
        .fields = PW_NEW_ARRAY(arena, PW_FIELDS_MAX, struct pw_field),
        .err = err};
}

static bool resolve_field(struct building *b, size_t i)
{
    const struct pw_yaml *condition = pw_yaml_get(b->specs[i], "required-if");
    const struct pw_yaml *before = pw_yaml_get(b->specs[i], "not-before");
    struct pw_field *field = &b->fields[i];
    if (condition && !pw_facts_parse_condition(b->arena, b->kind, condition, &field->required_if, b->err))
        return false;
    if (!before)
        return true;
    field->not_before = pw_kind_field(b->kind, before->text);
    if (!field->not_before || field->not_before->type != PW_TYPE_DATE || field->type != PW_TYPE_DATE)
        return pw_yaml_fail(before, b->err, "a date of the same kind was expected");
    return true;
}

static bool finish(struct building *b)
{
    b->kind->fields = b->fields;
    b->kind->field_count = b->count;
    for (size_t i = 0; i < b->count; i++)
        if (!resolve_field(b, i))
            return false;
    b->kind->danger = pw_kind_field(b->kind, PW_STR("danger"));
    b->kind->danger_kind = pw_kind_field(b->kind, PW_STR("dangerKind"));
    b->kind->category = pw_kind_field(b->kind, PW_STR("category"));
    return true;
}

/* ---- sightings ---- */

/* A kind's own say about a shared field: fewer values, another requirement. */
static bool override_field(struct building *b, const struct pw_yaml_pair *pair)
{
    static const char *const keys[] = {"except", "required", "required-if", NULL};
    const struct pw_yaml *node = pair->value;
    struct pw_field *field = pw_map_get(&b->kind->by_name, pair->key->text);
    if (!field)
        return pw_yaml_fail(pair->key, b->err, "no such shared field");
    if (!pw_yaml_known(node, keys, b->err) || !pw_yaml_opt_bool(node, "required", &field->required, b->err))
        return false;
    if (pw_yaml_get(node, "required-if"))
        b->specs[field->index] = node;
    const struct pw_yaml *except = pw_yaml_get(node, "except");
    uint64_t mask = 0;
    if (except && field->type != PW_TYPE_ENUM)
        return pw_yaml_fail(except, b->err, "only an enum can leave values out");
    if (except && !pw_facts_parse_mask(except, field->values, &mask, b->err))
        return false;
    field->allowed &= ~mask;
    return true;
}

static bool add_sighting(
    struct building *b, const struct pw_yaml *overrides, const struct pw_field_list *shared)
{
    if (!pw_yaml_need_map(overrides, b->err) || !add_fields(b, shared))
        return false;
    b->kind->sighting = true;
    b->kind->official_cell = b->kind->cells++;
    for (size_t i = 0; i < overrides->count; i++)
        if (!override_field(b, &overrides->pairs[i]))
            return false;
    return true;
}

/* ---- the head of a kind ---- */

static bool parse_source_class(const struct pw_yaml *root, struct pw_kind *kind, struct pw_err *err)
{
    const struct pw_yaml *node;
    uint64_t mask;
    size_t first;
    if (!pw_yaml_need(root, "source-class", &node, err) ||
        !pw_facts_parse_mask(node, pw_source_class_words, &mask, err))
        return false;
    const struct pw_yaml *usual = node->kind == PW_YAML_LIST ? node->items[0] : node;
    if (!pw_yaml_choice(usual, pw_source_class_words, &first, err))
        return false;
    if (mask & UINT64_C(1) << PW_CLASS_DERIVED)
        return pw_yaml_fail(node, err, "no fact is derived");
    kind->source_class = (enum pw_source_class)first;
    kind->source_classes = (unsigned)mask;
    return true;
}

static bool parse_tenancy(struct building *b, const struct pw_yaml *root)
{
    const struct pw_yaml *node = pw_yaml_get(root, "tenancy");
    if (!node)
        return true;
    if (node->kind == PW_YAML_MAP) {
        b->kind->tenancy = PW_TENANCY_CONDITIONAL;
        return pw_facts_parse_condition(b->arena, b->kind, node, &b->kind->tenancy_if, b->err);
    }
    b->kind->tenancy = PW_TENANCY_REQUIRED;
    return pw_str_is(node->text, "required") ||
           pw_yaml_fail(node, b->err, "'required' or a condition was expected");
}

static bool parse_one_of(struct building *b, const struct pw_yaml *root)
{
    const struct pw_yaml *groups = pw_yaml_get(root, "one-of");
    if (!groups)
        return true;
    if (!pw_yaml_need_list(groups, b->err))
        return false;
    uint64_t *masks = PW_NEW_ARRAY(b->arena, groups->count + 1, uint64_t);
    for (size_t i = 0; i < groups->count; i++) {
        if (!pw_yaml_need_list(groups->items[i], b->err))
            return false;
        for (size_t k = 0; k < groups->items[i]->count; k++) {
            const struct pw_yaml *name = groups->items[i]->items[k];
            const struct pw_field *field = pw_kind_field(b->kind, name->text);
            if (!field)
                return pw_yaml_fail(name, b->err, "this kind has no such field");
            masks[i] |= UINT64_C(1) << field->index;
        }
    }
    b->kind->one_of = masks;
    b->kind->one_of_count = groups->count;
    return true;
}

static bool parse_refusal(struct building *b, const struct pw_yaml *node, struct pw_refusal *ret)
{
    static const char *const keys[] = {"field", "at-least", "when", "client", "reason", NULL};
    const struct pw_yaml *field, *least, *when, *reason, *client = pw_yaml_get(node, "client");
    if (!pw_yaml_known(node, keys, b->err) || !pw_yaml_need(node, "field", &field, b->err) ||
        !pw_yaml_need(node, "at-least", &least, b->err) || !pw_yaml_need(node, "when", &when, b->err) ||
        !pw_yaml_need(node, "reason", &reason, b->err))
        return false;
    ret->field = pw_kind_field(b->kind, field->text);
    if (!ret->field || ret->field->type != PW_TYPE_MONEY)
        return pw_yaml_fail(field, b->err, "a money field of this kind was expected");
    if (client && !pw_str_is(client->text, "wwft-liable"))
        return pw_yaml_fail(client, b->err, "'wwft-liable' was expected");
    ret->wwft_only = client != NULL;
    int64_t euros;
    if (!pw_yaml_i64(least, 0, PW_MONEY_MAX / 100, &euros, b->err))
        return false;
    ret->at_least = euros * 100;
    return pw_facts_parse_condition(b->arena, b->kind, when, &ret->when, b->err) &&
           pw_yaml_text(reason, &ret->reason, b->err);
}

static bool parse_refusals(struct building *b, const struct pw_yaml *root)
{
    const struct pw_yaml *list = pw_yaml_get(root, "refuse");
    if (!list)
        return true;
    if (!pw_yaml_need_list(list, b->err))
        return false;
    struct pw_refusal *refusals = PW_NEW_ARRAY(b->arena, list->count + 1, struct pw_refusal);
    for (size_t i = 0; i < list->count; i++)
        if (!parse_refusal(b, list->items[i], &refusals[i]))
            return false;
    b->kind->refusals = refusals;
    b->kind->refusal_count = list->count;
    return true;
}

static bool parse_head(
    struct pw_arena *arena, const struct pw_yaml *root, struct pw_kind *kind, struct pw_err *err)
{
    const struct pw_yaml *title, *made_by = pw_yaml_get(root, "made-by"), *name;
    if (!pw_yaml_known(root, kind_keys, err) || !pw_yaml_need(root, "kind", &name, err) ||
        !pw_yaml_str(name, &kind->name, err) || !pw_yaml_need(root, "title", &title, err) ||
        !pw_yaml_text(title, &kind->title, err) || !parse_source_class(root, kind, err) ||
        !pw_yaml_opt_bool(root, "official", &kind->official, err))
        return false;
    kind->variable = pw_facts_camel(arena, kind->name, false);
    kind->collection = PW_STR("");
    kind->by_route = made_by != NULL;
    if (kind->by_route)
        return pw_str_is(made_by->text, "route") || pw_yaml_fail(made_by, err, "'route' was expected");
    const struct pw_yaml *collection;
    return pw_yaml_need(root, "collection", &collection, err) &&
           pw_yaml_str(collection, &kind->collection, err);
}

bool pw_facts_parse_kind(struct pw_arena *arena, const struct pw_yaml *root,
    const struct pw_field_list *shared, const struct pw_field_list *common, struct pw_kind *ret,
    struct pw_err *err)
{
    const struct pw_yaml *fields, *sighting = pw_yaml_get(root, "sighting");
    struct pw_field_list own;
    struct building b = start(arena, ret, err);
    if (!parse_head(arena, root, ret, err) || !pw_yaml_need(root, "fields", &fields, err) ||
        !pw_facts_parse_fields(arena, fields, &own, err))
        return false;
    if (sighting && !add_sighting(&b, sighting, shared))
        return false;
    return add_fields(&b, &own) && add_fields(&b, common) && finish(&b) && parse_tenancy(&b, root) &&
           parse_one_of(&b, root) && parse_refusals(&b, root);
}

bool pw_facts_parse_record(
    struct pw_arena *arena, const struct pw_yaml *root, struct pw_kind *ret, struct pw_err *err)
{
    const struct pw_yaml *fields, *title, *name;
    struct pw_field_list own;
    struct building b = start(arena, ret, err);
    if (!pw_yaml_known(root, record_keys, err) || !pw_yaml_need(root, "record", &name, err) ||
        !pw_yaml_str(name, &ret->name, err) || !pw_yaml_need(root, "title", &title, err) ||
        !pw_yaml_text(title, &ret->title, err) || !pw_yaml_need(root, "fields", &fields, err) ||
        !pw_facts_parse_fields(arena, fields, &own, err))
        return false;
    ret->variable = ret->name;
    ret->collection = PW_STR("");
    if (!add_fields(&b, &own))
        return false;
    if (pw_str_is(ret->name, "sighting")) {
        ret->sighting = true;
        ret->official_cell = ret->cells++;
    }
    return finish(&b);
}
