/* The table of options, made of defs/options.def. */
#include <string.h>

#include "config_int.h"

#define WHEN_RELOAD  true
#define WHEN_RESTART false

const struct option config_options[] = {
#define PW_OPTION(member, key, type, unit, standard, min, max, words, when, nl, en)                          \
    {key, PW_OPTION_##type, offsetof(struct pw_config, member), unit, standard, min, max, words,             \
        WHEN_##when, nl, en},
#include <pandwacht/defs/options.def>
#undef PW_OPTION
};

const size_t config_option_count = PW_COUNT(config_options);

int config_word(const char *words, struct pw_str word)
{
    struct pw_str rest = pw_str_z(words), head;
    bool more = rest.len > 0;

    for (int n = 0; more; n++) {
        more = pw_str_cut(rest, ' ', &head, &rest);
        if (pw_str_eq(head, word))
            return n;
    }
    return -1;
}

const char *config_word_at(const char *words, int n, char out[32])
{
    struct pw_str rest = pw_str_z(words), head = rest;

    for (int i = 0; i <= n; i++)
        (void)pw_str_cut(rest, ' ', &head, &rest);
    memcpy(out, head.data, head.len);
    out[head.len] = '\0';
    return out;
}
