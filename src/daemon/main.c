/* pandwacht: one binary for the daemon and everything an operator does beside it. */
#include <pandwacht/ctl.h>

int main(int argc, char **argv)
{
    return pw_ctl_main(argc, argv);
}
