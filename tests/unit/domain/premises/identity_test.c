/* Which premises is meant: shapes of ids, one form of address, ids that do not depend on who came first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/premises.h>

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

static struct pw_premises_ref read_ref(const char *text)
{
    const struct pw_json *json = NULL;
    struct pw_faults faults;
    struct pw_premises_ref ref = {0};
    pw_faults_init(&faults, arena);
    assert_true(pw_json_parse(arena, pw_str_z(text), NULL, &json, NULL));
    if (!pw_premises_read_ref(arena, json, NULL, &ref, &faults))
        fail_msg("%s %s", faults.items[0].name.data, pw_fault_word(faults.items[0].code));
    return ref;
}

static struct pw_uuid id_of(const char *rest)
{
    struct pw_premises_ref ref =
        read_ref(pw_str_printf(arena, "{\"address\":{\"houseNumber\":12,%s}}", rest).data);
    assert_int_equal(ref.by, PW_PREMISES_BY_ADDRESS);
    return pw_premises_provisional_id(&ref.address);
}

static void bag_ids_have_a_shape(void **state)
{
    (void)state;
    assert_true(pw_premises_bag_id_valid(PW_STR("0363010000000001")));
    assert_true(pw_premises_bag_id_valid(PW_STR("0363020000000001")));
    assert_true(pw_premises_bag_id_valid(PW_STR("0363030000000001")));
    assert_false(pw_premises_bag_id_valid(PW_STR("0363100000000001"))); /* a building */
    assert_false(pw_premises_bag_id_valid(PW_STR("0363200000000001"))); /* an address designation */
    assert_false(pw_premises_bag_id_valid(PW_STR("036301000000000")));
    assert_false(pw_premises_bag_id_valid(PW_STR("03630100000000011")));
    assert_false(pw_premises_bag_id_valid(PW_STR("036301000000000a")));
    assert_false(pw_premises_bag_id_valid(PW_STR("")));
}

static void spellings_of_an_address_are_one_premises(void **state)
{
    (void)state;
    struct pw_uuid id = id_of("\"postcode\":\"1012AB\",\"houseLetter\":\"A\"");
    static const char *const same[] = {"\"postcode\":\"1012 ab\",\"houseLetter\":\"a\"",
        "\"postcode\":\" 1012ab \",\"houseNumberAddition\":\"A\"",
        "\"postcode\":\"1012AB\",\"houseLetter\":\"A\",\"municipality\":\"Amsterdam\"",
        "\"postcode\":\"1012AB\",\"houseLetter\":\"A\",\"houseNumberAddition\":\"\""};
    for (size_t i = 0; i < PW_COUNT(same); i++) {
        struct pw_uuid other = id_of(same[i]);
        assert_true(pw_uuid_eq(&id, &other));
    }
    static const char *const different[] = {"\"postcode\":\"1012AB\"",
        "\"postcode\":\"1012AC\",\"houseLetter\":\"A\"", "\"postcode\":\"1012AB\",\"houseLetter\":\"B\"",
        "\"postcode\":\"1012AB\",\"houseLetter\":\"A\",\"houseNumberAddition\":\"2\""};
    for (size_t i = 0; i < PW_COUNT(different); i++) {
        struct pw_uuid other = id_of(different[i]);
        assert_false(pw_uuid_eq(&id, &other));
    }
    struct pw_uuid one = id_of("\"postcode\":\"1012AB\",\"houseNumberAddition\":\"A-bis\"");
    struct pw_uuid two =
        id_of("\"postcode\":\"1012AB\",\"houseLetter\":\"A\",\"houseNumberAddition\":\"BIS\"");
    assert_true(pw_uuid_eq(&one, &two));
    struct pw_uuid bag = pw_premises_bag_uuid(PW_STR("0363010000000001"));
    struct pw_uuid again = pw_premises_bag_uuid(PW_STR("0363010000000001"));
    assert_true(pw_uuid_eq(&bag, &again));
    assert_false(pw_uuid_eq(&bag, &one));
}

static void a_reference_names_exactly_one(void **state)
{
    (void)state;
    struct pw_premises_ref ref = read_ref("{\"bagId\":\"0363010000000001\"}");
    assert_int_equal(ref.by, PW_PREMISES_BY_BAG);
    assert_true(pw_str_is(ref.bag_id, "0363010000000001"));
    ref = read_ref("{\"premisesId\":\"0195a000-0000-7000-8000-00000000000a\"}");
    assert_int_equal(ref.by, PW_PREMISES_BY_ID);
    static const char *const bad[] = {"5", "{}", "{\"bagId\":\"0363010000000001\",\"premisesId\":\"x\"}",
        "{\"premisesId\":\"x\"}", "{\"bagId\":363010000000001}", "{\"bagId\":null}",
        "{\"bagId\":\"0363010000000001\",\"huisnummer\":1}", "{\"address\":{\"postcode\":\"1012AB\"}}",
        "{\"address\":{\"postcode\":\"1012AB\",\"houseNumber\":\"1\"}}",
        "{\"address\":{\"postcode\":\"1012AB\",\"houseNumber\":0}}",
        "{\"address\":{\"postcode\":\"1012AB\",\"houseNumber\":1.5}}",
        "{\"address\":{\"postcode\":\"1012AB\",\"houseNumber\":1,\"houseNumberAddition\":\"<script>\"}}",
        "{\"address\":\"Dam 1\"}"};
    for (size_t i = 0; i < PW_COUNT(bad); i++) {
        const struct pw_json *json = NULL;
        struct pw_faults faults;
        pw_faults_init(&faults, arena);
        assert_true(pw_json_parse(arena, pw_str_z(bad[i]), NULL, &json, NULL));
        assert_false(pw_premises_read_ref(arena, json, NULL, &ref, &faults));
        assert_int_equal(faults.count, 1);
    }
}

static void an_address_is_shown_as_it_identifies(void **state)
{
    (void)state;
    struct pw_premises_ref ref =
        read_ref("{\"address\":{\"postcode\":\"1012 ab\",\"houseNumber\":12,"
                 "\"houseNumberAddition\":\"bis\",\"municipality\":\" Amsterdam \"}}");
    struct pw_buf buf;
    struct pw_jsonw w;
    pw_buf_init(&buf, 1000);
    pw_jsonw_init(&w, &buf);
    pw_premises_write_address(&ref.address, &w);
    assert_string_equal(buf.data, "{\"postcode\":\"1012AB\",\"houseNumber\":12,\"houseNumberAddition\":"
                                  "\"BIS\",\"municipality\":\"Amsterdam\"}");
    pw_buf_release(&buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(bag_ids_have_a_shape, setup, teardown),
        cmocka_unit_test_setup_teardown(spellings_of_an_address_are_one_premises, setup, teardown),
        cmocka_unit_test_setup_teardown(a_reference_names_exactly_one, setup, teardown),
        cmocka_unit_test_setup_teardown(an_address_is_shown_as_it_identifies, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
