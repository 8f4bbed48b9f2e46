/*
 * /v1/partners: receivers of events. One is proposed by an administrator and approved by another; until then
 * it is no receiver. Private addresses are for the command line only. And who is told of danger, in which
 * order.
 */
#include <string.h>

#include "admin_int.h"

static const struct column columns[] = {
    {"id", "id", CELL_ID},
    {"name", "name", CELL_TEXT},
    {"kind", "kind", CELL_TEXT},
    {"oin", "oin", CELL_TEXT},
    {"url", "url", CELL_TEXT},
    {"language", "language", CELL_TEXT},
    {"municipalities", "municipalities", CELL_WORDS},
    {"release", "release", CELL_JSON},
    {"status", "status", CELL_TEXT},
    {"paused_reason", "pausedReason", CELL_TEXT},
    {"created_at", "createdAt", CELL_TIME},
};
static const struct listing receivers = {
    PW_SQL_ACCESS_RECEIVER_PAGE, "access: receivers", "name", columns, PW_COUNT(columns)};

void pw_access_list_partners(struct pw_request *req, void *stage)
{
    admin_list(stage, req, &receivers);
}

void pw_access_get_partner(struct pw_request *req, void *stage)
{
    admin_get(stage, req, &receivers);
}

/* ---- proposing ---- */

struct partner_write {
    struct admin admin;
    struct pw_str name, oin, url, ca_file, expected_name, release;
    int kind, language;
};

static const char *const kinds[] = {"desk", "municipality", "partner", "duty", NULL};
static const char *const languages[] = {"nl", "en", NULL};

/* https, with nothing in it that could hide where it goes. */
static void read_url(struct partner_write *w)
{
    bool ok;

    admin_text(&w->admin, "url", true, 500, &w->url);
    if (w->url.len == 0)
        return;
    ok = pw_str_has_prefix(w->url, PW_STR("https://")) && w->url.len > 8;
    for (size_t i = 0; i < w->url.len && ok; i++)
        ok = strchr("@#\\ \"<>", w->url.data[i]) == NULL && (unsigned char)w->url.data[i] < 127;
    if (!ok)
        (void)pw_fault_member(&w->admin.faults, NULL, "url", PW_FAULT_PATTERN, NULL, NULL);
}

static bool is_theme(struct pw_str word)
{
    for (size_t i = 0; i < word.len; i++)
        if (word.data[i] != '-' && (word.data[i] < 'a' || word.data[i] > 'z'))
            return false;
    return word.len > 0 && word.len <= 40;
}

/* {"classes": [...], "themes": [...]}; kept as it was sent. */
static void read_release(struct partner_write *w)
{
    static const char *const known[] = {"classes", "themes", NULL};
    static const struct pw_at at = {.name = "release"};
    struct admin inner = w->admin;
    const struct pw_str *words;
    struct pw_buf out;
    size_t count;

    w->release = PW_STR("{}");
    inner.body = pw_json_get(w->admin.body, "release");
    if (inner.body == NULL)
        return;
    if (!pw_json_is_object(inner.body)) {
        (void)pw_fault(&w->admin.faults, &at, PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    (void)pw_json_known(inner.body, &at, known, &inner.faults);
    admin_words(&inner, "classes", false, 7, access_is_class, &words, &count);
    admin_words(&inner, "themes", false, 40, is_theme, &words, &count);
    w->admin.faults = inner.faults;
    pw_buf_init(&out, 8192);
    pw_json_canonical(inner.body, &out);
    w->release = pw_str_dup(w->admin.req->arena, pw_buf_str(&out));
    pw_buf_release(&out);
}

static void look_proposal(struct admin *admin, struct pw_tx *tx)
{
    struct partner_write *w = (struct partner_write *)admin;

    admin->s_write = pw_tx_add(tx, PW_SQL_ACCESS_PROPOSAL_ADD, PW_P_UUID(&admin->id), PW_P_TEXT(w->name),
        PW_P_TEXT_Z(kinds[w->kind]), PW_P_TEXT(w->oin), PW_P_TEXT(w->url), PW_P_TEXT(w->ca_file),
        PW_P_TEXT(w->expected_name), PW_P_TEXT_Z(languages[w->language < 0 ? 0 : w->language]),
        PW_P_TEXTS(admin->places, admin->place_count), PW_P_JSON(w->release),
        PW_P_UUID(&pw_caller_of(admin->req)->id));
}

static bool judge_proposal(struct admin *admin, struct pw_tx *tx)
{
    if (pw_rows_count(pw_tx_rows(tx, admin->s_write)) > 0)
        return true;
    pw_reply_code(admin->req, PW_ERR_CONFLICT);
    return false;
}

static void reply_proposal(struct admin *admin, struct pw_tx *tx)
{
    char id[PW_UUID_TEXT];
    struct pw_str body;

    (void)tx;
    pw_uuid_format(&admin->id, id);
    body = pw_str_printf(admin->req->arena, "{\"id\":\"%s\",\"status\":\"proposed\"}", id);
    pw_reply_header(admin->req, "Location", pw_str_printf(admin->req->arena, "/v1/partners/%s", id));
    pw_reply(admin->req, 201, "application/json", body);
}

void pw_access_post_partner(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"name", "kind", "oin", "url", "caFile", "expectedName", "language",
        "municipalities", "release", NULL};
    struct partner_write *w = PW_NEW(req->arena, struct partner_write);
    struct admin *admin = &w->admin;

    if (!admin_open(admin, stage, req, known))
        return;
    admin_text(admin, "name", true, 200, &w->name);
    (void)pw_body_word(admin->body, NULL, "kind", true, kinds, &w->kind, &admin->faults);
    (void)pw_body_word(admin->body, NULL, "language", false, languages, &w->language, &admin->faults);
    admin_digits(admin, "oin", true, 20, &w->oin);
    read_url(w);
    admin_text(admin, "caFile", true, 200, &w->ca_file);
    admin_text(admin, "expectedName", true, 253, &w->expected_name);
    admin_places(admin);
    read_release(w);
    admin->label = "access: propose receiver";
    admin->action = "receiver-proposed";
    admin->object_kind = "receiver";
    admin->look = look_proposal;
    admin->judge = judge_proposal;
    admin->reply = reply_proposal;
    admin_run(admin);
}

/* ---- the second person ---- */

static void look_waits(struct admin *admin, struct pw_tx *tx)
{
    admin->s_look = pw_tx_add(
        tx, PW_SQL_ACCESS_PROPOSAL_WAITS, PW_P_UUID(&admin->id), PW_P_UUID(&pw_caller_of(admin->req)->id));
}

static void queue_decision(struct admin *admin, struct pw_tx *tx)
{
    pw_tx_add(tx, PW_SQL_ACCESS_PROPOSAL_DECIDE, PW_P_UUID(&admin->id),
        PW_P_UUID(&pw_caller_of(admin->req)->id), PW_P_BOOL(((struct approval *)admin)->approve));
}

void pw_access_approve_partner(struct pw_request *req, void *stage)
{
    struct approval *approval = admin_approval(req, stage);

    if (approval == NULL)
        return;
    approval->admin.label = "access: decide on a receiver";
    approval->admin.action = approval->approve ? "receiver-approved" : "receiver-refused";
    approval->admin.object_kind = "receiver";
    approval->admin.look = look_waits;
    approval->admin.queue = queue_decision;
    admin_run(&approval->admin);
}

/* ---- holding back ---- */

struct hold {
    struct admin admin;
    struct pw_str reason;
};

static void look_hold(struct admin *admin, struct pw_tx *tx)
{
    struct hold *hold = (struct hold *)admin;

    admin->s_write = pw_tx_add(tx, PW_SQL_ACCESS_RECEIVER_HOLD, PW_P_UUID(&admin->id),
        hold->reason.len == 0 ? PW_P_NULL : PW_P_TEXT(hold->reason));
}

static void run_hold(struct hold *hold, const char *action, void (*reply)(struct admin *, struct pw_tx *))
{
    hold->admin.label = "access: hold a receiver";
    hold->admin.action = action;
    hold->admin.object_kind = "receiver";
    hold->admin.look = look_hold;
    hold->admin.judge = admin_found;
    hold->admin.reply = reply;
    admin_run(&hold->admin);
}

static void reply_paused(struct admin *admin, struct pw_tx *tx)
{
    char id[PW_UUID_TEXT];

    (void)tx;
    pw_reply(admin->req, 201, "application/json",
        pw_str_printf(
            admin->req->arena, "{\"id\":\"%s\",\"status\":\"paused\"}", pw_uuid_format(&admin->id, id)));
}

void pw_access_pause_partner(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"reason", NULL};
    struct hold *hold = PW_NEW(req->arena, struct hold);

    if (!admin_open(&hold->admin, stage, req, known))
        return;
    if (!pw_uuid_parse(pw_request_param(req, "id"), &hold->admin.id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    admin_text(&hold->admin, "reason", true, 200, &hold->reason);
    run_hold(hold, "receiver-paused", reply_paused);
}

void pw_access_resume_partner(struct pw_request *req, void *stage)
{
    struct hold *hold = PW_NEW(req->arena, struct hold);

    if (admin_open_id(&hold->admin, stage, req))
        run_hold(hold, "receiver-resumed", admin_reply_done);
}

/* ---- who is told of danger ---- */

static const struct column duty_columns[] = {
    {"code", "municipality", CELL_TEXT},
    {"name", "name", CELL_TEXT},
    {"receivers", "receivers", CELL_IDS},
};
static const struct listing duties = {
    PW_SQL_ACCESS_DUTY_PAGE, "access: duty lists", "code", duty_columns, PW_COUNT(duty_columns)};

void pw_access_list_duties(struct pw_request *req, void *stage)
{
    admin_list(stage, req, &duties);
}

#define DUTY_MAX 20

struct duty_write {
    struct admin admin;
    struct pw_str code;
    struct pw_uuid *receivers;
    size_t count;
};

static void look_duty(struct admin *admin, struct pw_tx *tx)
{
    struct duty_write *w = (struct duty_write *)admin;

    admin->s_look =
        pw_tx_add(tx, PW_SQL_ACCESS_DUTY_PAGE, PW_P_TEXT(PW_STR("")), PW_P_I64(1), PW_P_TEXT(w->code));
    pw_tx_add(tx, PW_SQL_ACCESS_DUTY_CLEAR, PW_P_TEXT(w->code));
    admin->s_write =
        pw_tx_add(tx, PW_SQL_ACCESS_DUTY_ADD, PW_P_TEXT(w->code), PW_P_UUIDS(w->receivers, w->count));
}

static bool judge_duty(struct admin *admin, struct pw_tx *tx)
{
    struct duty_write *w = (struct duty_write *)admin;

    if (pw_rows_count(pw_tx_rows(tx, admin->s_look)) == 0) {
        pw_reply_code(admin->req, PW_ERR_NOT_FOUND);
        return false;
    }
    if (pw_rows_affected(pw_tx_rows(tx, admin->s_write)) == (int64_t)w->count)
        return true;
    (void)pw_fault_member(&admin->faults, NULL, "receivers", PW_FAULT_REFERENCE,
        "alleen ontvangers van soort duty voor deze gemeente, elk een keer",
        "only receivers of kind duty for this municipality, each once");
    pw_reply_faults(admin->req, &admin->faults);
    return false;
}

static void reply_duty(struct admin *admin, struct pw_tx *tx)
{
    struct duty_write *w = (struct duty_write *)admin;
    struct pw_buf json;
    struct pw_jsonw out;

    (void)tx;
    pw_buf_init(&json, 4096);
    pw_jsonw_init(&out, &json);
    pw_jsonw_object(&out);
    pw_jsonw_key(&out, "municipality");
    pw_jsonw_str(&out, w->code);
    pw_jsonw_key(&out, "receivers");
    pw_jsonw_array(&out);
    for (size_t i = 0; i < w->count; i++)
        pw_jsonw_uuid(&out, &w->receivers[i]);
    pw_jsonw_end_array(&out);
    pw_jsonw_end_object(&out);
    pw_reply_json(admin->req, 200, &json);
    pw_buf_release(&json);
}

static bool is_id(struct pw_str word)
{
    struct pw_uuid id;

    return pw_uuid_parse(word, &id);
}

void pw_access_put_duty(struct pw_request *req, void *stage)
{
    static const char *const known[] = {"receivers", NULL};
    struct duty_write *w = PW_NEW(req->arena, struct duty_write);
    const struct pw_str *words;

    if (!admin_open(&w->admin, stage, req, known))
        return;
    w->code = pw_request_param(req, "code");
    if (!pw_caller_in_region(pw_caller_of(req), w->code)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    if (pw_json_get(w->admin.body, "receivers") == NULL)
        (void)pw_fault_member(&w->admin.faults, NULL, "receivers", PW_FAULT_REQUIRED, NULL, NULL);
    admin_words(&w->admin, "receivers", false, DUTY_MAX, is_id, &words, &w->count);
    w->receivers = PW_NEW_ARRAY(req->arena, w->count + 1, struct pw_uuid);
    for (size_t i = 0; i < w->count; i++)
        if (!pw_uuid_parse(words[i], &w->receivers[i])) /* is_id let it through */
            w->count = i;
    w->admin.label = "access: duty list";
    w->admin.action = "duty-list-set";
    w->admin.object_kind = "duty-list";
    memset(&w->admin.id, 0, sizeof w->admin.id);
    w->admin.look = look_duty;
    w->admin.judge = judge_duty;
    w->admin.reply = reply_duty;
    admin_run(&w->admin);
}
