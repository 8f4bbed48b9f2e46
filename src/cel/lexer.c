/*
 * lexer.c: source text to tokens. The parser asks for one at a time; nothing is kept.
 *
 * Numbers keep their magnitude, because the parser folds a minus sign into them (the smallest
 * int has no positive counterpart). Strings are decoded into the arena. Every fault is reported
 * once, with its place, and ends the text (CEL_TOK_ERROR).
 */
#include "cel_int.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *word;
    enum cel_token_kind kind;
} keywords[] = {{"true", CEL_TOK_TRUE}, {"false", CEL_TOK_FALSE}, {"null", CEL_TOK_NULL}, {"in", CEL_TOK_IN}};

static const char *const reserved[] = {"as", "break", "const", "continue", "else", "for", "function", "if",
    "import", "let", "loop", "package", "namespace", "return", "var", "void", "while"};

static const struct {
    char text[3];
    enum cel_token_kind kind;
} operators[] = {{"==", CEL_TOK_EQ}, {"!=", CEL_TOK_NE}, {"<=", CEL_TOK_LE}, {">=", CEL_TOK_GE},
    {"&&", CEL_TOK_AND}, {"||", CEL_TOK_OR}, {"<", CEL_TOK_LT}, {">", CEL_TOK_GT}};

static bool is_digit(int c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static int hex_value(int c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool cel_is_identifier(const char *text, size_t len)
{
    if (len == 0 || !is_letter(text[0]))
        return false;
    for (size_t i = 1; i < len; i++)
        if (!is_letter(text[i]) && !is_digit(text[i]))
            return false;
    return true;
}

bool cel_is_reserved(const char *ptr, size_t len)
{
    for (size_t i = 0; i < CEL_COUNT(reserved); i++)
        if (strlen(reserved[i]) == len && memcmp(reserved[i], ptr, len) == 0)
            return true;
    return false;
}

/* The byte `ahead` of the reading position, 0 behind the end (a NUL inside is refused anyway). */
static int peek(const struct cel_lexer *lexer, uint32_t ahead)
{
    size_t at = (size_t)lexer->at + ahead;
    return at < lexer->text->len ? (unsigned char)lexer->text->ptr[at] : 0;
}

static void skip_blanks(struct cel_lexer *lexer)
{
    for (;;) {
        int c = peek(lexer, 0);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r') {
            lexer->at++;
        } else if (c == '/' && peek(lexer, 1) == '/') {
            while (lexer->at < lexer->text->len && peek(lexer, 0) != '\n')
                lexer->at++;
        } else {
            return;
        }
    }
}

static struct cel_token fault(
    struct cel_lexer *lexer, uint32_t start, uint32_t end, const char *message, const char *remedy)
{
    struct cel_diag *diag = cel_diag_add(lexer->text, CEL_DIAG_SYNTAX, start, end, "%s", message);
    cel_diag_text(diag->found, sizeof(diag->found), "%.*s", (int)(end - start), lexer->text->ptr + start);
    cel_diag_text(diag->remedy, sizeof(diag->remedy), "%s", remedy);
    return (struct cel_token){.kind = CEL_TOK_ERROR, .start = start, .end = end};
}

static struct cel_token finish(const struct cel_lexer *lexer, enum cel_token_kind kind, uint32_t start)
{
    return (struct cel_token){.kind = kind, .start = start, .end = lexer->at};
}

/* ---- numbers ---- */

static struct cel_token read_double(struct cel_lexer *lexer, uint32_t start)
{
    char digits[512];
    size_t len = lexer->at - start;
    if (len >= sizeof(digits))
        return fault(lexer, start, lexer->at, "number with too many digits", "");
    memcpy(digits, lexer->text->ptr + start, len);
    digits[len] = '\0';
    struct cel_token token = finish(lexer, CEL_TOK_DOUBLE, start);
    /* strtod reads the decimal point of the locale; the process may have set one. */
    token.d = cel_parse_double(digits, len);
    return token;
}

/* Digits of base 10 or 16 from the reading position; false: more than 64 bits. */
static bool read_digits(struct cel_lexer *lexer, unsigned base, uint64_t *ret)
{
    bool fits = true;
    for (*ret = 0;; lexer->at++) {
        int digit = hex_value(peek(lexer, 0));
        if (digit < 0 || (unsigned)digit >= base)
            return fits;
        fits = fits && !__builtin_mul_overflow(*ret, base, ret) &&
               !__builtin_add_overflow(*ret, (unsigned)digit, ret);
    }
}

static bool read_exponent(struct cel_lexer *lexer)
{
    uint32_t ahead = peek(lexer, 1) == '+' || peek(lexer, 1) == '-' ? 2 : 1;
    if ((peek(lexer, 0) != 'e' && peek(lexer, 0) != 'E') || !is_digit(peek(lexer, ahead)))
        return false;
    lexer->at += ahead;
    while (is_digit(peek(lexer, 0)))
        lexer->at++;
    return true;
}

static struct cel_token read_number(struct cel_lexer *lexer)
{
    uint32_t start = lexer->at;
    bool hex = peek(lexer, 0) == '0' && (peek(lexer, 1) == 'x' || peek(lexer, 1) == 'X') &&
               hex_value(peek(lexer, 2)) >= 0;
    uint64_t magnitude;
    lexer->at += hex ? 2 : 0;
    bool fits = read_digits(lexer, hex ? 16 : 10, &magnitude);
    bool real = false;
    if (!hex && peek(lexer, 0) == '.' && is_digit(peek(lexer, 1))) {
        real = true;
        lexer->at++;
        while (is_digit(peek(lexer, 0)))
            lexer->at++;
    }
    if (!hex)
        real |= read_exponent(lexer);
    if (real)
        return is_letter(peek(lexer, 0)) ? fault(lexer, start, lexer->at + 1, "malformed number", "")
                                         : read_double(lexer, start);
    bool is_unsigned = peek(lexer, 0) == 'u' || peek(lexer, 0) == 'U';
    lexer->at += is_unsigned;
    if (is_letter(peek(lexer, 0)) || is_digit(peek(lexer, 0)))
        return fault(lexer, start, lexer->at + 1, "malformed number", "");
    if (!fits || (!is_unsigned && magnitude > (uint64_t)INT64_MAX + 1))
        return fault(lexer, start, lexer->at,
            is_unsigned ? "uint literal out of range" : "int literal out of range", "");
    struct cel_token token = finish(lexer, is_unsigned ? CEL_TOK_UINT : CEL_TOK_INT, start);
    token.u = magnitude;
    return token;
}

/* ---- strings ---- */

/* A string being decoded. */
struct quoted {
    char quote;
    bool triple, raw, bytes;
    char *out;
    size_t len;
};

/* The escape's hex or octal digits; -1: too few or wrong ones. */
static int64_t escape_digits(struct cel_lexer *lexer, uint32_t count, unsigned base)
{
    int64_t value = 0;
    for (uint32_t i = 0; i < count; i++) {
        int digit = hex_value(peek(lexer, i));
        if (digit < 0 || (unsigned)digit >= base)
            return -1;
        value = value * base + digit;
    }
    lexer->at += count;
    return value;
}

static bool put_code(struct quoted *quoted, int64_t value, bool octet)
{
    if (value < 0 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return false;
    if (quoted->bytes && octet)
        quoted->out[quoted->len++] = (char)value;
    else
        quoted->len += cel_utf8_put(quoted->out + quoted->len, (uint32_t)value);
    return true;
}

static bool read_escape(struct cel_lexer *lexer, struct quoted *quoted)
{
    static const char from[] = "abfnrtv\\?\"'`", to[] = "\a\b\f\n\r\t\v\\?\"'`";
    int c = peek(lexer, 0);
    const char *plain = c != 0 ? strchr(from, c) : NULL;
    if (plain != NULL) {
        lexer->at++;
        quoted->out[quoted->len++] = to[plain - from];
        return true;
    }
    if (c >= '0' && c <= '3')
        return put_code(quoted, escape_digits(lexer, 3, 8), true);
    lexer->at++;
    if (c == 'x' || c == 'X')
        return put_code(quoted, escape_digits(lexer, 2, 16), true);
    if (c == 'u' && !quoted->bytes)
        return put_code(quoted, escape_digits(lexer, 4, 16), false);
    if (c == 'U' && !quoted->bytes)
        return put_code(quoted, escape_digits(lexer, 8, 16), false);
    return false;
}

static bool at_closing(const struct cel_lexer *lexer, const struct quoted *quoted)
{
    if (peek(lexer, 0) != quoted->quote)
        return false;
    return !quoted->triple || (peek(lexer, 1) == quoted->quote && peek(lexer, 2) == quoted->quote);
}

static struct cel_token read_string(struct cel_lexer *lexer, bool bytes, bool raw)
{
    uint32_t start = lexer->at - (uint32_t)bytes - (uint32_t)raw;
    struct quoted quoted = {.quote = (char)peek(lexer, 0), .raw = raw, .bytes = bytes};
    quoted.triple = peek(lexer, 1) == quoted.quote && peek(lexer, 2) == quoted.quote;
    lexer->at += quoted.triple ? 3 : 1;
    /* No escape is shorter than what it stands for. */
    quoted.out = cel_arena_get(lexer->arena, lexer->text->len - lexer->at + 1);
    while (!at_closing(lexer, &quoted)) {
        int c = peek(lexer, 0);
        if (lexer->at >= lexer->text->len || (!quoted.triple && (c == '\n' || c == '\r')))
            return fault(
                lexer, start, start + 1, "string without end", "close it with the quote it began with");
        uint32_t at = lexer->at++;
        if (c != '\\' || raw)
            quoted.out[quoted.len++] = (char)c;
        else if (!read_escape(lexer, &quoted))
            return fault(lexer, at, lexer->at, "bad escape in string", "write \\\\ for a backslash");
    }
    lexer->at += quoted.triple ? 3 : 1;
    struct cel_token token = finish(lexer, bytes ? CEL_TOK_BYTES : CEL_TOK_STRING, start);
    token.ptr = quoted.out;
    token.len = quoted.len;
    return token;
}

/* ---- words and the rest ---- */

/* r"..." b"..." br"...": the prefix's length, or 0. */
static uint32_t string_prefix(const struct cel_lexer *lexer, bool *bytes, bool *raw)
{
    uint32_t at = 0;
    *bytes = peek(lexer, at) == 'b' || peek(lexer, at) == 'B';
    at += *bytes;
    *raw = peek(lexer, at) == 'r' || peek(lexer, at) == 'R';
    at += *raw;
    return peek(lexer, at) == '"' || peek(lexer, at) == '\'' ? at : 0;
}

static struct cel_token read_word(struct cel_lexer *lexer)
{
    uint32_t start = lexer->at;
    while (is_letter(peek(lexer, 0)) || is_digit(peek(lexer, 0)))
        lexer->at++;
    struct cel_token token = finish(lexer, CEL_TOK_IDENT, start);
    token.ptr = lexer->text->ptr + start;
    token.len = token.end - token.start;
    for (size_t i = 0; i < CEL_COUNT(keywords); i++)
        if (strlen(keywords[i].word) == token.len && memcmp(keywords[i].word, token.ptr, token.len) == 0)
            token.kind = keywords[i].kind;
    return token;
}

/* `name` after a dot: letters, digits and _ - . / and blank. */
static struct cel_token read_quoted_name(struct cel_lexer *lexer)
{
    uint32_t start = lexer->at++;
    while (is_letter(peek(lexer, 0)) || is_digit(peek(lexer, 0)) ||
           (peek(lexer, 0) != 0 && strchr("-./ ", peek(lexer, 0))))
        lexer->at++;
    if (peek(lexer, 0) != '`' || lexer->at == start + 1)
        return fault(lexer, start, lexer->at, "malformed quoted field name", "close it with `");
    struct cel_token token = finish(lexer, CEL_TOK_QUOTED, start);
    token.ptr = lexer->text->ptr + start + 1;
    token.len = lexer->at - start - 1;
    token.end = ++lexer->at;
    return token;
}

static struct cel_token read_operator(struct cel_lexer *lexer)
{
    uint32_t start = lexer->at;
    for (size_t i = 0; i < CEL_COUNT(operators); i++) {
        size_t len = strlen(operators[i].text);
        if (peek(lexer, 0) == operators[i].text[0] && (len == 1 || peek(lexer, 1) == operators[i].text[1])) {
            lexer->at += (uint32_t)len;
            return finish(lexer, operators[i].kind, start);
        }
    }
    int c = peek(lexer, 0);
    const char *at = lexer->text->ptr + lexer->at;
    cel_utf8_next(&at, lexer->text->ptr + lexer->text->len);
    lexer->at = (uint32_t)(at - lexer->text->ptr);
    if (c != 0 && strchr("()[]{}.,:?+-*/%!", c) != NULL) {
        struct cel_token token = finish(lexer, CEL_TOK_PUNCT, start);
        token.punct = (char)c;
        return token;
    }
    const char *remedy = c == '='   ? "write == to compare"
                         : c == '&' ? "write &&"
                         : c == '|' ? "write ||"
                                    : "";
    return fault(lexer, start, lexer->at, "unexpected character", remedy);
}

struct cel_token cel_lex_next(struct cel_lexer *lexer)
{
    skip_blanks(lexer);
    if (lexer->at >= lexer->text->len)
        return finish(lexer, CEL_TOK_END, lexer->at);
    int c = peek(lexer, 0);
    bool bytes, raw;
    uint32_t prefix = string_prefix(lexer, &bytes, &raw);
    if (prefix > 0 || c == '"' || c == '\'') {
        lexer->at += prefix;
        return read_string(lexer, bytes, raw);
    }
    if (is_letter(c))
        return read_word(lexer);
    if (is_digit(c) || (c == '.' && is_digit(peek(lexer, 1))))
        return read_number(lexer);
    return c == '`' ? read_quoted_name(lexer) : read_operator(lexer);
}
