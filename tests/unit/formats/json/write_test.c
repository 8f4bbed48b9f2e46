/* Writing JSON: structure, escapes, numbers without noise, the canonical form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/json.h>

static struct pw_buf buf;
static struct pw_jsonw w;

static int setup(void **state)
{
    (void)state;
    pw_buf_init(&buf, 65536);
    pw_jsonw_init(&w, &buf);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pw_buf_release(&buf);
    return 0;
}

static void structure_gets_its_commas(void **state)
{
    (void)state;
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "a");
    pw_jsonw_array(&w);
    pw_jsonw_i64(&w, 1);
    pw_jsonw_object(&w);
    pw_jsonw_end_object(&w);
    pw_jsonw_array(&w);
    pw_jsonw_end_array(&w);
    pw_jsonw_bool(&w, true);
    pw_jsonw_null(&w);
    pw_jsonw_end_array(&w);
    pw_jsonw_key(&w, "b");
    pw_jsonw_z(&w, NULL);
    pw_jsonw_key(&w, "c");
    pw_jsonw_raw(&w, PW_STR("{\"x\":1}"));
    pw_jsonw_key(&w, "d");
    pw_jsonw_z(&w, "e");
    pw_jsonw_end_object(&w);
    assert_string_equal(buf.data, "{\"a\":[1,{},[],true,null],\"b\":null,\"c\":{\"x\":1},\"d\":\"e\"}");
}

static void strings_are_escaped(void **state)
{
    (void)state;
    pw_jsonw_str(&w, PW_STR("\"\\\b\f\n\r\t\x01\x1f/\xC3\xA9\xF0\x9F\x8F\xA0|\xff|\xC3"));
    assert_string_equal(buf.data,
        "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\xC3\xA9\xF0\x9F\x8F\xA0|\xEF\xBF\xBD|"
        "\xEF\xBF\xBD\"");
}

static void decimals_come_from_integers(void **state)
{
    (void)state;
    pw_jsonw_array(&w);
    pw_jsonw_milli(&w, 51299);
    pw_jsonw_milli(&w, 30000);
    pw_jsonw_milli(&w, -11933);
    pw_jsonw_milli(&w, -5);
    pw_jsonw_milli(&w, 500);
    pw_jsonw_milli(&w, 0);
    pw_jsonw_cents(&w, 90050);
    pw_jsonw_cents(&w, 7);
    pw_jsonw_i64(&w, INT64_MIN);
    pw_jsonw_end_array(&w);
    assert_string_equal(buf.data, "[51.299,30,-11.933,-0.005,0.5,0,900.5,0.07,-9223372036854775808]");
}

static void doubles_are_shortest(void **state)
{
    (void)state;
    static const double values[] = {0.0, -0.0, 1, 900, 0.1, 1.0 / 3, 123456789012345680000.0, 1e21, 1e-6,
        1e-7, 1.5e-9, 5e-324, 1.7976931348623157e308, -2.5, 99999999.99};
    pw_jsonw_array(&w);
    for (size_t i = 0; i < PW_COUNT(values); i++)
        pw_jsonw_double(&w, values[i]);
    pw_jsonw_end_array(&w);
    assert_string_equal(buf.data,
        "[0,0,1,900,0.1,0.3333333333333333,123456789012345680000,1e+21,0.000001,1e-7,1.5e-9,"
        "5e-324,1.7976931348623157e+308,-2.5,99999999.99]");
}

static void times_and_ids(void **state)
{
    (void)state;
    struct pw_uuid nil = {{0}}, id;
    assert_true(pw_uuid_parse(PW_STR("0195a000-0000-7000-8000-00000000000a"), &id));
    pw_jsonw_array(&w);
    pw_jsonw_uuid(&w, &nil);
    pw_jsonw_uuid(&w, &id);
    pw_jsonw_day(&w, pw_day_from_date((struct pw_date){2026, 3, 1}));
    pw_jsonw_day(&w, PW_DAY_NONE);
    pw_jsonw_instant(&w, pw_day_to_usec(1) + PW_USEC_PER_SEC);
    pw_jsonw_instant(&w, 1);
    pw_jsonw_end_array(&w);
    assert_string_equal(buf.data, "[null,\"0195a000-0000-7000-8000-00000000000a\",\"2026-03-01\",null,"
                                  "\"1970-01-02T00:00:01Z\",\"1970-01-01T00:00:00.000001Z\"]");
}

static void canonical_is_one_for_equal_contents(void **state)
{
    (void)state;
    struct pw_arena *arena = pw_arena_new();
    static const char *const texts[] = {
        "{\"b\": [1.0, 9e2, true, null], \"a\": {\"z\": \"\\u00e9\\n\", \"y\": 0.10}, \"c\": "
        "9007199254740992}",
        "{\"c\":9007199254740992,\"a\":{\"y\":0.1,\"z\":\"\xC3\xA9\\u000a\"},\"b\":[1,900,true,null]}",
    };
    for (size_t i = 0; i < 2; i++) {
        const struct pw_json *node = NULL;
        assert_true(pw_json_parse(arena, pw_str_z(texts[i]), NULL, &node, NULL));
        pw_buf_clear(&buf);
        pw_json_canonical(node, &buf);
        assert_string_equal(buf.data,
            "{\"a\":{\"y\":0.1,\"z\":\"\xC3\xA9\\n\"},\"b\":[1,900,true,null],\"c\":9007199254740992}");
    }
    pw_arena_free(arena);
}

static void a_read_value_is_written_as_it_was(void **state)
{
    (void)state;
    struct pw_arena *arena = pw_arena_new();
    const char *text = "{\"z\":[],\"a\":{},\"m\":[1,{\"q\":\"x\"}]}";
    const struct pw_json *node = NULL;
    assert_true(pw_json_parse(arena, pw_str_z(text), NULL, &node, NULL));
    pw_jsonw_array(&w);
    pw_jsonw_node(&w, node);
    pw_jsonw_node(&w, pw_json_get(node, "m"));
    pw_jsonw_end_array(&w);
    assert_string_equal(buf.data, "[{\"z\":[],\"a\":{},\"m\":[1,{\"q\":\"x\"}]},[1,{\"q\":\"x\"}]]");
    pw_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(structure_gets_its_commas, setup, teardown),
        cmocka_unit_test_setup_teardown(strings_are_escaped, setup, teardown),
        cmocka_unit_test_setup_teardown(decimals_come_from_integers, setup, teardown),
        cmocka_unit_test_setup_teardown(doubles_are_shortest, setup, teardown),
        cmocka_unit_test_setup_teardown(times_and_ids, setup, teardown),
        cmocka_unit_test_setup_teardown(canonical_is_one_for_equal_contents, setup, teardown),
        cmocka_unit_test_setup_teardown(a_read_value_is_written_as_it_was, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
