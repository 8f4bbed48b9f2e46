/* One token against a set of keys: what its header asks for, which key is meant, whether it signed. */
#include <stdlib.h>

#include "jose_int.h"

/* The header's member as text; "" when it is absent or no text. */
static struct pw_str header_text(cjose_jws_t *jws, const char *name)
{
    return pw_str_z(cjose_header_get(cjose_jws_get_protected(jws), name, NULL));
}

static bool header_has(cjose_jws_t *jws, const char *name)
{
    char *json = cjose_header_get_raw(cjose_jws_get_protected(jws), name, NULL);
    free(json);
    return json != NULL;
}

static bool allowed(const char *const *algorithms, struct pw_str name)
{
    for (size_t i = 0; algorithms[i] != NULL; i++)
        if (pw_str_is(name, algorithms[i]))
            return true;
    return false;
}

static bool fits(const struct key *key, const struct algorithm *algorithm, struct pw_str id)
{
    return pw_str_is(key->type, algorithm->key_type) &&
           (key->algorithm.len == 0 || pw_str_is(key->algorithm, algorithm->name)) &&
           (id.len == 0 || pw_str_eq(key->id, id));
}

/* The key that is meant; NULL when there is none, or when a token that names none could mean several. */
static const struct key *find(
    const struct pw_jose_keys *keys, const struct algorithm *algorithm, struct pw_str id)
{
    const struct key *found = NULL;
    for (size_t i = 0; i < keys->count; i++)
        if (fits(&keys->items[i], algorithm, id)) {
            if (found != NULL)
                return NULL;
            found = &keys->items[i];
        }
    return found;
}

static bool take_payload(struct pw_arena *arena, cjose_jws_t *jws, struct pw_str *ret)
{
    uint8_t *data = NULL; /* the token's */
    size_t len = 0;
    if (!cjose_jws_get_plaintext(jws, &data, &len, NULL))
        return false;
    *ret = pw_str_dup(arena, (struct pw_str){(const char *)data, len});
    return true;
}

static bool verify(struct pw_arena *arena, const struct pw_jose_keys *keys, const char *const *algorithms,
    cjose_jws_t *jws, struct pw_str *ret_payload, struct pw_err *err)
{
    struct pw_str name = header_text(jws, "alg");
    const struct algorithm *algorithm = jose_algorithm(name);
    if (algorithm == NULL || !allowed(algorithms, name))
        return pw_fail(err, PW_ERR_USAGE, "the token is signed by an algorithm that is not allowed");
    if (header_has(jws, "crit"))
        return pw_fail(err, PW_ERR_USAGE, "the token's header asks for something we do not know");
    const struct key *key = find(keys, algorithm, header_text(jws, "kid"));
    if (key == NULL)
        return pw_fail(err, PW_ERR_NOT_FOUND, "no key of the set is the one the token is signed by");
    if (!cjose_jws_verify(jws, key->jwk, NULL) || !take_payload(arena, jws, ret_payload))
        return pw_fail(err, PW_ERR_CRYPTO, "the token's signature is wrong");
    return true;
}

bool pw_jose_verify(struct pw_arena *arena, const struct pw_jose_keys *keys, const char *const *algorithms,
    struct pw_str token, struct pw_str *ret_payload, struct pw_err *err)
{
    cjose_jws_t *jws = token.len <= PW_JOSE_TOKEN_MAX ? cjose_jws_import(token.data, token.len, NULL) : NULL;
    if (jws == NULL)
        return pw_fail(err, PW_ERR_SYNTAX, "this is no token");
    bool ok = verify(arena, keys, algorithms, jws, ret_payload, err);
    cjose_jws_release(jws);
    return ok;
}
