/*
 * Private to the db room. Who owns what: the pool owns its connections and the list of waiting
 * transactions; a transaction owns its arena, in which parameters and results live; while a
 * transaction has a connection each points to the other.
 *
 * A connection sends a pipeline and remembers, step by step, which answers it still expects. Every
 * change of its state goes through conn_enter().
 */
#ifndef PANDWACHT_DB_INT_H
#define PANDWACHT_DB_INT_H

#include <libpq-fe.h>

#include <pandwacht/base.h>
#include <pandwacht/db.h>
#include <pandwacht/loop.h>

/* Type numbers of PostgreSQL that statements may declare or return (pg_type.dat). */
enum {
    OID_BOOL = 16,
    OID_BYTEA = 17,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_JSON = 114,
    OID_FLOAT8 = 701,
    OID_BOOL_ARRAY = 1000,
    OID_BYTEA_ARRAY = 1001,
    OID_INT2_ARRAY = 1005,
    OID_INT4_ARRAY = 1007,
    OID_TEXT_ARRAY = 1009,
    OID_INT8_ARRAY = 1016,
    OID_VARCHAR = 1043,
    OID_DATE = 1082,
    OID_DATE_ARRAY = 1182,
    OID_TIMESTAMPTZ = 1184,
    OID_TIMESTAMPTZ_ARRAY = 1185,
    OID_UUID = 2950,
    OID_UUID_ARRAY = 2951,
    OID_JSONB = 3802,
    OID_JSONB_ARRAY = 3807,
    OID_XID8 = 5069
};

#define PG_EPOCH_DAY INT32_C(10957) /* 2000-01-01 */

enum conn_state {
    CONN_DOWN,       /* no socket */
    CONN_CONNECTING, /* libpq is at it */
    CONN_GREETING,   /* settings and generation */
    CONN_IDLE,       /* free for a transaction */
    CONN_BUSY,       /* answers are expected */
    CONN_HELD,       /* inside a transaction, between two sends */
    CONN_CLEANING    /* its transaction has left: answers and a rollback are awaited */
};

enum answer_kind {
    ANSWER_BEGIN,
    ANSWER_PREPARE,
    ANSWER_STATEMENT,
    ANSWER_COMMIT,
    ANSWER_ROLLBACK,
    ANSWER_SYNC
};

struct answer {
    enum answer_kind kind;
    enum pw_sql sql;  /* PREPARE, STATEMENT */
    size_t statement; /* STATEMENT: index in the transaction */
};

struct conn {
    struct pw_db *db;
    PGconn *pg;
    struct pw_watch *watch;
    int watched_fd;
    struct pw_timer timer; /* connecting and greeting, cleaning */
    enum conn_state state;
    bool listening;     /* the pool's connection for LISTEN, not for transactions */
    bool listen_dirty;  /* channels were added since LISTEN was sent */
    int greeting_step;  /* which greeting is under way */
    bool greeting_ok;   /* its answer so far */
    bool awaiting_null; /* the end of one statement's results is awaited */
    bool failed;        /* an error came since the last sync */
    struct pw_tx *tx;
    struct answer *answers; /* what is expected, in order */
    size_t answer_count, answer_next, answer_cap;
    uint8_t prepared[(PW_SQL_COUNT + 8) / 8];
};

enum tx_state {
    TX_NEW,     /* collecting, no connection */
    TX_WAITING, /* for a connection */
    TX_SENT,    /* for answers */
    TX_OPEN,    /* answers given, transaction open */
    TX_ENDED    /* committed, failed or aborted */
};

struct statement {
    enum pw_sql sql;
    int count;
    const char **values;
    int *lengths;
    PGresult *result;
};

struct pw_rows {
    PGresult *result;
    enum pw_sql sql;
};

struct pw_tx {
    struct pw_db *db;
    struct pw_arena *arena;
    const char *label;
    unsigned flags;
    enum tx_state state;
    int deadline_ms; /* 0: the pool's */
    bool begun;      /* BEGIN was sent */
    bool committing;
    bool commit_sent;
    bool held; /* kept after its end for pw_tx_close */
    bool done; /* held: the step under way has ended */
    bool step_ok;
    pw_tx_fn fn;
    void *arg;
    struct conn *conn;
    struct pw_timer timer;
    struct pw_deferred deferred; /* tells a failure later, never from inside a call */
    struct statement *statements;
    struct pw_rows *rows;
    size_t count, sent, cap;
    struct pw_err err;
    char sqlstate[6];
    char constraint[64];
    enum pw_sql failed_sql;
    struct pw_tx *prev, *next; /* all transactions of the pool */
    struct pw_tx *queue_next;  /* waiting */
};

struct pw_db_listener {
    struct pw_db *db;
    const char *channel;
    pw_notify_fn fn;
    void *arg;
    struct pw_db_listener *next;
};

struct pw_db {
    struct pw_loop *loop;
    char *url, *application_name, *passfile;
    struct pw_db_options options; /* defaults filled in; texts point to the copies above */
    struct conn *conns;
    struct conn listen_conn;
    struct pw_db_listener *listeners;
    struct pw_tx *all; /* every transaction that has not ended */
    struct pw_tx *queue_head, *queue_tail;
    int waiting;
    int failures; /* attempts to connect since the last success */
    struct pw_timer retry;
    struct pw_deferred serve;
    struct pw_err trouble;
    bool closing;
};

/* conn.c */
void conn_init(struct conn *conn, struct pw_db *db, bool listening);
void conn_connect(struct conn *conn);
/* Closes the socket; a transaction on it fails with `err`. `lost`: count it as a failure of the database. */
void conn_drop(struct conn *conn, const struct pw_err *err, bool lost);
void conn_enter(struct conn *conn, enum conn_state state);
/* Watches for what libpq wants next; drops a broken connection. */
void conn_flush(struct conn *conn);
void conn_expect(struct conn *conn, struct answer answer);
void conn_receive(struct conn *conn);
bool conn_is_prepared(const struct conn *conn, enum pw_sql sql);

/* pipeline.c */
/* Sends the transaction's queued statements (and BEGIN, COMMIT) on its connection. */
void pipeline_send(struct conn *conn);
/* The transaction has left: forget its answers, roll back. */
void pipeline_clean(struct conn *conn);
void pipeline_receive(struct conn *conn);

/* pool.c */
/* Gives idle connections to waiting transactions, opens more where needed. */
void pool_serve(struct pw_db *db);
void pool_connected(struct pw_db *db);
/* A connection broke, or (`attempt`) could not be made: try again after a while. */
void pool_lost(struct pw_db *db, const struct pw_err *err, bool attempt);
void pool_remove_waiting(struct pw_db *db, struct pw_tx *tx);
void pool_add_waiting(struct pw_db *db, struct pw_tx *tx);

/* tx.c */
/* Ends the transaction with its error set; the callback comes at once. */
void tx_fail(struct pw_tx *tx, const struct pw_err *err);
/* Its connection broke: fails what is under way, or what is asked of it next. */
void tx_lost(struct pw_tx *tx, const struct pw_err *err);
/* The step's answers are all there. */
void tx_step_done(struct pw_tx *tx);
/* Reads the error out of a result: first one wins. */
void tx_note_error(struct pw_tx *tx, enum pw_sql sql, const PGresult *result);
void tx_started(struct pw_tx *tx);

/* listen.c */
void listen_begin(struct conn *conn);
void listen_receive(struct conn *conn);

/* params.c */
/* Encodes for the wire as the type asks; NULL stands for SQL NULL. Ends the process when the kind does not
 * fit. */
const char *param_encode(struct pw_arena *arena, enum pw_sql sql, int number, const struct pw_param *param,
    uint32_t oid, int *ret_length);

uint16_t get_u16(const char *p);
uint32_t get_u32(const char *p);
uint64_t get_u64(const char *p);

/* A programming error in the use of statements: says which, ends the process. */
PW_NORETURN void db_misuse(enum pw_sql sql, const char *what, int number);

#endif
