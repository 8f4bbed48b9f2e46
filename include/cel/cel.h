/*
 * cel.h: the Common Expression Language for C programs. The only public header of libcel.
 *
 * What it is. A host describes its C structs once (struct cel_env), compiles many expressions
 * against that description (struct cel_program) and evaluates them any number of times straight
 * over its own memory (struct cel_ctx): nothing is copied, boxed or looked up by name while a
 * condition over host structs runs, and nothing is allocated. The rest of the language (maps,
 * dyn, string building, optionals ...) runs over tagged values (struct cel_value).
 *
 * Life:     env (declare, then only read)  ->  program (add, seal, then immutable)  ->  ctx.
 *           env outlives its programs, a program outlives its contexts. One ctx serves one thread
 *           at a time; env and sealed programs may be shared between threads.
 * Memory:   each of the three owns an arena. Without memory, evaluating gives an error and adding an
 *           expression a finding; making an env, a program or a ctx and declaring end the process (abort).
 * Strings:  pointer and length, UTF-8, not NUL-terminated unless said. Texts given while declaring
 *           or adding are copied.
 * Errors:   loading gives diagnostics with a place and a remedy; evaluating gives a value or an
 *           error with a static-sized text. No errno, no locale, no environment, no global state.
 * Depends:  libc and libm.
 */
#ifndef CEL_CEL_H
#define CEL_CEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define CEL_MUST_CHECK __attribute__((warn_unused_result))
#else
#define CEL_MUST_CHECK
#endif

struct cel_env;     /* host types, variables, functions, limits */
struct cel_program; /* compiled expressions over one env */
struct cel_ctx;     /* registers and arena of one evaluator */
struct cel_node;    /* a node of a checked expression, read-only */
struct cel_value;   /* a boxed value */
struct cel_addr;    /* a network address, private */

/* A run of UTF-8 bytes. `id` is 0, or what cel_program_intern() of the program that will be
 * evaluated has put there: with an id, == and `in` against literals compare one integer. */
struct cel_str {
    const char *ptr;
    uint32_t len;
    uint32_t id;
};

/* A struct cel_str over a string literal or a char array that ends with NUL. */
#define CEL_STR(literal) ((struct cel_str){(literal), (uint32_t)(sizeof(literal) - 1), 0})

/* ------------------------------------------------------------------------------------------
 * Environment: what expressions may speak about
 */

/* Limits. 0 = the default in the comment. */
struct cel_limits {
    uint32_t source_bytes; /* longest source text: 16384 */
    uint32_t depth;        /* nesting of an expression, at most 250: 64 */
    uint32_t nodes;        /* nodes of one expression: 10000 */
    uint64_t cost;         /* static worst-case cost (cel_expr_cost) refused above: no limit */
    uint64_t steps;        /* run-time budget of one evaluation, in steps: 10000000 */
    size_t arena_bytes;    /* most memory one evaluation may take: 16 MiB */
    uint32_t list_max;     /* assumed elements of a list without a declared maximum: 1000 */
};

/* Extension libraries, a set of bits. */
enum cel_lib {
    CEL_LIB_STRINGS = 1 << 0,   /* charAt indexOf join replace split trim format quote ... */
    CEL_LIB_MATH = 1 << 1,      /* math.greatest math.abs math.bitAnd ... */
    CEL_LIB_LISTS = 1 << 2,     /* slice flatten range distinct sort first last reverse */
    CEL_LIB_SETS = 1 << 3,      /* sets.contains sets.intersects sets.equivalent */
    CEL_LIB_ENCODERS = 1 << 4,  /* base64.encode base64.decode */
    CEL_LIB_OPTIONALS = 1 << 5, /* a.?b a[?k] optional.of ... */
    CEL_LIB_TWO_VARS = 1 << 6,  /* all(i, v, p) transformList transformMap ... */
    CEL_LIB_BINDINGS = 1 << 7,  /* cel.bind cel.block */
    CEL_LIB_NETWORK = 1 << 8,   /* ip() cidr() ... */
    CEL_LIB_ALL = (1 << 9) - 1
};

struct cel_env_options {
    struct cel_limits limits;
    uint32_t libs;         /* enum cel_lib bits */
    const char *container; /* names resolve within this dotted name first; NULL = none */
    bool unchecked;        /* skip the type checker: everything is dyn, errors appear at run time */
    bool mixed_literals;   /* allow [1, 'a'] and {'a': 1, 'b': true}: their element type is dyn */
};

/* How a cell of host memory is read, and which CEL type it has. Cells are 8 bytes, aligned,
 * except STRING (a struct cel_str), LIST (an 8-byte pointer and, elsewhere, a uint64_t count),
 * INLINE and BOOL8. */
enum cel_host {
    CEL_HOST_BOOL = 1,  /* int64_t, 0 or 1                               bool */
    CEL_HOST_BOOL8,     /* C bool, one byte                              bool */
    CEL_HOST_INT,       /* int64_t                                       int */
    CEL_HOST_UINT,      /* uint64_t                                      uint */
    CEL_HOST_DOUBLE,    /* double                                        double */
    CEL_HOST_STRING,    /* struct cel_str, 16 bytes                      string */
    CEL_HOST_TIMESTAMP, /* int64_t, whole seconds since 1970 UTC, within years 1 to 9999  timestamp */
    CEL_HOST_DURATION,  /* int64_t, whole seconds, at most 290 years either way   duration */
    CEL_HOST_ENUM,      /* int64_t, index into an enum domain            string */
    CEL_HOST_ENUM_SET,  /* uint64_t, bit n = value n of an enum domain   list(string) */
    CEL_HOST_OPAQUE,    /* int64_t, 0 = nothing; only == and !=          a named abstract type */
    CEL_HOST_STRUCT,    /* pointer to a host struct; NULL = absent       the struct's name */
    CEL_HOST_INLINE,    /* a host struct in place                        the struct's name */
    CEL_HOST_LIST,      /* pointer to elements, and a count              list(element) */
    CEL_HOST_VALUE /* const struct cel_value *                      as the type text says (variables only) */
};

/*
 * Enum domains: a field of type ENUM shows in CEL as a string, is stored as an index, and is
 * compared as an integer. Comparing it with a literal outside its domain (==, !=, in) is a load
 * error that proposes the nearest value; so are two enum fields of different domains.
 *
 * OPAQUE values (references, pseudonyms) have a named type: the same name may be compared with
 * == and !=, different names may not (load error), nothing else is possible. 0 is "nothing" and
 * equals only 0.
 */

/* What a cell or a list element is. `ref` is the id of the enum domain (ENUM, ENUM_SET), of the
 * opaque type (OPAQUE) or of the struct (STRUCT, INLINE); for a LIST it belongs to the element. */
struct cel_cell {
    enum cel_host type;
    uint32_t ref;
    enum cel_host elem; /* LIST: the element, any but LIST, ENUM_SET, VALUE. INLINE: structs side by
                         * side in an array; STRUCT: an array of pointers to structs, none NULL */
    uint32_t max_count; /* LIST: most elements there can be, for the static cost; 0 = limits.list_max */
};

/* A field of a host struct. */
struct cel_field {
    const char *name;
    struct cel_cell cell;
    uint32_t offset;       /* bytes from the struct's start to the cell (LIST: to the pointer) */
    uint32_t count_offset; /* LIST: bytes to the uint64_t count */
    /* has(x.f): without `optional` always true (LIST, ENUM_SET: not empty; STRUCT: not NULL). With it:
     * bit `presence_bit` (0 to 63) of the uint64_t at `presence_offset`. Reading an absent field gives
     * whatever its cell holds: the host stores the default there. A field of a NULL STRUCT is an error. */
    bool optional;
    uint8_t presence_bit;
    uint32_t presence_offset;
    uint32_t tag; /* the host's own number for this field; handed back by inspection */
};

/* A list that a variable's slot points at. */
struct cel_span {
    const void *items;
    uint64_t count;
};

/* One slot of an activation: the value of a variable, set by the caller before evaluating.
 * Scalars stand in the slot itself; strings, structs and lists are pointed at. */
union cel_slot {
    int64_t i;                   /* BOOL INT TIMESTAMP DURATION ENUM OPAQUE (and BOOL8, as 0 or 1) */
    uint64_t u;                  /* UINT ENUM_SET */
    double d;                    /* DOUBLE */
    const struct cel_str *s;     /* STRING, never NULL */
    const void *p;               /* STRUCT, INLINE: the struct, never NULL */
    const struct cel_span *list; /* LIST, never NULL */
    const struct cel_value *v;   /* VALUE, never NULL */
};

/* A new, empty environment; options NULL = all defaults, no extension libraries. Never NULL. */
struct cel_env *cel_env_new(const struct cel_env_options *options);

/* Frees it; no program of it may be used any more. NULL is allowed. */
void cel_env_free(struct cel_env *env);

/* The reason the last declaring call on env returned false or 0; "" if none did. */
const char *cel_env_error(const struct cel_env *env);

/* Declares an enum domain of `count` (1 to 64 for ENUM_SET use, else 1 to 65535) distinct values;
 * value n has index n. `name` only serves messages. Returns its id (from 1), 0 on error. */
uint32_t cel_env_domain(struct cel_env *env, const char *name, const char *const *values, size_t count);

/* Declares, or finds, the opaque type called name ("party<iban>"). Returns its id (from 1). */
uint32_t cel_env_opaque(struct cel_env *env, const char *name);

/* Declares a host struct of `size` bytes (the stride of its arrays), to be filled with
 * cel_env_field(); fields of other structs may refer to it at once. Returns its id (from 1),
 * 0 if the name is taken or is not a (dotted) identifier. */
uint32_t cel_env_struct(struct cel_env *env, const char *name, size_t size);

/* Adds a field to struct `struct_id`. False: the name is taken or no identifier, a ref is
 * unknown, the cell lies outside the struct. */
bool cel_env_field(struct cel_env *env, uint32_t struct_id, const struct cel_field *field) CEL_MUST_CHECK;

/* Declares variable `name` (may be dotted), found in slot number `slot` (0 to 4095) of an activation.
 * For a VALUE use cel_env_dyn_var(). False: name taken or no identifier, ref unknown. */
bool cel_env_var(
    struct cel_env *env, const char *name, const struct cel_cell *cell, uint32_t slot) CEL_MUST_CHECK;

/* Declares a variable whose slot points at a struct cel_value; `type` in CEL notation:
 * "map(string, list(int))", "dyn", "timestamp", ... False: bad type text, or as cel_env_var(). */
bool cel_env_dyn_var(struct cel_env *env, const char *name, const char *type, uint32_t slot) CEL_MUST_CHECK;

/* The number of slots an activation needs: the highest slot + 1. */
uint32_t cel_env_slots(const struct cel_env *env);

/* A pure host function. `host` is what cel_ctx_set_host() gave; `args` has as many values as the
 * signature. Returns true with *ret, or false: the evaluation of the call is an error with the
 * static text *error. Memory for the result comes from cel_ctx_alloc(). */
typedef bool cel_host_fn(
    struct cel_ctx *ctx, void *host, const struct cel_value *args, struct cel_value *ret, const char **error);

/* Declares a function: signature "pointsOf(string) -> int" or, as a method, "string.shout() -> string".
 * `cost` is its static cost (at least 1). Several signatures may share a name (overloads).
 * `domain` (or 0) restricts every literal string argument to that enum domain, with the same load
 * error as enum fields. False: the signature does not parse, or collides. */
bool cel_env_function(struct cel_env *env, const char *signature, uint32_t domain, cel_host_fn *call,
    uint64_t cost) CEL_MUST_CHECK;

/* ------------------------------------------------------------------------------------------
 * Diagnostics: what is wrong with a source text, where, and what to do
 */

enum cel_diag_code {
    CEL_DIAG_SYNTAX = 1, /* lexer and parser */
    CEL_DIAG_NAME,       /* unknown variable, function or type */
    CEL_DIAG_FIELD,      /* unknown field of a struct */
    CEL_DIAG_TYPE,       /* operand types do not fit, or the result is not what was expected */
    CEL_DIAG_DOMAIN,     /* a literal outside its enum domain; values of different domains compared */
    CEL_DIAG_LITERAL,    /* a literal whose value is bad: number range, regular expression, timestamp, doubled
                            key */
    CEL_DIAG_LIMIT       /* longer, deeper, bigger or dearer than the limits allow */
};

/* One finding. Texts are complete sentences or fragments without final stop, cut at their size. */
struct cel_diag {
    enum cel_diag_code code;
    uint32_t offset;    /* bytes from the source's start to the first byte meant */
    uint32_t end;       /* bytes to just behind it; may equal offset */
    uint32_t line;      /* from 1 */
    uint32_t column;    /* from 1, in code points */
    char message[192];  /* "no field 'metod' in payment" */
    char found[96];     /* what stands there: "metod"; may be "" */
    char expected[128]; /* what could stand there: "one of cash, bank, unknown"; may be "" */
    char remedy[128];   /* "did you mean 'method'?"; may be "" */
};

#define CEL_DIAGS_MAX 8

/* All findings of one source text, in source order; what exceeds CEL_DIAGS_MAX is only counted. */
struct cel_diags {
    uint32_t count; /* of items that are filled */
    uint32_t more;  /* findings that did not fit */
    struct cel_diag items[CEL_DIAGS_MAX];
    struct cel_diag overflow; /* the library's own: the last one that did not fit */
};

/* One line for people: "3:14: no field 'metod' in payment (did you mean 'method'?)". Writes at most
 * size bytes including the final NUL; returns the length it would have. */
size_t cel_diag_format(const struct cel_diag *diag, char *buffer, size_t size);

/* ------------------------------------------------------------------------------------------
 * Program: many expressions, compiled
 */

/* One expression to add. */
struct cel_source {
    const char *id;             /* the caller's label, kept for dumps and cel_expr_id(); may be NULL */
    const char *text;           /* the source */
    size_t text_len;            /* bytes; 0 with a non-NULL text = strlen(text) */
    const char *expected;       /* type the result must have, CEL notation ("bool"); NULL = any */
    const char *const *visible; /* variables it may use, as names; NULL = all of the env */
    size_t visible_count;
};

/* A new, empty program over env. Never NULL. */
struct cel_program *cel_program_new(const struct cel_env *env);

/* Parses, checks and compiles one expression. Returns its index (from 0, without gaps), or -1 with at
 * least one item in *diags; the program is then as before. Not after cel_program_seal(). */
int32_t cel_program_add(
    struct cel_program *program, const struct cel_source *source, struct cel_diags *diags) CEL_MUST_CHECK;

/* Finishes the program: lays out code and literal tables. From here on it is immutable. Idempotent. */
void cel_program_seal(struct cel_program *program);

/* Frees it; no ctx of it may be used any more. NULL is allowed. */
void cel_program_free(struct cel_program *program);

/* The number of expressions. */
uint32_t cel_program_count(const struct cel_program *program);

/* Sets str->id for evaluations with this (sealed) program. Costs one hash; worth it for strings that
 * many conditions compare with literals. The id means nothing to other programs. */
void cel_program_intern(const struct cel_program *program, struct cel_str *str);

/* Writes the compiled code of one expression as text into buffer (NUL-terminated, cut at size); returns
 * the full length. For tests and curiosity; the form is not stable. */
size_t cel_program_dump(const struct cel_program *program, int32_t index, char *buffer, size_t size);

/* ------------------------------------------------------------------------------------------
 * Inspection: what an expression is, reads and costs (for proofs by the host). index: from cel_program_add
 */

/* The label given with cel_program_add() ("" if none); the source text; the deduced type in CEL notation. */
const char *cel_expr_id(const struct cel_program *program, int32_t index);
struct cel_str cel_expr_source(const struct cel_program *program, int32_t index);
const char *cel_expr_type(const struct cel_program *program, int32_t index);

/* Static worst-case cost in steps: every operation 1, a list's operations times its declared maximum,
 * text searches 64, host functions as declared. Saturates at UINT64_MAX. */
uint64_t cel_expr_cost(const struct cel_program *program, int32_t index);

/* One thing that an expression reads. */
struct cel_read {
    const char *variable;  /* the variable the read starts from; "" if it starts from no variable */
    uint32_t slot;         /* that variable's slot */
    const char *structure; /* the host struct's name; NULL: the variable itself is read (a scalar, a list) */
    const char *field;     /* the field's name; NULL with structure */
    uint32_t struct_id;
    uint32_t tag;  /* of the field */
    bool only_has; /* read by has() alone here */
};

/* Calls visit for every variable and every (struct, field) that the expression can read, in source order,
 * repeated if read repeatedly; looks through has(), lists, macros and constant branches that were
 * folded away. visit returning false stops; the result tells whether all were visited. */
bool cel_expr_reads(const struct cel_program *program, int32_t index,
    bool (*visit)(void *user, const struct cel_read *read), void *user);

/* The variables that an expression can read, as a mask: bit n is the one in slot n, bit 63 all from slot 63
 * on. After a change of some variables only the expressions whose mask meets theirs need evaluating. */
uint64_t cel_expr_inputs(const struct cel_program *program, int32_t index);

/* The checked tree. Constants are folded (duration('72h') is a literal); list literals stay LIST nodes. */
enum cel_node_kind {
    CEL_NODE_LITERAL = 1, /* value */
    CEL_NODE_VAR,         /* name, slot; or a macro's own variable: slot is CEL_LOCAL */
    CEL_NODE_FIELD,       /* operand 0 = the struct or map; name */
    CEL_NODE_HAS,         /* has(operand 0 . name) */
    CEL_NODE_INDEX,       /* operand 0 [operand 1] */
    CEL_NODE_NOT,
    CEL_NODE_NEG,
    CEL_NODE_AND,  /* two or more operands */
    CEL_NODE_OR,   /* two or more operands */
    CEL_NODE_COND, /* ?: three operands */
    CEL_NODE_EQ,
    CEL_NODE_NE,
    CEL_NODE_LT,
    CEL_NODE_LE,
    CEL_NODE_GT,
    CEL_NODE_GE,
    CEL_NODE_IN,
    CEL_NODE_ADD,
    CEL_NODE_SUB,
    CEL_NODE_MUL,
    CEL_NODE_DIV,
    CEL_NODE_MOD,
    CEL_NODE_CALL,   /* name; operands: the receiver first, if it is a method */
    CEL_NODE_LIST,   /* operands = elements */
    CEL_NODE_MAP,    /* operands = key, value, key, value, ... */
    CEL_NODE_STRUCT, /* message literal; always refused by the checker */
    CEL_NODE_MACRO,  /* a comprehension: macro, name (and name2) = its variables; operand 0 = the range,
                      * then the predicate and/or the transformation, in source order */
    CEL_NODE_BIND    /* cel.bind(name, operand 0, operand 1); also cel.block, one BIND per element */
};

enum cel_macro {
    CEL_MACRO_ALL = 1,
    CEL_MACRO_EXISTS,
    CEL_MACRO_EXISTS_ONE,
    CEL_MACRO_FILTER,
    CEL_MACRO_MAP,            /* map(x, t): operands range, t; map(x, p, t): range, p, t */
    CEL_MACRO_TRANSFORM_LIST, /* (i, v, t) or (i, v, p, t) */
    CEL_MACRO_TRANSFORM_MAP,
    CEL_MACRO_TRANSFORM_ENTRY,
    CEL_MACRO_SORT_BY,
    CEL_MACRO_OPT_MAP, /* o.optMap(x, t): operands o, t */
    CEL_MACRO_OPT_FLAT_MAP
};

#define CEL_LOCAL      UINT32_MAX
#define CEL_NO_ELEMENT UINT32_MAX

/* Kinds of values. */
enum cel_kind {
    CEL_ERROR = 0,
    CEL_NULL,
    CEL_BOOL,
    CEL_INT,
    CEL_UINT,
    CEL_DOUBLE,
    CEL_STRING,
    CEL_BYTES,
    CEL_TIMESTAMP,
    CEL_DURATION,
    CEL_LIST,
    CEL_MAP,
    CEL_TYPE,
    CEL_OPTIONAL,
    CEL_STRUCT, /* a host struct */
    CEL_OPAQUE, /* a host's opaque value */
    CEL_IP,
    CEL_CIDR
};

/* A boxed value, 16 bytes; plain data, lives as long as what it points at. */
struct cel_value {
    uint8_t kind;  /* enum cel_kind */
    uint8_t flags; /* library's own */
    uint16_t
        ref; /* STRUCT: struct id; OPAQUE: opaque id; ENUM strings: domain id; LIST, MAP: library's own */
    uint32_t aux; /* STRING, BYTES, TYPE: length in bytes; TIMESTAMP: nanoseconds 0 to 999999999;
                   * LIST, MAP: library's own */
    union {
        bool b;
        int64_t i; /* INT; TIMESTAMP: seconds since 1970; DURATION: nanoseconds; OPAQUE */
        uint64_t u;
        double d;
        const char *s; /* STRING, BYTES; TYPE: the type's name; ERROR: static text, NUL-terminated */
        const void *p; /* STRUCT */
        const struct cel_list *list;
        const struct cel_map *map;
        const struct cel_value *opt; /* OPTIONAL: the value, or NULL = none */
        const struct cel_addr *addr; /* IP, CIDR */
    } as;
};

/* A boxed list and a boxed map (keys without duplicates, in no promised order). */
struct cel_list {
    uint64_t count;
    const struct cel_value *items;
};
struct cel_map {
    uint64_t count;
    const struct cel_value *pairs; /* key, value, key, value, ... */
};

/* What a node is; the pointers live as long as the program. */
struct cel_view {
    enum cel_node_kind kind;
    uint32_t start, end;  /* bytes into the source; macros and operators span their operands */
    uint32_t operands;    /* their number: cel_node_operand() */
    const char *type;     /* CEL notation */
    const char *name;     /* VAR FIELD HAS CALL MACRO BIND, else "" */
    const char *name2;    /* MACRO with two variables, else "" */
    enum cel_macro macro; /* MACRO */
    uint32_t slot;        /* VAR */
    uint32_t struct_id;   /* FIELD, HAS on a host struct: its id, else 0 */
    uint32_t field_index; /* ... and the field's index, in declared order */
    uint32_t tag;         /* ... and its tag */
    uint32_t domain; /* an ENUM or ENUM_SET read, or a literal compared with one: the domain's id, else 0 */
    int64_t enum_index;     /* such a literal: its index in the domain, else -1 */
    struct cel_value value; /* LITERAL */
};

const struct cel_node *cel_expr_root(const struct cel_program *program, int32_t index);
struct cel_view cel_node_view(const struct cel_node *node);
/* Operand i, from 0; i < view.operands. */
const struct cel_node *cel_node_operand(const struct cel_node *node, uint32_t i);

/* ------------------------------------------------------------------------------------------
 * Evaluation
 */

enum cel_truth { CEL_IS_FALSE = 0, CEL_IS_TRUE = 1, CEL_IS_ERROR = 2 };

/* An evaluator for a sealed program. Never NULL. */
struct cel_ctx *cel_ctx_new(const struct cel_program *program);
void cel_ctx_free(struct cel_ctx *ctx);

/* What host functions get as `host`; the default is NULL. */
void cel_ctx_set_host(struct cel_ctx *ctx, void *host);

/* Evaluates a condition. slots: cel_env_slots() values; those that the expression does not read may hold
 * anything. Allocates nothing when the condition reads host structs and builds no values. An expression
 * whose value is not a bool gives CEL_IS_ERROR, as does every error: cel_ctx_error() tells. */
enum cel_truth cel_eval_bool(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots) CEL_MUST_CHECK;

/* Evaluates any expression; an error is a value of kind CEL_ERROR. The value may point into the ctx
 * (until its next evaluation), the program, and the slots' memory. */
struct cel_value cel_eval(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots);

/* Evaluates every expression of the program as a condition. Bit n % 64 of word n / 64 tells about expression
 * n: in `fired` whether it is true, in `failed` (which may be NULL) whether it is an error or no bool. Both
 * have (cel_program_count() + 63) / 64 words. */
void cel_eval_all(struct cel_ctx *ctx, const union cel_slot *slots, uint64_t *fired, uint64_t *failed);

/* As cel_eval(), by the reference interpreter that walks the tree: slower, for differential tests. */
struct cel_value cel_eval_reference(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots);

/* The text of the last evaluation's error: "division by zero"; "" if it had none. Names operations and
 * fields, never their values. Where it arose: byte offset into the source. */
const char *cel_ctx_error(const struct cel_ctx *ctx);
uint32_t cel_ctx_error_offset(const struct cel_ctx *ctx);

/* Memory that lives until the ctx's next evaluation, for host functions and callers that build values;
 * aligned to 8; NULL if the arena's limit is reached. */
void *cel_ctx_alloc(struct cel_ctx *ctx, size_t size);

/* ------------------------------------------------------------------------------------------
 * Explanation: what decided
 */

/* One sub-expression that decided the outcome. */
struct cel_reason {
    const struct cel_node *node; /* cel_node_view() gives fields, literals ... */
    uint32_t start, end;         /* its bytes in the source */
    uint32_t depth;              /* 0; +1 inside each macro */
    uint32_t element; /* macro: the index of the list element (of the range, from 0) that decided, and the
                       * reasons of depth + 1 that follow tell why; CEL_NO_ELEMENT: all elements did */
    bool value;       /* what this sub-expression came to */
};

/* Evaluates a condition and fills `ret` (at most max) with the smallest sub-expressions that decided:
 *   a && b   true: the reasons of both; false: the reasons of the first false operand
 *   a || b   true: the reasons of the first true operand; false: of all
 *   !a       the reasons of a;   c ? a : b   the reasons of c, then of the branch taken
 *   exists   true: the macro with its first deciding element, then that element's reasons
 *   all      false: likewise with the first element that fails; exists_one, other outcomes: the macro
 *   else     the sub-expression itself
 * Returns how many reasons there are (may exceed max); 0 when the condition is an error. *truth: the
 * outcome. Slow path: for conditions that fired. */
size_t cel_explain(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots, struct cel_reason *ret,
    size_t max, enum cel_truth *truth);

/* ------------------------------------------------------------------------------------------
 * Values
 */

struct cel_value cel_null(void);
struct cel_value cel_bool(bool b);
struct cel_value cel_int(int64_t i);
struct cel_value cel_uint(uint64_t u);
struct cel_value cel_double(double d);
/* The bytes are not copied. */
struct cel_value cel_string(const char *ptr, size_t len);
struct cel_value cel_bytes(const void *ptr, size_t len);
/* seconds since 1970 within years 1 to 9999, nanos 0 to 999999999. */
struct cel_value cel_timestamp(int64_t seconds, uint32_t nanos);
struct cel_value cel_duration(int64_t nanos);
/* The list or map is not copied, must outlive the value and must not change any more. Nested deeper than
 * 250 it gives an error. Takes time in proportion to the number of its elements. */
struct cel_value cel_list_of(const struct cel_list *list);
struct cel_value cel_map_of(const struct cel_map *map);
/* A type by its name: "int", "google.protobuf.Timestamp", ... (not copied, NUL-terminated). */
struct cel_value cel_type_of(const char *name);
/* An error; text is static. */
struct cel_value cel_error(const char *text);

/* Equality as CEL's ==: numbers on one line, lists and maps deep, different kinds unequal. */
bool cel_value_equal(const struct cel_value *a, const struct cel_value *b);

/* Writes a value in CEL notation (strings quoted) into buffer, NUL-terminated, cut at size; returns the full
 * length. Host structs print as their type's name alone. */
size_t cel_value_format(const struct cel_value *value, char *buffer, size_t size);

/* The value that `text` (RFC 3339 timestamp; duration such as "1h30m") stands for; kind CEL_ERROR if none. */
struct cel_value cel_parse_timestamp(const char *text, size_t len);
struct cel_value cel_parse_duration(const char *text, size_t len);

#ifdef __cplusplus
}
#endif
#endif
