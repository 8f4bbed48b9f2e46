/* The stage: follows the log, takes up what is due, and carries one batch through its steps. */
#include "assess_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH_MAX  200
#define POLL_MS    1000
#define FACTS_MAX  20000
#define LEASE_MS   5000 /* after a crash another process takes over so much later */
#define SLICE_US   3000
#define RESULT_MAX (4u << 20)

/* ---- beginning a batch ---- */

static void on_begin(void *arg, struct pw_tx *tx)
{
    struct pw_assess *assess = arg;
    pw_day today = pw_day_in_netherlands(pw_loop_wall(assess->options.loop));
    assess->live_rows = pw_tx_add_plain(tx, PW_SQL_ASSESS_LIVE_RULESET);
    assess->due_rows =
        pw_tx_add(tx, PW_SQL_ASSESS_DUE_CLAIM, PW_P_DATE(today), PW_P_I64(assess->options.batch_max));
}

static bool has_work(void *arg, const struct pw_tx *tx)
{
    const struct pw_assess *assess = arg;
    return pw_rows_count(pw_tx_rows(tx, assess->due_rows)) > 0;
}

static struct subject *subject_of(struct batch *batch, struct pw_map *map, const struct pw_uuid *premises)
{
    struct pw_str key = {(const char *)premises->b, sizeof premises->b};
    struct subject *subject = pw_map_get(map, key);
    if (subject == NULL) {
        subject = &batch->subjects[batch->count];
        subject->premises = *premises;
        batch->ids[batch->count++] = *premises;
        pw_map_put(
            map, (struct pw_str){(const char *)subject->premises.b, sizeof subject->premises.b}, subject);
    }
    return subject;
}

/* The premises of new facts and those that are due, each once. */
static void gather(struct pw_assess *assess, struct batch *batch)
{
    const struct pw_rows *due = pw_tx_rows(batch->tx, assess->due_rows);
    size_t due_count = pw_rows_count(due), most = batch->log->count + due_count;
    struct pw_map map;
    pw_map_init(&map, batch->arena);
    batch->subjects = PW_NEW_ARRAY(batch->arena, most, struct subject);
    batch->ids = PW_NEW_ARRAY(batch->arena, most, struct pw_uuid);
    for (size_t i = 0; i < batch->log->count; i++) {
        struct subject *subject = subject_of(batch, &map, &batch->log->entries[i].premises);
        subject->cause = batch->log->entries[i].at.fact;
        subject->new_fact = true;
    }
    for (size_t i = 0; i < due_count; i++) {
        struct pw_uuid premises = pw_cell_uuid(due, i, 0);
        struct subject *subject = subject_of(batch, &map, &premises);
        subject->stamp = pw_cell_i64(due, i, 1);
    }
    batch->full = due_count == (size_t)assess->options.batch_max;
}

static void make_columns(struct batch *batch)
{
    struct pw_arena *arena = batch->arena;
    size_t n = batch->count;
    batch->dossiers = PW_NEW_ARRAY(arena, n, struct pw_dossier);
    batch->kept_premises = PW_NEW_ARRAY(arena, n, struct pw_uuid);
    batch->kept_ids = PW_NEW_ARRAY(arena, n, struct pw_uuid);
    batch->kept_tenancies = PW_NEW_ARRAY(arena, n, struct pw_uuid);
    batch->kept_levels = PW_NEW_ARRAY(arena, n, int64_t);
    batch->kept_scores = PW_NEW_ARRAY(arena, n, int64_t);
    batch->kept_latched = PW_NEW_ARRAY(arena, n, bool);
    batch->kept_inputs = PW_NEW_ARRAY(arena, n, struct pw_str);
    batch->kept_results = PW_NEW_ARRAY(arena, n, struct pw_str);
    batch->kept_next = PW_NEW_ARRAY(arena, n, pw_day);
    batch->due_ids = PW_NEW_ARRAY(arena, n, struct pw_uuid);
    batch->due_on = PW_NEW_ARRAY(arena, n, pw_day);
    batch->due_stamps = PW_NEW_ARRAY(arena, n, int64_t);
}

/* Gives the batch up: nothing of it is written. */
static void give_up(struct pw_assess *assess, bool tx_over, const struct pw_err *err)
{
    pw_log(PW_EV_ASSESS_FAILED, PW_LOG_ERR(err));
    pw_arena_free(assess->batch.arena);
    assess->batch.arena = NULL;
    pw_follower_fail(assess->follower, tx_over, err);
}

/* ---- scoring ---- */

static struct pw_str encode(
    struct pw_arena *arena, void (*write)(const void *what, struct pw_buf *out), const void *what)
{
    struct pw_buf out;
    pw_buf_init(&out, RESULT_MAX);
    write(what, &out);
    struct pw_str text = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static void write_result(const void *assessment, struct pw_buf *out)
{
    pw_score_encode(assessment, out);
}

static void write_inputs(const void *dossier, struct pw_buf *out)
{
    pw_dossier_inputs_encode(dossier, out);
}

static bool same_line(const struct pw_line *a, const struct pw_line *b)
{
    return a->kind == b->kind && pw_str_eq(a->id, b->id) && a->full_points == b->full_points &&
           a->witness_count == b->witness_count && a->witnesses_in_all == b->witnesses_in_all &&
           (a->witness_count == 0 ||
               memcmp(a->witnesses, b->witnesses, a->witness_count * sizeof *a->witnesses) == 0);
}

/* Whether anything but decay tells two results apart. */
static bool same_outcome(const struct pw_assessment *a, const struct pw_assessment *b)
{
    const struct pw_period *x = a->shown, *y = b->shown;
    if (memcmp(a->ruleset, b->ruleset, sizeof a->ruleset) != 0 || a->engine != b->engine ||
        a->period_count != b->period_count || x->level != y->level || x->latched != y->latched ||
        x->line_count != y->line_count || x->gate_count != y->gate_count ||
        !pw_uuid_eq(&x->tenancy, &y->tenancy))
        return false;
    for (size_t i = 0; i < x->line_count; i++)
        if (!same_line(&x->lines[i], &y->lines[i]))
            return false;
    for (size_t i = 0; i < x->gate_count; i++)
        if (x->gates[i].gate != y->gates[i].gate || x->gates[i].result != y->gates[i].result)
            return false;
    return true;
}

static bool has_changed(
    struct pw_arena *arena, const struct pw_dossier *dossier, const struct pw_assessment *now)
{
    struct pw_err err;
    struct pw_assessment before;
    return pw_uuid_is_nil(&dossier->last.id) ||
           !pw_score_decode(arena, dossier->last.result, &before, &err) || !same_outcome(&before, now);
}

/* Puts the assessment among those to be kept; gives its id. */
static struct pw_uuid keep(
    struct batch *batch, const struct pw_dossier *dossier, const struct pw_assessment *assessment)
{
    size_t n = batch->kept++;
    batch->kept_premises[n] = dossier->premises;
    batch->kept_ids[n] = pw_uuid_v7(batch->now);
    batch->kept_tenancies[n] = assessment->shown->tenancy;
    batch->kept_levels[n] = assessment->shown->level;
    batch->kept_scores[n] = assessment->shown->score;
    batch->kept_latched[n] = assessment->shown->latched;
    batch->kept_inputs[n] = encode(batch->arena, write_inputs, dossier);
    batch->kept_results[n] = encode(batch->arena, write_result, assessment);
    batch->kept_next[n] = assessment->next_change_on;
    return batch->kept_ids[n];
}

static void park(struct batch *batch, const struct pw_uuid *premises, const struct pw_err *err)
{
    pw_log(PW_EV_PREMISES_PARKED, PW_LOG_ID("premises", premises), PW_LOG_ERR(err));
    pw_count(PW_M_PREMISES_PARKED, 1);
    pw_tx_add(batch->tx, PW_SQL_ASSESS_PARK, PW_P_UUID(premises), PW_P_TEXT_Z(pw_err_word(err->code)));
}

/* False only when the whole batch must be given up. */
static bool assess_one(struct pw_assess *assess, size_t i, struct pw_err *err)
{
    struct batch *batch = &assess->batch;
    struct pw_dossier *dossier = &batch->dossiers[i];
    const struct subject *subject = &batch->subjects[i];
    struct context context;
    struct pw_assessment assessment;
    assess_read_context(batch, &subject->premises, &context);
    if (!context.found)
        return true;
    if (dossier->err.code != PW_ERR_NONE ||
        !pw_dossier_settle(batch->arena, batch->set, dossier, &dossier->err) ||
        !pw_score_assess(
            batch->arena, batch->set, &dossier->view, batch->today, &assessment, &dossier->err)) {
        park(batch, &subject->premises, &dossier->err);
        return true;
    }
    bool changed = has_changed(batch->arena, dossier, &assessment);
    struct pw_uuid id = changed ? keep(batch, dossier, &assessment) : dossier->last.id;
    batch->due_ids[batch->due] = subject->premises;
    batch->due_on[batch->due] = assessment.next_change_on;
    batch->due_stamps[batch->due++] = subject->stamp;
    pw_count(PW_M_ASSESSED, 1);
    return assess_alert(assess, subject, dossier, &context, &assessment, &id, changed, err) &&
           assess_dangers(assess, subject, &context, &assessment, err);
}

static void write_batch(struct pw_assess *assess)
{
    struct batch *batch = &assess->batch;
    char engine[16];
    size_t n = batch->kept;
    snprintf(engine, sizeof engine, "%d", PW_SCORE_ENGINE);
    if (n > 0)
        pw_tx_add(batch->tx, PW_SQL_ASSESS_ASSESSMENT_ADD, PW_P_UUIDS(batch->kept_premises, n),
            PW_P_UUIDS(batch->kept_ids, n), PW_P_DATE(batch->today), PW_P_I32(batch->known.generation),
            PW_P_XID(batch->known.xact), PW_P_BYTES(batch->set->hash, PW_SHA256_SIZE), PW_P_TEXT_Z(engine),
            PW_P_UUIDS_OPT(batch->kept_tenancies, n), PW_P_I64S(batch->kept_levels, n),
            PW_P_I64S(batch->kept_scores, n), PW_P_BOOLS(batch->kept_latched, n),
            PW_P_BYTEAS(batch->kept_inputs, n), PW_P_BYTEAS(batch->kept_results, n),
            PW_P_DATES(batch->kept_next, n));
    if (batch->due > 0) {
        pw_tx_add(batch->tx, PW_SQL_ASSESS_DUE_SET, PW_P_UUIDS(batch->due_ids, batch->due),
            PW_P_DATES(batch->due_on, batch->due), PW_P_I64S(batch->due_stamps, batch->due));
        pw_tx_add(batch->tx, PW_SQL_ASSESS_UNPARK, PW_P_UUIDS(batch->due_ids, batch->due));
    }
    bool again = batch->full;
    pw_arena_free(batch->arena);
    batch->arena = NULL;
    pw_follower_finish(assess->follower, again);
}

/* Scores for a few milliseconds, then lets the loop turn. */
static void on_slice(void *arg)
{
    struct pw_assess *assess = arg;
    struct batch *batch = &assess->batch;
    struct pw_err err;
    int64_t end = pw_loop_clock_us(assess->options.loop) + SLICE_US;
    while (batch->next < batch->count) {
        if (!assess_one(assess, batch->next++, &err)) {
            give_up(assess, false, &err);
            return;
        }
        if (pw_loop_clock_us(assess->options.loop) > end && batch->next < batch->count) {
            pw_deferred_call(&assess->slice);
            return;
        }
    }
    write_batch(assess);
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_assess *assess = arg;
    struct batch *batch = &assess->batch;
    struct pw_err failure;
    (void)tx;
    if (!ok) {
        give_up(assess, true, err);
        return;
    }
    if (!assess_read_receivers(batch, &failure)) {
        give_up(assess, false, &failure);
        return;
    }
    pw_dossier_build(batch->arena, batch->set->model, batch->tx, &batch->read, batch->ids, batch->count,
        batch->today, batch->dossiers);
    pw_deferred_call(&assess->slice);
}

/* ---- the batch ---- */

static void read_dossiers(struct pw_assess *assess)
{
    struct batch *batch = &assess->batch;
    struct pw_param ids = PW_P_UUIDS(batch->ids, batch->count);
    pw_dossier_read_add(
        batch->tx, batch->ids, batch->count, &batch->known, assess->options.facts_max, &batch->read);
    batch->context_rows = pw_tx_add(batch->tx, PW_SQL_ASSESS_CONTEXT, ids);
    batch->ended_rows = pw_tx_add(batch->tx, PW_SQL_ASSESS_ENDED_FACTS, ids,
        PW_P_I32(batch->known.generation), PW_P_XID(batch->known.xact));
    batch->danger_rows = pw_tx_add(batch->tx, PW_SQL_ASSESS_DANGER_NOTICES, ids);
    batch->receiver_rows = pw_tx_add_plain(batch->tx, PW_SQL_ASSESS_RECEIVERS);
    pw_tx_send(batch->tx, on_read, assess);
}

static void use_set(struct pw_assess *assess, const struct pw_ruleset *set)
{
    pw_rules_unref(assess->set);
    assess->set = set;
    assess->batch.set = set;
}

static void on_ruleset(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_assess *assess = arg;
    struct pw_err failure;
    const struct pw_ruleset *set;
    if (!ok) {
        give_up(assess, true, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, assess->batch.context_rows);
    if (pw_rows_count(rows) == 0 || !pw_rules_load_bundle(pw_cell_text(rows, 0, 0), &set, NULL, &failure)) {
        if (pw_rows_count(rows) == 0)
            pw_fail(&failure, PW_ERR_NOT_FOUND, "the live rule set is not kept");
        give_up(assess, false, &failure);
        return;
    }
    use_set(assess, set);
    read_dossiers(assess);
}

static void on_batch(void *arg, const struct pw_follower_batch *log)
{
    struct pw_assess *assess = arg;
    struct batch *batch = &assess->batch;
    struct pw_err err;
    pw_usec now = pw_loop_wall(assess->options.loop);
    *batch = (struct batch){.log = log,
        .tx = log->tx,
        .arena = pw_arena_new(),
        .set = assess->set,
        .now = now,
        .today = pw_day_in_netherlands(now),
        .known = {.generation = log->horizon.generation, .xact = log->horizon.xact - 1}};
    const struct pw_rows *live = pw_tx_rows(batch->tx, assess->live_rows);
    if (pw_rows_count(live) == 0) {
        pw_fail(&err, PW_ERR_NOT_FOUND, "no rule set has been published yet");
        give_up(assess, false, &err);
        return;
    }
    gather(assess, batch);
    make_columns(batch);
    for (size_t i = 0; i < batch->count; i++)
        if (!batch->subjects[i].new_fact) {
            char id[PW_UUID_TEXT];
            batch->subjects[i].cause = pw_uuid_v8(pw_str_printf(
                batch->arena, "due:%s:%d", pw_uuid_format(&batch->subjects[i].premises, id), batch->today));
        }
    struct pw_str hash = pw_cell_bytea(live, 0, 0);
    if (assess->set != NULL &&
        pw_str_eq(hash, (struct pw_str){(const char *)assess->set->hash, PW_SHA256_SIZE})) {
        read_dossiers(assess);
        return;
    }
    batch->context_rows = pw_tx_add(batch->tx, PW_SQL_ASSESS_RULESET_READ, PW_P_BYTEA(hash));
    pw_tx_send(batch->tx, on_ruleset, assess);
}

static void on_done(void *arg, bool ok, const struct pw_err *err, size_t entries)
{
    (void)arg;
    (void)entries;
    if (!ok)
        pw_log(PW_EV_ASSESS_FAILED, PW_LOG_ERR(err));
}

/* A writer older than this holds every follower; the log names its process. */
#define HORIZON_LATE 2.0

static void on_horizon(void *arg, double seconds, int pid)
{
    (void)arg;
    pw_gauge(PW_M_LOG_HORIZON_AGE, seconds);
    if (seconds > HORIZON_LATE)
        pw_log(PW_EV_LOG_HELD, PW_LOG_INT("seconds", seconds), PW_LOG_INT("process", pid));
}

struct pw_assess *pw_assess_new(const struct pw_assess_options *options)
{
    struct pw_assess *assess = pw_xcalloc(1, sizeof *assess);
    assess->options = *options;
    if (assess->options.batch_max == 0)
        assess->options.batch_max = BATCH_MAX;
    if (assess->options.poll_ms == 0)
        assess->options.poll_ms = POLL_MS;
    if (assess->options.facts_max == 0)
        assess->options.facts_max = FACTS_MAX;
    pw_deferred_init(&assess->slice, options->loop, "assess: score", on_slice, assess);
    assess->follower = pw_follower_new(&(struct pw_follower_options){
        .loop = options->loop,
        .db = options->db,
        .name = "assess",
        .channel = PW_LEDGER_CHANNEL_FACT,
        .batch_max = assess->options.batch_max,
        .poll_ms = assess->options.poll_ms,
        .lease_ms = LEASE_MS,
        .on_begin = on_begin,
        .has_work = has_work,
        .on_batch = on_batch,
        .on_done = on_done,
        .on_horizon = on_horizon,
        .arg = assess,
    });
    return assess;
}

void pw_assess_drain(struct pw_assess *assess)
{
    pw_follower_drain(assess->follower);
}

bool pw_assess_idle(const struct pw_assess *assess)
{
    return pw_follower_idle(assess->follower);
}

void pw_assess_free(struct pw_assess *assess)
{
    if (assess == NULL)
        return;
    pw_deferred_cancel(&assess->slice);
    pw_follower_free(assess->follower);
    pw_arena_free(assess->batch.arena);
    pw_rules_unref(assess->set);
    free(assess);
}
