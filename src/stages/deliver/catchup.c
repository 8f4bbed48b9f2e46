/*
 * What a receiver may ask for: the events that were meant for it, in the order of the log, and saying
 * what it did with one. Both are for clients whose OIN is a receiver's.
 */
#include <stdio.h>
#include <string.h>

#include <pandwacht/access.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>

#include "deliver_int.h"

#define LIMIT_DEFAULT 20
#define LIMIT_MAX     100
#define ANSWER_MAX    (8 * 1024 * 1024)
#define ANSWER_SMALL  1024
#define REASON_MAX    1000

struct catchup {
    struct pw_request *req;
    struct pw_position after;
    size_t read;
};

/* ---- the cursor: generation-xact-id ---- */

static bool parse_cursor(struct pw_str text, struct pw_position *ret)
{
    struct pw_str generation, xact, id;
    int64_t number;

    if (!pw_str_cut(text, '-', &generation, &xact) || !pw_str_cut(xact, '-', &xact, &id) ||
        !pw_str_to_i64(generation, &number) || number < 0 || number > INT32_MAX) {
        return false;
    }
    ret->generation = (int32_t)number;
    if (!pw_str_to_i64(xact, &number) || number < 0 || !pw_uuid_parse(id, &ret->fact)) {
        return false;
    }
    ret->xact = (uint64_t)number;
    return true;
}

static struct pw_str format_cursor(struct pw_arena *arena, const struct pw_rows *rows, size_t row)
{
    char text[PW_UUID_TEXT];
    struct pw_uuid id = pw_cell_uuid(rows, row, 3);

    return pw_str_printf(arena, "%lld-%llu-%s", (long long)pw_cell_i64(rows, row, 1),
        (unsigned long long)pw_cell_xid(rows, row, 2), pw_uuid_format(&id, text));
}

static void invalid(struct pw_request *req, const char *name)
{
    bool dutch = req->lang == PW_LANG_NL;
    struct pw_invalid_param param = {.name = pw_str_z(name),
        .code = PW_STR("pattern"),
        .reason = pw_str_z(dutch ? "Zo kan dit gegeven niet luiden." : "This value cannot be read.")};
    struct pw_problem problem = {.code = PW_ERR_INVALID, .invalid = &param, .invalid_count = 1};

    pw_reply_problem(req, &problem);
}

static bool read_query(struct catchup *c, int64_t *ret_limit)
{
    struct pw_request *req = c->req;
    struct pw_str text;

    *ret_limit = LIMIT_DEFAULT;
    for (size_t i = 0; i < pw_request_query_count(req); i++) {
        struct pw_str key = pw_request_query_key(req, i);
        if (!pw_str_is(key, "after") && !pw_str_is(key, "limit")) {
            invalid(req, "");
            return false;
        }
    }
    if (pw_request_query(req, "after", &text) && text.len > 0 && !parse_cursor(text, &c->after)) {
        invalid(req, "after");
        return false;
    }
    if (pw_request_query(req, "limit", &text) &&
        (!pw_str_to_i64(text, ret_limit) || *ret_limit < 1 || *ret_limit > LIMIT_MAX)) {
        invalid(req, "limit");
        return false;
    }
    return true;
}

static void on_events(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct catchup *c = arg;
    struct pw_str next = PW_STR("");
    struct pw_buf buf;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(c->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, c->read);
    pw_buf_init(&buf, ANSWER_MAX);
    pw_jsonw_init(&w, &buf);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        pw_jsonw_raw(&w, pw_cell_text(rows, i, 0));
        next = format_cursor(c->req->arena, rows, i);
    }
    pw_jsonw_end_array(&w);
    if (next.len == 0) {
        (void)pw_request_query(c->req, "after", &next); /* nothing new: go on from there */
    }
    pw_jsonw_key(&w, "next");
    if (next.len > 0) {
        pw_jsonw_str(&w, next);
    } else {
        pw_jsonw_null(&w);
    }
    pw_jsonw_end_object(&w);
    pw_reply_json(c->req, 200, &buf);
    pw_buf_release(&buf);
}

void pw_deliver_list_events(struct pw_request *req, void *stage)
{
    struct pw_deliver *d = stage;
    const struct pw_caller *caller = pw_caller_of(req);
    struct catchup *c = PW_NEW(req->arena, struct catchup);
    int64_t limit;

    c->req = req;
    if (caller == NULL || caller->kind != PW_CALLER_CLIENT) {
        pw_reply_code(req, PW_ERR_FORBIDDEN);
        return;
    }
    if (!read_query(c, &limit)) {
        return;
    }
    struct pw_tx *tx = pw_db_begin(d->options.db, "deliver: events", PW_DB_READ_ONLY);
    c->read = pw_tx_add(tx, PW_SQL_DELIVER_EVENTS_AFTER, PW_P_UUID(&caller->id),
        PW_P_I32(c->after.generation), PW_P_XID(c->after.xact), PW_P_UUID(&c->after.fact), PW_P_I32(limit));
    pw_tx_commit(tx, on_events, c);
}

/* ---- receipts ---- */

static void on_receipt(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct catchup *c = arg;
    struct pw_buf buf;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(c->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, c->read);
    if (pw_rows_count(rows) == 0) {
        pw_reply_code(c->req, PW_ERR_NOT_FOUND);
        return;
    }
    struct pw_uuid event = pw_cell_uuid(rows, 0, 0);
    pw_buf_init(&buf, ANSWER_SMALL);
    pw_jsonw_init(&w, &buf);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "id");
    pw_jsonw_uuid(&w, &event);
    pw_jsonw_key(&w, "receivedAt");
    pw_jsonw_instant(&w, pw_cell_time(rows, 0, 1));
    pw_jsonw_end_object(&w);
    pw_reply_json(c->req, 201, &buf);
    pw_buf_release(&buf);
}

static void reply_faults(struct pw_request *req, const struct pw_faults *faults)
{
    struct pw_invalid_param *params = PW_NEW_ARRAY(req->arena, faults->count + 1, struct pw_invalid_param);
    struct pw_problem problem = {.code = PW_ERR_INVALID, .invalid = params, .invalid_count = faults->count};

    for (size_t i = 0; i < faults->count; i++) {
        const struct pw_fault *f = &faults->items[i];
        params[i] = (struct pw_invalid_param){.name = f->name,
            .code = pw_str_z(pw_fault_word(f->code)),
            .reason = pw_str_z(req->lang == PW_LANG_NL ? f->reason_nl : f->reason_en)};
    }
    pw_reply_problem(req, &problem);
}

static bool read_receipt(struct pw_request *req, struct pw_str *ret_status, struct pw_str *ret_reason)
{
    static const char *const known[] = {"status", "reason", NULL};
    const struct pw_json *json;
    struct pw_faults faults;

    pw_faults_init(&faults, req->arena);
    if (!pw_json_read(req->arena, req->body, NULL, &json, &faults)) {
        reply_faults(req, &faults);
        return false;
    }
    if (!pw_json_is_object(json)) {
        pw_fault(&faults, NULL, PW_FAULT_TYPE, NULL, NULL);
        reply_faults(req, &faults);
        return false;
    }
    bool ok = pw_json_known(json, NULL, known, &faults);
    ok = pw_json_member_str(json, NULL, "status", true, 1, 64, ret_status, &faults) && ok;
    ok = pw_json_member_str(json, NULL, "reason", false, 1, REASON_MAX, ret_reason, &faults) && ok;
    if (ok && !pw_str_is(*ret_status, "processed") && !pw_str_is(*ret_status, "rejected")) {
        ok = pw_fault_member(&faults, NULL, "status", PW_FAULT_ENUM, NULL, NULL);
    }
    if (!ok) {
        reply_faults(req, &faults);
    }
    return ok;
}

void pw_deliver_post_receipt(struct pw_request *req, void *stage)
{
    struct pw_deliver *d = stage;
    const struct pw_caller *caller = pw_caller_of(req);
    struct catchup *c = PW_NEW(req->arena, struct catchup);
    struct pw_str status, reason;
    struct pw_uuid event;

    c->req = req;
    if (caller == NULL || caller->kind != PW_CALLER_CLIENT) {
        pw_reply_code(req, PW_ERR_FORBIDDEN);
        return;
    }
    if (!pw_uuid_parse(pw_request_param(req, "id"), &event)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    if (!read_receipt(req, &status, &reason)) {
        return;
    }
    struct pw_tx *tx = pw_db_begin(d->options.db, "deliver: receipt", 0);
    c->read = pw_tx_add(tx, PW_SQL_DELIVER_RECEIPT_ADD, PW_P_UUID(&caller->id), PW_P_UUID(&event),
        PW_P_TEXT(status), PW_P_TEXT(reason.len > 0 ? reason : ((struct pw_str){NULL, 0})));
    pw_tx_commit(tx, on_receipt, c);
}
