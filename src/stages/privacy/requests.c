/*
 * Taking in a request of a data subject. Identifiers become party ids here, addresses premises ids; neither
 * is made by asking: whom or what nobody has named before is simply not held. What is held becomes the items.
 */
#include <string.h>

#include "privacy_int.h"

#define PARTIES_MAX 20
#define PLACES_MAX  20

static const char *const right_words[] = {
    "access", "rectification", "erasure", "objection", "restriction", NULL};
enum right { RIGHT_ACCESS, RIGHT_RECTIFICATION, RIGHT_ERASURE, RIGHT_OBJECTION, RIGHT_RESTRICTION };

struct place {
    struct pw_premises_ref ref;
    struct pw_str alias; /* of those not given by id */
    pw_day from, until;
    struct pw_uuid premises; /* nil: nobody has named it */
};

struct intake {
    struct pw_privacy *privacy;
    struct pw_request *req;
    struct pw_uuid id;
    int right;
    pw_day received_on, due_on;
    struct pw_party_ref parties[PARTIES_MAX];
    size_t party_count;
    struct place places[PLACES_MAX];
    size_t place_count;
    struct pw_str note;
    struct pw_uuid *found; /* parties */
    size_t found_count;
    size_t s_clients, s_aliases, s_ids, s_parties;
};

/* ---- the body ---- */

/* The same day a month on; the last of the month where there is no such day. */
static pw_day month_later(pw_day day)
{
    struct pw_date date = pw_day_to_date(day), next = {date.year, date.month + 1, 1};
    struct pw_date after = {date.year, date.month + 2, 1};

    if (next.month > 12)
        next = (struct pw_date){date.year + 1, next.month - 12, 1};
    if (after.month > 12)
        after = (struct pw_date){date.year + 1, after.month - 12, 1};
    pw_day first = pw_day_from_date(next), last = pw_day_from_date(after) - 1, same = first + date.day - 1;
    return same < last ? same : last;
}

static void read_day(const struct pw_json *body, const struct pw_at *at, const char *name, pw_day *ret,
    struct pw_faults *faults)
{
    struct pw_str text;

    *ret = PW_DAY_NONE;
    if (pw_json_member_str(body, at, name, true, 1, 20, &text, faults) && !pw_day_parse(text, ret))
        (void)pw_fault_member(
            faults, at, name, PW_FAULT_PATTERN, "een datum als 2026-03-01", "a date like 2026-03-01");
}

static void read_parties(struct intake *intake, const struct pw_json *body, struct pw_faults *faults)
{
    const struct pw_json *list = pw_json_get(body, "parties");
    const struct pw_at at = {.name = "parties"};
    const unsigned any = (1u << PW_SCHEMES) - 1;

    if (list == NULL)
        return;
    if (!pw_json_is_array(list)) {
        (void)pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    if (pw_json_count(list) > PARTIES_MAX) {
        (void)pw_fault(faults, &at, PW_FAULT_LENGTH, NULL, NULL);
        return;
    }
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_at place = {.up = &at, .index = i};

        if (pw_facts_read_party(intake->req->arena, pw_json_item(list, i), &place, any,
                &intake->parties[intake->party_count], faults))
            intake->party_count++;
    }
}

static void read_place(
    struct intake *intake, const struct pw_json *item, const struct pw_at *at, struct pw_faults *faults)
{
    static const char *const members[] = {"premises", "from", "until", NULL};
    struct place *place = &intake->places[intake->place_count];
    const struct pw_json *premises = pw_json_get(item, "premises");
    const struct pw_at inside = {.up = at, .name = "premises"};

    if (!pw_json_is_object(item)) {
        (void)pw_fault(faults, at, PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    (void)pw_json_known(item, at, members, faults);
    read_day(item, at, "from", &place->from, faults);
    read_day(item, at, "until", &place->until, faults);
    if (place->from != PW_DAY_NONE && place->until != PW_DAY_NONE && place->until < place->from)
        (void)pw_fault_member(faults, at, "until", PW_FAULT_DATE_ORDER, NULL, NULL);
    if (premises == NULL)
        (void)pw_fault(faults, &inside, PW_FAULT_REQUIRED, NULL, NULL);
    else if (pw_premises_read_ref(intake->req->arena, premises, &inside, &place->ref, faults))
        intake->place_count++;
}

static void read_places(struct intake *intake, const struct pw_json *body, struct pw_faults *faults)
{
    const struct pw_json *list = pw_json_get(body, "premises");
    const struct pw_at at = {.name = "premises"};

    if (list == NULL)
        return;
    if (!pw_json_is_array(list)) {
        (void)pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    if (pw_json_count(list) > PLACES_MAX) {
        (void)pw_fault(faults, &at, PW_FAULT_LENGTH, NULL, NULL);
        return;
    }
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_at place = {.up = &at, .index = i};

        read_place(intake, pw_json_item(list, i), &place, faults);
    }
}

static void read_identity(const struct pw_json *body, struct pw_faults *faults)
{
    const struct pw_json *seen = pw_json_get(body, "identitySeen");
    const struct pw_at at = {.name = "identitySeen"};

    if (seen == NULL)
        (void)pw_fault(faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    else if (!pw_json_is_bool(seen))
        (void)pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
    else if (!pw_json_bool(seen))
        (void)pw_fault(faults, &at, PW_FAULT_NOT_ALLOWED,
            "stel eerst vast wie het verzoek doet; anders krijgt een ander iemands gegevens",
            "first establish who asks; else somebody else gets a person's data");
}

/* `right` >= 0: the route says which; the member is then unknown. */
static bool read_body(struct intake *intake, int right)
{
    static const char *const members[] = {
        "receivedOn", "identitySeen", "parties", "premises", "note", "right", NULL};
    static const char *const members_of_objection[] = {
        "receivedOn", "identitySeen", "parties", "premises", "note", NULL};
    const struct pw_json *body;
    struct pw_faults faults;

    if (!pw_body_object(intake->req, &faults, &body))
        return false;
    intake->right = right;
    (void)pw_json_known(body, NULL, right >= 0 ? members_of_objection : members, &faults);
    if (right < 0)
        (void)pw_body_word(body, NULL, "right", true, right_words, &intake->right, &faults);
    read_day(body, NULL, "receivedOn", &intake->received_on, &faults);
    if (intake->received_on != PW_DAY_NONE && intake->received_on > privacy_today(intake->privacy))
        (void)pw_fault_member(&faults, NULL, "receivedOn", PW_FAULT_FUTURE_DATE, NULL, NULL);
    read_identity(body, &faults);
    read_parties(intake, body, &faults);
    read_places(intake, body, &faults);
    (void)!pw_json_member_str(body, NULL, "note", false, 0, 1000, &intake->note, &faults);
    if (faults.count == 0 && intake->party_count + intake->place_count == 0)
        (void)pw_fault(&faults, NULL, PW_FAULT_ONE_OF, "noem parties, premises of beide",
            "give parties, premises or both");
    if (faults.count > 0)
        pw_reply_faults(intake->req, &faults);
    return faults.count == 0;
}

/* ---- who and where ---- */

static struct pw_uuid *known_places(struct intake *intake, size_t *ret_count)
{
    struct pw_uuid *ids = PW_NEW_ARRAY(intake->req->arena, intake->place_count + 1, struct pw_uuid);

    *ret_count = 0;
    for (size_t i = 0; i < intake->place_count; i++)
        if (!pw_uuid_is_nil(&intake->places[i].premises))
            ids[(*ret_count)++] = intake->places[i].premises;
    return ids;
}

static void take_places(struct intake *intake, const struct pw_tx *tx)
{
    const struct pw_rows *aliases = pw_tx_rows(tx, intake->s_aliases), *ids = pw_tx_rows(tx, intake->s_ids);

    for (size_t p = 0; p < intake->place_count; p++) {
        struct place *place = &intake->places[p];

        for (size_t i = 0; i < pw_rows_count(aliases); i++)
            if (pw_str_eq(place->alias, pw_cell_text(aliases, i, 0)))
                place->premises = pw_cell_uuid(aliases, i, 1);
        for (size_t i = 0; i < pw_rows_count(ids); i++) {
            struct pw_uuid id = pw_cell_uuid(ids, i, 0);
            if (pw_uuid_eq(&place->ref.id, &id))
                place->premises = pw_cell_uuid(ids, i, 1);
        }
    }
}

/* Macs to look up: of every party under every key version; a source's own number once for each client. */
struct macs {
    int64_t *versions;
    struct pw_str *schemes, *macs;
    size_t count;
};

static bool add_mac(struct intake *intake, struct macs *macs, const struct pw_party_ref *party,
    struct pw_str scope, struct pw_err *err)
{
    const struct pw_keys *keys = intake->privacy->options.keys;
    struct pw_str scheme = pw_str_z(pw_scheme_words[party->scheme]);

    for (size_t v = 0; v < pw_crypto_key_count(keys, PW_KEY_PSEUDONYM); v++) {
        uint32_t version = pw_crypto_key_version(keys, PW_KEY_PSEUDONYM, v);
        uint8_t *mac = pw_arena_alloc(intake->req->arena, PW_MAC_SIZE);

        if (!pw_crypto_pseudonym(keys, version, scheme, scope, party->value, mac, err))
            return false;
        macs->versions[macs->count] = version;
        macs->schemes[macs->count] = scheme;
        macs->macs[macs->count++] = (struct pw_str){(const char *)mac, PW_MAC_SIZE};
    }
    return true;
}

static bool make_macs(
    struct intake *intake, const struct pw_rows *clients, struct macs *macs, struct pw_err *err)
{
    struct pw_arena *arena = intake->req->arena;
    size_t versions = pw_crypto_key_count(intake->privacy->options.keys, PW_KEY_PSEUDONYM);
    size_t most = intake->party_count * versions * (pw_rows_count(clients) + 1) + 1;
    bool ok = true;

    *macs = (struct macs){.versions = PW_NEW_ARRAY(arena, most, int64_t),
        .schemes = PW_NEW_ARRAY(arena, most, struct pw_str),
        .macs = PW_NEW_ARRAY(arena, most, struct pw_str)};
    for (size_t i = 0; ok && i < intake->party_count; i++) {
        const struct pw_party_ref *party = &intake->parties[i];

        if (party->scheme != PW_SCHEME_SOURCE_LOCAL)
            ok = add_mac(intake, macs, party, PW_STR(""), err);
        for (size_t c = 0; ok && party->scheme == PW_SCHEME_SOURCE_LOCAL && c < pw_rows_count(clients); c++) {
            struct pw_uuid client = pw_cell_uuid(clients, c, 0);
            char text[PW_UUID_TEXT];
            ok = add_mac(intake, macs, party, pw_str_z(pw_uuid_format(&client, text)), err);
        }
    }
    return ok;
}

static void take_parties(struct intake *intake, const struct pw_rows *rows)
{
    intake->found = PW_NEW_ARRAY(intake->req->arena, pw_rows_count(rows) + 1, struct pw_uuid);
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid id = pw_cell_uuid(rows, i, 3);
        bool seen = false;

        for (size_t j = 0; j < intake->found_count && !seen; j++)
            seen = pw_uuid_eq(&intake->found[j], &id);
        if (!seen)
            intake->found[intake->found_count++] = id;
    }
}

/* ---- writing ---- */

static void on_written(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct intake *intake = arg;
    struct pw_request *req = intake->req;
    char id[PW_UUID_TEXT], due[PW_DATE_TEXT];
    struct pw_buf json;

    (void)tx;
    if (!ok) {
        pw_reply_err(req, err);
        return;
    }
    pw_uuid_format(&intake->id, id);
    pw_buf_init(&json, 1024);
    pw_buf_printf(&json, "{\"id\":\"%s\",\"status\":\"open\",\"dueOn\":\"%s\"}", id,
        pw_day_format(intake->due_on, due));
    pw_reply_header(req, "Location", pw_str_printf(req->arena, "/v1/subject-requests/%s", id));
    pw_reply_json(req, 201, &json);
    pw_buf_release(&json);
}

static struct pw_str places_json(struct intake *intake)
{
    char id[PW_UUID_TEXT], from[PW_DATE_TEXT], until[PW_DATE_TEXT];
    struct pw_buf json;
    bool first = true;

    pw_buf_init(&json, 16384);
    pw_buf_putc(&json, '[');
    for (size_t i = 0; i < intake->place_count; i++) {
        const struct place *place = &intake->places[i];

        if (pw_uuid_is_nil(&place->premises))
            continue;
        pw_buf_printf(&json, "%s{\"premises\":\"%s\",\"from\":\"%s\",\"until\":\"%s\"}", first ? "" : ",",
            pw_uuid_format(&place->premises, id), pw_day_format(place->from, from),
            pw_day_format(place->until, until));
        first = false;
    }
    pw_buf_putc(&json, ']');
    struct pw_str text = pw_str_dup(intake->req->arena, pw_buf_str(&json));
    pw_buf_release(&json);
    return text;
}

static bool seal_note(struct intake *intake, struct pw_str *ret, struct pw_err *err)
{
    char id[PW_UUID_TEXT];

    *ret = (struct pw_str){NULL, 0};
    return intake->note.len == 0 ||
           pw_crypto_seal(intake->privacy->options.keys, intake->req->arena, intake->note,
               pw_str_printf(intake->req->arena, "subject_request/%s", pw_uuid_format(&intake->id, id)), ret,
               err);
}

static void add_items(struct intake *intake, struct pw_tx *tx)
{
    struct pw_arena *arena = intake->req->arena;
    pw_day *froms = PW_NEW_ARRAY(arena, intake->place_count + 1, pw_day),
           *untils = PW_NEW_ARRAY(arena, intake->place_count + 1, pw_day);
    size_t n = 0, count;
    struct pw_uuid *premises = known_places(intake, &count);

    for (size_t i = 0; i < intake->place_count; i++)
        if (!pw_uuid_is_nil(&intake->places[i].premises)) {
            froms[n] = intake->places[i].from;
            untils[n++] = intake->places[i].until;
        }
    pw_tx_add(tx, PW_SQL_PRIVACY_ITEMS_ADD, PW_P_UUID(&intake->id), PW_P_TEXT_Z(right_words[intake->right]),
        PW_P_UUIDS(intake->found, intake->found_count), PW_P_UUIDS(premises, n), PW_P_DATES(froms, n),
        PW_P_DATES(untils, n));
    if (intake->right != RIGHT_ACCESS && intake->right != RIGHT_ERASURE)
        pw_tx_add(tx, PW_SQL_PRIVACY_DISPUTE, PW_P_UUID(&intake->id), PW_P_UUIDS(premises, count));
}

static void write_request(struct intake *intake, struct pw_tx *tx)
{
    const struct pw_caller *caller = pw_caller_of(intake->req);
    struct pw_str note;
    struct pw_err err;

    if (!seal_note(intake, &note, &err)) {
        pw_tx_abort(tx);
        pw_reply_err(intake->req, &err);
        return;
    }
    pw_tx_add(tx, PW_SQL_PRIVACY_REQUEST_ADD, PW_P_UUID(&intake->id), PW_P_TEXT_Z(right_words[intake->right]),
        PW_P_DATE(intake->received_on), PW_P_DATE(intake->due_on),
        PW_P_UUIDS(intake->found, intake->found_count), PW_P_JSON(places_json(intake)), PW_P_BYTEA(note),
        PW_P_UUID(&caller->id));
    add_items(intake, tx);
    pw_audit_add(tx, privacy_now(intake->privacy),
        &(struct pw_audit){.actor = pw_caller_actor(caller),
            .action = "subject-request-taken-in",
            .object_kind = "subject-request",
            .object = intake->id,
            .detail = pw_str_printf(pw_tx_arena(tx), "{\"right\":\"%s\"}", right_words[intake->right])},
        1);
    pw_tx_commit(tx, on_written, intake);
}

static void on_parties(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct intake *intake = arg;

    if (!ok) {
        pw_reply_err(intake->req, err);
        return;
    }
    take_parties(intake, pw_tx_rows(tx, intake->s_parties));
    write_request(intake, tx);
}

static void on_places(void *arg, struct pw_tx *tx, bool ok, const struct pw_err *err)
{
    struct intake *intake = arg;
    struct macs macs;
    struct pw_err why;

    if (!ok) {
        pw_reply_err(intake->req, err);
        return;
    }
    take_places(intake, tx);
    if (!make_macs(intake, pw_tx_rows(tx, intake->s_clients), &macs, &why)) {
        pw_tx_abort(tx);
        pw_reply_err(intake->req, &why);
        return;
    }
    intake->s_parties = pw_tx_add(tx, PW_SQL_LEDGER_PARTY_READ, PW_P_I64S(macs.versions, macs.count),
        PW_P_TEXTS(macs.schemes, macs.count), PW_P_BYTEAS(macs.macs, macs.count));
    pw_tx_send(tx, on_parties, intake);
}

static void take_in(struct pw_request *req, struct pw_privacy *privacy, int right)
{
    struct intake *intake = PW_NEW(req->arena, struct intake);
    struct pw_str *aliases = PW_NEW_ARRAY(req->arena, PLACES_MAX, struct pw_str);
    struct pw_uuid *ids = PW_NEW_ARRAY(req->arena, PLACES_MAX, struct pw_uuid);
    size_t alias_count = 0, id_count = 0;

    *intake = (struct intake){.privacy = privacy, .req = req, .id = pw_uuid_v7(privacy_now(privacy))};
    if (!read_body(intake, right))
        return;
    intake->due_on = month_later(intake->received_on);
    for (size_t i = 0; i < intake->place_count; i++) {
        struct place *place = &intake->places[i];

        if (place->ref.by == PW_PREMISES_BY_ID)
            ids[id_count++] = place->ref.id;
        else
            aliases[alias_count++] = place->alias = pw_ledger_alias(req->arena, &place->ref);
    }
    struct pw_tx *tx = pw_db_begin(privacy->options.db, "privacy: take a request in", 0);
    intake->s_clients = pw_tx_add_plain(tx, PW_SQL_PRIVACY_CLIENTS);
    intake->s_aliases = pw_tx_add(tx, PW_SQL_LEDGER_ALIAS_READ, PW_P_TEXTS(aliases, alias_count));
    intake->s_ids = pw_tx_add(tx, PW_SQL_LEDGER_PREMISES_READ, PW_P_UUIDS(ids, id_count));
    pw_tx_send(tx, on_places, intake);
}

void pw_privacy_post_request(struct pw_request *req, void *stage)
{
    take_in(req, stage, -1);
}

void pw_privacy_post_objection(struct pw_request *req, void *stage)
{
    take_in(req, stage, RIGHT_OBJECTION);
}
