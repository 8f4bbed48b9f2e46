/*
 * The client room against the http room over mutual TLS, in one process. It stands under
 * access because that room reaches both.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pandwacht/client.h>
#include <pandwacht/http.h>
#include <pandwacht/loop.h>

#include "../../support/test_ca.h"

static struct test_ca ca;
static struct pw_loop *loop;
static struct pw_http_server *server;
static struct pw_client *client;
static unsigned done_count;
static struct pw_client_answer last;
static char body[64], oin[64];

static void on_take(struct pw_request *req, void *stage)
{
    (void)stage;
    snprintf(oin, sizeof(oin), "%.63s", req->peer->oin);
    pw_reply(req, 202, "application/json", req->body);
}

static void on_busy(struct pw_request *req, void *stage)
{
    (void)stage;
    pw_reply_problem(req, &(struct pw_problem){.code = PW_ERR_UNAVAILABLE, .retry_after_s = 17});
}

static void on_move(struct pw_request *req, void *stage)
{
    (void)stage;
    pw_reply_header(req, "Location", PW_STR("https://elsewhere.test/"));
    pw_reply_empty(req, 303);
}

static void on_flood(struct pw_request *req, void *stage)
{
    (void)stage;
    static char much[5000];
    memset(much, 'x', sizeof(much));
    pw_reply(req, 200, "text/plain", (struct pw_str){much, sizeof(much)});
}

static struct pw_request *hung;
static void on_hang(struct pw_request *req, void *stage)
{
    (void)stage;
    hung = req;
}

static void on_done(void *arg, const struct pw_client_answer *answer)
{
    (void)arg;
    done_count++;
    last = *answer;
    snprintf(
        body, sizeof(body), "%.*s", (int)(answer->body.len < 63 ? answer->body.len : 63), answer->body.data);
}

static void call_with(
    const char *path, const char *cert, const char *ca_name, const char *name, int64_t deadline_ms)
{
    char url[128];
    struct pw_err err = {0};
    snprintf(url, sizeof(url), "https://127.0.0.1:%u%s", pw_http_server_port(server, 0), path);
    const char *const headers[] = {"Content-Type: application/json"};
    const struct pw_client_request request = {.url = url,
        .headers = headers,
        .header_count = 1,
        .body = PW_STR("{\"a\":1}"),
        .cert_file = cert != NULL ? test_path(&ca, cert, ".pem") : NULL,
        .key_file = cert != NULL ? test_path(&ca, cert, ".key") : NULL,
        .ca_file = test_path(&ca, ca_name, ".pem"),
        .expected_name = name,
        .deadline_ms = deadline_ms,
        .allow_private = true};
    done_count = 0;
    if (!pw_client_send(client, &request, on_done, NULL, NULL, &err))
        fail_msg("%s", err.text);
    for (int i = 0; i < 600 && done_count == 0; i++)
        pw_loop_step(loop, 10);
    assert_int_equal(done_count, 1);
}

static void calls_end_as_they_should(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        call_with("/take", "partner", "ca", "desk.test", 0);
        assert_int_equal(last.end, PW_CLIENT_ANSWERED);
        assert_int_equal(last.status, 202);
        assert_string_equal(body, "{\"a\":1}");
        assert_string_equal(oin, "00000001234567890000");
    }
    assert_int_equal(pw_http_server_connections(server), 1); /* kept alive */
    call_with("/busy", "partner", "ca", "desk.test", 0);
    assert_int_equal(last.status, 503);
    assert_int_equal(last.retry_after_s, 17);
    call_with("/move", "partner", "ca", "desk.test", 0);
    assert_int_equal(last.end, PW_CLIENT_REDIRECT);
    call_with("/flood", "partner", "ca", "desk.test", 0);
    assert_int_equal(last.end, PW_CLIENT_TOO_LARGE);
    call_with("/hang", "partner", "ca", "desk.test", 100);
    assert_int_equal(last.end, PW_CLIENT_TIMEOUT);
    pw_reply_code(hung, PW_ERR_UNAVAILABLE);
}

static void tls_faults_are_told_as_such(void **state)
{
    (void)state;
    call_with("/take", "partner", "ca", "other.test", 0);
    assert_int_equal(last.end, PW_CLIENT_TLS);
    call_with("/take", "partner", "foreign", "desk.test", 0);
    assert_int_equal(last.end, PW_CLIENT_TLS);
    call_with("/take", NULL, "ca", "desk.test", 0);
    assert_int_equal(last.end, PW_CLIENT_TLS);
}

#include <pandwacht/access.h>
static const struct pw_scope anyone = {.name = "anyone", .open = true};

static int set_up(void **state)
{
    (void)state;
    struct pw_err err = {0};
    struct test_ca foreign;
    struct pw_tls_context *tls;
    test_ca_new(&ca, "ca", NULL);
    test_ca_new(&foreign, "foreign", &ca);
    test_ca_release(&foreign);
    test_issue(
        &ca, &(struct test_cert){.name = "server", .cn = "s", .san = "DNS:desk.test", .usage = "serverAuth"});
    test_issue(&ca, &(struct test_cert){
                        .name = "partner", .cn = "p", .oin = "00000001234567890000", .usage = "clientAuth"});
    const struct pw_tls_options options = {.cert_file = test_path(&ca, "server", ".pem"),
        .key_file = test_path(&ca, "server", ".key"),
        .ca_file = test_path(&ca, "ca", ".pem"),
        .clients = PW_TLS_CLIENTS_REQUIRED};
    if (!pw_tls_context_new(&options, &tls, &err))
        return -1;
    const struct pw_http_listen listen = {.address = "127.0.0.1:0", .tls = tls};
    const struct pw_route routes[] = {
        {.method = PW_HTTP_POST, .pattern = "/take", .scope = &anyone, .handler = on_take},
        {.method = PW_HTTP_POST, .pattern = "/busy", .scope = &anyone, .handler = on_busy},
        {.method = PW_HTTP_POST, .pattern = "/move", .scope = &anyone, .handler = on_move},
        {.method = PW_HTTP_POST, .pattern = "/flood", .scope = &anyone, .handler = on_flood},
        {.method = PW_HTTP_POST, .pattern = "/hang", .scope = &anyone, .handler = on_hang},
    };
    const struct pw_http_options http = {
        .listen = &listen, .listen_count = 1, .routes = routes, .route_count = PW_COUNT(routes)};
    loop = pw_loop_new();
    client = pw_client_new(loop, NULL);
    if (!pw_http_server_new(loop, &http, &server, &err))
        return -1;
    pw_tls_context_unref(tls);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pw_client_free(client);
    pw_http_server_free(server);
    pw_loop_free(loop);
    test_ca_remove(&ca);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_end_as_they_should),
        cmocka_unit_test(tls_faults_are_told_as_such),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
