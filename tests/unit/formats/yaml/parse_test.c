/* Reading YAML: what is refused and where, the tree with its places, typed values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pandwacht/yaml.h>

static struct pw_arena *arena;
static struct pw_err err;

static int setup(void **state)
{
    (void)state;
    arena = pw_arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pw_arena_free(arena);
    return 0;
}

static const struct pw_yaml *parse(const char *text)
{
    const struct pw_yaml *node = NULL;
    if (!pw_yaml_parse(arena, pw_str_z(text), "t.yaml", NULL, &node, &err))
        fail_msg("line %u: %s", err.line, err.text);
    return node;
}

static void refused(const char *text, unsigned line, unsigned column, const char *part)
{
    const struct pw_yaml *node = NULL;
    assert_false(pw_yaml_parse(arena, pw_str_z(text), "t.yaml", NULL, &node, &err));
    assert_string_equal(err.file, "t.yaml");
    assert_int_equal(err.line, line);
    assert_int_equal(err.column, column);
    if (!strstr(err.text, part))
        fail_msg("'%s' lacks '%s'", err.text, part);
}

static void what_is_refused_is_named_by_place(void **state)
{
    (void)state;
    refused("a: 1\nb: 2\na: 3\n", 3, 1, "twice");
    refused("a:\n  b: 1\n  \"b\": 2\n", 3, 3, "twice");
    refused("a: &x 1\n", 1, 4, "anchors");
    refused("a: &x [1]\n", 1, 4, "anchors");
    refused("a: *x\n", 1, 4, "aliases");
    refused("a: !!int 1\n", 1, 4, "tags");
    refused("a: !x {}\n", 1, 4, "tags");
    refused("%YAML 1.1\n---\na: 1\n", 1, 1, "directives");
    refused("a: 1\n---\nb: 2\n", 2, 1, "second document");
    refused("? [a]\n: 1\n", 1, 3, "key");
    refused("a: \"x\\0y\"\n", 1, 4, "U+0000");
    refused("a: [1, 2\n", 2, 1, "");
    refused("a:\n\tb: 1\n", 2, 1, "");
}

static void depth_size_and_number_are_limited(void **state)
{
    (void)state;
    const struct pw_yaml *node = NULL;
    struct pw_yaml_limits limits = {.depth = 3, .max_size = 40, .nodes = 6};
    assert_true(pw_yaml_parse(arena, PW_STR("[[[1]]]"), "t", &limits, &node, &err));
    assert_false(pw_yaml_parse(arena, PW_STR("[[[[1]]]]"), "t", &limits, &node, &err));
    assert_int_equal(err.code, PW_ERR_LIMIT);
    assert_true(pw_yaml_parse(arena, PW_STR("[1,2,3,4,5]"), "t", &limits, &node, &err));
    assert_false(pw_yaml_parse(arena, PW_STR("[1,2,3,4,5,6]"), "t", &limits, &node, &err));
    assert_false(pw_yaml_parse(
        arena, PW_STR("a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"), "t", &limits, &node, &err));
    char deep[200];
    memset(deep, '[', 100);
    deep[100] = 0;
    assert_false(pw_yaml_parse(arena, pw_str_z(deep), "t", NULL, &node, &err));
    assert_int_equal(err.code, PW_ERR_LIMIT);
    assert_int_equal(err.column, 33);
}

static void nodes_keep_order_and_place(void **state)
{
    (void)state;
    const struct pw_yaml *root = parse("# remark\nz: 1\na: [x, 'y']\nm:\n  k: >\n    folded\n    text\n");
    assert_int_equal(root->kind, PW_YAML_MAP);
    assert_int_equal(root->count, 3);
    assert_true(pw_str_is(root->pairs[0].key->text, "z"));
    const struct pw_yaml *list = pw_yaml_get(root, "a");
    assert_int_equal(list->count, 2);
    assert_true(list->items[0]->plain);
    assert_false(list->items[1]->plain);
    assert_int_equal(list->items[1]->line, 3);
    assert_int_equal(list->items[1]->column, 8);
    assert_true(pw_str_is(pw_yaml_get(pw_yaml_get(root, "m"), "k")->text, "folded text\n"));
    assert_null(pw_yaml_get(root, "q"));
    assert_null(pw_yaml_get(list, "q"));
    assert_int_equal(parse("")->kind, PW_YAML_MAP);
    assert_int_equal(parse("# only\n")->count, 0);
}

static void types_are_what_the_reader_asks(void **state)
{
    (void)state;
    const struct pw_yaml *root =
        parse("b: yes\nq: 'yes'\ni: -12\nd: 8.125\nf: 1.12345\ns: 1.0\nday: 2026-02-29\n"
              "day2: 2028-02-29\nc: cash\nt: {nl: a, en: b}\nt2: {nl: a}\n");
    bool yes = false;
    assert_true(pw_yaml_bool(pw_yaml_get(root, "b"), &yes, &err) && yes);
    assert_false(pw_yaml_bool(pw_yaml_get(root, "q"), &yes, &err));
    assert_int_equal(err.line, 2);
    assert_int_equal(err.column, 4);
    int64_t n = 0;
    assert_true(pw_yaml_i64(pw_yaml_get(root, "i"), -20, 20, &n, &err) && n == -12);
    assert_false(pw_yaml_i64(pw_yaml_get(root, "i"), 0, 20, &n, &err));
    assert_non_null(strstr(err.text, "from 0 to 20"));
    assert_false(pw_yaml_i64(pw_yaml_get(root, "d"), 0, 20, &n, &err));
    double d = 0;
    assert_true(pw_yaml_double(pw_yaml_get(root, "d"), &d, &err) && d == 8.125);
    assert_false(pw_yaml_double(pw_yaml_get(root, "c"), &d, &err));
    assert_true(pw_yaml_milli(pw_yaml_get(root, "d"), 0, 40000, &n, &err) && n == 8125);
    assert_true(pw_yaml_milli(pw_yaml_get(root, "i"), -20000, 0, &n, &err) && n == -12000);
    assert_false(pw_yaml_milli(pw_yaml_get(root, "d"), 0, 8124, &n, &err));
    assert_false(pw_yaml_milli(pw_yaml_get(root, "f"), 0, 40000, &n, &err));
    struct pw_str s;
    assert_true(pw_yaml_str(pw_yaml_get(root, "s"), &s, &err) && pw_str_is(s, "1.0"));
    assert_false(pw_yaml_str(pw_yaml_get(root, "t"), &s, &err));
    pw_day day;
    assert_false(pw_yaml_day(pw_yaml_get(root, "day"), &day, &err));
    assert_true(pw_yaml_day(pw_yaml_get(root, "day2"), &day, &err));
    struct pw_text text;
    assert_true(pw_yaml_text(pw_yaml_get(root, "t"), &text, &err) && pw_str_is(text.en, "b"));
    assert_false(pw_yaml_text(pw_yaml_get(root, "t2"), &text, &err));
    assert_non_null(strstr(err.text, "'en' is missing"));
    bool untouched = true;
    assert_true(pw_yaml_opt_bool(root, "absent", &untouched, &err) && untouched);
}

static void typos_get_a_suggestion(void **state)
{
    (void)state;
    static const char *const keys[] = {"half-life", "within", "where", NULL};
    const struct pw_yaml *root = parse("within: 1\nhalflife: 2\n");
    assert_false(pw_yaml_known(root, keys, &err));
    assert_int_equal(err.line, 2);
    assert_non_null(strstr(err.text, "did you mean 'half-life'"));
    assert_false(pw_yaml_known(parse("zzzzzzzz: 1\n"), keys, &err));
    assert_non_null(strstr(err.text, "known are half-life, within, where"));
    size_t choice = 9;
    assert_true(pw_yaml_choice(parse("where"), keys, &choice, &err) && choice == 2);
    assert_false(pw_yaml_choice(parse("wihtin"), keys, &choice, &err));
    assert_non_null(strstr(err.text, "did you mean 'within'"));
    assert_null(pw_did_you_mean(PW_STR("ab"), keys));
    assert_string_equal(pw_did_you_mean(PW_STR("wheer"), keys), "where");
}

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void folders_are_read_in_order_of_name(void **state)
{
    (void)state;
    char dir[] = "/tmp/pandwacht-yaml-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/sub", dir);
    mkdir(path, 0700);
    static const char *const names[] = {"sub/z.yaml", "b.yaml", ".hidden.yaml", "note.txt"};
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        write_file(path, "a: 1\n");
    }
    struct pw_file *files;
    size_t count = 0;
    assert_true(pw_yaml_read_dir(arena, dir, &files, &count, &err));
    assert_int_equal(count, 2);
    assert_string_equal(files[0].name.data, "b.yaml");
    assert_string_equal(files[1].name.data, "sub/z.yaml");
    assert_string_equal(files[1].text.data, "a: 1\n");
    struct pw_str text;
    snprintf(path, sizeof path, "%s/b.yaml", dir);
    assert_true(pw_yaml_slurp(arena, path, 5, &text, &err));
    assert_false(pw_yaml_slurp(arena, path, 4, &text, &err));
    assert_int_equal(err.code, PW_ERR_LIMIT);
    const struct pw_yaml *node;
    assert_true(pw_yaml_load(arena, path, NULL, &node, &err));
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    assert_false(pw_yaml_load(arena, path, NULL, &node, &err));
    assert_int_equal(err.code, PW_ERR_IO);
    snprintf(path, sizeof path, "%s/sub", dir);
    rmdir(path);
    rmdir(dir);
    assert_false(pw_yaml_read_dir(arena, dir, &files, &count, &err));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_refused_is_named_by_place, setup, teardown),
        cmocka_unit_test_setup_teardown(depth_size_and_number_are_limited, setup, teardown),
        cmocka_unit_test_setup_teardown(nodes_keep_order_and_place, setup, teardown),
        cmocka_unit_test_setup_teardown(types_are_what_the_reader_asks, setup, teardown),
        cmocka_unit_test_setup_teardown(typos_get_a_suggestion, setup, teardown),
        cmocka_unit_test_setup_teardown(folders_are_read_in_order_of_name, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
