/*
 * The daemon's life: open everything in order, serve, drain, take it down in reverse. What a
 * stage needs is handed to it here and nowhere else; stages never see each other.
 */
#include "app_int.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DRAIN_MS           10000 /* longest wait for what runs when told to stop */
#define DRAIN_POLL_MS      20
#define WORKER_MESSAGE_MAX (16u << 20) /* a rule set whole, quoted as JSON */

/* ---- opening ---- */

static bool read_roles(struct pw_app *app, const struct pw_app_options *options, struct pw_err *err)
{
    static const char *const words[] = {"api", "assess", "deliver", "upkeep", "batch"};
    app->roles = options->role_count == 0 ? ROLE_ALL : 0;
    app->role_word = options->role_count == 1 ? options->roles[0] : "pandwacht";
    for (size_t i = 0; i < options->role_count; i++) {
        size_t r = 0;
        while (r < PW_COUNT(words) && strcmp(words[r], options->roles[i]) != 0)
            r++;
        if (r == PW_COUNT(words))
            return pw_fail(
                err, PW_ERR_USAGE, "no such role; there are api, assess, deliver, upkeep and batch");
        app->roles |= 1u << r;
    }
    return true;
}

static bool open_holidays(struct pw_app *app, struct pw_err *err)
{
    if (!app_holidays_load(app->arena, app->config->rules_dir, &app->holidays, err))
        return false;
    pw_day today = pw_day_in_netherlands(pw_loop_wall(app->loop));
    if (app->holidays.until < today + 60)
        return pw_fail_at(err, PW_ERR_USAGE, "rules/holidays.yaml", 0, 0,
            "the calendar ends within 60 days, so that deadlines cannot be counted; add the next years");
    if (app->holidays.until < today + 180)
        pw_log_event(PW_EV_HOLIDAYS_END);
    return true;
}

static bool open_content(struct pw_app *app, struct pw_err *err)
{
    struct pw_config *config = app->config;
    return pw_crypto_keys_load(config->keys_dir, &app->keys, err) &&
           pw_facts_load_dir(config->rules_dir, &app->model, err) &&
           pw_findings_load_dir(config->rules_dir, app->model, &app->catalogue, err) &&
           pw_console_load(config->console_dir, &app->console, err) && open_holidays(app, err);
}

static bool open_worker(struct pw_app *app, struct pw_err *err)
{
    static const struct pw_worker_job *const jobs[] = {
        &pw_access_password_job, &pw_access_hash_job, &pw_audit_append_job, &pw_lab_candidate_job};
    const struct pw_worker_options options = {
        .jobs = jobs,
        .job_count = PW_COUNT(jobs),
        .children = (unsigned)app->config->worker_children,
        .queue_max = (size_t)app->config->worker_queue_max,
        .message_max = WORKER_MESSAGE_MAX,
    };
    return pw_worker_start(app->loop, &options, &app->worker, err);
}

static bool open_database(struct pw_app *app, struct pw_err *err)
{
    app->db = pw_db_new(app->loop, &(struct pw_db_options){
                                       .url = pw_config_database_url(app->config, app->arena),
                                       .max_connections = (int)app->config->database_connections,
                                       .max_waiting = (int)app->config->database_queue_max,
                                       .deadline_ms = (int)app->config->database_deadline,
                                       .greet = true,
                                   });
    return pw_db_check_schema(app->db, err);
}

#define PER_DAY(per_minute) ((per_minute)*INT64_C(1440))

/* Demo budgets are a thousand times the usual ones, so that a person who plays never meets them. */
static struct pw_budget_plan plan(const struct pw_config *config, int64_t per_day, int64_t burst)
{
    int64_t times = config->limits_profile == PW_PROFILE_DEMO ? 1000 : 1;
    return (struct pw_budget_plan){.per_day = per_day * times, .burst = burst * times};
}

static struct pw_access_claims claims_of(const struct pw_config *config)
{
    return (struct pw_access_claims){
        .issuer = config->oidc_issuer,
        .name = config->oidc_name_claim,
        .roles = config->oidc_roles_claim,
        .municipalities = config->oidc_municipalities_claim,
        .role_map = config->oidc_roles,
    };
}

struct pw_access_options app_access_options(struct pw_app *app, const struct pw_config *config)
{
    return (struct pw_access_options){
        .loop = app->loop,
        .db = app->db,
        .keys = app->keys,
        .oidc = app->oidc,
        .claims = claims_of(app->config),
        .worker = app->worker,
        .session_ms = config->sessions_life,
        .session_idle_ms = config->sessions_idle,
        .session_rotate_ms = config->sessions_rotate,
        .session_grace_ms = config->sessions_grace,
        .login_failures = (unsigned)config->sessions_login_failures,
        .login_wait_ms = config->sessions_login_wait,
        .budgets =
            {
                [PW_BUDGET_CALLER] = plan(config, PER_DAY(config->limits_rate), config->limits_burst),
                [PW_BUDGET_LANDLORD] =
                    plan(config, PER_DAY(config->limits_landlord_rate), config->limits_landlord_burst),
                [PW_BUDGET_TIPS] = plan(config, PER_DAY(config->limits_tips_rate), config->limits_tips_burst),
                [PW_BUDGET_ORIGIN] = plan(config, config->limits_origin_day, config->limits_origin_day),
                [PW_BUDGET_ADDRESS] =
                    plan(config, PER_DAY(config->limits_address_rate), config->limits_address_burst),
            },
    };
}

static void on_provider_trouble(void *arg, const struct pw_err *err)
{
    (void)arg;
    pw_log(PW_EV_SIGN_IN_PROVIDER, PW_LOG_ERR(err));
}

static bool open_provider(struct pw_app *app, struct pw_err *err)
{
    struct pw_config *config = app->config;
    const struct pw_access_claims claims = claims_of(config);
    if (config->oidc_issuer[0] == '\0')
        return true;
    for (size_t i = 0; config->oidc_algorithms[i] != NULL; i++)
        if (!pw_jose_knows(config->oidc_algorithms[i]))
            return pw_fail_at(err, PW_ERR_USAGE, config->file, 0, 0,
                "oidc.algorithms: entry %zu is none that we can verify", i + 1);
    app->oidc = pw_oidc_new(&(struct pw_oidc_options){
        .loop = app->loop,
        .client = app->client,
        .keys = app->keys,
        .issuer = config->oidc_issuer,
        .client_id = config->oidc_client_id,
        .secret_file = config->oidc_client_secret_file,
        .cert_file = config->oidc_certificate,
        .key_file = config->oidc_key,
        .ca_file = config->oidc_ca,
        .redirect_uri = pw_str_printf(app->arena, "%s/v1/sessions/oidc/callback", config->system_url).data,
        .scopes = config->oidc_scopes,
        .algorithms = config->oidc_algorithms,
        .acr = config->oidc_acr,
        .on_trouble = on_provider_trouble,
    });
    return pw_access_claims_check(&claims, err);
}

static bool make_rooms(struct pw_app *app, struct pw_err *err)
{
    struct pw_config *config = app->config;
    app->event_source = (char *)(uintptr_t)pw_str_printf(
        app->arena, "urn:nld:oin:%s:systeem:%s", config->system_oin, config->system_name)
                            .data;
    app->client =
        pw_client_new(app->loop, &(struct pw_client_options){.concurrent = 256, .concurrent_peer = 16});
    if (!open_provider(app, err))
        return false;
    const struct pw_access_options access = app_access_options(app, config);
    app->access = pw_access_new(&access);
    pw_access_start(app->access);
    app->ledger = pw_ledger_new(&(struct pw_ledger_options){
        .loop = app->loop, .db = app->db, .keys = app->keys, .model = app->model});
    return true;
}

static struct pw_tenant_check_options check_options(const struct pw_app *app)
{
    return (struct pw_tenant_check_options){
        .loop = app->loop,
        .db = app->db,
        .ledger = app->ledger,
        .keys = app->keys,
        .model = app->model,
        .catalogue = app->catalogue,
        .worker = app->worker,
        .oin = app->config->system_oin,
        .client = app->client,
        .hook_ca = app->config->letting_webhook_ca,
        .remind_ms = app->config->letting_remind,
        .letters = app->config->mail_url[0] != '\0',
    };
}

static void make_api_stages(struct pw_app *app)
{
    struct pw_config *config = app->config;
    app->intake = pw_intake_new(&(struct pw_intake_options){
        .loop = app->loop,
        .ledger = app->ledger,
        .access = app->access,
        .model = app->model,
        .batch_max = (size_t)config->intake_batch_max,
        .batch_wait_ms = config->intake_batch_wait,
        .queue_max = (size_t)config->intake_queue_max,
        .lines_max = (size_t)config->intake_batch_lines_max,
    });
    app->desk = pw_desk_new(&(struct pw_desk_options){
        .loop = app->loop,
        .db = app->db,
        .model = app->model,
        .ledger = app->ledger,
        .keys = app->keys,
        .holidays = &app->holidays,
        .oin = config->system_oin,
    });
    const struct pw_tenant_check_options check = check_options(app);
    app->check = pw_tenant_checks_new(&check);
}

static void make_background_stages(struct pw_app *app)
{
    struct pw_config *config = app->config;
    if (app->roles & ROLE_ASSESS)
        app->assess = pw_assess_new(&(struct pw_assess_options){
            .loop = app->loop,
            .db = app->db,
            .holidays = &app->holidays,
            .oin = pw_str_z(config->system_oin),
            .batch_max = (int)config->assess_batch_max,
            .poll_ms = (int)config->assess_poll,
        });
    if (app->roles & ROLE_DELIVER || app->roles & ROLE_API)
        app->deliver = pw_deliver_new(&(struct pw_deliver_options){
            .loop = app->loop,
            .db = app->db,
            .client = app->client,
            .keys = app->keys,
            .cert_file = config->partners_certificate,
            .key_file = config->partners_key,
            .poll_ms = config->partners_poll,
            .deadline_ms = config->partners_deadline,
            .backoff_ms = config->partners_retry_first,
            .backoff_max_ms = config->partners_retry_max,
            .attempts_max = (int)config->partners_attempts_max,
        });
    if (app->roles & ROLE_DELIVER)
        pw_deliver_start(app->deliver);
    if (app->roles & ROLE_DELIVER)
        app->mailer = pw_mailer_new(&(struct pw_mailer_options){
            .loop = app->loop,
            .db = app->db,
            .client = app->client,
            .keys = app->keys,
            .url = config->mail_url,
            .ca_file = config->mail_ca,
            .user = config->mail_user,
            .password_file = config->mail_password_file,
            .from = config->mail_from,
            .base_url = config->system_url,
            .poll_ms = config->mail_poll,
            .backoff_ms = config->mail_retry_first,
            .attempts_max = (int)config->mail_attempts_max,
        });
    if (app->roles & (ROLE_API | ROLE_BATCH))
        app->lab = pw_lab_new(&(struct pw_lab_options){
            .loop = app->loop,
            .db = app->db,
            .worker = app->worker,
            .batch = (app->roles & ROLE_BATCH) != 0,
            .flood = config->rules_flood,
        });
    if (app->roles & (ROLE_UPKEEP | ROLE_API))
        app->privacy = pw_privacy_new(&(struct pw_privacy_options){
            .loop = app->loop,
            .db = app->db,
            .keys = app->keys,
            .worker = app->worker,
            .model = app->model,
            .purposes = {.cases = config->purpose_cases, .grounds = config->purpose_grounds},
            .tombstones_file = config->retention_tombstones_file,
            .every_ms = config->retention_every,
        });
    if (app->roles & ROLE_UPKEEP)
        pw_privacy_start(app->privacy);
    if (app->roles & ROLE_UPKEEP)
        app->upkeep = pw_upkeep_new(&(struct pw_upkeep_options){
            .loop = app->loop,
            .db = app->db,
            .keys = app->keys,
            .worker = app->worker,
            .heads_file = config->audit_heads_file,
            .seal_ms = (int)config->audit_seal_every,
            .heads_ms = config->audit_heads_every,
        });
    const struct pw_tenant_check_options check = check_options(app);
    if (app->roles & ROLE_UPKEEP) {
        app->settler = pw_settler_new(&check);
        app->reminding = pw_reminding_new(&check);
    }
}

/* ---- the API ---- */

static bool open_tls(struct pw_app *app, const struct pw_config_listen *listen, struct pw_err *err)
{
    static const enum pw_tls_clients clients[] = {
        PW_TLS_CLIENTS_NONE, PW_TLS_CLIENTS_OPTIONAL, PW_TLS_CLIENTS_REQUIRED};
    if (app->tls_count == LISTEN_MAX)
        return pw_fail(err, PW_ERR_LIMIT, "listen: at most %d addresses", LISTEN_MAX);
    const struct pw_tls_options options = {
        .profile = listen->tls == PW_LISTEN_TLS_GOOD ? PW_TLS_GOOD : PW_TLS_SUFFICIENT,
        .cert_file = listen->certificate,
        .key_file = listen->key,
        .clients = clients[listen->clients],
        .ca_file = listen->client_ca[0] == '\0' ? NULL : listen->client_ca,
        .crl_files = listen->client_crls,
        .crl_count = listen->client_crl_count,
    };
    if (!pw_tls_context_new(&options, &app->tls[app->tls_count], err))
        return false;
    app->tls_count++;
    return true;
}

static bool open_tls_contexts(struct pw_app *app, struct pw_err *err)
{
    for (size_t i = 0; i < app->config->listen_count; i++)
        if (!open_tls(app, &app->config->listen[i], err))
            return false;
    return true;
}

static void on_replied(void *app, const struct pw_route *route, int status, int64_t duration_us)
{
    (void)app;
    (void)route;
    (void)status;
    (void)duration_us; /* the http room counts them; nothing more is done with them here */
}

static bool open_api(struct pw_app *app, struct pw_err *err)
{
    struct pw_config *config = app->config;
    struct pw_http_listen *listen = PW_NEW_ARRAY(app->arena, config->listen_count, struct pw_http_listen);
    for (size_t i = 0; i < config->listen_count; i++)
        listen[i] = (struct pw_http_listen){
            .address = config->listen[i].address,
            .tls = app->tls[i],
            .names = config->listen[i].names,
            .name_count = config->listen[i].name_count,
        };
    if (!app_openapi_make(app, err))
        return false;
    size_t route_count;
    const struct pw_route *routes = app_routes(app, &route_count);
    const struct pw_http_options options = {
        .listen = listen,
        .listen_count = config->listen_count,
        .routes = routes,
        .route_count = route_count,
        .limits =
            {
                .head_max = (size_t)config->limits_head_max,
                .deadline_ms = config->limits_request_deadline,
                .idle_ms = config->limits_idle,
                .handshake_ms = config->limits_handshake_deadline,
                .connections = (size_t)config->limits_connections,
                .connections_address = (size_t)config->limits_connections_address,
            },
        .authorise = pw_access_authorise,
        .on_replied = on_replied,
        .arg = app->access,
    };
    return pw_http_server_new(app->loop, &options, &app->api, err);
}

/* ---- stopping ---- */

/* Everything that may still be running has ended. */
static bool drained(const struct pw_app *app)
{
    return (app->api == NULL || pw_http_server_requests(app->api) == 0) &&
           (app->intake == NULL || pw_intake_busy(app->intake) == 0) && pw_ledger_busy(app->ledger) == 0 &&
           (app->assess == NULL || pw_assess_idle(app->assess)) &&
           (app->lab == NULL || pw_lab_idle(app->lab)) &&
           (app->upkeep == NULL || pw_upkeep_idle(app->upkeep)) && pw_settler_idle(app->settler) &&
           (app->privacy == NULL || pw_privacy_idle(app->privacy)) && pw_reminding_idle(app->reminding) &&
           app->deliver_stopped;
}

static void on_drain_poll(void *arg)
{
    struct pw_app *app = arg;
    if (drained(app))
        pw_loop_stop(app->loop);
    else
        pw_timer_start(&app->drain_poll, DRAIN_POLL_MS);
}

static void on_drain_deadline(void *arg)
{
    struct pw_app *app = arg;
    pw_loop_stop(app->loop);
}

static void on_api_drained(void *arg)
{
    (void)arg; /* on_drain_poll looks at it with the rest */
}

static void on_deliver_stopped(void *arg)
{
    struct pw_app *app = arg;
    app->deliver_stopped = true;
}

static void on_stop(void *arg)
{
    struct pw_app *app = arg;
    if (app->state == APP_DRAINING) { /* asked twice: at once */
        pw_loop_stop(app->loop);
        return;
    }
    app->state = APP_DRAINING;
    pw_log_event(PW_EV_STOPPING);
    app_notify(app, "STOPPING=1");
    if (app->api != NULL)
        pw_http_server_drain(app->api, DRAIN_MS, on_api_drained, app);
    if (app->assess != NULL)
        pw_assess_drain(app->assess);
    if (app->lab != NULL)
        pw_lab_drain(app->lab);
    if (app->upkeep != NULL)
        pw_upkeep_drain(app->upkeep);
    pw_settler_stop(app->settler);
    pw_reminding_stop(app->reminding);
    if (app->privacy != NULL)
        pw_privacy_drain(app->privacy);
    if (app->roles & ROLE_DELIVER)
        pw_deliver_stop(app->deliver, on_deliver_stopped, app);
    else
        app->deliver_stopped = true;
    pw_timer_start(&app->drain_poll, DRAIN_POLL_MS);
    pw_timer_start(&app->drain, DRAIN_MS);
}

static void watch_signals(struct pw_app *app)
{
    app->signals[0] = pw_signal_new(app->loop, SIGTERM, "app: stop", on_stop, app);
    app->signals[1] = pw_signal_new(app->loop, SIGINT, "app: stop", on_stop, app);
    app->signals[2] = pw_signal_new(app->loop, SIGHUP, "app: reload", app_reload, app);
    pw_timer_init(&app->drain, app->loop, "app: drain deadline", on_drain_deadline, app);
    pw_timer_init(&app->drain_poll, app->loop, "app: drain", on_drain_poll, app);
}

static void close_all(struct pw_app *app)
{
    for (size_t i = 0; i < PW_COUNT(app->signals); i++)
        if (app->signals[i] != NULL)
            pw_signal_free(app->signals[i]);
    pw_timer_stop(&app->drain);
    pw_timer_stop(&app->drain_poll);
    pw_timer_stop(&app->watchdog);
    pw_http_server_free(app->api);
    pw_http_server_free(app->operations);
    pw_assess_free(app->assess);
    pw_deliver_free(app->deliver);
    pw_mailer_free(app->mailer);
    pw_oidc_free(app->oidc);
    pw_client_free(app->client);
    pw_upkeep_stop(app->upkeep);
    pw_settler_stop(app->settler);
    pw_lab_stop(app->lab);
    pw_reminding_stop(app->reminding);
    pw_access_stop(app->access);
    /* The pool fails what is under way, which calls back into the stages: they are still there. */
    pw_db_free(app->db);
    pw_upkeep_free(app->upkeep);
    pw_settler_free(app->settler);
    pw_lab_free(app->lab);
    pw_reminding_free(app->reminding);
    pw_privacy_free(app->privacy);
    if (app->check != NULL)
        pw_tenant_checks_free(app->check);
    if (app->desk != NULL)
        pw_desk_free(app->desk);
    if (app->intake != NULL)
        pw_intake_free(app->intake);
    pw_ledger_free(app->ledger);
    pw_console_free(app->console);
    if (app->access != NULL)
        pw_access_free(app->access);
    for (size_t i = 0; i < app->tls_count; i++)
        pw_tls_context_unref(app->tls[i]);
    pw_findings_unref(app->catalogue);
    pw_facts_unref(app->model);
    pw_crypto_keys_free(app->keys);
    pw_worker_stop(app->worker);
    app_notify_close(app);
    pw_log_set_clock(NULL, NULL);
    pw_loop_free(app->loop);
    pw_config_free(app->config);
    pw_buf_release(&app->openapi);
}

/* ---- serving ---- */

/* The answer to the activation of rules at start. */
struct start {
    bool done, ok;
    struct pw_err err;
};

static void on_rules(void *arg, bool ok, const struct pw_err *err)
{
    struct start *start = arg;
    start->done = true;
    start->ok = ok;
    if (!ok)
        start->err = *err;
}

static bool activate_rules(struct pw_app *app, struct pw_err *err)
{
    struct start start = {0};
    if (!app_rules_candidate(app, app->config, on_rules, &start, err))
        return false;
    while (!start.done)
        pw_loop_step(app->loop, 1000);
    if (!start.ok)
        *err = start.err;
    return start.ok;
}

static bool open_all(struct pw_app *app, const struct pw_app_options *options, struct pw_err *err)
{
    app->notify_fd = -1;
    if (!read_roles(app, options, err) || !pw_config_load(app->config_file, &app->config, err))
        return false;
    pw_log_set_level((enum pw_level)app->config->log_level);
    app->loop = pw_loop_new();
    pw_log_set_clock(pw_loop_wall_clock, app->loop);
    /* Children are forked before keys are read and connections made: they inherit neither. */
    if (!open_worker(app, err) || !open_content(app, err) || !open_tls_contexts(app, err))
        return false;
    if (options->check_only)
        return app_rules_candidate(app, app->config, NULL, NULL, err);
    if (!open_database(app, err) || !activate_rules(app, err) || !make_rooms(app, err))
        return false;
    if (app->roles & ROLE_API)
        make_api_stages(app);
    make_background_stages(app);
    return app_operations_open(app, err) && (!(app->roles & ROLE_API) || open_api(app, err));
}

bool pw_app_serve(const struct pw_app_options *options, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_app *app = PW_NEW(arena, struct pw_app);
    app->arena = arena;
    app->config_file = options->config_file;
    bool ok = open_all(app, options, err);
    if (!ok)
        pw_log(PW_EV_START_FAILED, PW_LOG_ERR(err));
    if (ok && !options->check_only) {
        watch_signals(app);
        app->state = APP_SERVING;
        app_notify_open(app);
        app_notify(app, "READY=1");
        pw_log(PW_EV_READY, PW_LOG_INT("pid", getpid()));
        pw_loop_run(app->loop);
        app->state = APP_STOPPED;
        pw_log_event(PW_EV_STOPPED);
    }
    close_all(app);
    pw_arena_free(arena);
    return ok;
}
