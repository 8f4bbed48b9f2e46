/*
 * The operations port: plain HTTP on the loopback address. /health/live says that the loop turns,
 * /health/ready that requests can be served, /metrics everything that is counted (OpenMetrics).
 */
#include "app_int.h"

#include <string.h>

#define METRICS_MAX (1u << 20)

static void on_live(struct pw_request *req, void *stage)
{
    (void)stage;
    pw_reply(req, 200, "text/plain; charset=utf-8", PW_STR("live\n"));
}

static void on_ready(struct pw_request *req, void *stage)
{
    struct pw_app *app = stage;
    bool ready = app->state == APP_SERVING && pw_db_ready(app->db);
    pw_reply(req, ready ? 200 : 503, "text/plain; charset=utf-8",
        ready ? PW_STR("ready\n") : PW_STR("not ready\n"));
}

static void on_metrics(struct pw_request *req, void *stage)
{
    struct pw_app *app = stage;
    struct pw_buf out;
    pw_gauge(PW_M_LOOP_LONGEST, (double)pw_loop_longest(app->loop, NULL) / 1e6);
    pw_buf_init(&out, METRICS_MAX);
    pw_metrics_render(&out);
    pw_reply(req, 200, "application/openmetrics-text; version=1.0.0; charset=utf-8", pw_buf_str(&out));
    pw_buf_release(&out);
}

/* `{role}` stands for the process's own role, so that one configuration serves all of them. */
static const char *operations_address(struct pw_app *app)
{
    const char *address = app->config->operations_address, *at = strstr(address, "{role}");
    if (at == NULL)
        return address;
    return pw_str_printf(app->arena, "%.*s%s%s", (int)(at - address), address, app->role_word, at + 6).data;
}

bool app_operations_open(struct pw_app *app, struct pw_err *err)
{
    const struct pw_route routes[] = {
        {.method = PW_HTTP_GET,
            .pattern = "/health/live",
            .scope = &pw_scope_open,
            .handler = on_live,
            .stage = app},
        {.method = PW_HTTP_GET,
            .pattern = "/health/ready",
            .scope = &pw_scope_open,
            .handler = on_ready,
            .stage = app},
        {.method = PW_HTTP_GET,
            .pattern = "/metrics",
            .scope = &pw_scope_open,
            .handler = on_metrics,
            .stage = app},
    };
    const struct pw_http_listen listen = {.address = operations_address(app)};
    const struct pw_http_options options = {
        .listen = &listen,
        .listen_count = 1,
        .routes = routes,
        .route_count = PW_COUNT(routes),
        .limits = {.connections = 64},
    };
    return pw_http_server_new(app->loop, &options, &app->operations, err);
}
