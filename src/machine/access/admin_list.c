/* Lists of the administration: pages by name, each row an object by the table of its columns. */
#include <string.h>

#include "admin_int.h"

#define LIST_BYTES (1u << 20)

static void write_words(struct pw_jsonw *w, const struct pw_rows *rows, size_t row, int column)
{
    struct pw_arena *arena = pw_arena_new();
    size_t count;
    struct pw_str *words = pw_cell_texts(rows, row, column, arena, &count);

    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_str(w, words[i]);
    pw_jsonw_end_array(w);
    pw_arena_free(arena);
}

static void write_ids(struct pw_jsonw *w, const struct pw_rows *rows, size_t row, int column)
{
    struct pw_arena *arena = pw_arena_new();
    size_t count;
    struct pw_uuid *ids = pw_cell_uuids(rows, row, column, arena, &count);

    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_uuid(w, &ids[i]);
    pw_jsonw_end_array(w);
    pw_arena_free(arena);
}

static void write_cell(
    struct pw_jsonw *w, const struct pw_rows *rows, size_t row, int column, enum cell_kind kind)
{
    struct pw_uuid id;

    switch (kind) {
    case CELL_ID:
        id = pw_cell_uuid(rows, row, column);
        pw_jsonw_uuid(w, &id);
        break;
    case CELL_TEXT:
        if (pw_cell_text(rows, row, column).len == 0)
            pw_jsonw_null(w);
        else
            pw_jsonw_str(w, pw_cell_text(rows, row, column));
        break;
    case CELL_WORDS:
        write_words(w, rows, row, column);
        break;
    case CELL_IDS:
        write_ids(w, rows, row, column);
        break;
    case CELL_BOOL:
        pw_jsonw_bool(w, pw_cell_bool(rows, row, column));
        break;
    case CELL_TIME:
        if (pw_cell_is_null(rows, row, column))
            pw_jsonw_null(w);
        else
            pw_jsonw_instant(w, pw_cell_time(rows, row, column));
        break;
    case CELL_JSON:
        pw_jsonw_raw(w, pw_cell_text(rows, row, column));
        break;
    }
}

void admin_write_row(
    struct pw_jsonw *w, const struct pw_rows *rows, size_t row, const struct listing *listing)
{
    pw_jsonw_object(w);
    for (size_t i = 0; i < listing->column_count; i++) {
        const struct column *column = &listing->columns[i];

        pw_jsonw_key(w, column->member);
        write_cell(w, rows, row, pw_rows_column(rows, column->column), column->kind);
    }
    pw_jsonw_end_object(w);
}

/* A list or one of it on its way. */
struct page {
    struct pw_request *req;
    const struct listing *listing;
    size_t statement, limit;
};

static void on_page(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct page *page = arg;
    const struct pw_rows *rows;
    struct pw_str next = PW_STR("");
    struct pw_buf json;
    struct pw_jsonw w;
    size_t count;

    if (!ok) {
        pw_reply_err(page->req, err);
        return;
    }
    rows = pw_tx_rows(tx, page->statement);
    count = pw_rows_count(rows) > page->limit ? page->limit : pw_rows_count(rows);
    if (count < pw_rows_count(rows))
        next = pw_list_cursor(
            page->req->arena, pw_cell_text(rows, count - 1, pw_rows_column(rows, page->listing->key)));
    pw_buf_init(&json, LIST_BYTES);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < count; i++)
        admin_write_row(&w, rows, i, page->listing);
    pw_jsonw_end_array(&w);
    pw_list_links(page->req, next, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(page->req, 200, &json);
    pw_buf_release(&json);
}

static void on_one(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct page *page = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(page->req, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, page->statement)) == 0) {
        pw_reply_code(page->req, PW_ERR_NOT_FOUND);
        return;
    }
    pw_buf_init(&json, LIST_BYTES);
    pw_jsonw_init(&w, &json);
    admin_write_row(&w, pw_tx_rows(tx, page->statement), 0, page->listing);
    pw_reply_json(page->req, 200, &json);
    pw_buf_release(&json);
}

void admin_list(struct pw_access *access, struct pw_request *req, const struct listing *listing)
{
    static const char *const keys[] = {"cursor", "limit", NULL};
    struct page *page = PW_NEW(req->arena, struct page);
    struct pw_faults faults;
    struct pw_str cursor;
    struct pw_tx *tx;

    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    *page = (struct page){.req = req, .listing = listing, .limit = pw_query_limit(req, &faults)};
    cursor = pw_query_cursor(req, &faults);
    if (!pw_utf8_valid(cursor) || memchr(cursor.data, 0, cursor.len) != NULL)
        (void)pw_fault_pointer(&faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    tx = pw_db_begin(access->options.db, listing->label, PW_DB_READ_ONLY);
    page->statement =
        pw_tx_add(tx, listing->statement, PW_P_TEXT(cursor), PW_P_I64(page->limit + 1), PW_P_NULL);
    pw_tx_commit(tx, on_page, page);
}

void admin_get(struct pw_access *access, struct pw_request *req, const struct listing *listing)
{
    struct page *page = PW_NEW(req->arena, struct page);
    struct pw_uuid id;
    struct pw_tx *tx;

    if (!pw_uuid_parse(pw_request_param(req, "id"), &id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    *page = (struct page){.req = req, .listing = listing};
    tx = pw_db_begin(access->options.db, listing->label, PW_DB_READ_ONLY);
    page->statement = pw_tx_add(tx, listing->statement, PW_P_TEXT(PW_STR("")), PW_P_I64(1), PW_P_UUID(&id));
    pw_tx_commit(tx, on_one, page);
}
