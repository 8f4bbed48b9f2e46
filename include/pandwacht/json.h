/*
 * json: strict reading with limits, streaming writing, and the list of faults that a refused
 * body is answered with. Hides jansson; every room from the domain up may use it.
 *
 * Reading: one text, one tree, owned by an arena. Doubled members, nesting beyond the limit,
 * U+0000 and lone surrogates in strings, and numbers beyond a double are refused, each with its
 * own code; only text that is not JSON at all is called `json-syntax`. A top-level scalar
 * parses: whoever wants an object asks for one and answers `type`.
 *
 * Writing: struct pw_jsonw appends to a struct pw_buf; commas, quotes and escapes are its
 * concern, well-formedness is checked by assertion. Decimal values are written from integers
 * (thousandths, cents), so 13.601 never turns into 13.600999.
 */
#ifndef PANDWACHT_JSON_H
#define PANDWACHT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>

/* ------------------------------------------------------------------------------------------
 * Faults: what is wrong with a body, all of it at once
 */

/* The codes of `invalidParams`; names in kebab-case by pw_fault_word(). */
enum pw_fault_code {
    PW_FAULT_JSON_SYNTAX,
    PW_FAULT_DUPLICATE_MEMBER,
    PW_FAULT_CHARACTER_NOT_ALLOWED,
    PW_FAULT_DEPTH,
    PW_FAULT_TYPE,
    PW_FAULT_REQUIRED,
    PW_FAULT_NOT_ALLOWED_AT_STAGE,
    PW_FAULT_UNKNOWN_FIELD,
    PW_FAULT_ENUM,
    PW_FAULT_PATTERN,
    PW_FAULT_CHECKSUM,
    PW_FAULT_RANGE,
    PW_FAULT_LENGTH,
    PW_FAULT_PRECISION,
    PW_FAULT_FUTURE_DATE,
    PW_FAULT_DATE_ORDER,
    PW_FAULT_ONE_OF,
    PW_FAULT_REFERENCE,
    PW_FAULT_NOT_ALLOWED,
    PW_FAULT_CODES
};

/* One fault. Reasons never repeat the refused value. */
struct pw_fault {
    enum pw_fault_code code;
    struct pw_str name; /* JSON Pointer to the place: "/premises/bagId"; "" = the whole body */
    const char *reason_nl;
    const char *reason_en;
};

/* All faults of one body, in the order found. At most PW_FAULTS_MAX are kept, the rest is counted. */
#define PW_FAULTS_MAX 100

struct pw_faults {
    struct pw_arena *arena; /* owns pointers and texts made at run time */
    struct pw_fault *items;
    size_t count;
    size_t more; /* found but not kept */
    size_t cap;
};

void pw_faults_init(struct pw_faults *faults, struct pw_arena *arena);
/* "json-syntax", "required", ... */
const char *pw_fault_word(enum pw_fault_code code);

/* A place in a document, as a chain on the caller's stack; nothing is built until a fault is
 * reported: struct pw_at at = {.up = parent, .name = "bagId"} or .index for an array item. */
struct pw_at {
    const struct pw_at *up; /* NULL: the document itself */
    const char *name;       /* member name; NULL: an array item */
    size_t index;           /* of the array item */
};

/* The JSON Pointer of a place (RFC 6901, escaped), in the arena; NULL gives "". */
struct pw_str pw_at_pointer(struct pw_arena *arena, const struct pw_at *at);
/* Adds a fault at a place (NULL = whole body); texts are borrowed (literals or of the same arena).
 * NULL texts: the code's general reason. Always returns false, for `return pw_fault(...)`. */
bool pw_fault(struct pw_faults *faults, const struct pw_at *at, enum pw_fault_code code,
    const char *reason_nl, const char *reason_en);
/* The same for member `name` of the object at `at`. */
bool pw_fault_member(struct pw_faults *faults, const struct pw_at *at, const char *name,
    enum pw_fault_code code, const char *reason_nl, const char *reason_en);
/* Adds a fault by its ready pointer (borrowed). Always false. */
bool pw_fault_pointer(struct pw_faults *faults, struct pw_str pointer, enum pw_fault_code code,
    const char *reason_nl, const char *reason_en);

/* ------------------------------------------------------------------------------------------
 * Reading
 */

struct pw_json; /* a node, read-only; lives as long as the arena of its document */

enum pw_json_type {
    PW_JSON_NULL,
    PW_JSON_BOOL,
    PW_JSON_NUMBER, /* a double; whole numbers are exact up to 2^53 */
    PW_JSON_STRING,
    PW_JSON_ARRAY,
    PW_JSON_OBJECT
};

struct pw_json_limits {
    unsigned depth;  /* nesting of arrays and objects; 0 = 64 (PW_JSON_DEPTH) */
    size_t max_size; /* octets of text; 0 = 16 MiB */
};

#define PW_JSON_DEPTH 64

/* Where and why a text was refused. */
struct pw_json_error {
    enum pw_fault_code code; /* JSON_SYNTAX, DUPLICATE_MEMBER, CHARACTER_NOT_ALLOWED, DEPTH, RANGE, LENGTH */
    struct pw_str pointer;   /* JSON Pointer of the place as far as it could be followed; for syntax "" */
    unsigned line;           /* from 1 */
    unsigned column;         /* from 1, in characters */
    size_t byte;             /* from 0 */
};

/*
 * Parses a whole text (UTF-8, no byte order mark, white space around allowed) into a tree that is
 * released with the arena. `limits` NULL = defaults. False fills *ret_error (NULL accepted).
 */
bool pw_json_parse(struct pw_arena *arena, struct pw_str text, const struct pw_json_limits *limits,
    const struct pw_json **ret, struct pw_json_error *ret_error) PW_MUST_CHECK;
/* The same, the error as a fault with reasons that give line and column. */
bool pw_json_read(struct pw_arena *arena, struct pw_str text, const struct pw_json_limits *limits,
    const struct pw_json **ret, struct pw_faults *faults) PW_MUST_CHECK;

enum pw_json_type pw_json_type(const struct pw_json *node);
bool pw_json_is_object(const struct pw_json *node); /* NULL is accepted by the is_ functions: false */
bool pw_json_is_array(const struct pw_json *node);
bool pw_json_is_string(const struct pw_json *node);
bool pw_json_is_number(const struct pw_json *node);
bool pw_json_is_bool(const struct pw_json *node);

/* Values; the node must be of that type (asserted). */
bool pw_json_bool(const struct pw_json *node);
struct pw_str pw_json_str(const struct pw_json *node); /* borrowed; NUL-terminated behind */
double pw_json_number(const struct pw_json *node);
/* A number with no fraction, at most 2^53 either way (1, 1.0, 1e2); false for any other node, NULL included.
 */
bool pw_json_to_i64(const struct pw_json *node, int64_t *ret) PW_MUST_CHECK;
/* A number that is a multiple of 1/scale (scale 100: cents), as that many units; false when it is
 * none, or beyond +-2^53 units, or no number. */
bool pw_json_to_scaled(const struct pw_json *node, int64_t scale, int64_t *ret) PW_MUST_CHECK;

/* Objects: the member, or NULL when absent (or node is NULL or no object). */
const struct pw_json *pw_json_get(const struct pw_json *node, const char *name);
/* Number of members or items; 0 for NULL and scalars. */
size_t pw_json_count(const struct pw_json *node);
/* Item `index` of an array; NULL outside. */
const struct pw_json *pw_json_item(const struct pw_json *node, size_t index);

/* Members in the order of the text:
 *     struct pw_json_iter it = pw_json_members(object);
 *     while (pw_json_next(&it)) use(it.name, it.value);  */
struct pw_json_iter {
    const struct pw_json *object;
    void *state;
    const char *name; /* NUL-terminated, borrowed */
    const struct pw_json *value;
};
struct pw_json_iter pw_json_members(const struct pw_json *object);
bool pw_json_next(struct pw_json_iter *it);

/* Convenience for small bodies: the string member, or false with a fault (`required` when absent and
 * `required`, `type`, `length` outside min..max characters, `character-not-allowed` when not NFC).
 * Absent and not required: true with *ret empty ("" and len 0). */
bool pw_json_member_str(const struct pw_json *object, const struct pw_at *at, const char *name, bool required,
    size_t min, size_t max, struct pw_str *ret, struct pw_faults *faults) PW_MUST_CHECK;
/* A fault `unknown-field` for every member whose name is not in the NULL-ended list; false if any. */
bool pw_json_known(
    const struct pw_json *object, const struct pw_at *at, const char *const *names, struct pw_faults *faults);

/* Whether text is in Unicode normalisation form C, by a method that is sound for Latin script:
 * refused are characters that never occur in NFC (U+212A and the like) and an ASCII letter followed
 * by a combining mark with which it composes. Other scripts are not looked at. */
bool pw_text_is_nfc(struct pw_str text);

/* ------------------------------------------------------------------------------------------
 * Writing
 */

struct pw_jsonw {
    struct pw_buf *buf;
    unsigned depth;
    bool comma;        /* a value stands before the next one */
    bool after_key;    /* a value must follow */
    uint64_t is_array; /* bit d: the container at depth d is an array */
};

/* Starts writing one value at the end of `buf` (borrowed). Depth at most 64. */
void pw_jsonw_init(struct pw_jsonw *w, struct pw_buf *buf);
void pw_jsonw_object(struct pw_jsonw *w);
void pw_jsonw_end_object(struct pw_jsonw *w);
void pw_jsonw_array(struct pw_jsonw *w);
void pw_jsonw_end_array(struct pw_jsonw *w);
/* Member name; a value, object or array must follow. */
void pw_jsonw_key(struct pw_jsonw *w, const char *name);
void pw_jsonw_key_str(struct pw_jsonw *w, struct pw_str name);

void pw_jsonw_null(struct pw_jsonw *w);
void pw_jsonw_bool(struct pw_jsonw *w, bool value);
void pw_jsonw_i64(struct pw_jsonw *w, int64_t value);
/* Octets that are no UTF-8 are replaced by U+FFFD. */
void pw_jsonw_str(struct pw_jsonw *w, struct pw_str value);
/* NUL-terminated; NULL is written as null. */
void pw_jsonw_z(struct pw_jsonw *w, const char *value);
/* Thousandths: 51299 -> 51.299, 30000 -> 30. */
void pw_jsonw_milli(struct pw_jsonw *w, int64_t thousandths);
/* Hundredths: 90050 -> 900.5. */
void pw_jsonw_cents(struct pw_jsonw *w, int64_t hundredths);
/* A finite double in its shortest form that reads back equal (RFC 8785: 900, 0.1, 1e+30). */
void pw_jsonw_double(struct pw_jsonw *w, double value);
/* A nil id and the NONE values of time are written as null. */
void pw_jsonw_uuid(struct pw_jsonw *w, const struct pw_uuid *id);
void pw_jsonw_day(struct pw_jsonw *w, pw_day day); /* "2026-03-01" */
void pw_jsonw_instant(
    struct pw_jsonw *w, pw_usec time); /* "2026-03-01T09:30:00Z"; fraction if there is one */
/* A ready JSON value, copied as it is; the caller vouches for it. */
void pw_jsonw_raw(struct pw_jsonw *w, struct pw_str json);
/* A parsed value, as it was read (members in order). */
void pw_jsonw_node(struct pw_jsonw *w, const struct pw_json *node);

/* The value in canonical form (RFC 8785: members sorted, shortest numbers, no blanks), appended. Sorts
 * by octets, which is the RFC's order for names below U+10000. */
void pw_json_canonical(const struct pw_json *node, struct pw_buf *out);
/* The same of an object, one member left out. */
void pw_json_canonical_without(const struct pw_json *node, const char *member, struct pw_buf *out);

/* The array of invalidParams: [{"name","code","reason"}], reasons in Dutch or English. */
void pw_faults_write(const struct pw_faults *faults, bool dutch, struct pw_jsonw *w);

#endif
