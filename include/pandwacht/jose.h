/*
 * jose: whether a token (a compact JWS, RFC 7515) was signed by one of the keys of a set (a JWKS, RFC 7517).
 * Hides cjose. Pure: no I/O, no clock; what the payload says is for the caller to judge.
 *
 * Asymmetric signatures only: RS256, PS256, ES256, and of these what the caller allows. A key serves one
 * family of algorithms by its own type, so that a public key is never taken for a shared secret. A token
 * whose header asks for something we do not know (`crit`) is refused.
 */
#ifndef PANDWACHT_JOSE_H
#define PANDWACHT_JOSE_H

#include <stdbool.h>
#include <stddef.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>

struct pw_arena;
struct pw_jose_keys;

#define PW_JOSE_TOKEN_MAX (16 * 1024) /* octets */
#define PW_JOSE_KEYS_MAX  64

/* Reads a JWKS. Keys that are not for signing, or of a kind or size that is not accepted (RSA below 2048
 * bits), are passed over; PW_ERR_SYNTAX when the text is no key set, PW_ERR_LIMIT with too many keys. The
 * keys are the arena's. */
bool pw_jose_keys_read(struct pw_arena *arena, struct pw_str jwks, const struct pw_jose_keys **ret,
    struct pw_err *err) PW_MUST_CHECK;
size_t pw_jose_keys_count(const struct pw_jose_keys *keys);

/* Whether we can verify signatures by this algorithm at all. */
bool pw_jose_knows(const char *algorithm);

/* Verifies `token`; its payload, in `arena`. PW_ERR_SYNTAX: no token; PW_ERR_USAGE: its algorithm is not
 * among `algorithms` (NULL-terminated); PW_ERR_NOT_FOUND: none of the keys is meant, so that newer ones may
 * help; PW_ERR_CRYPTO: the signature is not by the key that is named. */
bool pw_jose_verify(struct pw_arena *arena, const struct pw_jose_keys *keys, const char *const *algorithms,
    struct pw_str token, struct pw_str *ret_payload, struct pw_err *err) PW_MUST_CHECK;

#endif
