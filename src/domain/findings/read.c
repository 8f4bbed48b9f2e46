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

/* Refuses a denied attribute by its reason; true when the name is one. */
static bool refuse_denied(const struct pw_check_catalogue *catalogue, const char *name,
    const struct pw_at *at, struct pw_faults *faults)
{
    const struct pw_denied *denied = pw_facts_denied(catalogue->model, pw_str_z(name));
    if (denied == NULL)
        return false;
    pw_fault(faults, at, PW_FAULT_NOT_ALLOWED, denied->reason.nl.data, denied->reason.en.data);
    return true;
}

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
            pw_fault(faults, &here, PW_FAULT_NOT_ALLOWED_AT_STAGE, catalogue->later_stage.nl.data,
                catalogue->later_stage.en.data);
        else if (item != NULL)
            read_value(catalogue, item, &here, it.value, today, faults);
        else if (!refuse_denied(catalogue, it.name, &here, faults))
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
        (void)refuse_denied(catalogue, it.name, &here, faults);
    }
    /* Without a stage nothing can be said of what belongs to a later one. */
    if (ret->items != NULL)
        read_items(catalogue, ret->items, staged ? ret->stage : PW_STAGE_END, today, faults);
    return faults->count + faults->more == before;
}
