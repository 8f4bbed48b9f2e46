/* Adding a letter to the transaction of its cause, and reading it back. */
#include <string.h>

#include <pandwacht/crypto.h>
#include <pandwacht/db.h>

#include "mail_int.h"

#define ADDRESS_MAX   254
#define REFERENCE_MAX 64
#define LINK_MAX      512

const struct mail_words mail_words[PW_MAILS] = {
#define PW_MAIL(name, word, subject_nl, text_nl, subject_en, text_en)                                        \
    [PW_MAIL_##name] = {word, subject_nl, text_nl, subject_en, text_en},
#include <pandwacht/defs/mails.def>
#undef PW_MAIL
};

bool pw_mail_is_address(struct pw_str text)
{
    struct pw_str name, host, rest;

    if (text.len > ADDRESS_MAX || !pw_str_cut(text, '@', &name, &host) || name.len == 0 || host.len == 0 ||
        pw_str_cut(host, '@', &rest, &rest))
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] <= ' ' || text.data[i] == 0x7f || strchr("<>\"(),;:\\[]", text.data[i]) != NULL)
            return false; /* plain ASCII only: a signed char above it is negative */
    return true;
}

/* What binds a sealed value to its row and column. */
static struct pw_str place_of(struct pw_arena *arena, const struct pw_uuid *id, const char *column)
{
    char text[PW_UUID_TEXT];

    return pw_str_printf(arena, "outgoing_mail/%s/%s", pw_uuid_format(id, text), column);
}

/* The same letter about the same thing to the same person has the same id. */
static struct pw_uuid id_of(struct pw_arena *arena, const struct pw_mail *mail)
{
    char cause[PW_UUID_TEXT];

    return pw_uuid_v8(pw_str_printf(arena, "mail\n%s\n%s\n%u\n%.*s", mail_words[mail->kind].word,
        pw_uuid_format(&mail->cause, cause), (unsigned)mail->ordinal, PW_STR_ARG(mail->to)));
}

bool pw_mail_add(struct pw_tx *tx, const struct pw_keys *keys, const struct pw_mail *mail, struct pw_err *err)
{
    struct pw_arena *arena = pw_tx_arena(tx);
    struct pw_uuid id = id_of(arena, mail);
    struct pw_str to, path;

    if (!pw_mail_is_address(mail->to))
        return pw_fail(err, PW_ERR_INVALID, "not an address that mail can be sent to");
    if (mail->reference.len > REFERENCE_MAX || mail->path.len > LINK_MAX)
        return pw_fail(err, PW_ERR_USAGE, "the reference or the link of a letter is too long");
    if (!pw_crypto_seal(keys, arena, mail->to, place_of(arena, &id, "recipient"), &to, err) ||
        !pw_crypto_seal(keys, arena, mail->path, place_of(arena, &id, "path"), &path, err))
        return false;
    pw_tx_add(tx, PW_SQL_MAIL_ADD, PW_P_UUID(&id), PW_P_TEXT_Z(mail_words[mail->kind].word),
        PW_P_TEXT_Z(mail->dutch ? "nl" : "en"), PW_P_TEXT(mail->reference), PW_P_BYTEA(to), PW_P_BYTEA(path),
        PW_P_TEXT_Z(PW_MAIL_CHANNEL));
    return true;
}

static bool parse_kind(struct pw_str word, enum pw_mail_kind *ret)
{
    for (int i = 0; i < PW_MAILS; i++)
        if (pw_str_is(word, mail_words[i].word)) {
            *ret = (enum pw_mail_kind)i;
            return true;
        }
    return false;
}

/* The sealed cell, ended by NUL. */
static bool open_cell(struct pw_arena *arena, const struct pw_keys *keys, const struct pw_rows *rows,
    size_t row, const struct pw_uuid *id, const char *column, struct pw_str *ret, struct pw_err *err)
{
    struct pw_str sealed = pw_cell_bytea(rows, row, pw_rows_column(rows, column));

    if (!pw_crypto_open(keys, arena, sealed, place_of(arena, id, column), ret, err))
        return false;
    *ret = pw_str_dup(arena, *ret);
    return true;
}

bool pw_mail_read(struct pw_arena *arena, const struct pw_keys *keys, const struct pw_rows *rows, size_t row,
    struct pw_letter *ret, struct pw_err *err)
{
    *ret = (struct pw_letter){.id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id")),
        .dutch = pw_str_is(pw_cell_text(rows, row, pw_rows_column(rows, "language")), "nl"),
        .reference = pw_str_dup(arena, pw_cell_text(rows, row, pw_rows_column(rows, "reference"))),
        .attempts = (int)pw_cell_i64(rows, row, pw_rows_column(rows, "attempts"))};
    if (!parse_kind(pw_cell_text(rows, row, pw_rows_column(rows, "kind")), &ret->kind))
        return pw_fail(err, PW_ERR_USAGE, "a letter of a kind that this version does not know");
    return open_cell(arena, keys, rows, row, &ret->id, "recipient", &ret->to, err) &&
           open_cell(arena, keys, rows, row, &ret->id, "path", &ret->path, err);
}
