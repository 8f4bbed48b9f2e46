/*
 * From an octet of a scalar's value back to the place in the file. YAML folds lines, strips
 * indentation and undoes quotes; a type error in the third line of a folded condition must still
 * be shown where the author can put the cursor. The raw text is walked beside the value.
 */
#include <string.h>

#include "rules_int.h"

struct walk {
    const char *at, *end;
    unsigned line, column;
};

static void step(struct walk *w)
{
    if (*w->at == '\n') {
        w->line++;
        w->column = 1;
    } else if (((unsigned char)*w->at & 0xC0) != 0x80) {
        w->column++;
    }
    w->at++;
}

static void skip_blanks(struct walk *w)
{
    while (w->at < w->end && (*w->at == ' ' || *w->at == '\n' || *w->at == '\t' || *w->at == '\r'))
        step(w);
}

static const struct pw_file *file_of(const struct owned_set *owned, const char *name)
{
    for (size_t i = 0; i < owned->file_count; i++)
        if (pw_str_is(owned->files[i].name, name))
            return &owned->files[i];
    return NULL;
}

/* Moves to the node, and behind its opening quote or block indicator. Returns the quote, or 0. */
static char enter_scalar(struct walk *w, const struct pw_yaml *node)
{
    char first;

    while (w->at < w->end && (w->line < node->line || w->column < node->column))
        step(w);
    first = w->at < w->end ? *w->at : 0;
    if (first == '|' || first == '>') {
        while (w->at < w->end && *w->at != '\n')
            step(w);
        skip_blanks(w);
        return 0;
    }
    if (first != '\'' && first != '"')
        return 0;
    step(w);
    return first;
}

void locate(const struct owned_set *owned, const struct pw_yaml *node, uint32_t offset, unsigned *ret_line,
    unsigned *ret_column)
{
    const struct pw_file *file = file_of(owned, node->file);
    struct walk w = {NULL, NULL, 1, 1};
    char quote;

    *ret_line = node->line;
    *ret_column = node->column;
    if (!file)
        return;
    w.at = file->text.data;
    w.end = w.at + file->text.len;
    quote = enter_scalar(&w, node);
    for (uint32_t i = 0; i < offset && i < node->text.len && w.at < w.end; i++) {
        char c = node->text.data[i];
        if (c == ' ' || c == '\n') {
            step(&w);
            if (i + 1 < node->text.len && node->text.data[i + 1] != ' ' && node->text.data[i + 1] != '\n')
                skip_blanks(&w);
            continue;
        }
        if ((quote == '\'' && *w.at == '\'') || (quote == '"' && *w.at == '\\'))
            step(&w);
        if (w.at < w.end)
            step(&w);
    }
    *ret_line = w.line;
    *ret_column = w.column;
}

struct pw_place pw_rules_place(const struct pw_ruleset *set, int32_t expr, uint32_t offset)
{
    const struct owned_set *owned = (const struct owned_set *)(const void *)set;
    const struct written *written = &owned->written[expr];
    struct pw_place place = {.file = written->node->file, .rule = written->rule};

    locate(owned, written->node, offset, &place.line, &place.column);
    return place;
}
