/*
 * Tombstones: one line for each erasure, in a file kept elsewhere. A round first writes out those that wait
 * in the database, then reads the file: what a certificate says was erased and a database restored from an
 * older backup does not know of goes again. A line that we did not sign erases nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "privacy_int.h"

#define APPEND_DEADLINE 30000

/* ---- writing out ---- */

static void on_written(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    (void)tx;
    if (!ok)
        privacy_round_end(round, false, err);
    else
        privacy_round_enter(round, KEEP);
}

static void on_appended(void *arg, struct pw_str answer, const struct pw_err *err)
{
    struct round *round = arg;

    (void)answer;
    if (err != NULL) {
        privacy_round_end(round, false, err);
        return;
    }
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: tombstone written", 0);
    pw_tx_add(tx, PW_SQL_PRIVACY_TOMBSTONE_WRITTEN, PW_P_UUID(&round->certificate));
    pw_tx_commit(tx, on_written, round);
}

/* By a worker, since a disk may be slow; the command line waits by itself. */
static void append(struct round *round, struct pw_str line)
{
    const struct pw_privacy_options *options = &round->privacy->options;
    struct pw_err err;

    if (options->worker == NULL) {
        bool ok = pw_audit_append(options->tombstones_file, line, &err);
        on_appended(round, PW_STR(""), ok ? NULL : &err);
        return;
    }
    struct pw_str job = pw_str_printf(round->arena, "%s\n%.*s", options->tombstones_file, PW_STR_ARG(line));
    if (!pw_worker_submit(
            options->worker, &pw_audit_append_job, job, APPEND_DEADLINE, on_appended, round, &err))
        privacy_round_end(round, false, &err);
}

static void on_next(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok) {
        privacy_round_end(round, false, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, round->statement);
    if (pw_rows_count(rows) == 0) {
        privacy_round_enter(round, round->after_keep);
        return;
    }
    round->certificate = pw_cell_uuid(rows, 0, 0);
    append(round, pw_str_dup(round->arena, pw_cell_text(rows, 0, 1)));
}

void privacy_tombstones_keep(struct round *round)
{
    if (round->privacy->options.tombstones_file == NULL) {
        privacy_round_enter(round, round->after_keep);
        return;
    }
    struct pw_tx *tx = pw_db_begin(round->privacy->options.db, "privacy: tombstones", PW_DB_READ_ONLY);
    round->statement = pw_tx_add_plain(tx, PW_SQL_PRIVACY_TOMBSTONE_NEXT);
    pw_tx_commit(tx, on_next, round);
}

/* ---- reading back ---- */

bool privacy_tombstones_open(struct round *round, struct pw_err *err)
{
    const char *file = round->privacy->options.tombstones_file;

    if (file != NULL)
        round->tombstones = fopen(file, "re"); /* none yet: nothing was erased */
    return file == NULL || round->tombstones != NULL || errno == ENOENT ||
           pw_fail_at(err, PW_ERR_IO, file, 0, 0, "cannot read the tombstones: %s", strerror(errno));
}

static void on_restored(void *arg, bool ok, size_t erased, const struct pw_err *err)
{
    struct round *round = arg;

    round->done.restored += (int64_t)erased;
    if (!ok)
        privacy_round_end(round, false, err);
    else
        privacy_round_enter(round, TOMBSTONES);
}

static void on_known(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;

    if (!ok)
        privacy_round_end(round, false, err);
    else if (pw_rows_count(pw_tx_rows(tx, round->statement)) > 0)
        privacy_round_enter(round, TOMBSTONES);
    else
        privacy_erase(round->privacy, round->arena, ERASE_RESTORED, &round->set, NULL, &round->certificate,
            round->today, on_restored, round);
}

/* False at the end, or at a line that a crash cut. */
static bool next_line(struct round *round, struct pw_str *ret)
{
    ssize_t len =
        round->tombstones != NULL ? getline(&round->line, &round->line_size, round->tombstones) : -1;

    round->line_number++;
    *ret = (struct pw_str){round->line, len > 0 ? (size_t)len - 1 : 0};
    return len > 0 && round->line[len - 1] == '\n';
}

void privacy_tombstones_replay(struct round *round)
{
    const struct pw_privacy *privacy = round->privacy;
    struct pw_str line;
    struct pw_err err;

    if (!next_line(round, &line)) {
        privacy_round_enter(round, TERMS);
        return;
    }
    if (!privacy_tombstone_read(
            privacy->options.keys, round->arena, line, &round->certificate, &round->set, &err)) {
        pw_log(PW_EV_TOMBSTONE_REFUSED, PW_LOG_INT("line", round->line_number), PW_LOG_ERR(&err));
        privacy_round_enter(round, TOMBSTONES);
        return;
    }
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: tombstone", PW_DB_READ_ONLY);
    round->statement = pw_tx_add(tx, PW_SQL_PRIVACY_CERTIFICATE_KNOWN, PW_P_UUID(&round->certificate));
    pw_tx_commit(tx, on_known, round);
}
