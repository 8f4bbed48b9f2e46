/*
 * One connection to PostgreSQL: connecting without waiting, the greeting, reading and writing,
 * being lost. What travels on it once it is up is pipeline.c's and listen.c's.
 *
 * A connection whose server could lose what it reported as committed (fsync, full_page_writes or
 * synchronous_commit off) is refused: an answer 201 promises durability.
 */
#include <stdio.h>
#include <string.h>

#include "db_int.h"

static void on_ready(void *arg, int fd, unsigned ready);
static void begin_greeting(struct conn *conn);

static void ignore_notice(void *arg, const PGresult *result)
{
    (void)arg;
    (void)result; /* notices may quote values */
}

static void on_conn_timer(void *arg)
{
    struct conn *conn = arg;
    struct pw_err err;

    (void)pw_fail(&err, PW_ERR_DB_GONE,
        conn->state == CONN_CLEANING ? "PostgreSQL did not answer a rollback in time"
                                     : "connecting to PostgreSQL took too long");
    conn_drop(conn, &err, true);
}

void conn_init(struct conn *conn, struct pw_db *db, bool listening)
{
    *conn = (struct conn){.db = db, .listening = listening, .watched_fd = -1};
    pw_timer_init(&conn->timer, db->loop, "db: connecting", on_conn_timer, conn);
}

void conn_enter(struct conn *conn, enum conn_state state)
{
    conn->state = state;
}

bool conn_is_prepared(const struct conn *conn, enum pw_sql sql)
{
    return conn->prepared[sql / 8] & (1u << (sql % 8));
}

void conn_expect(struct conn *conn, struct answer answer)
{
    if (conn->answer_count == conn->answer_cap) {
        conn->answer_cap = conn->answer_cap ? conn->answer_cap * 2 : 16;
        conn->answers = pw_xrealloc(conn->answers, conn->answer_cap * sizeof(answer));
    }
    conn->answers[conn->answer_count++] = answer;
}

/* libpq may change its socket while it tries several hosts. */
static void watch(struct conn *conn, unsigned interest)
{
    int fd = PQsocket(conn->pg);

    if (fd != conn->watched_fd) {
        pw_watch_free(conn->watch);
        conn->watch = fd >= 0 ? pw_watch_new(conn->db->loop, fd, "db: connection", on_ready, conn) : NULL;
        conn->watched_fd = fd;
    }
    if (conn->watch)
        pw_watch_set(conn->watch, interest);
}

static void close_socket(struct conn *conn)
{
    pw_timer_stop(&conn->timer);
    pw_watch_free(conn->watch);
    conn->watch = NULL;
    conn->watched_fd = -1;
    if (conn->pg)
        PQfinish(conn->pg);
    conn->pg = NULL;
    conn->answer_count = conn->answer_next = 0;
    conn->awaiting_null = conn->failed = false;
    memset(conn->prepared, 0, sizeof(conn->prepared));
}

/* What libpq says about connecting, its first line; it names hosts and reasons, no data. */
static void connect_error(const struct conn *conn, struct pw_err *err)
{
    const char *text = conn->pg ? PQerrorMessage(conn->pg) : "out of memory";

    (void)pw_fail(err, PW_ERR_DB_GONE, "cannot connect: %.*s", (int)strcspn(text, "\n"), text);
}

void conn_drop(struct conn *conn, const struct pw_err *err, bool lost)
{
    struct pw_db *db = conn->db;
    struct pw_tx *tx = conn->tx;
    bool was_up = conn->state != CONN_DOWN && conn->state != CONN_CONNECTING && conn->state != CONN_GREETING;
    struct pw_err gone;

    if (!err) {
        (void)pw_fail(&gone, PW_ERR_DB_GONE, "the connection to PostgreSQL was lost%s%s",
            tx ? " during " : "", tx ? tx->label : "");
        err = &gone;
    }
    close_socket(conn);
    conn->tx = NULL;
    conn_enter(conn, CONN_DOWN);
    if (lost && !db->closing)
        pool_lost(db, err, !was_up);
    if (!db->closing)
        pw_deferred_call(&db->serve);
    if (tx)
        tx_lost(tx, err);
}

void conn_flush(struct conn *conn)
{
    int left;

    if (!conn->pg || conn->state == CONN_DOWN)
        return;
    left = PQflush(conn->pg);
    if (left < 0) {
        conn_drop(conn, NULL, true);
        return;
    }
    watch(conn, PW_LOOP_READ | (left > 0 ? PW_LOOP_WRITE : 0u));
}

/* ---- connecting ---- */

static void step_connecting(struct conn *conn)
{
    struct pw_err err;

    switch (PQconnectPoll(conn->pg)) {
    case PGRES_POLLING_READING:
        watch(conn, PW_LOOP_READ);
        return;
    case PGRES_POLLING_WRITING:
        watch(conn, PW_LOOP_WRITE);
        return;
    case PGRES_POLLING_OK:
        begin_greeting(conn);
        return;
    default:
        connect_error(conn, &err);
        conn_drop(conn, &err, true);
    }
}

void conn_connect(struct conn *conn)
{
    struct pw_db *db = conn->db;
    const char *keys[] = {
        "dbname", "fallback_application_name", "client_encoding", db->passfile ? "passfile" : NULL, NULL};
    const char *values[] = {db->url, db->application_name, "UTF8", db->passfile, NULL};
    struct pw_err err;

    conn_enter(conn, CONN_CONNECTING);
    conn->greeting_step = 0;
    conn->pg = PQconnectStartParams(keys, values, 1);
    if (!conn->pg || PQstatus(conn->pg) == CONNECTION_BAD) {
        connect_error(conn, &err);
        conn_drop(conn, &err, true);
        return;
    }
    PQsetNoticeReceiver(conn->pg, ignore_notice, NULL);
    pw_timer_start(&conn->timer, db->options.connect_ms);
    watch(conn, PW_LOOP_WRITE); /* libpq: the first wait is for writing */
}

/* ---- the greeting: two plain queries before the pipeline begins ---- */

static void send_greeting(struct conn *conn)
{
    const struct pw_db_options *options = &conn->db->options;
    char text[600];

    snprintf(text, sizeof(text),
        "select current_setting('fsync'), current_setting('full_page_writes'), "
        "current_setting('synchronous_commit'), "
        "set_config('idle_in_transaction_session_timeout', '%d', false), "
        "set_config('statement_timeout', '%d', false), set_config('client_connection_check_interval', "
        "'1000', false), "
        "set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false), set_config('jit', "
        "'off', false)",
        options->deadline_ms, options->deadline_ms);
    conn->greeting_ok = false;
    if (!PQsendQuery(conn->pg, conn->greeting_step == 0 ? text : pw_sql_texts[PW_SQL_DB_GREETING].text))
        conn_drop(conn, NULL, true);
    else
        conn_flush(conn);
}

static void begin_greeting(struct conn *conn)
{
    conn_enter(conn, CONN_GREETING);
    if (PQsetnonblocking(conn->pg, 1) != 0) {
        conn_drop(conn, NULL, true);
        return;
    }
    send_greeting(conn);
}

static bool is_off(const PGresult *result, int column)
{
    return strcmp(PQgetvalue(result, 0, column), "off") == 0;
}

/* False (and dropped) when this server may not be used. */
static bool check_greeting(struct conn *conn, const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    struct pw_err err;

    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        (void)pw_fail(&err, PW_ERR_DB, "%s failed with SQLSTATE %s%s",
            conn->greeting_step == 0 ? "setting up the session" : "sql/queries/db/greeting.sql",
            state ? state : "08006", conn->greeting_step == 0 ? "" : ": run `pandwacht migrate`");
    } else if (conn->greeting_step == 0 && !conn->db->options.allow_unsafe &&
               (is_off(result, 0) || is_off(result, 1) || is_off(result, 2))) {
        (void)pw_fail(&err, PW_ERR_DB,
            "this server may lose what it reports as committed: set fsync, full_page_writes and "
            "synchronous_commit to on");
    } else {
        conn->greeting_ok = true;
        return true;
    }
    return pw_fail(&conn->db->trouble, err.code, "%s", err.text);
}

static void greeted(struct conn *conn)
{
    if (conn->greeting_step == 0 && conn->db->options.greet && !conn->listening) {
        conn->greeting_step = 1;
        send_greeting(conn);
        return;
    }
    pw_timer_stop(&conn->timer);
    if (conn->listening) {
        conn_enter(conn, CONN_IDLE);
        listen_begin(conn);
        return;
    }
    if (!PQenterPipelineMode(conn->pg)) {
        conn_drop(conn, NULL, true);
        return;
    }
    conn_enter(conn, CONN_IDLE);
    pool_connected(conn->db);
}

static void receive_greeting(struct conn *conn)
{
    PGresult *result;

    while (!PQisBusy(conn->pg)) {
        bool fits;

        result = PQgetResult(conn->pg);
        if (!result) {
            if (conn->greeting_ok)
                greeted(conn);
            else
                conn_drop(conn, NULL, true);
            return;
        }
        fits = check_greeting(conn, result);
        PQclear(result);
        if (!fits) {
            struct pw_err err = conn->db->trouble;

            conn_drop(conn, &err, true);
            return;
        }
    }
}

/* ---- reading ---- */

void conn_receive(struct conn *conn)
{
    if (!PQconsumeInput(conn->pg)) {
        conn_drop(conn, NULL, true);
        return;
    }
    if (conn->state == CONN_GREETING) {
        receive_greeting(conn);
    } else if (conn->listening) {
        listen_receive(conn);
    } else if (conn->state == CONN_BUSY || conn->state == CONN_CLEANING) {
        pipeline_receive(conn);
    } else if (PQstatus(conn->pg) == CONNECTION_BAD) {
        conn_drop(conn, NULL, true);
    } else if (!PQisBusy(conn->pg)) {
        /* Idle or between two sends: only news about the connection itself comes here. */
        PGresult *result = conn->state == CONN_IDLE ? PQgetResult(conn->pg) : NULL;

        PQclear(result);
        if (PQstatus(conn->pg) == CONNECTION_BAD)
            conn_drop(conn, NULL, true);
    }
}

static void on_ready(void *arg, int fd, unsigned ready)
{
    struct conn *conn = arg;

    (void)fd;
    if (conn->state == CONN_CONNECTING) {
        step_connecting(conn);
        return;
    }
    if (ready & PW_LOOP_WRITE)
        conn_flush(conn);
    if ((ready & PW_LOOP_READ) && conn->state != CONN_DOWN)
        conn_receive(conn);
}
