/*
 * The loop: one wait on libevent, then timers, then deferred calls. The only file of the
 * house that includes event2. Called by every door and stage through loop.h.
 *
 * libevent gives descriptors and signals; timers are ours (timers.c), so that order is
 * exact and a virtual clock needs no second implementation. A round waits until the first
 * timer is due or something is ready, whichever comes first.
 */
#include "loop_int.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

#include <event2/event.h>

#include <pandwacht/base/arena.h>
#include <pandwacht/base/counters.h>

#define WAIT_MAX_MS    INT64_C(3600000)
#define VIRTUAL_RUN_MS INT64_C(1000)
#define SLOW_US        INT64_C(5000)

struct pw_watch {
    struct pw_loop *loop;
    const char *label;
    pw_watch_fn fn;
    void *arg;
    struct event *readable, *writable;
    unsigned interest;
};

struct pw_signal {
    struct pw_loop *loop;
    const char *label;
    pw_loop_fn fn;
    void *arg;
    struct event *event;
};

/* ---- clocks ---- */

static int64_t system_clock_us(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t pw_loop_clock_us(const struct pw_loop *loop)
{
    return loop->is_virtual ? loop->now_us : system_clock_us(CLOCK_MONOTONIC);
}

int64_t pw_loop_now_ms(const struct pw_loop *loop)
{
    return (loop->in_callback ? loop->now_us : pw_loop_clock_us(loop)) / 1000;
}

pw_usec pw_loop_wall(const struct pw_loop *loop)
{
    return loop->is_virtual ? loop->virtual_wall + loop->now_us : system_clock_us(CLOCK_REALTIME);
}

pw_usec pw_loop_wall_clock(void *loop)
{
    return pw_loop_wall(loop);
}

/* ---- measuring callbacks ---- */

int64_t loop_callback_begin(struct pw_loop *loop)
{
    int64_t begun_us = system_clock_us(CLOCK_MONOTONIC);
    if (!loop->is_virtual)
        loop->now_us = begun_us;
    loop->in_callback = true;
    loop->calls++;
    return begun_us;
}

void loop_callback_end(struct pw_loop *loop, const char *label, int64_t begun_us)
{
    int64_t took_us = system_clock_us(CLOCK_MONOTONIC) - begun_us;
    loop->in_callback = false;
    if (took_us > SLOW_US)
        pw_count(PW_M_LOOP_SLOW, 1);
    if (took_us <= loop->longest_us)
        return;
    loop->longest_us = took_us;
    loop->longest_label = label;
    pw_gauge(PW_M_LOOP_LONGEST, (double)took_us / 1e6);
}

int64_t pw_loop_longest(const struct pw_loop *loop, const char **ret_label)
{
    if (ret_label != NULL)
        *ret_label = loop->longest_label;
    return loop->longest_us;
}

void pw_loop_longest_reset(struct pw_loop *loop)
{
    loop->longest_us = 0;
    loop->longest_label = "";
}

/* ---- life ---- */

static void on_tick(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    (void)arg;
}

/* libevent would write its warnings to standard error, past the house's log. */
static void on_libevent_message(int severity, const char *text)
{
    (void)severity;
    (void)text;
}

static void must(const void *pointer)
{
    if (pointer == NULL)
        abort(); /* out of memory, or no epoll: nothing can run without */
}

struct pw_loop *pw_loop_new(void)
{
    struct pw_loop *loop = pw_xcalloc(1, sizeof(*loop));
    event_set_log_callback(on_libevent_message);
    signal(SIGPIPE, SIG_IGN);

    struct event_config *config = event_config_new();
    must(config);
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    must(loop->base);
    loop->tick = event_new(loop->base, -1, 0, on_tick, NULL);
    must(loop->tick);
    loop->queue.prev = loop->queue.next = &loop->queue;
    loop->longest_label = "";
    return loop;
}

struct pw_loop *pw_loop_new_virtual(pw_usec wall)
{
    struct pw_loop *loop = pw_loop_new();
    loop->is_virtual = true;
    loop->virtual_wall = wall;
    return loop;
}

void pw_loop_free(struct pw_loop *loop)
{
    if (loop == NULL)
        return;
    while (loop_heap_first(&loop->timers) != NULL)
        pw_timer_stop(loop_heap_first(&loop->timers));
    while (loop->queue.next != &loop->queue)
        pw_deferred_cancel(loop->queue.next);
    free(loop->timers.slots);
    event_free(loop->tick);
    event_base_free(loop->base);
    free(loop);
}

/* ---- rounds ---- */

static void run_timers(struct pw_loop *loop)
{
    int64_t until_us = pw_loop_clock_us(loop);
    /* Timers started meanwhile, even for "now", wait for the next round: no starving of descriptors. */
    uint64_t newest = loop->timers.next_order;
    for (;;) {
        struct pw_timer *timer = loop_heap_first(&loop->timers);
        if (timer == NULL || timer->due_us > until_us || timer->order >= newest)
            return;
        pw_timer_stop(timer);
        const char *label = timer->label;
        int64_t begun_us = loop_callback_begin(loop);
        timer->fn(timer->arg);
        loop_callback_end(loop, label, begun_us);
    }
}

static void run_deferred(struct pw_loop *loop)
{
    struct pw_deferred round, *queue = &loop->queue;
    if (queue->next == queue)
        return;
    round.next = queue->next;
    round.prev = queue->prev;
    round.next->prev = round.prev->next = &round;
    queue->prev = queue->next = queue;

    while (round.next != &round) {
        struct pw_deferred *call = round.next;
        pw_deferred_cancel(call);
        const char *label = call->label;
        int64_t begun_us = loop_callback_begin(loop);
        call->fn(call->arg);
        loop_callback_end(loop, label, begun_us);
    }
}

static int64_t wait_us(const struct pw_loop *loop, int64_t max_ms)
{
    if (max_ms <= 0 || loop->queue.next != &loop->queue)
        return 0;
    int64_t wait = (max_ms < WAIT_MAX_MS ? max_ms : WAIT_MAX_MS) * 1000;
    const struct pw_timer *timer = loop_heap_first(&loop->timers);
    if (timer == NULL)
        return wait;
    int64_t left = timer->due_us - pw_loop_clock_us(loop);
    if (left <= 0)
        return 0;
    /* A virtual timer does not come nearer by waiting. */
    return left < wait && !loop->is_virtual ? left : wait;
}

bool pw_loop_step(struct pw_loop *loop, int64_t max_ms)
{
    assert(!loop->in_callback);
    uint64_t before = loop->calls;
    int64_t wait = wait_us(loop, max_ms);
    if (wait > 0) {
        struct timeval tv = {.tv_sec = wait / 1000000, .tv_usec = wait % 1000000};
        event_add(loop->tick, &tv);
        event_base_loop(loop->base, EVLOOP_ONCE);
        event_del(loop->tick);
    } else {
        event_base_loop(loop->base, EVLOOP_NONBLOCK);
    }
    run_timers(loop);
    run_deferred(loop);
    return loop->calls != before;
}

void pw_loop_run(struct pw_loop *loop)
{
    loop->stopped = false;
    while (!loop->stopped) {
        bool called = pw_loop_step(loop, loop->is_virtual ? VIRTUAL_RUN_MS : WAIT_MAX_MS);
        if (!called && loop->is_virtual)
            return;
    }
}

void pw_loop_stop(struct pw_loop *loop)
{
    loop->stopped = true;
}

static void settle(struct pw_loop *loop)
{
    for (int rounds = 0; rounds < 1000 && pw_loop_step(loop, 0); rounds++)
        ;
}

void pw_loop_advance(struct pw_loop *loop, int64_t ms)
{
    assert(loop->is_virtual && !loop->in_callback && ms >= 0);
    int64_t until_us = loop->now_us + ms * 1000;
    settle(loop);
    for (;;) {
        const struct pw_timer *timer = loop_heap_first(&loop->timers);
        if (timer == NULL || timer->due_us > until_us)
            break;
        if (timer->due_us > loop->now_us)
            loop->now_us = timer->due_us;
        settle(loop);
    }
    loop->now_us = until_us;
    settle(loop);
}

/* ---- descriptors ---- */

static void on_fd(evutil_socket_t fd, short what, void *arg)
{
    struct pw_watch *watch = arg;
    struct pw_loop *loop = watch->loop;
    const char *label = watch->label;
    unsigned ready = ((what & EV_READ) ? PW_LOOP_READ : 0U) | ((what & EV_WRITE) ? PW_LOOP_WRITE : 0U);
    int64_t begun_us = loop_callback_begin(loop);
    watch->fn(watch->arg, (int)fd, ready);
    loop_callback_end(loop, label, begun_us);
}

struct pw_watch *pw_watch_new(struct pw_loop *loop, int fd, const char *label, pw_watch_fn fn, void *arg)
{
    struct pw_watch *watch = pw_xcalloc(1, sizeof(*watch));
    *watch = (struct pw_watch){.loop = loop, .label = label, .fn = fn, .arg = arg};
    watch->readable = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_fd, watch);
    watch->writable = event_new(loop->base, fd, EV_WRITE | EV_PERSIST, on_fd, watch);
    must(watch->readable);
    must(watch->writable);
    return watch;
}

static void switch_event(struct event *event, bool was, bool is)
{
    if (is && !was)
        event_add(event, NULL);
    else if (was && !is)
        event_del(event);
}

void pw_watch_set(struct pw_watch *watch, unsigned interest)
{
    switch_event(watch->readable, watch->interest & PW_LOOP_READ, interest & PW_LOOP_READ);
    switch_event(watch->writable, watch->interest & PW_LOOP_WRITE, interest & PW_LOOP_WRITE);
    watch->interest = interest;
}

void pw_watch_free(struct pw_watch *watch)
{
    if (watch == NULL)
        return;
    event_free(watch->readable);
    event_free(watch->writable);
    free(watch);
}

/* ---- signals ---- */

static void on_signal(evutil_socket_t signo, short what, void *arg)
{
    (void)signo;
    (void)what;
    struct pw_signal *sig = arg;
    struct pw_loop *loop = sig->loop;
    const char *label = sig->label;
    int64_t begun_us = loop_callback_begin(loop);
    sig->fn(sig->arg);
    loop_callback_end(loop, label, begun_us);
}

struct pw_signal *pw_signal_new(struct pw_loop *loop, int signo, const char *label, pw_loop_fn fn, void *arg)
{
    struct pw_signal *sig = pw_xcalloc(1, sizeof(*sig));
    *sig = (struct pw_signal){.loop = loop, .label = label, .fn = fn, .arg = arg};
    sig->event = evsignal_new(loop->base, signo, on_signal, sig);
    must(sig->event);
    event_add(sig->event, NULL);
    return sig;
}

void pw_signal_free(struct pw_signal *signal)
{
    if (signal == NULL)
        return;
    event_free(signal->event);
    free(signal);
}
