/*
 * Resolving premises within somebody else's transaction, and joining two names of one premises when
 * both are known. Merging copies the live facts of the provisional premises to the survivor, so that
 * what was assessed before stays true of its time, and makes both due.
 */
#include "ledger_int.h"

struct resolve {
    struct pw_ledger *ledger;
    struct pw_tx *tx;
    struct pw_arena *arena;
    struct pw_ledger_premises *premises;
    size_t count;
    struct names names;
    struct name **by_ref, **also; /* also[i] NULL = nothing to join */
    struct pw_premises_ref *also_refs;
    pw_ledger_resolved on_resolved;
    void *arg;
};

static void finish(struct resolve *r, bool ok, const struct pw_err *err)
{
    r->on_resolved(r->arg, ok, err);
}

static void on_joined(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)tx;
    finish(arg, ok, err);
}

/* The address had premises of its own: they become part of the survivor. */
static void merge(struct resolve *r, const struct pw_uuid *survivor, const struct pw_uuid *merged)
{
    pw_usec now = pw_loop_wall(r->ledger->options.loop);
    struct pw_uuid cause = pw_uuid_v7(now), both[2] = {*survivor, *merged};
    struct pw_tx *tx = r->tx;

    pw_tx_add(tx, PW_SQL_LEDGER_JOIN_NAMES, PW_P_UUID(survivor), PW_P_UUID(merged));
    pw_tx_add(tx, PW_SQL_LEDGER_JOIN_MARK, PW_P_UUID(survivor), PW_P_UUID(merged));
    pw_tx_add(tx, PW_SQL_LEDGER_JOIN_FACTS, PW_P_UUID(survivor), PW_P_UUID(merged), PW_P_UUID(&cause),
        PW_P_TIME(now));
    pw_tx_add(tx, PW_SQL_LEDGER_JOIN_KEYS, PW_P_UUID(survivor), PW_P_UUID(merged));
    pw_tx_add(tx, PW_SQL_LEDGER_JOIN_TEXTS, PW_P_UUID(survivor), PW_P_UUID(merged));
    pw_tx_add(tx, PW_SQL_LEDGER_JOIN_TENANCIES, PW_P_UUID(survivor), PW_P_UUID(merged));
    pw_tx_add(tx, PW_SQL_LEDGER_DUE_NOW, PW_P_UUIDS(both, 2), PW_P_DATE(pw_day_in_netherlands(now)),
        PW_P_TEXT(PW_STR("merged")));
    pw_tx_add(tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(PW_LEDGER_CHANNEL_FACT)));
}

static bool join(struct resolve *r, size_t i)
{
    const struct name *name = r->by_ref[i], *also = r->also[i];
    const struct pw_address *address = r->premises[i].also;

    if (also == NULL || !name->known || (also->known && pw_uuid_eq(&also->premises, &name->premises))) {
        return false;
    }
    pw_tx_add(r->tx, PW_SQL_LEDGER_JOIN_ALIAS, PW_P_TEXT(also->key), PW_P_UUID(&name->premises));
    pw_tx_add(r->tx, PW_SQL_LEDGER_JOIN_ADDRESS, PW_P_UUID(&name->premises), PW_P_TEXT(address->postcode),
        PW_P_I32(address->house_number), PW_P_TEXT(ledger_or_null(address->letter)),
        PW_P_TEXT(ledger_or_null(address->addition)), PW_P_TEXT(address->municipality));
    if (also->known) {
        merge(r, &name->premises, &also->premises);
    }
    return true;
}

static void give(struct resolve *r)
{
    bool joined = false;

    for (size_t i = 0; i < r->count; i++) {
        r->premises[i].resolved = r->by_ref[i]->premises;
        r->premises[i].created = r->by_ref[i]->created;
        joined = join(r, i) || joined;
    }
    if (joined) {
        pw_tx_send(r->tx, on_joined, r);
    } else {
        finish(r, true, NULL);
    }
}

static void on_made(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct resolve *r = arg;

    if (!ok) {
        finish(r, false, err);
        return;
    }
    ledger_names_take(&r->names, tx);
    give(r);
}

/* Names that are only `also` are joined, not made: they leave the table before claims. */
static void drop_also(struct resolve *r)
{
    struct names wanted;

    ledger_names_init(&wanted, r->arena);
    for (size_t i = 0; i < r->count; i++) {
        pw_map_put(&wanted.by_key, r->by_ref[i]->key, r->by_ref[i]);
    }
    r->names = wanted;
}

static void on_looked_up(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct resolve *r = arg;

    if (!ok) {
        finish(r, false, err);
        return;
    }
    ledger_names_take(&r->names, tx);
    drop_also(r);
    if (!ledger_names_missing(&r->names)) {
        give(r);
        return;
    }
    ledger_names_claim(&r->names, tx);
    ledger_names_read(&r->names, tx);
    pw_tx_send(tx, on_made, r);
}

void pw_ledger_premises_resolve(struct pw_ledger *ledger, struct pw_tx *tx, struct pw_arena *arena,
    struct pw_ledger_premises *premises, size_t count, pw_ledger_resolved on_resolved, void *arg)
{
    struct resolve *r = PW_NEW(arena, struct resolve);

    *r = (struct resolve){.ledger = ledger,
        .tx = tx,
        .arena = arena,
        .premises = premises,
        .count = count,
        .by_ref = PW_NEW_ARRAY(arena, count, struct name *),
        .also = PW_NEW_ARRAY(arena, count, struct name *),
        .also_refs = PW_NEW_ARRAY(arena, count, struct pw_premises_ref),
        .on_resolved = on_resolved,
        .arg = arg};
    ledger_names_init(&r->names, arena);
    for (size_t i = 0; i < count; i++) {
        r->by_ref[i] = ledger_names_add(&r->names, &premises[i].ref);
        if (premises[i].also != NULL && premises[i].also->postcode.len > 0) {
            r->also_refs[i] =
                (struct pw_premises_ref){.by = PW_PREMISES_BY_ADDRESS, .address = *premises[i].also};
            r->also[i] = ledger_names_add(&r->names, &r->also_refs[i]);
        }
    }
    ledger_names_read(&r->names, tx);
    pw_tx_send(tx, on_looked_up, r);
}
