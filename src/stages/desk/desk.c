/* Making and freeing the stage. */
#include <stdlib.h>

#include "desk_int.h"

struct pw_desk *pw_desk_new(const struct pw_desk_options *options)
{
    struct pw_desk *desk = pw_xcalloc(1, sizeof *desk);

    desk->options = *options;
    return desk;
}

void pw_desk_free(struct pw_desk *desk)
{
    if (desk == NULL)
        return;
    desk_sets_free(desk);
    free(desk);
}

void pw_desk_set_model(struct pw_desk *desk, const struct pw_fact_model *model)
{
    desk->options.model = model;
}
