/* Making and freeing the stage. */
#include <stdlib.h>

#include "desk_int.h"

struct pw_desk *pw_desk_new(const struct pw_desk_options *options)
{
    struct pw_desk *desk = pw_xcalloc(1, sizeof *desk);

    desk->options = *options;
    desk->sets = pw_sets_new(options->db, true);
    return desk;
}

void pw_desk_free(struct pw_desk *desk)
{
    if (desk == NULL)
        return;
    pw_sets_free(desk->sets);
    free(desk);
}

void pw_desk_set_model(struct pw_desk *desk, const struct pw_fact_model *model)
{
    desk->options.model = model;
}
