/*
 * How a landlord gets in: the municipal contact point invites by e-mail, and whoever has the one-time code
 * from that letter accepts the terms and chooses a password. A code that is wrong, used up, too old or never
 * given gets one answer, and a few wrong ones end the invitation.
 */
#include "check_int.h"

#include <pandwacht/mail.h>
#include <pandwacht/worker.h>

#define CODES_MAX     5 /* wrong ones */
#define VALID_MAX     90
#define PASSWORD_MIN  12
#define REFERENCE_LEN 8

struct invitation {
    struct pw_str email, kind, kvk, place, municipality;
    bool wwft_liable;
    pw_day expires_on;
    char code[PW_TOKEN_TEXT];
};

static const char *const landlord_kinds[] = {"private", "company", "agent", "corporation", NULL};

static struct pw_str email_place(struct pw_arena *arena, const struct pw_uuid *id)
{
    char text[PW_UUID_TEXT];
    return pw_str_printf(arena, "landlord_invitation/%s", pw_uuid_format(id, text));
}

/* ---- inviting ---- */

static void read_party(struct check_call *call, const struct pw_json *body, const char *name, bool required,
    enum pw_scheme scheme, struct pw_str *ret, struct pw_faults *faults)
{
    enum pw_fault_code code = PW_FAULT_PATTERN;
    struct pw_str text;
    *ret = (struct pw_str){NULL, 0};
    if (pw_json_member_str(body, NULL, name, required, 1, 254, &text, faults) && text.len > 0 &&
        !pw_facts_normalise_party(call->req->arena, scheme, text, ret, &code))
        pw_fault_member(faults, NULL, name, code, NULL, NULL);
}

static bool read_invitation(struct check_call *call)
{
    static const char *const members[] = {
        "email", "kind", "kvk", "wwftLiable", "municipality", "expiresOn", NULL};
    struct invitation *i = call->own;
    const struct pw_json *body;
    struct pw_faults faults;
    pw_day today = pw_day_in_netherlands(call->now);
    if (!pw_body_object(call->req, &faults, &body))
        return false;
    check_known(call->checks, body, members, &faults);
    read_party(call, body, "email", true, PW_SCHEME_EMAIL, &i->email, &faults);
    read_party(call, body, "kvk", false, PW_SCHEME_KVK, &i->kvk, &faults);
    check_word(body, "kind", true, landlord_kinds, &i->kind, &faults);
    check_bool(body, "wwftLiable", false, &i->wwft_liable, &faults);
    (void)!pw_json_member_str(body, NULL, "municipality", true, 1, 200, &i->place, &faults);
    check_day(body, "expiresOn", true, INT32_MAX, &i->expires_on, &faults);
    if (i->expires_on != PW_DAY_NONE && (i->expires_on < today || i->expires_on > today + VALID_MAX))
        pw_fault_member(&faults, NULL, "expiresOn", PW_FAULT_RANGE, "Een dag binnen 90 dagen vanaf vandaag",
            "A day within 90 days from today");
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

static void on_invited(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    const struct invitation *i = call->own;
    struct pw_buf out;
    struct pw_jsonw w;
    (void)tx;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    check_answer_begin(&out, &w, &call->id, "sent");
    if (!call->checks->options.letters) {
        /* Nobody else can bring the code when this installation sends no letters. */
        pw_jsonw_key(&w, "code");
        pw_jsonw_z(&w, i->code);
    }
    check_answer_end(call->req, 201, &out, &w);
}

static bool add_letter(struct check_call *call, struct pw_tx *tx, struct pw_err *err)
{
    const struct invitation *i = call->own;
    char id[PW_UUID_TEXT];
    pw_uuid_format(&call->id, id);
    const struct pw_mail mail = {.kind = PW_MAIL_LANDLORD_INVITED,
        .dutch = true,
        .cause = call->id,
        .to = i->email,
        .reference =
            pw_str_printf(call->req->arena, "%.*s", REFERENCE_LEN, id + PW_UUID_TEXT - 1 - REFERENCE_LEN),
        .path = pw_str_printf(call->req->arena, "/landlords/invitations/%s#%s", id, i->code)};
    return !call->checks->options.letters || pw_mail_add(tx, call->checks->options.keys, &mail, err);
}

static void invite(struct check_call *call, struct pw_tx *tx)
{
    struct invitation *i = call->own;
    uint8_t hash[PW_MAC_SIZE];
    struct pw_str sealed;
    struct pw_err err;
    const struct pw_audit record = {.actor = pw_caller_actor(call->caller),
        .action = "landlord-invited",
        .object_kind = "landlord-invitation",
        .object = call->id};
    pw_crypto_token_new(i->code);
    pw_crypto_token_hash(pw_str_z(i->code), hash);
    if (!pw_crypto_seal(call->checks->options.keys, call->req->arena, i->email,
            email_place(call->req->arena, &call->id), &sealed, &err) ||
        !add_letter(call, tx, &err)) {
        pw_tx_abort(tx);
        pw_reply_err(call->req, &err);
        return;
    }
    pw_tx_add(tx, PW_SQL_CHECK_INVITATION_ADD, PW_P_UUID(&call->id), PW_P_BYTES(hash, sizeof hash),
        PW_P_BYTEA(sealed), PW_P_TEXT(i->kind), PW_P_TEXT(i->kvk), PW_P_BOOL(i->wwft_liable),
        PW_P_TEXT(i->municipality), PW_P_DATE(i->expires_on), PW_P_UUID(&call->caller->id),
        PW_P_TIME(call->now));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_commit(tx, on_invited, call);
}

static void on_place(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct invitation *i = call->own;
    struct pw_faults faults;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, call->statement);
    if (pw_rows_count(rows) > 0)
        i->municipality = pw_str_dup(call->req->arena, pw_cell_text(rows, 0, 0));
    if (pw_rows_count(rows) > 0 && pw_caller_in_region(call->caller, i->municipality)) {
        invite(call, tx);
        return;
    }
    pw_tx_abort(tx);
    pw_faults_init(&faults, call->req->arena);
    pw_fault_member(&faults, NULL, "municipality", PW_FAULT_REFERENCE,
        "Deze gemeente hoort niet bij uw meldpunt",
        "This municipality does not belong to your contact point");
    pw_reply_faults(call->req, &faults);
}

void pw_check_invite(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    call->own = PW_NEW(req->arena, struct invitation);
    if (!read_invitation(call))
        return;
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: invite", 0);
    call->statement =
        pw_tx_add(tx, PW_SQL_CHECK_INVITATION_PLACE, PW_P_TEXT(((struct invitation *)call->own)->place));
    pw_tx_send(tx, on_place, call);
}

/* ---- accepting ---- */

struct acceptance {
    struct pw_str code, terms, password, email, municipality;
    struct pw_uuid client, account;
    bool wwft_liable;
    size_t s_invitation, s_account;
};

static bool read_acceptance(struct check_call *call)
{
    static const char *const members[] = {"code", "termsVersion", "password", "totpSecretConfirmed", NULL};
    struct acceptance *a = call->own;
    const struct pw_json *body;
    struct pw_faults faults;
    bool confirmed = false;
    if (!pw_body_object(call->req, &faults, &body))
        return false;
    pw_json_known(body, NULL, members, &faults);
    (void)!pw_json_member_str(body, NULL, "code", true, 1, 64, &a->code, &faults);
    (void)!pw_json_member_str(body, NULL, "termsVersion", true, 1, 64, &a->terms, &faults);
    (void)!pw_json_member_str(
        body, NULL, "password", true, PASSWORD_MIN, PW_PASSWORD_MAX, &a->password, &faults);
    check_bool(body, "totpSecretConfirmed", true, &confirmed, &faults);
    if (faults.count > 0)
        pw_reply_faults(call->req, &faults);
    return faults.count == 0;
}

static void on_landlord(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    const struct acceptance *a = call->own;
    struct pw_buf out;
    struct pw_jsonw w;
    (void)tx;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    check_answer_begin(&out, &w, &call->id, "accepted");
    pw_jsonw_key(&w, "user");
    pw_jsonw_str(&w, a->email);
    pw_jsonw_key(&w, "landlord");
    pw_jsonw_uuid(&w, &a->client);
    check_answer_end(call->req, 201, &out, &w);
}

/* Both rows are there, or somebody was first. */
static void on_made(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    const struct acceptance *a = call->own;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    if (pw_rows_count(pw_tx_rows(tx, a->s_invitation)) > 0 &&
        pw_rows_count(pw_tx_rows(tx, a->s_account)) > 0) {
        pw_tx_commit(tx, on_landlord, call);
        return;
    }
    pw_tx_abort(tx);
    pw_reply_code(call->req, PW_ERR_CONFLICT);
}

static void on_hashed(void *arg, struct pw_str hash, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct acceptance *a = call->own;
    char name[16 + PW_UUID_TEXT];
    if (err != NULL) {
        pw_reply_code(call->req, PW_ERR_UNAVAILABLE);
        return;
    }
    a->client = pw_uuid_v7(call->now);
    a->account = pw_uuid_v7(call->now);
    pw_uuid_format(&a->client, name);
    const struct pw_audit record = {.actor = {PW_ACTOR_ACCOUNT, a->account},
        .action = "landlord-joined",
        .object_kind = "client",
        .object = a->client};
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: landlord joins", 0);
    pw_tx_add(tx, PW_SQL_CHECK_LANDLORD_ADD, PW_P_UUID(&a->client),
        PW_P_TEXT(pw_str_printf(call->req->arena, "landlord %s", name)),
        PW_P_TEXT_Z(call->checks->options.oin), PW_P_TEXT(a->municipality), PW_P_BOOL(a->wwft_liable));
    a->s_account = pw_tx_add(tx, PW_SQL_CHECK_LANDLORD_ACCOUNT_ADD, PW_P_UUID(&a->account),
        PW_P_TEXT(a->email), PW_P_TEXT(hash), PW_P_UUID(&a->client));
    a->s_invitation = pw_tx_add(tx, PW_SQL_CHECK_INVITATION_ACCEPT, PW_P_UUID(&call->id),
        PW_P_UUID(&a->client), PW_P_TEXT(a->terms), PW_P_TIME(call->now));
    pw_audit_add(tx, call->now, &record, 1);
    pw_tx_send(tx, on_made, call);
}

static void on_tried(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct check_call *call = arg;
    struct acceptance *a = call->own;
    struct pw_err failed;
    if (!ok) {
        pw_reply_err(call->req, err);
        return;
    }
    const struct pw_rows *rows = pw_tx_rows(tx, call->statement);
    if (pw_rows_count(rows) == 0 || !pw_cell_bool(rows, 0, pw_rows_column(rows, "fits"))) {
        pw_reply_code(call->req, PW_ERR_NOT_FOUND);
        return;
    }
    a->municipality =
        pw_str_dup(call->req->arena, pw_cell_text(rows, 0, pw_rows_column(rows, "municipality")));
    a->wwft_liable = pw_cell_bool(rows, 0, pw_rows_column(rows, "wwft_liable"));
    if (!pw_crypto_open(call->checks->options.keys, call->req->arena,
            pw_cell_bytea(rows, 0, pw_rows_column(rows, "sealed_email")),
            email_place(call->req->arena, &call->id), &a->email, &failed))
        pw_reply_err(call->req, &failed);
    else if (!pw_worker_submit(call->checks->options.worker, &pw_access_hash_job, a->password,
                 CHECK_WORKER_MS, on_hashed, call, NULL))
        pw_reply_problem(call->req, &(struct pw_problem){.code = PW_ERR_UNAVAILABLE, .retry_after_s = 5});
}

void pw_check_accept(struct pw_request *req, void *stage)
{
    struct check_call *call = check_call_new(req, stage);
    struct acceptance *a = PW_NEW(req->arena, struct acceptance);
    uint8_t hash[PW_MAC_SIZE];
    call->own = a;
    if (!check_path_id(req, &call->id) || !read_acceptance(call))
        return;
    pw_crypto_token_hash(a->code, hash);
    struct pw_tx *tx = pw_db_begin(call->checks->options.db, "check: invitation", 0);
    call->statement = pw_tx_add(tx, PW_SQL_CHECK_INVITATION_TRY, PW_P_UUID(&call->id),
        PW_P_BYTES(hash, sizeof hash), PW_P_DATE(pw_day_in_netherlands(call->now)), PW_P_I32(CODES_MAX));
    pw_tx_commit(tx, on_tried, call);
}
