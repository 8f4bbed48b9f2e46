/* Tokens made by another implementation (the npm package jose), good ones and such as an attacker would send.
 */
#include "../../unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <pandwacht/base.h>
#include <pandwacht/jose.h>

static const char jwks[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"jNEPn_ONe89l2VVSmGA8BEMbfnxFPFnIG0XIIX-hCBsFdBD4GRe5aPqyGp"
    "v1fp0HL9V-KHA1eOB_L3YCKo5JwiMoWxhur9fNghxzgSVQp_g-SxdVKz2BjPerq4bLLw39pIReCbVOuZPcCxWRDKXF8quy"
    "zG3wwFerBDUTzwUoi4GwzFffJ6Arjmcl0XMeKkpKI9ld7SaABKqJE27iGc6k_vxkjDBCOYrlhMwanzdqTXLpci-4VCRiCU"
    "V6ZfAHw70CP3UGuBhzZzbfjNONTST3nZgwxFam4eHuduLx4oH-iYTJvTnuZu8-vSKi1OxxehZTEKPvCcI2m-hGdAbLisEt"
    "hQ\",\"e\":\"AQAB\",\"kid\":\"r\",\"use\":\"sig\"},{\"kty\":\"EC\",\"x\":\"19E_JRWT6p7orSSoL-x"
    "nJN7w9MzTY9wH36Se5gBbtmY\",\"y\":\"036qXuUE8YurFd1fDiPX6Br8EN4R0GDmkaWXOpcPeWw\",\"crv\":\"P-2"
    "56\",\"kid\":\"e\",\"use\":\"sig\",\"alg\":\"ES256\"},{\"kty\":\"EC\",\"x\":\"-p9fBK1DCqx6Isz9"
    "T95mR84DmMm1bg1nyiatubWJdc0ZuckcGoHk5qOHS4gG4zs6\",\"y\":\"J2-t6_rFIfZaXNt2r_DJpvwbwGfugE4tGwh"
    "IaPFV4zvymhjJvk-8JKG0lF2a0Xzs\",\"crv\":\"P-384\",\"kid\":\"e3\",\"use\":\"sig\"},{\"kty\":\"R"
    "SA\",\"n\":\"68-FwIAczjP5Vi7_LMd0QyBLSYe7l0L3Zccs1dQ6tdeA7yWYg09OC3YnxpwgQHRxyJa3e357cliTKVwQr"
    "B9u_PofSTwXYBthD3yXlaTzbprY3ZIgPkOit46s-MWzSPot7Tis1yrk0jQiEc7cmB3KoIr4tgbOLTZXzGyDsi7gewM\","
    "\"e\":\"AQAB\",\"kid\":\"s\"},{\"kty\":\"RSA\",\"n\":\"jNEPn_ONe89l2VVSmGA8BEMbfnxFPFnIG0XIIX-"
    "hCBsFdBD4GRe5aPqyGpv1fp0HL9V-KHA1eOB_L3YCKo5JwiMoWxhur9fNghxzgSVQp_g-SxdVKz2BjPerq4bLLw39pIReC"
    "bVOuZPcCxWRDKXF8quyzG3wwFerBDUTzwUoi4GwzFffJ6Arjmcl0XMeKkpKI9ld7SaABKqJE27iGc6k_vxkjDBCOYrlhMw"
    "anzdqTXLpci-4VCRiCUV6ZfAHw70CP3UGuBhzZzbfjNONTST3nZgwxFam4eHuduLx4oH-iYTJvTnuZu8-vSKi1OxxehZTE"
    "KPvCcI2m-hGdAbLisEthQ\",\"e\":\"AQAB\",\"kid\":\"enc\",\"use\":\"enc\"},{\"kty\":\"oct\",\"k\""
    ":\"c2VjcmV0\",\"kid\":\"o\"}]}";
static const char rs[] =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.eyJzdWIiOiJ4In0.VjipJPGCCqjxLfS4kDJjdMpLgIOjnbYz4f_EbKOpq1i"
    "ujm511xOys6XzqcFNPN1oeZJL-DFT1ZyFsvTYIaL1jPYWZoFcJtJvKIovyk49U9t7esCPdKkzRG-P0XzRfNaDY6PP5rckx"
    "HkngwhDr5BuCiwar6A3O7x0itLlAHOAvV76WiPZ3My531sT-i7Fr4WsGrdapmYwYtwIpdpethcHA9MceJGdMeLR8QAGJbF"
    "zU11XOFgC8ADo3XclU_az81cjFvw-huD89sP8iW-J17-b9GMcH9TjM30_zYr1UK4lsu5CXltrvDpbdsN6ZupglwjqmslKY"
    "_GcHshnAGPJ2dntjA";
static const char ps[] =
    "eyJhbGciOiJQUzI1NiIsImtpZCI6InIifQ.eyJzdWIiOiJ4In0.VeaJkrgQRt3Mu-8n4zmSVfSCJl268eMwNl1Si4OMi6K"
    "-Ba2gtm8kFdEQ34yjGCsH-U_oqKAZkEE2EaVJWCrBBfcdMCtk9ozpuZbIuhOIs38leqDHxESdTi13K4huZnH6d_bUzFaWb"
    "o28NYtv4lzAfykrggwbqSrPbxB9fHktS8MjyIc6sUxA2nPrws5DvY4IDvyyaiF0CVg1OhYlOGNNksuxoStSAhRpIy6sww6"
    "daHOox7Ma2yoGh2KtCHa-OmOSXaXzCmDE5_v-Jn5xPryBgFsbrEY-O94eMd5x5FJrikGzTNKXgQ0OGbJX5dfXcBk0l_lOM"
    "JD2XqNsG0D8HRwZlw";
static const char es[] =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImUifQ.eyJzdWIiOiJ4In0.OD0Ax-oCAxxlQ6Ps5KeMRqwYmoBClzh8Rb9pIyKzvon"
    "bxqdhj1H6a9cR9Q10saYx_7_gk24CMC0IbqQU6RjuXQ";
static const char es_no_kid[] =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.D3p0Kxm6EDzabc6hIbFEIfnFFVtHsMLwSFGo4VmMV5Vezt7n0hBdSawUQ"
    "i5zK6fvIYp2PA-3zGYiFldTTqo4Pg";
static const char unknown[] =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6Im5ldyJ9.eyJzdWIiOiJ4In0.bhko4Ix164TRMgwpZF5PXnR2Z1CwnYbHg353cqLnD"
    "8tKd9CPJ8umQY60lVUdsl6q6EX_BO12u5moqJQmWt6I_aC1mopSn698SxqTQj2lEYvPjA7i8wRh5_ce4XOb8LW0j6AATnB"
    "MvP1EXREYJ2gjh5ID7yMQwLe0mOawdWhWF4GDOEtB5Hx6fhMkT6ZjpXPQoT_-KjRJlm2zgIWk75PrGSAkM6_MHNSRCtrwE"
    "UAfXuY-ODkiqc9syXSTHvHn_lu-9YDQoQ9d7h31LSCtjdbCPtwjNsOKvlLXqW4lMDOkLFbpXb32RdRFoA10b-pjxSzGwl7"
    "3j_0CR-YcRqDTCAyLLQ";
static const char wrong[] =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InIifQ.eyJzdWIiOiJ4In0.lC0ilA8Dj8wpNDq_caB-ddDjSBCmJf6gF3HXV2wEkLx"
    "JlzIp37fqJ9ComAm7_EDYGFSk6CmElJZcEKLiRryvNXDS4DrcnPXfbus7vTbeBM8Fy0hRvvcq5fdtIfOmzU1_ZNuAYMtGV"
    "wUdi5GhkE5tEmaX-uBGnV6yzQk1NkNvI_l5-d6PXmLK06PA4wV6XWJJlW9BQGb2Z0gRc9XiuZ8bOjd2Yjd0-O0z8RF1xVX"
    "7vLnJTykNkS0sjpbxJW2s85vNvtJl0FbQ4dHyUTS-6911rks2BpuzVG_62ahfOp3N563LbN56mBknthYslT0CaUqgeS85c"
    "MQ3L0ocf1ZI7kpnAw";
static const char rs384[] =
    "eyJhbGciOiJSUzM4NCIsImtpZCI6InIifQ.eyJzdWIiOiJ4In0.SX7E89Rfzz9pSWjhWUvRwbSzNQuFTbjrTDCZPxAVDjE"
    "9aY7P_ltprPsT7J3JpZ_eY6aRuUPGVgi0liMMUBN5VgetdVAdr0W2k6UfnCBjGh5XoKzjtzB_H4FURZvlnffDoVRj31BNr"
    "awArPA8Bm6O25qPErDJFL1EK77hNC2UkK7OystHDeWNSl94GjUdkD84pY6gy7Dq7oeIJfPGfP_awKF7R-R78D-UU5OoNby"
    "VN5eCdiowM-46UbFsr7O9rOVko1ZAxZXEml_xxj4B6MTzr_l_t0mCc2KEUijoFvGS_PXISQRCPVETpp3APJhsx2OTSXO0j"
    "IWvHWHPfl55yPonaw";
static const char enc[] =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImVuYyJ9.eyJzdWIiOiJ4In0.esMTCF_ALfDeoDY3xAgP5HXGvXKoa0IJhGwRO26qf"
    "NNkgs43Qv61T4ZxzIMqdUO0fm9RgiejHM4Dd9hs3XaYSYEFiauASBF38G8uI8juNMzWf7a672PMtiAQOOzg6nzayrCIgBf"
    "W1paPLoAqVArJUCWFHgm6CoBVf9LE5FwvAi1cayxix6lSvyIc0vIXhhOW9qzk3rDZcrRZz1li_KGdkSkdAR866GIexJaus"
    "IfkGS0Ym3NWIpIy1Y0YCTM3DFcP6Bpf00ScRjGtQWGXIgmGwdQGjkvE8ud6uZ8IIwXGHttA8yrcT241596XvSvG2rHHPE2"
    "UMIXKL0EslPPCma2uNQ";
static const char crit[] =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InIiLCJjcml0IjpbIngiXSwieCI6MX0.eyJzdWIiOiJ4In0.YbFPtlBqlPDiT2lmCB"
    "h4HOlXaIBrxI1QDCwYyKaLdIRCHsqrp0M3Mt69h8W8jgO12AqYsjZXqvDpW6DUXNxpWmiVutsTCreMxWY4w9ugSn5Kxezp"
    "rKvx5VIHW4Ud4IsFMY2tHLboYpEyLX8QGfCX_mOjkp74VMEki1SFFaPO2jz6dh3Wc53JgzlooSIik9W6sW58HoDsaZDr1D"
    "yK1uL5434z74YaZzPpmftAZpeUIfs_ChVa7L2eSo23psfnxd-JYQYE5Hy1KOxCPXNqbJOL5xg2DpXZNEEdAFJ2b3AA_fVJ"
    "vkroIJHgMPHEMAC7jY7VGEx97xKHIiDSJXHtycjvnA";
static const char none[] = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
static const char hs[] =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6InIifQ.eyJzdWIiOiJ4In0.d-BQtj3UgqIg0AhI5-XG-kUs1z215FIOCmomLwcKPKw";

static const char *const all[] = {"RS256", "PS256", "ES256", NULL};
static struct pw_arena *arena;
static const struct pw_jose_keys *keys;

static int setup(void **state)
{
    (void)state;
    arena = pw_arena_new();
    return pw_jose_keys_read(arena, pw_str_z(jwks), &keys, NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    pw_arena_free(arena);
    return 0;
}

static enum pw_err_code verdict(struct pw_str token, const char *const *algorithms)
{
    struct pw_str payload = PW_STR("");
    struct pw_err err = {0};
    if (!pw_jose_verify(arena, keys, algorithms, token, &payload, &err))
        return err.code;
    assert_true(pw_str_is(payload, "{\"sub\":\"x\"}"));
    return PW_ERR_NONE;
}

static void good_tokens_verify(void **state)
{
    (void)state;
    assert_int_equal(pw_jose_keys_count(keys), 2); /* not: another curve, 1024 bits, for encryption, secret */
    assert_int_equal(verdict(pw_str_z(rs), all), PW_ERR_NONE);
    assert_int_equal(verdict(pw_str_z(ps), all), PW_ERR_NONE);
    assert_int_equal(verdict(pw_str_z(es), all), PW_ERR_NONE);
    assert_int_equal(verdict(pw_str_z(es_no_kid), all), PW_ERR_NONE); /* only one key can be meant */
}

static void others_are_refused(void **state)
{
    static const struct {
        const char *token;
        enum pw_err_code code;
    } cases[] = {
        {unknown, PW_ERR_NOT_FOUND},
        {enc, PW_ERR_NOT_FOUND},
        {wrong, PW_ERR_CRYPTO},
        {rs384, PW_ERR_USAGE},
        {none, PW_ERR_USAGE},
        {hs, PW_ERR_USAGE}, /* the public key as a shared secret */
        {crit, PW_ERR_USAGE},
        {"", PW_ERR_SYNTAX},
        {"a.b", PW_ERR_SYNTAX},
        {"..", PW_ERR_SYNTAX},
        {"a.b.c.d.e", PW_ERR_SYNTAX},
        {"{}.{}.{}", PW_ERR_SYNTAX},
    };
    static const char *const only_es[] = {"ES256", NULL};
    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++)
        if (verdict(pw_str_z(cases[i].token), all) != cases[i].code)
            fail_msg("case %zu: %s", i, pw_err_word(verdict(pw_str_z(cases[i].token), all)));
    assert_int_equal(verdict(pw_str_z(rs), only_es), PW_ERR_USAGE);
}

/* Every octet of a good token matters, but those that only pad the last character of its parts. */
static void a_changed_octet_is_found(void **state)
{
    static const char *const tokens[] = {rs, ps, es};
    (void)state;
    for (size_t t = 0; t < PW_COUNT(tokens); t++)
        for (size_t i = 0; tokens[t][i] != '\0'; i++) {
            char *changed = (char *)(uintptr_t)pw_str_dup(arena, pw_str_z(tokens[t])).data;
            char end = tokens[t][i + 1];
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            if (end != '\0' && end != '.' && verdict(pw_str_z(changed), all) == PW_ERR_NONE)
                fail_msg("token %zu, octet %zu", t, i);
        }
}

static void what_is_no_key_set_is_refused(void **state)
{
    static const char *const cases[] = {"", "[]", "{}", "{\"keys\":{}}", "nonsense"};
    const struct pw_jose_keys *ret;
    struct pw_err err;
    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        assert_false(pw_jose_keys_read(arena, pw_str_z(cases[i]), &ret, &err));
        assert_int_equal(err.code, PW_ERR_SYNTAX);
    }
    struct pw_buf many;
    pw_buf_init(&many, 4096);
    pw_buf_puts(&many, "{\"keys\":[{}");
    for (int i = 0; i < PW_JOSE_KEYS_MAX; i++)
        pw_buf_puts(&many, ",{\"kty\":\"RSA\"}");
    pw_buf_puts(&many, "]}");
    assert_false(pw_jose_keys_read(arena, pw_buf_str(&many), &ret, &err));
    assert_int_equal(err.code, PW_ERR_LIMIT);
    pw_buf_release(&many);
    assert_true(pw_jose_keys_read(arena,
        PW_STR("{\"keys\":[{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":5},{\"kty\":\"EC\"},7,null]}"), &ret, &err));
    assert_int_equal(pw_jose_keys_count(ret), 0);
}

static void an_overlong_token_is_refused(void **state)
{
    static char text[PW_JOSE_TOKEN_MAX + 2];
    (void)state;
    memset(text, 'A', PW_JOSE_TOKEN_MAX + 1);
    text[10] = text[20] = '.';
    assert_int_equal(verdict(pw_str_z(text), all), PW_ERR_SYNTAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_tokens_verify),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(a_changed_octet_is_found),
        cmocka_unit_test(what_is_no_key_set_is_refused),
        cmocka_unit_test(an_overlong_token_is_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
