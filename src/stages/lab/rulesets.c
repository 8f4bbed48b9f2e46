/*
 * GET and POST /v1/rulesets: kept sets, and a new candidate made of a kept one and the files that change.
 * A candidate is compiled, with all its proofs, in a child process; what is wrong with it is told
 * with file, line and column. It counts for nothing until it is published.
 */
#include "lab_int.h"

#include <stdlib.h>
#include <string.h>

#define COMPILE_MS 20000
#define FILES_MAX  100
#define FILE_MAX   (1u << 20)

/* ---- GET /v1/rulesets ---- */

struct listing {
    struct pw_request *req;
    struct lab_page page;
    size_t statement;
};

static void write_ruleset(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    char hex[PW_SHA256_TEXT];
    struct pw_str hash = pw_cell_bytea(rows, row, pw_rows_column(rows, "sha256"));
    pw_jsonw_object(w);
    lab_write_name(rows, row, "name", "name", w);
    lab_write_name(rows, row, "version", "version", w);
    pw_jsonw_key(w, "sha256");
    pw_jsonw_z(w, pw_hex(hash.data, hash.len, hex));
    lab_write_name(rows, row, "status", "status", w);
    pw_jsonw_key(w, "shadow");
    pw_jsonw_bool(w, pw_cell_bool(rows, row, pw_rows_column(rows, "shadow")));
    lab_write_time(rows, row, "createdAt", "created_at", w);
    lab_write_time(rows, row, "publishedAt", "published_at", w);
    pw_jsonw_end_object(w);
}

static struct pw_str row_hash(struct pw_arena *arena, const struct pw_rows *rows, size_t row)
{
    char hex[PW_SHA256_TEXT];
    struct pw_str hash = pw_cell_bytea(rows, row, pw_rows_column(rows, "sha256"));
    return pw_str_dup(arena, pw_str_z(pw_hex(hash.data, hash.len, hex)));
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct listing *l = arg;
    if (!ok) {
        pw_reply_err(l->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, l->statement);
    size_t count;
    struct pw_str cursor = lab_cursor(l->req->arena, &l->page, rows, &count, "created_at", row_hash);
    lab_reply_list(l->req, rows, count, cursor, write_ruleset);
}

void pw_lab_list_rulesets(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct listing *l = PW_NEW(req->arena, struct listing);
    struct pw_str before = {NULL, 0};
    l->req = req;
    if (!lab_page(req, &l->page))
        return;
    if (l->page.before_id.len > 0 && !lab_parse_hash(l->page.before_id, req->arena, &before))
        l->page.before = PW_TIME_NONE;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: rule sets", PW_DB_READ_ONLY);
    l->statement = pw_tx_add(tx, PW_SQL_LAB_RULESET_LIST, PW_P_TIME(l->page.before), PW_P_BYTEA(before),
        PW_P_I32(l->page.limit + 1));
    pw_tx_commit(tx, on_listed, l);
}

/* ---- compiling, in a child ---- */

/* Puts the files of `changes` in place of those of the same name, or beside them. */
static bool apply(struct pw_arena *arena, const struct pw_json *changes, struct pw_file *files, size_t *count,
    struct pw_err *err)
{
    for (size_t i = 0; i < pw_json_count(changes); i++) {
        const struct pw_json *item = pw_json_item(changes, i);
        struct pw_file file = {pw_str_dup(arena, pw_json_str(pw_json_get(item, "name"))),
            pw_json_str(pw_json_get(item, "text"))};
        size_t at = 0;
        while (at < *count && !pw_str_eq(files[at].name, file.name))
            at++;
        if (at == *count && at >= FILES_MAX)
            return pw_fail(err, PW_ERR_LIMIT, "a rule set has at most %d files", FILES_MAX);
        files[at] = file;
        *count += at == *count;
    }
    return true;
}

static void write_candidate(const struct pw_ruleset *set, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "ruleset");
    pw_score_write_ruleset(set, set->hash, w);
    pw_jsonw_key(w, "rules");
    pw_jsonw_i64(w, (int64_t)set->rule_count);
    pw_jsonw_key(w, "bundle");
    pw_jsonw_str(w, pw_rules_bundle(set));
    pw_jsonw_end_object(w);
}

static void write_faults(const struct pw_rules_faults *faults, const struct pw_err *first, struct pw_jsonw *w)
{
    char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 32];
    pw_jsonw_object(w);
    pw_jsonw_key(w, "faults");
    pw_jsonw_array(w);
    for (size_t i = 0; i < faults->count; i++)
        pw_jsonw_z(w, pw_err_format(&faults->items[i], text, sizeof text));
    if (faults->count == 0)
        pw_jsonw_z(w, pw_err_format(first, text, sizeof text));
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
}

/* The request: {"base": <bundle>, "files": [{"name", "text"}], "today": <day>}. */
static bool compile(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    const struct pw_json *json;
    struct pw_rules_faults *faults = PW_NEW(arena, struct pw_rules_faults);
    const struct pw_ruleset *set;
    struct pw_file *base, *files = PW_NEW_ARRAY(arena, FILES_MAX, struct pw_file);
    size_t count;
    int64_t day;
    struct pw_jsonw w;
    if (!pw_json_parse(arena, request, NULL, &json, NULL) ||
        !pw_json_to_i64(pw_json_get(json, "today"), &day) ||
        !pw_rules_bundle_files(arena, pw_json_str(pw_json_get(json, "base")), &base, &count, err))
        return pw_fail(err, PW_ERR_SYNTAX, "a candidate that makes no sense");
    count = count > FILES_MAX ? FILES_MAX : count;
    memcpy(files, base, count * sizeof *files);
    if (!apply(arena, pw_json_get(json, "files"), files, &count, err))
        return false;
    pw_jsonw_init(&w, answer);
    if (pw_rules_load(files, count, (pw_day)day, &set, faults, err)) {
        write_candidate(set, &w);
        pw_rules_unref(set);
    } else {
        write_faults(faults, err, &w);
    }
    return true;
}

const struct pw_worker_job pw_lab_candidate_job = {.name = "rule set", .run = compile};

/* ---- POST /v1/rulesets ---- */

struct candidate {
    struct pw_lab *lab;
    struct pw_request *req;
    const struct pw_json *files;
    struct pw_str base; /* hash, NULL data: the live set */
    size_t statement;
    struct pw_str ruleset; /* JSON */
    int64_t rules;
};

static bool check_files(const struct pw_json *files, struct pw_faults *faults)
{
    static const char *const members[] = {"name", "text", NULL};
    const struct pw_at at = {.name = "files"};
    bool ok = true;
    if (files == NULL)
        return pw_fault(faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    if (!pw_json_is_array(files))
        return pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
    if (pw_json_count(files) == 0 || pw_json_count(files) > FILES_MAX)
        return pw_fault(faults, &at, PW_FAULT_LENGTH, NULL, NULL);
    for (size_t i = 0; i < pw_json_count(files); i++) {
        const struct pw_json *item = pw_json_item(files, i);
        const struct pw_at place = {.up = &at, .index = i};
        struct pw_str text;
        if (!pw_json_is_object(item)) {
            ok = pw_fault(faults, &place, PW_FAULT_TYPE, NULL, NULL);
            continue;
        }
        ok &= pw_json_known(item, &place, members, faults);
        ok &= pw_json_member_str(item, &place, "name", true, 1, 200, &text, faults);
        ok &= pw_json_member_str(item, &place, "text", true, 1, FILE_MAX, &text, faults);
    }
    return ok;
}

static void on_kept(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct candidate *c = arg;
    struct pw_buf json;
    (void)tx;
    if (!ok) {
        pw_reply_err(c->req, err);
        return;
    }
    pw_buf_init(&json, 65536);
    pw_buf_printf(&json, "{\"ruleset\":%.*s,\"rules\":%lld,\"status\":\"candidate\"}", PW_STR_ARG(c->ruleset),
        (long long)c->rules);
    pw_reply_json(c->req, 201, &json);
    pw_buf_release(&json);
}

/* Every fault of the set as one of invalidParams: its text names file, line, column and remedy. */
static void refuse(struct candidate *c, const struct pw_json *list)
{
    struct pw_faults faults;
    pw_faults_init(&faults, c->req->arena);
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const char *text = pw_str_dup(c->req->arena, pw_json_str(pw_json_item(list, i))).data;
        (void)pw_fault_pointer(&faults, PW_STR("/files"), PW_FAULT_NOT_ALLOWED, text, text);
    }
    pw_reply_faults(c->req, &faults);
}

static void keep(struct candidate *c, const struct pw_json *answer)
{
    const struct pw_json *ruleset = pw_json_get(answer, "ruleset");
    struct pw_str hash, name = pw_json_str(pw_json_get(ruleset, "name"));
    struct pw_str version = pw_json_str(pw_json_get(ruleset, "version"));
    struct pw_buf text;
    struct pw_jsonw w;
    if (!lab_parse_hash(pw_json_str(pw_json_get(ruleset, "sha256")), c->req->arena, &hash) ||
        !pw_json_to_i64(pw_json_get(answer, "rules"), &c->rules)) {
        pw_reply_code(c->req, PW_ERR_INTERNAL);
        return;
    }
    pw_buf_init(&text, 4096);
    pw_jsonw_init(&w, &text);
    pw_jsonw_node(&w, ruleset);
    c->ruleset = pw_str_dup(c->req->arena, pw_buf_str(&text));
    pw_buf_release(&text);
    struct pw_tx *tx = pw_db_begin(c->lab->options.db, "lab: keep a candidate", 0);
    pw_tx_add(tx, PW_SQL_LAB_RULESET_PUT, PW_P_BYTEA(hash), PW_P_TEXT(name), PW_P_TEXT(version),
        PW_P_TEXT(pw_json_str(pw_json_get(answer, "bundle"))));
    lab_audit(tx, c->lab, c->req, "ruleset-kept", "ruleset", &(struct pw_uuid){{0}}, c->ruleset);
    pw_tx_commit(tx, on_kept, c);
}

static void on_compiled(void *arg, struct pw_str answer, const struct pw_err *err)
{
    struct candidate *c = arg;
    const struct pw_json *json;
    if (err != NULL)
        pw_reply_err(c->req, err);
    else if (!pw_json_parse(c->req->arena, answer, NULL, &json, NULL))
        pw_reply_code(c->req, PW_ERR_INTERNAL);
    else if (pw_json_get(json, "faults") != NULL)
        refuse(c, pw_json_get(json, "faults"));
    else
        keep(c, json);
}

static void on_base(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct candidate *c = arg;
    struct pw_err why;
    struct pw_buf job;
    struct pw_jsonw w;
    if (!ok) {
        pw_reply_err(c->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, c->statement);
    if (pw_rows_count(rows) == 0) {
        pw_reply_code(c->req, PW_ERR_NOT_FOUND);
        return;
    }
    pw_buf_init(&job, LAB_ANSWER_MAX);
    pw_jsonw_init(&w, &job);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "base");
    pw_jsonw_str(&w, pw_cell_text(rows, 0, 0));
    pw_jsonw_key(&w, "files");
    pw_jsonw_node(&w, c->files);
    pw_jsonw_key(&w, "today");
    pw_jsonw_i64(&w, lab_today(c->lab));
    pw_jsonw_end_object(&w);
    if (!pw_worker_submit(c->lab->options.worker, &pw_lab_candidate_job, pw_buf_str(&job), COMPILE_MS,
            on_compiled, c, &why))
        pw_reply_code(c->req, why.code == PW_ERR_LIMIT ? PW_ERR_UNAVAILABLE : why.code);
    pw_buf_release(&job);
}

void pw_lab_post_ruleset(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"files", "base", NULL};
    struct pw_lab *lab = stage;
    struct candidate *c = PW_NEW(req->arena, struct candidate);
    const struct pw_json *body;
    struct pw_faults faults;
    bool ok;
    if (!pw_body_object(req, &faults, &body))
        return;
    *c = (struct candidate){.lab = lab, .req = req, .files = pw_json_get(body, "files")};
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= check_files(c->files, &faults);
    ok &= lab_member_hash(body, "base", false, req->arena, &c->base, &faults);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: base of a candidate", PW_DB_READ_ONLY);
    c->statement = pw_tx_add(tx, PW_SQL_LAB_RULESET_BUNDLE, PW_P_BYTEA(c->base));
    pw_tx_commit(tx, on_base, c);
}
