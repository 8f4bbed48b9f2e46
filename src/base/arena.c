/*
 * Arenas: a chain of blocks, a pointer that moves, and a list of cleanup hooks that is
 * itself allocated from the arena. Blocks double up to a maximum, so that a small request
 * costs one malloc and a large one few.
 */
#include <pandwacht/base/arena.h>

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK 4096u
#define MAX_BLOCK   (256u * 1024u)

struct block {
    struct block *next;
    size_t size;
    alignas(max_align_t) unsigned char data[];
};

struct hook {
    struct hook *next;
    void (*fn)(void *object);
    void *object;
};

struct pw_arena {
    struct block *first;   /* kept by reset */
    struct block *current; /* last of the chain */
    size_t fill;           /* octets used of `current` */
    size_t used;           /* octets handed out in all */
    struct hook *hooks;
};

static PW_NORETURN void out_of_memory(void)
{
    fputs("pandwacht: out of memory\n", stderr);
    abort();
}

void *pw_xmalloc(size_t size)
{
    void *memory = malloc(size == 0 ? 1 : size);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

void *pw_xcalloc(size_t count, size_t size)
{
    void *memory = calloc(count == 0 ? 1 : count, size == 0 ? 1 : size);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

void *pw_xrealloc(void *old, size_t size)
{
    void *memory = realloc(old, size == 0 ? 1 : size);
    if (memory == NULL)
        out_of_memory();
    return memory;
}

static struct block *block_new(size_t size)
{
    struct block *block = pw_xmalloc(sizeof *block + size);
    block->next = NULL;
    block->size = size;
    return block;
}

struct pw_arena *pw_arena_new(void)
{
    struct pw_arena *arena = pw_xcalloc(1, sizeof *arena);
    arena->first = arena->current = block_new(FIRST_BLOCK);
    return arena;
}

static void run_hooks(struct pw_arena *arena)
{
    while (arena->hooks != NULL) {
        struct hook *hook = arena->hooks;
        arena->hooks = hook->next;
        hook->fn(hook->object);
    }
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void pw_arena_free(struct pw_arena *arena)
{
    if (arena == NULL)
        return;
    run_hooks(arena);
    free_blocks(arena->first);
    free(arena);
}

void pw_arena_reset(struct pw_arena *arena)
{
    run_hooks(arena);
    free_blocks(arena->first->next);
    arena->first->next = NULL;
    arena->current = arena->first;
    arena->fill = 0;
    arena->used = 0;
}

static void add_block(struct pw_arena *arena, size_t needed)
{
    size_t size = arena->current->size * 2;
    if (size > MAX_BLOCK)
        size = MAX_BLOCK;
    if (size < needed)
        size = needed;
    arena->current->next = block_new(size);
    arena->current = arena->current->next;
    arena->fill = 0;
}

void *pw_arena_alloc(struct pw_arena *arena, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        out_of_memory();
    size_t rounded = (size + align - 1) & ~(align - 1);
    if (rounded == 0)
        rounded = align;
    if (arena->current->size - arena->fill < rounded)
        add_block(arena, rounded);
    void *memory = arena->current->data + arena->fill;
    arena->fill += rounded;
    arena->used += rounded;
    return memset(memory, 0, rounded);
}

void *pw_arena_calloc(struct pw_arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total))
        out_of_memory();
    return pw_arena_alloc(arena, total);
}

void pw_arena_defer(struct pw_arena *arena, void (*fn)(void *object), void *object)
{
    struct hook *hook = PW_NEW(arena, struct hook);
    hook->next = arena->hooks;
    hook->fn = fn;
    hook->object = object;
    arena->hooks = hook;
}

size_t pw_arena_used(const struct pw_arena *arena)
{
    return arena->used;
}
