/*
 * Any condition over any contents of host structs: the first octets are the contents, the rest the
 * source. The vm and the reference interpreter agree, alone and over all expressions at once.
 */
#include <cel/cel.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECONDS_MAX 253402300799 /* year 9999 */
#define SPAN_MAX    9223372036
#define ITEMS       3

struct item {
    uint64_t present;
    int64_t number, kind, when, span, owner;
    uint64_t bits;
    double weight;
    bool flag;
    struct cel_str text;
};

struct contents { /* what the fuzzer chooses, per item */
    int64_t number, when, span;
    uint64_t present, bits;
    double weight;
    uint8_t kind, owner, flag, len;
    char text[12];
};

static const char *const kinds[] = {"noise", "smell", "drugs", "other"};

static void set(struct item *item, const struct contents *c, const struct cel_program *program)
{
    *item = (struct item){.present = c->present,
        .number = c->number,
        .kind = c->kind % 4,
        .when = c->when % SECONDS_MAX,
        .span = c->span % SPAN_MAX,
        .owner = c->owner % 3,
        .bits = c->bits & 15,
        .weight = c->weight,
        .flag = c->flag & 1};
    item->when = item->when < -62135596800 ? 0 : item->when;
    item->text = (struct cel_str){c->text, c->len % sizeof(c->text), 0};
    if ((c->flag & 2) != 0)
        cel_program_intern(program, &item->text);
}

static struct cel_env *new_env(void)
{
    return cel_env_new(&(struct cel_env_options){
        .libs = CEL_LIB_ALL, .mixed_literals = true, .limits = {.steps = 100000, .arena_bytes = 1 << 20}});
}

static bool declare(struct cel_env *env)
{
    uint32_t domain = cel_env_domain(env, "kind", kinds, 4), owner = cel_env_opaque(env, "owner");
    uint32_t id = cel_env_struct(env, "Item", sizeof(struct item));
    const struct {
        const char *name;
        size_t offset;
        struct cel_cell cell;
    } fields[] = {{"number", offsetof(struct item, number), {.type = CEL_HOST_INT}},
        {"kind", offsetof(struct item, kind), {.type = CEL_HOST_ENUM, .ref = domain}},
        {"when", offsetof(struct item, when), {.type = CEL_HOST_TIMESTAMP}},
        {"span", offsetof(struct item, span), {.type = CEL_HOST_DURATION}},
        {"owner", offsetof(struct item, owner), {.type = CEL_HOST_OPAQUE, .ref = owner}},
        {"bits", offsetof(struct item, bits), {.type = CEL_HOST_ENUM_SET, .ref = domain}},
        {"count", offsetof(struct item, bits), {.type = CEL_HOST_UINT}},
        {"weight", offsetof(struct item, weight), {.type = CEL_HOST_DOUBLE}},
        {"flag", offsetof(struct item, flag), {.type = CEL_HOST_BOOL8}},
        {"text", offsetof(struct item, text), {.type = CEL_HOST_STRING}}};
    bool good = true;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        good &= cel_env_field(env, id,
            &(struct cel_field){.name = fields[i].name,
                .cell = fields[i].cell,
                .offset = (uint32_t)fields[i].offset,
                .optional = i % 2 == 0,
                .presence_bit = (uint8_t)i});
    return good && cel_env_var(env, "x", &(struct cel_cell){.type = CEL_HOST_STRUCT, .ref = id}, 0) &&
           cel_env_var(env, "l", &(struct cel_cell){CEL_HOST_LIST, id, CEL_HOST_INLINE, ITEMS}, 1);
}

/* The outcome in words; an evaluation that ran out of its budget has none to compare. */
static bool outcome(struct cel_ctx *ctx, const struct cel_value *v, char *text, size_t size)
{
    cel_value_format(v, text, size);
    return strcmp(cel_ctx_error(ctx), "step budget exceeded") != 0 &&
           strcmp(cel_ctx_error(ctx), "memory limit exceeded") != 0;
}

static void compare(struct cel_program *program, const union cel_slot *slots)
{
    char reference[256], vm[256];
    uint64_t fired, failed;
    struct cel_ctx *ctx = cel_ctx_new(program);
    struct cel_value v = cel_eval_reference(ctx, 0, slots);
    bool yes = v.kind == CEL_BOOL && v.as.b, condition = v.kind == CEL_BOOL;
    bool comparable = outcome(ctx, &v, reference, sizeof(reference));
    v = cel_eval(ctx, 0, slots);
    cel_value_format(&v, vm, sizeof(vm));
    cel_eval_all(ctx, slots, &fired, &failed);
    if (comparable && (strcmp(reference, vm) != 0 || fired != yes || failed == condition))
        abort();
    cel_ctx_free(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct contents contents[ITEMS];
    struct item items[ITEMS];
    if (size < sizeof(contents) + 2)
        return 0;
    memcpy(contents, data, sizeof(contents));
    data += sizeof(contents);
    size -= sizeof(contents);
    const struct cel_span span = {items, data[0] % (ITEMS + 1)};
    const union cel_slot slots[] = {{.p = &items[0]}, {.list = &span}};
    static struct cel_env *env; /* the same for all inputs: declaring takes longer than one */
    if (env == NULL && !declare(env = new_env()))
        abort();
    struct cel_program *program = cel_program_new(env);
    struct cel_diags diags;
    struct cel_source source = {.text = (const char *)data + 1, .text_len = size - 1};
    if (cel_program_add(program, &source, &diags) == 0) {
        cel_program_seal(program);
        for (size_t i = 0; i < ITEMS; i++)
            set(&items[i], &contents[i], program);
        compare(program, slots);
    }
    cel_program_free(program);
    return 0;
}
