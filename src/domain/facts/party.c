/* Party references: bringing a value into the one form in which its scheme compares it (version 1). */
#include "facts_int.h"

#include <ctype.h>
#include <string.h>

#define VALUE_MAX 300

/* Copies without the octets in `drop`, upper case when asked; false when longer than VALUE_MAX. */
static bool squeeze(
    struct pw_str value, const char *drop, bool to_upper, char out[VALUE_MAX + 1], size_t *ret_len)
{
    size_t n = 0;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        if (strchr(drop, c))
            continue;
        if (n == VALUE_MAX)
            return false;
        out[n++] = to_upper ? (char)toupper((unsigned char)c) : c;
    }
    out[n] = 0;
    *ret_len = n;
    return true;
}

static bool all_of(const char *text, const char *set)
{
    return text[strspn(text, set)] == 0;
}

#define DIGITS  "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* ISO 13616: the first four to the end, letters as 10 to 35, the whole modulo 97 is 1. */
static bool iban_checks(const char *iban, size_t len)
{
    unsigned rest = 0;
    for (size_t i = 0; i < len; i++) {
        char c = iban[(i + 4) % len];
        unsigned value = isdigit((unsigned char)c) ? (unsigned)(c - '0') : (unsigned)(c - 'A') + 10;
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest == 1;
}

static bool normal_iban(struct pw_str value, char *out, size_t *len, enum pw_fault_code *code)
{
    if (!squeeze(value, " .", true, out, len) || *len < 15 || *len > 34 || !all_of(out, DIGITS LETTERS) ||
        !isupper((unsigned char)out[0]) || !isupper((unsigned char)out[1]) ||
        !isdigit((unsigned char)out[2]) || !isdigit((unsigned char)out[3]))
        return false;
    *code = PW_FAULT_CHECKSUM;
    return iban_checks(out, *len);
}

static bool normal_document(struct pw_str value, char *out, size_t *len)
{
    return squeeze(value, " -", true, out, len) && *len >= 5 && *len <= 20 && all_of(out, DIGITS LETTERS);
}

static bool normal_kvk(struct pw_str value, char *out, size_t *len)
{
    if (!squeeze(value, " ", false, out, len) || (*len != 8 && *len != 12) || !all_of(out, DIGITS))
        return false;
    *len = 8;
    return true;
}

static bool normal_email(struct pw_str value, char *out, size_t *len)
{
    if (!squeeze(pw_str_trim(value), "", false, out, len) || *len > 254)
        return false;
    for (size_t i = 0; i < *len; i++) {
        out[i] = (char)tolower((unsigned char)out[i]);
        if ((unsigned char)out[i] <= ' ' || out[i] == 0x7F)
            return false;
    }
    const char *at = strchr(out, '@');
    return at && at != out && at[1] != 0 && !strchr(at + 1, '@');
}

/* `out` without the trunk zero people write as "+31 (0)6". */
static void drop_trunk_zero(char *out, size_t *len)
{
    if (strncmp(out, "+310", 4) != 0)
        return;
    memmove(out + 3, out + 4, *len - 3);
    (*len)--;
}

static bool normal_phone(struct pw_str value, char *out, size_t *len)
{
    char raw[VALUE_MAX + 1];
    size_t n;
    if (!squeeze(value, " -.()/", false, raw, &n) || n > 30)
        return false;
    const char *prefix = "", *rest = raw;
    if (strncmp(raw, "00", 2) == 0) {
        prefix = "+";
        rest = raw + 2;
    } else if (raw[0] == '0') {
        prefix = "+31";
        rest = raw + 1;
    } else if (raw[0] == '+') {
        prefix = "+";
        rest = raw + 1;
    }
    *len = strlen(prefix) + strlen(rest);
    memcpy(out, prefix, strlen(prefix));
    memcpy(out + strlen(prefix), rest, strlen(rest) + 1);
    drop_trunk_zero(out, len);
    bool e164 = out[0] == '+' && *len >= 8 && *len <= 16 && all_of(out + 1, DIGITS) && out[1] != '0';
    return e164 && (strncmp(out, "+31", 3) != 0 || *len == 12);
}

static bool normal_local(struct pw_str value, char *out, size_t *len)
{
    struct pw_str trimmed = pw_str_trim(value);
    size_t characters = pw_utf8_length(trimmed);
    return characters >= 1 && characters <= 64 && squeeze(trimmed, "", false, out, len);
}

static bool normalise(
    enum pw_scheme scheme, struct pw_str value, char *out, size_t *len, enum pw_fault_code *code)
{
    switch (scheme) {
    case PW_SCHEME_IBAN:
        return normal_iban(value, out, len, code);
    case PW_SCHEME_DOCUMENT:
        return normal_document(value, out, len);
    case PW_SCHEME_KVK:
        return normal_kvk(value, out, len);
    case PW_SCHEME_EMAIL:
        return normal_email(value, out, len);
    case PW_SCHEME_PHONE:
        return normal_phone(value, out, len);
    case PW_SCHEME_SOURCE_LOCAL:
        return normal_local(value, out, len);
    case PW_SCHEMES:
        break;
    }
    return false;
}

bool pw_facts_normalise_party(struct pw_arena *arena, enum pw_scheme scheme, struct pw_str value,
    struct pw_str *ret, enum pw_fault_code *ret_code)
{
    char out[VALUE_MAX + 8];
    size_t len = 0;
    *ret_code = PW_FAULT_PATTERN;
    if (!normalise(scheme, value, out, &len, ret_code))
        return false;
    *ret = pw_str_dup(arena, (struct pw_str){out, len});
    return true;
}

static int scheme_of(struct pw_str word)
{
    for (int i = 0; i < PW_SCHEMES; i++)
        if (pw_str_is(word, pw_scheme_words[i]))
            return i;
    return -1;
}

bool pw_facts_read_party(struct pw_arena *arena, const struct pw_json *json, const struct pw_at *at,
    unsigned schemes, struct pw_party_ref *ret, struct pw_faults *faults)
{
    static const char *const members[] = {"scheme", "value", NULL};
    if (!pw_json_is_object(json))
        return pw_fault(
            faults, at, PW_FAULT_TYPE, "Een object met scheme en value.", "An object with scheme and value.");
    struct pw_str word, value;
    bool good = pw_json_known(json, at, members, faults);
    bool named = pw_json_member_str(json, at, "scheme", true, 0, 64, &word, faults);
    bool valued = pw_json_member_str(json, at, "value", true, 1, VALUE_MAX, &value, faults);
    int scheme = named ? scheme_of(word) : -1;
    if (named && (scheme < 0 || !(schemes & 1u << scheme)))
        named = pw_fault_member(faults, at, "scheme", PW_FAULT_ENUM, "Dit schema past niet bij dit veld.",
            "This field does not take this scheme.");
    if (!good || !named || !valued)
        return false;
    enum pw_fault_code code;
    if (!pw_facts_normalise_party(arena, (enum pw_scheme)scheme, value, &ret->value, &code))
        return pw_fault_member(faults, at, "value", code, NULL, NULL);
    ret->scheme = (enum pw_scheme)scheme;
    ret->field = NULL;
    return true;
}
