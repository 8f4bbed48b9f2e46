/* base64url without padding (RFC 4648 section 5), and base64 with it (section 4); reading takes exactly one
 * form of each value. */
#include "crypto_int.h"

static const char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Returns where the text ends. */
static char *encode(const char digits[65], const uint8_t *in, size_t len, char *at)
{
    uint32_t bits = 0;
    int held = 0;

    for (size_t i = 0; i < len; i++) {
        bits = bits << 8 | in[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            *at++ = digits[bits >> held & 63];
        }
    }
    if (held > 0)
        *at++ = digits[bits << (6 - held) & 63];
    *at = '\0';
    return at;
}

const char *pw_crypto_base64url(const void *data, size_t len, char *out)
{
    encode(url_alphabet, data, len, out);
    return out;
}

const char *pw_crypto_base64(const void *data, size_t len, char *out)
{
    char *at = encode(alphabet, data, len, out);

    while ((at - out) % 4 != 0)
        *at++ = '=';
    *at = '\0';
    return out;
}

static int digit_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool pw_crypto_base64url_read(struct pw_str text, void *out, size_t size, size_t *ret_len)
{
    uint8_t *at = out;
    size_t len = 0;
    uint32_t bits = 0;
    int held = 0;

    if (text.len % 4 == 1)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        int digit = digit_of(text.data[i]);

        if (digit < 0)
            return false;
        bits = bits << 6 | (uint32_t)digit;
        held += 6;
        if (held < 8)
            continue;
        held -= 8;
        if (len == size)
            return false;
        at[len++] = (uint8_t)(bits >> held);
    }
    /* Bits that stand for nothing must be zero, or one value would have several texts. */
    if ((bits & ((1u << held) - 1)) != 0)
        return false;
    *ret_len = len;
    return true;
}
