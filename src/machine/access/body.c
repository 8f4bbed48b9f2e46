/* Reading a body as one JSON object, and answering with everything that is wrong with it. */
#include "access_int.h"

void pw_reply_faults(struct pw_request *req, const struct pw_faults *faults)
{
    size_t n = faults->count + faults->more;
    struct pw_invalid_param *params = PW_NEW_ARRAY(req->arena, faults->count + 1, struct pw_invalid_param);
    bool dutch = req->lang == PW_LANG_NL;

    for (size_t i = 0; i < faults->count; i++)
        params[i] = (struct pw_invalid_param){.name = faults->items[i].name,
            .code = pw_str_z(pw_fault_word(faults->items[i].code)),
            .reason = pw_str_z(dutch ? faults->items[i].reason_nl : faults->items[i].reason_en)};
    pw_reply_problem(req, &(struct pw_problem){.code = PW_ERR_INVALID,
                              .detail = pw_str_printf(req->arena, "%zu %s", n,
                                  dutch ? (n == 1 ? "fout" : "fouten") : (n == 1 ? "fault" : "faults")),
                              .invalid = params,
                              .invalid_count = faults->count});
}

bool pw_body_object(struct pw_request *req, struct pw_faults *faults, const struct pw_json **ret)
{
    pw_faults_init(faults, req->arena);
    if (!pw_json_read(req->arena, req->body, NULL, ret, faults)) {
        pw_reply_faults(req, faults);
        return false;
    }
    if (!pw_json_is_object(*ret)) {
        (void)pw_fault(faults, NULL, PW_FAULT_TYPE, NULL, NULL);
        pw_reply_faults(req, faults);
        return false;
    }
    return true;
}
