/* Looking into a parsed tree. */
#include "json_int.h"

#include <assert.h>
#include <math.h>

#define EXACT_MAX 9007199254740992.0 /* 2^53: whole numbers up to here are exact in a double */

enum pw_json_type pw_json_type(const struct pw_json *node)
{
    switch (json_typeof(pw_json_inner(node))) {
    case JSON_OBJECT:
        return PW_JSON_OBJECT;
    case JSON_ARRAY:
        return PW_JSON_ARRAY;
    case JSON_STRING:
        return PW_JSON_STRING;
    case JSON_INTEGER:
    case JSON_REAL:
        return PW_JSON_NUMBER;
    case JSON_TRUE:
    case JSON_FALSE:
        return PW_JSON_BOOL;
    default:
        return PW_JSON_NULL;
    }
}

bool pw_json_is_object(const struct pw_json *node)
{
    return json_is_object(pw_json_inner(node));
}

bool pw_json_is_array(const struct pw_json *node)
{
    return json_is_array(pw_json_inner(node));
}

bool pw_json_is_string(const struct pw_json *node)
{
    return json_is_string(pw_json_inner(node));
}

bool pw_json_is_number(const struct pw_json *node)
{
    return json_is_number(pw_json_inner(node));
}

bool pw_json_is_bool(const struct pw_json *node)
{
    return json_is_boolean(pw_json_inner(node));
}

bool pw_json_bool(const struct pw_json *node)
{
    assert(pw_json_is_bool(node));
    return json_is_true(pw_json_inner(node));
}

struct pw_str pw_json_str(const struct pw_json *node)
{
    const json_t *value = pw_json_inner(node);
    assert(json_is_string(value));
    return (struct pw_str){json_string_value(value), json_string_length(value)};
}

double pw_json_number(const struct pw_json *node)
{
    assert(pw_json_is_number(node));
    return json_number_value(pw_json_inner(node));
}

bool pw_json_to_i64(const struct pw_json *node, int64_t *ret)
{
    return pw_json_to_scaled(node, 1, ret);
}

bool pw_json_to_scaled(const struct pw_json *node, int64_t scale, int64_t *ret)
{
    if (!pw_json_is_number(node))
        return false;
    double value = json_number_value(pw_json_inner(node));
    double units = nearbyint(value * (double)scale);
    /* The quotient is rounded correctly, so it equals the value exactly when the text had no more decimals.
     */
    if (fabs(units) > EXACT_MAX || units / (double)scale != value)
        return false;
    *ret = (int64_t)units;
    return true;
}

const struct pw_json *pw_json_get(const struct pw_json *node, const char *name)
{
    return pw_json_outer(json_object_get(pw_json_inner(node), name));
}

size_t pw_json_count(const struct pw_json *node)
{
    const json_t *value = pw_json_inner(node);
    return json_is_object(value) ? json_object_size(value) : json_array_size(value);
}

const struct pw_json *pw_json_item(const struct pw_json *node, size_t index)
{
    return pw_json_outer(json_array_get(pw_json_inner(node), index));
}

/* `state` is the coming member: jansson wants a writable object for iterating although it only reads. */
struct pw_json_iter pw_json_members(const struct pw_json *object)
{
    json_t *value = (json_t *)(uintptr_t)pw_json_inner(object);
    return (struct pw_json_iter){.object = object, .state = json_object_iter(value)};
}

bool pw_json_next(struct pw_json_iter *it)
{
    if (!it->state)
        return false;
    json_t *value = (json_t *)(uintptr_t)pw_json_inner(it->object);
    it->name = json_object_iter_key(it->state);
    it->value = pw_json_outer(json_object_iter_value(it->state));
    it->state = json_object_iter_next(value, it->state);
    return true;
}

/* ---- small bodies ---- */

bool pw_json_known(
    const struct pw_json *object, const struct pw_at *at, const char *const *names, struct pw_faults *faults)
{
    bool good = true;
    struct pw_json_iter it = pw_json_members(object);
    while (pw_json_next(&it)) {
        size_t i = 0;
        while (names[i] && !pw_str_is(pw_str_z(it.name), names[i]))
            i++;
        if (!names[i])
            good = pw_fault_member(faults, at, it.name, PW_FAULT_UNKNOWN_FIELD, NULL, NULL);
    }
    return good;
}

bool pw_json_member_str(const struct pw_json *object, const struct pw_at *at, const char *name, bool required,
    size_t min, size_t max, struct pw_str *ret, struct pw_faults *faults)
{
    const struct pw_json *value = pw_json_get(object, name);
    *ret = PW_STR("");
    if (!value)
        return required ? pw_fault_member(faults, at, name, PW_FAULT_REQUIRED, NULL, NULL) : true;
    if (!pw_json_is_string(value))
        return pw_fault_member(faults, at, name, PW_FAULT_TYPE, NULL, NULL);
    struct pw_str text = pw_json_str(value);
    size_t length = pw_utf8_length(text);
    if (length < min || length > max)
        return pw_fault_member(faults, at, name, PW_FAULT_LENGTH, NULL, NULL);
    if (!pw_text_is_nfc(text))
        return pw_fault_member(faults, at, name, PW_FAULT_CHARACTER_NOT_ALLOWED, NULL, NULL);
    *ret = text;
    return true;
}
