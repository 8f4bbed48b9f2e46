/* Which premises is meant: BAG ids, keys of addresses, ids derived from them. */
#include <pandwacht/premises.h>

#include <string.h>

static bool all_digits(struct pw_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    return true;
}

bool pw_premises_bag_id_valid(struct pw_str text)
{
    /* Octets 5 and 6 are the kind of object; a building, an address designation and a street are no unit. */
    static const char *const other_objects[] = {"10", "20", "30"};
    if (text.len != PW_BAG_ID_LENGTH || !all_digits(text))
        return false;
    for (size_t i = 0; i < PW_COUNT(other_objects); i++)
        if (memcmp(text.data + 4, other_objects[i], 2) == 0)
            return false;
    return true;
}

struct pw_str pw_premises_key(struct pw_arena *arena, const struct pw_address *address)
{
    /* Blanks and hyphens in an addition differ between writers, so they play no part. */
    char addition[64];
    size_t n = 0;
    for (size_t i = 0; i < address->addition.len && n < sizeof addition - 1; i++)
        if (!strchr(" -/", address->addition.data[i]))
            addition[n++] = address->addition.data[i];
    addition[n] = 0;
    /* "12 A" is written as letter A by one and as addition A by another: the two are joined. */
    return pw_str_printf(arena, "%.*s %d %.*s%s", PW_STR_ARG(address->postcode), address->house_number,
        PW_STR_ARG(address->letter), addition);
}

static struct pw_uuid derived(const char *what, struct pw_str text)
{
    struct pw_buf buf;
    pw_buf_init(&buf, 512);
    pw_buf_puts(&buf, what);
    pw_buf_put_str(&buf, text);
    struct pw_uuid id = pw_uuid_v8(pw_buf_str(&buf));
    pw_buf_release(&buf);
    return id;
}

struct pw_uuid pw_premises_provisional_id(const struct pw_address *address)
{
    struct pw_arena *arena = pw_arena_new();
    struct pw_uuid id = derived("premises address ", pw_premises_key(arena, address));
    pw_arena_free(arena);
    return id;
}

struct pw_uuid pw_premises_bag_uuid(struct pw_str bag_id)
{
    return derived("premises bag ", bag_id);
}
