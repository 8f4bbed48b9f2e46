/*
 * From an assessment to the lines of an alert event. Called by assess and desk for each receiver,
 * since titles are in the receiver's language.
 */
#include <pandwacht/rules.h>
#include <pandwacht/score.h>

#include "cloudevent_int.h"

static const struct pw_str *class_words(struct pw_arena *arena, uint32_t mask, size_t *ret_count)
{
    struct pw_str *words = PW_NEW_ARRAY(arena, PW_SOURCE_CLASSES, struct pw_str);
    size_t n = 0;

    for (unsigned i = 0; i < PW_SOURCE_CLASSES; i++) {
        if ((mask & (UINT32_C(1) << i)) != 0) {
            words[n++] = pw_str_z(pw_source_class_words[i]);
        }
    }
    *ret_count = n;
    return words;
}

static struct pw_str scope_word(enum pw_cap_scope scope)
{
    switch (scope) {
    case PW_CAP_THEME:
        return PW_STR("theme");
    case PW_CAP_CLASS:
        return PW_STR("class");
    case PW_CAP_MITIGATION:
        return PW_STR("mitigation");
    case PW_CAP_FLOOR:
        break;
    }
    return PW_STR("floor");
}

static struct pw_event_line fill_line(struct pw_arena *arena, const struct pw_ruleset *set,
    const struct pw_line *line, const struct pw_release *release)
{
    struct pw_event_line ret = {.cap = line->kind == PW_LINE_CAP, .id = line->id, .points = line->points};

    if (ret.cap) {
        ret.scope = scope_word(line->scope);
        ret.limit = line->limit;
        return ret;
    }
    const struct pw_rule *rule = pw_rules_find(set, line->id);
    ret.title = rule != NULL ? pw_text_in(&rule->title, release->dutch) : line->id;
    ret.theme = line->theme;
    ret.full_points = line->full_points;
    ret.draft = line->draft;
    ret.witnesses = line->witnesses;
    ret.witness_count = line->witness_count;
    ret.classes = class_words(arena, line->classes, &ret.class_count);
    return ret;
}

static const struct pw_event_sum *fill_sums(struct pw_arena *arena, const struct pw_sum *sums, size_t count)
{
    struct pw_event_sum *ret = PW_NEW_ARRAY(arena, count + 1, struct pw_event_sum);

    for (size_t i = 0; i < count; i++) {
        ret[i] = (struct pw_event_sum){.name = sums[i].id, .points = sums[i].points};
    }
    return ret;
}

void pw_event_alert_fill(struct pw_arena *arena, const struct pw_ruleset *set,
    const struct pw_assessment *assessment, const struct pw_release *release, struct pw_event_alert *ret)
{
    const struct pw_period *period = assessment->shown;
    struct pw_event_line *lines = PW_NEW_ARRAY(arena, period->line_count + 1, struct pw_event_line);

    for (size_t i = 0; i < period->line_count; i++) {
        lines[i] = fill_line(arena, set, &period->lines[i], release);
    }
    ret->level = pw_str_z(pw_risk_words[period->level]);
    ret->score = period->score;
    ret->assessed_on = assessment->day;
    ret->lines = lines;
    ret->line_count = period->line_count;
    ret->themes = fill_sums(arena, period->themes, period->theme_count);
    ret->theme_count = period->theme_count;
    ret->classes = fill_sums(arena, period->classes, period->class_count);
    ret->class_count = period->class_count;
    ret->ruleset.name = set->name;
    ret->ruleset.version = set->version;
    for (size_t i = 0; i < sizeof(ret->ruleset.sha256); i++) {
        ret->ruleset.sha256[i] = assessment->ruleset[i];
    }
}
