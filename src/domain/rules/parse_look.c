/* The parts of a condition: which facts are looked through, and under what condition. */
#include <string.h>

#include "rules_int.h"

bool parse_days(struct loader *loader, const struct pw_yaml *node, int32_t *ret)
{
    struct pw_err err = {0};
    struct pw_str text;
    int64_t days;

    if (!pw_yaml_str(node, &text, &err)) {
        loader_take(loader, &err);
        return false;
    }
    if (!pw_str_has_suffix(text, PW_STR("d")) ||
        !pw_str_to_i64((struct pw_str){text.data, text.len - 1}, &days) || days < 0 || days > 36500)
        return loader_fault(loader, node, "expected a number of days such as 365d");
    *ret = (int32_t)days;
    return true;
}

void expect_expr(struct loader *loader, const struct pw_yaml *node, const char *type, struct pw_look *look,
    const struct pw_look *witness, int32_t *target)
{
    struct pending_expr *expr = PW_NEW(loader->arena, struct pending_expr);
    struct pw_err err = {0};

    *target = PW_NO_EXPR;
    if (!pw_yaml_str(node, &expr->text, &err)) {
        loader_take(loader, &err);
        return;
    }
    expr->node = node;
    expr->type = type;
    expr->look = look;
    expr->witness = witness;
    expr->target = target;
    expr->rule = loader->current;
    *loader->exprs_end = expr;
    loader->exprs_end = &expr->next;
}

static const char **kind_names(struct loader *loader)
{
    const struct pw_fact_model *model = loader->set->model;
    const char **names = PW_NEW_ARRAY(loader->arena, model->kind_count + 1, const char *);

    for (size_t i = 0; i < model->kind_count; i++)
        names[i] = pw_str_dup(loader->arena, model->kinds[i].name).data;
    return names;
}

static const struct pw_kind *read_kind(struct loader *loader, const struct pw_yaml *node)
{
    const struct pw_kind *kind;
    struct pw_err err = {0};
    struct pw_str name;
    const char *near;

    if (!pw_yaml_str(node, &name, &err)) {
        loader_take(loader, &err);
        return NULL;
    }
    kind = pw_facts_kind(loader->set->model, name);
    if (kind)
        return kind;
    near = pw_did_you_mean(name, kind_names(loader));
    loader_fault(loader, node, "no fact kind '%.*s'%s%s%s; kinds are declared in facts/", PW_STR_ARG(name),
        near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return NULL;
}

static void read_kinds(struct loader *loader, const struct pw_yaml *node, struct pw_look *look)
{
    if (node->kind != PW_YAML_LIST) {
        const struct pw_kind *kind = read_kind(loader, node);
        if (!kind)
            return;
        look->kinds = UINT64_C(1) << kind->nr;
        look->as = kind;
        look->slot = kind->nr;
        return;
    }
    for (size_t i = 0; i < node->count; i++) {
        const struct pw_kind *kind = read_kind(loader, node->items[i]);
        if (!kind)
            return;
        if (!kind->sighting)
            loader_fault(loader, node->items[i],
                "only tip, inspection and landlord-check can be read together, as sightings");
        look->kinds |= UINT64_C(1) << kind->nr;
    }
    look->as = loader->set->model->sighting;
    look->slot = (uint32_t)loader->set->model->kind_count;
}

void parse_scope(struct loader *loader, const struct pw_yaml *node, enum pw_rule_scope *ret)
{
    static const char *const words[] = {"tenancy", "premises", "run-up", NULL};
    struct pw_err err = {0};
    size_t at = 0;

    if (!pw_yaml_choice(node, words, &at, &err))
        loader_take(loader, &err);
    *ret = (enum pw_rule_scope)at;
}

/* What ties a part to the witness it is looked at beside: `since: witness`, `same: permit.permit`. */
static void parse_ties(
    struct loader *loader, const struct pw_yaml *map, struct pw_look *look, const struct pw_look *witness)
{
    const struct pw_yaml *since = pw_yaml_get(map, "since"), *same = pw_yaml_get(map, "same");

    if ((since || same) && !witness)
        loader_fault(loader, since ? since : same, "there is no witness here; leave it out");
    if (witness && pw_yaml_get(map, "suffices"))
        loader_fault(loader, pw_yaml_get(map, "suffices"), "'suffices' belongs to 'each' and 'also'");
    if (since && !pw_str_is(since->text, "witness"))
        loader_fault(loader, since, "write 'since: witness': only facts that are no older than the witness");
    look->since_witness = since != NULL;
    if (same && witness && witness->as != look->as)
        loader_fault(loader, same, "'same' compares facts of one kind; for others compare in 'where'");
    else if (same)
        expect_expr(loader, same, NULL, look, NULL, &look->same);
}

void parse_look(struct loader *loader, const struct pw_yaml *map, struct pw_look *look, bool part,
    const struct pw_look *witness)
{
    static const char *const part_keys[] = {
        "each", "where", "within", "scope", "since", "same", "suffices", NULL};
    const struct pw_yaml *node;
    struct pw_err err = {0};

    look->where = look->same = look->suffices = PW_NO_EXPR;
    look->within = PW_NO_WINDOW;
    if (part && (!pw_yaml_need_map(map, &err) || !pw_yaml_known(map, part_keys, &err))) {
        loader_take(loader, &err);
        return;
    }
    if (!pw_yaml_need(map, "each", &node, &err)) {
        loader_take(loader, &err);
        return;
    }
    read_kinds(loader, node, look);
    if (!look->kinds)
        return;
    node = pw_yaml_get(map, "where");
    if (node)
        expect_expr(loader, node, "bool", look, witness, &look->where);
    if (!part)
        return;
    node = pw_yaml_get(map, "within");
    if (node)
        parse_days(loader, node, &look->within);
    node = pw_yaml_get(map, "scope");
    if (node)
        parse_scope(loader, node, &look->scope);
    parse_ties(loader, map, look, witness);
}
