/* The error table, expanded from defs/errors.def. */
#include <pandwacht/base/err.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    int status;
    const char *title_nl, *title_en;
} table[PW_ERR_COUNT] = {
    [PW_ERR_NONE] = {"none", 200, "", ""},
#define PW_ERROR(name, word, status, nl, en) [PW_ERR_##name] = {word, status, nl, en},
#include <pandwacht/defs/errors.def>
#undef PW_ERROR
};

static void fill(struct pw_err *err, enum pw_err_code code, const char *file, unsigned line, unsigned column)
{
    err->code = code;
    err->line = line;
    err->column = column;
    snprintf(err->file, sizeof err->file, "%s", file == NULL ? "" : file);
}

bool pw_fail(struct pw_err *err, enum pw_err_code code, const char *fmt, ...)
{
    if (err == NULL)
        return false;
    fill(err, code, NULL, 0, 0);
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return false;
}

bool pw_fail_at(struct pw_err *err, enum pw_err_code code, const char *file, unsigned line, unsigned column,
    const char *fmt, ...)
{
    if (err == NULL)
        return false;
    fill(err, code, file, line, column);
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return false;
}

const char *pw_err_word(enum pw_err_code code)
{
    return table[code].word;
}

int pw_err_status(enum pw_err_code code)
{
    return table[code].status;
}

const char *pw_err_title(enum pw_err_code code, bool dutch)
{
    return dutch ? table[code].title_nl : table[code].title_en;
}

const char *pw_err_format(const struct pw_err *err, char *out, size_t size)
{
    if (err->file[0] == '\0')
        snprintf(out, size, "%s", err->text);
    else if (err->line == 0)
        snprintf(out, size, "%s: %s", err->file, err->text);
    else if (err->column == 0)
        snprintf(out, size, "%s:%u: %s", err->file, err->line, err->text);
    else
        snprintf(out, size, "%s:%u:%u: %s", err->file, err->line, err->column, err->text);
    return out;
}
