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
    struct curl_slist *headers, *connect_to; /* of mail: headers are its recipients */
    struct pw_str letter;                    /* what is left to send of a mail */
    struct pw_buf body;                      /* of the answer */
    size_t head_len;                         /* octets of the answer's head so far */
    size_t response_max;                     /* octets */
    bool too_large, denied, allow_private, mail;
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

/* A call that waits for its turn; what makes its handle is filled in afterwards (client.c). */
struct pw_client_call *client_call_new(
    struct pw_client *client, pw_client_done on_done, void *arg, struct pw_err *err) PW_MUST_CHECK;
void client_call_free(struct pw_client_call *call);
void client_call_queue(struct pw_client_call *call, int64_t deadline_ms, struct pw_client_call **ret_call);
/* Fails with PW_ERR_USAGE (call.c). */
bool client_misuse(struct pw_err *err, const char *what);
bool client_has_controls(const char *text);
/* The authority, and that nothing but TLS will do. `least` is a CURL_SSLVERSION_. */
bool client_call_trust(struct pw_client_call *call, const char *ca_file, long least, struct pw_err *err);
/* What is the same for every call: its callbacks, no proxies, no signals. */
void client_call_basics(struct pw_client_call *call, size_t response_max, int64_t connect_ms);
/* Makes the libcurl handle of a call (call.c). */
bool client_call_prepare(
    struct pw_client_call *call, const struct pw_client_request *request, struct pw_err *err) PW_MUST_CHECK;
/* Just before it runs: connections that may be reused. */
void client_call_age(struct pw_client_call *call);
/* What libcurl's result means. */
enum pw_client_end client_call_end(const struct pw_client_call *call, CURLcode code, int status);

#endif
