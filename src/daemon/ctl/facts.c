/* facts list: what is known of one premises, a JSON object a line, fields of class internal at most. */
#include "ctl_int.h"

#include <stdio.h>

#include <pandwacht/facts.h>
#include <pandwacht/json.h>

#define LINE_MAX_OCTETS (1u << 20)

static void print_fact(
    struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_rows *rows, size_t row)
{
    struct pw_buf out;
    struct pw_jsonw w;
    struct pw_parties parties;
    struct pw_err err;
    const uint64_t *record;
    struct pw_uuid id = pw_cell_uuid(rows, row, 0);
    const struct pw_kind *kind = pw_facts_kind(model, pw_cell_text(rows, row, 1));
    pw_buf_init(&out, LINE_MAX_OCTETS);
    pw_jsonw_init(&w, &out);
    pw_parties_init(&parties, arena);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "id");
    pw_jsonw_uuid(&w, &id);
    pw_jsonw_key(&w, "kind");
    pw_jsonw_str(&w, pw_cell_text(rows, row, 1));
    pw_jsonw_key(&w, "status");
    pw_jsonw_str(&w, pw_cell_text(rows, row, 2));
    pw_jsonw_key(&w, "sourceClass");
    pw_jsonw_z(&w, pw_source_class_words[pw_cell_i64(rows, row, 3)]);
    pw_jsonw_key(&w, "occurredOn");
    pw_jsonw_day(&w, pw_cell_date(rows, row, 4));
    pw_jsonw_key(&w, "receivedAt");
    pw_jsonw_instant(&w, pw_cell_time(rows, row, 5));
    if (kind != NULL && pw_facts_decode(kind, pw_cell_bytea(rows, row, 6), pw_cell_date(rows, row, 4), arena,
                            &parties, &record, &err))
        pw_facts_write_fields(kind, record, PW_INTERNAL, &parties, &w);
    pw_jsonw_end_object(&w);
    printf("%.*s\n", PW_STR_ARG(pw_buf_str(&out)));
    pw_buf_release(&out);
}

int run_facts_list(struct ctl *ctl)
{
    const char *premises = NULL;
    const struct option_row rows[] = {{"premises", OPTION_TEXT, "ID", "whose facts", &premises}};
    int status;
    struct pw_err err;
    struct bench bench;
    struct pw_uuid id;
    const struct pw_fact_model *model;
    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    if (premises == NULL || !pw_uuid_parse(pw_str_z(premises), &id))
        return wrong_usage(ctl, "--premises takes the id of premises");
    if (!open_bench(ctl, &bench, &err) || !pw_facts_load_dir(bench.config->rules_dir, &model, &err))
        return failed(&err);
    struct pw_tx *tx = pw_db_begin(bench.db, "ctl: facts list", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_CTL_FACTS_OF_PREMISES, PW_P_UUID(&id));
    bool ok = pw_tx_run(tx, &err);
    for (size_t i = 0; ok && i < pw_rows_count(pw_tx_rows(tx, statement)); i++)
        print_fact(ctl->arena, model, pw_tx_rows(tx, statement), i);
    pw_tx_close(tx);
    pw_facts_unref(model);
    return ok ? EXIT_DONE : failed(&err);
}
