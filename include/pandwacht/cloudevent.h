/*
 * cloudevent: what the outside is told, as CloudEvents 1.0 JSON (NL GOV profile), made for one
 * receiver. Pure: rows and results in, text out. Called by the stages assess and desk inside the
 * transaction that decides; the deliver stage sends the text as it stands.
 *
 * Invariants: alert.* are made for receivers of kind desk only. No text beyond rule titles, no
 * counterfactuals, no party. Lines not released are merged into one `withheld` line, so that points
 * still add up to the score. An event above 48 KiB carries sums and `dataref` instead of lines.
 * The same cause gives the same event id. `sequence` is not in the text: pw_ledger_outbox_add adds it.
 */
#ifndef PANDWACHT_CLOUDEVENT_H
#define PANDWACHT_CLOUDEVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pandwacht/base/arena.h>
#include <pandwacht/base/err.h>
#include <pandwacht/base/str.h>
#include <pandwacht/base/time.h>
#include <pandwacht/base/uuid.h>

struct pw_ruleset;
struct pw_assessment;

#define PW_CLOUDEVENT_MAX (48 * 1024) /* octets of an event with its lines */

enum pw_event_type {
    PW_EVENT_ALERT_RAISED,
    PW_EVENT_ALERT_ESCALATED,
    PW_EVENT_ALERT_EASED,
    PW_EVENT_ALERT_WITHDRAWN,
    PW_EVENT_ALERT_CORRECTED,
    PW_EVENT_ALERT_CLOSED,
    PW_EVENT_REFERRAL_CREATED,
    PW_EVENT_REFERRAL_CORRECTED,
    PW_EVENT_DANGER_REPORTED,
    PW_EVENT_TYPES
};

/* "nl.pandwacht.alert.raised" and so on: column outbox.type and member `type`. */
struct pw_str pw_event_type_name(enum pw_event_type type);
bool pw_event_type_parse(struct pw_str name, enum pw_event_type *ret) PW_MUST_CHECK;

enum pw_receiver_kind {
    PW_RECEIVER_DESK,
    PW_RECEIVER_MUNICIPALITY,
    PW_RECEIVER_PARTNER,
    PW_RECEIVER_DUTY,
    PW_RECEIVER_KINDS
};

/* What one receiver may see; read from its row by pw_release_parse. */
struct pw_release {
    enum pw_receiver_kind kind;
    bool dutch;                   /* language of titles */
    const struct pw_str *classes; /* source classes released, by word ("lease-admin"); */
    size_t class_count;           /* 0 = all for a desk, none for others */
    const struct pw_str *themes;  /* themes released; 0 = all */
    size_t theme_count;
};

bool pw_receiver_kind_parse(struct pw_str word, enum pw_receiver_kind *ret) PW_MUST_CHECK;
/* Reads receiver.kind, receiver.language and receiver.release ({"classes":[...],"themes":[...]}, both
 * optional). Fails with PW_ERR_SYNTAX on anything else. */
bool pw_release_parse(struct pw_arena *arena, struct pw_str kind, struct pw_str language,
    struct pw_str release_json, struct pw_release *ret, struct pw_err *err) PW_MUST_CHECK;
/* Whether events of this type may go to receivers of this kind at all. */
bool pw_release_allows(enum pw_receiver_kind kind, enum pw_event_type type);

/* ---- the members of an event ---- */

struct pw_event_premises {
    struct pw_uuid id;
    struct pw_str bag_id;   /* "" = none */
    struct pw_str postcode; /* "" = none; the address is shown in referrals and danger notices */
    int32_t house_number;
    struct pw_str house_letter, addition, municipality; /* each may be "" */
};

/* One line of the explanation, as score gives it, with its title in the receiver's language. */
struct pw_event_line {
    bool cap;            /* else a rule */
    struct pw_str id;    /* rule id, or theme / class of the cap */
    struct pw_str scope; /* caps: theme class mitigation floor */
    struct pw_str title; /* rules */
    struct pw_str theme; /* rules */
    int64_t points;      /* thousandths, signed */
    int64_t full_points; /* rules: undecayed */
    int64_t limit;       /* caps */
    bool draft;          /* shown with 0 points */
    const struct pw_uuid *witnesses;
    size_t witness_count;
    const struct pw_str *classes; /* source classes of the witnesses, by word */
    size_t class_count;
};

struct pw_event_sum {
    struct pw_str name;
    int64_t points; /* thousandths */
};

struct pw_event_ruleset {
    struct pw_str name, version;
    uint8_t sha256[32];
};

/* Of alert.*: raised, escalated, eased and corrected tell all; withdrawn and closed only ids, level,
 * status, reason and facts. */
struct pw_event_alert {
    struct pw_uuid id;
    struct pw_event_premises premises;
    struct pw_str level;  /* none watch alert urgent */
    struct pw_str status; /* of the alert */
    int64_t score;        /* thousandths */
    pw_day assessed_on;
    pw_usec due_at;
    const struct pw_event_line *lines;
    size_t line_count;
    const struct pw_event_sum *themes, *classes;
    size_t theme_count, class_count;
    struct pw_event_ruleset ruleset;
    struct pw_str reason;        /* withdrawn, corrected: retraction correction erasure; closed: verdict */
    const struct pw_uuid *facts; /* withdrawn, corrected: the facts that ended */
    size_t fact_count;
};

/* Fills level, score, assessed_on, lines (titles in the release's language), sums and ruleset from the
 * shown period of an assessment; the caller sets the rest. `set` gives titles, name and version; words
 * borrow from both. */
void pw_event_alert_fill(struct pw_arena *arena, const struct pw_ruleset *set,
    const struct pw_assessment *assessment, const struct pw_release *release, struct pw_event_alert *ret);

/* One fact released by a referral: what the receiver sees is made by pw_facts_render for its class. */
struct pw_event_fact {
    struct pw_str kind;
    pw_day occurred_on;    /* tips show the month only */
    struct pw_str origins; /* tips: "one" or "several"; others "" */
    struct pw_str fields;  /* JSON members without braces ("\"method\":\"cash\""), may be "" */
};

struct pw_event_referral {
    struct pw_uuid id;
    struct pw_event_premises premises;
    struct pw_str purpose, ground, question;
    const struct pw_str *actions;
    size_t action_count;
    pw_day acknowledge_by, respond_by; /* PW_DAY_NONE = left out */
    const struct pw_event_fact *facts;
    size_t fact_count;
    bool weighed;
    struct pw_str reason; /* corrected: retraction correction erasure */
};

struct pw_event_danger {
    struct pw_uuid id; /* of the notice */
    struct pw_event_premises premises;
    struct pw_str danger_kind, category; /* each may be "" */
    bool verified;
    pw_usec reported_at, acknowledge_by;
};

/* What every event has, beside its data. */
struct pw_event_head {
    struct pw_str oin;      /* of the house: source urn:nld:oin:<oin>:systeem:pandwacht */
    struct pw_str base_url; /* for dataref, without trailing slash; "" = relative */
    enum pw_event_type type;
    struct pw_uuid cause; /* what gave rise to it: assessment, decision, referral or fact */
    uint32_t ordinal;     /* 0; tells apart several of one type by one cause */
    pw_usec time;
};

/* Version 8 of premises, cause, type, ordinal and receiver: the same cause gives the same id. */
struct pw_uuid pw_event_id(
    const struct pw_event_head *head, const struct pw_uuid *premises, const struct pw_uuid *receiver);

/* Each makes the JSON text for one receiver in `arena` and gives its id. They fail with PW_ERR_USAGE when
 * the type does not fit the function or the receiver's kind may not have it. */
bool pw_event_alert_render(struct pw_arena *arena, const struct pw_event_head *head,
    const struct pw_uuid *receiver, const struct pw_release *release, const struct pw_event_alert *alert,
    struct pw_uuid *ret_id, struct pw_str *ret_json, struct pw_err *err) PW_MUST_CHECK;
bool pw_event_referral_render(struct pw_arena *arena, const struct pw_event_head *head,
    const struct pw_uuid *receiver, const struct pw_release *release,
    const struct pw_event_referral *referral, struct pw_uuid *ret_id, struct pw_str *ret_json,
    struct pw_err *err) PW_MUST_CHECK;
bool pw_event_danger_render(struct pw_arena *arena, const struct pw_event_head *head,
    const struct pw_uuid *receiver, const struct pw_release *release, const struct pw_event_danger *danger,
    struct pw_uuid *ret_id, struct pw_str *ret_json, struct pw_err *err) PW_MUST_CHECK;

#endif
