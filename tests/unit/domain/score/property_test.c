/*
 * What must hold for every dossier, tried on many. Tips alone, in any number, order and voice, never pass
 * watch nor their cap; and nothing changes by itself before the date that was told, day by day, in the story
 * of each test of each rule. PANDWACHT_CASES says how many sequences of tips, PANDWACHT_DAYS how far ahead;
 * make test-long asks for a million and for five years.
 */
#include "../../unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <pandwacht/score.h>

#include "../../../../src/domain/score/story.h"
#include "../../../../src/domain/score/testing_int.h"

static const struct pw_ruleset *set;
static pw_day today;

static long wanted(const char *name, long otherwise)
{
    const char *text = getenv(name);

    return text ? atol(text) : otherwise;
}

/* ---- tips alone ---- */

static uint64_t seed = 20260311;

static unsigned roll(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

#define TIPS_MAX 40

/* Any tip that the door would take: each field at random, of a category that citizens may send. */
static void random_record(const struct pw_kind *tip, uint64_t *record)
{
    memset(record, 0, tip->cells * sizeof *record);
    for (size_t f = 0; f < tip->field_count; f++) {
        const struct pw_field *field = &tip->fields[f];
        bool stated = field->required || roll(3) > 0;
        uint64_t value = 0;
        if (field->type == PW_TYPE_ENUM) {
            do
                value = roll((unsigned)field->value_count);
            while (!(field->allowed >> value & 1));
            value = stated ? value : field->value_count;
        } else if (stated && field->type == PW_TYPE_ENUM_SET) {
            value = roll(1U << field->value_count) & field->allowed;
        } else if (stated && field->type == PW_TYPE_RELATION) {
            value = roll(3);
        } else if (stated && field->type == PW_TYPE_BOOL) {
            value = roll(2);
        } else if (stated && field->type == PW_TYPE_INTEGER) {
            value = roll(roll(2) ? 30 : 400);
        }
        if (field->cell)
            record[field->cell] = value;
        record[0] |= (uint64_t)stated << field->index;
    }
}

static struct pw_uuid small_id(uint8_t kind, unsigned n)
{
    return (struct pw_uuid){{kind, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (uint8_t)(n >> 8), (uint8_t)n}};
}

static void random_tips(const struct pw_kind *tip, struct pw_fact *facts, uint64_t *records, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t *record = records + i * tip->cells;
        random_record(tip, record);
        facts[i] = (struct pw_fact){.id = small_id(1, (unsigned)i),
            .kind = tip,
            .source_class = PW_CLASS_CITIZEN_TIP,
            .occurred_on = (pw_day)(today - (pw_day)roll(roll(2) ? 20 : 200)),
            .client = small_id(2, roll(3)),
            .record = record};
        if (roll(4))
            facts[i].origin = small_id(3, roll(12));
        if (roll(4) == 0)
            facts[i].report = small_id(4, roll(5));
        pw_record_set_occurred_on(record, facts[i].occurred_on);
        facts[i].received_at = pw_instant_in_netherlands(facts[i].occurred_on, 12) + (pw_usec)i;
    }
}

/* The kinds of premises that rules know, to their full cap. */
static uint64_t *random_premises(struct pw_arena *arena)
{
    const struct pw_kind *kind = set->model->premises;
    uint64_t *record = pw_record_new(arena, kind);

    for (size_t f = 0; f < kind->field_count; f++) {
        const struct pw_field *field = &kind->fields[f];
        record[0] |= UINT64_C(1) << field->index;
        record[field->cell] = field->type == PW_TYPE_ENUM       ? roll((unsigned)field->value_count)
                              : field->type == PW_TYPE_RELATION ? roll(3)
                              : field->type == PW_TYPE_INTEGER  ? 1 + roll(300)
                                                                : 0;
    }
    return record;
}

static void test_tips_alone_never_pass_watch(void **state)
{
    const struct pw_kind *tip = pw_facts_kind(set->model, PW_STR("tip"));
    int64_t most = set->theorem->tips_most + set->theorem->location_most, highest = 0;
    uint64_t *records = calloc(TIPS_MAX * tip->cells, sizeof *records);
    struct pw_fact facts[TIPS_MAX];
    long watched = 0;

    (void)state;
    for (long i = 0, n = wanted("PANDWACHT_CASES", 3000); i < n; i++) {
        struct pw_arena *arena = pw_arena_new();
        struct pw_tenancy tenancy = {small_id(5, 1), (pw_day)(today - (pw_day)roll(300)), PW_DAY_NONE};
        struct pw_dossier_view view = {
            .premises = random_premises(arena), .facts = facts, .fact_count = 1 + roll(TIPS_MAX)};
        struct pw_assessment a;
        struct pw_err err = {0};
        if (roll(2)) {
            view.tenancies = &tenancy;
            view.tenancy_count = 1;
        }
        random_tips(tip, facts, records, view.fact_count);
        if (!pw_score_assess(arena, set, &view, today, &a, &err))
            fail_msg("%s", err.text);
        for (size_t p = 0; p < a.period_count; p++) {
            assert_true(a.periods[p].level <= PW_RISK_WATCH);
            assert_true(a.periods[p].score <= most);
            highest = a.periods[p].score > highest ? a.periods[p].score : highest;
            watched += a.periods[p].level == PW_RISK_WATCH;
        }
        pw_arena_free(arena);
    }
    assert_true(watched > 0); /* the sequences are strong enough to mean something */
    assert_true(highest >= set->theorem->tips_most);
    free(records);
}

/* ---- nothing before its date ---- */

/* Hits with their witnesses, gates and level: what may not change by itself. */
static void outcome_of(const struct pw_assessment *a, struct pw_buf *out)
{
    for (size_t p = 0; p < a->period_count; p++) {
        const struct pw_period *period = &a->periods[p];
        pw_buf_printf(out, "%d:", period->level);
        for (size_t g = 0; g < period->gate_count; g++)
            pw_buf_printf(out, " %d=%d", period->gates[g].gate, period->gates[g].result);
        for (size_t r = 0; r < set->rule_count; r++)
            for (size_t i = 0; i < period->line_count; i++)
                if (period->lines[i].kind == PW_LINE_RULE && pw_str_eq(period->lines[i].id, set->rules[r].id))
                    pw_buf_printf(out, " %zu/%llu", r, (unsigned long long)period->lines[i].witnesses_in_all);
        pw_buf_puts(out, "\n");
    }
}

static void assess_on(struct story *s, pw_day day, struct pw_assessment *ret, struct pw_buf *out)
{
    struct pw_err err = {0};

    s->today = day;
    if (!story_assess(s, ret, &err))
        fail_msg("%s", err.text);
    pw_buf_init(out, 1 << 16);
    outcome_of(ret, out);
}

/* Follows one story day by day to the date it names, and from there to the next. */
static void follow(const struct pw_rule *rule, const struct pw_yaml *test, pw_day days)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_assessment a, b;
    struct pw_buf before, now;
    struct pw_err err = {0};
    struct story s;

    story_init(&s, arena, set, today);
    if (!tell_story(&s, test, &err))
        fail_msg("%s", err.text);
    assess_on(&s, today, &a, &before);
    for (pw_day day = today + 1; day <= today + days && a.next_change_on != PW_DAY_NONE; day++) {
        story_latch(&s, &a);
        assess_on(&s, day, &b, &now);
        if (day < a.next_change_on && strcmp(before.data, now.data) != 0)
            fail_msg("%.*s, '%.*s': changes on day %d, told for day %d\n%s%s", PW_STR_ARG(rule->id),
                PW_STR_ARG(pw_yaml_get(test, "name")->text), day - today, a.next_change_on - today,
                before.data, now.data);
        if (day >= a.next_change_on) {
            a = b;
            pw_buf_release(&before);
            before = now;
        } else {
            pw_buf_release(&now);
        }
    }
    pw_buf_release(&before);
    pw_arena_free(arena);
}

static void test_nothing_changes_before_the_date_told(void **state)
{
    pw_day days = (pw_day)wanted("PANDWACHT_DAYS", 40);

    (void)state;
    for (size_t r = 0; r < set->rule_count; r++)
        for (size_t i = 0; i < set->rules[r].tests->count; i++)
            follow(&set->rules[r], set->rules[r].tests->items[i], days);
}

static int load(void **state)
{
    struct pw_err err = {0};

    (void)state;
    today = pw_day_from_date((struct pw_date){2026, 3, 11});
    return pw_rules_load_dir("rules", today, &set, NULL, &err) ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    pw_rules_unref(set);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tips_alone_never_pass_watch),
        cmocka_unit_test(test_nothing_changes_before_the_date_told),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
