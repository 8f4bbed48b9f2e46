/* worker: jobs are answered, children that die, hang or lie are replaced, nothing runs twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <pandwacht/base.h>
#include <pandwacht/loop.h>
#include <pandwacht/worker.h>

static bool echo(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    (void)arena;
    (void)err;
    pw_buf_put_str(answer, request);
    return true;
}

static bool refuse(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    (void)arena;
    (void)request;
    (void)answer;
    return pw_fail(err, PW_ERR_INVALID, "not that");
}

static bool hang(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    (void)arena;
    (void)request;
    (void)answer;
    (void)err;
    while (pause() != 0)
        continue;
    return false;
}

static bool die(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    (void)arena;
    (void)request;
    (void)answer;
    (void)err;
    _exit(7);
}

/* A child that writes to descriptor 3 itself: an answer of a size that cannot be. */
static bool lie(struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    (void)arena;
    (void)request;
    (void)answer;
    (void)err;
    if (write(3, "\0\xff\xff\xff\xff", 5) != 5)
        _exit(1);
    while (pause() != 0)
        continue;
    return false;
}

/* Which descriptors the child has. */
static bool descriptors(
    struct pw_arena *arena, struct pw_str request, struct pw_buf *answer, struct pw_err *err)
{
    (void)arena;
    (void)request;
    (void)err;
    for (int fd = 0; fd < 256; fd++)
        if (dup2(fd, fd) == fd)
            pw_buf_printf(answer, "%d ", fd);
    return true;
}

static const struct pw_worker_job job_echo = {"echo", echo}, job_refuse = {"refuse", refuse},
                                  job_hang = {"hang", hang}, job_die = {"die", die}, job_lie = {"lie", lie},
                                  job_descriptors = {"descriptors", descriptors}, job_stray = {"stray", echo};
static const struct pw_worker_job *const jobs[] = {
    &job_echo, &job_refuse, &job_hang, &job_die, &job_lie, &job_descriptors};

struct result {
    int calls;
    enum pw_err_code code;
    struct pw_buf answer;
};

static void on_done(void *arg, struct pw_str answer, const struct pw_err *err)
{
    struct result *result = arg;

    result->calls++;
    result->code = err == NULL ? PW_ERR_NONE : err->code;
    pw_buf_init(&result->answer, 1 << 20);
    pw_buf_put_str(&result->answer, answer);
}

struct fixture {
    struct pw_loop *loop;
    struct pw_worker *worker;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    const struct pw_worker_options options = {.jobs = jobs, .job_count = PW_COUNT(jobs), .queue_max = 3};
    struct pw_err err;

    fixture.loop = pw_loop_new();
    *state = &fixture;
    return pw_worker_start(fixture.loop, &options, &fixture.worker, &err) ? 0 : -1;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    pw_worker_stop(fixture->worker);
    pw_loop_free(fixture->loop);
    return 0;
}

static void submit(struct fixture *f, const struct pw_worker_job *job, struct pw_str request, int64_t ms,
    struct result *result)
{
    struct pw_err err = {0};

    memset(result, 0, sizeof *result);
    assert_true(pw_worker_submit(f->worker, job, request, ms, on_done, result, &err));
    assert_int_equal(result->calls, 0);
}

static void wait_for(struct fixture *f, const struct result *result)
{
    for (int i = 0; i < 1000 && result->calls == 0; i++)
        pw_loop_step(f->loop, 20);
    assert_int_equal(result->calls, 1);
}

static void test_answers(void **state)
{
    struct fixture *f = *state;
    struct result a, b, c;
    struct pw_buf big;

    submit(f, &job_echo, PW_STR("een"), 5000, &a);
    submit(f, &job_refuse, PW_STR(""), 5000, &b);
    submit(f, &job_descriptors, PW_STR(""), 5000, &c);
    wait_for(f, &a);
    wait_for(f, &b);
    wait_for(f, &c);
    assert_int_equal(a.code, PW_ERR_NONE);
    assert_string_equal(a.answer.data, "een");
    assert_int_equal(b.code, PW_ERR_INVALID);
    assert_string_equal(c.answer.data, "0 1 2 3 ");
    pw_buf_release(&a.answer);
    pw_buf_release(&c.answer);

    pw_buf_init(&big, 65536);
    for (int i = 0; i < 65536; i++)
        pw_buf_putc(&big, 'x');
    submit(f, &job_echo, pw_buf_str(&big), 5000, &a);
    wait_for(f, &a);
    assert_int_equal(a.answer.len, 65536);
    assert_false(
        pw_worker_submit(f->worker, &job_echo, (struct pw_str){big.data, 65537}, 1000, on_done, &a, NULL));
    pw_buf_release(&a.answer);
    pw_buf_release(&big);
    assert_int_equal(pw_worker_pending(f->worker), 0);
}

static void assert_replaced(struct fixture *f, unsigned times)
{
    struct result result;

    assert_int_equal(pw_worker_replaced(f->worker), times);
    for (int i = 0; i < 200 && pw_worker_children(f->worker) < 2; i++)
        pw_loop_step(f->loop, 20);
    assert_int_equal(pw_worker_children(f->worker), 2);
    submit(f, &job_echo, PW_STR("weer"), 5000, &result);
    wait_for(f, &result);
    assert_string_equal(result.answer.data, "weer");
    pw_buf_release(&result.answer);
}

static void test_bad_children_are_replaced(void **state)
{
    struct fixture *f = *state;
    struct result result;

    submit(f, &job_die, PW_STR(""), 5000, &result);
    wait_for(f, &result);
    assert_int_equal(result.code, PW_ERR_UNAVAILABLE);
    assert_replaced(f, 1);
    submit(f, &job_hang, PW_STR(""), 50, &result);
    wait_for(f, &result);
    assert_int_equal(result.code, PW_ERR_DEADLINE);
    assert_replaced(f, 2);
    submit(f, &job_lie, PW_STR(""), 5000, &result);
    wait_for(f, &result);
    assert_int_equal(result.code, PW_ERR_UNAVAILABLE);
    assert_replaced(f, 3);
}

static void test_queue_is_bounded(void **state)
{
    struct fixture *f = *state;
    struct result busy[2], waiting[3], more;
    struct pw_err err = {0};

    for (int i = 0; i < 2; i++)
        submit(f, &job_hang, PW_STR(""), 10000, &busy[i]);
    pw_loop_step(f->loop, 10);
    submit(f, &job_echo, PW_STR("a"), 10000, &waiting[0]);
    submit(f, &job_echo, PW_STR("b"), 30, &waiting[1]);
    submit(f, &job_echo, PW_STR("c"), 10000, &waiting[2]);
    assert_int_equal(pw_worker_pending(f->worker), 5);
    assert_false(pw_worker_submit(f->worker, &job_echo, PW_STR(""), 1000, on_done, &more, &err));
    assert_int_equal(err.code, PW_ERR_LIMIT);
    assert_false(pw_worker_submit(f->worker, &job_stray, PW_STR(""), 1000, on_done, &more, &err));
    assert_int_equal(err.code, PW_ERR_USAGE);
    /* One that waits too long fails alone; the others keep their place. */
    wait_for(f, &waiting[1]);
    assert_int_equal(waiting[1].code, PW_ERR_DEADLINE);
    assert_int_equal(waiting[0].calls + waiting[2].calls + busy[0].calls, 0);
    submit(f, &job_echo, PW_STR("d"), 10000, &more);
    assert_int_equal(pw_worker_pending(f->worker), 5);
    /* Stopping drops the rest without a call. */
    tear_down(state);
    assert_int_equal(waiting[0].calls + waiting[2].calls + busy[0].calls + busy[1].calls + more.calls, 0);
    set_up(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_answers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_bad_children_are_replaced, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_queue_is_bounded, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
