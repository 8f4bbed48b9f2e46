/*
 * Errors as values. A function that can fail returns bool, must be checked, and fills the
 * caller's struct pw_err: a code from the one table (defs/errors.def), a position when
 * something was being read, and a short English text that names the place and the remedy
 * and never repeats a refused value.
 */
#ifndef PANDWACHT_BASE_ERR_H
#define PANDWACHT_BASE_ERR_H

#include <stdbool.h>
#include <stddef.h>

#include <pandwacht/base/cdefs.h>

enum pw_err_code {
    PW_ERR_NONE = 0,
#define PW_ERROR(name, word, status, nl, en) PW_ERR_##name,
#include <pandwacht/defs/errors.def>
#undef PW_ERROR
    PW_ERR_COUNT
};

#define PW_ERR_TEXT_MAX 512
#define PW_ERR_FILE_MAX 128

struct pw_err {
    enum pw_err_code code;
    char file[PW_ERR_FILE_MAX]; /* "" when nothing was being read */
    unsigned line;              /* 1-based; 0 = unknown */
    unsigned column;            /* 1-based; 0 = unknown */
    char text[PW_ERR_TEXT_MAX];
};

/* Fills `err` (NULL is accepted) and returns false, for `return pw_fail(...)`. */
bool pw_fail(struct pw_err *err, enum pw_err_code code, const char *fmt, ...) PW_PRINTF(3, 4);
/* The same with a place. `file` may be NULL. */
bool pw_fail_at(struct pw_err *err, enum pw_err_code code, const char *file, unsigned line, unsigned column,
    const char *fmt, ...) PW_PRINTF(6, 7);
/* The code as outside words: `invalid`, `not-found`, ... (kebab-case, stable). */
const char *pw_err_word(enum pw_err_code code);
/* The HTTP status that the code answers with. */
int pw_err_status(enum pw_err_code code);
/* A title for people; `dutch` chooses the language. */
const char *pw_err_title(enum pw_err_code code, bool dutch);
/* "file:line:column: text" into `out` (at most `size` octets, NUL-terminated). Returns `out`. */
const char *pw_err_format(const struct pw_err *err, char *out, size_t size);

#endif
