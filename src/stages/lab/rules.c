/* GET /v1/rules and /v1/rules/{id}/performance: the live set as people read it, and how each rule has done.
 */
#include "lab_int.h"

#include <cel/cel.h>
#include <string.h>

/* One request on the rules of the live set. */
struct reading {
    struct pw_lab *lab;
    struct pw_request *req;
    size_t live, cases; /* statements */
    struct pw_str hash;
    struct pw_str after; /* list: rules behind this id */
    size_t limit;
    struct counted {
        struct pw_str rule;
        struct cases cases;
    } * counted;
    size_t counted_count;
};

/* The rows must outlive their transaction: they are shown when the set is there. */
static void keep_cases(struct reading *r, const struct pw_rows *rows)
{
    r->counted_count = pw_rows_count(rows);
    r->counted = PW_NEW_ARRAY(r->req->arena, r->counted_count, struct counted);
    for (size_t i = 0; i < r->counted_count; i++) {
        r->counted[i].rule = pw_str_dup(r->req->arena, pw_cell_text(rows, i, 0));
        r->counted[i].cases = lab_cases(rows, r->counted[i].rule);
    }
}

static struct cases cases_of(const struct reading *r, struct pw_str rule)
{
    for (size_t i = 0; i < r->counted_count; i++)
        if (pw_str_eq(r->counted[i].rule, rule))
            return r->counted[i].cases;
    return (struct cases){0};
}

/* ---- one rule ---- */

static void member_z(struct pw_jsonw *w, const char *name, const char *value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_z(w, value);
}

static void member_str(struct pw_jsonw *w, const char *name, struct pw_str value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_str(w, value);
}

static void member_bool(struct pw_jsonw *w, const char *name, bool value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_bool(w, value);
}

static void write_points(const struct pw_rule *rule, struct pw_jsonw *w)
{
    int64_t most = 0;
    for (int c = 0; c < PW_SOURCE_CLASSES; c++)
        if (rule->points[c] > most || (most == 0 && rule->points[c] < 0))
            most = rule->points[c];
    pw_jsonw_key(w, "points");
    pw_jsonw_milli(w, most);
    pw_jsonw_key(w, "pointsByClass");
    pw_jsonw_object(w);
    for (int c = 0; c < PW_SOURCE_CLASSES; c++) {
        pw_jsonw_key(w, pw_source_class_words[c]);
        pw_jsonw_milli(w, rule->points[c]);
    }
    pw_jsonw_end_object(w);
}

static struct pw_str condition(const struct pw_ruleset *set, const struct pw_rule *rule)
{
    int32_t expr = rule->each.kinds != 0 ? rule->each.where : rule->when;
    if (expr == PW_NO_EXPR)
        return PW_STR("");
    struct cel_str source = cel_expr_source(set->program, expr);
    return (struct pw_str){source.ptr, source.len};
}

static void write_lists(
    const struct pw_ruleset *set, const struct pw_rule *rule, bool dutch, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "innocent");
    pw_jsonw_array(w);
    for (size_t i = 0; i < rule->innocent_count; i++)
        pw_jsonw_str(w, pw_text_in(&rule->innocent[i], dutch));
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "actions");
    pw_jsonw_array(w);
    for (size_t i = 0; i < rule->action_count; i++)
        pw_jsonw_str(w, set->actions[rule->actions[i]].id);
    pw_jsonw_end_array(w);
}

static void write_rule(
    const struct reading *r, const struct pw_ruleset *set, const struct pw_rule *rule, struct pw_jsonw *w)
{
    static const char *const phases[] = {"preventive", "repressive", "both"};
    bool dutch = r->req->lang == PW_LANG_NL;
    struct cases cases = cases_of(r, rule->id);
    pw_jsonw_object(w);
    member_str(w, "id", rule->id);
    member_str(w, "theme", rule->theme->id);
    member_str(w, "title", pw_text_in(&rule->title, dutch));
    member_z(w, "status", rule->draft ? "draft" : "active");
    member_z(w, "phase", phases[rule->phase]);
    member_z(w, "scope", rule->scope == PW_SCOPE_PREMISES ? "premises" : "tenancy");
    member_z(w, "grade", pw_grade_words[rule->grade]);
    write_points(rule, w);
    pw_jsonw_key(w, "halfLifeDays");
    pw_jsonw_i64(w, rule->half_life);
    member_bool(w, "corroborates", rule->corroborates);
    member_bool(w, "standsAlone", rule->stands_alone);
    member_bool(w, "acute", rule->acute);
    pw_jsonw_key(w, "reviewBy");
    pw_jsonw_day(w, rule->review_by);
    pw_jsonw_key(w, "reviewInDays");
    pw_jsonw_i64(w, (int64_t)rule->review_by - lab_today(r->lab));
    member_str(w, "condition", condition(set, rule));
    member_str(w, "explain", pw_text_in(&rule->explain, dutch));
    write_lists(set, rule, dutch, w);
    member_str(w, "source", rule->source);
    member_str(w, "sourceNote", rule->source_note);
    member_z(w, "file", rule->file);
    pw_jsonw_key(w, "line");
    pw_jsonw_i64(w, rule->line);
    pw_jsonw_key(w, "performance");
    pw_jsonw_object(w);
    lab_write_performance(&cases, dutch, w);
    pw_jsonw_end_object(w);
    pw_jsonw_end_object(w);
}

/* ---- GET /v1/rules ---- */

static void reply_rules(const struct reading *r, const struct pw_ruleset *set)
{
    struct pw_request *req = r->req;
    struct pw_buf json;
    struct pw_jsonw w;
    struct pw_str cursor = PW_STR("");
    size_t n = 0;
    pw_buf_init(&json, LAB_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "ruleset");
    pw_score_write_ruleset(set, set->hash, &w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < set->rule_count; i++) {
        if (pw_str_cmp(set->rules[i].id, r->after) <= 0)
            continue;
        if (n++ == r->limit) {
            cursor = pw_list_cursor(req->arena, set->rules[i - 1].id);
            break;
        }
        write_rule(r, set, &set->rules[i], &w);
    }
    pw_jsonw_end_array(&w);
    pw_list_links(req, cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(req, 200, &json);
    pw_buf_release(&json);
}

static void on_list_set(void *arg, bool ok, const struct pw_err *err)
{
    struct reading *r = arg;
    if (ok)
        reply_rules(r, pw_sets_get(r->lab->sets, r->hash));
    else
        pw_reply_err(r->req, err);
}

/* ---- GET /v1/rules/{id}/performance ---- */

static void reply_performance(const struct reading *r, const struct pw_ruleset *set)
{
    struct pw_request *req = r->req;
    const struct pw_rule *rule = pw_rules_find(set, pw_request_param(req, "id"));
    struct pw_buf json;
    struct pw_jsonw w;
    if (rule == NULL) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    struct cases cases = cases_of(r, rule->id);
    pw_buf_init(&json, LAB_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    member_str(&w, "ruleId", rule->id);
    member_str(&w, "title", pw_text_in(&rule->title, req->lang == PW_LANG_NL));
    pw_jsonw_key(&w, "ruleset");
    pw_score_write_ruleset(set, set->hash, &w);
    pw_jsonw_key(&w, "reviewBy");
    pw_jsonw_day(&w, rule->review_by);
    lab_write_performance(&cases, req->lang == PW_LANG_NL, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(req, 200, &json);
    pw_buf_release(&json);
}

static void on_performance_set(void *arg, bool ok, const struct pw_err *err)
{
    struct reading *r = arg;
    if (ok)
        reply_performance(r, pw_sets_get(r->lab->sets, r->hash));
    else
        pw_reply_err(r->req, err);
}

/* ---- both ---- */

static void on_read(
    struct reading *r, struct pw_tx *tx, bool ok, const struct pw_err *err, pw_sets_ready ready)
{
    if (!ok) {
        pw_reply_err(r->req, err);
        return;
    }
    const struct pw_rows *live = pw_tx_rows(tx, r->live);
    if (pw_rows_count(live) == 0) {
        pw_reply_code(r->req, PW_ERR_NOT_FOUND);
        return;
    }
    r->hash = pw_str_dup(r->req->arena, pw_cell_bytea(live, 0, 0));
    keep_cases(r, pw_tx_rows(tx, r->cases));
    pw_sets_need(r->lab->sets, r->req->arena, &r->hash, 1, ready, r);
}

static void on_list_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    on_read(arg, tx, ok, err, on_list_set);
}

static void on_performance_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    on_read(arg, tx, ok, err, on_performance_set);
}

static void read_live(struct reading *r, struct pw_str rule, pw_tx_fn on_done)
{
    struct pw_tx *tx = pw_db_begin(r->lab->options.db, "lab: rules", PW_DB_READ_ONLY);
    r->live = pw_tx_add_plain(tx, PW_SQL_LAB_LIVE);
    r->cases = pw_tx_add(tx, PW_SQL_LAB_RULE_CASES, rule.len == 0 ? PW_P_NULL : PW_P_TEXT(rule));
    pw_tx_commit(tx, on_done, r);
}

void pw_lab_list_rules(struct pw_request *req, void *stage)
{
    static const char *const keys[] = {"cursor", "limit", NULL};
    struct reading *r = PW_NEW(req->arena, struct reading);
    struct pw_faults faults;
    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    *r = (struct reading){.lab = stage, .req = req, .limit = pw_query_limit(req, &faults)};
    r->after = pw_query_cursor(req, &faults);
    if (faults.count > 0)
        pw_reply_faults(req, &faults);
    else
        read_live(r, PW_STR(""), on_list_read);
}

void pw_lab_rule_performance(struct pw_request *req, void *stage)
{
    struct reading *r = PW_NEW(req->arena, struct reading);
    *r = (struct reading){.lab = stage, .req = req};
    read_live(r, pw_request_param(req, "id"), on_performance_read);
}
