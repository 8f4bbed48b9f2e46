/*
 * Looking for work: lease lanes, let what was never sent cancel out, claim the next events, and only
 * when that is committed send them. A look happens at a notification, after something was recorded,
 * and slowly by itself: the poll is the truth, the notification only saves waiting.
 */
#include <stdlib.h>

#include <pandwacht/base/counters.h>
#include <pandwacht/base/log.h>
#include <pandwacht/ledger.h>

#include "deliver_int.h"

#define LEASE_MARGIN_MS 5000 /* requests end so long before their lease does */

/* ---- claiming ---- */

static struct flight *new_flight(struct pw_deliver *d, const struct pw_rows *rows, size_t row)
{
    struct pw_uuid receiver = pw_cell_uuid(rows, row, 1);
    struct receiver *r = deliver_receiver(d, &receiver);

    if (r == NULL) {
        return NULL; /* its row was there a moment ago; the event is due again by itself */
    }
    struct pw_arena *arena = pw_arena_new();
    struct flight *f = PW_NEW(arena, struct flight);
    *f = (struct flight){.deliver = d,
        .receiver = r,
        .arena = arena,
        .premises = pw_cell_uuid(rows, row, 0),
        .id = pw_cell_uuid(rows, row, 2),
        .lane = pw_cell_i64(rows, row, 3),
        .fence = pw_cell_i64(rows, row, 4),
        .body = pw_str_dup(arena, pw_cell_text(rows, row, 5)),
        .attempts = (int)pw_cell_i64(rows, row, 6),
        .created_at = pw_cell_time(rows, row, 7)};
    return f;
}

static void start_flights(struct pw_deliver *d, const struct pw_rows *rows)
{
    struct flight *fresh = NULL;

    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct flight *f = new_flight(d, rows, i);
        if (f != NULL) {
            f->receiver->in_flight++;
            d->in_flight++;
            f->next = fresh;
            fresh = f;
        }
    }
    while (fresh != NULL) {
        struct flight *f = fresh;
        fresh = f->next;
        f->next = d->flying;
        d->flying = f;
        deliver_send(f);
    }
    pw_gauge(PW_M_DELIVER_IN_FLIGHT, (double)d->in_flight);
}

static void look_over(struct pw_deliver *d)
{
    d->look = NULL;
    if (d->again && !d->stopping) {
        d->again = false;
        deliver_look(d);
    }
    deliver_check_stopped(d);
}

static void look_failed(struct pw_deliver *d, const struct pw_err *err)
{
    d->lease_until = 0; /* not known any more */
    d->again = false;   /* the poll will */
    pw_log(PW_EV_DELIVERY_HELD, PW_LOG_ERR(err));
    look_over(d);
}

static void on_claimed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_deliver *d = arg;

    if (!ok) {
        look_failed(d, err);
        return;
    }
    if (d->claiming) {
        start_flights(d, pw_tx_rows(tx, d->read_claimed));
    }
    look_over(d);
}

static void add_cancelled_audit(struct pw_deliver *d, struct pw_tx *tx, const struct pw_rows *rows)
{
    pw_usec now = pw_loop_wall(d->options.loop);

    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_audit record = {.actor = PW_AUDIT_SYSTEM,
            .action = "event-cancelled",
            .object_kind = "event",
            .object = pw_cell_uuid(rows, i, 1),
            .premises = pw_cell_uuid(rows, i, 0)};
        pw_audit_add(tx, now, &record, 1);
    }
    pw_count(PW_M_DELIVER_CANCELLED, (int64_t)pw_rows_count(rows));
}

static void add_claim(struct pw_deliver *d, struct pw_tx *tx)
{
    size_t count = 0, n = 0;

    for (const struct receiver *r = d->receivers; r != NULL; r = r->next) {
        count++;
    }
    struct pw_uuid *ids = PW_NEW_ARRAY(pw_tx_arena(tx), count + 1, struct pw_uuid);
    int64_t *most = PW_NEW_ARRAY(pw_tx_arena(tx), count + 1, int64_t);
    for (const struct receiver *r = d->receivers; r != NULL; r = r->next) {
        size_t room = deliver_capacity(d, r);
        if (room > 0) {
            ids[n] = r->id;
            most[n++] = (int64_t)room;
        }
    }
    d->claiming = n > 0;
    if (d->claiming) {
        d->read_claimed = pw_tx_add(tx, PW_SQL_DELIVER_CLAIM, PW_P_UUID(&d->owner), PW_P_UUIDS(ids, n),
            PW_P_I64S(most, n), PW_P_I64(d->options.lease_ms));
    }
}

static void add_lease(struct pw_deliver *d, struct pw_tx *tx)
{
    pw_tx_add_plain(tx, PW_SQL_DELIVER_LANES_MAKE);
    pw_tx_add(tx, PW_SQL_DELIVER_LANES_LEASE, PW_P_UUID(&d->owner), PW_P_I64(d->options.lease_ms));
    d->lease_until = pw_loop_now_ms(d->options.loop) + d->options.lease_ms;
}

static void on_looked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_deliver *d = arg;

    if (!ok) {
        look_failed(d, err);
        return;
    }
    if (deliver_take_receivers(d, pw_tx_rows(tx, d->read_receivers))) {
        add_lease(d, tx);
    }
    add_cancelled_audit(d, tx, pw_tx_rows(tx, d->read_cancelled));
    add_claim(d, tx);
    pw_tx_commit(tx, on_claimed, d);
}

/* Whether a request begun now would end in time before the lease does; renewed well before. */
static bool lease_wanted(const struct pw_deliver *d)
{
    int64_t left = d->lease_until - pw_loop_now_ms(d->options.loop);

    return left < d->options.lease_ms / 2 || left < d->options.deadline_ms + 2 * LEASE_MARGIN_MS;
}

void deliver_look(struct pw_deliver *d)
{
    if (!d->started || d->stopping) {
        return;
    }
    if (d->look != NULL) {
        d->again = true;
        return;
    }
    d->look = pw_db_begin(d->options.db, "deliver: look", 0);
    d->read_receivers = pw_tx_add_plain(d->look, PW_SQL_DELIVER_RECEIVERS);
    if (lease_wanted(d)) {
        add_lease(d, d->look);
    }
    d->read_cancelled = pw_tx_add(d->look, PW_SQL_DELIVER_CANCEL, PW_P_UUID(&d->owner));
    pw_tx_send(d->look, on_looked, d);
}

void deliver_look_within(struct pw_deliver *d, int64_t ms)
{
    int64_t due = pw_loop_now_ms(d->options.loop) + (ms > 0 ? ms : 0);

    if (d->started && !d->stopping && (!pw_timer_running(&d->poll) || due < d->poll_due)) {
        d->poll_due = due;
        pw_timer_start(&d->poll, ms > 0 ? ms : 0);
    }
}

static void on_poll(void *arg)
{
    struct pw_deliver *d = arg;

    deliver_look_within(d, d->options.poll_ms);
    deliver_look(d);
}

static void on_notify(void *arg, struct pw_str payload)
{
    (void)payload;
    deliver_look(arg);
}

static void on_record(void *arg)
{
    deliver_record(arg);
}

/* ---- life ---- */

static int64_t or_default(int64_t value, int64_t standard)
{
    return value > 0 ? value : standard;
}

struct pw_deliver *pw_deliver_new(const struct pw_deliver_options *options)
{
    struct pw_deliver *d = pw_xcalloc(1, sizeof(*d));
    struct pw_deliver_options *o = &d->options;

    *o = *options;
    o->poll_ms = or_default(o->poll_ms, 1000);
    o->lease_ms = or_default(o->lease_ms, 30000);
    o->deadline_ms = or_default(o->deadline_ms, 10000);
    if (o->deadline_ms > o->lease_ms - 2 * LEASE_MARGIN_MS) {
        o->deadline_ms = o->lease_ms - 2 * LEASE_MARGIN_MS; /* a request never outlives its lease */
    }
    o->parallel = (size_t)or_default((int64_t)o->parallel, 16);
    o->batch = (size_t)or_default((int64_t)o->batch, 256);
    o->backoff_ms = or_default(o->backoff_ms, 500);
    o->backoff_max_ms = or_default(o->backoff_max_ms, 300000);
    o->attempts_max = (int)or_default(o->attempts_max, 50);
    o->breaker_failures = (int)or_default(o->breaker_failures, 5);
    d->owner = pw_uuid_v7(pw_loop_wall(o->loop));
    pw_timer_init(&d->poll, o->loop, "deliver: poll", on_poll, d);
    pw_timer_init(&d->retry_record, o->loop, "deliver: record again", on_record, d);
    pw_deferred_init(&d->do_record, o->loop, "deliver: record", on_record, d);
    return d;
}

void pw_deliver_start(struct pw_deliver *d)
{
    d->started = true;
    d->listener = pw_db_listen(d->options.db, PW_LEDGER_CHANNEL_OUTBOX, on_notify, d);
    on_poll(d);
}

static void on_released(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_deliver *d = arg;

    (void)tx;
    if (!ok) {
        pw_log(PW_EV_DELIVERY_HELD, PW_LOG_ERR(err)); /* the leases end by themselves */
    }
    d->look = NULL;
    if (d->on_stopped != NULL) {
        d->on_stopped(d->stopped_arg);
    }
}

void deliver_check_stopped(struct pw_deliver *d)
{
    if (!d->stopping || d->releasing || d->in_flight > 0 || d->look != NULL || d->record != NULL) {
        return;
    }
    d->releasing = true;
    d->look = pw_db_begin(d->options.db, "deliver: release", 0);
    pw_tx_add(d->look, PW_SQL_DELIVER_LANES_RELEASE, PW_P_UUID(&d->owner));
    pw_tx_commit(d->look, on_released, d);
}

void pw_deliver_stop(struct pw_deliver *d, void (*on_stopped)(void *arg), void *arg)
{
    d->stopping = true;
    d->on_stopped = on_stopped;
    d->stopped_arg = arg;
    pw_timer_stop(&d->poll);
    deliver_check_stopped(d);
}

static void free_flights(struct flight **list)
{
    while (*list != NULL) {
        struct flight *f = *list;
        *list = f->next;
        if (f->call != NULL) {
            pw_client_cancel(f->call);
        }
        deliver_flight_free(f);
    }
}

void pw_deliver_free(struct pw_deliver *d)
{
    if (d == NULL) {
        return;
    }
    pw_timer_stop(&d->poll);
    pw_timer_stop(&d->retry_record);
    pw_deferred_cancel(&d->do_record);
    if (d->look != NULL) {
        pw_tx_abort(d->look);
    }
    if (d->record != NULL) {
        pw_tx_abort(d->record);
    }
    pw_db_unlisten(d->listener);
    free_flights(&d->flying);
    free_flights(&d->ended);
    free_flights(&d->recording);
    deliver_free_receivers(d);
    free(d);
}

size_t pw_deliver_busy(const struct pw_deliver *d)
{
    return d->in_flight;
}
