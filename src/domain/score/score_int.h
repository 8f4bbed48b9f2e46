/* Private to the room score: one assessment under way, step by step. */
#ifndef PANDWACHT_SCORE_INT_H
#define PANDWACHT_SCORE_INT_H

#include <cel/cel.h>

#include <pandwacht/score.h>

#define HORIZON_DAYS 3650 /* how far ahead a change is looked for */
#define ANY_PERIOD   UINT32_MAX
#define ALL_CLASSES  UINT32_MAX
#define ALL_THINGS   UINT32_MAX /* phenomena */

/* A fact that counts, with what was worked out about it. `facts` is sorted by kind, then day. */
struct seen {
    const struct pw_fact *fact;
    uint32_t period;    /* position in engine->periods */
    uint32_t origin;    /* independent reporters have different numbers; 0 = anonymous */
    uint32_t group;     /* facts of one report or that follow from each other */
    uint8_t gate_class; /* the strongest class of its group */
};

/* A stretch of time that is scored by itself. */
struct stretch {
    const struct pw_tenancy *tenancy; /* NULL: time without one */
    const struct pw_latch *latch;     /* NULL: none */
    bool open;
    pw_day newest; /* day on which the last fact became known; PW_DAY_NONE = no facts */
};

/* One fact that meets a rule's condition. */
struct match {
    uint32_t fact; /* position in engine->facts */
    pw_day day;    /* from which it ages */
    int64_t key;   /* of `distinct` */
    int64_t group; /* of the rule's `same` */
    uint32_t look; /* 0 = the rule's `each`, n = its nth `also` */
    bool suffices;
    uint32_t join_caps, join_gates; /* classes of the joined facts; ALL_CLASSES without a join */
    uint32_t joined;                /* one joined fact, a witness too; ANY_PERIOD = none */
};

/* A rule that fired. */
struct hit {
    const struct pw_rule *rule;
    const struct match *matches;
    size_t match_count;
    int64_t full;
    enum pw_source_class class;
    uint32_t gate_classes; /* classes whose own witnesses would make it fire */
    uint32_t witness_classes;
    pw_day newest;
    pw_usec newest_received;
    bool stands_alone;
    bool suppressed;           /* never-alone: counts for nothing */
    const uint32_t *witnesses; /* positions in engine->facts, oldest first */
    size_t witness_count;
    struct pw_line_span decided[PW_LINE_SPANS];
    size_t decided_count;
    uint32_t decided_look;
    /* mitigation */
    int64_t net; /* what is left at `net_day` */
    pw_day net_day;
    int64_t now; /* gross points, filled for the day in hand */
};

/* How much of one hit a mitigating hit takes away, from `day` on. */
struct offset {
    uint32_t by, of; /* positions in hits */
    int64_t amount;
    pw_day day;
};

/* Who wants to see every condition that is asked: the measuring of test coverage. */
struct probe {
    void (*on_ask)(struct probe *probe, int32_t expr, const union cel_slot *slots);
};

struct engine {
    struct probe *probe; /* NULL in ordinary life */
    struct pw_arena *arena;
    const struct pw_ruleset *set;
    const struct pw_dossier_view *view;
    struct pw_err *err;
    pw_day day;
    struct seen *facts;
    size_t fact_count;
    size_t *kind_start; /* facts of kind n: kind_start[n] .. kind_start[n + 1] */
    struct stretch *periods;
    size_t period_count;
    union cel_slot *slots;
    struct match *scratch; /* room for all facts */
    pw_day next;           /* earliest day on which hits can change by themselves */
};

/* The hits of one period, and what is constant about them while they stay the same. */
struct tally {
    struct engine *e;
    uint32_t period;
    struct hit *hits; /* in rule order: sorted by id */
    size_t count;
    struct offset *offsets;
    size_t offset_count;
    int64_t *theme_cap, *theme_cap_net; /* by theme; INT64_MAX = none */
    int64_t class_cap[PW_SOURCE_CLASSES], class_cap_net[PW_SOURCE_CLASSES];
    /* gates, on full points */
    bool beside;      /* never-alone passed */
    uint32_t counted; /* two-classes: classes that count */
    bool one_class;
    bool visited_clear;
    bool stands_alone;
    enum pw_level_of_risk full_level; /* of the undecayed score */
};

/* Points by theme and class on one day. */
struct sheet {
    int64_t *cells; /* [theme * PW_SOURCE_CLASSES + class] */
    int64_t *theme_cut;
    int64_t class_cut[PW_SOURCE_CLASSES];
    int64_t total;
};

/* ---- prepare.c ---- */
void prepare(struct engine *e);
/* Notes a future day on which hits can change. */
void note_change(struct engine *e, int64_t day);

/* ---- look.c: facts in scope and window that meet a condition ---- */
bool score_fail(struct engine *e, const struct pw_rule *rule);
/* The condition over what stands in the slots. */
enum cel_truth ask(struct engine *e, int32_t expr);
/* `expr` over one fact, read as `look` says. PW_NO_EXPR holds for every fact. */
bool match_look(struct engine *e, const struct pw_look *look, int32_t expr, uint32_t fact, bool *ret);
/* The value of `expr` over one fact as a number: equal values, equal numbers. */
bool key_of(struct engine *e, const struct pw_look *look, int32_t expr, uint32_t fact, int64_t *ret);
bool in_scope(const struct engine *e, enum pw_rule_scope scope, uint32_t fact, uint32_t period);
bool in_window(const struct engine *e, pw_day day, int32_t within);
/* Notes the day on which a fact leaves its window. */
void note_end(struct engine *e, pw_day day, int32_t within);

/* Other facts that a witness is looked at beside. */
struct beside {
    bool found;
    uint32_t caps, gates; /* classes of those found */
    uint32_t first;
};

/* Looks for facts of `look`, not before `since`; the witness may be one of them. Stops at the first unless
 * `all`.
 */
bool look_beside(struct engine *e, const struct pw_look *look, uint32_t period, uint32_t witness,
    pw_day since, bool all, struct beside *ret);

/* ---- count.c ---- */
/* Whether the rule fires on the matches that `caps` / `gates` (masks of classes) let through. */
bool fires_on(const struct engine *e, const struct pw_rule *rule, const struct match *matches, size_t count,
    uint32_t caps, uint32_t gates);

/* ---- hit.c ---- */
/* A hit out of the first `count` matches of the scratch. */
bool add_hit(struct engine *e, const struct pw_rule *rule, size_t count, struct tally *tally);

/* ---- match.c: stratum 1 ---- */
bool find_hits(struct engine *e, uint32_t period, struct tally *tally);

/* ---- strata.c: stratum 2 ---- */
bool find_derived(struct tally *tally);

/* ---- gates.c ---- */
void weigh_gates(struct tally *tally);
/* Classes counted by the two-classes gate over hits that are at most `within` days old and about one of the
 * phenomena of the mask. */
uint32_t count_classes(const struct tally *tally, int32_t within, uint32_t about);
int count_bits(uint32_t mask);
enum pw_level_of_risk computed_level(const struct tally *tally, int64_t score, pw_day day);
enum pw_level_of_risk final_level(
    const struct tally *tally, int64_t score, pw_day day, enum pw_level_of_risk latch, bool decided);

/* ---- points.c ---- */
void settle_mitigation(struct tally *tally);
/* Gross sheet (net false) or with mitigation (net true) on a day, after caps. */
void fill_sheet(const struct tally *tally, pw_day day, bool net, struct sheet *ret);
void sheet_init(const struct tally *tally, struct sheet *ret);
int64_t score_on(const struct tally *tally, pw_day day, struct sheet *scratch);
int64_t full_score(const struct tally *tally, struct sheet *scratch);

/* ---- lines.c ---- */
void write_period(struct tally *tally, struct pw_period *ret);

/* ---- assess.c: pw_score_assess, with somebody looking on ---- */
bool assess_watched(struct pw_arena *arena, const struct pw_ruleset *set, const struct pw_dossier_view *view,
    pw_day day, struct probe *probe, struct pw_assessment *ret, struct pw_err *err) PW_MUST_CHECK;

static inline bool counts(const struct hit *hit)
{
    return !hit->suppressed && !hit->rule->draft;
}

#endif
