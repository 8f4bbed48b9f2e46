/*
 * TLS contexts: what NCSC-NL's guidelines of 2025 call good or sufficient, loaded from
 * files, reloadable. Called by the daemon at start and on reload, by listener.c and
 * stream.c for each new stream (stream_tls_session).
 *
 * Invariant: `inside` is complete or not there; a failing reload leaves the old one.
 * Resumption never outlives a reload: each inside has its own ticket keys.
 */
#include "stream_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <pandwacht/base/arena.h>

#define SUITES_GOOD "TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define SUITES_12                                                                                            \
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:"               \
    "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"
#define GROUPS "X25519:P-256:P-384:X448:P-521"
#define SIGNATURES                                                                                           \
    "ECDSA+SHA256:ECDSA+SHA384:ECDSA+SHA512:ed25519:ed448:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:"     \
    "RSA+SHA256:RSA+SHA384:RSA+SHA512"
#define SESSION_SECONDS 3600

struct pw_tls_context {
    struct pw_arena *arena; /* the options' strings */
    struct pw_tls_options options;
    SSL_CTX *inside;
    pw_usec not_after;
    unsigned refs;
};

bool stream_tls_fail(struct pw_err *err, const char *what)
{
    unsigned long code = ERR_peek_last_error();
    const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;
    ERR_clear_error();
    return pw_fail(err, PW_ERR_TLS, "%s: %s", what, reason != NULL ? reason : "no reason given");
}

static bool file_fail(struct pw_err *err, const char *file, const char *what)
{
    stream_tls_fail(err, what);
    if (err != NULL)
        snprintf(err->file, sizeof(err->file), "%s", file);
    return false;
}

/* ---- resumption: the ticket carries who signed the peer's certificate, which it otherwise loses ---- */

static int on_ticket_made(SSL *ssl, void *arg)
{
    (void)arg;
    STACK_OF(X509) *chain = SSL_get0_verified_chain(ssl);
    char issuer[65];
    if (chain == NULL || sk_X509_num(chain) < 2)
        return 1;
    stream_cert_fingerprint(sk_X509_value(chain, 1), issuer);
    return SSL_SESSION_set1_ticket_appdata(SSL_get_session(ssl), issuer, strlen(issuer));
}

static SSL_TICKET_RETURN on_ticket_seen(SSL *ssl, SSL_SESSION *session, const unsigned char *name,
    size_t name_len, SSL_TICKET_STATUS status, void *arg)
{
    (void)ssl;
    (void)session;
    (void)name;
    (void)name_len;
    (void)arg;
    switch (status) {
    case SSL_TICKET_SUCCESS:
        return SSL_TICKET_RETURN_USE;
    case SSL_TICKET_SUCCESS_RENEW:
        return SSL_TICKET_RETURN_USE_RENEW;
    case SSL_TICKET_EMPTY:
    case SSL_TICKET_NO_DECRYPT:
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    default:
        return SSL_TICKET_RETURN_IGNORE;
    }
}

/* ---- filling the inside ---- */

/* Names that could be read in two ways are refused within the handshake, with an alert. */
static int on_verify(int ok, X509_STORE_CTX *store)
{
    if (!ok || X509_STORE_CTX_get_error_depth(store) != 0)
        return ok;
    if (stream_cert_names_sound(X509_STORE_CTX_get_current_cert(store)))
        return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
    return 0;
}

static bool set_algorithms(SSL_CTX *ctx, enum pw_tls_profile profile, struct pw_err *err)
{
    bool good = profile == PW_TLS_GOOD;
    SSL_CTX_set_security_level(ctx, 2);
    SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_NO_SESSION_RESUMPTION_ON_RENEGOTIATION);
    SSL_CTX_set_mode(
        ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(ctx, 1);
    if (SSL_CTX_set_min_proto_version(ctx, good ? TLS1_3_VERSION : TLS1_2_VERSION) != 1 ||
        SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(ctx, good ? SUITES_GOOD : SUITES_GOOD ":TLS_AES_128_GCM_SHA256") != 1 ||
        SSL_CTX_set_cipher_list(ctx, SUITES_12) != 1 || SSL_CTX_set1_groups_list(ctx, GROUPS) != 1 ||
        SSL_CTX_set1_sigalgs_list(ctx, SIGNATURES) != 1)
        return stream_tls_fail(err, "this OpenSSL lacks an algorithm that is needed");
    return true;
}

static bool load_own_cert(SSL_CTX *ctx, const struct pw_tls_options *options, struct pw_err *err)
{
    const char *key = options->key_file != NULL ? options->key_file : options->cert_file;
    if (options->cert_file == NULL)
        return options->client_side || pw_fail(err, PW_ERR_TLS, "a server needs a certificate file");
    if (SSL_CTX_use_certificate_chain_file(ctx, options->cert_file) != 1)
        return file_fail(err, options->cert_file, "certificate chain (PEM) cannot be read");
    if (SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1)
        return file_fail(err, key, "private key (PEM) cannot be read, or does not fit the certificate");
    if (SSL_CTX_check_private_key(ctx) != 1)
        return file_fail(err, key, "private key does not fit the certificate");
    X509 *own = SSL_CTX_get0_certificate(ctx);
    if (!options->client_side && X509_cmp_current_time(X509_get0_notAfter(own)) < 0)
        return pw_fail_at(
            err, PW_ERR_TLS, options->cert_file, 0, 0, "the certificate has ended: renew it and reload");
    return true;
}

static bool load_crl(SSL_CTX *ctx, const char *file, struct pw_err *err)
{
    X509_LOOKUP *lookup = X509_STORE_add_lookup(SSL_CTX_get_cert_store(ctx), X509_LOOKUP_file());
    if (lookup == NULL || X509_load_crl_file(lookup, file, X509_FILETYPE_PEM) < 1)
        return file_fail(err, file, "revocation list (PEM) cannot be read");
    return true;
}

static bool load_trust(SSL_CTX *ctx, const struct pw_tls_options *options, struct pw_err *err)
{
    if (options->ca_file == NULL)
        return pw_fail(err, PW_ERR_TLS, "verifying certificates needs a CA file");
    if (SSL_CTX_load_verify_file(ctx, options->ca_file) != 1)
        return file_fail(err, options->ca_file, "CA certificates (PEM) cannot be read");
    if (!options->client_side)
        SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(options->ca_file));
    for (size_t i = 0; i < options->crl_count; i++)
        if (!load_crl(ctx, options->crl_files[i], err))
            return false;
    X509_VERIFY_PARAM *param = SSL_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_depth(param, 5);
    if (options->crl_count > 0)
        X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    ERR_clear_error(); /* reading to the end of a PEM file leaves "no start line" behind */
    return true;
}

static bool set_verification(SSL_CTX *ctx, const struct pw_tls_options *options, struct pw_err *err)
{
    static const unsigned char id[] = "pandwacht";
    SSL_CTX_set_session_id_context(ctx, id, sizeof(id) - 1);
    SSL_CTX_set_timeout(ctx, SESSION_SECONDS);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(ctx, 1);
    if (!options->client_side && options->clients == PW_TLS_CLIENTS_NONE)
        return true;

    int mode = SSL_VERIFY_PEER;
    if (options->clients == PW_TLS_CLIENTS_REQUIRED)
        mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(ctx, mode, on_verify);
    SSL_CTX_set_session_ticket_cb(ctx, on_ticket_made, on_ticket_seen, NULL);
    return load_trust(ctx, options, err);
}

static SSL_CTX *make_inside(const struct pw_tls_options *options, struct pw_err *err)
{
    ERR_clear_error();
    SSL_CTX *ctx = SSL_CTX_new(options->client_side ? TLS_client_method() : TLS_server_method());
    if (ctx == NULL) {
        stream_tls_fail(err, "no TLS context");
        return NULL;
    }
    if (set_algorithms(ctx, options->profile, err) && load_own_cert(ctx, options, err) &&
        set_verification(ctx, options, err))
        return ctx;
    SSL_CTX_free(ctx);
    return NULL;
}

static void swap_inside(struct pw_tls_context *context, SSL_CTX *inside)
{
    SSL_CTX_free(context->inside);
    context->inside = inside;
    X509 *own = SSL_CTX_get0_certificate(inside);
    context->not_after = own != NULL ? stream_cert_not_after(own) : PW_TIME_NONE;
}

/* ---- the public half ---- */

static const char *copy(struct pw_arena *arena, const char *z)
{
    return z != NULL ? pw_str_dup(arena, pw_str_z(z)).data : NULL;
}

static void copy_options(struct pw_tls_context *context, const struct pw_tls_options *options)
{
    struct pw_arena *arena = context->arena;
    const char **crls = PW_NEW_ARRAY(arena, options->crl_count + 1, const char *);
    for (size_t i = 0; i < options->crl_count; i++)
        crls[i] = copy(arena, options->crl_files[i]);
    context->options = *options;
    context->options.cert_file = copy(arena, options->cert_file);
    context->options.key_file = copy(arena, options->key_file);
    context->options.ca_file = copy(arena, options->ca_file);
    context->options.expected_name = copy(arena, options->expected_name);
    context->options.crl_files = crls;
}

bool pw_tls_context_new(const struct pw_tls_options *options, struct pw_tls_context **ret, struct pw_err *err)
{
    SSL_CTX *inside = make_inside(options, err);
    if (inside == NULL)
        return false;
    struct pw_tls_context *context = pw_xcalloc(1, sizeof(*context));
    context->refs = 1;
    context->arena = pw_arena_new();
    copy_options(context, options);
    swap_inside(context, inside);
    *ret = context;
    return true;
}

bool pw_tls_context_reload(struct pw_tls_context *context, struct pw_err *err)
{
    SSL_CTX *inside = make_inside(&context->options, err);
    if (inside == NULL)
        return false;
    swap_inside(context, inside);
    return true;
}

struct pw_tls_context *pw_tls_context_ref(struct pw_tls_context *context)
{
    context->refs++;
    return context;
}

void pw_tls_context_unref(struct pw_tls_context *context)
{
    if (context == NULL || --context->refs > 0)
        return;
    SSL_CTX_free(context->inside);
    pw_arena_free(context->arena);
    free(context);
}

pw_usec pw_tls_context_not_after(const struct pw_tls_context *context)
{
    return context->not_after;
}

SSL *stream_tls_session(struct pw_tls_context *context)
{
    SSL *ssl = SSL_new(context->inside);
    if (ssl == NULL)
        abort(); /* out of memory */
    if (!context->options.client_side) {
        SSL_set_accept_state(ssl);
        return ssl;
    }
    SSL_set_connect_state(ssl);
    const char *name = context->options.expected_name;
    if (name != NULL && (SSL_set1_host(ssl, name) != 1 || SSL_set_tlsext_host_name(ssl, name) != 1))
        abort();
    return ssl;
}
