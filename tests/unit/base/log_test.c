/* Log lines and metrics: their shape, and that an injected line stays one line. */
#include "../unit.h"

#include <pandwacht/base.h>

static char last_line[4096];

static void on_line(void *arg, const char *line)
{
    (void)arg;
    strncpy(last_line, line, sizeof last_line - 1);
}

static pw_usec fixed_clock(void *arg)
{
    (void)arg;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    pw_log_set_sink(on_line, NULL);
    pw_log_set_clock(fixed_clock, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pw_log_set_sink(NULL, NULL);
    pw_log_set_clock(NULL, NULL);
    return 0;
}

static void test_fields(void **state)
{
    (void)state;
    struct pw_uuid id = {{0}};
    pw_log(PW_EV_STARTED, PW_LOG_INT("pid", 7), PW_LOG_ID("client", &id), PW_LOG_WORD("role", "api"));
    assert_string_equal(last_line,
        "{\"at\":\"1970-01-01T00:00:00.000000Z\",\"level\":\"notice\",\"event\":\"started\",\"text\":"
        "\"started\","
        "\"pid\":7,\"client\":\"00000000-0000-0000-0000-000000000000\",\"role\":\"api\"}");
}

static void test_control_characters_are_encoded(void **state)
{
    (void)state;
    struct pw_err err;
    double before = pw_metric_value(PW_M_LOG_WARNINGS);
    assert_false(pw_fail(&err, PW_ERR_IO, "a\r\n{\"event\":\"forged\"}\033[2J"));
    pw_log(PW_EV_START_FAILED, PW_LOG_ERR(&err));
    assert_null(strchr(last_line, '\n'));
    assert_null(strchr(last_line, '\033'));
    assert_non_null(strstr(last_line, "a\\u000d\\u000a{\\\"event\\\""));
    assert_true(pw_metric_value(PW_M_LOG_WARNINGS) == before + 1);
}

static void test_below_the_level_nothing_is_written(void **state)
{
    (void)state;
    last_line[0] = '\0';
    pw_log_set_level(PW_ERROR_LEVEL);
    pw_log_event(PW_EV_READY);
    pw_log_set_level(PW_INFO);
    assert_string_equal(last_line, "");
}

static void test_metrics_are_openmetrics(void **state)
{
    (void)state;
    struct pw_buf out;
    pw_buf_init(&out, 1 << 20);
    pw_metrics_render(&out);
    assert_false(out.full);
    assert_non_null(strstr(out.data, "# TYPE pandwacht_log_warnings counter\n"));
    assert_non_null(strstr(out.data, "pandwacht_log_warnings_total "));
    assert_true(pw_str_has_suffix(pw_buf_str(&out), PW_STR("# EOF\n")));
    pw_buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_control_characters_are_encoded, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_below_the_level_nothing_is_written, set_up, tear_down),
        cmocka_unit_test(test_metrics_are_openmetrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
