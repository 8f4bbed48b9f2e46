/* A stored result read back, for showing it. The text is our own, from the database; whatever does
 * not fit is refused as a whole. */
#include <string.h>

#include "score_int.h"

struct reader {
    struct pw_arena *arena;
    bool bad;
};

static int64_t get_i64(struct reader *r, const struct pw_json *node)
{
    int64_t value = 0;

    if (!pw_json_to_i64(node, &value))
        r->bad = true;
    return value;
}

static struct pw_str get_str(struct reader *r, const struct pw_json *node)
{
    if (!pw_json_is_string(node)) {
        r->bad = true;
        return PW_STR("");
    }
    return pw_str_dup(r->arena, pw_json_str(node));
}

static bool get_bool(struct reader *r, const struct pw_json *node)
{
    if (pw_json_is_bool(node))
        return pw_json_bool(node);
    r->bad = true;
    return false;
}

static size_t get_word(struct reader *r, const struct pw_json *node, const char *const *words, size_t count)
{
    struct pw_str text = get_str(r, node);

    for (size_t i = 0; i < count; i++)
        if (pw_str_is(text, words[i]))
            return i;
    r->bad = true;
    return 0;
}

static pw_day get_day(struct reader *r, const struct pw_json *node)
{
    pw_day day = PW_DAY_NONE;

    if (node && pw_json_type(node) == PW_JSON_NULL)
        return PW_DAY_NONE;
    if (!pw_json_is_string(node) || !pw_day_parse(pw_json_str(node), &day))
        r->bad = true;
    return day;
}

static struct pw_uuid get_uuid(struct reader *r, const struct pw_json *node)
{
    struct pw_uuid id = {{0}};

    if (node && pw_json_type(node) == PW_JSON_NULL)
        return id;
    if (!pw_json_is_string(node) || !pw_uuid_parse(pw_json_str(node), &id))
        r->bad = true;
    return id;
}

/* ---- lines ---- */

static void read_spans(struct reader *r, const struct pw_json *list, struct pw_line *line)
{
    size_t n = pw_json_count(list) / 2;

    for (size_t i = 0; i < n && i < PW_LINE_SPANS; i++)
        line->decided[line->decided_count++] =
            (struct pw_line_span){(uint16_t)get_i64(r, pw_json_item(list, 2 * i)),
                (uint16_t)get_i64(r, pw_json_item(list, 2 * i + 1))};
}

static void read_line(struct reader *r, const struct pw_json *row, struct pw_line *line)
{
    static const char *const kinds[] = {"rule", "draft", "cap"};
    static const char *const scopes[] = {"theme", "class", "mitigation", "floor"};
    size_t kind = get_word(r, pw_json_item(row, 0), kinds, PW_COUNT(kinds));
    const struct pw_json *witnesses;
    struct pw_uuid *ids;

    line->id = get_str(r, pw_json_item(row, 1));
    line->points = get_i64(r, pw_json_item(row, 2));
    if (kind == 2) {
        line->kind = PW_LINE_CAP;
        line->scope = (enum pw_cap_scope)get_word(r, pw_json_item(row, 3), scopes, PW_COUNT(scopes));
        line->limit = get_i64(r, pw_json_item(row, 4));
        return;
    }
    line->draft = kind == 1;
    line->theme = get_str(r, pw_json_item(row, 3));
    line->full_points = get_i64(r, pw_json_item(row, 4));
    line->class = (enum pw_source_class)(get_i64(r, pw_json_item(row, 5)) & 7);
    line->classes = (uint32_t)get_i64(r, pw_json_item(row, 6));
    line->newest = get_day(r, pw_json_item(row, 7));
    line->witnesses_in_all = (uint64_t)get_i64(r, pw_json_item(row, 8));
    witnesses = pw_json_item(row, 9);
    ids = PW_NEW_ARRAY(r->arena, pw_json_count(witnesses) + 1, struct pw_uuid);
    for (size_t i = 0; i < pw_json_count(witnesses); i++)
        ids[i] = get_uuid(r, pw_json_item(witnesses, i));
    line->witnesses = ids;
    line->witness_count = pw_json_count(witnesses);
    read_spans(r, pw_json_item(row, 10), line);
    line->decided_look = (uint32_t)get_i64(r, pw_json_item(row, 11));
}

/* ---- periods ---- */

static const struct pw_sum *read_sums(struct reader *r, const struct pw_json *object, size_t *count)
{
    struct pw_sum *sums = PW_NEW_ARRAY(r->arena, pw_json_count(object) + 1, struct pw_sum);
    struct pw_json_iter it = pw_json_members(object);

    *count = 0;
    while (pw_json_next(&it))
        sums[(*count)++] = (struct pw_sum){pw_str_dup(r->arena, pw_str_z(it.name)), get_i64(r, it.value)};
    return sums;
}

static void read_gates(struct reader *r, const struct pw_json *list, struct pw_period *p)
{
    struct pw_gate_line *gates = PW_NEW_ARRAY(r->arena, pw_json_count(list) + 1, struct pw_gate_line);

    for (size_t i = 0; i < pw_json_count(list); i++) {
        const struct pw_json *row = pw_json_item(list, i);
        gates[i].gate = (enum pw_gate)get_word(r, pw_json_item(row, 0), pw_gate_words, PW_GATES);
        gates[i].result = (enum pw_gate_result)get_word(r, pw_json_item(row, 1), pw_gate_result_words, 3);
        gates[i].classes = (uint32_t)get_i64(r, pw_json_item(row, 2));
    }
    p->gates = gates;
    p->gate_count = pw_json_count(list);
}

static void read_period(struct reader *r, const struct pw_json *node, struct pw_period *p)
{
    const struct pw_json *lines = pw_json_get(node, "lines"), *actions = pw_json_get(node, "actions");
    struct pw_line *list = PW_NEW_ARRAY(r->arena, pw_json_count(lines) + 1, struct pw_line);
    struct pw_str *codes = PW_NEW_ARRAY(r->arena, pw_json_count(actions) + 1, struct pw_str);

    p->tenancy = get_uuid(r, pw_json_get(node, "tenancy"));
    p->open = get_bool(r, pw_json_get(node, "open"));
    p->level = (enum pw_level_of_risk)get_word(r, pw_json_get(node, "level"), pw_risk_words, PW_RISKS);
    p->computed = (enum pw_level_of_risk)get_word(r, pw_json_get(node, "computed"), pw_risk_words, PW_RISKS);
    p->latched = get_bool(r, pw_json_get(node, "latched"));
    p->propose_closing = get_bool(r, pw_json_get(node, "closing"));
    p->score = get_i64(r, pw_json_get(node, "score"));
    for (size_t i = 0; i < pw_json_count(lines); i++)
        read_line(r, pw_json_item(lines, i), &list[i]);
    p->lines = list;
    p->line_count = pw_json_count(lines);
    p->themes = read_sums(r, pw_json_get(node, "themes"), &p->theme_count);
    p->classes = read_sums(r, pw_json_get(node, "classes"), &p->class_count);
    read_gates(r, pw_json_get(node, "gates"), p);
    for (size_t i = 0; i < pw_json_count(actions); i++)
        codes[i] = get_str(r, pw_json_item(actions, i));
    p->actions = codes;
    p->action_count = pw_json_count(actions);
}

static void read_acute(struct reader *r, const struct pw_json *row, struct pw_acute *a)
{
    a->fact = get_uuid(r, pw_json_item(row, 0));
    a->rule = get_str(r, pw_json_item(row, 1));
    a->danger = get_str(r, pw_json_item(row, 2));
    a->category = get_str(r, pw_json_item(row, 3));
    a->verified = get_bool(r, pw_json_item(row, 4));
    a->received_at = get_i64(r, pw_json_item(row, 5));
}

static void read_hash(struct reader *r, const struct pw_json *node, uint8_t hash[PW_SHA256_SIZE])
{
    struct pw_str text = get_str(r, node);

    if (text.len != 2 * PW_SHA256_SIZE) {
        r->bad = true;
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        r->bad |= digit < 0;
        hash[i / 2] = (uint8_t)((hash[i / 2] << 4) | (digit & 15));
    }
}

bool pw_score_decode(
    struct pw_arena *arena, struct pw_str stored, struct pw_assessment *ret, struct pw_err *err)
{
    const struct pw_json *root, *periods, *acute;
    struct reader r = {.arena = arena};
    struct pw_assessment a = {.engine = 0};
    struct pw_period *list;
    struct pw_acute *dangers;
    int64_t shown;

    if (!pw_json_parse(arena, stored, NULL, &root, NULL) || get_i64(&r, pw_json_get(root, "form")) != 1)
        return pw_fail(err, PW_ERR_SYNTAX, "this text is no stored assessment");
    periods = pw_json_get(root, "periods");
    acute = pw_json_get(root, "acute");
    list = PW_NEW_ARRAY(arena, pw_json_count(periods) + 1, struct pw_period);
    dangers = PW_NEW_ARRAY(arena, pw_json_count(acute) + 1, struct pw_acute);
    a.engine = (uint32_t)get_i64(&r, pw_json_get(root, "engine"));
    a.day = get_day(&r, pw_json_get(root, "day"));
    a.next_change_on = get_day(&r, pw_json_get(root, "next"));
    read_hash(&r, pw_json_get(root, "ruleset"), a.ruleset);
    for (size_t i = 0; i < pw_json_count(periods); i++)
        read_period(&r, pw_json_item(periods, i), &list[i]);
    for (size_t i = 0; i < pw_json_count(acute); i++)
        read_acute(&r, pw_json_item(acute, i), &dangers[i]);
    shown = get_i64(&r, pw_json_get(root, "shown"));
    if (r.bad || shown < 0 || (uint64_t)shown >= pw_json_count(periods))
        return pw_fail(err, PW_ERR_SYNTAX, "the stored assessment is damaged");
    a.periods = list;
    a.period_count = pw_json_count(periods);
    a.shown = &list[shown];
    a.acute = dangers;
    a.acute_count = pw_json_count(acute);
    *ret = a;
    return true;
}
