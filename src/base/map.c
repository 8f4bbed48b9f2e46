/*
 * The map: entries in order of insertion, and a table of slots (entry number + 1, 0 =
 * free) probed linearly. Growing leaves the old arrays to the arena.
 */
#include <pandwacht/base/map.h>

#include <stdint.h>
#include <string.h>

#include <pandwacht/base/arena.h>

void pw_map_init(struct pw_map *map, struct pw_arena *arena)
{
    *map = (struct pw_map){.arena = arena};
}

/* The slot that holds the key, or the free one where it would go. */
static size_t find_slot(const struct pw_map *map, struct pw_str key)
{
    size_t mask = map->slot_count - 1;
    size_t slot = (size_t)pw_str_hash(key) & mask;
    while (map->slots[slot] != 0 && !pw_str_eq(map->entries[map->slots[slot] - 1].key, key))
        slot = (slot + 1) & mask;
    return slot;
}

void *pw_map_get(const struct pw_map *map, struct pw_str key)
{
    if (map->count == 0)
        return NULL;
    size_t number = map->slots[find_slot(map, key)];
    return number == 0 ? NULL : map->entries[number - 1].value;
}

static void grow(struct pw_map *map)
{
    size_t cap = map->cap == 0 ? 8 : map->cap * 2;
    struct pw_map_entry *entries = PW_NEW_ARRAY(map->arena, cap, struct pw_map_entry);
    if (map->count > 0)
        memcpy(entries, map->entries, map->count * sizeof *entries);
    map->entries = entries;
    map->cap = cap;
    map->slot_count = cap * 2;
    map->slots = PW_NEW_ARRAY(map->arena, map->slot_count, size_t);
    for (size_t i = 0; i < map->count; i++)
        map->slots[find_slot(map, map->entries[i].key)] = i + 1;
}

bool pw_map_put(struct pw_map *map, struct pw_str key, void *value)
{
    if (map->count == map->cap)
        grow(map);
    size_t slot = find_slot(map, key);
    if (map->slots[slot] != 0) {
        map->entries[map->slots[slot] - 1].value = value;
        return false;
    }
    map->entries[map->count] = (struct pw_map_entry){key, value};
    map->slots[slot] = ++map->count;
    return true;
}
