/*
 * Requests and what they must be answered, one a row: mostly malformed ones that servers in
 * use let pass. Sent whole and octet by octet by cases_test.c; the fuzz corpora are made
 * from the same rows. The server behind has the routes of cases_test.c.
 *
 * status 0: no answer, the connection just ends. `closes`: the connection must end after the
 * answer, for what follows cannot be trusted to be a request.
 */
#ifndef PANDWACHT_HTTP_CASES_H
#define PANDWACHT_HTTP_CASES_H

#include <stdbool.h>
#include <stddef.h>

struct http_case {
    const char *name;
    const char *octets;
    size_t len;
    int status;
    bool closes;
};

#define BAD(name, text, status)                                                                              \
    {                                                                                                        \
        name, text, sizeof(text) - 1, status, true                                                           \
    }
#define GOOD(name, text, status)                                                                             \
    {                                                                                                        \
        name, text, sizeof(text) - 1, status, false                                                          \
    }
#define HOST        "Host: a.test\r\n"
#define POST        "POST /echo HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
#define CHUNKED     POST "Transfer-Encoding: chunked\r\n\r\n"
#define REPEAT10(x) x x x x x x x x x x

static const struct http_case http_cases[] = {
    /* sound ones, so that refusing everything does not pass */
    GOOD("get", "GET /ping HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("get-query", "GET /ping?a=1&b=%20x HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("head", "HEAD /ping HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("post", POST "Content-Length: 2\r\n\r\n{}", 200),
    GOOD("post-empty", POST "Content-Length: 0\r\n\r\n", 200),
    GOOD("post-leading-zeros", POST "Content-Length: 0002\r\n\r\n{}", 200),
    GOOD("post-charset",
        "POST /echo HTTP/1.1\r\n" HOST
        "Content-Type: application/json; charset=UTF-8\r\nContent-Length: 2\r\n\r\n{}",
        200),
    GOOD("chunked", CHUNKED "2\r\n{}\r\n0\r\n\r\n", 200),
    GOOD("chunked-two", CHUNKED "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", 200),
    GOOD("chunked-case", POST "transfer-encoding: ChunKed\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 200),
    GOOD("chunked-extension", CHUNKED "2;a=b;c\r\n{}\r\n0;z\r\n\r\n", 200),
    GOOD("chunked-trailer", CHUNKED "2\r\n{}\r\n0\r\nX-Sum: 1\r\nY:\r\n\r\n", 200),
    GOOD("chunked-zeros", CHUNKED "0002\r\n{}\r\n000\r\n\r\n", 200),
    GOOD("chunked-upper-hex", CHUNKED "A\r\n0123456789\r\n0\r\n\r\n", 200),
    GOOD("param", "GET /items/abc HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("param-encoded", "GET /items/a%20b%C3%A9 HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("param-double-encoded", "GET /items/%252e%252e HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("literal-over-param", "GET /items/_all HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("one-empty-line-before", "\r\nGET /ping HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("host-port", "GET /ping HTTP/1.1\r\nHost: a.test:8443\r\n\r\n", 200),
    GOOD("host-v6", "GET /ping HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n", 200),
    GOOD("host-upper", "GET /ping HTTP/1.1\r\nHOST:A.TEST\r\n\r\n", 200),
    GOOD("value-blanks", "GET /ping HTTP/1.1\r\nHost: \t a.test \t \r\nX:\r\n\r\n", 200),
    GOOD("value-high-bit", "GET /ping HTTP/1.1\r\n" HOST "X: \xe9\r\n\r\n", 200),
    GOOD("absolute-same-host", "GET http://a.test/ping HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("absolute-query", "GET HTTP://A.test/ping?x=1 HTTP/1.1\r\n" HOST "\r\n", 200),
    GOOD("accept-language", "GET /ping HTTP/1.1\r\n" HOST "Accept-Language: en\r\n\r\n", 200),
    BAD("close", "GET /ping HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", 200),
    BAD("close-list", "GET /ping HTTP/1.1\r\n" HOST "Connection: foo , Close\r\n\r\n", 200),
    GOOD("keep-alive", "GET /ping HTTP/1.1\r\n" HOST "Connection: keep-alive\r\n\r\n", 200),
    GOOD("get-length-0", "GET /ping HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 200),

    /* routing */
    GOOD("no-such-path", "GET /nowhere HTTP/1.1\r\n" HOST "\r\n", 404),
    GOOD("root", "GET / HTTP/1.1\r\n" HOST "\r\n", 404),
    GOOD("trailing-slash", "GET /ping/ HTTP/1.1\r\n" HOST "\r\n", 404),
    GOOD("doubled-slash", "GET //ping HTTP/1.1\r\n" HOST "\r\n", 404),
    GOOD("empty-param", "GET /items/ HTTP/1.1\r\n" HOST "\r\n", 404),
    GOOD("case-matters", "GET /PING HTTP/1.1\r\n" HOST "\r\n", 404),
    GOOD("deep", "GET /a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a HTTP/1.1\r\n" HOST "\r\n", 404),
    GOOD("method-not-here", "DELETE /ping HTTP/1.1\r\n" HOST "\r\n", 405),
    GOOD("head-of-post", "HEAD /echo HTTP/1.1\r\n" HOST "\r\n", 405),
    GOOD("options", "OPTIONS /ping HTTP/1.1\r\n" HOST "\r\n", 405),
    GOOD("options-star", "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 404),

    /* the request line */
    BAD("unknown-method", "BREW /ping HTTP/1.1\r\n" HOST "\r\n", 501),
    BAD("lower-case-method", "get /ping HTTP/1.1\r\n" HOST "\r\n", 501),
    BAD("trace", "TRACE /ping HTTP/1.1\r\n" HOST "\r\n", 501),
    BAD("connect", "CONNECT a.test:443 HTTP/1.1\r\n" HOST "\r\n", 501),
    BAD("long-method", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA /ping HTTP/1.1\r\n" HOST "\r\n", 501),
    BAD("method-bracket", "G[T /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("method-nul", "G\0T /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("method-high-bit", "G\xc3\xa9T /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("method-missing", " /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("method-colon", "GET: /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("two-spaces-first", "GET  /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("two-spaces-second", "GET /ping  HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("tab-separator", "GET\t/ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("tab-separator-second", "GET /ping\tHTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("space-before", " GET /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("space-behind", "GET /ping HTTP/1.1 \r\n" HOST "\r\n", 400),
    BAD("two-empty-lines-before", "\r\n\r\nGET /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("bare-lf-before", "\nGET /ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("http-0.9", "GET /ping\r\n", 400),
    BAD("http-1.0", "GET /ping HTTP/1.0\r\n" HOST "\r\n", 505),
    BAD("http-1.2", "GET /ping HTTP/1.2\r\n" HOST "\r\n", 505),
    BAD("http-2.0", "GET /ping HTTP/2.0\r\n" HOST "\r\n", 505),
    BAD("http-9.9", "GET /ping HTTP/9.9\r\n" HOST "\r\n", 505),
    BAD("http-1.32", "GET /ping HTTP/1.32\r\n" HOST "\r\n", 505),
    BAD("http-1.11", "GET /ping HTTP/1.11\r\n" HOST "\r\n", 400),
    BAD("http-01.1", "GET /ping HTTP/01.1\r\n" HOST "\r\n", 505),
    BAD("http-257.1", "GET /ping HTTP/257.1\r\n" HOST "\r\n", 505),
    BAD("http-lower", "GET /ping http/1.1\r\n" HOST "\r\n", 400),
    BAD("http-missing", "GET /ping \r\n" HOST "\r\n", 400),
    BAD("http-comma", "GET /ping HTTP/1,1\r\n" HOST "\r\n", 400),
    BAD("http-other", "GET /ping ICY/1.1\r\n" HOST "\r\n", 400),
    BAD("http-minus", "GET /ping HTTP/-1.1\r\n" HOST "\r\n", 400),
    BAD("http2-preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    BAD("bare-lf-line", "GET /ping HTTP/1.1\n" HOST "\r\n", 400),
    BAD("bare-cr-line", "GET /ping HTTP/1.1\r" HOST "\r\n", 400),
    BAD("cr-cr-lf", "GET /ping HTTP/1.1\r\r\n" HOST "\r\n", 400),
    BAD("bare-lf-everywhere", "GET /ping HTTP/1.1\nHost: a.test\n\n", 400),
    BAD("tls-hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),

    /* the target */
    BAD("no-slash", "GET ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("star", "GET * HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("query-only", "GET ?a HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("authority", "GET a.test:443 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("absolute-other-host", "GET http://b.test/ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("absolute-prefix-host", "GET http://a.test.evil/ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("absolute-userinfo", "GET http://u@a.test/ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("absolute-other-scheme", "GET https://a.test/ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("absolute-ftp", "GET ftp://a.test/ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("absolute-empty-host", "GET http:///ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("fragment", "GET /ping#x HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("nul-encoded", "GET /items/a%00b HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("nul-raw", "GET /items/a\0b HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("newline-encoded", "GET /items/a%0d%0ab HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("delete-encoded", "GET /items/a%7fb HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("slash-encoded", "GET /items/a%2fb HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("backslash-encoded", "GET /items/a%5cb HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("backslash-raw", "GET /items/a\\b HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("dot", "GET /items/./ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("dot-dot", "GET /items/../ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("dot-dot-encoded", "GET /items/%2e%2e/ping HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("dot-dot-half-encoded", "GET /items/.%2E HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("dot-dot-first", "GET /../etc/passwd HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("overlong-utf8", "GET /items/%c0%ae%c0%ae HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("surrogate-utf8", "GET /items/%ed%a0%80 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("broken-utf8", "GET /items/%c3 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("bad-percent", "GET /items/%zz HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("cut-percent", "GET /items/a%4 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("lone-percent", "GET /items/% HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("percent-u", "GET /items/%u002e HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("high-bit-raw", "GET /items/\xc3\xa9 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("quote", "GET /items/\"a HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("angle", "GET /items/<a> HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("brace", "GET /items/{id} HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("pipe", "GET /items/a|b HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("bracket-in-path", "GET /items/[a] HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("query-nul", "GET /ping?a=%00 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("query-twice", "GET /ping?a=1&a=2 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("query-bad-percent", "GET /ping?a=%g1 HTTP/1.1\r\n" HOST "\r\n", 400),
    BAD("query-not-utf8", "GET /ping?a=%ff HTTP/1.1\r\n" HOST "\r\n", 400),

    /* header lines */
    BAD("host-missing", "GET /ping HTTP/1.1\r\n\r\n", 400),
    BAD("host-empty", "GET /ping HTTP/1.1\r\nHost:\r\n\r\n", 400),
    BAD("host-twice", "GET /ping HTTP/1.1\r\n" HOST HOST "\r\n", 400),
    BAD("host-twice-other", "GET /ping HTTP/1.1\r\n" HOST "Host: b.test\r\n\r\n", 400),
    BAD("host-list", "GET /ping HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n", 400),
    BAD("host-userinfo", "GET /ping HTTP/1.1\r\nHost: u@a.test\r\n\r\n", 400),
    BAD("host-path", "GET /ping HTTP/1.1\r\nHost: a.test/x\r\n\r\n", 400),
    BAD("host-port-word", "GET /ping HTTP/1.1\r\nHost: a.test:http\r\n\r\n", 400),
    BAD("host-port-large", "GET /ping HTTP/1.1\r\nHost: a.test:65536\r\n\r\n", 400),
    BAD("host-port-empty", "GET /ping HTTP/1.1\r\nHost: a.test:\r\n\r\n", 400),
    BAD("host-port-minus", "GET /ping HTTP/1.1\r\nHost: a.test:-1\r\n\r\n", 400),
    BAD("host-v6-open", "GET /ping HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
    BAD("host-space", "GET /ping HTTP/1.1\r\nHost: a test\r\n\r\n", 400),
    BAD("host-percent", "GET /ping HTTP/1.1\r\nHost: a%2etest\r\n\r\n", 400),
    BAD("folded", "GET /ping HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", 400),
    BAD("folded-tab", "GET /ping HTTP/1.1\r\n" HOST "X: a\r\n\tb\r\n\r\n", 400),
    BAD("folded-first", "GET /ping HTTP/1.1\r\n X: a\r\n" HOST "\r\n", 400),
    BAD("space-before-colon", "GET /ping HTTP/1.1\r\n" HOST "X : a\r\n\r\n", 400),
    BAD("tab-before-colon", "GET /ping HTTP/1.1\r\n" HOST "X\t: a\r\n\r\n", 400),
    BAD("host-space-before-colon", "GET /ping HTTP/1.1\r\nHost : a.test\r\n\r\n", 400),
    BAD("name-empty", "GET /ping HTTP/1.1\r\n" HOST ": a\r\n\r\n", 400),
    BAD("name-no-colon", "GET /ping HTTP/1.1\r\n" HOST "Xa\r\n\r\n", 400),
    BAD("name-nul", "GET /ping HTTP/1.1\r\n" HOST "X\0: a\r\n\r\n", 400),
    BAD("name-high-bit", "GET /ping HTTP/1.1\r\n" HOST "X\xe9: a\r\n\r\n", 400),
    BAD("name-bracket", "GET /ping HTTP/1.1\r\n" HOST "X[: a\r\n\r\n", 400),
    BAD("name-quote", "GET /ping HTTP/1.1\r\n" HOST "\"X\": a\r\n\r\n", 400),
    BAD("value-nul", "GET /ping HTTP/1.1\r\n" HOST "X: a\0b\r\n\r\n", 400),
    BAD("value-escape", "GET /ping HTTP/1.1\r\n" HOST "X: a\x1b[0m\r\n\r\n", 400),
    BAD("value-delete", "GET /ping HTTP/1.1\r\n" HOST "X: a\x7f\r\n\r\n", 400),
    BAD("value-bare-cr", "GET /ping HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n", 400),
    BAD("value-bare-lf", "GET /ping HTTP/1.1\r\n" HOST "X: a\nY: b\r\n\r\n", 400),
    BAD("end-bare-lf", "GET /ping HTTP/1.1\r\n" HOST "\n", 400),
    BAD("end-cr-cr", "GET /ping HTTP/1.1\r\n" HOST "\r\r\n", 400),
    BAD("authorization-twice",
        "GET /ping HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", 400),
    BAD("cookie-twice", "GET /ping HTTP/1.1\r\n" HOST "Cookie: a=1\r\nCookie: a=2\r\n\r\n", 400),
    BAD("too-many-headers", "GET /ping HTTP/1.1\r\n" HOST REPEAT10(REPEAT10("X: a\r\n")) "\r\n", 431),
    BAD("expect-other", POST "Content-Length: 2\r\nExpect: 200-ok\r\n\r\n{}", 417),

    /* lengths */
    BAD("length-and-chunked", POST "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    BAD("chunked-and-length", POST "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 400),
    BAD("length-twice-other", POST "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    BAD("length-twice-same", POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    BAD("length-list", POST "Content-Length: 2, 2\r\n\r\n{}", 400),
    BAD("length-plus", POST "Content-Length: +2\r\n\r\n{}", 400),
    BAD("length-minus", POST "Content-Length: -2\r\n\r\n{}", 400),
    BAD("length-hex", POST "Content-Length: 0x2\r\n\r\n{}", 400),
    BAD("length-word", POST "Content-Length: two\r\n\r\n{}", 400),
    BAD("length-empty", POST "Content-Length:\r\n\r\n{}", 400),
    BAD("length-space-inside", POST "Content-Length: 2 2\r\n\r\n{}", 400),
    BAD("length-underscore", POST "Content-Length: 1_0\r\n\r\n{}", 400),
    BAD("length-fraction", POST "Content-Length: 2.0\r\n\r\n{}", 400),
    BAD("length-exponent", POST "Content-Length: 1e1\r\n\r\n{}", 400),
    BAD("length-overflow-64", POST "Content-Length: 18446744073709551618\r\n\r\n{}", 413),
    BAD("length-overflow-63", POST "Content-Length: 9223372036854775810\r\n\r\n{}", 413),
    BAD("length-over-limit", POST "Content-Length: 1001\r\n\r\n", 413),
    BAD("length-arabic", POST "Content-Length: \xd9\xa2\r\n\r\n{}", 400),
    BAD("get-with-body", "GET /ping HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 413),
    BAD("get-with-chunks", "GET /ping HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413),

    /* transfer codings */
    BAD("coding-unknown", POST "Transfer-Encoding: gzip\r\n\r\n", 501),
    BAD("coding-list", POST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
    BAD("coding-twice-in-list", POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 501),
    BAD("coding-twice", POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400),
    BAD("coding-identity", POST "Transfer-Encoding: identity\r\n\r\n", 501),
    BAD("coding-comma-first", POST "Transfer-Encoding: ,chunked\r\n\r\n0\r\n\r\n", 501),
    BAD("coding-comma-last", POST "Transfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", 501),
    BAD("coding-parameter", POST "Transfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n", 501),
    BAD("coding-quoted", POST "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 501),
    BAD("coding-prefix", POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501),
    BAD("coding-vertical-tab",
        POST "Transfer-Encoding: \x0b"
             "chunked\r\n\r\n0\r\n\r\n",
        400),
    BAD("coding-empty", POST "Transfer-Encoding:\r\n\r\n0\r\n\r\n", 501),

    /* chunks */
    BAD("chunk-size-missing", CHUNKED "\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-word", CHUNKED "x\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-plus", CHUNKED "+2\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-minus", CHUNKED "-2\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-0x", CHUNKED "0x2\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-space-before", CHUNKED " 2\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-space-behind", CHUNKED "2 \r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-underscore", CHUNKED "0_2\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-overflow", CHUNKED "10000000000000002\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-many-zeros", CHUNKED "00000000000000000000002\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-bare-lf", CHUNKED "2\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-bare-cr", CHUNKED "2\r{}\r\n0\r\n\r\n", 400),
    BAD("chunk-size-nul", CHUNKED "2\0\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-extension-lf", CHUNKED "2;a\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-extension-nul", CHUNKED "2;a\0\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-extension-high", CHUNKED "2;\xe9\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-extension-long", CHUNKED "2;" REPEAT10(REPEAT10("abcdefghijk")) "\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-data-short", CHUNKED "3\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-data-long", CHUNKED "1\r\n{}\r\n0\r\n\r\n", 400),
    BAD("chunk-data-bare-lf", CHUNKED "2\r\n{}\n0\r\n\r\n", 400),
    BAD("chunk-data-bare-cr", CHUNKED "2\r\n{}\r0\r\n\r\n", 400),
    BAD("chunk-over-limit", CHUNKED "3e9\r\n", 413),
    BAD("chunk-last-bare-lf", CHUNKED "2\r\n{}\r\n0\n\n", 400),
    BAD("trailer-folded", CHUNKED "2\r\n{}\r\n0\r\nX: a\r\n b\r\n\r\n", 400),
    BAD("trailer-malformed", CHUNKED "2\r\n{}\r\n0\r\nGET / HTTP/1.1\r\n\r\n", 400),
    BAD("trailer-bare-lf", CHUNKED "2\r\n{}\r\n0\r\nX: a\n\r\n", 400),
    BAD("trailer-nul", CHUNKED "2\r\n{}\r\n0\r\nX: \0\r\n\r\n", 400),
    BAD("trailer-many", CHUNKED "2\r\n{}\r\n0\r\n" REPEAT10("X: a\r\n") REPEAT10("Y: b\r\n") "\r\n", 400),
    BAD("trailer-long", CHUNKED "2\r\n{}\r\n0\r\nX: " REPEAT10(REPEAT10("abcdefghijklmnopqrstu")) "\r\n\r\n",
        400),

    /* bodies */
    BAD("type-missing", "POST /echo HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 415),
    BAD("type-other",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 415),
    BAD("type-prefix",
        "POST /echo HTTP/1.1\r\n" HOST "Content-Type: application/json5\r\nContent-Length: 2\r\n\r\n{}", 415),
    BAD("type-charset",
        "POST /echo HTTP/1.1\r\n" HOST
        "Content-Type: application/json; charset=latin1\r\nContent-Length: 2\r\n\r\n{}",
        415),
    BAD("type-twice", POST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", 400),
    BAD("compressed", POST "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 415),
    BAD("no-route-with-body", "POST /nowhere HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 404),
};

#undef BAD
#undef GOOD

#endif
