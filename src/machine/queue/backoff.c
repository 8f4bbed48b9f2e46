/* Positions in the log, and how long to wait before trying again. */
#include <pandwacht/queue.h>

int pw_position_cmp(const struct pw_position *a, const struct pw_position *b)
{
    if (a->generation != b->generation)
        return a->generation < b->generation ? -1 : 1;
    if (a->xact != b->xact)
        return a->xact < b->xact ? -1 : 1;
    return pw_uuid_cmp(&a->fact, &b->fact);
}

int64_t pw_backoff_delay(const struct pw_backoff *backoff, int attempt, uint64_t random)
{
    int64_t ceiling = backoff->base_ms;

    for (int i = 0; i < attempt && ceiling < backoff->max_ms; i++)
        ceiling *= 2;
    if (ceiling > backoff->max_ms)
        ceiling = backoff->max_ms;
    return (int64_t)(random % ((uint64_t)ceiling + 1));
}
