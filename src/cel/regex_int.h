/*
 * regex_int.h: what the regex_*.c files share: the pattern's tree and its automaton.
 *
 * pattern -> regex_parse.c -> tree -> regex_compile.c -> instructions -> regex_match.c
 */
#ifndef CEL_REGEX_INT_H
#define CEL_REGEX_INT_H

#include "cel_int.h"

#define REGEX_SOURCE_MAX 4096u  /* bytes of a pattern */
#define REGEX_DEPTH_MAX  100u   /* groups in groups */
#define REGEX_REPEAT_MAX 1000u  /* as RE2 has it */
#define REGEX_CODE_MAX   10000u /* instructions */

/* A set of code points as sorted, disjoint ranges. */
struct regex_range {
    uint32_t low, high;
};
struct regex_class {
    struct regex_range *ranges;
    uint32_t count;
};

void regex_class_add(struct cel_arena *arena, struct regex_class *class, uint32_t low, uint32_t high);
/* Sorts and merges. */
void regex_class_close(struct regex_class *class);
void regex_class_negate(struct cel_arena *arena, struct regex_class *class);
/* regex_fold.c: adds the other cases of every letter. */
void regex_class_fold(struct cel_arena *arena, struct regex_class *class);
/* d w s (Perl), or a POSIX name such as "alpha"; false: unknown. */
bool regex_class_named(
    struct cel_arena *arena, struct regex_class *class, const char *name, size_t len, bool negated);

enum regex_kind { REGEX_EMPTY, REGEX_CLASS, REGEX_CAT, REGEX_ALT, REGEX_REPEAT, REGEX_ASSERT };

enum regex_assert { /* bits: what holds at a position */
    REGEX_BEGIN_TEXT = 1,
    REGEX_END_TEXT = 2,
    REGEX_BEGIN_LINE = 4,
    REGEX_END_LINE = 8,
    REGEX_WORD_BOUNDARY = 16,
    REGEX_NO_WORD_BOUNDARY = 32
};

struct regex_node {
    enum regex_kind kind;
    struct regex_class class;
    struct regex_node **kids; /* CAT, ALT: count; REPEAT: one */
    uint32_t count;
    uint32_t min, max; /* REPEAT; max UINT32_MAX = no end */
    uint8_t assert;
};

/* NULL: *error and *at tell. */
struct regex_node *regex_parse(
    struct cel_arena *arena, const char *pattern, size_t len, const char **error, uint32_t *at);

enum regex_op { REGEX_BYTE, REGEX_SPLIT, REGEX_CHECK, REGEX_MATCH };

struct regex_ins {
    uint8_t op;
    uint8_t low, high; /* BYTE; CHECK: low = the assertion */
    uint32_t next, other;
};

struct cel_regex {
    struct regex_ins *code;
    uint32_t count, start;
    uint32_t number;       /* among the automata of a ctx */
    uint8_t class_of[256]; /* bytes that no instruction tells apart share a class */
    uint32_t classes;      /* their number, without "end of text" */
    bool asserts;          /* there are assertions about lines or words */
};

#endif
