/*
 * One erasure: what may go is locked, after holds are kept from coming in between; then the rows go in one
 * transaction with certificate, audit record and tombstone. The tombstone waits there until the round has
 * written it out (tombstones.c): so it names what went and nothing else, and no transaction is open while a
 * disk is waited for.
 */
#include "privacy_int.h"

struct erasure {
    struct pw_privacy *privacy;
    struct pw_arena *arena;
    const struct erasure_set *set;
    struct pw_uuid request;
    struct certificate certificate;
    struct erasure_set left; /* what is erased of the set */
    size_t statement, erased;
    erasure_done on_done;
    void *arg;
};

static void end(struct erasure *erasure, bool ok, const struct pw_err *err)
{
    erasure->on_done(erasure->arg, ok, ok ? erasure->erased : 0, err);
}

static void on_committed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct erasure *erasure = arg;

    (void)tx;
    if (ok)
        pw_count(PW_M_FACTS_ERASED, (int64_t)erasure->erased);
    end(erasure, ok, err);
}

/* ---- accounting for it ---- */

static void add_audit(const struct erasure *erasure, struct pw_tx *tx)
{
    const struct certificate *certificate = &erasure->certificate;
    char hex[PW_SHA256_TEXT];

    pw_audit_add(tx, certificate->at,
        &(struct pw_audit){.actor = PW_AUDIT_SYSTEM,
            .action = "facts-erased",
            .object_kind = "erasure-certificate",
            .object = certificate->id,
            .detail = pw_str_printf(pw_tx_arena(tx), "{\"cause\":\"%s\",\"facts\":%zu,\"sha256\":\"%s\"}",
                privacy_cause_word(certificate->cause), erasure->erased,
                pw_hex(certificate->hash, sizeof certificate->hash, hex))},
        1);
}

static bool account(struct erasure *erasure, struct pw_tx *tx, struct pw_err *err)
{
    const struct pw_privacy_options *options = &erasure->privacy->options;
    struct certificate *certificate = &erasure->certificate;

    if (!privacy_certificate_sign(options->keys, erasure->arena, &erasure->left, certificate, err))
        return false;
    pw_tx_add(tx, PW_SQL_PRIVACY_CERTIFICATE_ADD, PW_P_UUID(&certificate->id), PW_P_TIME(certificate->at),
        PW_P_TEXT_Z(privacy_cause_word(certificate->cause)), PW_P_UUID_OPT(&erasure->request),
        PW_P_I32((int32_t)erasure->erased), PW_P_BYTES(certificate->hash, sizeof certificate->hash),
        PW_P_TEXT_Z(certificate->signature.key_id),
        PW_P_BYTES(certificate->signature.octets, sizeof certificate->signature.octets));
    if (options->tombstones_file != NULL && certificate->cause != ERASE_RESTORED)
        pw_tx_add(tx, PW_SQL_PRIVACY_TOMBSTONE_ADD, PW_P_UUID(&certificate->id),
            PW_P_TEXT(privacy_tombstone_write(erasure->arena, certificate, &erasure->left)));
    add_audit(erasure, tx);
    return true;
}

/* ---- the transaction ---- */

static void on_erased(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct erasure *erasure = arg;
    struct pw_err why;

    if (!ok) {
        end(erasure, false, err);
        return;
    }
    erasure->erased = pw_ledger_erase_finish(tx, erasure->statement, erasure->certificate.at);
    if (!account(erasure, tx, &why)) {
        pw_tx_abort(tx);
        end(erasure, false, &why);
        return;
    }
    pw_tx_commit(tx, on_committed, erasure);
}

static void take_left(struct erasure *erasure, const struct pw_rows *rows)
{
    struct erasure_set *left = &erasure->left;

    left->premises = PW_NEW_ARRAY(erasure->arena, pw_rows_count(rows) + 1, struct pw_uuid);
    left->facts = PW_NEW_ARRAY(erasure->arena, pw_rows_count(rows) + 1, struct pw_uuid);
    for (left->count = 0; left->count < pw_rows_count(rows); left->count++) {
        left->premises[left->count] = pw_cell_uuid(rows, left->count, 0);
        left->facts[left->count] = pw_cell_uuid(rows, left->count, 1);
    }
}

/* What may still be erased is locked: now it is. */
static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct erasure *erasure = arg;
    const struct erasure_set *left = &erasure->left;

    if (!ok) {
        end(erasure, false, err);
        return;
    }
    take_left(erasure, pw_tx_rows(tx, erasure->statement));
    if (left->count == 0 && erasure->certificate.cause != ERASE_RESTORED) {
        pw_tx_abort(tx);
        end(erasure, true, NULL);
        return;
    }
    erasure->statement = pw_ledger_erase_add(
        tx, left->premises, left->facts, left->count, erasure->certificate.at, &erasure->certificate.id);
    pw_tx_send(tx, on_erased, erasure);
}

static size_t add_lock(const struct erasure *erasure, struct pw_tx *tx, pw_day today)
{
    const struct erasure_set *set = erasure->set;

    switch (erasure->certificate.cause) {
    case ERASE_RETENTION:
        return pw_tx_add(tx, PW_SQL_PRIVACY_EXPIRED_LOCK, PW_P_UUIDS(set->premises, set->count),
            PW_P_UUIDS(set->facts, set->count), PW_P_DATE(today));
    case ERASE_SUBJECT:
        return pw_tx_add(tx, PW_SQL_PRIVACY_ASKED_LOCK, PW_P_UUIDS(set->premises, set->count),
            PW_P_UUIDS(set->facts, set->count));
    case ERASE_RESTORED:
        break;
    }
    return pw_tx_add(tx, PW_SQL_PRIVACY_FACTS_LEFT, PW_P_UUIDS(set->premises, set->count),
        PW_P_UUIDS(set->facts, set->count));
}

void privacy_erase(struct pw_privacy *privacy, struct pw_arena *arena, enum erasure_cause cause,
    const struct erasure_set *set, const struct pw_uuid *request, const struct pw_uuid *certificate,
    pw_day today, erasure_done on_done, void *arg)
{
    struct erasure *erasure = PW_NEW(arena, struct erasure);
    pw_usec now = privacy_now(privacy);

    *erasure = (struct erasure){.privacy = privacy,
        .arena = arena,
        .set = set,
        .request = request != NULL ? *request : (struct pw_uuid){{0}},
        .certificate = {.id = certificate != NULL ? *certificate : pw_uuid_v7(now),
            .at = now,
            .cause = cause},
        .on_done = on_done,
        .arg = arg};
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: erase", 0);
    pw_tx_add_plain(tx, PW_SQL_PRIVACY_HOLDS_KEEP_OUT); /* a statement of its own: the next sees all holds */
    erasure->statement = add_lock(erasure, tx, today);
    pw_tx_send(tx, on_locked, erasure);
}
