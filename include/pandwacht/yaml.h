/*
 * yaml: strict reading of the house's own files (rules, declarations, configuration). Hides
 * libyaml.
 *
 * Strict means: one document; no doubled keys, anchors, aliases, tags or directives; bounded
 * depth and size; keys are plain or quoted scalars. Whatever is refused is named by file, line
 * and column with the remedy. Every node keeps its place, so that readers above can do the same
 * for what they refuse. Nothing guesses types: a plain scalar becomes a bool, a number or a
 * string when the reader asks for one (`no` is only false where a bool is read, and `1.0`
 * stays text where a string is).
 */
#ifndef PANDWACHT_YAML_H
#define PANDWACHT_YAML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base.h>

enum pw_yaml_kind { PW_YAML_SCALAR, PW_YAML_LIST, PW_YAML_MAP };

struct pw_yaml;

struct pw_yaml_pair {
    const struct pw_yaml *key; /* a scalar */
    const struct pw_yaml *value;
};

/* A node; read-only, owned by the arena it was loaded into. */
struct pw_yaml {
    enum pw_yaml_kind kind;
    bool plain;                       /* scalar without quotes or block style */
    const char *file;                 /* as given when loading */
    unsigned line;                    /* from 1 */
    unsigned column;                  /* from 1 */
    size_t count;                     /* of items or pairs */
    struct pw_str text;               /* SCALAR; NUL-terminated behind */
    const struct pw_yaml **items;     /* LIST */
    const struct pw_yaml_pair *pairs; /* MAP, in the order of the text */
};

struct pw_yaml_limits {
    unsigned depth;  /* 0 = 32 */
    size_t max_size; /* octets; 0 = 4 MiB */
    size_t nodes;    /* 0 = 200000 */
};

/* Parses `text`; `file` names it in errors and is copied. An empty document is an empty map. */
bool pw_yaml_parse(struct pw_arena *arena, struct pw_str text, const char *file,
    const struct pw_yaml_limits *limits, const struct pw_yaml **ret, struct pw_err *err) PW_MUST_CHECK;
/* Reads a whole file of at most `max` octets into the arena (PW_ERR_IO, PW_ERR_LIMIT). */
bool pw_yaml_slurp(struct pw_arena *arena, const char *path, size_t max, struct pw_str *ret,
    struct pw_err *err) PW_MUST_CHECK;
/* The two at once. */
bool pw_yaml_load(struct pw_arena *arena, const char *path, const struct pw_yaml_limits *limits,
    const struct pw_yaml **ret, struct pw_err *err) PW_MUST_CHECK;

/* A text file of a rules directory, read or out of a stored bundle. */
struct pw_file {
    struct pw_str name; /* relative to the directory: "facts/tip.yaml" */
    struct pw_str text;
};

/* All *.yaml files below `dir` (at most 3 levels, 1000 files, 4 MiB each), sorted by name. Hidden
 * files are passed over. */
bool pw_yaml_read_dir(struct pw_arena *arena, const char *dir, struct pw_file **ret, size_t *ret_count,
    struct pw_err *err) PW_MUST_CHECK;

/* Fails at the node's place with PW_ERR_SYNTAX. */
bool pw_yaml_fail(const struct pw_yaml *node, struct pw_err *err, const char *fmt, ...) PW_PRINTF(3, 4);

/* The value under `key`, or NULL when absent (or node is NULL or no map). */
const struct pw_yaml *pw_yaml_get(const struct pw_yaml *node, const char *key);
/* The same; absent is an error at the map's place. */
bool pw_yaml_need(const struct pw_yaml *node, const char *key, const struct pw_yaml **ret,
    struct pw_err *err) PW_MUST_CHECK;
/* Each fails with the place and what was expected. */
bool pw_yaml_need_map(const struct pw_yaml *node, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_need_list(const struct pw_yaml *node, struct pw_err *err) PW_MUST_CHECK;
/* A fault for the first key outside the NULL-ended list, with "did you mean". */
bool pw_yaml_known(const struct pw_yaml *map, const char *const *keys, struct pw_err *err) PW_MUST_CHECK;
/* The nearest of the NULL-ended list by edits (at most 2, or a third of its length), or NULL. */
const char *pw_did_you_mean(struct pw_str word, const char *const *words);

/* Typed reading of a scalar. Bool: true/false/yes/no (plain). Integers: decimal. Milli: a decimal
 * number with at most 3 decimals, as thousandths. Choice: an index into the NULL-ended list. */
bool pw_yaml_str(const struct pw_yaml *node, struct pw_str *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_bool(const struct pw_yaml *node, bool *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_i64(
    const struct pw_yaml *node, int64_t min, int64_t max, int64_t *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_double(const struct pw_yaml *node, double *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_milli(
    const struct pw_yaml *node, int64_t min, int64_t max, int64_t *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_day(const struct pw_yaml *node, pw_day *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_choice(
    const struct pw_yaml *node, const char *const *choices, size_t *ret, struct pw_err *err) PW_MUST_CHECK;

/* Optional members of a map: absent leaves *ret as it is and succeeds. */
bool pw_yaml_opt_str(
    const struct pw_yaml *map, const char *key, struct pw_str *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_opt_bool(
    const struct pw_yaml *map, const char *key, bool *ret, struct pw_err *err) PW_MUST_CHECK;
bool pw_yaml_opt_i64(const struct pw_yaml *map, const char *key, int64_t min, int64_t max, int64_t *ret,
    struct pw_err *err) PW_MUST_CHECK;

/* A text in both languages: a map {nl: ..., en: ...}, both required. */
struct pw_text {
    struct pw_str nl, en;
};
bool pw_yaml_text(const struct pw_yaml *node, struct pw_text *ret, struct pw_err *err) PW_MUST_CHECK;

#endif
