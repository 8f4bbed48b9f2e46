/* Writing JSON as a stream. Misuse (a key twice, a value without key) is our own fault and asserts. */
#include "json_int.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WRITE_DEPTH 63

void pw_jsonw_init(struct pw_jsonw *w, struct pw_buf *buf)
{
    *w = (struct pw_jsonw){.buf = buf};
}

static bool in_array(const struct pw_jsonw *w)
{
    return w->depth == 0 || (w->is_array >> w->depth & 1);
}

static void before_value(struct pw_jsonw *w)
{
    assert(in_array(w) != w->after_key);
    if (!w->after_key && w->comma)
        pw_buf_putc(w->buf, ',');
    w->after_key = false;
    w->comma = true;
}

static void open_container(struct pw_jsonw *w, bool array)
{
    before_value(w);
    assert(w->depth < WRITE_DEPTH);
    w->depth++;
    uint64_t bit = UINT64_C(1) << w->depth;
    w->is_array = array ? w->is_array | bit : w->is_array & ~bit;
    w->comma = false;
    pw_buf_putc(w->buf, array ? '[' : '{');
}

static void close_container(struct pw_jsonw *w, bool array)
{
    assert(w->depth > 0 && !w->after_key && in_array(w) == array);
    w->depth--;
    w->comma = true;
    pw_buf_putc(w->buf, array ? ']' : '}');
}

void pw_jsonw_object(struct pw_jsonw *w)
{
    open_container(w, false);
}

void pw_jsonw_end_object(struct pw_jsonw *w)
{
    close_container(w, false);
}

void pw_jsonw_array(struct pw_jsonw *w)
{
    open_container(w, true);
}

void pw_jsonw_end_array(struct pw_jsonw *w)
{
    close_container(w, true);
}

void pw_jsonw_key_str(struct pw_jsonw *w, struct pw_str name)
{
    assert(w->depth > 0 && !in_array(w) && !w->after_key);
    if (w->comma)
        pw_buf_putc(w->buf, ',');
    pw_json_put_string(w->buf, name);
    pw_buf_putc(w->buf, ':');
    w->after_key = true;
    w->comma = false;
}

void pw_jsonw_key(struct pw_jsonw *w, const char *name)
{
    pw_jsonw_key_str(w, pw_str_z(name));
}

void pw_jsonw_raw(struct pw_jsonw *w, struct pw_str json)
{
    before_value(w);
    pw_buf_put_str(w->buf, json);
}

void pw_jsonw_null(struct pw_jsonw *w)
{
    pw_jsonw_raw(w, PW_STR("null"));
}

void pw_jsonw_bool(struct pw_jsonw *w, bool value)
{
    pw_jsonw_raw(w, value ? PW_STR("true") : PW_STR("false"));
}

void pw_jsonw_i64(struct pw_jsonw *w, int64_t value)
{
    before_value(w);
    pw_buf_printf(w->buf, "%" PRId64, value);
}

void pw_jsonw_str(struct pw_jsonw *w, struct pw_str value)
{
    before_value(w);
    pw_json_put_string(w->buf, value);
}

void pw_jsonw_z(struct pw_jsonw *w, const char *value)
{
    if (value)
        pw_jsonw_str(w, pw_str_z(value));
    else
        pw_jsonw_null(w);
}

/* A decimal fraction from an integer, without trailing zeros. */
static void put_scaled(struct pw_buf *buf, int64_t value, int decimals, uint64_t scale)
{
    uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
    uint64_t fraction = magnitude % scale;
    pw_buf_printf(buf, "%s%" PRIu64, value < 0 ? "-" : "", magnitude / scale);
    if (fraction == 0)
        return;
    while (fraction % 10 == 0) {
        fraction /= 10;
        decimals--;
    }
    pw_buf_printf(buf, ".%0*" PRIu64, decimals, fraction);
}

void pw_jsonw_milli(struct pw_jsonw *w, int64_t thousandths)
{
    before_value(w);
    put_scaled(w->buf, thousandths, 3, 1000);
}

void pw_jsonw_cents(struct pw_jsonw *w, int64_t hundredths)
{
    before_value(w);
    put_scaled(w->buf, hundredths, 2, 100);
}

void pw_jsonw_double(struct pw_jsonw *w, double value)
{
    before_value(w);
    pw_json_put_double(w->buf, value);
}

void pw_jsonw_uuid(struct pw_jsonw *w, const struct pw_uuid *id)
{
    char text[PW_UUID_TEXT];
    pw_jsonw_z(w, pw_uuid_is_nil(id) ? NULL : pw_uuid_format(id, text));
}

void pw_jsonw_day(struct pw_jsonw *w, pw_day day)
{
    char text[PW_DATE_TEXT];
    pw_jsonw_z(w, day == PW_DAY_NONE ? NULL : pw_day_format(day, text));
}

void pw_jsonw_instant(struct pw_jsonw *w, pw_usec time)
{
    char text[PW_TIME_TEXT];
    if (time == PW_TIME_NONE)
        pw_jsonw_null(w);
    else
        pw_jsonw_z(w, pw_instant_format(time, time % PW_USEC_PER_SEC != 0, text));
}

/* ---- scalars ---- */

/* Octets of the UTF-8 character at `p`, 0 when there is none. */
static size_t utf8_span(const char *p, size_t left)
{
    unsigned char lead = (unsigned char)*p;
    if (lead < 0x80)
        return 1;
    size_t len = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    return len <= left && pw_utf8_valid((struct pw_str){p, len}) ? len : 0;
}

static void put_escaped(struct pw_buf *out, unsigned char c)
{
    static const char letters[32] = {['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'};
    if (c >= 0x20)
        pw_buf_printf(out, "\\%c", c);
    else if (letters[c])
        pw_buf_printf(out, "\\%c", letters[c]);
    else
        pw_buf_printf(out, "\\u%04x", c);
}

void pw_json_put_string(struct pw_buf *out, struct pw_str value)
{
    pw_buf_putc(out, '"');
    size_t done = 0, i = 0;
    while (i < value.len) {
        unsigned char c = (unsigned char)value.data[i];
        bool plain = c >= 0x20 && c != '"' && c != '\\';
        size_t span = plain ? utf8_span(value.data + i, value.len - i) : 0;
        if (span) {
            i += span;
            continue;
        }
        pw_buf_put(out, value.data + done, i - done);
        if (plain)
            pw_buf_puts(out, "\xEF\xBF\xBD");
        else
            put_escaped(out, c);
        done = ++i;
    }
    pw_buf_put(out, value.data + done, value.len - done);
    pw_buf_putc(out, '"');
}

/* The digits of the shortest decimal that reads back as `value`, and its exponent (d.ddd x 10^e). */
static int shortest_digits(double value, char digits[20])
{
    char text[40];
    for (int precision = 0; precision < 17; precision++) {
        snprintf(text, sizeof text, "%.*e", precision, value);
        if (strtod(text, NULL) == value)
            break;
    }
    char *e = strchr(text, 'e');
    int exponent = atoi(e + 1), n = 0;
    for (const char *p = text; p < e; p++)
        if (*p != '.')
            digits[n++] = *p;
    while (n > 1 && digits[n - 1] == '0')
        n--;
    digits[n] = 0;
    return exponent;
}

/* ECMAScript's Number::toString, as RFC 8785 asks for. */
void pw_json_put_double(struct pw_buf *out, double value)
{
    assert(isfinite(value));
    if (value < 0)
        pw_buf_putc(out, '-');
    value = fabs(value);
    if (value == 0) {
        pw_buf_putc(out, '0');
        return;
    }
    char digits[20];
    int exponent = shortest_digits(value, digits);
    int n = (int)strlen(digits);
    if (exponent < -6 || exponent > 20) {
        pw_buf_printf(out, "%c%s%se%+d", digits[0], n > 1 ? "." : "", digits + 1, exponent);
    } else if (exponent < 0) {
        pw_buf_printf(out, "0.%.*s%s", -exponent - 1, "0000000", digits);
    } else if (n <= exponent + 1) {
        pw_buf_printf(out, "%s%.*s", digits, exponent + 1 - n, "000000000000000000000");
    } else {
        pw_buf_printf(out, "%.*s.%s", exponent + 1, digits, digits + exponent + 1);
    }
}
