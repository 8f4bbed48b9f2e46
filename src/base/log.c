/*
 * The structured log. One JSON object a line, written with one write(2) so that lines of
 * several processes do not mix. Nothing is escaped by hand beyond what error texts can
 * hold: all other values are numbers, ids and literals.
 */
#include <pandwacht/base/log.h>

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <pandwacht/base/buf.h>
#include <pandwacht/base/counters.h>

#define LINE_MAX_OCTETS 2048u

static const struct {
    const char *name;
    enum pw_level level;
    const char *text;
} events[PW_EV_COUNT] = {
#define PW_EVENT(name, level, text) [PW_EV_##name] = {#name, level, text},
#include <pandwacht/defs/events.def>
#undef PW_EVENT
};

static const char *const level_words[] = {"debug", "info", "notice", "warning", "error"};

static enum pw_level threshold = PW_INFO;
static void (*line_sink)(void *arg, const char *line);
static void *line_sink_arg;
static pw_usec (*clock_now)(void *arg);
static void *clock_arg;

void pw_log_set_level(enum pw_level level)
{
    threshold = level;
}

void pw_log_set_sink(void (*sink)(void *arg, const char *line), void *arg)
{
    line_sink = sink;
    line_sink_arg = arg;
}

void pw_log_set_clock(pw_usec (*now)(void *arg), void *arg)
{
    clock_now = now;
    clock_arg = arg;
}

static pw_usec now(void)
{
    if (clock_now != NULL)
        return clock_now(clock_arg);
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * PW_USEC_PER_SEC + ts.tv_nsec / 1000;
}

/* A JSON string; control characters (CR, LF, ESC of an injected line) become \u00XX. */
static void put_quoted(struct pw_buf *out, const char *text)
{
    pw_buf_putc(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\')
            pw_buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            pw_buf_printf(out, "\\u%04x", c);
        else
            pw_buf_putc(out, *p);
    }
    pw_buf_putc(out, '"');
}

/* "TLS_REFUSED" as "tls-refused". */
static void put_event_name(struct pw_buf *out, const char *name)
{
    for (const char *p = name; *p != '\0'; p++)
        pw_buf_putc(out, *p == '_' ? '-' : (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p));
}

static void put_error(struct pw_buf *out, const struct pw_err *err)
{
    char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 32];
    pw_buf_printf(out, "{\"code\":\"%s\",\"text\":", pw_err_word(err->code));
    put_quoted(out, pw_err_format(err, text, sizeof text));
    pw_buf_putc(out, '}');
}

static void put_field(struct pw_buf *out, const struct pw_log_field *field)
{
    char id[PW_UUID_TEXT];
    pw_buf_printf(out, ",\"%s\":", field->name);
    switch (field->kind) {
    case PW_FIELD_INT:
        pw_buf_printf(out, "%lld", (long long)field->value.number);
        break;
    case PW_FIELD_UUID:
        pw_buf_printf(out, "\"%s\"", pw_uuid_format(field->value.id, id));
        break;
    case PW_FIELD_WORD:
        put_quoted(out, field->value.word);
        break;
    case PW_FIELD_ERR:
        put_error(out, field->value.err);
        break;
    case PW_FIELD_END:
        break;
    }
}

static void deliver(struct pw_buf *line)
{
    if (line_sink != NULL) {
        line_sink(line_sink_arg, line->data);
        return;
    }
    pw_buf_putc(line, '\n');
    ssize_t written = write(STDERR_FILENO, line->data, line->len);
    (void)written; /* nobody is left to tell */
}

void pw_log_write(enum pw_event event, const struct pw_log_field *fields)
{
    if (events[event].level >= PW_WARN)
        pw_count(PW_M_LOG_WARNINGS, 1);
    if (events[event].level < threshold)
        return;
    char at[PW_TIME_TEXT];
    struct pw_buf line;
    pw_buf_init(&line, LINE_MAX_OCTETS);
    pw_buf_printf(&line, "{\"at\":\"%s\",\"level\":\"%s\",\"event\":\"", pw_instant_format(now(), true, at),
        level_words[events[event].level]);
    put_event_name(&line, events[event].name);
    pw_buf_puts(&line, "\",\"text\":");
    put_quoted(&line, events[event].text);
    for (const struct pw_log_field *field = fields; field->kind != PW_FIELD_END; field++)
        put_field(&line, field);
    pw_buf_putc(&line, '}');
    deliver(&line);
    pw_buf_release(&line);
}
