/* crypto: round trips, known answers, and everything that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include <pandwacht/base.h>
#include <pandwacht/crypto.h>

static void test_base64url(void **state)
{
    static const struct {
        const char *plain, *text;
    } vectors[] = {
        {"", ""}, {"f", "Zg"}, {"fo", "Zm8"}, {"foo", "Zm9v"}, {"foob", "Zm9vYg"}, {"\xff\xef", "_-8"}};
    static const char *const refused[] = {"Z", "Zh", "Zg==", "Zm9", "Z g", "+/8", "Zm9vY"};
    char out[16];
    uint8_t back[16];
    size_t len;

    (void)state;
    for (size_t i = 0; i < PW_COUNT(vectors); i++) {
        struct pw_str plain = pw_str_z(vectors[i].plain);

        assert_string_equal(pw_crypto_base64url(plain.data, plain.len, out), vectors[i].text);
        assert_true(pw_crypto_base64url_read(pw_str_z(vectors[i].text), back, sizeof back, &len));
        assert_int_equal(len, plain.len);
        assert_memory_equal(back, plain.data, len);
    }
    for (size_t i = 0; i < PW_COUNT(refused); i++)
        assert_false(pw_crypto_base64url_read(pw_str_z(refused[i]), back, sizeof back, &len));
    assert_false(pw_crypto_base64url_read(PW_STR("Zm9vYg"), back, 3, &len));
    assert_string_equal(pw_crypto_base64("f", 1, out), "Zg==");
    assert_string_equal(pw_crypto_base64("fo", 2, out), "Zm8=");
    assert_string_equal(pw_crypto_base64("foo", 3, out), "Zm9v");
    assert_string_equal(pw_crypto_base64("\xfb\xff", 2, out), "+/8=");
}

static void test_tokens_differ(void **state)
{
    char a[PW_TOKEN_TEXT], b[PW_TOKEN_TEXT];
    uint8_t hash[PW_MAC_SIZE], expected[PW_SHA256_SIZE];

    (void)state;
    assert_int_equal(strlen(pw_crypto_token_new(a)), 43);
    pw_crypto_token_new(b);
    assert_string_not_equal(a, b);
    pw_crypto_token_hash(pw_str_z(a), hash);
    pw_sha256_of(a, strlen(a), expected);
    assert_true(pw_crypto_equal(hash, expected, sizeof hash));
    hash[31] ^= 1;
    assert_false(pw_crypto_equal(hash, expected, sizeof hash));
}

static void test_pseudonym_separates(void **state)
{
    struct pw_keys *keys = pw_crypto_keys_for_test("one"), *other = pw_crypto_keys_for_test("two");
    uint8_t a[PW_MAC_SIZE], b[PW_MAC_SIZE];
    struct pw_err err = {0};

    (void)state;
    assert_true(pw_crypto_pseudonym(keys, 1, PW_STR("iban"), PW_STR(""), PW_STR("NL91"), a, &err));
    assert_true(pw_crypto_pseudonym(keys, 1, PW_STR("iban"), PW_STR(""), PW_STR("NL91"), b, &err));
    assert_memory_equal(a, b, sizeof a);
    /* The same letters divided otherwise, another scheme and another key are other pseudonyms. */
    assert_true(pw_crypto_pseudonym(keys, 1, PW_STR("iban"), PW_STR("N"), PW_STR("L91"), b, &err));
    assert_memory_not_equal(a, b, sizeof a);
    assert_true(pw_crypto_pseudonym(keys, 1, PW_STR("kvk"), PW_STR(""), PW_STR("NL91"), b, &err));
    assert_memory_not_equal(a, b, sizeof a);
    assert_true(pw_crypto_pseudonym(other, 1, PW_STR("iban"), PW_STR(""), PW_STR("NL91"), b, &err));
    assert_memory_not_equal(a, b, sizeof a);
    assert_false(pw_crypto_pseudonym(keys, 2, PW_STR("iban"), PW_STR(""), PW_STR("NL91"), b, &err));
    assert_int_equal(err.code, PW_ERR_CRYPTO);
    assert_true(pw_crypto_content_mac(keys, PW_STR("{}"), a, &err));
    assert_true(pw_crypto_content_mac(keys, PW_STR("{ }"), b, &err));
    assert_memory_not_equal(a, b, sizeof a);
    pw_crypto_keys_free(keys);
    pw_crypto_keys_free(other);
}

static void test_seal(void **state)
{
    struct pw_keys *keys = pw_crypto_keys_for_test("one"), *other = pw_crypto_keys_for_test("two");
    struct pw_arena *arena = pw_arena_new();
    struct pw_str sealed, again, plain;
    struct pw_err err = {0};
    char *copy;

    (void)state;
    assert_true(pw_crypto_seal(keys, arena, PW_STR("geheim"), PW_STR("row 1"), &sealed, &err));
    assert_true(pw_crypto_seal(keys, arena, PW_STR("geheim"), PW_STR("row 1"), &again, &err));
    assert_int_equal(sealed.len, 6 + PW_SEAL_OVERHEAD);
    assert_false(pw_str_eq(sealed, again));
    assert_true(pw_crypto_open(keys, arena, sealed, PW_STR("row 1"), &plain, &err));
    assert_true(pw_str_is(plain, "geheim"));
    assert_false(pw_crypto_open(keys, arena, sealed, PW_STR("row 2"), &plain, &err));
    assert_false(pw_crypto_open(other, arena, sealed, PW_STR("row 1"), &plain, &err));
    /* Every single octet counts: key version, nonce, text and tag. */
    for (size_t i = 0; i < sealed.len; i++) {
        copy = pw_arena_alloc(arena, sealed.len);
        memcpy(copy, sealed.data, sealed.len);
        copy[i] ^= 1;
        assert_false(
            pw_crypto_open(keys, arena, (struct pw_str){copy, sealed.len}, PW_STR("row 1"), &plain, &err));
        assert_false(
            pw_crypto_open(keys, arena, (struct pw_str){sealed.data, i}, PW_STR("row 1"), &plain, &err));
    }
    assert_true(pw_crypto_seal(keys, arena, PW_STR(""), PW_STR(""), &sealed, &err));
    assert_true(pw_crypto_open(keys, arena, sealed, PW_STR(""), &plain, &err));
    assert_int_equal(plain.len, 0);
    pw_arena_free(arena);
    pw_crypto_keys_free(keys);
    pw_crypto_keys_free(other);
}

static void test_password(void **state)
{
    char stored[PW_PASSWORD_TEXT], again[PW_PASSWORD_TEXT], longest[PW_PASSWORD_MAX + 1];
    struct pw_err err = {0};
    bool fits;

    (void)state;
    assert_true(pw_crypto_password_hash(PW_STR("correct horse"), stored, &err));
    assert_true(pw_crypto_password_hash(PW_STR("correct horse"), again, &err));
    assert_string_not_equal(stored, again);
    assert_memory_equal(stored, "scrypt$ln=15,r=8,p=1$", 21);
    assert_true(pw_crypto_password_verify(PW_STR("correct horse"), pw_str_z(stored), &fits, &err) && fits);
    assert_true(pw_crypto_password_verify(PW_STR("correct hors"), pw_str_z(stored), &fits, &err) && !fits);
    assert_true(pw_crypto_password_verify(PW_STR("x"), PW_STR(""), &fits, &err) && !fits);
    /* Parameters that would eat the machine are not followed. */
    assert_true(pw_crypto_password_verify(PW_STR("x"),
                    PW_STR("scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                           "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                    &fits, &err) &&
                !fits);
    memset(longest, 'a', sizeof longest);
    assert_false(
        pw_crypto_password_verify((struct pw_str){longest, sizeof longest}, pw_str_z(stored), &fits, &err));
    assert_false(pw_crypto_password_hash(PW_STR(""), again, &err));
    assert_int_equal(err.code, PW_ERR_INVALID);
}

/* RFC 8032 section 7.1, test 2: the seed and public key; our ring takes seeds from files. */
static void test_signature(void **state)
{
    static const uint8_t public_key[32] = {0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a,
        0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4, 0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1,
        0x2a, 0xf4, 0x66, 0x0c};
    static const uint8_t signature[64] = {0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82,
        0x0b, 0x5f, 0x64, 0x25, 0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76, 0x22, 0x23,
        0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99, 0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0,
        0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae, 0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb,
        0x0c, 0x00};
    struct pw_keys *keys = pw_crypto_keys_for_test("one");
    const struct pw_public_key *half = pw_crypto_public(keys, 0);
    struct pw_signature mine;
    struct pw_err err = {0};

    (void)state;
    assert_true(pw_crypto_verify(public_key, PW_STR("\x72"), signature));
    assert_false(pw_crypto_verify(public_key, PW_STR("\x73"), signature));
    assert_true(pw_crypto_sign(keys, PW_STR("bericht"), &mine, &err));
    assert_int_equal(half->version, 1);
    assert_string_equal(mine.key_id, half->id);
    assert_int_equal(strlen(mine.value), PW_SIGNATURE_TEXT - 1);
    assert_true(pw_crypto_verify(half->octets, PW_STR("bericht"), mine.octets));
    assert_false(pw_crypto_verify(public_key, PW_STR("bericht"), mine.octets));
    pw_crypto_keys_free(keys);
}

static void put_file(const char *dir, const char *name, size_t len, mode_t mode)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < len; i++)
        fputc((int)(i + 7), file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

/* RFC 8037 appendix A: this seed has this public half, which has this thumbprint. */
static void put_known_signing_key(const char *dir, const char *name)
{
    static const uint8_t seed[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4,
        0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c,
        0xae, 0x7f, 0x60};
    char path[256];
    FILE *file;

    put_file(dir, name, 0, 0600);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(seed, 1, sizeof seed, file), sizeof seed);
    fclose(file);
}

static void remove_file(const char *dir, const char *name)
{
    char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(unlink(path), 0);
}

static void assert_refused(const char *dir, enum pw_err_code code, const char *file)
{
    struct pw_keys *keys = NULL;
    struct pw_err err = {0};

    assert_false(pw_crypto_keys_load(dir, &keys, &err));
    assert_null(keys);
    assert_int_equal(err.code, code);
    assert_string_equal(err.file, file);
}

static void test_key_directory(void **state)
{
    char dir[] = "/tmp/pandwacht-keys-XXXXXX";
    struct pw_keys *keys, *same;
    struct pw_err err = {0};
    uint8_t a[PW_MAC_SIZE], b[PW_MAC_SIZE];

    (void)state;
    assert_non_null(mkdtemp(dir));
    assert_refused(dir, PW_ERR_CRYPTO, dir);
    assert_true(pw_crypto_keys_create(dir, &err));
    assert_true(pw_crypto_keys_load(dir, &keys, &err));
    assert_true(pw_crypto_content_mac(keys, PW_STR("x"), a, &err));
    assert_true(pw_crypto_keys_create(dir, &err)); /* overwrites nothing */
    put_file(dir, "seal-10.key", 32, 0600);
    put_file(dir, "seal-2.key", 32, 0640);
    put_known_signing_key(dir, "signing-2.key");
    assert_true(pw_crypto_keys_load(dir, &same, &err));
    assert_true(pw_crypto_content_mac(same, PW_STR("x"), b, &err));
    assert_memory_equal(a, b, sizeof a);
    assert_int_equal(pw_crypto_key_count(same, PW_KEY_SEAL), 3);
    assert_int_equal(pw_crypto_key_version(same, PW_KEY_SEAL, 1), 2);
    assert_int_equal(pw_crypto_key_newest(same, PW_KEY_SEAL), 10);
    /* The newest signs; the older one can still be verified against. */
    struct pw_signature signature;
    assert_true(pw_crypto_sign(same, PW_STR("x"), &signature, &err));
    assert_string_equal(signature.key_id, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_int_equal(pw_crypto_key_count(same, PW_KEY_SIGNING), 2);
    assert_string_equal(pw_crypto_public(same, 0)->id, pw_crypto_public(keys, 0)->id);
    remove_file(dir, "signing-2.key");
    pw_crypto_keys_free(keys);
    pw_crypto_keys_free(same);

    put_file(dir, "seal-3.key", 31, 0600);
    assert_refused(dir, PW_ERR_CRYPTO, "seal-3.key");
    put_file(dir, "seal-3.key", 33, 0600);
    assert_refused(dir, PW_ERR_CRYPTO, "seal-3.key");
    put_file(dir, "seal-3.key", 32, 0604);
    assert_refused(dir, PW_ERR_IO, "seal-3.key");
    remove_file(dir, "seal-3.key");
    put_file(dir, "content-2.key", 32, 0600);
    assert_refused(dir, PW_ERR_CRYPTO, "content-2.key");
    remove_file(dir, "content-2.key");
    put_file(dir, "psuedonym-2.key", 32, 0600);
    assert_refused(dir, PW_ERR_CRYPTO, "psuedonym-2.key");
    remove_file(dir, "psuedonym-2.key");
    remove_file(dir, "signing-1.key");
    assert_refused(dir, PW_ERR_CRYPTO, dir);
    assert_refused("/nonexistent/keys", PW_ERR_IO, "/nonexistent/keys");
    for (size_t i = 0; i < 5; i++)
        remove_file(dir, (const char *const[]){"seal-1.key", "seal-2.key", "seal-10.key", "content-1.key",
                             "pseudonym-1.key"}[i]);
    assert_int_equal(rmdir(dir), 0);
}

/* The vectors of RFC 6238, appendix B (SHA-1), their last six digits. */
static void test_totp(void **state)
{
    static const struct {
        int64_t seconds;
        const char *code;
    } vectors[] = {{59, "287082"}, {1111111109, "081804"}, {1111111111, "050471"}, {1234567890, "005924"},
        {2000000000, "279037"}, {20000000000, "353130"}};
    struct pw_err err = {0};
    char code[PW_TOTP_TEXT], base32[41];

    (void)state;
    for (size_t i = 0; i < PW_COUNT(vectors); i++) {
        assert_true(
            pw_crypto_totp(PW_STR("12345678901234567890"), vectors[i].seconds / PW_TOTP_SECONDS, code, &err));
        assert_string_equal(code, vectors[i].code);
    }
    assert_string_equal(pw_crypto_base32("foobar", 6, base32), "MZXW6YTBOI");
    assert_string_equal(
        pw_crypto_base32("12345678901234567890", 20, base32), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base64url),
        cmocka_unit_test(test_tokens_differ),
        cmocka_unit_test(test_pseudonym_separates),
        cmocka_unit_test(test_seal),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_signature),
        cmocka_unit_test(test_key_directory),
        cmocka_unit_test(test_totp),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
