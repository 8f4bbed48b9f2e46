/*
 * A certification authority for tests, made anew in a temporary directory: CAs, server and
 * client certificates (good ones, ended ones, of the wrong use), revocation lists. Used by
 * the tests of stream, http and client. Everything is P-256, so it takes milliseconds.
 */
#ifndef PANDWACHT_TEST_CA_H
#define PANDWACHT_TEST_CA_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

struct test_ca {
    char dir[64];
    const char *name;
    EVP_PKEY *key;
    X509 *cert;
    long next_serial;
};

struct test_cert {
    const char *name; /* file name: <dir>/<name>.pem, <dir>/<name>.key */
    const char *cn;
    const char *oin;
    const char *second_oin; /* a second serialNumber in the subject */
    const char *san;        /* "DNS:partner.test,IP:127.0.0.1" */
    const char *usage;      /* "clientAuth", "serverAuth", or both; NULL = none said */
    long from_s, until_s;   /* from now; 0, 0 = from an hour ago to an hour ahead */
    bool self_signed;
};

static inline void test_must(bool ok, const char *what)
{
    if (ok)
        return;
    fprintf(stderr, "test CA: %s\n", what);
    abort();
}

/* A path in the directory; good until 255 more were asked for. */
static inline const char *test_path(const struct test_ca *ca, const char *name, const char *suffix)
{
    static char paths[256][192];
    static unsigned next;
    char *path = paths[next++ % 256];
    snprintf(path, sizeof(paths[0]), "%s/%s%s", ca->dir, name, suffix);
    return path;
}

static inline void test_write_cert(const char *path, X509 *cert)
{
    FILE *file = fopen(path, "w");
    test_must(file != NULL && PEM_write_X509(file, cert) == 1, "writing a certificate");
    fclose(file);
}

static inline void test_extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    test_must(extension != NULL && X509_add_ext(cert, extension, -1) == 1, "adding an extension");
    X509_EXTENSION_free(extension);
}

static inline void test_add_name(X509_NAME *subject, const char *field, const char *value, int set)
{
    (void)set;
    if (value != NULL)
        test_must(X509_NAME_add_entry_by_txt(
                      subject, field, MBSTRING_UTF8, (const unsigned char *)value, -1, -1, 0) == 1,
            "adding a name");
}

static inline X509 *test_blank_cert(long serial, EVP_PKEY *key, long from_s, long until_s)
{
    X509 *cert = X509_new();
    X509_set_version(cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), from_s != 0 || until_s != 0 ? from_s : -3600);
    X509_gmtime_adj(X509_getm_notAfter(cert), from_s != 0 || until_s != 0 ? until_s : 3600);
    X509_set_pubkey(cert, key);
    return cert;
}

/* `dir_of` = another CA whose directory is shared; NULL makes a new one. */
static inline void test_ca_new(struct test_ca *ca, const char *name, const struct test_ca *dir_of)
{
    *ca = (struct test_ca){.name = name, .next_serial = 100, .key = EVP_EC_gen("P-256")};
    if (dir_of != NULL)
        memcpy(ca->dir, dir_of->dir, sizeof(ca->dir));
    else
        snprintf(ca->dir, sizeof(ca->dir), "/tmp/pw_test_ca.XXXXXX");
    test_must(dir_of != NULL || mkdtemp(ca->dir) != NULL, "making a directory");
    ca->cert = test_blank_cert(1, ca->key, -7200, 86400);
    X509_NAME *subject = X509_get_subject_name(ca->cert);
    test_add_name(subject, "O", "Testgemeente", 0);
    test_add_name(subject, "CN", name, 0);
    X509_set_issuer_name(ca->cert, subject);
    test_extend(ca->cert, ca->cert, NID_basic_constraints, "critical,CA:TRUE");
    test_extend(ca->cert, ca->cert, NID_key_usage, "critical,keyCertSign,cRLSign");
    test_extend(ca->cert, ca->cert, NID_subject_key_identifier, "hash");
    test_must(X509_sign(ca->cert, ca->key, EVP_sha256()) > 0, "signing a CA");
    test_write_cert(test_path(ca, name, ".pem"), ca->cert);
}

/* Returns its serial number. */
static inline long test_issue(struct test_ca *ca, const struct test_cert *want)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = test_blank_cert(++ca->next_serial, key, want->from_s, want->until_s);
    X509_NAME *subject = X509_get_subject_name(cert);
    test_add_name(subject, "CN", want->cn, 0);
    test_add_name(subject, "serialNumber", want->oin, 0);
    test_add_name(subject, "serialNumber", want->second_oin, 0);
    X509_set_issuer_name(cert, want->self_signed ? subject : X509_get_subject_name(ca->cert));
    X509 *issuer = want->self_signed ? cert : ca->cert;
    if (want->usage != NULL)
        test_extend(cert, issuer, NID_ext_key_usage, want->usage);
    if (want->san != NULL)
        test_extend(cert, issuer, NID_subject_alt_name, want->san);
    test_must(X509_sign(cert, want->self_signed ? key : ca->key, EVP_sha256()) > 0, "signing");
    test_write_cert(test_path(ca, want->name, ".pem"), cert);
    FILE *file = fopen(test_path(ca, want->name, ".key"), "w");
    test_must(file != NULL && PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1, "key");
    fclose(file);
    X509_free(cert);
    EVP_PKEY_free(key);
    return ca->next_serial;
}

/* A revocation list with one serial number (0 = none) at <dir>/<name>.crl. */
static inline void test_revoke(struct test_ca *ca, const char *name, long serial)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *at = ASN1_TIME_new();
    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->cert));
    X509_CRL_set1_lastUpdate(crl, X509_gmtime_adj(at, -60));
    X509_CRL_set1_nextUpdate(crl, X509_gmtime_adj(at, 3600));
    if (serial != 0) {
        X509_REVOKED *entry = X509_REVOKED_new();
        ASN1_INTEGER *number = ASN1_INTEGER_new();
        ASN1_INTEGER_set(number, serial);
        X509_REVOKED_set_serialNumber(entry, number);
        X509_REVOKED_set_revocationDate(entry, X509_gmtime_adj(at, -60));
        X509_CRL_add0_revoked(crl, entry);
        ASN1_INTEGER_free(number);
    }
    test_must(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0, "signing a revocation list");
    FILE *file = fopen(test_path(ca, name, ".crl"), "w");
    test_must(file != NULL && PEM_write_X509_CRL(file, crl) == 1, "writing a revocation list");
    fclose(file);
    ASN1_TIME_free(at);
    X509_CRL_free(crl);
}

static inline void test_ca_release(struct test_ca *ca)
{
    EVP_PKEY_free(ca->key);
    X509_free(ca->cert);
}

/* Removes the directory with all that is in it. */
static inline void test_ca_remove(struct test_ca *ca)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf -- '%s'", ca->dir);
    test_must(strncmp(ca->dir, "/tmp/pw_test_ca.", 16) == 0 && system(command) == 0, "cleaning up");
    test_ca_release(ca);
}

#endif
