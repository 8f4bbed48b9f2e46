/* Conditions over host structs: every kind of cell, every operator, by both engines. */
#include "host.h"

static const struct {
    const char *text, *value;
} cases[] = {
    /* scalars and has() */
    {"payment.method == 'cash'", "true"},
    {"payment.method != 'cash'", "false"},
    {"'bank' == payment.method", "false"},
    {"payment.method in ['cash', 'crypto']", "true"},
    {"!(payment.method in ['bank'])", "true"},
    {"payment.amount >= 100.0", "true"},
    {"payment.amount < 900.0", "false"},
    {"100.0 < payment.amount", "true"},
    {"has(payment.amount) && payment.amount > 1.0", "true"},
    {"payments[1].amount", "0.0"},
    {"has(premises.area)", "true"},
    {"has(payments[1].amount)", "false"},
    {"has(premises.owner) && has(premises.years) && has(premises.purposes)", "true"},
    {"premises.area > 100", "true"},
    {"premises.area * 1500 > 200000", "false"},
    {"premises.area + score == 150", "true"},
    {"premises.area - score <= 90 && premises.area % 7 == 1 && premises.area / 7 == 17", "true"},
    {"-premises.area < 0", "true"},
    {"premises.meters > 8999u", "true"},
    {"premises.meters + 1u == 9001u", "true"},
    {"premises.dock", "true"},
    {"premises.dock == true ? score > 10 : score < 10", "true"},
    {"premises.owner.portfolio >= 7", "true"},
    {"premises.agent.portfolio != 2", "false"},
    {"premises.agent.name == 'Makelaar'", "true"},
    {"payment.amount / 2.0 == 450.0 && -payment.amount < 0.0", "true"},
    {"score > premises.owner.portfolio", "true"},
    {"double(score) > payment.amount", "false"},
    /* enum sets and lists */
    {"'storage' in premises.purposes", "true"},
    {"'retail' in premises.purposes", "false"},
    {"size(premises.purposes) == 2", "true"},
    {"premises.purposes.exists(p, p == 'living')", "true"},
    {"premises.purposes.all(p, p in ['living', 'office'])", "false"},
    {"premises.purposes == ['living', 'storage']", "true"},
    {"premises.purposes", "[\"living\", \"storage\"]"},
    {"premises.years.exists(y, y > 2023)", "true"},
    {"premises.years.all(y, y > 2020)", "false"},
    {"premises.years.exists_one(y, y < 2020)", "true"},
    {"premises.years.map(y, y + 1)", "[2020, 2023, 2025]"},
    {"2022 in premises.years", "true"},
    {"premises.years[1] == 2022", "true"},
    {"premises.names.exists(n, n.startsWith('De '))", "true"},
    {"premises.flags.exists(f, f == 'bank')", "true"},
    {"'cash' in premises.flags", "false"},
    {"size(payments) == 3 && size(tips) > 2", "true"},
    /* macros over structs */
    {"payments.exists(p, p.method == 'crypto' && p.amount > 50.0)", "true"},
    {"payments.all(p, p.payer == payment.payer)", "false"},
    {"payments.filter(p, p.method != 'cash').size() >= 2", "true"},
    {"size(payments.filter(p, now - p.on < duration('720h'))) == 1", "true"},
    {"payments.exists_one(p, p.payer != payment.payer)", "true"},
    {"payments.map(p, p.amount)", "[900.0, 0.0, 50.5]"},
    {"tips.exists(t, t.category == 'drugs' && now - t.received < duration('2160h') && t.reliability >= 0.6)",
        "true"},
    {"tips.exists(t, t.text.contains('loods'))", "true"},
    {"tips.exists(t, t.text.matches('[Hh]ennep|[Ww]iet'))", "true"},
    {"tips.filter(t, t.reliability > 0.3).exists(t, t.category == 'noise')", "false"},
    {"payments.exists(p, tips.exists(t, t.received > p.on && t.received < p.on + duration('480h')))", "true"},
    {"payments.exists(p, tips.all(t, t.received > p.on))", "true"},
    {"tips.map(t, t.category)", "[\"noise\", \"drugs\", \"smell\"]"},
    {"tips.exists(t, payments.exists(p, p.on > t.received && t.category != 'smell'))", "true"},
    /* text */
    {"premises.owner.name.endsWith('B.V.') && premises.owner.name.contains('Holding')", "true"},
    {"premises.owner.name.startsWith('Loods')", "true"},
    {"premises.owner.name.size() == 18", "true"},
    {"premises.owner.name < 'M'", "true"},
    {"premises.owner.name + '!' == 'Loods Holding B.V.!'", "true"},
    {"word == 'storage' && word != 'store' && word in ['storage', 'x']", "true"},
    {"premises.names == ['Jansen', 'De Vries']", "true"},
    /* time */
    {"now - payment.on < duration('240h1s')", "true"},
    {"now - payment.on <= duration('240h')", "true"},
    {"now - payment.on < duration('240h')", "false"},
    {"now - payment.on == duration('240h')", "true"},
    {"now - payment.on < duration('239h59m59.999s')", "false"},
    {"now - payment.on < duration('240h0m0.001s')", "true"},
    {"now - payment.on > duration('239h59m59.999s')", "true"},
    {"now - payment.on == duration('1.5s')", "false"},
    {"now - payment.on != duration('1.5s')", "true"},
    {"payment.on > timestamp('2026-09-01T00:00:00Z')", "true"},
    {"payment.on < timestamp('2026-09-11T14:13:20.5Z')", "true"},
    {"payment.on + premises.lease > now", "true"},
    {"payment.on - duration('24h') < payment.on", "true"},
    {"premises.lease >= duration('2160h')", "true"},
    {"premises.lease + duration('1h') > duration('2160h')", "true"},
    {"now.getFullYear() == 2026", "true"},
    /* opaque values */
    {"payments[0].payer == payments[1].payer", "true"},
    {"payments[0].payer != payments[2].payer", "true"},
    /* logic */
    {"score > 100 || premises.dock && !(score < 0)", "true"},
    {"score > 100 ? premises.dock : score == 30", "true"},
    {"!premises.dock || score > 100", "false"},
    {"(premises.dock ? score : premises.area) > 29", "true"},
    /* errors, absorbed or not */
    {"1 / (score - 30) > 0 || premises.dock", "true"},
    {"premises.dock || 1 / (score - 30) > 0", "true"},
    {"1 / (score - 30) > 0 && !premises.dock", "false"},
    {"1 / (score - 30) > 0 && premises.dock", "error: division by zero"},
    {"9223372036854775807 + score > 0", "error: integer overflow"},
    {"premises.years[7] == 1", "error: index out of range"},
    {"premises.years.exists(y, 1 / (y - 2019) > 0 || y == 2024)", "true"},
    {"premises.years.all(y, 1 / (y - 2019) >= 0)", "error: division by zero"},
    {"premises.years.filter(y, 1 / (y - 2019) >= 0).size() > 0", "error: division by zero"},
    /* the rest of the language beside host structs */
    {"pointsOf('smell') > 4", "true"},
    {"cel.bind(a, premises.area, a > 100 && a < 200)", "true"},
    {"payments.map(p, p.method).filter(m, m == 'cash').size() == 1", "true"},
    {"{'a': premises.area}['a'] == 120", "true"},
    {"extra.size() == 0", "true"},
    {"has(extra.a) || score == 30", "true"},
    {"payments.all(i, p, i < 3 && p.method != 'unknown')", "true"},
};

static void values(void **state)
{
    struct host *h = *state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        renew(h);
        char other[8] = "host";
        char line[512];
        int32_t index = cel_program_add(h->program, &(struct cel_source){.text = cases[i].text}, &h->diags);
        if (index < 0) {
            cel_diag_format(&h->diags.items[0], line, sizeof(line));
            fail_msg("%s: %s", cases[i].text, line);
        }
        cel_program_seal(h->program);
        h->ctx = cel_ctx_new(h->program);
        cel_ctx_set_host(h->ctx, other);
        struct cel_value reference = cel_eval_reference(h->ctx, index, h->slots);
        cel_value_format(&reference, line, sizeof(line));
        if (strcmp(line, cases[i].value) != 0)
            fail_msg("%s: reference got %s, expected %s", cases[i].text, line, cases[i].value);
        struct cel_value v = cel_eval(h->ctx, index, h->slots);
        cel_value_format(&v, line, sizeof(line));
        if (strcmp(line, cases[i].value) != 0)
            fail_msg("%s: got %s, expected %s", cases[i].text, line, cases[i].value);
    }
}

static void null_struct_is_an_error_and_has_tells(void **state)
{
    struct host *h = *state;
    h->premises.owner = NULL;
    expect_text(h, "premises.owner.portfolio > 1", "error: field of an absent struct");
    expect_text(h, "has(premises.owner) && premises.owner.portfolio > 1", "false");
    expect_text(h, "premises.owner.portfolio > 1 || premises.dock", "true");
}

static void empty_lists(void **state)
{
    struct host *h = *state;
    h->payment_span.count = 0;
    h->premises.year_count = 0;
    h->premises.purposes = 0;
    expect_text(h, "payments.exists(p, p.amount > 0.0)", "false");
    expect_text(h, "payments.all(p, p.amount > 0.0) && size(payments) == 0", "true");
    expect_text(h, "has(premises.years) || has(premises.purposes)", "false");
    expect_text(h, "payments.filter(p, p.amount > 0.0).size() > 0", "false");
    expect_text(h, "premises.years.exists_one(y, y > 0)", "false");
}

static void not_a_number_compares_false(void **state)
{
    struct host *h = *state;
    h->payments[0].amount = 0.0 / (h->payments[1].amount * 0.0);
    expect_text(
        h, "payment.amount < 1.0 || payment.amount >= 1.0 || payment.amount == payment.amount", "false");
    expect_text(h, "payment.amount != payment.amount && !(payment.amount > 1.0)", "true");
}

static void one_program_evaluates_many_elements_without_allocating(void **state)
{
    struct host *h = *state;
    int fired = 0;
    const char *text = "payment.method in ['cash', 'crypto'] && payment.amount > 100.0";
    assert_int_equal(
        cel_program_add(h->program, &(struct cel_source){.text = text, .expected = "bool"}, &h->diags), 0);
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = "score + 1"}, &h->diags), 1);
    cel_program_seal(h->program);
    h->ctx = cel_ctx_new(h->program);
    for (int i = 0; i < 3; i++) {
        h->slots[SLOT_PAYMENT].p = &h->payments[i];
        fired += cel_eval_bool(h->ctx, 0, h->slots) == CEL_IS_TRUE;
    }
    assert_int_equal(fired, 1);
    assert_int_equal(cel_eval_bool(h->ctx, 1, h->slots), CEL_IS_ERROR);
    assert_string_equal(cel_ctx_error(h->ctx), "the result is not a bool");
    assert_int_equal(cel_eval_bool(h->ctx, 0, h->slots), CEL_IS_FALSE);
    assert_string_equal(cel_ctx_error(h->ctx), "");
}

static void interned_strings_compare_the_same(void **state)
{
    struct host *h = *state;
    const char *text =
        "word == 'storage' && word in ['a', 'storage'] && word != 'office' && !(word in ['office'])";
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = text}, &h->diags), 0);
    assert_int_equal(
        cel_program_add(h->program, &(struct cel_source){.text = "word == 'nowhere'"}, &h->diags), 1);
    cel_program_seal(h->program);
    h->ctx = cel_ctx_new(h->program);
    cel_program_intern(h->program, &h->word);
    assert_int_equal(cel_eval_bool(h->ctx, 0, h->slots), CEL_IS_TRUE);
    assert_int_equal(cel_eval_bool(h->ctx, 1, h->slots), CEL_IS_FALSE);
    h->word = CEL_STR("elsewhere");
    cel_program_intern(h->program, &h->word);
    assert_int_equal(cel_eval_bool(h->ctx, 0, h->slots), CEL_IS_FALSE);
}

static void a_value_nests_250_deep_at_most(void **state)
{
    struct cel_list lists[251];
    struct cel_value values[252] = {cel_int(1)};
    (void)state;
    for (size_t i = 0; i < 251; i++) {
        lists[i] = (struct cel_list){1, &values[i]};
        values[i + 1] = cel_list_of(&lists[i]);
    }
    assert_int_equal(values[250].kind, CEL_LIST);
    assert_true(cel_value_equal(&values[250], &values[250]));
    assert_int_equal(values[251].kind, CEL_ERROR);
}

static void inputs_are_a_mask_of_slots(void **state)
{
    struct host *h = *state;
    struct cel_source source = {.text = "score > 3 && [1].all(x, x < score) || false && has(premises.area)"};
    assert_int_equal(cel_program_add(h->program, &source, &h->diags), 0);
    assert_int_equal(cel_program_add(h->program, &(struct cel_source){.text = "1 < 2"}, &h->diags), 1);
    uint64_t score = UINT64_C(1) << SLOT_SCORE, premises = UINT64_C(1) << SLOT_PREMISES;
    assert_int_equal(cel_expr_inputs(h->program, 0), score | premises);
    assert_int_equal(cel_expr_inputs(h->program, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(null_struct_is_an_error_and_has_tells, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(empty_lists, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(not_a_number_compares_false, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(
            one_program_evaluates_many_elements_without_allocating, host_setup, host_teardown),
        cmocka_unit_test_setup_teardown(interned_strings_compare_the_same, host_setup, host_teardown),
        cmocka_unit_test(a_value_nests_250_deep_at_most),
        cmocka_unit_test_setup_teardown(inputs_are_a_mask_of_slots, host_setup, host_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
