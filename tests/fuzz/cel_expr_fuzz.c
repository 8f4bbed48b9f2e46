/*
 * Any text as an expression: parsing, checking and evaluating never fault, and the vm and the
 * reference interpreter agree.
 */
#include <cel/cel.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct cel_env *new_env(void)
{
    const struct cel_cell list = {.type = CEL_HOST_LIST, .elem = CEL_HOST_INT};
    struct cel_env *env = cel_env_new(&(struct cel_env_options){
        .libs = CEL_LIB_ALL, .mixed_literals = true, .limits = {.steps = 100000, .arena_bytes = 1 << 20}});
    if (!cel_env_var(env, "i", &(struct cel_cell){.type = CEL_HOST_INT}, 0) ||
        !cel_env_var(env, "t", &(struct cel_cell){.type = CEL_HOST_TIMESTAMP}, 1) ||
        !cel_env_var(env, "l", &list, 2) ||
        !cel_env_var(env, "s", &(struct cel_cell){.type = CEL_HOST_STRING}, 3))
        abort();
    return env;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t numbers[] = {3, 0, -7, INT64_MAX};
    const struct cel_span span = {numbers, 4};
    struct cel_str word = CEL_STR("loods");
    const union cel_slot slots[] = {{.i = 0}, {.i = 1790000000}, {.list = &span}, {.s = &word}};
    if (size == 0)
        return 0;
    static struct cel_env *env; /* the same for all inputs: declaring takes longer than one */
    if (env == NULL)
        env = new_env();
    struct cel_program *program = cel_program_new(env);
    struct cel_diags diags;
    struct cel_source source = {.text = (const char *)data, .text_len = size};
    if (cel_program_add(program, &source, &diags) == 0) {
        char one[256], other[256];
        cel_program_seal(program);
        struct cel_ctx *ctx = cel_ctx_new(program);
        struct cel_value v = cel_eval_reference(ctx, 0, slots);
        bool spent = strcmp(cel_ctx_error(ctx), "step budget exceeded") == 0;
        cel_value_format(&v, one, sizeof(one));
        v = cel_eval(ctx, 0, slots);
        cel_value_format(&v, other, sizeof(other));
        if (!spent && strcmp(one, other) != 0)
            abort();
        cel_ctx_free(ctx);
    }
    cel_program_free(program);
    return 0;
}
