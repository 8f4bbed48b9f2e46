/*
 * partner: a small receiver of CloudEvents over mutual TLS, for the demo and the tests. It plays the
 * RIEC desk or the duty officer: a process of its own that knows nothing of pandwacht's database.
 *
 *   partner --listen 127.0.0.1:8444 --certificate partner.crt --key partner.key
 *           --client-ca partner-ca.crt --inbox inbox.ndjson [--name NAME] [--mode MODE] [--control FILE]
 *
 * What it accepts is appended to the inbox as {"receivedAt","event"}, one line each, and is on disk
 * before the answer goes out. Nothing is deduplicated: a repetition is seen. Modes, from the command line or
 * from the control file (read again at each request, the first line counts):
 *
 *   accept | refuse [STATUS [RETRY-AFTER]] | hang | redirect [URL]
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pandwacht/base.h>
#include <pandwacht/http.h>
#include <pandwacht/json.h>
#include <pandwacht/loop.h>
#include <pandwacht/stream.h>

#define BODY_MAX (64 * 1024)

/* http asks for a scope on every route; here the client's certificate is all there is. */
struct pw_scope {
    const char *name;
};

enum mode { MODE_ACCEPT, MODE_REFUSE, MODE_HANG, MODE_REDIRECT };

struct behaviour {
    enum mode mode;
    int status;          /* REFUSE */
    int64_t retry_after; /* seconds; 0 = not told */
    char url[512];       /* REDIRECT */
};

struct partner {
    struct pw_loop *loop;
    const char *listen, *certificate, *key, *client_ca, *inbox, *name, *control;
    struct behaviour behaviour; /* of the command line */
    int fd;
    bool colour;
};

/* ---- how it behaves ---- */

static bool parse_behaviour(const char *text, struct behaviour *ret)
{
    char word[32] = "", rest[512] = "";
    long long retry_after = 0;

    *ret = (struct behaviour){.mode = MODE_ACCEPT, .status = 503};
    if (sscanf(text, "%31s %511[^\n]", word, rest) < 1) {
        return false;
    }
    if (strcmp(word, "accept") == 0) {
        return true;
    }
    if (strcmp(word, "hang") == 0) {
        ret->mode = MODE_HANG;
        return true;
    }
    if (strcmp(word, "redirect") == 0) {
        ret->mode = MODE_REDIRECT;
        snprintf(ret->url, sizeof(ret->url), "%s", rest[0] != '\0' ? rest : "https://localhost/elsewhere");
        return true;
    }
    if (strcmp(word, "refuse") != 0) {
        return false;
    }
    ret->mode = MODE_REFUSE;
    if (sscanf(rest, "%d %lld", &ret->status, &retry_after) < 1) {
        ret->status = 503;
    }
    ret->retry_after = retry_after;
    return ret->status >= 400 && ret->status <= 599 && retry_after >= 0;
}

/* The control file wins over the command line; an unreadable or unknown one changes nothing. */
static struct behaviour behaviour_now(const struct partner *partner)
{
    struct behaviour ret = partner->behaviour;
    char text[600] = "";

    if (partner->control == NULL) {
        return ret;
    }
    FILE *file = fopen(partner->control, "re");
    if (file == NULL) {
        return ret;
    }
    if (fgets(text, sizeof(text), file) != NULL && !parse_behaviour(text, &ret)) {
        ret = partner->behaviour;
    }
    fclose(file);
    return ret;
}

/* ---- what people see ---- */

static struct pw_str member(const struct pw_json *json, const char *name)
{
    const struct pw_json *node = pw_json_get(json, name);

    return pw_json_is_string(node) ? pw_json_str(node) : PW_STR("");
}

static const char *colour_of(struct pw_str type)
{
    if (pw_str_has_suffix(type, PW_STR("danger.reported")) || pw_str_has_suffix(type, PW_STR("escalated"))) {
        return "\033[1;31m";
    }
    if (pw_str_has_suffix(type, PW_STR("alert.raised"))) {
        return "\033[1;33m";
    }
    return "\033[1;36m";
}

/* Control characters stay out of the terminal. */
static void put_safely(struct pw_str text, size_t most)
{
    for (size_t i = 0; i < text.len && i < most; i++) {
        unsigned char c = (unsigned char)text.data[i];
        putchar(c < 0x20 || c == 0x7f ? '?' : c);
    }
}

static void notice(const struct partner *partner, pw_usec now, const struct pw_json *event, const char *what)
{
    char at[PW_TIME_TEXT];
    struct pw_str type = member(event, "type"), level = member(pw_json_get(event, "data"), "level");

    printf("%s%s%s %s %s", partner->colour ? "\033[2m" : "", pw_instant_format(now, false, at),
        partner->colour ? "\033[0m" : "", partner->name, partner->colour ? colour_of(type) : "");
    put_safely(type.len > 0 ? type : PW_STR("(no type)"), 80);
    printf("%s", partner->colour ? "\033[0m" : "");
    if (level.len > 0) {
        printf(" level ");
        put_safely(level, 20);
    }
    printf(" premises ");
    put_safely(member(event, "subject"), 40);
    printf(" %s\n", what);
    fflush(stdout);
}

/* ---- the inbox ---- */

static bool append(const struct partner *partner, pw_usec now, const struct pw_json *event)
{
    struct pw_buf line;
    struct pw_jsonw w;

    pw_buf_init(&line, 2 * BODY_MAX + 1024);
    pw_jsonw_init(&w, &line);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "receivedAt");
    pw_jsonw_instant(&w, now);
    pw_jsonw_key(&w, "event");
    pw_jsonw_node(&w, event);
    pw_jsonw_end_object(&w);
    pw_buf_putc(&line, '\n');
    bool ok = !line.full && write(partner->fd, line.data, line.len) == (ssize_t)line.len &&
              fdatasync(partner->fd) == 0;
    pw_buf_release(&line);
    return ok;
}

static void accept_event(struct partner *partner, struct pw_request *req, const struct pw_json *event)
{
    pw_usec now = pw_loop_wall(partner->loop);

    if (!append(partner, now, event)) {
        notice(partner, now, event, "could not be written: refused");
        pw_reply_code(req, PW_ERR_UNAVAILABLE);
        return;
    }
    notice(partner, now, event, "accepted");
    pw_reply_empty(req, 202);
}

static void refuse_event(struct pw_request *req, const struct behaviour *behaviour)
{
    struct pw_problem problem = {
        .code = PW_ERR_UNAVAILABLE, .status = behaviour->status, .retry_after_s = behaviour->retry_after};

    pw_reply_problem(req, &problem);
}

static void on_event(struct pw_request *req, void *stage)
{
    struct partner *partner = stage;
    struct behaviour behaviour = behaviour_now(partner);
    const struct pw_json *event;
    struct pw_json_error bad;

    if (!pw_json_parse(req->arena, req->body, NULL, &event, &bad) || !pw_json_is_object(event)) {
        pw_reply_code(req, PW_ERR_INVALID);
        return;
    }
    switch (behaviour.mode) {
    case MODE_ACCEPT:
        accept_event(partner, req, event);
        break;
    case MODE_REFUSE:
        notice(partner, pw_loop_wall(partner->loop), event, "refused");
        refuse_event(req, &behaviour);
        break;
    case MODE_REDIRECT:
        notice(partner, pw_loop_wall(partner->loop), event, "redirected");
        pw_reply_header(req, "Location", pw_str_z(behaviour.url));
        pw_reply_empty(req, 307);
        break;
    case MODE_HANG:
        notice(partner, pw_loop_wall(partner->loop), event, "left hanging"); /* never answered */
        break;
    }
}

/* ---- start ---- */

static int usage(const char *why)
{
    fprintf(stderr,
        "partner: %s\n"
        "usage: partner --listen ADDRESS:PORT --certificate FILE --key FILE --client-ca FILE --inbox FILE\n"
        "               [--name NAME] [--mode 'accept|refuse [STATUS [RETRY-AFTER]]|hang|redirect [URL]']\n"
        "               [--control FILE]\n",
        why);
    return 2;
}

static bool read_options(int argc, char **argv, struct partner *p)
{
    static const struct option options[] = {{"listen", required_argument, NULL, 'l'},
        {"certificate", required_argument, NULL, 'c'}, {"key", required_argument, NULL, 'k'},
        {"client-ca", required_argument, NULL, 'a'}, {"inbox", required_argument, NULL, 'i'},
        {"name", required_argument, NULL, 'n'}, {"mode", required_argument, NULL, 'm'},
        {"control", required_argument, NULL, 'f'}, {NULL, 0, NULL, 0}};
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        const char **text = c == 'l'   ? &p->listen
                            : c == 'c' ? &p->certificate
                            : c == 'k' ? &p->key
                            : c == 'a' ? &p->client_ca
                            : c == 'i' ? &p->inbox
                            : c == 'n' ? &p->name
                            : c == 'f' ? &p->control
                                       : NULL;
        if (text != NULL) {
            *text = optarg;
        } else if (c != 'm' || !parse_behaviour(optarg, &p->behaviour)) {
            return false;
        }
    }
    return optind == argc && p->listen != NULL && p->certificate != NULL && p->key != NULL &&
           p->client_ca != NULL && p->inbox != NULL;
}

static bool serve(struct partner *partner, struct pw_err *err)
{
    static const struct pw_scope certificate_only = {.name = "certificate"};
    struct pw_tls_options tls = {.profile = PW_TLS_GOOD,
        .cert_file = partner->certificate,
        .key_file = partner->key,
        .clients = PW_TLS_CLIENTS_REQUIRED,
        .ca_file = partner->client_ca};
    struct pw_tls_context *context;
    struct pw_http_server *server;

    if (!pw_tls_context_new(&tls, &context, err)) {
        return false;
    }
    const struct pw_route routes[] = {{.method = PW_HTTP_POST,
        .pattern = "/{path}",
        .scope = &certificate_only,
        .body_max = BODY_MAX,
        .accepts = "application/cloudevents+json",
        .handler = on_event,
        .stage = partner}};
    struct pw_http_listen listen = {.address = partner->listen, .tls = context};
    struct pw_http_options options = {
        .listen = &listen, .listen_count = 1, .routes = routes, .route_count = PW_COUNT(routes)};
    bool ok = pw_http_server_new(partner->loop, &options, &server, err);
    if (ok) {
        printf("%s listens on port %u and writes to %s\n", partner->name, pw_http_server_port(server, 0),
            partner->inbox);
        fflush(stdout);
        pw_loop_run(partner->loop);
        pw_http_server_free(server);
    }
    pw_tls_context_unref(context);
    return ok;
}

static void on_signal(void *arg)
{
    pw_loop_stop(arg);
}

int main(int argc, char **argv)
{
    struct partner partner = {.name = "partner", .behaviour = {.mode = MODE_ACCEPT}};
    struct pw_err err = {0};
    char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 64];

    if (!read_options(argc, argv, &partner)) {
        return usage("an option is missing or not understood");
    }
    partner.colour = isatty(STDOUT_FILENO) != 0 || getenv("FORCE_COLOR") != NULL;
    partner.fd = open(partner.inbox, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (partner.fd < 0) {
        fprintf(stderr, "partner: the inbox cannot be written: %s\n", strerror(errno));
        return 1;
    }
    partner.loop = pw_loop_new();
    struct pw_signal *term = pw_signal_new(partner.loop, SIGTERM, "partner: stop", on_signal, partner.loop);
    struct pw_signal *interrupt =
        pw_signal_new(partner.loop, SIGINT, "partner: stop", on_signal, partner.loop);
    bool ok = serve(&partner, &err);
    if (!ok) {
        fprintf(stderr, "partner: %s\n", pw_err_format(&err, text, sizeof(text)));
    }
    pw_signal_free(term);
    pw_signal_free(interrupt);
    pw_loop_free(partner.loop);
    close(partner.fd);
    return ok ? 0 : 1;
}
