/*
 * UUIDs (RFC 9562). Version 7 for what is made here, version 8 for what is derived
 * (the same cause always gives the same id).
 */
#ifndef PANDWACHT_BASE_UUID_H
#define PANDWACHT_BASE_UUID_H

#include <stdbool.h>
#include <stdint.h>

#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>

struct pw_uuid {
    uint8_t b[16];
};

#define PW_UUID_TEXT 37 /* with NUL */

/* Version 7 at `now`; random bits from the operating system; ids of one process within
 * one millisecond are ascending. */
struct pw_uuid pw_uuid_v7(pw_usec now);
/* Version 8 of the SHA-256 of `text`. */
struct pw_uuid pw_uuid_v8(struct pw_str text);
bool pw_uuid_is_nil(const struct pw_uuid *id);
bool pw_uuid_eq(const struct pw_uuid *a, const struct pw_uuid *b);
int pw_uuid_cmp(const struct pw_uuid *a, const struct pw_uuid *b);
/* 8-4-4-4-12 lower or upper case; nothing else. */
bool pw_uuid_parse(struct pw_str text, struct pw_uuid *ret) PW_MUST_CHECK;
/* Lower case into `out`; returns it. */
const char *pw_uuid_format(const struct pw_uuid *id, char out[PW_UUID_TEXT]);

#endif
