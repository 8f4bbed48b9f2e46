/*
 * One-time codes of accounts. The key is shown once, as an otpauth:// URI for an authenticator app, and kept
 * sealed, bound to its account.
 */
#include <string.h>

#include "access_int.h"

#define KEY_OCTETS 20 /* what RFC 4226 recommends for SHA-1 */
#define BASE32_MAX 40

static struct pw_str place_of(struct pw_arena *arena, const struct pw_uuid *account)
{
    char id[PW_UUID_TEXT];

    pw_uuid_format(account, id);
    return pw_str_printf(arena, "account:%s:totp", id);
}

bool access_totp_new(const struct pw_keys *keys, struct pw_arena *arena, const struct pw_uuid *account,
    struct pw_str name, struct pw_str *ret_sealed, struct pw_buf *uri, struct pw_err *err)
{
    uint8_t key[KEY_OCTETS];
    char text[BASE32_MAX];
    bool ok;

    pw_crypto_random(key, sizeof key);
    ok = pw_crypto_seal(keys, arena, (struct pw_str){(const char *)key, sizeof key}, place_of(arena, account),
        ret_sealed, err);
    if (ok && uri != NULL) {
        pw_buf_puts(uri, "otpauth://totp/pandwacht:");
        pw_buf_put_encoded(uri, name);
        pw_buf_printf(uri, "?secret=%s&issuer=pandwacht", pw_crypto_base32(key, sizeof key, text));
    }
    pw_crypto_wipe(key, sizeof key);
    pw_crypto_wipe(text, sizeof text);
    return ok;
}

int64_t access_totp_step(const struct pw_keys *keys, struct pw_arena *arena, const struct pw_uuid *account,
    struct pw_str sealed, struct pw_str code, pw_usec now)
{
    int64_t step = now / PW_USEC_PER_SEC / PW_TOTP_SECONDS, found = 0;
    char expected[PW_TOTP_TEXT];
    struct pw_str key;

    if (code.len != PW_TOTP_TEXT - 1 ||
        !pw_crypto_open(keys, arena, sealed, place_of(arena, account), &key, NULL))
        return 0;
    for (int64_t at = step - 1; at <= step + 1; at++)
        if (pw_crypto_totp(key, at, expected, NULL) && pw_crypto_equal(expected, code.data, PW_TOTP_TEXT - 1))
            found = at;
    return found;
}
