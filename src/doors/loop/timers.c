/*
 * Timers and deferred calls of the loop: an indexed binary heap of timers that live in
 * their owners, and a ring of deferred calls likewise. Neither allocates but for the heap's
 * array of pointers. Called by loop.c each round, and by everyone through loop.h.
 *
 * Invariant: timer->slot != 0 exactly when the timer is in the heap, at that place;
 * deferred->next != NULL exactly when it is in a ring.
 */
#include "loop_int.h"

#include <assert.h>
#include <stdlib.h>

#include <pandwacht/base/arena.h>

static bool earlier(const struct pw_timer *a, const struct pw_timer *b)
{
    if (a->due_us != b->due_us)
        return a->due_us < b->due_us;
    return a->order < b->order;
}

static void place(struct timer_heap *heap, struct pw_timer *timer, size_t i)
{
    heap->slots[i] = timer;
    timer->slot = i + 1;
}

static void sift_up(struct timer_heap *heap, struct pw_timer *timer, size_t i)
{
    while (i > 0) {
        size_t parent = (i - 1) / 2;
        if (!earlier(timer, heap->slots[parent]))
            break;
        place(heap, heap->slots[parent], i);
        i = parent;
    }
    place(heap, timer, i);
}

static void sift_down(struct timer_heap *heap, struct pw_timer *timer, size_t i)
{
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && earlier(heap->slots[child + 1], heap->slots[child]))
            child++;
        if (!earlier(heap->slots[child], timer))
            break;
        place(heap, heap->slots[child], i);
        i = child;
    }
    place(heap, timer, i);
}

struct pw_timer *loop_heap_first(const struct timer_heap *heap)
{
    return heap->count > 0 ? heap->slots[0] : NULL;
}

void loop_heap_put(struct timer_heap *heap, struct pw_timer *timer)
{
    if (heap->count == heap->cap) {
        heap->cap = heap->cap > 0 ? heap->cap * 2 : 64;
        heap->slots = pw_xrealloc(heap->slots, heap->cap * sizeof(*heap->slots));
    }
    timer->order = heap->next_order++;
    heap->count++;
    sift_up(heap, timer, heap->count - 1);
}

void loop_heap_drop(struct timer_heap *heap, struct pw_timer *timer)
{
    size_t i = timer->slot - 1;
    assert(timer->slot > 0 && i < heap->count && heap->slots[i] == timer);

    struct pw_timer *last = heap->slots[--heap->count];
    timer->slot = 0;
    if (last == timer)
        return;
    if (i > 0 && earlier(last, heap->slots[(i - 1) / 2]))
        sift_up(heap, last, i);
    else
        sift_down(heap, last, i);
}

/* ---- the public half ---- */

void pw_timer_init(struct pw_timer *timer, struct pw_loop *loop, const char *label, pw_loop_fn fn, void *arg)
{
    *timer = (struct pw_timer){.loop = loop, .label = label, .fn = fn, .arg = arg};
}

void pw_timer_start(struct pw_timer *timer, int64_t ms)
{
    assert(ms >= 0);
    pw_timer_stop(timer);
    struct pw_loop *loop = timer->loop;
    int64_t now_us = loop->in_callback || loop->is_virtual ? loop->now_us : pw_loop_clock_us(loop);
    timer->due_us = ms > (INT64_MAX - now_us) / 1000 ? INT64_MAX : now_us + ms * 1000;
    loop_heap_put(&loop->timers, timer);
}

void pw_timer_stop(struct pw_timer *timer)
{
    if (timer->slot > 0)
        loop_heap_drop(&timer->loop->timers, timer);
}

bool pw_timer_running(const struct pw_timer *timer)
{
    return timer->slot > 0;
}

void pw_deferred_init(
    struct pw_deferred *deferred, struct pw_loop *loop, const char *label, pw_loop_fn fn, void *arg)
{
    *deferred = (struct pw_deferred){.loop = loop, .label = label, .fn = fn, .arg = arg};
}

void pw_deferred_call(struct pw_deferred *deferred)
{
    if (deferred->next != NULL)
        return;
    struct pw_deferred *head = &deferred->loop->queue;
    deferred->prev = head->prev;
    deferred->next = head;
    head->prev->next = deferred;
    head->prev = deferred;
}

void pw_deferred_cancel(struct pw_deferred *deferred)
{
    if (deferred->next == NULL)
        return;
    deferred->prev->next = deferred->next;
    deferred->next->prev = deferred->prev;
    deferred->prev = deferred->next = NULL;
}
