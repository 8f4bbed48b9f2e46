/*
 * The desk against a real PostgreSQL, by HTTP: an alert from the queue to its outcome, and what must
 * be refused on the way. The assessment behind it is made by the score room from one tip.
 */
#include "../../unit.h"

#include "../../pg.h"
#include "../../talk.h"

#include <pandwacht/worker.h>

#include "../../../../src/stages/desk/desk_int.h"

#define PASSWORD "een heel lang wachtwoord"
#define OIN      "00000001234567890000"
#define TOWN_OIN "00000009999999990000"

static const struct pw_worker_job *const jobs[] = {&pw_access_password_job};
static const char *url, *anna, *bert, *lead, *elsewhere, *town;
static struct pw_loop *loop;
static struct pw_db *db;
static struct pw_worker *worker;
static struct pw_keys *keys;
static const struct pw_fact_model *model;
static struct pw_ledger *ledger;
static struct pw_access *access_;
static struct pw_desk *desk;
static struct pw_http_server *server;
static struct pw_arena *arena;
static struct pw_uuid premises_id, tip_id;
static char premises[PW_UUID_TEXT], tip[PW_UUID_TEXT];

/* ---- the house ---- */

#define GET    PW_HTTP_GET
#define POST   PW_HTTP_POST
#define PUT    PW_HTTP_PUT
#define DELETE PW_HTTP_DELETE

static bool serve(struct pw_err *err)
{
    struct pw_route routes[] = {
        {.method = POST,
            .pattern = "/v1/sessions",
            .scope = &pw_scope_open,
            .handler = pw_access_sign_in,
            .stage = access_},
        {.method = GET, .pattern = "/v1/alerts", .scope = &pw_scope_desk, .handler = pw_desk_list_alerts},
        {.method = POST, .pattern = "/v1/alerts", .scope = &pw_scope_desk, .handler = pw_desk_open_alert},
        {.method = POST,
            .pattern = "/v1/alerts/_next",
            .scope = &pw_scope_desk,
            .handler = pw_desk_next_alert},
        {.method = GET, .pattern = "/v1/alerts/{id}", .scope = &pw_scope_desk, .handler = pw_desk_get_alert},
        {.method = POST,
            .pattern = "/v1/alerts/{id}/claims",
            .scope = &pw_scope_desk,
            .handler = pw_desk_claim},
        {.method = DELETE,
            .pattern = "/v1/alerts/{id}/claims/current",
            .scope = &pw_scope_desk,
            .handler = pw_desk_release},
        {.method = POST,
            .pattern = "/v1/alerts/{id}/notes",
            .scope = &pw_scope_desk,
            .handler = pw_desk_note},
        {.method = POST,
            .pattern = "/v1/alerts/{id}/weighings",
            .scope = &pw_scope_desk,
            .handler = pw_desk_weigh},
        {.method = POST,
            .pattern = "/v1/alerts/{id}/decisions",
            .scope = &pw_scope_desk,
            .handler = pw_desk_decide},
        {.method = POST,
            .pattern = "/v1/alerts/{id}/referrals",
            .scope = &pw_scope_desk,
            .handler = pw_desk_refer},
        {.method = POST,
            .pattern = "/v1/alerts/{id}/closures",
            .scope = &pw_scope_case_lead,
            .handler = pw_desk_close},
        {.method = POST,
            .pattern = "/v1/alerts/{id}/snoozes",
            .scope = &pw_scope_desk,
            .handler = pw_desk_snooze},
        {.method = DELETE,
            .pattern = "/v1/alerts/{id}/snoozes/current",
            .scope = &pw_scope_desk,
            .handler = pw_desk_unsnooze},
        {.method = GET,
            .pattern = "/v1/referrals",
            .scope = &pw_scope_municipal,
            .handler = pw_desk_list_referrals},
        {.method = GET,
            .pattern = "/v1/referrals/{id}",
            .scope = &pw_scope_referral,
            .handler = pw_desk_get_referral},
        {.method = POST,
            .pattern = "/v1/referrals/{id}/approvals",
            .scope = &pw_scope_desk,
            .handler = pw_desk_approve_referral},
        {.method = POST,
            .pattern = "/v1/referrals/{id}/acknowledgements",
            .scope = &pw_scope_municipal,
            .handler = pw_desk_acknowledge_referral},
        {.method = POST,
            .pattern = "/v1/referrals/{id}/outcomes",
            .scope = &pw_scope_municipal,
            .handler = pw_desk_outcome},
        {.method = GET,
            .pattern = "/v1/danger-notices",
            .scope = &pw_scope_danger,
            .handler = pw_desk_list_dangers},
        {.method = POST,
            .pattern = "/v1/danger-notices/{id}/acknowledgements",
            .scope = &pw_scope_danger,
            .handler = pw_desk_acknowledge_danger},
        {.method = GET,
            .pattern = "/v1/premises/{id}",
            .scope = &pw_scope_desk,
            .handler = pw_desk_get_premises},
        {.method = PUT,
            .pattern = "/v1/premises/{id}",
            .scope = &pw_scope_premises,
            .handler = pw_desk_put_premises},
        {.method = POST,
            .pattern = "/v1/premises",
            .scope = &pw_scope_premises,
            .handler = pw_desk_create_premises},
        {.method = POST,
            .pattern = "/v1/premises/_search",
            .scope = &pw_scope_premises,
            .handler = pw_desk_search_premises},
        {.method = GET,
            .pattern = "/v1/premises/{id}/assessments",
            .scope = &pw_scope_desk,
            .handler = pw_desk_list_assessments},
    };
    const struct pw_http_listen listen = {.address = "127.0.0.1:0"};

    for (size_t i = 1; i < PW_COUNT(routes); i++)
        routes[i].stage = desk;
    if (!pw_http_server_new(loop,
            &(struct pw_http_options){.listen = &listen,
                .listen_count = 1,
                .routes = routes,
                .route_count = PW_COUNT(routes),
                .authorise = pw_access_authorise,
                .arg = access_},
            &server, err))
        return false;
    talk_port = pw_http_server_port(server, 0);
    return true;
}

static bool add_user(const char *name, const char *role, const char *place, struct pw_err *err)
{
    struct pw_uuid id;

    return pw_access_user_add(db, pw_loop_wall(loop),
        &(struct pw_user_new){.name = name,
            .password = PASSWORD,
            .roles = &role,
            .role_count = 1,
            .municipalities = &place,
            .municipality_count = place == NULL ? 0 : 1},
        &id, NULL, err);
}

static bool add_people(char token[64], struct pw_err *err)
{
    const char *const municipality[] = {"municipality"};
    struct pw_partner_new desk_receiver = {.name = "bureau",
        .kind = "desk",
        .oin = OIN,
        .url = "https://localhost/a",
        .ca_file = "ca.pem",
        .expected_name = "localhost"};
    struct pw_partner_new town_receiver = desk_receiver;
    struct pw_uuid id;

    town_receiver.name = "gemeente";
    town_receiver.kind = "municipality";
    town_receiver.oin = TOWN_OIN;
    return add_user("anna", "analyst", NULL, err) && add_user("bert", "analyst", "GM0363", err) &&
           add_user("lena", "case-lead", NULL, err) && add_user("ellen", "analyst", "GM0344", err) &&
           pw_access_client_add(db, pw_loop_wall(loop),
               &(struct pw_client_new){.name = "gemeente",
                   .controller = TOWN_OIN,
                   .roles = municipality,
                   .role_count = 1,
                   .with_token = true},
               &id, token, err) &&
           pw_access_partner_add(db, pw_loop_wall(loop), &desk_receiver, &id, err) &&
           pw_access_partner_add(db, pw_loop_wall(loop), &town_receiver, &id, err);
}

static const char *bearer(const char *token)
{
    char *out = calloc(1, 256);

    snprintf(out, 256, "Authorization: Bearer %s\r\n", token);
    return out;
}

static const char *sign_in(const char *user)
{
    char body[256];

    snprintf(body, sizeof body, "{\"user\":\"%s\",\"password\":\"%s\",\"kind\":\"bearer\"}", user, PASSWORD);
    assert_int_equal(talk(loop, "POST", "/v1/sessions", "", body), 201);
    return bearer(talk_member("accessToken"));
}

static bool written;

static void on_written(void *arg)
{
    (void)arg;
    written = true;
}

/* A tip as intake would write it. */
static void write_tip(void)
{
    static const char text[] =
        "{\"sourceId\":\"t-1\",\"premises\":{\"address\":{\"postcode\":\"1012AB\",\"houseNumber\":12,"
        "\"municipality\":\"Amsterdam\"}},\"occurredOn\":\"2026-03-01\",\"ground\":\"public-task\","
        "\"channel\":\"web\","
        "\"category\":\"smell-cannabis\",\"danger\":true,\"dangerKind\":\"fire\"}";
    struct pw_read_options options = {.kind = pw_facts_kind(model, PW_STR("tip")), .today = 20600};
    struct pw_draft draft;
    struct pw_ledger_item item;
    const struct pw_json *json;
    struct pw_faults faults;

    pw_faults_init(&faults, arena);
    assert_true(pw_json_read(arena, pw_str_z(text), NULL, &json, &faults));
    assert_true(pw_facts_read_json(model, json, &options, arena, &draft, &faults));
    item = (struct pw_ledger_item){.op = PW_LEDGER_FACT,
        .draft = &draft,
        .client = {{1}},
        .controller = PW_STR(OIN),
        .received_at = pw_loop_wall(loop),
        .source_classes = ~0u,
        .canonical = PW_STR("t-1")};
    pw_ledger_write(ledger, arena, &item, 1, on_written, NULL);
    for (int i = 0; i < 2000 && !written; i++)
        pw_loop_step(loop, 5);
    assert_int_equal(item.result, PW_LEDGER_CREATED);
    premises_id = item.premises;
    tip_id = item.id;
    pw_uuid_format(&premises_id, premises);
    pw_uuid_format(&tip_id, tip);
}

/* What the stage assess leaves behind: the rule set, the assessment, the level on the premises. */
static void write_assessment(void)
{
    struct pw_draft draft = {0};
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("tip"));
    struct pw_fact fact = {
        .id = tip_id, .kind = kind, .source_class = PW_CLASS_CITIZEN_TIP, .occurred_on = 20513};
    struct pw_dossier_view view = {.facts = &fact, .fact_count = 1};
    const struct pw_ruleset *set;
    struct pw_assessment assessment;
    struct pw_err err = {0};
    struct pw_buf result, sql;
    char *hex, hash[PW_SHA256_TEXT];
    FILE *pipe;

    (void)draft;
    fact.record = pw_record_new(arena, kind);
    if (!pw_rules_load_dir("rules", PW_DAY_NONE, &set, NULL, &err)) {
        print_error("%s:%u: %s\n", err.file, err.line, err.text);
        fail();
    }
    view.facts = &fact;
    assert_true(pw_score_assess(arena, set, &view, 20520, &assessment, &err));
    pw_buf_init(&result, 1 << 20);
    pw_score_encode(&assessment, &result);
    hex = pw_arena_alloc(arena, result.len * 2 + 1);
    pw_hex(result.data, result.len, hex);
    pw_hex(set->hash, PW_SHA256_SIZE, hash);
    pw_buf_init(&sql, 8 << 20);
    pw_buf_printf(&sql,
        "insert into ruleset (sha256, name, version, bundle) values ('\\x%s', 'premises-risk', '1.0.0', "
        "$bundle$",
        hash);
    pw_buf_put_str(&sql, pw_rules_bundle(set));
    pw_buf_printf(&sql,
        "$bundle$);\ninsert into assessment (premises, id, assessed_on, known_generation, known_xact, "
        "known_fact, ruleset, "
        "engine, level, score, latched, inputs, result) select id, '%s', '2026-03-10', 1, '5', '%s', "
        "'\\x%s', '1', 2, 51299, "
        "false, '', '\\x%s' from premises where id = '%s';\n"
        "update premises set level = 2, score = 51299, assessed_on = '2026-03-10', assessment = '%s', "
        "municipality = "
        "'GM0363' where id = '%s';\n",
        "01900000-0000-7000-8000-000000000001", tip, hash, hex, premises,
        "01900000-0000-7000-8000-000000000001", premises);
    assert_false(sql.full);
    pipe = popen(pw_str_printf(arena, "psql -X -q -v ON_ERROR_STOP=1 '%s'", url).data, "w");
    assert_non_null(pipe);
    fwrite(sql.data, 1, sql.len, pipe);
    assert_int_equal(pclose(pipe), 0);
    pw_buf_release(&sql);
    pw_buf_release(&result);
    pw_rules_unref(set);
}

static int open_all(void **state)
{
    struct pw_err err = {0};
    char token[64];

    (void)state;
    url = pg_fresh("desk");
    pg_sql(
        url, "insert into municipality (code, name) values ('GM0363', 'Amsterdam'), ('GM0344', 'Utrecht')");
    loop = pw_loop_new();
    arena = pw_arena_new();
    keys = pw_crypto_keys_for_test("desk");
    if (!pw_worker_start(loop, &(struct pw_worker_options){.jobs = jobs, .job_count = 1}, &worker, &err) ||
        !pw_facts_load_dir("rules", &model, &err))
        return -1;
    db = pw_db_new(loop, &(struct pw_db_options){.url = url, .greet = true, .allow_unsafe = true});
    ledger = pw_ledger_new(&(struct pw_ledger_options){.loop = loop, .db = db, .keys = keys, .model = model});
    access_ = pw_access_new(&(struct pw_access_options){.loop = loop,
        .db = db,
        .worker = worker,
        .budgets = {[PW_BUDGET_CALLER] = {.per_day = 60000 * 1440, .burst = 10000}}});
    desk = pw_desk_new(&(struct pw_desk_options){
        .loop = loop, .db = db, .model = model, .ledger = ledger, .keys = keys, .oin = OIN});
    if (!add_people(token, &err) || !serve(&err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    anna = sign_in("anna");
    bert = sign_in("bert");
    lead = sign_in("lena");
    elsewhere = sign_in("ellen");
    town = bearer(token);
    write_tip();
    write_assessment();
    return 0;
}

static int close_all(void **state)
{
    const char *const texts[] = {anna, bert, lead, elsewhere, town};

    (void)state;
    pw_http_server_free(server);
    pw_desk_free(desk);
    pw_access_free(access_);
    pw_ledger_free(ledger);
    pw_worker_stop(worker);
    pw_db_free(db);
    pw_facts_unref(model);
    pw_crypto_keys_free(keys);
    pw_arena_free(arena);
    pw_loop_free(loop);
    for (size_t i = 0; i < PW_COUNT(texts); i++)
        free((char *)(uintptr_t)texts[i]);
    return 0;
}

/* ---- alerts ---- */

/* A new alert in place of whatever was there; returns its id. */
static const char *fresh_alert(void)
{
    static char id[PW_UUID_TEXT];
    struct pw_uuid made = pw_uuid_v7(pw_loop_wall(loop));

    pw_uuid_format(&made, id);
    pg_sql(url,
        pw_str_printf(arena,
            "delete from outbox; delete from due; update alert set status = 'closed' where status <> "
            "'closed';"
            "insert into alert (premises, id, status, level, score, assessment, themes, municipality, "
            "raised_at, "
            "due_at) select id, '%s', 'new', 2, 51299, assessment, '{behaviour}', municipality, now(), now() "
            "from premises where id = '%s'",
            id, premises)
            .data);
    return id;
}

static int on_alert(
    const char *who, const char *method, const char *id, const char *verb, int64_t version, const char *body)
{
    char path[256], headers[512];

    snprintf(path, sizeof path, "/v1/alerts/%s%s", id, verb);
    if (version > 0)
        snprintf(headers, sizeof headers, "%sIf-Match: \"a%lld\"\r\n", who, (long long)version);
    else
        snprintf(headers, sizeof headers, "%s", who);
    return talk(loop, method, path, headers, body);
}

static int on_referral(const char *who, const char *id, const char *verb, const char *etag, const char *body)
{
    char path[256], headers[512];

    snprintf(path, sizeof path, "/v1/referrals/%s/%s", id, verb);
    snprintf(headers, sizeof headers, "%sIf-Match: %s\r\n", who, etag);
    return talk(loop, "POST", path, headers, body);
}

static const char weighing[] = "{\"concrete\":{\"answer\":\"yes\",\"reason\":\"want dit is zo\"},"
                               "\"recent\":{\"answer\":\"yes\",\"reason\":\"want dit is zo\"},"
                               "\"fitsPhenomenon\":{\"answer\":\"partly\",\"reason\":\"want dit is zo\"},"
                               "\"proportionate\":{\"answer\":\"yes\",\"reason\":\"want dit is zo\"},"
                               "\"subsidiary\":{\"answer\":\"no\",\"reason\":\"want dit is zo\"}}";
static const char founded[] = "{\"verdict\":\"founded\",\"reason\":\"alles wijst erop\"}";

static const char *referral_body(const char *to, const char *fact)
{
    char until[PW_DATE_TEXT];

    pw_day_format(pw_day_in_netherlands(pw_loop_wall(loop)) + 30, until);
    return pw_str_printf(arena,
        "{\"to\":\"%s\",\"purpose\":\"toezicht\",\"ground\":\"wgs-1-9\",\"release\":[\"%s\"],\"question\":"
        "\"wat is er?\","
        "\"actions\":[\"M2\"],\"respondBy\":\"%s\"}",
        to, fact, until)
        .data;
}

static void test_queue(void **state)
{
    const char *id = fresh_alert();

    (void)state;
    assert_int_equal(talk(loop, "GET", "/v1/alerts?status=new", anna, NULL), 200);
    assert_string_equal(talk_member("id"), id);
    assert_non_null(strstr(answer.body, "\"score\":51.299"));
    assert_non_null(strstr(answer.body, "\"municipality\":\"Amsterdam\""));
    assert_null(strstr(answer.body, "explanation"));
    assert_int_equal(talk(loop, "GET",
                         "/v1/alerts?status=new&level=alert,urgent&theme=behaviour&municipality=GM0363&"
                         "assignee=none&raisedAfter=2020-01-01",
                         bert, NULL),
        200);
    assert_string_equal(talk_member("id"), id);
    assert_int_equal(talk(loop, "GET", "/v1/alerts?status=new&level=urgent", anna, NULL), 200);
    assert_string_equal(talk_member("items"), "[");
    assert_int_equal(talk(loop, "GET", "/v1/alerts?status=new", elsewhere, NULL), 200);
    assert_string_equal(talk_member("items"), "[");
    assert_int_equal(talk(loop, "GET", "/v1/alerts", town, NULL), 403);
    assert_int_equal(
        talk(loop, "GET", "/v1/alerts?status=open&limit=0&colour=red&cursor=x", anna, NULL), 400);
    assert_non_null(strstr(answer.body, "/status"));
    assert_non_null(strstr(answer.body, "/limit"));
    assert_non_null(strstr(answer.body, "/cursor"));
    assert_non_null(strstr(answer.body, "unknown-field"));
}

static void test_pages(void **state)
{
    const char *next;
    char first[PW_UUID_TEXT];

    (void)state;
    fresh_alert();
    fresh_alert();
    assert_int_equal(talk(loop, "GET", "/v1/alerts?limit=1", anna, NULL), 200);
    snprintf(first, sizeof first, "%s", talk_member("id"));
    next = strstr(answer.body, "\"next\":{\"href\":\"");
    assert_non_null(next);
    next = strndup(next + 16, strcspn(next + 16, "\""));
    assert_int_equal(talk(loop, "GET", next, anna, NULL), 200);
    assert_string_not_equal(talk_member("id"), first);
    free((char *)(uintptr_t)next);
}

static void test_one(void **state)
{
    const char *id = fresh_alert();

    (void)state;
    assert_int_equal(on_alert(anna, "GET", id, "", 0, NULL), 200);
    assert_string_equal(talk_header("ETag"), "\"a1\"");
    assert_non_null(strstr(answer.body, "\"explanation\":["));
    assert_non_null(strstr(answer.body, "\"sums\":{"));
    assert_non_null(strstr(answer.body, "\"counterfactuals\":["));
    assert_non_null(strstr(answer.body, "\"name\":\"premises-risk\""));
    assert_int_equal(on_alert(elsewhere, "GET", id, "", 0, NULL), 404);
    assert_int_equal(on_alert(anna, "GET", "niets", "", 0, NULL), 404);
}

static void test_preconditions(void **state)
{
    const char *id = fresh_alert();

    (void)state;
    assert_int_equal(on_alert(anna, "POST", id, "/claims", 0, "{}"), 428);
    assert_int_equal(on_alert(anna, "POST", id, "/claims", 2, "{}"), 412);
    assert_int_equal(on_alert(anna, "POST", id, "/claims", 1, "{\"x\":1}"), 400);
    assert_int_equal(on_alert(elsewhere, "POST", id, "/claims", 1, "{}"), 404);
    assert_int_equal(on_alert(anna, "POST", id, "/claims", 1, "{}"), 201);
    assert_string_equal(talk_member("status"), "claimed");
    assert_string_equal(talk_member("assignee"), "anna");
    assert_string_equal(talk_header("ETag"), "\"a2\"");
    assert_int_equal(on_alert(bert, "POST", id, "/claims", 2, "{}"), 409);
    assert_string_equal(talk_member("code"), "transition");
    assert_int_equal(on_alert(bert, "POST", id, "/weighings", 2, weighing), 403);
    assert_int_equal(on_alert(bert, "DELETE", id, "/claims/current", 2, NULL), 403);
    assert_int_equal(on_alert(lead, "DELETE", id, "/claims/current", 2, NULL), 204);
    assert_string_equal(talk_header("ETag"), "\"a3\"");
    assert_int_equal(on_alert(anna, "POST", id, "/weighings", 3, weighing), 409);
    assert_string_equal(pg_sql(url, pw_str_printf(arena,
                                        "select string_agg(kind, ' ' order by id) from alert_entry where "
                                        "alert = '%s'",
                                        id)
                                        .data),
        "claimed released");
}

static void test_next(void **state)
{
    const char *id = fresh_alert();

    (void)state;
    assert_int_equal(talk(loop, "POST", "/v1/alerts/_next", elsewhere, "{}"), 204);
    pg_sql(url, "update alert set snoozed_until = current_date + 2 where status = 'new'");
    assert_int_equal(talk(loop, "POST", "/v1/alerts/_next", anna, "{}"), 204);
    pg_sql(url, "update alert set snoozed_until = null where status = 'new'");
    assert_int_equal(talk(loop, "POST", "/v1/alerts/_next", anna, "{}"), 200);
    assert_string_equal(talk_member("status"), "claimed");
    assert_non_null(strstr(answer.body, id));
    assert_int_equal(talk(loop, "POST", "/v1/alerts/_next", bert, NULL), 204);
}

static void test_snooze_and_note(void **state)
{
    const char *id = fresh_alert();
    char until[PW_DATE_TEXT], body[256];
    pw_day today = pw_day_in_netherlands(pw_loop_wall(loop));

    (void)state;
    snprintf(body, sizeof body, "{\"until\":\"%s\",\"reason\":\"wacht\"}", pw_day_format(today + 91, until));
    assert_int_equal(on_alert(anna, "POST", id, "/snoozes", 1, body), 400);
    snprintf(body, sizeof body, "{\"until\":\"%s\",\"reason\":\"wacht\"}", pw_day_format(today + 90, until));
    assert_int_equal(on_alert(anna, "POST", id, "/snoozes", 1, body), 201);
    assert_int_equal(on_alert(anna, "GET", id, "", 0, NULL), 200);
    assert_string_equal(talk_member("snoozedUntil"), until);
    assert_string_equal(talk_member("status"), "new");
    assert_int_equal(on_alert(anna, "DELETE", id, "/snoozes/current", 2, NULL), 204);
    assert_int_equal(on_alert(anna, "DELETE", id, "/snoozes/current", 3, NULL), 409);
    assert_int_equal(on_alert(bert, "POST", id, "/notes", 3, "{\"text\":\"gebeld\"}"), 201);
    assert_int_equal(on_alert(bert, "POST", id, "/notes", 4, "{\"text\":\"\"}"), 400);
    pg_sql(url, "update alert set status = 'closed' where status = 'new'");
    assert_int_equal(on_alert(bert, "POST", id, "/notes", 4, "{\"text\":\"nagekomen\"}"), 201);
}

static void test_verdicts(void **state)
{
    const char *id = fresh_alert();

    (void)state;
    assert_int_equal(on_alert(anna, "POST", id, "/claims", 1, "{}"), 201);
    assert_int_equal(on_alert(anna, "POST", id, "/decisions", 2, founded), 409);
    assert_int_equal(on_alert(anna, "POST", id, "/decisions", 2,
                         "{\"verdict\":\"unclear\",\"reason\":\"nog niet te zeggen\"}"),
        400);
    assert_int_equal(on_alert(anna, "POST", id, "/decisions", 2,
                         "{\"verdict\":\"unfounded\",\"reason\":\"kort\",\"until\":\"2030-01-01\"}"),
        400);
    assert_non_null(strstr(answer.body, "/reason"));
    assert_non_null(strstr(answer.body, "/until"));
    assert_int_equal(on_alert(anna, "POST", id, "/decisions", 2,
                         "{\"verdict\":\"unfounded\",\"reason\":\"er is niets "
                         "mis\",\"facts\":[\"01900000-0000-7000-8000-00000000dead\"]}"),
        400);
    assert_non_null(strstr(answer.body, "/facts/0"));
    assert_int_equal(
        on_alert(anna, "POST", id, "/decisions", 2,
            pw_str_printf(
                arena, "{\"verdict\":\"unfounded\",\"reason\":\"er is niets mis\",\"facts\":[\"%s\"]}", tip)
                .data),
        201);
    assert_string_equal(talk_member("alertStatus"), "closed");
    assert_string_equal(talk_member("decidedBy"), "anna");
    assert_string_equal(pg_sql(url, pw_str_printf(arena,
                                        "select verdict || ' ' || facts[1] || ' ' || known_at_decision[1] "
                                        "from decision where alert = '%s'",
                                        id)
                                        .data),
        pw_str_printf(arena, "unfounded %s %s", tip, tip).data);
    assert_string_equal(pg_sql(url, "select type from outbox"), "nl.pandwacht.alert.closed");
    assert_string_equal(pg_sql(url, "select reason from due"), "decision");
}

/* To weighing with a founded verdict; the alert is then at version 4. */
static const char *weighed_alert(void)
{
    const char *id = fresh_alert();

    assert_int_equal(on_alert(anna, "POST", id, "/claims", 1, "{}"), 201);
    assert_int_equal(on_alert(anna, "POST", id, "/weighings", 2,
                         "{\"concrete\":{\"answer\":\"maybe\",\"reason\":\"kort\"}}"),
        400);
    assert_int_equal(on_alert(anna, "POST", id, "/weighings", 2, weighing), 201);
    assert_int_equal(on_alert(anna, "POST", id, "/referrals", 3, referral_body(TOWN_OIN, tip)), 409);
    assert_int_equal(on_alert(anna, "POST", id, "/decisions", 3, founded), 201);
    assert_string_equal(talk_member("alertStatus"), "weighing");
    return id;
}

static void test_referral(void **state)
{
    const char *id = weighed_alert(), *referral;
    char path[128];

    (void)state;
    assert_int_equal(
        on_alert(anna, "POST", id, "/referrals", 4, referral_body("00000000000000000001", tip)), 400);
    assert_non_null(strstr(answer.body, "/to"));
    assert_int_equal(on_alert(anna, "POST", id, "/referrals", 4, referral_body(TOWN_OIN, premises)), 400);
    assert_non_null(strstr(answer.body, "/release/0"));
    assert_int_equal(on_alert(anna, "POST", id, "/referrals", 4, referral_body(TOWN_OIN, tip)), 201);
    assert_string_equal(talk_member("status"), "proposed");
    referral = talk_member("id");
    snprintf(path, sizeof path, "/v1/referrals/%s", referral);
    assert_int_equal(talk(loop, "GET", path, town, NULL), 404); /* not before it is approved */
    assert_int_equal(on_alert(anna, "POST", id, "/referrals", 5, referral_body(TOWN_OIN, tip)), 409);
    assert_int_equal(on_referral(anna, referral, "approvals", "\"r1\"", "{\"approve\":true}"), 403);
    assert_int_equal(on_referral(bert, referral, "approvals", "\"r2\"", "{\"approve\":true}"), 412);
    assert_int_equal(
        on_referral(bert, referral, "approvals", "\"a5\"", "{\"approve\":true,\"note\":\"akkoord\"}"), 201);
    assert_string_equal(talk_member("status"), "approved");
    assert_string_equal(talk_member("approvedBy"), "bert");
    assert_string_equal(
        pg_sql(url, "select type || ' ' || (body->'data'->'facts'->0->>'origins') from outbox"),
        "nl.pandwacht.referral.created several");
    assert_string_equal(
        pg_sql(url, "select count(*) from outbox where body::text ~ 'score|level|2026-03-01|\\manna\\M'"),
        "0");
    assert_int_equal(talk(loop, "GET", "/v1/referrals", town, NULL), 200);
    assert_string_equal(talk_member("id"), referral);
    assert_null(strstr(answer.body, "anna"));
    assert_int_equal(on_referral(town, referral, "outcomes", "\"r2\"",
                         "{\"sourceId\":\"o-1\",\"occurredOn\":\"2026-04-01\",\"result\":\"found\","
                         "\"phenomenon\":\"cannabis\","
                         "\"measures\":[\"closure\"],\"ground\":\"public-task\"}"),
        409);
    assert_int_equal(
        on_referral(town, referral, "acknowledgements", "\"r2\"", "{\"answer\":\"perhaps\"}"), 400);
    assert_int_equal(
        on_referral(town, referral, "acknowledgements", "\"r2\"", "{\"answer\":\"accepted\"}"), 201);
    assert_string_equal(talk_member("status"), "acknowledged");
    assert_int_equal(on_alert(anna, "GET", id, "", 0, NULL), 200);
    assert_string_equal(talk_member("status"), "awaiting-outcome");
    assert_int_equal(
        on_referral(town, referral, "outcomes", "\"r3\"",
            "{\"sourceId\":\"o-1\",\"occurredOn\":\"2026-04-01\",\"result\":\"found\",\"measures\":[],"
            "\"ground\":\"public-task\"}"),
        400);
    assert_non_null(strstr(answer.body, "/phenomenon"));
    assert_int_equal(on_referral(town, referral, "outcomes", "\"r3\"",
                         "{\"sourceId\":\"o-1\",\"occurredOn\":\"2026-04-01\",\"result\":\"found\","
                         "\"phenomenon\":\"cannabis\","
                         "\"measures\":[\"closure\"],\"ground\":\"public-task\"}"),
        201);
    assert_string_equal(talk_member("kind"), "outcome");
    assert_string_equal(
        pg_sql(url, pw_str_printf(arena, "select status from alert where id = '%s'", id).data), "closed");
    assert_string_equal(
        pg_sql(url, "select kind || source_class from fact where kind = 'outcome'"), "outcome5");
}

static void test_referral_returned(void **state)
{
    const char *id = weighed_alert(), *referral;

    (void)state;
    assert_int_equal(on_alert(anna, "POST", id, "/referrals", 4, referral_body(TOWN_OIN, tip)), 201);
    referral = talk_member("id");
    assert_int_equal(
        on_referral(bert, referral, "approvals", "\"r1\"", "{\"approve\":false,\"note\":\"te mager\"}"), 201);
    assert_string_equal(talk_member("status"), "refused");
    assert_int_equal(on_alert(anna, "POST", id, "/referrals", 6, referral_body(TOWN_OIN, tip)), 201);
    referral = talk_member("id");
    assert_int_equal(on_referral(bert, referral, "approvals", "\"r1\"", "{\"approve\":true}"), 201);
    assert_int_equal(
        on_referral(town, referral, "acknowledgements", "\"r2\"", "{\"answer\":\"more-information\"}"), 201);
    assert_string_equal(talk_member("status"), "returned");
    assert_int_equal(on_alert(anna, "POST", id, "/closures", 9, "{\"reason\":\"zelf afgehandeld\"}"), 403);
    assert_int_equal(on_alert(lead, "POST", id, "/closures", 9, "{\"reason\":\"zelf afgehandeld\"}"), 201);
    assert_string_equal(talk_member("alertStatus"), "closed");
}

static void test_opening(void **state)
{
    char body[256];

    (void)state;
    pg_sql(url, "update alert set status = 'closed'");
    snprintf(body, sizeof body, "{\"premisesId\":\"%s\",\"reason\":\"ik wil dit zelf zien\"}", premises);
    assert_int_equal(talk(loop, "POST", "/v1/alerts", elsewhere, body), 404);
    assert_int_equal(talk(loop, "POST", "/v1/alerts", bert, body), 201);
    assert_string_equal(talk_member("status"), "claimed");
    assert_string_equal(talk_member("assignee"), "bert");
    assert_int_equal(talk(loop, "POST", "/v1/alerts", anna, body), 409);
    pg_sql(url, "update alert set status = 'closed'; update premises set level = 0");
    assert_int_equal(talk(loop, "POST", "/v1/alerts", anna, body), 409);
    pg_sql(url, "update premises set level = 2");
}

static void test_dangers(void **state)
{
    char path[160];

    (void)state;
    pg_sql(url, pw_str_printf(arena,
                    "insert into danger_notice (premises, id, fact, danger_kind, verified, municipality, "
                    "reported_at, "
                    "acknowledge_by) values ('%s', '%s', '%s', 'fire', false, 'GM0363', now(), now())",
                    premises, "01900000-0000-7000-8000-0000000000dd", tip)
                    .data);
    assert_int_equal(talk(loop, "GET", "/v1/danger-notices?status=open", bert, NULL), 200);
    assert_non_null(strstr(answer.body, "\"dangerKind\":\"fire\""));
    assert_int_equal(talk(loop, "GET", "/v1/danger-notices", elsewhere, NULL), 200);
    assert_string_equal(talk_member("items"), "[");
    snprintf(
        path, sizeof path, "/v1/danger-notices/%s/acknowledgements", "01900000-0000-7000-8000-0000000000dd");
    assert_int_equal(talk(loop, "POST", path, elsewhere, "{\"by\":\"piket\"}"), 404);
    assert_int_equal(talk(loop, "POST", path, bert, "{}"), 400);
    assert_int_equal(talk(loop, "POST", path, bert, "{\"by\":\"piket\"}"), 201);
    assert_int_equal(talk(loop, "POST", path, bert, "{\"by\":\"piket\"}"), 409);
    assert_int_equal(talk(loop, "GET", "/v1/danger-notices?status=open", bert, NULL), 200);
    assert_string_equal(talk_member("items"), "[");
}

#define GARAGE                                                                                               \
    "\"type\":\"garage-box\",\"usePurposes\":[\"storage\"],\"floorAreaM2\":18,\"asOf\":\"2026-01-01\","      \
    "\"ground\":\"public-task\""

static void test_premises(void **state)
{
    char path[160], header[512];

    (void)state;
    snprintf(path, sizeof path, "/v1/premises/%s", premises);
    assert_int_equal(talk(loop, "GET", path, anna, NULL), 200);
    assert_string_equal(talk_member("level"), "alert");
    assert_string_equal(talk_member("postcode"), "1012AB");
    assert_int_equal(talk(loop, "GET", path, elsewhere, NULL), 404);
    assert_int_equal(talk(loop, "PUT", path, anna, "{" GARAGE ",\"colour\":\"red\"}"), 400);
    assert_int_equal(talk(loop, "PUT", path, anna, "{" GARAGE "}"), 200);
    assert_string_equal(talk_header("ETag"), "\"p2\"");
    assert_string_equal(talk_member("type"), "garage-box");
    assert_int_equal(talk(loop, "PUT", path, anna, "{" GARAGE "}"), 428);
    snprintf(header, sizeof header, "%sIf-Match: \"p1\"\r\n", anna);
    assert_int_equal(talk(loop, "PUT", path, header, "{" GARAGE "}"), 412);
    snprintf(header, sizeof header, "%sIf-Match: \"p2\"\r\n", anna);
    assert_int_equal(talk(loop, "PUT", path, header, "{" GARAGE "}"), 200);
    /* A BAG id of valid shape that nobody named before makes the premises. */
    assert_int_equal(talk(loop, "PUT", "/v1/premises/0363010000000009", anna, "{" GARAGE "}"), 201);
    assert_string_equal(talk_member("bagId"), "0363010000000009");
    assert_int_equal(talk(loop, "GET", "/v1/premises/0363010000000009", anna, NULL), 200);
    assert_int_equal(talk(loop, "GET", "/v1/premises/0363010000000008", anna, NULL), 404);
    assert_int_equal(talk(loop, "GET", "/v1/premises/0363099900000008", anna, NULL), 404);
    assert_int_equal(talk(loop, "PUT", path, town, "{" GARAGE "}"), 403);
}

static void test_premises_made_and_found(void **state)
{
    char body[512];

    (void)state;
    snprintf(body, sizeof body, "{" GARAGE ",\"unit\":\"box 14\",\"parent\":\"%s\"}", premises);
    assert_int_equal(talk(loop, "POST", "/v1/premises", anna, body), 201);
    assert_string_equal(talk_member("unit"), "box 14");
    assert_string_equal(talk_member("parent"), premises);
    assert_int_equal(talk(loop, "POST", "/v1/premises", anna, "{" GARAGE "}"), 400);
    assert_int_equal(talk(loop, "POST", "/v1/premises", anna,
                         "{" GARAGE ",\"parent\":\"01900000-0000-7000-8000-00000000dead\"}"),
        400);
    assert_int_equal(talk(loop, "POST", "/v1/premises", anna,
                         "{" GARAGE ",\"address\":{\"postcode\":\"1012AC\",\"houseNumber\":5}}"),
        201);
    assert_int_equal(talk(loop, "POST", "/v1/premises", anna,
                         "{" GARAGE ",\"address\":{\"postcode\":\"1012AC\",\"houseNumber\":5}}"),
        409);
    assert_int_equal(talk(loop, "POST", "/v1/premises/_search", bert,
                         "{\"address\":{\"postcode\":\"1012AB\",\"houseNumber\":12}}"),
        200);
    assert_string_equal(talk_member("id"), premises);
    assert_non_null(strstr(answer.body, "box 14"));
    assert_int_equal(
        talk(loop, "POST", "/v1/premises/_search", bert, "{\"bagId\":\"0363010000000001\"}"), 200);
    assert_string_equal(talk_member("items"), "[");
    assert_int_equal(talk(loop, "POST", "/v1/premises/_search", bert, "{}"), 400);
}

static void test_assessments(void **state)
{
    char path[200];

    (void)state;
    snprintf(path, sizeof path, "/v1/premises/%s/assessments", premises);
    assert_int_equal(talk(loop, "GET", path, anna, NULL), 200);
    assert_non_null(strstr(answer.body, "\"explanation\":["));
    assert_non_null(strstr(answer.body, "\"engine\":\"1\""));
    snprintf(path, sizeof path, "/v1/premises/%s/assessments?asOf=2020-01-01T00:00:00Z", premises);
    assert_int_equal(talk(loop, "GET", path, anna, NULL), 200);
    assert_string_equal(talk_member("items"), "[");
    snprintf(path, sizeof path, "/v1/premises/%s?asOf=2020-01-01T00:00:00Z", premises);
    assert_int_equal(talk(loop, "GET", path, anna, NULL), 404);
    snprintf(path, sizeof path, "/v1/premises/%s?asOf=gisteren", premises);
    assert_int_equal(talk(loop, "GET", path, anna, NULL), 400);
}

/* The words of source classes that access keeps are those of the facts. */
static void test_source_classes(void **state)
{
    const char *const roles[] = {"source"};
    struct pw_uuid id;
    struct pw_err err = {0};
    char token[64], name[64];

    (void)state;
    for (int i = 0; i < PW_CLASS_DERIVED; i++) {
        snprintf(name, sizeof name, "bron %d", i);
        assert_true(pw_access_client_add(db, pw_loop_wall(loop),
            &(struct pw_client_new){.name = name,
                .controller = OIN,
                .roles = roles,
                .role_count = 1,
                .source_classes = &pw_source_class_words[i],
                .source_class_count = 1,
                .with_token = true},
            &id, token, &err));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_one),
        cmocka_unit_test(test_preconditions),
        cmocka_unit_test(test_next),
        cmocka_unit_test(test_snooze_and_note),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_referral),
        cmocka_unit_test(test_referral_returned),
        cmocka_unit_test(test_opening),
        cmocka_unit_test(test_dangers),
        cmocka_unit_test(test_premises),
        cmocka_unit_test(test_premises_made_and_found),
        cmocka_unit_test(test_assessments),
        cmocka_unit_test(test_source_classes),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
