/*
 * worker: a small pool of child processes for what would hold the loop longer than 5 ms
 * (password hashes, later compiling rules and proofs). A child has no database, no network and
 * no descriptor but its socket pair; it runs one job at a time, request in, answer out.
 *
 * Jobs wait in a bounded queue; a full queue refuses at once (PW_ERR_LIMIT: answer 503). Each job
 * has a deadline, waiting included; a child that passes it, dies or answers nonsense is killed and
 * replaced, and the job fails with PW_ERR_DEADLINE or PW_ERR_UNAVAILABLE. A job is never run
 * twice. Replacements are spaced out, so that a job that always crashes cannot spin.
 *
 * The pool is made before anything confidential is opened where possible: children are forks.
 */
#ifndef PANDWACHT_WORKER_H
#define PANDWACHT_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/buf.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>

struct pw_arena;
struct pw_loop;
struct pw_worker;

/* One kind of job. `run` is called in the child, on a fresh arena; it writes its answer or fails. */
struct pw_worker_job {
    const char *name;
    bool (*run)(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err);
};

struct pw_worker_options {
    const struct pw_worker_job *const *jobs; /* borrowed for ever */
    size_t job_count;                        /* 1 to 255 */
    unsigned children;                       /* 0 = 2 */
    size_t queue_max;                        /* jobs waiting; 0 = 64 */
    size_t message_max;                      /* octets of a request or answer; 0 = 64 KiB */
};

/* Forks the children. Fails with PW_ERR_IO. */
bool pw_worker_start(struct pw_loop *loop, const struct pw_worker_options *options, struct pw_worker **ret,
    struct pw_err *err) PW_MUST_CHECK;

/* Called once a job, never from inside pw_worker_submit. `err` is NULL on success; `answer` is
 * borrowed for the call. */
typedef void (*pw_worker_done)(void *arg, struct pw_str answer, const struct pw_err *err);

/* Queues a job (the request is copied). Fails, without calling `done`, with PW_ERR_LIMIT when the
 * queue is full or the request too long, PW_ERR_USAGE for a job that was not declared. */
bool pw_worker_submit(struct pw_worker *worker, const struct pw_worker_job *job, struct pw_str request,
    int64_t deadline_ms, pw_worker_done done, void *arg, struct pw_err *err) PW_MUST_CHECK;

/* Jobs waiting or running. */
size_t pw_worker_pending(const struct pw_worker *worker);
/* Children alive, and how many were replaced since the start. */
unsigned pw_worker_children(const struct pw_worker *worker);
unsigned pw_worker_replaced(const struct pw_worker *worker);
/* Ends the children; jobs under way are dropped without a call. NULL is accepted. */
void pw_worker_stop(struct pw_worker *worker);

#endif
