/* `partner verify FILE`: whether a request that a receiver kept is ours. */
#include "ctl_int.h"

#include <stdio.h>
#include <string.h>

#include <pandwacht/crypto.h>
#include <pandwacht/deliver.h>
#include <pandwacht/json.h>

/* Where keys come from: our own ring, or what /v1/signing-keys said. */
struct keys {
    struct pw_keys *own;
    const struct pw_json *published;
};

static bool find_own(const struct pw_keys *keys, struct pw_str id, uint8_t ret[PW_PUBLIC_SIZE])
{
    for (size_t i = 0; i < pw_crypto_key_count(keys, PW_KEY_SIGNING); i++) {
        const struct pw_public_key *key = pw_crypto_public(keys, i);
        if (pw_str_is(id, key->id)) {
            memcpy(ret, key->octets, PW_PUBLIC_SIZE);
            return true;
        }
    }
    return false;
}

static bool find_published(const struct pw_json *items, struct pw_str id, uint8_t ret[PW_PUBLIC_SIZE])
{
    size_t len;

    for (size_t i = 0; i < pw_json_count(items); i++) {
        const struct pw_json *name = pw_json_get(pw_json_item(items, i), "keyId");
        const struct pw_json *x = pw_json_get(pw_json_item(items, i), "x");
        if (pw_json_is_string(name) && pw_str_eq(pw_json_str(name), id) && pw_json_is_string(x))
            return pw_crypto_base64url_read(pw_json_str(x), ret, PW_PUBLIC_SIZE, &len) &&
                   len == PW_PUBLIC_SIZE;
    }
    return false;
}

static bool find_key(void *arg, struct pw_str id, uint8_t ret[PW_PUBLIC_SIZE])
{
    const struct keys *keys = arg;

    return keys->own != NULL ? find_own(keys->own, id, ret) : find_published(keys->published, id, ret);
}

static bool read_file(struct ctl *ctl, const char *name, struct pw_str *ret, struct pw_err *err)
{
    char *text = pw_arena_alloc(ctl->arena, PW_EVENT_REQUEST_MAX);
    FILE *in = fopen(name, "re");

    if (in == NULL)
        return pw_fail_at(err, PW_ERR_IO, name, 0, 0, "cannot be read");
    *ret = (struct pw_str){text, fread(text, 1, PW_EVENT_REQUEST_MAX, in)};
    fclose(in);
    return ret->len < PW_EVENT_REQUEST_MAX ||
           pw_fail_at(err, PW_ERR_LIMIT, name, 0, 0, "is larger than any event");
}

static bool open_keys(struct ctl *ctl, const char *file, struct keys *ret, struct pw_err *err)
{
    struct pw_config *config;
    struct pw_json_error bad;
    struct pw_str text;

    if (file == NULL)
        return open_config(ctl, &config, err) && pw_crypto_keys_load(config->keys_dir, &ret->own, err);
    if (!read_file(ctl, file, &text, err))
        return false;
    if (!pw_json_parse(ctl->arena, text, NULL, &ret->published, &bad))
        return pw_fail_at(err, PW_ERR_SYNTAX, file, 0, 0, "is not JSON; keep what /v1/signing-keys answers");
    ret->published = pw_json_get(ret->published, "items");
    return true;
}

int run_partner_verify(struct ctl *ctl)
{
    const char *keys_file = NULL;
    const struct option_row rows[] = {
        {"keys", OPTION_TEXT, "FILE", "the answer of /v1/signing-keys (our own keys)", &keys_file},
    };
    char at[PW_TIME_TEXT];
    struct pw_event_proof proof;
    struct keys keys = {0};
    struct pw_str request;
    struct pw_err err;
    int status;

    if (!READ_OPTIONS(ctl, rows, 1, 1, &status))
        return status;
    bool ok = read_file(ctl, ctl->operands[0], &request, &err) && open_keys(ctl, keys_file, &keys, &err) &&
              pw_event_verify(ctl->arena, request, find_key, &keys, &proof, &err);
    pw_crypto_keys_free(keys.own);
    if (!ok)
        return failed(&err);
    printf("signed by %.*s at %s\n", PW_STR_ARG(proof.key_id), pw_instant_format(proof.created, false, at));
    return EXIT_DONE;
}
