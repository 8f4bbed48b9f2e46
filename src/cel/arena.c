/*
 * arena.c: memory that is taken piece by piece and given back all at once.
 *
 * Every env, program and ctx has one, and hardly anything else in libcel calls malloc. Evaluating takes
 * memory with cel_arena_try(), which may say no. Loading takes it with cel_arena_get(), which does not
 * return without memory: it jumps to whoever set arena->escape, and can give up the whole load there,
 * or ends the process where nobody did.
 */
#include "cel_int.h"

#include <stdlib.h>

#define FIRST_CHUNK ((size_t)4096)
#define ALIGNMENT   ((size_t)16)

struct cel_chunk {
    struct cel_chunk *previous;
    size_t size; /* of data */
    _Alignas(16) char data[];
};

void cel_arena_init(struct cel_arena *arena, size_t limit)
{
    *arena = (struct cel_arena){.limit = limit};
}

static void free_chunks(struct cel_chunk *chunk, const struct cel_chunk *until)
{
    while (chunk != until) {
        struct cel_chunk *previous = chunk->previous;
        free(chunk);
        chunk = previous;
    }
}

void cel_arena_release(struct cel_arena *arena)
{
    free_chunks(arena->head, NULL);
    *arena = (struct cel_arena){.limit = arena->limit, .escape = arena->escape};
}

void cel_arena_reset(struct cel_arena *arena)
{
    struct cel_chunk *head = arena->head;
    arena->taken = 0;
    if (head == NULL)
        return;
    /* Chunks double in size, so the newest is about as large as all others together. */
    free_chunks(head->previous, NULL);
    head->previous = NULL;
    arena->next = head->data;
    arena->end = head->data + head->size;
}

/* False: the system has no memory left. */
static bool add_chunk(struct cel_arena *arena, size_t size)
{
    size_t want = arena->head != NULL ? arena->head->size * 2 : FIRST_CHUNK;
    if (want < size)
        want = size;
    struct cel_chunk *chunk = malloc(sizeof(*chunk) + want);
    if (chunk == NULL)
        return false;
    chunk->previous = arena->head;
    chunk->size = want;
    arena->head = chunk;
    arena->next = chunk->data;
    arena->end = chunk->data + want;
    return true;
}

void *cel_arena_try(struct cel_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 4)
        return NULL;
    size = size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1); /* never NULL for nothing */
    if (arena->limit != 0 && size > arena->limit - arena->taken)
        return NULL;
    if (size > (size_t)(arena->end - arena->next) && !add_chunk(arena, size))
        return NULL;
    char *piece = arena->next;
    arena->next += size;
    arena->taken += size;
    return memset(piece, 0, size);
}

void *cel_arena_get(struct cel_arena *arena, size_t size)
{
    void *piece = cel_arena_try(arena, size);
    if (piece != NULL)
        return piece;
    if (arena->escape != NULL)
        longjmp(*arena->escape, 1);
    abort();
}

char *cel_arena_text(struct cel_arena *arena, const char *ptr, size_t len)
{
    char *copy = cel_arena_get(arena, len + 1);
    if (len > 0)
        memcpy(copy, ptr, len);
    return copy;
}

struct cel_mark cel_arena_mark(const struct cel_arena *arena)
{
    return (struct cel_mark){arena->head, arena->next, arena->taken};
}

void cel_arena_rewind(struct cel_arena *arena, struct cel_mark mark)
{
    free_chunks(arena->head, mark.head);
    arena->head = mark.head;
    arena->next = mark.next;
    arena->end = mark.head != NULL ? mark.head->data + mark.head->size : NULL;
    arena->taken = mark.taken;
}

void *cel_arena_grow(struct cel_arena *arena, void *items, size_t count, size_t size)
{
    if (count != 0 && (count & (count - 1)) != 0)
        return items;
    void *larger = cel_arena_get(arena, (count == 0 ? 1 : count * 2) * size);
    if (count > 0)
        memcpy(larger, items, count * size);
    return larger;
}
