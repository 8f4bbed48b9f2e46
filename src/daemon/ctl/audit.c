/* Commands on the audit record: verify checks its chain against itself and the signed heads, export prints
 * it. */
#include "ctl_int.h"

#include <stdio.h>

#include <pandwacht/audit.h>
#include <pandwacht/crypto.h>
#include <pandwacht/json.h>

#define PAGE            1000
#define LINE_MAX_OCTETS (1u << 20)

/* ---- verify ---- */

/* The signed heads: of --heads, else of the configuration; none when neither names a file. */
static bool load_heads(struct ctl *ctl, const struct pw_config *config, const char *file,
    struct pw_audit_head **ret, size_t *ret_count, struct pw_err *err)
{
    struct pw_keys *keys;

    *ret = NULL;
    *ret_count = 0;
    if (file == NULL)
        file = config->audit_heads_file;
    if (file[0] == '\0')
        return true;
    if (!pw_crypto_keys_load(config->keys_dir, &keys, err))
        return false;
    bool ok = pw_audit_heads_load(ctl->arena, keys, file, ret, ret_count, err);
    pw_crypto_keys_free(keys);
    return ok;
}

static void print_report_json(const struct pw_audit_report *report)
{
    char id[PW_UUID_TEXT];

    printf("{\"result\":\"%s\",\"n\":%lld,\"record\":\"%s\",\"links\":%lld,\"unsealed\":%lld,"
           "\"detailsErased\":%lld,\"heads\":%zu}\n",
        pw_audit_fault_words[report->fault], (long long)report->n, pw_uuid_format(&report->record, id),
        (long long)report->links, (long long)report->unsealed, (long long)report->erased, report->heads);
}

static void print_report(const struct pw_audit_report *report)
{
    static const char *const says[PW_AUDIT_FAULTS] = {
        [PW_AUDIT_ALTERED] = "the record, its detail or its link is not what was sealed",
        [PW_AUDIT_MISSING] = "the record or its link is gone",
        [PW_AUDIT_REORDERED] = "another record was sealed in this place",
        [PW_AUDIT_INSERTED] = "the record came between sealed ones afterwards",
        [PW_AUDIT_REWRITTEN] = "the chain up to here is not the one whose head was signed",
        [PW_AUDIT_CUT] = "a signed head says that the chain went on: its end was cut off",
    };
    char id[PW_UUID_TEXT];

    if (report->fault == PW_AUDIT_SOUND) {
        printf("sound: %lld records sealed, %lld not yet, %lld details erased, %zu signed heads agree\n",
            (long long)report->links, (long long)report->unsealed, (long long)report->erased, report->heads);
        return;
    }
    printf("%s: link %lld, record %s: %s\n%lld links before it are sound\n",
        pw_audit_fault_words[report->fault], (long long)report->n,
        pw_uuid_is_nil(&report->record) ? "unknown" : pw_uuid_format(&report->record, id),
        says[report->fault], (long long)report->links);
}

int run_audit_verify(struct ctl *ctl)
{
    const char *file = NULL;
    const struct option_row rows[] = {
        {"heads", OPTION_TEXT, "FILE", "signed heads to check against; else those of the configuration",
            &file},
    };
    struct pw_audit_head *heads;
    struct pw_audit_report report;
    struct bench bench;
    struct pw_err err;
    size_t count;
    int status;

    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    if (!open_bench(ctl, &bench, &err) || !load_heads(ctl, bench.config, file, &heads, &count, &err) ||
        !pw_audit_verify(bench.db, heads, count, &report, &err))
        return failed(&err);
    if (ctl->json)
        print_report_json(&report);
    else
        print_report(&report);
    return report.fault == PW_AUDIT_SOUND ? EXIT_DONE : EXIT_FAILED;
}

/* ---- export ---- */

enum column { N, ID, AT, ACTOR_KIND, ACTOR, ACTION, OBJECT_KIND, OBJECT, PREMISES, DETAIL, HASH };

static void write_id(struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row, int column)
{
    struct pw_uuid id = pw_cell_uuid(rows, row, column);

    pw_jsonw_key(w, name);
    pw_jsonw_uuid(w, &id);
}

static void write_text(
    struct pw_jsonw *w, const char *name, const struct pw_rows *rows, size_t row, int column)
{
    pw_jsonw_key(w, name);
    pw_jsonw_str(w, pw_cell_text(rows, row, column));
}

static void print_record(const struct pw_rows *rows, size_t row)
{
    struct pw_str hash = pw_cell_bytea(rows, row, HASH);
    char hex[PW_SHA256_TEXT];
    struct pw_buf out;
    struct pw_jsonw w;

    pw_buf_init(&out, LINE_MAX_OCTETS);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "n");
    pw_jsonw_i64(&w, pw_cell_i64(rows, row, N));
    write_id(&w, "id", rows, row, ID);
    pw_jsonw_key(&w, "at");
    pw_jsonw_instant(&w, pw_cell_time(rows, row, AT));
    write_text(&w, "actorKind", rows, row, ACTOR_KIND);
    write_id(&w, "actor", rows, row, ACTOR);
    write_text(&w, "action", rows, row, ACTION);
    write_text(&w, "objectKind", rows, row, OBJECT_KIND);
    write_id(&w, "object", rows, row, OBJECT);
    write_id(&w, "premises", rows, row, PREMISES);
    if (!pw_cell_is_null(rows, row, DETAIL)) {
        pw_jsonw_key(&w, "detail");
        pw_jsonw_raw(&w, pw_cell_text(rows, row, DETAIL));
    }
    pw_jsonw_key(&w, "hash");
    pw_jsonw_z(&w, pw_hex(hash.data, hash.len, hex));
    pw_jsonw_end_object(&w);
    printf("%.*s\n", PW_STR_ARG(pw_buf_str(&out)));
    pw_buf_release(&out);
}

static bool export_page(
    struct pw_db *db, int64_t *after, pw_usec since, pw_usec until, bool *ret_more, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "ctl: audit export", PW_DB_READ_ONLY);
    size_t statement = pw_tx_add(
        tx, PW_SQL_AUDIT_EXPORT_PAGE, PW_P_I64(*after), PW_P_TIME(since), PW_P_TIME(until), PW_P_I64(PAGE));
    bool ok = pw_tx_run(tx, err);

    *ret_more = false;
    if (ok) {
        const struct pw_rows *rows = pw_tx_rows(tx, statement);
        size_t count = pw_rows_count(rows);

        for (size_t i = 0; i < count; i++)
            print_record(rows, i);
        *ret_more = count == PAGE;
        if (count > 0)
            *after = pw_cell_i64(rows, count - 1, N);
    }
    pw_tx_close(tx);
    return ok;
}

static bool read_day(const char *text, pw_usec *ret)
{
    pw_day day;

    *ret = PW_TIME_NONE;
    if (text == NULL)
        return true;
    if (!pw_day_parse(pw_str_z(text), &day))
        return false;
    *ret = pw_instant_in_netherlands(day, 0);
    return true;
}

/* Who takes the record out is on the record itself. */
static bool note_export(struct bench *bench, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(bench->db, "ctl: audit export", 0);

    pw_audit_add(tx, pw_loop_wall(bench->loop),
        &(struct pw_audit){.actor = PW_AUDIT_OPERATOR, .action = "audit-exported", .object_kind = "audit"},
        1);
    bool ok = pw_tx_run(tx, err);
    pw_tx_close(tx);
    return ok;
}

int run_audit_export(struct ctl *ctl)
{
    const char *since_text = NULL, *until_text = NULL;
    const struct option_row rows[] = {
        {"since", OPTION_TEXT, "DATE", "only what was recorded on that day or later", &since_text},
        {"until", OPTION_TEXT, "DATE", "only what was recorded before that day", &until_text},
    };
    pw_usec since, until;
    struct bench bench;
    struct pw_err err;
    int64_t after = 0;
    bool ok, more = true;
    int status;

    if (!READ_OPTIONS(ctl, rows, 0, 0, &status))
        return status;
    if (!read_day(since_text, &since) || !read_day(until_text, &until))
        return wrong_usage(ctl, "--since and --until take a date, 2026-03-01");
    if (!open_bench(ctl, &bench, &err))
        return failed(&err);
    ok = note_export(&bench, &err);
    while (ok && more)
        ok = export_page(bench.db, &after, since, until, &more, &err);
    return ok ? EXIT_DONE : failed(&err);
}
