/*
 * The pool and its transactions against a real server: values there and back, one round trip, steps,
 * failures, deadlines, a server that goes away, LISTEN, migrations.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#include "../../pg.h"

static const char *url;
static struct pw_loop *loop;

static int open_database(void **state)
{
    (void)state;
    url = pg_fresh("tx");
    loop = pw_loop_new();
    return 0;
}

static int close_database(void **state)
{
    (void)state;
    pw_loop_free(loop);
    return 0;
}

static struct pw_db *new_db(int connections)
{
    struct pw_db_options options = {
        .url = url, .max_connections = connections, .greet = true, .wait_ms = 3000};

    return pw_db_new(loop, &options);
}

static void test_values_come_back_as_they_went(void **state)
{
    struct pw_db *db = new_db(1);
    struct pw_tx *tx = pw_db_begin(db, "test: echo", PW_DB_READ_ONLY);
    struct pw_uuid id = pw_uuid_v8(PW_STR("one"));
    struct pw_uuid ids[] = {id, {{0}}};
    struct pw_str texts[] = {PW_STR("een"), {NULL, 0}, PW_STR("drie, \"x\"")};
    int64_t numbers[] = {-1, INT64_C(1) << 40};
    pw_day day = pw_day_from_date((struct pw_date){1999, 12, 31});
    pw_usec now = INT64_C(1772357400123456);
    size_t i = pw_tx_add(tx, PW_SQL_DB_ECHO, PW_P_BOOL(true), PW_P_I64(-5), PW_P_I32(70000), PW_P_I16(-7),
        PW_P_UUID(&id), PW_P_TEXT(PW_STR("h\xc3\xa9")), PW_P_BYTES("\0\1", 2), PW_P_JSON(PW_STR("{\"a\":1}")),
        PW_P_DATE(day), PW_P_TIME(now), PW_P_XID(UINT64_C(123456789012)), PW_P_F64(0.5),
        PW_P_UUIDS_OPT(ids, 2), PW_P_TEXTS(texts, 3), PW_P_I64S(numbers, 2));
    struct pw_arena *arena = pw_tx_arena(tx);
    const struct pw_rows *rows;
    struct pw_uuid got;
    struct pw_err err;
    size_t n;

    (void)state;
    if (!pw_tx_run(tx, &err))
        fail_msg("%s", err.text);
    rows = pw_tx_rows(tx, i);
    assert_int_equal(pw_rows_count(rows), 1);
    assert_true(pw_cell_bool(rows, 0, 0));
    assert_int_equal(pw_cell_i64(rows, 0, 1), -5);
    assert_int_equal(pw_cell_i64(rows, 0, 2), 70000);
    assert_int_equal(pw_cell_i64(rows, 0, 3), -7);
    got = pw_cell_uuid(rows, 0, 4);
    assert_true(pw_uuid_eq(&got, &id));
    assert_true(pw_str_is(pw_cell_text(rows, 0, 5), "h\xc3\xa9"));
    assert_int_equal(pw_cell_bytea(rows, 0, 6).len, 2);
    assert_memory_equal(pw_cell_bytea(rows, 0, 6).data, "\0\1", 2);
    assert_true(pw_str_is(pw_cell_text(rows, 0, 7), "{\"a\": 1}"));
    assert_int_equal(pw_cell_date(rows, 0, 8), day);
    assert_int_equal(pw_cell_time(rows, 0, 9), now);
    assert_true(pw_cell_xid(rows, 0, 10) == UINT64_C(123456789012));
    assert_true(pw_cell_f64(rows, 0, 11) == 0.5);
    assert_true(pw_uuid_eq(&pw_cell_uuids(rows, 0, 12, arena, &n)[0], &id));
    assert_int_equal(n, 2);
    assert_true(pw_str_is(pw_cell_texts(rows, 0, 13, arena, &n)[2], "drie, \"x\""));
    assert_int_equal(n, 3);
    assert_true(pw_cell_i64s(rows, 0, 14, arena, &n)[1] == INT64_C(1) << 40);
    assert_int_equal(pw_rows_column(rows, "n14"), 15);
    assert_int_equal(pw_cell_i64(rows, 0, 15), 1); /* one of the texts was NULL, one uuid too */
    pw_tx_close(tx);
    pw_db_free(db);
}

static void test_nothing_is_null(void **state)
{
    struct pw_db *db = new_db(1);
    struct pw_tx *tx = pw_db_begin(db, "test: null", 0);
    size_t i = pw_tx_add(tx, PW_SQL_DB_ECHO, PW_P_NULL, PW_P_NULL, PW_P_NULL, PW_P_NULL, PW_P_UUID(NULL),
        PW_P_TEXT_Z(NULL), PW_P_NULL, PW_P_NULL, PW_P_DATE(PW_DAY_NONE), PW_P_TIME(PW_TIME_NONE), PW_P_NULL,
        PW_P_NULL, PW_P_UUIDS(NULL, 0), PW_P_NULL, PW_P_NULL);
    const struct pw_rows *rows;
    struct pw_uuid got;
    struct pw_err err;
    size_t n = 9;

    (void)state;
    assert_true(pw_tx_run(tx, &err));
    rows = pw_tx_rows(tx, i);
    for (int c = 0; c < 15; c++)
        assert_int_equal(pw_cell_is_null(rows, 0, c), c != 12);
    got = pw_cell_uuid(rows, 0, 4);
    assert_true(pw_uuid_is_nil(&got));
    assert_int_equal(pw_cell_date(rows, 0, 8), PW_DAY_NONE);
    assert_true(pw_cell_time(rows, 0, 9) == PW_TIME_NONE);
    (void)pw_cell_uuids(rows, 0, 12, pw_tx_arena(tx), &n);
    assert_int_equal(n, 0);
    pw_tx_close(tx);
    pw_db_free(db);
}

/* ---- asynchronous steps ---- */

struct probe {
    int steps, dones, failures;
    size_t first;
    int64_t seen;
    enum pw_err_code code;
    char sqlstate[6];
    bool abort_after_step;
    bool fail_second;
};

static void on_done(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct probe *p = arg;

    p->dones++;
    if (!ok) {
        p->failures++;
        p->code = err->code;
        strcpy(p->sqlstate, pw_tx_sqlstate(tx));
    }
}

static void on_step(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct probe *p = arg;

    if (!ok) {
        on_done(arg, tx, ok, err);
        return;
    }
    p->steps++;
    p->seen = pw_cell_i64(pw_tx_rows(tx, p->first), 0, 0);
    if (p->abort_after_step) {
        pw_tx_abort(tx);
        return;
    }
    pw_tx_add(tx, PW_SQL_DB_PROBE_ADD, PW_P_I64(p->fail_second ? 1 : 2), PW_P_TEXT(PW_STR("second")));
    pw_tx_commit(tx, on_done, p);
}

static void start(struct pw_db *db, struct probe *p)
{
    struct pw_tx *tx = pw_db_begin(db, "test: steps", 0);

    pw_tx_add(tx, PW_SQL_DB_PROBE_ADD, PW_P_I64(1), PW_P_TEXT(PW_STR("first")));
    p->first = pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
    pw_tx_send(tx, on_step, p);
}

static void spin(struct pw_db *db, const int *until, int value)
{
    (void)db;
    for (int i = 0; i < 500 && *until < value; i++)
        pw_loop_step(loop, 20);
}

static void test_steps_commit_together(void **state)
{
    struct pw_db *db = new_db(2);
    struct probe p = {0};

    (void)state;
    (void)pg_sql(url, "truncate probe");
    start(db, &p);
    assert_int_equal(p.steps, 0); /* never called from inside */
    spin(db, &p.dones, 1);
    assert_int_equal(p.dones, 1);
    assert_int_equal(p.failures, 0);
    assert_int_equal(p.seen, 1);
    assert_string_equal(pg_sql(url, "select count(*) from probe"), "2");
    pw_db_free(db);
}

static void test_failure_rolls_back_and_names_no_value(void **state)
{
    struct pw_db *db = new_db(1);
    struct probe p = {.fail_second = true};
    struct pw_tx *tx;
    struct pw_err err;

    (void)state;
    (void)pg_sql(url, "truncate probe");
    start(db, &p);
    spin(db, &p.dones, 1);
    assert_int_equal(p.failures, 1);
    assert_int_equal(p.code, PW_ERR_DB);
    assert_string_equal(p.sqlstate, "23505");
    assert_string_equal(pg_sql(url, "select count(*) from probe"), "0");

    /* the connection is clean again; an error's text has names only */
    tx = pw_db_begin(db, "test: twice", 0);
    pw_tx_add(tx, PW_SQL_DB_PROBE_ADD, PW_P_I64(1), PW_P_TEXT(PW_STR("secret")));
    pw_tx_add(tx, PW_SQL_DB_PROBE_ADD, PW_P_I64(1), PW_P_TEXT(PW_STR("secret")));
    assert_false(pw_tx_run(tx, &err));
    assert_non_null(strstr(err.text, "db/probe_add"));
    assert_non_null(strstr(err.text, "23505"));
    assert_null(strstr(err.text, "secret"));
    assert_string_equal(pw_tx_constraint(tx), "probe_pkey");
    assert_int_equal(pw_tx_failed_sql(tx), PW_SQL_DB_PROBE_ADD);
    assert_false(pw_tx_retryable(tx));
    pw_tx_close(tx);
    assert_string_equal(pg_sql(url, "select count(*) from probe"), "0");
    pw_db_free(db);
}

static void test_abort_leaves_nothing(void **state)
{
    struct pw_db *db = new_db(1);
    struct probe p = {.abort_after_step = true}, q = {0};
    struct pw_tx *tx;

    (void)state;
    (void)pg_sql(url, "truncate probe");
    start(db, &p);
    spin(db, &p.steps, 1);
    tx = pw_db_begin(db, "test: sent and left", 0);
    pw_tx_add(tx, PW_SQL_DB_PROBE_ADD, PW_P_I64(9), PW_P_TEXT(PW_STR("left")));
    pw_tx_send(tx, on_done, &p);
    for (int i = 0; i < 3; i++)
        pw_loop_step(loop, 5);
    pw_tx_abort(tx); /* while its answers are awaited or there */
    start(db, &q);
    spin(db, &q.dones, 1);
    assert_int_equal(q.failures, 0);
    assert_string_equal(pg_sql(url, "select string_agg(t, ' ' order by a) from probe"), "first second");
    pw_db_free(db);
}

static void test_read_only_refuses_to_write(void **state)
{
    struct pw_db *db = new_db(1);
    struct pw_tx *tx = pw_db_begin(db, "test: read only", PW_DB_READ_ONLY);
    struct pw_err err;

    (void)state;
    pw_tx_add(tx, PW_SQL_DB_PROBE_ADD, PW_P_I64(77), PW_P_NULL);
    assert_false(pw_tx_run(tx, &err));
    assert_string_equal(pw_tx_sqlstate(tx), "25006");
    pw_tx_close(tx);
    pw_db_free(db);
}

static void test_many_wait_for_few_connections_in_order(void **state)
{
    struct pw_db *db = new_db(2);
    struct probe p = {0};

    (void)state;
    for (int i = 0; i < 300; i++) {
        struct pw_tx *tx = pw_db_begin(db, "test: many", PW_DB_READ_ONLY);

        pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
        pw_tx_commit(tx, on_done, &p);
    }
    assert_int_equal(pw_db_waiting(db), 300);
    spin(db, &p.dones, 300);
    assert_int_equal(p.dones, 300);
    assert_int_equal(p.failures, 0);
    assert_string_equal(
        pg_sql(url, "select count(*) <= 3 from pg_stat_activity where application_name = 'pandwacht' "
                    "and datname = current_database()"),
        "t");
    pw_db_free(db);
}

static void test_the_queue_is_bounded(void **state)
{
    struct pw_db_options options = {.url = url, .max_connections = 1, .max_waiting = 3};
    struct pw_db *db = pw_db_new(loop, &options);
    struct probe p = {0};

    (void)state;
    for (int i = 0; i < 5; i++) {
        struct pw_tx *tx = pw_db_begin(db, "test: queue", 0);

        pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
        pw_tx_commit(tx, on_done, &p);
    }
    assert_int_equal(p.dones, 0);
    spin(db, &p.dones, 5);
    assert_int_equal(p.dones, 5);
    assert_int_equal(p.failures, 2);
    assert_int_equal(p.code, PW_ERR_UNAVAILABLE);
    pw_db_free(db);
}

static void test_a_slow_transaction_meets_its_deadline(void **state)
{
    struct pw_db *db = new_db(1);
    struct pw_tx *tx = pw_db_begin(db, "test: slow", 0);
    struct pw_err err;
    int64_t began = pw_loop_clock_us(loop);

    (void)state;
    pw_tx_set_deadline(tx, 200);
    pw_tx_add(tx, PW_SQL_DB_SLEEP, PW_P_F64(30));
    assert_false(pw_tx_run(tx, &err));
    assert_int_equal(err.code, PW_ERR_DEADLINE);
    assert_true(pw_loop_clock_us(loop) - began < 3000000);
    pw_tx_close(tx);
    /* the pool has a working connection again, and the server stopped sleeping by itself */
    tx = pw_db_begin(db, "test: after", 0);
    pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
    assert_true(pw_tx_run(tx, &err));
    pw_tx_close(tx);
    for (int i = 0; i < 50; i++) {
        if (strcmp(pg_sql(url, "select count(*) from pg_stat_activity where query like '%pg_sleep%' and "
                               "state = 'active' "
                               "and pid <> pg_backend_pid() and datname = current_database()"),
                "0") == 0)
            break;
        usleep(100000);
        assert_true(i < 49);
    }
    pw_db_free(db);
}

static void test_a_lost_server_is_found_again(void **state)
{
    struct pw_db *db = new_db(2);
    struct probe p = {0};
    struct pw_tx *tx = pw_db_begin(db, "test: killed", 0);
    struct pw_err err;

    (void)state;
    pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
    assert_true(pw_tx_run_step(tx, &err));
    assert_true(pw_db_ready(db));
    (void)pg_sql(url,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pandwacht' and "
        "datname = current_database()");
    assert_false(pw_tx_run(tx, &err)); /* the open one is lost, and says so when asked for more */
    assert_int_equal(err.code, PW_ERR_DB_GONE);
    pw_tx_close(tx);
    tx = pw_db_begin(db, "test: again", 0); /* a new one waits until the pool has reconnected */
    pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
    pw_tx_commit(tx, on_done, &p);
    spin(db, &p.dones, 1);
    assert_int_equal(p.failures, 0);
    pw_db_free(db);
}

static void test_a_server_that_never_answers(void **state)
{
    struct pw_db_options options = {.url = "postgresql:///x?host=/nonexistent", .wait_ms = 300};
    struct pw_db *db = pw_db_new(loop, &options);
    struct pw_tx *tx = pw_db_begin(db, "test: nobody", 0);
    struct pw_err err;

    (void)state;
    pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
    assert_false(pw_tx_run(tx, &err));
    assert_int_equal(err.code, PW_ERR_DB_GONE);
    assert_false(pw_db_ready(db));
    assert_int_equal(pw_db_trouble(db)->code, PW_ERR_DB_GONE);
    pw_tx_close(tx);
    pw_db_free(db);
}

static void test_a_server_that_may_lose_commits_is_refused(void **state)
{
    struct pw_db_options options = {.url = url, .wait_ms = 400};
    struct pw_db *db;
    struct pw_tx *tx;
    struct pw_err err;

    (void)state;
    (void)pg_sql(url, "do $$ begin execute format('alter database %I set synchronous_commit = off', "
                      "current_database()); end $$");
    db = pw_db_new(loop, &options);
    tx = pw_db_begin(db, "test: unsafe", 0);
    pw_tx_add_plain(tx, PW_SQL_DB_PROBE_COUNT);
    assert_false(pw_tx_run(tx, &err));
    assert_non_null(strstr(err.text, "synchronous_commit"));
    pw_tx_close(tx);
    pw_db_free(db);
    (void)pg_sql(url, "do $$ begin execute format('alter database %I reset synchronous_commit', "
                      "current_database()); end $$");
}

/* ---- LISTEN ---- */

struct heard {
    int news, resets;
    char last[64];
};

static void on_notify(void *arg, struct pw_str payload)
{
    struct heard *heard = arg;

    if (payload.len == 0)
        heard->resets++;
    else
        heard->news++;
    snprintf(heard->last, sizeof(heard->last), "%.*s", PW_STR_ARG(payload));
}

static void test_notifications_wake_and_survive_a_lost_connection(void **state)
{
    struct pw_db *db = new_db(1);
    struct heard heard = {0};
    struct pw_db_listener *listener = pw_db_listen(db, "probe_news", on_notify, &heard);

    (void)state;
    spin(db, &heard.resets, 1);
    assert_int_equal(heard.resets, 1);
    (void)pg_sql(url, "select pg_notify('probe_news', 'hello')");
    spin(db, &heard.news, 1);
    assert_string_equal(heard.last, "hello");
    (void)pg_sql(url,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pandwacht' and "
        "datname = current_database()");
    spin(db, &heard.resets, 2);
    assert_int_equal(heard.resets, 2);
    (void)pg_sql(url, "notify probe_news");
    spin(db, &heard.news, 2);
    assert_int_equal(heard.news, 2);
    pw_db_unlisten(listener);
    pw_db_free(db);
}

/* ---- migrations ---- */

static int told;

static void on_apply(void *arg, const char *name)
{
    (void)arg;
    assert_non_null(strchr(name, '_'));
    told++;
}

static void test_migrations_apply_once_and_are_checked(void **state)
{
    const char *fresh = pg_empty("migrate");
    struct pw_db_options options = {.url = fresh, .wait_ms = 2000};
    struct pw_migration_report report;
    struct pw_db *db = pw_db_new(loop, &options);
    struct pw_err err;

    (void)state;
    assert_false(pw_db_check_schema(db, &err));
    assert_non_null(strstr(err.text, "pandwacht migrate"));
    assert_true(pw_db_migrate(fresh, true, on_apply, NULL, &report, &err));
    assert_int_equal(report.applied, report.known);
    assert_string_equal(pg_sql(fresh, "select to_regclass('fact') is null"), "t");
    assert_true(pw_db_migrate(fresh, false, on_apply, NULL, &report, &err));
    assert_int_equal(told, 2 * report.known);
    assert_true(pw_db_check_schema(db, &err));
    assert_true(pw_db_migrate(fresh, false, on_apply, NULL, &report, &err));
    assert_int_equal(report.applied, 0);
    (void)pg_sql(fresh, "update schema_migration set checksum = sha256('other') where version = 1");
    assert_false(pw_db_migrate(fresh, false, NULL, NULL, &report, &err));
    assert_non_null(strstr(err.text, "differs"));
    assert_false(pw_db_check_schema(db, &err));
    (void)pg_sql(fresh, "insert into schema_migration (version, name, checksum) select 99, 'x', sha256('x')");
    pw_db_free(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_come_back_as_they_went),
        cmocka_unit_test(test_nothing_is_null),
        cmocka_unit_test(test_steps_commit_together),
        cmocka_unit_test(test_failure_rolls_back_and_names_no_value),
        cmocka_unit_test(test_abort_leaves_nothing),
        cmocka_unit_test(test_read_only_refuses_to_write),
        cmocka_unit_test(test_many_wait_for_few_connections_in_order),
        cmocka_unit_test(test_the_queue_is_bounded),
        cmocka_unit_test(test_a_slow_transaction_meets_its_deadline),
        cmocka_unit_test(test_a_lost_server_is_found_again),
        cmocka_unit_test(test_a_server_that_never_answers),
        cmocka_unit_test(test_a_server_that_may_lose_commits_is_refused),
        cmocka_unit_test(test_notifications_wake_and_survive_a_lost_connection),
        cmocka_unit_test(test_migrations_apply_once_and_are_checked),
    };

    return cmocka_run_group_tests_name("db/tx", tests, open_database, close_database);
}
