/* Every statement belongs to a role's database user, or to the owner alone: one that was forgotten would be
 * refused only where the roles run apart. And nothing is declared that does not exist. */
#include "../../unit.h"

#include <stdio.h>

#include <pandwacht/base.h>
#include <pandwacht/sql.h>

static const char *const runs[] = {
#define PW_DATABASE_USER(user, runs) runs,
#define PW_DATABASE_OWNER(runs)      runs,
#include <pandwacht/defs/database_users.def>
#undef PW_DATABASE_OWNER
#undef PW_DATABASE_USER
};

/* "desk" holds "desk/alert_get", as the statement's own name does. */
static bool holds(struct pw_str word, struct pw_str statement)
{
    return pw_str_has_prefix(statement, word) &&
           (statement.len == word.len || statement.data[word.len] == '/');
}

static bool declared(const char *statement)
{
    for (size_t i = 0; i < PW_COUNT(runs); i++) {
        struct pw_str rest = pw_str_z(runs[i]), word;
        for (bool more = true; more;) {
            more = pw_str_cut(rest, ' ', &word, &rest);
            if (holds(word, pw_str_z(statement)))
                return true;
        }
    }
    return false;
}

static void each_statement_is_somebodys(void **state)
{
    (void)state;
    for (size_t i = 0; i < PW_SQL_COUNT; i++)
        if (!declared(pw_sql_texts[i].name))
            fail_msg("%s belongs to no role: see defs/database_users.def", pw_sql_texts[i].name);
}

static bool exists(struct pw_str word)
{
    for (size_t i = 0; i < PW_SQL_COUNT; i++)
        if (holds(word, pw_str_z(pw_sql_texts[i].name)))
            return true;
    return false;
}

static void each_word_is_a_statement(void **state)
{
    (void)state;
    for (size_t i = 0; i < PW_COUNT(runs); i++) {
        struct pw_str rest = pw_str_z(runs[i]), word;
        for (bool more = true; more;) {
            more = pw_str_cut(rest, ' ', &word, &rest);
            if (!exists(word))
                fail_msg("%.*s is no statement and no room of them", PW_STR_ARG(word));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_statement_is_somebodys),
        cmocka_unit_test(each_word_is_a_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
