/* Who is calling: signing in, tokens, sessions, CSRF, scopes, budgets; against a real PostgreSQL. */
#include "../../unit.h"

#include "../../pg.h"
#include "../../talk.h"

#include <pandwacht/access.h>
#include <pandwacht/worker.h>

#include "../../../../src/machine/access/access_int.h"

#define PASSWORD "een heel lang wachtwoord"

static const struct pw_worker_job *const jobs[] = {&pw_access_password_job};
static const char *url;
static struct pw_loop *loop;
static struct pw_db *db;
static struct pw_worker *worker;
static struct pw_keys *keys;
static struct pw_access *access_;
static struct pw_http_server *server;
static char token[64];

static void on_who(struct pw_request *req, void *stage)
{
    const struct pw_caller *caller = pw_caller_of(req);

    (void)stage;
    pw_reply(req, 200, "text/plain",
        pw_str_printf(req->arena, "%.*s %s %x %x", PW_STR_ARG(caller->name),
            caller->everywhere                              ? "everywhere"
            : pw_caller_in_region(caller, PW_STR("GM0363")) ? "in GM0363"
                                                            : "elsewhere",
            (unsigned)caller->roles, (unsigned)caller->source_classes));
}

/* The certificate that stream would have verified; "" = none. */
static struct pw_peer peer;

static void authorise(struct pw_request *req, void *arg)
{
    if (peer.oin[0] != '\0')
        req->peer = &peer;
    pw_access_authorise(req, arg);
}

static bool start(int64_t rate, int64_t burst)
{
    struct pw_route routes[] = {
        {.method = PW_HTTP_POST,
            .pattern = "/v1/sessions",
            .scope = &pw_scope_open,
            .handler = pw_access_sign_in},
        {.method = PW_HTTP_GET,
            .pattern = "/v1/sessions/current",
            .scope = &pw_scope_account,
            .handler = pw_access_session},
        {.method = PW_HTTP_DELETE,
            .pattern = "/v1/sessions/current",
            .scope = &pw_scope_account,
            .handler = pw_access_sign_out},
        {.method = PW_HTTP_GET, .pattern = "/desk", .scope = &pw_scope_desk, .handler = on_who},
        {.method = PW_HTTP_POST, .pattern = "/desk", .scope = &pw_scope_desk, .handler = on_who},
        {.method = PW_HTTP_GET, .pattern = "/source", .scope = &pw_scope_source, .handler = on_who},
        {.method = PW_HTTP_GET, .pattern = "/known", .scope = &pw_scope_known, .handler = on_who},
    };
    const struct pw_http_listen listen = {.address = "127.0.0.1:0"};
    struct pw_err err = {0};

    access_ = pw_access_new(&(struct pw_access_options){.loop = loop,
        .db = db,
        .keys = keys,
        .worker = worker,
        .session_rotate_ms = 600000,
        .session_grace_ms = 30000,
        .login_failures = 3,
        .budgets = {[PW_BUDGET_CALLER] = {.per_day = rate * 1440, .burst = burst},
            [PW_BUDGET_ADDRESS] = {.per_day = rate * 1440, .burst = burst}}});
    for (size_t i = 0; i < PW_COUNT(routes); i++)
        routes[i].stage = access_;
    if (!pw_http_server_new(loop,
            &(struct pw_http_options){.listen = &listen,
                .listen_count = 1,
                .routes = routes,
                .route_count = PW_COUNT(routes),
                .authorise = authorise,
                .arg = access_},
            &server, &err)) {
        print_error("%s\n", err.text);
        return false;
    }
    pw_access_start(access_);
    talk_port = pw_http_server_port(server, 0);
    return true;
}

static void stop(void)
{
    pw_http_server_free(server);
    pw_access_stop(access_);
    pw_access_free(access_);
}

/* What another process changed is heard on the loop. */
static int soon(int status, int (*ask)(void))
{
    int got = 0;

    for (int i = 0; i < 200 && (got = ask()) != status; i++)
        pw_loop_step(loop, 5);
    return got;
}

static bool add_people(struct pw_err *err)
{
    const char *const analyst[] = {"analyst"}, *const auditor[] = {"auditor"}, *const source[] = {"source"},
                      *const classes[] = {"citizen-tip", "base-register"}, *const places[] = {"GM0363"};
    struct pw_uuid id;

    return pw_access_user_add(db, pw_loop_wall(loop),
               &(struct pw_user_new){.name = "anna",
                   .password = PASSWORD,
                   .roles = analyst,
                   .role_count = 1,
                   .municipalities = places,
                   .municipality_count = 1},
               &id, NULL, err) &&
           pw_access_user_add(db, pw_loop_wall(loop),
               &(struct pw_user_new){.name = "otto", .password = PASSWORD, .roles = auditor, .role_count = 1},
               &id, NULL, err) &&
           pw_access_client_add(db, pw_loop_wall(loop),
               &(struct pw_client_new){.name = "bron",
                   .controller = "00000001234567890000",
                   .roles = source,
                   .role_count = 1,
                   .source_classes = classes,
                   .source_class_count = 2,
                   .with_token = true},
               &id, token, err);
}

static int open_all(void **state)
{
    struct pw_err err = {0};

    (void)state;
    url = pg_fresh("access");
    pg_sql(url, "insert into municipality (code, name) values ('GM0363', 'Amsterdam')");
    loop = pw_loop_new();
    keys = pw_crypto_keys_for_test("access");
    if (!pw_worker_start(loop, &(struct pw_worker_options){.jobs = jobs, .job_count = 1}, &worker, &err))
        return -1;
    db = pw_db_new(loop, &(struct pw_db_options){.url = url, .greet = true, .allow_unsafe = true});
    if (!add_people(&err)) {
        print_error("%s\n", err.text);
        return -1;
    }
    return start(60000, 10000) ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    stop();
    pw_worker_stop(worker);
    pw_db_free(db);
    pw_crypto_keys_free(keys);
    pw_loop_free(loop);
    return 0;
}

static int sign_in(const char *user, const char *password, const char *kind)
{
    char body[512];

    snprintf(
        body, sizeof body, "{\"user\":\"%s\",\"password\":\"%s\",\"kind\":\"%s\"}", user, password, kind);
    return talk(loop, "POST", "/v1/sessions", "", body);
}

static int with_bearer(const char *method, const char *path, const char *bearer)
{
    char header[512];

    snprintf(header, sizeof header, "Authorization: Bearer %s\r\n", bearer);
    return talk(loop, method, path, header, NULL);
}

static void test_bearer_session(void **state)
{
    const char *bearer;

    (void)state;
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 201);
    bearer = talk_member("accessToken");
    assert_int_equal(strlen(bearer), 43);
    assert_string_equal(talk_member("tokenType"), "Bearer");
    assert_string_equal(talk_member("user"), "anna");
    assert_string_equal(talk_header("Set-Cookie"), "");
    assert_int_equal(with_bearer("GET", "/desk", bearer), 200);
    assert_string_equal(answer.body, "anna in GM0363 10 0");
    assert_int_equal(with_bearer("GET", "/source", bearer), 403);
    assert_non_null(strstr(answer.body, "source"));
    assert_int_equal(with_bearer("GET", "/v1/sessions/current", bearer), 200);
    assert_string_equal(talk_member("csrfToken"), "");
    assert_int_equal(with_bearer("DELETE", "/v1/sessions/current", bearer), 204);
    assert_int_equal(with_bearer("GET", "/desk", bearer), 401);
    assert_string_equal(talk_header("WWW-Authenticate"), "Bearer");
}

static void test_cookie_session(void **state)
{
    char cookie[512], both[1024], wrong[1024], bearer[256];
    const char *set, *csrf;

    (void)state;
    assert_int_equal(sign_in("anna", PASSWORD, "cookie"), 201);
    set = talk_header("Set-Cookie");
    csrf = talk_member("csrfToken");
    assert_string_equal(strchr(set, ';'), "; Secure; HttpOnly; SameSite=Strict; Path=/");
    assert_string_equal(talk_member("accessToken"), "");
    snprintf(cookie, sizeof cookie, "Cookie: %.*s\r\n", (int)strcspn(set, ";"), set);
    snprintf(both, sizeof both, "%sX-CSRF-Token: %s\r\n", cookie, csrf);
    snprintf(wrong, sizeof wrong, "%sX-CSRF-Token: %c%s\r\n", cookie, csrf[0] == 'x' ? 'y' : 'x', csrf + 1);
    assert_int_equal(talk(loop, "GET", "/desk", cookie, NULL), 200);
    assert_int_equal(talk(loop, "POST", "/desk", cookie, "{}"), 403);
    assert_string_equal(talk_member("code"), "csrf");
    assert_int_equal(talk(loop, "POST", "/desk", wrong, "{}"), 403);
    assert_int_equal(talk(loop, "POST", "/desk", both, "{}"), 200);
    assert_int_equal(talk(loop, "GET", "/v1/sessions/current", cookie, NULL), 200);
    assert_string_equal(talk_member("csrfToken"), csrf);
    /* A cookie's token is no bearer token, found in the cache or not. */
    snprintf(bearer, sizeof bearer, "%.*s", (int)strcspn(set, ";") - 15, set + 15);
    assert_int_equal(with_bearer("GET", "/desk", bearer), 401);
    pw_access_forget(access_);
    assert_int_equal(with_bearer("GET", "/desk", bearer), 401);
    assert_int_equal(talk(loop, "DELETE", "/v1/sessions/current", cookie, NULL), 403);
    assert_int_equal(talk(loop, "DELETE", "/v1/sessions/current", both, NULL), 204);
    assert_int_equal(talk(loop, "GET", "/desk", cookie, NULL), 401);
}

/* The cookie of the last answer as a header to send back. */
static void cookie_of_answer(char *out, size_t size)
{
    const char *set = talk_header("Set-Cookie");

    snprintf(out, size, "Cookie: %.*s\r\n", (int)strcspn(set, ";"), set);
}

static void test_session_rotates(void **state)
{
    char first[256], second[256], writes[512];
    const char *csrf;

    (void)state;
    assert_int_equal(sign_in("anna", PASSWORD, "cookie"), 201);
    cookie_of_answer(first, sizeof first);
    csrf = talk_member("csrfToken");
    assert_int_equal(talk(loop, "GET", "/desk", first, NULL), 200);
    assert_string_equal(talk_header("Set-Cookie"), ""); /* young enough */
    pg_sql(url, "update session set created_at = now() - interval '11 minutes' where ended_at is null");
    pw_access_forget(access_);
    assert_int_equal(talk(loop, "GET", "/desk", first, NULL), 200);
    cookie_of_answer(second, sizeof second);
    assert_string_not_equal(first, second);
    /* Both work for the moment, the CSRF token stays, and only one new token was made. */
    pw_access_forget(access_);
    assert_int_equal(talk(loop, "GET", "/desk", first, NULL), 200);
    assert_string_equal(talk_header("Set-Cookie"), "");
    snprintf(writes, sizeof writes, "%sX-CSRF-Token: %s\r\n", second, csrf);
    assert_int_equal(talk(loop, "POST", "/desk", writes, "{}"), 200);
    pg_sql(url, "update session set ended_at = now() where ended_at > now()");
    pw_access_forget(access_);
    assert_int_equal(talk(loop, "GET", "/desk", first, NULL), 401);
    assert_int_equal(talk(loop, "GET", "/desk", second, NULL), 200);
    assert_int_equal(talk(loop, "DELETE", "/v1/sessions/current", writes, NULL), 204);
    assert_int_equal(talk(loop, "GET", "/desk", second, NULL), 401);
}

static void test_sign_in_leaves_the_former_session(void **state)
{
    char first[256], body[256];

    (void)state;
    assert_int_equal(sign_in("anna", PASSWORD, "cookie"), 201);
    cookie_of_answer(first, sizeof first);
    snprintf(body, sizeof body, "{\"user\":\"anna\",\"password\":\"%s\"}", PASSWORD);
    assert_int_equal(talk(loop, "GET", "/desk", first, NULL), 200);
    assert_int_equal(talk(loop, "POST", "/v1/sessions", first, body), 201);
    assert_int_equal(talk(loop, "GET", "/desk", first, NULL), 401);
}

static struct pw_str unhex(struct pw_arena *arena, const char *hex)
{
    size_t len = strlen(hex) / 2;
    char *out = pw_arena_alloc(arena, len);

    for (size_t i = 0; i < len; i++) {
        unsigned octet;

        assert_int_equal(sscanf(hex + 2 * i, "%2x", &octet), 1);
        out[i] = (char)octet;
    }
    return (struct pw_str){out, len};
}

/* Signs in as tess; an empty code is not sent. */
static int sign_in_with(const char *password, const char *code)
{
    char body[512];

    snprintf(body, sizeof body, "{\"user\":\"tess\",\"password\":\"%s\",\"kind\":\"bearer\"%s%s%s}", password,
        code[0] == '\0' ? "" : ",\"totp\":\"", code, code[0] == '\0' ? "" : "\"");
    return talk(loop, "POST", "/v1/sessions", "", body);
}

static void test_one_time_codes(void **state)
{
    const char *const analyst[] = {"analyst"};
    struct pw_uuid id;
    struct pw_err err = {0};
    struct pw_buf uri;
    struct pw_str sealed, key;
    struct pw_arena *arena = pw_arena_new();
    char code[PW_TOTP_TEXT], place[64], text[PW_UUID_TEXT], base32[41];
    int64_t step = pw_loop_wall(loop) / PW_USEC_PER_SEC / PW_TOTP_SECONDS;

    (void)state;
    pw_buf_init(&uri, 1024);
    assert_true(pw_access_user_add(db, pw_loop_wall(loop),
        &(struct pw_user_new){
            .name = "tess", .password = PASSWORD, .roles = analyst, .role_count = 1, .totp_keys = keys},
        &id, &uri, &err));
    /* What is kept opens to what was shown. */
    snprintf(place, sizeof place, "account:%s:totp", pw_uuid_format(&id, text));
    sealed = unhex(arena, pg_sql(url, "select encode(totp_key, 'hex') from account where name = 'tess'"));
    assert_true(pw_crypto_open(keys, arena, sealed, pw_str_z(place), &key, &err));
    pw_crypto_base32(key.data, key.len, base32);
    assert_non_null(strstr(pw_buf_str(&uri).data, base32));

    assert_int_equal(sign_in_with(PASSWORD, ""), 401);
    assert_true(pw_crypto_totp(key, step - 3, code, &err));
    assert_int_equal(sign_in_with(PASSWORD, code), 401);
    assert_true(pw_crypto_totp(key, step, code, &err));
    assert_int_equal(sign_in_with("een ander wachtwoord", code), 401);
    pg_sql(url, "delete from login_budget");
    assert_int_equal(sign_in_with(PASSWORD, code), 201);
    assert_int_equal(sign_in_with(PASSWORD, code), 401); /* once only */
    assert_true(pw_crypto_totp(key, step + 1, code, &err));
    assert_int_equal(sign_in_with(PASSWORD, code), 201);
    /* Whoever knows the password cannot try codes from one address after another: the budget of the address
     * is given back each time, that of the account's codes is not. */
    for (int i = 0; i < 3; i++) {
        assert_int_equal(sign_in_with(PASSWORD, "000000"), 401);
        pg_sql(url,
            "delete from login_budget where failures <= 1 and key not in (select sha256('code:'::bytea "
            "|| uuid_send(id)) from account)");
    }
    assert_true(pw_crypto_totp(key, step + 1, code, &err));
    pg_sql(url, "update account set totp_step = 0 where name = 'tess';"
                "update login_budget set retry_at = retry_at + interval '1 minute' where failures = 3");
    assert_int_equal(sign_in_with(PASSWORD, code), 401); /* right, but too soon after so many wrong ones */
    pg_sql(url, "delete from login_budget");
    assert_true(pw_access_user_reset(db, pw_loop_wall(loop), "tess", PASSWORD, NULL, NULL, &err));
    assert_int_equal(sign_in_with(PASSWORD, ""), 201);
    pw_buf_release(&uri);
    pw_arena_free(arena);
}

static void test_duties_apart(void **state)
{
    const char *const both[] = {"administrator", "analyst"}, *const desk[] = {"analyst", "case-lead"};
    struct pw_user_new user = {.name = "dubbel", .password = PASSWORD, .roles = both, .role_count = 2};
    struct pw_uuid id;
    struct pw_err err = {0};

    (void)state;
    assert_false(pw_access_user_add(db, pw_loop_wall(loop), &user, &id, NULL, &err));
    assert_int_equal(err.code, PW_ERR_INVALID);
    assert_non_null(strstr(err.text, "reads no dossiers"));
    user.roles = desk;
    assert_true(pw_access_user_add(db, pw_loop_wall(loop), &user, &id, NULL, &err));
}

static void test_sessions_end(void **state)
{
    const char *bearer;

    (void)state;
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 201);
    bearer = talk_member("accessToken");
    pg_sql(url, "update session set last_used_at = now() - interval '31 minutes'");
    assert_int_equal(with_bearer("GET", "/desk", bearer), 401);
    pg_sql(url, "update session set last_used_at = now() - interval '29 minutes'");
    assert_int_equal(with_bearer("GET", "/desk", bearer), 200);
    assert_string_equal(
        pg_sql(url, "select count(*) from session where last_used_at > now() - interval '1 minute'"), "1");
    pg_sql(url, "update account set disabled_at = now() where name = 'anna'");
    pw_access_forget(access_);
    assert_int_equal(with_bearer("GET", "/desk", bearer), 401);
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 401);
    pg_sql(url, "update account set disabled_at = null; delete from login_budget");
}

static void test_one_answer_for_all(void **state)
{
    char *wrong;

    (void)state;
    assert_int_equal(sign_in("anna", "een ander wachtwoord", "bearer"), 401);
    wrong = strdup(answer.body);
    assert_int_equal(sign_in("niemand", PASSWORD, "bearer"), 401);
    assert_string_equal(answer.body, wrong);
    free(wrong);
    pg_sql(url, "delete from login_budget");
}

static void test_login_budget(void **state)
{
    static const char later[] =
        "update login_budget set retry_at = retry_at + interval '1 minute' where failures = 3";
    struct pw_err err = {0};

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(sign_in("anna", "een ander wachtwoord", "bearer"), 401);
    pg_sql(url, later); /* a busy machine may take longer than the second it would be */
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 429);
    assert_true(atoi(talk_header("Retry-After")) >= 1);
    /* Somebody else is not locked out, nor the same account from elsewhere (another key). */
    assert_int_equal(sign_in("otto", PASSWORD, "bearer"), 201);
    pg_sql(url, "update login_budget set key = sha256('elsewhere')");
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 201);
    /* A name that does not exist meets the same budget. */
    for (int i = 0; i < 3; i++)
        assert_int_equal(sign_in("niemand", PASSWORD, "bearer"), 401);
    pg_sql(url, later);
    assert_int_equal(sign_in("niemand", PASSWORD, "bearer"), 429);
    pg_sql(url, "update login_budget set retry_at = now()");
    assert_int_equal(sign_in("niemand", PASSWORD, "bearer"), 401);
    assert_string_equal(pg_sql(url, "select max(failures) from login_budget"), "4");
    pg_sql(url, "delete from login_budget");
    assert_true(
        pw_access_user_reset(db, pw_loop_wall(loop), "anna", "weer een nieuw wachtwoord", NULL, NULL, &err));
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 401);
    assert_int_equal(sign_in("anna", "weer een nieuw wachtwoord", "bearer"), 201);
    assert_true(pw_access_user_reset(db, pw_loop_wall(loop), "anna", PASSWORD, NULL, NULL, &err));
}

static void test_bodies(void **state)
{
    static const struct {
        const char *body, *pointer, *code;
    } cases[] = {
        {"", "\"name\":\"\"", "json-syntax"},
        {"[]", "\"name\":\"\"", "type"},
        {"{\"user\":\"a\"}", "/password", "required"},
        {"{\"user\":1,\"password\":\"b\"}", "/user", "type"},
        {"{\"user\":\"a\",\"password\":\"b\",\"kind\":\"x\"}", "/kind", "enum"},
        {"{\"user\":\"a\",\"password\":\"b\",\"admin\":true}", "/admin", "unknown-field"},
    };

    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        assert_int_equal(talk(loop, "POST", "/v1/sessions", "", cases[i].body), 400);
        assert_non_null(strstr(answer.body, cases[i].pointer));
        assert_non_null(strstr(answer.body, cases[i].code));
    }
}

static int ask_with_token(void)
{
    return with_bearer("GET", "/source", token);
}

/* A token can be narrower than its client. */
static void test_narrow_token(void **state)
{
    (void)state;
    pg_sql(url, "update client_token set source_classes = '{citizen-tip,enforcement}'");
    pw_access_forget(access_);
    assert_int_equal(with_bearer("GET", "/source", token), 200);
    assert_string_equal(answer.body, "bron everywhere 1 2");
    pg_sql(url, "update client_token set source_classes = '{}', roles = '{partner}'");
    pw_access_forget(access_);
    assert_int_equal(with_bearer("GET", "/source", token), 403);
    pg_sql(url, "update client_token set roles = '{}'");
    pw_access_forget(access_);
}

static void test_client_tokens(void **state)
{
    struct pw_err err = {0};

    (void)state;
    assert_int_equal(with_bearer("GET", "/source", token), 200);
    assert_string_equal(answer.body, "bron everywhere 1 a");
    assert_int_equal(with_bearer("GET", "/desk", token), 403);
    assert_int_equal(with_bearer("GET", "/v1/sessions/current", token), 403);
    assert_int_equal(talk(loop, "GET", "/source", "", NULL), 401);
    assert_int_equal(talk(loop, "GET", "/known", "", NULL), 401);
    assert_int_equal(with_bearer("GET", "/known", token), 200);
    assert_int_equal(with_bearer("GET", "/source", "niets"), 401);
    assert_int_equal(talk(loop, "GET", "/source", "Authorization: Basic YTpi\r\n", NULL), 401);
    assert_int_equal(talk(loop, "GET", "/source", "Authorization: Bearer\r\n", NULL), 401);
    pg_sql(url, "update client_token set expires_at = now()");
    pw_access_forget(access_);
    assert_int_equal(with_bearer("GET", "/source", token), 401);
    pg_sql(url, "update client_token set expires_at = now() + interval '1 day'");
    assert_int_equal(with_bearer("GET", "/source", token), 200);
    assert_true(pw_access_client_revoke(db, pw_loop_wall(loop), "bron", &err));
    assert_false(pw_access_client_revoke(db, pw_loop_wall(loop), "bron", &err));
    assert_int_equal(err.code, PW_ERR_NOT_FOUND);
    assert_int_equal(soon(401, ask_with_token), 401); /* long before the cache would have let it go */
}

static void test_certificates(void **state)
{
    const char *const roles[] = {"source"}, *const classes[] = {"base-register"};
    struct pw_uuid id;
    struct pw_err err = {0};
    char none[64];

    (void)state;
    assert_true(pw_access_client_add(db, pw_loop_wall(loop),
        &(struct pw_client_new){.name = "register",
            .oin = "00000001000000000007",
            .controller = "00000001234567890000",
            .roles = roles,
            .role_count = 1,
            .source_classes = classes,
            .source_class_count = 1},
        &id, none, &err));
    strcpy(peer.oin, "00000001000000000007");
    assert_int_equal(talk(loop, "GET", "/source", "", NULL), 401); /* shown, but not verified */
    peer.verified = true;
    assert_int_equal(talk(loop, "GET", "/source", "", NULL), 200);
    assert_string_equal(answer.body, "register everywhere 1 8");
    assert_int_equal(talk(loop, "GET", "/desk", "", NULL), 403);
    assert_int_equal(with_bearer("GET", "/source", "niets"), 401); /* a bad token is not saved by it */
    strcpy(peer.oin, "00000001000000000008");
    assert_int_equal(talk(loop, "GET", "/source", "", NULL), 401);
    assert_true(pw_access_client_revoke(db, pw_loop_wall(loop), "register", &err));
    strcpy(peer.oin, "00000001000000000007");
    pw_access_forget(access_);
    assert_int_equal(talk(loop, "GET", "/source", "", NULL), 401);
    memset(&peer, 0, sizeof peer);
}

static void test_request_budget(void **state)
{
    char bearer[64];

    (void)state;
    stop();
    assert_true(start(1, 3)); /* one a minute: none comes back while this runs */
    assert_int_equal(sign_in("otto", PASSWORD, "bearer"), 201);
    snprintf(bearer, sizeof bearer, "%s", talk_member("accessToken"));
    for (int i = 2; i >= 0; i--) {
        char left[32];

        assert_int_equal(with_bearer("GET", "/known", bearer), 200);
        snprintf(left, sizeof left, "\"caller\";r=%d;", i);
        assert_true(strncmp(talk_header("RateLimit"), left, strlen(left)) == 0);
        assert_string_equal(talk_header("RateLimit-Policy"), "\"caller\";q=3;w=180");
    }
    assert_int_equal(with_bearer("GET", "/known", bearer), 429);
    assert_string_equal(talk_member("code"), "rate");
    assert_true(atoi(talk_header("Retry-After")) > 30);
    assert_non_null(strstr(talk_header("RateLimit"), "r=0;"));
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 201);
    assert_int_equal(with_bearer("GET", "/known", talk_member("accessToken")), 200);
    /* Nobody known: the address has spent two by signing in. Whoever is known goes on from there. */
    snprintf(bearer, sizeof bearer, "%s", talk_member("accessToken"));
    assert_int_equal(with_bearer("GET", "/known", "niets"), 401);
    assert_int_equal(with_bearer("GET", "/known", "niets"), 429);
    assert_non_null(strstr(talk_header("RateLimit"), "\"address\";r=0;"));
    assert_int_equal(sign_in("anna", PASSWORD, "bearer"), 429);
}

static bool take(
    struct pw_access *access, enum pw_budget which, const char *name, struct pw_budget_state *state)
{
    return pw_budget_take(access, which, pw_str_z(name), state);
}

static void test_bucket_refills(void **state)
{
    struct pw_loop *clock = pw_loop_new_virtual(0);
    struct pw_access *access = pw_access_new(&(struct pw_access_options){.loop = clock,
        .budgets = {[PW_BUDGET_CALLER] = {.per_day = 86400, .burst = 2},
            [PW_BUDGET_ORIGIN] = {.per_day = 20, .burst = 20}}});
    struct pw_budget_state left;

    (void)state;
    assert_true(take(access, PW_BUDGET_CALLER, "a", &left));
    assert_int_equal(left.remaining, 1);
    assert_true(take(access, PW_BUDGET_CALLER, "a", &left));
    assert_false(take(access, PW_BUDGET_CALLER, "a", &left));
    assert_int_equal(left.wait_s, 1 + 1);
    assert_true(take(access, PW_BUDGET_CALLER, "b", &left));
    assert_true(take(access, PW_BUDGET_ORIGIN, "a", &left)); /* another plan, another bucket */
    /* Asking often does not hold the filling up. */
    for (int i = 0; i < 999; i++) {
        pw_loop_advance(clock, 1);
        assert_false(take(access, PW_BUDGET_CALLER, "a", &left));
    }
    pw_loop_advance(clock, 1);
    assert_true(take(access, PW_BUDGET_CALLER, "a", &left));
    assert_false(take(access, PW_BUDGET_CALLER, "a", &left));
    pw_loop_advance(clock, INT64_C(100) * 24 * 3600 * 1000);
    assert_true(take(access, PW_BUDGET_CALLER, "a", &left));
    assert_true(take(access, PW_BUDGET_CALLER, "a", &left));
    assert_false(take(access, PW_BUDGET_CALLER, "a", &left));
    /* Twenty a day: the twenty-first waits for 72 minutes. */
    for (int i = 0; i < 20; i++)
        assert_true(take(access, PW_BUDGET_ORIGIN, "a", &left));
    assert_false(take(access, PW_BUDGET_ORIGIN, "a", &left));
    assert_in_range(left.wait_s, 4320, 4321);
    pw_loop_advance(clock, 4320 * 1000);
    assert_true(take(access, PW_BUDGET_ORIGIN, "a", &left));
    pw_access_free(access);
    pw_loop_free(clock);
}

static void test_commands_refuse(void **state)
{
    const char *const roles[] = {"source"}, *const wrong[] = {"analyst"}, *const classes[] = {"citizen-tip"},
                      *const nowhere[] = {"GM9999"};
    const struct pw_client_new good = {.name = "nieuw",
        .oin = "00000001234567890001",
        .controller = "00000001234567890000",
        .roles = roles,
        .role_count = 1,
        .source_classes = classes,
        .source_class_count = 1};
    struct pw_client_new bad;
    struct pw_uuid id;
    struct pw_err err = {0};
    char out[64];

    (void)state;
    assert_true(pw_access_client_add(db, pw_loop_wall(loop), &good, &id, out, &err));
    assert_string_equal(out, "");
    assert_false(pw_access_client_add(db, pw_loop_wall(loop), &good, &id, out, &err));
    assert_int_equal(err.code, PW_ERR_CONFLICT);
    bad = good;
    bad.name = "ander";
    bad.roles = wrong;
    assert_false(pw_access_client_add(db, pw_loop_wall(loop), &bad, &id, out, &err));
    assert_int_equal(err.code, PW_ERR_INVALID);
    bad.roles = roles;
    bad.municipalities = nowhere;
    bad.municipality_count = 1;
    assert_false(pw_access_client_add(db, pw_loop_wall(loop), &bad, &id, out, &err));
    assert_int_equal(err.code, PW_ERR_INVALID);
    assert_false(pw_access_user_add(db, pw_loop_wall(loop),
        &(struct pw_user_new){.name = "kort", .password = "kort", .roles = wrong, .role_count = 1}, &id, NULL,
        &err));
    assert_false(pw_access_partner_add(db, pw_loop_wall(loop),
        &(struct pw_partner_new){.name = "p",
            .kind = "municipality",
            .oin = "00000001234567890002",
            .url = "https://localhost/",
            .ca_file = "ca.pem",
            .expected_name = "localhost",
            .release = "{\"events\":[\"alert.raised\"]}"},
        &id, &err));
    assert_int_equal(err.code, PW_ERR_INVALID);
    assert_true(pw_access_partner_add(db, pw_loop_wall(loop),
        &(struct pw_partner_new){.name = "p",
            .kind = "municipality",
            .oin = "00000001234567890002",
            .url = "https://localhost/",
            .ca_file = "ca.pem",
            .expected_name = "localhost",
            .release = "{\"classes\":[\"citizen-tip\"]}"},
        &id, &err));
}

/* Who did what is there, and what it says can be checked in SQL. */
static void test_audit(void **state)
{
    (void)state;
    assert_string_equal(
        pg_sql(url, "select count(*) from audit_record where action = 'client-revoked'"), "2");
    assert_true(atoi(pg_sql(url, "select count(*) from audit_record where action = 'signed-in'")) >= 5);
    assert_true(atoi(pg_sql(url, "select count(*) from audit_record where action = 'sign-in-refused'")) >= 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bearer_session),
        cmocka_unit_test(test_cookie_session),
        cmocka_unit_test(test_session_rotates),
        cmocka_unit_test(test_sign_in_leaves_the_former_session),
        cmocka_unit_test(test_one_time_codes),
        cmocka_unit_test(test_duties_apart),
        cmocka_unit_test(test_sessions_end),
        cmocka_unit_test(test_one_answer_for_all),
        cmocka_unit_test(test_login_budget),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_narrow_token),
        cmocka_unit_test(test_client_tokens),
        cmocka_unit_test(test_certificates),
        cmocka_unit_test(test_request_budget),
        cmocka_unit_test(test_bucket_refills),
        cmocka_unit_test(test_commands_refuse),
        cmocka_unit_test(test_audit),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
