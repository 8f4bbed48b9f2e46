/*
 * A batch, step by step. Each step is one round trip:
 *
 *   known   lock the facts to be ended, look up names, persons and source ids
 *   claim   make the premises and persons that are missing (only when there are any)
 *   keys    claim the source ids; who lost reads what the winner wrote
 *   rows    facts, texts, tenancies, audit, wake-up, COMMIT
 *
 * When a transaction fails for want of luck (deadlock) it is tried again; when its data is refused it
 * is halved until the bad item stands alone; when the database is gone everything left is FAILED.
 */
#include <stdlib.h>
#include <string.h>

#include "ledger_int.h"

#define ATTEMPTS_DEFAULT 5
#define RETRY_BASE_MS    10

static void next_range(struct write *w);

/* ---- results ---- */

void ledger_settle(struct entry *e, enum pw_ledger_result result)
{
    e->settled = true;
    e->item->result = result;
}

static struct pw_uuid second_id(struct write *w, const struct pw_rows *rows, size_t row, int column)
{
    size_t count;
    struct pw_uuid *ids = pw_cell_uuids(rows, row, column, w->arena, &count);

    return count >= 2 ? ids[1] : (struct pw_uuid){{0}};
}

/* Columns of key_read. */
enum {
    KEY_CLIENT,
    KEY_SOURCE,
    KEY_FACT,
    KEY_PREMISES,
    KEY_KIND,
    KEY_MAC,
    KEY_AT,
    KEY_TENANCY,
    KEY_DANGER,
    KEY_BASED_ON
};

void ledger_settle_by_key(struct write *w, struct entry *e, const struct pw_rows *rows, size_t row)
{
    struct pw_str mac = pw_cell_bytea(rows, row, KEY_MAC);
    struct pw_ledger_item *item = e->item;
    bool same = pw_str_eq(pw_cell_text(rows, row, KEY_KIND), e->kind) && mac.len == PW_MAC_SIZE &&
                pw_crypto_equal(mac.data, e->mac, PW_MAC_SIZE);

    if (!same) {
        ledger_settle(e, PW_LEDGER_CONFLICT);
        return;
    }
    item->id = pw_cell_uuid(rows, row, KEY_FACT);
    item->premises = pw_cell_uuid(rows, row, KEY_PREMISES);
    item->tenancy = pw_cell_uuid(rows, row, KEY_TENANCY);
    item->danger = pw_cell_bool(rows, row, KEY_DANGER);
    item->first_received_at = pw_cell_time(rows, row, KEY_AT);
    if (item->op == PW_LEDGER_CORRECTION) {
        item->replaced_by = second_id(w, rows, row, KEY_BASED_ON);
    }
    ledger_settle(e, PW_LEDGER_DUPLICATE);
}

static void settle_created(struct entry *e)
{
    struct pw_ledger_item *item = e->item;

    item->id = e->id;
    item->premises = e->target != NULL ? e->target->premises : e->name->premises;
    item->tenancy = e->target != NULL ? e->target->tenancy : e->tenancy;
    item->replaced_by = e->replacement;
    item->first_received_at = item->received_at;
    item->danger = item->draft != NULL && item->draft->danger;
    ledger_settle(e, PW_LEDGER_CREATED);
}

/* A later entry of the same source id in one batch is what it would be in a later batch. */
static void settle_follower(struct entry *e)
{
    const struct entry *first = e->first;

    if (first->item->result != PW_LEDGER_CREATED && first->item->result != PW_LEDGER_DUPLICATE) {
        ledger_settle(e, first->item->result);
        e->item->err = first->item->err;
        return;
    }
    if (!pw_str_eq(first->kind, e->kind) || !pw_crypto_equal(first->mac, e->mac, PW_MAC_SIZE)) {
        ledger_settle(e, PW_LEDGER_CONFLICT);
        return;
    }
    e->item->id = first->item->id;
    e->item->premises = first->item->premises;
    e->item->tenancy = first->item->tenancy;
    e->item->replaced_by = first->item->replaced_by;
    e->item->danger = first->item->danger;
    e->item->first_received_at = first->item->first_received_at;
    ledger_settle(e, PW_LEDGER_DUPLICATE);
}

static void settle_rest(struct write *w, enum pw_ledger_result result, const struct pw_err *err)
{
    EACH_ENTRY(w, e)
    {
        if (!e->settled || e->created || e->first != NULL) {
            ledger_settle(e, result);
            e->item->err = *err;
        }
    }
}

static bool any_open(const struct write *w)
{
    EACH_ENTRY(w, e)
    {
        if (!e->settled) {
            return true;
        }
    }
    return false;
}

/* ---- failures ---- */

static void push(struct write *w, size_t from, size_t until)
{
    if (from < until) {
        w->stack[w->depth++] = (struct range){from, until};
    }
}

static void on_retry(void *arg)
{
    struct write *w = arg;

    push(w, w->now.from, w->now.until);
    next_range(w);
}

/* The database refused the data itself (classes 21-23, 42, P0 of SQLSTATE), rather than being absent. */
static bool is_refusal(const struct pw_err *err)
{
    return err->code == PW_ERR_DB;
}

static void failed(struct write *w, bool retryable, const struct pw_err *err)
{
    size_t length = w->now.until - w->now.from;
    int most = w->ledger->options.attempts > 0 ? w->ledger->options.attempts : ATTEMPTS_DEFAULT;

    w->tx = NULL;
    if (retryable && ++w->attempt < most) {
        int64_t wait =
            RETRY_BASE_MS * w->attempt + (pw_loop_clock_us(w->ledger->options.loop) % RETRY_BASE_MS);
        pw_timer_start(&w->retry, wait);
        return;
    }
    w->attempt = 0;
    if (retryable || !is_refusal(err)) {
        settle_rest(w, PW_LEDGER_FAILED, err);
    } else if (length == 1) {
        settle_rest(w, PW_LEDGER_REFUSED, err);
    } else {
        push(w, w->now.from + length / 2, w->now.until);
        push(w, w->now.from, w->now.from + length / 2);
    }
    next_range(w);
}

/* ---- rows: the last step ---- */

static void range_done(struct write *w)
{
    EACH_ENTRY(w, e)
    {
        if (e->created) {
            settle_created(e);
        }
    }
    EACH_ENTRY(w, e)
    {
        if (e->first != NULL) {
            settle_follower(e);
        }
    }
    w->attempt = 0;
    next_range(w);
}

static void on_committed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct write *w = arg;

    if (!ok) {
        failed(w, pw_tx_retryable(tx), err);
        return;
    }
    w->tx = NULL;
    range_done(w);
}

static void abandon(struct write *w)
{
    pw_tx_abort(w->tx);
    w->tx = NULL;
}

static void write_rows(struct write *w)
{
    struct pw_err err = {0};
    bool any = false;

    EACH_ENTRY(w, e)
    {
        any = any || e->created;
    }
    if (!any) {
        abandon(w);
        range_done(w);
        return;
    }
    if (!ledger_rows_add(w, &err)) {
        abandon(w);
        failed(w, false, &err);
        return;
    }
    pw_tx_commit(w->tx, on_committed, w);
}

/* ---- keys: claiming source ids ---- */

static struct pw_str key_text(struct pw_arena *arena, const struct pw_uuid *client, struct pw_str source_id)
{
    char *text = pw_arena_alloc(arena, sizeof(client->b) + source_id.len);

    memcpy(text, client->b, sizeof(client->b));
    if (source_id.len > 0) {
        memcpy(text + sizeof(client->b), source_id.data, source_id.len);
    }
    return (struct pw_str){text, sizeof(client->b) + source_id.len};
}

/* One row of intake_key to be claimed. */
struct claim {
    struct pw_str sort;
    const struct entry *e;
    struct pw_str source_id, kind;
    struct pw_uuid fact, premises;
};

static int by_sort(const void *a, const void *b)
{
    return pw_str_cmp(((const struct claim *)a)->sort, ((const struct claim *)b)->sort);
}

/* A correction's new fact is found by a key of its own; source ids of clients have at most 64 characters. */
static struct pw_str replacement_source_id(struct write *w, const struct entry *e)
{
    char a[PW_UUID_TEXT], b[PW_UUID_TEXT];

    return pw_str_printf(
        w->arena, "replaces:%s:%s", pw_uuid_format(&e->target->id, a), pw_uuid_format(&e->replacement, b));
}

static size_t collect_claims(struct write *w, struct claim *claims)
{
    size_t n = 0;

    EACH_ENTRY(w, e)
    {
        if (e->settled || e->first != NULL) {
            continue;
        }
        claims[n++] = (struct claim){.sort = key_text(w->arena, &e->item->client, e->source_id),
            .e = e,
            .source_id = e->source_id,
            .kind = e->kind,
            .fact = e->id,
            .premises = e->target != NULL ? e->target->premises : e->name->premises};
        if (e->item->op == PW_LEDGER_CORRECTION) {
            struct pw_str id = replacement_source_id(w, e);
            claims[n++] = (struct claim){.sort = key_text(w->arena, &e->item->client, id),
                .e = e,
                .source_id = id,
                .kind = e->item->draft->kind->name,
                .fact = e->replacement,
                .premises = e->name->premises};
        }
    }
    qsort(claims, n, sizeof(struct claim), by_sort);
    return n;
}

static void send_claims(struct write *w, const struct claim *claims, size_t n)
{
    struct pw_uuid *ids = PW_NEW_ARRAY(w->arena, 3 * n, struct pw_uuid);
    struct pw_uuid *client = ids, *fact = ids + n, *premises = ids + 2 * n;
    struct pw_str *texts = PW_NEW_ARRAY(w->arena, 3 * n, struct pw_str);
    struct pw_str *source_id = texts, *kind = texts + n, *mac = texts + 2 * n;
    pw_usec *at = PW_NEW_ARRAY(w->arena, n, pw_usec);

    for (size_t i = 0; i < n; i++) {
        client[i] = claims[i].e->item->client;
        source_id[i] = claims[i].source_id;
        fact[i] = claims[i].fact;
        premises[i] = claims[i].premises;
        kind[i] = claims[i].kind;
        mac[i] = (struct pw_str){(const char *)claims[i].e->mac, PW_MAC_SIZE};
        at[i] = claims[i].e->item->received_at;
    }
    pw_tx_add(w->tx, PW_SQL_LEDGER_KEY_CLAIM, PW_P_UUIDS(client, n), PW_P_TEXTS(source_id, n),
        PW_P_UUIDS(fact, n), PW_P_UUIDS(premises, n), PW_P_TEXTS(kind, n), PW_P_BYTEAS(mac, n),
        PW_P_TIMES(at, n));
    w->read_keys = pw_tx_add(w->tx, PW_SQL_LEDGER_KEY_READ, PW_P_UUIDS(client, n), PW_P_TEXTS(source_id, n));
}

/* Open entries by client and source id, for the rows of key_read; later ones of a source id hang behind
 * the first by `same`. */
static void index_entries(struct write *w, struct pw_map *map)
{
    pw_map_init(map, w->arena);
    for (size_t i = w->now.until; i > w->now.from; i--) {
        struct entry *e = &w->entries[i - 1];
        if (!e->settled) {
            struct pw_str key = key_text(w->arena, &e->item->client, e->source_id);
            e->same = pw_map_get(map, key);
            pw_map_put(map, key, e);
        }
    }
}

/* The entries that a row of key_read speaks of; NULL when none of them is open. */
static struct entry *entries_of(struct write *w, struct pw_map *map, const struct pw_rows *rows, size_t row)
{
    struct pw_uuid client = pw_cell_uuid(rows, row, KEY_CLIENT);

    return pw_map_get(map, key_text(w->arena, &client, pw_cell_text(rows, row, KEY_SOURCE)));
}

static void on_keys(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct write *w = arg;
    struct pw_map by_source;

    if (!ok) {
        failed(w, pw_tx_retryable(tx), err);
        return;
    }
    index_entries(w, &by_source);
    const struct pw_rows *rows = pw_tx_rows(tx, w->read_keys);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid fact = pw_cell_uuid(rows, i, KEY_FACT);
        struct entry *e = entries_of(w, &by_source, rows, i);
        if (e != NULL && pw_uuid_eq(&fact, &e->id)) {
            e->created = true;
        } else if (e != NULL) {
            ledger_settle_by_key(w, e, rows, i);
        }
    }
    write_rows(w);
}

/* Who is still open gets its ids; what cannot be written is settled. */
static void prepare_open(struct write *w)
{
    pw_usec now = pw_loop_wall(w->ledger->options.loop);
    struct pw_map by_source;

    EACH_ENTRY(w, e)
    {
        if (!e->settled && e->name != NULL && !e->name->known) {
            ledger_settle(e, PW_LEDGER_NOT_FOUND); /* a premisesId that nobody knows */
        }
    }
    index_entries(w, &by_source);
    EACH_ENTRY(w, e)
    {
        for (struct entry *later = e->settled || e->first != NULL ? NULL : e->same; later != NULL;
             later = later->same) {
            later->first = e;
        }
    }
    EACH_ENTRY(w, e)
    {
        if (e->settled || e->first != NULL) {
            continue;
        }
        ledger_target_check(w, e);
        if (e->settled) {
            continue;
        }
        e->id = pw_uuid_v7(now);
        if (e->item->op == PW_LEDGER_CORRECTION) {
            e->replacement = pw_uuid_v7(now);
        }
        if (e->name != NULL) {
            struct pw_str own = e->target != NULL ? e->target->source_id : e->source_id;
            e->tenancy = ledger_rows_tenancy(e->item->draft, &e->item->client, own);
        }
    }
}

static void claim_keys(struct write *w)
{
    struct claim *claims = PW_NEW_ARRAY(w->arena, 2 * (w->now.until - w->now.from), struct claim);

    prepare_open(w);
    size_t n = collect_claims(w, claims);
    if (n == 0) {
        abandon(w);
        range_done(w);
        return;
    }
    ledger_names_place(&w->names, w->tx);
    send_claims(w, claims, n);
    pw_tx_send(w->tx, on_keys, w);
}

/* ---- known: looking up ---- */

static void on_claimed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct write *w = arg;

    if (!ok) {
        failed(w, pw_tx_retryable(tx), err);
        return;
    }
    ledger_names_take(&w->names, tx);
    ledger_parties_take(&w->parties, tx);
    claim_keys(w);
}

static void on_known(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct write *w = arg;
    struct pw_map by_source;

    if (!ok) {
        failed(w, pw_tx_retryable(tx), err);
        return;
    }
    ledger_targets_take(w);
    ledger_names_take(&w->names, tx);
    ledger_parties_take(&w->parties, tx);
    const struct pw_rows *rows = pw_tx_rows(tx, w->read_keys);
    index_entries(w, &by_source);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        for (struct entry *e = entries_of(w, &by_source, rows, i); e != NULL; e = e->same) {
            ledger_settle_by_key(w, e, rows, i);
        }
    }
    if (!any_open(w)) {
        abandon(w);
        range_done(w);
        return;
    }
    if (!ledger_names_missing(&w->names) && !ledger_parties_missing(&w->parties)) {
        claim_keys(w);
        return;
    }
    if (ledger_names_missing(&w->names)) {
        ledger_names_claim(&w->names, tx);
    }
    if (ledger_parties_missing(&w->parties)) {
        ledger_parties_claim(&w->parties, tx, pw_loop_wall(w->ledger->options.loop));
    }
    ledger_names_read(&w->names, tx);
    ledger_parties_read(&w->parties, tx);
    pw_tx_send(tx, on_claimed, w);
}

static void read_keys(struct write *w)
{
    size_t n = w->now.until - w->now.from, i = 0;
    struct pw_uuid *clients = PW_NEW_ARRAY(w->arena, n, struct pw_uuid);
    struct pw_str *source_ids = PW_NEW_ARRAY(w->arena, n, struct pw_str);

    EACH_ENTRY(w, e)
    {
        clients[i] = e->item->client;
        source_ids[i++] = e->source_id;
    }
    w->read_keys =
        pw_tx_add(w->tx, PW_SQL_LEDGER_KEY_READ, PW_P_UUIDS(clients, n), PW_P_TEXTS(source_ids, n));
}

/* The names and persons of a draft; false: `err`. */
static bool collect_draft(struct write *w, struct entry *e, struct pw_err *err)
{
    const struct pw_draft *draft = e->item->draft;

    if (draft == NULL) {
        return true;
    }
    e->name = ledger_names_add(&w->names, &draft->premises);
    e->parties = PW_NEW_ARRAY(w->arena, draft->party_count + 1, struct party *);
    for (size_t i = 0; i < draft->party_count; i++) {
        e->parties[i] = ledger_parties_add(&w->parties, &draft->parties[i], &e->item->client, err);
        if (e->parties[i] == NULL) {
            return false;
        }
    }
    return true;
}

static void begin_range(struct write *w)
{
    struct pw_err err = {0};

    ledger_names_init(&w->names, w->arena);
    ledger_parties_init(&w->parties, w->arena, w->ledger->options.keys);
    EACH_ENTRY(w, e)
    {
        e->settled = e->created = false;
        e->first = NULL;
        e->name = NULL;
        e->replacement = (struct pw_uuid){{0}};
        e->tenancy = (struct pw_uuid){{0}};
        if (!collect_draft(w, e, &err)) {
            ledger_settle(e, PW_LEDGER_FAILED);
            e->item->err = err;
        }
    }
    ledger_targets_collect(w);
    w->tx = pw_db_begin(w->ledger->options.db, "ledger: batch", 0);
    ledger_targets_read(w);
    ledger_names_read(&w->names, w->tx);
    ledger_parties_read(&w->parties, w->tx);
    read_keys(w);
    pw_tx_send(w->tx, on_known, w);
}

static void next_range(struct write *w)
{
    if (w->depth == 0) {
        pw_deferred_call(&w->finish);
        return;
    }
    w->now = w->stack[--w->depth];
    begin_range(w);
}

/* ---- beginning and end ---- */

static void on_finish(void *arg)
{
    struct write *w = arg;

    w->ledger->busy--;
    w->on_done(w->arg);
}

static void init_entry(struct write *w, struct entry *e, struct pw_ledger_item *item)
{
    struct pw_err err = {0};

    *e = (struct entry){.item = item};
    item->result = PW_LEDGER_PENDING;
    switch (item->op) {
    case PW_LEDGER_FACT:
        e->source_id = item->draft->source_id;
        e->kind = item->draft->kind->name;
        break;
    case PW_LEDGER_RETRACTION:
        e->source_id = item->source_id;
        e->kind = PW_STR("retraction");
        break;
    case PW_LEDGER_CORRECTION:
        e->source_id = item->source_id;
        e->kind = PW_STR("correction");
        break;
    }
    if (!pw_crypto_content_mac(w->ledger->options.keys, item->canonical, e->mac, &err)) {
        item->err = err;
        item->result = PW_LEDGER_FAILED;
    }
}

void pw_ledger_write(struct pw_ledger *ledger, struct pw_arena *arena, struct pw_ledger_item *items,
    size_t count, pw_ledger_done on_done, void *arg)
{
    struct write *w = PW_NEW(arena, struct write);
    size_t from = 0;

    *w = (struct write){.ledger = ledger,
        .model = ledger->options.model,
        .arena = arena,
        .entries = PW_NEW_ARRAY(arena, count, struct entry),
        .count = count,
        .stack = PW_NEW_ARRAY(arena, count + 64, struct range),
        .on_done = on_done,
        .arg = arg};
    pw_timer_init(&w->retry, ledger->options.loop, "ledger: retry", on_retry, w);
    pw_deferred_init(&w->finish, ledger->options.loop, "ledger: done", on_finish, w);
    ledger->busy++;
    for (size_t i = 0; i < count; i++) {
        init_entry(w, &w->entries[i], &items[i]);
        if (items[i].result != PW_LEDGER_PENDING) {
            push(w, from, i); /* has failed already: stays outside every transaction */
            from = i + 1;
        }
    }
    push(w, from, count);
    next_range(w);
}
