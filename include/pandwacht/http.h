/*
 * http: a strict HTTP/1.1 server. Its own parser (pure, incremental, fuzzed), a router over
 * a declared table, requests that live until they are replied to, problem details.
 *
 * A request goes: head read -> route found -> authorise hook -> body read -> handler -> reply.
 * The route's body limit is known before a byte of the body is read. Hook and handler may
 * answer later; the request stays valid until exactly one pw_reply_* is called. When the
 * client has gone meanwhile the reply is dropped silently. Requests of one connection are
 * answered in order, one handler at a time.
 *
 * What is malformed is answered with problem details by the server itself, the connection
 * closed; it reaches no hook. A request not complete by its deadline (whole request, from
 * its first octet) is answered 408. Everything that grows has a limit in struct pw_http_limits.
 *
 * The same server serves the API (TLS) and the operations port (plain, loopback only).
 */
#ifndef PANDWACHT_HTTP_H
#define PANDWACHT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/arena.h>
#include <pandwacht/base/buf.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/stream.h>

struct pw_loop;
struct pw_http_server;
struct pw_request;
struct pw_scope; /* what a caller must be allowed to do; defined by the access room, opaque here */

/* ---- routes ---- */

enum pw_http_method {
    PW_HTTP_GET,
    PW_HTTP_POST,
    PW_HTTP_PUT,
    PW_HTTP_PATCH,
    PW_HTTP_DELETE,
    PW_HTTP_METHODS
};

typedef void (*pw_http_handler)(struct pw_request *req, void *stage);

#define PW_HTTP_PARAMS_MAX       8
#define PW_HTTP_BODY_DEFAULT     (256 * 1024) /* octets */
#define PW_HTTP_DEADLINE_DEFAULT 10000        /* ms */

/* One row of the routes table. GET routes answer HEAD too, without body. */
struct pw_route {
    enum pw_http_method method;
    const char *pattern;          /* "/v1/alerts/{id}/claims"; a literal segment wins over a {param} */
    const struct pw_scope *scope; /* obligatory: a server with a route without one does not start */
    size_t body_max;              /* octets; 0 = no body is accepted for GET and DELETE, else the default */
    int64_t deadline_ms;          /* from the first octet to the last of the request; 0 = default */
    const char *accepts;          /* media type of the body; NULL = "application/json". Others: 415 */
    pw_http_handler handler;
    void *stage; /* handed to the handler */
};

/* ---- requests ---- */

enum pw_lang { PW_LANG_NL, PW_LANG_EN };

struct pw_http_header {
    struct pw_str name; /* lower case */
    struct pw_str value;
};

/* Read-only for hooks and handlers but for `caller`; all memory is the request's arena. */
struct pw_request {
    struct pw_arena *arena; /* lives until the reply */
    struct pw_loop *loop;
    const struct pw_route *route;
    enum pw_http_method method; /* HEAD shows as GET */
    struct pw_str path;         /* percent-decoded, well-formed UTF-8, no query */
    struct pw_str query;        /* as sent, without '?'; read it by pw_request_query */
    struct pw_str
        params[PW_HTTP_PARAMS_MAX]; /* decoded {param} values in order of the pattern; never empty */
    size_t param_count;
    const struct pw_http_header *headers;
    size_t header_count;
    struct pw_str body; /* whole; empty in the authorise hook */
    const struct pw_peer *peer;
    enum pw_lang lang;   /* by Accept-Language; Dutch unless English is preferred */
    pw_usec received_at; /* wall clock when the head was complete */
    void *caller;        /* set by the authorise hook (struct pw_caller of the access room) */
};

/* The value of the {param} of that name; the name must occur in the pattern. */
struct pw_str pw_request_param(const struct pw_request *req, const char *name);
/* The header's value, "" when absent. `name` in lower case. A header sent twice gives the first
 * (those for which that would be dangerous are refused before). */
struct pw_str pw_request_header(const struct pw_request *req, const char *name);
bool pw_request_has_header(const struct pw_request *req, const char *name);
/* The value of a cookie, "" when absent. */
struct pw_str pw_request_cookie(const struct pw_request *req, const char *name);
/* Finds query key `name`: false when absent. Decoded ('+' is a space), NUL and malformed UTF-8 never
 * occur: such a query is refused with 400 before the handler, and so is a key given twice. */
bool pw_request_query(const struct pw_request *req, const char *name, struct pw_str *ret);
/* The number of query keys, and the i-th key, so that a handler can refuse unknown ones. */
size_t pw_request_query_count(const struct pw_request *req);
struct pw_str pw_request_query_key(const struct pw_request *req, size_t i);
/* Whether the client has gone; long work may then be given up (a reply is still due). */
bool pw_request_gone(const struct pw_request *req);
/* Only for the authorise hook: go on with the body and the handler. The hook is done with the request. */
void pw_request_admit(struct pw_request *req);

/* ---- replies: exactly one a request; the request is gone afterwards ---- */

/* Adds a header to the coming reply (ETag, Location, Set-Cookie, Retry-After). `name` is a literal;
 * a value with control characters ends the process: it is a fault in our own text. */
void pw_reply_header(struct pw_request *req, const char *name, struct pw_str value);
/* The body is copied. `type` is the media type; NULL with an empty body. */
void pw_reply(struct pw_request *req, int status, const char *type, struct pw_str body);
/* application/json; the buffer stays the caller's. A `full` buffer is answered 500. */
void pw_reply_json(struct pw_request *req, int status, const struct pw_buf *json);
/* No body (204, 304, 201 without text). */
void pw_reply_empty(struct pw_request *req, int status);

/* One entry of `invalidParams`. */
struct pw_invalid_param {
    struct pw_str name;   /* JSON Pointer; "" = the whole document */
    struct pw_str code;   /* contract's list: "enum", "required", ... */
    struct pw_str reason; /* for people, in the request's language; never the refused value */
};

struct pw_problem {
    enum pw_err_code code;           /* gives type, code word, title and, unless set below, status */
    int status;                      /* 0 = the code's */
    const char *word;                /* NULL = the code's word */
    const char *title_nl, *title_en; /* NULL = the code's titles */
    struct pw_str detail;            /* for people; empty (or NULL data) = left out */
    const struct pw_invalid_param *invalid;
    size_t invalid_count;
    int64_t retry_after_s; /* > 0: header Retry-After */
};

/* application/problem+json. */
void pw_reply_problem(struct pw_request *req, const struct pw_problem *problem);
/* The problem of an error code. The error's text goes out as detail only for codes that answer 4xx;
 * 5xx hide it (it may name files or statements). */
void pw_reply_err(struct pw_request *req, const struct pw_err *err);
/* The shortest form: just a code. */
void pw_reply_code(struct pw_request *req, enum pw_err_code code);
/* The JSON object of a problem (without headers), for batch answers that carry problems per line. */
void pw_problem_render(const struct pw_problem *problem, enum pw_lang lang, struct pw_buf *out);

/* ---- the server ---- */

struct pw_http_limits {         /* 0 = the default in brackets */
    size_t head_max;            /* octets of request line and headers [16384] */
    size_t headers_max;         /* [100] */
    size_t target_max;          /* octets of the request target [8192] */
    int64_t deadline_ms;        /* head, and routes without their own [10000] */
    int64_t idle_ms;            /* keep-alive without a request [60000] */
    int64_t handshake_ms;       /* [5000] */
    int64_t reply_ms;           /* the client takes the reply within this [30000] */
    size_t connections;         /* total [4096]; more: accepted and closed at once */
    size_t connections_address; /* from one address [512] */
    size_t requests_connection; /* then Connection: close [10000] */
    size_t reply_max;           /* octets of one reply [16 MiB] */
};

struct pw_http_listen {
    const char *address;        /* as pw_listener_options; plain ones must be loopback */
    int fd;                     /* > 0: inherited socket */
    struct pw_tls_context *tls; /* NULL = plain; referenced */
    const char *const *names;   /* host names answered to, others: 421; none = any */
    size_t name_count;
};

struct pw_http_options {
    const struct pw_http_listen *listen;
    size_t listen_count;
    const struct pw_route *routes; /* copied; patterns, scopes and stages stay borrowed */
    size_t route_count;
    struct pw_http_limits limits;
    const char *api_version; /* header API-Version; NULL = "1.0.0" */
    /* Called after the head, before the body: fill req->caller and pw_request_admit(req), or reply
     * with a problem. NULL = everyone is admitted (operations port). */
    void (*authorise)(struct pw_request *req, void *arg);
    /* Called after each reply was queued, also for those the server answered itself (route NULL
     * when none was found); for metrics and budgets. May be NULL. */
    void (*on_replied)(void *arg, const struct pw_route *route, int status, int64_t duration_us);
    void *arg;
};

/* Opens all listeners. Fails with PW_ERR_IO, PW_ERR_TLS or PW_ERR_USAGE (a bad routes table: scope or
 * handler missing, pattern malformed or doubled; plain text off the loopback). */
bool pw_http_server_new(struct pw_loop *loop, const struct pw_http_options *options,
    struct pw_http_server **ret, struct pw_err *err) PW_MUST_CHECK;
/* Port of the i-th listener. */
uint16_t pw_http_server_port(const struct pw_http_server *server, size_t i);
/* Open connections; requests with a hook or handler that have not replied. */
size_t pw_http_server_connections(const struct pw_http_server *server);
size_t pw_http_server_requests(const struct pw_http_server *server);
/* Graceful stop: no new connections, idle ones closed, running requests answered with Connection: close,
 * all cut off after `deadline_ms`; then on_drained(arg) once. */
void pw_http_server_drain(
    struct pw_http_server *server, int64_t deadline_ms, void (*on_drained)(void *arg), void *arg);
/* Closes everything at once. Requests still with a handler stay valid until replied (into nothing),
 * and the server's memory with them. NULL is accepted. */
void pw_http_server_free(struct pw_http_server *server);

#endif
