/* Requests as they are read, and their way: an answer to each item, then a second person. */
#include <string.h>

#include "privacy_int.h"

static const char *const answer_words[] = {"release", "withhold", "correct", "erase", "keep", NULL};
static const char *const ground_words[] = {"gdpr-23", "uavg-41", "third-party", "retention-duty", NULL};
enum answer { ANSWER_RELEASE, ANSWER_WITHHOLD };

static struct pw_str text(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_text(rows, row, pw_rows_column(rows, column));
}

static void write_text(
    struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row, const char *column)
{
    pw_jsonw_key(w, name);
    pw_jsonw_str(w, text(rows, row, column));
}

static void write_optional(struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row)
{
    struct pw_str value = text(rows, row, name);

    pw_jsonw_key(w, name);
    if (value.len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, value);
}

static void write_day(
    struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row, const char *column)
{
    pw_jsonw_key(w, name);
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, column)));
}

static void write_id(
    struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row, const char *column)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, column));

    pw_jsonw_key(w, name);
    pw_jsonw_uuid(w, &id);
}

/* What list and detail have alike. */
static void write_head(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    write_id(w, "id", rows, row, "id");
    write_text(w, "right", rows, row, "asks");
    write_text(w, "status", rows, row, "status");
    write_day(w, "receivedOn", rows, row, "received_on");
    write_day(w, "dueOn", rows, row, "due_on");
}

static void write_item(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    write_id(w, "factId", rows, row, "fact");
    write_text(w, "kind", rows, row, "kind");
    write_text(w, "proposal", rows, row, "proposal");
    write_optional(w, "answer", rows, row);
    write_optional(w, "ground", rows, row);
    write_day(w, "until", rows, row, "until");
}

/* ---- reading ---- */

struct look {
    struct pw_privacy *privacy;
    struct pw_request *req;
    struct pw_uuid id;
    size_t limit, s_request, s_items;
};

static bool request_id(struct pw_request *req, struct pw_uuid *ret)
{
    if (pw_uuid_parse(pw_request_param(req, "id"), ret))
        return true;
    pw_reply_code(req, PW_ERR_NOT_FOUND);
    return false;
}

static void write_parties(struct pw_arena *arena, const struct pw_rows *rows, struct pw_jsonw *w)
{
    size_t count, schemes;
    struct pw_uuid *ids = pw_cell_uuids(rows, 0, pw_rows_column(rows, "known_parties"), arena, &count);
    struct pw_str *words = pw_cell_texts(rows, 0, pw_rows_column(rows, "schemes"), arena, &schemes);

    pw_jsonw_key(w, "parties");
    pw_jsonw_array(w);
    for (size_t i = 0; i < count && i < schemes; i++) {
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_uuid(w, &ids[i]);
        pw_jsonw_key(w, "scheme");
        pw_jsonw_str(w, words[i]);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

static void on_got(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct look *look = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok || pw_rows_count(pw_tx_rows(tx, look->s_request)) == 0) {
        if (ok)
            pw_reply_code(look->req, PW_ERR_NOT_FOUND);
        else
            pw_reply_err(look->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, look->s_request), *items = pw_tx_rows(tx, look->s_items);
    pw_buf_init(&json, PRIVACY_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    write_head(&w, rows, 0);
    write_parties(look->req->arena, rows, &w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < pw_rows_count(items); i++) {
        pw_jsonw_object(&w);
        write_item(&w, items, i);
        pw_jsonw_end_object(&w);
    }
    pw_jsonw_end_array(&w);
    pw_list_links(look->req, PW_STR(""), &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(look->req, 200, &json);
    pw_buf_release(&json);
}

void pw_privacy_get_request(struct pw_request *req, void *stage)
{
    struct pw_privacy *privacy = stage;
    struct look *look = PW_NEW(req->arena, struct look);

    *look = (struct look){.privacy = privacy, .req = req};
    if (!request_id(req, &look->id))
        return;
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: request", PW_DB_READ_ONLY);
    look->s_request = pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_GET, PW_P_UUID(&look->id));
    look->s_items = pw_tx_add(tx, PW_SQL_PRIVACY_ITEMS_GET, PW_P_UUID(&look->id));
    pw_tx_commit(tx, on_got, look);
}

static struct pw_str next_cursor(struct pw_arena *arena, const struct pw_rows *rows, size_t row)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    char text_id[PW_UUID_TEXT], due[PW_DATE_TEXT];

    return pw_list_cursor(
        arena, pw_str_printf(arena, "%s %s",
                   pw_day_format(pw_cell_date(rows, row, pw_rows_column(rows, "due_on")), due),
                   pw_uuid_format(&id, text_id)));
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct look *look = arg;
    struct pw_str cursor = PW_STR("");
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(look->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, look->s_request);
    size_t count = pw_rows_count(rows);
    if (count > look->limit) {
        count = look->limit;
        cursor = next_cursor(look->req->arena, rows, count - 1);
    }
    pw_buf_init(&json, PRIVACY_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < count; i++) {
        pw_jsonw_object(&w);
        write_head(&w, rows, i);
        pw_jsonw_end_object(&w);
    }
    pw_jsonw_end_array(&w);
    pw_list_links(look->req, cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(look->req, 200, &json);
    pw_buf_release(&json);
}

static void list(struct pw_request *req, struct pw_privacy *privacy, struct pw_str right)
{
    static const char *const keys[] = {"cursor", "limit", NULL};
    struct look *look = PW_NEW(req->arena, struct look);
    struct pw_faults faults;
    struct pw_str cursor, due, id;
    pw_day after_due = PW_DAY_NONE;
    struct pw_uuid after = {{0}};

    pw_faults_init(&faults, req->arena);
    *look = (struct look){.privacy = privacy, .req = req};
    (void)pw_query_known(req, keys, &faults);
    look->limit = pw_query_limit(req, &faults);
    cursor = pw_query_cursor(req, &faults);
    if (cursor.len > 0 &&
        (!pw_str_cut(cursor, ' ', &due, &id) || !pw_day_parse(due, &after_due) || !pw_uuid_parse(id, &after)))
        (void)pw_fault_pointer(&faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: requests", PW_DB_READ_ONLY);
    look->s_request = pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_LIST, PW_P_TEXT(right), PW_P_DATE(after_due),
        PW_P_UUID_OPT(&after), PW_P_I32((int32_t)look->limit + 1));
    pw_tx_commit(tx, on_listed, look);
}

void pw_privacy_list_requests(struct pw_request *req, void *stage)
{
    list(req, stage, (struct pw_str){NULL, 0});
}

void pw_privacy_list_objections(struct pw_request *req, void *stage)
{
    list(req, stage, PW_STR("objection"));
}

/* ---- changing: answers and approvals ---- */

struct change {
    struct pw_privacy *privacy;
    struct pw_request *req;
    struct pw_uuid id, fact;
    int answer, ground;
    pw_day until;
    bool approve;
    const char *status; /* afterwards */
    size_t s_lock, s_item;
};

static void refuse(
    struct change *change, struct pw_tx *tx, enum pw_err_code code, const char *nl, const char *en)
{
    pw_tx_abort(tx);
    pw_reply_problem(change->req,
        &(struct pw_problem){.code = code, .detail = pw_str_z(change->req->lang == PW_LANG_NL ? nl : en)});
}

static void audit(struct change *change, struct pw_tx *tx, const char *action, struct pw_str detail)
{
    pw_audit_add(tx, privacy_now(change->privacy),
        &(struct pw_audit){.actor = pw_caller_actor(pw_caller_of(change->req)),
            .action = action,
            .object_kind = "subject-request",
            .object = change->id,
            .detail = detail},
        1);
}

/* Found, locked, and not decided yet: else answered. */
static const struct pw_rows *locked(
    struct change *change, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    if (!ok) {
        pw_reply_err(change->req, err);
        return NULL;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, change->s_lock);
    if (pw_rows_count(rows) == 0) {
        pw_tx_abort(tx);
        pw_reply_code(change->req, PW_ERR_NOT_FOUND);
        return NULL;
    }
    if (!pw_str_is(text(rows, 0, "status"), "open") && !pw_str_is(text(rows, 0, "status"), "drafted")) {
        refuse(change, tx, PW_ERR_TRANSITION, "Het verzoek is al goedgekeurd.",
            "The request was approved already.");
        return NULL;
    }
    return rows;
}

static void lock(struct change *change, pw_tx_fn on_locked, const char *label)
{
    struct pw_tx *tx = pw_db_begin(change->privacy->options.db, label, 0);

    change->s_lock = pw_tx_add(
        tx, PW_SQL_PRIVACY_REQUEST_LOCK, PW_P_UUID(&change->id), PW_P_UUID(&pw_caller_of(change->req)->id));
    pw_tx_send(tx, on_locked, change);
}

/* ---- PUT .../items/{factId} ---- */

static void on_item_kept(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct change *change = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(change->req, err);
        return;
    }
    pw_buf_init(&json, 4096);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    write_item(&w, pw_tx_rows(tx, change->s_item), 0);
    pw_jsonw_end_object(&w);
    pw_reply_json(change->req, 200, &json);
    pw_buf_release(&json);
}

static void on_item_set(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct change *change = arg;
    const struct pw_rows *rows = ok ? locked(change, tx, ok, err) : NULL;
    char fact[PW_UUID_TEXT];

    if (!ok)
        pw_reply_err(change->req, err);
    if (rows == NULL)
        return;
    if (pw_rows_count(pw_tx_rows(tx, change->s_item)) == 0) {
        pw_tx_abort(tx);
        pw_reply_code(change->req, PW_ERR_NOT_FOUND);
        return;
    }
    /* The lock counted before this answer; the second look counts after it. */
    const struct pw_rows *again = pw_tx_rows(tx, change->s_lock + 2);
    bool drafted = pw_cell_i64(again, 0, pw_rows_column(again, "open_items")) == 0;
    pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_SET, PW_P_UUID(&change->id),
        PW_P_TEXT_Z(drafted ? "drafted" : "open"), PW_P_NULL);
    audit(change, tx, "subject-item-answered",
        pw_str_printf(pw_tx_arena(tx), "{\"fact\":\"%s\",\"answer\":\"%s\"}",
            pw_uuid_format(&change->fact, fact), answer_words[change->answer]));
    pw_tx_commit(tx, on_item_kept, change);
}

static bool read_answer(struct change *change)
{
    static const char *const members[] = {"answer", "ground", "until", NULL};
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_str until;

    if (!pw_body_object(change->req, &faults, &body))
        return false;
    (void)pw_json_known(body, NULL, members, &faults);
    (void)pw_body_word(body, NULL, "answer", true, answer_words, &change->answer, &faults);
    bool withheld = change->answer == ANSWER_WITHHOLD;
    (void)pw_body_word(body, NULL, "ground", withheld, ground_words, &change->ground, &faults);
    change->until = PW_DAY_NONE;
    if (pw_json_member_str(body, NULL, "until", withheld, 1, 20, &until, &faults) && until.len > 0 &&
        !pw_day_parse(until, &change->until))
        (void)pw_fault_member(
            &faults, NULL, "until", PW_FAULT_PATTERN, "een datum als 2026-03-01", "a date like 2026-03-01");
    if (faults.count > 0)
        pw_reply_faults(change->req, &faults);
    return faults.count == 0;
}

void pw_privacy_put_item(struct pw_request *req, void *stage)
{
    struct pw_privacy *privacy = stage;
    struct change *change = PW_NEW(req->arena, struct change);
    const struct pw_caller *caller = pw_caller_of(req);

    *change = (struct change){.privacy = privacy, .req = req};
    if (!request_id(req, &change->id))
        return;
    if (!pw_uuid_parse(pw_request_param(req, "factId"), &change->fact)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    if (!read_answer(change))
        return;
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: answer an item", 0);
    change->s_lock =
        pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_LOCK, PW_P_UUID(&change->id), PW_P_UUID(&caller->id));
    change->s_item = pw_tx_add(tx, PW_SQL_PRIVACY_ITEM_SET, PW_P_UUID(&change->id), PW_P_UUID(&change->fact),
        PW_P_TEXT_Z(answer_words[change->answer]),
        change->ground < 0 ? PW_P_NULL : PW_P_TEXT_Z(ground_words[change->ground]), PW_P_DATE(change->until),
        PW_P_UUID(&caller->id));
    pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_LOCK, PW_P_UUID(&change->id), PW_P_UUID(&caller->id));
    pw_tx_send(tx, on_item_set, change);
}

/* ---- POST .../approvals ---- */

static void on_approved(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct change *change = arg;
    struct pw_buf json;
    char id[PW_UUID_TEXT];

    (void)tx;
    if (!ok) {
        pw_reply_err(change->req, err);
        return;
    }
    if (change->approve)
        privacy_wake(change->privacy); /* what was asked to be erased */
    pw_buf_init(&json, 256);
    pw_buf_printf(
        &json, "{\"id\":\"%s\",\"status\":\"%s\"}", pw_uuid_format(&change->id, id), change->status);
    pw_reply_json(change->req, 201, &json);
    pw_buf_release(&json);
}

static void on_to_approve(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct change *change = arg;
    const struct pw_rows *rows = locked(change, tx, ok, err);

    if (rows == NULL)
        return;
    if (pw_cell_bool(rows, 0, pw_rows_column(rows, "own"))) {
        refuse(change, tx, PW_ERR_FORBIDDEN, "Iemand anders keurt goed dan wie het verzoek behandelde.",
            "Somebody else approves than who handled the request.");
        return;
    }
    if (change->approve && pw_cell_i64(rows, 0, pw_rows_column(rows, "open_items")) > 0) {
        refuse(change, tx, PW_ERR_TRANSITION, "Nog niet elk onderdeel heeft een antwoord.",
            "Not every item has an answer yet.");
        return;
    }
    change->status = change->approve ? "approved" : "open";
    pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_SET, PW_P_UUID(&change->id), PW_P_TEXT_Z(change->status),
        change->approve ? PW_P_UUID(&pw_caller_of(change->req)->id) : PW_P_NULL);
    if (change->approve) {
        size_t count;
        struct pw_uuid *places =
            pw_cell_uuids(rows, 0, pw_rows_column(rows, "places"), pw_tx_arena(tx), &count);
        pw_tx_add(tx, PW_SQL_PRIVACY_DISPUTE_END, PW_P_UUID(&change->id), PW_P_UUIDS(places, count));
    }
    audit(change, tx, change->approve ? "subject-request-approved" : "subject-request-sent-back", PW_STR(""));
    pw_tx_commit(tx, on_approved, change);
}

void pw_privacy_approve(struct pw_request *req, void *stage)
{
    static const char *const members[] = {"approve", "note", NULL};
    struct change *change = PW_NEW(req->arena, struct change);
    const struct pw_at at = {.name = "approve"};
    const struct pw_json *body, *approve;
    struct pw_faults faults;
    struct pw_str note;

    *change = (struct change){.privacy = stage, .req = req};
    if (!request_id(req, &change->id) || !pw_body_object(req, &faults, &body))
        return;
    (void)pw_json_known(body, NULL, members, &faults);
    (void)!pw_json_member_str(body, NULL, "note", false, 0, 1000, &note, &faults);
    approve = pw_json_get(body, "approve");
    if (approve == NULL)
        (void)pw_fault(&faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    else if (!pw_json_is_bool(approve))
        (void)pw_fault(&faults, &at, PW_FAULT_TYPE, NULL, NULL);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    change->approve = pw_json_bool(approve);
    lock(change, on_to_approve, "privacy: approve");
}
