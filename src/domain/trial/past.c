/* What was known of a premises at one instant. */
#include "trial_int.h"

static bool live_at(const struct pw_past *past, size_t i, pw_usec known)
{
    return past->facts[i].received_at <= known &&
           (past->ended_at[i] == PW_TIME_NONE || past->ended_at[i] > known);
}

static void set_aside(struct pw_arena *arena, const struct pw_past *past, pw_usec known, pw_day day,
    struct pw_dossier_view *ret)
{
    size_t most = 0;
    for (size_t i = 0; i < past->decision_count; i++)
        most += past->decisions[i].fact_count;
    struct pw_uuid *retired = PW_NEW_ARRAY(arena, most, struct pw_uuid);
    for (size_t i = 0; i < past->decision_count; i++) {
        const struct pw_past_decision *d = &past->decisions[i];
        bool frozen = d->frozen_until != PW_DAY_NONE && d->frozen_until > day;
        if (d->decided_at > known || (!d->unfounded && !frozen))
            continue;
        for (size_t j = 0; j < d->fact_count; j++)
            retired[ret->retired_count++] = d->facts[j];
    }
    ret->retired = retired;
}

void pw_past_view(struct pw_arena *arena, const struct pw_fact_model *model, const struct pw_past *past,
    pw_usec known, pw_day day, struct pw_dossier_view *ret)
{
    struct pw_fact *facts = PW_NEW_ARRAY(arena, past->fact_count, struct pw_fact);
    *ret = (struct pw_dossier_view){.facts = facts};
    for (size_t i = 0; i < past->fact_count; i++)
        if (live_at(past, i, known))
            facts[ret->fact_count++] = past->facts[i];
    for (size_t i = 0; i < past->attribute_count; i++)
        if (past->attributes[i].known_at <= known)
            ret->premises = past->attributes[i].record;
    ret->tenancies = pw_score_tenancies(arena, model, facts, ret->fact_count, &ret->tenancy_count);
    set_aside(arena, past, known, day, ret);
}
