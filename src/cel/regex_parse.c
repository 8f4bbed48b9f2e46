/*
 * regex_parse.c: a pattern in RE2's syntax to a tree.
 *
 * What RE2 leaves out (back-references, look-around) is refused, and so are Unicode properties
 * (\p{...}), which this subset does not have. Groups capture nothing: only "is there a match".
 */
#include "regex_int.h"

struct span {
    const char *at;
    size_t len;
};

struct parse {
    struct cel_arena *arena;
    const char *start, *at, *end;
    const char *error;
    uint32_t depth;
    bool fold, dot_all, multi_line; /* (?i) (?s) (?m) */
    bool quoted;                    /* between \Q and \E */
    struct span *names;             /* of the groups so far */
    uint32_t name_count;
};

static struct regex_node *parse_alternatives(struct parse *p);

static void *fail(struct parse *p, const char *error)
{
    if (p->error == NULL)
        p->error = error;
    return NULL;
}

static struct regex_node *make(struct parse *p, enum regex_kind kind)
{
    struct regex_node *node = cel_arena_get(p->arena, sizeof(*node));
    node->kind = kind;
    return node;
}

static void push(struct parse *p, struct regex_node *node, struct regex_node *kid)
{
    node->kids = cel_arena_grow(p->arena, node->kids, node->count, sizeof(struct regex_node *));
    node->kids[node->count++] = kid;
}

static bool peek(const struct parse *p, char c)
{
    return p->at < p->end && *p->at == c;
}

static bool take(struct parse *p, const char *text)
{
    size_t len = strlen(text);
    if ((size_t)(p->end - p->at) < len || memcmp(p->at, text, len) != 0)
        return false;
    p->at += len;
    return true;
}

static struct regex_node *class_node(struct parse *p, struct regex_class *class)
{
    struct regex_node *node = make(p, REGEX_CLASS);
    if (p->fold)
        regex_class_fold(p->arena, class);
    regex_class_close(class);
    node->class = *class;
    return node;
}

static struct regex_node *assertion(struct parse *p, uint8_t assert)
{
    struct regex_node *node = make(p, REGEX_ASSERT);
    node->assert = assert;
    return node;
}

/* ---- escapes ---- */

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

static bool take_number(struct parse *p, int base, int most, uint32_t *ret)
{
    int count = 0;
    for (*ret = 0; count < most && p->at < p->end && digit_value(*p->at) < base; count++)
        *ret = *ret * (uint32_t)base + (uint32_t)digit_value(*p->at++);
    return count > 0 && *ret <= 0x10FFFF;
}

/* Behind a backslash: the one code point it stands for; false: it is none. */
static bool take_escape(struct parse *p, uint32_t *ret)
{
    static const char from[] = "afnrtv", to[] = "\a\f\n\r\t\v";
    char c = *p->at;
    const char *plain = strchr(from, c);
    if (c >= '0' && c <= '7' && (c == '0' || (p->end - p->at > 1 && p->at[1] >= '0' && p->at[1] <= '7')))
        return take_number(p, 8, 3, ret);
    p->at++;
    if (c != '\0' && plain != NULL) {
        *ret = (uint32_t)(unsigned char)to[plain - from];
        return true;
    }
    if (c == 'x' && take(p, "{"))
        return take_number(p, 16, 8, ret) && take(p, "}");
    if (c == 'x')
        return p->end - p->at >= 2 && digit_value(p->at[1]) < 16 && take_number(p, 16, 2, ret);
    *ret = (uint32_t)(unsigned char)c;
    return (unsigned char)c < 0x80 && digit_value(c) > 9 && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* \d \W ... at p->at. */
static bool take_perl_class(struct parse *p, struct regex_class *class)
{
    char c = p->at < p->end ? *p->at : '\0';
    char lower = (char)(c | 0x20);
    if (lower != 'd' && lower != 'w' && lower != 's')
        return false;
    p->at++;
    return regex_class_named(p->arena, class, &lower, 1, c != lower);
}

/* ---- [...] ---- */

static bool take_class_char(struct parse *p, uint32_t *ret)
{
    if (p->at >= p->end)
        return false;
    if (*p->at == '\\') {
        p->at++;
        return p->at < p->end && take_escape(p, ret);
    }
    *ret = (uint32_t)cel_utf8_next(&p->at, p->end);
    return true;
}

/* [:alpha:] and [:^alpha:]; what does not end with :] is no name, and false. */
static bool take_posix(struct parse *p, struct regex_class *class)
{
    size_t left = (size_t)(p->end - p->at);
    const char *end = left > 2 && memcmp(p->at, "[:", 2) == 0 ? memmem(p->at + 2, left - 2, ":]", 2) : NULL;
    if (end == NULL)
        return false;
    p->at += 2;
    bool negated = take(p, "^");
    if (!regex_class_named(p->arena, class, p->at, (size_t)(end - p->at), negated))
        return fail(p, "no such character class") != NULL;
    p->at = end + 2;
    return true;
}

static struct regex_node *parse_class(struct parse *p)
{
    struct regex_class class = {0};
    bool negated = take(p, "^"), first = true;
    for (; first || !peek(p, ']'); first = false) {
        uint32_t low, high;
        if (p->at >= p->end)
            return fail(p, "missing ]");
        if (take_posix(p, &class))
            continue;
        if (p->error != NULL)
            return NULL;
        const char *here = p->at;
        if (take(p, "\\") && take_perl_class(p, &class))
            continue;
        p->at = here;
        if (!take_class_char(p, &low))
            return fail(p, "bad escape in character class");
        high = low;
        if (p->end - p->at >= 2 && *p->at == '-' && p->at[1] != ']') {
            p->at++;
            if (!take_class_char(p, &high) || high < low)
                return fail(p, "bad range in character class");
        }
        regex_class_add(p->arena, &class, low, high);
    }
    p->at++;
    if (p->fold)
        regex_class_fold(p->arena, &class);
    if (negated)
        regex_class_negate(p->arena, &class);
    struct regex_node *node = make(p, REGEX_CLASS);
    regex_class_close(&class);
    node->class = class;
    return node;
}

/* ---- groups ---- */

/* (?i) (?im-s: ...; true: a group follows, false: flags for the rest of this group, or an error. */
static bool take_flags(struct parse *p)
{
    bool on = true;
    for (; p->at < p->end && *p->at != ')' && *p->at != ':'; p->at++) {
        bool last = p->end - p->at < 2 || p->at[1] == ')' || p->at[1] == ':';
        switch (*p->at) {
        case 'i':
            p->fold = on;
            break;
        case 's':
            p->dot_all = on;
            break;
        case 'm':
            p->multi_line = on;
            break;
        case 'U':
            break; /* greed does not matter for "is there a match" */
        case '-':
            if (!on || last)
                return fail(p, "(?...-) without flags") != NULL;
            on = false;
            break;
        default:
            return fail(p, "this (?...) is not supported") != NULL;
        }
    }
    if (p->at >= p->end)
        return fail(p, "missing )") != NULL;
    return *p->at++ == ':';
}

/* name> */
static bool take_group_name(struct parse *p)
{
    const char *start = p->at;
    while (p->at < p->end &&
           (digit_value(*p->at) < 10 || *p->at == '_' || ((*p->at | 0x20) >= 'a' && (*p->at | 0x20) <= 'z')))
        p->at++;
    struct span name = {start, (size_t)(p->at - start)};
    for (uint32_t i = 0; i < p->name_count; i++)
        if (p->names[i].len == name.len && memcmp(p->names[i].at, start, name.len) == 0)
            return false;
    p->names = cel_arena_grow(p->arena, p->names, p->name_count, sizeof(*p->names));
    p->names[p->name_count++] = name;
    return name.len > 0 && take(p, ">");
}

static struct regex_node *parse_group(struct parse *p)
{
    bool fold = p->fold, dot_all = p->dot_all, multi_line = p->multi_line;
    if (take(p, "?P<") || take(p, "?<")) {
        if (!take_group_name(p))
            return fail(p, "bad or doubled group name, or look-behind");
    } else if (take(p, "?")) {
        if (!take_flags(p))
            return p->error != NULL ? NULL : make(p, REGEX_EMPTY);
    }
    if (++p->depth > REGEX_DEPTH_MAX)
        return fail(p, "groups nest too deep");
    struct regex_node *inner = parse_alternatives(p);
    p->depth--;
    if (inner == NULL || !take(p, ")"))
        return fail(p, "missing )");
    p->fold = fold;
    p->dot_all = dot_all;
    p->multi_line = multi_line;
    return inner;
}

/* ---- atoms ---- */

/* Between \Q and \E nothing is special. */
static void pass_quotes(struct parse *p)
{
    while (take(p, p->quoted ? "\\E" : "\\Q"))
        p->quoted = !p->quoted;
}

static struct regex_node *parse_literal(struct parse *p)
{
    struct regex_class class = {0};
    int32_t cp = cel_utf8_next(&p->at, p->end);
    if (cp < 0)
        return fail(p, "not UTF-8");
    regex_class_add(p->arena, &class, (uint32_t)cp, (uint32_t)cp);
    return class_node(p, &class);
}

static struct regex_node *parse_backslash(struct parse *p)
{
    struct regex_class class = {0};
    uint32_t cp;
    if (p->at >= p->end)
        return fail(p, "trailing backslash");
    if (take(p, "A"))
        return assertion(p, REGEX_BEGIN_TEXT);
    if (take(p, "z"))
        return assertion(p, REGEX_END_TEXT);
    if (take(p, "b"))
        return assertion(p, REGEX_WORD_BOUNDARY);
    if (take(p, "B"))
        return assertion(p, REGEX_NO_WORD_BOUNDARY);
    if (take_perl_class(p, &class))
        return class_node(p, &class);
    if (*p->at >= '1' && *p->at <= '9' && !(p->end - p->at > 1 && digit_value(p->at[1]) < 8))
        return fail(p, "back-references are not supported");
    if (!take_escape(p, &cp))
        return fail(p, "bad escape");
    regex_class_add(p->arena, &class, cp, cp);
    return class_node(p, &class);
}

static struct regex_node *parse_dot(struct parse *p)
{
    struct regex_class class = {0};
    struct regex_node *node = make(p, REGEX_CLASS);
    if (p->dot_all) {
        regex_class_add(p->arena, &class, 0, 0x10FFFF);
    } else {
        regex_class_add(p->arena, &class, '\n', '\n');
        regex_class_negate(p->arena, &class);
    }
    node->class = class;
    return node;
}

/* Digits without a needless zero in front; what is too large stays so. */
static bool take_count(struct parse *p, uint32_t *ret)
{
    const char *start = p->at;
    for (*ret = 0; p->at < p->end && digit_value(*p->at) < 10; p->at++)
        *ret = *ret > REGEX_REPEAT_MAX ? *ret : *ret * 10 + (uint32_t)digit_value(*p->at);
    return p->at > start && (*start != '0' || p->at == start + 1);
}

/* {n} {n,} {n,m}; false: a plain brace. */
static bool take_counts(struct parse *p, uint32_t *min, uint32_t *max)
{
    const char *start = p->at;
    if (take(p, "{") && take_count(p, min)) {
        *max = *min;
        if (take(p, ",") && (peek(p, '}') || !take_count(p, max)))
            *max = UINT32_MAX;
        if (take(p, "}"))
            return true;
    }
    p->at = start;
    return false;
}

static bool take_repeat(struct parse *p, uint32_t *min, uint32_t *max)
{
    *min = 0;
    *max = UINT32_MAX;
    if (take(p, "*"))
        return true;
    if (take(p, "+")) {
        *min = 1;
        return true;
    }
    if (take(p, "?")) {
        *max = 1;
        return true;
    }
    return peek(p, '{') && take_counts(p, min, max);
}

static struct regex_node *parse_atom(struct parse *p)
{
    uint32_t min, max;
    if (p->quoted)
        return parse_literal(p);
    if (take(p, "("))
        return parse_group(p);
    if (take(p, "["))
        return parse_class(p);
    if (take(p, "\\"))
        return parse_backslash(p);
    if (take(p, "."))
        return parse_dot(p);
    if (take(p, "^"))
        return assertion(p, p->multi_line ? REGEX_BEGIN_LINE : REGEX_BEGIN_TEXT);
    if (take(p, "$"))
        return assertion(p, p->multi_line ? REGEX_END_LINE : REGEX_END_TEXT);
    if (take_repeat(p, &min, &max))
        return fail(p, "nothing to repeat");
    return parse_literal(p);
}

static struct regex_node *parse_repeated(struct parse *p)
{
    struct regex_node *node = parse_atom(p);
    uint32_t min, max;
    if (node != NULL)
        pass_quotes(p);
    if (node == NULL || p->quoted || !take_repeat(p, &min, &max))
        return node;
    if (min > REGEX_REPEAT_MAX || (max != UINT32_MAX && (max > REGEX_REPEAT_MAX || max < min)))
        return fail(p, "repetition count out of range");
    take(p, "?"); /* lazy or greedy: the same answer */
    struct regex_node *repeat = make(p, REGEX_REPEAT);
    push(p, repeat, node);
    repeat->min = min;
    repeat->max = max;
    if (take_repeat(p, &min, &max))
        return fail(p, "repetition of a repetition");
    return repeat;
}

static struct regex_node *parse_alternatives(struct parse *p)
{
    struct regex_node *alternatives = make(p, REGEX_ALT);
    do {
        struct regex_node *cat = make(p, REGEX_CAT);
        pass_quotes(p);
        while (p->at < p->end && (p->quoted || (*p->at != '|' && *p->at != ')'))) {
            struct regex_node *part = parse_repeated(p);
            if (part == NULL)
                return NULL;
            push(p, cat, part);
        }
        push(p, alternatives, cat);
    } while (take(p, "|"));
    return alternatives->count == 1 ? alternatives->kids[0] : alternatives;
}

struct regex_node *regex_parse(
    struct cel_arena *arena, const char *pattern, size_t len, const char **error, uint32_t *at)
{
    struct parse p = {.arena = arena, .start = pattern, .at = pattern, .end = pattern + len};
    struct regex_node *node = parse_alternatives(&p);
    if (node != NULL && p.at < p.end)
        node = fail(&p, "unexpected )");
    *error = p.error;
    *at = (uint32_t)(p.at - p.start);
    return p.error != NULL ? NULL : node;
}
