/* config: defaults, files over defaults, and every way a file can be wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <pandwacht/base.h>
#include <pandwacht/config.h>

static struct pw_config *load(const char *text)
{
    struct pw_config *config = NULL;
    struct pw_err err = {0};

    if (!pw_config_load_text(pw_str_z(text), "test.yaml", "/etc/pandwacht", &config, &err))
        fail_msg("%s:%u:%u: %s", err.file, err.line, err.column, err.text);
    return config;
}

static void test_defaults(void **state)
{
    struct pw_config *config = NULL;
    struct pw_err err = {0};

    (void)state;
    assert_true(pw_config_load(NULL, &config, &err));
    assert_int_equal(config->limits_body_max, 256 * 1024);
    assert_int_equal(config->limits_request_deadline, 10000);
    assert_int_equal(config->intake_batch_body_max, 16 * 1024 * 1024);
    assert_int_equal(config->limits_profile, PW_PROFILE_STANDARD);
    assert_false(config->rules_activate_on_reload);
    assert_int_equal(config->listen_count, 0);
    pw_config_free(config);
}

static void test_values(void **state)
{
    struct pw_config *config =
        load("listen:\n"
             "  - {address: '127.0.0.1:8443', certificate: tls/server.pem, key: /abs/key.pem,\n"
             "     clients: optional, client-ca: ca.pem, tls: sufficient, names: [localhost]}\n"
             "keys: {dir: keys}\n"
             "rules: {activate-on-reload: true}\n"
             "limits:\n  profile: demo\n  body-max: 1 MiB\n  idle: 90s\n"
             "database: {url: 'host=/tmp/sock dbname=p', passfile: pass}\n");
    struct pw_arena *arena = pw_arena_new();

    (void)state;
    assert_int_equal(config->listen_count, 1);
    assert_string_equal(config->listen[0].address, "127.0.0.1:8443");
    assert_string_equal(config->listen[0].certificate, "/etc/pandwacht/tls/server.pem");
    assert_string_equal(config->listen[0].key, "/abs/key.pem");
    assert_int_equal(config->listen[0].clients, PW_LISTEN_CLIENTS_OPTIONAL);
    assert_int_equal(config->listen[0].tls, PW_LISTEN_TLS_SUFFICIENT);
    assert_string_equal(config->listen[0].names[0], "localhost");
    assert_string_equal(config->keys_dir, "/etc/pandwacht/keys");
    assert_true(config->rules_activate_on_reload);
    assert_int_equal(config->limits_profile, PW_PROFILE_DEMO);
    assert_int_equal(config->limits_body_max, 1048576);
    assert_int_equal(config->limits_idle, 90000);
    assert_string_equal(
        pw_config_database_url(config, arena), "host=/tmp/sock dbname=p passfile='/etc/pandwacht/pass'");
    pw_config_free(config);
    config = load("database: {url: 'postgresql:///p?application_name=x', passfile: 'a b'}\n");
    assert_string_equal(pw_config_database_url(config, arena),
        "postgresql:///p?application_name=x&passfile=/etc/pandwacht/a%20b");
    pw_config_free(config);
    pw_arena_free(arena);
}

static void test_refused(void **state)
{
    static const struct {
        const char *text;
        unsigned line, column;
        const char *says;
    } cases[] = {
        {"limits: {body-maks: 1KiB}\n", 1, 10, "did you mean limits.body-max?"},
        {"limitz: {}\n", 1, 1, "did you mean limits?"},
        {"zzzzzzzz: 1\n", 1, 1, "config reference"},
        {"limits:\n  idle: 1s\n  idle: 2s\n", 3, 3, ""},
        {"limits:\n  idle: 90\n", 2, 9, "a number with ms"},
        {"limits:\n  idle: -1s\n", 2, 9, "a number with ms"},
        {"limits:\n  idle: 1ms\n", 2, 9, "between 1000 and 3600000 ms"},
        {"limits:\n  idle: 99999999999999999d\n", 2, 9, "a number with ms"},
        {"limits: 3\n", 1, 9, ""},
        {"limits: {profile: fast}\n", 1, 19, "standard demo"},
        {"rules: {activate-on-reload: maybe}\n", 1, 29, "true or false"},
        {"intake: {batch-max: many}\n", 1, 21, "a whole number"},
        {"database: {url: 'postgresql://u:geheim@h/p'}\n", 1, 17, "database.passfile"},
        {"database: {url: 'host=h password=geheim'}\n", 1, 17, "database.passfile"},
        {"keys: {dir: 'credential:keys'}\n", 1, 13, "CREDENTIALS_DIRECTORY"},
        {"listen: [{address: 'x:1'}]\n", 1, 10, "certificate and key"},
        {"listen: [{certificate: a, key: b}]\n", 1, 10, "needs an address"},
        {"listen: [{address: 'x:1', certificate: a, key: b, clients: required}]\n", 1, 10, "client-ca"},
        {"listen: [{address: 'x:1', certificate: a, key: b, client: none}]\n", 1, 51, "clients"},
        {"listen: [{address: 'x:1', certificate: a, key: b, tls: best}]\n", 1, 56, ""},
        {"system: {oin: '123'}\n", 0, 0, "20 digits"},
        {"sessions: {idle: 10h}\n", 0, 0, "sessions.idle"},
        {"partners: {certificate: a}\n", 0, 0, "partners.key"},
    };

    (void)state;
    unsetenv("CREDENTIALS_DIRECTORY");
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        struct pw_config *config = NULL;
        struct pw_err err = {0};

        if (pw_config_load_text(pw_str_z(cases[i].text), "test.yaml", "", &config, &err))
            fail_msg("accepted: %s", cases[i].text);
        if (err.line != cases[i].line || err.column != cases[i].column ||
            strstr(err.text, cases[i].says) == NULL)
            fail_msg("case %zu: %s:%u:%u: %s", i, err.file, err.line, err.column, err.text);
        assert_string_equal(err.file, "test.yaml");
        assert_null(strstr(err.text, "geheim"));
    }
}

static void test_credentials(void **state)
{
    struct pw_config *config;
    struct pw_err err = {0};

    (void)state;
    setenv("CREDENTIALS_DIRECTORY", "/run/credentials/p", 1);
    config = load("partners: {certificate: 'credential:cert', key: 'credential:key'}\n");
    assert_string_equal(config->partners_key, "/run/credentials/p/key");
    pw_config_free(config);
    assert_false(
        pw_config_load_text(PW_STR("keys: {dir: 'credential:../x'}\n"), "test.yaml", "", &config, &err));
    unsetenv("CREDENTIALS_DIRECTORY");
}

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_parts_override(void **state)
{
    char dir[] = "/tmp/pandwacht-config-XXXXXX", path[4][128];
    struct pw_config *config = NULL;
    struct pw_err err = {0};

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path[0], sizeof path[0], "%s/pandwacht.yaml", dir);
    snprintf(path[1], sizeof path[1], "%s/conf.d", dir);
    snprintf(path[2], sizeof path[2], "%s/conf.d/10-a.yaml", dir);
    snprintf(path[3], sizeof path[3], "%s/conf.d/20-b.yaml", dir);
    put(path[0], "limits: {rate: 1, burst: 1}\nkeys: {dir: k}\n");
    assert_int_equal(mkdir(path[1], 0700), 0);
    put(path[2], "limits: {rate: 2, burst: 2}\n");
    put(path[3], "limits: {rate: 3}\n");
    assert_true(pw_config_load(path[0], &config, &err));
    assert_int_equal(config->limits_rate, 3);
    assert_int_equal(config->limits_burst, 2);
    assert_int_equal(strncmp(config->keys_dir, dir, strlen(dir)), 0);
    pw_config_free(config);
    put(path[3], "limits: {rat: 3}\n");
    assert_false(pw_config_load(path[0], &config, &err));
    assert_string_equal(err.file, path[3]);
    assert_int_equal(err.line, 1);
    for (int i = 3; i >= 0; i--)
        assert_int_equal(remove(path[i]), 0);
    assert_false(pw_config_load(path[0], &config, &err));
    assert_int_equal(err.code, PW_ERR_IO);
    rmdir(dir);
}

/* What `config show` prints loads again, to the same. */
static void test_show_loads_again(void **state)
{
    struct pw_config *config = load("listen:\n  - {address: '[::]:8443', certificate: c, key: k}\n"
                                    "limits: {profile: demo, idle: 90s}\nlog: {level: warn}\n");
    struct pw_config *again;
    struct pw_buf out, twice;

    (void)state;
    pw_buf_init(&out, 1 << 20);
    pw_buf_init(&twice, 1 << 20);
    pw_config_show(config, &out);
    again = load(out.data);
    pw_config_show(again, &twice);
    assert_string_equal(out.data, twice.data);
    assert_non_null(strstr(out.data, "  idle: 90s\n"));
    assert_string_equal(pw_config_needs_restart(config, again), "");
    pw_config_free(again);
    again = load("listen:\n  - {address: '[::]:8443', certificate: other, key: k}\nlimits: {rate: 7}\n");
    assert_string_equal(pw_config_needs_restart(config, again), "limits.idle");
    pw_config_free(again);
    pw_config_free(config);
    pw_buf_release(&out);
    pw_buf_release(&twice);
}

static void test_reference(void **state)
{
    struct pw_buf out;

    (void)state;
    for (int dutch = 0; dutch < 2; dutch++) {
        pw_buf_init(&out, 1 << 20);
        pw_config_reference(dutch == 1, false, &out);
        assert_false(out.full);
        assert_non_null(strstr(out.data, "limits.body-max\n    size (octets), 1KiB"));
        pw_buf_release(&out);
        pw_buf_init(&out, 1 << 20);
        pw_config_reference(dutch == 1, true, &out);
        assert_int_equal(out.data[0], '[');
        assert_int_equal(out.data[out.len - 1], ']');
        pw_buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_credentials),
        cmocka_unit_test(test_parts_override),
        cmocka_unit_test(test_show_loads_again),
        cmocka_unit_test(test_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
