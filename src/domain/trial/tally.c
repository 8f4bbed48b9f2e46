/* Two sets over many premises: totals, differences, and joining what several processes counted. */
#include "trial_int.h"

#include <string.h>

const char *const pw_change_words[] = {"same", "gained", "lost", "other-reasons", NULL};

int month_of(pw_day day)
{
    struct pw_date date = pw_day_to_date(day);
    return date.year * 12 + date.month - 1;
}

int first_month(const struct pw_trial *trial)
{
    return month_of(trial->options.since);
}

/* ---- making one ---- */

static void side_init(struct pw_trial *trial, const struct pw_ruleset *set, struct pw_trial_side *side)
{
    side->set = pw_rules_ref(set);
    side->by_rule = PW_NEW_ARRAY(trial->arena, set->rule_count, uint64_t);
    side->by_month = PW_NEW_ARRAY(trial->arena, trial->months, uint64_t);
}

static void find_counterparts(struct pw_trial *trial)
{
    const struct pw_ruleset *after = trial->after.set;
    trial->counterpart = PW_NEW_ARRAY(trial->arena, after->rule_count, uint32_t);
    for (size_t i = 0; i < after->rule_count; i++) {
        const struct pw_rule *same = pw_rules_find(trial->before.set, after->rules[i].id);
        trial->counterpart[i] = same == NULL ? UINT32_MAX : same->nr;
    }
}

bool pw_trial_new(const struct pw_trial_options *options, struct pw_trial **ret, struct pw_err *err)
{
    if (options->until < options->since)
        return pw_fail(err, PW_ERR_USAGE, "the period ends before it begins");
    if (options->baseline->rule_count > PW_TRIAL_RULES_MAX ||
        options->candidate->rule_count > PW_TRIAL_RULES_MAX)
        return pw_fail(err, PW_ERR_LIMIT, "a trial takes sets of at most %d rules", PW_TRIAL_RULES_MAX);
    struct pw_arena *arena = pw_arena_new();
    struct pw_trial *trial = PW_NEW(arena, struct pw_trial);
    trial->options = *options;
    trial->arena = arena;
    trial->scratch = pw_arena_new();
    trial->oldest = PW_DAY_NONE;
    trial->months = (size_t)(month_of(options->until) - month_of(options->since) + 1);
    if (trial->options.items_max == 0)
        trial->options.items_max = PW_TRIAL_ITEMS;
    trial->items = PW_NEW_ARRAY(arena, trial->options.items_max, struct pw_trial_item);
    side_init(trial, options->baseline, &trial->before);
    side_init(trial, options->candidate, &trial->after);
    find_counterparts(trial);
    *ret = trial;
    return true;
}

void pw_trial_free(struct pw_trial *trial)
{
    if (trial == NULL)
        return;
    pw_rules_unref(trial->before.set);
    pw_rules_unref(trial->after.set);
    pw_arena_free(trial->scratch);
    pw_arena_free(trial->arena);
}

/* ---- one premises ---- */

/* Whether the alerts rest on the same rules. */
static bool same_rules(
    const struct pw_trial *trial, const struct pw_walk *before, const struct pw_walk *after)
{
    struct pw_rule_set_mask as_before = {0};
    for (uint32_t nr = 0; nr < trial->after.set->rule_count; nr++) {
        if (!mask_has(&after->rules, nr))
            continue;
        if (trial->counterpart[nr] == UINT32_MAX)
            return false;
        mask_add(&as_before, trial->counterpart[nr]);
    }
    return memcmp(&as_before, &before->rules, sizeof as_before) == 0;
}

static enum pw_change change_of(
    const struct pw_trial *trial, const struct pw_walk *before, const struct pw_walk *after)
{
    bool was = before->highest >= PW_RISK_ALERT, is = after->highest >= PW_RISK_ALERT;
    if (was != is)
        return is ? PW_CHANGE_GAINED : PW_CHANGE_LOST;
    if (!is)
        return PW_CHANGE_NONE;
    return before->highest == after->highest && same_rules(trial, before, after) ? PW_CHANGE_NONE
                                                                                 : PW_CHANGE_OTHER;
}

static void note_item(struct pw_trial *trial, const struct pw_trial_item *item)
{
    trial->changes[item->change]++;
    if (item->change != PW_CHANGE_NONE && trial->item_count < trial->options.items_max)
        trial->items[trial->item_count++] = *item;
}

static void note_facts(struct pw_trial *trial, const struct pw_past *past)
{
    trial->premises++;
    trial->facts += past->fact_count;
    trial->erased += past->erased;
    for (size_t i = 0; i < past->fact_count; i++)
        if (trial->oldest == PW_DAY_NONE || past->facts[i].occurred_on < trial->oldest)
            trial->oldest = past->facts[i].occurred_on;
}

bool pw_trial_one_model(const struct pw_trial *trial)
{
    const struct pw_fact_model *before = trial->before.set->model, *after = trial->after.set->model;
    return memcmp(before->hash, after->hash, sizeof before->hash) == 0;
}

bool pw_trial_add(
    struct pw_trial *trial, const struct pw_past *past, const struct pw_past *past_after, struct pw_err *err)
{
    struct pw_trial_item item = {.premises = past->premises};
    if (!pw_trial_walk(trial->scratch, &trial->options, past, &trial->before, &item.before, err) ||
        !pw_trial_walk(trial->scratch, &trial->options, past_after, &trial->after, &item.after, err))
        return false;
    bool was = item.before.level >= PW_RISK_ALERT, is = item.after.level >= PW_RISK_ALERT;
    note_facts(trial, past);
    trial->before.levels[item.before.level]++;
    trial->after.levels[item.after.level]++;
    trial->would_raise += is && !was;
    trial->would_withdraw += was && !is;
    item.change = change_of(trial, &item.before, &item.after);
    note_item(trial, &item);
    return true;
}

/* ---- several processes ---- */

static void save_side(const struct pw_trial *trial, const struct pw_trial_side *side, struct pw_buf *out)
{
    pw_buf_put(out, side, sizeof *side);
    pw_buf_put(out, side->by_rule, side->set->rule_count * sizeof *side->by_rule);
    pw_buf_put(out, side->by_month, trial->months * sizeof *side->by_month);
}

void pw_trial_save(const struct pw_trial *trial, struct pw_buf *out)
{
    pw_buf_put(out, trial, sizeof *trial);
    save_side(trial, &trial->before, out);
    save_side(trial, &trial->after, out);
    pw_buf_put(out, trial->items, trial->item_count * sizeof *trial->items);
}

static bool take(struct pw_str *in, void *to, size_t size)
{
    if (in->len < size)
        return false;
    if (size > 0)
        memcpy(to, in->data, size);
    *in = (struct pw_str){in->data + size, in->len - size};
    return true;
}

static bool take_counts(struct pw_str *in, struct pw_arena *arena, uint64_t *into, size_t count)
{
    uint64_t *more = PW_NEW_ARRAY(arena, count, uint64_t);
    if (!take(in, more, count * sizeof *more))
        return false;
    for (size_t i = 0; i < count; i++)
        into[i] += more[i];
    return true;
}

static bool merge_side(struct pw_trial *trial, struct pw_str *in, struct pw_trial_side *side)
{
    struct pw_trial_side more;
    if (!take(in, &more, sizeof more))
        return false;
    for (int i = 0; i < PW_RISKS; i++)
        side->levels[i] += more.levels[i];
    side->alerts += more.alerts;
    side->alerts_last_year += more.alerts_last_year;
    side->assessments += more.assessments;
    return take_counts(in, trial->scratch, side->by_rule, side->set->rule_count) &&
           take_counts(in, trial->scratch, side->by_month, trial->months);
}

static bool merge_totals(struct pw_trial *trial, struct pw_str *in, size_t *ret_items)
{
    struct pw_trial more;
    if (!take(in, &more, sizeof more))
        return false;
    trial->premises += more.premises;
    trial->facts += more.facts;
    trial->erased += more.erased;
    trial->would_raise += more.would_raise;
    trial->would_withdraw += more.would_withdraw;
    for (int i = 0; i < PW_CHANGES; i++)
        trial->changes[i] += more.changes[i];
    if (more.oldest != PW_DAY_NONE && (trial->oldest == PW_DAY_NONE || more.oldest < trial->oldest))
        trial->oldest = more.oldest;
    *ret_items = more.item_count;
    return merge_side(trial, in, &trial->before) && merge_side(trial, in, &trial->after);
}

bool pw_trial_merge(struct pw_trial *trial, struct pw_str saved, struct pw_err *err)
{
    size_t items = 0;
    bool ok = merge_totals(trial, &saved, &items);
    for (size_t i = 0; ok && i < items; i++) {
        struct pw_trial_item item;
        ok = take(&saved, &item, sizeof item);
        if (ok && trial->item_count < trial->options.items_max)
            trial->items[trial->item_count++] = item;
    }
    return ok ? true : pw_fail(err, PW_ERR_IO, "a part of the trial came back incomplete");
}
