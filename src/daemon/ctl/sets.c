/* Rule sets as commands name them: a directory, `live`, or the SHA-256 of a kept one. */
#include "ctl_int.h"

#include <stdio.h>
#include <string.h>

#include <pandwacht/rules.h>

pw_day today(void)
{
    struct pw_loop *loop = pw_loop_new();
    pw_day day = pw_day_in_netherlands(pw_loop_wall(loop));
    pw_loop_free(loop);
    return day;
}

static bool load_stored(struct pw_tx *tx, size_t statement, const struct pw_ruleset **ret, struct pw_err *err)
{
    bool ok = pw_tx_run(tx, err);
    if (ok && pw_rows_count(pw_tx_rows(tx, statement)) == 0)
        ok = pw_fail(err, PW_ERR_NOT_FOUND, "no such rule set is kept");
    ok = ok && pw_rules_load_bundle(pw_cell_text(pw_tx_rows(tx, statement), 0, 0), ret, NULL, err);
    pw_tx_close(tx);
    return ok;
}

bool load_live_set(struct bench *bench, const struct pw_ruleset **ret, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(bench->db, "ctl: live rule set", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add_plain(tx, PW_SQL_CTL_RULESET_LIVE);
    return load_stored(tx, statement, ret, err);
}

bool load_kept_set(struct bench *bench, struct pw_str hash, const struct pw_ruleset **ret, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(bench->db, "ctl: rule set", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_CTL_RULESET_BY_HASH, PW_P_BYTEA(hash));
    return load_stored(tx, statement, ret, err);
}

bool load_dir_set(struct ctl *ctl, const char *dir, const struct pw_ruleset **ret, struct pw_err *err)
{
    char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 32];
    struct pw_rules_faults *faults = PW_NEW(ctl->arena, struct pw_rules_faults);
    if (pw_rules_load_dir(dir, today(), ret, faults, err))
        return true;
    for (size_t i = 1; i < faults->count; i++)
        fprintf(stderr, "%s\n", pw_err_format(&faults->items[i], text, sizeof text));
    return false;
}

/* 64 hexadecimal digits. */
static bool parse_hash(const char *text, uint8_t ret[PW_SHA256_SIZE])
{
    if (strlen(text) != 2 * PW_SHA256_SIZE)
        return false;
    for (size_t i = 0; i < PW_SHA256_SIZE; i++)
        if (sscanf(text + 2 * i, "%2hhx", &ret[i]) != 1)
            return false;
    return true;
}

bool load_named_set(
    struct ctl *ctl, struct bench *bench, const char *name, const struct pw_ruleset **ret, struct pw_err *err)
{
    uint8_t hash[PW_SHA256_SIZE];
    bool live = strcmp(name, "live") == 0, kept = parse_hash(name, hash);
    if (!live && !kept)
        return load_dir_set(ctl, name, ret, err);
    if (bench->db == NULL && !open_bench(ctl, bench, err))
        return false;
    return live ? load_live_set(bench, ret, err)
                : load_kept_set(bench, (struct pw_str){(const char *)hash, sizeof hash}, ret, err);
}
