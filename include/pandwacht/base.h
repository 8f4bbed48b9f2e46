/*
 * base: floor 0 of the house. Memory, errors, text, time, digests, log events and
 * counters; libc only. Every other room of pandwacht stands on this one (the CEL
 * library excepted, which stands on libc alone).
 */
#ifndef PANDWACHT_BASE_H
#define PANDWACHT_BASE_H

#include <pandwacht/base/arena.h>
#include <pandwacht/base/buf.h>
#include <pandwacht/base/counters.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/log.h>
#include <pandwacht/base/map.h>
#include <pandwacht/base/sha256.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

#endif
