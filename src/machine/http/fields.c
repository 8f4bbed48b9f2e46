/*
 * What a complete head says: request line and fields split, and what they mean together
 * (where the request goes, how long its body is, whether the connection stays). Pure.
 * Called by conn.c after http_scan, and by the fuzz target.
 *
 * Everything that two parsers could read in two ways is refused: two lengths, a length and
 * a transfer coding, two Hosts, a target whose authority is not the Host, doubled fields of
 * which only one may be. Names become lower case in the arena's copy.
 */
#include "http_int.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* Fields of which a second one is refused (RFC 9110: not lists). */
static const char *const singletons[] = {"host", "content-length", "transfer-encoding", "content-type",
    "content-encoding", "authorization", "cookie", "expect", "if-match", "if-none-match", "x-csrf-token",
    "range", "last-event-id"};

static bool bad(struct pw_err *err, const char *reason)
{
    return pw_fail(err, PW_ERR_INVALID, "%s", reason);
}

static struct pw_str slice(const char *from, const char *until)
{
    return (struct pw_str){from, (size_t)(until - from)};
}

static bool is_word(struct pw_str s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.data, word, s.len) == 0;
}

static struct pw_str trim_blanks(struct pw_str s)
{
    while (s.len > 0 && (s.data[0] == ' ' || s.data[0] == '\t')) {
        s.data++;
        s.len--;
    }
    while (s.len > 0 && (s.data[s.len - 1] == ' ' || s.data[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/* ---- splitting: the scanner has vouched for the shape ---- */

static const struct {
    const char *text;
    enum pw_http_method method;
    bool head_only;
} methods[] = {
    {"GET", PW_HTTP_GET, false}, {"HEAD", PW_HTTP_GET, true}, {"POST", PW_HTTP_POST, false},
    {"PUT", PW_HTTP_PUT, false}, {"PATCH", PW_HTTP_PATCH, false}, {"DELETE", PW_HTTP_DELETE, false},
    {"OPTIONS", PW_HTTP_METHODS, false}, /* known to HTTP, no route has it: 405 */
};

static void read_method(struct http_head *head)
{
    head->method = PW_HTTP_METHODS;
    for (size_t i = 0; i < PW_COUNT(methods); i++) {
        if (!pw_str_is(head->method_text, methods[i].text))
            continue;
        head->known_method = true;
        head->method = methods[i].method;
        head->head_only = methods[i].head_only;
    }
}

static const char *split_request_line(struct http_head *head, const char *at, const char *end)
{
    if (*at == '\r')
        at += 2;
    const char *eol = memchr(at, '\r', (size_t)(end - at));
    const char *space = memchr(at, ' ', (size_t)(eol - at));
    const char *second = memchr(space + 1, ' ', (size_t)(eol - space - 1));
    head->method_text = slice(at, space);
    head->target = slice(space + 1, second);
    return eol + 2;
}

static size_t count_fields(const char *at, const char *end)
{
    size_t lines = 0;
    for (; (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        lines++;
    return lines - 1; /* the empty line */
}

static void split_fields(struct pw_arena *arena, struct http_head *head, char *at, const char *end)
{
    head->headers = PW_NEW_ARRAY(arena, count_fields(at, end), struct pw_http_header);
    while (*at != '\r') {
        char *eol = memchr(at, '\r', (size_t)(end - at));
        char *colon = memchr(at, ':', (size_t)(eol - at));
        for (char *c = at; c < colon; c++)
            *c = (char)tolower((unsigned char)*c);
        head->headers[head->header_count++] =
            (struct pw_http_header){slice(at, colon), trim_blanks(slice(colon + 1, eol))};
        at = eol + 2;
    }
}

const struct pw_str *http_header_find(const struct pw_http_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (pw_str_is(headers[i].name, name))
            return &headers[i].value;
    return NULL;
}

static const struct pw_str *find(const struct http_head *head, const char *name)
{
    return http_header_find(head->headers, head->header_count, name);
}

bool http_list_has(struct pw_str list, const char *token)
{
    for (bool more = list.len > 0; more;) {
        struct pw_str item, rest;
        more = pw_str_cut(list, ',', &item, &rest);
        list = rest;
        if (is_word(trim_blanks(item), token))
            return true;
    }
    return false;
}

/* ---- meaning ---- */

static bool check_singletons(const struct http_head *head, struct pw_err *err)
{
    for (size_t i = 0; i < PW_COUNT(singletons); i++) {
        unsigned seen = 0;
        for (size_t j = 0; j < head->header_count; j++)
            seen += pw_str_is(head->headers[j].name, singletons[i]);
        if (seen > 1)
            return pw_fail(err, PW_ERR_INVALID, "header %s is given more than once", singletons[i]);
    }
    return true;
}

static bool read_port(struct pw_str port)
{
    int64_t number = 0;
    return port.len >= 1 && port.len <= 5 && port.data[0] != '-' && pw_str_to_i64(port, &number) &&
           number <= UINT16_MAX;
}

/* Splits "host", "host:port", "[v6]:port"; names of letters, digits, '-', '.', '_' only. */
static bool read_authority(struct pw_str text, struct pw_str *ret_host)
{
    const char *end = text.data + text.len, *at = text.data;
    bool literal = text.len > 0 && *at == '[';
    if (literal) {
        for (at++; at < end && (isxdigit((unsigned char)*at) || *at == ':' || *at == '.'); at++)
            ;
        if (at == end || *at != ']' || at < text.data + 3)
            return false;
        at++;
    } else {
        while (at < end && (isalnum((unsigned char)*at) || strchr("-._", *at) != NULL))
            at++;
    }
    *ret_host = slice(text.data, at);
    if (ret_host->len == 0 || ret_host->len > 255)
        return false;
    return at == end || (*at == ':' && read_port(slice(at + 1, end)));
}

static bool read_host(struct http_head *head, struct pw_err *err)
{
    const struct pw_str *host = find(head, "host");
    if (host == NULL)
        return bad(err, "header host is missing");
    return read_authority(*host, &head->host) || bad(err, "header host is malformed");
}

/* "https://host/path" is allowed where it says the same as Host. */
static bool strip_authority(struct http_head *head, bool secure, struct pw_str *ret_path, struct pw_err *err)
{
    struct pw_str scheme = secure ? PW_STR("https://") : PW_STR("http://"), target = head->target;
    const struct pw_str *host = find(head, "host");
    if (target.len <= scheme.len || strncasecmp(target.data, scheme.data, scheme.len) != 0)
        return bad(err, "the request target does not begin with a slash");
    struct pw_str rest = {target.data + scheme.len, target.len - scheme.len};
    size_t len = 0;
    while (len < rest.len && rest.data[len] != '/' && rest.data[len] != '?')
        len++;
    if (len != host->len || strncasecmp(rest.data, host->data, len) != 0)
        return bad(err, "the request target and header host differ");
    *ret_path = (struct pw_str){rest.data + len, rest.len - len};
    return true;
}

static bool read_target(struct http_head *head, bool secure, struct pw_err *err)
{
    struct pw_str path = head->target;
    if (pw_str_is(head->target, "*") && pw_str_is(head->method_text, "OPTIONS")) {
        head->path_text = PW_STR("/");
        return true;
    }
    if (path.data[0] != '/' && !strip_authority(head, secure, &path, err))
        return false;
    if (!pw_str_cut(path, '?', &head->path_text, &head->query))
        head->query = PW_STR("");
    if (head->path_text.len == 0)
        head->path_text = PW_STR("/");
    if (memchr(head->path_text.data, '[', head->path_text.len) != NULL ||
        memchr(head->path_text.data, ']', head->path_text.len) != NULL)
        return bad(err, "the path has a character that is not allowed");
    return true;
}

static bool read_length(struct http_head *head, struct pw_str text, struct pw_err *err)
{
    if (text.len == 0)
        return bad(err, "content-length is malformed");
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return bad(err, "content-length is malformed");
    if (text.len > 18)
        return pw_fail(err, PW_ERR_TOO_LARGE, "content-length is out of range");
    for (size_t i = 0; i < text.len; i++)
        head->content_length = head->content_length * 10 + (uint64_t)(text.data[i] - '0');
    head->body = head->content_length > 0 ? HTTP_BODY_LENGTH : HTTP_BODY_NONE;
    return true;
}

static bool read_framing(struct http_head *head, struct pw_err *err)
{
    const struct pw_str *length = find(head, "content-length");
    const struct pw_str *coding = find(head, "transfer-encoding");
    if (length != NULL && coding != NULL)
        return bad(err, "both content-length and transfer-encoding are given");
    if (length != NULL)
        return read_length(head, *length, err);
    if (coding == NULL)
        return true;
    if (!is_word(*coding, "chunked"))
        return pw_fail(err, PW_ERR_NOT_IMPLEMENTED, "the only transfer coding is chunked");
    head->body = HTTP_BODY_CHUNKED;
    return true;
}

static bool read_expectation(struct http_head *head, struct pw_err *err)
{
    const struct pw_str *expect = find(head, "expect");
    if (expect == NULL)
        return true;
    if (!is_word(*expect, "100-continue"))
        return pw_fail(err, PW_ERR_EXPECTATION, "the only expectation met is 100-continue");
    head->expect_continue = true;
    return true;
}

static void read_connection(struct http_head *head)
{
    for (size_t i = 0; i < head->header_count; i++)
        if (pw_str_is(head->headers[i].name, "connection") && http_list_has(head->headers[i].value, "close"))
            head->close = true;
}

bool http_head_read(struct pw_arena *arena, const char *data, size_t len, bool secure, struct http_head *ret,
    struct pw_err *err)
{
    char *copy = pw_arena_alloc(arena, len);
    memcpy(copy, data, len);
    *ret = (struct http_head){.query = PW_STR("")};
    const char *fields = split_request_line(ret, copy, copy + len);
    split_fields(arena, ret, copy + (fields - copy), copy + len);
    read_method(ret);
    const struct pw_str *lang = find(ret, "accept-language");
    ret->lang = lang != NULL ? http_accept_language(*lang) : PW_LANG_NL;
    if (!check_singletons(ret, err) || !read_host(ret, err) || !read_framing(ret, err))
        return false;
    read_connection(ret);
    if (!ret->known_method)
        return pw_fail(err, PW_ERR_NOT_IMPLEMENTED, "the method is unknown");
    return read_target(ret, secure, err) && read_expectation(ret, err);
}

/* ---- negotiation ---- */

/* "q=0.8" as 800; malformed counts as 0. */
static int read_quality(struct pw_str text)
{
    int quality = 0, scale = 100;
    if (text.len < 3 || text.len > 7 || tolower((unsigned char)text.data[0]) != 'q' || text.data[1] != '=')
        return 0;
    if (text.data[2] != '0' && text.data[2] != '1')
        return 0;
    quality = text.data[2] == '1' ? 1000 : 0;
    if (text.len > 3 && text.data[3] != '.')
        return 0;
    for (size_t i = 4; i < text.len; i++, scale /= 10) {
        if (!isdigit((unsigned char)text.data[i]))
            return 0;
        quality += (text.data[i] - '0') * scale;
    }
    return quality > 1000 ? 1000 : quality;
}

enum pw_lang http_accept_language(struct pw_str value)
{
    int dutch = -1, english = -1;
    bool more = value.len > 0, english_first = false;
    while (more) {
        struct pw_str item, range, quality, rest;
        more = pw_str_cut(value, ',', &item, &rest);
        value = rest;
        bool weighed = pw_str_cut(trim_blanks(item), ';', &range, &quality);
        int q = weighed ? read_quality(trim_blanks(quality)) : 1000;
        range = trim_blanks(range);
        bool plain = range.len == 2 || (range.len > 2 && range.data[2] == '-');
        if (plain && strncasecmp(range.data, "nl", 2) == 0 && q > dutch) {
            dutch = q;
        } else if (plain && strncasecmp(range.data, "en", 2) == 0 && q > english) {
            english = q;
            english_first = dutch < 0;
        }
    }
    if (english <= 0)
        return PW_LANG_NL;
    return english > dutch || (english == dutch && english_first) ? PW_LANG_EN : PW_LANG_NL;
}

bool http_media_type_is(struct pw_str value, const char *accepts)
{
    struct pw_str type, params, name, charset;
    bool more = pw_str_cut(value, ';', &type, &params);
    if (!is_word(trim_blanks(type), accepts))
        return false;
    while (more) {
        struct pw_str item, rest;
        more = pw_str_cut(params, ';', &item, &rest);
        params = rest;
        if (!pw_str_cut(trim_blanks(item), '=', &name, &charset) || !is_word(name, "charset"))
            continue;
        if (!is_word(charset, "utf-8") && !is_word(charset, "\"utf-8\""))
            return false;
    }
    return true;
}
