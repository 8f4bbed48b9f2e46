/*
 * SIGHUP: configuration, rule files and certificates are read anew. Everything is read and checked
 * before anything is taken over; one fault and the old stays in force, with the reason in the log.
 * What a reload changes: the log level, certificates and revocation lists, budgets and sessions, and the rule
 * files (checked; put in force only with rules.activate-on-reload).
 */
#include "app_int.h"

static void refused(struct pw_app *app, const struct pw_err *err)
{
    pw_log(PW_EV_RELOAD_REFUSED, PW_LOG_ERR(err));
    app_notify(app, "READY=1");
}

static bool reload_certificates(struct pw_app *app, struct pw_err *err)
{
    for (size_t i = 0; i < app->tls_count; i++)
        if (!pw_tls_context_reload(app->tls[i], err))
            return false;
    return true;
}

static void on_rules(void *arg, bool ok, const struct pw_err *err)
{
    struct pw_app *app = arg;
    if (!ok) {
        refused(app, err);
        return;
    }
    pw_access_forget(app->access);
    if (app->oidc != NULL)
        pw_oidc_forget(app->oidc);
    pw_client_forget_connections(app->client);
    pw_log_event(PW_EV_RELOADED);
    app_notify(app, "READY=1");
}

static bool take_over(struct pw_app *app, const struct pw_config *config, struct pw_err *err)
{
    const char *restart = pw_config_needs_restart(app->config, config);
    if (restart[0] != '\0')
        return pw_fail(err, PW_ERR_USAGE, "%s only changes with a restart; put it back or restart", restart);
    if (!reload_certificates(app, err) || !app_rules_candidate(app, config, on_rules, app, err))
        return false;
    const struct pw_access_options access = app_access_options(app, config);
    pw_access_configure(app->access, &access);
    pw_log_set_level((enum pw_level)config->log_level);
    return true;
}

void app_reload(void *arg)
{
    struct pw_app *app = arg;
    struct pw_err err;
    struct pw_config *config;
    if (app->state != APP_SERVING)
        return;
    app_notify(app, "RELOADING=1");
    if (!pw_config_load(app->config_file, &config, &err)) {
        refused(app, &err);
        return;
    }
    if (!take_over(app, config, &err))
        refused(app, &err);
    /* The rooms keep the configuration they were made with; what a reload changes is taken over above. */
    pw_config_free(config);
}
