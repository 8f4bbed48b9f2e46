/* An address as answers show it, and the JSON Schemas of how bodies name a premises. */
#include <pandwacht/premises.h>

static void text_member(struct pw_jsonw *w, const char *name, struct pw_str text)
{
    if (text.len == 0)
        return;
    pw_jsonw_key(w, name);
    pw_jsonw_str(w, text);
}

void pw_premises_write_address(const struct pw_address *address, struct pw_jsonw *w)
{
    if (address->postcode.len == 0) {
        pw_jsonw_null(w);
        return;
    }
    pw_jsonw_object(w);
    text_member(w, "postcode", address->postcode);
    pw_jsonw_key(w, "houseNumber");
    pw_jsonw_i64(w, address->house_number);
    text_member(w, "houseLetter", address->letter);
    text_member(w, "houseNumberAddition", address->addition);
    text_member(w, "municipality", address->municipality);
    pw_jsonw_end_object(w);
}

void pw_premises_write_schemas(struct pw_jsonw *w)
{
    pw_jsonw_key(w, "Address");
    pw_jsonw_raw(w,
        PW_STR(
            "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"postcode\",\"houseNumber\"],"
            "\"properties\":{\"postcode\":{\"type\":\"string\",\"pattern\":\"^[1-9][0-9]{3} ?[A-Za-z]{2}$\"},"
            "\"houseNumber\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":99999},"
            "\"houseLetter\":{\"type\":\"string\",\"pattern\":\"^[A-Za-z]?$\"},"
            "\"houseNumberAddition\":{\"type\":\"string\",\"maxLength\":8},"
            "\"municipality\":{\"type\":\"string\",\"maxLength\":80}}}"));
    pw_jsonw_key(w, "PremisesRef");
    pw_jsonw_raw(w,
        PW_STR("{\"type\":\"object\",\"additionalProperties\":false,\"minProperties\":1,\"maxProperties\":1,"
               "\"properties\":{\"bagId\":{\"type\":\"string\",\"pattern\":\"^[0-9]{16}$\"},"
               "\"address\":{\"$ref\":\"#/components/schemas/Address\"},"
               "\"premisesId\":{\"type\":\"string\",\"format\":\"uuid\"}}}"));
}
