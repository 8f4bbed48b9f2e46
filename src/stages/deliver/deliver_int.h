/*
 * What the files of deliver share. A flight is one attempt at one event: claimed (committed), sent,
 * ended, recorded. Receivers are told apart by their breaker: closed, open until a time, then half
 * open with a window of one.
 */
#ifndef DELIVER_INT_H
#define DELIVER_INT_H

#include <pandwacht/audit.h>
#include <pandwacht/client.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/deliver.h>
#include <pandwacht/loop.h>
#include <pandwacht/queue.h>

/* Where an event goes. Texts are C strings. */
struct route {
    const char *url, *ca_file, *expected_name, *cert_file, *key_file;
    struct pw_str target; /* the URL as the receiver sees it: under its expected name */
    bool private_range;
};

struct receiver {
    struct pw_uuid id;
    struct pw_arena *arena; /* of the route */
    struct route route;
    bool paused;
    bool seen;          /* in the last look */
    size_t in_flight;   /* flights that are not recorded yet */
    size_t window;      /* most of them; grows by one with each success */
    int failures;       /* in a row */
    int trips;          /* times the breaker opened in a row */
    int64_t hold_until; /* loop time; nothing is claimed before */
    bool recovered;     /* answered again: what waits may hurry */
    struct receiver *next;
};

enum verdict { VERDICT_DELIVERED, VERDICT_RETRY, VERDICT_DEAD, VERDICT_GONE };

struct flight {
    struct pw_deliver *deliver;
    struct receiver *receiver;
    struct pw_arena *arena;
    struct pw_uuid premises, id;
    int64_t lane, fence;
    struct pw_str body;
    int attempts; /* this one included */
    pw_usec created_at;
    struct pw_client_call *call; /* NULL when it has ended */
    /* how it ended */
    enum verdict verdict;
    int status;
    const char *error; /* a word of our own; NULL = none */
    int64_t wait_ms;
    struct flight *next;
};

struct pw_deliver {
    struct pw_deliver_options options;
    struct pw_uuid owner;
    struct receiver *receivers;
    struct flight *flying;
    struct flight *ended;     /* waiting to be recorded */
    struct flight *recording; /* in the transaction that runs */
    size_t in_flight;         /* all three */
    struct pw_tx *look, *record;
    size_t read_receivers, read_cancelled, read_claimed;
    bool claiming;
    bool again;          /* look again when this look is over */
    int64_t lease_until; /* loop time */
    struct pw_timer poll, retry_record;
    int64_t poll_due; /* loop time */
    struct pw_deferred do_record;
    struct pw_db_listener *listener;
    bool started, stopping, releasing;
    void (*on_stopped)(void *arg);
    void *stopped_arg;
};

/* deliver.c */
void deliver_look(struct pw_deliver *deliver);
/* Looks within `ms`, when that is sooner than the poll. */
void deliver_look_within(struct pw_deliver *deliver, int64_t ms);
/* When stopping and nothing is under way: gives the leases back. */
void deliver_check_stopped(struct pw_deliver *deliver);

/* receivers.c */
/* Takes the rows of deliver/receivers over; true when one is new. */
bool deliver_take_receivers(struct pw_deliver *deliver, const struct pw_rows *rows);
struct receiver *deliver_receiver(struct pw_deliver *deliver, const struct pw_uuid *id);
/* How many events may be claimed for it now. */
size_t deliver_capacity(const struct pw_deliver *deliver, const struct receiver *receiver);
void deliver_succeeded(struct pw_deliver *deliver, struct receiver *receiver);
/* `hold_ms` > 0: it asked to be left alone for so long. */
void deliver_failed(struct pw_deliver *deliver, struct receiver *receiver, int64_t hold_ms);
void deliver_free_receivers(struct pw_deliver *deliver);
/* Reads the route from a row of receivers or partner_read. */
struct route deliver_read_route(struct pw_arena *arena, const struct pw_rows *rows, size_t row);

/* send.c */
void deliver_send(struct flight *flight);
void deliver_flight_free(struct flight *flight);
/* Fills a request for a body, digested and signed; texts are the arena's. */
bool deliver_request(const struct pw_deliver_options *options, const struct route *route, struct pw_str body,
    struct pw_arena *arena, struct pw_client_request *ret, struct pw_err *err) PW_MUST_CHECK;

/* signature.c */
struct deliver_headers {
    const char *lines[4];
};

/* The URL with `name` in the place of its host, without the usual port. */
struct pw_str deliver_target(struct pw_arena *arena, const char *url, const char *name);
/* The value of Content-Digest. */
struct pw_str deliver_digest(struct pw_arena *arena, struct pw_str body);
/* Content-Type, Content-Digest, Signature-Input and Signature of a request that is sent at `now`. */
bool deliver_sign(const struct pw_keys *keys, struct pw_arena *arena, pw_usec now, struct pw_str target,
    struct pw_str body, struct deliver_headers *ret, struct pw_err *err) PW_MUST_CHECK;

/* record.c */
/* Takes an ended flight over. */
void deliver_ended(struct flight *flight);
void deliver_record(struct pw_deliver *deliver);

#endif
