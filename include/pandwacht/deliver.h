/*
 * deliver: the stage that sends events from the outbox to receivers over mutual TLS, each
 * receiver's in order per premises, at least once, recognisable by id.
 *
 * The unit of claiming is a lane: (receiver, last six bits of the premises id), leased by a
 * committed row for 30 s with a fencing number; requests end 5 s before their lease. One event
 * is in flight per premises and receiver. A failed one is tried again with backoff that grows with its
 * age; one that cannot heal becomes a dead letter, which holds back later events of that premises to
 * that receiver until a person replays or skips it. A receiver that fails opens its breaker, and
 * starts slowly afterwards; it delays nobody else.
 */
#ifndef PANDWACHT_DELIVER_H
#define PANDWACHT_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/arena.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

struct pw_loop;
struct pw_db;
struct pw_client;
struct pw_keys;
struct pw_request;
struct pw_deliver;
struct pw_mailer;

struct pw_deliver_options { /* 0 or NULL = the default in brackets */
    struct pw_loop *loop;
    struct pw_db *db;
    struct pw_client *client;
    const struct pw_keys *keys; /* the newest signing key signs every request */
    const char *cert_file; /* the house's own client certificate, for receivers without one of their own */
    const char *key_file;
    int64_t poll_ms;        /* looks without being woken [1000] */
    int64_t lease_ms;       /* [30000] */
    int64_t deadline_ms;    /* of one request [10000] */
    size_t parallel;        /* requests in flight to one receiver, once warmed up [16] */
    size_t batch;           /* rows claimed at once for one receiver [256] */
    int64_t backoff_ms;     /* first ceiling of a retry's wait; doubles [500] */
    int64_t backoff_max_ms; /* last ceiling; events older than a day use it whole [300000] */
    int attempts_max;       /* then dead, when the receiver answers others [50] */
    int breaker_failures;   /* in a row, then the receiver is left alone for a while [5] */
};

/* Never NULL. */
struct pw_deliver *pw_deliver_new(const struct pw_deliver_options *options);
/* Begins to send (listens, polls, leases). */
void pw_deliver_start(struct pw_deliver *deliver);
/* Takes nothing new, gives its leases back when what is in flight has ended; then on_stopped(arg) once. */
void pw_deliver_stop(struct pw_deliver *deliver, void (*on_stopped)(void *arg), void *arg);
/* Cuts off what is in flight. NULL is accepted. */
void pw_deliver_free(struct pw_deliver *deliver);
/* Requests in flight. */
size_t pw_deliver_busy(const struct pw_deliver *deliver);

/* Handlers for operators; `stage` is the struct pw_deliver. */
void pw_deliver_list(struct pw_request *req, void *stage);       /* GET /v1/deliveries */
void pw_deliver_replay_one(struct pw_request *req, void *stage); /* POST /v1/deliveries/{id}/replays */
void pw_deliver_replay_all(struct pw_request *req, void *stage); /* POST /v1/deliveries/_replay */
/* Handlers; `stage` is the struct pw_deliver. The caller is a client whose OIN is a receiver's. */
void pw_deliver_list_events(struct pw_request *req, void *stage);  /* GET /v1/events?after=&limit= */
void pw_deliver_post_receipt(struct pw_request *req, void *stage); /* POST /v1/events/{id}/receipts */

/* ---- a request that somebody kept ---- */

#define PW_EVENT_REQUEST_MAX (256 * 1024)

struct pw_event_proof {
    struct pw_str key_id;
    pw_usec created;
};

/* Finds the public half of a key by its id. */
typedef bool (*pw_event_key_fn)(void *arg, struct pw_str key_id, uint8_t ret[32]);

/* Whether a request, as it came in (request line, header lines, empty line, body), was signed by a key that
 * find_key knows, and is whole. Says nothing of its age. PW_ERR_INVALID says what is wrong. */
bool pw_event_verify(struct pw_arena *arena, struct pw_str request, pw_event_key_fn find_key, void *arg,
    struct pw_event_proof *ret, struct pw_err *err) PW_MUST_CHECK;

/* ---- letters: what the room mail has written, handed to a mail server ---- */

struct pw_mailer_options { /* 0 or NULL = the default in brackets */
    struct pw_loop *loop;
    struct pw_db *db;
    struct pw_client *client;
    const struct pw_keys *keys;
    const char *url;           /* of the mail server; "" = letters wait, and a warning tells */
    const char *ca_file;       /* whom its certificate must come from */
    const char *user;          /* "" = without */
    const char *password_file; /* first line; read for each letter */
    const char *from;          /* address of the sender */
    const char *base_url;      /* of the links, without trailing slash */
    int64_t poll_ms;           /* [5000] */
    int64_t deadline_ms;       /* of one letter [20000] */
    int64_t backoff_ms;        /* first ceiling of a retry's wait; doubles [30000] */
    int64_t backoff_max_ms;    /* [3600000] */
    int attempts_max;          /* then it is given up [30] */
};

/* Never NULL; begins at once. */
struct pw_mailer *pw_mailer_new(const struct pw_mailer_options *options);
/* Cuts off what is under way; it is sent again later. NULL is accepted. */
void pw_mailer_free(struct pw_mailer *mailer);
/* Letters being sent. */
size_t pw_mailer_busy(const struct pw_mailer *mailer);

/* ---- for the command line; each waits for the database. Receivers are added, listed and paused by
 * the access room ---- */

/* Makes dead letters pending again; `event` NULL = all of that partner. Gives their number. */
bool pw_partner_replay(struct pw_db *db, struct pw_str name, const struct pw_uuid *event, int64_t *ret_count,
    struct pw_err *err) PW_MUST_CHECK;
/* Lets later events pass a dead letter that will never be sent. */
bool pw_partner_skip(
    struct pw_db *db, struct pw_str name, const struct pw_uuid *event, struct pw_err *err) PW_MUST_CHECK;
/* Connects as deliver would and sends a CloudEvent of type nl.pandwacht.test; waits for the answer.
 * `*ret_status` is the HTTP status; fails when there was none. */
bool pw_partner_test(struct pw_loop *loop, struct pw_db *db, struct pw_client *client,
    const struct pw_deliver_options *options, struct pw_str name, int *ret_status,
    struct pw_err *err) PW_MUST_CHECK;

#endif
