/* A host for the tests of cel: premises with payments and tips, as a daemon would declare them. */
#ifndef TESTS_CEL_HOST_H
#define TESTS_CEL_HOST_H

#include <cel/cel.h>

#include "../unit.h"

#include <stdio.h>

struct payment {
    uint64_t present;
    int64_t method; /* enum: unknown cash bank crypto */
    double amount;
    int64_t on;
    int64_t payer; /* opaque party<iban> */
    struct cel_str note;
};
struct tip {
    uint64_t present;
    int64_t category; /* enum: noise smell drugs */
    int64_t received;
    double reliability;
    struct cel_str text;
    int64_t origin; /* opaque party<phone> */
};
struct owner {
    struct cel_str name;
    int64_t portfolio;
};
struct premises {
    uint64_t present;
    int64_t area;
    uint64_t meters;
    uint64_t purposes; /* set over: living office storage retail */
    bool dock;
    int64_t lease; /* duration, seconds */
    const int64_t *years;
    uint64_t year_count;
    const struct cel_str *names;
    uint64_t name_count;
    const struct owner *owner;
    struct owner agent;
    const int64_t *flags; /* enum values: unknown cash ... */
    uint64_t flag_count;
};

enum {
    SLOT_PREMISES,
    SLOT_PAYMENT,
    SLOT_PAYMENTS,
    SLOT_TIPS,
    SLOT_NOW,
    SLOT_SCORE,
    SLOT_DYN,
    SLOT_WORD,
    SLOTS
};

#define DAY 86400
#define NOW 1790000000 /* 2026-09-21 */

static const char *const methods[] = {"unknown", "cash", "bank", "crypto"};
static const char *const categories[] = {"noise", "smell", "drugs"};
static const char *const purposes[] = {"living", "office", "storage", "retail"};

struct host {
    struct cel_env *env;
    struct cel_program *program;
    struct cel_ctx *ctx;
    struct cel_diags diags;
    union cel_slot slots[SLOTS];
    struct premises premises;
    struct owner owner;
    struct payment payments[3];
    struct tip tips[3];
    const struct tip *tip_pointers[3];
    struct cel_span payment_span, tip_span;
    struct cel_value dyn;
    struct cel_str word;
};

#define FIELD(struct_id, type_name, member_name, text, ...)                                                  \
    assert_true(cel_env_field(env, struct_id,                                                                \
        &(struct cel_field){.name = text,                                                                    \
            .cell = {.type = __VA_ARGS__},                                                                   \
            .offset = offsetof(struct type_name, member_name)}))

#define OPTIONAL_FIELD(struct_id, type_name, member_name, text, bit, ...)                                    \
    assert_true(cel_env_field(env, struct_id,                                                                \
        &(struct cel_field){.name = text,                                                                    \
            .cell = {.type = __VA_ARGS__},                                                                   \
            .offset = offsetof(struct type_name, member_name),                                               \
            .optional = true,                                                                                \
            .presence_bit = bit,                                                                             \
            .presence_offset = offsetof(struct type_name, present)}))

static bool points_of(
    struct cel_ctx *ctx, void *host, const struct cel_value *args, struct cel_value *ret, const char **error)
{
    (void)ctx;
    *error = "no host";
    *ret = cel_int((int64_t)args[0].aux);
    return host != NULL;
}

static void declare(struct cel_env *env)
{
    uint32_t method = cel_env_domain(env, "payment.method", methods, 4);
    uint32_t category = cel_env_domain(env, "tip.category", categories, 3);
    uint32_t purpose = cel_env_domain(env, "purposes", purposes, 4);
    uint32_t iban = cel_env_opaque(env, "party<iban>"), phone = cel_env_opaque(env, "party<phone>");
    uint32_t payment = cel_env_struct(env, "Payment", sizeof(struct payment));
    uint32_t tip = cel_env_struct(env, "Tip", sizeof(struct tip));
    uint32_t owner = cel_env_struct(env, "Owner", sizeof(struct owner));
    uint32_t premises = cel_env_struct(env, "Premises", sizeof(struct premises));
    FIELD(payment, payment, method, "method", CEL_HOST_ENUM, .ref = method);
    OPTIONAL_FIELD(payment, payment, amount, "amount", 0, CEL_HOST_DOUBLE);
    FIELD(payment, payment, on, "on", CEL_HOST_TIMESTAMP);
    FIELD(payment, payment, payer, "payer", CEL_HOST_OPAQUE, .ref = iban);
    FIELD(payment, payment, note, "note", CEL_HOST_STRING);
    FIELD(tip, tip, category, "category", CEL_HOST_ENUM, .ref = category);
    FIELD(tip, tip, received, "received", CEL_HOST_TIMESTAMP);
    FIELD(tip, tip, reliability, "reliability", CEL_HOST_DOUBLE);
    FIELD(tip, tip, text, "text", CEL_HOST_STRING);
    FIELD(tip, tip, origin, "origin", CEL_HOST_OPAQUE, .ref = phone);
    FIELD(owner, owner, name, "name", CEL_HOST_STRING);
    FIELD(owner, owner, portfolio, "portfolio", CEL_HOST_INT);
    OPTIONAL_FIELD(premises, premises, area, "area", 3, CEL_HOST_INT);
    FIELD(premises, premises, meters, "meters", CEL_HOST_UINT);
    FIELD(premises, premises, purposes, "purposes", CEL_HOST_ENUM_SET, .ref = purpose);
    FIELD(premises, premises, dock, "dock", CEL_HOST_BOOL8);
    FIELD(premises, premises, lease, "lease", CEL_HOST_DURATION);
    FIELD(premises, premises, owner, "owner", CEL_HOST_STRUCT, .ref = owner);
    FIELD(premises, premises, agent, "agent", CEL_HOST_INLINE, .ref = owner);
    const struct {
        const char *name;
        uint32_t offset, count_offset;
        struct cel_cell cell;
    } lists[] = {
        {"years", offsetof(struct premises, years), offsetof(struct premises, year_count),
            {CEL_HOST_LIST, .elem = CEL_HOST_INT, .max_count = 5}},
        {"names", offsetof(struct premises, names), offsetof(struct premises, name_count),
            {CEL_HOST_LIST, .elem = CEL_HOST_STRING}},
        {"flags", offsetof(struct premises, flags), offsetof(struct premises, flag_count),
            {CEL_HOST_LIST, method, CEL_HOST_ENUM, 0}},
    };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        assert_true(cel_env_field(env, premises,
            &(struct cel_field){.name = lists[i].name,
                .cell = lists[i].cell,
                .offset = lists[i].offset,
                .count_offset = lists[i].count_offset}));
    assert_true(
        cel_env_var(env, "premises", &(struct cel_cell){CEL_HOST_STRUCT, .ref = premises}, SLOT_PREMISES));
    assert_true(
        cel_env_var(env, "payment", &(struct cel_cell){CEL_HOST_STRUCT, .ref = payment}, SLOT_PAYMENT));
    assert_true(cel_env_var(
        env, "payments", &(struct cel_cell){CEL_HOST_LIST, payment, CEL_HOST_INLINE, 10}, SLOT_PAYMENTS));
    assert_true(
        cel_env_var(env, "tips", &(struct cel_cell){CEL_HOST_LIST, tip, CEL_HOST_STRUCT, 20}, SLOT_TIPS));
    assert_true(cel_env_var(env, "now", &(struct cel_cell){.type = CEL_HOST_TIMESTAMP}, SLOT_NOW));
    assert_true(cel_env_var(env, "score", &(struct cel_cell){.type = CEL_HOST_INT}, SLOT_SCORE));
    assert_true(cel_env_var(env, "word", &(struct cel_cell){.type = CEL_HOST_STRING}, SLOT_WORD));
    assert_true(cel_env_dyn_var(env, "extra", "map(string, dyn)", SLOT_DYN));
    assert_true(cel_env_function(env, "pointsOf(string) -> int", category, points_of, 7));
}

static const int64_t year_items[] = {2019, 2022, 2024}, flag_items[] = {0, 2};
static const struct cel_str name_items[] = {{"Jansen", 6, 0}, {"De Vries", 8, 0}};
static const struct cel_map empty_map;

static void fill(struct host *h)
{
    h->owner = (struct owner){CEL_STR("Loods Holding B.V."), 7};
    h->premises = (struct premises){.present = 1 << 3,
        .area = 120,
        .meters = 9000,
        .purposes = 1 << 0 | 1 << 2,
        .dock = true,
        .lease = 90 * DAY,
        .years = year_items,
        .year_count = 3,
        .names = name_items,
        .name_count = 2,
        .owner = &h->owner,
        .agent = {CEL_STR("Makelaar"), 2},
        .flags = flag_items,
        .flag_count = 2};
    h->payments[0] = (struct payment){1, 1, 900.0, NOW - 10 * DAY, 42, CEL_STR("huur")};
    h->payments[1] = (struct payment){0, 2, 0.0, NOW - 40 * DAY, 42, CEL_STR("")};
    h->payments[2] = (struct payment){1, 3, 50.5, NOW - 400 * DAY, 43, CEL_STR("borg")};
    h->tips[0] = (struct tip){0, 0, NOW - DAY, 0.25, CEL_STR("geluid 's nachts"), 5};
    h->tips[1] = (struct tip){0, 2, NOW - 20 * DAY, 0.75, CEL_STR("ruikt naar hennep"), 6};
    h->tips[2] = (struct tip){0, 1, NOW - 100 * DAY, 0.5, CEL_STR("geur bij de loods"), 0};
    for (int i = 0; i < 3; i++)
        h->tip_pointers[i] = &h->tips[i];
    h->payment_span = (struct cel_span){h->payments, 3};
    h->tip_span = (struct cel_span){h->tip_pointers, 3};
    h->dyn = cel_map_of(&empty_map);
    h->word = CEL_STR("storage");
    h->slots[SLOT_PREMISES].p = &h->premises;
    h->slots[SLOT_PAYMENT].p = &h->payments[0];
    h->slots[SLOT_PAYMENTS].list = &h->payment_span;
    h->slots[SLOT_TIPS].list = &h->tip_span;
    h->slots[SLOT_NOW].i = NOW;
    h->slots[SLOT_SCORE].i = 30;
    h->slots[SLOT_DYN].v = &h->dyn;
    h->slots[SLOT_WORD].s = &h->word;
}

static int host_setup(void **state)
{
    static struct host host;
    host = (struct host){0};
    host.env = cel_env_new(&(struct cel_env_options){.libs = CEL_LIB_ALL});
    assert_string_equal(cel_env_error(host.env), "");
    declare(host.env);
    fill(&host);
    host.program = cel_program_new(host.env);
    *state = &host;
    return 0;
}

static int host_teardown(void **state)
{
    struct host *h = *state;
    cel_ctx_free(h->ctx);
    cel_program_free(h->program);
    cel_env_free(h->env);
    return 0;
}

/* Adds an expression, evaluates it and fails unless the vm and the reference interpreter agree. */
static inline struct cel_value evaluate(struct host *h, const char *text, const char *expected)
{
    int32_t index =
        cel_program_add(h->program, &(struct cel_source){.text = text, .expected = expected}, &h->diags);
    char line[512], other[512];
    if (index < 0) {
        cel_diag_format(&h->diags.items[0], line, sizeof(line));
        fail_msg("%s: %s", text, line);
    }
    cel_program_seal(h->program);
    cel_ctx_free(h->ctx);
    h->ctx = cel_ctx_new(h->program);
    struct cel_value reference = cel_eval_reference(h->ctx, index, h->slots);
    cel_value_format(&reference, other, sizeof(other));
    struct cel_value v = cel_eval(h->ctx, index, h->slots);
    cel_value_format(&v, line, sizeof(line));
    if (strcmp(line, other) != 0)
        fail_msg("%s: the vm says %s, the reference %s", text, line, other);
    return v;
}

/* A program takes no more after sealing; every test case that adds again begins anew. */
static inline void renew(struct host *h)
{
    cel_ctx_free(h->ctx);
    h->ctx = NULL;
    cel_program_free(h->program);
    h->program = cel_program_new(h->env);
}

static inline void expect_text(struct host *h, const char *text, const char *wanted)
{
    char line[512];
    renew(h);
    struct cel_value v = evaluate(h, text, NULL);
    cel_value_format(&v, line, sizeof(line));
    if (strcmp(line, wanted) != 0)
        fail_msg("%s: got %s, expected %s", text, line, wanted);
}

static inline void expect_fault(
    struct host *h, const char *text, enum cel_diag_code code, uint32_t column, const char *remedy)
{
    char line[512];
    renew(h);
    int32_t index = cel_program_add(h->program, &(struct cel_source){.text = text}, &h->diags);
    if (index >= 0)
        fail_msg("%s: was accepted", text);
    const struct cel_diag *d = &h->diags.items[0];
    cel_diag_format(d, line, sizeof(line));
    if (d->code != code || d->column != column || strcmp(d->remedy, remedy) != 0)
        fail_msg("%s: %s (code %d)", text, line, (int)d->code);
}

#endif
