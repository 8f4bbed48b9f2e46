/*
 * regex_class.c: sets of code points for patterns.
 */
#include "regex_int.h"

#include <stdlib.h>

void regex_class_add(struct cel_arena *arena, struct regex_class *class, uint32_t low, uint32_t high)
{
    class->ranges = cel_arena_grow(arena, class->ranges, class->count, sizeof(*class->ranges));
    class->ranges[class->count++] = (struct regex_range){low, high};
}

static int by_low(const void *a, const void *b)
{
    const struct regex_range *x = a, *y = b;
    return x->low < y->low ? -1 : x->low > y->low;
}

void regex_class_close(struct regex_class *class)
{
    uint32_t kept = 0;
    if (class->count == 0)
        return;
    qsort(class->ranges, class->count, sizeof(*class->ranges), by_low);
    for (uint32_t i = 1; i < class->count; i++) {
        struct regex_range *last = &class->ranges[kept], *range = &class->ranges[i];
        if (range->low > last->high + 1)
            class->ranges[++kept] = *range;
        else if (range->high > last->high)
            last->high = range->high;
    }
    class->count = kept + 1;
}

void regex_class_negate(struct cel_arena *arena, struct regex_class *class)
{
    struct regex_class other = {0};
    uint32_t next = 0;
    regex_class_close(class);
    for (uint32_t i = 0; i < class->count; i++) {
        if (class->ranges[i].low > next)
            regex_class_add(arena, &other, next, class->ranges[i].low - 1);
        next = class->ranges[i].high + 1;
    }
    if (next <= 0x10FFFF)
        regex_class_add(arena, &other, next, 0x10FFFF);
    *class = other;
}

static const struct {
    const char *name;
    struct regex_range ranges[5]; /* up to the first that ends at 0 */
} named[] = {
    {"d", {{'0', '9'}}},
    {"w", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {"s", {{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}}},
    {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
    {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
    {"ascii", {{0, 0x7F}}},
    {"blank", {{'\t', '\t'}, {' ', ' '}}},
    {"cntrl", {{0, 0x1F}, {0x7F, 0x7F}}},
    {"digit", {{'0', '9'}}},
    {"graph", {{'!', '~'}}},
    {"lower", {{'a', 'z'}}},
    {"print", {{' ', '~'}}},
    {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
    {"space", {{'\t', '\r'}, {' ', ' '}}},
    {"upper", {{'A', 'Z'}}},
    {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
    {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}},
};

bool regex_class_named(
    struct cel_arena *arena, struct regex_class *class, const char *name, size_t len, bool negated)
{
    for (size_t i = 0; i < CEL_COUNT(named); i++) {
        if (strlen(named[i].name) != len || memcmp(named[i].name, name, len) != 0)
            continue;
        struct regex_class set = {0};
        for (const struct regex_range *r = named[i].ranges; r->high != 0; r++)
            regex_class_add(arena, &set, r->low, r->high);
        if (negated)
            regex_class_negate(arena, &set);
        for (uint32_t j = 0; j < set.count; j++)
            regex_class_add(arena, class, set.ranges[j].low, set.ranges[j].high);
        return true;
    }
    return false;
}
