/*
 * Any pattern over any text: the first line is the pattern, the rest the text. Never a fault; and a
 * pattern given as a literal, whose automaton is kept, finds what one found at run time finds.
 */
#include <cel/cel.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* text.matches(pattern), the pattern as a variable. */
static enum cel_truth by_variable(const struct cel_str *pattern, const struct cel_str *text)
{
    const struct cel_cell string = {.type = CEL_HOST_STRING};
    const union cel_slot slots[] = {{.s = text}, {.s = pattern}};
    struct cel_env *env = cel_env_new(NULL);
    struct cel_diags diags;
    if (!cel_env_var(env, "text", &string, 0) || !cel_env_var(env, "pattern", &string, 1))
        abort();
    struct cel_program *program = cel_program_new(env);
    if (cel_program_add(program, &(struct cel_source){.text = "text.matches(pattern)"}, &diags) != 0)
        abort();
    cel_program_seal(program);
    struct cel_ctx *ctx = cel_ctx_new(program);
    enum cel_truth truth = cel_eval_bool(ctx, 0, slots);
    cel_ctx_free(ctx);
    cel_program_free(program);
    cel_env_free(env);
    return truth;
}

/* The pattern as a raw literal, twice with one automaton; -1: it cannot be written or does not load. */
static int by_literal(const struct cel_str *pattern, const struct cel_str *text)
{
    char source[4200];
    const struct cel_cell string = {.type = CEL_HOST_STRING};
    const union cel_slot slots[] = {{.s = text}};
    struct cel_diags diags;
    int truth = -1;
    if (pattern->len > 4000 || memchr(pattern->ptr, '\'', pattern->len) ||
        memchr(pattern->ptr, '\0', pattern->len))
        return -1;
    int len = snprintf(source, sizeof(source), "text.matches(r'%.*s')", (int)pattern->len, pattern->ptr);
    struct cel_env *env = cel_env_new(NULL);
    if (!cel_env_var(env, "text", &string, 0))
        abort();
    struct cel_program *program = cel_program_new(env);
    if (cel_program_add(program, &(struct cel_source){.text = source, .text_len = (size_t)len}, &diags) ==
        0) {
        cel_program_seal(program);
        struct cel_ctx *ctx = cel_ctx_new(program);
        truth = (int)cel_eval_bool(ctx, 0, slots);
        if (truth != (int)cel_eval_bool(ctx, 0, slots))
            abort();
        cel_ctx_free(ctx);
    }
    cel_program_free(program);
    cel_env_free(env);
    return truth;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = size > 0 ? memchr(data, '\n', size) : NULL;
    if (line == NULL || size > 1 << 16)
        return 0;
    const struct cel_str pattern = {(const char *)data, (uint32_t)(line - data), 0};
    const struct cel_str text = {(const char *)line + 1, (uint32_t)(data + size - line - 1), 0};
    enum cel_truth variable = by_variable(&pattern, &text);
    int literal = by_literal(&pattern, &text);
    if (literal >= 0 && (enum cel_truth)literal != variable)
        abort();
    return 0;
}
