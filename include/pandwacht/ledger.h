/*
 * ledger: the only writer of facts. Turns validated drafts (facts room) into rows: premises
 * are resolved or made, persons become permanent party ids, texts are encrypted, tenancies
 * kept, the log is woken. Used by the stages intake, desk and check; nothing else inserts
 * into fact, intake_key, premises, premises_alias, party, party_index, sealed_text, tenancy
 * or outbox.
 *
 * A batch is one transaction. Locks are taken in one order everywhere: aliases, parties,
 * intake keys, tenancies, facts, each sorted. Within a batch every item succeeds or fails
 * alone: a batch that the database refuses is halved until the bad item stands by itself.
 * What was answered CREATED is committed; what was not, left nothing.
 *
 * No clear identifier of a person passes this point: what follows sees party ids only.
 *
 * Two shapes of use:
 *   pw_ledger_write  opens its own transaction for a batch (intake);
 *   pw_ledger_*_add  queue statements within the caller's transaction (desk, check, assess).
 */
#ifndef PANDWACHT_LEDGER_H
#define PANDWACHT_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/arena.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>
#include <pandwacht/facts.h>
#include <pandwacht/premises.h>

struct pw_loop;
struct pw_db;
struct pw_tx;
struct pw_keys;
struct pw_ledger;

/* pg_notify channels: a fact was committed; an event for a receiver was committed. */
#define PW_LEDGER_CHANNEL_FACT   "pandwacht_fact"
#define PW_LEDGER_CHANNEL_OUTBOX "pandwacht_outbox"

struct pw_ledger_options {
    struct pw_loop *loop;
    struct pw_db *db;
    struct pw_keys *keys;
    const struct pw_fact_model *model;
    int attempts; /* of a whole batch after a deadlock or serialization failure; 0 = 5 */
};

/* All borrowed for the ledger's life. Never NULL. */
struct pw_ledger *pw_ledger_new(const struct pw_ledger_options *options);
/* Not while a write runs (pw_ledger_busy). NULL is accepted. */
void pw_ledger_free(struct pw_ledger *ledger);
/* A newly loaded model; running writes keep the one they began with, which must stay valid until then. */
void pw_ledger_set_model(struct pw_ledger *ledger, const struct pw_fact_model *model);
/* Writes that have not called back yet. */
size_t pw_ledger_busy(const struct pw_ledger *ledger);

/* ---- batches ---- */

enum pw_ledger_op {
    PW_LEDGER_FACT,
    PW_LEDGER_RETRACTION, /* ends `target` */
    PW_LEDGER_CORRECTION, /* ends `target` and adds `draft` in its place, perhaps at other premises */
};

enum pw_ledger_result {
    PW_LEDGER_PENDING,
    PW_LEDGER_CREATED,
    PW_LEDGER_DUPLICATE, /* same client, source id and content: the ids are those of the first time */
    PW_LEDGER_CONFLICT,  /* same source id, other content or premises; or the target has ended already */
    PW_LEDGER_NOT_FOUND, /* no such target of this client; or a premisesId nobody knows */
    PW_LEDGER_REFUSED,   /* the database refused this item alone; `err` says why */
    PW_LEDGER_FAILED,    /* not written, try again later (503) */
};

/* One thing to write. Everything is borrowed until the callback. */
struct pw_ledger_item {
    enum pw_ledger_op op;
    const struct pw_draft *draft; /* FACT; CORRECTION: what replaces the target (its sourceId is not read) */
    struct pw_uuid client;
    struct pw_str controller; /* OIN, 20 digits, of whose data it is */
    pw_usec received_at;
    struct pw_str canonical; /* the request in canonical form (pw_facts_canonical), for its MAC */
    unsigned source_classes; /* bit mask of the client's, as pw_facts_source_class takes them */
    /* RETRACTION and CORRECTION only: */
    struct pw_str source_id;
    struct pw_uuid target;
    struct pw_str target_kind; /* the kind of the collection it was addressed by; others are not found */
    struct pw_str reason;      /* one of pw_ledger_reasons */
    struct pw_str note;        /* sealed; empty = none */
    struct pw_str ground;
    pw_day occurred_on;
    /* Filled by the ledger: */
    enum pw_ledger_result result;
    struct pw_uuid id; /* of the fact (retraction, correction: of itself) */
    struct pw_uuid premises;
    struct pw_uuid tenancy;     /* nil: none named */
    struct pw_uuid replaced_by; /* CORRECTION: the new fact */
    pw_usec first_received_at;  /* DUPLICATE: of the first time; else received_at */
    bool danger;
    struct pw_err err;
};

/* Why a fact may be retracted or corrected; NULL-ended. */
extern const char *const pw_ledger_reasons[];

/* Called once a batch, when every item has a result other than PENDING. */
typedef void (*pw_ledger_done)(void *arg);

/* Writes `count` items (1 to 5,000) in one transaction, each at most once. Later in the same
 * batch a source id that occurred before is its duplicate or conflict. on_done is called later,
 * never from inside. `arena` lives until then and holds what the write needs. */
void pw_ledger_write(struct pw_ledger *ledger, struct pw_arena *arena, struct pw_ledger_item *items,
    size_t count, pw_ledger_done on_done, void *arg);

/* ---- one fact as the API shows it ---- */

struct pw_ledger_fact {
    struct pw_uuid id, premises, tenancy, client, ended_by;
    struct pw_uuid replaced_by;            /* nil, or the fact that took its place */
    struct pw_str kind, source_id, status; /* status: live retracted corrected erased */
    struct pw_str ground;
    pw_day occurred_on;
    pw_usec received_at;
    bool danger;
    struct pw_str municipality; /* of the premises; "" = not known */
    struct pw_str payload;      /* as stored; pw_facts_decode reads it */
};

typedef void (*pw_ledger_found)(void *arg, const struct pw_ledger_fact *fact, const struct pw_err *err);

/* Looks a fact up by id and kind. `fact` is NULL when there is none (err code NOT_FOUND) or on
 * failure. Texts live in `arena`. */
void pw_ledger_find(struct pw_ledger *ledger, struct pw_arena *arena, const struct pw_uuid *id,
    struct pw_str kind, pw_ledger_found on_found, void *arg);

/* ---- within the caller's transaction ---- */

/* Queues one fact at premises already known (outcomes: desk; observations: check): intake key, fact,
 * sealed texts, notification. `item->op` is FACT; `item->premises` is set by the caller; parties are not
 * allowed in such drafts. When (client, source id) is taken already nothing is inserted: the statement
 * whose index is returned then yields no row (else one row with column fact). Fills item->id. */
size_t pw_ledger_fact_add(
    struct pw_ledger *ledger, struct pw_tx *tx, struct pw_arena *arena, struct pw_ledger_item *item);

/* How a caller names premises, and what it is resolved to. */
struct pw_ledger_premises {
    struct pw_premises_ref ref;    /* BY_ID: must exist */
    const struct pw_address *also; /* BY_BAG or BY_ID: its address, where the caller knows both; else NULL */
    struct pw_uuid resolved;       /* out: nil = unknown premisesId */
    bool created;                  /* out */
};

/* The name as premises_alias has it: "bag:...", "adr:..."; "id:..." for a premisesId, which stands in no
 * alias. */
struct pw_str pw_ledger_alias(struct pw_arena *arena, const struct pw_premises_ref *ref);

typedef void (*pw_ledger_resolved)(void *arg, bool ok, const struct pw_err *err);

/* Resolves or makes premises within the caller's transaction; merged ones give their survivor. With
 * `also` the two names are joined: the address becomes an alias, and when it had premises of its
 * own those are merged into the one named by `ref`: facts, keys and tenancies move, both are due. */
void pw_ledger_premises_resolve(struct pw_ledger *ledger, struct pw_tx *tx, struct pw_arena *arena,
    struct pw_ledger_premises *premises, size_t count, pw_ledger_resolved on_resolved, void *arg);

/* Queues an event for a receiver: one row of outbox with the next sequence for (receiver, premises),
 * `body` being a CloudEvent without "sequence", which is added here; wakes delivery. An id that is there
 * already (same cause) changes nothing. */
void pw_ledger_outbox_add(struct pw_tx *tx, const struct pw_uuid *premises, const struct pw_uuid *receiver,
    const struct pw_uuid *event, struct pw_str type, const struct pw_uuid *subject, struct pw_str body);

/* How a premises is named in premises_alias: "bag:..." or "adr:..."; not for references by id. In the arena.
 */
struct pw_str pw_ledger_alias(struct pw_arena *arena, const struct pw_premises_ref *ref);

/* ---- persons ---- */

/* Opens what is kept of a party beside its index: its normalised value, and (may be NULL) the client within
 * which a source's own number counts, "" for other schemes. */
bool pw_ledger_party_open(const struct pw_keys *keys, struct pw_arena *arena, const struct pw_uuid *party,
    struct pw_str sealed, struct pw_str *ret_scope, struct pw_str *ret_value,
    struct pw_err *err) PW_MUST_CHECK;

/* ---- erasing, within the caller's transaction ---- */

/* Queues the erasure of facts (rows of premises and id) under a certificate: fields, texts, persons, source
 * ids. What has been erased already stays as it is. Returns the statement, for pw_ledger_erase_finish. */
size_t pw_ledger_erase_add(struct pw_tx *tx, const struct pw_uuid *premises, const struct pw_uuid *ids,
    size_t count, pw_usec at, const struct pw_uuid *certificate);
/* When that was sent: queues the forgetting of persons of whom no fact speaks any more, and a new look at the
 * premises. Returns how many facts were erased. */
size_t pw_ledger_erase_finish(struct pw_tx *tx, size_t statement, pw_usec now);

/* Numbers in sealed_text.field beside those of declared fields: the note of a retraction or correction,
 * and who wrote a fact down. */
#define PW_LEDGER_NOTE        0
#define PW_LEDGER_RECEIVED_BY (-1)
/* The place that a sealed text is bound to (pw_crypto_open). */
struct pw_str pw_ledger_sealed_place(struct pw_arena *arena, const struct pw_uuid *fact, int64_t field);

/* The id of the tenancy that a client's registration of that source id begins. */
struct pw_uuid pw_ledger_tenancy_id(const struct pw_uuid *client, struct pw_str source_id);

#endif
