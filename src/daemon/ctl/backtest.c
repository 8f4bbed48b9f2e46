/* rules backtest: what a candidate would have done over everything that is stored, beside the live set. */
#include "ctl_int.h"

#include <stdio.h>
#include <string.h>

#include <pandwacht/json.h>
#include <pandwacht/rules.h>
#include <pandwacht/trial.h>

#define REPORT_MAX (64u << 20)

struct backtest {
    struct ctl *ctl;
    struct bench bench;
    const struct pw_ruleset *baseline, *candidate;
    struct pw_trial_options options;
    struct pw_trial *trial;
    long items;
};

static bool read_extent(struct bench *bench, uint64_t *ret_premises, pw_day *ret_oldest, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(bench->db, "ctl: history", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add_plain(tx, PW_SQL_CTL_HISTORY_EXTENT);
    bool ok = pw_tx_run(tx, err);
    if (ok) {
        *ret_premises = (uint64_t)pw_cell_i64(pw_tx_rows(tx, statement), 0, 0);
        *ret_oldest = pw_cell_date(pw_tx_rows(tx, statement), 0, 1);
    }
    pw_tx_close(tx);
    return ok;
}

static bool run(struct backtest *b, struct pw_err *err)
{
    uint64_t premises;
    pw_day oldest;
    if (!read_extent(&b->bench, &premises, &oldest, err))
        return false;
    if (b->options.since == PW_DAY_NONE)
        b->options.since = oldest == PW_DAY_NONE || oldest > b->options.until ? b->options.until : oldest;
    b->options.baseline = b->baseline;
    b->options.candidate = b->candidate;
    b->options.items_max = (size_t)b->items;
    return pw_trial_new(&b->options, &b->trial, err) && run_trial(b->ctl, &b->bench, b->trial, premises, err);
}

static void show(const struct backtest *b)
{
    struct pw_buf out;
    struct pw_jsonw w;
    pw_buf_init(&out, REPORT_MAX);
    if (b->ctl->json) {
        pw_jsonw_init(&w, &out);
        pw_trial_write_json(b->trial, &w);
        pw_buf_putc(&out, '\n');
    } else {
        pw_trial_write_text(b->trial, (size_t)b->items, &out);
    }
    fwrite(out.data, 1, out.len, stdout);
    pw_buf_release(&out);
}

/* Days and words of the options; false with the status of wrong usage. */
static bool read_period(
    struct backtest *b, const char *since, const char *until, const char *history, int *ret_status)
{
    b->options.since = PW_DAY_NONE;
    b->options.until = today();
    if ((since != NULL && !pw_day_parse(pw_str_z(since), &b->options.since)) ||
        (until != NULL && !pw_day_parse(pw_str_z(until), &b->options.until))) {
        *ret_status = wrong_usage(b->ctl, "--since and --until take a date, 2026-03-01");
        return false;
    }
    for (int i = 0; pw_history_words[i] != NULL; i++)
        if (strcmp(history, pw_history_words[i]) == 0) {
            b->options.history = (enum pw_history)i;
            return true;
        }
    *ret_status = wrong_usage(b->ctl, "--history takes happened or learnt");
    return false;
}

int run_rules_backtest(struct ctl *ctl)
{
    const char *against = NULL, *baseline = "live", *since = NULL, *until = NULL, *history = "happened";
    struct backtest b = {.ctl = ctl, .items = 20};
    const struct option_row rows[] = {
        {"against", OPTION_TEXT, "DIR", "the candidate: a directory, or the SHA-256 of a kept set", &against},
        {"baseline", OPTION_TEXT, "SET", "what it is compared with (default: live)", &baseline},
        {"since", OPTION_TEXT, "DATE", "count what is raised from that day (default: the oldest fact)",
            &since},
        {"until", OPTION_TEXT, "DATE", "the last day (default: today)", &until},
        {"history", OPTION_TEXT, "HOW", "facts count from the day they `happened` or were `learnt`",
            &history},
        {"items", OPTION_NUMBER, "N", "premises to name (default: 20)", &b.items},
    };
    int status;
    struct pw_err err;
    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    if (against == NULL)
        return wrong_usage(ctl, "--against is needed");
    if (!read_period(&b, since, until, history, &status))
        return status;
    bool ok = open_bench(ctl, &b.bench, &err) && load_named_set(ctl, &b.bench, baseline, &b.baseline, &err) &&
              load_named_set(ctl, &b.bench, against, &b.candidate, &err) && run(&b, &err);
    if (ok)
        show(&b);
    pw_trial_free(b.trial);
    pw_rules_unref(b.baseline);
    pw_rules_unref(b.candidate);
    return ok ? EXIT_DONE : failed(&err);
}
