/* The stage itself: a round of retention by the clock, and one at once when somebody approved an erasure. */
#include <stdlib.h>

#include "privacy_int.h"

#define EVERY_MS INT64_C(3600000)

static void on_round_done(void *arg, bool ok, const struct pw_privacy_round *done, const struct pw_err *err)
{
    struct pw_privacy *privacy = arg;

    if (!ok)
        pw_log(PW_EV_RETENTION_FAILED, PW_LOG_ERR(err));
    else if (done->erased + done->asked + done->restored > 0)
        pw_log(PW_EV_FACTS_ERASED, PW_LOG_INT("retention", done->erased), PW_LOG_INT("subject", done->asked),
            PW_LOG_INT("restored", done->restored));
    if (privacy->draining)
        return;
    pw_timer_start(&privacy->timer, privacy->again ? 0 : privacy->options.every_ms);
    privacy->again = false;
}

static void on_timer(void *arg)
{
    struct pw_privacy *privacy = arg;

    pw_privacy_run(privacy, privacy_today(privacy), on_round_done, privacy);
}

void privacy_wake(struct pw_privacy *privacy)
{
    if (!privacy->started || privacy->draining)
        return;
    privacy->again = privacy->round != NULL;
    if (privacy->round == NULL)
        pw_timer_start(&privacy->timer, 0);
}

pw_usec privacy_now(const struct pw_privacy *privacy)
{
    return pw_loop_wall(privacy->options.loop);
}

pw_day privacy_today(const struct pw_privacy *privacy)
{
    return pw_day_in_netherlands(privacy_now(privacy));
}

struct pw_privacy *pw_privacy_new(const struct pw_privacy_options *options)
{
    struct pw_privacy *privacy = pw_xcalloc(1, sizeof *privacy);

    privacy->options = *options;
    if (options->tombstones_file != NULL && options->tombstones_file[0] == '\0')
        privacy->options.tombstones_file = NULL;
    if (options->every_ms == 0)
        privacy->options.every_ms = EVERY_MS;
    if (options->batch_max == 0 || options->batch_max > PRIVACY_BATCH_MAX)
        privacy->options.batch_max = PRIVACY_BATCH_MAX;
    pw_timer_init(&privacy->timer, options->loop, "privacy: next round", on_timer, privacy);
    return privacy;
}

void pw_privacy_start(struct pw_privacy *privacy)
{
    privacy->started = true;
    pw_timer_start(&privacy->timer, 0);
}

void pw_privacy_drain(struct pw_privacy *privacy)
{
    privacy->draining = true;
    pw_timer_stop(&privacy->timer);
}

bool pw_privacy_idle(const struct pw_privacy *privacy)
{
    return privacy->round == NULL;
}

static void drop(void *arg, bool ok, const struct pw_privacy_round *done, const struct pw_err *err)
{
    (void)arg;
    (void)ok;
    (void)done;
    (void)err;
}

void pw_privacy_free(struct pw_privacy *privacy)
{
    if (privacy == NULL)
        return;
    pw_timer_stop(&privacy->timer);
    if (privacy->round != NULL) {
        privacy->round->on_done = drop;
        privacy_round_end(privacy->round, false, NULL);
    }
    free(privacy);
}
