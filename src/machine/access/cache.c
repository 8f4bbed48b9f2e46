/*
 * Callers remembered for a few seconds, so that a busy source does not cost a query a request. Only
 * those that were found are kept: a wrong token always asks the database.
 */
#include <string.h>

#include "access_int.h"

static struct cached **slot_of(struct pw_access *access, const uint8_t key[KEY_SIZE])
{
    return &access->cache[((size_t)key[0] << 8 | key[1]) % CACHE_SLOTS];
}

static void drop(struct pw_access *access, struct cached **at)
{
    struct cached *entry = *at;

    *at = entry->next;
    access->cache_count--;
    pw_arena_free(entry->arena);
}

const struct pw_caller *access_cache_find(struct pw_access *access, const uint8_t key[KEY_SIZE])
{
    int64_t now = pw_loop_now_ms(access->options.loop);

    for (struct cached **at = slot_of(access, key); *at != NULL;) {
        if ((*at)->until_ms <= now)
            drop(access, at);
        else if (memcmp((*at)->key, key, KEY_SIZE) == 0)
            return &(*at)->caller;
        else
            at = &(*at)->next;
    }
    return NULL;
}

void access_cache_drop(struct pw_access *access, const uint8_t key[KEY_SIZE])
{
    for (struct cached **at = slot_of(access, key); *at != NULL; at = &(*at)->next) {
        if (memcmp((*at)->key, key, KEY_SIZE) == 0) {
            drop(access, at);
            return;
        }
    }
}

struct cached *access_cache_add(struct pw_access *access, const uint8_t key[KEY_SIZE])
{
    struct cached **slot = slot_of(access, key);
    struct pw_arena *arena = pw_arena_new();
    struct cached *entry = PW_NEW(arena, struct cached);

    access_cache_drop(access, key);
    if (access->cache_count >= access->options.cache_max)
        pw_access_forget(access);
    entry->arena = arena;
    memcpy(entry->key, key, KEY_SIZE);
    entry->until_ms = pw_loop_now_ms(access->options.loop) + access->options.cache_ms;
    entry->next = *slot;
    *slot = entry;
    access->cache_count++;
    return entry;
}

void pw_access_forget(struct pw_access *access)
{
    access->forgotten++;
    for (size_t i = 0; i < CACHE_SLOTS; i++)
        while (access->cache[i] != NULL)
            drop(access, &access->cache[i]);
}
