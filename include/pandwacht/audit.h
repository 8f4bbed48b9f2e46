/*
 * audit: the append-only record of who did what. A record is written in the transaction that does
 * the thing, so that neither exists without the other; it is chained afterwards by one sealer.
 *
 * The record itself holds ids and words from our own program text only. What may have to be
 * erased (a reason, a note, a list) is its detail: it lies in a table beside, and the record keeps
 * the SHA-256 of salt and detail, so that the chain survives the erasure.
 */
#ifndef PANDWACHT_AUDIT_H
#define PANDWACHT_AUDIT_H

#include <stddef.h>

#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

struct pw_arena;
struct pw_tx;

enum pw_actor_kind {
    PW_ACTOR_SYSTEM,   /* a stage by itself; `id` is nil */
    PW_ACTOR_CLIENT,   /* a source, landlord, municipality or partner */
    PW_ACTOR_ACCOUNT,  /* a person who signed in */
    PW_ACTOR_OPERATOR, /* the command line; `id` is nil */
};

struct pw_actor {
    enum pw_actor_kind kind;
    struct pw_uuid id;
};

#define PW_AUDIT_SYSTEM   ((struct pw_actor){.kind = PW_ACTOR_SYSTEM})
#define PW_AUDIT_OPERATOR ((struct pw_actor){.kind = PW_ACTOR_OPERATOR})

struct pw_audit {
    struct pw_actor actor;
    const char *action;      /* literal, kebab-case: "alert-claimed", "facts-taken-in" */
    const char *object_kind; /* literal: "alert", "premises", "client" */
    struct pw_uuid object;   /* nil = none */
    struct pw_uuid premises; /* nil = none */
    struct pw_str detail;    /* a JSON object; empty = none. At most PW_AUDIT_DETAIL_MAX octets */
};

#define PW_AUDIT_DETAIL_MAX 65536

/* Queues the insert of `count` records (one statement, however many)
 * within the caller's transaction. Record ids are version 7 at `now`. Everything is copied
 * into the transaction. */
void pw_audit_add(struct pw_tx *tx, pw_usec now, const struct pw_audit *records, size_t count);

#endif
