/*
 * alert.*: the explanation as one receiver may see it. Lines that are not released become one
 * `withheld` line; a cap is shown only when every line it took from is shown too, so that nobody can
 * work out a withheld line from the cap that cut it.
 */
#include "cloudevent_int.h"

static bool listed(struct pw_str word, const struct pw_str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (pw_str_eq(word, words[i])) {
            return true;
        }
    }
    return false;
}

static bool theme_released(const struct pw_release *release, struct pw_str theme)
{
    return release->theme_count == 0 || listed(theme, release->themes, release->theme_count);
}

static bool class_released(const struct pw_release *release, struct pw_str class)
{
    if (release->class_count == 0) {
        return release->kind == PW_RECEIVER_DESK;
    }
    return listed(class, release->classes, release->class_count);
}

static bool rule_released(const struct pw_release *release, const struct pw_event_line *line)
{
    bool all = theme_released(release, line->theme);

    for (size_t i = 0; i < line->class_count; i++) {
        all = all && class_released(release, line->classes[i]);
    }
    return all;
}

/* Whether a cap takes from this rule line. */
static bool cap_touches(const struct pw_event_line *cap, const struct pw_event_line *line)
{
    if (pw_str_is(cap->scope, "theme")) {
        return pw_str_eq(cap->id, line->theme);
    }
    if (pw_str_is(cap->scope, "class")) {
        return listed(cap->id, line->classes, line->class_count);
    }
    return true;
}

static bool cap_released(
    const struct pw_release *release, const struct pw_event_alert *alert, const struct pw_event_line *cap)
{
    for (size_t i = 0; i < alert->line_count; i++) {
        const struct pw_event_line *line = &alert->lines[i];
        if (!line->cap && !line->draft && cap_touches(cap, line) && !rule_released(release, line)) {
            return false;
        }
    }
    return true;
}

static bool line_released(
    const struct pw_release *release, const struct pw_event_alert *alert, const struct pw_event_line *line)
{
    return line->cap ? cap_released(release, alert, line) : rule_released(release, line);
}

static void write_milli(struct pw_jsonw *w, const char *name, int64_t points)
{
    pw_jsonw_key(w, name);
    pw_jsonw_milli(w, points);
}

static void write_rule(struct pw_jsonw *w, const struct pw_event_line *line)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "kind");
    pw_jsonw_z(w, "rule");
    pw_jsonw_key(w, "id");
    pw_jsonw_str(w, line->id);
    pw_jsonw_key(w, "title");
    pw_jsonw_str(w, line->title);
    pw_jsonw_key(w, "theme");
    pw_jsonw_str(w, line->theme);
    write_milli(w, "points", line->points);
    write_milli(w, "fullPoints", line->full_points);
    event_write_ids(w, "witnesses", line->witnesses, line->witness_count);
    pw_jsonw_key(w, "classes");
    pw_jsonw_array(w);
    for (size_t i = 0; i < line->class_count; i++) {
        pw_jsonw_str(w, line->classes[i]);
    }
    pw_jsonw_end_array(w);
    pw_jsonw_end_object(w);
}

static void write_cap(struct pw_jsonw *w, const struct pw_event_line *line)
{
    pw_jsonw_object(w);
    pw_jsonw_key(w, "kind");
    pw_jsonw_z(w, "cap");
    pw_jsonw_key(w, "scope");
    pw_jsonw_str(w, line->scope);
    event_write_str_if(w, "id", line->id);
    write_milli(w, "limit", line->limit);
    write_milli(w, "points", line->points);
    pw_jsonw_end_object(w);
}

/* Gives whether everything was shown. Lines of draft rules weigh nothing and stay inside. */
static bool write_lines(
    struct pw_jsonw *w, const struct pw_release *release, const struct pw_event_alert *alert)
{
    int64_t withheld = 0;
    bool all = true;

    pw_jsonw_key(w, "explanation");
    pw_jsonw_array(w);
    for (size_t i = 0; i < alert->line_count; i++) {
        const struct pw_event_line *line = &alert->lines[i];
        if (line->draft) {
            continue;
        }
        if (!line_released(release, alert, line)) {
            withheld += line->points;
            all = false;
        } else if (line->cap) {
            write_cap(w, line);
        } else {
            write_rule(w, line);
        }
    }
    if (!all) {
        pw_jsonw_object(w);
        pw_jsonw_key(w, "kind");
        pw_jsonw_z(w, "withheld");
        write_milli(w, "points", withheld);
        pw_jsonw_end_object(w);
    }
    pw_jsonw_end_array(w);
    return all;
}

static void write_sum_list(
    struct pw_jsonw *w, const char *name, const struct pw_event_sum *sums, size_t count)
{
    pw_jsonw_key(w, name);
    pw_jsonw_object(w);
    for (size_t i = 0; i < count; i++) {
        pw_jsonw_key_str(w, sums[i].name);
        pw_jsonw_milli(w, sums[i].points);
    }
    pw_jsonw_end_object(w);
}

static void write_sums(struct pw_jsonw *w, const struct pw_event_alert *alert, bool with_classes)
{
    pw_jsonw_key(w, "sums");
    pw_jsonw_object(w);
    write_sum_list(w, "themes", alert->themes, alert->theme_count);
    if (with_classes) {
        write_sum_list(w, "classes", alert->classes, alert->class_count);
    }
    pw_jsonw_end_object(w);
}

static void write_ruleset(struct pw_jsonw *w, const struct pw_event_ruleset *ruleset)
{
    char hex[PW_SHA256_TEXT];

    pw_jsonw_key(w, "ruleset");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "name");
    pw_jsonw_str(w, ruleset->name);
    pw_jsonw_key(w, "version");
    pw_jsonw_str(w, ruleset->version);
    pw_jsonw_key(w, "sha256");
    pw_jsonw_z(w, pw_hex(ruleset->sha256, sizeof(ruleset->sha256), hex));
    pw_jsonw_end_object(w);
}

static void write_head(struct pw_jsonw *w, const struct pw_event_alert *alert, bool with_bag)
{
    struct pw_event_premises premises = alert->premises;

    if (!with_bag) {
        premises.bag_id = PW_STR("");
    }
    pw_jsonw_key(w, "alertId");
    pw_jsonw_uuid(w, &alert->id);
    event_write_premises(w, &premises, false);
    pw_jsonw_key(w, "level");
    pw_jsonw_str(w, alert->level);
    pw_jsonw_key(w, "status");
    pw_jsonw_str(w, alert->status);
}

static void write_reason(struct pw_jsonw *w, const struct pw_event_alert *alert)
{
    event_write_str_if(w, "reason", alert->reason);
    if (alert->fact_count > 0) {
        event_write_ids(w, "facts", alert->facts, alert->fact_count);
    }
}

/* Withdrawn and closed tell that it is over and why; they carry no explanation. */
static bool is_ending(enum pw_event_type type)
{
    return type == PW_EVENT_ALERT_WITHDRAWN || type == PW_EVENT_ALERT_CLOSED;
}

static bool render(struct pw_arena *arena, const struct pw_event_head *head, const struct pw_uuid *id,
    const struct pw_release *release, const struct pw_event_alert *alert, bool with_lines, struct pw_str *ret)
{
    struct pw_buf buf;
    struct pw_jsonw w;
    bool all = true;

    pw_buf_init(&buf, PW_CLOUDEVENT_MAX);
    pw_jsonw_init(&w, &buf);
    event_frame_open(&w, head, id, &alert->premises, with_lines ? NULL : "/v1/alerts/", &alert->id);
    write_head(&w, alert, !is_ending(head->type));
    write_reason(&w, alert);
    if (!is_ending(head->type)) {
        write_milli(&w, "score", alert->score);
        event_write_day_if(&w, "assessedOn", alert->assessed_on);
        if (alert->due_at != PW_TIME_NONE) {
            pw_jsonw_key(&w, "dueAt");
            pw_jsonw_instant(&w, alert->due_at);
        }
        if (with_lines) {
            all = write_lines(&w, release, alert);
        } else {
            for (size_t i = 0; i < alert->line_count; i++) {
                all = all && (alert->lines[i].draft || line_released(release, alert, &alert->lines[i]));
            }
        }
        write_sums(&w, alert, all);
        write_ruleset(&w, &alert->ruleset);
    }
    event_frame_close(&w);
    return event_take_text(arena, &buf, ret);
}

bool pw_event_alert_render(struct pw_arena *arena, const struct pw_event_head *head,
    const struct pw_uuid *receiver, const struct pw_release *release, const struct pw_event_alert *alert,
    struct pw_uuid *ret_id, struct pw_str *ret_json, struct pw_err *err)
{
    if (!event_check_type(head, release, PW_EVENT_ALERT_RAISED, PW_EVENT_ALERT_CLOSED, err)) {
        return false;
    }
    *ret_id = pw_event_id(head, &alert->premises.id, receiver);
    if (render(arena, head, ret_id, release, alert, true, ret_json)) {
        return true;
    }
    struct pw_event_alert small = *alert;
    small.fact_count = 0; /* thousands of ended facts do not fit either; dataref leads to them */
    if (render(arena, head, ret_id, release, &small, false, ret_json)) {
        return true;
    }
    return pw_fail(err, PW_ERR_LIMIT, "an event is larger than %d octets even without its explanation",
        PW_CLOUDEVENT_MAX);
}
