/*
 * Time without a clock: instants, civil days and their texts. Whoever needs *now* is given
 * it as an argument; only the loop door reads a clock.
 *
 * An instant is an int64 of microseconds since 1970-01-01T00:00:00Z (as PostgreSQL keeps,
 * but for the epoch). A day is an int32 of days since 1970-01-01, a civil day in the
 * Netherlands unless said otherwise. Proleptic Gregorian calendar, years 1 to 9999.
 */
#ifndef PANDWACHT_BASE_TIME_H
#define PANDWACHT_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <pandwacht/base/str.h>

#define PW_USEC_PER_SEC INT64_C(1000000)
#define PW_USEC_PER_DAY (INT64_C(86400) * PW_USEC_PER_SEC)
#define PW_DAY_NONE     INT32_MIN
#define PW_TIME_NONE    INT64_MIN

typedef int64_t pw_usec; /* instant or span in microseconds */
typedef int32_t pw_day;

struct pw_date {
    int year, month, day; /* month and day from 1 */
};

/* No range check: the date must exist. */
pw_day pw_day_from_date(struct pw_date date);
struct pw_date pw_day_to_date(pw_day day);
/* 0 = Monday ... 6 = Sunday. */
int pw_day_weekday(pw_day day);
/* The civil day in the Netherlands (CET/CEST: EU rule, last Sundays of March and October at 01:00 UTC). */
pw_day pw_day_in_netherlands(pw_usec instant);
/* Offset of Dutch civil time from UTC at that instant, in seconds (3600 or 7200). */
int pw_netherlands_offset(pw_usec instant);
/* The instant at which the civil clock in the Netherlands shows `hour`:00 on `day`. */
pw_usec pw_instant_in_netherlands(pw_day day, int hour);
/* 00:00 UTC of the day. */
pw_usec pw_day_to_usec(pw_day day);

#define PW_DATE_TEXT 11 /* "2026-03-01" and NUL */
#define PW_TIME_TEXT 32 /* "2026-03-01T09:30:00.000000Z" and NUL */

/* "2026-03-01"; strict: ten characters, a date that exists, year >= 1. */
bool pw_day_parse(struct pw_str text, pw_day *ret) PW_MUST_CHECK;
/* "2026-03": the first day of that month. */
bool pw_month_parse(struct pw_str text, pw_day *ret) PW_MUST_CHECK;
/* RFC 3339 with offset or Z, up to 6 decimals; seconds 60 refused. */
bool pw_instant_parse(struct pw_str text, pw_usec *ret) PW_MUST_CHECK;
/* Write into `out` and return it. */
const char *pw_day_format(pw_day day, char out[PW_DATE_TEXT]);
/* UTC with Z; whole seconds, or six decimals when `fraction`. */
const char *pw_instant_format(pw_usec instant, bool fraction, char out[PW_TIME_TEXT]);

/* Dutch public holidays on which no working day is counted; `days` sorted. Days past
 * `until` are unknown: pw_working_day_add then fails rather than guess. */
struct pw_holidays {
    const pw_day *days;
    int count;
    pw_day from, until;
};
/* The day `n` >= 0 working days (Monday-Friday, no holiday) after `day`. False outside the calendar. */
bool pw_working_day_add(const struct pw_holidays *holidays, pw_day day, int n, pw_day *ret) PW_MUST_CHECK;

#endif
