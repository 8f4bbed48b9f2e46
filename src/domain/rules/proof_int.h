/*
 * Private to the room rules: what can be proved about conditions.
 *
 * A question is: can these conditions all hold (or fail) at once, over some fact of one kind? The fragment
 * that is decided: and, or, not, ?: over comparisons of a field with a constant, `in`, has() and the number
 * of items of a set, with the values that the declarations allow. What lies outside it (sums, dates against
 * dates) is an atom that may be so or not; the same text is the same atom. So "no" is a proof, and "yes" is
 * one when no such atom was needed; else the answer is "open".
 */
#ifndef PANDWACHT_RULES_PROOF_INT_H
#define PANDWACHT_RULES_PROOF_INT_H

#include "rules_int.h"

enum answer { ANSWER_NO, ANSWER_YES, ANSWER_OPEN };

/* What the variables are, for one question. */
struct cast {
    const struct pw_ruleset *set;
    const struct pw_kind
        *kind;       /* of the fact read, also where a condition calls it `sighting`; NULL = none */
    int64_t classes; /* most classes that stratum 1 found (-1: any) */
};

/* One condition and how it must come out. PW_NO_EXPR holds always. */
struct claim {
    int32_t expr;
    bool holds;
};

#define TERMS_MAX 64
#define ATOMS_MAX 64

enum term_form {
    TERM_VALUES, /* a set of values, as a mask: enums, relations, bools */
    TERM_NUMBER, /* an interval, in units of the last decimal */
    TERM_HAS,    /* a mask over absent (bit 0) and present (bit 1) */
    TERM_ITEMS   /* a set: items it must have, may not have, and an interval of their number */
};

struct term {
    enum term_form form;
    const struct pw_kind *kind;   /* of the record */
    const struct pw_field *field; /* NULL: `official`, or the classes of stratum 1 */
    uint64_t may, must;           /* VALUES, HAS: may; ITEMS: both */
    int64_t low, high;            /* NUMBER; ITEMS: how many */
    bool always;                  /* the field is in every fact */
};

/* Something outside the fragment, by its text. */
struct atom {
    struct pw_str text;
    bool holds;
};

struct store {
    struct term terms[TERMS_MAX];
    size_t term_count;
    struct atom atoms[ATOMS_MAX];
    size_t atom_count;
    bool open; /* an atom was needed, or there was no room */
};

/* ---- proof_terms.c ---- */

/* Adds that the atom `node` of `source` comes out as `holds`. False: it cannot. */
bool constrain(const struct cast *cast, struct store *store, struct cel_str source,
    const struct cel_node *node, bool holds);
/* Whether what is known of has() and values goes together. */
bool is_consistent(const struct store *store);

/* ---- proof_solve.c ---- */

enum answer can_all(const struct cast *cast, const struct claim *claims, size_t count);

/* ---- prove_rules.c: never, always, implied ---- */
void prove_rules(struct loader *loader);

/* ---- prove_inputs.c: denied attributes, free text, what is out of reach ---- */
void prove_inputs(struct loader *loader);
/* What is wrong with a field that a condition asks for and that is not there; "" = nothing more to say. */
void explain_field(const struct loader *loader, const struct cel_diag *diag, char *out, size_t size);

/* ---- prove_bounds.c: gates and the theorem ---- */
void prove_bounds(struct loader *loader);

#endif
