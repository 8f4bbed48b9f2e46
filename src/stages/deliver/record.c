/*
 * Recording how attempts ended: many in one transaction, under the fence of their lanes. When the
 * transaction fails it is tried until it succeeds; should the process end before, the events are due
 * again and the receiver recognises them by their ids.
 */
#include <pandwacht/base/counters.h>
#include <pandwacht/base/log.h>

#include "deliver_int.h"

#define RETRY_MS 500

static void unlink_flying(struct pw_deliver *d, const struct flight *f)
{
    for (struct flight **at = &d->flying; *at != NULL; at = &(*at)->next) {
        if (*at == f) {
            *at = f->next;
            return;
        }
    }
}

void deliver_ended(struct flight *f)
{
    struct pw_deliver *d = f->deliver;

    unlink_flying(d, f);
    f->next = d->ended;
    d->ended = f;
    pw_deferred_call(&d->do_record);
}

static size_t length(const struct flight *list)
{
    size_t n = 0;

    for (; list != NULL; list = list->next) {
        n++;
    }
    return n;
}

static struct pw_str state_of(const struct flight *f)
{
    if (f->verdict == VERDICT_DELIVERED) {
        return PW_STR("delivered");
    }
    return f->verdict == VERDICT_DEAD ? PW_STR("dead") : PW_STR("pending");
}

static void add_rows(struct pw_tx *tx, const struct flight *list)
{
    struct pw_arena *arena = pw_tx_arena(tx);
    size_t n = length(list), i = 0;
    struct pw_uuid *ids = PW_NEW_ARRAY(arena, 3 * n, struct pw_uuid);
    int64_t *numbers = PW_NEW_ARRAY(arena, 4 * n, int64_t);
    struct pw_str *texts = PW_NEW_ARRAY(arena, 2 * n, struct pw_str);

    for (const struct flight *f = list; f != NULL; f = f->next, i++) {
        ids[i] = f->premises;
        ids[n + i] = f->receiver->id;
        ids[2 * n + i] = f->id;
        numbers[i] = f->lane;
        numbers[n + i] = f->fence;
        numbers[2 * n + i] = f->wait_ms;
        numbers[3 * n + i] = f->status;
        texts[i] = state_of(f);
        texts[n + i] = f->error != NULL ? pw_str_z(f->error) : (struct pw_str){NULL, 0};
    }
    pw_tx_add(tx, PW_SQL_DELIVER_RECORD, PW_P_UUIDS(ids, n), PW_P_UUIDS(ids + n, n),
        PW_P_UUIDS(ids + 2 * n, n), PW_P_I64S(numbers, n), PW_P_I64S(numbers + n, n), PW_P_TEXTS(texts, n),
        PW_P_I64S(numbers + 2 * n, n), PW_P_I64S(numbers + 3 * n, n), PW_P_TEXTS(texts + n, n));
}

/* Dead letters and pauses are for people to see: each has a record. */
static void add_audit(struct pw_deliver *d, struct pw_tx *tx, const struct flight *list)
{
    pw_usec now = pw_loop_wall(d->options.loop);

    for (const struct flight *f = list; f != NULL; f = f->next) {
        struct pw_audit record = {.actor = PW_AUDIT_SYSTEM, .premises = f->premises};
        if (f->verdict == VERDICT_DEAD) {
            record.action = "event-dead";
            record.object_kind = "event";
            record.object = f->id;
        } else if (f->verdict == VERDICT_GONE) {
            record.action = "receiver-paused";
            record.object_kind = "receiver";
            record.object = f->receiver->id;
            pw_tx_add(tx, PW_SQL_DELIVER_PAUSE, PW_P_UUID(&f->receiver->id), PW_P_TEXT(PW_STR("gone")));
        } else {
            continue;
        }
        pw_audit_add(tx, now, &record, 1);
    }
}

/* A receiver that answers again need not wait out what its failures earned it. */
static void add_hurry(struct pw_deliver *d, struct pw_tx *tx)
{
    struct pw_uuid *busy = PW_NEW_ARRAY(pw_tx_arena(tx), d->in_flight + 1, struct pw_uuid);
    size_t n = 0;

    for (const struct flight *f = d->flying; f != NULL; f = f->next) {
        busy[n++] = f->id;
    }
    for (const struct flight *f = d->ended; f != NULL; f = f->next) {
        busy[n++] = f->id;
    }
    for (struct receiver *r = d->receivers; r != NULL; r = r->next) {
        if (r->recovered) {
            pw_tx_add(tx, PW_SQL_DELIVER_HURRY, PW_P_UUID(&r->id), PW_P_UUIDS(busy, n));
        }
    }
}

static void log_endings(const struct flight *list)
{
    for (const struct flight *f = list; f != NULL; f = f->next) {
        switch (f->verdict) {
        case VERDICT_DELIVERED:
            pw_count(PW_M_DELIVER_DELIVERED, 1);
            break;
        case VERDICT_DEAD:
            pw_count(PW_M_DELIVER_DEAD, 1);
            pw_log(PW_EV_EVENT_DEAD, PW_LOG_ID("event", &f->id), PW_LOG_ID("receiver", &f->receiver->id),
                PW_LOG_INT("status", f->status), PW_LOG_INT("attempts", f->attempts));
            break;
        case VERDICT_GONE:
            pw_log(PW_EV_RECEIVER_GONE, PW_LOG_ID("receiver", &f->receiver->id));
            break;
        case VERDICT_RETRY:
            break;
        }
    }
}

static void finish(struct pw_deliver *d)
{
    int64_t soonest = d->options.poll_ms;

    log_endings(d->recording);
    while (d->recording != NULL) {
        struct flight *f = d->recording;
        d->recording = f->next;
        if (f->verdict == VERDICT_GONE) {
            f->receiver->paused = true;
        }
        if (f->verdict == VERDICT_RETRY && f->wait_ms < soonest) {
            soonest = f->wait_ms;
        }
        f->receiver->in_flight--;
        d->in_flight--;
        deliver_flight_free(f);
    }
    pw_gauge(PW_M_DELIVER_IN_FLIGHT, (double)d->in_flight);
    if (d->ended != NULL) {
        pw_deferred_call(&d->do_record);
    }
    deliver_look_within(d, soonest);
    deliver_look(d);
    deliver_check_stopped(d);
}

static void on_recorded(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_deliver *d = arg;

    (void)tx;
    d->record = NULL;
    if (ok) {
        finish(d);
        return;
    }
    pw_log(PW_EV_DELIVERY_HELD, PW_LOG_ERR(err));
    while (d->recording != NULL) { /* back among the ended, to be recorded with them */
        struct flight *f = d->recording;
        d->recording = f->next;
        f->next = d->ended;
        d->ended = f;
    }
    pw_timer_start(&d->retry_record, RETRY_MS);
}

void deliver_record(struct pw_deliver *d)
{
    if (d->record != NULL || d->ended == NULL || pw_timer_running(&d->retry_record)) {
        return;
    }
    d->recording = d->ended;
    d->ended = NULL;
    d->record = pw_db_begin(d->options.db, "deliver: record", 0);
    add_rows(d->record, d->recording);
    add_audit(d, d->record, d->recording);
    add_hurry(d, d->record);
    for (struct receiver *r = d->receivers; r != NULL; r = r->next) {
        r->recovered = false;
    }
    pw_tx_commit(d->record, on_recorded, d);
}
