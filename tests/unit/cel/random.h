/*
 * random.h: random well-typed conditions over the host of host.h, and random contents for it.
 *
 * Everything follows from one number, the seed, so that a case that fails can be run again.
 */
#ifndef TESTS_CEL_RANDOM_H
#define TESTS_CEL_RANDOM_H

#include "host.h"

enum scope_kind { IN_PAYMENT, IN_TIP, IN_YEAR, IN_NAME, IN_FLAG };

struct random {
    uint64_t state;
    char text[8192];
    size_t len;
    enum scope_kind scope[8]; /* the macros' variables, v0 v1 ... */
    unsigned depth;
};

static inline uint64_t random_bits(struct random *r)
{
    uint64_t z = (r->state += 0x9E3779B97F4A7C15u);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return z ^ z >> 31;
}

static inline unsigned below(struct random *r, unsigned n)
{
    return (unsigned)(random_bits(r) % n);
}

static inline __attribute__((format(printf, 2, 3))) void say(struct random *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(r->text + r->len, sizeof(r->text) - r->len, format, args);
    va_end(args);
    r->len += n > 0 && (size_t)n < sizeof(r->text) - r->len ? (size_t)n : 0;
}

#define PICK(r, array) ((array)[below(r, sizeof(array) / sizeof((array)[0]))])

static void say_bool(struct random *r, unsigned d);
static void say_int(struct random *r, unsigned d);
static void say_time(struct random *r, unsigned d);

/* A variable in scope of that kind into *ret; false: none. */
static inline bool variable_of(struct random *r, enum scope_kind kind, unsigned *ret)
{
    unsigned found = 0;
    *ret = 0;
    for (unsigned i = 0; i < r->depth; i++)
        if (r->scope[i] == kind && below(r, ++found) == 0)
            *ret = i;
    return found > 0;
}

static inline const char *compare_op(struct random *r)
{
    static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">="};
    return PICK(r, ops);
}

/* ---- operands ---- */

static void say_payment(struct random *r)
{
    unsigned v;
    if (variable_of(r, IN_PAYMENT, &v) && below(r, 4) > 0)
        say(r, "v%u", v);
    else
        say(r, below(r, 4) > 0 ? "payment" : "payments[%u]", below(r, 4));
}

static void say_tip(struct random *r)
{
    unsigned v;
    if (variable_of(r, IN_TIP, &v) && below(r, 4) > 0)
        say(r, "v%u", v);
    else
        say(r, "tips[%u]", below(r, 4));
}

static void say_owner(struct random *r)
{
    say(r, below(r, 2) > 0 ? "premises.owner" : "premises.agent");
}

static void say_list(struct random *r, enum scope_kind kind)
{
    static const char *const lists[] = {
        "payments", "tips", "premises.years", "premises.names", "premises.flags"};
    say(r, "%s", lists[kind]);
}

/* list, or list.filter(v, p), which opens and closes a scope of its own. */
static void say_range(struct random *r, enum scope_kind kind, unsigned d)
{
    say_list(r, kind);
    if (d == 0 || below(r, 3) > 0)
        return;
    say(r, ".filter(v%u, ", r->depth);
    r->scope[r->depth++] = kind;
    say_bool(r, d - 1);
    r->depth--;
    say(r, ")");
}

static void say_int_leaf(struct random *r)
{
    static const char *const leaves[] = {"0", "1", "-1", "7", "2022", "score", "premises.area",
        "9223372036854775807", "-9223372036854775808", "premises.years[1]"};
    unsigned v;
    if (variable_of(r, IN_YEAR, &v) && below(r, 2) > 0) {
        say(r, "v%u", v);
    } else if (below(r, 4) == 0) {
        say_owner(r);
        say(r, ".portfolio");
    } else {
        say(r, "%s", PICK(r, leaves));
    }
}

static void say_size(struct random *r, unsigned d)
{
    enum scope_kind kind = (enum scope_kind)below(r, 5);
    bool method = below(r, 2) > 0;
    say(r, method ? "" : "size(");
    if (below(r, 5) == 0)
        say(r, below(r, 2) > 0 ? "premises.purposes" : "word");
    else
        say_range(r, kind, d);
    say(r, method ? ".size()" : ")");
}

static void say_int(struct random *r, unsigned d)
{
    static const char *const ops[] = {"+", "-", "*", "/", "%"};
    if (d == 0 || below(r, 3) == 0) {
        say_int_leaf(r);
        return;
    }
    switch (below(r, 5)) {
    case 0:
        say_size(r, d - 1);
        return;
    case 1:
        say(r, "(");
        say_bool(r, d - 1);
        say(r, " ? ");
        say_int(r, d - 1);
        say(r, " : ");
        say_int(r, d - 1);
        say(r, ")");
        return;
    case 2:
        say(r, "-(");
        say_int(r, d - 1);
        say(r, ")");
        return;
    default:
        say(r, "(");
        say_int(r, d - 1);
        say(r, " %s ", PICK(r, ops));
        say_int(r, d - 1);
        say(r, ")");
    }
}

static void say_uint(struct random *r, unsigned d)
{
    static const char *const leaves[] = {"premises.meters", "0u", "3u", "9000u", "18446744073709551615u"};
    static const char *const ops[] = {"+", "-", "*", "/", "%"};
    if (d == 0 || below(r, 2) == 0) {
        say(r, "%s", PICK(r, leaves));
        return;
    }
    say(r, "(");
    say_uint(r, d - 1);
    say(r, " %s ", PICK(r, ops));
    say_uint(r, d - 1);
    say(r, ")");
}

static void say_double(struct random *r, unsigned d)
{
    static const char *const leaves[] = {"0.0", "-0.5", "900.0", "1e300", "0.0 / 0.0", "1.0 / 0.0"};
    static const char *const ops[] = {"+", "-", "*", "/"};
    switch (d == 0 ? below(r, 3) : below(r, 6)) {
    case 0:
        say(r, "(%s)", PICK(r, leaves));
        return;
    case 1:
        say_payment(r);
        say(r, ".amount");
        return;
    case 2:
        say_tip(r);
        say(r, ".reliability");
        return;
    case 3:
        say(r, "double(");
        say_int(r, d - 1);
        say(r, ")");
        return;
    case 4:
        say(r, "-(");
        say_double(r, d - 1);
        say(r, ")");
        return;
    default:
        say(r, "(");
        say_double(r, d - 1);
        say(r, " %s ", PICK(r, ops));
        say_double(r, d - 1);
        say(r, ")");
    }
}

static const char *const words[] = {
    "storage", "", "a", "hennep", "huur", "loods", "Jansen", "De ", "B.V.", "geur bij de loods", "\u00e9"};

static void say_string(struct random *r)
{
    unsigned v;
    if (variable_of(r, IN_NAME, &v) && below(r, 2) > 0) {
        say(r, "v%u", v);
        return;
    }
    switch (below(r, 5)) {
    case 0:
        say(r, "'%s'", PICK(r, words));
        return;
    case 1:
        say(r, "word");
        return;
    case 2:
        say_payment(r);
        say(r, ".note");
        return;
    case 3:
        say_tip(r);
        say(r, ".text");
        return;
    default:
        say_owner(r);
        say(r, ".name");
    }
}

static void say_span(struct random *r, unsigned d)
{
    static const char *const leaves[] = {
        "premises.lease", "duration('240h')", "duration('-1.5s')", "duration('0s')", "duration('2562047h')"};
    if (d == 0 || below(r, 2) == 0) {
        say(r, "%s", PICK(r, leaves));
        return;
    }
    say(r, "(");
    if (below(r, 2) > 0) {
        say_time(r, d - 1);
        say(r, " - ");
        say_time(r, d - 1);
    } else {
        say_span(r, d - 1);
        say(r, below(r, 2) > 0 ? " + " : " - ");
        say_span(r, d - 1);
    }
    say(r, ")");
}

static void say_time(struct random *r, unsigned d)
{
    switch (d == 0 ? below(r, 4) : below(r, 5)) {
    case 0:
        say(r, "now");
        return;
    case 1:
        say_payment(r);
        say(r, ".on");
        return;
    case 2:
        say_tip(r);
        say(r, ".received");
        return;
    case 3:
        say(r, "timestamp('%s')", below(r, 2) > 0 ? "2026-09-11T14:13:20.5Z" : "9999-12-31T23:59:59Z");
        return;
    default:
        say(r, "(");
        say_time(r, d - 1);
        say(r, below(r, 2) > 0 ? " + " : " - ");
        say_span(r, d - 1);
        say(r, ")");
    }
}

/* ---- conditions ---- */

static void say_comparison(struct random *r, unsigned d)
{
    static void (*const sayers[])(struct random *, unsigned) = {
        say_int, say_int, say_uint, say_double, say_time, say_span};
    void (*sayer)(struct random *, unsigned) = PICK(r, sayers);
    sayer(r, d);
    say(r, " %s ", compare_op(r));
    sayer(r, d);
}

static void say_enum(struct random *r)
{
    unsigned v;
    bool flag = variable_of(r, IN_FLAG, &v) && below(r, 2) > 0, method = flag || below(r, 2) > 0;
    const char *const *values = method ? methods : categories;
    unsigned count = method ? 4 : 3;
    if (flag)
        say(r, "v%u", v);
    else if (method)
        say_payment(r), say(r, ".method");
    else
        say_tip(r), say(r, ".category");
    if (below(r, 2) > 0)
        say(r, " %s '%s'", below(r, 2) > 0 ? "==" : "!=", values[below(r, count)]);
    else
        say(r, " in ['%s', '%s']", values[below(r, count)], values[below(r, count)]);
}

static void say_text_test(struct random *r)
{
    static const char *const tests[] = {"startsWith", "endsWith", "contains"};
    static const char *const patterns[] = {"[Hh]enn", "^$", "^(huur|borg)$", "oo+d", "\\\\bde\\\\b", "."};
    say_string(r);
    switch (below(r, 4)) {
    case 0:
        say(r, ".%s('%s')", PICK(r, tests), PICK(r, words));
        return;
    case 1:
        say(r, ".matches('%s')", PICK(r, patterns));
        return;
    case 2:
        say(r, " in ['%s', '%s', '%s']", PICK(r, words), PICK(r, words), PICK(r, words));
        return;
    default:
        say(r, " %s ", compare_op(r));
        say_string(r);
    }
}

static void say_simple(struct random *r)
{
    static const char *const tests[] = {"premises.dock", "true", "false", "has(premises.area)",
        "has(payment.amount)", "has(premises.owner)", "has(premises.years)", "'storage' in premises.purposes",
        "2022 in premises.years", "'bank' in premises.flags", "score in [1, 30, 7, 99]",
        "payment.payer == payments[0].payer", "payment.payer != payments[2].payer", "pointsOf('smell') > 4",
        "extra.size() == 0", "premises.years == [2019, 2022, 2024]", "premises.dock == true",
        "string(score) == '30'"};
    say(r, "%s", PICK(r, tests));
}

static void say_macro(struct random *r, unsigned d)
{
    static const char *const macros[] = {"exists", "all", "exists_one"};
    enum scope_kind kind = (enum scope_kind)below(r, 5);
    say_range(r, kind, d);
    say(r, ".%s(v%u, ", PICK(r, macros), r->depth);
    r->scope[r->depth++] = kind;
    say_bool(r, d);
    r->depth--;
    say(r, ")");
}

static void say_logic(struct random *r, unsigned d)
{
    say(r, "(");
    say_bool(r, d);
    say(r, below(r, 2) > 0 ? " && " : " || ");
    say_bool(r, d);
    say(r, ")");
}

static void say_bool(struct random *r, unsigned d)
{
    switch (d == 0 ? 5 + below(r, 4) : below(r, 10)) {
    case 0:
    case 1:
        say_logic(r, d - 1);
        return;
    case 2:
        say(r, "!(");
        say_bool(r, d - 1);
        say(r, ")");
        return;
    case 3:
        if (r->depth < 4) {
            say_macro(r, d - 1);
            return;
        }
        say_simple(r);
        return;
    case 4:
        say_size(r, d - 1);
        say(r, " %s %d", compare_op(r), (int)below(r, 5) - 1);
        return;
    case 5:
        say_simple(r);
        return;
    case 6:
        say_enum(r);
        return;
    case 7:
        say_text_test(r);
        return;
    case 8:
        say_comparison(r, d > 0 ? d - 1 : 0);
        return;
    default:
        say(r, "(");
        say_bool(r, d - 1);
        say(r, " ? ");
        say_bool(r, d - 1);
        say(r, " : ");
        say_bool(r, d - 1);
        say(r, ")");
    }
}

/* ---- contents ---- */

static int64_t some_int(struct random *r)
{
    static const int64_t ints[] = {0, 1, -1, 7, 30, 2022, INT64_MAX, INT64_MIN};
    return PICK(r, ints);
}

static int64_t some_time(struct random *r)
{
    return below(r, 8) == 0 ? (below(r, 2) > 0 ? 253402300799 : -62135596800)
                            : NOW - (int64_t)below(r, 500) * DAY;
}

static struct cel_str some_text(struct random *r, const struct cel_program *program)
{
    const char *word = PICK(r, words);
    struct cel_str text = {word, (uint32_t)strlen(word), 0};
    if (below(r, 2) > 0)
        cel_program_intern(program, &text);
    return text;
}

/* Other contents in the same places; texts are interned or not. */
static void shake(struct random *r, struct host *h)
{
    h->premises.present = random_bits(r);
    h->premises.area = some_int(r);
    h->premises.meters = random_bits(r) >> below(r, 64);
    h->premises.purposes = below(r, 16);
    h->premises.dock = below(r, 2) > 0;
    h->premises.lease = (int64_t)below(r, 1000) * DAY;
    h->premises.year_count = below(r, 4);
    h->premises.name_count = below(r, 3);
    h->premises.flag_count = below(r, 3);
    h->premises.owner = below(r, 4) > 0 ? &h->owner : NULL;
    h->owner = (struct owner){some_text(r, h->program), some_int(r)};
    h->premises.agent = (struct owner){some_text(r, h->program), some_int(r)};
    for (int i = 0; i < 3; i++) {
        h->payments[i] = (struct payment){below(r, 2), below(r, 4), (double)below(r, 2000) / 2, some_time(r),
            below(r, 3), some_text(r, h->program)};
        h->tips[i] = (struct tip){
            0, below(r, 3), some_time(r), (double)below(r, 8) / 8, some_text(r, h->program), below(r, 3)};
    }
    h->payment_span.count = below(r, 4);
    h->tip_span.count = below(r, 4);
    h->word = some_text(r, h->program);
    h->slots[SLOT_SCORE].i = some_int(r);
}

#endif
