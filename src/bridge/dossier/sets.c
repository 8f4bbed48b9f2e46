/*
 * Rule sets by hash, the most recently used first. What was assessed is explained by the very set that
 * was used, read from its row; a few are kept. Loading one takes some tens of milliseconds, once for each.
 */
#include "dossier_int.h"

#include <stdlib.h>
#include <string.h>

#define KEPT 4

struct pw_sets {
    struct pw_db *db;
    bool lenient;
    const struct pw_ruleset *items[KEPT]; /* the most recently used first; NULL = free */
};

struct need {
    struct pw_sets *sets;
    const struct pw_str *hashes;
    size_t count;
    size_t statement;
    pw_sets_ready ready;
    void *arg;
};

struct pw_sets *pw_sets_new(struct pw_db *db, bool lenient)
{
    struct pw_sets *sets = pw_xcalloc(1, sizeof *sets);
    sets->db = db;
    sets->lenient = lenient;
    return sets;
}

void pw_sets_free(struct pw_sets *sets)
{
    if (sets == NULL)
        return;
    for (int i = 0; i < KEPT; i++)
        pw_rules_unref(sets->items[i]);
    free(sets);
}

static int find(const struct pw_sets *sets, struct pw_str hash)
{
    for (int i = 0; i < KEPT; i++)
        if (sets->items[i] != NULL && hash.len == PW_SHA256_SIZE &&
            memcmp(sets->items[i]->hash, hash.data, PW_SHA256_SIZE) == 0)
            return i;
    return -1;
}

/* Moves the set at `i` to the front. */
static void use(struct pw_sets *sets, int i)
{
    const struct pw_ruleset *set = sets->items[i];
    memmove(&sets->items[1], &sets->items[0], (size_t)i * sizeof sets->items[0]);
    sets->items[0] = set;
}

static void keep(struct pw_sets *sets, const struct pw_ruleset *set)
{
    pw_rules_unref(sets->items[KEPT - 1]);
    memmove(&sets->items[1], &sets->items[0], (KEPT - 1) * sizeof sets->items[0]);
    sets->items[0] = set;
}

const struct pw_ruleset *pw_sets_get(const struct pw_sets *sets, struct pw_str hash)
{
    int i = find(sets, hash);
    if (i >= 0)
        return sets->items[i];
    return sets->lenient ? sets->items[0] : NULL;
}

static bool is_listed(const struct pw_str *list, size_t n, struct pw_str hash)
{
    for (size_t i = 0; i < n; i++)
        if (pw_str_eq(list[i], hash))
            return true;
    return false;
}

static bool have(const struct need *need)
{
    for (size_t i = 0; i < need->count; i++)
        if (pw_sets_get(need->sets, need->hashes[i]) == NULL)
            return false;
    return true;
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct need *need = arg;
    struct pw_err why = {0};
    if (!ok) {
        need->ready(need->arg, false, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, need->statement);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        const struct pw_ruleset *set;
        if (find(need->sets, pw_cell_bytea(rows, i, 0)) >= 0)
            continue;
        /* What a set of an older engine found is shown, where lenient, by the ids of its rules. */
        if (pw_rules_load_bundle(pw_cell_text(rows, i, 1), &set, NULL, &why))
            keep(need->sets, set);
    }
    if (have(need)) {
        need->ready(need->arg, true, NULL);
        return;
    }
    if (why.code == PW_ERR_NONE)
        pw_fail(&why, PW_ERR_NOT_FOUND, "no such rule set is kept");
    need->ready(need->arg, false, &why);
}

void pw_sets_need(struct pw_sets *sets, struct pw_arena *arena, const struct pw_str *hashes, size_t count,
    pw_sets_ready ready, void *arg)
{
    struct pw_str *missing = PW_NEW_ARRAY(arena, count + 1, struct pw_str);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        int at = find(sets, hashes[i]);
        if (at >= 0)
            use(sets, at);
        else if (n < KEPT && !is_listed(missing, n, hashes[i]))
            missing[n++] = hashes[i];
    }
    if (n == 0) {
        ready(arg, true, NULL);
        return;
    }
    struct need *need = PW_NEW(arena, struct need);
    *need = (struct need){.sets = sets, .hashes = hashes, .count = count, .ready = ready, .arg = arg};
    struct pw_tx *tx = pw_db_begin(sets->db, "rule sets", PW_DB_READ_ONLY);
    need->statement = pw_tx_add(tx, PW_SQL_RULESETS_READ, PW_P_BYTEAS(missing, n));
    pw_tx_commit(tx, on_read, need);
}
