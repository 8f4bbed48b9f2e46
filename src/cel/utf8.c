/*
 * utf8.c: strings are UTF-8 bytes; sizes and indexes of the language count code points.
 * Overlong forms, surrogates and code points above 10FFFF are malformed.
 */
#include "cel_int.h"

static bool is_tail(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

int32_t cel_utf8_next(const char **at, const char *end)
{
    static const uint32_t smallest[] = {0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)*(*at)++;
    if (first < 0x80)
        return first;
    uint32_t tails = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first < 0xC2 || first > 0xF4 || (size_t)(end - *at) < tails)
        return -1;
    uint32_t cp = first & (0x3Fu >> tails);
    for (uint32_t i = 0; i < tails; i++) {
        if (!is_tail((*at)[i]))
            return -1;
        cp = cp << 6 | ((unsigned char)(*at)[i] & 0x3F);
    }
    if (cp < smallest[tails] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
        return -1;
    *at += tails;
    return (int32_t)cp;
}

uint32_t cel_utf8_put(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    uint32_t tails = cp < 0x800 ? 1 : cp < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xC0, 0xE0, 0xF0};
    for (uint32_t i = tails; i > 0; i--, cp >>= 6)
        out[i] = (char)(0x80 | (cp & 0x3F));
    out[0] = (char)(lead[tails] | cp);
    return tails + 1;
}

bool cel_utf8_valid(const char *ptr, size_t len)
{
    const char *end = ptr + len;
    while (ptr < end)
        if (cel_utf8_next(&ptr, end) < 0)
            return false;
    return true;
}

uint64_t cel_utf8_count(const char *ptr, size_t len)
{
    uint64_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += !is_tail(ptr[i]);
    return count;
}
