/*
 * Sealing: audit records become links of the chain, in the order in which they were committed. A follower
 * of the audit log gives the batches, and its lease sees to it that one process seals; the link's number
 * is a primary key, so that a second one could not.
 *
 * The head, once signed, goes to a file through a worker, since waiting for a disk would hold the loop.
 * A head that could not be written is no loss: the next one covers all before it.
 */
#include <stdlib.h>
#include <string.h>

#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/loop.h>
#include <pandwacht/queue.h>
#include <pandwacht/worker.h>

#include "upkeep_int.h"

#define BATCH_MAX       1000
#define SEAL_MS         500
#define HEADS_MS        10000
#define APPEND_DEADLINE 10000

struct sealer {
    struct pw_upkeep_options options;
    struct pw_follower *follower;
    size_t last, read;         /* statements of the batch */
    struct pw_audit_head head; /* of the batch; in force with its commit */
    struct pw_audit_head end;  /* of the chain, as far as this process sealed it */
    int64_t signed_n;          /* the newest that was handed to the worker */
    struct pw_timer timer;     /* the next head */
    bool writing;              /* a worker appends */
    bool draining;
};

/* ---- heads ---- */

static void sign_head(struct sealer *sealer);

static void on_appended(void *arg, struct pw_str answer, const struct pw_err *err)
{
    struct sealer *sealer = arg;

    (void)answer;
    sealer->writing = false;
    if (err != NULL)
        pw_log(PW_EV_HEAD_NOT_KEPT, PW_LOG_ERR(err));
    else
        pw_count(PW_M_AUDIT_HEADS, 1);
    if (sealer->draining)
        sign_head(sealer);
    else
        pw_timer_start(&sealer->timer, sealer->options.heads_ms);
}

static bool submit(struct sealer *sealer, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_str line;
    bool ok = pw_audit_head_write(arena, sealer->options.keys, &sealer->end, &line, err);

    if (ok)
        line = pw_str_printf(arena, "%s\n%.*s", sealer->options.heads_file, PW_STR_ARG(line));
    ok = ok && pw_worker_submit(sealer->options.worker, &pw_audit_append_job, line, APPEND_DEADLINE,
                   on_appended, sealer, err);
    pw_arena_free(arena);
    return ok;
}

/* Signs the end of the chain, unless that was done. */
static void sign_head(struct sealer *sealer)
{
    struct pw_err err;

    if (sealer->options.heads_file == NULL || sealer->writing || sealer->end.n <= sealer->signed_n)
        return;
    sealer->signed_n = sealer->end.n;
    sealer->writing = submit(sealer, &err);
    if (!sealer->writing)
        pw_log(PW_EV_HEAD_NOT_KEPT, PW_LOG_ERR(&err));
}

static void on_timer(void *arg)
{
    sign_head(arg);
}

/* ---- links ---- */

struct links {
    int64_t *n;
    struct pw_uuid *records;
    struct pw_str *digests, *hashes;
};

static struct links links_of(struct pw_arena *arena, const struct pw_rows *rows, struct pw_audit_head *head)
{
    size_t count = pw_rows_count(rows);
    uint8_t *octets = pw_arena_calloc(arena, 2 * count + 1, PW_SHA256_SIZE);
    struct links links = {.n = PW_NEW_ARRAY(arena, count, int64_t),
        .records = PW_NEW_ARRAY(arena, count, struct pw_uuid),
        .digests = PW_NEW_ARRAY(arena, count, struct pw_str),
        .hashes = PW_NEW_ARRAY(arena, count, struct pw_str)};

    for (size_t i = 0; i < count; i++, octets += 2 * PW_SHA256_SIZE) {
        struct pw_audit_row row = pw_audit_row(rows, i);
        uint8_t *digest = octets, *hash = octets + PW_SHA256_SIZE;

        pw_audit_digest(&row, digest);
        pw_audit_link(head->hash, ++head->n, digest, hash);
        memcpy(head->hash, hash, PW_SHA256_SIZE);
        links.n[i] = head->n;
        links.records[i] = row.id;
        links.digests[i] = (struct pw_str){(const char *)digest, PW_SHA256_SIZE};
        links.hashes[i] = (struct pw_str){(const char *)hash, PW_SHA256_SIZE};
    }
    return links;
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct sealer *sealer = arg;

    if (!ok) {
        pw_follower_fail(sealer->follower, true, err);
        return;
    }
    const struct pw_rows *last = pw_tx_rows(tx, sealer->last), *rows = pw_tx_rows(tx, sealer->read);
    size_t count = pw_rows_count(rows);
    sealer->head = (struct pw_audit_head){.at = pw_loop_wall(sealer->options.loop)};
    if (pw_rows_count(last) > 0) {
        sealer->head.n = pw_cell_i64(last, 0, 0);
        memcpy(sealer->head.hash, pw_cell_bytea(last, 0, 1).data, PW_SHA256_SIZE);
    }
    struct links links = links_of(pw_tx_arena(tx), rows, &sealer->head);
    pw_tx_add(tx, PW_SQL_AUDIT_SEAL_ADD, PW_P_I64S(links.n, count), PW_P_UUIDS(links.records, count),
        PW_P_BYTEAS(links.digests, count), PW_P_BYTEAS(links.hashes, count));
    pw_follower_finish(sealer->follower, false);
}

static void on_batch(void *arg, const struct pw_follower_batch *batch)
{
    struct sealer *sealer = arg;

    sealer->last = pw_tx_add_plain(batch->tx, PW_SQL_AUDIT_SEAL_LAST);
    sealer->read = pw_tx_add(batch->tx, PW_SQL_AUDIT_SEAL_READ, PW_P_I32(batch->from.generation),
        PW_P_XID(batch->from.xact), PW_P_UUID(&batch->from.fact), PW_P_I32(batch->to.generation),
        PW_P_XID(batch->to.xact), PW_P_UUID(&batch->to.fact));
    pw_tx_send(batch->tx, on_read, sealer);
}

static void on_done(void *arg, bool ok, const struct pw_err *err, size_t entries)
{
    struct sealer *sealer = arg;

    if (!ok) {
        pw_log(PW_EV_SEALING_FAILED, PW_LOG_ERR(err));
        return;
    }
    pw_count(PW_M_AUDIT_SEALED, (int64_t)entries);
    sealer->end = sealer->head;
    if (!sealer->writing && !pw_timer_running(&sealer->timer))
        sign_head(sealer);
}

/* ---- life ---- */

struct sealer *sealer_new(const struct pw_upkeep_options *options)
{
    struct sealer *sealer = pw_xcalloc(1, sizeof *sealer);

    sealer->options = *options;
    if (options->heads_file != NULL && options->heads_file[0] == '\0')
        sealer->options.heads_file = NULL;
    if (sealer->options.heads_ms == 0)
        sealer->options.heads_ms = HEADS_MS;
    pw_timer_init(&sealer->timer, options->loop, "upkeep: next head", on_timer, sealer);
    sealer->follower = pw_follower_new(&(struct pw_follower_options){
        .loop = options->loop,
        .db = options->db,
        .log = PW_LOG_AUDIT,
        .name = "seal",
        .batch_max = BATCH_MAX,
        .poll_ms = options->seal_ms != 0 ? options->seal_ms : SEAL_MS,
        .on_batch = on_batch,
        .on_done = on_done,
        .arg = sealer,
    });
    return sealer;
}

void sealer_drain(struct sealer *sealer)
{
    sealer->draining = true;
    pw_timer_stop(&sealer->timer);
    pw_follower_drain(sealer->follower);
    sign_head(sealer);
}

bool sealer_idle(const struct sealer *sealer)
{
    return pw_follower_idle(sealer->follower) && !sealer->writing;
}

void sealer_stop(struct sealer *sealer)
{
    pw_timer_stop(&sealer->timer);
    pw_follower_free(sealer->follower);
    sealer->follower = NULL;
}

void sealer_free(struct sealer *sealer)
{
    free(sealer);
}
