/*
 * A set becomes the live one by two people: one proposes it with a finished trial against the set in
 * force, another approves or refuses. What would raise or take the ground from more alerts at once than
 * the brake allows is held until a case lead releases it. Going back is publishing the former set.
 */
#include "lab_int.h"

/* One request on one proposal. */
struct step {
    struct pw_lab *lab;
    struct pw_request *req;
    struct pw_uuid id;
    struct pw_str sha256, reason;
    struct pw_uuid backtest;
    bool approve;
    struct pw_str note;
    size_t locked, got;
    struct pw_tx *tx;
    struct lab_page page;
    int status;
};

/* ---- one as JSON ---- */

static void write_foreseen(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "onPublishing");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "raised");
    pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, "would_raise")));
    pw_jsonw_key(w, "withdrawn");
    pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, "would_withdraw")));
    pw_jsonw_end_object(w);
}

static void write_ruleset(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    char hex[PW_SHA256_TEXT];
    struct pw_str hash = pw_cell_bytea(rows, row, pw_rows_column(rows, "sha256"));
    pw_jsonw_key(w, "ruleset");
    pw_jsonw_object(w);
    lab_write_name(rows, row, "name", "name", w);
    lab_write_name(rows, row, "version", "version", w);
    pw_jsonw_key(w, "sha256");
    pw_jsonw_z(w, pw_hex(hash.data, hash.len, hex));
    pw_jsonw_end_object(w);
}

static void write_publication(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_uuid backtest = pw_cell_uuid(rows, row, pw_rows_column(rows, "backtest"));
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    lab_write_name(rows, row, "status", "status", w);
    pw_jsonw_key(w, "live");
    pw_jsonw_bool(w, pw_cell_bool(rows, row, pw_rows_column(rows, "live")));
    write_ruleset(rows, row, w);
    pw_jsonw_key(w, "backtestId");
    pw_jsonw_uuid(w, &backtest);
    lab_write_name(rows, row, "reason", "reason", w);
    write_foreseen(rows, row, w);
    lab_write_name(rows, row, "proposedBy", "proposed_by", w);
    lab_write_time(rows, row, "proposedAt", "proposed_at", w);
    lab_write_name(rows, row, "decidedBy", "decided_by", w);
    lab_write_time(rows, row, "decidedAt", "decided_at", w);
    lab_write_name(rows, row, "note", "note", w);
    lab_write_name(rows, row, "releasedBy", "released_by", w);
    lab_write_time(rows, row, "releasedAt", "released_at", w);
    lab_write_time(rows, row, "publishedAt", "published_at", w);
    pw_jsonw_end_object(w);
}

static void on_got(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct step *step = arg;
    struct pw_buf json;
    struct pw_jsonw w;
    char text[PW_UUID_TEXT];
    if (!ok) {
        pw_reply_err(step->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, step->got);
    if (pw_rows_count(rows) == 0) {
        pw_reply_code(step->req, PW_ERR_NOT_FOUND);
        return;
    }
    pw_buf_init(&json, 65536);
    pw_jsonw_init(&w, &json);
    write_publication(rows, 0, &w);
    if (step->status == 201)
        pw_reply_header(step->req, "Location",
            pw_str_printf(step->req->arena, "/v1/ruleset-publications/%s", pw_uuid_format(&step->id, text)));
    pw_reply_json(step->req, step->status, &json);
    pw_buf_release(&json);
}

/* ---- GET ---- */

void pw_lab_get_publication(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct step *step = PW_NEW(req->arena, struct step);
    *step = (struct step){.lab = lab, .req = req, .status = 200};
    if (!lab_id(req, &step->id))
        return;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: publication", PW_DB_READ_ONLY);
    step->got = pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_GET, PW_P_UUID(&step->id));
    pw_tx_commit(tx, on_got, step);
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct step *step = arg;
    size_t count;
    if (!ok) {
        pw_reply_err(step->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, step->got);
    struct pw_str cursor =
        lab_cursor(step->req->arena, &step->page, rows, &count, "proposed_at", lab_row_uuid);
    lab_reply_list(step->req, rows, count, cursor, write_publication);
}

void pw_lab_list_publications(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct step *step = PW_NEW(req->arena, struct step);
    *step = (struct step){.lab = lab, .req = req};
    if (!lab_page(req, &step->page))
        return;
    if (step->page.before_id.len > 0 && !pw_uuid_parse(step->page.before_id, &step->id))
        step->page.before = PW_TIME_NONE;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: publications", PW_DB_READ_ONLY);
    step->got = pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_LIST, PW_P_TIME(step->page.before), PW_P_UUID(&step->id),
        PW_P_I32(step->page.limit + 1));
    pw_tx_commit(tx, on_listed, step);
}

/* ---- proposing ---- */

static bool flag(const struct pw_rows *rows, const char *column)
{
    return pw_cell_bool(rows, 0, pw_rows_column(rows, column));
}

static void refuse(struct step *step, enum pw_err_code code, const char *nl, const char *en)
{
    pw_tx_abort(step->tx);
    lab_reply(step->req, code, nl, en);
}

static void refuse_member(struct step *step, const char *pointer, const char *nl, const char *en)
{
    struct pw_faults faults;
    pw_faults_init(&faults, step->req->arena);
    (void)pw_fault_pointer(&faults, pw_str_z(pointer), PW_FAULT_REFERENCE, nl, en);
    pw_tx_abort(step->tx);
    pw_reply_faults(step->req, &faults);
}

/* What a proposal needs; false: answered. */
static bool check_proposal(struct step *step, const struct pw_rows *rows)
{
    if (!flag(rows, "kept"))
        refuse_member(step, "/sha256", "Deze regelset is niet bewaard", "This rule set is not kept");
    else if (!flag(rows, "tried"))
        refuse_member(step, "/backtestId", "Deze proef is er niet", "There is no such backtest");
    else if (!flag(rows, "same_candidate"))
        refuse_member(step, "/backtestId", "Deze proef ging over een andere regelset",
            "This backtest was about another rule set");
    else if (flag(rows, "live"))
        refuse(
            step, PW_ERR_CONFLICT, "Deze regelset is al van kracht.", "This rule set is in force already.");
    else if (!flag(rows, "done"))
        refuse(step, PW_ERR_CONFLICT, "De proef is nog niet klaar.", "The backtest has not finished yet.");
    else if (!flag(rows, "same_baseline"))
        refuse(step, PW_ERR_CONFLICT,
            "Sinds de proef is een andere regelset van kracht; doe de proef opnieuw.",
            "Another rule set has come into force since the backtest; run it again.");
    else
        return true;
    return false;
}

static void on_checked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct step *step = arg;
    if (!ok) {
        pw_reply_err(step->req, err);
        return;
    }
    step->tx = tx;
    if (!check_proposal(step, pw_tx_rows(tx, step->locked)))
        return;
    pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_ADD, PW_P_UUID(&step->id), PW_P_BYTEA(step->sha256),
        PW_P_UUID(&step->backtest), PW_P_TEXT(step->reason), PW_P_UUID(&pw_caller_of(step->req)->id),
        PW_P_TEXT(PW_STR("proposed")));
    lab_audit(tx, step->lab, step->req, "publication-proposed", "publication", &step->id, PW_STR(""));
    step->got = pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_GET, PW_P_UUID(&step->id));
    pw_tx_commit(tx, on_got, step);
}

static bool member_uuid(
    const struct pw_json *body, const char *name, struct pw_uuid *ret, struct pw_faults *faults)
{
    struct pw_str text;
    if (!pw_json_member_str(body, NULL, name, true, 1, 40, &text, faults))
        return false;
    return pw_uuid_parse(text, ret) || pw_fault_member(faults, NULL, name, PW_FAULT_PATTERN, NULL, NULL);
}

void pw_lab_post_publication(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"sha256", "backtestId", "reason", NULL};
    struct pw_lab *lab = stage;
    struct step *step = PW_NEW(req->arena, struct step);
    const struct pw_json *body;
    struct pw_faults faults;
    bool ok;
    if (!pw_body_object(req, &faults, &body))
        return;
    *step = (struct step){.lab = lab, .req = req, .status = 201, .id = pw_uuid_v7(lab_now(lab))};
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= lab_member_hash(body, "sha256", true, req->arena, &step->sha256, &faults);
    ok &= member_uuid(body, "backtestId", &step->backtest, &faults);
    ok &= pw_json_member_str(body, NULL, "reason", true, 10, 4000, &step->reason, &faults);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: propose", 0);
    step->locked =
        pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_CHECK, PW_P_BYTEA(step->sha256), PW_P_UUID(&step->backtest));
    pw_tx_send(tx, on_checked, step);
}

/* ---- deciding ---- */

static void publish(struct step *step, struct pw_tx *tx)
{
    pw_tx_add(tx, PW_SQL_LAB_PUBLISH, PW_P_UUID(&step->id), PW_P_BYTEA(step->sha256));
    pw_tx_add(tx, PW_SQL_RULESETS_ALL_DUE, PW_P_DATE(lab_today(step->lab)), PW_P_TEXT(PW_STR("rule-set")));
    lab_audit(tx, step->lab, step->req, "ruleset-published", "publication", &step->id, PW_STR(""));
}

static void decide(struct step *step, struct pw_tx *tx, const struct pw_rows *rows)
{
    int64_t touched = pw_cell_i64(rows, 0, pw_rows_column(rows, "would_raise")) +
                      pw_cell_i64(rows, 0, pw_rows_column(rows, "would_withdraw"));
    bool held = step->approve && touched > step->lab->options.flood;
    const char *status = !step->approve ? "refused" : held ? "held" : "published";
    pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_DECIDE, PW_P_UUID(&step->id), PW_P_TEXT_Z(status),
        PW_P_UUID(&pw_caller_of(step->req)->id), PW_P_TEXT(step->note));
    lab_audit(tx, step->lab, step->req, step->approve ? "publication-approved" : "publication-refused",
        "publication", &step->id, PW_STR(""));
    if (step->approve && !held)
        publish(step, tx);
    step->got = pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_GET, PW_P_UUID(&step->id));
    pw_tx_commit(tx, on_got, step);
}

/* The proposal, locked, in the state the step needs; false: answered. */
static bool is_in(struct step *step, struct pw_tx *tx, bool ok, const struct pw_err *err, const char *status)
{
    if (!ok) {
        pw_reply_err(step->req, err);
        return false;
    }
    step->tx = tx;
    const struct pw_rows *rows = pw_tx_rows(tx, step->locked);
    if (pw_rows_count(rows) == 0) {
        pw_tx_abort(tx);
        pw_reply_code(step->req, PW_ERR_NOT_FOUND);
        return false;
    }
    if (!pw_str_is(pw_cell_text(rows, 0, pw_rows_column(rows, "status")), status)) {
        refuse(step, PW_ERR_TRANSITION, "De status van dit voorstel laat deze stap niet toe.",
            "The status of this proposal does not allow this step.");
        return false;
    }
    step->sha256 = pw_str_dup(step->req->arena, pw_cell_bytea(rows, 0, pw_rows_column(rows, "sha256")));
    return true;
}

static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct step *step = arg;
    if (!is_in(step, tx, ok, err, "proposed"))
        return;
    const struct pw_rows *rows = pw_tx_rows(tx, step->locked);
    struct pw_uuid proposer = pw_cell_uuid(rows, 0, pw_rows_column(rows, "proposed_by"));
    if (pw_uuid_eq(&proposer, &pw_caller_of(step->req)->id))
        refuse(step, PW_ERR_FORBIDDEN, "Wie voorstelt kan niet zelf goedkeuren.",
            "Who proposes cannot approve it too.");
    else if (step->approve && !flag(rows, "same_baseline"))
        refuse(step, PW_ERR_CONFLICT, "Sinds de proef is een andere regelset van kracht; stel opnieuw voor.",
            "Another rule set has come into force since the backtest; propose again.");
    else
        decide(step, tx, rows);
}

static bool read_note(struct pw_request *req, bool with_approve, struct step *step)
{
    static const char *const approval[] = {"approve", "note", NULL}, *const release[] = {"note", NULL};
    const struct pw_json *body, *approve;
    struct pw_faults faults;
    bool ok;
    if (req->body.len == 0 && !with_approve)
        req->body = PW_STR("{}");
    if (!pw_body_object(req, &faults, &body))
        return false;
    ok = pw_json_known(body, NULL, with_approve ? approval : release, &faults);
    ok &= pw_json_member_str(body, NULL, "note", false, 0, 4000, &step->note, &faults);
    approve = pw_json_get(body, "approve");
    if (with_approve && !pw_json_is_bool(approve))
        ok = pw_fault_member(
            &faults, NULL, "approve", approve == NULL ? PW_FAULT_REQUIRED : PW_FAULT_TYPE, NULL, NULL);
    else if (with_approve)
        step->approve = pw_json_bool(approve);
    if (!ok)
        pw_reply_faults(req, &faults);
    return ok;
}

static void on_held(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct step *step = arg;
    if (!is_in(step, tx, ok, err, "held"))
        return;
    if (!flag(pw_tx_rows(tx, step->locked), "same_baseline")) {
        refuse(step, PW_ERR_CONFLICT, "Sinds de proef is een andere regelset van kracht; stel opnieuw voor.",
            "Another rule set has come into force since the backtest; propose again.");
        return;
    }
    pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_RELEASE, PW_P_UUID(&step->id), PW_P_UUID(&pw_caller_of(step->req)->id));
    lab_audit(tx, step->lab, step->req, "publication-released", "publication", &step->id, PW_STR(""));
    publish(step, tx);
    step->got = pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_GET, PW_P_UUID(&step->id));
    pw_tx_commit(tx, on_got, step);
}

static void lock(struct pw_request *req, void *stage, bool with_approve, pw_tx_fn on_step)
{
    struct pw_lab *lab = stage;
    struct step *step = PW_NEW(req->arena, struct step);
    *step = (struct step){.lab = lab, .req = req, .status = 201};
    if (!lab_id(req, &step->id) || !read_note(req, with_approve, step))
        return;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: decide on a proposal", 0);
    step->locked = pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_LOCK, PW_P_UUID(&step->id));
    pw_tx_send(tx, on_step, step);
}

void pw_lab_approve_publication(struct pw_request *req, void *stage)
{
    lock(req, stage, true, on_locked);
}

void pw_lab_release_publication(struct pw_request *req, void *stage)
{
    lock(req, stage, false, on_held);
}
