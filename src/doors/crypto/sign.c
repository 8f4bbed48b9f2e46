/*
 * Ed25519 (RFC 8032): signing with the newest seed of the ring, verifying with a public key. Keys are
 * prepared when the ring is filled: that costs as much as a signature, and thousands are made a second.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "crypto_int.h"

/* The key's name is its RFC 7638 thumbprint, so that it follows from the key alone. */
static void name_key(struct pw_public_key *key)
{
    char x[PW_KEY_ID_TEXT], text[128];
    uint8_t hash[PW_SHA256_SIZE];

    pw_crypto_base64url(key->octets, sizeof key->octets, x);
    snprintf(text, sizeof text, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}", x);
    pw_sha256_of(text, strlen(text), hash);
    pw_crypto_base64url(hash, sizeof hash, key->id);
}

static bool prepare(struct signer *signer, const struct key *key)
{
    size_t len = PW_PUBLIC_SIZE;

    signer->private = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->octets, PW_KEY_SIZE);
    signer->public.version = key->version;
    if (signer->private == NULL ||
        EVP_PKEY_get_raw_public_key(signer->private, signer->public.octets, &len) != 1)
        return false;
    name_key(&signer->public);
    return true;
}

bool crypto_signers_prepare(struct pw_keys *keys, struct pw_err *err)
{
    for (size_t i = 0; i < keys->count[PW_KEY_SIGNING]; i++)
        if (!prepare(&keys->signers[i], &keys->ring[PW_KEY_SIGNING][i]))
            return pw_fail(err, PW_ERR_CRYPTO, "signing key %u cannot be used",
                (unsigned)keys->ring[PW_KEY_SIGNING][i].version);
    return true;
}

void crypto_signers_free(struct pw_keys *keys)
{
    for (size_t i = 0; i < keys->count[PW_KEY_SIGNING]; i++)
        EVP_PKEY_free(keys->signers[i].private);
}

bool pw_crypto_sign(
    const struct pw_keys *keys, struct pw_str message, struct pw_signature *ret, struct pw_err *err)
{
    const struct signer *signer = &keys->signers[keys->count[PW_KEY_SIGNING] - 1];
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    size_t len = PW_SIGNATURE_SIZE;
    bool ok = ctx != NULL && EVP_DigestSignInit(ctx, NULL, NULL, NULL, signer->private) == 1 &&
              EVP_DigestSign(ctx, ret->octets, &len, (const unsigned char *)message.data, message.len) == 1 &&
              len == PW_SIGNATURE_SIZE;

    EVP_MD_CTX_free(ctx);
    if (!ok)
        return pw_fail(err, PW_ERR_CRYPTO, "signing failed");
    ret->key_id = signer->public.id;
    pw_crypto_base64url(ret->octets, sizeof ret->octets, ret->value);
    return true;
}

const struct pw_public_key *pw_crypto_public(const struct pw_keys *keys, size_t i)
{
    return &keys->signers[i].public;
}

const struct pw_public_key *pw_crypto_public_named(const struct pw_keys *keys, struct pw_str id)
{
    for (size_t i = 0; i < pw_crypto_key_count(keys, PW_KEY_SIGNING); i++)
        if (pw_str_is(id, keys->signers[i].public.id))
            return &keys->signers[i].public;
    return NULL;
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
