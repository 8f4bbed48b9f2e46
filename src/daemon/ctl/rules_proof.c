/* What `rules check` prints of a set that holds: the theorem, the exceptions, what is left out. */
#include "rules_int.h"

#include <inttypes.h>
#include <stdio.h>

static void put_points(int64_t milli)
{
    printf("%6" PRId64 ".%03" PRId64, milli / 1000, milli % 1000);
}

static void print_class(const struct pw_ruleset *set, int class)
{
    const struct pw_class_bound *bound = &set->theorem->classes[class];
    const char *parting = "  ";

    printf("  %-16s", pw_source_class_words[class]);
    put_points(bound->points);
    printf("  %-5s", bound->alone_count ? "alert" : "watch");
    for (size_t t = 0; t < set->theme_count; t++) {
        if (!bound->themes[t])
            continue;
        printf("%s%.*s %" PRId64, parting, PW_STR_ARG(set->themes[t].id), bound->themes[t] / 1000);
        parting = ", ";
    }
    if (set->class_cap[class])
        printf("; capped at %" PRId64, set->class_cap[class] / 1000);
    putchar('\n');
}

static void print_alone(const struct pw_ruleset *set)
{
    puts("Stands alone, found on site by a competent body:");
    for (int c = 0; c < PW_CLASS_DERIVED; c++) {
        const struct pw_class_bound *bound = &set->theorem->classes[c];
        for (size_t i = 0; i < bound->alone_count; i++)
            printf("%s%.*s%s", i ? ", " : "", PW_STR_ARG(bound->alone[i]->id), "");
        if (bound->alone_count)
            printf(" (%s)\n", pw_source_class_words[c]);
    }
}

static void print_undecided(const struct pw_theorem *theorem)
{
    struct pw_str last = PW_STR("");

    if (!theorem->undecided_count)
        return;
    fputs("Not decided whether it can ever or always hold, for it adds or compares fields:", stdout);
    for (size_t i = 0; i < theorem->undecided_count; i++) {
        const struct pw_undecided *item = &theorem->undecided[i];
        bool again = pw_str_eq(item->rule, last);
        printf(again ? ", %.*s" : "\n  %.*s: ", PW_STR_ARG(again ? item->what : item->rule));
        if (!again)
            printf("%.*s", PW_STR_ARG(item->what));
        last = item->rule;
    }
    putchar('\n');
}

static void print_inputs(const struct pw_ruleset *set)
{
    printf("Denied attributes: %zu with their aliases in two languages; no field or value that rules can "
           "read bears "
           "one of their names.\n",
        set->model->denied_count);
    for (size_t i = 0; i < set->exception_count; i++)
        printf("  exception: %.*s beside %.*s (%.*s), %.*s\n", PW_STR_ARG(set->exceptions[i].allowed),
            PW_STR_ARG(set->exceptions[i].attribute), PW_STR_ARG(set->exceptions[i].reviewer),
            PW_STR_ARG(set->exceptions[i].ground.en));
    printf("Nothing takes points away for what a newcomer cannot have (%zu fields and values named).\n",
        set->out_of_reach_count);
}

void print_proofs(const struct pw_ruleset *set)
{
    const struct pw_theorem *theorem = set->theorem;

    puts("The most that each source class can bring alone, and the level it can reach:");
    for (int c = 0; c < PW_CLASS_DERIVED; c++)
        print_class(set, c);
    print_alone(set);
    printf(
        "No class alone brings the level above watch but by these. Tips, however many, bring at most %" PRId64
        " points, %" PRId64 " with the kind of premises: below alert, which begins at %" PRId64 ".\n",
        theorem->tips_most / 1000, (theorem->tips_most + theorem->location_most) / 1000,
        set->level_from[PW_RISK_ALERT] / 1000);
    print_inputs(set);
    print_undecided(theorem);
    printf("Left out, with the reason in ruleset.yaml:");
    for (size_t i = 0; i < set->left_out_count; i++)
        printf("%s %.*s", i ? "," : "", PW_STR_ARG(set->left_out[i].id));
    putchar('\n');
}

void print_reads(struct pw_arena *arena, const struct pw_ruleset *set)
{
    for (size_t i = 0; i < set->rule_count; i++) {
        const struct pw_str *fields;
        size_t count = pw_rules_reads(arena, set, &set->rules[i], &fields);
        printf("%.*s:", PW_STR_ARG(set->rules[i].id));
        for (size_t k = 0; k < count; k++)
            printf(" %.*s", PW_STR_ARG(fields[k]));
        putchar('\n');
    }
}
