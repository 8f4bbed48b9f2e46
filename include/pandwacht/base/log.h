/*
 * Structured log: events declared once in defs/events.def, one JSON object a line on
 * standard error. Personal data cannot be passed: a field's value is a number, an id, a
 * literal of the program text, or an error. There is no way to pass a run-time string.
 * Only stages and the daemon log; rooms below return errors.
 */
#ifndef PANDWACHT_BASE_LOG_H
#define PANDWACHT_BASE_LOG_H

#include <stdint.h>

#include <pandwacht/base/err.h>
#include <pandwacht/base/uuid.h>

enum pw_level { PW_DEBUG, PW_INFO, PW_NOTICE, PW_WARN, PW_ERROR_LEVEL };

enum pw_event {
#define PW_EVENT(name, level, text) PW_EV_##name,
#include <pandwacht/defs/events.def>
#undef PW_EVENT
    PW_EV_COUNT
};

enum pw_field_kind { PW_FIELD_END, PW_FIELD_INT, PW_FIELD_UUID, PW_FIELD_WORD, PW_FIELD_ERR };

struct pw_log_field {
    enum pw_field_kind kind;
    const char *name;
    union {
        int64_t number;
        const struct pw_uuid *id;
        const char *word;
        const struct pw_err *err;
    } value;
};

#define PW_LOG_INT(name, v)        ((struct pw_log_field){PW_FIELD_INT, "" name "", {.number = (int64_t)(v)}})
#define PW_LOG_ID(name, idp)       ((struct pw_log_field){PW_FIELD_UUID, "" name "", {.id = (idp)}})
/* `literal` must be a string literal: joining it with "" refuses anything else. */
#define PW_LOG_WORD(name, literal) ((struct pw_log_field){PW_FIELD_WORD, "" name "", {.word = "" literal ""}})
/* An error's code, place and text; texts of errors never hold input values. */
#define PW_LOG_ERR(errp)           ((struct pw_log_field){PW_FIELD_ERR, "error", {.err = (errp)}})

/* pw_log(PW_EV_STARTED, PW_LOG_INT("pid", pid)): one field or more. */
#define pw_log(event, ...)                                                                                   \
    pw_log_write((event), (const struct pw_log_field[]){__VA_ARGS__, {PW_FIELD_END, "", {0}}})
/* An event without fields. */
#define pw_log_event(event) pw_log_write((event), (const struct pw_log_field[]){{PW_FIELD_END, "", {0}}})

void pw_log_write(enum pw_event event, const struct pw_log_field *fields);
/* Events below this level are not written. */
void pw_log_set_level(enum pw_level level);
/* Lines go to `sink` instead of standard error (NULL: back); for tests. */
void pw_log_set_sink(void (*sink)(void *arg, const char *line), void *arg);
/* Wall clock for the time stamp; the daemon sets the loop's. NULL = the system's. */
void pw_log_set_clock(pw_usec (*now)(void *arg), void *arg);

#endif
