/*
 * The router: the declared routes as a tree of path segments. Built once when the server
 * starts, where a table that cannot be served is refused; read-only afterwards. Called by
 * server.c (building), conn.c (finding) and the fuzz target.
 *
 * A literal segment wins over a {param}; where the literal leads nowhere the {param} is
 * tried, so the table's order does not matter.
 */
#include "http_int.h"

#include <stdio.h>
#include <string.h>

struct node {
    struct pw_map literals; /* segment -> struct node */
    struct node *param;
    const struct pw_route *routes[PW_HTTP_METHODS];
    unsigned allowed;
};

struct http_router {
    struct pw_arena *arena;
    struct node *root;
};

static struct node *node_new(struct pw_arena *arena)
{
    struct node *node = PW_NEW(arena, struct node);
    pw_map_init(&node->literals, arena);
    return node;
}

static bool refuse(const struct pw_route *route, struct pw_err *err, const char *reason)
{
    return pw_fail(
        err, PW_ERR_USAGE, "route %s: %s", route->pattern != NULL ? route->pattern : "(no pattern)", reason);
}

static bool is_literal(struct pw_str segment)
{
    for (size_t i = 0; i < segment.len; i++)
        if (!http_is_token_char((unsigned char)segment.data[i]) || segment.data[i] == '%')
            return false;
    return segment.len > 0;
}

static bool is_param(struct pw_str segment)
{
    return segment.len > 2 && segment.data[0] == '{' && segment.data[segment.len - 1] == '}';
}

static struct node *child(struct http_router *router, struct node *node, struct pw_str segment)
{
    if (is_param(segment)) {
        if (node->param == NULL)
            node->param = node_new(router->arena);
        return node->param;
    }
    struct node *next = pw_map_get(&node->literals, segment);
    if (next == NULL) {
        next = node_new(router->arena);
        pw_map_put(&node->literals, segment, next);
    }
    return next;
}

static bool add_route(struct http_router *router, const struct pw_route *route, struct pw_err *err)
{
    if (route->pattern == NULL || route->pattern[0] != '/')
        return refuse(route, err, "the pattern begins with a slash");
    if (route->scope == NULL)
        return refuse(route, err, "no scope: who may call it?");
    if (route->handler == NULL || route->method >= PW_HTTP_METHODS)
        return refuse(route, err, "no handler or method");
    struct node *node = router->root;
    struct pw_str item, rest, text = pw_str_z(route->pattern + 1);
    size_t params = 0, segments = 0;
    for (bool more = text.len > 0; more; text = rest) {
        more = pw_str_cut(text, '/', &item, &rest);
        params += is_param(item);
        if ((!is_param(item) && !is_literal(item)) || params > PW_HTTP_PARAMS_MAX ||
            ++segments > HTTP_SEGMENTS_MAX)
            return refuse(route, err, "the pattern is malformed");
        node = child(router, node, item);
    }
    if (node->routes[route->method] != NULL)
        return refuse(route, err, "declared twice");
    node->routes[route->method] = route;
    node->allowed |= 1U << route->method;
    return true;
}

bool http_router_new(const struct pw_route *routes, size_t count, struct pw_arena *arena,
    struct http_router **ret, struct pw_err *err)
{
    struct http_router *router = PW_NEW(arena, struct http_router);
    router->arena = arena;
    router->root = node_new(arena);
    for (size_t i = 0; i < count; i++)
        if (!add_route(router, &routes[i], err))
            return false;
    *ret = router;
    return true;
}

/* Depth is bounded by HTTP_SEGMENTS_MAX, width by two. */
static const struct node *walk(
    const struct node *node, const struct http_path *path, size_t at, struct http_match *match)
{
    if (at == path->count)
        return node->allowed != 0 ? node : NULL;
    const struct node *next = pw_map_get(&node->literals, path->segments[at]);
    const struct node *found = next != NULL ? walk(next, path, at + 1, match) : NULL;
    if (found != NULL || node->param == NULL || match->param_count == PW_HTTP_PARAMS_MAX)
        return found;
    match->params[match->param_count++] = path->segments[at];
    found = walk(node->param, path, at + 1, match);
    if (found == NULL)
        match->param_count--;
    return found;
}

void http_router_find(const struct http_router *router, const struct http_path *path,
    enum pw_http_method method, struct http_match *ret)
{
    *ret = (struct http_match){0};
    const struct node *node = path->no_route ? NULL : walk(router->root, path, 0, ret);
    if (node == NULL)
        return;
    ret->path_known = true;
    ret->allowed = node->allowed;
    if (method < PW_HTTP_METHODS)
        ret->route = node->routes[method];
}

const char *http_allow_text(unsigned allowed, char out[64])
{
    static const char *const names[PW_HTTP_METHODS] = {"GET, HEAD", "POST", "PUT", "PATCH", "DELETE"};
    out[0] = '\0';
    for (size_t i = 0; i < PW_HTTP_METHODS; i++) {
        size_t len = strlen(out);
        if (allowed & (1U << i))
            snprintf(out + len, 64 - len, "%s%s", len > 0 ? ", " : "", names[i]);
    }
    return out;
}
