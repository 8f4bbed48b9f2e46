/*
 * Mutation testing: each small change to a rule is tried against the rule's own tests. One that no test
 * notices has survived: either the change means nothing, or a test is missing.
 */
#include <string.h>

#include "testing_int.h"

/* The set with one rule changed. */
static struct pw_ruleset with_mutant(
    struct pw_arena *arena, const struct pw_mutants *mutants, const struct pw_mutant *mutant, size_t *ret_at)
{
    struct pw_ruleset set = *mutants->set;
    struct pw_rule *rules = PW_NEW_ARRAY(arena, set.rule_count, struct pw_rule);

    memcpy(rules, set.rules, set.rule_count * sizeof *rules);
    *ret_at = mutant->rule->nr;
    rules[*ret_at] = mutant->changed;
    set.rules = rules;
    return set;
}

static bool is_noticed(const struct pw_mutants *mutants, const struct pw_mutant *mutant, pw_day today)
{
    struct pw_arena *arena = pw_arena_new();
    size_t at;
    struct pw_ruleset set = with_mutant(arena, mutants, mutant, &at);
    const struct pw_yaml *tests = mutant->rule->tests;
    bool noticed = false;

    for (size_t i = 0; i < tests->count && !noticed; i++) {
        const char *why = NULL;
        char text[160];
        struct pw_err err = {0};
        noticed = !try_test(&set, &set.rules[at], tests->items[i], today, NULL, &why, text, &err) || why;
    }
    pw_arena_free(arena);
    return noticed;
}

void try_mutants(const struct pw_ruleset *set, pw_day today, struct pw_rules_report *report)
{
    const struct pw_mutants *mutants = pw_rules_mutate(set);

    report->mutants = mutants->count;
    for (size_t i = 0; i < mutants->count; i++) {
        const struct pw_mutant *mutant = &mutants->items[i];
        if (is_noticed(mutants, mutant, today)) {
            report->noticed++;
            continue;
        }
        pw_buf_printf(&report->text, "%s:%u:%u: %.*s: no test notices that %.*s\n", mutant->place.file,
            mutant->place.line, mutant->place.column, PW_STR_ARG(mutant->place.rule),
            PW_STR_ARG(mutant->what));
    }
    pw_buf_printf(&report->text, "mutants: %zu of %zu noticed (%zu.%zu %%)\n", report->noticed,
        report->mutants, report->mutants ? report->noticed * 100 / report->mutants : 100,
        report->mutants ? report->noticed * 1000 / report->mutants % 10 : 0);
    pw_rules_mutants_free(mutants);
}
