/*
 * `partner verify`: whether a request that somebody kept is ours, whole and unchanged. The file holds it as
 * it came in: request line, header lines, empty line, body. The other way round than signature.c:
 * what was signed is read from the request, and every part that we always sign must be among it.
 */
#include <string.h>
#include <strings.h>

#include <pandwacht/json.h>

#include "deliver_int.h"

struct message {
    struct pw_arena *arena;
    struct pw_str method, path, head, body;
};

static bool ours_not(struct pw_err *err, const char *why)
{
    return pw_fail(err, PW_ERR_INVALID, "%s", why);
}

/* The text up to the next line end, CR LF or LF. */
static struct pw_str take_line(struct pw_str *rest)
{
    struct pw_str line = *rest, tail = {rest->data + rest->len, 0};

    (void)pw_str_cut(*rest, '\n', &line, &tail);
    *rest = tail;
    if (line.len > 0 && line.data[line.len - 1] == '\r') {
        line.len--;
    }
    return line;
}

static bool parse_message(struct pw_arena *arena, struct pw_str text, struct message *ret, struct pw_err *err)
{
    struct pw_str rest = text, line = take_line(&rest), version;

    *ret = (struct message){.arena = arena};
    if (!pw_str_cut(line, ' ', &ret->method, &ret->path) ||
        !pw_str_cut(ret->path, ' ', &ret->path, &version)) {
        return ours_not(err, "the first line is not that of a request, such as POST /events HTTP/1.1");
    }
    ret->head.data = rest.data;
    do {
        ret->head.len = (size_t)(rest.data - ret->head.data);
        line = take_line(&rest);
    } while (line.len > 0);
    ret->body = rest;
    return true;
}

static bool header_of(const struct message *message, struct pw_str wanted, struct pw_str *ret)
{
    struct pw_str rest = message->head, name, value;

    while (rest.len > 0) {
        if (pw_str_cut(take_line(&rest), ':', &name, &value) && name.len == wanted.len &&
            strncasecmp(name.data, wanted.data, name.len) == 0) {
            *ret = pw_str_trim(value);
            return true;
        }
    }
    return false;
}

/* The value of one part that was signed; derived ones from the request line and Host. */
static bool part_of(const struct message *message, struct pw_str name, struct pw_str *ret)
{
    struct pw_str host;

    if (pw_str_is(name, "@method")) {
        *ret = message->method;
        return true;
    }
    if (!pw_str_is(name, "@target-uri")) {
        return header_of(message, name, ret);
    }
    if (!header_of(message, PW_STR("host"), &host)) {
        return false;
    }
    *ret = pw_str_printf(message->arena, "https://%.*s%.*s", PW_STR_ARG(host), PW_STR_ARG(message->path));
    return true;
}

/* Reads `("a" "b");...` and writes the signature base. */
static bool make_base(
    const struct message *message, struct pw_str params, struct pw_buf *base, unsigned *ret_needed)
{
    static const char *const needed[] = {"@method", "@target-uri", "content-type", "content-digest"};
    struct pw_str rest, list, name, value;

    if (!pw_str_has_prefix(params, PW_STR("(")) || !pw_str_cut(params, ')', &list, &rest)) {
        return false;
    }
    rest = (struct pw_str){list.data + 1, list.len - 1};
    for (bool more = rest.len > 0; more;) {
        more = pw_str_cut(rest, ' ', &name, &rest);
        if (name.len < 2 || !part_of(message, (struct pw_str){name.data + 1, name.len - 2}, &value)) {
            return false;
        }
        pw_buf_printf(base, "%.*s: %.*s\n", PW_STR_ARG(name), PW_STR_ARG(value));
        for (size_t i = 0; i < PW_COUNT(needed); i++) {
            *ret_needed |=
                name.len - 2 == strlen(needed[i]) && memcmp(name.data + 1, needed[i], name.len - 2) == 0
                    ? 1u << i
                    : 0;
        }
    }
    pw_buf_printf(base, "\"@signature-params\": %.*s", PW_STR_ARG(params));
    return !base->full;
}

/* `key="value"` or `key=value` among the parameters. */
static struct pw_str param_of(struct pw_arena *arena, struct pw_str params, const char *key)
{
    struct pw_str rest = params, head, want = pw_str_printf(arena, "%s=", key);
    bool more = true;

    while (more) {
        more = pw_str_cut(rest, ';', &head, &rest);
        if (pw_str_has_prefix(head, want)) {
            head = (struct pw_str){head.data + want.len, head.len - want.len};
            bool quoted = head.len >= 2 && head.data[0] == '"';
            return quoted ? (struct pw_str){head.data + 1, head.len - 2} : head;
        }
    }
    return PW_STR("");
}

/* The octets of `pandwacht=:base64:`. */
static bool read_signature(struct pw_arena *arena, struct pw_str header, uint8_t ret[PW_SIGNATURE_SIZE])
{
    struct pw_str text = pw_str_dup(arena, header);
    char *c = (char *)(uintptr_t)text.data;
    size_t len;

    if (!pw_str_has_prefix(text, PW_STR("pandwacht=:")) || !pw_str_has_suffix(text, PW_STR("==:"))) {
        return false;
    }
    text = (struct pw_str){text.data + 11, text.len - 11 - 3};
    for (size_t i = 11; i < 11 + text.len; i++) {
        c[i] = (char)(c[i] == '+' ? '-' : c[i] == '/' ? '_' : c[i]);
    }
    return pw_crypto_base64url_read(text, ret, PW_SIGNATURE_SIZE, &len) && len == PW_SIGNATURE_SIZE;
}

static bool check_digest(const struct message *message, struct pw_err *err)
{
    struct pw_str sent;

    return (header_of(message, PW_STR("content-digest"), &sent) &&
               pw_str_eq(sent, deliver_digest(message->arena, message->body))) ||
           ours_not(err, "the body does not fit its Content-Digest");
}

static bool check_signature(const struct message *message, pw_event_key_fn find_key, void *arg,
    struct pw_event_proof *ret, struct pw_err *err)
{
    struct pw_str params, value;
    uint8_t key[PW_PUBLIC_SIZE], signature[PW_SIGNATURE_SIZE];
    unsigned needed = 0;
    struct pw_buf base;
    int64_t created;

    if (!header_of(message, PW_STR("signature-input"), &params) ||
        !pw_str_has_prefix(params, PW_STR("pandwacht=")) ||
        !header_of(message, PW_STR("signature"), &value) ||
        !read_signature(message->arena, value, signature)) {
        return ours_not(err, "there is no signature of pandwacht");
    }
    params = (struct pw_str){params.data + 10, params.len - 10};
    ret->key_id = param_of(message->arena, params, "keyid");
    if (!pw_str_to_i64(param_of(message->arena, params, "created"), &created)) {
        return ours_not(err, "the signature does not say when it was made");
    }
    ret->created = created * PW_USEC_PER_SEC;
    if (!find_key(arg, ret->key_id, key)) {
        return ours_not(err, "the key that signed it is not known here");
    }
    pw_buf_init(&base, PW_EVENT_REQUEST_MAX);
    bool fits = make_base(message, params, &base, &needed) && needed == 15 &&
                pw_crypto_verify(key, pw_buf_str(&base), signature);
    pw_buf_release(&base);
    return fits || ours_not(err, "the signature does not fit the request");
}

bool pw_event_verify(struct pw_arena *arena, struct pw_str request, pw_event_key_fn find_key, void *arg,
    struct pw_event_proof *ret, struct pw_err *err)
{
    struct message message;

    return parse_message(arena, request, &message, err) && check_digest(&message, err) &&
           check_signature(&message, find_key, arg, ret, err);
}
