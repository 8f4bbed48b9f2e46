/* From the answers to the findings, and writing them. A function of the request and the day alone. */
#include "findings_int.h"

#include <string.h>

static const struct pw_json *value_of(const struct pw_check *check, const struct item *item)
{
    return pw_json_get(check->items, item->name);
}

/* Yes is `good`, no is its opposite, unknown or absent is open. */
static enum pw_finding_result relation(const struct pw_json *node, enum pw_finding_result good)
{
    if (node == NULL || pw_str_is(pw_json_str(node), "unknown"))
        return PW_FINDING_OPEN;
    bool yes = pw_str_is(pw_json_str(node), "yes");
    return yes == (good == PW_FINDING_OK) ? PW_FINDING_OK : PW_FINDING_INCONSISTENT;
}

/* The worse of two: inconsistent, then open, then ok. */
static enum pw_finding_result worse(enum pw_finding_result a, enum pw_finding_result b)
{
    if (a == PW_FINDING_INCONSISTENT || b == PW_FINDING_INCONSISTENT)
        return PW_FINDING_INCONSISTENT;
    return a == PW_FINDING_OPEN || b == PW_FINDING_OPEN ? PW_FINDING_OPEN : PW_FINDING_OK;
}

static enum pw_finding_result fresh(
    const struct finding *finding, const struct pw_check *check, const struct pw_json *node, pw_day today)
{
    pw_day day;
    enum pw_finding_result result = PW_FINDING_OPEN;
    /* Too old is not wrong: a newer one is due. */
    if (node != NULL && pw_day_parse(pw_json_str(node), &day) && today - day <= finding->number)
        result = PW_FINDING_OK;
    return finding->also == NULL ? result
                                 : worse(result, relation(value_of(check, finding->also), PW_FINDING_OK));
}

static enum pw_finding_result all_clauses(
    const struct pw_check_catalogue *catalogue, const struct pw_json *node)
{
    /* Clauses are distinct and known, so that their number says whether all are there. */
    return node != NULL && pw_json_count(node) == catalogue->clause_count ? PW_FINDING_OK : PW_FINDING_OPEN;
}

static enum pw_finding_result result_of(const struct pw_check_catalogue *catalogue,
    const struct finding *finding, const struct pw_check *check, pw_day today)
{
    const struct pw_json *node = value_of(check, finding->item);
    int64_t number;
    if (finding->item->stage > check->stage)
        return PW_FINDING_NOT_ASKED;
    switch (finding->check) {
    case CHECK_GOOD:
        return relation(node, PW_FINDING_OK);
    case CHECK_BAD:
        return relation(node, PW_FINDING_INCONSISTENT);
    case CHECK_FRESH:
        return fresh(finding, check, node, today);
    case CHECK_MOST:
        if (node == NULL || !pw_json_to_scaled(node, 1000, &number))
            return PW_FINDING_OPEN;
        return number <= finding->number ? PW_FINDING_OK : PW_FINDING_INCONSISTENT;
    case CHECK_ALL:
        return all_clauses(catalogue, node);
    case CHECK_ABOVE:
        if (node == NULL || !pw_json_to_scaled(node, 100, &number))
            return PW_FINDING_OPEN;
        return number < finding->number * 100 ? PW_FINDING_OK
                                              : relation(value_of(check, finding->also), PW_FINDING_OK);
    }
    return PW_FINDING_OPEN;
}

struct pw_text findings_next(const struct finding *finding, struct pw_str letting_type)
{
    for (size_t i = 0; i < finding->kind_count; i++)
        if (pw_str_eq(finding->kinds[i].letting_type, letting_type))
            return finding->kinds[i].next;
    return finding->next;
}

/* What a finding is shown with, for this result and date. */
static struct pw_finding with_texts(
    const struct finding *finding, struct pw_str letting_type, enum pw_finding_result result, pw_day due_on)
{
    const struct pw_text none = {PW_STR(""), PW_STR("")};
    bool todo = result == PW_FINDING_OPEN || result == PW_FINDING_INCONSISTENT;
    return (struct pw_finding){.id = finding->id,
        .code = finding->code,
        .result = result,
        .next_step = todo ? findings_next(finding, letting_type) : none,
        .innocent = todo ? finding->innocent : none,
        .due_on = due_on};
}

/* A step that is left is due within days of the check; what was done and repeats, after its term. */
static pw_day due_on(
    const struct finding *finding, const struct pw_check *check, enum pw_finding_result result, pw_day today)
{
    const struct pw_json *node = value_of(check, finding->item);
    pw_day done;
    if (result == PW_FINDING_OPEN || result == PW_FINDING_INCONSISTENT)
        return today + (pw_day)finding->within;
    if (result == PW_FINDING_OK && finding->repeat && node != NULL && pw_day_parse(pw_json_str(node), &done))
        return done + (pw_day)finding->number;
    return PW_DAY_NONE;
}

void pw_findings_check(const struct pw_check_catalogue *catalogue, const struct pw_check *check, pw_day today,
    struct pw_finding ret[PW_FINDINGS])
{
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        const struct finding *finding = &catalogue->findings[i];
        enum pw_finding_result result = result_of(catalogue, finding, check, today);
        ret[i] = with_texts(finding, check->letting_type, result, due_on(finding, check, result, today));
    }
}

static enum pw_finding_result stored_result(const struct pw_json *node)
{
    for (int r = 0; pw_json_is_string(node) && pw_finding_result_words[r] != NULL; r++)
        if (pw_str_is(pw_json_str(node), pw_finding_result_words[r]))
            return (enum pw_finding_result)r;
    return PW_FINDING_NOT_ASKED;
}

void pw_findings_recall(const struct pw_check_catalogue *catalogue, struct pw_str letting_type,
    const struct pw_json *results, const struct pw_json *dates, struct pw_finding ret[PW_FINDINGS])
{
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        const struct finding *finding = &catalogue->findings[i];
        const struct pw_json *date = pw_json_get(dates, finding->id.data);
        pw_day day = PW_DAY_NONE;
        if (pw_json_is_string(date) && !pw_day_parse(pw_json_str(date), &day))
            day = PW_DAY_NONE;
        ret[i] =
            with_texts(finding, letting_type, stored_result(pw_json_get(results, finding->id.data)), day);
    }
}

struct pw_text pw_findings_too_early(const struct pw_check_catalogue *catalogue, enum pw_check_stage stage)
{
    return catalogue->too_early[stage];
}

/* ---- writing ---- */

void pw_findings_write_results(const struct pw_finding findings[PW_FINDINGS], struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        pw_jsonw_key_str(w, findings[i].id);
        pw_jsonw_z(w, pw_finding_result_words[findings[i].result]);
    }
    pw_jsonw_end_object(w);
}

void pw_findings_write_dates(const struct pw_finding findings[PW_FINDINGS], struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        if (findings[i].due_on == PW_DAY_NONE)
            continue;
        pw_jsonw_key_str(w, findings[i].id);
        pw_jsonw_day(w, findings[i].due_on);
    }
    pw_jsonw_end_object(w);
}

void pw_findings_write_more(const struct pw_finding findings[PW_FINDINGS], bool dutch, struct pw_jsonw *w)
{
    pw_jsonw_key(w, "due");
    pw_jsonw_array(w);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        if (findings[i].due_on == PW_DAY_NONE)
            continue;
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_str(w, findings[i].id);
        pw_jsonw_key(w, "on");
        pw_jsonw_day(w, findings[i].due_on);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "innocent");
    pw_jsonw_array(w);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        if (findings[i].result != PW_FINDING_INCONSISTENT)
            continue;
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_str(w, findings[i].id);
        pw_jsonw_key(w, "text");
        pw_jsonw_str(w, dutch ? findings[i].innocent.nl : findings[i].innocent.en);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

void pw_findings_write(const struct pw_finding findings[PW_FINDINGS], bool dutch, struct pw_jsonw *w)
{
    pw_jsonw_array(w);
    for (size_t i = 0; i < PW_FINDINGS; i++) {
        struct pw_str next = dutch ? findings[i].next_step.nl : findings[i].next_step.en;
        pw_jsonw_object(w);
        pw_jsonw_key(w, "id");
        pw_jsonw_str(w, findings[i].id);
        pw_jsonw_key(w, "code");
        pw_jsonw_str(w, findings[i].code);
        pw_jsonw_key(w, "result");
        pw_jsonw_z(w, pw_finding_result_words[findings[i].result]);
        pw_jsonw_key(w, "nextStep");
        if (next.len == 0)
            pw_jsonw_null(w);
        else
            pw_jsonw_str(w, next);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
}

struct pw_str pw_findings_notice(const struct pw_check_catalogue *catalogue, bool dutch)
{
    return dutch ? catalogue->notice.nl : catalogue->notice.en;
}

static void write_item_schema(
    const struct pw_check_catalogue *catalogue, const struct item *item, struct pw_jsonw *w)
{
    pw_jsonw_key(w, item->name);
    switch (item->type) {
    case ITEM_RELATION:
        pw_jsonw_raw(w, PW_STR("{\"type\":\"string\",\"enum\":[\"yes\",\"no\",\"unknown\"]}"));
        break;
    case ITEM_DATE:
        pw_jsonw_raw(w, PW_STR("{\"type\":\"string\",\"format\":\"date\"}"));
        break;
    case ITEM_NUMBER:
        pw_jsonw_raw(w, PW_STR("{\"type\":\"number\",\"minimum\":0,\"maximum\":100}"));
        break;
    case ITEM_MONEY:
        pw_jsonw_raw(w, PW_STR("{\"type\":\"number\",\"minimum\":0,\"maximum\":99999999.99}"));
        break;
    case ITEM_CLAUSES:
        pw_jsonw_object(w);
        pw_jsonw_key(w, "type");
        pw_jsonw_z(w, "array");
        pw_jsonw_key(w, "uniqueItems");
        pw_jsonw_bool(w, true);
        pw_jsonw_key(w, "items");
        pw_jsonw_object(w);
        pw_jsonw_key(w, "enum");
        pw_jsonw_array(w);
        for (size_t i = 0; i < catalogue->clause_count; i++)
            pw_jsonw_z(w, catalogue->clauses[i]);
        pw_jsonw_end_array(w);
        pw_jsonw_end_object(w);
        pw_jsonw_end_object(w);
        break;
    }
}

void pw_findings_write_schemas(const struct pw_check_catalogue *catalogue, bool dutch, struct pw_jsonw *w)
{
    (void)dutch;
    pw_jsonw_key(w, "TenantCheckItems");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "type");
    pw_jsonw_z(w, "object");
    pw_jsonw_key(w, "additionalProperties");
    pw_jsonw_bool(w, false);
    pw_jsonw_key(w, "properties");
    pw_jsonw_object(w);
    for (size_t i = 0; i < catalogue->item_count; i++)
        write_item_schema(catalogue, &catalogue->items[i], w);
    pw_jsonw_end_object(w);
    pw_jsonw_end_object(w);
    pw_jsonw_key(w, "TenantCheckBody");
    pw_jsonw_raw(w,
        PW_STR("{\"type\":\"object\",\"additionalProperties\":false,"
               "\"required\":[\"sourceId\",\"premises\",\"stage\",\"noticeGiven\"],\"properties\":{"
               "\"sourceId\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64},"
               "\"premises\":{\"$ref\":\"#/components/schemas/PremisesRef\"},"
               "\"stage\":{\"type\":\"string\",\"enum\":[\"before-viewing\",\"after-viewing\",\"selected\","
               "\"signing\",\"during\",\"end\"]},"
               "\"lettingType\":{\"type\":\"string\"},\"purpose\":{\"type\":\"string\"},"
               "\"noticeGiven\":{\"type\":\"boolean\",\"enum\":[true]},"
               "\"items\":{\"$ref\":\"#/components/schemas/TenantCheckItems\"}}}"));
}
