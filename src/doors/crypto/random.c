/*
 * Random octets, tokens, comparing and wiping. The generator is OpenSSL's for private values,
 * seeded by the kernel. Without randomness nothing that follows is safe, so its failure ends the
 * process and the supervisor starts it again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "crypto_int.h"

void pw_crypto_random(void *out, size_t len)
{
    uint8_t *at = out;

    while (len > 0) {
        int part = len > 4096 ? 4096 : (int)len;

        if (RAND_priv_bytes(at, part) != 1)
            abort();
        at += part;
        len -= (size_t)part;
    }
}

const char *pw_crypto_token_new(char out[PW_TOKEN_TEXT])
{
    uint8_t octets[32];

    pw_crypto_random(octets, sizeof octets);
    pw_crypto_base64url(octets, sizeof octets, out);
    pw_crypto_wipe(octets, sizeof octets);
    return out;
}

void pw_crypto_token_hash(struct pw_str token, uint8_t ret[PW_MAC_SIZE])
{
    pw_sha256_of(token.data, token.len, ret);
}

bool pw_crypto_equal(const void *a, const void *b, size_t len)
{
    return CRYPTO_memcmp(a, b, len) == 0;
}

void pw_crypto_wipe(void *data, size_t len)
{
    OPENSSL_cleanse(data, len);
}

const char *pw_crypto_secret_read(const char *file, char *out, size_t size)
{
    FILE *in = file == NULL || file[0] == '\0' ? NULL : fopen(file, "re");

    out[0] = '\0';
    if (in == NULL)
        return NULL;
    if (fgets(out, (int)size, in) == NULL)
        out[0] = '\0';
    fclose(in);
    out[strcspn(out, "\r\n")] = '\0';
    return out;
}
