/* Inside of jose: a key, and the algorithms it may serve. */
#ifndef PANDWACHT_JOSE_INT_H
#define PANDWACHT_JOSE_INT_H

#include <cjose/cjose.h>

#include <pandwacht/base.h>
#include <pandwacht/jose.h>

struct key {
    struct pw_str id;        /* "" = it has none */
    struct pw_str algorithm; /* the only one it is for; "" = any of its type */
    struct pw_str type;      /* "RSA", "EC" */
    cjose_jwk_t *jwk;
};

struct pw_jose_keys {
    struct key *items;
    size_t count;
};

struct algorithm {
    const char *name, *key_type;
};

/* NULL when it is not one of ours. */
const struct algorithm *jose_algorithm(struct pw_str name);

#endif
