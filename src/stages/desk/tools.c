/* Small tools of the handlers: ids, ETags, query keys, cursors, members, addresses. */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

#define CURSOR_MAX 200

/* ---- answers ---- */

void desk_reply(struct pw_request *req, enum pw_err_code code, const char *nl, const char *en)
{
    pw_reply_problem(
        req, &(struct pw_problem){.code = code, .detail = pw_str_z(req->lang == PW_LANG_NL ? nl : en)});
}

void desk_reply_not_found(struct pw_request *req)
{
    pw_reply_code(req, PW_ERR_NOT_FOUND);
}

bool desk_id(struct pw_request *req, struct pw_uuid *ret)
{
    if (pw_uuid_parse(pw_request_param(req, "id"), ret))
        return true;
    desk_reply_not_found(req);
    return false;
}

bool desk_has_if_match(struct pw_request *req)
{
    if (pw_request_has_header(req, "if-match"))
        return true;
    desk_reply(req, PW_ERR_PRECONDITION_REQUIRED, "Stuur If-Match mee met de ETag van wat u zag.",
        "Send If-Match with the ETag of what you saw.");
    return false;
}

bool desk_if_match(const struct pw_request *req, char letter, int64_t version)
{
    struct pw_str rest = pw_request_header(req, "if-match"), head;
    struct pw_str tag = pw_str_printf(req->arena, "\"%c%lld\"", letter, (long long)version);
    bool more = true;

    while (more) {
        more = pw_str_cut(rest, ',', &head, &rest);
        head = pw_str_trim(head);
        if (pw_str_eq(head, tag) || pw_str_is(head, "*"))
            return true;
    }
    return false;
}

void desk_etag(struct pw_request *req, char letter, int64_t version)
{
    pw_reply_header(req, "ETag", pw_str_printf(req->arena, "\"%c%lld\"", letter, (long long)version));
}

bool desk_body(
    struct pw_request *req, bool may_be_empty, struct pw_faults *faults, const struct pw_json **ret)
{
    if (may_be_empty && req->body.len == 0)
        req->body = PW_STR("{}");
    return pw_body_object(req, faults, ret);
}

/* ---- query keys ---- */

static bool query_fault(struct pw_faults *faults, const char *key, enum pw_fault_code code)
{
    return pw_fault_pointer(faults, pw_str_printf(faults->arena, "/%s", key), code, NULL, NULL);
}

bool desk_query_known(const struct pw_request *req, const char *const *keys, struct pw_faults *faults)
{
    bool ok = true;

    for (size_t i = 0; i < pw_request_query_count(req); i++) {
        struct pw_str key = pw_request_query_key(req, i);
        size_t k = 0;

        while (keys[k] != NULL && !pw_str_is(key, keys[k]))
            k++;
        if (keys[k] == NULL)
            ok = pw_fault_pointer(faults, PW_STR(""), PW_FAULT_UNKNOWN_FIELD, "Onbekende sleutel in de query",
                "Unknown query key");
    }
    return ok;
}

size_t desk_query_limit(const struct pw_request *req, struct pw_faults *faults)
{
    struct pw_str text;
    int64_t limit;

    if (!pw_request_query(req, "limit", &text))
        return DESK_LIST_DEFAULT;
    if (pw_str_to_i64(text, &limit) && limit >= 1 && limit <= DESK_LIST_MAX)
        return (size_t)limit;
    query_fault(faults, "limit", PW_FAULT_RANGE);
    return DESK_LIST_DEFAULT;
}

pw_usec desk_query_time(const struct pw_request *req, const char *key, struct pw_faults *faults)
{
    struct pw_str text;
    pw_usec time;
    pw_day day;

    if (!pw_request_query(req, key, &text))
        return PW_TIME_NONE;
    if (pw_instant_parse(text, &time))
        return time;
    if (pw_day_parse(text, &day))
        return pw_instant_in_netherlands(day, 0);
    query_fault(faults, key, PW_FAULT_PATTERN);
    return PW_TIME_NONE;
}

struct pw_str desk_query_cursor(const struct pw_request *req, struct pw_faults *faults)
{
    struct pw_str text;
    char *out = pw_arena_alloc(req->arena, CURSOR_MAX);
    size_t len;

    if (!pw_request_query(req, "cursor", &text))
        return PW_STR("");
    if (text.len > 0 && pw_crypto_base64url_read(text, out, CURSOR_MAX, &len))
        return (struct pw_str){out, len};
    query_fault(faults, "cursor", PW_FAULT_PATTERN);
    return PW_STR("");
}

struct pw_str desk_cursor(struct pw_arena *arena, struct pw_str text)
{
    char *out = pw_arena_alloc(arena, text.len * 2 + 4);

    return pw_str_z(pw_crypto_base64url(text.data, text.len, out));
}

/* The request's own query without its cursor. */
static struct pw_str query_without_cursor(const struct pw_request *req)
{
    struct pw_str rest = req->query, head, out = PW_STR("");
    bool more = rest.len > 0;

    while (more) {
        more = pw_str_cut(rest, '&', &head, &rest);
        if (head.len > 0 && !pw_str_has_prefix(head, PW_STR("cursor=")))
            out = pw_str_printf(
                req->arena, "%.*s%s%.*s", PW_STR_ARG(out), out.len == 0 ? "" : "&", PW_STR_ARG(head));
    }
    return out;
}

static void write_href(struct pw_jsonw *w, const char *name, struct pw_str href)
{
    pw_jsonw_key(w, name);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "href");
    pw_jsonw_str(w, href);
    pw_jsonw_end_object(w);
}

void desk_write_links(const struct pw_request *req, struct pw_str cursor, struct pw_jsonw *w)
{
    struct pw_str query = query_without_cursor(req);

    pw_jsonw_key(w, "_links");
    pw_jsonw_object(w);
    write_href(w, "self",
        pw_str_printf(req->arena, "%.*s%s%.*s", PW_STR_ARG(req->path), req->query.len == 0 ? "" : "?",
            PW_STR_ARG(req->query)));
    if (cursor.len > 0)
        write_href(w, "next",
            pw_str_printf(req->arena, "%.*s?%.*s%scursor=%.*s", PW_STR_ARG(req->path), PW_STR_ARG(query),
                query.len == 0 ? "" : "&", PW_STR_ARG(cursor)));
    pw_jsonw_end_object(w);
}

void desk_write_self(const char *path, const struct pw_uuid *id, struct pw_jsonw *w)
{
    char text[PW_UUID_TEXT], href[128];

    snprintf(href, sizeof href, "%s%s", path, pw_uuid_format(id, text));
    pw_jsonw_key(w, "_links");
    pw_jsonw_object(w);
    write_href(w, "self", pw_str_z(href));
    pw_jsonw_end_object(w);
}

/* ---- members ---- */

bool desk_member_day(
    const struct pw_json *body, const char *name, bool required, pw_day *ret, struct pw_faults *faults)
{
    struct pw_str text;

    *ret = PW_DAY_NONE;
    if (!pw_json_member_str(body, NULL, name, required, 1, 20, &text, faults))
        return false;
    if (text.len == 0 || pw_day_parse(text, ret))
        return true;
    return pw_fault_member(
        faults, NULL, name, PW_FAULT_PATTERN, "een datum als 2026-03-01", "a date like 2026-03-01");
}

bool desk_member_ids(const struct pw_json *body, const char *name, bool required, size_t max,
    struct pw_arena *arena, struct pw_uuid **ret, size_t *ret_count, struct pw_faults *faults)
{
    const struct pw_json *list = pw_json_get(body, name);
    struct pw_at at = {.name = name};
    bool ok = true;

    *ret = PW_NEW_ARRAY(arena, pw_json_count(list) + 1, struct pw_uuid);
    *ret_count = 0;
    if (list == NULL)
        return !required || pw_fault(faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    if (!pw_json_is_array(list))
        return pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
    if (pw_json_count(list) > max || (required && pw_json_count(list) == 0))
        return pw_fault(faults, &at, PW_FAULT_LENGTH, NULL, NULL);
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_json *item = pw_json_item(list, i);
        struct pw_at place = {.up = &at, .index = i};

        if (!pw_json_is_string(item))
            ok = pw_fault(faults, &place, PW_FAULT_TYPE, NULL, NULL);
        else if (!pw_uuid_parse(pw_json_str(item), &(*ret)[*ret_count]))
            ok = pw_fault(faults, &place, PW_FAULT_PATTERN, NULL, NULL);
        else
            ++*ret_count;
    }
    return ok;
}

bool desk_member_word(const struct pw_json *body, const struct pw_at *at, const char *name, bool required,
    const char *const *words, int *ret, struct pw_faults *faults)
{
    struct pw_str text;

    *ret = -1;
    if (!pw_json_member_str(body, at, name, required, 1, 100, &text, faults))
        return false;
    if (text.len == 0)
        return true;
    for (int i = 0; words[i] != NULL; i++)
        if (pw_str_is(text, words[i]))
            *ret = i;
    return *ret >= 0 || pw_fault_member(faults, at, name, PW_FAULT_ENUM, NULL, NULL);
}

/* ---- time ---- */

pw_usec desk_now(const struct pw_desk *desk)
{
    return pw_loop_wall(desk->options.loop);
}

pw_day desk_today(const struct pw_desk *desk)
{
    return pw_day_in_netherlands(desk_now(desk));
}

pw_day desk_working_days(const struct pw_desk *desk, int n)
{
    pw_day day = desk_today(desk), found;

    if (desk->options.holidays != NULL && pw_working_day_add(desk->options.holidays, day, n, &found))
        return found;
    while (n > 0) {
        day++;
        n -= pw_day_weekday(day) < 5;
    }
    return day;
}

/* ---- addresses ---- */

static struct pw_str text_of(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_text(rows, row, pw_rows_column(rows, column));
}

struct pw_address desk_address(const struct pw_rows *rows, size_t row)
{
    return (struct pw_address){.postcode = text_of(rows, row, "postcode"),
        .house_number = (int32_t)pw_cell_i64(rows, row, pw_rows_column(rows, "house_number")),
        .letter = text_of(rows, row, "house_letter"),
        .addition = text_of(rows, row, "addition"),
        .municipality = text_of(rows, row, "municipality")};
}

static void write_or_null(struct pw_jsonw *w, const char *name, struct pw_str text)
{
    pw_jsonw_key(w, name);
    if (text.len == 0)
        pw_jsonw_null(w);
    else
        pw_jsonw_str(w, text);
}

void desk_write_premises(const struct pw_rows *rows, size_t row, const struct pw_uuid *id, struct pw_jsonw *w)
{
    struct pw_address address = desk_address(rows, row);
    struct pw_str bag_id = text_of(rows, row, "bag_id"), type = text_of(rows, row, "type");

    pw_jsonw_key(w, "premises");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, id);
    write_or_null(w, "bagId", bag_id);
    pw_jsonw_key(w, "address");
    pw_premises_write_address(&address, w);
    write_or_null(w, "type", type);
    pw_jsonw_end_object(w);
}
