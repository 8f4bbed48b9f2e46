/*
 * Documents judged without asking anybody: the specimens of ICAO 9303, the examples of the IBAN register and
 * Dutch accounts, numbers of companies; and each of them with one character read wrong.
 */
#include "../../unit.h"

#include <stdio.h>

#include <pandwacht/findings.h>

#define TODAY 20500 /* 2026-02-16 */

static const char *const ibans[] = {"NL91ABNA0417164300", "NL02ABNA0123456789", "NL39RABO0300065264",
    "NL20INGB0001234567", "NL69INGB0123456789", "NL44RABO0123456789", "NL86INGB0002445588",
    "DE89370400440532013000", "GB29NWBK60161331926819", "GB82WEST12345698765432",
    "FR1420041010050500013M02606", "BE68539007547034", "BE71096123456769", "ES9121000418450200051332",
    "IT60X0542811101000000123456", "AT611904300234573201", "CH9300762011623852957",
    "PL61109010140000071219812874", "PT50000201231234567890154", "SE4550000000058398257466",
    "NO9386011117947", "DK5000400440116243", "FI2112345600000785", "LU280019400644750000",
    "IE29AIBK93115212345678", "TR330006100519786457841326", "AL47212110090000000235698741",
    "AD1200012030200359100100", "AZ21NABZ00000000137010001944", "BH67BMAG00001299123456",
    "BA391290079401028494", "BR9700360305000010009795493P1", "BG80BNBG96611020345678",
    "CR05015202001026284066", "HR1210010051863000160", "CY17002001280000001200527600",
    "CZ6508000000192000145399", "DO28BAGR00000001212453611324", "EE382200221020145685", "FO6264600001631634",
    "GE29NB0000000101904917", "GI75NWBK000000007099453", "GR1601101250000000012300695", "GL8964710001000206",
    "GT82TRAJ01020000001210029690", "HU42117730161111101800000000", "IS140159260076545510730339",
    "IL620108000000099999999", "KZ86125KZT5004100100", "KW81CBKU0000000000001234560101",
    "LV80BANK0000435195001", "LB62099900000001001901229114", "LI21088100002324013AA", "LT121000011101001000",
    "MK07250120000058984", "MT84MALT011000012345MTLCAST001S", "MR1300020001010000123456753",
    "MU17BOMM0101101030300200000MUR", "MD24AG000225100013104168", "MC5811222000010123456789030",
    "ME25505000012345678951", "PK36SCBL0000001123456702", "PS92PALS000000000400123456702",
    "QA58DOHB00001234567890ABCDEFG", "RO49AAAA1B31007593840000", "SM86U0322509800000000270100",
    "SA0380000000608010167519", "RS35260005601001611379", "SK3112000000198742637541", "SI56263300012039086",
    "TN5910006035183598478831", "UA213223130000026007233566001", "AE070331234567890123456",
    "VG96VPVG0000012345678901", "XK051212012345678906", "JO94CBJO0010000000000131000302",
    "SC18SSCB11010000000000001497USD", "LC55HEMM000100010012001200023015", "ST23000100010051845310146",
    "TL380080012345678910157", "VA59001123000012345678", "BY13NBRB3600900000002Z00AB00",
    "IQ98NBIQ850123456789012", "SV62CENR00000000000000700025"};

static void accounts_of_every_country(void **state)
{
    (void)state;
    for (size_t i = 0; i < PW_COUNT(ibans); i++)
        if (!pw_findings_iban(pw_str_z(ibans[i])))
            fail_msg("%s is valid", ibans[i]);
    assert_true(PW_COUNT(ibans) >= 80);
    assert_true(pw_findings_iban(PW_STR("NL91 ABNA 0417 1643 00")));
    assert_true(pw_findings_iban(PW_STR("nl91abna0417164300")));
}

/* One digit read wrong, two neighbours swapped, one left out or one too many. */
static void accounts_copied_wrong(void **state)
{
    size_t judged = 0;
    (void)state;
    for (size_t i = 0; i < PW_COUNT(ibans); i++) {
        char text[64];
        size_t len = strlen(ibans[i]);
        for (size_t at = 2; at < len; at++) {
            strcpy(text, ibans[i]);
            if (text[at] >= '0' && text[at] <= '9') {
                text[at] = (char)('0' + (text[at] - '0' + 1) % 10);
                assert_false(pw_findings_iban(pw_str_z(text)));
                judged++;
            }
            strcpy(text, ibans[i]);
            if (text[at] >= '0' && text[at] <= '9' && text[at + 1] >= '0' && text[at + 1] <= '9' &&
                text[at] != text[at + 1]) {
                char other = text[at];
                text[at] = text[at + 1];
                text[at + 1] = other;
                assert_false(pw_findings_iban(pw_str_z(text)));
                judged++;
            }
        }
        snprintf(text, sizeof text, "%.*s", (int)len - 1, ibans[i]);
        assert_false(pw_findings_iban(pw_str_z(text)));
        snprintf(text, sizeof text, "%s0", ibans[i]);
        assert_false(pw_findings_iban(pw_str_z(text)));
    }
    assert_true(judged > 2000);
    assert_false(pw_findings_iban(PW_STR("ZZ91ABNA0417164300")));
    assert_false(pw_findings_iban(PW_STR("")));
}

static void numbers_of_companies(void **state)
{
    static const char *const good[] = {"69599068", "90000001", "01234567", "12 34 56 78", "1234.5678"};
    static const char *const bad[] = {
        "", "1234567", "123456789", "1234567a", "00000000", "NL123456", "1234-5678"};
    static const char *const rsin_good[] = {"123456782", "111222333", "857942301", "123.456.782"};
    static const char *const rsin_bad[] = {"123456789", "12345678", "1234567822", "000000000", "NL1234567"};
    (void)state;
    for (size_t i = 0; i < PW_COUNT(good); i++)
        assert_true(pw_findings_kvk(pw_str_z(good[i])));
    for (size_t i = 0; i < PW_COUNT(bad); i++)
        assert_false(pw_findings_kvk(pw_str_z(bad[i])));
    for (size_t i = 0; i < 2; i++)
        assert_true(pw_findings_rsin(pw_str_z(rsin_good[i])));
    assert_true(pw_findings_rsin(PW_STR("123.456.782")));
    for (size_t i = 0; i < PW_COUNT(rsin_bad); i++)
        assert_false(pw_findings_rsin(pw_str_z(rsin_bad[i])));
}

/* ---- machine-readable zones ---- */

static const struct {
    enum pw_mrz_form form;
    const char *lines[3];
    bool expired;
} zones[] = {
    {PW_MRZ_TD3,
        {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
            NULL},
        true},
    {PW_MRZ_TD1,
        {"I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6",
            "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
        true},
    {PW_MRZ_TD2, {"I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6", NULL},
        true},
    /* a number of more than nine characters */
    {PW_MRZ_TD1,
        {"I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2",
            "STEVENSON<<PETER<JOHN<<<<<<<<<"},
        true},
};

static size_t lines_of(size_t zone, char copy[3][64], struct pw_str lines[3])
{
    size_t count = 0;
    while (count < 3 && zones[zone].lines[count] != NULL) {
        strcpy(copy[count], zones[zone].lines[count]);
        lines[count] = pw_str_z(copy[count]);
        count++;
    }
    return count;
}

static void specimens(void **state)
{
    char copy[3][64];
    struct pw_str lines[3];
    struct pw_mrz mrz;
    (void)state;
    for (size_t i = 0; i < PW_COUNT(zones); i++) {
        size_t count = lines_of(i, copy, lines);
        bool ok = pw_findings_mrz(lines, count, TODAY, &mrz);
        if (!ok)
            fail_msg("zone %zu: parts %u", i, mrz.wrong);
        assert_int_equal(mrz.form, zones[i].form);
        assert_int_equal(mrz.expired, zones[i].expired);
        assert_false(mrz.personal_number);
    }
}

/* Every digit of numbers and dates, one higher: always seen. */
static void digits_read_wrong(void **state)
{
    size_t judged = 0;
    (void)state;
    for (size_t i = 0; i < PW_COUNT(zones); i++) {
        char copy[3][64];
        struct pw_str lines[3];
        struct pw_mrz mrz;
        size_t count = lines_of(i, copy, lines);
        for (size_t line = 0; line < count; line++)
            for (size_t at = 0; at < lines[line].len; at++) {
                char was = copy[line][at];
                if (was < '0' || was > '9')
                    continue;
                copy[line][at] = (char)('0' + (was - '0' + 1) % 10);
                if (pw_findings_mrz(lines, count, TODAY, &mrz))
                    fail_msg("zone %zu line %zu column %zu", i, line, at);
                copy[line][at] = was;
                judged++;
            }
    }
    assert_true(judged > 90);
}

static void other_faults(void **state)
{
    struct pw_str short_line[] = {PW_STR("P<UTO"), PW_STR("L898902C36UTO7408122F1204159ZE184226B<<<<<10")};
    struct pw_str lower[] = {PW_STR("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"),
        PW_STR("l898902c36uto7408122f1204159ze184226b<<<<<10")};
    /* month 13, with check digits that fit it */
    struct pw_str month[] = {
        PW_STR("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"), PW_STR("D231458907UTO7408122F1213150<<<<<<<4")};
    struct pw_mrz mrz;
    (void)state;
    assert_false(pw_findings_mrz(short_line, 2, TODAY, &mrz));
    assert_int_equal(mrz.form, PW_MRZ_UNKNOWN);
    assert_false(pw_findings_mrz(lower, 2, TODAY, &mrz));
    assert_false(pw_findings_mrz(month, 2, TODAY, &mrz));
    assert_true((mrz.wrong & PW_MRZ_EXPIRY) != 0);
}

/* The specimen of a Dutch passport carries a citizen service number; covered with fillers it does not. */
static void a_number_that_may_not_be_asked(void **state)
{
    struct pw_str open[] = {PW_STR("P<NLDDE<BRUIJN<<WILLEKE<LISELOTTE<<<<<<<<<<<"),
        PW_STR("SPECI20142NLD6503101F2403096999999990<<<<<84")};
    struct pw_str covered[] = {open[0], PW_STR("SPECI20142NLD6503101F2403096<<<<<<<<<<<<<<84")};
    struct pw_str card[] = {PW_STR("I<NLDSPECI20212<<<<<<<<<<<<<<8"),
        PW_STR("6503101F2403096NLD<<<<<<<<<<<8"), PW_STR("DE<BRUIJN<<WILLEKE<LISELOTTE<<")};
    struct pw_str copied_wrong[] = {open[0], PW_STR("SPECI20143NLD6503101F2403096<<<<<<<<<<<<<<84")};
    struct pw_mrz mrz;
    (void)state;
    (void)pw_findings_mrz(open, 2, TODAY, &mrz);
    assert_true(mrz.personal_number);
    /* The digits over what is covered stay as they are printed, and accuse nobody. */
    assert_true(pw_findings_mrz(covered, 2, TODAY, &mrz));
    assert_false(mrz.personal_number);
    assert_true(pw_findings_mrz(card, 3, TODAY, &mrz));
    assert_false(pw_findings_mrz(copied_wrong, 2, TODAY, &mrz));
    assert_int_equal(mrz.wrong, PW_MRZ_NUMBER);
}

static void payslips_against_credits(void **state)
{
    const int64_t net[] = {210035, 210035, 198000}, same[] = {210035, 210036, 197950},
                  other[] = {210035, 200000, 198000};
    size_t differing;
    (void)state;
    assert_true(pw_findings_payslips(net, same, 3, &differing));
    assert_int_equal(differing, 0);
    assert_false(pw_findings_payslips(net, other, 3, &differing));
    assert_int_equal(differing, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_of_every_country),
        cmocka_unit_test(accounts_copied_wrong),
        cmocka_unit_test(numbers_of_companies),
        cmocka_unit_test(specimens),
        cmocka_unit_test(digits_read_wrong),
        cmocka_unit_test(other_faults),
        cmocka_unit_test(a_number_that_may_not_be_asked),
        cmocka_unit_test(payslips_against_credits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
