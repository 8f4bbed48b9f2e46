/* What the files of intake share: the queue of items, and answers. */
#ifndef INTAKE_INT_H
#define INTAKE_INT_H

#include <pandwacht/access.h>
#include <pandwacht/facts.h>
#include <pandwacht/http.h>
#include <pandwacht/intake.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>
#include <pandwacht/loop.h>

/* One item on its way to the ledger. Lives in its request's arena; `on_done` is called once, when the
 * item has its result. */
struct intake_work {
    struct pw_ledger_item item;
    void (*on_done)(struct intake_work *work);
    void *owner;
    struct intake_work *next;
};

struct pw_intake {
    struct pw_intake_options options;
    struct intake_work *head, **tail; /* waiting, in order of arrival */
    size_t waiting;
    size_t writing; /* items within transactions */
    size_t running; /* transactions */
    struct pw_timer wait;
    struct pw_deferred flush;
    bool closing;
};

/* ---- queue.c ---- */

/* Whether `count` more items fit; when nothing is under way they always do. */
bool intake_has_room(const struct pw_intake *intake, size_t count);
/* Takes the work over; its callback comes later, never from inside. */
void intake_enqueue(struct pw_intake *intake, struct intake_work *work);

/* ---- request.c ---- */

/* What every handler needs of its request. */
struct intake_request {
    struct pw_request *req;
    struct pw_intake *intake;
    const struct pw_caller *caller;
    const struct pw_kind *kind; /* of the collection; NULL for batches */
    pw_day today;
    struct pw_faults faults;
};

/* Fills `ret`; false when it has replied already (unknown collection, no room). */
bool intake_open(struct pw_request *req, struct pw_intake *intake, struct intake_request *ret);
/* Reads the body as a JSON object; false when it has replied with the faults. */
bool intake_read_body(struct intake_request *r, const struct pw_json **ret);
/* Fills what every item has: who delivers, for whom, when. */
void intake_fill(const struct intake_request *r, struct pw_ledger_item *item);
/* Reads a draft of `kind` (NULL: named by the body) and completes the item with it; false: faults. */
bool intake_read_fact(struct intake_request *r, const struct pw_json *json,
    const struct pw_read_options *options, struct pw_ledger_item *item, struct pw_faults *faults);
/* Tips have budgets, of who sends them and of who told them. False: `ret_state` says which is spent. */
bool intake_within_budget(
    const struct intake_request *r, const struct pw_draft *draft, struct pw_budget_state *ret_state);
/* The canonical text of what was asked, for the content's MAC: words that tell requests apart, then the body.
 */
struct pw_str intake_canonical(const struct intake_request *r, struct pw_str kind,
    const struct pw_uuid *target, const struct pw_json *json);

/* ---- answers.c ---- */

/* The problem with all faults, in the request's language. */
void intake_faults_problem(
    struct pw_arena *arena, const struct pw_faults *faults, enum pw_lang lang, struct pw_problem *ret);
void intake_reply_faults(struct pw_request *req, const struct pw_faults *faults);
void intake_reply_busy(struct pw_request *req, const struct pw_intake *intake);
/* Whether the item is in (created or duplicate); else the problem to answer with. */
bool intake_item_problem(const struct pw_intake *intake, struct pw_arena *arena,
    const struct pw_ledger_item *item, enum pw_lang lang, struct pw_problem *ret);
/* "Bel 112" or "Call 112" for dangers, else NULL. */
const char *intake_guidance(bool danger, enum pw_lang lang);
/* The members of a fact's answer, into an open object. */
void intake_write_answer(const struct pw_ledger_item *item, struct pw_str source_id, struct pw_str kind,
    enum pw_lang lang, struct pw_jsonw *w);
/* Counts an item's result. */
void intake_count(const struct pw_ledger_item *item);

#endif
