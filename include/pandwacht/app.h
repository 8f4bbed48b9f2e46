/*
 * app: the daemon put together. Reads the configuration, opens what it names, makes the rooms
 * and stages of the roles asked for, hands each what it needs, serves until told to stop.
 *
 * SIGTERM and SIGINT drain and stop: nothing new is accepted, what runs is finished. SIGHUP
 * reloads configuration, rules and certificates, all or nothing: when anything is wrong the old
 * stays in force and the log says why. Under systemd it tells READY, RELOADING, STOPPING and,
 * while the loop turns and the database answers, WATCHDOG.
 */
#ifndef PANDWACHT_APP_H
#define PANDWACHT_APP_H

#include <stdbool.h>
#include <stddef.h>

#include <pandwacht/base/cdefs.h>
#include <pandwacht/base/err.h>

struct pw_buf;

struct pw_app_options {
    const char *config_file;
    const char *const *roles; /* words: api assess deliver upkeep batch; none = all */
    size_t role_count;
    bool check_only; /* open everything but sockets, say what is wrong, stop */
};

/* Runs the daemon until it is told to stop. Fails when it could not start, naming what and why. */
bool pw_app_serve(const struct pw_app_options *options, struct pw_err *err) PW_MUST_CHECK;

/* Writes the OpenAPI document of the fact declarations and the tenant check in `rules_dir`, as the running
 * daemon serves it; needs neither configuration nor database. */
bool pw_app_openapi(const char *rules_dir, struct pw_buf *out, struct pw_err *err) PW_MUST_CHECK;

#endif
