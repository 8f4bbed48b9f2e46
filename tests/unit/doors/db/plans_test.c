/*
 * The plans of all statements on filled tables (tests/data/filled.sql), with parameters such as a
 * caller gives: none reads a large one from end to end, but those that are meant to, listed with their
 * reason. A table counts as large when it was filled with LARGE rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "../../pg.h"

#define LARGE 1000

static PGconn *pg;

/* Statements that walk a whole table by intent. */
static const struct {
    const char *statement, *reason;
} whole[] = {
    {"rulesets/all_due", "a new rule set is in force: every premises is due"},
    {"access/client_list", "the operator asked for all of them"},
    {"audit/verify_rest", "looks for records that slipped in anywhere"},
    {"ctl/history_extent", "a backtest walks all there is"},
    {"lab/backtest_claim", "how much there is to walk"},
    {"lab/shadow_list", "counts what a shadow set makes of every premises"},
    {"privacy/index_retire", "every row under a key that is gone goes"},
    {"privacy/terms_apply", "the last day of every fact that was judged or whose tenancy can end"},
    {NULL, NULL},
};

static bool meant_to(const char *statement)
{
    size_t i = 0;
    while (whole[i].statement != NULL && strcmp(whole[i].statement, statement) != 0)
        i++;
    return whole[i].statement != NULL;
}

static void run(const char *sql)
{
    PGresult *result = PQexec(pg, sql);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s", PQresultErrorMessage(result));
    PQclear(result);
}

static int open_filled(void **state)
{
    (void)state;
    const char *url = pg_fresh("plans");
    char command[4096];
    snprintf(
        command, sizeof command, "psql -X -q -v ON_ERROR_STOP=1 -f tests/data/filled.sql '%s' 2>&1", url);
    (void)pg_shell(command);
    pg = PQconnectdb(url);
    run("set plan_cache_mode = force_custom_plan");
    return PQstatus(pg) == CONNECTION_OK ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    PQfinish(pg);
    return 0;
}

/* A value of each type, as a caller's could be: a page of twenty, today, some id. */
static const char *sample(Oid type)
{
    static const struct {
        Oid type;
        const char *value;
    } samples[] = {{16, "true"}, {17, "'\\x00'"}, {20, "20"}, {21, "2"}, {23, "20"}, {25, "'GM9901'"},
        {701, "1"}, {1082, "current_date"}, {1184, "now()"}, {2950, "n_uuid(1)"}, {3802, "'{}'"},
        {114, "'{}'"}, {5069, "'100'"}, {1005, "'{2}'"}, {1007, "'{2}'"}, {1016, "'{2}'"},
        {1009, "'{GM9901}'"}, {2951, "array[n_uuid(1), n_uuid(2)]"}, {1001, "'{}'"}, {1182, "'{}'"},
        {1185, "'{}'"}, {1000, "'{}'"}};
    for (size_t i = 0; i < PW_COUNT(samples); i++)
        if (samples[i].type == type)
            return samples[i].value;
    return "null";
}

/* The plan of the statement prepared as "it". */
static PGresult *explain(const struct pw_sql_text *statement)
{
    struct pw_buf sql;
    pw_buf_init(&sql, 16384);
    pw_buf_puts(&sql, "explain execute it");
    for (int i = 0; i < statement->param_count; i++) {
        pw_buf_puts(&sql, i == 0 ? "(" : ", ");
        pw_buf_puts(&sql, sample(statement->param_types[i]));
    }
    pw_buf_puts(&sql, statement->param_count > 0 ? ")" : "");
    PGresult *plan = PQexec(pg, sql.data);
    pw_buf_release(&sql);
    return plan;
}

static bool is_large(const char *table)
{
    const char *values[] = {table};
    PGresult *result =
        PQexecParams(pg, "select reltuples from pg_class where relname = $1", 1, NULL, values, NULL, NULL, 0);
    bool large = PQntuples(result) == 1 && atof(PQgetvalue(result, 0, 0)) >= LARGE;
    PQclear(result);
    return large;
}

/* Prints each sequential scan of a large table in the plan; gives their number. */
static int count_scans(const char *statement, const PGresult *plan)
{
    int scans = 0;
    for (int i = 0; i < PQntuples(plan); i++) {
        char table[64];
        const char *at = strstr(PQgetvalue(plan, i, 0), "Seq Scan on ");
        if (at == NULL || sscanf(at, "Seq Scan on %63s", table) != 1 || !is_large(table))
            continue;
        print_error("sql/queries/%s.sql reads all of %s\n", statement, table);
        scans++;
    }
    return scans;
}

static int check(const struct pw_sql_text *sql)
{
    int scans = 0;
    PGresult *prepared = PQprepare(pg, "it", sql->text, sql->param_count, sql->param_types);
    assert_int_equal(PQresultStatus(prepared), PGRES_COMMAND_OK);
    PGresult *plan = explain(sql);
    if (PQresultStatus(plan) != PGRES_TUPLES_OK)
        fail_msg("sql/queries/%s.sql: %s", sql->name, PQresultErrorMessage(plan));
    else
        scans = count_scans(sql->name, plan);
    PQclear(plan);
    PQclear(prepared);
    run("deallocate it");
    return scans;
}

static void test_no_statement_reads_a_large_table_from_end_to_end(void **state)
{
    int scans = 0;
    (void)state;
    for (int i = 0; i < PW_SQL_COUNT; i++)
        scans += meant_to(pw_sql_texts[i].name) ? 0 : check(&pw_sql_texts[i]);
    assert_int_equal(scans, 0);
}

static void test_a_scan_is_seen(void **state)
{
    const struct pw_sql_text scan = {"test/scan", 1, {25}, "select id from fact where source_id = $1"};
    (void)state;
    print_message("a scan follows on purpose:\n");
    assert_true(check(&scan) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_statement_reads_a_large_table_from_end_to_end),
        cmocka_unit_test(test_a_scan_is_seen),
    };
    return cmocka_run_group_tests_name("db/plans", tests, open_filled, close_database);
}
