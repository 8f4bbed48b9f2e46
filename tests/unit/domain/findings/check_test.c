/*
 * The tenant check: every stage, every item, every kind of object, every finding, against a table of its
 * own; and everything that may not be asked, in every spelling and at every depth.
 */
#include "../../unit.h"

#include <ctype.h>
#include <stdio.h>

#include <pandwacht/findings.h>

#define TODAY 20500 /* 2026-02-16 */

static const struct pw_fact_model *model;
static const struct pw_check_catalogue *catalogue;

static int load(void **state)
{
    struct pw_err err;
    (void)state;
    if (!pw_facts_load_dir("rules", &model, &err) ||
        !pw_findings_load_dir("rules", model, &catalogue, &err)) {
        print_error("%s: %s\n", err.file, err.text);
        return -1;
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    pw_findings_unref(catalogue);
    pw_facts_unref(model);
    return 0;
}

/* One check of `body`; the findings when it was accepted. */
struct result {
    struct pw_arena *arena;
    struct pw_faults faults;
    struct pw_check check;
    struct pw_finding findings[PW_FINDINGS];
    bool accepted;
};

static struct result ask(const char *body)
{
    struct result result = {.arena = pw_arena_new()};
    const struct pw_json *json = NULL;
    pw_faults_init(&result.faults, result.arena);
    if (!pw_json_read(result.arena, pw_str_z(body), NULL, &json, &result.faults))
        fail_msg("the test's own body is no JSON: %s", body);
    result.accepted = pw_findings_read(catalogue, json, TODAY, &result.check, &result.faults);
    if (result.accepted)
        pw_findings_check(catalogue, &result.check, TODAY, result.findings);
    return result;
}

static void done(struct result *result)
{
    pw_arena_free(result->arena);
}

static struct result ask_items(const char *stage, const char *letting_type, const char *items)
{
    char body[4096];
    snprintf(body, sizeof body,
        "{\"sourceId\":\"s\",\"premises\":{\"bagId\":\"9901010000000001\"},\"stage\":\"%s\","
        "\"lettingType\":\"%s\",\"noticeGiven\":true,\"items\":{%s}}",
        stage, letting_type, items);
    return ask(body);
}

/* ---- the table: what each item says of which finding ---- */

enum { OK, OPEN, BAD };

static const struct {
    const char *item;
    int stage;         /* 0 to 5 */
    int finding;       /* number of T01..T21; 0 = none */
    const char *value; /* as JSON */
    int result;        /* with nothing else said */
} table[] = {
    {"contactGiven", 0, 0, "\"yes\"", OPEN},
    {"incomeProofSeen", 1, 0, "\"no\"", OPEN},
    {"householdSizeFits", 1, 0, "\"yes\"", OPEN},
    {"landlordStatementConfirmed", 1, 6, "\"yes\"", OK},
    {"landlordStatementConfirmed", 1, 6, "\"no\"", BAD},
    {"landlordStatementConfirmed", 1, 6, "\"unknown\"", OPEN},
    {"idOriginalSeen", 2, 1, "\"yes\"", OK},
    {"idOriginalSeen", 2, 1, "\"no\"", BAD},
    {"idOriginalSeen", 2, 1, "\"unknown\"", OPEN},
    {"idAuthentic", 2, 2, "\"yes\"", OK},
    {"idAuthentic", 2, 2, "\"no\"", BAD},
    {"samePersonChain", 2, 3, "\"yes\"", OK},
    {"samePersonChain", 2, 3, "\"no\"", BAD},
    {"payslipBankConsistent", 2, 4, "\"yes\"", OK},
    {"payslipBankConsistent", 2, 4, "\"no\"", BAD},
    {"employerConfirmed", 2, 5, "\"yes\"", OK},
    {"employerConfirmed", 2, 5, "\"no\"", BAD},
    {"employerConfirmed", 2, 5, "\"unknown\"", OPEN},
    {"signatoryAuthorised", 2, 7, "\"yes\"", OPEN}, /* no extract yet */
    {"signatoryAuthorised", 2, 7, "\"no\"", BAD},
    {"kvkExtractOn", 2, 7, "\"2026-02-10\"", OPEN}, /* signatory not looked at yet */
    {"purposeFitsObject", 2, 8, "\"yes\"", OK},
    {"purposeFitsObject", 2, 8, "\"no\"", BAD},
    {"requirementsFitPurpose", 2, 9, "\"yes\"", OK},
    {"requirementsFitPurpose", 2, 9, "\"no\"", BAD},
    {"proxyDocumented", 2, 10, "\"yes\"", OK},
    {"proxyDocumented", 2, 10, "\"no\"", BAD},
    {"accountInTenantsName", 3, 11, "\"yes\"", OK},
    {"accountInTenantsName", 3, 11, "\"no\"", BAD},
    {"cashAsked", 3, 12, "\"yes\"", BAD},
    {"cashAsked", 3, 12, "\"no\"", OK},
    {"cashAsked", 3, 12, "\"unknown\"", OPEN},
    {"depositMonths", 3, 13, "0", OK},
    {"depositMonths", 3, 13, "2", OK},
    {"depositMonths", 3, 13, "2.001", BAD},
    {"depositMonths", 3, 13, "3", BAD},
    {"clauses", 3, 14, "[]", OPEN},
    {"clauses", 3, 14, "[\"written\",\"use\",\"no-sublet\",\"inspection\",\"lock-consent\",\"bank-payment\"]",
        OPEN},
    {"clauses", 3, 14,
        "[\"own-energy\",\"written\",\"use\",\"no-sublet\",\"inspection\",\"lock-consent\",\"bank-payment\"]",
        OK},
    {"rentEur", 3, 15, "9999.99", OK},
    {"rentEur", 3, 15, "10000", OPEN},
    {"cddDone", 3, 15, "\"yes\"", OPEN}, /* the rent is not said */
    {"frontPersonExplained", 3, 16, "\"yes\"", OK},
    {"frontPersonExplained", 3, 16, "\"no\"", BAD},
    {"lastInspectionOn", 4, 17, "\"2026-02-16\"", OK},
    {"lastInspectionOn", 4, 17, "\"2025-11-16\"", OK},   /* 92 days */
    {"lastInspectionOn", 4, 17, "\"2025-11-15\"", OPEN}, /* 93 days */
    {"payerChanged", 4, 18, "\"yes\"", BAD},
    {"payerChanged", 4, 18, "\"no\"", OK},
    {"lockChanged", 4, 19, "\"yes\"", BAD},
    {"lockChanged", 4, 19, "\"no\"", OK},
    {"subletSuspected", 4, 20, "\"yes\"", BAD},
    {"subletSuspected", 4, 20, "\"no\"", OK},
    {"reportMade", 5, 21, "\"yes\"", OK},
    {"reportMade", 5, 21, "\"no\"", BAD},
};

/* The stage from which each finding is asked. */
static const int asked_from[PW_FINDINGS] = {2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 5};
static const char *const codes[PW_FINDINGS] = {"id-seen-in-person", "id-authentic", "same-person-chain",
    "payslip-bank-consistent", "employer-confirmed", "previous-landlord-confirmed",
    "kvk-fresh-and-authorised", "purpose-fits-object", "purpose-fits-requirements", "proxy-documented",
    "traceable-account", "no-cash", "deposit-within-two-months", "clause-set-complete", "wwft-scope",
    "frontperson-explained", "inspection-due", "payer-changed", "lock-changed", "sublet-suspected",
    "report-made-safely"};
static const char *const objects[] = {"dwelling", "room", "business", "storage", "holiday", "parking"};
static const enum pw_finding_result results[] = {PW_FINDING_OK, PW_FINDING_OPEN, PW_FINDING_INCONSISTENT};

static void expect(const struct result *result, size_t row, int stage)
{
    for (int f = 0; f < PW_FINDINGS; f++) {
        const struct pw_finding *got = &result->findings[f];
        enum pw_finding_result wanted = PW_FINDING_OPEN;
        char id[16];
        snprintf(id, sizeof id, "T%02d", f + 1);
        if (stage < asked_from[f])
            wanted = PW_FINDING_NOT_ASKED;
        else if (table[row].finding == f + 1)
            wanted = results[table[row].result];
        assert_true(pw_str_is(got->id, id));
        assert_true(pw_str_is(got->code, codes[f]));
        if (got->result != wanted)
            fail_msg("%s with %s %s at stage %d: %s", id, table[row].item, table[row].value, stage,
                pw_finding_result_words[got->result]);
        bool todo = wanted == PW_FINDING_OPEN || wanted == PW_FINDING_INCONSISTENT;
        assert_int_equal(todo, got->next_step.nl.len > 0 && got->next_step.en.len > 0);
        assert_true(!todo || (got->due_on > TODAY && got->due_on <= TODAY + 92));
    }
}

static void every_stage_item_and_object(void **state)
{
    (void)state;
    for (int stage = 0; stage < PW_CHECK_STAGES; stage++)
        for (size_t row = 0; row < PW_COUNT(table); row++)
            for (size_t o = 0; o < PW_COUNT(objects); o++) {
                char items[512];
                snprintf(items, sizeof items, "\"%s\":%s", table[row].item, table[row].value);
                struct result result = ask_items(pw_check_stage_words[stage], objects[o], items);
                if (table[row].stage <= stage) {
                    assert_true(result.accepted);
                    expect(&result, row, stage);
                } else {
                    char pointer[64];
                    snprintf(pointer, sizeof pointer, "/items/%s", table[row].item);
                    assert_false(result.accepted);
                    assert_int_equal(result.faults.count, 1);
                    assert_int_equal(result.faults.items[0].code, PW_FAULT_NOT_ALLOWED_AT_STAGE);
                    assert_true(pw_str_is(result.faults.items[0].name, pointer));
                    /* the reason says its source, in both languages */
                    assert_non_null(strchr(result.faults.items[0].reason_nl, '('));
                    assert_non_null(strchr(result.faults.items[0].reason_en, '('));
                }
                done(&result);
            }
}

static void findings_that_read_two_items(void **state)
{
    static const struct {
        const char *items;
        int finding, result;
    } pairs[] = {
        {"\"kvkExtractOn\":\"2026-01-16\",\"signatoryAuthorised\":\"yes\"", 7, OK}, /* 31 days */
        {"\"kvkExtractOn\":\"2026-01-15\",\"signatoryAuthorised\":\"yes\"", 7, OPEN},
        {"\"kvkExtractOn\":\"2026-02-16\",\"signatoryAuthorised\":\"no\"", 7, BAD},
        {"\"rentEur\":10000,\"cddDone\":\"yes\"", 15, OK},
        {"\"rentEur\":10000,\"cddDone\":\"no\"", 15, BAD},
        {"\"rentEur\":10000,\"cddDone\":\"unknown\"", 15, OPEN},
        {"\"rentEur\":9999.99,\"cddDone\":\"no\"", 15, OK},
    };
    (void)state;
    for (size_t i = 0; i < PW_COUNT(pairs); i++) {
        struct result result = ask_items("signing", "business", pairs[i].items);
        assert_true(result.accepted);
        assert_int_equal(result.findings[pairs[i].finding - 1].result, results[pairs[i].result]);
        done(&result);
    }
}

/* An inspection that was held is due again a quarter later. */
static void next_inspection(void **state)
{
    struct result result = ask_items("during", "storage", "\"lastInspectionOn\":\"2026-02-10\"");
    (void)state;
    assert_int_equal(result.findings[16].result, PW_FINDING_OK);
    assert_int_equal(result.findings[16].due_on, TODAY - 6 + 92);
    assert_int_equal(result.findings[0].due_on, TODAY + 3);
    done(&result);
}

/* A home is inspected only as agreed: other words than for a garage box. */
static void steps_by_object(void **state)
{
    struct result home = ask_items("during", "dwelling", ""), box = ask_items("during", "parking", "");
    (void)state;
    assert_non_null(strstr(home.findings[16].next_step.nl.data, "afgesproken"));
    assert_null(strstr(box.findings[16].next_step.nl.data, "afgesproken"));
    assert_non_null(strstr(box.findings[16].next_step.en.data, "quarter"));
    done(&home);
    done(&box);
}

static void stored_and_recalled(void **state)
{
    struct result result =
        ask_items("during", "room", "\"lockChanged\":\"yes\",\"lastInspectionOn\":\"2026-02-10\"");
    struct pw_finding recalled[PW_FINDINGS];
    const struct pw_json *words, *dates;
    struct pw_buf out;
    struct pw_jsonw w;
    (void)state;
    pw_buf_init(&out, 65536);
    pw_jsonw_init(&w, &out);
    pw_findings_write_results(result.findings, &w);
    assert_true(pw_json_parse(result.arena, pw_buf_str(&out), NULL, &words, NULL));
    pw_buf_clear(&out);
    pw_jsonw_init(&w, &out);
    pw_findings_write_dates(result.findings, &w);
    assert_true(pw_json_parse(result.arena, pw_buf_str(&out), NULL, &dates, NULL));
    pw_findings_recall(catalogue, PW_STR("room"), words, dates, recalled);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        assert_int_equal(recalled[i].result, result.findings[i].result);
        assert_int_equal(recalled[i].due_on, result.findings[i].due_on);
        assert_true(pw_str_eq(recalled[i].next_step.nl, result.findings[i].next_step.nl));
    }
    pw_buf_release(&out);
    done(&result);
}

/* ---- what may never be asked ---- */

/* A name in another spelling: as it is, without hyphens, camelCase, capitals, underscores, within a longer
 * one. */
static void respell(const char *name, int how, char *out, size_t size)
{
    size_t n = 0;
    bool upper = how == 6;
    if (how == 5 || how == 6)
        n = (size_t)snprintf(out, size, how == 5 ? "tenant_" : "applicant");
    for (const char *c = name; *c != '\0' && n + 8 < size; c++) {
        if (*c == '-' && (how == 1 || how == 2 || how == 6)) {
            upper = how != 1;
            continue;
        }
        char put = *c == '-' && how == 4 ? '_' : *c;
        out[n++] = (char)(upper || how == 3 ? toupper((unsigned char)put) : put);
        upper = false;
    }
    out[n] = '\0';
    if (how == 7)
        snprintf(out + n, size - n, "2");
}

static void refused(const char *body, const char *pointer)
{
    struct result result = ask(body);
    bool found = false;
    assert_false(result.accepted);
    for (size_t i = 0; i < result.faults.count; i++)
        found = found || (result.faults.items[i].code == PW_FAULT_NOT_ALLOWED &&
                             pw_str_is(result.faults.items[i].name, pointer) &&
                             strchr(result.faults.items[i].reason_nl, '(') != NULL);
    if (!found)
        fail_msg("not refused at %s: %s", pointer, body);
    done(&result);
}

static size_t refused_everywhere(const char *name)
{
#define HEAD                                                                                                 \
    "{\"sourceId\":\"s\",\"premises\":{\"bagId\":\"9901010000000001\"%s},\"stage\":\"end\","                 \
    "\"noticeGiven\":true%s,\"items\":{%s}}"
    char body[2048], part[512], pointer[256];
    snprintf(part, sizeof part, "\"%s\":\"yes\"", name);
    snprintf(body, sizeof body, HEAD, "", "", part);
    snprintf(pointer, sizeof pointer, "/items/%s", name);
    refused(body, pointer);
    snprintf(part, sizeof part, ",\"%s\":null", name);
    snprintf(body, sizeof body, HEAD, "", part, "");
    snprintf(pointer, sizeof pointer, "/%s", name);
    refused(body, pointer);
    snprintf(part, sizeof part, "\"idOriginalSeen\":{\"who\":[{\"%s\":1}]}", name);
    snprintf(body, sizeof body, HEAD, "", "", part);
    snprintf(pointer, sizeof pointer, "/items/idOriginalSeen/who/0/%s", name);
    refused(body, pointer);
    if (strcmp(name, "postcode") == 0 || strcmp(name, "municipality") == 0)
        return 3;
    snprintf(part, sizeof part, ",\"%s\":true", name);
    snprintf(body, sizeof body, HEAD, part, "", "");
    snprintf(pointer, sizeof pointer, "/premises/%s", name);
    refused(body, pointer);
    return 4;
}

static void never_in_any_spelling_or_place(void **state)
{
    size_t variants = 0;
    (void)state;
    for (size_t i = 0; i < model->denied_count; i++)
        for (size_t k = 0; k <= model->denied[i].alias_count; k++)
            for (int how = 0; how < 8; how++) {
                const char *name = k == 0 ? model->denied[i].name.data : model->denied[i].aliases[k - 1].data;
                char spelt[128];
                respell(name, how, spelt, sizeof spelt);
                variants += refused_everywhere(spelt);
            }
    assert_true(variants > 5000);
}

/* Words run together, foreign endings, abbreviations within a word, copies, notes, lists of others. */
static void never_in_disguise(void **state)
{
    static const char *const names[] = {"TENANTNATIONALITY", "huurdersbsn", "BSNKANDIDAAT", "jouwinkomen",
        "nationaliteitskenmerk", "grossannualincome", "geboortedatumhuurder", "religieusgeloof",
        "schuldenlast", "medischedossier", "zwangerschapsverlof", "bkrtoets", "uiterlijkekenmerken", "photo",
        "pasfoto", "FOTO_ID", "passportCopy", "idScan", "kopieIdentiteitsbewijs", "note", "vrijeTekst",
        "landlordRemarks", "riskScore", "zwarteLijst", "policeData", "openAlerts", "tipsReceived",
        "onderbuikgevoelens"};
    (void)state;
    for (size_t i = 0; i < PW_COUNT(names); i++)
        (void)refused_everywhere(names[i]);
}

/* The letters of a short spelling occur in many a word. */
static void innocent_names(void **state)
{
    static const char *const names[] = {"averageStay", "managerKnown", "wagenpark", "hypothesis", "storage",
        "trackRecord", "garage", "essexStreet", "surface", "leeg", "copywriter", "texture", "houseNumber"};
    (void)state;
    for (size_t i = 0; i < PW_COUNT(names); i++)
        if (pw_findings_denied(catalogue, names[i]) != NULL)
            fail_msg("%s: %s", names[i], pw_findings_denied(catalogue, names[i])->name.data);
}

static void unknown_is_not_denied(void **state)
{
    struct result result =
        ask("{\"sourceId\":\"s\",\"premises\":{\"bagId\":\"9901010000000001\"},"
            "\"stage\":\"end\",\"noticeGiven\":true,\"wish\":1,\"items\":{\"idSeen\":\"yes\"}}");
    (void)state;
    assert_int_equal(result.faults.count, 2);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(result.faults.items[i].code, PW_FAULT_UNKNOWN_FIELD);
    done(&result);
}

static void notice_first(void **state)
{
    static const struct {
        const char *member;
        enum pw_fault_code code;
    } cases[] = {{"", PW_FAULT_REQUIRED}, {",\"noticeGiven\":false", PW_FAULT_NOT_ALLOWED},
        {",\"noticeGiven\":\"true\"", PW_FAULT_TYPE}, {",\"noticeGiven\":null", PW_FAULT_TYPE}};
    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        char body[256];
        snprintf(body, sizeof body,
            "{\"sourceId\":\"s\",\"premises\":{\"bagId\":\"9901010000000001\"},\"stage\":\"end\"%s}",
            cases[i].member);
        struct result result = ask(body);
        assert_int_equal(result.faults.count, 1);
        assert_int_equal(result.faults.items[0].code, cases[i].code);
        assert_true(pw_str_is(result.faults.items[0].name, "/noticeGiven"));
        done(&result);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_stage_item_and_object),
        cmocka_unit_test(findings_that_read_two_items),
        cmocka_unit_test(next_inspection),
        cmocka_unit_test(steps_by_object),
        cmocka_unit_test(stored_and_recalled),
        cmocka_unit_test(never_in_any_spelling_or_place),
        cmocka_unit_test(never_in_disguise),
        cmocka_unit_test(innocent_names),
        cmocka_unit_test(unknown_is_not_denied),
        cmocka_unit_test(notice_first),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
