#include "cel_int.h"
const struct cel_def cel_defs_encoders[] = {{NULL, NULL, 0, 0}};
