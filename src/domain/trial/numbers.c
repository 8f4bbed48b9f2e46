/* Intervals: how sure a measured proportion or rate is. */
#include "trial_int.h"

#include <math.h>

#define Z95 1.959963984540054

struct pw_interval pw_interval_wilson(uint64_t successes, uint64_t n)
{
    if (n == 0)
        return (struct pw_interval){0, 0, 1};
    double count = (double)n, p = (double)successes / count, z2 = Z95 * Z95;
    double centre = (p + z2 / (2 * count)) / (1 + z2 / count);
    double half = Z95 / (1 + z2 / count) * sqrt(p * (1 - p) / count + z2 / (4 * count * count));
    /* Rounding must not push the ends past what a proportion can be. */
    return (struct pw_interval){
        p, successes == 0 ? 0 : fmax(0, centre - half), successes == n ? 1 : fmin(1, centre + half)};
}

static double byar(double count, double shift)
{
    double part = 1 - 1 / (9 * count) + shift / (3 * sqrt(count));
    return count * part * part * part;
}

struct pw_interval pw_interval_rate(uint64_t count, double units)
{
    double n = (double)count;
    return (struct pw_interval){
        n / units, count == 0 ? 0 : fmax(0, byar(n, -Z95)) / units, byar(n + 1, Z95) / units};
}

struct pw_interval alerts_a_week(const struct pw_trial *trial, const struct pw_trial_side *side)
{
    double weeks = (double)(trial->options.until - trial->options.since + 1) / 7;
    return pw_interval_rate(side->alerts_last_year, fmin(weeks, WEEKS_OF_A_YEAR));
}

void pw_interval_write(struct pw_jsonw *w, const struct pw_interval *interval)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "estimate");
    pw_jsonw_milli(w, llround(interval->estimate * 1000));
    pw_jsonw_key(w, "low");
    pw_jsonw_milli(w, llround(interval->low * 1000));
    pw_jsonw_key(w, "high");
    pw_jsonw_milli(w, llround(interval->high * 1000));
    pw_jsonw_end_object(w);
}
