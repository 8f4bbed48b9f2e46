/* GET, POST and DELETE /v1/ruleset-shadows: which sets run beside the live one, and where they differ. */
#include "lab_int.h"

#define DIFFERENCES 100

struct request {
    struct pw_lab *lab;
    struct pw_request *req;
    struct pw_str hash;
    size_t statement, sets;
};

/* ---- GET ---- */

static void write_counts(
    const struct pw_rows *rows, size_t row, const char *member, const char *prefix, struct pw_jsonw *w)
{
    struct pw_arena *arena = pw_arena_new();
    pw_jsonw_key(w, member);
    pw_jsonw_object(w);
    for (int i = 0; i < PW_RISKS; i++) {
        const char *column = pw_str_printf(arena, "%s_%s", prefix, pw_risk_words[i]).data;
        pw_jsonw_key(w, pw_risk_words[i]);
        pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, column)));
    }
    pw_jsonw_end_object(w);
    pw_arena_free(arena);
}

static void write_count(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w)
{
    pw_jsonw_key(w, member);
    pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, column)));
}

static void write_shadow(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    char hex[PW_SHA256_TEXT];
    struct pw_str hash = pw_cell_bytea(rows, row, pw_rows_column(rows, "sha256"));
    pw_jsonw_object(w);
    pw_jsonw_key(w, "ruleset");
    pw_jsonw_object(w);
    lab_write_name(rows, row, "name", "name", w);
    lab_write_name(rows, row, "version", "version", w);
    pw_jsonw_key(w, "sha256");
    pw_jsonw_z(w, pw_hex(hash.data, hash.len, hex));
    pw_jsonw_end_object(w);
    lab_write_time(rows, row, "startedAt", "started_at", w);
    lab_write_name(rows, row, "startedBy", "started_by", w);
    write_count(rows, row, "premises", "premises", w);
    pw_jsonw_key(w, "levels");
    pw_jsonw_object(w);
    write_counts(rows, row, "live", "live", w);
    write_counts(rows, row, "shadow", "level", w);
    pw_jsonw_end_object(w);
    write_count(rows, row, "gained", "gained", w);
    write_count(rows, row, "lost", "lost", w);
    write_count(rows, row, "differs", "differs", w);
    pw_jsonw_end_object(w);
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct request *r = arg;
    if (!ok) {
        pw_reply_err(r->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, r->statement);
    lab_reply_list(r->req, rows, pw_rows_count(rows), PW_STR(""), write_shadow);
}

void pw_lab_list_shadows(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct request *r = PW_NEW(req->arena, struct request);
    *r = (struct request){.lab = lab, .req = req};
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: shadows", PW_DB_READ_ONLY);
    r->statement = pw_tx_add_plain(tx, PW_SQL_LAB_SHADOW_LIST);
    pw_tx_commit(tx, on_listed, r);
}

/* ---- GET one: where it differs ---- */

static void write_difference(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid premises = pw_cell_uuid(rows, row, 0);
    struct pw_arena *arena = pw_arena_new();
    size_t count;
    struct pw_str *rules = pw_cell_texts(rows, row, 5, arena, &count);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "premisesId");
    pw_jsonw_uuid(w, &premises);
    pw_jsonw_key(w, "assessedOn");
    pw_jsonw_day(w, pw_cell_date(rows, row, 1));
    pw_jsonw_key(w, "level");
    pw_jsonw_z(w, pw_risk_words[pw_cell_i64(rows, row, 2)]);
    pw_jsonw_key(w, "liveLevel");
    pw_jsonw_z(w, pw_risk_words[pw_cell_i64(rows, row, 3)]);
    pw_jsonw_key(w, "score");
    pw_jsonw_milli(w, pw_cell_i64(rows, row, 4));
    pw_jsonw_key(w, "rules");
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_str(w, rules[i]);
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
    pw_arena_free(arena);
}

static void on_differences(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct request *r = arg;
    if (!ok) {
        pw_reply_err(r->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, r->statement);
    lab_reply_list(r->req, rows, pw_rows_count(rows), PW_STR(""), write_difference);
}

void pw_lab_shadow_differences(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct request *r = PW_NEW(req->arena, struct request);
    *r = (struct request){.lab = lab, .req = req};
    if (!lab_parse_hash(pw_request_param(req, "sha256"), req->arena, &r->hash)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: shadow differences", PW_DB_READ_ONLY);
    r->statement = pw_tx_add(tx, PW_SQL_LAB_SHADOW_DIFFERS, PW_P_BYTEA(r->hash), PW_P_I32(DIFFERENCES));
    pw_tx_commit(tx, on_differences, r);
}

/* ---- POST ---- */

static void on_added(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct request *r = arg;
    char hex[PW_SHA256_TEXT];
    (void)tx;
    if (!ok) {
        pw_reply_err(r->req, err);
        return;
    }
    struct pw_buf json;
    pw_buf_init(&json, 4096);
    pw_buf_printf(&json, "{\"sha256\":\"%s\",\"status\":\"shadow\"}", pw_hex(r->hash.data, r->hash.len, hex));
    pw_reply_json(r->req, 201, &json);
    pw_buf_release(&json);
}

static void on_looked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct request *r = arg;
    if (!ok) {
        pw_reply_err(r->req, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, r->sets)) >= LAB_SHADOWS) {
        pw_tx_abort(tx);
        lab_reply(r->req, PW_ERR_CONFLICT, "Er lopen al vier schaduwsets; beeindig er eerst een.",
            "Four shadow sets run already; end one first.");
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, r->statement)) == 0) {
        struct pw_faults faults;
        pw_tx_abort(tx);
        pw_faults_init(&faults, r->req->arena);
        (void)pw_fault_pointer(&faults, PW_STR("/sha256"), PW_FAULT_REFERENCE,
            "Deze regelset is niet bewaard", "This rule set is not kept");
        pw_reply_faults(r->req, &faults);
        return;
    }
    pw_tx_add(tx, PW_SQL_LAB_SHADOW_ADD, PW_P_BYTEA(r->hash), PW_P_UUID(&pw_caller_of(r->req)->id));
    lab_audit(tx, r->lab, r->req, "shadow-started", "ruleset", &(struct pw_uuid){{0}}, PW_STR(""));
    pw_tx_commit(tx, on_added, r);
}

void pw_lab_post_shadow(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"sha256", NULL};
    struct pw_lab *lab = stage;
    struct request *r = PW_NEW(req->arena, struct request);
    const struct pw_json *body;
    struct pw_faults faults;
    bool ok;
    if (!pw_body_object(req, &faults, &body))
        return;
    *r = (struct request){.lab = lab, .req = req};
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= lab_member_hash(body, "sha256", true, req->arena, &r->hash, &faults);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: start a shadow", 0);
    r->sets = pw_tx_add_plain(tx, PW_SQL_LAB_SHADOW_SETS);
    r->statement = pw_tx_add(tx, PW_SQL_LAB_RULESET_BUNDLE, PW_P_BYTEA(r->hash));
    pw_tx_send(tx, on_looked, r);
}

/* ---- DELETE ---- */

static void on_ended(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct request *r = arg;
    if (!ok)
        pw_reply_err(r->req, err);
    else if (pw_rows_affected(pw_tx_rows(tx, r->statement)) == 0)
        pw_reply_code(r->req, PW_ERR_NOT_FOUND);
    else
        pw_reply_empty(r->req, 204);
}

void pw_lab_end_shadow(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct request *r = PW_NEW(req->arena, struct request);
    *r = (struct request){.lab = lab, .req = req};
    if (!lab_parse_hash(pw_request_param(req, "sha256"), req->arena, &r->hash)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: end a shadow", 0);
    r->statement = pw_tx_add(tx, PW_SQL_LAB_SHADOW_END, PW_P_BYTEA(r->hash));
    lab_audit(tx, lab, req, "shadow-ended", "ruleset", &(struct pw_uuid){{0}}, PW_STR(""));
    pw_tx_commit(tx, on_ended, r);
}
