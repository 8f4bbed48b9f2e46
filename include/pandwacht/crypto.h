/*
 * crypto: everything that needs a key or a random number. Hides OpenSSL's libcrypto.
 *
 * Keys are files `<use>-<version>.key` of exactly 32 random octets in one directory, readable
 * by the daemon alone: `pseudonym-1.key`, `seal-1.key`, `content-1.key`, `signing-1.key`.
 * The newest version of a use writes, all versions read. Keys never leave this room but as
 * public halves; they are wiped when the ring is freed.
 *
 * What is kept of a person is either a pseudonym (HMAC-SHA256 over scheme and normalised
 * value, one per key version) or sealed (AES-256-GCM): key version (4 octets, big-endian),
 * nonce (12), ciphertext, tag (16). The place where a sealed value lies is bound to it as
 * additional data, so that it cannot be moved to another row.
 *
 * Calls into OpenSSL that fail for want of memory or entropy report PW_ERR_CRYPTO.
 */
#ifndef PANDWACHT_CRYPTO_H
#define PANDWACHT_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>

struct pw_arena;

#define PW_KEY_SIZE       32
#define PW_MAC_SIZE       32
#define PW_SEAL_OVERHEAD  (4 + 12 + 16) /* octets a sealed value is longer than its plain text */
#define PW_SIGNATURE_SIZE 64            /* Ed25519 */
#define PW_PUBLIC_SIZE    32
#define PW_KEY_ID_TEXT    44   /* name of a signing key and NUL */
#define PW_SIGNATURE_TEXT 87   /* a signature as base64url without padding, and NUL */
#define PW_TOKEN_TEXT     44   /* 32 random octets as base64url without padding, and NUL */
#define PW_PASSWORD_TEXT  128  /* a stored password hash with its parameters, and NUL */
#define PW_PASSWORD_MAX   1024 /* octets of a password; longer ones are refused */
#define PW_TOTP_TEXT      7    /* six digits, and NUL */
#define PW_TOTP_SECONDS   30   /* of one step */

/* ---- random ---- */

/* Fills `out` from the generator for secrets. Ends the process when there is none: nothing
 * that follows could be safe. */
void pw_crypto_random(void *out, size_t len);
/* A new bearer token, session or CSRF token: 256 random bits. Returns `out`. */
const char *pw_crypto_token_new(char out[PW_TOKEN_TEXT]);
/* What is stored of a token: its SHA-256. (A token is random, so that it needs no salt or work.) */
void pw_crypto_token_hash(struct pw_str token, uint8_t ret[PW_MAC_SIZE]);
/* Compares without telling by its time where the first difference is. */
bool pw_crypto_equal(const void *a, const void *b, size_t len);
/* Overwrites; not removed by the optimiser. */
void pw_crypto_wipe(void *data, size_t len);

/* The first line of a file that holds a secret, into `out`; NULL when the file is not named ("" or NULL) or
 * cannot be read. The caller wipes `out`. */
const char *pw_crypto_secret_read(const char *file, char *out, size_t size);

/* ---- keys ---- */

enum pw_key_use {
    PW_KEY_PSEUDONYM, /* party references */
    PW_KEY_SEAL,      /* sealed texts and values */
    PW_KEY_CONTENT,   /* content of requests, for idempotency: never rotates, version 1 only */
    PW_KEY_SIGNING,   /* Ed25519 seed */
    PW_KEY_USES
};

struct pw_keys;

/* Reads every key file of `dir`. Fails with PW_ERR_IO (unreadable, or readable by others than its
 * owner and group) or PW_ERR_CRYPTO (a use without key, a wrong length, an unknown file name ending
 * in .key), naming the file and the remedy. Caller frees. */
bool pw_crypto_keys_load(const char *dir, struct pw_keys **ret, struct pw_err *err) PW_MUST_CHECK;
/* Creates version 1 of every use that has no key in `dir` (made when missing, mode 0700; files 0600).
 * For development and first installation; never overwrites. */
bool pw_crypto_keys_create(const char *dir, struct pw_err *err) PW_MUST_CHECK;
/* A ring with version 1 of every use derived from `seed`; for tests. Never fails. */
struct pw_keys *pw_crypto_keys_for_test(const char *seed);
/* Wipes and frees. NULL is accepted. */
void pw_crypto_keys_free(struct pw_keys *keys);
/* Number of versions of a use, at least 1, and the i-th in ascending order. */
size_t pw_crypto_key_count(const struct pw_keys *keys, enum pw_key_use use);
uint32_t pw_crypto_key_version(const struct pw_keys *keys, enum pw_key_use use, size_t i);
/* The version that writes. */
uint32_t pw_crypto_key_newest(const struct pw_keys *keys, enum pw_key_use use);

/* ---- pseudonyms and content codes ---- */

/* HMAC-SHA256 of length-prefixed `scheme`, `scope` ("" or the client of a source-local number) and
 * the normalised `value`, under a pseudonym key. False (PW_ERR_CRYPTO) when the version is absent. */
bool pw_crypto_pseudonym(const struct pw_keys *keys, uint32_t version, struct pw_str scheme,
    struct pw_str scope, struct pw_str value, uint8_t ret[PW_MAC_SIZE], struct pw_err *err) PW_MUST_CHECK;
/* HMAC-SHA256 of a request's canonical form under the content key. */
bool pw_crypto_content_mac(const struct pw_keys *keys, struct pw_str canonical, uint8_t ret[PW_MAC_SIZE],
    struct pw_err *err) PW_MUST_CHECK;

/* ---- sealing ---- */

/* Seals `plain` under the newest key, bound to `place` (say table, row and field as text). The
 * sealed octets are the arena's. */
bool pw_crypto_seal(const struct pw_keys *keys, struct pw_arena *arena, struct pw_str plain,
    struct pw_str place, struct pw_str *ret, struct pw_err *err) PW_MUST_CHECK;
/* Opens; PW_ERR_CRYPTO when it is malformed, was changed, lies elsewhere or its key is absent. */
bool pw_crypto_open(const struct pw_keys *keys, struct pw_arena *arena, struct pw_str sealed,
    struct pw_str place, struct pw_str *ret, struct pw_err *err) PW_MUST_CHECK;

/* ---- passwords: slow by design (about 50 ms), only in the worker and on the command line ---- */

/* `scrypt$ln=15,r=8,p=1$<salt>$<key>` (base64url), into `out`. A password is 1 to 1024 octets. */
bool pw_crypto_password_hash(
    struct pw_str password, char out[PW_PASSWORD_TEXT], struct pw_err *err) PW_MUST_CHECK;
/* Whether the password fits. `stored` "" or malformed does the same work against a fixed hash and
 * never fits, so that an unknown account cannot be told from a wrong password. False with `err`
 * filled only when the computation itself failed. */
bool pw_crypto_password_verify(
    struct pw_str password, struct pw_str stored, bool *ret_fits, struct pw_err *err) PW_MUST_CHECK;

/* ---- one-time codes: RFC 6238, SHA-1, six digits ---- */

/* The code of one step (seconds since 1970 / PW_TOTP_SECONDS) under a shared key. */
bool pw_crypto_totp(
    struct pw_str key, int64_t step, char ret[PW_TOTP_TEXT], struct pw_err *err) PW_MUST_CHECK;

/* ---- signatures: Ed25519 ---- */

struct pw_signature {
    const char *key_id; /* of the key that made it; the ring's */
    uint8_t octets[PW_SIGNATURE_SIZE];
    char value[PW_SIGNATURE_TEXT]; /* the octets as base64url */
};

/* Signs with the newest signing key. */
bool pw_crypto_sign(const struct pw_keys *keys, struct pw_str message, struct pw_signature *ret,
    struct pw_err *err) PW_MUST_CHECK;

struct pw_public_key {
    uint32_t version;
    uint8_t octets[PW_PUBLIC_SIZE];
    char id[PW_KEY_ID_TEXT]; /* its RFC 7638 thumbprint: the same wherever the key is known */
};

/* The public half of the i-th signing key, ascending by version; the last one signs. Published at
 * /v1/signing-keys; older ones stay there as long as their file does, for what they signed. */
const struct pw_public_key *pw_crypto_public(const struct pw_keys *keys, size_t i);
/* The one with that id; NULL: none of ours. */
const struct pw_public_key *pw_crypto_public_named(const struct pw_keys *keys, struct pw_str id);
/* Needs no ring: anyone with the public half can. False also for a malformed key. */
bool pw_crypto_verify(const uint8_t public_key[PW_PUBLIC_SIZE], struct pw_str message,
    const uint8_t signature[PW_SIGNATURE_SIZE]) PW_MUST_CHECK;

/* ---- text forms ---- */

/* base64url without padding (RFC 4648 section 5) into `out` (4 * ceil(len / 3) + 1 octets). */
const char *pw_crypto_base64url(const void *data, size_t len, char *out);
/* The same with the usual alphabet and padding (section 4), as structured header fields have it. */
const char *pw_crypto_base64(const void *data, size_t len, char *out);
/* base32 without padding (RFC 4648 section 6), as authenticator apps take keys, into `out` (8 * ceil(len / 5)
 * + 1 octets). */
const char *pw_crypto_base32(const void *data, size_t len, char *out);
/* Strict: no padding, no blanks, no stray bits. `out` has room for `size` octets. */
bool pw_crypto_base64url_read(struct pw_str text, void *out, size_t size, size_t *ret_len) PW_MUST_CHECK;

#endif
