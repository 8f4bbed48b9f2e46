/*
 * The batch role's long work: a backtest is a row, claimed by a committed lease, walked page by page in
 * slices of a few milliseconds so that the loop turns, and finished with its result. No transaction is
 * open across the walking. A process that dies leaves its lease to run out; the next one begins anew.
 * IDLE -> CLAIMING -> LOADING (both sets) -> READING <-> WALKING -> FINISHING -> IDLE.
 */
#include "lab_int.h"

#include <stdlib.h>
#include <string.h>

#define LEASE_S 30
#define PAGE    200

enum state { IDLE, CLAIMING, LOADING, READING, WALKING, FINISHING };

struct backtest {
    struct pw_lab *lab;
    enum state state;
    struct pw_deferred slice;
    struct pw_uuid owner;
    struct pw_arena *arena; /* of the claim */
    struct pw_arena *page;  /* of the page under way */
    size_t statement;
    /* claimed */
    struct pw_uuid id;
    int64_t fence;
    struct pw_str hashes[2]; /* baseline, candidate */
    struct pw_trial_options options;
    int64_t total;
    const struct pw_ruleset *sets[2];
    struct pw_trial *trial;
    /* the page */
    struct pw_uuid after, *ids;
    struct pw_tx *tx;
    struct pw_past_read read;
    struct pw_past_cursor at;
    size_t count, next;
};

static void ask_page(struct backtest *b);

/* ---- the end of one ---- */

static void rest(struct backtest *b)
{
    pw_trial_free(b->trial);
    b->trial = NULL;
    for (int i = 0; i < 2; i++) {
        pw_rules_unref(b->sets[i]);
        b->sets[i] = NULL;
    }
    pw_arena_free(b->page);
    pw_arena_free(b->arena);
    b->page = b->arena = NULL;
    b->state = IDLE;
    if (!b->lab->draining)
        pw_timer_start(&b->lab->poll, b->lab->options.poll_ms);
}

static void on_finished(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct backtest *b = arg;
    (void)tx;
    if (!ok)
        pw_log(PW_EV_BACKTEST_FAILED, PW_LOG_ID("backtest", &b->id), PW_LOG_ERR(err));
    rest(b);
}

static void finish(struct backtest *b, const char *status, struct pw_str result)
{
    const struct pw_trial *trial = b->trial;
    b->state = FINISHING;
    struct pw_tx *tx = pw_db_begin(b->lab->options.db, "lab: finish a backtest", 0);
    pw_tx_add(tx, PW_SQL_LAB_BACKTEST_FINISH, PW_P_UUID(&b->id), PW_P_I64(b->fence), PW_P_TEXT_Z(status),
        PW_P_I64(trial == NULL ? 0 : trial->premises), result.len == 0 ? PW_P_NULL : PW_P_JSON(result),
        PW_P_I64(trial == NULL ? 0 : trial->would_raise),
        PW_P_I64(trial == NULL ? 0 : trial->would_withdraw));
    pw_tx_commit(tx, on_finished, b);
}

static void fail(struct backtest *b, const struct pw_err *err)
{
    pw_log(PW_EV_BACKTEST_FAILED, PW_LOG_ID("backtest", &b->id), PW_LOG_ERR(err));
    finish(b, "failed", PW_STR(""));
}

static void done(struct backtest *b)
{
    struct pw_buf json;
    struct pw_jsonw w;
    pw_buf_init(&json, LAB_ANSWER_MAX);
    pw_jsonw_init(&w, &json);
    pw_trial_write_json(b->trial, &w);
    pw_count(PW_M_BACKTESTS, 1);
    finish(b, "done", pw_buf_str(&json));
    pw_buf_release(&json);
}

/* ---- walking ---- */

static void on_slice(void *arg)
{
    struct backtest *b = arg;
    struct pw_err err;
    int64_t end = pw_loop_clock_us(b->lab->options.loop) + LAB_SLICE_US;
    while (b->next < b->count) {
        if (!pw_past_try(b->page, b->trial, &b->at, &b->ids[b->next++], &err)) {
            pw_tx_abort(b->tx);
            fail(b, &err);
            return;
        }
        if (pw_loop_clock_us(b->lab->options.loop) > end && b->next < b->count) {
            pw_deferred_call(&b->slice);
            return;
        }
    }
    pw_tx_abort(b->tx); /* it only read */
    b->after = b->count > 0 ? b->ids[b->count - 1] : b->after;
    if (b->count < PAGE)
        done(b);
    else if (b->lab->draining)
        rest(b);
    else
        ask_page(b);
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct backtest *b = arg;
    if (!ok) {
        fail(b, err);
        return;
    }
    pw_past_build_begin(tx, &b->read, &b->at);
    b->state = WALKING;
    b->next = 0;
    pw_deferred_call(&b->slice);
}

static void on_page(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct backtest *b = arg;
    if (!ok) {
        fail(b, err);
        return;
    }
    b->tx = tx;
    b->count = pw_past_page_ids(b->page, tx, &b->read, &b->ids);
    pw_past_read_add(tx, b->ids, b->count, &b->read);
    pw_tx_send(tx, on_read, b);
}

/* The lease is renewed before each page; who has lost it stops. */
static void on_renewed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct backtest *b = arg;
    const struct pw_uuid last = {
        {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
    if (!ok || pw_rows_count(pw_tx_rows(tx, b->statement)) == 0) {
        if (!ok)
            pw_log(PW_EV_BACKTEST_FAILED, PW_LOG_ID("backtest", &b->id), PW_LOG_ERR(err));
        rest(b);
        return;
    }
    struct pw_tx *read = pw_db_begin(b->lab->options.db, "lab: read histories", PW_DB_READ_ONLY);
    pw_past_page_add(read, &b->after, &last, PAGE, &b->read);
    pw_tx_send(read, on_page, b);
}

static void ask_page(struct backtest *b)
{
    b->state = READING;
    pw_arena_reset(b->page);
    struct pw_tx *tx = pw_db_begin(b->lab->options.db, "lab: keep the lease", 0);
    b->statement = pw_tx_add(tx, PW_SQL_LAB_BACKTEST_PROGRESS, PW_P_UUID(&b->id), PW_P_I64(b->fence),
        PW_P_I64(b->trial->premises), PW_P_I64(b->total), PW_P_I32(LEASE_S));
    pw_tx_commit(tx, on_renewed, b);
}

/* ---- claiming ---- */

static void on_sets(void *arg, bool ok, const struct pw_err *err)
{
    struct backtest *b = arg;
    struct pw_err why;
    if (!ok) {
        fail(b, err);
        return;
    }
    for (int i = 0; i < 2; i++)
        b->sets[i] = pw_rules_ref(pw_sets_get(b->lab->sets, b->hashes[i]));
    b->options.baseline = b->sets[0];
    b->options.candidate = b->sets[1];
    if (!pw_trial_new(&b->options, &b->trial, &why)) {
        fail(b, &why);
        return;
    }
    b->after = (struct pw_uuid){{0}};
    ask_page(b);
}

static void read_claim(struct backtest *b, const struct pw_rows *rows)
{
    pw_day oldest = pw_cell_date(rows, 0, 7);
    b->id = pw_cell_uuid(rows, 0, 0);
    b->fence = pw_cell_i64(rows, 0, 1);
    b->hashes[1] = pw_str_dup(b->arena, pw_cell_bytea(rows, 0, 2));
    b->hashes[0] = pw_str_dup(b->arena, pw_cell_bytea(rows, 0, 3));
    b->options =
        (struct pw_trial_options){.since = pw_cell_date(rows, 0, 5), .until = pw_cell_date(rows, 0, 6)};
    if (pw_str_is(pw_cell_text(rows, 0, 4), pw_history_words[PW_HISTORY_LEARNT]))
        b->options.history = PW_HISTORY_LEARNT;
    if (b->options.since == PW_DAY_NONE)
        b->options.since = oldest == PW_DAY_NONE || oldest > b->options.until ? b->options.until : oldest;
    b->total = pw_cell_i64(rows, 0, 8);
}

static void on_claimed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct backtest *b = arg;
    if (!ok || pw_rows_count(pw_tx_rows(tx, b->statement)) == 0) {
        if (!ok)
            pw_log(PW_EV_BACKTEST_FAILED, PW_LOG_ERR(err));
        rest(b);
        return;
    }
    read_claim(b, pw_tx_rows(tx, b->statement));
    b->state = LOADING;
    pw_sets_need(b->lab->sets, b->arena, b->hashes, 2, on_sets, b);
}

static void on_poll(void *arg)
{
    struct pw_lab *lab = arg;
    struct backtest *b = lab->backtest;
    b->state = CLAIMING;
    b->arena = pw_arena_new();
    b->page = pw_arena_new();
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: claim a backtest", 0);
    pw_tx_add_plain(tx, PW_SQL_LAB_BACKTEST_GIVE_UP);
    b->statement = pw_tx_add(tx, PW_SQL_LAB_BACKTEST_CLAIM, PW_P_UUID(&b->owner), PW_P_I32(LEASE_S));
    pw_tx_commit(tx, on_claimed, b);
}

void lab_backtests_start(struct pw_lab *lab)
{
    struct backtest *b = pw_xcalloc(1, sizeof *b);
    b->lab = lab;
    b->owner = pw_uuid_v7(lab_now(lab));
    pw_deferred_init(&b->slice, lab->options.loop, "lab: walk histories", on_slice, b);
    lab->backtest = b;
    pw_timer_init(&lab->poll, lab->options.loop, "lab: look for backtests", on_poll, lab);
    pw_timer_start(&lab->poll, lab->options.poll_ms);
}

void lab_backtests_stop(struct pw_lab *lab)
{
    struct backtest *b = lab->backtest;
    if (b == NULL)
        return;
    pw_deferred_cancel(&b->slice);
    pw_trial_free(b->trial);
    pw_rules_unref(b->sets[0]);
    pw_rules_unref(b->sets[1]);
    pw_arena_free(b->page);
    pw_arena_free(b->arena);
    free(b);
    lab->backtest = NULL;
}
