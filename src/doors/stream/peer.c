/*
 * Reading certificates: names, fingerprints, end of validity. Called during the handshake
 * (names must be told unambiguously, or the certificate is refused) and after it (to tell
 * the owner who is there).
 *
 * The OIN of a Dutch government party is in subject.serialNumber; whether it is one is for
 * the access room to say.
 */
#include "stream_int.h"

#include <string.h>
#include <time.h>

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

/* False when the name occurs twice, is too long or holds control characters; absent gives "". */
static bool read_name(X509_NAME *subject, int nid, char out[PW_PEER_NAME_MAX])
{
    out[0] = '\0';
    int at = X509_NAME_get_index_by_NID(subject, nid, -1);
    if (at < 0)
        return true;
    if (X509_NAME_get_index_by_NID(subject, nid, at) >= 0)
        return false;

    unsigned char *utf8 = NULL;
    const ASN1_STRING *value = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    int len = ASN1_STRING_to_UTF8(&utf8, value);
    bool sound = len >= 0 && len < PW_PEER_NAME_MAX;
    for (int i = 0; sound && i < len; i++)
        sound = utf8[i] >= 0x20 && utf8[i] != 0x7f;
    if (sound) {
        memcpy(out, utf8, (size_t)len);
        out[len] = '\0';
    }
    OPENSSL_free(utf8);
    return sound;
}

bool stream_cert_names_sound(X509 *cert)
{
    char name[PW_PEER_NAME_MAX];
    X509_NAME *subject = X509_get_subject_name(cert);
    return read_name(subject, NID_serialNumber, name) && read_name(subject, NID_commonName, name);
}

static void describe_issuer(X509 *cert, char out[PW_PEER_NAME_MAX])
{
    BIO *text = BIO_new(BIO_s_mem());
    char *data = NULL;
    out[0] = '\0';
    if (text == NULL)
        return;
    X509_NAME_print_ex(text, X509_get_issuer_name(cert), 0, XN_FLAG_RFC2253);
    long len = BIO_get_mem_data(text, &data);
    size_t keep = len < PW_PEER_NAME_MAX ? (size_t)len : PW_PEER_NAME_MAX - 1;
    memcpy(out, data, keep);
    out[keep] = '\0';
    BIO_free(text);
}

void stream_cert_fingerprint(X509 *cert, char out[65])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    out[0] = '\0';
    if (X509_digest(cert, EVP_sha256(), digest, &len) != 1)
        return;
    for (unsigned i = 0; i < len && i < 32; i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
        out[2 * i + 2] = '\0';
    }
}

pw_usec stream_cert_not_after(const X509 *cert)
{
    struct tm tm;
    if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &tm) != 1)
        return PW_TIME_NONE;
    return (pw_usec)timegm(&tm) * PW_USEC_PER_SEC;
}

void stream_cert_describe(X509 *cert, struct pw_peer *peer)
{
    X509_NAME *subject = X509_get_subject_name(cert);
    if (!read_name(subject, NID_serialNumber, peer->oin) || !read_name(subject, NID_commonName, peer->cn))
        peer->oin[0] = peer->cn[0] = '\0';
    describe_issuer(cert, peer->issuer);
    stream_cert_fingerprint(cert, peer->fingerprint);
    peer->not_after = stream_cert_not_after(cert);
}
