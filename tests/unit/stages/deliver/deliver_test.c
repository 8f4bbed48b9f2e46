/* Delivery against a real PostgreSQL, with the client room faked: what is sent when, and what is left behind.
 */
#include "../../unit.h"

#include "../../pg.h"

#include <pandwacht/client.h>
#include <pandwacht/crypto.h>
#include <pandwacht/deliver.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>

static const char *url;
static struct pw_loop *loop;
static struct pw_db *db;
static struct pw_arena *arena;
static struct pw_keys *keys;
static struct pw_uuid receiver;

/* What the receiver does, and what it took. */
static int answer_status;
static int requests;
static char accepted[64][40];
static int accepted_count;

/* RFC 9421 section 2.5, put together once more from what is sent. */
static void check_signature(const struct pw_client_request *request)
{
    const struct pw_public_key *key = pw_crypto_public(keys, 0);
    const char *digest = strstr(request->headers[1], ": ") + 2;
    const char *params = strstr(request->headers[2], "=") + 1;
    const char *value = strstr(request->headers[3], "=:") + 2;
    uint8_t octets[PW_SIGNATURE_SIZE];
    char text[96] = "";
    size_t len;
    struct pw_str base = pw_str_printf(arena,
        "\"@method\": POST\n\"@target-uri\": https://localhost:1/events\n"
        "\"content-type\": application/cloudevents+json\n\"content-digest\": %s\n"
        "\"@signature-params\": %s",
        digest, params);

    assert_non_null(strstr(params, key->id));
    snprintf(text, sizeof(text), "%.86s", value);
    for (char *c = text; *c != '\0'; c++) {
        *c = (char)(*c == '+' ? '-' : *c == '/' ? '_' : *c);
    }
    assert_true(pw_crypto_base64url_read(pw_str_z(text), octets, sizeof(octets), &len));
    assert_true(pw_crypto_verify(key->octets, base, octets));
}

/* The client room, faked: answers every call at the end of the round. */
struct pw_client_call {
    struct pw_deferred answer;
    pw_client_done on_done;
    void *arg;
    bool cancelled;
};

static void on_call(void *arg)
{
    struct pw_client_call *call = arg;
    const struct pw_client_answer answer = {.end = answer_status > 0 ? PW_CLIENT_ANSWERED : PW_CLIENT_TIMEOUT,
        .status = answer_status,
        .retry_after_s = -1,
        .body = {"", 0}};

    if (!call->cancelled) {
        call->on_done(call->arg, &answer);
    }
    free(call);
}

bool pw_client_send(struct pw_client *unused, const struct pw_client_request *request, pw_client_done on_done,
    void *arg, struct pw_client_call **ret_call, struct pw_err *err)
{
    struct pw_client_call *call = pw_xcalloc(1, sizeof(*call));
    struct pw_json_error bad;
    const struct pw_json *json;

    (void)unused;
    (void)err;
    requests++;
    assert_string_equal(request->headers[0], "Content-Type: application/cloudevents+json");
    assert_int_equal(strncmp(request->headers[1], "Content-Digest: sha-256=:", 25), 0);
    check_signature(request);
    assert_string_equal(request->url, "https://127.0.0.1:1/events");
    assert_string_equal(request->cert_file, "own.crt");
    assert_true(pw_json_parse(arena, request->body, NULL, &json, &bad));
    if (answer_status == 202) {
        struct pw_str id = pw_json_str(pw_json_get(json, "id"));
        snprintf(accepted[accepted_count++], 40, "%.*s", PW_STR_ARG(id));
    }
    call->on_done = on_done;
    call->arg = arg;
    pw_deferred_init(&call->answer, loop, "test: answer", on_call, call);
    pw_deferred_call(&call->answer);
    if (ret_call != NULL) {
        *ret_call = call;
    }
    return true;
}

void pw_client_cancel(struct pw_client_call *call)
{
    call->cancelled = true;
}

const char *pw_client_end_word(enum pw_client_end end)
{
    return end == PW_CLIENT_TIMEOUT ? "timeout" : "other";
}

static int open_all(void **state)
{
    (void)state;
    url = pg_fresh("deliver");
    loop = pw_loop_new();
    arena = pw_arena_new();
    keys = pw_crypto_keys_for_test("deliver");
    db = pw_db_new(loop, &(struct pw_db_options){.url = url, .greet = true});
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    pw_db_free(db);
    pw_crypto_keys_free(keys);
    pw_arena_free(arena);
    pw_loop_free(loop);
    return 0;
}

static int fresh(void **state)
{
    char id[PW_UUID_TEXT], sql[2048];

    (void)state;
    answer_status = 202;
    requests = accepted_count = 0;
    receiver = pw_uuid_v7(pw_loop_wall(loop));
    snprintf(sql, sizeof(sql),
        "truncate outbox, outbox_sequence, lane; delete from receiver; insert into receiver (id, name, kind, "
        "oin,"
        " url, ca_file, expected_name, private_range) values ('%s', 'riec', 'desk', '00000001234567890000',"
        " 'https://127.0.0.1:1/events', '%s', 'localhost', true)",
        pw_uuid_format(&receiver, id), "/ca.crt");
    pg_sql(url, sql);
    return 0;
}

static struct pw_deliver *start(void)
{
    struct pw_deliver *d = pw_deliver_new(&(struct pw_deliver_options){.loop = loop,
        .db = db,
        .keys = keys,
        .cert_file = "own.crt",
        .key_file = "own.key",
        .poll_ms = 50,
        .backoff_ms = 20,
        .backoff_max_ms = 100});
    pw_deliver_start(d);
    return d;
}

static void on_stopped(void *arg)
{
    *(bool *)arg = true;
}

static void stop(struct pw_deliver *d)
{
    bool stopped = false;

    pw_deliver_stop(d, on_stopped, &stopped);
    while (!stopped) {
        pw_loop_step(loop, 100);
    }
    pw_deliver_free(d);
}

static void put(
    const struct pw_uuid *premises, const char *name, const char *type, const struct pw_uuid *alert)
{
    struct pw_uuid id = pw_uuid_v8(pw_str_z(name));
    struct pw_tx *tx = pw_db_begin(db, "test: outbox", 0);
    struct pw_err err;

    pw_ledger_outbox_add(tx, premises, &receiver, &id, pw_str_z(type), alert,
        pw_str_printf(arena, "{\"id\":\"%s\",\"type\":\"%s\"}", name, type));
    assert_true(pw_tx_run(tx, &err));
    pw_tx_close(tx);
}

/* Steps the loop until the query gives `want`; fails after a minute. */
static void await_sql(const char *sql, const char *want)
{
    const char *got = "";

    for (int i = 0; i < 600; i++) {
        got = pg_sql(url, sql);
        if (strcmp(got, want) == 0) {
            return;
        }
        for (int64_t until = pw_loop_now_ms(loop) + 100; pw_loop_now_ms(loop) < until;) {
            pw_loop_step(loop, 20);
        }
    }
    print_error("%s: %s, not %s\n", sql, got, want);
    fail();
}

#define STATES "select coalesce(string_agg(state, ',' order by sequence), '') from outbox"
#define RAISED "nl.pandwacht.alert.raised"
#define GONE   "nl.pandwacht.alert.withdrawn"

static void in_order_per_premises(void **state)
{
    struct pw_uuid premises = pw_uuid_v7(1), alert = pw_uuid_v7(2);

    (void)state;
    put(&premises, "a", RAISED, &alert);
    put(&premises, "b", "nl.pandwacht.alert.escalated", &alert);
    put(&premises, "c", "nl.pandwacht.alert.closed", &alert);
    struct pw_deliver *d = start();
    await_sql(STATES, "delivered,delivered,delivered");
    stop(d);
    assert_int_equal(accepted_count, 3);
    assert_string_equal(accepted[0], "a");
    assert_string_equal(accepted[1], "b");
    assert_string_equal(accepted[2], "c");
    assert_string_equal(pg_sql(url, "select count(*) from lane where owner is not null"), "0");
}

static void a_failing_receiver_is_tried_again(void **state)
{
    struct pw_uuid premises = pw_uuid_v7(1), alert = pw_uuid_v7(2);

    (void)state;
    answer_status = 503;
    put(&premises, "a", RAISED, &alert);
    struct pw_deliver *d = start();
    await_sql("select attempts >= 3 and state = 'pending' and last_status = 503 from outbox", "t");
    answer_status = 202;
    await_sql(STATES, "delivered");
    stop(d);
    assert_int_equal(accepted_count, 1);
}

static void what_cannot_heal_is_dead_and_holds_back(void **state)
{
    struct pw_uuid premises = pw_uuid_v7(1), other = pw_uuid_v7(3), alert = pw_uuid_v7(2);
    struct pw_err err;
    int64_t count;

    (void)state;
    answer_status = 415;
    put(&premises, "a", RAISED, &alert);
    put(&premises, "b", "nl.pandwacht.alert.escalated", &alert);
    struct pw_deliver *d = start();
    await_sql(STATES, "dead,pending");
    answer_status = 202;
    put(&other, "c", RAISED, &alert);
    await_sql("select count(*) from outbox where state = 'delivered'", "1");
    assert_int_equal(requests, 2); /* b was held back, c passed */
    assert_true(pw_partner_replay(db, PW_STR("riec"), NULL, &count, &err));
    assert_int_equal(count, 1);
    await_sql("select count(*) from outbox where state = 'delivered'", "3");
    stop(d);
    assert_string_equal(accepted[1], "a");
    assert_string_equal(accepted[2], "b");
}

static void gone_pauses_the_receiver(void **state)
{
    struct pw_uuid premises = pw_uuid_v7(1), alert = pw_uuid_v7(2);

    (void)state;
    answer_status = 410;
    put(&premises, "a", RAISED, &alert);
    struct pw_deliver *d = start();
    await_sql("select paused_reason from receiver", "gone");
    int then = requests;
    answer_status = 202;
    for (int64_t until = pw_loop_now_ms(loop) + 400; pw_loop_now_ms(loop) < until;) {
        pw_loop_step(loop, 20);
    }
    assert_int_equal(requests, then);
    pg_sql(url, "update receiver set paused_at = null");
    await_sql(STATES, "delivered");
    stop(d);
}

static void raised_and_withdrawn_cancel_each_other(void **state)
{
    struct pw_uuid premises = pw_uuid_v7(1), alert = pw_uuid_v7(2), later = pw_uuid_v7(4);

    (void)state;
    put(&premises, "a", RAISED, &alert);
    put(&premises, "b", GONE, &alert);
    put(&premises, "c", RAISED, &later);
    struct pw_deliver *d = start();
    await_sql(STATES, "cancelled,cancelled,delivered");
    stop(d);
    assert_int_equal(requests, 1);
    assert_string_equal(
        pg_sql(url, "select count(*) from audit_record where action = 'event-cancelled'"), "2");
}

static void a_partner_is_tested(void **state)
{
    struct pw_deliver_options options = {
        .loop = loop, .keys = keys, .cert_file = "own.crt", .key_file = "own.key", .deadline_ms = 5000};
    struct pw_err err;
    int status = 0;

    (void)state;
    assert_true(pw_partner_test(loop, db, NULL, &options, PW_STR("riec"), &status, &err));
    assert_int_equal(status, 202);
    assert_false(pw_partner_test(loop, db, NULL, &options, PW_STR("nobody"), &status, &err));
    assert_int_equal(err.code, PW_ERR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup(in_order_per_premises, fresh),
        cmocka_unit_test_setup(a_failing_receiver_is_tried_again, fresh),
        cmocka_unit_test_setup(what_cannot_heal_is_dead_and_holds_back, fresh),
        cmocka_unit_test_setup(gone_pauses_the_receiver, fresh),
        cmocka_unit_test_setup(raised_and_withdrawn_cancel_each_other, fresh),
        cmocka_unit_test_setup(a_partner_is_tested, fresh)};

    return cmocka_run_group_tests(tests, open_all, close_all);
}
