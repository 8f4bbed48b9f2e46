/*
 * Addresses as text: "127.0.0.1:8443", "[::1]:8443", "unix:/path". Numeric only: a name
 * would need a lookup, and that blocks. Called by listener.c and stream.c.
 */
#include "stream_int.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static bool bad_address(struct pw_err *err)
{
    return pw_fail(err, PW_ERR_USAGE,
        "an address is written 127.0.0.1:8443, [::1]:8443 or unix:/path; host names are not looked up");
}

static bool parse_unix(const char *path, struct address *ret, struct pw_err *err)
{
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof(ret->u.local.sun_path))
        return pw_fail(err, PW_ERR_USAGE, "the path of a Unix socket has 1 to %zu octets",
            sizeof(ret->u.local.sun_path) - 1);
    ret->u.local.sun_family = AF_UNIX;
    memcpy(ret->u.local.sun_path, path, len + 1);
    ret->len = sizeof(ret->u.local);
    return true;
}

static bool parse_port(const char *text, uint16_t *ret)
{
    int64_t port;
    struct pw_str s = pw_str_z(text);
    if (s.len == 0 || s.len > 5 || s.data[0] == '-' || !pw_str_to_i64(s, &port) || port > UINT16_MAX)
        return false;
    *ret = htons((uint16_t)port);
    return true;
}

static bool parse_v6(const char *text, struct address *ret, struct pw_err *err)
{
    char host[INET6_ADDRSTRLEN];
    const char *end = strchr(text, ']');
    size_t len = end != NULL ? (size_t)(end - text) : sizeof(host);
    if (len >= sizeof(host) || end[1] != ':')
        return bad_address(err);
    memcpy(host, text, len);
    host[len] = '\0';
    ret->u.v6.sin6_family = AF_INET6;
    ret->len = sizeof(ret->u.v6);
    if (inet_pton(AF_INET6, host, &ret->u.v6.sin6_addr) != 1 || !parse_port(end + 2, &ret->u.v6.sin6_port))
        return bad_address(err);
    return true;
}

static bool parse_v4(const char *text, struct address *ret, struct pw_err *err)
{
    char host[INET_ADDRSTRLEN];
    const char *colon = strchr(text, ':');
    size_t len = colon != NULL ? (size_t)(colon - text) : sizeof(host);
    if (len >= sizeof(host))
        return bad_address(err);
    memcpy(host, text, len);
    host[len] = '\0';
    ret->u.v4.sin_family = AF_INET;
    ret->len = sizeof(ret->u.v4);
    if (inet_pton(AF_INET, host, &ret->u.v4.sin_addr) != 1 || !parse_port(colon + 1, &ret->u.v4.sin_port))
        return bad_address(err);
    return true;
}

bool stream_address_parse(const char *text, struct address *ret, struct pw_err *err)
{
    memset(ret, 0, sizeof(*ret));
    if (strncmp(text, "unix:", 5) == 0)
        return parse_unix(text + 5, ret, err);
    if (text[0] == '[')
        return parse_v6(text + 1, ret, err);
    return parse_v4(text, ret, err);
}

void stream_address_host(const struct address *address, char out[PW_PEER_ADDRESS_MAX])
{
    const struct in6_addr *v6 = &address->u.v6.sin6_addr;
    out[0] = '\0';
    if (address->u.any.sa_family == AF_INET)
        inet_ntop(AF_INET, &address->u.v4.sin_addr, out, PW_PEER_ADDRESS_MAX);
    else if (address->u.any.sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(v6))
        inet_ntop(AF_INET, &v6->s6_addr[12], out, PW_PEER_ADDRESS_MAX);
    else if (address->u.any.sa_family == AF_INET6)
        inet_ntop(AF_INET6, v6, out, PW_PEER_ADDRESS_MAX);
    else
        memcpy(out, "unix", sizeof("unix"));
}

bool pw_address_is_loopback(const char *text)
{
    struct address address;
    if (!stream_address_parse(text, &address, NULL))
        return false;
    switch (address.u.any.sa_family) {
    case AF_UNIX:
        return true;
    case AF_INET:
        return ntohl(address.u.v4.sin_addr.s_addr) >> 24 == 127;
    default:
        return IN6_IS_ADDR_LOOPBACK(&address.u.v6.sin6_addr);
    }
}
