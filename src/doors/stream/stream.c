/*
 * The stream's state machine: connecting, handshake, open, shutting, lingering, closed.
 * Called by the loop (socket, timer, deferred pump) and by the owner through stream.h.
 *
 * Invariants: enter() is the only writer of the state; the owner's callbacks come only from
 * work(), on_deadline() and nothing else; `depth` guards against the owner freeing the
 * stream inside one. What the owner asks for (write, shut, resume) is done by the pump at
 * the end of the round, so several replies leave in one TLS record.
 */
#include "stream_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <netinet/tcp.h>
#include <openssl/err.h>

#include <pandwacht/base/arena.h>
#include <pandwacht/base/counters.h>

#define INPUT_DEFAULT   ((size_t)64 * 1024)
#define OUTPUT_DEFAULT  ((size_t)1024 * 1024)
#define HANDSHAKE_MS    5000
#define ALERT_LINGER_MS 1000                 /* for the peer to read why its handshake was refused */
#define READ_SIZE       ((size_t)16 * 1024)  /* one TLS record */
#define READ_ROUND      ((size_t)128 * 1024) /* octets read a round, so that one stream starves nobody */

static void enter(struct pw_stream *stream, enum stream_state state)
{
    stream->state = state;
}

static bool gone(const struct pw_stream *stream)
{
    return stream->freed || stream->state == STREAM_CLOSED;
}

/* ---- telling the owner ---- */

static void notify(struct pw_stream *stream, void (*callback)(void *arg))
{
    if (callback == NULL || stream->freed)
        return;
    callback(stream->arg);
}

static void finish(struct pw_stream *stream)
{
    if (gone(stream))
        return;
    enter(stream, STREAM_CLOSED);
    pw_timer_stop(&stream->timer);
    pw_deferred_cancel(&stream->pump);
    pw_watch_set(stream->watch, 0);
    if (stream->events != NULL)
        stream->events->on_closed(stream->arg, &stream->why);
}

/* ---- transports ---- */

static enum step plain_step(const char *what, struct pw_err *err, enum step wanted)
{
    if (errno == EAGAIN || errno == EINTR)
        return wanted;
    pw_fail(err, PW_ERR_IO, "%s: %s", what, strerror(errno));
    return STEP_FAIL;
}

static enum step receive(struct pw_stream *stream, void *out, size_t size, size_t *ret_len)
{
    if (stream->ssl != NULL)
        return stream_tls_read(stream, out, size, ret_len, &stream->why);
    ssize_t n = recv(stream->fd, out, size, 0);
    if (n < 0)
        return plain_step("reading", &stream->why, STEP_WANT_READ);
    *ret_len = (size_t)n;
    return n == 0 ? STEP_EOF : STEP_DONE;
}

static enum step transmit(struct pw_stream *stream, const void *data, size_t len, size_t *ret_len)
{
    if (stream->ssl != NULL)
        return stream_tls_write(stream, data, len, ret_len, &stream->why);
    ssize_t n = send(stream->fd, data, len, MSG_NOSIGNAL);
    if (n < 0)
        return plain_step("writing", &stream->why, STEP_WANT_WRITE);
    *ret_len = (size_t)n;
    return STEP_DONE;
}

/* ---- states ---- */

static void become_open(struct pw_stream *stream)
{
    pw_timer_stop(&stream->timer);
    stream->read_wants = PW_LOOP_READ;
    enter(stream, STREAM_OPEN);
    notify(stream, stream->events->on_ready);
}

static void step_connecting(struct pw_stream *stream)
{
    int error = 0;
    socklen_t len = sizeof(error);
    struct address unused = {.len = sizeof(unused.u)};
    getsockopt(stream->fd, SOL_SOCKET, SO_ERROR, &error, &len);
    if (error == 0 && getpeername(stream->fd, &unused.u.any, &unused.len) != 0)
        return; /* woken too early */
    if (error != 0) {
        pw_fail(&stream->why, PW_ERR_IO, "connecting: %s", strerror(error));
        finish(stream);
        return;
    }
    if (stream->ssl == NULL)
        become_open(stream);
    else
        enter(stream, STREAM_HANDSHAKE);
}

/* Says our end to the network and waits, briefly, for the peer's, so that its last words are read. */
static void linger(struct pw_stream *stream, int64_t ms)
{
    shutdown(stream->fd, SHUT_WR);
    if (ms <= 0) {
        finish(stream);
        return;
    }
    enter(stream, STREAM_LINGER);
    pw_timer_start(&stream->timer, ms);
}

static void refuse_handshake(struct pw_stream *stream)
{
    if (stream->plain_spoken && stream->plain_answer != NULL)
        (void)!send(stream->fd, stream->plain_answer, strlen(stream->plain_answer), MSG_NOSIGNAL);
    linger(stream, ALERT_LINGER_MS);
}

static void step_handshake(struct pw_stream *stream)
{
    if (stream->ssl == NULL) {
        become_open(stream);
        return;
    }
    switch (stream_tls_handshake(stream, &stream->why)) {
    case STEP_WANT_READ:
        stream->read_wants = PW_LOOP_READ;
        return;
    case STEP_WANT_WRITE:
        stream->read_wants = PW_LOOP_WRITE;
        return;
    case STEP_DONE:
        if (!stream_tls_identify(stream, &stream->why)) {
            pw_count(PW_M_TLS_REFUSED, 1);
            finish(stream);
            return;
        }
        pw_count(PW_M_TLS_HANDSHAKES, 1);
        become_open(stream);
        return;
    case STEP_EOF:
        pw_fail(&stream->why, PW_ERR_TLS, "handshake: closed by the peer");
        finish(stream);
        return;
    case STEP_FAIL:
        refuse_handshake(stream);
        return;
    }
}

static bool may_read(const struct pw_stream *stream)
{
    return stream->state == STREAM_OPEN && !stream->paused && !stream->eof &&
           stream->input.len < stream->input.max;
}

/* Whether more may be had without waiting for the socket. */
static bool more_inside(const struct pw_stream *stream, bool filled)
{
    return stream->ssl != NULL ? SSL_has_pending(stream->ssl) == 1 : filled;
}

/* Reads into the input until nothing is left, the buffer is full or it was this stream's share. */
static enum step fill_input(struct pw_stream *stream, bool *ret_grew)
{
    char scratch[READ_SIZE];
    size_t got = 0;
    *ret_grew = false;
    while (may_read(stream)) {
        size_t len = 0, space = stream->input.max - stream->input.len;
        size_t size = space < sizeof(scratch) ? space : sizeof(scratch);
        enum step step = receive(stream, scratch, size, &len);
        if (step != STEP_DONE)
            return step;
        pw_buf_put(&stream->input, scratch, len);
        *ret_grew = true;
        got += len;
        if (!more_inside(stream, len == size))
            return STEP_WANT_READ;
        if (got >= READ_ROUND) {
            pw_deferred_call(&stream->pump);
            return STEP_DONE;
        }
    }
    return STEP_DONE;
}

static void step_read(struct pw_stream *stream)
{
    bool grew;
    enum step step = fill_input(stream, &grew);
    stream->read_wants = step == STEP_WANT_WRITE ? PW_LOOP_WRITE : PW_LOOP_READ;
    if (step == STEP_EOF)
        stream->eof = true;
    if (grew)
        notify(stream, stream->events->on_data);
    if (step == STEP_EOF && !gone(stream))
        notify(stream, stream->events->on_eof);
    if (step == STEP_FAIL && !gone(stream))
        finish(stream);
}

static void empty_output(struct pw_stream *stream)
{
    stream->sent = 0;
    pw_buf_release(&stream->output); /* an idle stream owns no buffer */
    pw_buf_init(&stream->output, SIZE_MAX / 2);
}

static void step_write(struct pw_stream *stream)
{
    if (stream->output.len == 0)
        return;
    while (stream->sent < stream->output.len) {
        size_t len = 0;
        enum step step =
            transmit(stream, stream->output.data + stream->sent, stream->output.len - stream->sent, &len);
        stream->write_wants = step == STEP_WANT_READ ? PW_LOOP_READ : PW_LOOP_WRITE;
        if (step == STEP_WANT_READ || step == STEP_WANT_WRITE)
            return;
        if (step != STEP_DONE) {
            finish(stream);
            return;
        }
        stream->sent += len;
    }
    empty_output(stream);
    if (stream->state == STREAM_OPEN)
        notify(stream, stream->events->on_drained);
}

static void step_shutting(struct pw_stream *stream)
{
    step_write(stream);
    if (gone(stream) || stream->output.len > 0)
        return;
    if (stream->ssl != NULL) {
        ERR_clear_error();
        SSL_shutdown(stream->ssl);
        ERR_clear_error();
    }
    linger(stream, stream->eof ? 0 : stream->linger_ms);
}

static void step_linger(struct pw_stream *stream)
{
    char scratch[READ_SIZE];
    for (int i = 0; i < 8; i++) {
        ssize_t n = recv(stream->fd, scratch, sizeof(scratch), 0);
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
            finish(stream);
        if (n <= 0)
            return;
    }
}

/* ---- the dispatcher ---- */

static unsigned interest(const struct pw_stream *stream)
{
    unsigned writing = stream->output.len > 0 ? stream->write_wants : 0;
    switch (stream->state) {
    case STREAM_CONNECTING:
        return PW_LOOP_WRITE;
    case STREAM_HANDSHAKE:
        return stream->read_wants;
    case STREAM_OPEN:
        return (may_read(stream) ? stream->read_wants : 0) | writing;
    case STREAM_SHUTTING:
        return writing;
    case STREAM_LINGER:
        return PW_LOOP_READ;
    case STREAM_CLOSED:
        break;
    }
    return 0;
}

static void dispatch(struct pw_stream *stream)
{
    if (stream->state == STREAM_CONNECTING)
        step_connecting(stream);
    if (!gone(stream) && stream->state == STREAM_HANDSHAKE)
        step_handshake(stream);
    if (!gone(stream) && stream->state == STREAM_OPEN)
        step_read(stream);
    if (!gone(stream) && stream->state == STREAM_OPEN)
        step_write(stream);
    if (!gone(stream) && stream->state == STREAM_SHUTTING)
        step_shutting(stream);
    else if (!gone(stream) && stream->state == STREAM_LINGER)
        step_linger(stream);
}

static void release(struct pw_stream *stream)
{
    SSL_free(stream->ssl);
    close(stream->fd);
    pw_buf_release(&stream->input);
    pw_buf_release(&stream->output);
    free(stream);
}

static void leave(struct pw_stream *stream)
{
    if (--stream->depth > 0)
        return;
    if (stream->freed)
        release(stream);
    else
        pw_watch_set(stream->watch, interest(stream));
}

static void work(struct pw_stream *stream)
{
    stream->depth++;
    dispatch(stream);
    leave(stream);
}

static void on_socket(void *arg, int fd, unsigned ready)
{
    (void)fd;
    (void)ready;
    work(arg);
}

static void on_pump(void *arg)
{
    work(arg);
}

static void on_deadline(void *arg)
{
    struct pw_stream *stream = arg;
    stream->depth++;
    if (stream->state != STREAM_LINGER) {
        pw_fail(&stream->why, PW_ERR_TIMEOUT, "connecting or handshake took too long");
        if (stream->ssl != NULL)
            pw_count(PW_M_TLS_REFUSED, 1);
    }
    finish(stream);
    leave(stream);
}

/* ---- life ---- */

struct pw_stream *stream_new(
    struct pw_loop *loop, int fd, SSL *ssl, const struct pw_stream_limits *limits, enum stream_state state)
{
    struct pw_stream *stream = pw_xcalloc(1, sizeof(*stream));
    *stream = (struct pw_stream){.loop = loop, .fd = fd, .ssl = ssl, .state = state};
    if (limits != NULL)
        stream->limits = *limits;
    if (stream->limits.input_max == 0)
        stream->limits.input_max = INPUT_DEFAULT;
    if (stream->limits.output_max == 0)
        stream->limits.output_max = OUTPUT_DEFAULT;
    if (stream->limits.handshake_ms == 0)
        stream->limits.handshake_ms = HANDSHAKE_MS;
    stream->peer.not_after = PW_TIME_NONE;
    stream->read_wants = PW_LOOP_READ;
    stream->write_wants = PW_LOOP_WRITE;
    pw_buf_init(&stream->input, stream->limits.input_max);
    pw_buf_init(&stream->output, SIZE_MAX / 2);
    pw_timer_init(&stream->timer, loop, "stream: handshake", on_deadline, stream);
    pw_deferred_init(&stream->pump, loop, "stream: pump", on_pump, stream);
    stream->watch = pw_watch_new(loop, fd, "stream: socket", on_socket, stream);
    if (ssl != NULL && SSL_set_fd(ssl, fd) != 1)
        abort(); /* out of memory */
    pw_gauge(PW_M_STREAMS_OPEN, pw_metric_value(PW_M_STREAMS_OPEN) + 1);
    return stream;
}

void stream_start(struct pw_stream *stream)
{
    if (stream->ssl != NULL || stream->state == STREAM_CONNECTING)
        pw_timer_start(&stream->timer, stream->limits.handshake_ms);
    pw_watch_set(stream->watch, interest(stream));
    if (stream->state == STREAM_HANDSHAKE)
        pw_deferred_call(&stream->pump);
}

void pw_stream_own(struct pw_stream *stream, const struct pw_stream_events *events, void *arg)
{
    stream->events = events;
    stream->arg = arg;
    stream_start(stream);
}

void pw_stream_free(struct pw_stream *stream)
{
    if (stream == NULL || stream->freed)
        return;
    stream->freed = true;
    pw_timer_stop(&stream->timer);
    pw_deferred_cancel(&stream->pump);
    pw_watch_free(stream->watch);
    stream->watch = NULL;
    pw_gauge(PW_M_STREAMS_OPEN, pw_metric_value(PW_M_STREAMS_OPEN) - 1);
    if (stream->depth == 0)
        release(stream);
}

bool pw_stream_connect(struct pw_loop *loop, const char *text, struct pw_tls_context *tls,
    const struct pw_stream_limits *limits, const struct pw_stream_events *events, void *arg,
    struct pw_stream **ret, struct pw_err *err)
{
    struct address address;
    int on = 1;
    if (!stream_address_parse(text, &address, err))
        return false;
    int fd = socket(address.u.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return pw_fail(err, PW_ERR_IO, "socket: %s", strerror(errno));
    if (address.u.any.sa_family != AF_UNIX)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (connect(fd, &address.u.any, address.len) != 0 && errno != EINPROGRESS) {
        pw_fail(err, PW_ERR_IO, "connecting: %s", strerror(errno));
        close(fd);
        return false;
    }
    SSL *ssl = tls != NULL ? stream_tls_session(tls) : NULL;
    struct pw_stream *stream = stream_new(loop, fd, ssl, limits, STREAM_CONNECTING);
    stream_address_host(&address, stream->peer.address);
    pw_stream_own(stream, events, arg);
    *ret = stream;
    return true;
}

/* ---- what the owner may ask ---- */

struct pw_buf *pw_stream_input(struct pw_stream *stream)
{
    return &stream->input;
}

void pw_stream_consumed(struct pw_stream *stream)
{
    if (stream->freed)
        return;
    if (stream->input.len == 0) {
        size_t max = stream->input.max;
        pw_buf_release(&stream->input);
        pw_buf_init(&stream->input, max);
    }
    if (may_read(stream))
        pw_deferred_call(&stream->pump);
}

void pw_stream_set_input_max(struct pw_stream *stream, size_t octets)
{
    stream->input.max = octets;
    if (!stream->freed && may_read(stream))
        pw_deferred_call(&stream->pump);
}

void pw_stream_pause(struct pw_stream *stream, bool paused)
{
    if (stream->freed || stream->paused == paused)
        return;
    stream->paused = paused;
    if (stream->state == STREAM_OPEN)
        pw_deferred_call(&stream->pump);
}

bool pw_stream_write(struct pw_stream *stream, const void *data, size_t len)
{
    if (stream->freed || stream->state > STREAM_OPEN ||
        len > stream->limits.output_max - pw_stream_pending(stream))
        return false;
    if (stream->sent > stream->output.len / 2) {
        pw_buf_consume(&stream->output, stream->sent);
        stream->sent = 0;
    }
    pw_buf_put(&stream->output, data, len);
    if (stream->state == STREAM_OPEN)
        pw_deferred_call(&stream->pump);
    return true;
}

size_t pw_stream_pending(const struct pw_stream *stream)
{
    return stream->output.len - stream->sent;
}

void pw_stream_shut(struct pw_stream *stream, int64_t linger_ms)
{
    if (stream->freed || stream->state > STREAM_OPEN)
        return;
    stream->linger_ms = linger_ms;
    enter(stream, STREAM_SHUTTING);
    pw_deferred_call(&stream->pump);
}

const struct pw_peer *pw_stream_peer(const struct pw_stream *stream)
{
    return &stream->peer;
}
