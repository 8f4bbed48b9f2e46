/*
 * lab: the stage where rule sets are tried before they count. Serves policy owners and auditors: the
 * rules and how precise they have proved, kept sets, trials on all history (backtests), publishing by two
 * people, shadow sets. With the role batch it also does the work: claims backtests, evaluates shadow sets
 * behind the log, and looks daily at which rules must be reviewed or have proved imprecise.
 *
 * The live set is the newest row of ruleset_publication; nothing here but an approved proposal writes it. A
 * proposal needs a finished trial against the set in force, a second person, and, when it would raise or
 * take the ground from more than `flood` alerts at once, a case lead.
 */
#ifndef PANDWACHT_LAB_H
#define PANDWACHT_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/err.h>

struct pw_db;
struct pw_lab;
struct pw_loop;
struct pw_request;
struct pw_worker;
struct pw_worker_job;

/* Compiles a candidate in a child process: the bundle in, {name, version, sha256} or its faults out. */
extern const struct pw_worker_job pw_lab_candidate_job;

struct pw_lab_options { /* 0 = the default in brackets */
    struct pw_loop *loop;
    struct pw_db *db;
    struct pw_worker *worker; /* must know pw_lab_candidate_job; NULL: candidates are refused */
    bool batch;               /* does the long work too */
    int64_t flood;            /* alerts that publishing may touch without a case lead [50] */
    int64_t poll_ms;          /* looks for work [1000] */
};

/* Starts at once. Never NULL; the options are copied. */
struct pw_lab *pw_lab_new(const struct pw_lab_options *options);
/* Orderly stop: the page under way is finished, a running trial is left to be taken up again. */
void pw_lab_drain(struct pw_lab *lab);
bool pw_lab_idle(const struct pw_lab *lab);
/* Stops followers and timers; before the pool is freed. */
void pw_lab_stop(struct pw_lab *lab);
/* After the pool. NULL is accepted. */
void pw_lab_free(struct pw_lab *lab);

/* Handlers; `stage` is a struct pw_lab. Each names its route. */
void pw_lab_list_rules(struct pw_request *req, void *stage);          /* GET /v1/rules */
void pw_lab_rule_performance(struct pw_request *req, void *stage);    /* GET /v1/rules/{id}/performance */
void pw_lab_list_rulesets(struct pw_request *req, void *stage);       /* GET /v1/rulesets */
void pw_lab_post_ruleset(struct pw_request *req, void *stage);        /* POST /v1/rulesets */
void pw_lab_list_backtests(struct pw_request *req, void *stage);      /* GET /v1/backtests */
void pw_lab_post_backtest(struct pw_request *req, void *stage);       /* POST /v1/backtests */
void pw_lab_get_backtest(struct pw_request *req, void *stage);        /* GET /v1/backtests/{id} */
void pw_lab_list_publications(struct pw_request *req, void *stage);   /* GET /v1/ruleset-publications */
void pw_lab_post_publication(struct pw_request *req, void *stage);    /* POST /v1/ruleset-publications */
void pw_lab_get_publication(struct pw_request *req, void *stage);     /* GET /v1/ruleset-publications/{id} */
void pw_lab_approve_publication(struct pw_request *req, void *stage); /* POST .../{id}/approvals */
void pw_lab_release_publication(struct pw_request *req, void *stage); /* POST .../{id}/releases */
void pw_lab_list_shadows(struct pw_request *req, void *stage);        /* GET /v1/ruleset-shadows */
void pw_lab_post_shadow(struct pw_request *req, void *stage);         /* POST /v1/ruleset-shadows */
void pw_lab_end_shadow(struct pw_request *req, void *stage);         /* DELETE /v1/ruleset-shadows/{sha256} */
void pw_lab_shadow_differences(struct pw_request *req, void *stage); /* GET .../{sha256}/differences */

#endif
