/* For the operator: dead letters sent again or skipped, and a trial of a partner's door. */
#include "deliver_int.h"
#include <pandwacht/ledger.h>

/* Runs `sql` (name, event) and records each event it touched. */
static bool change(struct pw_db *db, enum pw_sql sql, const char *action, struct pw_str name,
    const struct pw_uuid *event, int64_t *ret_count, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "deliver: dead letters", 0);
    size_t read = pw_tx_add(tx, sql, PW_P_TEXT(name), PW_P_UUID(event));

    bool ok = pw_tx_run_step(tx, err);
    if (ok) {
        const struct pw_rows *rows = pw_tx_rows(tx, read);
        *ret_count = (int64_t)pw_rows_count(rows);
        for (size_t i = 0; i < pw_rows_count(rows); i++) {
            struct pw_audit record = {.actor = PW_AUDIT_OPERATOR,
                .action = action,
                .object_kind = "event",
                .object = pw_cell_uuid(rows, i, 1),
                .premises = pw_cell_uuid(rows, i, 0)};
            pw_audit_add(tx, pw_cell_time(rows, i, 2), &record, 1);
        }
        pw_tx_add(tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(PW_LEDGER_CHANNEL_OUTBOX)));
        ok = pw_tx_run(tx, err);
    }
    pw_tx_close(tx);
    return ok;
}

bool pw_partner_replay(
    struct pw_db *db, struct pw_str name, const struct pw_uuid *event, int64_t *ret_count, struct pw_err *err)
{
    return change(db, PW_SQL_DELIVER_PARTNER_REPLAY, "event-replayed", name, event, ret_count, err);
}

bool pw_partner_skip(struct pw_db *db, struct pw_str name, const struct pw_uuid *event, struct pw_err *err)
{
    int64_t count = 0;

    if (!change(db, PW_SQL_DELIVER_PARTNER_SKIP, "event-skipped", name, event, &count, err)) {
        return false;
    }
    return count > 0 || pw_fail(err, PW_ERR_NOT_FOUND, "this partner has no dead letter of that id");
}

/* ---- trying a door ---- */

struct trial {
    bool done;
    int status;
    struct pw_err err;
};

static void on_answer(void *arg, const struct pw_client_answer *answer)
{
    struct trial *trial = arg;

    trial->done = true;
    trial->status = answer->status;
    trial->err = answer->err;
}

static struct pw_str trial_event(struct pw_arena *arena, pw_usec now)
{
    char id[PW_UUID_TEXT], at[PW_TIME_TEXT];
    struct pw_uuid event = pw_uuid_v7(now);

    return pw_str_printf(arena,
        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"urn:pandwacht:test\","
        "\"type\":\"nl.pandwacht.test\",\"time\":\"%s\",\"datacontenttype\":\"application/"
        "json\",\"data\":{}}",
        pw_uuid_format(&event, id), pw_instant_format(now, false, at));
}

static bool read_partner(
    struct pw_db *db, struct pw_arena *arena, struct pw_str name, struct route *ret, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "deliver: partner", PW_DB_READ_ONLY);
    size_t read = pw_tx_add(tx, PW_SQL_DELIVER_PARTNER_READ, PW_P_TEXT(name));
    bool ok = pw_tx_run(tx, err);

    if (ok) {
        const struct pw_rows *rows = pw_tx_rows(tx, read);
        ok = pw_rows_count(rows) > 0 || pw_fail(err, PW_ERR_NOT_FOUND, "there is no partner of that name");
        if (ok) {
            *ret = deliver_read_route(arena, rows, 0);
        }
    }
    pw_tx_close(tx);
    return ok;
}

bool pw_partner_test(struct pw_loop *loop, struct pw_db *db, struct pw_client *client,
    const struct pw_deliver_options *options, struct pw_str name, int *ret_status, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct trial trial = {0};
    struct pw_client_request request;
    struct route route;

    bool ok = read_partner(db, arena, name, &route, err);
    if (ok) {
        struct pw_str event = trial_event(arena, pw_loop_wall(loop));
        ok = deliver_request(options, &route, event, arena, &request, err) &&
             pw_client_send(client, &request, on_answer, &trial, NULL, err);
    }
    while (ok && !trial.done) {
        pw_loop_step(loop, 1000);
    }
    if (ok && trial.status == 0) {
        *err = trial.err;
        ok = false;
    }
    *ret_status = trial.status;
    pw_arena_free(arena);
    return ok;
}
