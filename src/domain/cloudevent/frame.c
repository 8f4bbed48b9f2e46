/*
 * The frame of every event: CloudEvents 1.0 attributes, the premises, derived ids. Called by the
 * renderers of alert.c and notice.c.
 */
#include "cloudevent_int.h"

static const char *const type_names[PW_EVENT_TYPES] = {
    [PW_EVENT_ALERT_RAISED] = "nl.pandwacht.alert.raised",
    [PW_EVENT_ALERT_ESCALATED] = "nl.pandwacht.alert.escalated",
    [PW_EVENT_ALERT_EASED] = "nl.pandwacht.alert.eased",
    [PW_EVENT_ALERT_WITHDRAWN] = "nl.pandwacht.alert.withdrawn",
    [PW_EVENT_ALERT_CORRECTED] = "nl.pandwacht.alert.corrected",
    [PW_EVENT_ALERT_CLOSED] = "nl.pandwacht.alert.closed",
    [PW_EVENT_REFERRAL_CREATED] = "nl.pandwacht.referral.created",
    [PW_EVENT_REFERRAL_CORRECTED] = "nl.pandwacht.referral.corrected",
    [PW_EVENT_DANGER_REPORTED] = "nl.pandwacht.danger.reported",
};

struct pw_str pw_event_type_name(enum pw_event_type type)
{
    return pw_str_z(type_names[type]);
}

bool pw_event_type_parse(struct pw_str name, enum pw_event_type *ret)
{
    for (size_t i = 0; i < PW_EVENT_TYPES; i++) {
        if (pw_str_is(name, type_names[i])) {
            *ret = (enum pw_event_type)i;
            return true;
        }
    }
    return false;
}

bool event_check_type(const struct pw_event_head *head, const struct pw_release *release,
    enum pw_event_type first, enum pw_event_type last, struct pw_err *err)
{
    if (head->type < first || head->type > last) {
        return pw_fail(err, PW_ERR_USAGE, "the event type %s is not made by this function",
            head->type < PW_EVENT_TYPES ? type_names[head->type] : "?");
    }
    if (!pw_release_allows(release->kind, head->type)) {
        return pw_fail(err, PW_ERR_USAGE, "events of type %s do not go to this kind of receiver",
            type_names[head->type]);
    }
    return true;
}

struct pw_uuid pw_event_id(
    const struct pw_event_head *head, const struct pw_uuid *premises, const struct pw_uuid *receiver)
{
    char a[PW_UUID_TEXT], b[PW_UUID_TEXT], c[PW_UUID_TEXT];
    struct pw_buf buf;

    pw_buf_init(&buf, 256);
    pw_buf_printf(&buf, "event\n%s\n%s\n%s\n%u\n%s", pw_uuid_format(premises, a),
        pw_uuid_format(&head->cause, b), type_names[head->type], (unsigned)head->ordinal,
        pw_uuid_format(receiver, c));
    struct pw_uuid id = pw_uuid_v8(pw_buf_str(&buf));
    pw_buf_release(&buf);
    return id;
}

void event_write_str_if(struct pw_jsonw *w, const char *name, struct pw_str value)
{
    if (value.len == 0) {
        return;
    }
    pw_jsonw_key(w, name);
    pw_jsonw_str(w, value);
}

void event_write_day_if(struct pw_jsonw *w, const char *name, pw_day day)
{
    if (day == PW_DAY_NONE) {
        return;
    }
    pw_jsonw_key(w, name);
    pw_jsonw_day(w, day);
}

void event_write_ids(struct pw_jsonw *w, const char *name, const struct pw_uuid *ids, size_t count)
{
    pw_jsonw_key(w, name);
    pw_jsonw_array(w);
    for (size_t i = 0; i < count; i++) {
        pw_jsonw_uuid(w, &ids[i]);
    }
    pw_jsonw_end_array(w);
}

static void write_address(struct pw_jsonw *w, const struct pw_event_premises *premises)
{
    pw_jsonw_key(w, "address");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "postcode");
    pw_jsonw_str(w, premises->postcode);
    pw_jsonw_key(w, "houseNumber");
    pw_jsonw_i64(w, premises->house_number);
    event_write_str_if(w, "houseLetter", premises->house_letter);
    event_write_str_if(w, "houseNumberAddition", premises->addition);
    event_write_str_if(w, "municipality", premises->municipality);
    pw_jsonw_end_object(w);
}

void event_write_premises(struct pw_jsonw *w, const struct pw_event_premises *premises, bool with_address)
{
    pw_jsonw_key(w, "premises");
    pw_jsonw_object(w);
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, &premises->id);
    event_write_str_if(w, "bagId", premises->bag_id);
    if (with_address && premises->postcode.len > 0) {
        write_address(w, premises);
    }
    pw_jsonw_end_object(w);
}

void event_frame_open(struct pw_jsonw *w, const struct pw_event_head *head, const struct pw_uuid *id,
    const struct pw_event_premises *premises, const char *data_path, const struct pw_uuid *data_id)
{
    char text[PW_UUID_TEXT];
    struct pw_buf source;

    pw_buf_init(&source, 1024);
    pw_jsonw_object(w);
    pw_jsonw_key(w, "specversion");
    pw_jsonw_z(w, "1.0");
    pw_jsonw_key(w, "id");
    pw_jsonw_uuid(w, id);
    pw_jsonw_key(w, "source");
    pw_buf_printf(&source, "urn:nld:oin:%.*s:systeem:pandwacht", PW_STR_ARG(head->oin));
    pw_jsonw_str(w, pw_buf_str(&source));
    pw_jsonw_key(w, "type");
    pw_jsonw_z(w, type_names[head->type]);
    pw_jsonw_key(w, "subject");
    pw_jsonw_uuid(w, &premises->id);
    pw_jsonw_key(w, "time");
    pw_jsonw_instant(w, head->time);
    pw_jsonw_key(w, "datacontenttype");
    pw_jsonw_z(w, "application/json");
    if (data_path != NULL) {
        pw_buf_clear(&source);
        pw_buf_printf(
            &source, "%.*s%s%s", PW_STR_ARG(head->base_url), data_path, pw_uuid_format(data_id, text));
        pw_jsonw_key(w, "dataref");
        pw_jsonw_str(w, pw_buf_str(&source));
    }
    pw_jsonw_key(w, "data");
    pw_jsonw_object(w);
    pw_buf_release(&source);
}

void event_frame_close(struct pw_jsonw *w)
{
    pw_jsonw_end_object(w);
    pw_jsonw_end_object(w);
}

bool event_take_text(struct pw_arena *arena, struct pw_buf *buf, struct pw_str *ret)
{
    bool fits = !buf->full;

    if (fits) {
        *ret = pw_str_dup(arena, pw_buf_str(buf));
    }
    pw_buf_release(buf);
    return fits;
}
