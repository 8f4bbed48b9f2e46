/*
 * csv: strict reading of rows with commas, or with semicolons as spreadsheets write them where the
 * comma is the decimal sign (RFC 4180). Hides libcsv.
 *
 * The first row names the columns, and decides the separator: a semicolon when it has one outside
 * quotes. Text is UTF-8, a byte order mark in front is passed over; U+0000 is refused, as is a
 * quote where none may stand. Blanks around a cell without quotes do not belong to it.
 */
#ifndef PANDWACHT_CSV_H
#define PANDWACHT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include <pandwacht/base.h>

struct pw_csv;

struct pw_csv_limits {
    size_t columns; /* 0 = 200 */
    size_t row;     /* octets of one row, quotes included; 0 = 1 MiB */
};

/* A row behind the first: `line` from 1, where it begins; `cells` are borrowed for the call. `count` may
 * differ from the number of columns: that is the receiver's to refuse. */
typedef void (*pw_csv_on_row)(void *arg, size_t line, const struct pw_str *cells, size_t count);

/* `file` names the text in errors and is copied; `limits` NULL = the usual. */
struct pw_csv *pw_csv_new(
    const char *file, const struct pw_csv_limits *limits, pw_csv_on_row on_row, void *arg);
void pw_csv_free(struct pw_csv *csv); /* NULL is accepted */

/* The next octets, cut anywhere. Fails with place and remedy: PW_ERR_SYNTAX (a misplaced quote, no UTF-8,
 * U+0000), PW_ERR_LIMIT (columns, length of a row). After a failure nothing more may be fed. */
bool pw_csv_feed(struct pw_csv *csv, struct pw_str octets, struct pw_err *err) PW_MUST_CHECK;
/* No more comes: the last row needs no line feed, but an open quote is refused. */
bool pw_csv_end(struct pw_csv *csv, struct pw_err *err) PW_MUST_CHECK;

/* The names of the columns once the first row is complete; *ret_count = 0 before. */
const struct pw_str *pw_csv_columns(const struct pw_csv *csv, size_t *ret_count);
/* ',' or ';'. */
char pw_csv_separator(const struct pw_csv *csv);

#endif
