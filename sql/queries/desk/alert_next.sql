-- The most urgent alert that nobody holds and nobody snoozed; two callers never get the same one.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 today date
-- $4 account uuid
update alert
set status = 'claimed', assignee = $4, version = version + 1
where (premises, id) = (
    select premises, id
    from alert
    where status = 'new' and ($1 or municipality = any ($2)) and (snoozed_until is null or snoozed_until <= $3)
    order by level desc, raised_at, id
    limit 1
    for update skip locked)
returning premises, id
