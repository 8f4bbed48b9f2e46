/*
 * The TLS transport: one attempt each to shake hands, read, write, told as a step. Called
 * only by stream.c. After the handshake it fills in who the peer is.
 */
#include "stream_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>

#include <pandwacht/base/counters.h>

/* What an OpenSSL call that returned `result` asks for. */
static enum step step_of(struct pw_stream *stream, int result, const char *what, struct pw_err *err)
{
    switch (SSL_get_error(stream->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        return STEP_WANT_READ;
    case SSL_ERROR_WANT_WRITE:
        return STEP_WANT_WRITE;
    case SSL_ERROR_ZERO_RETURN:
        return STEP_EOF;
    case SSL_ERROR_SYSCALL:
        ERR_clear_error();
        pw_fail(err, PW_ERR_IO, "%s: %s", what, errno != 0 ? strerror(errno) : "connection closed");
        return STEP_FAIL;
    default:
        stream_tls_fail(err, what);
        return STEP_FAIL;
    }
}

enum step stream_tls_handshake(struct pw_stream *stream, struct pw_err *err)
{
    ERR_clear_error();
    errno = 0;
    int result = SSL_do_handshake(stream->ssl);
    if (result == 1)
        return STEP_DONE;
    int reason = ERR_GET_REASON(ERR_peek_last_error());
    stream->plain_spoken = reason == SSL_R_HTTP_REQUEST;
    enum step step = step_of(stream, result, "handshake", err);
    if (step == STEP_FAIL || step == STEP_EOF)
        pw_count(PW_M_TLS_REFUSED, 1);
    return step;
}

enum step stream_tls_read(
    struct pw_stream *stream, void *out, size_t size, size_t *ret_len, struct pw_err *err)
{
    ERR_clear_error();
    errno = 0;
    int result = SSL_read_ex(stream->ssl, out, size, ret_len);
    return result == 1 ? STEP_DONE : step_of(stream, result, "reading", err);
}

enum step stream_tls_write(
    struct pw_stream *stream, const void *data, size_t len, size_t *ret_len, struct pw_err *err)
{
    ERR_clear_error();
    errno = 0;
    int result = SSL_write_ex(stream->ssl, data, len, ret_len);
    return result == 1 ? STEP_DONE : step_of(stream, result, "writing", err);
}

/* The certificate that signed the peer's: from the verified chain, or from the ticket it resumed with. */
static void describe_signer(SSL *ssl, struct pw_peer *peer)
{
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    if (chain != NULL && sk_X509_num(chain) > 1) {
        stream_cert_fingerprint(sk_X509_value(chain, 1), peer->issuer_fingerprint);
        return;
    }
    void *data = NULL;
    size_t len = 0;
    SSL_SESSION *session = SSL_get_session(ssl);
    if (session == NULL || SSL_SESSION_get0_ticket_appdata(session, &data, &len) != 1 || len != 64)
        return;
    memcpy(peer->issuer_fingerprint, data, len);
    peer->issuer_fingerprint[len] = '\0';
}

bool stream_tls_identify(struct pw_stream *stream, struct pw_err *err)
{
    SSL *ssl = stream->ssl;
    struct pw_peer *peer = &stream->peer;
    peer->tls = true;
    snprintf(peer->protocol, sizeof(peer->protocol), "%s", SSL_get_version(ssl));
    snprintf(peer->suite, sizeof(peer->suite), "%s", SSL_get_cipher_name(ssl));
    if (SSL_version(ssl) == TLS1_2_VERSION && SSL_get_extms_support(ssl) != 1)
        return pw_fail(err, PW_ERR_TLS, "handshake: TLS 1.2 without extended master secret");

    X509 *cert = SSL_get0_peer_certificate(ssl);
    if (cert == NULL || SSL_get_verify_mode(ssl) == SSL_VERIFY_NONE)
        return true;
    /* A resumed session is not verified again: its certificate may have ended meanwhile. */
    if (SSL_get_verify_result(ssl) != X509_V_OK || X509_cmp_current_time(X509_get0_notAfter(cert)) < 0)
        return pw_fail(err, PW_ERR_TLS, "handshake: peer certificate is not valid");
    stream_cert_describe(cert, peer);
    describe_signer(ssl, peer);
    peer->verified = true;
    return true;
}
