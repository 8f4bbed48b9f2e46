/* What an ID token must say to be meant for us, now, in answer to this attempt (OpenID Connect Core 3.1.3.7).
 */
#include "oidc_int.h"

#define LENIENCY_S  60
#define SUBJECT_MAX 255

static bool refuse(struct pw_err *err, const char *claim)
{
    return pw_fail(err, PW_ERR_UNAUTHENTICATED, "the token's claim %s is not acceptable", claim);
}

static bool is_text(const struct pw_json *claims, const char *name, struct pw_str text)
{
    const struct pw_json *claim = pw_json_get(claims, name);
    return pw_json_is_string(claim) && pw_str_eq(pw_json_str(claim), text);
}

/* One audience as text, or a list with us in it. */
static bool is_for(const struct pw_json *audience, struct pw_str client_id)
{
    if (pw_json_is_string(audience))
        return pw_str_eq(pw_json_str(audience), client_id);
    for (size_t i = 0; pw_json_is_array(audience) && i < pw_json_count(audience); i++) {
        const struct pw_json *item = pw_json_item(audience, i);
        if (pw_json_is_string(item) && pw_str_eq(pw_json_str(item), client_id))
            return true;
    }
    return false;
}

/* With several audiences it must say that we are the one it was given to. */
static bool check_audience(const struct pw_json *claims, const char *client_id, struct pw_err *err)
{
    const struct pw_json *audience = pw_json_get(claims, "aud");
    struct pw_str us = pw_str_z(client_id);
    bool several = pw_json_is_array(audience) && pw_json_count(audience) > 1;
    if (!is_for(audience, us))
        return refuse(err, "aud");
    if ((several || pw_json_get(claims, "azp") != NULL) && !is_text(claims, "azp", us))
        return refuse(err, "azp");
    return true;
}

/* Seconds since 1970, a fraction allowed; -1 when it is no such number. */
static double seconds(const struct pw_json *claims, const char *name)
{
    const struct pw_json *claim = pw_json_get(claims, name);
    return pw_json_is_number(claim) ? pw_json_number(claim) : -1;
}

static bool check_times(const struct pw_json *claims, pw_usec now, struct pw_err *err)
{
    double at = (double)(now / PW_USEC_PER_SEC);
    if (seconds(claims, "exp") <= at - LENIENCY_S)
        return refuse(err, "exp");
    if (seconds(claims, "iat") < 0 || seconds(claims, "iat") > at + LENIENCY_S)
        return refuse(err, "iat");
    if (pw_json_get(claims, "nbf") != NULL &&
        (seconds(claims, "nbf") < 0 || seconds(claims, "nbf") > at + LENIENCY_S))
        return refuse(err, "nbf");
    return true;
}

static bool check_assurance(const struct pw_json *claims, const char *const *acr, struct pw_err *err)
{
    if (acr == NULL || acr[0] == NULL)
        return true;
    for (size_t i = 0; acr[i] != NULL; i++)
        if (is_text(claims, "acr", pw_str_z(acr[i])))
            return true;
    return refuse(err, "acr");
}

bool pw_oidc_claims_check(const struct pw_json *claims, const struct pw_oidc_expected *expected,
    struct pw_str *ret_subject, struct pw_err *err)
{
    const struct pw_json *subject = pw_json_get(claims, "sub");
    if (!is_text(claims, "iss", pw_str_z(expected->issuer)))
        return refuse(err, "iss");
    if (!pw_json_is_string(subject) || pw_json_str(subject).len == 0 ||
        pw_json_str(subject).len > SUBJECT_MAX)
        return refuse(err, "sub");
    if (!check_audience(claims, expected->client_id, err) || !check_times(claims, expected->now, err))
        return false;
    if (!is_text(claims, "nonce", expected->nonce))
        return refuse(err, "nonce");
    *ret_subject = pw_json_str(subject);
    return check_assurance(claims, expected->acr, err);
}
