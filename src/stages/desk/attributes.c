/*
 * Attributes of premises: PUT on what is there (or on a BAG id not seen before), POST for what has no
 * BAG id. They are not facts, but rules read them: the premises are due at once.
 */
#include <stdio.h>
#include <string.h>

#include "desk_int.h"

struct describing {
    struct pw_desk *desk;
    struct pw_request *req;
    const struct pw_caller *caller;
    struct pw_premises_draft draft;
    struct pw_uuid id;
    struct pw_str bag_id;
    struct pw_ledger_premises name; /* resolved by the ledger where there may be none yet */
    bool created;
    struct pw_tx *tx;
    size_t statement;
};

static void give_up(struct describing *d, const struct pw_err *err)
{
    pw_tx_abort(d->tx);
    pw_reply_err(d->req, err);
}

static void on_written(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct describing *d = arg;
    const struct pw_rows *rows;

    if (!ok) {
        pw_reply_err(d->req, err);
        return;
    }
    rows = pw_tx_rows(tx, d->statement);
    /* Written but outside the writer's own region (a place whose municipality is not known yet). */
    if (pw_rows_count(rows) == 0)
        pw_reply_empty(d->req, d->created ? 201 : 200);
    else
        desk_reply_premises(d->desk, d->req, d->created ? 201 : 200, rows);
}

static void write_attributes(struct describing *d)
{
    const struct pw_kind *kind = d->desk->options.model->premises;
    const struct pw_caller *caller = d->caller;
    bool person = caller->kind == PW_CALLER_ACCOUNT;
    struct pw_uuid id = pw_uuid_v7(desk_now(d->desk));
    struct pw_tx *tx = d->tx;
    struct pw_parties parties;
    struct pw_buf stored;

    pw_parties_init(&parties, d->req->arena);
    pw_buf_init(&stored, 65536);
    pw_facts_encode(kind, d->draft.record, &parties, &stored);
    pw_tx_add(tx, PW_SQL_DESK_PREMISES_DESCRIBE, DESK_REGION(caller), PW_P_UUID(&d->id), PW_P_UUID(&id),
        person ? PW_P_NULL : PW_P_UUID(&caller->id), person ? PW_P_UUID(&caller->id) : PW_P_NULL,
        PW_P_DATE(d->draft.as_of), PW_P_TEXT_Z(pw_ground_words[d->draft.ground]),
        PW_P_TEXT_Z(pw_record_enum(d->draft.record, pw_kind_field(kind, PW_STR("type")))),
        PW_P_BYTEA(pw_buf_str(&stored)), d->draft.unit.len == 0 ? PW_P_NULL : PW_P_TEXT(d->draft.unit),
        PW_P_UUID_OPT(&d->draft.parent));
    pw_buf_release(&stored);
    pw_tx_add(tx, PW_SQL_DESK_DUE_NOW, PW_P_BOOL(true), PW_P_TEXTS(NULL, 0), PW_P_UUID(&d->id),
        PW_P_DATE(desk_today(d->desk)), PW_P_TEXT_Z("attributes"));
    pw_audit_add(tx, desk_now(d->desk),
        &(struct pw_audit){.actor = pw_caller_actor(caller),
            .action = "premises-described",
            .object_kind = "premises",
            .object = d->id,
            .premises = d->id},
        1);
    d->statement = pw_tx_add(tx, PW_SQL_DESK_PREMISES_GET, DESK_REGION(caller), PW_P_UUID(&d->id), PW_P_NULL,
        PW_P_TIME(PW_TIME_NONE), PW_P_DATE(desk_today(d->desk)));
    pw_tx_commit(tx, on_written, d);
}

/* Who may: the desk, or a source of base registers. */
static bool may_describe(struct pw_request *req)
{
    const struct pw_caller *caller = pw_caller_of(req);

    if (pw_caller_has(caller, PW_ROLE_ANALYST) || pw_caller_has(caller, PW_ROLE_CASE_LEAD) ||
        (caller->source_classes & 1u << PW_CLASS_BASE_REGISTER) != 0)
        return true;
    desk_reply(req, PW_ERR_FORBIDDEN, "Alleen een basisregistratie of het bureau mag dit.",
        "Only a base register or the desk may do this.");
    return false;
}

static bool read_draft(struct describing *d, bool creating)
{
    const struct pw_json *body;
    struct pw_faults faults;

    if (!desk_body(d->req, false, &faults, &body))
        return false;
    if (pw_facts_read_premises(
            d->desk->options.model, body, desk_today(d->desk), creating, d->req->arena, &d->draft, &faults))
        return true;
    pw_reply_faults(d->req, &faults);
    return false;
}

/* ---- PUT ---- */

static void on_joined(void *arg, bool ok, const struct pw_err *err)
{
    struct describing *d = arg;

    if (!ok) {
        pw_reply_err(d->req, err);
        return;
    }
    d->id = d->name.resolved;
    write_attributes(d);
}

/* An address given with the attributes becomes one more name of the premises; what it named before joins
 * them. */
static void join_address(struct describing *d)
{
    d->name =
        (struct pw_ledger_premises){.ref = {.by = PW_PREMISES_BY_ID, .id = d->id}, .also = &d->draft.address};
    pw_ledger_premises_resolve(d->desk->options.ledger, d->tx, d->req->arena, &d->name, 1, on_joined, d);
}

static void on_locked(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct describing *d = arg;
    const struct pw_rows *rows;

    if (!ok) {
        pw_reply_err(d->req, err);
        return;
    }
    rows = pw_tx_rows(tx, d->statement);
    if (pw_rows_count(rows) == 0) {
        pw_tx_abort(tx);
        desk_reply_not_found(d->req);
        return;
    }
    if (pw_cell_bool(rows, 0, pw_rows_column(rows, "described")) && !desk_has_if_match(d->req)) {
        pw_tx_abort(tx);
        return;
    }
    if (pw_request_has_header(d->req, "if-match") &&
        !desk_if_match(d->req, 'p', pw_cell_i64(rows, 0, pw_rows_column(rows, "version")))) {
        pw_tx_abort(tx);
        desk_reply(d->req, PW_ERR_PRECONDITION, "Het object is intussen gewijzigd; haal het opnieuw op.",
            "The premises have changed meanwhile; get them again.");
        return;
    }
    if (d->draft.address.postcode.len > 0)
        join_address(d);
    else
        write_attributes(d);
}

static void lock(struct describing *d)
{
    d->statement = pw_tx_add(d->tx, PW_SQL_DESK_PREMISES_LOCK, DESK_REGION(d->caller), PW_P_UUID(&d->id));
    pw_tx_send(d->tx, on_locked, d);
}

static void on_resolved(void *arg, bool ok, const struct pw_err *err)
{
    struct describing *d = arg;

    if (!ok) {
        pw_reply_err(d->req, err);
        return;
    }
    d->id = d->name.resolved;
    d->created = d->name.created;
    lock(d);
}

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct describing *d = arg;
    const struct pw_rows *rows;

    if (!ok) {
        pw_reply_err(d->req, err);
        return;
    }
    rows = pw_tx_rows(tx, d->statement);
    /* An address beside the BAG id is one more name of the same premises. */
    if (d->draft.address.postcode.len > 0)
        d->name.also = &d->draft.address;
    if (pw_rows_count(rows) > 0) {
        d->id = pw_cell_uuid(rows, 0, 0);
        if (d->name.also == NULL) {
            lock(d);
            return;
        }
        d->name.ref = (struct pw_premises_ref){.by = PW_PREMISES_BY_ID, .id = d->id};
        pw_ledger_premises_resolve(d->desk->options.ledger, tx, d->req->arena, &d->name, 1, on_resolved, d);
    } else if (d->bag_id.data == NULL) {
        pw_tx_abort(tx);
        desk_reply_not_found(d->req);
    } else { /* a BAG id nobody named before makes the premises */
        d->name.ref = (struct pw_premises_ref){.by = PW_PREMISES_BY_BAG, .bag_id = d->bag_id};
        pw_ledger_premises_resolve(d->desk->options.ledger, tx, d->req->arena, &d->name, 1, on_resolved, d);
    }
}

void pw_desk_put_premises(struct pw_request *req, void *stage)
{
    struct describing *d = PW_NEW(req->arena, struct describing);

    *d = (struct describing){.desk = stage, .req = req, .caller = pw_caller_of(req)};
    if (!desk_premises_name(req, &d->id, &d->bag_id) || !may_describe(req) || !read_draft(d, false))
        return;
    d->tx = pw_db_begin(d->desk->options.db, "desk: describe premises", 0);
    d->statement = pw_tx_add(d->tx, PW_SQL_DESK_PREMISES_FIND, DESK_REGION(d->caller), PW_P_UUID_OPT(&d->id),
        PW_P_TEXT(d->bag_id));
    pw_tx_send(d->tx, on_found, d);
}

/* ---- POST ---- */

static void on_made(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct describing *d = arg;
    struct pw_faults faults;

    if (!ok) {
        pw_reply_err(d->req, err);
        return;
    }
    if (pw_rows_affected(pw_tx_rows(tx, d->statement)) == 1) {
        write_attributes(d);
        return;
    }
    pw_tx_abort(tx);
    pw_faults_init(&faults, d->req->arena);
    (void)pw_fault_member(
        &faults, NULL, "parent", PW_FAULT_REFERENCE, "geen bekend object", "no known premises");
    pw_reply_faults(d->req, &faults);
}

static void on_placed(void *arg, bool ok, const struct pw_err *err)
{
    struct describing *d = arg;
    struct pw_err taken = {0};

    if (!ok) {
        pw_reply_err(d->req, err);
        return;
    }
    if (!d->name.created) {
        (void)pw_fail(&taken, PW_ERR_CONFLICT, "%s",
            d->req->lang == PW_LANG_NL
                ? "Op dit adres is al een object; gebruik PUT, of geef parent en unit."
                : "There are premises at this address; use PUT, or give parent and unit.");
        give_up(d, &taken);
        return;
    }
    d->id = d->name.resolved;
    write_attributes(d);
}

void pw_desk_create_premises(struct pw_request *req, void *stage)
{
    struct describing *d = PW_NEW(req->arena, struct describing);

    *d = (struct describing){.desk = stage, .req = req, .caller = pw_caller_of(req), .created = true};
    if (!may_describe(req) || !read_draft(d, true))
        return;
    d->tx = pw_db_begin(d->desk->options.db, "desk: create premises", 0);
    if (d->draft.address.postcode.len > 0) {
        d->name.ref = (struct pw_premises_ref){.by = PW_PREMISES_BY_ADDRESS, .address = d->draft.address};
        pw_ledger_premises_resolve(d->desk->options.ledger, d->tx, req->arena, &d->name, 1, on_placed, d);
        return;
    }
    d->id = pw_uuid_v7(desk_now(d->desk));
    d->statement = pw_tx_add(d->tx, PW_SQL_DESK_PREMISES_UNIT, DESK_REGION(d->caller), PW_P_UUID(&d->id),
        PW_P_UUID(&d->draft.parent));
    pw_tx_send(d->tx, on_made, d);
}
