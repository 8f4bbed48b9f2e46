/*
 * Writes of the administration. Each is one transaction: what must be known is read first, judged, and then
 * the change is written with its audit record, or nothing is.
 */
#include <string.h>

#include "admin_int.h"

bool admin_open_id(struct admin *admin, struct pw_access *access, struct pw_request *req)
{
    admin->access = access;
    admin->req = req;
    pw_faults_init(&admin->faults, req->arena);
    if (pw_uuid_parse(pw_request_param(req, "id"), &admin->id))
        return true;
    pw_reply_code(req, PW_ERR_NOT_FOUND);
    return false;
}

bool admin_open(
    struct admin *admin, struct pw_access *access, struct pw_request *req, const char *const *known)
{
    admin->access = access;
    admin->req = req;
    admin->id = pw_uuid_v7(pw_loop_wall(access->options.loop));
    if (!pw_body_object(req, &admin->faults, &admin->body))
        return false;
    (void)pw_json_known(admin->body, NULL, known, &admin->faults);
    return true;
}

/* ---- members ---- */

void admin_text(struct admin *admin, const char *name, bool required, size_t max, struct pw_str *ret)
{
    if (!pw_json_member_str(admin->body, NULL, name, required, 1, max, ret, &admin->faults))
        *ret = PW_STR("");
    for (size_t i = 0; i < ret->len; i++)
        if ((unsigned char)ret->data[i] < ' ') {
            (void)pw_fault_member(&admin->faults, NULL, name, PW_FAULT_CHARACTER_NOT_ALLOWED, NULL, NULL);
            return;
        }
}

void admin_digits(struct admin *admin, const char *name, bool required, size_t count, struct pw_str *ret)
{
    admin_text(admin, name, required, 200, ret);
    if (ret->len > 0 && (ret->len != count || strspn(ret->data, "0123456789") < count))
        (void)pw_fault_member(&admin->faults, NULL, name, PW_FAULT_PATTERN, NULL, NULL);
}

bool admin_bool(struct admin *admin, const char *name)
{
    const struct pw_json *node = pw_json_get(admin->body, name);

    if (node == NULL || pw_json_is_bool(node))
        return node != NULL && pw_json_bool(node);
    return pw_fault_member(&admin->faults, NULL, name, PW_FAULT_TYPE, NULL, NULL);
}

int64_t admin_number(struct admin *admin, const char *name, int64_t standard, int64_t min, int64_t max)
{
    const struct pw_json *node = pw_json_get(admin->body, name);
    int64_t value;

    if (node == NULL)
        return standard;
    if (!pw_json_is_number(node) || !pw_json_to_i64(node, &value))
        (void)pw_fault_member(&admin->faults, NULL, name, PW_FAULT_TYPE, NULL, NULL);
    else if (value < min || value > max)
        (void)pw_fault_member(&admin->faults, NULL, name, PW_FAULT_RANGE, NULL, NULL);
    else
        return value;
    return standard;
}

void admin_words(struct admin *admin, const char *name, bool required, size_t max,
    bool (*fits)(struct pw_str word), const struct pw_str **ret, size_t *ret_count)
{
    const struct pw_json *list = pw_json_get(admin->body, name);
    size_t count = pw_json_count(list);
    struct pw_str *words = PW_NEW_ARRAY(admin->req->arena, (count > max ? max : count) + 1, struct pw_str);
    struct pw_at at = {.name = name};

    *ret = words;
    *ret_count = 0;
    if (list == NULL && required)
        (void)pw_fault(&admin->faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    else if (list != NULL && !pw_json_is_array(list))
        (void)pw_fault(&admin->faults, &at, PW_FAULT_TYPE, NULL, NULL);
    else if (count > max || (required && count == 0))
        (void)pw_fault(&admin->faults, &at, PW_FAULT_LENGTH, NULL, NULL);
    else
        for (size_t i = 0; i < count; i++) {
            const struct pw_json *item = pw_json_item(list, i);
            struct pw_at place = {.up = &at, .index = i};

            if (!pw_json_is_string(item))
                (void)pw_fault(&admin->faults, &place, PW_FAULT_TYPE, NULL, NULL);
            else if (!fits(pw_json_str(item)))
                (void)pw_fault(&admin->faults, &place, PW_FAULT_ENUM, NULL, NULL);
            else
                words[(*ret_count)++] = pw_json_str(item);
        }
}

static bool is_place(struct pw_str word)
{
    return word.len == 6 && word.data[0] == 'G' && word.data[1] == 'M' &&
           strspn(word.data + 2, "0123456789") >= 4;
}

void admin_places(struct admin *admin)
{
    admin_words(admin, "municipalities", false, 400, is_place, &admin->places, &admin->place_count);
}

/* ---- the transaction ---- */

static void audit(struct admin *admin, struct pw_tx *tx)
{
    const struct pw_audit record = {.actor = pw_caller_actor(pw_caller_of(admin->req)),
        .action = admin->action,
        .object_kind = admin->object_kind,
        .object = admin->id};

    pw_audit_add(tx, pw_loop_wall(admin->access->options.loop), &record, 1);
}

static void on_written(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct admin *admin = arg;

    pw_access_forget(
        admin->access); /* other processes hear of it; this one must not answer sooner than it forgets */
    if (ok)
        admin->reply(admin, tx);
    else if (strcmp(pw_tx_sqlstate(tx), "23505") == 0)
        pw_reply_code(admin->req, PW_ERR_CONFLICT);
    else
        pw_reply_err(admin->req, err);
}

/* Every municipality that was named is one of this installation. */
static bool places_known(struct admin *admin, struct pw_tx *tx)
{
    if (admin->place_count == 0 || pw_rows_count(pw_tx_rows(tx, admin->s_places)) == 0)
        return true;
    (void)pw_fault_member(&admin->faults, NULL, "municipalities", PW_FAULT_REFERENCE, NULL, NULL);
    pw_reply_faults(admin->req, &admin->faults);
    return false;
}

static void on_looked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct admin *admin = arg;

    if (!ok) {
        pw_reply_err(admin->req, err);
        return;
    }
    if (!places_known(admin, tx) || (admin->judge != NULL && !admin->judge(admin, tx))) {
        pw_tx_abort(tx);
        return;
    }
    if (admin->queue != NULL)
        admin->queue(admin, tx);
    audit(admin, tx);
    pw_tx_commit(tx, on_written, admin);
}

void admin_run(struct admin *admin)
{
    struct pw_tx *tx;

    if (admin->faults.count > 0) {
        pw_reply_faults(admin->req, &admin->faults);
        return;
    }
    tx = pw_db_begin(admin->access->options.db, admin->label, 0);
    if (admin->place_count > 0)
        admin->s_places =
            pw_tx_add(tx, PW_SQL_ACCESS_MUNICIPALITY_UNKNOWN, PW_P_TEXTS(admin->places, admin->place_count));
    if (admin->look != NULL)
        admin->look(admin, tx);
    if (admin->place_count > 0 || admin->look != NULL) {
        pw_tx_send(tx, on_looked, admin);
        return;
    }
    admin->queue(admin, tx);
    audit(admin, tx);
    pw_tx_commit(tx, on_written, admin);
}

bool admin_found(struct admin *admin, struct pw_tx *tx)
{
    if (pw_rows_affected(pw_tx_rows(tx, admin->s_write)) > 0)
        return true;
    pw_reply_code(admin->req, PW_ERR_NOT_FOUND);
    return false;
}

void admin_reply_done(struct admin *admin, struct pw_tx *tx)
{
    (void)tx;
    pw_reply_empty(admin->req, 204);
}

/* ---- a second person ---- */

static bool judge_waits(struct admin *admin, struct pw_tx *tx)
{
    const struct pw_rows *rows = pw_tx_rows(tx, admin->s_look);
    struct pw_problem problem = {.code = PW_ERR_FORBIDDEN,
        .detail = admin->req->lang == PW_LANG_NL
                      ? PW_STR("Een ander dan wie het voorstelde moet het goedkeuren.")
                      : PW_STR("Somebody else than who proposed it must approve it.")};

    if (pw_rows_count(rows) == 0)
        problem = (struct pw_problem){.code = PW_ERR_NOT_FOUND};
    else if (!pw_cell_bool(rows, 0, pw_rows_column(rows, "waits")))
        problem = (struct pw_problem){.code = PW_ERR_TRANSITION};
    else if (!pw_cell_bool(rows, 0, pw_rows_column(rows, "own")))
        return true;
    pw_reply_problem(admin->req, &problem);
    return false;
}

static void reply_approval(struct admin *admin, struct pw_tx *tx)
{
    bool approve = ((struct approval *)admin)->approve;
    struct pw_buf json;
    struct pw_jsonw w;

    (void)tx;
    pw_buf_init(&json, 1024);
    pw_jsonw_init(&w, &json);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "id");
    pw_jsonw_uuid(&w, &admin->id);
    pw_jsonw_key(&w, "status");
    pw_jsonw_z(&w, approve ? "active" : "refused");
    pw_jsonw_end_object(&w);
    pw_reply_json(admin->req, 201, &json);
    pw_buf_release(&json);
}

struct approval *admin_approval(struct pw_request *req, struct pw_access *access)
{
    static const char *const known[] = {"approve", "note", NULL};
    struct approval *approval = PW_NEW(req->arena, struct approval);
    struct admin *admin = &approval->admin;
    struct pw_str note;

    if (!admin_open(admin, access, req, known))
        return NULL;
    if (!pw_uuid_parse(pw_request_param(req, "id"), &admin->id)) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return NULL;
    }
    if (pw_json_get(admin->body, "approve") == NULL)
        (void)pw_fault_member(&admin->faults, NULL, "approve", PW_FAULT_REQUIRED, NULL, NULL);
    approval->approve = admin_bool(admin, "approve");
    admin_text(admin, "note", false, 2000, &note);
    admin->judge = judge_waits;
    admin->reply = reply_approval;
    return approval;
}
