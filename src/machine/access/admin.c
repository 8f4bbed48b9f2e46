/* What the commands on clients, accounts and receivers share. */
#include <string.h>

#include "access_int.h"

struct pw_str *access_strings(struct pw_arena *arena, const char *const *items, size_t count)
{
    struct pw_str *out = PW_NEW_ARRAY(arena, count + 1, struct pw_str);

    for (size_t i = 0; i < count; i++)
        out[i] = pw_str_z(items[i]);
    return out;
}

bool access_is_oin(const char *text)
{
    return text != NULL && strlen(text) == 20 && strspn(text, "0123456789") == 20;
}

bool access_name_ok(const char *name, struct pw_err *err)
{
    struct pw_str text = pw_str_z(name);
    size_t len = pw_utf8_valid(text) ? pw_utf8_length(text) : 0;

    if (len < 1 || len > 200)
        return pw_fail(err, PW_ERR_INVALID, "a name has 1 to 200 characters");
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.data[i] < ' ')
            return pw_fail(err, PW_ERR_INVALID, "a name has no control characters");
    return true;
}

bool access_run(struct pw_tx *tx, const char *taken, struct pw_err *err)
{
    bool ok = pw_tx_run(tx, err);

    if (!ok && strcmp(pw_tx_sqlstate(tx), "23505") == 0)
        (void)pw_fail(err, PW_ERR_CONFLICT, "%s", taken);
    pw_tx_close(tx);
    return ok;
}

bool access_check_municipalities(
    struct pw_db *db, const struct pw_str *codes, size_t count, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "access: municipalities", PW_DB_READ_ONLY);
    size_t unknown = pw_tx_add(tx, PW_SQL_ACCESS_MUNICIPALITY_UNKNOWN, PW_P_TEXTS(codes, count));
    bool ok = pw_tx_run(tx, err);

    if (ok && pw_rows_count(pw_tx_rows(tx, unknown)) > 0)
        ok =
            pw_fail(err, PW_ERR_INVALID, "a municipality is not known here; give its code (GM and 4 digits)");
    pw_tx_close(tx);
    return ok;
}

void access_write_words(struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row)
{
    struct pw_arena *arena = pw_arena_new();
    size_t count;
    struct pw_str *words = pw_cell_texts(rows, row, pw_rows_column(rows, name), arena, &count);

    pw_jsonw_key(w, name);
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++)
        pw_jsonw_str(w, words[i]);
    pw_jsonw_end_array(w);
    pw_arena_free(arena);
}
