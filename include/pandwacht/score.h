/*
 * score: facts + rule set + day -> hits, points, caps, gates, level, explanation, and the next date
 * on which any of it can change by itself.
 *
 * Pure and deterministic: integers in thousandths of a point, no clock, no floating point; the same
 * input gives the same octets on every machine and in every later year. Callers: stage assess, replay,
 * the rules' own tests (pw_score_test_*), desk and cloudevent (render).
 *
 * A premises has PERIODS: each tenancy, and the time without one (nil id). Score, gates and latch are
 * kept per period; the premises shows the highest that is open. The lines of a period add up to its
 * score exactly.
 */
#ifndef PANDWACHT_SCORE_H
#define PANDWACHT_SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>
#include <pandwacht/facts.h>
#include <pandwacht/json.h>
#include <pandwacht/rules.h>

/* Raised whenever the same facts and rules may give another result (stored with each assessment). */
#define PW_SCORE_ENGINE 2

/* ------------------------------------------------------------------------------------------
 * What is assessed
 */

struct pw_tenancy {
    struct pw_uuid id;
    pw_day from, until; /* until = the last day; PW_DAY_NONE = open */
};

/* The level a period reached since the last human decision about it. */
struct pw_latch {
    struct pw_uuid tenancy; /* nil: the time without one */
    enum pw_level_of_risk level;
    bool decided; /* a person has decided since: the level may fall, by the hysteresis */
};

/* All borrowed. Facts in any order; those that a verdict retired or froze may be left out or listed. */
struct pw_dossier_view {
    const uint64_t *premises; /* attribute record of model->premises; NULL = nothing known */
    const struct pw_fact *facts;
    size_t fact_count;
    const struct pw_tenancy *tenancies;
    size_t tenancy_count;
    const struct pw_uuid *retired; /* facts that do not count */
    size_t retired_count;
    const struct pw_latch *latches;
    size_t latch_count;
};

/* ------------------------------------------------------------------------------------------
 * What comes out
 */

enum pw_line_kind { PW_LINE_RULE, PW_LINE_CAP };
enum pw_cap_scope { PW_CAP_THEME, PW_CAP_CLASS, PW_CAP_MITIGATION, PW_CAP_FLOOR };

/* A piece of a rule's condition, as octets of its source text. */
struct pw_line_span {
    uint16_t start, end;
};

#define PW_LINE_SPANS 4

/* One line of the explanation. */
struct pw_line {
    enum pw_line_kind kind;
    struct pw_str id;    /* rule; or theme, source class, "mitigation" */
    struct pw_str theme; /* RULE */
    int64_t points;      /* now, signed */
    /* RULE */
    int64_t full_points; /* undecayed */
    bool draft;
    enum pw_source_class class;      /* for caps and sums: the strongest, or citizen-tip */
    uint32_t classes;                /* mask: source classes of the witnesses */
    pw_day newest;                   /* day from which it ages */
    const struct pw_uuid *witnesses; /* fact ids, oldest first; at most PW_WITNESSES_MAX */
    size_t witness_count;
    uint64_t witnesses_in_all;                  /* may exceed witness_count */
    struct pw_line_span decided[PW_LINE_SPANS]; /* what decided, for the newest witness */
    size_t decided_count;
    uint32_t decided_look; /* whose condition: 0 = the rule's `each`, n = its nth `also` */
    /* CAP */
    enum pw_cap_scope scope;
    int64_t limit;
};

#define PW_WITNESSES_MAX 100

enum pw_gate {
    PW_GATE_NEVER_ALONE,
    PW_GATE_TWO_CLASSES,
    PW_GATE_VISITED_CLEAR,
    PW_GATE_ONE_CLASS,
    PW_GATE_STANDS_ALONE,
    PW_GATE_WATCH_ENDED,
    PW_GATES
};
enum pw_gate_result { PW_GATE_PASSED, PW_GATE_HELD, PW_GATE_LIFTED };

extern const char *const pw_gate_words[];        /* "never-alone", ... NULL */
extern const char *const pw_gate_result_words[]; /* "passed", "held", "lifted", NULL */

/* A gate that had something to decide. */
struct pw_gate_line {
    enum pw_gate gate;
    enum pw_gate_result result;
    uint32_t classes; /* two-classes: mask of those counted */
};

struct pw_sum {
    struct pw_str id; /* theme, or source class word */
    int64_t points;   /* after caps and mitigation */
};

/* One period of the premises. */
struct pw_period {
    struct pw_uuid tenancy; /* nil: the time without one */
    bool open;              /* in force or to come; or ended with a level that still stands */
    enum pw_level_of_risk level;
    enum pw_level_of_risk computed; /* by score and gates, without the latch */
    bool latched;                   /* level stands by its latch */
    bool propose_closing;           /* latched, and an official visit found nothing */
    int64_t score;
    const struct pw_line *lines; /* rules by theme and id, then caps */
    size_t line_count;
    const struct pw_sum *themes, *classes; /* each adds up to the score, floor apart */
    size_t theme_count, class_count;
    const struct pw_gate_line *gates;
    size_t gate_count;
    const struct pw_str *actions; /* recommended, by weight of the rules that propose them */
    size_t action_count;
};

/* Acute danger: bypasses score and gates. */
struct pw_acute {
    struct pw_uuid fact;
    struct pw_str rule;     /* "" = the fact itself says so */
    struct pw_str danger;   /* dangerKind, may be "" */
    struct pw_str category; /* of the sighting, may be "" */
    bool verified;          /* by an official */
    pw_usec received_at;
};

struct pw_assessment {
    pw_day day;
    uint32_t engine;
    uint8_t ruleset[PW_SHA256_SIZE];
    const struct pw_period *shown;   /* the highest open period; one of `periods`, never NULL */
    const struct pw_period *periods; /* open ones, newest tenancy first; at least one */
    size_t period_count;
    pw_day next_change_on;        /* PW_DAY_NONE = never */
    const struct pw_acute *acute; /* facts within the set's danger window, oldest first */
    size_t acute_count;
};

/* Assesses one premises as of `day`. Facts dated after it do not count yet. Memory of *ret is the
 * arena's; ids and words borrow from the rule set. Fails (PW_ERR_INTERNAL) only when an expression of
 * the set fails at run time; err then names the rule. */
bool pw_score_assess(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_dossier_view *view,
    pw_day day, struct pw_assessment *ret, struct pw_err *err) PW_MUST_CHECK;

/* The tenancies that registrations among the facts tell of, in the order they are met. Memory is the arena's.
 */
const struct pw_tenancy *pw_score_tenancies(struct pw_arena *arena, const struct pw_fact_model *model,
    const struct pw_fact *facts, size_t fact_count, size_t *ret_count);

/* full_points x 2^(-age/half_life), to the nearest thousandth; half_life 0 = no decay. Integers only. */
int64_t pw_score_decay(int64_t full_points, int64_t age_days, int64_t half_life_days);

/* Level of a bare score. */
enum pw_level_of_risk pw_score_level(const struct pw_ruleset *set, int64_t score);

/* ------------------------------------------------------------------------------------------
 * Storing and comparing
 */

/* The canonical text of a result: compact JSON of integers, ids and words, members in fixed order. Equal
 * results give equal octets; this is what is stored and what replay compares. */
void pw_score_encode(const struct pw_assessment *assessment, struct pw_buf *out);
/* Back again; memory is the arena's. Fails with PW_ERR_SYNTAX on any other text. */
bool pw_score_decode(struct pw_arena *arena, struct pw_str stored, struct pw_assessment *ret,
    struct pw_err *err) PW_MUST_CHECK;

/* ------------------------------------------------------------------------------------------
 * Showing
 */

struct pw_audience {
    bool dutch;
    bool brief;       /* lists: without explanation, sums and gates */
    bool event;       /* events: a line has no texts beyond its title, but has its classes */
    uint32_t classes; /* source classes released (mask); lines of others merge into `withheld`. 0 = all */
};

/* Writes into an open object the members level score assessedOn latched explanation sums gates
 * counterfactuals recommendedActions actions ruleset nextChangeOn of the shown period. `set` gives titles and
 * must be the set assessed with (or another: unknown rules then show their id). */
void pw_score_render_json(const struct pw_ruleset *set, const struct pw_assessment *assessment,
    const struct pw_audience *audience, struct pw_jsonw *w);
/* The pieces, each one JSON value, for callers that compose their own: */
void pw_score_write_lines(const struct pw_ruleset *set, const struct pw_period *period,
    const struct pw_audience *audience, struct pw_jsonw *w);
void pw_score_write_sums(const struct pw_period *period, bool classes_too, struct pw_jsonw *w);
void pw_score_write_gates(
    const struct pw_ruleset *set, const struct pw_period *period, bool dutch, struct pw_jsonw *w);
void pw_score_write_ruleset(
    const struct pw_ruleset *set, const uint8_t hash[PW_SHA256_SIZE], struct pw_jsonw *w);
/* The rules that weigh most, for lists: at most three of [{id, title, points}], the heaviest first. */
void pw_score_write_why(
    const struct pw_ruleset *set, const struct pw_period *period, bool dutch, struct pw_jsonw *w);
/* What decided a line, as text of the rule's condition; in the arena, "" when there is nothing. */
struct pw_str pw_score_decided_by(
    struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_line *line);

/* ------------------------------------------------------------------------------------------
 * The rules' own tests (`pandwacht rules test`)
 */

/* How far a golden dossier is from coming out otherwise: an innocent one below the level it may not reach,
 * another above the one it must. Negative: a gate decided, not the points. */
struct pw_margin {
    char dossier[64];
    bool innocent;
    int64_t points; /* thousandths */
};

#define PW_MARGINS_MAX 8

struct pw_rules_report {
    size_t passed, failed;
    size_t innocent, guilty;                  /* golden dossiers told */
    struct pw_margin margins[PW_MARGINS_MAX]; /* the smallest, by size */
    size_t margin_count;
    size_t branches, covered; /* with coverage: each branch counts twice, true and false */
    size_t mutants, noticed;  /* with mutants */
    struct pw_buf text;       /* a line for each failure with its place, then 'N passed, M failed' */
};

void pw_rules_report_init(struct pw_rules_report *report);
void pw_rules_report_release(struct pw_rules_report *report);
/* Runs the `tests:` of every rule. Dates read `10 days ago`, counted from `today`. */
void pw_score_test_rules(const struct pw_ruleset *set, pw_day today, struct pw_rules_report *report);
/* Runs the golden dossiers among `files` (premises-risk/dossiers/X.yaml). */
void pw_score_test_dossiers(const struct pw_ruleset *set, const struct pw_file *files, size_t count,
    pw_day today, struct pw_rules_report *report);
enum pw_test_depth {
    PW_TEST_PLAIN,
    PW_TEST_COVERAGE, /* and which branches decide both ways in the rules' own tests; one that does not fails
                       */
    PW_TEST_MUTANTS   /* and which small changes to the rules no test notices; these are listed only */
};

/* Both for a rules directory, loading included; a set that does not load counts as one failure and its
 * faults are told. The report ends with the line 'N passed, M failed'. True when nothing failed. */
bool pw_score_test_dir(
    const char *dir, pw_day today, enum pw_test_depth depth, struct pw_rules_report *report);

#endif
