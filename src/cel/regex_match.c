/*
 * regex_match.c: is there a match anywhere in a text? In time linear in the text.
 *
 * The automaton of instructions is run as a deterministic one whose states are made when first
 * needed and kept with the ctx. A state is the set of instructions that wait for the next byte,
 * before assertions are looked at, and what kind of byte came last; a step closes the set over
 * splits and over the assertions that hold between the last byte and the next, reports a match if
 * it reached one, and moves over the byte. When too many states have been made they are all
 * forgotten and the search goes on from the present one.
 */
#include "regex_int.h"

#include <stdlib.h>

#define STATES_MAX 1000u
#define BYTES_MAX  ((size_t)1 << 20)

enum { LAST_NONE = 1, LAST_NEWLINE = 2, LAST_WORD = 4 }; /* what came before: text's start, \n, a letter */

struct state {
    struct state *chain; /* in its hash bucket */
    const uint32_t *pcs;
    uint32_t hash, count;
    uint8_t last;
    struct state *next[]; /* by byte class, and one for the end of text; NULL = not made yet */
};

struct cel_dfa {
    struct cel_arena arena;
    struct state *buckets[256];
    struct state *start;
    uint32_t count;
};

/* Only their addresses are used. */
static struct state match_state, dead_state;

/* ---- sets of instructions ---- */

struct sets { /* work space for one step, allocated with the dfa's arena */
    uint32_t *stack, *set, *marks;
    uint32_t count;
};

static bool add_pc(struct sets *s, uint32_t pc)
{
    uint32_t bit = 1u << (pc & 31);
    if ((s->marks[pc >> 5] & bit) != 0)
        return false;
    s->marks[pc >> 5] |= bit;
    s->set[s->count++] = pc;
    return true;
}

/* Closes over splits and the assertions in `holds`; true: a match is reached. */
static bool close_set(
    const struct cel_regex *regex, struct sets *s, const uint32_t *pcs, uint32_t count, uint8_t holds)
{
    memset(s->marks, 0, (regex->count / 32 + 1) * sizeof(*s->marks));
    s->count = 0;
    for (uint32_t i = 0; i < count; i++)
        add_pc(s, pcs[i]);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct regex_ins *ins = &regex->code[s->set[i]];
        if (ins->op == REGEX_MATCH)
            return true;
        if (ins->op == REGEX_SPLIT || (ins->op == REGEX_CHECK && (ins->low & holds) != 0))
            add_pc(s, ins->next);
        if (ins->op == REGEX_SPLIT)
            add_pc(s, ins->other);
    }
    return false;
}

static bool is_word(int byte)
{
    return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

/* The assertions that hold between what came last and the next byte (-1 = end of text). */
static uint8_t holding(uint8_t last, int byte)
{
    bool boundary = ((last & LAST_WORD) != 0) != is_word(byte);
    uint8_t holds = boundary ? REGEX_WORD_BOUNDARY : REGEX_NO_WORD_BOUNDARY;
    if ((last & LAST_NONE) != 0)
        holds |= REGEX_BEGIN_TEXT | REGEX_BEGIN_LINE;
    if ((last & LAST_NEWLINE) != 0)
        holds |= REGEX_BEGIN_LINE;
    if (byte < 0)
        holds |= REGEX_END_TEXT | REGEX_END_LINE;
    return byte == '\n' ? holds | REGEX_END_LINE : holds;
}

/* ---- states ---- */

/* The state of that set; NULL: no memory. */
static struct state *find_state(
    struct cel_dfa *dfa, const struct cel_regex *regex, const uint32_t *pcs, uint32_t count, uint8_t last)
{
    uint32_t hash = last * 31u + count;
    for (uint32_t i = 0; i < count; i++)
        hash = (hash ^ pcs[i]) * 16777619u;
    struct state **bucket = &dfa->buckets[(hash ^ hash >> 15) & 255];
    for (struct state *s = *bucket; s != NULL; s = s->chain)
        if (s->hash == hash && s->count == count && s->last == last &&
            memcmp(s->pcs, pcs, count * sizeof(*pcs)) == 0)
            return s;
    struct state *s = cel_arena_try(&dfa->arena, sizeof(*s) + (regex->classes + 1) * sizeof(struct state *));
    uint32_t *copy = s != NULL ? cel_arena_try(&dfa->arena, count * sizeof(*pcs)) : NULL;
    if (copy == NULL)
        return NULL;
    memcpy(copy, pcs, count * sizeof(*pcs));
    s->pcs = copy;
    s->hash = hash;
    s->count = count;
    s->last = last;
    s->chain = *bucket;
    *bucket = s;
    dfa->count++;
    return s;
}

static struct state *start_state(struct cel_dfa *dfa, const struct cel_regex *regex)
{
    if (dfa->start == NULL)
        dfa->start = find_state(dfa, regex, &regex->start, 1, LAST_NONE);
    return dfa->start;
}

static int by_pc(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* The state behind a byte (or the end, -1): made now. */
static struct state *step(
    struct cel_dfa *dfa, const struct cel_regex *regex, struct sets *s, const struct state *from, int byte)
{
    if (close_set(regex, s, from->pcs, from->count, holding(from->last, byte)))
        return &match_state;
    if (byte < 0)
        return &dead_state;
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct regex_ins *ins = &regex->code[s->set[i]];
        if (ins->op == REGEX_BYTE && byte >= ins->low && byte <= ins->high)
            s->stack[count++] = ins->next;
    }
    s->stack[count++] = regex->start; /* a match may begin behind every byte */
    qsort(s->stack, count, sizeof(*s->stack), by_pc);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i == 0 || s->stack[i] != s->stack[kept - 1])
            s->stack[kept++] = s->stack[i];
    uint8_t last = 0;
    if (regex->asserts)
        last = byte == '\n' ? LAST_NEWLINE : is_word(byte) ? LAST_WORD : 0;
    return find_state(dfa, regex, s->stack, kept, last);
}

static struct cel_dfa *dfa_of(struct cel_ctx *ctx, const struct cel_regex *regex)
{
    if (regex->number < ctx->dfa_count && ctx->dfas[regex->number] != NULL)
        return ctx->dfas[regex->number];
    bool kept =
        regex->number < ctx->dfa_count; /* else the pattern itself lives no longer than this evaluation */
    struct cel_dfa *dfa = kept ? cel_arena_try(&ctx->cache, sizeof(*dfa)) : cel_ctx_get(ctx, sizeof(*dfa));
    if (dfa != NULL)
        cel_arena_init(&dfa->arena, 0);
    if (kept)
        ctx->dfas[regex->number] = dfa;
    return dfa;
}

static void forget(struct cel_dfa *dfa)
{
    cel_arena_reset(&dfa->arena);
    memset(dfa->buckets, 0, sizeof(dfa->buckets));
    dfa->start = NULL;
    dfa->count = 0;
}

static struct sets make_sets(struct cel_ctx *ctx, const struct cel_regex *regex)
{
    struct sets s = {0};
    uint32_t *words = cel_ctx_get(ctx, (regex->count * 2 + regex->count / 32 + 4) * sizeof(*words));
    if (words != NULL)
        s = (struct sets){
            .stack = words, .set = words + regex->count + 1, .marks = words + 2 * regex->count + 2};
    return s;
}

/* A state that is not known yet: makes it, forgetting the others first if they are too many. */
static struct state *make_next(struct cel_ctx *ctx, struct cel_dfa *dfa, const struct cel_regex *regex,
    struct sets *s, struct state **from, int byte)
{
    uint32_t class = byte < 0 ? regex->classes : regex->class_of[byte];
    if (s->set == NULL)
        *s = make_sets(ctx, regex);
    if (s->set == NULL || !cel_step(ctx, regex->count / 16 + 1))
        return NULL;
    if (dfa->count >= STATES_MAX || dfa->arena.taken > BYTES_MAX) {
        uint32_t count = (*from)->count;
        uint8_t last = (*from)->last;
        memcpy(s->set, (*from)->pcs, count * sizeof(*s->set));
        forget(dfa);
        *from = find_state(dfa, regex, s->set, count, last);
        if (*from == NULL)
            return NULL;
    }
    struct state *next = step(dfa, regex, s, *from, byte);
    (*from)->next[class] = next;
    return next;
}

/* The state behind the text's next byte (or end, -1); NULL with *failed, or the text is decided. */
static struct state *advance(struct cel_ctx *ctx, struct cel_dfa *dfa, const struct cel_regex *regex,
    struct sets *sets, struct state *state, int byte, bool *failed)
{
    struct state *next = state->next[byte < 0 ? regex->classes : regex->class_of[byte]];
    if (next == NULL)
        next = make_next(ctx, dfa, regex, sets, &state, byte);
    *failed = next == NULL;
    return next;
}

static bool run(struct cel_ctx *ctx, struct cel_dfa *dfa, const struct cel_regex *regex, const char *text,
    size_t len, bool *failed)
{
    struct sets sets = {0};
    struct state *state = start_state(dfa, regex);
    *failed = state == NULL;
    const unsigned char *at = (const unsigned char *)(len > 0 ? text : ""), *end = at + len;
    while (state != NULL && state != &match_state) {
        struct state *const *row = state->next; /* bytes that change nothing are most of a text */
        while (at < end && row[regex->class_of[*at]] == state)
            at++;
        if (at == end)
            return advance(ctx, dfa, regex, &sets, state, -1, failed) == &match_state;
        state = advance(ctx, dfa, regex, &sets, state, *at++, failed);
    }
    return state == &match_state;
}

bool cel_regex_search(
    struct cel_ctx *ctx, const struct cel_regex *regex, const char *text, size_t len, bool *failed)
{
    *failed = false;
    if (!cel_step(ctx, len / 16)) {
        *failed = true;
        return false;
    }
    struct cel_dfa *dfa = dfa_of(ctx, regex);
    *failed = dfa == NULL;
    if (dfa == NULL)
        return false;
    bool found = run(ctx, dfa, regex, text, len, failed);
    if (regex->number >= ctx->dfa_count)
        cel_arena_release(&dfa->arena);
    return found;
}

void cel_regex_release(struct cel_ctx *ctx)
{
    for (uint32_t i = 0; i < ctx->dfa_count; i++)
        if (ctx->dfas[i] != NULL)
            cel_arena_release(&ctx->dfas[i]->arena);
}
