/*
 * client: calls out over HTTPS (partners; later OIDC), and mail. Hides libcurl's multi
 * interface on our loop. Connections are kept alive and reused per peer and certificate.
 *
 * Strict by default: TLS 1.3, the CA given (never the system's), no redirects, no proxies,
 * no cookies, no compression, one deadline for the whole call, head and body of the answer
 * bounded. The address is checked after the name was resolved, just before connecting to it.
 */
#ifndef PANDWACHT_CLIENT_H
#define PANDWACHT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>

struct pw_loop;
struct pw_client;
struct pw_client_call; /* one running or waiting call */
struct sockaddr;

/* How a call ended. */
enum pw_client_end {
    PW_CLIENT_ANSWERED,  /* a complete answer with any status but a redirect */
    PW_CLIENT_REFUSED,   /* nobody answered: refused, unreachable, name unknown */
    PW_CLIENT_DENIED,    /* the resolved address is not allowed */
    PW_CLIENT_TLS,       /* certificate, name, version or handshake */
    PW_CLIENT_TIMEOUT,   /* the deadline passed */
    PW_CLIENT_REDIRECT,  /* 3xx: not followed */
    PW_CLIENT_TOO_LARGE, /* head or body of the answer over the limit */
    PW_CLIENT_GARBAGE,   /* not HTTP, or broken off in the middle */
    PW_CLIENT_CANCELLED, /* pw_client_cancel or pw_client_free; the callback is not called */
    PW_CLIENT_MISUSED,   /* bad URL or unreadable certificate file; see the text */
};

struct pw_client_answer {
    enum pw_client_end end;
    int status;            /* 0 unless ANSWERED or REDIRECT */
    int64_t retry_after_s; /* Retry-After as seconds from now, 0..86400; -1 = none or malformed */
    struct pw_str body;    /* borrowed until the callback returns */
    int64_t duration_us;
    struct pw_err err; /* code NONE when ANSWERED; the text names no content of the answer */
};

typedef void (*pw_client_done)(void *arg, const struct pw_client_answer *answer);

struct pw_client_options {  /* 0 = the default in brackets */
    size_t concurrent;      /* calls at the same time; others wait in order [64] */
    size_t concurrent_peer; /* connections to one host and port [4] */
    size_t waiting;         /* calls waiting; more are refused with PW_ERR_LIMIT [10000] */
    int64_t idle_ms;        /* a kept-alive connection is not reused when idle longer [55000] */
};

enum pw_client_tls { PW_CLIENT_TLS_1_3 = 0, PW_CLIENT_TLS_1_2 = 1 };

/* Strings need to live only during pw_client_call. */
struct pw_client_request {
    const char *method;         /* "POST" or "GET"; NULL = POST with body, GET without */
    const char *url;            /* https://... ; userinfo and fragment are refused */
    const char *const *headers; /* "Name: value", without control characters */
    size_t header_count;
    struct pw_str body;
    const char *cert_file; /* PEM, client certificate and chain; NULL = none */
    const char *key_file;
    const char *ca_file;       /* PEM; obligatory */
    const char *expected_name; /* name the certificate must carry, also SNI and Host; NULL = the URL's host */
    enum pw_client_tls tls_min;
    int64_t deadline_ms; /* whole call, waiting included; 0 = 10000 */
    int64_t connect_ms;  /* 0 = 3000 */
    size_t response_max; /* octets of head and of body, each; 0 = 4096 */
    bool allow_private;  /* loopback, link-local and private addresses may be called */
    /* More checks on the resolved address; NULL = none. Return false to refuse it. */
    bool (*check_address)(void *arg, const struct sockaddr *address);
    void *check_arg;
};

/* One letter. Strings need to live only during pw_client_mail. */
struct pw_client_mail {
    const char *url;     /* smtp://host:port, where TLS is begun (STARTTLS) or the call fails; or smtps:// */
    const char *ca_file; /* PEM; obligatory */
    const char *user, *password; /* NULL = without */
    const char *from, *to;       /* addresses, nothing around them */
    struct pw_str message;       /* head, empty line and text, lines ended by CR LF */
    int64_t deadline_ms;         /* 0 = 10000 */
};

/* Never NULL. */
struct pw_client *pw_client_new(struct pw_loop *loop, const struct pw_client_options *options);
/* Cancels what runs; no callback is called any more. NULL is accepted. */
void pw_client_free(struct pw_client *client);
/* Starts a call; on_done(arg) is called once, later, never from inside this function. Returns false (and
 * never calls) when the request is malformed or too many wait. `ret_call` may be NULL. */
bool pw_client_send(struct pw_client *client, const struct pw_client_request *request, pw_client_done on_done,
    void *arg, struct pw_client_call **ret_call, struct pw_err *err) PW_MUST_CHECK;
/* Hands a letter to a mail server, never without TLS. ANSWERED with status 250 (accepted) or what the server
 * refused it with: 4xx may heal, 5xx cannot. Otherwise as pw_client_send. */
bool pw_client_mail(struct pw_client *client, const struct pw_client_mail *mail, pw_client_done on_done,
    void *arg, struct pw_client_call **ret_call, struct pw_err *err) PW_MUST_CHECK;
/* Gives it up; on_done is not called. Only before on_done was called. */
void pw_client_cancel(struct pw_client_call *call);
/* Calls running and waiting. */
size_t pw_client_busy(const struct pw_client *client);
/* After certificate files were renewed: kept connections are not reused any more. */
void pw_client_forget_connections(struct pw_client *client);
/* "refused", "tls", "timeout", ...: stable words for metrics and the deliveries table. */
const char *pw_client_end_word(enum pw_client_end end);
/* Whether an address is loopback, private (RFC 1918, fc00::/7), link-local, multicast, unspecified,
 * documentation or reserved, IPv4 inside IPv6 included. Also for checks of configuration. */
bool pw_client_address_is_private(const struct sockaddr *address);

#endif
