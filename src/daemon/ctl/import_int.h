/* Private to the command import: what its parts share. */
#ifndef PANDWACHT_CTL_IMPORT_INT_H
#define PANDWACHT_CTL_IMPORT_INT_H

#include "source.h"

#include <stdio.h>

#include <pandwacht/crypto.h>
#include <pandwacht/facts.h>
#include <pandwacht/json.h>
#include <pandwacht/ledger.h>

struct import {
    struct ctl *ctl;
    struct bench bench;
    struct source source;
    const struct pw_fact_model *model;
    struct pw_keys *keys;
    struct pw_ledger *ledger;
    bool premises;              /* lines are premises attributes, not facts */
    const struct pw_kind *kind; /* of all lines, or NULL: each says */
    struct pw_arena *arena;     /* of one chunk */
    struct pw_ledger_item *items;
    struct pw_ledger_premises *places; /* of premises lines, beside their drafts */
    struct pw_premises_draft *drafts;
    size_t *lines; /* line numbers of the items */
    size_t count;
    bool written;
    size_t created, duplicates, rejected;
    const char *file;
    size_t octets_read, octets_in_all; /* for the progress bar */
};

/* One fact or premises as JSON: written when a chunk is full. `line` is where it stands in the file. */
void import_line(struct import *import, struct pw_str text, size_t line);
/* A file of CSV, each row as the JSON line that its columns name. */
bool import_csv(struct import *import, FILE *in, struct pw_err *err) PW_MUST_CHECK;
/* Prints a rejected line and counts it. */
void import_reject(struct import *import, size_t line, const char *pointer, const char *code);
/* premises lines: {"premises": {...}, "attributes": {...}}, the latter the body of PUT /v1/premises/{id},
 * with the address where it is known beside the BAG id. */
void import_premises_line(struct import *import, const struct pw_json *json, size_t line);
void import_premises_write(struct import *import);

#endif
