/*
 * Checking the chain, link by link. The first fault ends it: behind a broken link every hash is a
 * consequence, and naming one record is worth more than naming all.
 */
#include <string.h>

#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/db.h>

#define PAGE 1000

const char *const pw_audit_fault_words[PW_AUDIT_FAULTS] = {
    [PW_AUDIT_SOUND] = "sound",
    [PW_AUDIT_ALTERED] = "altered",
    [PW_AUDIT_MISSING] = "missing",
    [PW_AUDIT_REORDERED] = "reordered",
    [PW_AUDIT_INSERTED] = "inserted",
    [PW_AUDIT_REWRITTEN] = "rewritten",
    [PW_AUDIT_CUT] = "cut",
};

void pw_audit_check_init(struct pw_audit_check *check, const struct pw_audit_head *heads, size_t count)
{
    memset(check, 0, sizeof *check);
    check->heads = heads;
    check->head_count = count;
}

static bool found(
    struct pw_audit_check *check, enum pw_audit_fault fault, int64_t n, const struct pw_uuid *record)
{
    check->report.fault = fault;
    check->report.n = n;
    check->report.record = record != NULL ? *record : (struct pw_uuid){{0}};
    return false;
}

static bool is_hash(struct pw_str octets, const uint8_t hash[PW_SHA256_SIZE])
{
    return octets.len == PW_SHA256_SIZE && memcmp(octets.data, hash, PW_SHA256_SIZE) == 0;
}

/* Its place in the log is behind that of the link before. */
static bool follows(const struct pw_audit_row *before, const struct pw_audit_row *row)
{
    if (row->generation != before->generation)
        return row->generation > before->generation;
    if (row->xact != before->xact)
        return row->xact > before->xact;
    return pw_uuid_cmp(&row->id, &before->id) > 0;
}

/* The signed heads of this link all say the same hash. */
static bool heads_agree(struct pw_audit_check *check, int64_t n, const uint8_t hash[PW_SHA256_SIZE])
{
    for (; check->head_count > 0 && check->heads->n <= n; check->heads++, check->head_count--) {
        if (check->heads->n < n)
            continue; /* an older head than the one before it: that one was looked at */
        if (memcmp(check->heads->hash, hash, PW_SHA256_SIZE) != 0)
            return false;
        check->report.heads++;
    }
    return true;
}

bool pw_audit_check_link(struct pw_audit_check *check, const struct pw_audit_seal *seal)
{
    uint8_t digest[PW_SHA256_SIZE], hash[PW_SHA256_SIZE];
    int64_t n = check->report.links + 1;

    if (seal->n != n)
        return found(check, PW_AUDIT_MISSING, n, NULL);
    if (!seal->found)
        return found(check, PW_AUDIT_MISSING, n, &seal->record);
    pw_audit_digest(&seal->row, digest);
    if (!is_hash(seal->digest, digest) || seal->detail_wrong)
        return found(check, PW_AUDIT_ALTERED, n, &seal->record);
    if (n > 1 && !follows(&check->last, &seal->row))
        return found(check, PW_AUDIT_REORDERED, n, &seal->record);
    pw_audit_link(check->hash, n, digest, hash);
    if (!is_hash(seal->hash, hash))
        return found(check, PW_AUDIT_REORDERED, n, &seal->record);
    if (!heads_agree(check, n, hash))
        return found(check, PW_AUDIT_REWRITTEN, n, &seal->record);
    memcpy(check->hash, hash, sizeof hash);
    check->last =
        (struct pw_audit_row){.id = seal->row.id, .generation = seal->row.generation, .xact = seal->row.xact};
    check->report.links = n;
    check->report.erased += seal->detail_erased;
    return true;
}

bool pw_audit_check_end(struct pw_audit_check *check)
{
    if (check->head_count > 0)
        return found(check, PW_AUDIT_CUT, check->report.links + 1, NULL);
    return true;
}

/* ---- from the database ---- */

static struct pw_audit_seal seal_of(const struct pw_rows *rows, size_t row)
{
    struct pw_audit_seal seal = {
        .n = pw_cell_i64(rows, row, 11),
        .record = pw_cell_uuid(rows, row, 12),
        .found = !pw_cell_is_null(rows, row, 0),
        .digest = pw_cell_bytea(rows, row, 13),
        .hash = pw_cell_bytea(rows, row, 14),
        .detail_wrong = !pw_cell_is_null(rows, row, 15) && !pw_cell_bool(rows, row, 15),
        .detail_erased = pw_cell_bool(rows, row, 16),
    };
    if (seal.found)
        seal.row = pw_audit_row(rows, row);
    return seal;
}

/* One page; `ret_more` false when the chain or its soundness ended. */
static bool check_page(struct pw_db *db, struct pw_audit_check *check, bool *ret_more, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "audit: verify", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_AUDIT_VERIFY_PAGE, PW_P_I64(check->report.links), PW_P_I64(PAGE));
    bool ok = pw_tx_run(tx, err);

    *ret_more = false;
    if (ok) {
        const struct pw_rows *rows = pw_tx_rows(tx, statement);
        size_t count = pw_rows_count(rows);

        *ret_more = count == PAGE;
        for (size_t i = 0; i < count; i++) {
            struct pw_audit_seal seal = seal_of(rows, i);
            if (!pw_audit_check_link(check, &seal)) {
                *ret_more = false;
                break;
            }
        }
    }
    pw_tx_close(tx);
    return ok;
}

/* What stands beside the chain: records that wait, and none that came in between. */
static bool check_rest(struct pw_db *db, struct pw_audit_check *check, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "audit: verify the rest", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_AUDIT_VERIFY_REST, PW_P_I32(check->last.generation),
        PW_P_XID(check->last.xact), PW_P_UUID(&check->last.id));
    bool ok = pw_tx_run(tx, err);

    if (ok) {
        const struct pw_rows *rows = pw_tx_rows(tx, statement);
        struct pw_uuid inserted = pw_cell_uuid(rows, 0, 1);

        check->report.unsealed = pw_cell_i64(rows, 0, 0);
        if (!pw_uuid_is_nil(&inserted))
            (void)found(check, PW_AUDIT_INSERTED, 0, &inserted);
    }
    pw_tx_close(tx);
    return ok;
}

bool pw_audit_verify(struct pw_db *db, const struct pw_audit_head *heads, size_t count,
    struct pw_audit_report *ret, struct pw_err *err)
{
    struct pw_audit_check check;
    bool ok = true, more = true;

    pw_audit_check_init(&check, heads, count);
    while (ok && more)
        ok = check_page(db, &check, &more, err);
    if (ok && check.report.fault == PW_AUDIT_SOUND && pw_audit_check_end(&check))
        ok = check_rest(db, &check, err);
    *ret = check.report;
    return ok;
}
