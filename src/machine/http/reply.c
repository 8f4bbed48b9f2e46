/*
 * Rendering replies: status line, the headers every reply has, those that were added, the
 * body. Called by handlers and hooks through pw_reply*, and by problem.c.
 *
 * Invariant: Content-Length is always given, but where the status forbids a body; there is
 * no chunked reply.
 */
#include "http_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pandwacht/base/counters.h>

static const struct {
    int status;
    const char *phrase;
} phrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {303, "See Other"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

static const char *phrase_of(int status)
{
    for (size_t i = 0; i < PW_COUNT(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Status";
}

static bool has_controls(struct pw_str value)
{
    for (size_t i = 0; i < value.len; i++)
        if ((unsigned char)value.data[i] < 0x20 || value.data[i] == 0x7f)
            return true;
    return false;
}

void pw_reply_header(struct pw_request *pub, const char *name, struct pw_str value)
{
    struct request *req = (struct request *)pub;
    if (has_controls(value))
        abort(); /* would split the reply: a fault in our own code, never in input */
    req->has_cache_control |= strcasecmp(name, "cache-control") == 0;
    req->has_csp |= strcasecmp(name, "content-security-policy") == 0;
    pw_buf_puts(&req->headers, name);
    pw_buf_puts(&req->headers, ": ");
    pw_buf_put_str(&req->headers, value);
    pw_buf_puts(&req->headers, "\r\n");
}

static bool may_have_body(int status)
{
    return status >= 200 && status != 204 && status != 304;
}

static void render_head(
    struct request *req, int status, const char *type, size_t body_len, struct pw_buf *out)
{
    struct pw_http_server *server = req->server;
    pw_buf_printf(out, "HTTP/1.1 %d %s\r\n", status, phrase_of(status));
    pw_buf_puts(out, server_date(server));
    pw_buf_put_str(out, pw_buf_str(&server->fixed_headers));
    if (req->pub.peer->tls)
        pw_buf_puts(out, "Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n");
    if (!req->has_cache_control)
        pw_buf_puts(out, "Cache-Control: no-store\r\n");
    if (!req->has_csp)
        pw_buf_puts(out, "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n");
    pw_buf_put_str(out, pw_buf_str(&req->headers));
    if (type != NULL)
        pw_buf_printf(out, "Content-Type: %s\r\n", type);
    if (may_have_body(status))
        pw_buf_printf(out, "Content-Length: %zu\r\n", body_len);
    if (req->conn != NULL && conn_is_last(req->conn))
        pw_buf_puts(out, "Connection: close\r\n");
    pw_buf_puts(out, "\r\n");
}

static void count_reply(const struct request *req, int status, int64_t took_us)
{
    static const enum pw_metric classes[] = {PW_M_HTTP_2XX, PW_M_HTTP_3XX, PW_M_HTTP_4XX, PW_M_HTTP_5XX};
    pw_count(classes[(status / 100 - 2) & 3], 1);
    pw_observe(PW_M_HTTP_SECONDS, (double)took_us / 1e6);
    const struct pw_http_options *options = &req->server->options;
    if (options->on_replied != NULL)
        options->on_replied(options->arg, req->pub.route, status, took_us);
}

static void send_reply(struct request *req, int status, const char *type, struct pw_str body)
{
    struct pw_buf head;
    pw_buf_init(&head, 32768);
    render_head(req, status, type, body.len, &head);
    bool with_body = may_have_body(status) && !req->head_only;
    conn_reply(req->conn, &head, with_body ? body : PW_STR(""));
    pw_buf_release(&head);
}

void pw_reply(struct pw_request *pub, int status, const char *type, struct pw_str body)
{
    struct request *req = (struct request *)pub;
    assert(!req->replied && status >= 200 && status < 600);
    if (body.len > req->server->options.limits.reply_max || req->headers.full) {
        pw_buf_clear(&req->headers);
        pw_reply_code(pub, PW_ERR_INTERNAL);
        return;
    }
    req->replied = true;
    count_reply(req, status, pw_loop_clock_us(pub->loop) - req->begun_us);
    if (req->conn != NULL)
        send_reply(req, status, type, body);
    request_free(req);
}

void pw_reply_json(struct pw_request *req, int status, const struct pw_buf *json)
{
    if (json->full)
        pw_reply_code(req, PW_ERR_INTERNAL);
    else
        pw_reply(req, status, "application/json", pw_buf_str(json));
}

void pw_reply_empty(struct pw_request *req, int status)
{
    pw_reply(req, status, NULL, PW_STR(""));
}
