/*
 * diag.c: findings about a source text: a place for people, what stands there, what could, and
 * a proposal. The lexer, parser, checker and folder add them; callers print them.
 */
#include "cel_int.h"

#include <stdio.h>

/* Lines end with LF, CR or CR LF; columns count code points. */
static void place(const struct cel_text *text, uint32_t offset, uint32_t *line, uint32_t *column)
{
    *line = 1;
    *column = 1;
    for (uint32_t i = 0; i < offset && i < text->len; i++) {
        char c = text->ptr[i];
        if (c == '\n' || (c == '\r' && (i + 1 >= text->len || text->ptr[i + 1] != '\n'))) {
            (*line)++;
            *column = 1;
        } else if (((unsigned char)c & 0xC0) != 0x80) {
            (*column)++;
        }
    }
}

/* A cut text must not end in half a code point. */
static void trim_utf8(char *field)
{
    size_t len = strlen(field), back = 0;
    while (back < 3 && back < len && ((unsigned char)field[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back < len && !cel_utf8_valid(field + len - 1 - back, back + 1))
        field[len - 1 - back] = '\0';
}

void cel_diag_text(char *field, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(field, size, format, args);
    va_end(args);
    trim_utf8(field);
}

struct cel_diag *cel_diag_add(
    struct cel_text *text, enum cel_diag_code code, uint32_t start, uint32_t end, const char *format, ...)
{
    struct cel_diags *diags = text->diags;
    struct cel_diag *diag = &diags->overflow;
    if (diags->count < CEL_DIAGS_MAX)
        diag = &diags->items[diags->count++];
    else
        diags->more++;
    *diag = (struct cel_diag){.code = code, .offset = start, .end = end};
    place(text, start, &diag->line, &diag->column);
    va_list args;
    va_start(args, format);
    vsnprintf(diag->message, sizeof(diag->message), format, args);
    va_end(args);
    trim_utf8(diag->message);
    return diag;
}

size_t cel_diag_format(const struct cel_diag *diag, char *buffer, size_t size)
{
    bool expected = diag->expected[0] != '\0', remedy = diag->remedy[0] != '\0';
    int n = snprintf(buffer, size, "%u:%u: %s%s%s%s%s%s", diag->line, diag->column, diag->message,
        expected ? "; expected " : "", diag->expected, remedy ? " (" : "", diag->remedy, remedy ? ")" : "");
    return n < 0 ? 0 : (size_t)n;
}

/* ---- proposals ---- */

#define NAME_MAX_LEN 63

static unsigned smallest(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* Edit distance with swaps of neighbours counted as one. */
static unsigned distance(const char *a, size_t alen, const char *b, size_t blen)
{
    unsigned rows[3][NAME_MAX_LEN + 1];
    unsigned *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= blen; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= alen; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= blen; j++) {
            row[j] = smallest(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = smallest(row[j], before[j - 2] + 1, row[j]);
        }
        unsigned *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[blen];
}

void cel_suggest_init(struct cel_suggest *suggest, const char *wanted, size_t len)
{
    *suggest = (struct cel_suggest){.wanted = wanted, .len = len, .distance = 1 + (unsigned)(len / 3)};
    if (suggest->distance > 4)
        suggest->distance = 4;
}

void cel_suggest_try(struct cel_suggest *suggest, const char *name)
{
    size_t len = strlen(name);
    if (len > NAME_MAX_LEN || suggest->len > NAME_MAX_LEN)
        return;
    unsigned far = distance(suggest->wanted, suggest->len, name, len);
    if (far >= suggest->distance + (suggest->best[0] == '\0'))
        return;
    suggest->distance = far;
    memcpy(suggest->best, name, len + 1);
}

void cel_suggest_into(const struct cel_suggest *suggest, struct cel_diag *diag)
{
    if (suggest->best[0] != '\0')
        cel_diag_text(diag->remedy, sizeof(diag->remedy), "did you mean '%s'?", suggest->best);
}
