/*
 * loop: the one place that waits. File descriptors, timers, signals, deferred calls and
 * both clocks. Hides libevent. One thread; every callback runs to its end, and nothing on
 * the loop may take longer than 5 ms: the loop times its own callbacks and keeps the
 * longest under its label (pw_loop_longest, metric pandwacht_loop_longest_callback_seconds).
 *
 * Order within one round: ready file descriptors and signals, timers that are due (earliest
 * first; equal ones in order of starting), deferred calls. A callback may start, stop or
 * free anything, itself included; what was stopped or freed is not called any more.
 *
 * Timers and deferred calls live inside their owner's struct and allocate nothing. Labels
 * are string literals that say what is waited for ("http: request deadline").
 *
 * pw_loop_new_virtual gives a loop whose clocks move only by pw_loop_advance: for tests.
 */
#ifndef PANDWACHT_LOOP_H
#define PANDWACHT_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/time.h>

struct pw_loop;

/* A new loop on the system's clocks. SIGPIPE is ignored from then on. Never NULL. */
struct pw_loop *pw_loop_new(void);
/* A loop with its own clocks: monotonic from 0, wall clock from `wall`. */
struct pw_loop *pw_loop_new_virtual(pw_usec wall);
/* All watches and signals must be freed before; timers and deferred calls are forgotten. NULL is accepted. */
void pw_loop_free(struct pw_loop *loop);

/* Runs rounds until pw_loop_stop. (Virtual: returns also when nothing is ready within 1 s.) */
void pw_loop_run(struct pw_loop *loop);
/* One round that waits at most `max_ms` (0: does not wait); true when anything was called.
 * For tests and for command-line programs that wait for one answer. Not from inside a callback. */
bool pw_loop_step(struct pw_loop *loop, int64_t max_ms);
/* pw_loop_run returns at the end of this round. */
void pw_loop_stop(struct pw_loop *loop);
/* Virtual loops only: moves both clocks by `ms`, calling timers at their times in order. */
void pw_loop_advance(struct pw_loop *loop, int64_t ms);

/* Monotonic milliseconds, read when the running callback began (cheap; stays the same within it). */
int64_t pw_loop_now_ms(const struct pw_loop *loop);
/* Monotonic microseconds, read now. */
int64_t pw_loop_clock_us(const struct pw_loop *loop);
/* Wall clock, UTC microseconds, read now. The only wall clock of the house. */
pw_usec pw_loop_wall(const struct pw_loop *loop);
/* The same with the signature of pw_log_set_clock; `loop` is a struct pw_loop. */
pw_usec pw_loop_wall_clock(void *loop);

/* The longest callback since the start or the last reset: microseconds, and its label
 * ("" when there was none) into `ret_label` (may be NULL). */
int64_t pw_loop_longest(const struct pw_loop *loop, const char **ret_label);
void pw_loop_longest_reset(struct pw_loop *loop);

/* ---- timers: once, embedded in the owner ---- */

typedef void (*pw_loop_fn)(void *arg);

struct pw_timer {
    struct pw_loop *loop; /* private from here on */
    const char *label;
    pw_loop_fn fn;
    void *arg;
    int64_t due_us;
    uint64_t order;
    size_t slot; /* 1-based place in the heap; 0 = not running */
};

/* Must be called once before the others; a zeroed timer may be stopped. */
void pw_timer_init(struct pw_timer *timer, struct pw_loop *loop, const char *label, pw_loop_fn fn, void *arg);
/* Calls fn(arg) once, `ms` >= 0 from now (the time of this round); restarts a running one. */
void pw_timer_start(struct pw_timer *timer, int64_t ms);
/* Stopping one that is not running is fine. An owner stops its timers before it is freed. */
void pw_timer_stop(struct pw_timer *timer);
bool pw_timer_running(const struct pw_timer *timer);

/* ---- deferred calls: at the end of this round, embedded in the owner ---- */

struct pw_deferred {
    struct pw_loop *loop; /* private from here on */
    const char *label;
    pw_loop_fn fn;
    void *arg;
    struct pw_deferred *prev, *next; /* NULL = not queued */
};

void pw_deferred_init(
    struct pw_deferred *deferred, struct pw_loop *loop, const char *label, pw_loop_fn fn, void *arg);
/* Calls fn(arg) once before the loop waits again; asking twice calls once. A call deferred
 * from a deferred call runs in the next round, so descriptors are never starved. */
void pw_deferred_call(struct pw_deferred *deferred);
void pw_deferred_cancel(struct pw_deferred *deferred);

/* ---- file descriptors ---- */

enum { PW_LOOP_READ = 1, PW_LOOP_WRITE = 2 };

struct pw_watch;
typedef void (*pw_watch_fn)(void *arg, int fd, unsigned ready);

/* Watches `fd` (borrowed; close it after pw_watch_free), level-triggered, at first for
 * nothing. `ready` holds PW_LOOP_READ and/or PW_LOOP_WRITE; errors and hang-ups make both ready. */
struct pw_watch *pw_watch_new(struct pw_loop *loop, int fd, const char *label, pw_watch_fn fn, void *arg);
/* Replaces what is waited for: any of PW_LOOP_READ, PW_LOOP_WRITE, or 0. Cheap when unchanged. */
void pw_watch_set(struct pw_watch *watch, unsigned interest);
void pw_watch_free(struct pw_watch *watch);

/* ---- signals ---- */

struct pw_signal;
/* Calls fn(arg) on the loop each time the process gets `signo`. */
struct pw_signal *pw_signal_new(struct pw_loop *loop, int signo, const char *label, pw_loop_fn fn, void *arg);
void pw_signal_free(struct pw_signal *signal);

#endif
