/*
 * assess: the stage that follows the log of facts, assesses the premises they are about, and keeps
 * assessments, alerts and notices of danger. One transaction a batch: read dossiers, score, write
 * what changed, move the watermark; a crash before its commit repeats the batch with the same result.
 *
 * The same rounds take up what falls due by itself (table due): dates on which an outcome can
 * change, a new rule set, a decision. The live rule set is read inside each batch.
 *
 * A premises that cannot be assessed is parked with the reason: counted, visible, tried again when a
 * new fact comes; it never holds up the others.
 */
#ifndef PANDWACHT_ASSESS_H
#define PANDWACHT_ASSESS_H

#include <stdbool.h>
#include <stddef.h>

#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>

struct pw_assess;
struct pw_db;
struct pw_loop;

struct pw_assess_options { /* 0 = the default in brackets */
    struct pw_loop *loop;
    struct pw_db *db;
    const struct pw_holidays *holidays; /* for deadlines in working days */
    struct pw_str oin;                  /* of this installation, for events */
    int batch_max;                      /* premises of one transaction [200] */
    int poll_ms;                        /* looks without being woken [1000] */
    size_t facts_max;                   /* facts of one premises; the newest count [20000] */
};

/* Starts at once. Never NULL; what the options point to is borrowed. */
struct pw_assess *pw_assess_new(const struct pw_assess_options *options);
/* Orderly stop: finishes the batch under way, starts nothing new. */
void pw_assess_drain(struct pw_assess *assess);
/* Nothing under way and nothing known to be waiting. */
bool pw_assess_idle(const struct pw_assess *assess);
/* Before the pool is freed. NULL is accepted. */
void pw_assess_free(struct pw_assess *assess);

#endif
