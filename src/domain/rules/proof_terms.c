/* What is known about each field under a question: which values it can still have. */
#include <math.h>
#include <string.h>

#include "proof_int.h"

#define PRESENT UINT64_C(2)
#define ABSENT  UINT64_C(1)

/* ---- which record, which field ---- */

static const struct pw_kind *kind_of_slot(const struct cast *cast, uint32_t slot)
{
    const struct pw_ruleset *set = cast->set;

    if (slot == set->slot_premises)
        return set->model->premises;
    if (slot == set->slot_lease)
        return set->lease;
    if (cast->kind && (slot == cast->kind->nr || (slot == set->model->kind_count && cast->kind->sighting)))
        return cast->kind;
    if (slot == set->model->kind_count)
        return set->model->sighting;
    return slot < set->model->kind_count ? &set->model->kinds[slot] : NULL;
}

/* The field that a FIELD or HAS node reads; *ret_kind NULL when it is none of ours. */
static const struct pw_field *field_of(const struct cast *cast, struct cel_view view,
    const struct cel_node *node, const struct pw_kind **ret_kind)
{
    struct cel_view base = cel_node_view(cel_node_operand(node, 0));

    *ret_kind = NULL;
    if (base.kind != CEL_NODE_VAR || base.slot == CEL_LOCAL || !view.struct_id)
        return NULL;
    *ret_kind = kind_of_slot(cast, base.slot);
    return *ret_kind ? pw_kind_field(*ret_kind, pw_str_z(view.name)) : NULL;
}

/* ---- what a field can be before anything is known ---- */

/* A fact of the kind always states it; a lease or the attributes of a premises may not be known at all. */
static bool is_always(const struct cast *cast, const struct pw_kind *kind, const struct pw_field *field)
{
    return field && field->required && kind == cast->kind;
}

static uint64_t all_bits(size_t count)
{
    return count >= 64 ? UINT64_MAX : (UINT64_C(1) << count) - 1;
}

static int64_t count_ones(uint64_t mask)
{
    int64_t n = 0;

    for (; mask; mask &= mask - 1)
        n++;
    return n;
}

static void open_values(struct term *term)
{
    const struct pw_field *field = term->field;

    if (!field) {
        term->may = term->kind->official ? 2 : 1;
    } else if (field->type == PW_TYPE_BOOL) {
        term->may = 3;
    } else if (field->type == PW_TYPE_RELATION) {
        term->may = 7 & field->only & (field->allowed ? field->allowed : 7);
        term->may |= term->always ? 0 : 1;
    } else {
        term->may = all_bits(field->value_count) & field->allowed & field->only;
        term->may |= term->always ? 0 : UINT64_C(1) << field->value_count;
    }
}

static void open_number(struct term *term)
{
    term->low = term->field->min < 0 || term->always ? term->field->min : 0;
    term->high = term->field->max > term->low ? term->field->max : INT64_MAX / 4;
}

static void open_term(const struct cast *cast, struct term *term)
{
    term->always = is_always(cast, term->kind, term->field);
    if (term->form == TERM_VALUES) {
        open_values(term);
    } else if (term->form == TERM_NUMBER) {
        open_number(term);
    } else if (term->form == TERM_HAS) {
        term->may = term->always ? PRESENT : PRESENT | ABSENT;
    } else if (term->field) {
        term->may = all_bits(term->field->value_count) & term->field->allowed;
        term->high = count_ones(term->may);
        if (term->field->max && term->field->max < term->high)
            term->high = term->field->max;
    } else {
        term->may = all_bits(PW_CLASS_DERIVED);
        term->high = cast->classes < 0 ? PW_CLASS_DERIVED : cast->classes;
    }
}

static struct term *term_of(const struct cast *cast, struct store *store, enum term_form form,
    const struct pw_kind *kind, const struct pw_field *field)
{
    struct term *term;

    for (size_t i = 0; i < store->term_count; i++)
        if (store->terms[i].form == form && store->terms[i].kind == kind && store->terms[i].field == field)
            return &store->terms[i];
    if (store->term_count == TERMS_MAX)
        return NULL;
    term = &store->terms[store->term_count++];
    *term = (struct term){.form = form, .kind = kind, .field = field};
    open_term(cast, term);
    return term;
}

/* ---- narrowing ---- */

static bool keep_values(struct term *term, uint64_t mask, bool holds)
{
    term->may &= holds ? mask : ~mask;
    return term->may != 0;
}

static bool keep_item(struct term *term, uint64_t item, bool holds)
{
    if (holds)
        term->must |= item;
    else
        term->may &= ~item;
    if ((term->must & ~term->may) != 0)
        return false;
    term->low = term->low > count_ones(term->must) ? term->low : count_ones(term->must);
    term->high = term->high < count_ones(term->may) ? term->high : count_ones(term->may);
    return term->low <= term->high;
}

static enum cel_node_kind opposite(enum cel_node_kind op)
{
    switch (op) {
    case CEL_NODE_EQ:
        return CEL_NODE_NE;
    case CEL_NODE_NE:
        return CEL_NODE_EQ;
    case CEL_NODE_LT:
        return CEL_NODE_GE;
    case CEL_NODE_LE:
        return CEL_NODE_GT;
    case CEL_NODE_GT:
        return CEL_NODE_LE;
    default:
        return CEL_NODE_LT;
    }
}

static enum cel_node_kind mirrored(enum cel_node_kind op)
{
    switch (op) {
    case CEL_NODE_LT:
        return CEL_NODE_GT;
    case CEL_NODE_LE:
        return CEL_NODE_GE;
    case CEL_NODE_GT:
        return CEL_NODE_LT;
    case CEL_NODE_GE:
        return CEL_NODE_LE;
    default:
        return op;
    }
}

/* `bound` in units of the last decimal, with what lies behind it. */
static bool keep_interval(struct term *term, enum cel_node_kind op, double bound)
{
    int64_t down = (int64_t)floor(bound), up = (int64_t)ceil(bound);

    if (op == CEL_NODE_NE) {
        if (down != up)
            return true;
        term->low += term->low == down;
        term->high -= term->high == down;
        return term->low <= term->high;
    }
    if (op == CEL_NODE_EQ && down != up)
        return false;
    if (op == CEL_NODE_EQ || op == CEL_NODE_GE)
        term->low = term->low > up ? term->low : up;
    if (op == CEL_NODE_GT)
        term->low = term->low > down + 1 ? term->low : down + 1;
    if (op == CEL_NODE_EQ || op == CEL_NODE_LE)
        term->high = term->high < down ? term->high : down;
    if (op == CEL_NODE_LT)
        term->high = term->high < up - 1 ? term->high : up - 1;
    return term->low <= term->high;
}

static double units_of(const struct pw_field *field)
{
    double units = 1;

    for (int i = 0;
         field && (field->type == PW_TYPE_MONEY || field->type == PW_TYPE_NUMBER) && i < field->decimals; i++)
        units *= 10;
    return units;
}

/* ---- atoms ---- */

static bool keep_atom(struct store *store, struct cel_str source, struct cel_view view, bool holds)
{
    struct pw_str text = {source.ptr + view.start, view.end - view.start};

    store->open = true;
    for (size_t i = 0; i < store->atom_count; i++)
        if (pw_str_eq(store->atoms[i].text, text))
            return store->atoms[i].holds == holds;
    if (store->atom_count < ATOMS_MAX)
        store->atoms[store->atom_count++] = (struct atom){text, holds};
    return true;
}

static bool is_literal_number(struct cel_view view, double *ret)
{
    if (view.kind != CEL_NODE_LITERAL)
        return false;
    if (view.value.kind == CEL_INT)
        *ret = (double)view.value.as.i;
    else if (view.value.kind == CEL_DOUBLE)
        *ret = view.value.as.d;
    else
        return false;
    return true;
}

/* size(x.items) or size(classes): the term whose number of items it is. */
static struct term *sized(
    const struct cast *cast, struct store *store, struct cel_view view, const struct cel_node *node)
{
    const struct cel_node *inner;
    struct cel_view what;
    const struct pw_kind *kind;
    const struct pw_field *field;

    if (view.kind != CEL_NODE_CALL || strcmp(view.name, "size") != 0 || view.operands != 1)
        return NULL;
    inner = cel_node_operand(node, 0);
    what = cel_node_view(inner);
    if (what.kind == CEL_NODE_VAR && what.slot == cast->set->slot_classes)
        return term_of(cast, store, TERM_ITEMS, NULL, NULL);
    if (what.kind != CEL_NODE_FIELD)
        return NULL;
    field = field_of(cast, what, inner, &kind);
    return field && field->type == PW_TYPE_ENUM_SET ? term_of(cast, store, TERM_ITEMS, kind, field) : NULL;
}

static bool is_number_field(const struct pw_field *field)
{
    return field &&
           (field->type == PW_TYPE_INTEGER || field->type == PW_TYPE_NUMBER || field->type == PW_TYPE_MONEY);
}

static bool is_value_field(const struct pw_field *field)
{
    return field &&
           (field->type == PW_TYPE_ENUM || field->type == PW_TYPE_RELATION || field->type == PW_TYPE_BOOL);
}

/* left op right, the constant on the right. *ret_known false: outside the fragment. */
static bool compare(const struct cast *cast, struct store *store, enum cel_node_kind op,
    const struct cel_node *left, struct cel_view constant, bool *ret_known)
{
    struct cel_view view = cel_node_view(left);
    const struct pw_kind *kind = NULL;
    const struct pw_field *field = view.kind == CEL_NODE_FIELD ? field_of(cast, view, left, &kind) : NULL;
    struct term *term = sized(cast, store, view, left);
    double number;

    *ret_known = true;
    if (is_literal_number(constant, &number) && term)
        return keep_interval(term, op, number);
    if (is_literal_number(constant, &number) && is_number_field(field)) {
        term = term_of(cast, store, TERM_NUMBER, kind, field);
        if (term)
            return keep_interval(term, op, number * units_of(field));
    }
    if (constant.kind == CEL_NODE_LITERAL && constant.enum_index >= 0 && constant.enum_index < 64 &&
        is_value_field(field) && (op == CEL_NODE_EQ || op == CEL_NODE_NE)) {
        term = term_of(cast, store, TERM_VALUES, kind, field);
        if (term)
            return keep_values(term, UINT64_C(1) << constant.enum_index, op == CEL_NODE_EQ);
    }
    *ret_known = false;
    return true;
}

/* x.field in ['a', 'b'], or 'a' in x.items. */
static bool contained(
    const struct cast *cast, struct store *store, const struct cel_node *node, bool holds, bool *ret_known)
{
    const struct cel_node *left = cel_node_operand(node, 0), *right = cel_node_operand(node, 1);
    struct cel_view item = cel_node_view(left), list = cel_node_view(right);
    const struct pw_kind *kind;
    const struct pw_field *field;
    struct term *term = NULL;
    uint64_t mask = 0;

    *ret_known = false;
    if (item.kind == CEL_NODE_LITERAL && item.enum_index >= 0 && list.kind == CEL_NODE_FIELD) {
        field = field_of(cast, list, right, &kind);
        term =
            field && field->type == PW_TYPE_ENUM_SET ? term_of(cast, store, TERM_ITEMS, kind, field) : NULL;
        *ret_known = term != NULL;
        return !term || keep_item(term, UINT64_C(1) << item.enum_index, holds);
    }
    if (item.kind != CEL_NODE_FIELD || list.kind != CEL_NODE_LIST)
        return true;
    field = field_of(cast, item, left, &kind);
    for (uint32_t i = 0; i < list.operands; i++) {
        struct cel_view value = cel_node_view(cel_node_operand(right, i));
        if (value.kind != CEL_NODE_LITERAL || value.enum_index < 0 || value.enum_index > 63)
            return true;
        mask |= UINT64_C(1) << value.enum_index;
    }
    term = is_value_field(field) ? term_of(cast, store, TERM_VALUES, kind, field) : NULL;
    *ret_known = term != NULL;
    return !term || keep_values(term, mask, holds);
}

static bool truth_of_field(const struct cast *cast, struct store *store, struct cel_view view,
    const struct cel_node *node, bool holds, bool *ret_known)
{
    const struct pw_kind *kind;
    const struct pw_field *field = field_of(cast, view, node, &kind);
    bool official =
        kind && !field && strcmp(view.name, "official") == 0 && kind != cast->set->model->sighting;
    struct term *term = official || (field && field->type == PW_TYPE_BOOL)
                            ? term_of(cast, store, TERM_VALUES, kind, field)
                            : NULL;

    *ret_known = term != NULL;
    return !term || keep_values(term, 2, holds);
}

bool constrain(const struct cast *cast, struct store *store, struct cel_str source,
    const struct cel_node *node, bool holds)
{
    struct cel_view view = cel_node_view(node), right;
    const struct pw_kind *kind;
    const struct pw_field *field;
    struct term *term;
    bool known = false, possible = true;

    if (view.kind >= CEL_NODE_EQ && view.kind <= CEL_NODE_GE) {
        enum cel_node_kind op = holds ? view.kind : opposite(view.kind);
        right = cel_node_view(cel_node_operand(node, 1));
        if (right.kind == CEL_NODE_LITERAL)
            possible = compare(cast, store, op, cel_node_operand(node, 0), right, &known);
        else
            possible = compare(cast, store, mirrored(op), cel_node_operand(node, 1),
                cel_node_view(cel_node_operand(node, 0)), &known);
    } else if (view.kind == CEL_NODE_IN) {
        possible = contained(cast, store, node, holds, &known);
    } else if (view.kind == CEL_NODE_FIELD) {
        possible = truth_of_field(cast, store, view, node, holds, &known);
    } else if (view.kind == CEL_NODE_HAS) {
        field = field_of(cast, view, node, &kind);
        term = field ? term_of(cast, store, TERM_HAS, kind, field) : NULL;
        known = term != NULL;
        possible = !term || keep_values(term, PRESENT, holds);
    }
    return known ? possible : keep_atom(store, source, view, holds);
}

/* ---- has() and values together ---- */

/* The value an absent field has, among those it can still have. */
static bool may_be_default(const struct term *term)
{
    if (term->form == TERM_NUMBER)
        return term->low <= 0 && term->high >= 0;
    if (term->form == TERM_ITEMS)
        return term->must == 0 && term->low == 0;
    if (term->field->type == PW_TYPE_ENUM)
        return term->may >> term->field->value_count & 1;
    return term->may & 1;
}

static bool only_default(const struct term *term)
{
    return term->form == TERM_VALUES && term->field->type == PW_TYPE_ENUM &&
           term->may == UINT64_C(1) << term->field->value_count;
}

bool is_consistent(const struct store *store)
{
    for (size_t i = 0; i < store->term_count; i++) {
        const struct term *has = &store->terms[i];
        if (has->form != TERM_HAS)
            continue;
        for (size_t k = 0; k < store->term_count; k++) {
            const struct term *value = &store->terms[k];
            if (value->form == TERM_HAS || value->kind != has->kind || value->field != has->field)
                continue;
            if ((has->may == ABSENT && !may_be_default(value)) ||
                (has->may == PRESENT && only_default(value)))
                return false;
        }
    }
    return true;
}
