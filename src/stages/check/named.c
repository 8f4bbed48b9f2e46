/*
 * Premises as a landlord names them. A check keeps the name and looks nothing up, so that its work is the
 * same for premises that are known here, watched or never heard of.
 */
#include "check_int.h"

bool check_read_premises(
    struct pw_request *req, const struct pw_json *body, struct pw_premises_ref *ret, struct pw_faults *faults)
{
    const struct pw_at at = {.name = "premises"};
    const struct pw_json *premises = pw_json_get(body, "premises");
    if (premises == NULL)
        return pw_fault(faults, &at, PW_FAULT_REQUIRED, NULL, NULL);
    return pw_premises_read_ref(req->arena, premises, &at, ret, faults);
}

struct pw_str check_named(struct pw_arena *arena, const struct pw_premises_ref *ref)
{
    struct pw_buf out;
    struct pw_jsonw w;
    pw_buf_init(&out, CHECK_ANSWER_MAX);
    pw_jsonw_init(&w, &out);
    pw_jsonw_object(&w);
    switch (ref->by) {
    case PW_PREMISES_BY_BAG:
        pw_jsonw_key(&w, "bagId");
        pw_jsonw_str(&w, ref->bag_id);
        break;
    case PW_PREMISES_BY_ADDRESS:
        pw_jsonw_key(&w, "address");
        pw_premises_write_address(&ref->address, &w);
        break;
    case PW_PREMISES_BY_ID:
        pw_jsonw_key(&w, "premisesId");
        pw_jsonw_uuid(&w, &ref->id);
        break;
    }
    pw_jsonw_end_object(&w);
    struct pw_str named = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return named;
}

bool check_named_read(struct pw_arena *arena, struct pw_str named, struct pw_premises_ref *ret)
{
    const struct pw_json *json;
    struct pw_faults faults;
    pw_faults_init(&faults, arena);
    return pw_json_parse(arena, named, NULL, &json, NULL) &&
           pw_premises_read_ref(arena, json, NULL, ret, &faults);
}

struct pw_uuid check_premises_id(
    struct pw_arena *arena, const struct pw_uuid *landlord, const struct pw_premises_ref *ref)
{
    char own[PW_UUID_TEXT];
    struct pw_str key = PW_STR("");
    if (ref->by == PW_PREMISES_BY_ID)
        return ref->id;
    if (ref->by == PW_PREMISES_BY_BAG)
        key = ref->bag_id;
    else
        key = pw_premises_key(arena, &ref->address);
    return pw_uuid_v8(
        pw_str_printf(arena, "premises of landlord %s %.*s", pw_uuid_format(landlord, own), PW_STR_ARG(key)));
}
