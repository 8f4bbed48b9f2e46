/* The table of commands, and finding one by the first words of the command line. */
#include "ctl_int.h"

#include <pandwacht/ctl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PW_VERSION
#define PW_VERSION "0.1.0"
#endif

#define STANDARD_CONFIG "/etc/pandwacht/pandwacht.yaml"

const struct command commands[] = {
    {"serve", "", "run the daemon", run_serve},
    {"migrate", "", "bring the database to this version", run_migrate},
    {"config check", "", "check the configuration", run_config_check},
    {"config show", "", "print what is in force, secrets hidden", run_config_show},
    {"config reference", "", "print every option with type, unit, default and range", run_config_reference},
    {"rules check", "[DIR]", "load and check a rule set", run_rules_check},
    {"rules test", "[DIR]", "run the tests of the rules and the golden dossiers", run_rules_test},
    {"rules backtest", "", "what a candidate would have done over all stored history", run_rules_backtest},
    {"openapi", "[DIR]", "print the description of the API, as served at /v1/openapi.json", run_openapi},
    {"replay", "", "recompute stored assessments and compare them byte for byte", run_replay},
    {"import", "FILE...", "take in facts or premises attributes from files", run_import},
    {"facts list", "", "list the facts of one premises", run_facts_list},
    {"facts retract", "ID", "end a fact in the name of the client that sent it", run_facts_retract},
    {"keys init", "", "make the keys that are missing", run_keys_init},
    {"municipality add", "CODE NAME", "add a municipality", run_municipality_add},
    {"municipality list", "", "list the municipalities", run_municipality_list},
    {"client add", "NAME", "add a system that calls the API", run_client_add},
    {"client list", "", "list the clients", run_client_list},
    {"client revoke", "NAME", "end a client and its tokens", run_client_revoke},
    {"user add", "NAME", "add a person's account", run_user_add},
    {"user list", "", "list the accounts", run_user_list},
    {"user reset", "NAME", "set a new password and end every session", run_user_reset},
    {"partner add", "NAME", "add a receiver of events", run_partner_add},
    {"partner list", "", "list the receivers", run_partner_list},
    {"partner pause", "NAME", "send a receiver nothing for a while", run_partner_pause},
    {"partner resume", "NAME", "send a paused receiver events again", run_partner_resume},
    {"partner test", "NAME", "send a test event and print the answer's status", run_partner_test},
    {"partner verify", "FILE", "check the digest and signature of a request that was kept",
        run_partner_verify},
    {"partner replay", "NAME", "send dead letters again", run_partner_replay},
    {"audit verify", "", "check the chain of audit records, and against its signed heads", run_audit_verify},
    {"audit export", "", "print the sealed audit records, a JSON object a line", run_audit_export},
    {"retention run", "", "erase what is due, and what was erased before a restore", run_retention_run},
    {"retention hold", "", "keep everything of one premises until it is released", run_retention_hold},
    {"retention release", "", "end the holds on one premises", run_retention_release},
    {"subject export", "", "print what an approved request of a data subject releases", run_subject_export},
    {"subject erase", "", "carry out the erasures of an approved request", run_subject_erase},
};
const size_t command_count = PW_COUNT(commands);

static void print_overview(FILE *out)
{
    fputs("pandwacht: risk of criminal use of rented premises, explained\n\nusage: pandwacht COMMAND "
          "[OPTION...]\n\n",
        out);
    for (size_t i = 0; i < command_count; i++)
        fprintf(out, "  %-18s %-10s %s\n", commands[i].words, commands[i].operands, commands[i].summary);
    fputs("\nEvery command knows --config FILE, --json and --help.\n", out);
}

/* A command a line, its words, operands and summary apart by tabs: what man pages and completion are made
 * from. */
static void print_list(void)
{
    for (size_t i = 0; i < command_count; i++)
        printf("%s\t%s\t%s\n", commands[i].words, commands[i].operands, commands[i].summary);
}

/* How many leading arguments are the command's words; 0 when they are not. */
static int match(const struct command *command, int argc, char **argv)
{
    struct pw_str rest = pw_str_z(command->words), word;
    int n = 0;
    bool more = true;
    while (more) {
        more = pw_str_cut(rest, ' ', &word, &rest);
        if (n == argc || !pw_str_is(word, argv[n]))
            return 0;
        n++;
    }
    return n;
}

static const struct command *find(int argc, char **argv, int *ret_words)
{
    for (size_t i = 0; i < command_count; i++) {
        *ret_words = match(&commands[i], argc, argv);
        if (*ret_words > 0)
            return &commands[i];
    }
    return NULL;
}

/* "client" alone, or "client foo": shows the commands that begin so. */
static int unknown_command(int argc, char **argv)
{
    bool known = false;
    size_t length = argc > 0 ? strlen(argv[0]) : 0;
    for (size_t i = 0; i < command_count && argc > 0; i++)
        known =
            known || (strncmp(commands[i].words, argv[0], length) == 0 && commands[i].words[length] == ' ');
    if (!known) {
        fprintf(stderr, "pandwacht: there is no such command; `pandwacht --help` lists them\n");
        return EXIT_USAGE;
    }
    fprintf(stderr, "pandwacht: say which:\n");
    for (size_t i = 0; i < command_count; i++)
        if (strncmp(commands[i].words, argv[0], length) == 0 && commands[i].words[length] == ' ')
            fprintf(stderr, "  pandwacht %s %s\n", commands[i].words, commands[i].operands);
    return EXIT_USAGE;
}

int pw_ctl_main(int argc, char **argv)
{
    argc--;
    argv++;
    if (argc == 0 || strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "help") == 0) {
        print_overview(argc == 0 ? stderr : stdout);
        return argc == 0 ? EXIT_USAGE : EXIT_DONE;
    }
    if (strcmp(argv[0], "--list") == 0) {
        print_list();
        return EXIT_DONE;
    }
    if (strcmp(argv[0], "--version") == 0) {
        puts("pandwacht " PW_VERSION);
        return EXIT_DONE;
    }
    int words;
    const struct command *command = find(argc, argv, &words);
    if (command == NULL)
        return unknown_command(argc, argv);
    const char *config = getenv("PANDWACHT_CONFIG");
    struct ctl ctl = {
        .command = command,
        .config_file = config != NULL ? config : STANDARD_CONFIG,
        .arena = pw_arena_new(),
        .argc = argc - words,
        .argv = argv + words,
    };
    int status = command->run(&ctl);
    pw_arena_free(ctl.arena);
    return status;
}
