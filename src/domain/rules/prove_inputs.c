/*
 * What a condition may look at. Denied attributes cannot be declared, so they cannot be read; what is
 * left are the ways around: free text (its content, or its mere length), a value of an enum that names
 * one, a fact that a decision made, and taking points away for what a newcomer cannot have.
 */
#include <stdio.h>
#include <string.h>

#include "proof_int.h"

#define PAST_MAX 365 /* days of undisturbed past that may take points away */

/* ---- fields that are not there ---- */

void explain_field(const struct loader *loader, const struct cel_diag *diag, char *out, size_t size)
{
    const struct pw_fact_model *model = loader->set->model;
    struct pw_str name = pw_str_z(diag->found);
    const struct pw_denied *denied = pw_facts_denied(model, name);

    out[0] = 0;
    if (denied) {
        snprintf(out, size, "; '%.*s' is never an input: %.*s", PW_STR_ARG(denied->name),
            PW_STR_ARG(denied->reason.en));
        return;
    }
    for (size_t i = 0; i < model->kind_count; i++) {
        const struct pw_field *field = pw_kind_field(&model->kinds[i], name);
        if (field && field->class > PW_RESTRICTED)
            snprintf(out, size, "; it is %s, and rules read up to restricted",
                field->class == PW_SEALED ? "sealed" : "personal");
    }
}

/* ---- what conditions read ---- */

struct reading {
    struct loader *l;
    const struct pending_expr *expr;
};

static const struct pw_field *field_of_read(const struct pw_fact_model *model, const struct cel_read *read)
{
    const struct pw_kind *kind = read->structure ? pw_facts_variable(model, pw_str_z(read->structure)) : NULL;

    return kind && read->field ? pw_kind_field(kind, pw_str_z(read->field)) : NULL;
}

static bool on_read(void *user, const struct cel_read *read)
{
    struct reading *r = user;
    const struct pw_field *field = field_of_read(r->l->set->model, read);
    const struct pw_denied *denied =
        read->field ? pw_facts_denied(r->l->set->model, pw_str_z(read->field)) : NULL;

    if (field && field->type == PW_TYPE_STRING)
        loader_fault(r->l, r->expr->node,
            "%s.%s is free text, which decides nothing here: its content or length can give a person or an "
            "area "
            "away; use a coded field",
            read->structure, read->field);
    if (denied)
        loader_fault(r->l, r->expr->node, "%s.%s is '%.*s', never an input: %.*s", read->structure,
            read->field, PW_STR_ARG(denied->name), PW_STR_ARG(denied->reason.en));
    return true;
}

/* ---- values that name what is denied ---- */

/* The place of a word in a declaration file, comments apart. */
static void locate_word(
    const struct loader *l, const char *file, const char *word, unsigned *ret_line, unsigned *ret_column)
{
    struct pw_str rest = PW_STR(""), line;

    for (size_t i = 0; i < l->file_count; i++)
        if (pw_str_is(l->files[i].name, file))
            rest = l->files[i].text;
    for (*ret_line = 1; pw_str_cut(rest, '\n', &line, &rest); ++*ret_line) {
        const char *comment = memchr(line.data, '#', line.len);
        size_t length = comment ? (size_t)(comment - line.data) : line.len;
        const char *at = memmem(line.data, length, word, strlen(word));
        if (!at)
            continue;
        *ret_column = (unsigned)(at - line.data) + 1;
        return;
    }
    *ret_line = *ret_column = 1;
}

static bool is_excepted(const struct pw_ruleset *set, const struct pw_denied *denied,
    const struct pw_kind *kind, const struct pw_field *field)
{
    char path[160];

    snprintf(path, sizeof path, "%.*s.%.*s", PW_STR_ARG(kind->variable), PW_STR_ARG(field->name));
    for (size_t i = 0; i < set->exception_count; i++)
        if (pw_str_eq(set->exceptions[i].attribute, denied->name) &&
            pw_str_is(set->exceptions[i].allowed, path))
            return true;
    return false;
}

static void check_value(
    struct loader *l, const struct pw_kind *kind, const struct pw_field *field, const char *value)
{
    const struct pw_denied *denied = pw_facts_denied(l->set->model, pw_str_z(value));
    struct pw_err err = {0};
    char file[160];
    unsigned line, column;

    if (!denied || is_excepted(l->set, denied, kind, field))
        return;
    snprintf(file, sizeof file, "facts/%.*s.yaml", PW_STR_ARG(kind->name));
    locate_word(l, file, value, &line, &column);
    pw_fail_at(&err, PW_ERR_SYNTAX, file, line, column,
        "the value '%s' of %.*s.%.*s stands for '%.*s', which is never an input; remove it, or give an "
        "exception with ground and reviewer. %.*s",
        value, PW_STR_ARG(kind->variable), PW_STR_ARG(field->name), PW_STR_ARG(denied->name),
        PW_STR_ARG(denied->reason.en));
    loader_take(l, &err);
}

static void check_values(struct loader *l, const struct pw_kind *kind)
{
    for (size_t f = 0; f < kind->field_count; f++)
        for (size_t v = 0; kind->fields[f].class <= PW_RESTRICTED && v < kind->fields[f].value_count; v++)
            check_value(l, kind, &kind->fields[f], kind->fields[f].values[v]);
}

/* ---- kinds that carry no points ---- */

static void check_kinds(
    struct loader *l, const struct rule_draft *d, const struct pw_look *look, const char *key)
{
    for (size_t k = 0; k < l->set->model->kind_count; k++) {
        const struct pw_kind *kind = &l->set->model->kinds[k];
        if ((look->kinds & (UINT64_C(1) << k)) && kind->by_route && !pw_str_is(kind->name, "outcome"))
            loader_fault(l, pw_yaml_get(d->node, key),
                "a %.*s carries no points: what we did ourselves is no sign; of these only an outcome counts",
                PW_STR_ARG(kind->name));
    }
}

/* ---- down ---- */

/* Whether the condition names this value of this field. */
static bool names_value(
    const struct pw_ruleset *set, const struct cel_node *node, const struct pw_out_of_reach *reach)
{
    struct cel_view view = cel_node_view(node);

    if (view.kind == CEL_NODE_LITERAL && view.value.kind == CEL_STRING && view.enum_index >= 0)
        return pw_str_eq((struct pw_str){view.value.as.s, view.value.aux}, reach->value);
    for (uint32_t i = 0; i < view.operands; i++)
        if (names_value(set, cel_node_operand(node, i), reach))
            return true;
    return false;
}

struct field_search {
    const struct pw_out_of_reach *reach;
    bool found;
};

static bool on_field(void *user, const struct cel_read *read)
{
    struct field_search *search = user;
    char path[160];

    if (!read->structure || !read->field)
        return true;
    snprintf(path, sizeof path, "%s.%s", read->structure, read->field);
    search->found |= pw_str_is(search->reach->field, path);
    return true;
}

static bool uses(const struct pw_ruleset *set, int32_t expr, const struct pw_out_of_reach *reach)
{
    struct field_search search = {reach, false};

    cel_expr_reads(set->program, expr, on_field, &search);
    return search.found &&
           (reach->value.len == 0 || names_value(set, cel_expr_root(set->program, expr), reach));
}

static void check_down(struct loader *l, const struct pending_expr *expr)
{
    const struct pw_rule *rule = expr->rule;
    const struct pw_ruleset *set = l->set;

    if (!rule || rule->points[0] >= 0 || *expr->target < 0)
        return;
    for (size_t i = 0; i < set->out_of_reach_count; i++)
        if (uses(set, *expr->target, &set->out_of_reach[i]))
            loader_fault(l, expr->node,
                "takes points away for what a newcomer cannot have: %.*s; give it 0 points",
                PW_STR_ARG(set->out_of_reach[i].reason.en));
    if (rule->after > PAST_MAX)
        loader_fault(l, expr->node,
            "takes points away for a past of %d days, which a newcomer cannot have; give it 0 points",
            (int)rule->after);
}

/* ---- drafts ---- */

static void check_hits(struct loader *l, const struct pending_expr *expr, const struct cel_node *node)
{
    struct cel_view view = cel_node_view(node);
    const struct pw_rule *read;

    if (view.kind == CEL_NODE_IN && cel_node_view(cel_node_operand(node, 1)).slot == l->set->slot_hits) {
        struct cel_view id = cel_node_view(cel_node_operand(node, 0));
        read = id.kind == CEL_NODE_LITERAL
                   ? pw_rules_find(l->set, (struct pw_str){id.value.as.s, id.value.aux})
                   : NULL;
        if (read && (read->draft || read->stratum == 2))
            loader_fault(l, expr->node, "rule '%.*s' is %s and never among the hits", PW_STR_ARG(read->id),
                read->draft ? "a draft" : "of stratum 2");
    }
    for (uint32_t i = 0; i < view.operands; i++)
        check_hits(l, expr, cel_node_operand(node, i));
}

void prove_inputs(struct loader *loader)
{
    const struct pw_fact_model *model = loader->set->model;

    for (struct pending_expr *e = loader->exprs; e; e = e->next) {
        struct reading reading = {loader, e};
        if (*e->target < 0)
            continue;
        cel_expr_reads(loader->set->program, *e->target, on_read, &reading);
        check_down(loader, e);
        if (e->rule && e->rule->stratum == 2)
            check_hits(loader, e, cel_expr_root(loader->set->program, *e->target));
    }
    for (const struct rule_draft *d = loader->rules; d; d = d->next) {
        check_kinds(loader, d, &d->rule.each, "each");
        check_kinds(loader, d, &d->rule.join, "join");
        for (size_t i = 0; i < d->rule.also_count; i++)
            check_kinds(loader, d, &d->rule.also[i], "also");
    }
    for (size_t k = 0; k < model->kind_count; k++)
        if (!model->kinds[k].by_route)
            check_values(loader, &model->kinds[k]);
    check_values(loader, model->premises);
}
