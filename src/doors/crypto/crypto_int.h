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

/* A signing key ready for use. */
struct signer {
    struct evp_pkey_st *private;
    struct pw_public_key public;
};

/* Per use, ascending by version. */
struct pw_keys {
    struct key ring[PW_KEY_USES][KEY_VERSIONS_MAX];
    size_t count[PW_KEY_USES];
    struct signer signers[KEY_VERSIONS_MAX]; /* as the ring of PW_KEY_SIGNING */
};

/* The octets of one version, NULL when absent. */
const uint8_t *crypto_key(const struct pw_keys *keys, enum pw_key_use use, uint32_t version);

/* sign.c: once, when the ring is full. */
bool crypto_signers_prepare(struct pw_keys *keys, struct pw_err *err) PW_MUST_CHECK;
void crypto_signers_free(struct pw_keys *keys);

#endif
