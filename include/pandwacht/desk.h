/*
 * desk: the stage where people work. The queue of alerts and its states, notes, weighings,
 * decisions, referrals to municipalities and their answers, premises and their assessments,
 * danger notices.
 *
 * Every write is one transaction: the row, its entry in the alert's history, audit, `due` where the
 * premises must be assessed again, outbox rows where a receiver must be told. Writes on an alert or
 * referral need If-Match with its ETag (428 without, 412 when stale); what the state table
 * (desk/states.c) does not have is 409 `transition`. A region is a required parameter of every
 * statement here: what lies outside it is 404, as if it were not there.
 */
#ifndef PANDWACHT_DESK_H
#define PANDWACHT_DESK_H

#include <stdbool.h>
#include <stdint.h>

struct pw_audit;
struct pw_db;
struct pw_desk;
struct pw_fact_model;
struct pw_ledger;
struct pw_loop;
struct pw_request;
struct pw_holidays;
struct pw_keys;

struct pw_desk_options {
    struct pw_loop *loop;
    struct pw_db *db;
    const struct pw_fact_model *model;
    struct pw_ledger *ledger; /* outcomes are facts */
    const struct pw_keys *keys;
    const struct pw_holidays *holidays; /* deadlines in working days; NULL = weekends only */
    const char *oin;                    /* of this installation, the source of events */
};

/* Never fails; freed after the http server. */
struct pw_desk *pw_desk_new(const struct pw_desk_options *options);
void pw_desk_free(struct pw_desk *desk);
/* A newly loaded model, for requests from now on. */
void pw_desk_set_model(struct pw_desk *desk, const struct pw_fact_model *model);

/* Handlers; `stage` is a struct pw_desk. Each names its route. */
void pw_desk_list_alerts(struct pw_request *req, void *stage);  /* GET /v1/alerts */
void pw_desk_get_alert(struct pw_request *req, void *stage);    /* GET /v1/alerts/{id} */
void pw_desk_open_alert(struct pw_request *req, void *stage);   /* POST /v1/alerts */
void pw_desk_next_alert(struct pw_request *req, void *stage);   /* POST /v1/alerts/_next */
void pw_desk_claim(struct pw_request *req, void *stage);        /* POST /v1/alerts/{id}/claims */
void pw_desk_release(struct pw_request *req, void *stage);      /* DELETE /v1/alerts/{id}/claims/current */
void pw_desk_note(struct pw_request *req, void *stage);         /* POST /v1/alerts/{id}/notes */
void pw_desk_weigh(struct pw_request *req, void *stage);        /* POST /v1/alerts/{id}/weighings */
void pw_desk_decide(struct pw_request *req, void *stage);       /* POST /v1/alerts/{id}/decisions */
void pw_desk_refer(struct pw_request *req, void *stage);        /* POST /v1/alerts/{id}/referrals */
void pw_desk_close(struct pw_request *req, void *stage);        /* POST /v1/alerts/{id}/closures */
void pw_desk_snooze(struct pw_request *req, void *stage);       /* POST /v1/alerts/{id}/snoozes */
void pw_desk_unsnooze(struct pw_request *req, void *stage);     /* DELETE /v1/alerts/{id}/snoozes/current */
void pw_desk_list_entries(struct pw_request *req, void *stage); /* GET /v1/alerts/{id}/entries */
void pw_desk_approve_referral(struct pw_request *req, void *stage); /* POST /v1/referrals/{id}/approvals */

void pw_desk_list_referrals(struct pw_request *req, void *stage); /* GET /v1/referrals */
void pw_desk_get_referral(struct pw_request *req, void *stage);   /* GET /v1/referrals/{id} */
void pw_desk_acknowledge_referral(
    struct pw_request *req, void *stage);                  /* POST /v1/referrals/{id}/acknowledgements */
void pw_desk_outcome(struct pw_request *req, void *stage); /* POST /v1/referrals/{id}/outcomes */

void pw_desk_list_dangers(struct pw_request *req, void *stage); /* GET /v1/danger-notices */
void pw_desk_acknowledge_danger(
    struct pw_request *req, void *stage); /* POST /v1/danger-notices/{id}/acknowledgements */

void pw_desk_get_premises(struct pw_request *req, void *stage);     /* GET /v1/premises/{id} */
void pw_desk_put_premises(struct pw_request *req, void *stage);     /* PUT /v1/premises/{id} */
void pw_desk_create_premises(struct pw_request *req, void *stage);  /* POST /v1/premises */
void pw_desk_search_premises(struct pw_request *req, void *stage);  /* POST /v1/premises/_search */
void pw_desk_get_dossier(struct pw_request *req, void *stage);      /* GET /v1/premises/{id}/dossier */
void pw_desk_list_assessments(struct pw_request *req, void *stage); /* GET /v1/premises/{id}/assessments */

#endif
