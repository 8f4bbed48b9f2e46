/*
 * db: PostgreSQL without waiting. A pool of connections on the loop; a transaction is a list
 * of statements sent as pipelines. Hides libpq. Used by every room that keeps something.
 *
 * SQL lives in sql/queries/<room>/<name>.sql, one statement a file, embedded at build:
 * PW_SQL_<ROOM>_<NAME> names it here. Statements are prepared per connection when first
 * used, in the same pipeline; parameters and results are binary.
 *
 *     struct pw_tx *tx = pw_db_begin(db, "desk: claim", 0);
 *     size_t read = pw_tx_add(tx, PW_SQL_DESK_ALERT, PW_P_UUID(&id));
 *     pw_tx_send(tx, on_read, self);              // one round trip with BEGIN in front
 *   on_read: rows = pw_tx_rows(tx, read); ... pw_tx_add(tx, ...); pw_tx_commit(tx, on_done, self);
 *
 * Nothing to be read in between? Add all and pw_tx_commit: BEGIN, statements, COMMIT in one
 * round trip. The callback of a commit (or of any failure) is the last one: when it returns,
 * the transaction and its rows are gone. A failed transaction is rolled back already.
 *
 * Isolation is READ COMMITTED: each statement sees what was committed before it started.
 * No transaction may be kept open across a wait outside PostgreSQL: it would hold the log
 * for every follower. The server ends one that idles (idle_in_transaction_session_timeout).
 *
 * Texts of errors name the statement, the SQLSTATE and the constraint, never a value.
 */
#ifndef PANDWACHT_DB_H
#define PANDWACHT_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>
#include <pandwacht/sql.h>

struct pw_arena;
struct pw_db;
struct pw_loop;
struct pw_tx;

/* ---- the pool ---- */

struct pw_db_options {
    const char *url;              /* any libpq URL or conninfo, several hosts included; hosts by address */
    const char *passfile;         /* libpq's password file; NULL or "": libpq's own default */
    const char *application_name; /* NULL: "pandwacht" */
    int max_connections;          /* 0: 8 */
    int max_waiting;              /* transactions that may wait for a connection; 0: 1024 */
    int connect_ms;               /* to connect and greet, each attempt; 0: 5000 */
    int wait_ms;                  /* to wait for a connection; 0: 5000 */
    int deadline_ms;              /* for a whole transaction once it has a connection; 0: 10000 */
    bool greet;                   /* run sql/queries/db/greeting.sql on each new connection, before use */
    bool allow_unsafe;            /* tests only: do not refuse fsync=off and the like */
};

/* A pool; connects in the background, first attempt at once. `options` is copied. Never NULL. */
struct pw_db *pw_db_new(struct pw_loop *loop, const struct pw_db_options *options);
/* Fails what is under way (PW_ERR_UNAVAILABLE, callbacks are called) and closes. NULL is accepted. */
void pw_db_free(struct pw_db *db);
/* Whether at least one connection is up; for health. */
bool pw_db_ready(const struct pw_db *db);
/* Why the last attempt to connect failed; code PW_ERR_NONE when none did. Borrowed until the next attempt. */
const struct pw_err *pw_db_trouble(const struct pw_db *db);
/* Transactions waiting for a connection now. */
int pw_db_waiting(const struct pw_db *db);

/* ---- parameters: made by the macros, read at once by pw_tx_add ---- */

enum pw_param_kind {
    PW_PARAM_NULL,
    PW_PARAM_BOOL,
    PW_PARAM_INT,
    PW_PARAM_FLOAT,
    PW_PARAM_UUID,
    PW_PARAM_TEXT,
    PW_PARAM_BYTEA,
    PW_PARAM_JSON,
    PW_PARAM_DATE,
    PW_PARAM_TIME,
    PW_PARAM_XID,
    PW_PARAM_BOOLS,
    PW_PARAM_INTS,
    PW_PARAM_UUIDS,
    PW_PARAM_UUIDS_OPT,
    PW_PARAM_TEXTS,
    PW_PARAM_BYTEAS,
    PW_PARAM_JSONS,
    PW_PARAM_DATES,
    PW_PARAM_TIMES
};

struct pw_param {
    enum pw_param_kind kind;
    size_t count; /* of arrays */
    union {
        int64_t number;
        double real;
        struct pw_str text;
        const struct pw_uuid *id;
        const void *items;
    } value;
};

/*
 * The kind must fit the type the statement's file declares, else the process ends (the test
 * of all statements catches it before). Integers fit smallint, integer and bigint when in
 * range. What becomes SQL NULL: PW_P_NULL; a NULL pointer to a UUID (with _OPT also the nil
 * UUID); a text or bytea whose data is NULL; PW_DAY_NONE; PW_TIME_NONE. The same holds for
 * elements of arrays. Arrays are for unnest().
 */
#define PW_P_NULL            ((struct pw_param){.kind = PW_PARAM_NULL})
#define PW_P_BOOL(v)         ((struct pw_param){.kind = PW_PARAM_BOOL, .value.number = (v) ? 1 : 0})
#define PW_P_I64(v)          ((struct pw_param){.kind = PW_PARAM_INT, .value.number = (int64_t)(v)})
#define PW_P_I32(v)          PW_P_I64(v)
#define PW_P_I16(v)          PW_P_I64(v)
#define PW_P_F64(v)          ((struct pw_param){.kind = PW_PARAM_FLOAT, .value.real = (v)})
#define PW_P_UUID(p)         ((struct pw_param){.kind = PW_PARAM_UUID, .value.id = (p)})
#define PW_P_UUID_OPT(p)     pw_param_uuid_opt(p)
#define PW_P_TEXT(s)         ((struct pw_param){.kind = PW_PARAM_TEXT, .value.text = (s)})
#define PW_P_TEXT_Z(z)       pw_param_text_z(z)
#define PW_P_BYTEA(s)        ((struct pw_param){.kind = PW_PARAM_BYTEA, .value.text = (s)})
#define PW_P_BYTES(p, n)     PW_P_BYTEA(((struct pw_str){(const char *)(p), (n)}))
#define PW_P_JSON(s)         ((struct pw_param){.kind = PW_PARAM_JSON, .value.text = (s)})
#define PW_P_DATE(d)         ((struct pw_param){.kind = PW_PARAM_DATE, .value.number = (d)})
#define PW_P_TIME(t)         ((struct pw_param){.kind = PW_PARAM_TIME, .value.number = (t)})
#define PW_P_XID(x)          ((struct pw_param){.kind = PW_PARAM_XID, .value.number = (int64_t)(x)})
#define PW_P_ARRAY_(k, p, n) ((struct pw_param){.kind = (k), .count = (n), .value.items = (p)})
#define PW_P_BOOLS(p, n)     PW_P_ARRAY_(PW_PARAM_BOOLS, p, n)     /* const bool * */
#define PW_P_I64S(p, n)      PW_P_ARRAY_(PW_PARAM_INTS, p, n)      /* const int64_t * */
#define PW_P_UUIDS(p, n)     PW_P_ARRAY_(PW_PARAM_UUIDS, p, n)     /* const struct pw_uuid * */
#define PW_P_UUIDS_OPT(p, n) PW_P_ARRAY_(PW_PARAM_UUIDS_OPT, p, n) /* nil elements are NULL */
#define PW_P_TEXTS(p, n)     PW_P_ARRAY_(PW_PARAM_TEXTS, p, n)     /* const struct pw_str * */
#define PW_P_BYTEAS(p, n)    PW_P_ARRAY_(PW_PARAM_BYTEAS, p, n)    /* const struct pw_str * */
#define PW_P_JSONS(p, n)     PW_P_ARRAY_(PW_PARAM_JSONS, p, n)     /* const struct pw_str * */
#define PW_P_DATES(p, n)     PW_P_ARRAY_(PW_PARAM_DATES, p, n)     /* const pw_day * */
#define PW_P_TIMES(p, n)     PW_P_ARRAY_(PW_PARAM_TIMES, p, n)     /* const pw_usec * */

struct pw_param pw_param_uuid_opt(const struct pw_uuid *id);
struct pw_param pw_param_text_z(const char *z);

/* ---- transactions ---- */

enum { PW_DB_READ_ONLY = 1 };

/* `ok` false: `err` says why (PW_ERR_DB, PW_ERR_DB_GONE, PW_ERR_DEADLINE, PW_ERR_UNAVAILABLE when too
 * many wait) and the transaction is over. PW_ERR_DB_GONE during a commit leaves open whether it happened. */
typedef void (*pw_tx_fn)(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err);

/* A transaction; nothing is sent yet and no connection taken. `label` is a literal, "<room>: what". */
struct pw_tx *pw_db_begin(struct pw_db *db, const char *label, unsigned flags);
/* Replaces the pool's deadline for this transaction; before the first send. */
void pw_tx_set_deadline(struct pw_tx *tx, int deadline_ms);
/* Queues a statement; parameters are copied. Returns its index, for pw_tx_rows. */
#define pw_tx_add(tx, sql, ...)                                                                              \
    pw_tx_add_list((tx), (sql), (const struct pw_param[]){__VA_ARGS__},                                      \
        sizeof((const struct pw_param[]){__VA_ARGS__}) / sizeof(struct pw_param))
size_t pw_tx_add_list(struct pw_tx *tx, enum pw_sql sql, const struct pw_param *params, size_t count);
/* The same for a statement without parameters. */
size_t pw_tx_add_plain(struct pw_tx *tx, enum pw_sql sql);
/* Sends what is queued; on_step is called when all results are there. Then add and send more, commit,
 * or abort; computing across several rounds of the loop is fine, waiting for anybody else is not. */
void pw_tx_send(struct pw_tx *tx, pw_tx_fn on_step, void *arg);
/* Sends what is queued and COMMIT; `ok` means that it is durable. */
void pw_tx_commit(struct pw_tx *tx, pw_tx_fn on_done, void *arg);
/* Rolls back and frees; no callback comes any more. Not while a held one is running (pw_tx_run). */
void pw_tx_abort(struct pw_tx *tx);
/* Lives as long as the transaction. */
struct pw_arena *pw_tx_arena(struct pw_tx *tx);

/* After a failure: SQLSTATE ("" when none), name of the constraint ("" when none), the statement that failed
 * (PW_SQL_COUNT when none), and whether doing it all again may help (deadlock, serialization). */
const char *pw_tx_sqlstate(const struct pw_tx *tx);
const char *pw_tx_constraint(const struct pw_tx *tx);
enum pw_sql pw_tx_failed_sql(const struct pw_tx *tx);
bool pw_tx_retryable(const struct pw_tx *tx);

/* For command lines and tests, outside any callback: sends (or commits) and steps the loop until it is
 * done. Rows stay readable until pw_tx_close, which must be called after success and failure alike. */
bool pw_tx_run_step(struct pw_tx *tx, struct pw_err *err) PW_MUST_CHECK;
bool pw_tx_run(struct pw_tx *tx, struct pw_err *err) PW_MUST_CHECK;
/* Rolls back what was not committed, and frees. */
void pw_tx_close(struct pw_tx *tx);

/* ---- results: borrowed from the transaction ---- */

struct pw_rows;

/* Rows of the statement with that index (0 rows for statements that return none). It must have been sent. */
const struct pw_rows *pw_tx_rows(const struct pw_tx *tx, size_t statement);
size_t pw_rows_count(const struct pw_rows *rows);
/* Rows inserted, updated, deleted or selected, as PostgreSQL's command tag says. */
int64_t pw_rows_affected(const struct pw_rows *rows);
/* Column by name; a name that does not exist ends the process (a programming error). */
int pw_rows_column(const struct pw_rows *rows, const char *name);

/*
 * Cells by row and column from 0. The column's type must fit (else the process ends). NULL
 * reads as the empty value: false, 0, nil, "" (data "" and length 0), PW_DAY_NONE, PW_TIME_NONE.
 */
bool pw_cell_is_null(const struct pw_rows *rows, size_t row, int column);
bool pw_cell_bool(const struct pw_rows *rows, size_t row, int column);
int64_t pw_cell_i64(const struct pw_rows *rows, size_t row, int column); /* smallint, integer, bigint */
double pw_cell_f64(const struct pw_rows *rows, size_t row, int column);  /* double precision */
struct pw_uuid pw_cell_uuid(const struct pw_rows *rows, size_t row, int column);
struct pw_str pw_cell_text(const struct pw_rows *rows, size_t row, int column); /* text, json, jsonb, name */
struct pw_str pw_cell_bytea(const struct pw_rows *rows, size_t row, int column);
pw_day pw_cell_date(const struct pw_rows *rows, size_t row, int column);
pw_usec pw_cell_time(const struct pw_rows *rows, size_t row, int column); /* timestamptz */
uint64_t pw_cell_xid(const struct pw_rows *rows, size_t row, int column); /* xid8 */
/* One-dimensional arrays into `arena`; the count into `*ret_count`. NULL gives none. */
struct pw_uuid *pw_cell_uuids(
    const struct pw_rows *rows, size_t row, int column, struct pw_arena *arena, size_t *ret_count);
struct pw_str *pw_cell_texts(
    const struct pw_rows *rows, size_t row, int column, struct pw_arena *arena, size_t *ret_count);
int64_t *pw_cell_i64s(
    const struct pw_rows *rows, size_t row, int column, struct pw_arena *arena, size_t *ret_count);

/* ---- LISTEN ---- */

struct pw_db_listener;

/* `payload` is "" when the connection was lost and made again: something may have been missed. */
typedef void (*pw_notify_fn)(void *arg, struct pw_str payload);

/* Listens on `channel` (a literal, lower-case letters and underscores) over one connection of the pool's
 * own beside its maximum. A notification is a wake-up, never the truth: poll slowly too. */
struct pw_db_listener *pw_db_listen(struct pw_db *db, const char *channel, pw_notify_fn fn, void *arg);
/* NULL is accepted. Before pw_db_free. */
void pw_db_unlisten(struct pw_db_listener *listener);

/* ---- the schema: forward only; blocking, for the command line ---- */

struct pw_migration_report {
    int applied;      /* by this call; with dry_run: what would be applied */
    int known;        /* embedded in this program */
    const char *last; /* name of the newest one in the database afterwards; static */
};

/* Applies what is missing, each migration in its own transaction, under an advisory lock. Refuses a
 * database with a migration this program does not know or whose text differs (checksum).
 * `on_apply` (may be NULL) is told the name of each before it is applied. Connects by itself; blocks. */
bool pw_db_migrate(const char *url, bool dry_run, void (*on_apply)(void *arg, const char *name), void *arg,
    struct pw_migration_report *ret, struct pw_err *err) PW_MUST_CHECK;
/* Whether the pool's database has exactly this program's migrations; steps the loop. For the start. */
bool pw_db_check_schema(struct pw_db *db, struct pw_err *err) PW_MUST_CHECK;

#endif
