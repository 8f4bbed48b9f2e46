/*
 * Results: binary cells by row and column. Nothing is copied but arrays; a type that does not fit
 * is a programming error.
 */
#include <string.h>

#include "db_int.h"

const struct pw_rows *pw_tx_rows(const struct pw_tx *tx, size_t statement)
{
    if (statement >= tx->sent || tx->rows[statement].result == NULL)
        db_misuse(PW_SQL_COUNT, "rows asked of a statement that has none yet", (int)statement);
    return &tx->rows[statement];
}

size_t pw_rows_count(const struct pw_rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

int64_t pw_rows_affected(const struct pw_rows *rows)
{
    int64_t n = 0;

    return pw_str_to_i64(pw_str_z(PQcmdTuples(rows->result)), &n) ? n : 0;
}

int pw_rows_column(const struct pw_rows *rows, const char *name)
{
    for (int i = 0; i < PQnfields(rows->result); i++)
        if (strcmp(PQfname(rows->result, i), name) == 0)
            return i;
    db_misuse(rows->sql, "no such column", 0);
}

/* The octets of a cell, NULL when it is SQL NULL. */
static const char *cell(const struct pw_rows *rows, size_t row, int column, int *ret_length)
{
    if (row >= (size_t)PQntuples(rows->result) || column < 0 || column >= PQnfields(rows->result))
        db_misuse(rows->sql, "no such cell: column", column);
    if (PQgetisnull(rows->result, (int)row, column))
        return NULL;
    *ret_length = PQgetlength(rows->result, (int)row, column);
    return PQgetvalue(rows->result, (int)row, column);
}

static const char *typed(const struct pw_rows *rows, size_t row, int column, Oid type, int length)
{
    int got;
    const char *p = cell(rows, row, column, &got);

    if (p && (PQftype(rows->result, column) != type || got != length))
        db_misuse(rows->sql, "cell read as another type: column", column);
    return p;
}

bool pw_cell_is_null(const struct pw_rows *rows, size_t row, int column)
{
    int length;

    return cell(rows, row, column, &length) == NULL;
}

bool pw_cell_bool(const struct pw_rows *rows, size_t row, int column)
{
    const char *p = typed(rows, row, column, OID_BOOL, 1);

    return p && *p;
}

int64_t pw_cell_i64(const struct pw_rows *rows, size_t row, int column)
{
    int length;
    const char *p = cell(rows, row, column, &length);

    if (!p)
        return 0;
    switch (PQftype(rows->result, column)) {
    case OID_INT8:
        return (int64_t)get_u64(p);
    case OID_INT4:
        return (int32_t)get_u32(p);
    case OID_INT2:
        return (int16_t)get_u16(p);
    default:
        db_misuse(rows->sql, "cell is no integer: column", column);
    }
}

double pw_cell_f64(const struct pw_rows *rows, size_t row, int column)
{
    const char *p = typed(rows, row, column, OID_FLOAT8, 8);
    uint64_t bits;
    double real;

    if (!p)
        return 0;
    bits = get_u64(p);
    memcpy(&real, &bits, sizeof(real));
    return real;
}

struct pw_uuid pw_cell_uuid(const struct pw_rows *rows, size_t row, int column)
{
    const char *p = typed(rows, row, column, OID_UUID, 16);
    struct pw_uuid id = {{0}};

    if (p)
        memcpy(id.b, p, 16);
    return id;
}

struct pw_str pw_cell_text(const struct pw_rows *rows, size_t row, int column)
{
    int length;
    const char *p = cell(rows, row, column, &length);

    if (!p)
        return PW_STR("");
    switch (PQftype(rows->result, column)) {
    case OID_JSONB:
        return (struct pw_str){p + 1, (size_t)length - 1};
    case OID_TEXT:
    case OID_VARCHAR:
    case OID_JSON:
    case OID_NAME:
        return (struct pw_str){p, (size_t)length};
    default:
        db_misuse(rows->sql, "cell is no text: column", column);
    }
}

struct pw_str pw_cell_bytea(const struct pw_rows *rows, size_t row, int column)
{
    int length;
    const char *p = cell(rows, row, column, &length);

    if (!p)
        return PW_STR("");
    if (PQftype(rows->result, column) != OID_BYTEA)
        db_misuse(rows->sql, "cell is no bytea: column", column);
    return (struct pw_str){p, (size_t)length};
}

pw_day pw_cell_date(const struct pw_rows *rows, size_t row, int column)
{
    const char *p = typed(rows, row, column, OID_DATE, 4);

    return p ? (pw_day)((int32_t)get_u32(p) + PG_EPOCH_DAY) : PW_DAY_NONE;
}

pw_usec pw_cell_time(const struct pw_rows *rows, size_t row, int column)
{
    const char *p = typed(rows, row, column, OID_TIMESTAMPTZ, 8);

    return p ? (pw_usec)get_u64(p) + PG_EPOCH_DAY * PW_USEC_PER_DAY : PW_TIME_NONE;
}

uint64_t pw_cell_xid(const struct pw_rows *rows, size_t row, int column)
{
    const char *p = typed(rows, row, column, OID_XID8, 8);

    return p ? get_u64(p) : 0;
}

/* Steps through a one-dimensional array. */
struct array {
    const char *at;
    size_t count;
};

static struct array open_array(const struct pw_rows *rows, size_t row, int column, Oid type)
{
    struct array array = {NULL, 0};
    int length;
    const char *p = cell(rows, row, column, &length);

    if (!p)
        return array;
    if (PQftype(rows->result, column) != type || length < 12 || get_u32(p) > 1)
        db_misuse(rows->sql, "cell is no such array: column", column);
    if (get_u32(p) == 0)
        return array;
    array.count = get_u32(p + 12);
    array.at = p + 20;
    return array;
}

/* The next element; data NULL for SQL NULL. */
static struct pw_str next_element(struct array *array)
{
    struct pw_str item = {NULL, 0};
    int32_t length = (int32_t)get_u32(array->at);

    array->at += 4;
    if (length < 0)
        return item;
    item = (struct pw_str){array->at, (size_t)length};
    array->at += length;
    return item;
}

struct pw_uuid *pw_cell_uuids(
    const struct pw_rows *rows, size_t row, int column, struct pw_arena *arena, size_t *ret_count)
{
    struct array array = open_array(rows, row, column, OID_UUID_ARRAY);
    struct pw_uuid *ids = PW_NEW_ARRAY(arena, array.count, struct pw_uuid);

    for (size_t i = 0; i < array.count; i++) {
        struct pw_str item = next_element(&array);

        if (item.data)
            memcpy(ids[i].b, item.data, 16);
    }
    *ret_count = array.count;
    return ids;
}

struct pw_str *pw_cell_texts(
    const struct pw_rows *rows, size_t row, int column, struct pw_arena *arena, size_t *ret_count)
{
    struct array array = open_array(rows, row, column, OID_TEXT_ARRAY);
    struct pw_str *texts = PW_NEW_ARRAY(arena, array.count, struct pw_str);

    for (size_t i = 0; i < array.count; i++) {
        struct pw_str item = next_element(&array);

        texts[i] = item.data ? pw_str_dup(arena, item) : PW_STR("");
    }
    *ret_count = array.count;
    return texts;
}

int64_t *pw_cell_i64s(
    const struct pw_rows *rows, size_t row, int column, struct pw_arena *arena, size_t *ret_count)
{
    Oid type = PQftype(rows->result, column);
    bool fits = type == OID_INT8_ARRAY || type == OID_INT4_ARRAY || type == OID_INT2_ARRAY;
    struct array array = open_array(rows, row, column, fits ? type : OID_INT8_ARRAY);
    int64_t *numbers = PW_NEW_ARRAY(arena, array.count, int64_t);

    for (size_t i = 0; i < array.count; i++) {
        struct pw_str item = next_element(&array);

        if (!item.data)
            continue;
        numbers[i] = item.len == 8   ? (int64_t)get_u64(item.data)
                     : item.len == 4 ? (int32_t)get_u32(item.data)
                                     : (int16_t)get_u16(item.data);
    }
    *ret_count = array.count;
    return numbers;
}
