/*
 * dossier: the bridge between rows and what the score room assesses. Reads many premises in one
 * round trip; makes of each a struct pw_dossier_view: live facts as records, tenancies as the live
 * registrations tell them, the facts that verdicts retired or froze, the levels that stand.
 * Callers: the stages assess and desk, replay.
 *
 * A dossier is a function of the facts and decisions up to a position of the log. The part of it
 * that cannot be read back from facts (latches, and what verdicts set aside) is stored with each
 * assessment as its `inputs`, so that a replay needs nothing else.
 */
#ifndef PANDWACHT_DOSSIER_H
#define PANDWACHT_DOSSIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>
#include <pandwacht/facts.h>
#include <pandwacht/queue.h>
#include <pandwacht/score.h>
#include <pandwacht/trial.h>

struct pw_tx;

/* The newest assessment of a premises. */
struct pw_last_assessment {
    struct pw_uuid id; /* nil: none yet */
    pw_day assessed_on;
    pw_usec assessed_at;
    struct pw_position known;
    uint8_t ruleset[PW_SHA256_SIZE];
    enum pw_level_of_risk level;
    int64_t score;         /* thousandths */
    struct pw_str result;  /* as pw_score_encode wrote it */
    struct pw_str inputs;  /* as pw_dossier_inputs_encode wrote it */
    pw_day next_change_on; /* PW_DAY_NONE: never */
};

/* One premises, ready to be assessed. `view` points into the rest; all memory is the arena's. */
struct pw_dossier {
    struct pw_uuid premises;
    bool found; /* false: no such premises */
    struct pw_uuid merged_into;
    struct pw_parties parties; /* ordinals in the records */
    struct pw_dossier_view view;
    const pw_usec *reached; /* [view.latch_count]: when the level was reached */
    bool ended_since;       /* a fact was retracted, corrected or erased since the last assessment */
    bool cut;               /* it had more facts than the maximum: the newest are there */
    struct pw_last_assessment last;
    struct pw_err err; /* code NONE, or why it could not be read: a stored record that makes no sense */
};

/* The statements of one read; pw_dossier_read_add fills it, pw_dossier_build reads their rows. */
struct pw_dossier_read {
    size_t premises, facts, decisions, last;
    size_t facts_max;
};

/* Queues the statements that read `count` premises within the caller's transaction, as known up to and
 * including transaction `known` of the log (below the horizon, so that it reads the same for ever). At
 * most `facts_max` facts of each (the newest). */
void pw_dossier_read_add(struct pw_tx *tx, const struct pw_uuid *premises, size_t count,
    const struct pw_position *known, size_t facts_max, struct pw_dossier_read *ret);
/* When they were sent: makes the dossiers, in the order of `premises`, as of `day` (which decides what
 * is still frozen). Latches are carried over from the last assessment; where a fact ended since then
 * call pw_dossier_settle. A dossier that cannot be made has `err`; the others are not held up. */
void pw_dossier_build(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_tx *tx,
    const struct pw_dossier_read *read, const struct pw_uuid *premises, size_t count, pw_day day,
    struct pw_dossier *ret);

/* A level once reached stands until a person decides, unless what it stood on is gone. For a dossier
 * with `ended_since`: assesses again, as of the day each level was reached, with the facts that are left
 * and were known then, and lowers the latch to what comes out. */
bool pw_dossier_settle(struct pw_arena *arena, const struct pw_ruleset *set, struct pw_dossier *dossier,
    struct pw_err *err) PW_MUST_CHECK;

/* What an assessment read beside facts: latches with the time they were reached, and facts set aside. */
void pw_dossier_inputs_encode(const struct pw_dossier *dossier, struct pw_buf *out);
/* Puts stored inputs in place of the dossier's own; for replay. Fails with PW_ERR_SYNTAX. */
bool pw_dossier_inputs_decode(struct pw_arena *arena, struct pw_str inputs, struct pw_dossier *dossier,
    struct pw_err *err) PW_MUST_CHECK;

/* For replay: one premises as it was known at a position. Queue, send, then make it. */
void pw_dossier_known_add(struct pw_tx *tx, const struct pw_uuid *premises, const struct pw_position *known,
    struct pw_dossier_read *ret);
/* As pw_dossier_build for one premises; `inputs` are those stored with the assessment. */
bool pw_dossier_known_build(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_tx *tx,
    const struct pw_dossier_read *read, const struct pw_uuid *premises, struct pw_str inputs,
    struct pw_dossier *ret, struct pw_err *err) PW_MUST_CHECK;

/* ---- whole histories, for trials and for what was known when ---- */

/* The statements of one page; page_add and read_add fill it. */
struct pw_past_read {
    size_t premises, facts, attributes, decisions;
};

/* Queues reading the next premises behind `after`, `until` included, at most `most`. */
void pw_past_page_add(struct pw_tx *tx, const struct pw_uuid *after, const struct pw_uuid *until, size_t most,
    struct pw_past_read *ret);
/* When it was sent: their ids in order, in the arena; returns how many. */
size_t pw_past_page_ids(
    struct pw_arena *arena, const struct pw_tx *tx, const struct pw_past_read *read, struct pw_uuid **ret);
/* Queues reading everything ever known of these premises, which must be in order of id. */
void pw_past_read_add(
    struct pw_tx *tx, const struct pw_uuid *premises, size_t count, struct pw_past_read *ret);

/* Where the building of a page stands. */
struct pw_past_cursor {
    const struct pw_tx *tx;
    struct pw_past_read read;
    size_t fact, attribute, decision; /* next rows */
};

/* When it was sent: builds one history after the other, in the order asked for. Fails with PW_ERR_SYNTAX on a
 * stored record that makes no sense. */
void pw_past_build_begin(const struct pw_tx *tx, const struct pw_past_read *read, struct pw_past_cursor *ret);
bool pw_past_build(struct pw_arena *arena, const struct pw_fact_model *model, struct pw_past_cursor *at,
    const struct pw_uuid *premises, struct pw_past *ret, struct pw_err *err) PW_MUST_CHECK;
/* Builds the next one and walks it under both sets of a trial. */
bool pw_past_try(struct pw_arena *arena, struct pw_trial *trial, struct pw_past_cursor *at,
    const struct pw_uuid *premises, struct pw_err *err) PW_MUST_CHECK;

/* ---- rule sets by hash ---- */

struct pw_db;
struct pw_sets;

/* `lenient`: to explain old assessments with; a set that is not kept or loads no more does not matter. */
struct pw_sets *pw_sets_new(struct pw_db *db, bool lenient);
void pw_sets_free(struct pw_sets *sets); /* NULL is accepted */
typedef void (*pw_sets_ready)(void *arg, bool ok, const struct pw_err *err);
/* Makes the sets of these hashes ready (a few different ones), then calls back; at once when they are there
 * already. Fails when one cannot be had, or, where lenient, when none can. `arena` lives until then. */
void pw_sets_need(struct pw_sets *sets, struct pw_arena *arena, const struct pw_str *hashes, size_t count,
    pw_sets_ready ready, void *arg);
/* A set that is ready; where lenient, else the most recently used one; else NULL. Borrowed until the next
 * need.
 */
const struct pw_ruleset *pw_sets_get(const struct pw_sets *sets, struct pw_str hash);

#endif
