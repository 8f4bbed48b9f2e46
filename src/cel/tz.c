/*
 * tz.c: seconds east of UTC in a time zone, read from the system's TZif files (RFC 8536).
 *
 * The process's own zone (TZ, localtime) is never used or changed. A zone's file is read once and
 * kept with the ctx: its transitions, and the rule in its footer for the time behind the last one.
 */
#include "cel_int.h"

#include <stdio.h>
#include <stdlib.h>

#define ZONE_FILE_MAX  ((size_t)1 << 17)
#define ZONE_CACHE_MAX 64u
#define ZONE_FOLDER    "/usr/share/zoneinfo/"

/* When a rule begins: Mm.w.d (kind 'M'), Jn ('J', without February 29th) or n ('0'). */
struct rule {
    char kind;
    int month, week, day;
    int32_t seconds; /* of the local day */
};

struct cel_tz {
    struct cel_tz *next;
    const char *name;
    uint32_t count;
    int64_t *at;   /* transitions ... */
    int32_t *east; /* ... and what holds from each on */
    int32_t first; /* before the first */
    bool known;    /* false: there is no such zone */
    bool has_rule; /* behind the last transition */
    bool has_summer;
    int32_t standard, summer;
    struct rule begin, end;
};

/* ---- "+hh:mm" ---- */

static bool two_digits(const char *text, int *ret)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *ret = (text[0] - '0') * 10 + (text[1] - '0');
    return true;
}

static bool fixed_offset(const char *zone, size_t len, int32_t *ret)
{
    int hours, minutes;
    bool sign = len == 6 && (zone[0] == '+' || zone[0] == '-');
    const char *digits = zone + sign;
    if ((!sign && len != 5) || digits[2] != ':' || !two_digits(digits, &hours) ||
        !two_digits(digits + 3, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret = (hours * 60 + minutes) * (sign && zone[0] == '-' ? -60 : 60);
    return true;
}

/* ---- the footer's rule: "CET-1CEST,M3.5.0,M10.5.0/3" ---- */

static bool skip_name(const char **at)
{
    const char *start = *at;
    if (**at == '<') {
        while (**at != '\0' && **at != '>')
            (*at)++;
        return *(*at) == '>' && (*at)++ != NULL;
    }
    while ((**at >= 'a' && **at <= 'z') || (**at >= 'A' && **at <= 'Z'))
        (*at)++;
    return *at - start >= 3;
}

static int read_int(const char **at)
{
    int value = 0;
    for (; **at >= '0' && **at <= '9' && value < 100000; (*at)++)
        value = value * 10 + (**at - '0');
    return value;
}

/* [+-]hh[:mm[:ss]] */
static int32_t read_hms(const char **at)
{
    int sign = **at == '-' ? -1 : 1;
    *at += **at == '-' || **at == '+';
    int32_t seconds = read_int(at) * 3600;
    for (int unit = 60; unit > 0 && **at == ':'; unit /= 60) {
        (*at)++;
        seconds += read_int(at) * unit;
    }
    return sign * seconds;
}

static bool read_rule(const char **at, struct rule *rule)
{
    if (*(*at)++ != ',')
        return false;
    rule->kind = **at == 'M' || **at == 'J' ? *(*at)++ : '0';
    if (rule->kind == 'M') {
        rule->month = read_int(at);
        *at += **at == '.';
        rule->week = read_int(at);
        *at += **at == '.';
    }
    rule->day = read_int(at);
    rule->seconds = 7200;
    if (**at == '/') {
        (*at)++;
        rule->seconds = read_hms(at);
    }
    return rule->kind != 'M' || (rule->month >= 1 && rule->month <= 12);
}

static void read_footer(struct cel_tz *tz, const char *at)
{
    if (!skip_name(&at))
        return;
    tz->standard = -read_hms(&at);
    tz->has_rule = true;
    if (*at == '\0' || !skip_name(&at))
        return;
    tz->summer = *at == ',' ? tz->standard + 3600 : -read_hms(&at);
    tz->has_summer = read_rule(&at, &tz->begin) && read_rule(&at, &tz->end);
}

/* The local second, counted from 1970 as if it were UTC, at which the rule applies in a year. */
static int64_t rule_second(const struct rule *rule, int64_t year)
{
    int64_t day = cel_civil_days(year, 1, 1);
    if (rule->kind == '0') {
        day += rule->day;
    } else if (rule->kind == 'J') {
        bool leap = cel_civil_days(year, 3, 1) - day == 60;
        day += rule->day - 1 + (leap && rule->day >= 60);
    } else {
        day = cel_civil_days(year, rule->month, 1);
        int64_t behind =
            rule->month == 12 ? cel_civil_days(year + 1, 1, 1) : cel_civil_days(year, rule->month + 1, 1);
        int64_t weekday = ((day % 7) + 11) % 7;
        day += (rule->day - weekday + 7) % 7 + 7 * (rule->week - 1);
        while (day >= behind)
            day -= 7;
    }
    return day * 86400 + rule->seconds;
}

static int32_t by_rule(const struct cel_tz *tz, int64_t at)
{
    if (!tz->has_summer)
        return tz->standard;
    int64_t year = cel_civil_from(at + tz->standard).year;
    int64_t begin = rule_second(&tz->begin, year) - tz->standard,
            end = rule_second(&tz->end, year) - tz->summer;
    bool summer = begin < end ? at >= begin && at < end : at >= begin || at < end;
    return summer ? tz->summer : tz->standard;
}

/* ---- the file ---- */

static int64_t big_endian(const unsigned char *bytes, unsigned count)
{
    uint64_t value = (bytes[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (unsigned i = 0; i < count; i++)
        value = value << 8 | bytes[i];
    return (int64_t)value;
}

struct header {
    uint32_t utc, standard, leaps, times, types, chars;
};

static bool read_header(const unsigned char *file, size_t size, size_t at, struct header *h)
{
    if (size < at + 44 || memcmp(file + at, "TZif", 4) != 0)
        return false;
    uint32_t *fields[] = {&h->utc, &h->standard, &h->leaps, &h->times, &h->types, &h->chars};
    for (unsigned i = 0; i < CEL_COUNT(fields); i++) {
        *fields[i] = (uint32_t)big_endian(file + at + 20 + 4 * i, 4);
        if (*fields[i] > ZONE_FILE_MAX)
            return false;
    }
    return true;
}

static size_t body_size(const struct header *h, size_t time_size)
{
    return h->times * (time_size + 1) + h->types * 6u + h->chars + h->leaps * (time_size + 4) + h->standard +
           h->utc;
}

static bool read_body(struct cel_ctx *ctx, struct cel_tz *tz, const unsigned char *file, size_t size,
    size_t at, const struct header *h)
{
    if (h->types == 0 || size < at + body_size(h, 8))
        return false;
    const unsigned char *indexes = file + at + h->times * 8u, *types = indexes + h->times;
    tz->count = h->times;
    tz->at = cel_arena_try(&ctx->cache, (h->times + 1) * sizeof(*tz->at));
    tz->east = cel_arena_try(&ctx->cache, (h->times + 1) * sizeof(*tz->east));
    if (tz->at == NULL || tz->east == NULL)
        return false;
    tz->first = (int32_t)big_endian(types, 4);
    for (uint32_t i = 0; i < h->times; i++) {
        if (indexes[i] >= h->types)
            return false;
        tz->at[i] = big_endian(file + at + i * 8u, 8);
        tz->east[i] = (int32_t)big_endian(types + indexes[i] * 6u, 4);
    }
    return true;
}

/* Version 2 and later: a 32-bit block to skip, the 64-bit block, then the rule between newlines. */
static bool read_file(struct cel_ctx *ctx, struct cel_tz *tz, unsigned char *file, size_t size)
{
    struct header h;
    if (!read_header(file, size, 0, &h) || file[4] < '2')
        return false;
    size_t at = 44 + body_size(&h, 4);
    if (!read_header(file, size, at, &h) || !read_body(ctx, tz, file, size, at + 44, &h))
        return false;
    at += 44 + body_size(&h, 8);
    if (at < size && file[at] == '\n') {
        file[size - 1] = '\0'; /* the closing newline */
        read_footer(tz, (const char *)file + at + 1);
    }
    return true;
}

static bool is_zone_name(const char *zone, size_t len)
{
    if (len == 0 || len > 64 || zone[0] == '/')
        return false;
    for (size_t i = 0; i < len; i++) {
        char c = zone[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                    c == '/' || c == '+' || c == '-';
        if (!good)
            return false;
    }
    return true;
}

static void load(struct cel_ctx *ctx, struct cel_tz *tz)
{
    char path[sizeof(ZONE_FOLDER) + 64];
    snprintf(path, sizeof(path), ZONE_FOLDER "%s", tz->name);
    FILE *in = fopen(path, "rbe");
    if (in == NULL)
        return;
    unsigned char *file = malloc(ZONE_FILE_MAX);
    size_t size = file != NULL ? fread(file, 1, ZONE_FILE_MAX, in) : 0;
    fclose(in);
    tz->known = size > 0 && size < ZONE_FILE_MAX && read_file(ctx, tz, file, size);
    free(file);
}

static const struct cel_tz *find(struct cel_ctx *ctx, const char *zone, size_t len)
{
    uint32_t count = 0;
    for (struct cel_tz *tz = ctx->zones; tz != NULL; tz = tz->next, count++)
        if (strlen(tz->name) == len && memcmp(tz->name, zone, len) == 0)
            return tz;
    if (count >= ZONE_CACHE_MAX || !is_zone_name(zone, len))
        return NULL;
    struct cel_tz *tz = cel_arena_try(&ctx->cache, sizeof(*tz));
    char *name = tz != NULL ? cel_arena_try(&ctx->cache, len + 1) : NULL;
    if (name == NULL)
        return NULL;
    tz->name = memcpy(name, zone, len);
    tz->next = ctx->zones;
    ctx->zones = tz;
    load(ctx, tz);
    return tz;
}

static int32_t offset_at(const struct cel_tz *tz, int64_t at)
{
    if (tz->count == 0 || at < tz->at[0])
        return tz->count == 0 && tz->has_rule ? by_rule(tz, at) : tz->first;
    if (at >= tz->at[tz->count - 1] && tz->has_rule)
        return by_rule(tz, at);
    uint32_t low = 0, high = tz->count; /* at[low] <= at < at[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (tz->at[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return tz->east[low];
}

bool cel_tz_offset(struct cel_ctx *ctx, const char *zone, size_t len, int64_t at, int32_t *ret_seconds)
{
    if (fixed_offset(zone, len, ret_seconds))
        return true;
    *ret_seconds = 0;
    if ((len == 3 && memcmp(zone, "UTC", 3) == 0) || (len == 1 && zone[0] == 'Z'))
        return true;
    const struct cel_tz *tz = find(ctx, zone, len);
    if (tz == NULL || !tz->known)
        return false;
    *ret_seconds = offset_at(tz, at);
    return true;
}
