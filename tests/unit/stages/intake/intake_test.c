/* Intake through a real HTTP server (plain, loopback) into a real PostgreSQL, asked by curl. */
#include "../../unit.h"

#include <fcntl.h>

#include "../../pg.h"

#include <pandwacht/access.h>
#include <pandwacht/crypto.h>
#include <pandwacht/http.h>
#include <pandwacht/intake.h>
#include <pandwacht/ledger.h>

static const char *url;
static struct pw_loop *loop;
static struct pw_db *db;
static struct pw_keys *keys;
static const struct pw_fact_model *model;
static struct pw_ledger *ledger;
static struct pw_intake *intake;
static struct pw_http_server *server;
static struct pw_caller caller = {.kind = PW_CALLER_CLIENT,
    .id = {{0xc}},
    .controller = "00000001234567890000",
    .source_classes = 1u << PW_CLASS_CITIZEN_TIP};

static void authorise(struct pw_request *req, void *arg)
{
    (void)arg;
    req->caller = &caller;
    pw_request_admit(req);
}

static struct pw_route route(enum pw_http_method method, const char *pattern, pw_http_handler handler)
{
    return (struct pw_route){
        .method = method, .pattern = pattern, .scope = &pw_scope_source, .handler = handler, .stage = intake};
}

static int open_all(void **state)
{
    struct pw_err err;

    (void)state;
    url = pg_fresh("intake");
    loop = pw_loop_new();
    db = pw_db_new(loop, &(struct pw_db_options){.url = url, .greet = true});
    keys = pw_crypto_keys_for_test("intake");
    if (!pw_facts_load_dir("rules", &model, &err)) {
        return -1;
    }
    ledger = pw_ledger_new(&(struct pw_ledger_options){.loop = loop, .db = db, .keys = keys, .model = model});
    intake = pw_intake_new(
        &(struct pw_intake_options){.loop = loop, .ledger = ledger, .model = model, .lines_max = 5});
    struct pw_route routes[] = {route(PW_HTTP_POST, "/v1/tips", pw_intake_post_fact),
        route(PW_HTTP_POST, "/v1/payments", pw_intake_post_fact),
        route(PW_HTTP_GET, "/v1/tips/{id}", pw_intake_get_fact),
        route(PW_HTTP_POST, "/v1/tips/{id}/retractions", pw_intake_post_retraction),
        route(PW_HTTP_POST, "/v1/fact-batches", pw_intake_post_batch)};
    routes[4].accepts = "application/x-ndjson";
    struct pw_http_listen listen = {.address = "127.0.0.1:0"};
    struct pw_http_options http = {.listen = &listen,
        .listen_count = 1,
        .routes = routes,
        .route_count = PW_COUNT(routes),
        .authorise = authorise};
    return pw_http_server_new(loop, &http, &server, &err) ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    pw_http_server_free(server);
    pw_intake_free(intake);
    pw_ledger_free(ledger);
    pw_db_free(db);
    pw_facts_unref(model);
    pw_crypto_keys_free(keys);
    pw_loop_free(loop);
    return 0;
}

/* The answer's body and, in the last line, its status; curl runs while the loop serves it. */
static char answer[65536];

static void ask(const char *path, const char *type, const char *body)
{
    char command[8192];
    size_t n = 0;

    snprintf(command, sizeof(command),
        "curl -s -m 10 -w '\\n%%{http_code}' %s%s http://127.0.0.1:%u%s %s <<'END'\n%s\nEND\n",
        type != NULL ? "-H content-type:" : "", type != NULL ? type : "", pw_http_server_port(server, 0),
        path, type != NULL ? "--data-binary @-" : "", body);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    int fd = fileno(pipe);
    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    for (ssize_t got = -1; got != 0;) {
        pw_loop_step(loop, 5);
        got = read(fd, answer + n, sizeof(answer) - 1 - n);
        n += got > 0 ? (size_t)got : 0;
    }
    answer[n] = '\0';
    pclose(pipe);
}

static void expect(int status, const char *part)
{
    const char *last = strrchr(answer, '\n');

    if (last == NULL || atoi(last + 1) != status || strstr(answer, part) == NULL) {
        print_error("not %d with %s:\n%s\n", status, part, answer);
        fail();
    }
}

#define JSON "application/json"
#define TIP(id, more)                                                                                        \
    "{\"sourceId\":\"" id "\",\"premises\":{\"bagId\":\"0363010000000001\"},\"occurredOn\":\"2026-03-01\","  \
    "\"ground\":\"public-task\",\"channel\":\"web\",\"category\":\"smell-cannabis\"" more "}"

static void one_fact(void **state)
{
    (void)state;
    ask("/v1/tips", JSON, TIP("t-1", ""));
    expect(201, "\"result\":\"created\"");
    ask("/v1/tips", JSON, TIP("t-1", ""));
    expect(200, "\"result\":\"duplicate\"");
    ask("/v1/tips", JSON, TIP("t-1", ",\"atNight\":true"));
    expect(409, "\"code\":\"conflict\"");
    ask("/v1/tips", JSON, TIP("t-2", ",\"danger\":true,\"dangerKind\":\"fire\""));
    expect(201, "\"guidance\":\"Bel 112\"");
    ask("/v1/payments", JSON, "{}");
    expect(403, "\"code\":\"forbidden\"");
    assert_string_equal(pg_sql(url, "select count(*) from fact"), "2");
}

static void all_faults_at_once(void **state)
{
    (void)state;
    ask("/v1/tips", JSON, "{\"sourceId\":\"f-1\",\"category\":\"secret-value\",\"nonsense\":1}");
    expect(400, "unknown-field");
    expect(400, "\"/category\"");
    expect(400, "\"/premises\"");
    assert_null(strstr(answer, "secret-value"));
    ask("/v1/tips", JSON, "{\"sourceId\":");
    expect(400, "json-syntax");
}

static void a_batch_answers_line_by_line(void **state)
{
    (void)state;
    ask("/v1/fact-batches", "application/x-ndjson",
        "{\"kind\":\"tip\",\"sourceId\":\"b-1\",\"premises\":{\"bagId\":\"0363010000000001\"},\"occurredOn\":"
        "\"2026-03-01\",\"ground\":\"public-task\",\"channel\":\"web\",\"category\":\"smell-cannabis\"}\n"
        "{\"kind\":\"tip\",\"sourceId\":\"b-2\"}\n"
        "not json");
    expect(200, "{\"line\":1,\"status\":201,\"sourceId\":\"b-1\"");
    expect(200, "{\"line\":2,\"status\":400,\"sourceId\":\"b-2\",\"problem\":{");
    expect(200, "{\"line\":3,\"status\":400,\"problem\":{");
    ask("/v1/fact-batches", "application/x-ndjson", "1\n2\n3\n4\n5\n6");
    expect(413, "too-large");
}

static void taking_back_and_showing(void **state)
{
    char path[128], id[64];

    (void)state;
    ask("/v1/tips", JSON, TIP("r-1", ""));
    expect(201, "\"id\":\"");
    snprintf(id, sizeof(id), "%.36s", strstr(answer, "\"id\":\"") + 6);
    snprintf(path, sizeof(path), "/v1/tips/%s", id);
    ask(path, NULL, "");
    expect(200, "\"status\":\"live\"");
    expect(200, "\"category\":\"smell-cannabis\"");
    snprintf(path, sizeof(path), "/v1/tips/%s/retractions", id);
    ask(path, JSON,
        "{\"sourceId\":\"r-2\",\"reason\":\"false\",\"occurredOn\":\"2026-03-02\",\"ground\":\"public-"
        "task\"}");
    expect(201, "\"kind\":\"retraction\"");
    ask(path, JSON, "{\"sourceId\":\"r-3\",\"reason\":\"nope\",\"ground\":\"public-task\"}");
    expect(400, "\"/reason\"");
    expect(400, "\"/occurredOn\"");
    snprintf(path, sizeof(path), "/v1/tips/%s", id);
    ask(path, NULL, "");
    expect(200, "\"status\":\"retracted\"");
    caller.id.b[0] = 0xd;
    ask(path, NULL, "");
    expect(404, "not-found");
    caller.id.b[0] = 0xc;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_fact), cmocka_unit_test(all_faults_at_once),
        cmocka_unit_test(a_batch_answers_line_by_line), cmocka_unit_test(taking_back_and_showing)};

    return cmocka_run_group_tests(tests, open_all, close_all);
}
