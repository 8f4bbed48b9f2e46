/*
 * A round of retention as a small state machine; each state is one transaction or one erasure:
 *
 *   KEEP        tombstones that wait are written out; after each erasure, and first of all
 *   TOMBSTONES  what was erased before and is back with a restored database goes again, line by line
 *   TERMS       last days follow verdicts, closings and ends of tenancies
 *   EXPIRED     what is due is found, erased, and looked for again until there is none
 *   ASKED       the same for what approved requests of data subjects ask
 *   STUBS       what stayed of facts erased a day ago
 */
#include <stdio.h>
#include <stdlib.h>

#include "privacy_int.h"

void privacy_round_end(struct round *round, bool ok, const struct pw_err *err)
{
    struct pw_privacy *privacy = round->privacy;
    struct round ended = *round;

    round->state = ENDED;
    pw_deferred_cancel(&round->next);
    if (ended.tombstones != NULL)
        fclose(ended.tombstones);
    free(ended.line);
    pw_arena_free(ended.arena);
    free(round);
    privacy->round = NULL;
    ended.on_done(ended.arg, ok, &ended.done, err);
}

void privacy_round_enter(struct round *round, enum round_state state)
{
    round->state = state;
    pw_deferred_call(&round->next);
}

/* What was erased leaves its tombstone before anything else. */
static void keep_then(struct round *round, enum round_state state)
{
    round->after_keep = state;
    privacy_round_enter(round, KEEP);
}

/* ---- terms ---- */

size_t privacy_terms_add(const struct pw_privacy *privacy, struct pw_tx *tx)
{
    const struct pw_fact_model *model = privacy->options.model;
    size_t n = model->retention_count;
    struct pw_arena *arena = pw_tx_arena(tx);
    struct pw_str *kinds = PW_NEW_ARRAY(arena, 3 * n + 1, struct pw_str), *outcomes = kinds + n,
                  *froms = kinds + 2 * n;
    int64_t *days = PW_NEW_ARRAY(arena, n + 1, int64_t);

    for (size_t i = 0; i < n; i++) {
        kinds[i] = model->retention[i].kind;
        outcomes[i] = model->retention[i].outcome;
        days[i] = model->retention[i].days;
        froms[i] = model->retention[i].from;
    }
    return pw_tx_add(tx, PW_SQL_PRIVACY_TERMS_APPLY, PW_P_TEXTS(kinds, n), PW_P_TEXTS(outcomes, n),
        PW_P_I64S(days, n), PW_P_TEXTS(froms, n));
}

static void on_terms_kept(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    (void)tx;
    if (!ok)
        privacy_round_end(round, false, err);
    else
        privacy_round_enter(round, EXPIRED);
}

static void on_terms(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok) {
        privacy_round_end(round, false, err);
        return;
    }
    round->done.terms = pw_rows_affected(pw_tx_rows(tx, round->statement));
    if (round->done.terms > 0)
        pw_audit_add(tx, privacy_now(round->privacy),
            &(struct pw_audit){.actor = PW_AUDIT_SYSTEM,
                .action = "retention-terms-applied",
                .object_kind = "facts",
                .detail = pw_str_printf(pw_tx_arena(tx), "{\"facts\":%lld}", (long long)round->done.terms)},
            1);
    pw_tx_commit(tx, on_terms_kept, round);
}

static void apply_terms(struct round *round)
{
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: terms", 0);

    pw_tx_set_deadline(tx, 600000);
    round->statement = privacy_terms_add(round->privacy, tx);
    pw_tx_send(tx, on_terms, round);
}

/* ---- what is due ---- */

static void take_set(struct round *round, const struct pw_rows *rows, int column)
{
    struct erasure_set *set = &round->set;

    set->count = 0;
    set->premises = PW_NEW_ARRAY(round->arena, pw_rows_count(rows) + 1, struct pw_uuid);
    set->facts = PW_NEW_ARRAY(round->arena, pw_rows_count(rows) + 1, struct pw_uuid);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        if (pw_cell_is_null(rows, i, column))
            continue;
        set->premises[set->count] = pw_cell_uuid(rows, i, column);
        set->facts[set->count++] = pw_cell_uuid(rows, i, column + 1);
    }
}

static void on_expired(void *arg, bool ok, size_t erased, const struct pw_err *err)
{
    struct round *round = arg;

    round->done.erased += (int64_t)erased;
    if (!ok)
        privacy_round_end(round, false, err);
    else
        keep_then(round, erased > 0 ? EXPIRED : ASKED);
}

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok) {
        privacy_round_end(round, false, err);
        return;
    }
    take_set(round, pw_tx_rows(tx, round->statement), 0);
    if (round->set.count == 0)
        privacy_round_enter(round, ASKED);
    else
        privacy_erase(round->privacy, round->arena, ERASE_RETENTION, &round->set, NULL, NULL, round->today,
            on_expired, round);
}

static void find_expired(struct round *round)
{
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: what is due", PW_DB_READ_ONLY);

    round->statement = pw_tx_add(tx, PW_SQL_PRIVACY_EXPIRED, PW_P_DATE(round->today),
        PW_P_I64((int64_t)round->privacy->options.batch_max));
    pw_tx_commit(tx, on_found, round);
}

/* ---- what was asked ---- */

static void on_request_done(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    (void)tx;
    if (!ok)
        privacy_round_end(round, false, err);
    else
        privacy_round_enter(round, ASKED);
}

static void on_asked(void *arg, bool ok, size_t erased, const struct pw_err *err)
{
    struct round *round = arg;

    round->done.asked += (int64_t)erased;
    if (!ok)
        privacy_round_end(round, false, err);
    else
        keep_then(round, ASKED);
}

static void finish_request(struct round *round)
{
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: request carried out", 0);

    pw_tx_add(tx, PW_SQL_PRIVACY_ERASURES_DONE, PW_P_UUID(&round->request));
    pw_audit_add(tx, privacy_now(round->privacy),
        &(struct pw_audit){.actor = PW_AUDIT_SYSTEM,
            .action = "subject-request-carried-out",
            .object_kind = "subject-request",
            .object = round->request},
        1);
    pw_tx_commit(tx, on_request_done, round);
}

static void on_asked_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok) {
        privacy_round_end(round, false, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, round->statement);
    if (pw_rows_count(rows) == 0) {
        privacy_round_enter(round, STUBS);
        return;
    }
    round->request = pw_cell_uuid(rows, 0, 0);
    take_set(round, rows, 1);
    if (round->set.count == 0)
        finish_request(round);
    else
        privacy_erase(round->privacy, round->arena, ERASE_SUBJECT, &round->set, &round->request, NULL,
            round->today, on_asked, round);
}

static void find_asked(struct round *round)
{
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: what was asked", PW_DB_READ_ONLY);

    round->statement =
        pw_tx_add(tx, PW_SQL_PRIVACY_ERASURES_ASKED, PW_P_I64((int64_t)round->privacy->options.batch_max));
    pw_tx_commit(tx, on_asked_found, round);
}

/* ---- stubs ---- */

static void on_purged(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)tx;
    privacy_round_end(arg, ok, err);
}

/* What went with a certificate on record goes without a record of its own. */
static void purge_stubs(struct round *round)
{
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: stubs", 0);

    pw_tx_add(tx, PW_SQL_PRIVACY_STUBS_PURGE, PW_P_TIME(privacy_now(round->privacy) - PW_USEC_PER_DAY),
        PW_P_I64(10 * PRIVACY_BATCH_MAX));
    pw_tx_commit(tx, on_purged, round);
}

/* ---- the round ---- */

static void on_step(void *arg)
{
    struct round *round = arg;

    pw_arena_reset(round->arena);
    switch (round->state) {
    case KEEP:
        privacy_tombstones_keep(round);
        break;
    case TOMBSTONES:
        privacy_tombstones_replay(round);
        break;
    case TERMS:
        apply_terms(round);
        break;
    case EXPIRED:
        find_expired(round);
        break;
    case ASKED:
        find_asked(round);
        break;
    case STUBS:
        purge_stubs(round);
        break;
    case ENDED:
        break;
    }
}

void pw_privacy_run(struct pw_privacy *privacy, pw_day today, pw_privacy_done on_done, void *arg)
{
    struct round *round = pw_xcalloc(1, sizeof *round);
    struct pw_err err;

    *round = (struct round){
        .privacy = privacy, .today = today, .arena = pw_arena_new(), .on_done = on_done, .arg = arg};
    privacy->round = round;
    pw_deferred_init(&round->next, privacy->options.loop, "privacy: round", on_step, round);
    if (privacy_tombstones_open(round, &err))
        keep_then(round, TOMBSTONES);
    else
        privacy_round_end(round, false, &err);
}
