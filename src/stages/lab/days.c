/*
 * Once a day: which rules of the live set must be reviewed soon (told 90, 30 and 7 days ahead and when the
 * date is past, once each), and which have proved imprecise. For those that are past their date or imprecise
 * the daemon drafts a new version of the set in which they are drafts; two people decide about it.
 */
#include "lab_int.h"

#include <stdlib.h>

#define FIRST_MS INT64_C(5000)
#define EACH_MS  INT64_C(3600000)

static const int thresholds[] = {0, 7, 30, 90};

struct round {
    struct pw_lab *lab;
    struct pw_arena *arena;
    struct pw_str hash;
    struct pw_str *rules; /* to be set aside */
    size_t rule_count;
    const struct pw_ruleset *draft;
    size_t live, cases, open;
    struct imprecise {
        struct pw_str rule;
    } * imprecise;
    size_t imprecise_count;
};

static void end(struct round *round)
{
    struct pw_lab *lab = round->lab;
    pw_rules_unref(round->draft);
    pw_arena_free(round->arena);
    if (!lab->draining)
        pw_timer_start(&lab->day, EACH_MS);
}

static void failed(struct round *round, const struct pw_err *err)
{
    pw_log(PW_EV_REVIEW_FAILED, PW_LOG_ERR(err));
    end(round);
}

static void on_done(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;
    (void)tx;
    if (ok)
        end(round);
    else
        failed(round, err);
}

/* ---- drafting ---- */

static void on_looked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;
    const struct pw_ruleset *set = round->draft;
    if (!ok) {
        failed(round, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, round->open)) > 0) { /* drafted before */
        pw_tx_abort(tx);
        end(round);
        return;
    }
    pw_usec now = lab_now(round->lab);
    struct pw_uuid id = pw_uuid_v7(now);
    struct pw_str hash = {(const char *)set->hash, sizeof set->hash},
                  reason = PW_STR("past review or imprecise:");
    for (size_t i = 0; i < round->rule_count; i++)
        reason = pw_str_printf(round->arena, "%.*s %.*s", PW_STR_ARG(reason), PW_STR_ARG(round->rules[i]));
    pw_tx_add(tx, PW_SQL_LAB_RULESET_PUT, PW_P_BYTEA(hash), PW_P_TEXT(set->name), PW_P_TEXT(set->version),
        PW_P_TEXT(pw_rules_bundle(set)));
    pw_tx_add(tx, PW_SQL_LAB_PROPOSAL_ADD, PW_P_UUID(&id), PW_P_BYTEA(hash), PW_P_NULL, PW_P_TEXT(reason),
        PW_P_NULL, PW_P_TEXT(PW_STR("drafted")));
    pw_audit_add(tx, now,
        &(struct pw_audit){.actor = PW_AUDIT_SYSTEM,
            .action = "publication-drafted",
            .object_kind = "publication",
            .object = id},
        1);
    pw_log(PW_EV_RULES_DRAFTED, PW_LOG_INT("rules", round->rule_count));
    pw_tx_commit(tx, on_done, round);
}

static void draft(struct round *round, const struct pw_ruleset *live)
{
    struct pw_err err;
    struct pw_str bundle;
    if (!pw_trial_set_aside(round->arena, live, round->rules, round->rule_count, &bundle, &err) ||
        !pw_rules_load_bundle(bundle, &round->draft, NULL, &err)) {
        failed(round, &err);
        return;
    }
    struct pw_tx *tx = pw_db_begin(round->lab->options.db, "lab: draft a version", 0);
    round->open =
        pw_tx_add(tx, PW_SQL_LAB_DRAFTS_OPEN, PW_P_BYTES(round->draft->hash, sizeof round->draft->hash));
    pw_tx_send(tx, on_looked, round);
}

/* ---- looking ---- */

static bool is_imprecise(const struct round *round, struct pw_str rule)
{
    for (size_t i = 0; i < round->imprecise_count; i++)
        if (pw_str_eq(round->imprecise[i].rule, rule))
            return true;
    return false;
}

static void on_warned(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;
    size_t warned = 0;
    if (!ok) {
        failed(round, err);
        return;
    }
    for (size_t i = 0; i < round->open; i++)
        warned += (size_t)pw_rows_affected(pw_tx_rows(tx, i));
    if (warned > 0)
        pw_log(PW_EV_RULES_REVIEW_DUE, PW_LOG_INT("rules", warned));
    if (round->rule_count > 0)
        draft(round, pw_sets_get(round->lab->sets, round->hash));
    else
        end(round);
}

static void look_at_rules(struct round *round, const struct pw_ruleset *set)
{
    pw_day today = lab_today(round->lab);
    struct pw_tx *tx = pw_db_begin(round->lab->options.db, "lab: reviews", 0);
    round->rules = PW_NEW_ARRAY(round->arena, set->rule_count, struct pw_str);
    round->open = 0; /* warnings added */
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct pw_rule *rule = &set->rules[i];
        int64_t days = (int64_t)rule->review_by - today;
        if (rule->draft)
            continue;
        if (days < 0 || is_imprecise(round, rule->id))
            round->rules[round->rule_count++] = rule->id;
        for (size_t t = 0; t < PW_COUNT(thresholds); t++)
            if (days <= thresholds[t] && (t > 0 || days < 0)) {
                pw_tx_add(tx, PW_SQL_LAB_WARNING_ADD, PW_P_TEXT(rule->id), PW_P_DATE(rule->review_by),
                    PW_P_I16(thresholds[t]));
                round->open++;
                break;
            }
    }
    pw_tx_commit(tx, on_warned, round);
}

static void on_set(void *arg, bool ok, const struct pw_err *err)
{
    struct round *round = arg;
    if (ok)
        look_at_rules(round, pw_sets_get(round->lab->sets, round->hash));
    else
        failed(round, err);
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct round *round = arg;
    if (!ok) {
        failed(round, err);
        return;
    }
    const struct pw_rows *live = pw_tx_rows(tx, round->live), *cases = pw_tx_rows(tx, round->cases);
    if (pw_rows_count(live) == 0) {
        end(round);
        return;
    }
    round->hash = pw_str_dup(round->arena, pw_cell_bytea(live, 0, 0));
    round->imprecise = PW_NEW_ARRAY(round->arena, pw_rows_count(cases), struct imprecise);
    for (size_t i = 0; i < pw_rows_count(cases); i++) {
        struct pw_str rule = pw_cell_text(cases, i, 0);
        struct cases counted = lab_cases(cases, rule);
        if (lab_imprecise(&counted))
            round->imprecise[round->imprecise_count++].rule = pw_str_dup(round->arena, rule);
    }
    pw_sets_need(round->lab->sets, round->arena, &round->hash, 1, on_set, round);
}

static void on_day(void *arg)
{
    struct pw_lab *lab = arg;
    struct pw_arena *arena = pw_arena_new();
    struct round *round = PW_NEW(arena, struct round);
    round->lab = lab;
    round->arena = arena;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: daily look", PW_DB_READ_ONLY);
    round->live = pw_tx_add_plain(tx, PW_SQL_LAB_LIVE);
    round->cases = pw_tx_add(tx, PW_SQL_LAB_RULE_CASES, PW_P_NULL);
    pw_tx_commit(tx, on_read, round);
}

void lab_days_start(struct pw_lab *lab)
{
    pw_timer_init(&lab->day, lab->options.loop, "lab: daily look", on_day, lab);
    pw_timer_start(&lab->day, FIRST_MS);
}
