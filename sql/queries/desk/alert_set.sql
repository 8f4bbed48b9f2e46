-- The new state of an alert that this transaction has locked.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 premises uuid
-- $4 id uuid
-- $5 status text
-- $6 assignee uuid
-- $7 snoozed_until date
-- $8 verdict text
-- $9 decided_at timestamptz
update alert
set status = $5, assignee = $6, snoozed_until = $7, verdict = $8, decided_at = $9, version = version + 1,
    closed_at = case when $5 = 'closed' then coalesce(closed_at, now()) end
where premises = $3 and id = $4 and ($1 or municipality = any ($2))
returning version
