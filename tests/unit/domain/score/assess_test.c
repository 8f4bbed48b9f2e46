/* Assessing with the shipped rules: the worked example, lines that add up, storing, change dates. */
#include "../../unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <pandwacht/score.h>

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

/* A story out of YAML text: premises, tenancies, facts. */
static void tell(struct story *s, struct pw_arena *arena, const char *text)
{
    const struct pw_yaml *root;
    struct pw_err err = {0};
    bool ok = pw_yaml_parse(arena, pw_str_z(text), "story", NULL, &root, &err);

    story_init(s, arena, set, today);
    ok = ok && story_set_premises(s, pw_yaml_get(root, "premises"), &err) &&
         story_add_tenancies(s, pw_yaml_get(root, "tenancies"), &err) &&
         story_add_facts(s, pw_yaml_get(root, "facts"), &err);
    if (!ok)
        fail_msg("%u:%u: %s", err.line, err.column, err.text);
}

static struct pw_assessment assess(struct story *s)
{
    struct pw_assessment a;
    struct pw_err err = {0};

    if (!story_assess(s, &a, &err))
        fail_msg("%s", err.text);
    return a;
}

static const struct pw_line *line_of(const struct pw_assessment *a, const char *id)
{
    for (size_t i = 0; i < a->shown->line_count; i++)
        if (pw_str_is(a->shown->lines[i].id, id))
            return &a->shown->lines[i];
    return NULL;
}

static const struct pw_gate_line *gate_of(const struct pw_assessment *a, enum pw_gate gate)
{
    for (size_t i = 0; i < a->shown->gate_count; i++)
        if (a->shown->gates[i].gate == gate)
            return &a->shown->gates[i];
    return NULL;
}

static void assert_adds_up(const struct pw_period *p)
{
    int64_t lines = 0, themes = 0, classes = 0;

    for (size_t i = 0; i < p->line_count; i++)
        lines += p->lines[i].points;
    for (size_t i = 0; i < p->theme_count; i++)
        themes += p->themes[i].points;
    for (size_t i = 0; i < p->class_count; i++)
        classes += p->classes[i].points;
    assert_int_equal(lines, p->score);
    assert_int_equal(themes, p->score);
    assert_int_equal(classes, p->score);
}

/* ---- decay ---- */

static void test_decay_is_the_power_of_two(void **state)
{
    (void)state;
    for (int64_t half_life = 1; half_life <= 730; half_life += 27)
        for (int64_t age = 0; age <= 2000; age += 13) {
            double exact = 40000.0 * pow(2.0, -(double)age / (double)half_life);
            double whole = floor(exact + 0.5);
            int64_t value = pw_score_decay(40000, age, half_life);
            if (fabs(exact - whole) < 0.4999)
                assert_int_equal(value, (int64_t)whole);
            assert_int_equal(pw_score_decay(-40000, age, half_life), -value);
        }
    assert_int_equal(pw_score_decay(15000, 10, 365), 14718);
    assert_int_equal(pw_score_decay(3000, 99999, 0), 3000);
    assert_int_equal(pw_score_decay(40000, 100000, 30), 0);
}

static void test_decay_never_rises(void **state)
{
    (void)state;
    for (int64_t half_life = 30; half_life <= 730; half_life += 35) {
        int64_t before = 40000;
        for (int64_t age = 0; age <= 4000; age++) {
            int64_t now = pw_score_decay(40000, age, half_life);
            assert_true(now <= before);
            before = now;
        }
    }
}

/* ---- the worked example ---- */

static const char example[] = "premises: {type: business-unit}\n"
                              "facts:\n"
                              "  - payment: {method: cash, purpose: rent, amountEur: 900, term: 10 days ago, "
                              "payerIsTenant: unknown, on: 10 days ago}\n"
                              "  - payment: {method: bank, purpose: rent, amountEur: 900, term: 60 days ago, "
                              "payerIsTenant: no, on: 60 days ago}\n"
                              "  - payment: {method: bank, purpose: rent, amountEur: 900, term: 10 days ago, "
                              "payerIsTenant: no, on: 10 days ago}\n"
                              "  - payment: {method: bank, purpose: rent, amountEur: 10800, term: 20 days "
                              "ago, payerIsTenant: yes, monthsCovered: 12, "
                              "advanceOfferedBy: tenant, on: 20 days ago}\n"
                              "  - inspection: {authority: municipality, category: growing-supplies, "
                              "itemKinds: [lamps, tubes], on: 5 days ago}\n";

static void assert_line(const struct pw_assessment *a, const char *id, int64_t points, int64_t full)
{
    const struct pw_line *line = line_of(a, id);

    if (!line)
        fail_msg("no line %s", id);
    assert_int_equal(line->points, points);
    assert_int_equal(line->full_points, full);
}

static void test_worked_example(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_assessment a;
    struct story s;

    (void)state;
    tell(&s, arena, example);
    a = assess(&s);
    assert_int_equal(a.shown->score, 51299);
    assert_int_equal(a.shown->level, PW_RISK_ALERT);
    assert_int_equal(a.shown->line_count, 6);
    assert_line(&a, "pay-cash-rent", 14718, 15000);
    assert_line(&a, "pay-third-party", 13737, 14000);
    assert_line(&a, "pay-long-advance", 13478, 14000);
    assert_line(&a, "growing-supplies", 13601, 14000);
    assert_line(&a, "corr-two-classes", 7698, 8000);
    assert_int_equal(line_of(&a, "payment")->points, -11933);
    assert_int_equal(line_of(&a, "payment")->limit, 30000);
    assert_int_equal(line_of(&a, "corr-two-classes")->witness_count, 2);
    assert_int_equal(line_of(&a, "pay-third-party")->witness_count, 2);
    assert_non_null(gate_of(&a, PW_GATE_TWO_CLASSES));
    assert_int_equal(gate_of(&a, PW_GATE_TWO_CLASSES)->result, PW_GATE_PASSED);
    assert_adds_up(a.shown);
    pw_arena_free(arena);
}

static void test_what_decided(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_assessment a;
    struct pw_str text;
    struct story s;

    (void)state;
    tell(&s, arena, example);
    a = assess(&s);
    text = pw_score_decided_by(arena, set, line_of(&a, "pay-cash-rent"));
    assert_string_equal(
        text.data, "payment.method == 'cash' && payment.amountEur >= 100.0 && payment.purpose == 'rent'");
    pw_arena_free(arena);
}

static void test_order_of_facts_changes_nothing(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_buf one, two;
    struct pw_assessment a;
    struct story s;

    (void)state;
    pw_buf_init(&one, 1 << 20);
    pw_buf_init(&two, 1 << 20);
    tell(&s, arena, example);
    a = assess(&s);
    pw_score_encode(&a, &one);
    for (size_t i = 0; i < s.fact_count / 2; i++) {
        struct pw_fact swap = s.facts[i];
        s.facts[i] = s.facts[s.fact_count - 1 - i];
        s.facts[s.fact_count - 1 - i] = swap;
    }
    a = assess(&s);
    pw_score_encode(&a, &two);
    assert_string_equal(one.data, two.data);
    pw_buf_release(&one);
    pw_buf_release(&two);
    pw_arena_free(arena);
}

static void test_stored_and_read_back(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_buf one, two, shown, again;
    struct pw_assessment a, b;
    struct pw_audience audience = {.dutch = true};
    struct pw_err err = {0};
    struct pw_jsonw w;
    struct story s;

    (void)state;
    pw_buf_init(&one, 1 << 20);
    pw_buf_init(&two, 1 << 20);
    pw_buf_init(&shown, 1 << 20);
    pw_buf_init(&again, 1 << 20);
    tell(&s, arena, example);
    a = assess(&s);
    pw_score_encode(&a, &one);
    assert_true(pw_score_decode(arena, pw_buf_str(&one), &b, &err));
    pw_score_encode(&b, &two);
    assert_string_equal(one.data, two.data);
    pw_jsonw_init(&w, &shown);
    pw_jsonw_object(&w);
    pw_score_render_json(set, &a, &audience, &w);
    pw_jsonw_end_object(&w);
    pw_jsonw_init(&w, &again);
    pw_jsonw_object(&w);
    pw_score_render_json(set, &b, &audience, &w);
    pw_jsonw_end_object(&w);
    assert_string_equal(shown.data, again.data);
    assert_non_null(strstr(shown.data, "\"score\":51.299"));
    assert_non_null(strstr(shown.data, "\"title\":\"Huur contant betaald\""));
    assert_false(pw_score_decode(arena, PW_STR("{\"form\":1}"), &b, &err));
    assert_false(pw_score_decode(arena, PW_STR("nonsense"), &b, &err));
    pw_buf_release(&one);
    pw_buf_release(&two);
    pw_buf_release(&shown);
    pw_buf_release(&again);
    pw_arena_free(arena);
}

static void test_withheld_lines_still_add_up(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_audience audience = {.event = true, .classes = 1U << PW_CLASS_LEASE_ADMIN};
    const struct pw_json *lines, *last;
    struct pw_assessment a;
    struct pw_buf out;
    struct pw_jsonw w;
    struct story s;
    int64_t sum = 0, milli;

    (void)state;
    pw_buf_init(&out, 1 << 20);
    tell(&s, arena, example);
    a = assess(&s);
    pw_jsonw_init(&w, &out);
    pw_score_write_lines(set, a.shown, &audience, &w);
    assert_true(pw_json_parse(arena, pw_buf_str(&out), NULL, &lines, NULL));
    assert_int_equal(pw_json_count(lines), 4);
    for (size_t i = 0; i < pw_json_count(lines); i++) {
        assert_true(pw_json_to_scaled(pw_json_get(pw_json_item(lines, i), "points"), 1000, &milli));
        sum += milli;
    }
    assert_int_equal(sum, 51299);
    last = pw_json_item(lines, 3);
    assert_true(pw_str_is(pw_json_str(pw_json_get(last, "kind")), "withheld"));
    assert_int_equal(pw_json_count(last), 2);
    pw_buf_release(&out);
    pw_arena_free(arena);
}

/* ---- latch and hysteresis ---- */

static void test_latch_stands_until_a_person_decides(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_assessment a;
    struct story s;

    (void)state;
    tell(&s, arena, example);
    a = assess(&s);
    story_latch(&s, &a);
    s.today += 10; /* the score is below 50 by then */
    a = assess(&s);
    assert_true(a.shown->score < 50000);
    assert_int_equal(a.shown->computed, PW_RISK_WATCH);
    assert_int_equal(a.shown->level, PW_RISK_ALERT);
    assert_true(a.shown->latched);
    s.latches[0].decided = true; /* within the hysteresis it still stands */
    assert_int_equal(assess(&s).shown->level, PW_RISK_ALERT);
    s.today += 100;
    assert_true(assess(&s).shown->score < 40000);
    assert_int_equal(assess(&s).shown->level, PW_RISK_NONE); /* below, and 90 days without a new fact */
    pw_arena_free(arena);
}

/* ---- independence ---- */

static void test_one_report_is_one_class(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_assessment a;
    struct story s;

    (void)state;
    tell(&s, arena,
        "facts:\n"
        "  - tip: {id: t1, channel: web, category: growing-supplies, count: 20, origin: a, report: r, on: 9 "
        "days ago}\n"
        "  - tip: {channel: web, category: night-loading, nights: 5, origin: b, report: r, on: 5 days ago}\n"
        "  - payment: {method: cash, purpose: rent, amountEur: 900, term: today, payerIsTenant: no, on: 5 "
        "days ago}\n"
        "  - tenancy-event: {event: locks-changed, consent: no, on: 5 days ago}\n"
        "  - document-check: {document: employer-statement, result: denied, on: 5 days ago}\n");
    a = assess(&s);
    /* two names under one report are one origin, so the tips are no class */
    assert_int_equal(a.shown->level, PW_RISK_WATCH);
    assert_int_equal(gate_of(&a, PW_GATE_TWO_CLASSES)->result, PW_GATE_HELD);
    s.facts[1].report = (struct pw_uuid){{0}};
    a = assess(&s);
    assert_int_equal(gate_of(&a, PW_GATE_TWO_CLASSES)->result, PW_GATE_PASSED);
    assert_true(a.shown->level >= PW_RISK_ALERT);
    pw_arena_free(arena);
}

/* ---- properties over random dossiers ---- */

static unsigned seed;

static unsigned roll(unsigned n)
{
    seed = seed * 1103515245U + 12345U;
    return (seed >> 16) % n;
}

static const char *const pieces[] = {
    "payment: {method: cash, purpose: rent, amountEur: 900, term: today, payerIsTenant: no, on: %u days ago}",
    "payment: {method: bank, purpose: rent, amountEur: 900, term: %u days ago, payerIsTenant: no, on: 12 "
    "days ago}",
    "payment: {method: counter-deposit, purpose: rent, amountEur: 900, term: 90 days ago, payerIsTenant: no, "
    "on: %u days ago}",
    "payment: {method: bank, purpose: rent, amountEur: 9000, term: today, payerIsTenant: yes, monthsCovered: "
    "12, "
    "advanceOfferedBy: tenant, on: %u days ago}",
    "document-check: {document: employer-statement, result: denied, on: %u days ago}",
    "tenancy-event: {event: keys-handed-over, sameAsScreened: no, on: %u days ago}",
    "tenancy-event: {event: locks-changed, consent: no, on: %u days ago}",
    "tip: {channel: web, category: smell-cannabis, origin: a, on: %u days ago}",
    "tip: {channel: web, category: smell-cannabis, origin: b, on: %u days ago}",
    "tip: {channel: mma, category: night-loading, nights: 5, on: %u days ago}",
    "tip: {channel: web, category: growing-supplies, count: 20, origin: c, on: %u days ago}",
    "tip: {channel: web, category: chemical-containers, count: 8, origin: a, on: %u days ago}",
    "inspection: {authority: municipality, category: extra-vents, on: %u days ago}",
    "inspection: {authority: municipality, category: nothing-found, on: %u days ago}",
    "landlord-check: {event: held, category: nothing-found, allRooms: true, photo: true, on: %u days ago}",
    "register-check: {check: lawful-reason, result: match, reason: renovation, seenByOfficial: yes, on: %u "
    "days ago}",
    "registration: {event: started, lettingType: business, rentEur: 900, tenantKind: person, utilityHolder: "
    "landlord, on: %u days ago}",
    "identity-check: {original: outstanding, method: copy, result: not-done, on: %u days ago}",
    "permit: {permit: letting, required: yes, held: no, on: %u days ago}",
    "utility: {finding: installation-unsafe, ownTechnician: true, on: %u days ago}",
    "enforcement: {measure: closure, final: yes, on: %u days ago}",
};

static void random_story(struct story *s, struct pw_arena *arena)
{
    char text[4096];
    size_t at = (size_t)snprintf(text, sizeof text, "premises: {type: %s}\n%sfacts:\n",
        roll(2) ? "garage-box" : "business-unit",
        roll(3) ? "" : "tenancies: [{name: a, from: 300 days ago, until: 20 days ahead}]\n");

    for (unsigned i = 0, n = 2 + roll(9); i < n; i++) {
        char piece[400];
        const char *form = pieces[roll((unsigned)PW_COUNT(pieces))];
        const char *hole = strstr(form, "%u");
        snprintf(piece, sizeof piece, "%.*s%u%s", (int)(hole - form), form, roll(8) ? roll(100) : roll(700),
            hole + 2);
        at += (size_t)snprintf(text + at, sizeof text - at, "  - %s\n", piece);
    }
    tell(s, arena, text);
}

/* What may not change before nextChangeOn: hits, gates, level, per period. */
static bool same_outcome(const struct pw_assessment *a, const struct pw_assessment *b)
{
    if (a->period_count != b->period_count)
        return false;
    for (size_t i = 0; i < a->period_count; i++) {
        const struct pw_period *x = &a->periods[i], *y = &b->periods[i];
        size_t rules = 0;
        if (x->level != y->level || x->gate_count != y->gate_count)
            return false;
        for (size_t g = 0; g < x->gate_count; g++)
            if (x->gates[g].gate != y->gates[g].gate || x->gates[g].result != y->gates[g].result)
                return false;
        for (size_t k = 0; k < x->line_count; k++) {
            if (x->lines[k].kind != PW_LINE_RULE)
                continue;
            rules++;
            bool found = false;
            for (size_t m = 0; m < y->line_count; m++)
                found |= y->lines[m].kind == PW_LINE_RULE && pw_str_eq(x->lines[k].id, y->lines[m].id) &&
                         x->lines[k].witnesses_in_all == y->lines[m].witnesses_in_all;
            if (!found)
                return false;
        }
        for (size_t m = 0; m < y->line_count; m++)
            rules -= y->lines[m].kind == PW_LINE_RULE;
        if (rules != 0)
            return false;
    }
    return true;
}

static void test_nothing_changes_before_the_date_told(void **state)
{
    (void)state;
    seed = 20260311;
    for (int round = 0; round < 60; round++) {
        struct pw_arena *arena = pw_arena_new();
        struct pw_assessment a, b;
        struct story s;
        pw_day last;
        random_story(&s, arena);
        a = assess(&s);
        story_latch(&s, &a);
        last = a.next_change_on == PW_DAY_NONE ? today + 800 : a.next_change_on;
        assert_true(last > today);
        for (pw_day day = today + 1; day < last && day < today + 800; day++) {
            s.today = day;
            b = assess(&s);
            if (!same_outcome(&a, &b))
                fail_msg("round %d: changes on day %d, told for %d", round, day - today, last - today);
        }
        pw_arena_free(arena);
    }
}

static void test_no_score_rises_without_a_new_fact(void **state)
{
    (void)state;
    seed = 7;
    for (int round = 0; round < 200; round++) {
        struct pw_arena *arena = pw_arena_new();
        struct pw_assessment a;
        struct story s;
        int64_t before;
        pw_day last;
        random_story(&s, arena);
        a = assess(&s);
        assert_adds_up(a.shown);
        before = a.shown->score;
        last = a.next_change_on == PW_DAY_NONE ? today + 400 : a.next_change_on;
        for (pw_day day = today + 1; day < last && day < today + 400; day += 3) {
            s.today = day;
            a = assess(&s);
            if (a.shown->score > before)
                fail_msg("round %d: rises on day %d", round, day - today);
            assert_adds_up(a.shown);
            before = a.shown->score;
        }
        pw_arena_free(arena);
    }
}

static void test_tips_alone_never_alert(void **state)
{
    (void)state;
    seed = 99;
    for (int round = 0; round < 100; round++) {
        struct pw_arena *arena = pw_arena_new();
        char text[8192] = "premises: {type: garage-box}\nfacts:\n";
        size_t at = strlen(text);
        struct pw_assessment a;
        struct story s;
        for (unsigned i = 0, n = 1 + roll(40); i < n; i++) {
            static const char *const what[] = {"smell-cannabis", "night-loading", "growing-supplies",
                "chemical-containers", "fireworks-boxes", "short-visits", "smell-chemical"};
            at += (size_t)snprintf(text + at, sizeof text - at,
                "  - tip: {channel: web, category: %s, count: 20, nights: 5, evenings: 5, origin: o%u, on: "
                "%u days ago}\n",
                what[roll(7)], roll(12), roll(60));
        }
        tell(&s, arena, text);
        a = assess(&s);
        assert_true(a.shown->level <= PW_RISK_WATCH);
        assert_true(a.shown->score <= 46000); /* their cap and location's */
        pw_arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decay_is_the_power_of_two),
        cmocka_unit_test(test_decay_never_rises),
        cmocka_unit_test(test_worked_example),
        cmocka_unit_test(test_what_decided),
        cmocka_unit_test(test_order_of_facts_changes_nothing),
        cmocka_unit_test(test_stored_and_read_back),
        cmocka_unit_test(test_withheld_lines_still_add_up),
        cmocka_unit_test(test_latch_stands_until_a_person_decides),
        cmocka_unit_test(test_one_report_is_one_class),
        cmocka_unit_test(test_nothing_changes_before_the_date_told),
        cmocka_unit_test(test_no_score_rises_without_a_new_fact),
        cmocka_unit_test(test_tips_alone_never_alert),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
