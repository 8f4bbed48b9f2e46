/*
 * check: the tenant check of landlords. What they saw and did goes in, findings and next steps
 * come out; nothing of tips, alerts, scores or other landlords can, for this stage reads none of
 * those tables. The same work is done for every premises, known or not.
 *
 * Its own rows: tenant checks, the duty-of-care file, and what else landlords keep here.
 */
#ifndef PANDWACHT_CHECK_H
#define PANDWACHT_CHECK_H

struct pw_check_catalogue;
struct pw_db;
struct pw_fact_model;
struct pw_keys;
struct pw_ledger;
struct pw_loop;
struct pw_request;
struct pw_tenant_checks;

struct pw_tenant_check_options {
    struct pw_loop *loop;
    struct pw_db *db;
    struct pw_ledger *ledger; /* resolves premises */
    struct pw_keys *keys;     /* for the MAC that tells the same request from another */
    const struct pw_fact_model *model;
    const struct pw_check_catalogue *catalogue;
};

/* Never NULL; everything is borrowed. */
struct pw_tenant_checks *pw_tenant_checks_new(const struct pw_tenant_check_options *options);
/* After the http server. NULL is accepted. */
void pw_tenant_checks_free(struct pw_tenant_checks *checks);

/* Handlers; `stage` is a struct pw_tenant_checks. */
void pw_check_post(struct pw_request *req, void *stage);          /* POST /v1/tenant-checks */
void pw_check_get(struct pw_request *req, void *stage);           /* GET /v1/tenant-checks/{id} */
void pw_check_receipt(struct pw_request *req, void *stage);       /* GET /v1/tenant-checks/{id}/receipt */
void pw_check_post_evidence(struct pw_request *req, void *stage); /* POST /v1/tenant-checks/{id}/evidence */
void pw_check_get_file(struct pw_request *req, void *stage);      /* GET /v1/duty-of-care-files/{id} */

#endif
