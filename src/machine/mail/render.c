/* The letter as it is handed to the mail server (RFC 5322): plain text, lines ended by CR LF. */
#include <string.h>
#include <time.h>

#include "mail_int.h"

#define LETTER_MAX 16384

/* Appends with {reference} and {link} filled in, and every line ended by CR LF. */
static void put_text(struct pw_buf *out, const char *text, struct pw_str reference, struct pw_str link)
{
    while (*text != '\0') {
        if (strncmp(text, "{reference}", 11) == 0) {
            pw_buf_put_str(out, reference);
            text += 11;
        } else if (strncmp(text, "{link}", 6) == 0) {
            pw_buf_put_str(out, link);
            text += 6;
        } else if (*text == '\n') {
            pw_buf_puts(out, "\r\n");
            text++;
        } else {
            pw_buf_putc(out, *text++);
        }
    }
}

/* "Thu, 26 Nov 2026 07:20:17 +0000" */
static void put_date(struct pw_buf *out, pw_usec now)
{
    time_t seconds = (time_t)(now / 1000000);
    struct tm tm;
    char text[64];

    strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", gmtime_r(&seconds, &tm));
    pw_buf_printf(out, "Date: %s\r\n", text);
}

static void put_head(struct pw_buf *out, const struct pw_letter *letter, const char *from, pw_usec now)
{
    const struct mail_words *words = &mail_words[letter->kind];
    struct pw_str name, host = pw_str_z(from);
    char id[PW_UUID_TEXT];

    (void)pw_str_cut(host, '@', &name, &host);
    pw_buf_printf(out, "From: pandwacht <%s>\r\nTo: <%.*s>\r\n", from, PW_STR_ARG(letter->to));
    pw_buf_printf(out, "Subject: %s\r\n", letter->dutch ? words->subject_nl : words->subject_en);
    put_date(out, now);
    pw_buf_printf(out, "Message-ID: <%s@%.*s>\r\n", pw_uuid_format(&letter->id, id), PW_STR_ARG(host));
    pw_buf_puts(out, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                     "Content-Transfer-Encoding: 8bit\r\nAuto-Submitted: auto-generated\r\n\r\n");
}

struct pw_str pw_mail_render(struct pw_arena *arena, const struct pw_letter *letter, const char *from,
    const char *base_url, pw_usec now)
{
    const struct mail_words *words = &mail_words[letter->kind];
    struct pw_str link = pw_str_printf(arena, "%s%.*s", base_url, PW_STR_ARG(letter->path));
    struct pw_buf out;

    pw_buf_init(&out, LETTER_MAX);
    put_head(&out, letter, from, now);
    put_text(&out, letter->dutch ? words->text_nl : words->text_en, letter->reference, link);
    pw_buf_puts(&out, "\r\n");
    struct pw_str text = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}
