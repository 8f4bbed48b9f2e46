/* Every assessment of a premises with its whole explanation, newest first. */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

/* One page waiting for its rule sets; everything it needs is in the request's arena. */
struct item {
    struct pw_uuid id, tenancy;
    struct pw_str known_up_to, engine, hash;
    int64_t level, score;
    bool latched;
    pw_day assessed_on, next_change_on;
    struct pw_assessment assessment;
};

struct page {
    struct pw_desk *desk;
    struct pw_request *req;
    size_t statement, limit, count;
    struct item *items;
    struct pw_str cursor;
};

static void write_item(struct page *page, const struct item *item, struct pw_jsonw *w)
{
    const struct pw_audience audience = {.dutch = page->req->lang == PW_LANG_NL};
    const struct pw_ruleset *set = pw_sets_get(page->desk->sets, item->hash);

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &item->id);
    pw_jsonw_key(w, "assessedOn");
    pw_jsonw_day(w, item->assessed_on);
    pw_jsonw_key(w, "knownUpTo");
    pw_jsonw_str(w, item->known_up_to);
    pw_jsonw_key(w, "tenancyId");
    pw_jsonw_uuid(w, &item->tenancy);
    pw_jsonw_key(w, "level");
    pw_jsonw_z(w, pw_risk_words[item->level]);
    pw_jsonw_key(w, "score");
    pw_jsonw_milli(w, item->score);
    pw_jsonw_key(w, "latched");
    pw_jsonw_bool(w, item->latched);
    pw_jsonw_key(w, "explanation");
    pw_score_write_lines(set, item->assessment.shown, &audience, w);
    pw_jsonw_key(w, "sums");
    pw_score_write_sums(item->assessment.shown, true, w);
    pw_jsonw_key(w, "gates");
    pw_score_write_gates(set, item->assessment.shown, audience.dutch, w);
    pw_jsonw_key(w, "ruleset");
    pw_score_write_ruleset(set, (const uint8_t *)item->hash.data, w);
    pw_jsonw_key(w, "engine");
    pw_jsonw_str(w, item->engine);
    pw_jsonw_key(w, "nextChangeOn");
    pw_jsonw_day(w, item->next_change_on);
    pw_jsonw_end_object(w);
}

static void on_sets(void *arg, bool ok, const struct pw_err *err)
{
    struct page *page = arg;
    struct pw_buf json;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(page->req, err);
        return;
    }
    pw_buf_init(&json, DESK_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < page->count; i++)
        write_item(page, &page->items[i], &w);
    pw_jsonw_end_array(&w);
    pw_list_links(page->req, page->cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(page->req, 200, &json);
    pw_buf_release(&json);
}

static bool read_item(
    struct pw_arena *arena, const struct pw_rows *rows, size_t row, struct item *item, struct pw_err *err)
{
    struct pw_uuid fact = pw_cell_uuid(rows, row, pw_rows_column(rows, "known_fact"));
    char out[PW_UUID_TEXT];

    *item = (struct item){.id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id")),
        .tenancy = pw_cell_uuid(rows, row, pw_rows_column(rows, "tenancy")),
        .known_up_to = pw_str_printf(arena, "%lld.%.*s.%s",
            (long long)pw_cell_i64(rows, row, pw_rows_column(rows, "known_generation")),
            PW_STR_ARG(pw_cell_text(rows, row, pw_rows_column(rows, "known_xact"))),
            pw_uuid_format(&fact, out)),
        .engine = pw_str_dup(arena, pw_cell_text(rows, row, pw_rows_column(rows, "engine"))),
        .hash = pw_str_dup(arena, pw_cell_bytea(rows, row, pw_rows_column(rows, "ruleset"))),
        .level = pw_cell_i64(rows, row, pw_rows_column(rows, "level")),
        .score = pw_cell_i64(rows, row, pw_rows_column(rows, "score")),
        .latched = pw_cell_bool(rows, row, pw_rows_column(rows, "latched")),
        .assessed_on = pw_cell_date(rows, row, pw_rows_column(rows, "assessed_on")),
        .next_change_on = pw_cell_date(rows, row, pw_rows_column(rows, "next_change_on"))};
    return pw_score_decode(arena, pw_str_dup(arena, pw_cell_bytea(rows, row, pw_rows_column(rows, "result"))),
        &item->assessment, err);
}

static void on_listed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct page *page = arg;
    struct pw_arena *arena = page->req->arena;
    const struct pw_rows *rows;
    struct pw_str *hashes;
    struct pw_err why = {0};

    if (!ok) {
        pw_reply_err(page->req, err);
        return;
    }
    rows = pw_tx_rows(tx, page->statement);
    page->count = pw_rows_count(rows);
    if (page->count > page->limit) {
        struct pw_uuid id = pw_cell_uuid(rows, page->limit - 1, pw_rows_column(rows, "id"));
        char out[PW_UUID_TEXT];

        page->count = page->limit;
        page->cursor = pw_list_cursor(
            arena, pw_str_printf(arena, "%lld %s",
                       (long long)pw_cell_time(rows, page->limit - 1, pw_rows_column(rows, "assessed_at")),
                       pw_uuid_format(&id, out)));
    }
    page->items = PW_NEW_ARRAY(arena, page->count + 1, struct item);
    hashes = PW_NEW_ARRAY(arena, page->count + 1, struct pw_str);
    for (size_t i = 0; i < page->count; i++) {
        if (!read_item(arena, rows, i, &page->items[i], &why)) {
            pw_reply_err(page->req, &why);
            return;
        }
        hashes[i] = page->items[i].hash;
    }
    pw_sets_need(page->desk->sets, arena, hashes, page->count, on_sets, page);
}

void pw_desk_list_assessments(struct pw_request *req, void *stage)
{
    static const char *const keys[] = {"asOf", "cursor", "limit", NULL};
    struct pw_desk *desk = stage;
    struct page *page = PW_NEW(req->arena, struct page);
    struct pw_str bag_id, cursor, at;
    struct pw_uuid id, before_id = {0};
    pw_usec as_of, before = PW_TIME_NONE;
    struct pw_faults faults;
    struct pw_tx *tx;

    if (!desk_premises_name(req, &id, &bag_id))
        return;
    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    *page =
        (struct page){.desk = desk, .req = req, .cursor = PW_STR(""), .limit = pw_query_limit(req, &faults)};
    as_of = desk_query_time(req, "asOf", &faults);
    cursor = pw_query_cursor(req, &faults);
    if (cursor.len > 0 && !(pw_str_cut(cursor, ' ', &at, &cursor) && pw_str_to_i64(at, &before) &&
                              pw_uuid_parse(cursor, &before_id)))
        (void)pw_fault_pointer(&faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
    if (faults.count > 0) {
        pw_reply_faults(req, &faults);
        return;
    }
    tx = pw_db_begin(desk->options.db, "desk: assessments", PW_DB_READ_ONLY);
    page->statement = pw_tx_add(tx, PW_SQL_DESK_ASSESSMENT_LIST, DESK_REGION(pw_caller_of(req)),
        PW_P_UUID_OPT(&id), PW_P_TEXT(bag_id), PW_P_TIME(as_of), PW_P_TIME(before), PW_P_UUID_OPT(&before_id),
        PW_P_I32(page->limit + 1));
    pw_tx_commit(tx, on_listed, page);
}
