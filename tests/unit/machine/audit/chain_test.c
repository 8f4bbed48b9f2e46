/*
 * The chain in memory: a sound one passes, and of random changes, deletions and swaps in 500 sealed records
 * each is found. PANDWACHT_CASES says how many; make test-long asks for 10,000.
 */
#include "../../unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <pandwacht/audit.h>
#include <pandwacht/base.h>
#include <pandwacht/crypto.h>

#define LINKS 500
#define CASES 300

struct chain {
    struct pw_audit_seal links[LINKS];
    uint8_t digests[LINKS][PW_SHA256_SIZE], hashes[LINKS][PW_SHA256_SIZE], details[LINKS][PW_SHA256_SIZE];
    size_t count;
};

static struct chain sound; /* as it was sealed */
static struct pw_audit_head heads[2];

static struct pw_str octets(const uint8_t *hash)
{
    return (struct pw_str){(const char *)hash, PW_SHA256_SIZE};
}

static void seal(struct chain *chain)
{
    uint8_t before[PW_SHA256_SIZE] = {0};

    for (size_t i = 0; i < chain->count; i++) {
        struct pw_audit_seal *link = &chain->links[i];

        pw_audit_digest(&link->row, chain->digests[i]);
        pw_audit_link(before, link->n, chain->digests[i], chain->hashes[i]);
        memcpy(before, chain->hashes[i], sizeof before);
        link->digest = octets(chain->digests[i]);
        link->hash = octets(chain->hashes[i]);
    }
}

static int make_chain(void **state)
{
    (void)state;
    sound.count = LINKS;
    for (size_t i = 0; i < LINKS; i++) {
        struct pw_audit_row *row = &sound.links[i].row;

        pw_sha256_of(&i, sizeof i, sound.details[i]);
        *row = (struct pw_audit_row){.id = pw_uuid_v7((pw_usec)i * 1000),
            .at = (pw_usec)(i / 3) * 1000000,
            .actor_kind = i % 2 ? PW_STR("account") : PW_STR("system"),
            .action = i % 5 ? PW_STR("alert-claimed") : PW_STR("facts-taken-in"),
            .object_kind = PW_STR("alert"),
            .object = pw_uuid_v8(pw_str_z(i % 3 ? "a" : "b")),
            .detail_hash = i % 4 ? octets(sound.details[i]) : PW_STR(""),
            .generation = 1 + (int32_t)(i / 400),
            .xact = 700 + i / 2};
        sound.links[i].n = (int64_t)i + 1;
        sound.links[i].record = row->id;
        sound.links[i].found = true;
    }
    seal(&sound);
    for (size_t i = 0; i < PW_COUNT(heads); i++) {
        heads[i].n = i == 0 ? 250 : LINKS;
        memcpy(heads[i].hash, sound.hashes[heads[i].n - 1], PW_SHA256_SIZE);
    }
    return 0;
}

static struct pw_audit_report check(const struct chain *chain)
{
    struct pw_audit_check it;
    bool ok = true;

    pw_audit_check_init(&it, heads, PW_COUNT(heads));
    for (size_t i = 0; ok && i < chain->count; i++)
        ok = pw_audit_check_link(&it, &chain->links[i]);
    if (ok)
        ok = pw_audit_check_end(&it);
    return it.report;
}

static void test_sound(void **state)
{
    struct pw_audit_report report = check(&sound);

    (void)state;
    assert_int_equal(report.fault, PW_AUDIT_SOUND);
    assert_int_equal(report.links, LINKS);
    assert_int_equal(report.heads, 2);
}

/* ---- changes ---- */

static uint64_t random_state;

static size_t pick(size_t n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(random_state >> 33) % n;
}

static void flip(struct pw_uuid *id)
{
    id->b[pick(16)] ^= (uint8_t)(1 + pick(255));
}

static void alter(struct chain *chain, size_t i)
{
    static uint8_t other[PW_SHA256_SIZE] = {1};
    struct pw_audit_row *row = &chain->links[i].row;

    switch (pick(12)) {
    case 0:
        row->at += 1 + (pw_usec)pick(1000000);
        break;
    case 1:
        row->actor_kind = PW_STR("operator");
        break;
    case 2:
        flip(&row->actor);
        break;
    case 3:
        row->action = PW_STR("alert-closed");
        break;
    case 4:
        row->object_kind = PW_STR("premises");
        break;
    case 5:
        flip(&row->object);
        break;
    case 6:
        flip(&row->premises);
        break;
    case 7:
        row->detail_hash = octets(other);
        break;
    case 8:
        row->xact += 1 + pick(9);
        break;
    case 9:
        row->generation += 1;
        break;
    case 10:
        chain->links[i].detail_wrong = true;
        break;
    default:
        chain->links[i].hash = octets(other);
        break;
    }
}

static void take_out(struct chain *chain, size_t i)
{
    memmove(&chain->links[i], &chain->links[i + 1], (chain->count - i - 1) * sizeof chain->links[0]);
    chain->count--;
}

static void swap_rows(struct chain *chain, size_t i, size_t j)
{
    struct pw_audit_row row = chain->links[i].row;

    chain->links[i].row = chain->links[j].row;
    chain->links[j].row = row;
}

static void swap_links(struct chain *chain, size_t i, size_t j)
{
    struct pw_audit_seal link = chain->links[i];
    int64_t n = link.n;

    chain->links[i] = chain->links[j];
    chain->links[j] = link;
    chain->links[j].n = chain->links[i].n;
    chain->links[i].n = n;
}

/* Everything after the change is sealed again, as somebody could who has the database. */
static void rewrite(struct chain *chain, size_t i)
{
    flip(&chain->links[i].row.actor);
    seal(chain);
}

/* What was done, to whom: the link that must be named. */
static int64_t change(struct chain *chain, const char **ret_what)
{
    size_t i = pick(LINKS - 1), j = i + 1 + pick(LINKS - 1 - i);

    switch (pick(7)) {
    case 0:
        *ret_what = "altered";
        alter(chain, i);
        return (int64_t)i + 1;
    case 1:
        *ret_what = "record deleted";
        chain->links[i].found = false;
        return (int64_t)i + 1;
    case 2:
        *ret_what = "link deleted";
        take_out(chain, i);
        return (int64_t)i + 1;
    case 3:
        *ret_what = "records swapped";
        swap_rows(chain, i, j);
        return (int64_t)i + 1;
    case 4:
        *ret_what = "links swapped";
        swap_links(chain, i, j);
        return (int64_t)i + 1;
    case 5:
        *ret_what = "tail cut";
        chain->count = i + 1;
        return (int64_t)i + 2;
    default:
        *ret_what = "rewritten";
        rewrite(chain, i);
        return i < 250 ? 250 : LINKS;
    }
}

static void test_every_change_is_found(void **state)
{
    const char *wanted = getenv("PANDWACHT_CASES"), *what = "";
    int64_t cases = CASES;
    static struct chain chain;

    (void)state;
    if (wanted != NULL)
        assert_true(pw_str_to_i64(pw_str_z(wanted), &cases));
    for (int64_t i = 0; i < cases; i++) {
        random_state = (uint64_t)i + 1;
        chain = sound;
        int64_t named = change(&chain, &what);
        struct pw_audit_report report = check(&chain);
        if (report.fault == PW_AUDIT_SOUND || report.n != named)
            fail_msg("case %lld, %s: link %lld is to be named, found %s at %lld", (long long)i, what,
                (long long)named, pw_audit_fault_words[report.fault], (long long)report.n);
    }
}

/* ---- heads ---- */

static void test_heads(void **state)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_keys *keys = pw_crypto_keys_for_test("one"), *others = pw_crypto_keys_for_test("other");
    struct pw_audit_head read;
    struct pw_str line;
    struct pw_err err = {0};
    char *text;

    (void)state;
    heads[0].at = PW_USEC_PER_DAY * 20000 + 123456;
    assert_true(pw_audit_head_write(arena, keys, &heads[0], &line, &err));
    assert_true(pw_audit_head_read(arena, keys, line, &read, &err));
    assert_int_equal(read.n, heads[0].n);
    assert_int_equal(read.at, heads[0].at);
    assert_memory_equal(read.hash, heads[0].hash, PW_SHA256_SIZE);
    assert_false(pw_audit_head_read(arena, others, line, &read, &err));
    assert_int_equal(err.code, PW_ERR_CRYPTO);
    text = (char *)(uintptr_t)line.data;
    text[5] = text[5] == '9' ? '8' : '9'; /* another n */
    assert_false(pw_audit_head_read(arena, keys, line, &read, &err));
    assert_false(pw_audit_head_read(arena, keys, PW_STR("{\"n\":1}"), &read, &err));
    assert_int_equal(err.code, PW_ERR_SYNTAX);
    pw_crypto_keys_free(keys);
    pw_crypto_keys_free(others);
    pw_arena_free(arena);
}

static void test_head_file(void **state)
{
    char file[] = "/tmp/pandwacht-heads-XXXXXX";
    int fd = mkstemp(file);
    struct pw_arena *arena = pw_arena_new();
    struct pw_keys *keys = pw_crypto_keys_for_test("one");
    struct pw_audit_head *read;
    struct pw_str line;
    struct pw_err err = {0};
    size_t count;

    (void)state;
    for (size_t i = 0; i < 300; i++) {
        assert_true(pw_audit_head_write(arena, keys, &heads[i % 2], &line, &err));
        assert_true(pw_audit_append(file, line, &err));
    }
    assert_true(lseek(fd, 0, SEEK_END) > 0);
    assert_int_equal(write(fd, "{\"n\":5", 6), 6); /* a crash */
    close(fd);
    assert_true(pw_audit_heads_load(arena, keys, file, &read, &count, &err));
    assert_int_equal(count, 300);
    assert_int_equal(read[299].n, heads[1].n);
    assert_false(pw_audit_heads_load(arena, keys, "/nowhere/at/all", &read, &count, &err));
    assert_int_equal(err.code, PW_ERR_IO);
    unlink(file);
    pw_crypto_keys_free(keys);
    pw_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sound),
        cmocka_unit_test(test_every_change_is_found),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_head_file),
    };

    return cmocka_run_group_tests(tests, make_chain, NULL);
}
