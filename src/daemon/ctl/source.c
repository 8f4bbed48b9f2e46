/* Looks up who facts are entered for. */
#include "source.h"

#include <pandwacht/facts.h>

bool find_source(struct ctl *ctl, struct pw_db *db, const char *name, struct source *ret, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "ctl: source", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_CTL_CLIENT_BY_NAME, PW_P_TEXT_Z(name));
    bool ok = pw_tx_run(tx, err);
    const struct pw_rows *rows = ok ? pw_tx_rows(tx, statement) : NULL;
    if (ok && pw_rows_count(rows) == 0)
        ok = pw_fail(
            err, PW_ERR_NOT_FOUND, "there is no client of that name; `pandwacht client list` shows them");
    if (ok) {
        size_t count;
        struct pw_str *classes = pw_cell_texts(rows, 0, 2, ctl->arena, &count);
        *ret = (struct source){.id = pw_cell_uuid(rows, 0, 0),
            .controller = pw_str_dup(ctl->arena, pw_cell_text(rows, 0, 1)),
            .wwft_liable = pw_cell_bool(rows, 0, 3)};
        for (size_t i = 0; i < count; i++)
            for (unsigned c = 0; pw_source_class_words[c] != NULL; c++)
                if (pw_str_is(classes[i], pw_source_class_words[c]))
                    ret->classes |= 1u << c;
    }
    pw_tx_close(tx);
    return ok;
}
