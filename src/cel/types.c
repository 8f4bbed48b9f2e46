/*
 * types.c: CEL types: making, reading and writing them, and the unification of type parameters.
 *
 * Types are small immutable trees; equal types may be different objects. A substitution belongs
 * to the checking of one expression. The kind CEL_ERROR stands for a type that was already
 * complained about and fits everything.
 */
#include "cel_int.h"

const struct cel_type cel_t_error = {.kind = CEL_ERROR}, cel_t_dyn = {.kind = CEL_T_DYN},
                      cel_t_null = {.kind = CEL_NULL}, cel_t_bool = {.kind = CEL_BOOL},
                      cel_t_int = {.kind = CEL_INT}, cel_t_uint = {.kind = CEL_UINT},
                      cel_t_double = {.kind = CEL_DOUBLE}, cel_t_string = {.kind = CEL_STRING},
                      cel_t_bytes = {.kind = CEL_BYTES}, cel_t_timestamp = {.kind = CEL_TIMESTAMP},
                      cel_t_duration = {.kind = CEL_DURATION}, cel_t_ip = {.kind = CEL_IP},
                      cel_t_cidr = {.kind = CEL_CIDR};

/* Names of the types; the first of a kind is the one shown. */
static const struct {
    const char *name;
    const struct cel_type *type;
} named[] = {
    {"dyn", &cel_t_dyn},
    {"null_type", &cel_t_null},
    {"bool", &cel_t_bool},
    {"int", &cel_t_int},
    {"uint", &cel_t_uint},
    {"double", &cel_t_double},
    {"string", &cel_t_string},
    {"bytes", &cel_t_bytes},
    {"google.protobuf.Timestamp", &cel_t_timestamp},
    {"google.protobuf.Duration", &cel_t_duration},
    {"timestamp", &cel_t_timestamp},
    {"duration", &cel_t_duration},
    {"null", &cel_t_null},
    {"net.IP", &cel_t_ip},
    {"net.CIDR", &cel_t_cidr},
    {"any", &cel_t_dyn},
    {"google.protobuf.Any", &cel_t_dyn},
};

/* Types with parameters between parentheses. */
static const struct {
    const char *name;
    uint8_t kind, parameters;
} generic[] = {{"list", CEL_LIST, 1}, {"map", CEL_MAP, 2}, {"type", CEL_TYPE, 1},
    {"optional_type", CEL_OPTIONAL, 1}, {"wrapper", CEL_T_WRAPPER, 1}};

const char *cel_kind_name(uint8_t kind)
{
    for (size_t i = 0; i < CEL_COUNT(named); i++)
        if (named[i].type->kind == kind)
            return named[i].name;
    for (size_t i = 0; i < CEL_COUNT(generic); i++)
        if (generic[i].kind == kind)
            return generic[i].name;
    return "opaque";
}

const struct cel_type *cel_type_make(
    struct cel_arena *arena, uint8_t kind, uint32_t ref, const struct cel_type *a, const struct cel_type *b)
{
    struct cel_type *type = cel_arena_get(arena, sizeof(*type));
    *type = (struct cel_type){.kind = kind, .ref = ref, .a = a, .b = b};
    return type;
}

/* ---- reading ---- */

static void skip_blanks(const char **at, const char *end)
{
    while (*at < end && **at == ' ')
        (*at)++;
}

static bool take(const char **at, const char *end, char c)
{
    skip_blanks(at, end);
    if (*at >= end || **at != c)
        return false;
    (*at)++;
    return true;
}

static bool is_name_char(char c)
{
    return c == '_' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool equals(const char *name, const char *ptr, size_t len)
{
    return strlen(name) == len && memcmp(name, ptr, len) == 0;
}

static const struct cel_type *parse_generic(
    struct cel_env *env, struct cel_arena *arena, const char **at, const char *end, bool params, size_t which)
{
    const struct cel_type *args[2] = {&cel_t_dyn, &cel_t_dyn};
    if (take(at, end, '(')) {
        for (unsigned i = 0; i < generic[which].parameters; i++) {
            if (i > 0 && !take(at, end, ','))
                return NULL;
            args[i] = cel_type_parse(env, arena, at, end, params);
            if (args[i] == NULL)
                return NULL;
        }
        if (!take(at, end, ')'))
            return NULL;
    }
    return cel_type_make(
        arena, generic[which].kind, 0, args[0], generic[which].parameters > 1 ? args[1] : NULL);
}

/* The parameters of an opaque type, as a chain; the first link is the type itself. */
static const struct cel_type *parse_parameters(struct cel_env *env, struct cel_arena *arena, const char **at,
    const char *end, bool params, struct cel_type *link)
{
    struct cel_type *head = link;
    do {
        if (link->a != NULL) {
            struct cel_type *more = cel_arena_get(arena, sizeof(*more));
            more->kind = CEL_T_MORE;
            link->b = more;
            link = more;
        }
        link->a = cel_type_parse(env, arena, at, end, params);
        if (link->a == NULL)
            return NULL;
    } while (take(at, end, ','));
    return take(at, end, ')') ? head : NULL;
}

/* The host's structs and opaque types, by the name that ends at *at. */
static const struct cel_type *parse_host_type(struct cel_env *env, struct cel_arena *arena, const char *ptr,
    const char **at, const char *end, bool params)
{
    size_t len = (size_t)(*at - ptr);
    for (uint32_t i = 0; i < env->record_count; i++)
        if (equals(env->records[i].name, ptr, len))
            return cel_type_make(arena, CEL_STRUCT, i + 1, NULL, NULL);
    for (uint32_t i = 0; i < env->opaque_count; i++) {
        if (!equals(env->opaques[i], ptr, len))
            continue;
        struct cel_type *type = cel_arena_get(arena, sizeof(*type));
        *type = (struct cel_type){.kind = CEL_OPAQUE, .ref = i + 1};
        return take(at, end, '(') ? parse_parameters(env, arena, at, end, params, type) : type;
    }
    return NULL;
}

const struct cel_type *cel_type_parse(
    struct cel_env *env, struct cel_arena *arena, const char **at, const char *end, bool params)
{
    skip_blanks(at, end);
    const char *start = *at;
    while (*at < end && is_name_char(**at))
        (*at)++;
    if (*at < end && **at == '<')
        while (*at < end && *(*at)++ != '>')
            ;
    size_t len = (size_t)(*at - start);
    if (params && len == 1 && *start >= 'A' && *start <= 'Z')
        return cel_type_make(arena, CEL_T_PARAM, (uint32_t)(*start - 'A'), NULL, NULL);
    for (size_t i = 0; i < CEL_COUNT(named); i++)
        if (equals(named[i].name, start, len))
            return named[i].type;
    for (size_t i = 0; i < CEL_COUNT(generic); i++)
        if (equals(generic[i].name, start, len))
            return parse_generic(env, arena, at, end, params, i);
    return parse_host_type(env, arena, start, at, end, params);
}

/* ---- writing ---- */

struct out {
    char *buffer;
    size_t size, len;
};

static void put(struct out *out, const char *text)
{
    for (; *text != '\0'; text++, out->len++)
        if (out->len + 1 < out->size)
            out->buffer[out->len] = *text;
}

static void write_type(const struct cel_env *env, const struct cel_type *type, struct out *out)
{
    char param[] = {(char)('A' + type->ref % 26), '\0'};
    switch (type->kind) {
    case CEL_T_PARAM:
        put(out, param);
        return;
    case CEL_STRUCT:
        put(out, cel_record_get(env, type->ref)->name);
        return;
    case CEL_OPAQUE:
        put(out, env->opaques[type->ref - 1]);
        break;
    default:
        put(out, cel_kind_name(type->kind));
    }
    if (type->a == NULL || (type->kind == CEL_TYPE && type->a->kind == CEL_T_DYN))
        return;
    put(out, "(");
    write_type(env, type->a, out);
    const struct cel_type *rest = type->b;
    for (; rest != NULL && rest->kind == CEL_T_MORE; rest = rest->b) {
        put(out, ", ");
        write_type(env, rest->a, out);
    }
    if (rest != NULL) {
        put(out, ", ");
        write_type(env, rest, out);
    }
    put(out, ")");
}

size_t cel_type_format(const struct cel_env *env, const struct cel_type *type, char *buffer, size_t size)
{
    struct out out = {buffer, size, 0};
    write_type(env, type, &out);
    if (size > 0)
        buffer[out.len < size ? out.len : size - 1] = '\0';
    return out.len;
}

const char *cel_type_text(const struct cel_env *env, struct cel_arena *arena, const struct cel_type *type)
{
    char text[256];
    size_t len = cel_type_format(env, type, text, sizeof(text));
    return cel_arena_text(arena, text, len < sizeof(text) ? len : sizeof(text) - 1);
}

bool cel_type_same(const struct cel_type *x, const struct cel_type *y)
{
    if (x == y)
        return true;
    if (x == NULL || y == NULL || x->kind != y->kind)
        return false;
    if ((x->kind == CEL_STRUCT || x->kind == CEL_OPAQUE || x->kind == CEL_T_PARAM) && x->ref != y->ref)
        return false;
    return cel_type_same(x->a, y->a) && cel_type_same(x->b, y->b);
}

/* ---- unification ---- */

uint32_t cel_subst_fresh(struct cel_subst *subst)
{
    subst->bound = cel_arena_grow(subst->arena, subst->bound, subst->count, sizeof(*subst->bound));
    subst->bound[subst->count] = NULL;
    return subst->count++;
}

static const struct cel_type *resolve(const struct cel_subst *subst, const struct cel_type *type)
{
    while (type->kind == CEL_T_PARAM && subst->bound[type->ref] != NULL)
        type = subst->bound[type->ref];
    return type;
}

static bool occurs(const struct cel_subst *subst, uint32_t param, const struct cel_type *type)
{
    type = resolve(subst, type);
    if (type->kind == CEL_T_PARAM)
        return type->ref == param;
    return (type->a != NULL && occurs(subst, param, type->a)) ||
           (type->b != NULL && occurs(subst, param, type->b));
}

/* null may stand for any struct, time, abstract or wrapped type. */
static bool takes_null(uint8_t kind)
{
    return kind == CEL_NULL || kind == CEL_STRUCT || kind == CEL_TIMESTAMP || kind == CEL_DURATION ||
           kind == CEL_OPTIONAL || kind == CEL_T_WRAPPER;
}

/* Binds parameters on the way, even when it fails in the end. */
static bool unify(struct cel_subst *subst, const struct cel_type *to, const struct cel_type *from)
{
    to = resolve(subst, to);
    from = resolve(subst, from);
    if (to == from || to->kind == CEL_ERROR || from->kind == CEL_ERROR)
        return true;
    if (to->kind == CEL_T_PARAM) {
        if (from->kind == CEL_T_PARAM && from->ref == to->ref)
            return true;
        if (occurs(subst, to->ref, from))
            return false;
        subst->bound[to->ref] = from;
        return true;
    }
    if (from->kind == CEL_T_PARAM) {
        if (occurs(subst, from->ref, to))
            return false;
        subst->bound[from->ref] = to;
        return true;
    }
    if (to->kind == CEL_T_DYN || from->kind == CEL_T_DYN)
        return true;
    if (from->kind == CEL_NULL && takes_null(to->kind))
        return true;
    if (to->kind == CEL_NULL && takes_null(from->kind))
        return true;
    if (to->kind == CEL_T_WRAPPER && from->kind != CEL_T_WRAPPER)
        return unify(subst, to->a, from);
    if (from->kind == CEL_T_WRAPPER && to->kind != CEL_T_WRAPPER)
        return unify(subst, to, from->a);
    if (to->kind != from->kind)
        return false;
    if ((to->kind == CEL_STRUCT || to->kind == CEL_OPAQUE) && to->ref != from->ref)
        return false;
    if (to->kind == CEL_TYPE)
        return true;
    if ((to->a == NULL) != (from->a == NULL) || (to->b == NULL) != (from->b == NULL))
        return false; /* opaque types of as many parameters */
    return (to->a == NULL || unify(subst, to->a, from->a)) && (to->b == NULL || unify(subst, to->b, from->b));
}

bool cel_type_fits(struct cel_subst *subst, const struct cel_type *to, const struct cel_type *from)
{
    const struct cel_type **kept = NULL;
    size_t size = subst->count * sizeof(*subst->bound);
    if (size > 0) {
        kept = cel_arena_get(subst->arena, size);
        memcpy(kept, subst->bound, size);
    }
    if (unify(subst, to, from))
        return true;
    if (size > 0)
        memcpy(subst->bound, kept, size);
    return false;
}

const struct cel_type *cel_type_apply(struct cel_subst *subst, const struct cel_type *type, bool final)
{
    type = resolve(subst, type);
    if (type->kind == CEL_T_PARAM)
        return final ? &cel_t_dyn : type;
    if (type->a == NULL)
        return type;
    const struct cel_type *a = cel_type_apply(subst, type->a, final);
    const struct cel_type *b = type->b != NULL ? cel_type_apply(subst, type->b, final) : NULL;
    return a == type->a && b == type->b ? type : cel_type_make(subst->arena, type->kind, type->ref, a, b);
}

/* Of two types that fit each other: dyn wherever one of them is. */
static const struct cel_type *widen(
    struct cel_subst *subst, const struct cel_type *x, const struct cel_type *y)
{
    if (x->kind == CEL_T_DYN || y->kind == CEL_T_DYN)
        return &cel_t_dyn;
    if (x->kind != y->kind || x->a == NULL || x->kind == CEL_TYPE)
        return y;
    const struct cel_type *a = widen(subst, x->a, y->a);
    const struct cel_type *b = x->b != NULL ? widen(subst, x->b, y->b) : NULL;
    return a == y->a && b == y->b ? y : cel_type_make(subst->arena, y->kind, y->ref, a, b);
}

const struct cel_type *cel_type_join(
    struct cel_subst *subst, const struct cel_type *x, const struct cel_type *y)
{
    x = cel_type_apply(subst, x, false);
    y = cel_type_apply(subst, y, false);
    if (x->kind == CEL_T_DYN || y->kind == CEL_T_DYN)
        return &cel_t_dyn;
    if (x->kind == CEL_ERROR)
        return y;
    /* Strings of two enum domains have no domain in common. */
    if (x->kind == CEL_STRING && y->kind == CEL_STRING)
        return x->ref == y->ref ? x : &cel_t_string;
    /* The more general one: what null and plain values widen to. */
    if (y->kind == CEL_NULL || (x->kind == CEL_T_WRAPPER && y->kind != CEL_T_WRAPPER))
        return cel_type_fits(subst, x, y) ? x : &cel_t_dyn;
    if (!cel_type_fits(subst, y, x))
        return &cel_t_dyn;
    return widen(subst, cel_type_apply(subst, x, false), cel_type_apply(subst, y, false));
}
