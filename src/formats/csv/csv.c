/* libcsv finds the cells; this file keeps rows, lines, limits and words for what is refused. */
#include <stdlib.h>
#include <string.h>

#include <csv.h>

#include <pandwacht/csv.h>

#define COLUMNS_DEFAULT 200
#define ROW_DEFAULT     (1u << 20)

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

struct pw_csv {
    char *file;
    size_t columns_max, row_max;
    pw_csv_on_row on_row;
    void *arg;
    struct csv_parser parser;
    struct pw_buf head; /* what came before the first row's end: the separator is still unknown */
    bool started;
    struct pw_arena *arena; /* holds the column names */
    const struct pw_str *columns;
    size_t column_count;
    struct pw_buf text; /* the cells of the row under way, one behind the other */
    size_t *ends;       /* where each ends in `text` */
    struct pw_str *cells;
    size_t cell_count;
    size_t line, row_line; /* where reading stands, and where the row began */
    enum pw_err_code refused;
    const char *reason;
};

struct pw_csv *pw_csv_new(
    const char *file, const struct pw_csv_limits *limits, pw_csv_on_row on_row, void *arg)
{
    struct pw_csv *csv = pw_xcalloc(1, sizeof *csv);
    csv->file = strdup(file);
    csv->columns_max = limits != NULL && limits->columns > 0 ? limits->columns : COLUMNS_DEFAULT;
    csv->row_max = limits != NULL && limits->row > 0 ? limits->row : ROW_DEFAULT;
    csv->on_row = on_row;
    csv->arg = arg;
    csv->line = csv->row_line = 1;
    csv->arena = pw_arena_new();
    csv->ends = PW_NEW_ARRAY(csv->arena, csv->columns_max, size_t);
    csv->cells = PW_NEW_ARRAY(csv->arena, csv->columns_max, struct pw_str);
    pw_buf_init(&csv->head, csv->row_max);
    pw_buf_init(&csv->text, csv->row_max);
    csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI);
    return csv;
}

void pw_csv_free(struct pw_csv *csv)
{
    if (csv == NULL)
        return;
    csv_free(&csv->parser);
    pw_buf_release(&csv->text);
    pw_buf_release(&csv->head);
    pw_arena_free(csv->arena);
    free(csv->file);
    free(csv);
}

static void refuse(struct pw_csv *csv, enum pw_err_code code, const char *reason)
{
    if (csv->refused == PW_ERR_NONE) {
        csv->refused = code;
        csv->reason = reason;
    }
}

/* ---- cells and rows, as libcsv finds them ---- */

static void on_cell(void *octets, size_t length, void *arg)
{
    struct pw_csv *csv = arg;
    struct pw_str cell = {length > 0 ? octets : "", length};
    if (!pw_utf8_valid(cell) || memchr(cell.data, '\0', cell.len) != NULL)
        refuse(csv, PW_ERR_SYNTAX, "a cell is not UTF-8 text; save the file as UTF-8");
    if (csv->cell_count == csv->columns_max)
        refuse(csv, PW_ERR_LIMIT, "the row has more columns than are read");
    pw_buf_put_str(&csv->text, cell);
    if (csv->text.full)
        refuse(csv, PW_ERR_LIMIT, "the row is longer than is read; a quote may not be closed");
    if (csv->refused == PW_ERR_NONE)
        csv->ends[csv->cell_count++] = csv->text.len;
}

static void gather_cells(struct pw_csv *csv)
{
    size_t from = 0;
    for (size_t i = 0; i < csv->cell_count; i++) {
        csv->cells[i] = (struct pw_str){csv->text.len > 0 ? csv->text.data + from : "", csv->ends[i] - from};
        from = csv->ends[i];
    }
}

static void name_columns(struct pw_csv *csv)
{
    struct pw_str *names = PW_NEW_ARRAY(csv->arena, csv->cell_count, struct pw_str);
    for (size_t i = 0; i < csv->cell_count; i++)
        names[i] = pw_str_dup(csv->arena, csv->cells[i]);
    csv->columns = names;
    csv->column_count = csv->cell_count;
}

static void on_row_end(int octet, void *arg)
{
    struct pw_csv *csv = arg;
    (void)octet;
    if (csv->refused != PW_ERR_NONE)
        return;
    gather_cells(csv);
    if (csv->columns == NULL)
        name_columns(csv);
    else
        csv->on_row(csv->arg, csv->row_line, csv->cells, csv->cell_count);
    csv->cell_count = 0;
    pw_buf_clear(&csv->text);
    csv->row_line = csv->line;
}

static bool refused(const struct pw_csv *csv, struct pw_err *err)
{
    return pw_fail_at(err, csv->refused, csv->file, (unsigned)csv->row_line, 0, "%s", csv->reason);
}

/* One line at a time, so that a row knows where it begins. */
static bool parse_line(struct pw_csv *csv, struct pw_str line, struct pw_err *err)
{
    csv->line += line.data[line.len - 1] == '\n';
    if (csv_parse(&csv->parser, line.data, line.len, on_cell, on_row_end, csv) != line.len)
        refuse(csv, PW_ERR_SYNTAX,
            "a quote stands where none may: put quotes around the whole cell and double those inside");
    if (csv->parser.entry_pos > csv->row_max)
        refuse(csv, PW_ERR_LIMIT, "the row is longer than is read; a quote may not be closed");
    return csv->refused == PW_ERR_NONE || refused(csv, err);
}

static bool parse(struct pw_csv *csv, struct pw_str octets, struct pw_err *err)
{
    while (octets.len > 0) {
        const char *feed = memchr(octets.data, '\n', octets.len);
        size_t length = feed != NULL ? (size_t)(feed - octets.data) + 1 : octets.len;
        if (!parse_line(csv, (struct pw_str){octets.data, length}, err))
            return false;
        octets = (struct pw_str){octets.data + length, octets.len - length};
        if (csv->cell_count == 0 && feed != NULL && csv->parser.pstate == 0)
            csv->row_line = csv->line; /* empty lines are no rows */
    }
    return true;
}

/* ---- the first row decides the separator ---- */

static char separator_of(struct pw_str row)
{
    bool quoted = false;
    for (size_t i = 0; i < row.len; i++) {
        if (row.data[i] == '"')
            quoted = !quoted;
        else if (!quoted && row.data[i] == ';')
            return ';';
    }
    return ',';
}

static bool start(struct pw_csv *csv, struct pw_err *err)
{
    struct pw_str head = pw_buf_str(&csv->head), mark = PW_STR(BYTE_ORDER_MARK);
    if (pw_str_has_prefix(head, mark))
        head = (struct pw_str){head.data + mark.len, head.len - mark.len};
    csv->started = true;
    csv_set_delim(&csv->parser, (unsigned char)separator_of(head));
    return parse(csv, head, err);
}

bool pw_csv_feed(struct pw_csv *csv, struct pw_str octets, struct pw_err *err)
{
    if (csv->started)
        return parse(csv, octets, err);
    const char *feed = octets.len > 0 ? memchr(octets.data, '\n', octets.len) : NULL;
    size_t length = feed != NULL ? (size_t)(feed - octets.data) + 1 : octets.len;
    pw_buf_put_str(&csv->head, (struct pw_str){octets.data, length});
    if (csv->head.full)
        return pw_fail_at(err, PW_ERR_LIMIT, csv->file, 1, 0, "the first row is longer than is read");
    return feed == NULL ||
           (start(csv, err) && parse(csv, (struct pw_str){octets.data + length, octets.len - length}, err));
}

bool pw_csv_end(struct pw_csv *csv, struct pw_err *err)
{
    if (!csv->started && !start(csv, err))
        return false;
    if (csv_fini(&csv->parser, on_cell, on_row_end, csv) != 0)
        refuse(csv, PW_ERR_SYNTAX, "the text ends inside quotes");
    return csv->refused == PW_ERR_NONE || refused(csv, err);
}

const struct pw_str *pw_csv_columns(const struct pw_csv *csv, size_t *ret_count)
{
    *ret_count = csv->column_count;
    return csv->columns;
}

char pw_csv_separator(const struct pw_csv *csv)
{
    return (char)csv->parser.delim_char;
}
