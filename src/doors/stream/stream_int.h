/*
 * Private to the stream room: the stream, its two transports (plain, TLS), addresses and
 * the reading of certificates. stream.c owns the state machine; transports only say how a
 * step ended.
 */
#ifndef PANDWACHT_STREAM_INT_H
#define PANDWACHT_STREAM_INT_H

#include <sys/socket.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <openssl/ssl.h>

#include <pandwacht/loop.h>
#include <pandwacht/stream.h>

enum stream_state {
    STREAM_CONNECTING, /* client side: TCP not yet there */
    STREAM_HANDSHAKE,  /* TLS under way */
    STREAM_OPEN,       /* both ways, or one way after the peer's end */
    STREAM_SHUTTING,   /* the owner shut it: sends what is queued */
    STREAM_LINGER,     /* all sent, our end said; waits for the peer to close */
    STREAM_CLOSED,     /* on_closed was called or is about to be */
};

/* How one attempt to move octets ended. */
enum step {
    STEP_DONE,       /* went forward */
    STEP_WANT_READ,  /* nothing now; wait until the socket is readable */
    STEP_WANT_WRITE, /* nothing now; wait until it is writable */
    STEP_EOF,        /* the peer said its end */
    STEP_FAIL,       /* broken; err is filled */
};

struct pw_stream {
    struct pw_loop *loop;
    int fd;
    struct pw_watch *watch;
    SSL *ssl; /* NULL = plain */
    enum stream_state state;
    struct pw_stream_limits limits;
    const struct pw_stream_events *events; /* NULL until owned */
    void *arg;
    struct pw_peer peer;
    struct pw_buf input, output;
    size_t sent;                      /* octets at the front of output that the socket already has */
    unsigned read_wants, write_wants; /* what the socket must be ready for to go on reading, writing */
    bool paused;
    bool eof;
    bool plain_spoken; /* plain HTTP arrived on a TLS port */
    const char *plain_answer;
    int64_t linger_ms;
    struct pw_timer timer;   /* handshake, then lingering */
    struct pw_deferred pump; /* reading and writing that the owner asked for */
    unsigned depth;          /* callbacks of the owner under way */
    bool freed;              /* freed by the owner within one of them */
    struct pw_err why;
};

/* ---- addresses ---- */

struct address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
        struct sockaddr_storage room;
    } u;
    socklen_t len;
};

bool stream_address_parse(const char *text, struct address *ret, struct pw_err *err) PW_MUST_CHECK;
/* The host without port; IPv4 inside IPv6 shows as IPv4. */
void stream_address_host(const struct address *address, char out[PW_PEER_ADDRESS_MAX]);

/* ---- streams ---- */

/* A stream on a connected or connecting socket, which it owns from now on. `ssl` may be NULL. */
struct pw_stream *stream_new(
    struct pw_loop *loop, int fd, SSL *ssl, const struct pw_stream_limits *limits, enum stream_state state);
/* Begins to wait for events; the owner is set. */
void stream_start(struct pw_stream *stream);

/* ---- TLS ---- */

/* A session object of the context's present inside; never NULL. */
SSL *stream_tls_session(struct pw_tls_context *context);
enum step stream_tls_handshake(struct pw_stream *stream, struct pw_err *err);
enum step stream_tls_read(
    struct pw_stream *stream, void *out, size_t size, size_t *ret_len, struct pw_err *err);
enum step stream_tls_write(
    struct pw_stream *stream, const void *data, size_t len, size_t *ret_len, struct pw_err *err);
/* After the handshake: checks what OpenSSL does not, and fills stream->peer. */
bool stream_tls_identify(struct pw_stream *stream, struct pw_err *err) PW_MUST_CHECK;
/* Puts OpenSSL's oldest queued reason into err, and empties its queue. */
bool stream_tls_fail(struct pw_err *err, const char *what);

/* ---- certificates (peer.c) ---- */

/* Whether the names in the certificate can be told unambiguously. */
bool stream_cert_names_sound(X509 *cert);
void stream_cert_describe(X509 *cert, struct pw_peer *peer);
void stream_cert_fingerprint(X509 *cert, char out[65]);
pw_usec stream_cert_not_after(const X509 *cert);

#endif
