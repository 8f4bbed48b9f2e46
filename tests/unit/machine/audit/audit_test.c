/* audit: many records in one statement, details beside them under a hash that SQL can recompute. */
#include "../../unit.h"

#include "../../pg.h"

#include <pandwacht/audit.h>

static const char *url;
static struct pw_loop *loop;
static struct pw_db *db;

static int open_all(void **state)
{
    (void)state;
    url = pg_fresh("audit");
    loop = pw_loop_new();
    db = pw_db_new(loop, &(struct pw_db_options){.url = url, .greet = true, .allow_unsafe = true});
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    pw_db_free(db);
    pw_loop_free(loop);
    return 0;
}

static void test_records(void **state)
{
    const struct pw_audit records[] = {
        {.actor = PW_AUDIT_SYSTEM, .action = "one", .object_kind = "thing"},
        {.actor = {PW_ACTOR_CLIENT, {{7}}},
            .action = "two",
            .object_kind = "thing",
            .object = {{8}},
            .premises = {{9}},
            .detail = PW_STR("{\"reason\": \"dit staat ernaast\"}")},
        {.actor = PW_AUDIT_OPERATOR, .action = "three", .object_kind = "thing"},
    };
    struct pw_tx *tx = pw_db_begin(db, "test: audit", 0);
    struct pw_err err = {0};

    (void)state;
    pw_audit_add(tx, pw_loop_wall(loop), records, 0);
    pw_audit_add(tx, pw_loop_wall(loop), records, PW_COUNT(records));
    assert_true(pw_tx_run(tx, &err));
    pw_tx_close(tx);
    assert_string_equal(
        pg_sql(url, "select string_agg(actor_kind || ':' || action, ' ' order by id) from audit_record"),
        "system:one client:two operator:three");
    assert_string_equal(
        pg_sql(url, "select count(*) from audit_record where actor is null and object is null"), "2");
    assert_string_equal(
        pg_sql(url, "select count(*) from audit_record r join audit_detail d on d.record = r.id "
                    "where r.action = 'two' and r.detail_hash = sha256(d.salt || "
                    "convert_to(d.detail::text, 'UTF8'))"),
        "1");
    assert_string_equal(pg_sql(url, "select count(*) from audit_detail"), "1");
}

static void test_append_only(void **state)
{
    (void)state;
    assert_string_equal(pg_sql(url, "do $$ begin update audit_record set action = 'x'; exception when "
                                    "insufficient_privilege then return; end $$; "
                                    "select count(*) from audit_record where action = 'x'"),
        "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records),
        cmocka_unit_test(test_append_only),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
