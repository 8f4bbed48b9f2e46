/* Private to the commands on rule sets. */
#ifndef PANDWACHT_CTL_RULES_INT_H
#define PANDWACHT_CTL_RULES_INT_H

#include "ctl_int.h"

#include <pandwacht/rules.h>

/* What was proved of a set loaded from files, on standard output. */
void print_proofs(const struct pw_ruleset *set);
/* A line for each rule with the fields it reads. */
void print_reads(struct pw_arena *arena, const struct pw_ruleset *set);

#endif
