/* The client: which addresses, which requests, how it ends where nobody answers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <pandwacht/client.h>
#include <pandwacht/loop.h>

#include "../../support/test_ca.h"

static void addresses_that_nobody_may_call(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool private;
    } rows[] = {{"127.0.0.1", true}, {"10.1.2.3", true}, {"172.31.0.1", true}, {"172.32.0.1", false},
        {"192.168.1.1", true}, {"169.254.169.254", true}, {"100.64.0.1", true}, {"0.0.0.0", true},
        {"224.0.0.1", true}, {"255.255.255.255", true}, {"8.8.8.8", false}, {"145.97.0.1", false},
        {"::1", true}, {"::", true}, {"::ffff:127.0.0.1", true}, {"::ffff:8.8.8.8", false}, {"fe80::1", true},
        {"fd00::1", true}, {"2001:db8::1", true}, {"2a00:1450:400e:80c::200e", false},
        {"64:ff9b::7f00:1", true}, {"2002:7f00:1::", true}, {"ff02::1", true}};
    for (size_t i = 0; i < PW_COUNT(rows); i++) {
        struct sockaddr_in v4 = {.sin_family = AF_INET};
        struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
        const void *address = &v4;
        if (inet_pton(AF_INET, rows[i].text, &v4.sin_addr) != 1) {
            assert_int_equal(inet_pton(AF_INET6, rows[i].text, &v6.sin6_addr), 1);
            address = &v6;
        }
        if (pw_client_address_is_private(address) != rows[i].private)
            fail_msg("%s", rows[i].text);
    }
}

static struct test_ca ca;
static struct pw_loop *loop;
static unsigned done_count;
static struct pw_client_answer last;

static void on_done(void *arg, const struct pw_client_answer *answer)
{
    (void)arg;
    done_count++;
    last = *answer;
}

static void wait_done(void)
{
    for (int i = 0; i < 600 && done_count == 0; i++)
        pw_loop_step(loop, 10);
    assert_int_equal(done_count, 1);
}

static void malformed_requests_are_refused_at_once(void **state)
{
    (void)state;
    static const char *const urls[] = {"http://a.test/", "https://u:p@a.test/", "https://a.test/#x",
        "ftp://a.test/", "a.test", "", "https://a.test/\r\nX: y"};
    struct pw_client *client = pw_client_new(loop, NULL);
    struct pw_err err;
    for (size_t i = 0; i < PW_COUNT(urls); i++) {
        const struct pw_client_request request = {.url = urls[i], .ca_file = test_path(&ca, "ca", ".pem")};
        if (pw_client_send(client, &request, on_done, NULL, NULL, &err))
            fail_msg("accepted: %s", urls[i]);
    }
    const struct pw_client_request no_ca = {.url = "https://a.test/"};
    assert_false(pw_client_send(client, &no_ca, on_done, NULL, NULL, &err));
    assert_int_equal(pw_client_busy(client), 0);
    pw_client_free(client);
}

static void loopback_is_denied_unless_allowed_and_then_refused(void **state)
{
    (void)state;
    struct pw_client *client = pw_client_new(loop, NULL);
    struct pw_err err;
    struct pw_client_request request = {
        .url = "https://127.0.0.1:1/", .ca_file = test_path(&ca, "ca", ".pem")};
    done_count = 0;
    assert_true(pw_client_send(client, &request, on_done, NULL, NULL, &err));
    assert_int_equal(done_count, 0);
    wait_done();
    assert_int_equal(last.end, PW_CLIENT_DENIED);
    request.allow_private = true;
    done_count = 0;
    assert_true(pw_client_send(client, &request, on_done, NULL, NULL, &err));
    wait_done();
    assert_int_equal(last.end, PW_CLIENT_REFUSED);
    assert_string_equal(pw_client_end_word(last.end), "refused");
    pw_client_free(client);
}

static int set_up(void **state)
{
    (void)state;
    test_ca_new(&ca, "ca", NULL);
    loop = pw_loop_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    pw_loop_free(loop);
    test_ca_remove(&ca);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_that_nobody_may_call),
        cmocka_unit_test(malformed_requests_are_refused_at_once),
        cmocka_unit_test(loopback_is_denied_unless_allowed_and_then_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
