/*
 * Retractions and corrections: the facts they end are locked first of all, in the order of their ids,
 * then looked at, then ended in the transaction that adds the ending itself. Both premises of a
 * correction get a row of the log, so that both are assessed anew.
 */
#include <string.h>

#include "ledger_int.h"

const char *const pw_ledger_reasons[] = {
    "wrong-premises", "wrong-person", "false", "withdrawn", "duplicate", "entry-error", "annulled", NULL};

static struct pw_str target_key(const struct pw_uuid *id)
{
    return (struct pw_str){(const char *)id->b, sizeof(id->b)};
}

void ledger_targets_collect(struct write *w)
{
    pw_map_init(&w->targets, w->arena);
    EACH_ENTRY(w, e)
    {
        e->target = NULL;
        if (e->item->op == PW_LEDGER_FACT) {
            continue;
        }
        struct pw_str key = target_key(&e->item->target);
        struct target *target = pw_map_get(&w->targets, key);
        if (target == NULL) {
            target = PW_NEW(w->arena, struct target);
            target->id = e->item->target;
            pw_map_put(&w->targets, target_key(&target->id), target);
        }
        e->target = target;
    }
}

void ledger_targets_read(struct write *w)
{
    size_t n = w->targets.count;
    struct pw_uuid *ids = PW_NEW_ARRAY(w->arena, n + 1, struct pw_uuid);

    w->asked_targets = n > 0;
    if (!w->asked_targets) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        ids[i] = ((const struct target *)w->targets.entries[i].value)->id;
    }
    w->read_targets = pw_tx_add(w->tx, PW_SQL_LEDGER_TARGET_LOCK, PW_P_UUIDS(ids, n));
}

void ledger_targets_take(struct write *w)
{
    if (!w->asked_targets) {
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(w->tx, w->read_targets);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid id = pw_cell_uuid(rows, i, 0);
        struct target *t = pw_map_get(&w->targets, target_key(&id));
        if (t == NULL) {
            continue;
        }
        t->found = true;
        t->premises = pw_cell_uuid(rows, i, 1);
        t->client = pw_cell_uuid(rows, i, 2);
        t->kind = pw_str_dup(w->arena, pw_cell_text(rows, i, 3));
        t->source_id = pw_str_dup(w->arena, pw_cell_text(rows, i, 4));
        t->status = pw_str_dup(w->arena, pw_cell_text(rows, i, 5));
        t->tenancy = pw_cell_uuid(rows, i, 6);
        t->occurred_on = pw_cell_date(rows, i, 7);
        t->received_at = pw_cell_time(rows, i, 8);
        t->payload = pw_str_dup(w->arena, pw_cell_bytea(rows, i, 9));
    }
}

void ledger_target_check(struct write *w, struct entry *e)
{
    const struct pw_ledger_item *item = e->item;
    struct target *t = e->target;

    (void)w;
    if (t == NULL) {
        return;
    }
    if (!t->found || !pw_uuid_eq(&t->client, &item->client) || !pw_str_eq(t->kind, item->target_kind)) {
        ledger_settle(e, PW_LEDGER_NOT_FOUND);
    } else if (!pw_str_is(t->status, "live") || t->taken) {
        ledger_settle(e, PW_LEDGER_CONFLICT);
    } else {
        t->taken = true;
    }
}

/* What the ended fact had said of its tenancy. */
static void read_registration(struct write *w, const struct target *t, bool *ret_starts, bool *ret_ends)
{
    const struct pw_kind *kind = pw_facts_kind(w->model, t->kind);
    struct pw_parties parties;
    const uint64_t *record;
    pw_day start = PW_DAY_NONE, end = PW_DAY_NONE;
    struct pw_err ignored;

    pw_parties_init(&parties, w->arena);
    if (kind != NULL && !pw_uuid_is_nil(&t->tenancy) &&
        pw_facts_decode(kind, t->payload, t->occurred_on, w->arena, &parties, &record, &ignored)) {
        ledger_rows_registration(kind, record, &start, &end);
    }
    *ret_starts = start != PW_DAY_NONE;
    *ret_ends = end != PW_DAY_NONE;
}

static void undo_tenancies(struct write *w, struct entry *const *ended, size_t count)
{
    struct pw_uuid *premises = PW_NEW_ARRAY(w->arena, count, struct pw_uuid);
    struct pw_uuid *ids = PW_NEW_ARRAY(w->arena, count, struct pw_uuid);
    bool *starts = PW_NEW_ARRAY(w->arena, count, bool);
    bool *ends = PW_NEW_ARRAY(w->arena, count, bool);
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        const struct target *t = ended[i]->target;
        read_registration(w, t, &starts[n], &ends[n]);
        if (starts[n] || ends[n]) {
            premises[n] = t->premises;
            ids[n++] = t->tenancy;
        }
    }
    if (n > 0) {
        pw_tx_add(w->tx, PW_SQL_LEDGER_TENANCY_UNDO, PW_P_UUIDS(premises, n), PW_P_UUIDS(ids, n),
            PW_P_BOOLS(starts, n), PW_P_BOOLS(ends, n));
    }
}

void ledger_targets_end(struct write *w)
{
    size_t most = w->now.until - w->now.from, n = 0;
    struct entry **ended = PW_NEW_ARRAY(w->arena, most, struct entry *);
    struct pw_uuid *premises = PW_NEW_ARRAY(w->arena, most, struct pw_uuid);
    struct pw_uuid *ids = PW_NEW_ARRAY(w->arena, most, struct pw_uuid);
    struct pw_uuid *enders = PW_NEW_ARRAY(w->arena, most, struct pw_uuid);
    pw_usec *received_at = PW_NEW_ARRAY(w->arena, most, pw_usec);
    struct pw_str *statuses = PW_NEW_ARRAY(w->arena, most, struct pw_str);

    EACH_ENTRY(w, e)
    {
        if (!e->created || e->target == NULL) {
            continue;
        }
        premises[n] = e->target->premises;
        ids[n] = e->target->id;
        enders[n] = e->id;
        received_at[n] = e->target->received_at;
        statuses[n] = e->item->op == PW_LEDGER_CORRECTION ? PW_STR("corrected") : PW_STR("retracted");
        ended[n++] = e;
    }
    if (n == 0) {
        return;
    }
    pw_tx_add(w->tx, PW_SQL_LEDGER_FACT_END, PW_P_UUIDS(premises, n), PW_P_UUIDS(ids, n),
        PW_P_TIMES(received_at, n), PW_P_TEXTS(statuses, n), PW_P_UUIDS(enders, n),
        PW_P_TIME(pw_loop_wall(w->ledger->options.loop)));
    undo_tenancies(w, ended, n);
}
