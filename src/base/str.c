/* Text slices and UTF-8; see str.h for who owns what. */
#include <pandwacht/base/str.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <pandwacht/base/arena.h>

struct pw_str pw_str_z(const char *z)
{
    if (z == NULL)
        return PW_STR("");
    return (struct pw_str){z, strlen(z)};
}

bool pw_str_eq(struct pw_str a, struct pw_str b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

bool pw_str_is(struct pw_str a, const char *z)
{
    return pw_str_eq(a, pw_str_z(z));
}

int pw_str_cmp(struct pw_str a, struct pw_str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = memcmp(a.data, b.data, common);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool pw_str_has_prefix(struct pw_str s, struct pw_str prefix)
{
    return s.len >= prefix.len && memcmp(s.data, prefix.data, prefix.len) == 0;
}

bool pw_str_has_suffix(struct pw_str s, struct pw_str suffix)
{
    return s.len >= suffix.len && memcmp(s.data + s.len - suffix.len, suffix.data, suffix.len) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct pw_str pw_str_trim(struct pw_str s)
{
    while (s.len > 0 && is_blank(s.data[0]))
        s = (struct pw_str){s.data + 1, s.len - 1};
    while (s.len > 0 && is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

bool pw_str_cut(struct pw_str s, char at, struct pw_str *ret_head, struct pw_str *ret_tail)
{
    const char *found = s.len == 0 ? NULL : memchr(s.data, at, s.len);
    if (found == NULL) {
        *ret_head = s;
        *ret_tail = PW_STR("");
        return false;
    }
    size_t head = (size_t)(found - s.data);
    *ret_head = (struct pw_str){s.data, head};
    *ret_tail = (struct pw_str){found + 1, s.len - head - 1};
    return true;
}

struct pw_str pw_str_dup(struct pw_arena *arena, struct pw_str s)
{
    char *copy = pw_arena_alloc(arena, s.len + 1);
    memcpy(copy, s.data, s.len);
    return (struct pw_str){copy, s.len};
}

struct pw_str pw_str_printf(struct pw_arena *arena, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len < 0)
        len = 0;
    char *text = pw_arena_alloc(arena, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, fmt, again);
    va_end(again);
    return (struct pw_str){text, (size_t)len};
}

bool pw_str_to_i64(struct pw_str s, int64_t *ret)
{
    bool negative = s.len > 0 && s.data[0] == '-';
    size_t i = negative ? 1 : 0;
    if (i == s.len)
        return false;
    int64_t value = 0; /* kept negative: the range is larger there */
    for (; i < s.len; i++) {
        if (s.data[i] < '0' || s.data[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, s.data[i] - '0', &value))
            return false;
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, value, &value))
        return false;
    *ret = value;
    return true;
}

uint64_t pw_str_hash(struct pw_str s)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < s.len; i++)
        hash = (hash ^ (unsigned char)s.data[i]) * UINT64_C(1099511628211);
    return hash;
}

/* Length of the well-formed sequence at p (1-4), or 0: table 3-7 of the Unicode standard. */
static size_t sequence_length(const unsigned char *p, size_t left)
{
    unsigned char lead = p[0];
    if (lead < 0x80)
        return 1;
    size_t n = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || left < n)
        return 0;
    unsigned char low = 0x80, high = 0xBF; /* of the second octet */
    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

bool pw_utf8_valid(struct pw_str s)
{
    const unsigned char *p = (const unsigned char *)s.data;
    for (size_t i = 0; i < s.len;) {
        size_t n = sequence_length(p + i, s.len - i);
        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

size_t pw_utf8_length(struct pw_str s)
{
    size_t count = 0;
    for (size_t i = 0; i < s.len; i++)
        count += ((unsigned char)s.data[i] & 0xC0) != 0x80;
    return count;
}
