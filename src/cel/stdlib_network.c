#include "cel_int.h"
const struct cel_def cel_defs_network[] = {{NULL, NULL, 0, 0}};
bool cel_addr_equal(const struct cel_addr *a, const struct cel_addr *b)
{
    return a == b;
}
size_t cel_addr_text(const struct cel_addr *a, char *b, size_t n)
{
    (void)a;
    if (n)
        b[0] = 0;
    return 0;
}
