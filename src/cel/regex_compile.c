/*
 * regex_compile.c: a pattern's tree to an automaton over bytes (Thompson's construction).
 *
 * Instructions are emitted from the end of the pattern to its start: every fragment is told where
 * to continue. Sets of code points become alternatives of byte sequences, as UTF-8 orders them.
 * Counted repetition copies its fragment, so the number of instructions is bounded here.
 */
#include "regex_int.h"

struct compile {
    struct cel_arena *arena;
    struct regex_ins *code;
    uint32_t count;
    bool too_large, asserts;
};

static uint32_t emit(struct compile *c, struct regex_ins ins)
{
    if (c->count >= REGEX_CODE_MAX) {
        c->too_large = true;
        return 0;
    }
    c->code = cel_arena_grow(c->arena, c->code, c->count, sizeof(*c->code));
    c->code[c->count] = ins;
    return c->count++;
}

static uint32_t split(struct compile *c, uint32_t next, uint32_t other)
{
    return emit(c, (struct regex_ins){.op = REGEX_SPLIT, .next = next, .other = other});
}

/* ---- code points as bytes ---- */

/* low and high have the same length and differ only in ways that a run of byte ranges can say. */
static uint32_t emit_bytes(struct compile *c, uint32_t low, uint32_t high, uint32_t next)
{
    char from[4], to[4];
    uint32_t len = cel_utf8_put(from, low);
    cel_utf8_put(to, high);
    for (uint32_t i = len; i > 0; i--)
        next = emit(
            c, (struct regex_ins){
                   .op = REGEX_BYTE, .low = (uint8_t)from[i - 1], .high = (uint8_t)to[i - 1], .next = next});
    return next;
}

/* Splits a range until each part is one run of byte ranges; joins the parts as alternatives. */
static uint32_t emit_range(struct compile *c, uint32_t low, uint32_t high, uint32_t next, uint32_t otherwise)
{
    static const uint32_t lasts[] = {0x7F, 0x7FF, 0xD7FF, 0xFFFF};
    if (low >= 0xD800 && low <= 0xDFFF)
        low = 0xE000;
    if (high >= 0xD800 && high <= 0xDFFF)
        high = 0xD7FF;
    if (low > high)
        return otherwise;
    for (size_t i = 0; i < CEL_COUNT(lasts); i++)
        if (low <= lasts[i] && high > lasts[i])
            return emit_range(c, low, lasts[i], next, emit_range(c, lasts[i] + 1, high, next, otherwise));
    for (unsigned bits = 6; bits <= 18 && high > 0x7F; bits += 6) {
        uint32_t mask = (1u << bits) - 1;
        if ((low & ~mask) == (high & ~mask))
            continue;
        if ((low & mask) != 0)
            return emit_range(
                c, low, low | mask, next, emit_range(c, (low | mask) + 1, high, next, otherwise));
        if ((high & mask) != mask)
            return emit_range(
                c, low, (high & ~mask) - 1, next, emit_range(c, high & ~mask, high, next, otherwise));
    }
    uint32_t entry = emit_bytes(c, low, high, next);
    return otherwise == UINT32_MAX ? entry : split(c, entry, otherwise);
}

static uint32_t emit_class(struct compile *c, const struct regex_class *class, uint32_t next)
{
    uint32_t entry = UINT32_MAX;
    for (uint32_t i = class->count; i > 0 && !c->too_large; i--)
        entry = emit_range(c, class->ranges[i - 1].low, class->ranges[i - 1].high, next, entry);
    if (entry == UINT32_MAX) /* an empty set: a byte range that nothing is in */
        entry = emit(c, (struct regex_ins){.op = REGEX_BYTE, .low = 1, .high = 0, .next = next});
    return entry;
}

/* ---- the tree ---- */

static uint32_t emit_node(struct compile *c, const struct regex_node *node, uint32_t next);

static uint32_t emit_repeat(struct compile *c, const struct regex_node *node, uint32_t next)
{
    const struct regex_node *kid = node->kids[0];
    if (node->max == UINT32_MAX) {
        uint32_t loop = split(c, 0, next);
        uint32_t body = emit_node(c, kid, loop);
        if (c->too_large)
            return 0;
        c->code[loop].next = body;
        next = node->min > 0 ? body : loop;
    } else {
        uint32_t behind = next;
        for (uint32_t i = node->min; i < node->max && !c->too_large; i++)
            next = split(c, emit_node(c, kid, next), behind);
    }
    uint32_t copies = node->max == UINT32_MAX && node->min > 0 ? node->min - 1 : node->min;
    for (uint32_t i = 0; i < copies && !c->too_large; i++)
        next = emit_node(c, kid, next);
    return next;
}

static uint32_t emit_node(struct compile *c, const struct regex_node *node, uint32_t next)
{
    uint32_t entry;
    if (c->too_large)
        return 0;
    switch (node->kind) {
    case REGEX_EMPTY:
        return next;
    case REGEX_CLASS:
        return emit_class(c, &node->class, next);
    case REGEX_CAT:
        for (uint32_t i = node->count; i > 0; i--)
            next = emit_node(c, node->kids[i - 1], next);
        return next;
    case REGEX_ALT:
        entry = emit_node(c, node->kids[node->count - 1], next);
        for (uint32_t i = node->count - 1; i > 0; i--)
            entry = split(c, emit_node(c, node->kids[i - 1], next), entry);
        return entry;
    case REGEX_REPEAT:
        return emit_repeat(c, node, next);
    default:
        c->asserts = true;
        return emit(c, (struct regex_ins){.op = REGEX_CHECK, .low = node->assert, .next = next});
    }
}

/* ---- byte classes ---- */

static bool is_word(unsigned byte)
{
    return byte == '_' || (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z');
}

static void find_byte_classes(struct cel_regex *regex)
{
    bool edge[257] = {[0] = true}; /* a class begins here */
    for (uint32_t i = 0; i < regex->count; i++) {
        if (regex->code[i].op != REGEX_BYTE || regex->code[i].low > regex->code[i].high)
            continue;
        edge[regex->code[i].low] = true;
        edge[regex->code[i].high + 1] = true;
    }
    for (unsigned b = 1; b < 256 && regex->asserts; b++)
        edge[b] |= b == '\n' || b == '\n' + 1 || is_word(b) != is_word(b - 1);
    for (unsigned b = 0; b < 256; b++) {
        regex->classes += edge[b];
        regex->class_of[b] = (uint8_t)(regex->classes - 1);
    }
}

/* Parses and compiles in the scratch arena, then copies what is to stay. */
static struct cel_regex *compile(struct cel_arena *scratch, struct cel_arena *arena, const char *pattern,
    size_t len, const char **error, uint32_t *at)
{
    struct regex_node *tree = regex_parse(scratch, pattern, len, error, at);
    if (tree == NULL)
        return NULL;
    struct compile c = {.arena = scratch};
    uint32_t match = emit(&c, (struct regex_ins){.op = REGEX_MATCH});
    uint32_t start = emit_node(&c, tree, match);
    *error = "regular expression too large";
    size_t size = c.count * sizeof(*c.code);
    struct regex_ins *code = c.too_large ? NULL : cel_arena_try(arena, size);
    struct cel_regex *regex = code != NULL ? cel_arena_try(arena, sizeof(*regex)) : NULL;
    if (regex == NULL) {
        *error = c.too_large ? *error : cel_e_memory;
        return NULL;
    }
    memcpy(code, c.code, size);
    *regex = (struct cel_regex){
        .code = code, .count = c.count, .start = start, .number = UINT32_MAX, .asserts = c.asserts};
    find_byte_classes(regex);
    return regex;
}

/* A temporary arena: an evaluation's arena may have a limit, which only the result must meet. */
struct cel_regex *cel_regex_compile(
    struct cel_arena *arena, const char *pattern, size_t len, const char **error, uint32_t *at)
{
    struct cel_arena scratch;
    struct cel_regex *volatile regex = NULL;
    jmp_buf no_memory;
    cel_arena_init(&scratch, 0);
    scratch.escape = &no_memory;
    *error = "regular expression too long";
    *at = 0;
    if (setjmp(no_memory) != 0)
        *error = cel_e_memory;
    else if (len <= REGEX_SOURCE_MAX)
        regex = compile(&scratch, arena, pattern, len, error, at);
    cel_arena_release(&scratch);
    return regex;
}

void cel_regex_number(struct cel_regex *regex, uint32_t number)
{
    regex->number = number;
}
