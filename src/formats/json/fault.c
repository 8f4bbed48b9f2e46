/* The list of what is wrong with a body, and its form in problem details. */
#include "json_int.h"

#include <string.h>

struct words {
    const char *word, *nl, *en;
};

static const struct words code_words[PW_FAULT_CODES] = {
    [PW_FAULT_JSON_SYNTAX] = {"json-syntax", "Geen geldige JSON.", "Not valid JSON."},
    [PW_FAULT_DUPLICATE_MEMBER] = {"duplicate-member", "Staat er twee keer.", "Occurs twice."},
    [PW_FAULT_CHARACTER_NOT_ALLOWED] = {"character-not-allowed",
        "Bevat een teken dat niet mag (U+0000, een half tekenpaar of tekst die niet in NFC staat).",
        "Holds a character that is not allowed (U+0000, half a surrogate pair, or text not in NFC)."},
    [PW_FAULT_DEPTH] = {"depth", "Te diep genest.", "Nested too deeply."},
    [PW_FAULT_TYPE] = {"type", "Verkeerd soort waarde.", "Wrong type of value."},
    [PW_FAULT_REQUIRED] = {"required", "Verplicht.", "Required."},
    [PW_FAULT_NOT_ALLOWED_AT_STAGE] = {"not-allowed-at-stage", "Mag in deze fase niet gevraagd worden.",
        "May not be asked at this stage."},
    [PW_FAULT_UNKNOWN_FIELD] = {"unknown-field", "Onbekend veld.", "Unknown field."},
    [PW_FAULT_ENUM] = {"enum", "Niet een van de toegestane waarden.", "Not one of the allowed values."},
    [PW_FAULT_PATTERN] = {"pattern", "Heeft niet de juiste vorm.", "Does not have the right form."},
    [PW_FAULT_CHECKSUM] = {"checksum", "Controlegetal klopt niet.", "Check digits do not match."},
    [PW_FAULT_RANGE] = {"range", "Buiten het toegestane bereik.", "Outside the allowed range."},
    [PW_FAULT_LENGTH] = {"length", "Te kort of te lang.", "Too short or too long."},
    [PW_FAULT_PRECISION] = {"precision", "Te veel decimalen.", "Too many decimals."},
    [PW_FAULT_FUTURE_DATE] = {"future-date", "Ligt in de toekomst.", "Lies in the future."},
    [PW_FAULT_DATE_ORDER] = {"date-order", "Ligt voor de datum waar het op volgt.",
        "Lies before the date that it follows."},
    [PW_FAULT_ONE_OF] = {"one-of", "Geef er precies een.", "Give exactly one."},
    [PW_FAULT_REFERENCE] = {"reference", "Verwijst naar iets dat niet bekend is.",
        "Refers to something that is not known."},
    [PW_FAULT_NOT_ALLOWED] = {"not-allowed", "Niet toegestaan.", "Not allowed."},
};

const char *pw_fault_word(enum pw_fault_code code)
{
    return code_words[code].word;
}

void pw_faults_init(struct pw_faults *faults, struct pw_arena *arena)
{
    *faults = (struct pw_faults){.arena = arena};
}

static void grow(struct pw_faults *faults)
{
    size_t cap = faults->cap ? faults->cap * 2 : 8;
    struct pw_fault *items = PW_NEW_ARRAY(faults->arena, cap, struct pw_fault);
    if (faults->count)
        memcpy(items, faults->items, faults->count * sizeof *items);
    faults->items = items;
    faults->cap = cap;
}

bool pw_fault_pointer(struct pw_faults *faults, struct pw_str pointer, enum pw_fault_code code,
    const char *reason_nl, const char *reason_en)
{
    if (faults->count == PW_FAULTS_MAX) {
        faults->more++;
        return false;
    }
    if (faults->count == faults->cap)
        grow(faults);
    faults->items[faults->count++] = (struct pw_fault){
        .code = code,
        .name = pointer,
        .reason_nl = reason_nl ? reason_nl : code_words[code].nl,
        .reason_en = reason_en ? reason_en : code_words[code].en,
    };
    return false;
}

bool pw_fault(struct pw_faults *faults, const struct pw_at *at, enum pw_fault_code code,
    const char *reason_nl, const char *reason_en)
{
    struct pw_str pointer = pw_at_pointer(faults->arena, at);
    return pw_fault_pointer(faults, pointer, code, reason_nl, reason_en);
}

bool pw_fault_member(struct pw_faults *faults, const struct pw_at *at, const char *name,
    enum pw_fault_code code, const char *reason_nl, const char *reason_en)
{
    struct pw_at here = {.up = at, .name = name};
    return pw_fault(faults, &here, code, reason_nl, reason_en);
}

void pw_faults_write(const struct pw_faults *faults, bool dutch, struct pw_jsonw *w)
{
    pw_jsonw_array(w);
    for (size_t i = 0; i < faults->count; i++) {
        const struct pw_fault *fault = &faults->items[i];
        pw_jsonw_object(w);
        pw_jsonw_key(w, "name");
        pw_jsonw_str(w, fault->name);
        pw_jsonw_key(w, "code");
        pw_jsonw_z(w, pw_fault_word(fault->code));
        pw_jsonw_key(w, "reason");
        pw_jsonw_z(w, dutch ? fault->reason_nl : fault->reason_en);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}
