/*
 * Heads: the end of the chain, signed, one JSON object a line in a file that is kept elsewhere (another
 * machine's mount, a medium that is written once). Who can change the database but not sign cannot
 * make a head for what he made of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/crypto.h>
#include <pandwacht/json.h>
#include <pandwacht/worker.h>

#define LINE_MAX_OCTETS 1024

/* What is signed: every member, in a fixed form. */
static struct pw_str signed_text(struct pw_arena *arena, const struct pw_audit_head *head)
{
    char hex[PW_SHA256_TEXT], at[PW_TIME_TEXT];

    return pw_str_printf(arena, "pandwacht audit head 1\n%lld\n%s\n%s\n", (long long)head->n,
        pw_hex(head->hash, sizeof head->hash, hex), pw_instant_format(head->at, true, at));
}

bool pw_audit_head_write(struct pw_arena *arena, const struct pw_keys *keys, const struct pw_audit_head *head,
    struct pw_str *ret, struct pw_err *err)
{
    char hex[PW_SHA256_TEXT], at[PW_TIME_TEXT];
    struct pw_signature signature;

    if (!pw_crypto_sign(keys, signed_text(arena, head), &signature, err))
        return false;
    *ret = pw_str_printf(arena,
        "{\"n\":%lld,\"hash\":\"%s\",\"at\":\"%s\",\"keyId\":\"%s\",\"signature\":\"%s\"}",
        (long long)head->n, pw_hex(head->hash, sizeof head->hash, hex), pw_instant_format(head->at, true, at),
        signature.key_id, signature.value);
    return true;
}

static bool read_hex(struct pw_str text, uint8_t out[PW_SHA256_SIZE])
{
    unsigned octet;

    if (text.len != 2 * PW_SHA256_SIZE)
        return false;
    for (size_t i = 0; i < PW_SHA256_SIZE; i++) {
        if (sscanf(text.data + 2 * i, "%2x", &octet) != 1)
            return false;
        out[i] = (uint8_t)octet;
    }
    return true;
}

static struct pw_str text_member(const struct pw_json *json, const char *name)
{
    const struct pw_json *member = pw_json_get(json, name);

    return pw_json_is_string(member) ? pw_json_str(member) : PW_STR("");
}

bool pw_audit_head_read(struct pw_arena *arena, const struct pw_keys *keys, struct pw_str line,
    struct pw_audit_head *ret, struct pw_err *err)
{
    uint8_t signature[PW_SIGNATURE_SIZE];
    const struct pw_public_key *key;
    const struct pw_json *json;
    size_t len;

    if (!pw_json_parse(arena, line, NULL, &json, NULL) || !pw_json_to_i64(pw_json_get(json, "n"), &ret->n) ||
        !read_hex(text_member(json, "hash"), ret->hash) ||
        !pw_instant_parse(text_member(json, "at"), &ret->at) ||
        !pw_crypto_base64url_read(text_member(json, "signature"), signature, sizeof signature, &len) ||
        len != sizeof signature)
        return pw_fail(err, PW_ERR_SYNTAX, "this line is no head of an audit chain");
    key = pw_crypto_public_named(keys, text_member(json, "keyId"));
    return (key != NULL && pw_crypto_verify(key->octets, signed_text(arena, ret), signature)) ||
           pw_fail(err, PW_ERR_CRYPTO, "the signature of this head does not fit: it was not made here");
}

/* ---- a file of them ---- */

struct heads {
    struct pw_audit_head *items;
    size_t count, cap;
};

static void free_items(void *heads)
{
    free(((struct heads *)heads)->items);
}

static bool read_heads(struct pw_arena *arena, const struct pw_keys *keys, const char *file, FILE *in,
    struct heads *heads, struct pw_err *err)
{
    char line[LINE_MAX_OCTETS];

    for (unsigned number = 1; fgets(line, sizeof line, in) != NULL; number++) {
        struct pw_str text = pw_str_z(line);

        if (!pw_str_has_suffix(text, PW_STR("\n")))
            break; /* a crash cut it: the next one begins a line of its own */
        if (heads->count == heads->cap) {
            heads->cap = heads->cap == 0 ? 256 : 2 * heads->cap;
            heads->items = pw_xrealloc(heads->items, heads->cap * sizeof *heads->items);
        }
        if (!pw_audit_head_read(arena, keys, pw_str_trim(text), &heads->items[heads->count], err)) {
            snprintf(err->file, sizeof err->file, "%s", file);
            err->line = number;
            return false;
        }
        heads->count++;
    }
    return true;
}

bool pw_audit_heads_load(struct pw_arena *arena, const struct pw_keys *keys, const char *file,
    struct pw_audit_head **ret, size_t *ret_count, struct pw_err *err)
{
    struct heads *heads = PW_NEW(arena, struct heads);
    FILE *in = fopen(file, "re");
    bool ok;

    if (in == NULL)
        return pw_fail_at(err, PW_ERR_IO, file, 0, 0, "cannot read the signed heads: %s", strerror(errno));
    pw_arena_defer(arena, free_items, heads);
    ok = read_heads(arena, keys, file, in, heads, err);
    fclose(in);
    *ret = heads->items;
    *ret_count = heads->count;
    return ok;
}

/* ---- appending ---- */

static bool write_all(int fd, struct pw_str text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.data, text.len);

        if (n < 0 && errno != EINTR)
            return false;
        text.data += n > 0 ? n : 0;
        text.len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* Begins a new line where the last one was cut off. */
static bool ends_in_line(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char last = '\n';

    return size <= 0 || (pread(fd, &last, 1, size - 1) == 1 && last == '\n');
}

bool pw_audit_append(const char *file, struct pw_str line, struct pw_err *err)
{
    int fd = open(file, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    bool ok;

    if (fd < 0)
        return pw_fail_at(err, PW_ERR_IO, file, 0, 0, "cannot open for appending: %s", strerror(errno));
    ok = (ends_in_line(fd) || write_all(fd, PW_STR("\n"))) && write_all(fd, line) &&
         write_all(fd, PW_STR("\n")) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok;
    return ok || pw_fail_at(err, PW_ERR_IO, file, 0, 0, "cannot append: %s", strerror(errno));
}

static bool run_append(
    struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    struct pw_str file, line;

    (void)answer;
    if (!pw_str_cut(request, '\n', &file, &line))
        return pw_fail(err, PW_ERR_USAGE, "a request to append names a file and a line");
    return pw_audit_append(pw_str_dup(arena, file).data, line, err);
}

const struct pw_worker_job pw_audit_append_job = {.name = "append", .run = run_append};
