/*
 * A shadow set is evaluated beside the live one: a follower of its own reads the log from the beginning, so
 * that every premises with facts is looked at once, and then follows. Both sets are evaluated without the
 * levels that stand, so that what differs is what the sets say. Results are kept apart; nothing is raised.
 */
#include "lab_int.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_MS   2000
#define BATCH_MAX 200
#define FACTS_MAX 20000
#define LEASE_MS  5000

struct shadow {
    struct pw_lab *lab;
    char name[32]; /* of its follower */
    uint8_t hash[PW_SHA256_SIZE];
    struct pw_follower *follower;
    struct pw_deferred slice;
    size_t due, live; /* statements of on_begin */
    /* the batch under way */
    const struct pw_follower_batch *batch;
    struct pw_arena *arena, *scratch;
    const struct pw_ruleset *set, *live_set;
    struct pw_str hashes[2];
    struct pw_uuid *ids;
    size_t count, next, kept;
    bool full;
    struct pw_dossier_read read;
    struct pw_dossier *dossiers, *live_dossiers;
    pw_day today;
    /* rows to be kept, as columns */
    struct pw_uuid *premises;
    int64_t *levels, *live_levels, *scores;
    struct pw_str *rules;
    pw_day *next_on;
};

/* ---- one batch ---- */

static void end_batch(struct shadow *s)
{
    pw_rules_unref(s->set);
    pw_rules_unref(s->live_set);
    s->set = s->live_set = NULL;
    pw_arena_free(s->arena);
    pw_arena_free(s->scratch);
    s->arena = s->scratch = NULL;
}

static void give_up(struct shadow *s, bool tx_over, const struct pw_err *err)
{
    pw_log(PW_EV_SHADOW_FAILED, PW_LOG_ERR(err));
    end_batch(s);
    pw_follower_fail(s->follower, tx_over, err);
}

static struct pw_str rules_of(struct pw_arena *arena, const struct pw_period *shown)
{
    struct pw_buf out;
    struct pw_jsonw w;
    pw_buf_init(&out, 65536);
    pw_jsonw_init(&w, &out);
    pw_jsonw_array(&w);
    for (size_t i = 0; i < shown->line_count; i++)
        if (shown->lines[i].kind == PW_LINE_RULE && shown->lines[i].points > 0)
            pw_jsonw_str(&w, shown->lines[i].id);
    pw_jsonw_end_array(&w);
    struct pw_str text = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

static bool assess(struct shadow *s, const struct pw_ruleset *set, struct pw_dossier *dossier,
    struct pw_assessment *ret, struct pw_err *err)
{
    if (dossier->err.code != PW_ERR_NONE) {
        *err = dossier->err;
        return false;
    }
    dossier->view.latch_count = 0;
    return pw_score_assess(s->scratch, set, &dossier->view, s->today, ret, err);
}

/* A premises that either set cannot assess is left out: the live one parks it. */
static void look_at(struct shadow *s, size_t i)
{
    struct pw_assessment now, live;
    struct pw_err err;
    pw_arena_reset(s->scratch);
    if (!s->dossiers[i].found || !assess(s, s->set, &s->dossiers[i], &now, &err) ||
        !assess(s, s->live_set, &s->live_dossiers[i], &live, &err))
        return;
    s->premises[s->kept] = s->ids[i];
    s->levels[s->kept] = now.shown->level;
    s->live_levels[s->kept] = live.shown->level;
    s->scores[s->kept] = now.shown->score;
    s->rules[s->kept] = rules_of(s->arena, now.shown);
    bool sooner = live.next_change_on != PW_DAY_NONE &&
                  (now.next_change_on == PW_DAY_NONE || live.next_change_on < now.next_change_on);
    s->next_on[s->kept++] = sooner ? live.next_change_on : now.next_change_on;
}

static void write_batch(struct shadow *s)
{
    if (s->kept > 0)
        pw_tx_add(s->batch->tx, PW_SQL_LAB_SHADOW_PUT, PW_P_BYTES(s->hash, sizeof s->hash),
            PW_P_DATE(s->today), PW_P_UUIDS(s->premises, s->kept), PW_P_I64S(s->levels, s->kept),
            PW_P_I64S(s->live_levels, s->kept), PW_P_I64S(s->scores, s->kept), PW_P_JSONS(s->rules, s->kept),
            PW_P_DATES(s->next_on, s->kept));
    bool again = s->full;
    end_batch(s);
    pw_follower_finish(s->follower, again);
}

static void on_slice(void *arg)
{
    struct shadow *s = arg;
    int64_t end = pw_loop_clock_us(s->lab->options.loop) + LAB_SLICE_US;
    while (s->next < s->count) {
        look_at(s, s->next++);
        if (pw_loop_clock_us(s->lab->options.loop) > end && s->next < s->count) {
            pw_deferred_call(&s->slice);
            return;
        }
    }
    write_batch(s);
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct shadow *s = arg;
    if (!ok) {
        give_up(s, true, err);
        return;
    }
    pw_dossier_build(s->arena, s->set->model, tx, &s->read, s->ids, s->count, s->today, s->dossiers);
    /* The live set may declare facts otherwise: it reads the same rows by its own declarations. */
    pw_dossier_build(
        s->arena, s->live_set->model, tx, &s->read, s->ids, s->count, s->today, s->live_dossiers);
    pw_deferred_call(&s->slice);
}

/* ---- beginning one ---- */

static void add_id(struct shadow *s, struct pw_map *seen, const struct pw_uuid *id)
{
    s->ids[s->count] = *id;
    struct pw_str key = {(const char *)s->ids[s->count].b, sizeof id->b};
    if (pw_map_put(seen, key, s))
        s->count++;
}

static void gather(struct shadow *s)
{
    const struct pw_rows *due = pw_tx_rows(s->batch->tx, s->due);
    size_t most = s->batch->count + pw_rows_count(due);
    struct pw_map seen;
    pw_map_init(&seen, s->arena);
    s->ids = PW_NEW_ARRAY(s->arena, most + 1, struct pw_uuid);
    for (size_t i = 0; i < s->batch->count; i++)
        add_id(s, &seen, &s->batch->entries[i].premises);
    for (size_t i = 0; i < pw_rows_count(due); i++) {
        struct pw_uuid id = pw_cell_uuid(due, i, 0);
        add_id(s, &seen, &id);
    }
    s->full = pw_rows_count(due) == BATCH_MAX;
}

static void make_columns(struct shadow *s)
{
    size_t n = s->count + 1;
    s->dossiers = PW_NEW_ARRAY(s->arena, n, struct pw_dossier);
    s->live_dossiers = PW_NEW_ARRAY(s->arena, n, struct pw_dossier);
    s->premises = PW_NEW_ARRAY(s->arena, n, struct pw_uuid);
    s->levels = PW_NEW_ARRAY(s->arena, n, int64_t);
    s->live_levels = PW_NEW_ARRAY(s->arena, n, int64_t);
    s->scores = PW_NEW_ARRAY(s->arena, n, int64_t);
    s->rules = PW_NEW_ARRAY(s->arena, n, struct pw_str);
    s->next_on = PW_NEW_ARRAY(s->arena, n, pw_day);
}

static void on_sets(void *arg, bool ok, const struct pw_err *err)
{
    struct shadow *s = arg;
    if (!ok) {
        give_up(s, false, err);
        return;
    }
    const struct pw_position known = {
        .generation = s->batch->horizon.generation, .xact = s->batch->horizon.xact - 1};
    s->set = pw_rules_ref(pw_sets_get(s->lab->sets, s->hashes[0]));
    s->live_set = pw_rules_ref(pw_sets_get(s->lab->sets, s->hashes[1]));
    pw_dossier_read_add(s->batch->tx, s->ids, s->count, &known, FACTS_MAX, &s->read);
    pw_tx_send(s->batch->tx, on_read, s);
}

static void on_batch(void *arg, const struct pw_follower_batch *batch)
{
    struct shadow *s = arg;
    struct pw_err err;
    s->batch = batch;
    s->arena = pw_arena_new();
    s->scratch = pw_arena_new();
    s->today = lab_today(s->lab);
    s->count = s->next = s->kept = 0;
    const struct pw_rows *live = pw_tx_rows(batch->tx, s->live);
    if (pw_rows_count(live) == 0) {
        pw_fail(&err, PW_ERR_NOT_FOUND, "no rule set has been published yet");
        give_up(s, false, &err);
        return;
    }
    gather(s);
    make_columns(s);
    s->hashes[0] = (struct pw_str){(const char *)s->hash, sizeof s->hash};
    s->hashes[1] = pw_str_dup(s->arena, pw_cell_bytea(live, 0, 0));
    pw_sets_need(s->lab->sets, s->arena, s->hashes, 2, on_sets, s);
}

static void on_begin(void *arg, struct pw_tx *tx)
{
    struct shadow *s = arg;
    s->live = pw_tx_add_plain(tx, PW_SQL_LAB_LIVE);
    s->due = pw_tx_add(tx, PW_SQL_LAB_SHADOW_DUE, PW_P_BYTES(s->hash, sizeof s->hash),
        PW_P_DATE(lab_today(s->lab)), PW_P_I32(BATCH_MAX));
}

static bool has_work(void *arg, const struct pw_tx *tx)
{
    const struct shadow *s = arg;
    return pw_rows_count(pw_tx_rows(tx, s->due)) > 0;
}

/* ---- which sets run ---- */

static struct shadow *start(struct pw_lab *lab, struct pw_str hash)
{
    struct shadow *s = pw_xcalloc(1, sizeof *s);
    s->lab = lab;
    memcpy(s->hash, hash.data, sizeof s->hash);
    memcpy(s->name, "shadow-", 7);
    pw_hex(s->hash, 8, s->name + 7);
    pw_deferred_init(&s->slice, lab->options.loop, "lab: shadow", on_slice, s);
    s->follower = pw_follower_new(&(struct pw_follower_options){.loop = lab->options.loop,
        .db = lab->options.db,
        .name = s->name,
        .batch_max = BATCH_MAX,
        .poll_ms = LOOK_MS,
        .lease_ms = LEASE_MS,
        .on_begin = on_begin,
        .has_work = has_work,
        .on_batch = on_batch,
        .arg = s});
    return s;
}

static void stop(struct shadow *s)
{
    pw_deferred_cancel(&s->slice);
    pw_follower_free(s->follower);
    end_batch(s);
    free(s);
}

static bool listed(const struct pw_rows *rows, const uint8_t *hash)
{
    for (size_t i = 0; i < pw_rows_count(rows); i++)
        if (pw_str_eq(pw_cell_bytea(rows, i, 0), (struct pw_str){(const char *)hash, PW_SHA256_SIZE}))
            return true;
    return false;
}

static bool runs(const struct pw_lab *lab, struct pw_str hash)
{
    for (int i = 0; i < LAB_SHADOWS; i++)
        if (lab->shadows[i] != NULL &&
            pw_str_eq(hash, (struct pw_str){(const char *)lab->shadows[i]->hash, PW_SHA256_SIZE}))
            return true;
    return false;
}

static void compare(struct pw_lab *lab, const struct pw_rows *rows)
{
    for (int i = 0; i < LAB_SHADOWS; i++)
        if (lab->shadows[i] != NULL && pw_follower_idle(lab->shadows[i]->follower) &&
            !listed(rows, lab->shadows[i]->hash)) {
            stop(lab->shadows[i]);
            lab->shadows[i] = NULL;
        }
    for (size_t r = 0; r < pw_rows_count(rows); r++)
        for (int i = 0; i < LAB_SHADOWS && !runs(lab, pw_cell_bytea(rows, r, 0)); i++)
            if (lab->shadows[i] == NULL)
                lab->shadows[i] = start(lab, pw_cell_bytea(rows, r, 0));
}

static void on_looked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct pw_lab *lab = arg;
    if (!ok)
        pw_log(PW_EV_SHADOW_FAILED, PW_LOG_ERR(err));
    if (lab->draining)
        return;
    if (ok)
        compare(lab, pw_tx_rows(tx, 0));
    pw_timer_start(&lab->look, LOOK_MS);
}

static void on_look(void *arg)
{
    struct pw_lab *lab = arg;
    struct pw_tx *tx = pw_db_begin(lab->options.db, "lab: shadow sets", PW_DB_READ_ONLY);
    pw_tx_add_plain(tx, PW_SQL_LAB_SHADOW_SETS);
    pw_tx_commit(tx, on_looked, lab);
}

void lab_shadows_start(struct pw_lab *lab)
{
    pw_timer_init(&lab->look, lab->options.loop, "lab: which sets run as a shadow", on_look, lab);
    pw_timer_start(&lab->look, LOOK_MS);
}

void lab_shadows_stop(struct pw_lab *lab)
{
    for (int i = 0; i < LAB_SHADOWS; i++) {
        if (lab->shadows[i] != NULL)
            stop(lab->shadows[i]);
        lab->shadows[i] = NULL;
    }
}
