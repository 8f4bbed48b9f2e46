/* Inside of worker: slots, jobs and what parent and child say to each other. */
#ifndef PANDWACHT_WORKER_INT_H
#define PANDWACHT_WORKER_INT_H

#include <sys/types.h>

#include <pandwacht/base.h>
#include <pandwacht/loop.h>
#include <pandwacht/worker.h>

/*
 * A frame: one octet of head, four of length (big-endian), then the content.
 * Request: head = number of the job. Answer: head = 0 done, else the error code; content = the
 * answer, or the error's text.
 */
#define FRAME_HEAD 5

enum slot_state {
    SLOT_DOWN, /* no child; its timer starts one */
    SLOT_IDLE,
    SLOT_BUSY,  /* request sent or being sent, answer awaited */
    SLOT_DYING, /* killed; its timer reaps it */
};

struct job {
    struct pw_worker *worker;
    struct job *next;
    struct slot *slot; /* NULL while it waits */
    struct pw_buf request;
    struct pw_timer deadline;
    pw_worker_done done;
    void *arg;
};

struct slot {
    struct pw_worker *worker;
    enum slot_state state;
    pid_t pid;
    int fd;
    struct pw_watch *watch;
    struct pw_timer timer; /* starts or reaps the child */
    struct job *job;       /* BUSY only */
    size_t sent;           /* octets of job->request */
    struct pw_buf answer;
    unsigned failures; /* in a row; spaces out replacements */
};

struct pw_worker {
    struct pw_loop *loop;
    struct pw_worker_options options;
    struct slot *slots;
    struct job *first, *last; /* waiting */
    size_t waiting, running;
    unsigned replaced;
    struct pw_deferred dispatch;
};

/* The child's whole life; never returns. */
PW_NORETURN void worker_child_run(int fd, const struct pw_worker_options *options);
/* Forks a child for an idle slot. */
bool worker_child_start(struct slot *slot, struct pw_err *err);

#endif
