/* SHA-256 (FIPS 180-4), in base so that the pure domain can hash; tested against OpenSSL. */
#ifndef PANDWACHT_BASE_SHA256_H
#define PANDWACHT_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define PW_SHA256_SIZE 32
#define PW_SHA256_TEXT 65 /* lower-case hexadecimal and NUL */

struct pw_sha256 {
    uint32_t state[8];
    uint64_t length;
    uint8_t block[64];
};

void pw_sha256_init(struct pw_sha256 *ctx);
void pw_sha256_update(struct pw_sha256 *ctx, const void *data, size_t len);
void pw_sha256_final(struct pw_sha256 *ctx, uint8_t out[PW_SHA256_SIZE]);
/* The three at once. */
void pw_sha256_of(const void *data, size_t len, uint8_t out[PW_SHA256_SIZE]);
/* Lower-case hexadecimal of `len` octets into `out` (2 * len + 1); returns `out`. */
const char *pw_hex(const void *data, size_t len, char *out);

#endif
