/*
 * env.c: what a host declares: enum domains, opaque types, structs, fields, variables.
 *
 * Declarations are few and made once, so they are kept in arrays and found by looking through.
 * Everything is copied into the env's arena. Ids count from 1; 0 means "none".
 */
#include "cel_int.h"

static const struct cel_limits defaults = {.source_bytes = 16384,
    .depth = 64,
    .nodes = 10000,
    .cost = UINT64_MAX,
    .steps = 10000000,
    .arena_bytes = 16u << 20,
    .list_max = 1000};

#define OR_DEFAULT(limits, name) ((limits)->name = (limits)->name != 0 ? (limits)->name : defaults.name)

struct cel_env *cel_env_new(const struct cel_env_options *options)
{
    struct cel_arena arena;
    cel_arena_init(&arena, 0);
    struct cel_env *env = cel_arena_get(&arena, sizeof(*env));
    env->arena = arena;
    env->error = "";
    if (options != NULL)
        env->options = *options;
    struct cel_limits *limits = &env->options.limits;
    OR_DEFAULT(limits, source_bytes);
    OR_DEFAULT(limits, depth);
    OR_DEFAULT(limits, nodes);
    OR_DEFAULT(limits, cost);
    OR_DEFAULT(limits, steps);
    OR_DEFAULT(limits, arena_bytes);
    OR_DEFAULT(limits, list_max);
    if (limits->depth > CEL_DEPTH_MAX)
        limits->depth = CEL_DEPTH_MAX;
    const char *container = env->options.container != NULL ? env->options.container : "";
    env->options.container = cel_arena_text(&env->arena, container, strlen(container));
    static const struct cel_def *const tables[] = {cel_defs_core, cel_defs_time, cel_defs_strings,
        cel_defs_format, cel_defs_math, cel_defs_lists, cel_defs_encoders, cel_defs_optionals,
        cel_defs_network};
    for (size_t i = 0; i < CEL_COUNT(tables); i++)
        cel_overloads_load(env, tables[i]);
    return env;
}

void cel_env_free(struct cel_env *env)
{
    if (env == NULL)
        return;
    struct cel_arena arena = env->arena; /* the env lies in its own arena */
    cel_arena_release(&arena);
}

const char *cel_env_error(const struct cel_env *env)
{
    return env->error;
}

static bool refuse(struct cel_env *env, const char *reason)
{
    env->error = reason;
    return false;
}

static bool equals(const char *name, const char *ptr, size_t len)
{
    return strlen(name) == len && memcmp(name, ptr, len) == 0;
}

bool cel_is_dotted(const char *text)
{
    for (;;) {
        size_t len = strcspn(text, ".");
        if (!cel_is_identifier(text, len))
            return false;
        if (text[len] == '\0')
            return true;
        text += len + 1;
    }
}

/* ---- domains and opaque types ---- */

uint32_t cel_env_domain(struct cel_env *env, const char *name, const char *const *values, size_t count)
{
    if (count == 0 || count > UINT16_MAX)
        return refuse(env, "an enum domain needs 1 to 65535 values");
    struct cel_str *copies = cel_arena_get(&env->arena, count * sizeof(*copies));
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(values[i]);
        copies[i] = (struct cel_str){cel_arena_text(&env->arena, values[i], len), (uint32_t)len, 0};
        for (size_t j = 0; j < i; j++)
            if (equals(copies[j].ptr, values[i], len))
                return refuse(env, "an enum domain names a value twice");
    }
    env->domains = cel_arena_grow(&env->arena, env->domains, env->domain_count, sizeof(*env->domains));
    env->domains[env->domain_count++] =
        (struct cel_domain){cel_arena_text(&env->arena, name, strlen(name)), copies, (uint32_t)count};
    return env->domain_count;
}

const struct cel_domain *cel_domain_get(const struct cel_env *env, uint32_t id)
{
    return id > 0 && id <= env->domain_count ? &env->domains[id - 1] : NULL;
}

int64_t cel_domain_index(const struct cel_domain *domain, const char *ptr, size_t len)
{
    for (uint32_t i = 0; i < domain->count; i++)
        if (domain->values[i].len == len && memcmp(domain->values[i].ptr, ptr, len) == 0)
            return i;
    return -1;
}

uint32_t cel_env_opaque(struct cel_env *env, const char *name)
{
    for (uint32_t i = 0; i < env->opaque_count; i++)
        if (strcmp(env->opaques[i], name) == 0)
            return i + 1;
    env->opaques = cel_arena_grow(&env->arena, env->opaques, env->opaque_count, sizeof(*env->opaques));
    env->opaques[env->opaque_count++] = cel_arena_text(&env->arena, name, strlen(name));
    return env->opaque_count;
}

/* ---- structs ---- */

uint32_t cel_env_struct(struct cel_env *env, const char *name, size_t size)
{
    if (!cel_is_dotted(name))
        return refuse(env, "a struct's name must be an identifier");
    for (uint32_t i = 0; i < env->record_count; i++)
        if (strcmp(env->records[i].name, name) == 0)
            return refuse(env, "the struct is declared already");
    env->records = cel_arena_grow(&env->arena, env->records, env->record_count, sizeof(*env->records));
    env->records[env->record_count++] =
        (struct cel_record){.name = cel_arena_text(&env->arena, name, strlen(name)), .size = size};
    return env->record_count;
}

const struct cel_record *cel_record_get(const struct cel_env *env, uint32_t id)
{
    return id > 0 && id <= env->record_count ? &env->records[id - 1] : NULL;
}

const struct cel_member *cel_member_find(const struct cel_record *record, const char *name, size_t len)
{
    for (uint32_t i = 0; i < record->count; i++)
        if (equals(record->fields[i].field.name, name, len))
            return &record->fields[i];
    return NULL;
}

/* The CEL type of a cell of host memory; NULL: it refers to something undeclared. */
static const struct cel_type *scalar_type(struct cel_env *env, enum cel_host host, uint32_t ref)
{
    const struct cel_type *text;
    switch (host) {
    case CEL_HOST_BOOL:
    case CEL_HOST_BOOL8:
        return &cel_t_bool;
    case CEL_HOST_INT:
        return &cel_t_int;
    case CEL_HOST_UINT:
        return &cel_t_uint;
    case CEL_HOST_DOUBLE:
        return &cel_t_double;
    case CEL_HOST_STRING:
        return &cel_t_string;
    case CEL_HOST_TIMESTAMP:
        return &cel_t_timestamp;
    case CEL_HOST_DURATION:
        return &cel_t_duration;
    case CEL_HOST_ENUM:
    case CEL_HOST_ENUM_SET:
        if (cel_domain_get(env, ref) == NULL ||
            (host == CEL_HOST_ENUM_SET && cel_domain_get(env, ref)->count > 64))
            return NULL;
        text = cel_type_make(&env->arena, CEL_STRING, ref, NULL, NULL);
        return host == CEL_HOST_ENUM ? text : cel_type_make(&env->arena, CEL_LIST, 0, text, NULL);
    case CEL_HOST_OPAQUE:
        return ref > 0 && ref <= env->opaque_count ? cel_type_make(&env->arena, CEL_OPAQUE, ref, NULL, NULL)
                                                   : NULL;
    case CEL_HOST_STRUCT:
    case CEL_HOST_INLINE:
        return cel_record_get(env, ref) != NULL ? cel_type_make(&env->arena, CEL_STRUCT, ref, NULL, NULL)
                                                : NULL;
    default:
        return NULL;
    }
}

static const struct cel_type *cell_type(struct cel_env *env, const struct cel_cell *cell)
{
    if (cell->type != CEL_HOST_LIST)
        return scalar_type(env, cell->type, cell->ref);
    if (cell->elem == CEL_HOST_LIST || cell->elem == CEL_HOST_ENUM_SET || cell->elem == CEL_HOST_VALUE)
        return NULL;
    const struct cel_type *elem = scalar_type(env, cell->elem, cell->ref);
    return elem != NULL ? cel_type_make(&env->arena, CEL_LIST, 0, elem, NULL) : NULL;
}

size_t cel_host_size(const struct cel_env *env, enum cel_host host, uint32_t ref)
{
    switch (host) {
    case CEL_HOST_BOOL8:
        return 1;
    case CEL_HOST_STRING:
        return sizeof(struct cel_str);
    case CEL_HOST_INLINE:
        return cel_record_get(env, ref)->size;
    default:
        return 8;
    }
}

static bool inside(const struct cel_record *record, uint32_t offset, size_t size)
{
    return offset <= record->size && size <= record->size - offset && (size < 8 || offset % 8 == 0);
}

bool cel_env_field(struct cel_env *env, uint32_t struct_id, const struct cel_field *field)
{
    if (cel_record_get(env, struct_id) == NULL)
        return refuse(env, "no such struct");
    struct cel_record *record = &env->records[struct_id - 1];
    const struct cel_type *type = cell_type(env, &field->cell);
    if (type == NULL)
        return refuse(env, "the field's type is not complete: an unknown ref, or an element that cannot be");
    if (!cel_is_identifier(field->name, strlen(field->name)))
        return refuse(env, "a field's name must be an identifier");
    if (cel_member_find(record, field->name, strlen(field->name)) != NULL)
        return refuse(env, "the field is declared already");
    if (!inside(record, field->offset, cel_host_size(env, field->cell.type, field->cell.ref)) ||
        (field->cell.type == CEL_HOST_LIST && !inside(record, field->count_offset, 8)) ||
        (field->optional && (!inside(record, field->presence_offset, 8) || field->presence_bit > 63)))
        return refuse(env, "the field lies outside its struct, or is not aligned");
    record->fields = cel_arena_grow(&env->arena, record->fields, record->count, sizeof(*record->fields));
    struct cel_member *member = &record->fields[record->count++];
    *member = (struct cel_member){*field, type};
    member->field.name = cel_arena_text(&env->arena, field->name, strlen(field->name));
    return true;
}

/* ---- variables ---- */

const struct cel_var *cel_var_find(const struct cel_env *env, const char *name, size_t len)
{
    for (uint32_t i = 0; i < env->var_count; i++)
        if (equals(env->vars[i].name, name, len))
            return &env->vars[i];
    return NULL;
}

static bool add_var(struct cel_env *env, const char *name, const struct cel_cell *cell,
    const struct cel_type *type, uint32_t slot)
{
    if (!cel_is_dotted(name))
        return refuse(env, "a variable's name must be a (dotted) identifier");
    if (cel_var_find(env, name, strlen(name)) != NULL)
        return refuse(env, "the variable is declared already");
    if (slot >= CEL_SLOTS_MAX)
        return refuse(env, "slot number too large");
    env->vars = cel_arena_grow(&env->arena, env->vars, env->var_count, sizeof(*env->vars));
    env->vars[env->var_count++] =
        (struct cel_var){cel_arena_text(&env->arena, name, strlen(name)), *cell, type, slot};
    if (slot >= env->slot_count)
        env->slot_count = slot + 1;
    return true;
}

bool cel_env_var(struct cel_env *env, const char *name, const struct cel_cell *cell, uint32_t slot)
{
    const struct cel_type *type = cell_type(env, cell);
    if (type == NULL)
        return refuse(
            env, "the variable's type is not complete: an unknown ref, or an element that cannot be");
    return add_var(env, name, cell, type, slot);
}

bool cel_env_dyn_var(struct cel_env *env, const char *name, const char *type_text, uint32_t slot)
{
    const char *at = type_text, *end = type_text + strlen(type_text);
    const struct cel_type *type = cel_type_parse(env, &env->arena, &at, end, false);
    if (type == NULL || at != end)
        return refuse(env, "the variable's type does not parse");
    return add_var(env, name, &(struct cel_cell){.type = CEL_HOST_VALUE}, type, slot);
}

uint32_t cel_env_slots(const struct cel_env *env)
{
    return env->slot_count;
}
