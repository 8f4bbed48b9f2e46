/* The region is a required parameter of every statement of the desk: read from the files themselves. */
#include "../../unit.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>

static char text[65536];

static void read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    size_t len;

    assert_non_null(file);
    len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    fclose(file);
}

static void test_every_statement(void **state)
{
    glob_t found;

    (void)state;
    assert_int_equal(glob("sql/queries/desk/*.sql", 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 20);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *statement;

        read_file(found.gl_pathv[i]);
        if (strstr(text, "-- $1 everywhere boolean\n") == NULL ||
            strstr(text, "-- $2 region text[]\n") == NULL)
            fail_msg("%s does not take the region", found.gl_pathv[i]);
        /* Declared is not enough: the statement itself, behind the comments, must ask for both. */
        for (statement = text; strncmp(statement, "--", 2) == 0;)
            statement = strchr(statement, '\n') + 1;
        if (strstr(statement, "$1") == NULL || strstr(statement, "$2") == NULL)
            fail_msg("%s does not use the region", found.gl_pathv[i]);
    }
    globfree(&found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_statement)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
