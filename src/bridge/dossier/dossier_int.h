/* Private to dossier: making facts, tenancies and latches out of rows. */
#ifndef PANDWACHT_DOSSIER_INT_H
#define PANDWACHT_DOSSIER_INT_H

#include <pandwacht/db.h>
#include <pandwacht/dossier.h>

/* One row of dossier/facts.sql (or another with the same columns in front). */
bool dossier_read_fact(struct pw_arena *arena, const struct pw_kind *kind, const struct pw_rows *rows,
    size_t row, struct pw_parties *parties, struct pw_fact *ret, struct pw_err *err) PW_MUST_CHECK;

/* Reads rows [first, first + count) of dossier/facts.sql into the dossier's view. Facts
 * of a kind that the model no longer has are left out. */
bool dossier_read_facts(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_rows *rows,
    size_t first, size_t count, struct pw_dossier *dossier, struct pw_err *err) PW_MUST_CHECK;

/* Derives the tenancies from the registrations among the facts. */
void dossier_find_tenancies(
    struct pw_arena *arena, const struct pw_fact_model *model, struct pw_dossier *dossier);

/* Sets aside what the decisions in rows [first, first + count) of dossier/decisions.sql retired, or froze
 * beyond `day`, and makes the latches from the last assessment. */
void dossier_read_decisions(struct pw_arena *arena, const struct pw_rows *rows, size_t first, size_t count,
    pw_day day, struct pw_dossier *dossier);

#endif
