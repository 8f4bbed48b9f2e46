-- The next date on which each outcome can change by itself; what nothing can change is due no more. A
-- wake-up that came after the claim keeps its own, earlier date.
-- $1 premises uuid[]
-- $2 next_on date[]
-- $3 stamps bigint[]
with gone as (
    delete from due d using unnest($1, $2, $3) as u(premises, next_on, stamp)
    where d.premises = u.premises and u.next_on is null and d.stamp = u.stamp)
insert into due (premises, due_on, reason)
select u.premises, u.next_on, 'next-change'
from unnest($1, $2, $3) as u(premises, next_on, stamp) where u.next_on is not null
on conflict (premises) do update set
    due_on = case when due.stamp = (select x.stamp from unnest($1, $3) as x(premises, stamp)
                                    where x.premises = excluded.premises)
             then excluded.due_on else least(due.due_on, excluded.due_on) end,
    stamp = due.stamp + 1, attempts = 0, reason = excluded.reason
