/*
 * The pool: connections on demand up to a maximum, transactions waiting in order of asking,
 * reconnecting with exponential backoff and full jitter. While PostgreSQL is away transactions wait
 * until their own deadline, so that a short failover is not seen outside.
 */
#include <stdlib.h>
#include <string.h>

#include "db_int.h"

#define RETRY_FIRST_MS 50
#define RETRY_MAX_MS   2000

static int or_default(int value, int standard)
{
    return value > 0 ? value : standard;
}

static char *copy(const char *z)
{
    size_t n = z ? strlen(z) : 0;
    char *text = n > 0 ? pw_xmalloc(n + 1) : NULL;

    if (text)
        memcpy(text, z, n + 1);
    return text;
}

static void on_serve(void *arg)
{
    pool_serve(arg);
}

struct pw_db *pw_db_new(struct pw_loop *loop, const struct pw_db_options *options)
{
    struct pw_db *db = pw_xcalloc(1, sizeof(*db));

    db->loop = loop;
    db->options = *options;
    db->url = copy(options->url);
    db->passfile = copy(options->passfile);
    db->application_name = copy(options->application_name ? options->application_name : "pandwacht");
    db->options.max_connections = or_default(options->max_connections, 8);
    db->options.max_waiting = or_default(options->max_waiting, 1024);
    db->options.connect_ms = or_default(options->connect_ms, 5000);
    db->options.wait_ms = or_default(options->wait_ms, 5000);
    db->options.deadline_ms = or_default(options->deadline_ms, 10000);
    db->conns = pw_xcalloc((size_t)db->options.max_connections, sizeof(*db->conns));
    for (int i = 0; i < db->options.max_connections; i++)
        conn_init(&db->conns[i], db, false);
    conn_init(&db->listen_conn, db, true);
    pw_timer_init(&db->retry, loop, "db: reconnecting", on_serve, db);
    pw_deferred_init(&db->serve, loop, "db: next transaction", on_serve, db);
    pw_timer_start(&db->retry, 0);
    return db;
}

static void close_conn(struct conn *conn)
{
    struct pw_err err;

    (void)pw_fail(&err, PW_ERR_UNAVAILABLE, "this process is stopping");
    if (conn->pg)
        conn_drop(conn, &err, false);
    free(conn->answers);
    conn->answers = NULL;
}

void pw_db_free(struct pw_db *db)
{
    struct pw_err err;

    if (!db)
        return;
    db->closing = true;
    (void)pw_fail(&err, PW_ERR_UNAVAILABLE, "this process is stopping");
    while (db->queue_head) {
        struct pw_tx *tx = db->queue_head;

        pool_remove_waiting(db, tx);
        tx_fail(tx, &err);
    }
    for (int i = 0; i < db->options.max_connections; i++)
        close_conn(&db->conns[i]);
    close_conn(&db->listen_conn);
    while (db->all) /* never sent, or refused and not told yet */
        pw_tx_close(db->all);
    pw_timer_stop(&db->retry);
    pw_deferred_cancel(&db->serve);
    while (db->listeners)
        pw_db_unlisten(db->listeners);
    free(db->conns);
    free(db->url);
    free(db->passfile);
    free(db->application_name);
    free(db);
}

bool pw_db_ready(const struct pw_db *db)
{
    for (int i = 0; i < db->options.max_connections; i++)
        if (db->conns[i].state >= CONN_IDLE)
            return true;
    return false;
}

const struct pw_err *pw_db_trouble(const struct pw_db *db)
{
    return &db->trouble;
}

int pw_db_waiting(const struct pw_db *db)
{
    return db->waiting;
}

/* ---- waiting ---- */

void pool_add_waiting(struct pw_db *db, struct pw_tx *tx)
{
    tx->queue_next = NULL;
    if (db->queue_tail)
        db->queue_tail->queue_next = tx;
    else
        db->queue_head = tx;
    db->queue_tail = tx;
    db->waiting++;
    pw_deferred_call(&db->serve);
}

void pool_remove_waiting(struct pw_db *db, struct pw_tx *tx)
{
    struct pw_tx **at = &db->queue_head;
    struct pw_tx *previous = NULL;

    while (*at && *at != tx) {
        previous = *at;
        at = &(*at)->queue_next;
    }
    if (!*at)
        return;
    *at = tx->queue_next;
    if (db->queue_tail == tx)
        db->queue_tail = previous;
    tx->queue_next = NULL;
    db->waiting--;
}

/* ---- serving ---- */

static struct conn *find(struct pw_db *db, enum conn_state state)
{
    for (int i = 0; i < db->options.max_connections; i++)
        if (db->conns[i].state == state)
            return &db->conns[i];
    return NULL;
}

static int count(const struct pw_db *db, enum conn_state state)
{
    int n = 0;

    for (int i = 0; i < db->options.max_connections; i++)
        n += db->conns[i].state == state;
    return n;
}

/* As many more as transactions wait; one at a time while none works. */
static void connect_more(struct pw_db *db)
{
    int under_way = count(db, CONN_CONNECTING) + count(db, CONN_GREETING);
    int wanted = pw_db_ready(db) ? db->waiting : 1;

    if (pw_timer_running(&db->retry))
        return;
    while (under_way < wanted) {
        struct conn *conn = find(db, CONN_DOWN);

        if (!conn || pw_timer_running(&db->retry))
            return;
        conn_connect(conn);
        under_way++;
    }
}

void pool_serve(struct pw_db *db)
{
    struct conn *conn;

    while (db->queue_head && (conn = find(db, CONN_IDLE)) != NULL) {
        struct pw_tx *tx = db->queue_head;

        pool_remove_waiting(db, tx);
        conn->tx = tx;
        tx->conn = conn;
        tx_started(tx);
        pipeline_send(conn);
    }
    connect_more(db);
    if (db->listeners && db->listen_conn.state == CONN_DOWN && !pw_timer_running(&db->retry) &&
        pw_db_ready(db))
        conn_connect(&db->listen_conn);
}

void pool_connected(struct pw_db *db)
{
    db->failures = 0;
    db->trouble = (struct pw_err){.code = PW_ERR_NONE};
    pw_deferred_call(&db->serve);
}

void pool_lost(struct pw_db *db, const struct pw_err *err, bool attempt)
{
    int shift = db->failures < 8 ? db->failures : 8;
    int64_t ceiling = (int64_t)RETRY_FIRST_MS << shift;
    struct pw_uuid dice = pw_uuid_v7(0);

    db->trouble = *err;
    if (attempt)
        db->failures++;
    if (ceiling > RETRY_MAX_MS)
        ceiling = RETRY_MAX_MS;
    if (!pw_timer_running(&db->retry)) /* full jitter: anywhere up to the ceiling */
        pw_timer_start(&db->retry, (int64_t)(get_u32((const char *)dice.b + 12) % (uint64_t)ceiling) + 5);
}
