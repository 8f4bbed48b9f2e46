/* Reading values out of a tree: a plain scalar becomes what its reader asks for, or an error at its place. */
#include "yaml_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pw_yaml_fail(const struct pw_yaml *node, struct pw_err *err, const char *fmt, ...)
{
    char text[PW_ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return pw_fail_at(err, PW_ERR_SYNTAX, node->file, node->line, node->column, "%s", text);
}

const struct pw_yaml *pw_yaml_get(const struct pw_yaml *node, const char *key)
{
    if (!node || node->kind != PW_YAML_MAP)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (pw_str_is(node->pairs[i].key->text, key))
            return node->pairs[i].value;
    return NULL;
}

bool pw_yaml_need(const struct pw_yaml *node, const char *key, const struct pw_yaml **ret, struct pw_err *err)
{
    if (!pw_yaml_need_map(node, err))
        return false;
    *ret = pw_yaml_get(node, key);
    return *ret || pw_yaml_fail(node, err, "'%s' is missing", key);
}

bool pw_yaml_need_map(const struct pw_yaml *node, struct pw_err *err)
{
    return node->kind == PW_YAML_MAP || pw_yaml_fail(node, err, "a map (key: value) was expected");
}

bool pw_yaml_need_list(const struct pw_yaml *node, struct pw_err *err)
{
    return node->kind == PW_YAML_LIST ||
           pw_yaml_fail(node, err, "a list ([a, b] or lines with -) was expected");
}

/* ---- words close to others ---- */

#define WORD_MAX 64

/* Edits (insert, delete, replace, swap of neighbours) from a to b; WORD_MAX when either is too long. */
static size_t distance(struct pw_str a, struct pw_str b)
{
    size_t rows[3][WORD_MAX + 1];
    if (a.len > WORD_MAX || b.len > WORD_MAX)
        return WORD_MAX;
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.len; j++)
        before[j] = last[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = a.data[i - 1] == b.data[j - 1];
            size_t best = last[j - 1] + !same;
            best = now[j - 1] + 1 < best ? now[j - 1] + 1 : best;
            best = last[j] + 1 < best ? last[j] + 1 : best;
            bool swapped = i > 1 && j > 1 && a.data[i - 1] == b.data[j - 2] && a.data[i - 2] == b.data[j - 1];
            now[j] = swapped && before[j - 2] + 1 < best ? before[j - 2] + 1 : best;
        }
        size_t *free_row = before;
        before = last;
        last = now;
        now = free_row;
    }
    return last[b.len];
}

const char *pw_did_you_mean(struct pw_str word, const char *const *words)
{
    const char *nearest = NULL;
    size_t best = word.len / 3 > 2 ? word.len / 3 : 2;
    for (size_t i = 0; words[i]; i++) {
        size_t edits = distance(word, pw_str_z(words[i]));
        if (edits <= best && edits < word.len) {
            nearest = words[i];
            best = edits ? edits - 1 : 0;
            if (edits == 0)
                break;
        }
    }
    return nearest;
}

/* A word in an error: our files hold no personal data, but a stray block of text is not repeated. */
static int shown(struct pw_str text)
{
    return text.len > 40 ? 40 : (int)text.len;
}

static bool unknown(
    const struct pw_yaml *node, const char *what, const char *const *words, struct pw_err *err)
{
    const char *near = pw_did_you_mean(node->text, words);
    if (near)
        return pw_yaml_fail(node, err, "unknown %s '%.*s'; did you mean '%s'?", what, shown(node->text),
            node->text.data, near);
    char all[PW_ERR_TEXT_MAX / 2] = "";
    size_t at = 0;
    for (size_t i = 0; words[i] && at < sizeof all - 1; i++)
        at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i ? ", " : "", words[i]);
    return pw_yaml_fail(
        node, err, "unknown %s '%.*s'; known are %s", what, shown(node->text), node->text.data, all);
}

bool pw_yaml_known(const struct pw_yaml *map, const char *const *keys, struct pw_err *err)
{
    if (!pw_yaml_need_map(map, err))
        return false;
    for (size_t i = 0; i < map->count; i++) {
        size_t k = 0;
        while (keys[k] && !pw_str_is(map->pairs[i].key->text, keys[k]))
            k++;
        if (!keys[k])
            return unknown(map->pairs[i].key, "key", keys, err);
    }
    return true;
}

/* ---- scalars ---- */

bool pw_yaml_str(const struct pw_yaml *node, struct pw_str *ret, struct pw_err *err)
{
    if (node->kind != PW_YAML_SCALAR)
        return pw_yaml_fail(node, err, "a text was expected");
    *ret = node->text;
    return true;
}

bool pw_yaml_bool(const struct pw_yaml *node, bool *ret, struct pw_err *err)
{
    if (node->kind == PW_YAML_SCALAR && node->plain) {
        bool yes = pw_str_is(node->text, "true") || pw_str_is(node->text, "yes");
        bool no = pw_str_is(node->text, "false") || pw_str_is(node->text, "no");
        if (yes || no) {
            *ret = yes;
            return true;
        }
    }
    return pw_yaml_fail(node, err, "true or false was expected, without quotes");
}

bool pw_yaml_i64(const struct pw_yaml *node, int64_t min, int64_t max, int64_t *ret, struct pw_err *err)
{
    int64_t value;
    if (node->kind != PW_YAML_SCALAR || !node->plain || !pw_str_to_i64(node->text, &value))
        return pw_yaml_fail(node, err, "a whole number was expected, without quotes or unit");
    if (value < min || value > max)
        return pw_yaml_fail(
            node, err, "a number from %lld to %lld was expected", (long long)min, (long long)max);
    *ret = value;
    return true;
}

/* Octets of an optional sign, digits and an optional fraction; 0 = none. *ret_decimals as written. */
static size_t decimal_span(struct pw_str text, size_t *ret_decimals)
{
    size_t i = text.len && (text.data[0] == '-' || text.data[0] == '+');
    size_t whole = strspn(text.data + i, "0123456789");
    i += whole;
    *ret_decimals = 0;
    if (whole && text.data[i] == '.') {
        *ret_decimals = strspn(text.data + i + 1, "0123456789");
        i += *ret_decimals ? 1 + *ret_decimals : 0;
    }
    return whole ? i : 0;
}

bool pw_yaml_double(const struct pw_yaml *node, double *ret, struct pw_err *err)
{
    size_t decimals;
    if (node->kind == PW_YAML_SCALAR && node->plain && node->text.len < WORD_MAX &&
        decimal_span(node->text, &decimals) == node->text.len && node->text.len) {
        *ret = strtod(node->text.data, NULL);
        return true;
    }
    return pw_yaml_fail(node, err, "a decimal number was expected, without quotes or unit");
}

bool pw_yaml_milli(const struct pw_yaml *node, int64_t min, int64_t max, int64_t *ret, struct pw_err *err)
{
    size_t decimals = 0;
    double value;
    if (!pw_yaml_double(node, &value, err))
        return false;
    decimal_span(node->text, &decimals);
    if (decimals > 3)
        return pw_yaml_fail(node, err, "at most three decimals were expected");
    value = value * 1000 + (value < 0 ? -0.5 : 0.5);
    if (value < (double)min - 1 || value > (double)max + 1)
        return pw_yaml_fail(node, err, "out of range");
    int64_t milli = (int64_t)value;
    if (milli < min || milli > max)
        return pw_yaml_fail(
            node, err, "a number from %g to %g was expected", (double)min / 1000, (double)max / 1000);
    *ret = milli;
    return true;
}

bool pw_yaml_day(const struct pw_yaml *node, pw_day *ret, struct pw_err *err)
{
    if (node->kind == PW_YAML_SCALAR && pw_day_parse(node->text, ret))
        return true;
    return pw_yaml_fail(node, err, "a date as 2026-03-01 was expected");
}

bool pw_yaml_choice(const struct pw_yaml *node, const char *const *choices, size_t *ret, struct pw_err *err)
{
    if (node->kind != PW_YAML_SCALAR)
        return pw_yaml_fail(node, err, "a single word was expected");
    for (size_t i = 0; choices[i]; i++) {
        if (pw_str_is(node->text, choices[i])) {
            *ret = i;
            return true;
        }
    }
    return unknown(node, "value", choices, err);
}

bool pw_yaml_opt_str(const struct pw_yaml *map, const char *key, struct pw_str *ret, struct pw_err *err)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);
    return !node || pw_yaml_str(node, ret, err);
}

bool pw_yaml_opt_bool(const struct pw_yaml *map, const char *key, bool *ret, struct pw_err *err)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);
    return !node || pw_yaml_bool(node, ret, err);
}

bool pw_yaml_opt_i64(
    const struct pw_yaml *map, const char *key, int64_t min, int64_t max, int64_t *ret, struct pw_err *err)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);
    return !node || pw_yaml_i64(node, min, max, ret, err);
}

bool pw_yaml_text(const struct pw_yaml *node, struct pw_text *ret, struct pw_err *err)
{
    static const char *const keys[] = {"nl", "en", NULL};
    const struct pw_yaml *nl, *en;
    if (!pw_yaml_known(node, keys, err) || !pw_yaml_need(node, "nl", &nl, err) ||
        !pw_yaml_need(node, "en", &en, err))
        return false;
    return pw_yaml_str(nl, &ret->nl, err) && pw_yaml_str(en, &ret->en, err);
}
