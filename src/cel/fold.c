/*
 * fold.c: what is constant is computed once, when an expression is added.
 *
 * An operator or call whose operands are literals becomes a literal, if its value is a scalar;
 * list literals stay nodes, so that hosts see their elements. Errors are left to be evaluated,
 * for `x || 1/0 > 0` is legal, except where a constant text is plainly wrong: timestamps,
 * durations and regular expressions are refused here, with their place.
 */
#include "cel_int.h"

static bool is_constant(const struct cel_node *node)
{
    if (node->kind == CEL_NODE_LITERAL)
        return true;
    if (node->kind != CEL_NODE_LIST && node->kind != CEL_NODE_MAP)
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!is_constant(node->kids[i]))
            return false;
    return true;
}

static bool is_foldable(const struct cel_node *node)
{
    switch (node->kind) {
    case CEL_NODE_LITERAL:
    case CEL_NODE_VAR:
    case CEL_NODE_LIST:
    case CEL_NODE_MAP:
    case CEL_NODE_STRUCT:
    case CEL_NODE_MACRO:
    case CEL_NODE_BIND:
        return false;
    default:
        break;
    }
    if (node->count == 0 || (node->flags & CEL_F_BAD) != 0)
        return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!is_constant(node->kids[i]))
            return false;
    return true;
}

/* A list, map or optional would have to be copied deeply; nothing gains from it. */
static bool is_scalar(const struct cel_value *v)
{
    return v->kind >= CEL_NULL && v->kind <= CEL_DURATION;
}

static void become_literal(struct cel_program *program, struct cel_node *node, struct cel_value value)
{
    if (value.kind == CEL_STRING || value.kind == CEL_BYTES)
        value.as.s = cel_arena_text(&program->arena, value.as.s, value.aux);
    node->kind = CEL_NODE_LITERAL;
    node->value = value;
    node->count = 0;
}

/* ---- constant texts ---- */

static bool refuse(struct cel_text *text, const struct cel_node *node, const char *what, const char *expected)
{
    struct cel_diag *diag = cel_diag_add(text, CEL_DIAG_LITERAL, node->start, node->end, "%s", what);
    cel_diag_text(
        diag->found, sizeof(diag->found), "%.*s", (int)(node->end - node->start), text->ptr + node->start);
    cel_diag_text(diag->expected, sizeof(diag->expected), "%s", expected);
    return false;
}

static bool is_text(const struct cel_node *node)
{
    return node->kind == CEL_NODE_LITERAL && node->value.kind == CEL_STRING;
}

static bool check_time_text(struct cel_text *text, const struct cel_node *call)
{
    const struct cel_value *v = &call->kids[0]->value;
    if (!is_text(call->kids[0]) || call->count != 1)
        return true;
    if (strcmp(call->name, "duration") == 0 && cel_parse_duration(v->as.s, v->aux).kind == CEL_ERROR)
        return refuse(
            text, call->kids[0], "not a duration", "hours, minutes, seconds such as '36h' or '1h30m'");
    if (strcmp(call->name, "timestamp") == 0 && cel_parse_timestamp(v->as.s, v->aux).kind == CEL_ERROR)
        return refuse(text, call->kids[0], "not a timestamp", "RFC 3339 such as '2026-02-01T00:00:00Z'");
    return true;
}

static bool compile_pattern(struct cel_program *program, struct cel_text *text, struct cel_node *call)
{
    const struct cel_node *pattern = call->kids[1];
    const char *error = "";
    uint32_t at = 0;
    if (!is_text(pattern))
        return true;
    struct cel_regex *regex =
        cel_regex_compile(&program->arena, pattern->value.as.s, pattern->value.aux, &error, &at);
    if (regex == NULL)
        return refuse(text, pattern, error, "a regular expression (RE2 syntax)");
    cel_regex_number(regex, program->regex_count++);
    call->extra = regex;
    return true;
}

static bool check_texts(struct cel_program *program, struct cel_text *text, struct cel_node *node)
{
    if (node->kind != CEL_NODE_CALL || node->group == NULL || program->env->options.unchecked)
        return true;
    if (strcmp(node->name, "matches") == 0 && node->count == 2 && node->overload != NULL &&
        node->overload->fn != NULL)
        return compile_pattern(program, text, node);
    if ((node->flags & CEL_F_MEMBER) == 0 && node->count == 1)
        return check_time_text(text, node);
    return true;
}

bool cel_fold_tree(struct cel_program *program, struct cel_text *text, struct cel_node *node)
{
    bool good = true;
    for (uint32_t i = 0; i < node->count; i++)
        good &= cel_fold_tree(program, text, node->kids[i]);
    good &= check_texts(program, text, node);
    if (!good || !is_foldable(node))
        return good;
    struct cel_ctx *ctx = program->scratch;
    cel_ctx_begin(ctx, NULL);
    struct cel_value value = cel_walk(ctx, node);
    if (is_scalar(&value) && !ctx->exhausted)
        become_literal(program, node, value);
    return true;
}
