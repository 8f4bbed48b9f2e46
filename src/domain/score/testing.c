/*
 * The runner of the rules' own tests, and of all that a rules directory has: what `pandwacht rules test`
 * and a unit test call. A failure names file, line, what was expected and what came out.
 */
#include <stdio.h>
#include <string.h>

#include "testing_int.h"

#define REPORT_MAX (1024 * 1024)

void pw_rules_report_init(struct pw_rules_report *report)
{
    *report = (struct pw_rules_report){.passed = 0};
    pw_buf_init(&report->text, REPORT_MAX);
}

void pw_rules_report_release(struct pw_rules_report *report)
{
    pw_buf_release(&report->text);
}

void fail_at(struct pw_rules_report *report, const struct pw_yaml *node, struct pw_str who, const char *what)
{
    report->failed++;
    pw_buf_printf(
        &report->text, "%s:%u:%u: %.*s: %s\n", node->file, node->line, node->column, PW_STR_ARG(who), what);
}

void fail_err(struct pw_rules_report *report, const struct pw_err *err)
{
    char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 40];

    report->failed++;
    pw_buf_printf(&report->text, "%s\n", pw_err_format(err, text, sizeof text));
}

/* ---- one test of one rule ---- */

static const struct pw_line *find_line(const struct pw_period *period, struct pw_str id)
{
    for (size_t i = 0; i < period->line_count; i++)
        if (period->lines[i].kind == PW_LINE_RULE && pw_str_eq(period->lines[i].id, id))
            return &period->lines[i];
    return NULL;
}

static const struct pw_line *find_in_all(const struct pw_assessment *a, struct pw_str id)
{
    const struct pw_line *line = find_line(a->shown, id);

    for (size_t i = 0; i < a->period_count && !line; i++)
        line = find_line(&a->periods[i], id);
    return line;
}

bool tell_story(struct story *s, const struct pw_yaml *map, struct pw_err *err)
{
    return story_set_premises(s, pw_yaml_get(map, "premises"), err) &&
           story_add_tenancies(s, pw_yaml_get(map, "tenancies"), err) &&
           story_add_facts(s, pw_yaml_get(map, "facts"), err);
}

static const char *judge_line(
    const struct pw_yaml *test, const struct pw_line *line, bool fires, char text[160])
{
    const struct pw_yaml *points = pw_yaml_get(test, "points");
    struct pw_err err = {0};
    int64_t milli;

    if (fires && !line)
        return "should fire and does not";
    if (!fires && line)
        return "fires and should not";
    if (!line || !points)
        return NULL;
    if (!pw_yaml_milli(points, -100000, 100000, &milli, &err))
        return "points are no number";
    if (line->points == milli)
        return NULL;
    snprintf(text, 160, "points are %lld thousandths", (long long)line->points);
    return text;
}

bool try_test(const struct pw_ruleset *set, const struct pw_rule *rule, const struct pw_yaml *test,
    pw_day today, struct probe *probe, const char **ret_why, char text[160], struct pw_err *err)
{
    static const char *const keys[] = {
        "name", "premises", "tenancies", "facts", "fires", "points", "boundary", NULL};
    struct pw_arena *arena = pw_arena_new();
    struct pw_assessment a;
    const struct pw_yaml *fires_node;
    struct story s;
    bool fires = false, ok;

    story_init(&s, arena, set, today);
    s.probe = probe;
    ok = pw_yaml_known(test, keys, err) && pw_yaml_need(test, "fires", &fires_node, err) &&
         pw_yaml_bool(fires_node, &fires, err) && tell_story(&s, test, err) && story_assess(&s, &a, err);
    if (ok)
        *ret_why = judge_line(test, find_in_all(&a, rule->id), fires, text);
    pw_arena_free(arena);
    return ok;
}

/* A rule shows when it fires, when it does not, and where the edge is. */
static void judge_coverage(const struct pw_rule *rule, struct pw_rules_report *report)
{
    bool fires = false, silent = false, boundary = false;
    struct pw_err err = {0};

    for (size_t i = 0; i < rule->tests->count; i++) {
        const struct pw_yaml *test = rule->tests->items[i];
        bool value = false, edge = false;
        if (!pw_yaml_opt_bool(test, "fires", &value, &err) ||
            !pw_yaml_opt_bool(test, "boundary", &edge, &err))
            continue;
        fires |= value;
        silent |= !value;
        boundary |= edge;
    }
    if (!fires || !silent || !boundary)
        fail_at(
            report, rule->tests, rule->id, "needs a firing test, a silent one and one with boundary: true");
}

void pw_score_test_rules(const struct pw_ruleset *set, pw_day today, struct pw_rules_report *report)
{
    for (size_t r = 0; r < set->rule_count; r++) {
        const struct pw_rule *rule = &set->rules[r];
        judge_coverage(rule, report);
        for (size_t i = 0; i < rule->tests->count; i++) {
            const struct pw_yaml *test = rule->tests->items[i], *name = pw_yaml_get(test, "name");
            const char *why = NULL;
            struct pw_err err = {0};
            char text[160], whole[400];
            if (!try_test(set, rule, test, today, NULL, &why, text, &err)) {
                fail_err(report, &err);
                continue;
            }
            if (!why) {
                report->passed++;
                continue;
            }
            snprintf(whole, sizeof whole, "'%.*s' %s", name ? (int)name->text.len : 0,
                name ? name->text.data : "", why);
            fail_at(report, test, rule->id, whole);
        }
    }
}

/* ---- a whole directory ---- */

static void tell_faults(const struct pw_rules_faults *faults, struct pw_rules_report *report)
{
    for (size_t i = 0; i < faults->count; i++) {
        char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 40];
        pw_buf_printf(&report->text, "%s\n", pw_err_format(&faults->items[i], text, sizeof text));
    }
    if (faults->more)
        pw_buf_printf(&report->text, "and %zu more\n", faults->more);
    report->failed++;
}

static void test_all(const struct pw_ruleset *set, const struct pw_file *files, size_t count, pw_day today,
    enum pw_test_depth depth, struct pw_rules_report *report)
{
    pw_score_test_rules(set, today, report);
    pw_score_test_dossiers(set, files, count, today, report);
    if (depth >= PW_TEST_COVERAGE)
        tell_margins(report);
    if (depth >= PW_TEST_COVERAGE)
        measure_coverage(set, today, report);
    if (depth >= PW_TEST_MUTANTS)
        try_mutants(set, today, report);
}

bool pw_score_test_dir(
    const char *dir, pw_day today, enum pw_test_depth depth, struct pw_rules_report *report)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_rules_faults *faults = PW_NEW(arena, struct pw_rules_faults);
    const struct pw_ruleset *set = NULL;
    struct pw_file *files = NULL;
    struct pw_err err = {0};
    size_t count = 0;

    if (!pw_yaml_read_dir(arena, dir, &files, &count, &err)) {
        fail_err(report, &err);
    } else if (!pw_rules_load(files, count, today, &set, faults, &err)) {
        tell_faults(faults, report);
    } else {
        test_all(set, files, count, today, depth, report);
        pw_rules_unref(set);
    }
    pw_buf_printf(&report->text, "%zu passed, %zu failed\n", report->passed, report->failed);
    pw_arena_free(arena);
    return report->failed == 0;
}
