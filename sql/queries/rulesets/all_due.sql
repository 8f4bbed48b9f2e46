-- A new rule set: every premises with facts is looked at again.
-- $1 day date
-- $2 reason text
insert into due (premises, due_on, reason)
select distinct premises, $1, $2 from fact where status = 'live'
on conflict (premises) do update set due_on = least(due.due_on, excluded.due_on), stamp = due.stamp + 1
