/*
 * What the files of the ledger share. A batch (struct write) consists of entries, one an item; the
 * names of premises and the persons they mention are collected into distinct tables, resolved in one
 * statement each, and handed back to the entries by pointer.
 */
#ifndef LEDGER_INT_H
#define LEDGER_INT_H

#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>

struct pw_ledger {
    struct pw_ledger_options options;
    size_t busy;
};

/* ---- names of premises (names.c) ---- */

struct name {
    struct pw_str key; /* "bag:...", "adr:...", or "id:<uuid>" for those given by id */
    const struct pw_premises_ref *ref;
    struct pw_uuid premises; /* nil until known */
    bool known, placed;      /* placed: its municipality is known, or was given now */
    bool created;
    struct pw_str attributes; /* of the premises, as stored; "" = none */
};

struct names {
    struct pw_arena *arena;
    struct pw_map by_key;
    size_t read_alias, read_id; /* statements of the last names_read */
    bool asked_alias, asked_id;
};

void ledger_names_init(struct names *names, struct pw_arena *arena);
/* The name of a reference, the same for equal ones. `ref` is borrowed. */
struct name *ledger_names_add(struct names *names, const struct pw_premises_ref *ref);
/* Queues the statements that look up what is not known yet; ledger_names_take reads their answer. */
void ledger_names_read(struct names *names, struct pw_tx *tx);
void ledger_names_take(struct names *names, struct pw_tx *tx);
/* Whether any that can be made is missing (those given by id cannot). */
bool ledger_names_missing(const struct names *names);
/* Queues claims for the missing ones, to be followed by names_read. */
void ledger_names_claim(struct names *names, struct pw_tx *tx);
/* Queues what known premises learn about their municipality. */
void ledger_names_place(struct names *names, struct pw_tx *tx);

/* An empty text as SQL NULL. */
struct pw_str ledger_or_null(struct pw_str text);

/* ---- persons (parties.c) ---- */

struct party {
    enum pw_scheme scheme;
    struct pw_str value, scope;         /* normalised; the client of a source's own number, else "" */
    const uint8_t (*macs)[PW_MAC_SIZE]; /* one a key version, in the order of the ring */
    struct pw_uuid id;
    bool known;  /* under any version */
    bool newest; /* under the version that writes */
};

struct parties {
    struct pw_arena *arena;
    const struct pw_keys *keys;
    uint32_t *versions; /* of the ring, ascending, when the write began */
    size_t version_count;
    struct pw_map by_mac;
    size_t read;
    bool asked;
};

void ledger_parties_init(struct parties *parties, struct pw_arena *arena, const struct pw_keys *keys);
/* The person behind a reference; `client` is the scope of source-local ones. NULL: `err` says why. */
struct party *ledger_parties_add(struct parties *parties, const struct pw_party_ref *ref,
    const struct pw_uuid *client, struct pw_err *err);
void ledger_parties_read(struct parties *parties, struct pw_tx *tx);
void ledger_parties_take(struct parties *parties, struct pw_tx *tx);
bool ledger_parties_missing(const struct parties *parties);
void ledger_parties_claim(struct parties *parties, struct pw_tx *tx, pw_usec now);

/* ---- entries (write.c, ends.c, rows.c) ---- */

/* The fact that a retraction or correction ends, as it stands. */
struct target {
    struct pw_uuid id;
    bool found;
    struct pw_uuid premises, client, tenancy;
    struct pw_str kind, source_id, status, payload;
    pw_day occurred_on;
    pw_usec received_at;
    bool taken; /* by an earlier item of this batch */
};

struct entry {
    struct pw_ledger_item *item;
    struct pw_str source_id;
    struct pw_str kind; /* of the fact that the item becomes: "retraction" for a retraction */
    uint8_t mac[PW_MAC_SIZE];
    /* anew in every transaction: */
    bool settled;        /* has its result */
    bool created;        /* claimed its source id here */
    struct entry *same;  /* the next entry of the same source id */
    struct entry *first; /* an earlier entry of the same source id; NULL = none */
    struct name *name;   /* of the draft's premises; NULL without draft */
    struct party **parties;
    struct target *target;
    struct pw_uuid id;          /* of the item's own fact */
    struct pw_uuid replacement; /* CORRECTION: of the draft's fact */
    struct pw_uuid tenancy;     /* of the draft */
};

struct range {
    size_t from, until;
};

struct write {
    struct pw_ledger *ledger;
    const struct pw_fact_model *model;
    struct pw_arena *arena;
    struct entry *entries;
    size_t count;
    struct range *stack; /* ranges still to be written */
    size_t depth;
    struct range now; /* the one being written */
    int attempt;      /* of it */
    struct pw_tx *tx;
    struct names names;
    struct parties parties;
    struct pw_map targets; /* by the 16 octets of the id */
    size_t read_keys, read_targets;
    bool asked_targets;
    struct pw_timer retry;
    struct pw_deferred finish;
    pw_ledger_done on_done;
    void *arg;
};

#define EACH_ENTRY(w, e)                                                                                     \
    for (struct entry *e = (w)->entries + (w)->now.from; e < (w)->entries + (w)->now.until; e++)

/* Gives the entry its result. */
void ledger_settle(struct entry *e, enum pw_ledger_result result);
/* From a row of key_read: the same content as before, or a conflict. */
void ledger_settle_by_key(struct write *w, struct entry *e, const struct pw_rows *rows, size_t row);

/* ends.c: what retractions and corrections need. */
void ledger_targets_collect(struct write *w);
void ledger_targets_read(struct write *w);
void ledger_targets_take(struct write *w);
/* Settles the entry when its target cannot be ended. */
void ledger_target_check(struct write *w, struct entry *e);
/* Queues the end of the targets of what was created, and what their tenancies lose. */
void ledger_targets_end(struct write *w);

/* rows.c: queues the rows of everything created in this transaction. False: `err`. */
bool ledger_rows_add(struct write *w, struct pw_err *err) PW_MUST_CHECK;
/* The retention class of so many days, and the day on which to destroy (PW_DAY_NONE: not known yet). */
struct pw_str ledger_rows_retention(const struct pw_fact_model *model, const struct pw_kind *kind,
    pw_day occurred_on, pw_usec received_at, pw_day *ret_destroy_on);
/* The id under which facts of one report are one; nil = alone. */
struct pw_uuid ledger_rows_report(const struct pw_draft *draft, const struct pw_uuid *client);
/* Tenancy named by a draft (a registration that starts names its own); nil = none. */
struct pw_uuid ledger_rows_tenancy(
    const struct pw_draft *draft, const struct pw_uuid *client, struct pw_str own_source_id);
/* What a registration says of its tenancy: PW_DAY_NONE where it says nothing. */
void ledger_rows_registration(
    const struct pw_kind *kind, const uint64_t *record, pw_day *ret_start, pw_day *ret_end);
/* Text as PostgreSQL reads an array of uuid. */
struct pw_str ledger_rows_uuid_list(struct pw_arena *arena, const struct pw_uuid *ids, size_t count);

#endif
