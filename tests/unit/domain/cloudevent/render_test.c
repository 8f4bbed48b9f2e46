/* Events as one receiver sees them: what adds up, what is withheld, what is refused. */
#include "../../unit.h"

#include <pandwacht/cloudevent.h>
#include <pandwacht/json.h>

static struct pw_arena *arena;
static const struct pw_uuid receiver = {{9}};

static int open_arena(void **state)
{
    (void)state;
    arena = pw_arena_new();
    return 0;
}

static int close_arena(void **state)
{
    (void)state;
    pw_arena_free(arena);
    return 0;
}

static struct pw_release release_of(const char *kind, const char *json)
{
    struct pw_release ret;
    struct pw_err err;

    assert_true(pw_release_parse(arena, pw_str_z(kind), PW_STR("nl"), pw_str_z(json), &ret, &err));
    return ret;
}

static const struct pw_str lease[] = {{"lease-admin", 11}}, tip[] = {{"citizen-tip", 11}};

static struct pw_event_alert sample(void)
{
    struct pw_event_line *lines = PW_NEW_ARRAY(arena, 3, struct pw_event_line);
    struct pw_event_sum *themes = PW_NEW_ARRAY(arena, 2, struct pw_event_sum);

    lines[0] = (struct pw_event_line){.id = PW_STR("pay-cash-rent"),
        .title = PW_STR("Huur contant betaald"),
        .theme = PW_STR("payment"),
        .points = 34718,
        .full_points = 35000,
        .classes = lease,
        .class_count = 1};
    lines[1] = (struct pw_event_line){.id = PW_STR("growing-supplies"),
        .title = PW_STR("Kweekspullen"),
        .theme = PW_STR("behaviour"),
        .points = 13601,
        .full_points = 14000,
        .classes = tip,
        .class_count = 1};
    lines[2] = (struct pw_event_line){
        .cap = true, .scope = PW_STR("theme"), .id = PW_STR("payment"), .limit = 30000, .points = -4718};
    themes[0] = (struct pw_event_sum){PW_STR("payment"), 30000};
    themes[1] = (struct pw_event_sum){PW_STR("behaviour"), 13601};
    return (struct pw_event_alert){.id = {{1}},
        .premises = {.id = {{2}}, .bag_id = PW_STR("0363010000000001")},
        .level = PW_STR("watch"),
        .status = PW_STR("new"),
        .score = 43601,
        .assessed_on = 20520,
        .due_at = PW_TIME_NONE,
        .lines = lines,
        .line_count = 3,
        .themes = themes,
        .theme_count = 2,
        .classes = themes,
        .class_count = 1,
        .ruleset = {.name = PW_STR("premises-risk"), .version = PW_STR("1.0.0")}};
}

static struct pw_event_head head_of(enum pw_event_type type)
{
    return (struct pw_event_head){.oin = PW_STR("00000001234567890000"), .type = type, .cause = {{7}}};
}

static const struct pw_json *render(
    const struct pw_release *release, const struct pw_event_alert *alert, enum pw_event_type type)
{
    struct pw_event_head head = head_of(type);
    struct pw_uuid id;
    struct pw_str text;
    struct pw_err err;
    const struct pw_json *json;
    struct pw_json_error bad;

    assert_true(pw_event_alert_render(arena, &head, &receiver, release, alert, &id, &text, &err));
    assert_true(text.len <= PW_CLOUDEVENT_MAX);
    assert_true(pw_json_parse(arena, text, NULL, &json, &bad));
    return json;
}

/* The points of the lines in thousandths; `*ret_withheld` tells whether one is withheld. */
static int64_t sum_of(const struct pw_json *event, bool *ret_withheld)
{
    const struct pw_json *lines = pw_json_get(pw_json_get(event, "data"), "explanation");
    int64_t sum = 0, points;

    *ret_withheld = false;
    for (size_t i = 0; i < pw_json_count(lines); i++) {
        const struct pw_json *line = pw_json_item(lines, i);
        assert_true(pw_json_to_scaled(pw_json_get(line, "points"), 1000, &points));
        sum += points;
        *ret_withheld = *ret_withheld || pw_str_is(pw_json_str(pw_json_get(line, "kind")), "withheld");
    }
    return sum;
}

static void lines_add_up_whatever_is_released(void **state)
{
    static const char *const releases[] = {"{}", "{\"classes\":[\"lease-admin\"]}",
        "{\"classes\":[\"citizen-tip\"]}", "{\"themes\":[\"behaviour\"]}", "{\"classes\":[\"enforcement\"]}"};
    struct pw_event_alert alert = sample();

    (void)state;
    for (size_t i = 0; i < PW_COUNT(releases); i++) {
        struct pw_release release = release_of("desk", releases[i]);
        bool withheld;
        assert_int_equal(sum_of(render(&release, &alert, PW_EVENT_ALERT_RAISED), &withheld), 43601);
        assert_int_equal(withheld, i != 0);
    }
}

static void members_are_those_of_the_contract(void **state)
{
    struct pw_release release = release_of("desk", "{}");
    struct pw_event_alert alert = sample();
    const struct pw_json *event = render(&release, &alert, PW_EVENT_ALERT_RAISED);

    (void)state;
    assert_true(pw_str_is(pw_json_str(pw_json_get(event, "specversion")), "1.0"));
    assert_true(pw_str_is(
        pw_json_str(pw_json_get(event, "source")), "urn:nld:oin:00000001234567890000:systeem:pandwacht"));
    assert_true(pw_str_is(pw_json_str(pw_json_get(event, "type")), "nl.pandwacht.alert.raised"));
    assert_null(pw_json_get(event, "dataref"));
    const struct pw_json *data = pw_json_get(event, "data");
    assert_true(
        pw_str_is(pw_json_str(pw_json_get(pw_json_get(data, "premises"), "bagId")), "0363010000000001"));
    assert_null(pw_json_get(data, "counterfactuals"));
    /* an ending carries no score */
    alert.reason = PW_STR("retraction");
    data = pw_json_get(render(&release, &alert, PW_EVENT_ALERT_WITHDRAWN), "data");
    assert_null(pw_json_get(data, "score"));
    assert_null(pw_json_get(data, "explanation"));
    assert_true(pw_str_is(pw_json_str(pw_json_get(data, "reason")), "retraction"));
}

static void alerts_are_for_the_desk_only(void **state)
{
    static const char *const kinds[] = {"municipality", "partner", "duty"};
    struct pw_event_alert alert = sample();
    struct pw_event_head head = head_of(PW_EVENT_ALERT_RAISED);
    struct pw_uuid id;
    struct pw_str text;
    struct pw_err err;

    (void)state;
    for (size_t i = 0; i < PW_COUNT(kinds); i++) {
        struct pw_release release = release_of(kinds[i], "{}");
        assert_false(pw_event_alert_render(arena, &head, &receiver, &release, &alert, &id, &text, &err));
        assert_int_equal(err.code, PW_ERR_USAGE);
    }
}

static void a_large_event_carries_sums_and_a_reference(void **state)
{
    struct pw_release release = release_of("desk", "{}");
    struct pw_event_alert alert = sample();
    struct pw_event_line *lines = PW_NEW_ARRAY(arena, 1, struct pw_event_line);
    struct pw_uuid *witnesses = PW_NEW_ARRAY(arena, 2000, struct pw_uuid);

    (void)state;
    for (int i = 0; i < 2000; i++) {
        witnesses[i] = pw_uuid_v7(i + 1);
    }
    lines[0] = alert.lines[0];
    lines[0].witnesses = witnesses;
    lines[0].witness_count = 2000;
    alert.lines = lines;
    alert.line_count = 1;
    const struct pw_json *event = render(&release, &alert, PW_EVENT_ALERT_RAISED);
    assert_non_null(pw_json_get(event, "dataref"));
    assert_null(pw_json_get(pw_json_get(event, "data"), "explanation"));
    assert_non_null(pw_json_get(pw_json_get(event, "data"), "sums"));
}

static void the_same_cause_has_the_same_id(void **state)
{
    struct pw_event_head head = head_of(PW_EVENT_ALERT_RAISED), other = head;
    struct pw_uuid premises = {{2}};

    (void)state;
    other.ordinal = 1;
    struct pw_uuid a = pw_event_id(&head, &premises, &receiver), b = pw_event_id(&head, &premises, &receiver),
                   c = pw_event_id(&other, &premises, &receiver);
    assert_true(pw_uuid_eq(&a, &b));
    assert_false(pw_uuid_eq(&a, &c));
    assert_int_equal(a.b[6] >> 4, 8);
}

static void tips_are_told_by_month(void **state)
{
    struct pw_release release = release_of("municipality", "{}");
    struct pw_event_head head = head_of(PW_EVENT_REFERRAL_CREATED);
    const struct pw_event_fact facts[] = {
        {.kind = PW_STR("tip"), .occurred_on = 20520, .origins = PW_STR("several"), .fields = PW_STR("")},
        {.kind = PW_STR("payment"), .occurred_on = 20520, .fields = PW_STR("\"method\":\"cash\"")}};
    struct pw_event_referral referral = {.id = {{3}},
        .premises = {.id = {{2}}},
        .acknowledge_by = PW_DAY_NONE,
        .respond_by = PW_DAY_NONE,
        .facts = facts,
        .fact_count = 2,
        .weighed = true};
    struct pw_uuid id;
    struct pw_str text;
    struct pw_err err;
    const struct pw_json *json;
    struct pw_json_error bad;

    (void)state;
    assert_true(pw_event_referral_render(arena, &head, &receiver, &release, &referral, &id, &text, &err));
    assert_true(pw_json_parse(arena, text, NULL, &json, &bad));
    const struct pw_json *list = pw_json_get(pw_json_get(json, "data"), "facts");
    assert_int_equal(pw_json_str(pw_json_get(pw_json_item(list, 0), "month")).len, 7);
    assert_null(pw_json_get(pw_json_item(list, 0), "occurredOn"));
    assert_true(pw_str_is(pw_json_str(pw_json_get(pw_json_item(list, 1), "method")), "cash"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_add_up_whatever_is_released),
        cmocka_unit_test(members_are_those_of_the_contract), cmocka_unit_test(alerts_are_for_the_desk_only),
        cmocka_unit_test(a_large_event_carries_sums_and_a_reference),
        cmocka_unit_test(the_same_cause_has_the_same_id), cmocka_unit_test(tips_are_told_by_month)};

    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
