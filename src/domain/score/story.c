/*
 * Dossiers told in YAML, for the rules' own tests and the golden dossiers. Facts are maps of one
 * kind with its fields, and beside them: `on: 10 days ago`, `received`, `by` (who delivers), `id`,
 * `report`, `based-on`, `tenancy`, `class`, `times` (so many, a day apart). Names become ids derived
 * from their text, so a story reads the same every time.
 */
#include <stdio.h>
#include <string.h>

#include "score_int.h"
#include "story.h"

static struct pw_uuid named_id(struct pw_arena *arena, const char *scope, struct pw_str name)
{
    return pw_uuid_v8(pw_str_printf(arena, "%s:%.*s", scope, PW_STR_ARG(name)));
}

/* "10 days ago", "today", or a date. */
bool story_day(const struct story *s, const struct pw_yaml *node, pw_day *ret, struct pw_err *err)
{
    struct pw_str text, number, rest;
    int64_t days;

    if (!pw_yaml_str(node, &text, err))
        return false;
    if (pw_str_is(text, "today")) {
        *ret = s->today;
        return true;
    }
    if (pw_str_cut(text, ' ', &number, &rest) && pw_str_to_i64(number, &days) && days >= 0 && days < 40000) {
        if (pw_str_is(rest, "days ago") || pw_str_is(rest, "day ago")) {
            *ret = (pw_day)(s->today - days);
            return true;
        }
        if (pw_str_is(rest, "days ahead")) {
            *ret = (pw_day)(s->today + days);
            return true;
        }
    }
    if (pw_day_parse(text, ret))
        return true;
    return pw_yaml_fail(node, err, "expected 'N days ago', 'today' or a date");
}

/* ---- a field ---- */

static bool set_field(struct story *s, const struct pw_kind *kind, uint64_t *record,
    const struct pw_yaml_pair *pair, struct pw_err *err)
{
    const struct pw_field *field = pw_kind_field(kind, pair->key->text);
    struct pw_yaml date = *pair->value;
    char text[PW_DATE_TEXT];
    pw_day day;

    if (!field)
        return pw_yaml_fail(
            pair->key, err, "%.*s has no field '%.*s'", PW_STR_ARG(kind->name), PW_STR_ARG(pair->key->text));
    if (field->type != PW_TYPE_DATE && field->type != PW_TYPE_MONTH)
        return pw_record_set_yaml(s->arena, kind, record, field, pair->value, &s->parties, err);
    if (!story_day(s, pair->value, &day, err))
        return false;
    pw_day_format(day, text);
    date.text = pw_str_dup(s->arena, (struct pw_str){text, field->type == PW_TYPE_MONTH ? 7 : 10});
    return pw_record_set_yaml(s->arena, kind, record, field, &date, &s->parties, err);
}

/* ---- what stands beside the fields ---- */

static bool read_based_on(
    struct story *s, const struct pw_yaml *node, struct pw_fact *fact, struct pw_err *err)
{
    struct pw_uuid *ids;

    if (!pw_yaml_need_list(node, err))
        return false;
    ids = PW_NEW_ARRAY(s->arena, node->count + 1, struct pw_uuid);
    for (size_t i = 0; i < node->count; i++)
        ids[i] = named_id(s->arena, "fact", node->items[i]->text);
    fact->based_on = ids;
    fact->based_on_count = node->count;
    return true;
}

/* True with *ret_known when the key is one of ours. */
static bool set_beside(struct story *s, const struct pw_yaml_pair *pair, struct pw_fact *fact, int64_t *times,
    bool *ret_known, struct pw_err *err)
{
    struct pw_str key = pair->key->text, text = pair->value->text;
    size_t class;
    pw_day day;

    *ret_known = true;
    if (pw_str_is(key, "on"))
        return story_day(s, pair->value, &fact->occurred_on, err);
    if (pw_str_is(key, "based-on"))
        return read_based_on(s, pair->value, fact, err);
    if (pw_str_is(key, "times"))
        return pw_yaml_i64(pair->value, 1, 200, times, err);
    if (pw_str_is(key, "received")) {
        if (!story_day(s, pair->value, &day, err))
            return false;
        fact->received_at = pw_instant_in_netherlands(day, 12);
        return true;
    }
    if (pw_str_is(key, "class")) {
        if (!pw_yaml_choice(pair->value, pw_source_class_words, &class, err))
            return false;
        fact->source_class = (enum pw_source_class) class;
        return true;
    }
    if (pw_str_is(key, "by"))
        fact->client = named_id(s->arena, "client", text);
    else if (pw_str_is(key, "id"))
        fact->id = named_id(s->arena, "fact", text);
    else if (pw_str_is(key, "report"))
        fact->report = named_id(s->arena, "report", text);
    else if (pw_str_is(key, "tenancy"))
        fact->tenancy = named_id(s->arena, "tenancy", text);
    else
        *ret_known = false;
    return true;
}

/* ---- a fact ---- */

static bool push_fact(
    struct story *s, const struct pw_fact *fact, const struct pw_yaml *node, struct pw_err *err)
{
    struct pw_fact *slot;

    if (s->fact_count == STORY_FACTS_MAX)
        return pw_yaml_fail(node, err, "more than %d facts", STORY_FACTS_MAX);
    slot = &s->facts[s->fact_count++];
    *slot = *fact;
    if (pw_uuid_is_nil(&slot->id))
        slot->id = named_id(s->arena, "nr", pw_str_printf(s->arena, "%zu", s->fact_count));
    if (slot->received_at == 0)
        slot->received_at = pw_instant_in_netherlands(slot->occurred_on, 12) + (pw_usec)s->fact_count;
    return true;
}

/* The record's date belongs to one fact, so each of several gets its own. */
static bool push_times(struct story *s, struct pw_fact fact, uint64_t *record, int64_t times,
    const struct pw_yaml *node, struct pw_err *err)
{
    pw_day first = fact.occurred_on;

    for (int64_t i = 0; i < times; i++) {
        uint64_t *own = PW_NEW_ARRAY(s->arena, fact.kind->cells, uint64_t);
        memcpy(own, record, fact.kind->cells * sizeof *own);
        fact.occurred_on = (pw_day)(first - i);
        pw_record_set_occurred_on(own, fact.occurred_on);
        fact.record = own;
        if (!push_fact(s, &fact, node, err))
            return false;
    }
    return true;
}

static bool add_fact(struct story *s, const struct pw_yaml *item, struct pw_err *err)
{
    const struct pw_kind *kind;
    const struct pw_yaml *body;
    struct pw_fact fact = {.occurred_on = s->today};
    uint64_t *record;
    int64_t times = 1;
    bool known;

    if (!pw_yaml_need_map(item, err))
        return false;
    if (item->count != 1)
        return pw_yaml_fail(item, err, "a fact is one kind with its fields: {tip: {category: ...}}");
    kind = pw_facts_kind(s->set->model, item->pairs[0].key->text);
    body = item->pairs[0].value;
    if (!kind)
        return pw_yaml_fail(
            item->pairs[0].key, err, "no fact kind '%.*s'", PW_STR_ARG(item->pairs[0].key->text));
    if (!pw_yaml_need_map(body, err))
        return false;
    record = pw_record_new(s->arena, kind);
    fact.kind = kind;
    fact.source_class = kind->source_class;
    fact.client = named_id(s->arena, "client", kind->name);
    for (size_t i = 0; i < body->count; i++) {
        const struct pw_yaml_pair *pair = &body->pairs[i];
        if (!set_beside(s, pair, &fact, &times, &known, err))
            return false;
        if (known)
            continue;
        if (!set_field(s, kind, record, pair, err))
            return false;
        if (pw_str_is(pair->key->text, "origin"))
            fact.origin = named_id(s->arena, "origin", pair->value->text);
    }
    return push_times(s, fact, record, times, item, err);
}

bool story_add_facts(struct story *s, const struct pw_yaml *list, struct pw_err *err)
{
    if (!list)
        return true;
    if (!pw_yaml_need_list(list, err))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!add_fact(s, list->items[i], err))
            return false;
    return true;
}

bool story_retract(struct story *s, const struct pw_yaml *list, struct pw_err *err)
{
    size_t kept;

    if (!list)
        return true;
    if (!pw_yaml_need_list(list, err))
        return false;
    for (size_t i = 0; i < list->count; i++) {
        struct pw_uuid id = named_id(s->arena, "fact", list->items[i]->text);
        kept = 0;
        for (size_t k = 0; k < s->fact_count; k++)
            if (!pw_uuid_eq(&s->facts[k].id, &id))
                s->facts[kept++] = s->facts[k];
        if (kept == s->fact_count)
            return pw_yaml_fail(list->items[i], err, "no fact of that id to retract");
        s->fact_count = kept;
    }
    return true;
}

/* ---- premises and tenancies ---- */

bool story_set_premises(struct story *s, const struct pw_yaml *map, struct pw_err *err)
{
    if (!map)
        return true;
    if (!pw_yaml_need_map(map, err))
        return false;
    for (size_t i = 0; i < map->count; i++)
        if (!set_field(s, s->set->model->premises, s->premises, &map->pairs[i], err))
            return false;
    return true;
}

static bool add_tenancy(struct story *s, const struct pw_yaml *map, struct pw_err *err)
{
    static const char *const keys[] = {"name", "from", "until", NULL};
    struct pw_tenancy *t = &s->tenancies[s->tenancy_count];
    const struct pw_yaml *name, *from, *until = pw_yaml_get(map, "until");

    if (!pw_yaml_known(map, keys, err) || !pw_yaml_need(map, "name", &name, err) ||
        !pw_yaml_need(map, "from", &from, err) || !story_day(s, from, &t->from, err))
        return false;
    if (s->tenancy_count == STORY_TENANCIES_MAX)
        return pw_yaml_fail(map, err, "more than %d tenancies", STORY_TENANCIES_MAX);
    t->id = named_id(s->arena, "tenancy", name->text);
    t->until = PW_DAY_NONE;
    if (until && !story_day(s, until, &t->until, err))
        return false;
    s->tenancy_count++;
    return true;
}

bool story_add_tenancies(struct story *s, const struct pw_yaml *list, struct pw_err *err)
{
    if (!list)
        return true;
    if (!pw_yaml_need_list(list, err))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!add_tenancy(s, list->items[i], err))
            return false;
    return true;
}

void story_init(struct story *s, struct pw_arena *arena, const struct pw_ruleset *set, pw_day today)
{
    *s = (struct story){.arena = arena, .set = set, .today = today};
    s->facts = PW_NEW_ARRAY(arena, STORY_FACTS_MAX, struct pw_fact);
    s->tenancies = PW_NEW_ARRAY(arena, STORY_TENANCIES_MAX + 1, struct pw_tenancy);
    s->latches = PW_NEW_ARRAY(arena, STORY_TENANCIES_MAX + 1, struct pw_latch);
    s->premises = pw_record_new(arena, set->model->premises);
    pw_parties_init(&s->parties, arena);
}

bool story_assess(struct story *s, struct pw_assessment *ret, struct pw_err *err)
{
    struct pw_dossier_view view = {.premises = s->premises,
        .facts = s->facts,
        .fact_count = s->fact_count,
        .tenancies = s->tenancies,
        .tenancy_count = s->tenancy_count,
        .latches = s->latches,
        .latch_count = s->latch_count};

    return assess_watched(s->arena, s->set, &view, s->today, s->probe, ret, err);
}

/* The levels reached stand until a person decides, as they do in the house. */
void story_latch(struct story *s, const struct pw_assessment *assessment)
{
    s->latch_count = 0;
    for (size_t i = 0; i < assessment->period_count; i++)
        if (assessment->periods[i].level >= PW_RISK_ALERT)
            s->latches[s->latch_count++] =
                (struct pw_latch){assessment->periods[i].tenancy, assessment->periods[i].level, false};
}
