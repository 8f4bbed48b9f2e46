/*
 * One attempt: the request, and what its end means. What the receiver refuses for good (the event
 * itself) becomes a dead letter; what may heal (the network, its certificate, its permissions, its load) is
 * tried again.
 */
#include <stdlib.h>

#include <pandwacht/base/counters.h>
#include <pandwacht/base/log.h>
#include <pandwacht/crypto.h>

#include "deliver_int.h"

#define MS_PER_DAY INT64_C(86400000)

/* ---- the request ---- */

bool deliver_request(const struct pw_deliver_options *options, const struct route *route, struct pw_str body,
    struct pw_arena *arena, struct pw_client_request *ret, struct pw_err *err)
{
    struct deliver_headers *headers = PW_NEW(arena, struct deliver_headers);
    bool own = route->cert_file != NULL;

    if (!deliver_sign(options->keys, arena, pw_loop_wall(options->loop), route->target, body, headers, err)) {
        return false;
    }
    *ret = (struct pw_client_request){.method = "POST",
        .url = route->url,
        .headers = headers->lines,
        .header_count = PW_COUNT(headers->lines),
        .body = body,
        .cert_file = own ? route->cert_file : options->cert_file,
        .key_file = own ? route->key_file : options->key_file,
        .ca_file = route->ca_file,
        .expected_name = route->expected_name,
        .deadline_ms = options->deadline_ms,
        .allow_private = route->private_range};
    if (ret->cert_file != NULL && ret->cert_file[0] == '\0') {
        ret->cert_file = NULL; /* not set in the configuration */
    }
    return true;
}

/* ---- what the end means ---- */

/* Statuses that speak of this event, not of the receiver's state: sending it again changes nothing. */
static bool is_final(int status)
{
    switch (status) {
    case 400:
    case 405:
    case 406:
    case 409:
    case 411:
    case 413:
    case 414:
    case 415:
    case 422:
    case 431:
        return true;
    default:
        return false;
    }
}

static enum verdict judge(const struct pw_client_answer *answer)
{
    if (answer->end != PW_CLIENT_ANSWERED) {
        return VERDICT_RETRY;
    }
    if (answer->status >= 200 && answer->status <= 299) {
        return VERDICT_DELIVERED;
    }
    if (answer->status == 410) {
        return VERDICT_GONE;
    }
    return is_final(answer->status) ? VERDICT_DEAD : VERDICT_RETRY;
}

/* Full jitter under a ceiling that doubles; an event older than a day always waits under the highest. */
static int64_t wait_of(const struct flight *f)
{
    const struct pw_deliver_options *o = &f->deliver->options;
    const struct pw_backoff backoff = {o->backoff_ms, o->backoff_max_ms};
    int64_t age_ms = (pw_loop_wall(o->loop) - f->created_at) / 1000;
    uint64_t random;

    pw_crypto_random(&random, sizeof(random));
    return pw_backoff_delay(&backoff, age_ms > MS_PER_DAY ? 62 : f->attempts - 1, random);
}

static void end_retry(struct flight *f, const struct pw_client_answer *answer)
{
    int64_t asked = answer->retry_after_s > 0 ? answer->retry_after_s * 1000 : 0;
    bool answers_others = f->receiver->failures == 0;

    f->wait_ms = wait_of(f);
    if (asked > f->wait_ms) {
        f->wait_ms = asked;
    }
    if (f->attempts >= f->deliver->options.attempts_max && answers_others) {
        f->verdict = VERDICT_DEAD; /* it is this event that cannot be taken */
    }
    pw_count(PW_M_DELIVER_FAILED, 1);
    pw_log(PW_EV_DELIVERY_FAILED, PW_LOG_ID("event", &f->id), PW_LOG_ID("receiver", &f->receiver->id),
        PW_LOG_INT("attempts", f->attempts), PW_LOG_INT("status", answer->status), PW_LOG_ERR(&answer->err));
    deliver_failed(f->deliver, f->receiver, asked);
}

static void on_answer(void *arg, const struct pw_client_answer *answer)
{
    struct flight *f = arg;

    f->call = NULL;
    f->status = answer->status;
    f->verdict = judge(answer);
    if (f->verdict != VERDICT_DELIVERED) {
        f->error = answer->end == PW_CLIENT_ANSWERED ? "status" : pw_client_end_word(answer->end);
    }
    switch (f->verdict) {
    case VERDICT_DELIVERED:
        pw_observe(
            PW_M_DELIVER_SECONDS, (double)(pw_loop_wall(f->deliver->options.loop) - f->created_at) / 1e6);
        deliver_succeeded(f->deliver, f->receiver);
        break;
    case VERDICT_DEAD:
        deliver_succeeded(f->deliver, f->receiver); /* it answers: the event is at fault */
        break;
    case VERDICT_GONE:
        f->wait_ms = wait_of(f);
        break;
    case VERDICT_RETRY:
        end_retry(f, answer);
        break;
    }
    deliver_ended(f);
}

void deliver_send(struct flight *f)
{
    struct pw_client_request request;
    struct pw_err err;

    if (!deliver_request(&f->deliver->options, &f->receiver->route, f->body, f->arena, &request, &err) ||
        !pw_client_send(f->deliver->options.client, &request, on_answer, f, &f->call, &err)) {
        const struct pw_client_answer answer = {
            .end = PW_CLIENT_MISUSED, .retry_after_s = -1, .body = PW_STR(""), .err = err};
        on_answer(f, &answer);
    }
}

void deliver_flight_free(struct flight *f)
{
    pw_arena_free(f->arena); /* the flight lives in it */
}
