/*
 * /v1/signing-keys: the public halves of the keys that sign events, receipts and heads of the audit
 * chain, as JSON Web Keys (RFC 8037). Anyone may read them: that is what they are for.
 */
#include "app_int.h"

#include <pandwacht/json.h>

#define ANSWER_MAX (64u << 10)

static void write_key(struct pw_jsonw *w, const struct pw_public_key *key, bool newest)
{
    char x[PW_KEY_ID_TEXT];

    pw_jsonw_object(w);
    pw_jsonw_key(w, "keyId");
    pw_jsonw_z(w, key->id);
    pw_jsonw_key(w, "alg");
    pw_jsonw_z(w, "ed25519");
    pw_jsonw_key(w, "signs"); /* false: kept for what it signed before */
    pw_jsonw_bool(w, newest);
    pw_jsonw_key(w, "kty");
    pw_jsonw_z(w, "OKP");
    pw_jsonw_key(w, "crv");
    pw_jsonw_z(w, "Ed25519");
    pw_jsonw_key(w, "x");
    pw_jsonw_z(w, pw_crypto_base64url(key->octets, sizeof key->octets, x));
    pw_jsonw_end_object(w);
}

void app_signing_keys_get(struct pw_request *req, void *stage)
{
    const struct pw_app *app = stage;
    size_t count = pw_crypto_key_count(app->keys, PW_KEY_SIGNING);
    struct pw_buf buf;
    struct pw_jsonw w;

    pw_buf_init(&buf, ANSWER_MAX);
    pw_jsonw_init(&w, &buf);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "items");
    pw_jsonw_array(&w);
    for (size_t i = count; i-- > 0;)
        write_key(&w, pw_crypto_public(app->keys, i), i == count - 1);
    pw_jsonw_end_array(&w);
    pw_jsonw_key(&w, "_links");
    pw_jsonw_raw(&w, PW_STR("{\"self\":{\"href\":\"/v1/signing-keys\"}}"));
    pw_jsonw_end_object(&w);
    pw_reply_json(req, 200, &buf);
    pw_buf_release(&buf);
}
