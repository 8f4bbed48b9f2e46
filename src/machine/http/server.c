/*
 * The server: listeners, limits per server and per address, draining. Called by the daemon
 * (start, stop) and by tests; conn.c does the work.
 *
 * Memory: the owner holds one reference, each unanswered request another, so that a handler
 * may answer after the server was freed.
 */
#include "http_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ADDRESS_BUCKETS 1024

/* How many connections an address has. Chained by hash; gone when the last one ends. */
struct address_use {
    struct address_use *next;
    uint64_t hash;
    size_t count;
    char text[PW_PEER_ADDRESS_MAX];
};

struct listening {
    struct pw_http_server *server;
    struct pw_http_listen options;
    struct pw_listener *listener;
};

static const char plain_answer[] =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\n"
    "Content-Length: 129\r\nConnection: close\r\n\r\n"
    "{\"type\":\"https://pandwacht.nl/problems/invalid\",\"title\":\"Invalid "
    "input\",\"status\":400,\"detail\":\"TLS is required\",\"code\":\"invalid\"}";

/* ---- addresses ---- */

bool server_address_enter(struct pw_http_server *server, const char *text, struct address_use **ret)
{
    uint64_t hash = pw_str_hash(pw_str_z(text));
    struct address_use **bucket = &server->addresses[hash % ADDRESS_BUCKETS], *use = *bucket;
    while (use != NULL && (use->hash != hash || strcmp(use->text, text) != 0))
        use = use->next;
    if (use == NULL) {
        use = pw_xcalloc(1, sizeof(*use));
        use->hash = hash;
        snprintf(use->text, sizeof(use->text), "%s", text);
        use->next = *bucket;
        *bucket = use;
    }
    if (use->count >= server->options.limits.connections_address)
        return false;
    use->count++;
    *ret = use;
    return true;
}

void server_address_leave(struct pw_http_server *server, struct address_use *use)
{
    if (--use->count > 0)
        return;
    struct address_use **at = &server->addresses[use->hash % ADDRESS_BUCKETS];
    while (*at != use)
        at = &(*at)->next;
    *at = use->next;
    free(use);
}

/* ---- what all replies share ---- */

const char *server_date(struct pw_http_server *server)
{
    int64_t now_s = pw_loop_wall(server->loop) / PW_USEC_PER_SEC;
    if (now_s == server->date_s)
        return server->date;
    struct tm tm;
    time_t now = (time_t)now_s;
    gmtime_r(&now, &tm);
    strftime(server->date, sizeof(server->date), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
    server->date_s = now_s;
    return server->date;
}

static void render_fixed_headers(struct pw_http_server *server)
{
    struct pw_buf *out = &server->fixed_headers;
    const char *version = server->options.api_version;
    pw_buf_init(out, 4096);
    pw_buf_printf(out, "API-Version: %s\r\n", version != NULL ? version : "1.0.0");
    pw_buf_puts(out, "X-Content-Type-Options: nosniff\r\n"
                     "X-Frame-Options: DENY\r\n"
                     "Referrer-Policy: no-referrer\r\n"
                     "Cross-Origin-Resource-Policy: same-origin\r\n");
}

static void set_default(size_t *value, size_t otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static void set_default_ms(int64_t *value, int64_t otherwise)
{
    if (*value == 0)
        *value = otherwise;
}

static void set_limits(struct pw_http_limits *limits)
{
    set_default(&limits->head_max, (size_t)16 * 1024);
    set_default(&limits->headers_max, 100);
    set_default(&limits->target_max, (size_t)8 * 1024);
    set_default(&limits->connections, 4096);
    set_default(&limits->connections_address, 512);
    set_default(&limits->requests_connection, 10000);
    set_default(&limits->reply_max, (size_t)16 * 1024 * 1024);
    set_default_ms(&limits->deadline_ms, PW_HTTP_DEADLINE_DEFAULT);
    set_default_ms(&limits->idle_ms, 60000);
    set_default_ms(&limits->handshake_ms, 5000);
    set_default_ms(&limits->reply_ms, 30000);
}

/* ---- life ---- */

void server_ref(struct pw_http_server *server)
{
    server->refs++;
}

void server_unref(struct pw_http_server *server)
{
    if (--server->refs > 0)
        return;
    pw_buf_release(&server->fixed_headers);
    free(server->addresses);
    pw_arena_free(server->arena);
    free(server);
}

static void close_listeners(struct pw_http_server *server)
{
    for (size_t i = 0; i < server->options.listen_count; i++) {
        pw_listener_close(server->listening[i].listener);
        server->listening[i].listener = NULL;
    }
}

void pw_http_server_free(struct pw_http_server *server)
{
    if (server == NULL)
        return;
    server->closed = true;
    close_listeners(server);
    pw_timer_stop(&server->drain_timer);
    pw_deferred_cancel(&server->drain_check);
    while (server->conns.next != &server->conns)
        conn_free(server->conns.next);
    server_unref(server);
}

static void on_accept(void *arg, struct pw_stream *stream)
{
    struct listening *listening = arg;
    conn_open(listening->server, &listening->options, stream);
}

static bool open_listener(struct pw_http_server *server, struct listening *listening, struct pw_err *err)
{
    const struct pw_http_limits *limits = &server->options.limits;
    const struct pw_http_listen *listen = &listening->options;
    size_t least = limits->head_max + (size_t)16 * 1024, usual = (size_t)64 * 1024;
    struct pw_listener_options options = {.address = listen->address,
        .fd = listen->fd,
        .tls = listen->tls,
        .on_accept = on_accept,
        .arg = listening,
        .plain_answer = plain_answer,
        .limits = {.input_max = least > usual ? least : usual,
            .output_max = limits->reply_max + (size_t)256 * 1024,
            .handshake_ms = limits->handshake_ms}};
    if (listen->tls == NULL && listen->fd <= 0 && !pw_address_is_loopback(listen->address))
        return pw_fail(err, PW_ERR_USAGE, "an address without TLS must be a loopback one");
    return pw_listener_open(server->loop, &options, &listening->listener, err);
}

static bool open_listeners(struct pw_http_server *server, struct pw_err *err)
{
    for (size_t i = 0; i < server->options.listen_count; i++) {
        struct listening *listening = &server->listening[i];
        *listening = (struct listening){.server = server, .options = server->options.listen[i]};
        if (!open_listener(server, listening, err))
            return false;
    }
    return true;
}

static void on_drain_deadline(void *arg)
{
    struct pw_http_server *server = arg;
    while (server->conns.next != &server->conns)
        conn_free(server->conns.next);
    pw_deferred_call(&server->drain_check);
}

static void on_drain_check(void *arg)
{
    struct pw_http_server *server = arg;
    bool late = !pw_timer_running(&server->drain_timer);
    if (server->on_drained == NULL || server->conn_count > 0 || (server->request_count > 0 && !late))
        return;
    void (*on_drained)(void *) = server->on_drained;
    server->on_drained = NULL;
    pw_timer_stop(&server->drain_timer);
    on_drained(server->drained_arg);
}

void server_check_drained(struct pw_http_server *server)
{
    if (server->draining && !server->closed)
        pw_deferred_call(&server->drain_check);
}

bool pw_http_server_new(struct pw_loop *loop, const struct pw_http_options *options,
    struct pw_http_server **ret, struct pw_err *err)
{
    struct pw_http_server *server = pw_xcalloc(1, sizeof(*server));
    struct pw_arena *arena = pw_arena_new();
    *server = (struct pw_http_server){.loop = loop, .arena = arena, .options = *options, .refs = 1};
    server->conns.next = server->conns.prev = &server->conns;
    server->addresses = pw_xcalloc(ADDRESS_BUCKETS, sizeof(*server->addresses));
    server->listening = PW_NEW_ARRAY(arena, options->listen_count, struct listening);
    server->date_s = -1;
    set_limits(&server->options.limits);
    render_fixed_headers(server);
    pw_timer_init(&server->drain_timer, loop, "http: drain", on_drain_deadline, server);
    pw_deferred_init(&server->drain_check, loop, "http: drained?", on_drain_check, server);

    struct pw_route *routes = PW_NEW_ARRAY(arena, options->route_count, struct pw_route);
    if (options->route_count > 0)
        memcpy(routes, options->routes, options->route_count * sizeof(*routes));
    server->options.routes = routes;
    if (!http_router_new(routes, options->route_count, arena, &server->router, err) ||
        !open_listeners(server, err)) {
        pw_http_server_free(server);
        return false;
    }
    *ret = server;
    return true;
}

uint16_t pw_http_server_port(const struct pw_http_server *server, size_t i)
{
    return pw_listener_port(server->listening[i].listener);
}

size_t pw_http_server_connections(const struct pw_http_server *server)
{
    return server->conn_count;
}

size_t pw_http_server_requests(const struct pw_http_server *server)
{
    return server->request_count;
}

void pw_http_server_drain(
    struct pw_http_server *server, int64_t deadline_ms, void (*on_drained)(void *arg), void *arg)
{
    server->draining = true;
    server->on_drained = on_drained;
    server->drained_arg = arg;
    close_listeners(server);
    pw_timer_start(&server->drain_timer, deadline_ms);
    for (struct conn *conn = server->conns.next, *next; conn != &server->conns; conn = next) {
        next = conn->next;
        conn_drain(conn);
    }
    pw_deferred_call(&server->drain_check);
}
