/* Reading how a body names a premises, and bringing addresses into the one form in which they are compared.
 */
#include <pandwacht/premises.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define ADDITION_MAX     8
#define MUNICIPALITY_MAX 80

static const char *const address_members[] = {
    "postcode", "houseNumber", "houseLetter", "houseNumberAddition", "municipality", NULL};
static const char *const ref_members[] = {"bagId", "address", "premisesId", NULL};

/* Upper case (ASCII), blanks dropped at the ends and, when `pack`, everywhere. */
static struct pw_str upper(struct pw_arena *arena, struct pw_str text, bool pack)
{
    text = pw_str_trim(text);
    char *out = pw_arena_alloc(arena, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        if (!pack || text.data[i] != ' ')
            out[n++] = (char)toupper((unsigned char)text.data[i]);
    return (struct pw_str){out, n};
}

static bool is_postcode(struct pw_str text)
{
    if (text.len != 6 || text.data[0] < '1' || text.data[0] > '9')
        return false;
    for (size_t i = 1; i < 4; i++)
        if (!isdigit((unsigned char)text.data[i]))
            return false;
    return text.data[4] >= 'A' && text.data[4] <= 'Z' && text.data[5] >= 'A' && text.data[5] <= 'Z';
}

static bool is_addition(struct pw_str text)
{
    if (text.len == 0 || text.len > ADDITION_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!isalnum((unsigned char)text.data[i]) && !strchr("-/ ", text.data[i]))
            return false;
    return isalnum((unsigned char)text.data[0]);
}

struct member {
    struct pw_arena *arena;
    const struct pw_json *object;
    const struct pw_at *at;
    struct pw_faults *faults;
};

static bool read_postcode(const struct member *m, struct pw_str *ret)
{
    struct pw_str text;
    if (!pw_json_member_str(m->object, m->at, "postcode", true, 1, 20, &text, m->faults))
        return false;
    *ret = upper(m->arena, text, true);
    return is_postcode(*ret) ||
           pw_fault_member(m->faults, m->at, "postcode", PW_FAULT_PATTERN,
               "Vier cijfers en twee letters, zoals 1234AB.", "Four digits and two letters, such as 1234AB.");
}

static bool read_number(const struct member *m, int32_t *ret)
{
    const struct pw_json *node = pw_json_get(m->object, "houseNumber");
    int64_t number;
    if (!node)
        return pw_fault_member(m->faults, m->at, "houseNumber", PW_FAULT_REQUIRED, NULL, NULL);
    if (!pw_json_to_i64(node, &number))
        return pw_fault_member(
            m->faults, m->at, "houseNumber", PW_FAULT_TYPE, "Een geheel getal.", "A whole number.");
    if (number < 1 || number > 99999)
        return pw_fault_member(
            m->faults, m->at, "houseNumber", PW_FAULT_RANGE, "Van 1 tot en met 99999.", "From 1 to 99999.");
    *ret = (int32_t)number;
    return true;
}

static bool read_letter(const struct member *m, struct pw_str *ret)
{
    struct pw_str text;
    if (!pw_json_member_str(m->object, m->at, "houseLetter", false, 0, 8, &text, m->faults))
        return false;
    *ret = upper(m->arena, text, false);
    bool good = ret->len == 0 || (ret->len == 1 && isalpha((unsigned char)ret->data[0]));
    return good ||
           pw_fault_member(m->faults, m->at, "houseLetter", PW_FAULT_PATTERN, "Een letter.", "One letter.");
}

static bool read_addition(const struct member *m, struct pw_str *ret)
{
    struct pw_str text;
    if (!pw_json_member_str(m->object, m->at, "houseNumberAddition", false, 0, 20, &text, m->faults))
        return false;
    *ret = upper(m->arena, text, false);
    return ret->len == 0 || is_addition(*ret) ||
           pw_fault_member(m->faults, m->at, "houseNumberAddition", PW_FAULT_PATTERN,
               "Hooguit acht letters, cijfers of streepjes.", "At most eight letters, digits or hyphens.");
}

bool pw_premises_read_address(struct pw_arena *arena, const struct pw_json *json, const struct pw_at *at,
    struct pw_address *ret, struct pw_faults *faults)
{
    if (!pw_json_is_object(json))
        return pw_fault(faults, at, PW_FAULT_TYPE, NULL, NULL);
    struct member m = {arena, json, at, faults};
    struct pw_address address = {0};
    struct pw_str municipality;
    bool good = pw_json_known(json, at, address_members, faults);
    good &= read_postcode(&m, &address.postcode);
    good &= read_number(&m, &address.house_number);
    good &= read_letter(&m, &address.letter);
    good &= read_addition(&m, &address.addition);
    good &= pw_json_member_str(json, at, "municipality", false, 0, MUNICIPALITY_MAX, &municipality, faults);
    if (!good)
        return false;
    address.municipality = pw_str_dup(arena, pw_str_trim(municipality));
    *ret = address;
    return true;
}

static bool read_bag(const struct member *m, struct pw_premises_ref *ret)
{
    struct pw_str text;
    ret->by = PW_PREMISES_BY_BAG;
    if (!pw_json_member_str(m->object, m->at, "bagId", true, 0, 64, &text, m->faults))
        return false;
    ret->bag_id = pw_str_dup(m->arena, text);
    return pw_premises_bag_id_valid(text) ||
           pw_fault_member(m->faults, m->at, "bagId", PW_FAULT_PATTERN,
               "Zestien cijfers van een verblijfsobject, ligplaats of standplaats.",
               "Sixteen digits of an addressable unit (verblijfsobject, ligplaats or standplaats).");
}

static bool read_id(const struct member *m, struct pw_premises_ref *ret)
{
    struct pw_str text;
    ret->by = PW_PREMISES_BY_ID;
    if (!pw_json_member_str(m->object, m->at, "premisesId", true, 0, 64, &text, m->faults))
        return false;
    return pw_uuid_parse(text, &ret->id) ||
           pw_fault_member(m->faults, m->at, "premisesId", PW_FAULT_PATTERN, "Een UUID.", "A UUID.");
}

bool pw_premises_read_ref(struct pw_arena *arena, const struct pw_json *json, const struct pw_at *at,
    struct pw_premises_ref *ret, struct pw_faults *faults)
{
    if (!pw_json_is_object(json))
        return pw_fault(faults, at, PW_FAULT_TYPE, NULL, NULL);
    struct member m = {arena, json, at, faults};
    const struct pw_json *bag = pw_json_get(json, "bagId"), *address = pw_json_get(json, "address");
    const struct pw_json *id = pw_json_get(json, "premisesId");
    bool known = pw_json_known(json, at, ref_members, faults);
    if ((bag != NULL) + (address != NULL) + (id != NULL) != 1)
        return pw_fault(faults, at, PW_FAULT_ONE_OF, "Geef precies een van bagId, address en premisesId.",
            "Give exactly one of bagId, address and premisesId.");
    struct pw_premises_ref ref = {.bag_id = PW_STR("")};
    bool good;
    if (bag) {
        good = read_bag(&m, &ref);
    } else if (id) {
        good = read_id(&m, &ref);
    } else {
        struct pw_at here = {.up = at, .name = "address"};
        ref.by = PW_PREMISES_BY_ADDRESS;
        good = pw_premises_read_address(arena, address, &here, &ref.address, faults);
    }
    if (!good || !known)
        return false;
    *ret = ref;
    return true;
}
