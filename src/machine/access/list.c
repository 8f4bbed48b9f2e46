/* What lists and bodies of all stages share: query keys, cursors, links, words of a set. */
#include "access_int.h"

#define CURSOR_MAX 200

static bool query_fault(struct pw_faults *faults, const char *key, enum pw_fault_code code)
{
    return pw_fault_pointer(faults, pw_str_printf(faults->arena, "/%s", key), code, NULL, NULL);
}

bool pw_query_known(const struct pw_request *req, const char *const *keys, struct pw_faults *faults)
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

size_t pw_query_limit(const struct pw_request *req, struct pw_faults *faults)
{
    struct pw_str text;
    int64_t limit;

    if (!pw_request_query(req, "limit", &text))
        return PW_LIST_DEFAULT;
    if (pw_str_to_i64(text, &limit) && limit >= 1 && limit <= PW_LIST_MAX)
        return (size_t)limit;
    query_fault(faults, "limit", PW_FAULT_RANGE);
    return PW_LIST_DEFAULT;
}

struct pw_str pw_query_cursor(const struct pw_request *req, struct pw_faults *faults)
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

struct pw_str pw_list_cursor(struct pw_arena *arena, struct pw_str text)
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

void pw_list_links(const struct pw_request *req, struct pw_str cursor, struct pw_jsonw *w)
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

bool pw_body_word(const struct pw_json *body, const struct pw_at *at, const char *name, bool required,
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
