/*
 * The golden dossiers: whole stories, told in steps, with the level that must come out. The guilty must be
 * seen, the innocent must not.
 */
#include <stdio.h>
#include <string.h>

#include "testing_int.h"

static bool level_key(
    const struct pw_yaml *map, const char *key, size_t *ret, bool *ret_given, struct pw_err *err)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);

    *ret_given = node != NULL;
    return !node || pw_yaml_choice(node, pw_risk_words, ret, err);
}

/* "" or what is wrong with the level. */
static bool judge_level(
    const struct pw_yaml *expect, const struct pw_period *p, char *out, size_t size, struct pw_err *err)
{
    size_t most = 0, least = 0, exact = 0;
    bool has_most, has_least, has_exact;
    size_t level = (size_t)p->level;

    if (!level_key(expect, "at-most", &most, &has_most, err) ||
        !level_key(expect, "at-least", &least, &has_least, err) ||
        !level_key(expect, "exactly", &exact, &has_exact, err))
        return false;
    if (!has_most && !has_least && !has_exact)
        return pw_yaml_fail(expect, err, "expect a level: at-most, at-least or exactly");
    if ((has_most && level > most) || (has_least && level < least) || (has_exact && level != exact))
        snprintf(out, size, "level %s (score %lld thousandths), expected %s%s%s%s%s%s", pw_risk_words[level],
            (long long)p->score, has_most ? "at most " : "", has_most ? pw_risk_words[most] : "",
            has_least ? "at least " : "", has_least ? pw_risk_words[least] : "", has_exact ? "exactly " : "",
            has_exact ? pw_risk_words[exact] : "");
    return true;
}

static const struct pw_gate_line *find_gate(const struct pw_period *p, size_t gate)
{
    for (size_t i = 0; i < p->gate_count; i++)
        if ((size_t)p->gates[i].gate == gate)
            return &p->gates[i];
    return NULL;
}

/* gates: {two-classes: held, one-class: absent} */
static bool judge_gates(
    const struct pw_yaml *map, const struct pw_period *p, char *out, size_t size, struct pw_err *err)
{
    size_t gate;

    for (size_t i = 0; map && i < map->count; i++) {
        const struct pw_gate_line *line;
        const char *is;
        if (!pw_yaml_choice(map->pairs[i].key, pw_gate_words, &gate, err))
            return false;
        line = find_gate(p, gate);
        is = line ? pw_gate_result_words[line->result] : "absent";
        if (!out[0] && !pw_str_is(map->pairs[i].value->text, is))
            snprintf(out, size, "gate %s is %s", pw_gate_words[gate], is);
    }
    return true;
}

static void judge_actions(const struct pw_yaml *list, const struct pw_period *p, char *out, size_t size)
{
    for (size_t i = 0; list && i < list->count; i++) {
        bool found = false;
        for (size_t k = 0; k < p->action_count; k++)
            found |= pw_str_eq(p->actions[k], list->items[i]->text);
        if (!found && !out[0])
            snprintf(out, size, "action %.*s is not recommended", PW_STR_ARG(list->items[i]->text));
    }
}

static bool judge_flags(
    const struct pw_yaml *expect, const struct pw_assessment *a, char *out, size_t size, struct pw_err *err)
{
    const struct pw_yaml *first = pw_yaml_get(expect, "first-action");
    const struct pw_period *p = a->shown;
    bool acute = a->acute_count > 0, closing = p->propose_closing, latched = p->latched;
    bool is_acute = acute, is_closing = closing, is_latched = latched;

    if (!pw_yaml_opt_bool(expect, "acute", &acute, err) ||
        !pw_yaml_opt_bool(expect, "closing", &closing, err) ||
        !pw_yaml_opt_bool(expect, "latched", &latched, err))
        return false;
    if (!out[0] && (acute != is_acute || closing != is_closing || latched != is_latched))
        snprintf(out, size, "acute %d, closing %d, latched %d; expected %d, %d, %d", is_acute, is_closing,
            is_latched, acute, closing, latched);
    if (first && !out[0] && (p->action_count == 0 || !pw_str_eq(p->actions[0], first->text)))
        snprintf(out, size, "first action is %.*s", p->action_count ? (int)p->actions[0].len : 4,
            p->action_count ? p->actions[0].data : "none");
    return true;
}

static void tell_lines(const struct pw_period *p, struct pw_rules_report *report)
{
    for (size_t i = 0; i < p->line_count; i++)
        pw_buf_printf(&report->text, "    %+9.3f of %7.3f  %.*s\n", (double)p->lines[i].points / 1000.0,
            (double)p->lines[i].full_points / 1000.0, PW_STR_ARG(p->lines[i].id));
}

/* ---- how near it was ---- */

static int64_t size_of(int64_t points)
{
    return points < 0 ? -points : points;
}

static void keep_margin(struct pw_rules_report *report, const struct pw_margin *margin)
{
    size_t at = report->margin_count;

    while (at > 0 && size_of(report->margins[at - 1].points) > size_of(margin->points))
        at--;
    if (at == PW_MARGINS_MAX)
        return;
    if (report->margin_count < PW_MARGINS_MAX)
        report->margin_count++;
    memmove(&report->margins[at + 1], &report->margins[at], (report->margin_count - at - 1) * sizeof *margin);
    report->margins[at] = *margin;
}

static bool measure_margin(const struct story *s, const struct pw_yaml *expect, const struct pw_period *p,
    struct pw_str name, bool innocent, struct pw_rules_report *report, struct pw_err *err)
{
    const int64_t *from = s->set->level_from;
    struct pw_margin margin = {.innocent = innocent};
    size_t level = 0;
    bool given;

    if (!level_key(expect, "exactly", &level, &given, err) ||
        (!given && !level_key(expect, innocent ? "at-most" : "at-least", &level, &given, err)))
        return false;
    if (!given || (innocent ? level == PW_RISK_URGENT : level == PW_RISK_NONE))
        return true;
    margin.points = innocent ? from[level + 1] - 1 - p->score : p->score - from[level];
    snprintf(margin.dossier, sizeof margin.dossier, "%.*s", PW_STR_ARG(name));
    keep_margin(report, &margin);
    return true;
}

static bool judge_step(struct story *s, const struct pw_yaml *step, struct pw_str name, bool innocent,
    struct pw_rules_report *report, struct pw_err *err)
{
    static const char *const keys[] = {"at-most", "at-least", "exactly", "gates", "actions", "first-action",
        "acute", "closing", "latched", NULL};
    const struct pw_yaml *expect;
    struct pw_assessment a;
    char out[240] = "";

    if (!pw_yaml_need(step, "expect", &expect, err) || !pw_yaml_known(expect, keys, err) ||
        !story_assess(s, &a, err) || !judge_level(expect, a.shown, out, sizeof out, err) ||
        !judge_gates(pw_yaml_get(expect, "gates"), a.shown, out, sizeof out, err) ||
        !measure_margin(s, expect, a.shown, name, innocent, report, err))
        return false;
    judge_actions(pw_yaml_get(expect, "actions"), a.shown, out, sizeof out);
    if (!judge_flags(expect, &a, out, sizeof out, err))
        return false;
    story_latch(s, &a);
    if (!out[0]) {
        report->passed++;
        return true;
    }
    fail_at(report, expect, name, out);
    tell_lines(a.shown, report);
    return true;
}

/* Each step adds to the story before it. */
static bool run_steps(struct story *s, const struct pw_yaml *root, struct pw_str name, bool innocent,
    struct pw_rules_report *report, struct pw_err *err)
{
    static const char *const keys[] = {"step", "facts", "retract", "tenancies", "expect", NULL};
    const struct pw_yaml *steps;

    if (!pw_yaml_need(root, "steps", &steps, err) || !pw_yaml_need_list(steps, err))
        return false;
    for (size_t i = 0; i < steps->count; i++) {
        const struct pw_yaml *step = steps->items[i];
        if (!pw_yaml_known(step, keys, err) || !story_add_tenancies(s, pw_yaml_get(step, "tenancies"), err) ||
            !story_add_facts(s, pw_yaml_get(step, "facts"), err) ||
            !story_retract(s, pw_yaml_get(step, "retract"), err))
            return false;
        if (pw_yaml_get(step, "retract"))
            s->latch_count = 0; /* a retraction may take the level along */
        if (!judge_step(s, step, name, innocent, report, err))
            return false;
    }
    return true;
}

static bool run_dossier(const struct pw_ruleset *set, const struct pw_file *file, pw_day today,
    struct pw_arena *arena, struct pw_rules_report *report, struct pw_err *err)
{
    static const char *const keys[] = {
        "dossier", "title", "innocent", "why", "premises", "tenancies", "facts", "steps", NULL};
    const struct pw_yaml *root, *name, *why, *title, *innocent;
    bool is_innocent;
    struct pw_str sentence;
    struct pw_text texts;
    struct story s;

    if (!pw_yaml_parse(arena, file->text, pw_str_dup(arena, file->name).data, NULL, &root, err) ||
        !pw_yaml_known(root, keys, err) || !pw_yaml_need(root, "dossier", &name, err) ||
        !pw_yaml_need(root, "why", &why, err) || !pw_yaml_str(why, &sentence, err) ||
        !pw_yaml_need(root, "title", &title, err) || !pw_yaml_text(title, &texts, err) ||
        !pw_yaml_need(root, "innocent", &innocent, err) || !pw_yaml_bool(innocent, &is_innocent, err))
        return false;
    report->innocent += is_innocent;
    report->guilty += !is_innocent;
    story_init(&s, arena, set, today);
    return tell_story(&s, root, err) && run_steps(&s, root, name->text, is_innocent, report, err);
}

void pw_score_test_dossiers(const struct pw_ruleset *set, const struct pw_file *files, size_t count,
    pw_day today, struct pw_rules_report *report)
{
    for (size_t i = 0; i < count; i++) {
        struct pw_arena *arena;
        struct pw_err err = {0};
        if (!pw_str_has_prefix(files[i].name, PW_STR("premises-risk/dossiers/")))
            continue;
        arena = pw_arena_new();
        if (!run_dossier(set, &files[i], today, arena, report, &err))
            fail_err(report, &err);
        pw_arena_free(arena);
    }
}

void tell_margins(struct pw_rules_report *report)
{
    pw_buf_printf(&report->text, "dossiers: %zu innocent, %zu not; the nearest to coming out otherwise:\n",
        report->innocent, report->guilty);
    for (size_t i = 0; i < report->margin_count; i++) {
        const struct pw_margin *m = &report->margins[i];
        pw_buf_printf(&report->text, "  %-40s %+8.3f %s\n", m->dossier, (double)m->points / 1000.0,
            m->points < 0 ? "decided by a gate"
            : m->innocent ? "points of room"
                          : "points to spare");
    }
}
