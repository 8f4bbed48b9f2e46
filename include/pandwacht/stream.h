/*
 * stream: byte streams over TCP (or a Unix socket), plain or TLS. Hides OpenSSL's TLS half.
 * Used by http for the server side and by tests for the client side; partners are called
 * by the client room.
 *
 * A stream owns its socket, an input buffer and an output buffer, both with a maximum. The
 * owner is told by callbacks, never from inside a call of its own: writing, shutting and
 * freeing are safe in any callback. TCP_NODELAY is set on every socket.
 *
 * TLS: 1.2 and 1.3 only, no renegotiation, no compression, server's order of suites,
 * session tickets whose keys never leave the process. A client certificate is verified
 * against its own CA file (the system's are never used) and CRLs, for the purpose of TLS
 * client; what fails is refused with the alert that fits and never reaches the owner.
 *
 * Reload: pw_tls_context_reload reads the files anew and swaps the inside; streams that
 * exist keep the old one. A failing reload changes nothing.
 */
#ifndef PANDWACHT_STREAM_H
#define PANDWACHT_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/buf.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>

struct pw_loop;

/* ---- who is on the other side ---- */

#define PW_PEER_ADDRESS_MAX 64
#define PW_PEER_NAME_MAX    256

/* All text is NUL-terminated and "" when unknown. Names that hold a NUL or control
 * character make the certificate refused, too long ones likewise. */
struct pw_peer {
    char address[PW_PEER_ADDRESS_MAX]; /* "127.0.0.1" or "::1", without port; "unix" */
    bool tls;                          /* false: the stream is plain */
    bool verified;                     /* a client certificate was given and passed all checks */
    char oin[PW_PEER_NAME_MAX];        /* subject.serialNumber as given; PKIoverheid puts the OIN there */
    char cn[PW_PEER_NAME_MAX];         /* subject.commonName */
    char issuer[PW_PEER_NAME_MAX];     /* issuer's distinguished name, RFC 2253 */
    char fingerprint[65];              /* SHA-256 of the certificate, lower-case hexadecimal */
    char issuer_fingerprint[65];       /* SHA-256 of the certificate that signed it */
    pw_usec not_after;                 /* PW_TIME_NONE without certificate */
    char protocol[16];                 /* "TLSv1.3" */
    char suite[64];                    /* "TLS_AES_256_GCM_SHA384" */
};

/* ---- TLS contexts ---- */

enum pw_tls_profile {
    PW_TLS_GOOD,       /* NCSC-NL "good": TLS 1.3, AES-256-GCM and CHACHA20 */
    PW_TLS_SUFFICIENT, /* adds TLS 1.2 with ECDHE and AEAD, and AES-128-GCM */
};

enum pw_tls_clients {
    PW_TLS_CLIENTS_NONE,     /* no certificate is asked for */
    PW_TLS_CLIENTS_OPTIONAL, /* asked; none is fine, a bad one is refused */
    PW_TLS_CLIENTS_REQUIRED, /* none is refused */
};

struct pw_tls_options {
    bool client_side; /* for pw_stream_connect */
    enum pw_tls_profile profile;
    const char *cert_file;       /* PEM: own certificate, then intermediates. Obligatory on the server side */
    const char *key_file;        /* PEM private key; NULL = in cert_file */
    enum pw_tls_clients clients; /* server side */
    const char *ca_file;         /* PEM: CAs of clients (server side), or of the server (client side) */
    const char *const
        *crl_files; /* PEM; when given every certificate of the chain must be covered by a valid CRL */
    size_t crl_count;
    const char *expected_name; /* client side: DNS name the certificate must carry; also sent as SNI */
};

struct pw_tls_context;

/* Reads all files. Strings are copied. Fails with PW_ERR_TLS naming the file and the remedy
 * (missing, unreadable, key does not fit, expired). One reference is the caller's. */
bool pw_tls_context_new(
    const struct pw_tls_options *options, struct pw_tls_context **ret, struct pw_err *err) PW_MUST_CHECK;
/* Reads the same files again; on failure the old ones stay in force. New streams get the new ones. */
bool pw_tls_context_reload(struct pw_tls_context *context, struct pw_err *err) PW_MUST_CHECK;
struct pw_tls_context *pw_tls_context_ref(struct pw_tls_context *context);
void pw_tls_context_unref(struct pw_tls_context *context);
/* When the own certificate ends (for the gauge and the alarm at 14 days); PW_TIME_NONE without one. */
pw_usec pw_tls_context_not_after(const struct pw_tls_context *context);

/* ---- streams ---- */

struct pw_stream;

struct pw_stream_events {
    void (*on_ready)(void *arg);   /* connected and, with TLS, handshake done */
    void (*on_data)(void *arg);    /* input buffer grew */
    void (*on_eof)(void *arg);     /* the peer will send no more; writing is still possible */
    void (*on_drained)(void *arg); /* output buffer became empty */
    void (*on_closed)(void *arg,
        const struct pw_err *why); /* broken or finished; the owner must free it. `why` is never NULL */
};

struct pw_stream_limits {
    size_t input_max;     /* octets; reading pauses when full. 0 = 64 KiB */
    size_t output_max;    /* octets; writing past it fails. 0 = 1 MiB */
    int64_t handshake_ms; /* TLS handshake or connecting; 0 = 5000 */
};

/* Connects to "127.0.0.1:8443", "[::1]:8443" or "unix:/path" (no name lookup: it would block).
 * `tls` may be NULL. Progress comes by callbacks. */
bool pw_stream_connect(struct pw_loop *loop, const char *address, struct pw_tls_context *tls,
    const struct pw_stream_limits *limits, const struct pw_stream_events *events, void *arg,
    struct pw_stream **ret, struct pw_err *err) PW_MUST_CHECK;
/* Gives an accepted stream its owner. Must be called within on_accept. `events` is borrowed for ever. */
void pw_stream_own(struct pw_stream *stream, const struct pw_stream_events *events, void *arg);
/* Closes at once, without a word (unless shut before), and frees. NULL is accepted. */
void pw_stream_free(struct pw_stream *stream);

/* The input; the owner consumes from it with pw_buf_consume and then calls pw_stream_consumed. */
struct pw_buf *pw_stream_input(struct pw_stream *stream);
/* Makes reading go on when the buffer was full. */
void pw_stream_consumed(struct pw_stream *stream);
/* Raises or lowers the maximum of the input buffer (a body with a larger limit is coming). */
void pw_stream_set_input_max(struct pw_stream *stream, size_t octets);
/* Stops and resumes reading from the socket (back-pressure). */
void pw_stream_pause(struct pw_stream *stream, bool paused);
/* Queues a copy; false (and nothing queued) when the output would pass its maximum or the stream is shut. */
bool pw_stream_write(struct pw_stream *stream, const void *data, size_t len) PW_MUST_CHECK;
/* Octets not yet handed to the socket. */
size_t pw_stream_pending(const struct pw_stream *stream);
/* After what is queued, sends close_notify and half-closes; then waits up to `linger_ms` for the peer to
 * close (dropping what it sends, so that the last answer is not lost to a reset), then on_closed. */
void pw_stream_shut(struct pw_stream *stream, int64_t linger_ms);

/* Known from on_ready on; borrowed from the stream. */
const struct pw_peer *pw_stream_peer(const struct pw_stream *stream);

/* ---- listeners ---- */

struct pw_listener;

struct pw_listener_options {
    const char *address;        /* "127.0.0.1:8443", "[::]:8443", "unix:/path"; port 0 = any free one */
    int fd;                     /* > 0: an inherited listening socket, `address` is not used */
    struct pw_tls_context *tls; /* NULL = plain */
    struct pw_stream_limits limits;
    int backlog; /* 0 = 1024 */
    /* A new stream (not yet ready): call pw_stream_own, or pw_stream_free to refuse it. The address in
     * pw_stream_peer is already known. */
    void (*on_accept)(void *arg, struct pw_stream *stream);
    void *arg;
    const char *plain_answer; /* sent in the clear when plain HTTP arrives on a TLS port; may be NULL */
};

bool pw_listener_open(struct pw_loop *loop, const struct pw_listener_options *options,
    struct pw_listener **ret, struct pw_err *err) PW_MUST_CHECK;
/* The port it listens on (0 for a Unix socket). */
uint16_t pw_listener_port(const struct pw_listener *listener);
/* Stops accepting; streams live on. NULL is accepted. */
void pw_listener_close(struct pw_listener *listener);
/* Whether the address is a loopback or Unix one (where plain text is allowed). */
bool pw_address_is_loopback(const char *address);

#endif
