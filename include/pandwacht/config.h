/*
 * config: pandwacht.yaml and conf.d/ next to it, read strictly. Every option is declared once, in
 * defs/options.def: from there come the members of struct pw_config, the checks, the defaults
 * and the reference that `pandwacht config reference` prints.
 *
 * Files are read in order (the main file, then conf.d by name); a later file overrides, the same key
 * twice in one file is an error, as is a key that is not declared. Keys nest by their dots:
 * `limits.body-max` is `limits: {body-max: 256KiB}`. Relative paths are relative to the file they
 * stand in. Secrets are never in these files: an option of type path names a file, and the value
 * `credential:NAME` stands for $CREDENTIALS_DIRECTORY/NAME (systemd LoadCredential).
 *
 * A configuration is immutable; reload makes a new one and the caller swaps.
 */
#ifndef PANDWACHT_CONFIG_H
#define PANDWACHT_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/buf.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>

struct pw_arena;

/* Types of options. Text, path and url are C strings, "" when not set; a choice is the index of its
 * word; a duration is in milliseconds; a size in octets; list is a NULL-terminated array of C strings. */
enum pw_option_type {
    PW_OPTION_TEXT,
    PW_OPTION_PATH,
    PW_OPTION_URL,
    PW_OPTION_BOOL,
    PW_OPTION_INT,
    PW_OPTION_DURATION,
    PW_OPTION_SIZE,
    PW_OPTION_CHOICE,
    PW_OPTION_LIST,
};

/* How a client certificate is asked for, and which TLS is spoken; orders of the words in options.def. */
enum pw_listen_clients { PW_LISTEN_CLIENTS_NONE, PW_LISTEN_CLIENTS_OPTIONAL, PW_LISTEN_CLIENTS_REQUIRED };
enum pw_listen_tls { PW_LISTEN_TLS_GOOD, PW_LISTEN_TLS_SUFFICIENT };
/* limits.profile. */
enum pw_profile { PW_PROFILE_STANDARD, PW_PROFILE_DEMO };

/* One entry of `listen:`: an address the API is served on. */
struct pw_config_listen {
    const char *address;      /* "0.0.0.0:8443", "[::]:8443" or "unix:/path" */
    const char *const *names; /* host names answered to, NULL-terminated; none = any */
    size_t name_count;
    int clients;             /* enum pw_listen_clients */
    int tls;                 /* enum pw_listen_tls */
    const char *certificate; /* PEM files */
    const char *key;
    const char *client_ca; /* "" = none */
    const char *const *client_crls;
    size_t client_crl_count;
};

#define PW_CONFIG_MEMBER_TEXT     const char *
#define PW_CONFIG_MEMBER_PATH     const char *
#define PW_CONFIG_MEMBER_URL      const char *
#define PW_CONFIG_MEMBER_BOOL     bool
#define PW_CONFIG_MEMBER_INT      int64_t
#define PW_CONFIG_MEMBER_DURATION int64_t
#define PW_CONFIG_MEMBER_SIZE     int64_t
#define PW_CONFIG_MEMBER_CHOICE   int
#define PW_CONFIG_MEMBER_LIST     const char *const *

struct pw_config {
    struct pw_arena *arena; /* owns everything below */
    const char *file;       /* as given; "" = defaults only */
    const struct pw_config_listen *listen;
    size_t listen_count;
#define PW_OPTION(member, key, type, unit, standard, min, max, words, when, nl, en)                          \
    PW_CONFIG_MEMBER_##type member;
#include <pandwacht/defs/options.def>
#undef PW_OPTION
};

/* Reads `file` (NULL = defaults only) and conf.d/ next to it. All of it is checked: types, ranges,
 * unknown keys (with the nearest known one), what options ask of each other. The error names file,
 * line, column and remedy, and never a value. Caller frees. */
bool pw_config_load(const char *file, struct pw_config **ret, struct pw_err *err) PW_MUST_CHECK;
/* The same from memory, as if it were one file called `name` in `directory`; for tests and tools. */
bool pw_config_load_text(struct pw_str text, const char *name, const char *directory, struct pw_config **ret,
    struct pw_err *err) PW_MUST_CHECK;
/* NULL is accepted. */
void pw_config_free(struct pw_config *config);

/* The first option that differs and needs a restart, "" when a reload suffices. */
const char *pw_config_needs_restart(const struct pw_config *old, const struct pw_config *new_);
/* The value of `database.url` with `database.passfile` added to it, in `arena`. */
const char *pw_config_database_url(const struct pw_config *config, struct pw_arena *arena);

/* `config show`: everything in force, as YAML that loads again; a password inside a URL is masked. */
void pw_config_show(const struct pw_config *config, struct pw_buf *out);
/* `config reference`: every option with type, unit, default, range, reload or restart, help. */
void pw_config_reference(bool dutch, bool json, struct pw_buf *out);

#endif
