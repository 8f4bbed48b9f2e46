/*
 * upkeep: the stage of what has to happen by itself, by the clock: ended sessions and tenant
 * checks past their date are destroyed; audit records are sealed into their chain, and its head is
 * signed and appended to a file kept elsewhere.
 *
 * Every round of destroying is a transaction with its audit record; several processes may run it, since
 * a round deletes rows and nothing else. Sealing has one writer, by lease: it follows the audit log in
 * commit order, so that no record can appear behind the end of the chain.
 */
#ifndef PANDWACHT_UPKEEP_H
#define PANDWACHT_UPKEEP_H

#include <stdbool.h>
#include <stdint.h>

struct pw_db;
struct pw_keys;
struct pw_loop;
struct pw_upkeep;
struct pw_worker;

struct pw_upkeep_options { /* 0 = the default in brackets */
    struct pw_loop *loop;
    struct pw_db *db;
    const struct pw_keys *keys; /* signs the heads */
    struct pw_worker *worker;   /* must know pw_audit_append_job */
    const char *heads_file;     /* NULL or "": no heads are kept */
    int64_t interval_ms;        /* between rounds of destroying [600000]; the first is at once */
    int64_t rows_max;           /* destroyed in one transaction [5000]; more follows at once */
    int seal_ms;                /* how often unsealed records are looked for [500] */
    int64_t heads_ms;           /* at most one head in so long [10000] */
};

/* Starts at once. Never NULL; the options are copied. */
struct pw_upkeep *pw_upkeep_new(const struct pw_upkeep_options *options);
/* Begins nothing new; finishes what is under way, and signs the head that is due. */
void pw_upkeep_drain(struct pw_upkeep *upkeep);
/* After a drain: nothing is under way any more. */
bool pw_upkeep_idle(const struct pw_upkeep *upkeep);
/* Stops sealing at once, its lease runs out by itself; before the pool is freed. NULL is accepted. */
void pw_upkeep_stop(struct pw_upkeep *upkeep);
/* Not while the pool still runs a round of it: free the pool first. NULL is accepted. */
void pw_upkeep_free(struct pw_upkeep *upkeep);

#endif
