/*
 * From the texts of conditions to one sealed CEL program. The environment: a variable for each fact
 * kind, `sighting`, `premises`, `lease` (the newest registration of the tenancy), and for stratum 2 `hits`
 * (ids of rules), `classes`, pointsOf(theme) and pointsInPhase(phase). Rule ids, classes, themes and phases
 * are closed domains, so that a word misspelt in a condition is refused here. There is no `now`.
 */
#include <stdlib.h>
#include <string.h>

#include "proof_int.h"

static const char *const phase_words[] = {"preventive", "repressive", "both"};

static bool points_of(
    struct cel_ctx *ctx, void *host, const struct cel_value *args, struct cel_value *ret, const char **error)
{
    const struct pw_first_stratum *first = host;

    (void)ctx;
    if (!first) {
        *error = "pointsOf is for stratum 2";
        return false;
    }
    for (size_t i = 0; i < first->set->theme_count; i++)
        if (pw_str_eq(first->set->themes[i].id, (struct pw_str){args[0].as.s, args[0].aux})) {
            *ret = cel_double((double)first->themes[i] / 1000.0);
            return true;
        }
    *error = "no such theme";
    return false;
}

static bool points_in_phase(
    struct cel_ctx *ctx, void *host, const struct cel_value *args, struct cel_value *ret, const char **error)
{
    const struct pw_first_stratum *first = host;

    (void)ctx;
    for (size_t i = 0; first && i < PW_COUNT(phase_words); i++)
        if (pw_str_is((struct pw_str){args[0].as.s, args[0].aux}, phase_words[i])) {
            *ret = cel_double((double)first->phases[i] / 1000.0);
            return true;
        }
    *error = "pointsInPhase is for stratum 2";
    return false;
}

/* ---- the environment ---- */

static bool add_domain(
    struct loader *l, const char *name, const char *const *words, size_t count, uint32_t *ret)
{
    *ret = cel_env_domain(l->owned->env, name, words, count);
    return *ret != 0 || loader_fault(l, NULL, "%s: %s", name, cel_env_error(l->owned->env));
}

static int by_word(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return strcmp(*x, *y);
}

/* A value's index in `hits` is the rule's nr: both are the order of the ids. Doubled ids are told later. */
static size_t sort_unique(const char **words, size_t count)
{
    size_t n = 0;

    qsort(words, count, sizeof *words, by_word);
    for (size_t i = 0; i < count; i++)
        if (n == 0 || strcmp(words[n - 1], words[i]) != 0)
            words[n++] = words[i];
    return n;
}

static bool declare_domains(struct loader *l, uint32_t *ret_rules, uint32_t *ret_classes)
{
    const char **rules = PW_NEW_ARRAY(l->arena, l->rule_count + 1, const char *);
    const char **themes = PW_NEW_ARRAY(l->arena, l->theme_count + 1, const char *);
    struct cel_env *env = l->owned->env;
    uint32_t theme_domain, phase_domain;
    size_t n = 0;

    for (const struct rule_draft *d = l->rules; d; d = d->next)
        rules[n++] = pw_str_dup(l->arena, d->rule.id).data;
    n = sort_unique(rules, n);
    for (size_t i = 0; i < l->theme_count; i++)
        themes[i] = pw_str_dup(l->arena, l->themes[i].id).data;
    if (!add_domain(l, "rule", rules, n, ret_rules) ||
        !add_domain(l, "source class", pw_source_class_words, PW_SOURCE_CLASSES, ret_classes) ||
        !add_domain(l, "theme", themes, l->theme_count, &theme_domain) ||
        !add_domain(l, "phase", phase_words, PW_COUNT(phase_words), &phase_domain))
        return false;
    if (!cel_env_function(env, "pointsOf(string) -> double", theme_domain, points_of, 10) ||
        !cel_env_function(env, "pointsInPhase(string) -> double", phase_domain, points_in_phase, 4))
        return loader_fault(l, NULL, "%s", cel_env_error(env));
    return true;
}

static bool declare_struct_var(struct loader *l, struct pw_str name, uint32_t id, uint32_t slot)
{
    struct cel_cell cell = {.type = CEL_HOST_STRUCT, .ref = id};
    struct pw_str z = pw_str_dup(l->arena, name);

    return cel_env_var(l->owned->env, z.data, &cell, slot) ||
           loader_fault(l, NULL, "%s: %s", z.data, cel_env_error(l->owned->env));
}

static bool declare_variables(
    struct loader *l, const struct pw_facts_cel *cel, uint32_t rules, uint32_t classes)
{
    const struct pw_fact_model *model = l->set->model;
    struct cel_cell hits = {.type = CEL_HOST_LIST, .elem = CEL_HOST_ENUM, .ref = rules};
    struct cel_cell found = {.type = CEL_HOST_ENUM_SET, .ref = classes};

    hits.max_count = (uint32_t)l->rule_count;
    for (size_t i = 0; i < model->kind_count; i++)
        if (!declare_struct_var(l, model->kinds[i].variable, cel->kinds[i], (uint32_t)i))
            return false;
    if (!declare_struct_var(l, PW_STR("sighting"), cel->sighting, (uint32_t)model->kind_count) ||
        !declare_struct_var(l, PW_STR("premises"), cel->premises, l->set->slot_premises))
        return false;
    if (l->set->lease &&
        !declare_struct_var(l, PW_STR("lease"), cel->kinds[l->set->lease->nr], l->set->slot_lease))
        return false;
    if (!cel_env_var(l->owned->env, "hits", &hits, l->set->slot_hits) ||
        !cel_env_var(l->owned->env, "classes", &found, l->set->slot_classes))
        return loader_fault(l, NULL, "%s", cel_env_error(l->owned->env));
    return true;
}

static bool declare_env(struct loader *l)
{
    struct cel_env_options options = {.limits = {.cost = EXPR_COST_LIMIT, .source_bytes = 4096}};
    struct pw_facts_cel cel;
    struct pw_err err = {0};
    uint32_t rules, classes;

    l->owned->env = cel_env_new(&options);
    if (!pw_facts_cel_schema(l->set->model, l->owned->env, l->arena, &cel, &err)) {
        loader_take(l, &err);
        return false;
    }
    l->set->slot_premises = (uint32_t)l->set->model->kind_count + 1;
    l->set->slot_lease = l->set->slot_premises + 1;
    l->set->slot_hits = l->set->slot_lease + 1;
    l->set->slot_classes = l->set->slot_hits + 1;
    l->set->slot_count = l->set->slot_classes + 1;
    return declare_domains(l, &rules, &classes) && declare_variables(l, &cel, rules, classes);
}

/* ---- expressions ---- */

static void diag_fault(struct loader *l, const struct pending_expr *expr, const struct cel_diag *diag)
{
    struct pw_err err = {0};
    char more[160] = "";
    unsigned line, column;

    if (diag->code == CEL_DIAG_FIELD)
        explain_field(l, diag, more, sizeof more);
    locate(l->owned, expr->node, diag->offset, &line, &column);
    pw_fail_at(&err, PW_ERR_SYNTAX, expr->node->file, line, column, "%s%s%s%s%s%s%s", diag->message, more,
        diag->expected[0] ? "; expected " : "", diag->expected, diag->remedy[0] ? " (" : "", diag->remedy,
        diag->remedy[0] ? ")" : "");
    loader_take(l, &err);
}

static bool has_call(const struct cel_node *node)
{
    struct cel_view view = cel_node_view(node);

    if (view.kind == CEL_NODE_CALL && strncmp(view.name, "points", 6) == 0)
        return true;
    for (uint32_t i = 0; i < view.operands; i++)
        if (has_call(cel_node_operand(node, i)))
            return true;
    return false;
}

struct slot_search {
    uint32_t slot;
    bool found;
};

static bool on_read(void *user, const struct cel_read *read)
{
    struct slot_search *search = user;

    if (read->slot == search->slot && read->variable[0])
        search->found = true;
    return true;
}

static bool reads_slot(const struct cel_program *program, int32_t index, uint32_t slot)
{
    struct slot_search search = {slot, false};

    cel_expr_reads(program, index, on_read, &search);
    return search.found;
}

static const char *variable_of(struct loader *l, const struct pw_look *look)
{
    if (look->as == l->set->model->sighting)
        return "sighting";
    return pw_str_dup(l->arena, look->as->variable).data;
}

static void compile_expr(struct loader *l, struct pending_expr *expr)
{
    bool two = expr->rule && expr->rule->stratum == 2;
    const char *visible[6];
    struct cel_source source = {.text = expr->text.data, .text_len = expr->text.len, .expected = expr->type};
    struct cel_diags diags;
    int32_t index;

    visible[source.visible_count++] = "premises";
    if (l->set->lease)
        visible[source.visible_count++] = "lease";
    if (expr->look && expr->look->as)
        visible[source.visible_count++] = variable_of(l, expr->look);
    if (expr->witness && expr->witness->as && expr->witness->slot != expr->look->slot)
        visible[source.visible_count++] = variable_of(l, expr->witness);
    if (two) {
        visible[source.visible_count++] = "hits";
        visible[source.visible_count++] = "classes";
    }
    source.visible = visible;
    if (expr->rule)
        source.id = pw_str_dup(l->arena, expr->rule->id).data;
    if (expr->text.len == 0) {
        loader_fault(l, expr->node, "the condition is empty; leave the key out for no condition");
        return;
    }
    index = cel_program_add(l->owned->cel, &source, &diags);
    if (index < 0) {
        for (uint32_t i = 0; i < diags.count; i++)
            diag_fault(l, expr, &diags.items[i]);
        return;
    }
    *expr->target = index;
    l->owned->written[index] = (struct written){expr->node, expr->rule ? expr->rule->id : PW_STR("")};
    if (!two && has_call(cel_expr_root(l->owned->cel, index)))
        loader_fault(l, expr->node, "only rules of stratum 2 may ask for points");
    if (expr->witness && expr->look && expr->witness->slot != expr->look->slot)
        expr->look->reads_witness = reads_slot(l->owned->cel, index, expr->witness->slot);
}

void compile_set(struct loader *loader)
{
    struct owned_set *owned = loader->owned;
    size_t count = 0;

    if (!declare_env(loader))
        return;
    owned->cel = cel_program_new(owned->env);
    for (struct pending_expr *e = loader->exprs; e; e = e->next)
        count++;
    owned->written = PW_NEW_ARRAY(loader->arena, count + 1, struct written);
    for (struct pending_expr *e = loader->exprs; e; e = e->next)
        compile_expr(loader, e);
    cel_program_seal(owned->cel);
    owned->set.program = owned->cel;
    owned->set.ctx = cel_ctx_new(owned->cel);
}
