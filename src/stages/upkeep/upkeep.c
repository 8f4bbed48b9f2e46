/* Destroying: one timer, and one transaction a round; see upkeep.h. Sealing is in seal.c. */
#include <stdlib.h>

#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/db.h>
#include <pandwacht/loop.h>

#include "upkeep_int.h"

#define INTERVAL_MS INT64_C(600000)
#define ROWS_MAX    INT64_C(5000)

struct pw_upkeep {
    struct pw_upkeep_options options;
    struct pw_timer timer;
    size_t sessions, checks; /* statements of the running round */
    bool more;               /* a statement met its maximum */
    bool running, draining;
    struct sealer *sealer;
};

static void on_done(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_upkeep *upkeep = arg;
    (void)tx;
    if (!ok)
        pw_log(PW_EV_UPKEEP_FAILED, PW_LOG_ERR(err));
    upkeep->running = false;
    if (!upkeep->draining)
        pw_timer_start(&upkeep->timer, ok && upkeep->more ? 0 : upkeep->options.interval_ms);
}

/* What was destroyed is on the record before it is gone. */
static void on_destroyed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_upkeep *upkeep = arg;
    if (!ok) {
        on_done(arg, tx, false, err);
        return;
    }
    int64_t sessions = pw_rows_affected(pw_tx_rows(tx, upkeep->sessions));
    int64_t checks = pw_rows_affected(pw_tx_rows(tx, upkeep->checks));
    upkeep->more = sessions == upkeep->options.rows_max || checks == upkeep->options.rows_max;
    if (checks > 0) {
        const struct pw_audit record = {
            .actor = PW_AUDIT_SYSTEM,
            .action = "tenant-checks-destroyed",
            .object_kind = "tenant-check",
            .detail = pw_str_printf(pw_tx_arena(tx), "{\"count\":%lld}", (long long)checks),
        };
        pw_audit_add(tx, pw_loop_wall(upkeep->options.loop), &record, 1);
        pw_log(PW_EV_TENANT_CHECKS_DESTROYED, PW_LOG_INT("count", checks));
    }
    pw_tx_commit(tx, on_done, upkeep);
}

static void on_round(void *arg)
{
    struct pw_upkeep *upkeep = arg;
    pw_usec now = pw_loop_wall(upkeep->options.loop);
    struct pw_tx *tx = pw_db_begin(upkeep->options.db, "upkeep: destroy", 0);
    upkeep->running = true;
    upkeep->sessions =
        pw_tx_add(tx, PW_SQL_UPKEEP_SESSIONS_END, PW_P_TIME(now), PW_P_I64(upkeep->options.rows_max));
    upkeep->checks = pw_tx_add(tx, PW_SQL_UPKEEP_TENANT_CHECKS_DESTROY, PW_P_DATE(pw_day_in_netherlands(now)),
        PW_P_I64(upkeep->options.rows_max));
    pw_tx_add(tx, PW_SQL_UPKEEP_LETTING_DESTROY, PW_P_DATE(pw_day_in_netherlands(now)),
        PW_P_I64(upkeep->options.rows_max));
    pw_tx_send(tx, on_destroyed, upkeep);
}

struct pw_upkeep *pw_upkeep_new(const struct pw_upkeep_options *options)
{
    struct pw_upkeep *upkeep = pw_xcalloc(1, sizeof *upkeep);
    upkeep->options = *options;
    if (upkeep->options.interval_ms == 0)
        upkeep->options.interval_ms = INTERVAL_MS;
    if (upkeep->options.rows_max == 0)
        upkeep->options.rows_max = ROWS_MAX;
    pw_timer_init(&upkeep->timer, options->loop, "upkeep: next round", on_round, upkeep);
    pw_timer_start(&upkeep->timer, 0);
    upkeep->sealer = sealer_new(options);
    return upkeep;
}

void pw_upkeep_drain(struct pw_upkeep *upkeep)
{
    upkeep->draining = true;
    pw_timer_stop(&upkeep->timer);
    sealer_drain(upkeep->sealer);
}

bool pw_upkeep_idle(const struct pw_upkeep *upkeep)
{
    return !upkeep->running && sealer_idle(upkeep->sealer);
}

void pw_upkeep_stop(struct pw_upkeep *upkeep)
{
    if (upkeep == NULL)
        return;
    pw_timer_stop(&upkeep->timer);
    sealer_stop(upkeep->sealer);
}

void pw_upkeep_free(struct pw_upkeep *upkeep)
{
    if (upkeep == NULL)
        return;
    pw_timer_stop(&upkeep->timer);
    sealer_free(upkeep->sealer);
    free(upkeep);
}
