/*
 * A round of retention as a small state machine; each state is one transaction or one erasure:
 *
 *   TOMBSTONES  what was erased before and is back with a restored database goes again, line by line
 *   TERMS       last days follow verdicts, closings and ends of tenancies
 *   EXPIRED     what is due is found, erased, and looked for again until there is none
 *   ASKED       the same for what approved requests of data subjects ask
 *   STUBS       what stayed of facts erased a day ago
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "privacy_int.h"

#define EVERY_MS INT64_C(3600000)

enum round_state { TOMBSTONES, TERMS, EXPIRED, ASKED, STUBS, ENDED };

struct round {
    struct pw_privacy *privacy;
    enum round_state state;
    pw_day today;
    struct pw_arena *arena; /* of the step */
    FILE *tombstones;
    char *line; /* getline's */
    size_t line_size;
    struct pw_uuid certificate;
    struct erasure_set set;
    struct pw_uuid request;
    size_t statement;
    struct pw_deferred next;
    struct pw_privacy_round done;
    pw_privacy_done on_done;
    void *arg;
};

static void round_end(struct round *round, bool ok, const struct pw_err *err)
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

/* The only writer of the state; the step begins from the loop, with an empty arena. */
static void round_enter(struct round *round, enum round_state state)
{
    round->state = state;
    pw_deferred_call(&round->next);
}

/* ---- tombstones ---- */

static void on_restored(void *arg, bool ok, size_t erased, const struct pw_err *err)
{
    struct round *round = arg;

    round->done.restored += (int64_t)erased;
    if (!ok)
        round_end(round, false, err);
    else
        round_enter(round, TOMBSTONES);
}

static void on_known(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok)
        round_end(round, false, err);
    else if (pw_rows_count(pw_tx_rows(tx, round->statement)) > 0)
        round_enter(round, TOMBSTONES);
    else
        privacy_erase(round->privacy, round->arena, ERASE_RESTORED, &round->set, NULL, &round->certificate,
            round->today, on_restored, round);
}

static void read_tombstone(struct round *round)
{
    struct pw_err err;
    ssize_t len =
        round->tombstones != NULL ? getline(&round->line, &round->line_size, round->tombstones) : -1;

    if (len <= 0 || round->line[len - 1] != '\n') { /* the end, or a line that a crash cut */
        round_enter(round, TERMS);
        return;
    }
    struct pw_str line = {round->line, (size_t)len - 1};
    if (!privacy_tombstone_read(round->privacy, round->arena, line, &round->certificate, &round->set, &err)) {
        round_end(round, false, &err);
        return;
    }
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: tombstone", PW_DB_READ_ONLY);
    round->statement = pw_tx_add(tx, PW_SQL_PRIVACY_CERTIFICATE_KNOWN, PW_P_UUID(&round->certificate));
    pw_tx_commit(tx, on_known, round);
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
        round_end(round, false, err);
    else
        round_enter(round, EXPIRED);
}

static void on_terms(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok) {
        round_end(round, false, err);
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
        round_end(round, false, err);
    else
        round_enter(round, erased > 0 ? EXPIRED : ASKED);
}

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok) {
        round_end(round, false, err);
        return;
    }
    take_set(round, pw_tx_rows(tx, round->statement), 0);
    if (round->set.count == 0)
        round_enter(round, ASKED);
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
        round_end(round, false, err);
    else
        round_enter(round, ASKED);
}

static void on_asked(void *arg, bool ok, size_t erased, const struct pw_err *err)
{
    struct round *round = arg;

    round->done.asked += (int64_t)erased;
    if (!ok)
        round_end(round, false, err);
    else
        round_enter(round, ASKED);
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
        round_end(round, false, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, round->statement);
    if (pw_rows_count(rows) == 0) {
        round_enter(round, STUBS);
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
    round_end(arg, ok, err);
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
    case TOMBSTONES:
        read_tombstone(round);
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
    const char *file = privacy->options.tombstones_file;

    *round = (struct round){
        .privacy = privacy, .today = today, .arena = pw_arena_new(), .on_done = on_done, .arg = arg};
    privacy->round = round;
    pw_deferred_init(&round->next, privacy->options.loop, "privacy: round", on_step, round);
    if (file != NULL)
        round->tombstones = fopen(file, "re"); /* none yet: nothing was erased */
    if (file != NULL && round->tombstones == NULL && errno != ENOENT) {
        struct pw_err err;
        (void)pw_fail_at(&err, PW_ERR_IO, file, 0, 0, "cannot read the tombstones: %s", strerror(errno));
        round_end(round, false, &err);
        return;
    }
    round_enter(round, TOMBSTONES);
}

/* ---- by the clock ---- */

static void on_round_done(void *arg, bool ok, const struct pw_privacy_round *done, const struct pw_err *err)
{
    struct pw_privacy *privacy = arg;

    if (!ok)
        pw_log(PW_EV_RETENTION_FAILED, PW_LOG_ERR(err));
    else if (done->erased + done->asked + done->restored > 0)
        pw_log(PW_EV_FACTS_ERASED, PW_LOG_INT("retention", done->erased), PW_LOG_INT("subject", done->asked),
            PW_LOG_INT("restored", done->restored));
    if (privacy->draining)
        return;
    pw_timer_start(&privacy->timer, privacy->again ? 0 : privacy->options.every_ms);
    privacy->again = false;
}

static void on_timer(void *arg)
{
    struct pw_privacy *privacy = arg;

    pw_privacy_run(privacy, privacy_today(privacy), on_round_done, privacy);
}

void privacy_wake(struct pw_privacy *privacy)
{
    if (!privacy->started || privacy->draining)
        return;
    privacy->again = privacy->round != NULL;
    if (privacy->round == NULL)
        pw_timer_start(&privacy->timer, 0);
}

pw_usec privacy_now(const struct pw_privacy *privacy)
{
    return pw_loop_wall(privacy->options.loop);
}

pw_day privacy_today(const struct pw_privacy *privacy)
{
    return pw_day_in_netherlands(privacy_now(privacy));
}

struct pw_privacy *pw_privacy_new(const struct pw_privacy_options *options)
{
    struct pw_privacy *privacy = pw_xcalloc(1, sizeof *privacy);

    privacy->options = *options;
    if (options->tombstones_file != NULL && options->tombstones_file[0] == '\0')
        privacy->options.tombstones_file = NULL;
    if (options->every_ms == 0)
        privacy->options.every_ms = EVERY_MS;
    if (options->batch_max == 0 || options->batch_max > PRIVACY_BATCH_MAX)
        privacy->options.batch_max = PRIVACY_BATCH_MAX;
    pw_timer_init(&privacy->timer, options->loop, "privacy: next round", on_timer, privacy);
    return privacy;
}

void pw_privacy_start(struct pw_privacy *privacy)
{
    privacy->started = true;
    pw_timer_start(&privacy->timer, 0);
}

void pw_privacy_drain(struct pw_privacy *privacy)
{
    privacy->draining = true;
    pw_timer_stop(&privacy->timer);
}

bool pw_privacy_idle(const struct pw_privacy *privacy)
{
    return privacy->round == NULL;
}

static void drop(void *arg, bool ok, const struct pw_privacy_round *done, const struct pw_err *err)
{
    (void)arg;
    (void)ok;
    (void)done;
    (void)err;
}

void pw_privacy_free(struct pw_privacy *privacy)
{
    if (privacy == NULL)
        return;
    pw_timer_stop(&privacy->timer);
    if (privacy->round != NULL) {
        privacy->round->on_done = drop;
        round_end(privacy->round, false, NULL);
    }
    free(privacy);
}
