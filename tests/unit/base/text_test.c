/* Slices, UTF-8, ids, digests and errors. */
#include "../unit.h"

#include <openssl/evp.h>

#include <pandwacht/base.h>

static void test_integers(void **state)
{
    (void)state;
    int64_t v;
    assert_true(pw_str_to_i64(PW_STR("-9223372036854775808"), &v));
    assert_true(v == INT64_MIN);
    assert_true(pw_str_to_i64(PW_STR("9223372036854775807"), &v));
    assert_true(v == INT64_MAX);
    static const char *const bad[] = {
        "", "-", "+1", "1 ", "0x5", "9223372036854775808", "-9223372036854775809"};
    for (size_t i = 0; i < PW_COUNT(bad); i++)
        assert_false(pw_str_to_i64(pw_str_z(bad[i]), &v));
}

static void test_cut_and_trim(void **state)
{
    (void)state;
    struct pw_str head, tail;
    assert_true(pw_str_cut(PW_STR("a=b=c"), '=', &head, &tail));
    assert_true(pw_str_is(head, "a") && pw_str_is(tail, "b=c"));
    assert_false(pw_str_cut(PW_STR("abc"), '=', &head, &tail));
    assert_true(pw_str_is(head, "abc") && tail.len == 0);
    assert_true(pw_str_is(pw_str_trim(PW_STR(" \t a b\r\n")), "a b"));
    assert_true(pw_str_has_suffix(PW_STR("x.yaml"), PW_STR(".yaml")));
    assert_true(pw_str_cmp(PW_STR("a"), PW_STR("ab")) < 0);
}

static void test_utf8(void **state)
{
    (void)state;
    assert_true(pw_utf8_valid(PW_STR("caf\xc3\xa9 \xf0\x9f\x8f\xa0")));
    assert_int_equal(pw_utf8_length(PW_STR("caf\xc3\xa9")), 4);
    static const char *const bad[] = {
        "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3", "\x80", "\xff", "\xe0\x80\x80"};
    for (size_t i = 0; i < PW_COUNT(bad); i++)
        assert_false(pw_utf8_valid(pw_str_z(bad[i])));
}

static void test_uuids_ascend_and_round_trip(void **state)
{
    (void)state;
    struct pw_uuid last = pw_uuid_v7(1000);
    for (int i = 0; i < 20000; i++) {
        struct pw_uuid next = pw_uuid_v7(1000), again;
        assert_true(pw_uuid_cmp(&last, &next) < 0);
        char text[PW_UUID_TEXT];
        assert_true(pw_uuid_parse(pw_str_z(pw_uuid_format(&next, text)), &again));
        assert_true(pw_uuid_eq(&next, &again));
        assert_int_equal(text[14], '7');
        last = next;
    }
    struct pw_uuid a = pw_uuid_v8(PW_STR("x")), b = pw_uuid_v8(PW_STR("x")), c = pw_uuid_v8(PW_STR("y")), id;
    assert_true(pw_uuid_eq(&a, &b) && !pw_uuid_eq(&a, &c));
    assert_int_equal(a.b[6] >> 4, 8);
    assert_false(pw_uuid_parse(PW_STR("0195d2a0-0000-7000-8000-00000000000g"), &id));
    assert_false(pw_uuid_parse(PW_STR("0195d2a0000070008000000000000000"), &id));
    assert_false(pw_uuid_parse(PW_STR("0195d2a0-0000-7000-80000-00000000000"), &id));
}

static void test_sha256_equals_openssl_for_every_length(void **state)
{
    (void)state;
    unsigned char data[300], ours[PW_SHA256_SIZE], theirs[PW_SHA256_SIZE];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * 131 + 7);
    for (size_t len = 0; len <= sizeof data; len++) {
        struct pw_sha256 ctx;
        pw_sha256_init(&ctx);
        pw_sha256_update(&ctx, data, len / 3);
        pw_sha256_update(&ctx, data + len / 3, len - len / 3);
        pw_sha256_final(&ctx, ours);
        assert_int_equal(EVP_Digest(data, len, theirs, NULL, EVP_sha256(), NULL), 1);
        assert_memory_equal(ours, theirs, sizeof ours);
    }
}

static void test_errors_name_their_place(void **state)
{
    (void)state;
    struct pw_err err;
    char text[PW_ERR_TEXT_MAX];
    assert_false(
        pw_fail_at(&err, PW_ERR_SYNTAX, "rules/a.yaml", 3, 9, "unknown key; did you mean `%s`?", "each"));
    assert_string_equal(
        pw_err_format(&err, text, sizeof text), "rules/a.yaml:3:9: unknown key; did you mean `each`?");
    assert_false(pw_fail(NULL, PW_ERR_IO, "nobody listens"));
    assert_string_equal(pw_err_word(PW_ERR_PRECONDITION_REQUIRED), "precondition-required");
    assert_int_equal(pw_err_status(PW_ERR_TRANSITION), 409);
    for (int code = 1; code < PW_ERR_COUNT; code++) {
        assert_true(pw_err_status((enum pw_err_code)code) >= 400);
        assert_true(pw_err_title((enum pw_err_code)code, true)[0] != '\0');
        assert_true(pw_err_title((enum pw_err_code)code, false)[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers),
        cmocka_unit_test(test_cut_and_trim),
        cmocka_unit_test(test_utf8),
        cmocka_unit_test(test_uuids_ascend_and_round_trip),
        cmocka_unit_test(test_sha256_equals_openssl_for_every_length),
        cmocka_unit_test(test_errors_name_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
