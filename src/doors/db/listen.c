/*
 * LISTEN on a connection of its own. After every (re)connect all channels are listened to again and
 * every listener is called once with an empty payload: something may have been missed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db_int.h"

static void call_all(struct pw_db *db, const char *channel, const char *payload)
{
    struct pw_db_listener *next;

    for (struct pw_db_listener *l = db->listeners; l; l = next) {
        next = l->next;
        if (!channel || strcmp(l->channel, channel) == 0)
            l->fn(l->arg, pw_str_z(payload));
    }
}

void listen_begin(struct conn *conn)
{
    char text[1024] = "";
    size_t at = 0;

    for (struct pw_db_listener *l = conn->db->listeners; l; l = l->next) {
        int n = snprintf(text + at, sizeof(text) - at, "LISTEN %s;", l->channel);

        if (n < 0 || (size_t)n >= sizeof(text) - at)
            db_misuse(PW_SQL_COUNT, "too many channels", n);
        at += (size_t)n;
    }
    conn->listen_dirty = false;
    if (at == 0)
        return;
    conn_enter(conn, CONN_BUSY);
    if (!PQsendQuery(conn->pg, text))
        conn_drop(conn, NULL, true);
    else
        conn_flush(conn);
}

static void listening(struct conn *conn)
{
    conn_enter(conn, CONN_IDLE);
    call_all(conn->db, NULL, "");
    if (conn->listen_dirty && conn->state == CONN_IDLE)
        listen_begin(conn);
}

void listen_receive(struct conn *conn)
{
    PGnotify *note;

    while (conn->pg && conn->state == CONN_BUSY && !PQisBusy(conn->pg)) {
        PGresult *result = PQgetResult(conn->pg);

        if (!result) {
            if (PQstatus(conn->pg) == CONNECTION_BAD)
                conn_drop(conn, NULL, true);
            else
                listening(conn);
            break;
        }
        PQclear(result);
    }
    while (conn->pg && (note = PQnotifies(conn->pg)) != NULL) {
        call_all(conn->db, note->relname, note->extra[0] ? note->extra : "-");
        PQfreemem(note);
    }
    if (conn->pg && PQstatus(conn->pg) == CONNECTION_BAD)
        conn_drop(conn, NULL, true);
}

static void check_channel(const char *channel)
{
    if (channel[0] == '\0' || channel[strspn(channel, "abcdefghijklmnopqrstuvwxyz_")] != '\0')
        db_misuse(PW_SQL_COUNT, "a channel is lower-case letters and underscores", 0);
}

struct pw_db_listener *pw_db_listen(struct pw_db *db, const char *channel, pw_notify_fn fn, void *arg)
{
    struct pw_db_listener *listener = pw_xcalloc(1, sizeof(*listener));
    struct conn *conn = &db->listen_conn;

    check_channel(channel);
    *listener =
        (struct pw_db_listener){.db = db, .channel = channel, .fn = fn, .arg = arg, .next = db->listeners};
    db->listeners = listener;
    conn->listen_dirty = true;
    if (conn->state == CONN_IDLE)
        listen_begin(conn);
    else
        pw_deferred_call(&db->serve);
    return listener;
}

void pw_db_unlisten(struct pw_db_listener *listener)
{
    if (!listener)
        return;
    for (struct pw_db_listener **at = &listener->db->listeners; *at; at = &(*at)->next)
        if (*at == listener) {
            *at = listener->next;
            break;
        }
    free(listener); /* the channel itself stays listened to: its notifications find nobody */
}
