/* Reading CSV: rows and cells however they are cut, separators, lines, and what is refused where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/csv.h>

static struct pw_buf rows;
static struct pw_err err;

/* "line:cell|cell\n" a row. */
static void on_row(void *arg, size_t line, const struct pw_str *cells, size_t count)
{
    (void)arg;
    pw_buf_printf(&rows, "%zu:", line);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            pw_buf_putc(&rows, '|');
        pw_buf_put_str(&rows, cells[i]);
    }
    pw_buf_putc(&rows, '\n');
}

static int setup(void **state)
{
    (void)state;
    pw_buf_init(&rows, 1u << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pw_buf_release(&rows);
    return 0;
}

/* Feeds the text in pieces of `step` octets. */
static bool read_cut(struct pw_csv *csv, struct pw_str text, size_t step)
{
    for (size_t i = 0; i < text.len; i += step) {
        size_t n = text.len - i < step ? text.len - i : step;
        if (!pw_csv_feed(csv, (struct pw_str){text.data + i, n}, &err))
            return false;
    }
    return pw_csv_end(csv, &err);
}

static void gives(struct pw_str text, const char *expected)
{
    for (size_t step = 1; step <= text.len; step++) {
        struct pw_csv *csv = pw_csv_new("t.csv", NULL, on_row, NULL);
        pw_buf_clear(&rows);
        if (!read_cut(csv, text, step))
            fail_msg("pieces of %zu: line %u: %s", step, err.line, err.text);
        assert_string_equal(rows.len > 0 ? rows.data : "", expected);
        pw_csv_free(csv);
    }
}

static void refused(struct pw_str text, const struct pw_csv_limits *limits, unsigned line, const char *part)
{
    for (size_t step = 1; step <= text.len; step++) {
        struct pw_csv *csv = pw_csv_new("t.csv", limits, on_row, NULL);
        assert_false(read_cut(csv, text, step));
        assert_string_equal(err.file, "t.csv");
        assert_int_equal(err.line, line);
        if (strstr(err.text, part) == NULL)
            fail_msg("'%s' lacks '%s'", err.text, part);
        pw_csv_free(csv);
    }
}

static void test_rows_and_their_lines(void **state)
{
    (void)state;
    gives(PW_STR("a,b\n1,2\n3,4\n"), "2:1|2\n3:3|4\n");
    gives(PW_STR("a,b\r\n1,2\r\n\r\n3,4"), "2:1|2\n4:3|4\n");
    gives(PW_STR("a,b\n\"1,\"\"x\"\"\ny\",2\n3,\n"), "2:1,\"x\"\ny|2\n4:3|\n");
    gives(PW_STR("a\n 1 \n\" 2 \"\n"), "2:1\n3: 2 \n");
    gives(PW_STR("a,b\n"), "");
}

static void test_a_semicolon_in_the_first_row_is_the_separator(void **state)
{
    (void)state;
    gives(PW_STR("\xef\xbb\xbf"
                 "a;b\n1,5;2\n"),
        "2:1,5|2\n");
    gives(PW_STR("\"a;b\",c\n1;5,2\n"), "2:1;5|2\n");
}

static void test_columns_are_named(void **state)
{
    size_t count;
    struct pw_csv *csv = pw_csv_new("t.csv", NULL, on_row, NULL);
    (void)state;
    assert_true(pw_csv_feed(csv, PW_STR("sourceId;premises.bagId\r"), &err));
    (void)pw_csv_columns(csv, &count);
    assert_int_equal(count, 0);
    assert_true(pw_csv_feed(csv, PW_STR("\n"), &err));
    const struct pw_str *columns = pw_csv_columns(csv, &count);
    assert_int_equal(count, 2);
    assert_true(pw_str_is(columns[1], "premises.bagId"));
    assert_int_equal(pw_csv_separator(csv), ';');
    pw_csv_free(csv);
}

static void test_what_is_no_csv_is_refused_with_its_line(void **state)
{
    (void)state;
    refused(PW_STR("a,b\n1,2\n3,x\"y\n"), NULL, 3, "quote");
    refused(PW_STR("a,b\n\"1\"x,2\n"), NULL, 2, "quote");
    refused(PW_STR("a,b\n1,2\n\"3,4\n5,6\n"), NULL, 3, "inside quotes");
    refused(PW_STR("a\n\xff\n"), NULL, 2, "UTF-8");
    refused(PW_STR("a\nx\0y\n"), NULL, 2, "UTF-8");
}

static void test_limits(void **state)
{
    const struct pw_csv_limits narrow = {.columns = 2}, tight = {.row = 32};
    (void)state;
    refused(PW_STR("a,b,c\n"), &narrow, 1, "more columns");
    refused(PW_STR("a\n1,2,3\n"), &narrow, 2, "more columns");
    refused(PW_STR("a,b\n0123456789012345,0123456789012345678\n"), &tight, 2, "longer");
    refused(PW_STR("a\n\"0123456789\n0123456789\n0123456789\n0123456789"), &tight, 2, "longer");
    refused(PW_STR("0123456789012345678901234567890123456789"), &tight, 1, "longer");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows_and_their_lines, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_semicolon_in_the_first_row_is_the_separator, setup, teardown),
        cmocka_unit_test_setup_teardown(test_columns_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_no_csv_is_refused_with_its_line, setup, teardown),
        cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
    };
    return cmocka_run_group_tests_name("formats/csv", tests, NULL, NULL);
}
