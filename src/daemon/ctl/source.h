/* Private to ctl: the client in whose name an operator enters facts (import, facts retract). */
#ifndef PANDWACHT_CTL_SOURCE_H
#define PANDWACHT_CTL_SOURCE_H

#include "ctl_int.h"

struct source {
    struct pw_uuid id;
    struct pw_str controller; /* OIN */
    unsigned classes;         /* bit mask of enum pw_source_class */
    bool wwft_liable;
};

/* Finds it by name; NOT_FOUND when there is none, or it was revoked. */
bool find_source(struct ctl *ctl, struct pw_db *db, const char *name, struct source *ret,
    struct pw_err *err) PW_MUST_CHECK;

#endif
