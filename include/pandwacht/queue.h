/*
 * queue: the one commit-ordered reader of the log (facts, audit records), its leases, and backoff.
 *
 * The log has no queue table: facts are the queue. Each fact stores the transaction that wrote
 * it; a follower reads by (generation, xact, id) and only below pg_snapshot_xmin, under which
 * every transaction has ended, so none can appear behind the watermark any more. Identity order
 * is not commit order: nobody reads the log by id alone.
 *
 * A follower (name, shard) belongs to one process at a time by a committed lease with a fencing
 * number; its watermark moves in the same transaction as the work done, so a crash repeats the
 * work and nothing else. NOTIFY on the channel wakes it; the slow poll is the truth.
 *
 * The reader is held by any open *writing* transaction in the cluster; on_horizon tells how old
 * the holder is.
 */
#ifndef PANDWACHT_QUEUE_H
#define PANDWACHT_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/db.h>

struct pw_arena;
struct pw_loop;
struct pw_follower;

/* ---- positions ---- */

struct pw_position {
    int32_t generation;
    uint64_t xact;
    struct pw_uuid fact;
};

/* <0, 0, >0 in log order. */
int pw_position_cmp(const struct pw_position *a, const struct pw_position *b);

/* ---- followers ---- */

/* What is followed: the facts, or the records of who did what. Both are written with their transaction. */
enum pw_log { PW_LOG_FACTS, PW_LOG_AUDIT };

struct pw_log_entry {
    struct pw_position at;
    struct pw_uuid premises; /* nil: an audit record that concerns none */
};

struct pw_follower_batch {
    struct pw_tx *tx;                   /* open: the follower's reads, and on_begin's, are behind it */
    const struct pw_log_entry *entries; /* in log order; may be none when on_begin brought work of its own */
    size_t count;
    struct pw_position from; /* watermark before */
    struct pw_position to;   /* watermark after */
    struct pw_position
        horizon;  /* everything before it is known for good, whatever commits later (fact is nil) */
    int attempts; /* this one included; 1 normally. More: the last ones did not come to their end */
};

struct pw_follower_options {
    struct pw_loop *loop;
    struct pw_db *db;
    enum pw_log log;      /* PW_LOG_FACTS when not said */
    const char *name;     /* literal: "assess" */
    int shard;            /* 0 */
    const char *channel;  /* literal, NOTIFY channel; NULL: polls only */
    struct pw_uuid owner; /* this process; nil: a new random one */
    int batch_max;  /* entries; 0: 256. Halved with every attempt that did not come to its end, down to 1 */
    int poll_ms;    /* 0: 5000 */
    int lease_ms;   /* 0: 30000 */
    int horizon_ms; /* how often the log's oldest writer is looked at; 0: 5000 */
    /* Adds statements to the first round trip of a batch, in front of the follower's own; may be NULL. */
    void (*on_begin)(void *arg, struct pw_tx *tx);
    /* Whether what on_begin asked brought work, so that on_batch is called without entries too; may be NULL.
     */
    bool (*has_work)(void *arg, const struct pw_tx *tx);
    /* Does the work: adds statements to batch->tx and sends them as often as it needs, never commits, then
     * calls pw_follower_finish or pw_follower_fail. `batch` is borrowed until then. */
    void (*on_batch)(void *arg, const struct pw_follower_batch *batch);
    /* A batch ended; `ok` false with what failed (it is tried again after a while). May be NULL. */
    void (*on_done)(void *arg, bool ok, const struct pw_err *err, size_t entries);
    /* The oldest writing transaction in the cluster: its age (0: none), its server process (0: unknown). May
     * be NULL. */
    void (*on_horizon)(void *arg, double seconds, int pid);
    void *arg;
};

/* Starts at once. `options` is copied, its texts borrowed. Never NULL. */
struct pw_follower *pw_follower_new(const struct pw_follower_options *options);
/* Stops at once and rolls back what is open; its lease runs out by itself. Before pw_db_free. NULL is
 * accepted. */
void pw_follower_free(struct pw_follower *follower);
/* Looks now instead of at the next poll. */
void pw_follower_wake(struct pw_follower *follower);
/* Moves the watermark to `to` of the batch and commits; looks again at once when the batch was full or
 * `again`. */
void pw_follower_finish(struct pw_follower *follower, bool again);
/* Gives the batch up: rolls back (`tx_over`: the transaction has failed by itself) and tries again later. */
void pw_follower_fail(struct pw_follower *follower, bool tx_over, const struct pw_err *err);
/* Nothing is under way. */
bool pw_follower_idle(const struct pw_follower *follower);
/* Orderly stop: finishes what is under way, gives the lease back, begins nothing new. */
void pw_follower_drain(struct pw_follower *follower);

/* ---- backoff: exponential with full jitter ---- */

struct pw_backoff {
    int64_t base_ms; /* first ceiling */
    int64_t max_ms;  /* last ceiling */
};

/* A delay in [0, min(max, base * 2^attempt)] from `random` (any 64 random bits); attempt from 0. */
int64_t pw_backoff_delay(const struct pw_backoff *backoff, int attempt, uint64_t random);

#endif
