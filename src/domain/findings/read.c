/*
 * Reading a check: what may not be asked, at this stage or ever, is refused with the reason, and
 * every fault is told at once.
 */
#include "findings_int.h"

#include <string.h>

static bool read_choice(const struct pw_json *body, const char *name, bool required, const char *const *words,
    size_t *ret, struct pw_faults *faults)
{
    const struct pw_json *node = pw_json_get(body, name);
    if (node == NULL)
        return !required || pw_fault_member(faults, NULL, name, PW_FAULT_REQUIRED, NULL, NULL);
    if (!pw_json_is_string(node))
        return pw_fault_member(faults, NULL, name, PW_FAULT_TYPE, NULL, NULL);
    for (size_t i = 0; words[i] != NULL; i++)
        if (pw_str_is(pw_json_str(node), words[i])) {
            *ret = i;
            return true;
        }
    return pw_fault_member(faults, NULL, name, PW_FAULT_ENUM, NULL, NULL);
}

/* A word of an enum field of a fact kind: lettingType as in registration, purpose as in application. */
static void read_field(const struct pw_check_catalogue *catalogue, const struct pw_json *body,
    const char *name, const char *kind, struct pw_str *ret, struct pw_faults *faults)
{
    size_t value = 0;
    const struct pw_kind *of = pw_facts_kind(catalogue->model, pw_str_z(kind));
    const struct pw_field *field = of == NULL ? NULL : pw_kind_field(of, pw_str_z(name));
    *ret = PW_STR("");
    if (field != NULL && pw_json_get(body, name) != NULL &&
        read_choice(body, name, false, field->values, &value, faults))
        *ret = pw_str_z(field->values[value]);
}

static bool read_clauses(const struct pw_check_catalogue *catalogue, const struct pw_at *at,
    const struct pw_json *list, struct pw_faults *faults)
{
    if (!pw_json_is_array(list))
        return pw_fault(faults, at, PW_FAULT_TYPE, NULL, NULL);
    uint32_t seen = 0;
    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_at here = {.up = at, .index = i};
        const struct pw_json *node = pw_json_item(list, i);
        size_t c = 0;
        if (!pw_json_is_string(node)) {
            pw_fault(faults, &here, PW_FAULT_TYPE, NULL, NULL);
            continue;
        }
        while (c < catalogue->clause_count && !pw_str_is(pw_json_str(node), catalogue->clauses[c]))
            c++;
        if (c == catalogue->clause_count || (seen & 1u << c) != 0)
            pw_fault(faults, &here, PW_FAULT_ENUM, NULL, NULL);
        else
            seen |= 1u << c;
    }
    return true;
}

static void read_value(const struct pw_check_catalogue *catalogue, const struct item *item,
    const struct pw_at *at, const struct pw_json *node, pw_day today, struct pw_faults *faults)
{
    pw_day day;
    int64_t number;
    switch (item->type) {
    case ITEM_RELATION:
        if (!pw_json_is_string(node))
            pw_fault(faults, at, PW_FAULT_TYPE, NULL, NULL);
        else if (!pw_str_is(pw_json_str(node), "yes") && !pw_str_is(pw_json_str(node), "no") &&
                 !pw_str_is(pw_json_str(node), "unknown"))
            pw_fault(faults, at, PW_FAULT_ENUM, NULL, NULL);
        break;
    case ITEM_DATE:
        if (!pw_json_is_string(node))
            pw_fault(faults, at, PW_FAULT_TYPE, NULL, NULL);
        else if (!pw_day_parse(pw_json_str(node), &day))
            pw_fault(faults, at, PW_FAULT_PATTERN, NULL, NULL);
        else if (day > today)
            pw_fault(faults, at, PW_FAULT_FUTURE_DATE, NULL, NULL);
        break;
    case ITEM_NUMBER:
    case ITEM_MONEY:
        if (!pw_json_is_number(node))
            pw_fault(faults, at, PW_FAULT_TYPE, NULL, NULL);
        else if (pw_json_number(node) < 0 ||
                 pw_json_number(node) > (item->type == ITEM_MONEY ? 99999999.99 : 100))
            pw_fault(faults, at, PW_FAULT_RANGE, NULL, NULL);
        else if (!pw_json_to_scaled(node, item->type == ITEM_MONEY ? 100 : 1000, &number))
            pw_fault(faults, at, PW_FAULT_PRECISION, NULL, NULL);
        break;
    case ITEM_CLAUSES:
        (void)read_clauses(catalogue, at, node, faults);
        break;
    }
}

/* ---- what may never be asked ---- */

#define WORDS_MAX   12 /* of one member name */
#define RUN_MAX     4  /* words that a spelling is made of */
#define TELLING_MIN 5  /* letters of a spelling that hardly occurs within another word by chance */

/* Where the words of "tenantNationality", "tenant_nationality" or "bsn2" begin; the count. */
static size_t split_words(struct pw_str name, size_t starts[WORDS_MAX + 1])
{
    size_t count = 0;
    bool within = false, lower = false;
    for (size_t i = 0; i < name.len && count < WORDS_MAX; i++) {
        char c = name.data[i];
        bool upper = c >= 'A' && c <= 'Z';
        bool letter = upper || (c >= 'a' && c <= 'z');
        if (letter && (!within || (upper && lower)))
            starts[count++] = i;
        within = letter;
        lower = letter && !upper;
    }
    starts[count] = name.len;
    return count;
}

static const struct pw_denied *spelt_as(const struct pw_check_catalogue *catalogue, struct pw_str name)
{
    char spelling[FINDINGS_SPELLING_MAX];
    return findings_spelling(name, spelling) ? pw_map_get(&catalogue->never, pw_str_z(spelling)) : NULL;
}

/* A run of whole words: "tenantNationality", "applicant_id_copy". */
static const struct pw_denied *among_words(const struct pw_check_catalogue *catalogue, struct pw_str name)
{
    size_t starts[WORDS_MAX + 1];
    size_t words = split_words(name, starts);
    const struct pw_denied *found = NULL;
    for (size_t i = 0; i < words; i++)
        for (size_t n = 1; n <= RUN_MAX && i + n <= words && found == NULL; n++)
            found = spelt_as(catalogue, (struct pw_str){name.data + starts[i], starts[i + n] - starts[i]});
    return found;
}

/* Long enough, or an abbreviation: "bsn" is part of no word. */
static bool is_telling(struct pw_str spelling)
{
    return spelling.len >= TELLING_MIN || strpbrk(spelling.data, "aeiouy") == NULL;
}

/* Where letters alone do not show the words: "TENANTNATIONALITY", "huurdersbsn". */
static const struct pw_denied *within_letters(const struct pw_check_catalogue *catalogue, struct pw_str name)
{
    char letters[FINDINGS_SPELLING_MAX];
    if (!findings_spelling(name, letters))
        return NULL;
    for (size_t i = 0; i < catalogue->never.count; i++) {
        const struct pw_map_entry *entry = &catalogue->never.entries[i];
        if (is_telling(entry->key) && strstr(letters, entry->key.data) != NULL)
            return entry->value;
    }
    return NULL;
}

const struct pw_denied *pw_findings_denied(const struct pw_check_catalogue *catalogue, const char *name)
{
    const struct pw_denied *found = spelt_as(catalogue, pw_str_z(name));
    if (found == NULL)
        found = among_words(catalogue, pw_str_z(name));
    return found != NULL ? found : within_letters(catalogue, pw_str_z(name));
}

bool pw_findings_refuse(const struct pw_check_catalogue *catalogue, const char *name, const struct pw_at *at,
    struct pw_faults *faults)
{
    /* Beyond the faults that are told no name is looked into: a body full of them costs no more. */
    const struct pw_denied *denied = faults->more > 0 ? NULL : pw_findings_denied(catalogue, name);
    if (denied == NULL)
        return false;
    struct pw_str nl = pw_str_printf(
        faults->arena, "%.*s (%.*s)", PW_STR_ARG(denied->reason.nl), PW_STR_ARG(denied->source));
    struct pw_str en = pw_str_printf(
        faults->arena, "%.*s (%.*s)", PW_STR_ARG(denied->reason.en), PW_STR_ARG(denied->source));
    pw_fault(faults, at, PW_FAULT_NOT_ALLOWED, nl.data, en.data);
    return true;
}

static bool listed(const char *const *names, const char *name)
{
    for (size_t i = 0; names != NULL && names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Every member below `node`, however deep; `known` names are in their place everywhere below it. */
static void refuse_below(const struct pw_check_catalogue *catalogue, const struct pw_json *node,
    const struct pw_at *at, const char *const *known, struct pw_faults *faults)
{
    struct pw_json_iter it = pw_json_members(node);
    while (pw_json_is_object(node) && pw_json_next(&it)) {
        const struct pw_at here = {.up = at, .name = it.name};
        if (!listed(known, it.name))
            (void)pw_findings_refuse(catalogue, it.name, &here, faults);
        refuse_below(catalogue, it.value, &here, known, faults);
    }
    for (size_t i = 0; pw_json_is_array(node) && i < pw_json_count(node); i++) {
        const struct pw_at here = {.up = at, .index = i};
        refuse_below(catalogue, pw_json_item(node, i), &here, known, faults);
    }
}

void pw_findings_refuse_below(const struct pw_check_catalogue *catalogue, const struct pw_json *node,
    const struct pw_at *at, struct pw_faults *faults)
{
    refuse_below(catalogue, node, at, NULL, faults);
}

/* The body's own members have their names read elsewhere; here what lies below them. */
static void refuse_nested(
    const struct pw_check_catalogue *catalogue, const struct pw_json *body, struct pw_faults *faults)
{
    static const char *const in_premises[] = {"postcode", "municipality", NULL};
    struct pw_json_iter it = pw_json_members(body);
    while (pw_json_next(&it)) {
        const struct pw_at at = {.name = it.name};
        bool items = strcmp(it.name, "items") == 0 && pw_json_is_object(it.value);
        struct pw_json_iter inner = pw_json_members(it.value);
        while (items && pw_json_next(&inner)) {
            const struct pw_at here = {.up = &at, .name = inner.name};
            refuse_below(catalogue, inner.value, &here, NULL, faults);
        }
        if (!items)
            refuse_below(
                catalogue, it.value, &at, strcmp(it.name, "premises") == 0 ? in_premises : NULL, faults);
    }
}

/* ---- items ---- */

static void read_items(const struct pw_check_catalogue *catalogue, const struct pw_json *items,
    enum pw_check_stage stage, pw_day today, struct pw_faults *faults)
{
    const struct pw_at at = {.name = "items"};
    if (!pw_json_is_object(items)) {
        pw_fault(faults, &at, PW_FAULT_TYPE, NULL, NULL);
        return;
    }
    struct pw_json_iter it = pw_json_members(items);
    while (pw_json_next(&it)) {
        const struct pw_at here = {.up = &at, .name = it.name};
        const struct item *item = findings_item(catalogue, pw_str_z(it.name));
        if (item != NULL && item->stage > stage)
            pw_fault(faults, &here, PW_FAULT_NOT_ALLOWED_AT_STAGE, catalogue->too_early[item->stage].nl.data,
                catalogue->too_early[item->stage].en.data);
        else if (item != NULL)
            read_value(catalogue, item, &here, it.value, today, faults);
        else if (!pw_findings_refuse(catalogue, it.name, &here, faults))
            pw_fault(faults, &here, PW_FAULT_UNKNOWN_FIELD, NULL, NULL);
    }
}

static void read_notice(const struct pw_json *body, struct pw_faults *faults)
{
    const struct pw_json *given = pw_json_get(body, "noticeGiven");
    if (given == NULL)
        pw_fault_member(faults, NULL, "noticeGiven", PW_FAULT_REQUIRED, NULL, NULL);
    else if (!pw_json_is_bool(given))
        pw_fault_member(faults, NULL, "noticeGiven", PW_FAULT_TYPE, NULL, NULL);
    else if (!pw_json_bool(given))
        pw_fault_member(faults, NULL, "noticeGiven", PW_FAULT_NOT_ALLOWED,
            "Vertel de kandidaat eerst dat en waarom u dit controleert",
            "First tell the applicant that and why you check this");
}

bool pw_findings_read(const struct pw_check_catalogue *catalogue, const struct pw_json *body, pw_day today,
    struct pw_check *ret, struct pw_faults *faults)
{
    static const char *const own[] = {
        "sourceId", "premises", "stage", "lettingType", "purpose", "noticeGiven", "items", NULL};
    size_t before = faults->count + faults->more, stage = 0;
    *ret = (struct pw_check){.items = pw_json_get(body, "items")};
    bool staged = read_choice(body, "stage", true, pw_check_stage_words, &stage, faults);
    ret->stage = (enum pw_check_stage)stage;
    read_field(catalogue, body, "lettingType", "registration", &ret->letting_type, faults);
    read_field(catalogue, body, "purpose", "application", &ret->purpose, faults);
    read_notice(body, faults);
    struct pw_json_iter it = pw_json_members(body);
    while (pw_json_next(&it)) {
        const struct pw_at here = {.name = it.name};
        if (!listed(own, it.name) && !pw_findings_refuse(catalogue, it.name, &here, faults))
            pw_fault(faults, &here, PW_FAULT_UNKNOWN_FIELD, NULL, NULL);
    }
    refuse_nested(catalogue, body, faults);
    /* Without a stage nothing can be said of what belongs to a later one. */
    if (ret->items != NULL)
        read_items(catalogue, ret->items, staged ? ret->stage : PW_STAGE_END, today, faults);
    return faults->count + faults->more == before;
}
