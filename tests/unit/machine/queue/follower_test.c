/*
 * The follower against a real log: order of commit, not of ids; a writer held open; several writers;
 * two processes and one lease; work that fails; work that kills.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include <pandwacht/queue.h>

#include "../../pg.h"

static const char *url;
static struct pw_loop *loop;
static struct pw_db *db;

static int open_database(void **state)
{
    (void)state;
    pg_cluster = "build/test-pg-log"; /* whoever writes in the cluster holds the log */
    url = pg_fresh("queue");
    loop = pw_loop_new();
    db = pw_db_new(loop, &(struct pw_db_options){.url = url, .greet = true});
    return 0;
}

static int close_database(void **state)
{
    (void)state;
    pw_db_free(db);
    pw_loop_free(loop);
    return 0;
}

/* ---- writers ---- */

static PGconn *writer(void)
{
    PGconn *pg = PQconnectdb(url);

    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    return pg;
}

static void run(PGconn *pg, const char *sql)
{
    PGresult *result = PQexec(pg, sql);

    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(pg));
    PQclear(result);
}

/* A fact whose id ends in `n`; ids rise with n, whoever commits first. */
static void insert(PGconn *pg, int n)
{
    char sql[700];

    snprintf(sql, sizeof(sql),
        "insert into fact (premises, id, retention, received_at, kind, source_class, client, controller, "
        "ground, source_id, "
        "occurred_on, payload) values ('00000000-0000-7000-8000-%012d', '01950000-0000-7000-8000-%012d', "
        "'standard', now(), "
        "'tip', 1, '00000000-0000-7000-8000-000000000001', '00000001234567890000', 'public-task', 's-%d', "
        "'2026-01-01', '')",
        n % 10, n, n);
    run(pg, sql);
}

/* ---- a follower that writes down what it saw ---- */

struct seen {
    struct pw_follower *follower;
    int ids[5000];
    int count, batches, failures, finished;
    int fail_first;    /* so many batches are given up */
    int refuse_commit; /* so many get a statement that fails */
    int attempts_max;
    size_t last_size;
    double horizon;
    int horizon_pid;
    bool hold; /* does not finish */
    enum pw_err_code code;
};

static int number(const struct pw_uuid *id)
{
    char text[PW_UUID_TEXT];

    return atoi(pw_uuid_format(id, text) + 24);
}

static void on_batch(void *arg, const struct pw_follower_batch *batch)
{
    struct seen *seen = arg;
    struct pw_err err;

    seen->batches++;
    seen->last_size = batch->count;
    if (batch->attempts > seen->attempts_max)
        seen->attempts_max = batch->attempts;
    if (seen->hold)
        return;
    if (seen->fail_first > 0) {
        seen->fail_first--;
        (void)pw_fail(&err, PW_ERR_INTERNAL, "on purpose");
        pw_follower_fail(seen->follower, false, &err);
        return;
    }
    for (size_t i = 0; i < batch->count; i++)
        seen->ids[seen->count++] = number(&batch->entries[i].at.fact);
    if (seen->refuse_commit > 0) {
        seen->refuse_commit--;
        seen->count -= (int)batch->count;
        pw_tx_add(batch->tx, PW_SQL_DB_PROBE_ADD, PW_P_NULL, PW_P_NULL);
    }
    pw_follower_finish(seen->follower, false);
}

static void on_done(void *arg, bool ok, const struct pw_err *err, size_t entries)
{
    struct seen *seen = arg;

    (void)entries;
    if (ok) {
        seen->finished++;
    } else {
        seen->failures++;
        seen->code = err->code;
    }
}

static void on_horizon(void *arg, double seconds, int pid)
{
    struct seen *seen = arg;

    seen->horizon = seconds;
    seen->horizon_pid = pid;
}

static void follow(struct seen *seen, const char *name, int batch_max, int lease_ms)
{
    seen->follower = pw_follower_new(&(struct pw_follower_options){.loop = loop,
        .db = db,
        .name = name,
        .channel = "pandwacht_fact",
        .batch_max = batch_max,
        .poll_ms = 50,
        .lease_ms = lease_ms,
        .horizon_ms = 20,
        .on_batch = on_batch,
        .on_done = on_done,
        .on_horizon = on_horizon,
        .arg = seen});
}

static void spin(int rounds)
{
    for (int i = 0; i < rounds; i++)
        pw_loop_step(loop, 5);
}

static void spin_until(const int *value, int least)
{
    for (int i = 0; i < 6000 && *value < least; i++)
        pw_loop_step(loop, 10);
    assert_true(*value >= least);
}

static void clear(void)
{
    (void)pg_sql(url, "truncate fact, follower");
}

/* ---- */

static void test_a_writer_held_open_hides_what_came_after_it(void **state)
{
    struct seen seen = {0};
    PGconn *slow = writer(), *quick = writer();

    (void)state;
    clear();
    run(slow, "begin");
    insert(slow, 1); /* lower transaction and lower id, commits last */
    insert(quick, 2);
    insert(quick, 3);
    follow(&seen, "held", 100, 10000);
    for (int i = 0; i < 6000 && seen.horizon == 0; i++)
        pw_loop_step(loop, 10);
    assert_int_equal(seen.count, 0); /* had it taken 2 and 3, then 1 would be lost */
    assert_true(seen.horizon > 0);
    assert_int_equal(seen.horizon_pid, PQbackendPID(slow));
    run(slow, "commit");
    spin_until(&seen.count, 3);
    assert_int_equal(seen.ids[0], 1);
    assert_int_equal(seen.ids[1], 2);
    assert_int_equal(seen.ids[2], 3);
    for (int i = 0; i < 6000 && seen.horizon != 0; i++)
        pw_loop_step(loop, 10);
    assert_true(seen.horizon == 0);
    pw_follower_free(seen.follower);
    PQfinish(slow);
    PQfinish(quick);
}

static void test_a_writer_in_another_database_holds_it_too(void **state)
{
    struct seen seen = {0};
    const char *other_url = pg_empty("queue_other");
    PGconn *other = PQconnectdb(other_url), *quick = writer();

    (void)state;
    clear();
    run(other, "create table t (a int)");
    run(other, "begin");
    run(other, "insert into t values (1)");
    insert(quick, 4);
    follow(&seen, "other", 100, 10000);
    spin(40);
    assert_int_equal(seen.count, 0);
    run(other, "rollback");
    spin_until(&seen.count, 1);
    pw_follower_free(seen.follower);
    PQfinish(other);
    PQfinish(quick);
}

static void test_many_writers_lose_and_double_nothing(void **state)
{
    struct seen seen = {0};
    PGconn *writers[6];
    bool open[6] = {0};
    bool had[1200] = {0};
    unsigned dice = 7;
    int n = 0;

    (void)state;
    clear();
    follow(&seen, "many", 16, 10000);
    for (int w = 0; w < 6; w++)
        writers[w] = writer();
    while (n < 1200) { /* transactions of some facts each, interleaved, some rolled back */
        int w = (int)((dice = dice * 1103515245u + 12345u) >> 16) % 6;

        if (!open[w])
            run(writers[w], "begin");
        open[w] = true;
        insert(writers[w], n++);
        if ((dice >> 8) % 3 == 0) {
            run(writers[w], "commit");
            open[w] = false;
        }
        pw_loop_step(loop, 0);
    }
    for (int w = 0; w < 6; w++) {
        if (open[w])
            run(writers[w], w == 0 ? "rollback" : "commit");
        PQfinish(writers[w]);
    }
    spin_until(&seen.count, atoi(pg_sql(url, "select count(*) from fact")));
    spin(40);
    assert_int_equal(seen.count, atoi(pg_sql(url, "select count(*) from fact")));
    for (int i = 0; i < seen.count; i++) {
        assert_false(had[seen.ids[i]]);
        had[seen.ids[i]] = true;
    }
    pw_follower_free(seen.follower);
}

static void test_notify_wakes_between_polls(void **state)
{
    struct seen seen = {0};
    PGconn *quick = writer();
    int64_t began;

    (void)state;
    clear();
    seen.follower = pw_follower_new(&(struct pw_follower_options){.loop = loop,
        .db = db,
        .name = "wake",
        .channel = "pandwacht_fact",
        .poll_ms = 60000,
        .on_batch = on_batch,
        .on_done = on_done,
        .arg = &seen});
    spin(60);
    began = pw_loop_clock_us(loop);
    run(quick, "begin");
    insert(quick, 1);
    run(quick, "select pg_notify('pandwacht_fact', '')");
    run(quick, "commit");
    spin_until(&seen.count, 1);
    assert_true(pw_loop_clock_us(loop) - began < 5000000);
    pw_follower_free(seen.follower);
    PQfinish(quick);
}

static void test_one_lease_at_a_time_and_its_loss_stops_the_work(void **state)
{
    struct seen first = {.hold = true}, second = {0};
    PGconn *quick = writer();

    (void)state;
    clear();
    insert(quick, 1);
    follow(&first, "lease", 100, 2000);
    spin_until(&first.batches, 1); /* has it, and dawdles */
    follow(&second, "lease", 100, 2000);
    spin(10);
    assert_int_equal(second.count, 0);
    spin_until(&second.count, 1); /* the lease ran out; the other one took it */
    pw_follower_finish(first.follower, false);
    spin_until(&first.failures, 1); /* its commit is refused by the fence */
    assert_int_equal(first.finished, 0);
    assert_int_equal(second.count, 1);
    assert_string_equal(pg_sql(url, "select fence from follower where name = 'lease'"), "2");
    pw_follower_free(first.follower);
    pw_follower_free(second.follower);
    PQfinish(quick);
}

static void test_failed_work_is_tried_again_in_smaller_pieces(void **state)
{
    struct seen seen = {.fail_first = 2, .refuse_commit = 1};
    PGconn *quick = writer();

    (void)state;
    clear();
    for (int i = 0; i < 8; i++)
        insert(quick, i);
    follow(&seen, "again", 8, 10000);
    spin_until(&seen.count, 8);
    assert_int_equal(seen.count, 8);
    assert_int_equal(seen.failures, 3);
    assert_int_equal(seen.attempts_max, 4);
    for (int i = 0; i < 8; i++)
        assert_int_equal(seen.ids[i], i);
    assert_string_equal(pg_sql(url, "select attempts from follower where name = 'again'"), "0");
    pw_follower_free(seen.follower);
    PQfinish(quick);
}

static void test_an_attempt_is_counted_before_the_work(void **state)
{
    struct seen seen = {.hold = true};
    PGconn *quick = writer();

    (void)state;
    clear();
    insert(quick, 1);
    follow(&seen, "poison", 8, 10000);
    spin_until(&seen.batches, 1);
    pw_follower_free(seen.follower); /* as a process that died while working */
    assert_string_equal(pg_sql(url, "select attempts from follower where name = 'poison'"), "1");
    PQfinish(quick);
}

static void test_drain_gives_the_lease_back(void **state)
{
    struct seen first = {0}, second = {0};
    PGconn *quick = writer();

    (void)state;
    clear();
    insert(quick, 1);
    follow(&first, "drain", 8, 60000);
    spin_until(&first.count, 1);
    pw_follower_drain(first.follower);
    for (int i = 0; i < 200 && !pw_follower_idle(first.follower); i++)
        pw_loop_step(loop, 10);
    assert_true(pw_follower_idle(first.follower));
    insert(quick, 2);
    follow(&second, "drain", 8, 60000);
    spin_until(&second.count, 1);
    assert_int_equal(second.ids[0], 2);
    pw_follower_free(first.follower);
    pw_follower_free(second.follower);
    PQfinish(quick);
}

static void test_a_restored_cluster_begins_a_new_generation(void **state)
{
    struct seen seen = {0};
    PGconn *quick = writer();

    (void)state;
    clear();
    insert(quick, 1);
    follow(&seen, "restored", 8, 300);
    spin_until(&seen.count, 1);
    pw_follower_free(seen.follower);
    /* as if this database came from a cluster whose transactions were far ahead */
    (void)pg_sql(url,
        "update log_generation set system_identifier = 1; update follower set xact = '99999999999'; "
        "update fact set xact = '99999999999'");
    assert_string_equal(pg_sql(url, "select ensure_generation()"), "2");
    assert_string_equal(pg_sql(url, "select ensure_generation()"), "2");
    insert(quick, 2);
    seen = (struct seen){0};
    follow(&seen, "restored", 8, 300);
    spin_until(&seen.count, 1);
    assert_int_equal(seen.ids[0], 2);
    pw_follower_free(seen.follower);
    PQfinish(quick);
}

static void test_backoff_has_full_jitter_and_a_ceiling(void **state)
{
    const struct pw_backoff backoff = {.base_ms = 100, .max_ms = 1000};

    (void)state;
    assert_int_equal(pw_backoff_delay(&backoff, 0, 0), 0);
    assert_int_equal(pw_backoff_delay(&backoff, 0, 100), 100);
    assert_int_equal(pw_backoff_delay(&backoff, 0, 101), 0);
    assert_int_equal(pw_backoff_delay(&backoff, 2, 400), 400);
    assert_int_equal(pw_backoff_delay(&backoff, 3, 800), 800);
    assert_int_equal(pw_backoff_delay(&backoff, 60, 1000), 1000);
    assert_int_equal(pw_backoff_delay(&backoff, 60, 1001), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_writer_held_open_hides_what_came_after_it),
        cmocka_unit_test(test_a_writer_in_another_database_holds_it_too),
        cmocka_unit_test(test_many_writers_lose_and_double_nothing),
        cmocka_unit_test(test_notify_wakes_between_polls),
        cmocka_unit_test(test_one_lease_at_a_time_and_its_loss_stops_the_work),
        cmocka_unit_test(test_failed_work_is_tried_again_in_smaller_pieces),
        cmocka_unit_test(test_an_attempt_is_counted_before_the_work),
        cmocka_unit_test(test_drain_gives_the_lease_back),
        cmocka_unit_test(test_a_restored_cluster_begins_a_new_generation),
        cmocka_unit_test(test_backoff_has_full_jitter_and_a_ceiling),
    };

    return cmocka_run_group_tests_name("queue/follower", tests, open_database, close_database);
}
