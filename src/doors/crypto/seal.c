/*
 * Sealing with AES-256-GCM. Nonces are random: at 96 bits a key may seal 2^32 values before a
 * repetition becomes likely enough to matter, far above what one installation writes in the life
 * of a key version.
 */
#include <string.h>

#include <openssl/evp.h>

#include "crypto_int.h"

static void put_u32(uint8_t *out, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> (24 - 8 * i));
}

static uint32_t get_u32(const uint8_t *in)
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

static bool start(
    EVP_CIPHER_CTX *ctx, bool sealing, const uint8_t *key, const uint8_t *nonce, struct pw_str place)
{
    int len;

    return EVP_CipherInit_ex2(ctx, EVP_aes_256_gcm(), key, nonce, sealing, NULL) == 1 &&
           EVP_CipherUpdate(ctx, NULL, &len, (const unsigned char *)place.data, (int)place.len) == 1;
}

static bool seal_into(uint8_t *out, const uint8_t *key, struct pw_str plain, struct pw_str place)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    uint8_t *nonce = out + 4, *text = nonce + SEAL_NONCE, *tag = text + plain.len;
    int len = 0, last = 0;
    bool ok;

    pw_crypto_random(nonce, SEAL_NONCE);
    ok = ctx != NULL && start(ctx, true, key, nonce, place) &&
         EVP_CipherUpdate(ctx, text, &len, (const unsigned char *)plain.data, (int)plain.len) == 1 &&
         EVP_CipherFinal_ex(ctx, text + len, &last) == 1 &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, SEAL_TAG, tag) == 1;
    EVP_CIPHER_CTX_free(ctx);
    return ok;
}

bool pw_crypto_seal(const struct pw_keys *keys, struct pw_arena *arena, struct pw_str plain,
    struct pw_str place, struct pw_str *ret, struct pw_err *err)
{
    uint32_t version = pw_crypto_key_newest(keys, PW_KEY_SEAL);
    uint8_t *out;

    if (plain.len > INT32_MAX / 2 || place.len > INT32_MAX / 2)
        return pw_fail(err, PW_ERR_LIMIT, "too long to seal");
    out = pw_arena_alloc(arena, plain.len + PW_SEAL_OVERHEAD);
    put_u32(out, version);
    if (!seal_into(out, crypto_key(keys, PW_KEY_SEAL, version), plain, place))
        return pw_fail(err, PW_ERR_CRYPTO, "AES-256-GCM failed");
    *ret = (struct pw_str){(const char *)out, plain.len + PW_SEAL_OVERHEAD};
    return true;
}

static bool open_into(uint8_t *out, const uint8_t *key, const uint8_t *nonce, size_t len, struct pw_str place)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    const uint8_t *text = nonce + SEAL_NONCE;
    uint8_t tag[SEAL_TAG];
    int got = 0, last = 0;
    bool ok;

    memcpy(tag, text + len, sizeof tag);
    ok = ctx != NULL && start(ctx, false, key, nonce, place) &&
         EVP_CipherUpdate(ctx, out, &got, text, (int)len) == 1 &&
         EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, SEAL_TAG, tag) == 1 &&
         EVP_CipherFinal_ex(ctx, out + got, &last) == 1;
    EVP_CIPHER_CTX_free(ctx);
    if (!ok)
        pw_crypto_wipe(out, len);
    return ok;
}

bool pw_crypto_open(const struct pw_keys *keys, struct pw_arena *arena, struct pw_str sealed,
    struct pw_str place, struct pw_str *ret, struct pw_err *err)
{
    const uint8_t *in = (const uint8_t *)sealed.data, *key;
    size_t len;
    uint8_t *out;

    if (sealed.len < PW_SEAL_OVERHEAD || sealed.len > INT32_MAX / 2)
        return pw_fail(err, PW_ERR_CRYPTO, "a sealed value is malformed");
    key = crypto_key(keys, PW_KEY_SEAL, get_u32(in));
    if (key == NULL)
        return pw_fail(err, PW_ERR_CRYPTO, "seal key %u is not in the key directory", get_u32(in));
    len = sealed.len - PW_SEAL_OVERHEAD;
    out = pw_arena_alloc(arena, len + 1);
    if (!open_into(out, key, in + 4, len, place))
        return pw_fail(err, PW_ERR_CRYPTO, "a sealed value was changed, or lies in another place");
    *ret = (struct pw_str){(const char *)out, len};
    return true;
}
