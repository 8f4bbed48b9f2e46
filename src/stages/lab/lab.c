/* Making, draining and freeing the stage. */
#include "lab_int.h"

#include <stdlib.h>

#define FLOOD   INT64_C(50)
#define POLL_MS INT64_C(1000)

struct pw_lab *pw_lab_new(const struct pw_lab_options *options)
{
    struct pw_lab *lab = pw_xcalloc(1, sizeof *lab);
    lab->options = *options;
    if (lab->options.flood == 0)
        lab->options.flood = FLOOD;
    if (lab->options.poll_ms == 0)
        lab->options.poll_ms = POLL_MS;
    lab->sets = pw_sets_new(options->db, false);
    if (options->batch) {
        lab_backtests_start(lab);
        lab_shadows_start(lab);
        lab_days_start(lab);
    }
    return lab;
}

void pw_lab_drain(struct pw_lab *lab)
{
    lab->draining = true;
    pw_lab_stop(lab);
}

bool pw_lab_idle(const struct pw_lab *lab)
{
    return !lab->options.batch || lab->draining;
}

void pw_lab_stop(struct pw_lab *lab)
{
    if (lab == NULL || !lab->options.batch)
        return;
    lab->draining = true;
    pw_timer_stop(&lab->poll);
    pw_timer_stop(&lab->look);
    pw_timer_stop(&lab->day);
    lab_shadows_stop(lab);
}

void pw_lab_free(struct pw_lab *lab)
{
    if (lab == NULL)
        return;
    lab_backtests_stop(lab);
    pw_sets_free(lab->sets);
    free(lab);
}
