/*
 * check: the tenant check of landlords. What they saw and did goes in, findings and next steps
 * come out; nothing of tips, alerts, scores or other landlords can, for this stage reads none of
 * those tables. The same work is done for every premises, known or not.
 *
 * Its own rows: tenant checks, the duty-of-care file, and what else landlords keep here.
 */
#ifndef PANDWACHT_CHECK_H
#define PANDWACHT_CHECK_H

#include <stdbool.h>
#include <stdint.h>

struct pw_check_catalogue;
struct pw_db;
struct pw_fact_model;
struct pw_keys;
struct pw_ledger;
struct pw_loop;
struct pw_request;
struct pw_client;
struct pw_reminding;
struct pw_settler;
struct pw_tenant_checks;
struct pw_worker;
struct pw_worker_job;

struct pw_tenant_check_options {
    struct pw_loop *loop;
    struct pw_db *db;
    struct pw_ledger *ledger; /* resolves premises */
    struct pw_keys *keys;     /* for the MAC that tells the same request from another */
    const struct pw_fact_model *model;
    const struct pw_check_catalogue *catalogue;
    struct pw_worker *worker; /* must know pw_access_hash_job */
    const char *oin;          /* of this installation: controller of what landlords send */
    struct pw_client *client; /* calls webhooks of reminders */
    const char *hook_ca;      /* who may have issued their certificates */
    int64_t remind_ms;        /* how often it is looked what is due */
    bool letters;             /* a mail server is configured: codes go by letter and by no other way */
};

/* Never NULL; everything is borrowed. */
struct pw_tenant_checks *pw_tenant_checks_new(const struct pw_tenant_check_options *options);
/* After the http server. NULL is accepted. */
void pw_tenant_checks_free(struct pw_tenant_checks *checks);

/* Handlers; `stage` is a struct pw_tenant_checks. */
void pw_check_post(struct pw_request *req, void *stage);          /* POST /v1/tenant-checks */
void pw_check_get(struct pw_request *req, void *stage);           /* GET /v1/tenant-checks/{id} */
void pw_check_verify(struct pw_request *req, void *stage);        /* POST /v1/tenant-checks/_verify */
void pw_check_receipt(struct pw_request *req, void *stage);       /* GET /v1/tenant-checks/{id}/receipt */
void pw_check_post_evidence(struct pw_request *req, void *stage); /* POST /v1/tenant-checks/{id}/evidence */
void pw_check_get_file(struct pw_request *req, void *stage);      /* GET /v1/duty-of-care-files/{id} */

void pw_check_post_observation(struct pw_request *req, void *stage);   /* POST .../observations */
void pw_check_list_observations(struct pw_request *req, void *stage);  /* GET /v1/held-observations */
void pw_check_decide_observation(struct pw_request *req, void *stage); /* POST .../{id}/decisions */
void pw_check_invite(struct pw_request *req, void *stage);             /* POST /v1/landlord-invitations */
void pw_check_accept(struct pw_request *req, void *stage);             /* POST .../{id}/acceptances */
void pw_check_declare(struct pw_request *req, void *stage);            /* POST /v1/premises-declarations */
void pw_check_list_declarations(struct pw_request *req, void *stage);  /* GET /v1/premises-declarations */
void pw_check_end_declaration(struct pw_request *req, void *stage);    /* DELETE .../{id} */
void pw_check_decide(struct pw_request *req, void *stage);             /* POST .../{id}/decisions */

void pw_check_reject(struct pw_request *req, void *stage);           /* POST .../{id}/rejections */
void pw_check_audit_rejections(struct pw_request *req, void *stage); /* GET /v1/landlord-rejections */
void pw_check_plan(struct pw_request *req, void *stage);             /* POST /v1/care-plans */
void pw_check_list_plans(struct pw_request *req, void *stage);       /* GET /v1/care-plans */
void pw_check_end_plan(struct pw_request *req, void *stage);         /* DELETE /v1/care-plans/{id} */
void pw_check_plan_held(struct pw_request *req, void *stage);      /* POST /v1/care-plans/{id}/inspections */
void pw_check_list_reminders(struct pw_request *req, void *stage); /* GET /v1/care-reminders */

/* ---- reminders of what is due: rows, letters and webhooks ---- */

/* Starts at once; any number of processes may run one. */
struct pw_reminding *pw_reminding_new(const struct pw_tenant_check_options *options);
/* As the settler's, below. */
void pw_reminding_stop(struct pw_reminding *reminding);
bool pw_reminding_idle(const struct pw_reminding *reminding);
void pw_reminding_free(struct pw_reminding *reminding);

/* ---- what landlords reported, on its way to the ledger ---- */

/* Starts at once; any number of processes may run one. Options are copied; `worker` is not needed. */
struct pw_settler *pw_settler_new(const struct pw_tenant_check_options *options);
/* No new rounds; before the pool is freed. NULL is accepted, here and below. */
void pw_settler_stop(struct pw_settler *settler);
/* Whether no round runs. */
bool pw_settler_idle(const struct pw_settler *settler);
/* After the pool, which fails what is under way. */
void pw_settler_free(struct pw_settler *settler);

#endif
