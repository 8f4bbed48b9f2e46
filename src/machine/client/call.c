/*
 * One call: the request turned into a libcurl handle, its limits while the answer comes in,
 * and what libcurl's result means to us. Called by client.c.
 *
 * Nothing is left to libcurl's defaults that could reach further than asked: no redirects,
 * proxies, other protocols, system CAs or unbounded answers.
 */
#include "client_int.h"

#include <string.h>
#include <unistd.h>

#include <sys/socket.h>

#define CONNECT_MS   3000
#define RESPONSE_MAX 4096
#define SUITES_256   "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"

/* ---- while it runs ---- */

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    struct pw_client_call *call = arg;
    pw_buf_put(&call->body, data, size * count);
    call->too_large |= call->body.full;
    return call->body.full ? 0 : size * count;
}

static size_t on_head(char *data, size_t size, size_t count, void *arg)
{
    (void)data;
    struct pw_client_call *call = arg;
    call->head_len += size * count;
    call->too_large |= call->head_len > call->response_max;
    return call->too_large ? 0 : size * count;
}

/* The name is resolved by now: what is connected to is what was checked. */
static curl_socket_t on_open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    (void)purpose;
    struct pw_client_call *call = arg;
    if ((!call->allow_private && pw_client_address_is_private(&to->addr)) ||
        (call->check_address != NULL && !call->check_address(call->check_arg, &to->addr))) {
        call->denied = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
}

/* ---- making the handle ---- */

bool client_misuse(struct pw_err *err, const char *what)
{
    return pw_fail(err, PW_ERR_USAGE, "%s", what);
}

bool client_has_controls(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    bool found = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return found;
}

static bool is_https(CURLU *url)
{
    char *scheme = NULL;
    bool https = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && strcmp(scheme, "https") == 0;
    curl_free(scheme);
    return https;
}

/* The name that the certificate must carry stands in the URL; the URL's host is where we connect. */
static bool rename_host(struct pw_client_call *call, CURLU *url, const char *name)
{
    char *host = NULL, *port = NULL;
    bool done = curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                curl_url_set(url, CURLUPART_HOST, name, 0) == CURLUE_OK;
    if (done) {
        struct pw_str to = pw_str_printf(call->arena, "%s:%s:%s:%s", name, port, host, port);
        call->connect_to = curl_slist_append(NULL, to.data);
        curl_easy_setopt(call->easy, CURLOPT_CONNECT_TO, call->connect_to);
    }
    curl_free(host);
    curl_free(port);
    return done;
}

static bool set_url(struct pw_client_call *call, const struct pw_client_request *request, struct pw_err *err)
{
    CURLU *url = curl_url();
    char *text = NULL;
    bool sound = request->url != NULL && !client_has_controls(request->url) &&
                 curl_url_set(url, CURLUPART_URL, request->url, 0) == CURLUE_OK && is_https(url) &&
                 !has_part(url, CURLUPART_USER) && !has_part(url, CURLUPART_PASSWORD) &&
                 !has_part(url, CURLUPART_FRAGMENT);
    if (sound && request->expected_name != NULL)
        sound = rename_host(call, url, request->expected_name);
    sound = sound && curl_url_get(url, CURLUPART_URL, &text, 0) == CURLUE_OK;
    if (sound)
        curl_easy_setopt(call->easy, CURLOPT_URL, text);
    curl_free(text);
    curl_url_cleanup(url);
    return sound ||
           client_misuse(err, "the address to call must be https://, without user name and fragment");
}

static bool set_headers(
    struct pw_client_call *call, const struct pw_client_request *request, struct pw_err *err)
{
    call->headers = curl_slist_append(NULL, "Expect:"); /* bodies are small: no 100-continue */
    for (size_t i = 0; i < request->header_count; i++) {
        if (client_has_controls(request->headers[i]))
            return client_misuse(err, "a header has a control character");
        call->headers = curl_slist_append(call->headers, request->headers[i]);
    }
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    return true;
}

static void set_body(struct pw_client_call *call, const struct pw_client_request *request)
{
    bool with_body = request->body.data != NULL && request->body.len > 0;
    const char *method = request->method != NULL ? request->method : with_body ? "POST" : "GET";
    if (strcmp(method, "GET") == 0) {
        curl_easy_setopt(call->easy, CURLOPT_HTTPGET, 1L);
        return;
    }
    curl_easy_setopt(call->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(
        call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)(with_body ? request->body.len : 0));
    curl_easy_setopt(call->easy, CURLOPT_COPYPOSTFIELDS, with_body ? request->body.data : "");
}

static bool readable(const char *file)
{
    return file == NULL || access(file, R_OK) == 0;
}

bool client_call_trust(struct pw_client_call *call, const char *ca_file, long least, struct pw_err *err)
{
    CURL *easy = call->easy;
    if (ca_file == NULL)
        return client_misuse(err, "a CA file is needed to call");
    if (!readable(ca_file))
        return client_misuse(err, "the CA file cannot be read");
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, least);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
    curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    curl_easy_setopt(easy, CURLOPT_CA_CACHE_TIMEOUT, 0L); /* a renewed file counts at once */
    return true;
}

static bool set_tls(struct pw_client_call *call, const struct pw_client_request *request, struct pw_err *err)
{
    CURL *easy = call->easy;
    long least = request->tls_min == PW_CLIENT_TLS_1_2 ? CURL_SSLVERSION_TLSv1_2 : CURL_SSLVERSION_TLSv1_3;
    if (!client_call_trust(call, request->ca_file, least, err))
        return false;
    if (!readable(request->cert_file) || !readable(request->key_file))
        return client_misuse(err, "a certificate or key file cannot be read");
    curl_easy_setopt(easy, CURLOPT_TLS13_CIPHERS, SUITES_256);
    curl_easy_setopt(easy, CURLOPT_SSLCERT, request->cert_file);
    curl_easy_setopt(
        easy, CURLOPT_SSLKEY, request->key_file != NULL ? request->key_file : request->cert_file);
    return true;
}

void client_call_basics(struct pw_client_call *call, size_t response_max, int64_t connect_ms)
{
    CURL *easy = call->easy;
    call->response_max = response_max > 0 ? response_max : RESPONSE_MAX;
    pw_buf_init(&call->body, call->response_max);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect_ms > 0 ? connect_ms : CONNECT_MS));
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->trouble);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
}

static void set_strictness(struct pw_client_call *call)
{
    CURL *easy = call->easy;
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "pandwacht");
}

bool client_call_prepare(
    struct pw_client_call *call, const struct pw_client_request *request, struct pw_err *err)
{
    client_call_basics(call, request->response_max, request->connect_ms);
    call->allow_private = request->allow_private;
    call->check_address = request->check_address;
    call->check_arg = request->check_arg;
    set_strictness(call);
    set_body(call, request);
    return set_url(call, request, err) && set_headers(call, request, err) && set_tls(call, request, err);
}

void client_call_age(struct pw_client_call *call)
{
    const struct pw_client *client = call->client;
    curl_easy_setopt(call->easy, CURLOPT_MAXAGE_CONN, (long)(client->options.idle_ms / 1000));
    if (client->forgotten_us == 0)
        return;
    int64_t since_s = (pw_loop_clock_us(client->loop) - client->forgotten_us) / 1000000;
    if (since_s == 0)
        curl_easy_setopt(call->easy, CURLOPT_FRESH_CONNECT, 1L);
    else
        curl_easy_setopt(call->easy, CURLOPT_MAXLIFETIME_CONN, (long)since_s);
}

/* ---- how it ended ---- */

enum pw_client_end client_call_end(const struct pw_client_call *call, CURLcode code, int status)
{
    if (call->too_large)
        return PW_CLIENT_TOO_LARGE;
    if (call->mail && status >= 400)
        return PW_CLIENT_ANSWERED; /* the mail server's own refusal */
    switch (code) {
    case CURLE_OK:
        return status >= 300 && status < 400 ? PW_CLIENT_REDIRECT : PW_CLIENT_ANSWERED;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
        return call->denied ? PW_CLIENT_DENIED : PW_CLIENT_REFUSED;
    case CURLE_OPERATION_TIMEDOUT:
        return PW_CLIENT_TIMEOUT;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED:
        return PW_CLIENT_TLS;
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
        return PW_CLIENT_MISUSED;
    default:
        break;
    }
    /* With TLS 1.3 a refused client certificate shows only when the answer is read. */
    return strstr(call->trouble, "alert") != NULL ? PW_CLIENT_TLS : PW_CLIENT_GARBAGE;
}
