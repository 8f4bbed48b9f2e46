/*
 * What landlords reported goes on by itself, beside their requests and never within them: about premises
 * whose landlord is confirmed, or that a municipality let through, it enters the ledger as a fact of class
 * lease-admin. Claims are leases of committed rows; a crash in between enters nothing twice, for the ledger
 * knows landlord and source id.
 */
#include "check_int.h"

#include <stdlib.h>

#define BATCH_MAX  INT64_C(100)
#define LEASE_USEC (30 * PW_USEC_PER_SEC)
#define POLL_MS    INT64_C(2000)
#define RETRY_MS   INT64_C(5000)

/* One round; its arena lives until it is settled. */
struct round {
    struct pw_settler *settler;
    struct pw_arena *arena;
    struct pw_uuid *ids;          /* every observation claimed */
    struct pw_ledger_item *items; /* those that could be read, in order */
    size_t *of;                   /* which claimed one an item is */
    size_t count, item_count, statement;
};

struct pw_settler {
    struct pw_tenant_checks checks;
    struct pw_timer timer;
    struct pw_db_listener *listener;
    struct round *running;
    bool again;   /* woken while a round runs */
    bool stopped; /* the running round is the last */
};

static void finish(struct round *round, int64_t next_ms)
{
    struct pw_settler *settler = round->settler;
    settler->running = NULL;
    pw_arena_free(round->arena);
    if (!settler->stopped)
        pw_timer_start(&settler->timer, settler->again ? 0 : next_ms);
    settler->again = false;
}

static void on_settled(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;
    (void)tx;
    if (!ok)
        pw_log(PW_EV_OBSERVATIONS_HELD, PW_LOG_ERR(err));
    finish(round, !ok ? RETRY_MS : round->count == (size_t)BATCH_MAX ? 0 : POLL_MS);
}

/* Failed ones stay as they are until their lease ends. */
static void settle(struct round *round)
{
    struct pw_uuid *ids = PW_NEW_ARRAY(round->arena, round->count + 1, struct pw_uuid);
    struct pw_uuid *facts = PW_NEW_ARRAY(round->arena, round->count + 1, struct pw_uuid);
    struct pw_str *states = PW_NEW_ARRAY(round->arena, round->count + 1, struct pw_str);
    size_t n = 0, item = 0;
    for (size_t i = 0; i < round->count; i++) {
        const struct pw_ledger_item *of =
            item < round->item_count && round->of[item] == i ? &round->items[item++] : NULL;
        if (of != NULL && of->result == PW_LEDGER_FAILED)
            continue;
        bool entered = of != NULL && (of->result == PW_LEDGER_CREATED || of->result == PW_LEDGER_DUPLICATE);
        ids[n] = round->ids[i];
        facts[n] = entered ? of->id : (struct pw_uuid){{0}};
        states[n++] = entered ? PW_STR("entered") : PW_STR("refused");
    }
    struct pw_tx *tx = pw_db_begin(round->settler->checks.options.db, "check: settle", 0);
    if (n > 0)
        pw_tx_add(tx, PW_SQL_CHECK_OBSERVATION_SETTLE, PW_P_UUIDS(ids, n), PW_P_TEXTS(states, n),
            PW_P_UUIDS_OPT(facts, n));
    pw_tx_commit(tx, on_settled, round);
}

static void on_written(void *arg)
{
    settle(arg);
}

/* A row back to what the ledger takes. False: it cannot be read any more (a kind has changed). */
static bool read_item(struct round *round, const struct pw_rows *rows, size_t row)
{
    struct pw_tenant_checks *checks = &round->settler->checks;
    struct pw_ledger_item *item = &round->items[round->item_count];
    struct pw_draft *draft = PW_NEW(round->arena, struct pw_draft);
    struct pw_premises_ref *ref = PW_NEW(round->arena, struct pw_premises_ref);
    pw_usec received_at = pw_cell_time(rows, row, pw_rows_column(rows, "received_at"));
    struct pw_str plain;
    const struct pw_json *body;
    struct pw_faults faults;
    struct pw_err err;
    struct pw_buf canonical;
    pw_faults_init(&faults, round->arena);
    if (!pw_crypto_open(checks->options.keys, round->arena,
            pw_cell_bytea(rows, row, pw_rows_column(rows, "sealed_body")),
            check_observation_place(round->arena, &round->ids[row]), &plain, &err) ||
        !pw_json_parse(round->arena, plain, NULL, &body, NULL) ||
        !check_named_read(round->arena, pw_cell_text(rows, row, pw_rows_column(rows, "named")), ref) ||
        !check_read_observation(checks, body, pw_day_in_netherlands(received_at),
            pw_cell_bool(rows, row, pw_rows_column(rows, "wwft_liable")), round->arena, draft, &faults))
        return false;
    draft->premises = *ref;
    pw_buf_init(&canonical, CHECK_CANONICAL_MAX);
    pw_facts_canonical(draft->kind, body, &canonical);
    *item = (struct pw_ledger_item){.op = PW_LEDGER_FACT,
        .draft = draft,
        .client = pw_cell_uuid(rows, row, pw_rows_column(rows, "client")),
        .controller = pw_str_dup(round->arena, pw_cell_text(rows, row, pw_rows_column(rows, "controller"))),
        .received_at = received_at,
        .source_classes = 1u << PW_CLASS_LEASE_ADMIN,
        .canonical = pw_str_dup(round->arena, pw_buf_str(&canonical))};
    pw_buf_release(&canonical);
    round->of[round->item_count++] = row;
    return true;
}

static void read_claimed(struct round *round, const struct pw_rows *rows)
{
    round->count = pw_rows_count(rows);
    round->ids = PW_NEW_ARRAY(round->arena, round->count + 1, struct pw_uuid);
    round->items = PW_NEW_ARRAY(round->arena, round->count + 1, struct pw_ledger_item);
    round->of = PW_NEW_ARRAY(round->arena, round->count + 1, size_t);
    for (size_t i = 0; i < round->count; i++) {
        round->ids[i] = pw_cell_uuid(rows, i, pw_rows_column(rows, "id"));
        if (!read_item(round, rows, i))
            pw_log_event(PW_EV_OBSERVATION_UNREADABLE);
    }
}

static void on_claimed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;
    if (!ok) {
        pw_log(PW_EV_OBSERVATIONS_HELD, PW_LOG_ERR(err));
        finish(round, RETRY_MS);
        return;
    }
    read_claimed(round, pw_tx_rows(tx, round->statement));
    if (round->item_count > 0)
        pw_ledger_write(round->settler->checks.options.ledger, round->arena, round->items, round->item_count,
            on_written, round);
    else if (round->count > 0)
        settle(round);
    else
        finish(round, POLL_MS);
}

static void on_round(void *arg)
{
    struct pw_settler *settler = arg;
    struct pw_arena *arena = pw_arena_new();
    struct round *round = PW_NEW(arena, struct round);
    pw_usec now = pw_loop_wall(settler->checks.options.loop);
    *round = (struct round){.settler = settler, .arena = arena};
    settler->running = round;
    struct pw_tx *tx = pw_db_begin(settler->checks.options.db, "check: claim observations", 0);
    round->statement = pw_tx_add(
        tx, PW_SQL_CHECK_OBSERVATION_CLAIM, PW_P_TIME(now), PW_P_TIME(now + LEASE_USEC), PW_P_I64(BATCH_MAX));
    pw_tx_commit(tx, on_claimed, round);
}

static void on_wake(void *arg, struct pw_str payload)
{
    struct pw_settler *settler = arg;
    (void)payload;
    if (settler->running != NULL)
        settler->again = true;
    else if (!settler->stopped)
        pw_timer_start(&settler->timer, 0);
}

struct pw_settler *pw_settler_new(const struct pw_tenant_check_options *options)
{
    struct pw_settler *settler = pw_xcalloc(1, sizeof *settler);
    settler->checks.options = *options;
    pw_timer_init(&settler->timer, options->loop, "check: next round", on_round, settler);
    settler->listener = pw_db_listen(options->db, CHECK_CHANNEL, on_wake, settler);
    pw_timer_start(&settler->timer, 0);
    return settler;
}

void pw_settler_stop(struct pw_settler *settler)
{
    if (settler == NULL)
        return;
    settler->stopped = true;
    pw_timer_stop(&settler->timer);
    pw_db_unlisten(settler->listener);
    settler->listener = NULL;
}

bool pw_settler_idle(const struct pw_settler *settler)
{
    return settler == NULL || settler->running == NULL;
}

void pw_settler_free(struct pw_settler *settler)
{
    if (settler == NULL)
        return;
    pw_timer_stop(&settler->timer);
    free(settler);
}
