/* The bench most commands work at: configuration, loop and database, freed with the command's arena. */
#include "ctl_int.h"

static void free_config(void *config)
{
    pw_config_free(config);
}

static void free_loop(void *loop)
{
    pw_loop_free(loop);
}

static void free_db(void *db)
{
    pw_db_free(db);
}

bool open_config(struct ctl *ctl, struct pw_config **ret, struct pw_err *err)
{
    if (!pw_config_load(ctl->config_file, ret, err))
        return false;
    pw_arena_defer(ctl->arena, free_config, *ret);
    return true;
}

bool open_bench(struct ctl *ctl, struct bench *ret, struct pw_err *err)
{
    if (!open_config(ctl, &ret->config, err))
        return false;
    ret->loop = pw_loop_new();
    pw_arena_defer(ctl->arena, free_loop, ret->loop);
    ret->db = pw_db_new(ret->loop, &(struct pw_db_options){
                                       .url = pw_config_database_url(ret->config, ctl->arena),
                                       .application_name = "pandwacht-ctl",
                                       .max_connections = 2,
                                       .deadline_ms = 600000,
                                   });
    pw_arena_defer(ctl->arena, free_db, ret->db);
    return pw_db_check_schema(ret->db, err);
}
