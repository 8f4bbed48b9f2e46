/*
 * Decay by whole days, by integers alone: the result of a stored assessment must come out the same
 * on every machine and libm. 2^(-age/half_life) = 2^(-q) x 2^(-f), q whole half-lives, f in 1/2^32;
 * 2^(-f) is a product of the table's 2^(-1/2), 2^(-1/4) ... in units of 2^-62. The error is below
 * 1e-9 of the points, far from what could turn a thousandth.
 */
#include "score_int.h"

__extension__ typedef unsigned __int128 wide;

static const uint64_t roots[32] = {
    UINT64_C(3260954456333195553),
    UINT64_C(3877950241171266237),
    UINT64_C(4228934724888366668),
    UINT64_C(4416165660797809419),
    UINT64_C(4512867096753504463),
    UINT64_C(4562008997483360349),
    UINT64_C(4586780255215411731),
    UINT64_C(4599216278082138665),
    UINT64_C(4605446927862164404),
    UINT64_C(4608565417332308035),
    UINT64_C(4610125453837388245),
    UINT64_C(4610905670110601999),
    UINT64_C(4611295827762151833),
    UINT64_C(4611490918967884501),
    UINT64_C(4611588467665893036),
    UINT64_C(4611637242788701951),
    UINT64_C(4611661630543559956),
    UINT64_C(4611673824469352645),
    UINT64_C(4611679921444339948),
    UINT64_C(4611682969934856344),
    UINT64_C(4611684494180870228),
    UINT64_C(4611685256304066092),
    UINT64_C(4611685637365711255),
    UINT64_C(4611685827896545643),
    UINT64_C(4611685923161965790),
    UINT64_C(4611685970794676601),
    UINT64_C(4611685994611032191),
    UINT64_C(4611686006519210032),
    UINT64_C(4611686012473298964),
    UINT64_C(4611686015450343433),
    UINT64_C(4611686016938865668),
    UINT64_C(4611686017683126786),
};

static uint64_t fraction_power(uint32_t fraction)
{
    uint64_t value = UINT64_C(1) << 62;

    for (int bit = 0; bit < 32; bit++)
        if (fraction & (UINT32_C(0x80000000) >> bit))
            value = (uint64_t)(((wide)value * roots[bit]) >> 62);
    return value;
}

int64_t pw_score_decay(int64_t full_points, int64_t age_days, int64_t half_life_days)
{
    uint64_t full = full_points < 0 ? (uint64_t)-full_points : (uint64_t)full_points;
    int64_t halvings, rest;
    uint64_t power;
    wide product;
    int64_t value;

    if (half_life_days <= 0 || age_days <= 0)
        return full_points;
    halvings = age_days / half_life_days;
    rest = age_days % half_life_days;
    if (halvings > 60)
        return 0;
    power = fraction_power((uint32_t)(((uint64_t)rest << 32) / (uint64_t)half_life_days));
    product = (wide)full * power + ((wide)1 << (61 + halvings));
    value = (int64_t)(product >> (62 + halvings));
    return full_points < 0 ? -value : value;
}

enum pw_level_of_risk pw_score_level(const struct pw_ruleset *set, int64_t score)
{
    enum pw_level_of_risk level = PW_RISK_NONE;

    for (int i = PW_RISK_WATCH; i < PW_RISKS; i++)
        if (score >= set->level_from[i])
            level = (enum pw_level_of_risk)i;
    return level;
}
