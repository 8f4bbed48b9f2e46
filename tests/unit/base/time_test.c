/* Civil days, Dutch time and their texts. */
#include "../unit.h"

#include <pandwacht/base.h>

static pw_day day(const char *text)
{
    pw_day d = PW_DAY_NONE;
    assert_true(pw_day_parse(pw_str_z(text), &d));
    return d;
}

static pw_usec instant(const char *text)
{
    pw_usec t = PW_TIME_NONE;
    assert_true(pw_instant_parse(pw_str_z(text), &t));
    return t;
}

static void test_days_round_trip_over_ten_thousand_years(void **state)
{
    (void)state;
    assert_int_equal(day("1970-01-01"), 0);
    assert_int_equal(day("2000-03-01"), 11017);
    for (pw_day d = day("0001-01-01"); d <= day("9999-12-31"); d += 97) {
        char text[PW_DATE_TEXT];
        assert_int_equal(day(pw_day_format(d, text)), d);
    }
}

static void test_weekdays(void **state)
{
    (void)state;
    assert_int_equal(pw_day_weekday(day("1970-01-01")), 3);
    assert_int_equal(pw_day_weekday(day("2026-03-01")), 6);
    assert_int_equal(pw_day_weekday(day("1969-12-29")), 0);
}

static void test_refuses_dates_that_do_not_exist(void **state)
{
    (void)state;
    static const char *const bad[] = {"2025-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "0000-01-01",
        "2026-04-31", "2026-04-3", "2026/04/03", "", "2026-04-030", "20a6-04-03"};
    pw_day d;
    for (size_t i = 0; i < PW_COUNT(bad); i++)
        assert_false(pw_day_parse(pw_str_z(bad[i]), &d));
    assert_true(pw_month_parse(PW_STR("2026-02"), &d));
    assert_int_equal(d, day("2026-02-01"));
    assert_false(pw_month_parse(PW_STR("2026-2"), &d));
}

static void test_dutch_civil_day_changes_at_local_midnight(void **state)
{
    (void)state;
    assert_int_equal(pw_day_in_netherlands(instant("2026-01-31T22:59:59Z")), day("2026-01-31"));
    assert_int_equal(pw_day_in_netherlands(instant("2026-01-31T23:00:00Z")), day("2026-02-01"));
    assert_int_equal(pw_day_in_netherlands(instant("2026-07-31T21:59:59Z")), day("2026-07-31"));
    assert_int_equal(pw_day_in_netherlands(instant("2026-07-31T22:00:00Z")), day("2026-08-01"));
}

static void test_clocks_change_on_last_sundays(void **state)
{
    (void)state;
    assert_int_equal(pw_netherlands_offset(instant("2026-03-29T00:59:59Z")), 3600);
    assert_int_equal(pw_netherlands_offset(instant("2026-03-29T01:00:00Z")), 7200);
    assert_int_equal(pw_netherlands_offset(instant("2026-10-25T00:59:59Z")), 7200);
    assert_int_equal(pw_netherlands_offset(instant("2026-10-25T01:00:00Z")), 3600);
    assert_int_equal(pw_instant_in_netherlands(day("2026-03-18"), 17), instant("2026-03-18T16:00:00Z"));
    assert_int_equal(pw_instant_in_netherlands(day("2026-06-18"), 17), instant("2026-06-18T15:00:00Z"));
}

static void test_instants(void **state)
{
    (void)state;
    char text[PW_TIME_TEXT];
    assert_string_equal(pw_instant_format(instant("2026-03-01T10:30:00.25+01:00"), true, text),
        "2026-03-01T09:30:00.250000Z");
    assert_string_equal(
        pw_instant_format(instant("1969-12-31T23:59:59Z"), false, text), "1969-12-31T23:59:59Z");
    static const char *const bad[] = {"2026-03-01", "2026-03-01T24:00:00Z", "2026-03-01T10:60:00Z",
        "2026-03-01T10:00:60Z", "2026-03-01T10:00:00", "2026-03-01 10:00:00Z", "2026-03-01T10:00:00.Z",
        "2026-03-01T10:00:00.1234567Z", "2026-03-01T10:00:00+1:00", "2026-03-01T10:00:00Zx"};
    pw_usec t;
    for (size_t i = 0; i < PW_COUNT(bad); i++)
        assert_false(pw_instant_parse(pw_str_z(bad[i]), &t));
}

static void test_working_days_skip_weekends_and_holidays(void **state)
{
    (void)state;
    pw_day easter_monday = day("2026-04-06");
    struct pw_holidays calendar = {&easter_monday, 1, day("2026-01-01"), day("2026-12-31")};
    pw_day due;
    assert_true(pw_working_day_add(&calendar, day("2026-04-03"), 1, &due));
    assert_int_equal(due, day("2026-04-07"));
    assert_true(pw_working_day_add(&calendar, day("2026-03-11"), 5, &due));
    assert_int_equal(due, day("2026-03-18"));
    assert_false(pw_working_day_add(&calendar, day("2026-12-30"), 5, &due));
    assert_false(pw_working_day_add(&calendar, day("2025-12-30"), 1, &due));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_days_round_trip_over_ten_thousand_years),
        cmocka_unit_test(test_weekdays),
        cmocka_unit_test(test_refuses_dates_that_do_not_exist),
        cmocka_unit_test(test_dutch_civil_day_changes_at_local_midnight),
        cmocka_unit_test(test_clocks_change_on_last_sundays),
        cmocka_unit_test(test_instants),
        cmocka_unit_test(test_working_days_skip_weekends_and_holidays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
