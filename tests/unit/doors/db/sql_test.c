/*
 * Every statement under sql/queries on a freshly migrated database: PostgreSQL accepts it with the parameter
 * types that its file declares, sees no parameter more, and returns only what cells can read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "../../pg.h"

static PGconn *pg;

static int open_database(void **state)
{
    (void)state;
    pg = PQconnectdb(pg_fresh("sql"));
    return PQstatus(pg) == CONNECTION_OK ? 0 : -1;
}

static int close_database(void **state)
{
    (void)state;
    PQfinish(pg);
    return 0;
}

/* Number of faults found with this statement, each printed. */
static int check_prepared(const struct pw_sql_text *sql, const PGresult *described)
{
    int faults = 0;

    if (PQnparams(described) != sql->param_count) {
        print_error("sql/queries/%s.sql: declares %d parameters, PostgreSQL sees %d\n", sql->name,
            sql->param_count, PQnparams(described));
        return 1;
    }
    for (int i = 0; i < sql->param_count; i++)
        if (PQparamtype(described, i) != sql->param_types[i]) {
            print_error("sql/queries/%s.sql: $%d is of type %u, declared as %u\n", sql->name, i + 1,
                PQparamtype(described, i), sql->param_types[i]);
            faults++;
        }
    return faults;
}

/* Columns of types that the cells of db cannot read. */
static int check_columns(const struct pw_sql_text *sql, const PGresult *described)
{
    static const Oid readable[] = {16, 17, 19, 20, 21, 23, 25, 114, 701, 1005, 1007, 1009, 1016, 1043, 1082,
        1184, 2278, 2950, 2951, 3802, 5069};
    int faults = 0;

    for (int c = 0; c < PQnfields(described); c++) {
        bool known = false;

        for (size_t i = 0; i < PW_COUNT(readable); i++)
            known = known || readable[i] == PQftype(described, c);
        if (!known) {
            print_error("sql/queries/%s.sql: column %s has type %u, which no cell reads: cast it\n",
                sql->name, PQfname(described, c), PQftype(described, c));
            faults++;
        }
    }
    return faults;
}

static int check_statement(const struct pw_sql_text *sql)
{
    PGresult *result = PQprepare(pg, "", sql->text, sql->param_count, sql->param_types);
    PGresult *described;
    int faults = 0;

    if (PQresultStatus(result) != PGRES_COMMAND_OK) {
        print_error("sql/queries/%s.sql: %s", sql->name, PQresultErrorMessage(result));
        faults = 1;
    } else {
        described = PQdescribePrepared(pg, "");
        faults = check_prepared(sql, described) + check_columns(sql, described);
        PQclear(described);
    }
    PQclear(result);
    return faults;
}

static void test_every_statement_prepares_with_its_types(void **state)
{
    int faults = 0;

    (void)state;
    for (int i = 0; i < PW_SQL_COUNT; i++)
        faults += check_statement(&pw_sql_texts[i]);
    assert_int_equal(faults, 0);
    assert_true(PW_SQL_COUNT >= 2);
}

static void test_a_wrong_declaration_is_seen(void **state)
{
    const struct pw_sql_text wrong = {
        "test/wrong", 1, {25}, "select name from municipality where name = $1::text limit $2"};
    const struct pw_sql_text type = {"test/type", 1, {20}, "select name from municipality where code = $1"};
    const struct pw_sql_text table = {"test/table", 0, {0}, "select * from no_such_table"};

    (void)state;
    print_message("three faults follow on purpose:\n");
    assert_int_equal(check_statement(&wrong), 1);
    assert_int_equal(check_statement(&type), 1);
    assert_int_equal(check_statement(&table), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_statement_prepares_with_its_types),
        cmocka_unit_test(test_a_wrong_declaration_is_seen),
    };

    return cmocka_run_group_tests_name("db/sql", tests, open_database, close_database);
}
