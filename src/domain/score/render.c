/*
 * Showing an assessment: the members of an alert as API and partners see them. Texts come from the
 * rule set in the reader's language; numbers come from the result. Lines of classes that are not
 * released merge into one, so that what is shown still adds up to the score.
 */
#include <string.h>

#include "score_int.h"

/* PW_STR is a compound literal; tables of static storage need a plain initialiser. */
#define S(literal)                                                                                           \
    {                                                                                                        \
        literal, sizeof(literal) - 1                                                                         \
    }

static const char *const scope_words[] = {"theme", "class", "mitigation", "floor"};

static const struct pw_text gate_reasons[PW_GATES][3] = {
    [PW_GATE_NEVER_ALONE] = {{S("Ligging en verleden tellen mee naast andere aanwijzingen"),
                                 S("Location and history count beside other signs")},
        {S("Ligging en verleden tellen niet zonder andere aanwijzingen"),
            S("Location and history do not count without other signs")},
        {S(""), S("")}},
    [PW_GATE_TWO_CLASSES] = {{S("Twee of meer onafhankelijke soorten bronnen"),
                                 S("Two or more independent classes of sources")},
        {S("Boven volgen is een tweede, onafhankelijke soort bron nodig"),
            S("Above watch a second, independent class of source is needed")},
        {S(""), S("")}},
    [PW_GATE_VISITED_CLEAR] = {{S(""), S("")},
        {S("Een ambtelijk bezoek na alle feiten vond niets; sluiten wordt voorgesteld"),
            S("An official visit after all facts found nothing; closing is proposed")},
        {S(""), S("")}},
    [PW_GATE_ONE_CLASS] = {{S(""), S("")},
        {S("Veel punten uit een soort bron, door meer dan een melder: zoek een tweede soort bron"),
            S("Many points of one class by more than one reporter: find a second class")},
        {S(""), S("")}},
    [PW_GATE_STANDS_ALONE] = {{S(""), S("")}, {S(""), S("")},
        {S("Ter plaatse vastgesteld door een bevoegde dienst: minstens melden"),
            S("Established on site by a competent body: at least alert")}},
    [PW_GATE_WATCH_ENDED] = {{S(""), S("")},
        {S("Volgen eindigt na 90 dagen zonder nieuw feit"),
            S("Watching ends after 90 days without a new fact")},
        {S(""), S("")}},
};

/* ---- what decided ---- */

struct pw_str pw_score_decided_by(
    struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_line *line)
{
    const struct pw_rule *rule = pw_rules_find(set, line->id);
    int32_t expr = PW_NO_EXPR;
    struct pw_str out = PW_STR("");
    struct cel_str source;

    if (rule && line->decided_look == 0)
        expr = rule->each.kinds ? rule->each.where : rule->when;
    else if (rule && line->decided_look <= rule->also_count)
        expr = rule->also[line->decided_look - 1].where;
    if (expr == PW_NO_EXPR)
        return out;
    source = cel_expr_source(set->program, expr);
    for (size_t i = 0; i < line->decided_count; i++) {
        struct pw_line_span span = line->decided[i];
        if (span.start >= span.end || span.end > source.len)
            continue;
        out = pw_str_printf(arena, "%.*s%s%.*s", PW_STR_ARG(out), out.len ? " && " : "",
            span.end - span.start, source.ptr + span.start);
    }
    return out;
}

/* ---- lines ---- */

static bool is_released(const struct pw_audience *audience, const struct pw_line *line)
{
    return audience->classes == 0 || (audience->classes & (UINT32_C(1) << line->class));
}

static void write_classes(uint32_t mask, struct pw_jsonw *w)
{
    pw_jsonw_array(w);
    for (int c = 0; c < PW_SOURCE_CLASSES; c++)
        if (mask & (UINT32_C(1) << c))
            pw_jsonw_z(w, pw_source_class_words[c]);
    pw_jsonw_end_array(w);
}

static void write_desk_members(const struct pw_ruleset *set, const struct pw_rule *rule,
    const struct pw_line *line, bool dutch, struct pw_jsonw *w)
{
    struct pw_arena *arena = pw_arena_new();

    pw_jsonw_key(w, "decidedBy");
    pw_jsonw_str(w, pw_score_decided_by(arena, set, line));
    pw_arena_free(arena);
    pw_jsonw_key(w, "explain");
    pw_jsonw_str(w, rule ? pw_text_in(&rule->explain, dutch) : PW_STR(""));
    pw_jsonw_key(w, "innocent");
    pw_jsonw_array(w);
    for (size_t i = 0; rule && i < rule->innocent_count; i++)
        pw_jsonw_str(w, pw_text_in(&rule->innocent[i], dutch));
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "grade");
    pw_jsonw_z(w, rule ? pw_grade_words[rule->grade] : "E");
    pw_jsonw_key(w, "source");
    pw_jsonw_str(w, rule ? rule->source : PW_STR(""));
}

static void write_rule(const struct pw_ruleset *set, const struct pw_line *line,
    const struct pw_audience *audience, struct pw_jsonw *w)
{
    const struct pw_rule *rule = pw_rules_find(set, line->id);

    pw_jsonw_key(w, "kind");
    pw_jsonw_z(w, "rule");
    pw_jsonw_key(w, "id");
    pw_jsonw_str(w, line->id);
    pw_jsonw_key(w, "title");
    pw_jsonw_str(w, rule ? pw_text_in(&rule->title, audience->dutch) : line->id);
    pw_jsonw_key(w, "theme");
    pw_jsonw_str(w, line->theme);
    pw_jsonw_key(w, "points");
    pw_jsonw_milli(w, line->points);
    pw_jsonw_key(w, "fullPoints");
    pw_jsonw_milli(w, line->full_points);
    pw_jsonw_key(w, "witnesses");
    pw_jsonw_array(w);
    for (size_t i = 0; i < line->witness_count; i++)
        pw_jsonw_uuid(w, &line->witnesses[i]);
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "classes");
    write_classes(line->classes, w);
    if (line->draft) {
        pw_jsonw_key(w, "draft");
        pw_jsonw_bool(w, true);
    }
    if (!audience->event)
        write_desk_members(set, rule, line, audience->dutch, w);
}

static void write_cap(const struct pw_line *line, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "kind");
    pw_jsonw_z(w, "cap");
    pw_jsonw_key(w, "scope");
    pw_jsonw_z(w, scope_words[line->scope]);
    pw_jsonw_key(w, "id");
    pw_jsonw_str(w, line->id);
    pw_jsonw_key(w, "limit");
    pw_jsonw_milli(w, line->limit);
    pw_jsonw_key(w, "points");
    pw_jsonw_milli(w, line->points);
}

void pw_score_write_lines(const struct pw_ruleset *set, const struct pw_period *period,
    const struct pw_audience *audience, struct pw_jsonw *w)
{
    int64_t withheld = 0;
    bool any = false;

    for (size_t i = 0; i < period->line_count; i++)
        any |= period->lines[i].kind == PW_LINE_RULE && !is_released(audience, &period->lines[i]);
    pw_jsonw_array(w);
    for (size_t i = 0; i < period->line_count; i++) {
        const struct pw_line *line = &period->lines[i];
        if (line->kind == PW_LINE_CAP ? any : !is_released(audience, line)) {
            withheld += line->points;
            continue;
        }
        pw_jsonw_object(w);
        if (line->kind == PW_LINE_RULE)
            write_rule(set, line, audience, w);
        else
            write_cap(line, w);
        pw_jsonw_end_object(w);
    }
    if (any) {
        pw_jsonw_object(w);
        pw_jsonw_key(w, "kind");
        pw_jsonw_z(w, "withheld");
        pw_jsonw_key(w, "points");
        pw_jsonw_milli(w, withheld);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

#define WHY_MAX 3

/* The heaviest line lighter than (or behind) those already told; NULL when there is none. */
static const struct pw_line *next_heaviest(const struct pw_period *period, const struct pw_line *before)
{
    const struct pw_line *found = NULL;

    for (size_t i = 0; i < period->line_count; i++) {
        const struct pw_line *line = &period->lines[i];
        bool behind = before == NULL || line->points < before->points ||
                      (line->points == before->points && line > before);
        if (line->kind == PW_LINE_RULE && line->points > 0 && behind &&
            (found == NULL || line->points > found->points))
            found = line;
    }
    return found;
}

void pw_score_write_why(
    const struct pw_ruleset *set, const struct pw_period *period, bool dutch, struct pw_jsonw *w)
{
    const struct pw_line *line = NULL;

    pw_jsonw_array(w);
    for (int i = 0; i < WHY_MAX && (line = next_heaviest(period, line)) != NULL; i++) {
        const struct pw_rule *rule = pw_rules_find(set, line->id);
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_str(w, line->id);
        pw_jsonw_key(w, "title");
        pw_jsonw_str(w, rule ? pw_text_in(&rule->title, dutch) : line->id);
        pw_jsonw_key(w, "points");
        pw_jsonw_milli(w, line->points);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

/* ---- sums, gates, rule set ---- */

static void write_sum_map(const struct pw_sum *sums, size_t count, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    for (size_t i = 0; i < count; i++) {
        pw_jsonw_key_str(w, sums[i].id);
        pw_jsonw_milli(w, sums[i].points);
    }
    pw_jsonw_end_object(w);
}

void pw_score_write_sums(const struct pw_period *period, bool classes_too, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "themes");
    write_sum_map(period->themes, period->theme_count, w);
    if (classes_too) {
        pw_jsonw_key(w, "classes");
        write_sum_map(period->classes, period->class_count, w);
    }
    pw_jsonw_end_object(w);
}

void pw_score_write_gates(
    const struct pw_ruleset *set, const struct pw_period *period, bool dutch, struct pw_jsonw *w)
{
    (void)set;
    pw_jsonw_array(w);
    for (size_t i = 0; i < period->gate_count; i++) {
        const struct pw_gate_line *gate = &period->gates[i];
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_z(w, pw_gate_words[gate->gate]);
        pw_jsonw_key(w, "result");
        pw_jsonw_z(w, pw_gate_result_words[gate->result]);
        pw_jsonw_key(w, "reason");
        pw_jsonw_str(w, pw_text_in(&gate_reasons[gate->gate][gate->result], dutch));
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

void pw_score_write_ruleset(
    const struct pw_ruleset *set, const uint8_t hash[PW_SHA256_SIZE], struct pw_jsonw *w)
{
    char text[PW_SHA256_TEXT];

    pw_jsonw_object(w);
    pw_jsonw_key(w, "name");
    pw_jsonw_str(w, set->name);
    pw_jsonw_key(w, "version");
    pw_jsonw_str(w, set->version);
    pw_jsonw_key(w, "sha256");
    pw_jsonw_z(w, pw_hex(hash, PW_SHA256_SIZE, text));
    pw_jsonw_end_object(w);
}

static void write_explanation(const struct pw_ruleset *set, const struct pw_period *period,
    const struct pw_audience *audience, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "explanation");
    pw_score_write_lines(set, period, audience, w);
    pw_jsonw_key(w, "sums");
    pw_score_write_sums(period, !audience->event, w);
    if (audience->event)
        return;
    pw_jsonw_key(w, "gates");
    pw_score_write_gates(set, period, audience->dutch, w);
    pw_jsonw_key(w, "counterfactuals");
    pw_jsonw_array(w);
    pw_jsonw_end_array(w);
}

/* The recommended actions as people read them, beside their ids. */
static void write_actions(
    const struct pw_ruleset *set, const struct pw_period *period, bool dutch, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "actions");
    pw_jsonw_array(w);
    for (size_t i = 0; i < period->action_count; i++) {
        const struct pw_action *action = pw_rules_action(set, period->actions[i]);
        if (action == NULL)
            continue;
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_str(w, action->id);
        pw_jsonw_key(w, "title");
        pw_jsonw_str(w, pw_text_in(&action->title, dutch));
        pw_jsonw_key(w, "text");
        pw_jsonw_str(w, pw_text_in(&action->text, dutch));
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

void pw_score_render_json(const struct pw_ruleset *set, const struct pw_assessment *assessment,
    const struct pw_audience *audience, struct pw_jsonw *w)
{
    const struct pw_period *period = assessment->shown;

    pw_jsonw_key(w, "level");
    pw_jsonw_z(w, pw_risk_words[period->level]);
    pw_jsonw_key(w, "score");
    pw_jsonw_milli(w, period->score);
    pw_jsonw_key(w, "assessedOn");
    pw_jsonw_day(w, assessment->day);
    pw_jsonw_key(w, "latched");
    pw_jsonw_bool(w, period->latched);
    if (!audience->brief)
        write_explanation(set, period, audience, w);
    if (!audience->event) {
        pw_jsonw_key(w, "recommendedActions");
        pw_jsonw_array(w);
        for (size_t i = 0; i < period->action_count; i++)
            pw_jsonw_str(w, period->actions[i]);
        pw_jsonw_end_array(w);
        if (!audience->brief)
            write_actions(set, period, audience->dutch, w);
    }
    pw_jsonw_key(w, "ruleset");
    pw_score_write_ruleset(set, assessment->ruleset, w);
    if (!audience->event) {
        pw_jsonw_key(w, "nextChangeOn");
        pw_jsonw_day(w, assessment->next_change_on);
    }
}
