/*
 * The hook between a request's head and its body: credentials -> caller -> may it? Every way out is
 * either pw_request_admit or a problem; there is no third.
 */
#include <string.h>
#include <strings.h>

#include <arpa/inet.h>

#include "access_int.h"

enum credential_kind { CREDENTIAL_NONE, CREDENTIAL_BAD, CREDENTIAL_TOKEN, CREDENTIAL_COOKIE, CREDENTIAL_OIN };

struct credential {
    enum credential_kind kind;
    struct pw_str text; /* token or OIN */
    uint8_t key[KEY_SIZE];
};

/* A request waiting for the database to say who it is. */
struct lookup {
    struct pw_access *access;
    struct pw_request *req;
    struct credential credential;
    size_t statement;
    uint64_t forgotten;       /* as it was when the question was asked */
    struct pw_caller *caller; /* in the request's arena, while its session gets a new token */
};

/* The address, or the /64 of an IPv6 one: whoever has one of those has all of it. */
static struct pw_str network_of(const struct pw_request *req)
{
    const char *address = req->peer == NULL ? "" : req->peer->address;
    struct in6_addr octets;

    if (inet_pton(AF_INET6, address, &octets) != 1)
        return pw_str_z(address);
    return pw_str_dup(req->arena, (struct pw_str){(const char *)octets.s6_addr, 8});
}

/* Whoever is not known spends the budget of the address. False: already answered (429). */
static bool take_of_address(struct pw_access *access, struct pw_request *req)
{
    struct pw_budget_state state;

    if (pw_budget_take(access, PW_BUDGET_ADDRESS, network_of(req), &state))
        return true;
    pw_budget_refuse(access, req, &state);
    return false;
}

static void reply_unauthenticated(struct pw_access *access, struct pw_request *req)
{
    static const char nl[] = "Meld u aan met een geldig clientcertificaat, bearer-token of sessie.";
    static const char en[] = "Present a valid client certificate, bearer token or session.";

    if (!take_of_address(access, req))
        return;
    pw_reply_header(req, "WWW-Authenticate", PW_STR("Bearer"));
    pw_reply_problem(req, &(struct pw_problem){.code = PW_ERR_UNAUTHENTICATED,
                              .detail = pw_str_z(req->lang == PW_LANG_NL ? nl : en)});
}

static void reply_forbidden(struct pw_request *req)
{
    const struct pw_scope *scope = req->route->scope;
    struct pw_buf text;

    pw_buf_init(&text, 512);
    pw_buf_puts(&text, req->lang == PW_LANG_NL ? "Hiervoor is een van deze rollen nodig: "
                                               : "This needs one of these roles: ");
    for (int role = 0, n = 0; role < PW_ROLE_COUNT; role++)
        if ((scope->roles & UINT32_C(1) << role) != 0)
            pw_buf_printf(&text, "%s%s", n++ == 0 ? "" : ", ", pw_role_word((enum pw_role)role));
    pw_reply_problem(req, &(struct pw_problem){.code = PW_ERR_FORBIDDEN, .detail = pw_buf_str(&text)});
    pw_buf_release(&text);
}

static bool csrf_fits(const struct pw_request *req, const struct pw_caller *caller)
{
    char expected[PW_TOKEN_TEXT];
    struct pw_str given = pw_request_header(req, "x-csrf-token");

    access_csrf_of(caller->seed, expected);
    return given.len == strlen(expected) && pw_crypto_equal(given.data, expected, given.len);
}

/* A copy in the request's arena: the cache may drop its own while the request lives. */
static struct pw_caller *copy_caller(struct pw_request *req, const struct pw_caller *caller)
{
    struct pw_caller *own = PW_NEW(req->arena, struct pw_caller);
    struct pw_str *places = PW_NEW_ARRAY(req->arena, caller->municipality_count + 1, struct pw_str);

    *own = *caller;
    own->name = pw_str_dup(req->arena, caller->name);
    for (size_t i = 0; i < caller->municipality_count; i++)
        places[i] = pw_str_dup(req->arena, caller->municipalities[i]);
    own->municipalities = places;
    return own;
}

/* A landlord's people and programs have one budget together. */
static bool take_of_caller(struct pw_access *access, struct pw_request *req, const struct pw_caller *caller)
{
    bool landlord = pw_caller_has(caller, PW_ROLE_LANDLORD);
    const struct pw_uuid *id = landlord && !pw_uuid_is_nil(&caller->client) ? &caller->client : &caller->id;
    struct pw_budget_state state;

    if (!pw_budget_take(access, landlord ? PW_BUDGET_LANDLORD : PW_BUDGET_CALLER,
            (struct pw_str){(const char *)id->b, sizeof id->b}, &state)) {
        pw_budget_refuse(access, req, &state);
        return false;
    }
    pw_budget_headers(access, req, &state);
    return true;
}

/* The caller, of the request's arena, is known: may it do this, now? */
static void decide(struct pw_access *access, struct pw_request *req, struct pw_caller *caller)
{
    const struct pw_scope *scope = req->route->scope;

    if (!take_of_caller(access, req, caller))
        return;
    if (caller->via == PW_VIA_SESSION_COOKIE && req->method != PW_HTTP_GET && !csrf_fits(req, caller)) {
        pw_reply_code(req, PW_ERR_CSRF);
        return;
    }
    if (!scope->any && (scope->roles & caller->roles) == 0) {
        reply_forbidden(req);
        return;
    }
    req->caller = caller;
    pw_request_admit(req);
}

static struct credential credential_of(const struct pw_request *req)
{
    struct credential c = {.kind = CREDENTIAL_NONE};
    struct pw_str header = pw_request_header(req, "authorization"),
                  cookie = pw_request_cookie(req, SESSION_COOKIE);
    struct pw_sha256 ctx;

    if (pw_request_has_header(req, "authorization")) {
        c.text = pw_str_trim((struct pw_str){header.data + 6, header.len > 6 ? header.len - 6 : 0});
        c.kind = header.len > 7 && strncasecmp(header.data, "Bearer ", 7) == 0 && c.text.len <= TOKEN_MAX
                     ? CREDENTIAL_TOKEN
                     : CREDENTIAL_BAD;
    } else if (cookie.len > 0) {
        c.text = cookie;
        c.kind = cookie.len <= TOKEN_MAX ? CREDENTIAL_COOKIE : CREDENTIAL_BAD;
    } else if (req->peer != NULL && req->peer->verified && req->peer->oin[0] != '\0') {
        c.text = pw_str_z(req->peer->oin);
        c.kind = CREDENTIAL_OIN;
    }
    if (c.kind <= CREDENTIAL_BAD)
        return c;
    pw_sha256_init(&ctx);
    pw_sha256_update(&ctx, "oin:", c.kind == CREDENTIAL_OIN ? 4 : 0);
    pw_sha256_update(&ctx, c.text.data, c.text.len);
    pw_sha256_final(&ctx, c.key);
    return c;
}

static void copy_words(const struct pw_rows *rows, const char *column, struct pw_arena *arena,
    struct pw_str **ret, size_t *ret_count)
{
    struct pw_str *words = pw_cell_texts(rows, 0, pw_rows_column(rows, column), arena, ret_count);

    for (size_t i = 0; i < *ret_count; i++)
        words[i] = pw_str_dup(arena, words[i]);
    *ret = words;
}

static void fill_common(struct cached *entry, const struct pw_rows *rows)
{
    struct pw_caller *caller = &entry->caller;
    struct pw_str *words, controller = pw_cell_text(rows, 0, pw_rows_column(rows, "controller"));
    size_t count;

    caller->id = caller->client = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    caller->name = pw_str_dup(entry->arena, pw_cell_text(rows, 0, pw_rows_column(rows, "name")));
    if (controller.len < sizeof caller->controller)
        memcpy(caller->controller, controller.data, controller.len);
    copy_words(rows, "roles", entry->arena, &words, &count);
    caller->roles = access_role_bits(words, count);
    copy_words(rows, "source_classes", entry->arena, &words, &count);
    caller->source_classes = access_class_bits(words, count);
    copy_words(rows, "municipalities", entry->arena, &words, &count);
    caller->municipalities = words;
    caller->municipality_count = count;
    caller->everywhere = count == 0;
    caller->wwft_liable = pw_cell_bool(rows, 0, pw_rows_column(rows, "wwft_liable"));
    caller->kind = PW_CALLER_CLIENT;
    caller->via = PW_VIA_CERTIFICATE;
    caller->expires_at = PW_TIME_NONE;
}

/* What a token stands for must come the way it was made to: a cookie's token is no bearer token. */
static bool fill_token(struct cached *entry, const struct pw_rows *rows, enum credential_kind given)
{
    struct pw_caller *caller = &entry->caller;
    struct pw_str via = pw_cell_text(rows, 0, pw_rows_column(rows, "via"));

    caller->client = pw_cell_uuid(rows, 0, pw_rows_column(rows, "client"));
    caller->expires_at = pw_cell_time(rows, 0, pw_rows_column(rows, "expires_at"));
    caller->via = pw_str_is(via, "token")    ? PW_VIA_TOKEN
                  : pw_str_is(via, "cookie") ? PW_VIA_SESSION_COOKIE
                                             : PW_VIA_SESSION_BEARER;
    if (caller->via != PW_VIA_TOKEN) {
        struct pw_str seed = pw_cell_bytea(rows, 0, pw_rows_column(rows, "seed"));

        caller->kind = PW_CALLER_ACCOUNT;
        memcpy(caller->session, entry->key, KEY_SIZE);
        memcpy(caller->seed, seed.data, seed.len < KEY_SIZE ? seed.len : KEY_SIZE);
    }
    return (caller->via == PW_VIA_SESSION_COOKIE) == (given == CREDENTIAL_COOKIE);
}

static void on_session_current(void *arg)
{
    struct lookup *lookup = arg;

    decide(lookup->access, lookup->req, lookup->caller);
}

static void on_found(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct lookup *lookup = arg;
    bool kept = lookup->forgotten == lookup->access->forgotten, is_token;
    const struct pw_rows *rows;
    struct cached *entry;

    if (!ok) {
        pw_reply_err(lookup->req, err);
        return;
    }
    rows = pw_tx_rows(tx, lookup->statement);
    if (pw_rows_count(rows) == 0) {
        reply_unauthenticated(lookup->access, lookup->req);
        return;
    }
    entry = access_cache_add(lookup->access, lookup->credential.key);
    fill_common(entry, rows);
    is_token = lookup->credential.kind != CREDENTIAL_OIN;
    if (is_token && !fill_token(entry, rows, lookup->credential.kind)) {
        access_cache_drop(lookup->access, lookup->credential.key);
        reply_unauthenticated(lookup->access, lookup->req);
        return;
    }
    lookup->caller = copy_caller(lookup->req, &entry->caller);
    if (!kept) /* somebody changed while the answer was on its way: it serves this request only */
        access_cache_drop(lookup->access, lookup->credential.key);
    if (is_token && pw_cell_bool(rows, 0, pw_rows_column(rows, "rotate")))
        access_session_rotate(
            lookup->access, lookup->req, lookup->credential.key, on_session_current, lookup);
    else
        on_session_current(lookup);
}

static void look_up(struct pw_access *access, struct pw_request *req, const struct credential *credential)
{
    struct lookup *lookup = PW_NEW(req->arena, struct lookup);
    int64_t idle_s = access->options.session_idle_ms / 1000;
    struct pw_tx *tx;

    *lookup = (struct lookup){
        .access = access, .req = req, .credential = *credential, .forgotten = access->forgotten};
    if (credential->kind == CREDENTIAL_OIN) {
        tx = pw_db_begin(access->options.db, "access: certificate", PW_DB_READ_ONLY);
        lookup->statement = pw_tx_add(tx, PW_SQL_ACCESS_CALLER_BY_OIN, PW_P_TEXT(credential->text));
    } else {
        tx = pw_db_begin(access->options.db, "access: token", 0);
        lookup->statement =
            pw_tx_add(tx, PW_SQL_ACCESS_CALLER_BY_TOKEN, PW_P_BYTES(lookup->credential.key, KEY_SIZE),
                PW_P_I64(idle_s), PW_P_I64(access->options.session_rotate_ms / 1000));
        pw_tx_add(
            tx, PW_SQL_ACCESS_SESSION_TOUCH, PW_P_BYTES(lookup->credential.key, KEY_SIZE), PW_P_I64(idle_s));
    }
    pw_tx_commit(tx, on_found, lookup);
}

void pw_access_authorise(struct pw_request *req, void *arg)
{
    struct pw_access *access = arg;
    struct credential credential;
    const struct pw_caller *caller;

    if (req->route->scope->open) {
        if (take_of_address(access, req))
            pw_request_admit(req);
        return;
    }
    credential = credential_of(req);
    if (credential.kind <= CREDENTIAL_BAD) {
        reply_unauthenticated(access, req);
        return;
    }
    caller = access_cache_find(access, credential.key);
    if (caller != NULL && (caller->via == PW_VIA_SESSION_COOKIE) == (credential.kind == CREDENTIAL_COOKIE))
        decide(access, req, copy_caller(req, caller));
    else
        look_up(access, req, &credential);
}
