/*
 * The client: libcurl's multi interface driven by our loop, a queue of calls in front of
 * it. Called by deliver (partners) and later by access (OIDC).
 *
 * Invariants: a call is in exactly one ring; on_done comes once, from the loop, after the
 * call has left libcurl; the deadline covers waiting too. libcurl asks for sockets and one
 * timer, we give it both and nothing else runs it.
 */
#include "client_int.h"

#include <stdlib.h>
#include <string.h>

#include <pandwacht/base/counters.h>

#define CONCURRENT      64
#define CONCURRENT_PEER 4
#define WAITING         10000
#define IDLE_MS         55000
#define DEADLINE_MS     10000
#define RETRY_MAX_S     86400

/* ---- rings ---- */

static void link_call(struct pw_client_call *head, struct pw_client_call *call)
{
    call->next = head;
    call->prev = head->prev;
    head->prev->next = call;
    head->prev = call;
}

static void leave_ring(struct pw_client_call *call)
{
    call->prev->next = call->next;
    call->next->prev = call->prev;
    if (call->running)
        call->client->running_count--;
    else
        call->client->waiting_count--;
}

void client_call_free(struct pw_client_call *call)
{
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    curl_slist_free_all(call->connect_to);
    pw_buf_release(&call->body);
    pw_arena_free(call->arena);
    free(call);
}

static void take_out(struct pw_client_call *call)
{
    pw_timer_stop(&call->deadline);
    if (call->running)
        curl_multi_remove_handle(call->client->multi, call->easy);
    leave_ring(call);
    if (call->client->waiting_count > 0)
        pw_deferred_call(&call->client->start);
}

/* ---- ends ---- */

static void release(struct pw_client *client)
{
    pw_timer_stop(&client->timer);
    pw_deferred_cancel(&client->start);
    curl_multi_cleanup(client->multi); /* closes kept connections, and with them their watches */
    pw_timer_stop(&client->timer);
    curl_global_cleanup();
    free(client);
}

static const char *text_of(enum pw_client_end end, CURLcode code)
{
    switch (end) {
    case PW_CLIENT_DENIED:
        return "the address is not one that may be called";
    case PW_CLIENT_REDIRECT:
        return "the answer was a redirect, which is not followed";
    case PW_CLIENT_TOO_LARGE:
        return "the answer was larger than allowed";
    default:
        return curl_easy_strerror(code);
    }
}

static enum pw_err_code code_of(enum pw_client_end end)
{
    switch (end) {
    case PW_CLIENT_TLS:
        return PW_ERR_TLS;
    case PW_CLIENT_TIMEOUT:
        return PW_ERR_DEADLINE;
    case PW_CLIENT_TOO_LARGE:
        return PW_ERR_LIMIT;
    case PW_CLIENT_MISUSED:
        return PW_ERR_USAGE;
    default:
        return PW_ERR_IO;
    }
}

static void describe(struct pw_client_call *call, CURLcode code, struct pw_client_answer *ret)
{
    long status = 0;
    curl_off_t retry_s = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &retry_s);
    *ret = (struct pw_client_answer){.retry_after_s = -1, .body = PW_STR("")};
    ret->end = client_call_end(call, code, (int)status);
    ret->duration_us = pw_loop_clock_us(call->client->loop) - call->begun_us;
    if (ret->end == PW_CLIENT_ANSWERED || ret->end == PW_CLIENT_REDIRECT)
        ret->status = (int)status;
    if (ret->end != PW_CLIENT_ANSWERED) {
        (void)!pw_fail(&ret->err, code_of(ret->end), "%s", text_of(ret->end, code));
        return;
    }
    if (retry_s > 0)
        ret->retry_after_s = retry_s > RETRY_MAX_S ? RETRY_MAX_S : (int64_t)retry_s;
    if (call->body.len > 0)
        ret->body = pw_buf_str(&call->body);
}

static void complete(struct pw_client_call *call, CURLcode code)
{
    struct pw_client_answer answer;
    describe(call, code, &answer);
    take_out(call);
    pw_count(PW_M_CLIENT_CALLS, 1);
    if (answer.end != PW_CLIENT_ANSWERED)
        pw_count(PW_M_CLIENT_FAILED, 1);
    call->on_done(call->arg, &answer);
    client_call_free(call);
}

static void on_deadline(void *arg)
{
    struct pw_client_call *call = arg;
    struct pw_client *client = call->client;
    client->busy = true;
    complete(call, CURLE_OPERATION_TIMEDOUT);
    client->busy = false;
    if (client->dead)
        release(client);
}

/* ---- libcurl on the loop ---- */

static void collect(struct pw_client *client)
{
    CURLMsg *message;
    int left;
    client->busy = true;
    while (!client->dead && (message = curl_multi_info_read(client->multi, &left)) != NULL) {
        struct pw_client_call *call = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
        complete(call, code);
    }
    client->busy = false;
    if (client->dead)
        release(client);
}

static void on_socket_ready(void *arg, int fd, unsigned ready)
{
    struct pw_client *client = arg;
    int running, what = ((ready & PW_LOOP_READ) ? CURL_CSELECT_IN : 0) |
                        ((ready & PW_LOOP_WRITE) ? CURL_CSELECT_OUT : 0);
    curl_multi_socket_action(client->multi, fd, what, &running);
    collect(client);
}

static void on_timer(void *arg)
{
    struct pw_client *client = arg;
    int running;
    curl_multi_socket_action(client->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(client);
}

static int on_want_timer(CURLM *multi, long ms, void *arg)
{
    (void)multi;
    struct pw_client *client = arg;
    if (ms < 0)
        pw_timer_stop(&client->timer);
    else
        pw_timer_start(&client->timer, ms);
    return 0;
}

static int on_want_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    (void)easy;
    struct pw_client *client = arg;
    struct pw_watch *watch = socket_arg;
    if (what == CURL_POLL_REMOVE) {
        pw_watch_free(watch);
        curl_multi_assign(client->multi, fd, NULL);
        return 0;
    }
    if (watch == NULL) {
        watch = pw_watch_new(client->loop, fd, "client: socket", on_socket_ready, client);
        curl_multi_assign(client->multi, fd, watch);
    }
    pw_watch_set(
        watch, ((what & CURL_POLL_IN) ? PW_LOOP_READ : 0U) | ((what & CURL_POLL_OUT) ? PW_LOOP_WRITE : 0U));
    return 0;
}

static void on_start(void *arg)
{
    struct pw_client *client = arg;
    while (client->waiting_count > 0 && client->running_count < client->options.concurrent) {
        struct pw_client_call *call = client->waiting.next;
        leave_ring(call);
        call->running = true;
        client->running_count++;
        link_call(&client->running, call);
        client_call_age(call);
        if (curl_multi_add_handle(client->multi, call->easy) != CURLM_OK)
            abort(); /* out of memory, or a fault of ours */
    }
}

/* ---- the public half ---- */

struct pw_client *pw_client_new(struct pw_loop *loop, const struct pw_client_options *options)
{
    struct pw_client *client = pw_xcalloc(1, sizeof(*client));
    if (options != NULL)
        client->options = *options;
    struct pw_client_options *o = &client->options;
    o->concurrent = o->concurrent > 0 ? o->concurrent : CONCURRENT;
    o->concurrent_peer = o->concurrent_peer > 0 ? o->concurrent_peer : CONCURRENT_PEER;
    o->waiting = o->waiting > 0 ? o->waiting : WAITING;
    o->idle_ms = o->idle_ms > 0 ? o->idle_ms : IDLE_MS;
    client->loop = loop;
    client->waiting.prev = client->waiting.next = &client->waiting;
    client->running.prev = client->running.next = &client->running;
    pw_timer_init(&client->timer, loop, "client: libcurl", on_timer, client);
    pw_deferred_init(&client->start, loop, "client: start", on_start, client);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || (client->multi = curl_multi_init()) == NULL)
        abort(); /* out of memory */
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETFUNCTION, on_want_socket);
    curl_multi_setopt(client->multi, CURLMOPT_SOCKETDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERFUNCTION, on_want_timer);
    curl_multi_setopt(client->multi, CURLMOPT_TIMERDATA, client);
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)o->concurrent_peer);
    curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    return client;
}

static void cancel_ring(struct pw_client_call *head)
{
    while (head->next != head)
        pw_client_cancel(head->next);
}

void pw_client_free(struct pw_client *client)
{
    if (client == NULL || client->dead)
        return;
    client->dead = true;
    cancel_ring(&client->waiting);
    cancel_ring(&client->running);
    if (!client->busy)
        release(client);
}

struct pw_client_call *client_call_new(
    struct pw_client *client, pw_client_done on_done, void *arg, struct pw_err *err)
{
    if (client->dead || client->waiting_count >= client->options.waiting) {
        (void)pw_fail(err, PW_ERR_LIMIT, "too many calls are waiting");
        return NULL;
    }
    struct pw_client_call *call = pw_xcalloc(1, sizeof(*call));
    *call = (struct pw_client_call){.client = client, .on_done = on_done, .arg = arg};
    call->arena = pw_arena_new();
    call->easy = curl_easy_init();
    call->begun_us = pw_loop_clock_us(client->loop);
    if (call->easy == NULL)
        abort(); /* out of memory */
    return call;
}

void client_call_queue(struct pw_client_call *call, int64_t deadline_ms, struct pw_client_call **ret_call)
{
    struct pw_client *client = call->client;
    pw_timer_init(&call->deadline, client->loop, "client: deadline", on_deadline, call);
    pw_timer_start(&call->deadline, deadline_ms > 0 ? deadline_ms : DEADLINE_MS);
    link_call(&client->waiting, call);
    client->waiting_count++;
    pw_deferred_call(&client->start);
    if (ret_call != NULL)
        *ret_call = call;
}

bool pw_client_send(struct pw_client *client, const struct pw_client_request *request, pw_client_done on_done,
    void *arg, struct pw_client_call **ret_call, struct pw_err *err)
{
    struct pw_client_call *call = client_call_new(client, on_done, arg, err);
    if (call == NULL)
        return false;
    if (!client_call_prepare(call, request, err)) {
        client_call_free(call);
        return false;
    }
    client_call_queue(call, request->deadline_ms, ret_call);
    return true;
}

void pw_client_cancel(struct pw_client_call *call)
{
    take_out(call);
    client_call_free(call);
}

size_t pw_client_busy(const struct pw_client *client)
{
    return client->waiting_count + client->running_count;
}

void pw_client_forget_connections(struct pw_client *client)
{
    client->forgotten_us = pw_loop_clock_us(client->loop);
}

const char *pw_client_end_word(enum pw_client_end end)
{
    static const char *const words[] = {[PW_CLIENT_ANSWERED] = "answered",
        [PW_CLIENT_REFUSED] = "refused",
        [PW_CLIENT_DENIED] = "denied",
        [PW_CLIENT_TLS] = "tls",
        [PW_CLIENT_TIMEOUT] = "timeout",
        [PW_CLIENT_REDIRECT] = "redirect",
        [PW_CLIENT_TOO_LARGE] = "too-large",
        [PW_CLIENT_GARBAGE] = "garbage",
        [PW_CLIENT_CANCELLED] = "cancelled",
        [PW_CLIENT_MISUSED] = "misused"};
    return (size_t)end < PW_COUNT(words) ? words[end] : "unknown";
}
