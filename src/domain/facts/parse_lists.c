/* What may never be an input (denied-attributes.yaml) and how long facts are kept (retention.yaml). */
#include "facts_int.h"

#include <ctype.h>
#include <string.h>

#define DENIED_MAX   300
#define TERMS_MAX    200
#define SPELLING_MAX 64

/* ---- denied attributes ---- */

/* Lower case, only letters and digits. False when longer than any name we know. */
static bool spelling(struct pw_str name, char out[SPELLING_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c == '-' || c == '_' || c == ' ')
            continue;
        if (n == SPELLING_MAX - 1)
            return false;
        out[n++] = (char)tolower((unsigned char)c);
    }
    out[n] = 0;
    return true;
}

/* A name that two attributes share stands for the first. */
static void note_spelling(struct pw_fact_model *model, struct pw_denied *denied, struct pw_str name)
{
    char spelt[SPELLING_MAX];
    if (spelling(name, spelt) && pw_map_get(&model->denied_spelt, pw_str_z(spelt)) == NULL)
        (void)pw_map_put(
            &model->denied_spelt, pw_str_dup(model->denied_spelt.arena, pw_str_z(spelt)), denied);
}

static void note_spellings(struct pw_fact_model *model, struct pw_denied *denied)
{
    note_spelling(model, denied, denied->name);
    for (size_t i = 0; i < denied->alias_count; i++)
        note_spelling(model, denied, denied->aliases[i]);
}

static bool parse_aliases(
    struct pw_arena *arena, const struct pw_yaml *node, struct pw_denied *denied, struct pw_err *err)
{
    if (!pw_yaml_need_list(node, err))
        return false;
    struct pw_str *aliases = PW_NEW_ARRAY(arena, node->count + 1, struct pw_str);
    for (size_t i = 0; i < node->count; i++)
        if (!pw_yaml_str(node->items[i], &aliases[i], err))
            return false;
    denied->aliases = aliases;
    denied->alias_count = node->count;
    return true;
}

static bool parse_group(struct pw_arena *arena, const struct pw_yaml *group, struct pw_denied *denied,
    size_t *count, struct pw_err *err)
{
    static const char *const keys[] = {"reason", "source", "attributes", NULL};
    const struct pw_yaml *reason, *source, *attributes;
    struct pw_text text;
    struct pw_str origin;
    if (!pw_yaml_known(group, keys, err) || !pw_yaml_need(group, "reason", &reason, err) ||
        !pw_yaml_text(reason, &text, err) || !pw_yaml_need(group, "source", &source, err) ||
        !pw_yaml_str(source, &origin, err) || !pw_yaml_need(group, "attributes", &attributes, err) ||
        !pw_yaml_need_map(attributes, err))
        return false;
    for (size_t i = 0; i < attributes->count; i++) {
        if (*count == DENIED_MAX)
            return pw_yaml_fail(attributes, err, "more than %d attributes", DENIED_MAX);
        struct pw_denied *here = &denied[(*count)++];
        *here = (struct pw_denied){.name = attributes->pairs[i].key->text, .reason = text, .source = origin};
        if (!parse_aliases(arena, attributes->pairs[i].value, here, err))
            return false;
    }
    return true;
}

bool pw_facts_parse_denied(
    struct pw_arena *arena, const struct pw_yaml *root, struct pw_fact_model *model, struct pw_err *err)
{
    static const char *const keys[] = {
        "direct", "area", "impression", "proxy", "exceptions", "out-of-reach", NULL};
    struct pw_denied *denied = PW_NEW_ARRAY(arena, DENIED_MAX, struct pw_denied);
    size_t count = 0;
    if (!pw_yaml_known(root, keys, err))
        return false;
    for (size_t i = 0; i < root->count; i++) {
        bool group = !pw_str_is(root->pairs[i].key->text, "exceptions") &&
                     !pw_str_is(root->pairs[i].key->text, "out-of-reach");
        if (group && !parse_group(arena, root->pairs[i].value, denied, &count, err))
            return false;
    }
    model->denied = denied;
    model->denied_count = count;
    pw_map_init(&model->denied_spelt, arena);
    for (size_t i = 0; i < count; i++)
        note_spellings(model, &denied[i]);
    return true;
}

const struct pw_denied *pw_facts_denied(const struct pw_fact_model *model, struct pw_str name)
{
    char wanted[SPELLING_MAX];
    return spelling(name, wanted) ? pw_map_get(&model->denied_spelt, pw_str_z(wanted)) : NULL;
}

/* ---- retention ---- */

static bool parse_term(const struct pw_yaml *node, struct pw_retention *term, struct pw_err *err)
{
    static const char *const keys[] = {"kind", "outcome", "days", "from", "ground", NULL};
    static const char *const outcomes[] = {"none", "founded", "unfounded", "found", NULL};
    static const char *const events[] = {"occurred", "received", "tenancy-ended", "decided", "closed", NULL};
    const struct pw_yaml *kind, *outcome, *days, *from, *ground;
    size_t unused;
    int64_t number;
    if (!pw_yaml_known(node, keys, err) || !pw_yaml_need(node, "kind", &kind, err) ||
        !pw_yaml_need(node, "outcome", &outcome, err) || !pw_yaml_choice(outcome, outcomes, &unused, err) ||
        !pw_yaml_need(node, "days", &days, err) || !pw_yaml_i64(days, 1, 36525, &number, err) ||
        !pw_yaml_need(node, "from", &from, err) || !pw_yaml_choice(from, events, &unused, err) ||
        !pw_yaml_need(node, "ground", &ground, err) || !pw_yaml_text(ground, &term->ground, err) ||
        !pw_yaml_str(kind, &term->kind, err))
        return false;
    term->outcome = outcome->text;
    term->from = from->text;
    term->days = (int32_t)number;
    return true;
}

static const struct pw_retention *find_term(
    const struct pw_fact_model *model, struct pw_str kind, struct pw_str outcome)
{
    for (size_t i = 0; i < model->retention_count; i++)
        if (pw_str_eq(model->retention[i].kind, kind) && pw_str_eq(model->retention[i].outcome, outcome))
            return &model->retention[i];
    return NULL;
}

bool pw_facts_parse_retention(
    struct pw_arena *arena, const struct pw_yaml *root, struct pw_fact_model *model, struct pw_err *err)
{
    static const char *const keys[] = {"terms", NULL};
    const struct pw_yaml *terms;
    if (!pw_yaml_known(root, keys, err) || !pw_yaml_need(root, "terms", &terms, err) ||
        !pw_yaml_need_list(terms, err))
        return false;
    if (terms->count > TERMS_MAX)
        return pw_yaml_fail(terms, err, "more than %d terms", TERMS_MAX);
    struct pw_retention *items = PW_NEW_ARRAY(arena, terms->count + 1, struct pw_retention);
    model->retention = items;
    for (size_t i = 0; i < terms->count; i++) {
        if (!parse_term(terms->items[i], &items[i], err))
            return false;
        if (find_term(model, items[i].kind, items[i].outcome))
            return pw_yaml_fail(terms->items[i], err, "this kind and outcome have a term already");
        model->retention_count = i + 1;
    }
    return find_term(model, PW_STR("*"), PW_STR("none")) ||
           pw_yaml_fail(terms, err, "a term for kind \"*\" and outcome none is missing");
}

const struct pw_retention *pw_facts_retention(
    const struct pw_fact_model *model, const struct pw_kind *kind, struct pw_str outcome)
{
    struct pw_str none = PW_STR("none"), any = PW_STR("*");
    const struct pw_retention *term = find_term(model, kind->name, outcome);
    if (!term)
        term = find_term(model, any, outcome);
    if (!term)
        term = find_term(model, kind->name, none);
    return term ? term : find_term(model, any, none);
}
