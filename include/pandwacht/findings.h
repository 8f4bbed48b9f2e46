/*
 * findings: the tenant check. What a landlord may look at, in which stage, and what follows: findings
 * T01 to T21, each `ok`, `open`, `inconsistent` or `not-asked`, with the next step. No number, no
 * colour, no verdict on a person, nothing from tips, alerts or other landlords.
 *
 * Pure: answers depend on the request alone, never on the premises. Caller: stage check. The catalogue
 * is the files of rules/tenant-check: stages, items, findings with CEL conditions, next steps in two
 * languages.
 */
#ifndef PANDWACHT_FINDINGS_H
#define PANDWACHT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>
#include <pandwacht/facts.h>
#include <pandwacht/json.h>
#include <pandwacht/yaml.h>

enum pw_check_stage {
    PW_STAGE_BEFORE_VIEWING,
    PW_STAGE_AFTER_VIEWING,
    PW_STAGE_SELECTED,
    PW_STAGE_SIGNING,
    PW_STAGE_DURING,
    PW_STAGE_END,
    PW_CHECK_STAGES
};

extern const char *const pw_check_stage_words[]; /* NULL-ended */

enum pw_finding_result { PW_FINDING_OK, PW_FINDING_OPEN, PW_FINDING_INCONSISTENT, PW_FINDING_NOT_ASKED };

extern const char *const pw_finding_result_words[]; /* NULL-ended */

#define PW_FINDINGS 21

struct pw_check_catalogue; /* immutable, reference-counted */

/* One finding of an answer; texts borrow from the catalogue. */
struct pw_finding {
    struct pw_str id;   /* "T05" */
    struct pw_str code; /* "employer-confirmed" */
    enum pw_finding_result result;
    struct pw_text next_step; /* both "" when there is nothing to do */
};

/* A check as it was asked. `items` is the object as sent, valid. */
struct pw_check {
    enum pw_check_stage stage;
    struct pw_str letting_type, purpose; /* as in registration and application; "" = not said */
    const struct pw_json *items;         /* NULL = none */
};

/* Loads tenant-check/<name>.yaml among the files; `model` gives the denied attributes and the words of
 * lettingType and purpose. Fails with place and remedy. One reference. */
bool pw_findings_load(const struct pw_file *files, size_t count, const struct pw_fact_model *model,
    const struct pw_check_catalogue **ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_findings_load_dir(const char *dir, const struct pw_fact_model *model,
    const struct pw_check_catalogue **ret, struct pw_err *err) PW_MUST_CHECK;
const struct pw_check_catalogue *pw_findings_ref(const struct pw_check_catalogue *catalogue);
void pw_findings_unref(const struct pw_check_catalogue *catalogue); /* NULL is accepted */

/* Validates the members stage, lettingType, purpose, noticeGiven and items of a body; adds every fault
 * (`not-allowed-at-stage` for an item of a later stage, `not-allowed` for denied attributes anywhere in
 * items or body, `unknown-field` within items, `required`, `type`, `enum`, `range`, `future-date`). The
 * members sourceId and premises are the caller's, and so is refusing other members that are not denied. */
bool pw_findings_read(const struct pw_check_catalogue *catalogue, const struct pw_json *body, pw_day today,
    struct pw_check *ret, struct pw_faults *faults) PW_MUST_CHECK;

/* The findings T01 to T21, in order, as of `today`. Never fails for a check that pw_findings_read made. */
void pw_findings_check(const struct pw_check_catalogue *catalogue, const struct pw_check *check, pw_day today,
    struct pw_finding ret[PW_FINDINGS]);

/* The array `findings`: [{"id","code","result","nextStep"}]. */
void pw_findings_write(const struct pw_finding findings[PW_FINDINGS], bool dutch, struct pw_jsonw *w);
/* The sentence that every answer carries: passing is no guarantee. */
struct pw_str pw_findings_notice(const struct pw_check_catalogue *catalogue, bool dutch);

/* JSON Schema of the body's members that this room reads (TenantCheckItems, ...), into an open object. */
void pw_findings_write_schemas(const struct pw_check_catalogue *catalogue, bool dutch, struct pw_jsonw *w);

#endif
