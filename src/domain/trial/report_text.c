/* A trial for a terminal. */
#include "trial_int.h"

#include <inttypes.h>

#define BAR 30

static void write_head(const struct pw_trial *trial, struct pw_buf *out)
{
    char since[PW_DATE_TEXT], until[PW_DATE_TEXT], a[PW_SHA256_TEXT], b[PW_SHA256_TEXT];
    const struct pw_ruleset *before = trial->before.set, *after = trial->after.set;
    pw_buf_printf(out, "baseline   %.*s %.*s (%.12s)\n", PW_STR_ARG(before->name),
        PW_STR_ARG(before->version), pw_hex(before->hash, sizeof before->hash, a));
    pw_buf_printf(out, "candidate  %.*s %.*s (%.12s)\n", PW_STR_ARG(after->name), PW_STR_ARG(after->version),
        pw_hex(after->hash, sizeof after->hash, b));
    pw_buf_printf(out,
        "history    %s to %s, facts from the day they %s: %" PRIu64 " premises, %" PRIu64 " facts",
        pw_day_format(trial->options.since, since), pw_day_format(trial->options.until, until),
        trial->options.history == PW_HISTORY_HAPPENED ? "happened" : "were learnt", trial->premises,
        trial->facts);
    if (trial->erased > 0)
        pw_buf_printf(out, "; %" PRIu64 " more were lawfully destroyed", trial->erased);
    pw_buf_puts(out, "\n\n");
}

static void write_levels(const struct pw_trial *trial, struct pw_buf *out)
{
    pw_buf_puts(out, "level on the last day    before     after\n");
    for (int i = 0; i < PW_RISKS; i++)
        pw_buf_printf(out, "  %-16s %12" PRIu64 " %9" PRIu64 "\n", pw_risk_words[i], trial->before.levels[i],
            trial->after.levels[i]);
}

static void write_alerts(const struct pw_trial *trial, struct pw_buf *out)
{
    struct pw_interval before = alerts_a_week(trial, &trial->before);
    struct pw_interval after = alerts_a_week(trial, &trial->after);
    pw_buf_printf(
        out, "alerts raised      %12" PRIu64 " %9" PRIu64 "\n", trial->before.alerts, trial->after.alerts);
    pw_buf_printf(out,
        "expected a week    %.2f (%.2f to %.2f) before, %.2f (%.2f to %.2f) after: 95 %%, from the last "
        "year\n\n",
        before.estimate, before.low, before.high, after.estimate, after.low, after.high);
}

static void write_changes(const struct pw_trial *trial, struct pw_buf *out)
{
    pw_buf_printf(out,
        "premises: %" PRIu64 " gained, %" PRIu64 " lost, %" PRIu64 " for other reasons, %" PRIu64
        " the same\n",
        trial->changes[PW_CHANGE_GAINED], trial->changes[PW_CHANGE_LOST], trial->changes[PW_CHANGE_OTHER],
        trial->changes[PW_CHANGE_NONE]);
    pw_buf_printf(out, "publishing it today would raise %" PRIu64 " and take the ground from %" PRIu64 "\n\n",
        trial->would_raise, trial->would_withdraw);
}

static void write_rules(const struct pw_trial *trial, struct pw_buf *out)
{
    size_t count, shown = 0;
    struct pw_arena *arena = pw_arena_new();
    struct rule_row *rows = rule_rows(arena, trial, &count);
    pw_buf_puts(out, "rules that count in more or fewer alerts                before     after\n");
    for (size_t i = 0; i < count; i++) {
        if (rows[i].before == rows[i].after && rows[i].in_before == rows[i].in_after)
            continue;
        pw_buf_printf(out, "  %-44.*s %15" PRIu64 " %9" PRIu64 "%s\n", PW_STR_ARG(rows[i].id), rows[i].before,
            rows[i].after,
            !rows[i].in_before  ? "  new"
            : !rows[i].in_after ? "  gone"
                                : "");
        shown++;
    }
    pw_buf_puts(out, shown == 0 ? "  none\n\n" : "\n");
    pw_arena_free(arena);
}

static void write_bar(struct pw_buf *out, uint64_t count, uint64_t most)
{
    for (uint64_t i = 0; most > 0 && i < (count * BAR + most - 1) / most; i++)
        pw_buf_putc(out, '#');
}

static void write_months(const struct pw_trial *trial, struct pw_buf *out)
{
    uint64_t most = 0;
    char text[PW_DATE_TEXT];
    for (size_t i = 0; i < trial->months; i++)
        if (trial->after.by_month[i] > most)
            most = trial->after.by_month[i];
    pw_buf_puts(out, "month       before     after\n");
    for (size_t i = 0; i < trial->months; i++) {
        if (trial->before.by_month[i] == 0 && trial->after.by_month[i] == 0)
            continue;
        pw_buf_printf(out, "  %s %9" PRIu64 " %9" PRIu64 "  ",
            month_format(first_month(trial) + (int)i, text), trial->before.by_month[i],
            trial->after.by_month[i]);
        write_bar(out, trial->after.by_month[i], most);
        pw_buf_putc(out, '\n');
    }
    pw_buf_putc(out, '\n');
}

static void write_item(const struct pw_trial *trial, const struct pw_trial_item *item, struct pw_buf *out)
{
    char id[PW_UUID_TEXT];
    const struct pw_ruleset *set = trial->after.set;
    const struct pw_walk *walk = &item->after;
    if (item->change == PW_CHANGE_LOST) {
        set = trial->before.set;
        walk = &item->before;
    }
    pw_buf_printf(out, "  %-13s %s  %s -> %s ", pw_change_words[item->change],
        pw_uuid_format(&item->premises, id), pw_risk_words[item->before.highest],
        pw_risk_words[item->after.highest]);
    for (uint32_t nr = 0; nr < set->rule_count; nr++)
        if (mask_has(&walk->rules, nr))
            pw_buf_printf(out, " %.*s", PW_STR_ARG(set->rules[nr].id));
    pw_buf_putc(out, '\n');
}

void pw_trial_write_text(const struct pw_trial *trial, size_t items, struct pw_buf *out)
{
    uint64_t changed = trial->premises - trial->changes[PW_CHANGE_NONE];
    write_head(trial, out);
    write_levels(trial, out);
    write_alerts(trial, out);
    write_changes(trial, out);
    write_rules(trial, out);
    write_months(trial, out);
    size_t shown = trial->item_count < items ? trial->item_count : items;
    for (size_t i = 0; i < shown; i++)
        write_item(trial, &trial->items[i], out);
    if (changed > shown)
        pw_buf_printf(
            out, "  and %" PRIu64 " more premises; --items or --json names them\n", changed - shown);
}
