/*
 * `migrate --users`: a database user for each role of the daemon, with the grants that the statements of its
 * rooms need and no others. What a role runs is declared (defs/database_users.def); the grants themselves are
 * found by the database.
 */
#include "ctl_int.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *user, *runs;
} users[] = {
#define PW_DATABASE_USER(user, runs) {user, runs},
#define PW_DATABASE_OWNER(runs)
#include <pandwacht/defs/database_users.def>
#undef PW_DATABASE_OWNER
#undef PW_DATABASE_USER
};

/* "desk" and "desk/alert_get" both hold "desk/alert_get". */
static bool holds(const char *runs, const char *statement)
{
    struct pw_str rest = pw_str_z(runs), word, name = pw_str_z(statement);
    for (bool more = true; more;) {
        more = pw_str_cut(rest, ' ', &word, &rest);
        if (pw_str_has_prefix(name, word) && (name.len == word.len || name.data[word.len] == '/'))
            return true;
    }
    return false;
}

static struct pw_str types_of(struct pw_arena *arena, const struct pw_sql_text *sql)
{
    struct pw_str out = PW_STR("");
    for (int i = 0; i < sql->param_count; i++)
        out = pw_str_printf(arena, "%.*s%s%u", PW_STR_ARG(out), i == 0 ? "" : ",", sql->param_types[i]);
    return out;
}

static bool grant(struct ctl *ctl, struct pw_db *db, size_t user, size_t *ret_count, struct pw_err *err)
{
    struct pw_str *texts = PW_NEW_ARRAY(ctl->arena, PW_SQL_COUNT, struct pw_str);
    struct pw_str *types = PW_NEW_ARRAY(ctl->arena, PW_SQL_COUNT, struct pw_str);
    size_t count = 0;
    for (size_t i = 0; i < PW_SQL_COUNT; i++)
        if (holds(users[user].runs, pw_sql_texts[i].name)) {
            texts[count] = pw_str_z(pw_sql_texts[i].text);
            types[count++] = types_of(ctl->arena, &pw_sql_texts[i]);
        }
    struct pw_tx *tx = pw_db_begin(db, "ctl: grants", 0);
    pw_tx_set_deadline(tx, 60000);
    pw_tx_add(tx, PW_SQL_CTL_GRANT_STATEMENTS, PW_P_TEXT_Z(users[user].user), PW_P_TEXTS(texts, count),
        PW_P_TEXTS(types, count));
    bool ok = pw_tx_run(tx, err);
    if (ok && !pw_cell_is_null(pw_tx_rows(tx, 0), 0, 0))
        ok = pw_fail(err, PW_ERR_USAGE, "%s is not our database user; run as a superuser: %.*s",
            users[user].user, PW_STR_ARG(pw_cell_text(pw_tx_rows(tx, 0), 0, 0)));
    pw_tx_close(tx);
    *ret_count = count;
    return ok;
}

int grant_users(struct ctl *ctl)
{
    struct pw_err err;
    struct bench bench;
    size_t count;
    if (!open_bench(ctl, &bench, &err))
        return failed(&err);
    for (size_t i = 0; i < PW_COUNT(users); i++) {
        if (!grant(ctl, bench.db, i, &count, &err))
            return failed(&err);
        printf("%s may run %zu statements\n", users[i].user, count);
    }
    return EXIT_DONE;
}
