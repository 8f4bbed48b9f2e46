/* A trial as one JSON object. */
#include "trial_int.h"

static void member_u64(struct pw_jsonw *w, const char *name, uint64_t value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_i64(w, (int64_t)value);
}

static void write_set(struct pw_jsonw *w, const char *name, const struct pw_ruleset *set)
{
    pw_jsonw_key(w, name);
    pw_score_write_ruleset(set, set->hash, w);
}

static void write_levels(struct pw_jsonw *w, const char *name, const struct pw_trial_side *side)
{
    pw_jsonw_key(w, name);
    pw_jsonw_object(w);
    for (int i = 0; i < PW_RISKS; i++)
        member_u64(w, pw_risk_words[i], side->levels[i]);
    pw_jsonw_end_object(w);
}

static void write_pair(struct pw_jsonw *w, uint64_t before, uint64_t after)
{
    member_u64(w, "before", before);
    member_u64(w, "after", after);
}

static void write_weeks(const struct pw_trial *trial, struct pw_jsonw *w)
{
    struct pw_interval before = alerts_a_week(trial, &trial->before);
    struct pw_interval after = alerts_a_week(trial, &trial->after);
    pw_jsonw_key(w, "alertsPerWeek");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "before");
    pw_interval_write(w, &before);
    pw_jsonw_key(w, "after");
    pw_interval_write(w, &after);
    pw_jsonw_end_object(w);
}

static void write_rules(const struct pw_trial *trial, struct pw_jsonw *w)
{
    size_t count;
    struct pw_arena *arena = pw_arena_new();
    struct rule_row *rows = rule_rows(arena, trial, &count);
    pw_jsonw_key(w, "rules");
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_str(w, rows[i].id);
        pw_jsonw_key(w, "in");
        pw_jsonw_z(w, !rows[i].in_before ? "candidate" : !rows[i].in_after ? "baseline" : "both");
        write_pair(w, rows[i].before, rows[i].after);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
    pw_arena_free(arena);
}

static void write_months(const struct pw_trial *trial, struct pw_jsonw *w)
{
    char text[PW_DATE_TEXT];
    pw_jsonw_key(w, "months");
    pw_jsonw_array(w);
    for (size_t i = 0; i < trial->months; i++) {
        pw_jsonw_object(w);
        pw_jsonw_key(w, "month");
        pw_jsonw_z(w, month_format(first_month(trial) + (int)i, text));
        write_pair(w, trial->before.by_month[i], trial->after.by_month[i]);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

static void write_walk(
    struct pw_jsonw *w, const char *name, const struct pw_ruleset *set, const struct pw_walk *walk)
{
    pw_jsonw_key(w, name);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "level");
    pw_jsonw_z(w, pw_risk_words[walk->level]);
    pw_jsonw_key(w, "highest");
    pw_jsonw_z(w, pw_risk_words[walk->highest]);
    pw_jsonw_key(w, "raisedOn");
    pw_jsonw_day(w, walk->raised_on);
    pw_jsonw_key(w, "rules");
    pw_jsonw_array(w);
    for (uint32_t nr = 0; nr < set->rule_count; nr++)
        if (mask_has(&walk->rules, nr))
            pw_jsonw_str(w, set->rules[nr].id);
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
}

static void write_items(const struct pw_trial *trial, struct pw_jsonw *w)
{
    uint64_t changed = trial->premises - trial->changes[PW_CHANGE_NONE];
    pw_jsonw_key(w, "premisesChanged");
    pw_jsonw_array(w);
    for (size_t i = 0; i < trial->item_count; i++) {
        const struct pw_trial_item *item = &trial->items[i];
        pw_jsonw_object(w);
        pw_jsonw_key(w, "premisesId");
        pw_jsonw_uuid(w, &item->premises);
        pw_jsonw_key(w, "change");
        pw_jsonw_z(w, pw_change_words[item->change]);
        write_walk(w, "before", trial->before.set, &item->before);
        write_walk(w, "after", trial->after.set, &item->after);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
    member_u64(w, "premisesNotListed", changed - trial->item_count);
}

static void write_period(const struct pw_trial *trial, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "history");
    pw_jsonw_z(w, pw_history_words[trial->options.history]);
    pw_jsonw_key(w, "since");
    pw_jsonw_day(w, trial->options.since);
    pw_jsonw_key(w, "until");
    pw_jsonw_day(w, trial->options.until);
    pw_jsonw_key(w, "oldestFactOn");
    pw_jsonw_day(w, trial->oldest);
    member_u64(w, "premises", trial->premises);
    member_u64(w, "facts", trial->facts);
    member_u64(w, "factsErased", trial->erased);
}

static void write_changes(const struct pw_trial *trial, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "changes");
    pw_jsonw_object(w);
    member_u64(w, "gained", trial->changes[PW_CHANGE_GAINED]);
    member_u64(w, "lost", trial->changes[PW_CHANGE_LOST]);
    member_u64(w, "otherReasons", trial->changes[PW_CHANGE_OTHER]);
    member_u64(w, "same", trial->changes[PW_CHANGE_NONE]);
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "onPublishing");
    pw_jsonw_object(w);
    member_u64(w, "raised", trial->would_raise);
    member_u64(w, "withdrawn", trial->would_withdraw);
    pw_jsonw_end_object(w);
}

void pw_trial_write_json(const struct pw_trial *trial, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    write_set(w, "baseline", trial->before.set);
    write_set(w, "candidate", trial->after.set);
    write_period(trial, w);
    pw_jsonw_key(w, "levels");
    pw_jsonw_object(w);
    write_levels(w, "before", &trial->before);
    write_levels(w, "after", &trial->after);
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "alerts");
    pw_jsonw_object(w);
    write_pair(w, trial->before.alerts, trial->after.alerts);
    pw_jsonw_end_object(w);
    write_weeks(trial, w);
    write_changes(trial, w);
    write_rules(trial, w);
    write_months(trial, w);
    write_items(trial, w);
    pw_jsonw_end_object(w);
}
