/*
 * Private to the http room. Three floors of its own: the pure readers (head, chunks,
 * targets, router), what a reply looks like, and the connections and the server that join
 * them to streams.
 */
#ifndef PANDWACHT_HTTP_INT_H
#define PANDWACHT_HTTP_INT_H

#include <pandwacht/base/map.h>
#include <pandwacht/http.h>
#include <pandwacht/loop.h>

/* ---- reading the head (head.c): pure, incremental ---- */

enum http_scan {
    HTTP_MORE, /* all octets so far are well-formed */
    HTTP_DONE, /* the end was found: scanner.pos octets belong to it */
    HTTP_BAD,  /* refused: scanner.fault */
};

struct http_scanner {
    size_t pos;         /* octets looked at so far */
    size_t head_max;    /* octets */
    size_t target_max;  /* octets */
    size_t headers_max; /* fields */
    unsigned state;     /* enum scan_state of head.c */
    size_t token;       /* octets of the element that is being read */
    size_t fields;      /* header fields begun */
    bool trailer;       /* reads trailer fields only (chunked bodies) */
    enum pw_err_code fault;
    const char *reason; /* literal: for the detail of the problem */
};

void http_scanner_init(struct http_scanner *scanner, const struct pw_http_limits *limits);
/* A scanner for trailer fields: at most `max` octets. */
void http_scanner_init_trailer(struct http_scanner *scanner, size_t max);
/* `data` holds `len` octets from the first octet of the message; those before scanner.pos are not
 * looked at again. The same octets give the same result however they are cut. */
enum http_scan http_scan(struct http_scanner *scanner, const char *data, size_t len);

/* ---- what the head says (fields.c): pure ---- */

enum http_body { HTTP_BODY_NONE, HTTP_BODY_LENGTH, HTTP_BODY_CHUNKED };

struct http_head {
    struct pw_str method_text;
    enum pw_http_method method; /* PW_HTTP_METHODS = known to HTTP, not to us */
    bool head_only;             /* HEAD */
    bool known_method;          /* of RFC 9110 */
    struct pw_str target;       /* as sent */
    struct pw_str path_text;    /* of the target, not yet decoded */
    struct pw_str query;
    struct pw_str host; /* without port, lower case */
    struct pw_http_header *headers;
    size_t header_count;
    enum http_body body;
    uint64_t content_length;
    bool close;           /* Connection: close */
    bool expect_continue; /* 100-continue */
    enum pw_lang lang;
};

/* Splits a head that http_scan found complete, copying it into the arena, and checks what its fields
 * mean together. False: err holds code and detail. `secure`: the request came over TLS. */
bool http_head_read(struct pw_arena *arena, const char *data, size_t len, bool secure, struct http_head *ret,
    struct pw_err *err) PW_MUST_CHECK;
/* The value of the first header of that (lower-case) name, or NULL. */
const struct pw_str *http_header_find(const struct pw_http_header *headers, size_t count, const char *name);
/* Dutch unless the value prefers English (RFC 9110 12.5.4, the q values decide). */
enum pw_lang http_accept_language(struct pw_str value);
/* Whether a Content-Type value is the media type `accepts` (in UTF-8, where it says a charset). */
bool http_media_type_is(struct pw_str value, const char *accepts);
bool http_is_token_char(unsigned char c);
/* Whether `list`, a comma-separated header value, holds `token` (lower case), ignoring case. */
bool http_list_has(struct pw_str list, const char *token);

/* ---- chunked bodies (chunk.c): pure, incremental ---- */

struct http_chunks {
    unsigned state;
    uint64_t left;    /* octets left of the present chunk; while its size is read: the size */
    unsigned digits;  /* of the size */
    size_t extension; /* octets of chunk extensions so far, whole body */
    struct http_scanner trailer;
    const char *reason; /* of HTTP_BAD */
    bool too_large;     /* HTTP_BAD because the body's maximum was passed */
};

void http_chunks_init(struct http_chunks *chunks);
/* Reads from `data`, appends the body's octets to `out` (never past out->max). `*ret_used` octets of
 * data are done with. Trailer fields are checked and dropped. */
enum http_scan http_chunks_read(
    struct http_chunks *chunks, const char *data, size_t len, struct pw_buf *out, size_t *ret_used);

/* ---- targets (target.c): pure ---- */

#define HTTP_SEGMENTS_MAX 16
#define HTTP_QUERY_MAX    50

struct http_path {
    struct pw_str text;                        /* decoded whole */
    struct pw_str segments[HTTP_SEGMENTS_MAX]; /* decoded; none is empty unless `no_route` */
    size_t count;
    bool no_route; /* an empty segment (trailing or doubled slash) or too many: 404 */
};

/* Decodes a path that begins with '/'. False: refused with 400 (encoding, NUL, controls, encoded slash or
 * backslash, dot segments, not UTF-8). */
bool http_path_read(
    struct pw_arena *arena, struct pw_str text, struct http_path *ret, struct pw_err *err) PW_MUST_CHECK;

struct http_query {
    struct pw_str keys[HTTP_QUERY_MAX], values[HTTP_QUERY_MAX];
    size_t count;
};

bool http_query_read(
    struct pw_arena *arena, struct pw_str text, struct http_query **ret, struct pw_err *err) PW_MUST_CHECK;

/* ---- router (router.c) ---- */

struct http_router;

bool http_router_new(const struct pw_route *routes, size_t count, struct pw_arena *arena,
    struct http_router **ret, struct pw_err *err) PW_MUST_CHECK;

struct http_match {
    const struct pw_route *route; /* NULL: no such method here, or no such path */
    bool path_known;
    unsigned allowed; /* bit set of enum pw_http_method */
    struct pw_str params[PW_HTTP_PARAMS_MAX];
    size_t param_count;
};

void http_router_find(const struct http_router *router, const struct http_path *path,
    enum pw_http_method method, struct http_match *ret);
/* "GET, HEAD, POST" into `out`; returns it. */
const char *http_allow_text(unsigned allowed, char out[64]);

/* ---- requests, connections, server ---- */

struct conn;

struct request {
    struct pw_request pub;         /* first: handlers hold a pointer to it */
    struct conn *conn;             /* NULL when the client has gone */
    struct pw_http_server *server; /* referenced */
    struct http_query *parsed_query;
    struct pw_buf body;
    struct pw_buf headers; /* rendered ones that were added to the reply */
    bool head_only;
    bool has_cache_control, has_csp;
    bool admitted, replied;
    int64_t begun_us;
};

enum conn_state {
    CONN_OPENING, /* TLS handshake */
    CONN_IDLE,    /* between requests */
    CONN_HEAD,    /* part of a head is there */
    CONN_AUTH,    /* the hook has been asked */
    CONN_BODY,
    CONN_HANDLER, /* the handler has it */
    CONN_SHUT,    /* the last reply is on its way */
};

struct conn {
    struct pw_http_server *server;
    struct pw_stream *stream;
    struct address_use *address;
    struct conn *prev, *next;
    enum conn_state state;
    const struct pw_http_listen *listen;
    size_t taken; /* octets at the front of the input that are done with */
    struct http_scanner scanner;
    struct http_head head;
    struct http_chunks chunks;
    uint64_t body_left;
    struct request *req;
    struct pw_timer timer;      /* idle, then the request's deadline, then the reply's */
    struct pw_deferred go_on;   /* continue after an answer that came later */
    int64_t begun_ms, begun_us; /* first octet of the request */
    size_t served;
    bool eof;  /* the client said its end */
    bool last; /* close after the coming reply */
    bool busy; /* advance() is running */
    bool dead; /* freed while busy */
};

struct pw_http_server {
    struct pw_loop *loop;
    struct pw_arena *arena; /* the options' copies, routes, router */
    struct pw_http_options options;
    struct http_router *router;
    struct listening *listening;
    struct conn conns; /* ring */
    size_t conn_count, request_count;
    struct address_use **addresses;
    struct pw_timer drain_timer;
    struct pw_deferred drain_check;
    void (*on_drained)(void *arg);
    void *drained_arg;
    unsigned refs; /* the owner's, and one a request */
    bool draining, closed;
    struct pw_buf fixed_headers; /* the same on every reply */
    char date[48];               /* header line; made once a second */
    int64_t date_s;
};

void conn_open(struct pw_http_server *server, const struct pw_http_listen *listen, struct pw_stream *stream);
void conn_free(struct conn *conn);
/* No more requests; an idle one ends at once. */
void conn_drain(struct conn *conn);
/* The request was replied to: sends, and goes on to the next request or ends. */
void conn_reply(struct conn *conn, const struct pw_buf *head, struct pw_str body);
/* The hook let it pass. */
void conn_admitted(struct conn *conn);
/* Whether the connection ends with this reply. */
bool conn_is_last(const struct conn *conn);

struct request *request_new(struct conn *conn);
/* After the reply, and for those that never reach anybody. */
void request_free(struct request *req);

void server_ref(struct pw_http_server *server);
void server_unref(struct pw_http_server *server);
/* Called when a connection or request ended: are we drained? */
void server_check_drained(struct pw_http_server *server);
/* Counts one connection of that address; false when it has too many. */
bool server_address_enter(struct pw_http_server *server, const char *text, struct address_use **ret);
void server_address_leave(struct pw_http_server *server, struct address_use *use);
const char *server_date(struct pw_http_server *server);

#endif
