-- Premises that must be looked at again at once.
-- $1 premises uuid[]
-- $2 today date
-- $3 reason text
insert into due (premises, due_on, reason)
select distinct u.id, $2, $3 from unnest($1) as u(id)
on conflict (premises) do update
    set due_on = least(due.due_on, excluded.due_on), reason = excluded.reason, attempts = 0,
        stamp = due.stamp + 1
