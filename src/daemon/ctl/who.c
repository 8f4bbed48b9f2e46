/* Commands on who may call and who is told: clients, users, partners. */
#include "ctl_int.h"

#include <stdio.h>
#include <string.h>

#include <pandwacht/access.h>
#include <pandwacht/client.h>
#include <pandwacht/crypto.h>
#include <pandwacht/deliver.h>

#define PRINT_MAX (8u << 20)

/* For --or-keep: what is there already under this name is fine. */
static bool kept(bool or_keep, const struct pw_err *err)
{
    return or_keep && err->code == PW_ERR_CONFLICT;
}

/* ---- clients ---- */

int run_client_add(struct ctl *ctl)
{
    struct pw_client_new client = {0};
    struct list roles = {0}, classes = {0}, municipalities = {0};
    bool or_keep = false;
    long valid_days = 0;
    const struct option_row rows[] = {
        {"controller", OPTION_TEXT, "OIN", "whose data it sends, 20 digits", &client.controller},
        {"oin", OPTION_TEXT, "OIN", "serialNumber in its certificate's subject", &client.oin},
        {"role", OPTION_LIST, "ROLE", "source, landlord, municipality or partner", &roles},
        {"source-class", OPTION_LIST, "CLASS", "lease-admin, citizen-tip, ...", &classes},
        {"municipality", OPTION_LIST, "GM0000", "restricts it to this municipality", &municipalities},
        {"wwft-liable", OPTION_FLAG, NULL, "is itself liable under the Wwft", &client.wwft_liable},
        {"token", OPTION_FLAG, NULL, "make a bearer token and print it", &client.with_token},
        {"valid-days", OPTION_NUMBER, "N", "how long the token works (365)", &valid_days},
        {"or-keep", OPTION_FLAG, NULL, "leave one that is there as it is", &or_keep},
    };
    int status;
    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    if (client.controller == NULL || roles.count == 0)
        return wrong_usage(ctl, "--controller and at least one --role are needed");
    client.name = ctl->operands[0];
    client.roles = roles.items;
    client.role_count = roles.count;
    client.source_classes = classes.items;
    client.source_class_count = classes.count;
    client.municipalities = municipalities.items;
    client.municipality_count = municipalities.count;
    client.token_days = (int)valid_days;

    struct pw_err err;
    struct bench bench;
    struct pw_uuid id;
    char token[64];
    if (!open_bench(ctl, &bench, &err))
        return failed(&err);
    if (!pw_access_client_add(bench.db, pw_loop_wall(bench.loop), &client, &id, token, &err))
        return kept(or_keep, &err) ? EXIT_DONE : failed(&err);
    if (token[0] != '\0')
        puts(token);
    return EXIT_DONE;
}

static int print_list(bool (*list)(struct pw_db *db, struct pw_buf *out, struct pw_err *err), struct ctl *ctl)
{
    int status;
    struct pw_err err;
    struct bench bench;
    if (!READ_NO_OPTIONS(ctl, 0, 0, &status))
        return status;
    if (!open_bench(ctl, &bench, &err))
        return failed(&err);
    struct pw_buf out;
    pw_buf_init(&out, PRINT_MAX);
    bool ok = list(bench.db, &out, &err);
    if (ok)
        printf("%.*s\n", PW_STR_ARG(pw_buf_str(&out)));
    pw_buf_release(&out);
    return ok ? EXIT_DONE : failed(&err);
}

int run_client_list(struct ctl *ctl)
{
    return print_list(pw_access_client_list, ctl);
}

int run_client_revoke(struct ctl *ctl)
{
    int status;
    struct pw_err err;
    struct bench bench;
    if (!READ_NO_OPTIONS(ctl, 1, 1, &status))
        return status;
    if (!open_bench(ctl, &bench, &err) ||
        !pw_access_client_revoke(bench.db, pw_loop_wall(bench.loop), ctl->operands[0], &err))
        return failed(&err);
    return EXIT_DONE;
}

/* ---- users ---- */

/* The first line of a file, or of standard input for "-". */
static bool read_password(const char *file, char *out, size_t size, struct pw_err *err)
{
    FILE *in = strcmp(file, "-") == 0 ? stdin : fopen(file, "r");
    if (in == NULL)
        return pw_fail_at(err, PW_ERR_IO, file, 0, 0, "cannot be read");
    bool got = fgets(out, (int)size, in) != NULL;
    if (in != stdin)
        fclose(in);
    if (!got)
        return pw_fail_at(err, PW_ERR_IO, file, 0, 0, "is empty; put the password on the first line");
    out[strcspn(out, "\r\n")] = '\0';
    return true;
}

#define PASSWORD_LINE 1026
#define TOTP_URI_MAX  1024

/* For --totp: the keys that seal the key of the codes; NULL without. */
static bool totp_keys(const struct bench *bench, bool wanted, struct pw_keys **ret, struct pw_err *err)
{
    *ret = NULL;
    return !wanted || pw_crypto_keys_load(bench->config->keys_dir, ret, err);
}

/* The URI for an authenticator app, alone on its line; nothing without --totp. */
static void print_totp(struct pw_buf *uri)
{
    if (pw_buf_str(uri).len > 0)
        printf("%.*s\n", PW_STR_ARG(pw_buf_str(uri)));
    pw_buf_release(uri);
}

static bool add_user(struct bench *bench, struct pw_user_new *user, bool totp, struct pw_err *err)
{
    struct pw_uuid id;
    struct pw_keys *keys;
    struct pw_buf uri;
    if (!totp_keys(bench, totp, &keys, err))
        return false;
    pw_buf_init(&uri, TOTP_URI_MAX);
    user->totp_keys = keys;
    bool ok = pw_access_user_add(bench->db, pw_loop_wall(bench->loop), user, &id, &uri, err);
    pw_crypto_keys_free(keys);
    print_totp(&uri);
    return ok;
}

static bool reset_user(
    struct bench *bench, const char *name, const char *password, bool totp, struct pw_err *err)
{
    struct pw_keys *keys;
    struct pw_buf uri;
    if (!totp_keys(bench, totp, &keys, err))
        return false;
    pw_buf_init(&uri, TOTP_URI_MAX);
    bool ok = pw_access_user_reset(bench->db, pw_loop_wall(bench->loop), name, password, keys, &uri, err);
    pw_crypto_keys_free(keys);
    print_totp(&uri);
    return ok;
}

int run_user_add(struct ctl *ctl)
{
    struct pw_user_new user = {0};
    struct list roles = {0}, municipalities = {0};
    const char *password_file = NULL;
    bool or_keep = false, totp = false;
    const struct option_row rows[] = {
        {"role", OPTION_LIST, "ROLE", "analyst, case-lead, policy-owner, ...", &roles},
        {"municipality", OPTION_LIST, "GM0000", "restricts the region", &municipalities},
        {"client", OPTION_TEXT, "NAME", "the landlord or municipality it belongs to", &user.client},
        {"password-file", OPTION_TEXT, "FILE", "first line is the password; - reads standard input",
            &password_file},
        {"totp", OPTION_FLAG, NULL, "ask for one-time codes too, and print the key as a URI", &totp},
        {"or-keep", OPTION_FLAG, NULL, "leave one that is there as it is", &or_keep},
    };
    int status;
    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    if (roles.count == 0 || password_file == NULL)
        return wrong_usage(ctl, "--password-file and at least one --role are needed");
    user.name = ctl->operands[0];
    user.roles = roles.items;
    user.role_count = roles.count;
    user.municipalities = municipalities.items;
    user.municipality_count = municipalities.count;

    struct pw_err err;
    struct bench bench;
    char password[PASSWORD_LINE];
    if (!read_password(password_file, password, sizeof password, &err) || !open_bench(ctl, &bench, &err))
        return failed(&err);
    user.password = password;
    if (!add_user(&bench, &user, totp, &err))
        return kept(or_keep, &err) ? EXIT_DONE : failed(&err);
    return EXIT_DONE;
}

int run_user_list(struct ctl *ctl)
{
    return print_list(pw_access_user_list, ctl);
}

int run_user_reset(struct ctl *ctl)
{
    const char *password_file = NULL;
    bool totp = false;
    const struct option_row rows[] = {
        {"password-file", OPTION_TEXT, "FILE", "first line is the password; - reads standard input",
            &password_file},
        {"totp", OPTION_FLAG, NULL, "a new key for one-time codes too (without: none are asked for)", &totp},
    };
    int status;
    struct pw_err err;
    struct bench bench;
    char password[PASSWORD_LINE];
    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    if (password_file == NULL)
        return wrong_usage(ctl, "--password-file is needed");
    if (!read_password(password_file, password, sizeof password, &err) || !open_bench(ctl, &bench, &err) ||
        !reset_user(&bench, ctl->operands[0], password, totp, &err))
        return failed(&err);
    return EXIT_DONE;
}

/* ---- partners ---- */

/* The host of "https://host:port/path", in the arena. */
static const char *host_of(struct pw_arena *arena, const char *url)
{
    struct pw_str rest = pw_str_z(url), head, host;
    if (pw_str_has_prefix(rest, PW_STR("https://")))
        rest = (struct pw_str){rest.data + 8, rest.len - 8};
    pw_str_cut(rest, '/', &head, &rest);
    pw_str_cut(head, ':', &host, &rest);
    return pw_str_dup(arena, host).data;
}

int run_partner_add(struct ctl *ctl)
{
    struct pw_partner_new partner = {0};
    struct list municipalities = {0};
    bool or_keep = false;
    const struct option_row rows[] = {
        {"kind", OPTION_TEXT, "KIND", "desk, municipality, partner or duty", &partner.kind},
        {"oin", OPTION_TEXT, "OIN", "whom referrals name", &partner.oin},
        {"url", OPTION_TEXT, "URL", "https://..., where events are posted", &partner.url},
        {"ca", OPTION_TEXT, "FILE", "the CA of its server certificate", &partner.ca_file},
        {"expected-name", OPTION_TEXT, "NAME", "name in that certificate (the host)", &partner.expected_name},
        {"certificate", OPTION_TEXT, "FILE", "what we present (the house's own)", &partner.certificate},
        {"key", OPTION_TEXT, "FILE", "the key of that", &partner.private_key},
        {"language", OPTION_TEXT, "nl|en", "language of titles and guidance", &partner.language},
        {"municipality", OPTION_LIST, "GM0000", "of whose premises it hears", &municipalities},
        {"release", OPTION_TEXT, "JSON", "classes and themes released to it", &partner.release},
        {"allow-private", OPTION_FLAG, NULL, "may resolve to a private address", &partner.private_range},
        {"or-keep", OPTION_FLAG, NULL, "leave one that is there as it is", &or_keep},
    };
    int status;
    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    if (partner.kind == NULL || partner.oin == NULL || partner.url == NULL || partner.ca_file == NULL)
        return wrong_usage(ctl, "--kind, --oin, --url and --ca are needed");
    partner.name = ctl->operands[0];
    if (partner.expected_name == NULL)
        partner.expected_name = host_of(ctl->arena, partner.url);
    partner.municipalities = municipalities.items;
    partner.municipality_count = municipalities.count;

    struct pw_err err;
    struct bench bench;
    struct pw_uuid id;
    if (!open_bench(ctl, &bench, &err))
        return failed(&err);
    if (!pw_access_partner_add(bench.db, pw_loop_wall(bench.loop), &partner, &id, &err))
        return kept(or_keep, &err) ? EXIT_DONE : failed(&err);
    return EXIT_DONE;
}

int run_partner_list(struct ctl *ctl)
{
    return print_list(pw_access_partner_list, ctl);
}

static int pause_partner(struct ctl *ctl, const char *reason)
{
    struct pw_err err;
    struct bench bench;
    if (!open_bench(ctl, &bench, &err) ||
        !pw_access_partner_pause(bench.db, pw_loop_wall(bench.loop), ctl->operands[0], reason, &err))
        return failed(&err);
    return EXIT_DONE;
}

int run_partner_pause(struct ctl *ctl)
{
    const char *reason = NULL;
    const struct option_row rows[] = {{"reason", OPTION_TEXT, "TEXT", "why, for colleagues", &reason}};
    int status;
    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    if (reason == NULL)
        return wrong_usage(ctl, "--reason is needed");
    return pause_partner(ctl, reason);
}

int run_partner_resume(struct ctl *ctl)
{
    int status;
    if (!READ_NO_OPTIONS(ctl, 1, 1, &status))
        return status;
    return pause_partner(ctl, NULL);
}

int run_partner_test(struct ctl *ctl)
{
    int status, answer = 0;
    struct pw_err err;
    struct bench bench;
    if (!READ_NO_OPTIONS(ctl, 1, 1, &status))
        return status;
    struct pw_keys *keys;
    if (!open_bench(ctl, &bench, &err) || !pw_crypto_keys_load(bench.config->keys_dir, &keys, &err))
        return failed(&err);
    struct pw_client *client = pw_client_new(bench.loop, &(struct pw_client_options){0});
    const struct pw_deliver_options options = {
        .loop = bench.loop,
        .db = bench.db,
        .client = client,
        .keys = keys,
        .cert_file = bench.config->partners_certificate,
        .key_file = bench.config->partners_key,
    };
    bool ok =
        pw_partner_test(bench.loop, bench.db, client, &options, pw_str_z(ctl->operands[0]), &answer, &err);
    pw_client_free(client);
    pw_crypto_keys_free(keys);
    if (!ok)
        return failed(&err);
    printf("%d\n", answer);
    return answer >= 200 && answer < 300 ? EXIT_DONE : EXIT_FAILED;
}

int run_partner_replay(struct ctl *ctl)
{
    const char *event = NULL;
    const struct option_row rows[] = {{"event", OPTION_TEXT, "ID", "only this dead letter", &event}};
    int status;
    struct pw_err err;
    struct bench bench;
    struct pw_uuid id;
    int64_t count;
    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    if (event != NULL && !pw_uuid_parse(pw_str_z(event), &id))
        return wrong_usage(ctl, "--event takes the id of an event");
    if (!open_bench(ctl, &bench, &err) ||
        !pw_partner_replay(bench.db, pw_str_z(ctl->operands[0]), event == NULL ? NULL : &id, &count, &err))
        return failed(&err);
    printf("%lld sent again\n", (long long)count);
    return EXIT_DONE;
}
