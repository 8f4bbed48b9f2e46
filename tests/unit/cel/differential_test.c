/*
 * The vm against the interpreter that walks the tree, over random conditions and contents.
 *
 * CEL_CASES says how many conditions (20000 without it), CEL_SEED where to begin: what failed with
 * seed N is seen again with CEL_CASES=1 CEL_SEED=N.
 */
#include "random.h"

#include <stdlib.h>

#define CONTENTS 4 /* for each condition */

struct tally {
    unsigned long run, refused, errors, by_vm;
};

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoul(text, NULL, 10) : otherwise;
}

static void agree(struct host *h, const char *text, unsigned long seed, struct tally *tally)
{
    char reference[512], vm[512];
    uint64_t fired[1], failed[1];
    struct cel_value v = cel_eval_reference(h->ctx, 0, h->slots);
    enum cel_kind kind = (enum cel_kind)v.kind;
    bool yes = kind == CEL_BOOL && v.as.b;
    cel_value_format(&v, reference, sizeof(reference));
    v = cel_eval(h->ctx, 0, h->slots);
    cel_value_format(&v, vm, sizeof(vm));
    cel_eval_all(h->ctx, h->slots, fired, failed);
    if (strcmp(vm, reference) != 0 || fired[0] != yes || failed[0] != (kind != CEL_BOOL))
        fail_msg("seed %lu: %s: the vm says %s, the reference %s, of all fired %d failed %d", seed, text, vm,
            reference, (int)fired[0], (int)failed[0]);
    tally->run++;
    tally->errors += kind == CEL_ERROR;
}

static void one_case(struct host *h, unsigned long seed, struct tally *tally)
{
    struct random r = {.state = seed};
    char code[64];
    say_bool(&r, 1 + below(&r, 4));
    renew(h);
    if (cel_program_add(h->program, &(struct cel_source){.text = r.text, .expected = "bool"}, &h->diags) <
        0) {
        tally->refused++;
        if (h->diags.items[0].code != CEL_DIAG_LIMIT && h->diags.items[0].code != CEL_DIAG_LITERAL)
            fail_msg("seed %lu: %s: %s", seed, r.text, h->diags.items[0].message);
        return;
    }
    tally->by_vm += cel_program_dump(h->program, 0, code, sizeof(code)) > 0;
    cel_program_seal(h->program);
    h->ctx = cel_ctx_new(h->program);
    for (int i = 0; i < CONTENTS; i++) {
        shake(&r, h);
        agree(h, r.text, seed, tally);
    }
}

static void vm_and_reference_agree(void **state)
{
    unsigned long cases = from_environment("CEL_CASES", 20000), first = from_environment("CEL_SEED", 1);
    struct tally tally = {0};
    for (unsigned long i = 0; i < cases; i++)
        one_case(*state, first + i, &tally);
    print_message("%lu evaluations, %lu of them errors; %lu conditions by the vm, %lu refused\n", tally.run,
        tally.errors, tally.by_vm, tally.refused);
    if (cases >= 1000) { /* else the cases say little */
        assert_true(tally.by_vm > cases / 2);
        assert_true(tally.refused < cases / 4);
        assert_true(tally.errors < tally.run / 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(vm_and_reference_agree, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
