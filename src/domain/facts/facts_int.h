/* facts, inside: what the files of the room share. */
#ifndef PANDWACHT_FACTS_INT_H
#define PANDWACHT_FACTS_INT_H

#include <pandwacht/facts.h>

#define PW_FIELDS_MAX    63
#define PW_VALUES_MAX    63
#define PW_LIST_MAX      20                  /* items of a list in a body */
#define PW_COUNT_MAX     100000              /* of a `count` without a maximum of its own */
#define PW_MONEY_MAX     INT64_C(9999999999) /* cents */
#define PW_CELL_OCCURRED 1
#define PW_CELL_FIRST    2
#define PW_SECONDS_A_DAY INT64_C(86400)

/* ---- loading (parse_*.c) ---- */

/* Fields as they stand in a file, before they get their place in a record. */
struct pw_field_list {
    struct pw_field *items;
    const struct pw_yaml **specs; /* the node of each, for conditions in a second pass */
    size_t count;
};

/* Reads the map `fields`; places (index, cell), conditions and not_before come later. */
bool pw_facts_parse_fields(struct pw_arena *arena, const struct pw_yaml *node, struct pw_field_list *ret,
    struct pw_err *err) PW_MUST_CHECK;
/* Reads {field: value or [values]} against the fields of `kind`. */
bool pw_facts_parse_condition(struct pw_arena *arena, const struct pw_kind *kind, const struct pw_yaml *node,
    struct pw_condition *ret, struct pw_err *err) PW_MUST_CHECK;
/* A list of enum words (NULL-ended array) as a mask. */
bool pw_facts_parse_mask(
    const struct pw_yaml *node, const char *const *values, uint64_t *ret, struct pw_err *err) PW_MUST_CHECK;
/* The words by which conditions and limits name a field's values (enum, relation, bool); NULL for other
 * types. */
const char *const *pw_facts_words(const struct pw_field *field);

/* Reads one declaration into *ret; `shared` are the sighting fields, `common` those of every kind. */
bool pw_facts_parse_kind(struct pw_arena *arena, const struct pw_yaml *root,
    const struct pw_field_list *shared, const struct pw_field_list *common, struct pw_kind *ret,
    struct pw_err *err) PW_MUST_CHECK;
/* Lays out a record that is no kind (premises, sighting). */
bool pw_facts_parse_record(struct pw_arena *arena, const struct pw_yaml *root, struct pw_kind *ret,
    struct pw_err *err) PW_MUST_CHECK;

bool pw_facts_parse_denied(struct pw_arena *arena, const struct pw_yaml *root, struct pw_fact_model *model,
    struct pw_err *err) PW_MUST_CHECK;
bool pw_facts_parse_reference(struct pw_arena *arena, const struct pw_yaml *root, struct pw_fact_model *model,
    struct pw_err *err) PW_MUST_CHECK;
bool pw_facts_parse_retention(struct pw_arena *arena, const struct pw_yaml *root, struct pw_fact_model *model,
    struct pw_err *err) PW_MUST_CHECK;

/* "tenancy-event" -> "tenancyEvent". */
struct pw_str pw_facts_camel(struct pw_arena *arena, struct pw_str kebab, bool upper_first);

/* ---- reading bodies (read_*.c) ---- */

struct pw_reading {
    const struct pw_fact_model *model;
    const struct pw_kind *kind;
    struct pw_arena *arena;
    struct pw_faults *faults;
    const struct pw_at *at;
    pw_day today;
    uint64_t *record;
    uint64_t stated; /* bit i: field i stands in the body, valid or not */
    struct pw_party_ref parties[PW_FIELDS_MAX];
    size_t party_count;
    struct pw_sealed_text sealed[PW_FIELDS_MAX];
    size_t sealed_count;
    bool good;
};

/* Reads every field of the kind that stands in `body`. Faults make reading->good false. */
void pw_facts_read_fields(struct pw_reading *reading, const struct pw_json *body);
/* Required fields, conditions, one-of groups, order of dates, refusals. */
void pw_facts_check_record(struct pw_reading *reading, bool wwft_liable);
/* A fault at member `name`; reading->good becomes false. */
void pw_reading_fault(
    struct pw_reading *reading, const char *name, enum pw_fault_code code, const char *nl, const char *en);
/* A date member not after today + ahead; PW_DAY_NONE when absent or faulty. `required` faults absence. */
pw_day pw_reading_date(
    struct pw_reading *reading, const struct pw_json *body, const char *name, bool required, int64_t ahead);
enum pw_ground pw_reading_ground(struct pw_reading *reading, const struct pw_json *body);
/* A string member; "" when absent or faulty. */
struct pw_str pw_reading_str(struct pw_reading *reading, const struct pw_json *body, const char *name,
    bool required, size_t min, size_t max);
/* The fault of a member that nobody knows: unknown-field, with the reason if it is a denied attribute. */
void pw_reading_unknown(struct pw_reading *reading, const char *name);

/* ---- records ---- */

static inline int64_t pw_day_seconds(pw_day day)
{
    return (int64_t)day * PW_SECONDS_A_DAY;
}

static inline bool pw_facts_is_coded(const struct pw_field *field)
{
    return field->type == PW_TYPE_ENUM || field->type == PW_TYPE_ENUM_SET ||
           field->type == PW_TYPE_RELATION || field->type == PW_TYPE_BOOL;
}

double pw_cell_double(uint64_t cell);
uint64_t pw_double_cell(double value);
bool pw_condition_holds(const struct pw_condition *condition, const uint64_t *record);

#endif
