/* A bar on standard error, drawn only for a terminal and at most ten times a second. */
#include "ctl_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define WIDTH   40
#define EACH_US 100000

void progress_start(struct progress *progress, struct pw_loop *loop, const char *what, uint64_t total)
{
    *progress = (struct progress){.loop = loop, .what = what, .total = total, .on = isatty(STDERR_FILENO)};
    progress->begun_us = pw_loop_clock_us(loop);
}

static void draw(struct progress *progress, uint64_t done, int64_t now)
{
    double seconds = (double)(now - progress->begun_us) / 1e6;
    double part = progress->total == 0 ? 1 : (double)done / (double)progress->total;
    int filled = part >= 1 ? WIDTH : (int)(part * WIDTH);
    fprintf(stderr, "\r%s [", progress->what);
    for (int i = 0; i < WIDTH; i++)
        fputc(i < filled ? '#' : ' ', stderr);
    fprintf(stderr, "] %3d %%  %" PRIu64 " of %" PRIu64 ", %.0f a second ", (int)(part * 100), done,
        progress->total, seconds > 0 ? (double)done / seconds : 0);
}

void progress_show(struct progress *progress, uint64_t done)
{
    int64_t now = pw_loop_clock_us(progress->loop);
    if (!progress->on || now - progress->drawn_us < EACH_US)
        return;
    progress->drawn_us = now;
    draw(progress, done, now);
}

void progress_end(struct progress *progress, uint64_t done)
{
    if (!progress->on)
        return;
    draw(progress, done, pw_loop_clock_us(progress->loop));
    fputc('\n', stderr);
}
