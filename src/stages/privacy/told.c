/*
 * What a data subject is told of a fact: what was recorded, from which kind of source, on what ground, whom
 * it was passed on to and until when it is kept. Who said it stays out: of a tip no text, no origin, and the
 * month only, since the day alone may tell a neighbour apart.
 */
#include <string.h>

#include "privacy_int.h"

static struct pw_str text(const struct pw_rows *rows, size_t row, const char *column)
{
    return pw_cell_text(rows, row, pw_rows_column(rows, column));
}

static bool is_tip(const struct pw_rows *rows, size_t row)
{
    return pw_cell_i64(rows, row, pw_rows_column(rows, "source_class")) == PW_CLASS_CITIZEN_TIP;
}

static void write_when(const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    char day[PW_DATE_TEXT];

    pw_day_format(pw_cell_date(rows, row, pw_rows_column(rows, "occurred_on")), day);
    if (is_tip(rows, row))
        day[7] = '\0';
    pw_jsonw_key(w, is_tip(rows, row) ? "month" : "occurredOn");
    pw_jsonw_z(w, day);
}

/* The fields; of a tip only what was seen. */
static void write_fields(const struct pw_kind *kind, const uint64_t *record, const struct pw_parties *parties,
    bool tip, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "fields");
    pw_jsonw_object(w);
    if (!tip) {
        pw_facts_write_fields(kind, record, PW_RESTRICTED, parties, w);
    } else if (kind->category != NULL && pw_record_has(record, kind->category)) {
        pw_jsonw_key(w, "category");
        pw_jsonw_z(w, pw_record_enum(record, kind->category));
    }
    pw_jsonw_end_object(w);
}

static void write_receivers(
    struct pw_arena *arena, const struct pw_rows *rows, size_t row, struct pw_jsonw *w)
{
    size_t count;
    struct pw_str *names = pw_cell_texts(rows, row, pw_rows_column(rows, "receivers"), arena, &count);

    pw_jsonw_key(w, "passedOnTo");
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_str(w, names[i]);
    pw_jsonw_end_array(w);
}

bool privacy_told_write(const struct pw_privacy *privacy, struct pw_arena *arena, const struct pw_rows *rows,
    size_t row, bool dutch, struct pw_jsonw *w, struct pw_err *err)
{
    const struct pw_kind *kind = pw_facts_kind(privacy->options.model, text(rows, row, "kind"));
    struct pw_parties parties;
    const uint64_t *record;

    pw_parties_init(&parties, arena);
    if (kind == NULL)
        return pw_fail(err, PW_ERR_INTERNAL, "a fact of a kind that is not declared");
    if (!pw_facts_decode(kind, pw_cell_bytea(rows, row, pw_rows_column(rows, "payload")),
            pw_cell_date(rows, row, pw_rows_column(rows, "occurred_on")), arena, &parties, &record, err))
        return false;
    pw_jsonw_object(w);
    pw_jsonw_key(w, "kind");
    pw_jsonw_str(w, kind->name);
    pw_jsonw_key(w, "title");
    pw_jsonw_str(w, dutch ? kind->title.nl : kind->title.en);
    write_when(rows, row, w);
    pw_jsonw_key(w, "sourceClass");
    pw_jsonw_z(w, pw_source_class_words[pw_cell_i64(rows, row, pw_rows_column(rows, "source_class"))]);
    pw_jsonw_key(w, "ground");
    pw_jsonw_str(w, text(rows, row, "ground"));
    write_fields(kind, record, &parties, is_tip(rows, row), w);
    write_receivers(arena, rows, row, w);
    pw_jsonw_key(w, "keptUntil");
    pw_jsonw_day(w, pw_cell_date(rows, row, pw_rows_column(rows, "destroy_on")));
    pw_jsonw_end_object(w);
    return true;
}

static bool holds(struct pw_str text_, struct pw_str part)
{
    return part.len > 0 && memmem(text_.data, text_.len, part.data, part.len) != NULL;
}

bool privacy_told_leaks(struct pw_str told, const struct pw_rows *rows)
{
    char id[PW_UUID_TEXT];

    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid fact = pw_cell_uuid(rows, i, pw_rows_column(rows, "fact"));
        struct pw_str source_id = text(rows, i, "source_id");

        /* A short source id may occur in any text by chance; a tip's is looked for all the same. */
        if (holds(told, pw_str_z(pw_uuid_format(&fact, id))) ||
            (source_id.len >= 12 && holds(told, source_id)) ||
            (is_tip(rows, i) && holds(told, text(rows, i, "client"))))
            return true;
    }
    return false;
}
