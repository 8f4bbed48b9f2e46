/* The growing buffer with a maximum; see buf.h. */
#include <pandwacht/base/buf.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pandwacht/base/arena.h>

#define FIRST_CAPACITY 256u

void pw_buf_init(struct pw_buf *buf, size_t max)
{
    *buf = (struct pw_buf){.max = max};
}

void pw_buf_release(struct pw_buf *buf)
{
    free(buf->data);
    *buf = (struct pw_buf){.max = buf->max};
}

void pw_buf_clear(struct pw_buf *buf)
{
    buf->len = 0;
    buf->full = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

/* Room for `len` octets and the closing NUL. */
static bool grow(struct pw_buf *buf, size_t len)
{
    if (buf->full)
        return false;
    if (len > buf->max || buf->len > buf->max - len) {
        buf->full = true;
        return false;
    }
    size_t needed = buf->len + len + 1;
    if (needed <= buf->cap)
        return true;
    size_t cap = buf->cap < FIRST_CAPACITY ? FIRST_CAPACITY : buf->cap * 2;
    if (cap < needed)
        cap = needed;
    buf->data = pw_xrealloc(buf->data, cap);
    buf->cap = cap;
    return true;
}

void *pw_buf_reserve(struct pw_buf *buf, size_t len)
{
    return grow(buf, len) ? buf->data + buf->len : NULL;
}

void pw_buf_commit(struct pw_buf *buf, size_t len)
{
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void pw_buf_put(struct pw_buf *buf, const void *data, size_t len)
{
    if (len == 0 || !grow(buf, len))
        return;
    memcpy(buf->data + buf->len, data, len);
    pw_buf_commit(buf, len);
}

void pw_buf_puts(struct pw_buf *buf, const char *z)
{
    pw_buf_put(buf, z, strlen(z));
}

void pw_buf_putc(struct pw_buf *buf, char c)
{
    pw_buf_put(buf, &c, 1);
}

void pw_buf_put_str(struct pw_buf *buf, struct pw_str s)
{
    pw_buf_put(buf, s.data, s.len);
}

static bool needs_no_escape(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

void pw_buf_put_encoded(struct pw_buf *buf, struct pw_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.data[i];
        pw_buf_printf(buf, needs_no_escape(c) ? "%c" : "%%%02X", c);
    }
}

void pw_buf_printf(struct pw_buf *buf, const char *fmt, ...)
{
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (len > 0 && grow(buf, (size_t)len)) {
        vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt, again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

static void put_big_endian(struct pw_buf *buf, uint64_t v, size_t octets)
{
    unsigned char out[8];
    for (size_t i = 0; i < octets; i++)
        out[i] = (unsigned char)(v >> (8 * (octets - 1 - i)));
    pw_buf_put(buf, out, octets);
}

void pw_buf_put_u16(struct pw_buf *buf, uint16_t v)
{
    put_big_endian(buf, v, 2);
}

void pw_buf_put_u32(struct pw_buf *buf, uint32_t v)
{
    put_big_endian(buf, v, 4);
}

void pw_buf_put_u64(struct pw_buf *buf, uint64_t v)
{
    put_big_endian(buf, v, 8);
}

void pw_buf_consume(struct pw_buf *buf, size_t len)
{
    if (len >= buf->len) {
        buf->len = 0;
    } else {
        memmove(buf->data, buf->data + len, buf->len - len);
        buf->len -= len;
    }
    if (buf->data != NULL)
        buf->data[buf->len] = '\0';
}

struct pw_str pw_buf_str(const struct pw_buf *buf)
{
    return buf->data == NULL ? PW_STR("") : (struct pw_str){buf->data, buf->len};
}
