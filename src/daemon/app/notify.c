/*
 * The readiness protocol of systemd (sd_notify(3)): one datagram a state to $NOTIFY_SOCKET.
 * Thirty lines of our own keep a library out of the daemon. WATCHDOG=1 is only sent from a
 * turn of the loop during which the database could be reached.
 */
#include "app_int.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void on_watchdog(void *arg)
{
    struct pw_app *app = arg;
    const char *usec = getenv("WATCHDOG_USEC");
    int64_t interval;
    if (usec == NULL || !pw_str_to_i64(pw_str_z(usec), &interval) || interval <= 0)
        return;
    if (pw_db_ready(app->db))
        app_notify(app, "WATCHDOG=1");
    pw_timer_start(&app->watchdog, interval / 2000);
}

void app_notify_open(struct pw_app *app)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    app->notify_fd = -1;
    if (path == NULL || strlen(path) >= sizeof address.sun_path)
        return;
    memcpy(address.sun_path, path, strlen(path));
    if (path[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (fd < 0)
        return;
    if (connect(fd, (struct sockaddr *)&address, length) != 0) {
        close(fd);
        return;
    }
    app->notify_fd = fd;
    pw_timer_init(&app->watchdog, app->loop, "app: watchdog", on_watchdog, app);
    pw_timer_start(&app->watchdog, 0);
}

void app_notify(struct pw_app *app, const char *state)
{
    if (app->notify_fd < 0)
        return;
    ssize_t sent = send(app->notify_fd, state, strlen(state), MSG_NOSIGNAL);
    (void)sent; /* a supervisor that does not listen is no reason to stop */
}

void app_notify_close(struct pw_app *app)
{
    if (app->notify_fd >= 0)
        close(app->notify_fd);
    app->notify_fd = -1;
}
