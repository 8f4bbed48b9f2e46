/*
 * audit: the append-only record of who did what. A record is written in the transaction that does
 * the thing, so that neither exists without the other; it is chained afterwards by one sealer.
 *
 * The record itself holds ids and words from our own program text only. What may have to be
 * erased (a reason, a note, a list) is its detail: it lies in a table beside, and the record keeps
 * the SHA-256 of salt and detail, so that the chain survives the erasure.
 *
 * The chain: link n holds the digest of its record and the SHA-256 of link n - 1, n and that digest.
 * Whoever may write the database could rewrite all of it, so its head is signed from time to time
 * and appended to a file that is kept elsewhere; a check against those heads finds a rewritten chain
 * and a tail that was cut off.
 */
#ifndef PANDWACHT_AUDIT_H
#define PANDWACHT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/sha256.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

struct pw_arena;
struct pw_buf;
struct pw_db;
struct pw_keys;
struct pw_rows;
struct pw_tx;
struct pw_worker_job;

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

/* ---- the chain (chain.c): pure ---- */

/* A record as the database keeps it. Texts are borrowed. */
struct pw_audit_row {
    struct pw_uuid id;
    pw_usec at;
    struct pw_str actor_kind, action, object_kind;
    struct pw_uuid actor, object, premises; /* nil = none */
    struct pw_str detail_hash;              /* 32 octets; empty = it has no detail */
    int32_t generation;                     /* with xact and id: its place in the log */
    uint64_t xact;
};

/* Reads the eleven columns of audit/seal_read and audit/verify_page. */
struct pw_audit_row pw_audit_row(const struct pw_rows *rows, size_t row);
/* SHA-256 over every column, each preceded by its length. */
void pw_audit_digest(const struct pw_audit_row *row, uint8_t ret[PW_SHA256_SIZE]);
/* The hash of link `n`; `before` is that of link n - 1, zeros for the first. `ret` may be `before`. */
void pw_audit_link(const uint8_t before[PW_SHA256_SIZE], int64_t n, const uint8_t digest[PW_SHA256_SIZE],
    uint8_t ret[PW_SHA256_SIZE]);

/* ---- heads (heads.c): the end of the chain, signed, one JSON object a line ---- */

struct pw_audit_head {
    int64_t n;
    uint8_t hash[PW_SHA256_SIZE];
    pw_usec at;
};

/* The line, without a line feed, in `arena`; signed with the newest signing key. */
bool pw_audit_head_write(struct pw_arena *arena, const struct pw_keys *keys, const struct pw_audit_head *head,
    struct pw_str *ret, struct pw_err *err) PW_MUST_CHECK;
/* Reads a line and checks its signature against the ring: PW_ERR_SYNTAX when it is no head, PW_ERR_CRYPTO
 * when it was not signed by us. */
bool pw_audit_head_read(struct pw_arena *arena, const struct pw_keys *keys, struct pw_str line,
    struct pw_audit_head *ret, struct pw_err *err) PW_MUST_CHECK;
/* Every head of a file, in its order. A line that was cut by a crash (the last, without its end) is passed
 * over. */
bool pw_audit_heads_load(struct pw_arena *arena, const struct pw_keys *keys, const char *file,
    struct pw_audit_head **ret, size_t *ret_count, struct pw_err *err) PW_MUST_CHECK;

/* The worker's job that appends a line to a file and waits until it is on disk: a request is the file's name,
 * a line feed and the line. */
extern const struct pw_worker_job pw_audit_append_job;
/* The same at once, for the command line. */
bool pw_audit_append(const char *file, struct pw_str line, struct pw_err *err) PW_MUST_CHECK;

/* ---- checking (verify.c) ---- */

enum pw_audit_fault {
    PW_AUDIT_SOUND,
    PW_AUDIT_ALTERED,   /* the record, its detail or its link is not what was sealed */
    PW_AUDIT_MISSING,   /* the record or its link is gone */
    PW_AUDIT_REORDERED, /* a record that stands where another was sealed */
    PW_AUDIT_INSERTED,  /* a record that came between sealed ones afterwards */
    PW_AUDIT_REWRITTEN, /* whole in itself, but not what a signed head says */
    PW_AUDIT_CUT,       /* a signed head is further than the chain */
    PW_AUDIT_FAULTS
};

/* "sound", "altered", ... */
extern const char *const pw_audit_fault_words[PW_AUDIT_FAULTS];

/* What a check found; the first fault only, since behind it nothing can be said. */
struct pw_audit_report {
    enum pw_audit_fault fault;
    int64_t n;             /* the link at which; CUT: the first that is missing */
    struct pw_uuid record; /* nil when not known */
    int64_t links;         /* whole, from the first on */
    int64_t unsealed;      /* records that wait to be sealed; only when sound */
    int64_t erased;        /* details that were erased */
    size_t heads;          /* signed heads that the chain agrees with */
};

/* One link as audit/verify_page gives it. */
struct pw_audit_seal {
    int64_t n;
    struct pw_uuid record; /* that was sealed */
    bool found;            /* it is still there: `row` is it */
    struct pw_audit_row row;
    struct pw_str digest, hash;
    bool detail_wrong, detail_erased;
};

/* The check as it goes along the chain. Heads are borrowed and ascending. */
struct pw_audit_check {
    const struct pw_audit_head *heads;
    size_t head_count;
    uint8_t hash[PW_SHA256_SIZE]; /* of the last link */
    struct pw_audit_row last;     /* its place in the log; texts are not kept */
    struct pw_audit_report report;
};

void pw_audit_check_init(struct pw_audit_check *check, const struct pw_audit_head *heads, size_t count);
/* The next link; false: report.fault says what is wrong with it. */
bool pw_audit_check_link(struct pw_audit_check *check, const struct pw_audit_seal *seal);
/* After the last link. */
bool pw_audit_check_end(struct pw_audit_check *check);

/* Checks the whole chain; for the command line: runs the loop until PostgreSQL answered. False only when it
 * could not be read; what is wrong with it is in the report. `heads` may be none. */
bool pw_audit_verify(struct pw_db *db, const struct pw_audit_head *heads, size_t count,
    struct pw_audit_report *ret, struct pw_err *err) PW_MUST_CHECK;

#endif
