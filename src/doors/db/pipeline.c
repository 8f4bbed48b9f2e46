/*
 * One connection in pipeline mode: sends a transaction's statements in one go and takes the answers
 * in order. libpq is never asked for a result while it is busy, so nothing here waits.
 *
 * After an error the server skips to the next Sync; the connection then rolls back by itself
 * (CONN_CLEANING) while its transaction has already been told.
 */
#include <stdio.h>
#include <string.h>

#include "db_int.h"

/* A rollback that takes longer means that the connection is of no use. */
#define CLEANING_MS 5000

static void forget_answers(struct conn *conn)
{
    conn->answer_count = 0;
    conn->answer_next = 0;
    conn->awaiting_null = false;
    conn->failed = false;
}

static bool send_plain(struct conn *conn, const char *text, enum answer_kind kind)
{
    if (!PQsendQueryParams(conn->pg, text, 0, NULL, NULL, NULL, NULL, 1))
        return false;
    conn_expect(conn, (struct answer){.kind = kind, .sql = PW_SQL_COUNT});
    return true;
}

static bool send_begin(struct conn *conn, struct pw_tx *tx)
{
    char text[160];

    if (!send_plain(conn, tx->flags & PW_DB_READ_ONLY ? "BEGIN READ ONLY" : "BEGIN", ANSWER_BEGIN))
        return false;
    tx->begun = true;
    if (tx->deadline_ms <= conn->db->options.deadline_ms)
        return true;
    snprintf(text, sizeof(text),
        "select set_config('statement_timeout', '%d', true), "
        "set_config('idle_in_transaction_session_timeout', '%d', true)",
        tx->deadline_ms, tx->deadline_ms);
    return send_plain(conn, text, ANSWER_BEGIN);
}

static bool send_statement(struct conn *conn, struct pw_tx *tx, size_t i)
{
    static const int binary[24] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
    struct statement *statement = &tx->statements[i];
    const struct pw_sql_text *sql = &pw_sql_texts[statement->sql];
    char name[16];

    snprintf(name, sizeof(name), "s%d", (int)statement->sql);
    if (!conn_is_prepared(conn, statement->sql)) {
        bool pending = false;

        for (size_t k = conn->answer_next; k < conn->answer_count && !pending; k++)
            pending = conn->answers[k].kind == ANSWER_PREPARE && conn->answers[k].sql == statement->sql;
        if (!pending) {
            if (!PQsendPrepare(conn->pg, name, sql->text, sql->param_count, sql->param_types))
                return false;
            conn_expect(conn, (struct answer){.kind = ANSWER_PREPARE, .sql = statement->sql});
        }
    }
    if (!PQsendQueryPrepared(
            conn->pg, name, statement->count, statement->values, statement->lengths, binary, 1))
        return false;
    conn_expect(conn, (struct answer){.kind = ANSWER_STATEMENT, .sql = statement->sql, .statement = i});
    return true;
}

static bool send_all(struct conn *conn, struct pw_tx *tx)
{
    if (!tx->begun && !send_begin(conn, tx))
        return false;
    for (; tx->sent < tx->count; tx->sent++)
        if (!send_statement(conn, tx, tx->sent))
            return false;
    if (tx->committing) {
        if (!send_plain(conn, "COMMIT", ANSWER_COMMIT))
            return false;
        tx->commit_sent = true;
    }
    if (!PQpipelineSync(conn->pg))
        return false;
    conn_expect(conn, (struct answer){.kind = ANSWER_SYNC});
    return true;
}

void pipeline_send(struct conn *conn)
{
    struct pw_tx *tx = conn->tx;

    forget_answers(conn);
    tx->state = TX_SENT;
    conn_enter(conn, CONN_BUSY);
    if (!send_all(conn, tx)) {
        struct pw_err err;

        (void)pw_fail(
            &err, PW_ERR_DB_GONE, "the connection to PostgreSQL was lost while sending (%s)", tx->label);
        conn_drop(conn, &err, true);
        return;
    }
    conn_flush(conn);
}

void pipeline_clean(struct conn *conn)
{
    bool waiting = conn->answer_next < conn->answer_count;

    conn->tx = NULL;
    conn_enter(conn, CONN_CLEANING);
    pw_timer_start(&conn->timer, CLEANING_MS);
    if (waiting)
        return; /* the rollback follows when these answers are in */
    forget_answers(conn);
    if (!send_plain(conn, "ROLLBACK", ANSWER_ROLLBACK) || !PQpipelineSync(conn->pg)) {
        conn_drop(conn, NULL, true);
        return;
    }
    conn_expect(conn, (struct answer){.kind = ANSWER_SYNC});
    conn_flush(conn);
}

/* The connection is at a sync without a transaction of ours: free it, or roll back first. */
static void cleaned(struct conn *conn)
{
    if (PQtransactionStatus(conn->pg) != PQTRANS_IDLE) {
        pipeline_clean(conn);
        return;
    }
    pw_timer_stop(&conn->timer);
    forget_answers(conn);
    conn_enter(conn, CONN_IDLE);
    pw_deferred_call(&conn->db->serve);
}

/* A sync ends the step: the transaction goes on, is done, or has failed. */
static void on_sync(struct conn *conn)
{
    struct pw_tx *tx = conn->tx;
    bool failed = conn->failed;

    forget_answers(conn);
    if (!tx) {
        cleaned(conn);
        return;
    }
    if (failed || (tx->committing && PQtransactionStatus(conn->pg) != PQTRANS_IDLE)) {
        struct pw_err err = tx->err;
        bool demoted = strcmp(tx->sqlstate, "25006") == 0 && !(tx->flags & PW_DB_READ_ONLY);

        if (!failed)
            (void)pw_fail(&err, PW_ERR_DB, "%s: the commit did not happen", tx->label);
        tx->conn = NULL;
        conn->tx = NULL;
        if (demoted) /* a standby answers: look for the primary */
            conn_drop(conn, NULL, true);
        else
            cleaned(conn);
        tx_fail(tx, &err);
        return;
    }
    if (tx->committing) {
        tx->conn = NULL;
        conn->tx = NULL;
        cleaned(conn);
    } else {
        conn_enter(conn, CONN_HELD);
    }
    tx_step_done(tx);
}

static void mark_prepared(struct conn *conn, enum pw_sql sql)
{
    conn->prepared[sql / 8] |= (uint8_t)(1u << (sql % 8));
}

/* Takes one result of the answer that is due; the transaction may have left already. */
static void take(struct conn *conn, const struct answer *answer, PGresult *result)
{
    switch (PQresultStatus(result)) {
    case PGRES_TUPLES_OK:
    case PGRES_COMMAND_OK:
        if (answer->kind == ANSWER_PREPARE)
            mark_prepared(conn, answer->sql);
        if (answer->kind == ANSWER_STATEMENT && conn->tx) {
            conn->tx->rows[answer->statement] = (struct pw_rows){result, answer->sql};
            return; /* kept until the transaction is gone */
        }
        break;
    case PGRES_PIPELINE_ABORTED:
        conn->failed = true;
        break;
    default:
        conn->failed = true;
        if (conn->tx)
            tx_note_error(conn->tx, answer->sql, result);
    }
    PQclear(result);
}

/* True when one answer, or a part of one, was taken without waiting. */
static bool take_next(struct conn *conn)
{
    const struct answer *answer;
    PGresult *result;

    if (conn->answer_next >= conn->answer_count || PQisBusy(conn->pg))
        return false;
    answer = &conn->answers[conn->answer_next];
    result = PQgetResult(conn->pg);
    if (!result) {
        if (conn->awaiting_null) {
            conn->awaiting_null = false;
            conn->answer_next++;
            return true;
        }
        return false; /* the connection broke: seen by its state */
    }
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        on_sync(conn);
        return false; /* whatever follows belongs to another step, and wakes us by itself */
    }
    conn->awaiting_null = true;
    take(conn, answer, result);
    return true;
}

void pipeline_receive(struct conn *conn)
{
    while (take_next(conn)) {
    }
    if (conn->pg && PQstatus(conn->pg) == CONNECTION_BAD)
        conn_drop(conn, NULL, true);
}
