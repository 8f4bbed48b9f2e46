/*
 * cel: the Common Expression Language on the command line.
 *
 *   cel eval EXPR [--bind JSON] [--unchecked]     the value; exit 1 if it is an error
 *   cel check EXPR... [--env FILE]                type and cost of each, or what is wrong
 *   cel conformance [--without LIB] FILE...       runs test cases, one JSON object a line
 *   cel bench RULES.jsonl DOSSIERS.jsonl          how fast conditions run
 */
#include "tool.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *usage;
} commands[] = {
    {"eval", run_eval, "cel eval EXPR [--bind JSON] [--unchecked]"},
    {"check", run_check, "cel check EXPR... [--env FILE]"},
    {"conformance", run_conformance, "cel conformance [--without LIB] FILE..."},
    {"bench", run_bench, "cel bench RULES.jsonl DOSSIERS.jsonl"},
};

int main(int argc, char **argv)
{
    size_t count = sizeof(commands) / sizeof(commands[0]);
    for (size_t i = 0; i < count && argc > 1; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    for (size_t i = 0; i < count; i++)
        fprintf(stderr, "%s\n", commands[i].usage);
    return 2;
}
