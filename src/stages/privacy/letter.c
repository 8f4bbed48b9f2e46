/*
 * The letter that answers a request, in Dutch or English. It says what is released and nothing about what is
 * not: where all is withheld it reads, to the letter, as where nothing is held. It is given out after the
 * approval; giving it out the first time answers the request.
 */
#include <string.h>

#include "privacy_int.h"

#define LETTER_MAX (4u << 20)

struct letter {
    struct pw_privacy *privacy;
    struct pw_request *req;
    struct pw_uuid id;
    size_t s_request, s_items;
    struct pw_buf text;
};

struct words {
    const char *about, *greeting, *nothing, *something, *when, *source, *ground, *passed_on, *kept, *rights,
        *closing;
};

static const struct words dutch = {
    .about = "Antwoord op uw verzoek van %s (kenmerk %s)\n\n",
    .greeting = "U vroeg welke gegevens over u of uw adres in pandwacht staan. Pandwacht bewaart "
                "waarnemingen over verhuurde panden; het geeft personen geen score.\n\n",
    .nothing = "Wij hebben geen gegevens die wij u kunnen verstrekken.\n\n",
    .something = "Dit kunnen wij u verstrekken:\n\n",
    .when = "wanneer",
    .source = "soort bron",
    .ground = "grondslag",
    .passed_on = "doorgegeven aan",
    .kept = "bewaard tot",
    .rights =
        "U kunt vragen om gegevens te verbeteren of te wissen, of bezwaar maken tegen het gebruik. Bent u "
        "het "
        "niet eens met dit antwoord, dan kunt u binnen zes weken naar de rechter, of een klacht indienen bij "
        "de Autoriteit Persoonsgegevens.\n\n",
    .closing = "De functionaris gegevensbescherming\n",
};

static const struct words english = {
    .about = "Answer to your request of %s (reference %s)\n\n",
    .greeting =
        "You asked which data about you or your address are held in pandwacht. Pandwacht keeps observations "
        "about rented premises; it gives no person a score.\n\n",
    .nothing = "We have no data that we can give you.\n\n",
    .something = "This we can give you:\n\n",
    .when = "when",
    .source = "kind of source",
    .ground = "legal ground",
    .passed_on = "passed on to",
    .kept = "kept until",
    .rights = "You may ask for data to be corrected or erased, or object to their use. If you do not agree "
              "with this "
              "answer you may go to court within six weeks, or complain to the Dutch Data Protection "
              "Authority.\n\n",
    .closing = "The data protection officer\n",
};

static struct pw_str member(const struct pw_json *json, const char *name)
{
    const struct pw_json *value = pw_json_get(json, name);

    return pw_json_is_string(value) ? pw_json_str(value) : PW_STR("");
}

static void put_line(struct pw_buf *out, const char *label, struct pw_str value)
{
    if (value.len > 0)
        pw_buf_printf(out, "   %s: %.*s\n", label, PW_STR_ARG(value));
}

static void put_receivers(struct pw_buf *out, const char *label, const struct pw_json *list)
{
    if (pw_json_count(list) == 0)
        return;
    pw_buf_printf(out, "   %s: ", label);
    for (size_t i = 0; i < pw_json_count(list); i++)
        pw_buf_printf(out, "%s%.*s", i == 0 ? "" : ", ", PW_STR_ARG(pw_json_str(pw_json_item(list, i))));
    pw_buf_putc(out, '\n');
}

/* Fields as they are declared; parties are told by their scheme only. */
static void put_fields(struct pw_arena *arena, struct pw_buf *out, const struct pw_json *fields)
{
    struct pw_json_iter it = pw_json_members(fields);

    while (pw_json_next(&it)) {
        struct pw_buf value;
        struct pw_jsonw w;

        pw_buf_init(&value, 65536);
        pw_jsonw_init(&w, &value);
        if (pw_json_is_object(it.value))
            pw_jsonw_node(&w, pw_json_get(it.value, "scheme"));
        else
            pw_jsonw_node(&w, it.value);
        struct pw_str shown = pw_str_dup(arena, pw_buf_str(&value));
        if (shown.len >= 2 && shown.data[0] == '"')
            shown = (struct pw_str){shown.data + 1, shown.len - 2};
        put_line(out, it.name, shown);
        pw_buf_release(&value);
    }
}

static bool put_item(struct letter *letter, const struct pw_rows *rows, size_t row, struct pw_err *err)
{
    struct pw_request *req = letter->req;
    const struct words *words = req->lang == PW_LANG_NL ? &dutch : &english;
    struct pw_arena *arena = req->arena;
    const struct pw_json *told;
    struct pw_buf json;
    struct pw_jsonw w;

    pw_buf_init(&json, LETTER_MAX);
    pw_jsonw_init(&w, &json);
    bool ok = privacy_told_write(letter->privacy, arena, rows, row, req->lang == PW_LANG_NL, &w, err) &&
              pw_json_parse(arena, pw_str_dup(arena, pw_buf_str(&json)), NULL, &told, NULL);
    pw_buf_release(&json);
    if (!ok)
        return false;
    struct pw_str day = member(told, "occurredOn"), title = member(told, "title");
    pw_buf_printf(&letter->text, "%zu. %.*s\n", row + 1, PW_STR_ARG(title));
    put_line(&letter->text, words->when, day.len > 0 ? day : member(told, "month"));
    put_line(&letter->text, words->source, member(told, "sourceClass"));
    put_line(&letter->text, words->ground, member(told, "ground"));
    put_fields(arena, &letter->text, pw_json_get(told, "fields"));
    put_receivers(&letter->text, words->passed_on, pw_json_get(told, "passedOnTo"));
    put_line(&letter->text, words->kept, member(told, "keptUntil"));
    pw_buf_putc(&letter->text, '\n');
    return true;
}

static bool compose(
    struct letter *letter, const struct pw_rows *request, const struct pw_rows *items, struct pw_err *err)
{
    const struct words *words = letter->req->lang == PW_LANG_NL ? &dutch : &english;
    char day[PW_DATE_TEXT], id[PW_UUID_TEXT];
    struct pw_buf *out = &letter->text;

    pw_day_format(pw_cell_date(request, 0, pw_rows_column(request, "received_on")), day);
    pw_buf_printf(out, words->about, day, pw_uuid_format(&letter->id, id));
    pw_buf_puts(out, words->greeting);
    pw_buf_puts(out, pw_rows_count(items) == 0 ? words->nothing : words->something);
    for (size_t i = 0; i < pw_rows_count(items); i++)
        if (!put_item(letter, items, i, err))
            return false;
    pw_buf_puts(out, words->rights);
    pw_buf_puts(out, words->closing);
    if (privacy_told_leaks(pw_buf_str(out), items))
        return pw_fail(
            err, PW_ERR_INTERNAL, "a letter would tell who said what it tells; it is not given out");
    return true;
}

static void on_answered(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct letter *letter = arg;
    struct pw_request *req = letter->req;
    struct pw_buf out = letter->text; /* the reply ends the arena that letter lies in */

    (void)tx;
    if (ok) {
        pw_reply_header(req, "Content-Language", req->lang == PW_LANG_NL ? PW_STR("nl") : PW_STR("en"));
        pw_reply(req, 200, "text/plain; charset=utf-8", pw_buf_str(&out));
    } else {
        pw_reply_err(req, err);
    }
    pw_buf_release(&out);
}

static void refuse(struct letter *letter, struct pw_tx *tx, const struct pw_problem *problem)
{
    pw_tx_abort(tx);
    pw_reply_problem(letter->req, problem);
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct letter *letter = arg;
    struct pw_err why;

    if (!ok) {
        pw_reply_err(letter->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, letter->s_request);
    if (pw_rows_count(rows) == 0) {
        refuse(letter, tx, &(struct pw_problem){.code = PW_ERR_NOT_FOUND});
        return;
    }
    struct pw_str status = pw_cell_text(rows, 0, pw_rows_column(rows, "status"));
    if (!pw_str_is(status, "approved") && !pw_str_is(status, "answered")) {
        refuse(letter, tx,
            &(struct pw_problem){.code = PW_ERR_TRANSITION,
                .detail =
                    letter->req->lang == PW_LANG_NL
                        ? PW_STR("Er is een brief zodra een tweede persoon het verzoek heeft goedgekeurd.")
                        : PW_STR("There is a letter once a second person has approved the request.")});
        return;
    }
    pw_buf_init(&letter->text, LETTER_MAX);
    if (!compose(letter, rows, pw_tx_rows(tx, letter->s_items), &why)) {
        pw_buf_release(&letter->text);
        pw_tx_abort(tx);
        pw_reply_err(letter->req, &why);
        return;
    }
    pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_SET, PW_P_UUID(&letter->id), PW_P_TEXT_Z("answered"), PW_P_NULL);
    pw_audit_add(tx, privacy_now(letter->privacy),
        &(struct pw_audit){.actor = pw_caller_actor(pw_caller_of(letter->req)),
            .action = "subject-letter-given-out",
            .object_kind = "subject-request",
            .object = letter->id},
        1);
    pw_tx_commit(tx, on_answered, letter);
}

void pw_privacy_get_letter(struct pw_request *req, void *stage)
{
    struct pw_privacy *privacy = stage;
    struct letter *letter = PW_NEW(req->arena, struct letter);

    *letter = (struct letter){.privacy = privacy, .req = req};
    if (!pw_uuid_parse(pw_request_param(req, "id"), &letter->id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: letter", 0);
    letter->s_request = pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_GET, PW_P_UUID(&letter->id));
    letter->s_items = pw_tx_add(tx, PW_SQL_PRIVACY_ITEMS_RELEASED, PW_P_UUID(&letter->id));
    pw_tx_send(tx, on_read, letter);
}
