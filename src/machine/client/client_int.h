/* Private to the client room: the client, its calls, and how they pass through libcurl. */
#ifndef PANDWACHT_CLIENT_INT_H
#define PANDWACHT_CLIENT_INT_H

#include <curl/curl.h>

#include <pandwacht/base/arena.h>
#include <pandwacht/base/buf.h>
#include <pandwacht/client.h>
#include <pandwacht/loop.h>

struct pw_client_call {
    struct pw_client *client;
    struct pw_client_call *prev, *next; /* in the ring of those that wait, or of those that run */
    struct pw_arena *arena;
    CURL *easy;
    bool running;
    struct pw_timer deadline;
    struct curl_slist *headers, *connect_to;
    struct pw_buf body;  /* of the answer */
    size_t head_len;     /* octets of the answer's head so far */
    size_t response_max; /* octets */
    bool too_large, denied, allow_private;
    bool (*check_address)(void *arg, const struct sockaddr *address);
    void *check_arg;
    char trouble[CURL_ERROR_SIZE]; /* libcurl's words: looked at, never shown */
    int64_t begun_us;
    pw_client_done on_done;
    void *arg;
};

struct pw_client {
    struct pw_loop *loop;
    struct pw_client_options options;
    CURLM *multi;
    struct pw_timer timer;
    struct pw_deferred start;
    struct pw_client_call waiting, running; /* heads of rings */
    size_t waiting_count, running_count;
    int64_t forgotten_us; /* connections from before this moment are not used again; 0 = never */
    bool busy, dead;
};

/* Makes the libcurl handle of a call (call.c). */
bool client_call_prepare(
    struct pw_client_call *call, const struct pw_client_request *request, struct pw_err *err) PW_MUST_CHECK;
/* Just before it runs: connections that may be reused. */
void client_call_age(struct pw_client_call *call);
/* What libcurl's result means. */
enum pw_client_end client_call_end(const struct pw_client_call *call, CURLcode code, int status);

#endif
