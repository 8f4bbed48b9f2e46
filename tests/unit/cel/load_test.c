/* What loading refuses, where, and what it proposes; what it tells about an expression; why it fired. */
#include "host.h"

static void faults(void **state)
{
    struct host *h = *state;
    expect_fault(h, "payment.metod == 'cash'", CEL_DIAG_FIELD, 9, "did you mean 'method'?");
    expect_fault(h, "payment.method == 'cahs'", CEL_DIAG_DOMAIN, 19, "did you mean 'cash'?");
    expect_fault(h, "payment.method in ['cash', 'bnak']", CEL_DIAG_DOMAIN, 28, "did you mean 'bank'?");
    expect_fault(h, "'retial' in premises.purposes", CEL_DIAG_DOMAIN, 1, "did you mean 'retail'?");
    expect_fault(
        h, "payment.payer == tips[0].origin", CEL_DIAG_DOMAIN, 1, "only values of one kind can be compared");
    expect_fault(h, "pointsOf('smel') > 1", CEL_DIAG_DOMAIN, 10, "did you mean 'smell'?");
    expect_fault(h, "paymnt.amount > 1.0", CEL_DIAG_NAME, 1, "did you mean 'payment'?");
    expect_fault(h, "word.startWith('a')", CEL_DIAG_NAME, 6, "did you mean 'startsWith'?");
    expect_fault(h, "now - payment.on < duration('3d')", CEL_DIAG_LITERAL, 29, "");
    expect_fault(h, "word.matches('(')", CEL_DIAG_LITERAL, 14, "");
    expect_fault(h, "score = 1", CEL_DIAG_SYNTAX, 7, "write == to compare");
    expect_fault(h, "premises.area && true", CEL_DIAG_TYPE, 1, "");
}

static void an_expected_type_is_required(void **state)
{
    struct host *h = *state;
    struct cel_source source = {.text = "score", .expected = "bool"};
    assert_int_equal(cel_program_add(h->program, &source, &h->diags), -1);
    assert_int_equal(h->diags.items[0].code, CEL_DIAG_TYPE);
    assert_string_equal(h->diags.items[0].expected, "bool");
}

static void only_visible_variables_can_be_used(void **state)
{
    struct host *h = *state;
    const char *const visible[] = {"payment", "now"};
    struct cel_source source = {.text = "score > 1", .visible = visible, .visible_count = 2};
    assert_int_equal(cel_program_add(h->program, &source, &h->diags), -1);
    assert_string_equal(h->diags.items[0].expected, "payment, now");
    source.text = "payment.on < now";
    assert_int_equal(cel_program_add(h->program, &source, &h->diags), 0);
}

static void deep_and_long_texts_are_refused(void **state)
{
    struct host *h = *state;
    static char text[20000];
    memset(text, '(', sizeof(text) - 1);
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = text}, &h->diags), -1);
    assert_int_equal(h->diags.items[0].code, CEL_DIAG_LIMIT);
    text[10000] = '\0';
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = text}, &h->diags), -1);
    assert_int_equal(h->diags.items[0].code, CEL_DIAG_LIMIT);
    memset(text, '-', 10000);
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = text}, &h->diags), -1);
    assert_int_equal(h->diags.items[0].code, CEL_DIAG_LIMIT);
}

struct reads {
    char text[512];
};

static bool on_read(void *user, const struct cel_read *read)
{
    struct reads *reads = user;
    size_t len = strlen(reads->text);
    snprintf(reads->text + len, sizeof(reads->text) - len, "%s%s%s%s ", read->variable,
        read->structure != NULL ? ":" : "", read->structure != NULL ? read->field : "",
        read->only_has ? "?" : "");
    return true;
}

static void reads_are_listed_through_macros(void **state)
{
    struct host *h = *state;
    struct reads reads = {""};
    const char *text = "has(premises.area) && payments.exists(p, p.method == 'cash' && p.on < now)";
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = text}, &h->diags), 0);
    assert_true(cel_expr_reads(h->program, 0, on_read, &reads));
    assert_string_equal(reads.text, "premises:area? payments payments:method payments:on now ");
}

static void cost_counts_declared_maxima(void **state)
{
    struct host *h = *state;
    assert_int_equal(cel_program_add(h->program,
                         &(struct cel_source){.text = "payments.all(p, p.amount > 1.0)"}, &h->diags),
        0);
    assert_int_equal(
        cel_program_add(h->program,
            &(struct cel_source){.text = "tips.all(t, payments.all(p, p.on < t.received))"}, &h->diags),
        1);
    assert_true(cel_expr_cost(h->program, 0) > 30 && cel_expr_cost(h->program, 0) < 100);
    assert_true(cel_expr_cost(h->program, 1) > 20 * 10 && cel_expr_cost(h->program, 1) < 20 * 10 * 20);
}

static void view_tells_enum_literals(void **state)
{
    struct host *h = *state;
    assert_int_equal(
        cel_program_add(h->program, &(struct cel_source){.text = "payment.method == 'bank'"}, &h->diags), 0);
    struct cel_view equal = cel_node_view(cel_expr_root(h->program, 0));
    assert_int_equal(equal.kind, CEL_NODE_EQ);
    struct cel_view field = cel_node_view(cel_node_operand(cel_expr_root(h->program, 0), 0));
    struct cel_view literal = cel_node_view(cel_node_operand(cel_expr_root(h->program, 0), 1));
    assert_string_equal(field.name, "method");
    assert_int_equal(field.domain, literal.domain);
    assert_int_equal(literal.enum_index, 2);
    assert_string_equal(literal.type, "string");
}

static void explain(struct host *h, const char *text, const char *wanted)
{
    struct cel_reason reasons[8];
    enum cel_truth truth;
    char line[512] = "";
    renew(h);
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = text}, &h->diags), 0);
    cel_program_seal(h->program);
    h->ctx = cel_ctx_new(h->program);
    size_t count = cel_explain(h->ctx, 0, h->slots, reasons, 8, &truth);
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(line);
        snprintf(line + len, sizeof(line) - len, "%u[%.*s]%d;", reasons[i].depth,
            (int)(reasons[i].end - reasons[i].start), text + reasons[i].start, (int)reasons[i].element);
    }
    assert_string_equal(line, wanted);
}

static void reasons_are_the_smallest_that_decide(void **state)
{
    struct host *h = *state;
    explain(h, "score > 1 && premises.dock", "0[score > 1]-1;0[premises.dock]-1;");
    explain(h, "score > 90 || !(score < 3)", "0[score < 3]-1;");
    explain(h, "score > 90 && score > 80", "0[score > 90]-1;");
    explain(h, "tips.exists(t, t.reliability > 0.5)",
        "0[tips.exists(t, t.reliability > 0.5)]1;1[t.reliability > 0.5]-1;");
    explain(h, "1 / (score - 30) > 0", "");
}

static void budget_is_spent_as_an_error(void **state)
{
    (void)state;
    struct cel_env *env = cel_env_new(&(struct cel_env_options){.limits.steps = 50});
    struct cel_program *program = cel_program_new(env);
    struct cel_diags diags;
    const char *text = "[1,2,3,4,5,6].all(x, [1,2,3,4,5,6].all(y, x + y > 0)) || true";
    assert_int_equal(cel_program_add(program, &(struct cel_source){.text = text}, &diags), 0);
    cel_program_seal(program);
    struct cel_ctx *ctx = cel_ctx_new(program);
    assert_int_equal(cel_eval_bool(ctx, 0, NULL), CEL_IS_ERROR);
    assert_string_equal(cel_ctx_error(ctx), "step budget exceeded");
    cel_ctx_free(ctx);
    cel_program_free(program);
    cel_env_free(env);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, host_setup, host_teardown)
    const struct CMUnitTest tests[] = {
        CASE(faults),
        CASE(an_expected_type_is_required),
        CASE(only_visible_variables_can_be_used),
        CASE(deep_and_long_texts_are_refused),
        CASE(reads_are_listed_through_macros),
        CASE(cost_counts_declared_maxima),
        CASE(view_tells_enum_literals),
        CASE(reasons_are_the_smallest_that_decide),
        CASE(budget_is_spent_as_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
