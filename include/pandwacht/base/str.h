/*
 * Text slices. A slice borrows: whoever made the bytes owns them, and they stay put for
 * as long as the slice is used. Slices are not NUL-terminated; U+0000 cannot occur in
 * text that came through a door (it is refused there).
 */
#ifndef PANDWACHT_BASE_STR_H
#define PANDWACHT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>

struct pw_arena;

struct pw_str {
    const char *data; /* never NULL in a valid slice; "" when empty */
    size_t len;       /* octets */
};

/* A slice of a string literal. */
#define PW_STR(literal) ((struct pw_str){"" literal "", sizeof(literal) - 1})
/* For printf: printf("%.*s", PW_STR_ARG(s)). */
#define PW_STR_ARG(s)   (int)(s).len, (s).data

/* The slice of a NUL-terminated string; NULL gives the empty slice. */
struct pw_str pw_str_z(const char *z);
bool pw_str_eq(struct pw_str a, struct pw_str b);
/* Compares with a NUL-terminated string. */
bool pw_str_is(struct pw_str a, const char *z);
/* Order by octets (for UTF-8: by code point); <0, 0, >0. */
int pw_str_cmp(struct pw_str a, struct pw_str b);
bool pw_str_has_prefix(struct pw_str s, struct pw_str prefix);
bool pw_str_has_suffix(struct pw_str s, struct pw_str suffix);
/* Without leading and trailing ASCII blanks (space, tab, CR, LF). */
struct pw_str pw_str_trim(struct pw_str s);
/* Cuts at the first `at`: true and both halves without it, or false and `*ret_head` = s. */
bool pw_str_cut(struct pw_str s, char at, struct pw_str *ret_head, struct pw_str *ret_tail);
/* Copies into the arena, NUL-terminated behind the slice so that `.data` is a C string too. */
struct pw_str pw_str_dup(struct pw_arena *arena, struct pw_str s);
/* printf into the arena; NUL-terminated likewise. */
struct pw_str pw_str_printf(struct pw_arena *arena, const char *fmt, ...) PW_PRINTF(2, 3);
/* Decimal integer, whole slice, optional '-'; false when empty, malformed or out of range. */
bool pw_str_to_i64(struct pw_str s, int64_t *ret) PW_MUST_CHECK;
/* 64-bit FNV-1a; for maps and shards, never for security. */
uint64_t pw_str_hash(struct pw_str s);
/* Whether the octets are well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms). */
bool pw_utf8_valid(struct pw_str s);
/* Number of code points of well-formed UTF-8. */
size_t pw_utf8_length(struct pw_str s);

#endif
