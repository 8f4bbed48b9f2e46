/* Private to the room score: what the files of the test runner share. */
#ifndef PANDWACHT_SCORE_TESTING_INT_H
#define PANDWACHT_SCORE_TESTING_INT_H

#include "score_int.h"
#include "story.h"

/* ---- testing.c ---- */

/* A failure at a node of a rule file, or as an error says it. */
void fail_at(struct pw_rules_report *report, const struct pw_yaml *node, struct pw_str who, const char *what);
void fail_err(struct pw_rules_report *report, const struct pw_err *err);
/* Premises, tenancies and facts of a map. */
bool tell_story(struct story *s, const struct pw_yaml *map, struct pw_err *err) PW_MUST_CHECK;
/* One test of one rule. *ret_why is NULL when it passes; else what is wrong, perhaps in `text`. */
bool try_test(const struct pw_ruleset *set, const struct pw_rule *rule, const struct pw_yaml *test,
    pw_day today, struct probe *probe, const char **ret_why, char text[160],
    struct pw_err *err) PW_MUST_CHECK;

/* ---- golden.c ---- */
void tell_margins(struct pw_rules_report *report);

/* ---- coverage.c, mutants.c: how well the tests know the rules ---- */
void measure_coverage(const struct pw_ruleset *set, pw_day today, struct pw_rules_report *report);
void try_mutants(const struct pw_ruleset *set, pw_day today, struct pw_rules_report *report);

#endif
