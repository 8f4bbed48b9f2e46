/* shape.c: what JSON objects have in common, and loading them as host structs. */
#include "shape.h"

#include <stdio.h>
#include <string.h>

#define PRESENCE_BITS 64

/* ---- learning ---- */

static void learn(struct shape *shape, struct pool *pool, const json_t *json);

static struct shape_member *member(struct shape *shape, struct pool *pool, const char *name)
{
    for (unsigned i = 0; i < shape->count; i++)
        if (strcmp(shape->members[i].name, name) == 0)
            return &shape->members[i];
    struct shape_member *larger = pool_get(pool, (shape->count + 1) * sizeof(*larger));
    char *copy = pool_get(pool, strlen(name) + 1);
    if (shape->count > 0)
        memcpy(larger, shape->members, shape->count * sizeof(*larger));
    strcpy(copy, name);
    larger[shape->count].name = copy;
    shape->members = larger;
    return &shape->members[shape->count++];
}

static void become(struct shape *shape, enum shape_kind kind)
{
    bool numbers = (shape->kind == SHAPE_INT && kind == SHAPE_DOUBLE) ||
                   (shape->kind == SHAPE_DOUBLE && kind == SHAPE_INT);
    if (shape->kind == SHAPE_NONE)
        shape->kind = kind;
    else if (shape->kind != kind)
        shape->kind = numbers ? SHAPE_DOUBLE : SHAPE_MIXED;
}

static void learn_object(struct shape *shape, struct pool *pool, const json_t *json)
{
    const char *name;
    json_t *value;
    become(shape, SHAPE_OBJECT);
    json_object_foreach((json_t *)(uintptr_t)json, name, value)
    {
        learn(&member(shape, pool, name)->shape, pool, value);
    }
}

static void learn_list(struct shape *shape, struct pool *pool, const json_t *json)
{
    become(shape, SHAPE_LIST);
    if (shape->element == NULL)
        shape->element = pool_get(pool, sizeof(*shape->element));
    for (size_t i = 0; i < json_array_size(json); i++)
        learn(shape->element, pool, json_array_get(json, i));
    if (shape->element->kind == SHAPE_LIST || shape->element->kind == SHAPE_MIXED || shape->element->nullable)
        shape->kind = SHAPE_MIXED;
}

static void learn(struct shape *shape, struct pool *pool, const json_t *json)
{
    shape->seen++;
    if (json_is_object(json))
        learn_object(shape, pool, json);
    else if (json_is_array(json))
        learn_list(shape, pool, json);
    else if (json_is_null(json))
        shape->nullable = true;
    else
        become(shape, json_is_boolean(json)   ? SHAPE_BOOL
                      : json_is_integer(json) ? SHAPE_INT
                      : json_is_real(json)    ? SHAPE_DOUBLE
                                              : SHAPE_STRING);
}

void shape_learn(struct shape *shape, struct pool *pool, const json_t *object)
{
    learn(shape, pool, object);
}

/* ---- layout and declaration ---- */

static size_t cell_size(const struct shape *shape)
{
    switch (shape->kind) {
    case SHAPE_STRING:
    case SHAPE_LIST:
        return 16;
    case SHAPE_OBJECT:
        return shape->size;
    default:
        return 8;
    }
}

/* Gives every member its place, objects within first; false: not all alike. */
static bool lay_out(struct shape *shape)
{
    unsigned bits = 0;
    if (shape->kind == SHAPE_MIXED)
        return false;
    if (shape->kind == SHAPE_LIST)
        return shape->element == NULL || lay_out(shape->element);
    shape->size = sizeof(uint64_t); /* the presence bits */
    for (unsigned i = 0; i < shape->count; i++) {
        struct shape_member *m = &shape->members[i];
        if (!lay_out(&m->shape))
            return false;
        m->optional = m->shape.nullable || m->shape.seen < shape->seen;
        if (m->optional && bits == PRESENCE_BITS)
            return false;
        m->bit = (uint8_t)(m->optional ? bits++ : 0);
        m->offset = (uint32_t)shape->size;
        shape->size += cell_size(&m->shape);
    }
    return true;
}

static enum cel_host host_type(const struct shape *shape)
{
    static const enum cel_host types[] = {[SHAPE_NONE] = CEL_HOST_INT,
        [SHAPE_BOOL] = CEL_HOST_BOOL,
        [SHAPE_INT] = CEL_HOST_INT,
        [SHAPE_DOUBLE] = CEL_HOST_DOUBLE,
        [SHAPE_STRING] = CEL_HOST_STRING,
        [SHAPE_LIST] = CEL_HOST_LIST,
        [SHAPE_OBJECT] = CEL_HOST_INLINE};
    return types[shape->kind];
}

static struct cel_cell cell(const struct shape *shape)
{
    struct cel_cell cell = {.type = host_type(shape), .ref = shape->struct_id};
    if (shape->kind == SHAPE_LIST) {
        cell.elem = host_type(shape->element);
        cell.ref = shape->element->struct_id;
    }
    return cell;
}

/* Declares the structs of an object and of all within; their names are where they stand: "tips.origin". */
static bool declare_structs(struct shape *shape, struct cel_env *env, const char *path)
{
    char name[256];
    if (shape->kind == SHAPE_LIST)
        return declare_structs(shape->element, env, path);
    if (shape->kind != SHAPE_OBJECT)
        return true;
    for (unsigned i = 0; i < shape->count; i++) {
        snprintf(name, sizeof(name), "%s.%s", path, shape->members[i].name);
        if (!declare_structs(&shape->members[i].shape, env, name))
            return false;
    }
    snprintf(name, sizeof(name), "host.%s", path);
    shape->struct_id = cel_env_struct(env, name, shape->size);
    for (unsigned i = 0; i < shape->count; i++) {
        const struct shape_member *m = &shape->members[i];
        if (!cel_env_field(env, shape->struct_id,
                &(struct cel_field){.name = m->name,
                    .cell = cell(&m->shape),
                    .offset = m->offset,
                    .count_offset = m->offset + 8,
                    .optional = m->optional,
                    .presence_bit = m->bit}))
            return false;
    }
    return true;
}

bool shape_declare(struct shape *shape, struct cel_env *env)
{
    for (unsigned i = 0; i < shape->count; i++) {
        struct shape_member *m = &shape->members[i];
        struct cel_cell as;
        bool good = true;
        if (!lay_out(&m->shape))
            m->shape.kind = SHAPE_MIXED;
        if (m->shape.kind == SHAPE_MIXED) {
            good = cel_env_dyn_var(env, m->name, "dyn", i);
        } else {
            good = declare_structs(&m->shape, env, m->name);
            as = cell(&m->shape);
            good = good && cel_env_var(env, m->name, &as, i);
        }
        if (!good) {
            fprintf(stderr, "cel: member %s: %s\n", m->name, cel_env_error(env));
            return false;
        }
    }
    return true;
}

/* ---- loading ---- */

/* Where the next piece of a record goes. One piece of memory holds all of it. */
struct loader {
    const struct cel_program *program;
    char *next;
};

static size_t room_for(const struct shape *shape, const json_t *json)
{
    size_t size = 0;
    if (shape->kind == SHAPE_STRING)
        return (json_string_length(json) + 8) & ~(size_t)7;
    if (shape->kind == SHAPE_LIST) {
        size = json_array_size(json) * cell_size(shape->element);
        for (size_t i = 0; i < json_array_size(json); i++)
            size += room_for(shape->element, json_array_get(json, i));
    }
    for (unsigned i = 0; i < shape->count && shape->kind == SHAPE_OBJECT; i++)
        size += room_for(&shape->members[i].shape, json_object_get(json, shape->members[i].name));
    return size;
}

static void *take(struct loader *loader, size_t size)
{
    void *piece = loader->next;
    loader->next += (size + 7) & ~(size_t)7;
    return piece;
}

static void load(struct loader *loader, const struct shape *shape, const json_t *json, char *at);

static void load_string(struct loader *loader, const json_t *json, struct cel_str *ret)
{
    size_t len = json_string_length(json);
    char *copy = take(loader, len);
    if (len > 0)
        memcpy(copy, json_string_value(json), len);
    *ret = (struct cel_str){copy, (uint32_t)len, 0};
    if (loader->program != NULL)
        cel_program_intern(loader->program, ret);
}

static void load_list(
    struct loader *loader, const struct shape *shape, const json_t *json, struct cel_span *ret)
{
    size_t size = cell_size(shape->element);
    char *items = take(loader, json_array_size(json) * size);
    *ret = (struct cel_span){items, json_array_size(json)};
    for (size_t i = 0; i < ret->count; i++)
        load(loader, shape->element, json_array_get(json, i), items + i * size);
}

static void load_object(struct loader *loader, const struct shape *shape, const json_t *json, char *at)
{
    uint64_t *present = (uint64_t *)(void *)at;
    for (unsigned i = 0; i < shape->count; i++) {
        const struct shape_member *m = &shape->members[i];
        const json_t *value = json_object_get(json, m->name);
        if (m->optional && value != NULL && !json_is_null(value))
            *present |= (uint64_t)1 << m->bit;
        load(loader, &m->shape, value, at + m->offset);
    }
}

static void load(struct loader *loader, const struct shape *shape, const json_t *json, char *at)
{
    switch (shape->kind) {
    case SHAPE_BOOL:
        *(int64_t *)(void *)at = json_is_true(json);
        return;
    case SHAPE_DOUBLE:
        *(double *)(void *)at = json_number_value(json);
        return;
    case SHAPE_STRING:
        load_string(loader, json, (struct cel_str *)(void *)at);
        return;
    case SHAPE_LIST:
        load_list(loader, shape, json, (struct cel_span *)(void *)at);
        return;
    case SHAPE_OBJECT:
        load_object(loader, shape, json, at);
        return;
    default:
        *(int64_t *)(void *)at = json_integer_value(json);
    }
}

/* Scalars stand in the slot; all else is pointed at. */
static union cel_slot load_slot(struct loader *loader, const struct shape *shape, const json_t *json)
{
    union cel_slot slot;
    if (shape->kind < SHAPE_STRING) {
        load(loader, shape, json, (char *)&slot);
        return slot;
    }
    slot.p = take(loader, cell_size(shape));
    load(loader, shape, json, (char *)(uintptr_t)slot.p);
    return slot;
}

void shape_load(
    const struct shape *shape, const struct cel_program *program, const json_t *object, struct record *record)
{
    size_t room = shape->count * sizeof(union cel_slot);
    for (unsigned i = 0; i < shape->count; i++)
        room += cell_size(&shape->members[i].shape) +
                room_for(&shape->members[i].shape, json_object_get(object, shape->members[i].name));
    *record = (struct record){0};
    record->slots = pool_get(&record->pool, room);
    struct loader loader = {program, (char *)(record->slots + shape->count)};
    for (unsigned i = 0; i < shape->count; i++) {
        const struct shape_member *m = &shape->members[i];
        const json_t *value = json_object_get(object, m->name);
        if (m->shape.kind == SHAPE_MIXED) {
            struct cel_value *boxed = pool_get(&record->pool, sizeof(*boxed));
            *boxed = value_plain(&record->pool, value);
            record->slots[i].v = boxed;
        } else {
            record->slots[i] = load_slot(&loader, &m->shape, value);
        }
    }
}
