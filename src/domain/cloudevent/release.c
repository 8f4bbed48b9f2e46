/*
 * Who may be told what: kinds of receivers, the types of event they may have at all, and the
 * release matrix of one receiver as its row keeps it.
 */
#include "cloudevent_int.h"

static const char *const kind_words[PW_RECEIVER_KINDS] = {
    [PW_RECEIVER_DESK] = "desk",
    [PW_RECEIVER_MUNICIPALITY] = "municipality",
    [PW_RECEIVER_PARTNER] = "partner",
    [PW_RECEIVER_DUTY] = "duty",
};

#define ALERTS                                                                                               \
    ((1u << PW_EVENT_ALERT_RAISED) | (1u << PW_EVENT_ALERT_ESCALATED) | (1u << PW_EVENT_ALERT_EASED) |       \
        (1u << PW_EVENT_ALERT_WITHDRAWN) | (1u << PW_EVENT_ALERT_CORRECTED) | (1u << PW_EVENT_ALERT_CLOSED))
#define REFERRALS ((1u << PW_EVENT_REFERRAL_CREATED) | (1u << PW_EVENT_REFERRAL_CORRECTED))
#define DANGERS   (1u << PW_EVENT_DANGER_REPORTED)

static const unsigned allowed_types[PW_RECEIVER_KINDS] = {
    [PW_RECEIVER_DESK] = ALERTS,
    [PW_RECEIVER_MUNICIPALITY] = REFERRALS,
    [PW_RECEIVER_PARTNER] = REFERRALS,
    [PW_RECEIVER_DUTY] = DANGERS,
};

bool pw_receiver_kind_parse(struct pw_str word, enum pw_receiver_kind *ret)
{
    for (size_t i = 0; i < PW_RECEIVER_KINDS; i++) {
        if (pw_str_is(word, kind_words[i])) {
            *ret = (enum pw_receiver_kind)i;
            return true;
        }
    }
    return false;
}

bool pw_release_allows(enum pw_receiver_kind kind, enum pw_event_type type)
{
    return kind < PW_RECEIVER_KINDS && type < PW_EVENT_TYPES && (allowed_types[kind] & (1u << type)) != 0;
}

static bool read_words(struct pw_arena *arena, const struct pw_json *list, const struct pw_str **ret,
    size_t *ret_count, struct pw_err *err)
{
    *ret = NULL;
    *ret_count = 0;
    if (list == NULL) {
        return true;
    }
    if (!pw_json_is_array(list)) {
        return pw_fail(err, PW_ERR_SYNTAX, "release: 'classes' and 'themes' are lists of words");
    }
    size_t count = pw_json_count(list);
    struct pw_str *words = PW_NEW_ARRAY(arena, count + 1, struct pw_str);
    for (size_t i = 0; i < count; i++) {
        const struct pw_json *item = pw_json_item(list, i);
        if (!pw_json_is_string(item)) {
            return pw_fail(err, PW_ERR_SYNTAX, "release: 'classes' and 'themes' are lists of words");
        }
        words[i] = pw_json_str(item);
    }
    *ret = words;
    *ret_count = count;
    return true;
}

bool pw_release_parse(struct pw_arena *arena, struct pw_str kind, struct pw_str language,
    struct pw_str release_json, struct pw_release *ret, struct pw_err *err)
{
    static const char *const known[] = {"classes", "themes", NULL};
    const struct pw_json *json;
    struct pw_faults faults;
    struct pw_json_error bad;

    *ret = (struct pw_release){.dutch = !pw_str_is(language, "en")};
    if (!pw_receiver_kind_parse(kind, &ret->kind)) {
        return pw_fail(
            err, PW_ERR_SYNTAX, "a receiver's kind is one of desk, municipality, partner and duty");
    }
    if (!pw_json_parse(arena, release_json, NULL, &json, &bad) || !pw_json_is_object(json)) {
        return pw_fail(err, PW_ERR_SYNTAX, "release: not a JSON object");
    }
    pw_faults_init(&faults, arena);
    if (!pw_json_known(json, NULL, known, &faults)) {
        return pw_fail(err, PW_ERR_SYNTAX, "release: only 'classes' and 'themes' are known");
    }
    return read_words(arena, pw_json_get(json, "classes"), &ret->classes, &ret->class_count, err) &&
           read_words(arena, pw_json_get(json, "themes"), &ret->themes, &ret->theme_count, err);
}
