/* Small tools of the handlers: hashes, pages, cells that many answers show. */
#include "lab_int.h"

#include <stdio.h>
#include <string.h>

pw_usec lab_now(const struct pw_lab *lab)
{
    return pw_loop_wall(lab->options.loop);
}

pw_day lab_today(const struct pw_lab *lab)
{
    return pw_day_in_netherlands(lab_now(lab));
}

void lab_reply(struct pw_request *req, enum pw_err_code code, const char *nl, const char *en)
{
    pw_reply_problem(
        req, &(struct pw_problem){.code = code, .detail = pw_str_z(req->lang == PW_LANG_NL ? nl : en)});
}

bool lab_id(struct pw_request *req, struct pw_uuid *ret)
{
    if (pw_uuid_parse(pw_request_param(req, "id"), ret))
        return true;
    pw_reply_code(req, PW_ERR_NOT_FOUND);
    return false;
}

/* ---- members ---- */

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool lab_parse_hash(struct pw_str text, struct pw_arena *arena, struct pw_str *ret)
{
    char *out = pw_arena_alloc(arena, PW_SHA256_SIZE);
    if (text.len != 2 * PW_SHA256_SIZE)
        return false;
    for (size_t i = 0; i < PW_SHA256_SIZE; i++) {
        int high = digit(text.data[2 * i]), low = digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (char)(high << 4 | low);
    }
    *ret = (struct pw_str){out, PW_SHA256_SIZE};
    return true;
}

bool lab_member_hash(const struct pw_json *body, const char *name, bool required, struct pw_arena *arena,
    struct pw_str *ret, struct pw_faults *faults)
{
    struct pw_str text;
    *ret = (struct pw_str){NULL, 0};
    if (!pw_json_member_str(body, NULL, name, required, 1, 64, &text, faults))
        return false;
    return text.len == 0 || lab_parse_hash(text, arena, ret) ||
           pw_fault_member(faults, NULL, name, PW_FAULT_PATTERN,
               "64 hexadecimale cijfers, de SHA-256 van een regelset",
               "64 hexadecimal digits, the SHA-256 of a rule set");
}

bool lab_member_day(const struct pw_json *body, const char *name, pw_day *ret, struct pw_faults *faults)
{
    struct pw_str text;
    *ret = PW_DAY_NONE;
    if (!pw_json_member_str(body, NULL, name, false, 1, 20, &text, faults))
        return false;
    return text.len == 0 || pw_day_parse(text, ret) ||
           pw_fault_member(
               faults, NULL, name, PW_FAULT_PATTERN, "een datum als 2026-03-01", "a date like 2026-03-01");
}

/* ---- cells ---- */

void lab_write_set(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w)
{
    char name[64], hex[PW_SHA256_TEXT];
    struct pw_str hash = pw_cell_bytea(rows, row, pw_rows_column(rows, column));
    pw_jsonw_key(w, member);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "name");
    snprintf(name, sizeof name, "%s_name", column);
    pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, name)));
    pw_jsonw_key(w, "version");
    snprintf(name, sizeof name, "%s_version", column);
    pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, name)));
    pw_jsonw_key(w, "sha256");
    pw_jsonw_z(w, pw_hex(hash.data, hash.len, hex));
    pw_jsonw_end_object(w);
}

void lab_write_name(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w)
{
    struct pw_str text = pw_cell_text(rows, row, pw_rows_column(rows, column));
    pw_jsonw_key(w, member);
    if (text.len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, text);
}

void lab_write_time(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w)
{
    pw_usec at = pw_cell_time(rows, row, pw_rows_column(rows, column));
    pw_jsonw_key(w, member);
    pw_jsonw_instant(w, at == PW_TIME_NONE ? at : at / PW_USEC_PER_SEC * PW_USEC_PER_SEC);
}

/* ---- pages ---- */

bool lab_page(struct pw_request *req, struct lab_page *ret)
{
    static const char *const keys[] = {"cursor", "limit", NULL};
    struct pw_faults faults;
    struct pw_str cursor, at;
    pw_faults_init(&faults, req->arena);
    (void)pw_query_known(req, keys, &faults);
    *ret = (struct lab_page){
        .limit = pw_query_limit(req, &faults), .before = PW_TIME_NONE, .before_id = PW_STR("")};
    cursor = pw_query_cursor(req, &faults);
    if (cursor.len > 0 &&
        (!pw_str_cut(cursor, ' ', &at, &ret->before_id) || !pw_str_to_i64(at, &ret->before)))
        (void)pw_fault_pointer(&faults, PW_STR("/cursor"), PW_FAULT_PATTERN, NULL, NULL);
    if (faults.count > 0)
        pw_reply_faults(req, &faults);
    return faults.count == 0;
}

struct pw_str lab_row_uuid(struct pw_arena *arena, const struct pw_rows *rows, size_t row)
{
    char text[PW_UUID_TEXT];
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    return pw_str_dup(arena, pw_str_z(pw_uuid_format(&id, text)));
}

struct pw_str lab_cursor(struct pw_arena *arena, const struct lab_page *page, const struct pw_rows *rows,
    size_t *count, const char *time_column,
    struct pw_str (*id)(struct pw_arena *arena, const struct pw_rows *rows, size_t row))
{
    *count = pw_rows_count(rows);
    if (*count <= page->limit)
        return PW_STR("");
    *count = page->limit;
    return pw_list_cursor(
        arena, pw_str_printf(arena, "%lld %.*s",
                   (long long)pw_cell_time(rows, *count - 1, pw_rows_column(rows, time_column)),
                   PW_STR_ARG(id(arena, rows, *count - 1))));
}

void lab_reply_list(struct pw_request *req, const struct pw_rows *rows, size_t count, struct pw_str cursor,
    void (*write)(const struct pw_rows *rows, size_t row, struct pw_jsonw *w))
{
    struct pw_buf json;
    struct pw_jsonw w;
    pw_buf_init(&json, LAB_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < count; i++)
        write(rows, i, &w);
    pw_jsonw_end_array(&w);
    pw_list_links(req, cursor, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(req, 200, &json);
    pw_buf_release(&json);
}

void lab_audit(struct pw_tx *tx, const struct pw_lab *lab, const struct pw_request *req, const char *action,
    const char *object_kind, const struct pw_uuid *object, struct pw_str detail)
{
    const struct pw_audit record = {.actor = pw_caller_actor(pw_caller_of(req)),
        .action = action,
        .object_kind = object_kind,
        .object = *object,
        .detail = detail};
    pw_audit_add(tx, lab_now(lab), &record, 1);
}
