/*
 * The stored form of a record: one octet for the format, then for each field present its permanent
 * number and wire form in one variable-length integer, and its value. A reader that does not know a
 * number can still pass over it, so fields may be added and dropped without rewriting facts.
 */
#include "facts_int.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cel/cel.h>

#define FORMAT 1

enum wire {
    WIRE_INTEGER, /* unsigned, 7 bits an octet, low bits first */
    WIRE_DOUBLE,  /* 8 octets, big-endian */
    WIRE_PARTY,   /* octet scheme, 16 octets id */
    WIRE_TEXT,    /* length as INTEGER, octets */
};

static enum wire wire_of(const struct pw_field *field)
{
    switch (field->type) {
    case PW_TYPE_NUMBER:
        return WIRE_DOUBLE;
    case PW_TYPE_PARTY:
        return WIRE_PARTY;
    case PW_TYPE_STRING:
        return WIRE_TEXT;
    default:
        return WIRE_INTEGER;
    }
}

/* ---- writing ---- */

static void put_integer(struct pw_buf *out, uint64_t value)
{
    while (value >= 0x80) {
        pw_buf_putc(out, (char)(value | 0x80));
        value >>= 7;
    }
    pw_buf_putc(out, (char)value);
}

/* Small negative numbers stay small. */
static uint64_t zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (value < 0 ? ~UINT64_C(0) : 0);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1 ^ (value & 1 ? ~UINT64_C(0) : 0));
}

static uint64_t integer_of(const struct pw_field *field, uint64_t cell)
{
    switch (field->type) {
    case PW_TYPE_INTEGER:
        return zigzag((int64_t)cell);
    case PW_TYPE_DATE:
    case PW_TYPE_MONTH:
        return zigzag((int64_t)cell / PW_SECONDS_A_DAY);
    case PW_TYPE_MONEY:
        return zigzag(llround(pw_cell_double(cell) * 100));
    default:
        return cell;
    }
}

static void put_value(struct pw_buf *out, const struct pw_field *field, const uint64_t *record,
    const struct pw_parties *parties)
{
    uint64_t cell = record[field->cell];
    struct cel_str text;
    const struct pw_party *party;
    switch (wire_of(field)) {
    case WIRE_DOUBLE:
        pw_buf_put_u64(out, cell);
        break;
    case WIRE_PARTY:
        party = &parties->items[cell - 1];
        pw_buf_putc(out, (char)party->scheme);
        pw_buf_put(out, party->id.b, sizeof party->id.b);
        break;
    case WIRE_TEXT:
        memcpy(&text, &record[field->cell], sizeof text);
        put_integer(out, text.len);
        pw_buf_put(out, text.ptr, text.len);
        break;
    case WIRE_INTEGER:
        put_integer(out, integer_of(field, cell));
        break;
    }
}

void pw_facts_encode(
    const struct pw_kind *kind, const uint64_t *record, const struct pw_parties *parties, struct pw_buf *out)
{
    pw_buf_putc(out, FORMAT);
    for (size_t i = 0; i < kind->field_count; i++) {
        const struct pw_field *field = &kind->fields[i];
        bool absent = !field->cell || !pw_record_has(record, field) ||
                      (field->type == PW_TYPE_PARTY && record[field->cell] == 0);
        if (absent)
            continue;
        put_integer(out, (uint64_t)field->nr << 3 | wire_of(field));
        put_value(out, field, record, parties);
    }
}

/* ---- reading ---- */

struct cursor {
    const unsigned char *at, *end;
};

static bool get_integer(struct cursor *c, uint64_t *ret)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && c->at < c->end; shift += 7) {
        unsigned char octet = *c->at++;
        value |= (uint64_t)(octet & 0x7F) << shift;
        if (!(octet & 0x80)) {
            *ret = value;
            return true;
        }
    }
    return false;
}

static bool get_octets(struct cursor *c, size_t count, const unsigned char **ret)
{
    if ((size_t)(c->end - c->at) < count)
        return false;
    *ret = c->at;
    c->at += count;
    return true;
}

/* A value as it stands, before its field says what it means. */
struct raw {
    uint64_t number;
    const unsigned char *octets;
    size_t len;
};

static bool get_raw(struct cursor *c, unsigned wire, struct raw *ret)
{
    switch (wire) {
    case WIRE_INTEGER:
        return get_integer(c, &ret->number);
    case WIRE_DOUBLE:
        ret->len = 8;
        break;
    case WIRE_PARTY:
        ret->len = 17;
        break;
    case WIRE_TEXT:
        if (!get_integer(c, &ret->number) || ret->number > UINT32_MAX)
            return false;
        ret->len = (size_t)ret->number;
        break;
    default:
        return false;
    }
    return get_octets(c, ret->len, &ret->octets);
}

static uint64_t cell_of(const struct pw_field *field, uint64_t number)
{
    switch (field->type) {
    case PW_TYPE_INTEGER:
        return (uint64_t)unzigzag(number);
    case PW_TYPE_DATE:
    case PW_TYPE_MONTH:
        /* Wrapping on a corrupt number is harmless; overflowing would not be. */
        return (uint64_t)unzigzag(number) * (uint64_t)PW_SECONDS_A_DAY;
    case PW_TYPE_MONEY:
        return pw_double_cell((double)unzigzag(number) / 100);
    default:
        return number;
    }
}

/* A value that this model's words no longer reach counts as not stated. */
static bool in_words(const struct pw_field *field, uint64_t number)
{
    size_t words = 0;
    const char *const *known = pw_facts_words(field);
    while (known && known[words])
        words++;
    if (!known)
        return true;
    return field->type == PW_TYPE_ENUM_SET ? number >> words == 0 : number < words;
}

static bool take_party(const struct raw *raw, struct pw_parties *parties, uint64_t *cell)
{
    struct pw_uuid id;
    if (raw->octets[0] >= PW_SCHEMES)
        return false;
    memcpy(id.b, raw->octets + 1, sizeof id.b);
    *cell = pw_parties_ordinal(parties, (enum pw_scheme)raw->octets[0], &id);
    return true;
}

static bool take_value(const struct pw_field *field, const struct raw *raw, struct pw_arena *arena,
    struct pw_parties *parties, uint64_t *record)
{
    uint64_t *cell = &record[field->cell];
    struct pw_str text;
    struct cel_str string;
    switch (wire_of(field)) {
    case WIRE_INTEGER:
        if (!in_words(field, raw->number))
            return true;
        *cell = cell_of(field, raw->number);
        break;
    case WIRE_DOUBLE:
        *cell = 0;
        for (size_t i = 0; i < 8; i++)
            *cell = *cell << 8 | raw->octets[i];
        break;
    case WIRE_PARTY:
        if (!take_party(raw, parties, cell))
            return false;
        break;
    case WIRE_TEXT:
        text = pw_str_dup(arena, (struct pw_str){(const char *)raw->octets, raw->len});
        string = (struct cel_str){text.data, (uint32_t)text.len, 0};
        memcpy(cell, &string, sizeof string);
        break;
    }
    record[0] |= UINT64_C(1) << field->index;
    return true;
}

static const struct pw_field *by_number(const struct pw_kind *kind, uint64_t nr)
{
    for (size_t i = 0; i < kind->field_count; i++)
        if (kind->fields[i].nr == nr && kind->fields[i].cell)
            return &kind->fields[i];
    return NULL;
}

bool pw_facts_decode(const struct pw_kind *kind, struct pw_str stored, pw_day occurred_on,
    struct pw_arena *arena, struct pw_parties *parties, const uint64_t **ret, struct pw_err *err)
{
    struct cursor c = {(const unsigned char *)stored.data, (const unsigned char *)stored.data + stored.len};
    if (stored.len == 0 || *c.at++ != FORMAT)
        return pw_fail(err, PW_ERR_SYNTAX, "stored %s: unknown format", kind->name.data);
    uint64_t *record = pw_record_new(arena, kind);
    if (occurred_on != PW_DAY_NONE)
        pw_record_set_occurred_on(record, occurred_on);
    while (c.at < c.end) {
        uint64_t key;
        struct raw raw = {0};
        if (!get_integer(&c, &key) || !get_raw(&c, key & 7, &raw))
            return pw_fail(err, PW_ERR_SYNTAX, "stored %s: ends too early", kind->name.data);
        const struct pw_field *field = by_number(kind, key >> 3);
        if (!field)
            continue;
        if (wire_of(field) != (key & 7) || !take_value(field, &raw, arena, parties, record))
            return pw_fail(
                err, PW_ERR_SYNTAX, "stored %s: field %u does not fit", kind->name.data, field->nr);
    }
    *ret = record;
    return true;
}

/* ---- layout ---- */

static void hash_field(struct pw_sha256 *hash, const struct pw_field *field)
{
    char text[64];
    int n = snprintf(text, sizeof text, "%u %d %zu;", field->nr, (int)field->type, field->value_count);
    pw_sha256_update(hash, text, (size_t)n);
    pw_sha256_update(hash, field->name.data, field->name.len);
    for (size_t i = 0; i < field->value_count; i++)
        pw_sha256_update(hash, field->values[i], strlen(field->values[i]) + 1);
}

uint32_t pw_facts_layout(const struct pw_fact_model *model)
{
    struct pw_sha256 hash;
    uint8_t digest[PW_SHA256_SIZE];
    pw_sha256_init(&hash);
    for (size_t i = 0; i < model->kind_count; i++) {
        pw_sha256_update(&hash, model->kinds[i].name.data, model->kinds[i].name.len + 1);
        for (size_t k = 0; k < model->kinds[i].field_count; k++)
            hash_field(&hash, &model->kinds[i].fields[k]);
    }
    pw_sha256_final(&hash, digest);
    return (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
}
