/* Small tools of the handlers: ids, ETags, query keys, cursors, members, addresses. */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

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
    pw_fault_pointer(faults, pw_str_printf(faults->arena, "/%s", key), PW_FAULT_PATTERN, NULL, NULL);
    return PW_TIME_NONE;
}

void desk_write_self(const char *path, const struct pw_uuid *id, struct pw_jsonw *w)
{
    char text[PW_UUID_TEXT], href[128];

    snprintf(href, sizeof href, "%s%s", path, pw_uuid_format(id, text));
    pw_jsonw_key(w, "_links");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "self");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "href");
    pw_jsonw_z(w, href);
    pw_jsonw_end_object(w);
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
