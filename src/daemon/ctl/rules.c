/* Commands on rule sets: check and test the files of a directory, and the API that follows from them. */
#include "rules_int.h"

#include <inttypes.h>
#include <stdio.h>

#include <pandwacht/app.h>
#include <pandwacht/score.h>

/* The operand, or rules.dir of the configuration. */
static bool rules_dir(struct ctl *ctl, const char **ret, struct pw_err *err)
{
    struct pw_config *config;
    if (ctl->operand_count > 0) {
        *ret = ctl->operands[0];
        return true;
    }
    if (!open_config(ctl, &config, err))
        return false;
    *ret = config->rules_dir;
    return true;
}

int run_rules_check(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    const char *dir;
    const struct pw_ruleset *set;
    char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 32], hash[PW_SHA256_TEXT];
    bool reads = false;
    const struct option_row rows[] = {
        {"reads", OPTION_FLAG, NULL, "list the fields that each rule reads", &reads}};
    if (!READ_OPTIONS(ctl, rows, 0, 1, &status))
        return status;
    if (!rules_dir(ctl, &dir, &err))
        return failed(&err);
    struct pw_rules_faults *faults = PW_NEW(ctl->arena, struct pw_rules_faults);
    if (!pw_rules_load_dir(dir, today(), &set, faults, &err)) {
        for (size_t i = 0; i < faults->count; i++)
            fprintf(stderr, "%s\n", pw_err_format(&faults->items[i], text, sizeof text));
        if (faults->more > 0)
            fprintf(stderr, "and %zu more\n", faults->more);
        return faults->count > 0 ? EXIT_FAILED : failed(&err);
    }
    printf("%.*s %.*s: %zu rules in %zu themes, sha256 %s\n", PW_STR_ARG(set->name), PW_STR_ARG(set->version),
        set->rule_count, set->theme_count, pw_hex(set->hash, sizeof set->hash, hash));
    if (reads)
        print_reads(ctl->arena, set);
    else
        print_proofs(set);
    pw_rules_unref(set);
    return EXIT_DONE;
}

int run_rules_test(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    const char *dir;
    bool coverage = false, mutants = false;
    const struct option_row rows[] = {
        {"coverage", OPTION_FLAG, NULL, "fail for branches that do not decide both ways", &coverage},
        {"mutants", OPTION_FLAG, NULL, "also list the small changes that no test notices", &mutants},
    };
    if (!READ_OPTIONS(ctl, rows, 0, 1, &status))
        return status;
    if (!rules_dir(ctl, &dir, &err))
        return failed(&err);
    struct pw_rules_report report;
    pw_rules_report_init(&report);
    bool ok = pw_score_test_dir(dir, today(),
        mutants    ? PW_TEST_MUTANTS
        : coverage ? PW_TEST_COVERAGE
                   : PW_TEST_PLAIN,
        &report);
    fwrite(report.text.data, 1, report.text.len, stdout);
    pw_rules_report_release(&report);
    return ok ? EXIT_DONE : EXIT_FAILED;
}

#define OPENAPI_MAX (4u << 20)

int run_openapi(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    const char *dir;
    struct pw_buf out;
    if (!READ_NO_OPTIONS(ctl, 0, 1, &status))
        return status;
    if (!rules_dir(ctl, &dir, &err))
        return failed(&err);
    pw_buf_init(&out, OPENAPI_MAX);
    bool ok = pw_app_openapi(dir, &out, &err);
    if (ok)
        printf("%.*s\n", PW_STR_ARG(pw_buf_str(&out)));
    pw_buf_release(&out);
    return ok ? EXIT_DONE : failed(&err);
}
