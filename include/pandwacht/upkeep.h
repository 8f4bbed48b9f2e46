/*
 * upkeep: the stage of what has to happen by itself, by the clock: ended sessions and tenant
 * checks past their date are destroyed. Every round is a transaction with its audit record;
 * several processes may run it, since a round deletes rows and nothing else.
 */
#ifndef PANDWACHT_UPKEEP_H
#define PANDWACHT_UPKEEP_H

#include <stdint.h>

struct pw_db;
struct pw_loop;
struct pw_upkeep;

struct pw_upkeep_options { /* 0 = the default in brackets */
    struct pw_loop *loop;
    struct pw_db *db;
    int64_t interval_ms; /* between rounds [600000]; the first is at once */
    int64_t rows_max;    /* destroyed in one transaction [5000]; more follows at once */
};

/* Starts at once. Never NULL; the options are copied. */
struct pw_upkeep *pw_upkeep_new(const struct pw_upkeep_options *options);
/* Not while the pool still runs a round of it: free the pool first. NULL is accepted. */
void pw_upkeep_free(struct pw_upkeep *upkeep);

#endif
