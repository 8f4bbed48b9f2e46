/*
 * bench.c: `cel bench RULES.jsonl DOSSIERS.jsonl`: how fast conditions run.
 *
 * RULES: a line {"id", "expr"} a rule, each a condition. DOSSIERS: a line a JSON object; its members are
 * the variables, loaded as typed structs. Prints one JSON line. eval_*: microseconds of CPU time for all
 * rules over one loaded dossier, full_*: from its JSON text; min and median of the repetitions.
 * checksum: FNV-1a over one bit a rule a dossier (fired), in 64-bit words, little-endian.
 */
#include "shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define REPETITIONS 9
#define MINIMUM_US  300000.0 /* of one repetition */

struct lines {
    char **text;
    size_t *len;
    size_t count;
};

struct bench {
    struct lines rules, dossiers;
    struct pool pool;
    struct shape shape;
    struct cel_env *env;
    struct cel_program *program;
    struct cel_ctx *ctx;
    struct record *records;
    double compile_ms;
};

struct figures {
    double min, median;
};

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* ---- input ---- */

static bool read_lines(const char *path, struct lines *lines)
{
    FILE *in = fopen(path, "re");
    char *line = NULL;
    size_t room = 0;
    ssize_t len;
    if (in == NULL) {
        fprintf(stderr, "cel bench: cannot read %s\n", path);
        return false;
    }
    while ((len = getline(&line, &room, in)) > 0) {
        if (strspn(line, " \r\n") == (size_t)len)
            continue;
        lines->text = realloc(lines->text, (lines->count + 1) * sizeof(*lines->text));
        lines->len = realloc(lines->len, (lines->count + 1) * sizeof(*lines->len));
        if (lines->text == NULL || lines->len == NULL)
            abort();
        lines->text[lines->count] = line;
        lines->len[lines->count++] = (size_t)len;
        line = NULL;
        room = 0;
    }
    free(line);
    fclose(in);
    return true;
}

static void free_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->text[i]);
    free(lines->text);
    free(lines->len);
}

static json_t *parse(const struct lines *lines, size_t i, const char *what)
{
    json_error_t error;
    json_t *json = json_loadb(lines->text[i], lines->len[i], JSON_ALLOW_NUL, &error);
    if (json_is_object(json))
        return json;
    fprintf(stderr, "cel bench: %s %zu: %s\n", what, i + 1, json == NULL ? error.text : "not an object");
    json_decref(json);
    return NULL;
}

/* ---- from texts to a program and records ---- */

static bool learn(struct bench *b)
{
    for (size_t i = 0; i < b->dossiers.count; i++) {
        json_t *json = parse(&b->dossiers, i, "dossier");
        if (json == NULL)
            return false;
        shape_learn(&b->shape, &b->pool, json);
        json_decref(json);
    }
    b->env = cel_env_new(&(struct cel_env_options){.libs = CEL_LIB_ALL, .mixed_literals = true});
    return shape_declare(&b->shape, b->env);
}

static struct cel_program *compile(const struct bench *b, const json_t *rules)
{
    struct cel_program *program = cel_program_new(b->env);
    struct cel_diags diags;
    size_t i;
    json_t *rule;
    json_array_foreach(rules, i, rule)
    {
        const char *id = json_string_value(json_object_get(rule, "id"));
        const char *expr = json_string_value(json_object_get(rule, "expr"));
        struct cel_source source = {.id = id, .text = expr != NULL ? expr : "", .expected = "bool"};
        if (cel_program_add(program, &source, &diags) >= 0)
            continue;
        fprintf(stderr, "cel bench: rule %s: ", id != NULL ? id : "without id");
        print_findings(&diags);
        cel_program_free(program);
        return NULL;
    }
    cel_program_seal(program);
    return program;
}

/* Compiles often enough for a time; keeps the last program. */
static bool compile_rules(struct bench *b)
{
    json_t *rules = json_array();
    bool good = true;
    for (size_t i = 0; i < b->rules.count && good; i++) {
        json_t *rule = parse(&b->rules, i, "rule");
        good = rule != NULL && json_array_append_new(rules, rule) == 0;
    }
    for (int repetition = 0; repetition < REPETITIONS && good; repetition++) {
        double start = cpu_us();
        cel_program_free(b->program);
        b->program = compile(b, rules);
        double ms = (cpu_us() - start) / 1e3;
        b->compile_ms = repetition == 0 || ms < b->compile_ms ? ms : b->compile_ms;
        good = b->program != NULL;
    }
    json_decref(rules);
    return good;
}

static bool load(struct bench *b)
{
    b->ctx = cel_ctx_new(b->program);
    b->records = pool_get(&b->pool, b->dossiers.count * sizeof(*b->records));
    for (size_t i = 0; i < b->dossiers.count; i++) {
        json_t *json = parse(&b->dossiers, i, "dossier");
        if (json == NULL)
            return false;
        shape_load(&b->shape, b->program, json, &b->records[i]);
        json_decref(json);
    }
    return true;
}

/* ---- measuring ---- */

/* A dossier's text to its record and back to nothing; what fired goes to `fired`. */
static void run_full(const struct bench *b, size_t i, uint64_t *fired)
{
    struct record record;
    json_t *json = json_loadb(b->dossiers.text[i], b->dossiers.len[i], JSON_ALLOW_NUL, NULL);
    shape_load(&b->shape, b->program, json, &record);
    json_decref(json);
    cel_eval_all(b->ctx, record.slots, fired, NULL);
    pool_release(&record.pool);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static struct figures measure(const struct bench *b, bool full, uint64_t *fired)
{
    double us[REPETITIONS];
    for (int repetition = 0; repetition < REPETITIONS; repetition++) {
        double start = cpu_us(), spent;
        unsigned rounds = 0;
        do {
            for (size_t i = 0; i < b->dossiers.count; i++) {
                if (full)
                    run_full(b, i, fired);
                else
                    cel_eval_all(b->ctx, b->records[i].slots, fired, NULL);
            }
            rounds++;
            spent = cpu_us() - start;
        } while (spent < MINIMUM_US);
        us[repetition] = spent / rounds / (double)b->dossiers.count;
    }
    qsort(us, REPETITIONS, sizeof(*us), by_size);
    return (struct figures){us[0], us[REPETITIONS / 2]};
}

static uint64_t checksum(const struct bench *b, uint64_t *fired, uint64_t *total)
{
    uint64_t hash = 0xCBF29CE484222325u;
    for (size_t i = 0; i < b->dossiers.count; i++) {
        cel_eval_all(b->ctx, b->records[i].slots, fired, NULL);
        for (size_t word = 0; word < (b->rules.count + 63) / 64; word++) {
            *total += (uint64_t)__builtin_popcountll(fired[word]);
            for (unsigned bit = 0; bit < 64; bit += 8)
                hash = (hash ^ (fired[word] >> bit & 0xFF)) * 0x100000001B3u;
        }
    }
    return hash;
}

static void report(struct bench *b)
{
    uint64_t *fired = pool_get(&b->pool, (b->rules.count / 64 + 1) * sizeof(*fired)), total = 0;
    uint64_t hash = checksum(b, fired, &total);
    struct figures eval = measure(b, false, fired), full = measure(b, true, fired);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"peer\":\"libcel\",\"version\":\"C17\",\"eval_min\":%.3f,\"eval_med\":%.3f,\"full_min\":%.2f,"
           "\"full_med\":%.2f,\"compile_ms\":%.3f,\"rss_mb\":%.1f,\"fired\":%llu,\"checksum\":\"%016llx\"}\n",
        eval.min, eval.median, full.min, full.median, b->compile_ms, (double)usage.ru_maxrss / 1024,
        (unsigned long long)total, (unsigned long long)hash);
}

static void release(struct bench *b)
{
    for (size_t i = 0; i < b->dossiers.count && b->records != NULL; i++)
        pool_release(&b->records[i].pool);
    cel_ctx_free(b->ctx);
    cel_program_free(b->program);
    cel_env_free(b->env);
    pool_release(&b->pool);
    free_lines(&b->rules);
    free_lines(&b->dossiers);
}

int run_bench(int argc, char **argv)
{
    struct bench b = {0};
    if (argc != 3) {
        fprintf(stderr, "cel bench: needs RULES.jsonl and DOSSIERS.jsonl\n");
        return 2;
    }
    bool good = read_lines(argv[1], &b.rules) && read_lines(argv[2], &b.dossiers);
    if (good && b.dossiers.count == 0) {
        fprintf(stderr, "cel bench: %s has no dossier\n", argv[2]);
        good = false;
    }
    good = good && learn(&b) && compile_rules(&b) && load(&b);
    if (good)
        report(&b);
    release(&b);
    return !good;
}
