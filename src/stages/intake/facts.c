/*
 * One fact at a time: taking one in, taking one back, correcting one, and showing one.
 */
#include "intake_int.h"

#define ANSWER_MAX 65536

/* A request that waits for its item. */
struct single {
    struct intake_work work;
    struct intake_request r;
    struct pw_str source_id;
    struct pw_str kind;     /* as answered: "retraction" for a retraction */
    struct pw_str location; /* collection of the fact that Location points at */
};

static void reply_answer(struct single *s)
{
    const struct pw_ledger_item *item = &s->work.item;
    struct pw_request *req = s->r.req;
    char text[PW_UUID_TEXT];
    struct pw_buf buf;
    struct pw_jsonw w;
    struct pw_uuid shown = item->id;

    if (item->op == PW_LEDGER_RETRACTION) {
        shown = item->target;
    } else if (item->op == PW_LEDGER_CORRECTION) {
        shown = item->replaced_by;
    }
    pw_buf_init(&buf, ANSWER_MAX);
    pw_jsonw_init(&w, &buf);
    pw_jsonw_object(&w);
    intake_write_answer(item, s->source_id, s->kind, req->lang, &w);
    pw_jsonw_end_object(&w);
    pw_reply_header(req, "Location",
        pw_str_printf(req->arena, "/v1/%.*s/%s", PW_STR_ARG(s->location), pw_uuid_format(&shown, text)));
    pw_reply_json(req, item->result == PW_LEDGER_CREATED ? 201 : 200, &buf);
    pw_buf_release(&buf);
}

static void on_written(struct intake_work *work)
{
    struct single *s = work->owner;
    struct pw_problem problem;

    if (intake_item_problem(s->r.intake, s->r.req->arena, &work->item, s->r.req->lang, &problem)) {
        reply_answer(s);
    } else {
        pw_reply_problem(s->r.req, &problem);
    }
}

static void submit(struct single *s)
{
    struct pw_intake *intake = s->r.intake;

    if (!intake_has_room(intake, 1)) {
        intake_reply_busy(s->r.req, intake);
        return;
    }
    s->work.owner = s;
    s->work.on_done = on_written;
    intake_enqueue(intake, &s->work);
}

static struct single *open_single(struct pw_request *req, struct pw_intake *intake)
{
    struct single *s = PW_NEW(req->arena, struct single);

    if (!intake_open(req, intake, &s->r)) {
        return NULL;
    }
    if (s->r.kind == NULL) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return NULL;
    }
    s->location = s->r.kind->collection;
    intake_fill(&s->r, &s->work.item);
    return s;
}

/* What a client may send follows from its classes. */
static bool may_send(struct single *s)
{
    if (pw_facts_source_class(s->r.kind, s->r.caller->source_classes) >= 0) {
        return true;
    }
    pw_reply_code(s->r.req, PW_ERR_FORBIDDEN);
    return false;
}

void pw_intake_post_fact(struct pw_request *req, void *stage)
{
    struct single *s = open_single(req, stage);
    const struct pw_json *json;

    if (s == NULL || !may_send(s) || !intake_read_body(&s->r, &json)) {
        return;
    }
    struct pw_read_options options = {
        .today = s->r.today, .kind = s->r.kind, .wwft_liable = s->r.caller->wwft_liable};
    struct pw_budget_state budget;
    s->work.item.op = PW_LEDGER_FACT;
    if (!intake_read_fact(&s->r, json, &options, &s->work.item, &s->r.faults)) {
        intake_reply_faults(req, &s->r.faults);
        return;
    }
    if (!intake_within_budget(&s->r, s->work.item.draft, &budget)) {
        pw_budget_refuse(s->r.intake->options.access, req, &budget);
        return;
    }
    s->source_id = s->work.item.draft->source_id;
    s->kind = s->r.kind->name;
    submit(s);
}

void pw_intake_refuse(struct pw_request *req, void *stage)
{
    (void)stage;
    pw_reply_header(req, "Allow", PW_STR(""));
    pw_reply_code(req, PW_ERR_METHOD);
}

/* ---- taking back and correcting ---- */

static bool is_one_of(struct pw_str value, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (pw_str_is(value, words[i])) {
            return true;
        }
    }
    return false;
}

/* A required word of a list. */
static void read_word(struct intake_request *r, const struct pw_json *json, const char *name,
    const char *const *words, struct pw_str *ret)
{
    if (pw_json_member_str(json, NULL, name, true, 1, 64, ret, &r->faults) && !is_one_of(*ret, words)) {
        pw_fault_member(&r->faults, NULL, name, PW_FAULT_ENUM, NULL, NULL);
    }
}

/* Faults are kept in `r`; whoever reads looks at them once, at the end. */
static void read_text(struct intake_request *r, const struct pw_json *json, const char *name, bool required,
    size_t max, struct pw_str *ret)
{
    if (!pw_json_member_str(json, NULL, name, required, 1, max, ret, &r->faults)) {
        *ret = PW_STR("");
    }
}

static void read_day(struct intake_request *r, const struct pw_json *json, const char *name, pw_day *ret)
{
    struct pw_str text;

    if (!pw_json_member_str(json, NULL, name, true, 0, 200, &text, &r->faults)) {
        return;
    }
    if (!pw_day_parse(text, ret)) {
        pw_fault_member(&r->faults, NULL, name, PW_FAULT_PATTERN, NULL, NULL);
    } else if (*ret > r->today) {
        pw_fault_member(&r->faults, NULL, name, PW_FAULT_FUTURE_DATE, NULL, NULL);
    }
}

/* What retraction and correction have in common. */
static void read_ending(struct single *s, const struct pw_json *json)
{
    struct pw_ledger_item *item = &s->work.item;

    read_text(&s->r, json, "sourceId", true, 64, &item->source_id);
    read_word(&s->r, json, "reason", pw_ledger_reasons, &item->reason);
    read_word(&s->r, json, "ground", pw_ground_words, &item->ground);
    read_text(&s->r, json, "note", false, 1000, &item->note);
    item->target_kind = s->r.kind->name;
    s->source_id = item->source_id;
}

static struct single *open_ending(
    struct pw_request *req, struct pw_intake *intake, const char *const *known, const struct pw_json **ret)
{
    struct single *s = open_single(req, intake);

    if (s == NULL) {
        return NULL;
    }
    if (!pw_uuid_parse(pw_request_param(req, "id"), &s->work.item.target)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return NULL;
    }
    if (!intake_read_body(&s->r, ret)) {
        return NULL;
    }
    if (!pw_json_is_object(*ret)) {
        pw_fault(&s->r.faults, NULL, PW_FAULT_TYPE, NULL, NULL);
        intake_reply_faults(req, &s->r.faults);
        return NULL;
    }
    pw_json_known(*ret, NULL, known, &s->r.faults);
    return s;
}

void pw_intake_post_retraction(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"sourceId", "reason", "note", "occurredOn", "ground", NULL};
    const struct pw_json *json;
    struct single *s = open_ending(req, stage, known, &json);

    if (s == NULL) {
        return;
    }
    struct pw_ledger_item *item = &s->work.item;
    item->op = PW_LEDGER_RETRACTION;
    s->kind = PW_STR("retraction");
    read_ending(s, json);
    read_day(&s->r, json, "occurredOn", &item->occurred_on);
    if (s->r.faults.count > 0) {
        intake_reply_faults(req, &s->r.faults);
        return;
    }
    item->canonical = intake_canonical(&s->r, s->kind, &item->target, json);
    submit(s);
}

void pw_intake_post_correction(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"sourceId", "fact", "reason", "note", "ground", NULL};
    static const struct pw_at at = {.name = "fact"};
    const struct pw_json *json;
    struct single *s = open_ending(req, stage, known, &json);

    if (s == NULL) {
        return;
    }
    struct pw_ledger_item *item = &s->work.item;
    item->op = PW_LEDGER_CORRECTION;
    s->kind = PW_STR("correction");
    read_ending(s, json);
    item->occurred_on = s->r.today;
    const struct pw_json *fact = pw_json_get(json, "fact");
    /* the new fact has no source id of its own; any text stands for it while it is read */
    struct pw_read_options options = {.today = s->r.today,
        .kind = s->r.kind,
        .wwft_liable = s->r.caller->wwft_liable,
        .source_id = PW_STR("replacement"),
        .at = &at};
    if (fact == NULL) {
        pw_fault_member(&s->r.faults, NULL, "fact", PW_FAULT_REQUIRED, NULL, NULL);
    } else {
        (void)intake_read_fact(&s->r, fact, &options, item, &s->r.faults);
    }
    if (s->r.faults.count > 0) {
        intake_reply_faults(req, &s->r.faults);
        return;
    }
    item->canonical = intake_canonical(&s->r, s->kind, &item->target, json);
    submit(s);
}

/* ---- showing one ---- */

struct show {
    struct intake_request r;
    struct pw_uuid id;
};

static void write_fact_member(const struct show *show, const struct pw_ledger_fact *fact, struct pw_jsonw *w)
{
    struct pw_parties parties;
    const uint64_t *record;
    struct pw_err err;

    pw_parties_init(&parties, show->r.req->arena);
    pw_jsonw_key(w, "fact");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "occurredOn");
    pw_jsonw_day(w, fact->occurred_on);
    pw_jsonw_key(w, "ground");
    pw_jsonw_str(w, fact->ground);
    if (pw_facts_decode(
            show->r.kind, fact->payload, fact->occurred_on, show->r.req->arena, &parties, &record, &err)) {
        pw_facts_write_fields(show->r.kind, record, PW_RESTRICTED, &parties, w);
    }
    pw_jsonw_end_object(w);
}

static void reply_fact(const struct show *show, const struct pw_ledger_fact *fact)
{
    struct pw_request *req = show->r.req;
    struct pw_ledger_item item = {.op = PW_LEDGER_FACT,
        .result = PW_LEDGER_CREATED,
        .id = fact->id,
        .premises = fact->premises,
        .tenancy = fact->tenancy,
        .first_received_at = fact->received_at,
        .danger = fact->danger};
    struct pw_buf buf;
    struct pw_jsonw w;

    pw_buf_init(&buf, ANSWER_MAX);
    pw_jsonw_init(&w, &buf);
    pw_jsonw_object(&w);
    intake_write_answer(&item, fact->source_id, fact->kind, req->lang, &w);
    pw_jsonw_key(&w, "status");
    pw_jsonw_str(&w, fact->status);
    if (!pw_uuid_is_nil(&fact->replaced_by)) {
        pw_jsonw_key(&w, "replacedBy");
        pw_jsonw_uuid(&w, &fact->replaced_by);
    }
    write_fact_member(show, fact, &w);
    pw_jsonw_end_object(&w);
    pw_reply_json(req, 200, &buf);
    pw_buf_release(&buf);
}

/* The client that sent it, and the desk within its region; to others it does not exist. */
static bool may_see(const struct pw_caller *caller, const struct pw_ledger_fact *fact)
{
    if (caller->kind == PW_CALLER_CLIENT) {
        return pw_uuid_eq(&caller->id, &fact->client);
    }
    return pw_caller_in_region(caller, fact->municipality);
}

static void on_found(void *arg, const struct pw_ledger_fact *fact, const struct pw_err *err)
{
    const struct show *show = arg;

    if (fact != NULL && may_see(show->r.caller, fact)) {
        reply_fact(show, fact);
    } else if (fact != NULL || err->code == PW_ERR_NOT_FOUND) {
        pw_reply_code(show->r.req, PW_ERR_NOT_FOUND);
    } else {
        intake_reply_busy(show->r.req, show->r.intake);
    }
}

void pw_intake_get_fact(struct pw_request *req, void *stage)
{
    struct pw_intake *intake = stage;
    struct show *show = PW_NEW(req->arena, struct show);

    if (!intake_open(req, intake, &show->r)) {
        return;
    }
    if (show->r.kind == NULL || !pw_uuid_parse(pw_request_param(req, "id"), &show->id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    pw_ledger_find(intake->options.ledger, req->arena, &show->id, show->r.kind->name, on_found, show);
}
