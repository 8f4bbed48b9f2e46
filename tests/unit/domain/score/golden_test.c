/* The shipped rule set: every rule's own tests, and the golden dossiers. */
#include "../../unit.h"

#include <stdio.h>

#include <pandwacht/score.h>

static void test_shipped_rules_pass(void **state)
{
    struct pw_rules_report report;
    bool ok;

    (void)state;
    pw_rules_report_init(&report);
    ok = pw_score_test_dir(
        "rules", pw_day_from_date((struct pw_date){2026, 3, 11}), PW_TEST_COVERAGE, &report);
    if (!ok)
        fputs(report.text.data, stderr);
    assert_true(ok);
    assert_true(report.passed > 100);
    pw_rules_report_release(&report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped_rules_pass),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
