/*
 * check_domains.c: enum fields against literals and against each other.
 *
 * A host's enum shows as a string, so `use == 'dweling'` would type-check and never be true. Here
 * it becomes a finding with the nearest value of the domain; so does comparing two domains.
 */
#include "cel_int.h"

/* The domain of a string, or of a list's strings; 0 = none. */
static uint32_t domain_of(const struct cel_type *type)
{
    if (type->kind == CEL_LIST)
        type = type->a;
    return type->kind == CEL_STRING ? type->ref : 0;
}

static void outside(struct cel_check *c, struct cel_node *literal, const struct cel_domain *domain)
{
    struct cel_diag *diag =
        cel_check_fail(c, literal, CEL_DIAG_DOMAIN, literal->start, literal->end, "%.*s is no value of %s",
            (int)(literal->end - literal->start), c->text->ptr + literal->start, domain->name);
    struct cel_suggest suggest;
    cel_suggest_init(&suggest, literal->value.as.s, literal->value.aux);
    for (uint32_t i = 0; i < domain->count; i++) {
        size_t at = strlen(diag->expected);
        cel_suggest_try(&suggest, domain->values[i].ptr);
        if (at + 2 < sizeof(diag->expected))
            cel_diag_text(diag->expected + at, sizeof(diag->expected) - at, "%s%s", i > 0 ? ", " : "one of ",
                domain->values[i].ptr);
    }
    cel_suggest_into(&suggest, diag);
}

/* Every string literal in the node (itself, a list's elements, both branches of a choice). */
static void check_literals(struct cel_check *c, struct cel_node *node, uint32_t id)
{
    const struct cel_domain *domain = cel_domain_get(c->env, id);
    if (node->kind == CEL_NODE_LITERAL && node->value.kind == CEL_STRING) {
        node->domain = id;
        node->enum_index = cel_domain_index(domain, node->value.as.s, node->value.aux);
        if (node->enum_index < 0)
            outside(c, node, domain);
    } else if (node->kind == CEL_NODE_LIST || node->kind == CEL_NODE_COND) {
        for (uint32_t i = node->kind == CEL_NODE_COND; i < node->count; i++)
            check_literals(c, node->kids[i], id);
    }
}

void cel_check_domains(struct cel_check *c, struct cel_node *node)
{
    struct cel_node *x = node->kids[0], *y = node->kids[1];
    uint32_t dx = domain_of(x->type), dy = domain_of(y->type);
    if (dx != 0 && dy != 0 && dx != dy) {
        cel_check_fail(c, node, CEL_DIAG_DOMAIN, node->start, node->end,
            "values of %s and of %s are never equal", cel_domain_get(c->env, dx)->name,
            cel_domain_get(c->env, dy)->name);
    } else if (dx != 0 || dy != 0) {
        check_literals(c, x, dx != 0 ? dx : dy);
        check_literals(c, y, dx != 0 ? dx : dy);
    }
}

void cel_check_domain_args(struct cel_check *c, struct cel_node *call)
{
    if (call->overload == NULL || call->overload->domain == 0)
        return;
    for (uint32_t i = 0; i < call->count; i++)
        check_literals(c, call->kids[i], call->overload->domain);
}
