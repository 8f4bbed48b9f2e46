/*
 * stdlib_encoders.c: base64.encode and base64.decode (with or without padding).
 */
#include "cel_int.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct cel_value encode(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_buf out = {.ctx = ctx};
    (void)n;
    for (uint32_t i = 0; i < a->aux && !out.failed; i += 3) {
        uint32_t bits = 0, count = a->aux - i < 3 ? a->aux - i : 3;
        for (uint32_t j = 0; j < 3; j++)
            bits = bits << 8 | (j < count ? (unsigned char)a->as.s[i + j] : 0);
        for (uint32_t j = 0; j < 4; j++)
            cel_buf_char(&out, j <= count ? digits[bits >> (18 - 6 * j) & 63] : '=');
    }
    return cel_buf_string(&out);
}

static struct cel_value decode(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_buf out = {.ctx = ctx};
    uint32_t bits = 0, held = 0, len = a->aux;
    (void)n;
    while (len > 0 && a->aux - len < 2 && a->as.s[len - 1] == '=')
        len--;
    if (len % 4 == 1 || (len < a->aux && a->aux % 4 != 0))
        return cel_error("text is not base64");
    for (uint32_t i = 0; i < len; i++) {
        const char *digit = a->as.s[i] != '\0' ? strchr(digits, a->as.s[i]) : NULL;
        if (digit == NULL)
            return cel_error("text is not base64");
        bits = bits << 6 | (uint32_t)(digit - digits);
        held += 6;
        if (held >= 8)
            cel_buf_char(&out, (char)(bits >> (held -= 8) & 0xFF));
    }
    struct cel_value v = cel_buf_string(&out);
    v.kind = cel_is_error(&v) ? CEL_ERROR : CEL_BYTES;
    return v;
}

const struct cel_def cel_defs_encoders[] = {
    {"base64.encode(bytes) -> string", encode, CEL_LIB_ENCODERS, CEL_COST_TEXT},
    {"base64.decode(string) -> bytes", decode, CEL_LIB_ENCODERS, CEL_COST_TEXT},
    {NULL, NULL, 0, 0},
};
