/*
 * Sample data of Vossewaard, a municipality that does not exist: what its systems would have sent
 * over the past three years. Deterministic: the same day and seed give the same files, so that a
 * test can say what must come out. A file for each sender, lines as POST /v1/fact-batches takes
 * them; dates are relative to the day given.
 */
#ifndef DEMO_DATA_H
#define DEMO_DATA_H

#include <stdint.h>

#include <pandwacht/base.h>

/* Who sends: also the names of the files and of the demo's clients. */
enum sender {
    CORPORATION, /* housing corporation: dwellings and rooms */
    LANDLORD,    /* lets garage boxes, barns and business units */
    AGENT,       /* letting agent, liable under the Wwft */
    TIP_LINE,    /* municipal tip line, citizen-tip */
    INSPECTION,  /* municipal supervision, field-inspection */
    REGISTERS,   /* base registers */
    GRID,        /* grid operator, utility-safety */
    ENFORCEMENT,
    PREMISES, /* no sender of facts: attributes and addresses */
    SENDERS
};

struct data;

struct data *data_open(const char *directory, pw_day today, uint64_t seed);
/* Flushes and checks; false when a file could not be written whole. */
bool data_close(struct data *data);

/* One line of `sender`: a JSON text. */
void data_line(struct data *data, enum sender sender, const char *format, ...) PW_PRINTF(3, 4);
/* Number of lines written for that sender. */
unsigned data_count(const struct data *data, enum sender sender);
pw_day data_today(const struct data *data);
const char *data_sender_name(enum sender sender);

/* A date as text, valid until the eighth next call. */
const char *date_text(pw_day day);
/* Its month, "2026-03". */
const char *month_text(pw_day day);

/* Uniform in [low, high]. */
int pick(struct data *data, int low, int high);
/* True in `percent` of a hundred calls. */
bool chance(struct data *data, int percent);

/* The town at large: its premises, and a life for each. */
void write_town(struct data *data);
/* A story file of tools/demo-data/stories (story.c tells the format). False after a message. */
bool write_story(struct data *data, const char *file);

#endif
