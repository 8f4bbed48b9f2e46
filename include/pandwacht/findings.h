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
    struct pw_text innocent;  /* why it may be just so; both "" when there is nothing to do */
    pw_day due_on;            /* when the step should be done; PW_DAY_NONE = nothing is due */
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

/* Validates a body but for its members sourceId and premises, which the caller reads; adds every fault
 * (`not-allowed-at-stage` for an item of a later stage, `not-allowed` for denied attributes however deep,
 * `unknown-field`, `required`, `type`, `enum`, `range`, `future-date`). */
bool pw_findings_read(const struct pw_check_catalogue *catalogue, const struct pw_json *body, pw_day today,
    struct pw_check *ret, struct pw_faults *faults) PW_MUST_CHECK;

/* What a member name stands for that may never be asked, or NULL: a denied attribute or one of the
 * catalogue's own, in any spelling, also within a longer name ("tenantNationality", "HUURDERSBSN"). For names
 * that nothing else knows. */
const struct pw_denied *pw_findings_denied(const struct pw_check_catalogue *catalogue, const char *name);
/* Refuses such a name at its place (`not-allowed`, with the reason and its source); true when it is one. */
bool pw_findings_refuse(const struct pw_check_catalogue *catalogue, const char *name, const struct pw_at *at,
    struct pw_faults *faults);

/* The same for every member below a node, however deep. */
void pw_findings_refuse_below(const struct pw_check_catalogue *catalogue, const struct pw_json *node,
    const struct pw_at *at, struct pw_faults *faults);

/* The findings T01 to T21, in order, as of `today`. Never fails for a check that pw_findings_read made. */
void pw_findings_check(const struct pw_check_catalogue *catalogue, const struct pw_check *check, pw_day today,
    struct pw_finding ret[PW_FINDINGS]);

/* What is kept of the findings: {"T01":"ok",...}, and the dates of what is due: {"T05":"2026-03-18"}. */
void pw_findings_write_results(const struct pw_finding findings[PW_FINDINGS], struct pw_jsonw *w);
void pw_findings_write_dates(const struct pw_finding findings[PW_FINDINGS], struct pw_jsonw *w);
/* Back to findings with their texts; what is not named is as if not asked. */
void pw_findings_recall(const struct pw_check_catalogue *catalogue, struct pw_str letting_type,
    const struct pw_json *results, const struct pw_json *dates, struct pw_finding ret[PW_FINDINGS]);

/* The array `findings`: [{"id","code","result","nextStep"}]. */
void pw_findings_write(const struct pw_finding findings[PW_FINDINGS], bool dutch, struct pw_jsonw *w);
/* The arrays `due` [{"id","on"}] and `innocent` [{"id","text"}], into an open object. */
void pw_findings_write_more(const struct pw_finding findings[PW_FINDINGS], bool dutch, struct pw_jsonw *w);
/* The sentence that every answer carries: passing is no guarantee. */
struct pw_str pw_findings_notice(const struct pw_check_catalogue *catalogue, bool dutch);

/* Why items of this stage may not be asked before it, with the source; not of the first stage. */
struct pw_text pw_findings_too_early(const struct pw_check_catalogue *catalogue, enum pw_check_stage stage);

/* ---- documents: what can be checked without asking anybody ---- */

enum pw_mrz_form { PW_MRZ_UNKNOWN, PW_MRZ_TD1, PW_MRZ_TD2, PW_MRZ_TD3 };

/* Parts of a machine-readable zone, as bits. */
enum { PW_MRZ_NUMBER = 1, PW_MRZ_BIRTH = 2, PW_MRZ_EXPIRY = 4, PW_MRZ_OPTIONAL = 8, PW_MRZ_COMPOSITE = 16 };

struct pw_mrz {
    enum pw_mrz_form form;
    unsigned wrong; /* parts that do not hold */
    pw_day expires_on;
    bool expired;         /* before `today` */
    bool personal_number; /* the optional data holds a citizen service number: nobody may ask for it */
};

/* Check digits and dates of ICAO 9303 parts 4, 5 and 6. False: the form is unknown or a part is wrong. */
bool pw_findings_mrz(const struct pw_str *lines, size_t count, pw_day today, struct pw_mrz *ret);
/* ISO 13616: the country's length, its form for Dutch ones, check digits. Blanks and dots are passed over. */
bool pw_findings_iban(struct pw_str text);
/* Eight digits; the register gives no check digit. */
bool pw_findings_kvk(struct pw_str text);
/* Nine digits that pass the eleven-test. */
bool pw_findings_rsin(struct pw_str text);
/* Whether a text has nine digits in a row that pass the eleven-test: a citizen service number, most likely.
 */
bool pw_findings_has_bsn(struct pw_str text);

#define PW_EXTRACT_DAYS  31  /* a trade register extract is fresh so long */
#define PW_PAYSLIP_SLACK 100 /* cents that a credit may differ from the payslip: rounding */

/* Whether each month's net pay was credited; how many were not. Amounts in cents. */
bool pw_findings_payslips(const int64_t *net, const int64_t *credited, size_t count, size_t *ret_differing);

/* JSON Schema of the body's members that this room reads (TenantCheckItems, ...), into an open object. */
void pw_findings_write_schemas(const struct pw_check_catalogue *catalogue, bool dutch, struct pw_jsonw *w);

#endif
