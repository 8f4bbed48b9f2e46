/* A JWKS: of its keys those that can verify what we accept. The others are somebody else's business. */
#include "jose_int.h"

#include <pandwacht/json.h>

#define RSA_BITS_MIN 2048

static const struct algorithm algorithms[] = {{"RS256", "RSA"}, {"PS256", "RSA"}, {"ES256", "EC"}};

const struct algorithm *jose_algorithm(struct pw_str name)
{
    for (size_t i = 0; i < PW_COUNT(algorithms); i++)
        if (pw_str_is(name, algorithms[i].name))
            return &algorithms[i];
    return NULL;
}

bool pw_jose_knows(const char *algorithm)
{
    return jose_algorithm(pw_str_z(algorithm)) != NULL;
}

static struct pw_str text_of(struct pw_arena *arena, const struct pw_json *object, const char *name)
{
    const struct pw_json *member = pw_json_get(object, name);
    return pw_json_is_string(member) ? pw_str_dup(arena, pw_json_str(member)) : PW_STR("");
}

static void release(void *jwk)
{
    cjose_jwk_release(jwk);
}

static bool large_enough(const cjose_jwk_t *jwk, struct pw_str type, struct pw_str curve)
{
    if (pw_str_is(type, "EC"))
        return pw_str_is(curve, "P-256"); /* the curve of ES256 */
    return cjose_jwk_get_keysize(jwk, NULL) >= RSA_BITS_MIN;
}

/* False: not a key for us. */
static bool read_key(struct pw_arena *arena, const struct pw_json *node, struct key *ret)
{
    struct pw_str use = text_of(arena, node, "use");
    *ret = (struct key){.id = text_of(arena, node, "kid"),
        .algorithm = text_of(arena, node, "alg"),
        .type = text_of(arena, node, "kty")};
    if ((use.len > 0 && !pw_str_is(use, "sig")) ||
        (!pw_str_is(ret->type, "RSA") && !pw_str_is(ret->type, "EC")))
        return false;
    struct pw_buf json;
    struct pw_jsonw w;
    pw_buf_init(&json, 16384);
    pw_jsonw_init(&w, &json);
    pw_jsonw_node(&w, node);
    ret->jwk = json.full ? NULL : cjose_jwk_import(json.data, json.len, NULL);
    pw_buf_release(&json);
    if (ret->jwk == NULL)
        return false;
    pw_arena_defer(arena, release, ret->jwk);
    return large_enough(ret->jwk, ret->type, text_of(arena, node, "crv"));
}

bool pw_jose_keys_read(
    struct pw_arena *arena, struct pw_str jwks, const struct pw_jose_keys **ret, struct pw_err *err)
{
    const struct pw_json *document = NULL, *list;
    if (!pw_json_parse(arena, jwks, NULL, &document, NULL))
        return pw_fail(err, PW_ERR_SYNTAX, "the key set is no JSON");
    list = pw_json_get(document, "keys");
    if (!pw_json_is_array(list))
        return pw_fail(err, PW_ERR_SYNTAX, "the key set has no member keys");
    if (pw_json_count(list) > PW_JOSE_KEYS_MAX)
        return pw_fail(err, PW_ERR_LIMIT, "the key set has more than %d keys", PW_JOSE_KEYS_MAX);
    struct pw_jose_keys *keys = PW_NEW(arena, struct pw_jose_keys);
    keys->items = PW_NEW_ARRAY(arena, pw_json_count(list) + 1, struct key);
    for (size_t i = 0; i < pw_json_count(list); i++)
        keys->count += read_key(arena, pw_json_item(list, i), &keys->items[keys->count]);
    *ret = keys;
    return true;
}

size_t pw_jose_keys_count(const struct pw_jose_keys *keys)
{
    return keys->count;
}
