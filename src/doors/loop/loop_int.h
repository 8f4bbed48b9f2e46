/*
 * Private to the loop room: the loop itself and its timer heap. Only loop.c touches
 * libevent; timers.c and the clocks are ours, so that a virtual clock drives the same code.
 */
#ifndef PANDWACHT_LOOP_INT_H
#define PANDWACHT_LOOP_INT_H

#include <pandwacht/loop.h>

struct event;
struct event_base;

/* A binary heap by (due_us, order). slots[0] is the earliest; a timer's `slot` is its index + 1. */
struct timer_heap {
    struct pw_timer **slots;
    size_t count, cap;
    uint64_t next_order;
};

struct pw_loop {
    struct event_base *base;
    struct event *tick; /* ends a wait when the first timer is due */
    struct timer_heap timers;
    struct pw_deferred queue; /* head of the ring of deferred calls */
    int64_t now_us;           /* as of the running callback; the virtual clock when `is_virtual` */
    pw_usec virtual_wall;     /* wall clock at virtual 0 */
    int64_t longest_us;
    const char *longest_label;
    uint64_t calls; /* callbacks run since the start */
    bool is_virtual;
    bool in_callback;
    bool stopped;
};

/* The earliest timer, or NULL. */
struct pw_timer *loop_heap_first(const struct timer_heap *heap);
void loop_heap_put(struct timer_heap *heap, struct pw_timer *timer);
void loop_heap_drop(struct timer_heap *heap, struct pw_timer *timer);

/* Runs fn(arg) as a callback of the loop: clock read before, duration measured after. */
int64_t loop_callback_begin(struct pw_loop *loop);
void loop_callback_end(struct pw_loop *loop, const char *label, int64_t begun_us);

#endif
