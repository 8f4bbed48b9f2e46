/*
 * Stories: files that tell one premises' life, line by line, in the words of the API.
 *
 *   # text                 for the reader
 *   let NAME text          $NAME stands for the text from here on
 *   SENDER {json}          one fact (or, for `premises`, its attributes)
 *
 * In a line, "@-30" is the day thirty days ago as a date and "@m-1" the month before this one.
 */
#include "demo_data.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VARIABLES = 16, LINE = 8192 };

struct story {
    const char *file;
    int line;
    struct {
        char name[32];
        char text[1024];
    } variables[VARIABLES];
    int variable_count;
};

static bool fault(const struct story *story, const char *text)
{
    fprintf(stderr, "%s:%d: %s\n", story->file, story->line, text);
    return false;
}

static pw_day month_before(pw_day today, long months)
{
    struct pw_date date = pw_day_to_date(today);
    long count = (long)date.year * 12 + date.month - 1 + months;
    return pw_day_from_date((struct pw_date){(int)(count / 12), (int)(count % 12) + 1, 1});
}

/* Writes what `*at` (behind an '@') means and moves behind it. */
static void expand_date(struct data *data, const char **at, struct pw_buf *out)
{
    bool month = **at == 'm';
    if (month)
        (*at)++;
    char *end;
    long n = strtol(*at, &end, 10);
    *at = end;
    if (month)
        pw_buf_puts(out, month_text(month_before(data_today(data), n)));
    else
        pw_buf_puts(out, date_text(data_today(data) + (pw_day)n));
}

static bool expand_variable(const struct story *story, const char **at, struct pw_buf *out)
{
    size_t len = 0;
    while (isupper((unsigned char)(*at)[len]) || (*at)[len] == '_')
        len++;
    for (int i = 0; i < story->variable_count; i++)
        if (strlen(story->variables[i].name) == len && strncmp(story->variables[i].name, *at, len) == 0) {
            pw_buf_puts(out, story->variables[i].text);
            *at += len;
            return true;
        }
    return false;
}

static bool expand(const struct story *story, struct data *data, const char *text, struct pw_buf *out)
{
    pw_buf_clear(out);
    for (const char *at = text; *at != '\0';) {
        if (strncmp(at, "\"@", 2) == 0) {
            pw_buf_putc(out, '"');
            at += 2;
            expand_date(data, &at, out);
        } else if (*at == '$') {
            at++;
            if (!expand_variable(story, &at, out))
                return fault(story, "a name behind $ that no `let` gave");
        } else
            pw_buf_putc(out, *at++);
    }
    return !out->full || fault(story, "line too long");
}

static bool define(struct story *story, char *rest)
{
    char *text = strchr(rest, ' ');
    if (text == NULL || story->variable_count == VARIABLES)
        return fault(story, "`let NAME text`, at most 16 in a story");
    *text++ = '\0';
    int i = story->variable_count++;
    snprintf(story->variables[i].name, sizeof story->variables[i].name, "%s", rest);
    snprintf(story->variables[i].text, sizeof story->variables[i].text, "%s", text);
    return true;
}

static bool tell(struct story *story, struct data *data, char *line, struct pw_buf *out)
{
    char *rest = strchr(line, ' ');
    if (line[0] == '#' || line[0] == '\0')
        return true;
    if (rest == NULL)
        return fault(story, "expected `SENDER {json}`, `let NAME text` or `# text`");
    *rest++ = '\0';
    if (strcmp(line, "let") == 0)
        return define(story, rest);
    for (int i = 0; i < SENDERS; i++)
        if (strcmp(line, data_sender_name((enum sender)i)) == 0) {
            if (!expand(story, data, rest, out))
                return false;
            data_line(data, (enum sender)i, "%s", out->data);
            return true;
        }
    return fault(story, "no such sender");
}

bool write_story(struct data *data, const char *file)
{
    struct story story = {.file = file};
    FILE *in = fopen(file, "r");
    if (in == NULL) {
        perror(file);
        return false;
    }
    bool ok = true;
    char line[LINE];
    struct pw_buf out;
    pw_buf_init(&out, LINE);
    while (ok && fgets(line, sizeof line, in) != NULL) {
        story.line++;
        line[strcspn(line, "\n")] = '\0';
        ok = tell(&story, data, line, &out);
    }
    pw_buf_release(&out);
    fclose(in);
    return ok;
}
