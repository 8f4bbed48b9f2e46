/*
 * The server as handlers and clients meet it: order, deadlines, limits, replies that come
 * late, clients that go early, draining, TLS with a client certificate. Deadlines are short
 * and real.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <pandwacht/http.h>
#include <pandwacht/loop.h>

#include "../../support/test_ca.h"

struct pw_scope {
    bool refuse, later;
};

static const struct pw_scope open_scope, refusing = {.refuse = true}, slow = {.later = true};

static struct pw_loop *loop;
static struct pw_http_server *server;
static struct pw_request *held; /* by a handler or hook that answers later */
static unsigned handled, replied_status, drained;
static struct pw_str_copy {
    char text[512];
} seen;

/* ---- handlers and hook ---- */

static void remember(struct pw_str s)
{
    snprintf(seen.text, sizeof(seen.text), "%.*s", PW_STR_ARG(s));
}

static void on_ping(struct pw_request *req, void *stage)
{
    handled++;
    remember(req->path);
    pw_reply(req, 200, "text/plain", pw_str_z(stage));
}

static void on_echo(struct pw_request *req, void *stage)
{
    (void)stage;
    handled++;
    pw_reply(req, 200, "application/json", req->body);
}

static void on_hold(struct pw_request *req, void *stage)
{
    (void)stage;
    handled++;
    held = req;
}

static void on_look(struct pw_request *req, void *stage)
{
    (void)stage;
    struct pw_str q = PW_STR("-");
    bool found = pw_request_query(req, "q", &q);
    struct pw_str text =
        pw_str_printf(req->arena, "id=%.*s nr=%.*s q=%d:%.*s n=%zu cookie=%.*s lang=%d tls=%d oin=%s",
            PW_STR_ARG(pw_request_param(req, "id")), PW_STR_ARG(pw_request_param(req, "nr")), found,
            PW_STR_ARG(q), pw_request_query_count(req), PW_STR_ARG(pw_request_cookie(req, "s")),
            (int)req->lang, req->peer->tls, req->peer->oin);
    pw_reply_header(req, "ETag", PW_STR("\"7\""));
    pw_reply(req, 200, "text/plain", text);
}

static void on_fault(struct pw_request *req, void *stage)
{
    (void)stage;
    const struct pw_invalid_param invalid[] = {
        {PW_STR("/a"), PW_STR("required"), PW_STR("\"a\" ontbreekt\n")},
        {PW_STR(""), PW_STR("type"), PW_STR("x")}};
    pw_reply_problem(req, &(struct pw_problem){.code = PW_ERR_INVALID,
                              .detail = PW_STR("2 fouten"),
                              .invalid = invalid,
                              .invalid_count = 2,
                              .retry_after_s = 7});
}

static void on_internal(struct pw_request *req, void *stage)
{
    (void)stage;
    struct pw_err err;
    (void)!pw_fail(&err, PW_ERR_DB, "secret statement");
    pw_reply_err(req, &err);
}

static void on_nothing(struct pw_request *req, void *stage)
{
    (void)stage;
    pw_reply_empty(req, 204);
}

static void on_large(struct pw_request *req, void *stage)
{
    (void)stage;
    handled++;
    struct pw_buf json;
    pw_buf_init(&json, 1 << 20);
    for (int i = 0; i < 2000; i++)
        pw_buf_puts(&json, "0123456789012345678901234567890123456789012345678\n");
    pw_reply_json(req, 200, &json);
    pw_buf_release(&json);
}

static void on_too_large(struct pw_request *req, void *stage)
{
    (void)stage;
    struct pw_buf json;
    pw_buf_init(&json, 4);
    pw_buf_puts(&json, "too long for it");
    pw_reply_json(req, 200, &json);
    pw_buf_release(&json);
}

static void authorise(struct pw_request *req, void *arg)
{
    (void)arg;
    assert_int_equal(req->body.len, 0);
    if (req->route->scope->refuse)
        pw_reply_code(req, PW_ERR_FORBIDDEN);
    else if (req->route->scope->later)
        held = req;
    else
        pw_request_admit(req);
}

static void on_replied(void *arg, const struct pw_route *route, int status, int64_t duration_us)
{
    (void)arg;
    (void)route;
    assert_true(duration_us >= 0);
    replied_status = (unsigned)status;
}

static const struct pw_route routes[] = {
    {.method = PW_HTTP_GET, .pattern = "/ping", .scope = &open_scope, .handler = on_ping, .stage = "pong"},
    {.method = PW_HTTP_GET, .pattern = "/pong", .scope = &open_scope, .handler = on_ping, .stage = "ping"},
    {.method = PW_HTTP_POST, .pattern = "/ping", .scope = &open_scope, .handler = on_ping, .stage = "posted"},
    {.method = PW_HTTP_POST,
        .pattern = "/echo",
        .scope = &open_scope,
        .handler = on_echo,
        .body_max = 4000000,
        .deadline_ms = 300},
    {.method = PW_HTTP_GET, .pattern = "/hold", .scope = &open_scope, .handler = on_hold},
    {.method = PW_HTTP_GET, .pattern = "/large", .scope = &open_scope, .handler = on_large},
    {.method = PW_HTTP_GET, .pattern = "/full", .scope = &open_scope, .handler = on_too_large},
    {.method = PW_HTTP_GET, .pattern = "/look/{id}/at/{nr}", .scope = &open_scope, .handler = on_look},
    {.method = PW_HTTP_GET, .pattern = "/fault", .scope = &open_scope, .handler = on_fault},
    {.method = PW_HTTP_GET, .pattern = "/internal", .scope = &open_scope, .handler = on_internal},
    {.method = PW_HTTP_DELETE, .pattern = "/nothing", .scope = &open_scope, .handler = on_nothing},
    {.method = PW_HTTP_POST, .pattern = "/secret", .scope = &refusing, .handler = on_echo},
    {.method = PW_HTTP_POST, .pattern = "/slow", .scope = &slow, .handler = on_echo},
};

/* ---- set-up and a raw client ---- */

static const struct pw_http_limits short_limits = {.deadline_ms = 150, .idle_ms = 200, .reply_ms = 300};

static void serve_with(const struct pw_http_listen *listen, struct pw_http_limits limits)
{
    struct pw_err err = {0};
    const struct pw_http_options options = {.listen = listen,
        .listen_count = 1,
        .routes = routes,
        .route_count = PW_COUNT(routes),
        .limits = limits,
        .authorise = authorise,
        .on_replied = on_replied,
        .api_version = "1.2.3"};
    handled = replied_status = drained = 0;
    held = NULL;
    loop = pw_loop_new();
    if (!pw_http_server_new(loop, &options, &server, &err))
        fail_msg("%s", err.text);
}

static void serve(struct pw_http_limits limits)
{
    const struct pw_http_listen listen = {.address = "127.0.0.1:0"};
    serve_with(&listen, limits);
}

static void end(void)
{
    pw_http_server_free(server);
    pw_loop_free(loop);
}

static char heard[1 << 18];
static size_t heard_len;
static bool ended;

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
        .sin_port = htons(pw_http_server_port(server, 0)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    heard_len = 0;
    heard[0] = '\0';
    ended = false;
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void hear(int fd)
{
    pw_loop_step(loop, 5);
    ssize_t n = recv(fd, heard + heard_len, sizeof(heard) - 1 - heard_len, MSG_DONTWAIT);
    if (n > 0)
        heard_len += (size_t)n;
    ended |= n == 0;
    heard[heard_len] = '\0';
}

#define until(fd, condition)                                                                                 \
    do {                                                                                                     \
        for (int64_t give_up = pw_loop_clock_us(loop) + 3000000;                                             \
             !(condition) && pw_loop_clock_us(loop) < give_up;)                                              \
            hear(fd);                                                                                        \
        if (!(condition))                                                                                    \
            fail_msg("waited in vain for %s; heard: %s", #condition, heard);                                 \
    } while (0)

static bool has(const char *text)
{
    return strstr(heard, text) != NULL;
}

static unsigned count(const char *text)
{
    unsigned n = 0;
    for (const char *at = heard; (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

#define GET(path)        "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"
#define POST(path, more) "POST " path " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" more

/* ---- replies ---- */

static void replies_carry_the_headers_of_the_house(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, GET("/ping"));
    until(fd, has("pong"));
    static const char *const expected[] = {"HTTP/1.1 200 OK\r\n", "API-Version: 1.2.3\r\n",
        "Date: ", "X-Content-Type-Options: nosniff\r\n", "Cache-Control: no-store\r\n",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n",
        "X-Frame-Options: DENY\r\n", "Referrer-Policy: no-referrer\r\n", "Content-Type: text/plain\r\n",
        "Content-Length: 4\r\n"};
    for (size_t i = 0; i < PW_COUNT(expected); i++)
        if (!has(expected[i]))
            fail_msg("missing: %s", expected[i]);
    assert_false(has("Strict-Transport-Security"));
    assert_false(has("Connection:"));
    assert_int_equal(replied_status, 200);
    close(fd);
    end();
}

static void handlers_can_read_all_of_a_request(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, "GET /look/a%20b/at/9?q=x+y%26z&leeg HTTP/1.1\r\nHost: a\r\nCookie: t=1; s=geheim\r\n"
            "Accept-Language: nl;q=0.5, en-GB;q=0.8, *;q=0.1\r\n\r\n");
    until(fd, has("oin="));
    assert_true(has("id=a b nr=9 q=1:x y&z n=2 cookie=geheim lang=1 tls=0 oin="));
    assert_true(has("ETag: \"7\"\r\n"));
    close(fd);
    end();
}

static void problems_list_all_faults_in_the_language_asked_for(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, GET("/fault"));
    until(fd, has("}]}"));
    assert_true(has("HTTP/1.1 400 Bad Request\r\n"));
    assert_true(has("Content-Type: application/problem+json\r\n"));
    assert_true(has("Retry-After: 7\r\n"));
    assert_true(has("Content-Language: nl\r\n"));
    assert_true(has(
        "{\"type\":\"https://pandwacht.nl/problems/invalid\",\"title\":\"Ongeldige invoer\",\"status\":400,"
        "\"detail\":\"2 "
        "fouten\",\"code\":\"invalid\",\"invalidParams\":[{\"name\":\"/a\",\"code\":\"required\","
        "\"reason\":\"\\\"a\\\" ontbreekt\\u000a\"},{\"name\":\"\",\"code\":\"type\",\"reason\":\"x\"}]}"));
    say(fd, "GET /fault HTTP/1.1\r\nHost: a\r\nAccept-Language: en\r\n\r\n");
    until(fd, has("Invalid input"));
    assert_true(has("Content-Language: en\r\n"));
    close(fd);
    end();
}

static void our_own_errors_stay_inside(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, GET("/internal"));
    until(fd, has("\"code\":\"db\""));
    assert_true(has("HTTP/1.1 500 "));
    assert_false(has("secret"));
    say(fd, GET("/full"));
    until(fd, has("\"code\":\"internal\""));
    close(fd);
    end();
}

static void an_empty_reply_has_no_length(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, "DELETE /nothing HTTP/1.1\r\nHost: a\r\n\r\n" GET("/ping"));
    until(fd, has("pong"));
    const char *second = strstr(heard + 1, "HTTP/1.1 200");
    assert_non_null(second);
    const char *length = strstr(heard, "Content-Length");
    assert_true(length > second);
    close(fd);
    end();
}

static void head_is_get_without_body(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, "HEAD /ping HTTP/1.1\r\nHost: a\r\n\r\n" GET("/pong"));
    until(fd, has("\r\n\r\nping"));
    assert_int_equal(count("Content-Length: 4\r\n"), 2);
    assert_false(has("pong"));
    close(fd);
    end();
}

static void a_405_says_what_is_allowed(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, "PATCH /ping HTTP/1.1\r\nHost: a\r\n\r\n");
    until(fd, has("\"code\":\"method\""));
    assert_true(has("HTTP/1.1 405 "));
    assert_true(has("Allow: GET, HEAD, POST\r\n"));
    close(fd);
    end();
}

/* ---- order and connections ---- */

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, GET("/hold") GET("/ping") GET("/pong"));
    until(fd, held != NULL);
    assert_int_equal(handled, 1);
    pw_reply(held, 200, "text/plain", PW_STR("first"));
    until(fd, has("first") && has("pong") && has("\r\n\r\nping"));
    assert_true(strstr(heard, "first") < strstr(heard, "pong"));
    assert_true(strstr(heard, "pong") < strstr(heard, "\r\n\r\nping"));
    close(fd);
    end();
}

static void many_pipelined_requests_all_get_their_answer(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    for (int i = 0; i < 500; i++)
        say(fd, GET("/ping"));
    until(fd, count("\r\n\r\npong") == 500);
    assert_int_equal(handled, 500);
    close(fd);
    end();
}

static void replies_that_nobody_reads_hold_back_new_requests(void **state)
{
    (void)state;
    serve((struct pw_http_limits){.reply_ms = 60000});
    int fd = dial();
    for (int i = 0; i < 200; i++)
        say(fd, GET("/large"));
    for (int i = 0; i < 100; i++)
        pw_loop_step(loop, 2);
    assert_in_range(handled, 1, 150); /* the kernel's buffers take some megabytes, ours one reply */
    unsigned before = handled;
    for (int i = 0; i < 20; i++)
        pw_loop_step(loop, 2);
    assert_int_equal(handled, before);
    for (int i = 0; i < 3000 && handled < 200; i++) {
        heard_len = 0;
        hear(fd);
    }
    assert_int_equal(handled, 200);
    close(fd);
    end();
}

static void a_half_closed_client_still_gets_its_answer(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, GET("/hold") GET("/ping"));
    shutdown(fd, SHUT_WR);
    until(fd, held != NULL);
    pw_reply(held, 200, "text/plain", PW_STR("late"));
    until(fd, ended);
    assert_true(has("late") && has("pong"));
    close(fd);
    end();
}

static void a_client_that_goes_leaves_the_request_valid(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    struct linger hard = {.l_onoff = 1};
    say(fd, GET("/hold"));
    until(fd, held != NULL);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    close(fd); /* a reset */
    until(fd, pw_http_server_connections(server) == 0);
    assert_true(pw_request_gone(held));
    assert_int_equal(pw_http_server_requests(server), 1);
    assert_string_equal(held->peer->address, "127.0.0.1");
    pw_reply(held, 200, "text/plain", PW_STR("to nobody"));
    assert_int_equal(pw_http_server_requests(server), 0);
    end();
}

static void a_request_may_outlive_the_server(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, GET("/hold"));
    until(fd, held != NULL);
    pw_http_server_free(server);
    assert_true(pw_request_gone(held));
    pw_reply(held, 200, "text/plain", PW_STR("to nobody"));
    close(fd);
    pw_loop_free(loop);
}

static void connections_end_after_so_many_requests(void **state)
{
    (void)state;
    serve((struct pw_http_limits){.requests_connection = 2});
    int fd = dial();
    say(fd, GET("/ping") GET("/ping") GET("/ping"));
    until(fd, ended);
    assert_int_equal(count("pong"), 2);
    assert_int_equal(count("Connection: close\r\n"), 1);
    close(fd);
    end();
}

static void more_connections_than_allowed_are_turned_away(void **state)
{
    (void)state;
    const struct pw_http_limits limits[] = {{.connections = 2}, {.connections_address = 2}};
    for (size_t i = 0; i < PW_COUNT(limits); i++) {
        serve(limits[i]);
        int a = dial(), b = dial();
        until(a, pw_http_server_connections(server) == 2);
        int c = dial();
        until(c, ended);
        close(a);
        until(b, pw_http_server_connections(server) == 1);
        int d = dial();
        say(d, GET("/ping"));
        until(d, has("pong"));
        close(b);
        close(c);
        close(d);
        end();
    }
}

/* ---- the authorise hook ---- */

static void what_the_hook_refuses_is_not_read(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, POST("/secret", "Content-Length: 100\r\n\r\n"));
    until(fd, ended);
    assert_true(has("HTTP/1.1 403 "));
    assert_true(has("Connection: close\r\n"));
    assert_int_equal(handled, 0);
    close(fd);
    end();
}

static void the_hook_may_answer_later(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, POST("/slow", "Content-Length: 2\r\n\r\n{}"));
    until(fd, held != NULL);
    assert_int_equal(handled, 0);
    pw_request_admit(held);
    until(fd, has("\r\n\r\n{}"));
    assert_int_equal(handled, 1);

    held = NULL;
    say(fd, POST("/slow", "Content-Length: 2\r\n\r\n{}"));
    until(fd, held != NULL);
    pw_reply_code(held, PW_ERR_UNAUTHENTICATED);
    until(fd, has("HTTP/1.1 401 "));
    close(fd);
    end();
}

static void a_client_may_go_while_the_hook_asks(void **state)
{
    (void)state;
    for (int admit = 0; admit < 2; admit++) {
        serve((struct pw_http_limits){0});
        int fd = dial();
        struct linger hard = {.l_onoff = 1};
        say(fd, POST("/slow", "Content-Length: 2\r\n\r\n"));
        until(fd, held != NULL);
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        close(fd);
        until(fd, pw_http_server_connections(server) == 0);
        if (admit)
            pw_request_admit(held);
        else
            pw_reply_code(held, PW_ERR_FORBIDDEN);
        assert_int_equal(pw_http_server_requests(server), 0);
        assert_int_equal(handled, 0);
        end();
    }
}

/* ---- bodies ---- */

static void a_large_body_arrives_whole(void **state)
{
    (void)state;
    enum { LARGE = 100000 };
    serve((struct pw_http_limits){0});
    int fd = dial();
    char head[256], *body = malloc(LARGE + 1);
    memset(body, 'x', LARGE);
    body[0] = 'a';
    body[LARGE - 1] = 'z';
    body[LARGE] = '\0';
    snprintf(head, sizeof(head), POST("/echo", "Content-Length: %d\r\n\r\n"), LARGE);
    say(fd, head);
    for (int at = 0; at < LARGE; at += 10000) {
        assert_int_equal(send(fd, body + at, 10000, 0), 10000);
        pw_loop_step(loop, 5);
    }
    until(fd, heard_len > LARGE && heard[heard_len - 1] == 'z');
    assert_non_null(strstr(heard, body));
    free(body);
    close(fd);
    end();
}

static void continue_is_said_when_the_body_is_wanted(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, POST("/echo", "Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n"));
    until(fd, has("HTTP/1.1 100 Continue\r\n\r\n"));
    assert_int_equal(handled, 0);
    say(fd, "{}");
    until(fd, has("\r\n\r\n{}"));
    close(fd);
    fd = dial();
    say(fd, POST("/secret", "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    until(fd, ended);
    assert_false(has("100 Continue"));
    assert_true(has("HTTP/1.1 403 "));
    close(fd);
    end();
}

/* ---- deadlines ---- */

static void a_trickled_head_is_answered_408(void **state)
{
    (void)state;
    serve(short_limits);
    int fd = dial();
    int64_t begun = pw_loop_clock_us(loop);
    say(fd, "GET /ping HTTP/1.1\r\nX: ");
    while (!has("HTTP/1.1 408 ") && pw_loop_clock_us(loop) - begun < 2000000) {
        (void)!send(fd, "a", 1, MSG_NOSIGNAL); /* every octet in time, the whole never */
        hear(fd);
        usleep(2000);
    }
    assert_true(has("HTTP/1.1 408 "));
    assert_in_range(pw_loop_clock_us(loop) - begun, 140000, 1500000);
    assert_true(has("Connection: close\r\n"));
    until(fd, ended);
    close(fd);
    end();
}

static void a_trickled_body_is_answered_408_at_the_routes_deadline(void **state)
{
    (void)state;
    serve(short_limits);
    int fd = dial();
    int64_t begun = pw_loop_clock_us(loop);
    say(fd, POST("/echo", "Transfer-Encoding: chunked\r\n\r\n"));
    while (!has("HTTP/1.1 408 ") && pw_loop_clock_us(loop) - begun < 4000000) {
        (void)!send(fd, "1\r\nx\r\n", 6, MSG_NOSIGNAL);
        hear(fd);
        usleep(5000);
    }
    assert_true(has("HTTP/1.1 408 "));
    assert_in_range(pw_loop_clock_us(loop) - begun, 290000, 2500000);
    close(fd);
    end();
}

static void idle_connections_end(void **state)
{
    (void)state;
    serve(short_limits);
    int fd = dial();
    until(fd, ended);
    assert_int_equal(heard_len, 0);
    close(fd);
    fd = dial();
    say(fd, GET("/ping"));
    until(fd, has("pong"));
    until(fd, ended);
    close(fd);
    end();
}

static void a_client_that_takes_no_reply_is_cut_off(void **state)
{
    (void)state;
    serve(short_limits);
    int fd = dial(), small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    for (int i = 0; i < 200; i++)
        say(fd, GET("/large"));
    for (int i = 0; i < 400 && (i < 20 || pw_http_server_connections(server) > 0); i++)
        pw_loop_step(loop, 5);
    assert_int_equal(pw_http_server_connections(server), 0);
    close(fd);
    end();
}

/* ---- draining ---- */

static void on_drained(void *arg)
{
    (void)arg;
    drained++;
}

static void draining_finishes_what_runs(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int idle = dial(), busy = dial();
    say(idle, GET("/ping"));
    until(idle, has("pong"));
    heard_len = 0;
    say(busy, GET("/hold"));
    until(busy, held != NULL);
    uint16_t port = pw_http_server_port(server, 0);
    pw_http_server_drain(server, 5000, on_drained, NULL);
    until(idle, ended);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int late = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_not_equal(connect(late, (struct sockaddr *)&to, sizeof(to)), 0);
    assert_int_equal(drained, 0);
    heard_len = 0;
    ended = false;
    pw_reply(held, 200, "text/plain", PW_STR("last"));
    until(busy, ended);
    assert_true(has("last") && has("Connection: close\r\n"));
    close(busy);
    until(idle, drained == 1);
    close(idle);
    close(late);
    end();
}

static void draining_ends_at_its_deadline(void **state)
{
    (void)state;
    serve((struct pw_http_limits){0});
    int fd = dial();
    say(fd, GET("/hold"));
    until(fd, held != NULL);
    pw_http_server_drain(server, 60, on_drained, NULL);
    until(fd, drained == 1);
    assert_true(pw_request_gone(held));
    pw_reply_code(held, PW_ERR_UNAVAILABLE);
    close(fd);
    end();
}

/* ---- what does not start ---- */

static void expect_no_start(const struct pw_route *table, size_t n, const char *address, const char *why)
{
    struct pw_err err = {0};
    struct pw_http_server *none = NULL;
    const struct pw_http_listen listen = {.address = address};
    const struct pw_http_options options = {
        .listen = &listen, .listen_count = 1, .routes = table, .route_count = n};
    assert_false(pw_http_server_new(loop, &options, &none, &err));
    if (strstr(err.text, why) == NULL)
        fail_msg("expected \"%s\", got \"%s\"", why, err.text);
    assert_null(none);
}

static void tables_that_cannot_be_served_do_not_start(void **state)
{
    (void)state;
    loop = pw_loop_new();
    const struct pw_route good = routes[0];
    struct pw_route r = good;
    r.scope = NULL;
    expect_no_start(&r, 1, "127.0.0.1:0", "no scope");
    r = good;
    r.handler = NULL;
    expect_no_start(&r, 1, "127.0.0.1:0", "no handler");
    r = good;
    static const char *const bad[] = {
        "/a/", "/a//b", "/a b", "/{}", "/a{b}", "/%41", "/{a}/{a}/{a}/{a}/{a}/{a}/{a}/{a}/{a}"};
    for (size_t i = 0; i < PW_COUNT(bad); i++) {
        r.pattern = bad[i];
        expect_no_start(&r, 1, "127.0.0.1:0", "malformed");
    }
    const struct pw_route twice[] = {good, good};
    expect_no_start(twice, 2, "127.0.0.1:0", "twice");
    expect_no_start(&good, 1, "0.0.0.0:0", "loopback");
    expect_no_start(&good, 1, "127.0.0.1", "loopback");
    pw_loop_free(loop);
}

static void other_host_names_are_misdirected(void **state)
{
    (void)state;
    const char *const names[] = {"a", "b.test"};
    const struct pw_http_listen listen = {.address = "127.0.0.1:0", .names = names, .name_count = 2};
    serve_with(&listen, (struct pw_http_limits){0});
    int fd = dial();
    say(fd, "GET /ping HTTP/1.1\r\nHost: B.test:8443\r\n\r\n");
    until(fd, has("pong"));
    say(fd, "GET /ping HTTP/1.1\r\nHost: evil.test\r\n\r\n");
    until(fd, has("HTTP/1.1 421 "));
    close(fd);
    end();
}

/* ---- over TLS ---- */

static struct test_ca ca;

struct tls_end {
    struct pw_stream *stream;
    bool closed;
};

static void on_tls_ready(void *arg)
{
    struct tls_end *client = arg;
    static const char request[] = "GET /look/1/at/2 HTTP/1.1\r\nHost: a\r\n\r\n";
    assert_true(pw_stream_write(client->stream, request, sizeof(request) - 1));
}

static void on_tls_data(void *arg)
{
    struct tls_end *client = arg;
    struct pw_buf *in = pw_stream_input(client->stream);
    memcpy(heard + heard_len, in->data, in->len);
    heard_len += in->len;
    heard[heard_len] = '\0';
    pw_buf_consume(in, in->len);
    pw_stream_consumed(client->stream);
}

static void on_tls_closed(void *arg, const struct pw_err *why)
{
    (void)why;
    ((struct tls_end *)arg)->closed = true;
}

static const struct pw_stream_events tls_events = {
    .on_ready = on_tls_ready, .on_data = on_tls_data, .on_closed = on_tls_closed};

static void over_tls_the_peer_is_known(void **state)
{
    (void)state;
    struct pw_err err;
    struct pw_tls_context *tls, *client_tls;
    struct tls_end client = {0};
    char address[64];
    test_ca_new(&ca, "ca", NULL);
    test_issue(&ca, &(struct test_cert){.name = "server", .cn = "s", .san = "DNS:a", .usage = "serverAuth"});
    test_issue(&ca,
        &(struct test_cert){.name = "c", .cn = "c", .oin = "00000001234567890000", .usage = "clientAuth"});
    struct pw_tls_options options = {.cert_file = test_path(&ca, "server", ".pem"),
        .key_file = test_path(&ca, "server", ".key"),
        .ca_file = test_path(&ca, "ca", ".pem"),
        .clients = PW_TLS_CLIENTS_OPTIONAL};
    assert_true(pw_tls_context_new(&options, &tls, &err));
    options = (struct pw_tls_options){.client_side = true,
        .cert_file = test_path(&ca, "c", ".pem"),
        .key_file = test_path(&ca, "c", ".key"),
        .ca_file = test_path(&ca, "ca", ".pem"),
        .expected_name = "a"};
    assert_true(pw_tls_context_new(&options, &client_tls, &err));
    const struct pw_http_listen listen = {.address = "127.0.0.1:0", .tls = tls};
    serve_with(&listen, (struct pw_http_limits){0});
    snprintf(address, sizeof(address), "127.0.0.1:%u", pw_http_server_port(server, 0));
    heard_len = 0;
    heard[0] = '\0';
    assert_true(
        pw_stream_connect(loop, address, client_tls, NULL, &tls_events, &client, &client.stream, &err));
    for (int i = 0; i < 400 && !has("oin=") && !client.closed; i++)
        pw_loop_step(loop, 5);
    assert_true(has("tls=1 oin=00000001234567890000"));
    assert_true(has("Strict-Transport-Security: max-age=63072000; includeSubDomains\r\n"));
    pw_stream_free(client.stream);

    int fd = dial();
    say(fd, GET("/ping"));
    until(fd, ended);
    assert_true(has("TLS is required"));
    const char *body = strstr(heard, "\r\n\r\n") + 4;
    assert_int_equal(strlen(body), strtoul(strstr(heard, "Content-Length: ") + 16, NULL, 10));
    close(fd);
    end();
    pw_tls_context_unref(tls);
    pw_tls_context_unref(client_tls);
    test_ca_remove(&ca);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replies_carry_the_headers_of_the_house),
        cmocka_unit_test(handlers_can_read_all_of_a_request),
        cmocka_unit_test(problems_list_all_faults_in_the_language_asked_for),
        cmocka_unit_test(our_own_errors_stay_inside),
        cmocka_unit_test(an_empty_reply_has_no_length),
        cmocka_unit_test(head_is_get_without_body),
        cmocka_unit_test(a_405_says_what_is_allowed),
        cmocka_unit_test(pipelined_requests_are_answered_in_order),
        cmocka_unit_test(many_pipelined_requests_all_get_their_answer),
        cmocka_unit_test(replies_that_nobody_reads_hold_back_new_requests),
        cmocka_unit_test(a_half_closed_client_still_gets_its_answer),
        cmocka_unit_test(a_client_that_goes_leaves_the_request_valid),
        cmocka_unit_test(a_request_may_outlive_the_server),
        cmocka_unit_test(connections_end_after_so_many_requests),
        cmocka_unit_test(more_connections_than_allowed_are_turned_away),
        cmocka_unit_test(what_the_hook_refuses_is_not_read),
        cmocka_unit_test(the_hook_may_answer_later),
        cmocka_unit_test(a_client_may_go_while_the_hook_asks),
        cmocka_unit_test(a_large_body_arrives_whole),
        cmocka_unit_test(continue_is_said_when_the_body_is_wanted),
        cmocka_unit_test(a_trickled_head_is_answered_408),
        cmocka_unit_test(a_trickled_body_is_answered_408_at_the_routes_deadline),
        cmocka_unit_test(idle_connections_end),
        cmocka_unit_test(a_client_that_takes_no_reply_is_cut_off),
        cmocka_unit_test(draining_finishes_what_runs),
        cmocka_unit_test(draining_ends_at_its_deadline),
        cmocka_unit_test(tables_that_cannot_be_served_do_not_start),
        cmocka_unit_test(other_host_names_are_misdirected),
        cmocka_unit_test(over_tls_the_peer_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
