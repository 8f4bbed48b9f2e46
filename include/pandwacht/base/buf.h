/*
 * A growing buffer with a maximum. Writing past the maximum does not fail at once: the
 * buffer turns `full`, keeps what it had and swallows the rest, so a writer checks once,
 * at the end.
 */
#ifndef PANDWACHT_BASE_BUF_H
#define PANDWACHT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/str.h>

struct pw_buf {
    char *data; /* NUL-terminated when not NULL */
    size_t len;
    size_t cap;
    size_t max; /* octets */
    bool full;  /* a write did not fit */
};

/* An empty buffer that never grows beyond `max` octets; allocates nothing yet. */
void pw_buf_init(struct pw_buf *buf, size_t max);
void pw_buf_release(struct pw_buf *buf);
/* Empties it, keeps the memory, clears `full`. */
void pw_buf_clear(struct pw_buf *buf);
void pw_buf_put(struct pw_buf *buf, const void *data, size_t len);
void pw_buf_puts(struct pw_buf *buf, const char *z);
void pw_buf_putc(struct pw_buf *buf, char c);
void pw_buf_put_str(struct pw_buf *buf, struct pw_str s);
/* Percent-encoded for a URL or a form (RFC 3986): everything but letters, digits, '-', '.', '_' and '~'. */
void pw_buf_put_encoded(struct pw_buf *buf, struct pw_str s);
void pw_buf_printf(struct pw_buf *buf, const char *fmt, ...) PW_PRINTF(2, 3);
/* Big-endian integers, for wire and stored records. */
void pw_buf_put_u16(struct pw_buf *buf, uint16_t v);
void pw_buf_put_u32(struct pw_buf *buf, uint32_t v);
void pw_buf_put_u64(struct pw_buf *buf, uint64_t v);
/* Room for `len` more octets, to be filled by the caller and then counted with
 * pw_buf_commit; NULL (and `full`) when that would pass the maximum. */
void *pw_buf_reserve(struct pw_buf *buf, size_t len);
void pw_buf_commit(struct pw_buf *buf, size_t len);
/* Drops the first `len` octets. */
void pw_buf_consume(struct pw_buf *buf, size_t len);
/* What it holds, borrowed until the next write. */
struct pw_str pw_buf_str(const struct pw_buf *buf);

#endif
