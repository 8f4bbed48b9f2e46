/* The catalogue from rules/tenant-check/: read strictly, every reference resolved at load. */
#include "findings_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const pw_check_stage_words[] = {
    "before-viewing", "after-viewing", "selected", "signing", "during", "end", NULL};
const char *const pw_finding_result_words[] = {"ok", "open", "inconsistent", "not-asked", NULL};

static const char *const type_words[] = {"relation", "date", "number", "money", "clauses", NULL};
static const char *const check_words[] = {"good", "bad", "fresh", "most", "all", "above", NULL};

const struct item *findings_item(const struct pw_check_catalogue *catalogue, struct pw_str name)
{
    for (size_t i = 0; i < catalogue->item_count; i++)
        if (pw_str_is(name, catalogue->items[i].name))
            return &catalogue->items[i];
    return NULL;
}

/* ---- what is never asked ---- */

bool findings_spelling(struct pw_str name, char ret[FINDINGS_SPELLING_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < name.len; i++) {
        char lower = (char)(name.data[i] | 32);
        if (lower < 'a' || lower > 'z')
            continue;
        if (n == FINDINGS_SPELLING_MAX - 1)
            return false;
        ret[n++] = lower;
    }
    ret[n] = '\0';
    return n > 0;
}

static void note_never(struct pw_check_catalogue *catalogue, struct pw_denied *denied, struct pw_str name)
{
    char spelling[FINDINGS_SPELLING_MAX];
    if (findings_spelling(name, spelling) && pw_map_get(&catalogue->never, pw_str_z(spelling)) == NULL)
        (void)pw_map_put(&catalogue->never, pw_str_dup(catalogue->arena, pw_str_z(spelling)), denied);
}

/* One group of names that belong to no attribute of a person, such as copies and notes. */
static bool load_never_group(
    struct pw_check_catalogue *catalogue, const struct pw_yaml *node, struct pw_err *err)
{
    static const char *const keys[] = {"names", "reason", "source", NULL};
    struct pw_denied *denied = PW_NEW(catalogue->arena, struct pw_denied);
    const struct pw_yaml *names, *reason, *source;
    *denied = (struct pw_denied){0};
    if (!pw_yaml_known(node, keys, err) || !pw_yaml_need(node, "names", &names, err) ||
        !pw_yaml_need(node, "reason", &reason, err) || !pw_yaml_need(node, "source", &source, err) ||
        !pw_yaml_need_list(names, err) || !pw_yaml_text(reason, &denied->reason, err) ||
        !pw_yaml_str(source, &denied->source, err))
        return false;
    for (size_t i = 0; i < names->count; i++) {
        if (!pw_yaml_str(names->items[i], &denied->name, err))
            return false;
        note_never(catalogue, denied, denied->name);
    }
    return true;
}

static bool load_never(struct pw_check_catalogue *catalogue, const struct pw_yaml *list, struct pw_err *err)
{
    const struct pw_map *denied = &catalogue->model->denied_spelt;
    pw_map_init(&catalogue->never, catalogue->arena);
    for (size_t i = 0; i < denied->count; i++)
        note_never(catalogue, denied->entries[i].value, denied->entries[i].key);
    if (!pw_yaml_need_list(list, err))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!load_never_group(catalogue, list->items[i], err))
            return false;
    return true;
}

/* ---- items and findings ---- */

static bool load_item(
    struct pw_check_catalogue *catalogue, const struct pw_yaml_pair *pair, struct pw_err *err)
{
    static const char *const keys[] = {"stage", "type", NULL};
    const struct pw_yaml *stage, *type;
    size_t stage_nr, type_nr;
    if (catalogue->item_count == FINDINGS_ITEMS_MAX)
        return pw_yaml_fail(pair->key, err, "at most %d items", FINDINGS_ITEMS_MAX);
    if (pw_facts_denied(catalogue->model, pair->key->text) != NULL)
        return pw_yaml_fail(pair->key, err, "this attribute may never be asked (denied-attributes.yaml)");
    if (!pw_yaml_known(pair->value, keys, err) || !pw_yaml_need(pair->value, "stage", &stage, err) ||
        !pw_yaml_need(pair->value, "type", &type, err) ||
        !pw_yaml_choice(stage, pw_check_stage_words, &stage_nr, err) ||
        !pw_yaml_choice(type, type_words, &type_nr, err))
        return false;
    catalogue->items[catalogue->item_count++] = (struct item){.name = pair->key->text.data,
        .stage = (enum pw_check_stage)stage_nr,
        .type = (enum item_type)type_nr};
    return true;
}

static bool need_item(const struct pw_check_catalogue *catalogue, const struct pw_yaml *node,
    const struct item **ret, struct pw_err *err)
{
    struct pw_str name;
    if (!pw_yaml_str(node, &name, err))
        return false;
    *ret = findings_item(catalogue, name);
    return *ret != NULL || pw_yaml_fail(node, err, "there is no such item; add it under `items`");
}

/* Next steps for kinds of object that need words of their own. */
static bool load_kinds(const struct pw_check_catalogue *catalogue, struct finding *finding,
    const struct pw_yaml *map, struct pw_err *err)
{
    const struct pw_kind *registration = pw_facts_kind(catalogue->model, PW_STR("registration"));
    const struct pw_field *types =
        registration == NULL ? NULL : pw_kind_field(registration, PW_STR("lettingType"));
    size_t unused;
    if (map == NULL)
        return true;
    if (!pw_yaml_need_map(map, err))
        return false;
    if (map->count > FINDINGS_KINDS_MAX || types == NULL)
        return pw_yaml_fail(map, err, "at most %d kinds of object", FINDINGS_KINDS_MAX);
    for (size_t i = 0; i < map->count; i++) {
        if (!pw_yaml_choice(map->pairs[i].key, types->values, &unused, err) ||
            !pw_yaml_text(map->pairs[i].value, &finding->kinds[i].next, err))
            return false;
        finding->kinds[i].letting_type = map->pairs[i].key->text;
    }
    finding->kind_count = map->count;
    return true;
}

static bool load_numbers(struct finding *finding, const struct pw_yaml *node, struct pw_err *err)
{
    const struct pw_yaml *most = pw_yaml_get(node, "most");
    return pw_yaml_opt_i64(node, "within", 1, 365, &finding->within, err) &&
           pw_yaml_opt_bool(node, "repeat", &finding->repeat, err) &&
           pw_yaml_opt_i64(node, "days", 1, 3650, &finding->number, err) &&
           pw_yaml_opt_i64(node, "from", 1, 10000000, &finding->number, err) &&
           (most == NULL || pw_yaml_milli(most, 0, 1000000, &finding->number, err));
}

static bool load_finding(
    struct pw_check_catalogue *catalogue, size_t n, const struct pw_yaml *node, struct pw_err *err)
{
    static const char *const keys[] = {"id", "code", "item", "check", "within", "next", "for", "innocent",
        "days", "repeat", "most", "from", "also", NULL};
    struct finding *finding = &catalogue->findings[n];
    const struct pw_yaml *id, *code, *item, *check, *next, *innocent, *also = pw_yaml_get(node, "also");
    char expected[8];
    size_t kind;
    snprintf(expected, sizeof expected, "T%02zu", n + 1);
    if (!pw_yaml_known(node, keys, err) || !pw_yaml_need(node, "id", &id, err) ||
        !pw_yaml_need(node, "code", &code, err) || !pw_yaml_need(node, "item", &item, err) ||
        !pw_yaml_need(node, "check", &check, err) || !pw_yaml_need(node, "next", &next, err) ||
        !pw_yaml_need(node, "innocent", &innocent, err) || !pw_yaml_str(id, &finding->id, err) ||
        !pw_yaml_str(code, &finding->code, err) || !pw_yaml_choice(check, check_words, &kind, err) ||
        !pw_yaml_text(next, &finding->next, err) || !pw_yaml_text(innocent, &finding->innocent, err) ||
        !load_kinds(catalogue, finding, pw_yaml_get(node, "for"), err) ||
        !need_item(catalogue, item, &finding->item, err) ||
        (also != NULL && !need_item(catalogue, also, &finding->also, err)))
        return false;
    if (!pw_str_is(finding->id, expected))
        return pw_yaml_fail(id, err, "findings stand in order; here %s is expected", expected);
    finding->check = (enum check_kind)kind;
    return load_numbers(finding, node, err);
}

/* Why each later stage's items may not be asked before it. */
static bool load_too_early(
    struct pw_check_catalogue *catalogue, const struct pw_yaml *map, struct pw_err *err)
{
    const struct pw_yaml *text;
    if (!pw_yaml_known(map, pw_check_stage_words, err))
        return false;
    for (size_t i = 1; i < PW_CHECK_STAGES; i++)
        if (!pw_yaml_need(map, pw_check_stage_words[i], &text, err) ||
            !pw_yaml_text(text, &catalogue->too_early[i], err))
            return false;
    return true;
}

static bool load_catalogue(
    struct pw_check_catalogue *catalogue, const struct pw_yaml *root, struct pw_err *err)
{
    static const char *const keys[] = {"notice", "too-early", "never", "clauses", "items", "findings", NULL};
    const struct pw_yaml *notice, *later, *never, *clauses, *items, *findings;
    if (!pw_yaml_known(root, keys, err) || !pw_yaml_need(root, "notice", &notice, err) ||
        !pw_yaml_need(root, "too-early", &later, err) || !pw_yaml_need(root, "never", &never, err) ||
        !pw_yaml_need(root, "clauses", &clauses, err) || !pw_yaml_need(root, "items", &items, err) ||
        !pw_yaml_need(root, "findings", &findings, err) || !pw_yaml_text(notice, &catalogue->notice, err) ||
        !load_too_early(catalogue, later, err) || !load_never(catalogue, never, err) ||
        !pw_yaml_need_list(clauses, err) || !pw_yaml_need_map(items, err) ||
        !pw_yaml_need_list(findings, err))
        return false;
    if (clauses->count > FINDINGS_CLAUSES_MAX)
        return pw_yaml_fail(clauses, err, "at most %d clauses", FINDINGS_CLAUSES_MAX);
    for (size_t i = 0; i < clauses->count; i++)
        catalogue->clauses[catalogue->clause_count++] = clauses->items[i]->text.data;
    for (size_t i = 0; i < items->count; i++)
        if (!load_item(catalogue, &items->pairs[i], err))
            return false;
    if (findings->count != PW_FINDINGS)
        return pw_yaml_fail(findings, err, "there are %d findings, T01 to T%d", PW_FINDINGS, PW_FINDINGS);
    for (size_t i = 0; i < PW_FINDINGS; i++)
        if (!load_finding(catalogue, i, findings->items[i], err))
            return false;
    return true;
}

bool pw_findings_load(const struct pw_file *files, size_t count, const struct pw_fact_model *model,
    const struct pw_check_catalogue **ret, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_check_catalogue *catalogue = PW_NEW(arena, struct pw_check_catalogue);
    const struct pw_yaml *root = NULL;
    *catalogue = (struct pw_check_catalogue){.arena = arena, .references = 1, .model = pw_facts_ref(model)};
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++)
        if (pw_str_is(files[i].name, "tenant-check/tenant-check.yaml"))
            ok = pw_yaml_parse(
                arena, pw_str_dup(arena, files[i].text), "tenant-check/tenant-check.yaml", NULL, &root, err);
    if (ok && root == NULL)
        ok = pw_fail(
            err, PW_ERR_NOT_FOUND, "tenant-check/tenant-check.yaml is missing from the rules directory");
    ok = ok && load_catalogue(catalogue, root, err);
    if (!ok) {
        pw_findings_unref(catalogue);
        return false;
    }
    *ret = catalogue;
    return true;
}

bool pw_findings_load_dir(const char *dir, const struct pw_fact_model *model,
    const struct pw_check_catalogue **ret, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_file *files;
    size_t count;
    bool ok =
        pw_yaml_read_dir(arena, dir, &files, &count, err) && pw_findings_load(files, count, model, ret, err);
    pw_arena_free(arena);
    return ok;
}

const struct pw_check_catalogue *pw_findings_ref(const struct pw_check_catalogue *catalogue)
{
    ((struct pw_check_catalogue *)(uintptr_t)catalogue)->references++;
    return catalogue;
}

void pw_findings_unref(const struct pw_check_catalogue *catalogue)
{
    struct pw_check_catalogue *own = (struct pw_check_catalogue *)(uintptr_t)catalogue;
    if (own == NULL || --own->references > 0)
        return;
    pw_facts_unref(own->model);
    pw_arena_free(own->arena);
}
