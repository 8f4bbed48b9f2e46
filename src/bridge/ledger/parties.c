/*
 * Persons: a party reference becomes a keyed pseudonym and from there a permanent random id. The value is
 * kept sealed beside it, for a new key and for unmasking.
 *
 * Keys rotate while processes run that know different versions. A person seen for the first time is claimed
 * under the oldest version of the ring, which all of them know, so that two processes never make two of
 * one; the others get their rows in the background, or when the person is met again.
 */
#include <stdlib.h>
#include <string.h>

#include "ledger_int.h"

void ledger_parties_init(struct parties *parties, struct pw_arena *arena, const struct pw_keys *keys)
{
    size_t count = pw_crypto_key_count(keys, PW_KEY_PSEUDONYM);

    /* A copy: the ring may be reloaded while this write waits for the database. */
    *parties = (struct parties){.arena = arena, .keys = keys, .version_count = count};
    parties->versions = PW_NEW_ARRAY(arena, count, uint32_t);
    for (size_t i = 0; i < count; i++) {
        parties->versions[i] = pw_crypto_key_version(keys, PW_KEY_PSEUDONYM, i);
    }
    pw_map_init(&parties->by_mac, arena);
}

static size_t newest_index(const struct parties *parties)
{
    return parties->version_count - 1;
}

/* Scheme and mac as one key of the map. */
static struct pw_str map_key(struct parties *parties, enum pw_scheme scheme, const void *mac)
{
    char *key = pw_arena_alloc(parties->arena, 1 + PW_MAC_SIZE);

    key[0] = (char)scheme;
    memcpy(key + 1, mac, PW_MAC_SIZE);
    return (struct pw_str){key, 1 + PW_MAC_SIZE};
}

struct party *ledger_parties_add(
    struct parties *parties, const struct pw_party_ref *ref, const struct pw_uuid *client, struct pw_err *err)
{
    char text[PW_UUID_TEXT];
    size_t versions = parties->version_count;
    uint8_t(*macs)[PW_MAC_SIZE] = pw_arena_calloc(parties->arena, versions, PW_MAC_SIZE);
    struct pw_str scheme = pw_str_z(pw_scheme_words[ref->scheme]);
    struct pw_str scope = PW_STR("");

    if (ref->scheme == PW_SCHEME_SOURCE_LOCAL) {
        scope = pw_str_z(pw_uuid_format(client, text));
    }
    for (size_t i = 0; i < versions; i++) {
        if (!pw_crypto_pseudonym(
                parties->keys, parties->versions[i], scheme, scope, ref->value, macs[i], err)) {
            return NULL;
        }
    }
    struct pw_str key = map_key(parties, ref->scheme, macs[newest_index(parties)]);
    struct party *party = pw_map_get(&parties->by_mac, key);
    if (party == NULL) {
        party = PW_NEW(parties->arena, struct party);
        party->scheme = ref->scheme;
        party->value = ref->value;
        party->scope = pw_str_dup(parties->arena, scope);
        party->macs = (const uint8_t(*)[PW_MAC_SIZE])macs;
        pw_map_put(&parties->by_mac, key, party);
    }
    return party;
}

static struct party *party_at(const struct parties *parties, size_t i)
{
    return parties->by_mac.entries[i].value;
}

void ledger_parties_read(struct parties *parties, struct pw_tx *tx)
{
    size_t versions = parties->version_count;
    size_t most = parties->by_mac.count * versions;
    int64_t *version = PW_NEW_ARRAY(parties->arena, most + 1, int64_t);
    struct pw_str *scheme = PW_NEW_ARRAY(parties->arena, most + 1, struct pw_str);
    struct pw_str *mac = PW_NEW_ARRAY(parties->arena, most + 1, struct pw_str);
    size_t n = 0;

    for (size_t i = 0; i < parties->by_mac.count; i++) {
        const struct party *party = party_at(parties, i);
        for (size_t v = 0; v < versions && !party->newest; v++) {
            version[n] = parties->versions[v];
            scheme[n] = pw_str_z(pw_scheme_words[party->scheme]);
            mac[n++] = (struct pw_str){(const char *)party->macs[v], PW_MAC_SIZE};
        }
    }
    parties->asked = n > 0;
    if (parties->asked) {
        parties->read = pw_tx_add(
            tx, PW_SQL_LEDGER_PARTY_READ, PW_P_I64S(version, n), PW_P_TEXTS(scheme, n), PW_P_BYTEAS(mac, n));
    }
}

/* Which person a row of the index speaks of; NULL when none of ours. */
static struct party *match_row(struct parties *parties, struct pw_str scheme, size_t version, const void *mac)
{
    for (size_t i = 0; i < parties->by_mac.count; i++) {
        struct party *party = party_at(parties, i);
        if (pw_str_is(scheme, pw_scheme_words[party->scheme]) &&
            memcmp(party->macs[version], mac, PW_MAC_SIZE) == 0) {
            return party;
        }
    }
    return NULL;
}

static enum pw_scheme scheme_of(struct pw_str word)
{
    for (unsigned i = 0; i < PW_SCHEMES; i++) {
        if (pw_str_is(word, pw_scheme_words[i])) {
            return (enum pw_scheme)i;
        }
    }
    return PW_SCHEMES;
}

static void take_row(struct parties *parties, const struct pw_rows *rows, size_t row)
{
    uint32_t version = (uint32_t)pw_cell_i64(rows, row, 0);
    struct pw_str scheme = pw_cell_text(rows, row, 1);
    struct pw_str mac = pw_cell_bytea(rows, row, 2);
    bool newest = version == parties->versions[newest_index(parties)];
    struct party *party = NULL;

    if (newest && mac.len == PW_MAC_SIZE) {
        party = pw_map_get(&parties->by_mac, map_key(parties, scheme_of(scheme), mac.data));
    }
    for (size_t v = 0; v < parties->version_count && party == NULL && mac.len == PW_MAC_SIZE; v++) {
        if (parties->versions[v] == version) {
            party = match_row(parties, scheme, v, mac.data); /* an older key: rare, only after rotation */
        }
    }
    if (party != NULL && (newest || !party->known)) {
        party->id = pw_cell_uuid(rows, row, 3);
        party->known = true;
        party->newest = party->newest || newest;
    }
}

void ledger_parties_take(struct parties *parties, struct pw_tx *tx)
{
    if (!parties->asked) {
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, parties->read);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        take_row(parties, rows, i);
    }
}

bool ledger_parties_missing(const struct parties *parties)
{
    for (size_t i = 0; i < parties->by_mac.count; i++) {
        if (!party_at(parties, i)->newest) {
            return true;
        }
    }
    return false;
}

struct claim {
    const struct party *party;
    size_t version; /* index in the ring */
};

static int by_scheme_and_mac(const void *a, const void *b)
{
    const struct claim *x = a, *y = b;

    if (x->party->scheme != y->party->scheme) {
        return x->party->scheme < y->party->scheme ? -1 : 1;
    }
    return memcmp(x->party->macs[x->version], y->party->macs[y->version], PW_MAC_SIZE);
}

static struct pw_str sealed_place(struct pw_arena *arena, const struct pw_uuid *party)
{
    char text[PW_UUID_TEXT];

    return pw_str_printf(arena, "party/%s", pw_uuid_format(party, text));
}

/* Scope and value, sealed; without it the person can still be told apart, so that a failure is no fault. */
static struct pw_str seal_value(struct parties *parties, const struct party *party, const struct pw_uuid *id)
{
    struct pw_str plain =
        pw_str_printf(parties->arena, "%.*s\n%.*s", PW_STR_ARG(party->scope), PW_STR_ARG(party->value));
    struct pw_str sealed;
    struct pw_err err;

    if (!pw_crypto_seal(
            parties->keys, parties->arena, plain, sealed_place(parties->arena, id), &sealed, &err)) {
        return (struct pw_str){NULL, 0};
    }
    return sealed;
}

bool pw_ledger_party_open(const struct pw_keys *keys, struct pw_arena *arena, const struct pw_uuid *party,
    struct pw_str sealed, struct pw_str *ret_scope, struct pw_str *ret_value, struct pw_err *err)
{
    struct pw_str plain, scope;

    if (!pw_crypto_open(keys, arena, sealed, sealed_place(arena, party), &plain, err)) {
        return false;
    }
    if (!pw_str_cut(plain, '\n', &scope, ret_value)) {
        return pw_fail(err, PW_ERR_CRYPTO, "a sealed party is malformed");
    }
    if (ret_scope != NULL) {
        *ret_scope = scope;
    }
    return true;
}

void ledger_parties_claim(struct parties *parties, struct pw_tx *tx, pw_usec now)
{
    size_t most = parties->by_mac.count, n = 0;
    struct claim *claims = PW_NEW_ARRAY(parties->arena, most + 1, struct claim);
    int64_t *version = PW_NEW_ARRAY(parties->arena, most + 1, int64_t);
    struct pw_str *scheme = PW_NEW_ARRAY(parties->arena, 3 * (most + 1), struct pw_str);
    struct pw_str *mac = scheme + most + 1, *sealed = scheme + 2 * (most + 1);
    struct pw_uuid *id = PW_NEW_ARRAY(parties->arena, most + 1, struct pw_uuid);

    for (size_t i = 0; i < most; i++) {
        const struct party *party = party_at(parties, i);
        if (!party->newest) {
            claims[n++] = (struct claim){party, party->known ? newest_index(parties) : 0};
        }
    }
    qsort(claims, n, sizeof(struct claim), by_scheme_and_mac);
    for (size_t i = 0; i < n; i++) {
        const struct party *party = claims[i].party;
        version[i] = parties->versions[claims[i].version];
        scheme[i] = pw_str_z(pw_scheme_words[party->scheme]);
        mac[i] = (struct pw_str){(const char *)party->macs[claims[i].version], PW_MAC_SIZE};
        id[i] = party->known ? party->id : pw_uuid_v7(now);
        sealed[i] = party->known ? (struct pw_str){NULL, 0} : seal_value(parties, party, &id[i]);
    }
    pw_tx_add(tx, PW_SQL_LEDGER_PARTY_CLAIM, PW_P_I64S(version, n), PW_P_TEXTS(scheme, n),
        PW_P_BYTEAS(mac, n), PW_P_UUIDS(id, n), PW_P_BYTEAS(sealed, n));
}
