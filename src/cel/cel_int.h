/*
 * cel_int.h: what the files of libcel share. Not installed.
 *
 * The pipeline, one file (or a few) each:
 *   lexer -> parser (macros.c) -> check (types, env, overloads) -> fold -> cost -> compile -> vm
 *   walk is the reference interpreter over the checked tree; it knows the whole language. The vm
 *   runs what hosts' conditions use and leaves to walk whatever it cannot finish.
 */
#ifndef CEL_INT_H
#define CEL_INT_H

#include <cel/cel.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#define CEL_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CEL_DEPTH_MAX    250u /* hard limit: the walkers recurse that deep at most */
#define CEL_SLOTS_MAX    4096u
#define CEL_ARGS_MAX     16u /* arguments of a function, bar variadic ones, which come as one list */

/* ---- arena.c: memory that goes all at once ---- */

struct cel_chunk;
struct cel_arena {
    struct cel_chunk *head;
    char *next, *end; /* the free part of head */
    size_t taken;     /* bytes handed out, rounded */
    size_t limit;     /* 0 = none; beyond it cel_arena_try() gives NULL */
    jmp_buf *escape;  /* where cel_arena_get() goes without memory; NULL: the process ends */
};
struct cel_mark {
    struct cel_chunk *head;
    char *next;
    size_t taken;
};

void cel_arena_init(struct cel_arena *arena, size_t limit);
void cel_arena_release(struct cel_arena *arena);
/* Keeps the largest chunk for reuse. */
void cel_arena_reset(struct cel_arena *arena);
/* Zeroed, aligned to 16. NULL beyond the limit, or when the system has no memory. */
void *cel_arena_try(struct cel_arena *arena, size_t size);
/* The same, never NULL: see escape. */
void *cel_arena_get(struct cel_arena *arena, size_t size);
char *cel_arena_text(struct cel_arena *arena, const char *ptr, size_t len);
struct cel_mark cel_arena_mark(const struct cel_arena *arena);
void cel_arena_rewind(struct cel_arena *arena, struct cel_mark mark);
/* Makes room for one more item in an array of `count` items that grows by doubling at powers of two. */
void *cel_arena_grow(struct cel_arena *arena, void *items, size_t count, size_t size);

/* ---- utf8.c ---- */

/* Decodes the code point at *at (< end), moves *at behind it; -1 on malformed bytes (moves one byte). */
int32_t cel_utf8_next(const char **at, const char *end);
/* Writes code point cp, at most 4 bytes; returns how many. */
uint32_t cel_utf8_put(char *out, uint32_t cp);
bool cel_utf8_valid(const char *ptr, size_t len);
uint64_t cel_utf8_count(const char *ptr, size_t len);

/* ---- types.c ---- */

/* Type kinds beyond enum cel_kind. CEL_ERROR stands for "already reported": fits everything. */
enum { CEL_T_DYN = 32, CEL_T_PARAM, CEL_T_WRAPPER, CEL_T_MORE };

struct cel_type {
    uint8_t kind; /* enum cel_kind or the above */
    uint32_t ref; /* STRING: enum domain or 0; STRUCT, OPAQUE: id; PARAM: number */
    /* LIST OPTIONAL TYPE: a; MAP: key a, value b; OPAQUE: first parameter a, the others a chain of MORE, b */
    const struct cel_type *a, *b;
};

extern const struct cel_type cel_t_error, cel_t_dyn, cel_t_null, cel_t_bool, cel_t_int, cel_t_uint,
    cel_t_double, cel_t_string, cel_t_bytes, cel_t_timestamp, cel_t_duration, cel_t_ip, cel_t_cidr;

const struct cel_type *cel_type_make(
    struct cel_arena *arena, uint8_t kind, uint32_t ref, const struct cel_type *a, const struct cel_type *b);
/* Parses CEL notation; capital single letters are parameters when params. NULL: does not parse. *at moves. */
const struct cel_type *cel_type_parse(
    struct cel_env *env, struct cel_arena *arena, const char **at, const char *end, bool params);
/* CEL notation into buffer, cut at size; returns the full length. */
size_t cel_type_format(const struct cel_env *env, const struct cel_type *type, char *buffer, size_t size);
const char *cel_type_text(const struct cel_env *env, struct cel_arena *arena, const struct cel_type *type);
bool cel_type_same(const struct cel_type *x, const struct cel_type *y);

/* The substitution of type parameters while one expression is checked. */
struct cel_subst {
    struct cel_arena *arena;
    const struct cel_type **bound; /* by parameter number; NULL = free */
    uint32_t count, room;
};
uint32_t cel_subst_fresh(struct cel_subst *subst);
/* Can a value of type `from` stand where `to` is wanted? Binds parameters; on false they are as before. */
bool cel_type_fits(struct cel_subst *subst, const struct cel_type *to, const struct cel_type *from);
/* Replaces bound parameters; free ones become dyn when final. */
const struct cel_type *cel_type_apply(struct cel_subst *subst, const struct cel_type *type, bool final);
/* The common type of two alternatives, dyn when they have none. */
const struct cel_type *cel_type_join(
    struct cel_subst *subst, const struct cel_type *x, const struct cel_type *y);
/* The type name that type(v) shows for a value. */
const char *cel_kind_name(uint8_t kind);

/* ---- env.c, overloads.c ---- */

struct cel_domain {
    const char *name;
    const struct cel_str *values;
    uint32_t count;
};
struct cel_member { /* a field of a host struct */
    struct cel_field field;
    const struct cel_type *type;
};
struct cel_record { /* a host struct */
    const char *name;
    size_t size;
    struct cel_member *fields;
    uint32_t count;
};
struct cel_var {
    const char *name;
    struct cel_cell cell;
    const struct cel_type *type;
    uint32_t slot;
};

typedef struct cel_value cel_fn(struct cel_ctx *ctx, const struct cel_value *args, uint32_t count);

/* A row of a function table: what stdlib_*.c declare. */
struct cel_def {
    const char *signature; /* "string.contains(string) -> bool"; operators "_+_(int, int) -> int" */
    cel_fn *fn;            /* NULL: an operator, evaluated by walk.c */
    uint32_t lib;          /* enum cel_lib bit; 0 = always there */
    uint32_t cost;         /* static cost: CEL_COST_TEXT ... or a number */
};
enum { CEL_COST_TEXT = 64 }; /* assumed cost of looking through a text */

struct cel_overload {
    const char *name; /* without receiver; "math.abs" whole */
    bool member;      /* params[0] is the receiver */
    bool variadic;    /* the last parameter may come any number of times, at least once */
    uint32_t count;
    const struct cel_type *params[CEL_ARGS_MAX];
    const struct cel_type *result;
    uint32_t type_params; /* how many distinct ones */
    uint32_t domain;      /* host function's literal domain */
    uint64_t cost;
    cel_fn *fn;
    cel_host_fn *host;
};
/* The overloads of one name. */
struct cel_group {
    const char *name;
    const struct cel_overload **items;
    uint32_t count;
};

struct cel_env {
    struct cel_arena arena;
    struct cel_env_options options;
    const char *error;
    struct cel_domain *domains;
    uint32_t domain_count;
    const char **opaques;
    uint32_t opaque_count;
    struct cel_record *records;
    uint32_t record_count;
    struct cel_var *vars;
    uint32_t var_count, slot_count;
    struct cel_group *groups; /* sorted by name */
    uint32_t group_count;
};

extern const struct cel_def cel_defs_core[], cel_defs_time[], cel_defs_strings[], cel_defs_format[],
    cel_defs_math[], cel_defs_lists[], cel_defs_encoders[], cel_defs_optionals[], cel_defs_network[];

bool cel_overloads_load(struct cel_env *env, const struct cel_def *defs);
bool cel_overload_add(struct cel_env *env, const char *signature, cel_fn *fn, cel_host_fn *host,
    uint32_t domain, uint64_t cost);
const struct cel_group *cel_group_find(const struct cel_env *env, const char *name);
const struct cel_var *cel_var_find(const struct cel_env *env, const char *name, size_t len);
const struct cel_record *cel_record_get(const struct cel_env *env, uint32_t id);
const struct cel_member *cel_member_find(const struct cel_record *record, const char *name, size_t len);
const struct cel_domain *cel_domain_get(const struct cel_env *env, uint32_t id);
/* The index of a value in a domain, -1 = none. */
int64_t cel_domain_index(const struct cel_domain *domain, const char *ptr, size_t len);
bool cel_is_identifier(const char *text, size_t len);
bool cel_is_dotted(const char *text);
/* Bytes of one cell (or list element) of host memory. */
size_t cel_host_size(const struct cel_env *env, enum cel_host host, uint32_t ref);

/* ---- diag.c ---- */

struct cel_text { /* a source and where findings about it go */
    const char *ptr;
    size_t len;
    struct cel_diags *diags;
};
/* Adds a finding at bytes start..end; returns it for found, expected, remedy to be filled (never NULL). */
struct cel_diag *cel_diag_add(struct cel_text *text, enum cel_diag_code code, uint32_t start, uint32_t end,
    const char *format, ...) __attribute__((format(printf, 5, 6)));
/* printf into one of its char arrays. */
void cel_diag_text(char *field, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Proposes the nearest name: feed candidates, then write "did you mean 'x'?" into the finding. */
struct cel_suggest {
    const char *wanted;
    size_t len;
    char best[64];
    unsigned distance;
};
void cel_suggest_init(struct cel_suggest *suggest, const char *wanted, size_t len);
void cel_suggest_try(struct cel_suggest *suggest, const char *name);
void cel_suggest_into(const struct cel_suggest *suggest, struct cel_diag *diag);

/* ---- lexer.c ---- */

enum cel_token_kind {
    CEL_TOK_END,
    CEL_TOK_ERROR, /* reported already */
    CEL_TOK_IDENT,
    CEL_TOK_QUOTED, /* `back-ticked` field name */
    CEL_TOK_INT,    /* text kept: the parser folds the sign */
    CEL_TOK_UINT,
    CEL_TOK_DOUBLE,
    CEL_TOK_STRING,
    CEL_TOK_BYTES,
    CEL_TOK_TRUE,
    CEL_TOK_FALSE,
    CEL_TOK_NULL,
    CEL_TOK_IN,
    CEL_TOK_EQ,
    CEL_TOK_NE,
    CEL_TOK_LE,
    CEL_TOK_LT,
    CEL_TOK_GE,
    CEL_TOK_GT,
    CEL_TOK_AND,
    CEL_TOK_OR,
    CEL_TOK_PUNCT /* one of ( ) [ ] { } . , : ? + - * / % ! : in `punct` */
};
struct cel_token {
    enum cel_token_kind kind;
    uint32_t start, end;
    char punct;
    const char *ptr; /* IDENT QUOTED: the name; STRING BYTES: the decoded contents */
    size_t len;
    double d;   /* DOUBLE */
    uint64_t u; /* INT: magnitude; UINT */
};
struct cel_lexer {
    struct cel_text *text;
    struct cel_arena *arena;
    uint32_t at;
};
struct cel_token cel_lex_next(struct cel_lexer *lexer);
bool cel_is_reserved(const char *ptr, size_t len);

/* ---- number.c: texts of doubles, in no locale ---- */

/* Digits with a point and/or exponent; anything strtod takes is taken. */
double cel_parse_double(const char *text, size_t len);
/* The same, false unless all of text is one number. */
bool cel_read_double(const char *text, size_t len, double *ret);
/* printf of one double with a '.' whatever the locale says. */
size_t cel_print_double(char *buffer, size_t size, const char *format, int precision, double d);

/* ---- ast.c, parser.c, macros.c ---- */

enum {                    /* node flags */
    CEL_F_OPTIONAL = 1,   /* FIELD, INDEX: .? and [?] */
    CEL_F_ROOTED = 2,     /* VAR, CALL: written with a leading dot */
    CEL_F_MEMBER = 4,     /* CALL: operand 0 is the receiver */
    CEL_F_QUOTED = 8,     /* FIELD: in back-ticks, so never part of a dotted name */
    CEL_F_PREDICATE = 16, /* MACRO: operand 1 is a predicate before the transformation */
    CEL_F_ENTRY = 64,     /* an element of LIST, a key of MAP: written ?e */
    CEL_F_BAD = 32        /* unchecked mode: evaluating it is the error named by `name` */
};

struct cel_regex;

struct cel_node {
    uint8_t kind; /* enum cel_node_kind */
    uint8_t flags;
    uint8_t macro;
    uint16_t height; /* 1 for a leaf */
    uint32_t start, end;
    uint32_t count;
    struct cel_node **kids;
    const struct cel_type *type;
    const char *type_text; /* for cel_node_view() */
    const char *name, *name2;
    uint32_t name_start;             /* where the name stands, for findings */
    struct cel_value value;          /* LITERAL */
    const struct cel_var *var;       /* VAR of the env */
    uint32_t local, local2;          /* VAR of a macro, MACRO, BIND: number of the local; else CEL_LOCAL */
    const struct cel_member *member; /* FIELD, HAS over a host struct */
    uint32_t struct_id;              /* its struct */
    uint32_t member_index;           /* and the field's place in it */
    const struct cel_group *group;   /* CALL */
    const struct cel_overload *overload; /* CALL: the only one that can fit, or NULL: by run-time kinds */
    uint32_t domain;
    int64_t enum_index;
    uint64_t cost;
    const struct cel_regex *extra; /* CALL matches: the compiled constant pattern */
};

struct cel_parse {
    struct cel_env const *env;
    struct cel_arena *arena;
    struct cel_text text;
    struct cel_lexer lexer;
    struct cel_token token; /* the next one */
    uint32_t nodes, depth;
    bool failed;
};
/* The tree of a source; NULL: findings tell. */
struct cel_node *cel_parse_source(const struct cel_env *env, struct cel_arena *arena, struct cel_text *text);
struct cel_node *cel_node_new(
    struct cel_parse *parse, enum cel_node_kind kind, uint32_t start, uint32_t end, uint32_t count);
/* Recomputes height and span from the operands; a finding if too high. */
struct cel_node *cel_node_close(struct cel_parse *parse, struct cel_node *node);
/* Turns a parsed call into a macro node if it is one; NULL: it is a plain call (or failed is set). */
struct cel_node *cel_macro_expand(struct cel_parse *parse, struct cel_node *call);

/* ---- check.c, fold.c, cost.c ---- */

struct cel_scope { /* a macro's variable while its body is checked */
    const char *name;
    const struct cel_type *type;
    uint32_t local;
    struct cel_scope *outer;
};
struct cel_check {
    const struct cel_env *env;
    struct cel_arena *arena;
    struct cel_text *text;
    struct cel_subst subst;
    struct cel_scope *scope;
    const struct cel_source *source;
    uint32_t locals, locals_max;
    struct cel_diag ignored; /* unchecked mode writes its findings here */
    bool failed;
};
/* Resolves names and types in place; false: findings tell. */
bool cel_check_tree(struct cel_check *check, struct cel_node *root, const struct cel_type *expected);
/* The type of one node, its operands' first. In unchecked mode always dyn. */
const struct cel_type *cel_check_node(struct cel_check *check, struct cel_node *node);
struct cel_diag *cel_check_fail(struct cel_check *check, struct cel_node *node, enum cel_diag_code code,
    uint32_t start, uint32_t end, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* check_names.c: a chain of names that is a variable or a type becomes one node; a VAR is resolved. */
bool cel_check_dotted(struct cel_check *check, struct cel_node *node);
const struct cel_type *cel_check_var(struct cel_check *check, struct cel_node *node);
const struct cel_group *cel_check_function(struct cel_check *check, struct cel_node *call);
/* check_calls.c: picks among overloads; operators have groups of their own ("_+_"). */
const struct cel_type *cel_check_call(struct cel_check *check, struct cel_node *call);
const struct cel_type *cel_check_operator(struct cel_check *check, struct cel_node *node);
/* check_macros.c */
const struct cel_type *cel_check_macro(struct cel_check *check, struct cel_node *node);
const struct cel_type *cel_check_bind(struct cel_check *check, struct cel_node *node);
/* check_domains.c: enum literals and domains on both sides of ==, !=, in; literals given to host functions.
 */
void cel_check_domains(struct cel_check *check, struct cel_node *node);
void cel_check_domain_args(struct cel_check *check, struct cel_node *call);

struct cel_program;
bool cel_fold_tree(struct cel_program *program, struct cel_text *text, struct cel_node *root);
uint64_t cel_cost_tree(const struct cel_env *env, struct cel_node *root);

/* ---- program.c ---- */

struct cel_expr {
    const char *id;
    struct cel_str source;
    const char *type;
    struct cel_node *root;
    uint64_t cost;
    uint32_t locals;
    uint32_t entry;       /* first instruction, or that of one that bails */
    uint32_t code_end;    /* behind the last */
    const uint32_t *used; /* slots that the code reads */
    uint32_t used_count;
};

struct cel_intern {
    const char *ptr;
    uint32_t len, id, hash;
};
struct cel_ins;
struct cel_program {
    const struct cel_env *env;
    struct cel_arena arena;
    struct cel_expr *exprs;
    uint32_t count;
    bool sealed;
    uint32_t locals_max, regs_max, regex_count;
    struct cel_ins *code; /* the first instruction bails */
    uint32_t code_count;
    uint32_t *entries; /* of all expressions */
    char *pool;        /* constants of the code */
    uint32_t pool_size;
    struct cel_intern *interns; /* open addressing, room a power of two */
    uint32_t intern_count, intern_room;
    struct cel_ctx *scratch; /* evaluates constants while folding */
};
uint32_t cel_intern_id(struct cel_program *program, const char *ptr, uint32_t len);
/* Forgets the literals that were interned behind the first intern_count. */
void cel_interns_cut(struct cel_program *program);

struct cel_tz;
struct cel_dfa;
struct cel_ctx {
    const struct cel_program *program;
    struct cel_arena arena;
    void *host;
    const union cel_slot *slots;
    struct cel_value *locals;
    union cel_slot *regs;
    uint64_t *bailed; /* a bit an expression, for cel_eval_all() */
    uint64_t steps, steps_max;
    const char *error_text; /* of the last error that arose, and where */
    uint32_t error_at;
    bool exhausted;         /* out of steps or memory: no operator may absorb it */
    bool failed;            /* the last evaluation was an error */
    bool folding;           /* constants only: variables are errors */
    struct cel_arena cache; /* time zones and automata, kept between evaluations */
    struct cel_tz *zones;
    struct cel_dfa **dfas; /* by regex number */
    uint32_t dfa_count;
};

/* ---- walk.c: the reference interpreter ---- */

struct cel_value cel_walk(struct cel_ctx *ctx, const struct cel_node *node);
/* Reads a cell of host memory as a boxed value. */
struct cel_value cel_cell_read(
    struct cel_ctx *ctx, const struct cel_cell *cell, const void *at, const void *count_at);
struct cel_value cel_slot_read(struct cel_ctx *ctx, const struct cel_var *var);
bool cel_member_present(const struct cel_member *member, const void *record);
struct cel_value cel_member_read(struct cel_ctx *ctx, const struct cel_member *member, const void *record);
struct cel_value cel_walk_macro(struct cel_ctx *ctx, const struct cel_node *node);
/* text.matches(a constant pattern) */
struct cel_value cel_call_matches(
    struct cel_ctx *ctx, const struct cel_value *text, const struct cel_regex *regex);
/* One step of the budget; false: exhausted. */
static inline bool cel_step(struct cel_ctx *ctx, uint64_t n)
{
    ctx->steps += n;
    if (ctx->steps <= ctx->steps_max)
        return true;
    ctx->exhausted = true;
    return false;
}
void *cel_ctx_get(struct cel_ctx *ctx, size_t size);
/* The error of an evaluation that ran out of steps or memory. */
const char *cel_spent(const struct cel_ctx *ctx);
void cel_ctx_begin(struct cel_ctx *ctx, const union cel_slot *slots);

/* ---- vm.c, compile.c ---- */

/* Some conditions to run one after another: bit n of `fired` and `bailed` is the n-th. */
struct cel_run {
    const uint32_t *entries;
    uint32_t count;   /* at least 1 */
    uint64_t *fired;  /* written */
    uint64_t *bailed; /* added to: leave it to the reference interpreter */
};

/* Conditions within the vm's reach get code; the entry of others bails. */
void cel_compile(struct cel_program *program, struct cel_expr *expr);
/* The registers hold the slots that the conditions read. */
void cel_vm_run(struct cel_ctx *ctx, struct cel_run *run);
/* Points a new ctx's registers at what never changes. */
void cel_vm_prepare(struct cel_ctx *ctx);

/* ---- values.c, order.c, arith.c ---- */

extern const char cel_e_overload[], cel_e_overflow[], cel_e_div_zero[], cel_e_mod_zero[], cel_e_range[],
    cel_e_key[], cel_e_field[], cel_e_index[], cel_e_steps[], cel_e_memory[], cel_e_bool[],
    cel_e_null_struct[];
static inline bool cel_is_error(const struct cel_value *v)
{
    return v->kind == CEL_ERROR;
}
/* Numbers on one line: -1 0 1, or 2 = unordered (NaN). Both must be INT, UINT or DOUBLE. */
int cel_number_compare(const struct cel_value *a, const struct cel_value *b);
/* <, > of equal kinds (or numbers): -1 0 1, 2 = never true (NaN), 3 = no such overload. */
int cel_value_compare(const struct cel_value *a, const struct cel_value *b);
int cel_bytes_compare(const char *a, size_t alen, const char *b, size_t blen);
struct cel_value cel_arith(
    struct cel_ctx *ctx, enum cel_node_kind op, const struct cel_value *a, const struct cel_value *b);
struct cel_value cel_negate(const struct cel_value *a);
/* v in list or map; error otherwise. */
struct cel_value cel_value_in(const struct cel_value *v, const struct cel_value *in);
struct cel_value cel_value_index(const struct cel_value *from, const struct cel_value *key);
/* The map's value under key, or NULL. */
const struct cel_value *cel_map_find(const struct cel_value *map, const struct cel_value *key);
bool cel_may_be_key(const struct cel_value *key);
/* value.flags of a MAP: its pairs are sorted by key (cel_make_map), so look-up is binary. */
#define CEL_V_SORTED 1
/* What going through all of a value costs, in steps; parts that are shared count each time. */
uint64_t cel_weight(const struct cel_value *v);
struct cel_value cel_make_list(struct cel_ctx *ctx, const struct cel_value *items, uint64_t count);
/* Sorts the pairs in place; an error if a key is doubled or of a wrong kind. */
struct cel_value cel_make_map(struct cel_ctx *ctx, struct cel_value *pairs, uint64_t count);
struct cel_value cel_make_string(struct cel_ctx *ctx, const char *ptr, size_t len); /* copies */
struct cel_value cel_optional(struct cel_ctx *ctx, const struct cel_value *value);  /* NULL = none */
bool cel_is_zero_value(const struct cel_value *v);
/* Shortest text that reads back as d, in CEL notation. */
size_t cel_double_text(double d, char *buffer, size_t size);

size_t cel_addr_text(const struct cel_addr *addr, char *buffer, size_t size);
bool cel_addr_equal(const struct cel_addr *a, const struct cel_addr *b);

/* Text under construction in the ctx's arena. */
struct cel_buf {
    struct cel_ctx *ctx;
    char *ptr;
    size_t len, room;
    bool failed;
};
void cel_buf_put(struct cel_buf *buf, const char *ptr, size_t len);
void cel_buf_char(struct cel_buf *buf, char c);
void cel_buf_code_point(struct cel_buf *buf, uint32_t cp);
struct cel_value cel_buf_string(struct cel_buf *buf);

/* ---- time.c, tz.c ---- */

#define CEL_TIME_MIN (-62135596800) /* 0001-01-01T00:00:00Z */
#define CEL_TIME_MAX 253402300799   /* 9999-12-31T23:59:59Z */
#define CEL_NS       1000000000

struct cel_civil {
    int64_t year;
    int month, day, hour, minute, second; /* month 1-12, day 1-31 */
    int weekday, yearday;                 /* 0 = Sunday; 0 = January 1st */
};
struct cel_civil cel_civil_from(int64_t seconds);
int64_t cel_civil_days(int64_t year, int month, int day);
size_t cel_timestamp_text(int64_t seconds, uint32_t nanos, char *buffer, size_t size);
size_t cel_duration_text(int64_t nanos, char *buffer, size_t size);
/* Seconds east of UTC at that moment in a zone ("Europe/Amsterdam", "+02:00"); false: no such zone. */
bool cel_tz_offset(struct cel_ctx *ctx, const char *zone, size_t len, int64_t at, int32_t *ret_seconds);

/* ---- regex_*.c: the RE2 subset, linear time ---- */

/* Compiles; NULL with *error (static) and *at set. Lives in the arena. */
struct cel_regex *cel_regex_compile(
    struct cel_arena *arena, const char *pattern, size_t len, const char **error, uint32_t *at);
/* Gives it its place among the automata of a ctx. */
void cel_regex_number(struct cel_regex *regex, uint32_t number);
/* Is there a match anywhere in text? false with *failed when memory or steps run out. */
bool cel_regex_search(
    struct cel_ctx *ctx, const struct cel_regex *regex, const char *text, size_t len, bool *failed);
/* The automata's cache of a ctx, dropped with it. */
void cel_regex_release(struct cel_ctx *ctx);

#endif
