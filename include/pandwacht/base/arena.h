/*
 * Arenas: memory by lifetime (process, rule set, connection, request, job). Allocation
 * only moves a pointer; one free ends everything. Foreign objects (PGresult, SSL,
 * json_t) hang on an arena by a cleanup hook, so that no early return leaks.
 *
 * When the operating system has no memory left the process ends: nothing acknowledged
 * is lost by that, and the supervisor starts it again. Limits on what input may cost
 * are met before, where the input enters.
 */
#ifndef PANDWACHT_BASE_ARENA_H
#define PANDWACHT_BASE_ARENA_H

#include <stddef.h>

#include <pandwacht/base/cdefs.h>

struct pw_arena;

/* A new, empty arena; the caller frees it. */
struct pw_arena *pw_arena_new(void);
/* Runs the cleanup hooks (last added first), then frees all. NULL is accepted. */
void pw_arena_free(struct pw_arena *arena);
/* Runs the hooks and empties the arena but keeps its first block for reuse. */
void pw_arena_reset(struct pw_arena *arena);
/* `size` zeroed octets, aligned for any object; never NULL. */
void *pw_arena_alloc(struct pw_arena *arena, size_t size);
/* `count` x `size` zeroed octets; an overflowing product ends the process. */
void *pw_arena_calloc(struct pw_arena *arena, size_t count, size_t size);
/* Calls `fn(object)` when the arena is freed or reset. */
void pw_arena_defer(struct pw_arena *arena, void (*fn)(void *object), void *object);
/* Octets handed out since creation or reset. */
size_t pw_arena_used(const struct pw_arena *arena);

#define PW_NEW(arena, type)          ((type *)pw_arena_alloc((arena), sizeof(type)))
#define PW_NEW_ARRAY(arena, n, type) ((type *)pw_arena_calloc((arena), (n), sizeof(type)))

/* malloc and friends that end the process instead of returning NULL; free() releases. */
void *pw_xmalloc(size_t size);
void *pw_xcalloc(size_t count, size_t size);
void *pw_xrealloc(void *old, size_t size);

#endif
