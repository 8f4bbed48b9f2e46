/*
 * One erasure. First its tombstone goes to the file outside, then the rows go in one transaction with
 * certificate and audit record: should the process end in between, the next round finds the rows still there
 * and the tombstone harmless. No transaction is open while the disk is waited for.
 */
#include <string.h>

#include "privacy_int.h"

#define APPEND_DEADLINE 30000

static const char *const cause_words[] = {
    [ERASE_RETENTION] = "retention",
    [ERASE_SUBJECT] = "subject",
    [ERASE_RESTORED] = "restored",
};

struct erasure {
    struct pw_privacy *privacy;
    struct pw_arena *arena;
    enum erasure_cause cause;
    const struct erasure_set *set;
    struct pw_uuid request, certificate;
    pw_usec at;
    pw_day today;
    struct erasure_set left; /* what is erased of the set */
    size_t statement, erased;
    erasure_done on_done;
    void *arg;
};

static void end(struct erasure *erasure, bool ok, const struct pw_err *err)
{
    erasure->on_done(erasure->arg, ok, ok ? erasure->erased : 0, err);
}

/* ---- certificates ---- */

struct certificate {
    uint8_t hash[PW_SHA256_SIZE];
    struct pw_signature signature;
};

/* Signed are its id, time, cause and the hash over premises and fact of each row, in their order. */
static bool sign(
    const struct erasure *erasure, const struct erasure_set *set, struct certificate *ret, struct pw_err *err)
{
    char id[PW_UUID_TEXT], at[PW_TIME_TEXT], hex[PW_SHA256_TEXT];
    struct pw_sha256 ctx;

    pw_sha256_init(&ctx);
    for (size_t i = 0; i < set->count; i++) {
        pw_sha256_update(&ctx, set->premises[i].b, sizeof set->premises[i].b);
        pw_sha256_update(&ctx, set->facts[i].b, sizeof set->facts[i].b);
    }
    pw_sha256_final(&ctx, ret->hash);
    struct pw_str text = pw_str_printf(erasure->arena, "pandwacht erasure 1\n%s\n%s\n%s\n%s\n",
        pw_uuid_format(&erasure->certificate, id), pw_instant_format(erasure->at, true, at),
        cause_words[erasure->cause], pw_hex(ret->hash, sizeof ret->hash, hex));
    return pw_crypto_sign(erasure->privacy->options.keys, text, &ret->signature, err);
}

static bool tombstone(const struct erasure *erasure, struct pw_buf *out, struct pw_err *err)
{
    char id[PW_UUID_TEXT], at[PW_TIME_TEXT], hex[PW_SHA256_TEXT], fact[PW_UUID_TEXT];
    const struct erasure_set *set = erasure->set;
    struct certificate certificate;

    if (!sign(erasure, set, &certificate, err))
        return false;
    pw_buf_printf(out, "{\"certificate\":\"%s\",\"at\":\"%s\",\"cause\":\"%s\",\"facts\":[",
        pw_uuid_format(&erasure->certificate, id), pw_instant_format(erasure->at, true, at),
        cause_words[erasure->cause]);
    for (size_t i = 0; i < set->count; i++)
        pw_buf_printf(out, "%s[\"%s\",\"%s\"]", i == 0 ? "" : ",", pw_uuid_format(&set->premises[i], id),
            pw_uuid_format(&set->facts[i], fact));
    pw_buf_printf(out, "],\"sha256\":\"%s\",\"keyId\":\"%s\",\"signature\":\"%s\"}",
        pw_hex(certificate.hash, sizeof certificate.hash, hex), certificate.signature.key_id,
        certificate.signature.value);
    return !out->full || pw_fail(err, PW_ERR_LIMIT, "a tombstone is too long");
}

static struct pw_str member(const struct pw_json *json, const char *name)
{
    const struct pw_json *value = pw_json_get(json, name);

    return pw_json_is_string(value) ? pw_json_str(value) : PW_STR("");
}

bool privacy_tombstone_read(const struct pw_privacy *privacy, struct pw_arena *arena, struct pw_str line,
    struct pw_uuid *ret_certificate, struct erasure_set *ret, struct pw_err *err)
{
    const struct pw_json *json, *facts;

    (void)privacy;
    if (!pw_json_parse(arena, line, NULL, &json, NULL) ||
        !pw_uuid_parse(member(json, "certificate"), ret_certificate))
        return pw_fail(err, PW_ERR_SYNTAX, "this line is no tombstone");
    facts = pw_json_get(json, "facts");
    ret->count = pw_json_count(facts);
    ret->premises = PW_NEW_ARRAY(arena, ret->count + 1, struct pw_uuid);
    ret->facts = PW_NEW_ARRAY(arena, ret->count + 1, struct pw_uuid);
    for (size_t i = 0; i < ret->count; i++) {
        const struct pw_json *pair = pw_json_item(facts, i), *a = pw_json_item(pair, 0),
                             *b = pw_json_item(pair, 1);

        if (!pw_json_is_string(a) || !pw_json_is_string(b) ||
            !pw_uuid_parse(pw_json_str(a), &ret->premises[i]) ||
            !pw_uuid_parse(pw_json_str(b), &ret->facts[i]))
            return pw_fail(err, PW_ERR_SYNTAX, "this line is no tombstone");
    }
    return true;
}

/* ---- the transaction ---- */

static void on_committed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct erasure *erasure = arg;

    (void)tx;
    if (ok)
        pw_count(PW_M_FACTS_ERASED, (int64_t)erasure->erased);
    end(erasure, ok, err);
}

static bool account(struct erasure *erasure, struct pw_tx *tx, struct pw_err *err)
{
    char hex[PW_SHA256_TEXT];
    struct certificate certificate;

    if (!sign(erasure, &erasure->left, &certificate, err))
        return false;
    pw_tx_add(tx, PW_SQL_PRIVACY_CERTIFICATE_ADD, PW_P_UUID(&erasure->certificate), PW_P_TIME(erasure->at),
        PW_P_TEXT_Z(cause_words[erasure->cause]), PW_P_UUID_OPT(&erasure->request),
        PW_P_I32((int32_t)erasure->erased), PW_P_BYTES(certificate.hash, sizeof certificate.hash),
        PW_P_TEXT_Z(certificate.signature.key_id),
        PW_P_BYTES(certificate.signature.octets, sizeof certificate.signature.octets));
    pw_audit_add(tx, erasure->at,
        &(struct pw_audit){.actor = PW_AUDIT_SYSTEM,
            .action = "facts-erased",
            .object_kind = "erasure-certificate",
            .object = erasure->certificate,
            .detail = pw_str_printf(pw_tx_arena(tx), "{\"cause\":\"%s\",\"facts\":%zu,\"sha256\":\"%s\"}",
                cause_words[erasure->cause], erasure->erased,
                pw_hex(certificate.hash, sizeof certificate.hash, hex))},
        1);
    return true;
}

static void on_erased(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct erasure *erasure = arg;
    struct pw_err why;

    if (!ok) {
        end(erasure, false, err);
        return;
    }
    erasure->erased = pw_ledger_erase_finish(tx, erasure->statement, erasure->at);
    if (!account(erasure, tx, &why)) {
        pw_tx_abort(tx);
        end(erasure, false, &why);
        return;
    }
    pw_tx_commit(tx, on_committed, erasure);
}

/* What may still be erased is locked: now it is. */
static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct erasure *erasure = arg;
    struct erasure_set *left = &erasure->left;

    if (!ok) {
        end(erasure, false, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, erasure->statement);
    left->count = pw_rows_count(rows);
    if (left->count == 0 && erasure->cause != ERASE_RESTORED) {
        pw_tx_abort(tx);
        end(erasure, true, NULL);
        return;
    }
    left->premises = PW_NEW_ARRAY(erasure->arena, left->count + 1, struct pw_uuid);
    left->facts = PW_NEW_ARRAY(erasure->arena, left->count + 1, struct pw_uuid);
    for (size_t i = 0; i < left->count; i++) {
        left->premises[i] = pw_cell_uuid(rows, i, 0);
        left->facts[i] = pw_cell_uuid(rows, i, 1);
    }
    erasure->statement =
        pw_ledger_erase_add(tx, left->premises, left->facts, left->count, erasure->at, &erasure->certificate);
    pw_tx_send(tx, on_erased, erasure);
}

static void begin(struct erasure *erasure)
{
    const struct erasure_set *set = erasure->set;
    struct pw_tx *tx = pw_db_begin(erasure->privacy->options.db, "privacy: erase", 0);

    if (erasure->cause == ERASE_RETENTION)
        erasure->statement = pw_tx_add(tx, PW_SQL_PRIVACY_EXPIRED_LOCK, PW_P_UUIDS(set->premises, set->count),
            PW_P_UUIDS(set->facts, set->count), PW_P_DATE(erasure->today));
    else
        erasure->statement = pw_tx_add(tx, PW_SQL_PRIVACY_FACTS_LEFT, PW_P_UUIDS(set->premises, set->count),
            PW_P_UUIDS(set->facts, set->count));
    pw_tx_send(tx, on_locked, erasure);
}

/* ---- the tombstone ---- */

static void on_appended(void *arg, struct pw_str answer, const struct pw_err *err)
{
    struct erasure *erasure = arg;

    (void)answer;
    if (err != NULL)
        end(erasure, false, err);
    else
        begin(erasure);
}

static void keep_tombstone(struct erasure *erasure)
{
    const struct pw_privacy_options *options = &erasure->privacy->options;
    struct pw_buf line;
    struct pw_err err;
    bool ok;

    pw_buf_init(&line, 1u << 20);
    if (options->worker != NULL)
        pw_buf_printf(&line, "%s\n", options->tombstones_file);
    ok = tombstone(erasure, &line, &err);
    if (ok && options->worker != NULL)
        ok = pw_worker_submit(options->worker, &pw_audit_append_job, pw_buf_str(&line), APPEND_DEADLINE,
            on_appended, erasure, &err);
    else if (ok)
        ok = pw_audit_append(options->tombstones_file, pw_buf_str(&line), &err);
    pw_buf_release(&line);
    if (!ok)
        end(erasure, false, &err);
    else if (options->worker == NULL)
        begin(erasure);
}

void privacy_erase(struct pw_privacy *privacy, struct pw_arena *arena, enum erasure_cause cause,
    const struct erasure_set *set, const struct pw_uuid *request, const struct pw_uuid *certificate,
    pw_day today, erasure_done on_done, void *arg)
{
    struct erasure *erasure = PW_NEW(arena, struct erasure);

    *erasure = (struct erasure){.privacy = privacy,
        .arena = arena,
        .cause = cause,
        .set = set,
        .at = privacy_now(privacy),
        .today = today,
        .on_done = on_done,
        .arg = arg};
    if (request != NULL)
        erasure->request = *request;
    erasure->certificate = certificate != NULL ? *certificate : pw_uuid_v7(erasure->at);
    if (privacy->options.tombstones_file == NULL || cause == ERASE_RESTORED)
        begin(erasure);
    else
        keep_tombstone(erasure);
}
