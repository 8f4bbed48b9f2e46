/*
 * For unit tests that need PostgreSQL: a fresh, migrated database in the cluster that all unit tests
 * share (build/test-pg, started when needed, left running; `tools/pg-cluster destroy build/test-pg` ends it).
 * Run from the top of the tree, as make test-unit does.
 */
#ifndef PANDWACHT_TESTS_PG_H
#define PANDWACHT_TESTS_PG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pandwacht/base.h>
#include <pandwacht/db.h>
#include <pandwacht/loop.h>

/* A test that looks at what is the cluster's, not the database's, takes one of its own. */
static const char *pg_cluster = "build/test-pg";

/* The output of a shell command, without its last line feed; ends the test program when it fails. */
static inline const char *pg_shell(const char *command)
{
    static char out[2048];
    FILE *pipe = popen(command, "r");
    size_t n = pipe ? fread(out, 1, sizeof(out) - 1, pipe) : 0;

    if (!pipe || pclose(pipe) != 0) {
        fprintf(stderr, "failed: %s\n", command);
        exit(1);
    }
    while (n > 0 && out[n - 1] == '\n')
        n--;
    out[n] = '\0';
    return out;
}

/* The URL of an empty database of this name, made anew; valid until the test program ends. */
static inline const char *pg_empty(const char *name)
{
    static char urls[4][2048]; /* no test program makes more databases */
    static size_t used;
    char command[256];

    if (used == PW_COUNT(urls)) {
        fprintf(stderr, "more databases than one test program may make\n");
        exit(1);
    }
    snprintf(command, sizeof(command), "tools/pg-cluster fresh %s t_%s_%d", pg_cluster, name, (int)getpid());
    return strcpy(urls[used++], pg_shell(command));
}

/* The same with all migrations applied. */
static inline const char *pg_fresh(const char *name)
{
    const char *url = pg_empty(name);
    struct pw_migration_report report;
    struct pw_err err;

    if (!pw_db_migrate(url, false, NULL, NULL, &report, &err)) {
        fprintf(stderr, "migrate: %s\n", err.text);
        exit(1);
    }
    return url;
}

/* Runs SQL with psql and returns what it prints, unaligned. */
static inline const char *pg_sql(const char *url, const char *sql)
{
    char command[8192];

    snprintf(command, sizeof(command),
        "psql -X -q -tA -v ON_ERROR_STOP=1 '%s' <<'END_OF_SQL'\n%s\nEND_OF_SQL\n", url, sql);
    return pg_shell(command);
}

#endif
