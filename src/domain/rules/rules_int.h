/* Private to the room rules: the loader's state and its steps, in the order in which they run. */
#ifndef PANDWACHT_RULES_INT_H
#define PANDWACHT_RULES_INT_H

#include <cel/cel.h>

#include <pandwacht/rules.h>

/* An expression met while parsing; compiled when all rule ids and kinds are known. */
struct pending_expr {
    const struct pw_yaml *node;
    struct pw_str text;
    const char *type;              /* expected, CEL notation; NULL = any */
    struct pw_look *look;          /* whose variable it may read; NULL = none */
    const struct pw_rule *rule;    /* NULL: of the set's gates */
    const struct pw_look *witness; /* second variable; NULL = none */
    int32_t *target;
    struct pending_expr *next;
};

/* A rule being loaded: the public part and what is only known by name yet. */
struct rule_draft {
    struct pw_rule rule;
    const struct pw_yaml *node;
    const struct pw_yaml *actions;
    const struct pw_yaml *offsets;
    const struct pw_yaml *replaces;
    struct rule_draft *next;
};

/* An expression of the sealed program: where it was written. */
struct written {
    const struct pw_yaml *node;
    struct pw_str rule;
};

/* The set with what only its owner needs. */
struct owned_set {
    struct pw_ruleset set; /* first: the public face */
    struct pw_arena *arena;
    struct cel_env *env;
    struct cel_program *cel;
    struct pw_str bundle;
    const struct pw_file *files; /* of the set, sorted by name */
    size_t file_count;
    struct written *written; /* by index of the program */
    unsigned refs;
};

struct loader {
    struct owned_set *owned;
    struct pw_ruleset *set; /* = &owned->set */
    struct pw_arena *arena;
    const struct pw_file *files; /* of the set, sorted by name */
    size_t file_count;
    struct pw_rules_faults *faults;
    pw_day today;
    struct rule_draft *rules;
    struct rule_draft **rules_end;
    size_t rule_count;
    struct pending_expr *exprs;
    struct pending_expr **exprs_end;
    struct pw_theme *themes;
    size_t theme_count;
    const struct pw_rule *current;      /* being parsed */
    const struct pw_yaml *ruleset_root; /* of ruleset.yaml; NULL = missing */
    struct pw_undecided *undecided;
    size_t undecided_count;
    bool proving; /* files are proved; a stored text was when it was published */
};

#define UNDECIDED_MAX   500
#define RULES_MAX       2000
#define THEMES_MAX      32
#define ACTIONS_MAX     200
#define POINTS_MAX      INT64_C(100000) /* thousandths */
#define EXPR_COST_LIMIT 100000

/* ---- faults.c ---- */

/* Notes what *err says and clears it. */
void loader_take(struct loader *loader, struct pw_err *err);
/* Notes a fault at a node. Always false. */
bool loader_fault(struct loader *loader, const struct pw_yaml *node, const char *fmt, ...) PW_PRINTF(3, 4);

/* ---- parse_set.c: ruleset.yaml, actions.yaml ---- */

void parse_ruleset_file(struct loader *loader, const struct pw_yaml *root);
void parse_actions_file(struct loader *loader, const struct pw_yaml *root);

/* ---- parse_rule.c: <theme>.yaml ---- */

void parse_theme_file(struct loader *loader, const struct pw_yaml *root);

/* ---- parse_look.c: the parts of a condition ---- */

void parse_scope(struct loader *loader, const struct pw_yaml *node, enum pw_rule_scope *ret);
/* "365d" as days. */
bool parse_days(struct loader *loader, const struct pw_yaml *node, int32_t *ret);
/* `each` and `where` (and within, scope when `part`) of a map. */
void parse_look(struct loader *loader, const struct pw_yaml *map, struct pw_look *look, bool part,
    const struct pw_look *witness);
/* Notes an expression for compiling. */
void expect_expr(struct loader *loader, const struct pw_yaml *node, const char *type, struct pw_look *look,
    const struct pw_look *witness, int32_t *target);

/* ---- compile.c ---- */

/* Declares the environment and compiles every pending expression. */
void compile_set(struct loader *loader);

/* ---- parse_denied.c: what stands beside the denied attributes ---- */

void parse_denied_file(struct loader *loader, const struct pw_yaml *root);

/* ---- prove.c: what must be proved of a set ---- */

void prove_set(struct loader *loader);

/* ---- reads.c ---- */

/* Every expression of a rule, each once. */
void each_expr(const struct pw_rule *rule, void (*visit)(void *user, int32_t expr), void *user);

/* ---- place.c ---- */

/* The place in the file of octet `offset` of a scalar's value (folding, quotes and block styles undone). */
void locate(const struct owned_set *owned, const struct pw_yaml *node, uint32_t offset, unsigned *ret_line,
    unsigned *ret_column);

/* ---- check.c: what must hold once everything is known ---- */

void check_set(struct loader *loader);

#endif
