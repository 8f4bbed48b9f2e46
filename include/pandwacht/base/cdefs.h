/* The few compiler attributes the house uses, under names that say what they ask. */
#ifndef PANDWACHT_BASE_CDEFS_H
#define PANDWACHT_BASE_CDEFS_H

#define PW_MUST_CHECK        __attribute__((warn_unused_result))
#define PW_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define PW_NORETURN          __attribute__((noreturn))
#define PW_COUNT(array)      (sizeof(array) / sizeof((array)[0]))

#endif
