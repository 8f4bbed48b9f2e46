/* Inside of crypto: the key ring. */
#ifndef PANDWACHT_CRYPTO_INT_H
#define PANDWACHT_CRYPTO_INT_H

#include <pandwacht/base.h>
#include <pandwacht/crypto.h>

#define KEY_VERSIONS_MAX 64
#define SEAL_NONCE       12
#define SEAL_TAG         16

struct key {
    uint32_t version;
    uint8_t octets[PW_KEY_SIZE];
};

/* Per use, ascending by version. */
struct pw_keys {
    struct key ring[PW_KEY_USES][KEY_VERSIONS_MAX];
    size_t count[PW_KEY_USES];
};

/* The octets of one version, NULL when absent. */
const uint8_t *crypto_key(const struct pw_keys *keys, enum pw_key_use use, uint32_t version);

#endif
