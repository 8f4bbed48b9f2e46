/* Commands on the house itself: serve, migrate, config, keys, municipalities. */
#include "ctl_int.h"

#include <stdio.h>

#include <pandwacht/app.h>
#include <pandwacht/audit.h>
#include <pandwacht/crypto.h>

#define PRINT_MAX (1u << 20)

int run_serve(struct ctl *ctl)
{
    bool check = false;
    struct list roles = {0};
    const struct option_row rows[] = {
        {"role", OPTION_LIST, "ROLE", "api, assess, deliver, upkeep or batch; none = all", &roles},
        {"check", OPTION_FLAG, NULL, "read everything, say what is wrong, and stop", &check},
    };
    int status;
    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    struct pw_err err;
    const struct pw_app_options options = {.config_file = ctl->config_file,
        .roles = roles.items,
        .role_count = roles.count,
        .check_only = check};
    if (!pw_app_serve(&options, &err))
        return failed(&err);
    if (check)
        puts("everything is in order");
    return EXIT_DONE;
}

static void on_apply(void *dry_run, const char *name)
{
    printf("%s %s\n", *(bool *)dry_run ? "would apply" : "applying", name);
    fflush(stdout);
}

int run_migrate(struct ctl *ctl)
{
    bool dry_run = false, users = false;
    const struct option_row rows[] = {
        {"dry-run", OPTION_FLAG, NULL, "list what would be done, and do nothing", &dry_run},
        {"users", OPTION_FLAG, NULL, "make the roles' database users too, and grant what they need", &users},
    };
    int status;
    struct pw_err err;
    struct pw_config *config;
    struct pw_migration_report report;
    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    if (!open_config(ctl, &config, &err))
        return failed(&err);
    if (!pw_db_migrate(
            pw_config_database_url(config, ctl->arena), dry_run, on_apply, &dry_run, &report, &err))
        return failed(&err);
    printf("%d of %d migrations %s; the database is at %s\n", report.applied, report.known,
        dry_run ? "to apply" : "applied", report.last == NULL ? "nothing" : report.last);
    return users && !dry_run ? grant_users(ctl) : EXIT_DONE;
}

int run_config_check(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    struct pw_config *config;
    if (!READ_NO_OPTIONS(ctl, 0, 0, &status))
        return status;
    if (!open_config(ctl, &config, &err))
        return failed(&err);
    puts("the configuration is in order");
    return EXIT_DONE;
}

static int print(struct pw_buf *out)
{
    fwrite(out->data, 1, out->len, stdout);
    bool full = out->full;
    pw_buf_release(out);
    return full ? EXIT_FAILED : EXIT_DONE;
}

int run_config_show(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    struct pw_config *config;
    if (!READ_NO_OPTIONS(ctl, 0, 0, &status))
        return status;
    if (!open_config(ctl, &config, &err))
        return failed(&err);
    struct pw_buf out;
    pw_buf_init(&out, PRINT_MAX);
    pw_config_show(config, &out);
    return print(&out);
}

int run_config_reference(struct ctl *ctl)
{
    bool dutch = false;
    const struct option_row rows[] = {{"dutch", OPTION_FLAG, NULL, "explanations in Dutch", &dutch}};
    int status;
    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    struct pw_buf out;
    pw_buf_init(&out, PRINT_MAX);
    pw_config_reference(dutch, ctl->json, &out);
    return print(&out);
}

int run_keys_init(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    struct pw_config *config;
    if (!READ_NO_OPTIONS(ctl, 0, 0, &status))
        return status;
    if (!open_config(ctl, &config, &err) || !pw_crypto_keys_create(config->keys_dir, &err))
        return failed(&err);
    printf("the keys are in %s\n", config->keys_dir);
    return EXIT_DONE;
}

int run_municipality_add(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    struct bench bench;
    if (!READ_NO_OPTIONS(ctl, 2, 2, &status))
        return status;
    if (!open_bench(ctl, &bench, &err))
        return failed(&err);
    struct pw_tx *tx = pw_db_begin(bench.db, "ctl: municipality add", 0);
    pw_tx_add(tx, PW_SQL_CTL_MUNICIPALITY_ADD, PW_P_TEXT_Z(ctl->operands[0]), PW_P_TEXT_Z(ctl->operands[1]));
    pw_audit_add(tx, pw_loop_wall(bench.loop),
        &(struct pw_audit){
            .actor = PW_AUDIT_OPERATOR, .action = "municipality-added", .object_kind = "municipality"},
        1);
    bool ok = pw_tx_run(tx, &err);
    pw_tx_close(tx);
    return ok ? EXIT_DONE : failed(&err);
}

int run_municipality_list(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    struct bench bench;
    if (!READ_NO_OPTIONS(ctl, 0, 0, &status))
        return status;
    if (!open_bench(ctl, &bench, &err))
        return failed(&err);
    struct pw_tx *tx = pw_db_begin(bench.db, "ctl: municipality list", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add_plain(tx, PW_SQL_CTL_MUNICIPALITY_LIST);
    bool ok = pw_tx_run(tx, &err);
    if (ok) {
        const struct pw_rows *rows = pw_tx_rows(tx, statement);
        for (size_t i = 0; i < pw_rows_count(rows); i++)
            printf("%.*s %.*s\n", PW_STR_ARG(pw_cell_text(rows, i, 0)), PW_STR_ARG(pw_cell_text(rows, i, 1)));
    }
    pw_tx_close(tx);
    return ok ? EXIT_DONE : failed(&err);
}
