/*
 * Civil time by arithmetic. Days follow the well-known era method (400 years = 146,097
 * days, years starting in March), Dutch civil time the EU summer-time directive
 * (2000/84/EC); before 1996, when the rule differed, it is an approximation.
 */
#include <pandwacht/base/time.h>

#include <stdio.h>

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

pw_day pw_day_from_date(struct pw_date date)
{
    int64_t year = date.year - (date.month <= 2);
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (pw_day)(era * 146097 + day_of_era - 719468);
}

struct pw_date pw_day_to_date(pw_day day)
{
    int64_t z = (int64_t)day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153; /* March = 0 */
    int month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    return (struct pw_date){
        .year = (int)(year_of_era + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
    };
}

int pw_day_weekday(pw_day day)
{
    int64_t shifted = (int64_t)day + 3; /* 1970-01-01 was a Thursday */
    return (int)(shifted - floor_div(shifted, 7) * 7);
}

/* 01:00 UTC on the last Sunday of that month, when Dutch clocks change. */
static pw_usec clock_change(int year, int month)
{
    pw_day last = pw_day_from_date((struct pw_date){year, month, 31});
    pw_day sunday = last - (pw_day_weekday(last) + 1) % 7;
    return pw_day_to_usec(sunday) + 3600 * PW_USEC_PER_SEC;
}

int pw_netherlands_offset(pw_usec instant)
{
    int year = pw_day_to_date((pw_day)floor_div(instant, PW_USEC_PER_DAY)).year;
    bool summer = instant >= clock_change(year, 3) && instant < clock_change(year, 10);
    return summer ? 7200 : 3600;
}

pw_day pw_day_in_netherlands(pw_usec instant)
{
    return (pw_day)floor_div(instant + pw_netherlands_offset(instant) * PW_USEC_PER_SEC, PW_USEC_PER_DAY);
}

pw_usec pw_instant_in_netherlands(pw_day day, int hour)
{
    pw_usec as_utc = pw_day_to_usec(day) + hour * 3600 * PW_USEC_PER_SEC;
    pw_usec guess = as_utc - pw_netherlands_offset(as_utc) * PW_USEC_PER_SEC;
    return as_utc - pw_netherlands_offset(guess) * PW_USEC_PER_SEC;
}

pw_usec pw_day_to_usec(pw_day day)
{
    return (pw_usec)day * PW_USEC_PER_DAY;
}

/* `count` digits at `at`. */
static bool digits(struct pw_str text, size_t at, size_t count, int *ret)
{
    if (at + count > text.len)
        return false;
    int value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        value = value * 10 + (text.data[i] - '0');
    }
    *ret = value;
    return true;
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && leap);
}

/* The date in the first ten characters. */
static bool read_date(struct pw_str text, pw_day *ret)
{
    struct pw_date d;
    if (text.len < 10 || text.data[4] != '-' || text.data[7] != '-' || !digits(text, 0, 4, &d.year) ||
        !digits(text, 5, 2, &d.month) || !digits(text, 8, 2, &d.day))
        return false;
    if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > month_length(d.year, d.month))
        return false;
    *ret = pw_day_from_date(d);
    return true;
}

bool pw_day_parse(struct pw_str text, pw_day *ret)
{
    return text.len == 10 && read_date(text, ret);
}

bool pw_month_parse(struct pw_str text, pw_day *ret)
{
    char whole[11];
    if (text.len != 7)
        return false;
    snprintf(whole, sizeof whole, "%.*s-01", PW_STR_ARG(text));
    return pw_day_parse((struct pw_str){whole, 10}, ret);
}

/* Up to six decimals behind a point at *at; moves *at past them. */
static bool read_fraction(struct pw_str text, size_t *at, int64_t *ret_usec)
{
    *ret_usec = 0;
    if (*at >= text.len || text.data[*at] != '.')
        return true;
    size_t first = ++*at;
    int64_t unit = 100000;
    for (; *at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++, unit /= 10) {
        if (unit == 0)
            return false;
        *ret_usec += (text.data[*at] - '0') * unit;
    }
    return *at > first;
}

/* "Z" or "+hh:mm" as all that is left from `at`, in seconds east of UTC. */
static bool read_offset(struct pw_str text, size_t at, int64_t *ret)
{
    int hours, minutes;
    if (at + 1 == text.len && (text.data[at] == 'Z' || text.data[at] == 'z')) {
        *ret = 0;
        return true;
    }
    if (at + 6 != text.len || (text.data[at] != '+' && text.data[at] != '-') || text.data[at + 3] != ':' ||
        !digits(text, at + 1, 2, &hours) || !digits(text, at + 4, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret = (hours * 3600 + minutes * 60) * (text.data[at] == '-' ? -1 : 1);
    return true;
}

bool pw_instant_parse(struct pw_str text, pw_usec *ret)
{
    pw_day day;
    int hour, minute, second;
    int64_t fraction, offset;
    size_t at = 19;
    if (!read_date(text, &day) || text.len < 20 || (text.data[10] != 'T' && text.data[10] != 't') ||
        text.data[13] != ':' || text.data[16] != ':' || !digits(text, 11, 2, &hour) ||
        !digits(text, 14, 2, &minute) || !digits(text, 17, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    if (!read_fraction(text, &at, &fraction) || !read_offset(text, at, &offset))
        return false;
    int64_t seconds = hour * 3600 + minute * 60 + second - offset;
    *ret = pw_day_to_usec(day) + seconds * PW_USEC_PER_SEC + fraction;
    return true;
}

const char *pw_day_format(pw_day day, char out[PW_DATE_TEXT])
{
    struct pw_date d = pw_day_to_date(day);
    snprintf(out, PW_DATE_TEXT, "%04u-%02u-%02u", (unsigned)d.year % 10000u, (unsigned)d.month % 100u,
        (unsigned)d.day % 100u);
    return out;
}

const char *pw_instant_format(pw_usec instant, bool fraction, char out[PW_TIME_TEXT])
{
    pw_day day = (pw_day)floor_div(instant, PW_USEC_PER_DAY);
    int64_t rest = instant - pw_day_to_usec(day);
    unsigned seconds = (unsigned)(rest / PW_USEC_PER_SEC), usec = (unsigned)(rest % PW_USEC_PER_SEC);
    char date[PW_DATE_TEXT];
    pw_day_format(day, date);
    int n = snprintf(
        out, PW_TIME_TEXT, "%sT%02u:%02u:%02u", date, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    if (fraction)
        snprintf(out + n, PW_TIME_TEXT - (size_t)n, ".%06uZ", usec % 1000000u);
    else
        snprintf(out + n, PW_TIME_TEXT - (size_t)n, "Z");
    return out;
}

static bool is_holiday(const struct pw_holidays *holidays, pw_day day)
{
    for (int i = 0; i < holidays->count; i++)
        if (holidays->days[i] == day)
            return true;
    return false;
}

bool pw_working_day_add(const struct pw_holidays *holidays, pw_day day, int n, pw_day *ret)
{
    if (day < holidays->from)
        return false;
    while (n > 0) {
        day++;
        if (day > holidays->until)
            return false;
        if (pw_day_weekday(day) < 5 && !is_holiday(holidays, day))
            n--;
    }
    *ret = day;
    return true;
}
