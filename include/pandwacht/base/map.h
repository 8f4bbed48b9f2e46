/*
 * A map from text to pointers (open addressing, insertion order kept). Lives in an
 * arena; keys are borrowed, not copied.
 */
#ifndef PANDWACHT_BASE_MAP_H
#define PANDWACHT_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include <pandwacht/base/str.h>

struct pw_arena;

struct pw_map_entry {
    struct pw_str key;
    void *value;
};

struct pw_map {
    struct pw_arena *arena;
    struct pw_map_entry *entries; /* in order of insertion; read-only outside */
    size_t count;
    size_t cap;
    size_t *slots;
    size_t slot_count;
};

void pw_map_init(struct pw_map *map, struct pw_arena *arena);
/* The value, or NULL when absent. */
void *pw_map_get(const struct pw_map *map, struct pw_str key);
/* Adds or replaces; true when the key was new. `value` is not NULL. */
bool pw_map_put(struct pw_map *map, struct pw_str key, void *value);

#endif
