/*
 * A follower of the fact log as a small state machine. follower_enter() is the only writer of the
 * state; each state waits for exactly one thing:
 *
 *   RESTING    the timer: poll, wake-up or backoff
 *   LEASING    the lease, committed
 *   READING    the first round trip of a batch
 *   MARKING    the attempt, counted and committed before the work begins
 *   WORKING    the owner: pw_follower_finish or pw_follower_fail
 *   FINISHING  the commit of work and watermark
 *   RELEASING  the lease given back
 *   STOPPED    nothing any more
 */
#include <stdlib.h>
#include <string.h>

#include <pandwacht/base.h>
#include <pandwacht/crypto.h>
#include <pandwacht/loop.h>
#include <pandwacht/queue.h>

enum follower_state { RESTING, LEASING, READING, MARKING, WORKING, FINISHING, RELEASING, STOPPED };

struct pw_follower {
    struct pw_follower_options options;
    enum follower_state state;
    struct pw_timer timer;
    struct pw_db_listener *listener;
    bool woken; /* something came while a round was under way */
    bool draining;
    bool again; /* look again at once after this batch */
    bool held;  /* the lease is ours until lease_until_ms */
    int64_t fence;
    int64_t lease_until_ms; /* monotonic, by our own clock, from before it was asked for */
    int64_t lease_asked_ms;
    int64_t horizon_next_ms;
    int failures; /* rounds in a row */
    size_t read, horizon;
    bool horizon_asked;
    struct pw_tx *tx;   /* of the batch */
    struct pw_tx *side; /* lease, mark, release */
    struct pw_arena *arena;
    struct pw_follower_batch batch;
    bool full;
};

static const enum pw_sql read_of_log[] = {
    [PW_LOG_FACTS] = PW_SQL_QUEUE_FOLLOWER_READ,
    [PW_LOG_AUDIT] = PW_SQL_QUEUE_FOLLOWER_READ_AUDIT,
};

static void begin_round(struct pw_follower *f);

static void follower_enter(struct pw_follower *f, enum follower_state state)
{
    f->state = state;
}

static void rest(struct pw_follower *f, int64_t ms)
{
    follower_enter(f, RESTING);
    if (f->draining)
        ms = 0;
    pw_timer_start(&f->timer, f->woken && f->failures == 0 ? 0 : ms);
}

/* A round did not work: tell, wait with full jitter, try again. */
static void round_failed(struct pw_follower *f, const struct pw_err *err)
{
    static const struct pw_backoff backoff = {.base_ms = 50, .max_ms = 5000};
    uint64_t random;

    pw_crypto_random(&random, sizeof(random));
    f->tx = NULL;
    if (f->options.on_done)
        f->options.on_done(f->options.arg, false, err, f->batch.count);
    if (f->state == STOPPED)
        return;
    rest(f, 5 + pw_backoff_delay(&backoff, f->failures++, random));
}

/* ---- the batch ---- */

static void on_finished(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_follower *f = arg;

    f->tx = NULL;
    if (!ok) {
        if (strcmp(pw_tx_sqlstate(tx), "22012") == 0)
            f->held = false; /* the lease was lost: see follower_finish.sql */
        round_failed(f, err);
        return;
    }
    f->failures = 0;
    if (f->options.on_done)
        f->options.on_done(f->options.arg, true, NULL, f->batch.count);
    if (f->state != STOPPED)
        rest(f, f->again || f->full ? 0 : f->options.poll_ms);
}

void pw_follower_finish(struct pw_follower *f, bool again)
{
    const struct pw_position *to = &f->batch.to;

    if (f->state != WORKING)
        return;
    follower_enter(f, FINISHING);
    f->again = again;
    pw_tx_add(f->tx, PW_SQL_QUEUE_FOLLOWER_FINISH, PW_P_TEXT_Z(f->options.name), PW_P_I32(f->options.shard),
        PW_P_UUID(&f->options.owner), PW_P_I64(f->fence), PW_P_I32(to->generation), PW_P_XID(to->xact),
        PW_P_UUID(&to->fact));
    pw_tx_commit(f->tx, on_finished, f);
}

void pw_follower_fail(struct pw_follower *f, bool tx_over, const struct pw_err *err)
{
    if (f->state != WORKING)
        return;
    if (!tx_over)
        pw_tx_abort(f->tx);
    round_failed(f, err);
}

static void on_marked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_follower *f = arg;

    f->side = NULL;
    if (!ok || pw_rows_count(pw_tx_rows(tx, 0)) == 0) {
        struct pw_err lost;

        (void)pw_fail(&lost, PW_ERR_DB, "follower %s: the lease was lost", f->options.name);
        f->held = false;
        pw_tx_abort(f->tx);
        round_failed(f, ok ? &lost : err);
        return;
    }
    f->batch.attempts = (int)pw_cell_i64(pw_tx_rows(tx, 0), 0, 0);
    f->lease_until_ms = f->lease_asked_ms + f->options.lease_ms;
    follower_enter(f, WORKING);
    f->options.on_batch(f->options.arg, &f->batch);
}

/* The attempt is counted and committed before the work begins. */
static void mark(struct pw_follower *f)
{
    follower_enter(f, MARKING);
    f->lease_asked_ms = pw_loop_now_ms(f->options.loop);
    f->side = pw_db_begin(f->options.db, "queue: count the attempt", 0);
    pw_tx_add(f->side, PW_SQL_QUEUE_FOLLOWER_MARK, PW_P_TEXT_Z(f->options.name), PW_P_I32(f->options.shard),
        PW_P_UUID(&f->options.owner), PW_P_I64(f->fence), PW_P_I64(f->options.lease_ms));
    pw_tx_commit(f->side, on_marked, f);
}

static struct pw_position position(const struct pw_rows *rows, size_t row, int column)
{
    return (struct pw_position){.generation = (int32_t)pw_cell_i64(rows, row, column),
        .xact = pw_cell_xid(rows, row, column + 1),
        .fact = pw_cell_uuid(rows, row, column + 2)};
}

static void fill_batch(struct pw_follower *f, const struct pw_rows *rows)
{
    size_t n = pw_rows_count(rows);
    struct pw_log_entry *entries;
    int attempts = (int)pw_cell_i64(rows, 0, 3);

    pw_arena_reset(f->arena);
    entries = PW_NEW_ARRAY(f->arena, n, struct pw_log_entry);
    f->batch = (struct pw_follower_batch){.tx = f->tx, .entries = entries, .from = position(rows, 0, 0)};
    f->batch.horizon =
        (struct pw_position){.generation = (int32_t)pw_cell_i64(rows, 0, 4), .xact = pw_cell_xid(rows, 0, 5)};
    f->batch.to = f->batch.from;
    if (!pw_cell_is_null(rows, 0, 8))
        f->batch.count = n;
    for (size_t i = 0; i < f->batch.count; i++)
        entries[i] = (struct pw_log_entry){.at = position(rows, i, 6), .premises = pw_cell_uuid(rows, i, 9)};
    if (f->batch.count > 0)
        f->batch.to = entries[n - 1].at;
    f->full = f->batch.count > 0 && (attempts > 0 || f->batch.count >= (size_t)f->options.batch_max);
}

static void tell_horizon(struct pw_follower *f, const struct pw_tx *tx)
{
    const struct pw_rows *rows;

    if (!f->horizon_asked || !f->options.on_horizon)
        return;
    rows = pw_tx_rows(tx, f->horizon);
    if (pw_rows_count(rows) == 0)
        f->options.on_horizon(f->options.arg, 0, 0);
    else
        f->options.on_horizon(f->options.arg, pw_cell_f64(rows, 0, 0), (int)pw_cell_i64(rows, 0, 1));
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_follower *f = arg;
    const struct pw_rows *rows;

    if (!ok) {
        round_failed(f, err);
        return;
    }
    rows = pw_tx_rows(tx, f->read);
    if (pw_rows_count(rows) == 0) { /* another process took the lease */
        f->held = false;
        pw_tx_abort(tx);
        f->tx = NULL;
        rest(f, f->options.poll_ms);
        return;
    }
    tell_horizon(f, tx);
    fill_batch(f, rows);
    if (f->batch.count > 0 || (f->options.has_work && f->options.has_work(f->options.arg, tx))) {
        mark(f);
        return;
    }
    pw_tx_abort(tx);
    f->tx = NULL;
    f->failures = 0;
    rest(f, f->options.poll_ms);
}

static void read_batch(struct pw_follower *f)
{
    int64_t now = pw_loop_now_ms(f->options.loop);

    follower_enter(f, READING);
    f->woken = false;
    f->tx = pw_db_begin(f->options.db, "queue: follow the log", 0);
    if (f->options.on_begin)
        f->options.on_begin(f->options.arg, f->tx);
    f->read = pw_tx_add(f->tx, read_of_log[f->options.log], PW_P_TEXT_Z(f->options.name),
        PW_P_I32(f->options.shard), PW_P_UUID(&f->options.owner), PW_P_I64(f->fence),
        PW_P_I64(f->options.batch_max));
    f->horizon_asked = now >= f->horizon_next_ms;
    if (f->horizon_asked) {
        f->horizon_next_ms = now + f->options.horizon_ms;
        f->horizon = pw_tx_add_plain(f->tx, PW_SQL_QUEUE_HORIZON);
    }
    pw_tx_send(f->tx, on_read, f);
}

/* ---- the lease ---- */

static void on_leased(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_follower *f = arg;
    const struct pw_rows *rows;

    f->side = NULL;
    f->batch.count = 0;
    if (!ok) {
        round_failed(f, err);
        return;
    }
    rows = pw_tx_rows(tx, 0);
    f->held = pw_rows_count(rows) > 0;
    if (!f->held) {
        f->failures = 0;
        rest(f, f->options.poll_ms);
        return;
    }
    f->fence = pw_cell_i64(rows, 0, 0);
    f->lease_until_ms = f->lease_asked_ms + f->options.lease_ms;
    read_batch(f);
}

static void lease(struct pw_follower *f)
{
    follower_enter(f, LEASING);
    f->lease_asked_ms = pw_loop_now_ms(f->options.loop);
    f->side = pw_db_begin(f->options.db, "queue: lease", 0);
    pw_tx_add(f->side, PW_SQL_QUEUE_FOLLOWER_LEASE, PW_P_TEXT_Z(f->options.name), PW_P_I32(f->options.shard),
        PW_P_UUID(&f->options.owner), PW_P_I64(f->options.lease_ms));
    pw_tx_commit(f->side, on_leased, f);
}

static void on_released(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_follower *f = arg;

    (void)tx;
    (void)ok;
    (void)err; /* a lease that was not given back runs out by itself */
    f->side = NULL;
    follower_enter(f, STOPPED);
}

static void stop(struct pw_follower *f)
{
    if (!f->held) {
        follower_enter(f, STOPPED);
        return;
    }
    follower_enter(f, RELEASING);
    f->side = pw_db_begin(f->options.db, "queue: give the lease back", 0);
    pw_tx_add(f->side, PW_SQL_QUEUE_FOLLOWER_RELEASE, PW_P_TEXT_Z(f->options.name),
        PW_P_I32(f->options.shard), PW_P_UUID(&f->options.owner), PW_P_I64(f->fence));
    pw_tx_commit(f->side, on_released, f);
}

/* A batch begins only under a lease that has at least half of its time left. */
static void begin_round(struct pw_follower *f)
{
    int64_t left = f->lease_until_ms - pw_loop_now_ms(f->options.loop);

    f->woken = false;
    if (f->draining)
        stop(f);
    else if (f->held && left > f->options.lease_ms / 2)
        read_batch(f);
    else
        lease(f);
}

static void on_timer(void *arg)
{
    begin_round(arg);
}

static void on_notified(void *arg, struct pw_str payload)
{
    (void)payload;
    pw_follower_wake(arg);
}

void pw_follower_wake(struct pw_follower *f)
{
    f->woken = true;
    if (f->state == RESTING && f->failures == 0)
        pw_timer_start(&f->timer, 0);
}

struct pw_follower *pw_follower_new(const struct pw_follower_options *options)
{
    struct pw_follower *f = pw_xcalloc(1, sizeof(*f));

    f->options = *options;
    if (f->options.batch_max <= 0)
        f->options.batch_max = 256;
    if (f->options.poll_ms <= 0)
        f->options.poll_ms = 5000;
    if (f->options.lease_ms <= 0)
        f->options.lease_ms = 30000;
    if (f->options.horizon_ms <= 0)
        f->options.horizon_ms = 5000;
    if (pw_uuid_is_nil(&f->options.owner))
        pw_crypto_random(&f->options.owner, sizeof(f->options.owner));
    f->arena = pw_arena_new();
    pw_timer_init(&f->timer, options->loop, "queue: poll", on_timer, f);
    if (options->channel)
        f->listener = pw_db_listen(options->db, options->channel, on_notified, f);
    rest(f, 0);
    return f;
}

bool pw_follower_idle(const struct pw_follower *f)
{
    return f->state == STOPPED || (f->state == RESTING && !f->draining);
}

void pw_follower_drain(struct pw_follower *f)
{
    f->draining = true;
    if (f->state == RESTING)
        pw_timer_start(&f->timer, 0);
}

void pw_follower_free(struct pw_follower *f)
{
    if (!f)
        return;
    pw_db_unlisten(f->listener);
    pw_timer_stop(&f->timer);
    pw_tx_abort(f->side);
    pw_tx_abort(f->tx);
    pw_arena_free(f->arena);
    free(f);
}
