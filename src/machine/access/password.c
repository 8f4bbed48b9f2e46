/*
 * The worker's jobs. Does this password fit this stored hash? Request: length of the stored text (2
 * octets), the text, the password; answer: "1" or "0". And: the hash of this password.
 */
#include <string.h>

#include "access_int.h"

static bool run_password(
    struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    const uint8_t *data = (const uint8_t *)request.data;
    size_t len;
    bool fits;

    (void)arena;
    if (request.len < 2)
        return pw_fail(err, PW_ERR_INTERNAL, "a password job is too short");
    len = (size_t)data[0] << 8 | data[1];
    if (request.len < 2 + len)
        return pw_fail(err, PW_ERR_INTERNAL, "a password job is too short");
    if (!pw_crypto_password_verify((struct pw_str){request.data + 2 + len, request.len - 2 - len},
            (struct pw_str){request.data + 2, len}, &fits, err))
        return false;
    pw_buf_putc(answer, fits ? '1' : '0');
    return true;
}

const struct pw_worker_job pw_access_password_job = {.name = "password", .run = run_password};

static bool run_hash(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    char hash[PW_PASSWORD_TEXT];

    (void)arena;
    if (!pw_crypto_password_hash(request, hash, err))
        return false;
    pw_buf_puts(answer, hash);
    return true;
}

const struct pw_worker_job pw_access_hash_job = {.name = "hash", .run = run_hash};

struct pw_str access_password_request(struct pw_arena *arena, struct pw_str stored, struct pw_str password)
{
    char *out = pw_arena_alloc(arena, 2 + stored.len + password.len);

    out[0] = (char)(stored.len >> 8);
    out[1] = (char)(stored.len & 255);
    memcpy(out + 2, stored.data, stored.len);
    memcpy(out + 2 + stored.len, password.data, password.len);
    return (struct pw_str){out, 2 + stored.len + password.len};
}
