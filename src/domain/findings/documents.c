/*
 * Checks of documents that need nobody else: the machine-readable zone of a travel document or identity
 * card (ICAO 9303), bank account numbers (ISO 13616), numbers of the trade register. A number that is well
 * formed proves nothing about its bearer; one that is not was copied wrong, or made up.
 */
#include <string.h>

#include <pandwacht/findings.h>

#define LINE_MAX   44
#define BSN_DIGITS 9

/* ---- ICAO 9303 ---- */

/* Part 3, 4.9: digits are themselves, letters from 10, the filler 0; weights 7, 3, 1. -1: not allowed. */
static int value_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 10;
    return c == '<' ? 0 : -1;
}

static bool digit_fits(const char *text, size_t len, char digit)
{
    static const int weights[] = {7, 3, 1};
    int sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += value_of(text[i]) * weights[i % 3];
    return digit == (char)('0' + sum % 10);
}

static bool all_allowed(struct pw_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (value_of(line.data[i]) < 0)
            return false;
    return true;
}

static bool all_filler(const char *text, size_t len)
{
    return strspn(text, "<") >= len;
}

/* Where the parts of each form lie: line and offset of the number, birth and expiry dates, and optional data.
 */
struct form {
    enum pw_mrz_form form;
    size_t lines, length;
    size_t number_line, number, dates_line, birth, expiry;
    size_t optional_line, optional, optional_len;
};

static const struct form forms[] = {
    {PW_MRZ_TD1, 3, 30, 0, 5, 1, 0, 8, 0, 15, 15},
    {PW_MRZ_TD2, 2, 36, 1, 0, 1, 13, 21, 1, 28, 7},
    {PW_MRZ_TD3, 2, 44, 1, 0, 1, 13, 21, 1, 28, 14},
};

static const struct form *form_of(const struct pw_str *lines, size_t count)
{
    for (size_t f = 0; f < PW_COUNT(forms); f++) {
        bool fits = forms[f].lines == count;
        for (size_t i = 0; fits && i < count; i++)
            fits = lines[i].len == forms[f].length && all_allowed(lines[i]);
        if (fits)
            return &forms[f];
    }
    return NULL;
}

/* TD1 part 5, 4.2.2.1: a number longer than nine goes on in the optional data, its check digit behind it. */
static bool number_fits(const struct form *form, const struct pw_str *lines)
{
    const char *number = lines[form->number_line].data + form->number;
    char whole[LINE_MAX];
    size_t len = 9;
    if (form->form == PW_MRZ_TD3 || number[9] != '<')
        return digit_fits(number, 9, number[9]);
    const char *more = lines[form->optional_line].data + form->optional;
    memcpy(whole, number, 9);
    while (len - 9 < form->optional_len && more[len - 9] != '<') {
        whole[len] = more[len - 9];
        len++;
    }
    return len > 9 && digit_fits(whole, len - 1, whole[len - 1]);
}

/* The optional data of a passport has a digit of its own, which may be filler when there is none. */
static bool optional_fits(const struct form *form, const struct pw_str *lines)
{
    if (form->form != PW_MRZ_TD3)
        return true;
    const char *data = lines[1].data + 28;
    return digit_fits(data, 14, data[14]) || (data[14] == '<' && all_filler(data, 14));
}

static bool composite_fits(const struct form *form, const struct pw_str *lines)
{
    char text[128];
    size_t len = 0;
    const char *second = lines[1].data;
#define TAKE(from, n) (memcpy(text + len, (from), (n)), len += (n))
    if (form->form == PW_MRZ_TD1) {
        TAKE(lines[0].data + 5, 25);
        TAKE(second, 7);
        TAKE(second + 8, 7);
        TAKE(second + 18, 11);
        return digit_fits(text, len, second[29]);
    }
    TAKE(second, 10);
    TAKE(second + 13, 7);
    TAKE(second + 21, form->form == PW_MRZ_TD3 ? 22 : 14);
#undef TAKE
    return digit_fits(text, len, second[form->length - 1]);
}

/* Two digits of a year, and month and day; an expiry lies within fifty years either way. */
static bool expiry_of(const char *text, pw_day today, pw_day *ret)
{
    char date[PW_DATE_TEXT];
    char now[PW_DATE_TEXT];
    if (strspn(text, "0123456789") < 6)
        return false;
    pw_day_format(today, now);
    int this_year = (now[2] - '0') * 10 + now[3] - '0', year = (text[0] - '0') * 10 + text[1] - '0';
    int century = (now[0] - '0') * 10 + now[1] - '0';
    if (year - this_year > 50)
        century--;
    else if (this_year - year > 50)
        century++;
    const char whole[] = {(char)('0' + century / 10), (char)('0' + century % 10), text[0], text[1], '-',
        text[2], text[3], '-', text[4], text[5], '\0'};
    memcpy(date, whole, sizeof whole);
    return pw_day_parse(pw_str_z(date), ret);
}

/* Months and days of a birth date may be unknown; what is there must be digits. */
static bool birth_is_date(const char *text)
{
    for (size_t i = 0; i < 6; i++)
        if (text[i] != '<' && (text[i] < '0' || text[i] > '9'))
            return false;
    int month = text[2] == '<' ? 1 : (text[2] - '0') * 10 + text[3] - '0';
    int day = text[4] == '<' ? 1 : (text[4] - '0') * 10 + text[5] - '0';
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* A Dutch document of before 2014 (passport) or 2021 (card) has the citizen service number in `optional`. */
static bool is_dutch(const struct pw_str *lines)
{
    return memcmp(lines[0].data + 2, "NLD", 3) == 0;
}

static const char *optional_of(const struct form *form, const struct pw_str *lines)
{
    return lines[form->optional_line].data + form->optional;
}

static bool carries_number(const struct form *form, const struct pw_str *lines)
{
    return is_dutch(lines) && strspn(optional_of(form, lines), "0123456789") >= BSN_DIGITS;
}

/* The digits over the optional data were computed with the number that is covered now: they tell nothing. */
static bool is_covered(const struct form *form, const struct pw_str *lines)
{
    size_t number = form->optional_len < BSN_DIGITS ? form->optional_len : BSN_DIGITS;
    return is_dutch(lines) && all_filler(optional_of(form, lines), number);
}

bool pw_findings_mrz(const struct pw_str *lines, size_t count, pw_day today, struct pw_mrz *ret)
{
    const struct form *form = form_of(lines, count);
    *ret = (struct pw_mrz){.form = PW_MRZ_UNKNOWN, .expires_on = PW_DAY_NONE};
    if (form == NULL)
        return false;
    const char *dates = lines[form->dates_line].data;
    ret->form = form->form;
    ret->personal_number = carries_number(form, lines);
    if (!number_fits(form, lines))
        ret->wrong |= PW_MRZ_NUMBER;
    if (!digit_fits(dates + form->birth, 6, dates[form->birth + 6]) || !birth_is_date(dates + form->birth))
        ret->wrong |= PW_MRZ_BIRTH;
    if (!digit_fits(dates + form->expiry, 6, dates[form->expiry + 6]) ||
        !expiry_of(dates + form->expiry, today, &ret->expires_on))
        ret->wrong |= PW_MRZ_EXPIRY;
    if (!is_covered(form, lines)) {
        if (!optional_fits(form, lines))
            ret->wrong |= PW_MRZ_OPTIONAL;
        if (!composite_fits(form, lines))
            ret->wrong |= PW_MRZ_COMPOSITE;
    }
    ret->expired = ret->expires_on != PW_DAY_NONE && ret->expires_on < today;
    return ret->wrong == 0;
}

/* ---- ISO 13616 ---- */

/* Length by country, as the register has them. */
static const char *const iban_lengths[] = {"AD24", "AE23", "AL28", "AT20", "AZ28", "BA20", "BE16", "BG22",
    "BH22", "BI27", "BR29", "BY28", "CH21", "CR22", "CY28", "CZ24", "DE22", "DJ27", "DK18", "DO28", "EE20",
    "EG29", "ES24", "FI18", "FK18", "FO18", "FR27", "GB22", "GE22", "GI23", "GL18", "GR27", "GT28", "HN28",
    "HR21", "HU28", "IE22", "IL23", "IQ23", "IS26", "IT27", "JO30", "KW30", "KZ20", "LB28", "LC32", "LI21",
    "LT20", "LU20", "LV21", "LY25", "MC27", "MD24", "ME22", "MK19", "MN20", "MR27", "MT31", "MU30", "NI28",
    "NL18", "NO15", "OM23", "PK24", "PL28", "PS29", "PT25", "QA29", "RO24", "RS22", "RU33", "SA24", "SC31",
    "SD18", "SE24", "SI19", "SK24", "SM27", "SO23", "ST25", "SV28", "TL23", "TN24", "TR26", "UA29", "VA22",
    "VG24", "XK20", "YE30"};

static bool iban_length_fits(struct pw_str iban)
{
    for (size_t i = 0; i < PW_COUNT(iban_lengths); i++)
        if (memcmp(iban_lengths[i], iban.data, 2) == 0)
            return iban.len == (size_t)((iban_lengths[i][2] - '0') * 10 + iban_lengths[i][3] - '0');
    return false;
}

/* A Dutch one: four letters of the bank, ten digits. */
static bool dutch_form(struct pw_str iban)
{
    for (size_t i = 4; i < 8; i++)
        if (iban.data[i] < 'A' || iban.data[i] > 'Z')
            return false;
    return strspn(iban.data + 8, "0123456789") == 10;
}

bool pw_findings_iban(struct pw_str text)
{
    enum pw_fault_code code;
    struct pw_arena *arena = pw_arena_new();
    struct pw_str iban;
    bool ok = pw_facts_normalise_party(arena, PW_SCHEME_IBAN, text, &iban, &code) && iban_length_fits(iban) &&
              (memcmp(iban.data, "NL", 2) != 0 || dutch_form(iban)) &&
              !(iban.data[2] == '0' && iban.data[3] < '2') && !(iban.data[2] == '9' && iban.data[3] == '9');
    pw_arena_free(arena);
    return ok;
}

/* ---- trade register and tax ---- */

/* Digits of `text` without blanks and dots, when there are `wanted` of them. */
static bool digits_of(struct pw_str text, size_t wanted, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ' ' || text.data[i] == '.')
            continue;
        if (text.data[i] < '0' || text.data[i] > '9' || n == wanted)
            return false;
        out[n++] = text.data[i];
    }
    out[n] = '\0';
    return n == wanted && strspn(out, "0") < wanted;
}

bool pw_findings_kvk(struct pw_str text)
{
    char digits[9];
    return digits_of(text, 8, digits);
}

/* Eleven-test: weights 9 down to 2, and -1 for the last. */
bool pw_findings_rsin(struct pw_str text)
{
    char digits[10];
    int sum = 0;
    if (!digits_of(text, 9, digits))
        return false;
    for (int i = 0; i < 8; i++)
        sum += (digits[i] - '0') * (9 - i);
    return (sum - (digits[8] - '0')) % 11 == 0;
}

bool pw_findings_has_bsn(struct pw_str text)
{
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.data[i] >= '0' && text.data[i] <= '9')
            continue;
        if (i - from == BSN_DIGITS && pw_findings_rsin((struct pw_str){text.data + from, BSN_DIGITS}))
            return true;
        from = i + 1;
    }
    return false;
}

/* ---- payslip against bank credit ---- */

bool pw_findings_payslips(const int64_t *net, const int64_t *credited, size_t count, size_t *ret_differing)
{
    *ret_differing = 0;
    for (size_t i = 0; i < count; i++)
        *ret_differing += net[i] - credited[i] > PW_PAYSLIP_SLACK || credited[i] - net[i] > PW_PAYSLIP_SLACK;
    return *ret_differing == 0;
}
