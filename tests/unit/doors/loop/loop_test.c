/* The loop: order of a round, timers on a virtual clock, watches, signals, its own measuring. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <sys/socket.h>

#include <pandwacht/loop.h>

#define NOON INT64_C(1772366400000000)

static char trace[256];

static void note(void *arg)
{
    size_t len = strlen(trace);
    trace[len] = *(const char *)arg;
    trace[len + 1] = '\0';
}

static int reset(void **state)
{
    (void)state;
    trace[0] = '\0';
    return 0;
}

static void timers_fire_in_order_of_time_then_of_starting(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new_virtual(NOON);
    struct pw_timer t[4];
    for (int i = 0; i < 4; i++)
        pw_timer_init(&t[i], loop, "test", note, &"abcd"[i]);
    pw_timer_start(&t[0], 30);
    pw_timer_start(&t[1], 10);
    pw_timer_start(&t[2], 10);
    pw_timer_start(&t[3], 20);
    pw_timer_stop(&t[3]);
    assert_false(pw_timer_running(&t[3]));
    pw_loop_advance(loop, 9);
    assert_string_equal(trace, "");
    pw_loop_advance(loop, 1);
    assert_string_equal(trace, "bc");
    assert_false(pw_timer_running(&t[1]));
    pw_loop_advance(loop, 1000);
    assert_string_equal(trace, "bca");
    assert_int_equal(pw_loop_now_ms(loop), 1010);
    assert_int_equal(pw_loop_wall(loop), NOON + 1010000);
    pw_loop_free(loop);
}

static void a_restarted_timer_counts_from_the_restart(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new_virtual(0);
    struct pw_timer t;
    pw_timer_init(&t, loop, "test", note, "x");
    pw_timer_start(&t, 10);
    pw_loop_advance(loop, 9);
    pw_timer_start(&t, 10);
    pw_loop_advance(loop, 9);
    assert_string_equal(trace, "");
    pw_loop_advance(loop, 1);
    assert_string_equal(trace, "x");
    pw_loop_free(loop);
}

static void the_heap_keeps_order_under_many_starts_and_stops(void **state)
{
    (void)state;
    enum { N = 500 };
    static struct pw_timer t[N];
    struct pw_loop *loop = pw_loop_new_virtual(0);
    unsigned seed = 7;
    size_t running = 0;
    for (int i = 0; i < N; i++)
        pw_timer_init(&t[i], loop, "test", note, "n");
    for (int i = 0; i < 20 * N; i++) {
        seed = seed * 1103515245U + 12345U;
        struct pw_timer *timer = &t[(seed >> 8) % N];
        if (seed & 0x40U)
            pw_timer_stop(timer);
        else
            pw_timer_start(timer, (int64_t)((seed >> 16) % 100));
    }
    for (int i = 0; i < N; i++)
        running += pw_timer_running(&t[i]);
    assert_true(running > 100);
    for (int64_t at = 0; at < 100; at++) {
        trace[0] = '\0';
        size_t due = 0;
        for (int i = 0; i < N; i++)
            due += pw_timer_running(&t[i]) && t[i].due_us == at * 1000;
        pw_loop_advance(loop, at == 0 ? 0 : 1);
        assert_int_equal(strlen(trace), due);
        running -= due;
    }
    assert_int_equal(running, 0);
    pw_loop_free(loop);
}

struct chain {
    struct pw_deferred first, second;
    struct pw_timer timer;
};

static void on_first(void *arg)
{
    struct chain *c = arg;
    note("1");
    pw_deferred_call(&c->second);
    pw_timer_start(&c->timer, 0);
}

static void deferred_calls_run_once_and_later_ones_in_the_next_round(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new_virtual(0);
    struct chain c;
    pw_deferred_init(&c.first, loop, "test", on_first, &c);
    pw_deferred_init(&c.second, loop, "test", note, "2");
    pw_timer_init(&c.timer, loop, "test", note, "t");
    pw_deferred_call(&c.first);
    pw_deferred_call(&c.first);
    assert_true(pw_loop_step(loop, 0));
    assert_string_equal(trace, "1");
    assert_true(pw_loop_step(loop, 0));
    assert_string_equal(trace, "1t2");
    assert_false(pw_loop_step(loop, 0));
    pw_deferred_call(&c.first);
    pw_deferred_cancel(&c.first);
    assert_false(pw_loop_step(loop, 0));
    pw_loop_free(loop);
}

struct cancelling {
    struct pw_deferred one, two;
};

static void on_cancel_other(void *arg)
{
    struct cancelling *c = arg;
    note("1");
    pw_deferred_cancel(&c->two);
}

static void what_was_cancelled_in_the_same_round_is_not_called(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new_virtual(0);
    struct cancelling c;
    pw_deferred_init(&c.one, loop, "test", on_cancel_other, &c);
    pw_deferred_init(&c.two, loop, "test", note, "2");
    pw_deferred_call(&c.one);
    pw_deferred_call(&c.two);
    pw_loop_step(loop, 0);
    pw_loop_step(loop, 0);
    assert_string_equal(trace, "1");
    pw_loop_free(loop);
}

static unsigned seen;
static struct pw_watch *to_free;

static void on_ready(void *arg, int fd, unsigned ready)
{
    (void)arg;
    char c;
    seen |= ready;
    if (ready & PW_LOOP_READ)
        assert_true(read(fd, &c, 1) >= 0);
    pw_watch_free(to_free);
    to_free = NULL;
}

static void watches_report_what_was_asked_for(void **state)
{
    (void)state;
    int fds[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds), 0);
    struct pw_loop *loop = pw_loop_new();
    struct pw_watch *watch = pw_watch_new(loop, fds[0], "test", on_ready, NULL);
    seen = 0;
    assert_int_equal(write(fds[1], "xy", 2), 2);
    assert_false(pw_loop_step(loop, 10));
    pw_watch_set(watch, PW_LOOP_READ);
    assert_true(pw_loop_step(loop, 1000));
    assert_int_equal(seen, PW_LOOP_READ);
    pw_watch_set(watch, PW_LOOP_WRITE);
    pw_loop_step(loop, 1000);
    assert_int_equal(seen, PW_LOOP_READ | PW_LOOP_WRITE);
    pw_watch_free(watch);
    close(fds[0]);
    close(fds[1]);
    pw_loop_free(loop);
}

static void a_watch_freed_in_a_callback_is_not_called_again(void **state)
{
    (void)state;
    int a[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, a), 0);
    struct pw_loop *loop = pw_loop_new();
    /* Readable and writable at once: the first callback frees it, the second must not come. */
    to_free = pw_watch_new(loop, a[0], "test", on_ready, NULL);
    pw_watch_set(to_free, PW_LOOP_READ | PW_LOOP_WRITE);
    assert_int_equal(write(a[1], "x", 1), 1);
    assert_true(pw_loop_step(loop, 1000));
    assert_null(to_free);
    assert_false(pw_loop_step(loop, 0));
    close(a[0]);
    close(a[1]);
    pw_loop_free(loop);
}

static void on_stop(void *arg)
{
    note("s");
    pw_loop_stop(arg);
}

static void signals_reach_the_loop(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new();
    struct pw_signal *sig = pw_signal_new(loop, SIGUSR1, "test", on_stop, loop);
    raise(SIGUSR1);
    pw_loop_run(loop);
    assert_string_equal(trace, "s");
    pw_signal_free(sig);
    pw_loop_free(loop);
}

static void on_sleep(void *arg)
{
    (void)arg;
    usleep(20000);
}

static void the_longest_callback_is_known_by_label(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new();
    struct pw_timer quick, slow;
    const char *label;
    assert_int_equal(pw_loop_longest(loop, &label), 0);
    assert_string_equal(label, "");
    pw_timer_init(&quick, loop, "quick", note, "q");
    pw_timer_init(&slow, loop, "slow", on_sleep, NULL);
    pw_timer_start(&slow, 0);
    pw_loop_step(loop, 100);
    pw_timer_start(&quick, 0);
    pw_loop_step(loop, 100);
    assert_true(pw_loop_longest(loop, &label) >= 20000);
    assert_string_equal(label, "slow");
    pw_loop_longest_reset(loop);
    assert_int_equal(pw_loop_longest(loop, NULL), 0);
    pw_loop_free(loop);
}

static void real_timers_wait_about_as_long_as_asked(void **state)
{
    (void)state;
    struct pw_loop *loop = pw_loop_new();
    struct pw_timer t;
    pw_timer_init(&t, loop, "test", note, "t");
    int64_t before = pw_loop_clock_us(loop);
    pw_timer_start(&t, 30);
    while (trace[0] == '\0')
        pw_loop_step(loop, 1000);
    int64_t took = pw_loop_clock_us(loop) - before;
    assert_in_range(took, 30000, 900000);
    pw_loop_free(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(timers_fire_in_order_of_time_then_of_starting, reset),
        cmocka_unit_test_setup(a_restarted_timer_counts_from_the_restart, reset),
        cmocka_unit_test_setup(the_heap_keeps_order_under_many_starts_and_stops, reset),
        cmocka_unit_test_setup(deferred_calls_run_once_and_later_ones_in_the_next_round, reset),
        cmocka_unit_test_setup(what_was_cancelled_in_the_same_round_is_not_called, reset),
        cmocka_unit_test_setup(watches_report_what_was_asked_for, reset),
        cmocka_unit_test_setup(a_watch_freed_in_a_callback_is_not_called_again, reset),
        cmocka_unit_test_setup(signals_reach_the_loop, reset),
        cmocka_unit_test_setup(the_longest_callback_is_known_by_label, reset),
        cmocka_unit_test_setup(real_timers_wait_about_as_long_as_asked, reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
