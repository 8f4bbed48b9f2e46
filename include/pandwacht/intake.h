/*
 * intake: the stage through which facts come in. Its handlers read and check a request
 * (facts room), join it to the batch that is forming, and answer when the ledger's
 * transaction has committed; nothing is promised before. Many requests share one commit.
 *
 * Bounds: at most `queue_max` items wait or are being written; beyond that 503 with
 * Retry-After, before memory grows. One slow batch does not hold the next: `parallel`
 * transactions run side by side.
 */
#ifndef PANDWACHT_INTAKE_H
#define PANDWACHT_INTAKE_H

#include <stddef.h>
#include <stdint.h>

struct pw_access;
struct pw_loop;
struct pw_ledger;
struct pw_fact_model;
struct pw_request;
struct pw_intake;

struct pw_intake_options { /* 0 = the default in brackets */
    struct pw_loop *loop;
    struct pw_ledger *ledger;
    struct pw_access *access; /* for the budgets of tips; NULL = none */
    const struct pw_fact_model *model;
    size_t batch_max;      /* items of one transaction [256] */
    int64_t batch_wait_ms; /* how long the first item waits for others while a transaction runs [3] */
    size_t parallel;       /* transactions at the same time [2] */
    size_t queue_max;      /* items waiting or being written [20000] */
    size_t lines_max;      /* lines of one fact batch [5000] */
    int64_t retry_after_s; /* told with a 503 [2] */
};

/* Never NULL. Options are copied, what they point to is borrowed. */
struct pw_intake *pw_intake_new(const struct pw_intake_options *options);
/* Items that wait are answered 503 first. Not while transactions run: see pw_intake_busy. */
void pw_intake_free(struct pw_intake *intake);
/* A newly loaded model, for requests from now on. */
void pw_intake_set_model(struct pw_intake *intake, const struct pw_fact_model *model);
/* Items waiting or being written. */
size_t pw_intake_busy(const struct pw_intake *intake);

/* Handlers; `stage` is the struct pw_intake. The collection is the path's second segment. */
void pw_intake_post_fact(struct pw_request *req, void *stage);       /* POST /v1/{collection} */
void pw_intake_get_fact(struct pw_request *req, void *stage);        /* GET /v1/{collection}/{id} */
void pw_intake_post_retraction(struct pw_request *req, void *stage); /* POST .../{id}/retractions */
void pw_intake_post_correction(struct pw_request *req, void *stage); /* POST .../{id}/corrections */
void pw_intake_post_batch(struct pw_request *req, void *stage);      /* POST /v1/fact-batches (ndjson) */
/* Kinds that are made by their own routes only: answers 405. */
void pw_intake_refuse(struct pw_request *req, void *stage);

#endif
