/* Inside of config: the table of options, and what reads one. */
#ifndef PANDWACHT_CONFIG_INT_H
#define PANDWACHT_CONFIG_INT_H

#include <pandwacht/base.h>
#include <pandwacht/config.h>
#include <pandwacht/yaml.h>

#define CONFIG_LISTEN_MAX 16
#define CONFIG_LIST_MAX   256

struct option {
    const char *key; /* "limits.body-max" */
    enum pw_option_type type;
    size_t offset; /* of its member in struct pw_config */
    const char *unit;
    const char *standard; /* the default, as written in a file */
    int64_t min, max;
    const char *words; /* of a choice, apart by a blank */
    bool reload;       /* a reload suffices */
    const char *nl, *en;
};

extern const struct option config_options[];
extern const size_t config_option_count;

/* Text of a value -> its member. `directory` is what relative paths start from. The reason of a
 * refusal never holds the value. */
bool config_set_text(struct pw_config *config, const struct option *option, struct pw_str text,
    const char *directory, struct pw_err *err) PW_MUST_CHECK;
/* A node of a file -> its member, with the place in errors. */
bool config_set_node(struct pw_config *config, const struct option *option, const struct pw_yaml *node,
    const char *directory, struct pw_err *err) PW_MUST_CHECK;
/* The list `listen:`. */
bool config_read_listen(struct pw_config *config, const struct pw_yaml *node, const char *directory,
    struct pw_err *err) PW_MUST_CHECK;
/* A path as written: `credential:NAME`, absolute, or relative to `directory`; "" stays "". */
bool config_path(struct pw_arena *arena, struct pw_str text, const char *directory, const char **ret,
    struct pw_err *err) PW_MUST_CHECK;
/* The number of a word in a blank-separated list, -1 when it is not there. */
int config_word(const char *words, struct pw_str word);
/* The word of that number, into the arena-free buffer `out`. */
const char *config_word_at(const char *words, int n, char out[32]);

/* The member as the type it has. */
#define CONFIG_MEMBER(config, option, ctype) ((ctype *)((char *)(config) + (option)->offset))

#endif
