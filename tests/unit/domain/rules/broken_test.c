/*
 * Deliberately broken and leaking rule files. Each of tests/rules/broken/ is laid over the shipped rules
 * under the name in its first line, and must be refused at the line marked "# <-" for the reason in its
 * second. The shipped rules themselves are refused nowhere.
 */
#include "../../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/rules.h>

#define BROKEN "tests/rules/broken"

static pw_day today;

struct broken {
    struct pw_str as, says; /* the file's name in the set; a piece of the reason */
    unsigned line;
};

static struct pw_str rest_of_line(struct pw_str text, const char *after)
{
    struct pw_str line, rest = text;

    while (pw_str_cut(rest, '\n', &line, &rest))
        if (pw_str_has_prefix(line, pw_str_z(after)))
            return (struct pw_str){line.data + strlen(after), line.len - strlen(after)};
    fail_msg("a broken file has no line '%s'", after);
    return text;
}

static struct broken read_broken(const struct pw_file *file)
{
    struct broken b = {rest_of_line(file->text, "# as: "), rest_of_line(file->text, "# says: "), 1};
    const char *mark = strstr(file->text.data, "# <-");

    if (!mark)
        fail_msg("%s marks no line", file->name.data);
    for (const char *p = file->text.data; p < mark; p++)
        b.line += *p == '\n';
    return b;
}

/* The shipped files with one laid over them. */
static size_t lay_over(struct pw_arena *arena, const struct pw_file *shipped, size_t count,
    struct pw_file file, struct pw_file **ret)
{
    struct pw_file *all = PW_NEW_ARRAY(arena, count + 1, struct pw_file);
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (!pw_str_eq(shipped[i].name, file.name))
            all[n++] = shipped[i];
    all[n++] = file;
    *ret = all;
    return n;
}

static bool tells(const struct pw_err *err, const struct broken *b)
{
    return pw_str_is(b->as, err->file) && err->line == b->line && strstr(err->text, b->says.data);
}

static unsigned judge(const struct pw_file *shipped, size_t count, const struct pw_file *file)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_rules_faults *faults = PW_NEW(arena, struct pw_rules_faults);
    struct broken b = read_broken(file);
    const struct pw_ruleset *set;
    struct pw_err err = {0};
    struct pw_file *all;
    bool told = false;
    size_t n;

    b.as = pw_str_dup(arena, b.as);
    b.says = pw_str_dup(arena, b.says);
    n = lay_over(arena, shipped, count, (struct pw_file){b.as, file->text}, &all);
    if (pw_rules_load(all, n, today, &set, faults, &err)) {
        fprintf(stderr, "%s is accepted\n", file->name.data);
        pw_rules_unref(set);
        pw_arena_free(arena);
        return 1;
    }
    for (size_t i = 0; i < faults->count; i++)
        told |= tells(&faults->items[i], &b);
    if (!told)
        fprintf(stderr, "%s should be refused at line %u with '%s', and is at %s:%u:%u: %s\n",
            file->name.data, b.line, b.says.data, err.file, err.line, err.column, err.text);
    pw_arena_free(arena);
    return !told;
}

static void test_each_is_refused_for_its_reason_at_its_line(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_file *shipped, *broken;
    size_t count, broken_count;
    unsigned wrong = 0;
    struct pw_err err = {0};

    (void)state;
    assert_true(pw_yaml_read_dir(arena, "rules", &shipped, &count, &err));
    assert_true(pw_yaml_read_dir(arena, BROKEN, &broken, &broken_count, &err));
    assert_true(broken_count >= 60);
    for (size_t i = 0; i < broken_count; i++)
        wrong += judge(shipped, count, &broken[i]);
    assert_int_equal(wrong, 0);
    pw_arena_free(arena);
}

static void test_the_shipped_set_holds(void **state)
{
    const struct pw_ruleset *set;
    struct pw_err err = {0};

    (void)state;
    if (!pw_rules_load_dir("rules", today, &set, NULL, &err))
        fail_msg("%s:%u: %s", err.file, err.line, err.text);
    assert_non_null(set->theorem);
    assert_int_equal(set->theorem->tips_most, 40000);
    assert_int_equal(set->theorem->classes[PW_CLASS_CITIZEN_TIP].alone_count, 0);
    assert_int_equal(set->theorem->classes[PW_CLASS_LEASE_ADMIN].alone_count, 0);
    assert_true(set->theorem->classes[PW_CLASS_UTILITY_SAFETY].alone_count > 0);
    pw_rules_unref(set);
}

/* What was published once is read again for replay, whatever is asked of new sets since. */
static void test_a_stored_set_is_not_judged_again(void **state)
{
    const struct pw_ruleset *set, *again;
    struct pw_err err = {0};

    (void)state;
    assert_true(pw_rules_load_dir("rules", today, &set, NULL, &err));
    assert_true(pw_rules_load_bundle(pw_rules_bundle(set), &again, NULL, &err));
    assert_memory_equal(set->hash, again->hash, sizeof set->hash);
    assert_null(again->theorem);
    pw_rules_unref(set);
    pw_rules_unref(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_is_refused_for_its_reason_at_its_line),
        cmocka_unit_test(test_the_shipped_set_holds),
        cmocka_unit_test(test_a_stored_set_is_not_judged_again),
    };

    today = pw_day_from_date((struct pw_date){2026, 3, 11});
    return cmocka_run_group_tests(tests, NULL, NULL);
}
