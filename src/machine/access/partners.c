/* `partner add|list|pause|resume`: receivers of events. */
#include <string.h>

#include "access_int.h"

static const char *const kinds[] = {"desk", "municipality", "partner", "duty"};

static bool check_kind(const char *kind, struct pw_err *err)
{
    for (size_t i = 0; i < PW_COUNT(kinds); i++)
        if (kind != NULL && strcmp(kind, kinds[i]) == 0)
            return true;
    return pw_fail(err, PW_ERR_INVALID, "kind: desk, municipality, partner or duty");
}

/* The release matrix: {"classes":[source classes],"themes":[themes]}; event types follow from the
 * kind alone, so that an entry cannot ask for alerts that are not its own. */
static bool check_release(const char *release, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    const struct pw_json *json, *classes;
    bool ok = pw_json_parse(arena, pw_str_z(release), NULL, &json, NULL) && pw_json_is_object(json);

    if (!ok)
        (void)pw_fail(err, PW_ERR_INVALID, "release: a JSON object such as {\"classes\":[\"lease-admin\"]}");
    for (struct pw_json_iter it = pw_json_members(json); ok && pw_json_next(&it);)
        if (strcmp(it.name, "classes") != 0 && strcmp(it.name, "themes") != 0)
            ok = pw_fail(err, PW_ERR_INVALID,
                "release: only classes and themes; which events are sent follows from the kind (alert.* go "
                "to a "
                "desk only)");
    classes = ok ? pw_json_get(json, "classes") : NULL;
    for (size_t i = 0; ok && i < pw_json_count(classes); i++)
        if (!pw_json_is_string(pw_json_item(classes, i)) ||
            !access_is_class(pw_json_str(pw_json_item(classes, i))))
            ok = pw_fail(err, PW_ERR_INVALID, "release: classes are those of facts, such as lease-admin");
    pw_arena_free(arena);
    return ok;
}

static bool check_partner(const struct pw_partner_new *partner, struct pw_err *err)
{
    if (!access_name_ok(partner->name, err) || !check_kind(partner->kind, err))
        return false;
    if (!access_is_oin(partner->oin))
        return pw_fail(err, PW_ERR_INVALID, "oin: 20 digits");
    if (partner->url == NULL || strncmp(partner->url, "https://", 8) != 0)
        return pw_fail(err, PW_ERR_INVALID, "url: https://...");
    if (partner->ca_file == NULL || partner->ca_file[0] == '\0')
        return pw_fail(err, PW_ERR_INVALID, "ca-file: the authority of the receiver's certificate");
    if (partner->expected_name == NULL || partner->expected_name[0] == '\0')
        return pw_fail(err, PW_ERR_INVALID, "expected-name: the DNS name its certificate must carry");
    if ((partner->certificate == NULL) != (partner->private_key == NULL))
        return pw_fail(err, PW_ERR_INVALID, "certificate and key are given together");
    if (partner->language != NULL && strcmp(partner->language, "nl") != 0 &&
        strcmp(partner->language, "en") != 0)
        return pw_fail(err, PW_ERR_INVALID, "language: nl or en");
    return partner->release == NULL || check_release(partner->release, err);
}

bool pw_access_partner_add(struct pw_db *db, pw_usec now, const struct pw_partner_new *partner,
    struct pw_uuid *ret_id, struct pw_err *err)
{
    struct pw_uuid id = pw_uuid_v7(now);
    const struct pw_audit record = {
        .actor = PW_AUDIT_OPERATOR, .action = "receiver-added", .object_kind = "receiver", .object = id};
    struct pw_str *places;
    struct pw_tx *tx;

    if (!check_partner(partner, err))
        return false;
    tx = pw_db_begin(db, "access: add receiver", 0);
    places = access_strings(pw_tx_arena(tx), partner->municipalities, partner->municipality_count);
    if (!access_check_municipalities(db, places, partner->municipality_count, err)) {
        pw_tx_abort(tx);
        return false;
    }
    pw_tx_add(tx, PW_SQL_ACCESS_RECEIVER_ADD, PW_P_UUID(&id), PW_P_TEXT_Z(partner->name),
        PW_P_TEXT_Z(partner->kind), PW_P_TEXT_Z(partner->oin), PW_P_TEXT_Z(partner->url),
        PW_P_TEXT_Z(partner->ca_file), PW_P_TEXT_Z(partner->expected_name), PW_P_TEXT_Z(partner->certificate),
        PW_P_TEXT_Z(partner->private_key), PW_P_TEXT_Z(partner->language == NULL ? "nl" : partner->language),
        PW_P_TEXTS(places, partner->municipality_count),
        PW_P_JSON(pw_str_z(partner->release == NULL ? "{}" : partner->release)),
        PW_P_BOOL(partner->private_range));
    pw_audit_add(tx, now, &record, 1);
    *ret_id = id;
    return access_run(tx, "a receiver with this name is there already", err);
}

static void write_receiver(struct pw_jsonw *w, const struct pw_rows *rows, size_t row)
{
    static const char *const texts[] = {"name", "kind", "oin", "url", "language", "paused_reason"};
    static const char *const numbers[] = {"pending", "dead"};
    struct pw_uuid id = pw_cell_uuid(rows, row, pw_rows_column(rows, "id"));

    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &id);
    for (size_t i = 0; i < PW_COUNT(texts); i++) {
        pw_jsonw_key(w, texts[i]);
        pw_jsonw_str(w, pw_cell_text(rows, row, pw_rows_column(rows, texts[i])));
    }
    access_write_words(w, "municipalities", rows, row);
    pw_jsonw_key(w, "release");
    pw_jsonw_raw(w, pw_cell_text(rows, row, pw_rows_column(rows, "release")));
    for (size_t i = 0; i < PW_COUNT(numbers); i++) {
        pw_jsonw_key(w, numbers[i]);
        pw_jsonw_i64(w, pw_cell_i64(rows, row, pw_rows_column(rows, numbers[i])));
    }
    pw_jsonw_key(w, "paused_at");
    pw_jsonw_instant(w, pw_cell_time(rows, row, pw_rows_column(rows, "paused_at")));
    pw_jsonw_end_object(w);
}

bool pw_access_partner_list(struct pw_db *db, struct pw_buf *out, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "access: list receivers", PW_DB_READ_ONLY);
    size_t list = pw_tx_add_plain(tx, PW_SQL_ACCESS_RECEIVER_LIST);
    struct pw_jsonw w;
    bool ok = pw_tx_run(tx, err);

    if (ok) {
        pw_jsonw_init(&w, out);
        pw_jsonw_object(&w);
        pw_jsonw_key(&w, "items");
        pw_jsonw_array(&w);
        for (size_t i = 0; i < pw_rows_count(pw_tx_rows(tx, list)); i++)
            write_receiver(&w, pw_tx_rows(tx, list), i);
        pw_jsonw_end_array(&w);
        pw_jsonw_end_object(&w);
    }
    pw_tx_close(tx);
    return ok;
}

bool pw_access_partner_pause(
    struct pw_db *db, pw_usec now, const char *name, const char *reason, struct pw_err *err)
{
    struct pw_tx *tx = pw_db_begin(db, "access: pause receiver", 0);
    size_t changed = pw_tx_add(tx, PW_SQL_ACCESS_RECEIVER_PAUSE, PW_P_TEXT_Z(name), PW_P_TEXT_Z(reason));
    const struct pw_rows *rows;

    if (!pw_tx_run_step(tx, err)) {
        pw_tx_close(tx);
        return false;
    }
    rows = pw_tx_rows(tx, changed);
    if (pw_rows_count(rows) == 0) {
        pw_tx_close(tx);
        return pw_fail(
            err, PW_ERR_NOT_FOUND, "no receiver has this name; `pandwacht partner list` shows them");
    }
    pw_audit_add(tx, now,
        &(struct pw_audit){.actor = PW_AUDIT_OPERATOR,
            .action = reason == NULL ? "receiver-resumed" : "receiver-paused",
            .object_kind = "receiver",
            .object = pw_cell_uuid(rows, 0, 0)},
        1);
    return access_run(tx, "", err);
}
