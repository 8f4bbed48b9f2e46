/*
 * ctl: the operator's command line. One table of commands (ctl/commands.c); each reads its own
 * options, does its work and returns an exit status: 0 done, 1 failed, 2 wrong usage. What a
 * command prints for people goes to standard output, errors to standard error as one line that
 * names the place and the remedy.
 */
#ifndef PANDWACHT_CTL_H
#define PANDWACHT_CTL_H

/* The whole program: finds the command, runs it, returns the exit status. */
int pw_ctl_main(int argc, char **argv);

#endif
