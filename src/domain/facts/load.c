/*
 * The model as a whole: sorts the files of a rules directory into declarations, denied attributes and
 * retention, checks what goes across them, and hashes what it was made of.
 */
#include "facts_int.h"

#include <stdlib.h>
#include <string.h>

/* The model and what it lives in. */
struct box {
    struct pw_fact_model model;
    struct pw_arena *arena;
    size_t refs;
};

struct loading {
    struct box *box;
    struct pw_arena *arena;
    struct pw_err *err;
    const struct pw_yaml *roots[128]; /* of the declarations, in order of name */
    size_t root_count;
    const struct pw_yaml *denied, *retention, *reference; /* reference may be absent */
};

static bool is_declaration(struct pw_str name)
{
    return pw_str_has_prefix(name, PW_STR("facts/")) && pw_str_has_suffix(name, PW_STR(".yaml"));
}

static bool is_ours(struct pw_str name)
{
    return is_declaration(name) || pw_str_is(name, "denied-attributes.yaml") ||
           pw_str_is(name, "retention.yaml") || pw_str_is(name, "reference-rents.yaml");
}

static int by_file_name(const void *a, const void *b)
{
    return pw_str_cmp(((const struct pw_file *)a)->name, ((const struct pw_file *)b)->name);
}

/* Copies our files into the model's arena, sorted, and hashes them. */
static void take_files(struct loading *l, const struct pw_file *files, size_t count)
{
    struct pw_file *own = PW_NEW_ARRAY(l->arena, count + 1, struct pw_file);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (is_ours(files[i].name))
            own[n++] =
                (struct pw_file){pw_str_dup(l->arena, files[i].name), pw_str_dup(l->arena, files[i].text)};
    qsort(own, n, sizeof *own, by_file_name);
    struct pw_sha256 hash;
    pw_sha256_init(&hash);
    for (size_t i = 0; i < n; i++) {
        /* Name and text each with its NUL, so that no two sets of files run into the same octets. */
        pw_sha256_update(&hash, own[i].name.data, own[i].name.len + 1);
        pw_sha256_update(&hash, own[i].text.data, own[i].text.len + 1);
    }
    pw_sha256_final(&hash, l->box->model.hash);
    l->box->model.files = own;
    l->box->model.file_count = n;
}

static bool parse_files(struct loading *l)
{
    const struct pw_fact_model *model = &l->box->model;
    for (size_t i = 0; i < model->file_count; i++) {
        const struct pw_yaml *root;
        if (!pw_yaml_parse(l->arena, model->files[i].text, model->files[i].name.data, NULL, &root, l->err))
            return false;
        if (pw_str_is(model->files[i].name, "denied-attributes.yaml"))
            l->denied = root;
        else if (pw_str_is(model->files[i].name, "retention.yaml"))
            l->retention = root;
        else if (pw_str_is(model->files[i].name, "reference-rents.yaml"))
            l->reference = root;
        else if (l->root_count == PW_COUNT(l->roots))
            return pw_yaml_fail(root, l->err, "more than %zu declarations", PW_COUNT(l->roots));
        else
            l->roots[l->root_count++] = root;
    }
    if (!l->denied || !l->retention)
        return pw_fail(l->err, PW_ERR_SYNTAX, "%s is missing from the rules directory",
            l->denied ? "retention.yaml" : "denied-attributes.yaml");
    return true;
}

static const struct pw_yaml *find_record(const struct loading *l, const char *name)
{
    for (size_t i = 0; i < l->root_count; i++) {
        const struct pw_yaml *record = pw_yaml_get(l->roots[i], "record");
        if (record && pw_str_is(record->text, name))
            return l->roots[i];
    }
    return NULL;
}

static bool need_record(
    struct loading *l, const char *name, const struct pw_yaml **ret, struct pw_field_list *ret_fields)
{
    const struct pw_yaml *fields;
    *ret = find_record(l, name);
    if (!*ret)
        return pw_fail(l->err, PW_ERR_SYNTAX, "facts/%s.yaml is missing", name);
    return pw_yaml_need(*ret, "fields", &fields, l->err) &&
           pw_facts_parse_fields(l->arena, fields, ret_fields, l->err);
}

static int by_kind_name(const void *a, const void *b)
{
    return pw_str_cmp(((const struct pw_kind *)a)->name, ((const struct pw_kind *)b)->name);
}

static bool check_names(const struct loading *l, const struct pw_kind *kinds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            bool same = pw_str_eq(kinds[i].name, kinds[k].name) ||
                        (kinds[i].collection.len && pw_str_eq(kinds[i].collection, kinds[k].collection));
            if (same)
                return pw_fail(
                    l->err, PW_ERR_SYNTAX, "kind or collection '%s' is declared twice", kinds[i].name.data);
        }
    }
    return true;
}

static bool load_kinds(struct loading *l)
{
    struct pw_field_list shared, common, unused;
    const struct pw_yaml *sighting_root, *common_root, *premises_root;
    struct pw_kind *kinds = PW_NEW_ARRAY(l->arena, l->root_count + 1, struct pw_kind);
    struct pw_kind *sighting = PW_NEW(l->arena, struct pw_kind), *premises = PW_NEW(l->arena, struct pw_kind);
    if (!need_record(l, "sighting", &sighting_root, &shared) ||
        !need_record(l, "common", &common_root, &common) ||
        !need_record(l, "premises", &premises_root, &unused) ||
        !pw_facts_parse_record(l->arena, sighting_root, sighting, l->err) ||
        !pw_facts_parse_record(l->arena, premises_root, premises, l->err))
        return false;
    size_t n = 0;
    for (size_t i = 0; i < l->root_count; i++) {
        if (pw_yaml_get(l->roots[i], "record"))
            continue;
        if (!pw_facts_parse_kind(l->arena, l->roots[i], &shared, &common, &kinds[n++], l->err))
            return false;
    }
    qsort(kinds, n, sizeof *kinds, by_kind_name);
    for (size_t i = 0; i < n; i++)
        kinds[i].nr = (unsigned)i;
    l->box->model.kinds = kinds;
    l->box->model.kind_count = n;
    l->box->model.sighting = sighting;
    l->box->model.premises = premises;
    return check_names(l, kinds, n);
}

/* No declaration names what may never be an input, in any spelling. */
static bool check_denied(const struct loading *l, const struct pw_yaml *root)
{
    const struct pw_yaml *fields = pw_yaml_get(root, "fields");

    for (size_t i = 0; fields && i < fields->count; i++) {
        const struct pw_yaml *name = fields->pairs[i].key;
        const struct pw_denied *denied = pw_facts_denied(&l->box->model, name->text);
        if (denied)
            return pw_yaml_fail(name, l->err,
                "'%s' is declared, which denied-attributes.yaml forbids as '%s': %s", name->text.data,
                denied->name.data, denied->reason.en.data);
    }
    return true;
}

static bool has_value(const struct pw_field *field, struct pw_str value)
{
    for (size_t i = 0; i < field->value_count; i++)
        if (pw_str_is(value, field->values[i]))
            return true;
    return false;
}

/* Reference rents are for kinds of letting that a registration can have. */
static bool check_references(const struct loading *l)
{
    const struct pw_fact_model *model = &l->box->model;
    const struct pw_kind *registration = pw_facts_kind(model, PW_STR("registration"));
    const struct pw_field *letting = registration ? pw_kind_field(registration, PW_STR("lettingType")) : NULL;
    for (size_t i = 0; i < model->reference_count; i++)
        if (!letting || !has_value(letting, model->references[i].letting))
            return pw_yaml_fail(l->reference, l->err, "no registration has the lettingType '%s'",
                model->references[i].letting.data);
    return true;
}

static bool check_across(const struct loading *l)
{
    const struct pw_fact_model *model = &l->box->model;
    for (size_t i = 0; i < l->root_count; i++)
        if (!check_denied(l, l->roots[i]))
            return false;
    for (size_t i = 0; i < model->retention_count; i++) {
        struct pw_str kind = model->retention[i].kind;
        if (!pw_str_is(kind, "*") && !pw_facts_kind(model, kind))
            return pw_fail(l->err, PW_ERR_SYNTAX, "retention.yaml names the unknown kind '%s'", kind.data);
    }
    return check_references(l);
}

bool pw_facts_load(
    const struct pw_file *files, size_t count, const struct pw_fact_model **ret, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct loading l = {.arena = arena, .err = err, .box = PW_NEW(arena, struct box)};
    l.box->arena = arena;
    l.box->refs = 1;
    take_files(&l, files, count);
    if (parse_files(&l) && pw_facts_parse_denied(arena, l.denied, &l.box->model, err) &&
        pw_facts_parse_retention(arena, l.retention, &l.box->model, err) &&
        (!l.reference || pw_facts_parse_reference(arena, l.reference, &l.box->model, err)) &&
        load_kinds(&l) && check_across(&l)) {
        *ret = &l.box->model;
        return true;
    }
    pw_arena_free(arena);
    return false;
}

bool pw_facts_load_dir(const char *dir, const struct pw_fact_model **ret, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_file *files;
    size_t count;
    bool good = pw_yaml_read_dir(arena, dir, &files, &count, err) && pw_facts_load(files, count, ret, err);
    pw_arena_free(arena);
    return good;
}

static struct box *box_of(const struct pw_fact_model *model)
{
    return (struct box *)(uintptr_t)model;
}

const struct pw_fact_model *pw_facts_ref(const struct pw_fact_model *model)
{
    box_of(model)->refs++;
    return model;
}

void pw_facts_unref(const struct pw_fact_model *model)
{
    if (model && --box_of(model)->refs == 0)
        pw_arena_free(box_of(model)->arena);
}

/* ---- looking up ---- */

const struct pw_kind *pw_facts_kind(const struct pw_fact_model *model, struct pw_str name)
{
    for (size_t i = 0; i < model->kind_count; i++)
        if (pw_str_eq(model->kinds[i].name, name))
            return &model->kinds[i];
    return NULL;
}

const struct pw_kind *pw_facts_collection(const struct pw_fact_model *model, struct pw_str collection)
{
    for (size_t i = 0; i < model->kind_count; i++)
        if (model->kinds[i].collection.len && pw_str_eq(model->kinds[i].collection, collection))
            return &model->kinds[i];
    return NULL;
}

const struct pw_kind *pw_facts_variable(const struct pw_fact_model *model, struct pw_str variable)
{
    for (size_t i = 0; i < model->kind_count; i++)
        if (pw_str_eq(model->kinds[i].variable, variable))
            return &model->kinds[i];
    return NULL;
}

const struct pw_field *pw_kind_field(const struct pw_kind *kind, struct pw_str name)
{
    return pw_map_get(&kind->by_name, name);
}
