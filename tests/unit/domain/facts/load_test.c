/* Loading declarations: the shipped ones are whole; what is wrong in a file is refused with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/facts.h>

static struct pw_arena *arena;
static struct pw_file *files;
static size_t file_count;
static struct pw_err err;

static int setup(void **state)
{
    (void)state;
    arena = pw_arena_new();
    return pw_yaml_read_dir(arena, "rules", &files, &file_count, &err) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    pw_arena_free(arena);
    return 0;
}

static struct pw_file *file(const char *name)
{
    for (size_t i = 0; i < file_count; i++)
        if (pw_str_is(files[i].name, name))
            return &files[i];
    fail_msg("no file %s", name);
    return NULL;
}

/* Replaces `from` in a file; it must occur. */
static void edit(const char *name, const char *from, const char *to)
{
    struct pw_file *f = file(name);
    const char *at = strstr(f->text.data, from);
    assert_non_null(at);
    f->text = pw_str_printf(arena, "%.*s%s%s", (int)(at - f->text.data), f->text.data, to, at + strlen(from));
}

static void refused(const char *part)
{
    const struct pw_fact_model *model = NULL;
    assert_false(pw_facts_load(files, file_count, &model, &err));
    assert_null(model);
    char text[1024];
    if (!strstr(pw_err_format(&err, text, sizeof text), part))
        fail_msg("'%s' lacks '%s'", text, part);
}

static void shipped_declarations_are_whole(void **state)
{
    (void)state;
    static const char *const kinds[] = {"tip", "inspection", "landlord-check", "registration", "application",
        "identity-check", "document-check", "payment", "tenancy-event", "register-check", "company-event",
        "meter-reading", "utility", "permit", "vacancy", "ownership", "advertisement", "enforcement", "link",
        "outcome", "decision", "retraction", "correction"};
    const struct pw_fact_model *model;
    if (!pw_facts_load_dir("rules", &model, &err))
        fail_msg("%s:%u: %s", err.file, err.line, err.text);
    assert_int_equal(model->kind_count, PW_COUNT(kinds));
    for (size_t i = 0; i < PW_COUNT(kinds); i++) {
        const struct pw_kind *kind = pw_facts_kind(model, pw_str_z(kinds[i]));
        assert_non_null(kind);
        assert_non_null(pw_kind_field(kind, PW_STR("note")));
        assert_ptr_equal(pw_facts_variable(model, kind->variable), kind);
        assert_true(kind->by_route == (kind->collection.len == 0));
        if (!kind->by_route)
            assert_ptr_equal(pw_facts_collection(model, kind->collection), kind);
        assert_true(pw_facts_retention(model, kind, PW_STR("none"))->days >= 365);
    }
    assert_null(pw_facts_collection(model, PW_STR("")));
    assert_true(pw_str_is(pw_facts_collection(model, PW_STR("utility-findings"))->name, "utility"));
    assert_true(pw_str_is(pw_facts_kind(model, PW_STR("tenancy-event"))->variable, "tenancyEvent"));
    pw_facts_unref(model);
}

static void sightings_share_their_cells(void **state)
{
    (void)state;
    static const char *const kinds[] = {"tip", "inspection", "landlord-check"};
    const struct pw_fact_model *model;
    assert_true(pw_facts_load(files, file_count, &model, &err));
    for (size_t i = 0; i < 3; i++) {
        const struct pw_kind *kind = pw_facts_kind(model, pw_str_z(kinds[i]));
        assert_true(kind->sighting);
        assert_int_equal(kind->official_cell, model->sighting->official_cell);
        for (size_t k = 0; k < model->sighting->field_count; k++) {
            const struct pw_field *shared = &model->sighting->fields[k];
            const struct pw_field *own = pw_kind_field(kind, shared->name);
            assert_int_equal(own->cell, shared->cell);
            assert_int_equal(own->index, shared->index);
            assert_int_equal(own->nr, shared->nr);
            assert_int_equal(own->value_count, shared->value_count);
        }
        uint64_t *record = pw_record_new(arena, kind);
        assert_int_equal(record[kind->official_cell], i == 1);
    }
    pw_facts_unref(model);
}

static void source_classes_follow_kind_and_client(void **state)
{
    (void)state;
    const struct pw_fact_model *model;
    assert_true(pw_facts_load(files, file_count, &model, &err));
    const struct pw_kind *payment = pw_facts_kind(model, PW_STR("payment"));
    const struct pw_kind *tip = pw_facts_kind(model, PW_STR("tip"));
    assert_int_equal(pw_facts_source_class(payment, 1u << PW_CLASS_LEASE_ADMIN), PW_CLASS_LEASE_ADMIN);
    assert_int_equal(pw_facts_source_class(payment, 1u << PW_CLASS_FIN_GATEKEEPER), PW_CLASS_FIN_GATEKEEPER);
    assert_int_equal(pw_facts_source_class(payment, ~0u), PW_CLASS_LEASE_ADMIN);
    assert_int_equal(pw_facts_source_class(tip, 1u << PW_CLASS_LEASE_ADMIN), -1);
    pw_facts_unref(model);
}

static void denied_attributes_are_found_in_any_spelling(void **state)
{
    (void)state;
    static const char *const spellings[] = {"nationality", "Nationaliteit", "SECOND_NATIONALITY",
        "secondNationality", "bsn", "burger-service nummer", "dateOfBirth", "inkomen", "iban_country"};
    const struct pw_fact_model *model;
    assert_true(pw_facts_load(files, file_count, &model, &err));
    for (size_t i = 0; i < PW_COUNT(spellings); i++)
        assert_non_null(pw_facts_denied(model, pw_str_z(spellings[i])));
    assert_null(pw_facts_denied(model, PW_STR("category")));
    assert_null(pw_facts_denied(model, PW_STR("")));
    assert_true(pw_str_is(pw_facts_denied(model, PW_STR("kenteken"))->name, "licence-plate"));
    pw_facts_unref(model);
}

static void a_denied_field_is_refused(void **state)
{
    (void)state;
    edit("facts/application.yaml", "  contactBy:", "  nationaliteit: {nr: 77, type: string}\n  contactBy:");
    refused("forbids as 'nationality'");
}

static void doubled_numbers_are_refused(void **state)
{
    (void)state;
    edit("facts/vacancy.yaml", "activitySeen: {nr: 2", "activitySeen: {nr: 1");
    refused("facts/vacancy.yaml:8:17: number 1 is taken by 'state'");
}

static void numbers_of_shared_fields_are_taken(void **state)
{
    (void)state;
    edit("facts/tip.yaml", "nr: 101", "nr: 14");
    refused("number 14 is taken by 'danger'");
}

static void typos_are_named(void **state)
{
    (void)state;
    edit("facts/tip.yaml", "required: true", "requird: true");
    refused("did you mean 'required'");
}

static void unknown_types_and_fields_are_refused(void **state)
{
    (void)state;
    edit("facts/payment.yaml", "type: money, required", "type: monney, required");
    refused("did you mean 'money'");
}

static void conditions_name_known_fields(void **state)
{
    (void)state;
    edit("facts/payment.yaml", "required-if: {purpose: rent}", "required-if: {purpos: rent}");
    refused("this kind has no such field");
}

static void conditions_name_known_values(void **state)
{
    (void)state;
    edit("facts/payment.yaml", "required-if: {purpose: rent}", "required-if: {purpose: rents}");
    refused("did you mean 'rent'");
}

static void only_texts_are_sealed(void **state)
{
    (void)state;
    edit("facts/tip.yaml", "type: text, max: 4000, class: sealed", "type: text, max: 4000, class: internal");
    refused("a text is sealed");
}

static void a_doubled_collection_is_refused(void **state)
{
    (void)state;
    edit("facts/vacancy.yaml", "collection: vacancies", "collection: tips");
    refused("is declared twice");
}

static void missing_files_are_named(void **state)
{
    (void)state;
    file("facts/sighting.yaml")->name = PW_STR("other.yaml");
    refused("facts/sighting.yaml is missing");
    teardown(NULL);
    assert_int_equal(setup(NULL), 0);
    file("retention.yaml")->name = PW_STR("other.yaml");
    refused("retention.yaml is missing");
}

static void retention_names_known_kinds(void **state)
{
    (void)state;
    edit("retention.yaml", "kind: tip", "kind: tipp");
    refused("unknown kind 'tipp'");
}

static void reference_rents_rise_and_are_of_known_lettings(void **state)
{
    (void)state;
    edit("reference-rents.yaml", "up-to-m2: 50, rentEur: 1100", "up-to-m2: 30, rentEur: 1100");
    refused("reference-rents.yaml:11:7: sizes must rise");
    edit("reference-rents.yaml", "up-to-m2: 30, rentEur: 1100", "up-to-m2: 50, rentEur: 1100");
    edit("reference-rents.yaml", "- {rentEur: 2600}", "- {up-to-m2: 500, rentEur: 2600}");
    refused("each row but the last has up-to-m2");
    edit("reference-rents.yaml", "- {up-to-m2: 500, rentEur: 2600}", "- {rentEur: 2600}");
    edit("reference-rents.yaml", "  parking:", "  garage:");
    refused("no registration has the lettingType 'garage'");
}

/* The rent of a registration's reference; 0 when it has none. */
static double reference_of(const struct pw_fact_model *model, int64_t area, const char *letting)
{
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("registration"));
    const struct pw_field *rent = pw_kind_field(kind, PW_STR("referenceRentEur"));
    uint64_t *premises = pw_record_new(arena, model->premises), *record = pw_record_new(arena, kind);
    const struct pw_yaml *yaml;
    struct pw_parties parties;
    double value;
    pw_parties_init(&parties, arena);
    assert_true(pw_yaml_parse(arena, pw_str_z(letting), "t.yaml", NULL, &yaml, &err));
    assert_true(pw_record_set_yaml(
        arena, kind, record, pw_kind_field(kind, PW_STR("lettingType")), yaml, &parties, &err));
    if (area > 0) {
        const char *text = pw_str_printf(arena, "%d", (int)area).data;
        assert_true(pw_yaml_parse(arena, pw_str_z(text), "t.yaml", NULL, &yaml, &err));
        assert_true(pw_record_set_yaml(arena, model->premises, premises,
            pw_kind_field(model->premises, PW_STR("floorAreaM2")), yaml, &parties, &err));
    }
    pw_facts_fill_reference(model, kind, area >= 0 ? premises : NULL, record);
    memcpy(&value, &record[rent->cell], sizeof value);
    assert_int_equal(
        pw_record_has(record, rent), pw_record_has(record, pw_kind_field(kind, PW_STR("referenceVersion"))));
    return pw_record_has(record, rent) ? value : 0;
}

static void registrations_get_the_reference_of_their_size(void **state)
{
    (void)state;
    const struct pw_fact_model *model;
    assert_true(pw_facts_load(files, file_count, &model, &err));
    assert_true(reference_of(model, 30, "dwelling") == 800);
    assert_true(reference_of(model, 31, "dwelling") == 1100);
    assert_true(reference_of(model, 4000, "dwelling") == 2600);
    /* A size that is not known counts as the largest, in favour of the tenant. */
    assert_true(reference_of(model, 0, "dwelling") == 2600);
    assert_true(reference_of(model, -1, "parking") == 300);
    pw_facts_unref(model);
}

static void a_rule_directory_may_lack_reference_rents(void **state)
{
    (void)state;
    const struct pw_fact_model *model;
    file("reference-rents.yaml")->name = PW_STR("elsewhere.yaml");
    assert_true(pw_facts_load(files, file_count, &model, &err));
    assert_true(reference_of(model, 30, "dwelling") == 0);
    pw_facts_unref(model);
}

static void the_hash_follows_every_octet(void **state)
{
    (void)state;
    const struct pw_fact_model *one, *two, *three;
    assert_true(pw_facts_load(files, file_count, &one, &err));
    assert_true(pw_facts_load(one->files, one->file_count, &two, &err));
    assert_memory_equal(one->hash, two->hash, PW_SHA256_SIZE);
    assert_int_equal(pw_facts_layout(one), pw_facts_layout(two));
    edit("retention.yaml", "days: 1095", "days: 1096");
    assert_true(pw_facts_load(files, file_count, &three, &err));
    assert_memory_not_equal(one->hash, three->hash, PW_SHA256_SIZE);
    assert_int_equal(pw_facts_layout(one), pw_facts_layout(three));
    pw_facts_unref(three);
    edit("facts/vacancy.yaml", "values: [registered-vacant", "values: [new-word, registered-vacant");
    assert_true(pw_facts_load(files, file_count, &three, &err));
    assert_int_not_equal(pw_facts_layout(one), pw_facts_layout(three));
    pw_facts_unref(one);
    pw_facts_unref(two);
    pw_facts_unref(three);
    pw_facts_unref(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shipped_declarations_are_whole, setup, teardown),
        cmocka_unit_test_setup_teardown(sightings_share_their_cells, setup, teardown),
        cmocka_unit_test_setup_teardown(source_classes_follow_kind_and_client, setup, teardown),
        cmocka_unit_test_setup_teardown(denied_attributes_are_found_in_any_spelling, setup, teardown),
        cmocka_unit_test_setup_teardown(a_denied_field_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(doubled_numbers_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_of_shared_fields_are_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(typos_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(unknown_types_and_fields_are_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(conditions_name_known_fields, setup, teardown),
        cmocka_unit_test_setup_teardown(conditions_name_known_values, setup, teardown),
        cmocka_unit_test_setup_teardown(only_texts_are_sealed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_doubled_collection_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(missing_files_are_named, setup, teardown),
        cmocka_unit_test_setup_teardown(retention_names_known_kinds, setup, teardown),
        cmocka_unit_test_setup_teardown(reference_rents_rise_and_are_of_known_lettings, setup, teardown),
        cmocka_unit_test_setup_teardown(registrations_get_the_reference_of_their_size, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rule_directory_may_lack_reference_rents, setup, teardown),
        cmocka_unit_test_setup_teardown(the_hash_follows_every_octet, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
