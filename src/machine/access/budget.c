/*
 * Budgets: a token bucket for each key of each plan, in this process. A bucket that has filled up again
 * says the same as no bucket, so full ones are dropped when there are many.
 */
#include <stdlib.h>
#include <string.h>

#include "access_int.h"

#define BUCKETS_MANY    10000
#define BUCKETS_MOST    200000
#define SWEEP_EVERY_MS  1000
#define SECONDS_PER_DAY INT64_C(86400)

static const char *const plan_words[] = {
    [PW_BUDGET_CALLER] = "caller",
    [PW_BUDGET_LANDLORD] = "landlord",
    [PW_BUDGET_TIPS] = "tips",
    [PW_BUDGET_ORIGIN] = "origin",
    [PW_BUDGET_ADDRESS] = "address",
};

/* Fills the bucket by what passed, counting only whole thousandths, so that none is lost to rounding. */
static void refill(const struct pw_budget_plan *plan, struct bucket *bucket, int64_t now)
{
    int64_t full = plan->burst * 1000, passed = now - bucket->at_ms;
    int64_t full_ms = (full - bucket->milli) * SECONDS_PER_DAY / plan->per_day + 1, more;

    if (passed >= full_ms) {
        bucket->milli = full;
        bucket->at_ms = now;
        return;
    }
    more = passed * plan->per_day / SECONDS_PER_DAY;
    bucket->milli += more;
    bucket->at_ms += more * SECONDS_PER_DAY / plan->per_day;
}

/* How long `milli` more thousandths take, in seconds, rounded up. */
static int64_t seconds_for(const struct pw_budget_plan *plan, int64_t milli)
{
    int64_t divisor = plan->per_day * 1000;

    return (milli * SECONDS_PER_DAY + divisor - 1) / divisor;
}

static void drop(struct pw_access *access, struct bucket **at)
{
    struct bucket *bucket = *at;

    *at = bucket->next;
    access->bucket_count--;
    free(bucket);
}

/* `all`: more keys than memory is kept for came by in a second; forgetting them is the lesser evil. */
static void sweep(struct pw_access *access, int64_t now, bool all)
{
    access->swept_ms = now;
    for (size_t i = 0; i < BUCKET_SLOTS; i++) {
        for (struct bucket **at = &access->buckets[i]; *at != NULL;) {
            const struct pw_budget_plan *plan = &access->options.budgets[(*at)->plan];

            refill(plan, *at, now);
            if (all || (*at)->milli >= plan->burst * 1000)
                drop(access, at);
            else
                at = &(*at)->next;
        }
    }
}

/* Salted, so that nobody can choose names that meet in one slot. */
static void key_of(
    const struct pw_access *access, enum pw_budget which, struct pw_str name, uint8_t ret[KEY_SIZE])
{
    const uint8_t plan = (uint8_t)which;
    struct pw_sha256 ctx;

    pw_sha256_init(&ctx);
    pw_sha256_update(&ctx, access->salt, sizeof access->salt);
    pw_sha256_update(&ctx, &plan, 1);
    pw_sha256_update(&ctx, name.data, name.len);
    pw_sha256_final(&ctx, ret);
}

static struct bucket *find_bucket(
    struct pw_access *access, enum pw_budget which, struct pw_str name, int64_t now)
{
    uint8_t key[KEY_SIZE];
    struct bucket **slot, *bucket;

    key_of(access, which, name, key);
    slot = &access->buckets[((size_t)key[0] << 8 | key[1]) % BUCKET_SLOTS];
    for (bucket = *slot; bucket != NULL; bucket = bucket->next)
        if (memcmp(bucket->key, key, KEY_SIZE) == 0)
            return bucket;
    bucket = pw_xcalloc(1, sizeof *bucket);
    *bucket = (struct bucket){
        .next = *slot, .plan = which, .milli = access->options.budgets[which].burst * 1000, .at_ms = now};
    memcpy(bucket->key, key, KEY_SIZE);
    *slot = bucket;
    access->bucket_count++;
    return bucket;
}

bool pw_budget_take(
    struct pw_access *access, enum pw_budget which, struct pw_str name, struct pw_budget_state *ret)
{
    const struct pw_budget_plan *plan = &access->options.budgets[which];
    int64_t now = pw_loop_now_ms(access->options.loop);
    struct bucket *bucket;
    bool taken;

    if (access->bucket_count >= BUCKETS_MANY && now - access->swept_ms >= SWEEP_EVERY_MS)
        sweep(access, now, false);
    if (access->bucket_count >= BUCKETS_MOST)
        sweep(access, now, true);
    bucket = find_bucket(access, which, name, now);
    refill(plan, bucket, now);
    taken = bucket->milli >= 1000;
    if (taken)
        bucket->milli -= 1000;
    *ret = (struct pw_budget_state){.which = which,
        .remaining = bucket->milli / 1000,
        .full_s = seconds_for(plan, plan->burst * 1000 - bucket->milli),
        .wait_s = taken ? 0 : 1 + seconds_for(plan, 1000 - bucket->milli)};
    if (!taken)
        pw_count(PW_M_BUDGET_REFUSED, 1);
    return taken;
}

void pw_budget_headers(
    const struct pw_access *access, struct pw_request *req, const struct pw_budget_state *state)
{
    const struct pw_budget_plan *plan = &access->options.budgets[state->which];
    const char *word = plan_words[state->which];

    pw_reply_header(req, "RateLimit-Policy",
        pw_str_printf(req->arena, "\"%s\";q=%lld;w=%lld", word, (long long)plan->burst,
            (long long)seconds_for(plan, plan->burst * 1000)));
    pw_reply_header(req, "RateLimit",
        pw_str_printf(req->arena, "\"%s\";r=%lld;t=%lld", word, (long long)state->remaining,
            (long long)(state->wait_s > 0 ? state->wait_s : state->full_s)));
}

void pw_budget_refuse(
    const struct pw_access *access, struct pw_request *req, const struct pw_budget_state *state)
{
    pw_budget_headers(access, req, state);
    pw_reply_problem(req, &(struct pw_problem){.code = PW_ERR_RATE, .retry_after_s = state->wait_s});
}

void access_budget_free(struct pw_access *access)
{
    sweep(access, pw_loop_now_ms(access->options.loop), true);
}
