/*
 * premises: what a premises *is*, without a database. A BAG object has its 16-digit id; what has
 * none is known by postcode, house number, letter and addition, and gets a provisional id derived
 * from those, so that the same address always yields the same premises, whoever names it first.
 * Aliases (address -> BAG object) are rows; the ledger keeps them with the keys made here.
 *
 * Pure. Used by facts (the envelope's `premises`), ledger, intake, desk.
 */
#ifndef PANDWACHT_PREMISES_H
#define PANDWACHT_PREMISES_H

#include <stdbool.h>

#include <pandwacht/base.h>
#include <pandwacht/json.h>

#define PW_BAG_ID_LENGTH 16

/* An address as it identifies a premises; texts in normal form (pw_premises_read_ref). */
struct pw_address {
    struct pw_str postcode;     /* "1234AB"; "" = no address */
    int32_t house_number;       /* 1 to 99999 */
    struct pw_str letter;       /* one upper-case letter or "" */
    struct pw_str addition;     /* upper case, 1 to 8 of letters, digits, '-', '/', ' ' within; or "" */
    struct pw_str municipality; /* name or CBS code; routes only, no part of the identity; or "" */
};

/* How a body names a premises: exactly one of the three. */
struct pw_premises_ref {
    enum { PW_PREMISES_BY_BAG = 1, PW_PREMISES_BY_ADDRESS, PW_PREMISES_BY_ID } by;
    struct pw_str bag_id;      /* BY_BAG: 16 digits, object type 01, 02 or 03 */
    struct pw_address address; /* BY_ADDRESS */
    struct pw_uuid id;         /* BY_ID */
};

/* Reads {bagId} or {address: {...}} or {premisesId}; texts are copied into `arena`. Every fault found
 * is added; false if there was any. */
bool pw_premises_read_ref(struct pw_arena *arena, const struct pw_json *json, const struct pw_at *at,
    struct pw_premises_ref *ret, struct pw_faults *faults) PW_MUST_CHECK;
/* Reads an address object alone (POST /v1/premises). */
bool pw_premises_read_address(struct pw_arena *arena, const struct pw_json *json, const struct pw_at *at,
    struct pw_address *ret, struct pw_faults *faults) PW_MUST_CHECK;

/* 16 digits, digits 5-6 one of 01 (verblijfsobject), 02 (ligplaats), 03 (standplaats). */
bool pw_premises_bag_id_valid(struct pw_str text);

/* The text under which an address is one: "1234AB 12 A BIS"; in the arena. Two addresses with equal
 * keys are the same premises. Municipality plays no part. */
struct pw_str pw_premises_key(struct pw_arena *arena, const struct pw_address *address);
/* The id of a premises that is known by its address only (UUIDv8 of the key). */
struct pw_uuid pw_premises_provisional_id(const struct pw_address *address);
/* The id of a premises first named by its BAG id (UUIDv8 of that id): independent of who came first. */
struct pw_uuid pw_premises_bag_uuid(struct pw_str bag_id);

/* {"postcode","houseNumber","houseLetter"?,"houseNumberAddition"?,"municipality"?}; null without postcode. */
void pw_premises_write_address(const struct pw_address *address, struct pw_jsonw *w);

/* JSON Schemas PremisesRef and Address as members of an open object (components.schemas). */
void pw_premises_write_schemas(struct pw_jsonw *w);

#endif
