/* What is in force, what there is, and what differs: printed from the table. */
#include <string.h>

#include <pandwacht/json.h>

#include "config_int.h"

static const char *const type_words[] = {
    [PW_OPTION_TEXT] = "text",
    [PW_OPTION_PATH] = "path",
    [PW_OPTION_URL] = "url",
    [PW_OPTION_BOOL] = "true or false",
    [PW_OPTION_INT] = "number",
    [PW_OPTION_DURATION] = "duration",
    [PW_OPTION_SIZE] = "size",
    [PW_OPTION_CHOICE] = "choice",
    [PW_OPTION_LIST] = "list",
};

static void put_quoted(struct pw_buf *out, const char *text)
{
    struct pw_jsonw w;

    pw_jsonw_init(&w, out);
    pw_jsonw_z(&w, text);
}

/* A number in the largest unit that divides it. */
static void put_scaled(
    struct pw_buf *out, int64_t n, const char *const *names, const int64_t *factors, int count)
{
    int unit = 0;

    for (int i = 1; i < count && n != 0; i++)
        if (n % factors[i] == 0)
            unit = i;
    pw_buf_printf(out, "%lld%s", (long long)(n / factors[unit]), names[unit]);
}

static void put_number(struct pw_buf *out, enum pw_option_type type, int64_t n)
{
    static const char *const times[] = {"ms", "s", "min", "h", "d"}, *const sizes[] = {
                                                                         "B", "KiB", "MiB", "GiB"};
    static const int64_t time_factors[] = {1, 1000, 60000, 3600000, 86400000};
    static const int64_t size_factors[] = {1, 1024, 1048576, 1073741824};

    if (type == PW_OPTION_DURATION)
        put_scaled(out, n, times, time_factors, PW_COUNT(times));
    else if (type == PW_OPTION_SIZE)
        put_scaled(out, n, sizes, size_factors, PW_COUNT(sizes));
    else
        pw_buf_printf(out, "%lld", (long long)n);
}

static void put_list(struct pw_buf *out, const char *const *list)
{
    pw_buf_putc(out, '[');
    for (size_t i = 0; list != NULL && list[i] != NULL; i++) {
        pw_buf_puts(out, i == 0 ? "" : ", ");
        put_quoted(out, list[i]);
    }
    pw_buf_putc(out, ']');
}

static void put_value(struct pw_buf *out, const struct pw_config *config, const struct option *option)
{
    char word[32];

    switch (option->type) {
    case PW_OPTION_BOOL:
        pw_buf_puts(out, *CONFIG_MEMBER(config, option, const bool) ? "true" : "false");
        break;
    case PW_OPTION_INT:
    case PW_OPTION_DURATION:
    case PW_OPTION_SIZE:
        put_number(out, option->type, *CONFIG_MEMBER(config, option, const int64_t));
        break;
    case PW_OPTION_CHOICE:
        pw_buf_puts(out, config_word_at(option->words, *CONFIG_MEMBER(config, option, const int), word));
        break;
    case PW_OPTION_LIST:
        put_list(out, *CONFIG_MEMBER(config, option, const char *const *const));
        break;
    case PW_OPTION_TEXT:
    case PW_OPTION_PATH:
    case PW_OPTION_URL:
        put_quoted(out, *CONFIG_MEMBER(config, option, const char *const));
        break;
    }
}

static void show_listen(const struct pw_config_listen *entry, struct pw_buf *out)
{
    static const char *const clients[] = {"none", "optional", "required"}, *const tls[] = {
                                                                               "good", "sufficient"};
    const char *const names[] = {"certificate", "key", "client-ca"};
    const char *const values[] = {entry->certificate, entry->key, entry->client_ca};

    pw_buf_puts(out, "  - address: ");
    put_quoted(out, entry->address);
    pw_buf_puts(out, "\n    names: ");
    put_list(out, entry->names);
    pw_buf_printf(out, "\n    clients: %s\n    tls: %s\n", clients[entry->clients], tls[entry->tls]);
    for (size_t i = 0; i < PW_COUNT(names); i++) {
        if (values[i][0] == '\0')
            continue;
        pw_buf_printf(out, "    %s: ", names[i]);
        put_quoted(out, values[i]);
        pw_buf_putc(out, '\n');
    }
    pw_buf_puts(out, "    client-crls: ");
    put_list(out, entry->client_crls);
    pw_buf_putc(out, '\n');
}

void pw_config_show(const struct pw_config *config, struct pw_buf *out)
{
    struct pw_str group = PW_STR(""), head, name;

    if (config->listen_count == 0)
        pw_buf_puts(out, "listen: []\n");
    else
        pw_buf_puts(out, "listen:\n");
    for (size_t i = 0; i < config->listen_count; i++)
        show_listen(&config->listen[i], out);
    for (size_t i = 0; i < config_option_count; i++) {
        (void)pw_str_cut(pw_str_z(config_options[i].key), '.', &head, &name);
        if (!pw_str_eq(head, group))
            pw_buf_printf(out, "%.*s:\n", PW_STR_ARG(head));
        group = head;
        pw_buf_printf(out, "  %.*s: ", PW_STR_ARG(name));
        put_value(out, config, &config_options[i]);
        pw_buf_putc(out, '\n');
    }
}

static bool numeric(const struct option *option)
{
    return option->type == PW_OPTION_INT || option->type == PW_OPTION_DURATION ||
           option->type == PW_OPTION_SIZE;
}

static void reference_text(const struct option *option, bool dutch, struct pw_buf *out)
{
    pw_buf_printf(out, "%s\n    %s", option->key, type_words[option->type]);
    if (option->unit[0] != '\0')
        pw_buf_printf(out, " (%s)", option->unit);
    if (option->words[0] != '\0')
        pw_buf_printf(out, ": %s", option->words);
    if (numeric(option)) {
        pw_buf_puts(out, ", ");
        put_number(out, option->type, option->min);
        pw_buf_puts(out, dutch ? " t/m " : " to ");
        put_number(out, option->type, option->max);
    }
    pw_buf_printf(out, "; %s %s; %s\n    %s\n\n", dutch ? "standaard" : "default",
        option->standard[0] == '\0' ? (dutch ? "leeg" : "empty") : option->standard,
        option->reload ? (dutch ? "herladen volstaat" : "a reload suffices")
                       : (dutch ? "vraagt een herstart" : "needs a restart"),
        dutch ? option->nl : option->en);
}

static void reference_json(const struct option *option, bool dutch, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "key");
    pw_jsonw_z(w, option->key);
    pw_jsonw_key(w, "type");
    pw_jsonw_z(w, type_words[option->type]);
    pw_jsonw_key(w, "unit");
    pw_jsonw_z(w, option->unit);
    pw_jsonw_key(w, "default");
    pw_jsonw_z(w, option->standard);
    if (numeric(option)) {
        pw_jsonw_key(w, "min");
        pw_jsonw_i64(w, option->min);
        pw_jsonw_key(w, "max");
        pw_jsonw_i64(w, option->max);
    }
    pw_jsonw_key(w, "words");
    pw_jsonw_z(w, option->words);
    pw_jsonw_key(w, "reload");
    pw_jsonw_bool(w, option->reload);
    pw_jsonw_key(w, "help");
    pw_jsonw_z(w, dutch ? option->nl : option->en);
    pw_jsonw_end_object(w);
}

static const char listen_en[] =
    "listen\n    list of {address, names, clients: none optional required, tls: good sufficient,\n"
    "    certificate, key, client-ca, client-crls}; needs a restart (certificates: a reload suffices)\n"
    "    Addresses the API is served on.\n\n";
static const char listen_nl[] =
    "listen\n    lijst van {address, names, clients: none optional required, tls: good sufficient,\n"
    "    certificate, key, client-ca, client-crls}; vraagt een herstart (certificaten: herladen volstaat)\n"
    "    Adressen waarop de API wordt aangeboden.\n\n";

void pw_config_reference(bool dutch, bool json, struct pw_buf *out)
{
    struct pw_jsonw w;

    if (!json) {
        pw_buf_puts(out, dutch ? listen_nl : listen_en);
        for (size_t i = 0; i < config_option_count; i++)
            reference_text(&config_options[i], dutch, out);
        return;
    }
    pw_jsonw_init(&w, out);
    pw_jsonw_array(&w);
    for (size_t i = 0; i < config_option_count; i++)
        reference_json(&config_options[i], dutch, &w);
    pw_jsonw_end_array(&w);
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool same_value(const struct pw_config *a, const struct pw_config *b, const struct option *option)
{
    struct pw_buf left, right;
    bool same;

    pw_buf_init(&left, 1 << 20);
    pw_buf_init(&right, 1 << 20);
    put_value(&left, a, option);
    put_value(&right, b, option);
    same = pw_str_eq(pw_buf_str(&left), pw_buf_str(&right));
    pw_buf_release(&left);
    pw_buf_release(&right);
    return same;
}

static bool same_listen(const struct pw_config *a, const struct pw_config *b)
{
    if (a->listen_count != b->listen_count)
        return false;
    for (size_t i = 0; i < a->listen_count; i++)
        if (!same_text(a->listen[i].address, b->listen[i].address) ||
            a->listen[i].clients != b->listen[i].clients || a->listen[i].tls != b->listen[i].tls)
            return false;
    return true;
}

const char *pw_config_needs_restart(const struct pw_config *old, const struct pw_config *new_)
{
    if (!same_listen(old, new_))
        return "listen";
    for (size_t i = 0; i < config_option_count; i++)
        if (!config_options[i].reload && !same_value(old, new_, &config_options[i]))
            return config_options[i].key;
    return "";
}

/* libpq takes passfile as a parameter of the URL, or as a word of the other form. */
const char *pw_config_database_url(const struct pw_config *config, struct pw_arena *arena)
{
    const char *url = config->database_url;
    struct pw_buf text;
    struct pw_str copy;

    if (config->database_passfile[0] == '\0')
        return pw_str_dup(arena, pw_str_z(url)).data;
    pw_buf_init(&text, 16384);
    if (strstr(url, "://") == NULL) {
        pw_buf_printf(&text, "%s passfile='%s'", url, config->database_passfile);
    } else {
        pw_buf_printf(&text, "%s%cpassfile=", url, strchr(url, '?') == NULL ? '?' : '&');
        for (const unsigned char *at = (const unsigned char *)config->database_passfile; *at != '\0'; at++) {
            if (strchr("%&=#?+ ", *at) != NULL)
                pw_buf_printf(&text, "%%%02X", *at);
            else
                pw_buf_putc(&text, (char)*at);
        }
    }
    copy = pw_str_dup(arena, pw_buf_str(&text));
    pw_buf_release(&text);
    return copy.data;
}
