/*
 * stdlib_network.c: the network extension: IP addresses and CIDR ranges.
 *
 * An IPv6 address that maps an IPv4 one is that IPv4 address; written with dots it is refused, as
 * is a zone. A range keeps the address it was written with: masked() drops what the prefix does not
 * cover.
 */
#include "cel_int.h"

#include <stdio.h>

struct cel_addr {
    uint8_t octets[16]; /* IPv4: the first 4 */
    uint8_t size;       /* 4 or 16 */
    uint8_t prefix;     /* bits; of an address: all */
    bool range;         /* a CIDR range, not an address */
};

static const char e_ip[] = "text is not an IP address", e_cidr[] = "text is not a CIDR range";

/* ---- reading ---- */

/* A decimal number of at most `digits` digits without leading zeros, up to `most`; -1: none. */
static int read_number(const char **at, const char *end, int digits, int most)
{
    const char *start = *at;
    int number = 0;
    while (*at < end && *at - start < digits && **at >= '0' && **at <= '9')
        number = number * 10 + (*(*at)++ - '0');
    bool bad = *at == start || (*start == '0' && *at - start > 1) || number > most;
    return bad ? -1 : number;
}

static bool read_v4(const char *at, const char *end, uint8_t *octets)
{
    for (int i = 0; i < 4; i++) {
        if (i > 0 && (at >= end || *at++ != '.'))
            return false;
        int octet = read_number(&at, end, 3, 255);
        if (octet < 0)
            return false;
        octets[i] = (uint8_t)octet;
    }
    return at == end;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One group of 1 to 4 hexadecimal digits. */
static bool read_group(const char **at, const char *end, uint8_t *octets)
{
    const char *start = *at;
    unsigned group = 0;
    while (*at < end && *at - start < 4 && hex_digit(**at) >= 0)
        group = group << 4 | (unsigned)hex_digit(*(*at)++);
    octets[0] = (uint8_t)(group >> 8);
    octets[1] = (uint8_t)group;
    return *at > start;
}

/* Moves what stands behind "::" to the end. */
static bool close_gap(uint8_t *octets, size_t used, int gap)
{
    if (gap < 0)
        return used == 16;
    if (used == 16)
        return false;
    size_t tail = used - (size_t)gap;
    memmove(octets + 16 - tail, octets + gap, tail);
    memset(octets + gap, 0, 16 - used);
    return true;
}

static bool is_mapped(const uint8_t *octets)
{
    static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    return memcmp(octets, mapped, sizeof(mapped)) == 0;
}

/* The address's last 32 bits, written as IPv4. */
static bool is_dotted_tail(const char *at, const char *end)
{
    size_t len = (size_t)(end - at);
    return memchr(at, ':', len) == NULL && memchr(at, '.', len) != NULL;
}

/* Behind a group: its end, ":" or "::" (which is noted in *gap). */
static bool read_colon(const char **at, const char *end, int *gap, size_t used)
{
    if (*at == end)
        return true;
    if (*(*at)++ != ':' || *at == end)
        return false;
    if (**at != ':')
        return true;
    (*at)++;
    bool first = *gap < 0;
    *gap = (int)used;
    return first;
}

static bool read_v6(const char *at, const char *end, uint8_t *octets)
{
    size_t used = 0;
    int gap = -1;
    if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
        gap = 0;
        at += 2;
    }
    while (at < end && used < 16) {
        if (used <= 12 && is_dotted_tail(at, end))
            return read_v4(at, end, octets + used) && close_gap(octets, used + 4, gap) && !is_mapped(octets);
        if (!read_group(&at, end, octets + used))
            return false;
        used += 2;
        if (!read_colon(&at, end, &gap, used))
            return false;
    }
    return at == end && close_gap(octets, used, gap);
}

static bool read_addr(const char *ptr, size_t len, struct cel_addr *ret)
{
    *ret = (struct cel_addr){.size = 4, .prefix = 32};
    if (memchr(ptr, ':', len) == NULL)
        return read_v4(ptr, ptr + len, ret->octets);
    ret->size = 16;
    ret->prefix = 128;
    return read_v6(ptr, ptr + len, ret->octets);
}

static bool read_ip(const struct cel_value *text, struct cel_addr *ret)
{
    if (text->aux == 0 || !read_addr(text->as.s, text->aux, ret))
        return false;
    if (ret->size == 16 && is_mapped(ret->octets)) {
        memmove(ret->octets, ret->octets + 12, 4);
        memset(ret->octets + 4, 0, 12);
        ret->size = 4;
        ret->prefix = 32;
    }
    return true;
}

static bool read_cidr(const struct cel_value *text, struct cel_addr *ret)
{
    const char *end = text->as.s + text->aux;
    const char *slash = text->aux > 0 ? memchr(text->as.s, '/', text->aux) : NULL;
    if (slash == NULL || !read_addr(text->as.s, (size_t)(slash - text->as.s), ret))
        return false;
    const char *at = slash + 1;
    int prefix = read_number(&at, end, 3, ret->size * 8);
    ret->prefix = (uint8_t)prefix;
    ret->range = true;
    return prefix >= 0 && at == end;
}

/* ---- writing ---- */

/* The longest run of at least two zero groups, as RFC 5952 has it; *length 0: none. */
static int longest_run(const uint8_t *octets, int *length)
{
    int best = -1;
    *length = 0;
    for (int i = 0; i < 8; i++) {
        int n = 0;
        while (i + n < 8 && octets[2 * (i + n)] == 0 && octets[2 * (i + n) + 1] == 0)
            n++;
        if (n >= 2 && n > *length) {
            best = i;
            *length = n;
        }
    }
    return best;
}

static size_t write_v6(const uint8_t *octets, char *buffer, size_t size)
{
    int length, run = longest_run(octets, &length);
    size_t len = 0;
    for (int i = 0; i < 8; i++) {
        if (i == run) {
            len += (size_t)snprintf(buffer + len, size - len, "::");
            i += length - 1;
            continue;
        }
        const char *format = i == 0 || (run >= 0 && i == run + length) ? "%x" : ":%x";
        len += (size_t)snprintf(
            buffer + len, size - len, format, (unsigned)octets[2 * i] << 8 | octets[2 * i + 1]);
    }
    return len;
}

size_t cel_addr_text(const struct cel_addr *a, char *buffer, size_t size)
{
    const uint8_t *o = a->octets;
    size_t len = a->size == 4 ? (size_t)snprintf(buffer, size, "%u.%u.%u.%u", o[0], o[1], o[2], o[3])
                              : write_v6(o, buffer, size);
    if (a->range)
        len += (size_t)snprintf(buffer + len, size - len, "/%u", a->prefix);
    return len;
}

bool cel_addr_equal(const struct cel_addr *a, const struct cel_addr *b)
{
    return a->size == b->size && a->prefix == b->prefix && memcmp(a->octets, b->octets, a->size) == 0;
}

/* ---- making ---- */

static struct cel_value make(struct cel_ctx *ctx, const struct cel_addr *addr)
{
    struct cel_addr *copy = cel_ctx_get(ctx, sizeof(*copy));
    if (copy == NULL)
        return cel_error(cel_e_memory);
    *copy = *addr;
    return (struct cel_value){.kind = addr->range ? CEL_CIDR : CEL_IP, .as.addr = copy};
}

static struct cel_value to_ip(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr;
    (void)n;
    return read_ip(a, &addr) ? make(ctx, &addr) : cel_error(e_ip);
}

static struct cel_value to_cidr(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr;
    (void)n;
    return read_cidr(a, &addr) ? make(ctx, &addr) : cel_error(e_cidr);
}

static struct cel_value is_ip(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr;
    (void)ctx, (void)n;
    return cel_bool(read_ip(a, &addr));
}

static struct cel_value is_cidr(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr;
    (void)ctx, (void)n;
    return cel_bool(read_cidr(a, &addr));
}

static struct cel_value is_canonical(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr;
    char text[64];
    (void)ctx, (void)n;
    if (!read_ip(a, &addr))
        return cel_error(e_ip);
    size_t len = cel_addr_text(&addr, text, sizeof(text));
    return cel_bool(len == a->aux && memcmp(text, a->as.s, len) == 0);
}

static struct cel_value to_string(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    char text[64];
    (void)n;
    return cel_make_string(ctx, text, cel_addr_text(a->as.addr, text, sizeof(text)));
}

/* ---- addresses ---- */

static struct cel_value family(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_int(a->as.addr->size == 4 ? 4 : 6);
}

static bool starts_with_bits(const struct cel_addr *a, const uint8_t *octets, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a->octets, octets, whole) != 0)
        return false;
    return rest == 0 || ((a->octets[whole] ^ octets[whole]) >> (8 - rest)) == 0;
}

/* Is it in that range of its own family? */
static bool within(
    const struct cel_addr *a, const uint8_t *v4, unsigned v4_bits, const uint8_t *v6, unsigned v6_bits)
{
    return a->size == 4 ? starts_with_bits(a, v4, v4_bits) : starts_with_bits(a, v6, v6_bits);
}

static const uint8_t zeros[16], one[16] = {[15] = 1};

static bool unspecified(const struct cel_addr *a)
{
    return within(a, zeros, 32, zeros, 128);
}

static bool loopback(const struct cel_addr *a)
{
    return within(a, (const uint8_t[]){127}, 8, one, 128);
}

static bool multicast(const struct cel_addr *a)
{
    return within(a, (const uint8_t[]){224}, 4, (const uint8_t[]){0xFF}, 8);
}

static bool link_local_multicast(const struct cel_addr *a)
{
    if (a->size == 4)
        return starts_with_bits(a, (const uint8_t[]){224, 0, 0}, 24);
    return a->octets[0] == 0xFF && (a->octets[1] & 0x0F) == 2;
}

static bool link_local_unicast(const struct cel_addr *a)
{
    return within(a, (const uint8_t[]){169, 254}, 16, (const uint8_t[]){0xFE, 0x80}, 10);
}

static bool global_unicast(const struct cel_addr *a)
{
    static const uint8_t broadcast[4] = {255, 255, 255, 255};
    if (a->size == 4 && starts_with_bits(a, broadcast, 32))
        return false;
    return !unspecified(a) && !loopback(a) && !multicast(a) && !link_local_unicast(a);
}

#define PROPERTY(name)                                                                                       \
    static struct cel_value is_##name(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)            \
    {                                                                                                        \
        (void)ctx, (void)n;                                                                                  \
        return cel_bool(name(a->as.addr));                                                                   \
    }
PROPERTY(unspecified)
PROPERTY(loopback)
PROPERTY(global_unicast)
PROPERTY(link_local_multicast)
PROPERTY(link_local_unicast)

/* ---- ranges ---- */

static bool covers(const struct cel_addr *range, const struct cel_addr *a)
{
    return range->size == a->size && range->prefix <= a->prefix &&
           starts_with_bits(range, a->octets, range->prefix);
}

static struct cel_value contains(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_bool(covers(a[0].as.addr, a[1].as.addr));
}

static struct cel_value contains_ip_text(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr;
    (void)ctx, (void)n;
    return read_ip(&a[1], &addr) ? cel_bool(covers(a->as.addr, &addr)) : cel_error(e_ip);
}

static struct cel_value contains_cidr_text(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr;
    (void)ctx, (void)n;
    return read_cidr(&a[1], &addr) ? cel_bool(covers(a->as.addr, &addr)) : cel_error(e_cidr);
}

static struct cel_value range_ip(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr = *a->as.addr;
    (void)n;
    addr.range = false;
    addr.prefix = (uint8_t)(addr.size * 8);
    return make(ctx, &addr);
}

static struct cel_value masked(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    struct cel_addr addr = *a->as.addr;
    (void)n;
    for (unsigned bit = addr.prefix; bit < addr.size * 8u; bit++)
        addr.octets[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
    return make(ctx, &addr);
}

static struct cel_value prefix_length(struct cel_ctx *ctx, const struct cel_value *a, uint32_t n)
{
    (void)ctx, (void)n;
    return cel_int(a->as.addr->prefix);
}

#define N CEL_LIB_NETWORK

const struct cel_def cel_defs_network[] = {
    {"ip(string) -> net.IP", to_ip, N, 1},
    {"isIP(string) -> bool", is_ip, N, 1},
    {"ip.isCanonical(string) -> bool", is_canonical, N, 1},
    {"string(net.IP) -> string", to_string, N, 1},
    {"net.IP.family() -> int", family, N, 1},
    {"net.IP.isUnspecified() -> bool", is_unspecified, N, 1},
    {"net.IP.isLoopback() -> bool", is_loopback, N, 1},
    {"net.IP.isGlobalUnicast() -> bool", is_global_unicast, N, 1},
    {"net.IP.isLinkLocalMulticast() -> bool", is_link_local_multicast, N, 1},
    {"net.IP.isLinkLocalUnicast() -> bool", is_link_local_unicast, N, 1},
    {"cidr(string) -> net.CIDR", to_cidr, N, 1},
    {"isCIDR(string) -> bool", is_cidr, N, 1},
    {"string(net.CIDR) -> string", to_string, N, 1},
    {"net.CIDR.containsIP(net.IP) -> bool", contains, N, 1},
    {"net.CIDR.containsIP(string) -> bool", contains_ip_text, N, 1},
    {"net.CIDR.containsCIDR(net.CIDR) -> bool", contains, N, 1},
    {"net.CIDR.containsCIDR(string) -> bool", contains_cidr_text, N, 1},
    {"net.CIDR.ip() -> net.IP", range_ip, N, 1},
    {"net.CIDR.masked() -> net.CIDR", masked, N, 1},
    {"net.CIDR.prefixLength() -> int", prefix_length, N, 1},
    {NULL, NULL, 0, 0},
};
