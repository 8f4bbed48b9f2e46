/*
 * A trial over the whole database, in as many processes as there are processors: each walks its own
 * range of premises over a connection of its own and sends back what it counted. On the pipe go
 * messages of a length and so many octets; length 0 is followed by the number of premises done.
 */
#include "ctl_int.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pandwacht/dossier.h>
#include <pandwacht/trial.h>

#define PAGE          500
#define PROCESSES_MAX 64
#define SAVED_MAX     (64u << 20)

/* One child. */
struct part {
    pid_t pid;
    int fd;
    struct pw_buf in;
    uint64_t done; /* premises */
    bool ended, ok;
};

/* The id that begins part `i` of `n`; ids are spread evenly over their first octets. */
static struct pw_uuid bound(unsigned i, unsigned n)
{
    struct pw_uuid id = {{0}};
    uint64_t first = i == n ? UINT32_MAX : ((uint64_t)i << 32) / n;
    for (int k = 0; k < 4; k++)
        id.b[k] = (uint8_t)(first >> (24 - 8 * k));
    if (i == n)
        memset(id.b + 4, 0xff, sizeof id.b - 4);
    return id;
}

/* ---- the child ---- */

static bool put(int fd, const void *data, size_t len)
{
    const char *p = data;
    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        len -= (size_t)n;
    }
    return true;
}

static bool put_message(int fd, const void *data, uint32_t len)
{
    return put(fd, &len, sizeof len) && put(fd, data, len);
}

static bool walk_page(struct pw_db *db, struct pw_trial *trial, const struct pw_uuid *until,
    struct pw_uuid *after, size_t *ret_count, struct pw_err *err)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_past_read read;
    struct pw_uuid *ids = NULL;
    struct pw_tx *tx = pw_db_begin(db, "ctl: trial", PW_DB_READ_ONLY);
    pw_past_page_add(tx, after, until, PAGE, &read);
    bool ok = pw_tx_run_step(tx, err);
    *ret_count = ok ? pw_past_page_ids(arena, tx, &read, &ids) : 0;
    if (ok && *ret_count > 0) {
        struct pw_past_cursor at;
        pw_past_read_add(tx, ids, *ret_count, &read);
        ok = pw_tx_run(tx, err);
        if (ok)
            pw_past_build_begin(tx, &read, &at);
        for (size_t i = 0; ok && i < *ret_count; i++)
            ok = pw_past_try(arena, trial, &at, &ids[i], err);
        *after = ids[*ret_count - 1];
    }
    pw_tx_close(tx);
    pw_arena_free(arena);
    return ok;
}

static bool walk_part(const char *url, struct pw_trial *trial, struct pw_uuid after, struct pw_uuid until,
    int fd, struct pw_err *err)
{
    struct pw_loop *loop = pw_loop_new();
    struct pw_db *db = pw_db_new(loop,
        &(struct pw_db_options){
            .url = url, .application_name = "pandwacht-ctl", .max_connections = 1, .deadline_ms = 600000});
    size_t count = PAGE;
    bool ok = true;
    while (ok && count == PAGE) {
        ok = walk_page(db, trial, &until, &after, &count, err);
        uint32_t head[2] = {0, (uint32_t)count};
        ok = ok && put(fd, head, sizeof head);
    }
    pw_db_free(db);
    pw_loop_free(loop);
    return ok;
}

static void run_child(const char *url, struct pw_trial *trial, unsigned i, unsigned n, int fd)
{
    struct pw_err err;
    struct pw_buf out;
    if (!walk_part(url, trial, bound(i, n), bound(i + 1, n), fd, &err)) {
        char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 32];
        fprintf(stderr, "pandwacht: %s\n", pw_err_format(&err, text, sizeof text));
        _exit(1);
    }
    pw_buf_init(&out, SAVED_MAX);
    pw_trial_save(trial, &out);
    _exit(put_message(fd, out.data, (uint32_t)out.len) ? 0 : 1);
}

/* ---- the parent ---- */

static bool start(
    const char *url, struct pw_trial *trial, unsigned i, unsigned n, struct part *ret, struct pw_err *err)
{
    int ends[2];
    if (pipe(ends) != 0)
        return pw_fail(err, PW_ERR_IO, "no pipe for a process of the trial");
    fflush(NULL);
    ret->pid = fork();
    if (ret->pid == 0) {
        close(ends[0]);
        run_child(url, trial, i, n, ends[1]);
    }
    close(ends[1]);
    ret->fd = ends[0];
    pw_buf_init(&ret->in, SAVED_MAX);
    return ret->pid > 0 ? true : pw_fail(err, PW_ERR_IO, "a process of the trial could not be started");
}

/* Takes the whole messages that have come. */
static bool take_messages(struct pw_trial *trial, struct part *part, struct pw_err *err)
{
    uint32_t head[2];
    while (part->in.len >= sizeof head) {
        memcpy(head, part->in.data, sizeof head);
        if (head[0] == 0) {
            part->done += head[1];
            pw_buf_consume(&part->in, sizeof head);
            continue;
        }
        if (part->in.len < sizeof head[0] + head[0])
            return true;
        part->ok = pw_trial_merge(trial, (struct pw_str){part->in.data + sizeof head[0], head[0]}, err);
        pw_buf_consume(&part->in, sizeof head[0] + head[0]);
        return part->ok;
    }
    return true;
}

static bool receive(struct pw_trial *trial, struct part *part, struct pw_err *err)
{
    char data[65536];
    ssize_t n = read(part->fd, data, sizeof data);
    if (n < 0 && errno == EINTR)
        return true;
    if (n <= 0) {
        part->ended = true;
        return part->ok ? true : pw_fail(err, PW_ERR_IO, "a process of the trial ended early");
    }
    pw_buf_put(&part->in, data, (size_t)n);
    return take_messages(trial, part, err);
}

static bool gather(
    struct pw_trial *trial, struct part *parts, unsigned n, struct progress *progress, struct pw_err *err)
{
    for (;;) {
        struct pollfd fds[PROCESSES_MAX];
        unsigned open = 0;
        uint64_t done = 0;
        for (unsigned i = 0; i < n; i++) {
            fds[i] = (struct pollfd){.fd = parts[i].ended ? -1 : parts[i].fd, .events = POLLIN};
            open += !parts[i].ended;
            done += parts[i].done;
        }
        progress_show(progress, done);
        if (open == 0)
            return true;
        if (poll(fds, n, 1000) < 0 && errno != EINTR)
            return pw_fail(err, PW_ERR_IO, "waiting for the processes of the trial failed");
        for (unsigned i = 0; i < n; i++)
            if (fds[i].revents != 0 && !receive(trial, &parts[i], err))
                return false;
    }
}

static unsigned processors(void)
{
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > PROCESSES_MAX ? PROCESSES_MAX : (unsigned)n;
}

static int by_premises(const void *a, const void *b)
{
    return pw_uuid_cmp(
        &((const struct pw_trial_item *)a)->premises, &((const struct pw_trial_item *)b)->premises);
}

bool run_trial(
    struct ctl *ctl, struct bench *bench, struct pw_trial *trial, uint64_t premises, struct pw_err *err)
{
    const char *url = pw_config_database_url(bench->config, ctl->arena);
    unsigned n = processors(), started = 0;
    struct part *parts = PW_NEW_ARRAY(ctl->arena, n, struct part);
    struct progress progress;
    bool ok = true;
    progress_start(&progress, bench->loop, "backtest", premises);
    for (; ok && started < n; started += ok)
        ok = start(url, trial, started, n, &parts[started], err);
    ok = ok && gather(trial, parts, n, &progress, err);
    for (unsigned i = 0; i < started; i++) {
        close(parts[i].fd);
        waitpid(parts[i].pid, NULL, 0);
        pw_buf_release(&parts[i].in);
    }
    progress_end(&progress, trial->premises);
    qsort(trial->items, trial->item_count, sizeof *trial->items, by_premises);
    return ok;
}
