/* Members of bodies as landlords and contact points send them. */
#include <string.h>

#include "check_int.h"

void check_known(const struct pw_tenant_checks *checks, const struct pw_json *body,
    const char *const *members, struct pw_faults *faults)
{
    struct pw_json_iter it = pw_json_members(body);
    while (pw_json_next(&it)) {
        const struct pw_at at = {.name = it.name};
        size_t i = 0;
        while (members[i] != NULL && strcmp(members[i], it.name) != 0)
            i++;
        if (members[i] == NULL && !pw_findings_refuse(checks->options.catalogue, it.name, &at, faults))
            pw_fault(faults, &at, PW_FAULT_UNKNOWN_FIELD, NULL, NULL);
    }
}

void check_no_bsn(struct pw_str text, const char *name, struct pw_faults *faults)
{
    if (pw_findings_has_bsn(text))
        pw_fault_member(faults, NULL, name, PW_FAULT_NOT_ALLOWED,
            "Hier staat een burgerservicenummer in; gebruik een eigen kenmerk (UAVG artikel 46)",
            "This has a citizen service number in it; use a reference of your own (Dutch GDPR act article "
            "46)");
}

void check_source_id(const struct pw_json *body, struct pw_str *ret, struct pw_faults *faults)
{
    if (pw_json_member_str(body, NULL, "sourceId", true, 1, 64, ret, faults))
        check_no_bsn(*ret, "sourceId", faults);
}

void check_word(const struct pw_json *body, const char *name, bool required, const char *const *words,
    struct pw_str *ret, struct pw_faults *faults)
{
    int word;
    *ret = PW_STR("");
    if (pw_body_word(body, NULL, name, required, words, &word, faults) && word >= 0)
        *ret = pw_str_z(words[word]);
}

void check_day(const struct pw_json *body, const char *name, bool required, pw_day latest, pw_day *ret,
    struct pw_faults *faults)
{
    struct pw_str text;
    *ret = PW_DAY_NONE;
    if (!pw_json_member_str(body, NULL, name, required, 1, 64, &text, faults) || text.len == 0)
        return;
    if (!pw_day_parse(text, ret))
        pw_fault_member(
            faults, NULL, name, PW_FAULT_PATTERN, "Een datum zoals 2026-03-01", "A date such as 2026-03-01");
    else if (*ret > latest)
        pw_fault_member(faults, NULL, name, PW_FAULT_FUTURE_DATE, NULL, NULL);
}

void check_bool(
    const struct pw_json *body, const char *name, bool required, bool *ret, struct pw_faults *faults)
{
    const struct pw_json *node = pw_json_get(body, name);
    if (node == NULL && required)
        pw_fault_member(faults, NULL, name, PW_FAULT_REQUIRED, NULL, NULL);
    else if (node != NULL && !pw_json_is_bool(node))
        pw_fault_member(faults, NULL, name, PW_FAULT_TYPE, NULL, NULL);
    else if (node != NULL)
        *ret = pw_json_bool(node);
}

bool check_same(struct check_call *call, const struct pw_rows *rows, enum pw_err_code missing)
{
    struct pw_str own = {(const char *)call->mac, sizeof call->mac};
    if (pw_rows_count(rows) == 0) {
        pw_reply_code(call->req, missing);
        return false;
    }
    if (!pw_str_eq(pw_cell_bytea(rows, 0, pw_rows_column(rows, "content_mac")), own)) {
        pw_reply_code(call->req, PW_ERR_CONFLICT);
        return false;
    }
    call->id = pw_cell_uuid(rows, 0, pw_rows_column(rows, "id"));
    return true;
}
