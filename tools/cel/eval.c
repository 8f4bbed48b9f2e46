/* eval.c: `cel eval` and `cel check`. */
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PRINTED_MAX ((size_t)1 << 16)

void print_findings(const struct cel_diags *diags)
{
    char line[700];
    for (uint32_t i = 0; i < diags->count; i++) {
        cel_diag_format(&diags->items[i], line, sizeof(line));
        fprintf(stderr, "%s\n", line);
    }
    if (diags->more > 0)
        fprintf(stderr, "and %u more\n", diags->more);
}

static int print_value(struct cel_ctx *ctx, const struct cel_value *value)
{
    char *text = malloc(PRINTED_MAX);
    if (text == NULL)
        return 1;
    cel_value_format(value, text, PRINTED_MAX);
    if (value->kind == CEL_ERROR)
        fprintf(stderr, "%s, at byte %u\n", text, cel_ctx_error_offset(ctx));
    else
        printf("%s\n", text);
    free(text);
    return value->kind == CEL_ERROR;
}

static int evaluate(struct cel_env *env, const char *source, const union cel_slot *slots)
{
    struct cel_program *program = cel_program_new(env);
    struct cel_diags diags;
    int status = 1;
    int32_t index = cel_program_add(program, &(struct cel_source){.text = source}, &diags);
    if (index < 0) {
        print_findings(&diags);
    } else {
        cel_program_seal(program);
        struct cel_ctx *ctx = cel_ctx_new(program);
        struct cel_value value = cel_eval(ctx, index, slots);
        status = print_value(ctx, &value);
        cel_ctx_free(ctx);
    }
    cel_program_free(program);
    return status;
}

int run_eval(int argc, char **argv)
{
    struct cel_env_options options = {.libs = CEL_LIB_ALL, .mixed_literals = true};
    const char *source = NULL, *bindings = "{}";
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--bind") == 0 && i + 1 < argc)
            bindings = argv[++i];
        else if (strcmp(argv[i], "--unchecked") == 0)
            options.unchecked = true;
        else
            source = argv[i];
    }
    json_error_t error;
    json_t *object = json_loads(bindings, JSON_REJECT_DUPLICATES, &error);
    if (source == NULL || !json_is_object(object)) {
        fprintf(stderr, "cel eval: %s\n", source == NULL ? "no expression" : "--bind needs a JSON object");
        json_decref(object);
        return 2;
    }
    struct pool pool = {0};
    struct cel_env *env = cel_env_new(&options);
    union cel_slot *slots = bind_members(env, &pool, object, value_plain);
    int status = evaluate(env, source, slots);
    cel_env_free(env);
    pool_release(&pool);
    json_decref(object);
    return status;
}

/* The file: {"container": "a.b", "variables": {"name": "type"}}, or the "env" of a conformance case. */
static bool declare(struct cel_env *env, const json_t *file)
{
    const char *name;
    json_t *type, *entry;
    uint32_t slot = 0;
    size_t i;
    json_array_foreach(file, i, entry)
    {
        if (declare_entry(env, entry, &slot))
            continue;
        fprintf(stderr, "cel check: entry %zu of the env: %s\n", i + 1, cel_env_error(env));
        return false;
    }
    json_object_foreach(json_object_get(file, "variables"), name, type)
    {
        if (cel_env_dyn_var(env, name, json_is_string(type) ? json_string_value(type) : "", slot++))
            continue;
        fprintf(stderr, "cel check: variable %s: %s\n", name, cel_env_error(env));
        return false;
    }
    return true;
}

static int check(struct cel_env *env, const char *source)
{
    struct cel_program *program = cel_program_new(env);
    struct cel_diags diags;
    int32_t index = cel_program_add(program, &(struct cel_source){.text = source}, &diags);
    if (index < 0)
        print_findings(&diags);
    else
        printf("%s, cost at most %llu: %s\n", cel_expr_type(program, index),
            (unsigned long long)cel_expr_cost(program, index), source);
    cel_program_free(program);
    return index < 0;
}

int run_check(int argc, char **argv)
{
    const char *path = NULL;
    int status = 0;
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--env") == 0)
            path = argv[i + 1];
    json_error_t error;
    json_t *file = path != NULL ? json_load_file(path, JSON_REJECT_DUPLICATES, &error) : json_object();
    if (file == NULL) {
        fprintf(stderr, "cel check: %s: %s\n", path, error.text);
        return 2;
    }
    const json_t *container = json_object_get(file, "container");
    struct cel_env *env = cel_env_new(&(struct cel_env_options){.libs = CEL_LIB_ALL,
        .mixed_literals = true,
        .container = json_is_string(container) ? json_string_value(container) : NULL});
    if (!declare(env, file))
        status = 2;
    for (int i = 1; i < argc && status != 2; i++) {
        if (strcmp(argv[i], "--env") == 0)
            i++;
        else
            status |= check(env, argv[i]);
    }
    cel_env_free(env);
    json_decref(file);
    return status;
}
