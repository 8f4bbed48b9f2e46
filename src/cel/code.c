/*
 * code.c: emitting the vm's instructions: labels, registers, constants, interned literals.
 */
#include "vm_int.h"

#include <stdio.h>

/* ---- labels and instructions ---- */

uint32_t cel_label_new(struct cel_compile *c)
{
    c->labels = cel_arena_grow(&c->program->arena, c->labels, c->label_count, sizeof(*c->labels));
    c->labels[c->label_count] = UINT32_MAX;
    return c->label_count++;
}

void cel_label_here(struct cel_compile *c, uint32_t label)
{
    c->labels[label] = c->program->code_count;
}

void cel_emit(struct cel_compile *c, struct cel_ins ins, uint32_t yes, uint32_t no)
{
    struct cel_program *p = c->program;
    ins.yes = yes;
    ins.no = no;
    p->code = cel_arena_grow(&p->arena, p->code, p->code_count, sizeof(*p->code));
    p->code[p->code_count++] = ins;
}

void cel_emit_value(struct cel_compile *c, struct cel_ins ins)
{
    uint32_t next = cel_label_new(c);
    cel_emit(c, ins, next, next);
    cel_label_here(c, next);
}

void cel_code_rewind(struct cel_compile *c, uint32_t mark)
{
    c->program->code_count = mark;
}

static const bool bails[] = {
#define CEL_OP_BAILS(name, bails) bails,
    CEL_OPS(CEL_OP_BAILS)
#undef CEL_OP_BAILS
};

/* Loops bail only when the budget is spent, which is no error of the expression's values. */
bool cel_code_bails(const struct cel_compile *c, uint32_t mark)
{
    for (uint32_t i = mark; i < c->program->code_count; i++) {
        uint16_t op = c->program->code[i].op;
        bool loop = op == CEL_OP_LOOP || op == CEL_OP_NEXT || op == CEL_OP_LOOP_P || op == CEL_OP_NEXT_P;
        if (bails[op] && !loop)
            return true;
    }
    return false;
}

uint16_t cel_reg_new(struct cel_compile *c, uint32_t count)
{
    uint32_t reg = c->reg;
    c->reg += count;
    if (c->reg > c->regs)
        c->regs = c->reg;
    if (c->reg < CEL_REGS_MAX)
        return (uint16_t)reg;
    c->failed = true;
    return 0;
}

/* Jumps to jumps are shortened; labels become instruction numbers. */
static uint32_t target(const struct cel_compile *c, uint32_t label)
{
    uint32_t at = c->labels[label];
    for (int hops = 0; hops < 8 && c->program->code[at].op == CEL_OP_JUMP; hops++)
        at = c->labels[c->program->code[at].yes];
    return at;
}

void cel_compile_finish(struct cel_compile *c)
{
    struct cel_program *p = c->program;
    for (uint32_t i = c->first; i < p->code_count; i++) {
        if (p->code[i].op <= CEL_OP_JUMP)
            continue;
        p->code[i].yes = target(c, p->code[i].yes);
        p->code[i].no = target(c, p->code[i].no);
    }
    for (uint32_t i = c->first; i < p->code_count; i++)
        if (p->code[i].op == CEL_OP_JUMP)
            p->code[i].yes = p->code[i].no = c->labels[p->code[i].yes];
    if (c->regs > p->regs_max)
        p->regs_max = c->regs;
}

/* ---- constants ---- */

uint32_t cel_pool_put(struct cel_program *program, const void *bytes, size_t size)
{
    for (uint32_t at = 0; at + size <= program->pool_size; at += 8)
        if (memcmp(program->pool + at, bytes, size) == 0)
            return at;
    uint32_t at = program->pool_size;
    for (size_t i = 0; i < size; i += 8) {
        program->pool = cel_arena_grow(&program->arena, program->pool, program->pool_size / 8, 8);
        memcpy(program->pool + program->pool_size, (const char *)bytes + i, 8);
        program->pool_size += 8;
    }
    return at;
}

/* ---- interned literals: open addressing, never full ---- */

static uint32_t hash_text(const char *ptr, uint32_t len)
{
    uint32_t hash = 2166136261u;
    for (uint32_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)ptr[i]) * 16777619u;
    return hash;
}

static struct cel_intern *intern_slot(
    const struct cel_program *program, const char *ptr, uint32_t len, uint32_t hash)
{
    uint32_t mask = program->intern_room - 1;
    for (uint32_t i = hash & mask;; i = (i + 1) & mask) {
        struct cel_intern *slot = &program->interns[i];
        if (slot->id == 0 || (slot->hash == hash && slot->len == len && memcmp(slot->ptr, ptr, len) == 0))
            return slot;
    }
}

static void grow_interns(struct cel_program *program)
{
    struct cel_intern *old = program->interns;
    uint32_t room = program->intern_room;
    program->intern_room = room == 0 ? 64 : room * 2;
    program->interns = cel_arena_get(&program->arena, program->intern_room * sizeof(*old));
    for (uint32_t i = 0; i < room; i++)
        if (old[i].id != 0)
            *intern_slot(program, old[i].ptr, old[i].len, old[i].hash) = old[i];
}

/* Ids count from 2: 1 is for strings that no literal equals. */
uint32_t cel_intern_id(struct cel_program *program, const char *ptr, uint32_t len)
{
    if (program->intern_count * 2 >= program->intern_room)
        grow_interns(program);
    uint32_t hash = hash_text(ptr, len);
    struct cel_intern *slot = intern_slot(program, ptr, len, hash);
    if (slot->id == 0) {
        program->intern_count++;
        *slot = (struct cel_intern){ptr, len, program->intern_count + 1, hash};
    }
    return slot->id;
}

/* Look-up stops at holes, so what stands behind one moves up until nothing does any more. */
void cel_interns_cut(struct cel_program *program)
{
    bool moved;
    for (uint32_t i = 0; i < program->intern_room; i++)
        if (program->interns[i].id > program->intern_count + 1)
            program->interns[i] = (struct cel_intern){0};
    do {
        moved = false;
        for (uint32_t i = 0; i < program->intern_room; i++) {
            struct cel_intern *slot = &program->interns[i], kept = *slot;
            if (kept.id == 0)
                continue;
            *slot = (struct cel_intern){0};
            struct cel_intern *place = intern_slot(program, kept.ptr, kept.len, kept.hash);
            *place = kept;
            moved |= place != slot;
        }
    } while (moved);
}

void cel_program_intern(const struct cel_program *program, struct cel_str *str)
{
    str->id = 1;
    if (program->intern_room == 0)
        return;
    const struct cel_intern *slot = intern_slot(program, str->ptr, str->len, hash_text(str->ptr, str->len));
    if (slot->id != 0)
        str->id = slot->id;
}

const struct cel_str *cel_literal_text(struct cel_program *program, const struct cel_value *v)
{
    struct cel_str *text = cel_arena_get(&program->arena, sizeof(*text));
    *text = (struct cel_str){v->as.s, v->aux, cel_intern_id(program, v->as.s, v->aux)};
    return text;
}

/* ---- listing ---- */

size_t cel_program_dump(const struct cel_program *program, int32_t index, char *buffer, size_t size)
{
    static const char *const names[] = {
#define CEL_OP_TEXT(name, bails) #name,
        CEL_OPS(CEL_OP_TEXT)
#undef CEL_OP_TEXT
    };
    const struct cel_expr *expr = &program->exprs[index];
    size_t len = 0;
    if (size > 0)
        buffer[0] = '\0';
    for (uint32_t i = expr->entry; i < expr->code_end; i++) {
        const struct cel_ins *ins = &program->code[i];
        int n = snprintf(len < size ? buffer + len : NULL, len < size ? size - len : 0,
            "%u %s a=%u+%u b=%u+%u c=%u k=%lld yes=%u no=%u\n", i - expr->entry, names[ins->op], ins->a,
            ins->a_offset, ins->b, ins->b_offset, ins->c, (long long)ins->k, ins->yes - expr->entry,
            ins->no - expr->entry);
        len += n > 0 ? (size_t)n : 0;
    }
    return len;
}
