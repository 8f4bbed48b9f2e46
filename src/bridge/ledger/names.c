/*
 * Names of premises: BAG ids and addresses to premises ids. Ids are derived from the name that made
 * them, so two processes that meet the same address at the same moment make the same premises; the
 * alias table decides, sorted claims keep two batches from waiting for each other crosswise.
 */
#include <stdlib.h>

#include "ledger_int.h"

void ledger_names_init(struct names *names, struct pw_arena *arena)
{
    *names = (struct names){.arena = arena};
    pw_map_init(&names->by_key, arena);
}

struct pw_str pw_ledger_alias(struct pw_arena *arena, const struct pw_premises_ref *ref)
{
    char id[PW_UUID_TEXT];

    switch (ref->by) {
    case PW_PREMISES_BY_BAG:
        return pw_str_printf(arena, "bag:%.*s", PW_STR_ARG(ref->bag_id));
    case PW_PREMISES_BY_ADDRESS: {
        struct pw_str key = pw_premises_key(arena, &ref->address);
        return pw_str_printf(arena, "adr:%.*s", PW_STR_ARG(key));
    }
    case PW_PREMISES_BY_ID:
        break;
    }
    return pw_str_printf(arena, "id:%s", pw_uuid_format(&ref->id, id));
}

struct name *ledger_names_add(struct names *names, const struct pw_premises_ref *ref)
{
    struct pw_str key = pw_ledger_alias(names->arena, ref);
    struct name *name = pw_map_get(&names->by_key, key);

    if (name == NULL) {
        name = PW_NEW(names->arena, struct name);
        name->key = key;
        name->ref = ref;
        pw_map_put(&names->by_key, key, name);
    } else if (ref->by == PW_PREMISES_BY_ADDRESS && name->ref->address.municipality.len == 0) {
        name->ref = ref; /* the same address, and this one may say where it is */
    }
    return name;
}

static struct name *name_at(const struct names *names, size_t i)
{
    return names->by_key.entries[i].value;
}

void ledger_names_read(struct names *names, struct pw_tx *tx)
{
    size_t count = names->by_key.count;
    struct pw_str *aliases = PW_NEW_ARRAY(names->arena, count + 1, struct pw_str);
    struct pw_uuid *ids = PW_NEW_ARRAY(names->arena, count + 1, struct pw_uuid);
    size_t alias_count = 0, id_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct name *name = name_at(names, i);
        if (name->known) {
            continue;
        }
        if (name->ref->by == PW_PREMISES_BY_ID) {
            ids[id_count++] = name->ref->id;
        } else {
            aliases[alias_count++] = name->key;
        }
    }
    names->asked_alias = alias_count > 0;
    names->asked_id = id_count > 0;
    if (names->asked_alias) {
        names->read_alias = pw_tx_add(tx, PW_SQL_LEDGER_ALIAS_READ, PW_P_TEXTS(aliases, alias_count));
    }
    if (names->asked_id) {
        names->read_id = pw_tx_add(tx, PW_SQL_LEDGER_PREMISES_READ, PW_P_UUIDS(ids, id_count));
    }
}

static void take_row(struct names *names, struct pw_str key, const struct pw_rows *rows, size_t row)
{
    struct name *name = pw_map_get(&names->by_key, key);

    if (name != NULL) {
        name->premises = pw_cell_uuid(rows, row, 1);
        name->placed = pw_cell_bool(rows, row, 2);
        name->attributes = pw_str_dup(names->arena, pw_cell_bytea(rows, row, 3));
        name->known = true;
    }
}

void ledger_names_take(struct names *names, struct pw_tx *tx)
{
    char id[PW_UUID_TEXT];

    if (names->asked_alias) {
        const struct pw_rows *rows = pw_tx_rows(tx, names->read_alias);
        for (size_t i = 0; i < pw_rows_count(rows); i++) {
            take_row(names, pw_cell_text(rows, i, 0), rows, i);
        }
    }
    if (names->asked_id) {
        const struct pw_rows *rows = pw_tx_rows(tx, names->read_id);
        for (size_t i = 0; i < pw_rows_count(rows); i++) {
            struct pw_uuid given = pw_cell_uuid(rows, i, 0);
            struct pw_str key = pw_str_printf(names->arena, "id:%s", pw_uuid_format(&given, id));
            take_row(names, key, rows, i);
        }
    }
}

static bool is_missing(const struct name *name)
{
    return !name->known && name->ref->by != PW_PREMISES_BY_ID;
}

bool ledger_names_missing(const struct names *names)
{
    for (size_t i = 0; i < names->by_key.count; i++) {
        if (is_missing(name_at(names, i))) {
            return true;
        }
    }
    return false;
}

static int by_key(const void *a, const void *b)
{
    return pw_str_cmp((*(struct name *const *)a)->key, (*(struct name *const *)b)->key);
}

static struct name **missing_sorted(struct names *names, size_t *ret_count)
{
    struct name **missing = PW_NEW_ARRAY(names->arena, names->by_key.count + 1, struct name *);
    size_t n = 0;

    for (size_t i = 0; i < names->by_key.count; i++) {
        if (is_missing(name_at(names, i))) {
            missing[n++] = name_at(names, i);
        }
    }
    qsort(missing, n, sizeof(struct name *), by_key);
    *ret_count = n;
    return missing;
}

struct pw_str ledger_or_null(struct pw_str text)
{
    return text.len > 0 ? text : (struct pw_str){NULL, 0};
}

void ledger_names_claim(struct names *names, struct pw_tx *tx)
{
    size_t n;
    struct name **missing = missing_sorted(names, &n);
    struct pw_arena *arena = names->arena;
    struct pw_str *text = PW_NEW_ARRAY(arena, 6 * n, struct pw_str);
    struct pw_str *alias = text, *bag = text + n, *postcode = text + 2 * n, *letter = text + 3 * n,
                  *addition = text + 4 * n, *municipality = text + 5 * n;
    struct pw_uuid *id = PW_NEW_ARRAY(arena, n, struct pw_uuid);
    int64_t *number = PW_NEW_ARRAY(arena, n, int64_t);

    for (size_t i = 0; i < n; i++) {
        const struct pw_premises_ref *ref = missing[i]->ref;
        const struct pw_address *address = &ref->address;
        bool by_bag = ref->by == PW_PREMISES_BY_BAG;
        alias[i] = missing[i]->key;
        bag[i] = by_bag ? ref->bag_id : ledger_or_null(PW_STR(""));
        id[i] = by_bag ? pw_premises_bag_uuid(ref->bag_id) : pw_premises_provisional_id(address);
        postcode[i] = ledger_or_null(by_bag ? PW_STR("") : address->postcode);
        number[i] = by_bag ? 0 : address->house_number;
        letter[i] = ledger_or_null(by_bag ? PW_STR("") : address->letter);
        addition[i] = ledger_or_null(by_bag ? PW_STR("") : address->addition);
        municipality[i] = ledger_or_null(by_bag ? PW_STR("") : address->municipality);
        missing[i]->created = true;
        missing[i]->placed = true;
    }
    pw_tx_add(tx, PW_SQL_LEDGER_ALIAS_CLAIM, PW_P_TEXTS(alias, n), PW_P_UUIDS(id, n));
    pw_tx_add(tx, PW_SQL_LEDGER_PREMISES_CLAIM, PW_P_TEXTS(alias, n), PW_P_UUIDS(id, n), PW_P_TEXTS(bag, n),
        PW_P_TEXTS(postcode, n), PW_P_I64S(number, n), PW_P_TEXTS(letter, n), PW_P_TEXTS(addition, n),
        PW_P_TEXTS(municipality, n));
}

void ledger_names_place(struct names *names, struct pw_tx *tx)
{
    struct pw_uuid *ids = PW_NEW_ARRAY(names->arena, names->by_key.count + 1, struct pw_uuid);
    struct pw_str *places = PW_NEW_ARRAY(names->arena, names->by_key.count + 1, struct pw_str);
    size_t n = 0;

    for (size_t i = 0; i < names->by_key.count; i++) {
        const struct name *name = name_at(names, i);
        if (name->known && !name->placed && name->ref->by == PW_PREMISES_BY_ADDRESS &&
            name->ref->address.municipality.len > 0) {
            ids[n] = name->premises;
            places[n++] = name->ref->address.municipality;
        }
    }
    if (n > 0) {
        pw_tx_add(tx, PW_SQL_LEDGER_PREMISES_PLACE, PW_P_UUIDS(ids, n), PW_P_TEXTS(places, n));
    }
}
