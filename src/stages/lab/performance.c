/*
 * How precise a rule has proved. Two different questions, told apart: did people at the desk find the
 * alerts founded (verdicts), and did the municipality find something there (outcomes). Each with an
 * interval, and the plain words "not enough cases" as long as there are fewer than 40.
 */
#include "lab_int.h"

#define IMPRECISE 0.25

static uint64_t count(const struct pw_rows *rows, size_t row, const char *column)
{
    return (uint64_t)pw_cell_i64(rows, row, pw_rows_column(rows, column));
}

struct cases lab_cases(const struct pw_rows *rows, struct pw_str rule)
{
    for (size_t i = 0; i < pw_rows_count(rows); i++)
        if (pw_str_eq(pw_cell_text(rows, i, 0), rule))
            return (struct cases){.founded = count(rows, i, "founded"),
                .unfounded = count(rows, i, "unfounded"),
                .unclear = count(rows, i, "unclear"),
                .found = count(rows, i, "found"),
                .nothing_found = count(rows, i, "nothing_found"),
                .not_possible = count(rows, i, "not_possible")};
    return (struct cases){0};
}

bool lab_imprecise(const struct cases *cases)
{
    uint64_t n = cases->found + cases->nothing_found;
    return n >= LAB_CASES && (double)cases->found / (double)n < IMPRECISE;
}

static void member(struct pw_jsonw *w, const char *name, uint64_t value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_i64(w, (int64_t)value);
}

/* precision, whether there are enough cases, and a sentence that says so. */
static void write_precision(uint64_t good, uint64_t n, bool dutch, struct pw_jsonw *w)
{
    struct pw_interval interval = pw_interval_wilson(good, n);
    struct pw_arena *arena = pw_arena_new();
    bool enough = n >= LAB_CASES;
    pw_jsonw_key(w, "precision");
    if (n == 0)
        pw_jsonw_null(w);
    else
        pw_interval_write(w, &interval);
    pw_jsonw_key(w, "enoughCases");
    pw_jsonw_bool(w, enough);
    pw_jsonw_key(w, "note");
    pw_jsonw_str(w, pw_str_printf(arena,
                        enough ? (dutch ? "Van %llu gevallen; het interval is 95 %%"
                                        : "Of %llu cases; the interval is 95 %%")
                               : (dutch ? "Te weinig gevallen om iets te zeggen: %llu van de 40"
                                        : "Not enough cases to say anything: %llu of 40"),
                        (unsigned long long)n));
    pw_arena_free(arena);
}

void lab_write_performance(const struct cases *cases, bool dutch, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "verdicts");
    pw_jsonw_object(w);
    member(w, "founded", cases->founded);
    member(w, "unfounded", cases->unfounded);
    member(w, "unclear", cases->unclear);
    write_precision(cases->founded, cases->founded + cases->unfounded, dutch, w);
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "outcomes");
    pw_jsonw_object(w);
    member(w, "found", cases->found);
    member(w, "nothingFound", cases->nothing_found);
    member(w, "notPossible", cases->not_possible);
    write_precision(cases->found, cases->found + cases->nothing_found, dutch, w);
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "state");
    pw_jsonw_z(w, lab_imprecise(cases)                               ? "imprecise"
                  : cases->found + cases->nothing_found >= LAB_CASES ? "measured"
                                                                     : "not-enough-cases");
}
