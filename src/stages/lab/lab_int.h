/* Inside of lab: what its handlers and its long work share. */
#ifndef PANDWACHT_LAB_INT_H
#define PANDWACHT_LAB_INT_H

#include <pandwacht/access.h>
#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/db.h>
#include <pandwacht/dossier.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>
#include <pandwacht/lab.h>
#include <pandwacht/loop.h>
#include <pandwacht/queue.h>
#include <pandwacht/rules.h>
#include <pandwacht/trial.h>
#include <pandwacht/worker.h>

#define LAB_ANSWER_MAX (8u << 20) /* octets of one answer, and of a trial's result */
#define LAB_SLICE_US   3000       /* computing within one callback */
#define LAB_SHADOWS    4          /* shadow sets at once */
#define LAB_CASES      40         /* fewer outcomes say nothing about a rule */

struct backtest;
struct shadow;

struct pw_lab {
    struct pw_lab_options options;
    struct pw_sets *sets;
    bool draining;
    struct pw_timer poll; /* for backtests */
    struct backtest *backtest;
    struct pw_timer look; /* for which sets run as a shadow */
    struct shadow *shadows[LAB_SHADOWS];
    struct pw_timer day; /* reviews and probation */
};

/* ---- tools.c ---- */

pw_usec lab_now(const struct pw_lab *lab);
pw_day lab_today(const struct pw_lab *lab);
/* A member that is the SHA-256 of a set: 64 hexadecimal digits. Absent and not required: *ret empty. */
bool lab_member_hash(const struct pw_json *body, const char *name, bool required, struct pw_arena *arena,
    struct pw_str *ret, struct pw_faults *faults) PW_MUST_CHECK;
bool lab_parse_hash(struct pw_str text, struct pw_arena *arena, struct pw_str *ret) PW_MUST_CHECK;
bool lab_member_day(
    const struct pw_json *body, const char *name, pw_day *ret, struct pw_faults *faults) PW_MUST_CHECK;
/* The route's {id} as a UUID; false: answered 404. */
bool lab_id(struct pw_request *req, struct pw_uuid *ret) PW_MUST_CHECK;
void lab_reply(struct pw_request *req, enum pw_err_code code, const char *nl, const char *en);
/* "name": {name, version, sha256} of three columns <column>, <column>_name, <column>_version. */
void lab_write_set(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w);
/* A name, or null where the text is empty. */
void lab_write_name(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w);
void lab_write_time(
    const struct pw_rows *rows, size_t row, const char *member, const char *column, struct pw_jsonw *w);
/* The page asked for: limit, and the instant and id behind which it begins. False: answered 400. */
struct lab_page {
    size_t limit;
    pw_usec before;
    struct pw_str before_id; /* as text; "" = from the start */
};
bool lab_page(struct pw_request *req, struct lab_page *ret) PW_MUST_CHECK;
/* The cursor of the page's last row, "" when there is no more; *count becomes at most the limit. */
struct pw_str lab_cursor(struct pw_arena *arena, const struct lab_page *page, const struct pw_rows *rows,
    size_t *count, const char *time_column,
    struct pw_str (*id)(struct pw_arena *arena, const struct pw_rows *rows, size_t row));
struct pw_str lab_row_uuid(struct pw_arena *arena, const struct pw_rows *rows, size_t row);
/* Every list ends alike: writes {"items": [...], "_links"} and answers. */
void lab_reply_list(struct pw_request *req, const struct pw_rows *rows, size_t count, struct pw_str cursor,
    void (*write)(const struct pw_rows *rows, size_t row, struct pw_jsonw *w));
void lab_audit(struct pw_tx *tx, const struct pw_lab *lab, const struct pw_request *req, const char *action,
    const char *object_kind, const struct pw_uuid *object, struct pw_str detail);

/* ---- performance.c ---- */

/* How a rule has done, as counted by LAB_RULE_CASES. */
struct cases {
    uint64_t founded, unfounded, unclear, found, nothing_found, not_possible;
};
struct cases lab_cases(const struct pw_rows *rows, struct pw_str rule);
void lab_write_performance(const struct cases *cases, bool dutch, struct pw_jsonw *w);
/* Fewer than a quarter of its outcomes confirmed it, and there are enough to say so. */
bool lab_imprecise(const struct cases *cases);

/* ---- the long work ---- */

void lab_backtests_start(struct pw_lab *lab);
void lab_backtests_stop(struct pw_lab *lab);
void lab_shadows_start(struct pw_lab *lab);
void lab_shadows_stop(struct pw_lab *lab);
void lab_days_start(struct pw_lab *lab);

#endif
