/*
 * stdlib_time.c: the parts of timestamps (in UTC or a zone) and of durations.
 *
 * Months, days of month and days of year count from 0, as the language has it; only getDate
 * counts from 1. Of a duration, hours, minutes and seconds are totals, and milliseconds are the
 * part below one second.
 */
#include "cel_int.h"

/* The calendar of args[0] in the zone args[1], or UTC; false: no such zone. */
static bool civil(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n, struct cel_civil *ret)
{
    int32_t east = 0;
    if (n == 2 && !cel_tz_offset(ctx, a[1].as.s, a[1].aux, a[0].as.i, &east))
        return false;
    *ret = cel_civil_from(a[0].as.i + east);
    return true;
}

#define PART(function, expression)                                                                           \
    static struct cel_value function(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)             \
    {                                                                                                        \
        struct cel_civil c;                                                                                  \
        return civil(ctx, a, n, &c) ? cel_int(expression) : cel_error("no such time zone");                  \
    }

PART(full_year, c.year)
PART(month, c.month - 1)
PART(date, c.day)
PART(day_of_month, c.day - 1)
PART(day_of_week, c.weekday)
PART(day_of_year, c.yearday)
PART(hours, c.hour)
PART(minutes, c.minute)
PART(seconds, c.second)
PART(milliseconds, ((void)c, a[0].aux / 1000000))

static struct cel_value duration_hours(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_int(a->as.i / CEL_NS / 3600);
}

static struct cel_value duration_minutes(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_int(a->as.i / CEL_NS / 60);
}

static struct cel_value duration_seconds(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_int(a->as.i / CEL_NS);
}

static struct cel_value duration_milliseconds(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_int(a->as.i % CEL_NS / 1000000);
}

#define ACCESSOR(name, function)                                                                             \
    {"timestamp." name "() -> int", function, 0, 1},                                                         \
    {                                                                                                        \
        "timestamp." name "(string) -> int", function, 0, 8                                                  \
    }

const struct cel_def cel_defs_time[] = {
    ACCESSOR("getFullYear", full_year),
    ACCESSOR("getMonth", month),
    ACCESSOR("getDate", date),
    ACCESSOR("getDayOfMonth", day_of_month),
    ACCESSOR("getDayOfWeek", day_of_week),
    ACCESSOR("getDayOfYear", day_of_year),
    ACCESSOR("getHours", hours),
    ACCESSOR("getMinutes", minutes),
    ACCESSOR("getSeconds", seconds),
    ACCESSOR("getMilliseconds", milliseconds),
    {"duration.getHours() -> int", duration_hours, 0, 1},
    {"duration.getMinutes() -> int", duration_minutes, 0, 1},
    {"duration.getSeconds() -> int", duration_seconds, 0, 1},
    {"duration.getMilliseconds() -> int", duration_milliseconds, 0, 1},
    {NULL, NULL, 0, 0},
};
