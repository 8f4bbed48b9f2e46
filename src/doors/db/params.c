/*
 * Parameters in PostgreSQL's binary form (network byte order). Called by pw_tx_add only; a kind
 * that does not fit the declared type is a programming error and ends the process, with the
 * statement's name and never the value.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_int.h"

struct pw_param pw_param_uuid_opt(const struct pw_uuid *id)
{
    return (struct pw_param){.kind = PW_PARAM_UUID, .value.id = id && !pw_uuid_is_nil(id) ? id : NULL};
}

struct pw_param pw_param_text_z(const char *z)
{
    struct pw_param param = {.kind = PW_PARAM_TEXT};

    if (z)
        param.value.text = pw_str_z(z);
    return param;
}

void db_misuse(enum pw_sql sql, const char *what, int number)
{
    fprintf(stderr, "db: %s: %s (%d)\n", sql < PW_SQL_COUNT ? pw_sql_texts[sql].name : "?", what, number);
    abort();
}

uint16_t get_u16(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;

    return (uint16_t)(u[0] << 8 | u[1]);
}

uint32_t get_u32(const char *p)
{
    return (uint32_t)get_u16(p) << 16 | get_u16(p + 2);
}

uint64_t get_u64(const char *p)
{
    return (uint64_t)get_u32(p) << 32 | get_u32(p + 4);
}

static void put_bytes(char *p, uint64_t v, int octets)
{
    for (int i = octets - 1; i >= 0; i--, v >>= 8)
        p[i] = (char)(v & 0xff);
}

struct encoder {
    enum pw_sql sql;
    int number;
    struct pw_buf buf;
};

static void put_int(struct encoder *e, int64_t v, int octets)
{
    char raw[8];

    put_bytes(raw, (uint64_t)v, octets);
    pw_buf_put(&e->buf, raw, (size_t)octets);
}

/* An integer as the type is wide; out of range is a programming error. */
static void put_number(struct encoder *e, int64_t v, uint32_t oid)
{
    if (oid == OID_INT8)
        put_int(e, v, 8);
    else if (oid == OID_INT4 && v >= INT32_MIN && v <= INT32_MAX)
        put_int(e, v, 4);
    else if (oid == OID_INT2 && v >= INT16_MIN && v <= INT16_MAX)
        put_int(e, v, 2);
    else
        db_misuse(e->sql, "integer parameter does not fit its type", e->number);
}

static void need(struct encoder *e, bool fits)
{
    if (!fits)
        db_misuse(e->sql, "parameter is of another type than declared", e->number);
}

static void put_date(struct encoder *e, pw_day day)
{
    put_int(e, (int64_t)day - PG_EPOCH_DAY, 4);
}

static void put_time(struct encoder *e, pw_usec t)
{
    put_int(e, t - PG_EPOCH_DAY * PW_USEC_PER_DAY, 8);
}

/* jsonb has a version octet in front. */
static void put_json(struct encoder *e, struct pw_str s, uint32_t oid)
{
    if (oid == OID_JSONB || oid == OID_JSONB_ARRAY)
        pw_buf_putc(&e->buf, 1);
    pw_buf_put_str(&e->buf, s);
}

static bool scalar_is_null(const struct pw_param *p)
{
    switch (p->kind) {
    case PW_PARAM_NULL:
        return true;
    case PW_PARAM_UUID:
        return p->value.id == NULL;
    case PW_PARAM_TEXT:
    case PW_PARAM_BYTEA:
    case PW_PARAM_JSON:
        return p->value.text.data == NULL;
    case PW_PARAM_DATE:
        return p->value.number == PW_DAY_NONE;
    case PW_PARAM_TIME:
        return p->value.number == PW_TIME_NONE;
    default:
        return false;
    }
}

static void put_scalar(struct encoder *e, const struct pw_param *p, uint32_t oid)
{
    double real = p->value.real;
    uint64_t bits;

    switch (p->kind) {
    case PW_PARAM_BOOL:
        need(e, oid == OID_BOOL);
        put_int(e, p->value.number, 1);
        return;
    case PW_PARAM_INT:
        need(e, oid == OID_INT8 || oid == OID_INT4 || oid == OID_INT2);
        put_number(e, p->value.number, oid);
        return;
    case PW_PARAM_FLOAT:
        need(e, oid == OID_FLOAT8);
        memcpy(&bits, &real, sizeof(bits));
        put_int(e, (int64_t)bits, 8);
        return;
    case PW_PARAM_UUID:
        need(e, oid == OID_UUID);
        pw_buf_put(&e->buf, p->value.id->b, 16);
        return;
    case PW_PARAM_TEXT:
        need(e, oid == OID_TEXT);
        pw_buf_put_str(&e->buf, p->value.text);
        return;
    case PW_PARAM_BYTEA:
        need(e, oid == OID_BYTEA);
        pw_buf_put_str(&e->buf, p->value.text);
        return;
    case PW_PARAM_JSON:
        need(e, oid == OID_JSONB || oid == OID_JSON);
        put_json(e, p->value.text, oid);
        return;
    case PW_PARAM_DATE:
        need(e, oid == OID_DATE);
        put_date(e, (pw_day)p->value.number);
        return;
    case PW_PARAM_TIME:
        need(e, oid == OID_TIMESTAMPTZ);
        put_time(e, p->value.number);
        return;
    case PW_PARAM_XID:
        need(e, oid == OID_XID8);
        put_int(e, p->value.number, 8);
        return;
    default:
        db_misuse(e->sql, "unknown kind of parameter", e->number);
    }
}

/* The type of an array's elements, 0 when the kind does not fit the array's type. */
static uint32_t element_type(enum pw_param_kind kind, uint32_t oid)
{
    switch (kind) {
    case PW_PARAM_BOOLS:
        return oid == OID_BOOL_ARRAY ? OID_BOOL : 0;
    case PW_PARAM_INTS:
        return oid == OID_INT8_ARRAY   ? OID_INT8
               : oid == OID_INT4_ARRAY ? OID_INT4
               : oid == OID_INT2_ARRAY ? OID_INT2
                                       : 0;
    case PW_PARAM_UUIDS:
    case PW_PARAM_UUIDS_OPT:
        return oid == OID_UUID_ARRAY ? OID_UUID : 0;
    case PW_PARAM_TEXTS:
        return oid == OID_TEXT_ARRAY ? OID_TEXT : 0;
    case PW_PARAM_BYTEAS:
        return oid == OID_BYTEA_ARRAY ? OID_BYTEA : 0;
    case PW_PARAM_JSONS:
        return oid == OID_JSONB_ARRAY ? OID_JSONB : 0;
    case PW_PARAM_DATES:
        return oid == OID_DATE_ARRAY ? OID_DATE : 0;
    case PW_PARAM_TIMES:
        return oid == OID_TIMESTAMPTZ_ARRAY ? OID_TIMESTAMPTZ : 0;
    default:
        return 0;
    }
}

/* Element `i` as a parameter of its own. */
static struct pw_param element(const struct pw_param *p, size_t i)
{
    const void *items = p->value.items;

    switch (p->kind) {
    case PW_PARAM_BOOLS:
        return PW_P_BOOL(((const bool *)items)[i]);
    case PW_PARAM_INTS:
        return PW_P_I64(((const int64_t *)items)[i]);
    case PW_PARAM_UUIDS:
        return PW_P_UUID(&((const struct pw_uuid *)items)[i]);
    case PW_PARAM_UUIDS_OPT:
        return PW_P_UUID_OPT(&((const struct pw_uuid *)items)[i]);
    case PW_PARAM_TEXTS:
        return PW_P_TEXT(((const struct pw_str *)items)[i]);
    case PW_PARAM_BYTEAS:
        return PW_P_BYTEA(((const struct pw_str *)items)[i]);
    case PW_PARAM_JSONS:
        return PW_P_JSON(((const struct pw_str *)items)[i]);
    case PW_PARAM_DATES:
        return PW_P_DATE(((const pw_day *)items)[i]);
    default:
        return PW_P_TIME(((const pw_usec *)items)[i]);
    }
}

/* dimensions, has-null flag, element type, length, lower bound, then each with its length. */
static void put_array(struct encoder *e, const struct pw_param *p, uint32_t oid)
{
    uint32_t type = element_type(p->kind, oid);
    bool nulls = false;

    need(e, type != 0);
    for (size_t i = 0; i < p->count && !nulls; i++) {
        struct pw_param one = element(p, i);

        nulls = scalar_is_null(&one);
    }
    put_int(e, p->count > 0, 4);
    put_int(e, nulls, 4);
    put_int(e, type, 4);
    if (p->count == 0)
        return;
    put_int(e, (int64_t)p->count, 4);
    put_int(e, 1, 4);
    for (size_t i = 0; i < p->count; i++) {
        struct pw_param one = element(p, i);
        size_t at = e->buf.len;

        put_int(e, -1, 4);
        if (scalar_is_null(&one))
            continue;
        put_scalar(e, &one, type);
        put_bytes(e->buf.data + at, e->buf.len - at - 4, 4);
    }
}

const char *param_encode(struct pw_arena *arena, enum pw_sql sql, int number, const struct pw_param *param,
    uint32_t oid, int *ret_length)
{
    struct encoder e = {.sql = sql, .number = number};
    char *copy;

    *ret_length = 0;
    if (scalar_is_null(param))
        return NULL;
    /* PostgreSQL takes at most 1 GB in one value. */
    pw_buf_init(&e.buf, (size_t)1 << 30);
    if (param->kind >= PW_PARAM_BOOLS)
        put_array(&e, param, oid);
    else
        put_scalar(&e, param, oid);
    if (e.buf.full)
        db_misuse(sql, "parameter is too large", number);
    copy = pw_arena_alloc(arena, e.buf.len + 1);
    if (e.buf.len > 0)
        memcpy(copy, e.buf.data, e.buf.len);
    *ret_length = (int)e.buf.len;
    pw_buf_release(&e.buf);
    return copy;
}
