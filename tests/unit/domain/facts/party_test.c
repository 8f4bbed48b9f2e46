/* Normalising party references: spellings of one value are one, and what fits no scheme is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/facts.h>

static struct pw_arena *arena;

static int setup(void **state)
{
    (void)state;
    arena = pw_arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pw_arena_free(arena);
    return 0;
}

static void becomes(enum pw_scheme scheme, const char *value, const char *normal)
{
    struct pw_str out;
    enum pw_fault_code code;
    if (!pw_facts_normalise_party(arena, scheme, pw_str_z(value), &out, &code))
        fail_msg("'%s' refused", value);
    assert_string_equal(out.data, normal);
}

static void refused(enum pw_scheme scheme, const char *value, enum pw_fault_code expected)
{
    struct pw_str out;
    enum pw_fault_code code;
    if (pw_facts_normalise_party(arena, scheme, pw_str_z(value), &out, &code))
        fail_msg("'%s' accepted", value);
    assert_int_equal(code, expected);
}

static void ibans(void **state)
{
    (void)state;
    becomes(PW_SCHEME_IBAN, "NL91ABNA0417164300", "NL91ABNA0417164300");
    becomes(PW_SCHEME_IBAN, "nl91 abna 0417.1643.00", "NL91ABNA0417164300");
    becomes(PW_SCHEME_IBAN, "NO9386011117947", "NO9386011117947");
    becomes(PW_SCHEME_IBAN, "MT84MALT011000012345MTLCAST001S", "MT84MALT011000012345MTLCAST001S");
    refused(PW_SCHEME_IBAN, "NL91ABNA0417164301", PW_FAULT_CHECKSUM);
    refused(PW_SCHEME_IBAN, "NL19ABNA0417164300", PW_FAULT_CHECKSUM);
    refused(PW_SCHEME_IBAN, "9NL1ABNA0417164300", PW_FAULT_PATTERN);
    refused(PW_SCHEME_IBAN, "NL91ABNA", PW_FAULT_PATTERN);
    refused(PW_SCHEME_IBAN, "NL91-ABNA-0417164300", PW_FAULT_PATTERN);
    refused(PW_SCHEME_IBAN, "NL91ABNA04171643000000000000000000000000", PW_FAULT_PATTERN);
}

static void documents_and_companies(void **state)
{
    (void)state;
    becomes(PW_SCHEME_DOCUMENT, "nx-1234 567", "NX1234567");
    refused(PW_SCHEME_DOCUMENT, "abcd", PW_FAULT_PATTERN);
    refused(PW_SCHEME_DOCUMENT, "ABCDEFGHIJ0123456789X", PW_FAULT_PATTERN);
    refused(PW_SCHEME_DOCUMENT, "NX_12345", PW_FAULT_PATTERN);
    becomes(PW_SCHEME_KVK, "1234 5678", "12345678");
    becomes(PW_SCHEME_KVK, "123456780001", "12345678");
    refused(PW_SCHEME_KVK, "1234567", PW_FAULT_PATTERN);
    refused(PW_SCHEME_KVK, "1234567890", PW_FAULT_PATTERN);
    refused(PW_SCHEME_KVK, "1234567a", PW_FAULT_PATTERN);
}

static void mail_addresses(void **state)
{
    (void)state;
    becomes(PW_SCHEME_EMAIL, "  Jan.Jansen@Example.NL ", "jan.jansen@example.nl");
    refused(PW_SCHEME_EMAIL, "jan", PW_FAULT_PATTERN);
    refused(PW_SCHEME_EMAIL, "@x", PW_FAULT_PATTERN);
    refused(PW_SCHEME_EMAIL, "x@", PW_FAULT_PATTERN);
    refused(PW_SCHEME_EMAIL, "a@b@c", PW_FAULT_PATTERN);
    refused(PW_SCHEME_EMAIL, "a b@c", PW_FAULT_PATTERN);
    char text[300];
    memset(text, 'a', sizeof text);
    text[100] = '@';
    text[254] = 0;
    struct pw_str out;
    enum pw_fault_code code;
    assert_true(pw_facts_normalise_party(arena, PW_SCHEME_EMAIL, pw_str_z(text), &out, &code));
    text[254] = 'a';
    text[255] = 0;
    refused(PW_SCHEME_EMAIL, text, PW_FAULT_PATTERN);
}

static void phone_numbers(void **state)
{
    (void)state;
    static const char *const same[] = {"0612345678", "06-12345678", "06 1234 5678", "0031612345678",
        "+31612345678", "+31 (0)6 12 34 56 78", "(06) 12345678", "0031 (0)612345678"};
    for (size_t i = 0; i < PW_COUNT(same); i++)
        becomes(PW_SCHEME_PHONE, same[i], "+31612345678");
    becomes(PW_SCHEME_PHONE, "+49 30 901820", "+4930901820");
    becomes(PW_SCHEME_PHONE, "0049 30 901820", "+4930901820");
    refused(PW_SCHEME_PHONE, "12345678", PW_FAULT_PATTERN);
    refused(PW_SCHEME_PHONE, "061234567", PW_FAULT_PATTERN);
    refused(PW_SCHEME_PHONE, "06123456789", PW_FAULT_PATTERN);
    refused(PW_SCHEME_PHONE, "+49 30 9018x", PW_FAULT_PATTERN);
    refused(PW_SCHEME_PHONE, "+", PW_FAULT_PATTERN);
    refused(PW_SCHEME_PHONE, "", PW_FAULT_PATTERN);
}

static void a_sources_own_names(void **state)
{
    (void)state;
    becomes(PW_SCHEME_SOURCE_LOCAL, "  Huurder-7 ", "Huurder-7");
    refused(PW_SCHEME_SOURCE_LOCAL, "   ", PW_FAULT_PATTERN);
    char text[70];
    memset(text, 'x', sizeof text);
    text[65] = 0;
    refused(PW_SCHEME_SOURCE_LOCAL, text, PW_FAULT_PATTERN);
    text[64] = 0;
    becomes(PW_SCHEME_SOURCE_LOCAL, text, text);
}

static void references_are_read_with_their_scheme(void **state)
{
    (void)state;
    static const struct {
        const char *json, *place, *word;
    } cases[] = {
        {"\"NL91ABNA0417164300\"", "", "type"},
        {"{\"scheme\":\"iban\"}", "/value", "required"},
        {"{\"scheme\":\"bsn\",\"value\":\"123456782\"}", "/scheme", "enum"},
        {"{\"scheme\":\"phone\",\"value\":\"0612345678\"}", "/scheme", "enum"},
        {"{\"scheme\":\"iban\",\"value\":\"NL91ABNA0417164301\"}", "/value", "checksum"},
        {"{\"scheme\":\"iban\",\"value\":\"NL91ABNA0417164300\",\"name\":\"x\"}", "/name", "unknown-field"},
    };
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        const struct pw_json *json = NULL;
        struct pw_faults faults;
        struct pw_party_ref ref;
        pw_faults_init(&faults, arena);
        assert_true(pw_json_parse(arena, pw_str_z(cases[i].json), NULL, &json, NULL));
        assert_false(pw_facts_read_party(arena, json, NULL, 1u << PW_SCHEME_IBAN, &ref, &faults));
        assert_int_equal(faults.count, 1);
        assert_string_equal(faults.items[0].name.data, cases[i].place);
        assert_string_equal(pw_fault_word(faults.items[0].code), cases[i].word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ibans, setup, teardown),
        cmocka_unit_test_setup_teardown(documents_and_companies, setup, teardown),
        cmocka_unit_test_setup_teardown(mail_addresses, setup, teardown),
        cmocka_unit_test_setup_teardown(phone_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(a_sources_own_names, setup, teardown),
        cmocka_unit_test_setup_teardown(references_are_read_with_their_scheme, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
