/*
 * Streams against streams, on one loop: plain and TLS, who is let in and who is not, limits,
 * lingering, reload. The CA is made for the occasion.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>

#include <pandwacht/base/sha256.h>
#include <pandwacht/loop.h>
#include <pandwacht/stream.h>

#include "../../support/test_ca.h"

#define OIN "00000001234567890000"

static struct test_ca ca, other_ca;

/* One end of a connection, and what it saw. */
struct end {
    struct pw_stream *stream;
    struct pw_buf got;
    struct pw_peer peer;
    struct pw_err why;
    bool ready, eof, closed, drained;
    bool echo;
    bool free_in_data;
};

struct scene {
    struct pw_loop *loop;
    struct pw_tls_context *server_tls, *client_tls;
    struct pw_listener *listener;
    char address[64];
    struct end server, client;
    unsigned accepted;
};

static void on_ready(void *arg)
{
    struct end *end = arg;
    end->ready = true;
    end->peer = *pw_stream_peer(end->stream);
}

static void on_data(void *arg)
{
    struct end *end = arg;
    struct pw_buf *in = pw_stream_input(end->stream);
    if (end->free_in_data) {
        pw_stream_free(end->stream);
        end->stream = NULL;
        return;
    }
    pw_buf_put_str(&end->got, pw_buf_str(in));
    if (end->echo)
        assert_true(pw_stream_write(end->stream, in->data, in->len));
    pw_buf_consume(in, in->len);
    pw_stream_consumed(end->stream);
}

static void on_eof(void *arg)
{
    ((struct end *)arg)->eof = true;
}

static void on_drained(void *arg)
{
    ((struct end *)arg)->drained = true;
}

static void on_closed(void *arg, const struct pw_err *why)
{
    struct end *end = arg;
    end->closed = true;
    end->why = *why;
    pw_stream_free(end->stream);
    end->stream = NULL;
}

static const struct pw_stream_events events = {.on_ready = on_ready,
    .on_data = on_data,
    .on_eof = on_eof,
    .on_drained = on_drained,
    .on_closed = on_closed};

static void on_accept(void *arg, struct pw_stream *stream)
{
    struct scene *scene = arg;
    scene->accepted++;
    pw_stream_free(scene->server.stream);
    scene->server.stream = stream;
    pw_stream_own(stream, &events, &scene->server);
}

static void listen_on(struct scene *scene, const struct pw_tls_options *tls, struct pw_stream_limits limits)
{
    struct pw_err err = {0};
    memset(scene, 0, sizeof(*scene));
    pw_buf_init(&scene->server.got, 1 << 24);
    pw_buf_init(&scene->client.got, 1 << 24);
    scene->loop = pw_loop_new();
    if (tls != NULL && !pw_tls_context_new(tls, &scene->server_tls, &err))
        fail_msg("%s", err.text);
    struct pw_listener_options options = {.address = "127.0.0.1:0",
        .tls = scene->server_tls,
        .limits = limits,
        .on_accept = on_accept,
        .arg = scene,
        .plain_answer = "HTTP/1.1 400 Bad Request\r\n\r\n"};
    if (!pw_listener_open(scene->loop, &options, &scene->listener, &err))
        fail_msg("%s", err.text);
    snprintf(scene->address, sizeof(scene->address), "127.0.0.1:%u", pw_listener_port(scene->listener));
}

static void connect_to(struct scene *scene, const struct pw_tls_options *tls)
{
    struct pw_err err = {0};
    pw_buf_clear(&scene->client.got);
    scene->client = (struct end){.got = scene->client.got};
    scene->server = (struct end){.got = scene->server.got, .stream = scene->server.stream};
    pw_tls_context_unref(scene->client_tls);
    scene->client_tls = NULL;
    if (tls != NULL && !pw_tls_context_new(tls, &scene->client_tls, &err))
        fail_msg("%s", err.text);
    if (!pw_stream_connect(scene->loop, scene->address, scene->client_tls, NULL, &events, &scene->client,
            &scene->client.stream, &err))
        fail_msg("%s", err.text);
}

static void leave(struct scene *scene)
{
    pw_stream_free(scene->client.stream);
    pw_stream_free(scene->server.stream);
    pw_listener_close(scene->listener);
    pw_tls_context_unref(scene->server_tls);
    pw_tls_context_unref(scene->client_tls);
    pw_buf_release(&scene->client.got);
    pw_buf_release(&scene->server.got);
    pw_loop_free(scene->loop);
}

/* Runs rounds until the condition holds, at most 5 s. */
#define until(scene, condition)                                                                              \
    do {                                                                                                     \
        int64_t give_up = pw_loop_clock_us((scene)->loop) + 5000000;                                         \
        while (!(condition) && pw_loop_clock_us((scene)->loop) < give_up)                                    \
            pw_loop_step((scene)->loop, 50);                                                                 \
        assert_true(condition);                                                                              \
    } while (0)

static struct pw_tls_options server_options(enum pw_tls_clients clients)
{
    return (struct pw_tls_options){.cert_file = test_path(&ca, "server", ".pem"),
        .key_file = test_path(&ca, "server", ".key"),
        .profile = PW_TLS_SUFFICIENT,
        .clients = clients,
        .ca_file = clients != PW_TLS_CLIENTS_NONE ? test_path(&ca, "ca", ".pem") : NULL};
}

static struct pw_tls_options client_options(const char *cert)
{
    return (struct pw_tls_options){.client_side = true,
        .profile = PW_TLS_SUFFICIENT,
        .cert_file = cert != NULL ? test_path(&ca, cert, ".pem") : NULL,
        .key_file = cert != NULL ? test_path(&ca, cert, ".key") : NULL,
        .ca_file = test_path(&ca, "ca", ".pem"),
        .expected_name = "server.test"};
}

/* ---- plain ---- */

static void plain_octets_go_both_ways(void **state)
{
    (void)state;
    struct scene s;
    listen_on(&s, NULL, (struct pw_stream_limits){0});
    connect_to(&s, NULL);
    until(&s, s.client.ready && s.server.ready);
    s.server.echo = true;
    assert_string_equal(s.server.peer.address, "127.0.0.1");
    assert_false(s.server.peer.tls);
    assert_true(pw_stream_write(s.client.stream, "goed", 4));
    until(&s, s.client.got.len == 4);
    assert_memory_equal(s.client.got.data, "goed", 4);
    assert_true(s.client.drained);
    pw_stream_shut(s.client.stream, 1000);
    until(&s, s.server.eof);
    /* The other half stays usable after the peer's end. */
    assert_true(pw_stream_write(s.server.stream, "dag", 3));
    pw_stream_shut(s.server.stream, 1000);
    until(&s, s.server.closed && s.client.closed);
    assert_int_equal(s.server.why.code, PW_ERR_NONE);
    leave(&s);
}

static void every_socket_has_nodelay(void **state)
{
    (void)state;
    struct scene s;
    listen_on(&s, NULL, (struct pw_stream_limits){0});
    connect_to(&s, NULL);
    until(&s, s.client.ready && s.server.ready);
    int found = 0;
    for (int fd = 3; fd < 64; fd++) {
        int on = 0, type = 0, listening = 0;
        socklen_t len = sizeof(int);
        if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &type, &len) != 0 || type != AF_INET)
            continue;
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len);
        if (listening)
            continue;
        assert_int_equal(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &len), 0);
        assert_int_equal(on, 1);
        found++;
    }
    assert_int_equal(found, 2);
    leave(&s);
}

static void much_data_passes_a_small_window(void **state)
{
    (void)state;
    enum { MUCH = 3000000 };
    struct scene s;
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_NONE);
    struct pw_tls_options client = client_options(NULL);
    listen_on(&s, &tls, (struct pw_stream_limits){.input_max = 5000});
    connect_to(&s, &client);
    until(&s, s.client.ready && s.server.ready);
    char *data = malloc(MUCH);
    for (size_t i = 0; i < MUCH; i++)
        data[i] = (char)(i * 7 + i / 1000);
    size_t sent = 0;
    while (sent < MUCH) {
        size_t part = MUCH - sent < 200000 ? MUCH - sent : 200000;
        if (pw_stream_write(s.client.stream, data + sent, part))
            sent += part;
        else
            assert_true(pw_stream_pending(s.client.stream) > 800000);
        pw_loop_step(s.loop, 50);
    }
    until(&s, s.server.got.len == MUCH);
    assert_memory_equal(s.server.got.data, data, MUCH);
    free(data);
    leave(&s);
}

static void a_paused_stream_is_not_read(void **state)
{
    (void)state;
    struct scene s;
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_NONE), client = client_options(NULL);
    listen_on(&s, &tls, (struct pw_stream_limits){0});
    connect_to(&s, &client);
    until(&s, s.client.ready && s.server.ready);
    pw_stream_pause(s.server.stream, true);
    assert_true(pw_stream_write(s.client.stream, "later", 5));
    for (int i = 0; i < 5; i++)
        pw_loop_step(s.loop, 10);
    assert_int_equal(s.server.got.len, 0);
    pw_stream_pause(s.server.stream, false);
    until(&s, s.server.got.len == 5);
    leave(&s);
}

static void output_over_its_maximum_is_refused_whole(void **state)
{
    (void)state;
    struct scene s;
    listen_on(&s, NULL, (struct pw_stream_limits){.output_max = 10});
    connect_to(&s, NULL);
    until(&s, s.server.ready);
    assert_true(pw_stream_write(s.server.stream, "12345678", 8));
    assert_false(pw_stream_write(s.server.stream, "abc", 3));
    assert_int_equal(pw_stream_pending(s.server.stream), 8);
    until(&s, s.client.got.len == 8);
    leave(&s);
}

static void the_owner_may_free_it_in_a_callback(void **state)
{
    (void)state;
    struct scene s;
    listen_on(&s, NULL, (struct pw_stream_limits){0});
    connect_to(&s, NULL);
    until(&s, s.server.ready && s.client.ready);
    s.server.free_in_data = true;
    assert_true(pw_stream_write(s.client.stream, "x", 1));
    until(&s, s.client.eof || s.client.closed);
    assert_null(s.server.stream);
    leave(&s);
}

static void last_words_arrive_though_the_peer_keeps_sending(void **state)
{
    (void)state;
    struct scene s;
    listen_on(&s, NULL, (struct pw_stream_limits){0});
    connect_to(&s, NULL);
    until(&s, s.server.ready && s.client.ready);
    pw_stream_pause(s.server.stream, true);
    static const char flood[100000];
    assert_true(pw_stream_write(s.client.stream, flood, sizeof(flood)));
    pw_loop_step(s.loop, 20);
    assert_true(pw_stream_write(s.server.stream, "no", 2));
    pw_stream_shut(s.server.stream, 2000);
    until(&s, s.client.got.len == 2 && s.client.eof);
    assert_false(s.client.closed);
    pw_stream_shut(s.client.stream, 0);
    until(&s, s.server.closed);
    assert_int_equal(s.server.why.code, PW_ERR_NONE);
    leave(&s);
}

static void lingering_ends_by_itself(void **state)
{
    (void)state;
    struct scene s;
    listen_on(&s, NULL, (struct pw_stream_limits){0});
    connect_to(&s, NULL);
    until(&s, s.server.ready && s.client.ready);
    pw_stream_shut(s.server.stream, 50);
    until(&s, s.server.closed);
    leave(&s);
}

static void nobody_there_is_told_as_closed(void **state)
{
    (void)state;
    struct scene s;
    listen_on(&s, NULL, (struct pw_stream_limits){0});
    pw_listener_close(s.listener);
    s.listener = NULL;
    connect_to(&s, NULL);
    until(&s, s.client.closed);
    assert_int_equal(s.client.why.code, PW_ERR_IO);
    assert_false(s.client.ready);
    leave(&s);
}

/* ---- TLS: who is let in ---- */

static void a_good_client_certificate_tells_who_it_is(void **state)
{
    (void)state;
    struct scene s;
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_REQUIRED), client = client_options("source");
    listen_on(&s, &tls, (struct pw_stream_limits){0});
    connect_to(&s, &client);
    until(&s, s.server.ready && s.client.ready);
    const struct pw_peer *peer = &s.server.peer;
    char ca_print[65];
    uint8_t digest[32];
    unsigned len;
    X509_digest(ca.cert, EVP_sha256(), digest, &len);
    pw_hex(digest, 32, ca_print);
    assert_true(peer->tls && peer->verified);
    assert_string_equal(peer->oin, OIN);
    assert_string_equal(peer->cn, "bron.test");
    assert_string_equal(peer->issuer, "CN=ca,O=Testgemeente");
    assert_string_equal(peer->issuer_fingerprint, ca_print);
    assert_int_equal(strlen(peer->fingerprint), 64);
    assert_string_equal(peer->protocol, "TLSv1.3");
    assert_string_equal(peer->suite, "TLS_AES_256_GCM_SHA384");
    assert_true(peer->not_after > pw_loop_wall(s.loop));
    leave(&s);
}

static void without_a_certificate_optional_is_unverified(void **state)
{
    (void)state;
    struct scene s;
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_OPTIONAL), client = client_options(NULL);
    listen_on(&s, &tls, (struct pw_stream_limits){0});
    connect_to(&s, &client);
    until(&s, s.server.ready);
    assert_true(s.server.peer.tls);
    assert_false(s.server.peer.verified);
    assert_string_equal(s.server.peer.oin, "");
    leave(&s);
}

/* The client's handshake may look done to it (TLS 1.3); what counts is that it hears an alert. */
static void expect_refused(const struct pw_tls_options *tls, const char *cert, const char *alert)
{
    struct scene s;
    struct pw_tls_options client = client_options(cert);
    listen_on(&s, tls, (struct pw_stream_limits){0});
    connect_to(&s, &client);
    until(&s, s.client.closed);
    assert_false(s.server.ready);
    if (strstr(s.client.why.text, alert) == NULL)
        fail_msg("%s: expected the alert \"%s\", got \"%s\", server: \"%s\"", cert != NULL ? cert : "(none)",
            alert, s.client.why.text, s.server.why.text);
    leave(&s);
}

static void bad_client_certificates_are_refused_with_an_alert(void **state)
{
    (void)state;
    struct pw_tls_options optional = server_options(PW_TLS_CLIENTS_OPTIONAL);
    struct pw_tls_options required = server_options(PW_TLS_CLIENTS_REQUIRED);
    expect_refused(&required, NULL, "certificate required");
    const struct {
        const char *cert, *alert;
    } cases[] = {
        {"ended", "certificate expired"},
        {"early", "bad certificate"},
        {"foreign", "unknown ca"},
        {"selfsigned", "unknown ca"},
        {"serveronly", "unsupported certificate"},
        {"twonames", "handshake failure"},
        {"controls", "handshake failure"},
    };
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        expect_refused(&required, cases[i].cert, cases[i].alert);
        expect_refused(&optional, cases[i].cert, cases[i].alert);
    }
}

static void revoked_ones_are_refused_and_others_not(void **state)
{
    (void)state;
    struct scene s;
    const char *crl = test_path(&ca, "revoked", ".crl");
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_OPTIONAL), client = client_options("source");
    tls.crl_files = &crl;
    tls.crl_count = 1;
    expect_refused(&tls, "revoked", "certificate revoked");
    listen_on(&s, &tls, (struct pw_stream_limits){0});
    connect_to(&s, &client);
    until(&s, s.server.ready);
    assert_true(s.server.peer.verified);
    leave(&s);
}

static void a_server_of_another_name_is_not_trusted(void **state)
{
    (void)state;
    struct scene s;
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_NONE), client = client_options(NULL);
    client.expected_name = "elsewhere.test";
    listen_on(&s, &tls, (struct pw_stream_limits){0});
    connect_to(&s, &client);
    until(&s, s.client.closed);
    assert_false(s.client.ready);
    assert_non_null(strstr(s.client.why.text, "verify failed"));
    leave(&s);
}

/* ---- TLS: versions, resumption, deadlines ---- */

static int raw_connect(const struct scene *s)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
        .sin_port = htons(pw_listener_port(s->listener)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* A bare OpenSSL client of the given version on the same loop; true when it could shake hands. */
static bool bare_handshake(
    struct scene *s, int version, const char *suites, SSL_SESSION **session, bool *ret_reused)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_security_level(ctx, 0);
    SSL_CTX_set_min_proto_version(ctx, version);
    SSL_CTX_set_max_proto_version(ctx, version);
    SSL_CTX_use_certificate_file(ctx, test_path(&ca, "source", ".pem"), SSL_FILETYPE_PEM);
    SSL_CTX_use_PrivateKey_file(ctx, test_path(&ca, "source", ".key"), SSL_FILETYPE_PEM);
    if (suites != NULL)
        assert_int_equal(version == TLS1_3_VERSION ? SSL_CTX_set_ciphersuites(ctx, suites)
                                                   : SSL_CTX_set_cipher_list(ctx, suites),
            1);
    SSL *ssl = SSL_new(ctx);
    int fd = raw_connect(s), result = 0;
    struct timeval tv = {.tv_usec = 2000};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
    SSL_set_fd(ssl, fd);
    if (session != NULL && *session != NULL)
        SSL_set_session(ssl, *session);
    s->server.ready = false;
    for (int i = 0; i < 500; i++) {
        result = SSL_connect(ssl);
        pw_loop_step(s->loop, 2);
        if (result == 1 || SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ)
            break;
    }
    char byte;
    for (int i = 0; result == 1 && i < 20; i++) {
        pw_loop_step(s->loop, 2);
        SSL_read(ssl, &byte, 1); /* takes in the ticket */
    }
    if (ret_reused != NULL)
        *ret_reused = SSL_session_reused(ssl);
    if (session != NULL) {
        SSL_SESSION_free(*session);
        *session = SSL_get1_session(ssl);
    }
    SSL_shutdown(ssl);
    SSL_free(ssl);
    SSL_CTX_free(ctx);
    close(fd);
    return result == 1;
}

static void profiles_decide_versions_and_suites(void **state)
{
    (void)state;
    const struct {
        enum pw_tls_profile profile;
        int version;
        const char *suites;
        bool allowed;
    } cases[] = {
        {PW_TLS_GOOD, TLS1_3_VERSION, NULL, true},
        {PW_TLS_GOOD, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", false},
        {PW_TLS_GOOD, TLS1_2_VERSION, NULL, false},
        {PW_TLS_SUFFICIENT, TLS1_3_VERSION, "TLS_AES_128_GCM_SHA256", true},
        {PW_TLS_SUFFICIENT, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256", true},
        {PW_TLS_SUFFICIENT, TLS1_2_VERSION, "ECDHE-ECDSA-AES128-SHA256", false},
        {PW_TLS_SUFFICIENT, TLS1_2_VERSION, "DHE-RSA-AES128-GCM-SHA256", false},
        {PW_TLS_SUFFICIENT, TLS1_1_VERSION, NULL, false},
        {PW_TLS_SUFFICIENT, TLS1_VERSION, NULL, false},
    };
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        struct scene s;
        struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_OPTIONAL);
        tls.profile = cases[i].profile;
        listen_on(&s, &tls, (struct pw_stream_limits){0});
        if (bare_handshake(&s, cases[i].version, cases[i].suites, NULL, NULL) != cases[i].allowed)
            fail_msg("case %zu", i);
        leave(&s);
    }
}

static void resumption_keeps_the_identity_and_ends_with_a_reload(void **state)
{
    (void)state;
    struct scene s;
    struct pw_err err;
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_REQUIRED);
    const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    for (size_t i = 0; i < PW_COUNT(versions); i++) {
        SSL_SESSION *session = NULL;
        bool reused;
        listen_on(&s, &tls, (struct pw_stream_limits){0});
        assert_true(bare_handshake(&s, versions[i], NULL, &session, &reused));
        assert_false(reused);
        char issuer[65];
        memcpy(issuer, s.server.peer.issuer_fingerprint, sizeof(issuer));
        memset(&s.server.peer, 0, sizeof(s.server.peer));
        assert_true(bare_handshake(&s, versions[i], NULL, &session, &reused));
        assert_true(reused);
        assert_true(s.server.peer.verified);
        assert_string_equal(s.server.peer.oin, OIN);
        assert_int_equal(strlen(issuer), 64);
        assert_string_equal(s.server.peer.issuer_fingerprint, issuer);
        assert_true(pw_tls_context_reload(s.server_tls, &err));
        assert_true(bare_handshake(&s, versions[i], NULL, &session, &reused));
        assert_false(reused);
        SSL_SESSION_free(session);
        leave(&s);
    }
}

static void a_silent_handshake_is_cut_off(void **state)
{
    (void)state;
    struct scene s;
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_NONE);
    listen_on(&s, &tls, (struct pw_stream_limits){.handshake_ms = 60});
    int fd = raw_connect(&s);
    until(&s, s.server.closed);
    assert_int_equal(s.server.why.code, PW_ERR_TIMEOUT);
    close(fd);
    leave(&s);
}

static void plain_http_on_a_tls_port_is_answered_in_plain(void **state)
{
    (void)state;
    struct scene s;
    char answer[64] = "";
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_NONE);
    listen_on(&s, &tls, (struct pw_stream_limits){0});
    int fd = raw_connect(&s);
    assert_int_equal(send(fd, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 0), 27);
    for (int i = 0; i < 20 && answer[0] == '\0'; i++) {
        pw_loop_step(s.loop, 20);
        (void)!recv(fd, answer, sizeof(answer) - 1, MSG_DONTWAIT);
    }
    assert_string_equal(answer, "HTTP/1.1 400 Bad Request\r\n\r\n");
    close(fd);
    until(&s, s.server.closed);
    assert_false(s.server.ready);
    leave(&s);
}

/* ---- contexts ---- */

static void reloading_swaps_for_new_streams_and_a_failure_changes_nothing(void **state)
{
    (void)state;
    struct scene s;
    struct pw_err err = {0};
    struct pw_tls_options tls = server_options(PW_TLS_CLIENTS_OPTIONAL), client = client_options(NULL);
    tls.cert_file = test_path(&ca, "live", ".pem");
    tls.key_file = test_path(&ca, "live", ".key");
    struct test_cert cert = {.name = "live", .cn = "a", .san = "DNS:server.test", .usage = "serverAuth"};
    test_issue(&ca, &cert);
    listen_on(&s, &tls, (struct pw_stream_limits){0});
    pw_usec before = pw_tls_context_not_after(s.server_tls);
    connect_to(&s, &client);
    until(&s, s.server.ready && s.client.ready);

    FILE *broken = fopen(tls.key_file, "w");
    fputs("-----BEGIN PRIVATE KEY-----\n", broken);
    fclose(broken);
    assert_false(pw_tls_context_reload(s.server_tls, &err));
    assert_int_equal(err.code, PW_ERR_TLS);
    assert_string_equal(err.file, tls.key_file);
    assert_int_equal(pw_tls_context_not_after(s.server_tls), before);

    cert.until_s = 7200;
    cert.from_s = -60;
    test_issue(&ca, &cert);
    assert_true(pw_tls_context_reload(s.server_tls, &err));
    assert_true(pw_tls_context_not_after(s.server_tls) > before);
    /* The stream of before goes on. */
    assert_true(pw_stream_write(s.client.stream, "still", 5));
    until(&s, s.server.got.len == 5);
    leave(&s);
}

static void bad_files_are_named_at_start(void **state)
{
    (void)state;
    struct pw_tls_context *context = NULL;
    struct pw_err err = {0};
    struct pw_tls_options none = server_options(PW_TLS_CLIENTS_NONE);
    none.cert_file = test_path(&ca, "absent", ".pem");
    assert_false(pw_tls_context_new(&none, &context, &err));
    assert_string_equal(err.file, none.cert_file);

    struct pw_tls_options mixed = server_options(PW_TLS_CLIENTS_NONE);
    mixed.key_file = test_path(&ca, "source", ".key");
    assert_false(pw_tls_context_new(&mixed, &context, &err));
    assert_string_equal(err.file, mixed.key_file);

    struct pw_tls_options ended = server_options(PW_TLS_CLIENTS_NONE);
    ended.cert_file = test_path(&ca, "ended", ".pem");
    ended.key_file = test_path(&ca, "ended", ".key");
    assert_false(pw_tls_context_new(&ended, &context, &err));
    assert_non_null(strstr(err.text, "renew"));

    struct pw_tls_options no_ca = server_options(PW_TLS_CLIENTS_REQUIRED);
    no_ca.ca_file = NULL;
    assert_false(pw_tls_context_new(&no_ca, &context, &err));
    assert_null(context);
}

static void addresses_are_numeric(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new();
    struct pw_stream *stream = NULL;
    struct pw_err err;
    static const char *const bad[] = {"", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0.1:-1", "127.0.0.1:80x", "::1:80", "[::1]", "[::1]80", "[127.0.0.1]:80", "999.0.0.1:80",
        "unix:"};
    for (size_t i = 0; i < PW_COUNT(bad); i++)
        if (pw_stream_connect(loop, bad[i], NULL, NULL, &events, NULL, &stream, &err))
            fail_msg("accepted: %s", bad[i]);
    assert_true(pw_address_is_loopback("127.8.0.1:80"));
    assert_true(pw_address_is_loopback("[::1]:80"));
    assert_true(pw_address_is_loopback("unix:/run/x"));
    assert_false(pw_address_is_loopback("0.0.0.0:80"));
    assert_false(pw_address_is_loopback("[::]:80"));
    assert_false(pw_address_is_loopback("128.0.0.1:80"));
    pw_loop_free(loop);
}

/* ---- the cast ---- */

static int make_certificates(void **state)
{
    (void)state;
    test_ca_new(&ca, "ca", NULL);
    test_ca_new(&other_ca, "otherca", &ca);
    const struct test_cert certs[] = {
        {.name = "server", .cn = "server", .san = "DNS:server.test,IP:127.0.0.1", .usage = "serverAuth"},
        {.name = "source", .cn = "bron.test", .oin = OIN, .usage = "clientAuth"},
        {.name = "ended", .cn = "ended", .oin = OIN, .usage = "clientAuth", .from_s = -7000, .until_s = -60},
        {.name = "early", .cn = "early", .oin = OIN, .usage = "clientAuth", .from_s = 600, .until_s = 7000},
        {.name = "serveronly", .cn = "serveronly", .oin = OIN, .usage = "serverAuth"},
        {.name = "selfsigned", .cn = "self", .oin = OIN, .usage = "clientAuth", .self_signed = true},
        {.name = "twonames", .cn = "two", .oin = OIN, .second_oin = "1", .usage = "clientAuth"},
        {.name = "controls", .cn = "a\nb", .oin = OIN, .usage = "clientAuth"},
    };
    for (size_t i = 0; i < PW_COUNT(certs); i++)
        test_issue(&ca, &certs[i]);
    struct test_cert foreign = {.name = "foreign", .cn = "foreign", .oin = OIN, .usage = "clientAuth"};
    test_issue(&other_ca, &foreign);
    struct test_cert revoked = {.name = "revoked", .cn = "revoked", .oin = OIN, .usage = "clientAuth"};
    test_revoke(&ca, "revoked", test_issue(&ca, &revoked));
    return 0;
}

static int remove_certificates(void **state)
{
    (void)state;
    test_ca_release(&other_ca);
    test_ca_remove(&ca);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_octets_go_both_ways),
        cmocka_unit_test(every_socket_has_nodelay),
        cmocka_unit_test(much_data_passes_a_small_window),
        cmocka_unit_test(a_paused_stream_is_not_read),
        cmocka_unit_test(output_over_its_maximum_is_refused_whole),
        cmocka_unit_test(the_owner_may_free_it_in_a_callback),
        cmocka_unit_test(last_words_arrive_though_the_peer_keeps_sending),
        cmocka_unit_test(lingering_ends_by_itself),
        cmocka_unit_test(nobody_there_is_told_as_closed),
        cmocka_unit_test(a_good_client_certificate_tells_who_it_is),
        cmocka_unit_test(without_a_certificate_optional_is_unverified),
        cmocka_unit_test(bad_client_certificates_are_refused_with_an_alert),
        cmocka_unit_test(revoked_ones_are_refused_and_others_not),
        cmocka_unit_test(a_server_of_another_name_is_not_trusted),
        cmocka_unit_test(profiles_decide_versions_and_suites),
        cmocka_unit_test(resumption_keeps_the_identity_and_ends_with_a_reload),
        cmocka_unit_test(a_silent_handshake_is_cut_off),
        cmocka_unit_test(plain_http_on_a_tls_port_is_answered_in_plain),
        cmocka_unit_test(reloading_swaps_for_new_streams_and_a_failure_changes_nothing),
        cmocka_unit_test(bad_files_are_named_at_start),
        cmocka_unit_test(addresses_are_numeric),
    };
    return cmocka_run_group_tests(tests, make_certificates, remove_certificates);
}
