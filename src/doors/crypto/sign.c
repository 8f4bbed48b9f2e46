/* Ed25519 (RFC 8032): signing with a seed of the ring, verifying with a public key. */
#include <openssl/evp.h>

#include "crypto_int.h"

static EVP_PKEY *signing_key(const struct pw_keys *keys, uint32_t version, struct pw_err *err)
{
    const uint8_t *seed = crypto_key(keys, PW_KEY_SIGNING, version);
    EVP_PKEY *key;

    if (seed == NULL) {
        (void)pw_fail(err, PW_ERR_CRYPTO, "signing key %u is not in the key directory", version);
        return NULL;
    }
    key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, PW_KEY_SIZE);
    if (key == NULL)
        (void)pw_fail(err, PW_ERR_CRYPTO, "the signing key cannot be used");
    return key;
}

bool pw_crypto_sign(const struct pw_keys *keys, struct pw_str message, uint32_t *ret_version,
    uint8_t ret[PW_SIGNATURE_SIZE], struct pw_err *err)
{
    uint32_t version = pw_crypto_key_newest(keys, PW_KEY_SIGNING);
    EVP_PKEY *key = signing_key(keys, version, err);
    EVP_MD_CTX *ctx;
    size_t len = PW_SIGNATURE_SIZE;
    bool ok;

    if (key == NULL)
        return false;
    ctx = EVP_MD_CTX_new();
    ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
         EVP_DigestSign(ctx, ret, &len, (const unsigned char *)message.data, message.len) == 1 &&
         len == PW_SIGNATURE_SIZE;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    if (!ok)
        return pw_fail(err, PW_ERR_CRYPTO, "signing failed");
    *ret_version = version;
    return true;
}

bool pw_crypto_public(
    const struct pw_keys *keys, uint32_t version, uint8_t ret[PW_PUBLIC_SIZE], struct pw_err *err)
{
    EVP_PKEY *key = signing_key(keys, version, err);
    size_t len = PW_PUBLIC_SIZE;
    bool ok;

    if (key == NULL)
        return false;
    ok = EVP_PKEY_get_raw_public_key(key, ret, &len) == 1 && len == PW_PUBLIC_SIZE;
    EVP_PKEY_free(key);
    return ok || pw_fail(err, PW_ERR_CRYPTO, "the signing key has no public half");
}

bool pw_crypto_verify(const uint8_t public_key[PW_PUBLIC_SIZE], struct pw_str message,
    const uint8_t signature[PW_SIGNATURE_SIZE])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, public_key, PW_PUBLIC_SIZE);
    EVP_MD_CTX *ctx = key == NULL ? NULL : EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
              EVP_DigestVerify(
                  ctx, signature, PW_SIGNATURE_SIZE, (const unsigned char *)message.data, message.len) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);
    return ok;
}
