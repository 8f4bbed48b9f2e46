/* Reading files in order over the defaults, then checking what options ask of each other. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_int.h"

#define KEY_MAX   128
#define WORDS_MAX 96
#define FILES_MAX 100

static const struct option *find_option(const char *key)
{
    for (size_t i = 0; i < config_option_count; i++)
        if (strcmp(config_options[i].key, key) == 0)
            return &config_options[i];
    return NULL;
}

/* Whether some option begins with `key` and a dot. */
static bool is_group(const char *key)
{
    size_t len = strlen(key);

    for (size_t i = 0; i < config_option_count; i++)
        if (strncmp(config_options[i].key, key, len) == 0 && config_options[i].key[len] == '.')
            return true;
    return false;
}

/* The words that may follow `prefix` ("" or "limits."), for "did you mean". */
static const char *nearest(struct pw_arena *arena, const char *prefix, struct pw_str word)
{
    const char *words[WORDS_MAX] = {"listen"};
    size_t len = strlen(prefix), count = prefix[0] == '\0' ? 1 : 0;
    struct pw_str head, rest;

    for (size_t i = 0; i < config_option_count && count < WORDS_MAX - 1; i++) {
        if (strncmp(config_options[i].key, prefix, len) != 0)
            continue;
        (void)pw_str_cut(pw_str_z(config_options[i].key + len), '.', &head, &rest);
        words[count++] = pw_str_dup(arena, head).data;
    }
    return pw_did_you_mean(word, words);
}

static bool unknown(struct pw_config *config, const struct pw_yaml *key, const char *prefix, const char *full,
    struct pw_err *err)
{
    const char *near = nearest(config->arena, prefix, key->text);

    if (near != NULL)
        return pw_yaml_fail(key, err, "unknown option %s, did you mean %s%s?", full, prefix, near);
    return pw_yaml_fail(key, err, "unknown option %s; `pandwacht config reference` lists them", full);
}

static bool read_map(struct pw_config *config, const struct pw_yaml *map, const char *prefix,
    const char *directory, struct pw_err *err)
{
    char key[KEY_MAX], deeper[KEY_MAX + 2];
    const struct option *option;

    if (!pw_yaml_need_map(map, err))
        return false;
    for (size_t i = 0; i < map->count; i++) {
        const struct pw_yaml *name = map->pairs[i].key, *value = map->pairs[i].value;
        int len = snprintf(key, sizeof key, "%s%.*s", prefix, PW_STR_ARG(name->text));

        if (len < 0 || (size_t)len >= sizeof key)
            return pw_yaml_fail(name, err, "unknown option; `pandwacht config reference` lists them");
        option = find_option(key);
        snprintf(deeper, sizeof deeper, "%s.", key);
        if (strcmp(key, "listen") == 0 ? !config_read_listen(config, value, directory, err)
            : option != NULL           ? !config_set_node(config, option, value, directory, err)
            : is_group(key)            ? !read_map(config, value, deeper, directory, err)
                                       : !unknown(config, name, prefix, key, err))
            return false;
    }
    return true;
}

static struct pw_config *new_config(const char *file)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_config *config = PW_NEW(arena, struct pw_config);
    struct pw_err err = {0};

    config->arena = arena;
    config->file = pw_str_dup(arena, pw_str_z(file)).data;
    for (size_t i = 0; i < config_option_count; i++)
        if (!config_set_text(config, &config_options[i], pw_str_z(config_options[i].standard), "", &err))
            abort(); /* a default that is no value: the table is wrong, its test says where */
    return config;
}

/* Everything but the last part of a path: "" for a bare name. */
static const char *directory_of(struct pw_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL)
        return "";
    if (slash == path)
        return "/";
    return pw_str_dup(arena, (struct pw_str){path, (size_t)(slash - path)}).data;
}

static bool read_file(struct pw_config *config, const char *path, struct pw_err *err)
{
    const struct pw_yaml *root;

    return pw_yaml_load(config->arena, path, NULL, &root, err) &&
           read_map(config, root, "", directory_of(config->arena, path), err);
}

static int is_part(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && pw_str_has_suffix(pw_str_z(entry->d_name), PW_STR(".yaml"));
}

static bool read_parts(struct pw_config *config, const char *directory, struct pw_err *err)
{
    const char *path =
        pw_str_printf(config->arena, "%s%sconf.d", directory, directory[0] == '\0' ? "" : "/").data;
    struct dirent **entries;
    int count = scandir(path, &entries, is_part, alphasort);
    bool ok = true;

    if (count < 0)
        return errno == ENOENT ||
               pw_fail_at(err, PW_ERR_IO, path, 0, 0, "cannot read it: %s", strerror(errno));
    if (count > FILES_MAX)
        ok = pw_fail_at(err, PW_ERR_LIMIT, path, 0, 0, "at most %d files", FILES_MAX);
    for (int i = 0; i < count; i++) {
        if (ok)
            ok = read_file(config, pw_str_printf(config->arena, "%s/%s", path, entries[i]->d_name).data, err);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

static bool is_oin(const char *text)
{
    return strlen(text) == 20 && strspn(text, "0123456789") == 20;
}

/* What options ask of each other. */
static bool check(const struct pw_config *config, struct pw_err *err)
{
    const char *why = NULL;

    if (config->system_oin[0] != '\0' && !is_oin(config->system_oin))
        why = "system.oin must be 20 digits";
    else if ((config->partners_certificate[0] == '\0') != (config->partners_key[0] == '\0'))
        why = "partners.certificate and partners.key are given together";
    else if (config->mail_url[0] != '\0' && config->mail_from[0] == '\0')
        why = "mail.from is needed with mail.url";
    else if (config->oidc_issuer[0] != '\0' && strncmp(config->oidc_issuer, "https://", 8) != 0)
        why = "oidc.issuer begins with https://";
    else if (config->oidc_issuer[0] != '\0' && config->oidc_client_id[0] == '\0')
        why = "oidc.client-id is needed with oidc.issuer";
    else if ((config->oidc_certificate[0] == '\0') != (config->oidc_key[0] == '\0'))
        why = "oidc.certificate and oidc.key are given together";
    else if (config->sessions_idle > config->sessions_life)
        why = "sessions.idle may not be longer than sessions.life";
    else if (config->partners_retry_first > config->partners_retry_max)
        why = "partners.retry-first may not be longer than partners.retry-max";
    else if (config->limits_connections_address > config->limits_connections)
        why = "limits.connections-address may not be more than limits.connections";
    return why == NULL || pw_fail_at(err, PW_ERR_SYNTAX, config->file, 0, 0, "%s", why);
}

static bool finish(struct pw_config *config, bool ok, struct pw_config **ret, struct pw_err *err)
{
    if (!ok || !check(config, err)) {
        pw_config_free(config);
        return false;
    }
    *ret = config;
    return true;
}

bool pw_config_load(const char *file, struct pw_config **ret, struct pw_err *err)
{
    struct pw_config *config = new_config(file == NULL ? "" : file);
    bool ok = file == NULL ||
              (read_file(config, file, err) && read_parts(config, directory_of(config->arena, file), err));

    return finish(config, ok, ret, err);
}

bool pw_config_load_text(
    struct pw_str text, const char *name, const char *directory, struct pw_config **ret, struct pw_err *err)
{
    struct pw_config *config = new_config(name);
    const struct pw_yaml *root;
    bool ok = pw_yaml_parse(config->arena, text, name, NULL, &root, err) &&
              read_map(config, root, "", directory, err);

    return finish(config, ok, ret, err);
}

void pw_config_free(struct pw_config *config)
{
    if (config != NULL)
        pw_arena_free(config->arena);
}
