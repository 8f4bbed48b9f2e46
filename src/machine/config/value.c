/*
 * Values: text to number, duration, size, path, choice. Reasons name what was expected and never
 * what was there, for a file may hold by mistake what nobody should read in a log.
 */
#include <stdlib.h>
#include <string.h>

#include "config_int.h"

struct unit {
    const char *name;
    int64_t factor;
};

static const struct unit durations[] = {
    {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}, {"d", 86400000}};
static const struct unit sizes[] = {{"B", 1}, {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}};

/* "256KiB", "10 s": digits, perhaps a blank, a unit of the table. */
static bool parse_with_unit(struct pw_str text, const struct unit *units, size_t count, int64_t *ret)
{
    size_t digits = 0;
    struct pw_str unit;
    int64_t number;

    while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    if (!pw_str_to_i64((struct pw_str){text.data, digits}, &number))
        return false;
    unit = pw_str_trim((struct pw_str){text.data + digits, text.len - digits});
    for (size_t i = 0; i < count; i++)
        if (pw_str_is(unit, units[i].name))
            return !__builtin_mul_overflow(number, units[i].factor, ret);
    return false;
}

static bool in_range(const struct option *option, int64_t value, struct pw_err *err)
{
    if (value >= option->min && value <= option->max)
        return true;
    return pw_fail(err, PW_ERR_SYNTAX, "%s must be between %lld and %lld %s", option->key,
        (long long)option->min, (long long)option->max, option->unit);
}

static bool parse_number(const struct option *option, struct pw_str text, int64_t *ret, struct pw_err *err)
{
    bool ok = option->type == PW_OPTION_INT ? pw_str_to_i64(text, ret)
              : option->type == PW_OPTION_DURATION
                  ? parse_with_unit(text, durations, PW_COUNT(durations), ret)
                  : parse_with_unit(text, sizes, PW_COUNT(sizes), ret);

    if (!ok)
        return pw_fail(err, PW_ERR_SYNTAX, "%s must be %s", option->key,
            option->type == PW_OPTION_INT        ? "a whole number"
            : option->type == PW_OPTION_DURATION ? "a number with ms, s, min, h or d, such as 10s"
                                                 : "a number with B, KiB, MiB or GiB, such as 256KiB");
    return in_range(option, *ret, err);
}

bool config_path(
    struct pw_arena *arena, struct pw_str text, const char *directory, const char **ret, struct pw_err *err)
{
    struct pw_str scheme, name;
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");

    if (pw_str_cut(text, ':', &scheme, &name) && pw_str_is(scheme, "credential")) {
        if (credentials == NULL)
            return pw_fail(err, PW_ERR_SYNTAX,
                "credential: needs $CREDENTIALS_DIRECTORY; systemd sets it for LoadCredential=");
        if (name.len == 0 || memchr(name.data, '/', name.len) != NULL)
            return pw_fail(err, PW_ERR_SYNTAX, "credential: is followed by the name of one credential");
        *ret = pw_str_printf(arena, "%s/%.*s", credentials, PW_STR_ARG(name)).data;
        return true;
    }
    if (text.len == 0 || text.data[0] == '/' || directory[0] == '\0')
        *ret = pw_str_dup(arena, text).data;
    else
        *ret = pw_str_printf(arena, "%s/%.*s", directory, PW_STR_ARG(text)).data;
    return true;
}

/* A password in a file that many may read is refused, in both of libpq's forms. */
static bool has_password(struct pw_str url)
{
    struct pw_str rest = url, head;
    const char *at = memmem(url.data, url.len, "://", 3);

    if (memmem(url.data, url.len, "password=", 9) != NULL)
        return true;
    if (at == NULL)
        return false;
    rest.data = at + 3;
    rest.len = url.len - (size_t)(rest.data - url.data);
    (void)pw_str_cut(rest, '/', &head, &rest);
    rest = head;
    return pw_str_cut(rest, '@', &head, &rest) && memchr(head.data, ':', head.len) != NULL;
}

static bool set_url(
    struct pw_config *config, const struct option *option, struct pw_str text, struct pw_err *err)
{
    if (has_password(text))
        return pw_fail(err, PW_ERR_SYNTAX,
            "%s holds a password; put it into a file and name that in database.passfile", option->key);
    *CONFIG_MEMBER(config, option, const char *) = pw_str_dup(config->arena, text).data;
    return true;
}

static bool set_bool(
    struct pw_config *config, const struct option *option, struct pw_str text, struct pw_err *err)
{
    if (!pw_str_is(text, "true") && !pw_str_is(text, "false"))
        return pw_fail(err, PW_ERR_SYNTAX, "%s must be true or false", option->key);
    *CONFIG_MEMBER(config, option, bool) = pw_str_is(text, "true");
    return true;
}

static bool set_choice(
    struct pw_config *config, const struct option *option, struct pw_str text, struct pw_err *err)
{
    int n = config_word(option->words, text);

    if (n < 0)
        return pw_fail(err, PW_ERR_SYNTAX, "%s must be one of: %s", option->key, option->words);
    *CONFIG_MEMBER(config, option, int) = n;
    return true;
}

/* A default as the table writes it: "[a, b]" or nothing. */
static void set_words(struct pw_config *config, const struct option *option, struct pw_str text)
{
    const char **list = PW_NEW_ARRAY(config->arena, text.len / 2 + 2, const char *);
    struct pw_str head;
    bool more = text.len > 2;
    size_t n = 0;

    if (more)
        text = (struct pw_str){text.data + 1, text.len - 2};
    while (more) {
        more = pw_str_cut(text, ',', &head, &text);
        list[n++] = pw_str_dup(config->arena, pw_str_trim(head)).data;
    }
    *CONFIG_MEMBER(config, option, const char *const *) = list;
}

bool config_set_text(struct pw_config *config, const struct option *option, struct pw_str text,
    const char *directory, struct pw_err *err)
{
    switch (option->type) {
    case PW_OPTION_TEXT:
        *CONFIG_MEMBER(config, option, const char *) = pw_str_dup(config->arena, text).data;
        return true;
    case PW_OPTION_PATH:
        return config_path(config->arena, text, directory, CONFIG_MEMBER(config, option, const char *), err);
    case PW_OPTION_URL:
        return set_url(config, option, text, err);
    case PW_OPTION_BOOL:
        return set_bool(config, option, text, err);
    case PW_OPTION_INT:
    case PW_OPTION_DURATION:
    case PW_OPTION_SIZE:
        return parse_number(option, text, CONFIG_MEMBER(config, option, int64_t), err);
    case PW_OPTION_CHOICE:
        return set_choice(config, option, text, err);
    case PW_OPTION_LIST:
        set_words(config, option, text);
        return true;
    }
    return false;
}

static bool set_list(
    struct pw_config *config, const struct option *option, const struct pw_yaml *node, struct pw_err *err)
{
    const char **list;
    struct pw_str text;

    if (!pw_yaml_need_list(node, err))
        return false;
    if (node->count > CONFIG_LIST_MAX)
        return pw_yaml_fail(node, err, "%s has at most %d entries", option->key, CONFIG_LIST_MAX);
    list = PW_NEW_ARRAY(config->arena, node->count + 1, const char *);
    for (size_t i = 0; i < node->count; i++) {
        if (!pw_yaml_str(node->items[i], &text, err))
            return false;
        list[i] = pw_str_dup(config->arena, text).data;
    }
    *CONFIG_MEMBER(config, option, const char *const *) = list;
    return true;
}

bool config_set_node(struct pw_config *config, const struct option *option, const struct pw_yaml *node,
    const char *directory, struct pw_err *err)
{
    struct pw_err why = {0};
    struct pw_str text;

    if (option->type == PW_OPTION_LIST)
        return set_list(config, option, node, err);
    if (!pw_yaml_str(node, &text, err))
        return false;
    return config_set_text(config, option, text, directory, &why) || pw_yaml_fail(node, err, "%s", why.text);
}
