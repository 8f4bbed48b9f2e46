/*
 * Transactions: collecting statements, their states and their end. The callback is the last
 * thing that happens to a transaction in any call here: its owner may end it from inside.
 */
#include <string.h>

#include "db_int.h"

static void clear_result(void *result)
{
    PQclear(result);
}

static void link_tx(struct pw_tx *tx)
{
    tx->next = tx->db->all;
    if (tx->next)
        tx->next->prev = tx;
    tx->db->all = tx;
}

static void unlink_tx(struct pw_tx *tx)
{
    if (tx->prev)
        tx->prev->next = tx->next;
    else if (tx->db->all == tx)
        tx->db->all = tx->next;
    if (tx->next)
        tx->next->prev = tx->prev;
    tx->prev = tx->next = NULL;
}

static void tx_free(struct pw_tx *tx)
{
    pw_timer_stop(&tx->timer);
    pw_deferred_cancel(&tx->deferred);
    unlink_tx(tx);
    for (size_t i = 0; i < tx->sent; i++)
        if (tx->rows[i].result)
            clear_result(tx->rows[i].result);
    pw_arena_free(tx->arena);
}

static void on_deadline(void *arg)
{
    struct pw_tx *tx = arg;
    struct pw_err err;

    if (tx->state == TX_WAITING) {
        const struct pw_err *trouble = pw_db_trouble(tx->db);

        pool_remove_waiting(tx->db, tx);
        if (!pw_db_ready(tx->db) && trouble->code != PW_ERR_NONE)
            (void)pw_fail(
                &err, PW_ERR_DB_GONE, "%s: PostgreSQL is unreachable: %.300s", tx->label, trouble->text);
        else
            (void)pw_fail(&err, PW_ERR_DEADLINE, "%s: no database connection came free in time", tx->label);
        tx_fail(tx, &err);
        return;
    }
    (void)pw_fail(&err, PW_ERR_DEADLINE, "%s: the transaction took too long", tx->label);
    /* The server notices the closed socket, and its own statement_timeout, by itself. */
    if (tx->conn)
        conn_drop(tx->conn, &err, false);
}

static void on_refused(void *arg)
{
    struct pw_tx *tx = arg;

    tx_fail(tx, &tx->err);
}

struct pw_tx *pw_db_begin(struct pw_db *db, const char *label, unsigned flags)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_tx *tx = PW_NEW(arena, struct pw_tx);

    tx->db = db;
    tx->arena = arena;
    tx->label = label;
    tx->flags = flags;
    tx->deadline_ms = db->options.deadline_ms;
    tx->failed_sql = PW_SQL_COUNT;
    pw_timer_init(&tx->timer, db->loop, "db: transaction deadline", on_deadline, tx);
    pw_deferred_init(&tx->deferred, db->loop, "db: refuse", on_refused, tx);
    link_tx(tx);
    return tx;
}

void pw_tx_set_deadline(struct pw_tx *tx, int deadline_ms)
{
    if (tx->state != TX_NEW || deadline_ms <= 0)
        db_misuse(PW_SQL_COUNT, "deadline set too late or not positive", deadline_ms);
    tx->deadline_ms = deadline_ms;
}

struct pw_arena *pw_tx_arena(struct pw_tx *tx)
{
    return tx->arena;
}

static void grow(struct pw_tx *tx)
{
    size_t cap = tx->cap ? tx->cap * 2 : 8;
    struct statement *statements = PW_NEW_ARRAY(tx->arena, cap, struct statement);
    struct pw_rows *rows = PW_NEW_ARRAY(tx->arena, cap, struct pw_rows);

    if (tx->count > 0) {
        memcpy(statements, tx->statements, tx->count * sizeof(*statements));
        memcpy(rows, tx->rows, tx->count * sizeof(*rows));
    }
    tx->statements = statements;
    tx->rows = rows;
    tx->cap = cap;
}

size_t pw_tx_add_list(struct pw_tx *tx, enum pw_sql sql, const struct pw_param *params, size_t count)
{
    struct statement *statement;
    const char **values;

    if (tx->state != TX_NEW && tx->state != TX_OPEN)
        db_misuse(sql, "statement added to a transaction that is under way or over", (int)tx->state);
    if ((int)count != pw_sql_texts[sql].param_count)
        db_misuse(sql, "wrong number of parameters", (int)count);
    if (tx->count == tx->cap)
        grow(tx);
    statement = &tx->statements[tx->count];
    values = PW_NEW_ARRAY(tx->arena, count + 1, const char *);
    *statement = (struct statement){.sql = sql, .count = (int)count, .values = values};
    statement->lengths = PW_NEW_ARRAY(tx->arena, count + 1, int);
    for (size_t i = 0; i < count; i++)
        values[i] = param_encode(
            tx->arena, sql, (int)i + 1, &params[i], pw_sql_texts[sql].param_types[i], &statement->lengths[i]);
    return tx->count++;
}

size_t pw_tx_add_plain(struct pw_tx *tx, enum pw_sql sql)
{
    return pw_tx_add_list(tx, sql, NULL, 0);
}

/* Fails the transaction in the next round: a caller is never called back from inside its call. */
static void refuse_later(struct pw_tx *tx, enum pw_err_code code, const char *why)
{
    tx->state = TX_SENT;
    (void)pw_fail(&tx->err, code, "%s: %s", tx->label, why);
    pw_deferred_call(&tx->deferred);
}

static void launch(struct pw_tx *tx, pw_tx_fn fn, void *arg)
{
    struct pw_db *db = tx->db;

    if (tx->state != TX_NEW && tx->state != TX_OPEN)
        db_misuse(PW_SQL_COUNT, "transaction sent while under way or over", (int)tx->state);
    tx->fn = fn;
    tx->arg = arg;
    if (tx->conn) {
        pipeline_send(tx->conn);
    } else if (tx->begun) {
        tx->state = TX_SENT;
        pw_deferred_call(&tx->deferred);
    } else if (db->closing) {
        refuse_later(tx, PW_ERR_UNAVAILABLE, "this process is stopping");
    } else if (db->waiting >= db->options.max_waiting) {
        refuse_later(tx, PW_ERR_UNAVAILABLE, "too many transactions wait for a database connection");
    } else {
        tx->state = TX_WAITING;
        pw_timer_start(&tx->timer, db->options.wait_ms);
        pool_add_waiting(db, tx);
    }
}

void tx_started(struct pw_tx *tx)
{
    pw_timer_start(&tx->timer, tx->deadline_ms);
}

void pw_tx_send(struct pw_tx *tx, pw_tx_fn on_step, void *arg)
{
    launch(tx, on_step, arg);
}

void pw_tx_commit(struct pw_tx *tx, pw_tx_fn on_done, void *arg)
{
    tx->committing = true;
    launch(tx, on_done, arg);
}

/* Takes the transaction off whatever it waits for; its connection cleans up by itself. */
static void leave(struct pw_tx *tx)
{
    struct conn *conn = tx->conn;

    if (tx->state == TX_WAITING)
        pool_remove_waiting(tx->db, tx);
    tx->state = TX_ENDED;
    tx->conn = NULL;
    if (conn)
        pipeline_clean(conn);
}

void pw_tx_abort(struct pw_tx *tx)
{
    if (!tx || tx->state == TX_ENDED)
        return;
    leave(tx);
    tx_free(tx);
}

void tx_fail(struct pw_tx *tx, const struct pw_err *err)
{
    if (tx->state == TX_ENDED)
        return;
    if (err != &tx->err)
        tx->err = *err;
    tx->state = TX_ENDED;
    tx->conn = NULL;
    pw_timer_stop(&tx->timer);
    pw_deferred_cancel(&tx->deferred);
    if (tx->fn)
        tx->fn(tx->arg, tx, false, &tx->err);
    if (!tx->held && tx->fn)
        tx_free(tx);
}

void tx_lost(struct pw_tx *tx, const struct pw_err *err)
{
    tx->conn = NULL;
    if (tx->state == TX_OPEN)
        tx->err = *err; /* told when its owner asks for more: it waits for nothing now */
    else
        tx_fail(tx, err);
}

void tx_step_done(struct pw_tx *tx)
{
    bool last = tx->committing;

    if (!last) {
        tx->state = TX_OPEN;
        tx->fn(tx->arg, tx, true, NULL); /* may end it: touch nothing after */
        return;
    }
    tx->state = TX_ENDED;
    pw_timer_stop(&tx->timer);
    tx->fn(tx->arg, tx, true, NULL);
    if (!tx->held)
        tx_free(tx);
}

/* ---- errors ---- */

static enum pw_err_code code_of(const char *state)
{
    if (strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0 || strcmp(state, "25006") == 0)
        return PW_ERR_DB_GONE;
    if (strcmp(state, "57014") == 0 || strcmp(state, "55P03") == 0)
        return PW_ERR_DEADLINE;
    if (strcmp(state, "53300") == 0 || strcmp(state, "53200") == 0 || strcmp(state, "53100") == 0)
        return PW_ERR_UNAVAILABLE;
    return PW_ERR_DB;
}

static void copy_text(char *out, size_t size, const char *text)
{
    size_t n = text ? strnlen(text, size - 1) : 0;

    if (n > 0)
        memcpy(out, text, n);
    out[n] = '\0';
}

void tx_note_error(struct pw_tx *tx, enum pw_sql sql, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *column = PQresultErrorField(result, PG_DIAG_COLUMN_NAME);

    if (tx->sqlstate[0] || tx->err.code != PW_ERR_NONE)
        return;
    copy_text(tx->sqlstate, sizeof(tx->sqlstate), state ? state : "08006");
    copy_text(tx->constraint, sizeof(tx->constraint), PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
    tx->failed_sql = sql;
    /* Messages of PostgreSQL may quote values: only names of ours and its code are told. */
    (void)pw_fail(&tx->err, code_of(tx->sqlstate), "%s: PostgreSQL refused %s with SQLSTATE %s%s%s%s%.63s",
        tx->label, sql < PW_SQL_COUNT ? pw_sql_texts[sql].name : "the transaction", tx->sqlstate,
        tx->constraint[0] ? ", constraint " : "", tx->constraint, column ? ", column " : "",
        column ? column : "");
}

const char *pw_tx_sqlstate(const struct pw_tx *tx)
{
    return tx->sqlstate;
}

const char *pw_tx_constraint(const struct pw_tx *tx)
{
    return tx->constraint;
}

enum pw_sql pw_tx_failed_sql(const struct pw_tx *tx)
{
    return tx->failed_sql;
}

bool pw_tx_retryable(const struct pw_tx *tx)
{
    return strcmp(tx->sqlstate, "40001") == 0 || strcmp(tx->sqlstate, "40P01") == 0;
}

/* ---- for command lines and tests ---- */

static void on_held(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)arg;
    (void)err;
    tx->done = true;
    tx->step_ok = ok;
}

static bool run(struct pw_tx *tx, bool commit, struct pw_err *err)
{
    tx->held = true;
    tx->done = false;
    if (commit)
        pw_tx_commit(tx, on_held, NULL);
    else
        pw_tx_send(tx, on_held, NULL);
    while (!tx->done)
        pw_loop_step(tx->db->loop, 100);
    if (!tx->step_ok && err)
        *err = tx->err;
    return tx->step_ok;
}

bool pw_tx_run_step(struct pw_tx *tx, struct pw_err *err)
{
    return run(tx, false, err);
}

bool pw_tx_run(struct pw_tx *tx, struct pw_err *err)
{
    return run(tx, true, err);
}

void pw_tx_close(struct pw_tx *tx)
{
    if (!tx)
        return;
    leave(tx);
    tx_free(tx);
}
