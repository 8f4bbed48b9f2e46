/* GET and POST /v1/backtests: asking for a trial, and reading how far it is and what it found. */
#include "lab_int.h"

struct one {
    struct pw_lab *lab;
    struct pw_request *req;
    struct pw_uuid id;
    size_t added, got;
    struct lab_page page;
    int status;
};

/* ---- one as JSON ---- */

static void write_day(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w)
{
    pw_jsonw_key(w, member);
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, column)));
}

static void write_progress(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "progress");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "done");
    pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, "done")));
    pw_jsonw_key(w, "total");
    pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, "total")));
    pw_jsonw_end_object(w);
}

static void write_links(const struct pw_uuid *id, struct pw_jsonw *w)
{
    char text[PW_UUID_TEXT];
    struct pw_arena *arena = pw_arena_new();
    pw_jsonw_key(w, "_links");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "self");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "href");
    pw_jsonw_str(w, pw_str_printf(arena, "/v1/backtests/%s", pw_uuid_format(id, text)));
    pw_jsonw_end_object(w);
    pw_jsonw_end_object(w);
    pw_arena_free(arena);
}

/* Lists leave the result out: their statement gives none. */
static void write_backtest(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_str result = pw_cell_text(rows, row, pw_rows_column(rows, "result"));
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    lab_write_name(rows, row, "status", "status", w);
    lab_write_set(rows, row, "candidate", "candidate", w);
    lab_write_set(rows, row, "baseline", "baseline", w);
    lab_write_name(rows, row, "history", "history", w);
    write_day(rows, row, "since", "since", w);
    write_day(rows, row, "until", "until", w);
    lab_write_name(rows, row, "requestedBy", "requested_by", w);
    lab_write_time(rows, row, "requestedAt", "requested_at", w);
    lab_write_time(rows, row, "finishedAt", "finished_at", w);
    write_progress(rows, row, w);
    if (result.len > 0) {
        pw_jsonw_key(w, "result");
        pw_jsonw_raw(w, result);
    }
    write_links(&id, w);
    pw_jsonw_end_object(w);
}

static void reply_one(struct one *one, const struct pw_rows *rows)
{
    struct pw_buf json;
    struct pw_jsonw w;
    char text[PW_UUID_TEXT];
    pw_buf_init(&json, LAB_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    write_backtest(rows, 0, &w);
    if (one->status == 201)
        pw_reply_header(one->req, "Location",
            pw_str_printf(one->req->arena, "/v1/backtests/%s", pw_uuid_format(&one->id, text)));
    pw_reply_json(one->req, one->status, &json);
    pw_buf_release(&json);
}

/* ---- GET ---- */

static void on_got(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct one *one = arg;
    if (!ok)
        pw_reply_err(one->req, err);
    else if (pw_rows_count(pw_tx_rows(tx, one->got)) == 0)
        pw_reply_code(one->req, PW_ERR_NOT_FOUND);
    else
        reply_one(one, pw_tx_rows(tx, one->got));
}

void pw_lab_get_backtest(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct one *one = PW_NEW(req->arena, struct one);
    *one = (struct one){.lab = lab, .req = req, .status = 200};
    if (!lab_id(req, &one->id))
        return;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: backtest", PW_DB_READ_ONLY);
    one->got = pw_tx_add(tx, PW_SQL_LAB_BACKTEST_GET, PW_P_UUID(&one->id));
    pw_tx_commit(tx, on_got, one);
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct one *one = arg;
    size_t count;
    if (!ok) {
        pw_reply_err(one->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, one->got);
    struct pw_str cursor =
        lab_cursor(one->req->arena, &one->page, rows, &count, "requested_at", lab_row_uuid);
    lab_reply_list(one->req, rows, count, cursor, write_backtest);
}

void pw_lab_list_backtests(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct one *one = PW_NEW(req->arena, struct one);
    *one = (struct one){.lab = lab, .req = req};
    if (!lab_page(req, &one->page))
        return;
    if (one->page.before_id.len > 0 && !pw_uuid_parse(one->page.before_id, &one->id))
        one->page.before = PW_TIME_NONE;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: backtests", PW_DB_READ_ONLY);
    one->got = pw_tx_add(tx, PW_SQL_LAB_BACKTEST_LIST, PW_P_TIME(one->page.before), PW_P_UUID(&one->id),
        PW_P_I32(one->page.limit + 1));
    pw_tx_commit(tx, on_listed, one);
}

/* ---- POST ---- */

static void on_added(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct one *one = arg;
    if (ok && pw_rows_affected(pw_tx_rows(tx, one->added)) == 0) {
        struct pw_faults faults;
        pw_faults_init(&faults, one->req->arena);
        (void)pw_fault_pointer(&faults, PW_STR("/candidate"), PW_FAULT_REFERENCE,
            "Deze regelset (of de vergeleken set) is niet bewaard; GET /v1/rulesets toont ze",
            "This rule set (or the one compared with) is not kept; GET /v1/rulesets lists them");
        pw_reply_faults(one->req, &faults);
        return;
    }
    on_got(arg, tx, ok, err);
}

/* What a trial is asked to do. */
struct order {
    struct pw_str candidate, baseline; /* hashes; baseline NULL data: the live set */
    int history;
    pw_day since, until;
};

static bool read_order(struct pw_request *req, const struct pw_lab *lab, struct order *ret)
{
    static const char *const members[] = {"candidate", "baseline", "history", "since", "until", NULL};
    const struct pw_json *body;
    struct pw_faults faults;
    bool ok;
    if (!pw_body_object(req, &faults, &body))
        return false;
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= lab_member_hash(body, "candidate", true, req->arena, &ret->candidate, &faults);
    ok &= lab_member_hash(body, "baseline", false, req->arena, &ret->baseline, &faults);
    ok &= pw_body_word(body, NULL, "history", false, pw_history_words, &ret->history, &faults);
    ok &= lab_member_day(body, "since", &ret->since, &faults);
    ok &= lab_member_day(body, "until", &ret->until, &faults);
    if (ok && ret->until == PW_DAY_NONE)
        ret->until = lab_today(lab);
    if (ok && ret->until > lab_today(lab))
        ok = pw_fault_member(&faults, NULL, "until", PW_FAULT_FUTURE_DATE, NULL, NULL);
    if (ok && ret->since != PW_DAY_NONE && ret->since > ret->until)
        ok = pw_fault_member(&faults, NULL, "since", PW_FAULT_DATE_ORDER, NULL, NULL);
    if (!ok)
        pw_reply_faults(req, &faults);
    return ok;
}

void pw_lab_post_backtest(struct pw_request *req, void *stage)
{
    struct pw_lab *lab = stage;
    struct order order = {.since = PW_DAY_NONE, .until = PW_DAY_NONE};
    struct one *one = PW_NEW(req->arena, struct one);
    if (!read_order(req, lab, &order))
        return;
    *one = (struct one){.lab = lab, .req = req, .status = 201, .id = pw_uuid_v7(lab_now(lab))};
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: ask for a backtest", 0);
    one->added = pw_tx_add(tx, PW_SQL_LAB_BACKTEST_ADD, PW_P_UUID(&one->id), PW_P_BYTEA(order.candidate),
        PW_P_BYTEA(order.baseline),
        PW_P_TEXT_Z(pw_history_words[order.history < 0 ? PW_HISTORY_HAPPENED : order.history]),
        PW_P_DATE(order.since), PW_P_DATE(order.until), PW_P_UUID(&pw_caller_of(req)->id));
    one->got = pw_tx_add(tx, PW_SQL_LAB_BACKTEST_GET, PW_P_UUID(&one->id));
    lab_audit(tx, lab, req, "backtest-asked", "backtest", &one->id, PW_STR(""));
    pw_tx_commit(tx, on_added, one);
}
