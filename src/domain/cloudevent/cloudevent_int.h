/* What the files of cloudevent share: the frame around every event's data. */
#ifndef CLOUDEVENT_INT_H
#define CLOUDEVENT_INT_H

#include <pandwacht/cloudevent.h>
#include <pandwacht/json.h>

/* Opens the event and its `data` object; the caller writes the members of data. */
void event_frame_open(struct pw_jsonw *w, const struct pw_event_head *head, const struct pw_uuid *id,
    const struct pw_event_premises *premises, const char *data_path, const struct pw_uuid *data_id);
/* Closes both. */
void event_frame_close(struct pw_jsonw *w);
/* {"id","bagId"?} and, when asked and known, "address". */
void event_write_premises(struct pw_jsonw *w, const struct pw_event_premises *premises, bool with_address);
/* Members that are left out when empty. */
void event_write_str_if(struct pw_jsonw *w, const char *name, struct pw_str value);
void event_write_day_if(struct pw_jsonw *w, const char *name, pw_day day);
void event_write_ids(struct pw_jsonw *w, const char *name, const struct pw_uuid *ids, size_t count);
/* The text in `arena`, or false when it was larger than the buffer allowed. */
bool event_take_text(struct pw_arena *arena, struct pw_buf *buf, struct pw_str *ret);
/* Fails with PW_ERR_USAGE unless the release may have the type and the type is within first..last. */
bool event_check_type(const struct pw_event_head *head, const struct pw_release *release,
    enum pw_event_type first, enum pw_event_type last, struct pw_err *err) PW_MUST_CHECK;

#endif
