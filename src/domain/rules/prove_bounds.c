/*
 * The theorem: what each source class can bring at most, that none of them alone brings the level above
 * watch but by a competent body's finding on site, and that tips never pass their cap. It rests on the
 * gates, so the gates may be made stricter and never weaker than stated here.
 */
#include <string.h>

#include "proof_int.h"

/* Who may speak for itself alone. */
#define COMPETENT                                                                                            \
    (UINT32_C(1) << PW_CLASS_FIELD_INSPECTION | UINT32_C(1) << PW_CLASS_UTILITY_SAFETY |                     \
        UINT32_C(1) << PW_CLASS_ENFORCEMENT)

#define EXPIRY_RULES_MIN 20
#define EXPIRY_SHARE     15 /* percent */

/* ---- what one class can make fire ---- */

static bool can_deliver(const struct pw_kind *kind, int class)
{
    return kind->source_classes >> class & 1;
}

/* Whether a fact of this class can meet the look, and `extra` besides. */
static bool class_matches(const struct loader *l, const struct pw_look *look, int class, int32_t extra)
{
    for (uint32_t k = 0; k < l->set->model->kind_count; k++) {
        struct cast cast = {l->set, &l->set->model->kinds[k], 1};
        struct claim claims[] = {{look->where, true}, {extra, true}};
        if ((look->kinds & (UINT64_C(1) << k)) && can_deliver(cast.kind, class) &&
            can_all(&cast, claims, PW_COUNT(claims)) != ANSWER_NO)
            return true;
    }
    return false;
}

static bool class_fires_look(const struct loader *l, const struct pw_rule *rule, const struct pw_look *look,
    int32_t suffices, int class)
{
    if (!class_matches(l, look, class, PW_NO_EXPR))
        return false;
    return !rule->join.kinds || class_matches(l, &rule->join, class, PW_NO_EXPR) ||
           (suffices != PW_NO_EXPR && class_matches(l, look, class, suffices));
}

static bool class_fires(const struct loader *l, const struct pw_rule *rule, int class)
{
    struct cast cast = {l->set, NULL, 1};
    struct claim claim = {rule->when, true};

    if (rule->stratum == 2)
        return can_all(&cast, &claim, 1) != ANSWER_NO;
    if (!rule->each.kinds)
        return false; /* of the premises themselves */
    if (class_fires_look(l, rule, &rule->each, rule->suffices, class))
        return true;
    for (size_t i = 0; i < rule->also_count; i++)
        if (class_fires_look(l, rule, &rule->also[i], rule->also[i].suffices, class))
            return true;
    return false;
}

static int64_t points_for(const struct pw_rule *rule, int class)
{
    int64_t points =
        rule->points[rule->stratum == 2 && class != PW_CLASS_CITIZEN_TIP ? PW_CLASS_DERIVED : class];

    return points > 0 && !rule->draft ? points : 0;
}

static bool class_stands_alone(const struct loader *l, const struct pw_rule *rule, int class)
{
    if (!rule->stands_alone || rule->draft)
        return false;
    if (class_matches(l, &rule->each, class, rule->stands_alone_if))
        return true;
    for (size_t i = 0; i < rule->also_count && rule->stands_alone_if == PW_NO_EXPR; i++)
        if (class_matches(l, &rule->also[i], class, PW_NO_EXPR))
            return true;
    return false;
}

/* ---- the theorem ---- */

static void bound_class(struct loader *l, int class, struct pw_class_bound *ret)
{
    const struct pw_ruleset *set = l->set;
    int64_t *themes = PW_NEW_ARRAY(l->arena, set->theme_count + 1, int64_t);
    const struct pw_rule **alone = PW_NEW_ARRAY(l->arena, set->rule_count + 1, const struct pw_rule *);

    for (size_t i = 0; i < set->rule_count; i++) {
        const struct pw_rule *rule = &set->rules[i];
        if (points_for(rule, class) && class_fires(l, rule, class))
            themes[rule->theme->nr] += points_for(rule, class);
        if (class_stands_alone(l, rule, class))
            alone[ret->alone_count++] = rule;
    }
    for (size_t t = 0; t < set->theme_count; t++) {
        if (set->themes[t].cap && themes[t] > set->themes[t].cap)
            themes[t] = set->themes[t].cap;
        ret->points += themes[t];
    }
    if (set->class_cap[class] && ret->points > set->class_cap[class])
        ret->points = set->class_cap[class];
    ret->themes = themes;
    ret->alone = alone;
}

static int64_t location_most(const struct pw_ruleset *set)
{
    int64_t most = 0;

    for (size_t t = 0; t < set->theme_count; t++)
        most += set->themes[t].role == PW_THEME_LOCATION ? set->themes[t].cap : 0;
    return most;
}

static void refuse_alone(struct loader *l, int class, const struct pw_class_bound *bound)
{
    for (size_t i = 0; i < bound->alone_count; i++) {
        loader_fault(l, pw_yaml_get(bound->alone[i]->node, "stands-alone"),
            "rule %.*s would let %s alone bring the level to alert; only a competent body's finding on site "
            "stands "
            "alone: narrow it, for instance to sighting.official",
            PW_STR_ARG(bound->alone[i]->id), pw_source_class_words[class]);
    }
}

/* ---- the floors of the gates ---- */

static const struct pw_yaml *ruleset_node(
    const struct loader *l, const char *section, const char *key, const char *leaf)
{
    const struct pw_yaml *node = l->ruleset_root ? pw_yaml_get(l->ruleset_root, section) : NULL;

    if (node && key)
        node = pw_yaml_get(node, key);
    return node && leaf ? pw_yaml_get(node, leaf) : node;
}

static void need_least(
    struct loader *l, const char *gate, const char *leaf, int64_t value, int64_t least, const char *why)
{
    if (value < least)
        loader_fault(l, ruleset_node(l, "gates", gate, leaf),
            "gate %s is too weak: %s; set %s to %lld or more", gate, why, leaf,
            (long long)(least >= 1000 ? least / 1000 : least));
}

static void check_gates(struct loader *l)
{
    const struct pw_gates *g = &l->set->gates;
    const int64_t *from = l->set->level_from;

    if (!l->ruleset_root)
        return;
    need_least(l, "never-alone", "beside", g->beside, 10000, "a place alone is no suspicion");
    need_least(
        l, "two-classes", "second", g->second_class, 8000, "a second class must say something of weight");
    need_least(l, "two-classes", "tip-origins", g->tip_origins, 2, "one voice is no class");
    need_least(l, "one-class", "reporters", g->one_class_reporters, 2, "one reporter is no pattern");
    if (g->stands_alone_level > PW_RISK_ALERT)
        loader_fault(l, ruleset_node(l, "gates", "stands-alone", "level"),
            "one finding lifts to alert at most; urgent needs the points");
    if (l->set->class_cap[PW_CLASS_CITIZEN_TIP] >= from[PW_RISK_ALERT])
        loader_fault(l, ruleset_node(l, "class-caps", "citizen-tip", NULL),
            "tips alone could reach the level alert (%lld points); cap them below it",
            (long long)from[PW_RISK_ALERT] / 1000);
    if (l->set->class_cap[PW_CLASS_CITIZEN_TIP] + location_most(l->set) >= from[PW_RISK_ALERT])
        loader_fault(l, ruleset_node(l, "class-caps", "citizen-tip", NULL),
            "tips with the kind of premises could reach the level alert; lower this cap or the theme's");
}

/* ---- all at once out of date ---- */

static int64_t weight_of(const struct pw_rule *rule)
{
    return rule->draft || rule->points[0] <= 0 ? 0 : rule->points[0];
}

static int month_of(pw_day day)
{
    struct pw_date date = pw_day_to_date(day);

    return date.year * 12 + date.month;
}

/* The points that expire in the month of a rule; *ret_heaviest is the rule that brings most of them. */
static int64_t expiring_with(
    const struct pw_ruleset *set, const struct pw_rule *rule, const struct pw_rule **ret_heaviest)
{
    int64_t sum = 0;

    *ret_heaviest = rule;
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct pw_rule *other = &set->rules[i];
        if (month_of(other->review_by) != month_of(rule->review_by))
            continue;
        sum += weight_of(other);
        if (weight_of(other) > weight_of(*ret_heaviest) ||
            (weight_of(other) == weight_of(*ret_heaviest) && other->nr < (*ret_heaviest)->nr))
            *ret_heaviest = other;
    }
    return sum;
}

static void check_expiry(struct loader *l)
{
    const struct pw_ruleset *set = l->set;
    int64_t all = 0;

    for (size_t i = 0; i < set->rule_count; i++)
        all += weight_of(&set->rules[i]);
    for (size_t i = 0; i < set->rule_count && set->rule_count >= EXPIRY_RULES_MIN; i++) {
        const struct pw_rule *heaviest;
        int64_t month = expiring_with(set, &set->rules[i], &heaviest);
        if (heaviest == &set->rules[i] && month * 100 > all * EXPIRY_SHARE)
            loader_fault(l, pw_yaml_get(heaviest->node, "review-by"),
                "%d percent of all points would expire in the month of this date, more than %d; spread the "
                "dates",
                (int)(month * 100 / all), EXPIRY_SHARE);
    }
}

void prove_bounds(struct loader *loader)
{
    struct pw_theorem *theorem = PW_NEW(loader->arena, struct pw_theorem);

    check_gates(loader);
    check_expiry(loader);
    for (int c = 0; c < PW_CLASS_DERIVED; c++) {
        bound_class(loader, c, &theorem->classes[c]);
        if (!(COMPETENT & (UINT32_C(1) << c)))
            refuse_alone(loader, c, &theorem->classes[c]);
    }
    theorem->tips_most = loader->set->class_cap[PW_CLASS_CITIZEN_TIP];
    theorem->location_most = location_most(loader->set);
    theorem->undecided = loader->undecided;
    theorem->undecided_count = loader->undecided_count;
    loader->set->theorem = theorem;
}
