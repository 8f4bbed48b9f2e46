-- What a person decided makes the premises due at once, and wakes the assessing.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 premises uuid
-- $4 today date
-- $5 reason text
with marked as (
    insert into due (premises, due_on, reason)
    select p.id, $4, $5 from premises p where p.id = $3 and ($1 or p.municipality = any ($2))
    on conflict (premises) do update
        set due_on = least(due.due_on, excluded.due_on), reason = excluded.reason, attempts = 0,
            stamp = due.stamp + 1
    returning premises
)
select pg_notify('pandwacht_fact', ''), count(*) from marked
