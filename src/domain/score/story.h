/* Private to the room score: dossiers told in YAML (story.c), used by the runner of the rules' tests. */
#ifndef PANDWACHT_SCORE_STORY_H
#define PANDWACHT_SCORE_STORY_H

#include <pandwacht/score.h>

#define STORY_FACTS_MAX     1000
#define STORY_TENANCIES_MAX 16

struct probe;

struct story {
    struct probe *probe; /* sees every condition asked; NULL = nobody does */
    struct pw_arena *arena;
    const struct pw_ruleset *set;
    pw_day today;
    struct pw_parties parties;
    uint64_t *premises;
    struct pw_fact *facts;
    size_t fact_count;
    struct pw_tenancy *tenancies;
    size_t tenancy_count;
    struct pw_latch *latches;
    size_t latch_count;
};

void story_init(struct story *s, struct pw_arena *arena, const struct pw_ruleset *set, pw_day today);
bool story_day(
    const struct story *s, const struct pw_yaml *node, pw_day *ret, struct pw_err *err) PW_MUST_CHECK;
/* Each takes NULL for nothing to add. */
bool story_set_premises(struct story *s, const struct pw_yaml *map, struct pw_err *err) PW_MUST_CHECK;
bool story_add_tenancies(struct story *s, const struct pw_yaml *list, struct pw_err *err) PW_MUST_CHECK;
bool story_add_facts(struct story *s, const struct pw_yaml *list, struct pw_err *err) PW_MUST_CHECK;
bool story_retract(struct story *s, const struct pw_yaml *list, struct pw_err *err) PW_MUST_CHECK;
bool story_assess(struct story *s, struct pw_assessment *ret, struct pw_err *err) PW_MUST_CHECK;
void story_latch(struct story *s, const struct pw_assessment *assessment);

#endif
