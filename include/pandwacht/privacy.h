/*
 * privacy: the stage of what persons are owed. Retention (facts are erased when their term ends, unless a
 * hold stands), requests of data subjects, and unmasking.
 *
 * An erasure is one transaction with its certificate, its audit record and its tombstone. The tombstone,
 * signed ids that say nothing by themselves, is then appended to a file kept elsewhere: a database restored
 * from an older backup erases them again. A hold keeps everything of its premises from erasure, whoever asked
 * for it, from the moment that placing it succeeded.
 *
 * A request goes open -> drafted (every item answered) -> approved (by another person) -> answered (the
 * letter was given out). What is to be erased is erased after the approval, from the row that says so: a
 * crash in between loses nothing.
 */
#ifndef PANDWACHT_PRIVACY_H
#define PANDWACHT_PRIVACY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/access.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

struct pw_buf;
struct pw_db;
struct pw_fact_model;
struct pw_keys;
struct pw_loop;
struct pw_privacy;
struct pw_request;
struct pw_worker;

struct pw_privacy_options { /* 0 = the default in brackets */
    struct pw_loop *loop;
    struct pw_db *db;
    const struct pw_keys *keys;
    struct pw_worker *worker; /* must know pw_audit_append_job; NULL (command line): appends by itself */
    const struct pw_fact_model *model;
    struct pw_purposes purposes; /* of unmasking */
    const char *tombstones_file; /* NULL or "": none are kept */
    int64_t every_ms;            /* between rounds of retention [3600000] */
    size_t batch_max;            /* facts erased in one transaction [500]; at most 500 */
};

/* Never NULL; the options are copied, what they point to is borrowed. Does nothing by itself before
 * pw_privacy_start. */
struct pw_privacy *pw_privacy_new(const struct pw_privacy_options *options);
/* Rounds of retention from now on, the first at once. For the role upkeep. */
void pw_privacy_start(struct pw_privacy *privacy);
/* Begins nothing new. */
void pw_privacy_drain(struct pw_privacy *privacy);
bool pw_privacy_idle(const struct pw_privacy *privacy);
/* After the pool. NULL is accepted. */
void pw_privacy_free(struct pw_privacy *privacy);

/* What a round did. */
struct pw_privacy_round {
    int64_t terms;    /* facts whose last day was set anew */
    int64_t erased;   /* their term had ended */
    int64_t asked;    /* data subjects' requests */
    int64_t restored; /* erased once before, and back with a restored database */
};

typedef void (*pw_privacy_done)(
    void *arg, bool ok, const struct pw_privacy_round *round, const struct pw_err *err);
/* One round as of `today`: tombstones, terms, what is due, what was asked. One at a time. */
void pw_privacy_run(struct pw_privacy *privacy, pw_day today, pw_privacy_done on_done, void *arg);

/* ---- for the command line: these run the loop until PostgreSQL answered ---- */

/* What a run would do today: a line for each kind, {"kind","due","held"}. Changes nothing. */
bool pw_privacy_preview(struct pw_privacy *privacy, pw_day today, bool json, struct pw_buf *out,
    struct pw_err *err) PW_MUST_CHECK;
/* Nothing of the premises is erased until it is released; waits for an erasure under way. PW_ERR_NOT_FOUND:
 * nobody knows them. */
bool pw_privacy_hold(struct pw_privacy *privacy, const struct pw_uuid *premises, const char *reason,
    struct pw_err *err) PW_MUST_CHECK;
/* PW_ERR_NOT_FOUND: no hold stands. */
bool pw_privacy_release(
    struct pw_privacy *privacy, const struct pw_uuid *premises, struct pw_err *err) PW_MUST_CHECK;
/* What an approved request releases, as JSON. PW_ERR_TRANSITION while it is not approved. */
bool pw_privacy_export(struct pw_privacy *privacy, const struct pw_uuid *request, struct pw_buf *out,
    struct pw_err *err) PW_MUST_CHECK;

/* ---- handlers; `stage` is a struct pw_privacy. Each names its route. ---- */

void pw_privacy_post_request(struct pw_request *req, void *stage);    /* POST /v1/subject-requests */
void pw_privacy_list_requests(struct pw_request *req, void *stage);   /* GET /v1/subject-requests */
void pw_privacy_get_request(struct pw_request *req, void *stage);     /* GET /v1/subject-requests/{id} */
void pw_privacy_put_item(struct pw_request *req, void *stage);        /* PUT .../{id}/items/{factId} */
void pw_privacy_approve(struct pw_request *req, void *stage);         /* POST .../{id}/approvals */
void pw_privacy_get_letter(struct pw_request *req, void *stage);      /* GET .../{id}/letter */
void pw_privacy_post_objection(struct pw_request *req, void *stage);  /* POST /v1/objections */
void pw_privacy_list_objections(struct pw_request *req, void *stage); /* GET /v1/objections */
void pw_privacy_unmask(struct pw_request *req, void *stage);          /* POST /v1/parties/{id}/unmaskings */

#endif
