/*
 * The rule files of this machine as a candidate. The live set is a row in the database; files only
 * become it here when rules.activate-on-reload says so, which is for development: elsewhere a set
 * is published by two people.
 */
#include "app_int.h"

#include <stdlib.h>

#include <pandwacht/audit.h>

/* One activation under way. */
struct activation {
    struct pw_app *app;
    size_t published; /* statement that tells whether the set is new */
    app_rules_done on_done;
    void *arg;
};

static void finish(struct activation *activation, bool ok, const struct pw_err *err)
{
    struct activation ended = *activation;
    free(activation);
    ended.on_done(ended.arg, ok, err);
}

static void on_committed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)tx;
    finish(arg, ok, err);
}

/* A set that was not live before makes every premises due. */
static void on_published(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct activation *activation = arg;
    if (!ok) {
        finish(activation, false, err);
        return;
    }
    if (pw_rows_affected(pw_tx_rows(tx, activation->published)) > 0) {
        pw_usec now = pw_loop_wall(activation->app->loop);
        pw_tx_add(tx, PW_SQL_RULESETS_ALL_DUE, PW_P_DATE(pw_day_in_netherlands(now)),
            PW_P_TEXT(PW_STR("rule-set")));
        pw_audit_add(tx, now,
            &(struct pw_audit){
                .actor = PW_AUDIT_SYSTEM, .action = "ruleset-activated", .object_kind = "ruleset"},
            1);
    }
    pw_tx_commit(tx, on_committed, activation);
}

static void publish(struct pw_app *app, const struct pw_ruleset *set, app_rules_done on_done, void *arg)
{
    struct activation *activation = pw_xcalloc(1, sizeof *activation);
    struct pw_uuid id = pw_uuid_v7(pw_loop_wall(app->loop));
    struct pw_str hash = {(const char *)set->hash, sizeof set->hash};
    *activation = (struct activation){.app = app, .on_done = on_done, .arg = arg};
    struct pw_tx *tx = pw_db_begin(app->db, "app: activate rules", 0);
    pw_tx_add(tx, PW_SQL_APP_RULESET_PUT, PW_P_BYTEA(hash), PW_P_TEXT(set->name), PW_P_TEXT(set->version),
        PW_P_TEXT(pw_rules_bundle(set)));
    activation->published = pw_tx_add(tx, PW_SQL_APP_RULESET_PUBLISH, PW_P_UUID(&id), PW_P_BYTEA(hash),
        PW_P_TEXT(PW_STR("rules.activate-on-reload")));
    pw_tx_send(tx, on_published, activation);
}

bool app_rules_candidate(
    struct pw_app *app, const struct pw_config *config, app_rules_done on_done, void *arg, struct pw_err *err)
{
    const struct pw_ruleset *set;
    pw_day today = pw_day_in_netherlands(pw_loop_wall(app->loop));
    if (!pw_rules_load_dir(config->rules_dir, today, &set, NULL, err))
        return false;
    if (config->rules_activate_on_reload && on_done != NULL)
        publish(app, set, on_done, arg);
    else if (on_done != NULL)
        on_done(arg, true, NULL);
    pw_rules_unref(set);
    return true;
}
