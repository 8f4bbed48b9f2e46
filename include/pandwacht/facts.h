/*
 * facts: the fact kinds, declared once in rules/facts/<kind>.yaml, and all that follows from a
 * declaration: validation of a body with all faults at once, the record that rules read, its CEL
 * types, its stored form, its JSON, its JSON Schema. Denied attributes and retention terms are
 * loaded with them, for the three stand or fall together (one hash).
 *
 * Pure: no clock (today is an argument), no database. Callers: intake and ledger (read, encode),
 * dossier (decode), rules and score (CEL types, records), desk (render), daemon (load, OpenAPI).
 *
 * A RECORD is a fact in memory, as rules read it: `uint64_t cells[kind->cells]`.
 *     cells[0]  presence, bit i = field i of the kind (field->index) was stated
 *     cells[1]  occurredOn, seconds since 1970 of 00:00Z (0 in the premises record)
 *     then one cell a field, at field->cell (a string takes two, a struct cel_str in place):
 *         bool 0/1 | integer int64 | number and money: the bits of a double (euros)
 *         date, month: int64 seconds of 00:00Z (month: its first day) | relation: 0 unknown 1 yes 2 no
 *         enum: position in field->values, absent = field->value_count (the value '')
 *         enum set: bit mask | party: ordinal from 1 in its table of parties, 0 = absent
 *     Absent fields hold their default: unknown, 0, false, '', 0 parties.
 * Sighting kinds (tip, inspection, landlord-check) begin with the same cells, so that a record of
 * each also is a record of the struct `sighting`; its cell `official` is 1 for inspections. Sealed
 * texts have no cell (field->cell is 0) but do have a presence bit.
 */
#ifndef PANDWACHT_FACTS_H
#define PANDWACHT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>
#include <pandwacht/json.h>
#include <pandwacht/premises.h>
#include <pandwacht/yaml.h>

struct cel_env;

/* ------------------------------------------------------------------------------------------
 * Words of the domain
 */

enum pw_source_class {
    PW_CLASS_LEASE_ADMIN,
    PW_CLASS_CITIZEN_TIP,
    PW_CLASS_FIELD_INSPECTION,
    PW_CLASS_BASE_REGISTER,
    PW_CLASS_UTILITY_SAFETY,
    PW_CLASS_ENFORCEMENT,
    PW_CLASS_FIN_GATEKEEPER,
    PW_CLASS_DERIVED, /* what rules derive from hits (stratum 2); no fact has it */
    PW_SOURCE_CLASSES
};

/* NULL-ended, in the order of the enum: "lease-admin", ... "derived". */
extern const char *const pw_source_class_words[];

enum pw_ground {
    PW_GROUND_WGS_1_9,
    PW_GROUND_WET_GOED_VERHUURDERSCHAP,
    PW_GROUND_PUBLIC_TASK,
    PW_GROUND_LEGITIMATE_INTEREST,
    PW_GROUND_CONSENT,
    PW_GROUND_LEGAL_OBLIGATION,
    PW_GROUND_UTILITY_SAFETY,
    PW_GROUNDS
};

extern const char *const pw_ground_words[]; /* NULL-ended */

enum pw_relation { PW_UNKNOWN, PW_YES, PW_NO };

extern const char *const pw_relation_words[]; /* "unknown", "yes", "no", NULL */

/* Who may see a field; rules read up to RESTRICTED. */
enum pw_field_class { PW_PUBLIC, PW_INTERNAL, PW_RESTRICTED, PW_PERSONAL, PW_SEALED };

enum pw_field_type {
    PW_TYPE_BOOL,
    PW_TYPE_INTEGER, /* `count` is one with 0..100000 */
    PW_TYPE_NUMBER,  /* double, `decimals` at most */
    PW_TYPE_MONEY,   /* euros, 2 decimals, 0..99999999.99 */
    PW_TYPE_DATE,
    PW_TYPE_MONTH,
    PW_TYPE_RELATION,
    PW_TYPE_ENUM,
    PW_TYPE_ENUM_SET,
    PW_TYPE_PARTY,
    PW_TYPE_STRING, /* short text that rules and desk may read */
    PW_TYPE_TEXT,   /* sealed text */
    PW_TYPES
};

/* Schemes of party references, and the version of their normalisation. */
enum pw_scheme {
    PW_SCHEME_IBAN,
    PW_SCHEME_DOCUMENT,
    PW_SCHEME_KVK,
    PW_SCHEME_EMAIL,
    PW_SCHEME_PHONE,
    PW_SCHEME_SOURCE_LOCAL, /* compared within one client only */
    PW_SCHEMES
};

extern const char *const pw_scheme_words[]; /* NULL-ended */
#define PW_NORMALISATION_VERSION 1

/* ------------------------------------------------------------------------------------------
 * The model: what the declarations say
 */

/* One equality of a condition: the field holds one of these values. */
struct pw_condition_term {
    const struct pw_field *field;
    uint64_t mask; /* enum: bit n = value n; relation and bool: bit n = value n */
};

/* All terms hold; no terms = never. */
struct pw_condition {
    const struct pw_condition_term *terms;
    size_t count;
};

struct pw_field {
    unsigned nr; /* permanent number in stored facts, 1..65535, never reused */
    struct pw_str name;
    enum pw_field_type type;
    enum pw_field_class class;
    unsigned index; /* presence bit; position in kind->fields */
    unsigned cell;  /* first cell in the record; 0 = none (sealed text) */
    bool required;
    struct pw_condition required_if;
    int64_t min, max;   /* INTEGER; MONEY and NUMBER in units of the last decimal; STRING, TEXT: characters;
                           ENUM_SET: most items in max */
    int decimals;       /* NUMBER, MONEY */
    int64_t ahead_days; /* DATE, MONTH: how far after today; 0 = not in the future */
    const struct pw_field *not_before; /* DATE: another date it may not precede */
    const char *const *values;         /* ENUM, ENUM_SET: NULL-ended; order is permanent */
    size_t value_count;
    uint64_t
        allowed;   /* ENUM, ENUM_SET, RELATION: values that may be sent (others of a shared list: `enum`) */
    uint64_t only; /* values that are accepted at all; others: `not-allowed`. ~0 = all */
    unsigned schemes;     /* PARTY: bit mask of enum pw_scheme */
    bool set_at_intake;   /* not accepted from outside; filled by the ledger */
    struct pw_text title; /* may be empty */
};

/* A combination that is refused with `not-allowed`. */
struct pw_refusal {
    const struct pw_field *field; /* the one named in the fault */
    int64_t at_least;             /* its value in units of its last decimal */
    struct pw_condition when;
    bool wwft_only; /* only from a client that is Wwft-liable */
    struct pw_text reason;
};

enum pw_tenancy_need { PW_TENANCY_OPTIONAL, PW_TENANCY_REQUIRED, PW_TENANCY_CONDITIONAL };

struct pw_kind {
    struct pw_str name;       /* "tenancy-event" */
    struct pw_str variable;   /* "tenancyEvent": its CEL variable and struct */
    struct pw_str collection; /* "tenancy-events"; "" when made by its own route */
    struct pw_text title;
    enum pw_source_class source_class; /* the usual one */
    unsigned source_classes;           /* bit mask: the usual one and those a client of that class gives it */
    enum pw_tenancy_need tenancy;
    struct pw_condition tenancy_if;
    bool by_route;          /* retraction, correction, decision, outcome: POST to a collection is 405 */
    bool sighting;          /* begins with the shared fields */
    bool official;          /* value of the cell `official` */
    unsigned nr;            /* position in model->kinds; not stored */
    unsigned cells;         /* size of its record in cells */
    unsigned official_cell; /* 0 = none */
    const struct pw_field *fields;
    size_t field_count; /* at most 63 */
    /* one-of groups: masks of field indexes, exactly one of each must be stated */
    const uint64_t *one_of;
    size_t one_of_count;
    const struct pw_refusal *refusals;
    size_t refusal_count;
    /* fields that stages ask for by name, NULL when the kind has none */
    const struct pw_field *danger, *danger_kind, *category;
    struct pw_map by_name; /* name -> struct pw_field */
};

/* How long facts of a kind are kept, and from when. */
struct pw_retention {
    struct pw_str kind;    /* "*" = all kinds not named */
    struct pw_str outcome; /* "none", "founded", "unfounded", "found" ... */
    int32_t days;
    struct pw_str from; /* "occurred", "received", "tenancy-ended", "decided", "closed" */
    struct pw_text ground;
};

/* What may never be an input. */
struct pw_denied {
    struct pw_str name;           /* "nationality" */
    const struct pw_str *aliases; /* in both languages */
    size_t alias_count;
    struct pw_text reason;
    struct pw_str source;
};

/* What is usual for a month's rent, up to a size. */
struct pw_reference_rent {
    struct pw_str letting; /* "dwelling" */
    int32_t up_to_m2;      /* INT32_MAX: all that is larger */
    int64_t rent;          /* thousandths of a euro */
};

struct pw_fact_model {
    const struct pw_kind *kinds; /* sorted by name */
    size_t kind_count;
    const struct pw_kind *premises; /* the record of premises attributes; not among kinds */
    const struct pw_kind *sighting; /* the shared fields; not among kinds */
    const struct pw_denied *denied;
    size_t denied_count;
    struct pw_map denied_spelt; /* spelling of each name and alias -> struct pw_denied */
    const struct pw_retention *retention;
    size_t retention_count;
    const struct pw_reference_rent *references; /* by letting, sizes rising */
    size_t reference_count;
    struct pw_str reference_version;
    uint8_t hash[PW_SHA256_SIZE]; /* over the names and texts of the files it was loaded from */
    const struct pw_file *files;  /* those files, sorted by name: for storing a rule set whole */
    size_t file_count;
};

/* Loads the model from the files of a rules directory (or a stored bundle): those named facts/X.yaml,
 * denied-attributes.yaml, retention.yaml and reference-rents.yaml (which may be absent); others are passed
 * over. Refuses at the first fault, with place and remedy: doubled numbers, names or values, unknown keys, a
 * denied attribute or alias as field name, a kind without retention. The model lives in a memory of its own;
 * count starts at one reference. */
bool pw_facts_load(const struct pw_file *files, size_t count, const struct pw_fact_model **ret,
    struct pw_err *err) PW_MUST_CHECK;
/* The same from a directory ("rules"). */
bool pw_facts_load_dir(const char *dir, const struct pw_fact_model **ret, struct pw_err *err) PW_MUST_CHECK;
const struct pw_fact_model *pw_facts_ref(const struct pw_fact_model *model);
void pw_facts_unref(const struct pw_fact_model *model); /* NULL is accepted */

/* By kind name, by collection, by CEL variable; NULL when there is none. */
const struct pw_kind *pw_facts_kind(const struct pw_fact_model *model, struct pw_str name);
const struct pw_kind *pw_facts_collection(const struct pw_fact_model *model, struct pw_str collection);
const struct pw_kind *pw_facts_variable(const struct pw_fact_model *model, struct pw_str variable);
/* The field, or NULL. */
const struct pw_field *pw_kind_field(const struct pw_kind *kind, struct pw_str name);
/* The denied attribute that a name (any spelling: case, '-', '_' and blanks are ignored) stands for, or NULL.
 */
const struct pw_denied *pw_facts_denied(const struct pw_fact_model *model, struct pw_str name);
/* The term for a kind and outcome: its own, else that of kind "*", else those of outcome "none". Never NULL.
 */
const struct pw_retention *pw_facts_retention(
    const struct pw_fact_model *model, const struct pw_kind *kind, struct pw_str outcome);
/* The source class of a fact of this kind from a client with these classes (bit mask): the kind's usual
 * one, unless the client has only another that the kind lists. -1: the client may not deliver it. */
int pw_facts_source_class(const struct pw_kind *kind, unsigned client_classes);

/* ------------------------------------------------------------------------------------------
 * Reading a body
 */

/* A party as it came: normalised, clear. It becomes a party id at the ledger and goes no further. */
struct pw_party_ref {
    enum pw_scheme scheme;
    struct pw_str value;          /* normalised */
    const struct pw_field *field; /* the field that named it; NULL outside facts */
};

struct pw_sealed_text {
    const struct pw_field *field;
    struct pw_str text;
};

/* A validated body, not yet a fact. All memory is the arena's. */
struct pw_draft {
    const struct pw_kind *kind;
    struct pw_str source_id;
    struct pw_premises_ref premises; /* by = 0 where the kind is made by its route */
    struct pw_str tenancy;           /* sourceId of a registration or a tenancy id; "" = none */
    pw_day occurred_on;
    struct pw_str received_by; /* "" = none; these three as well */
    struct pw_str relay_of;
    struct pw_str report_ref;
    const struct pw_uuid *based_on;
    size_t based_on_count;
    enum pw_ground ground;
    uint64_t *record;                   /* party cells: ordinal in `parties` */
    const struct pw_party_ref *parties; /* [ordinal - 1]; equal references share one */
    size_t party_count;
    const struct pw_sealed_text *sealed;
    size_t sealed_count;
    bool danger; /* the fact says so: acute notice, guidance */
};

struct pw_read_options {
    pw_day today;               /* civil day in the Netherlands */
    const struct pw_kind *kind; /* NULL: member `kind` names it (batch lines) */
    bool wwft_liable;           /* the client is */
    bool no_premises;           /* the route names the premises; members premises and tenancy are refused */
    struct pw_str source_id;    /* len > 0: given from outside; member sourceId is refused */
    const struct pw_at *at;     /* where the body stands in the request; NULL = it is the request */
    const char *const *also;    /* NULL-ended members that the caller reads itself; NULL = none */
};

/* Reads and validates a body. Adds every fault found; false if there was any (then *ret is not set). */
bool pw_facts_read_json(const struct pw_fact_model *model, const struct pw_json *json,
    const struct pw_read_options *options, struct pw_arena *arena, struct pw_draft *ret,
    struct pw_faults *faults) PW_MUST_CHECK;

/* The canonical form of a request, the input of the content MAC: the kind's name, a line feed, the body
 * by RFC 8785. `json` is the body as read (a batch line's member `kind` is left out of it). */
void pw_facts_canonical(const struct pw_kind *kind, const struct pw_json *json, struct pw_buf *out);

/* Normalises a party reference (contract section 2); the value must fit the scheme. Faults: `pattern`,
 * `checksum` (iban) as *ret_code. `ret` is in the arena. */
bool pw_facts_normalise_party(struct pw_arena *arena, enum pw_scheme scheme, struct pw_str value,
    struct pw_str *ret, enum pw_fault_code *ret_code) PW_MUST_CHECK;
/* Reads {"scheme","value"}; `schemes` a bit mask. */
bool pw_facts_read_party(struct pw_arena *arena, const struct pw_json *json, const struct pw_at *at,
    unsigned schemes, struct pw_party_ref *ret, struct pw_faults *faults) PW_MUST_CHECK;

/* The body of PUT /v1/premises/{id} and POST /v1/premises: attributes and what stands beside them. */
struct pw_premises_draft {
    uint64_t *record;      /* of model->premises */
    struct pw_str unit;    /* "" = none, at most 40 characters */
    struct pw_uuid parent; /* nil = none */
    pw_day as_of;
    enum pw_ground ground;
    struct pw_address address; /* postcode "" = none */
};

/* `creating`: `address` or `parent` is required (one-of); else both may be there, and an address is one
 * more name of the premises. */
bool pw_facts_read_premises(const struct pw_fact_model *model, const struct pw_json *json, pw_day today,
    bool creating, struct pw_arena *arena, struct pw_premises_draft *ret,
    struct pw_faults *faults) PW_MUST_CHECK;

/* ------------------------------------------------------------------------------------------
 * Records: building, storing, showing
 */

/* The parties of one dossier (or one fact): ids with their scheme, ordinal = position + 1. */
struct pw_parties {
    struct pw_arena *arena;
    struct pw_party {
        struct pw_uuid id;
        enum pw_scheme scheme;
    } * items;
    size_t count, cap;
};

void pw_parties_init(struct pw_parties *parties, struct pw_arena *arena);
/* The ordinal (from 1) of this party, added when new. */
uint64_t pw_parties_ordinal(struct pw_parties *parties, enum pw_scheme scheme, const struct pw_uuid *id);

/* A record with every field at its default, nothing present; occurredOn 0. */
uint64_t *pw_record_new(struct pw_arena *arena, const struct pw_kind *kind);
void pw_record_set_occurred_on(uint64_t *record, pw_day day);
bool pw_record_has(const uint64_t *record, const struct pw_field *field);
/* The enum value's word, "" when absent. The field is an ENUM. */
const char *pw_record_enum(const uint64_t *record, const struct pw_field *field);
/* For tests and rule files: sets a field from a YAML scalar or list in the words of the declaration. A party
 * is any text, one text one party (scheme: the field's first). Fails at the node's place. */
bool pw_record_set_yaml(struct pw_arena *arena, const struct pw_kind *kind, uint64_t *record,
    const struct pw_field *field, const struct pw_yaml *value, struct pw_parties *parties,
    struct pw_err *err) PW_MUST_CHECK;

/* The stored form: format octet 1, then (number, value) of the fields present. Party cells are written
 * as parties->items[ordinal - 1]; occurredOn and sealed texts are columns of their own, not in it. */
void pw_facts_encode(
    const struct pw_kind *kind, const uint64_t *record, const struct pw_parties *parties, struct pw_buf *out);
/* Back to a record in `arena`; parties are added to the dossier's table. Numbers that this model does not
 * know are passed over; a truncated or foreign form fails (PW_ERR_SYNTAX). */
bool pw_facts_decode(const struct pw_kind *kind, struct pw_str stored, pw_day occurred_on,
    struct pw_arena *arena, struct pw_parties *parties, const uint64_t **ret,
    struct pw_err *err) PW_MUST_CHECK;
/* Four octets that change whenever the layout of any stored record changes (for dossier chunks). */
uint32_t pw_facts_layout(const struct pw_fact_model *model);

/* Letters a, b, ... z, aa ... for parties as answers show them; `out` has 8 octets. */
const char *pw_party_letter(uint64_t ordinal, char out[8]);
/* Members "name": value of the fields that are present and of class `max` at most, into an open object, in
 * order of declaration. Parties as {"scheme","same":"a"}; sealed texts are not in a record. */
void pw_facts_write_fields(const struct pw_kind *kind, const uint64_t *record, enum pw_field_class max,
    const struct pw_parties *parties, struct pw_jsonw *w);

/* JSON Schemas as members of an open object (components.schemas): a body for each kind that has a
 * collection (TipBody, TenancyEventBody ...), PremisesBody, FactAnswer, Ground, PremisesRef, Address;
 * titles in Dutch or English. */
void pw_facts_write_schemas(const struct pw_fact_model *model, bool dutch, struct pw_jsonw *w);

/* Fills what a record gets when it is taken in: referenceRentEur and referenceVersion of a registration, by
 * its letting and the size of the premises (their record, or NULL). Nothing where there is no reference. */
void pw_facts_fill_reference(const struct pw_fact_model *model, const struct pw_kind *kind,
    const uint64_t *premises, uint64_t *record);

/* ------------------------------------------------------------------------------------------
 * What rules see
 */

/* Ids of the CEL structs that pw_facts_cel_schema declared. */
struct pw_facts_cel {
    uint32_t *kinds; /* [kind->nr] */
    uint32_t sighting;
    uint32_t premises;
};

/* Declares a struct for each kind (named as kind->variable), `sighting` and `premises`, with the fields of
 * class RESTRICTED at most, and `occurredOn`; field tags are field->index + 1 (0: occurredOn,
 * UINT32_MAX: official). Variables are the caller's to declare. `ret->kinds` is in the arena. */
bool pw_facts_cel_schema(const struct pw_fact_model *model, struct cel_env *env, struct pw_arena *arena,
    struct pw_facts_cel *ret, struct pw_err *err) PW_MUST_CHECK;

/* ------------------------------------------------------------------------------------------
 * A fact
 */

/* One live statement about one premises, as the score reads it. */
struct pw_fact {
    struct pw_uuid id;
    const struct pw_kind *kind;
    enum pw_source_class source_class;
    pw_day occurred_on;
    pw_usec received_at;
    struct pw_uuid client;  /* who delivered it (reporter) */
    struct pw_uuid tenancy; /* nil: belongs to the tenancy of its date */
    struct pw_uuid origin;  /* party id of a tip's origin; nil = the one anonymous origin */
    struct pw_uuid report;  /* facts with equal report are one class, one origin; nil = alone */
    const struct pw_uuid *based_on;
    size_t based_on_count;
    const uint64_t *record;
};

#endif
