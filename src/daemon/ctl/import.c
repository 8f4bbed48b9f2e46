/*
 * import: facts from files of JSON lines, each as POST /v1/fact-batches takes them, or of CSV, written
 * through the same ledger in transactions of at most 5,000. What is already in counts as a duplicate,
 * so that an import that broke off is simply run again.
 */
#include "import_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_LINES   5000
#define CANONICAL_MAX (1u << 20)

void import_reject(struct import *import, size_t line, const char *pointer, const char *code)
{
    struct pw_buf out;
    struct pw_jsonw w;
    import->rejected++;
    if (!import->ctl->json) {
        printf("%s:%zu: %s %s\n", import->file, line, pointer[0] == '\0' ? "/" : pointer, code);
        return;
    }
    pw_buf_init(&out, CANONICAL_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "file");
    pw_jsonw_z(&w, import->file);
    pw_jsonw_key(&w, "line");
    pw_jsonw_i64(&w, (int64_t)line);
    pw_jsonw_key(&w, "name");
    pw_jsonw_z(&w, pointer);
    pw_jsonw_key(&w, "code");
    pw_jsonw_z(&w, code);
    pw_jsonw_end_object(&w);
    printf("%.*s\n", PW_STR_ARG(pw_buf_str(&out)));
    pw_buf_release(&out);
}

/* ---- progress, on a terminal ---- */

static void measure(struct import *import)
{
    struct stat stat_of;
    for (int i = 0; i < import->ctl->operand_count; i++)
        if (stat(import->ctl->operands[i], &stat_of) == 0)
            import->octets_in_all += (size_t)stat_of.st_size;
}

static void show_progress(const struct import *import)
{
    static const char bar[] = "########################################";
    const int width = (int)sizeof bar - 1;
    size_t all = import->octets_in_all > 0 ? import->octets_in_all : 1;
    double done = import->octets_read >= all ? 1.0 : (double)import->octets_read / (double)all;
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "\r[%-*.*s] %3d %%  %zu created, %zu duplicates, %zu rejected", width,
            (int)(done * width), bar, (int)(done * 100), import->created, import->duplicates,
            import->rejected);
}

/* ---- chunks ---- */

static void on_written(void *arg)
{
    struct import *import = arg;
    import->written = true;
}

static void count_results(struct import *import)
{
    for (size_t i = 0; i < import->count; i++) {
        switch (import->items[i].result) {
        case PW_LEDGER_CREATED:
            import->created++;
            break;
        case PW_LEDGER_DUPLICATE:
            import->duplicates++;
            break;
        case PW_LEDGER_CONFLICT:
            import_reject(import, import->lines[i], "/sourceId", "conflict");
            break;
        case PW_LEDGER_NOT_FOUND:
            import_reject(import, import->lines[i], "/premises/premisesId", "reference");
            break;
        default:
            import_reject(import, import->lines[i], "", pw_err_word(import->items[i].err.code));
        }
    }
}

static void write_chunk(struct import *import)
{
    if (import->count > 0 && import->premises) {
        import_premises_write(import);
    } else if (import->count > 0) {
        import->written = false;
        pw_ledger_write(import->ledger, import->arena, import->items, import->count, on_written, import);
        while (!import->written)
            pw_loop_step(import->bench.loop, 1000);
        count_results(import);
    }
    import->count = 0;
    pw_arena_reset(import->arena);
    show_progress(import);
}

static struct pw_str canonical(struct import *import, const struct pw_kind *kind, const struct pw_json *json)
{
    struct pw_buf out;
    pw_buf_init(&out, CANONICAL_MAX);
    pw_facts_canonical(kind, json, &out);
    struct pw_str text = pw_str_dup(import->arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return text;
}

void import_line(struct import *import, struct pw_str text, size_t line)
{
    const struct pw_json *json;
    struct pw_faults faults;
    struct pw_draft *draft = PW_NEW(import->arena, struct pw_draft);
    pw_usec now = pw_loop_wall(import->bench.loop);
    const struct pw_read_options options = {
        .today = pw_day_in_netherlands(now), .kind = import->kind, .wwft_liable = import->source.wwft_liable};
    pw_faults_init(&faults, import->arena);
    /* The parsed tree borrows from the text, which the next line overwrites. */
    bool read = pw_json_read(import->arena, pw_str_dup(import->arena, text), NULL, &json, &faults);
    if (read && import->premises) {
        import_premises_line(import, json, line);
        if (import->count == CHUNK_LINES)
            write_chunk(import);
        return;
    }
    if (!read || !pw_facts_read_json(import->model, json, &options, import->arena, draft, &faults)) {
        struct pw_str pointer = faults.count > 0 ? faults.items[0].name : PW_STR("");
        import_reject(import, line, pw_str_dup(import->arena, pointer).data,
            faults.count > 0 ? pw_fault_word(faults.items[0].code) : "invalid");
        return;
    }
    if (pw_facts_source_class(draft->kind, import->source.classes) < 0) {
        import_reject(import, line, "/kind", "forbidden");
        return;
    }
    import->lines[import->count] = line;
    import->items[import->count++] = (struct pw_ledger_item){
        .op = PW_LEDGER_FACT,
        .draft = draft,
        .client = import->source.id,
        .controller = import->source.controller,
        .received_at = now,
        .source_classes = import->source.classes,
        .canonical = canonical(import, draft->kind, json),
    };
    if (import->count == CHUNK_LINES)
        write_chunk(import);
}

static void import_json_lines(struct import *import, FILE *in)
{
    char *line = NULL;
    size_t size = 0, number = 0;
    ssize_t length;
    while ((length = getline(&line, &size, in)) >= 0) {
        struct pw_str text = pw_str_trim((struct pw_str){line, (size_t)length});
        import->octets_read += (size_t)length;
        number++;
        if (text.len > 0)
            import_line(import, text, number);
    }
    free(line);
}

/* `format` NULL: by the end of the name. */
static bool import_file(struct import *import, const char *path, const char *format, struct pw_err *err)
{
    FILE *in = fopen(path, "r");
    if (in == NULL)
        return pw_fail_at(err, PW_ERR_IO, path, 0, 0, "cannot be read: %s", strerror(errno));
    import->file = path;
    bool csv =
        format != NULL ? strcmp(format, "csv") == 0 : pw_str_has_suffix(pw_str_z(path), PW_STR(".csv"));
    bool ok = true;
    if (csv)
        ok = import_csv(import, in, err);
    else
        import_json_lines(import, in);
    fclose(in);
    write_chunk(import);
    return ok;
}

static bool open_import(struct import *import, const char *client, const char *kind, struct pw_err *err)
{
    struct ctl *ctl = import->ctl;
    if (!open_bench(ctl, &import->bench, err) ||
        !find_source(ctl, import->bench.db, client, &import->source, err) ||
        !pw_crypto_keys_load(import->bench.config->keys_dir, &import->keys, err) ||
        !pw_facts_load_dir(import->bench.config->rules_dir, &import->model, err))
        return false;
    import->premises = kind != NULL && strcmp(kind, "premises") == 0;
    if (import->premises && (import->source.classes & 1u << PW_CLASS_BASE_REGISTER) == 0)
        return pw_fail(err, PW_ERR_FORBIDDEN, "only a client of class base-register describes premises");
    if (kind != NULL && !import->premises &&
        (import->kind = pw_facts_kind(import->model, pw_str_z(kind))) == NULL)
        return pw_fail(err, PW_ERR_USAGE, "--kind: there is no such fact kind");
    import->arena = pw_arena_new();
    import->items = PW_NEW_ARRAY(ctl->arena, CHUNK_LINES, struct pw_ledger_item);
    import->lines = PW_NEW_ARRAY(ctl->arena, CHUNK_LINES, size_t);
    import->places = PW_NEW_ARRAY(ctl->arena, CHUNK_LINES, struct pw_ledger_premises);
    import->drafts = PW_NEW_ARRAY(ctl->arena, CHUNK_LINES, struct pw_premises_draft);
    import->ledger = pw_ledger_new(&(struct pw_ledger_options){
        .loop = import->bench.loop, .db = import->bench.db, .keys = import->keys, .model = import->model});
    return true;
}

static void close_import(struct import *import)
{
    pw_ledger_free(import->ledger);
    pw_arena_free(import->arena);
    pw_facts_unref(import->model);
    pw_crypto_keys_free(import->keys);
}

int run_import(struct ctl *ctl)
{
    const char *client = NULL, *kind = NULL, *format = NULL;
    const struct option_row rows[] = {
        {"client", OPTION_TEXT, "NAME", "the client it is entered for", &client},
        {"kind", OPTION_TEXT, "KIND", "kind of every line, or premises (else each line says)", &kind},
        {"format", OPTION_TEXT, "csv|ndjson", "of every file (else by its name: .csv is CSV)", &format},
    };
    int status;
    struct pw_err err;
    struct import import = {.ctl = ctl};
    if (!READ_OPTIONS(ctl, rows, 1, 1000, &status))
        return status;
    if (client == NULL)
        return wrong_usage(ctl, "--client is needed");
    if (format != NULL && strcmp(format, "csv") != 0 && strcmp(format, "ndjson") != 0)
        return wrong_usage(ctl, "--format takes csv or ndjson");
    measure(&import);
    bool ok = open_import(&import, client, kind, &err);
    for (int i = 0; ok && i < ctl->operand_count; i++)
        ok = import_file(&import, ctl->operands[i], format, &err);
    close_import(&import);
    if (!ok)
        return failed(&err);
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    printf(ctl->json ? "{\"created\":%zu,\"duplicates\":%zu,\"rejected\":%zu}\n"
                     : "%zu created, %zu duplicates, %zu rejected\n",
        import.created, import.duplicates, import.rejected);
    return import.rejected == 0 ? EXIT_DONE : EXIT_FAILED;
}
