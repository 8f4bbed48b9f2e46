/*
 * Migrations: forward only, in order, each in a transaction of its own with its row in
 * schema_migration (name and SHA-256 of its text), all under one advisory lock. This is the one
 * place that waits for PostgreSQL: it runs from the command line, before there is a loop.
 */
#include <stdio.h>
#include <string.h>

#include "db_int.h"

#define MIGRATION_LOCK "7094321190112"

static const char bookkeeping[] = "create table if not exists schema_migration ("
                                  " version integer primary key,"
                                  " name text not null unique,"
                                  " checksum bytea not null check (length(checksum) = 32),"
                                  " applied_at timestamptz not null default now())";

static bool refuse(PGconn *pg, const PGresult *result, const char *what, struct pw_err *err)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    const char *text = result ? PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY) : NULL;

    if (!text)
        text = PQerrorMessage(pg);
    return pw_fail(err, PQstatus(pg) == CONNECTION_OK ? PW_ERR_DB : PW_ERR_DB_GONE, "%s: %.*s (SQLSTATE %s)",
        what, (int)strcspn(text, "\n"), text, state ? state : "none");
}

static bool succeeded(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static bool run(PGconn *pg, const char *text, const char *what, struct pw_err *err)
{
    PGresult *result = PQexec(pg, text);
    bool ok = succeeded(result);

    if (!ok)
        ok = refuse(pg, result, what, err);
    PQclear(result);
    return ok;
}

static bool same_row(const PGresult *result, int row, int i)
{
    const struct pw_sql_migration *known = &pw_sql_migrations[i];
    uint8_t sum[PW_SHA256_SIZE];

    pw_sha256_of(known->text, strlen(known->text), sum);
    return PQgetlength(result, row, 2) == PW_SHA256_SIZE &&
           memcmp(PQgetvalue(result, row, 2), sum, sizeof(sum)) == 0 &&
           strcmp(PQgetvalue(result, row, 1), known->name) == 0;
}

/* How many of our migrations the database has; false when it has others or other texts. */
static bool count_applied(const PGresult *result, int *ret, struct pw_err *err)
{
    int rows = PQntuples(result);

    if (rows > pw_sql_migration_count)
        return pw_fail(err, PW_ERR_DB,
            "the database has %d migrations, this program knows %d: run the newer program", rows,
            pw_sql_migration_count);
    for (int i = 0; i < rows; i++)
        if (!same_row(result, i, i))
            return pw_fail(err, PW_ERR_DB,
                "migration %s in the database differs from this program's: run the program that made it, or "
                "restore a backup",
                pw_sql_migrations[i].name);
    *ret = rows;
    return true;
}

static bool read_applied(PGconn *pg, int *ret, struct pw_err *err)
{
    PGresult *result =
        PQexecParams(pg, pw_sql_texts[PW_SQL_DB_SCHEMA_MIGRATIONS].text, 0, NULL, NULL, NULL, NULL, 1);
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    bool ok;

    if (succeeded(result)) {
        ok = count_applied(result, ret, err);
    } else if (state && strcmp(state, "42P01") == 0) { /* no such table yet: a dry run on an empty database */
        *ret = 0;
        ok = true;
    } else {
        ok = refuse(pg, result, "reading schema_migration", err);
    }
    PQclear(result);
    return ok;
}

static bool record(PGconn *pg, int i, struct pw_err *err)
{
    const struct pw_sql_migration *migration = &pw_sql_migrations[i];
    char version[12];
    uint8_t sum[PW_SHA256_SIZE];
    const char *values[] = {version, migration->name, (const char *)sum};
    const int lengths[] = {0, 0, PW_SHA256_SIZE};
    const int formats[] = {0, 0, 1};
    PGresult *result;
    bool ok;

    snprintf(version, sizeof(version), "%d", i + 1);
    pw_sha256_of(migration->text, strlen(migration->text), sum);
    result = PQexecParams(pg, "insert into schema_migration (version, name, checksum) values ($1, $2, $3)", 3,
        NULL, values, lengths, formats, 0);
    ok = succeeded(result) || refuse(pg, result, migration->name, err);
    PQclear(result);
    return ok;
}

static bool apply(PGconn *pg, int i, struct pw_err *err)
{
    const struct pw_sql_migration *migration = &pw_sql_migrations[i];
    struct pw_err later;

    if (run(pg, "begin", migration->name, err) && run(pg, migration->text, migration->name, err) &&
        record(pg, i, err) && run(pg, "commit", migration->name, err))
        return true;
    (void)run(pg, "rollback", migration->name, &later);
    return false;
}

static bool prepare(PGconn *pg, bool dry_run, struct pw_err *err)
{
    if (!run(pg, "set client_min_messages = warning", "setting up", err) ||
        !run(pg, "set lock_timeout = '60s'", "setting up", err) ||
        !run(pg, "select pg_advisory_lock(" MIGRATION_LOCK ")", "waiting for another migration", err))
        return false;
    return dry_run || run(pg, bookkeeping, "creating schema_migration", err);
}

static bool migrate(PGconn *pg, bool dry_run, void (*on_apply)(void *arg, const char *name), void *arg,
    struct pw_migration_report *ret, struct pw_err *err)
{
    int have = 0;

    if (!prepare(pg, dry_run, err) || !read_applied(pg, &have, err))
        return false;
    *ret = (struct pw_migration_report){
        .applied = pw_sql_migration_count - have, .known = pw_sql_migration_count};
    for (int i = have; i < pw_sql_migration_count; i++) {
        if (on_apply)
            on_apply(arg, pw_sql_migrations[i].name);
        if (!dry_run && !apply(pg, i, err))
            return false;
    }
    if (!dry_run)
        have = pw_sql_migration_count;
    ret->last = have > 0 ? pw_sql_migrations[have - 1].name : "";
    return true;
}

bool pw_db_migrate(const char *url, bool dry_run, void (*on_apply)(void *arg, const char *name), void *arg,
    struct pw_migration_report *ret, struct pw_err *err)
{
    const char *keys[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *values[] = {url, "pandwacht migrate", "UTF8", NULL};
    PGconn *pg = PQconnectdbParams(keys, values, 1);
    bool ok;

    if (PQstatus(pg) == CONNECTION_OK)
        ok = migrate(pg, dry_run, on_apply, arg, ret, err);
    else
        ok = refuse(pg, NULL, "cannot connect", err);
    PQfinish(pg);
    return ok;
}

bool pw_db_check_schema(struct pw_db *db, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "db: schema", PW_DB_READ_ONLY);
    size_t list = pw_tx_add_plain(tx, PW_SQL_DB_SCHEMA_MIGRATIONS);
    int have = 0;
    bool ok = pw_tx_run(tx, err);

    if (ok)
        ok = count_applied(pw_tx_rows(tx, list)->result, &have, err);
    else if (strcmp(pw_tx_sqlstate(tx), "42P01") == 0)
        ok = pw_fail(err, PW_ERR_DB, "the database is empty: run `pandwacht migrate`");
    if (ok && have < pw_sql_migration_count)
        ok = pw_fail(err, PW_ERR_DB, "the database lacks %d migration(s): run `pandwacht migrate`",
            pw_sql_migration_count - have);
    pw_tx_close(tx);
    return ok;
}
