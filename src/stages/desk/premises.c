/* Premises as the desk reads them: one, a search, every assessment; now, or as they were known. */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

static struct pw_str text(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_text(rows, row, pw_rows_column(rows, column));
}

static void write_or_null(struct pw_jsonw *w, const char *name, struct pw_str value)
{
    pw_jsonw_key(w, name);
    if (value.len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, value);
}

bool desk_premises_name(struct pw_request *req, struct pw_uuid *ret_id, struct pw_str *ret_bag_id)
{
    struct pw_str name = pw_request_param(req, "id");

    memset(ret_id, 0, sizeof *ret_id);
    *ret_bag_id = (struct pw_str){NULL, 0};
    if (pw_uuid_parse(name, ret_id))
        return true;
    if (pw_premises_bag_id_valid(name)) {
        *ret_bag_id = name;
        return true;
    }
    desk_reply_not_found(req);
    return false;
}

/* ---- one premises ---- */

static bool write_attributes(struct pw_desk *desk, struct pw_arena *arena, const struct pw_rows *rows,
    struct pw_jsonw *w, struct pw_err *err)
{
    struct pw_str stored = pw_cell_bytea(rows, 0, pw_rows_column(rows, "attributes"));
    const struct pw_kind *kind = desk->options.model->premises;
    struct pw_parties parties;
    const uint64_t *record;

    if (stored.len == 0)
        return true;
    pw_parties_init(&parties, arena);
    if (!pw_facts_decode(kind, stored, 0, arena, &parties, &record, err))
        return false;
    pw_facts_write_fields(kind, record, PW_RESTRICTED, &parties, w);
    pw_jsonw_key(w, "asOf");
    pw_jsonw_day(w, pw_cell_date(rows, 0, pw_rows_column(rows, "as_of")));
    pw_jsonw_key(w, "ground");
    pw_jsonw_str(w, text(rows, 0, "ground"));
    return true;
}

static void write_place(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_address address = desk_address(rows, row);

    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    write_or_null(w, "bagId", text(rows, row, "bag_id"));
    pw_jsonw_key(w, "address");
    pw_premises_write_address(&address, w);
}

static void write_standing(const struct pw_rows *rows, struct pw_jsonw *w)
{
    struct pw_uuid parent = pw_cell_uuid(rows, 0, pw_rows_column(rows, "parent"));
    struct pw_uuid tenancy = pw_cell_uuid(rows, 0, pw_rows_column(rows, "tenancy"));
    struct pw_uuid alert = pw_cell_uuid(rows, 0, pw_rows_column(rows, "open_alert"));

    write_or_null(w, "unit", text(rows, 0, "unit"));
    pw_jsonw_key(w, "parent");
    pw_jsonw_uuid(w, &parent);
    pw_jsonw_key(w, "currentTenancy");
    pw_jsonw_uuid(w, &tenancy);
    pw_jsonw_key(w, "level");
    pw_jsonw_z(w, pw_risk_words[pw_cell_i64(rows, 0, pw_rows_column(rows, "level"))]);
    pw_jsonw_key(w, "score");
    pw_jsonw_milli(w, pw_cell_i64(rows, 0, pw_rows_column(rows, "score")));
    pw_jsonw_key(w, "assessedOn");
    pw_jsonw_day(w, pw_cell_date(rows, 0, pw_rows_column(rows, "assessed_on")));
    pw_jsonw_key(w, "openAlertId");
    pw_jsonw_uuid(w, &alert);
}

void desk_reply_premises(struct pw_desk *desk, struct pw_request *req, int status, const struct pw_rows *rows)
{
    struct pw_uuid id = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    char out[PW_UUID_TEXT];
    struct pw_err err = {0};
    struct pw_buf json;
    struct pw_jsonw w;

    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    write_place(rows, 0, &w);
    if (write_attributes(desk, req->arena, rows, &w, &err)) {
        write_standing(rows, &w);
        desk_write_self("/v1/premises/", &id, &w);
        pw_jsonw_end_object(&w);
        desk_etag(req, 'p', pw_cell_i64(rows, 0, pw_rows_column(rows, "version")));
        if (status == 201)
            pw_reply_header(
                req, "Location", pw_str_printf(req->arena, "/v1/premises/%s", pw_uuid_format(&id, out)));
        pw_reply_json(req, status, &json);
    } else {
        pw_reply_err(req, &err);
    }
    pw_buf_release(&json);
}

struct look {
    struct pw_desk *desk;
    struct pw_request *req;
    size_t statement, limit;
};

static void on_got(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct look *look = arg;

    if (!ok)
        pw_reply_err(look->req, err);
    else if (pw_rows_count(pw_tx_rows(tx, look->statement)) == 0)
        desk_reply_not_found(look->req);
    else
        desk_reply_premises(look->desk, look->req, 200, pw_tx_rows(tx, look->statement));
}

void pw_desk_get_premises(struct pw_request *req, void *stage)
{
    static const char *const keys[] = {"asOf", NULL};
    struct pw_desk *desk = stage;
    struct look *look = PW_NEW(req->arena, struct look);
    struct pw_faults faults;
    struct pw_str bag_id;
    struct pw_uuid id;
    pw_usec as_of;
    struct pw_tx *tx;

    if (!desk_premises_name(req, &id, &bag_id))
        return;
    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    as_of = desk_query_time(req, "asOf", &faults);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    *look = (struct look){.desk = desk, .req = req};
    tx = pw_db_begin(desk->options.db, "desk: premises", PW_DB_READ_ONLY);
    look->statement = pw_tx_add(tx, PW_SQL_DESK_PREMISES_GET, DESK_REGION(pw_caller_of(req)),
        PW_P_UUID_OPT(&id), PW_P_TEXT(bag_id), PW_P_TIME(as_of),
        PW_P_DATE(as_of == PW_TIME_NONE ? desk_today(desk) : pw_day_in_netherlands(as_of)));
    pw_tx_commit(tx, on_got, look);
}

/* ---- POST /v1/premises/_search ---- */

static void on_searched(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct look *look = arg;
    const struct pw_rows *rows;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(look->req, err);
        return;
    }
    rows = pw_tx_rows(tx, look->statement);
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        pw_jsonw_object(&w);
        write_place(rows, i, &w);
        write_or_null(&w, "type", text(rows, i, "type"));
        write_or_null(&w, "unit", text(rows, i, "unit"));
        pw_jsonw_end_object(&w);
    }
    pw_jsonw_end_array(&w);
    pw_jsonw_end_object(&w);
    pw_reply_json(look->req, 200, &json);
    pw_buf_release(&json);
}

void pw_desk_search_premises(struct pw_request *req, void *stage)
{
    struct pw_desk *desk = stage;
    struct look *look = PW_NEW(req->arena, struct look);
    const struct pw_premises_ref none = {0};
    struct pw_premises_ref ref = none;
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_tx *tx;

    if (!desk_body(req, false, &faults, &body))
        return;
    if (!pw_premises_read_ref(req->arena, body, NULL, &ref, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    *look = (struct look){.desk = desk, .req = req};
    tx = pw_db_begin(desk->options.db, "desk: search premises", PW_DB_READ_ONLY);
    look->statement = pw_tx_add(tx, PW_SQL_DESK_PREMISES_SEARCH, DESK_REGION(pw_caller_of(req)),
        ref.by == PW_PREMISES_BY_ID ? PW_P_UUID(&ref.id) : PW_P_NULL,
        ref.by == PW_PREMISES_BY_BAG ? PW_P_TEXT(ref.bag_id) : PW_P_NULL,
        ref.by == PW_PREMISES_BY_ADDRESS ? PW_P_TEXT(ref.address.postcode) : PW_P_NULL,
        ref.by == PW_PREMISES_BY_ADDRESS ? PW_P_I32(ref.address.house_number) : PW_P_NULL,
        ref.by == PW_PREMISES_BY_ADDRESS ? PW_P_TEXT(ref.address.letter) : PW_P_NULL,
        ref.by == PW_PREMISES_BY_ADDRESS ? PW_P_TEXT(ref.address.addition) : PW_P_NULL);
    pw_tx_commit(tx, on_searched, look);
}
