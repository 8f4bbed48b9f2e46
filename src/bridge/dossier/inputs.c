/*
 * The stored form of what an assessment read beside facts: an octet 1, the number of latches, each
 * as tenancy, level, decided, moment reached; the number of facts set aside, each its id. Big-endian.
 */
#include "dossier_int.h"

#include <string.h>

#define FORMAT      1
#define LATCH_SIZE  26 /* 16 + 1 + 1 + 8 */
#define LATCHES_MAX 10000
#define FACTS_MAX   1000000

void pw_dossier_inputs_encode(const struct pw_dossier *dossier, struct pw_buf *out)
{
    const struct pw_dossier_view *view = &dossier->view;
    pw_buf_putc(out, FORMAT);
    pw_buf_put_u32(out, (uint32_t)view->latch_count);
    for (size_t i = 0; i < view->latch_count; i++) {
        pw_buf_put(out, view->latches[i].tenancy.b, 16);
        pw_buf_putc(out, (char)view->latches[i].level);
        pw_buf_putc(out, view->latches[i].decided ? 1 : 0);
        pw_buf_put_u64(out, (uint64_t)dossier->reached[i]);
    }
    pw_buf_put_u32(out, (uint32_t)view->retired_count);
    for (size_t i = 0; i < view->retired_count; i++)
        pw_buf_put(out, view->retired[i].b, 16);
}

/* Takes `size` octets off the front. */
static bool take(struct pw_str *in, size_t size, const unsigned char **ret)
{
    if (in->len < size)
        return false;
    *ret = (const unsigned char *)in->data;
    *in = (struct pw_str){in->data + size, in->len - size};
    return true;
}

static uint64_t big_endian(const unsigned char *p, size_t size)
{
    uint64_t v = 0;
    for (size_t i = 0; i < size; i++)
        v = v << 8 | p[i];
    return v;
}

static bool take_count(struct pw_str *in, size_t max, size_t *ret)
{
    const unsigned char *p;
    if (!take(in, 4, &p))
        return false;
    *ret = (size_t)big_endian(p, 4);
    return *ret <= max;
}

static bool decode(struct pw_arena *arena, struct pw_str in, struct pw_dossier *dossier)
{
    const unsigned char *p;
    size_t latch_count, retired_count;
    if (!take(&in, 1, &p) || p[0] != FORMAT || !take_count(&in, LATCHES_MAX, &latch_count) ||
        in.len < latch_count * LATCH_SIZE)
        return false;
    struct pw_latch *latches = PW_NEW_ARRAY(arena, latch_count, struct pw_latch);
    pw_usec *reached = PW_NEW_ARRAY(arena, latch_count, pw_usec);
    for (size_t i = 0; i < latch_count; i++) {
        if (!take(&in, LATCH_SIZE, &p) || p[16] >= PW_RISKS || p[17] > 1)
            return false;
        memcpy(latches[i].tenancy.b, p, 16);
        latches[i].level = (enum pw_level_of_risk)p[16];
        latches[i].decided = p[17] == 1;
        reached[i] = (pw_usec)big_endian(p + 18, 8);
    }
    if (!take_count(&in, FACTS_MAX, &retired_count) || in.len != retired_count * 16)
        return false;
    struct pw_uuid *retired = PW_NEW_ARRAY(arena, retired_count, struct pw_uuid);
    if (retired_count > 0)
        memcpy(retired, in.data, retired_count * 16);
    dossier->view.latches = latches;
    dossier->view.latch_count = latch_count;
    dossier->reached = reached;
    dossier->view.retired = retired;
    dossier->view.retired_count = retired_count;
    return true;
}

bool pw_dossier_inputs_decode(
    struct pw_arena *arena, struct pw_str inputs, struct pw_dossier *dossier, struct pw_err *err)
{
    if (!decode(arena, inputs, dossier))
        return pw_fail(err, PW_ERR_SYNTAX, "stored inputs of an assessment are not of a known form");
    return true;
}
