/* GNU long options from a command's own table, with --help made from the same rows. */
#include "ctl_int.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int failed(const struct pw_err *err)
{
    char text[PW_ERR_TEXT_MAX + PW_ERR_FILE_MAX + 32];
    fprintf(stderr, "pandwacht: %s\n", pw_err_format(err, text, sizeof text));
    return EXIT_FAILED;
}

int wrong_usage(const struct ctl *ctl, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("pandwacht: ", stderr);
    vfprintf(stderr, fmt, args);
    va_end(args);
    fprintf(stderr, "; see `pandwacht %s --help`\n", ctl->command->words);
    return EXIT_USAGE;
}

static void print_help(const struct ctl *ctl, const struct option_row *rows, size_t count)
{
    printf("usage: pandwacht %s [OPTION...] %s\n%s.\n\n", ctl->command->words, ctl->command->operands,
        ctl->command->summary);
    for (size_t i = 0; i < count; i++) {
        int width = printf("  --%s%s%s", rows[i].name, rows[i].meta == NULL ? "" : " ",
            rows[i].meta == NULL ? "" : rows[i].meta);
        printf("%*s %s%s\n", width < 28 ? 28 - width : 1, "", rows[i].help,
            rows[i].kind == OPTION_LIST ? " (repeat for more)" : "");
    }
    puts("  --config FILE              the configuration file\n"
         "  --json                     print for machines\n"
         "  --help                     print this");
}

static bool store(struct ctl *ctl, const struct option_row *row, char *value, int *ret_status)
{
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)row->into = true;
        return true;
    case OPTION_TEXT:
        *(const char **)row->into = value;
        return true;
    case OPTION_NUMBER: {
        int64_t number;
        if (!pw_str_to_i64(pw_str_z(value), &number) || number < 0 || number > 1000000000) {
            *ret_status = wrong_usage(ctl, "--%s takes a whole number", row->name);
            return false;
        }
        *(long *)row->into = (long)number;
        return true;
    }
    case OPTION_LIST: {
        struct list *list = row->into;
        if (list->count == LIST_MAX) {
            *ret_status = wrong_usage(ctl, "--%s can be given %d times at most", row->name, LIST_MAX);
            return false;
        }
        list->items[list->count++] = value;
        return true;
    }
    }
    return false;
}

#define COMMON_ROWS 3
enum { VALUE_CONFIG = 1000, VALUE_JSON, VALUE_HELP };

static struct option *long_options(struct ctl *ctl, const struct option_row *rows, size_t count)
{
    struct option *options = PW_NEW_ARRAY(ctl->arena, count + COMMON_ROWS + 1, struct option);
    for (size_t i = 0; i < count; i++)
        options[i] = (struct option){
            rows[i].name, rows[i].kind == OPTION_FLAG ? no_argument : required_argument, NULL, (int)i};
    options[count] = (struct option){"config", required_argument, NULL, VALUE_CONFIG};
    options[count + 1] = (struct option){"json", no_argument, NULL, VALUE_JSON};
    options[count + 2] = (struct option){"help", no_argument, NULL, VALUE_HELP};
    return options;
}

bool read_options(struct ctl *ctl, const struct option_row *rows, size_t count, int operands_min,
    int operands_max, int *ret_status)
{
    struct option *options = long_options(ctl, rows, count);
    /* getopt_long wants the program's name in front. */
    char **argv = PW_NEW_ARRAY(ctl->arena, (size_t)ctl->argc + 2, char *);
    argv[0] = (char *)(uintptr_t) "pandwacht";
    for (int i = 0; i < ctl->argc; i++)
        argv[i + 1] = ctl->argv[i];
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(ctl->argc + 1, argv, "", options, NULL)) != -1;) {
        if (c == VALUE_HELP) {
            print_help(ctl, rows, count);
            *ret_status = EXIT_DONE;
            return false;
        } else if (c == VALUE_CONFIG) {
            ctl->config_file = optarg;
        } else if (c == VALUE_JSON) {
            ctl->json = true;
        } else if (c == '?') {
            *ret_status = wrong_usage(ctl, "an option is not known or lacks its value: %s", argv[optind - 1]);
            return false;
        } else if (!store(ctl, &rows[c], optarg, ret_status)) {
            return false;
        }
    }
    ctl->operands = argv + optind;
    ctl->operand_count = ctl->argc + 1 - optind;
    if (ctl->operand_count < operands_min || ctl->operand_count > operands_max) {
        *ret_status = wrong_usage(
            ctl, "usage: pandwacht %s [OPTION...] %s", ctl->command->words, ctl->command->operands);
        return false;
    }
    return true;
}
