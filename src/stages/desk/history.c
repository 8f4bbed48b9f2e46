/* What lies behind an alert, to be read: its history, and the dossier of its premises. */
#include <string.h>

#include "desk_int.h"

#define DOSSIER_MAX 500 /* facts of one answer, so that a party keeps its letter within it */

struct history {
    struct pw_desk *desk;
    struct pw_request *req;
    size_t limit;
    size_t statement;
};

static struct pw_str text(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_text(rows, row, pw_rows_column(rows, column));
}

/* ---- GET /v1/alerts/{id}/entries ---- */

static void write_entry(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_str by = text(rows, row, "name");

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    pw_jsonw_key(w, "at");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "at")));
    pw_jsonw_key(w, "kind");
    pw_jsonw_str(w, text(rows, row, "kind"));
    pw_jsonw_key(w, "by");
    if (by.len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, by);
    pw_jsonw_key(w, "body");
    pw_jsonw_raw(w, text(rows, row, "body"));
    pw_jsonw_end_object(w);
}

static void on_entries(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct history *history = arg;
    const struct pw_rows *rows;
    struct pw_str cursor = PW_STR("");
    struct pw_buf json;
    struct pw_jsonw w;
    size_t count;
    char out[PW_UUID_TEXT];

    if (!ok) {
        pw_reply_err(history->req, err);
        return;
    }
    rows = pw_tx_rows(tx, history->statement);
    count = pw_rows_count(rows);
    if (count > history->limit) {
        struct pw_uuid last;

        count = history->limit;
        last = pw_cell_uuid(rows, count - 1, pw_rows_column(rows, "id"));
        cursor = pw_list_cursor(history->req->arena, pw_str_z(pw_uuid_format(&last, out)));
    }
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < count; i++)
        write_entry(rows, i, &w);
    pw_jsonw_end_array(&w);
    pw_list_links(history->req, cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(history->req, 200, &json);
    pw_buf_release(&json);
}

void pw_desk_list_entries(struct pw_request *req, void *stage)
{
    static const char *const keys[] = {"cursor", "limit", NULL};
    struct pw_desk *desk = stage;
    struct history *history = PW_NEW(req->arena, struct history);
    struct pw_uuid id, before = {0};
    struct pw_str cursor;
    struct pw_faults faults;
    struct pw_tx *tx;

    if (!desk_id(req, &id))
        return;
    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    *history = (struct history){.desk = desk, .req = req, .limit = pw_query_limit(req, &faults)};
    cursor = pw_query_cursor(req, &faults);
    if (cursor.len > 0 && !pw_uuid_parse(cursor, &before))
        (void)pw_fault_pointer(&faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    tx = pw_db_begin(desk->options.db, "desk: history", PW_DB_READ_ONLY);
    history->statement = pw_tx_add(tx, PW_SQL_DESK_ENTRY_LIST, DESK_REGION(pw_caller_of(req)), PW_P_UUID(&id),
        PW_P_UUID_OPT(&before), PW_P_I32(history->limit + 1));
    pw_tx_commit(tx, on_entries, history);
}

/* ---- GET /v1/premises/{id}/dossier ---- */

/* The fields of a fact, up to those that rules read; nothing for a kind that is declared no more. */
static void write_fields(const struct history *history, const struct pw_rows *rows, size_t row,
    struct pw_parties *parties, struct pw_jsonw *w)
{
    const struct pw_kind *kind = pw_facts_kind(history->desk->options.model, text(rows, row, "kind"));
    struct pw_str payload = pw_cell_bytea(rows, row, pw_rows_column(rows, "payload"));
    pw_day day = pw_cell_date(rows, row, pw_rows_column(rows, "occurred_on"));
    const uint64_t *record;
    struct pw_err err;

    pw_jsonw_key(w, "title");
    pw_jsonw_str(w,
        kind == NULL ? text(rows, row, "kind") : pw_text_in(&kind->title, history->req->lang == PW_LANG_NL));
    pw_jsonw_key(w, "fields");
    pw_jsonw_object(w);
    if (kind != NULL && pw_facts_decode(kind, payload, day, history->req->arena, parties, &record, &err))
        pw_facts_write_fields(kind, record, PW_RESTRICTED, parties, w);
    pw_jsonw_end_object(w);
}

static void write_fact(const struct history *history, const struct pw_rows *rows, size_t row,
    struct pw_parties *parties, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_uuid tenancy = pw_cell_uuid(rows, row, pw_rows_column(rows, "tenancy"));

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    pw_jsonw_key(w, "kind");
    pw_jsonw_str(w, text(rows, row, "kind"));
    pw_jsonw_key(w, "status");
    pw_jsonw_str(w, text(rows, row, "status"));
    pw_jsonw_key(w, "sourceClass");
    pw_jsonw_z(w, pw_source_class_words[pw_cell_i64(rows, row, pw_rows_column(rows, "source_class"))]);
    pw_jsonw_key(w, "occurredOn");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "occurred_on")));
    pw_jsonw_key(w, "receivedAt");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "received_at")));
    pw_jsonw_key(w, "tenancyId");
    pw_jsonw_uuid(w, &tenancy);
    write_fields(history, rows, row, parties, w);
    pw_jsonw_end_object(w);
}

static void on_dossier(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct history *history = arg;
    const struct pw_rows *rows;
    struct pw_parties parties;
    struct pw_buf json;
    struct pw_jsonw w;
    size_t count;

    if (!ok) {
        pw_reply_err(history->req, err);
        return;
    }
    rows = pw_tx_rows(tx, history->statement);
    count = pw_rows_count(rows);
    if (count == 0) {
        desk_reply_not_found(history->req);
        return;
    }
    pw_parties_init(&parties, history->req->arena);
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < count && i < DOSSIER_MAX && !pw_cell_is_null(rows, i, 0); i++)
        write_fact(history, rows, i, &parties, &w);
    pw_jsonw_end_array(&w);
    pw_jsonw_key(&w, "more");
    pw_jsonw_bool(&w, count > DOSSIER_MAX);
    pw_list_links(history->req, PW_STR(""), &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(history->req, 200, &json);
    pw_buf_release(&json);
}

void pw_desk_get_dossier(struct pw_request *req, void *stage)
{
    static const char *const keys[] = {NULL};
    struct pw_desk *desk = stage;
    struct history *history = PW_NEW(req->arena, struct history);
    struct pw_uuid id;
    struct pw_str bag_id;
    struct pw_faults faults;
    struct pw_tx *tx;

    if (!desk_premises_name(req, &id, &bag_id))
        return;
    pw_faults_init(&faults, req->arena);
    if (!pw_query_known(req, keys, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    *history = (struct history){.desk = desk, .req = req};
    tx = pw_db_begin(desk->options.db, "desk: dossier", PW_DB_READ_ONLY);
    history->statement = pw_tx_add(tx, PW_SQL_DESK_DOSSIER_READ, DESK_REGION(pw_caller_of(req)),
        PW_P_UUID_OPT(&id), PW_P_TEXT(bag_id), PW_P_I32(DOSSIER_MAX + 1));
    pw_tx_commit(tx, on_dossier, history);
}
