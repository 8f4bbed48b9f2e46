/* Notices of acute danger: the list, and saying who takes one up. They never change a score. */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

struct dangers {
    struct pw_request *req;
    size_t limit, statement;
};

static void write_second(struct pw_jsonw *w, const char *name, pw_usec at)
{
    pw_jsonw_key(w, name);
    pw_jsonw_instant(w, at == PW_TIME_NONE ? at : at / PW_USEC_PER_SEC * PW_USEC_PER_SEC);
}

static void write_word(struct pw_jsonw *w, const char *name, struct pw_str word)
{
    pw_jsonw_key(w, name);
    if (word.len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, word);
}

static void write_danger(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_uuid premises = pw_cell_uuid(rows, row, pw_rows_column(rows, "premises"));

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    desk_write_premises(rows, row, &premises, w);
    write_word(w, "dangerKind", pw_cell_text(rows, row, pw_rows_column(rows, "danger_kind")));
    write_word(w, "category", pw_cell_text(rows, row, pw_rows_column(rows, "category")));
    write_word(w, "rule", pw_cell_text(rows, row, pw_rows_column(rows, "rule")));
    pw_jsonw_key(w, "verified");
    pw_jsonw_bool(w, pw_cell_bool(rows, row, pw_rows_column(rows, "verified")));
    write_second(w, "reportedAt", pw_cell_time(rows, row, pw_rows_column(rows, "reported_at")));
    write_second(w, "acknowledgeBy", pw_cell_time(rows, row, pw_rows_column(rows, "acknowledge_by")));
    write_second(w, "acknowledgedAt", pw_cell_time(rows, row, pw_rows_column(rows, "acknowledged_at")));
    write_word(w, "acknowledgedBy", pw_cell_text(rows, row, pw_rows_column(rows, "acknowledged_by")));
    desk_write_self("/v1/danger-notices/", &id, w);
    pw_jsonw_end_object(w);
}

static struct pw_str cursor_after(struct pw_arena *arena, const struct pw_rows *rows, size_t row)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    char out[PW_UUID_TEXT];

    return pw_list_cursor(arena, pw_str_printf(arena, "%lld %s",
                                     (long long)pw_cell_time(rows, row, pw_rows_column(rows, "reported_at")),
                                     pw_uuid_format(&id, out)));
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct dangers *list = arg;
    const struct pw_rows *rows;
    struct pw_str cursor = PW_STR("");
    struct pw_buf json;
    struct pw_jsonw w;
    size_t count;

    if (!ok) {
        pw_reply_err(list->req, err);
        return;
    }
    rows = pw_tx_rows(tx, list->statement);
    count = pw_rows_count(rows);
    if (count > list->limit) {
        count = list->limit;
        cursor = cursor_after(list->req->arena, rows, count - 1);
    }
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < count; i++)
        write_danger(rows, i, &w);
    pw_jsonw_end_array(&w);
    pw_list_links(list->req, cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(list->req, 200, &json);
    pw_buf_release(&json);
}

static bool read_open(const struct pw_request *req, struct pw_faults *faults)
{
    struct pw_str status;

    if (!pw_request_query(req, "status", &status))
        return false;
    if (!pw_str_is(status, "open"))
        (void)pw_fault_pointer(faults, PW_STR("/status"), PW_FAULT_ENUM, NULL, NULL);
    return true;
}

void pw_desk_list_dangers(struct pw_request *req, void *stage)
{
    static const char *const keys[] = {"status", "cursor", "limit", NULL};
    struct pw_desk *desk = stage;
    struct dangers *list = PW_NEW(req->arena, struct dangers);
    struct pw_str cursor, at;
    struct pw_uuid id = {0};
    struct pw_faults faults;
    pw_usec before = PW_TIME_NONE;
    bool open_only;
    struct pw_tx *tx;

    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    open_only = read_open(req, &faults);
    list->req = req;
    list->limit = pw_query_limit(req, &faults);
    cursor = pw_query_cursor(req, &faults);
    if (cursor.len > 0 &&
        !(pw_str_cut(cursor, ' ', &at, &cursor) && pw_str_to_i64(at, &before) && pw_uuid_parse(cursor, &id)))
        (void)pw_fault_pointer(&faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    tx = pw_db_begin(desk->options.db, "desk: danger notices", PW_DB_READ_ONLY);
    list->statement = pw_tx_add(tx, PW_SQL_DESK_DANGER_LIST, DESK_REGION(pw_caller_of(req)),
        PW_P_BOOL(open_only), PW_P_TIME(before), PW_P_UUID_OPT(&id), PW_P_I32(list->limit + 1));
    pw_tx_commit(tx, on_listed, list);
}

/* ---- acknowledging ---- */

struct take {
    struct pw_desk *desk;
    struct pw_request *req;
    struct pw_uuid id;
    struct pw_str by;
    pw_usec at;
    size_t statement;
};

static void on_taken(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct take *take = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    (void)tx;
    if (!ok) {
        pw_reply_err(take->req, err);
        return;
    }
    pw_buf_init(&json, 4096);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "id");
    pw_jsonw_uuid(&w, &take->id);
    pw_jsonw_key(&w, "by");
    pw_jsonw_str(&w, take->by);
    write_second(&w, "acknowledgedAt", take->at);
    pw_jsonw_end_object(&w);
    pw_reply_json(take->req, 201, &json);
    pw_buf_release(&json);
}

static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct take *take = arg;
    const struct pw_rows *rows;

    if (!ok) {
        pw_reply_err(take->req, err);
        return;
    }
    rows = pw_tx_rows(tx, take->statement);
    if (pw_rows_count(rows) == 0) {
        pw_tx_abort(tx);
        desk_reply_not_found(take->req);
        return;
    }
    if (pw_cell_bool(rows, 0, pw_rows_column(rows, "already"))) {
        pw_tx_abort(tx);
        desk_reply(
            take->req, PW_ERR_TRANSITION, "Iemand heeft dit al opgepakt.", "Somebody took this up already.");
        return;
    }
    take->at = pw_cell_time(rows, 0, pw_rows_column(rows, "at"));
    pw_audit_add(tx, desk_now(take->desk),
        &(struct pw_audit){.actor = pw_caller_actor(pw_caller_of(take->req)),
            .action = "danger-acknowledged",
            .object_kind = "danger-notice",
            .object = take->id,
            .premises = pw_cell_uuid(rows, 0, pw_rows_column(rows, "premises")),
            .detail = take->req->body},
        1);
    pw_tx_commit(tx, on_taken, take);
}

void pw_desk_acknowledge_danger(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"by", NULL};
    struct pw_desk *desk = stage;
    struct take *take = PW_NEW(req->arena, struct take);
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_tx *tx;
    bool ok;

    *take = (struct take){.desk = desk, .req = req};
    if (!desk_id(req, &take->id) || !desk_body(req, false, &faults, &body))
        return;
    ok = pw_json_known(body, NULL, members, &faults);
    ok &= pw_json_member_str(body, NULL, "by", true, 1, 200, &take->by, &faults);
    if (!ok) {
        pw_reply_faults(req, &faults);
        return;
    }
    tx = pw_db_begin(desk->options.db, "desk: acknowledge danger", 0);
    take->statement = pw_tx_add(tx, PW_SQL_DESK_DANGER_ACKNOWLEDGE, DESK_REGION(pw_caller_of(req)),
        PW_P_UUID(&take->id), PW_P_TEXT(take->by));
    pw_tx_send(tx, on_locked, take);
}
