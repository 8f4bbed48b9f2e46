/* Audit records into the caller's transaction: one statement, however many. */
#include <assert.h>

#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/db.h>

static const char *const kind_words[] = {
    [PW_ACTOR_SYSTEM] = "system",
    [PW_ACTOR_CLIENT] = "client",
    [PW_ACTOR_ACCOUNT] = "account",
    [PW_ACTOR_OPERATOR] = "operator",
};

/* The columns of the insert, one array each. */
struct columns {
    struct pw_uuid *ids, *actors, *objects, *premises;
    struct pw_str *kinds, *actions, *object_kinds, *details;
};

static struct columns make_columns(struct pw_arena *arena, size_t count)
{
    return (struct columns){
        .ids = PW_NEW_ARRAY(arena, count, struct pw_uuid),
        .actors = PW_NEW_ARRAY(arena, count, struct pw_uuid),
        .objects = PW_NEW_ARRAY(arena, count, struct pw_uuid),
        .premises = PW_NEW_ARRAY(arena, count, struct pw_uuid),
        .kinds = PW_NEW_ARRAY(arena, count, struct pw_str),
        .actions = PW_NEW_ARRAY(arena, count, struct pw_str),
        .object_kinds = PW_NEW_ARRAY(arena, count, struct pw_str),
        .details = PW_NEW_ARRAY(arena, count, struct pw_str),
    };
}

static void fill(struct columns *to, size_t i, pw_usec now, const struct pw_audit *record)
{
    assert(record->detail.len <= PW_AUDIT_DETAIL_MAX);
    to->ids[i] = pw_uuid_v7(now);
    to->kinds[i] = pw_str_z(kind_words[record->actor.kind]);
    to->actors[i] = record->actor.id;
    to->actions[i] = pw_str_z(record->action);
    to->object_kinds[i] = pw_str_z(record->object_kind);
    to->objects[i] = record->object;
    to->premises[i] = record->premises;
    to->details[i] = record->detail.len > 0 ? record->detail : (struct pw_str){NULL, 0};
}

void pw_audit_add(struct pw_tx *tx, pw_usec now, const struct pw_audit *records, size_t count)
{
    struct columns c;

    if (count == 0)
        return;
    c = make_columns(pw_tx_arena(tx), count);
    for (size_t i = 0; i < count; i++)
        fill(&c, i, now, &records[i]);
    pw_tx_add(tx, PW_SQL_AUDIT_ADD, PW_P_UUIDS(c.ids, count), PW_P_TEXTS(c.kinds, count),
        PW_P_UUIDS_OPT(c.actors, count), PW_P_TEXTS(c.actions, count), PW_P_TEXTS(c.object_kinds, count),
        PW_P_UUIDS_OPT(c.objects, count), PW_P_UUIDS_OPT(c.premises, count), PW_P_JSONS(c.details, count));
}
