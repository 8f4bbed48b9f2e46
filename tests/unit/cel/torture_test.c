/*
 * Each allocation failing in turn: while loading, while evaluating; and every limit of memory.
 *
 * arena.c is compiled into this program with an allocator that can be told to fail, and takes the
 * place of the library's own.
 */
#include <stdlib.h>

static long calls_left; /* until an allocation fails; below 0: none does */

static void *failing_malloc(size_t size)
{
    if (calls_left == 0)
        return NULL;
    calls_left -= calls_left > 0;
    return malloc(size);
}

#define malloc failing_malloc
#include "../../../src/cel/arena.c"
#undef malloc

#include "random.h"

#define GIVE_UP 100000

static const char *const conditions[] = {
    "payments.exists(p, p.method == 'crypto' && p.amount > 50.0)",
    "tips.exists(t, t.text.matches('[Hh]ennep|[Ww]iet|(x|y){3,9}z'))",
    "word in ['storage', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm']",
    "payments.map(p, p.method + word).filter(m, m.size() > 3).size() == 3",
    "now.getHours('Europe/Amsterdam') < 24",
    "word.matches('st' + 'o.*' + word.charAt(3))",
    "'%s %d'.format([dyn(word), dyn(score)]) == 'storage 30'",
    "{'a': [1, 2, 3], 'b': lists.range(40)}.map(k, k).size() == 2",
    "[word, word].map(w, w + w + w + w).exists(w, w.contains('gest'))",
    "cel.bind(l, lists.range(30), l.map(x, l.map(y, x * y)).size() == 30)",
    "ip('10.0.0.1') == cidr('10.0.0.1/8').ip() && base64.encode(bytes(word)).size() > 4",
};

/* A load either works or leaves the program as it was; what was loaded before still runs. */
static void loading_survives_every_failure(void **state)
{
    struct host *h = *state;
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        struct cel_source source = {.text = conditions[i], .expected = "bool"},
                          first = {.text = "word == 'storage'"};
        int32_t index = -1;
        renew(h);
        calls_left = -1;
        assert_int_equal(cel_program_add(h->program, &first, &h->diags), 0);
        for (long n = 0; index < 0 && n < GIVE_UP; n++) {
            calls_left = n;
            index = cel_program_add(h->program, &source, &h->diags);
            calls_left = -1;
            if (index < 0)
                assert_non_null(strstr(h->diags.items[0].message, "memory"));
            assert_int_equal(cel_program_count(h->program), index < 0 ? 1 : 2);
        }
        cel_program_seal(h->program);
        h->ctx = cel_ctx_new(h->program);
        cel_program_intern(h->program, &h->word);
        assert_int_equal(cel_eval_bool(h->ctx, 0, h->slots), CEL_IS_TRUE);
        assert_int_equal(cel_eval_bool(h->ctx, 1, h->slots), CEL_IS_TRUE);
    }
}

/* An evaluation either gives its value or an error, and the next one is as if nothing had happened. */
static void evaluating_survives_every_failure(void **state)
{
    struct host *h = *state;
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        enum cel_truth truth = CEL_IS_ERROR;
        calls_left = -1;
        renew(h);
        assert_int_equal(
            cel_program_add(h->program, &(struct cel_source){.text = conditions[i]}, &h->diags), 0);
        cel_program_seal(h->program);
        for (long n = 0; truth == CEL_IS_ERROR && n < GIVE_UP; n++) {
            cel_ctx_free(h->ctx);
            h->ctx = cel_ctx_new(h->program);
            calls_left = n;
            truth = cel_eval_bool(h->ctx, 0, h->slots);
            assert_int_not_equal(truth, CEL_IS_FALSE);
            calls_left = -1;
        }
        assert_int_equal(truth, CEL_IS_TRUE);
        assert_int_equal(cel_eval_bool(h->ctx, 0, h->slots), CEL_IS_TRUE);
    }
}

/* The same with the limit of an evaluation's arena, piece by piece. */
static void every_memory_limit_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
        enum cel_truth truth = CEL_IS_ERROR;
        for (size_t limit = 16; truth == CEL_IS_ERROR && limit < GIVE_UP; limit += 16) {
            struct host h = {.env = cel_env_new(&(struct cel_env_options){
                                 .libs = CEL_LIB_ALL, .limits.arena_bytes = limit})};
            declare(h.env);
            fill(&h);
            h.program = cel_program_new(h.env);
            assert_int_equal(
                cel_program_add(h.program, &(struct cel_source){.text = conditions[i]}, &h.diags), 0);
            cel_program_seal(h.program);
            h.ctx = cel_ctx_new(h.program);
            truth = cel_eval_bool(h.ctx, 0, h.slots);
            assert_int_not_equal(truth, CEL_IS_FALSE);
            if (truth == CEL_IS_ERROR && strstr(cel_ctx_error(h.ctx), "memory") == NULL)
                fail_msg("%s: %s", conditions[i], cel_ctx_error(h.ctx));
            cel_ctx_free(h.ctx);
            cel_program_free(h.program);
            cel_env_free(h.env);
        }
        assert_int_equal(truth, CEL_IS_TRUE);
    }
}

/* Random conditions, an allocation failing somewhere: an error or what the reference says without failures.
 */
static void random_conditions_survive(void **state)
{
    struct host *h = *state;
    for (uint64_t seed = 1; seed < 2000; seed++) {
        struct random r = {.state = seed};
        say_bool(&r, 3);
        calls_left = -1;
        renew(h);
        calls_left = below(&r, 20);
        int32_t index = cel_program_add(h->program, &(struct cel_source){.text = r.text}, &h->diags);
        calls_left = -1;
        if (index < 0)
            index = cel_program_add(h->program, &(struct cel_source){.text = r.text}, &h->diags);
        assert_int_equal(index, 0);
        cel_program_seal(h->program);
        h->ctx = cel_ctx_new(h->program);
        shake(&r, h);
        enum cel_truth truth = cel_eval_bool(h->ctx, 0, h->slots);
        calls_left = below(&r, 3);
        enum cel_truth with_failures = cel_eval_bool(h->ctx, 0, h->slots);
        calls_left = -1;
        assert_true(with_failures == truth || with_failures == CEL_IS_ERROR);
    }
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, host_setup, host_teardown)
    const struct CMUnitTest tests[] = {
        CASE(loading_survives_every_failure),
        CASE(evaluating_survives_every_failure),
        CASE(every_memory_limit_is_an_error),
        CASE(random_conditions_survive),
    };
    calls_left = -1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
