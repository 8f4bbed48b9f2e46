/*
 * The pool as its parent sees it: waiting jobs, and slots that hold a child each. enter() is the
 * only writer of a slot's state. A job that was handed to a child is never handed out again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "worker_int.h"

#define CHILDREN_DEFAULT 2
#define QUEUE_DEFAULT    64
#define MESSAGE_DEFAULT  (64 * 1024)
#define REAP_MS          5
#define RESTART_MS       50
#define RESTART_MAX_MS   5000

static void on_child(void *arg, int fd, unsigned ready);
static void on_slot_timer(void *arg);

static void job_free(struct job *job)
{
    pw_timer_stop(&job->deadline);
    if (job->request.data != NULL)
        explicit_bzero(job->request.data, job->request.len);
    pw_buf_release(&job->request);
    free(job);
}

/* Tells and frees. The job is out of queue and slot already. */
static void finish(struct job *job, struct pw_str answer, const struct pw_err *err)
{
    pw_worker_done done = job->done;
    void *arg = job->arg;

    pw_timer_stop(&job->deadline);
    done(arg, answer, err);
    job_free(job);
}

static void fail(struct job *job, enum pw_err_code code, const char *text)
{
    struct pw_err err = {0};

    (void)pw_fail(&err, code, "%s", text);
    finish(job, PW_STR(""), &err);
}

static int64_t restart_delay(const struct slot *slot)
{
    int64_t ms = RESTART_MS;

    for (unsigned i = 1; i < slot->failures && ms < RESTART_MAX_MS; i++)
        ms *= 2;
    return ms < RESTART_MAX_MS ? ms : RESTART_MAX_MS;
}

static void enter(struct slot *slot, enum slot_state state)
{
    slot->state = state;
    switch (state) {
    case SLOT_DOWN:
        pw_timer_start(&slot->timer, restart_delay(slot));
        break;
    case SLOT_IDLE:
        pw_watch_set(slot->watch, PW_LOOP_READ); /* to see it die */
        pw_deferred_call(&slot->worker->dispatch);
        break;
    case SLOT_BUSY:
        slot->sent = 0;
        pw_buf_clear(&slot->answer);
        pw_watch_set(slot->watch, PW_LOOP_READ | PW_LOOP_WRITE);
        break;
    case SLOT_DYING:
        pw_timer_start(&slot->timer, REAP_MS);
        break;
    }
}

static bool start_child(struct slot *slot, struct pw_err *err)
{
    if (!worker_child_start(slot, err))
        return false;
    (void)fcntl(slot->fd, F_SETFL, O_NONBLOCK);
    slot->watch = pw_watch_new(slot->worker->loop, slot->fd, "worker: answer", on_child, slot);
    enter(slot, SLOT_IDLE);
    return true;
}

/* Takes the slot's job away from it. */
static struct job *take_job(struct slot *slot)
{
    struct job *job = slot->job;

    if (job != NULL) {
        slot->job = NULL;
        slot->worker->running--;
    }
    return job;
}

/* Ends a child that is dead, late or confused, and whatever it was doing. */
static void lose_child(struct slot *slot, enum pw_err_code code, const char *text)
{
    struct job *job = take_job(slot);

    kill(slot->pid, SIGKILL);
    pw_watch_free(slot->watch);
    slot->watch = NULL;
    close(slot->fd);
    slot->failures++;
    slot->worker->replaced++;
    enter(slot, SLOT_DYING);
    if (job != NULL)
        fail(job, code, text);
}

static void on_slot_timer(void *arg)
{
    struct slot *slot = arg;

    if (slot->state == SLOT_DYING) {
        enter(slot, waitpid(slot->pid, NULL, WNOHANG) == 0 ? SLOT_DYING : SLOT_DOWN);
        return;
    }
    if (!start_child(slot, NULL)) {
        slot->failures++;
        enter(slot, SLOT_DOWN);
    }
}

/* Ready answers: one whole frame, nothing behind it. */
static bool answer_complete(const struct slot *slot, bool *ret_nonsense)
{
    const uint8_t *data = (const uint8_t *)slot->answer.data;
    size_t len;

    *ret_nonsense = slot->answer.full;
    if (slot->answer.len < FRAME_HEAD)
        return false;
    len = (size_t)data[1] << 24 | (size_t)data[2] << 16 | (size_t)data[3] << 8 | data[4];
    if (len > slot->worker->options.message_max || slot->answer.len > len + FRAME_HEAD ||
        data[0] >= PW_ERR_COUNT)
        *ret_nonsense = true;
    return slot->answer.len == len + FRAME_HEAD;
}

static void deliver(struct slot *slot)
{
    struct job *job = take_job(slot);
    struct pw_str content = {slot->answer.data + FRAME_HEAD, slot->answer.len - FRAME_HEAD};
    uint8_t head = (uint8_t)slot->answer.data[0];
    struct pw_err err = {0};
    struct pw_buf kept = slot->answer;

    /* The callback may submit again, which may use this slot: it gets a buffer of its own. */
    pw_buf_init(&slot->answer, kept.max);
    slot->failures = 0;
    enter(slot, SLOT_IDLE);
    if (head != 0)
        (void)pw_fail(&err, (enum pw_err_code)head, "%.*s", PW_STR_ARG(content));
    finish(job, head == 0 ? content : PW_STR(""), head == 0 ? NULL : &err);
    explicit_bzero(kept.data, kept.len);
    pw_buf_release(&kept);
}

/* Sends what the socket takes; false when the child is gone. */
static bool push(struct slot *slot)
{
    const struct pw_buf *request = &slot->job->request;

    while (slot->sent < request->len) {
        ssize_t put = send(slot->fd, request->data + slot->sent, request->len - slot->sent, MSG_NOSIGNAL);

        if (put < 0)
            return errno == EAGAIN || errno == EINTR;
        slot->sent += (size_t)put;
    }
    pw_watch_set(slot->watch, PW_LOOP_READ);
    return true;
}

/* Reads what is there; false when the child is gone. */
static bool pull(struct slot *slot)
{
    for (;;) {
        char *room = pw_buf_reserve(&slot->answer, 4096);
        ssize_t got;

        if (room == NULL)
            return false;
        got = recv(slot->fd, room, 4096, 0);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0)
            return false;
        pw_buf_commit(&slot->answer, (size_t)got);
    }
}

static void on_child(void *arg, int fd, unsigned ready)
{
    struct slot *slot = arg;
    bool nonsense;

    (void)fd;
    if (slot->state == SLOT_IDLE) { /* an idle child has nothing to say: it died */
        lose_child(slot, PW_ERR_UNAVAILABLE, "");
        return;
    }
    if ((ready & PW_LOOP_WRITE) != 0 && !push(slot)) {
        lose_child(slot, PW_ERR_UNAVAILABLE, "a worker ended");
        return;
    }
    if ((ready & PW_LOOP_READ) == 0)
        return;
    if (!pull(slot) && !answer_complete(slot, &nonsense)) {
        lose_child(slot, PW_ERR_UNAVAILABLE, "a worker ended before it answered");
        return;
    }
    if (answer_complete(slot, &nonsense))
        deliver(slot);
    else if (nonsense)
        lose_child(slot, PW_ERR_UNAVAILABLE, "a worker answered what is no answer");
}

static struct slot *idle_slot(struct pw_worker *worker)
{
    for (unsigned i = 0; i < worker->options.children; i++)
        if (worker->slots[i].state == SLOT_IDLE)
            return &worker->slots[i];
    return NULL;
}

static void on_dispatch(void *arg)
{
    struct pw_worker *worker = arg;
    struct slot *slot;

    while (worker->first != NULL && (slot = idle_slot(worker)) != NULL) {
        struct job *job = worker->first;

        worker->first = job->next;
        if (worker->first == NULL)
            worker->last = NULL;
        worker->waiting--;
        worker->running++;
        job->slot = slot;
        slot->job = job;
        enter(slot, SLOT_BUSY);
    }
}

static void unqueue(struct pw_worker *worker, const struct job *job)
{
    struct job **at = &worker->first, *before = NULL;

    while (*at != job) {
        before = *at;
        at = &before->next;
    }
    *at = job->next;
    if (worker->last == job)
        worker->last = before;
    worker->waiting--;
}

static void on_deadline(void *arg)
{
    struct job *job = arg;

    if (job->slot != NULL) {
        lose_child(job->slot, PW_ERR_DEADLINE, "the work took too long");
        return;
    }
    unqueue(job->worker, job);
    fail(job, PW_ERR_DEADLINE, "no worker was free in time");
}

static bool job_number(const struct pw_worker *worker, const struct pw_worker_job *job, uint8_t *ret)
{
    for (size_t i = 0; i < worker->options.job_count; i++) {
        if (worker->options.jobs[i] == job) {
            *ret = (uint8_t)i;
            return true;
        }
    }
    return false;
}

bool pw_worker_submit(struct pw_worker *worker, const struct pw_worker_job *kind, struct pw_str request,
    int64_t deadline_ms, pw_worker_done done, void *arg, struct pw_err *err)
{
    uint8_t number;
    struct job *job;

    if (!job_number(worker, kind, &number))
        return pw_fail(err, PW_ERR_USAGE, "the workers do not know the job %s", kind->name);
    if (request.len > worker->options.message_max)
        return pw_fail(err, PW_ERR_LIMIT, "the request to a worker is too long");
    if (worker->waiting >= worker->options.queue_max)
        return pw_fail(err, PW_ERR_LIMIT, "too many jobs wait for a worker");
    job = pw_xcalloc(1, sizeof *job);
    job->worker = worker;
    job->done = done;
    job->arg = arg;
    pw_buf_init(&job->request, request.len + FRAME_HEAD);
    pw_buf_putc(&job->request, (char)number);
    pw_buf_put_u32(&job->request, (uint32_t)request.len);
    pw_buf_put_str(&job->request, request);
    pw_timer_init(&job->deadline, worker->loop, "worker: job deadline", on_deadline, job);
    pw_timer_start(&job->deadline, deadline_ms);
    if (worker->last == NULL)
        worker->first = job;
    else
        worker->last->next = job;
    worker->last = job;
    worker->waiting++;
    pw_deferred_call(&worker->dispatch);
    return true;
}

static struct pw_worker *new_pool(struct pw_loop *loop, const struct pw_worker_options *options)
{
    struct pw_worker *worker = pw_xcalloc(1, sizeof *worker);

    worker->loop = loop;
    worker->options = *options;
    if (worker->options.children == 0)
        worker->options.children = CHILDREN_DEFAULT;
    if (worker->options.queue_max == 0)
        worker->options.queue_max = QUEUE_DEFAULT;
    if (worker->options.message_max == 0)
        worker->options.message_max = MESSAGE_DEFAULT;
    worker->slots = pw_xcalloc(worker->options.children, sizeof *worker->slots);
    pw_deferred_init(&worker->dispatch, loop, "worker: dispatch", on_dispatch, worker);
    return worker;
}

bool pw_worker_start(
    struct pw_loop *loop, const struct pw_worker_options *options, struct pw_worker **ret, struct pw_err *err)
{
    struct pw_worker *worker;

    if (options->job_count == 0 || options->job_count > 255)
        return pw_fail(err, PW_ERR_USAGE, "a worker pool has 1 to 255 kinds of jobs");
    worker = new_pool(loop, options);
    for (unsigned i = 0; i < worker->options.children; i++) {
        struct slot *slot = &worker->slots[i];

        slot->worker = worker;
        pw_timer_init(&slot->timer, loop, "worker: restart", on_slot_timer, slot);
        /* Reserving in steps of 4096 may ask for one step more than the longest answer. */
        pw_buf_init(&slot->answer, worker->options.message_max + FRAME_HEAD + 4096);
        if (!start_child(slot, err)) {
            worker->options.children = i;
            pw_worker_stop(worker);
            return false;
        }
    }
    *ret = worker;
    return true;
}

size_t pw_worker_pending(const struct pw_worker *worker)
{
    return worker->waiting + worker->running;
}

unsigned pw_worker_children(const struct pw_worker *worker)
{
    unsigned alive = 0;

    for (unsigned i = 0; i < worker->options.children; i++)
        alive += worker->slots[i].state == SLOT_IDLE || worker->slots[i].state == SLOT_BUSY;
    return alive;
}

unsigned pw_worker_replaced(const struct pw_worker *worker)
{
    return worker->replaced;
}

static void stop_slot(struct slot *slot)
{
    struct job *job = take_job(slot);

    if (job != NULL)
        job_free(job);
    pw_timer_stop(&slot->timer);
    if (slot->watch != NULL) {
        pw_watch_free(slot->watch);
        close(slot->fd);
        kill(slot->pid, SIGKILL);
    }
    if (slot->state != SLOT_DOWN)
        waitpid(slot->pid, NULL, 0);
    pw_buf_release(&slot->answer);
}

void pw_worker_stop(struct pw_worker *worker)
{
    struct job *next;

    if (worker == NULL)
        return;
    pw_deferred_cancel(&worker->dispatch);
    for (struct job *job = worker->first; job != NULL; job = next) {
        next = job->next;
        job_free(job);
    }
    for (unsigned i = 0; i < worker->options.children; i++)
        stop_slot(&worker->slots[i]);
    free(worker->slots);
    free(worker);
}
