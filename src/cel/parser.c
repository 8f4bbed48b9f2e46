/*
 * parser.c: tokens to a tree, by precedence climbing. Macros are recognised here (macros.c).
 *
 * `a && b && c` is one node with three operands, likewise ||; everything else nests. Depth of
 * nesting, height of the tree and number of nodes are bounded, so every later walk over the
 * tree may recurse. The first syntax error ends parsing: what follows would be guesswork.
 */
#include "cel_int.h"

static struct cel_node *parse_expr(struct cel_parse *p);
static struct cel_node *parse_unary(struct cel_parse *p);

/* ---- nodes ---- */

struct cel_node *cel_node_new(
    struct cel_parse *p, enum cel_node_kind kind, uint32_t start, uint32_t end, uint32_t count)
{
    if (++p->nodes > p->env->options.limits.nodes && !p->failed) {
        cel_diag_add(&p->text, CEL_DIAG_LIMIT, start, end, "expression has more than %u parts",
            p->env->options.limits.nodes);
        p->failed = true;
    }
    struct cel_node *node = cel_arena_get(p->arena, sizeof(*node));
    node->kind = (uint8_t)kind;
    node->start = node->name_start = start;
    node->end = end;
    node->count = count;
    node->height = 1;
    node->kids = count > 0 ? cel_arena_get(p->arena, count * sizeof(struct cel_node *)) : NULL;
    node->local = node->local2 = CEL_LOCAL;
    node->enum_index = -1;
    node->name = node->name2 = "";
    return node;
}

struct cel_node *cel_node_close(struct cel_parse *p, struct cel_node *node)
{
    for (uint32_t i = 0; i < node->count; i++) {
        if (node->kids[i] == NULL)
            return NULL;
        if (node->kids[i]->height >= node->height)
            node->height = (uint16_t)(node->kids[i]->height + 1);
    }
    if (node->height > p->env->options.limits.depth && !p->failed) {
        cel_diag_add(&p->text, CEL_DIAG_LIMIT, node->start, node->end, "expression nests deeper than %u",
            p->env->options.limits.depth);
        p->failed = true;
    }
    return p->failed ? NULL : node;
}

static struct cel_node *node2(
    struct cel_parse *p, enum cel_node_kind kind, struct cel_node *a, struct cel_node *b)
{
    if (a == NULL || b == NULL)
        return NULL;
    struct cel_node *node = cel_node_new(p, kind, a->start, b->end, 2);
    node->kids[0] = a;
    node->kids[1] = b;
    return cel_node_close(p, node);
}

/* ---- tokens ---- */

static void advance(struct cel_parse *p)
{
    p->token = cel_lex_next(&p->lexer);
    p->failed |= p->token.kind == CEL_TOK_ERROR;
}

static bool at_punct(const struct cel_parse *p, char punct)
{
    return p->token.kind == CEL_TOK_PUNCT && p->token.punct == punct;
}

static bool take_punct(struct cel_parse *p, char punct)
{
    if (!at_punct(p, punct))
        return false;
    advance(p);
    return true;
}

static struct cel_node *unexpected(struct cel_parse *p, const char *expected)
{
    if (p->failed)
        return NULL;
    p->failed = true;
    const struct cel_token *t = &p->token;
    bool end = t->kind == CEL_TOK_END;
    struct cel_diag *diag = cel_diag_add(&p->text, CEL_DIAG_SYNTAX, t->start, t->end,
        end ? "expression ends too early" : "unexpected '%.*s'", (int)(t->end - t->start),
        p->text.ptr + t->start);
    cel_diag_text(diag->found, sizeof(diag->found), "%.*s", (int)(t->end - t->start), p->text.ptr + t->start);
    cel_diag_text(diag->expected, sizeof(diag->expected), "%s", expected);
    if (at_punct(p, '=') || (t->kind == CEL_TOK_IDENT && t->len == 3 && memcmp(t->ptr, "and", 3) == 0))
        cel_diag_text(diag->remedy, sizeof(diag->remedy), "write &&");
    else if (t->kind == CEL_TOK_IDENT && t->len == 2 && memcmp(t->ptr, "or", 2) == 0)
        cel_diag_text(diag->remedy, sizeof(diag->remedy), "write ||");
    return NULL;
}

static bool expect_punct(struct cel_parse *p, char punct)
{
    char text[] = {'\'', punct, '\'', '\0'};
    if (take_punct(p, punct))
        return true;
    unexpected(p, text);
    return false;
}

static bool optionals(const struct cel_parse *p)
{
    return (p->env->options.libs & CEL_LIB_OPTIONALS) != 0;
}

/* ---- literals ---- */

static struct cel_node *literal(struct cel_parse *p, const struct cel_token *token, struct cel_value value)
{
    struct cel_node *node = cel_node_new(p, CEL_NODE_LITERAL, token->start, token->end, 0);
    node->value = value;
    return cel_node_close(p, node);
}

static struct cel_node *int_literal(struct cel_parse *p, const struct cel_token *token, bool minus)
{
    if (!minus && token->u > INT64_MAX) {
        cel_diag_add(&p->text, CEL_DIAG_LITERAL, token->start, token->end, "int literal out of range");
        p->failed = true;
        return NULL;
    }
    int64_t i = minus ? (int64_t)(0 - token->u) : (int64_t)token->u;
    return literal(p, token, cel_int(i));
}

static struct cel_node *parse_literal(struct cel_parse *p, bool minus)
{
    struct cel_token token = p->token;
    advance(p);
    switch (token.kind) {
    case CEL_TOK_INT:
        return int_literal(p, &token, minus);
    case CEL_TOK_UINT:
        return literal(p, &token, cel_uint(token.u));
    case CEL_TOK_DOUBLE:
        return literal(p, &token, cel_double(minus ? -token.d : token.d));
    case CEL_TOK_STRING:
        return literal(p, &token, cel_string(token.ptr, token.len));
    case CEL_TOK_BYTES:
        return literal(p, &token, cel_bytes(token.ptr, token.len));
    case CEL_TOK_TRUE:
    case CEL_TOK_FALSE:
        return literal(p, &token, cel_bool(token.kind == CEL_TOK_TRUE));
    default:
        return literal(p, &token, cel_null());
    }
}

/* ---- lists, maps, arguments ---- */

struct items { /* nodes being collected */
    struct cel_node **nodes;
    uint32_t count;
};

static void push(struct cel_parse *p, struct items *items, struct cel_node *node)
{
    items->nodes = cel_arena_grow(p->arena, items->nodes, items->count, sizeof(*items->nodes));
    items->nodes[items->count++] = node;
}

static struct cel_node *wrap(
    struct cel_parse *p, enum cel_node_kind kind, uint32_t start, uint32_t end, const struct items *items)
{
    if (p->failed)
        return NULL;
    struct cel_node *node = cel_node_new(p, kind, start, end, 0);
    node->count = items->count;
    node->kids = items->nodes;
    return cel_node_close(p, node);
}

/* An expression, with a `?` before it allowed where optionals are on. */
static struct cel_node *parse_entry(struct cel_parse *p)
{
    bool optional = optionals(p) && take_punct(p, '?');
    struct cel_node *node = parse_expr(p);
    if (node != NULL && optional)
        node->flags |= CEL_F_ENTRY;
    return node;
}

static struct cel_node *parse_list(struct cel_parse *p)
{
    uint32_t start = p->token.start, end = p->token.end;
    struct items items = {0};
    advance(p);
    while (!p->failed && !at_punct(p, ']')) {
        push(p, &items, parse_entry(p));
        if (!take_punct(p, ','))
            break;
    }
    end = p->token.end;
    if (p->failed || !expect_punct(p, ']'))
        return NULL;
    return wrap(p, CEL_NODE_LIST, start, end, &items);
}

/* Behind the opening brace: key: value, ...; in messages the keys are field names. */
static bool parse_pairs(struct cel_parse *p, struct items *items, bool message)
{
    while (!p->failed && !at_punct(p, '}')) {
        if (message && p->token.kind != CEL_TOK_IDENT && p->token.kind != CEL_TOK_QUOTED && !at_punct(p, '?'))
            return unexpected(p, "a field name") != NULL;
        push(p, items, parse_entry(p));
        if (p->failed || !expect_punct(p, ':'))
            return false;
        push(p, items, parse_expr(p));
        if (!take_punct(p, ','))
            break;
    }
    return !p->failed;
}

static struct cel_node *parse_map(struct cel_parse *p, const char *message, uint32_t start)
{
    struct items items = {0};
    advance(p);
    if (!parse_pairs(p, &items, message != NULL))
        return NULL;
    uint32_t end = p->token.end;
    if (!expect_punct(p, '}'))
        return NULL;
    struct cel_node *node = wrap(p, message != NULL ? CEL_NODE_STRUCT : CEL_NODE_MAP, start, end, &items);
    if (node != NULL && message != NULL)
        node->name = message;
    return node;
}

/* Behind the opening parenthesis; the closing one is taken. */
static bool parse_arguments(struct cel_parse *p, struct items *items, uint32_t *end)
{
    while (!p->failed && !at_punct(p, ')')) {
        push(p, items, parse_expr(p));
        if (!take_punct(p, ','))
            break;
        if (at_punct(p, ')'))
            return unexpected(p, "an argument") != NULL;
    }
    *end = p->token.end;
    return !p->failed && expect_punct(p, ')');
}

static struct cel_node *parse_call(
    struct cel_parse *p, struct cel_node *receiver, const struct cel_token *name)
{
    struct items items = {0};
    uint32_t end = 0;
    if (receiver != NULL)
        push(p, &items, receiver);
    if (!parse_arguments(p, &items, &end))
        return NULL;
    struct cel_node *call =
        wrap(p, CEL_NODE_CALL, receiver != NULL ? receiver->start : name->start, end, &items);
    if (call == NULL)
        return NULL;
    call->name = cel_arena_text(p->arena, name->ptr, name->len);
    call->name_start = name->start;
    if (receiver != NULL)
        call->flags |= CEL_F_MEMBER;
    struct cel_node *macro = cel_macro_expand(p, call);
    if (p->failed)
        return NULL;
    return macro != NULL ? macro : call;
}

/* ---- primaries and members ---- */

static struct cel_node *parse_name(struct cel_parse *p, bool rooted, uint32_t start)
{
    struct cel_token name = p->token;
    if (name.kind != CEL_TOK_IDENT)
        return unexpected(p, "a name");
    advance(p);
    bool call = at_punct(p, '(');
    if (cel_is_reserved(name.ptr, name.len)) {
        struct cel_diag *diag = cel_diag_add(&p->text, CEL_DIAG_SYNTAX, name.start, name.end,
            "'%.*s' is a reserved word", (int)name.len, name.ptr);
        cel_diag_text(diag->remedy, sizeof(diag->remedy), "choose another name");
        p->failed = true;
        return NULL;
    }
    struct cel_node *node;
    if (call) {
        advance(p);
        node = parse_call(p, NULL, &name);
    } else {
        node = cel_node_new(p, CEL_NODE_VAR, start, name.end, 0);
        node->name = cel_arena_text(p->arena, name.ptr, name.len);
    }
    if (node != NULL && rooted)
        node->flags |= CEL_F_ROOTED;
    return node;
}

static struct cel_node *parse_primary(struct cel_parse *p)
{
    uint32_t start = p->token.start;
    if (p->token.kind >= CEL_TOK_INT && p->token.kind <= CEL_TOK_NULL)
        return parse_literal(p, false);
    if (at_punct(p, '['))
        return parse_list(p);
    if (at_punct(p, '{'))
        return parse_map(p, NULL, start);
    if (take_punct(p, '(')) {
        struct cel_node *inner = parse_expr(p);
        return inner != NULL && expect_punct(p, ')') ? inner : NULL;
    }
    bool rooted = take_punct(p, '.');
    return rooted || p->token.kind == CEL_TOK_IDENT ? parse_name(p, rooted, start) : unexpected(p, "a value");
}

static struct cel_node *parse_select(struct cel_parse *p, struct cel_node *from)
{
    bool optional = optionals(p) && take_punct(p, '?');
    struct cel_token name = p->token;
    if (name.kind != CEL_TOK_IDENT && name.kind != CEL_TOK_QUOTED)
        return unexpected(p, "a field or method name");
    advance(p);
    if (name.kind == CEL_TOK_IDENT && !optional && take_punct(p, '('))
        return parse_call(p, from, &name);
    struct cel_node *node = cel_node_new(p, CEL_NODE_FIELD, from->start, name.end, 1);
    node->kids[0] = from;
    node->name = cel_arena_text(p->arena, name.ptr, name.len);
    node->name_start = name.start;
    node->flags |=
        (uint8_t)((optional ? CEL_F_OPTIONAL : 0) | (name.kind == CEL_TOK_QUOTED ? CEL_F_QUOTED : 0));
    return cel_node_close(p, node);
}

static struct cel_node *parse_index(struct cel_parse *p, struct cel_node *from)
{
    bool optional = optionals(p) && take_punct(p, '?');
    struct cel_node *key = parse_expr(p);
    uint32_t end = p->token.end;
    if (key == NULL || !expect_punct(p, ']'))
        return NULL;
    struct cel_node *node = cel_node_new(p, CEL_NODE_INDEX, from->start, end, 2);
    node->kids[0] = from;
    node->kids[1] = key;
    node->flags |= optional ? CEL_F_OPTIONAL : 0;
    return cel_node_close(p, node);
}

/* "a.b.C" if the node is a plain chain of names, else NULL. */
static const char *dotted_name(struct cel_parse *p, const struct cel_node *node)
{
    for (const struct cel_node *at = node; at->kind != CEL_NODE_VAR; at = at->kids[0])
        if (at->kind != CEL_NODE_FIELD || at->flags != 0)
            return NULL;
    return cel_arena_text(p->arena, p->text.ptr + node->start, node->end - node->start);
}

static struct cel_node *parse_member(struct cel_parse *p)
{
    struct cel_node *node = parse_primary(p);
    while (node != NULL && !p->failed) {
        const char *message = at_punct(p, '{') ? dotted_name(p, node) : NULL;
        if (take_punct(p, '.'))
            node = parse_select(p, node);
        else if (take_punct(p, '['))
            node = parse_index(p, node);
        else if (message != NULL)
            node = parse_map(p, message, node->start);
        else
            break;
    }
    return p->failed ? NULL : node;
}

/* ---- operators ---- */

static struct cel_node *negate(
    struct cel_parse *p, struct cel_node *node, enum cel_node_kind kind, uint32_t start)
{
    if (node == NULL)
        return NULL;
    struct cel_node *outer = cel_node_new(p, kind, start, node->end, 1);
    outer->kids[0] = node;
    return cel_node_close(p, outer);
}

/* A minus before a number belongs to the literal. */
static struct cel_node *parse_minus(struct cel_parse *p, uint32_t start)
{
    if (p->token.kind != CEL_TOK_INT && p->token.kind != CEL_TOK_DOUBLE)
        return negate(p, parse_unary(p), CEL_NODE_NEG, start);
    p->token.start = start;
    struct cel_node *node = parse_literal(p, true);
    while (node != NULL && !p->failed && (at_punct(p, '.') || at_punct(p, '[')))
        node = take_punct(p, '.') ? parse_select(p, node) : (advance(p), parse_index(p, node));
    return node;
}

static bool too_deep(struct cel_parse *p)
{
    if (p->depth <= p->env->options.limits.depth)
        return false;
    if (!p->failed)
        cel_diag_add(&p->text, CEL_DIAG_LIMIT, p->token.start, p->token.end,
            "expression nests deeper than %u", p->env->options.limits.depth);
    p->failed = true;
    return true;
}

static struct cel_node *parse_unary(struct cel_parse *p)
{
    uint32_t start = p->token.start;
    if (!at_punct(p, '!') && !at_punct(p, '-'))
        return parse_member(p);
    bool minus = at_punct(p, '-');
    p->depth++;
    struct cel_node *node = NULL;
    advance(p);
    if (!too_deep(p)) {
        if (at_punct(p, minus ? '!' : '-'))
            node = unexpected(p, "a value: ! and - do not mix");
        else
            node = minus ? parse_minus(p, start) : negate(p, parse_unary(p), CEL_NODE_NOT, start);
    }
    p->depth--;
    return node;
}

static const struct {
    uint8_t level; /* 0 relations, 1 sums, 2 products */
    enum cel_token_kind token;
    char punct;
    enum cel_node_kind node;
} binary[] = {
    {0, CEL_TOK_EQ, 0, CEL_NODE_EQ},
    {0, CEL_TOK_NE, 0, CEL_NODE_NE},
    {0, CEL_TOK_LT, 0, CEL_NODE_LT},
    {0, CEL_TOK_LE, 0, CEL_NODE_LE},
    {0, CEL_TOK_GT, 0, CEL_NODE_GT},
    {0, CEL_TOK_GE, 0, CEL_NODE_GE},
    {0, CEL_TOK_IN, 0, CEL_NODE_IN},
    {1, CEL_TOK_PUNCT, '+', CEL_NODE_ADD},
    {1, CEL_TOK_PUNCT, '-', CEL_NODE_SUB},
    {2, CEL_TOK_PUNCT, '*', CEL_NODE_MUL},
    {2, CEL_TOK_PUNCT, '/', CEL_NODE_DIV},
    {2, CEL_TOK_PUNCT, '%', CEL_NODE_MOD},
};

/* The operator of that level at the next token, or 0. */
static enum cel_node_kind operator_at(const struct cel_parse *p, unsigned level)
{
    for (size_t i = 0; i < CEL_COUNT(binary); i++)
        if (binary[i].level == level && binary[i].token == p->token.kind &&
            (binary[i].punct == 0 || binary[i].punct == p->token.punct))
            return binary[i].node;
    return 0;
}

static struct cel_node *parse_binary(struct cel_parse *p, unsigned level)
{
    struct cel_node *node = level == 2 ? parse_unary(p) : parse_binary(p, level + 1);
    enum cel_node_kind kind;
    while (node != NULL && (kind = operator_at(p, level)) != 0) {
        advance(p);
        node = node2(p, kind, node, level == 2 ? parse_unary(p) : parse_binary(p, level + 1));
    }
    return node;
}

static struct cel_node *parse_logic(struct cel_parse *p, enum cel_token_kind token)
{
    struct items items = {0};
    do {
        if (items.count > 0)
            advance(p);
        push(p, &items, token == CEL_TOK_OR ? parse_logic(p, CEL_TOK_AND) : parse_binary(p, 0));
        if (items.nodes[items.count - 1] == NULL)
            return NULL;
    } while (p->token.kind == token);
    if (items.count == 1)
        return items.nodes[0];
    return wrap(p, token == CEL_TOK_OR ? CEL_NODE_OR : CEL_NODE_AND, items.nodes[0]->start,
        items.nodes[items.count - 1]->end, &items);
}

static struct cel_node *parse_choice(struct cel_parse *p)
{
    struct cel_node *condition = parse_logic(p, CEL_TOK_OR);
    if (condition == NULL || !take_punct(p, '?'))
        return condition;
    struct items items = {0};
    push(p, &items, condition);
    push(p, &items, parse_logic(p, CEL_TOK_OR));
    if (items.nodes[1] == NULL || !expect_punct(p, ':'))
        return NULL;
    push(p, &items, parse_expr(p));
    return items.nodes[2] == NULL ? NULL
                                  : wrap(p, CEL_NODE_COND, condition->start, items.nodes[2]->end, &items);
}

static struct cel_node *parse_expr(struct cel_parse *p)
{
    p->depth++;
    struct cel_node *node = too_deep(p) ? NULL : parse_choice(p);
    p->depth--;
    return p->failed ? NULL : node;
}

struct cel_node *cel_parse_source(const struct cel_env *env, struct cel_arena *arena, struct cel_text *text)
{
    struct cel_parse p = {.env = env, .arena = arena, .text = *text};
    if (text->len > env->options.limits.source_bytes) {
        cel_diag_add(text, CEL_DIAG_LIMIT, 0, 0, "expression is longer than %u bytes",
            env->options.limits.source_bytes);
        return NULL;
    }
    if (!cel_utf8_valid(text->ptr, text->len)) {
        cel_diag_add(text, CEL_DIAG_SYNTAX, 0, 0, "expression is not valid UTF-8");
        return NULL;
    }
    p.lexer = (struct cel_lexer){.text = text, .arena = arena};
    advance(&p);
    struct cel_node *root = parse_expr(&p);
    if (root != NULL && p.token.kind != CEL_TOK_END)
        root = unexpected(&p, "an operator or the end");
    return p.failed ? NULL : root;
}
