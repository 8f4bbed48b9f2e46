/*
 * mail: letters to people. A letter is a row, written in the transaction of its cause and sent later
 * over SMTP with TLS (the stage deliver): a crash in between sends it, and the same cause sends it once.
 *
 * A letter carries a reference and a link, never personal data; its texts are declared in
 * defs/mails.def. Address and link (which may hold a one-time code) lie sealed in the row and are
 * wiped from it when the letter has gone or cannot go.
 */
#ifndef PANDWACHT_MAIL_H
#define PANDWACHT_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

struct pw_arena;
struct pw_keys;
struct pw_tx;

#define PW_MAIL_CHANNEL "mail" /* notified when a letter is added */

enum pw_mail_kind {
#define PW_MAIL(name, word, subject_nl, text_nl, subject_en, text_en) PW_MAIL_##name,
#include <pandwacht/defs/mails.def>
#undef PW_MAIL
    PW_MAILS
};

struct pw_mail {
    enum pw_mail_kind kind;
    bool dutch;
    struct pw_uuid cause;    /* what it is about: a referral, a notice, an invitation */
    uint32_t ordinal;        /* tells several of one kind about one cause to one address apart: reminders */
    struct pw_str to;        /* one address */
    struct pw_str reference; /* shown: a short word of our own, at most 64 octets */
    struct pw_str path;      /* of the link, from the base URL on: "/referrals/...", at most 512 octets */
};

/* Adds the letter within the caller's transaction, unless the same (kind, cause, ordinal, address) was added
 * before. Fails with PW_ERR_INVALID when the address is not one, PW_ERR_CRYPTO when it cannot be sealed. */
bool pw_mail_add(struct pw_tx *tx, const struct pw_keys *keys, const struct pw_mail *mail,
    struct pw_err *err) PW_MUST_CHECK;
/* Whether a text is an address letters can be sent to: one @, no blanks or controls, at most 254 octets. */
bool pw_mail_is_address(struct pw_str text);

/* ---- for the stage that sends them ---- */

struct pw_rows;

struct pw_letter {
    struct pw_uuid id;
    enum pw_mail_kind kind;
    bool dutch;
    struct pw_str reference, to, path;
    int attempts; /* the one that begins included */
};

/* Reads a row of mail/claim, unsealed into `arena` and ended by NUL; `ret->id` and attempts are there
 * after a failure too. */
bool pw_mail_read(struct pw_arena *arena, const struct pw_keys *keys, const struct pw_rows *rows, size_t row,
    struct pw_letter *ret, struct pw_err *err) PW_MUST_CHECK;
/* Head, empty line and text, as it is handed to the mail server. `base_url` is without trailing slash. */
struct pw_str pw_mail_render(struct pw_arena *arena, const struct pw_letter *letter, const char *from,
    const char *base_url, pw_usec now);

#endif
