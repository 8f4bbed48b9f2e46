/*
 * shape.h: typed host memory for JSON objects that look alike.
 *
 * shape_learn() sees every object once and finds what they have in common: a member that is always
 * a string is a string cell, a list of objects an array of structs. shape_declare() describes that to
 * an env, each member of the object as one variable; shape_load() turns an object into memory of that
 * shape. What is not alike (numbers and strings mixed, lists in lists) is a dyn variable.
 */
#ifndef CEL_SHAPE_H
#define CEL_SHAPE_H

#include "tool.h"

enum shape_kind {
    SHAPE_NONE,
    SHAPE_BOOL,
    SHAPE_INT,
    SHAPE_DOUBLE,
    SHAPE_STRING,
    SHAPE_LIST,
    SHAPE_OBJECT,
    SHAPE_MIXED
};

struct shape {
    enum shape_kind kind;
    bool nullable;         /* null was seen */
    unsigned seen;         /* how many values */
    struct shape *element; /* LIST */
    struct shape_member *members;
    unsigned count;
    size_t size;        /* OBJECT: bytes of its struct */
    uint32_t struct_id; /* OBJECT: as declared */
};

struct shape_member {
    const char *name;
    struct shape shape;
    uint32_t offset;
    bool optional; /* not in every object */
    uint8_t bit;   /* its presence bit */
};

/* One loaded object: a slot for every member, in order. */
struct record {
    union cel_slot *slots;
    struct pool pool;
};

void shape_learn(struct shape *shape, struct pool *pool, const json_t *object);
/* False: a message was printed. */
bool shape_declare(struct shape *shape, struct cel_env *env);
/* Strings get their ids from the program, if it is not NULL. */
void shape_load(const struct shape *shape, const struct cel_program *program, const json_t *object,
    struct record *record);

#endif
