/* What the files of check share: the stage, and a landlord's request under way. */
#ifndef CHECK_INT_H
#define CHECK_INT_H

#include <pandwacht/access.h>
#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/check.h>
#include <pandwacht/crypto.h>
#include <pandwacht/db.h>
#include <pandwacht/facts.h>
#include <pandwacht/findings.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>
#include <pandwacht/premises.h>

#define CHECK_ANSWER_MAX    (256u << 10)
#define CHECK_CANONICAL_MAX (1u << 20)
#define CHECK_WORKER_MS     10000
#define CHECK_CHANNEL       "pandwacht_letting" /* notified when an observation may go on */

struct pw_tenant_checks {
    struct pw_tenant_check_options options;
};

/* The civil day in the Netherlands. */
pw_day check_today(const struct pw_tenant_checks *checks);

/* The landlord on whose behalf the caller asks; NULL when there is none and 403 was answered. */
const struct pw_uuid *check_landlord(struct pw_request *req);

/* The id in the path; false: 404 was answered. */
bool check_path_id(struct pw_request *req, struct pw_uuid *ret);

/* What tells the same request from another, under the content key; false: answered already. */
bool check_content_mac(struct pw_tenant_checks *checks, struct pw_request *req, const char *what,
    const struct pw_json *body, uint8_t ret[PW_MAC_SIZE]);

/* ---- names of premises: kept as the landlord gave them, never looked up here ---- */

/* Reads member `premises` of the body; false: faults. */
bool check_read_premises(struct pw_request *req, const struct pw_json *body, struct pw_premises_ref *ret,
    struct pw_faults *faults);
/* {"bagId"} or {"address"} or {"premisesId"}, in the arena. */
struct pw_str check_named(struct pw_arena *arena, const struct pw_premises_ref *ref);
/* Back from what was kept. */
bool check_named_read(struct pw_arena *arena, struct pw_str named, struct pw_premises_ref *ret);
/* The landlord's own id of premises so named: the same for the same landlord and name, and no other's. */
struct pw_uuid check_premises_id(
    struct pw_arena *arena, const struct pw_uuid *landlord, const struct pw_premises_ref *ref);

/* A request that waits for one transaction. */
struct check_call {
    struct pw_tenant_checks *checks;
    struct pw_request *req;
    const struct pw_caller *caller;
    struct pw_uuid id;
    uint8_t mac[PW_MAC_SIZE];
    pw_usec now;
    size_t statement, before;
    void *own; /* what a handler adds */
};

struct check_call *check_call_new(struct pw_request *req, struct pw_tenant_checks *checks);

/* ---- bodies: each adds its faults; whoever reads looks at them once, at the end ---- */

/* Members outside the NULL-ended list: `not-allowed` for what may never be asked, else `unknown-field`. */
void check_known(const struct pw_tenant_checks *checks, const struct pw_json *body,
    const char *const *members, struct pw_faults *faults);
/* `not-allowed` when the text of a member has somebody's citizen service number in it. */
void check_no_bsn(struct pw_str text, const char *name, struct pw_faults *faults);
/* Member sourceId; `not-allowed` when it is somebody's citizen service number. */
void check_source_id(const struct pw_json *body, struct pw_str *ret, struct pw_faults *faults);
/* A word of a NULL-ended list; "" when absent and not required. */
void check_word(const struct pw_json *body, const char *name, bool required, const char *const *words,
    struct pw_str *ret, struct pw_faults *faults);
/* A date, at most `latest`; PW_DAY_NONE when absent and not required. */
void check_day(const struct pw_json *body, const char *name, bool required, pw_day latest, pw_day *ret,
    struct pw_faults *faults);
/* A boolean; `ret` keeps its value when absent and not required. */
void check_bool(
    const struct pw_json *body, const char *name, bool required, bool *ret, struct pw_faults *faults);

/* What a source id named before, as a row (id, content_mac): takes its id over when the content is the
 * same. False: answered, 409 for other content, `missing` when there is no row. */
bool check_same(struct check_call *call, const struct pw_rows *rows, enum pw_err_code missing);

/* ---- signed documents ---- */

/* Adds `sha256` and `signature` to an object; `ret` is its RFC 8785 form, in the arena. */
bool check_sign(struct pw_tenant_checks *checks, struct pw_arena *arena, struct pw_str object,
    struct pw_str *ret, struct pw_err *err) PW_MUST_CHECK;
/* {"at","stage","findings"} of a row of checks. */
void check_write_entry(struct pw_jsonw *w, const struct pw_rows *rows, size_t row);

/* ---- decisions and observations ---- */

/* {"answer": "confirmed"|"refused", "reason"?}; false: answered already. */
bool check_read_decision(struct check_call *call, struct pw_str *ret_answer, struct pw_str *ret_reason);
/* The body of an observation: a fact without premises, its tenancy named or not. */
bool check_read_observation(struct pw_tenant_checks *checks, const struct pw_json *body, pw_day today,
    bool wwft_liable, struct pw_arena *arena, struct pw_draft *ret, struct pw_faults *faults);
/* The place that its sealed body is bound to. */
struct pw_str check_observation_place(struct pw_arena *arena, const struct pw_uuid *id);

/* The place that a plan's mail address or webhook is bound to. */
struct pw_str check_plan_place(struct pw_arena *arena, const struct pw_uuid *id);

/* ---- lists ---- */

struct check_list {
    struct pw_tenant_checks *checks;
    struct pw_request *req;
    const char *order; /* the column of time that it is in order of */
    void (*write)(struct pw_jsonw *w, const struct pw_rows *rows, size_t row);
    size_t most;
    pw_usec after_at; /* PW_TIME_NONE: from the beginning */
    struct pw_uuid after_id;
    size_t statement; /* asks for one more than `most` */
};

/* Reads limit and cursor; NULL: answered already. */
struct check_list *check_list_new(struct pw_request *req, struct pw_tenant_checks *checks, const char *order,
    void (*write)(struct pw_jsonw *w, const struct pw_rows *rows, size_t row));
/* Commits the transaction and answers with the page. */
void check_list_send(struct check_list *list, struct pw_tx *tx);

/* ---- answers ---- */

/* Starts an answer {"id","status",...}: the writer stands within the open object. */
void check_answer_begin(struct pw_buf *out, struct pw_jsonw *w, const struct pw_uuid *id, const char *status);
void check_answer_end(struct pw_request *req, int status, struct pw_buf *out, struct pw_jsonw *w);

#endif
