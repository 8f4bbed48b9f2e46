/* A theme file: its head and its rules, each key of the vocabulary read once. Parts that need the
 * whole set (rule ids, actions) are only noted here. */
#include <string.h>

#include "rules_int.h"

static const char *const theme_keys[] = {"theme", "title", "role", "cap", "rules", NULL};
static const char *const rule_keys[] = {"id", "title", "phase", "indicates", "scope", "grade", "points",
    "half-life", "corroborates", "stands-alone", "status", "review-by", "each", "where", "within", "at-least",
    "distinct", "days-apart", "distinct-days", "without", "missing", "after", "join", "when", "stratum",
    "suffices", "also", "days-together", "cycle", "same", "acute", "offsets", "replaces", "explain",
    "innocent", "actions", "source", "tests", NULL};

/* ---- small readers: absent leaves the default, a fault is noted ---- */

static void read_text(struct loader *l, const struct pw_yaml *map, const char *key, struct pw_text *ret)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};

    if (!pw_yaml_need(map, key, &node, &err) || !pw_yaml_text(node, ret, &err))
        loader_take(l, &err);
}

static void read_bool(struct loader *l, const struct pw_yaml *map, const char *key, bool *ret)
{
    struct pw_err err = {0};

    if (!pw_yaml_opt_bool(map, key, ret, &err))
        loader_take(l, &err);
}

static void read_count(
    struct loader *l, const struct pw_yaml *map, const char *key, int64_t min, int64_t max, int32_t *ret)
{
    struct pw_err err = {0};
    int64_t value = *ret;

    if (!pw_yaml_opt_i64(map, key, min, max, &value, &err))
        loader_take(l, &err);
    *ret = (int32_t)value;
}

/* A word of a list; `need`: its absence is a fault. */
static size_t read_word(struct loader *l, const struct pw_yaml *map, const char *key,
    const char *const *words, size_t otherwise, bool need)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);
    struct pw_err err = {0};
    size_t at = otherwise;

    if (!node && !need)
        return otherwise;
    if (!pw_yaml_need(map, key, &node, &err) || !pw_yaml_choice(node, words, &at, &err))
        loader_take(l, &err);
    return at;
}

static const struct pw_yaml *need_list(struct loader *l, const struct pw_yaml *map, const char *key)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};

    if (!pw_yaml_need(map, key, &node, &err) || !pw_yaml_need_list(node, &err)) {
        loader_take(l, &err);
        return NULL;
    }
    if (node->count == 0) {
        loader_fault(l, node, "'%s' is empty; name at least one", key);
        return NULL;
    }
    return node;
}

/* ---- parts of a rule ---- */

static uint32_t read_indicates(struct loader *l, const struct pw_yaml *map)
{
    const struct pw_yaml *list = need_list(l, map, "indicates");
    struct pw_err err = {0};
    uint32_t mask = 0;
    size_t at;

    for (size_t i = 0; list && i < list->count; i++) {
        if (pw_yaml_choice(list->items[i], pw_phenomenon_words, &at, &err))
            mask |= UINT32_C(1) << at;
        else
            loader_take(l, &err);
    }
    return mask;
}

static void read_points(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};
    int64_t points = 0;
    size_t class;

    if (!pw_yaml_need(map, "points", &node, &err)) {
        loader_take(l, &err);
        return;
    }
    if (node->kind != PW_YAML_MAP) {
        if (!pw_yaml_milli(node, -POINTS_MAX, POINTS_MAX, &points, &err))
            loader_take(l, &err);
        for (size_t i = 0; i < PW_SOURCE_CLASSES; i++)
            rule->points[i] = points;
        return;
    }
    if (!pw_yaml_get(node, "default"))
        loader_fault(l, node, "points by class need a default: {default: 9, citizen-tip: 5}");
    else if (!pw_yaml_milli(pw_yaml_get(node, "default"), -POINTS_MAX, POINTS_MAX, &points, &err))
        loader_take(l, &err);
    for (size_t i = 0; i < PW_SOURCE_CLASSES; i++)
        rule->points[i] = points;
    for (size_t i = 0; i < node->count; i++) {
        if (pw_str_is(node->pairs[i].key->text, "default"))
            continue;
        if (!pw_yaml_choice(node->pairs[i].key, pw_source_class_words, &class, &err) ||
            !pw_yaml_milli(node->pairs[i].value, -POINTS_MAX, POINTS_MAX, &rule->points[class], &err))
            loader_take(l, &err);
    }
}

/* half-life, and the window that follows from it. */
static void read_windows(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};
    bool unlimited;

    rule->each.within = PW_NO_WINDOW;
    if (!pw_yaml_need(map, "half-life", &node, &err)) {
        loader_take(l, &err);
        return;
    }
    unlimited = pw_str_is(node->text, "none") || pw_str_is(node->text, "until-retracted");
    if (!unlimited && parse_days(l, node, &rule->half_life)) {
        if (rule->half_life == 0)
            loader_fault(l, node, "a half-life of 0d would be no points at all; write none for no decay");
        rule->each.within = 2 * rule->half_life;
    }
    node = pw_yaml_get(map, "within");
    if (node)
        parse_days(l, node, &rule->each.within);
}

static void read_stands_alone(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node = pw_yaml_get(map, "stands-alone");

    rule->stands_alone_if = PW_NO_EXPR;
    if (!node || (node->plain && pw_str_is(node->text, "false")))
        return;
    rule->stands_alone = true;
    if (!node->plain || !pw_str_is(node->text, "true"))
        expect_expr(l, node, "bool", &rule->each, NULL, &rule->stands_alone_if);
}

static void read_distinct(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node = pw_yaml_get(map, "distinct");

    rule->distinct_expr = PW_NO_EXPR;
    if (!node)
        return;
    if (pw_str_is(node->text, "origin")) {
        rule->distinct = PW_DISTINCT_ORIGIN;
        return;
    }
    rule->distinct = PW_DISTINCT_EXPR;
    expect_expr(l, node, NULL, &rule->each, NULL, &rule->distinct_expr);
}

static void read_part(
    struct loader *l, const struct pw_yaml *map, const char *key, struct pw_rule *rule, struct pw_look *look)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);

    look->where = look->same = look->suffices = PW_NO_EXPR;
    look->scope = rule->scope;
    if (node)
        parse_look(l, node, look, true, &rule->each);
}

/* `without`: one part, or a list of them. */
static void read_without(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node = pw_yaml_get(map, "without");
    size_t count = node && node->kind == PW_YAML_LIST ? node->count : node != NULL;
    struct pw_look *looks = PW_NEW_ARRAY(l->arena, count + 1, struct pw_look);

    for (size_t i = 0; i < count; i++) {
        looks[i].scope = rule->scope;
        parse_look(l, node->kind == PW_YAML_LIST ? node->items[i] : node, &looks[i], true, &rule->each);
    }
    rule->without = looks;
    rule->without_count = count;
}

/* cycle: {from: 56d, to: 77d} */
static void read_cycle(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    static const char *const keys[] = {"from", "to", NULL};
    const struct pw_yaml *node = pw_yaml_get(map, "cycle"), *from, *to;
    struct pw_err err = {0};

    if (!node)
        return;
    if (!pw_yaml_need_map(node, &err) || !pw_yaml_known(node, keys, &err) ||
        !pw_yaml_need(node, "from", &from, &err) || !pw_yaml_need(node, "to", &to, &err)) {
        loader_take(l, &err);
        return;
    }
    if (parse_days(l, from, &rule->cycle_from) && parse_days(l, to, &rule->cycle_to) &&
        (rule->cycle_from < 2 || rule->cycle_to < rule->cycle_from))
        loader_fault(l, node, "a cycle is two days or longer and ends no earlier than it begins");
}

/* Further kinds: [{each, where, suffices}], with the window and scope of the rule. */
static void read_also(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *list = pw_yaml_get(map, "also");
    struct pw_err err = {0};
    struct pw_look *looks;

    if (!list)
        return;
    if (!pw_yaml_need_list(list, &err)) {
        loader_take(l, &err);
        return;
    }
    looks = PW_NEW_ARRAY(l->arena, list->count + 1, struct pw_look);
    for (size_t i = 0; i < list->count; i++) {
        parse_look(l, list->items[i], &looks[i], true, NULL);
        if (pw_yaml_get(list->items[i], "suffices"))
            expect_expr(
                l, pw_yaml_get(list->items[i], "suffices"), "bool", &looks[i], NULL, &looks[i].suffices);
        if (looks[i].kinds & rule->each.kinds)
            loader_fault(l, list->items[i], "this kind is looked through already; join the conditions by ||");
        looks[i].within = rule->each.within;
        looks[i].scope = rule->scope;
    }
    rule->also = looks;
    rule->also_count = list->count;
}

/* Keys that make sense beside `each` only. */
static void refuse_without_each(struct loader *l, const struct pw_yaml *map)
{
    static const char *const keys[] = {"where", "at-least", "distinct", "days-apart", "distinct-days",
        "without", "missing", "after", "join", "suffices", "also", "days-together", "cycle", "same", NULL};

    for (size_t i = 0; keys[i]; i++)
        if (pw_yaml_get(map, keys[i]))
            loader_fault(l, pw_yaml_get(map, keys[i]),
                "'%s' needs 'each'; a rule with 'when' has no facts of its own", keys[i]);
}

static void clear_exprs(struct pw_rule *rule)
{
    struct pw_look *looks[] = {&rule->each, &rule->missing, &rule->join};

    rule->when = rule->suffices = rule->same = rule->distinct_expr = PW_NO_EXPR;
    for (size_t i = 0; i < PW_COUNT(looks); i++)
        looks[i]->where = looks[i]->same = looks[i]->suffices = PW_NO_EXPR;
}

static void read_condition(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *when = pw_yaml_get(map, "when"), *each = pw_yaml_get(map, "each");

    clear_exprs(rule);
    rule->at_least = 1;
    if (when && each)
        loader_fault(l, when, "a rule has either 'each' or 'when', not both");
    if (!when && !each)
        loader_fault(l, map, "a rule needs 'each' (facts looked through) or 'when' (a condition)");
    if (!each) {
        if (when)
            expect_expr(l, when, "bool", NULL, NULL, &rule->when);
        refuse_without_each(l, map);
        return;
    }
    int32_t within = rule->each.within;
    parse_look(l, map, &rule->each, false, NULL);
    rule->each.within = within;
    rule->each.scope = rule->scope;
    read_count(l, map, "at-least", 1, 1000, &rule->at_least);
    read_count(l, map, "days-apart", 1, 3650, &rule->days_apart);
    read_count(l, map, "days-together", 1, 3650, &rule->days_together);
    read_bool(l, map, "distinct-days", &rule->distinct_days);
    read_distinct(l, map, rule);
    read_without(l, map, rule);
    read_part(l, map, "missing", rule, &rule->missing);
    read_part(l, map, "join", rule, &rule->join);
    read_also(l, map, rule);
    read_cycle(l, map, rule);
    if (pw_yaml_get(map, "after"))
        parse_days(l, pw_yaml_get(map, "after"), &rule->after);
    if (!pw_yaml_get(map, "missing") != !pw_yaml_get(map, "after"))
        loader_fault(l, map, "'missing' and 'after' go together: after how many days is it missed?");
    if (pw_yaml_get(map, "suffices"))
        expect_expr(l, pw_yaml_get(map, "suffices"), "bool", &rule->each, NULL, &rule->suffices);
    if (pw_yaml_get(map, "same"))
        expect_expr(l, pw_yaml_get(map, "same"), NULL, &rule->each, NULL, &rule->same);
}

static void read_innocent(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node, *nl, *en;
    struct pw_err err = {0};
    struct pw_text *texts;

    if (!pw_yaml_need(map, "innocent", &node, &err) || !pw_yaml_need(node, "nl", &nl, &err) ||
        !pw_yaml_need(node, "en", &en, &err) || !pw_yaml_need_list(nl, &err) ||
        !pw_yaml_need_list(en, &err)) {
        loader_take(l, &err);
        return;
    }
    if (nl->count == 0 || nl->count != en->count) {
        loader_fault(l, node, "innocent reasons: at least one, and as many in Dutch as in English");
        return;
    }
    texts = PW_NEW_ARRAY(l->arena, nl->count, struct pw_text);
    for (size_t i = 0; i < nl->count; i++)
        if (!pw_yaml_str(nl->items[i], &texts[i].nl, &err) || !pw_yaml_str(en->items[i], &texts[i].en, &err))
            loader_take(l, &err);
    rule->innocent = texts;
    rule->innocent_count = nl->count;
}

static void read_source(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    static const char *const keys[] = {"report", "note", NULL};
    const struct pw_yaml *node, *report;
    struct pw_err err = {0};

    if (!pw_yaml_need(map, "source", &node, &err) || !pw_yaml_known(node, keys, &err) ||
        !pw_yaml_need(node, "report", &report, &err) || !pw_yaml_str(report, &rule->source, &err) ||
        !pw_yaml_opt_str(node, "note", &rule->source_note, &err))
        loader_take(l, &err);
}

static void read_review(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};

    if (!pw_yaml_need(map, "review-by", &node, &err) || !pw_yaml_day(node, &rule->review_by, &err))
        loader_take(l, &err);
}

static void read_id(struct loader *l, const struct pw_yaml *map, struct pw_rule *rule)
{
    const struct pw_yaml *node;
    struct pw_err err = {0};

    if (!pw_yaml_need(map, "id", &node, &err) || !pw_yaml_str(node, &rule->id, &err)) {
        loader_take(l, &err);
        return;
    }
    for (size_t i = 0; i < rule->id.len; i++) {
        char c = rule->id.data[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
            loader_fault(l, node, "rule ids are kebab-case: small letters, digits and hyphens");
            return;
        }
    }
    if (rule->id.len == 0 || rule->id.len > 60)
        loader_fault(l, node, "rule ids have 1 to 60 characters");
}

/* What the rule says about itself, besides its condition. */
static void read_standing(
    struct loader *l, const struct pw_yaml *map, const struct pw_theme *theme, struct pw_rule *rule)
{
    static const char *const phases[] = {"preventive", "repressive", "both", NULL};
    static const char *const statuses[] = {"active", "draft", NULL};
    bool fixed = theme->role == PW_THEME_LOCATION || theme->role == PW_THEME_HISTORY;
    bool corroborates = theme->role == PW_THEME_PLAIN || theme->role == PW_THEME_LANDLORD;
    int32_t stratum = 1;

    rule->theme = theme;
    rule->phase = (enum pw_rule_phase)read_word(l, map, "phase", phases, PW_PHASE_BOTH, true);
    rule->scope = fixed || theme->role == PW_THEME_LANDLORD ? PW_SCOPE_PREMISES : PW_SCOPE_TENANCY;
    if (pw_yaml_get(map, "scope"))
        parse_scope(l, pw_yaml_get(map, "scope"), &rule->scope);
    rule->grade = (enum pw_rule_grade)read_word(l, map, "grade", pw_grade_words, PW_GRADE_E, true);
    rule->draft = read_word(l, map, "status", statuses, 0, false) == 1;
    rule->corroborates = corroborates;
    read_bool(l, map, "corroborates", &rule->corroborates);
    if (rule->corroborates && !corroborates)
        loader_fault(l, map, "rules of theme %.*s never corroborate", PW_STR_ARG(theme->id));
    read_bool(l, map, "acute", &rule->acute);
    read_count(l, map, "stratum", 1, 2, &stratum);
    rule->stratum = (int)stratum;
}

static void parse_rule(struct loader *l, const struct pw_yaml *map, const struct pw_theme *theme)
{
    struct rule_draft *draft = PW_NEW(l->arena, struct rule_draft);
    struct pw_rule *rule = &draft->rule;
    struct pw_err err = {0};

    if (!pw_yaml_need_map(map, &err)) {
        loader_take(l, &err);
        return;
    }
    if (!pw_yaml_known(map, rule_keys, &err))
        loader_take(l, &err);
    l->current = rule;
    rule->node = map;
    rule->file = map->file;
    rule->line = map->line;
    read_id(l, map, rule);
    read_text(l, map, "title", &rule->title);
    read_text(l, map, "explain", &rule->explain);
    read_standing(l, map, theme, rule);
    rule->indicates = read_indicates(l, map);
    read_points(l, map, rule);
    read_windows(l, map, rule);
    read_condition(l, map, rule);
    read_stands_alone(l, map, rule);
    read_innocent(l, map, rule);
    read_source(l, map, rule);
    read_review(l, map, rule);
    rule->tests = need_list(l, map, "tests");
    draft->node = map;
    draft->actions = need_list(l, map, "actions");
    draft->offsets = pw_yaml_get(map, "offsets");
    draft->replaces = pw_yaml_get(map, "replaces");
    l->current = NULL;
    *l->rules_end = draft;
    l->rules_end = &draft->next;
    l->rule_count++;
}

static struct pw_theme *parse_theme_head(struct loader *l, const struct pw_yaml *root)
{
    static const char *const roles[] = {
        "plain", "location", "history", "landlord", "corroboration", "mitigation", NULL};
    const struct pw_yaml *id, *cap = pw_yaml_get(root, "cap");
    struct pw_theme *theme;
    struct pw_err err = {0};

    if (l->theme_count == THEMES_MAX) {
        loader_fault(l, root, "more than %d themes", THEMES_MAX);
        return NULL;
    }
    theme = &l->themes[l->theme_count];
    theme->nr = (uint32_t)l->theme_count++;
    if (!pw_yaml_need(root, "theme", &id, &err) || !pw_yaml_str(id, &theme->id, &err))
        loader_take(l, &err);
    read_text(l, root, "title", &theme->title);
    theme->role = (enum pw_theme_role)read_word(l, root, "role", roles, PW_THEME_PLAIN, false);
    if (cap && !pw_yaml_milli(cap, 1000, POINTS_MAX, &theme->cap, &err))
        loader_take(l, &err);
    if (!cap && theme->role != PW_THEME_CORROBORATION && theme->role != PW_THEME_MITIGATION)
        loader_fault(
            l, root, "theme %.*s needs a cap (points that it can bring at most)", PW_STR_ARG(theme->id));
    for (size_t i = 0; i + 1 < l->theme_count; i++)
        if (pw_str_eq(l->themes[i].id, theme->id))
            loader_fault(l, id, "theme %.*s is declared twice", PW_STR_ARG(theme->id));
    return theme;
}

void parse_theme_file(struct loader *loader, const struct pw_yaml *root)
{
    const struct pw_yaml *rules;
    const struct pw_theme *theme;
    struct pw_err err = {0};

    if (!pw_yaml_known(root, theme_keys, &err))
        loader_take(loader, &err);
    theme = parse_theme_head(loader, root);
    rules = theme ? need_list(loader, root, "rules") : NULL;
    for (size_t i = 0; rules && i < rules->count; i++) {
        if (loader->rule_count == RULES_MAX) {
            loader_fault(loader, rules->items[i], "more than %d rules", RULES_MAX);
            return;
        }
        parse_rule(loader, rules->items[i], theme);
    }
}
