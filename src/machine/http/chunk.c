/*
 * Decoding a chunked body, octet by octet where it is syntax, whole runs where it is data.
 * Pure and incremental. Called by conn.c and the fuzz target.
 *
 * Refused: sizes without digits, with sign, prefix, blank or more than 15 digits, bare LF,
 * anything but CRLF behind data, control characters in extensions, more than 1 KiB of
 * extensions in a body, more than 2 KiB of trailer. Trailer fields are checked as header
 * fields are, and dropped.
 */
#include "http_int.h"

#include <string.h>

enum chunk_state {
    AT_SIZE,
    IN_EXTENSION,
    AT_SIZE_LF,
    IN_DATA,
    AT_DATA_CR,
    AT_DATA_LF,
    IN_TRAILER,
    CHUNKS_END,
};

#define DIGITS_MAX    15
#define EXTENSION_MAX 1024
#define TRAILER_MAX   2048

void http_chunks_init(struct http_chunks *chunks)
{
    *chunks = (struct http_chunks){.state = AT_SIZE};
    http_scanner_init_trailer(&chunks->trailer, TRAILER_MAX);
}

static bool bad(struct http_chunks *chunks, const char *reason)
{
    chunks->reason = reason;
    return false;
}

static int hex_digit(unsigned char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool scan_size(struct http_chunks *chunks, unsigned char c)
{
    int digit = hex_digit(c);
    if (digit >= 0) {
        if (++chunks->digits > DIGITS_MAX)
            return bad(chunks, "a chunk size has too many digits");
        chunks->left = chunks->left * 16 + (uint64_t)digit;
        return true;
    }
    if (chunks->digits == 0)
        return bad(chunks, "a chunk size is missing");
    if (c == '\r')
        chunks->state = AT_SIZE_LF;
    else if (c == ';')
        chunks->state = IN_EXTENSION;
    else
        return bad(chunks, "a chunk size is malformed");
    return true;
}

static bool scan_extension(struct http_chunks *chunks, unsigned char c)
{
    if (c == '\r') {
        chunks->state = AT_SIZE_LF;
        return true;
    }
    if ((c < 0x20 && c != '\t') || c >= 0x7f)
        return bad(chunks, "a chunk extension has a character that is not allowed");
    if (++chunks->extension > EXTENSION_MAX)
        return bad(chunks, "chunk extensions are too long");
    return true;
}

static bool begin_data(struct http_chunks *chunks, unsigned char c, const struct pw_buf *out)
{
    if (c != '\n')
        return bad(chunks, "CR without LF");
    chunks->digits = 0;
    chunks->state = chunks->left == 0 ? IN_TRAILER : IN_DATA;
    if (chunks->left <= out->max - out->len)
        return true;
    chunks->too_large = true;
    return bad(chunks, "the body is too large");
}

static bool scan_octet(struct http_chunks *chunks, unsigned char c, const struct pw_buf *out)
{
    switch ((enum chunk_state)chunks->state) {
    case AT_SIZE:
        return scan_size(chunks, c);
    case IN_EXTENSION:
        return scan_extension(chunks, c);
    case AT_SIZE_LF:
        return begin_data(chunks, c, out);
    case AT_DATA_CR:
        chunks->state = AT_DATA_LF;
        return c == '\r' || bad(chunks, "chunk data is not followed by CRLF");
    case AT_DATA_LF:
        chunks->state = AT_SIZE;
        return c == '\n' || bad(chunks, "chunk data is not followed by CRLF");
    case IN_DATA:
    case IN_TRAILER:
    case CHUNKS_END:
        break;
    }
    return false;
}

static size_t take_data(struct http_chunks *chunks, const char *data, size_t len, struct pw_buf *out)
{
    size_t part = chunks->left < len ? (size_t)chunks->left : len;
    pw_buf_put(out, data, part);
    chunks->left -= part;
    if (chunks->left == 0)
        chunks->state = AT_DATA_CR;
    return part;
}

/* The scanner counts positions from the start of the trailer, of which earlier parts are gone by now. */
static size_t take_trailer(struct http_chunks *chunks, const char *data, size_t len, enum http_scan *ret)
{
    size_t before = chunks->trailer.pos;
    struct http_scanner step = chunks->trailer;
    step.pos = 0;
    step.head_max -= before;
    *ret = http_scan(&step, data, len);
    size_t used = step.pos;
    step.pos += before;
    step.head_max += before;
    chunks->trailer = step;
    if (*ret == HTTP_DONE)
        chunks->state = CHUNKS_END;
    else if (*ret == HTTP_BAD)
        chunks->reason = step.reason;
    return used;
}

enum http_scan http_chunks_read(
    struct http_chunks *chunks, const char *data, size_t len, struct pw_buf *out, size_t *ret_used)
{
    size_t used = 0;
    enum http_scan result = chunks->reason != NULL ? HTTP_BAD : HTTP_MORE;
    while (result == HTTP_MORE && used < len) {
        if (chunks->state == IN_DATA)
            used += take_data(chunks, data + used, len - used, out);
        else if (chunks->state == IN_TRAILER)
            used += take_trailer(chunks, data + used, len - used, &result);
        else if (chunks->state == CHUNKS_END)
            break;
        else if (scan_octet(chunks, (unsigned char)data[used], out))
            used++;
        else
            result = HTTP_BAD;
    }
    *ret_used = used;
    return chunks->state == CHUNKS_END ? HTTP_DONE : result;
}
