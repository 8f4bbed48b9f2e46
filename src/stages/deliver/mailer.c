/*
 * The mailer: claims the letters that are due (committed, so that a crash only delays them), hands
 * each to the mail server and records how that ended. One transaction a letter: they are few.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/base.h>
#include <pandwacht/client.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/loop.h>
#include <pandwacht/queue.h>

#include <pandwacht/deliver.h>
#include <pandwacht/mail.h>

#define CLAIM_MAX    16
#define CLAIM_MS     INT64_C(60000) /* a claimed letter is due again after this, should the process end */
#define PASSWORD_MAX 256

struct pw_mailer {
    struct pw_mailer_options options;
    struct pw_timer poll;
    struct pw_db_listener *listener;
    struct pw_tx *claim;
    size_t read;
    struct letter *letters; /* under way */
    size_t busy;
    bool told; /* that there is no mail server */
};

struct letter {
    struct pw_mailer *mailer;
    struct pw_arena *arena;
    struct pw_letter letter;
    struct pw_client_call *call;
    struct pw_tx *record;
    struct letter *next;
};

static void look(struct pw_mailer *mailer);

/* ---- how it ended ---- */

static void drop(struct letter *letter)
{
    struct pw_mailer *mailer = letter->mailer;

    for (struct letter **at = &mailer->letters; *at != NULL; at = &(*at)->next)
        if (*at == letter) {
            *at = letter->next;
            break;
        }
    mailer->busy--;
    pw_arena_free(letter->arena); /* the letter lives in it */
}

static void on_recorded(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct letter *letter = arg;
    struct pw_mailer *mailer = letter->mailer;

    (void)tx;
    if (!ok)
        pw_log(PW_EV_MAIL_HELD, PW_LOG_ERR(err)); /* it is due again by itself: sent twice, not lost */
    drop(letter);
    if (mailer->busy == 0)
        look(mailer);
}

static void record(struct letter *letter, const char *state, int64_t wait_ms, int status, const char *error)
{
    letter->record = pw_db_begin(letter->mailer->options.db, "mail: record", 0);
    pw_tx_add(letter->record, PW_SQL_MAIL_RECORD, PW_P_UUID(&letter->letter.id), PW_P_TEXT_Z(state),
        PW_P_I64(wait_ms), PW_P_I32(status), PW_P_TEXT_Z(error));
    pw_tx_commit(letter->record, on_recorded, letter);
}

static int64_t wait_of(const struct letter *letter)
{
    const struct pw_mailer_options *o = &letter->mailer->options;
    const struct pw_backoff backoff = {o->backoff_ms, o->backoff_max_ms};
    uint64_t random;

    pw_crypto_random(&random, sizeof random);
    return pw_backoff_delay(&backoff, letter->letter.attempts - 1, random);
}

static void end_refused(struct letter *letter, int status, const char *error)
{
    bool final = status >= 500 || letter->letter.attempts >= letter->mailer->options.attempts_max;

    pw_count(final ? PW_M_MAIL_DEAD : PW_M_MAIL_FAILED, 1);
    pw_log(final ? PW_EV_MAIL_DEAD : PW_EV_MAIL_FAILED, PW_LOG_ID("mail", &letter->letter.id),
        PW_LOG_INT("status", status), PW_LOG_INT("attempts", letter->letter.attempts));
    record(letter, final ? "dead" : "pending", final ? 0 : wait_of(letter), status, error);
}

static void on_answer(void *arg, const struct pw_client_answer *answer)
{
    struct letter *letter = arg;

    letter->call = NULL;
    if (answer->end != PW_CLIENT_ANSWERED) {
        end_refused(letter, 0, pw_client_end_word(answer->end));
        return;
    }
    if (answer->status >= 400) {
        end_refused(letter, answer->status, "status");
        return;
    }
    pw_count(PW_M_MAIL_SENT, 1);
    record(letter, "sent", 0, answer->status, NULL);
}

/* ---- sending ---- */

static const char *or_null(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

static void send(struct letter *letter)
{
    const struct pw_mailer_options *o = &letter->mailer->options;
    char password[PASSWORD_MAX];
    struct pw_err err;
    const struct pw_client_mail mail = {.url = o->url,
        .ca_file = or_null(o->ca_file),
        .user = or_null(o->user),
        .password = pw_crypto_secret_read(o->password_file, password, sizeof password),
        .from = o->from,
        .to = letter->letter.to.data,
        .message =
            pw_mail_render(letter->arena, &letter->letter, o->from, o->base_url, pw_loop_wall(o->loop)),
        .deadline_ms = o->deadline_ms};
    bool ok = pw_client_mail(o->client, &mail, on_answer, letter, &letter->call, &err);

    pw_crypto_wipe(password, sizeof password);
    if (!ok)
        end_refused(letter, 0, "misused");
}

static void start_letter(struct pw_mailer *mailer, const struct pw_rows *rows, size_t row)
{
    struct pw_arena *arena = pw_arena_new();
    struct letter *letter = PW_NEW(arena, struct letter);
    struct pw_err err;

    *letter = (struct letter){.mailer = mailer, .arena = arena, .next = mailer->letters};
    mailer->letters = letter;
    mailer->busy++;
    if (pw_mail_read(arena, mailer->options.keys, rows, row, &letter->letter, &err)) {
        send(letter);
        return;
    }
    pw_log(PW_EV_MAIL_FAILED, PW_LOG_ID("mail", &letter->letter.id), PW_LOG_ERR(&err));
    end_refused(letter, 0, "unreadable");
}

/* ---- looking for letters ---- */

static void on_claimed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_mailer *mailer = arg;

    mailer->claim = NULL;
    if (!ok) {
        pw_log(PW_EV_MAIL_HELD, PW_LOG_ERR(err));
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, mailer->read);
    if (mailer->options.url[0] == '\0') {
        if (pw_rows_count(rows) > 0 && !mailer->told)
            pw_log_event(PW_EV_MAIL_NO_SERVER);
        mailer->told = mailer->told || pw_rows_count(rows) > 0;
        return;
    }
    for (size_t i = 0; i < pw_rows_count(rows); i++)
        start_letter(mailer, rows, i);
}

static void look(struct pw_mailer *mailer)
{
    bool served = mailer->options.url[0] != '\0';

    if (mailer->claim != NULL || mailer->busy > 0)
        return;
    mailer->claim = pw_db_begin(mailer->options.db, "mail: claim", 0);
    mailer->read = served
                       ? pw_tx_add(mailer->claim, PW_SQL_MAIL_CLAIM, PW_P_I64(CLAIM_MAX), PW_P_I64(CLAIM_MS))
                       : pw_tx_add_plain(mailer->claim, PW_SQL_MAIL_WAITING);
    pw_tx_commit(mailer->claim, on_claimed, mailer);
}

static void on_poll(void *arg)
{
    struct pw_mailer *mailer = arg;

    pw_timer_start(&mailer->poll, mailer->options.poll_ms);
    look(mailer);
}

static void on_notify(void *arg, struct pw_str payload)
{
    (void)payload;
    look(arg);
}

/* ---- life ---- */

static int64_t or_default(int64_t value, int64_t standard)
{
    return value > 0 ? value : standard;
}

struct pw_mailer *pw_mailer_new(const struct pw_mailer_options *options)
{
    struct pw_mailer *mailer = pw_xcalloc(1, sizeof *mailer);
    struct pw_mailer_options *o = &mailer->options;

    *o = *options;
    o->url = o->url == NULL ? "" : o->url;
    o->poll_ms = or_default(o->poll_ms, 5000);
    o->deadline_ms = or_default(o->deadline_ms, 20000);
    o->backoff_ms = or_default(o->backoff_ms, 30000);
    o->backoff_max_ms = or_default(o->backoff_max_ms, 3600000);
    o->attempts_max = (int)or_default(o->attempts_max, 30);
    pw_timer_init(&mailer->poll, o->loop, "mail: poll", on_poll, mailer);
    mailer->listener = pw_db_listen(o->db, PW_MAIL_CHANNEL, on_notify, mailer);
    pw_timer_start(&mailer->poll, 0);
    return mailer;
}

void pw_mailer_free(struct pw_mailer *mailer)
{
    if (mailer == NULL)
        return;
    pw_timer_stop(&mailer->poll);
    pw_db_unlisten(mailer->listener);
    if (mailer->claim != NULL)
        pw_tx_abort(mailer->claim);
    while (mailer->letters != NULL) {
        struct letter *letter = mailer->letters;
        if (letter->call != NULL)
            pw_client_cancel(letter->call);
        if (letter->record != NULL)
            pw_tx_abort(letter->record);
        drop(letter);
    }
    free(mailer);
}

size_t pw_mailer_busy(const struct pw_mailer *mailer)
{
    return mailer->busy;
}
