/*
 * conformance.c: `cel conformance`: runs test cases, one JSON object a line.
 *
 *   {"file","section","name","expr"}, optional "env": [{"name","type"}], "bindings": {name: tagged value},
 *   "container", "disable_check", and "expect": {"value": tagged, "type": text} or {"error": text}
 *
 * Every condition that the vm can run is also evaluated by the reference interpreter: a case in which the
 * two differ has failed.
 */
#include "tool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct totals {
    unsigned passed, failed, skipped;
};

/* Libraries that can be left out, and the file of the public suite that tests each. */
static const struct {
    const char *name, *file;
    uint32_t lib;
} libraries[] = {{"network", "network_ext", CEL_LIB_NETWORK}, {"strings", "string_ext", CEL_LIB_STRINGS},
    {"math", "math_ext", CEL_LIB_MATH}, {"lists", "lists_ext", CEL_LIB_LISTS},
    {"sets", "sets_ext", CEL_LIB_SETS}, {"encoders", "encoders_ext", CEL_LIB_ENCODERS},
    {"optionals", "optionals", CEL_LIB_OPTIONALS}, {"two-vars", "macros2", CEL_LIB_TWO_VARS},
    {"bindings", "bindings_ext", CEL_LIB_BINDINGS}, {"block", "block_ext", CEL_LIB_BINDINGS}};

#define LIBRARIES (sizeof(libraries) / sizeof(libraries[0]))

static bool is_left_out(uint32_t without, const char *file)
{
    for (size_t i = 0; i < LIBRARIES; i++)
        if ((without & libraries[i].lib) != 0 && strcmp(libraries[i].file, file) == 0)
            return true;
    return false;
}

/* The types' long and short names are the same types. */
static bool same_type(const char *a, const char *b)
{
    static const char *const names[][2] = {{"google.protobuf.Timestamp", "timestamp"},
        {"google.protobuf.Duration", "duration"}, {"null_type", "null"}};
    while (*a != '\0' && *b != '\0') {
        for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
            if (strncmp(a, names[i][0], strlen(names[i][0])) == 0 &&
                strncmp(b, names[i][1], strlen(names[i][1])) == 0 &&
                strncmp(b, names[i][0], strlen(names[i][0])) != 0) {
                a += strlen(names[i][0]);
                b += strlen(names[i][1]);
            }
        }
        while (*a == ' ')
            a++;
        while (*b == ' ')
            b++;
        if (*a == '\0' || *a != *b)
            break;
        a++;
        b++;
    }
    return *a == *b;
}

static bool same_value(const struct cel_value *a, const struct cel_value *b);

static bool same_list(const struct cel_list *a, const struct cel_list *b)
{
    if (a->count != b->count)
        return false;
    for (uint64_t i = 0; i < a->count; i++)
        if (!same_value(&a->items[i], &b->items[i]))
            return false;
    return true;
}

/* In any order; the keys of a map differ from each other. */
static bool same_map(const struct cel_map *a, const struct cel_map *b)
{
    for (uint64_t i = 0; i < a->count && a->count == b->count; i++) {
        uint64_t j = 0;
        while (j < b->count && !(same_value(&a->pairs[2 * i], &b->pairs[2 * j]) &&
                                   same_value(&a->pairs[2 * i + 1], &b->pairs[2 * j + 1])))
            j++;
        if (j == b->count)
            return false;
    }
    return a->count == b->count;
}

/* Equal as results: of one kind, also within, and NaN is NaN. */
static bool same_value(const struct cel_value *a, const struct cel_value *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == CEL_LIST)
        return same_list(a->as.list, b->as.list);
    if (a->kind == CEL_MAP)
        return same_map(a->as.map, b->as.map);
    if (a->kind == CEL_DOUBLE && isnan(a->as.d) && isnan(b->as.d))
        return true;
    return cel_value_equal(a, b);
}

/* Declares what "env" says; bindings that it does not mention become dyn. NULL: a declaration is bad. */
static union cel_slot *declare(struct cel_env *env, struct pool *pool, const json_t *test)
{
    const json_t *bindings = json_object_get(test, "bindings");
    json_t *declared, *bound;
    const char *name;
    size_t i;
    uint32_t slot = 0;
    size_t most = json_array_size(json_object_get(test, "env")) + json_object_size(bindings) + 1;
    union cel_slot *slots = pool_get(pool, most * sizeof(*slots));
    json_array_foreach(json_object_get(test, "env"), i, declared)
    {
        const json_t *value = json_object_get(bindings, member_text(declared, "name"));
        struct cel_value *copy = pool_get(pool, sizeof(*copy));
        *copy = value != NULL ? value_tagged(pool, value) : cel_error("variable without a value");
        slots[slot].v = copy;
        if (!declare_entry(env, declared, &slot))
            return NULL;
    }
    json_object_foreach((json_t *)(uintptr_t)bindings, name, bound)
    {
        struct cel_value *copy = pool_get(pool, sizeof(*copy));
        *copy = value_tagged(pool, bound);
        slots[slot].v = copy;
        if (cel_env_dyn_var(env, name, "dyn", slot)) /* else declared above */
            slot++;
    }
    return slots;
}

/* What came out, as text; true: as expected. */
static bool judge(const struct cel_program *program, int32_t index, struct pool *pool, const json_t *expect,
    const struct cel_value *got, char *shown, size_t size)
{
    const json_t *value = json_object_get(expect, "value"), *type = json_object_get(expect, "type");
    cel_value_format(got, shown, size);
    if (json_object_get(expect, "error") != NULL)
        return got->kind == CEL_ERROR;
    if (json_is_string(type) && !same_type(cel_expr_type(program, index), json_string_value(type))) {
        snprintf(shown, size, "type %s", cel_expr_type(program, index));
        return false;
    }
    if (value == NULL)
        return json_is_string(type);
    struct cel_value wanted = value_tagged(pool, value);
    return same_value(got, &wanted);
}

static struct cel_env *new_env(const json_t *test, uint32_t without)
{
    return cel_env_new(&(struct cel_env_options){.libs = CEL_LIB_ALL & ~without,
        .mixed_literals = true,
        .limits.depth = 250,
        .container = member_text(test, "container"),
        .unchecked = json_is_true(json_object_get(test, "disable_check"))});
}

static bool run_program(struct cel_program *program, int32_t index, struct pool *pool, const json_t *expect,
    const union cel_slot *slots, char *shown, size_t size)
{
    char other[2048];
    cel_program_seal(program);
    struct cel_ctx *ctx = cel_ctx_new(program);
    struct cel_value reference = cel_eval_reference(ctx, index, slots);
    cel_value_format(&reference, other, sizeof(other));
    struct cel_value got = cel_eval(ctx, index, slots);
    bool good = judge(program, index, pool, expect, &got, shown, size);
    if (good && json_object_get(expect, "value") != NULL && strcmp(shown, other) != 0) {
        snprintf(shown, size, "the reference interpreter says %.1900s", other);
        good = false;
    }
    cel_ctx_free(ctx);
    return good;
}

enum verdict { PASSED, FAILED, SKIPPED };

/* Does it load without the libraries that are left out? If not, but with them, it is not ours to judge. */
static bool needs_libraries(const struct cel_source *source, const json_t *test)
{
    struct pool pool = {0};
    struct cel_diags diags;
    struct cel_env *env = new_env(test, 0);
    bool declared = declare(env, &pool, test) != NULL;
    struct cel_program *program = cel_program_new(env);
    bool loads = declared && cel_program_add(program, source, &diags) >= 0;
    cel_program_free(program);
    cel_env_free(env);
    pool_release(&pool);
    return loads;
}

static enum verdict run_source(struct cel_program *program, const json_t *test, struct pool *pool,
    const union cel_slot *slots, uint32_t without, char *shown, size_t size)
{
    struct cel_diags diags;
    const json_t *expect = json_object_get(test, "expect"), *expr = json_object_get(test, "expr");
    struct cel_source source = {.text = member_text(test, "expr"), .text_len = json_string_length(expr)};
    int32_t index = cel_program_add(program, &source, &diags);
    if (index >= 0)
        return run_program(program, index, pool, expect, slots, shown, size) ? PASSED : FAILED;
    cel_diag_format(&diags.items[0], shown, size);
    if (without != 0 && needs_libraries(&source, test))
        return SKIPPED;
    return json_object_get(expect, "error") != NULL ? PASSED : FAILED;
}

static enum verdict run_test(const json_t *test, uint32_t without, char *shown, size_t size)
{
    struct pool pool = {0};
    struct cel_env *env = new_env(test, without);
    union cel_slot *slots = declare(env, &pool, test);
    struct cel_program *program = cel_program_new(env);
    enum verdict verdict = FAILED;
    if (slots != NULL)
        verdict = run_source(program, test, &pool, slots, without, shown, size);
    else
        snprintf(shown, size, "env: %s", cel_env_error(env));
    cel_program_free(program);
    cel_env_free(env);
    pool_release(&pool);
    return verdict;
}

static void count(const json_t *test, uint32_t without, struct totals *totals)
{
    char shown[2048];
    enum verdict verdict = is_left_out(without, member_text(test, "file"))
                               ? SKIPPED
                               : run_test(test, without, shown, sizeof(shown));
    totals->passed += verdict == PASSED;
    totals->failed += verdict == FAILED;
    totals->skipped += verdict == SKIPPED;
    if (verdict != FAILED)
        return;
    char *expected = json_dumps(json_object_get(test, "expect"), JSON_COMPACT | JSON_ENCODE_ANY);
    printf("FAIL %s/%s/%s: got %s, expected %s\n", member_text(test, "file"), member_text(test, "section"),
        member_text(test, "name"), shown, expected != NULL ? expected : "?");
    free(expected);
}

static void run_line(const char *line, size_t len, uint32_t without, struct totals *totals)
{
    json_error_t error;
    json_t *test = json_loadb(line, len, JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, &error);
    if (json_is_string(json_object_get(test, "expr")) && json_is_object(json_object_get(test, "expect"))) {
        count(test, without, totals);
    } else {
        printf("FAIL %s\n", test == NULL ? error.text : "a case needs expr and expect");
        totals->failed++;
    }
    json_decref(test);
}

static bool run_file(const char *path, uint32_t without, struct totals *totals)
{
    FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    if (in == NULL) {
        fprintf(stderr, "cel conformance: cannot read %s\n", path);
        return false;
    }
    while ((len = getline(&line, &room, in)) > 0)
        if (strspn(line, " \r\n") < (size_t)len)
            run_line(line, (size_t)len, without, totals);
    free(line);
    if (in != stdin)
        fclose(in);
    return true;
}

/* The library's bit; 0: there is none of that name. */
static uint32_t library(const char *name)
{
    for (size_t i = 0; i < LIBRARIES; i++)
        if (strcmp(libraries[i].name, name) == 0 || strcmp(libraries[i].file, name) == 0)
            return libraries[i].lib;
    fprintf(stderr, "cel conformance: no library %s; there are", name);
    for (size_t i = 0; i < LIBRARIES; i++)
        fprintf(stderr, " %s", libraries[i].name);
    fprintf(stderr, "\n");
    return 0;
}

int run_conformance(int argc, char **argv)
{
    struct totals totals = {0};
    uint32_t without = 0;
    int files = 0;
    bool readable = true;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--without") != 0)
            continue;
        uint32_t lib = i + 1 < argc ? library(argv[++i]) : 0;
        if (lib == 0)
            return 2;
        without |= lib;
    }
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--without") == 0) {
            i++;
            continue;
        }
        readable &= run_file(argv[i], without, &totals);
        files++;
    }
    if (files == 0) {
        fprintf(stderr, "cel conformance: no file given; - is standard input\n");
        return 2;
    }
    printf("%u passed, %u failed, %u skipped\n", totals.passed, totals.failed, totals.skipped);
    return !readable || totals.failed > 0;
}
