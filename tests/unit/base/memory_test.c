/* Arenas, buffers and maps. */
#include "../unit.h"

#include <stdio.h>

#include <pandwacht/base.h>

static char order[8];

static void on_cleanup(void *object)
{
    strncat(order, object, 1);
}

static void test_arena_memory_is_zeroed_and_apart(void **state)
{
    (void)state;
    struct pw_arena *arena = pw_arena_new();
    unsigned char *blocks[64];
    for (size_t i = 0; i < 64; i++) {
        size_t size = 1 + i * 997 % 9000;
        blocks[i] = pw_arena_alloc(arena, size);
        for (size_t n = 0; n < size; n++)
            assert_int_equal(blocks[i][n], 0);
        memset(blocks[i], (int)i + 1, size);
        assert_int_equal((uintptr_t)blocks[i] % _Alignof(max_align_t), 0);
    }
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(blocks[i][i * 997 % 9000], i + 1);
    pw_arena_free(arena);
    pw_arena_free(NULL);
}

static void test_cleanup_runs_last_added_first_and_once(void **state)
{
    (void)state;
    order[0] = '\0';
    struct pw_arena *arena = pw_arena_new();
    pw_arena_defer(arena, on_cleanup, "a");
    pw_arena_defer(arena, on_cleanup, "b");
    pw_arena_reset(arena);
    assert_string_equal(order, "ba");
    assert_int_equal(pw_arena_used(arena), 0);
    pw_arena_defer(arena, on_cleanup, "c");
    pw_arena_free(arena);
    assert_string_equal(order, "bac");
}

static void test_buffer_stops_at_its_maximum(void **state)
{
    (void)state;
    struct pw_buf buf;
    pw_buf_init(&buf, 10);
    assert_true(pw_str_is(pw_buf_str(&buf), ""));
    pw_buf_puts(&buf, "12345");
    pw_buf_printf(&buf, "%d", 67890);
    assert_false(buf.full);
    pw_buf_putc(&buf, 'x');
    assert_true(buf.full);
    assert_true(pw_str_is(pw_buf_str(&buf), "1234567890"));
    pw_buf_clear(&buf);
    assert_false(buf.full);
    pw_buf_put_u32(&buf, 0x01020304);
    pw_buf_consume(&buf, 1);
    assert_memory_equal(buf.data, "\2\3\4", 3);
    assert_null(pw_buf_reserve(&buf, 8));
    pw_buf_release(&buf);
}

static void test_map_keeps_order_and_replaces(void **state)
{
    (void)state;
    struct pw_arena *arena = pw_arena_new();
    struct pw_map map;
    static int values[500];
    pw_map_init(&map, arena);
    assert_null(pw_map_get(&map, PW_STR("none")));
    for (size_t i = 0; i < PW_COUNT(values); i++)
        assert_true(pw_map_put(&map, pw_str_printf(arena, "key-%zu", i), &values[i]));
    assert_false(pw_map_put(&map, PW_STR("key-7"), &values[0]));
    assert_int_equal(map.count, PW_COUNT(values));
    assert_ptr_equal(pw_map_get(&map, PW_STR("key-7")), &values[0]);
    assert_ptr_equal(pw_map_get(&map, PW_STR("key-499")), &values[499]);
    assert_null(pw_map_get(&map, PW_STR("key-500")));
    assert_true(pw_str_is(map.entries[42].key, "key-42"));
    pw_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_memory_is_zeroed_and_apart),
        cmocka_unit_test(test_cleanup_runs_last_added_first_and_once),
        cmocka_unit_test(test_buffer_stops_at_its_maximum),
        cmocka_unit_test(test_map_keeps_order_and_replaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
