/* The queue and one alert, as the desk reads them; taking the next one. */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

#define BRIEF_MAX 65536 /* octets of one alert in a list */

static int64_t number(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_i64(rows, row, pw_rows_column(rows, column));
}

static struct pw_str text(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_text(rows, row, pw_rows_column(rows, column));
}

/* ---- one row as JSON ---- */

static void write_previous(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "previous_id"));
    pw_usec at = pw_cell_time(rows, row, pw_rows_column(rows, "previous_decided_at"));

    pw_jsonw_key(w, "previousDecision");
    if (pw_uuid_is_nil(&id)) {
        pw_jsonw_null(w);
        return;
    }
    pw_jsonw_object(w);
    pw_jsonw_key(w, "verdict");
    pw_jsonw_str(w, text(rows, row, "previous_verdict"));
    pw_jsonw_key(w, "decidedOn");
    pw_jsonw_day(w, at == PW_TIME_NONE ? PW_DAY_NONE : pw_day_in_netherlands(at));
    pw_jsonw_key(w, "alertId");
    pw_jsonw_uuid(w, &id);
    pw_jsonw_end_object(w);
}

/* Instants are shown in whole seconds. */
static void write_second(struct pw_jsonw *w, const char *name, pw_usec at)
{
    pw_jsonw_key(w, name);
    pw_jsonw_instant(w, at == PW_TIME_NONE ? at : at / PW_USEC_PER_SEC * PW_USEC_PER_SEC);
}

/* What list and detail have alike, but for level, score and what the assessment says. */
static void write_common(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_uuid premises = pw_cell_uuid(rows, row, pw_rows_column(rows, "premises"));
    struct pw_str assignee = text(rows, row, "assignee");

    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    desk_write_premises(rows, row, &premises, w);
    pw_jsonw_key(w, "status");
    pw_jsonw_str(w, text(rows, row, "status"));
    write_second(w, "raisedAt", pw_cell_time(rows, row, pw_rows_column(rows, "raised_at")));
    write_second(w, "dueAt", pw_cell_time(rows, row, pw_rows_column(rows, "due_at")));
    pw_jsonw_key(w, "assignee");
    if (assignee.len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, assignee);
    pw_jsonw_key(w, "snoozedUntil");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "snoozed_until")));
    pw_jsonw_key(w, "disputed");
    pw_jsonw_bool(w, pw_cell_bool(rows, row, pw_rows_column(rows, "disputed")));
    write_previous(rows, row, w);
    desk_write_self("/v1/alerts/", &id, w);
}

static void write_themes(const struct pw_rows *rows, size_t row, struct pw_arena *arena, struct pw_jsonw *w)
{
    size_t count;
    struct pw_str *themes = pw_cell_texts(rows, row, pw_rows_column(rows, "themes"), arena, &count);

    pw_jsonw_key(w, "themes");
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_str(w, themes[i]);
    pw_jsonw_end_array(w);
}

/* The members of a row that need no rule set; the object stays open for `why`. */
static void write_brief(const struct pw_rows *rows, size_t row, struct pw_arena *arena, struct pw_jsonw *w)
{
    struct pw_str hash = pw_cell_bytea(rows, row, pw_rows_column(rows, "ruleset"));
    char hex[PW_SHA256_TEXT];

    pw_jsonw_object(w);
    write_common(rows, row, w);
    pw_jsonw_key(w, "level");
    pw_jsonw_z(w, pw_risk_words[number(rows, row, "level")]);
    pw_jsonw_key(w, "score");
    pw_jsonw_milli(w, number(rows, row, "score"));
    pw_jsonw_key(w, "assessedOn");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "assessed_on")));
    write_themes(rows, row, arena, w);
    pw_jsonw_key(w, "ruleset");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "name");
    pw_jsonw_str(w, text(rows, row, "ruleset_name"));
    pw_jsonw_key(w, "version");
    pw_jsonw_str(w, text(rows, row, "ruleset_version"));
    pw_jsonw_key(w, "sha256");
    pw_jsonw_z(w, pw_hex(hash.data, hash.len, hex));
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "nextChangeOn");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "next_change_on")));
}

/* ---- GET /v1/alerts ---- */

/* One alert of a page: what its row says as JSON, the object open, and what gives its `why`. */
struct brief {
    struct pw_str open;
    struct pw_str hash; /* of its rule set */
    struct pw_assessment assessment;
};

struct list {
    struct pw_desk *desk;
    struct pw_request *req;
    size_t limit;
    size_t statement;
    struct brief *items;
    size_t count;
    struct pw_str cursor;
};

static struct pw_str next_cursor(struct pw_arena *arena, const struct pw_rows *rows, size_t row)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    char out[PW_UUID_TEXT];

    return pw_list_cursor(arena,
        pw_str_printf(arena, "%lld %lld %s", (long long)number(rows, row, "level"),
            (long long)pw_cell_time(rows, row, pw_rows_column(rows, "raised_at")), pw_uuid_format(&id, out)));
}

/* One alert, closed by the heaviest reasons for it. */
static void write_why(const struct list *list, const struct brief *brief, struct pw_jsonw *w)
{
    struct pw_buf json;
    struct pw_jsonw why;

    pw_buf_init(&json, BRIEF_MAX);
    pw_buf_put_str(&json, brief->open);
    pw_buf_puts(&json, ",\"why\":");
    pw_jsonw_init(&why, &json);
    pw_score_write_why(pw_sets_get(list->desk->sets, brief->hash), brief->assessment.shown,
        list->req->lang == PW_LANG_NL, &why);
    pw_buf_putc(&json, '}');
    pw_jsonw_raw(w, pw_buf_str(&json));
    pw_buf_release(&json);
}

/* Every rule set of the page is ready: the answer. */
static void on_list_sets(void *arg, bool ok, const struct pw_err *err)
{
    struct list *list = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(list->req, err);
        return;
    }
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < list->count; i++)
        write_why(list, &list->items[i], &w);
    pw_jsonw_end_array(&w);
    pw_list_links(list->req, list->cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(list->req, 200, &json);
    pw_buf_release(&json);
}

static bool read_brief(
    struct pw_arena *arena, const struct pw_rows *rows, size_t row, struct brief *ret, struct pw_err *err)
{
    struct pw_buf json;
    struct pw_jsonw w;

    pw_buf_init(&json, BRIEF_MAX);
    pw_jsonw_init(&w, &json);
    write_brief(rows, row, arena, &w);
    ret->open = pw_str_dup(arena, pw_buf_str(&json));
    pw_buf_release(&json);
    ret->hash = pw_str_dup(arena, pw_cell_bytea(rows, row, pw_rows_column(rows, "ruleset")));
    return pw_score_decode(arena, pw_str_dup(arena, pw_cell_bytea(rows, row, pw_rows_column(rows, "result"))),
        &ret->assessment, err);
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct list *list = arg;
    struct pw_arena *arena = list->req->arena;
    const struct pw_rows *rows;
    struct pw_str *hashes;
    struct pw_err why = {0};

    if (!ok) {
        pw_reply_err(list->req, err);
        return;
    }
    rows = pw_tx_rows(tx, list->statement);
    list->count = pw_rows_count(rows);
    if (list->count > list->limit) {
        list->count = list->limit;
        list->cursor = next_cursor(arena, rows, list->count - 1);
    }
    list->items = PW_NEW_ARRAY(arena, list->count + 1, struct brief);
    hashes = PW_NEW_ARRAY(arena, list->count + 1, struct pw_str);
    for (size_t i = 0; i < list->count; i++) {
        if (!read_brief(arena, rows, i, &list->items[i], &why)) {
            pw_reply_err(list->req, &why);
            return;
        }
        hashes[i] = list->items[i].hash;
    }
    pw_sets_need(list->desk->sets, arena, hashes, list->count, on_list_sets, list);
}

/* The words of a comma-separated key; a fault when one is not in the list. */
static struct pw_str *query_words(const struct pw_request *req, const char *key, const char *const *words,
    size_t *ret_count, int64_t *numbers, struct pw_faults *faults)
{
    struct pw_str *out = PW_NEW_ARRAY(req->arena, 16, struct pw_str), rest, head;
    bool more = pw_request_query(req, key, &rest);

    *ret_count = 0;
    while (more) {
        int64_t n = 0;

        more = pw_str_cut(rest, ',', &head, &rest);
        while (words[n] != NULL && !pw_str_is(head, words[n]))
            n++;
        if (words[n] == NULL || *ret_count == 16) {
            pw_fault_pointer(faults, pw_str_printf(req->arena, "/%s", key), PW_FAULT_ENUM, NULL, NULL);
            break;
        }
        numbers[*ret_count] = n;
        out[(*ret_count)++] = head;
    }
    return out;
}

struct filters {
    struct pw_str *statuses;
    int64_t levels[16], unused[16];
    size_t status_count, level_count, limit;
    struct pw_str municipality, theme, assignee;
    pw_usec raised_after, due_before;
    int snoozed; /* -1: either way */
    int64_t after_level;
    pw_usec after_raised;
    struct pw_uuid after_id;
    bool after;
};

static struct pw_str optional(const struct pw_request *req, const char *key)
{
    struct pw_str value;

    return pw_request_query(req, key, &value) ? value : (struct pw_str){NULL, 0};
}

/* "true" or "false"; -1 when absent. */
static int query_bool(const struct pw_request *req, const char *key, struct pw_faults *faults)
{
    struct pw_str value;

    if (!pw_request_query(req, key, &value))
        return -1;
    if (!pw_str_is(value, "true") && !pw_str_is(value, "false"))
        (void)pw_fault_pointer(faults, pw_str_printf(req->arena, "/%s", key), PW_FAULT_ENUM, NULL, NULL);
    return pw_str_is(value, "true");
}

static void read_cursor(const struct pw_request *req, struct filters *f, struct pw_faults *faults)
{
    struct pw_str cursor = pw_query_cursor(req, faults), level, raised, rest;

    if (cursor.len == 0)
        return;
    f->after = pw_str_cut(cursor, ' ', &level, &rest) && pw_str_cut(rest, ' ', &raised, &rest) &&
               pw_str_to_i64(level, &f->after_level) && pw_str_to_i64(raised, &f->after_raised) &&
               pw_uuid_parse(rest, &f->after_id) && f->after_level >= 0 && f->after_level < PW_RISKS;
    if (!f->after)
        pw_fault_pointer(faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
}

static void read_filters(const struct pw_request *req, struct filters *f, struct pw_faults *faults)
{
    static const char *const keys[] = {"status", "level", "municipality", "theme", "assignee", "raisedAfter",
        "dueBefore", "snoozed", "cursor", "limit", NULL};
    const char *statuses[ALERT_STATUSES + 1] = {NULL};
    size_t count;

    for (int i = 0; i < ALERT_STATUSES; i++)
        statuses[i] = desk_status_word((enum alert_status)i);
    (void)pw_query_known(req, keys, faults);
    f->statuses = query_words(req, "status", statuses, &f->status_count, f->unused, faults);
    (void)query_words(req, "level", pw_risk_words, &count, f->levels, faults);
    f->level_count = count;
    f->limit = pw_query_limit(req, faults);
    f->municipality = optional(req, "municipality");
    f->theme = optional(req, "theme");
    f->assignee = optional(req, "assignee");
    if (f->assignee.data != NULL && pw_str_is(f->assignee, "me"))
        f->assignee = pw_caller_of(req)->name;
    else if (f->assignee.data != NULL && pw_str_is(f->assignee, "none"))
        f->assignee = PW_STR("");
    f->raised_after = desk_query_time(req, "raisedAfter", faults);
    f->due_before = desk_query_time(req, "dueBefore", faults);
    f->snoozed = query_bool(req, "snoozed", faults);
    read_cursor(req, f, faults);
}

void pw_desk_list_alerts(struct pw_request *req, void *stage)
{
    struct pw_desk *desk = stage;
    const struct pw_caller *caller = pw_caller_of(req);
    struct list *list = PW_NEW(req->arena, struct list);
    struct filters f = {0};
    struct pw_faults faults;
    struct pw_tx *tx;

    pw_faults_init(&faults, req->arena);
    read_filters(req, &f, &faults);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    *list = (struct list){.desk = desk, .req = req, .limit = f.limit, .cursor = PW_STR("")};
    tx = pw_db_begin(desk->options.db, "desk: list alerts", PW_DB_READ_ONLY);
    list->statement =
        pw_tx_add(tx, PW_SQL_DESK_ALERT_LIST, DESK_REGION(caller), PW_P_TEXTS(f.statuses, f.status_count),
            PW_P_I64S(f.levels, f.level_count), PW_P_TEXT(f.municipality), PW_P_TEXT(f.theme),
            PW_P_TEXT(f.assignee), PW_P_TIME(f.raised_after), f.after ? PW_P_I32(f.after_level) : PW_P_NULL,
            PW_P_TIME(f.after ? f.after_raised : PW_TIME_NONE), f.after ? PW_P_UUID(&f.after_id) : PW_P_NULL,
            PW_P_TIME(f.due_before), f.snoozed < 0 ? PW_P_NULL : PW_P_BOOL(f.snoozed == 1),
            PW_P_DATE(desk_today(desk)), PW_P_I32(f.limit + 1));
    pw_tx_commit(tx, on_listed, list);
}

/* ---- GET /v1/alerts/{id} ---- */

/* A detail waiting for its rule set: the answer has begun with what the row says. */
struct detail {
    struct pw_desk *desk;
    struct pw_request *req;
    int status;
    int64_t version;
    struct pw_str result, hash;
    struct pw_buf json;
    struct pw_jsonw w;
};

static void on_set(void *arg, bool ok, const struct pw_err *err)
{
    struct detail *detail = arg;
    struct pw_request *req = detail->req;
    const struct pw_audience audience = {.dutch = req->lang == PW_LANG_NL};
    struct pw_assessment assessment;
    struct pw_err why = {0};
    struct pw_buf json = detail->json; /* the reply ends the arena that detail lies in */

    if (ok && pw_score_decode(req->arena, detail->result, &assessment, &why)) {
        detail->w.buf = &json;
        pw_score_render_json(
            pw_sets_get(detail->desk->sets, detail->hash), &assessment, &audience, &detail->w);
        pw_jsonw_end_object(&detail->w);
        desk_etag(req, 'a', detail->version);
        pw_reply_json(req, detail->status, &json);
    } else {
        pw_reply_err(req, ok ? &why : err);
    }
    pw_buf_release(&json);
}

void desk_reply_alert(struct pw_desk *desk, struct pw_request *req, int status, const struct pw_rows *rows)
{
    struct detail *detail = PW_NEW(req->arena, struct detail);

    *detail = (struct detail){.desk = desk,
        .req = req,
        .status = status,
        .version = number(rows, 0, "version"),
        .result = pw_str_dup(req->arena, pw_cell_bytea(rows, 0, pw_rows_column(rows, "result"))),
        .hash = pw_str_dup(req->arena, pw_cell_bytea(rows, 0, pw_rows_column(rows, "ruleset")))};
    pw_buf_init(&detail->json, DESK_ANSWER_MAX);
    pw_jsonw_init(&detail->w, &detail->json);
    pw_jsonw_object(&detail->w);
    write_common(rows, 0, &detail->w);
    pw_sets_need(desk->sets, req->arena, &detail->hash, 1, on_set, detail);
}

struct one {
    struct pw_desk *desk;
    struct pw_request *req;
    size_t statement;
};

static void on_got(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct one *one = arg;

    if (!ok)
        pw_reply_err(one->req, err);
    else if (pw_rows_count(pw_tx_rows(tx, one->statement)) == 0)
        desk_reply_not_found(one->req);
    else
        desk_reply_alert(one->desk, one->req, 200, pw_tx_rows(tx, one->statement));
}

void pw_desk_get_alert(struct pw_request *req, void *stage)
{
    struct pw_desk *desk = stage;
    struct one *one = PW_NEW(req->arena, struct one);
    struct pw_uuid id;
    struct pw_tx *tx;

    if (!desk_id(req, &id))
        return;
    *one = (struct one){.desk = desk, .req = req};
    tx = pw_db_begin(desk->options.db, "desk: alert", PW_DB_READ_ONLY);
    one->statement = pw_tx_add(tx, PW_SQL_DESK_ALERT_GET, DESK_REGION(pw_caller_of(req)), PW_P_UUID(&id));
    pw_tx_commit(tx, on_got, one);
}

/* ---- POST /v1/alerts/_next ---- */

static void on_claimed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct one *one = arg;

    if (!ok)
        pw_reply_err(one->req, err);
    else
        desk_reply_alert(one->desk, one->req, 200, pw_tx_rows(tx, one->statement));
}

static void on_next(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct one *one = arg;
    struct pw_request *req = one->req;
    const struct pw_caller *caller = pw_caller_of(req);
    const struct pw_rows *rows;
    struct pw_uuid id, premises, entry = pw_uuid_v7(desk_now(one->desk));

    if (!ok) {
        pw_reply_err(req, err);
        return;
    }
    rows = pw_tx_rows(tx, one->statement);
    if (pw_rows_count(rows) == 0) {
        pw_tx_abort(tx);
        pw_reply_empty(req, 204);
        return;
    }
    premises = pw_cell_uuid(rows, 0, 0);
    id = pw_cell_uuid(rows, 0, 1);
    pw_tx_add(tx, PW_SQL_DESK_ENTRY_ADD, DESK_REGION(caller), PW_P_UUID(&id), PW_P_UUID(&entry),
        PW_P_TEXT_Z("claimed"), PW_P_UUID(&caller->id), PW_P_JSON(PW_STR("{}")));
    pw_audit_add(tx, desk_now(one->desk),
        &(struct pw_audit){.actor = pw_caller_actor(caller),
            .action = "alert-claimed",
            .object_kind = "alert",
            .object = id,
            .premises = premises},
        1);
    one->statement = pw_tx_add(tx, PW_SQL_DESK_ALERT_GET, DESK_REGION(caller), PW_P_UUID(&id));
    pw_tx_commit(tx, on_claimed, one);
}

void pw_desk_next_alert(struct pw_request *req, void *stage)
{
    static const char *const none[] = {NULL};
    struct pw_desk *desk = stage;
    const struct pw_caller *caller = pw_caller_of(req);
    struct one *one = PW_NEW(req->arena, struct one);
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_tx *tx;

    if (!desk_body(req, true, &faults, &body))
        return;
    if (!pw_json_known(body, NULL, none, &faults)) {
        pw_reply_faults(req, &faults);
        return;
    }
    *one = (struct one){.desk = desk, .req = req};
    tx = pw_db_begin(desk->options.db, "desk: next alert", 0);
    one->statement = pw_tx_add(
        tx, PW_SQL_DESK_ALERT_NEXT, DESK_REGION(caller), PW_P_DATE(desk_today(desk)), PW_P_UUID(&caller->id));
    pw_tx_send(tx, on_next, one);
}
