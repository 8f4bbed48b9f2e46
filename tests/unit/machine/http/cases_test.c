/*
 * Every row of cases.h against a running server over a real socket: once sent whole, once
 * octet by octet; the answer must be the same. With PW_CORPUS=<folder> the rows are also
 * written there, as seeds for the fuzz targets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <pandwacht/http.h>
#include <pandwacht/loop.h>

#include "cases.h"

struct pw_scope {
    int unused;
};

static const struct pw_scope scope;
static struct pw_loop *loop;
static struct pw_http_server *server;
static unsigned handled;

static void on_ping(struct pw_request *req, void *stage)
{
    (void)stage;
    handled++;
    pw_reply(req, 200, "text/plain", PW_STR("pong"));
}

static void on_echo(struct pw_request *req, void *stage)
{
    (void)stage;
    handled++;
    pw_reply(req, 200, "application/json", req->body);
}

static const struct pw_route routes[] = {
    {.method = PW_HTTP_GET, .pattern = "/ping", .scope = &scope, .handler = on_ping},
    {.method = PW_HTTP_POST, .pattern = "/echo", .scope = &scope, .handler = on_echo, .body_max = 1000},
    {.method = PW_HTTP_GET, .pattern = "/items/{id}", .scope = &scope, .handler = on_ping},
    {.method = PW_HTTP_GET, .pattern = "/items/_all", .scope = &scope, .handler = on_ping},
};

static int open_connection(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
        .sin_port = htons(pw_http_server_port(server, 0)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}

struct heard {
    char text[4096];
    size_t len;
    bool ended;
};

static void listen_once(int fd, struct heard *heard)
{
    ssize_t n = recv(fd, heard->text + heard->len, sizeof(heard->text) - 1 - heard->len, MSG_DONTWAIT);
    if (n > 0)
        heard->len += (size_t)n;
    heard->ended |= n == 0;
    heard->text[heard->len] = '\0';
}

static void say(int fd, const char *octets, size_t len, bool singly, struct heard *heard)
{
    for (size_t at = 0; at < len && heard->len == 0;) {
        size_t part = singly ? 1 : len - at;
        ssize_t n = send(fd, octets + at, part, MSG_NOSIGNAL);
        assert_int_equal(n, part);
        at += part;
        pw_loop_step(loop, 0);
        if (singly)
            listen_once(fd, heard);
    }
}

static bool answered(const struct heard *heard)
{
    const char *body = strstr(heard->text, "\r\n\r\n");
    const char *length = strstr(heard->text, "Content-Length: ");
    if (body == NULL || length == NULL || length > body)
        return false;
    bool head_only = strstr(heard->text, "X-Method: HEAD") != NULL;
    return head_only || heard->len >= (size_t)(body + 4 - heard->text) + strtoul(length + 16, NULL, 10);
}

static void wait_for(int fd, struct heard *heard, bool for_end)
{
    for (int i = 0; i < 300 && !heard->ended; i++) {
        pw_loop_step(loop, 5);
        listen_once(fd, heard);
        if (!for_end && (answered(heard) || strncmp(heard->text, "HTTP/1.1 405", 12) == 0))
            return;
    }
}

static int status_of(const struct heard *heard)
{
    return heard->len > 12 ? atoi(heard->text + 9) : 0;
}

/* After an answer that leaves the connection open the next request on it must be served. */
static void expect_usable(int fd, const struct http_case *row)
{
    static const char next[] = "GET /ping HTTP/1.1\r\nHost: a.test\r\n\r\n";
    struct heard heard = {0};
    say(fd, next, sizeof(next) - 1, false, &heard);
    wait_for(fd, &heard, false);
    if (status_of(&heard) != 200)
        fail_msg("%s: the connection is not usable afterwards: %s", row->name, heard.text);
}

static void run_case(const struct http_case *row, bool singly)
{
    struct heard heard = {0};
    int fd = open_connection();
    unsigned before = handled;
    say(fd, row->octets, row->len, singly, &heard);
    wait_for(fd, &heard, row->closes);
    if (status_of(&heard) != row->status)
        fail_msg("%s%s: expected %d, got %s", row->name, singly ? " (singly)" : "", row->status,
            heard.len > 0 ? heard.text : "nothing");
    if (heard.ended != row->closes)
        fail_msg("%s: the connection %s", row->name, heard.ended ? "ended" : "stayed open");
    assert_int_equal(handled - before, row->status == 200);
    if (row->status >= 400 && strstr(heard.text, "application/problem+json") == NULL)
        fail_msg("%s: no problem details: %s", row->name, heard.text);
    if (strstr(heard.text, "API-Version: 1.0.0\r\n") == NULL)
        fail_msg("%s: no API-Version", row->name);
    if (!row->closes && strncmp(row->octets, "HEAD", 4) != 0)
        expect_usable(fd, row);
    close(fd);
}

static void every_case_is_answered_as_it_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < PW_COUNT(http_cases); i++)
        run_case(&http_cases[i], false);
}

static void every_case_sent_octet_by_octet_is_answered_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < PW_COUNT(http_cases); i++)
        run_case(&http_cases[i], true);
}

static void there_are_at_least_150_malformed_cases(void **state)
{
    (void)state;
    size_t malformed = 0;
    for (size_t i = 0; i < PW_COUNT(http_cases); i++) {
        malformed += http_cases[i].status >= 400;
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(http_cases[i].name, http_cases[j].name);
    }
    assert_true(malformed >= 150);
}

static void write_corpus(const char *folder)
{
    char path[512];
    for (size_t i = 0; i < PW_COUNT(http_cases); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, http_cases[i].name);
        FILE *file = fopen(path, "wb");
        assert_non_null(file);
        assert_int_equal(fwrite(http_cases[i].octets, 1, http_cases[i].len, file), http_cases[i].len);
        fclose(file);
    }
}

static int start(void **state)
{
    (void)state;
    struct pw_err err = {0};
    const struct pw_http_listen listen = {.address = "127.0.0.1:0"};
    loop = pw_loop_new();
    const struct pw_http_options options = {
        .listen = &listen, .listen_count = 1, .routes = routes, .route_count = PW_COUNT(routes)};
    if (!pw_http_server_new(loop, &options, &server, &err))
        fail_msg("%s", err.text);
    if (getenv("PW_CORPUS") != NULL)
        write_corpus(getenv("PW_CORPUS"));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    pw_http_server_free(server);
    pw_loop_free(loop);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_are_at_least_150_malformed_cases),
        cmocka_unit_test(every_case_is_answered_as_it_should),
        cmocka_unit_test(every_case_sent_octet_by_octet_is_answered_the_same),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
