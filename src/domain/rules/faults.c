/* Collecting faults: a rule author sees all of them at once, in the order of the files. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rules_int.h"

void loader_take(struct loader *loader, struct pw_err *err)
{
    struct pw_rules_faults *faults = loader->faults;

    if (faults->count < PW_RULES_FAULTS_MAX)
        faults->items[faults->count++] = *err;
    else
        faults->more++;
    memset(err, 0, sizeof *err);
}

bool loader_fault(struct loader *loader, const struct pw_yaml *node, const char *fmt, ...)
{
    char text[PW_ERR_TEXT_MAX];
    struct pw_err err = {0};
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    pw_fail_at(&err, PW_ERR_SYNTAX, node ? node->file : NULL, node ? node->line : 0, node ? node->column : 0,
        "%s", text);
    loader_take(loader, &err);
    return false;
}
