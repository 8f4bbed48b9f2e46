/* The proofs, in order. They read rules that are complete, so a set with a fault is not proved. */
#include "proof_int.h"

void prove_set(struct loader *loader)
{
    loader->undecided = PW_NEW_ARRAY(loader->arena, UNDECIDED_MAX, struct pw_undecided);
    prove_inputs(loader);
    prove_rules(loader);
    prove_bounds(loader);
}
