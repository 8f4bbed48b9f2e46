/* What the administration's handlers share: bodies, lists, and a write with its audit record. */
#ifndef PANDWACHT_ADMIN_INT_H
#define PANDWACHT_ADMIN_INT_H

#include "access_int.h"

/* ---- answers: rows as objects, by a table of their columns ---- */

enum cell_kind { CELL_ID, CELL_TEXT, CELL_WORDS, CELL_IDS, CELL_BOOL, CELL_TIME, CELL_JSON };

struct column {
    const char *column, *member;
    enum cell_kind kind;
};

struct listing {
    enum pw_sql statement; /* $1 after text, $2 most bigint, $3 the key of one */
    const char *label;     /* "access: clients" */
    const char *key;       /* column that the list is ordered by */
    const struct column *columns;
    size_t column_count;
};

void admin_write_row(
    struct pw_jsonw *w, const struct pw_rows *rows, size_t row, const struct listing *listing);
/* Answers a page, by `limit` and `cursor`. */
void admin_list(struct pw_access *access, struct pw_request *req, const struct listing *listing);
/* Answers the one that the path's {id} names, or 404. */
void admin_get(struct pw_access *access, struct pw_request *req, const struct listing *listing);

/* ---- writes ---- */

/* One write of an administrator on its way; the first member of what each handler keeps. Lives in the
 * request's arena. */
struct admin {
    struct pw_access *access;
    struct pw_request *req;
    struct pw_faults faults;
    const struct pw_json *body;
    struct pw_uuid id;           /* of what is written */
    const struct pw_str *places; /* municipalities that must be known */
    size_t place_count;
    const char *label, *action, *object_kind; /* of the transaction and its audit record */
    size_t s_places, s_look, s_write;
    void (*look)(
        struct admin *admin, struct pw_tx *tx); /* queues what is read first (s_look); NULL = nothing */
    bool (*judge)(struct admin *admin, struct pw_tx *tx); /* of what was read; false: it has replied */
    void (*queue)(
        struct admin *admin, struct pw_tx *tx); /* queues the write (s_write); NULL = `look` was it */
    void (*reply)(struct admin *admin, struct pw_tx *tx); /* after the commit */
};

/* Reads the body of a write; false when it has replied. `known` ends with NULL. */
bool admin_open(struct admin *admin, struct pw_access *access, struct pw_request *req,
    const char *const *known) PW_MUST_CHECK;
/* The same without a body, for an object that the path's {id} names. */
bool admin_open_id(struct admin *admin, struct pw_access *access, struct pw_request *req) PW_MUST_CHECK;
/* Replies with the faults, if any, else runs look, judge, queue, commit, reply. */
void admin_run(struct admin *admin);
/* For `judge`, where `look` is the write itself: whether it changed a row; else it has replied 404, and
 * nothing is on the record. */
bool admin_found(struct admin *admin, struct pw_tx *tx);
/* For `reply`: 204. */
void admin_reply_done(struct admin *admin, struct pw_tx *tx);

/* ---- a second person ---- */

struct approval {
    struct admin admin;
    bool approve;
};

/* Reads {approve, note?}; NULL when it has replied. The caller sets label, action, look and queue; `look`
 * reads one row with `waits` and `own`: not there 404, not waiting 409, the caller's own proposal 403. */
struct approval *admin_approval(struct pw_request *req, struct pw_access *access);

/* Members. Faults are kept; what is refused reads as empty. */
void admin_text(struct admin *admin, const char *name, bool required, size_t max, struct pw_str *ret);
void admin_digits(struct admin *admin, const char *name, bool required, size_t count, struct pw_str *ret);
bool admin_bool(struct admin *admin, const char *name);
int64_t admin_number(struct admin *admin, const char *name, int64_t standard, int64_t min, int64_t max);
void admin_words(struct admin *admin, const char *name, bool required, size_t max,
    bool (*fits)(struct pw_str word), const struct pw_str **ret, size_t *ret_count);
void admin_places(struct admin *admin);

#endif
