/*
 * number.c: doubles to text and back with a decimal point, whatever LC_NUMERIC says.
 */
#include "cel_int.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define NUMBER_MAX 1024

static const char *local_point(void)
{
    const char *point = localeconv()->decimal_point;
    return point != NULL && point[0] != '\0' ? point : ".";
}

bool cel_read_double(const char *text, size_t len, double *ret)
{
    char copy[NUMBER_MAX + 16];
    if (len == 0 || len > NUMBER_MAX || strchr(" \t\n\v\f\r", text[0]) != NULL)
        return false;
    const char *dot = memchr(text, '.', len), *point = local_point();
    if (dot == NULL || strcmp(point, ".") == 0)
        snprintf(copy, sizeof(copy), "%.*s", (int)len, text);
    else
        snprintf(copy, sizeof(copy), "%.*s%s%.*s", (int)(dot - text), text, point,
            (int)(len - 1) - (int)(dot - text), dot + 1);
    char *end;
    *ret = strtod(copy, &end);
    return *end == '\0' && strlen(copy) >= len;
}

double cel_parse_double(const char *text, size_t len)
{
    double d;
    return cel_read_double(text, len, &d) ? d : 0;
}

size_t cel_print_double(char *buffer, size_t size, const char *format, int precision, double d)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    int n = snprintf(buffer, size, format, precision, d);
#pragma GCC diagnostic pop
    const char *point = local_point();
    char *at = n > 0 && strcmp(point, ".") != 0 ? strstr(buffer, point) : NULL;
    if (at == NULL)
        return n < 0 ? 0 : (size_t)n;
    *at = '.';
    memmove(at + 1, at + strlen(point), strlen(at + strlen(point)) + 1);
    return (size_t)n - (strlen(point) - 1);
}

/* The fewest digits that read back as d. */
static int shortest(double d, char *buffer, size_t size)
{
    for (int precision = 0; precision < 17; precision++) {
        size_t n = cel_print_double(buffer, size, "%.*e", precision, d);
        if (cel_parse_double(buffer, n) == d)
            return precision;
    }
    return 17;
}

/* "1.25e+04" becomes "12500": the digits there are, then zeros. */
static size_t write_whole(char *text, int precision, int exponent)
{
    char *second = text + (text[0] == '-') + 1;
    if (precision > 0)
        memmove(second, second + 1, (size_t)precision);
    memset(second + precision, '0', (size_t)(exponent - precision));
    second[exponent] = '\0';
    return strlen(text);
}

size_t cel_double_text(double d, char *buffer, size_t size)
{
    if (isnan(d))
        return (size_t)snprintf(buffer, size, "NaN");
    if (isinf(d))
        return (size_t)snprintf(buffer, size, d < 0 ? "-Infinity" : "Infinity");
    int precision = shortest(d, buffer, size);
    int exponent = atoi(strchr(buffer, 'e') + 1);
    if (exponent < -4 || exponent >= 21)
        return strlen(buffer);
    if (exponent >= precision)
        return write_whole(buffer, precision, exponent);
    return cel_print_double(buffer, size, "%.*f", precision - exponent, d);
}
