/*
 * Scanning a request head, octet by octet: request line, then header fields, to the empty
 * line. Pure. Called by conn.c with what has arrived so far, by chunk.c for trailer fields,
 * by the fuzz target.
 *
 * Each octet is looked at once, and every octet either moves the state on or refuses the
 * message there and then: a fault is found at the same octet however the input was cut.
 * What is refused on purpose, though some servers let it pass: bare CR and bare LF, folded
 * lines, space before the colon, NUL and control characters, doubled spaces in the request
 * line, fragments, versions other than HTTP/1.1. One empty line before the request line is
 * skipped (RFC 9112, 2.2).
 */
#include "http_int.h"

#include <string.h>

enum scan_state {
    AT_START,
    AT_START_LF, /* after the CR of one empty line before the request */
    AT_METHOD_FIRST,
    IN_METHOD,
    AT_TARGET_FIRST,
    IN_TARGET,
    IN_VERSION,
    AT_LINE_LF,
    AT_FIELD,
    IN_NAME,
    AT_VALUE,
    IN_VALUE,
    AT_VALUE_LF,
    AT_END_LF,
    AT_END,
};

#define METHOD_MAX 24

static const char version[] = "HTTP/1.1";

bool http_is_token_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

/* RFC 3986 in a target: unreserved, sub-delims, and the delimiters of path, query and authority. */
static bool is_target_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("-._~!$&'()*+,;=:@/?%[]", c) != NULL;
}

void http_scanner_init(struct http_scanner *scanner, const struct pw_http_limits *limits)
{
    *scanner = (struct http_scanner){.head_max = limits->head_max,
        .target_max = limits->target_max,
        .headers_max = limits->headers_max,
        .state = AT_START};
}

void http_scanner_init_trailer(struct http_scanner *scanner, size_t max)
{
    *scanner = (struct http_scanner){.head_max = max, .headers_max = 16, .state = AT_FIELD, .trailer = true};
}

static bool refuse(struct http_scanner *scanner, enum pw_err_code fault, const char *reason)
{
    scanner->fault = fault;
    scanner->reason = reason;
    return false;
}

static bool bad(struct http_scanner *scanner, const char *reason)
{
    return refuse(scanner, PW_ERR_INVALID, reason);
}

static void go(struct http_scanner *scanner, enum scan_state state)
{
    scanner->state = state;
    scanner->token = 0;
}

/* ---- request line ---- */

static bool scan_method(struct http_scanner *scanner, unsigned char c)
{
    if (c == ' ' && scanner->token > 0) {
        go(scanner, AT_TARGET_FIRST);
        return true;
    }
    if (!http_is_token_char(c))
        return bad(scanner, "the method is malformed");
    if (++scanner->token > METHOD_MAX)
        return refuse(scanner, PW_ERR_NOT_IMPLEMENTED, "the method is unknown");
    return true;
}

static bool scan_target(struct http_scanner *scanner, unsigned char c)
{
    if (c == ' ' && scanner->token > 0) {
        go(scanner, IN_VERSION);
        return true;
    }
    if (c == '#')
        return bad(scanner, "the request target has a fragment");
    if (!is_target_char(c))
        return bad(scanner, "the request target is malformed");
    if (++scanner->token > scanner->target_max)
        return refuse(scanner, PW_ERR_URI_TOO_LONG, "the request target is too long");
    return true;
}

static bool scan_version(struct http_scanner *scanner, unsigned char c)
{
    size_t at = scanner->token++;
    bool digit = c >= '0' && c <= '9';
    if (at == sizeof(version) - 1) {
        if (c != '\r')
            return bad(scanner, "the request line does not end after the version");
        go(scanner, AT_LINE_LF);
        return true;
    }
    if (c == (unsigned char)version[at])
        return true;
    if (digit && (at == 5 || at == 7))
        return refuse(scanner, PW_ERR_HTTP_VERSION, "only HTTP/1.1 is spoken here");
    return bad(scanner, "the version is malformed");
}

/* ---- fields ---- */

static bool begin_field(struct http_scanner *scanner, unsigned char c)
{
    if (c == '\r') {
        go(scanner, AT_END_LF);
        return true;
    }
    if (c == ' ' || c == '\t')
        return bad(scanner, "a header line is folded");
    if (!http_is_token_char(c))
        return bad(scanner, "a header name is malformed");
    if (++scanner->fields > scanner->headers_max)
        return refuse(scanner, PW_ERR_HEAD_TOO_LARGE, "there are too many header lines");
    go(scanner, IN_NAME);
    return true;
}

static bool scan_name(struct http_scanner *scanner, unsigned char c)
{
    if (c == ':') {
        go(scanner, AT_VALUE);
        return true;
    }
    return http_is_token_char(c) || bad(scanner, "a header name is malformed");
}

static bool scan_value(struct http_scanner *scanner, unsigned char c)
{
    if (c == '\r') {
        go(scanner, AT_VALUE_LF);
        return true;
    }
    if (c == '\n')
        return bad(scanner, "a line ends without CR");
    if ((c < 0x20 && c != '\t') || c == 0x7f)
        return bad(scanner, "a header value has a control character");
    scanner->state = IN_VALUE;
    return true;
}

static bool expect_lf(struct http_scanner *scanner, unsigned char c, enum scan_state next)
{
    if (c != '\n')
        return bad(scanner, "CR without LF");
    go(scanner, next);
    return true;
}

static bool scan_octet(struct http_scanner *scanner, unsigned char c)
{
    switch ((enum scan_state)scanner->state) {
    case AT_START:
        if (c != '\r') {
            go(scanner, IN_METHOD);
            return scan_method(scanner, c);
        }
        go(scanner, AT_START_LF);
        return true;
    case AT_START_LF:
        return expect_lf(scanner, c, AT_METHOD_FIRST);
    case AT_METHOD_FIRST:
        go(scanner, IN_METHOD);
        return scan_method(scanner, c);
    case IN_METHOD:
        return scan_method(scanner, c);
    case AT_TARGET_FIRST:
    case IN_TARGET:
        scanner->state = IN_TARGET;
        return scan_target(scanner, c);
    case IN_VERSION:
        return scan_version(scanner, c);
    case AT_LINE_LF:
    case AT_VALUE_LF:
        return expect_lf(scanner, c, AT_FIELD);
    case AT_FIELD:
        return begin_field(scanner, c);
    case IN_NAME:
        return scan_name(scanner, c);
    case AT_VALUE:
    case IN_VALUE:
        return scan_value(scanner, c);
    case AT_END_LF:
        return expect_lf(scanner, c, AT_END);
    case AT_END:
        break;
    }
    return false;
}

enum http_scan http_scan(struct http_scanner *scanner, const char *data, size_t len)
{
    if (scanner->reason != NULL)
        return HTTP_BAD;
    while (scanner->state != AT_END && scanner->pos < len) {
        if (scanner->pos >= scanner->head_max) {
            refuse(scanner, PW_ERR_HEAD_TOO_LARGE, "the header lines are too large");
            return HTTP_BAD;
        }
        if (!scan_octet(scanner, (unsigned char)data[scanner->pos]))
            return HTTP_BAD;
        scanner->pos++;
    }
    return scanner->state == AT_END ? HTTP_DONE : HTTP_MORE;
}
