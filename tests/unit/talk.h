/*
 * For unit tests of handlers: a server on the loopback in this process, and one call after another,
 * each on a connection of its own, while the loop runs.
 */
#ifndef TESTS_TALK_H
#define TESTS_TALK_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>

#include <pandwacht/base.h>
#include <pandwacht/http.h>
#include <pandwacht/loop.h>

struct answer {
    int status;
    char text[262144]; /* all of it */
    const char *body;
};

static struct answer answer;
static uint16_t talk_port;

/* Sends a request and runs the loop until its answer is complete (10 s). `headers` end in CR LF each. */
static inline int talk(
    struct pw_loop *loop, const char *method, const char *path, const char *headers, const char *body)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(talk_port)};
    char request[65536];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t len = 0;
    int n =
        snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s%s",
            method, path, headers, body == NULL ? "" : "Content-Type: application/json\r\n");

    if (body != NULL)
        n += snprintf(
            request + n, sizeof request - (size_t)n, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
    else
        n += snprintf(request + n, sizeof request - (size_t)n, "\r\n");
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0 || write(fd, request, (size_t)n) != n)
        abort();
    fcntl(fd, F_SETFL, O_NONBLOCK);
    memset(&answer, 0, sizeof answer);
    for (int64_t end = pw_loop_clock_us(loop) + 10000000; pw_loop_clock_us(loop) < end;) {
        ssize_t got = read(fd, answer.text + len, sizeof answer.text - 1 - len);

        if (got == 0)
            break;
        if (got > 0)
            len += (size_t)got;
        else
            pw_loop_step(loop, 5);
    }
    close(fd);
    answer.body = strstr(answer.text, "\r\n\r\n");
    answer.body = answer.body == NULL ? "" : answer.body + 4;
    answer.status = len > 12 ? atoi(answer.text + 9) : 0;
    return answer.status;
}

/* One of 64 buffers in turn: texts taken from an answer outlive the next ones. */
static inline char *talk_room(void)
{
    static char rooms[64][4096];
    static unsigned next;

    return memset(rooms[next++ % 64], 0, sizeof rooms[0]);
}

/* The value of a header of the answer, or of a member of its body ("name":"value" or a bare word); "" when
 * absent. */
static inline const char *talk_header(const char *name)
{
    char line[128], *out = talk_room();
    const char *at, *end;

    snprintf(line, sizeof line, "\r\n%s: ", name);
    at = strcasestr(answer.text, line);
    if (at != NULL && at < answer.body) {
        at += strlen(line);
        end = strstr(at, "\r\n");
        memcpy(out, at, (size_t)(end - at));
    }
    return out;
}

static inline const char *talk_member(const char *name)
{
    char key[128], *out = talk_room();
    const char *at;

    snprintf(key, sizeof key, "\"%s\":", name);
    at = strstr(answer.body, key);
    if (at != NULL) {
        at += strlen(key);
        at += *at == '"';
        memcpy(out, at, strcspn(at, "\",}]"));
    }
    return out;
}

#endif
