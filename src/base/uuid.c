/* UUIDs: version 7 in ascending order within the process, version 8 derived by SHA-256. */
#include <pandwacht/base/uuid.h>

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <pandwacht/base/sha256.h>

static void random_octets(uint8_t *out, size_t len)
{
    for (size_t got = 0; got < len;) {
        ssize_t n = getrandom(out + got, len - got, 0);
        if (n < 0)
            abort(); /* no randomness, no ids: nothing sensible can go on */
        got += (size_t)n;
    }
}

static void stamp(struct pw_uuid *id, uint8_t version)
{
    id->b[6] = (uint8_t)((id->b[6] & 0x0F) | (version << 4));
    id->b[8] = (uint8_t)((id->b[8] & 0x3F) | 0x80);
}

struct pw_uuid pw_uuid_v7(pw_usec now)
{
    /* Ids made within one millisecond count up in the 12 bits behind the time (RFC 9562,
     * section 6.2, method 1); when those run out, the time is pushed ahead. */
    static uint64_t last_ms;
    static uint32_t counter;
    uint64_t ms = (uint64_t)(now / 1000);
    struct pw_uuid id;
    random_octets(id.b, sizeof id.b);
    if (ms > last_ms) {
        last_ms = ms;
        counter = id.b[7]; /* a random start leaves most of the room */
    } else if (++counter > 0xFFF) {
        last_ms++;
        counter = 0;
    }
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(last_ms >> (8 * (5 - i)));
    id.b[6] = (uint8_t)(counter >> 8);
    id.b[7] = (uint8_t)counter;
    stamp(&id, 7);
    return id;
}

struct pw_uuid pw_uuid_v8(struct pw_str text)
{
    uint8_t digest[PW_SHA256_SIZE];
    pw_sha256_of(text.data, text.len, digest);
    struct pw_uuid id;
    memcpy(id.b, digest, sizeof id.b);
    stamp(&id, 8);
    return id;
}

bool pw_uuid_is_nil(const struct pw_uuid *id)
{
    static const struct pw_uuid nil;
    return pw_uuid_eq(id, &nil);
}

bool pw_uuid_eq(const struct pw_uuid *a, const struct pw_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

int pw_uuid_cmp(const struct pw_uuid *a, const struct pw_uuid *b)
{
    return memcmp(a->b, b->b, sizeof a->b);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool is_dash_position(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

bool pw_uuid_parse(struct pw_str text, struct pw_uuid *ret)
{
    if (text.len != PW_UUID_TEXT - 1)
        return false;
    struct pw_uuid id;
    size_t octet = 0;
    for (size_t i = 0; i < text.len;) {
        if (is_dash_position(i)) {
            if (text.data[i] != '-')
                return false;
            i++;
            continue;
        }
        int high = hex_value(text.data[i]), low = hex_value(text.data[i + 1]);
        if (high < 0 || low < 0)
            return false;
        id.b[octet++] = (uint8_t)(high << 4 | low);
        i += 2;
    }
    *ret = id;
    return true;
}

const char *pw_uuid_format(const struct pw_uuid *id, char out[PW_UUID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    for (size_t i = 0; i < sizeof id->b; i++) {
        if (is_dash_position(n))
            out[n++] = '-';
        out[n++] = digits[id->b[i] >> 4];
        out[n++] = digits[id->b[i] & 15];
    }
    out[n] = '\0';
    return out;
}
