/*
 * host.c: reading host memory as boxed values, for the reference interpreter and for results.
 *
 * Scalars and strings are boxed in place; lists of the host become lists of boxed values in the
 * ctx's arena. The vm reads the same cells without boxing (vm.c).
 */
#include "cel_int.h"

static struct cel_value enum_text(const struct cel_domain *domain, uint32_t id, int64_t index)
{
    if (index < 0 || index >= domain->count)
        return cel_error("enum value outside its domain");
    struct cel_value v = cel_string(domain->values[index].ptr, domain->values[index].len);
    v.ref = (uint16_t)id;
    return v;
}

static struct cel_value record_value(const void *record, uint32_t id)
{
    if (record == NULL)
        return cel_error(cel_e_null_struct);
    return (struct cel_value){.kind = CEL_STRUCT, .ref = (uint16_t)id, .as.p = record};
}

static struct cel_value duration_of(int64_t seconds)
{
    int64_t nanos;
    return __builtin_mul_overflow(seconds, (int64_t)CEL_NS, &nanos) ? cel_error("duration out of range")
                                                                    : cel_duration(nanos);
}

static struct cel_value read_bits(struct cel_ctx *ctx, uint32_t id, uint64_t bits)
{
    const struct cel_domain *domain = cel_domain_get(ctx->program->env, id);
    struct cel_value *items = cel_ctx_get(ctx, (uint64_t)__builtin_popcountll(bits) * sizeof(*items));
    uint64_t count = 0;
    if (items == NULL)
        return cel_error(cel_e_memory);
    for (; bits != 0; bits &= bits - 1) {
        items[count] = enum_text(domain, id, __builtin_ctzll(bits));
        if (cel_is_error(&items[count]))
            return items[count];
        count++;
    }
    return cel_make_list(ctx, items, count);
}

static struct cel_value read_scalar(struct cel_ctx *ctx, enum cel_host host, uint32_t ref, const void *at)
{
    const union cel_slot *cell = at;
    const struct cel_str *text = at;
    switch (host) {
    case CEL_HOST_BOOL:
        return cel_bool(cell->i != 0);
    case CEL_HOST_BOOL8:
        return cel_bool(*(const bool *)at);
    case CEL_HOST_INT:
        return cel_int(cell->i);
    case CEL_HOST_UINT:
        return cel_uint(cell->u);
    case CEL_HOST_DOUBLE:
        return cel_double(cell->d);
    case CEL_HOST_STRING:
        return cel_string(text->ptr, text->len);
    case CEL_HOST_TIMESTAMP:
        return cel_timestamp(cell->i, 0);
    case CEL_HOST_DURATION:
        return duration_of(cell->i);
    case CEL_HOST_ENUM:
        return enum_text(cel_domain_get(ctx->program->env, ref), ref, cell->i);
    case CEL_HOST_ENUM_SET:
        return read_bits(ctx, ref, cell->u);
    case CEL_HOST_OPAQUE:
        return (struct cel_value){.kind = CEL_OPAQUE, .ref = (uint16_t)ref, .as.i = cell->i};
    case CEL_HOST_STRUCT:
        return record_value(cell->p, ref);
    case CEL_HOST_INLINE:
        return record_value(at, ref);
    default:
        return cel_error(cel_e_overload);
    }
}

static struct cel_value read_list(
    struct cel_ctx *ctx, const struct cel_cell *cell, const char *items, uint64_t count)
{
    size_t stride = cel_host_size(ctx->program->env, cell->elem, cell->ref);
    struct cel_value *boxed = count < SIZE_MAX / 32 ? cel_ctx_get(ctx, count * sizeof(*boxed)) : NULL;
    if (boxed == NULL)
        return cel_error(cel_e_memory);
    for (uint64_t i = 0; i < count; i++) {
        boxed[i] = read_scalar(ctx, cell->elem, cell->ref, items + i * stride);
        if (cel_is_error(&boxed[i]))
            return boxed[i];
    }
    return cel_make_list(ctx, boxed, count);
}

struct cel_value cel_cell_read(
    struct cel_ctx *ctx, const struct cel_cell *cell, const void *at, const void *count_at)
{
    if (cell->type != CEL_HOST_LIST)
        return read_scalar(ctx, cell->type, cell->ref, at);
    return read_list(ctx, cell, *(const char *const *)at, *(const uint64_t *)count_at);
}

struct cel_value cel_slot_read(struct cel_ctx *ctx, const struct cel_var *var)
{
    if (ctx->folding)
        return cel_error("not a constant");
    const union cel_slot *slot = &ctx->slots[var->slot];
    switch (var->cell.type) {
    case CEL_HOST_VALUE:
        return *slot->v;
    case CEL_HOST_LIST:
        return read_list(ctx, &var->cell, slot->list->items, slot->list->count);
    case CEL_HOST_STRUCT:
    case CEL_HOST_INLINE:
        return record_value(slot->p, var->cell.ref);
    case CEL_HOST_STRING:
        return cel_string(slot->s->ptr, slot->s->len);
    case CEL_HOST_BOOL8:
        return cel_bool(slot->i != 0);
    default:
        return read_scalar(ctx, var->cell.type, var->cell.ref, slot);
    }
}

struct cel_value cel_member_read(struct cel_ctx *ctx, const struct cel_member *member, const void *record)
{
    const char *base = record;
    if (record == NULL)
        return cel_error(cel_e_null_struct);
    return cel_cell_read(
        ctx, &member->field.cell, base + member->field.offset, base + member->field.count_offset);
}

bool cel_member_present(const struct cel_member *member, const void *record)
{
    const struct cel_field *field = &member->field;
    const char *base = record;
    if (record == NULL)
        return false;
    if (field->optional)
        return (*(const uint64_t *)(const void *)(base + field->presence_offset) >> field->presence_bit &
                   1) != 0;
    switch (field->cell.type) {
    case CEL_HOST_LIST:
        return *(const uint64_t *)(const void *)(base + field->count_offset) > 0;
    case CEL_HOST_ENUM_SET:
        return *(const uint64_t *)(const void *)(base + field->offset) != 0;
    case CEL_HOST_STRUCT:
        return *(const void *const *)(const void *)(base + field->offset) != NULL;
    default:
        return true;
    }
}
