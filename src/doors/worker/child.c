/*
 * The child: a fork that keeps nothing but its socket. It reads a request, runs the job on a fresh
 * arena, writes the answer, and ends when its parent closes the socket or dies.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker_int.h"

#define CHILD_FD 3

static bool read_all(int fd, void *data, size_t len)
{
    uint8_t *at = data;

    while (len > 0) {
        ssize_t got = read(fd, at, len);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        len -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, const void *data, size_t len)
{
    const uint8_t *at = data;

    while (len > 0) {
        ssize_t put = send(fd, at, len, MSG_NOSIGNAL);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        len -= (size_t)put;
    }
    return true;
}

static bool send_answer(int fd, uint8_t head, struct pw_str content)
{
    struct pw_buf frame;
    bool ok;

    pw_buf_init(&frame, content.len + FRAME_HEAD);
    pw_buf_putc(&frame, (char)head);
    pw_buf_put_u32(&frame, (uint32_t)content.len);
    pw_buf_put_str(&frame, content);
    ok = write_all(fd, frame.data, frame.len);
    pw_buf_release(&frame);
    return ok;
}

static bool serve_one(int fd, struct pw_arena *arena, const struct pw_worker_options *options)
{
    uint8_t head[FRAME_HEAD];
    size_t len;
    char *request;
    struct pw_buf answer;
    struct pw_err err = {0};
    bool ok;

    if (!read_all(fd, head, sizeof head))
        return false;
    len = (size_t)head[1] << 24 | (size_t)head[2] << 16 | (size_t)head[3] << 8 | head[4];
    if (head[0] >= options->job_count || len > options->message_max)
        return false;
    request = pw_arena_alloc(arena, len + 1);
    if (!read_all(fd, request, len))
        return false;
    pw_buf_init(&answer, options->message_max);
    ok = options->jobs[head[0]]->run(arena, (struct pw_str){request, len}, &answer, &err);
    if (ok && answer.full)
        ok = pw_fail(&err, PW_ERR_LIMIT, "the answer is too long");
    ok =
        ok ? send_answer(fd, 0, pw_buf_str(&answer)) : send_answer(fd, (uint8_t)err.code, pw_str_z(err.text));
    pw_buf_release(&answer);
    memset(request, 0, len); /* may hold a password */
    return ok;
}

/* Handlers of the parent must not run here, and what it ignored must not stay ignored. */
static void reset_signals(void)
{
    sigset_t none;

    for (int signo = 1; signo < NSIG; signo++)
        (void)signal(signo, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    /* The terminal's Ctrl-C is for the parent, which then closes the socket. */
    (void)signal(SIGINT, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
}

void worker_child_run(int fd, const struct pw_worker_options *options)
{
    struct rlimit no_core = {0, 0};
    struct pw_arena *arena = pw_arena_new();

    reset_signals();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &no_core);
    if (dup2(fd, CHILD_FD) != CHILD_FD || close_range(CHILD_FD + 1, ~0u, 0) != 0)
        _exit(1);
    while (serve_one(CHILD_FD, arena, options))
        pw_arena_reset(arena);
    _exit(0);
}

bool worker_child_start(struct slot *slot, struct pw_err *err)
{
    int pair[2];
    pid_t pid;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return pw_fail(err, PW_ERR_IO, "no socket pair for a worker: %s", strerror(errno));
    pid = fork();
    if (pid == 0)
        worker_child_run(pair[1], &slot->worker->options);
    close(pair[1]);
    if (pid < 0) {
        close(pair[0]);
        return pw_fail(err, PW_ERR_IO, "cannot start a worker: %s", strerror(errno));
    }
    slot->pid = pid;
    slot->fd = pair[0];
    return true;
}
