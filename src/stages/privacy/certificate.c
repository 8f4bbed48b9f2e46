/*
 * The certificate of an erasure: its id, time and cause, and the hash over premises and fact of each row that
 * went, signed. As a line of JSON it is also the tombstone that is kept outside the database.
 */
#include "privacy_int.h"

static const char *const cause_words[] = {
    [ERASE_RETENTION] = "retention",
    [ERASE_SUBJECT] = "subject",
    [ERASE_RESTORED] = "restored",
};

const char *privacy_cause_word(enum erasure_cause cause)
{
    return cause_words[cause];
}

static void hash_set(const struct erasure_set *set, uint8_t ret[PW_SHA256_SIZE])
{
    struct pw_sha256 ctx;

    pw_sha256_init(&ctx);
    for (size_t i = 0; i < set->count; i++) {
        pw_sha256_update(&ctx, set->premises[i].b, sizeof set->premises[i].b);
        pw_sha256_update(&ctx, set->facts[i].b, sizeof set->facts[i].b);
    }
    pw_sha256_final(&ctx, ret);
}

static struct pw_str signed_text(
    struct pw_arena *arena, const struct certificate *certificate, struct pw_str cause)
{
    char id[PW_UUID_TEXT], at[PW_TIME_TEXT], hex[PW_SHA256_TEXT];

    return pw_str_printf(arena, "pandwacht erasure 1\n%s\n%s\n%.*s\n%s\n",
        pw_uuid_format(&certificate->id, id), pw_instant_format(certificate->at, true, at), PW_STR_ARG(cause),
        pw_hex(certificate->hash, sizeof certificate->hash, hex));
}

bool privacy_certificate_sign(const struct pw_keys *keys, struct pw_arena *arena,
    const struct erasure_set *set, struct certificate *certificate, struct pw_err *err)
{
    hash_set(set, certificate->hash);
    return pw_crypto_sign(keys, signed_text(arena, certificate, pw_str_z(cause_words[certificate->cause])),
        &certificate->signature, err);
}

/* ---- as a line ---- */

struct pw_str privacy_tombstone_write(
    struct pw_arena *arena, const struct certificate *certificate, const struct erasure_set *set)
{
    char id[PW_UUID_TEXT], at[PW_TIME_TEXT], hex[PW_SHA256_TEXT], fact[PW_UUID_TEXT];
    struct pw_buf out;

    pw_buf_init(&out, 1024 + 128 * set->count);
    pw_buf_printf(&out, "{\"certificate\":\"%s\",\"at\":\"%s\",\"cause\":\"%s\",\"facts\":[",
        pw_uuid_format(&certificate->id, id), pw_instant_format(certificate->at, true, at),
        cause_words[certificate->cause]);
    for (size_t i = 0; i < set->count; i++)
        pw_buf_printf(&out, "%s[\"%s\",\"%s\"]", i == 0 ? "" : ",", pw_uuid_format(&set->premises[i], id),
            pw_uuid_format(&set->facts[i], fact));
    pw_buf_printf(&out, "],\"sha256\":\"%s\",\"keyId\":\"%s\",\"signature\":\"%s\"}",
        pw_hex(certificate->hash, sizeof certificate->hash, hex), certificate->signature.key_id,
        certificate->signature.value);
    struct pw_str line = pw_str_dup(arena, pw_buf_str(&out));
    pw_buf_release(&out);
    return line;
}

static struct pw_str member(const struct pw_json *json, const char *name)
{
    const struct pw_json *value = pw_json_get(json, name);

    return pw_json_is_string(value) ? pw_json_str(value) : PW_STR("");
}

static bool read_id(const struct pw_json *pair, size_t i, struct pw_uuid *ret)
{
    const struct pw_json *id = pw_json_item(pair, i);

    return pw_json_is_string(id) && pw_uuid_parse(pw_json_str(id), ret);
}

static bool read_set(struct pw_arena *arena, const struct pw_json *facts, struct erasure_set *ret)
{
    size_t count = pw_json_count(facts);

    *ret = (struct erasure_set){.premises = PW_NEW_ARRAY(arena, count + 1, struct pw_uuid),
        .facts = PW_NEW_ARRAY(arena, count + 1, struct pw_uuid)};
    for (; ret->count < count; ret->count++) {
        const struct pw_json *pair = pw_json_item(facts, ret->count);

        if (!read_id(pair, 0, &ret->premises[ret->count]) || !read_id(pair, 1, &ret->facts[ret->count]))
            return false;
    }
    return count > 0 && count <= PRIVACY_BATCH_MAX;
}

bool privacy_tombstone_read(const struct pw_keys *keys, struct pw_arena *arena, struct pw_str line,
    struct pw_uuid *ret_certificate, struct erasure_set *ret, struct pw_err *err)
{
    uint8_t signature[PW_SIGNATURE_SIZE];
    struct certificate certificate;
    const struct pw_json *json;
    size_t len;

    if (!pw_json_parse(arena, line, NULL, &json, NULL) ||
        !pw_uuid_parse(member(json, "certificate"), &certificate.id) ||
        !pw_instant_parse(member(json, "at"), &certificate.at) ||
        !pw_crypto_base64url_read(member(json, "signature"), signature, sizeof signature, &len) ||
        len != sizeof signature || !read_set(arena, pw_json_get(json, "facts"), ret))
        return pw_fail(err, PW_ERR_SYNTAX, "this line is no tombstone");
    hash_set(ret, certificate.hash);
    *ret_certificate = certificate.id;
    const struct pw_public_key *key = pw_crypto_public_named(keys, member(json, "keyId"));
    return (key != NULL && pw_crypto_verify(key->octets,
                               signed_text(arena, &certificate, member(json, "cause")), signature)) ||
           pw_fail(err, PW_ERR_CRYPTO, "the signature of this tombstone does not fit: it was not made here");
}
