/*
 * program.c: many expressions over one env: adding, sealing, and the evaluators that run them.
 *
 * Adding goes through the whole pipeline (parse, check, fold, cost, compile) and either keeps
 * everything or, after a finding, rewinds the program's arena to where it was. A sealed program
 * is never written again, so any number of contexts may run it.
 */
#include "vm_int.h"

/* ---- programs ---- */

static struct cel_ctx *new_scratch(const struct cel_program *program)
{
    struct cel_ctx *ctx = cel_ctx_new(program);
    ctx->folding = true;
    return ctx;
}

struct cel_program *cel_program_new(const struct cel_env *env)
{
    struct cel_arena arena;
    cel_arena_init(&arena, 0);
    struct cel_program *program = cel_arena_get(&arena, sizeof(*program));
    program->arena = arena;
    program->env = env;
    program->scratch = new_scratch(program);
    return program;
}

void cel_program_free(struct cel_program *program)
{
    if (program == NULL)
        return;
    cel_ctx_free(program->scratch);
    struct cel_arena arena = program->arena; /* the program lies in its own arena */
    cel_arena_release(&arena);
}

static const struct cel_type *expected_type(struct cel_program *program, const char *text)
{
    if (text == NULL)
        return NULL;
    const char *at = text;
    return cel_type_parse(
        (struct cel_env *)(uintptr_t)program->env, &program->arena, &at, text + strlen(text), false);
}

static void write_types(struct cel_program *program, struct cel_node *node)
{
    for (uint32_t i = 0; i < node->count; i++)
        write_types(program, node->kids[i]);
    node->type_text = cel_type_text(program->env, &program->arena, node->type);
}

/* Source to checked, folded tree with types and cost; NULL: findings tell. */
static struct cel_node *prepare(struct cel_program *program, const struct cel_source *source,
    struct cel_text *text, struct cel_expr *expr)
{
    const struct cel_env *env = program->env;
    struct cel_node *root = cel_parse_source(env, &program->arena, text);
    if (root == NULL)
        return NULL;
    struct cel_check check = {.env = env, .arena = &program->arena, .text = text, .source = source};
    check.subst.arena = &program->arena;
    if (!cel_check_tree(&check, root, expected_type(program, source->expected)))
        return NULL;
    expr->locals = check.locals_max;
    if (check.locals_max > program->locals_max)
        program->locals_max = check.locals_max;
    expr->type = cel_type_text(env, &program->arena, root->type);
    if (!cel_fold_tree(program, text, root))
        return NULL;
    expr->cost = cel_cost_tree(env, root);
    if (expr->cost > env->options.limits.cost) {
        struct cel_diag *diag = cel_diag_add(text, CEL_DIAG_LIMIT, root->start, root->end,
            "could cost %llu steps, more than %llu", (unsigned long long)expr->cost,
            (unsigned long long)env->options.limits.cost);
        cel_diag_text(diag->remedy, sizeof(diag->remedy), "nest fewer macros");
        return NULL;
    }
    write_types(program, root);
    return root;
}

/* The whole pipeline; false: findings tell. */
static bool add(struct cel_program *program, const struct cel_source *source, struct cel_text *text)
{
    struct cel_arena *arena = &program->arena;
    const char *id = source->id != NULL ? source->id : "";
    text->ptr = cel_arena_text(arena, source->text, text->len);
    struct cel_expr expr = {.source = {text->ptr, (uint32_t)text->len, 0}};
    expr.root = prepare(program, source, text, &expr);
    if (expr.root == NULL)
        return false;
    expr.id = cel_arena_text(arena, id, strlen(id));
    cel_compile(program, &expr);
    program->entries = cel_arena_grow(arena, program->entries, program->count, sizeof(*program->entries));
    program->exprs = cel_arena_grow(arena, program->exprs, program->count, sizeof(*program->exprs));
    program->entries[program->count] = expr.entry;
    program->exprs[program->count++] = expr;
    return true;
}

/* Runs add() and takes back all it did when it fails, or finds no memory. */
static bool add_or_undo(struct cel_program *program, const struct cel_source *source, struct cel_text *text)
{
    const struct cel_program before = *program;
    const struct cel_mark mark = cel_arena_mark(&program->arena);
    jmp_buf no_memory;
    program->arena.escape = &no_memory;
    if (setjmp(no_memory) != 0)
        cel_diag_add(text, CEL_DIAG_LIMIT, 0, 0, "out of memory");
    else if (add(program, source, text)) {
        program->arena.escape = NULL;
        return true;
    }
    cel_arena_rewind(&program->arena, mark);
    struct cel_arena arena = program->arena;
    arena.escape = NULL;
    *program = before;
    program->arena = arena;
    cel_interns_cut(program);
    return false;
}

int32_t cel_program_add(struct cel_program *program, const struct cel_source *source, struct cel_diags *diags)
{
    size_t len = source->text_len != 0 ? source->text_len : strlen(source->text);
    if (len > UINT32_MAX / 2)
        len = UINT32_MAX / 2; /* refused by the parser; positions stay 32 bits wide */
    struct cel_text text = {.ptr = source->text, .len = len, .diags = diags};
    diags->count = diags->more = 0;
    if (program->sealed)
        cel_diag_add(&text, CEL_DIAG_LIMIT, 0, 0, "the program is sealed");
    return !program->sealed && add_or_undo(program, source, &text) ? (int32_t)program->count - 1 : -1;
}

void cel_program_seal(struct cel_program *program)
{
    program->sealed = true;
}

uint32_t cel_program_count(const struct cel_program *program)
{
    return program->count;
}

/* ---- contexts ---- */

struct cel_ctx *cel_ctx_new(const struct cel_program *program)
{
    struct cel_arena cache;
    cel_arena_init(&cache, 0);
    struct cel_ctx *ctx = cel_arena_get(&cache, sizeof(*ctx));
    ctx->program = program;
    ctx->steps_max = program->env->options.limits.steps;
    cel_arena_init(&ctx->arena, program->env->options.limits.arena_bytes);
    ctx->locals = cel_arena_get(&cache, (program->locals_max + 1) * sizeof(*ctx->locals));
    uint32_t regs = CEL_REG_SLOTS + program->env->slot_count;
    regs = program->regs_max > regs ? program->regs_max : regs;
    ctx->regs = cel_arena_get(&cache, (regs + 2) * sizeof(*ctx->regs));
    cel_vm_prepare(ctx);
    ctx->bailed = cel_arena_get(&cache, (program->count / 64 + 1) * sizeof(*ctx->bailed));
    ctx->dfa_count = program->regex_count;
    ctx->dfas = cel_arena_get(&cache, (program->regex_count + 1) * sizeof(struct cel_dfa *));
    ctx->error_text = "";
    ctx->cache = cache;
    return ctx;
}

void cel_ctx_free(struct cel_ctx *ctx)
{
    if (ctx == NULL)
        return;
    cel_regex_release(ctx);
    cel_arena_release(&ctx->arena);
    struct cel_arena cache = ctx->cache; /* the ctx lies in its own cache */
    cel_arena_release(&cache);
}

void cel_ctx_set_host(struct cel_ctx *ctx, void *host)
{
    ctx->host = host;
}

void *cel_ctx_alloc(struct cel_ctx *ctx, size_t size)
{
    return cel_ctx_get(ctx, size);
}

void cel_ctx_begin(struct cel_ctx *ctx, const union cel_slot *slots)
{
    if (ctx->arena.taken > 0)
        cel_arena_reset(&ctx->arena);
    ctx->slots = slots;
    ctx->steps = 0;
    ctx->error_text = NULL;
    ctx->error_at = 0;
    ctx->exhausted = false;
}

const char *cel_ctx_error(const struct cel_ctx *ctx)
{
    return ctx->failed && ctx->error_text != NULL ? ctx->error_text : "";
}

uint32_t cel_ctx_error_offset(const struct cel_ctx *ctx)
{
    return ctx->failed ? ctx->error_at : 0;
}

/* ---- evaluation ---- */

struct cel_value cel_eval_reference(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots)
{
    cel_ctx_begin(ctx, slots);
    struct cel_value v = cel_walk(ctx, ctx->program->exprs[index].root);
    ctx->failed = cel_is_error(&v);
    if (ctx->failed && ctx->error_text != v.as.s) {
        ctx->error_text = v.as.s;
        ctx->error_at = ctx->program->exprs[index].root->start;
    }
    return v;
}

struct cel_value cel_eval(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots)
{
    const struct cel_expr *expr = &ctx->program->exprs[index];
    if (expr->entry == 0)
        return cel_eval_reference(ctx, index, slots);
    uint64_t fired = 0, bailed = 0;
    cel_ctx_begin(ctx, slots);
    for (uint32_t i = 0; i < expr->used_count; i++)
        ctx->regs[CEL_REG_SLOTS + expr->used[i]] = slots[expr->used[i]];
    cel_vm_run(ctx, &(struct cel_run){&expr->entry, 1, &fired, &bailed});
    ctx->failed = false;
    return bailed == 0 ? cel_bool(fired != 0) : cel_eval_reference(ctx, index, slots);
}

static enum cel_truth truth_of(struct cel_ctx *ctx, const struct cel_value *v)
{
    if (v->kind == CEL_BOOL)
        return v->as.b ? CEL_IS_TRUE : CEL_IS_FALSE;
    if (!cel_is_error(v)) {
        ctx->failed = true;
        ctx->error_text = "the result is not a bool";
    }
    return CEL_IS_ERROR;
}

enum cel_truth cel_eval_bool(struct cel_ctx *ctx, int32_t index, const union cel_slot *slots)
{
    struct cel_value v = cel_eval(ctx, index, slots);
    return truth_of(ctx, &v);
}

/* The expressions that the vm left alone: their bits go where they belong. */
static void finish_bailed(struct cel_ctx *ctx, const union cel_slot *slots, uint64_t *fired, uint64_t *bailed)
{
    for (uint32_t word = 0; word < (ctx->program->count + 63) / 64; word++) {
        for (uint64_t left = bailed[word]; left != 0; left &= left - 1) {
            int32_t index = (int32_t)(word * 64) + __builtin_ctzll(left);
            uint64_t bit = left & (0 - left);
            struct cel_value v = cel_eval_reference(ctx, index, slots);
            enum cel_truth truth = truth_of(ctx, &v);
            fired[word] |= truth == CEL_IS_TRUE ? bit : 0;
            bailed[word] &= truth == CEL_IS_ERROR ? ~(uint64_t)0 : ~bit;
        }
    }
}

void cel_eval_all(struct cel_ctx *ctx, const union cel_slot *slots, uint64_t *fired, uint64_t *failed)
{
    const struct cel_program *program = ctx->program;
    size_t slot_bytes = program->env->slot_count * sizeof(*slots);
    uint64_t *bailed = failed != NULL ? failed : ctx->bailed;
    if (program->count == 0)
        return;
    memset(bailed, 0, (program->count + 63) / 64 * sizeof(*bailed));
    cel_ctx_begin(ctx, slots);
    if (slot_bytes > 0)
        memcpy(ctx->regs + CEL_REG_SLOTS, slots, slot_bytes);
    cel_vm_run(ctx, &(struct cel_run){program->entries, program->count, fired, bailed});
    ctx->failed = false;
    finish_bailed(ctx, slots, fired, bailed);
}
