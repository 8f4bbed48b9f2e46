/* `listen:`, the list of addresses the API is served on. */
#include <string.h>

#include "config_int.h"

static const char *const keys[] = {
    "address", "names", "clients", "tls", "certificate", "key", "client-ca", "client-crls", NULL};
static const char *const clients[] = {"none", "optional", "required", NULL};
static const char *const profiles[] = {"good", "sufficient", NULL};

struct reader {
    struct pw_config *config;
    const char *directory;
    struct pw_err *err;
};

static bool read_text(const struct reader *r, const struct pw_yaml *map, const char *key, const char **ret)
{
    struct pw_str text = PW_STR("");

    if (!pw_yaml_opt_str(map, key, &text, r->err))
        return false;
    *ret = pw_str_dup(r->config->arena, text).data;
    return true;
}

static bool read_path(const struct reader *r, const struct pw_yaml *map, const char *key, const char **ret)
{
    struct pw_str text = PW_STR("");
    struct pw_err why = {0};

    if (!pw_yaml_opt_str(map, key, &text, r->err))
        return false;
    return config_path(r->config->arena, text, r->directory, ret, &why) ||
           pw_yaml_fail(pw_yaml_get(map, key), r->err, "%s", why.text);
}

static bool read_list(const struct reader *r, const struct pw_yaml *map, const char *key, bool paths,
    const char *const **ret, size_t *ret_count)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);
    size_t count = node == NULL ? 0 : node->count;
    const char **list;
    struct pw_str text;

    if (node != NULL && !pw_yaml_need_list(node, r->err))
        return false;
    if (count > CONFIG_LIST_MAX)
        return pw_yaml_fail(node, r->err, "at most %d entries", CONFIG_LIST_MAX);
    list = PW_NEW_ARRAY(r->config->arena, count + 1, const char *);
    for (size_t i = 0; i < count; i++) {
        if (!pw_yaml_str(node->items[i], &text, r->err))
            return false;
        list[i] = pw_str_dup(r->config->arena, text).data;
        if (paths && !config_path(r->config->arena, text, r->directory, &list[i], r->err))
            return false;
    }
    *ret = list;
    *ret_count = count;
    return true;
}

static bool read_choice(const struct reader *r, const struct pw_yaml *map, const char *key,
    const char *const *words, int standard, int *ret)
{
    const struct pw_yaml *node = pw_yaml_get(map, key);
    size_t n = (size_t)standard;

    if (node != NULL && !pw_yaml_choice(node, words, &n, r->err))
        return false;
    *ret = (int)n;
    return true;
}

/* What the members ask of each other. */
static bool check_entry(
    const struct reader *r, const struct pw_yaml *map, const struct pw_config_listen *entry)
{
    if (entry->address[0] == '\0')
        return pw_yaml_fail(map, r->err, "an entry of listen needs an address, such as 0.0.0.0:8443");
    if (entry->certificate[0] == '\0' || entry->key[0] == '\0')
        return pw_yaml_fail(
            map, r->err, "an entry of listen needs certificate and key: plain text is never served");
    if (entry->clients != PW_LISTEN_CLIENTS_NONE && entry->client_ca[0] == '\0')
        return pw_yaml_fail(
            map, r->err, "clients: optional and required need client-ca, the authority they are of");
    return true;
}

static bool read_entry(const struct reader *r, const struct pw_yaml *map, struct pw_config_listen *entry)
{
    return pw_yaml_need_map(map, r->err) && pw_yaml_known(map, keys, r->err) &&
           read_text(r, map, "address", &entry->address) &&
           read_list(r, map, "names", false, &entry->names, &entry->name_count) &&
           read_choice(r, map, "clients", clients, PW_LISTEN_CLIENTS_NONE, &entry->clients) &&
           read_choice(r, map, "tls", profiles, PW_LISTEN_TLS_GOOD, &entry->tls) &&
           read_path(r, map, "certificate", &entry->certificate) && read_path(r, map, "key", &entry->key) &&
           read_path(r, map, "client-ca", &entry->client_ca) &&
           read_list(r, map, "client-crls", true, &entry->client_crls, &entry->client_crl_count) &&
           check_entry(r, map, entry);
}

bool config_read_listen(
    struct pw_config *config, const struct pw_yaml *node, const char *directory, struct pw_err *err)
{
    const struct reader reader = {config, directory, err};
    struct pw_config_listen *list;

    if (!pw_yaml_need_list(node, err))
        return false;
    if (node->count > CONFIG_LISTEN_MAX)
        return pw_yaml_fail(node, err, "listen has at most %d entries", CONFIG_LISTEN_MAX);
    list = PW_NEW_ARRAY(config->arena, node->count + 1, struct pw_config_listen);
    for (size_t i = 0; i < node->count; i++)
        if (!read_entry(&reader, node->items[i], &list[i]))
            return false;
    config->listen = list;
    config->listen_count = node->count;
    return true;
}
