/* What the handlers share: who asks, for which collection, and a body turned into an item. */
#include "intake_int.h"

/* The second segment of "/v1/tips/...". */
static struct pw_str collection_of(struct pw_str path)
{
    struct pw_str head, tail = path;

    for (int i = 0; i < 2; i++) {
        if (!pw_str_cut(tail, '/', &head, &tail)) {
            return PW_STR("");
        }
    }
    (void)pw_str_cut(tail, '/', &head, &tail);
    return head;
}

bool intake_open(struct pw_request *req, struct pw_intake *intake, struct intake_request *ret)
{
    *ret = (struct intake_request){.req = req,
        .intake = intake,
        .caller = pw_caller_of(req),
        .kind = pw_facts_collection(intake->options.model, collection_of(req->path)),
        .today = pw_day_in_netherlands(pw_loop_wall(intake->options.loop))};
    pw_faults_init(&ret->faults, req->arena);
    if (ret->caller == NULL) {
        pw_reply_code(req, PW_ERR_UNAUTHENTICATED);
        return false;
    }
    return true;
}

bool intake_read_body(struct intake_request *r, const struct pw_json **ret)
{
    if (pw_json_read(r->req->arena, r->req->body, NULL, ret, &r->faults)) {
        return true;
    }
    intake_reply_faults(r->req, &r->faults);
    return false;
}

void intake_fill(const struct intake_request *r, struct pw_ledger_item *item)
{
    const struct pw_caller *caller = r->caller;

    item->client = caller->kind == PW_CALLER_CLIENT ? caller->id : caller->client;
    item->controller = pw_str_z(caller->controller);
    item->source_classes = caller->source_classes;
    item->received_at = pw_loop_wall(r->intake->options.loop);
}

struct pw_str intake_canonical(const struct intake_request *r, struct pw_str kind,
    const struct pw_uuid *target, const struct pw_json *json)
{
    char text[PW_UUID_TEXT];
    struct pw_buf buf;

    pw_buf_init(&buf, 2 * r->req->body.len + 1024);
    pw_buf_put_str(&buf, kind);
    pw_buf_printf(&buf, "\n%s\n", pw_uuid_format(target, text));
    pw_json_canonical(json, &buf);
    struct pw_str ret = pw_str_dup(r->req->arena, pw_buf_str(&buf));
    pw_buf_release(&buf);
    return ret;
}

bool intake_read_fact(struct intake_request *r, const struct pw_json *json,
    const struct pw_read_options *options, struct pw_ledger_item *item, struct pw_faults *faults)
{
    struct pw_draft *draft = PW_NEW(r->req->arena, struct pw_draft);
    struct pw_buf buf;

    if (!pw_facts_read_json(r->intake->options.model, json, options, r->req->arena, draft, faults)) {
        return false;
    }
    item->draft = draft;
    if (item->op == PW_LEDGER_FACT) {
        /* shortest numbers may be longer than those sent, never by more than a factor of two in all */
        pw_buf_init(&buf, 2 * r->req->body.len + 1024);
        pw_facts_canonical(draft->kind, json, &buf);
        item->canonical = pw_str_dup(r->req->arena, pw_buf_str(&buf));
        pw_buf_release(&buf);
    }
    return true;
}

/* Who a tip came from, as the key of a budget; "" = nobody named. A source's own numbers mean something
 * within that source only. */
static struct pw_str origin_of(const struct intake_request *r, const struct pw_draft *draft, int cell)
{
    uint64_t ordinal = draft->record[cell];
    char client[PW_UUID_TEXT] = "";

    if (ordinal < 1 || ordinal > draft->party_count) {
        return PW_STR("");
    }
    const struct pw_party_ref *party = &draft->parties[ordinal - 1];
    if (party->scheme == PW_SCHEME_SOURCE_LOCAL) {
        pw_uuid_format(&r->caller->client, client);
    }
    return pw_str_printf(r->req->arena, "%d %s %.*s", (int)party->scheme, client, PW_STR_ARG(party->value));
}

bool intake_within_budget(
    const struct intake_request *r, const struct pw_draft *draft, struct pw_budget_state *ret_state)
{
    struct pw_access *access = r->intake->options.access;
    const struct pw_field *field = pw_kind_field(draft->kind, PW_STR("origin"));
    const struct pw_uuid *client = &r->caller->client;

    if (access == NULL || field == NULL || field->cell <= 0) { /* no kind that tips are of */
        return true;
    }
    struct pw_str origin = origin_of(r, draft, (int)field->cell);
    return pw_budget_take(access, PW_BUDGET_TIPS, (struct pw_str){(const char *)client->b, sizeof client->b},
               ret_state) &&
           (origin.len == 0 || pw_budget_take(access, PW_BUDGET_ORIGIN, origin, ret_state));
}
