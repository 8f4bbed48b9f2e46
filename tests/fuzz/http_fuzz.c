/*
 * Fuzzes what reads a request: head, fields, target, body. Also feeds it octet by octet and
 * stops when the two disagree.
 */
#include <stdint.h>
#include <stdlib.h>

#include "../../src/machine/http/http_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct pw_http_limits limits = {.head_max = 16384, .target_max = 8192, .headers_max = 100};

static enum http_scan scan_singly(const char *data, size_t size, struct http_scanner *scanner)
{
    enum http_scan result = HTTP_MORE;
    http_scanner_init(scanner, &limits);
    for (size_t len = 0; len <= size && result == HTTP_MORE; len++)
        result = http_scan(scanner, data, len);
    return result;
}

static void read_chunks(const char *data, size_t size)
{
    struct pw_buf whole, singly;
    struct http_chunks a, b;
    size_t used = 0, at = 0;
    pw_buf_init(&whole, 65536);
    pw_buf_init(&singly, 65536);
    http_chunks_init(&a);
    http_chunks_init(&b);
    enum http_scan first = http_chunks_read(&a, data, size, &whole, &used), second = HTTP_MORE;
    while (at < size && second == HTTP_MORE) {
        size_t one = 0;
        second = http_chunks_read(&b, data + at, 1, &singly, &one);
        at += one;
    }
    if (first != second || whole.len != singly.len || (first == HTTP_DONE && used != at))
        abort();
    pw_buf_release(&whole);
    pw_buf_release(&singly);
}

static void read_head(const char *data, size_t size, size_t end)
{
    struct pw_arena *arena = pw_arena_new();
    struct http_head head;
    struct http_path path;
    struct http_query *query;
    struct pw_err err;
    if (http_head_read(arena, data, end, false, &head, &err) &&
        http_path_read(arena, head.path_text, &path, &err) &&
        http_query_read(arena, head.query, &query, &err) && head.body == HTTP_BODY_CHUNKED)
        read_chunks(data + end, size - end);
    pw_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *octets, size_t size)
{
    const char *data = (const char *)octets;
    struct http_scanner whole, singly;
    http_scanner_init(&whole, &limits);
    enum http_scan result = http_scan(&whole, data, size);
    if (scan_singly(data, size, &singly) != result || whole.pos != singly.pos ||
        whole.reason != singly.reason)
        abort();
    if (result == HTTP_DONE)
        read_head(data, size, whole.pos);
    return 0;
}
