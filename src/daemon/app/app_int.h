/*
 * Private to app: the daemon's rooms and stages in one struct, made in the order of its members
 * and taken down in the reverse order.
 */
#ifndef PANDWACHT_APP_INT_H
#define PANDWACHT_APP_INT_H

#include <pandwacht/access.h>
#include <pandwacht/app.h>
#include <pandwacht/assess.h>
#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/check.h>
#include <pandwacht/client.h>
#include <pandwacht/config.h>
#include <pandwacht/console.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/deliver.h>
#include <pandwacht/desk.h>
#include <pandwacht/facts.h>
#include <pandwacht/findings.h>
#include <pandwacht/http.h>
#include <pandwacht/intake.h>
#include <pandwacht/jose.h>
#include <pandwacht/lab.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>
#include <pandwacht/mail.h>
#include <pandwacht/oidc.h>
#include <pandwacht/privacy.h>
#include <pandwacht/rules.h>
#include <pandwacht/stream.h>
#include <pandwacht/upkeep.h>
#include <pandwacht/worker.h>

enum role {
    ROLE_API = 1,
    ROLE_ASSESS = 2,
    ROLE_DELIVER = 4,
    ROLE_UPKEEP = 8,
    ROLE_BATCH = 16,
    ROLE_ALL = 31
};

enum app_state { APP_STARTING, APP_SERVING, APP_DRAINING, APP_STOPPED };

#define LISTEN_MAX 16

struct pw_app {
    struct pw_arena *arena;
    const char *config_file;
    unsigned roles;
    const char *role_word; /* of the one role that this process has; "pandwacht" when it has more */
    enum app_state state;

    struct pw_config *config;
    struct pw_loop *loop;
    struct pw_worker *worker;
    struct pw_keys *keys;
    const struct pw_fact_model *model;
    const struct pw_check_catalogue *catalogue;
    struct pw_holidays holidays;
    char *event_source; /* urn:nld:oin:<oin>:systeem:pandwacht */
    struct pw_db *db;
    struct pw_client *client;
    struct pw_console *console;
    struct pw_oidc *oidc; /* NULL = nobody signs in with a provider */
    struct pw_access *access;
    struct pw_ledger *ledger;
    struct pw_intake *intake;
    struct pw_desk *desk;
    struct pw_tenant_checks *check;
    struct pw_settler *settler; /* what landlords reported */
    struct pw_reminding *reminding;
    struct pw_assess *assess;
    struct pw_deliver *deliver;
    struct pw_lab *lab;
    struct pw_upkeep *upkeep;
    struct pw_privacy *privacy;
    struct pw_mailer *mailer;
    struct pw_tls_context *tls[LISTEN_MAX];
    size_t tls_count;
    struct pw_http_server *api;
    struct pw_http_server *operations;
    struct pw_buf openapi; /* the document, made once */

    struct pw_signal *signals[3];
    struct pw_timer watchdog;
    struct pw_timer drain; /* gives up waiting for what runs */
    struct pw_timer drain_poll;
    int notify_fd; /* systemd's socket, -1 without */
    bool deliver_stopped;
};

/* routes.c: the whole table, fixed rows and one set of rows for each fact kind; in the app's arena. */
const struct pw_route *app_routes(struct pw_app *app, size_t *ret_count);
/* One row as the OpenAPI document needs it. */
struct route_text {
    enum pw_http_method method;
    const char *pattern;
    const struct pw_scope *scope;
    const char *operation; /* operationId */
    const char *summary;
    const char *request; /* schema name; NULL = no body */
    const char *answer;  /* schema name; NULL = none */
    int status;          /* of success */
    bool if_match;
};
const struct route_text *app_route_texts(struct pw_app *app, size_t *ret_count);

/* openapi.c: writes app->openapi. False when it does not fit. */
bool app_openapi_make(struct pw_app *app, struct pw_err *err) PW_MUST_CHECK;
void app_openapi_get(struct pw_request *req, void *app);

/* signing_keys.c: GET /v1/signing-keys. */
void app_signing_keys_get(struct pw_request *req, void *app);

/* operations.c: the loopback port. */
bool app_operations_open(struct pw_app *app, struct pw_err *err) PW_MUST_CHECK;

/* rulesets.c: loads and checks the files of rules.dir, and makes them the live set where
 * rules.activate-on-reload says so. Fails at once when they do not load; else on_done (NULL: checks
 * only) is called, now or later. */
typedef void (*app_rules_done)(void *arg, bool ok, const struct pw_err *err);
bool app_rules_candidate(struct pw_app *app, const struct pw_config *config, app_rules_done on_done,
    void *arg, struct pw_err *err) PW_MUST_CHECK;

/* holidays.c: rules/holidays.yaml. */
bool app_holidays_load(
    struct pw_arena *arena, const char *rules_dir, struct pw_holidays *ret, struct pw_err *err) PW_MUST_CHECK;

/* app.c: what access is made with, and told again after a reload. */
struct pw_access_options app_access_options(struct pw_app *app, const struct pw_config *config);

/* reload.c: SIGHUP, all or nothing. */
void app_reload(void *app);

/* notify.c: sd_notify(3) without libsystemd. */
void app_notify_open(struct pw_app *app);
void app_notify(struct pw_app *app, const char *state);
void app_notify_close(struct pw_app *app);

#endif
