/* Records stored and read back, shown as JSON, declared to CEL and as JSON Schema. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <cel/cel.h>
#include <pandwacht/facts.h>

static const struct pw_fact_model *model;
static struct pw_arena *arena;
static struct pw_buf buf;
static struct pw_err err;

static int load(void **state)
{
    (void)state;
    return pw_facts_load_dir("rules", &model, &err) ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    pw_facts_unref(model);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    arena = pw_arena_new();
    pw_buf_init(&buf, 1 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pw_buf_release(&buf);
    pw_arena_free(arena);
    return 0;
}

/* A record of the kind from a YAML map of its fields. */
static uint64_t *record_of(const char *kind_name, const char *yaml, struct pw_parties *parties)
{
    const struct pw_kind *kind = pw_facts_kind(model, pw_str_z(kind_name));
    const struct pw_yaml *root;
    assert_true(pw_yaml_parse(arena, pw_str_z(yaml), "t.yaml", NULL, &root, &err));
    uint64_t *record = pw_record_new(arena, kind);
    pw_record_set_occurred_on(record, 20000);
    for (size_t i = 0; i < root->count; i++) {
        const struct pw_field *field = pw_kind_field(kind, root->pairs[i].key->text);
        assert_non_null(field);
        if (!pw_record_set_yaml(arena, kind, record, field, root->pairs[i].value, parties, &err))
            fail_msg("%u: %s", err.line, err.text);
    }
    return record;
}

static const char *show(const struct pw_kind *kind, const uint64_t *record, const struct pw_parties *parties,
    enum pw_field_class max)
{
    struct pw_jsonw w;
    pw_buf_clear(&buf);
    pw_jsonw_init(&w, &buf);
    pw_jsonw_object(&w);
    pw_facts_write_fields(kind, record, max, parties, &w);
    pw_jsonw_end_object(&w);
    return buf.data;
}

static void a_record_survives_storing(void **state)
{
    (void)state;
    static const char *const stories[][3] = {
        {"payment",
            "{method: cash, purpose: rent, amountEur: 900.05, term: 2026-02, payer: anna, payerIsTenant: no, "
            "monthsCovered: 0}",
            "{\"method\":\"cash\",\"purpose\":\"rent\",\"amountEur\":900.05,\"term\":\"2026-02\",\"payer\":{"
            "\"scheme\":"
            "\"iban\",\"same\":\"a\"},\"payerIsTenant\":\"no\",\"monthsCovered\":0}"},
        {"ownership", "{event: transferred, priceChangePercent: -100}",
            "{\"event\":\"transferred\",\"priceChangePercent\":-100}"},
        {"tip",
            "{category: growing-supplies, itemKinds: [lamps, soil-bags], danger: false, atNight: true, "
            "channel: mma}",
            "{\"category\":\"growing-supplies\",\"atNight\":true,\"itemKinds\":[\"soil-bags\",\"lamps\"],"
            "\"danger\":false,"
            "\"channel\":\"mma\"}"},
        {"link",
            "{relation: contact-reuse, count: 3, windowMonths: 12, timesPeerRate: 2.5, purpose: 'omgeving "
            "\"x\"'}",
            "{\"relation\":\"contact-reuse\",\"count\":3,\"windowMonths\":12,\"timesPeerRate\":2.5,"
            "\"purpose\":"
            "\"omgeving \\\"x\\\"\"}"},
        {"document-check", "{document: payslip, result: inconsistent, issuedOn: 1969-12-31}",
            "{\"document\":\"payslip\",\"result\":\"inconsistent\",\"issuedOn\":\"1969-12-31\"}"},
    };
    for (size_t i = 0; i < PW_COUNT(stories); i++) {
        const struct pw_kind *kind = pw_facts_kind(model, pw_str_z(stories[i][0]));
        struct pw_parties parties, again;
        pw_parties_init(&parties, arena);
        pw_parties_init(&again, arena);
        const uint64_t *record = record_of(stories[i][0], stories[i][1], &parties), *decoded;
        assert_string_equal(show(kind, record, &parties, PW_RESTRICTED), stories[i][2]);
        pw_buf_clear(&buf);
        pw_facts_encode(kind, record, &parties, &buf);
        struct pw_str stored = pw_str_dup(arena, pw_buf_str(&buf));
        assert_true(pw_facts_decode(kind, stored, 20000, arena, &again, &decoded, &err));
        assert_string_equal(show(kind, decoded, &again, PW_RESTRICTED), stories[i][2]);
        assert_int_equal(decoded[1], INT64_C(20000) * 86400);
        for (size_t cut = 0; cut < stored.len;
             cut++) /* a shorter form either fails or lacks fields; it never crashes */
            (void)!pw_facts_decode(
                kind, (struct pw_str){stored.data, cut}, 20000, arena, &again, &decoded, &err);
    }
}

static void parties_are_one_across_a_dossier(void **state)
{
    (void)state;
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("payment"));
    struct pw_parties dossier;
    pw_parties_init(&dossier, arena);
    const char *payers[] = {"anna", "bob", "anna"};
    uint64_t ordinals[3];
    for (size_t i = 0; i < 3; i++) {
        struct pw_parties own;
        pw_parties_init(&own, arena);
        const char *yaml = pw_str_printf(arena, "{payer: %s}", payers[i]).data;
        const uint64_t *record = record_of("payment", yaml, &own), *decoded;
        pw_buf_clear(&buf);
        pw_facts_encode(kind, record, &own, &buf);
        assert_true(pw_facts_decode(kind, pw_buf_str(&buf), 20000, arena, &dossier, &decoded, &err));
        ordinals[i] = decoded[pw_kind_field(kind, PW_STR("payer"))->cell];
    }
    assert_int_equal(ordinals[0], 1);
    assert_int_equal(ordinals[1], 2);
    assert_int_equal(ordinals[2], 1);
}

static void unknown_numbers_are_passed_over(void **state)
{
    (void)state;
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("vacancy"));
    struct pw_parties parties;
    const uint64_t *record;
    pw_parties_init(&parties, arena);
    /* format 1; number 50 as integer 300, text "ab", double, party; then state (1) = in-use (2) */
    static const char stored[] = "\x01\x90\x03\xac\x02\x93\x03\x02"
                                 "ab\x91\x03"
                                 "12345678\x92\x03\x00"
                                 "0123456789abcdef\x08\x02";
    struct pw_str text = {stored, sizeof stored - 1};
    assert_true(pw_facts_decode(kind, text, 20000, arena, &parties, &record, &err));
    assert_string_equal(show(kind, record, &parties, PW_SEALED), "{\"state\":\"in-use\"}");
    /* a word that this model does not have counts as not stated */
    assert_true(pw_facts_decode(kind, PW_STR("\x01\x08\x09"), 20000, arena, &parties, &record, &err));
    assert_string_equal(show(kind, record, &parties, PW_SEALED), "{}");
    assert_false(pw_facts_decode(kind, PW_STR("\x02"), 20000, arena, &parties, &record, &err));
    assert_false(pw_facts_decode(kind, PW_STR(""), 20000, arena, &parties, &record, &err));
    assert_false(pw_facts_decode(kind, PW_STR("\x01\x09\x09"), 20000, arena, &parties, &record, &err));
    assert_false(pw_facts_decode(kind, PW_STR("\x01\x0f\x09"), 20000, arena, &parties, &record, &err));
}

static void classes_bound_what_is_shown(void **state)
{
    (void)state;
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("payment"));
    struct pw_parties parties;
    pw_parties_init(&parties, arena);
    const uint64_t *record = record_of("payment", "{method: bank, payer: anna, note: geheim}", &parties);
    assert_string_equal(show(kind, record, &parties, PW_INTERNAL), "{\"method\":\"bank\"}");
    assert_non_null(strstr(show(kind, record, &parties, PW_RESTRICTED), "\"same\":\"a\""));
    assert_null(strstr(show(kind, record, &parties, PW_SEALED), "geheim"));
}

static void letters_go_on_after_z(void **state)
{
    (void)state;
    char out[8];
    assert_string_equal(pw_party_letter(1, out), "a");
    assert_string_equal(pw_party_letter(26, out), "z");
    assert_string_equal(pw_party_letter(27, out), "aa");
    assert_string_equal(pw_party_letter(702, out), "zz");
    assert_string_equal(pw_party_letter(703, out), "aaa");
}

static void rule_files_are_told_what_does_not_fit(void **state)
{
    (void)state;
    static const char *const bad[][2] = {{"method", "cashh"}, {"amountEur", "veel"}, {"monthsCovered", "121"},
        {"term", "2026-13"}, {"payerIsTenant", "perhaps"}, {"payer", "[a]"}};
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("payment"));
    struct pw_parties parties;
    pw_parties_init(&parties, arena);
    uint64_t *record = pw_record_new(arena, kind);
    for (size_t i = 0; i < PW_COUNT(bad); i++) {
        const struct pw_yaml *value;
        assert_true(pw_yaml_parse(arena, pw_str_z(bad[i][1]), "t.yaml", NULL, &value, &err));
        const struct pw_field *field = pw_kind_field(kind, pw_str_z(bad[i][0]));
        assert_false(pw_record_set_yaml(arena, kind, record, field, value, &parties, &err));
        assert_int_equal(err.line, 1);
        assert_false(pw_record_has(record, field));
    }
}

static void schemas_are_json_and_name_every_kind(void **state)
{
    (void)state;
    struct pw_jsonw w;
    pw_jsonw_init(&w, &buf);
    pw_jsonw_object(&w);
    pw_facts_write_schemas(model, true, &w);
    pw_jsonw_end_object(&w);
    assert_false(buf.full);
    const struct pw_json *root;
    assert_true(pw_json_parse(arena, pw_buf_str(&buf), NULL, &root, NULL));
    const struct pw_json *tip = pw_json_get(root, "TipBody");
    const struct pw_json *properties = pw_json_get(tip, "properties");
    assert_true(pw_str_is(pw_json_str(pw_json_get(tip, "title")), "Melding"));
    assert_int_equal(pw_json_count(pw_json_get(pw_json_get(properties, "category"), "enum")), 25);
    assert_non_null(pw_json_get(properties, "sourceId"));
    assert_non_null(pw_json_get(root, "TenancyEventBody"));
    assert_non_null(pw_json_get(root, "PremisesBody"));
    assert_null(pw_json_get(root, "OutcomeBody"));
    const struct pw_json *registration = pw_json_get(pw_json_get(root, "RegistrationBody"), "properties");
    assert_non_null(pw_json_get(registration, "rentEur"));
    assert_null(pw_json_get(registration, "referenceRentEur"));
    assert_int_equal(pw_json_count(pw_json_get(pw_json_get(root, "RegistrationBody"), "allOf")), 4);
}

static void rules_see_fields_up_to_restricted(void **state)
{
    (void)state;
    struct cel_env *env = cel_env_new(NULL);
    struct pw_facts_cel cel;
    if (!pw_facts_cel_schema(model, env, arena, &cel, &err))
        fail_msg("%s", err.text);
    const struct pw_kind *tip = pw_facts_kind(model, PW_STR("tip"));
    assert_true(cel.sighting && cel.premises && cel.kinds[tip->nr]);
    struct cel_cell cell = {.type = CEL_HOST_STRUCT, .ref = cel.kinds[tip->nr]};
    assert_true(cel_env_var(env, "tip", &cell, 0));
    cell.ref = cel.sighting;
    assert_true(cel_env_var(env, "sighting", &cell, 1));
    cel_env_free(env);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_record_survives_storing),
        T(parties_are_one_across_a_dossier),
        T(unknown_numbers_are_passed_over),
        T(classes_bound_what_is_shown),
        T(letters_go_on_after_z),
        T(rule_files_are_told_what_does_not_fit),
        T(schemas_are_json_and_name_every_kind),
        T(rules_see_fields_up_to_restricted),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
