/*
 * Keyed codes: pseudonyms of party references and codes of request contents. Every part is
 * preceded by its length, so that no two different references can meet in one text.
 */
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "crypto_int.h"

static bool mac_part(EVP_MAC_CTX *ctx, struct pw_str part)
{
    uint8_t length[8];

    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)part.len >> (56 - 8 * i));
    return EVP_MAC_update(ctx, length, sizeof length) == 1 &&
           EVP_MAC_update(ctx, (const unsigned char *)part.data, part.len) == 1;
}

static bool mac_run(
    EVP_MAC_CTX *ctx, const uint8_t *key, const struct pw_str *parts, size_t count, uint8_t ret[PW_MAC_SIZE])
{
    char digest[] = "SHA256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0), OSSL_PARAM_END};
    size_t len;

    if (EVP_MAC_init(ctx, key, PW_KEY_SIZE, params) != 1)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!mac_part(ctx, parts[i]))
            return false;
    return EVP_MAC_final(ctx, ret, &len, PW_MAC_SIZE) == 1 && len == PW_MAC_SIZE;
}

static bool mac_of(const uint8_t *key, const struct pw_str *parts, size_t count, uint8_t ret[PW_MAC_SIZE],
    struct pw_err *err)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *ctx = mac == NULL ? NULL : EVP_MAC_CTX_new(mac);
    bool ok = ctx != NULL && mac_run(ctx, key, parts, count, ret);

    EVP_MAC_CTX_free(ctx);
    EVP_MAC_free(mac);
    return ok || pw_fail(err, PW_ERR_CRYPTO, "HMAC-SHA256 failed");
}

bool pw_crypto_pseudonym(const struct pw_keys *keys, uint32_t version, struct pw_str scheme,
    struct pw_str scope, struct pw_str value, uint8_t ret[PW_MAC_SIZE], struct pw_err *err)
{
    const uint8_t *key = crypto_key(keys, PW_KEY_PSEUDONYM, version);
    const struct pw_str parts[] = {scheme, scope, value};

    if (key == NULL)
        return pw_fail(err, PW_ERR_CRYPTO, "pseudonym key %u is not in the key directory", version);
    return mac_of(key, parts, PW_COUNT(parts), ret, err);
}

bool pw_crypto_content_mac(
    const struct pw_keys *keys, struct pw_str canonical, uint8_t ret[PW_MAC_SIZE], struct pw_err *err)
{
    return mac_of(crypto_key(keys, PW_KEY_CONTENT, 1), &canonical, 1, ret, err);
}
