-- Reminders of what is due within a week, one for each plan and date.
-- $1 today date
-- $2 now timestamptz
-- $3 most bigint
with due as (
    select id, client, next_on, remind_by from care_plan
    where ended_at is null and next_on <= $1 + 7 and reminded_for is distinct from next_on
    order by next_on limit $3
    for update skip locked), marked as (
    update care_plan p set reminded_for = d.next_on from due d where p.id = d.id)
insert into care_reminder (plan, due_on, id, client, state, next_at, made_at)
select d.id, d.next_on, gen_random_uuid(), d.client, case d.remind_by when 'webhook' then 'pending' else 'sent' end, $2, $2
from due d
on conflict do nothing
returning id
