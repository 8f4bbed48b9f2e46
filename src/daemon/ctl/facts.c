/*
 * facts list: what is known of one premises, a JSON object a line, fields of class internal at most.
 * facts retract: ends a fact in the name of the client that sent it, through the ledger, as its own
 * retraction would.
 */
#include "source.h"

#include <stdio.h>
#include <string.h>

#include <pandwacht/crypto.h>
#include <pandwacht/facts.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>

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

/* ---- facts retract ---- */

struct retraction {
    struct bench bench;
    struct source source;
    const struct pw_fact_model *model;
    struct pw_keys *keys;
    struct pw_ledger *ledger;
    struct pw_ledger_item item;
    bool written;
};

static void on_written(void *arg)
{
    struct retraction *retraction = arg;
    retraction->written = true;
}

static bool known_word(const char *word, const char *const *words)
{
    while (*words != NULL && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

/* The kind under which the fact was sent: the ledger addresses it by that. */
static bool find_kind(struct ctl *ctl, struct retraction *retraction, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(retraction->bench.db, "ctl: facts retract", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(tx, PW_SQL_CTL_FACT_KIND, PW_P_UUID(&retraction->item.target));
    bool ok = pw_tx_run(tx, err);
    if (ok && pw_rows_count(pw_tx_rows(tx, statement)) == 0)
        ok = pw_fail(err, PW_ERR_NOT_FOUND, "there is no fact of that id");
    if (ok)
        retraction->item.target_kind = pw_str_dup(ctl->arena, pw_cell_text(pw_tx_rows(tx, statement), 0, 0));
    pw_tx_close(tx);
    return ok;
}

static bool open_retraction(
    struct ctl *ctl, struct retraction *retraction, const char *client, struct pw_err *err)
{
    if (!open_bench(ctl, &retraction->bench, err) ||
        !find_source(ctl, retraction->bench.db, client, &retraction->source, err) ||
        !pw_crypto_keys_load(retraction->bench.config->keys_dir, &retraction->keys, err) ||
        !pw_facts_load_dir(retraction->bench.config->rules_dir, &retraction->model, err) ||
        !find_kind(ctl, retraction, err))
        return false;
    retraction->ledger = pw_ledger_new(&(struct pw_ledger_options){.loop = retraction->bench.loop,
        .db = retraction->bench.db,
        .keys = retraction->keys,
        .model = retraction->model});
    return true;
}

static bool write_retraction(struct ctl *ctl, struct retraction *retraction, struct pw_err *err)
{
    struct pw_ledger_item *item = &retraction->item;
    item->op = PW_LEDGER_RETRACTION;
    item->client = retraction->source.id;
    item->controller = retraction->source.controller;
    item->source_classes = retraction->source.classes;
    item->received_at = pw_loop_wall(retraction->bench.loop);
    item->occurred_on = pw_day_in_netherlands(item->received_at);
    item->canonical = pw_str_printf(ctl->arena, "retraction by the operator\n%.*s\n%.*s",
        PW_STR_ARG(item->reason), PW_STR_ARG(item->ground));
    pw_ledger_write(retraction->ledger, ctl->arena, item, 1, on_written, retraction);
    while (!retraction->written)
        pw_loop_step(retraction->bench.loop, 1000);
    switch (item->result) {
    case PW_LEDGER_CREATED:
    case PW_LEDGER_DUPLICATE:
        return true;
    case PW_LEDGER_CONFLICT:
        return pw_fail(
            err, PW_ERR_CONFLICT, "the fact has ended already, or --source-id was used for something else");
    case PW_LEDGER_NOT_FOUND:
        return pw_fail(err, PW_ERR_NOT_FOUND, "that fact was not sent by this client");
    default:
        *err = item->err;
        return false;
    }
}

int run_facts_retract(struct ctl *ctl)
{
    const char *client = NULL, *source_id = NULL, *reason = NULL, *ground = NULL, *note = NULL;
    const struct option_row rows[] = {
        {"client", OPTION_TEXT, "NAME", "the client that sent it", &client},
        {"source-id", OPTION_TEXT, "ID", "of the retraction, unique for that client", &source_id},
        {"reason", OPTION_TEXT, "REASON",
            "wrong-premises, wrong-person, false, withdrawn, duplicate, entry-error or annulled", &reason},
        {"ground", OPTION_TEXT, "GROUND", "the legal ground, public-task for one", &ground},
        {"note", OPTION_TEXT, "TEXT", "kept sealed with it", &note},
    };
    int status;
    char text[PW_UUID_TEXT];
    struct pw_err err;
    struct retraction retraction = {0};
    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    if (!pw_uuid_parse(pw_str_z(ctl->operands[0]), &retraction.item.target))
        return wrong_usage(ctl, "the operand is the id of a fact");
    if (client == NULL || source_id == NULL || reason == NULL || ground == NULL)
        return wrong_usage(ctl, "--client, --source-id, --reason and --ground are needed");
    if (!known_word(reason, pw_ledger_reasons))
        return wrong_usage(ctl, "--reason is not one of those that --help lists");
    if (!known_word(ground, pw_ground_words))
        return wrong_usage(ctl, "--ground is not a ground of the contract");
    retraction.item.source_id = pw_str_z(source_id);
    retraction.item.reason = pw_str_z(reason);
    retraction.item.ground = pw_str_z(ground);
    retraction.item.note = pw_str_z(note);
    bool ok = open_retraction(ctl, &retraction, client, &err) && write_retraction(ctl, &retraction, &err);
    if (ok)
        printf(ctl->json ? "{\"id\":\"%s\"}\n" : "%s\n", pw_uuid_format(&retraction.item.id, text));
    pw_ledger_free(retraction.ledger);
    pw_facts_unref(retraction.model);
    pw_crypto_keys_free(retraction.keys);
    return ok ? EXIT_DONE : failed(&err);
}
