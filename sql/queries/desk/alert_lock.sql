-- An alert about to be written: locked until the end of the transaction.
-- $1 everywhere boolean
-- $2 region text[]
-- $3 id uuid
select a.premises, a.id, a.tenancy, a.status, a.level, a.assignee, a.snoozed_until, coalesce(a.verdict, '') as verdict,
       a.decided_at, a.version, coalesce(a.municipality, '') as municipality, a.raised_at, s.result
from alert a
join assessment s on s.premises = a.premises and s.id = a.assessment
where a.id = $3 and ($1 or a.municipality = any ($2))
for update of a
