/*
 * What stands beside the denied attributes in denied-attributes.yaml: exceptions with ground and
 * reviewer, and what a newcomer cannot have. The attributes themselves belong to the fact model.
 */
#include "rules_int.h"

/* "registration.referenceRentEur": a field that is declared. */
static bool is_field(const struct pw_fact_model *model, struct pw_str path)
{
    struct pw_str variable, name;
    const struct pw_kind *kind;

    if (!pw_str_cut(path, '.', &variable, &name))
        return false;
    kind = pw_str_is(variable, "premises") ? model->premises : pw_facts_variable(model, variable);
    return kind && pw_kind_field(kind, name);
}

static void need_field(struct loader *l, const struct pw_yaml *node)
{
    if (!is_field(l->set->model, node->text))
        loader_fault(l, node, "no field '%.*s' is declared; write kind and field, such as payment.method",
            PW_STR_ARG(node->text));
}

static bool read_exception(struct loader *l, const struct pw_yaml *map, struct pw_exception *ret)
{
    static const char *const keys[] = {"attribute", "allowed", "ground", "reviewer", NULL};
    const struct pw_yaml *attribute, *allowed, *ground, *reviewer;
    struct pw_err err = {0};

    if (!pw_yaml_known(map, keys, &err) || !pw_yaml_need(map, "attribute", &attribute, &err) ||
        !pw_yaml_need(map, "allowed", &allowed, &err) || !pw_yaml_need(map, "ground", &ground, &err) ||
        !pw_yaml_text(ground, &ret->ground, &err) || !pw_yaml_need(map, "reviewer", &reviewer, &err) ||
        !pw_yaml_str(reviewer, &ret->reviewer, &err)) {
        loader_take(l, &err);
        return false;
    }
    ret->attribute = attribute->text;
    ret->allowed = allowed->text;
    if (!pw_facts_denied(l->set->model, ret->attribute))
        loader_fault(l, attribute, "no denied attribute '%.*s'", PW_STR_ARG(ret->attribute));
    need_field(l, allowed);
    return true;
}

static bool read_reach(struct loader *l, const struct pw_yaml *map, struct pw_out_of_reach *ret)
{
    static const char *const keys[] = {"field", "value", "reason", NULL};
    const struct pw_yaml *field, *reason;
    struct pw_err err = {0};

    ret->value = PW_STR("");
    if (!pw_yaml_known(map, keys, &err) || !pw_yaml_need(map, "field", &field, &err) ||
        !pw_yaml_opt_str(map, "value", &ret->value, &err) || !pw_yaml_need(map, "reason", &reason, &err) ||
        !pw_yaml_text(reason, &ret->reason, &err)) {
        loader_take(l, &err);
        return false;
    }
    ret->field = field->text;
    need_field(l, field);
    return true;
}

void parse_denied_file(struct loader *loader, const struct pw_yaml *root)
{
    const struct pw_yaml *exceptions = pw_yaml_get(root, "exceptions"),
                         *reach = pw_yaml_get(root, "out-of-reach");
    size_t most = (exceptions ? exceptions->count : 0) + (reach ? reach->count : 0);
    struct pw_exception *allowed = PW_NEW_ARRAY(loader->arena, most + 1, struct pw_exception);
    struct pw_out_of_reach *beyond = PW_NEW_ARRAY(loader->arena, most + 1, struct pw_out_of_reach);
    struct pw_ruleset *set = loader->set;

    for (size_t i = 0; exceptions && exceptions->kind == PW_YAML_LIST && i < exceptions->count; i++)
        set->exception_count += read_exception(loader, exceptions->items[i], &allowed[set->exception_count]);
    for (size_t i = 0; reach && reach->kind == PW_YAML_LIST && i < reach->count; i++)
        set->out_of_reach_count += read_reach(loader, reach->items[i], &beyond[set->out_of_reach_count]);
    set->exceptions = allowed;
    set->out_of_reach = beyond;
}
