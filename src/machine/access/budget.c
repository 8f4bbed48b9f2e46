/*
 * Request budgets: a token bucket for each client and account, in this process. A bucket that has
 * filled up again says the same as no bucket, so full ones are dropped when there are many.
 */
#include <stdlib.h>

#include "access_int.h"

#define BUCKETS_MANY 10000

static int64_t refilled(const struct pw_access *access, const struct bucket *bucket, int64_t now)
{
    int64_t full = access->options.rate_burst * 1000;
    int64_t passed = now - bucket->at_ms;
    /* rate_per_minute requests in 60,000 ms are rate / 60 thousandths a millisecond */
    int64_t more = passed > 3600000 ? full : passed * access->options.rate_per_minute / 60;

    return bucket->milli + more < full ? bucket->milli + more : full;
}

static void drop_full(struct pw_access *access, int64_t now)
{
    for (size_t i = 0; i < BUCKET_SLOTS; i++) {
        for (struct bucket **at = &access->buckets[i]; *at != NULL;) {
            struct bucket *bucket = *at;

            if (refilled(access, bucket, now) < access->options.rate_burst * 1000) {
                at = &bucket->next;
                continue;
            }
            *at = bucket->next;
            access->bucket_count--;
            free(bucket);
        }
    }
}

static struct bucket *find_bucket(struct pw_access *access, const struct pw_uuid *id, int64_t now)
{
    /* The last octets of a version 7 id are random. */
    struct bucket **slot = &access->buckets[((size_t)id->b[14] << 8 | id->b[15]) % BUCKET_SLOTS];
    struct bucket *bucket = *slot;

    while (bucket != NULL && !pw_uuid_eq(&bucket->id, id))
        bucket = bucket->next;
    if (bucket != NULL)
        return bucket;
    bucket = pw_xcalloc(1, sizeof *bucket);
    *bucket =
        (struct bucket){.next = *slot, .id = *id, .milli = access->options.rate_burst * 1000, .at_ms = now};
    *slot = bucket;
    access->bucket_count++;
    return bucket;
}

bool access_budget_take(struct pw_access *access, const struct pw_uuid *id, int64_t *ret_wait_s)
{
    int64_t now = pw_loop_now_ms(access->options.loop);
    struct bucket *bucket;

    if (access->bucket_count >= BUCKETS_MANY)
        drop_full(access, now);
    bucket = find_bucket(access, id, now);
    bucket->milli = refilled(access, bucket, now);
    bucket->at_ms = now;
    if (bucket->milli >= 1000) {
        bucket->milli -= 1000;
        return true;
    }
    *ret_wait_s = 1 + (1000 - bucket->milli) * 60 / access->options.rate_per_minute / 1000;
    return false;
}

void access_budget_free(struct pw_access *access)
{
    for (size_t i = 0; i < BUCKET_SLOTS; i++) {
        struct bucket *next;

        for (struct bucket *bucket = access->buckets[i]; bucket != NULL; bucket = next) {
            next = bucket->next;
            free(bucket);
        }
    }
}
