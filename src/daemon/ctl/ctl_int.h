/*
 * Private to ctl: the table of commands, their options, and what most of them need.
 */
#ifndef PANDWACHT_CTL_INT_H
#define PANDWACHT_CTL_INT_H

#include <stdbool.h>
#include <stddef.h>

#include <pandwacht/base.h>
#include <pandwacht/config.h>
#include <pandwacht/db.h>
#include <pandwacht/loop.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* ---- options of a command ---- */

#define LIST_MAX 64

/* A repeated option, NULL-terminated. */
struct list {
    const char *items[LIST_MAX + 1];
    size_t count;
};

enum option_kind { OPTION_FLAG, OPTION_TEXT, OPTION_NUMBER, OPTION_LIST };

struct option_row {
    const char *name; /* without dashes */
    enum option_kind kind;
    const char *meta; /* what stands for the value in --help; NULL for flags */
    const char *help;
    void *into; /* bool *, const char **, long *, struct list * */
};

struct command;

/* What a command gets: itself, its operands, and what every command has. */
struct ctl {
    const struct command *command;
    const char *config_file; /* --config, $PANDWACHT_CONFIG or the standard place */
    bool json;
    struct pw_arena *arena;
    int argc; /* arguments behind the command's words */
    char **argv;
    char **operands; /* after read_options: what was no option */
    int operand_count;
};

struct command {
    const char *words;    /* "client add" */
    const char *operands; /* "NAME", "[FILE...]", "" */
    const char *summary;
    int (*run)(struct ctl *ctl);
};

extern const struct command commands[];
extern const size_t command_count;

/* Reads the options of `rows` (and --config, --json, --help, which every command has). False: the command
 * ends with *ret_status (help was printed, or the usage was wrong and that has been said). */
bool read_options(struct ctl *ctl, const struct option_row *rows, size_t count, int operands_min,
    int operands_max, int *ret_status) PW_MUST_CHECK;
#define READ_OPTIONS(ctl, rows, min, max, ret)                                                               \
    read_options((ctl), (rows), PW_COUNT(rows), (min), (max), (ret))
#define READ_NO_OPTIONS(ctl, min, max, ret) read_options((ctl), NULL, 0, (min), (max), (ret))

/* Says what is wrong on standard error; returns EXIT_FAILED (or EXIT_USAGE). */
int failed(const struct pw_err *err);
int wrong_usage(const struct ctl *ctl, const char *fmt, ...) PW_PRINTF(2, 3);

/* ---- what most commands need ---- */

/* The configuration, a loop and a database pool; the arena of `ctl` frees them. */
struct bench {
    struct pw_config *config;
    struct pw_loop *loop;
    struct pw_db *db;
};

bool open_config(struct ctl *ctl, struct pw_config **ret, struct pw_err *err) PW_MUST_CHECK;
bool open_bench(struct ctl *ctl, struct bench *ret, struct pw_err *err) PW_MUST_CHECK;

/* sets.c: rule sets as commands name them (a directory, `live`, a SHA-256). The caller unrefs. */
struct pw_ruleset;
bool load_live_set(struct bench *bench, const struct pw_ruleset **ret, struct pw_err *err) PW_MUST_CHECK;
bool load_kept_set(
    struct bench *bench, struct pw_str hash, const struct pw_ruleset **ret, struct pw_err *err) PW_MUST_CHECK;
/* Prints all faults but the first, which is *err. */
bool load_dir_set(
    struct ctl *ctl, const char *dir, const struct pw_ruleset **ret, struct pw_err *err) PW_MUST_CHECK;
/* Opens the bench when the name needs it. */
bool load_named_set(struct ctl *ctl, struct bench *bench, const char *name, const struct pw_ruleset **ret,
    struct pw_err *err) PW_MUST_CHECK;
/* The civil day in the Netherlands. */
pw_day today(void);

/* progress.c: a bar on a terminal. */
struct progress {
    struct pw_loop *loop;
    const char *what;
    uint64_t total;
    bool on;
    int64_t begun_us, drawn_us;
};
void progress_start(struct progress *progress, struct pw_loop *loop, const char *what, uint64_t total);
void progress_show(struct progress *progress, uint64_t done);
void progress_end(struct progress *progress, uint64_t done);

/* trial.c: walks all premises, in several processes; the bench is used before and after, not within. */
struct pw_trial;
bool run_trial(struct ctl *ctl, struct bench *bench, struct pw_trial *trial, uint64_t premises,
    struct pw_err *err) PW_MUST_CHECK;

/* users.c: the roles' database users and their grants. */
int grant_users(struct ctl *ctl);

/* ---- the commands, by file ---- */

int run_serve(struct ctl *ctl);
int run_migrate(struct ctl *ctl);
int run_config_check(struct ctl *ctl);
int run_config_show(struct ctl *ctl);
int run_config_reference(struct ctl *ctl);
int run_openapi(struct ctl *ctl);
int run_rules_check(struct ctl *ctl);
int run_rules_test(struct ctl *ctl);
int run_rules_backtest(struct ctl *ctl);
int run_replay(struct ctl *ctl);
int run_import(struct ctl *ctl);
int run_facts_list(struct ctl *ctl);
int run_facts_retract(struct ctl *ctl);
int run_keys_init(struct ctl *ctl);
int run_municipality_add(struct ctl *ctl);
int run_municipality_list(struct ctl *ctl);
int run_client_add(struct ctl *ctl);
int run_client_list(struct ctl *ctl);
int run_client_revoke(struct ctl *ctl);
int run_user_add(struct ctl *ctl);
int run_user_list(struct ctl *ctl);
int run_user_reset(struct ctl *ctl);
int run_partner_add(struct ctl *ctl);
int run_partner_list(struct ctl *ctl);
int run_partner_pause(struct ctl *ctl);
int run_partner_resume(struct ctl *ctl);
int run_partner_test(struct ctl *ctl);
int run_partner_verify(struct ctl *ctl);
int run_partner_replay(struct ctl *ctl);
int run_audit_verify(struct ctl *ctl);
int run_audit_export(struct ctl *ctl);
int run_retention_run(struct ctl *ctl);
int run_retention_hold(struct ctl *ctl);
int run_retention_release(struct ctl *ctl);
int run_subject_export(struct ctl *ctl);
int run_subject_erase(struct ctl *ctl);

#endif
