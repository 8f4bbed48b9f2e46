/* Inside of privacy: one erasure, rounds of retention, requests, and what is told of a fact. */
#ifndef PANDWACHT_PRIVACY_INT_H
#define PANDWACHT_PRIVACY_INT_H

#include <pandwacht/access.h>
#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/facts.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>
#include <pandwacht/premises.h>
#include <pandwacht/privacy.h>
#include <pandwacht/worker.h>

#define PRIVACY_BATCH_MAX  500
#define PRIVACY_ANSWER_MAX (4u << 20)

struct round;

struct pw_privacy {
    struct pw_privacy_options options;
    struct pw_timer timer;
    struct round *round; /* under way; NULL = none */
    bool started, draining, again;
};

pw_usec privacy_now(const struct pw_privacy *privacy);
pw_day privacy_today(const struct pw_privacy *privacy);

/* ---- erase.c: one erasure ---- */

enum erasure_cause { ERASE_RETENTION, ERASE_SUBJECT, ERASE_RESTORED };

struct erasure_set {
    struct pw_uuid *premises, *facts;
    size_t count;
};

/* `erased` is 0 when nothing was left to erase. */
typedef void (*erasure_done)(void *arg, bool ok, size_t erased, const struct pw_err *err);

/* Erases the set (borrowed, at most PRIVACY_BATCH_MAX) in one transaction, after its tombstone was kept. For
 * retention what is held or not due any more as of `today` is left alone. `certificate` is given for what is
 * erased again; else nil. `arena` lives until the callback. */
void privacy_erase(struct pw_privacy *privacy, struct pw_arena *arena, enum erasure_cause cause,
    const struct erasure_set *set, const struct pw_uuid *request, const struct pw_uuid *certificate,
    pw_day today, erasure_done on_done, void *arg);
/* Reads a line of the tombstones file; false when it is none of ours (`err`). The set is in the arena. */
bool privacy_tombstone_read(const struct pw_privacy *privacy, struct pw_arena *arena, struct pw_str line,
    struct pw_uuid *ret_certificate, struct erasure_set *ret, struct pw_err *err) PW_MUST_CHECK;

/* ---- retention.c ---- */

/* A round now, or right after the one that runs. */
void privacy_wake(struct pw_privacy *privacy);
/* Queues the recomputing of terms; returns the statement. */
size_t privacy_terms_add(const struct pw_privacy *privacy, struct pw_tx *tx);

/* ---- told.c: what a data subject is told of a fact ---- */

/* Row of PW_SQL_PRIVACY_ITEMS_RELEASED as an object: what, from which class of source, on what ground, whom
 * it was passed on to, until when it is kept. Of tips the month and no text; never who said it. */
bool privacy_told_write(const struct pw_privacy *privacy, struct pw_arena *arena, const struct pw_rows *rows,
    size_t row, bool dutch, struct pw_jsonw *w, struct pw_err *err) PW_MUST_CHECK;
/* Whether a text holds anything that would tell who said it: names of clients, source ids, ids of rows. */
bool privacy_told_leaks(struct pw_str text, const struct pw_rows *rows);

#endif
