/*
 * Requests as handlers see them: life, and reading headers, cookies, query and parameters.
 * Called by conn.c (life) and by every hook and handler (reading).
 *
 * A request holds its own arena and a reference to the server, so it outlives its
 * connection when the client goes before the reply.
 */
#include "http_int.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct request *inside(const struct pw_request *req)
{
    return (struct request *)(uintptr_t)req;
}

struct request *request_new(struct conn *conn)
{
    struct pw_arena *arena = pw_arena_new();
    struct request *req = PW_NEW(arena, struct request);
    struct pw_peer *peer = PW_NEW(arena, struct pw_peer);
    *peer = *pw_stream_peer(conn->stream);
    req->conn = conn;
    req->server = conn->server;
    req->begun_us = conn->begun_us;
    req->pub.arena = arena;
    req->pub.loop = conn->server->loop;
    req->pub.peer = peer;
    req->pub.path = req->pub.query = req->pub.body = PW_STR("");
    req->pub.received_at = pw_loop_wall(conn->server->loop);
    pw_buf_init(&req->body, 0);
    pw_buf_init(&req->headers, 16384);
    server_ref(conn->server);
    conn->server->request_count++;
    return req;
}

void request_free(struct request *req)
{
    struct pw_http_server *server = req->server;
    pw_buf_release(&req->body);
    pw_buf_release(&req->headers);
    pw_arena_free(req->pub.arena);
    server->request_count--;
    server_check_drained(server);
    server_unref(server);
}

struct pw_str pw_request_param(const struct pw_request *req, const char *name)
{
    const char *at = req->route->pattern;
    size_t len = strlen(name);
    for (size_t i = 0; (at = strchr(at, '{')) != NULL; i++, at++)
        if (strncmp(at + 1, name, len) == 0 && at[len + 1] == '}')
            return req->params[i];
    abort(); /* the pattern has no parameter of that name */
}

struct pw_str pw_request_header(const struct pw_request *req, const char *name)
{
    const struct pw_str *value = http_header_find(req->headers, req->header_count, name);
    return value != NULL ? *value : PW_STR("");
}

bool pw_request_has_header(const struct pw_request *req, const char *name)
{
    return http_header_find(req->headers, req->header_count, name) != NULL;
}

struct pw_str pw_request_cookie(const struct pw_request *req, const char *name)
{
    struct pw_str text = pw_request_header(req, "cookie");
    for (bool more = text.len > 0; more;) {
        struct pw_str item, rest, key, value;
        more = pw_str_cut(text, ';', &item, &rest);
        text = rest;
        if (pw_str_cut(pw_str_trim(item), '=', &key, &value) && pw_str_is(key, name))
            return value;
    }
    return PW_STR("");
}

bool pw_request_query(const struct pw_request *req, const char *name, struct pw_str *ret)
{
    const struct http_query *query = inside(req)->parsed_query;
    for (size_t i = 0; i < query->count; i++) {
        if (!pw_str_is(query->keys[i], name))
            continue;
        *ret = query->values[i];
        return true;
    }
    return false;
}

size_t pw_request_query_count(const struct pw_request *req)
{
    return inside(req)->parsed_query->count;
}

struct pw_str pw_request_query_key(const struct pw_request *req, size_t i)
{
    assert(i < inside(req)->parsed_query->count);
    return inside(req)->parsed_query->keys[i];
}

bool pw_request_gone(const struct pw_request *req)
{
    return inside(req)->conn == NULL;
}

void pw_request_admit(struct pw_request *pub)
{
    struct request *req = inside(pub);
    assert(!req->admitted && !req->replied);
    req->admitted = true;
    if (req->conn != NULL)
        conn_admitted(req->conn);
    else
        request_free(req); /* the client went while the hook was asking: nobody is owed a reply */
}
