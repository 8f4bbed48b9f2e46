/* Inside of privacy: one erasure, rounds of retention, requests, and what is told of a fact. */
#ifndef PANDWACHT_PRIVACY_INT_H
#define PANDWACHT_PRIVACY_INT_H

#include <stdio.h>

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

/* ---- certificate.c ---- */

enum erasure_cause { ERASE_RETENTION, ERASE_SUBJECT, ERASE_RESTORED };

struct erasure_set {
    struct pw_uuid *premises, *facts;
    size_t count;
};

struct certificate {
    struct pw_uuid id;
    pw_usec at;
    enum erasure_cause cause;
    uint8_t hash[PW_SHA256_SIZE]; /* with the signature: of the set, by privacy_certificate_sign */
    struct pw_signature signature;
};

const char *privacy_cause_word(enum erasure_cause cause);
bool privacy_certificate_sign(const struct pw_keys *keys, struct pw_arena *arena,
    const struct erasure_set *set, struct certificate *certificate, struct pw_err *err) PW_MUST_CHECK;
/* A signed certificate with its set as a line, without a line feed. */
struct pw_str privacy_tombstone_write(
    struct pw_arena *arena, const struct certificate *certificate, const struct erasure_set *set);
/* Reads such a line; PW_ERR_SYNTAX when it is none, PW_ERR_CRYPTO when we did not sign it. The set is in the
 * arena. */
bool privacy_tombstone_read(const struct pw_keys *keys, struct pw_arena *arena, struct pw_str line,
    struct pw_uuid *ret_certificate, struct erasure_set *ret, struct pw_err *err) PW_MUST_CHECK;

/* ---- erase.c: one erasure ---- */

/* `erased` is 0 when nothing was left to erase. */
typedef void (*erasure_done)(void *arg, bool ok, size_t erased, const struct pw_err *err);

/* Erases the set (borrowed, at most PRIVACY_BATCH_MAX) in one transaction that leaves a tombstone to be
 * written out. What is held is left alone, and for retention what is not due any more as of `today`.
 * `certificate` is given for what is erased again; else nil. `arena` lives until the callback. */
void privacy_erase(struct pw_privacy *privacy, struct pw_arena *arena, enum erasure_cause cause,
    const struct erasure_set *set, const struct pw_uuid *request, const struct pw_uuid *certificate,
    pw_day today, erasure_done on_done, void *arg);

/* ---- round.c: a round of retention ---- */

enum round_state { KEEP, TOMBSTONES, TERMS, EXPIRED, ASKED, STUBS, ENDED };

struct round {
    struct pw_privacy *privacy;
    enum round_state state, after_keep;
    pw_day today;
    struct pw_arena *arena; /* of the step */
    FILE *tombstones;
    char *line; /* getline's */
    size_t line_size;
    int64_t line_number;
    struct pw_uuid certificate;
    struct erasure_set set;
    struct pw_uuid request;
    size_t statement;
    struct pw_deferred next;
    struct pw_privacy_round done;
    pw_privacy_done on_done;
    void *arg;
};

/* The only writer of the state; the step begins from the loop, with an empty arena. */
void privacy_round_enter(struct round *round, enum round_state state);
/* Calls back and frees. */
void privacy_round_end(struct round *round, bool ok, const struct pw_err *err);
/* Queues the recomputing of terms; returns the statement. */
size_t privacy_terms_add(const struct pw_privacy *privacy, struct pw_tx *tx);

/* ---- tombstones.c: steps of a round ---- */

bool privacy_tombstones_open(struct round *round, struct pw_err *err) PW_MUST_CHECK;
void privacy_tombstones_keep(struct round *round);
void privacy_tombstones_replay(struct round *round);

/* ---- stage.c ---- */

/* A round now, or right after the one that runs. */
void privacy_wake(struct pw_privacy *privacy);

/* ---- told.c: what a data subject is told of a fact ---- */

/* Row of PW_SQL_PRIVACY_ITEMS_RELEASED as an object: what, from which class of source, on what ground, whom
 * it was passed on to, until when it is kept. Of tips the month and no text; never who said it. */
bool privacy_told_write(const struct pw_privacy *privacy, struct pw_arena *arena, const struct pw_rows *rows,
    size_t row, bool dutch, struct pw_jsonw *w, struct pw_err *err) PW_MUST_CHECK;
/* Whether a text holds anything that would tell who said it: names of clients, source ids, ids of rows. */
bool privacy_told_leaks(struct pw_str text, const struct pw_rows *rows);

#endif
