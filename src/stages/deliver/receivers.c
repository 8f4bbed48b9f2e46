/*
 * Receivers as they are known here: where they are, how many events may be under way to each, and the
 * breaker that leaves a failing one alone. One receiver's trouble is nobody else's.
 */
#include <stdlib.h>

#include <pandwacht/base/counters.h>
#include <pandwacht/base/log.h>
#include <pandwacht/crypto.h>

#include "deliver_int.h"

#define WINDOW_FIRST 2 /* as a mail server opens at most two connections to a place it does not know yet */

struct receiver *deliver_receiver(struct pw_deliver *deliver, const struct pw_uuid *id)
{
    for (struct receiver *r = deliver->receivers; r != NULL; r = r->next) {
        if (pw_uuid_eq(&r->id, id)) {
            return r;
        }
    }
    return NULL;
}

static const char *text_or_null(struct pw_arena *arena, const struct pw_rows *rows, size_t row, int column)
{
    struct pw_str text = pw_cell_text(rows, row, column);

    return text.len > 0 ? pw_str_dup(arena, text).data : NULL;
}

struct route deliver_read_route(struct pw_arena *arena, const struct pw_rows *rows, size_t row)
{
    struct route route = {.url = text_or_null(arena, rows, row, pw_rows_column(rows, "url")),
        .ca_file = text_or_null(arena, rows, row, pw_rows_column(rows, "ca_file")),
        .expected_name = text_or_null(arena, rows, row, pw_rows_column(rows, "expected_name")),
        .cert_file = text_or_null(arena, rows, row, pw_rows_column(rows, "certificate")),
        .key_file = text_or_null(arena, rows, row, pw_rows_column(rows, "private_key")),
        .private_range = pw_cell_bool(rows, row, pw_rows_column(rows, "private_range"))};
    route.target = deliver_target(arena, route.url, route.expected_name);
    return route;
}

static struct receiver *add_receiver(struct pw_deliver *deliver, const struct pw_uuid *id)
{
    struct receiver *r = pw_xcalloc(1, sizeof(*r));

    r->id = *id;
    r->window = WINDOW_FIRST < deliver->options.parallel ? WINDOW_FIRST : deliver->options.parallel;
    r->next = deliver->receivers;
    deliver->receivers = r;
    return r;
}

/* Receivers that are gone from the table go when nothing of theirs is under way. */
static void drop_unseen(struct pw_deliver *deliver)
{
    for (struct receiver **at = &deliver->receivers; *at != NULL;) {
        struct receiver *r = *at;
        if (r->seen || r->in_flight > 0) {
            at = &r->next;
            continue;
        }
        *at = r->next;
        pw_arena_free(r->arena);
        free(r);
    }
}

bool deliver_take_receivers(struct pw_deliver *deliver, const struct pw_rows *rows)
{
    bool any_new = false;

    for (struct receiver *r = deliver->receivers; r != NULL; r = r->next) {
        r->seen = false;
    }
    for (size_t i = 0; i < pw_rows_count(rows); i++) {
        struct pw_uuid id = pw_cell_uuid(rows, i, 0);
        struct receiver *r = deliver_receiver(deliver, &id);
        if (r == NULL) {
            r = add_receiver(deliver, &id);
            any_new = true;
        }
        if (r->arena == NULL) {
            r->arena = pw_arena_new();
        }
        pw_arena_reset(r->arena);
        r->route = deliver_read_route(r->arena, rows, i);
        r->paused = pw_cell_bool(rows, i, pw_rows_column(rows, "paused"));
        r->seen = true;
    }
    drop_unseen(deliver);
    return any_new;
}

size_t deliver_capacity(const struct pw_deliver *deliver, const struct receiver *r)
{
    if (r->paused || !r->seen || r->hold_until > pw_loop_now_ms(deliver->options.loop) ||
        r->in_flight >= r->window) {
        return 0;
    }
    size_t room = r->window - r->in_flight;
    return room < deliver->options.batch ? room : deliver->options.batch;
}

void deliver_succeeded(struct pw_deliver *deliver, struct receiver *r)
{
    if (r->trips > 0) {
        pw_log(PW_EV_RECEIVER_BACK, PW_LOG_ID("receiver", &r->id));
    }
    r->recovered = r->recovered || r->failures > 0;
    r->failures = 0;
    r->trips = 0;
    r->hold_until = 0;
    if (r->window < deliver->options.parallel) {
        r->window++;
    }
}

void deliver_failed(struct pw_deliver *deliver, struct receiver *r, int64_t hold_ms)
{
    const struct pw_backoff backoff = {deliver->options.backoff_ms, deliver->options.backoff_max_ms};
    int64_t now = pw_loop_now_ms(deliver->options.loop), wait = hold_ms;
    uint64_t random;

    r->failures++;
    r->window = r->window > 1 ? r->window / 2 : 1;
    if (r->failures >= deliver->options.breaker_failures && r->hold_until <= now) {
        pw_crypto_random(&random, sizeof(random));
        int64_t delay = pw_backoff_delay(&backoff, r->trips + 2, random);
        wait = delay > wait ? delay : wait;
        r->trips++;
        r->window = 1;
        if (r->trips == 1) {
            pw_log(
                PW_EV_RECEIVER_TROUBLED, PW_LOG_ID("receiver", &r->id), PW_LOG_INT("failures", r->failures));
        }
        pw_count(PW_M_DELIVER_BREAKER, 1);
    }
    if (wait > 0 && now + wait > r->hold_until) {
        r->hold_until = now + wait;
        deliver_look_within(deliver, wait);
    }
}

void deliver_free_receivers(struct pw_deliver *deliver)
{
    while (deliver->receivers != NULL) {
        struct receiver *r = deliver->receivers;
        deliver->receivers = r->next;
        pw_arena_free(r->arena);
        free(r);
    }
}
