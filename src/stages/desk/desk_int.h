/* Inside of desk: the state table, one write on an alert, and small tools. */
#ifndef PANDWACHT_DESK_INT_H
#define PANDWACHT_DESK_INT_H

#include <pandwacht/access.h>
#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/cloudevent.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/desk.h>
#include <pandwacht/dossier.h>
#include <pandwacht/facts.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>
#include <pandwacht/premises.h>
#include <pandwacht/rules.h>
#include <pandwacht/score.h>

#define DESK_ANSWER_MAX (4u << 20) /* octets of one answer */

struct pw_desk {
    struct pw_desk_options options;
    struct pw_sets *sets; /* to explain with */
};

/* The first two parameters of every statement of the desk: where the caller may look. */
#define DESK_REGION(caller)                                                                                  \
    PW_P_BOOL((caller)->everywhere), PW_P_TEXTS((caller)->municipalities, (caller)->municipality_count)

/* ---- states.c: what may happen to an alert ---- */

enum alert_status { /* in the order of the words */
    ALERT_NEW,
    ALERT_CLAIMED,
    ALERT_WEIGHING,
    ALERT_REFERRED,
    ALERT_AWAITING_OUTCOME,
    ALERT_CLOSED,
    ALERT_WITHDRAWN,
    ALERT_STATUSES
};

enum alert_event {
    EVENT_CLAIM,
    EVENT_RELEASE,
    EVENT_NOTE,
    EVENT_SNOOZE,
    EVENT_UNSNOOZE,
    EVENT_WEIGH,
    EVENT_DECIDE_FOUNDED,
    EVENT_DECIDE_UNFOUNDED,
    EVENT_DECIDE_UNCLEAR,
    EVENT_PROPOSE_REFERRAL,
    EVENT_APPROVE_REFERRAL,
    EVENT_REFUSE_REFERRAL,
    EVENT_ACCEPTED,
    EVENT_NOT_COMPETENT,
    EVENT_MORE_INFORMATION,
    EVENT_FOUND,
    EVENT_NOTHING_FOUND,
    EVENT_NOT_POSSIBLE,
    EVENT_CLOSE,
    EVENT_LEVEL_LOST, /* by retraction, correction or erasure: the system */
    ALERT_EVENTS
};

enum alert_actor {
    ACTOR_DESK,          /* anyone of the desk */
    ACTOR_ASSIGNEE,      /* who claimed it */
    ACTOR_ASSIGNEE_LEAD, /* or a case lead */
    ACTOR_LEAD,
    ACTOR_OTHER, /* anyone of the desk but who proposed */
    ACTOR_RECEIVER,
    ACTOR_THE_SYSTEM,
};

struct transition {
    enum alert_status to;
    enum alert_actor actor;
};

/* Whether the table has (status, event); `founded`: the verdict founded stands. */
bool desk_transition(
    enum alert_status status, enum alert_event event, bool founded, struct transition *ret) PW_MUST_CHECK;
const char *desk_status_word(enum alert_status status);
/* ALERT_STATUSES when it is no status. */
enum alert_status desk_status_of(struct pw_str word);

/* ---- tools.c ---- */

/* Parses the route's {id}; false: answered 404. */
bool desk_id(struct pw_request *req, struct pw_uuid *ret) PW_MUST_CHECK;
/* Answers 404. */
void desk_reply_not_found(struct pw_request *req);
/* A problem with a detail in the request's language. */
void desk_reply(struct pw_request *req, enum pw_err_code code, const char *nl, const char *en);
/* If-Match of a write: false: answered 428. */
bool desk_has_if_match(struct pw_request *req) PW_MUST_CHECK;
/* Whether If-Match has "<letter><version>", or is "*". */
bool desk_if_match(const struct pw_request *req, char letter, int64_t version);
/* Adds the header ETag: "<letter><version>". */
void desk_etag(struct pw_request *req, char letter, int64_t version);
/* The body as an object; an empty body passes for {} where `may_be_empty`. False: answered. */
bool desk_body(struct pw_request *req, bool may_be_empty, struct pw_faults *faults,
    const struct pw_json **ret) PW_MUST_CHECK;
/* "2026-03-01" (00:00 in the Netherlands) or an instant; PW_TIME_NONE when absent. */
pw_usec desk_query_time(const struct pw_request *req, const char *key, struct pw_faults *faults);
void desk_write_self(const char *path, const struct pw_uuid *id, struct pw_jsonw *w);
/* Members of bodies: a date (absent and not required: PW_DAY_NONE), a list of ids. */
bool desk_member_day(
    const struct pw_json *body, const char *name, bool required, pw_day *ret, struct pw_faults *faults);
bool desk_member_ids(const struct pw_json *body, const char *name, bool required, size_t max,
    struct pw_arena *arena, struct pw_uuid **ret, size_t *ret_count, struct pw_faults *faults);
/* The civil day and the instant, now. */
pw_day desk_today(const struct pw_desk *desk);
pw_usec desk_now(const struct pw_desk *desk);
/* `n` working days after today (weekends only where no calendar reaches). */
pw_day desk_working_days(const struct pw_desk *desk, int n);
/* The address columns of a row (bag_id postcode house_number house_letter addition municipality). */
struct pw_address desk_address(const struct pw_rows *rows, size_t row);
/* Writes "premises": {id, bagId?, address?, type?}. */
void desk_write_premises(
    const struct pw_rows *rows, size_t row, const struct pw_uuid *id, struct pw_jsonw *w);

/* ---- alerts.c ---- */

/* Answers with row 0 of DESK_ALERT_GET: explanation and all. `rows` must live until the answer. */
void desk_reply_alert(struct pw_desk *desk, struct pw_request *req, int status, const struct pw_rows *rows);

/* ---- act.c: one write on an alert ---- */

struct act;

/* Called with the alert locked and everything allowed: adds what is particular to this event. It may
 * refuse by desk_act_refuse (then returns false), or take over and call desk_act_write itself later. */
typedef bool (*act_apply)(struct act *act, struct pw_tx *tx);
/* Adds statements to the first round trip; may be NULL. */
typedef void (*act_prepare)(struct act *act, struct pw_tx *tx);

struct act {
    /* given */
    struct pw_desk *desk;
    struct pw_request *req;
    const struct pw_caller *caller;
    enum alert_event event;
    const char *entry;  /* kind of the history's line, literal */
    const char *audit;  /* action, literal */
    struct pw_str note; /* JSON body of the history's line; "" = {} */
    act_prepare prepare;
    act_apply apply;
    int status;        /* of the answer: 201 or 204 */
    bool answer_alert; /* with the whole alert */
    void *own;         /* of the verb */
    /* the alert, as locked */
    struct pw_uuid id, premises, tenancy, assignee;
    enum alert_status from;
    int64_t level, version;
    pw_day snoozed_until;
    pw_usec decided_at;
    struct pw_str verdict, result;
    /* what is written; begins as what it was, with the table's `to` */
    enum alert_status to;
    struct pw_uuid new_assignee;
    pw_day new_snoozed;
    struct pw_str new_verdict;
    pw_usec new_decided_at;
    struct pw_uuid entry_id;
    void (*finish)(struct act *act, struct pw_jsonw *w); /* adds members to the answer; may be NULL */
    void (*answer)(struct act *act, struct pw_tx *tx);   /* answers by itself; may be NULL */
    /* private */
    size_t s_lock, s_set, s_get;
    struct pw_tx *tx;
};

/* A new act on the request's {id}: checks If-Match (428) and id (404). NULL: answered. */
struct act *desk_act(struct pw_request *req, struct pw_desk *desk, enum alert_event event, const char *entry,
    const char *audit);
/* Reads, checks (404, 412, 409, 403), applies, writes, answers. */
void desk_act_run(struct act *act);
/* The same from an alert that was locked by the caller's own statement with these columns. */
void desk_act_locked(struct act *act, struct pw_tx *tx, const struct pw_rows *rows);
/* What is left to do when `apply` returned false without refusing: the writing, and the answer. */
void desk_act_write(struct act *act, struct pw_tx *tx);
/* Ends the transaction and answers with a problem. */
void desk_act_refuse(struct act *act, enum pw_err_code code, const char *nl, const char *en);
/* Rolls back and answers 400. */
void desk_act_faults(struct act *act, const struct pw_faults *faults);
/* Makes the premises due at once: a decision changes what counts. */
void desk_act_due(struct act *act, struct pw_tx *tx, const char *reason);

/* ---- premises.c ---- */

/* The route's {id} as a premises id or a BAG id; false: answered 404. */
bool desk_premises_name(
    struct pw_request *req, struct pw_uuid *ret_id, struct pw_str *ret_bag_id) PW_MUST_CHECK;
/* Answers with row 0 of DESK_PREMISES_GET. */
void desk_reply_premises(
    struct pw_desk *desk, struct pw_request *req, int status, const struct pw_rows *rows);

/* ---- referrals.c ---- */

/* Row 0 or another of DESK_REFERRAL_GET or _LIST; `desk` adds what only the desk sees. */
void desk_write_referral(const struct pw_rows *rows, size_t row, bool desk, struct pw_jsonw *w);
/* The OIN by which a municipality's caller is a receiver; data NULL for the desk's own people. */
struct pw_str desk_receiver_oin(const struct pw_caller *caller);
/* A new act on a referral; NULL: answered. */
struct act *desk_referral_act(
    struct pw_request *req, struct pw_desk *desk, const char *entry, const char *audit);
/* Reads and locks referral and alert, checks (404, 412, 409, 403), applies, writes. `status_needed` is
 * the referral's; another one is 409. Answers with the referral. */
void desk_referral_run(struct act *act);

/* What desk_referral_act keeps of the referral, in act->own. */
struct referral_act {
    struct pw_uuid id, proposed_by, receiver;
    const char *status_needed;
    const char *new_status;
    pw_day acknowledge_by;      /* approval */
    struct pw_uuid approved_by; /* approval; else nil */
    const struct pw_rows *rows; /* of DESK_REFERRAL_LOCK, while the transaction lasts */
    size_t s_get, s_facts, s_receivers, s_fact;
    void *more;                                       /* of the verb */
    bool (*apply)(struct act *act, struct pw_tx *tx); /* may be NULL */
};

/* ---- events.c ---- */

/* Receivers to tell about alerts of this act: reading (first round trip) and writing alert.closed. */
void desk_events_prepare(struct act *act, struct pw_tx *tx, size_t *ret_statement);
void desk_events_closed(struct act *act, struct pw_tx *tx, size_t statement, struct pw_str reason);
/* referral.created to its receiver. False with `err` when it cannot be made. */
bool desk_events_referral(struct act *act, struct pw_tx *tx, struct pw_err *err) PW_MUST_CHECK;

#endif
