/*
 * Loading a set: choose its files, make the canonical text and hash, read the fact model, parse,
 * compile, check. One arena holds it all; a set with a fault is freed whole.
 */
#include <stdlib.h>
#include <string.h>

#include "rules_int.h"

#define BUNDLE_HEAD      "pandwacht rule set 1\n"
#define BUNDLE_MAX       (16 * 1024 * 1024)
#define BUNDLE_FILES_MAX 4096

/* ---- which files ---- */

static bool in_folder(struct pw_str name, const char *folder)
{
    struct pw_str rest;

    if (!pw_str_has_prefix(name, pw_str_z(folder)))
        return false;
    rest = (struct pw_str){name.data + strlen(folder), name.len - strlen(folder)};
    return !memchr(rest.data, '/', rest.len);
}

static bool belongs(struct pw_str name)
{
    return in_folder(name, "facts/") || in_folder(name, "premises-risk/") ||
           pw_str_is(name, "denied-attributes.yaml") || pw_str_is(name, "retention.yaml") ||
           pw_str_is(name, "reference-rents.yaml");
}

static int by_name(const void *a, const void *b)
{
    const struct pw_file *x = a, *y = b;

    return pw_str_cmp(x->name, y->name);
}

static void choose_files(struct loader *l, const struct pw_file *files, size_t count)
{
    struct pw_file *own = PW_NEW_ARRAY(l->arena, count + 1, struct pw_file);

    for (size_t i = 0; i < count; i++)
        if (belongs(files[i].name))
            own[l->file_count++] =
                (struct pw_file){pw_str_dup(l->arena, files[i].name), pw_str_dup(l->arena, files[i].text)};
    qsort(own, l->file_count, sizeof *own, by_name);
    l->files = l->owned->files = own;
    l->owned->file_count = l->file_count;
}

/* ---- canonical text ---- */

static void make_bundle(struct loader *l)
{
    struct pw_buf buf;

    pw_buf_init(&buf, BUNDLE_MAX);
    pw_buf_puts(&buf, BUNDLE_HEAD);
    for (size_t i = 0; i < l->file_count; i++) {
        pw_buf_printf(&buf, "file %.*s %zu\n", PW_STR_ARG(l->files[i].name), l->files[i].text.len);
        pw_buf_put_str(&buf, l->files[i].text);
        pw_buf_putc(&buf, '\n');
    }
    if (buf.full)
        loader_fault(l, NULL, "the files of the rule set are larger than 16 MiB together");
    l->owned->bundle = pw_str_dup(l->arena, pw_buf_str(&buf));
    pw_buf_release(&buf);
    pw_sha256_of(l->owned->bundle.data, l->owned->bundle.len, l->set->hash);
}

static bool next_file(struct pw_str *rest, struct pw_file *ret)
{
    struct pw_str head, name, length, tail;
    int64_t len;

    if (!pw_str_cut(*rest, '\n', &head, &tail) || !pw_str_has_prefix(head, PW_STR("file ")))
        return false;
    head = (struct pw_str){head.data + 5, head.len - 5};
    if (!pw_str_cut(head, ' ', &name, &length) || !pw_str_to_i64(length, &len) || len < 0 ||
        (size_t)len >= tail.len || tail.data[len] != '\n')
        return false;
    *ret = (struct pw_file){name, {tail.data, (size_t)len}};
    *rest = (struct pw_str){tail.data + len + 1, tail.len - (size_t)len - 1};
    return true;
}

/* ---- loading ---- */

static const struct pw_yaml *parse_file(struct loader *l, const struct pw_file *file)
{
    const struct pw_yaml *root = NULL;
    struct pw_err err = {0};

    if (!pw_yaml_parse(l->arena, file->text, file->name.data, NULL, &root, &err) ||
        !pw_yaml_need_map(root, &err)) {
        loader_take(l, &err);
        return NULL;
    }
    return root;
}

static void parse_files(struct loader *l)
{
    bool ruleset = false, actions = false;

    for (size_t i = 0; i < l->file_count; i++) {
        const struct pw_yaml *root;
        if (pw_str_is(l->files[i].name, "denied-attributes.yaml") &&
            (root = parse_file(l, &l->files[i])) != NULL)
            parse_denied_file(l, root);
        if (!in_folder(l->files[i].name, "premises-risk/"))
            continue;
        root = parse_file(l, &l->files[i]);
        ruleset |= pw_str_is(l->files[i].name, "premises-risk/ruleset.yaml");
        actions |= pw_str_is(l->files[i].name, "premises-risk/actions.yaml");
        if (!root)
            continue;
        if (pw_str_is(l->files[i].name, "premises-risk/ruleset.yaml"))
            parse_ruleset_file(l, root);
        else if (pw_str_is(l->files[i].name, "premises-risk/actions.yaml"))
            parse_actions_file(l, root);
        else
            parse_theme_file(l, root);
    }
    if (!ruleset)
        loader_fault(l, NULL, "premises-risk/ruleset.yaml is missing: name, levels and gates");
    if (!actions)
        loader_fault(l, NULL, "premises-risk/actions.yaml is missing");
}

static void release_set(struct owned_set *owned)
{
    cel_ctx_free(owned->set.ctx);
    cel_program_free(owned->cel);
    cel_env_free(owned->env);
    pw_facts_unref(owned->set.model);
    pw_arena_free(owned->arena);
}

static void load_all(struct loader *l)
{
    struct pw_err err = {0};

    make_bundle(l);
    if (!pw_facts_load(l->files, l->file_count, &l->set->model, &err)) {
        loader_take(l, &err);
        return;
    }
    if (l->set->model->kind_count > 64) {
        loader_fault(l, NULL, "more than 64 fact kinds");
        return;
    }
    l->set->lease = pw_facts_kind(l->set->model, PW_STR("registration"));
    parse_files(l);
    l->set->themes = l->themes;
    l->set->theme_count = l->theme_count;
    compile_set(l);
    check_set(l);
    if (l->proving && l->faults->count == 0)
        prove_set(l);
}

static bool load_files(bool proving, const struct pw_file *files, size_t count, pw_day today,
    const struct pw_ruleset **ret, struct pw_rules_faults *faults, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct owned_set *owned = PW_NEW(arena, struct owned_set);
    struct pw_rules_faults *own = faults ? faults : PW_NEW(arena, struct pw_rules_faults);
    struct loader loader = {
        .owned = owned, .set = &owned->set, .arena = arena, .today = today, .proving = proving};

    *own = (struct pw_rules_faults){.count = 0};
    owned->arena = arena;
    owned->refs = 1;
    loader.faults = own;
    loader.rules_end = &loader.rules;
    loader.exprs_end = &loader.exprs;
    loader.themes = PW_NEW_ARRAY(arena, THEMES_MAX, struct pw_theme);
    choose_files(&loader, files, count);
    load_all(&loader);
    if (own->count) {
        if (err)
            *err = own->items[0];
        release_set(owned);
        return false;
    }
    *ret = &owned->set;
    return true;
}

bool pw_rules_load(const struct pw_file *files, size_t count, pw_day today, const struct pw_ruleset **ret,
    struct pw_rules_faults *faults, struct pw_err *err)
{
    return load_files(true, files, count, today, ret, faults, err);
}

bool pw_rules_bundle_files(
    struct pw_arena *arena, struct pw_str bundle, struct pw_file **ret, size_t *ret_count, struct pw_err *err)
{
    struct pw_str rest, head = PW_STR(BUNDLE_HEAD);
    size_t count = 0;

    if (!pw_str_has_prefix(bundle, head))
        return pw_fail(err, PW_ERR_SYNTAX, "this text is no stored rule set");
    rest = (struct pw_str){bundle.data + head.len, bundle.len - head.len};
    *ret = PW_NEW_ARRAY(arena, BUNDLE_FILES_MAX, struct pw_file);
    while (rest.len && count < BUNDLE_FILES_MAX && next_file(&rest, &(*ret)[count]))
        count++;
    *ret_count = count;
    return rest.len == 0 ? true : pw_fail(err, PW_ERR_SYNTAX, "the stored rule set is damaged");
}

bool pw_rules_load_bundle(
    struct pw_str bundle, const struct pw_ruleset **ret, struct pw_rules_faults *faults, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_file *files;
    size_t count;
    bool ok;

    if (faults)
        *faults = (struct pw_rules_faults){.count = 0};
    ok = pw_rules_bundle_files(arena, bundle, &files, &count, err) &&
         load_files(false, files, count, PW_DAY_NONE, ret, faults, err);
    pw_arena_free(arena);
    return ok;
}

bool pw_rules_load_dir(const char *dir, pw_day today, const struct pw_ruleset **ret,
    struct pw_rules_faults *faults, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_file *files;
    size_t count;
    struct pw_err own = {0};
    bool ok = pw_yaml_read_dir(arena, dir, &files, &count, &own);

    if (ok) {
        ok = pw_rules_load(files, count, today, ret, faults, err);
    } else {
        if (faults)
            *faults = (struct pw_rules_faults){.items = {own}, .count = 1};
        if (err)
            *err = own;
    }
    pw_arena_free(arena);
    return ok;
}

/* ---- keeping and finding ---- */

const struct pw_ruleset *pw_rules_ref(const struct pw_ruleset *set)
{
    ((struct owned_set *)(uintptr_t)set)->refs++;
    return set;
}

void pw_rules_unref(const struct pw_ruleset *set)
{
    struct owned_set *owned = (struct owned_set *)(uintptr_t)set;

    if (owned && --owned->refs == 0)
        release_set(owned);
}

struct pw_str pw_rules_bundle(const struct pw_ruleset *set)
{
    return ((const struct owned_set *)(const void *)set)->bundle;
}

const struct pw_rule *pw_rules_find(const struct pw_ruleset *set, struct pw_str id)
{
    size_t low = 0, high = set->rule_count;

    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = pw_str_cmp(set->rules[mid].id, id);
        if (order == 0)
            return &set->rules[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

const struct pw_theme *pw_rules_theme(const struct pw_ruleset *set, struct pw_str id)
{
    for (size_t i = 0; i < set->theme_count; i++)
        if (pw_str_eq(set->themes[i].id, id))
            return &set->themes[i];
    return NULL;
}

const struct pw_action *pw_rules_action(const struct pw_ruleset *set, struct pw_str id)
{
    for (size_t i = 0; i < set->action_count; i++)
        if (pw_str_eq(set->actions[i].id, id))
            return &set->actions[i];
    return NULL;
}
