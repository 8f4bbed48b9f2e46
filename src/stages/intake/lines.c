/*
 * POST /v1/fact-batches: a fact a line, an answer a line, in order. Lines are read in slices, so that
 * a large batch does not hold the loop, and each joins the common queue like a request of its own.
 */
#include <string.h>

#include "intake_int.h"

#define SLICE          64   /* lines read in one round of the loop */
#define ANSWER_MAX     1024 /* octets of one answer line, but for problems */
#define PROBLEM_MAX    16384
#define TEXT_PER_PARAM 512

struct line {
    struct intake_work work;
    struct batch *batch;
    struct pw_str source_id; /* "" = it could not be read */
    bool answered;           /* a problem is known already */
    struct pw_problem problem;
};

struct batch {
    struct intake_request r;
    struct line *lines;
    struct pw_str *texts;
    size_t count;
    size_t read; /* lines read so far */
    size_t open; /* lines whose item is under way, and 1 while reading */
    size_t answer_size;
    struct pw_deferred slice;
};

/* ---- the answer ---- */

static void write_line(const struct batch *batch, size_t i, struct pw_buf *out)
{
    const struct line *line = &batch->lines[i];
    const struct pw_ledger_item *item = &line->work.item;
    enum pw_lang lang = batch->r.req->lang;
    struct pw_jsonw w;
    struct pw_problem problem = line->problem;
    bool in =
        !line->answered && intake_item_problem(batch->r.intake, batch->r.req->arena, item, lang, &problem);
    int status = item->result == PW_LEDGER_CREATED ? 201 : 200;

    if (!in) {
        status = problem.status != 0 ? problem.status : pw_err_status(problem.code);
    }
    pw_jsonw_init(&w, out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "line");
    pw_jsonw_i64(&w, (int64_t)i + 1);
    pw_jsonw_key(&w, "status");
    pw_jsonw_i64(&w, status);
    if (line->source_id.len > 0) {
        pw_jsonw_key(&w, "sourceId");
        pw_jsonw_str(&w, line->source_id);
    }
    if (in) {
        pw_jsonw_key(&w, "id");
        pw_jsonw_uuid(&w, &item->id);
        pw_jsonw_key(&w, "result");
        pw_jsonw_z(&w, item->result == PW_LEDGER_DUPLICATE ? "duplicate" : "created");
        if (item->danger) {
            pw_jsonw_key(&w, "guidance");
            pw_jsonw_z(&w, intake_guidance(true, lang));
        }
    } else {
        struct pw_buf text;
        pw_buf_init(&text, PROBLEM_MAX + problem.invalid_count * TEXT_PER_PARAM);
        pw_problem_render(&problem, lang, &text);
        pw_jsonw_key(&w, "problem");
        pw_jsonw_raw(&w, pw_buf_str(&text));
        pw_buf_release(&text);
    }
    pw_jsonw_end_object(&w);
    pw_buf_putc(out, '\n');
}

static void reply(struct batch *batch)
{
    struct pw_buf out;

    pw_buf_init(&out, batch->answer_size);
    for (size_t i = 0; i < batch->count; i++) {
        write_line(batch, i, &out);
    }
    if (out.full) {
        pw_buf_release(&out);
        pw_reply_code(batch->r.req, PW_ERR_INTERNAL);
        return;
    }
    pw_reply(batch->r.req, 200, "application/x-ndjson", pw_buf_str(&out));
    pw_buf_release(&out);
}

static void one_less(struct batch *batch)
{
    if (--batch->open == 0) {
        reply(batch);
    }
}

static void on_written(struct intake_work *work)
{
    one_less(((struct line *)work->owner)->batch);
}

/* ---- reading ---- */

static void refuse(struct batch *batch, struct line *line, const struct pw_faults *faults)
{
    line->answered = true;
    intake_faults_problem(batch->r.req->arena, faults, batch->r.req->lang, &line->problem);
    batch->answer_size += PROBLEM_MAX + faults->count * TEXT_PER_PARAM;
}

/* A source id is told back only when it is one; refused values are not repeated. */
static struct pw_str good_source_id(const struct pw_json *json)
{
    const struct pw_json *node = pw_json_get(json, "sourceId");

    if (!pw_json_is_string(node)) {
        return PW_STR("");
    }
    struct pw_str text = pw_json_str(node);
    size_t length = pw_utf8_length(text);
    return length >= 1 && length <= 64 && pw_text_is_nfc(text) ? text : PW_STR("");
}

static void read_line(struct batch *batch, struct line *line, struct pw_str text)
{
    struct pw_read_options options = {.today = batch->r.today, .wwft_liable = batch->r.caller->wwft_liable};
    struct pw_budget_state budget;
    const struct pw_json *json;
    struct pw_faults faults;

    pw_faults_init(&faults, batch->r.req->arena);
    if (!pw_json_read(batch->r.req->arena, text, NULL, &json, &faults)) {
        refuse(batch, line, &faults);
        return;
    }
    line->source_id = good_source_id(json);
    intake_fill(&batch->r, &line->work.item);
    line->work.item.op = PW_LEDGER_FACT;
    if (!intake_read_fact(&batch->r, json, &options, &line->work.item, &faults)) {
        refuse(batch, line, &faults);
        return;
    }
    if (pw_facts_source_class(line->work.item.draft->kind, batch->r.caller->source_classes) < 0) {
        line->answered = true;
        line->problem = (struct pw_problem){.code = PW_ERR_FORBIDDEN};
        return;
    }
    if (!intake_within_budget(&batch->r, line->work.item.draft, &budget)) {
        line->answered = true;
        line->problem = (struct pw_problem){.code = PW_ERR_RATE, .retry_after_s = budget.wait_s};
        return;
    }
    line->work.owner = line;
    line->work.on_done = on_written;
    batch->open++;
    intake_enqueue(batch->r.intake, &line->work);
}

static void on_slice(void *arg)
{
    struct batch *batch = arg;
    size_t until = batch->read + SLICE < batch->count ? batch->read + SLICE : batch->count;

    for (; batch->read < until; batch->read++) {
        struct line *line = &batch->lines[batch->read];
        line->batch = batch;
        line->source_id = PW_STR("");
        read_line(batch, line, batch->texts[batch->read]);
    }
    if (batch->read < batch->count) {
        pw_deferred_call(&batch->slice);
    } else {
        one_less(batch);
    }
}

/* The number of lines: a line feed ends one, and may be missing behind the last. */
static size_t count_lines(struct pw_str body)
{
    size_t count = 0;

    for (const char *p = body.data, *end = body.data + body.len; p < end; count++) {
        const char *feed = memchr(p, '\n', (size_t)(end - p));
        p = feed != NULL ? feed + 1 : end;
    }
    return count;
}

static void split_lines(struct batch *batch, struct pw_str body)
{
    struct pw_str rest = body;

    for (size_t i = 0; i < batch->count; i++) {
        struct pw_str head, tail = PW_STR("");
        if (!pw_str_cut(rest, '\n', &head, &tail)) {
            head = rest;
            tail = PW_STR("");
        }
        batch->texts[i] = head;
        rest = tail;
    }
}

static bool check_count(struct batch *batch)
{
    struct pw_intake *intake = batch->r.intake;
    struct pw_request *req = batch->r.req;

    if (batch->count == 0) {
        pw_fault(&batch->r.faults, NULL, PW_FAULT_REQUIRED, "Er is geen enkele regel.", "There is no line.");
        intake_reply_faults(req, &batch->r.faults);
        return false;
    }
    if (batch->count > intake->options.lines_max) {
        struct pw_problem problem = {.code = PW_ERR_TOO_LARGE,
            .detail = pw_str_printf(req->arena,
                req->lang == PW_LANG_NL ? "Ten hoogste %zu regels." : "At most %zu lines.",
                intake->options.lines_max)};
        pw_reply_problem(req, &problem);
        return false;
    }
    if (!intake_has_room(intake, batch->count)) {
        intake_reply_busy(req, intake);
        return false;
    }
    return true;
}

void pw_intake_post_batch(struct pw_request *req, void *stage)
{
    struct pw_intake *intake = stage;
    struct batch *batch = PW_NEW(req->arena, struct batch);

    if (!intake_open(req, intake, &batch->r)) {
        return;
    }
    batch->count = count_lines(req->body);
    if (!check_count(batch)) {
        return;
    }
    batch->lines = PW_NEW_ARRAY(req->arena, batch->count, struct line);
    batch->texts = PW_NEW_ARRAY(req->arena, batch->count, struct pw_str);
    batch->answer_size = batch->count * ANSWER_MAX;
    batch->open = 1;
    split_lines(batch, req->body);
    pw_deferred_init(&batch->slice, intake->options.loop, "intake: batch lines", on_slice, batch);
    pw_deferred_call(&batch->slice);
}
