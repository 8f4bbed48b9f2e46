/* What an ID token may say, and each way in which it is not for us, not now, or not the answer to our
 * question. */
#include "../../unit.h"

#include <stdio.h>

#include <pandwacht/base.h>
#include <pandwacht/json.h>
#include <pandwacht/oidc.h>

#define NOW 1800000000

static const char *const no_acr[] = {NULL}, *const acr[] = {"substantial", "high", NULL};

static enum pw_err_code judge(const char *text, const char *const *levels, char *ret_claim)
{
    struct pw_arena *arena = pw_arena_new();
    const struct pw_oidc_expected expected = {.issuer = "https://idp.example",
        .client_id = "us",
        .nonce = PW_STR("n-1"),
        .acr = levels,
        .now = (pw_usec)NOW * PW_USEC_PER_SEC};
    const struct pw_json *claims;
    struct pw_str subject;
    struct pw_err err = {0};
    assert_true(pw_json_parse(arena, pw_str_z(text), NULL, &claims, NULL));
    bool ok = pw_oidc_claims_check(claims, &expected, &subject, &err);
    if (ok)
        assert_true(pw_str_is(subject, "s"));
    else
        (void)sscanf(err.text, "the token's claim %15s", ret_claim);
    pw_arena_free(arena);
    return ok ? PW_ERR_NONE : err.code;
}

static void good_tokens_pass(void **state)
{
    static const char *const cases[] = {
        "{\"iss\":\"https://idp.example\",\"sub\":\"s\",\"aud\":\"us\",\"exp\":1800000300,\"iat\":1800000000,"
        "\"nonce\":\"n-1\"}",
        "{\"iss\":\"https://idp.example\",\"sub\":\"s\",\"aud\":[\"us\"],\"exp\":1800000300,"
        "\"iat\":1799999000.5,\"nonce\":\"n-1\",\"nbf\":1800000000}",
        "{\"iss\":\"https://idp.example\",\"sub\":\"s\",\"aud\":[\"them\",\"us\"],\"azp\":\"us\","
        "\"exp\":1799999950,\"iat\":1800000050,\"nonce\":\"n-1\",\"other\":{\"x\":[1]}}",
    };
    char claim[16] = "";
    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++)
        if (judge(cases[i], no_acr, claim) != PW_ERR_NONE)
            fail_msg("case %zu: %s", i, claim);
}

/* A good token with one member put in place of another; "" leaves it out. */
static void a_wrong_claim_is_named(void **state)
{
    static const struct {
        const char *claim, *iss, *sub, *aud, *times, *nonce;
    } cases[] = {
        {"iss", "", NULL, NULL, NULL, NULL},
        {"iss", "\"iss\":\"https://idp.example/\",", NULL, NULL, NULL, NULL},
        {"iss", "\"iss\":\"http://idp.example\",", NULL, NULL, NULL, NULL},
        {"iss", "\"iss\":[\"https://idp.example\"],", NULL, NULL, NULL, NULL},
        {"sub", NULL, "", NULL, NULL, NULL},
        {"sub", NULL, "\"sub\":\"\",", NULL, NULL, NULL},
        {"sub", NULL, "\"sub\":7,", NULL, NULL, NULL},
        {"aud", NULL, NULL, "", NULL, NULL},
        {"aud", NULL, NULL, "\"aud\":\"them\",", NULL, NULL},
        {"aud", NULL, NULL, "\"aud\":[],", NULL, NULL},
        {"aud", NULL, NULL, "\"aud\":[[\"us\"]],", NULL, NULL},
        {"aud", NULL, NULL, "\"aud\":\"us \",", NULL, NULL},
        {"azp", NULL, NULL, "\"aud\":[\"us\",\"them\"],", NULL, NULL},
        {"azp", NULL, NULL, "\"aud\":\"us\",\"azp\":\"them\",", NULL, NULL},
        {"azp", NULL, NULL, "\"aud\":\"us\",\"azp\":null,", NULL, NULL},
        {"exp", NULL, NULL, NULL, "\"iat\":1800000000,", NULL},
        {"exp", NULL, NULL, NULL, "\"exp\":1799999940,\"iat\":1799999000,", NULL},
        {"exp", NULL, NULL, NULL, "\"exp\":\"1800000300\",\"iat\":1800000000,", NULL},
        {"iat", NULL, NULL, NULL, "\"exp\":1800000300,", NULL},
        {"iat", NULL, NULL, NULL, "\"exp\":1800000300,\"iat\":1800000061,", NULL},
        {"iat", NULL, NULL, NULL, "\"exp\":1800000300,\"iat\":-5,", NULL},
        {"nbf", NULL, NULL, NULL, "\"exp\":1800000300,\"iat\":1800000000,\"nbf\":1800000061,", NULL},
        {"nbf", NULL, NULL, NULL, "\"exp\":1800000300,\"iat\":1800000000,\"nbf\":\"now\",", NULL},
        {"nonce", NULL, NULL, NULL, NULL, ""},
        {"nonce", NULL, NULL, NULL, NULL, ",\"nonce\":\"n-2\""},
        {"nonce", NULL, NULL, NULL, NULL, ",\"nonce\":null"},
    };
    char text[512], claim[16];
    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        snprintf(text, sizeof text, "{%s%s%s%s\"x\":1%s}",
            cases[i].iss ? cases[i].iss : "\"iss\":\"https://idp.example\",",
            cases[i].sub ? cases[i].sub : "\"sub\":\"s\",", cases[i].aud ? cases[i].aud : "\"aud\":\"us\",",
            cases[i].times ? cases[i].times : "\"exp\":1800000300,\"iat\":1800000000,",
            cases[i].nonce ? cases[i].nonce : ",\"nonce\":\"n-1\"");
        assert_int_equal(judge(text, no_acr, claim), PW_ERR_UNAUTHENTICATED);
        if (strcmp(claim, cases[i].claim) != 0)
            fail_msg("case %zu names %s, not %s", i, claim, cases[i].claim);
    }
    for (size_t i = 0; i < 3; i++) {
        static const char *const no_object[] = {"[]", "\"s\"", "null"};
        assert_int_equal(judge(no_object[i], no_acr, claim), PW_ERR_UNAUTHENTICATED);
    }
}

static void a_level_of_assurance_that_is_asked_for_is_needed(void **state)
{
    char text[512], claim[16];
    static const struct {
        const char *acr;
        enum pw_err_code code;
    } cases[] = {{"", PW_ERR_UNAUTHENTICATED}, {",\"acr\":\"low\"", PW_ERR_UNAUTHENTICATED},
        {",\"acr\":[\"high\"]", PW_ERR_UNAUTHENTICATED}, {",\"acr\":\"high\"", PW_ERR_NONE},
        {",\"acr\":\"substantial\"", PW_ERR_NONE}};
    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        snprintf(text, sizeof text,
            "{\"iss\":\"https://idp.example\",\"sub\":\"s\",\"aud\":\"us\",\"exp\":1800000300,"
            "\"iat\":1800000000,\"nonce\":\"n-1\"%s}",
            cases[i].acr);
        assert_int_equal(judge(text, acr, claim), cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_tokens_pass),
        cmocka_unit_test(a_wrong_claim_is_named),
        cmocka_unit_test(a_level_of_assurance_that_is_asked_for_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
