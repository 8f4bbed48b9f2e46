/*
 * The rows of a batch: what was claimed becomes facts, sealed texts and tenancies, each kind of row in
 * one statement over arrays. Called by write.c when it is known which items are new.
 */
#include <stdlib.h>

#include <pandwacht/audit.h>

#include "ledger_int.h"

/* The columns of fact, an array each. */
struct columns {
    size_t count;
    struct pw_uuid *premises, *id, *client, *tenancy, *origin, *report;
    struct pw_str *retention, *kind, *controller, *ground, *source_id, *based_on, *payload;
    pw_usec *received_at;
    int64_t *source_class;
    pw_day *occurred_on, *destroy_on;
    bool *danger;
};

struct sealed_columns {
    size_t count;
    struct pw_uuid *premises, *fact;
    int64_t *field;
    struct pw_str *sealed;
};

struct tenancy_columns {
    size_t count;
    struct pw_uuid *premises, *id, *client;
    pw_day *start, *end;
};

static void columns_init(struct columns *c, struct pw_arena *arena, size_t cap)
{
    struct pw_uuid *ids = PW_NEW_ARRAY(arena, 6 * cap, struct pw_uuid);
    struct pw_str *texts = PW_NEW_ARRAY(arena, 7 * cap, struct pw_str);
    pw_day *days = PW_NEW_ARRAY(arena, 2 * cap, pw_day);

    *c = (struct columns){.premises = ids,
        .id = ids + cap,
        .client = ids + 2 * cap,
        .tenancy = ids + 3 * cap,
        .origin = ids + 4 * cap,
        .report = ids + 5 * cap,
        .retention = texts,
        .kind = texts + cap,
        .controller = texts + 2 * cap,
        .ground = texts + 3 * cap,
        .source_id = texts + 4 * cap,
        .based_on = texts + 5 * cap,
        .payload = texts + 6 * cap,
        .received_at = PW_NEW_ARRAY(arena, cap, pw_usec),
        .source_class = PW_NEW_ARRAY(arena, cap, int64_t),
        .occurred_on = days,
        .destroy_on = days + cap,
        .danger = PW_NEW_ARRAY(arena, cap, bool)};
}

/* ---- what follows from a draft ---- */

struct pw_str ledger_rows_retention(const struct pw_fact_model *model, const struct pw_kind *kind,
    pw_day occurred_on, pw_usec received_at, pw_day *ret_destroy_on)
{
    const struct pw_retention *term = pw_facts_retention(model, kind, PW_STR("none"));

    *ret_destroy_on = PW_DAY_NONE; /* counted from something that has not happened yet */
    if (pw_str_is(term->from, "occurred")) {
        *ret_destroy_on = occurred_on + term->days;
    } else if (pw_str_is(term->from, "received")) {
        *ret_destroy_on = pw_day_in_netherlands(received_at) + term->days;
    }
    if (term->days <= 366) {
        return PW_STR("short");
    }
    return term->days <= 5 * 366 ? PW_STR("standard") : PW_STR("long");
}

struct pw_uuid ledger_rows_report(const struct pw_draft *draft, const struct pw_uuid *client)
{
    char text[PW_UUID_TEXT];
    struct pw_uuid ret = {{0}};
    struct pw_buf buf;

    pw_buf_init(&buf, 4096);
    if (draft->relay_of.len > 0) {
        pw_buf_puts(&buf, "relay\n"); /* the same number at the same body, whoever delivers it */
        pw_buf_put_str(&buf, draft->relay_of);
    } else if (draft->report_ref.len > 0) {
        pw_buf_printf(&buf, "report\n%s\n", pw_uuid_format(client, text));
        pw_buf_put_str(&buf, draft->report_ref);
    }
    if (buf.len > 0) {
        ret = pw_uuid_v8(pw_buf_str(&buf));
    }
    pw_buf_release(&buf);
    return ret;
}

struct pw_uuid pw_ledger_tenancy_id(const struct pw_uuid *client, struct pw_str source_id)
{
    char text[PW_UUID_TEXT];
    struct pw_buf buf;

    pw_buf_init(&buf, 4096);
    pw_buf_printf(&buf, "tenancy\n%s\n", pw_uuid_format(client, text));
    pw_buf_put_str(&buf, source_id);
    struct pw_uuid ret = pw_uuid_v8(pw_buf_str(&buf));
    pw_buf_release(&buf);
    return ret;
}

/* Which event a registration tells of; "" for other kinds. */
static const char *registration_event(const struct pw_kind *kind, const uint64_t *record)
{
    if (!pw_str_is(kind->name, "registration")) {
        return "";
    }
    const struct pw_field *event = pw_kind_field(kind, PW_STR("event"));
    return event != NULL ? pw_record_enum(record, event) : "";
}

static bool is_word(const char *word, const char *other)
{
    return pw_str_is(pw_str_z(word), other);
}

struct pw_uuid ledger_rows_tenancy(
    const struct pw_draft *draft, const struct pw_uuid *client, struct pw_str own_source_id)
{
    struct pw_uuid id = {{0}};

    if (is_word(registration_event(draft->kind, draft->record), "started")) {
        return pw_ledger_tenancy_id(client, own_source_id);
    }
    if (draft->tenancy.len == 0) {
        return id;
    }
    /* a tenancy id is a UUID of version 8; sources that number in UUIDs use other versions */
    if (pw_uuid_parse(draft->tenancy, &id) && (id.b[6] >> 4) == 8) {
        return id;
    }
    return pw_ledger_tenancy_id(client, draft->tenancy);
}

static pw_day date_of(const struct pw_kind *kind, const uint64_t *record, const char *name)
{
    const struct pw_field *field = pw_kind_field(kind, pw_str_z(name));

    if (field == NULL || !pw_record_has(record, field)) {
        return PW_DAY_NONE;
    }
    return (pw_day)((int64_t)record[field->cell] / INT64_C(86400));
}

void ledger_rows_registration(
    const struct pw_kind *kind, const uint64_t *record, pw_day *ret_start, pw_day *ret_end)
{
    const char *event = registration_event(kind, record);

    *ret_start = is_word(event, "started") ? date_of(kind, record, "startOn") : PW_DAY_NONE;
    *ret_end = is_word(event, "ended") ? date_of(kind, record, "endOn") : PW_DAY_NONE;
}

struct pw_str ledger_rows_uuid_list(struct pw_arena *arena, const struct pw_uuid *ids, size_t count)
{
    char text[PW_UUID_TEXT];
    struct pw_buf buf;

    pw_buf_init(&buf, 64 * (count + 1));
    pw_buf_putc(&buf, '{');
    for (size_t i = 0; i < count; i++) {
        pw_buf_printf(&buf, "%s%s", i > 0 ? "," : "", pw_uuid_format(&ids[i], text));
    }
    pw_buf_putc(&buf, '}');
    struct pw_str ret = pw_str_dup(arena, pw_buf_str(&buf));
    pw_buf_release(&buf);
    return ret;
}

/* ---- facts ---- */

static struct pw_str encode(struct pw_arena *arena, const struct pw_kind *kind, const uint64_t *record,
    const struct pw_parties *parties)
{
    struct pw_buf buf;

    pw_buf_init(&buf, 64 * 1024); /* a body is bounded well below that */
    pw_facts_encode(kind, record, parties, &buf);
    struct pw_str ret = pw_str_dup(arena, pw_buf_str(&buf));
    pw_buf_release(&buf);
    return ret;
}

/* The draft's persons in the order of their ordinals, and the one that a tip came from. */
static void collect_parties(
    const struct write *w, const struct entry *e, struct pw_parties *ret, struct pw_uuid *ret_origin)
{
    const struct pw_draft *draft = e->item->draft;
    const struct pw_field *origin = pw_kind_field(draft->kind, PW_STR("origin"));

    pw_parties_init(ret, w->arena);
    for (size_t i = 0; i < draft->party_count; i++) {
        pw_parties_ordinal(ret, draft->parties[i].scheme, &e->parties[i]->id);
    }
    *ret_origin = (struct pw_uuid){{0}};
    if (origin != NULL && origin->type == PW_TYPE_PARTY && origin->cell > 0) {
        uint64_t ordinal = draft->record[origin->cell];
        if (ordinal >= 1 && ordinal <= draft->party_count) {
            *ret_origin = e->parties[ordinal - 1]->id;
        }
    }
}

/* What a fact gets at the door from tables of ours: a registration the reference rent of its day. */
static void fill_references(struct write *w, const struct entry *e)
{
    const struct pw_draft *draft = e->item->draft;
    const uint64_t *attributes = NULL;
    struct pw_parties none;
    struct pw_err err = {0};

    if (pw_kind_field(draft->kind, PW_STR("referenceRentEur")) == NULL) {
        return;
    }
    pw_parties_init(&none, w->arena);
    if (e->name->attributes.len > 0 &&
        !pw_facts_decode(w->model->premises, e->name->attributes, 0, w->arena, &none, &attributes, &err)) {
        attributes = NULL; /* then the size counts as not known */
    }
    pw_facts_fill_reference(w->model, draft->kind, attributes, draft->record);
}

/* The row of a draft under `id`: the item's own fact, or a correction's replacement. */
static void add_draft(
    struct write *w, struct columns *c, struct entry *e, struct pw_uuid id, struct pw_str source_id)
{
    const struct pw_ledger_item *item = e->item;
    const struct pw_draft *draft = item->draft;
    struct pw_parties parties;
    size_t i = c->count++;
    int class = pw_facts_source_class(draft->kind, item->source_classes);

    collect_parties(w, e, &parties, &c->origin[i]);
    c->premises[i] = e->name->premises;
    c->id[i] = id;
    c->received_at[i] = item->received_at;
    c->retention[i] = ledger_rows_retention(
        w->model, draft->kind, draft->occurred_on, item->received_at, &c->destroy_on[i]);
    c->kind[i] = draft->kind->name;
    c->source_class[i] = class >= 0 ? class : (int)draft->kind->source_class;
    c->client[i] = item->client;
    c->controller[i] = item->controller;
    c->ground[i] = pw_str_z(pw_ground_words[draft->ground]);
    c->source_id[i] = source_id;
    c->tenancy[i] = e->tenancy;
    c->occurred_on[i] = draft->occurred_on;
    c->report[i] = ledger_rows_report(draft, &item->client);
    c->based_on[i] = ledger_rows_uuid_list(w->arena, draft->based_on, draft->based_on_count);
    c->danger[i] = draft->danger;
    fill_references(w, e);
    c->payload[i] = encode(w->arena, draft->kind, draft->record, &parties);
}

/* A retraction or correction says why it was made; its kind may declare a field for that. */
static struct pw_str encode_reason(struct write *w, const struct pw_kind *kind, struct pw_str reason)
{
    uint64_t *record = pw_record_new(w->arena, kind);
    const struct pw_field *field = pw_kind_field(kind, PW_STR("reason"));
    struct pw_parties none;

    pw_parties_init(&none, w->arena);
    for (size_t i = 0; field != NULL && field->type == PW_TYPE_ENUM && i < field->value_count; i++) {
        if (pw_str_is(reason, field->values[i])) {
            record[field->cell] = i;
            record[0] |= UINT64_C(1) << field->index;
        }
    }
    return encode(w->arena, kind, record, &none);
}

/* The row of a retraction or correction itself, at the premises of what it ends. */
static void add_ending(struct write *w, struct columns *c, struct entry *e)
{
    const struct pw_ledger_item *item = e->item;
    const struct pw_kind *kind = pw_facts_kind(w->model, e->kind);
    const struct pw_kind *ended = pw_facts_kind(w->model, e->target->kind);
    struct pw_uuid based_on[2] = {e->target->id, e->replacement};
    size_t i = c->count++;
    int class = ended != NULL ? pw_facts_source_class(ended, item->source_classes) : -1;

    c->premises[i] = e->target->premises;
    c->id[i] = e->id;
    c->received_at[i] = item->received_at;
    c->destroy_on[i] = PW_DAY_NONE;
    c->retention[i] = PW_STR("long");
    c->payload[i] = PW_STR("\1");
    if (kind != NULL) {
        c->retention[i] =
            ledger_rows_retention(w->model, kind, item->occurred_on, item->received_at, &c->destroy_on[i]);
        c->payload[i] = encode_reason(w, kind, item->reason);
    }
    c->kind[i] = e->kind;
    c->source_class[i] = class >= 0 ? class : 0;
    c->client[i] = item->client;
    c->controller[i] = item->controller;
    c->ground[i] = item->ground;
    c->source_id[i] = e->source_id;
    c->tenancy[i] = e->target->tenancy;
    c->occurred_on[i] = item->occurred_on;
    c->based_on[i] = ledger_rows_uuid_list(w->arena, based_on, item->op == PW_LEDGER_CORRECTION ? 2 : 1);
}

static void send_facts(struct pw_tx *tx, const struct columns *c)
{
    size_t n = c->count;

    pw_tx_add(tx, PW_SQL_LEDGER_FACT_INSERT, PW_P_UUIDS(c->premises, n), PW_P_UUIDS(c->id, n),
        PW_P_TEXTS(c->retention, n), PW_P_TIMES(c->received_at, n), PW_P_TEXTS(c->kind, n),
        PW_P_I64S(c->source_class, n), PW_P_UUIDS(c->client, n), PW_P_TEXTS(c->controller, n),
        PW_P_TEXTS(c->ground, n), PW_P_TEXTS(c->source_id, n), PW_P_UUIDS_OPT(c->tenancy, n),
        PW_P_DATES(c->occurred_on, n), PW_P_UUIDS_OPT(c->origin, n), PW_P_UUIDS_OPT(c->report, n),
        PW_P_TEXTS(c->based_on, n), PW_P_BOOLS(c->danger, n), PW_P_BYTEAS(c->payload, n),
        PW_P_DATES(c->destroy_on, n));
}

/* ---- sealed texts ---- */

static bool seal(struct write *w, struct sealed_columns *s, const struct pw_uuid *premises,
    const struct pw_uuid *fact, int64_t field, struct pw_str text, struct pw_err *err)
{
    struct pw_str place = pw_ledger_sealed_place(w->arena, fact, field);

    s->premises[s->count] = *premises;
    s->fact[s->count] = *fact;
    s->field[s->count] = field;
    if (!pw_crypto_seal(w->ledger->options.keys, w->arena, text, place, &s->sealed[s->count], err)) {
        return false;
    }
    s->count++;
    return true;
}

struct pw_str pw_ledger_sealed_place(struct pw_arena *arena, const struct pw_uuid *fact, int64_t field)
{
    char text[PW_UUID_TEXT];

    return pw_str_printf(arena, "sealed_text/%s/%lld", pw_uuid_format(fact, text), (long long)field);
}

static bool seal_draft(struct write *w, struct sealed_columns *s, const struct entry *e,
    const struct pw_uuid *fact, struct pw_err *err)
{
    const struct pw_draft *draft = e->item->draft;

    for (size_t i = 0; i < draft->sealed_count; i++) {
        if (!seal(w, s, &e->name->premises, fact, (int64_t)draft->sealed[i].field->nr, draft->sealed[i].text,
                err)) {
            return false;
        }
    }
    return draft->received_by.len == 0 ||
           seal(w, s, &e->name->premises, fact, PW_LEDGER_RECEIVED_BY, draft->received_by, err);
}

static bool add_sealed(struct write *w, struct pw_err *err)
{
    size_t most = 1;
    EACH_ENTRY(w, e)
    {
        most += 2 + (e->item->draft != NULL ? e->item->draft->sealed_count : 0);
    }
    struct sealed_columns s = {.premises = PW_NEW_ARRAY(w->arena, most, struct pw_uuid),
        .fact = PW_NEW_ARRAY(w->arena, most, struct pw_uuid),
        .field = PW_NEW_ARRAY(w->arena, most, int64_t),
        .sealed = PW_NEW_ARRAY(w->arena, most, struct pw_str)};

    EACH_ENTRY(w, e)
    {
        if (!e->created) {
            continue;
        }
        const struct pw_uuid *of_draft = e->item->op == PW_LEDGER_CORRECTION ? &e->replacement : &e->id;
        if (e->name != NULL && !seal_draft(w, &s, e, of_draft, err)) {
            return false;
        }
        if (e->target != NULL && e->item->note.len > 0 &&
            !seal(w, &s, &e->target->premises, &e->id, PW_LEDGER_NOTE, e->item->note, err)) {
            return false;
        }
    }
    if (s.count > 0) {
        pw_tx_add(w->tx, PW_SQL_LEDGER_SEALED_INSERT, PW_P_UUIDS(s.premises, s.count),
            PW_P_UUIDS(s.fact, s.count), PW_P_I64S(s.field, s.count), PW_P_BYTEAS(s.sealed, s.count));
    }
    return true;
}

/* ---- persons ---- */

/* Which facts speak of whom. A retraction or correction speaks of nobody itself. */
static void add_parties(struct write *w)
{
    size_t most = 1, n = 0;
    EACH_ENTRY(w, e)
    {
        most += e->item->draft != NULL ? e->item->draft->party_count : 0;
    }
    struct pw_uuid *party = PW_NEW_ARRAY(w->arena, 3 * most, struct pw_uuid);
    struct pw_uuid *premises = party + most, *fact = party + 2 * most;

    EACH_ENTRY(w, e)
    {
        for (size_t i = 0; e->created && e->name != NULL && i < e->item->draft->party_count; i++) {
            party[n] = e->parties[i]->id;
            premises[n] = e->name->premises;
            fact[n++] = e->item->op == PW_LEDGER_CORRECTION ? e->replacement : e->id;
        }
    }
    if (n > 0) {
        pw_tx_add(w->tx, PW_SQL_LEDGER_FACT_PARTY_INSERT, PW_P_UUIDS(party, n), PW_P_UUIDS(premises, n),
            PW_P_UUIDS(fact, n));
    }
}

/* ---- tenancies ---- */

static void add_tenancies(struct write *w)
{
    size_t most = w->now.until - w->now.from;
    struct tenancy_columns t = {.premises = PW_NEW_ARRAY(w->arena, most, struct pw_uuid),
        .id = PW_NEW_ARRAY(w->arena, most, struct pw_uuid),
        .client = PW_NEW_ARRAY(w->arena, most, struct pw_uuid),
        .start = PW_NEW_ARRAY(w->arena, most, pw_day),
        .end = PW_NEW_ARRAY(w->arena, most, pw_day)};

    EACH_ENTRY(w, e)
    {
        if (!e->created || e->name == NULL) {
            continue;
        }
        ledger_rows_registration(
            e->item->draft->kind, e->item->draft->record, &t.start[t.count], &t.end[t.count]);
        if (t.start[t.count] == PW_DAY_NONE && t.end[t.count] == PW_DAY_NONE) {
            continue;
        }
        t.premises[t.count] = e->name->premises;
        t.id[t.count] = e->tenancy;
        t.client[t.count++] = e->item->client;
    }
    if (t.count > 0) {
        pw_tx_add(w->tx, PW_SQL_LEDGER_TENANCY_KEEP, PW_P_UUIDS(t.premises, t.count),
            PW_P_UUIDS(t.id, t.count), PW_P_UUIDS(t.client, t.count), PW_P_DATES(t.start, t.count),
            PW_P_DATES(t.end, t.count));
    }
}

/* ---- the record of the batch ---- */

static int by_uuid(const void *a, const void *b)
{
    return pw_uuid_cmp(a, b);
}

/* One record for the batch: how many facts, and the hash over their sorted ids. */
static void add_audit(struct write *w, const struct columns *c)
{
    char hex[PW_SHA256_TEXT];
    uint8_t hash[PW_SHA256_SIZE];
    struct pw_uuid *sorted = PW_NEW_ARRAY(w->arena, c->count, struct pw_uuid);
    bool one_client = true;

    for (size_t i = 0; i < c->count; i++) {
        sorted[i] = c->id[i];
        one_client = one_client && pw_uuid_eq(&c->client[i], &c->client[0]);
    }
    qsort(sorted, c->count, sizeof(struct pw_uuid), by_uuid);
    pw_sha256_of(sorted, c->count * sizeof(struct pw_uuid), hash);
    struct pw_audit record = {.actor = PW_AUDIT_SYSTEM, .action = "facts-taken-in", .object_kind = "facts"};
    if (one_client) {
        record.actor = (struct pw_actor){.kind = PW_ACTOR_CLIENT, .id = c->client[0]};
    }
    record.detail = pw_str_printf(
        w->arena, "{\"facts\":%zu,\"sha256\":\"%s\"}", c->count, pw_hex(hash, sizeof(hash), hex));
    pw_audit_add(w->tx, pw_loop_wall(w->ledger->options.loop), &record, 1);
}

bool ledger_rows_add(struct write *w, struct pw_err *err)
{
    struct columns c;

    columns_init(&c, w->arena, 2 * (w->now.until - w->now.from));
    EACH_ENTRY(w, e)
    {
        if (!e->created) {
            continue;
        }
        if (e->target != NULL) {
            add_ending(w, &c, e);
        }
        if (e->item->op == PW_LEDGER_CORRECTION) {
            /* the tenancy that a registration began keeps its id: the source id stays */
            add_draft(w, &c, e, e->replacement, e->target->source_id);
        } else if (e->item->op == PW_LEDGER_FACT) {
            add_draft(w, &c, e, e->id, e->source_id);
        }
    }
    send_facts(w->tx, &c);
    ledger_targets_end(w);
    add_tenancies(w);
    add_parties(w);
    if (!add_sealed(w, err)) {
        return false;
    }
    add_audit(w, &c);
    pw_tx_add(w->tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(PW_LEDGER_CHANNEL_FACT)));
    return true;
}
