/*
 * Private to assess. A batch goes: READING (dossiers and context) -> SCORING (in slices of a few
 * milliseconds, so that the loop turns) -> written and finished by the follower. Everything of a
 * batch lives in its arena.
 */
#ifndef PANDWACHT_ASSESS_INT_H
#define PANDWACHT_ASSESS_INT_H

#include <pandwacht/assess.h>
#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/cloudevent.h>
#include <pandwacht/db.h>
#include <pandwacht/dossier.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>
#include <pandwacht/queue.h>
#include <pandwacht/rules.h>
#include <pandwacht/score.h>

/* One receiver of alerts or notices. */
struct receiver {
    struct pw_uuid id;
    struct pw_release release;
    const struct pw_str *municipalities; /* none = all */
    size_t municipality_count;
};

/* What beside the dossier decides about the alert of a premises. */
struct context {
    bool found;
    struct pw_event_premises where;
    struct pw_str municipality; /* code, "" = not known yet */
    struct pw_uuid open;        /* nil: no open alert */
    struct pw_str open_status;
    enum pw_level_of_risk open_level;
    pw_usec open_due_at;
    struct pw_uuid closed;                   /* the last closed one, nil: none */
    const struct pw_uuid *known_at_decision; /* of the last decision */
    size_t known_count;
};

/* One premises of the batch. */
struct subject {
    struct pw_uuid premises;
    struct pw_uuid cause; /* the newest fact that made it part of the batch; else derived from the day */
    bool new_fact;
    int64_t stamp; /* of its row in `due`; 0 = none */
};

struct batch {
    const struct pw_follower_batch *log;
    struct pw_tx *tx;
    struct pw_arena *arena;
    const struct pw_ruleset *set;
    pw_usec now;
    pw_day today;
    struct pw_position known;
    struct subject *subjects;
    struct pw_uuid *ids; /* of the subjects, for statements */
    size_t count;
    size_t next; /* to be scored */
    bool full;   /* more is due */
    struct pw_dossier_read read;
    struct pw_dossier *dossiers;
    size_t context_rows, ended_rows, danger_rows, receiver_rows; /* statements */
    struct receiver *desks, *duties;
    size_t desk_count, duty_count;
    /* assessments to be kept, as columns */
    struct pw_uuid *kept_premises, *kept_ids, *kept_tenancies;
    int64_t *kept_levels, *kept_scores;
    bool *kept_latched;
    struct pw_str *kept_inputs, *kept_results;
    pw_day *kept_next;
    size_t kept;
    /* the next date of each that could be assessed */
    struct pw_uuid *due_ids;
    pw_day *due_on;
    int64_t *due_stamps;
    size_t due;
};

struct pw_assess {
    struct pw_assess_options options;
    struct pw_follower *follower;
    size_t live_rows, due_rows;   /* statements of on_begin */
    const struct pw_ruleset *set; /* the one used last */
    struct batch batch;
    struct pw_deferred slice;
};

/* alerts.c: raises, follows, withdraws; tells the desks. `assessment` was kept under `id`, or is the one kept
 * before when nothing changed. */
bool assess_alert(struct pw_assess *assess, const struct subject *subject, const struct pw_dossier *dossier,
    const struct context *context, const struct pw_assessment *assessment, const struct pw_uuid *id,
    bool changed, struct pw_err *err) PW_MUST_CHECK;
/* dangers.c: notices of acute danger; tells the duty officers. */
bool assess_dangers(struct pw_assess *assess, const struct subject *subject, const struct context *context,
    const struct pw_assessment *assessment, struct pw_err *err) PW_MUST_CHECK;
/* context.c */
void assess_read_context(const struct batch *batch, const struct pw_uuid *premises, struct context *ret);
bool assess_read_receivers(struct batch *batch, struct pw_err *err) PW_MUST_CHECK;
bool assess_hears(const struct receiver *receiver, struct pw_str municipality);
/* The facts of a premises that ended since its last assessment, and why ("retraction", ...). */
size_t assess_ended(const struct batch *batch, const struct pw_uuid *premises, const struct pw_uuid **ret,
    struct pw_str *ret_reason);

#endif
