/*
 * The canonical text of a result: compact JSON, members in fixed order, integers for points, days as
 * dates, masks as integers. Replay compares these octets, so nothing in it depends on language,
 * platform or time of day.
 */
#include <string.h>

#include "score_int.h"

#define FORM 1

static const char *const scope_words[] = {"theme", "class", "mitigation", "floor"};

static void write_line(const struct pw_line *line, struct pw_jsonw *w)
{
    pw_jsonw_array(w);
    if (line->kind == PW_LINE_CAP) {
        pw_jsonw_z(w, "cap");
        pw_jsonw_str(w, line->id);
        pw_jsonw_i64(w, line->points);
        pw_jsonw_z(w, scope_words[line->scope]);
        pw_jsonw_i64(w, line->limit);
        pw_jsonw_end_array(w);
        return;
    }
    pw_jsonw_z(w, line->draft ? "draft" : "rule");
    pw_jsonw_str(w, line->id);
    pw_jsonw_i64(w, line->points);
    pw_jsonw_str(w, line->theme);
    pw_jsonw_i64(w, line->full_points);
    pw_jsonw_i64(w, (int64_t)line->class);
    pw_jsonw_i64(w, line->classes);
    pw_jsonw_day(w, line->newest);
    pw_jsonw_i64(w, (int64_t)line->witnesses_in_all);
    pw_jsonw_array(w);
    for (size_t i = 0; i < line->witness_count; i++)
        pw_jsonw_uuid(w, &line->witnesses[i]);
    pw_jsonw_end_array(w);
    pw_jsonw_array(w);
    for (size_t i = 0; i < line->decided_count; i++) {
        pw_jsonw_i64(w, line->decided[i].start);
        pw_jsonw_i64(w, line->decided[i].end);
    }
    pw_jsonw_end_array(w);
    pw_jsonw_i64(w, line->decided_look);
    pw_jsonw_end_array(w);
}

static void write_sums(const struct pw_sum *sums, size_t count, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    for (size_t i = 0; i < count; i++) {
        pw_jsonw_key_str(w, sums[i].id);
        pw_jsonw_i64(w, sums[i].points);
    }
    pw_jsonw_end_object(w);
}

static void write_flag(struct pw_jsonw *w, const char *name, bool value)
{
    pw_jsonw_key(w, name);
    pw_jsonw_bool(w, value);
}

static void write_one(const struct pw_period *p, struct pw_jsonw *w)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "tenancy");
    pw_jsonw_uuid(w, &p->tenancy);
    write_flag(w, "open", p->open);
    pw_jsonw_key(w, "level");
    pw_jsonw_z(w, pw_risk_words[p->level]);
    pw_jsonw_key(w, "computed");
    pw_jsonw_z(w, pw_risk_words[p->computed]);
    write_flag(w, "latched", p->latched);
    write_flag(w, "closing", p->propose_closing);
    pw_jsonw_key(w, "score");
    pw_jsonw_i64(w, p->score);
    pw_jsonw_key(w, "lines");
    pw_jsonw_array(w);
    for (size_t i = 0; i < p->line_count; i++)
        write_line(&p->lines[i], w);
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "themes");
    write_sums(p->themes, p->theme_count, w);
    pw_jsonw_key(w, "classes");
    write_sums(p->classes, p->class_count, w);
    pw_jsonw_key(w, "gates");
    pw_jsonw_array(w);
    for (size_t i = 0; i < p->gate_count; i++) {
        pw_jsonw_array(w);
        pw_jsonw_z(w, pw_gate_words[p->gates[i].gate]);
        pw_jsonw_z(w, pw_gate_result_words[p->gates[i].result]);
        pw_jsonw_i64(w, p->gates[i].classes);
        pw_jsonw_end_array(w);
    }
    pw_jsonw_end_array(w);
    pw_jsonw_key(w, "actions");
    pw_jsonw_array(w);
    for (size_t i = 0; i < p->action_count; i++)
        pw_jsonw_str(w, p->actions[i]);
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
}

static void write_acute(const struct pw_acute *a, struct pw_jsonw *w)
{
    pw_jsonw_array(w);
    pw_jsonw_uuid(w, &a->fact);
    pw_jsonw_str(w, a->rule);
    pw_jsonw_str(w, a->danger);
    pw_jsonw_str(w, a->category);
    pw_jsonw_bool(w, a->verified);
    pw_jsonw_i64(w, a->received_at);
    pw_jsonw_end_array(w);
}

void pw_score_encode(const struct pw_assessment *assessment, struct pw_buf *out)
{
    char hash[PW_SHA256_TEXT];
    struct pw_jsonw w;

    pw_jsonw_init(&w, out);
    pw_jsonw_object(&w);
    pw_jsonw_key(&w, "form");
    pw_jsonw_i64(&w, FORM);
    pw_jsonw_key(&w, "engine");
    pw_jsonw_i64(&w, assessment->engine);
    pw_jsonw_key(&w, "ruleset");
    pw_jsonw_z(&w, pw_hex(assessment->ruleset, sizeof assessment->ruleset, hash));
    pw_jsonw_key(&w, "day");
    pw_jsonw_day(&w, assessment->day);
    pw_jsonw_key(&w, "next");
    pw_jsonw_day(&w, assessment->next_change_on);
    pw_jsonw_key(&w, "shown");
    pw_jsonw_i64(&w, assessment->shown - assessment->periods);
    pw_jsonw_key(&w, "periods");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < assessment->period_count; i++)
        write_one(&assessment->periods[i], &w);
    pw_jsonw_end_array(&w);
    pw_jsonw_key(&w, "acute");
    pw_jsonw_array(&w);
    for (size_t i = 0; i < assessment->acute_count; i++)
        write_acute(&assessment->acute[i], &w);
    pw_jsonw_end_array(&w);
    pw_jsonw_end_object(&w);
}
