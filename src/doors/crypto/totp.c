/*
 * One-time codes by time (RFC 6238): HMAC-SHA-1 over the number of the 30-second step, six digits. That
 * is what every authenticator app speaks; SHA-1 is sound here, since nothing rests on collisions.
 */
#include <string.h>

#include <openssl/evp.h>

#include "crypto_int.h"

#define SHA1_SIZE 20

bool pw_crypto_totp(struct pw_str key, int64_t step, char ret[PW_TOTP_TEXT], struct pw_err *err)
{
    uint8_t counter[8], mac[EVP_MAX_MD_SIZE];
    size_t len;
    uint32_t code;

    for (int i = 0; i < 8; i++)
        counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
    if (EVP_Q_mac(NULL, "HMAC", NULL, "SHA1", NULL, key.data, key.len, counter, sizeof counter, mac,
            sizeof mac, &len) == NULL ||
        len != SHA1_SIZE)
        return pw_fail(err, PW_ERR_CRYPTO, "HMAC-SHA-1 failed");
    /* Dynamic truncation (RFC 4226 section 5.3). */
    const uint8_t *at = mac + (mac[SHA1_SIZE - 1] & 15);
    code = ((uint32_t)at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    code %= 1000000;
    for (int i = PW_TOTP_TEXT - 2; i >= 0; i--, code /= 10)
        ret[i] = (char)('0' + code % 10);
    ret[PW_TOTP_TEXT - 1] = '\0';
    return true;
}

const char *pw_crypto_base32(const void *data, size_t len, char *out)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const uint8_t *at = data;
    size_t n = 0;
    unsigned bits = 0, held = 0;

    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | at[i];
        for (held += 8; held >= 5; held -= 5)
            out[n++] = letters[bits >> (held - 5) & 31];
    }
    if (held > 0)
        out[n++] = letters[bits << (5 - held) & 31];
    out[n] = '\0';
    return out;
}
