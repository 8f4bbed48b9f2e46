/* The stage's life, and what its handlers share. */
#include "check_int.h"

#include <stdlib.h>

pw_day check_today(const struct pw_tenant_checks *checks)
{
    return pw_day_in_netherlands(pw_loop_wall(checks->options.loop));
}

const struct pw_uuid *check_landlord(struct pw_request *req)
{
    const struct pw_caller *caller = pw_caller_of(req);
    if (!pw_uuid_is_nil(&caller->client))
        return &caller->client;
    pw_reply_code(req, PW_ERR_FORBIDDEN);
    return NULL;
}

bool check_path_id(struct pw_request *req, struct pw_uuid *ret)
{
    if (pw_uuid_parse(pw_request_param(req, "id"), ret))
        return true;
    pw_reply_code(req, PW_ERR_NOT_FOUND);
    return false;
}

bool check_content_mac(struct pw_tenant_checks *checks, struct pw_request *req, const char *what,
    const struct pw_json *body, uint8_t ret[PW_MAC_SIZE])
{
    struct pw_buf canonical;
    struct pw_err err;
    pw_buf_init(&canonical, CHECK_CANONICAL_MAX);
    pw_buf_printf(&canonical, "%s\n", what);
    pw_json_canonical(body, &canonical);
    bool ok = pw_crypto_content_mac(checks->options.keys, pw_buf_str(&canonical), ret, &err);
    pw_buf_release(&canonical);
    if (!ok)
        pw_reply_err(req, &err);
    return ok;
}

struct check_call *check_call_new(struct pw_request *req, struct pw_tenant_checks *checks)
{
    struct check_call *call = PW_NEW(req->arena, struct check_call);
    pw_usec now = pw_loop_wall(checks->options.loop);
    *call = (struct check_call){
        .checks = checks, .req = req, .caller = pw_caller_of(req), .id = pw_uuid_v7(now), .now = now};
    return call;
}

void check_answer_begin(struct pw_buf *out, struct pw_jsonw *w, const struct pw_uuid *id, const char *status)
{
    pw_buf_init(out, CHECK_ANSWER_MAX);
    pw_jsonw_init(w, out);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, id);
    pw_jsonw_key(w, "status");
    pw_jsonw_z(w, status);
}

void check_answer_end(struct pw_request *req, int status, struct pw_buf *out, struct pw_jsonw *w)
{
    pw_jsonw_end_object(w);
    pw_reply_json(req, status, out);
    pw_buf_release(out);
}

struct pw_tenant_checks *pw_tenant_checks_new(const struct pw_tenant_check_options *options)
{
    struct pw_tenant_checks *checks = pw_xcalloc(1, sizeof *checks);
    checks->options = *options;
    return checks;
}

void pw_tenant_checks_free(struct pw_tenant_checks *checks)
{
    free(checks);
}
