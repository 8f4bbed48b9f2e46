/*
 * Erasing: the end that leaves nothing. The rows are the caller's to choose, and to account for by a
 * certificate; what hangs on a fact is known here.
 */
#include "ledger_int.h"

size_t pw_ledger_erase_add(struct pw_tx *tx, const struct pw_uuid *premises, const struct pw_uuid *ids,
    size_t count, pw_usec at, const struct pw_uuid *certificate)
{
    return pw_tx_add(tx, PW_SQL_LEDGER_FACT_ERASE, PW_P_UUIDS(premises, count), PW_P_UUIDS(ids, count),
        PW_P_TIME(at), PW_P_UUID(certificate));
}

size_t pw_ledger_erase_finish(struct pw_tx *tx, size_t statement, pw_usec now)
{
    const struct pw_rows *rows = pw_tx_rows(tx, statement);
    size_t count = pw_rows_count(rows), party_count;
    struct pw_arena *arena = pw_tx_arena(tx);
    struct pw_uuid *premises = PW_NEW_ARRAY(arena, count + 1, struct pw_uuid);

    if (count == 0) {
        return 0;
    }
    for (size_t i = 0; i < count; i++) {
        premises[i] = pw_cell_uuid(rows, i, 0);
    }
    /* every row carries the persons of all of them */
    const struct pw_uuid *parties = pw_cell_uuids(rows, 0, 2, arena, &party_count);
    if (party_count > 0) {
        pw_tx_add(tx, PW_SQL_LEDGER_PARTIES_FORGET, PW_P_UUIDS(parties, party_count));
    }
    pw_tx_add(tx, PW_SQL_LEDGER_DUE_NOW, PW_P_UUIDS(premises, count), PW_P_DATE(pw_day_in_netherlands(now)),
        PW_P_TEXT(PW_STR("erasure")));
    pw_tx_add(tx, PW_SQL_LEDGER_WAKE, PW_P_TEXT(PW_STR(PW_LEDGER_CHANNEL_FACT)));
    return count;
}
