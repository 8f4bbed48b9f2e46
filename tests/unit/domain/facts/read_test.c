/* Reading bodies of facts: what is accepted lands in the record, everything wrong is reported at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/facts.h>

static const struct pw_fact_model *model;
static struct pw_arena *arena;
static struct pw_faults faults;
static struct pw_draft draft;
static struct pw_read_options options;

static int load(void **state)
{
    (void)state;
    struct pw_err err;
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
    options = (struct pw_read_options){.today = pw_day_from_date((struct pw_date){2026, 3, 11})};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    pw_arena_free(arena);
    return 0;
}

static const struct pw_json *parse(const char *text)
{
    const struct pw_json *json = NULL;
    assert_true(pw_json_parse(arena, pw_str_z(text), NULL, &json, NULL));
    return json;
}

#define ENVELOPE                                                                                             \
    "\"sourceId\":\"s-1\",\"premises\":{\"bagId\":\"0363010000000001\"},\"occurredOn\":\"2026-03-01\","      \
    "\"ground\":\"public-task\""

/* Reads {envelope, fields} as `kind`. */
static bool read_kind(const char *kind, const char *fields)
{
    const char *text = pw_str_printf(arena, "{%s%s%s}", ENVELOPE, *fields ? "," : "", fields).data;
    options.kind = pw_facts_kind(model, pw_str_z(kind));
    assert_non_null(options.kind);
    pw_faults_init(&faults, arena);
    return pw_facts_read_json(model, parse(text), &options, arena, &draft, &faults);
}

static void accepted(const char *kind, const char *fields)
{
    if (!read_kind(kind, fields))
        fail_msg("%s: %s %s", kind, faults.items[0].name.data, pw_fault_word(faults.items[0].code));
}

/* Every fault as "pointer code", in order, joined by blanks. */
static void refused(const char *kind, const char *fields, const char *expected)
{
    assert_false(read_kind(kind, fields));
    struct pw_buf buf;
    pw_buf_init(&buf, 4096);
    for (size_t i = 0; i < faults.count; i++)
        pw_buf_printf(
            &buf, "%s%s %s", i ? " " : "", faults.items[i].name.data, pw_fault_word(faults.items[i].code));
    assert_string_equal(buf.data, expected);
    pw_buf_release(&buf);
}

static uint64_t cell(const char *field)
{
    const struct pw_field *f = pw_kind_field(draft.kind, pw_str_z(field));
    assert_non_null(f);
    return draft.record[f->cell];
}

static void a_payment_lands_in_its_record(void **state)
{
    (void)state;
    accepted("payment", "\"tenancy\":\"r-1\",\"method\":\"cash\",\"purpose\":\"rent\",\"amountEur\":900.5,"
                        "\"term\":\"2026-02\",\"payerIsTenant\":\"no\",\"payer\":{\"scheme\":\"iban\","
                        "\"value\":\"nl91 abna 0417.1643 00\"},\"note\":\"contant\",\"reportRef\":\"v-1\"");
    double euros;
    uint64_t bits = cell("amountEur");
    memcpy(&euros, &bits, 8);
    assert_true(euros == 900.5);
    assert_string_equal(pw_record_enum(draft.record, pw_kind_field(draft.kind, PW_STR("method"))), "cash");
    assert_int_equal(cell("payerIsTenant"), PW_NO);
    assert_int_equal(cell("term"), (int64_t)pw_day_from_date((struct pw_date){2026, 2, 1}) * 86400);
    assert_int_equal(draft.record[1], (int64_t)pw_day_from_date((struct pw_date){2026, 3, 1}) * 86400);
    assert_int_equal(draft.party_count, 1);
    assert_int_equal(cell("payer"), 1);
    assert_true(pw_str_is(draft.parties[0].value, "NL91ABNA0417164300"));
    assert_int_equal(draft.sealed_count, 1);
    assert_true(pw_str_is(draft.sealed[0].text, "contant"));
    assert_true(pw_str_is(draft.tenancy, "r-1"));
    assert_true(pw_str_is(draft.report_ref, "v-1"));
    assert_int_equal(draft.ground, PW_GROUND_PUBLIC_TASK);
    assert_int_equal(draft.premises.by, PW_PREMISES_BY_BAG);
    assert_false(pw_record_has(draft.record, pw_kind_field(draft.kind, PW_STR("monthsCovered"))));
    assert_string_equal(pw_record_enum(draft.record, pw_kind_field(draft.kind, PW_STR("payerRole"))), "");
}

/* A body that is enough for each kind, and one with every condition met. */
static void every_kind_accepts_its_least_body(void **state)
{
    (void)state;
    static const char *const bodies[][2] = {
        {"tip", "\"category\":\"smell-cannabis\",\"channel\":\"phone\""},
        {"tip", "\"category\":\"danger-occupants\",\"channel\":\"web\",\"danger\":true,\"dangerKind\":"
                "\"locked-in\","
                "\"origin\":{\"scheme\":\"phone\",\"value\":\"06-12345678\"},\"text\":\"hulp\""},
        {"inspection", "\"category\":\"nothing-found\",\"authority\":\"municipality\""},
        {"inspection", "\"category\":\"beds-exceed-limit\",\"authority\":\"municipality\",\"bedsFound\":9,"
                       "\"bedsAllowed\":4"},
        {"landlord-check", "\"tenancy\":\"r\",\"event\":\"invited\""},
        {"landlord-check", "\"tenancy\":\"r\",\"event\":\"held\",\"category\":\"nothing-found\""},
        {"registration",
            "\"event\":\"started\",\"lettingType\":\"business\",\"startOn\":\"2026-12-01\",\"rentEur\":1200,"
            "\"tenantKind\":\"company\""},
        {"registration",
            "\"tenancy\":\"r\",\"event\":\"ended\",\"lettingType\":\"room\",\"startOn\":\"2025-01-01\","
            "\"endOn\":\"2026-01-01\",\"durationDays\":365,\"rentEur\":0,\"tenantKind\":\"person\""},
        {"application",
            "\"tenancy\":\"not-yet-sent\",\"contactBy\":\"employer\",\"requirements\":[\"water\",\"drain\"]"},
        {"identity-check",
            "\"tenancy\":\"r\",\"original\":\"shown\",\"method\":\"reader-app\",\"result\":\"passed\","
            "\"document\":{\"scheme\":\"document\",\"value\":\"NX-1234 567\"}"},
        {"document-check", "\"tenancy\":\"r\",\"document\":\"payslip\",\"result\":\"confirmed\",\"issuedOn\":"
                           "\"2026-01-01\""},
        {"payment", "\"tenancy\":\"r\",\"method\":\"bank\",\"purpose\":\"deposit\",\"amountEur\":99999999.99,"
                    "\"payerIsTenant\":\"yes\""},
        {"tenancy-event", "\"tenancy\":\"r\",\"event\":\"locks-changed\""},
        {"register-check", "\"check\":\"tenant-registered\",\"result\":\"mismatch\""},
        {"register-check",
            "\"check\":\"mail-returned\",\"result\":\"counted\",\"count\":4,\"distinctSources\":3"},
        {"register-check", "\"check\":\"lawful-reason\",\"result\":\"match\",\"reason\":\"renovation\""},
        {"company-event", "\"event\":\"founded\",\"company\":{\"scheme\":\"kvk\",\"value\":\"123456780001\"},"
                          "\"isTenant\":\"yes\""},
        {"meter-reading", "\"medium\":\"water\",\"holderIsLandlord\":\"yes\",\"percentOfBaseline\":300"},
        {"utility", "\"finding\":\"meter-tampered\",\"ownTechnician\":true"},
        {"permit", "\"permit\":\"letting\",\"required\":\"yes\",\"held\":\"no\""},
        {"vacancy", "\"state\":\"declared-vacant\""},
        {"ownership", "\"event\":\"transferred\",\"priceChangePercent\":-100"},
        {"advertisement", "\"advertiser\":\"tenant\",\"matchConfirmed\":\"yes\""},
        {"enforcement", "\"measure\":\"closure\",\"final\":\"yes\""},
        {"link", "\"relation\":\"contact-reuse\",\"count\":3,\"windowMonths\":12,\"purpose\":\"x\","
                 "\"timesPeerRate\":2.5"},
    };
    for (size_t i = 0; i < PW_COUNT(bodies); i++)
        accepted(bodies[i][0], bodies[i][1]);
}

static void required_and_conditional_fields(void **state)
{
    (void)state;
    refused("tip", "", "/category required /channel required");
    refused("tip", "\"category\":\"other\",\"channel\":\"web\",\"danger\":true", "/dangerKind required");
    accepted("tip", "\"category\":\"other\",\"channel\":\"web\",\"danger\":false");
    refused("inspection", "\"category\":\"beds-exceed-limit\",\"authority\":\"municipality\"",
        "/bedsFound required /bedsAllowed required");
    refused("landlord-check", "\"event\":\"held\"", "/category required /tenancy required");
    refused("registration",
        "\"event\":\"ended\",\"lettingType\":\"room\",\"rentEur\":1,\"tenantKind\":\"person\"",
        "/endOn required /durationDays required /tenancy required");
    refused("register-check", "\"check\":\"moves\",\"result\":\"counted\"", "/count required");
    refused("payment",
        "\"tenancy\":\"r\",\"method\":\"bank\",\"purpose\":\"rent\",\"amountEur\":1,\"payerIsTenant\":"
        "\"yes\"",
        "/term required");
    refused("meter-reading", "\"medium\":\"gas\",\"holderIsLandlord\":\"yes\"", "/percentOfBaseline one-of");
    refused("meter-reading",
        "\"medium\":\"gas\",\"holderIsLandlord\":\"yes\",\"percentOfBaseline\":1,\"yearRate\":1",
        "/percentOfBaseline one-of");
}

static void values_are_checked_by_type(void **state)
{
    (void)state;
    refused("tip", "\"category\":\"nothing-found\",\"channel\":5", "/category enum /channel type");
    refused("tip", "\"category\":null,\"channel\":\"web\"", "/category type");
    refused("tip",
        "\"category\":\"cameras\",\"channel\":\"web\",\"count\":100001,\"days\":-1,\"nights\":1.5,"
        "\"sessions\":\"3\",\"periodDays\":367,\"evenings\":1e300,\"atNight\":\"yes\",\"onlyOneInRow\":true",
        "/count range /days range /nights type /evenings range /sessions type /periodDays range /atNight "
        "type "
        "/onlyOneInRow type");
    accepted(
        "tip", "\"category\":\"cameras\",\"channel\":\"web\",\"count\":100000,\"days\":0,\"nights\":2.0");
    refused("tip",
        "\"category\":\"cameras\",\"channel\":\"web\",\"itemKinds\":[\"lamps\",\"lamps\",\"laps\",1]",
        "/itemKinds/1 duplicate-member /itemKinds/2 enum /itemKinds/3 type");
    refused("tip", "\"category\":\"cameras\",\"channel\":\"web\",\"itemKinds\":\"lamps\"", "/itemKinds type");
    refused("link",
        "\"relation\":\"contact-reuse\",\"count\":3,\"windowMonths\":12,\"purpose\":\"\",\"timesPeerRate\":2."
        "55",
        "/timesPeerRate precision /purpose length");
    refused("payment",
        "\"tenancy\":\"r\",\"method\":\"bank\",\"purpose\":\"deposit\",\"amountEur\":0.001,"
        "\"linkedTotalEur\":100000000,\"payerIsTenant\":\"maybe\",\"monthsCovered\":121",
        "/amountEur precision /linkedTotalEur range /payerIsTenant enum /monthsCovered range");
    refused("payment",
        "\"tenancy\":\"r\",\"method\":\"bank\",\"purpose\":\"rent\",\"amountEur\":-1,\"payerIsTenant\":"
        "\"yes\","
        "\"term\":\"2026-13\"",
        "/amountEur range /term pattern");
    refused(
        "ownership", "\"event\":\"transferred\",\"priceChangePercent\":-101", "/priceChangePercent range");
    refused("tip", "\"category\":\"cameras\",\"channel\":\"web\",\"note\":\"Cafe\xCC\x81\"",
        "/note character-not-allowed");
}

static void dates_have_their_limits(void **state)
{
    (void)state;
    const char *rest = "\"lettingType\":\"room\",\"rentEur\":1,\"tenantKind\":\"person\"";
    refused("registration",
        pw_str_printf(arena, "\"event\":\"started\",\"startOn\":\"2027-03-13\",%s", rest).data,
        "/startOn future-date");
    accepted("registration",
        pw_str_printf(arena, "\"event\":\"started\",\"startOn\":\"2027-03-12\",%s", rest).data);
    refused("registration",
        pw_str_printf(arena,
            "\"tenancy\":\"r\",\"event\":\"ended\",\"startOn\":\"2026-01-02\",\"endOn\":\"2026-01-01\","
            "\"durationDays\":1,%s",
            rest)
            .data,
        "/endOn date-order");
    refused("document-check",
        "\"tenancy\":\"r\",\"document\":\"payslip\",\"result\":\"confirmed\",\"issuedOn\":\"2026-03-12\"",
        "/issuedOn future-date");
    refused("document-check",
        "\"tenancy\":\"r\",\"document\":\"payslip\",\"result\":\"confirmed\",\"issuedOn\":\"2026-02-29\"",
        "/issuedOn pattern");
}

static void the_envelope_is_checked(void **state)
{
    (void)state;
    options.kind = pw_facts_kind(model, PW_STR("vacancy"));
    static const struct {
        const char *body, *faults;
    } cases[] = {
        {"[]", " type"},
        {"{\"state\":\"in-use\"}",
            "/sourceId required /premises required /occurredOn required /ground required"},
        {"{\"state\":\"in-use\",\"sourceId\":\"\",\"premises\":{},\"occurredOn\":\"2026-03-12\",\"ground\":"
         "\"because\"}",
            "/sourceId length /premises one-of /occurredOn future-date /ground enum"},
        {"{\"state\":\"in-use\",\"sourceId\":7,\"premises\":[],\"occurredOn\":20260301,\"ground\":null}",
            "/sourceId type /premises type /occurredOn type /ground type"},
        {"{" ENVELOPE ",\"state\":\"in-use\",\"kind\":\"vacancy\",\"nationality\":\"x\",\"extra\":1}",
            "/kind unknown-field /nationality unknown-field /extra unknown-field"},
        {"{" ENVELOPE ",\"state\":\"in-use\",\"basedOn\":[\"x\",5,\"0195a000-0000-7000-8000-00000000000a\","
         "\"0195a000-0000-7000-8000-00000000000a\"]}",
            "/basedOn/0 pattern /basedOn/1 type /basedOn/3 duplicate-member"},
        {"{\"state\":\"in-use\",\"sourceId\":\"a\",\"occurredOn\":\"1-3-2026\",\"ground\":\"consent\","
         "\"premises\":{\"bagId\":\"0363\",\"x\":1}}",
            "/premises/x unknown-field /premises/bagId pattern /occurredOn pattern"},
        {"{\"state\":\"in-use\",\"sourceId\":\"a\",\"occurredOn\":\"2026-03-01\",\"ground\":\"consent\","
         "\"premises\":{\"address\":{\"postcode\":\"0123AB\",\"houseNumber\":100000,\"houseLetter\":\"AB\"}}"
         "}",
            "/premises/address/postcode pattern /premises/address/houseNumber range "
            "/premises/address/houseLetter pattern"},
    };
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        pw_faults_init(&faults, arena);
        assert_false(pw_facts_read_json(model, parse(cases[i].body), &options, arena, &draft, &faults));
        struct pw_buf buf;
        pw_buf_init(&buf, 4096);
        for (size_t k = 0; k < faults.count; k++)
            pw_buf_printf(&buf, "%s%s %s", k ? " " : "", faults.items[k].name.data,
                pw_fault_word(faults.items[k].code));
        assert_string_equal(buf.data, cases[i].faults);
        pw_buf_release(&buf);
    }
}

static void refusals_say_why(void **state)
{
    (void)state;
    const char *cash = "\"tenancy\":\"r\",\"method\":\"cash\",\"purpose\":\"deposit\",\"amountEur\":10000,"
                       "\"payerIsTenant\":\"yes\"";
    accepted("payment", cash);
    options.wwft_liable = true;
    refused("payment", cash, "/amountEur not-allowed");
    assert_non_null(strstr(faults.items[0].reason_nl, "FIU"));
    accepted("payment", "\"tenancy\":\"r\",\"method\":\"cash\",\"purpose\":\"deposit\",\"amountEur\":9999.99,"
                        "\"payerIsTenant\":\"yes\"");
    accepted("payment", "\"tenancy\":\"r\",\"method\":\"bank\",\"purpose\":\"deposit\",\"amountEur\":10000,"
                        "\"payerIsTenant\":\"yes\"");
    refused("meter-reading", "\"medium\":\"gas\",\"holderIsLandlord\":\"unknown\",\"yearRate\":1",
        "/holderIsLandlord not-allowed");
    refused("registration",
        "\"event\":\"started\",\"lettingType\":\"room\",\"rentEur\":1,\"tenantKind\":\"person\","
        "\"startOn\":\"2026-01-01\",\"referenceRentEur\":5",
        "/referenceRentEur not-allowed");
}

static void values_are_never_repeated(void **state)
{
    (void)state;
    assert_false(
        read_kind("tip", "\"category\":\"geheim-woord\",\"channel\":\"geheim-woord\",\"origin\":{\"scheme\":"
                         "\"phone\",\"value\":\"geheim-woord\"},\"count\":\"geheim-woord\""));
    assert_int_equal(faults.count, 4);
    for (size_t i = 0; i < faults.count; i++) {
        assert_null(strstr(faults.items[i].reason_nl, "geheim"));
        assert_null(strstr(faults.items[i].reason_en, "geheim"));
        assert_null(strstr(faults.items[i].name.data, "geheim"));
    }
}

static void batch_lines_name_their_kind(void **state)
{
    (void)state;
    options.kind = NULL;
    pw_faults_init(&faults, arena);
    assert_true(pw_facts_read_json(model, parse("{\"kind\":\"vacancy\"," ENVELOPE ",\"state\":\"in-use\"}"),
        &options, arena, &draft, &faults));
    assert_true(pw_str_is(draft.kind->name, "vacancy"));
    static const char *const lines[] = {"{" ENVELOPE "}", "{\"kind\":5}", "{\"kind\":\"nothing\"}",
        "{\"kind\":\"outcome\"," ENVELOPE ",\"result\":\"not-possible\"}"};
    static const enum pw_fault_code codes[] = {
        PW_FAULT_REQUIRED, PW_FAULT_TYPE, PW_FAULT_ENUM, PW_FAULT_ENUM};
    for (size_t i = 0; i < 4; i++) {
        pw_faults_init(&faults, arena);
        assert_false(pw_facts_read_json(model, parse(lines[i]), &options, arena, &draft, &faults));
        assert_int_equal(faults.count, 1);
        assert_int_equal(faults.items[0].code, codes[i]);
        assert_string_equal(faults.items[0].name.data, "/kind");
    }
}

static void routes_make_kinds_without_premises(void **state)
{
    (void)state;
    struct pw_at at = {.name = "fact"};
    options = (struct pw_read_options){.today = options.today,
        .kind = pw_facts_kind(model, PW_STR("outcome")),
        .no_premises = true,
        .source_id = PW_STR("given"),
        .at = &at};
    pw_faults_init(&faults, arena);
    assert_true(pw_facts_read_json(model,
        parse("{\"occurredOn\":\"2026-03-01\",\"ground\":\"public-task\",\"result\":\"found\",\"phenomenon\":"
              "\"cannabis\","
              "\"measures\":[\"closure\"]}"),
        &options, arena, &draft, &faults));
    assert_true(pw_str_is(draft.source_id, "given"));
    pw_faults_init(&faults, arena);
    assert_false(pw_facts_read_json(model,
        parse("{\"occurredOn\":\"2026-03-01\",\"ground\":\"public-task\",\"result\":\"found\",\"sourceId\":"
              "\"x\","
              "\"premises\":{}}"),
        &options, arena, &draft, &faults));
    assert_int_equal(faults.count, 3);
    assert_string_equal(faults.items[0].name.data, "/fact/sourceId");
    assert_string_equal(faults.items[1].name.data, "/fact/premises");
    assert_string_equal(faults.items[2].name.data, "/fact/phenomenon");
}

static void equal_requests_have_one_canonical_form(void **state)
{
    (void)state;
    const struct pw_kind *kind = pw_facts_kind(model, PW_STR("vacancy"));
    static const char *const bodies[] = {"{\"kind\":\"vacancy\",\"b\":1.0,\"a\":{\"d\":[],\"c\":\"x\"}}",
        "{\"a\":{\"c\":\"x\",\"d\":[]},\"b\":1}"};
    for (size_t i = 0; i < 2; i++) {
        struct pw_buf buf;
        pw_buf_init(&buf, 1000);
        pw_facts_canonical(kind, parse(bodies[i]), &buf);
        assert_string_equal(buf.data, "vacancy\n{\"a\":{\"c\":\"x\",\"d\":[]},\"b\":1}");
        pw_buf_release(&buf);
    }
}

static void premises_attributes_are_read(void **state)
{
    (void)state;
    struct pw_premises_draft p;
    pw_faults_init(&faults, arena);
    assert_true(pw_facts_read_premises(model,
        parse("{\"type\":\"garage-box\",\"usePurposes\":[\"storage\"],\"floorAreaM2\":18,\"unit\":\"box 14\","
              "\"parent\":\"0195a000-0000-7000-8000-00000000000a\",\"agriculturalUse\":\"none\",\"driveIn\":"
              "\"yes\","
              "\"asOf\":\"2026-01-01\",\"ground\":\"public-task\"}"),
        options.today, false, arena, &p, &faults));
    assert_true(pw_str_is(p.unit, "box 14"));
    assert_string_equal(
        pw_record_enum(p.record, pw_kind_field(model->premises, PW_STR("type"))), "garage-box");
    assert_int_equal(p.record[pw_kind_field(model->premises, PW_STR("floorAreaM2"))->cell], 18);
    pw_faults_init(&faults, arena);
    assert_false(pw_facts_read_premises(model,
        parse("{\"adres\":{},\"floorAreaM2\":0,\"parent\":\"x\",\"asOf\":\"2027-01-01\",\"name\":\"x\"}"),
        options.today, false, arena, &p, &faults));
    static const char *const expected[] = {
        "/adres", "/name", "/parent", "/asOf", "/ground", "/floorAreaM2", "/type"};
    assert_int_equal(faults.count, PW_COUNT(expected));
    for (size_t i = 0; i < faults.count; i++)
        assert_string_equal(faults.items[i].name.data, expected[i]);
    pw_faults_init(&faults, arena);
    assert_false(pw_facts_read_premises(model,
        parse("{\"type\":\"barn\",\"asOf\":\"2026-01-01\",\"ground\":\"public-task\"}"), options.today, true,
        arena, &p, &faults));
    assert_int_equal(faults.items[0].code, PW_FAULT_ONE_OF);
    pw_faults_init(&faults, arena);
    assert_true(pw_facts_read_premises(model,
        parse("{\"type\":\"barn\",\"asOf\":\"2026-01-01\",\"ground\":\"public-task\",\"address\":{"
              "\"postcode\":\"1234 ab\","
              "\"houseNumber\":1}}"),
        options.today, true, arena, &p, &faults));
    assert_true(pw_str_is(p.address.postcode, "1234AB"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(a_payment_lands_in_its_record),
        T(every_kind_accepts_its_least_body),
        T(required_and_conditional_fields),
        T(values_are_checked_by_type),
        T(dates_have_their_limits),
        T(the_envelope_is_checked),
        T(refusals_say_why),
        T(values_are_never_repeated),
        T(batch_lines_name_their_kind),
        T(routes_make_kinds_without_premises),
        T(equal_requests_have_one_canonical_form),
        T(premises_attributes_are_read),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
