/*
 * Reminding: what is due within a week becomes a reminder, once for each plan and date, as a row; those by
 * letter are handed to the mailer in the same transaction, webhooks are called from here with a reference and
 * a date and nothing else. A crash between a call and its mark repeats the call under the same id.
 */
#include "check_int.h"

#include <stdlib.h>

#include <pandwacht/client.h>
#include <pandwacht/mail.h>

#define BATCH_MAX    INT64_C(50)
#define AGAIN_USEC   (60 * PW_USEC_PER_SEC)
#define ATTEMPTS_MAX 20
#define DEADLINE_MS  10000

struct pw_reminding {
    struct pw_tenant_checks checks;
    struct pw_timer timer;
    size_t statement;
    size_t calls; /* webhooks under way */
    bool running, stopped;
};

static void finish(struct pw_reminding *reminding)
{
    reminding->running = false;
    if (!reminding->stopped)
        pw_timer_start(&reminding->timer, reminding->checks.options.remind_ms);
}

/* ---- webhooks ---- */

struct hook {
    struct pw_reminding *reminding;
    struct pw_uuid id;
    int64_t attempts;
};

static void on_marked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)arg;
    (void)tx;
    if (!ok)
        pw_log(PW_EV_REMINDERS_HELD, PW_LOG_ERR(err));
}

static void on_called(void *arg, const struct pw_client_answer *answer)
{
    struct hook *hook = arg;
    struct pw_reminding *reminding = hook->reminding;
    pw_usec now = pw_loop_wall(reminding->checks.options.loop);
    bool taken = answer->end == PW_CLIENT_ANSWERED && answer->status >= 200 && answer->status < 300;
    bool dead = !taken && (hook->attempts >= ATTEMPTS_MAX || answer->status == 410);
    struct pw_tx *tx = pw_db_begin(reminding->checks.options.db, "check: reminded", 0);
    pw_tx_add(tx, PW_SQL_CHECK_REMIND_DONE, PW_P_UUID(&hook->id),
        PW_P_TEXT_Z(taken  ? "sent"
                    : dead ? "dead"
                           : "pending"),
        PW_P_TIME(now + hook->attempts * AGAIN_USEC));
    pw_tx_commit(tx, on_marked, NULL);
    reminding->calls--;
    free(hook);
}

static void call_hook(
    struct pw_reminding *reminding, struct pw_tx *tx, const struct pw_rows *rows, size_t row)
{
    const struct pw_tenant_check_options *options = &reminding->checks.options;
    struct pw_arena *arena = pw_tx_arena(tx);
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));
    struct pw_uuid plan = pw_cell_uuid(rows, row, pw_rows_column(rows, "plan"));
    char id_text[PW_UUID_TEXT], plan_text[PW_UUID_TEXT], day[PW_DATE_TEXT];
    struct pw_str url;
    struct pw_err err;
    if (!pw_crypto_open(options->keys, arena, pw_cell_bytea(rows, row, pw_rows_column(rows, "sealed_to")),
            check_plan_place(arena, &plan), &url, &err))
        return;
    struct pw_str body =
        pw_str_printf(arena, "{\"id\":\"%s\",\"planId\":\"%s\",\"subject\":\"%.*s\",\"dueOn\":\"%s\"}",
            pw_uuid_format(&id, id_text), pw_uuid_format(&plan, plan_text),
            PW_STR_ARG(pw_cell_text(rows, row, pw_rows_column(rows, "subject"))),
            pw_day_format(pw_cell_date(rows, row, pw_rows_column(rows, "due_on")), day));
    static const char *const headers[] = {"Content-Type: application/json"};
    const struct pw_client_request request = {.method = "POST",
        .url = pw_str_dup(arena, url).data,
        .headers = headers,
        .header_count = 1,
        .body = body,
        .ca_file = options->hook_ca,
        .tls_min = PW_CLIENT_TLS_1_2,
        .deadline_ms = DEADLINE_MS};
    struct hook *hook = pw_xcalloc(1, sizeof *hook);
    *hook = (struct hook){.reminding = reminding,
        .id = id,
        .attempts = pw_cell_i64(rows, row, pw_rows_column(rows, "attempts"))};
    reminding->calls++;
    if (!pw_client_send(options->client, &request, on_called, hook, NULL, &err)) {
        reminding->calls--; /* tried again when its time has come */
        free(hook);
    }
}

static void on_claimed(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_reminding *reminding = arg;
    if (!ok)
        pw_log(PW_EV_REMINDERS_HELD, PW_LOG_ERR(err));
    const struct pw_rows *rows = ok ? pw_tx_rows(tx, reminding->statement) : NULL;
    for (size_t i = 0; ok && !reminding->stopped && i < pw_rows_count(rows); i++)
        call_hook(reminding, tx, rows, i);
    finish(reminding);
}

static void claim(struct pw_reminding *reminding)
{
    pw_usec now = pw_loop_wall(reminding->checks.options.loop);
    struct pw_tx *tx = pw_db_begin(reminding->checks.options.db, "check: webhooks", 0);
    reminding->statement = pw_tx_add(
        tx, PW_SQL_CHECK_REMIND_CLAIM, PW_P_TIME(now), PW_P_TIME(now + AGAIN_USEC), PW_P_I64(BATCH_MAX));
    pw_tx_commit(tx, on_claimed, reminding);
}

/* ---- letters ---- */

static void on_made(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    (void)tx;
    if (!ok) {
        pw_log(PW_EV_REMINDERS_HELD, PW_LOG_ERR(err));
        finish(arg);
        return;
    }
    claim(arg);
}

static void add_letter(
    struct pw_reminding *reminding, struct pw_tx *tx, const struct pw_rows *rows, size_t row)
{
    const struct pw_tenant_check_options *options = &reminding->checks.options;
    struct pw_arena *arena = pw_tx_arena(tx);
    struct pw_uuid plan = pw_cell_uuid(rows, row, pw_rows_column(rows, "plan"));
    struct pw_str to;
    struct pw_err err;
    char text[PW_UUID_TEXT];
    pw_uuid_format(&plan, text);
    if (!pw_crypto_open(options->keys, arena, pw_cell_bytea(rows, row, pw_rows_column(rows, "sealed_to")),
            check_plan_place(arena, &plan), &to, &err))
        return;
    const struct pw_mail mail = {.kind = PW_MAIL_CARE_DUE,
        .dutch = pw_str_is(pw_cell_text(rows, row, pw_rows_column(rows, "language")), "nl"),
        .cause = pw_cell_uuid(rows, row, pw_rows_column(rows, "id")),
        .to = to,
        .reference = pw_str_printf(arena, "%.8s", text + PW_UUID_TEXT - 9),
        .path = pw_str_printf(arena, "/landlords/plans/%s", text)};
    if (!pw_mail_add(tx, options->keys, &mail, &err))
        pw_log(PW_EV_REMINDERS_HELD, PW_LOG_ERR(&err));
}

static void on_letters(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_reminding *reminding = arg;
    if (!ok) {
        on_made(arg, tx, false, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, reminding->statement);
    for (size_t i = 0; i < pw_rows_count(rows); i++)
        add_letter(reminding, tx, rows, i);
    pw_tx_commit(tx, on_made, reminding);
}

static void on_due(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_reminding *reminding = arg;
    if (!ok) {
        on_made(arg, tx, false, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, reminding->statement);
    size_t count = pw_rows_count(rows);
    struct pw_uuid *ids = PW_NEW_ARRAY(pw_tx_arena(tx), count + 1, struct pw_uuid);
    for (size_t i = 0; i < count; i++)
        ids[i] = pw_cell_uuid(rows, i, 0);
    reminding->statement = pw_tx_add(tx, PW_SQL_CHECK_REMIND_LETTERS, PW_P_UUIDS(ids, count));
    pw_tx_send(tx, on_letters, reminding);
}

static void on_round(void *arg)
{
    struct pw_reminding *reminding = arg;
    pw_usec now = pw_loop_wall(reminding->checks.options.loop);
    reminding->running = true;
    struct pw_tx *tx = pw_db_begin(reminding->checks.options.db, "check: what is due", 0);
    reminding->statement = pw_tx_add(tx, PW_SQL_CHECK_REMIND_MAKE, PW_P_DATE(pw_day_in_netherlands(now)),
        PW_P_TIME(now), PW_P_I64(BATCH_MAX));
    pw_tx_send(tx, on_due, reminding);
}

struct pw_reminding *pw_reminding_new(const struct pw_tenant_check_options *options)
{
    struct pw_reminding *reminding = pw_xcalloc(1, sizeof *reminding);
    reminding->checks.options = *options;
    pw_timer_init(&reminding->timer, options->loop, "check: what is due", on_round, reminding);
    pw_timer_start(&reminding->timer, 0);
    return reminding;
}

void pw_reminding_stop(struct pw_reminding *reminding)
{
    if (reminding == NULL)
        return;
    reminding->stopped = true;
    pw_timer_stop(&reminding->timer);
}

bool pw_reminding_idle(const struct pw_reminding *reminding)
{
    return reminding == NULL || (!reminding->running && reminding->calls == 0);
}

void pw_reminding_free(struct pw_reminding *reminding)
{
    if (reminding == NULL)
        return;
    pw_timer_stop(&reminding->timer);
    free(reminding);
}
