/* ruleset.yaml (name, levels, caps, gates) and actions.yaml. Every part is required: a set without a
 * gate must not come about by forgetting it. */
#include <string.h>

#include "rules_int.h"

static const struct pw_yaml *section(
    struct loader *l, const struct pw_yaml *map, const char *key, const char *const *keys)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};

    if (!pw_yaml_need(map, key, &node, &err) || !pw_yaml_need_map(node, &err)) {
        loader_take(l, &err);
        return NULL;
    }
    if (!pw_yaml_known(node, keys, &err))
        loader_take(l, &err);
    return node;
}

static void need_milli(struct loader *l, const struct pw_yaml *map, const char *key, int64_t *ret)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};

    if (map && (!pw_yaml_need(map, key, &node, &err) || !pw_yaml_milli(node, 0, POINTS_MAX, ret, &err)))
        loader_take(l, &err);
}

static void need_count(struct loader *l, const struct pw_yaml *map, const char *key, int32_t *ret)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};
    int64_t value = 0;

    if (map && (!pw_yaml_need(map, key, &node, &err) || !pw_yaml_i64(node, 1, 100, &value, &err)))
        loader_take(l, &err);
    *ret = (int32_t)value;
}

static void need_days(struct loader *l, const struct pw_yaml *map, const char *key, int32_t *ret)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};

    if (!pw_yaml_need(map, key, &node, &err))
        loader_take(l, &err);
    else
        parse_days(l, node, ret);
}

static void read_levels(struct loader *l, const struct pw_yaml *root)
{
    static const char *const keys[] = {"watch", "alert", "urgent", "hysteresis", NULL};
    const struct pw_yaml *map = section(l, root, "levels", keys);
    int64_t *from = l->set->level_from;

    need_milli(l, map, "watch", &from[PW_RISK_WATCH]);
    need_milli(l, map, "alert", &from[PW_RISK_ALERT]);
    need_milli(l, map, "urgent", &from[PW_RISK_URGENT]);
    need_milli(l, map, "hysteresis", &l->set->hysteresis);
    if (map && (from[PW_RISK_WATCH] <= 0 || from[PW_RISK_WATCH] >= from[PW_RISK_ALERT] ||
                   from[PW_RISK_ALERT] >= from[PW_RISK_URGENT]))
        loader_fault(l, map, "levels must rise: 0 < watch < alert < urgent");
}

static void read_class_caps(struct loader *l, const struct pw_yaml *root)
{
    static const char *const keys[] = {"citizen-tip", NULL}; /* two caps at once could let a score rise */
    const struct pw_yaml *map = section(l, root, "class-caps", keys);
    struct pw_err err = {0};
    size_t class;

    for (size_t i = 0; map && i < map->count; i++)
        if (!pw_yaml_choice(map->pairs[i].key, pw_source_class_words, &class, &err) ||
            !pw_yaml_milli(map->pairs[i].value, 1000, POINTS_MAX, &l->set->class_cap[class], &err))
            loader_take(l, &err);
    if (map && !l->set->class_cap[PW_CLASS_CITIZEN_TIP])
        loader_fault(l, map, "citizen-tip needs a cap: tips, however many, are no alert by themselves");
}

static uint32_t read_classes(struct loader *l, const struct pw_yaml *map, const char *key, uint8_t *ranks)
{
    const struct pw_yaml *list;
    struct pw_err err = {0};
    uint32_t mask = 0;
    size_t class;

    if (!map)
        return 0;
    if (!pw_yaml_need(map, key, &list, &err) || !pw_yaml_need_list(list, &err)) {
        loader_take(l, &err);
        return 0;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!pw_yaml_choice(list->items[i], pw_source_class_words, &class, &err)) {
            loader_take(l, &err);
            continue;
        }
        if (mask & (UINT32_C(1) << class))
            loader_fault(l, list->items[i], "this class is named twice");
        mask |= UINT32_C(1) << class;
        if (ranks)
            ranks[class] = (uint8_t)(list->count - i);
    }
    return mask;
}

static void read_mitigation(struct loader *l, const struct pw_yaml *root)
{
    static const char *const keys[] = {"lease-admin-most", "never", NULL};
    const struct pw_yaml *map = section(l, root, "mitigation", keys);

    need_milli(l, map, "lease-admin-most", &l->set->lease_mitigation);
    l->set->never_mitigated = read_classes(l, map, "never", NULL);
}

static void read_one_class(struct loader *l, const struct pw_yaml *gates)
{
    static const char *const keys[] = {"class", "points", "reporters", NULL};
    const struct pw_yaml *map = section(l, gates, "one-class", keys), *node;
    struct pw_err err = {0};
    size_t class = 0;

    need_milli(l, map, "points", &l->set->gates.one_class_points);
    need_count(l, map, "reporters", &l->set->gates.one_class_reporters);
    if (map && (!pw_yaml_need(map, "class", &node, &err) ||
                   !pw_yaml_choice(node, pw_source_class_words, &class, &err)))
        loader_take(l, &err);
    l->set->gates.one_class = (enum pw_source_class) class;
}

static void read_gates(struct loader *l, const struct pw_yaml *root)
{
    static const char *const keys[] = {
        "never-alone", "two-classes", "visited-clear", "one-class", "stands-alone", NULL};
    static const char *const beside[] = {"beside", NULL}, *const two[] = {"second", "tip-origins", NULL};
    static const char *const alone[] = {"level", NULL};
    const struct pw_yaml *gates = section(l, root, "gates", keys), *map, *node;
    struct pw_gates *ret = &l->set->gates;
    struct pw_err err = {0};
    size_t level = 0;

    if (!gates)
        return;
    need_milli(l, section(l, gates, "never-alone", beside), "beside", &ret->beside);
    map = section(l, gates, "two-classes", two);
    need_milli(l, map, "second", &ret->second_class);
    need_count(l, map, "tip-origins", &ret->tip_origins);
    if (!pw_yaml_need(gates, "visited-clear", &node, &err))
        loader_take(l, &err);
    else
        parse_look(l, node, &ret->visit, true, NULL);
    read_one_class(l, gates);
    map = section(l, gates, "stands-alone", alone);
    if (map &&
        (!pw_yaml_need(map, "level", &node, &err) || !pw_yaml_choice(node, pw_risk_words, &level, &err)))
        loader_take(l, &err);
    ret->stands_alone_level = (enum pw_level_of_risk)level;
}

/* left-out: [{id, reason: {nl, en}}], optional. */
static void read_left_out(struct loader *l, const struct pw_yaml *root)
{
    static const char *const keys[] = {"id", "reason", NULL};
    const struct pw_yaml *list = pw_yaml_get(root, "left-out"), *id, *reason;
    struct pw_left_out *items;
    struct pw_err err = {0};

    if (!list)
        return;
    if (!pw_yaml_need_list(list, &err)) {
        loader_take(l, &err);
        return;
    }
    items = PW_NEW_ARRAY(l->arena, list->count + 1, struct pw_left_out);
    for (size_t i = 0; i < list->count; i++)
        if (!pw_yaml_known(list->items[i], keys, &err) || !pw_yaml_need(list->items[i], "id", &id, &err) ||
            !pw_yaml_str(id, &items[i].id, &err) || !pw_yaml_need(list->items[i], "reason", &reason, &err) ||
            !pw_yaml_text(reason, &items[i].reason, &err))
            loader_take(l, &err);
    l->set->left_out = items;
    l->set->left_out_count = list->count;
}

void parse_ruleset_file(struct loader *loader, const struct pw_yaml *root)
{
    static const char *const keys[] = {"name", "version", "levels", "class-caps", "class-strength",
        "mitigation", "watch-ends", "danger-within", "gates", "left-out", NULL};
    const struct pw_yaml *name, *version;
    struct pw_err err = {0};
    uint32_t all = (UINT32_C(1) << PW_CLASS_DERIVED) - 1;

    loader->ruleset_root = root;
    if (!pw_yaml_known(root, keys, &err))
        loader_take(loader, &err);
    if (!pw_yaml_need(root, "name", &name, &err) || !pw_yaml_str(name, &loader->set->name, &err))
        loader_take(loader, &err);
    if (!pw_yaml_need(root, "version", &version, &err) || !pw_yaml_str(version, &loader->set->version, &err))
        loader_take(loader, &err);
    read_levels(loader, root);
    read_class_caps(loader, root);
    if (read_classes(loader, root, "class-strength", loader->set->strength) != all)
        loader_fault(loader, root, "class-strength must name every source class once, strongest first");
    read_mitigation(loader, root);
    need_days(loader, root, "watch-ends", &loader->set->watch_ends);
    need_days(loader, root, "danger-within", &loader->set->danger_within);
    read_gates(loader, root);
    read_left_out(loader, root);
}

void parse_actions_file(struct loader *loader, const struct pw_yaml *root)
{
    static const char *const keys[] = {"actions", NULL}, *const action_keys[] = {"id", "title", "text", NULL};
    const struct pw_yaml *list, *id, *node;
    struct pw_action *actions;
    struct pw_err err = {0};

    if (!pw_yaml_known(root, keys, &err) || !pw_yaml_need(root, "actions", &list, &err) ||
        !pw_yaml_need_list(list, &err)) {
        loader_take(loader, &err);
        return;
    }
    if (list->count > ACTIONS_MAX) {
        loader_fault(loader, list, "more than %d actions", ACTIONS_MAX);
        return;
    }
    actions = PW_NEW_ARRAY(loader->arena, list->count, struct pw_action);
    for (size_t i = 0; i < list->count; i++) {
        const struct pw_yaml *map = list->items[i];
        if (!pw_yaml_known(map, action_keys, &err) || !pw_yaml_need(map, "id", &id, &err) ||
            !pw_yaml_str(id, &actions[i].id, &err) || !pw_yaml_need(map, "title", &node, &err) ||
            !pw_yaml_text(node, &actions[i].title, &err) || !pw_yaml_need(map, "text", &node, &err) ||
            !pw_yaml_text(node, &actions[i].text, &err))
            loader_take(loader, &err);
        for (size_t k = 0; k < i; k++)
            if (pw_str_eq(actions[k].id, actions[i].id))
                loader_fault(loader, map, "action %.*s is declared twice", PW_STR_ARG(actions[i].id));
    }
    loader->set->actions = actions;
    loader->set->action_count = list->count;
}
