-- The open alert follows its premises; a new fact ends a snooze.
-- $1 premises uuid
-- $2 id uuid
-- $3 level smallint
-- $4 score bigint
-- $5 assessment uuid
-- $6 themes text[]
-- $7 status text
-- $8 due_at timestamptz
-- $9 new_fact bool
-- $10 tenancy uuid
-- $11 rules text[]
update alert set level = $3, score = $4, assessment = $5, themes = $6, status = $7, due_at = $8, tenancy = $10, rules = $11,
    snoozed_until = case when $9 then null else snoozed_until end,
    version = version + case when level <> $3 or status <> $7 or ($9 and snoozed_until is not null) then 1 else 0 end
where premises = $1 and id = $2 and status not in ('closed', 'withdrawn')
