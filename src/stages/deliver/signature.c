/*
 * What makes a request provably ours: Content-Digest (RFC 9530) over its body, and a signature
 * (RFC 9421, ed25519) over method, target, type and digest. Made anew for each attempt, so that its
 * `created` is the time of sending and a receiver can refuse what is old.
 */
#include <string.h>

#include <pandwacht/base/sha256.h>
#include <pandwacht/crypto.h>

#include "deliver_int.h"

#define CONTENT_TYPE "application/cloudevents+json"
#define COMPONENTS   "(\"@method\" \"@target-uri\" \"content-type\" \"content-digest\")"
#define DIGEST_TEXT  (4 * ((PW_SHA256_SIZE + 2) / 3) + 1)
#define VALUE_TEXT   (4 * ((PW_SIGNATURE_SIZE + 2) / 3) + 1)

struct pw_str deliver_digest(struct pw_arena *arena, struct pw_str body)
{
    uint8_t hash[PW_SHA256_SIZE];
    char text[DIGEST_TEXT];

    pw_sha256_of(body.data, body.len, hash);
    return pw_str_printf(arena, "sha-256=:%s:", pw_crypto_base64(hash, sizeof(hash), text));
}

struct pw_str deliver_target(struct pw_arena *arena, const char *url, const char *name)
{
    struct pw_str rest = pw_str_z(url + strlen("https://")), authority, path, host, port;

    bool deep = pw_str_cut(rest, '/', &authority, &path);
    bool odd = pw_str_cut(authority, ':', &host, &port) && !pw_str_is(port, "443");
    return pw_str_printf(arena, "https://%s%s%.*s/%.*s", name, odd ? ":" : "",
        PW_STR_ARG(odd ? port : PW_STR("")), PW_STR_ARG(deep ? path : PW_STR("")));
}

static struct pw_str params_of(struct pw_arena *arena, const char *key_id, pw_usec created)
{
    return pw_str_printf(arena, COMPONENTS ";created=%lld;keyid=\"%s\";alg=\"ed25519\"",
        (long long)(created / 1000000), key_id);
}

/* The signature base of RFC 9421 section 2.5. */
static struct pw_str base_of(
    struct pw_arena *arena, struct pw_str target, struct pw_str digest, struct pw_str params)
{
    return pw_str_printf(arena,
        "\"@method\": POST\n"
        "\"@target-uri\": %.*s\n"
        "\"content-type\": " CONTENT_TYPE "\n"
        "\"content-digest\": %.*s\n"
        "\"@signature-params\": %.*s",
        PW_STR_ARG(target), PW_STR_ARG(digest), PW_STR_ARG(params));
}

bool deliver_sign(const struct pw_keys *keys, struct pw_arena *arena, pw_usec now, struct pw_str target,
    struct pw_str body, struct deliver_headers *ret, struct pw_err *err)
{
    const struct pw_public_key *key = pw_crypto_public(keys, pw_crypto_key_count(keys, PW_KEY_SIGNING) - 1);
    struct pw_str digest = deliver_digest(arena, body);
    struct pw_str params = params_of(arena, key->id, now);
    struct pw_signature signature;
    char value[VALUE_TEXT];

    if (!pw_crypto_sign(keys, base_of(arena, target, digest, params), &signature, err))
        return false;
    pw_crypto_base64(signature.octets, sizeof(signature.octets), value);
    ret->lines[0] = "Content-Type: " CONTENT_TYPE;
    ret->lines[1] = pw_str_printf(arena, "Content-Digest: %.*s", PW_STR_ARG(digest)).data;
    ret->lines[2] = pw_str_printf(arena, "Signature-Input: pandwacht=%.*s", PW_STR_ARG(params)).data;
    ret->lines[3] = pw_str_printf(arena, "Signature: pandwacht=:%s:", value).data;
    return true;
}
