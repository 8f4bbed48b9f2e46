/*
 * Listening sockets: accepts in small helpings, gives each socket TCP_NODELAY and an owner.
 * Called by http (and by tests).
 *
 * When the process has no descriptors left, accepting rests for a moment instead of
 * spinning on a socket that stays readable.
 */
#include "stream_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/tcp.h>

#include <pandwacht/base/arena.h>

#define HELPING 64  /* connections accepted a round */
#define REST_MS 100 /* after running out of descriptors */
#define BACKLOG 1024

struct pw_listener {
    struct pw_loop *loop;
    struct pw_listener_options options;
    struct pw_watch *watch;
    struct pw_timer rest;
    struct address address;
    int fd;
};

static bool errno_fail(struct pw_err *err, const char *what)
{
    return pw_fail(err, PW_ERR_IO, "%s: %s", what, strerror(errno));
}

static bool bind_and_listen(struct pw_listener *listener, struct pw_err *err)
{
    const struct pw_listener_options *options = &listener->options;
    int on = 1;
    if (!stream_address_parse(options->address, &listener->address, err))
        return false;
    const struct sockaddr *any = &listener->address.u.any;
    listener->fd = socket(any->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener->fd < 0)
        return errno_fail(err, "socket");
    if (any->sa_family == AF_UNIX)
        unlink(listener->address.u.local.sun_path); /* left behind by a killed process */
    else if (setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
        return errno_fail(err, "SO_REUSEADDR");
    if (bind(listener->fd, any, listener->address.len) != 0)
        return errno_fail(err, "cannot bind the address to listen on (in use, or not of this host?)");
    if (listen(listener->fd, options->backlog > 0 ? options->backlog : BACKLOG) != 0)
        return errno_fail(err, "listen");
    return true;
}

static bool adopt(struct pw_listener *listener, struct pw_err *err)
{
    int listening = 0;
    socklen_t len = sizeof(listening);
    listener->fd = listener->options.fd;
    if (getsockopt(listener->fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 || !listening)
        return pw_fail(err, PW_ERR_IO, "the inherited descriptor is not a listening socket");
    return true;
}

/* True when accepting may go on at once. */
static bool accept_one(struct pw_listener *listener)
{
    struct address from = {.len = sizeof(from.u)};
    int on = 1;
    int fd = accept4(listener->fd, &from.u.any, &from.len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
        pw_watch_set(listener->watch, 0);
        pw_timer_start(&listener->rest, REST_MS);
        return false;
    }
    if (fd < 0)
        return errno == ECONNABORTED || errno == EINTR;
    if (from.u.any.sa_family != AF_UNIX)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));

    SSL *ssl = listener->options.tls != NULL ? stream_tls_session(listener->options.tls) : NULL;
    struct pw_stream *stream =
        stream_new(listener->loop, fd, ssl, &listener->options.limits, STREAM_HANDSHAKE);
    stream->plain_answer = listener->options.plain_answer;
    stream_address_host(&from, stream->peer.address);
    /* A callback that neither owns nor frees it would leak it. */
    listener->options.on_accept(listener->options.arg, stream);
    return true;
}

static void on_acceptable(void *arg, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    struct pw_listener *listener = arg;
    for (int i = 0; i < HELPING && accept_one(listener); i++)
        ;
}

static void on_rested(void *arg)
{
    struct pw_listener *listener = arg;
    pw_watch_set(listener->watch, PW_LOOP_READ);
}

bool pw_listener_open(struct pw_loop *loop, const struct pw_listener_options *options,
    struct pw_listener **ret, struct pw_err *err)
{
    struct pw_listener *listener = pw_xcalloc(1, sizeof(*listener));
    listener->loop = loop;
    listener->options = *options;
    listener->fd = -1;
    if (options->fd > 0 ? !adopt(listener, err) : !bind_and_listen(listener, err)) {
        if (listener->fd >= 0)
            close(listener->fd);
        free(listener);
        return false;
    }
    if (options->tls != NULL)
        pw_tls_context_ref(options->tls);
    listener->watch = pw_watch_new(loop, listener->fd, "stream: accept", on_acceptable, listener);
    pw_watch_set(listener->watch, PW_LOOP_READ);
    pw_timer_init(&listener->rest, loop, "stream: rest from accepting", on_rested, listener);
    *ret = listener;
    return true;
}

uint16_t pw_listener_port(const struct pw_listener *listener)
{
    struct address address = {.len = sizeof(address.u)};
    if (getsockname(listener->fd, &address.u.any, &address.len) != 0)
        return 0;
    switch (address.u.any.sa_family) {
    case AF_INET:
        return ntohs(address.u.v4.sin_port);
    case AF_INET6:
        return ntohs(address.u.v6.sin6_port);
    default:
        return 0;
    }
}

void pw_listener_close(struct pw_listener *listener)
{
    if (listener == NULL)
        return;
    pw_timer_stop(&listener->rest);
    pw_watch_free(listener->watch);
    close(listener->fd);
    if (listener->address.u.any.sa_family == AF_UNIX)
        unlink(listener->address.u.local.sun_path);
    pw_tls_context_unref(listener->options.tls);
    free(listener);
}
