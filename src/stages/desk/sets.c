/*
 * Rule sets to explain with. An alert is explained by the very set that raised it, read from its row
 * by hash; a few are kept. Loading one takes some tens of milliseconds, once for each set.
 */
#include <string.h>

#include "desk_int.h"

struct need {
    struct pw_desk *desk;
    size_t statement;
    desk_sets_ready ready;
    void *arg;
};

static int find(const struct pw_desk *desk, struct pw_str hash)
{
    for (int i = 0; i < DESK_SETS; i++)
        if (desk->sets[i] != NULL && hash.len == PW_SHA256_SIZE &&
            memcmp(desk->sets[i]->hash, hash.data, PW_SHA256_SIZE) == 0)
            return i;
    return -1;
}

/* Moves the set at `i` to the front. */
static void use(struct pw_desk *desk, int i)
{
    const struct pw_ruleset *set = desk->sets[i];

    memmove(&desk->sets[1], &desk->sets[0], (size_t)i * sizeof desk->sets[0]);
    desk->sets[0] = set;
}

static void keep(struct pw_desk *desk, const struct pw_ruleset *set)
{
    pw_rules_unref(desk->sets[DESK_SETS - 1]);
    memmove(&desk->sets[1], &desk->sets[0], (DESK_SETS - 1) * sizeof desk->sets[0]);
    desk->sets[0] = set;
}

const struct pw_ruleset *desk_set(struct pw_desk *desk, struct pw_str hash)
{
    int i = find(desk, hash);

    return i < 0 ? desk->sets[0] : desk->sets[i];
}

static void on_read(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct need *need = arg;
    const struct pw_rows *rows;
    struct pw_err why = {0};

    if (!ok) {
        need->ready(need->arg, false, err);
        return;
    }
    rows = pw_tx_rows(tx, need->statement);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        const struct pw_ruleset *set;

        if (find(need->desk, pw_cell_bytea(rows, i, 0)) >= 0)
            continue;
        /* A set of an older engine that loads no more is shown by the ids of its rules. */
        if (pw_rules_load_bundle(pw_cell_text(rows, i, 1), &set, NULL, &why))
            keep(need->desk, set);
    }
    if (need->desk->sets[0] == NULL)
        need->ready(need->arg, false, &why);
    else
        need->ready(need->arg, true, NULL);
}

void desk_sets_need(struct pw_desk *desk, struct pw_arena *arena, const struct pw_str *hashes, size_t count,
    desk_sets_ready ready, void *arg)
{
    struct pw_str *missing = PW_NEW_ARRAY(arena, count + 1, struct pw_str);
    struct need *need;
    struct pw_tx *tx;
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        int at = find(desk, hashes[i]);

        if (at >= 0)
            use(desk, at);
        else if (n < DESK_SETS)
            missing[n++] = hashes[i];
    }
    if (n == 0) {
        ready(arg, true, NULL);
        return;
    }
    need = PW_NEW(arena, struct need);
    *need = (struct need){.desk = desk, .ready = ready, .arg = arg};
    tx = pw_db_begin(desk->options.db, "desk: rule sets", PW_DB_READ_ONLY);
    need->statement = pw_tx_add(tx, PW_SQL_RULESETS_READ, PW_P_BYTEAS(missing, n));
    pw_tx_commit(tx, on_read, need);
}

void desk_sets_free(struct pw_desk *desk)
{
    for (int i = 0; i < DESK_SETS; i++)
        pw_rules_unref(desk->sets[i]);
}
