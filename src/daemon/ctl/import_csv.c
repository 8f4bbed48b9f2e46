/*
 * import of CSV: the first row names members of the JSON line, by path where they lie deeper
 * (sourceId, premises.bagId, premises.address.postcode, origin.scheme, origin.value); every row
 * becomes that line and goes on as such. An empty cell is an absent member; the items of a list
 * are separated by '|'; where semicolons separate cells a number may have a decimal comma.
 */
#include "import_int.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/csv.h>

#define LINE_OCTETS_MAX (1u << 20)
#define READ_SIZE       65536
#define PATH_MAX_DEPTH  8 /* members that lie deeper are unknown anyhow */

struct csv_import {
    struct import *import;
    struct pw_csv *csv;
    const struct pw_str *columns, *cells;
    size_t count;
};

/* ---- one cell ---- */

enum form { FORM_TEXT, FORM_NUMBER, FORM_BOOL, FORM_LIST };

static struct pw_str last_name(struct pw_str path)
{
    struct pw_str name = path;
    while (pw_str_cut(path, '.', &name, &path))
        ;
    return name;
}

/* How the member of that name is written, by its declaration. */
static enum form form_of(const struct pw_kind *kind, struct pw_str path)
{
    struct pw_str name = last_name(path);
    const struct pw_field *field = kind != NULL ? pw_kind_field(kind, name) : NULL;
    if (pw_str_is(name, "houseNumber"))
        return FORM_NUMBER;
    if (pw_str_is(name, "basedOn"))
        return FORM_LIST;
    if (field == NULL)
        return FORM_TEXT;
    switch (field->type) {
    case PW_TYPE_INTEGER:
    case PW_TYPE_NUMBER:
    case PW_TYPE_MONEY:
        return FORM_NUMBER;
    case PW_TYPE_BOOL:
        return FORM_BOOL;
    case PW_TYPE_ENUM_SET:
        return FORM_LIST;
    default:
        return FORM_TEXT;
    }
}

/* The cell as a JSON number in `out`; false when it is none, and validation is to say so. */
static bool number_of(struct pw_str cell, bool comma, struct pw_buf *out)
{
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.data[i] == ',' && comma ? '.' : cell.data[i];
        digits += isdigit((unsigned char)c) != 0;
        points += c == '.';
        if (!isdigit((unsigned char)c) && c != '.' && !(c == '-' && i == 0))
            return false;
        pw_buf_putc(out, c);
    }
    return digits > 0 && points <= 1 && isdigit((unsigned char)cell.data[cell.len - 1]) && !out->full;
}

static void write_number(const struct csv_import *csv, struct pw_jsonw *w, struct pw_str cell)
{
    struct pw_buf number;
    pw_buf_init(&number, 64);
    if (number_of(cell, pw_csv_separator(csv->csv) == ';', &number))
        pw_jsonw_raw(w, pw_buf_str(&number));
    else
        pw_jsonw_str(w, cell);
    pw_buf_release(&number);
}

static void write_list(struct pw_jsonw *w, struct pw_str cell)
{
    struct pw_str item;
    bool more = true;
    pw_jsonw_array(w);
    while (more) {
        more = pw_str_cut(cell, '|', &item, &cell);
        pw_jsonw_str(w, pw_str_trim(item));
    }
    pw_jsonw_end_array(w);
}

static void write_cell(
    const struct csv_import *csv, const struct pw_kind *kind, size_t column, struct pw_jsonw *w)
{
    struct pw_str cell = csv->cells[column];
    switch (form_of(kind, csv->columns[column])) {
    case FORM_NUMBER:
        write_number(csv, w, cell);
        break;
    case FORM_BOOL:
        if (pw_str_is(cell, "true") || pw_str_is(cell, "false"))
            pw_jsonw_raw(w, cell);
        else
            pw_jsonw_str(w, cell);
        break;
    case FORM_LIST:
        write_list(w, cell);
        break;
    case FORM_TEXT:
        pw_jsonw_str(w, cell);
    }
}

/* ---- one row ---- */

/* The name that follows `prefix` ("premises.") in a column's path; false when it lies elsewhere. */
static bool name_under(struct pw_str path, struct pw_str prefix, struct pw_str *ret_name, bool *ret_deeper)
{
    if (!pw_str_has_prefix(path, prefix))
        return false;
    struct pw_str rest = {path.data + prefix.len, path.len - prefix.len}, tail;
    *ret_deeper = pw_str_cut(rest, '.', ret_name, &tail);
    return true;
}

/* Whether an earlier filled column already brought the object of that name under this prefix. */
static bool is_written(const struct csv_import *csv, size_t column, struct pw_str prefix, struct pw_str name)
{
    struct pw_str other;
    bool deeper;
    for (size_t i = 0; i < column; i++)
        if (csv->cells[i].len > 0 && name_under(csv->columns[i], prefix, &other, &deeper) && deeper &&
            pw_str_eq(other, name))
            return true;
    return false;
}

/* The members under `prefix`, which has `depth` names. */
static void write_members(const struct csv_import *csv, const struct pw_kind *kind, struct pw_str prefix,
    int depth, struct pw_jsonw *w)
{
    struct pw_str name;
    bool deeper;
    for (size_t i = 0; i < csv->count; i++) {
        if (csv->cells[i].len == 0 || !name_under(csv->columns[i], prefix, &name, &deeper))
            continue;
        deeper = deeper && depth < PATH_MAX_DEPTH;
        if (deeper && is_written(csv, i, prefix, name))
            continue;
        pw_jsonw_key_str(w, name);
        if (deeper) {
            struct pw_str inner = {csv->columns[i].data, prefix.len + name.len + 1};
            pw_jsonw_object(w);
            write_members(csv, kind, inner, depth + 1, w);
            pw_jsonw_end_object(w);
        } else {
            write_cell(csv, kind, i, w);
        }
    }
}

static const struct pw_kind *kind_of(const struct csv_import *csv)
{
    const struct import *import = csv->import;
    if (import->premises)
        return import->model->premises;
    for (size_t i = 0; import->kind == NULL && i < csv->count; i++)
        if (pw_str_is(csv->columns[i], "kind"))
            return pw_facts_kind(import->model, csv->cells[i]);
    return import->kind;
}

static void on_row(void *arg, size_t line, const struct pw_str *cells, size_t count)
{
    struct csv_import *csv = arg;
    struct pw_buf out;
    struct pw_jsonw w;
    csv->columns = pw_csv_columns(csv->csv, &csv->count);
    csv->cells = cells;
    if (count != csv->count) {
        import_reject(csv->import, line, "", "column-count");
        return;
    }
    pw_buf_init(&out, LINE_OCTETS_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    write_members(csv, kind_of(csv), PW_STR(""), 0, &w);
    pw_jsonw_end_object(&w);
    import_line(csv->import, pw_buf_str(&out), line);
    pw_buf_release(&out);
}

bool import_csv(struct import *import, FILE *in, struct pw_err *err)
{
    struct csv_import csv = {.import = import};
    char *octets = pw_xcalloc(1, READ_SIZE);
    size_t length;
    bool ok = true;
    csv.csv = pw_csv_new(import->file, NULL, on_row, &csv);
    while (ok && (length = fread(octets, 1, READ_SIZE, in)) > 0) {
        import->octets_read += length;
        ok = pw_csv_feed(csv.csv, (struct pw_str){octets, length}, err);
    }
    ok = ok && pw_csv_end(csv.csv, err);
    pw_csv_free(csv.csv);
    free(octets);
    return ok;
}
