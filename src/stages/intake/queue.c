/*
 * The queue between requests and the ledger. What arrives in one round of the loop goes into one
 * transaction; while transactions run, the next batch forms until it is full, a few milliseconds old,
 * or a transaction has ended. Nothing is promised before its commit.
 */
#include <stdlib.h>

#include <pandwacht/base/counters.h>
#include <pandwacht/base/log.h>

#include "intake_int.h"

#define BATCH_MAX_DEFAULT   256
#define BATCH_WAIT_DEFAULT  3
#define PARALLEL_DEFAULT    2
#define QUEUE_MAX_DEFAULT   20000
#define LINES_MAX_DEFAULT   5000
#define RETRY_AFTER_DEFAULT 2

/* One transaction of the ledger; lives in an arena of its own. */
struct batch {
    struct pw_intake *intake;
    struct pw_arena *arena;
    struct pw_ledger_item *items;
    struct intake_work **works;
    size_t count;
    int64_t began_us;
};

static void flush(struct pw_intake *intake);

static void on_written(void *arg)
{
    struct batch *batch = arg;
    struct pw_intake *intake = batch->intake;
    struct pw_arena *arena = batch->arena;

    pw_observe(
        PW_M_INTAKE_BATCH_SECONDS, (double)(pw_loop_clock_us(intake->options.loop) - batch->began_us) / 1e6);
    intake->running--;
    intake->writing -= batch->count;
    for (size_t i = 0; i < batch->count; i++) {
        struct intake_work *work = batch->works[i];
        work->item = batch->items[i];
        intake_count(&work->item);
        work->on_done(work); /* the request, and the work with it, may be gone afterwards */
    }
    pw_arena_free(arena);
    flush(intake);
}

static void start_batch(struct pw_intake *intake)
{
    struct pw_arena *arena = pw_arena_new();
    struct batch *batch = PW_NEW(arena, struct batch);
    size_t count = intake->waiting < intake->options.batch_max ? intake->waiting : intake->options.batch_max;

    *batch = (struct batch){.intake = intake,
        .arena = arena,
        .items = PW_NEW_ARRAY(arena, count, struct pw_ledger_item),
        .works = PW_NEW_ARRAY(arena, count, struct intake_work *),
        .count = count,
        .began_us = pw_loop_clock_us(intake->options.loop)};
    for (size_t i = 0; i < count; i++) {
        struct intake_work *work = intake->head;
        intake->head = work->next;
        batch->works[i] = work;
        batch->items[i] = work->item;
    }
    if (intake->head == NULL) {
        intake->tail = &intake->head;
    }
    intake->waiting -= count;
    intake->writing += count;
    intake->running++;
    pw_count(PW_M_INTAKE_BATCHES, 1);
    pw_ledger_write(intake->options.ledger, arena, batch->items, count, on_written, batch);
}

static void flush(struct pw_intake *intake)
{
    pw_timer_stop(&intake->wait);
    while (intake->waiting > 0 && intake->running < intake->options.parallel) {
        start_batch(intake);
    }
    pw_gauge(PW_M_INTAKE_WAITING, (double)intake->waiting);
}

static void on_flush(void *arg)
{
    struct pw_intake *intake = arg;

    if (intake->running == 0 || intake->waiting >= intake->options.batch_max) {
        flush(intake);
    } else if (!pw_timer_running(&intake->wait)) {
        pw_timer_start(&intake->wait, intake->options.batch_wait_ms);
    }
}

static void on_wait(void *arg)
{
    flush(arg);
}

bool intake_has_room(const struct pw_intake *intake, size_t count)
{
    size_t busy = intake->waiting + intake->writing;

    return !intake->closing && (busy == 0 || busy + count <= intake->options.queue_max);
}

void intake_enqueue(struct pw_intake *intake, struct intake_work *work)
{
    work->next = NULL;
    *intake->tail = work;
    intake->tail = &work->next;
    intake->waiting++;
    pw_deferred_call(&intake->flush);
}

/* ---- life ---- */

static size_t or_default(size_t value, size_t standard)
{
    return value > 0 ? value : standard;
}

struct pw_intake *pw_intake_new(const struct pw_intake_options *options)
{
    struct pw_intake *intake = pw_xcalloc(1, sizeof(*intake));
    struct pw_intake_options *o = &intake->options;

    *o = *options;
    o->batch_max = or_default(o->batch_max, BATCH_MAX_DEFAULT);
    o->parallel = or_default(o->parallel, PARALLEL_DEFAULT);
    o->queue_max = or_default(o->queue_max, QUEUE_MAX_DEFAULT);
    o->lines_max = or_default(o->lines_max, LINES_MAX_DEFAULT);
    o->batch_wait_ms = o->batch_wait_ms > 0 ? o->batch_wait_ms : BATCH_WAIT_DEFAULT;
    o->retry_after_s = o->retry_after_s > 0 ? o->retry_after_s : RETRY_AFTER_DEFAULT;
    intake->tail = &intake->head;
    pw_timer_init(&intake->wait, o->loop, "intake: batch forming", on_wait, intake);
    pw_deferred_init(&intake->flush, o->loop, "intake: batch", on_flush, intake);
    return intake;
}

void pw_intake_free(struct pw_intake *intake)
{
    if (intake == NULL) {
        return;
    }
    intake->closing = true;
    pw_timer_stop(&intake->wait);
    pw_deferred_cancel(&intake->flush);
    while (intake->head != NULL) {
        struct intake_work *work = intake->head;
        intake->head = work->next;
        work->item.result = PW_LEDGER_FAILED;
        work->item.err = (struct pw_err){.code = PW_ERR_UNAVAILABLE};
        work->on_done(work);
    }
    free(intake);
}

void pw_intake_set_model(struct pw_intake *intake, const struct pw_fact_model *model)
{
    intake->options.model = model;
}

size_t pw_intake_busy(const struct pw_intake *intake)
{
    return intake->waiting + intake->writing;
}
