/*
 * vm_int.h: the program of the vm: what compile_*.c write and vm.c runs.
 *
 * An instruction names its successors, so conditions are branches and need no values. Operands
 * are places: a base register (a pointer) and an offset. Register 0 points at the registers
 * themselves and register 1 at the program's constants, so a field, a variable, a temporary and
 * a constant are read in the same way. Whatever would be an error ends the run ("bail"), and the
 * reference interpreter evaluates the expression again: it knows the algebra of errors.
 */
#ifndef CEL_VM_INT_H
#define CEL_VM_INT_H

#include "cel_int.h"

/* Name, then: can it bail? The first three have no successors to choose between. */
#define CEL_OPS(X)                                                                                           \
    X(RETURN, 0)    /* the outcome k: 1 or 0 */                                                              \
    X(BAIL, 1)      /* leave it to the reference interpreter */                                              \
    X(JUMP, 0)      /* to yes */                                                                             \
    X(TEST, 0)      /* a, 64 bits: not zero */                                                               \
    X(TEST8, 0)     /* a, a byte: not zero */                                                                \
    X(TEST_MASK, 0) /* a and k: not zero */                                                                  \
    X(EQ_K, 0)      /* a = k, signed; below: < and <= */                                                     \
    X(LT_K, 0)                                                                                               \
    X(LE_K, 0)                                                                                               \
    X(EQ, 0) /* a = b; below: < and <= */                                                                    \
    X(LT, 0)                                                                                                 \
    X(LE, 0)                                                                                                 \
    X(DIFF_LT_K, 1) /* a - b < k; below: <= */                                                               \
    X(DIFF_LE_K, 1)                                                                                          \
    X(ULT, 0) /* unsigned */                                                                                 \
    X(ULE, 0)                                                                                                \
    X(DEQ, 0) /* double */                                                                                   \
    X(DLT, 0)                                                                                                \
    X(DLE, 0)                                                                                                \
    X(IN_MASK, 0) /* bit a of k */                                                                           \
    X(IN_SET, 0)  /* a among the sorted int64 of p */                                                        \
    X(SCAN, 0)    /* k among the 64-bit items at a, whose count is at b */                                   \
    X(SEQ_K, 0)   /* text a = literal p, whose id is `id` */                                                 \
    X(SIN_SET, 0) /* text a in set p, whose least id is `id` */                                              \
    X(SEQ, 0)     /* text a = text b */                                                                      \
    X(SLT, 0)     /* text a < text b */                                                                      \
    X(SLE, 0)     /* text a <= text b */                                                                     \
    X(STARTS, 0)  /* text a starts with text b */                                                            \
    X(ENDS, 0)                                                                                               \
    X(CONTAINS, 0)                                                                                           \
    X(MATCHES, 1) /* text a, pattern p */                                                                    \
    X(MOVE, 0)    /* register c = a */                                                                       \
    X(LOAD, 1)    /* register c = pointer a; bails on NULL */                                                \
    X(ADD, 1)     /* register c = a + b, int; below: - * / % */                                              \
    X(SUB, 1)                                                                                                \
    X(MUL, 1)                                                                                                \
    X(DIV, 1)                                                                                                \
    X(MOD, 1)                                                                                                \
    X(UADD, 1)                                                                                               \
    X(USUB, 1)                                                                                               \
    X(UMUL, 1)                                                                                               \
    X(DADD, 0)                                                                                               \
    X(DSUB, 0)                                                                                               \
    X(DMUL, 0)                                                                                               \
    X(DDIV, 0)                                                                                               \
    X(TIME_ADD, 1) /* timestamp c = a + b seconds, in range */                                               \
    X(TIME_SUB, 1)                                                                                           \
    X(SPAN_ADD, 1) /* duration c = a + b seconds, in range */                                                \
    X(SPAN_SUB, 1)                                                                                           \
    X(TEXT_SIZE, 0) /* register c = code points of text a */                                                 \
    X(BITS_SIZE, 0) /* register c = bits set in a */                                                         \
    X(ZERO, 0)      /* register c = 0 */                                                                     \
    X(INCREMENT, 0) /* register c += 1, then to yes */                                                       \
    X(COUNT_TO, 0)  /* register c += 1; is it k now? */                                                      \
    X(LOOP, 1)   /* registers c, c+1 = first item at a, behind the last by count b; stride k; no: empty */   \
    X(NEXT, 1)   /* register c += k; no: was the last */                                                     \
    X(LOOP_P, 1) /* the same over pointers; register c+2 = the element */                                    \
    X(NEXT_P, 1)                                                                                             \
    X(WALK, 1) /* let the reference interpreter decide site p */

enum cel_op {
#define CEL_OP_NAME(name, bails) CEL_OP_##name,
    CEL_OPS(CEL_OP_NAME)
#undef CEL_OP_NAME
};

struct cel_ins {
    uint16_t op, a, b, c; /* a, b: base registers; c: the register written */
    uint32_t a_offset;
    union {
        uint32_t b_offset;
        uint32_t id; /* of a literal */
    };
    uint32_t yes, no; /* labels while compiling, then instruction numbers */
    union {
        int64_t k;
        const void *p;
    };
};

enum { CEL_REG_SELF = 0, CEL_REG_POOL = 1, CEL_REG_SLOTS = 2 };
#define CEL_REGS_MAX 60000u

struct cel_int_set {
    uint32_t count;
    const int64_t *items; /* sorted */
};
struct cel_text_set {
    uint32_t count;
    const struct cel_str *items;
    uint32_t range; /* ids from the least on have a bit, that many */
    uint64_t bits[];
};

/* Where a value lies and what it is. */
struct cel_operand {
    struct cel_cell cell; /* type 0: a constant, in `constant`; INLINE: a struct at the place */
    uint16_t base, count_base;
    uint32_t offset, count_offset;
    const struct cel_value *constant;
};

/* A node left to the reference interpreter, and the locals it may read. */
struct cel_site {
    const struct cel_node *node;
    uint32_t count;
    struct cel_bound {
        uint32_t local;
        struct cel_operand operand;
    } bounds[];
};

/* The compiling of one expression. */
struct cel_compile {
    struct cel_program *program;
    struct cel_operand *locals; /* by number, those in scope */
    bool *in_scope;
    uint32_t *labels; /* instruction numbers */
    uint32_t label_count;
    uint32_t first;     /* instruction of this expression */
    uint32_t reg, regs; /* next free register; the most used */
    uint32_t *used;
    uint32_t used_count;
    bool failed; /* too many registers */
};

/* ---- code.c ---- */

uint32_t cel_label_new(struct cel_compile *c);
void cel_label_here(struct cel_compile *c, uint32_t label);
/* Both successors as labels; value instructions use cel_emit_value(), whose successor is what follows. */
void cel_emit(struct cel_compile *c, struct cel_ins ins, uint32_t yes, uint32_t no);
void cel_emit_value(struct cel_compile *c, struct cel_ins ins);
uint16_t cel_reg_new(struct cel_compile *c, uint32_t count);
/* Forgets everything emitted since the mark, or tells whether it could bail. */
void cel_code_rewind(struct cel_compile *c, uint32_t mark);
bool cel_code_bails(const struct cel_compile *c, uint32_t mark);
/* The offset of 8 or 16 bytes among the program's constants. */
uint32_t cel_pool_put(struct cel_program *program, const void *bytes, size_t size);
const struct cel_str *cel_literal_text(struct cel_program *program, const struct cel_value *v);
void cel_compile_finish(struct cel_compile *c);

/* ---- compile_operand.c, compile_compare.c, compile_loop.c, compile.c ---- */

/* Where the value of a node lies once the code emitted for it has run; false: not in the vm's reach. */
bool cel_compile_operand(struct cel_compile *c, const struct cel_node *node, struct cel_operand *ret);
/* Gives a constant a place; false: it has none (fractions of seconds, boxed kinds). */
bool cel_operand_place(struct cel_compile *c, struct cel_operand *operand);
/* Emits a condition's branches; false: not in the vm's reach, nothing emitted. */
bool cel_compile_compare(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no);
bool cel_compile_in(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no);
bool cel_compile_text_test(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no);
bool cel_compile_quantifier(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no);
/* size(list.filter(x, p)) into a register. */
bool cel_compile_count(struct cel_compile *c, const struct cel_node *filter, struct cel_operand *ret);
/* size(list.filter(x, p)) >= n and its kin, as far as counting is needed. */
bool cel_compile_count_test(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no);
/* Any condition; what is out of reach becomes WALK. */
void cel_compile_branch(struct cel_compile *c, const struct cel_node *node, uint32_t yes, uint32_t no);

#endif
