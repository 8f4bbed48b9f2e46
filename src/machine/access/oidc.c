/*
 * Signing in with the organisation's provider. GET /v1/sessions/oidc sends the browser there, with a cookie
 * that is worth nothing but together with the answer; GET /v1/sessions/oidc/callback takes the answer, brings
 * the account up to date and opens a session. The browser never holds a token of the provider.
 *
 * The callback is reached from another site, so that its cookie is SameSite=Lax; the session's own is Strict,
 * as everywhere. It always ends at the console, which is told by `signIn` how it went.
 */
#include <string.h>

#include "access_int.h"

#define ATTEMPT_COOKIE  "__Host-oidc"
#define CLAIM_WORDS_MAX 200
#define PROVIDED_ROLES  (PW_ACCOUNT_ROLES & ~PW_ROLE_BIT(LANDLORD))
#define DETAIL_MAX      2048

struct arrival {
    struct pw_access *access;
    struct pw_request *req;
    struct pw_str subject, name;
    uint32_t roles;
    const struct pw_str *places;
    size_t place_count;
    size_t s_account;
    struct opening opening;
    const char *why; /* it was refused */
};

/* ---- going out ---- */

static void set_attempt(struct pw_request *req, struct pw_str attempt, int max_age)
{
    pw_reply_header(req, "Set-Cookie",
        pw_str_printf(req->arena, ATTEMPT_COOKIE "=%.*s; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=%d",
            PW_STR_ARG(attempt), max_age));
}

static void go_to(struct pw_request *req, struct pw_str location)
{
    pw_reply_header(req, "Location", location);
    pw_reply_empty(req, 303);
}

/* Back to the console, with a word for how it went. */
static void go_home(struct pw_request *req, const char *why)
{
    go_to(req, pw_str_printf(req->arena, "/?signIn=%s", why));
}

static void on_begun(void *arg, struct pw_str location, struct pw_str attempt, const struct pw_err *err)
{
    struct pw_request *req = arg;

    if (err != NULL) {
        go_home(req, "unavailable");
        return;
    }
    set_attempt(req, attempt, PW_OIDC_ATTEMPT_S);
    go_to(req, location);
}

void pw_access_begin_oidc(struct pw_request *req, void *stage)
{
    struct pw_access *access = stage;

    if (access->options.oidc == NULL)
        pw_reply_code(req, PW_ERR_NOT_FOUND);
    else
        pw_oidc_begin(access->options.oidc, req->arena, on_begun, req);
}

/* ---- refusing ---- */

static void on_refused(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct arrival *arrival = arg;

    (void)tx;
    if (ok)
        go_home(arrival->req, arrival->why);
    else
        pw_reply_err(arrival->req, err);
}

/* `why` is one of role, account, provider, token: recorded, and told to the console. */
static void refuse(struct arrival *arrival, const char *why)
{
    struct pw_access *access = arrival->access;
    struct pw_tx *tx = pw_db_begin(access->options.db, "access: refuse a sign-in", 0);
    const struct pw_audit record = {.actor = PW_AUDIT_SYSTEM,
        .action = "sign-in-refused",
        .object_kind = "account",
        .detail = pw_str_printf(arrival->req->arena, "{\"via\":\"oidc\",\"reason\":\"%s\"}", why)};

    arrival->why = why;
    pw_audit_add(tx, pw_loop_wall(access->options.loop), &record, 1);
    pw_tx_commit(tx, on_refused, arrival);
}

/* ---- what the token says ---- */

/* The claim of that name; else, when it has dots, the member of a member. */
static const struct pw_json *claim_of(
    struct pw_arena *arena, const struct pw_json *claims, struct pw_str name)
{
    const struct pw_json *claim = pw_json_get(claims, name.data);
    struct pw_str head, tail;

    if (claim != NULL || !pw_str_cut(name, '.', &head, &tail))
        return claim;
    return claim_of(arena, pw_json_get(claims, pw_str_dup(arena, head).data), tail);
}

/* The texts of a claim that is one, or a list of them. */
static struct pw_str *words_of(struct pw_arena *arena, const struct pw_json *claim, size_t *ret_count)
{
    size_t count = pw_json_is_array(claim) ? pw_json_count(claim) : 1;
    struct pw_str *words = PW_NEW_ARRAY(arena, CLAIM_WORDS_MAX, struct pw_str);

    *ret_count = 0;
    for (size_t i = 0; i < count && *ret_count < CLAIM_WORDS_MAX; i++) {
        const struct pw_json *word = pw_json_is_array(claim) ? pw_json_item(claim, i) : claim;

        if (pw_json_is_string(word))
            words[(*ret_count)++] = pw_json_str(word);
    }
    return words;
}

/* "CN=analysts,O=riec=analyst": the last '=' divides. */
static bool read_entry(const char *entry, struct pw_str *ret_word, enum pw_role *ret_role)
{
    const char *equals = strrchr(entry, '=');

    if (equals == NULL || equals == entry)
        return false;
    *ret_word = (struct pw_str){entry, (size_t)(equals - entry)};
    *ret_role = pw_role_of(pw_str_z(equals + 1));
    return *ret_role != PW_ROLE_COUNT && (PROVIDED_ROLES & UINT32_C(1) << *ret_role) != 0;
}

bool pw_access_claims_check(const struct pw_access_claims *claims, struct pw_err *err)
{
    struct pw_str word;
    enum pw_role role;

    for (size_t i = 0; claims->role_map != NULL && claims->role_map[i] != NULL; i++)
        if (!read_entry(claims->role_map[i], &word, &role))
            return pw_fail(err, PW_ERR_USAGE,
                "oidc.roles: entry %zu is not \"word of the provider=role\" with a role that an account can "
                "have by a provider",
                i + 1);
    return true;
}

static uint32_t roles_by_map(const char *const *map, const struct pw_str *words, size_t count)
{
    uint32_t roles = 0;
    struct pw_str word;
    enum pw_role role;

    for (size_t i = 0; map[i] != NULL; i++)
        for (size_t w = 0; w < count; w++)
            if (read_entry(map[i], &word, &role) && pw_str_eq(word, words[w]))
                roles |= UINT32_C(1) << role;
    return roles;
}

static uint32_t roles_of(const struct pw_access_claims *claims, const struct pw_str *words, size_t count)
{
    if (claims->role_map != NULL && claims->role_map[0] != NULL)
        return roles_by_map(claims->role_map, words, count);
    return access_role_bits(words, count) & PROVIDED_ROLES;
}

/* NULL when the token says all that an account needs; else why not. */
static const char *read_claims(struct arrival *arrival, const struct pw_json *token)
{
    const struct pw_access_claims *claims = &arrival->access->options.claims;
    struct pw_arena *arena = arrival->req->arena;
    const struct pw_json *name = claim_of(arena, token, pw_str_z(claims->name));
    size_t count;
    struct pw_str *words = words_of(arena, claim_of(arena, token, pw_str_z(claims->roles)), &count);

    arrival->roles = roles_of(claims, words, count);
    if (arrival->roles == 0 || pw_roles_apart(arrival->roles) != NULL)
        return "role";
    if (!pw_json_is_string(name) || !access_name_ok(pw_json_str(name).data, NULL))
        return "account";
    arrival->name = pw_json_str(name);
    if (claims->municipalities[0] != '\0')
        arrival->places =
            words_of(arena, claim_of(arena, token, pw_str_z(claims->municipalities)), &arrival->place_count);
    return NULL;
}

/* ---- the account and its session: one transaction ---- */

static void on_signed_in(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct arrival *arrival = arg;

    (void)tx;
    if (!ok) {
        pw_reply_err(arrival->req, err);
        return;
    }
    access_set_cookie(arrival->req, arrival->opening.token);
    go_home(arrival->req, "done");
}

static void on_opened(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct arrival *arrival = arg;
    struct pw_buf detail;
    struct pw_jsonw w;

    if (!ok) {
        pw_reply_err(arrival->req, err);
        return;
    }
    pw_buf_init(&detail, DETAIL_MAX);
    pw_jsonw_init(&w, &detail);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "via");
    pw_jsonw_z(&w, "oidc");
    access_write_roles(&w, arrival->roles);
    pw_jsonw_end_object(&w);
    const struct pw_audit record = {.actor = {PW_ACTOR_ACCOUNT, arrival->opening.account},
        .action = "signed-in",
        .object_kind = "account",
        .object = arrival->opening.account,
        .detail = pw_buf_str(&detail)};
    pw_audit_add(tx, pw_loop_wall(arrival->access->options.loop), &record, 1);
    pw_buf_release(&detail);
    pw_tx_commit(tx, on_signed_in, arrival);
}

/* No row: not an account of ours, or ended here. */
static void on_account(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct arrival *arrival = arg;
    const struct pw_rows *rows;

    if (!ok) {
        pw_reply_err(arrival->req, err);
        return;
    }
    rows = pw_tx_rows(tx, arrival->s_account);
    if (pw_rows_count(rows) == 0) {
        pw_tx_abort(tx);
        refuse(arrival, "account");
        return;
    }
    arrival->opening = (struct opening){.account = pw_cell_uuid(rows, 0, 0), .cookie = true};
    access_session_open(arrival->access, arrival->req, tx, &arrival->opening);
    pw_tx_send(tx, on_opened, arrival);
}

static void provide_account(struct arrival *arrival)
{
    const struct pw_access_options *o = &arrival->access->options;
    struct pw_tx *tx = pw_db_begin(o->db, "access: sign in with the provider", 0);
    struct pw_uuid id = pw_uuid_v7(pw_loop_wall(o->loop));
    struct pw_str words[PW_ROLE_COUNT];
    size_t count = 0;

    for (int role = 0; role < PW_ROLE_COUNT; role++)
        if ((arrival->roles & UINT32_C(1) << role) != 0)
            words[count++] = pw_str_z(pw_role_word((enum pw_role)role));
    arrival->s_account = pw_tx_add(tx, PW_SQL_ACCESS_ACCOUNT_PROVIDE, PW_P_UUID(&id),
        PW_P_TEXT_Z(o->claims.issuer), PW_P_TEXT(arrival->subject), PW_P_TEXT(arrival->name),
        PW_P_TEXTS(words, count), PW_P_TEXTS(arrival->places, arrival->place_count),
        PW_P_BOOL(o->claims.municipalities[0] == '\0'));
    pw_tx_send(tx, on_account, arrival);
}

static void on_completed(
    void *arg, struct pw_str subject, const struct pw_json *claims, const struct pw_err *err)
{
    struct arrival *arrival = arg;
    const char *why;

    if (err != NULL && err->code == PW_ERR_CSRF)
        go_home(arrival->req, "attempt");
    else if (err != NULL && err->code == PW_ERR_FORBIDDEN)
        refuse(arrival, "provider");
    else if (err != NULL && err->code == PW_ERR_UNAUTHENTICATED)
        refuse(arrival, "token");
    else if (err != NULL)
        go_home(arrival->req, "unavailable");
    else if ((why = read_claims(arrival, claims)) != NULL)
        refuse(arrival, why);
    else {
        arrival->subject = subject;
        provide_account(arrival);
    }
}

static struct pw_str parameter(const struct pw_request *req, const char *name)
{
    struct pw_str value;

    return pw_request_query(req, name, &value) ? value : PW_STR("");
}

void pw_access_end_oidc(struct pw_request *req, void *stage)
{
    struct pw_access *access = stage;
    struct arrival *arrival = PW_NEW(req->arena, struct arrival);
    const struct pw_oidc_answer answer = {.code = parameter(req, "code"),
        .state = parameter(req, "state"),
        .iss = parameter(req, "iss"),
        .error = parameter(req, "error"),
        .attempt = pw_request_cookie(req, ATTEMPT_COOKIE)};

    *arrival = (struct arrival){.access = access, .req = req};
    if (access->options.oidc == NULL) {
        pw_reply_code(req, PW_ERR_NOT_FOUND);
        return;
    }
    set_attempt(req, PW_STR(""), 0); /* whatever comes of it: it counts once */
    pw_oidc_complete(access->options.oidc, req->arena, &answer, on_completed, arrival);
}
