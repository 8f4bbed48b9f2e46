/* Letters against a real PostgreSQL, with the client room faked: written once, sealed, sent, forgotten. */
#include "../../unit.h"

#include "../../pg.h"

#include <pandwacht/client.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/deliver.h>
#include <pandwacht/mail.h>

static const char *url;
static struct pw_loop *loop;
static struct pw_db *db;
static struct pw_arena *arena;
static struct pw_keys *keys;

/* The mail server: what it answers, and what it was given. */
static int answer_status;
static int letters;
static char last_to[256], last_message[4096];

struct pw_client_call {
    struct pw_deferred answer;
    pw_client_done on_done;
    void *arg;
};

static void on_call(void *arg)
{
    struct pw_client_call *call = arg;
    const struct pw_client_answer answer = {.end = answer_status > 0 ? PW_CLIENT_ANSWERED : PW_CLIENT_TLS,
        .status = answer_status,
        .retry_after_s = -1,
        .body = {"", 0}};

    call->on_done(call->arg, &answer);
    free(call);
}

bool pw_client_mail(struct pw_client *client, const struct pw_client_mail *mail, pw_client_done on_done,
    void *arg, struct pw_client_call **ret_call, struct pw_err *err)
{
    struct pw_client_call *call = pw_xcalloc(1, sizeof(*call));

    (void)client;
    (void)err;
    letters++;
    assert_string_equal(mail->url, "smtp://localhost:587");
    assert_string_equal(mail->from, "noreply@riec.example");
    snprintf(last_to, sizeof(last_to), "%s", mail->to);
    snprintf(last_message, sizeof(last_message), "%.*s", PW_STR_ARG(mail->message));
    call->on_done = on_done;
    call->arg = arg;
    pw_deferred_init(&call->answer, loop, "test: answer", on_call, call);
    pw_deferred_call(&call->answer);
    *ret_call = call;
    return true;
}

void pw_client_cancel(struct pw_client_call *call)
{
    pw_deferred_cancel(&call->answer);
    free(call);
}

const char *pw_client_end_word(enum pw_client_end end)
{
    return end == PW_CLIENT_TLS ? "tls" : "other";
}

static int open_all(void **state)
{
    (void)state;
    url = pg_fresh("mail");
    loop = pw_loop_new();
    arena = pw_arena_new();
    keys = pw_crypto_keys_for_test("mail");
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
    (void)state;
    letters = 0;
    answer_status = 250;
    pg_sql(url, "truncate outgoing_mail");
    return 0;
}

static struct pw_mail letter(uint32_t ordinal)
{
    return (struct pw_mail){.kind = PW_MAIL_REFERRAL_WAITS,
        .dutch = true,
        .cause = pw_uuid_v8(PW_STR("referral")),
        .ordinal = ordinal,
        .to = PW_STR("sleutel@vossewaard.example"),
        .reference = PW_STR("V-1234"),
        .path = PW_STR("/referrals/1234")};
}

static void add(const struct pw_mail *mail)
{
    struct pw_tx *tx = pw_db_begin(db, "test: mail", 0);
    struct pw_err err;

    assert_true(pw_mail_add(tx, keys, mail, &err));
    assert_true(pw_tx_run(tx, &err));
    pw_tx_close(tx);
}

static struct pw_mailer *start(const char *server)
{
    return pw_mailer_new(&(struct pw_mailer_options){.loop = loop,
        .db = db,
        .keys = keys,
        .url = server,
        .from = "noreply@riec.example",
        .base_url = "https://pandwacht.example",
        .poll_ms = 20,
        .backoff_ms = 20,
        .backoff_max_ms = 50,
        .attempts_max = 4});
}

/* Steps the loop until the query gives `want`; fails after 10 s. */
static void await_sql(const char *sql, const char *want)
{
    const char *got = "";

    for (int i = 0; i < 500; i++) {
        got = pg_sql(url, sql);
        if (strcmp(got, want) == 0)
            return;
        pw_loop_step(loop, 20);
    }
    fail_msg("%s: %s, not %s", sql, got, want);
}

static void written_once_sealed_sent_and_forgotten(void **state)
{
    struct pw_mail mail = letter(0), again = letter(1);

    (void)state;
    add(&mail);
    add(&mail);
    assert_string_equal(pg_sql(url, "select count(*) from outgoing_mail"), "1");
    assert_string_equal(
        pg_sql(url, "select count(*) from outgoing_mail where position('vossewaard'::bytea in recipient) > 0"
                    " or position('referrals'::bytea in path) > 0"),
        "0");
    add(&again);
    struct pw_mailer *mailer = start("smtp://localhost:587");
    await_sql("select string_agg(state, ',') from outgoing_mail", "sent,sent");
    pw_mailer_free(mailer);
    assert_int_equal(letters, 2);
    assert_string_equal(last_to, "sleutel@vossewaard.example");
    assert_non_null(strstr(last_message, "https://pandwacht.example/referrals/1234\r\n"));
    assert_string_equal(pg_sql(url, "select max(length(recipient) + length(path)) from outgoing_mail"), "0");
}

static void tried_again_until_the_server_takes_it(void **state)
{
    struct pw_mail mail = letter(0);

    (void)state;
    add(&mail);
    answer_status = 0;
    struct pw_mailer *mailer = start("smtp://localhost:587");
    await_sql("select state || ' ' || coalesce(last_error, '') from outgoing_mail", "pending tls");
    answer_status = 451;
    await_sql("select state || ' ' || coalesce(last_status, 0) from outgoing_mail", "pending 451");
    answer_status = 250;
    await_sql("select state from outgoing_mail", "sent");
    pw_mailer_free(mailer);
}

static void given_up_when_it_cannot_go(void **state)
{
    struct pw_mail refused = letter(0), unlucky = letter(1);

    (void)state;
    add(&refused);
    answer_status = 550;
    struct pw_mailer *mailer = start("smtp://localhost:587");
    await_sql("select state from outgoing_mail", "dead");
    assert_int_equal(letters, 1);
    answer_status = 451;
    add(&unlucky);
    await_sql("select string_agg(state, ',') from outgoing_mail", "dead,dead");
    assert_int_equal(letters, 1 + 4);
    pw_mailer_free(mailer);
}

static void waits_where_there_is_no_server(void **state)
{
    struct pw_mail mail = letter(0);

    (void)state;
    add(&mail);
    struct pw_mailer *mailer = start("");
    for (int i = 0; i < 20; i++)
        pw_loop_step(loop, 10);
    pw_mailer_free(mailer);
    assert_string_equal(pg_sql(url, "select state, attempts from outgoing_mail"), "pending|0");
}

static void addresses(void **state)
{
    static const struct {
        const char *text;
        bool ok;
    } rows[] = {{"a@b", true}, {"voor.achter+x@gemeente.example", true}, {"", false}, {"a", false},
        {"@b", false}, {"a@", false}, {"a@b@c", false}, {"a b@c", false}, {"a@b\r\nTo: c@d", false},
        {"<a@b>", false}, {"a,b@c", false}, {"\xc3\xa9@b", false}};

    (void)state;
    for (size_t i = 0; i < PW_COUNT(rows); i++)
        if (pw_mail_is_address(pw_str_z(rows[i].text)) != rows[i].ok)
            fail_msg("%s", rows[i].text);
}

/* Every letter, in both languages: a head that is one, a text with its link, and nothing left to fill in. */
static void every_letter_reads_well(void **state)
{
    struct pw_letter written = {.id = pw_uuid_v8(PW_STR("x")),
        .to = PW_STR("c@d.example"),
        .reference = PW_STR("V-1"),
        .path = PW_STR("/x")};

    (void)state;
    for (int kind = 0; kind < PW_MAILS; kind++)
        for (int dutch = 0; dutch < 2; dutch++) {
            written.kind = (enum pw_mail_kind)kind;
            written.dutch = dutch == 1;
            struct pw_str text =
                pw_mail_render(arena, &written, "a@b.example", "https://h", INT64_C(1795677617000000));
            assert_true(pw_str_has_prefix(
                text, PW_STR("From: pandwacht <a@b.example>\r\nTo: <c@d.example>\r\nSubject: ")));
            assert_non_null(strstr(text.data, "\r\nDate: Thu, 26 Nov 2026 "));
            assert_non_null(strstr(text.data, "\r\n\r\n"));
            assert_non_null(strstr(text.data, "V-1"));
            assert_non_null(strstr(text.data, "\r\nhttps://h/x\r\n"));
            assert_null(strchr(text.data, '{'));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(written_once_sealed_sent_and_forgotten, fresh),
        cmocka_unit_test_setup(tried_again_until_the_server_takes_it, fresh),
        cmocka_unit_test_setup(given_up_when_it_cannot_go, fresh),
        cmocka_unit_test_setup(waits_where_there_is_no_server, fresh),
        cmocka_unit_test(addresses),
        cmocka_unit_test(every_letter_reads_well),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
