/*
 * The states of an alert: every (status, event) that exists, who may cause it and where it leads.
 * What is not in this table cannot happen. The system raises and withdraws in the stage that
 * assesses; its one row here says what a lost level does to each status.
 */
#include "desk_int.h"

enum { FOUNDED = 1 }; /* only while the verdict founded stands */

struct row {
    enum alert_status from;
    enum alert_event event;
    enum alert_status to;
    enum alert_actor actor;
    int when;
};

static const struct row table[] = {
    {ALERT_NEW, EVENT_CLAIM, ALERT_CLAIMED, ACTOR_DESK, 0},
    {ALERT_CLAIMED, EVENT_RELEASE, ALERT_NEW, ACTOR_ASSIGNEE_LEAD, 0},
    {ALERT_CLAIMED, EVENT_WEIGH, ALERT_WEIGHING, ACTOR_ASSIGNEE, 0},
    {ALERT_CLAIMED, EVENT_DECIDE_UNFOUNDED, ALERT_CLOSED, ACTOR_ASSIGNEE, 0},
    {ALERT_CLAIMED, EVENT_DECIDE_UNCLEAR, ALERT_CLOSED, ACTOR_ASSIGNEE, 0},
    {ALERT_WEIGHING, EVENT_DECIDE_UNFOUNDED, ALERT_CLOSED, ACTOR_ASSIGNEE, 0},
    {ALERT_WEIGHING, EVENT_DECIDE_UNCLEAR, ALERT_CLOSED, ACTOR_ASSIGNEE, 0},
    {ALERT_WEIGHING, EVENT_DECIDE_FOUNDED, ALERT_WEIGHING, ACTOR_ASSIGNEE, 0},
    {ALERT_WEIGHING, EVENT_PROPOSE_REFERRAL, ALERT_WEIGHING, ACTOR_ASSIGNEE, FOUNDED},
    {ALERT_WEIGHING, EVENT_APPROVE_REFERRAL, ALERT_REFERRED, ACTOR_OTHER, FOUNDED},
    {ALERT_WEIGHING, EVENT_REFUSE_REFERRAL, ALERT_WEIGHING, ACTOR_OTHER, FOUNDED},
    {ALERT_WEIGHING, EVENT_CLOSE, ALERT_CLOSED, ACTOR_LEAD, FOUNDED},
    {ALERT_REFERRED, EVENT_ACCEPTED, ALERT_AWAITING_OUTCOME, ACTOR_RECEIVER, 0},
    {ALERT_REFERRED, EVENT_NOT_COMPETENT, ALERT_WEIGHING, ACTOR_RECEIVER, 0},
    {ALERT_REFERRED, EVENT_MORE_INFORMATION, ALERT_WEIGHING, ACTOR_RECEIVER, 0},
    {ALERT_AWAITING_OUTCOME, EVENT_FOUND, ALERT_CLOSED, ACTOR_RECEIVER, 0},
    {ALERT_AWAITING_OUTCOME, EVENT_NOTHING_FOUND, ALERT_CLOSED, ACTOR_RECEIVER, 0},
    {ALERT_AWAITING_OUTCOME, EVENT_NOT_POSSIBLE, ALERT_WEIGHING, ACTOR_RECEIVER, 0},
    {ALERT_NEW, EVENT_SNOOZE, ALERT_NEW, ACTOR_DESK, 0},
    {ALERT_CLAIMED, EVENT_SNOOZE, ALERT_CLAIMED, ACTOR_DESK, 0},
    {ALERT_WEIGHING, EVENT_SNOOZE, ALERT_WEIGHING, ACTOR_DESK, 0},
    {ALERT_NEW, EVENT_UNSNOOZE, ALERT_NEW, ACTOR_DESK, 0},
    {ALERT_CLAIMED, EVENT_UNSNOOZE, ALERT_CLAIMED, ACTOR_DESK, 0},
    {ALERT_WEIGHING, EVENT_UNSNOOZE, ALERT_WEIGHING, ACTOR_DESK, 0},
    {ALERT_NEW, EVENT_LEVEL_LOST, ALERT_WITHDRAWN, ACTOR_THE_SYSTEM, 0},
    {ALERT_CLAIMED, EVENT_LEVEL_LOST, ALERT_WITHDRAWN, ACTOR_THE_SYSTEM, 0},
    {ALERT_WEIGHING, EVENT_LEVEL_LOST, ALERT_WITHDRAWN, ACTOR_THE_SYSTEM, 0},
    {ALERT_REFERRED, EVENT_LEVEL_LOST, ALERT_REFERRED, ACTOR_THE_SYSTEM, 0},
    {ALERT_AWAITING_OUTCOME, EVENT_LEVEL_LOST, ALERT_AWAITING_OUTCOME, ACTOR_THE_SYSTEM, 0},
    {ALERT_CLOSED, EVENT_LEVEL_LOST, ALERT_CLOSED, ACTOR_THE_SYSTEM, 0},
};

static const char *const words[ALERT_STATUSES] = {
    "new", "claimed", "weighing", "referred", "awaiting-outcome", "closed", "withdrawn"};

bool desk_transition(enum alert_status status, enum alert_event event, bool founded, struct transition *ret)
{
    if (event == EVENT_NOTE) { /* always */
        *ret = (struct transition){.to = status, .actor = ACTOR_DESK};
        return true;
    }
    for (size_t i = 0; i < PW_COUNT(table); i++) {
        if (table[i].from != status || table[i].event != event || (table[i].when == FOUNDED && !founded))
            continue;
        *ret = (struct transition){.to = table[i].to, .actor = table[i].actor};
        return true;
    }
    return false;
}

const char *desk_status_word(enum alert_status status)
{
    return words[status];
}

enum alert_status desk_status_of(struct pw_str word)
{
    for (int i = 0; i < ALERT_STATUSES; i++)
        if (pw_str_is(word, words[i]))
            return (enum alert_status)i;
    return ALERT_STATUSES;
}
