/*
 * replay: recomputes every stored assessment from the facts known at its position, the rule set it
 * names and the inputs it stored, and compares octet for octet. A result is equal, different,
 * engine-changed (another engine wrote it: old and new are told apart, not judged) or inputs-erased
 * (facts it knew were lawfully destroyed). Only `different` fails.
 */
#include "ctl_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/dossier.h>
#include <pandwacht/rules.h>
#include <pandwacht/score.h>

#define PAGE            200
#define RULESETS_MAX    64
#define RESULT_MAX      (4u << 20)
#define DIFFERENCES_MAX 20 /* printed in full */

enum verdict { EQUAL, DIFFERENT, ENGINE_CHANGED, INPUTS_ERASED, VERDICTS };

static const char *const verdict_words[VERDICTS] = {"equal", "different", "engine-changed", "inputs-erased"};

enum column { PREMISES, ID, ASSESSED_ON, GENERATION, XACT, FACT, RULESET, ENGINE, RESULT, INPUTS, ERASED };

struct replay {
    struct ctl *ctl;
    struct bench bench;
    struct pw_uuid after_premises, after_id; /* the page begins behind these */
    pw_day since;
    struct pw_uuid only;
    const struct pw_ruleset *sets[RULESETS_MAX];
    size_t set_count;
    size_t counts[VERDICTS];
};

/* The set of that hash, loaded once. */
static bool find_set(
    struct replay *replay, struct pw_str hash, const struct pw_ruleset **ret, struct pw_err *err)
{
    for (size_t i = 0; i < replay->set_count; i++)
        if (pw_str_eq(hash, (struct pw_str){(const char *)replay->sets[i]->hash, PW_SHA256_SIZE})) {
            *ret = replay->sets[i];
            return true;
        }
    if (replay->set_count == RULESETS_MAX)
        return pw_fail(
            err, PW_ERR_LIMIT, "more than %d rule sets; replay a shorter period with --since", RULESETS_MAX);
    struct pw_tx *tx = pw_db_begin(replay->bench.db, "ctl: rule set", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_CTL_RULESET_BY_HASH, PW_P_BYTEA(hash));
    bool ok = pw_tx_run(tx, err);
    if (ok && pw_rows_count(pw_tx_rows(tx, statement)) == 0)
        ok = pw_fail(err, PW_ERR_NOT_FOUND, "a rule set that an assessment names is not kept");
    ok = ok && pw_rules_load_bundle(pw_cell_text(pw_tx_rows(tx, statement), 0, 0), ret, NULL, err);
    pw_tx_close(tx);
    if (ok)
        replay->sets[replay->set_count++] = *ret;
    return ok;
}

static void report(struct replay *replay, enum verdict verdict, const struct pw_uuid *id,
    struct pw_str stored, struct pw_str computed)
{
    char text[PW_UUID_TEXT];
    replay->counts[verdict]++;
    if (verdict == EQUAL || replay->counts[verdict] > DIFFERENCES_MAX)
        return;
    if (replay->ctl->json)
        printf(
            "{\"assessment\":\"%s\",\"result\":\"%s\"}\n", pw_uuid_format(id, text), verdict_words[verdict]);
    else
        printf("%s %s\n", verdict_words[verdict], pw_uuid_format(id, text));
    if (verdict == DIFFERENT && !replay->ctl->json)
        printf("  stored   %.*s\n  computed %.*s\n", PW_STR_ARG(stored), PW_STR_ARG(computed));
}

static bool compare(struct replay *replay, struct pw_arena *arena, const struct pw_ruleset *set,
    const struct pw_rows *rows, size_t row, struct pw_dossier *dossier, struct pw_err *err)
{
    struct pw_assessment assessment;
    struct pw_buf out;
    struct pw_uuid id = pw_cell_uuid(rows, row, ID);
    int64_t engine;
    if (!pw_score_assess(arena, set, &dossier->view, pw_cell_date(rows, row, ASSESSED_ON), &assessment, err))
        return false;
    pw_buf_init(&out, RESULT_MAX);
    pw_score_encode(&assessment, &out);
    enum verdict verdict = DIFFERENT;
    if (pw_str_eq(pw_buf_str(&out), pw_cell_bytea(rows, row, RESULT)))
        verdict = EQUAL;
    else if (!pw_str_to_i64(pw_cell_text(rows, row, ENGINE), &engine) || engine != PW_SCORE_ENGINE)
        verdict = ENGINE_CHANGED;
    else if (pw_cell_bool(rows, row, ERASED))
        verdict = INPUTS_ERASED;
    report(replay, verdict, &id, pw_cell_bytea(rows, row, RESULT), pw_buf_str(&out));
    pw_buf_release(&out);
    return true;
}

/* The dossiers of a page, read in one pipeline, each assessed again. */
static bool replay_rows(struct replay *replay, const struct pw_rows *rows, struct pw_err *err)
{
    size_t count = pw_rows_count(rows);
    struct pw_arena *arena = pw_arena_new();
    struct pw_dossier_read *reads = PW_NEW_ARRAY(arena, count, struct pw_dossier_read);
    struct pw_tx *tx = pw_db_begin(replay->bench.db, "ctl: replay", PW_DB_READ_ONLY);
    for (size_t i = 0; i < count; i++) {
        struct pw_uuid premises = pw_cell_uuid(rows, i, PREMISES);
        const struct pw_position known = {.generation = (int32_t)pw_cell_i64(rows, i, GENERATION),
            .xact = pw_cell_xid(rows, i, XACT),
            .fact = pw_cell_uuid(rows, i, FACT)};
        pw_dossier_known_add(tx, &premises, &known, &reads[i]);
    }
    bool ok = pw_tx_run(tx, err);
    for (size_t i = 0; ok && i < count; i++) {
        const struct pw_ruleset *set;
        struct pw_dossier dossier;
        struct pw_uuid premises = pw_cell_uuid(rows, i, PREMISES);
        ok = find_set(replay, pw_cell_bytea(rows, i, RULESET), &set, err) &&
             pw_dossier_known_build(arena, set->model, tx, &reads[i], &premises,
                 pw_cell_bytea(rows, i, INPUTS), &dossier, err) &&
             compare(replay, arena, set, rows, i, &dossier, err);
    }
    pw_tx_close(tx);
    pw_arena_free(arena);
    return ok;
}

static bool replay_page(struct replay *replay, bool *ret_more, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(replay->bench.db, "ctl: assessments", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_CTL_ASSESSMENTS_PAGE, PW_P_UUID(&replay->after_premises),
        PW_P_UUID(&replay->after_id), PW_P_DATE(replay->since), PW_P_UUID_OPT(&replay->only), PW_P_I64(PAGE));
    bool ok = pw_tx_run(tx, err);
    const struct pw_rows *rows = ok ? pw_tx_rows(tx, statement) : NULL;
    size_t count = ok ? pw_rows_count(rows) : 0;
    if (count > 0) {
        ok = replay_rows(replay, rows, err);
        replay->after_premises = pw_cell_uuid(rows, count - 1, PREMISES);
        replay->after_id = pw_cell_uuid(rows, count - 1, ID);
    }
    *ret_more = count == PAGE;
    pw_tx_close(tx);
    return ok;
}

static int print_counts(const struct replay *replay)
{
    if (replay->ctl->json)
        printf("{\"equal\":%zu,\"different\":%zu,\"engineChanged\":%zu,\"inputsErased\":%zu}\n",
            replay->counts[EQUAL], replay->counts[DIFFERENT], replay->counts[ENGINE_CHANGED],
            replay->counts[INPUTS_ERASED]);
    else
        printf("%zu equal, %zu different, %zu engine-changed, %zu inputs-erased\n", replay->counts[EQUAL],
            replay->counts[DIFFERENT], replay->counts[ENGINE_CHANGED], replay->counts[INPUTS_ERASED]);
    return replay->counts[DIFFERENT] == 0 ? EXIT_DONE : EXIT_FAILED;
}

int run_replay(struct ctl *ctl)
{
    const char *since = NULL, *only = NULL;
    const struct option_row rows[] = {
        {"since", OPTION_TEXT, "DATE", "only what was assessed on that day or later", &since},
        {"assessment", OPTION_TEXT, "ID", "only this one", &only},
    };
    int status;
    struct pw_err err;
    struct replay replay = {.ctl = ctl, .since = PW_DAY_NONE};
    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    if (since != NULL && !pw_day_parse(pw_str_z(since), &replay.since))
        return wrong_usage(ctl, "--since takes a date, 2026-03-01");
    if (only != NULL && !pw_uuid_parse(pw_str_z(only), &replay.only))
        return wrong_usage(ctl, "--assessment takes the id of an assessment");
    bool ok = open_bench(ctl, &replay.bench, &err), more = true;
    while (ok && more)
        ok = replay_page(&replay, &more, &err);
    for (size_t i = 0; i < replay.set_count; i++)
        pw_rules_unref(replay.sets[i]);
    return ok ? print_counts(&replay) : failed(&err);
}
