/*
 * Passwords by scrypt (RFC 7914), parameters inside the stored text, so that they may rise later
 * without a migration. Verifying against an unusable text costs as much as against a real one.
 */
#include <stdio.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/kdf.h>

#include "crypto_int.h"

#define SALT_SIZE 16
#define HASH_SIZE 32
#define LOG_N     15 /* 32 MiB, about 50 ms on one core of 2024 */
#define BLOCK_R   8
#define LANES_P   1
#define LOG_N_MAX 18
#define MEMORY    (UINT64_C(1) << 29) /* what a stored text may ask for at most */

struct stored {
    unsigned log_n, r, p;
    uint8_t salt[SALT_SIZE];
    uint8_t hash[HASH_SIZE];
};

static bool derive(struct pw_str password, const struct stored *how, uint8_t out[HASH_SIZE])
{
    return EVP_PBE_scrypt(password.data, password.len, how->salt, SALT_SIZE, UINT64_C(1) << how->log_n,
               how->r, how->p, MEMORY, out, HASH_SIZE) == 1;
}

static bool acceptable(struct pw_str password, struct pw_err *err)
{
    if (password.len == 0 || password.len > PW_PASSWORD_MAX)
        return pw_fail(err, PW_ERR_INVALID, "a password has 1 to %d octets", PW_PASSWORD_MAX);
    return true;
}

bool pw_crypto_password_hash(struct pw_str password, char out[PW_PASSWORD_TEXT], struct pw_err *err)
{
    struct stored how = {.log_n = LOG_N, .r = BLOCK_R, .p = LANES_P};
    char salt[SALT_SIZE * 2], hash[HASH_SIZE * 2];

    if (!acceptable(password, err))
        return false;
    pw_crypto_random(how.salt, sizeof how.salt);
    if (!derive(password, &how, how.hash))
        return pw_fail(err, PW_ERR_CRYPTO, "scrypt failed");
    pw_crypto_base64url(how.salt, SALT_SIZE, salt);
    pw_crypto_base64url(how.hash, HASH_SIZE, hash);
    snprintf(out, PW_PASSWORD_TEXT, "scrypt$ln=%u,r=%u,p=%u$%s$%s", how.log_n, how.r, how.p, salt, hash);
    pw_crypto_wipe(&how, sizeof how);
    return true;
}

static bool read_exact(struct pw_str text, uint8_t *out, size_t size)
{
    size_t len;

    return pw_crypto_base64url_read(text, out, size, &len) && len == size;
}

static bool parse_stored(struct pw_str text, struct stored *ret)
{
    struct pw_str name, parameters, salt, hash;
    char copy[64];
    int end = 0;

    if (!pw_str_cut(text, '$', &name, &text) || !pw_str_is(name, "scrypt") ||
        !pw_str_cut(text, '$', &parameters, &text) || !pw_str_cut(text, '$', &salt, &hash))
        return false;
    if (parameters.len >= sizeof copy)
        return false;
    memcpy(copy, parameters.data, parameters.len);
    copy[parameters.len] = '\0';
    if (sscanf(copy, "ln=%2u,r=%2u,p=%2u%n", &ret->log_n, &ret->r, &ret->p, &end) != 3 || copy[end] != '\0')
        return false;
    if (ret->log_n < 10 || ret->log_n > LOG_N_MAX || ret->r < 1 || ret->r > 16 || ret->p < 1 || ret->p > 4)
        return false;
    return read_exact(salt, ret->salt, SALT_SIZE) && read_exact(hash, ret->hash, HASH_SIZE);
}

bool pw_crypto_password_verify(
    struct pw_str password, struct pw_str stored, bool *ret_fits, struct pw_err *err)
{
    struct stored how = {.log_n = LOG_N, .r = BLOCK_R, .p = LANES_P};
    uint8_t got[HASH_SIZE];
    bool known = parse_stored(stored, &how);

    if (!acceptable(password, err))
        return false;
    if (!known)
        how = (struct stored){.log_n = LOG_N, .r = BLOCK_R, .p = LANES_P};
    if (!derive(password, &how, got))
        return pw_fail(err, PW_ERR_CRYPTO, "scrypt failed");
    *ret_fits = pw_crypto_equal(got, how.hash, sizeof got) && known;
    pw_crypto_wipe(got, sizeof got);
    return true;
}
