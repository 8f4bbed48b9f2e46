#include "cel_int.h"
int cel_vm_run(struct cel_ctx *ctx, const struct cel_expr *expr)
{
    (void)ctx, (void)expr;
    return -1;
}
bool cel_compile(struct cel_program *program, struct cel_expr *expr)
{
    (void)program, (void)expr;
    return false;
}
void cel_program_intern(const struct cel_program *program, struct cel_str *str)
{
    (void)program;
    str->id = 0;
}
