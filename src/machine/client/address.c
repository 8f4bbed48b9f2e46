/*
 * Which addresses are nobody's business to call from here: loopback, private, link-local,
 * multicast, documentation, reserved. Pure. Called for each resolved address just before
 * connecting, and where a partner's URL is configured.
 */
#include <pandwacht/client.h>

#include <string.h>

#include <sys/socket.h>

#include <netinet/in.h>

static const struct {
    uint32_t net;
    unsigned bits;
} v4_ranges[] = {
    {0x00000000, 8},
    {0x0a000000, 8},
    {0x64400000, 10},
    {0x7f000000, 8},
    {0xa9fe0000, 16},
    {0xac100000, 12},
    {0xc0000000, 24},
    {0xc0000200, 24},
    {0xc0586300, 24},
    {0xc0a80000, 16},
    {0xc6120000, 15},
    {0xc6336400, 24},
    {0xcb007100, 24},
    {0xe0000000, 3},
};

static const struct {
    uint8_t net[16];
    unsigned bits;
} v6_ranges[] = {
    {{0x01}, 8},                    /* discard */
    {{0x20, 0x01, 0x00, 0x00}, 23}, /* IETF protocols, Teredo among them */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0xfc}, 7},                    /* unique local */
    {{0xfe, 0x80}, 10},             /* link-local */
    {{0xfe, 0xc0}, 10},             /* site-local */
    {{0xff}, 8},                    /* multicast */
};

static bool v4_is_private(uint32_t address)
{
    for (size_t i = 0; i < PW_COUNT(v4_ranges); i++)
        if ((address ^ v4_ranges[i].net) >> (32 - v4_ranges[i].bits) == 0)
            return true;
    return false;
}

static uint32_t embedded_v4(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;
    if (memcmp(a, b, whole) != 0)
        return false;
    return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

static bool v6_is_private(const uint8_t *a)
{
    static const uint8_t zero[16], mapped[16] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[16] = {0x00, 0x64, 0xff, 0x9b}, six_to_four[16] = {0x20, 0x02};
    if (same_prefix(a, mapped, 96) || same_prefix(a, nat64, 96))
        return v4_is_private(embedded_v4(a + 12));
    if (same_prefix(a, zero, 96)) /* unspecified, loopback, IPv4-compatible */
        return true;
    if (same_prefix(a, six_to_four, 16))
        return v4_is_private(embedded_v4(a + 2));
    for (size_t i = 0; i < PW_COUNT(v6_ranges); i++)
        if (same_prefix(a, v6_ranges[i].net, v6_ranges[i].bits))
            return true;
    return false;
}

bool pw_client_address_is_private(const struct sockaddr *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (address->sa_family == AF_INET) {
        memcpy(&v4, address, sizeof(v4));
        return v4_is_private(ntohl(v4.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return true;
    memcpy(&v6, address, sizeof(v6));
    return v6_is_private(v6.sin6_addr.s6_addr);
}
