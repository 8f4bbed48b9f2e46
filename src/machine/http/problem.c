/*
 * Problem details (RFC 9457): every 4xx and 5xx of the house. Type and code from the table
 * of errors, title in the request's language, all faults of the input together. Called by
 * stages and hooks through pw_reply_problem, by conn.c for what it refuses itself.
 *
 * Refused values are never repeated, and the text of an error that is ours (5xx) stays
 * inside: it may name files or statements.
 */
#include "http_int.h"

#include <stdio.h>

#define TYPE_BASE "https://pandwacht.nl/problems/"

static void put_escaped(struct pw_buf *out, unsigned char c)
{
    if (c == '"' || c == '\\')
        pw_buf_printf(out, "\\%c", c);
    else if (c < 0x20)
        pw_buf_printf(out, "\\u%04x", c);
    else
        pw_buf_putc(out, (char)c);
}

static void put_string(struct pw_buf *out, struct pw_str s)
{
    pw_buf_putc(out, '"');
    for (size_t i = 0; i < s.len; i++)
        put_escaped(out, (unsigned char)s.data[i]);
    pw_buf_putc(out, '"');
}

static void put_member(struct pw_buf *out, const char *name, struct pw_str value)
{
    pw_buf_printf(out, "\"%s\":", name);
    put_string(out, value);
}

static const char *word_of(const struct pw_problem *problem)
{
    return problem->word != NULL ? problem->word : pw_err_word(problem->code);
}

static int status_of(const struct pw_problem *problem)
{
    return problem->status != 0 ? problem->status : pw_err_status(problem->code);
}

static const char *title_of(const struct pw_problem *problem, bool dutch)
{
    const char *own = dutch ? problem->title_nl : problem->title_en;
    return own != NULL ? own : pw_err_title(problem->code, dutch);
}

static void put_invalid(struct pw_buf *out, const struct pw_problem *problem)
{
    pw_buf_puts(out, ",\"invalidParams\":[");
    for (size_t i = 0; i < problem->invalid_count; i++) {
        const struct pw_invalid_param *param = &problem->invalid[i];
        pw_buf_puts(out, i == 0 ? "{" : ",{");
        put_member(out, "name", param->name);
        pw_buf_putc(out, ',');
        put_member(out, "code", param->code);
        pw_buf_putc(out, ',');
        put_member(out, "reason", param->reason);
        pw_buf_putc(out, '}');
    }
    pw_buf_putc(out, ']');
}

void pw_problem_render(const struct pw_problem *problem, enum pw_lang lang, struct pw_buf *out)
{
    pw_buf_printf(out, "{\"type\":\"" TYPE_BASE "%s\",", word_of(problem));
    put_member(out, "title", pw_str_z(title_of(problem, lang == PW_LANG_NL)));
    pw_buf_printf(out, ",\"status\":%d,", status_of(problem));
    if (problem->detail.data != NULL && problem->detail.len > 0) {
        put_member(out, "detail", problem->detail);
        pw_buf_putc(out, ',');
    }
    pw_buf_printf(out, "\"code\":\"%s\"", word_of(problem));
    if (problem->invalid_count > 0)
        put_invalid(out, problem);
    pw_buf_putc(out, '}');
}

void pw_reply_problem(struct pw_request *req, const struct pw_problem *problem)
{
    struct pw_buf body;
    char seconds[24];
    pw_buf_init(&body, 256 * 1024);
    pw_problem_render(problem, req->lang, &body);
    if (body.full) { /* so many faults that the list itself is too long: the problem without it */
        struct pw_problem shorter = *problem;
        shorter.invalid_count = 0;
        pw_buf_clear(&body);
        pw_problem_render(&shorter, req->lang, &body);
    }
    if (problem->retry_after_s > 0) {
        snprintf(seconds, sizeof(seconds), "%lld", (long long)problem->retry_after_s);
        pw_reply_header(req, "Retry-After", pw_str_z(seconds));
    }
    pw_reply_header(req, "Content-Language", req->lang == PW_LANG_NL ? PW_STR("nl") : PW_STR("en"));
    pw_reply(req, status_of(problem), "application/problem+json", pw_buf_str(&body));
    pw_buf_release(&body);
}

void pw_reply_err(struct pw_request *req, const struct pw_err *err)
{
    struct pw_problem problem = {.code = err->code};
    if (pw_err_status(err->code) < 500)
        problem.detail = pw_str_z(err->text);
    if (pw_err_status(err->code) == 503)
        problem.retry_after_s = 1;
    pw_reply_problem(req, &problem);
}

void pw_reply_code(struct pw_request *req, enum pw_err_code code)
{
    struct pw_err err = {.code = code};
    pw_reply_err(req, &err);
}
