/*
 * rules: rule sets. From the files of a rules directory (or a stored bundle) come themes, rules
 * compiled by CEL over the fact kinds, gates, levels and actions; with them their canonical text,
 * its hash, and the runner of the rules' own tests.
 *
 * Pure: no clock, no database. Callers: score (evaluates), findings (its own files, through the
 * same YAML and CEL), daemon (loads, publishes, `rules check|test`), desk (titles, actions).
 *
 * A rule set is immutable once loaded and reference-counted; work under way keeps its own. Everything
 * in it lives in its own arena. Loading is strict: every fault has file, line, column and remedy, and
 * all faults up to a limit are told at once; a set with one fault does not exist.
 *
 * Files of a set, by name below the directory: premises-risk/ruleset.yaml (name, levels, gates),
 * premises-risk/actions.yaml, premises-risk/<theme>.yaml, facts/<kind>.yaml, denied-attributes.yaml,
 * retention.yaml, reference-rents.yaml. Others (dossiers/, tenant-check/) do not belong to it and do not
 * change its hash.
 */
#ifndef PANDWACHT_RULES_H
#define PANDWACHT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>
#include <pandwacht/facts.h>
#include <pandwacht/yaml.h>

struct cel_ctx;
struct cel_program;

/* ------------------------------------------------------------------------------------------
 * Words
 */

enum pw_level_of_risk { PW_RISK_NONE, PW_RISK_WATCH, PW_RISK_ALERT, PW_RISK_URGENT, PW_RISKS };

/* "none", "watch", "alert", "urgent", NULL. */
extern const char *const pw_risk_words[];

/* Whose facts a rule reads: the tenancy's; all of the premises; or the tenancy's and those of the time
 * without one just before it (what a register says of a company before it rents). */
enum pw_rule_scope { PW_SCOPE_TENANCY, PW_SCOPE_PREMISES, PW_SCOPE_RUN_UP };
enum pw_rule_phase { PW_PHASE_PREVENTIVE, PW_PHASE_REPRESSIVE, PW_PHASE_BOTH };
enum pw_rule_grade { PW_GRADE_A, PW_GRADE_B, PW_GRADE_C, PW_GRADE_E };

extern const char *const pw_grade_words[]; /* "A", "B", "C", "E", NULL */
/* What a sign may point at: "cannabis", ... "hiding", "any", NULL; indicates is a mask over them. */
extern const char *const pw_phenomenon_words[];
#define PW_PHENOMENON_ANY 12 /* position of "any" */

/* What the theme does in the gates and the tenancy scope. */
enum pw_theme_role {
    PW_THEME_PLAIN,         /* tenancy-scoped, counts for classes */
    PW_THEME_LOCATION,      /* never alone, no class, premises-scoped */
    PW_THEME_HISTORY,       /* never alone, no class, premises-scoped */
    PW_THEME_LANDLORD,      /* premises-scoped */
    PW_THEME_CORROBORATION, /* no theme cap, no class */
    PW_THEME_MITIGATION     /* negative points only */
};

#define PW_NO_WINDOW INT32_MAX /* days: until retracted */
#define PW_NO_EXPR   (-1)

/* ------------------------------------------------------------------------------------------
 * A rule set
 */

struct pw_theme {
    struct pw_str id; /* "payment" */
    struct pw_text title;
    enum pw_theme_role role;
    int64_t cap; /* thousandths; 0 = none */
    uint32_t nr; /* position in ruleset->themes */
};

/* Facts looked through by one condition. */
struct pw_look {
    uint64_t kinds;           /* bit mask over kind->nr; 0 = this part is absent */
    const struct pw_kind *as; /* the kind read, or model->sighting */
    uint32_t slot;            /* of its CEL variable */
    int32_t where;            /* CEL expression, or PW_NO_EXPR: all */
    int32_t within;           /* days; PW_NO_WINDOW */
    enum pw_rule_scope scope;
    bool reads_witness; /* `where` also reads the fact of the rule's own `each` */
    bool since_witness; /* only facts that are no older than the witness */
    int32_t same; /* CEL whose value must be that of the witness, which is of one kind with it; PW_NO_EXPR */
    int32_t suffices; /* of an `also`: CEL over one fact, it is enough by itself; PW_NO_EXPR */
};

/* How the values of `distinct` are told apart. */
enum pw_distinct { PW_DISTINCT_NONE, PW_DISTINCT_EXPR, PW_DISTINCT_ORIGIN };

struct pw_rule {
    struct pw_str id; /* "pay-cash-rent" */
    uint32_t nr;      /* position in ruleset->rules; rules are sorted by id */
    const struct pw_theme *theme;
    struct pw_text title, explain;
    const struct pw_text *innocent;
    size_t innocent_count;
    const uint32_t *actions; /* positions in ruleset->actions, in the rule's order */
    size_t action_count;
    struct pw_str source, source_note;
    pw_day review_by;
    enum pw_rule_phase phase;
    enum pw_rule_scope scope;
    enum pw_rule_grade grade;
    uint32_t indicates; /* mask over pw_phenomenon_words */
    int stratum;        /* 1 or 2 */
    bool draft;         /* evaluated and shown, 0 points */
    bool corroborates;
    bool acute;                        /* its hits are danger notices */
    bool stands_alone;                 /* lifts to `alert` */
    int32_t stands_alone_if;           /* CEL over a witness; PW_NO_EXPR: every hit */
    int64_t points[PW_SOURCE_CLASSES]; /* thousandths by class of the hit; negative = mitigating */
    int32_t half_life;                 /* days; 0 = no decay */
    uint32_t offsets;                  /* mitigating: mask over themes it may offset */
    const uint32_t *replaces;          /* rules that do not count when this one does */
    size_t replaces_count;

    struct pw_look each;           /* kinds 0: the rule has `when` */
    int32_t when;                  /* CEL over premises (and what stratum 1 found), or PW_NO_EXPR */
    const struct pw_look *without; /* no fact of any of these may exist */
    size_t without_count;
    struct pw_look missing; /* no such fact within `after` days of the witness, nor since */
    int32_t after;
    struct pw_look join; /* a second fact must exist */
    int32_t at_least;
    enum pw_distinct distinct;
    int32_t distinct_expr;
    int32_t days_apart;
    bool distinct_days;
    int32_t days_together;        /* witnesses lie within so many days of each other; 0 = no matter */
    int32_t cycle_from, cycle_to; /* two runs of witnesses begin so many days apart; 0 = no matter */
    int32_t same;               /* CEL: witnesses count together when its value is the same; or PW_NO_EXPR */
    const struct pw_look *also; /* further kinds whose facts are witnesses too */
    size_t also_count;
    int32_t suffices; /* CEL over one fact: it is enough by itself, also without `join`; or PW_NO_EXPR */

    const char *file; /* where it stands */
    unsigned line;
    const struct pw_yaml *tests; /* its own, as written */
    const struct pw_yaml *node;  /* all of it, as written */
};

struct pw_action {
    struct pw_str id; /* "A2" */
    struct pw_text title, text;
};

/* A rule that was considered and is not there. */
struct pw_left_out {
    struct pw_str id;
    struct pw_text reason;
};

/* A field that comes near a denied attribute and is allowed all the same. */
struct pw_exception {
    struct pw_str attribute, allowed; /* "area-value", "registration.referenceRentEur" */
    struct pw_text ground;
    struct pw_str reviewer;
};

/* What a newcomer cannot have: naming it may take no points away. */
struct pw_out_of_reach {
    struct pw_str field,
        value; /* "registerCheck.check", "tenant-registered"; value "" = any use of the field */
    struct pw_text reason;
};

/* What was proved of a set when it was loaded from files. */
struct pw_class_bound {
    int64_t points;               /* the most that facts of this class alone can bring, thousandths */
    const int64_t *themes;        /* of that, by theme->nr, before the cap of the class */
    const struct pw_rule **alone; /* rules by which it lifts the level alone */
    size_t alone_count;
};

struct pw_undecided {
    struct pw_str rule, what; /* the part that lies outside what can be decided */
};

struct pw_theorem {
    struct pw_class_bound classes[PW_CLASS_DERIVED];
    int64_t tips_most, location_most; /* tips, however many; the kind of premises besides */
    const struct pw_undecided *undecided;
    size_t undecided_count;
};

struct pw_gates {
    int64_t beside;           /* never-alone: points of other themes, thousandths */
    int64_t second_class;     /* two-classes: points of the second */
    int32_t tip_origins;      /* two-classes: origins that make tips a class */
    struct pw_look visit;     /* visited-clear: an official visit without finding */
    int64_t one_class_points; /* one-class */
    enum pw_source_class one_class;
    int32_t one_class_reporters;
    enum pw_level_of_risk stands_alone_level;
};

struct pw_ruleset {
    struct pw_str name, version; /* "premises-risk", "1.0.0" */
    uint8_t hash[PW_SHA256_SIZE];
    const struct pw_fact_model *model;
    const struct pw_kind *lease; /* the kind whose newest fact is the variable `lease`; NULL = none */
    const struct pw_theme *themes;
    size_t theme_count;
    const struct pw_rule *rules; /* sorted by id */
    size_t rule_count;
    const struct pw_action *actions;
    size_t action_count;
    const struct pw_left_out *left_out;
    size_t left_out_count;
    const struct pw_exception *exceptions;
    size_t exception_count;
    const struct pw_out_of_reach *out_of_reach;
    size_t out_of_reach_count;
    const struct pw_theorem
        *theorem; /* NULL: loaded from a stored text, which was proved when it was published */
    int64_t level_from[PW_RISKS];         /* thousandths at which a level begins; [NONE] = 0 */
    int64_t hysteresis;                   /* points below a level before it is lost, after a decision */
    int64_t class_cap[PW_SOURCE_CLASSES]; /* thousandths; 0 = none */
    int64_t lease_mitigation;             /* most that mitigation from lease-admin takes away */
    uint32_t never_mitigated;             /* mask over source classes */
    uint8_t strength[PW_SOURCE_CLASSES];  /* rank of a class, higher = stronger */
    int32_t watch_ends;                   /* days without a new fact */
    int32_t danger_within;                /* days in which a fact's `danger` is reported */
    struct pw_gates gates;

    /* for the score room */
    const struct cel_program *program;
    struct cel_ctx *ctx;    /* one thread */
    uint32_t slot_premises; /* of the variables `premises`, `lease`, `hits`, `classes`; kind n has slot n, */
    uint32_t slot_lease;    /* the sighting slot is model->kind_count */
    uint32_t slot_hits;
    uint32_t slot_classes;
    uint32_t slot_count;
};

/* What stratum 1 found, for the functions of stratum 2; the score room sets it as the host of `ctx`. */
struct pw_first_stratum {
    const struct pw_ruleset *set;
    const int64_t *themes; /* full points by theme->nr, thousandths */
    int64_t phases[3];     /* by enum pw_rule_phase, of corroborating rules */
};

/* Faults of a set, in the order of the files; at most PW_RULES_FAULTS_MAX are kept. */
#define PW_RULES_FAULTS_MAX 50

struct pw_rules_faults {
    struct pw_err items[PW_RULES_FAULTS_MAX];
    size_t count;
    size_t more; /* found but not kept */
};

/* Loads a set from files (see the list above; others are passed over). `today` decides nothing but
 * whether review dates have passed (PW_DAY_NONE: not looked at). On failure *faults (NULL accepted)
 * has every fault found and *err the first. The result has one reference. */
bool pw_rules_load(const struct pw_file *files, size_t count, pw_day today, const struct pw_ruleset **ret,
    struct pw_rules_faults *faults, struct pw_err *err) PW_MUST_CHECK;
/* The same from a directory ("rules"). */
bool pw_rules_load_dir(const char *dir, pw_day today, const struct pw_ruleset **ret,
    struct pw_rules_faults *faults, struct pw_err *err) PW_MUST_CHECK;
const struct pw_ruleset *pw_rules_ref(const struct pw_ruleset *set);
void pw_rules_unref(const struct pw_ruleset *set); /* NULL is accepted */

/* The canonical text of the set: all its files, sorted by name, each under a line with name and length.
 * What table `ruleset` keeps under the hash. Borrowed from the set. */
struct pw_str pw_rules_bundle(const struct pw_ruleset *set);
/* The files in such a text, borrowed from it, the list in the arena. Fails with PW_ERR_SYNTAX on any other
 * text. */
bool pw_rules_bundle_files(struct pw_arena *arena, struct pw_str bundle, struct pw_file **ret,
    size_t *ret_count, struct pw_err *err) PW_MUST_CHECK;
/* Loads a set from such a text: same rules, same hash. Fails with PW_ERR_SYNTAX on any other text. */
bool pw_rules_load_bundle(struct pw_str bundle, const struct pw_ruleset **ret, struct pw_rules_faults *faults,
    struct pw_err *err) PW_MUST_CHECK;

/* By id; NULL when there is none. */
const struct pw_rule *pw_rules_find(const struct pw_ruleset *set, struct pw_str id);
const struct pw_theme *pw_rules_theme(const struct pw_ruleset *set, struct pw_str id);
const struct pw_action *pw_rules_action(const struct pw_ruleset *set, struct pw_str id);
/* Where octet `offset` of an expression stands, and whose it is. */
struct pw_place {
    const char *file;
    unsigned line, column;
    struct pw_str rule; /* "" = a gate */
};

struct pw_place pw_rules_place(const struct pw_ruleset *set, int32_t expr, uint32_t offset);

/* A small change to one rule: would its tests notice? */
struct pw_mutant {
    const struct pw_rule *rule; /* as it is */
    struct pw_rule changed;
    struct pw_place place;
    struct pw_str what; /* "'>= 100.0' becomes '> 100.0'" */
};

/* All small changes to the conditions, thresholds and windows that are written in a set. The set of
 * *ret has the same rules over a program that also holds the changed conditions; `changed` belongs into it.
 * Everything is freed at once; the original must outlive it. */
struct pw_mutants {
    const struct pw_ruleset *set;
    const struct pw_mutant *items;
    size_t count;
};

const struct pw_mutants *pw_rules_mutate(const struct pw_ruleset *set);
void pw_rules_mutants_free(const struct pw_mutants *mutants);

/* The fields a rule reads ("payment.method"; or "classes", "hits"), sorted, each once; in the arena. */
size_t pw_rules_reads(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_rule *rule,
    const struct pw_str **ret);
/* The text in that language. */
struct pw_str pw_text_in(const struct pw_text *text, bool dutch);

#endif
