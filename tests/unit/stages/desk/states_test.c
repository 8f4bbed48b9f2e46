/* The state table of alerts: every (status, event) pair, with and without a founded verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../../src/stages/desk/desk_int.h"

#define NO ALERT_STATUSES

/* Where each event leads from new, claimed, weighing, referred, awaiting-outcome, closed, withdrawn. */
static const struct {
    enum alert_event event;
    bool founded;
    enum alert_status to[ALERT_STATUSES];
} expected[] = {
    {EVENT_CLAIM, false, {ALERT_CLAIMED, NO, NO, NO, NO, NO, NO}},
    {EVENT_RELEASE, false, {NO, ALERT_NEW, NO, NO, NO, NO, NO}},
    {EVENT_NOTE, false,
        {ALERT_NEW, ALERT_CLAIMED, ALERT_WEIGHING, ALERT_REFERRED, ALERT_AWAITING_OUTCOME, ALERT_CLOSED,
            ALERT_WITHDRAWN}},
    {EVENT_SNOOZE, false, {ALERT_NEW, ALERT_CLAIMED, ALERT_WEIGHING, NO, NO, NO, NO}},
    {EVENT_UNSNOOZE, false, {ALERT_NEW, ALERT_CLAIMED, ALERT_WEIGHING, NO, NO, NO, NO}},
    {EVENT_WEIGH, false, {NO, ALERT_WEIGHING, NO, NO, NO, NO, NO}},
    {EVENT_DECIDE_FOUNDED, false, {NO, NO, ALERT_WEIGHING, NO, NO, NO, NO}},
    {EVENT_DECIDE_UNFOUNDED, false, {NO, ALERT_CLOSED, ALERT_CLOSED, NO, NO, NO, NO}},
    {EVENT_DECIDE_UNCLEAR, false, {NO, ALERT_CLOSED, ALERT_CLOSED, NO, NO, NO, NO}},
    {EVENT_PROPOSE_REFERRAL, false, {NO, NO, NO, NO, NO, NO, NO}},
    {EVENT_PROPOSE_REFERRAL, true, {NO, NO, ALERT_WEIGHING, NO, NO, NO, NO}},
    {EVENT_APPROVE_REFERRAL, false, {NO, NO, NO, NO, NO, NO, NO}},
    {EVENT_APPROVE_REFERRAL, true, {NO, NO, ALERT_REFERRED, NO, NO, NO, NO}},
    {EVENT_REFUSE_REFERRAL, true, {NO, NO, ALERT_WEIGHING, NO, NO, NO, NO}},
    {EVENT_ACCEPTED, true, {NO, NO, NO, ALERT_AWAITING_OUTCOME, NO, NO, NO}},
    {EVENT_NOT_COMPETENT, true, {NO, NO, NO, ALERT_WEIGHING, NO, NO, NO}},
    {EVENT_MORE_INFORMATION, true, {NO, NO, NO, ALERT_WEIGHING, NO, NO, NO}},
    {EVENT_FOUND, true, {NO, NO, NO, NO, ALERT_CLOSED, NO, NO}},
    {EVENT_NOTHING_FOUND, true, {NO, NO, NO, NO, ALERT_CLOSED, NO, NO}},
    {EVENT_NOT_POSSIBLE, true, {NO, NO, NO, NO, ALERT_WEIGHING, NO, NO}},
    {EVENT_CLOSE, false, {NO, NO, NO, NO, NO, NO, NO}},
    {EVENT_CLOSE, true, {NO, NO, ALERT_CLOSED, NO, NO, NO, NO}},
    {EVENT_LEVEL_LOST, false,
        {ALERT_WITHDRAWN, ALERT_WITHDRAWN, ALERT_WITHDRAWN, ALERT_REFERRED, ALERT_AWAITING_OUTCOME,
            ALERT_CLOSED, NO}},
};

static void test_every_pair(void **state)
{
    bool seen[ALERT_EVENTS] = {false};

    (void)state;
    for (size_t i = 0; i < PW_COUNT(expected); i++) {
        seen[expected[i].event] = true;
        for (int from = 0; from < ALERT_STATUSES; from++) {
            struct transition got = {.to = NO};
            bool there =
                desk_transition((enum alert_status)from, expected[i].event, expected[i].founded, &got);

            if (there != (expected[i].to[from] != NO) || (there && got.to != expected[i].to[from]))
                fail_msg("%s, event %d, founded %d", desk_status_word((enum alert_status)from),
                    (int)expected[i].event, expected[i].founded);
        }
    }
    for (int event = 0; event < ALERT_EVENTS; event++)
        assert_true(seen[event]);
}

static void test_who(void **state)
{
    static const struct {
        enum alert_status from;
        enum alert_event event;
        enum alert_actor actor;
    } cases[] = {
        {ALERT_NEW, EVENT_CLAIM, ACTOR_DESK},
        {ALERT_CLAIMED, EVENT_RELEASE, ACTOR_ASSIGNEE_LEAD},
        {ALERT_CLAIMED, EVENT_WEIGH, ACTOR_ASSIGNEE},
        {ALERT_WEIGHING, EVENT_DECIDE_FOUNDED, ACTOR_ASSIGNEE},
        {ALERT_WEIGHING, EVENT_PROPOSE_REFERRAL, ACTOR_ASSIGNEE},
        {ALERT_WEIGHING, EVENT_APPROVE_REFERRAL, ACTOR_OTHER},
        {ALERT_WEIGHING, EVENT_CLOSE, ACTOR_LEAD},
        {ALERT_REFERRED, EVENT_ACCEPTED, ACTOR_RECEIVER},
        {ALERT_AWAITING_OUTCOME, EVENT_FOUND, ACTOR_RECEIVER},
        {ALERT_NEW, EVENT_LEVEL_LOST, ACTOR_THE_SYSTEM},
    };
    struct transition got;

    (void)state;
    for (size_t i = 0; i < PW_COUNT(cases); i++) {
        assert_true(desk_transition(cases[i].from, cases[i].event, true, &got));
        assert_int_equal(got.actor, cases[i].actor);
    }
}

static void test_words(void **state)
{
    (void)state;
    for (int i = 0; i < ALERT_STATUSES; i++)
        assert_int_equal(desk_status_of(pw_str_z(desk_status_word((enum alert_status)i))), i);
    assert_int_equal(desk_status_of(PW_STR("open")), ALERT_STATUSES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_pair),
        cmocka_unit_test(test_who),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
