/* Private to upkeep: the sealer. */
#ifndef PANDWACHT_UPKEEP_INT_H
#define PANDWACHT_UPKEEP_INT_H

#include <pandwacht/upkeep.h>

struct sealer;

struct sealer *sealer_new(const struct pw_upkeep_options *options);
void sealer_drain(struct sealer *sealer);
bool sealer_idle(const struct sealer *sealer);
void sealer_stop(struct sealer *sealer);
void sealer_free(struct sealer *sealer);

#endif
