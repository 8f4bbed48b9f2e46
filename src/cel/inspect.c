/*
 * inspect.c: the checked tree for hosts: what an expression is, reads and costs.
 */
#include "cel_int.h"

const char *cel_expr_id(const struct cel_program *program, int32_t index)
{
    return program->exprs[index].id;
}

struct cel_str cel_expr_source(const struct cel_program *program, int32_t index)
{
    return program->exprs[index].source;
}

const char *cel_expr_type(const struct cel_program *program, int32_t index)
{
    return program->exprs[index].type;
}

uint64_t cel_expr_cost(const struct cel_program *program, int32_t index)
{
    return program->exprs[index].cost;
}

const struct cel_node *cel_expr_root(const struct cel_program *program, int32_t index)
{
    return program->exprs[index].root;
}

const struct cel_node *cel_node_operand(const struct cel_node *node, uint32_t i)
{
    return node->kids[i];
}

/* The enum domain that a read of a host's cell has. */
static uint32_t read_domain(const struct cel_node *node)
{
    const struct cel_cell *cell = NULL;
    if (node->kind == CEL_NODE_FIELD && node->member != NULL)
        cell = &node->member->field.cell;
    else if (node->kind == CEL_NODE_VAR && node->var != NULL)
        cell = &node->var->cell;
    else if (node->kind == CEL_NODE_VAR && node->type->kind == CEL_STRING)
        return node->type->ref; /* an element of a list of enum values */
    if (cell == NULL)
        return node->domain;
    bool has_domain = cell->type == CEL_HOST_ENUM || cell->type == CEL_HOST_ENUM_SET ||
                      (cell->type == CEL_HOST_LIST && cell->elem == CEL_HOST_ENUM);
    return has_domain ? cell->ref : 0;
}

struct cel_view cel_node_view(const struct cel_node *node)
{
    struct cel_view view = {.kind = node->kind,
        .start = node->start,
        .end = node->end,
        .operands = node->count,
        .type = node->type_text,
        .name = node->kind == CEL_NODE_LITERAL ? "" : node->name,
        .name2 = node->name2,
        .macro = node->macro,
        .slot = node->var != NULL ? node->var->slot : CEL_LOCAL,
        .domain = read_domain(node),
        .enum_index = node->enum_index,
        .value = node->value};
    if (node->member != NULL) {
        view.struct_id = node->struct_id;
        view.tag = node->member->field.tag;
        view.field_index = node->member_index;
    }
    return view;
}

/* ---- reads ---- */

struct walk {
    const struct cel_env *env;
    bool (*visit)(void *user, const struct cel_read *read);
    void *user;
    const struct cel_var *local_roots[CEL_DEPTH_MAX * 2 + 2]; /* the variable each local stems from */
};

/* The variable whose parts this expression gives; NULL: none, or several. */
static const struct cel_var *root_of(const struct walk *walk, const struct cel_node *node)
{
    for (;;) {
        switch (node->kind) {
        case CEL_NODE_VAR:
            return node->local != CEL_LOCAL ? walk->local_roots[node->local] : node->var;
        case CEL_NODE_FIELD:
        case CEL_NODE_HAS:
        case CEL_NODE_INDEX:
        case CEL_NODE_MACRO:
            node = node->kids[0];
            break;
        case CEL_NODE_BIND:
            node = node->kids[1];
            break;
        default:
            return NULL;
        }
    }
}

static bool report(struct walk *walk, const struct cel_node *node, const struct cel_var *var)
{
    struct cel_read read = {
        .variable = var != NULL ? var->name : "", .slot = var != NULL ? var->slot : CEL_LOCAL};
    if (node->member != NULL) {
        read.structure = cel_record_get(walk->env, node->struct_id)->name;
        read.field = node->member->field.name;
        read.struct_id = node->struct_id;
        read.tag = node->member->field.tag;
        read.only_has = node->kind == CEL_NODE_HAS;
    }
    return walk->visit(walk->user, &read);
}

static bool selects(const struct cel_node *node)
{
    return (node->kind == CEL_NODE_FIELD || node->kind == CEL_NODE_HAS) && node->member != NULL;
}

static bool visit_reads(struct walk *walk, const struct cel_node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        /* a plain variable that a field is taken from is reported with the field */
        if (!(selects(node) && node->kids[0]->kind == CEL_NODE_VAR) && !visit_reads(walk, node->kids[i]))
            return false;
        if (i > 0 || (node->kind != CEL_NODE_MACRO && node->kind != CEL_NODE_BIND))
            continue;
        walk->local_roots[node->local] = root_of(walk, node->kids[0]);
        if (node->local2 != CEL_LOCAL)
            walk->local_roots[node->local2] = walk->local_roots[node->local];
    }
    if (selects(node))
        return report(walk, node, root_of(walk, node));
    return node->kind != CEL_NODE_VAR || node->var == NULL || report(walk, node, node->var);
}

bool cel_expr_reads(const struct cel_program *program, int32_t index,
    bool (*visit)(void *user, const struct cel_read *read), void *user)
{
    struct walk walk = {.env = program->env, .visit = visit, .user = user};
    return visit_reads(&walk, program->exprs[index].root);
}

static bool add_input(void *user, const struct cel_read *read)
{
    uint64_t *mask = user;
    if (read->slot != CEL_LOCAL)
        *mask |= UINT64_C(1) << (read->slot < 63 ? read->slot : 63);
    return true;
}

uint64_t cel_expr_inputs(const struct cel_program *program, int32_t index)
{
    uint64_t mask = 0;
    cel_expr_reads(program, index, add_input, &mask);
    return mask;
}
