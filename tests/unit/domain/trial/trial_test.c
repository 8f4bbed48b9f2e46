/* Trials with the shipped rules: walks as a day by day walk would go, what people decided, intervals. */
#include "../../unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <pandwacht/trial.h>

#include "../../../../src/domain/score/story.h"

static const struct pw_ruleset *set;
static pw_day today;

static int load(void **state)
{
    struct pw_err err = {0};
    (void)state;
    today = pw_day_from_date((struct pw_date){2026, 3, 11});
    if (!pw_rules_load_dir("rules", today, &set, NULL, &err)) {
        fprintf(stderr, "%s:%u: %s\n", err.file, err.line, err.text);
        return -1;
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    pw_rules_unref(set);
    return 0;
}

/* ---- a history out of a story ---- */

struct told {
    struct pw_arena *arena;
    struct story story;
    struct pw_past past;
    pw_usec *ended_at;
    struct pw_past_decision decision;
};

static void tell(struct told *t, const char *text)
{
    const struct pw_yaml *root;
    struct pw_err err = {0};
    t->arena = pw_arena_new();
    bool ok = pw_yaml_parse(t->arena, pw_str_z(text), "story", NULL, &root, &err);
    story_init(&t->story, t->arena, set, today);
    ok = ok && story_add_facts(&t->story, pw_yaml_get(root, "facts"), &err);
    if (!ok)
        fail_msg("%u:%u: %s", err.line, err.column, err.text);
    t->ended_at = PW_NEW_ARRAY(t->arena, t->story.fact_count, pw_usec);
    for (size_t i = 0; i < t->story.fact_count; i++)
        t->ended_at[i] = PW_TIME_NONE;
    t->past = (struct pw_past){.premises = pw_uuid_v8(PW_STR("premises")),
        .facts = t->story.facts,
        .ended_at = t->ended_at,
        .fact_count = t->story.fact_count,
        .decisions = &t->decision};
}

static struct pw_trial *trial_of(struct told *t, enum pw_history history, pw_day since)
{
    struct pw_trial *trial;
    struct pw_err err = {0};
    const struct pw_trial_options options = {
        .baseline = set, .candidate = set, .history = history, .since = since, .until = today};
    if (!pw_trial_new(&options, &trial, &err) || !pw_trial_add(trial, &t->past, &t->past, &err))
        fail_msg("%s", err.text);
    return trial;
}

/* Two classes a month apart, 300 days ago: an alert by points, which stands although it decays. */
static const char *const farm =
    "facts:\n"
    "  - {payment: {method: cash, purpose: rent, amountEur: 900, payerIsTenant: unknown, on: 320 days ago}}\n"
    "  - {payment: {method: cash, purpose: rent, amountEur: 900, payerIsTenant: no, on: 310 days ago}}\n"
    "  - {inspection: {authority: municipality, visitKind: targeted, category: growing-supplies, count: 9, "
    "itemKinds: "
    "[lamps], on: 305 days ago}}\n"
    "  - {inspection: {authority: municipality, visitKind: targeted, category: smell-cannabis, on: 304 days "
    "ago}}\n"
    "  - {utility: {finding: meter-tampered, ownTechnician: true, on: 300 days ago}}\n";

/* ---- the walk ---- */

/* The first day with at least an alert, by assessing every single day without latches. */
static pw_day first_alert_by_hand(struct told *t, pw_day from)
{
    for (pw_day day = from; day <= today; day++) {
        struct pw_arena *arena = pw_arena_new();
        struct pw_dossier_view view = {.facts = t->story.facts, .fact_count = t->story.fact_count};
        struct pw_assessment a;
        struct pw_err err;
        assert_true(pw_score_assess(arena, set, &view, day, &a, &err));
        enum pw_level_of_risk level = a.shown->level;
        pw_arena_free(arena);
        if (level >= PW_RISK_ALERT)
            return day;
    }
    return PW_DAY_NONE;
}

static void test_an_alert_is_raised_on_its_day_and_stands(void **state)
{
    struct told t = {0};
    (void)state;
    tell(&t, farm);
    struct pw_trial *trial = trial_of(&t, PW_HISTORY_HAPPENED, today - 400);
    struct pw_arena *arena = pw_arena_new();
    struct pw_walk walk;
    struct pw_err err;
    assert_true(pw_trial_walk(arena, &trial->options, &t.past, &trial->before, &walk, &err));
    assert_int_equal(walk.raised_on, first_alert_by_hand(&t, today - 400));
    assert_true(walk.level >= PW_RISK_ALERT);
    assert_int_equal(trial->after.alerts, 1);
    assert_int_equal(trial->changes[PW_CHANGE_NONE], 1);
    pw_arena_free(arena);
    pw_trial_free(trial);
    pw_arena_free(t.arena);
}

static void test_what_was_raised_before_the_period_is_not_counted(void **state)
{
    struct told t = {0};
    (void)state;
    tell(&t, farm);
    struct pw_trial *trial = trial_of(&t, PW_HISTORY_HAPPENED, today - 100);
    assert_int_equal(trial->after.alerts, 0);
    assert_int_equal(trial->after.levels[PW_RISK_NONE], 0);
    pw_trial_free(trial);
    pw_arena_free(t.arena);
}

static void test_learnt_facts_count_from_their_day_until_taken_back(void **state)
{
    struct told t = {0};
    (void)state;
    tell(&t, farm);
    for (size_t i = 0; i < t.story.fact_count; i++) {
        t.story.facts[i].received_at = pw_instant_in_netherlands(today - 50, 12);
        t.ended_at[i] = pw_instant_in_netherlands(today - 20, 12);
    }
    struct pw_trial *trial = trial_of(&t, PW_HISTORY_LEARNT, today - 400);
    assert_int_equal(trial->after.alerts, 1);
    assert_int_equal(trial->after.by_month[trial->months - 3], 1); /* January */
    assert_int_equal(trial->after.levels[PW_RISK_NONE], 1);
    pw_trial_free(trial);
    trial = trial_of(&t, PW_HISTORY_HAPPENED, today - 400);
    assert_int_equal(trial->after.alerts, 0); /* nothing of it is known to be true today */
    pw_trial_free(trial);
    pw_arena_free(t.arena);
}

static void test_a_verdict_unfounded_ends_it(void **state)
{
    struct told t = {0};
    (void)state;
    tell(&t, farm);
    struct pw_uuid *ids = PW_NEW_ARRAY(t.arena, t.story.fact_count, struct pw_uuid);
    for (size_t i = 0; i < t.story.fact_count; i++)
        ids[i] = t.story.facts[i].id;
    t.decision = (struct pw_past_decision){.decided_at = pw_instant_in_netherlands(today - 200, 12),
        .unfounded = true,
        .frozen_until = PW_DAY_NONE,
        .facts = ids,
        .fact_count = t.story.fact_count};
    t.past.decision_count = 1;
    struct pw_trial *trial = trial_of(&t, PW_HISTORY_HAPPENED, today - 400);
    assert_int_equal(trial->after.alerts, 1);
    assert_int_equal(trial->after.levels[PW_RISK_NONE], 1);
    pw_trial_free(trial);
    pw_arena_free(t.arena);
}

static void test_parts_add_up(void **state)
{
    struct told t = {0};
    struct pw_buf saved;
    struct pw_err err;
    (void)state;
    tell(&t, farm);
    struct pw_trial *trial = trial_of(&t, PW_HISTORY_HAPPENED, today - 400);
    pw_buf_init(&saved, 1u << 20);
    pw_trial_save(trial, &saved);
    assert_true(pw_trial_merge(trial, pw_buf_str(&saved), &err));
    assert_int_equal(trial->premises, 2);
    assert_int_equal(trial->after.alerts, 2);
    assert_int_equal(trial->facts, 2 * t.story.fact_count);
    assert_false(pw_trial_merge(trial, (struct pw_str){saved.data, saved.len / 2}, &err));
    pw_buf_release(&saved);
    pw_trial_free(trial);
    pw_arena_free(t.arena);
}

/* ---- what was known ---- */

static void test_a_view_holds_what_was_known_then(void **state)
{
    struct told t = {0};
    struct pw_dossier_view view;
    (void)state;
    tell(&t, farm);
    t.ended_at[0] = pw_instant_in_netherlands(today - 250, 12);
    pw_past_view(
        t.arena, set->model, &t.past, pw_instant_in_netherlands(today - 307, 12), today - 307, &view);
    assert_int_equal(view.fact_count, 2);
    pw_past_view(t.arena, set->model, &t.past, pw_instant_in_netherlands(today, 12), today, &view);
    assert_int_equal(view.fact_count, t.story.fact_count - 1);
    pw_arena_free(t.arena);
}

/* ---- intervals, against published values ---- */

static void near(double value, double expected)
{
    if (fabs(value - expected) > 0.0005)
        fail_msg("%f is not near %f", value, expected);
}

static void test_wilson(void **state)
{
    (void)state;
    struct pw_interval i = pw_interval_wilson(81, 263); /* Newcombe 1998, table I */
    near(i.low, 0.2553);
    near(i.high, 0.3662);
    i = pw_interval_wilson(0, 20);
    near(i.low, 0);
    near(i.high, 0.1611);
    i = pw_interval_wilson(1, 29);
    near(i.low, 0.0061);
    near(i.high, 0.1718);
    i = pw_interval_wilson(0, 0);
    near(i.high, 1);
    i = pw_interval_wilson(7, 7);
    near(i.high, 1);
}

static void test_rate(void **state)
{
    (void)state;
    struct pw_interval i = pw_interval_rate(0, 52);
    near(i.low, 0);
    assert_true(i.high > 0.05 && i.high < 0.08);
    i = pw_interval_rate(10, 1); /* exact: 4.795 to 18.390 */
    assert_true(fabs(i.low - 4.795) < 0.02 && fabs(i.high - 18.39) < 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_alert_is_raised_on_its_day_and_stands),
        cmocka_unit_test(test_what_was_raised_before_the_period_is_not_counted),
        cmocka_unit_test(test_learnt_facts_count_from_their_day_until_taken_back),
        cmocka_unit_test(test_a_verdict_unfounded_ends_it),
        cmocka_unit_test(test_parts_add_up),
        cmocka_unit_test(test_a_view_holds_what_was_known_then),
        cmocka_unit_test(test_wilson),
        cmocka_unit_test(test_rate),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
