/*
 * A connection: opening, idle, head, auth, body, handler, and round again, or shut. Called
 * by the stream (data, end, drained, closed), by its timer, by request.c and reply.c when
 * a hook or handler has answered, by server.c when draining.
 *
 * Invariants: enter() is the only writer of the state; at most one request at a time is
 * with a hook or handler; octets of later requests wait in the stream's bounded input; no
 * new request is begun while replies pile up unread. Whatever could leave the framing in
 * doubt ends the connection after the reply.
 */
#include "http_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pandwacht/base/counters.h>

#define UNREAD_REPLIES ((size_t)64 * 1024) /* octets of replies above which no new request is begun */
#define LINGER_MS      2000                /* for the client to read the last reply */
#define STEPS_A_ROUND  64                  /* then others have their turn */
#define BODY_LEAST_MS  1000                /* a slow hook leaves the client this long for the body */

static void enter(struct conn *conn, enum conn_state state)
{
    conn->state = state;
}

static struct pw_http_limits *limits_of(struct conn *conn)
{
    return &conn->server->options.limits;
}

/* What has arrived and is not done with. */
static struct pw_str unread(const struct conn *conn)
{
    const struct pw_buf *in = pw_stream_input(conn->stream);
    return in->len > conn->taken ? (struct pw_str){in->data + conn->taken, in->len - conn->taken}
                                 : PW_STR("");
}

bool conn_is_last(const struct conn *conn)
{
    const struct pw_http_server *server = conn->server;
    return conn->last || conn->head.close || server->draining ||
           conn->served + 1 >= server->options.limits.requests_connection;
}

/* ---- ends ---- */

static void orphan_request(struct conn *conn)
{
    struct request *req = conn->req;
    conn->req = NULL;
    if (req == NULL)
        return;
    req->conn = NULL;
    if (conn->state != CONN_AUTH && conn->state != CONN_HANDLER)
        request_free(req); /* nobody else holds it */
}

static void release(struct conn *conn)
{
    struct pw_http_server *server = conn->server;
    pw_timer_stop(&conn->timer);
    pw_deferred_cancel(&conn->go_on);
    free(conn);
    server_check_drained(server);
    server_unref(server);
}

void conn_free(struct conn *conn)
{
    if (conn->dead)
        return;
    conn->dead = true;
    server_ref(conn->server); /* until release: the request may hold the last other one */
    orphan_request(conn);
    pw_stream_free(conn->stream);
    conn->stream = NULL;
    server_address_leave(conn->server, conn->address);
    conn->prev->next = conn->next;
    conn->next->prev = conn->prev;
    conn->server->conn_count--;
    if (!conn->busy)
        release(conn);
}

static void shut(struct conn *conn)
{
    enter(conn, CONN_SHUT);
    pw_timer_start(&conn->timer, limits_of(conn)->reply_ms);
    pw_stream_shut(conn->stream, LINGER_MS);
}

static void quit(struct conn *conn)
{
    enter(conn, CONN_SHUT);
    pw_timer_start(&conn->timer, LINGER_MS);
    pw_stream_shut(conn->stream, 0);
}

void conn_drain(struct conn *conn)
{
    if (conn->state == CONN_OPENING)
        conn_free(conn);
    else if (conn->state == CONN_IDLE && unread(conn).len == 0)
        quit(conn);
}

/* ---- answering by ourselves ---- */

static void answer(struct conn *conn, const struct pw_err *err)
{
    if (conn->req == NULL)
        conn->req = request_new(conn);
    pw_reply_err(&conn->req->pub, err);
}

static void answer_and_end(struct conn *conn, const struct pw_err *err)
{
    conn->last = true;
    answer(conn, err);
}

static void answer_malformed(struct conn *conn, enum pw_err_code code, const char *reason)
{
    struct pw_err err;
    pw_count(PW_M_HTTP_MALFORMED, 1);
    (void)!pw_fail(&err, code, "%s", reason);
    answer_and_end(conn, &err);
}

/* ---- after the reply ---- */

void conn_reply(struct conn *conn, const struct pw_buf *head, struct pw_str body)
{
    bool last = conn_is_last(conn);
    conn->req = NULL;
    conn->served++;
    bool sent = pw_stream_write(conn->stream, head->data, head->len) &&
                (body.len == 0 || pw_stream_write(conn->stream, body.data, body.len));
    if (last || !sent) {
        shut(conn);
        return;
    }
    enter(conn, CONN_IDLE);
    pw_timer_start(&conn->timer, limits_of(conn)->reply_ms);
    if (!conn->busy)
        pw_deferred_call(&conn->go_on);
}

/* ---- the head ---- */

static bool is_our_name(const struct conn *conn)
{
    const struct pw_http_listen *listen = conn->listen;
    struct pw_str host = conn->head.host;
    for (size_t i = 0; i < listen->name_count; i++)
        if (strlen(listen->names[i]) == host.len && strncasecmp(listen->names[i], host.data, host.len) == 0)
            return true;
    return listen->name_count == 0;
}

static size_t body_max(const struct pw_route *route)
{
    if (route->body_max > 0)
        return route->body_max;
    return route->method == PW_HTTP_GET || route->method == PW_HTTP_DELETE ? 0 : PW_HTTP_BODY_DEFAULT;
}

static bool check_body(const struct conn *conn, const struct pw_request *pub, struct pw_err *err)
{
    const struct http_head *head = &conn->head;
    if (head->body == HTTP_BODY_NONE)
        return true;
    if (body_max(pub->route) == 0)
        return pw_fail(err, PW_ERR_TOO_LARGE, "no body is expected here");
    if (head->body == HTTP_BODY_LENGTH && head->content_length > body_max(pub->route))
        return pw_fail(err, PW_ERR_TOO_LARGE, "the body may have %zu octets", body_max(pub->route));
    const char *accepts = pub->route->accepts != NULL ? pub->route->accepts : "application/json";
    if (!http_media_type_is(pw_request_header(pub, "content-type"), accepts))
        return pw_fail(err, PW_ERR_MEDIA_TYPE, "the body must be %s, in UTF-8", accepts);
    struct pw_str coding = pw_request_header(pub, "content-encoding");
    if (coding.len > 0 && !http_list_has(coding, "identity"))
        return pw_fail(err, PW_ERR_MEDIA_TYPE, "the body must not be compressed");
    return true;
}

static void answer_no_route(struct conn *conn, const struct http_match *match)
{
    struct pw_err err = {.code = match->path_known ? PW_ERR_METHOD : PW_ERR_NOT_FOUND};
    char allow[64];
    if (match->path_known)
        pw_reply_header(&conn->req->pub, "Allow", pw_str_z(http_allow_text(match->allowed, allow)));
    answer(conn, &err);
}

/* Fills the request and finds its route; false when it was answered. */
static bool route_request(struct conn *conn)
{
    struct request *req = conn->req;
    struct pw_request *pub = &req->pub;
    struct http_head *head = &conn->head;
    struct http_path path;
    struct http_match match;
    struct pw_err err = {0};
    if (!http_path_read(pub->arena, head->path_text, &path, &err) ||
        !http_query_read(pub->arena, head->query, &req->parsed_query, &err)) {
        answer_malformed(conn, err.code, err.text);
        return false;
    }
    http_router_find(conn->server->router, &path, head->method, &match);
    if (match.route == NULL) {
        answer_no_route(conn, &match);
        return false;
    }
    pub->route = match.route;
    pub->path = path.text;
    pub->param_count = match.param_count;
    memcpy(pub->params, match.params, sizeof(pub->params));
    if (check_body(conn, pub, &err))
        return true;
    answer(conn, &err);
    return false;
}

static void describe_request(struct conn *conn)
{
    struct request *req = conn->req;
    const struct http_head *head = &conn->head;
    req->head_only = head->head_only;
    req->pub.method = head->method;
    req->pub.query = head->query;
    req->pub.headers = head->headers;
    req->pub.header_count = head->header_count;
    req->pub.lang = head->lang;
}

static void ask_hook(struct conn *conn)
{
    const struct pw_http_options *options = &conn->server->options;
    enter(conn, CONN_AUTH);
    pw_timer_stop(&conn->timer);
    if (options->authorise != NULL)
        options->authorise(&conn->req->pub, options->arg);
    else
        pw_request_admit(&conn->req->pub);
}

static void take_head(struct conn *conn)
{
    struct pw_str data = unread(conn);
    struct pw_err err = {0};
    conn->req = request_new(conn);
    bool sound = http_head_read(
        conn->req->pub.arena, data.data, conn->scanner.pos, conn->req->pub.peer->tls, &conn->head, &err);
    conn->taken += conn->scanner.pos;
    describe_request(conn);
    if (!sound) {
        answer_malformed(conn, err.code, err.text);
        return;
    }
    /* A body that is never read leaves the framing in doubt; reading it through is undone in admission. */
    conn->last = conn->head.body != HTTP_BODY_NONE;
    if (!is_our_name(conn)) {
        (void)!pw_fail(&err, PW_ERR_MISDIRECTED, "this server does not answer to that host name");
        answer(conn, &err);
        return;
    }
    if (route_request(conn))
        ask_hook(conn);
}

static bool step_head(struct conn *conn)
{
    struct pw_str data = unread(conn);
    switch (http_scan(&conn->scanner, data.data, data.len)) {
    case HTTP_DONE:
        take_head(conn);
        return true;
    case HTTP_BAD:
        answer_malformed(conn, conn->scanner.fault, conn->scanner.reason);
        return true;
    case HTTP_MORE:
        if (conn->eof)
            conn_free(conn); /* half a request, and no more to come */
        return false;
    }
    return false;
}

/* ---- the body ---- */

static void call_handler(struct conn *conn)
{
    struct pw_request *pub = &conn->req->pub;
    conn->last = false; /* the request is read to its end */
    pw_timer_stop(&conn->timer);
    enter(conn, CONN_HANDLER);
    pub->body = pw_buf_str(&conn->req->body);
    pub->route->handler(pub, pub->route->stage);
}

static void begin_body(struct conn *conn)
{
    const struct pw_route *route = conn->req->pub.route;
    int64_t deadline = route->deadline_ms > 0 ? route->deadline_ms : limits_of(conn)->deadline_ms;
    int64_t left = deadline - (pw_loop_now_ms(conn->server->loop) - conn->begun_ms);
    static const char go_ahead[] = "HTTP/1.1 100 Continue\r\n\r\n";
    pw_buf_init(&conn->req->body, body_max(route));
    conn->body_left = conn->head.content_length;
    http_chunks_init(&conn->chunks);
    pw_timer_start(&conn->timer, left > BODY_LEAST_MS ? left : BODY_LEAST_MS);
    enter(conn, CONN_BODY);
    if (conn->head.expect_continue && unread(conn).len == 0)
        (void)!pw_stream_write(conn->stream, go_ahead, sizeof(go_ahead) - 1);
}

void conn_admitted(struct conn *conn)
{
    if (conn->head.body == HTTP_BODY_NONE)
        call_handler(conn);
    else
        begin_body(conn);
    if (!conn->busy)
        pw_deferred_call(&conn->go_on);
}

static void answer_bad_chunks(struct conn *conn)
{
    enum pw_err_code code = conn->chunks.too_large ? PW_ERR_TOO_LARGE : PW_ERR_INVALID;
    answer_malformed(conn, code, conn->chunks.reason);
}

static enum http_scan read_body(struct conn *conn)
{
    struct pw_str data = unread(conn);
    struct pw_buf *body = &conn->req->body;
    size_t used = 0;
    enum http_scan result;
    if (conn->head.body == HTTP_BODY_CHUNKED) {
        result = http_chunks_read(&conn->chunks, data.data, data.len, body, &used);
    } else {
        used = data.len < conn->body_left ? data.len : (size_t)conn->body_left;
        pw_buf_put(body, data.data, used);
        conn->body_left -= used;
        result = conn->body_left == 0 ? HTTP_DONE : HTTP_MORE;
    }
    conn->taken += used;
    return result;
}

static bool step_body(struct conn *conn)
{
    switch (read_body(conn)) {
    case HTTP_DONE:
        call_handler(conn);
        return true;
    case HTTP_BAD:
        answer_bad_chunks(conn);
        return true;
    case HTTP_MORE:
        if (conn->eof)
            conn_free(conn);
        return false;
    }
    return false;
}

/* ---- the dispatcher ---- */

static bool step_idle(struct conn *conn)
{
    if (pw_stream_pending(conn->stream) > UNREAD_REPLIES)
        return false; /* on_drained goes on */
    if (unread(conn).len == 0) {
        if (conn->eof || conn->server->draining)
            quit(conn);
        return false;
    }
    conn->begun_us = pw_loop_clock_us(conn->server->loop);
    conn->begun_ms = conn->begun_us / 1000;
    conn->last = false;
    conn->head = (struct http_head){0};
    http_scanner_init(&conn->scanner, limits_of(conn));
    pw_timer_start(&conn->timer, limits_of(conn)->deadline_ms);
    enter(conn, CONN_HEAD);
    return true;
}

static bool step(struct conn *conn)
{
    switch (conn->state) {
    case CONN_IDLE:
        return step_idle(conn);
    case CONN_HEAD:
        return step_head(conn);
    case CONN_BODY:
        return step_body(conn);
    case CONN_OPENING:
    case CONN_AUTH:
    case CONN_HANDLER:
    case CONN_SHUT:
        break;
    }
    return false;
}

static void advance(struct conn *conn)
{
    int steps = 0;
    if (conn->busy || conn->dead)
        return;
    conn->busy = true;
    while (!conn->dead && steps++ < STEPS_A_ROUND && step(conn))
        ;
    conn->busy = false;
    if (conn->dead) {
        release(conn);
        return;
    }
    if (conn->state == CONN_SHUT)
        return;
    if (conn->taken > 0) {
        pw_buf_consume(pw_stream_input(conn->stream), conn->taken);
        conn->taken = 0;
        pw_stream_consumed(conn->stream);
    }
    if (steps > STEPS_A_ROUND)
        pw_deferred_call(&conn->go_on);
}

static void on_go_on(void *arg)
{
    advance(arg);
}

/* ---- the stream tells ---- */

static void on_ready(void *arg)
{
    struct conn *conn = arg;
    enter(conn, CONN_IDLE);
    pw_timer_start(&conn->timer, limits_of(conn)->idle_ms);
    if (conn->server->draining)
        quit(conn);
}

static void on_data(void *arg)
{
    advance(arg);
}

static void on_eof(void *arg)
{
    struct conn *conn = arg;
    conn->eof = true;
    advance(conn);
}

static void on_drained(void *arg)
{
    struct conn *conn = arg;
    if (conn->state != CONN_IDLE)
        return;
    pw_timer_start(&conn->timer, limits_of(conn)->idle_ms);
    advance(conn);
}

static void on_closed(void *arg, const struct pw_err *why)
{
    (void)why;
    conn_free(arg);
}

static const struct pw_stream_events stream_events = {.on_ready = on_ready,
    .on_data = on_data,
    .on_eof = on_eof,
    .on_drained = on_drained,
    .on_closed = on_closed};

static void on_deadline(void *arg)
{
    struct conn *conn = arg;
    struct pw_err err;
    if (conn->state == CONN_HEAD || conn->state == CONN_BODY) {
        (void)!pw_fail(&err, PW_ERR_TIMEOUT, "the request was not complete in time");
        answer_and_end(conn, &err);
    } else if (conn->state == CONN_IDLE && pw_stream_pending(conn->stream) == 0) {
        quit(conn);
    } else {
        conn_free(conn); /* the client does not take its replies */
    }
}

void conn_open(struct pw_http_server *server, const struct pw_http_listen *listen, struct pw_stream *stream)
{
    struct address_use *address;
    pw_count(PW_M_HTTP_CONNECTIONS, 1);
    if (server->draining || server->conn_count >= server->options.limits.connections ||
        !server_address_enter(server, pw_stream_peer(stream)->address, &address)) {
        pw_count(PW_M_HTTP_TURNED_AWAY, 1);
        pw_stream_free(stream);
        return;
    }
    struct conn *conn = pw_xcalloc(1, sizeof(*conn));
    *conn = (struct conn){.server = server, .stream = stream, .listen = listen, .address = address};
    conn->next = &server->conns;
    conn->prev = server->conns.prev;
    conn->prev->next = conn->next->prev = conn;
    server->conn_count++;
    enter(conn, CONN_OPENING);
    pw_timer_init(&conn->timer, server->loop, "http: idle, request or reply", on_deadline, conn);
    pw_deferred_init(&conn->go_on, server->loop, "http: next request", on_go_on, conn);
    pw_stream_own(stream, &stream_events, conn);
}
