/*
 * time.c: timestamps and durations as texts, and days of the proleptic Gregorian calendar.
 *
 * A timestamp is whole seconds since 1970 UTC and nanoseconds, within years 1 to 9999; a duration
 * is nanoseconds in 64 bits. Nothing here knows of time zones (tz.c) or of the current time.
 */
#include "cel_int.h"

#include <stdio.h>

#define DAY_SECONDS 86400

/* ---- the calendar (days from civil, by eras of 400 years that begin in March) ---- */

int64_t cel_civil_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int64_t year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

struct cel_civil cel_civil_from(int64_t seconds)
{
    int64_t days = seconds / DAY_SECONDS, rest = seconds % DAY_SECONDS;
    if (rest < 0) {
        rest += DAY_SECONDS;
        days--;
    }
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t doe = shifted - era * 146097; /* day of era */
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100); /* from March 1st */
    int month = (int)((5 * doy + 2) / 153);
    struct cel_civil c = {
        .day = (int)(doy - (153 * month + 2) / 5 + 1), .month = month < 10 ? month + 3 : month - 9};
    c.year = yoe + era * 400 + (c.month <= 2);
    c.hour = (int)(rest / 3600);
    c.minute = (int)(rest / 60 % 60);
    c.second = (int)(rest % 60);
    c.weekday = (int)(((days % 7) + 11) % 7); /* 1970-01-01 was a Thursday */
    c.yearday = (int)(days - cel_civil_days(c.year, 1, 1));
    return c;
}

/* ---- timestamps ---- */

struct reader {
    const char *at, *end;
};

static bool digits(struct reader *r, int count, int *ret)
{
    if (r->end - r->at < count)
        return false;
    for (*ret = 0; count > 0; count--, r->at++) {
        if (*r->at < '0' || *r->at > '9')
            return false;
        *ret = *ret * 10 + (*r->at - '0');
    }
    return true;
}

static bool one_of(struct reader *r, const char *set, char *ret)
{
    if (r->at >= r->end || *r->at == '\0' || strchr(set, *r->at) == NULL)
        return false;
    *ret = *r->at++;
    return true;
}

static bool symbol(struct reader *r, char c)
{
    if (r->at >= r->end || *r->at != c)
        return false;
    r->at++;
    return true;
}

/* ".5" as nanoseconds; at most nine digits. */
static bool fraction(struct reader *r, uint32_t *nanos)
{
    uint32_t unit = CEL_NS / 10;
    *nanos = 0;
    if (!symbol(r, '.'))
        return true;
    const char *start = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, unit /= 10)
        *nanos += unit * (uint32_t)(*r->at - '0');
    return r->at > start && r->at - start <= 9;
}

static bool offset(struct reader *r, int *seconds)
{
    char sign;
    int hours, minutes;
    if (!one_of(r, "Zz+-", &sign))
        return false;
    *seconds = 0;
    if (sign == 'Z' || sign == 'z')
        return true;
    if (!digits(r, 2, &hours) || !symbol(r, ':') || !digits(r, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

struct cel_value cel_parse_timestamp(const char *text, size_t len)
{
    struct reader r = {text, text + len};
    int year, month, day, hour, minute, second, east;
    uint32_t nanos;
    char t;
    if (!digits(&r, 4, &year) || !symbol(&r, '-') || !digits(&r, 2, &month) || !symbol(&r, '-') ||
        !digits(&r, 2, &day) || !one_of(&r, "Tt", &t) || !digits(&r, 2, &hour) || !symbol(&r, ':') ||
        !digits(&r, 2, &minute) || !symbol(&r, ':') || !digits(&r, 2, &second) || !fraction(&r, &nanos) ||
        !offset(&r, &east) || r.at != r.end)
        return cel_error("text is not a timestamp");
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 ||
        second > 59)
        return cel_error("text is not a timestamp");
    int64_t seconds =
        cel_civil_days(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second - east;
    if (seconds < CEL_TIME_MIN || seconds > CEL_TIME_MAX)
        return cel_error("timestamp out of range");
    return cel_timestamp(seconds, nanos);
}

/* ".321" without trailing zeros, or nothing. */
static size_t fraction_text(uint64_t nanos, char *buffer)
{
    if (nanos == 0) {
        buffer[0] = '\0';
        return 0;
    }
    size_t len = (size_t)sprintf(buffer, ".%09llu", (unsigned long long)nanos);
    while (buffer[len - 1] == '0')
        buffer[--len] = '\0';
    return len;
}

size_t cel_timestamp_text(int64_t seconds, uint32_t nanos, char *buffer, size_t size)
{
    char rest[32];
    struct cel_civil c = cel_civil_from(seconds);
    fraction_text(nanos, rest);
    return (size_t)snprintf(buffer, size, "%04lld-%02d-%02dT%02d:%02d:%02d%sZ", (long long)c.year, c.month,
        c.day, c.hour, c.minute, c.second, rest);
}

/* ---- durations ---- */

static const struct {
    char name[4];
    int64_t nanos;
} units[] = {{"h", 3600ll * CEL_NS}, {"ms", 1000000}, {"m", 60ll * CEL_NS}, {"s", CEL_NS}, {"us", 1000},
    {"ns", 1}, {"\xC2\xB5s", 1000}, {"\xCE\xBCs", 1000}};

static int64_t take_unit(struct reader *r)
{
    for (size_t i = 0; i < CEL_COUNT(units); i++) {
        size_t len = strlen(units[i].name);
        if ((size_t)(r->end - r->at) >= len && memcmp(r->at, units[i].name, len) == 0) {
            r->at += len;
            return units[i].nanos;
        }
    }
    return 0;
}

/* One "1.5h" as a negative number of nanoseconds, which reach one further than positive ones. */
static bool take_part(struct reader *r, int64_t *total)
{
    int64_t whole = 0, part = 0, scale = 1;
    const char *start = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_sub_overflow(whole, *r->at - '0', &whole))
            return false;
    bool any = r->at > start;
    if (symbol(r, '.'))
        for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, any = true)
            if (scale < 1000000000000) { /* further digits lie below a nanosecond */
                part = part * 10 - (*r->at - '0');
                scale *= 10;
            }
    int64_t unit = any ? take_unit(r) : 0;
    if (unit == 0 || __builtin_mul_overflow(whole, unit, &whole) ||
        __builtin_add_overflow(*total, whole, total))
        return false;
    int64_t below = (int64_t)((long double)part * (long double)unit / (long double)scale);
    return !__builtin_add_overflow(*total, below, total);
}

struct cel_value cel_parse_duration(const char *text, size_t len)
{
    struct reader r = {text, text + len};
    int64_t total = 0;
    bool minus = symbol(&r, '-');
    if (!minus)
        symbol(&r, '+');
    if (r.end - r.at == 1 && *r.at == '0')
        return cel_duration(0);
    if (r.at == r.end)
        return cel_error("text is not a duration");
    while (r.at < r.end)
        if (!take_part(&r, &total))
            return cel_error("text is not a duration");
    if (!minus && total == INT64_MIN)
        return cel_error("duration out of range");
    return cel_duration(minus ? total : -total);
}

size_t cel_duration_text(int64_t nanos, char *buffer, size_t size)
{
    char rest[32];
    uint64_t magnitude = nanos < 0 ? 0 - (uint64_t)nanos : (uint64_t)nanos;
    fraction_text(magnitude % CEL_NS, rest);
    return (size_t)snprintf(
        buffer, size, "%s%llu%ss", nanos < 0 ? "-" : "", (unsigned long long)(magnitude / CEL_NS), rest);
}
